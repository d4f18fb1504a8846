-- The issue taxonomy, channels, languages and closing reasons.

-- What the rows number.
SELECT count(*) AS languages FROM desk.languages;
SELECT kind, count(*) AS channels, string_agg(channel, ' ' ORDER BY channel
	COLLATE "C") AS codes
FROM desk.channels GROUP BY kind ORDER BY kind;
SELECT closing_reason, label_en, label_vi FROM desk.closing_reasons
ORDER BY closing_reason COLLATE "C";
SELECT taxonomy, valid_from FROM desk.taxonomies WHERE taxonomy = 1;
SELECT count(*) AS topics, count(*) FILTER (WHERE parent IS NULL) AS themes,
	count(*) FILTER (WHERE sensitive) AS sensitive
FROM desk.topics WHERE taxonomy = 1;

-- The twenty themes, with how many topics each has.
SELECT t.topic, t.label_zh_hans, t.label_zh_hant, t.label_vi,
	(SELECT count(*) FROM desk.topics c
	 WHERE c.taxonomy = 1 AND c.parent = t.topic) AS topics
FROM desk.topics t
WHERE t.taxonomy = 1 AND t.parent IS NULL
ORDER BY t.topic COLLATE "C";
SELECT t.topic, w.topic AS wanted
FROM (SELECT topic FROM desk.topics
	  WHERE taxonomy = 1 AND parent IS NULL) t
	FULL JOIN unnest('{wages,hours,leave,contract,termination,
		social_insurance,ohs,living,harassment,discipline,discrimination,
		management_communication,freedom_of_association,child_labour,
		forced_labour,retaliation,privacy,personal,program,other}'::text[])
		AS w (topic) ON w.topic = t.topic
WHERE t.topic IS NULL OR w.topic IS NULL;

-- Topics that helplines hear of again and again.
SELECT topic, default_severity, label_en, label_zh_hans, label_zh_hant,
	label_vi
FROM desk.topics
WHERE taxonomy = 1
	AND topic IN ('wages.unpaid', 'wages.final_pay', 'hours.overtime_refused',
				  'contract.deposit_withheld',
				  'termination.resignation_refused',
				  'forced_labour.documents_withheld', 'living.dormitory',
				  'living.canteen', 'discrimination.pregnancy',
				  'child_labour.under_age', 'child_labour.juvenile',
				  'personal.homesickness', 'personal.suicide_risk',
				  'program.cards_missing')
ORDER BY topic COLLATE "C";

-- Everything that is never tolerated, and nothing else.
SELECT topic FROM desk.topics
WHERE taxonomy = 1 AND default_severity = 'zero_tolerance'
ORDER BY topic COLLATE "C";
-- What is never tolerated is always sensitive, but for danger to everybody.
SELECT topic FROM desk.topics
WHERE taxonomy = 1 AND default_severity = 'zero_tolerance' AND NOT sensitive;

-- All labels of all four tables.
CREATE TEMPORARY TABLE labels AS
SELECT 'topic' AS kind, topic AS code, label_en AS en,
	label_zh_hans AS hans, label_zh_hant AS hant, label_vi AS vi
FROM desk.topics WHERE taxonomy = 1
UNION ALL
SELECT 'channel', channel, label_en, label_zh_hans, label_zh_hant, label_vi
FROM desk.channels
UNION ALL
SELECT 'language', language, label_en, label_zh_hans, label_zh_hant, label_vi
FROM desk.languages
UNION ALL
SELECT 'closing reason', closing_reason, label_en, label_zh_hans,
	label_zh_hant, label_vi
FROM desk.closing_reasons;

-- No label is empty, carries white space at its ends, or decomposed letters.
SELECT kind, code, label
FROM labels, unnest(ARRAY[en, hans, hant, vi]) AS label
WHERE label = '' OR label <> btrim(label) OR label IS NOT NFC NORMALIZED;
-- No two topics bear the same label.
SELECT label, count(*)
FROM labels, unnest(ARRAY['en ' || en, 'hans ' || hans, 'hant ' || hant,
						  'vi ' || vi]) AS label
WHERE kind = 'topic'
GROUP BY label HAVING count(*) > 1;
-- English labels are plain ASCII; Chinese ones are Han, with no Latin letters
-- but for names; Vietnamese ones have no Han and always a Vietnamese letter.
SELECT kind, code, en FROM labels WHERE en ~ '[^ -~]';
SELECT kind, code, hans, hant FROM labels
WHERE hans !~ '[\u4E00-\u9FFF]' OR hant !~ '[\u4E00-\u9FFF]'
	OR hans ~ '[A-Za-z]' OR hant ~ '[A-Za-z]'
ORDER BY kind, code COLLATE "C";
SELECT kind, code, vi FROM labels
WHERE vi ~ '[\u3000-\u9FFF]'
	OR vi !~ ('[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộ'
			  'ơờớởỡợùúủũụưừứửữựỳýỷỹỵđĐ]')
ORDER BY kind, code COLLATE "C";

-- Common characters that are written one way in simplified and another way in
-- traditional script, in the same order.
CREATE TEMPORARY TABLE scripts (simplified text, traditional text);
INSERT INTO scripts VALUES
	('专业丛东丝丢两严个丰临为举义乌乐习乡书买乱争亏产亲亿仅从仓仪们价众优会传'
	 '伤伪体债倾偿储儿党关兴养军农决况冻减击创删则刚别剂剧劝办务动励劳势区医华'
	 '协单卖卫却厂厅历厉压厕县双发变叙号听启员响问团园围图国圆场坏块坚坟垫墙壮'
	 '声处备复够头夺奋奖妇妈婴孙学宁宝实审宪宫宽对寻导将尘层属岁岗岛币师带帮库'
	 '应废开异弃张弹强归录彻忆忧怀态怜总恋恳恶恼悬惊惧惩惯愿戏战户执扩扫扬扰抚'
	 '抛抢护报拟拥择挡挣挤挥损换掷搅携摄敌数断无时显晓晕暂术机杀杂权条来杨极构'
	 '枪柜标栏树样档桥梦检楼横欢欧残毁毕气汇汉沟没沪泪泽洁济浅测浊浓涂涛润涨渐'
	 '渔温湿湾满滞灭灯灵灾炉点炼烂烛烟烦烧热爱爷牵状犹狱独狭猎环现电画畅疗疮疯'
	 '痒监盖盘睁矫矿码砖础硕确碍礼祸离种积称税稳穷窃窝竞笔笼筑签简类粤粮紧纠红'
	 '级纪纤约纯纲纳纷纸线练组细织终绍经结绕给络绝统继绩续绪维综绿编缓缘缝缠缩'
	 '罗罚罢职联聪肃肠肤肿胁胜胆脏脑脚脱脸腊舰艰艺节苏荐药获营萧虏虑虽蚀补装见'
	 '观规觉览触誉计订认讨让训议讯记讲许论设访证评识诉诊词译试诗诚话诞询该详语'
	 '误说请诸课谁调谈谊谋谎谓谢谣谱负贡财责贤败货质贩贪贫购贯贱贴贵贷费贺资赌'
	 '赏赔赖赚赛赞赠赢赶趋跃践车转轮软轻载较辅辆辈输辞边达迁过运还这进远违连迟'
	 '适选逊递逻遗邮邻郑酱释钟钢钱铁铃铅银铺链销锁错键锻镇长门闭间闲闷闻阅队阳'
	 '阴阵阶际陆陈险随隐难静页顶项顺须顾顿预领颇频题额颜风飞饥饭饮饰饱饿馆马驱'
	 '驶驻驾验骂骄骑骗骚鱼鲜鸟鸡鸣麦黄齐齿龄龙与丧亚内写参吓当拨挠殴滥缅缴网视'
	 '诺贿',
	 '專業叢東絲丟兩嚴個豐臨為舉義烏樂習鄉書買亂爭虧產親億僅從倉儀們價眾優會傳'
	 '傷偽體債傾償儲兒黨關興養軍農決況凍減擊創刪則剛別劑劇勸辦務動勵勞勢區醫華'
	 '協單賣衛卻廠廳歷厲壓廁縣雙發變敘號聽啟員響問團園圍圖國圓場壞塊堅墳墊牆壯'
	 '聲處備復夠頭奪奮獎婦媽嬰孫學寧寶實審憲宮寬對尋導將塵層屬歲崗島幣師帶幫庫'
	 '應廢開異棄張彈強歸錄徹憶憂懷態憐總戀懇惡惱懸驚懼懲慣願戲戰戶執擴掃揚擾撫'
	 '拋搶護報擬擁擇擋掙擠揮損換擲攪攜攝敵數斷無時顯曉暈暫術機殺雜權條來楊極構'
	 '槍櫃標欄樹樣檔橋夢檢樓橫歡歐殘毀畢氣匯漢溝沒滬淚澤潔濟淺測濁濃塗濤潤漲漸'
	 '漁溫濕灣滿滯滅燈靈災爐點煉爛燭煙煩燒熱愛爺牽狀猶獄獨狹獵環現電畫暢療瘡瘋'
	 '癢監蓋盤睜矯礦碼磚礎碩確礙禮禍離種積稱稅穩窮竊窩競筆籠築簽簡類粵糧緊糾紅'
	 '級紀纖約純綱納紛紙線練組細織終紹經結繞給絡絕統繼績續緒維綜綠編緩緣縫纏縮'
	 '羅罰罷職聯聰肅腸膚腫脅勝膽髒腦腳脫臉臘艦艱藝節蘇薦藥獲營蕭虜慮雖蝕補裝見'
	 '觀規覺覽觸譽計訂認討讓訓議訊記講許論設訪證評識訴診詞譯試詩誠話誕詢該詳語'
	 '誤說請諸課誰調談誼謀謊謂謝謠譜負貢財責賢敗貨質販貪貧購貫賤貼貴貸費賀資賭'
	 '賞賠賴賺賽贊贈贏趕趨躍踐車轉輪軟輕載較輔輛輩輸辭邊達遷過運還這進遠違連遲'
	 '適選遜遞邏遺郵鄰鄭醬釋鐘鋼錢鐵鈴鉛銀鋪鏈銷鎖錯鍵鍛鎮長門閉間閒悶聞閱隊陽'
	 '陰陣階際陸陳險隨隱難靜頁頂項順須顧頓預領頗頻題額顏風飛飢飯飲飾飽餓館馬驅'
	 '駛駐駕驗罵驕騎騙騷魚鮮鳥雞鳴麥黃齊齒齡龍與喪亞內寫參嚇當撥撓毆濫緬繳網視'
	 '諾賄');
SELECT length(simplified) AS simplified, length(traditional) AS traditional,
	translate(simplified, traditional, '') = simplified AS disjoint
FROM scripts;
-- No character of the other script in either column ...
SELECT kind, code, hant FROM labels, scripts
WHERE hant ~ ('[' || simplified || ']');
SELECT kind, code, hans FROM labels, scripts
WHERE hans ~ ('[' || traditional || ']');
-- ... though most labels have such characters at all.
SELECT count(*) AS labels,
	count(*) FILTER (WHERE hans ~ ('[' || simplified || ']')) AS simplified,
	count(*) FILTER (WHERE hant ~ ('[' || traditional || ']')) AS traditional,
	count(*) FILTER (WHERE hans = hant) AS alike
FROM labels, scripts;
SELECT kind, code, hans FROM labels WHERE hans = hant
ORDER BY kind, code COLLATE "C";

-- Every topic touches SA8000, the ETI Base Code or the ILO, but for those
-- that are no matter of labour standards.
SELECT split_part(topic, '.', 1) COLLATE "C" AS theme, count(*)
FROM desk.topics
WHERE taxonomy = 1 AND parent IS NOT NULL
	AND cardinality(sa8000) + cardinality(eti) + cardinality(ilo) = 0
GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE sa8000 <> '{}') AS sa8000,
	count(*) FILTER (WHERE eti <> '{}') AS eti,
	count(*) FILTER (WHERE ilo <> '{}') AS ilo
FROM desk.topics WHERE taxonomy = 1;
-- Their codes are well formed, none twice in a row, none outside the text:
-- how many sub-clauses each clause of SA8000:2014 and of the ETI Base Code has.
SELECT t.topic, c.code
FROM desk.topics t, unnest(t.sa8000) AS c (code)
WHERE c.code !~ '^[1-9](\.[1-9][0-9]?)?$'
	OR split_part(c.code, '.', 2) <> ''
	AND split_part(c.code, '.', 2)::integer >
		('{4,5,10,3,4,1,4,5,10}'::integer[])
		[split_part(c.code, '.', 1)::integer];
SELECT t.topic, c.code
FROM desk.topics t, unnest(t.eti) AS c (code)
WHERE c.code !~ '^[1-9](\.[1-9])?$'
	OR split_part(c.code, '.', 2) <> ''
	AND split_part(c.code, '.', 2)::integer >
		('{2,4,5,4,3,6,1,2,1}'::integer[])
		[split_part(c.code, '.', 1)::integer];
SELECT t.topic, c.code
FROM desk.topics t, unnest(t.ilo) AS c (code)
WHERE c.code !~ '^([CR][1-9][0-9]{0,2}|P29)$';
SELECT t.topic
FROM desk.topics t
WHERE cardinality(t.sa8000) > (SELECT count(DISTINCT c)
							   FROM unnest(t.sa8000) AS c)
	OR cardinality(t.eti) > (SELECT count(DISTINCT c) FROM unnest(t.eti) AS c)
	OR cardinality(t.ilo) > (SELECT count(DISTINCT c) FROM unnest(t.ilo) AS c);
-- The fundamental instruments stand where they belong.
SELECT c.code, string_agg(DISTINCT split_part(t.topic, '.', 1), ' '
	ORDER BY split_part(t.topic, '.', 1)) AS themes
FROM desk.topics t, unnest(t.ilo) AS c (code)
WHERE c.code IN ('C29', 'P29', 'C105', 'C87', 'C98', 'C100', 'C111', 'C138',
				 'C182', 'C155', 'C187', 'C190')
GROUP BY c.code ORDER BY c.code COLLATE "C";

-- The version in force on a day.
SELECT desk.current_taxonomy('2009-12-31') AS before,
	desk.current_taxonomy('2010-01-01') AS first_day,
	desk.current_taxonomy(NULL) AS no_day;

-- With one version every topic is itself.
SELECT count(*) AS topics,
	count(*) FILTER (WHERE topic <> target_topic) AS changed
FROM desk.topic_translation(1) WHERE taxonomy = 1;
SELECT count(*) AS no_such_version FROM desk.topic_translation(99);

-- Three invented versions, older than the first, whose numbers say nothing
-- about their order: 103 comes before 101, and 101 before 102.
--
-- From 103 to 101: wages.slip is renamed, wages.rate split, wages.bonus
-- dropped; hours.forced is split off hours.overtime; living is renamed with one
-- topic, another dropped; the theme conflict is dropped; two topics of leave
-- are merged; safety.abuse is split over two themes; health is new.
-- From 101 to 102: what was split off wages.rate is merged again; hours.forced
-- and the theme accommodation are dropped; safety.injury is split;
-- health.mind moves to another theme.
BEGIN;
INSERT INTO desk.taxonomies (taxonomy, valid_from, description) VALUES
	(103, '1990-01-01', 'oldest'),
	(101, '1991-01-01', 'second'),
	(102, '1992-01-01', 'third');
CREATE TEMPORARY TABLE story (taxonomy integer, topic text, replaces text[]);
INSERT INTO story
SELECT 103, code, '{}'
FROM unnest('{wages,wages.late,wages.rate,wages.bonus,wages.slip,
	hours,hours.overtime,living,living.canteen,living.dormitory,
	conflict,conflict.boss,safety,safety.accident,safety.abuse,
	leave,leave.sick,leave.injury,other}'::text[]) AS code;
INSERT INTO story VALUES
	(101, 'wages', '{}'),
	(101, 'wages.late', '{}'),
	(101, 'wages.hourly', '{wages.rate}'),
	(101, 'wages.piece', '{wages.rate}'),
	(101, 'wages.payslip', '{wages.slip}'),
	(101, 'hours', '{}'),
	(101, 'hours.overtime', '{}'),
	(101, 'hours.forced', '{hours.overtime}'),
	(101, 'accommodation', '{living}'),
	(101, 'accommodation.food', '{living.canteen}'),
	(101, 'safety', '{}'),
	(101, 'safety.injury', '{safety.accident}'),
	(101, 'safety.threat', '{safety.abuse}'),
	(101, 'harassment', '{}'),
	(101, 'harassment.abuse', '{safety.abuse}'),
	(101, 'leave', '{}'),
	(101, 'leave.health', '{leave.sick,leave.injury}'),
	(101, 'health', '{}'),
	(101, 'health.mind', '{}'),
	(101, 'other', '{}'),
	(102, 'wages', '{}'),
	(102, 'wages.arrears', '{wages.late}'),
	(102, 'wages.rate', '{wages.hourly,wages.piece}'),
	(102, 'wages.payslip', '{}'),
	(102, 'hours', '{}'),
	(102, 'hours.overtime', '{}'),
	(102, 'safety', '{}'),
	(102, 'safety.cut', '{safety.injury}'),
	(102, 'safety.burn', '{safety.injury}'),
	(102, 'harassment', '{}'),
	(102, 'harassment.abuse', '{}'),
	(102, 'leave', '{}'),
	(102, 'leave.health', '{}'),
	(102, 'personal', '{}'),
	(102, 'personal.mind', '{health.mind}'),
	(102, 'other', '{}');
INSERT INTO desk.topics
	(taxonomy, topic, parent, label_en, label_zh_hans, label_zh_hant,
	 label_vi, default_severity, replaces)
SELECT taxonomy, topic,
	CASE WHEN topic LIKE '%.%' THEN split_part(topic, '.', 1) END,
	'x', 'x', 'x', 'x', 'minor', replaces
FROM story;

-- Computed by hand from the story above.
CREATE TEMPORARY TABLE wanted (
	taxonomy integer, topic text, in_103 text, in_101 text, in_102 text);
INSERT INTO wanted VALUES
	(103, 'wages', 'wages', 'wages', 'wages'),
	(103, 'wages.late', 'wages.late', 'wages.late', 'wages.arrears'),
	(103, 'wages.rate', 'wages.rate', 'wages', 'wages.rate'),
	(103, 'wages.bonus', 'wages.bonus', 'wages', 'wages'),
	(103, 'wages.slip', 'wages.slip', 'wages.payslip', 'wages.payslip'),
	(103, 'hours', 'hours', 'hours', 'hours'),
	(103, 'hours.overtime', 'hours.overtime', 'hours', 'hours'),
	(103, 'living', 'living', 'accommodation', 'other'),
	(103, 'living.canteen', 'living.canteen', 'accommodation.food', 'other'),
	(103, 'living.dormitory', 'living.dormitory', 'accommodation', 'other'),
	(103, 'conflict', 'conflict', 'other', 'other'),
	(103, 'conflict.boss', 'conflict.boss', 'other', 'other'),
	(103, 'safety', 'safety', 'safety', 'safety'),
	(103, 'safety.accident', 'safety.accident', 'safety.injury', 'safety'),
	(103, 'safety.abuse', 'safety.abuse', 'other', 'other'),
	(103, 'leave', 'leave', 'leave', 'leave'),
	(103, 'leave.sick', 'leave.sick', 'leave.health', 'leave.health'),
	(103, 'leave.injury', 'leave.injury', 'leave.health', 'leave.health'),
	(103, 'other', 'other', 'other', 'other'),
	(101, 'wages', 'wages', 'wages', 'wages'),
	(101, 'wages.late', 'wages.late', 'wages.late', 'wages.arrears'),
	(101, 'wages.hourly', 'wages.rate', 'wages.hourly', 'wages.rate'),
	(101, 'wages.piece', 'wages.rate', 'wages.piece', 'wages.rate'),
	(101, 'wages.payslip', 'wages.slip', 'wages.payslip', 'wages.payslip'),
	(101, 'hours', 'hours', 'hours', 'hours'),
	(101, 'hours.overtime', 'hours.overtime', 'hours.overtime',
	 'hours.overtime'),
	(101, 'hours.forced', 'hours.overtime', 'hours.forced', 'hours'),
	(101, 'accommodation', 'living', 'accommodation', 'other'),
	(101, 'accommodation.food', 'living.canteen', 'accommodation.food',
	 'other'),
	(101, 'safety', 'safety', 'safety', 'safety'),
	(101, 'safety.injury', 'safety.accident', 'safety.injury', 'safety'),
	(101, 'safety.threat', 'safety.abuse', 'safety.threat', 'safety'),
	(101, 'harassment', 'other', 'harassment', 'harassment'),
	(101, 'harassment.abuse', 'safety.abuse', 'harassment.abuse',
	 'harassment.abuse'),
	(101, 'leave', 'leave', 'leave', 'leave'),
	(101, 'leave.health', 'leave', 'leave.health', 'leave.health'),
	(101, 'health', 'other', 'health', 'other'),
	(101, 'health.mind', 'other', 'health.mind', 'personal.mind'),
	(101, 'other', 'other', 'other', 'other'),
	(102, 'wages', 'wages', 'wages', 'wages'),
	(102, 'wages.arrears', 'wages.late', 'wages.late', 'wages.arrears'),
	(102, 'wages.rate', 'wages.rate', 'wages', 'wages.rate'),
	(102, 'wages.payslip', 'wages.slip', 'wages.payslip', 'wages.payslip'),
	(102, 'hours', 'hours', 'hours', 'hours'),
	(102, 'hours.overtime', 'hours.overtime', 'hours.overtime',
	 'hours.overtime'),
	(102, 'safety', 'safety', 'safety', 'safety'),
	(102, 'safety.cut', 'safety.accident', 'safety.injury', 'safety.cut'),
	(102, 'safety.burn', 'safety.accident', 'safety.injury', 'safety.burn'),
	(102, 'harassment', 'other', 'harassment', 'harassment'),
	(102, 'harassment.abuse', 'safety.abuse', 'harassment.abuse',
	 'harassment.abuse'),
	(102, 'leave', 'leave', 'leave', 'leave'),
	(102, 'leave.health', 'leave', 'leave.health', 'leave.health'),
	(102, 'personal', 'other', 'other', 'personal'),
	(102, 'personal.mind', 'other', 'health.mind', 'personal.mind'),
	(102, 'other', 'other', 'other', 'other');
CREATE TEMPORARY TABLE seen AS
SELECT a.taxonomy, a.topic, a.target_topic AS in_103,
	b.target_topic AS in_101, c.target_topic AS in_102
FROM desk.topic_translation(103) a
	FULL JOIN desk.topic_translation(101) b USING (taxonomy, topic)
	FULL JOIN desk.topic_translation(102) c USING (taxonomy, topic)
WHERE taxonomy > 100;
SELECT (SELECT count(*) FROM wanted) AS wanted,
	(SELECT count(*) FROM seen) AS seen,
	(SELECT count(*) FROM (TABLE wanted INTERSECT TABLE seen) i) AS same;
(TABLE wanted EXCEPT TABLE seen) ORDER BY 1, 2;
(TABLE seen EXCEPT TABLE wanted) ORDER BY 1, 2;

-- Every topic of every version comes out once, as a topic of the target.
SELECT v.target,
	count(*) = (SELECT count(*) FROM desk.topics) AS all_of_them,
	count(DISTINCT (t.taxonomy, t.topic)) = count(*) AS once,
	count(o.topic) = count(*) AS of_the_target
FROM unnest('{103,101,102,1}'::integer[]) AS v (target)
	CROSS JOIN LATERAL desk.topic_translation(v.target) t
	LEFT JOIN desk.topics o ON o.taxonomy = v.target
		AND o.topic = t.target_topic
GROUP BY v.target ORDER BY v.target;

-- The version in force is found by date, not by number.
SELECT desk.current_taxonomy('1989-12-31') AS before,
	desk.current_taxonomy('1990-06-01') AS oldest,
	desk.current_taxonomy('1991-12-31') AS second,
	desk.current_taxonomy('1992-01-01') AS third,
	desk.current_taxonomy('2010-01-01') AS first_real;
SELECT topic, parent FROM helpline.topics('en', 102)
WHERE topic LIKE 'safety%';

-- A code that two topics swap would count as split twice, not as renamed.
INSERT INTO desk.topics
	(taxonomy, topic, parent, label_en, label_zh_hans, label_zh_hant,
	 label_vi, default_severity, replaces)
VALUES
	(103, 'safety.a', 'safety', 'x', 'x', 'x', 'x', 'minor', '{}'),
	(103, 'safety.b', 'safety', 'x', 'x', 'x', 'x', 'minor', '{}'),
	(101, 'safety.a', 'safety', 'x', 'x', 'x', 'x', 'minor', '{safety.b}'),
	(101, 'safety.b', 'safety', 'x', 'x', 'x', 'x', 'minor', '{safety.a}');
SELECT topic, target_topic FROM desk.topic_translation(101)
WHERE taxonomy = 103 AND topic IN ('safety.a', 'safety.b')
ORDER BY topic COLLATE "C";
ROLLBACK;

-- The counter gives every topic of the version in force, theme first.
SELECT t.topic, t.parent, t.label, t.default_severity, t.sensitive, t.sa8000,
	t.eti, t.ilo
FROM helpline.topics() WITH ORDINALITY
	AS t (topic, parent, label, default_severity, sensitive, sa8000, eti, ilo,
		  n)
WHERE t.topic LIKE 'forced\_labour%'
ORDER BY t.n;
SELECT l.language, count(*) AS topics,
	max(t.label) FILTER (WHERE t.topic = 'wages.unpaid') AS unpaid
FROM unnest('{en,zh-Hans,zh-Hant,vi}'::text[]) WITH ORDINALITY
	AS l (language, n)
	CROSS JOIN LATERAL helpline.topics(language => l.language) t
GROUP BY l.language, l.n ORDER BY l.n;
SELECT count(*) AS topics FROM helpline.topics(taxonomy => 1);
-- A newer version takes over on its first day.
BEGIN;
INSERT INTO desk.taxonomies (taxonomy, valid_from, description)
VALUES (2, '2010-01-02', 'one topic');
INSERT INTO desk.topics (taxonomy, topic, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (2, 'other', 'Anything', '其他', '其他', 'Khác', 'minor');
SELECT topic, label FROM helpline.topics();
ROLLBACK;
-- Every kind of role may ask, and nobody else.
SELECT count(*) AS kinds,
	count(*) = cardinality(enum_range(NULL::ietp.role_kind)) AS all_kinds
FROM desk.kind_functions WHERE function_name = 'topics';
SELECT p.oid::regprocedure AS open_to_all
FROM pg_proc p
WHERE p.oid IN ('helpline.topics(text, integer)'::regprocedure,
				'desk.current_taxonomy(date)'::regprocedure,
				'desk.topic_translation(integer)'::regprocedure)
	AND has_function_privilege('public', p.oid, 'EXECUTE');

-- Errors of the counter name the column and repeat no value.
\set SHOW_CONTEXT never
SELECT * FROM helpline.topics('13800138000');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM helpline.topics(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM helpline.topics('en', 138001380);
\echo :LAST_ERROR_SQLSTATE

-- Rows that no programme can enter.
\set VERBOSITY terse
INSERT INTO desk.languages VALUES ('zh_CN', 'x', 'x', 'x', 'x');
INSERT INTO desk.channels VALUES ('Line', 'message', 'x', 'x', 'x', 'x');
INSERT INTO desk.channels
VALUES ('line', 'message', 'x', 'x', 'x', 'x', '2020-01-02', '2020-01-02');
INSERT INTO desk.closing_reasons VALUES ('Gave up', 'x', 'x', 'x', 'x');
INSERT INTO desk.taxonomies VALUES (0, '2000-01-01', 'x');
INSERT INTO desk.taxonomies VALUES (3, '2010-01-01', 'same day as the first');
INSERT INTO desk.topics (taxonomy, topic, parent, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (1, 'Wages', NULL, 'x', 'x', 'x', 'x', 'minor');
INSERT INTO desk.topics (taxonomy, topic, parent, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (1, 'wages.x', NULL, 'x', 'x', 'x', 'x', 'minor');
INSERT INTO desk.topics (taxonomy, topic, parent, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (1, 'wages.x', 'hours', 'x', 'x', 'x', 'x', 'minor');
INSERT INTO desk.topics (taxonomy, topic, parent, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (1, 'nothing.x', 'nothing', 'x', 'x', 'x', 'x', 'minor');
