-- Accounts, who_am_i, and retry keys.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT count(*) FROM ietp.create_roles('t_ietp_');
RESET client_min_messages;
CREATE ROLE t_ietp_adm NOLOGIN IN ROLE t_ietp_administrator;
CREATE ROLE t_ietp_sup NOLOGIN IN ROLE t_ietp_supervisor;
CREATE ROLE t_ietp_user NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_user2 NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_all NOLOGIN IN ROLE t_ietp_specialist, t_ietp_supervisor,
	t_ietp_investigator, t_ietp_programme_staff, t_ietp_analyst,
	t_ietp_factory, t_ietp_buyer, t_ietp_auditor, t_ietp_administrator;

-- How a statement ends.  Every bad argument below holds 13800138000, which
-- no error may tell.
CREATE FUNCTION pg_temp.attempt(statement text, OUT state text,
	OUT message text, OUT hint text, OUT "column" text, OUT tells boolean)
LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT, "column" = COLUMN_NAME;
	tells := concat(message, detail, hint, "column") LIKE '%13800138000%';
END
$$;

BEGIN;
SET ROLE t_ietp_adm;
SELECT helpline.set_factory('T-F1', 'VN'), helpline.set_factory('T-F2', 'VN');
SELECT helpline.set_buyer('T-B1', 'buyer');

--
-- set_account
--
SELECT a.account, helpline.set_account(a.account, a.kind, a.team, a.factory,
	a.buyer, a.active)
FROM (VALUES
	('t_ietp_user', 'specialist', 'T-A', NULL, NULL, true),
	('t_ietp_user2', 'specialist', 'T-A', NULL, NULL, NULL),
	('person@example.org', 'supervisor', NULL, NULL, NULL, true),
	('Nguyễn Thị Hạnh', 'investigator', 'T-B', NULL, NULL, true),
	('王小明', 'programme_staff', NULL, NULL, NULL, true),
	('a', 'analyst', NULL, NULL, NULL, false),
	(repeat('é', 128), 'factory', NULL, 'T-F1', NULL, true),
	('it''s "a" \buyer', 'buyer', NULL, NULL, 'T-B1', true),
	('t_ietp_auditor', 'auditor', NULL, NULL, NULL, true),
	('13800138000', 'administrator', repeat('t', 64), NULL, NULL, true))
	AS a (account, kind, team, factory, buyer, active);
SELECT helpline.set_account('named', 'auditor');
SELECT helpline.set_account(kind => 'auditor', account => 'named too',
	active => false);
RESET ROLE;
SELECT left(account, 20) AS account, kind, active, left(team, 5) AS team,
	factory, buyer
FROM desk.accounts ORDER BY account;
SELECT left(team, 5) AS team, length(team) FROM desk.teams
ORDER BY team COLLATE "C";

-- Entered again: changed whole, and not doubled.
SET ROLE t_ietp_adm;
SELECT helpline.set_account('named', 'factory', 'T-A', factory => 'T-F2');
RESET ROLE;
SELECT * FROM desk.accounts WHERE account = 'named';
SET ROLE t_ietp_adm;
SELECT helpline.set_account('named', 'auditor', active => false);
RESET ROLE;
SELECT * FROM desk.accounts WHERE account = 'named';
SELECT count(*) FROM desk.accounts;

-- Errors, and none leaves anything.
CREATE TEMP TABLE before AS SELECT * FROM desk.accounts;
CREATE TEMP TABLE bad (n serial, account text, kind text, team text,
	factory text, buyer text);
INSERT INTO bad (account, kind, team, factory, buyer) VALUES
	(NULL, 'auditor', NULL, NULL, NULL),
	('', 'auditor', NULL, NULL, NULL),
	(repeat('13800138000', 12), 'auditor', NULL, NULL, NULL),
	(E'13800138000\n', 'auditor', NULL, NULL, NULL),
	(E'13800138000\x7f', 'auditor', NULL, NULL, NULL),
	('x', NULL, NULL, NULL, NULL),
	('x', '13800138000', NULL, NULL, NULL),
	('x', 'factory', NULL, NULL, NULL),
	('x', 'factory', NULL, '13800138000', NULL),
	('x', 'factory', NULL, ' T-F1', NULL),
	('x', 'factory', NULL, 'T-F1', 'T-B1'),
	('x', 'auditor', NULL, 'T-F1', NULL),
	('x', 'auditor', NULL, '13800138000', NULL),
	('x', 'buyer', NULL, NULL, NULL),
	('x', 'buyer', NULL, NULL, '13800138000'),
	('x', 'buyer', NULL, 'T-F1', 'T-B1'),
	('x', 'auditor', NULL, NULL, 'T-B1'),
	('x', 'specialist', '', NULL, NULL),
	('x', 'specialist', ' 13800138000', NULL, NULL),
	('x', 'specialist', E'13800138000\n', NULL, NULL),
	('x', 'specialist', '-13800138000', NULL, NULL),
	('x', 'specialist', '13800138000 A', NULL, NULL),
	('x', 'specialist', '138001380００', NULL, NULL),
	('x', 'specialist', repeat('13800138000', 6), NULL, NULL);
GRANT SELECT ON bad TO PUBLIC;
SET ROLE t_ietp_adm;
SELECT b.n, a.state, a.message, a."column", a.tells
FROM bad AS b, pg_temp.attempt(format(
	'SELECT helpline.set_account(%L, %L, %L, %L, %L)',
	b.account, b.kind, b.team, b.factory, b.buyer)) AS a
ORDER BY b.n;
SELECT DISTINCT a.hint COLLATE "C" AS hint
FROM bad AS b, pg_temp.attempt(format(
	'SELECT helpline.set_account(%L, %L, %L, %L, %L)',
	b.account, b.kind, b.team, b.factory, b.buyer)) AS a
ORDER BY a.hint COLLATE "C";
RESET ROLE;
SELECT count(*) AS changed FROM (
	(TABLE before EXCEPT TABLE desk.accounts)
	UNION ALL (TABLE desk.accounts EXCEPT TABLE before)) AS c;
SELECT count(*) AS teams FROM desk.teams;

-- For administrators alone; not even the own account.
SET ROLE t_ietp_sup;
SELECT a.* FROM pg_temp.attempt('SELECT helpline.set_account(''t_ietp_sup'',
	''administrator'')') AS a;
SET ROLE t_ietp_user;
SELECT a.* FROM pg_temp.attempt('SELECT helpline.set_account(''t_ietp_user'',
	''specialist'', ''T-B'')') AS a;

--
-- who_am_i
--
SELECT account, kinds, team, cardinality(functions) = (
	SELECT count(*) FROM pg_proc AS p
	WHERE p.pronamespace = 'helpline'::regnamespace
	AND has_function_privilege(p.oid, 'EXECUTE')) AS all_that_is_granted
FROM helpline.who_am_i();
-- Without an account: all that the role has.
SET ROLE t_ietp_sup;
SELECT account, kinds, team, cardinality(functions) = (
	SELECT count(*) FROM pg_proc AS p
	WHERE p.pronamespace = 'helpline'::regnamespace
	AND has_function_privilege(p.oid, 'EXECUTE')) AS all_that_is_granted
FROM helpline.who_am_i();
-- What it says may be called, may be: a role with every kind, whose account
-- has one.
SET client_min_messages = error;
CREATE FUNCTION pg_temp.calls_of(kind text, OUT listed bigint,
	OUT let_in bigint, OUT other bigint)
LANGUAGE plpgsql AS $$
DECLARE
	may text[];
	f record;
	state text;
BEGIN
	SET LOCAL ROLE t_ietp_adm;
	PERFORM helpline.set_account('t_ietp_all', kind, 'T-A',
		factory => CASE WHEN kind = 'factory' THEN 'T-F1' END,
		buyer => CASE WHEN kind = 'buyer' THEN 'T-B1' END);
	SET LOCAL ROLE t_ietp_all;
	may := (helpline.who_am_i()).functions;
	listed := cardinality(may);
	let_in := 0;
	other := 0;
	FOR f IN
		SELECT p.proname, format('SELECT FROM helpline.%I(%s)', p.proname, (
			SELECT string_agg(CASE
				WHEN p.proname = 'begin_work' THEN '''x'''
				WHEN NOT p.proisstrict THEN format('NULL::%s', t::regtype)
				WHEN t = 'ietp.case_ref'::regtype
					THEN 'ietp.new_case_ref(''CN'', 2021)'
				WHEN t = 'ietp.call_ref'::regtype
					THEN 'ietp.new_call_ref(''CN'', 2021)'
				WHEN t = 'jsonb'::regtype THEN '''{}''::jsonb'
				WHEN t IN ('date'::regtype, 'timestamptz'::regtype)
					THEN format('''2021-01-01''::%s', t::regtype)
				ELSE format('''1''::%s', t::regtype) END, ', ')
			FROM unnest(p.proargtypes) AS t)) AS call
		FROM pg_proc AS p WHERE p.pronamespace = 'helpline'::regnamespace
	LOOP
		BEGIN
			EXECUTE f.call;
			RAISE SQLSTATE 'TI000';
		EXCEPTION WHEN OTHERS THEN
			state := SQLSTATE;
		END;
		let_in := let_in + (state <> '42501')::integer;
		-- begin_work stays open, so that a person can become somebody.
		other := other
			+ ((state = '42501') = (f.proname = ANY (may)))::integer;
	END LOOP;
	RESET ROLE;
END
$$;
RESET ROLE;
SELECT k.kind, c.listed > 5 AS several, c.listed = c.let_in AS same, c.other
FROM unnest(enum_range(NULL::ietp.role_kind)) AS k (kind),
	pg_temp.calls_of(k.kind::text) AS c;
RESET client_min_messages;

-- Not active, and of a kind that the role has not: nothing, from the next
-- statement on.
SET ROLE t_ietp_adm;
SELECT helpline.set_account('t_ietp_user', 'specialist', active => false);
SET ROLE t_ietp_user;
SELECT s.call, a.* FROM (VALUES ('who_am_i()'), ('lines()'), ('my_queue()'))
	AS s (call), pg_temp.attempt('SELECT helpline.' || s.call) AS a;
SET ROLE t_ietp_adm;
SELECT helpline.set_account('t_ietp_user', 'supervisor');
SET ROLE t_ietp_user;
SELECT s.call, a.state FROM (VALUES ('who_am_i()'), ('lines()'),
	('my_queue()')) AS s (call),
	pg_temp.attempt('SELECT helpline.' || s.call) AS a;
SET ROLE t_ietp_adm;
SELECT helpline.set_account('t_ietp_user', 'specialist', 'T-B');
SET ROLE t_ietp_user;
SELECT account, kinds, team FROM helpline.who_am_i();
-- The last administrator can lock himself out; a superuser lets him in.
SET ROLE t_ietp_adm;
SELECT helpline.set_account('t_ietp_adm', 'administrator', active => false);
SELECT a.state FROM pg_temp.attempt(
	'SELECT helpline.set_account(''t_ietp_adm'', ''administrator'')') AS a;
RESET ROLE;
SELECT helpline.set_account('t_ietp_adm', 'administrator');
SET ROLE t_ietp_adm;
SELECT account, kinds, team FROM helpline.who_am_i();
RESET ROLE;
SELECT account = session_user AS login, cardinality(kinds) AS kinds,
	functions = ARRAY(SELECT p.proname::text FROM pg_proc AS p
		WHERE p.pronamespace = 'helpline'::regnamespace
		ORDER BY p.proname::text) AS all_functions
FROM helpline.who_am_i();

--
-- Retry keys
--
\set key '''00000000-0000-4000-8000-000000000001'''
\set key2 '''00000000-0000-4000-8000-000000000002'''
SET ROLE t_ietp_user;
SELECT call_ref, repeated FROM helpline.record_call('CN', 'phone_in',
	'grievance', retry_key => :key) \gset first_
\echo :first_repeated
SELECT call_ref::text = :'first_call_ref' AS same, repeated
FROM helpline.record_call('CN', 'phone_in', 'grievance', retry_key => :key);
-- Without a key, and with another, it is another call.
SELECT call_ref::text = :'first_call_ref' AS same, repeated
FROM helpline.record_call('CN', 'phone_in', 'grievance');
SELECT call_ref::text = :'first_call_ref' AS same, repeated
FROM helpline.record_call('CN', 'phone_in', 'grievance', retry_key => :key2);
-- The key of another account is another key.
SET ROLE t_ietp_user2;
SELECT call_ref::text = :'first_call_ref' AS same, repeated
FROM helpline.record_call('CN', 'phone_in', 'grievance', retry_key => :key);
-- The key of another function.
SET ROLE t_ietp_user;
\x on
SELECT a.* FROM pg_temp.attempt(format('SELECT helpline.give_advice(%L,
	''13800138000'', retry_key => %L)', :'first_call_ref', :key)) AS a;
\x off
-- A request that failed has used no key.
\set key3 '''00000000-0000-4000-8000-000000000003'''
SAVEPOINT s;
SELECT repeated FROM helpline.give_advice(:'first_call_ref', 'advice',
	retry_key => :key3);
ROLLBACK TO s;
SELECT n, repeated FROM helpline.give_advice(:'first_call_ref', 'advice',
	retry_key => :key3);
SELECT n, repeated FROM helpline.give_advice(:'first_call_ref', 'advice',
	retry_key => :key3);
RESET ROLE;
SELECT r.account, r.function_name,
	r.call_ref::text = :'first_call_ref' AS first, r.n, r.case_ref
FROM desk.retries AS r
ORDER BY r.account, r.retry_key;
SELECT count(*) AS calls FROM desk.calls;
SELECT count(*) AS advice FROM desk.advice;
-- No key, no row.
SELECT desk.claim_retry(NULL, 'record_call') IS NULL AS new_request;
SELECT desk.claim_retry(:key, 'record_call') IS NULL AS new_request;
SELECT (desk.claim_retry(:key, 'record_call')).function_name;
ROLLBACK;

SET client_min_messages = warning;
SELECT count(*) FROM ietp.drop_roles();
DROP ROLE t_ietp_adm, t_ietp_sup, t_ietp_user, t_ietp_user2, t_ietp_all;
