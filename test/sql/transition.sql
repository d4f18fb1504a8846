-- The door: cases on their whole road, each guard first in the way and then
-- satisfied, and what no other path to the table lets pass either.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT current_database() AS main_database \gset
CREATE ROLE regress_move_owner NOLOGIN;
CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_mate NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_field NOLOGIN;
CREATE ROLE regress_staff NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_auditor NOLOGIN;
CREATE ROLE regress_admin NOLOGIN;
CREATE DATABASE regress_ietp_move TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
\c regress_ietp_move
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public, ietp;
SET datestyle = ISO;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_move_owner');
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_mate'), ('specialist', 'regress_other'),
	('supervisor', 'regress_boss'), ('investigator', 'regress_field'),
	('programme_staff', 'regress_staff'), ('analyst', 'regress_analyst'),
	('auditor', 'regress_auditor'), ('administrator', 'regress_admin'))
	AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'T-A'),
	('regress_mate', 'specialist', 'T-A'),
	('regress_other', 'specialist', 'T-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);
SELECT FROM helpline.set_factory('F-1', 'CN');
SELECT FROM helpline.set_factory('F-2', 'CN');

-- The outcome of a statement: SQLSTATE, column, message and, for a judge's
-- refusal, the rule.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	detail text;
	rule text;
	n bigint;
BEGIN
	EXECUTE statement;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n || ' done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, rule = CONSTRAINT_NAME;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		CASE WHEN rule <> '' AND message NOT LIKE '%' || rule || '%'
			THEN rule END,
		CASE WHEN detail LIKE 'Also%' THEN detail END);
END
$$;
-- How a move through the door ends for somebody.
CREATE FUNCTION pg_temp.move(who name, a_case ietp.case_ref, action text,
	reason text DEFAULT NULL, fields jsonb DEFAULT NULL,
	note text DEFAULT NULL, expected_status text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
DECLARE
	m record;
BEGIN
	PERFORM set_config('role', who, true);
	SELECT * INTO STRICT m FROM helpline.transition_case(a_case, action,
		expected_status => move.expected_status, reason => move.reason,
		fields => move.fields, note => move.note);
	PERFORM set_config('role', 'none', true);
	RETURN CASE WHEN m.accepted THEN '-> ' || m.status
		ELSE format('%s. %s', m.rule, m.hint) END;
END
$$;
-- A case of regress_one, with one issue unless the topic is NULL.
CREATE FUNCTION pg_temp.new_case(severity text DEFAULT 'moderate',
	topic text DEFAULT 'wages.late', factory text DEFAULT 'F-1',
	identity_mode text DEFAULT 'confidential', who name DEFAULT 'regress_one')
RETURNS ietp.case_ref
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
DECLARE
	call ietp.call_ref;
	opened ietp.case_ref;
BEGIN
	PERFORM set_config('role', who, true);
	SELECT call_ref INTO STRICT call FROM helpline.record_call('CN',
		'phone_in', 'grievance', language => 'zh',
		factory => new_case.factory,
		identity_mode => new_case.identity_mode);
	PERFORM helpline.raise_issue(call, topic) WHERE topic IS NOT NULL;
	SELECT case_ref INTO STRICT opened
	FROM helpline.open_case(call, severity => new_case.severity);
	PERFORM set_config('role', 'none', true);
	RETURN opened;
END
$$;
-- One that regress_one has triaged, or brought further.
CREATE FUNCTION pg_temp.case_in(status text, severity text DEFAULT 'moderate')
RETURNS ietp.case_ref
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
DECLARE
	c ietp.case_ref := pg_temp.new_case(severity);
	n integer;
BEGIN
	PERFORM pg_temp.move('regress_one', c, 'triage',
		fields => '{"retaliation_risk": false}');
	IF status IN ('inquiry', 'remediation', 'verification', 'resolved') THEN
		PERFORM pg_temp.move('regress_one', c, 'begin_inquiry');
	END IF;
	IF status IN ('remediation', 'verification', 'resolved') THEN
		SELECT p.n INTO n FROM helpline.promise_remedy(c, 'training') AS p;
		PERFORM pg_temp.move('regress_one', c, 'begin_remediation');
	END IF;
	IF status IN ('verification', 'resolved') THEN
		PERFORM helpline.deliver_remedy(c, n);
		PERFORM pg_temp.move('regress_one', c, 'begin_verification');
	END IF;
	IF status = 'resolved' THEN
		PERFORM helpline.verify_remedy(c, n, 'worker');
		PERFORM helpline.record_action(c, 'worker_informed');
		PERFORM pg_temp.move('regress_one', c, 'resolve');
	END IF;
	IF status IS DISTINCT FROM (SELECT o.status FROM desk.cases AS o
			WHERE o.case_ref = c) THEN
		RAISE EXCEPTION 'not %', status;
	END IF;
	RETURN c;
END
$$;

--
-- The whole road.  Triage: issue, severity, identity mode, retaliation risk.
--
SELECT pg_temp.new_case('serious', NULL, NULL, NULL) AS a \gset
SELECT action, label, to_status, reason, allowed, why_not
FROM helpline.next_actions(:'a');
SELECT pg_temp.move('regress_one', :'a', 'triage');
SELECT pg_temp.move('regress_one', :'a', 'triage', fields => '{"identity_mode": "anonymous"}');
SELECT pg_temp.move('regress_one', :'a', 'triage',
	fields => '{"identity_mode": "anonymous", "retaliation_risk": true}');
-- A refused move has left nothing of its fields.
SELECT status, identity_mode, retaliation_risk FROM desk.cases
WHERE case_ref = :'a';
SET ROLE regress_one;
SELECT calls[1] AS call_a FROM helpline.find_case(:'a') \gset
SELECT n FROM helpline.raise_issue(:'call_a', 'wages.unpaid');
SELECT helpline.link_call(:'a', :'call_a') AS repeated;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'triage',
	fields => '{"identity_mode": "anonymous", "retaliation_risk": true}');
SELECT status, status_since > opened_at AS later, moved_by, cycle,
	identity_mode, retaliation_risk, escalation_level
FROM desk.cases WHERE case_ref = :'a';
-- No way but those that leave the status
SELECT v.action, pg_temp.move('regress_one', :'a', v.action)
FROM (VALUES ('triage'), ('resolve'), ('begin_remediation'),
	('begin_verification'), ('reopen'), ('appeal'), ('consent_withdrawn'),
	('import'), ('dance'), ('')) AS v (action);
SELECT pg_temp.move('regress_one', :'a', 'ask_consent');
SELECT pg_temp.move('regress_one', :'a', 'begin_inquiry');
-- The factory: a factory, and consent for that one
SELECT pg_temp.move('regress_one', :'a', 'contact_factory');
SELECT pg_temp.move('regress_one', :'a', 'contact_factory',
	fields => '{"factory": "F-1"}');
SET ROLE regress_one;
SELECT n FROM helpline.record_consent(:'a', 'contact_factory',
	recipient => 'F-2', wording_version => '1');
SELECT n FROM helpline.record_consent(:'a', 'statistics',
	wording_version => '1');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'contact_factory',
	fields => '{"factory": "F-1"}');
-- A factory that comes with the move is the one that is asked about.
SELECT pg_temp.move('regress_one', :'a', 'contact_factory',
	fields => '{"factory": "F-2"}');
SELECT factory FROM desk.cases WHERE case_ref = :'a';
-- Withdrawn: back, at once, and no way in again
SET ROLE regress_one;
SELECT withdrawn, status FROM helpline.withdraw_consent(:'a',
	'contact_factory');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'contact_factory');
SET ROLE regress_one;
SELECT n FROM helpline.record_consent(:'a', 'contact_factory',
	wording_version => '1');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'contact_factory');
-- Remedy: promised, delivered, verified; "none" is no remedy.
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SET ROLE regress_one;
SELECT n FROM helpline.promise_remedy(:'a', 'none');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SET ROLE regress_one;
SELECT n FROM helpline.promise_remedy(:'a', 'wages_paid', amount => 4200,
	currency => 'CNY');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SELECT pg_temp.move('regress_one', :'a', 'begin_verification');
SET ROLE regress_one;
SELECT helpline.deliver_remedy(:'a', 2) IS NOT NULL AS done;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'begin_verification');
SELECT pg_temp.move('regress_one', :'a', 'resolve');
SET ROLE regress_one;
SELECT helpline.verify_remedy(:'a', 2, 'worker') IS NOT NULL AS done;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'resolve');
SET ROLE regress_one;
SELECT n FROM helpline.record_action(:'a', 'worker_informed');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'resolve');
SELECT first_resolved_at = status_since AND last_resolved_at = status_since
	AS resolved, num_nonnulls(closed_at, first_closed_at, last_closed_at)
	AS closed
FROM desk.cases WHERE case_ref = :'a';
-- Closing; one more remedy that was promised is in the way
SELECT pg_temp.move('regress_one', :'a', 'close');
SELECT pg_temp.move('regress_one', :'a', 'close', 'gone');
SET ROLE regress_one;
SELECT n FROM helpline.promise_remedy(:'a', 'apology');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'close', 'resolved');
SET ROLE regress_one;
SELECT helpline.deliver_remedy(:'a', 3) IS NOT NULL AS done;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'close', 'partially_resolved');
SET ROLE regress_one;
SELECT helpline.verify_remedy(:'a', 3, 'evidence') IS NOT NULL AS done;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'close', 'resolved');
SELECT status, status_reason, closing_reason, closed_at = status_since AS closed,
	first_closed_at = closed_at AND last_closed_at = closed_at AS kept,
	closed_on = (closed_at AT TIME ZONE 'Asia/Shanghai')::date AS on_its_day,
	last_resolved_at = first_resolved_at
		AND last_resolved_at < closed_at AS resolved_before,
	first_closing_reason, last_closing_reason, cycle
FROM desk.cases WHERE case_ref = :'a';
SELECT action, from_status || ' -> ' || to_status AS move,
	changes -> 'status_reason' ->> 1 AS reason, consent_n
FROM helpline.case_history(:'a')
WHERE from_status IS NOT NULL OR action = 'consent_withdrawn' ORDER BY n;
CREATE TEMP TABLE first_cycle AS SELECT * FROM desk.cases WHERE case_ref = :'a';

-- Again: with a reason; and what was proved before counts no more.
SELECT pg_temp.move('regress_one', :'a', 'reopen');
SELECT pg_temp.move('regress_one', :'a', 'reopen', 'unpaid_again');
SELECT pg_temp.move('regress_one', :'a', 'reopen', 'remedy_failed');
SELECT c.status, c.status_reason, c.cycle,
	num_nonnulls(c.closed_at, c.closed_on, c.closing_reason) AS closed,
	c.first_resolved_at = f.first_resolved_at
		AND c.last_resolved_at = f.last_resolved_at
		AND c.first_closed_at = f.first_closed_at
		AND c.last_closed_at = f.last_closed_at AS kept,
	c.first_closing_reason, c.last_closing_reason
FROM desk.cases AS c JOIN first_cycle AS f USING (case_ref);
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SET ROLE regress_one;
SELECT n FROM helpline.promise_remedy(:'a', 'wages_paid') \gset
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SET ROLE regress_one;
SELECT helpline.deliver_remedy(:'a', :n) IS NOT NULL AS done;
SELECT helpline.verify_remedy(:'a', :n, 'site_visit') IS NOT NULL AS done;
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'begin_verification');
SELECT pg_temp.move('regress_one', :'a', 'resolve');
SET ROLE regress_one;
SELECT n > 1 AS informed FROM helpline.record_action(:'a', 'worker_informed');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'a', 'resolve');
-- From resolved there is an appeal, for a reason in words.
SELECT pg_temp.move('regress_one', :'a', 'appeal');
SELECT pg_temp.move('regress_one', :'a', 'appeal', 'worker_disagrees');
SELECT pg_temp.move('regress_one', :'a', 'appeal', note => 'She says less came.');
SELECT pg_temp.move('regress_one', :'a', 'begin_inquiry');
SELECT pg_temp.move('regress_one', :'a', 'begin_remediation');
SELECT pg_temp.move('regress_one', :'a', 'begin_verification');
SELECT pg_temp.move('regress_one', :'a', 'resolve');
SELECT pg_temp.move('regress_one', :'a', 'close', 'partially_resolved');
SELECT c.cycle, c.closing_reason, c.first_closing_reason, c.last_closing_reason,
	c.first_resolved_at = f.first_resolved_at AS first_resolved_kept,
	c.last_resolved_at > f.last_resolved_at AS last_resolved_new,
	c.first_closed_at = f.first_closed_at AS first_closed_kept,
	c.last_closed_at = c.closed_at AND c.closed_at > f.closed_at
		AS last_closed_new
FROM desk.cases AS c JOIN first_cycle AS f USING (case_ref);
SELECT n, action, from_status || ' -> ' || to_status AS move,
	changes -> 'status_reason' ->> 1 AS reason, changes -> 'cycle' AS cycle
FROM helpline.case_history(:'a') WHERE action = 'reopen';

-- The grace window: 90 days.  Nobody sets the clock back,
UPDATE desk.cases SET status_since = now() - interval '91 days'
WHERE case_ref = :'a';
SELECT status_since > now() - interval '1 day' AS as_it_was FROM desk.cases
WHERE case_ref = :'a';
-- but who may disable triggers.
CREATE FUNCTION pg_temp.set_back(a_case ietp.case_ref, since interval)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp;
	ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
	ALTER TABLE desk.cases DISABLE TRIGGER zz_record;
	UPDATE desk.cases SET status_since = now() - since,
		closed_at = now() - since, opened_at = now() - since,
		opened_on = '2000-01-01'
	WHERE case_ref = a_case;
	ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp;
	ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
	ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_record;
	RETURN true;
END
$$;
BEGIN;
SELECT pg_temp.set_back(:'a', '90 days 1 microsecond');
SELECT pg_temp.move('regress_one', :'a', 'reopen', 'new_information');
SELECT pg_temp.move('regress_one', :'a', 'appeal', 'factory_disagrees');
SELECT action, reason, allowed, why_not, hints
FROM helpline.next_actions(:'a');
SAVEPOINT late;
UPDATE desk.cases SET status = 'inquiry', status_reason = 'new_information'
WHERE case_ref = :'a';
ROLLBACK TO late;
-- The case that follows it up is in the hands of who opens it.
SET LOCAL ROLE regress_mate;
SELECT new_case AS follower FROM helpline.open_linked_case(:'a') \gset
SELECT n, assigned_by, handler, team, investigator
FROM helpline.case_assignments(:'follower');
RESET ROLE;
ROLLBACK;
BEGIN;
SELECT pg_temp.set_back(:'a', '90 days');
SELECT pg_temp.move('regress_one', :'a', 'reopen', 'new_information');
SELECT cycle FROM desk.cases WHERE case_ref = :'a';
ROLLBACK;
BEGIN;
SELECT pg_temp.move('regress_one', :'a', 'appeal', 'worker_disagrees');
SELECT cycle, status FROM desk.cases WHERE case_ref = :'a';
ROLLBACK;
-- For each reason that there is, and for no other
SELECT v.action, v.reason, pg_temp.attempt(format($$UPDATE desk.cases
	SET status = %L, status_reason = %L WHERE case_ref = %L$$, CASE v.action
		WHEN 'reopen' THEN 'inquiry' ELSE 'appealed' END, v.reason, :'a'))
FROM (VALUES ('reopen', 'late'), ('reopen', '*'), ('reopen', 'resolved'),
	('reopen', 'worker_disagrees'), ('appeal', 'late'), ('appeal', '*'),
	('appeal', 'new_information')) AS v (action, reason);
CREATE FUNCTION pg_temp.undone(a_case ietp.case_ref, action text, reason text)
RETURNS text
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
DECLARE
	outcome text;
BEGIN
	outcome := pg_temp.move('regress_one', a_case, action, reason);
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN outcome;
END
$$;
SELECT v.action, v.reason, pg_temp.undone(:'a', v.action, v.reason)
FROM (VALUES ('reopen', 'new_information'), ('reopen', 'remedy_failed'),
	('reopen', 'retaliation'), ('reopen', 'worker_returned'),
	('reopen', 'closed_in_error'), ('reopen', 'not_a_duplicate'),
	('appeal', 'worker_disagrees'), ('appeal', 'factory_disagrees'))
	AS v (action, reason);

--
-- What is never tolerated, and the four eyes of the gravest
--
SELECT pg_temp.new_case('zero_tolerance') AS z \gset
SELECT escalation_level FROM desk.cases WHERE case_ref = :'z';
-- Past the door it is the judge who says so.
SELECT pg_temp.attempt(format($$UPDATE desk.cases SET status = 'triaged',
	retaliation_risk = false WHERE case_ref = %L$$, :'z'));
SELECT pg_temp.move('regress_one', :'z', 'triage',
	fields => '{"retaliation_risk": false}');
SELECT escalation_level, escalated_at = status_since AS now,
	escalated_on = (escalated_at AT TIME ZONE 'Asia/Shanghai')::date AS day
FROM desk.cases WHERE case_ref = :'z';
SELECT action, from_status || ' -> ' || to_status AS move,
	changes -> 'severity' ->> 1 AS severity,
	changes -> 'escalation_level' AS level,
	changes -> 'escalated_at' IS NOT NULL AS escalated
FROM helpline.case_history(:'z') ORDER BY n;
-- One that turns out to be so on the way, and one that was escalated higher
SELECT pg_temp.case_in('triaged', 'minor') AS t \gset
SELECT pg_temp.move('regress_one', :'t', 'begin_inquiry',
	fields => '{"severity": "zero_tolerance"}');
SELECT severity, escalation_level FROM desk.cases WHERE case_ref = :'t';
SELECT pg_temp.new_case() AS t \gset
SELECT FROM helpline.escalate_case(:'t', 3);
SELECT pg_temp.move('regress_one', :'t', 'triage', fields =>
	'{"severity": "zero_tolerance", "retaliation_risk": true}');
SELECT severity, escalation_level FROM desk.cases WHERE case_ref = :'t';
-- Whoever made the last move does not close it, whatever the reason.
SELECT v.severity, pg_temp.move('regress_one', c, 'close', 'advised') AS by_mover,
	pg_temp.move('regress_mate', c, 'close', 'advised') AS by_another
FROM (VALUES (1, 'minor'), (2, 'moderate'), (3, 'serious'), (4, 'critical'),
	(5, 'zero_tolerance')) AS v (n, severity),
	pg_temp.new_case(v.severity) AS c
ORDER BY v.n;
SELECT pg_temp.case_in('resolved', 'critical') AS f \gset
SELECT pg_temp.move('regress_one', :'f', 'close', 'resolved');
SELECT pg_temp.move('regress_boss', :'f', 'close', 'resolved');
SELECT moved_by FROM desk.cases WHERE case_ref = :'f';
-- The gravest severity that it ever had counts: that with which it is closed,
SELECT pg_temp.new_case('minor') AS f \gset
SELECT pg_temp.move('regress_one', :'f', 'close', 'advised',
	'{"severity": "critical"}');
-- and that from which it was lowered, with the closing move or before it, in
-- whatever way.
SELECT pg_temp.new_case('critical') AS f \gset
SELECT pg_temp.move('regress_one', :'f', 'close', 'advised',
	'{"severity": "minor"}');
SELECT pg_temp.move('regress_one', :'f', 'triage',
	fields => '{"severity": "minor", "retaliation_risk": false}');
SELECT severity, highest_severity FROM desk.cases WHERE case_ref = :'f';
SELECT pg_temp.move('regress_one', :'f', 'close', 'advised');
SET ROLE regress_one;
SELECT action, reason, why_not FROM helpline.next_actions(:'f')
WHERE reason = 'advised';
RESET ROLE;
SELECT pg_temp.move('regress_mate', :'f', 'close', 'advised',
	'{"severity": "moderate"}');
SELECT action, actor, from_status || ' -> ' || to_status AS move,
	changes -> 'status_reason' ->> 1 AS reason,
	changes -> 'severity' AS severity,
	changes -> 'highest_severity' AS highest
FROM helpline.case_history(:'f') ORDER BY n;
SELECT pg_temp.new_case('zero_tolerance') AS f \gset
UPDATE desk.cases SET severity = 'serious' WHERE case_ref = :'f';
UPDATE desk.cases SET severity = 'critical' WHERE case_ref = :'f';
UPDATE desk.cases SET highest_severity = 'minor', severity = 'minor'
WHERE case_ref = :'f';
UPDATE desk.cases SET highest_severity = NULL WHERE case_ref = :'f';
SELECT severity, highest_severity FROM desk.cases WHERE case_ref = :'f';
SELECT pg_temp.attempt(format($$UPDATE desk.cases SET status = 'triaged',
	retaliation_risk = false WHERE case_ref = %L$$, :'f'));
SELECT pg_temp.move('regress_one', :'f', 'close', 'advised');
SELECT pg_temp.move('regress_one', :'f', 'triage',
	fields => '{"retaliation_risk": false}');
SELECT severity, escalation_level FROM desk.cases WHERE case_ref = :'f';

--
-- One person with two roles is not two.
--
CREATE ROLE regress_double NOLOGIN;
CREATE ROLE regress_app NOLOGIN NOINHERIT;
GRANT regress_one, regress_mate TO regress_double, regress_app;
GRANT USAGE ON SCHEMA ietp TO regress_double;
SELECT ietp.grant_role('specialist', 'regress_double') IS NOT NULL AS done;
SELECT helpline.set_account('regress_double', 'specialist', team => 'T-A')
	IS NOT NULL AS done;
SELECT pg_temp.case_in('triaged', 'critical') AS f \gset
SET SESSION AUTHORIZATION regress_double;
SELECT accepted, rule FROM helpline.transition_case(:'f', 'close',
	reason => 'advised');
SET ROLE regress_mate;
SELECT accepted, rule FROM helpline.transition_case(:'f', 'close',
	reason => 'advised');
SELECT n, ietp.actor_may_be(n) FROM (VALUES ('regress_double'), ('regress_one'),
	('regress_mate'), ('regress_other'), ('nobody'), (NULL)) AS v (n);
RESET SESSION AUTHORIZATION;
-- The login of an application that sets the role of its users has no kind.
SET SESSION AUTHORIZATION regress_app;
SET ROLE regress_mate;
SELECT n, ietp.actor_may_be(n) FROM (VALUES ('regress_app'), ('regress_one'),
	('regress_mate')) AS v (n);
SELECT accepted, rule FROM helpline.transition_case(:'f', 'close',
	reason => 'advised');
RESET SESSION AUTHORIZATION;

--
-- Retaliation: linked to its origin, or none was found
--
SELECT topic AS retaliation FROM desk.topics WHERE topic LIKE 'retaliation.%'
ORDER BY topic COLLATE "C" LIMIT 1 \gset
SELECT pg_temp.new_case('moderate', :'retaliation') AS r \gset
SELECT pg_temp.new_case('moderate', :'retaliation') AS r2 \gset
SELECT pg_temp.move('regress_one', :'r', 'triage',
	fields => '{"retaliation_risk": true}');
SET ROLE regress_one;
SELECT repeated FROM helpline.link_cases(:'r', :'a', 'related');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'r', 'triage',
	fields => '{"retaliation_risk": true}');
SET ROLE regress_one;
SELECT repeated FROM helpline.link_cases(:'r', :'a', 'retaliation');
SELECT n FROM helpline.record_action(:'r2', 'no_origin_found');
RESET ROLE;
SELECT pg_temp.move('regress_one', c::ietp.case_ref, 'triage',
	fields => '{"retaliation_risk": true}')
FROM (VALUES (:'r'), (:'r2')) AS v (c);

--
-- Every other way to end a case
--
-- unresolved: words, and the worker knows
SELECT pg_temp.case_in('inquiry') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved',
	note => 'The factory does not answer.');
SELECT count(*) AS notes FROM helpline.case_notes(:'c');
SELECT FROM helpline.record_action(:'c', 'worker_informed');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved',
	note => 'The factory does not answer.');
SELECT kind, written_by, body FROM helpline.case_notes(:'c');
-- not_substantiated: a finding, and both were heard
SELECT pg_temp.case_in('inquiry') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'not_substantiated');
SELECT FROM helpline.add_note(:'c', 'The clocks were right.', 'finding');
SELECT pg_temp.move('regress_one', :'c', 'close', 'not_substantiated');
SELECT FROM helpline.record_action(:'c', 'worker_statement');
SELECT pg_temp.move('regress_one', :'c', 'close', 'not_substantiated');
SELECT FROM helpline.record_action(:'c', 'factory_statement');
SELECT pg_temp.move('regress_one', :'c', 'close', 'not_substantiated');
-- withdrawn: freely
SELECT pg_temp.case_in('triaged') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'withdrawn');
SELECT pg_temp.move('regress_one', :'c', 'close', 'withdrawn',
	note => 'She leaves for home.');
SELECT FROM helpline.record_action(:'c', 'no_pressure_attested');
SELECT pg_temp.move('regress_one', :'c', 'close', 'withdrawn');
SELECT pg_temp.move('regress_one', :'c', 'close', 'withdrawn',
	note => 'She leaves for home.');
-- unreachable: three attempts over 20 working days, 40 for migrants.  They are
-- counted back from today, whose year the calendar may not have yet.
SET client_min_messages = error;
SELECT pg_temp.case_in('inquiry') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'wait_for_worker');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unreachable');
SELECT count(helpline.record_action(:'c', 'contact_attempt', 'phone_in', false,
	occurred_at => now() - d * interval '1 day')) AS attempts
FROM unnest('{42,20}'::int[]) AS d;
SELECT pg_temp.move('regress_one', :'c', 'close', 'unreachable');
SELECT FROM helpline.record_action(:'c', 'contact_attempt', 'phone_in', false);
-- What was before the case was opened is no attempt in it.
SELECT pg_temp.move('regress_one', :'c', 'close', 'unreachable',
	'{"migrant_worker": false}');
UPDATE desk.cases SET opened_at = now() - interval '43 days',
	opened_on = opened_on - 43
WHERE case_ref = :'c';
SELECT pg_temp.move('regress_one', :'c', 'close', 'unreachable',
	'{"migrant_worker": true}');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unreachable',
	'{"migrant_worker": false}');
RESET client_min_messages;
-- referred, out_of_scope: the worker knows where to turn
SELECT v.reason, v.n, CASE v.n WHEN 2 THEN (SELECT NULL FROM
		helpline.record_action(c.c, 'referral_given',
			referred_to => 'Labour bureau')) END,
	pg_temp.move('regress_one', c.c, 'close', v.reason)
FROM (SELECT 'referred' AS reason, pg_temp.new_case() AS c UNION ALL
	SELECT 'out_of_scope', pg_temp.new_case()) AS c,
	LATERAL (VALUES (c.reason, 1), (c.reason, 2)) AS v (reason, n)
ORDER BY v.reason, v.n;
-- factory_closed: the factory is known, and the worker knows
SELECT pg_temp.new_case(factory => NULL) AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'factory_closed');
SELECT FROM helpline.record_action(:'c', 'worker_informed');
SELECT pg_temp.move('regress_one', :'c', 'close', 'factory_closed');
SELECT pg_temp.move('regress_one', :'c', 'close', 'factory_closed',
	'{"factory": "F-2"}');
-- duplicate: of which?  Until then a duplicate moves nowhere else.
SELECT pg_temp.case_in('triaged') AS c \gset
SELECT pg_temp.case_in('triaged') AS original \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'duplicate');
SELECT repeated FROM helpline.mark_duplicate(:'c', :'original');
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
SELECT pg_temp.move('regress_one', :'c', 'begin_inquiry');
SELECT action, reason, why_not FROM helpline.next_actions(:'c')
WHERE 'halted:duplicate_of' <> ALL (why_not);
SELECT pg_temp.move('regress_one', :'c', 'close', 'duplicate');
SELECT pg_temp.move('regress_one', :'c', 'reopen', 'not_a_duplicate');
-- One that is none after all is open again, once.
SET ROLE regress_one;
SELECT repeated FROM helpline.unmark_duplicate(:'c');
SELECT repeated FROM helpline.unmark_duplicate(:'c');
RESET ROLE;
SELECT status, status_reason, cycle, moved_by, duplicate_of, closed_at,
	first_closing_reason
FROM desk.cases WHERE case_ref = :'c';
SELECT action, from_status || ' -> ' || to_status AS move,
	changes -> 'status_reason' ->> 1 AS reason,
	replace(changes ->> 'duplicate_of', :'original', 'original') AS duplicate_of
FROM helpline.case_history(:'c')
WHERE changes -> 'duplicate_of' IS NOT NULL OR from_status = 'closed'
ORDER BY n;
SELECT pg_temp.move('regress_one', :'c', 'reopen', 'not_a_duplicate');
-- One that was closed otherwise stays closed.
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
SELECT repeated FROM helpline.mark_duplicate(:'c', :'original');
SELECT repeated FROM helpline.unmark_duplicate(:'c');
SELECT status, status_reason, closing_reason, cycle, duplicate_of
FROM desk.cases WHERE case_ref = :'c';
-- A duplicate leaves the factory when consent is withdrawn.
SELECT pg_temp.case_in('triaged') AS c \gset
SET ROLE regress_one;
SELECT n FROM helpline.record_consent(:'c', 'contact_factory',
	recipient => 'F-1', wording_version => '1');
RESET ROLE;
SELECT pg_temp.move('regress_one', :'c', 'contact_factory');
SET ROLE regress_one;
SELECT repeated FROM helpline.mark_duplicate(:'c', :'original');
SELECT count(*) FILTER (WHERE action = 'consent_withdrawn') AS withdrawals,
	count(*) > 0 AS others FROM helpline.next_actions(:'c');
SELECT accepted, rule, hint
FROM helpline.transition_case(:'c', 'consent_withdrawn');
SELECT withdrawn, status FROM helpline.withdraw_consent(:'c',
	'contact_factory');
SELECT withdrawn, status FROM helpline.withdraw_consent(:'c',
	'contact_factory');
RESET ROLE;
-- advised: while nothing was asked of the factory
SELECT s AS status, pg_temp.move('regress_one', pg_temp.case_in(s), 'close',
	'advised')
FROM unnest('{triaged,inquiry,remediation,verification,resolved}'::text[]) AS s;
SELECT pg_temp.case_in('inquiry') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'wait_for_worker');
SELECT pg_temp.move('regress_one', :'c', 'ask_consent');
BEGIN;
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
ROLLBACK;
SELECT n FROM helpline.record_consent(:'c', 'contact_factory',
	recipient => 'F-1', wording_version => '1');
SELECT pg_temp.move('regress_one', :'c', 'contact_factory');
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
-- With the factory, it is that one for which consent was given.
SELECT v.factory, pg_temp.attempt(format(
	'UPDATE desk.cases SET factory = %L WHERE case_ref = %L', v.factory, :'c'))
FROM (VALUES ('F-2'), (NULL), ('F-1')) AS v (factory);
SELECT n FROM helpline.record_consent(:'c', 'contact_factory',
	recipient => 'F-2', wording_version => '1');
SELECT pg_temp.attempt(format(
	'UPDATE desk.cases SET factory = ''F-2'' WHERE case_ref = %L', :'c'));
SELECT pg_temp.case_in('resolved') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'appeal', note => 'Less came.');
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
-- resolved and partially_resolved: from resolved alone
SELECT pg_temp.move('regress_one', pg_temp.case_in('verification'), 'close', r)
FROM unnest('{resolved,partially_resolved}'::text[]) AS r;
-- From resolved, cases are closed for every other reason, too.
SELECT pg_temp.case_in('resolved') AS c \gset
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved');
SELECT pg_temp.move('regress_one', :'c', 'close', 'not_substantiated');
SELECT pg_temp.move('regress_one', :'c', 'close', 'unresolved',
	note => 'It lasted a week.');
-- Each reason that cases were closed for
SELECT closing_reason, count(*) > 0 AS closed FROM desk.cases
WHERE status = 'closed' GROUP BY 1 ORDER BY closing_reason COLLATE "C";

--
-- Who may
--
SELECT pg_temp.case_in('inquiry') AS w \gset
-- Of others, and of none
SELECT v.who, pg_temp.attempt(format(
	'SELECT pg_temp.move(%L, %L, ''begin_inquiry'')', v.who, :'w'))
FROM (VALUES ('regress_other'), ('regress_field'), ('regress_staff'),
	('regress_analyst'), ('regress_auditor'), ('regress_admin'))
	AS v (who);
SELECT pg_temp.attempt($$SELECT pg_temp.move('regress_boss',
	ietp.new_case_ref('QQ', 2021), 'triage')$$);
-- An investigator looks into a case, but neither triages nor closes it.
SELECT helpline.assign_case(:'w', investigator => 'regress_field')
	IS NOT NULL AS done;
SELECT pg_temp.move('regress_field', :'w', 'close', 'advised');
SELECT pg_temp.move('regress_field', :'w', 'wait_for_worker');
SELECT pg_temp.move('regress_field', :'w', 'begin_inquiry');
SELECT moved_by FROM desk.cases WHERE case_ref = :'w';
SELECT pg_temp.new_case() AS w2 \gset
SELECT helpline.assign_case(:'w2', investigator => 'regress_field')
	IS NOT NULL AS done;
SELECT pg_temp.move('regress_field', :'w2', 'triage',
	fields => '{"retaliation_risk": false}');
-- A superuser has every kind.
SELECT accepted, status FROM helpline.transition_case(:'w', 'close',
	reason => 'advised');

--
-- Arguments
--
SELECT pg_temp.new_case() AS c \gset
SELECT v.arguments, pg_temp.attempt(format(
	'SELECT helpline.transition_case(%s)', replace(v.arguments, 'C',
		quote_literal(:'c'))))
FROM (VALUES ('NULL, ''triage'''), ('C, NULL'), ('C, ''triage'', reason => ''Ill'''),
	('C, ''triage'', reason => '''''), ('C, ''triage'', reason => ''a b'''),
	('C, ''triage'', reason => ''王'''),
	('C, ''triage'', reason => repeat(''x'', 65)'),
	('C, ''triage'', note => '''''), ('C, ''triage'', note => E'' \t\n'''))
	AS v (arguments);
-- Fields: what they may be, and hold
SELECT v.fields, pg_temp.attempt(format(
	'SELECT helpline.transition_case(%L, ''triage'', fields => %L)',
	:'c', v.fields))
FROM (VALUES ('[]'), ('1'), ('"severity"'), ('true'), ('null'),
	('{"status": "closed"}'), ('{"closed_at": "2021-01-01"}'),
	('{"moved_by": "x"}'), ('{"cycle": 2}'), ('{"handler": "regress_other"}'),
	('{"Severity": "minor"}'), ('{"": 1}'),
	('{"severity": null}'), ('{"severity": "grave"}'), ('{"severity": ""}'),
	('{"severity": 1}'), ('{"severity": ["minor"]}'), ('{"severity": {}}'),
	('{"complainant_role": null}'), ('{"complainant_role": "boss"}'),
	('{"identity_mode": null}'), ('{"identity_mode": "secret"}'),
	('{"identity_mode": true}'),
	('{"factory": null}'), ('{"factory": "NO-SUCH"}'), ('{"factory": 1}'),
	('{"language": null}'), ('{"language": "tlh"}'), ('{"language": []}'),
	('{"retaliation_risk": null}'), ('{"retaliation_risk": "true"}'),
	('{"retaliation_risk": 1}'), ('{"migrant_worker": null}'),
	('{"migrant_worker": "no"}'), ('{"migrant_worker": {}}'),
	('{"workers_affected": null}'), ('{"workers_affected": 0}'),
	('{"workers_affected": -1}'), ('{"workers_affected": 1.5}'),
	('{"workers_affected": 2147483648}'), ('{"workers_affected": 1e400}'),
	('{"workers_affected": "3"}'), ('{"workers_affected": true}'))
	AS v (fields);
SELECT status, severity, workers_affected FROM desk.cases
WHERE case_ref = :'c';
SELECT count(*) AS kept_of_bad_arguments FROM desk.refusals
WHERE case_ref = :'c';
-- All of them, good
SELECT pg_temp.move('regress_one', :'c', 'triage', fields => '{
	"severity": "serious", "complainant_role": "family",
	"identity_mode": "disclosed", "factory": "F-2", "language": "vi",
	"retaliation_risk": true, "migrant_worker": true,
	"workers_affected": 2147483647}');
SELECT severity, complainant_role, identity_mode, factory, language,
	retaliation_risk, migrant_worker, workers_affected
FROM desk.cases WHERE case_ref = :'c';
SELECT pg_temp.move('regress_one', :'c', 'begin_inquiry', fields => '{}');
SELECT pg_temp.move('regress_one', :'c', 'wait_for_worker', fields =>
	'{"retaliation_risk": false, "migrant_worker": false, "workers_affected": 1.0}');
SELECT severity, factory, retaliation_risk, migrant_worker, workers_affected
FROM desk.cases WHERE case_ref = :'c';
-- A reason is kept where none is needed, and is given anew each time.
SELECT pg_temp.move('regress_one', :'c', 'begin_inquiry', 'back_home');
SELECT status_reason FROM desk.cases WHERE case_ref = :'c';
SELECT pg_temp.move('regress_one', :'c', 'wait_for_worker', 'back_home');
SELECT status_reason FROM desk.cases WHERE case_ref = :'c';
SELECT pg_temp.move('regress_one', :'c', 'begin_inquiry');
SELECT status_reason FROM desk.cases WHERE case_ref = :'c';
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
SELECT pg_temp.move('regress_one', :'c', 'reopen', 'closed_in_error');
SELECT pg_temp.move('regress_one', :'c', 'close', 'advised');
SELECT cycle, status_reason, closing_reason FROM desk.cases
WHERE case_ref = :'c';
-- Whoever decided on what is no longer so is told.
SELECT pg_temp.case_in('triaged') AS c \gset
SELECT s AS expected, pg_temp.move('regress_one', :'c', 'begin_inquiry',
	expected_status => s)
FROM unnest('{received,Triaged,nowhere,""}'::text[]) AS s;
SELECT pg_temp.move('regress_one', :'c', 'dance', expected_status => 'received');
SELECT pg_temp.move('regress_one', :'c', 'begin_inquiry',
	expected_status => 'triaged');

--
-- Repeated requests
--
SELECT pg_temp.new_case() AS c \gset
SET ROLE regress_one;
SELECT * FROM helpline.transition_case(:'c', 'triage',
	retry_key => '00000000-0000-4000-8000-000000000021');
SELECT * FROM helpline.transition_case(:'c', 'triage',
	retry_key => '00000000-0000-4000-8000-000000000021');
SELECT * FROM helpline.transition_case(:'c', 'triage',
	fields => '{"retaliation_risk": false}',
	retry_key => '00000000-0000-4000-8000-000000000022');
SELECT * FROM helpline.transition_case(:'c', 'triage',
	fields => '{"retaliation_risk": false}',
	retry_key => '00000000-0000-4000-8000-000000000022');
-- The answer to the first request stays what it was.
SELECT * FROM helpline.transition_case(:'c', 'triage',
	retry_key => '00000000-0000-4000-8000-000000000021');
SELECT v.arguments, pg_temp.attempt(format(
	$$SELECT helpline.transition_case(%s,
		retry_key => '00000000-0000-4000-8000-000000000022')$$,
	replace(v.arguments, 'C', quote_literal(:'c'))))
FROM (VALUES ('C, ''ask_consent'', fields => ''{"retaliation_risk": false}'''),
	('C, ''triage'', fields => ''{"retaliation_risk": true}'''),
	('C, ''triage'''),
	('C, ''triage'', fields => ''{"retaliation_risk": false}'', reason => ''x'''),
	('C, ''triage'', fields => ''{"retaliation_risk": false}'', note => ''x'''),
	('C, ''triage'', ''received'', fields => ''{"retaliation_risk": false}'''))
	AS v (arguments);
RESET ROLE;
SELECT action, count(*) FROM helpline.case_history(:'c') GROUP BY 1 ORDER BY 1;
SELECT n, refused_to, from_status, action, rule, hint FROM desk.refusals
WHERE case_ref = :'c';

--
-- Refusals are rows, and counted.
--
SELECT pg_temp.new_case() AS c \gset
SELECT clock_timestamp() AS since \gset
SELECT count(pg_temp.move('regress_one', :'c', v.action))
FROM (VALUES ('triage'), ('triage'), ('resolve'), ('13800138000'),
	('Wang Xiaoming'), ('close'), ('contact_factory')) AS v (action);
SELECT pg_temp.move('regress_boss', :'c', 'triage');
SELECT n, refused_to, from_status, action, rule FROM desk.refusals
WHERE case_ref = :'c' ORDER BY n;
SELECT count(*) AS with_words FROM desk.refusals AS r
WHERE to_jsonb(r)::text ~ 'Wang|13800138000';
SET ROLE regress_analyst;
SELECT * FROM helpline.refused_transitions(:'since', 'infinity');
SELECT * FROM helpline.refused_transitions('-infinity', '2021-01-01');
RESET ROLE;
SELECT sum(refusals) = (SELECT count(*) FROM desk.refusals) AS all_counted
FROM helpline.refused_transitions('-infinity', 'infinity');
SELECT v.arguments, pg_temp.attempt(format(
	'SELECT helpline.refused_transitions(%s)', v.arguments))
FROM (VALUES ('NULL, now()'), ('now(), NULL'), ('now(), now()'),
	('now(), now() - interval ''1 us''')) AS v (arguments);
CREATE FUNCTION pg_temp.ask(who name, query text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM set_config('role', who, true);
	EXECUTE 'SELECT count(*) FROM ' || query INTO n;
	PERFORM set_config('role', 'none', true);
	RETURN n;
EXCEPTION WHEN OTHERS THEN
	PERFORM set_config('role', 'none', true);
	RETURN SQLSTATE;
END
$$;
SELECT v.who, pg_temp.ask(v.who, format('helpline.next_actions(%L)', :'c'))
		AS next_actions,
	pg_temp.ask(v.who, 'helpline.refused_transitions(''-infinity'', ''infinity'')')
		::integer > 5 AS refused_transitions
FROM (VALUES ('regress_one'), ('regress_mate'), ('regress_other'),
	('regress_boss'), ('regress_field'), ('regress_staff'),
	('regress_analyst'), ('regress_auditor'), ('regress_admin')) AS v (who);
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.refusals SET rule = ''x'''),
	('DELETE FROM desk.refusals'), ('TRUNCATE desk.refusals')) AS v (statement);
SET session_replication_role = replica;
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.refusals SET rule = ''x'''),
	('DELETE FROM desk.refusals'), ('TRUNCATE desk.refusals')) AS v (statement);
RESET session_replication_role;

--
-- next_actions
--
SELECT action, label, to_status FROM helpline.next_actions(:'c', 'zh-Hans')
WHERE action <> 'close';
SELECT DISTINCT label FROM helpline.next_actions(:'c', 'zh-Hant');
SELECT DISTINCT label FROM helpline.next_actions(:'c', 'vi');
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.next_actions(%s)',
	replace(v.arguments, 'C', quote_literal(:'c'))))
FROM (VALUES ('NULL'), ('C, NULL'), ('C, ''tlh'''), ('C, ''zh'''),
	('ietp.new_case_ref(''QQ'', 2021)')) AS v (arguments);
SELECT action, to_status, reason, allowed, why_not, hints
FROM helpline.next_actions((SELECT case_ref FROM desk.cases
	WHERE status = 'closed' AND duplicate_of IS NULL LIMIT 1));
-- What it says of each case and each action is what then happens: whether
-- it is accepted, to which status it leads, and what is in the way first.
CREATE FUNCTION pg_temp.foretold(who name)
RETURNS TABLE (allowed boolean, kept bigint, broken bigint)
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
DECLARE
	a record;
	c ietp.case_ref;
	m record;
BEGIN
	CREATE TEMP TABLE told ON COMMIT DROP AS
	SELECT true AS allowed, true AS kept LIMIT 0;
	FOR c IN SELECT case_ref FROM desk.cases LOOP
		PERFORM set_config('role', who, true);
		BEGIN
			PERFORM FROM helpline.next_actions(c);
		EXCEPTION WHEN SQLSTATE 'IE201' THEN
			CONTINUE;
		END;
		FOR a IN SELECT * FROM helpline.next_actions(c) LOOP
			BEGIN
				SELECT * INTO m FROM helpline.transition_case(c, a.action,
					reason => CASE a.reason WHEN '*' THEN 'any'
						ELSE a.reason END);
				RAISE EXCEPTION USING ERRCODE = 'ZZ001';
			EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
			END;
			PERFORM set_config('role', 'none', true);
			INSERT INTO told VALUES (a.allowed, a.allowed = m.accepted
				AND (a.allowed AND m.status = a.to_status
					AND a.why_not = '{}' AND a.hints = '{}'
				OR NOT a.allowed AND m.rule = a.why_not[1]
					AND m.hint = a.hints[1]
					AND cardinality(a.why_not) = cardinality(a.hints)));
			PERFORM set_config('role', who, true);
		END LOOP;
	END LOOP;
	PERFORM set_config('role', 'none', true);
	RETURN QUERY SELECT t.allowed, count(*) FILTER (WHERE t.kept),
		count(*) FILTER (WHERE t.kept IS NOT TRUE)
	FROM told AS t GROUP BY t.allowed;
END
$$;
SELECT allowed, kept > 50 AS many_kept, broken
FROM pg_temp.foretold('regress_one') ORDER BY allowed;
SELECT allowed, kept > 50 AS many_kept, broken
FROM pg_temp.foretold('regress_boss') ORDER BY allowed;
SELECT allowed, kept > 1 AS some_kept, broken
FROM pg_temp.foretold('regress_field') ORDER BY allowed;

--
-- Past the door: whatever writes desk.cases is judged, and the stamped columns
-- say what is true.
--
SELECT pg_temp.case_in('triaged') AS c \gset
SELECT pg_temp.case_in('resolved') AS d \gset
SELECT pg_temp.new_case() AS closed \gset
SELECT pg_temp.move('regress_one', :'closed', 'close', 'advised');
CREATE TEMP TABLE rows_before AS SELECT * FROM desk.cases
WHERE case_ref IN (:'c', :'d', :'closed');
CREATE TEMP TABLE stamped AS
SELECT * FROM (VALUES ('status_since', 'now() - interval ''1 year'''),
	('moved_by', '''somebody'''), ('cycle', '7'), ('closed_at', 'now()'),
	('closed_at', 'NULL'), ('closed_on', 'current_date'),
	('closed_on', 'NULL'), ('closing_reason', '''resolved'''),
	('closing_reason', 'NULL'), ('first_resolved_at', 'now()'),
	('last_resolved_at', 'now()'), ('first_closed_at', 'now()'),
	('last_closed_at', 'now()'), ('first_closing_reason', '''x'''),
	('last_closing_reason', '''x'''), ('status_reason', '''advised'''),
	('highest_severity', '''zero_tolerance'''), ('highest_severity', 'NULL'),
	('event_n', '99'), ('event_n', 'NULL'), ('event_at', 'now()'),
	('event_hash', '''\x00'''), ('event_hash', 'NULL'),
	('consent_used', '7')) AS v (name, value);
SELECT s.name, s.value, pg_temp.attempt(format(
	'UPDATE desk.cases SET %I = %s WHERE case_ref IN (%L, %L, %L)',
	s.name, s.value, :'c', :'d', :'closed')) AS outcome
FROM stamped AS s;
SET session_replication_role = replica;
SELECT count(*) FILTER (WHERE pg_temp.attempt(format(
	'UPDATE desk.cases SET %I = %s WHERE case_ref IN (%L, %L, %L)',
	s.name, s.value, :'c', :'d', :'closed')) = '3 done') AS updates
FROM stamped AS s;
RESET session_replication_role;
SELECT count(*) AS changed FROM (SELECT * FROM desk.cases
	WHERE case_ref IN (:'c', :'d', :'closed') EXCEPT TABLE rows_before) AS x;
-- With a move they are what the move makes them.
BEGIN;
UPDATE desk.cases SET status = 'closed', status_reason = 'advised',
	status_since = 'epoch', moved_by = 'somebody', cycle = 7,
	closed_at = now() + interval '1 day', closed_on = '2099-01-01',
	highest_severity = 'minor',
	closing_reason = 'resolved', first_resolved_at = 'epoch',
	last_resolved_at = 'epoch', first_closed_at = 'epoch',
	last_closed_at = 'epoch', first_closing_reason = 'x',
	last_closing_reason = 'x', event_n = 1, event_at = 'epoch',
	event_hash = '\x00', consent_used = 7
WHERE case_ref = :'c';
SELECT status_since = now() AS since, moved_by = current_user AS by_me, cycle,
	closed_at = now() AS closed, closed_on < '2099-01-01' AS on_a_day,
	closing_reason, first_resolved_at = now() AND last_resolved_at = now()
		AND first_closed_at = now() AND last_closed_at = now() AS kept,
	first_closing_reason, last_closing_reason
FROM desk.cases WHERE case_ref = :'c';
SELECT c.event_n - b.event_n AS further, c.event_at = now() AS now,
	c.consent_used, e.hash = c.event_hash AS head, e.action,
	e.from_status || ' -> ' || e.to_status AS move, e.actor = current_user
		AS by_me, e.changes ->> 'cycle' AS cycle,
	e.changes -> 'status_reason' ->> 1 AS reason
FROM desk.cases AS c JOIN rows_before AS b USING (case_ref)
JOIN desk.events AS e ON e.case_ref = c.case_ref AND e.n = c.event_n
WHERE c.case_ref = :'c';
ROLLBACK;
-- What ended is not edited, except for what may change.
BEGIN;
SELECT s.name, pg_temp.attempt(format(
	'UPDATE desk.cases SET %I = %s WHERE case_ref = %L', s.name, s.value,
	:'closed')) AS outcome
FROM (VALUES ('severity', '''minor'''), ('factory', '''F-2'''),
	('handler', '''x'''), ('team', '''T-B'''), ('amount_claimed', '1, currency = ''CNY'''),
	('retaliation_risk', 'true'), ('opened_at', 'opened_at - interval ''1 day'''),
	('recorded_at', 'now()'), ('source', '''x'', source_id = ''x'''),
	('duplicate_of', quote_literal(:'c')), ('consent_n', 'consent_n + 1'),
	('severity', 'severity')) AS s (name, value);
ROLLBACK;
-- Moves that no rule allows
CREATE TEMP TABLE tampering AS
SELECT row_number() OVER () AS n, v.statement FROM (VALUES
	('UPDATE desk.cases SET status = ''with_factory'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''closed'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''closed'', status_reason = ''resolved'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''closed'', status_reason = ''unreachable'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''resolved'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''nowhere'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = NULL WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''received'' WHERE case_ref = C'),
	('UPDATE desk.cases SET status = ''remediation'' WHERE case_ref = CLOSED'),
	('UPDATE desk.cases SET status = ''inquiry'' WHERE case_ref = CLOSED'),
	('UPDATE desk.cases SET lifecycle_version = 99 WHERE case_ref = C'),
	('UPDATE desk.cases SET lifecycle_version = NULL WHERE case_ref = C'),
	('UPDATE desk.cases SET lifecycle_version = 99, status = ''closed'' WHERE case_ref = C'),
	('MERGE INTO desk.cases AS c USING (VALUES (1)) AS v (n) ON c.case_ref = C WHEN MATCHED THEN UPDATE SET status = ''with_factory'''),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line) SELECT case_ref, opened_at, opened_on, severity, line FROM desk.cases WHERE case_ref = C ON CONFLICT (case_ref) DO UPDATE SET status = ''with_factory'''),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, status) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', ''inquiry'')'),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, status) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', ''nowhere'')'),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, status) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', ''closed'')'),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, closed_at) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', ''2021-02-01'')'),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, closed_at, status) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', ''2021-02-01'', ''received'')'),
	('INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, lifecycle_version) VALUES (ietp.new_case_ref(''CN'', 2021), ''2021-01-01'', ''2021-01-01'', ''minor'', ''CN'', 99)'),
	('WITH moved AS (UPDATE desk.cases SET status = ''with_factory'' WHERE case_ref = C RETURNING 1) SELECT count(*) FROM moved'))
	AS v (statement);
UPDATE tampering SET statement = replace(replace(statement, 'CLOSED',
	quote_literal(:'closed')), '= C', '= ' || quote_literal(:'c'));
SELECT n, pg_temp.attempt(statement) AS outcome FROM tampering ORDER BY n;
SET session_replication_role = replica;
SELECT count(*) FILTER (WHERE pg_temp.attempt(statement) LIKE 'IE%') AS refused,
	count(*) AS attempts
FROM tampering;
RESET session_replication_role;
\set VERBOSITY terse
COPY desk.cases (case_ref, opened_at, opened_on, severity, line, status)
FROM stdin;
CN-2021-0000-0000-00	2021-01-01	2021-01-01	minor	CN	inquiry
\.
COPY desk.cases (case_ref, opened_at, opened_on, severity, line, status)
FROM stdin;
CN-2021-4837-2059-77	2021-01-01	2021-01-01	minor	CN	inquiry
\.
SET session_replication_role = replica;
COPY desk.cases (case_ref, opened_at, opened_on, severity, line, status)
FROM stdin;
CN-2021-4837-2059-77	2021-01-01	2021-01-01	minor	CN	inquiry
\.
RESET session_replication_role;
BEGIN;
COPY desk.cases (case_ref, opened_at, closed_at, closed_on, opened_on, severity,
	line, source, source_id, closing_reason, moved_by, cycle, lifecycle_version,
	status, status_since, first_closed_at)
FROM stdin;
CN-2021-4837-2059-77	2021-01-01 00:00+00	2021-02-01 20:00+00	2021-02-01	2021-01-01	minor	CN	old	1	referred	x	3	\N	\N	2000-01-01	2000-01-01
\.
SELECT status, status_reason, closing_reason, closed_on, cycle,
	moved_by = current_user AS by_me, lifecycle_version,
	status_since = closed_at AND first_closed_at = closed_at
		AND last_closed_at = closed_at AND first_resolved_at = closed_at
		AND last_resolved_at = closed_at AS since_then
FROM desk.cases WHERE case_ref = 'CN-2021-4837-2059-77';
ROLLBACK;
\set VERBOSITY default
SELECT count(*) AS changed FROM (SELECT * FROM desk.cases
	WHERE case_ref IN (:'c', :'d', :'closed') EXCEPT TABLE rows_before) AS x;
-- A superuser who acts past the door is judged as somebody with every kind, so
-- what the rules allow passes, and nobody else reaches the table.
BEGIN;
UPDATE desk.cases SET status = 'inquiry' WHERE case_ref = :'c';
SELECT status, moved_by = current_user AS by_me FROM desk.cases
WHERE case_ref = :'c';
ROLLBACK;
SELECT v.who, pg_temp.ask(v.who, 'desk.cases') AS reads
FROM (VALUES ('regress_boss'), ('regress_admin')) AS v (who);
-- Another trigger that edits the row on its way is no way around.
CREATE FUNCTION public.forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.status := 'with_factory';
	NEW.moved_by := 'somebody';
	NEW.cycle := 5;
	RETURN NEW;
END
$$;
CREATE TRIGGER zzz_forge BEFORE UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION public.forge();
SELECT pg_temp.attempt(format('UPDATE desk.cases SET team = team WHERE case_ref = %L',
	:'c'));
DROP TRIGGER zzz_forge ON desk.cases;

--
-- Another version of the rules
--
-- In version 2 "triaged" is called otherwise, and nothing waits for a worker.
INSERT INTO desk.lifecycles (lifecycle, version, key_column, actor_column,
	since_column, reason_column, halt_column, final_except)
SELECT lifecycle, 2, key_column, actor_column, since_column, reason_column,
	halt_column, final_except FROM desk.lifecycles;
INSERT INTO desk.statuses
SELECT (jsonb_populate_record(s, jsonb_build_object('version', 2, 'status',
	CASE s.status WHEN 'triaged' THEN 'sorted' ELSE s.status END))).*
FROM desk.statuses AS s WHERE s.status <> 'waiting_worker';
INSERT INTO desk.transitions
SELECT (jsonb_populate_record(t, jsonb_build_object('version', 2,
	'from_status', CASE t.from_status WHEN 'triaged' THEN 'sorted'
		ELSE t.from_status END,
	'to_status', CASE t.to_status WHEN 'triaged' THEN 'sorted'
		ELSE t.to_status END))).*
FROM desk.transitions AS t
WHERE 'waiting_worker' NOT IN (COALESCE(t.from_status, ''), t.to_status);
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.adopt_lifecycle(%s)',
	v.arguments))
FROM (VALUES ('NULL'), ('2'), ('0'), ('99')) AS v (arguments);
SELECT pg_temp.case_in('triaged') AS t \gset
SELECT pg_temp.case_in('inquiry') AS w \gset
SELECT pg_temp.move('regress_one', :'w', 'wait_for_worker');
INSERT INTO desk.lifecycle_maps VALUES ('case', 2, 1, 'triaged', 'sorted');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE version = 2;
-- Cases keep their version; new ones have the new one.
SELECT pg_temp.new_case() AS n \gset
SELECT lifecycle_version FROM desk.cases WHERE case_ref IN (:'t', :'n') ORDER BY 1;
SELECT pg_temp.move('regress_one', :'n', 'triage',
	fields => '{"retaliation_risk": false}');
SELECT pg_temp.move('regress_one', :'n', 'wait_for_worker');
SELECT v.who, pg_temp.attempt(format($$SELECT set_config('role', %L, true);
	SELECT helpline.adopt_lifecycle(2, %L)$$, v.who, :'t'))
FROM (VALUES ('regress_one'), ('regress_field'), ('regress_staff'),
	('regress_analyst'), ('regress_auditor')) AS v (who);
SELECT pg_temp.attempt(
	$$SELECT helpline.adopt_lifecycle(2, ietp.new_case_ref('QQ', 2021))$$);
-- A status that has no counterpart: nothing is adopted.
SELECT pg_temp.attempt($$SELECT helpline.adopt_lifecycle(2)$$);
SELECT pg_temp.attempt(format('SELECT helpline.adopt_lifecycle(2, %L)', :'w'));
SELECT pg_temp.attempt(format('UPDATE desk.cases SET lifecycle_version = 2,
	status = ''inquiry'' WHERE case_ref = %L', :'w'));
-- Nor to another status than the map says.
SELECT pg_temp.attempt(format('UPDATE desk.cases SET lifecycle_version = 2
	WHERE case_ref = %L', :'t'));
SELECT pg_temp.attempt(format('UPDATE desk.cases SET lifecycle_version = 2,
	status = ''inquiry'' WHERE case_ref = %L', :'t'));
CREATE TEMP TABLE before_adoption AS SELECT * FROM desk.cases;
SET ROLE regress_boss;
SELECT adopted FROM helpline.adopt_lifecycle(2, :'t');
SELECT adopted FROM helpline.adopt_lifecycle(2, :'t');
RESET ROLE;
SELECT c.status, c.lifecycle_version, c.status_since = b.status_since
		AND c.moved_by = b.moved_by AND c.cycle = b.cycle AS else_as_before
FROM desk.cases AS c JOIN before_adoption AS b USING (case_ref)
WHERE c.case_ref = :'t';
SELECT action, actor, from_status || ' -> ' || to_status AS move, consent_n,
	lifecycle_version, changes FROM helpline.case_history(:'t')
WHERE action = 'adopted';
-- Its own version counts for the case.
SELECT pg_temp.move('regress_one', :'t', 'wait_for_worker');
SELECT action, to_status FROM helpline.next_actions(:'t')
WHERE action <> 'close';
-- The others: all that are open
SELECT pg_temp.move('regress_one', :'w', 'begin_inquiry');
SELECT count(pg_temp.move('regress_boss', case_ref, 'begin_inquiry'))
	= count(*) AS moved_on
FROM desk.cases WHERE status = 'waiting_worker';
SELECT count(*) AS due FROM desk.cases
WHERE closed_at IS NULL AND lifecycle_version = 1 \gset
SET ROLE regress_admin;
SELECT adopted = :due AS all_of_them FROM helpline.adopt_lifecycle(2);
SELECT adopted FROM helpline.adopt_lifecycle(2);
RESET ROLE;
SELECT closed_at IS NULL AS open, lifecycle_version, count(*) > 0 AS some
FROM desk.cases GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) = :due + 1 AS told FROM desk.events WHERE action = 'adopted';
-- What ended is not edited on the way, nor opened.
SELECT v.assignment, pg_temp.attempt(format('UPDATE desk.cases
	SET lifecycle_version = 2, %s WHERE case_ref = %L', v.assignment, :'closed'))
FROM (VALUES ('severity = ''minor'''), ('factory = ''F-2'''),
	('status = ''inquiry'''), ('closing_reason = ''resolved'', team = ''T-B'''))
	AS v (assignment);
-- A closed case, one at a time: it is reopened by the new rules.
SELECT adopted FROM helpline.adopt_lifecycle(2, :'closed');
SELECT status, lifecycle_version, closed_at IS NOT NULL AS closed, cycle
FROM desk.cases WHERE case_ref = :'closed';
SELECT pg_temp.move('regress_one', :'closed', 'reopen', 'worker_returned');
SELECT pg_temp.move('regress_one', :'closed', 'wait_for_worker');
-- Never back, even where the status is known
SELECT v.n, pg_temp.attempt(format('SELECT helpline.adopt_lifecycle(1, %L)',
	v.a_case))
FROM (VALUES (1, :'closed'), (2, :'t')) AS v (n, a_case);
SELECT pg_temp.attempt(format('UPDATE desk.cases SET lifecycle_version = 1
	WHERE case_ref = %L', :'closed'));
-- Nor, whatever a map says, from an open status to a closed one, out of one, or
-- to the factory without consent
INSERT INTO desk.lifecycles
SELECT (jsonb_populate_record(l, '{"version": 3, "sealed_at": null,
	"sealed_by": null}')).*
FROM desk.lifecycles AS l WHERE l.version = 2;
INSERT INTO desk.statuses
SELECT (jsonb_populate_record(s, '{"version": 3}')).*
FROM desk.statuses AS s WHERE s.version = 2;
INSERT INTO desk.transitions
SELECT (jsonb_populate_record(t, '{"version": 3}')).*
FROM desk.transitions AS t WHERE t.version = 2;
INSERT INTO desk.lifecycle_maps VALUES ('case', 3, 2, 'inquiry', 'closed'),
	('case', 3, 2, 'closed', 'inquiry'),
	('case', 3, 2, 'sorted', 'with_factory');
SELECT pg_temp.attempt($$UPDATE desk.lifecycles SET sealed_at = now(),
	sealed_by = 'test' WHERE version = 3$$);
SELECT level, problem, status, detail
FROM helpline.lifecycle_check('case', 3) WHERE level = 'error'
ORDER BY problem, status, detail;
ALTER TABLE desk.lifecycles DISABLE TRIGGER prove_sealed;
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE version = 3;
ALTER TABLE desk.lifecycles ENABLE ALWAYS TRIGGER prove_sealed;
SELECT case_ref AS ended FROM desk.cases
WHERE status = 'closed' AND duplicate_of IS NULL
ORDER BY opened_at, case_ref LIMIT 1 \gset
SELECT FROM helpline.adopt_lifecycle(2, :'ended');
SELECT c.status, pg_temp.attempt(format('SELECT helpline.adopt_lifecycle(3, %L)',
	c.case_ref))
FROM desk.cases AS c WHERE c.case_ref IN (:'t', :'closed', :'ended')
ORDER BY c.status COLLATE "C";
SELECT n FROM helpline.record_consent(:'t', 'contact_factory',
	recipient => 'F-1', wording_version => '1');
SELECT adopted FROM helpline.adopt_lifecycle(3, :'t');
SELECT status, lifecycle_version FROM desk.cases WHERE case_ref = :'t';

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_move;
DROP ROLE regress_move_owner, regress_one, regress_mate, regress_other,
	regress_boss, regress_field, regress_staff, regress_analyst,
	regress_auditor, regress_admin, regress_double, regress_app;
