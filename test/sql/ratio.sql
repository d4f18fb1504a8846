--
-- How many of how many.
--
\pset null '(null)'
\set SHOW_CONTEXT never
SET search_path = public, ietp;

-- How a statement ends.
CREATE FUNCTION pg_temp.sqlstate_of(statement text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN '00000';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

-- Wilson's interval as published: R. G. Newcombe, Statistics in Medicine 17
-- (1998), table I; and 25 cases of 753 calls that were escalated.
SELECT t.k, t.n, round(w.lower::numeric, 4) AS lower,
	round(w.upper::numeric, 4) AS upper,
	(round(w.lower::numeric, 4), round(w.upper::numeric, 4))
	= (t.lower, t.upper) AS as_published
FROM (VALUES (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
	(0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718),
	(25, 753, 0.0226, 0.0486)) AS t (k, n, lower, upper)
CROSS JOIN LATERAL ietp.wilson_interval(t.k, t.n) AS w;

-- Ends, another confidence, and nothing.
SELECT k, n, c, w.lower = 0 AS from_0, w.upper = 1 AS to_1,
	round(w.lower::numeric, 10) AS lower, round(w.upper::numeric, 10) AS upper
FROM (VALUES (0, 1, 0.95), (1, 1, 0.95), (5, 10, 0.5), (5, 10, 0.999),
	(0, 0, 0.95), (NULL, 10, 0.95), (4611686018427387903,
	4611686018427387903, 0.95)) AS t (k, n, c),
	ietp.wilson_interval(k, n, c) AS w;

\set VERBOSITY sqlstate
SELECT ietp.wilson_interval(11, 10);
SELECT ietp.wilson_interval(-1, 10);
SELECT ietp.wilson_interval(-2, -1);
SELECT ietp.wilson_interval(1, 10, 0);
SELECT ietp.wilson_interval(1, 10, 1);
SELECT ietp.wilson_interval(1, 10, 'NaN');
\set VERBOSITY default
SELECT ietp.wilson_interval(11, 10);
SELECT ietp.wilson_interval(1, 10, 95);

--
-- Aggregates
--
CREATE TABLE t_calls AS
SELECT n, n % 7 AS topic, CASE WHEN n % 11 = 0 THEN NULL
	ELSE n * 7919 % 10 < 3 END AS escalated
FROM generate_series(1, 10000) AS n
ORDER BY n * 7919 % 10007;
ALTER TABLE t_calls SET (parallel_workers = 4);
ANALYZE t_calls;

-- Against counts.
SELECT count(*) AS groups, bool_and(r.k = c.k AND r.n = c.n
	AND r.p = c.k::float8 / c.n
	AND (r.lower, r.upper) = (w.lower, w.upper)) AS equal
FROM (SELECT topic, (ietp.ratio(escalated)).* FROM t_calls
	GROUP BY topic) AS r
JOIN (SELECT topic, count(*) FILTER (WHERE escalated) AS k,
	count(escalated) AS n FROM t_calls GROUP BY topic) AS c USING (topic)
CROSS JOIN LATERAL ietp.wilson_interval(c.k, c.n) AS w;

-- No row, one, only NULL, all equal.
SELECT ietp.ratio(escalated), ietp.ratio_state(escalated)
FROM t_calls WHERE false;
SELECT (ietp.ratio(v)).k, (ietp.ratio(v)).n, (ietp.ratio(v)).p
FROM (VALUES (true)) AS t (v);
SELECT ietp.ratio(v), ietp.ratio_state(v)
FROM (VALUES (NULL::boolean), (NULL)) AS t (v);
SELECT (ietp.ratio(false)).p, (ietp.ratio(false)).lower,
	(ietp.ratio(true)).upper
FROM t_calls;

-- FILTER and DISTINCT are PostgreSQL's.
SELECT ietp.ratio_state(escalated) FILTER (WHERE topic = 3),
	ietp.ratio_state(DISTINCT escalated) FROM t_calls;

-- Workers change nothing, and there are some.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE t_0 AS SELECT topic, ietp.ratio_state(escalated) AS state,
	ietp.ratio(escalated) AS ratio FROM t_calls GROUP BY topic;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE t_2 AS SELECT topic, ietp.ratio_state(escalated) AS state,
	ietp.ratio(escalated) AS ratio FROM t_calls GROUP BY topic;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT topic, ietp.ratio(escalated) FROM t_calls
GROUP BY topic;
CREATE TEMP TABLE t_4 AS SELECT topic, ietp.ratio_state(escalated) AS state,
	ietp.ratio(escalated) AS ratio FROM t_calls GROUP BY topic;
SELECT count(*) AS results,
	count(DISTINCT (topic, state::text, ratio)) AS different
FROM (TABLE t_0 UNION ALL TABLE t_2 UNION ALL TABLE t_4) AS t;
RESET ALL;
SET search_path = public, ietp;

-- Stored states add up, and so do those of nothing.
SELECT ietp.ratio_merge(state)::text = (SELECT ietp.ratio_state(escalated)
	FROM t_calls)::text AS equal,
	ietp.ratio(ietp.ratio_merge(state)) = (SELECT ietp.ratio(escalated)
	FROM t_calls) AS equal
FROM t_4;
SELECT ietp.ratio_merge(s) FROM (VALUES ('0/0'::ietp.ratio_state), (NULL),
	('2/3'), ('0/0'), ('1/1')) AS t (s);
SELECT ietp.ratio_merge(NULL::ietp.ratio_state);

-- Windows that move, against a query of their own for each row.
SELECT count(*) AS rows, bool_and(moved.ratio IS NOT DISTINCT FROM n.ratio
	AND moved.state = n.state) AS equal
FROM (SELECT n, ietp.ratio(escalated) OVER w AS ratio,
		(ietp.ratio_state(escalated) OVER w)::text AS state
	FROM t_calls WHERE n <= 300
	WINDOW w AS (ORDER BY n ROWS BETWEEN 7 PRECEDING AND 3 FOLLOWING)) AS moved
CROSS JOIN LATERAL (SELECT ietp.ratio(c.escalated) AS ratio,
		ietp.ratio_state(c.escalated)::text AS state
	FROM t_calls AS c
	WHERE c.n BETWEEN moved.n - 7 AND least(moved.n + 3, 300)) AS n;
-- Each state is a value of its own.
SELECT v, ietp.ratio_state(v) OVER (ORDER BY n ROWS 1 PRECEDING)
FROM (VALUES (1, true), (2, false), (3, NULL), (4, NULL), (5, true))
	AS t (n, v);

-- Outside of an aggregate a state is not changed in place.
SELECT s, ietp.ratio_add(s, true), ietp.ratio_remove(s, false),
	ietp.ratio_combine(s, s), s
FROM (VALUES ('2/3'::ietp.ratio_state)) AS t (s);

--
-- States: text and binary
--
SELECT s, ietp.ratio_state_send(s) FROM (VALUES ('0/0'::ietp.ratio_state),
	('3/10'), ('4611686018427387903/4611686018427387903')) AS t (s);
SELECT v.value, a.state FROM (VALUES (''), ('1'), ('1/'), ('/1'), ('2/1'),
	('-1/1'), ('1/2/3'), (' 1/2'), ('1/2 '), ('0x1/2'), ('+1/2'), ('1.0/2'),
	('4611686018427387904/4611686018427387904'),
	('99999999999999999999/99999999999999999999'), ('1,2')) AS v (value)
CROSS JOIN LATERAL (SELECT pg_temp.sqlstate_of(format('SELECT %L::ietp.ratio_state',
	v.value)) AS state) AS a;
SELECT '7/3'::ietp.ratio_state;

-- Binary COPY, honest and hostile: a bytea is sent as its bytes.
CREATE TABLE t_states (s ietp.ratio_state);
\copy (SELECT int8send(3) || int8send(10) UNION ALL SELECT int8send(0) || int8send(0)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
SELECT s, (ietp.ratio(s)).p FROM t_states;
\set VERBOSITY sqlstate
-- Part above whole.
\copy (SELECT int8send(11) || int8send(10)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
-- Negative.
\copy (SELECT int8send(-1) || int8send(10)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
\copy (SELECT int8send(-2) || int8send(-1)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
-- Too large.
\copy (SELECT int8send(1) || int8send(9223372036854775807)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
-- Too short, too long, nothing.
\copy (SELECT int8send(1)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
\copy (SELECT int8send(1) || int8send(1) || int8send(1)) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
\copy (SELECT ''::bytea) TO 'results/ratio.bin' (FORMAT binary)
\copy t_states FROM 'results/ratio.bin' (FORMAT binary)
\set VERBOSITY default
SELECT count(*) FROM t_states;

-- The largest state takes no other, nor a value that was never in it.
\set VERBOSITY sqlstate
SELECT ietp.ratio_merge(s) FROM (VALUES
	('0/4611686018427387903'::ietp.ratio_state), ('0/1')) AS t (s);
SELECT ietp.ratio_remove('0/0', true);
SELECT ietp.ratio_remove('0/5', true);
SELECT ietp.ratio_remove('5/5', false);
\set VERBOSITY default

DROP TABLE t_calls, t_states;
RESET search_path;
