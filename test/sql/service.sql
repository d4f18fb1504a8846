--
-- Service levels.
--
\pset null '(null)'
\set SHOW_CONTEXT never
SET search_path = public, ietp;

-- The same hundred calls by the four rules, counted by hand: 85 are answered,
-- 70 of them within 20 s; 15 are abandoned, 5 within 20 s and 3 within 5 s.
CREATE TABLE t_hundred AS
SELECT CASE WHEN n <= 70 THEN n % 20 + 1 WHEN n <= 85 THEN n % 60 + 21
	WHEN n <= 88 THEN 5 WHEN n <= 90 THEN 20 ELSE 90 END AS wait,
	n <= 85 AS answered
FROM generate_series(1, 100) AS n;
SELECT rule, round(f.service_level::numeric, 4) AS service_level,
	round(f.lower::numeric, 4) AS lower, round(f.upper::numeric, 4) AS upper,
	f.offered, f.answered, f.abandoned, f.answered_within AS a_within,
	f.abandoned_within AS b_within, f.abandoned_short AS short,
	round(f.asa::numeric, 6) AS asa, round(f.abandonment::numeric, 4) AS lost
FROM unnest(enum_range(NULL::ietp.service_level_rule)) AS rule
CROSS JOIN LATERAL (SELECT (ietp.service_level(wait, answered, 20, rule, 5)).*
	FROM t_hundred) AS f
ORDER BY rule;
SELECT rule, k || '/' || n AS by_hand, round(w.lower::numeric, 4) AS lower,
	round(w.upper::numeric, 4) AS upper
FROM (VALUES (1, 'abandoned_missed', 70, 100), (2, 'abandoned_ignored', 70,
	85), (3, 'early_abandoned_met', 75, 100), (4, 'early_abandoned_ignored',
	70, 95)) AS t (i, rule, k, n)
CROSS JOIN LATERAL ietp.wilson_interval(k, n) AS w
ORDER BY i;
SELECT round(avg(wait) FILTER (WHERE answered), 6) AS asa,
	round(12 / 97.0, 4) AS lost FROM t_hundred;

-- Without a cut every abandoned call is lost; so it is where the cut is NULL.
SELECT (ietp.service_level(wait, answered, 20, 'abandoned_missed')).abandonment,
	(ietp.service_level(wait, answered, 20, 'abandoned_missed',
	NULL)).abandonment FROM t_hundred;
-- A cut of 0 leaves out who hung up at once.
SELECT (ietp.service_level(w, a, 20, 'abandoned_missed', 0)).abandoned_short
FROM (VALUES (0, false), (0.001, false), (0, true)) AS t (w, a);

-- Intervals: a day has 24 hours, a month 30 days; the mean is in seconds.
SELECT f.offered, f.answered_within, f.abandoned_short,
	round(f.asa::numeric, 6) AS asa
FROM (SELECT (ietp.service_level(w, a, interval '1 month', 'abandoned_missed',
	interval '1 day')).* FROM (VALUES (interval '30 days', true), (interval '720:00:00', true),
	(interval '720:00:00.000001', true), (interval '24:00:00', false),
	(interval '24:00:00.000001', false)) AS t (w, a)) AS f;
SELECT ietp.service_level(make_interval(secs => wait), answered,
	interval '20 s', 'early_abandoned_ignored', interval '5 s')
	= ietp.service_level(wait, answered, 20,
	'early_abandoned_ignored', 5) AS same_as_numbers
FROM t_hundred;

--
-- Sums
--
-- Exact for intervals, whatever the size.
SELECT (ietp.service_level(w, true, interval '0', 'abandoned_ignored')).asa
	= 9223372036854775807 / 1e6::float8 AS mean_of_longest
FROM (SELECT interval '9223372036854775807 us' AS w
	FROM generate_series(1, 1000)) AS t;
-- The order of rows changes nothing; adding up as it comes does.
CREATE TABLE t_waits AS
SELECT n, 10.0::float8 ^ (n % 17 - 4) * (n * 7919 % 10007) / 7 AS wait
FROM generate_series(1, 20000) AS n;
SELECT count(DISTINCT s) AS naive_sums, count(DISTINCT asa) AS means
FROM (SELECT sum(wait) AS s,
	(ietp.service_level(wait, true, 1, 'abandoned_ignored')).asa
	FROM (SELECT wait FROM t_waits ORDER BY n) AS t
	UNION ALL
	SELECT sum(wait),
	(ietp.service_level(wait, true, 1, 'abandoned_ignored')).asa
	FROM (SELECT wait FROM t_waits ORDER BY wait) AS t
	UNION ALL
	SELECT sum(wait),
	(ietp.service_level(wait, true, 1, 'abandoned_ignored')).asa
	FROM (SELECT wait FROM t_waits ORDER BY wait DESC) AS t
	UNION ALL
	SELECT sum(wait),
	(ietp.service_level(wait, true, 1, 'abandoned_ignored')).asa
	FROM (SELECT wait FROM t_waits ORDER BY n * 7919 % 20011) AS t) AS u;

--
-- Groups, workers, windows
--
CREATE TABLE t_calls AS
SELECT n, n % 7 AS line, CASE WHEN n % 13 <> 0
	THEN (n * 7919 % 4099) / 16.0::float8 END AS wait,
	CASE WHEN n % 17 <> 0 THEN n * 31 % 10 < 8 END AS answered
FROM generate_series(1, 10000) AS n
ORDER BY n * 7919 % 10007;
ALTER TABLE t_calls SET (parallel_workers = 4);
ANALYZE t_calls;

-- Against counts, by rule.
CREATE VIEW t_counts AS
SELECT line, count(*) AS offered,
	count(*) FILTER (WHERE answered) AS answered,
	count(*) FILTER (WHERE NOT answered) AS abandoned,
	count(*) FILTER (WHERE answered AND wait <= 20) AS a_within,
	count(*) FILTER (WHERE NOT answered AND wait <= 20) AS b_within,
	count(*) FILTER (WHERE NOT answered AND wait <= 5) AS short,
	avg(wait::numeric) FILTER (WHERE answered) AS asa
FROM t_calls WHERE wait IS NOT NULL AND answered IS NOT NULL
GROUP BY line;
SELECT rule, count(*) AS groups, bool_and(
	(f.offered, f.answered, f.abandoned, f.answered_within,
		f.abandoned_within, f.abandoned_short)
	= (c.offered, c.answered, c.abandoned, c.a_within, c.b_within, c.short)
	AND f.service_level = CASE rule
		WHEN 'abandoned_missed' THEN a_within::float8 / c.offered
		WHEN 'abandoned_ignored' THEN a_within::float8 / c.answered
		WHEN 'early_abandoned_met' THEN
			(a_within + b_within)::float8 / c.offered
		WHEN 'early_abandoned_ignored' THEN
			a_within::float8 / (c.offered - b_within) END
	AND abs(f.asa - c.asa::float8) < 1e-12 * f.asa
	AND f.abandonment = (c.abandoned - c.short)::float8
		/ (c.offered - c.short)) AS equal
FROM unnest(enum_range(NULL::ietp.service_level_rule)) AS rule
CROSS JOIN LATERAL (SELECT line, (ietp.service_level(wait, answered, 20, rule,
	5)).* FROM t_calls GROUP BY line) AS f
JOIN t_counts AS c USING (line)
GROUP BY rule ORDER BY rule;

-- Workers change nothing, and there are some.  These waits add up exactly.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE t_0 AS SELECT line, ietp.service_state(wait, answered, 20,
	'abandoned_missed', 5) AS numbers, ietp.service_state(make_interval(
	secs => wait), answered, interval '20 s', 'abandoned_missed') AS intervals
FROM t_calls GROUP BY line;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE t_2 AS SELECT line, ietp.service_state(wait, answered, 20,
	'abandoned_missed', 5) AS numbers, ietp.service_state(make_interval(
	secs => wait), answered, interval '20 s', 'abandoned_missed') AS intervals
FROM t_calls GROUP BY line;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT line, ietp.service_level(wait, answered, 20,
	'abandoned_missed', 5) FROM t_calls GROUP BY line;
CREATE TEMP TABLE t_4 AS SELECT line, ietp.service_state(wait, answered, 20,
	'abandoned_missed', 5) AS numbers, ietp.service_state(make_interval(
	secs => wait), answered, interval '20 s', 'abandoned_missed') AS intervals
FROM t_calls GROUP BY line;
SELECT count(*) AS results, count(DISTINCT (line, numbers::text,
	intervals::text)) AS different
FROM (TABLE t_0 UNION ALL TABLE t_2 UNION ALL TABLE t_4) AS t;
RESET ALL;
SET search_path = public, ietp;

-- Stored states add up.
SELECT bool_and(m.numbers = f.numbers) AS numbers,
	bool_and(m.intervals = f.intervals) AS intervals
FROM (SELECT ietp.service_merge(numbers)::text AS numbers,
	ietp.service_merge(intervals)::text AS intervals FROM t_4) AS m,
	(SELECT ietp.service_state(wait, answered, 20, 'abandoned_missed',
		5)::text AS numbers, ietp.service_state(make_interval(secs => wait),
		answered, interval '20 s', 'abandoned_missed')::text AS intervals
	FROM t_calls) AS f;
SELECT ietp.service_level(ietp.service_merge(numbers))
	= (SELECT ietp.service_level(wait, answered, 20, 'abandoned_missed', 5)
	FROM t_calls) AS equal FROM t_4;

-- Windows that move, against a query of their own for each row.
SELECT count(*) AS rows, bool_and(moved.numbers IS NOT DISTINCT FROM n.numbers)
	AS numbers, bool_and(moved.intervals IS NOT DISTINCT FROM n.intervals)
	AS intervals, bool_and(moved.state = n.state) AS states
FROM (SELECT n, ietp.service_level(wait, answered, 20,
		'early_abandoned_ignored', 5) OVER w AS numbers,
		ietp.service_level(make_interval(secs => wait), answered,
		interval '20 s', 'early_abandoned_ignored') OVER w AS intervals,
		(ietp.service_state(make_interval(secs => wait), answered,
		interval '20 s', 'early_abandoned_ignored', NULL) OVER w)::text AS state
	FROM t_calls WHERE n <= 300
	WINDOW w AS (ORDER BY n ROWS BETWEEN 7 PRECEDING AND 3 FOLLOWING)) AS moved
CROSS JOIN LATERAL (SELECT ietp.service_level(wait, answered, 20,
		'early_abandoned_ignored', 5) AS numbers,
		ietp.service_level(make_interval(secs => wait), answered,
		interval '20 s', 'early_abandoned_ignored') AS intervals,
		ietp.service_state(make_interval(secs => wait), answered,
		interval '20 s', 'early_abandoned_ignored')::text AS state
	FROM t_calls AS c
	WHERE c.n BETWEEN moved.n - 7 AND least(moved.n + 3, 300)) AS n;
-- A sum that falls by more than numbers have digits is made anew.
SELECT n, (ietp.service_level(w, true, 1, 'abandoned_ignored')
	OVER (ORDER BY n ROWS 1 PRECEDING)).asa
FROM (VALUES (1, 1e300), (2, 1e10), (3, 1e-5), (4, 3e-5), (5, 0), (6, 0))
	AS t (n, w);

-- What must be the same is so within a frame, not among all of them.
SELECT t, (ietp.service_level(w, true, t, 'abandoned_missed')
	OVER (ORDER BY w ROWS CURRENT ROW)).answered_within
FROM (VALUES (19, 20), (20, 19), (21, 20)) AS v (w, t);

--
-- Nothing, NULL, and what cannot be
--
SELECT ietp.service_level(wait, answered, 20, 'abandoned_missed'),
	ietp.service_state(wait, answered, 20, 'abandoned_missed')
FROM t_calls WHERE false;
SELECT ietp.service_level(w, a, 20, 'abandoned_ignored')
FROM (VALUES (NULL, true), (3.0, NULL), (NULL, NULL)) AS t (w, a);
-- One call, answered or not.
SELECT a, f.service_level, f.offered, f.asa, f.abandonment
FROM (SELECT a, (ietp.service_level(20.0, a, 20, 'abandoned_ignored')).*
	FROM (VALUES (true), (false)) AS t (a) GROUP BY a) AS f
ORDER BY a DESC;
-- Nobody left to divide by.
SELECT (ietp.service_level(1, false, 20, 'early_abandoned_ignored', 5)).*;
SELECT ietp.service_merge(NULL::ietp.service_state);
-- Minus zero is zero.
SELECT ietp.service_state(w, true, t, 'abandoned_missed')::text
	= ietp.service_state(abs(w), true, abs(t), 'abandoned_missed')::text
FROM (VALUES ('-0'::float8, '-0'::float8), (0, 0)) AS t (w, t);

\set VERBOSITY sqlstate
SELECT ietp.service_level('NaN'::float8, true, 20, 'abandoned_missed');
SELECT ietp.service_level('Infinity'::float8, true, 20, 'abandoned_missed');
SELECT ietp.service_level(-1e-300, true, 20, 'abandoned_missed');
SELECT ietp.service_level(1, true, -1, 'abandoned_missed');
SELECT ietp.service_level(1, true, 'NaN', 'abandoned_missed');
SELECT ietp.service_level(1, true, 'Infinity', 'abandoned_missed');
SELECT ietp.service_level(1, true, 20, 'abandoned_missed', -1);
SELECT ietp.service_level(interval '-1 us', true, '20 s', 'abandoned_missed');
SELECT ietp.service_level(interval '1 month -31 days', true, '20 s',
	'abandoned_missed');
SELECT ietp.service_level(interval '100000000 years', true, '20 s',
	'abandoned_missed');
SELECT ietp.service_level(1, true, NULL, 'abandoned_missed');
SELECT ietp.service_level(1, true, 20, NULL);
SELECT ietp.service_level(1, true, t, 'abandoned_missed')
FROM (VALUES (20), (21)) AS t (t);
SELECT ietp.service_level(1, true, 20, r)
FROM unnest(enum_range(NULL::ietp.service_level_rule)) AS r;
SELECT ietp.service_level(1, true, 20, 'abandoned_missed', c)
FROM (VALUES (0), (NULL)) AS t (c);
SELECT ietp.service_level(w, true, 20, 'abandoned_missed')
FROM (VALUES (1e308), (1e308)) AS t (w);
SELECT ietp.service_merge(s) FROM (VALUES
	(ietp.service_add('empty', 1, true, 20, 'abandoned_missed')),
	(ietp.service_add('empty', interval '1 s', true, '20 s',
		'abandoned_missed'))) AS t (s);
SELECT ietp.service_remove('empty', 1, true, 20, 'abandoned_missed');
SELECT ietp.service_remove(ietp.service_add('empty', 1, true, 20,
	'abandoned_missed'), 1, false, 20, 'abandoned_missed');
SELECT ietp.service_remove(ietp.service_add('empty', 1, true, 20,
	'abandoned_missed'), interval '1 s', true, '20 s', 'abandoned_missed');
\set VERBOSITY default
SELECT ietp.service_level(1, true, t, 'abandoned_missed')
FROM (VALUES (20), (21)) AS t (t);
SELECT ietp.service_level(-1, true, 20, 'abandoned_missed');
SELECT ietp.service_level(1, true, 20, NULL);

-- No state, no other.
SELECT ietp.service_add(NULL, 1, true, 20, 'abandoned_missed'),
	ietp.service_remove(NULL, 1, true, 20, 'abandoned_missed'),
	ietp.service_combine(NULL, 'empty'), ietp.service_level(NULL);
-- Outside of an aggregate a state is not changed in place.
SELECT a::text <> b::text AS added, a::text = c::text AS removed
FROM (SELECT s AS a, ietp.service_add(s, 7, false, 20, 'abandoned_missed')
	AS b, ietp.service_remove(ietp.service_add(s, 7, false, 20,
	'abandoned_missed'), 7, false, 20, 'abandoned_missed') AS c
	FROM (SELECT ietp.service_state(wait, answered, 20, 'abandoned_missed')
		AS s FROM t_calls) AS t) AS u;

--
-- States: text and binary
--
SELECT ietp.service_add('empty', 7, false, 20, 'abandoned_ignored', 5);
SELECT bool_and(s::text::ietp.service_state::text = s::text) AS text_is_whole,
	bool_and(ietp.service_level(s::text::ietp.service_state)
		= ietp.service_level(s)) AS figures
FROM (SELECT numbers AS s FROM t_4 UNION ALL SELECT intervals FROM t_4) AS t;
CREATE TABLE t_states (s ietp.service_state);
\copy (SELECT numbers FROM t_4 UNION ALL SELECT intervals FROM t_4 UNION ALL SELECT 'empty') TO 'results/service.bin' (FORMAT binary)
\copy t_states FROM 'results/service.bin' (FORMAT binary)
SELECT count(*) AS states, count(*) FILTER (WHERE s::text IN (
	SELECT numbers::text FROM t_4 UNION ALL SELECT intervals::text FROM t_4
	UNION ALL SELECT 'empty')) AS came_back FROM t_states;

-- A state from its fields, sent as bytes and written as digits.
CREATE FUNCTION pg_temp.image(unit integer, rule integer, has_cut integer,
	threshold bytea, cut bytea, counts bigint[], high bytea, low bytea)
RETURNS bytea
LANGUAGE sql
RETURN decode(lpad(to_hex(unit), 2, '0') || lpad(to_hex(rule), 2, '0')
	|| lpad(to_hex(has_cut), 2, '0'), 'hex') || threshold || cut
	|| int8send(counts[1]) || int8send(counts[2]) || int8send(counts[3])
	|| int8send(counts[4]) || int8send(counts[5]) || high || low;
CREATE FUNCTION pg_temp.outcome(image bytea)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT format('%s + %s, mean %s', f.answered, f.abandoned, f.asa)
		FROM ietp.service_level(encode(image, 'hex')::ietp.service_state) AS f);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT what, pg_temp.outcome(pg_temp.image(unit, rule, has_cut, threshold, cut,
	counts, high, low))
FROM (VALUES
	(1, 'numbers', 1, 1, 1, float8send(20), float8send(5),
		'{4,4,1,2,1}'::bigint[], float8send(96), float8send(0)),
	(2, 'intervals', 2, 4, 0, int8send(20000000), int8send(0),
		'{4,4,1,2,0}', int8send(0), int8send(96000000)),
	(3, 'a sum above 64 bits', 2, 1, 0, int8send(1), int8send(0),
		'{4,0,0,0,0}', int8send(2), int8send(0)),
	(4, 'no unit', 0, 1, 0, int8send(0), int8send(0),
		'{0,0,0,0,0}', int8send(0), int8send(0)),
	(5, 'other unit', 3, 1, 0, int8send(0), int8send(0),
		'{0,0,0,0,0}', int8send(0), int8send(0)),
	(6, 'no rule', 1, 0, 0, float8send(20), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(7, 'other rule', 1, 5, 0, float8send(20), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(8, 'other mark of a cut', 1, 1, 2, float8send(20), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(9, 'cut without mark', 1, 1, 0, float8send(20), float8send(5),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(10, 'NaN threshold', 1, 1, 0, float8send('NaN'), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(11, 'infinite threshold', 1, 1, 0, float8send('Infinity'), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(12, 'negative threshold', 2, 1, 0, int8send(-1), int8send(0),
		'{0,0,0,0,0}', int8send(0), int8send(0)),
	(13, 'minus zero', 1, 1, 0, float8send('-0'), float8send(0),
		'{0,0,0,0,0}', float8send(0), float8send(0)),
	(14, 'negative count', 1, 1, 0, float8send(20), float8send(0),
		'{-1,0,0,0,0}', float8send(0), float8send(0)),
	(15, 'more within than answered', 1, 1, 0, float8send(20), float8send(0),
		'{1,0,2,0,0}', float8send(0), float8send(0)),
	(16, 'more within than abandoned', 1, 1, 0, float8send(20), float8send(0),
		'{0,1,0,2,0}', float8send(0), float8send(0)),
	(17, 'more short than abandoned', 1, 1, 1, float8send(20), float8send(30),
		'{0,1,0,1,2}', float8send(0), float8send(0)),
	(18, 'more short than within', 1, 1, 1, float8send(20), float8send(5),
		'{0,2,0,1,2}', float8send(0), float8send(0)),
	(19, 'less short than within', 1, 1, 1, float8send(20), float8send(30),
		'{0,2,0,2,1}', float8send(0), float8send(0)),
	(20, 'short without cut', 1, 1, 0, float8send(20), float8send(0),
		'{0,2,0,2,1}', float8send(0), float8send(0)),
	(21, 'too many', 1, 1, 0, float8send(20), float8send(0),
		'{4611686018427387903,1,0,0,0}', float8send(0), float8send(0)),
	(22, 'far too many', 1, 1, 0, float8send(20), float8send(0),
		'{9223372036854775807,9223372036854775807,0,0,0}', float8send(0),
		float8send(0)),
	(23, 'wait of nobody', 1, 1, 0, float8send(20), float8send(0),
		'{0,1,0,0,0}', float8send(1), float8send(0)),
	(24, 'NaN sum', 1, 1, 0, float8send(20), float8send(0),
		'{1,0,0,0,0}', float8send('NaN'), float8send(0)),
	(25, 'infinite sum', 1, 1, 0, float8send(20), float8send(0),
		'{1,0,0,0,0}', float8send('Infinity'), float8send(0)),
	(26, 'NaN rest', 1, 1, 0, float8send(20), float8send(0),
		'{1,0,0,0,0}', float8send(1), float8send('NaN')),
	(27, 'large rest', 1, 1, 0, float8send(20), float8send(0),
		'{1,0,0,0,0}', float8send(1), float8send(1)),
	(28, 'negative sum', 2, 1, 0, int8send(20), int8send(0),
		'{1,0,0,0,0}', int8send(-1), int8send(0)),
	(29, 'sum above all waits', 2, 1, 0, int8send(20), int8send(0),
		'{1,0,0,0,0}', int8send(2), int8send(0))) AS t (n, what, unit, rule,
	has_cut, threshold, cut, counts, high, low)
ORDER BY n;
\set VERBOSITY sqlstate
SELECT ''::ietp.service_state;
SELECT 'Empty'::ietp.service_state;
SELECT repeat('0', 149)::ietp.service_state;
SELECT repeat('0', 152)::ietp.service_state;
SELECT repeat('g', 150)::ietp.service_state;
SELECT repeat('0', 150)::ietp.service_state;
\copy (SELECT pg_temp.image(1, 9, 0, float8send(1), float8send(0), '{0,0,0,0,0}', float8send(0), float8send(0))) TO 'results/service.bin' (FORMAT binary)
\copy t_states FROM 'results/service.bin' (FORMAT binary)
\copy (SELECT '\x01'::bytea) TO 'results/service.bin' (FORMAT binary)
\copy t_states FROM 'results/service.bin' (FORMAT binary)
-- The largest state takes no other.
SELECT ietp.service_merge(encode(pg_temp.image(1, 1, 0, float8send(20),
	float8send(0), ARRAY[c, 0, 0, 0, 0], float8send(1), float8send(0)),
	'hex')::ietp.service_state)
FROM (VALUES (4611686018427387903), (1)) AS t (c);
SELECT ietp.service_merge(encode(pg_temp.image(1, 1, 0, float8send(20),
	float8send(0), '{1,0,0,0,0}', float8send(1e308), float8send(0)),
	'hex')::ietp.service_state)
FROM (VALUES (1), (2)) AS t (c);
\set VERBOSITY default

--
-- Connect rate: the lines 12333 of Ningxia, second and third quarter of 2020,
-- https://hrss.nx.gov.cn/zmhd/12333zx/zxdt/202010/t20201023_2265779.html
--
SELECT quarter, c.k, c.n AS offered, c.n = offered AS as_published,
	round(100 * c.p::numeric, 2) AS connect_rate,
	round(100 * c.p::numeric, 2) = printed AS as_published
FROM (VALUES (2, 89255, 153219, 11735, 254209, 95.38),
	(3, 85582, 154917, 23352, 263851, 91.15))
	AS t (quarter, agent, self_service, abandoned, offered, printed)
CROSS JOIN LATERAL ietp.connect_rate(agent, self_service, abandoned) AS c;
SELECT ietp.connect_rate(0, 0, 0), ietp.connect_rate(1, NULL, 0);
\set VERBOSITY sqlstate
SELECT ietp.connect_rate(-1, 2, 0);
SELECT ietp.connect_rate(9223372036854775807, 0, 1);
\set VERBOSITY default
SELECT ietp.connect_rate(1, 2, -1);

DROP VIEW t_counts;
DROP TABLE t_hundred, t_waits, t_calls, t_states;
RESET search_path;
