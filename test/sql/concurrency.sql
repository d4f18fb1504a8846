-- How many calls go on at once, and how many cases are open.
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

-- By hand: one ends as another begins; one of no length counts nowhere; one
-- goes on.
CREATE TEMP TABLE few (since timestamptz, until timestamptz);
INSERT INTO few VALUES ('2021-03-01 10:00', '2021-03-01 11:00'),
	('2021-03-01 11:00', '2021-03-01 12:00'),
	('2021-03-01 10:30', '2021-03-01 11:30'),
	('2021-03-01 11:10', '2021-03-01 11:10'),
	('2021-03-02 10:00', NULL), (NULL, '2021-03-02 10:00'), (NULL, NULL);
SELECT (peak_concurrency(since, until)).* FROM few;
SELECT (peak_concurrency(since, until)).* FROM few WHERE until IS NULL;
SELECT (peak_concurrency(since, until)).* FROM few WHERE since = until;
SELECT (peak_concurrency(since, until)).* FROM few WHERE since IS NULL;
SELECT (peak_concurrency(since, until)).* FROM few WHERE false;
SELECT (peak_concurrency(v.since, v.until)).* FROM (VALUES
	(timestamptz '2021-03-01', timestamptz '2021-03-02'),
	('-infinity', '2021-03-03'), ('2021-03-01', 'infinity'),
	('infinity', 'infinity'), ('infinity', NULL),
	('-infinity', '-infinity')) AS v (since, until);
SELECT (peak_concurrency('-infinity', 'infinity')).*;
-- As far as time goes
SELECT p.peak, p.at = timestamptz '4714-11-24 00:00:00+00 BC' AS first,
	p.until = timestamptz '294276-12-31 23:59:59.999999+00' AS last, p.busy
FROM (SELECT (peak_concurrency(timestamptz '4714-11-24 00:00:00+00 BC',
	'294276-12-31 23:59:59.999999+00')).*) AS p;
SELECT pg_temp.outcome(v.call) FROM (VALUES
	($$SELECT peak_concurrency('2021-03-02', '2021-03-01')$$),
	($$SELECT peak_concurrency('infinity', '2021-03-01')$$),
	($$SELECT peak_concurrency('2021-03-02', '-infinity')$$),
	($$SELECT backlog('2021-03-02', '2021-03-01', '{2021-03-03}')$$)) AS v (call);

-- What never ends is open at all times to come.
SELECT backlog('2021-03-01', closed, '{2021-02-01,infinity}')
FROM unnest('{NULL,infinity}'::timestamptz[]) AS closed;

-- Many, against a sum over windows, in groups with and without spans that go
-- on
CREATE TABLE spans AS
SELECT n % 24 AS g, n % 700 AS h, begun AS since,
	CASE WHEN n % 24 < 20 OR random() < 0.99 THEN begun
		+ floor(random() ^ 4 * 36000) * interval '1 second' END AS until
FROM (SELECT setseed(0.25)) AS seed, generate_series(1, 30000) AS n,
	LATERAL (SELECT timestamptz '2021-01-01'
		+ floor(random() * 1e6 + n * 0) * interval '1 second') AS b (begun);
CREATE FUNCTION pg_temp.by_windows(
	g integer, OUT peak bigint, OUT at timestamptz, OUT until timestamptz,
	OUT busy interval)
LANGUAGE sql
AS $$
	WITH changes AS (
		SELECT c.at, sum(c.d) AS change
		FROM spans AS s,
			LATERAL (VALUES (s.since, 1), (s.until, -1)) AS c (at, d)
		WHERE by_windows.g IN (-1, s.g) AND c.at IS NOT NULL
		GROUP BY c.at
	), counts AS (
		SELECT c.at, sum(c.change) OVER w AS running,
			lead(c.at) OVER w AS next
		FROM changes AS c WINDOW w AS (ORDER BY c.at)
	), top AS (
		SELECT c.running AS peak, c.at FROM counts AS c
		ORDER BY c.running DESC, c.at LIMIT 1
	)
	SELECT t.peak, t.at, (SELECT min(c.at) FROM counts AS c
			WHERE c.at > t.at AND c.running < t.peak),
		(SELECT sum(c.next - c.at) FROM counts AS c WHERE c.running > 0)
	FROM top AS t
$$;
SELECT count(*), count(*) FILTER (WHERE p = w) AS equal
FROM (SELECT s.g, (peak_concurrency(s.since, s.until)).* FROM spans AS s
	GROUP BY s.g) AS p (g, peak, at, until, busy),
	LATERAL (SELECT p.g, w.* FROM pg_temp.by_windows(p.g) AS w) AS w;
SELECT ROW(p.*) = ROW(w.*) AS equal, p.peak > 100 AS many
FROM (SELECT (peak_concurrency(since, until)).* FROM spans) AS p,
	pg_temp.by_windows(-1) AS w;

-- Whatever the order of the rows and the number of workers
SELECT count(DISTINCT r.p) AS results, min(r.n) AS orders
FROM (SELECT count(*) OVER () AS n, p.p FROM (
		SELECT peak_concurrency(since, until)::text AS p FROM (
			SELECT * FROM spans ORDER BY since) AS s
		UNION ALL SELECT peak_concurrency(since, until)::text FROM (
			SELECT * FROM spans ORDER BY until DESC) AS s
		UNION ALL SELECT peak_concurrency(since, until)::text FROM (
			SELECT * FROM spans ORDER BY random()) AS s
		UNION ALL SELECT peak_concurrency(since, until)::text
			FROM spans) AS p) AS r;
SELECT w.planned, (w.result::concurrency).peak = (
		SELECT (peak_concurrency(since, until)).peak FROM spans) AS peak,
	w.result = (SELECT peak_concurrency(since, until)::text FROM spans) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n,
	pg_temp.with_workers(n, 'SELECT peak_concurrency(since, until) FROM spans')
	AS w;

-- Over windows, each frame counted in SQL
CREATE TEMP TABLE row_of AS
SELECT row_number() OVER (ORDER BY since, until, h) AS i, since, until
FROM spans WHERE g = 21 AND since IS DISTINCT FROM until LIMIT 120;
SELECT count(*), count(*) FILTER (WHERE x.peak = x.counted) AS equal
FROM (
	SELECT (peak_concurrency(r.since, r.until) OVER (ORDER BY r.i
			ROWS 30 PRECEDING)).peak, (
		SELECT max(o.n) FROM (
			SELECT count(*) AS n FROM row_of AS a JOIN row_of AS b
				ON b.i BETWEEN r.i - 30 AND r.i AND b.since <= a.since
				AND COALESCE(b.until > a.since, true)
			WHERE a.i BETWEEN r.i - 30 AND r.i GROUP BY a.i) AS o) AS counted
	FROM row_of AS r) AS x;

-- Stored: merged, as text and as binary
SELECT peak_concurrency(m.s)::text = (
		SELECT peak_concurrency(since, until)::text FROM spans) AS equal
FROM (SELECT peak_concurrency_merge(p.s) AS s FROM (
	SELECT peak_concurrency_state(since, until) AS s FROM spans
	GROUP BY h UNION ALL SELECT NULL) AS p) AS m;
SELECT w.planned, w.result = (
		SELECT peak_concurrency(since, until)::text FROM spans) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	'SELECT peak_concurrency(peak_concurrency_state(since, until)) FROM spans')
	AS w;
SELECT s.s, peak_concurrency(s.s), peak_concurrency(s.s::text::concurrency_state)
FROM (SELECT peak_concurrency_state(since, until) AS s FROM few) AS s;
SELECT peak_concurrency_state(since, until), peak_concurrency(NULL)
FROM few WHERE since IS NULL;
SELECT peak_concurrency_state(since, until) AS s,
	peak_concurrency(peak_concurrency_state(since, until))
FROM few WHERE since = until;
SELECT peak_concurrency_merge(NULL::concurrency_state);
SELECT pg_temp.outcome(format('SELECT %L::concurrency_state', v))
FROM unnest('{"",hello,"\\x","\\x0104","\\x010401","\\x010400","\\x020401","\\x01040100","\\x0104010000000000000001",
	"\\x01040100000000000000020000000000000001","\\x01040100000000000000020000000000000002",
	"\\x01040100000000000000020000000000000003","\\x0104010000000000000000ffffffffffffffff"}'::text[]) AS v;
-- Every byte changed in every bit: an error, or a state that answers.
SELECT left(pg_temp.outcome(format(
		'SELECT peak_concurrency(%L::concurrency_state)',
		'\x' || encode(set_byte(b.b, i, get_byte(b.b, i) # (1 << bit)), 'hex'))),
	5) AS outcome, count(*) > 0 AS some
FROM (SELECT decode(substr(s::text, 3), 'hex') AS b FROM (
		SELECT peak_concurrency_state(since, until) AS s FROM few) AS s) AS b,
	generate_series(0, length(b.b) - 1) AS i, generate_series(0, 7) AS bit
GROUP BY 1 ORDER BY 1;

--
-- Backlog
--
SELECT backlog(since, until, '{2021-03-01 10:00,2021-03-01 11:00,
	2021-03-01 09:59:59.999999,NULL,2021-03-05,2021-03-01 11:00,infinity,
	-infinity}') FROM few;
SELECT backlog(since, until, '{{2021-03-01 10:30,NULL},
	{2021-03-02 12:00,2021-03-01 11:20}}') FROM few;
SELECT backlog(since, until, '[5:6]={2021-03-01 10:30,2021-03-05}') FROM few;
SELECT backlog(since, until, '{}'), backlog(since, until, '{NULL}') FROM few;
SELECT backlog(since, until, '{2021-03-01}') FROM few WHERE since IS NULL;
SELECT backlog(v.since, v.until, '{-infinity,2021-03-01,infinity}')
FROM (VALUES (timestamptz '-infinity', timestamptz 'infinity'),
	('-infinity', NULL), ('-infinity', '2021-03-01'), ('infinity', NULL),
	('infinity', 'infinity')) AS v (since, until);
SELECT pg_temp.outcome(v.call) FROM (VALUES
	($$SELECT backlog(since, until, NULL) FROM few$$),
	($$SELECT backlog(since, until, ARRAY[since]) FROM few$$),
	($$SELECT backlog(since, until, CASE WHEN until IS NOT NULL
		THEN '{2021-03-01}'::timestamptz[] END) FROM few$$)) AS v (call);
-- Many moments, in any order and some twice, against a count for each
CREATE TEMP TABLE moments AS
SELECT array_agg(m ORDER BY hashint4(n)) AS at
FROM (SELECT n, timestamptz '2020-12-31' + n % 300 * interval '1 hour' AS m
	FROM generate_series(1, 400) AS n) AS m;
SELECT count(*), count(*) FILTER (WHERE b.n = (
	SELECT count(*) FROM spans AS s WHERE s.g = b.g
	AND s.since <= b.at AND (s.until IS NULL OR b.at < s.until))) AS equal,
	sum(b.n) > 5000 AS many
FROM (SELECT g, backlog(since, until, (SELECT at FROM moments)) AS open
	FROM spans WHERE g > 21 GROUP BY g) AS x,
	LATERAL (SELECT x.g, u.* FROM unnest(x.open, (SELECT at FROM moments))
		AS u (n, at)) AS b;
SELECT w.planned, w.result = (SELECT backlog(since, until,
		(SELECT at FROM moments))::text FROM spans) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n, format(
	'SELECT backlog(since, until, %L) FROM spans', (SELECT at FROM moments)))
	AS w;
SELECT i, backlog(since, until, '{2021-01-03,2021-01-05}')
	OVER (ORDER BY i ROWS 1 PRECEDING) = ARRAY[
		count(*) FILTER (WHERE since <= '2021-01-03' AND (until IS NULL
			OR until > '2021-01-03')) OVER (ORDER BY i ROWS 1 PRECEDING),
		count(*) FILTER (WHERE since <= '2021-01-05' AND (until IS NULL
			OR until > '2021-01-05')) OVER (ORDER BY i ROWS 1 PRECEDING)]
	AS equal
FROM row_of WHERE i < 6;
DROP TABLE spans;
