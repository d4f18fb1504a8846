\set SHOW_CONTEXT never
-- Histograms of durations; the oracles are percentile_disc, min, max, sum.
SET search_path = public, ietp;
SET datestyle = ISO;

-- Groups of 1 to 130 rows and of 5000; whole numbers, so that sums are exact,
-- and with every twelfth duration 0 in some.
CREATE TABLE t_ietp_durations AS
SELECT g, n, CASE WHEN g % 3 = 0 AND n % 12 = 0 THEN 0
	ELSE round(exp(((n * 7919 + g * 104729) % 2000) / 100.0)) END
		::double precision AS x
FROM generate_series(1, 131) AS g,
	generate_series(1, CASE WHEN g < 131 THEN g ELSE 5000 END) AS n
ORDER BY hashint4(n * 200 + g);
ALTER TABLE t_ietp_durations SET (parallel_workers = 4);
ANALYZE t_ietp_durations;
\set wanted '''{0,0.01,0.25,0.5,0.75,0.9,0.999,1}''::double precision[]'

-- What is exact, and by how much percentiles are off.
SELECT count(*) AS groups,
	count(*) FILTER (WHERE s.count = c.count AND s.sum = c.sum
		AND s.min = c.min AND s.max = c.max AND s.mean = c.sum / c.count)
		AS equal,
	count(*) FILTER (WHERE s.exact) AS exact,
	count(*) FILTER (WHERE s.exact
		AND histogram_percentiles(h, :wanted) = disc) AS exactly_equal
FROM (SELECT g, duration_histogram(x) AS h, count(*) AS count,
		sum(x) AS sum, min(x) AS min, max(x) AS max,
		percentile_disc(:wanted) WITHIN GROUP (ORDER BY x) AS disc
	FROM t_ietp_durations GROUP BY g) AS c, histogram_summary(h) AS s;
SELECT count(*) AS percentiles,
	count(*) FILTER (WHERE abs(mine - disc) <= disc / 256) AS within,
	count(*) FILTER (WHERE mine NOT BETWEEN min AND max) AS outside
FROM (SELECT histogram_percentiles(duration_histogram(x), p) AS mines,
		percentile_disc(p) WITHIN GROUP (ORDER BY x) AS discs,
		min(x) AS min, max(x) AS max
	FROM t_ietp_durations, (SELECT array_agg(i / 500.0::double precision
		ORDER BY i) AS p FROM generate_series(0, 500) AS i) AS w
	WHERE g > 125 GROUP BY g, p) AS q,
	unnest(mines, discs) AS u (mine, disc);

-- The whole range of numbers but the least ones, where powers of two end.
SELECT count(*) AS percentiles,
	count(*) FILTER (WHERE abs(mine - disc) <= disc / 256) AS within
FROM (SELECT array_agg(x ORDER BY x) AS all, duration_histogram(x) AS h
	FROM (SELECT power(2::double precision, e) * f AS x
		FROM generate_series(-1021, 1000, 13) AS e,
			unnest('{1,1.0078124999999998,1.0078125,1.5,1.9999999999999998}'
				::double precision[]) AS f) AS q) AS s,
	generate_series(1, array_length(s.all, 1)) AS n,
	LATERAL (SELECT histogram_percentile(h,
		(n - 0.5) / array_length(s.all, 1)), s.all[n]) AS v (mine, disc);
-- All equal: the value itself.
SELECT histogram_percentiles(duration_histogram(1), '{0,0.5,1}') AS ones,
	histogram_percentiles(duration_histogram(0), '{0,0.5,1}') AS zeros,
	histogram_percentiles(duration_histogram(0.1), '{0,0.5,1}') AS tenths
FROM generate_series(1, 1000);

-- Intervals: sums in microseconds, what is told in seconds.
SELECT s.*, make_interval(secs => s.sum) = total AS equal,
	histogram_percentiles(h, '{0,1}') AS ends
FROM (SELECT duration_histogram(x) AS h, sum(x) AS total
	FROM (SELECT make_interval(days => n % 40, secs => n * 7919 % 1000 / 7.0)
		AS x FROM generate_series(1, 3000) AS n) AS q) AS q,
	histogram_summary(h) AS s;

-- Sums of what cannot be added up exactly: to one unit in the last place of
-- the sum in numeric, of every bit.
CREATE FUNCTION t_ietp_exact(x double precision)
RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
	SELECT ((b & ((1::bigint << 52) - 1)) + (1::bigint << 52))
		* CASE WHEN (b >> 52) >= 1075 THEN 2::numeric ^ ((b >> 52) - 1075)
			ELSE 5::numeric ^ (1075 - (b >> 52))
				/ 10::numeric ^ (1075 - (b >> 52)) END
	FROM (SELECT ('x' || encode(float8send(x), 'hex'))::bit(64)::bigint)
		AS v (b)
$$;
SELECT count(*) AS groups,
	max(abs(s.sum::text::numeric - total) / total) < 2.3e-16 AS right
FROM (SELECT g, duration_histogram(x / 1024 + 1e-9) AS h,
		sum(t_ietp_exact(x / 1024 + 1e-9)) AS total
	FROM t_ietp_durations WHERE x > 0 GROUP BY g) AS q,
	histogram_summary(h) AS s;

-- What is at most so long.
SELECT count(*) AS thresholds, count(*) FILTER (WHERE mine >= least
	AND mine <= most) AS right, max(most - least) < 0.1 AS near
FROM (SELECT t, avg((x <= t)::int::double precision) AS least,
		avg((x <= t * 129 / 128)::int::double precision) AS most
	FROM t_ietp_durations, LATERAL (SELECT exp(i / 10.0)
		FROM generate_series(-5, 210, 6) AS i) AS v (t)
	WHERE g = 131 GROUP BY t) AS o,
	(SELECT duration_histogram(x) AS h FROM t_ietp_durations
		WHERE g = 131) AS s,
	LATERAL (SELECT histogram_at_most(h, t)) AS m (mine);
SELECT histogram_at_most(duration_histogram(x % 60), 20) AS within_20_s
FROM generate_series(1, 600) AS x;
SELECT histogram_at_most(duration_histogram(x), 2) AS two_of_four,
	histogram_at_most(duration_histogram(x), 'Infinity') AS all,
	histogram_at_most(duration_histogram(x), -1) AS none
FROM generate_series(1, 4) AS x;
SELECT sum(b.count) AS count, bool_and(lower < upper) AS widths,
	bool_and(upper <= lower * (1 + 1 / 128.0) OR lower = 0) AS narrow
FROM (SELECT duration_histogram(x) AS h FROM t_ietp_durations
	WHERE g IN (60, 131)) AS q, histogram_buckets(h) AS b;
SELECT b.* FROM (SELECT duration_histogram(x) AS h
	FROM unnest('{0,0,1,1.001,3}'::double precision[]) AS x) AS q,
	histogram_buckets(h) AS b;

-- Neither the order of the rows nor who counts them makes a difference.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE zero AS SELECT g, duration_histogram(x)::text AS h
FROM t_ietp_durations GROUP BY g;
CREATE TEMP TABLE sorted AS SELECT g, duration_histogram(x ORDER BY x)::text
	AS h
FROM t_ietp_durations GROUP BY g;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE two AS SELECT g, duration_histogram(x) AS h
FROM t_ietp_durations GROUP BY g;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT duration_histogram(x) FROM t_ietp_durations;
CREATE TEMP TABLE four AS SELECT g, duration_histogram(x) AS h
FROM t_ietp_durations GROUP BY g;
SELECT count(*) AS groups, count(*) FILTER (WHERE zero.h = sorted.h
	AND zero.h = two.h::text AND zero.h = four.h::text) AS equal
FROM zero JOIN sorted USING (g) JOIN two USING (g) JOIN four USING (g);
RESET max_parallel_workers_per_gather;

-- Windows that move say of their rows what these alone would; some rows are
-- NULL, some far larger than others, and some frames empty.
CREATE TABLE t_ietp_moving AS
SELECT n, CASE WHEN n % 17 = 0 THEN NULL WHEN n % 50 = 0 THEN 1e15
	ELSE (n * 7919 % 1009) / 8.0 END::double precision AS x
FROM generate_series(1, 600) AS n;
SELECT w.width, count(*) AS frames, count(*) FILTER (WHERE w.h::text = f.h::text
	OR w.h IS NULL AND f.h IS NULL) AS equal
FROM (SELECT 5 AS width, n, duration_histogram(x) OVER (ORDER BY n
		ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING) AS h FROM t_ietp_moving
	UNION ALL
	SELECT 64, n, duration_histogram(x) OVER (ORDER BY n
		ROWS BETWEEN 64 PRECEDING AND 1 PRECEDING) FROM t_ietp_moving
	UNION ALL
	SELECT 200, n, duration_histogram(x) OVER (ORDER BY n
		ROWS BETWEEN 200 PRECEDING AND 1 PRECEDING) FROM t_ietp_moving) AS w
JOIN LATERAL (SELECT duration_histogram(x) AS h FROM t_ietp_moving AS m
	WHERE m.n BETWEEN w.n - w.width AND w.n - 1) AS f ON true
GROUP BY w.width ORDER BY w.width;
SELECT count(*) AS frames, count(*) FILTER (WHERE w.h::text = f.h::text
	OR w.h IS NULL AND f.h IS NULL) AS equal
FROM (SELECT n, duration_histogram(make_interval(secs => x)) OVER (ORDER BY n
		ROWS BETWEEN 100 PRECEDING AND CURRENT ROW) AS h
	FROM t_ietp_moving WHERE x < 1e6 OR x IS NULL) AS w
JOIN LATERAL (SELECT duration_histogram(make_interval(secs => x)) AS h
	FROM (SELECT x FROM t_ietp_moving AS m
		WHERE m.n <= w.n AND (x < 1e6 OR x IS NULL)
		ORDER BY n DESC LIMIT 101) AS m) AS f ON true;
-- Frames that begin with NULLs, or hold nothing else
SELECT n, (histogram_summary(duration_histogram(x) OVER (ORDER BY n
	ROWS BETWEEN 1 PRECEDING AND CURRENT ROW))).*
FROM (VALUES (1, NULL::double precision), (2, NULL), (3, 5), (4, NULL),
	(5, NULL), (6, NULL)) AS v (n, x);

-- Merging adds, subtraction takes away.
SELECT count(*) AS groups, count(*) FILTER (WHERE merged = whole) AS merged,
	count(*) FILTER (WHERE added = whole) AS added
FROM (SELECT g, duration_histogram_merge(h ORDER BY part)::text AS merged,
		(min(h::text) FILTER (WHERE part = 0)::duration_histogram
			OPERATOR(ietp.+)
			min(h::text) FILTER (WHERE part = 1)::duration_histogram)::text
			AS added
	FROM (SELECT g, n % 2 AS part, duration_histogram(x) AS h
		FROM t_ietp_durations WHERE g > 1 GROUP BY g, n % 2) AS s
	GROUP BY g) AS m
JOIN (SELECT g, duration_histogram(x)::text AS whole
	FROM t_ietp_durations GROUP BY g) AS w USING (g);
SELECT count(*) AS groups, count(*) FILTER (WHERE s.count = t.count
	AND s.sum = t.sum AND s.min <= t.min AND s.min >= t.min * 127 / 128
	AND s.max >= t.max AND s.max <= t.max * 129 / 128
	AND (NOT s.exact OR s = t)) AS equal,
	count(*) FILTER (WHERE s.exact) AS exact
FROM (SELECT g, duration_histogram(x) AS whole,
		duration_histogram(x) FILTER (WHERE n % 3 = 0) AS part,
		duration_histogram(x) FILTER (WHERE n % 3 > 0) AS rest
	FROM t_ietp_durations WHERE g > 3 GROUP BY g) AS q,
	histogram_summary(whole OPERATOR(ietp.-) part) AS s,
	histogram_summary(rest) AS t;
SELECT histogram_summary(h OPERATOR(ietp.-) h) AS nothing,
	histogram_percentile(h OPERATOR(ietp.-) h, 0.5) AS no_percentile
FROM (SELECT duration_histogram(x) AS h FROM t_ietp_durations
	WHERE g IN (20, 131) GROUP BY g) AS q;
SELECT a OPERATOR(ietp.-) b
FROM (SELECT duration_histogram(x) FILTER (WHERE g = 20) AS a,
		duration_histogram(x) FILTER (WHERE g = 21) AS b
	FROM t_ietp_durations) AS q;
\echo :LAST_ERROR_SQLSTATE
SELECT a OPERATOR(ietp.-) b
FROM (SELECT duration_histogram(x) FILTER (WHERE g = 131) AS a,
		duration_histogram(x) FILTER (WHERE g = 21) AS b
	FROM t_ietp_durations) AS q;
SELECT duration_histogram_merge(h) FROM (
	SELECT duration_histogram(1) AS h UNION ALL
	SELECT duration_histogram(interval '1 s')) AS q;
\echo :LAST_ERROR_SQLSTATE
-- Of a sum of which nothing is left, the bounds still hold.
SELECT count(*) AS subtractions, count(*) FILTER (WHERE d.sum
	BETWEEN d.count * d.min AND d.count * d.max) AS bounded
FROM (SELECT duration_histogram(x) AS whole,
		duration_histogram(x) FILTER (WHERE x > 1) AS large
	FROM (SELECT 10::double precision ^ (s + n % 3) AS x
		FROM generate_series(1, 70) AS n, unnest('{-25,24}'::int[]) AS s
		UNION ALL SELECT 1e-30) AS q) AS h,
	histogram_summary(whole OPERATOR(ietp.-) large) AS d;
-- More than 32 bits count.
SELECT s.* FROM (SELECT '\x02'::text) AS q, LATERAL (
	SELECT h OPERATOR(ietp.+) h OPERATOR(ietp.+) h
	FROM (SELECT ('\x010200' || '80000000ffffffff' || repeat(
		'3ff0000000000000', 2) || '41efffffffe00000' || '0000000000000000'
		|| '7fe00000ffffffff')::duration_histogram AS h) AS r) AS t (h),
	histogram_summary(h) AS s;

-- What there is nothing of, and what is no duration.
SELECT duration_histogram(x) AS of_nothing
FROM generate_series(1, 0) AS x;
SELECT duration_histogram(NULL::interval) AS of_nulls
FROM generate_series(1, 3) AS x;
SELECT duration_histogram(x) AS one FROM generate_series(7, 7) AS x;
SELECT duration_histogram(-x) FROM generate_series(1, 3) AS x;
\echo :LAST_ERROR_SQLSTATE
SELECT histogram_summary(duration_histogram('-0'::double precision));
SELECT duration_histogram('NaN'::double precision);
SELECT duration_histogram('Infinity'::double precision);
SELECT duration_histogram(interval '-1 us');
SELECT duration_histogram(interval '300 years');
\echo :LAST_ERROR_SQLSTATE
SELECT duration_histogram(1e308) FROM generate_series(1, 100);
\echo :LAST_ERROR_SQLSTATE
SELECT histogram_percentile(duration_histogram(1), 1.1);
\echo :LAST_ERROR_SQLSTATE
SELECT histogram_percentiles(duration_histogram(1), '{}') AS none,
	histogram_percentiles(duration_histogram(1), '{{NULL},{1}}') AS shape;
SELECT histogram_at_most(duration_histogram(1), 'NaN');

-- Every byte of a stored one changed: refused, or it answers.
CREATE FUNCTION t_ietp_try(value text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	h ietp.duration_histogram := value::ietp.duration_histogram;
BEGIN
	PERFORM ietp.histogram_summary(h),
		ietp.histogram_percentiles(h, '{0,0.1,0.5,0.9,1}'),
		ietp.histogram_at_most(h, 5),
		(SELECT count(*) FROM ietp.histogram_buckets(h)),
		h OPERATOR(ietp.+) h, h OPERATOR(ietp.-) h;
	RETURN 'answers';
EXCEPTION WHEN numeric_value_out_of_range THEN
	RETURN 'answers';
END
$$;
CREATE FUNCTION t_ietp_read(value text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN t_ietp_try(value);
EXCEPTION WHEN SQLSTATE 'IE512' THEN
	RETURN 'refused';
END
$$;
SELECT bool_and(t_ietp_read(s.h) = 'answers') AS unchanged,
	bool_and(t.result IN ('refused', 'answers')) AS survived,
	bool_or(t.result = 'refused') AS some_refused
FROM (SELECT duration_histogram(x)::text AS h FROM t_ietp_durations
	WHERE g IN (5, 66) GROUP BY g) AS s, LATERAL (SELECT s.h::bytea) AS v (b),
	generate_series(0, length(b) - 1) AS i,
	unnest('{1,128,255}'::int[]) AS d,
	LATERAL (SELECT t_ietp_read('\x' || encode(set_byte(b, i,
		(get_byte(b, i) + d) % 256), 'hex'))) AS t (result);
SELECT bool_and(t_ietp_read('\x' || encode(substr(b, 1, n), 'hex'))
	= 'refused') AS cut
FROM (SELECT duration_histogram(x)::text::bytea AS b FROM t_ietp_durations
	WHERE g = 70) AS s, generate_series(0, length(b) - 1) AS n;

DROP TABLE t_ietp_durations, t_ietp_moving;
DROP FUNCTION t_ietp_exact, t_ietp_try, t_ietp_read;
