-- What workers ask and complain about, by which channel, in which language,
-- and how a case ends.  These tables hold no party's rows, so they have no
-- row security; a programme edits them as rows.  Every label comes in the four
-- languages of the helpline's reports: English, simplified and traditional
-- Chinese (in the words of Taiwan and Hong Kong, though institutions of the
-- mainland keep their names) and Vietnamese.

CREATE TABLE desk.languages (
	language text PRIMARY KEY
		CHECK (language ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$'),
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.languages IS
'languages that workers speak or write';
COMMENT ON COLUMN desk.languages.language IS
'BCP 47 tag; zh is spoken Mandarin, where no script is known';

INSERT INTO desk.languages
	(language, label_en, label_zh_hans, label_zh_hant, label_vi)
VALUES
	('zh', 'Chinese, script not known', '汉语（书写形式不详）',
	 '華語（書寫形式不詳）', 'Tiếng Trung (chưa rõ dạng chữ)'),
	('zh-Hans', 'Chinese, simplified', '简体中文', '簡體中文',
	 'Tiếng Trung giản thể'),
	('zh-Hant', 'Chinese, traditional', '繁体中文', '繁體中文',
	 'Tiếng Trung phồn thể'),
	('yue', 'Cantonese', '粤语', '粵語', 'Tiếng Quảng Đông'),
	('vi', 'Vietnamese', '越南语', '越南語', 'Tiếng Việt'),
	('en', 'English', '英语', '英語', 'Tiếng Anh'),
	('za', 'Zhuang', '壮语', '壯語', 'Tiếng Choang'),
	('ug', 'Uyghur', '维吾尔语', '維吾爾語', 'Tiếng Duy Ngô Nhĩ'),
	('bo', 'Tibetan', '藏语', '藏語', 'Tiếng Tạng'),
	('mn', 'Mongolian', '蒙古语', '蒙古語', 'Tiếng Mông Cổ'),
	('ii', 'Yi', '彝语', '彝語', 'Tiếng Di'),
	('hmn', 'Hmong', '苗语', '苗語', 'Tiếng Mông (Hmông)'),
	('km', 'Khmer', '高棉语', '高棉語', 'Tiếng Khmer'),
	('my', 'Burmese', '缅甸语', '緬甸語', 'Tiếng Miến Điện'),
	('th', 'Thai', '泰语', '泰語', 'Tiếng Thái Lan'),
	('id', 'Indonesian', '印度尼西亚语', '印尼語', 'Tiếng Indonesia');

CREATE TABLE desk.channels (
	channel text PRIMARY KEY CHECK (channel ~ '^[a-z][a-z0-9_]*$'),
	kind ietp.channel_kind NOT NULL,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL,
	valid_from date,
	valid_until date,
	CHECK (valid_from < valid_until));
COMMENT ON TABLE desk.channels IS
'ways to reach the helpline, or to be reached by it';
COMMENT ON COLUMN desk.channels.kind IS
'closed kind that functions look at, since a programme may add channels';
COMMENT ON COLUMN desk.channels.valid_from IS
'first day of the channel, for the menus of applications; NULL: since ever';
COMMENT ON COLUMN desk.channels.valid_until IS
'first day on which menus no longer offer the channel; NULL: still offered';

INSERT INTO desk.channels
	(channel, kind, label_en, label_zh_hans, label_zh_hant, label_vi)
VALUES
	('phone_in', 'voice', 'Incoming call', '来电', '來電', 'Cuộc gọi đến'),
	('phone_out', 'voice', 'Outgoing call', '拨出电话', '撥出電話',
	 'Cuộc gọi đi'),
	('missed_call', 'voice', 'Missed call', '未接来电', '未接來電',
	 'Cuộc gọi nhỡ'),
	('voicemail', 'voice', 'Voicemail', '语音留言', '語音留言',
	 'Hộp thư thoại'),
	('wechat', 'message', 'WeChat message', '微信消息', '微信訊息',
	 'Tin nhắn WeChat'),
	('zalo', 'message', 'Zalo message', 'Zalo 消息', 'Zalo 訊息',
	 'Tin nhắn Zalo'),
	('sms', 'message', 'Text message', '手机短信', '手機簡訊', 'Tin nhắn SMS'),
	('email', 'message', 'Email', '电子邮件', '電子郵件', 'Thư điện tử'),
	('web', 'web', 'Web form', '网页表单', '網頁表單',
	 'Biểu mẫu trên trang web'),
	('app', 'web', 'App or QR code', '应用程序或二维码', '應用程式或 QR 碼',
	 'Ứng dụng hoặc mã QR'),
	('in_person', 'in_person', 'In person', '当面', '當面', 'Gặp trực tiếp'),
	('letter', 'letter', 'Letter', '信件', '信件', 'Thư');

CREATE TABLE desk.closing_reasons (
	closing_reason text PRIMARY KEY
		CHECK (closing_reason ~ '^[a-z][a-z0-9_]*$'),
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.closing_reasons IS
'how a case ended; rules of the lifecycle refer to these codes, so a programme may add reasons and correct labels, but not rename a code';

INSERT INTO desk.closing_reasons
	(closing_reason, label_en, label_zh_hans, label_zh_hant, label_vi)
VALUES
	('advised', 'Advised', '已提供咨询', '已提供諮詢', 'Đã tư vấn'),
	('resolved', 'Resolved', '已解决', '已解決', 'Đã giải quyết'),
	('partially_resolved', 'Partly resolved', '部分解决', '部分解決',
	 'Đã giải quyết một phần'),
	('unresolved', 'Not resolved', '未解决', '未解決', 'Chưa giải quyết được'),
	('not_substantiated', 'Not substantiated', '未能证实', '未能證實',
	 'Không xác minh được'),
	('withdrawn', 'Withdrawn by the worker', '劳动者撤回', '勞工撤回',
	 'Người lao động rút lại'),
	('unreachable', 'Worker could not be reached', '无法联系劳动者',
	 '無法聯絡勞工', 'Không liên lạc được với người lao động'),
	('referred', 'Referred elsewhere', '已转介', '已轉介',
	 'Đã chuyển nơi khác'),
	('out_of_scope', 'Out of scope', '不属受理范围', '不屬受理範圍',
	 'Ngoài phạm vi tiếp nhận'),
	('duplicate', 'Duplicate', '重复个案', '重複個案', 'Trùng lặp'),
	('factory_closed', 'Factory closed', '工厂已关闭', '工廠已關閉',
	 'Nhà máy đã đóng cửa');

CREATE TABLE desk.taxonomies (
	taxonomy integer PRIMARY KEY CHECK (taxonomy > 0),
	valid_from date NOT NULL UNIQUE,
	description text NOT NULL);
COMMENT ON TABLE desk.taxonomies IS
'versions of the issue taxonomy; each is in force from its first day to the day before the next one''s';
COMMENT ON COLUMN desk.taxonomies.taxonomy IS
'version; versions follow one another by valid_from';
COMMENT ON COLUMN desk.taxonomies.description IS
'why the version was made, and what changed';

INSERT INTO desk.taxonomies (taxonomy, valid_from, description)
VALUES
	(1, '2010-01-01', 'Twenty themes with their topics.');

CREATE TABLE desk.topics (
	taxonomy integer NOT NULL REFERENCES desk.taxonomies,
	topic text NOT NULL CHECK (topic ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$'),
	parent text,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL,
	sa8000 text[] NOT NULL DEFAULT '{}',
	eti text[] NOT NULL DEFAULT '{}',
	ilo text[] NOT NULL DEFAULT '{}',
	default_severity ietp.severity NOT NULL,
	sensitive boolean NOT NULL DEFAULT false,
	replaces text[] NOT NULL DEFAULT '{}',
	PRIMARY KEY (taxonomy, topic),
	FOREIGN KEY (taxonomy, parent) REFERENCES desk.topics (taxonomy, topic),
	CHECK ((parent IS NULL) = (position('.' IN topic) = 0)),
	CHECK (parent IS NULL OR parent = split_part(topic, '.', 1)));
COMMENT ON TABLE desk.topics IS
'issue taxonomy in two tiers. Labels may be corrected at any time. Codes of a version in force are never added, changed or removed, for cases were sorted by them: a programme adds a version with all its topics, says in "replaces" what became of codes that changed, and never gives a code another meaning. Every version has a topic "other"';
COMMENT ON COLUMN desk.topics.topic IS
'code: theme, or theme.topic';
COMMENT ON COLUMN desk.topics.parent IS
'theme of a topic of the second tier; NULL for a theme';
COMMENT ON COLUMN desk.topics.sa8000 IS
'clauses of SA8000:2014 that it touches, a guide to reports and no finding';
COMMENT ON COLUMN desk.topics.eti IS
'clauses of the ETI Base Code that it touches';
COMMENT ON COLUMN desk.topics.ilo IS
'instruments of the ILO that it touches: C convention, P protocol, R recommendation';
COMMENT ON COLUMN desk.topics.default_severity IS
'severity that a new issue gets unless somebody judges otherwise';
COMMENT ON COLUMN desk.topics.sensitive IS
'the topic alone tells what the law protects (health, childhood, belief, origin, trade union, sexual matters, being a victim) or endangers whoever raised it';
COMMENT ON COLUMN desk.topics.replaces IS
'topics of the version before that this one continues; its own code needs no mention';

-- The second column is the default severity, the third says sensitive, the
-- next three are SA8000, ETI and ILO.  All that is never tolerated stands here
-- as zero_tolerance: child labour, forced labour, imminent danger, sexual
-- violence and suicide risk.
INSERT INTO desk.topics
	(taxonomy, topic, parent, default_severity, sensitive, sa8000, eti, ilo,
	 label_en, label_zh_hans, label_zh_hant, label_vi)
SELECT 1, v.topic,
	CASE WHEN position('.' IN v.topic) > 0 THEN split_part(v.topic, '.', 1) END,
	v.severity::ietp.severity, v.sensitive,
	v.sa8000::text[], v.eti::text[], v.ilo::text[],
	v.en, v.zh_hans, v.zh_hant, v.vi
FROM (VALUES
	-- Wages
	('wages', 'moderate', false, '{8}', '{5}', '{C95,C131}',
	 'Wages', '工资', '工資', 'Tiền lương'),
	('wages.unpaid', 'serious', false, '{8.1,8.3}', '{5.1}', '{C95}',
	 'Wages not paid', '拖欠工资', '拖欠工資', 'Nợ lương, không trả lương'),
	('wages.late', 'moderate', false, '{8.3}', '{5}', '{C95}',
	 'Wages paid late', '工资迟发', '工資遲發', 'Chậm trả lương'),
	('wages.minimum', 'serious', false, '{8.1}', '{5.1}', '{C131}',
	 'Below the minimum wage', '低于最低工资', '低於最低工資',
	 'Lương thấp hơn mức tối thiểu'),
	('wages.underpaid', 'moderate', false, '{8.1}', '{5.1}', '{C95}',
	 'Wages miscalculated', '工资少算少发', '工資少算少發',
	 'Tính sai, trả thiếu lương'),
	('wages.overtime_pay', 'serious', false, '{8.4}', '{6.3}', '{C1}',
	 'Overtime pay missing or too low', '加班费未付或少付', '加班費未付或少付',
	 'Không trả hoặc trả thiếu tiền làm thêm giờ'),
	('wages.piece_rate', 'moderate', false, '{8.1}', '{5.1,5.2}', '{C95}',
	 'Piece rate unclear or unfair', '计件单价不清或不公', '計件單價不清或不公',
	 'Đơn giá sản phẩm không rõ hoặc không công bằng'),
	('wages.deduction', 'moderate', false, '{8.2}', '{5.3}', '{C95}',
	 'Unlawful deduction', '克扣工资', '剋扣工資', 'Khấu trừ lương trái luật'),
	('wages.withheld', 'serious', false, '{2.2,8.3}', '{1.2}', '{C95}',
	 'Part of the wages held back', '押工资', '扣押部分工資', 'Giam lương'),
	('wages.final_pay', 'serious', false, '{8.3}', '{5.1}', '{C95}',
	 'Final wages refused', '离职工资不结清', '離職工資不結清',
	 'Không thanh toán lương khi nghỉ việc'),
	('wages.bonus', 'minor', false, '{8}', '{5}', '{C95}',
	 'Bonus or allowance', '奖金与津贴', '獎金與津貼',
	 'Tiền thưởng và phụ cấp'),
	('wages.pay_slip', 'minor', false, '{8.3}', '{5.2}', '{C95}',
	 'Pay slip missing or unclear', '无工资条或工资条不清',
	 '沒有薪資單或薪資單不清',
	 'Không có phiếu lương hoặc phiếu lương không rõ'),

	-- Working hours
	('hours', 'moderate', false, '{7}', '{6}', '{C1,C14}',
	 'Working hours and rest', '工作时间与休息', '工作時間與休息',
	 'Thời giờ làm việc và nghỉ ngơi'),
	('hours.excessive', 'serious', false, '{7.1,7.3}', '{6.4}', '{C1}',
	 'Too many hours', '超时加班', '超時加班', 'Làm thêm giờ quá mức'),
	('hours.forced_overtime', 'serious', false, '{2.4,7.3}', '{6.3}',
	 '{C1,C29}',
	 'Forced overtime', '强迫加班', '強迫加班', 'Ép buộc tăng ca'),
	('hours.overtime_refused', 'minor', false, '{7}', '{6}', '{C1}',
	 'Hours or overtime denied', '不安排加班或减少工时', '不安排加班或減少工時',
	 'Không cho tăng ca hoặc bị cắt giờ làm'),
	('hours.rest_day', 'serious', false, '{7.2}', '{6.6}', '{C14}',
	 'No weekly rest day', '每周没有休息日', '每週沒有休息日',
	 'Không có ngày nghỉ hằng tuần'),
	('hours.breaks', 'moderate', false, '{7.1}', '{6.1}', '{}',
	 'No break for meals or toilet', '没有用餐或如厕时间', '沒有用餐或如廁時間',
	 'Không có giờ nghỉ để ăn, đi vệ sinh'),
	('hours.night_shift', 'minor', false, '{7}', '{6}', '{C171}',
	 'Shifts and night work', '倒班与夜班', '輪班與夜班', 'Làm ca và ca đêm'),
	('hours.records', 'serious', false, '{7.1}', '{6.1}', '{C1}',
	 'Hours recorded falsely', '考勤记录不实', '出勤紀錄不實',
	 'Chấm công không đúng'),

	-- Leave
	('leave', 'minor', false, '{7.1,8}', '{5,6}', '{C132}',
	 'Leave and holidays', '休假与节假日', '休假與假日',
	 'Nghỉ phép và ngày lễ'),
	('leave.refused', 'moderate', false, '{7}', '{6}', '{C132}',
	 'Leave refused', '请假不批', '請假不批', 'Không cho nghỉ phép'),
	('leave.annual', 'minor', false, '{8}', '{5}', '{C132}',
	 'Paid annual leave', '带薪年休假', '有薪年假', 'Nghỉ hằng năm có lương'),
	('leave.public_holiday', 'minor', false, '{7.1}', '{6}', '{}',
	 'Public holidays', '法定节假日', '法定假日', 'Nghỉ lễ, tết'),
	('leave.sick', 'moderate', true, '{8}', '{5}', '{C130}',
	 'Sick leave and sick pay', '病假与病假工资', '病假與病假工資',
	 'Nghỉ ốm và chế độ ốm đau'),
	('leave.maternity', 'serious', true, '{8}', '{5}', '{C183}',
	 'Maternity leave and benefit', '产假与生育待遇', '產假與生育給付',
	 'Nghỉ thai sản và chế độ thai sản'),
	('leave.family', 'minor', false, '{8}', '{5}', '{C156}',
	 'Parental, family or bereavement leave', '育儿假、护理假与婚丧假',
	 '育嬰假、照顧假與婚喪假', 'Nghỉ chăm con, chăm người thân, cưới, tang'),

	-- Contract and recruitment
	('contract', 'moderate', false, '{8.5}', '{8}', '{R198}',
	 'Contract and recruitment', '劳动合同与招聘', '勞動合約與招聘',
	 'Hợp đồng lao động và tuyển dụng'),
	('contract.none', 'serious', false, '{8.5}', '{8.1}', '{R198}',
	 'No written contract or no copy', '未签合同或不给合同文本',
	 '未簽合約或不給合約副本',
	 'Không ký hoặc không được giao hợp đồng lao động'),
	('contract.terms', 'moderate', false, '{2}', '{5.2,8}', '{}',
	 'Contract blank or not as promised', '合同空白或与承诺不符',
	 '合約空白或與承諾不符', 'Hợp đồng để trống hoặc khác với lời hứa'),
	('contract.probation', 'minor', false, '{8}', '{8}', '{C158}',
	 'Probation', '试用期', '試用期', 'Thời gian thử việc'),
	('contract.dispatch', 'moderate', false, '{8.5}', '{8.2}', '{C181}',
	 'Agency work', '劳务派遣', '勞務派遣', 'Cho thuê lại lao động'),
	('contract.student', 'moderate', false, '{8.5}', '{8.2}', '{C138}',
	 'Student worker or intern', '学生工与实习生', '學生工與實習生',
	 'Học sinh, sinh viên làm việc, thực tập'),
	('contract.transfer', 'moderate', false, '{}', '{8}', '{C158}',
	 'Moved to another post or place', '调岗或调动工作地点',
	 '調職或調動工作地點', 'Điều chuyển công việc, nơi làm việc'),
	('contract.deposit_withheld', 'serious', false, '{2.1}', '{1.2}',
	 '{C29,C95}',
	 'Deposit taken or withheld', '收取或不退押金', '收取或不退押金',
	 'Thu hoặc không trả lại tiền đặt cọc'),
	('contract.recruitment_fee', 'serious', false, '{2.3}', '{1}', '{C181}',
	 'Recruitment or agency fee', '招聘费、中介费', '招聘費、仲介費',
	 'Phí tuyển dụng, phí môi giới'),

	-- Resignation and dismissal
	('termination', 'serious', false, '{2.4}', '{1.2,8}', '{C158}',
	 'Resignation and dismissal', '辞职与辞退', '辭職與解僱',
	 'Nghỉ việc và cho thôi việc'),
	('termination.resignation', 'minor', false, '{2.4}', '{1.2}', '{}',
	 'How to resign', '辞职手续', '辭職手續', 'Thủ tục xin thôi việc'),
	('termination.resignation_refused', 'serious', false, '{2.4}', '{1.2}',
	 '{C29}',
	 'Resignation refused', '辞职不批', '辭職不獲批', 'Không cho nghỉ việc'),
	('termination.absence_recorded', 'moderate', false, '{2.4}', '{1.2}',
	 '{C158}',
	 'Recorded as left without notice', '被按自离处理', '被當作自動離職處理',
	 'Bị coi là tự ý bỏ việc'),
	('termination.dismissal', 'serious', false, '{}', '{8}', '{C158}',
	 'Dismissal', '辞退或开除', '解僱或開除', 'Bị sa thải, đuổi việc'),
	('termination.forced_resignation', 'serious', false, '{6.1}', '{8}',
	 '{C158}',
	 'Pressed to resign', '逼迫辞职', '逼迫辭職', 'Bị ép viết đơn nghỉ việc'),
	('termination.layoff', 'serious', false, '{}', '{8}', '{C158,C173}',
	 'Layoff, closure or relocation', '裁员、工厂关闭或搬迁',
	 '裁員、工廠關閉或搬遷', 'Cắt giảm lao động, nhà máy đóng cửa hoặc di dời'),
	('termination.severance', 'serious', false, '{}', '{8}', '{C158}',
	 'Severance pay', '经济补偿金', '遣散費',
	 'Trợ cấp thôi việc, mất việc làm'),
	('termination.documents_withheld', 'moderate', false, '{2.2}', '{1.2}',
	 '{R166}',
	 'Leaving papers withheld', '不给离职证明或不退资料',
	 '不給離職證明或不退文件', 'Không trả giấy tờ khi nghỉ việc'),

	-- Social insurance
	('social_insurance', 'moderate', false, '{8}', '{5}', '{C102}',
	 'Social insurance', '社会保险', '社會保險', 'Bảo hiểm xã hội'),
	('social_insurance.not_enrolled', 'serious', false, '{8}', '{5}', '{C102}',
	 'Not insured', '未参加社会保险', '未參加社會保險',
	 'Không được tham gia bảo hiểm xã hội'),
	('social_insurance.underpaid', 'moderate', false, '{8}', '{5}', '{C102}',
	 'Contributions unpaid or too low', '少缴或欠缴社会保险费',
	 '少繳或欠繳社會保險費', 'Đóng thiếu, nợ đóng bảo hiểm xã hội'),
	('social_insurance.transfer', 'minor', false, '{8}', '{5}', '{C102}',
	 'Transfer or withdrawal', '社保转移与退保', '社會保險轉移與退保',
	 'Chốt sổ, chuyển, rút bảo hiểm xã hội'),
	('social_insurance.pension', 'minor', false, '{8}', '{5}', '{C128}',
	 'Pension', '养老保险与退休', '養老保險與退休', 'Chế độ hưu trí'),
	('social_insurance.medical', 'minor', false, '{8}', '{5}', '{C130}',
	 'Health insurance', '医疗保险', '醫療保險', 'Bảo hiểm y tế'),
	('social_insurance.unemployment', 'minor', false, '{8}', '{5}', '{C168}',
	 'Unemployment insurance', '失业保险', '失業保險', 'Bảo hiểm thất nghiệp'),
	('social_insurance.work_injury', 'serious', true, '{8}', '{5}', '{C121}',
	 'Work injury claim', '工伤认定与工伤待遇', '工傷認定與工傷給付',
	 'Chế độ tai nạn lao động, bệnh nghề nghiệp'),
	('social_insurance.housing_fund', 'minor', false, '{8}', '{5}', '{}',
	 'Housing provident fund', '住房公积金', '住房公積金',
	 'Quỹ tích lũy nhà ở (Trung Quốc)'),

	-- Safety and health
	('ohs', 'serious', false, '{3}', '{3}', '{C155,C187}',
	 'Safety and health at work', '职业安全健康', '職業安全與健康',
	 'An toàn, vệ sinh lao động'),
	('ohs.imminent_danger', 'zero_tolerance', false, '{3.1,3.10}', '{3.1}',
	 '{C155,C187}',
	 'Imminent danger to life', '危及生命的紧急危险', '危及生命的緊急危險',
	 'Nguy hiểm cận kề đến tính mạng'),
	('ohs.injury', 'serious', true, '{3.1,3.3}', '{3.1}', '{C121,C155}',
	 'Work injury', '工伤', '工傷', 'Tai nạn lao động'),
	('ohs.occupational_disease', 'serious', true, '{3.1}', '{3.1}',
	 '{C155,C161}',
	 'Occupational disease', '职业病', '職業病', 'Bệnh nghề nghiệp'),
	('ohs.chemicals', 'serious', false, '{3.1}', '{3.1}', '{C170}',
	 'Chemicals', '接触有毒有害化学品', '接觸有毒有害化學品',
	 'Tiếp xúc hóa chất độc hại'),
	('ohs.dust_noise', 'moderate', false, '{3.1}', '{3.1}', '{C148}',
	 'Dust, noise or bad air', '粉尘、噪音与通风不良', '粉塵、噪音與通風不良',
	 'Bụi, tiếng ồn, thiếu thông gió'),
	('ohs.heat', 'moderate', false, '{3.1}', '{3.1}', '{C155}',
	 'Heat or cold', '高温或低温作业', '高溫或低溫作業',
	 'Làm việc quá nóng hoặc quá lạnh'),
	('ohs.machinery', 'serious', false, '{3.1}', '{3.1}', '{C119}',
	 'Unsafe machinery or wiring', '机器或电气不安全', '機器或電氣不安全',
	 'Máy móc, điện không an toàn'),
	('ohs.fire_exit', 'critical', false, '{3.1}', '{3.1}', '{C155}',
	 'Fire exit blocked or locked', '消防通道堵塞或上锁', '逃生通道堵塞或上鎖',
	 'Lối thoát hiểm bị chặn hoặc khóa'),
	('ohs.building', 'critical', false, '{3.1}', '{3.1}', '{C155}',
	 'Building unsafe', '厂房结构不安全', '廠房結構不安全',
	 'Nhà xưởng không an toàn'),
	('ohs.ppe', 'moderate', false, '{3.3}', '{3.1}', '{C155}',
	 'No protective equipment', '缺少劳动防护用品', '缺乏個人防護裝備',
	 'Thiếu phương tiện bảo vệ cá nhân'),
	('ohs.training', 'moderate', false, '{3.6}', '{3.2}', '{C155}',
	 'No safety training', '缺少安全培训', '缺乏安全訓練',
	 'Thiếu huấn luyện an toàn'),
	('ohs.pregnant_work', 'serious', true, '{3.2}', '{3.1}', '{C183}',
	 'Harmful work while pregnant or nursing', '孕期、哺乳期从事有害作业',
	 '懷孕或哺乳期間從事有害作業',
	 'Làm việc độc hại khi mang thai, nuôi con nhỏ'),
	('ohs.toilets_water', 'moderate', false, '{3.8}', '{3.3}', '{C155}',
	 'Toilets and drinking water', '厕所与饮用水', '廁所與飲用水',
	 'Nhà vệ sinh và nước uống'),

	-- Living conditions
	('living', 'minor', false, '{3.8,3.9}', '{3.3,3.4}', '{R102,R115}',
	 'Board and lodging', '食宿条件', '食宿條件', 'Điều kiện ăn ở'),
	('living.dormitory', 'moderate', false, '{3.9}', '{3.4}', '{R115}',
	 'Dormitory', '宿舍条件', '宿舍條件', 'Điều kiện ký túc xá'),
	('living.dormitory_safety', 'serious', false, '{3.9}', '{3.4}', '{R115}',
	 'Dormitory unsafe', '宿舍存在安全隐患', '宿舍存在安全隱患',
	 'Ký túc xá không an toàn'),
	('living.charges', 'minor', false, '{8}', '{5}', '{C95,R115}',
	 'Charges for room and board', '食宿、水电收费', '食宿、水電收費',
	 'Thu tiền ăn ở, điện nước'),
	('living.canteen', 'moderate', false, '{3.8}', '{3.3}', '{R102}',
	 'Canteen and food', '食堂与伙食', '員工餐廳與伙食', 'Nhà ăn và bữa ăn ca'),
	('living.food_poisoning', 'critical', true, '{3.8}', '{3.3}', '{C155}',
	 'Food poisoning', '食物中毒', '食物中毒', 'Ngộ độc thực phẩm'),
	('living.transport', 'minor', false, '{}', '{}', '{R102}',
	 'Travel to work', '上下班交通', '上下班交通', 'Xe đưa đón, đi lại'),

	-- Harassment and abuse
	('harassment', 'serious', true, '{5.3,6.1}', '{9.1}', '{C190}',
	 'Harassment and abuse', '骚扰与虐待', '騷擾與虐待',
	 'Quấy rối và ngược đãi'),
	('harassment.sexual_violence', 'zero_tolerance', true, '{5.3}', '{9.1}',
	 '{C190}',
	 'Sexual violence', '性暴力', '性暴力', 'Bạo lực tình dục'),
	('harassment.sexual', 'critical', true, '{5.3}', '{9.1}', '{C111,C190}',
	 'Sexual harassment', '性骚扰', '性騷擾', 'Quấy rối tình dục'),
	('harassment.physical', 'critical', true, '{6.1}', '{9.1}', '{C190}',
	 'Physical violence', '殴打等人身暴力', '毆打等人身暴力',
	 'Đánh đập, bạo lực thân thể'),
	('harassment.threats', 'critical', true, '{5.3,6.1}', '{9.1}', '{C190}',
	 'Threats', '威胁恐吓', '威脅恐嚇', 'Đe dọa'),
	('harassment.verbal', 'serious', true, '{6.1}', '{9.1}', '{C190}',
	 'Verbal abuse', '辱骂', '辱罵', 'Chửi mắng, lăng mạ'),
	('harassment.bullying', 'serious', true, '{5.3}', '{9.1}', '{C190}',
	 'Bullying', '职场霸凌', '職場霸凌', 'Bắt nạt nơi làm việc'),

	-- Discipline
	('discipline', 'moderate', false, '{6}', '{9}', '{C158}',
	 'Discipline', '纪律处分', '紀律處分', 'Kỷ luật lao động'),
	('discipline.fine', 'moderate', false, '{8.2}', '{5.3}', '{C95}',
	 'Fine', '罚款', '罰款', 'Phạt tiền, phạt trừ lương'),
	('discipline.punishment', 'serious', false, '{6.1}', '{9.1}', '{C190}',
	 'Corporal or humiliating punishment', '体罚或羞辱性处罚',
	 '體罰或羞辱性處罰', 'Phạt thể xác hoặc làm nhục'),
	('discipline.warning', 'minor', false, '{6}', '{9}', '{C158}',
	 'Warning or suspension', '警告、记过或停职', '警告、記過或停職',
	 'Khiển trách, cảnh cáo, đình chỉ công việc'),
	('discipline.rules', 'minor', false, '{6}', '{9}', '{}',
	 'Unreasonable factory rules', '厂规不合理', '廠規不合理',
	 'Nội quy nhà máy bất hợp lý'),

	-- Discrimination
	('discrimination', 'serious', true, '{5}', '{7}', '{C100,C111}',
	 'Discrimination', '歧视', '歧視', 'Phân biệt đối xử'),
	('discrimination.sex', 'serious', true, '{5.1}', '{7.1}', '{C100,C111}',
	 'Sex, gender or orientation', '性别或性取向歧视', '性別或性傾向歧視',
	 'Phân biệt giới tính, xu hướng tính dục'),
	('discrimination.pregnancy', 'serious', true, '{5.1}', '{7.1}',
	 '{C111,C183}',
	 'Pregnancy or motherhood', '孕期、产期、哺乳期歧视',
	 '懷孕、分娩或哺乳歧視', 'Phân biệt đối xử khi mang thai, nuôi con nhỏ'),
	('discrimination.testing', 'serious', true, '{5.4}', '{7}', '{C111,C183}',
	 'Pregnancy or health test demanded', '强制孕检或体检', '強制驗孕或體檢',
	 'Bắt thử thai hoặc xét nghiệm sức khỏe'),
	('discrimination.ethnicity', 'serious', true, '{5.1,5.2}', '{7.1}',
	 '{C111}',
	 'Ethnic group or religion', '民族或宗教歧视', '族群或宗教歧視',
	 'Phân biệt dân tộc, tôn giáo'),
	('discrimination.origin', 'moderate', true, '{5.1}', '{7.1}', '{C111}',
	 'Place of origin', '地域或户籍歧视', '地域或戶籍歧視',
	 'Phân biệt vùng miền, nơi đăng ký hộ khẩu'),
	('discrimination.age', 'moderate', true, '{5.1}', '{7.1}', '{C111}',
	 'Age', '年龄歧视', '年齡歧視', 'Phân biệt tuổi tác'),
	('discrimination.health', 'serious', true, '{5.1}', '{7.1}', '{C111,C159}',
	 'Illness or disability', '疾病或残疾歧视', '疾病或身心障礙歧視',
	 'Phân biệt vì bệnh tật, khuyết tật'),

	-- Management and communication
	('management_communication', 'minor', false, '{9.5,9.6}', '{}',
	 '{R129,R130}',
	 'Management and communication', '管理与沟通', '管理與溝通',
	 'Quản lý và giao tiếp'),
	('management_communication.attitude', 'minor', false, '{6.1}', '{9}',
	 '{R129}',
	 'Attitude of managers', '管理态度', '管理態度',
	 'Thái độ của người quản lý'),
	('management_communication.unfair', 'minor', false, '{9.6}', '{}', '{R130}',
	 'Favouritism or unfair allocation of work', '偏袒或派工不公',
	 '偏袒或派工不公', 'Thiên vị, phân công không công bằng'),
	('management_communication.targets', 'moderate', false, '{7}', '{6}', '{}',
	 'Production targets too high', '产量定额过高', '產量定額過高',
	 'Định mức sản lượng quá cao'),
	('management_communication.complaint_ignored', 'moderate', false, '{9.6}',
	 '{}', '{R130}',
	 'Complaint in the factory not answered', '厂内投诉无回应',
	 '廠內申訴沒有回應', 'Khiếu nại trong nhà máy không được trả lời'),
	('management_communication.information', 'minor', false, '{9.5}', '{}',
	 '{R129}',
	 'Rules or changes not explained', '规定或变动不告知', '規定或變動未告知',
	 'Không thông báo quy định, thay đổi'),
	('management_communication.coaching', 'serious', false, '{9}', '{}', '{}',
	 'Told to deceive auditors', '要求对审核员说假话', '要求對稽核員說假話',
	 'Bị yêu cầu nói dối đoàn đánh giá'),
	('management_communication.bribery', 'serious', false, '{9}', '{}', '{}',
	 'Bribe demanded', '管理人员索贿', '管理人員索賄',
	 'Người quản lý đòi hối lộ'),

	-- Freedom of association
	('freedom_of_association', 'serious', true, '{4}', '{2}', '{C87,C98}',
	 'Freedom of association', '结社自由与集体协商', '結社自由與集體協商',
	 'Tự do liên kết và thương lượng tập thể'),
	('freedom_of_association.union', 'moderate', true, '{4.1,4.2}', '{2.1}',
	 '{C87,C135}',
	 'Trade union or worker representatives', '工会与职工代表',
	 '工會與勞工代表', 'Công đoàn và đại diện người lao động'),
	('freedom_of_association.interference', 'critical', true, '{4.1,4.3}',
	 '{2.1,2.3}', '{C87,C98,C135}',
	 'Hindered or punished for union activity', '因工会活动受阻挠或处分',
	 '因工會活動受阻撓或處分', 'Bị cản trở hoặc xử lý vì hoạt động công đoàn'),
	('freedom_of_association.bargaining', 'moderate', true, '{4.1}', '{2.1}',
	 '{C98,C154}',
	 'Collective bargaining', '集体协商与集体合同', '集體協商與集體協議',
	 'Thương lượng và thỏa ước lao động tập thể'),
	('freedom_of_association.strike', 'serious', true, '{4}', '{2}', '{C87}',
	 'Strike or stoppage', '罢工或停工', '罷工或停工',
	 'Đình công, ngừng việc tập thể'),

	-- Child labour and young workers
	('child_labour', 'zero_tolerance', true, '{1}', '{4}', '{C138,C182}',
	 'Child labour and young workers', '童工与未成年工', '童工與未成年工',
	 'Lao động trẻ em và lao động chưa thành niên'),
	('child_labour.under_age', 'zero_tolerance', true, '{1.1}', '{4.1}',
	 '{C138,C182}',
	 'Child below working age', '使用童工', '僱用童工',
	 'Sử dụng lao động trẻ em'),
	('child_labour.hazardous', 'zero_tolerance', true, '{1.4}', '{4.3}',
	 '{C138,C182}',
	 'Young worker in dangerous work', '未成年工从事危险作业',
	 '未成年工從事危險作業', 'Lao động chưa thành niên làm việc nguy hiểm'),
	('child_labour.juvenile', 'serious', true, '{1.3}', '{4.3}',
	 '{C77,C90,C138}',
	 'Young worker: hours, night work, health checks',
	 '未成年工工时、夜班与体检', '未成年工工時、夜班與體檢',
	 'Giờ làm, ca đêm, khám sức khỏe của lao động chưa thành niên'),
	('child_labour.identity', 'serious', true, '{1}', '{4}', '{C138}',
	 'False or borrowed papers', '冒用他人身份证件', '冒用他人身分證件',
	 'Mượn hoặc làm giả giấy tờ tùy thân'),

	-- Forced labour
	('forced_labour', 'zero_tolerance', true, '{2}', '{1}', '{C29,P29,C105}',
	 'Forced labour', '强迫劳动', '強迫勞動', 'Lao động cưỡng bức'),
	('forced_labour.documents_withheld', 'zero_tolerance', true, '{2.1}',
	 '{1.2}', '{C29,P29}',
	 'Identity papers withheld', '扣押身份证件', '扣押身分證件',
	 'Giữ giấy tờ tùy thân'),
	('forced_labour.confinement', 'zero_tolerance', true, '{2.4}', '{1.1}',
	 '{C29,P29}',
	 'Not free to leave the premises', '限制人身自由', '限制人身自由',
	 'Giam giữ, hạn chế tự do đi lại'),
	('forced_labour.coercion', 'zero_tolerance', true, '{2.1}', '{1.1}',
	 '{C29,P29}',
	 'Made to work by force or threat', '以暴力或威胁强迫劳动',
	 '以暴力或威脅強迫勞動', 'Dùng vũ lực hoặc đe dọa để ép làm việc'),
	('forced_labour.debt_bondage', 'zero_tolerance', true, '{2}', '{1.1}',
	 '{C29,P29}',
	 'Debt bondage', '债务劳役', '債務勞役', 'Lao động gán nợ'),
	('forced_labour.wages_withheld', 'zero_tolerance', true, '{2.2}', '{1}',
	 '{C29,P29,C95}',
	 'Wages held to keep the worker', '扣发工资阻止离职', '扣發工資以阻止離職',
	 'Giữ lương để ép ở lại làm việc'),
	('forced_labour.trafficking', 'zero_tolerance', true, '{2.5}', '{1}',
	 '{C29,P29}',
	 'Human trafficking', '贩卖人口', '人口販運', 'Mua bán người'),

	-- Retaliation
	('retaliation', 'critical', true, '{9.6}', '{}', '{C158,C190}',
	 'Retaliation', '打击报复', '打擊報復', 'Trả thù, trù dập'),
	('retaliation.dismissal', 'critical', true, '{9.6}', '{}', '{C158}',
	 'Dismissed for complaining', '因投诉被辞退', '因申訴被解僱',
	 'Bị đuổi việc vì khiếu nại'),
	('retaliation.disadvantage', 'serious', true, '{9.6}', '{}', '{}',
	 'Worse work or less pay for complaining', '因投诉被调岗或减薪',
	 '因申訴被調職或減薪', 'Bị điều chuyển, giảm lương vì khiếu nại'),
	('retaliation.threat', 'critical', true, '{9.6}', '{9.1}', '{C190}',
	 'Threatened for complaining', '因投诉受威胁', '因申訴受威脅',
	 'Bị đe dọa vì khiếu nại'),
	('retaliation.exposure', 'critical', true, '{9.6}', '{}', '{}',
	 'Management seeks or exposes who complained', '追查或公开投诉人',
	 '追查或公開申訴人', 'Truy tìm hoặc tiết lộ người khiếu nại'),

	-- Privacy
	('privacy', 'moderate', false, '{6}', '{9}', '{}',
	 'Privacy and personal data', '隐私与个人信息', '隱私與個人資料',
	 'Đời tư và dữ liệu cá nhân'),
	('privacy.personal_data', 'moderate', false, '{6}', '{}', '{}',
	 'Personal data misused', '滥用个人信息', '濫用個人資料',
	 'Lạm dụng dữ liệu cá nhân'),
	('privacy.health_data', 'serious', true, '{6}', '{}', '{R171}',
	 'Health data disclosed', '泄露健康信息', '洩漏健康資料',
	 'Lộ thông tin sức khỏe'),
	('privacy.surveillance', 'moderate', false, '{6}', '{9}', '{}',
	 'Cameras, body or bag searches', '监控、搜身或搜包', '監控、搜身或搜包',
	 'Giám sát, khám người, khám túi'),

	-- Personal life
	('personal', 'minor', false, '{}', '{}', '{}',
	 'Personal life and emotions', '个人生活与情绪', '個人生活與情緒',
	 'Đời sống cá nhân và tâm lý'),
	('personal.homesickness', 'minor', false, '{}', '{}', '{}',
	 'Homesickness and loneliness', '想家与孤独', '思鄉與孤獨',
	 'Nhớ nhà, cô đơn'),
	('personal.family', 'minor', false, '{}', '{}', '{}',
	 'Family and marriage', '家庭与婚姻', '家庭與婚姻', 'Gia đình và hôn nhân'),
	('personal.children', 'minor', false, '{}', '{}', '{}',
	 'Children, left behind or not', '子女与留守儿童', '子女與留守兒童',
	 'Con cái, trẻ em ở lại quê'),
	('personal.relationships', 'minor', false, '{}', '{}', '{}',
	 'Getting on with others', '人际关系', '人際關係', 'Quan hệ với mọi người'),
	('personal.stress', 'moderate', true, '{}', '{}', '{}',
	 'Stress and anxiety', '压力与焦虑', '壓力與焦慮', 'Căng thẳng, lo âu'),
	('personal.depression', 'serious', true, '{}', '{}', '{}',
	 'Depression', '抑郁', '憂鬱', 'Trầm cảm'),
	('personal.suicide_risk', 'zero_tolerance', true, '{}', '{}', '{}',
	 'Suicide risk', '自杀风险', '自殺風險', 'Nguy cơ tự tử'),
	('personal.health', 'minor', true, '{}', '{}', '{}',
	 'Health and hygiene', '健康与卫生', '健康與衛生', 'Sức khỏe và vệ sinh'),
	('personal.domestic_violence', 'critical', true, '{}', '{}', '{C190}',
	 'Domestic violence', '家庭暴力', '家庭暴力', 'Bạo lực gia đình'),
	('personal.debt', 'moderate', false, '{}', '{}', '{}',
	 'Debt, gambling or fraud', '债务、赌博或受骗', '債務、賭博或受騙',
	 'Nợ nần, cờ bạc, bị lừa đảo'),
	('personal.hometown', 'minor', false, '{}', '{}', '{}',
	 'Travel home and tickets', '返乡与车票', '返鄉與車票',
	 'Về quê, vé tàu xe'),

	-- Helpline and programme
	('program', 'minor', false, '{}', '{}', '{}',
	 'Helpline and programme', '热线与项目', '熱線與計畫',
	 'Đường dây hỗ trợ và chương trình'),
	('program.helpline', 'minor', false, '{}', '{}', '{}',
	 'About the helpline', '热线服务咨询', '熱線服務諮詢',
	 'Hỏi về đường dây hỗ trợ'),
	('program.complaint', 'moderate', true, '{}', '{}', '{}',
	 'Complaint about the helpline', '对热线服务的投诉', '對熱線服務的申訴',
	 'Khiếu nại về đường dây hỗ trợ'),
	('program.cards_missing', 'minor', false, '{9.6}', '{}', '{}',
	 'Helpline cards or posters missing', '未发热线卡或未贴海报',
	 '未發熱線卡或未貼海報',
	 'Chưa phát thẻ hoặc chưa dán áp phích đường dây hỗ trợ'),
	('program.training', 'minor', false, '{}', '{}', '{}',
	 'Training on the helpline', '热线培训', '熱線訓練',
	 'Tập huấn về đường dây hỗ trợ'),
	('program.childcare', 'minor', false, '{}', '{}', '{}',
	 'Family-friendly space and childcare', '亲子空间与托管', '親子空間與托育',
	 'Không gian thân thiện gia đình, trông trẻ'),

	-- Other
	('other', 'minor', false, '{}', '{}', '{}',
	 'Other', '其他', '其他', 'Vấn đề khác'),
	('other.authority', 'minor', false, '{}', '{}', '{}',
	 'Matter for an authority', '其他政府部门事务', '其他政府部門事務',
	 'Việc thuộc cơ quan nhà nước'),
	('other.job_seeking', 'minor', false, '{}', '{}', '{}',
	 'Looking for work', '求职', '求職', 'Tìm việc làm'),
	('other.environment', 'moderate', false, '{}', '{}', '{}',
	 'Pollution', '环境污染', '環境污染', 'Ô nhiễm môi trường'),
	('other.unclear', 'minor', false, '{}', '{}', '{}',
	 'Not clear', '诉求不明', '訴求不明', 'Chưa rõ nội dung')
) AS v (topic, severity, sensitive, sa8000, eti, ilo,
		en, zh_hans, zh_hant, vi);

CREATE FUNCTION desk.current_taxonomy(on_day date)
RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT COALESCE(
		(SELECT t.taxonomy FROM desk.taxonomies AS t
			WHERE t.valid_from <= on_day ORDER BY t.valid_from DESC LIMIT 1),
		(SELECT t.taxonomy FROM desk.taxonomies AS t
			ORDER BY t.valid_from LIMIT 1))
$$;
COMMENT ON FUNCTION desk.current_taxonomy(date) IS
'the version of the taxonomy in force on a day; for days before the first version, the first';

-- A topic walks from version to version towards the target.  At each step it
-- follows every link, so it may come to several topics and may come together
-- again.  Only where it ends on one topic are the two the same thing; where it
-- ends on several, no more is comparable than the theme they share.  The
-- planner cannot know how short the walk is and would compile it, which takes
-- longer than walking.
CREATE FUNCTION desk.topic_translation(target integer)
RETURNS TABLE (taxonomy integer, topic text, target_topic text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
SET jit = off
AS $$
	WITH RECURSIVE versions AS (
		SELECT v.taxonomy, row_number() OVER (ORDER BY v.valid_from) AS place
		FROM desk.taxonomies v
	), placed AS (
		SELECT v.place, t.taxonomy, t.topic, t.parent, t.replaces
		FROM desk.topics t
			JOIN versions v ON v.taxonomy = t.taxonomy
	), pairs AS (
		SELECT older.place, older.topic AS older, newer.topic AS newer
		FROM placed older
			JOIN placed newer ON newer.place = older.place + 1
				AND newer.topic = older.topic
		UNION
		SELECT older.place, older.topic, newer.topic
		FROM placed newer
			CROSS JOIN LATERAL unnest(newer.replaces) AS r (topic)
			JOIN placed older ON older.place = newer.place - 1
				AND older.topic = r.topic
	), links AS (
		SELECT p.place, p.older AS topic, 1 AS direction, p.newer AS next
		FROM pairs p
		UNION ALL
		SELECT p.place + 1, p.newer, -1, p.older
		FROM pairs p
	), steps AS (
		SELECT l.place, l.topic, l.direction, l.next
		FROM links l
		UNION ALL
		-- A topic without a link goes where its theme goes.
		SELECT l.place, c.topic, l.direction, l.next
		FROM links l
			JOIN placed c ON c.place = l.place AND c.parent = l.topic
		WHERE NOT EXISTS (
			SELECT FROM links own
			WHERE own.place = c.place AND own.topic = c.topic
				AND own.direction = l.direction)
	), goal AS (
		SELECT v.place
		FROM versions v
		WHERE v.taxonomy = target
	), walk AS (
		SELECT p.taxonomy, p.topic, p.place, p.topic AS here
		FROM placed p
		UNION
		-- A theme that leads nowhere is "other" from there on.
		SELECT w.taxonomy, w.topic,
			CASE WHEN w.place < g.place THEN w.place + 1 ELSE w.place - 1 END,
			coalesce(s.next, 'other')
		FROM walk w
			JOIN goal g ON g.place <> w.place
			LEFT JOIN steps s ON s.place = w.place AND s.topic = w.here
				AND s.direction = CASE WHEN w.place < g.place THEN 1 ELSE -1 END
	)
	SELECT w.taxonomy, w.topic,
		CASE
			WHEN count(*) = 1 THEN min(w.here)
			WHEN count(DISTINCT split_part(w.here, '.', 1)) = 1
				THEN min(split_part(w.here, '.', 1))
			ELSE 'other'
		END
	FROM walk w
		JOIN goal g ON g.place = w.place
	GROUP BY w.taxonomy, w.topic
$$;
COMMENT ON FUNCTION desk.topic_translation(integer) IS
'for every topic of every version the topic that it is in version target: itself where the code stayed, its successor where it was renamed or merged, the shared theme where it was split, its theme where it was dropped, else other; no rows where there is no such version';

-- All labels come in four languages.
CREATE FUNCTION desk.check_label_language(language text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF language IS NULL THEN
		PERFORM desk.refuse('language', 'missing');
	ELSIF language NOT IN ('en', 'zh-Hans', 'zh-Hant', 'vi') THEN
		PERFORM desk.refuse('language', 'unknown_code',
			'One of en, zh-Hans, zh-Hant, vi.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_label_language(text) IS
'refuses languages in which there are no labels';

CREATE FUNCTION desk.label_of(
	language text, en text, zh_hans text, zh_hant text, vi text)
RETURNS text
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN CASE language WHEN 'en' THEN en WHEN 'zh-Hans' THEN zh_hans
	WHEN 'zh-Hant' THEN zh_hant ELSE vi END;
COMMENT ON FUNCTION desk.label_of(text, text, text, text, text) IS
'the label in the language';

CREATE FUNCTION helpline.topics(
	language text DEFAULT 'en', taxonomy integer DEFAULT NULL)
RETURNS TABLE (
	topic text, parent text, label text, default_severity ietp.severity,
	sensitive boolean, sa8000 text[], eti text[], ilo text[])
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('topics');
	PERFORM desk.check_label_language(topics.language);
	IF topics.taxonomy IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.taxonomies AS v
			WHERE v.taxonomy = topics.taxonomy) THEN
		PERFORM desk.refuse('taxonomy', 'unknown_code',
			'Leave it out for the taxonomy in force today.');
	END IF;
	RETURN QUERY
		SELECT t.topic, t.parent,
			desk.label_of(topics.language, t.label_en, t.label_zh_hans,
				t.label_zh_hant, t.label_vi),
			t.default_severity, t.sensitive, t.sa8000, t.eti, t.ilo
		FROM desk.topics t
		WHERE t.taxonomy = coalesce(topics.taxonomy,
									desk.current_taxonomy(current_date))
		ORDER BY t.topic COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.topics(text, integer) IS
'topics of a version of the taxonomy, each theme before its topics, with labels in en, zh-Hans, zh-Hant or vi';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'topics' FROM unnest(enum_range(NULL::ietp.role_kind)) k;
