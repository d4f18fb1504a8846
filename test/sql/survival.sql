\set SHOW_CONTEXT never
-- Kaplan-Meier estimates; the oracles are published ones and plain SQL.
SET search_path = public, ietp;
SET datestyle = ISO;
SET extra_float_digits = 0;

-- Remission times of 6-mercaptopurine and placebo (Freireich and others,
-- 1963), in weeks; negative: still in remission when last seen.
CREATE TABLE t_ietp_remission AS
SELECT 'drug' AS arm, x FROM unnest('{6,6,6,-6,7,-9,10,-10,-11,13,16,-17,-19,
	-20,22,23,-25,-32,-32,-34,-35}'::double precision[]) AS x
UNION ALL
SELECT 'placebo', x FROM unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,
	22,23}'::double precision[]) AS x;
SELECT arm, s.* FROM (SELECT arm, survival(abs(x), x > 0) AS sample
	FROM t_ietp_remission GROUP BY arm) AS q, survival_summary(sample) AS s
ORDER BY arm;
SELECT c.duration, at_risk, ended, censored, round(survival::numeric, 4) AS s,
	round(std_error::numeric, 4) AS se, round(lower::numeric, 4) AS lower,
	round(upper::numeric, 4) AS upper, round(plain_lower::numeric, 4) AS plain,
	round(plain_upper::numeric, 4) AS plain_upper
FROM (SELECT survival(abs(x), x > 0) AS sample FROM t_ietp_remission
	WHERE arm = 'drug') AS q, survival_curve(sample) AS c;
SELECT survival_quantiles(sample, '{0.25,0.5,0.9,NULL}') AS quantiles,
	survival_at(sample, 10) AS at_10, survival_at(sample, 9.99) AS before,
	survival_at(sample, 35) AS at_35, survival_at(sample, 36) AS beyond
FROM (SELECT survival(abs(x), x > 0) AS sample FROM t_ietp_remission
	WHERE arm = 'drug') AS q;
SELECT round(observed::numeric, 2) AS observed,
	round(expected::numeric, 2) AS expected,
	round(chi_square::numeric, 2) AS chi_square,
	round(p_value::numeric, 7) AS p_value
FROM (SELECT survival(abs(x), x > 0) FILTER (WHERE arm = 'drug') AS a,
		survival(abs(x), x > 0) FILTER (WHERE arm = 'placebo') AS b
	FROM t_ietp_remission) AS q, log_rank(a, b);

-- Against window functions, on groups with ties, one row and all sizes.
CREATE TABLE t_ietp_samples AS
SELECT g, n, (n * 7919 + g * 104729) % (20 + g * 5) AS d,
	(n * 31 + g) % 7 > 1 AS e
FROM generate_series(1, 40) AS g,
	generate_series(1, CASE WHEN g < 40 THEN g ELSE 4000 END) AS n
ORDER BY hashint4(n * 50 + g);
CREATE INDEX ON t_ietp_samples (g, d);
ALTER TABLE t_ietp_samples SET (parallel_workers = 4);
ANALYZE t_ietp_samples;
CREATE FUNCTION t_ietp_curve(group_no integer, OUT d integer,
	OUT at_risk numeric, OUT ended numeric, OUT survival numeric,
	OUT greenwood numeric)
RETURNS SETOF record
LANGUAGE sql AS $$
	SELECT d, at_risk, ended,
		CASE WHEN bool_or(ended = at_risk) OVER w THEN 0
			ELSE exp(sum(CASE WHEN ended < at_risk
				THEN ln(1 - ended / at_risk) END) OVER w) END,
		sum(CASE WHEN ended < at_risk
			THEN ended / (at_risk * (at_risk - ended)) END) OVER w
	FROM (SELECT d, count(*) FILTER (WHERE e)::numeric AS ended,
			(sum(count(*)) OVER (ORDER BY d DESC))::numeric AS at_risk
		FROM t_ietp_samples WHERE g = group_no GROUP BY d) AS t
	WINDOW w AS (ORDER BY d)
$$;
CREATE TABLE t_ietp_kept AS
SELECT g, survival(d, e) AS sample FROM t_ietp_samples GROUP BY g;
SELECT count(*) AS times,
	count(*) FILTER (WHERE c.at_risk = o.at_risk AND c.ended = o.ended
		AND abs(c.survival - o.survival) < 1e-12
		AND (o.survival = 0 AND c.std_error IS NULL
			OR abs(c.std_error - o.survival * sqrt(o.greenwood)) < 1e-12)
		AND (o.survival IN (0, 1) AND c.lower IS NULL
			OR abs(c.lower - power(o.survival, exp(-1.959963984540054
				* sqrt(o.greenwood) / ln(o.survival)))) < 1e-11)) AS equal
FROM t_ietp_kept AS k, survival_curve(sample) AS c,
	t_ietp_curve(g) AS o
WHERE o.d = c.duration;
SELECT count(*) AS quantiles, count(*) FILTER (
	WHERE survival_quantiles(sample, ARRAY[p])
		IS NOT DISTINCT FROM ARRAY[o.d]::double precision[]) AS equal,
	count(o.d) AS reached
FROM t_ietp_kept AS k, unnest('{0.1,0.25,0.5,0.75,0.9,0.99}'
		::double precision[]) AS p,
	LATERAL (SELECT min(d) AS d FROM t_ietp_curve(g) AS c
		WHERE c.ended > 0 AND c.survival <= 1 - p + 1e-12) AS o;
-- The area under the curve, step by step.
SELECT count(*) AS groups, count(*) FILTER (
	WHERE abs(m.mean - o.mean) < 1e-9
	AND abs(m.std_error - sqrt(o.variance)) < 1e-9
	OR m.mean IS NULL AND last < 30) AS equal
FROM t_ietp_kept AS k, survival_restricted_mean(sample, 30) AS m,
	LATERAL (WITH s AS (
		SELECT d, ended, at_risk, survival, LEAST(lead(d, 1, 30)
			OVER (ORDER BY d), 30) AS until FROM t_ietp_curve(g) WHERE d < 30
	), a AS (
		SELECT *, sum(survival * (until - d)) OVER (ORDER BY d DESC) AS area
		FROM s)
	SELECT COALESCE((SELECT min(d) FROM s)
			+ sum(survival * (until - d)), 30) AS mean,
		COALESCE(sum(CASE WHEN ended < at_risk THEN area * area * ended
			/ (at_risk * (at_risk - ended)) ELSE 0 END), 0) AS variance,
		(SELECT max(d) FROM t_ietp_samples AS t WHERE t.g = k.g) AS last
	FROM a) AS o
WHERE g > 2;
-- The log-rank test of two groups.
SELECT count(*) AS pairs, count(*) FILTER (
	WHERE abs(l.observed - o.observed) < 1e-9
	AND abs(l.expected - o.expected) < 1e-9
	AND abs(l.variance - o.variance) < 1e-9
	AND (o.variance = 0 AND l.chi_square IS NULL
		OR abs(l.chi_square - power(o.observed - o.expected, 2) / o.variance)
		< 1e-9)) AS equal
FROM t_ietp_kept AS a JOIN t_ietp_kept AS b ON b.g = a.g + 1,
	log_rank(a.sample, b.sample) AS l,
	LATERAL (SELECT sum(d1) AS observed, sum(d * n1 / n) AS expected,
			sum(CASE WHEN n > 1 THEN d * n1 / n * n2 / n * (n - d) / (n - 1)
				ELSE 0 END) AS variance
		FROM (SELECT (SELECT count(*) FROM t_ietp_samples AS s
					WHERE s.g = a.g AND s.d = t.d AND s.e)::numeric AS d1,
				(SELECT count(*) FROM t_ietp_samples AS s
					WHERE s.g IN (a.g, b.g) AND s.d = t.d AND s.e)::numeric
					AS d,
				(SELECT count(*) FROM t_ietp_samples AS s
					WHERE s.g = a.g AND s.d >= t.d)::numeric AS n1,
				(SELECT count(*) FROM t_ietp_samples AS s
					WHERE s.g = b.g AND s.d >= t.d)::numeric AS n2,
				(SELECT count(*) FROM t_ietp_samples AS s
					WHERE s.g IN (a.g, b.g) AND s.d >= t.d)::numeric AS n
			FROM (SELECT DISTINCT d FROM t_ietp_samples
				WHERE g IN (a.g, b.g) AND e) AS t) AS u) AS o
WHERE a.g < 39;

-- Neither the order of the rows nor who counts them makes a difference.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE two AS SELECT g, survival(d, e) AS s
FROM t_ietp_samples GROUP BY g;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT survival(d, e) FROM t_ietp_samples;
CREATE TEMP TABLE four AS SELECT g, survival(d, e) AS s
FROM t_ietp_samples GROUP BY g;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS groups, count(*) FILTER (WHERE k.sample::text = sorted::text
	AND k.sample::text = two.s::text AND k.sample::text = four.s::text
	AND k.sample::text = merged::text) AS equal
FROM t_ietp_kept AS k
JOIN (SELECT g, survival(d, e ORDER BY d, e) AS sorted
	FROM t_ietp_samples GROUP BY g) AS o USING (g)
JOIN (SELECT g, survival_merge(s) AS merged
	FROM (SELECT g, survival(d, e) AS s FROM t_ietp_samples
		GROUP BY g, n % 3) AS p GROUP BY g) AS m USING (g)
JOIN two USING (g) JOIN four USING (g);
SELECT count(*) AS frames, count(*) FILTER (WHERE w IS NOT DISTINCT FROM f)
	AS equal
FROM (SELECT n, survival_median(survival(d, e) OVER (ORDER BY n
		ROWS 15 PRECEDING)) AS w FROM t_ietp_samples WHERE g = 39) AS a,
	LATERAL (SELECT survival_median(survival(d, e)) AS f
		FROM t_ietp_samples AS b
		WHERE b.g = 39 AND b.n BETWEEN a.n - 15 AND a.n) AS b;

-- Intervals are told in seconds.
SELECT survival_median(survival(make_interval(days => d), e)) / 86400
		= survival_median(survival(d, e)) AS median,
	survival_at(survival(make_interval(days => d), e), 40 * 86400)
		= survival_at(survival(d, e), 40) AS at_40,
	(survival_restricted_mean(survival(make_interval(days => d), e),
		30 * 86400)).mean / 86400
		- (survival_restricted_mean(survival(d, e), 30)).mean < 1e-9 AS mean
FROM t_ietp_samples WHERE g = 40;

-- Nothing, one, all ended, none ended, all equal.
SELECT survival(1, true) FILTER (WHERE false) AS nothing,
	survival(NULL::interval, true) AS nulls, survival(1, NULL) AS unknown;
SELECT name, survival_median(s), survival_quantiles(s, '{0,1}'),
	survival_at(s, 5), survival_at(s, 6), survival_restricted_mean(s)
FROM (SELECT 'one ended', survival(5, true) UNION ALL
	SELECT 'one going', survival(5, false) UNION ALL
	SELECT 'none ended', survival(n, false) FROM generate_series(1, 9) AS n
	UNION ALL
	SELECT 'all equal', survival(5, true) FROM generate_series(1, 9) UNION ALL
	SELECT 'at once', survival(0, n < 4) FROM generate_series(1, 9) AS n)
	AS q (name, s);
SELECT log_rank(a, a) AS alike, log_rank(a, b) AS nobody_ended
FROM (SELECT survival(5, true) AS a, survival(3, false) AS b) AS q;
SELECT survival(-1, true);
\echo :LAST_ERROR_SQLSTATE
SELECT survival('NaN'::double precision, false);
SELECT survival('Infinity'::double precision, false);
SELECT survival(interval '-1 day', true);
SELECT survival_quantiles(survival(1, true), '{1.5}');
\echo :LAST_ERROR_SQLSTATE
SELECT survival_curve(survival(1, true), 1);
\echo :LAST_ERROR_SQLSTATE
SELECT survival_at(survival(1, true), -1);
\echo :LAST_ERROR_SQLSTATE
SELECT log_rank(survival(1, true), survival(interval '1 s', true));
\echo :LAST_ERROR_SQLSTATE

-- Every byte of a stored one changed: refused, or it answers.
CREATE FUNCTION t_ietp_read(value text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	s ietp.survival := value::ietp.survival;
BEGIN
	PERFORM ietp.survival_summary(s), ietp.survival_at(s, 5),
		ietp.survival_restricted_mean(s), ietp.log_rank(s, s),
		(SELECT count(*) FROM ietp.survival_curve(s));
	RETURN 'answers';
END
$$;
CREATE FUNCTION t_ietp_try(value text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN t_ietp_read(value);
EXCEPTION WHEN SQLSTATE 'IE512' THEN
	RETURN 'refused';
END
$$;
SELECT bool_and(t_ietp_try(s) = 'answers') AS unchanged,
	bool_and(result IN ('refused', 'answers')) AS survived,
	bool_or(result = 'refused') AS some_refused
FROM (SELECT sample::text AS s FROM t_ietp_kept WHERE g IN (3, 20)) AS q,
	LATERAL (SELECT s::bytea) AS v (b),
	generate_series(0, length(b) - 1) AS i, unnest('{1,128,255}'::int[]) AS d,
	LATERAL (SELECT t_ietp_try('\x' || encode(set_byte(b, i,
		(get_byte(b, i) + d) % 256), 'hex'))) AS c (result);
-- So many that they cannot be merged.
SELECT survival_merge(s)
FROM (SELECT '\x01030000100000000000000000000000000000'
	'7fe0000000000001fff0000000000000'::survival AS s) AS q;
\echo :LAST_ERROR_SQLSTATE

DROP TABLE t_ietp_samples, t_ietp_kept, t_ietp_remission;
DROP FUNCTION t_ietp_curve, t_ietp_read, t_ietp_try;
