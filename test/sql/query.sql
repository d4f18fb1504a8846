-- What a query asks for, in each mode.
\pset null '(null)'
\set SHOW_CONTEXT never
BEGIN;
-- What the thesaurus adds is tested apart.
DELETE FROM desk.thesaurus;

-- A question: any word that tells.  Without marks with any marks, and by stem;
-- with marks exactly, and as somebody typed it without.
SELECT query, ietp.query(query)
FROM unnest(ARRAY['拖欠工资', '拖欠工資', '资', '工资 资', 'no luong', 'nợ lương',
	'nợ luong', 'unpaid wages', '5,000,000', 'A-123', '资资资', 'pay pay PAY',
	'工资 lương wages']) AS query;

-- Keywords: all of them, each as a whole
SELECT query, ietp.query(query, 'keywords')
FROM unnest(ARRAY['拖欠工资', '拖欠 工资', '拖欠，工资', '资', 'no luong', 'nợ lương',
	'unpaid wages', 'can''t pay', '5,000,000', 'A-123号', 'and or not & | !'])
	AS query;

-- A number in groups is found however its groups are parted, and so are phone
-- numbers.
SELECT mode, count(*) AS pairs, count(*) FILTER (WHERE
	to_tsvector('ietp.multilingual', d.document) @@ ietp.query(q.query, mode))
	AS found
FROM (VALUES (1, '欠5,000,000元'), (1, '5.000.000'), (1, '5000000'),
	(2, '打138-0013-8000找'), (2, '13800138000'), (2, '+138 0013 8000'))
	AS d (number, document)
JOIN (VALUES (1, '5,000,000'), (1, '5.000.000'), (1, '5000000'),
	(2, '138-0013-8000'), (2, '13800138000'), (2, '138.0013.8000'))
	AS q (number, query) USING (number),
	unnest(ARRAY['keywords', 'web', 'question']) AS mode
GROUP BY mode ORDER BY mode;

-- A phrase: one behind the other, as written
SELECT query, ietp.query(query, 'phrase')
FROM unnest(ARRAY['拖欠 工资', '拖欠工資', '资', 'no luong', 'nợ lương', 'unpaid wages',
	'工資 OT 加班', 'a 资 b', '"pay"']) AS query;

-- As web search engines understand it
SELECT query, ietp.query(query, 'web')
FROM unnest(ARRAY['paid wages', 'paid or wages', 'paid OR wages', 'a b or c d',
	'"paid wages"', '"paid wages" -dorm', '-"paid wages" dorm', 'paid -nợ',
	'“拖欠工资” －宿舍', '「工資」or 加班', '『工資』', '＂paid wages＂',
	'wi-fi', '--a', 'a -', '- a', '-', 'or', 'or or paid or', 'paid or -dorm',
	'"or"', '-or', 'or-a', '"', '""', 'paid "wages late', 'paid"wages late"dorm',
	'(paid) & !wages | :*', '资', '"资"']) AS query;

-- Nothing is asked for, which matches nothing; no error in any mode.
SELECT mode, count(*) AS queries,
	count(*) FILTER (WHERE numnode(ietp.query(query, mode)) = 0) AS empty,
	count(*) FILTER (WHERE 'a:1'::tsvector @@ ietp.query(query, mode)) AS matches
FROM unnest(ARRAY['', ' ', '，。', '!', '"', '“”', '()', '&', '''', '\', ':*',
	U&'\3000', '😀', U&'\0301']) AS query,
	unnest(ARRAY['question', 'keywords', 'phrase', 'web']) AS mode
GROUP BY mode ORDER BY mode;
SELECT ietp.query(NULL) AS query, ietp.query('a', NULL) AS mode;

-- What has a meaning in a tsquery has none here: every query of these
-- characters is read.
SELECT mode, count(*) AS queries, count(*) FILTER (WHERE (numnode(asked) > 0)
	= (query ~ '[a工]')) AS right,
	count(*) FILTER (WHERE numnode(asked) > 0) AS asked
FROM (SELECT string_agg(substr($$ '\:*&|!()<->"-a工$$, 1 + (n / 17 ^ i)::integer
		% 17, 1), '' ORDER BY i) AS query
	FROM generate_series(0, 83521, 29) AS n, generate_series(0, 3) AS i
	GROUP BY n) AS t
CROSS JOIN unnest(ARRAY['question', 'keywords', 'phrase', 'web']) AS mode
CROSS JOIN LATERAL ietp.query(query, mode) AS asked
GROUP BY mode ORDER BY mode;
SELECT ietp.query($$it's 'quoted' \ 100%$$, 'keywords') AS query;

-- Neighbours of one run, and a run that is longer than a token
SELECT numnode(ietp.query(repeat('工资', 170), 'phrase')) AS nodes,
	to_tsvector('ietp.multilingual', repeat('工资', 1000))
		@@ ietp.query(repeat('工资', 170), 'phrase') AS matches;

--
-- Errors
--
SAVEPOINT before;
SELECT ietp.query('a', 'Question');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
SELECT ietp.query('a', '');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
SELECT mode, ietp.query(repeat('a ', 511) || 'bc', mode) IS NOT NULL AS longest
FROM unnest(ARRAY['keywords', 'phrase', 'web']) AS mode;
SELECT ietp.query(repeat('a ', 512) || 'b', 'keywords');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
SELECT ietp.query(repeat('工', 342), 'phrase');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;
SELECT ietp.query(repeat('a ', 512) || 'b', 'web');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO before;

-- Of a longer question the beginning counts, up to a character.
SELECT ietp.query(repeat('a ', 512) || 'b') = ietp.query('a') AS beginning,
	ietp.query(repeat('a ', 511) || 'b') = ietp.query('a b') AS whole,
	ietp.query(repeat('工', 341) || '资') = ietp.query('工工') AS characters,
	ietp.query(repeat('工', 340) || '资') = ietp.query('工工资') AS last,
	ietp.query(repeat('拖欠工资 ', 100000)) = ietp.query('拖欠工资') AS long;

-- What is no word takes no position, in documents as in queries.
SELECT v.document, v.mode, to_tsvector('ietp.multilingual', v.document)
	@@ ietp.query(v.document, v.mode) AS found
FROM (VALUES ('foo __ bar', 'phrase'), ('姓名____工资', 'keywords'))
	AS v (document, mode);

-- A word with marks is asked for exactly, and others too if half have marks.
SELECT v.document, v.query, to_tsvector('ietp.multilingual', v.document)
	@@ ietp.query(v.query, 'keywords') AS found
FROM (VALUES ('Nguyễn Thị Hòa', 'Nguyen Thi Hoà'),
	('Nguyễn Thị Hoa', 'Nguyen Thi Hoà'), ('Nguyễn Thị Hòa', 'Nguyễn Thi Hoà'),
	('Beyoncé performed', 'Beyoncé performs on stage'),
	('Beyoncé performed on stages', 'Beyoncé performs on stage'))
	AS v (document, query);

-- "or" counts where a piece without words stands behind it.
SELECT ietp.query('a or - b', 'web') = ietp.query('a or b', 'web') AS equal;

-- A keyword whose whole has no room in a lexeme is asked for by its parts.
SELECT length(ietp.query(repeat('ﷺ.', 200), 'keywords')::text) > 1000 AS parts;
ROLLBACK;
