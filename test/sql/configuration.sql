-- The configurations in pairs: ietp.multilingual for documents,
-- ietp.multilingual_query for queries, with the server's own functions and
-- with ietp.query(), which have to agree.
\pset null '(null)'
\set SHOW_CONTEXT never
BEGIN;
-- What the thesaurus adds is tested apart.
DELETE FROM desk.thesaurus;

-- Written by hand: does a document match a keyword?  The same in all ways of
-- asking for one.
CREATE TABLE t_match (document text, keyword text, matches boolean);
INSERT INTO t_match VALUES
	-- Simplified and traditional, each asked for by the other
	('老板拖欠工资三个月', '工资', true),
	('老板拖欠工资三个月', '工資', true),
	('老闆拖欠工資三個月', '工资', true),
	('老闆拖欠工資三個月', '工資', true),
	('老闆拖欠工資三個月', '老板', true),
	('老闆拖欠工資三個月', '拖欠工资', true),
	('老闆拖欠工資三個月', '拖欠工资三个月', true),
	('老闆拖欠工資三個月', '欠工', true),
	('老闆拖欠工資三個月', '工人', false),
	('老闆拖欠工資三個月', '资工', false),
	('工资被拖欠', '拖欠工资', false),
	('工，资', '工资', false),
	('工 资', '工资', false),

	-- One character: anywhere in a run
	('老板拖欠工资三个月', '老', true),
	('老板拖欠工资三个月', '资', true),
	('老板拖欠工資三個月', '资', true),
	('老板拖欠工资三个月', '資', true),
	('老板拖欠工资三个月', '月', true),
	('老板拖欠工资三个月', '日', false),
	('pay 月 end', '月', true),

	-- Vietnamese: marks are asked for exactly, none find any
	('Công ty nợ lương', 'lương', true),
	('Công ty nợ lương', 'luong', true),
	('Công ty nợ lương', 'lượng', false),
	('Công ty nợ lương', 'no', true),
	('Công ty nợ lương', 'nó', false),
	('Cong ty no luong', 'luong', true),
	('Cong ty no luong', 'lương', false),
	('số lượng', 'luong', true),
	('số lượng', 'lương', false),
	('Đình công', 'dinh', true),
	('Đình công', 'đình', true),
	('đinh', 'đình', false),
	('NỢ LƯƠNG', 'nợ', true),
	(normalize('nợ lương', NFD), 'nợ', true),
	('nợ lương', normalize('nợ', NFD), true),

	-- Tone marks on either vowel
	('hoà giải', 'hòa', true),
	('hòa giải', 'hoà', true),
	('hòa giải', 'hoa', true),
	('hòa giải', 'hóa', false),
	('Thuỵ', 'thụy', true),
	('kết qủa', 'quả', true),

	-- English: stems, and no stop words
	('They were not paying wages', 'wage', true),
	('They were not paying wages', 'pay', true),
	('They were not paying wages', 'payed', true),
	('They were not paying wages', 'not', true),
	('They were not paying wages', 'paid', false),

	-- Width, numbers, codes
	('ＦＯＸＣＯＮＮ １３８', 'foxconn', true),
	('ＦＯＸＣＯＮＮ １３８', '138', true),
	('foxconn', 'ｆｏｘｃｏｎｎ', true),
	('nợ 5.000.000 đồng', '5,000,000', true),
	('nợ 5.000.000 đồng', '5000000', true),
	('欠5,000,000元', '5.000.000', true),
	('case A-123 open', 'A-123', true),
	('case A-124 open', 'A-123', false),
	('case A 123 open', 'a-123', true),
	('欠薪A-123号', '123', true),
	('can''t', 'can''t', true),
	('can''t', 'can', true),
	('the U.S. law', 'U.S.', true),
	('COVID-19', 'covid', true),
	('li@mail.cn', 'li@mail.cn', true),
	('li@mail.com', 'li@mail.cn', false),
	('tel +84 912 345 678', '84912345678', true),
	('tel +84 912 345 678', '+84-912-345-678', true),

	-- Mixed in one text
	('欠OT加班费5000元', 'OT', true),
	('欠OT加班费5000元', '加班', true),
	('欠OT加班费5000元', '5000', true),
	('欠OT加班费5000元', '欠', true);

-- A single character is asked for with its prefix by the dictionary itself.
CREATE TEMP TABLE t_asked AS
SELECT t.*, to_tsvector('ietp.multilingual', document) AS vector
FROM t_match AS t;
SELECT w.way, count(*) AS pairs,
	count(*) FILTER (WHERE (t.vector @@ w.query) = t.matches) AS right
FROM t_asked AS t CROSS JOIN LATERAL (VALUES
	('to_tsquery', to_tsquery('ietp.multilingual_query', quote_literal(keyword))),
	('phraseto_tsquery', phraseto_tsquery('ietp.multilingual_query', keyword)),
	('websearch_to_tsquery', websearch_to_tsquery('ietp.multilingual_query',
		keyword)),
	('ietp.query keywords', ietp.query(keyword, 'keywords')),
	('ietp.query web', ietp.query(keyword, 'web'))) AS w (way, query)
GROUP BY w.way ORDER BY w.way COLLATE "C";

-- What is not as written above.  plainto_tsquery does not ask in which order
-- the bigrams of a run are.
SELECT w.way, t.document, t.keyword, t.matches, w.query
FROM t_asked AS t CROSS JOIN LATERAL (VALUES
	('to_tsquery', to_tsquery('ietp.multilingual_query', quote_literal(keyword))),
	('plainto_tsquery', plainto_tsquery('ietp.multilingual_query', keyword)),
	('phraseto_tsquery', phraseto_tsquery('ietp.multilingual_query', keyword)),
	('websearch_to_tsquery', websearch_to_tsquery('ietp.multilingual_query',
		keyword)),
	('keywords', ietp.query(keyword, 'keywords')),
	('web', ietp.query(keyword, 'web'))) AS w (way, query)
WHERE (t.vector @@ w.query) <> t.matches
ORDER BY w.way COLLATE "C", t.document COLLATE "C", t.keyword COLLATE "C";

-- Whatever a text is put together from, it is found by itself, and its
-- headline is the text.
SELECT count(*) AS texts, count(*) FILTER (WHERE v.vector
		@@ phraseto_tsquery('ietp.multilingual_query', document)) AS by_server,
	count(*) FILTER (WHERE v.vector @@ ietp.query(document)) AS by_question,
	count(*) FILTER (WHERE v.vector @@ ietp.query(document, 'keywords'))
	AS by_keywords,
	count(*) FILTER (WHERE v.vector @@ ietp.query(document, 'phrase')) AS by_phrase,
	count(*) FILTER (WHERE replace(ts_headline('ietp.multilingual', document,
		ietp.query(document), 'HighlightAll=on, StartSel=<>, StopSel=<>'), '<>', '')
		= document) AS by_headline
FROM (SELECT 'wages' || string_agg(p.parts[1 + ('x' || substr(md5(n || ' ' || i),
		1, 7))::bit(28)::integer % cardinality(p.parts)], '' ORDER BY i) AS document
	FROM (SELECT ARRAY['工', '资', '資', '月', 'a', 'paying', 'lương', 'luong', 'đ', ' ',
		' ', '，', '-', '"', ' or ', '5,000', '+84 912 345 678', '13800138000', 'A-1',
		'a@b.cn', U&'\0301', U&'\FE00', U&'\200D', '😀', '''', '\', '&', '!', ':*',
		'(', 'カ', '한', 'ไท', U&'\+020000', '.', '/'] AS parts) AS p,
		generate_series(1, 2000) AS n, generate_series(1, 12) AS i
	WHERE i <= 1 + n % 12
	GROUP BY n) AS t,
	LATERAL (SELECT to_tsvector('ietp.multilingual', document) AS vector) AS v;

-- The phrase mode asks for words as they are written: no stems.
SELECT document, keyword FROM t_asked
WHERE (vector @@ ietp.query(keyword, 'phrase')) <> matches
ORDER BY document COLLATE "C", keyword COLLATE "C";

-- An index finds what the comparison finds, of either operator class.
SELECT document INTO TEMP t_indexed FROM t_match, generate_series(1, 20);
SET LOCAL enable_seqscan = off;
PREPARE by_index AS
SELECT count(DISTINCT t.keyword) AS keywords, bool_and((SELECT count(*)
	FROM t_indexed AS i WHERE to_tsvector('ietp.multilingual', i.document)
		@@ to_tsquery('ietp.multilingual_query', quote_literal(t.keyword)))
	= (SELECT 20 * count(*) FROM t_asked AS a
		WHERE a.vector @@ to_tsquery('ietp.multilingual_query',
		quote_literal(t.keyword)))) AS the_same
FROM t_match AS t;
CREATE INDEX t_core ON t_indexed
USING gin (to_tsvector('ietp.multilingual', document));
EXPLAIN (COSTS OFF) SELECT count(*) FROM t_indexed
WHERE to_tsvector('ietp.multilingual', document)
	@@ to_tsquery('ietp.multilingual_query', '月');
EXECUTE by_index;
DROP INDEX t_core;
CREATE INDEX t_numbers ON t_indexed
USING gin (to_tsvector('ietp.multilingual', document) ietp.search_ops);
EXPLAIN (COSTS OFF) SELECT count(*) FROM t_indexed
WHERE to_tsvector('ietp.multilingual', document)
	@@ to_tsquery('ietp.multilingual_query', '月');
EXECUTE by_index;
RESET enable_seqscan;

-- Operators of to_tsquery, and the server's other functions
SELECT q, to_tsvector('ietp.multilingual', '老闆拖欠工資，không trả lương')
	@@ to_tsquery('ietp.multilingual_query', q) AS matches
FROM unnest(ARRAY['工资 & luong', '工资 & !lương', '工资 | pay', '工资 <-> khong',
	'拖欠 <2> 工资', '老板 <-> 拖欠', 'trả <-> lương', 'lươ:*', 'luo:*']) AS q;
SELECT alias, token, dictionary, lexemes
FROM ts_debug('ietp.multilingual', '拖欠工資 A-1 lương');
SELECT word, ndoc, nentry
FROM ts_stat($$SELECT to_tsvector('ietp.multilingual', d)
	FROM unnest(ARRAY['工資工資', '工资 lương']) AS d$$)
ORDER BY word COLLATE "C";

--
-- What is kept of a document
--
SELECT d, e.* FROM unnest(ARRAY['', '，', '工', '工资', '工資 nợ lương',
	'can''t', '5,000,000 x']) AS d, ietp.search_entry(d) AS e;
SELECT ietp.search_entry(NULL) IS NULL AS strict;

-- The vector is that of the configuration, and the length its last position.
-- Of a lexeme a vector keeps 255 positions, and they end at 16,383.
SELECT count(*) AS documents,
	bool_and(e.vector = to_tsvector('ietp.multilingual', document)) AS the_same,
	bool_and(e.length = (SELECT max(p) FROM unnest(e.vector) AS v,
		unnest(v.positions) AS p)) AS last_position,
	bool_or(e.partly_indexed) AS partly
FROM t_match, ietp.search_entry(document) AS e;
SELECT e.length, (SELECT max(p) FROM unnest(e.vector) AS v,
	unnest(v.positions) AS p) AS last_position
FROM (SELECT repeat('a b c d ', 6000)
	UNION ALL SELECT string_agg(chr(97 + n % 23) || chr(97 + n / 23 % 26), ' ')
	FROM generate_series(1, 16380) AS n
	UNION ALL SELECT repeat('a ', 20000) || 'b') AS t (document),
	ietp.search_entry(document) AS e;

-- 49,152 bytes are indexed, up to a character: the last word that may end
-- there is, the next is not.
SELECT name, octet_length(document) AS bytes, e.length, e.partly_indexed,
	e.vector @@ 'lastword'::tsquery AS last_word, e.vector @@ '资'::tsquery AS last,
	e.vector @@ '月'::tsquery AS behind
FROM (VALUES
	('whole', rpad('', 49143, 'a ') || ' lastword'),
	('one more', rpad('', 49144, 'a ') || ' lastword'),
	('one less', rpad('', 49142, 'a ') || ' lastword'),
	('Han', repeat('工', 16383) || '资'),
	('one more Han', repeat('工', 16383) || '资月'),
	('cut in a character', 'a' || repeat('工', 16382) || '资月'),
	('cut before it', 'aa' || repeat('工', 16382) || '资月'))
	AS t (name, document), ietp.search_entry(document) AS e;

-- Texts of which a tsvector could not hold all
SELECT name, octet_length(document) AS bytes, e.length > 0 AS some,
	pg_column_size(e.vector) < 1000000 AS holds, e.partly_indexed
FROM (SELECT 'all different', string_agg(n::text, ' ')
		FROM generate_series(1000000, 1300000) AS n
	UNION ALL SELECT 'Han', string_agg(chr(13312 + n), '')
		FROM generate_series(0, 27000) AS n
	UNION ALL SELECT 'one word', repeat('a', 3000000)
	UNION ALL SELECT 'marks', repeat(U&'\0301', 1000000))
	AS t (name, document), ietp.search_entry(document) AS e;

ROLLBACK;
