-- How many different callers there are, exactly.
SET search_path = public, ietp;
SET TimeZone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
\pset null '(null)'

CREATE FUNCTION pg_temp.outcome(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT;
	RETURN state || ' ' || message;
END
$$;

-- Runs a query of one value with so many workers, and says how many its plan
-- asked for.
CREATE FUNCTION pg_temp.with_workers(workers integer, query text,
	OUT planned integer, OUT result text)
LANGUAGE plpgsql
SET parallel_setup_cost = 0
SET parallel_tuple_cost = 0
SET min_parallel_table_scan_size = 0
SET parallel_leader_participation = off
AS $$
DECLARE
	plan json;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', workers::text, true);
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	planned := COALESCE((regexp_match(plan::text,
		'"Workers Planned": (\d+)'))[1]::integer, 0);
	EXECUTE query INTO result;
END
$$;

-- 20,000 calls of 3,000 callers with the tokens of every type, and calls
-- without any
CREATE TABLE calls AS
SELECT n % 24 AS g, n % 700 AS h, c.b, md5(c.b::text)::uuid AS u,
	decode(repeat('00', abs(c.b % 20)::integer), 'hex')
		|| int8send(c.b) AS y,
	repeat('电', (abs(c.b) % 30)::integer) || c.b AS t
FROM (SELECT setseed(0.5)) AS seed, generate_series(1, 20000) AS n,
	LATERAL (SELECT CASE WHEN n % 100 > 0 THEN
		(floor(random() * 3000) - 1500 + n * 0)::bigint * 123456789012 END
		AS b) AS c;
INSERT INTO calls (g, b) VALUES (0, 0), (0, -9223372036854775808),
	(0, 9223372036854775807), (25, NULL);
SELECT distinct_callers(b), distinct_callers(u), distinct_callers(y),
	distinct_callers(t), count(DISTINCT b) AS b, count(DISTINCT u) AS u,
	count(DISTINCT y) AS y, count(DISTINCT t) AS t
FROM calls;
SELECT count(*), count(*) FILTER (WHERE d = (b, u, y, t)) AS equal
FROM (SELECT (distinct_callers(b), distinct_callers(u),
		distinct_callers(y), distinct_callers(t)) AS d,
		count(DISTINCT b) AS b, count(DISTINCT u) AS u,
		count(DISTINCT y) AS y, count(DISTINCT t) AS t
	FROM calls GROUP BY g) AS x;
SELECT distinct_callers(b), distinct_callers(t) FROM calls WHERE false;
SELECT distinct_callers(b), distinct_callers(t) FROM calls WHERE g = 25;
SELECT distinct_callers(7::bigint), distinct_callers('x'::text);
SELECT distinct_callers(7::bigint), distinct_callers('x'::text),
	distinct_callers(''::text), distinct_callers(''::bytea) FROM calls;
-- As long as tokens come, and such that differ in their last byte alone
SELECT distinct_callers(repeat('x', 1000000) || n),
	distinct_callers(repeat('x', n)), distinct_callers(decode(repeat('00', n),
		'hex'))
FROM generate_series(1, 20) AS n;
-- Evenly spaced ones, and many of one length
SELECT distinct_callers((n * 4294967296) % 1000003), distinct_callers(n << 40),
	distinct_callers(n::text), count(DISTINCT (n * 4294967296) % 1000003)
FROM generate_series(1::bigint, 100000) AS n;

-- With so many workers
SELECT w.planned, w.result = (SELECT ROW(count(DISTINCT b),
	count(DISTINCT u), count(DISTINCT y), count(DISTINCT t))::text
	FROM calls) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	'SELECT ROW(distinct_callers(b), distinct_callers(u),
		distinct_callers(y), distinct_callers(t)) FROM calls') AS w;

-- Over windows
SELECT count(*), count(*) FILTER (WHERE x.d = x.slow AND x.t = x.slow) AS equal
FROM (SELECT distinct_callers(c.b) OVER w AS d, distinct_callers(c.t) OVER w
		AS t, count(c.first) OVER w AS slow
	FROM (SELECT r.*, CASE WHEN row_number() OVER (PARTITION BY r.b
			ORDER BY r.i) = 1 THEN r.b END AS first
		FROM (SELECT b, t, row_number() OVER (ORDER BY h, u) AS i
			FROM calls WHERE g < 3 AND h IS NOT NULL) AS r) AS c
	WINDOW w AS (ORDER BY c.i)) AS x;
WITH r AS (SELECT row_number() OVER (ORDER BY h, b) AS i, b
	FROM calls WHERE g < 3)
SELECT count(*), count(*) FILTER (WHERE x.d = x.slow) AS equal
FROM (SELECT distinct_callers(b) OVER (ORDER BY i ROWS 40 PRECEDING) AS d,
		(SELECT count(DISTINCT o.b) FROM r AS o
		WHERE o.i BETWEEN r.i - 40 AND r.i) AS slow
	FROM r WHERE i < 500) AS x;

-- Stored: equal ones are stored alike, whatever the order and the workers
SELECT distinct_callers(s.b), distinct_callers(s.u), distinct_callers(s.y),
	distinct_callers(s.t), distinct_callers(s.t::text::callers_state),
	m.b::text = s.b::text AS b, m.u::text = s.u::text AS u,
	m.y::text = s.y::text AS y, m.t::text = s.t::text AS t
FROM (SELECT distinct_callers_state(b) AS b, distinct_callers_state(u) AS u,
		distinct_callers_state(y) AS y, distinct_callers_state(t) AS t
	FROM calls) AS s,
	(SELECT distinct_callers_merge(b) AS b, distinct_callers_merge(u) AS u,
		distinct_callers_merge(y) AS y, distinct_callers_merge(t) AS t
	FROM (SELECT distinct_callers_state(b) AS b,
			distinct_callers_state(u) AS u, distinct_callers_state(y) AS y,
			distinct_callers_state(t) AS t
		FROM (SELECT * FROM calls ORDER BY random()) AS c GROUP BY h) AS p)
	AS m;
SELECT w.planned, w.result = (SELECT md5(distinct_callers_state(t)::text)
	FROM calls) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	'SELECT md5(distinct_callers_state(t)::text) FROM calls') AS w;
SELECT distinct_callers_state(b) FROM calls WHERE g = 25;
SELECT distinct_callers_merge(NULL::callers_state),
	distinct_callers(NULL::callers_state);
SELECT distinct_callers_state(v::bigint), distinct_callers_state(v::text)
FROM unnest('{1,-1,0,1}'::integer[]) AS v;
SELECT pg_temp.outcome('SELECT distinct_callers_merge(s) FROM (
	SELECT distinct_callers_state(b) AS s FROM calls
	UNION ALL SELECT distinct_callers_state(t) FROM calls) AS x');
SELECT v.what, pg_temp.outcome(format('SELECT %L::callers_state',
	'\x010500' || replace(v.words, ' ', '')))
FROM (VALUES ('nothing', ''), ('no token', '0000000000000001'),
	('another type', '0000000000000005'),
	('twice', '0000000000000001 8000000000000001 8000000000000001'),
	('descending', '0000000000000001 8000000000000002 8000000000000001'),
	('no bytes', '0000000000000004 0000000000000001'),
	('empty', '0000000000000004 0000000000000000'),
	('too long', '0000000000000004 0000000000000009 6100000000000000'),
	('longer than memory', '0000000000000004 ffffffffffffffff'),
	('text', '0000000000000004 0000000000000001 6100000000000000'),
	('more than it says', '0000000000000004 0000000000000001 6161000000000000'),
	('short uuid', '0000000000000002 0000000000000001 6100000000000000')
	) AS v (what, words);
SELECT left(pg_temp.outcome(format(
		'SELECT distinct_callers(distinct_callers_merge(s)), count(
		distinct_callers(s)) FROM (SELECT %L::callers_state AS s) AS x',
		'\x' || encode(set_byte(b.b, i, get_byte(b.b, i) # (1 << bit)), 'hex'))),
	5) AS outcome, count(*) > 0 AS some
FROM (SELECT decode(substr(s::text, 3), 'hex') AS b FROM (
		SELECT distinct_callers_state(b) AS s FROM calls WHERE h = 3 AND g < 4
		UNION ALL SELECT distinct_callers_state(u) FROM calls
		WHERE h = 3 AND g < 4
		UNION ALL SELECT distinct_callers_state(left(t, 20)) FROM calls
		WHERE h = 3 AND g < 4) AS s) AS b,
	generate_series(0, length(b.b) - 1) AS i, generate_series(0, 7) AS bit
GROUP BY 1 ORDER BY 1;

-- A million groups
SELECT count(*), sum(d) FROM (SELECT distinct_callers(n % 3) AS d
	FROM generate_series(1::bigint, 1000000) AS n GROUP BY n / 2) AS x;
DROP TABLE calls;
