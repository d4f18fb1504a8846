-- The demonstration, in a database of its own.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_ietp_demonstration;
DROP ROLE IF EXISTS regress_demonstration_owner;
CREATE ROLE regress_demonstration_owner NOLOGIN;
CREATE DATABASE regress_ietp_demonstration TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
ALTER DATABASE regress_ietp_demonstration SET lc_messages = 'C';
SELECT current_database() AS main_database \gset
\c regress_ietp_demonstration
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = ISO;
SET TimeZone = 'America/New_York';
SET search_path = public, ietp;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_demonstration_owner');

-- Real calls and cases keep it out, and nothing of it stays.
BEGIN;
SELECT (helpline.record_call('VN', 'zalo', 'test')).substantive;
SELECT * FROM helpline.load_demonstration();
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
SELECT helpline.open_batch('x', 'cases', 'CN', 'x');
INSERT INTO desk.staged_cases (source_id, opened_at) VALUES ('1', '2021-01-01');
SELECT loaded FROM helpline.import_cases('x');
SELECT * FROM helpline.load_demonstration();
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
SELECT count(*) FROM desk.factories;
-- Only an administrator loads it.
BEGIN;
CREATE ROLE regress_boss NOLOGIN;
SELECT ietp.grant_role('supervisor', 'regress_boss') > 0 AS granted;
SET LOCAL ROLE regress_boss;
SELECT * FROM helpline.load_demonstration();
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

SELECT * FROM helpline.load_demonstration();
-- Rows that are copied now do not fall into it.
SHOW ietp_helpline.import_batch;

-- What was published of the first half of 2021, counted without the report
SELECT count(*) AS calls, round(count(*) / 6.0) AS calls_a_month
FROM desk.calls
WHERE received_at AT TIME ZONE CASE line WHEN 'CN' THEN 'Asia/Shanghai'
	WHEN 'VN' THEN 'Asia/Ho_Chi_Minh' END >= '2021-01-01'
AND received_at AT TIME ZONE CASE line WHEN 'CN' THEN 'Asia/Shanghai'
	WHEN 'VN' THEN 'Asia/Ho_Chi_Minh' END < '2021-07-01';
SELECT count(*) AS cases_escalated FROM desk.cases
WHERE escalated_on BETWEEN '2021-01-01' AND '2021-06-30';
SELECT line, count(*) AS calls, min(received_on), max(received_on)
FROM desk.calls GROUP BY line ORDER BY line;
SELECT line, count(*) AS cases, min(opened_on), max(opened_on),
	count(closed_on) AS closed, max(closed_on) AS last_closed,
	count(escalated_on) AS escalated
FROM desk.cases GROUP BY line ORDER BY line;
SELECT sum(workers) AS workers, count(*) AS factories,
	count(*) FILTER (WHERE workers <= 0) AS empty FROM desk.headcounts;
SELECT (SELECT count(*) FILTER (WHERE NOT synthetic) FROM desk.calls) AS calls,
	(SELECT count(*) FILTER (WHERE NOT synthetic) FROM desk.cases) AS cases,
	(SELECT count(*) FILTER (WHERE NOT synthetic) FROM desk.factories)
		AS factories;
SELECT count(*) AS refused FROM desk.refused_rows;
SELECT (SELECT count(*) FROM desk.staged_calls)
	+ (SELECT count(*) FROM desk.staged_cases) AS staged;
-- It hangs together: each case begins with a grievance of its own line and
-- factory, and neither ends before it begins.
SELECT count(*) AS cases, count(DISTINCT k.call_ref) AS calls,
	count(*) FILTER (WHERE k.purpose = 'grievance' AND k.line = c.line
		AND k.factory IS NOT DISTINCT FROM c.factory
		AND k.received_on = c.opened_on) AS matching
FROM desk.cases AS c JOIN desk.case_calls USING (case_ref)
JOIN desk.calls AS k USING (call_ref);
SELECT count(*) FROM desk.calls
WHERE extract(hour FROM received_at AT TIME ZONE CASE line
	WHEN 'CN' THEN 'Asia/Shanghai' ELSE 'Asia/Ho_Chi_Minh' END)
	NOT BETWEEN 11 AND 20;
SELECT count(*) FROM desk.calls AS c JOIN desk.factories AS f USING (factory)
WHERE f.country <> c.line;

SELECT * FROM helpline.half_year_snapshot(2021, 1);
SELECT * FROM helpline.half_year_snapshot(2021, 1, 'VN') WHERE section = 'total';
SELECT * FROM helpline.ageing('2021-06-30');

-- A second time nothing changes.
CREATE TEMP TABLE before AS
SELECT (SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM desk.calls AS t)
		AS calls,
	(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM desk.cases AS t)
		AS cases,
	(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM desk.issues AS t)
		AS issues,
	(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM desk.events AS t)
		AS events,
	(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.factories AS t) AS factories,
	(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.headcounts AS t) AS headcounts;
SELECT * FROM helpline.load_demonstration();
SELECT calls = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.calls AS t) AS calls,
	cases = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.cases AS t) AS cases,
	issues = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.issues AS t) AS issues,
	events = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.events AS t) AS events,
	factories = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.factories AS t) AS factories,
	headcounts = (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
		FROM desk.headcounts AS t) AS headcounts
FROM before;

SELECT helpline.open_batch('real', 'calls', 'CN', 'real system');
SELECT count(*) AS batches FROM helpline.load_demonstration();
SHOW ietp_helpline.import_batch;

-- Every other time and place gives the same figures.
CREATE TEMP TABLE figures AS SELECT * FROM helpline.half_year_snapshot(2021, 1);
BEGIN;
SET LOCAL client_min_messages = error;
CALL ietp.drop_desk();
CALL ietp.create_desk('regress_demonstration_owner');
SET LOCAL TimeZone = 'Pacific/Kiritimati';
SET LOCAL datestyle = 'German';
SELECT count(*) AS batches FROM helpline.load_demonstration();
SELECT count(*) AS figures, count(*) FILTER (WHERE f IS DISTINCT FROM g)
	AS different
FROM (SELECT row_number() OVER () AS n, f.* FROM figures AS f) AS f
FULL JOIN (SELECT row_number() OVER () AS n, g.*
	FROM helpline.half_year_snapshot(2021, 1) AS g) AS g USING (n);
ROLLBACK;

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_demonstration;
DROP ROLE regress_demonstration_owner;
