-- Remedies: promised, delivered, verified, each once and in that order.  All in
-- a transaction that is rolled back; references are random and never shown.
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
INSERT INTO public.ask VALUES ('regress_one', 'specialist', 'TR-A'),
	('regress_other', 'specialist', 'TR-B'),
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
SELECT helpline.set_factory('TR-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TR-G', 'CN') IS NOT NULL AS done;

SET LOCAL ROLE regress_one;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', factory => 'TR-F') \gset
SELECT case_ref AS case1 FROM helpline.open_case(:'call1') \gset
SELECT case_ref AS case2 FROM helpline.open_case(:'call1') \gset
RESET ROLE;
CREATE FUNCTION pg_temp.guards(the_case ietp.case_ref)
RETURNS text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', desk.remedy_promised(the_case),
		desk.remedy_delivered(the_case), desk.remedy_verified(the_case))
$$;

SELECT count(*) AS types, count(DISTINCT label_en) AS en,
	count(DISTINCT label_zh_hans) AS zh_hans,
	count(DISTINCT label_zh_hant) AS zh_hant, count(DISTINCT label_vi) AS vi
FROM desk.remedy_types;

--
-- Step by step
--

SELECT pg_temp.guards(NULL) AS of_null, pg_temp.guards(ietp.new_case_ref('QQ', 2021))
	AS of_none, pg_temp.guards(:'case1') AS before;
SET LOCAL ROLE regress_one;
SELECT * FROM helpline.promise_remedy(:'case1', 'wages_paid', amount => 1200.50,
	currency => 'CNY', due_on => '2030-01-31',
	retry_key => '00000000-0000-4000-8000-000000000031');
SELECT * FROM helpline.promise_remedy(:'case1', 'wages_paid', amount => 1200.50,
	currency => 'CNY', due_on => '2030-01-31',
	retry_key => '00000000-0000-4000-8000-000000000031');
SELECT pg_temp.attempt(format($$SELECT helpline.promise_remedy(%L, 'apology',
	retry_key => '00000000-0000-4000-8000-000000000031')$$, :'case1'));
SELECT * FROM helpline.promise_remedy(:'case1', 'apology', 'other');
RESET ROLE;
SELECT pg_temp.guards(:'case1') AS promised;
SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 1, 'worker')$$,
	:'case1')) AS verified_before_delivered;
SELECT pg_temp.attempt(format('SELECT helpline.deliver_remedy(%L, 1)', :'case1'));
SELECT pg_temp.attempt(format('SELECT helpline.deliver_remedy(%L, 1)', :'case1'))
	AS again;
SELECT pg_temp.attempt(format('SELECT helpline.deliver_remedy(%L, 1, %L)', :'case1',
	'2024-01-01')) AS again;
RESET ROLE;
SELECT pg_temp.guards(:'case1') AS one_delivered;
SET LOCAL ROLE regress_boss;
SELECT pg_temp.attempt(format('SELECT helpline.deliver_remedy(%L, 2, %L)', :'case1',
	timezone('Asia/Shanghai', now())::date));
RESET ROLE;
SELECT pg_temp.guards(:'case1') AS both_delivered;
SET LOCAL ROLE regress_boss;
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 1, 'worker')$$,
	:'case1'));
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 1, 'worker')$$,
	:'case1')) AS again;
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 1, 'evidence')$$,
	:'case1')) AS again;
RESET ROLE;
SELECT pg_temp.guards(:'case1') AS one_verified;
SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 2, 'site_visit')$$,
	:'case1'));
RESET ROLE;
SELECT pg_temp.guards(:'case1') AS both_verified;
SELECT n, cycle, remedy_type, promised_by, promised_at = now() AS promised_now,
	due_on, amount, currency,
	delivered_on = timezone('Asia/Shanghai', now())::date AS today,
	verified_at = now() AS verified_now, verified_through, recorded_by,
	delivered_recorded_by, verified_by
FROM helpline.case_remedies(:'case1');
SELECT action, actor, changes -> 'severity' ->> 1 AS severity,
	(records -> 'remedies' -> 0)::jsonb - '{delivered_on,digest}'::text[]
		AS remedy,
	(records -> 'remedies' -> 0 ->> 'delivered_on')::date
		= timezone('Asia/Shanghai', now())::date AS delivered_today
FROM helpline.case_history(:'case1');
-- One that was promised later is wanting again.
SELECT pg_temp.after(format($$SELECT helpline.promise_remedy(%L, 'apology')$$, :'case1'),
	format('pg_temp.guards(%L)', :'case1'));
-- That there is none is no remedy, and is not waited for.
SELECT pg_temp.after(format($$SELECT helpline.promise_remedy(%1$L, 'none');
	SELECT helpline.deliver_remedy(%1$L, 1);
	SELECT helpline.verify_remedy(%1$L, 1, 'worker')$$, :'case2'),
	format('pg_temp.guards(%L)', :'case2'));
SELECT pg_temp.after(format($$SELECT helpline.promise_remedy(%1$L, 'none')$$, :'case1'),
	format('pg_temp.guards(%L)', :'case1'));
-- Of another case, and of an earlier cycle
SELECT pg_temp.guards(:'case2');
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_record;
UPDATE desk.cases SET cycle = 2 WHERE case_ref = :'case1';
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_record;
SELECT pg_temp.guards(:'case1') AS second_cycle;
SELECT n FROM helpline.promise_remedy(:'case1', 'training');
SELECT pg_temp.guards(:'case1') AS promised_in_it,
	(SELECT max(cycle) FROM desk.remedies WHERE case_ref = :'case1') AS cycle;

--
-- Arguments
--

SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.promise_remedy(%L, %s)',
	:'case1', v.arguments))
FROM (VALUES ('NULL'), ($$'gold'$$), ($$'apology', NULL$$),
	($$'apology', 'worker'$$), ($$'wages_paid', amount => 1$$),
	($$'wages_paid', currency => 'CNY'$$),
	($$'wages_paid', amount => 1, currency => 'rmb'$$),
	($$'wages_paid', amount => -1, currency => 'CNY'$$),
	($$'wages_paid', amount => 'NaN', currency => 'CNY'$$),
	($$'wages_paid', amount => 1e15, currency => 'CNY'$$),
	($$'apology', due_on => 'infinity'$$)) AS v (arguments);
SELECT n FROM helpline.promise_remedy(:'case2', 'wages_paid', amount => 0,
	currency => 'CNY');
SELECT v.call, pg_temp.attempt(format('SELECT helpline.' || v.call, :'case2',
	timezone('Asia/Shanghai', now())::date))
FROM (VALUES ('promise_remedy(NULL, ''apology'')'),
	('deliver_remedy(NULL, 1)'), ('deliver_remedy(%L, NULL)'),
	('deliver_remedy(%L, 0)'), ('deliver_remedy(%L, 2)'),
	('deliver_remedy(%L, 1, %L::date + 1)'),
	('deliver_remedy(%L, 1, ''infinity'')'),
	('deliver_remedy(%L, 1, ''-infinity'')'),
	('verify_remedy(NULL, 1, ''worker'')'),
	('verify_remedy(%L, NULL, ''worker'')'),
	('verify_remedy(%L, 2, ''worker'')'), ('verify_remedy(%L, 1, NULL)'),
	('verify_remedy(%L, 1, ''hearsay'')')) AS v (call);
SELECT count(*) FROM helpline.case_remedies(NULL);

--
-- Past the counter
--

CREATE FUNCTION pg_temp.past_the_counter(the_case ietp.case_ref)
RETURNS TABLE (statement text, attempt text)
LANGUAGE sql
AS $$
	SELECT v.statement, pg_temp.attempt(format(v.statement, the_case))
	FROM (VALUES
		($q$INSERT INTO desk.remedies (case_ref, n, remedy_type, delivered_on)
			VALUES (%L, 9, 'apology', '2024-01-01')$q$),
		($q$INSERT INTO desk.remedies (case_ref, n, remedy_type, verified_through)
			VALUES (%L, 9, 'apology', 'worker')$q$),
		($q$INSERT INTO desk.remedies (case_ref, n, remedy_type, verified_by)
			VALUES (%L, 9, 'apology', 'x')$q$),
		($q$INSERT INTO desk.remedies (case_ref, n, remedy_type, amount)
			VALUES (%L, 9, 'apology', 1)$q$),
		($q$INSERT INTO desk.remedies (case_ref, n, remedy_type, promised_by_party)
			VALUES (%L, 9, 'apology', 'worker')$q$),
		('UPDATE desk.remedies SET amount = 5 WHERE case_ref = %L'),
		('UPDATE desk.remedies SET cycle = 7 WHERE case_ref = %L'),
		('UPDATE desk.remedies SET n = 70 WHERE case_ref = %L'),
		('UPDATE desk.remedies SET recorded_by = ''x'' WHERE case_ref = %L'),
		('UPDATE desk.remedies SET delivered_recorded_by = ''x'' WHERE case_ref = %L'),
		('UPDATE desk.remedies SET verified_at = now() WHERE case_ref = %L'),
		('UPDATE desk.remedies SET verified_through = ''worker'' WHERE case_ref = %L'),
		($q$UPDATE desk.remedies SET delivered_on = '2024-01-01',
			verified_through = 'worker' WHERE case_ref = %L$q$),
		($q$UPDATE desk.remedies SET delivered_on = '2024-01-01', amount = 5
			WHERE case_ref = %L$q$),
		($q$UPDATE desk.remedies SET delivered_on = '2024-01-01',
			verified_by = 'x' WHERE case_ref = %L$q$),
		($q$UPDATE desk.remedies SET delivered_on = 'infinity'
			WHERE case_ref = %L$q$),
		('UPDATE desk.remedies SET n = n WHERE case_ref = %L'),
		('DELETE FROM desk.remedies WHERE case_ref = %L'),
		('TRUNCATE desk.remedies')) AS v (statement)
$$;
SELECT * FROM pg_temp.past_the_counter(:'case2');
SET LOCAL session_replication_role = replica;
SELECT p.attempt FROM pg_temp.past_the_counter(:'case2') AS p;
RESET session_replication_role;
-- The right steps, whatever else is claimed
SELECT pg_temp.after(format($$UPDATE desk.remedies SET delivered_on = '2024-01-01',
	delivered_recorded_by = 'x' WHERE case_ref = %1$L;
	UPDATE desk.remedies SET verified_through = 'evidence', verified_by = 'x',
	verified_at = '2020-01-01' WHERE case_ref = %1$L$$, :'case2'),
	format($$SELECT concat_ws(' ', delivered_on, delivered_recorded_by = current_user,
	verified_through, verified_by = current_user, verified_at = now())
	FROM desk.remedies WHERE case_ref = %L$$, :'case2'));
SELECT pg_temp.after(format($$INSERT INTO desk.remedies (case_ref, n, remedy_type,
	cycle, promised_at, recorded_by) VALUES (%L, 9, 'apology', 7, '2020-01-01', 'x')$$,
	:'case1'), format($$SELECT concat_ws(' ', cycle, promised_at = now(),
	recorded_by = current_user) FROM desk.remedies WHERE case_ref = %L AND n = 9$$,
	:'case1'));
-- A step taken back
UPDATE desk.remedies SET delivered_on = '2024-01-01' WHERE case_ref = :'case2';
SELECT v.statement, pg_temp.attempt(format(v.statement, :'case2'))
FROM (VALUES
	('UPDATE desk.remedies SET delivered_on = NULL WHERE case_ref = %L'),
	('UPDATE desk.remedies SET delivered_on = NULL, delivered_recorded_by = NULL WHERE case_ref = %L'),
	('UPDATE desk.remedies SET delivered_on = ''2024-01-02'' WHERE case_ref = %L'),
	('UPDATE desk.remedies SET verified_through = ''worker'', amount = 9 WHERE case_ref = %L'))
	AS v (statement);
-- A trigger that sorts last does not get by either.
CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN NEW.amount := 999; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON desk.remedies
FOR EACH ROW EXECUTE FUNCTION public.meddle();
SELECT pg_temp.attempt(format($$SELECT helpline.verify_remedy(%L, 1, 'worker')$$,
	:'case2'));
DROP TRIGGER zzz ON desk.remedies;

--
-- Who may
--

SELECT a.role,
	pg_temp.asked(a.role, format('SELECT count(*) FROM helpline.case_remedies(%L)',
		:'case1')) AS case_remedies,
	pg_temp.asked(a.role, format($$SELECT n > 0
		FROM helpline.promise_remedy(%L, 'apology')$$, :'case1')) AS promise,
	pg_temp.asked(a.role, format('SELECT helpline.deliver_remedy(%L, 3)', :'case1'))
		AS deliver,
	pg_temp.asked(a.role, format('SELECT helpline.verify_remedy(%L, 3, ''worker'')',
		:'case1')) AS verify,
	pg_temp.asked(a.role, 'SELECT count(*) FROM desk.remedies') AS past_the_counter
FROM public.ask AS a;
-- In a closed case nothing is done.
UPDATE desk.cases SET status = 'closed', status_reason = 'advised'
WHERE case_ref = :'case2';
SELECT v.call, pg_temp.attempt(format('SELECT helpline.' || v.call, :'case2'))
FROM (VALUES ('promise_remedy(%L, ''apology'')'), ('deliver_remedy(%L, 1)'),
	('verify_remedy(%L, 1, ''worker'')')) AS v (call);

ROLLBACK;
