-- Actions of a case, and the guards that ask them.  All in
-- a transaction that is rolled back; references are random and never shown.
SET datestyle = ISO;
SET timezone = 'UTC';
SET intervalstyle = postgres;
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

-- The outcome of a statement: SQLSTATE, column and message of its error.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	rule text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT, rule = CONSTRAINT_NAME;
	RETURN concat_ws(' | ', state, NULLIF(col, ''),
		COALESCE(NULLIF(rule, ''), message));
END
$$;

-- What a question is answered after some statements, which are undone.
CREATE FUNCTION pg_temp.after(statements text, question text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE statements;
	EXECUTE 'SELECT (' || question || ')::text' INTO answer;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN answer;
END
$$;

CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_field NOLOGIN;
CREATE ROLE regress_staff NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_auditor NOLOGIN;
CREATE ROLE regress_admin NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_other'), ('supervisor', 'regress_boss'),
	('investigator', 'regress_field'), ('programme_staff', 'regress_staff'),
	('analyst', 'regress_analyst'), ('auditor', 'regress_auditor'),
	('administrator', 'regress_admin')) AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'TA-A'),
	('regress_other', 'specialist', 'TA-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);
SELECT helpline.set_factory('TA-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TA-G', 'CN') IS NOT NULL AS done;

SET LOCAL ROLE regress_one;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', factory => 'TA-F', identity_mode => 'confidential') \gset
SELECT call_ref AS call2 FROM helpline.record_call('CN', 'wechat', 'grievance') \gset
SELECT severity FROM helpline.raise_issue(:'call1', 'wages.late');
SELECT case_ref AS case1 FROM helpline.open_case(:'call1', 'serious') \gset
-- of no factory and without issues
SELECT case_ref AS case2 FROM helpline.open_case(:'call2', 'minor') \gset
RESET ROLE;

--
-- Recording
--

SET LOCAL ROLE regress_one;
SELECT * FROM helpline.record_action(:'case1', 'acknowledgement',
	retry_key => '00000000-0000-4000-8000-000000000021');
-- Nothing is done twice, even if the clock has gone on.
SELECT * FROM helpline.record_action(:'case1', 'acknowledgement',
	occurred_at => now() - interval '1 hour',
	retry_key => '00000000-0000-4000-8000-000000000021');
SELECT v.arguments, pg_temp.attempt(format($$SELECT helpline.record_action(%s,
	retry_key => '00000000-0000-4000-8000-000000000021')$$,
	format(v.arguments, :'case1', :'case2')))
FROM (VALUES ('%1$L, ''meeting'''), ('%2$L, ''acknowledgement'''),
	('%1$L, ''acknowledgement'', ''sms'''),
	('%1$L, ''acknowledgement'', note => ''x''')) AS v (arguments);
SELECT * FROM helpline.record_action(:'case1', 'contact_attempt', 'sms', false,
	occurred_at => '2024-01-02 03:04:05+00', note => 'No answer to two messages.');
SELECT * FROM helpline.record_action(:'case1', 'referral_given',
	referred_to => '上海市人力资源和社会保障局', channel => 'phone_out');
SELECT * FROM helpline.record_action(:'case1', 'factory_statement');
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.record_action(%L, %s)',
	:'case1', v.arguments))
FROM (VALUES ('NULL'), ($$'gossip'$$), ($$''$$), ($$'factory_contact'$$),
	($$'factory_contact', 'sms'$$), ($$'contact_attempt'$$),
	($$'contact_attempt', 'sms'$$), ($$'contact_attempt', NULL, true$$),
	($$'contact_attempt', 'pigeon', true$$), ($$'meeting', ''$$),
	($$'meeting', reached => true$$),
	($$'meeting', referred_to => 'the union'$$), ($$'referral_given'$$),
	($$'referral_given', referred_to => E' \t'$$),
	($$'referral_given', referred_to => E'a\nb'$$),
	($$'referral_given', referred_to => repeat('x', 201)$$),
	($$'meeting', occurred_at => NULL$$),
	($$'meeting', occurred_at => now() + interval '1 day'$$),
	($$'meeting', occurred_at => 'infinity'$$),
	($$'meeting', occurred_at => '-infinity'$$),
	($$'meeting', occurred_at => '1899-12-31 23:59:59+00'$$),
	($$'meeting', note => ''$$)) AS v (arguments);
SELECT pg_temp.attempt($$SELECT helpline.record_action(NULL, 'meeting')$$);
SELECT pg_temp.attempt($$SELECT helpline.record_action(
	ietp.new_case_ref('QQ', 2021), 'meeting')$$);
SELECT pg_temp.attempt(format(
	$$SELECT helpline.record_action(%L, 'factory_statement')$$, :'case2'));
RESET ROLE;
SELECT n, kind, occurred_at = now() AS now, recorded_at > now() AS recorded,
	recorded_by, channel, reached, referred_to, factory, disclosure_n
FROM desk.actions WHERE case_ref = :'case1' ORDER BY n;
SELECT n, kind, written_by, body FROM desk.notes WHERE case_ref = :'case1';
SELECT n, action, actor, changes -> 'severity' ->> 1 AS severity,
	COALESCE((records -> 'actions' -> 0)::jsonb - 'digest',
		(records -> 'notes' -> 0)::jsonb - 'digest',
		(records -> 'case_issues' -> 0)::jsonb - 'digest') AS record,
	json_array_length(COALESCE(records -> 'actions', records -> 'notes',
		records -> 'case_issues', records -> 'case_calls')) AS records
FROM desk.events WHERE case_ref = :'case1' ORDER BY n;

-- Contact with the factory: with consent alone
SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format($$SELECT helpline.record_factory_contact(
	%L, 'phone_out', '{topic}', 'Called the manager.')$$, :'case1'));
SELECT count(*) FROM helpline.case_actions(:'case1');
SELECT count(*) AS consents
FROM helpline.record_consent(:'case1', 'contact_factory', language => 'zh', wording_version => 'v1');
SELECT * FROM helpline.record_factory_contact(:'case1', 'phone_out',
	'{topic}', 'Called the manager.',
	retry_key => '00000000-0000-4000-8000-000000000022');
SELECT * FROM helpline.record_factory_contact(:'case1', 'phone_out',
	'{topic}', 'Called the manager.',
	occurred_at => now() - interval '1 hour',
	retry_key => '00000000-0000-4000-8000-000000000022');
SELECT pg_temp.attempt(format($$SELECT helpline.record_factory_contact(
	%L, 'phone_out', '{topic,workers_affected}', 'Called the manager.',
	retry_key => '00000000-0000-4000-8000-000000000022')$$, :'case1'));
SELECT * FROM helpline.record_factory_contact(:'case1', 'email', '{topic}');
SELECT v.arguments, pg_temp.attempt(format(
	'SELECT helpline.record_factory_contact(%L, %s)', :'case1', v.arguments))
FROM (VALUES ($$NULL, '{topic}'$$), ($$'pigeon', '{topic}'$$),
	($$'sms', NULL$$), ($$'sms', '{}'$$), ($$'sms', '{gossip}'$$),
	($$'sms', '{NULL}'$$), ($$'sms', '{topic}', ' '$$),
	($$'sms', '{topic}', occurred_at => NULL$$),
	($$'sms', '{topic}', occurred_at => 'infinity'$$)) AS v (arguments);
SELECT pg_temp.attempt(format($$SELECT helpline.record_factory_contact(
	%L, 'sms', '{topic}')$$, :'case2'));
SELECT n, kind, channel, factory, disclosure_n FROM helpline.case_actions(:'case1')
WHERE kind = 'factory_contact';
SELECT kind, body FROM helpline.case_notes(:'case1');
SELECT count(*) AS withdrawn FROM helpline.withdraw_consent(:'case1', 'contact_factory');
SELECT left(pg_temp.attempt(format($$SELECT helpline.record_factory_contact(
	%L, 'sms', '{topic}')$$, :'case1')), 15);
RESET ROLE;

--
-- Past the counter
--

SELECT v.columns, v.more, pg_temp.attempt(format(
	'INSERT INTO desk.actions (case_ref, n, kind%s) VALUES (%L, 50%s)',
	v.columns, :'case1', v.more))
FROM (VALUES (', channel', $$, 'factory_contact', 'sms'$$),
	(', channel, factory', $$, 'factory_contact', 'sms', 'TA-F'$$),
	(', channel, factory, disclosure_n',
	 $$, 'factory_contact', 'sms', 'TA-F', 99$$),
	-- One that had its contact, at another time and at its own
	(', channel, factory, disclosure_n',
	 $$, 'factory_contact', 'sms', 'TA-F', 1$$),
	(', channel, factory, disclosure_n, occurred_at',
	 $$, 'factory_contact', 'sms', 'TA-F', 1, now() - interval '1 hour'$$),
	(', disclosure_n', $$, 'meeting', 1$$),
	(', factory', $$, 'meeting', 'TA-F'$$),
	(', reached', $$, 'contact_attempt', true$$),
	(', channel', $$, 'contact_attempt', 'sms'$$),
	(', reached', $$, 'meeting', true$$),
	('', $$, 'referral_given'$$), (', referred_to', $$, 'meeting', 'x'$$),
	(', referred_to', $$, 'referral_given', ''$$),
	(', referred_to', $$, 'referral_given', E'a\nb'$$),
	(', occurred_at', $$, 'meeting', now() + interval '1 hour'$$),
	(', occurred_at', $$, 'meeting', '-infinity'$$),
	('', $$, NULL$$)) AS v (columns, more);
-- A disclosure of another case, and one that was no contact of the factory
SELECT pg_temp.attempt(format($$INSERT INTO desk.actions
	(case_ref, n, kind, channel, factory, disclosure_n)
	VALUES (%L, 50, 'factory_contact', 'sms', 'TA-F', 1)$$, :'case2'));
SELECT count(*) AS consents FROM helpline.record_consent(:'case1', 'refer',
	'organisation', 'union', language => 'zh', wording_version => 'v1');
SELECT n AS referring FROM helpline.disclose(:'case1', 'refer', '{topic}',
	'organisation', 'union') \gset
SELECT pg_temp.attempt(format($$INSERT INTO desk.actions
	(case_ref, n, kind, channel, factory, disclosure_n)
	VALUES (%L, 50, 'factory_contact', 'sms', 'TA-F', %s)$$, :'case1',
	:'referring'));
-- When a factory was spoken with is when it was told.
SELECT n AS told FROM helpline.record_consent(:'case1', 'contact_factory',
		language => 'zh', wording_version => 'v1') AS k (consent_n, r),
	helpline.disclose(:'case1', 'contact_factory', '{topic}') AS d (n) \gset
SELECT v.at, pg_temp.attempt(format($$INSERT INTO desk.actions
	(case_ref, n, kind, channel, disclosure_n, occurred_at)
	VALUES (%L, 50 + %s, 'factory_contact', 'sms', %s, now() + %L)$$, :'case1',
	v.n, :'told', v.at))
FROM (VALUES (1, '-1 microsecond'), (2, '-1 day'), (3, '0'))
	AS v (n, at);
SET LOCAL session_replication_role = replica;
SELECT pg_temp.attempt(format($$INSERT INTO desk.actions
	(case_ref, n, kind, channel, disclosure_n, occurred_at)
	VALUES (%L, 55, 'factory_contact', 'sms', %s, now() - interval '1 day')$$,
	:'case1', :'told'));
RESET session_replication_role;
SELECT count(*) AS withdrawn
FROM helpline.withdraw_consent(:'case1', 'contact_factory');
-- Who and when is not for the statement to say.
SELECT pg_temp.after(format($$INSERT INTO desk.actions
	(case_ref, n, kind, recorded_by, recorded_at)
	VALUES (%1$L, 50, 'meeting', 'somebody', '2020-01-01')$$, :'case1'),
	format($$SELECT recorded_by = current_user AND recorded_at > now()
	FROM desk.actions WHERE case_ref = %L AND n = 50$$, :'case1'));
SET LOCAL session_replication_role = replica;
SELECT pg_temp.after(format($$INSERT INTO desk.actions
	(case_ref, n, kind, recorded_by, recorded_at)
	VALUES (%1$L, 50, 'meeting', 'somebody', '2020-01-01')$$, :'case1'),
	format($$SELECT recorded_by = current_user AND recorded_at > now()
	FROM desk.actions WHERE case_ref = %L AND n = 50$$, :'case1'));
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.actions SET reached = true'),
	('DELETE FROM desk.actions'), ('TRUNCATE desk.actions')) AS v (statement);
RESET session_replication_role;
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.actions SET reached = true'),
	('DELETE FROM desk.actions'), ('TRUNCATE desk.actions')) AS v (statement);

--
-- Who may
--

CREATE FUNCTION pg_temp.asked(who name, question text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE question INTO answer;
	RESET ROLE;
	RETURN COALESCE(answer, 'nothing');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
CREATE TABLE public.ask (role name);
INSERT INTO public.ask VALUES ('regress_one'), ('regress_other'),
	('regress_boss'), ('regress_field'), ('regress_staff'),
	('regress_analyst'), ('regress_auditor'), ('regress_admin');
SELECT a.role,
	pg_temp.asked(a.role, format('SELECT count(*) FROM helpline.case_actions(%L)',
		:'case1')) AS case_actions,
	pg_temp.asked(a.role, format($$SELECT n > 0
		FROM helpline.record_action(%L, 'meeting')$$, :'case1')) AS record_action,
	pg_temp.asked(a.role, format($$SELECT helpline.record_factory_contact(
		%L, 'sms', '{topic}')$$, :'case1')) AS record_factory_contact,
	pg_temp.asked(a.role, format($$SELECT count(*)
		FROM helpline.retaliation_checks_due() WHERE case_ref = %L$$,
		:'case1')) AS checks_due,
	pg_temp.asked(a.role, 'SELECT count(*) FROM desk.actions') AS past_the_counter
FROM public.ask AS a;
SELECT count(*) FROM helpline.case_actions(NULL);

--
-- Guards
--

-- Of no case, and of NULL, none holds.
SELECT g.guard, r.ref IS NULL AS of_null,
	pg_temp.after('SELECT 1', format('desk.%I(%L::ietp.case_ref)', g.guard,
		r.ref)) AS holds
FROM unnest('{issue_recorded,zero_tolerance_escalated,worker_informed,
	no_pressure_attested,both_sides_heard,referral_given,attempts_made,
	reason_noted,finding_noted}'::text[]) AS g (guard),
	(VALUES (NULL::text), (ietp.new_case_ref('QQ', 2021)::text)) AS r (ref);
SELECT desk.issue_recorded(:'case1') AS has_one, desk.issue_recorded(:'case2');
SELECT s.severity, l.level, pg_temp.after(format($$UPDATE desk.cases
	SET severity = %L, escalation_level = %s,
		escalated_at = CASE WHEN %2$s > 0 THEN now() END,
		escalated_on = CASE WHEN %2$s > 0 THEN opened_on END
	WHERE case_ref = %3$L$$, s.severity, l.level, :'case1'),
	format('desk.zero_tolerance_escalated(%L)', :'case1'))
FROM (VALUES ('critical'), ('zero_tolerance')) AS s (severity),
	generate_series(0, 3) AS l (level);
-- Once it was never to be tolerated it stays so.
SELECT l.level, pg_temp.after(format($$UPDATE desk.cases
	SET severity = 'zero_tolerance' WHERE case_ref = %1$L;
	UPDATE desk.cases SET severity = 'minor', escalation_level = %2$s,
		escalated_at = now(), escalated_on = opened_on
	WHERE case_ref = %1$L$$, :'case1', l.level),
	format('desk.zero_tolerance_escalated(%L)', :'case1'))
FROM generate_series(1, 2) AS l (level);

-- What somebody else's case holds does not count here: case2 has nothing.
SELECT v.guard, pg_temp.after('SELECT 1', format('desk.%s(%L)', v.guard, :'case2'))
		AS before, pg_temp.after(format(v.statement, :'case2'),
		format('desk.%s(%L)', v.guard, :'case2')) AS after
FROM (VALUES
	('worker_informed',
	 $$SELECT helpline.record_action(%L, 'worker_informed')$$),
	('worker_informed',
	 $$SELECT helpline.record_action(%L, 'update_to_worker')$$),
	('no_pressure_attested',
	 $$SELECT helpline.record_action(%L, 'no_pressure_attested')$$),
	('referral_given',
	 $$SELECT helpline.record_action(%L, 'referral_given', referred_to => 'x')$$),
	('both_sides_heard',
	 $$SELECT helpline.record_action(%L, 'worker_statement')$$),
	('both_sides_heard',
	 $$UPDATE desk.cases SET factory = 'TA-G' WHERE case_ref = %1$L;
	 SELECT helpline.record_action(%1$L, 'factory_statement')$$),
	('both_sides_heard',
	 $$UPDATE desk.cases SET factory = 'TA-G' WHERE case_ref = %1$L;
	 SELECT helpline.record_action(%1$L, 'factory_statement');
	 SELECT helpline.record_action(%1$L, 'worker_statement')$$),
	('finding_noted', $$SELECT helpline.add_note(%L, 'x', 'finding')$$),
	('finding_noted', $$SELECT helpline.add_note(%L, 'x', 'reason')$$),
	('reason_noted', $$SELECT helpline.add_note(%L, 'x', 'reason')$$),
	('reason_noted', $$SELECT helpline.add_note(%L, 'x', 'note')$$),
	('reason_noted', $$INSERT INTO desk.notes
		(case_ref, n, kind, written_by, body, written_at) SELECT %L, 50,
		'reason', 'x', 'x', now() - interval '1 microsecond'$$),
	('reason_noted', $$INSERT INTO desk.notes
		(case_ref, n, kind, written_by, body, written_at) SELECT %L, 50,
		'reason', 'x', 'x', now() + interval '1 microsecond'$$)
	) AS v (guard, statement);

-- In another cycle what was done in the first no longer counts.  The clock of
-- a transaction stands still, so the case is opened and closed in the past.
UPDATE desk.cases SET opened_at = now() - interval '2 hours'
WHERE case_ref = :'case2';
SELECT helpline.record_action(:'case2', v.kind, occurred_at =>
	now() - interval '1 hour') IS NOT NULL AS done
FROM (VALUES ('worker_informed'), ('no_pressure_attested'),
	('worker_statement')) AS v (kind);
INSERT INTO desk.actions (case_ref, n, kind, factory, occurred_at)
VALUES (:'case2', 60, 'factory_statement', 'TA-F', now() - interval '1 hour');
INSERT INTO desk.notes (case_ref, n, kind, written_by, body, written_at)
VALUES (:'case2', 60, 'finding', 'x', 'x', now() - interval '1 hour');
SELECT pg_temp.after('SELECT 1', format($$concat_ws(' ', desk.worker_informed(%1$L),
	desk.no_pressure_attested(%1$L), desk.both_sides_heard(%1$L),
	desk.finding_noted(%1$L))$$, :'case2')) AS first_cycle;
-- Nor does, in the first, what was done before the case was opened.
SELECT s.ago, pg_temp.after(format('UPDATE desk.cases
	SET opened_at = now() - interval %L WHERE case_ref = %L', s.ago, :'case2'),
	format($$concat_ws(' ', desk.worker_informed(%1$L),
	desk.no_pressure_attested(%1$L), desk.both_sides_heard(%1$L),
	desk.finding_noted(%1$L))$$, :'case2')) AS first_cycle
FROM (VALUES ('1 hour'), ('59 minutes 59 seconds')) AS s (ago);
SAVEPOINT again;
UPDATE desk.cases SET status = 'closed', status_reason = 'advised'
WHERE case_ref = :'case2';
UPDATE desk.cases SET status = 'inquiry', status_reason = 'worker_returned'
WHERE case_ref = :'case2';
-- What counts is the reopening that the history tells of, not the closing.
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_record;
UPDATE desk.cases SET first_closed_at = now() - interval '2 hours'
WHERE case_ref = :'case2' AND cycle = 2;
SELECT pg_temp.after('SELECT 1', format($$concat_ws(' ', desk.worker_informed(%1$L),
	desk.no_pressure_attested(%1$L), desk.both_sides_heard(%1$L),
	desk.finding_noted(%1$L))$$, :'case2')) AS second_cycle;
SELECT pg_temp.after(format($$SELECT helpline.record_action(%1$L, 'worker_informed');
	SELECT helpline.record_action(%1$L, 'no_pressure_attested');
	SELECT helpline.add_note(%1$L, 'x', 'finding')$$, :'case2'),
	format($$concat_ws(' ', desk.worker_informed(%1$L),
	desk.no_pressure_attested(%1$L), desk.both_sides_heard(%1$L),
	desk.finding_noted(%1$L))$$, :'case2')) AS in_it;
ROLLBACK TO again;
-- Reopened past the triggers, without an event: the first closing counts.
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_record;
UPDATE desk.cases SET cycle = 2, first_closed_at = now() - interval '2 hours'
WHERE case_ref = :'case1';
SELECT s.ago, pg_temp.after(format($$INSERT INTO desk.actions
	(case_ref, n, kind, occurred_at) VALUES (%1$L, 70, 'worker_informed',
	now() - interval %2$L)$$, :'case1', s.ago),
	format('desk.worker_informed(%L)', :'case1'))
FROM (VALUES ('2 hours 1 second'), ('2 hours')) AS s (ago);
UPDATE desk.cases SET cycle = 1, first_closed_at = NULL
WHERE case_ref = :'case1';
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_record;

-- Attempts.  2024-01-01 is a Monday, and a holiday; of the 20 working days
-- after it the last is Monday 2024-01-29.  The 40th is Thursday 2024-02-29:
-- five weekdays of the Spring Festival are free, and two Sundays are made up.
-- The line is in Shanghai, where the day begins at 16:00 UTC.
CREATE FUNCTION pg_temp.attempts(the_case ietp.case_ref, attempts text[],
	migrant boolean DEFAULT NULL)
RETURNS text
LANGUAGE sql
AS $$
	SELECT pg_temp.after(format('UPDATE desk.cases SET migrant_worker = %L
		WHERE case_ref = %L', migrant, the_case) || (
		SELECT string_agg(format(';INSERT INTO desk.actions
			(case_ref, n, kind, channel, occurred_at, reached)
			VALUES (%L, %s, ''contact_attempt'', %L, %L, %L)', the_case,
			100 + a.n, split_part(a.attempt, ',', 2),
			split_part(a.attempt, ',', 1) || '+00',
			split_part(a.attempt, ',', 3) = 'reached'), ' ')
		FROM unnest(attempts) WITH ORDINALITY AS a (attempt, n)),
		format('desk.attempts_made(%L)', the_case))
$$;
UPDATE desk.cases SET opened_at = '2023-01-01 01:00+00',
	opened_on = '2023-01-01' WHERE case_ref IN (:'case1', :'case2');
SELECT v.what, pg_temp.attempts(:'case2', v.attempts, v.migrant) AS made
FROM (VALUES
	('two', '{"2024-01-01 02:00,sms","2024-02-12 02:00,phone_out"}'::text[],
	 NULL::boolean),
	('20 days', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('19 days, to Friday', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-26 02:00,sms"}', NULL),
	('19 days, to Saturday', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-27 02:00,sms"}', NULL),
	('19 days, to Sunday', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-28 15:59:59,sms"}', NULL),
	('20 days, a second later', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-28 16:00,sms"}', NULL),
	('19 days, since Sunday: New Year is free', '{"2023-12-31 15:59:59,sms","2024-01-10 02:00,phone_out","2024-01-26 02:00,sms"}', NULL),
	('19 days, since Monday', '{"2023-12-31 16:00,sms","2024-01-10 02:00,phone_out","2024-01-26 02:00,sms"}', NULL),
	('migrant, 20 days', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', true),
	('no migrant, 20 days', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', false),
	('migrant, 39 days', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-02-28 15:59:59,sms"}', true),
	('migrant, 40 days', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-02-28 16:00,sms"}', true),
	('39 days, to the make-up Sunday', '{"2023-12-19 02:00,sms","2024-01-10 02:00,phone_out","2024-02-18 02:00,sms"}', true),
	('40 days, to the make-up Sunday', '{"2023-12-18 02:00,sms","2024-01-10 02:00,phone_out","2024-02-18 02:00,sms"}', true),
	('in any order', '{"2024-01-29 02:00,sms","2024-01-10 02:00,phone_out","2024-01-01 02:00,sms"}', NULL),
	('one kind, the call''s', '{"2024-01-01 02:00,wechat","2024-01-10 02:00,wechat","2024-01-29 02:00,sms"}', NULL),
	('one kind, the call was of another', '{"2024-01-01 02:00,phone_out","2024-01-10 02:00,voicemail","2024-01-29 02:00,phone_out"}', NULL),
	('the second kind known of an earlier attempt', '{"2023-06-01 02:00,letter","2023-06-02 02:00,phone_out,reached","2024-01-01 02:00,sms","2024-01-10 02:00,sms","2024-01-29 02:00,sms"}', NULL),
	('reached in between', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out,reached","2024-01-29 02:00,sms","2024-02-02 02:00,sms"}', NULL),
	('reached at the end', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms","2024-01-29 02:00,sms,reached"}', NULL),
	('reached before', '{"2024-01-01 01:00,sms,reached","2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('three since', '{"2023-01-01 01:00,sms","2024-01-01 01:00,sms,reached","2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('reached before, recorded later', '{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms","2023-12-31 02:00,sms,reached"}', NULL),
	('reached at the end, recorded earlier', '{"2024-02-10 02:00,sms,reached","2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('reached at the same instant, recorded before', '{"2024-01-01 02:00,sms,reached","2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('reached at the same instant, recorded after', '{"2024-01-01 02:00,sms","2024-01-01 02:00,sms,reached","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}', NULL),
	('all on one day', '{"2024-01-01 02:00,sms","2024-01-01 03:00,phone_out","2024-01-01 04:00,sms"}', NULL)
	) AS v (what, attempts, migrant);
-- Attempts before it was reopened do not count.
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_record;
UPDATE desk.cases SET cycle = 2, first_closed_at = '2024-01-01 02:00+00'
WHERE case_ref = :'case1';
SELECT v.attempts[1] AS first, pg_temp.attempts(:'case1', v.attempts) AS made
FROM (VALUES ('{"2024-01-01 02:00,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}'::text[]),
	('{"2024-01-01 01:59:59,sms","2024-01-10 02:00,phone_out","2024-01-29 02:00,sms"}')) AS v (attempts);
UPDATE desk.cases SET cycle = 1, first_closed_at = NULL
WHERE case_ref = :'case1';
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_record;

--
-- After the closing
--

-- A case of Vietnam that was opened on 2024-01-31 at 10:00 local time
SET LOCAL ROLE regress_one;
SELECT call_ref AS call3 FROM helpline.record_call('VN', 'zalo', 'grievance') \gset
SELECT case_ref AS case3 FROM helpline.open_case(:'call3', 'serious') \gset
RESET ROLE;
UPDATE desk.cases SET opened_at = '2024-01-31 03:00+00', opened_on = '2024-01-31'
WHERE case_ref = :'case3';

UPDATE desk.cases SET status = 'closed', status_reason = 'advised'
WHERE case_ref = :'case3';
SELECT desk.local_day('VN', last_closed_at) AS closed_on FROM desk.cases
WHERE case_ref = :'case3' \gset
CREATE FUNCTION pg_temp.checks(the_case ietp.case_ref, as_of date,
	statements text DEFAULT 'SELECT 1')
RETURNS text
LANGUAGE sql
AS $$
	SELECT pg_temp.after(statements, format($q$SELECT string_agg(concat_ws(' ',
		check_no, due_on - %1$L::date, days_overdue), ', ' ORDER BY check_no)
		FROM helpline.retaliation_checks_due(%2$L) WHERE case_ref = %3$L$q$,
		(SELECT timezone('Asia/Ho_Chi_Minh', now())::date), as_of, the_case))
$$;
SELECT d.days, pg_temp.checks(:'case3', :'closed_on'::date + d.days) AS due
FROM unnest('{0,29,30,31,89,90,365}'::integer[]) AS d (days);
SELECT pg_temp.attempt($$SELECT helpline.retaliation_checks_due('infinity')$$);
SELECT count(*) FROM helpline.retaliation_checks_due(NULL);
SELECT s.severity, pg_temp.after(format($$ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
	UPDATE desk.cases SET severity = %L WHERE case_ref = %L$$, s.severity, :'case3'),
	format($$SELECT count(*) FROM helpline.retaliation_checks_due(%L)
	WHERE case_ref = %L$$, :'closed_on'::date + 90, :'case3')) AS due
FROM unnest(enum_range(NULL::ietp.severity)) AS s (severity);
SELECT pg_temp.checks(:'case3', :'closed_on'::date + 90, format($$UPDATE desk.cases
	SET duplicate_of = %L WHERE case_ref = %L$$, :'case1', :'case3')) AS of_a_duplicate;
-- Nobody asks about a case that was closed before it was recorded here.
SELECT v.before, pg_temp.checks(:'case3', :'closed_on'::date + 90, format(
	$$ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp;
	ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
	ALTER TABLE desk.cases DISABLE TRIGGER zz_record;
	UPDATE desk.cases SET last_closed_at = recorded_at - %L::interval
	WHERE case_ref = %L$$, v.before, :'case3')) AS due
FROM (VALUES ('0'), ('1 microsecond'), ('1 year')) AS v (before);
-- A check counts when it was made after the closing, the first for the first.
SELECT v.checks, v.moved, pg_temp.checks(:'case3', :'closed_on'::date + 90, format(
	$$INSERT INTO desk.actions (case_ref, n, kind, occurred_at)
	SELECT %L, 80 + i, 'retaliation_check', clock_timestamp() + %L
	FROM generate_series(1, %s) AS i$$, :'case3', v.moved, v.checks)) AS due
FROM (VALUES (1, '0'::interval), (2, '0'), (3, '0'), (2, '-1 hour'))
	AS v (checks, moved);
-- What may still be recorded in a closed case
SELECT k.kind, pg_temp.attempt(format($$SELECT helpline.record_action(%L, %L,
	channel => %L, reached => %L, referred_to => %L)$$, :'case3', k.kind,
	CASE k.kind WHEN 'contact_attempt' THEN 'sms' END,
	CASE k.kind WHEN 'contact_attempt' THEN true END,
	CASE k.kind WHEN 'referral_given' THEN 'x' END))
FROM unnest(enum_range(NULL::ietp.action_kind)) AS k (kind);
SELECT left(pg_temp.attempt(format($$SELECT helpline.record_factory_contact(
	%L, 'sms', '{topic}')$$, :'case3')), 5);

ROLLBACK;
