-- A session lays a desk, whose tables are empty then, imports 100,000 cases
-- and moves some of them.  Whatever it has planned by then, no step of a move
-- may read a table from end to end.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT current_database() AS main_database \gset
CREATE ROLE regress_session_owner NOLOGIN;
CREATE DATABASE regress_ietp_session TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
\c regress_ietp_session
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public, ietp;
SET datestyle = ISO;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_session_owner');
-- Nobody tells the planner meanwhile that tables have grown.
DO $$
DECLARE
	t regclass;
BEGIN
	FOR t IN SELECT oid FROM pg_class
		WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'
	LOOP
		EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', t);
	END LOOP;
END
$$;
SELECT FROM helpline.set_factory('F-1', 'CN');

-- One case on its whole road.  It fails where a step is refused.
CREATE FUNCTION pg_temp.take(c ietp.case_ref)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	remedy integer;
	step record;
	m record;
BEGIN
	FOR step IN SELECT * FROM (VALUES
			('triage', '{"retaliation_risk": false, "identity_mode": "anonymous"}'),
			('ask_consent', NULL), ('contact_factory', '{"factory": "F-1"}'),
			('begin_remediation', NULL), ('begin_verification', NULL),
			('resolve', NULL), ('appeal', NULL), ('begin_inquiry', NULL))
			AS v (action, fields) LOOP
		IF step.action = 'contact_factory' THEN
			PERFORM helpline.record_consent(c, 'contact_factory',
				recipient => 'F-1', wording_version => '1',
				language => 'zh');
		ELSIF step.action = 'begin_remediation' THEN
			PERFORM helpline.record_factory_contact(c, 'email', '{topic}');
			SELECT p.n INTO remedy
			FROM helpline.promise_remedy(c, 'wages_paid') AS p;
		ELSIF step.action = 'begin_verification' THEN
			PERFORM helpline.deliver_remedy(c, remedy);
		ELSIF step.action = 'resolve' THEN
			PERFORM helpline.verify_remedy(c, remedy, 'worker');
			PERFORM helpline.record_action(c, 'worker_informed');
		END IF;
		PERFORM FROM helpline.next_actions(c);
		SELECT * INTO m FROM helpline.transition_case(c, step.action,
			fields => step.fields::jsonb,
			note => CASE WHEN step.action = 'appeal' THEN 'less' END);
		IF NOT m.accepted THEN
			RAISE EXCEPTION '%: %', step.action, m.rule;
		END IF;
	END LOOP;
	-- Refused by every kind of record guard
	FOR step IN SELECT r AS reason FROM unnest('{not_substantiated,withdrawn,unreachable,referred,out_of_scope,duplicate}'::text[]) AS r LOOP
		SELECT * INTO m FROM helpline.transition_case(c, 'close',
			reason => step.reason);
		IF m.accepted THEN
			RAISE EXCEPTION '% was accepted', step.reason;
		END IF;
	END LOOP;
	PERFORM helpline.withdraw_consent(c, 'contact_factory');
	PERFORM helpline.recommend(c, 'wages.late', 'Pay in time.', '2121-01-01');
	PERFORM FROM helpline.case_history(c);
	SELECT * INTO m FROM helpline.transition_case(c, 'close',
		reason => 'advised');
	SELECT * INTO m FROM helpline.transition_case(c, 'reopen',
		reason => 'new_information');
	IF NOT m.accepted THEN
		RAISE EXCEPTION 'reopen: %', m.rule;
	END IF;
END
$$;
-- Everything is planned while there are a few cases.
SELECT call_ref FROM helpline.record_call('CN', 'phone_in', 'grievance',
	language => 'zh', factory => 'F-1') \gset
SELECT n FROM helpline.raise_issue(:'call_ref', 'wages.late');
SELECT case_ref FROM helpline.open_case(:'call_ref') \gset
SELECT pg_temp.take(:'case_ref') IS NOT NULL AS done;
SELECT pg_temp.take(c.case_ref) IS NOT NULL AS done
FROM generate_series(1, 6) AS i,
	LATERAL helpline.open_case(:'call_ref', workers_affected => i) AS c;

-- From here on the planner knows that these two are small, so that plans to
-- look up in them what a foreign key refers to read them from end to end, and
-- after some more cases such plans are saved.  The import has them made anew,
-- or it would take many minutes.
ANALYZE desk.calls, desk.cases;
SELECT pg_temp.take(c.case_ref) IS NOT NULL AS done
FROM generate_series(1, 6) AS i,
	LATERAL helpline.open_case(:'call_ref', workers_affected => i) AS c;

-- 100,000 more
SELECT helpline.open_batch('history', 'cases', 'CN', 'old system');
INSERT INTO desk.staged_cases (source_id, opened_at, closed_at, factory, topics,
	severity, closing_reason)
SELECT i, timestamp '2015-01-01 09:00' + i * interval '30 minutes',
	CASE WHEN i % 2 = 0 THEN '2021-01-01' END, 'F-1', 'wages.late',
	'moderate', CASE WHEN i % 2 = 0 THEN 'resolved' END
FROM generate_series(1, 100000) AS i;
SELECT rows_read, loaded, refused FROM helpline.import_cases('history');
SELECT status, cycle, lifecycle_version, count(*) FROM desk.cases
WHERE source IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1;
SELECT count(*) AS issues FROM desk.case_issues;

-- Full scans, and rows read by them, so far
CREATE FUNCTION pg_temp.scans()
RETURNS TABLE (name text, scans bigint, rows bigint)
LANGUAGE sql
AS $$
	SELECT s.relname::text, s.seq_scan, s.seq_tup_read
	FROM pg_stat_user_tables AS s WHERE s.schemaname IN ('desk', 'ietp')
$$;
CREATE TEMP TABLE moved AS
SELECT case_ref FROM desk.cases WHERE source = 'old system'
AND closed_at IS NULL ORDER BY opened_at LIMIT 20;
SET stats_fetch_consistency = none;
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.scans();
SELECT count(pg_temp.take(case_ref)) AS moved FROM moved;
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
CREATE TEMP TABLE after AS SELECT * FROM pg_temp.scans();
SELECT a.name AS read_from_end_to_end FROM after AS a JOIN before AS b USING (name)
WHERE a.scans > b.scans AND a.name IN ('cases', 'case_issues', 'case_calls',
	'case_links', 'notes', 'events', 'actions', 'consents', 'disclosures',
	'remedies', 'recommendations', 'duplicates', 'refusals', 'assignments',
	'calls', 'issues', 'retries')
ORDER BY 1;

-- Guards do not read a table from end to end even where it has a page, and the
-- planner knows: it may have many by the time the plan is used.
ANALYZE;
SELECT pg_temp.take(c.case_ref) IS NOT NULL AS done
FROM generate_series(1, 2) AS i,
	LATERAL helpline.open_case(:'call_ref', workers_affected => i) AS c;
SELECT n > 0 AS permitted
FROM helpline.record_consent(:'case_ref', 'contact_factory',
	recipient => 'F-1', wording_version => '1', language => 'zh');
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
CREATE TEMP TABLE before_guards AS SELECT * FROM pg_temp.scans();
SELECT t.action, t.accepted, t.rule, count(*)
FROM (SELECT v.action, m.accepted, m.rule
	FROM generate_series(1, 10) AS i,
		LATERAL (VALUES (1, 'contact_factory', NULL),
			(2, 'begin_remediation', NULL), (3, 'begin_verification', NULL),
			(4, 'close', 'unresolved'), (5, 'close', 'not_substantiated'),
			(6, 'close', 'withdrawn'), (7, 'close', 'unreachable'),
			(8, 'close', 'referred'), (9, 'begin_inquiry', NULL))
			AS v (n, action, reason),
		LATERAL helpline.transition_case(:'case_ref', v.action,
			reason => v.reason) AS m) AS t
GROUP BY 1, 2, 3 ORDER BY 1, 3;
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
CREATE TEMP TABLE after_guards AS SELECT * FROM pg_temp.scans();
SELECT a.name AS read_from_end_to_end
FROM after_guards AS a JOIN before_guards AS b USING (name)
WHERE a.scans > b.scans AND a.name IN ('cases', 'case_issues', 'case_calls',
	'case_links', 'notes', 'events', 'actions', 'consents', 'disclosures',
	'remedies', 'recommendations', 'duplicates', 'assignments', 'calls',
	'issues')
ORDER BY 1;

-- That full scans would have been counted
SELECT count(*) > 100000 AS counted FROM desk.events;
SELECT count(*) > 100000 AS counted FROM desk.cases;
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
SELECT s.name, s.scans > a.scans AS scanned, s.rows - a.rows > 100000 AS rows
FROM pg_temp.scans() AS s JOIN after_guards AS a USING (name)
WHERE s.name IN ('events', 'cases') ORDER BY 1;
-- A raw move through the trigger alone, at one go
UPDATE desk.cases SET status = 'closed', status_reason = 'advised'
WHERE case_ref IN (SELECT case_ref FROM desk.cases WHERE source = 'old system'
	AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 1000);
SELECT status, count(*) FROM desk.cases WHERE source = 'old system'
GROUP BY 1 ORDER BY 1;

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_session;
DROP ROLE regress_session_owner;
