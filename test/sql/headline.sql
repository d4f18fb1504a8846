-- What ts_headline() shows of a document.
\pset null '(null)'
\set SHOW_CONTEXT never
BEGIN;
-- What the thesaurus adds is tested apart.
DELETE FROM desk.thesaurus;

CREATE FUNCTION pg_temp.headline(document text, query tsquery,
	options text DEFAULT '')
RETURNS text
LANGUAGE sql AS $$
	SELECT ts_headline('ietp.multilingual', document, query,
		'StartSel=[, StopSel=]' || options)
$$;

-- Written by hand: what is marked.  Only what is otherwise is shown.
CREATE TABLE t_marked (query text, mode text, headline text);
INSERT INTO t_marked VALUES
	-- Neighbouring bigrams are one, in the script of the document.
	('拖欠工资', 'question', '老闆[拖欠工資]三個月'),
	('拖欠工资', 'phrase', '老闆[拖欠工資]三個月'),
	('拖欠工資', 'phrase', '老板[拖欠工资]三个月'),
	('拖欠 三个', 'keywords', '老闆[拖欠]工資[三個]月'),
	('工资', 'keywords', '[工資]，[工资]'),
	('工资', 'keywords', '[工資工资]没有'),
	('工资', 'keywords', '资工程，[工资]'),
	('资', 'keywords', '拖欠工[資]，[资]料'),
	('月', 'keywords', '三个[月]'),
	('工资 月', 'keywords', '三个[月工资]'),

	-- Without marks any, with marks exactly
	('no luong', 'keywords', 'Công ty [nợ] [LƯƠNG]'),
	('nợ lương', 'keywords', 'Công ty no [lương]'),
	('hòa', 'keywords', '[Hoà] giải, [hòa] giải, hoa'),
	('lương', 'keywords', 'nợ [' || normalize('lương', NFD) || ']'),

	-- English by stem
	('paying', 'keywords', 'They [pay], paid late, [PAYS] paper'),
	('wage', 'keywords', 'no [wages], [wage]-earner'),

	-- Compounds and mixed text
	('A-123', 'keywords', 'case [A-123]，see B-124'),
	-- As the server's own headlines do, words of a phrase are marked anywhere.
	('A-123', 'keywords', 'case [A-123]，see [A-124]'),
	('138-0013-8000', 'keywords', '打[138-0013-8000]找'),
	('5,000', 'keywords', '欠[5.000]元'),
	('OT 加班', 'keywords', '欠[OT][加班]费'),
	('ｏｔ', 'keywords', '[OT] and [ＯＴ]'),

	-- What must not be there is not marked.
	('wages -dorm', 'web', '[wages] dorm'),
	('-dorm', 'web', 'wages dorm'),
	('"paid wages" or 工资', 'web', '[paid] [wages] 的[工資]'),
	('', 'question', 'nothing asked');
SELECT count(*) AS headlines FROM t_marked;
SELECT t.query, t.headline AS expected, h.headline
FROM t_marked AS t, pg_temp.headline(translate(t.headline, '[]', ''),
	ietp.query(t.query, t.mode)) AS h (headline)
WHERE h.headline <> t.headline;

-- With the server's own queries
SELECT pg_temp.headline('老闆拖欠工資，nợ lương', q) AS headline
FROM (VALUES (to_tsquery('ietp.multilingual_query', '工资 & !lương')),
	(websearch_to_tsquery('ietp.multilingual_query', '老板 "nợ lương"')),
	('!工資'::tsquery), ($$'!工資'$$), ($$'拖':*$$)) AS t (q);

-- A character keeps what is joined to it.
SELECT pg_temp.headline(U&'\6B20\85AA\+0E0100\5DE5\0301\8CC7\FE00\6708', '工资')
	= U&'\6B20\85AA\+0E0100[\5DE5\0301\8CC7\FE00]\6708' AS marked,
	pg_temp.headline(U&'\6B20\0301\5DE5\8CC7\FE00', '工资',
		', MaxWords=2, MinWords=1') = U&'[\5DE5\8CC7\FE00]' AS short;

--
-- Which part is shown
--
SELECT pg_temp.headline(repeat('甲 ', 30) || '拖欠工資' || repeat(' 乙', 30),
	'工资', options) AS headline
FROM (VALUES (''), (', MaxWords=4, MinWords=3'), (', MaxWords=1, MinWords=1'),
	(', MaxWords=3, MinWords=3, HighlightAll=on')) AS t (options);

-- The part with most of what is asked for; rare words are longer.
SELECT pg_temp.headline('a b c d wages e f g h i j wages unpaid k l m n o p wages',
	'wages | unpaid', ', MaxWords=4, MinWords=2') AS headline;

-- Fragments: those with something in them, in the order of the document
SELECT f AS most, pg_temp.headline('a wages b c d e f g unpaid wages h i j k l m '
	'n o wages p', 'wages | unpaid', ', MaxWords=3, MinWords=2, MaxFragments=' ||
	f || ', FragmentDelimiter=" / "') AS headline
FROM generate_series(0, 5) AS f;
SELECT pg_temp.headline('a wages b c d e f g unpaid', 'wages | unpaid',
	', MaxWords=2, MinWords=1, MaxFragments=2') AS usual_delimiter;

-- Without a match, the beginning
SELECT pg_temp.headline('one two three four five', 'wages',
		', MaxWords=3, MinWords=2') AS words,
	pg_temp.headline('老板拖欠工资', 'wages', ', MaxWords=3, MinWords=2') AS han,
	pg_temp.headline('', 'wages') AS empty,
	pg_temp.headline('，。', 'wages') AS blank,
	pg_temp.headline('工资', ietp.query('')) AS nothing_asked;

-- A long run is shown in part, whatever its tokens.
SELECT length(h) < 60 AS short, h LIKE '%[工資]%' AS marked,
	translate(h, '[]', '') = substr(document, strpos(document, left(translate(h,
		'[]', ''), 20)), length(h) - 2) AS as_written
FROM (SELECT repeat('一二三四五六七八九十', 300) || '工資' ||
	repeat('甲乙丙丁', 700) AS document) AS t, pg_temp.headline(document, '工资')
	AS h;

-- All of it is there, and nothing else: without the marks, the document.
SELECT count(*) AS documents, count(*) FILTER (WHERE translate(pg_temp.headline(
	document, '工资 | a | lương', ', HighlightAll=true'), '[]', '') = document)
	AS whole
FROM (SELECT translate(headline, '[]', '') FROM t_marked
	UNION ALL SELECT repeat(part, 3000) FROM unnest(ARRAY['工資', 'a', '工a ',
		U&'\5DE5\0301', '😀', ', ']) AS part
	UNION ALL SELECT string_agg(chr(c), '') FROM generate_series(1, 55295, 7) AS c
	WHERE c NOT IN (91, 93)) AS t (document);

--
-- HTML
--
SELECT ts_headline('ietp.multilingual', document, 'pay | 工资'::tsquery, options)
FROM (VALUES ('<b>They</b> "pay" & ''go''; <script>工資</script>x'))
	AS d (document),
	(VALUES (''), ('EscapeHTML=true'), ('escapehtml=1, HighlightAll=1'),
	('EscapeHTML=off'), ('EscapeHTML=on, StartSel="<i class=''a''>", '
	'StopSel=</i>, MaxFragments=2, FragmentDelimiter="<br>", MaxWords=1, '
	'MinWords=1')) AS o (options);
SELECT ts_headline('ietp.multilingual', 'pay <&' || repeat('<', 3000) || ' pay',
	'pay'::tsquery, 'EscapeHTML=1, HighlightAll=1')
	= '<b>pay</b> &lt;&amp;' || repeat('&lt;', 3000) || ' <b>pay</b>' AS flood;

--
-- Options
--
SELECT pg_temp.headline('pay', 'pay', ', ShortWord=2, maxwords=9, MINWORDS=9')
	AS names_in_any_case;
SAVEPOINT before;
CREATE FUNCTION pg_temp.attempt(options text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM ts_headline('ietp.multilingual', 'pay', 'pay'::tsquery, options);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT options, pg_temp.attempt(options)
FROM unnest(ARRAY['MaxWords=0', 'MinWords=0', 'MaxWords=5', 'MaxWords=many',
	'MaxFragments=-1', 'ShortWord=-1', 'MinWords=36', 'MaxWords=3, MinWords=4',
	'Colour=red', 'HighlightAll=perhaps', 'MaxWords=99999999999']) AS options;
ROLLBACK;
