\set SHOW_CONTEXT never
-- Exact percentiles; the oracle is percentile_cont.
SET search_path = public, ietp;
SET datestyle = ISO;
SET intervalstyle = postgres;

-- Groups of 0 to 60 rows and of 3000, with what a column of numbers may hold.
CREATE TABLE t_ietp_numbers AS
SELECT g, n, CASE g % 6
	WHEN 0 THEN exp(((n * 7919 + g * 104729) % 1000) / 100.0)
	WHEN 1 THEN (n * 31 % 7) - 3
	WHEN 2 THEN CASE n % 5 WHEN 0 THEN NULL
		WHEN 1 THEN 'NaN'::double precision
		WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' ELSE n END
	WHEN 3 THEN -exp(((n * 7919) % 977) / 50.0)
	WHEN 4 THEN 5e-324 * (n % 11)
	ELSE ((n * 7919 + g) % 100003) * 1e-3 END::double precision AS x
FROM generate_series(0, 61) AS g,
	generate_series(1, CASE WHEN g < 61 THEN g ELSE 3000 END) AS n
ORDER BY hashint4(n * 100 + g);
ALTER TABLE t_ietp_numbers SET (parallel_workers = 4);
ANALYZE t_ietp_numbers;

-- The same bits, except where infinities make it NaN, whose bits are free.
CREATE FUNCTION t_ietp_bits(numbers double precision[])
RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(CASE WHEN x = 'NaN' THEN 'NaN'
		ELSE float8send(x)::text END, ' ' ORDER BY n)
	FROM unnest(numbers) WITH ORDINALITY AS u (x, n)
$$;
\set wanted '''{0,0.05,0.25,0.3333333333333333,0.5,0.5,0.75,0.999,1}''::double precision[]'
SELECT count(*) AS groups, count(*) FILTER (WHERE mine = theirs
	OR mine IS NULL AND theirs IS NULL) AS equal
FROM (SELECT t_ietp_bits(percentiles(x, :wanted)) AS mine,
		t_ietp_bits(percentile_cont(:wanted) WITHIN GROUP (ORDER BY x))
			AS theirs
	FROM t_ietp_numbers GROUP BY g) AS q;

-- One at a time, so that each percentile is selected alone, and many.
SELECT count(*) AS cases, count(*) FILTER (WHERE percentiles[1] = cont) AS equal
FROM generate_series(0, 200) AS p,
	LATERAL (SELECT percentiles(x, ARRAY[p / 200.0]),
			percentile_cont(p / 200.0) WITHIN GROUP (ORDER BY x) AS cont
		FROM t_ietp_numbers WHERE g = 61) AS q;
SELECT percentiles(x, w.p) = percentile_cont(w.p) WITHIN GROUP (ORDER BY x)
	AS two_hundred_at_once
FROM t_ietp_numbers, (SELECT array_agg(i / 200.0::double precision ORDER BY i)
	AS p FROM generate_series(0, 200) AS i) AS w
WHERE g = 61 GROUP BY w.p;

-- Intervals: those that are alike may be written differently.
CREATE TABLE t_ietp_intervals AS
SELECT g, n, CASE n % 4
	WHEN 0 THEN make_interval(days => n * 31 % 50, mins => n * 7 % 1440)
	WHEN 1 THEN make_interval(secs => n * 7919 % 100000 / 7.0)
	WHEN 2 THEN make_interval(months => n % 13, days => -(n % 40))
	ELSE NULL END AS x
FROM generate_series(0, 40) AS g, generate_series(1, g * 3) AS n;
SELECT count(*) AS groups, count(*) FILTER (WHERE mine::text = theirs::text
	OR mine IS NULL AND theirs IS NULL) AS equal
FROM (SELECT percentiles(x, :wanted) AS mine,
		percentile_cont(:wanted) WITHIN GROUP (ORDER BY x) AS theirs
	FROM t_ietp_intervals GROUP BY g) AS q;
SELECT percentiles(x, '{0,0.5,1}')
FROM unnest('{24:00,1 day,30 days,1 mon}'::interval[]) AS x;
SELECT percentiles(x, '{0,0.5,1}')
FROM unnest('{1 mon,30 days,1 day,24:00}'::interval[]) AS x;
SELECT percentiles(x, '{0,0.5,1}')
FROM unnest('{0,-1 day 24:00,1 day -24:00}'::interval[]) AS x;
SELECT percentiles(x, '{0,0.25,1}')
FROM unnest('{178000000 years,-178000000 years,1 us}'::interval[]) AS x;

-- Neither the order of the rows nor who counts them makes a difference.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE t_ietp_results (workers text, result text);
SET max_parallel_workers_per_gather = 0;
INSERT INTO t_ietp_results SELECT '0', array_agg(p ORDER BY g)::text
FROM (SELECT g, t_ietp_bits(percentiles(x, :wanted)) AS p
	FROM t_ietp_numbers GROUP BY g) AS q;
INSERT INTO t_ietp_results SELECT 'sorted', array_agg(p ORDER BY g)::text
FROM (SELECT g, t_ietp_bits(percentiles(x, :wanted ORDER BY x, n)) AS p
	FROM t_ietp_numbers GROUP BY g) AS q;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE two AS SELECT g, percentiles(x, :wanted) AS p
FROM t_ietp_numbers GROUP BY g;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT percentiles(x, '{0.5}') FROM t_ietp_numbers;
CREATE TEMP TABLE four AS SELECT g, percentiles(x, :wanted) AS p
FROM t_ietp_numbers GROUP BY g;
INSERT INTO t_ietp_results
SELECT '2', array_agg(t_ietp_bits(p) ORDER BY g)::text FROM two;
INSERT INTO t_ietp_results
SELECT '4', array_agg(t_ietp_bits(p) ORDER BY g)::text FROM four;
SELECT count(*) AS ways, count(DISTINCT result) AS results
FROM t_ietp_results;
RESET max_parallel_workers_per_gather;

-- Over windows, growing and sliding.
SELECT count(*) AS frames, count(*) FILTER (WHERE w = f) AS equal
FROM (SELECT n, percentiles(x, '{0.1,0.5,0.9}')
		OVER (ORDER BY n ROWS 20 PRECEDING) AS w
	FROM t_ietp_numbers WHERE g = 60) AS a
JOIN LATERAL (SELECT percentile_cont('{0.1,0.5,0.9}'::double precision[])
		WITHIN GROUP (ORDER BY x) AS f
	FROM t_ietp_numbers AS b
	WHERE b.g = 60 AND b.n BETWEEN a.n - 20 AND a.n) AS b ON true;
SELECT count(*) AS frames, count(*) FILTER (WHERE w = f) AS equal
FROM (SELECT n, percentiles(x, '{0.5}') OVER (ORDER BY n) AS w
	FROM t_ietp_numbers WHERE g = 59) AS a
JOIN LATERAL (SELECT percentile_cont('{0.5}'::double precision[])
		WITHIN GROUP (ORDER BY x) AS f
	FROM t_ietp_numbers AS b WHERE b.g = 59 AND b.n <= a.n) AS b ON true;

-- What is asked for.
SELECT percentiles(x, '{{0,NULL},{0.5,1}}') AS shape,
	percentiles(x, '{}') AS none,
	percentiles(x, '[5:6]={0,1}'::double precision[]) AS bounds
FROM generate_series(1, 5) AS x;
SELECT percentiles(x, '{0.5}') AS of_nothing
FROM generate_series(1, 0) AS x;
SELECT percentiles(NULL::double precision, '{0.5}') AS of_nulls
FROM generate_series(1, 3) AS x;
SELECT percentiles(x, '{0.5,1.01}') FROM generate_series(1, 5) AS x;
\echo :LAST_ERROR_SQLSTATE
SELECT percentiles(x, '{-0.1}') FROM generate_series(1, 5) AS x;
SELECT percentiles(x, '{NaN}') FROM generate_series(1, 5) AS x;
SELECT percentiles(x, NULL) FROM generate_series(1, 5) AS x;
\echo :LAST_ERROR_SQLSTATE
SELECT percentiles(x, ARRAY[0.1 * x]) FROM generate_series(1, 5) AS x;
\echo :LAST_ERROR_SQLSTATE
SELECT percentiles(x, ARRAY[0.1 * x]) OVER (ORDER BY x)
FROM generate_series(1, 5) AS x;

-- Stored: written, read and merged it says the same.
CREATE TABLE t_ietp_states AS
SELECT g, n % 3 AS part, percentiles_state(x) AS state
FROM t_ietp_numbers GROUP BY g, n % 3;
INSERT INTO t_ietp_states VALUES (61, 4, NULL);
SELECT count(*) AS groups, count(*) FILTER (WHERE merged = whole
	OR merged IS NULL AND whole IS NULL) AS equal
FROM (SELECT g, t_ietp_bits(percentiles(percentiles_merge(
			state::text::percentiles_state), :wanted)) AS merged
	FROM t_ietp_states GROUP BY g) AS s
JOIN (SELECT g, t_ietp_bits(percentiles(x, :wanted)) AS whole
	FROM t_ietp_numbers GROUP BY g) AS w USING (g);
SELECT interval_percentiles(percentiles_state(x), '{0.25,0.75}')
		= percentile_cont('{0.25,0.75}'::double precision[])
			WITHIN GROUP (ORDER BY x) AS equal
FROM t_ietp_intervals WHERE g = 40;
SELECT percentiles(percentiles_state(x), '{0.5}') FROM t_ietp_intervals;
\echo :LAST_ERROR_SQLSTATE
SELECT interval_percentiles(percentiles_state(x), '{0.5}')
FROM t_ietp_numbers;
SELECT percentiles_merge(state) FROM (SELECT percentiles_state(x) AS state
	FROM t_ietp_intervals UNION ALL SELECT percentiles_state(x)
	FROM t_ietp_numbers) AS s;
\echo :LAST_ERROR_SQLSTATE
SELECT percentiles_state(x) AS "three" FROM generate_series(1, 3) AS x;
SELECT percentiles('\x010100'::percentiles_state, '{0.5}') AS of_no_values;

-- What is no state: cut, of another kind, version or unit.
CREATE FUNCTION t_ietp_try(value text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM value::ietp.percentiles_state;
	RETURN 'read';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT value, t_ietp_try(value)
FROM unnest(ARRAY['\x010100', '\x010101', '', '\x', '\x01', '\x0101',
	'\x020100', '\x010200', '\x010102', '\x01010000',
	'\x0101008000000000000000', '\x0101000000000000000000',
	'\x010100ffffffffffffffff', '\x010100fffffffffffffffe',
	'\x01010000000000000000',
	'\x0101010000000000000000']) AS value;

DROP TABLE t_ietp_numbers, t_ietp_intervals, t_ietp_results, t_ietp_states;
DROP FUNCTION t_ietp_bits, t_ietp_try;
