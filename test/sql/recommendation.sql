-- Recommendations to factories, and whether the same happened again.  All in a
-- transaction that is rolled back; references are random and never shown.
SET datestyle = ISO;
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

CREATE TABLE public.ask (role name, kind text, team text);
INSERT INTO public.ask VALUES ('regress_one', 'specialist', 'TM-A'),
	('regress_other', 'specialist', 'TM-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL),
	('regress_staff', 'programme_staff', NULL),
	('regress_analyst', 'analyst', NULL), ('regress_auditor', 'auditor', NULL),
	('regress_admin', 'administrator', NULL);
DO $$
DECLARE
	a record;
BEGIN
	FOR a IN SELECT * FROM public.ask LOOP
		EXECUTE format('CREATE ROLE %I NOLOGIN', a.role);
		PERFORM ietp.grant_role(a.kind, a.role);
		PERFORM helpline.set_account(a.role, a.kind, team => a.team);
	END LOOP;
END
$$;
SELECT helpline.set_factory('TM-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TM-G', 'CN') IS NOT NULL AS done;

SET LOCAL ROLE regress_one;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', factory => 'TM-F') \gset
SELECT call_ref AS call2 FROM helpline.record_call('CN', 'phone_in',
	'grievance') \gset
SELECT severity FROM helpline.raise_issue(:'call1', 'wages.late');
SELECT case_ref AS case1 FROM helpline.open_case(:'call1') \gset
SELECT case_ref AS case2 FROM helpline.open_case(:'call2') \gset
SELECT timezone('Asia/Shanghai', now())::date AS today \gset

--
-- Step by step
--

SELECT * FROM helpline.recommend(:'case1', 'wages.late', 'Pay on the 7th.',
	:'today'::date + 30, '00000000-0000-4000-8000-000000000041');
SELECT * FROM helpline.recommend(:'case1', 'wages.late', 'Pay on the 7th.',
	:'today'::date + 30, '00000000-0000-4000-8000-000000000041');
SELECT pg_temp.attempt(format($$SELECT helpline.recommend(%L, 'wages.late',
	'Pay on the 8th.', %L, '00000000-0000-4000-8000-000000000041')$$, :'case1',
	:'today'));
SELECT * FROM helpline.recommend(:'case1', 'wages.late', 'Tell them.', :'today');
SELECT pg_temp.attempt(format($$SELECT helpline.verify_recommendation(%L, 1,
	'worker')$$, :'case1')) AS verified_before_answered;
SELECT pg_temp.attempt(format($$SELECT helpline.answer_recommendation(%L, 1,
	'accepted')$$, :'case1'));
SELECT pg_temp.attempt(format($$SELECT helpline.answer_recommendation(%L, 1,
	'accepted')$$, :'case1')) AS again;
SELECT pg_temp.attempt(format($$SELECT helpline.answer_recommendation(%L, 1,
	'refused', %L)$$, :'case1', :'today')) AS again;
SELECT pg_temp.attempt(format($$SELECT helpline.verify_recommendation(%L, 1,
	'site_visit')$$, :'case1'));
SELECT pg_temp.attempt(format($$SELECT helpline.verify_recommendation(%L, 1,
	'site_visit')$$, :'case1')) AS again;
SELECT pg_temp.attempt(format($$SELECT helpline.answer_recommendation(%L, 1,
	'accepted')$$, :'case1')) AS again;
SELECT n, factory, topic, body, made_at = now() AS made_now, made_by,
	due_on - :'today'::date AS due, answer, answered_on - :'today'::date AS answered,
	verified_on - :'today'::date AS verified, verified_through, verified_by
FROM helpline.case_recommendations(:'case1');
SELECT action, actor, changes -> 'severity' ->> 1 AS severity,
	(records -> 'recommendations' -> 0)::jsonb - '{due_on,digest}'::text[]
		AS recommendation,
	(records -> 'recommendations' -> 0 ->> 'due_on')::date - :'today'::date
		AS due
FROM helpline.case_history(:'case1');
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.recommend(%L, '
	|| v.arguments || ')', :'case1', :'today'))
FROM (VALUES ('NULL, ''x'', %L'), ('''wages'', ''x'', %L'),
	('''leave.annual'', ''x'', %L'), ('''gossip'', ''x'', %L'),
	('''wages.late'', NULL, %L'), ('''wages.late'', '' '', %L'),
	('''wages.late'', ''x'', NULL'), ('''wages.late'', ''x'', %L::date - 1'),
	('''wages.late'', ''x'', ''infinity''')) AS v (arguments);
SELECT v.call, pg_temp.attempt(format('SELECT helpline.' || v.call, :'case1',
	:'today'))
FROM (VALUES ('recommend(NULL, ''wages.late'', ''x'', %2$L)'),
	('answer_recommendation(NULL, 1, ''accepted'')'),
	('answer_recommendation(%L, NULL, ''accepted'')'),
	('answer_recommendation(%L, 3, ''accepted'')'),
	('answer_recommendation(%L, 2, NULL)'),
	('answer_recommendation(%L, 2, ''perhaps'')'),
	('answer_recommendation(%L, 2, ''refused'', %L::date + 1)'),
	('answer_recommendation(%L, 2, ''refused'', %L::date - 1)'),
	('verify_recommendation(%L, 3, ''worker'')'),
	('verify_recommendation(%L, 2, NULL)'),
	('verify_recommendation(%L, 2, ''hearsay'')'),
	('verify_recommendation(%L, 1, ''worker'', %L::date - 1)'),
	('recommendations(''NO-SUCH'')')) AS v (call);
RESET ROLE;
-- A case without factory; its issue is there.
INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
VALUES (:'case2', 1, 1, 'wages.late');
SELECT pg_temp.attempt(format($$SELECT helpline.recommend(%L, 'wages.late', 'x', %L)$$,
	:'case2', :'today'));

--
-- Past the counter
--

CREATE FUNCTION pg_temp.past_the_counter(the_case ietp.case_ref)
RETURNS TABLE (statement text, attempt text)
LANGUAGE sql
AS $$
	SELECT v.statement, pg_temp.attempt(format(v.statement, the_case))
	FROM (VALUES
		($q$INSERT INTO desk.recommendations (case_ref, n, factory, taxonomy,
			topic, body, due_on, answered_on)
			VALUES (%L, 9, 'TM-F', 1, 'wages', 'x', '2030-01-01', '2024-01-01')$q$),
		($q$INSERT INTO desk.recommendations (case_ref, n, taxonomy,
			topic, body, due_on)
			VALUES (%L, 9, 1, 'wages', 'x', '2030-01-01')$q$),
		('UPDATE desk.recommendations SET body = ''other'' WHERE case_ref = %L AND n = 2'),
		('UPDATE desk.recommendations SET due_on = due_on + 1 WHERE case_ref = %L AND n = 2'),
		('UPDATE desk.recommendations SET answer = ''refused'' WHERE case_ref = %L AND n = 2'),
		('UPDATE desk.recommendations SET verified_by = ''x'' WHERE case_ref = %L AND n = 1'),
		('UPDATE desk.recommendations SET verified_on = NULL WHERE case_ref = %L AND n = 1'),
		($q$UPDATE desk.recommendations SET verified_on = '2030-01-01',
			verified_through = 'worker' WHERE case_ref = %L AND n = 2$q$),
		('DELETE FROM desk.recommendations WHERE case_ref = %L'),
		('TRUNCATE desk.recommendations')) AS v (statement)
$$;
SELECT * FROM pg_temp.past_the_counter(:'case1');
SELECT pg_temp.attempt(format($$INSERT INTO desk.recommendations
	(case_ref, n, factory, taxonomy, topic, body, due_on)
	VALUES (%L, 9, 'TM-F', 1, 'gossip', 'x', '2030-01-01')$$, :'case1'));
SET LOCAL session_replication_role = replica;
SELECT p.attempt FROM pg_temp.past_the_counter(:'case1') AS p;
RESET session_replication_role;
SELECT pg_temp.after(format($$UPDATE desk.recommendations SET answer = 'refused',
	answered_on = '2024-01-01' WHERE case_ref = %1$L AND n = 2;
	UPDATE desk.recommendations SET verified_on = '2024-01-02',
	verified_through = 'worker', verified_by = 'x' WHERE case_ref = %1$L AND n = 2$$,
	:'case1'), format($$SELECT concat_ws(' ', answer, answered_on, verified_on,
	verified_by = current_user) FROM desk.recommendations
	WHERE case_ref = %L AND n = 2$$, :'case1'));

--
-- Recurrence.  Recommended on 2024-03-10, at 23:30 in Shanghai
--

ALTER TABLE desk.recommendations DISABLE TRIGGER zz_stamp,
	DISABLE TRIGGER zz_steps;
UPDATE desk.recommendations SET made_at = '2024-03-10 15:30+00',
	due_on = '2024-04-10' WHERE case_ref = :'case1';
UPDATE desk.recommendations SET answered_on = '2024-04-01',
	verified_on = '2024-04-02' WHERE n = 1 AND case_ref = :'case1';
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_steps;
UPDATE desk.cases SET opened_at = '2024-03-01 00:00+00', opened_on = '2024-03-01'
WHERE case_ref = :'case1';
UPDATE desk.calls SET received_at = '2024-03-01 00:00+00', received_on = '2024-03-01'
WHERE call_ref = :'call1';
UPDATE desk.issues SET raised_on = '2024-03-01' WHERE call_ref = :'call1';
CREATE FUNCTION pg_temp.found(statements text)
RETURNS text
LANGUAGE sql
AS $$
	SELECT pg_temp.after(statements, $q$SELECT concat_ws(' ', recurrences,
		last_recurrence_on) FROM helpline.recommendations('TM-F') WHERE n = 2$q$)
$$;
SELECT n, to_factory, topic, made_on, due_on, overdue, answer, verified_on,
	recurrences, last_recurrence_on
FROM helpline.recommendations('TM-F');
SELECT count(*), max(n) AS n FROM helpline.recommendations('TM-F', true);
SELECT count(*) FROM helpline.recommendations('TM-F', NULL);
SELECT count(*) FROM helpline.recommendations('TM-G');
-- Others' recommendations are there too, where no factory is named.
SELECT count(*) FILTER (WHERE to_factory = 'TM-F') FROM helpline.recommendations();
SELECT v.today, pg_temp.after(format($$ALTER TABLE desk.recommendations DISABLE TRIGGER zz_steps;
	UPDATE desk.recommendations SET due_on = %L::date + %s$$, :'today', v.today),
	$$SELECT string_agg(overdue::text, ' ' ORDER BY n)
	FROM helpline.recommendations('TM-F')$$) AS overdue
FROM (VALUES (-1), (0)) AS v (today);

-- A call of a factory with an issue, and a case with issues, or with those of
-- the call
CREATE FUNCTION pg_temp.make_call(at timestamptz, topic text,
	factory text DEFAULT 'TM-F')
RETURNS ietp.call_ref
LANGUAGE plpgsql
AS $$
#variable_conflict use_variable
DECLARE
	ref ietp.call_ref := ietp.new_call_ref('CN', 2024);
	day date := timezone('Asia/Shanghai', at)::date;
BEGIN
	INSERT INTO desk.calls (call_ref, line, channel, direction, outcome,
		purpose, received_at, received_on, factory)
	VALUES (ref, 'CN', 'sms', 'inbound', 'answered', 'grievance', at, day,
		factory);
	INSERT INTO desk.issues (call_ref, n, taxonomy, raised_on, topic, line)
	VALUES (ref, 1, 1, day, topic, 'CN');
	RETURN ref;
END
$$;
CREATE FUNCTION pg_temp.make_case(at timestamptz, topics text[] DEFAULT '{}',
	factory text DEFAULT 'TM-F', call ietp.call_ref DEFAULT NULL,
	other ietp.case_ref DEFAULT NULL)
RETURNS ietp.case_ref
LANGUAGE plpgsql
AS $$
#variable_conflict use_variable
DECLARE
	ref ietp.case_ref := ietp.new_case_ref('CN', 2024);
BEGIN
	INSERT INTO desk.cases (case_ref, line, factory, opened_at, opened_on,
		severity, duplicate_of)
	VALUES (ref, 'CN', factory, at, timezone('Asia/Shanghai', at)::date,
		'minor', other);
	INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
	SELECT ref, n, 1, topic
	FROM unnest(topics) WITH ORDINALITY AS t (topic, n);
	INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic, call_ref, call_n)
	SELECT ref, 100, i.taxonomy, i.topic, i.call_ref, i.n
	FROM desk.issues AS i WHERE i.call_ref = call;
	RETURN ref;
END
$$;
SELECT v.what, pg_temp.found(format('SELECT ' || v.made, :'case1')) AS found
FROM (VALUES ('nothing', '1'),
	('a case', 'pg_temp.make_case(''2024-05-01'', ''{leave.annual,wages.late}'')'),
	('at the same instant', 'pg_temp.make_case(''2024-03-10 15:30+00'', ''{wages.late}'')'),
	('a second later', 'pg_temp.make_case(''2024-03-10 15:30:01+00'', ''{wages.late}'')'),
	('another topic', 'pg_temp.make_case(''2024-05-01'', ''{wages}'')'),
	('another factory', 'pg_temp.make_case(''2024-05-01'', ''{wages.late}'', ''TM-G'')'),
	('no factory', 'pg_temp.make_case(''2024-05-01'', ''{wages.late}'', NULL)'),
	('a duplicate', 'pg_temp.make_case(''2024-05-01'', ''{wages.late}'', other => %L)'),
	('two of a case', 'pg_temp.make_case(''2024-05-01'', ''{wages.late,wages.late}'')'),
	('two cases', 'pg_temp.make_case(''2024-06-01'', ''{wages.late}''), pg_temp.make_case(''2024-05-01'', ''{wages.late}'')'),
	('a call', 'pg_temp.make_call(''2024-03-31 16:00+00'', ''wages.late'')'),
	('a call before', 'pg_temp.make_call(''2024-03-10 15:29+00'', ''wages.late'')'),
	('a call of another topic', 'pg_temp.make_call(''2024-05-01'', ''wages'')'),
	('a call of another factory', 'pg_temp.make_call(''2024-05-01'', ''wages.late'', ''TM-G'')'),
	('a call and its case', 'pg_temp.make_case(''2024-05-02'', call => pg_temp.make_call(''2024-05-01'', ''wages.late''))'),
	('a call and a case without it', 'pg_temp.make_case(''2024-05-02'', ''{wages.late}''), pg_temp.make_call(''2024-05-03'', ''wages.late'')'),
	('a call and its two cases', 'pg_temp.make_case(''2024-05-02'', call => c.ref), pg_temp.make_case(''2024-05-09'', call => c.ref) FROM (SELECT pg_temp.make_call(''2024-05-01'', ''wages.late'') AS ref OFFSET 0) AS c'),
	('a call of a duplicate', 'pg_temp.make_case(''2024-05-02'', call => pg_temp.make_call(''2024-05-01'', ''wages.late''), other => %L)'),
	('a call of an older case', 'pg_temp.make_case(''2024-01-02'', call => pg_temp.make_call(''2024-05-01'', ''wages.late''))')
	) AS v (what, made);
-- A further call of the same case is no recurrence.
SELECT pg_temp.found(format($$WITH c AS (SELECT pg_temp.make_call('2024-05-01',
	'wages.late') AS ref) SELECT helpline.link_call(%L, c.ref) FROM c$$, :'case1'));

--
-- Who may, and what of others' cases
--

SELECT pg_temp.make_case('2024-05-01', '{wages.late}') IS NOT NULL AS made;
SELECT a.role,
	pg_temp.asked(a.role, $$SELECT count(*) || ' ' || max(recurrences)
		FROM helpline.recommendations('TM-F')$$) AS recommendations,
	pg_temp.asked(a.role, format($$SELECT count(*)
		FROM helpline.case_recommendations(%L)$$, :'case1')) AS case_recommendations,
	pg_temp.asked(a.role, format($$SELECT n > 0
		FROM helpline.recommend(%L, 'wages.late', 'x', %L)$$, :'case1', :'today'))
		AS recommend,
	pg_temp.asked(a.role, format($$SELECT helpline.answer_recommendation(%L, 2,
		'refused')$$, :'case1')) AS answer,
	pg_temp.asked(a.role, format($$SELECT helpline.verify_recommendation(%L, 2,
		'worker')$$, :'case1')) AS verify,
	pg_temp.asked(a.role, 'SELECT count(*) FROM desk.recommendations') AS past_the_counter
FROM public.ask AS a;
-- In a closed case, too
UPDATE desk.cases SET status = 'closed', status_reason = 'advised'
WHERE case_ref = :'case1';
SET LOCAL ROLE regress_one;
SELECT n AS again FROM helpline.recommend(:'case1', 'wages.late', 'x', :'today') \gset
SELECT helpline.answer_recommendation(:'case1', :again, 'partly_accepted')
	IS NOT NULL AS done;
SELECT helpline.verify_recommendation(:'case1', :again, 'evidence')
	IS NOT NULL AS done;
RESET ROLE;

ROLLBACK;
