-- How long cases were in each status, in a database of its own.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_ietp_dwell;
DROP ROLE IF EXISTS regress_dwell_owner;
CREATE ROLE regress_dwell_owner NOLOGIN;
CREATE DATABASE regress_ietp_dwell TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
ALTER DATABASE regress_ietp_dwell SET lc_messages = 'C';
SELECT current_database() AS main_database \gset
\c regress_ietp_dwell
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_dwell_owner');
SET search_path = public, ietp;
SET TimeZone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
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

-- By hand.  Moves at one moment are ordered by their number; one into the
-- status that the case is in is no entry.
CREATE TABLE few (status text, since timestamptz, n bigint);
INSERT INTO few VALUES ('open', '2021-03-01 10:00', 1),
	('asked', '2021-03-01 12:00', 2), ('open', '2021-03-02 12:00', 4),
	('waiting', '2021-03-02 12:00', 3), ('open', '2021-03-03 12:00', 5),
	('closed', '2021-03-05', 6), (NULL, '2021-03-05', 7), ('x', NULL, 8);
SELECT s.* FROM (SELECT time_in_status(status, since, n, '2021-03-06 01:00')
	AS t FROM few) AS x, unnest(x.t) AS s;
SELECT s.* FROM (SELECT time_in_status(status, since, n, NULL) AS t FROM few)
	AS x, unnest(x.t) AS s;
-- What comes after the end is left out.
SELECT s.* FROM (SELECT time_in_status(status, since, n, '2021-03-02 12:00')
	AS t FROM few) AS x, unnest(x.t) AS s;
SELECT time_in_status(status, since, n, '2021-03-01 10:00') FROM few;
SELECT time_in_status(status, since, n, '2021-03-01') FROM few;
SELECT time_in_status(status, since, n, '2021-03-01') FROM few WHERE false;
SELECT time_in_status(status, since, n, NULL) FROM few WHERE n = 2;
SELECT time_in_status('x', since, n, '2021-03-06'),
	time_in_status('', since, n, '2021-03-06') FROM few;
SELECT time_in_status('x', '4714-11-24 00:00:00+00 BC', 1,
	'294276-12-31 23:59:59.999999+00');
SELECT pg_temp.outcome('SELECT ' || v.call || ' FROM few') FROM (VALUES
	('time_in_status(status, since, n, since)'),
	($$time_in_status(status, since, n, CASE WHEN n > 2 THEN
		timestamptz '2021-03-06' END)$$),
	($$time_in_status(status, since, NULL, '2021-03-06')$$),
	($$time_in_status(status, 'infinity', n, '2021-03-06')$$),
	($$time_in_status(status, since, n, '-infinity')$$),
	($$time_in_status(status, since, n, '2021-03-06', status)$$),
	($$time_in_status(status, since, n, '2021-03-06', CASE WHEN n > 2
		THEN 'CN' END)$$),
	($$time_in_status(status, since, n, '2021-03-06', 'nowhere')$$)) AS v (call);

-- Many cases, against window functions; working time against a sum over spans
CREATE TABLE moves AS
SELECT c, n, 'status ' || floor(random() * 6 + n * 0 + c * 0) AS status,
	timestamptz '2021-01-04' + n * interval '1 day'
	+ floor(random() * 50) * interval '1 hour' AS since
FROM (SELECT setseed(0.75)) AS seed, generate_series(1, 300) AS c,
	generate_series(1, 20) AS n;
CREATE VIEW by_windows AS
SELECT c, status, count(*) FILTER (WHERE last IS DISTINCT FROM status)
	AS entries, sum(next - since) AS duration,
	sum(working_time(since, next, 'CN')) AS working_time
FROM (SELECT c, status, since, lag(status) OVER w AS last,
		COALESCE(lead(since) OVER w, '2021-02-01') AS next
	FROM moves WINDOW w AS (PARTITION BY c ORDER BY since, n)) AS m
GROUP BY c, status;
SELECT count(*), count(*) FILTER (WHERE t.entries = w.entries
		AND t.duration = w.duration AND t.working_time = w.working_time)
		AS equal,
	sum(t.working_time) > interval '1000 hours' AS many
FROM (SELECT c, time_in_status(status, since, n, '2021-02-01', 'CN') AS t
	FROM (SELECT * FROM moves ORDER BY random()) AS m GROUP BY c) AS x
CROSS JOIN unnest(x.t) AS t FULL JOIN by_windows AS w USING (c, status);
SELECT w.planned, w.result = (SELECT md5(string_agg(t::text, '' ORDER BY c))
	FROM (SELECT c, time_in_status(status, since, n, '2021-02-01', 'CN') AS t
		FROM moves GROUP BY c) AS x) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n, $$
	SELECT md5(string_agg(t::text, '' ORDER BY c)) FROM (
		SELECT c, time_in_status(status, since, n, '2021-02-01', 'CN') AS t
		FROM moves GROUP BY c) AS x$$) AS w;
SELECT w.planned, w.result = (
	SELECT time_in_status(status, since, n + c * 100, '2021-02-01')::text
	FROM moves) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	$$SELECT time_in_status(status, since, n + c * 100, '2021-02-01')
	FROM moves$$) AS w;
-- Of several cases: the sum over them
SELECT count(*), count(*) FILTER (WHERE s.entries = w.entries
	AND s.duration = w.duration) AS equal
FROM (SELECT t.status, sum(t.entries) AS entries, sum(t.duration) AS duration
	FROM (SELECT time_in_status(status, since, n, '2021-02-01') AS t
		FROM moves GROUP BY c) AS x, unnest(x.t) AS t GROUP BY t.status) AS s
JOIN (SELECT status, sum(entries) AS entries, sum(duration) AS duration
	FROM by_windows GROUP BY status) AS w USING (status);
-- As of each move of one case
SELECT n, time_in_status(status, since, n, NULL) OVER (ORDER BY n) FROM few
WHERE n < 4;

--
-- The desk
--
SELECT * FROM helpline.time_in_status('2021-01-01', '2022-01-01');
SELECT v.call, pg_temp.outcome('SELECT * FROM helpline.time_in_status('
	|| v.call || ')')
FROM (VALUES ($$NULL, '2022-01-01'$$), ($$'2021-01-01', NULL$$),
	($$'2021-01-01', '2021-01-01'$$), ($$'-infinity', '2021-01-01'$$),
	($$'2021-01-01', 'infinity'$$), ($$'2021-01-01', '2022-01-01', 'XX'$$))
	AS v (call);
-- Imported cases have been in their status since then.
SELECT helpline.open_batch('d', 'cases', 'CN', 'd');
INSERT INTO desk.staged_cases (source_id, opened_at) VALUES
	('1', '2021-03-01 10:00+08'), ('2', '2021-03-31 22:00+08');
INSERT INTO desk.staged_cases (source_id, opened_at, closed_at) VALUES
	('3', '2021-03-01 10:00+08', '2021-03-10 10:00+08');
SELECT loaded FROM helpline.import_cases('d');
SELECT status, cases, entries, duration, working_time, data
FROM helpline.time_in_status('2021-03-01', '2021-04-01');
SELECT status, cases, entries, duration, working_time
FROM helpline.time_in_status('2021-03-01', '2021-04-01', 'CN');
SELECT status, cases, entries, duration, working_time
FROM helpline.time_in_status('2021-04-01', '2021-04-02');
SELECT count(*) FROM helpline.time_in_status('2021-03-01', '2021-04-01', 'VN');
-- Up to now, where the period ends later
SELECT status, sum(duration) IS NOT NULL AS lasts, sum(entries) AS entries
FROM helpline.time_in_status('2021-03-01', current_date + 2) GROUP BY status;
-- Nothing has happened yet in a period to come.
SELECT count(*)
FROM helpline.time_in_status(current_date + 10, current_date + 20);

BEGIN;
CREATE ROLE regress_auditor NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) FROM (VALUES
	('auditor', 'regress_auditor'::name), ('analyst', 'regress_analyst'))
	AS v (kind, role);
SET LOCAL ROLE regress_auditor;
SELECT status, cases, duration
FROM helpline.time_in_status('2021-03-01', '2021-04-01');
RESET ROLE;
-- Who does not see the history of cases
SET LOCAL ROLE regress_analyst;
SELECT pg_temp.outcome($$SELECT helpline.time_in_status('2021-03-01',
	'2021-04-01')$$);
RESET ROLE;
ROLLBACK;

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_dwell;
DROP ROLE regress_dwell_owner;
