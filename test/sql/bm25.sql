-- Ranking: against the formula in SQL, on collections of all kinds.
\pset null '(null)'
\set SHOW_CONTEXT never
BEGIN;
-- The formula is a function that is called often.
SET LOCAL jit = off;
-- What the thesaurus adds is tested apart.
DELETE FROM desk.thesaurus;

CREATE TABLE t_document (id integer PRIMARY KEY, body text, vector tsvector,
	length integer);
INSERT INTO t_document (id, body) VALUES
	(1, '老板拖欠工资三个月，工资条没有'), (2, '老闆拖欠工資三個月'),
	(3, '工厂不发工资'), (4, '加班费没有给，加班到十一点'), (5, '宿舍没有热水'),
	(6, 'Công ty nợ lương công nhân ba tháng'), (7, 'Cong ty no luong cong nhan'),
	(8, 'Số lượng công nhân nghỉ việc'), (9, 'Không trả lương tăng ca'),
	(10, 'Hỏi về hoà giải'), (11, 'Hòa giải với công ty'),
	(12, 'The factory has not paid wages for three months'),
	(13, 'Unpaid wages, unpaid overtime, wages again'),
	(14, 'wage slip is missing'), (15, 'They pay late and are paying less'),
	(16, 'case A-123 about 5,000,000 VND'), (17, 'nợ 5.000.000 đồng'),
	(18, 'Foxconn 欠OT加班费5000元'), (19, 'ＦＯＸＣＯＮＮ factory'), (20, ''),
	(21, 'pay'), (22, 'pay'), (23, 'pay'),
	(24, repeat('pay wages lương 工资 ', 300)), (25, '工资 lương wages pay');
UPDATE t_document SET (vector, length) = (SELECT e.vector, e.length
	FROM ietp.search_entry(body) AS e);

-- How often a term, as search_explain() shows it, is in a vector: places where
-- any lexeme of its first step is and each next step is one position behind.
CREATE FUNCTION pg_temp.frequency(vector tsvector, term text)
RETURNS bigint
LANGUAGE sql AS $$
	WITH operand AS (
		SELECT s.n, m[1] AS lexeme, m[2] IS NOT NULL AS prefix
		FROM regexp_split_to_table(term, ' <-> ') WITH ORDINALITY AS s (step, n),
			regexp_matches(s.step, '''([^'']*)''(:\*)?', 'g') AS m
	), place AS (
		SELECT o.n, p.position
		FROM operand AS o
		JOIN unnest(vector) AS v ON v.lexeme = o.lexeme
			OR (o.prefix AND starts_with(v.lexeme, o.lexeme))
		CROSS JOIN LATERAL unnest(coalesce(v.positions, ARRAY[NULL::smallint]))
			AS p (position)
	)
	SELECT count(*) FROM place AS p
	WHERE p.n = 1
	AND NOT EXISTS (
		SELECT FROM (SELECT DISTINCT n FROM operand WHERE n > 1) AS o
		WHERE NOT EXISTS (SELECT FROM place AS q
			WHERE q.n = o.n AND q.position = p.position + o.n - 1))
$$;

-- BM25 by its formula, of the documents that satisfy the condition.
CREATE FUNCTION pg_temp.by_formula(asked text, way text)
RETURNS TABLE (id integer, score double precision)
LANGUAGE sql AS $$
	WITH size AS (
		SELECT count(*)::float8 AS n, avg(length)::float8 AS mean_length
		FROM t_document
	), found AS (
		SELECT d.id, d.length, e.ordinality, e.weight,
			pg_temp.frequency(d.vector, e.term)::float8 AS f
		FROM t_document AS d,
			ietp.search_explain('SELECT id, vector, length FROM t_document',
				asked, way) WITH ORDINALITY AS e
		WHERE d.vector @@ ietp.query(asked, way)
	), known AS (
		SELECT f.*, count(*) FILTER (WHERE f.f > 0)
			OVER (PARTITION BY f.ordinality)::float8 AS documents
		FROM found AS f
	)
	SELECT k.id, sum(k.weight
		* ln(1 + (s.n - k.documents + 0.5) / (k.documents + 0.5)) ^ 1.8
		* k.f * (1.2 + 1)
		/ (k.f + 1.2 * (1 - 0.6 + 0.6 * k.length / s.mean_length)))
	FROM known AS k, size AS s
	GROUP BY k.id
$$;

CREATE TABLE t_asked (query text, mode text);
INSERT INTO t_asked VALUES
	('拖欠工资', 'question'), ('拖欠工資三個月', 'question'), ('工资', 'question'),
	('资', 'question'), ('no luong', 'question'), ('nợ lương', 'question'),
	('công nhân nghỉ việc', 'question'), ('unpaid wages', 'question'),
	('Has the factory paid wages?', 'question'), ('pay', 'question'),
	('5,000,000', 'question'), ('A-123', 'question'), ('hòa giải', 'question'),
	('foxconn 加班费', 'question'), ('工资 lương wages pay', 'question'),
	('拖欠 工资', 'keywords'), ('cong nhan', 'keywords'), ('wages unpaid', 'keywords'),
	('拖欠工资', 'phrase'), ('unpaid wages', 'phrase'), ('pay', 'phrase'),
	('wages -unpaid', 'web'), ('"no luong" or 加班', 'web'), ('-pay', 'web');
SELECT a.*, count(b.key) AS found, count(*) AS by_formula, count(*) FILTER (
	WHERE abs(b.score - f.score) <= 1e-6 * f.score) AS the_same
FROM t_asked AS a
CROSS JOIN LATERAL pg_temp.by_formula(a.query, a.mode) AS f
LEFT JOIN LATERAL ietp.bm25('SELECT id, vector, length FROM t_document', a.query,
	a.mode, NULL) AS b ON b.key = f.id::text
GROUP BY a.query, a.mode
ORDER BY a.mode COLLATE "C", a.query COLLATE "C";

-- The ten best are the first of all; of equal scores the document that is read
-- earlier.
SELECT count(*) AS queries, bool_and((SELECT array_agg(b.key ORDER BY b.n)
	FROM ietp.bm25('SELECT id, vector, length FROM t_document ORDER BY id',
		a.query, a.mode) WITH ORDINALITY AS b (key, score, n))
	IS NOT DISTINCT FROM
	(SELECT array_agg(b.key ORDER BY b.score DESC, b.key::integer)
	FROM (SELECT * FROM ietp.bm25('SELECT id, vector, length FROM t_document',
			a.query, a.mode, NULL)
		ORDER BY score DESC, key::integer LIMIT 10) AS b)) AS the_same
FROM t_asked AS a;

-- Best first: what has the words as they were asked for, then other scripts and
-- marks.
SELECT a.query, array_agg(b.key ORDER BY b.n) AS best
FROM t_asked AS a, ietp.bm25('SELECT id, vector, length FROM t_document', a.query,
	a.mode, 4) WITH ORDINALITY AS b (key, score, n)
WHERE a.mode = 'question'
GROUP BY a.query ORDER BY a.query COLLATE "C";

-- Terms, their classes and weights
SELECT q.query, e.term, e.class, e.retrieves, e.documents, round(e.idf::numeric, 4)
	AS idf, e.weight
FROM unnest(ARRAY['拖欠工資', '資', '三个月', 'nợ luong', 'no luong', 'paying 5,000'])
	WITH ORDINALITY AS q (query, n)
CROSS JOIN LATERAL ietp.search_explain('SELECT id, vector FROM t_document',
	q.query) WITH ORDINALITY AS e
ORDER BY q.n, e.ordinality;
SELECT count(*) AS terms
FROM ietp.search_explain('SELECT id, vector FROM t_document', ' ');

--
-- How many
--
SELECT most, (SELECT count(*) FROM ietp.bm25('SELECT id, vector FROM t_document',
	'pay wages', most => most)) AS found
FROM unnest(ARRAY[0, 1, 5, 100, 2147483647, NULL]) AS most;
SELECT array_agg(key ORDER BY n) AS equal_ones
FROM ietp.bm25('SELECT id, vector, length FROM t_document WHERE length = 1
	ORDER BY id DESC', 'pay', most => 2) WITH ORDINALITY AS b (key, score, n);
SELECT count(*) AS nothing_asked
FROM ietp.bm25('SELECT id, vector FROM t_document', '，');
SELECT count(*) AS null_asked FROM unnest(ARRAY[1, 2, 3]) AS n,
	ietp.bm25(CASE WHEN n <> 1 THEN 'SELECT id, vector FROM t_document' END,
		CASE WHEN n <> 2 THEN 'pay' END, CASE WHEN n <> 3 THEN 'question' END);
SELECT count(*) AS of_none
FROM ietp.bm25('SELECT id, vector, length FROM t_document WHERE false', 'pay');

-- Nothing must be there: all that has not what must not, each with score 0
SELECT count(*) AS found, min(score) AS least, max(score) AS most
FROM ietp.bm25('SELECT id, vector FROM t_document', '-pay', 'web', NULL);

--
-- What the caller knows of the collection
--
-- The score of the one term, by hand: two documents have it, once each, and
-- nothing else.
CREATE FUNCTION pg_temp.score(total float8, mean_length float8)
RETURNS double precision
LANGUAGE sql AS $$
	SELECT 0.3 * ln(1 + (total - 2 + 0.5) / (2 + 0.5)) ^ 1.8 * 2.2
		/ (1 + 1.2 * (0.4 + 0.6 * 1 / mean_length))
$$;
CREATE TABLE t_small AS
SELECT n AS id, vector, length
FROM (VALUES (1, '月'), (2, '月'), (3, 'a b c d e f g')) AS t (n, body),
	ietp.search_entry(body);
SELECT g.total, g.mean_length, abs(b.score - pg_temp.score(g.known, g.mean)) < 1e-9
	AS by_hand
FROM (VALUES (NULL::bigint, NULL::float8, 3, 3), (100, NULL, 100, 3),
	(NULL, 20, 3, 20), (100, 20, 100, 20), (0, 0, 3, 3), (1, 20, 3, 20))
	AS g (total, mean_length, known, mean)
CROSS JOIN LATERAL ietp.bm25('SELECT id, vector, length FROM t_small', '月',
	total => g.total, mean_length => g.mean_length) AS b
WHERE b.key = '1';

-- Without a length, the number of different lexemes
SELECT key, abs(score - pg_temp.score(3, 3)) < 1e-9 AS by_hand
FROM ietp.bm25('SELECT id, vector FROM t_small', '月');

-- Vectors without positions: each lexeme is there once, and nothing is beside
-- anything.
SELECT b.key, round(b.score::numeric, 6) AS score
FROM ietp.bm25($$SELECT n, strip(v), 1 FROM (VALUES (1, 'pay:1,2,3'::tsvector),
	(2, 'pay:1 late:2'), (3, 'other')) AS t (n, v)$$, 'pay late') AS b;

-- No key or no vector is no document; keys of any type
SELECT * FROM ietp.bm25($$SELECT CASE WHEN n > 1 THEN n END,
	CASE WHEN n <> 3 THEN '月:1'::tsvector END FROM generate_series(1, 4) AS n$$, '月',
	total => 9, mean_length => 1);
SELECT pg_typeof(key) AS type, key
FROM unnest(ARRAY[$$'10.0.0.1'::inet$$, $$ARRAY[1, 2]$$, $$'a b'$$, $$1.50$$,
	$$ROW(1, NULL)$$, $$NULL$$]) AS expression,
	ietp.bm25('SELECT ' || expression || $$, '月:1'::tsvector$$, '月') AS b;

-- Lengths of all integer types; where a length is NULL, the lexemes count
SELECT type, array_agg(b.key ORDER BY b.score DESC, b.key) AS shortest_first
FROM unnest(ARRAY['smallint', 'integer', 'bigint']) AS type,
	ietp.bm25(format($$SELECT n, '月:1'::tsvector, NULLIF(n * n, 4)::%s
		FROM generate_series(1, 5) AS n$$, type), '月') AS b
GROUP BY type ORDER BY type;

-- Any SELECT: comments, joins, sets, WITH
SELECT count(*) AS found FROM unnest(ARRAY[
	'SELECT id, vector FROM t_document -- all', 'TABLE t_small',
	'WITH d AS (SELECT id, vector FROM t_document) SELECT * FROM d',
	'SELECT d.id, d.vector FROM t_document AS d JOIN t_small USING (id)',
	$$VALUES (1, '工资:1'::tsvector)$$,
	'SELECT id, vector FROM t_document UNION ALL SELECT id, vector FROM t_small',
	'SELECT id, vector AS v, length::bigint FROM t_document ORDER BY id LIMIT 9'])
	AS collection, ietp.bm25(collection, '工资', most => 1) AS b;

--
-- Frequent terms
--
-- In 600, 200, 30 and 20 of 1,000 documents; the statistics are exact.
CREATE TABLE t_many AS
SELECT id, vector, length
FROM generate_series(1, 1000) AS id,
	ietp.search_entry(concat_ws('，', 'x' || id % 7, CASE WHEN id % 5 < 3 THEN '工资' END,
		CASE WHEN id % 5 = 4 THEN '加班' END,
		CASE WHEN id % 100 < 3 THEN '宿舍' END, CASE WHEN id % 50 = 4 THEN '工伤' END,
		repeat('y ', id % 13)));
CREATE TABLE t_never_analyzed AS SELECT * FROM t_many;
ANALYZE t_many;

-- The best are the same, whatever ANALYZE knows, and their scores too: it knows
-- of all lengths and shares here.
SELECT q.query, q.most, count(*) AS found, count(*) FILTER (WHERE a.key = b.key
	AND abs(a.score - b.score) < 1e-4 * b.score) AS the_same
FROM (VALUES ('工资，宿舍，工伤', 1), ('工资，宿舍，工伤', 10), ('加班，宿舍，工伤', 1),
	('加班，宿舍，工伤', 10), ('加班，宿舍，工伤', 100), ('工资，加班，宿舍，工伤', 10),
	('工资，加班', 10)) AS q (query, most)
CROSS JOIN LATERAL ietp.bm25('SELECT id, vector, length FROM t_many',
	q.query, most => q.most) WITH ORDINALITY AS a (key, score, n)
JOIN LATERAL ietp.bm25('SELECT id, vector, length FROM t_never_analyzed',
	q.query, most => q.most) WITH ORDINALITY AS b (key, score, n) USING (n)
GROUP BY q.query, q.most ORDER BY q.query COLLATE "C", q.most;

-- But what has nothing else than frequent terms is found when all are asked
-- for, and not without.
SELECT most, (SELECT count(*) FROM ietp.bm25('SELECT id, vector, length FROM t_many',
	'工资，宿舍，工伤', most => most)) AS analyzed,
	(SELECT count(*) FROM ietp.bm25('SELECT id, vector, length FROM t_never_analyzed',
	'工资，宿舍，工伤', most => most)) AS never_analyzed
FROM unnest(ARRAY[900, NULL]) AS most;
SELECT term, retrieves, documents
FROM ietp.search_explain('SELECT id, vector FROM t_many', '工资，宿舍，工伤');
-- Keywords are all asked for.
SELECT count(*) AS found
FROM ietp.bm25('SELECT id, vector FROM t_many', '工资 x1', 'keywords', NULL);

--
-- Row security: as if the other rows were not there, known to ANALYZE or not
--
CREATE ROLE regress_half NOLOGIN;
CREATE TABLE t_half AS SELECT *, id % 2 = 0 AS shown FROM t_many;
CREATE TABLE t_shown AS SELECT * FROM t_half WHERE shown;
ALTER TABLE t_half ENABLE ROW LEVEL SECURITY;
CREATE POLICY half ON t_half TO regress_half USING (shown);
GRANT SELECT ON t_half, t_shown TO regress_half;
CREATE VIEW t_half_view WITH (security_invoker) AS TABLE t_half;
GRANT SELECT ON t_half_view TO regress_half;
PREPARE compare AS
SELECT source, count(*) AS found, count(*) FILTER (WHERE a IS NOT DISTINCT FROM b)
	AS the_same
FROM unnest(ARRAY['t_half', 't_half_view',
	'(SELECT * FROM t_half OFFSET 0)']) AS source
CROSS JOIN LATERAL ietp.bm25('SELECT id, vector, length FROM ' || source
	|| ' AS s ORDER BY id', '工资，宿舍，工伤', most => 20)
	WITH ORDINALITY AS a (key, score, n)
LEFT JOIN ietp.bm25('SELECT id, vector, length FROM t_shown ORDER BY id',
	'工资，宿舍，工伤', most => 20) WITH ORDINALITY AS b (key, score, n) USING (n)
GROUP BY source ORDER BY source COLLATE "C";
PREPARE explained AS
SELECT bool_and(a IS NOT DISTINCT FROM b) AS explained_the_same
FROM ietp.search_explain('SELECT id, vector, length FROM t_half',
	'工资，宿舍，工伤') WITH ORDINALITY AS a
FULL JOIN ietp.search_explain('SELECT id, vector, length FROM t_shown',
	'工资，宿舍，工伤') WITH ORDINALITY AS b USING (ordinality);
SET LOCAL ROLE regress_half;
EXECUTE compare;
EXECUTE explained;
RESET ROLE;
ANALYZE t_half;
SET LOCAL ROLE regress_half;
EXECUTE compare;
EXECUTE explained;
SELECT count(*) AS all_that_is_shown
FROM ietp.bm25('SELECT id, vector FROM t_half', '工资', most => NULL);
RESET ROLE;
SELECT count(*) AS of_the_owner
FROM ietp.bm25('SELECT id, vector FROM t_half', '工资', most => NULL);

--
-- Errors
--
CREATE FUNCTION pg_temp.attempt(collection text, asked text DEFAULT 'pay',
	mode text DEFAULT 'question', most integer DEFAULT 10,
	total bigint DEFAULT NULL, mean_length float8 DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM FROM ietp.bm25(collection, asked, mode, most, total, mean_length);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(detail, ''));
END
$$;

-- What is no SELECT of a key, a vector and a length
SELECT collection, pg_temp.attempt(collection)
FROM unnest(ARRAY['', 't_document', 'SELECT id FROM t_document',
	'SELECT id, body FROM t_document', 'SELECT id, length FROM t_document',
	'SELECT id, vector, body FROM t_document',
	'SELECT id, vector, length, length FROM t_document',
	'SELECT id, vector FROM t_document; SELECT 1',
	'SELECT id, vector FROM t_document) AS d; SELECT * FROM (TABLE t_small',
	'SELECT id, vector INTO t_new FROM t_document',
	'INSERT INTO t_document VALUES (0) RETURNING id, vector',
	'WITH d AS (DELETE FROM t_document RETURNING id, vector) SELECT * FROM d',
	'SELECT id, vector FROM t_document FOR UPDATE',
	'DELETE FROM t_document', 'SELECT id, vector FROM t_no_such_table'])
	AS collection;
SELECT count(*) AS still_there FROM t_document;
SET LOCAL ROLE regress_half;
SELECT pg_temp.attempt('SELECT id, vector FROM t_document') AS of_others;
RESET ROLE;

-- Other arguments
\set collection 'SELECT id, vector FROM t_document'
SELECT pg_temp.attempt(:'collection', most => -1) AS most,
	pg_temp.attempt(:'collection', mode => 'best') AS mode,
	pg_temp.attempt(:'collection', asked => repeat('a ', 600), mode => 'web') AS long;
SELECT pg_temp.attempt(:'collection', total => -1) AS total,
	pg_temp.attempt(:'collection', mean_length => -1) AS negative,
	pg_temp.attempt(:'collection', mean_length => 'NaN') AS nan,
	pg_temp.attempt(:'collection', mean_length => 'Infinity') AS infinite;

-- A failure on the way leaves nothing behind.
SELECT pg_temp.attempt('SELECT 1 / (id - 24), vector FROM t_document', 'wages');
SELECT count(*) AS found FROM ietp.bm25(:'collection', 'wages');
ROLLBACK;
