-- Roles of the cluster that hold kinds, what they reach, and row security as
-- the second wall.
\set SHOW_CONTEXT never
SELECT current_database() AS main_database \gset

CREATE FUNCTION pg_temp.attempt(statement text,
	OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT;
END
$$;
-- How a statement ends for a role; what it did is undone.
CREATE FUNCTION pg_temp.attempt_as(role name, statement text,
	OUT state text, OUT message text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('role', role, true);
	EXECUTE statement;
	RAISE SQLSTATE 'TI000';
EXCEPTION WHEN OTHERS THEN
	state := CASE SQLSTATE WHEN 'TI000' THEN '00000' ELSE SQLSTATE END;
	message := CASE SQLSTATE WHEN 'TI000' THEN '' ELSE SQLERRM END;
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
END
$$;

--
-- create_roles
--
SELECT c.kind, c.role,
	c.outcome = format('created, %s functions granted', (
		SELECT count(*) FROM desk.kind_functions AS f
		WHERE f.kind = c.kind)) AS as_expected
FROM ietp.create_roles('t_ietp_') AS c;
SELECT DISTINCT regexp_replace(outcome, '[0-9]+', 'N')
FROM ietp.create_roles('t_ietp_');
SELECT DISTINCT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole,
	rolcreatedb, rolreplication, rolinherit
FROM pg_roles WHERE rolname IN (SELECT k.role FROM desk.kind_roles AS k);
SELECT kind, role, created FROM desk.kind_roles ORDER BY kind;

\x on
SELECT DISTINCT a.*
FROM unnest(ARRAY[NULL, '', 'T', '1t', 't ', 't;', 't"', 't''', 't-', E't\n',
	'é', rpad('t', 41, 't')]) AS p (prefix),
	pg_temp.attempt(format('SELECT ietp.create_roles(%L)', p.prefix)) AS a;
SELECT a.state FROM pg_temp.attempt('SELECT ietp.create_roles(''pg_'')') AS a;
SELECT a.state, a.hint IS NOT NULL AS hint FROM pg_temp.attempt(format(
	'SELECT ietp.create_roles(%L)', rpad('t', 40, 't'))) AS a;
\x off
SELECT max(length(rolname)) FROM pg_roles WHERE rolname LIKE 'tttt%';
SELECT count(*), bool_and(outcome ~ '^dropped$') AS dropped
FROM ietp.drop_roles();
SELECT count(*) FROM ietp.create_roles('t_ietp_');

-- A role that exists already might be somebody's.
BEGIN;
CREATE ROLE t_ietp2_auditor NOLOGIN;
CREATE ROLE t_ietp2_member NOLOGIN;
SELECT s.what, a.state, a.message, a.detail, a.hint IS NOT NULL AS hint
FROM (VALUES
	('login', 'ALTER ROLE t_ietp2_auditor LOGIN'),
	('superuser', 'ALTER ROLE t_ietp2_auditor SUPERUSER'),
	('bypassrls', 'ALTER ROLE t_ietp2_auditor BYPASSRLS'),
	('createrole', 'ALTER ROLE t_ietp2_auditor CREATEROLE'),
	('createdb', 'ALTER ROLE t_ietp2_auditor CREATEDB'),
	('replication', 'ALTER ROLE t_ietp2_auditor REPLICATION'),
	('members', 'GRANT t_ietp2_auditor TO t_ietp2_member'),
	('is member', 'GRANT t_ietp2_member TO t_ietp2_auditor'),
	('owner', 'CREATE SCHEMA t_ietp2 AUTHORIZATION t_ietp2_auditor'),
	('privilege', 'GRANT SELECT ON desk.lines TO t_ietp2_auditor'))
	AS s (what, statement), pg_temp.attempt(s.statement
		|| '; SELECT ietp.create_roles(''t_ietp2_'')') AS a;
-- Adopted on request, but never one that row security does not bind.
SELECT s.what, a.state, a.message
FROM (VALUES
	('login', 'ALTER ROLE t_ietp2_auditor LOGIN'),
	('superuser', 'ALTER ROLE t_ietp2_auditor SUPERUSER'),
	('bypassrls', 'ALTER ROLE t_ietp2_auditor BYPASSRLS'))
	AS s (what, statement), pg_temp.attempt_as('none', s.statement
		|| '; SELECT ietp.create_roles(''t_ietp2_'', adopt => true)') AS a;
-- One against which nothing speaks is adopted without asking.
SELECT role, split_part(outcome, ',', 1) AS outcome
FROM ietp.create_roles('t_ietp2_') WHERE role ~ 'auditor|buyer';
SELECT role, created FROM desk.kind_roles WHERE role ~ '2_(auditor|buyer)'
ORDER BY role;
SELECT role, outcome FROM ietp.drop_roles() WHERE role ~ '2_(auditor|buyer)';
ROLLBACK;

--
-- grant_role
--
CREATE ROLE t_ietp_own NOLOGIN;
CREATE ROLE t_ietp_other NOLOGIN;
CREATE ROLE t_ietp_bypass NOLOGIN BYPASSRLS;
SELECT ietp.grant_role('analyst', 't_ietp_own') = count(*) AS granted
FROM desk.kind_functions WHERE kind = 'analyst';
-- Repeated, and a second kind.
SELECT ietp.grant_role('analyst', 't_ietp_own') = count(*) AS granted
FROM desk.kind_functions WHERE kind = 'analyst';
SELECT ietp.grant_role('auditor', 't_ietp_own') > 0 AS granted;
SELECT kind, role, created FROM desk.kind_roles WHERE role = 't_ietp_own'
ORDER BY kind;
SET ROLE t_ietp_own;
SELECT ietp.actor_kinds();
RESET ROLE;
\x on
SELECT s.kind, s.role, a.*
FROM (VALUES ('boss', 't_ietp_own'), (NULL, 't_ietp_own'),
	('auditor', 't_ietp_nobody'), ('auditor', NULL), ('auditor', 'public'),
	('auditor', 't_ietp_bypass')) AS s (kind, role),
	pg_temp.attempt(format('SELECT ietp.grant_role(%L, %L)',
		s.kind, s.role)) AS a;
SELECT a.state FROM pg_temp.attempt(format(
	'SELECT ietp.grant_role(''auditor'', %L)', current_user)) AS a;
\x off

--
-- The first wall: what each kind reaches
--
CREATE TEMP TABLE kinds AS
SELECT kind::text, role FROM desk.kind_roles WHERE role <> 't_ietp_own'
UNION ALL SELECT 'none', 't_ietp_other';
SELECT count(*) AS roles FROM kinds;

-- No relation of the desk, whatever the command: for want of USAGE on the
-- schema, and where somebody grants that, for want of a privilege on each.
CREATE TEMP TABLE commands AS
SELECT c.relname, s.statement
FROM pg_class AS c
CROSS JOIN LATERAL (VALUES ('r', 'SELECT FROM desk.%I'),
	('r', 'SELECT FROM desk.%I FOR SHARE'), ('r', 'DELETE FROM desk.%I'),
	('r', 'INSERT INTO desk.%I DEFAULT VALUES'), ('r', 'TRUNCATE desk.%I'),
	('r', 'UPDATE desk.%1$I SET %2$I = %2$I'),
	('r', 'LOCK desk.%I IN ACCESS SHARE MODE'), ('v', 'SELECT FROM desk.%I'),
	('r', 'CREATE TRIGGER t BEFORE INSERT ON desk.%I FOR EACH STATEMENT '
		'EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()'),
	('r', 'ALTER TABLE desk.%I DISABLE ROW LEVEL SECURITY')) AS t (kind, form)
CROSS JOIN LATERAL format(t.form, c.relname, (SELECT a.attname
	FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = 1))
	AS s (statement)
WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = t.kind;
SELECT count(*) > 200 AS commands FROM commands;
BEGIN;
SELECT a.state, a.message, count(*) = (SELECT count(*) FROM commands)
	* (SELECT count(*) FROM kinds) AS all_of_them
FROM commands AS c, kinds AS k, pg_temp.attempt_as(k.role, c.statement) AS a
GROUP BY a.state, a.message;
GRANT USAGE ON SCHEMA desk TO PUBLIC;
SELECT a.state, regexp_replace(a.message, ' \w+$', ' X') COLLATE "C"
	AS message, count(*) > 5 AS many
FROM commands AS c, kinds AS k, pg_temp.attempt_as(k.role, c.statement) AS a
GROUP BY 1, 2 ORDER BY 1, 2;
ROLLBACK;

SET ROLE t_ietp_administrator;
COPY desk.calls TO STDOUT;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

-- Each function with NULLs, or no arguments: refused exactly where the table
-- of rights does not list it, and never an internal error.  (Bare NULLs would
-- make the planner do away with calls of strict functions.)
CREATE TEMP VIEW routines AS
SELECT n.nspname, p.proname, p.prokind, format('%s %I.%I(%s)',
	CASE p.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT FROM' END,
	n.nspname, p.proname, (
		SELECT string_agg(format(CASE p.prokind WHEN 'p' THEN 'NULL::%2$s'
				ELSE '%s(SELECT NULL::%s)' END,
			CASE WHEN p.provariadic <> 0 THEN 'VARIADIC ' END,
			CASE a.type WHEN 'anyenum'::regtype THEN 'ietp.role_kind'
				ELSE a.type::regtype::text END), ', ' ORDER BY a.n)
		FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, n))) AS call
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('desk', 'helpline', 'ietp') AND p.prokind <> 'a'
AND 'internal'::regtype <> ALL (p.proargtypes)
AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype);
SET client_min_messages = warning;
CREATE TEMP TABLE outcomes AS
SELECT r.proname, k.kind, k.role, a.*
FROM routines AS r, kinds AS k, pg_temp.attempt_as(k.role, r.call) AS a
WHERE r.nspname = 'helpline';
RESET client_min_messages;
SELECT o.proname, o.kind, o.state, o.message AS wrongly FROM outcomes AS o
WHERE (o.state = '42501') = EXISTS (SELECT FROM desk.kind_functions AS f
	WHERE f.kind::text = o.kind AND f.function_name = o.proname)
OR o.state NOT SIMILAR TO '(00000|IE1__|IE2__|IE3__|IE4__|42501)';
SELECT count(*) > 300 AS outcomes FROM outcomes;
SELECT DISTINCT regexp_replace(message, ' \w+$', ' X') FROM outcomes
WHERE state = '42501' AND kind <> 'none';
SELECT DISTINCT message FROM outcomes WHERE kind = 'none';
-- Who may call what: the letters are in the order of the kinds.
SELECT o.proname AS function, string_agg(CASE o.state WHEN '42501' THEN '-'
		ELSE left(k.kind::text, 3) END, ' ' ORDER BY k.kind) AS kinds
FROM outcomes AS o
JOIN unnest(enum_range(NULL::ietp.role_kind)) AS k (kind)
	ON k.kind::text = o.kind
GROUP BY o.proname ORDER BY o.proname COLLATE "C";

-- No function of the desk: again for want of USAGE, and without that.
BEGIN;
SELECT a.state, a.message, count(*) > 100 AS many
FROM routines AS r, kinds AS k, pg_temp.attempt_as(k.role, r.call) AS a
WHERE r.nspname = 'desk' GROUP BY 1, 2;
GRANT USAGE ON SCHEMA desk TO PUBLIC;
SELECT a.state, regexp_replace(a.message, ' \w+$', ' X') AS message,
	count(*) > 100 AS many
FROM routines AS r, kinds AS k, pg_temp.attempt_as(k.role, r.call) AS a
WHERE r.nspname = 'desk' GROUP BY 1, 2;
ROLLBACK;

-- Nothing of the toolbox that writes; the rest answers, but for what only the
-- counter calls and what takes no NULL.
SELECT r.proname, a.state, count(*) = (SELECT count(*) FROM kinds) AS for_all
FROM routines AS r, kinds AS k, pg_temp.attempt_as(k.role, r.call) AS a
WHERE r.nspname = 'ietp' AND a.state <> '00000'
GROUP BY r.proname, a.state ORDER BY r.proname COLLATE "C", a.state;

-- Nor may anybody make things where functions look for names, or become the
-- owner.
SELECT DISTINCT s.statement COLLATE "C" AS statement, a.state, a.message
FROM (VALUES ('CREATE TABLE ietp.t ()'), ('CREATE TABLE helpline.t ()'),
	('CREATE TABLE desk.t ()'), ('ALTER TABLE ietp.desk ADD n integer'))
	AS s (statement),
	kinds AS k, pg_temp.attempt_as(k.role, s.statement) AS a
ORDER BY 1;
SET SESSION AUTHORIZATION t_ietp_administrator;
\set VERBOSITY sqlstate
SET ROLE helpline_owner;
ALTER ROLE t_ietp_other CREATEROLE;
GRANT t_ietp_supervisor TO t_ietp_other;
GRANT EXECUTE ON FUNCTION helpline.lines() TO t_ietp_other;
SET SESSION AUTHORIZATION t_ietp_other;
SELECT helpline.lines();
RESET SESSION AUTHORIZATION;
\set VERBOSITY default

--
-- The second wall: row security, as a function of the counter would meet it
-- that forgot everything else
--
CREATE ROLE t_ietp_a1 NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_a2 NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_b1 NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_left NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_alone NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_sup NOLOGIN IN ROLE t_ietp_supervisor;
CREATE ROLE t_ietp_inv NOLOGIN IN ROLE t_ietp_investigator;
CREATE ROLE t_ietp_prog NOLOGIN IN ROLE t_ietp_programme_staff;
CREATE ROLE t_ietp_ana NOLOGIN IN ROLE t_ietp_analyst;
CREATE ROLE t_ietp_fac NOLOGIN IN ROLE t_ietp_factory;
CREATE ROLE t_ietp_buy NOLOGIN IN ROLE t_ietp_buyer;
CREATE ROLE t_ietp_aud NOLOGIN IN ROLE t_ietp_auditor;
CREATE ROLE t_ietp_adm NOLOGIN IN ROLE t_ietp_administrator;

BEGIN;
SET LOCAL client_min_messages = warning;
SET ROLE t_ietp_adm;
SELECT count(*) FROM (VALUES ('T-F1'), ('T-F2'), ('T-F3')) AS f (factory),
	helpline.set_factory(f.factory, 'CN');
SELECT count(*) FROM (VALUES ('T-F1'), ('T-F2'), ('T-F3')) AS f (factory),
	helpline.set_headcount(f.factory, '2021-01-01', 100);
SELECT count(*) FROM (VALUES ('T-F1'), ('T-F2')) AS f (factory),
	helpline.record_awareness(f.factory, 'cards', 100, '2021-01-01');
SELECT count(*) FROM (VALUES ('T-B1'), ('T-B2')) AS b (buyer),
	helpline.set_buyer(b.buyer, 'buyer');
SELECT count(*) FROM (VALUES ('T-B1', 'T-F1'), ('T-B1', 'T-F2'),
	('T-B2', 'T-F3')) AS s (buyer, factory),
	helpline.set_supply(s.buyer, s.factory);
SELECT count(*) FROM (VALUES
	('t_ietp_a1', 'specialist', 'T-A', NULL, NULL, true),
	('t_ietp_a2', 'specialist', 'T-A', NULL, NULL, true),
	('t_ietp_b1', 'specialist', 'T-B', NULL, NULL, true),
	('t_ietp_left', 'specialist', 'T-A', NULL, NULL, false),
	('t_ietp_inv', 'investigator', NULL, NULL, NULL, true),
	('t_ietp_fac', 'factory', NULL, 'T-F1', NULL, true),
	('t_ietp_buy', 'buyer', NULL, NULL, 'T-B1', true))
	AS a (account, kind, team, factory, buyer, active),
	helpline.set_account(a.account, a.kind, a.team, a.factory, a.buyer,
		a.active);

-- Calls: one of a1, two of a2, four of b1, one of a specialist without a
-- team.  Cases: one of a1, one of a2, three of b1, one with the investigator.
-- Each call has advice and an issue, each case a note, a consent with a
-- disclosure, an action, a remedy, a recommendation and a refusal; two of b1's
-- are linked to the first, of which the last is a duplicate.
CREATE FUNCTION pg_temp.work(cases integer, calls integer)
RETURNS SETOF ietp.case_ref
LANGUAGE plpgsql AS $$
DECLARE
	the_call ietp.call_ref;
	the_case ietp.case_ref;
	first_case ietp.case_ref;
BEGIN
	FOR i IN 1..calls LOOP
		the_call := (helpline.record_call('CN', 'phone_in', 'grievance',
			language => 'zh', factory => 'T-F1',
			retry_key => gen_random_uuid())).call_ref;
		PERFORM helpline.raise_issue(the_call, 'wages.unpaid');
		PERFORM helpline.give_advice(the_call, 'advice');
		CONTINUE WHEN i > cases;
		the_case := (helpline.open_case(the_call)).case_ref;
		PERFORM helpline.add_note(the_case, 'note');
		PERFORM helpline.record_consent(the_case, 'contact_factory',
			wording_version => '1');
		PERFORM helpline.record_factory_contact(the_case, 'phone_in',
			'{topic}');
		PERFORM helpline.promise_remedy(the_case, 'apology');
		PERFORM helpline.recommend(the_case, 'wages.unpaid', 'Pay.',
			'2121-01-01');
		PERFORM helpline.transition_case(the_case, 'close');
		IF i = 1 THEN
			first_case := the_case;
		ELSE
			PERFORM helpline.link_cases(the_case, first_case, 'related');
		END IF;
		IF i = 3 THEN
			PERFORM helpline.mark_duplicate(the_case, first_case);
		END IF;
		RETURN NEXT the_case;
	END LOOP;
END
$$;
SET ROLE t_ietp_a1;
SELECT count(*), (array_agg(work::text))[1] AS case FROM pg_temp.work(1, 1) \gset a1_
SET ROLE t_ietp_a2;
SELECT count(*) FROM pg_temp.work(1, 2);
SET ROLE t_ietp_b1;
SELECT count(*), (array_agg(work::text))[1] AS case FROM pg_temp.work(3, 4) \gset b1_
SET ROLE t_ietp_alone;
SELECT count(*) FROM pg_temp.work(0, 1);
SET ROLE t_ietp_sup;
SELECT helpline.assign_case(:'b1_case', investigator => 't_ietp_inv');
RESET ROLE;
-- What intake holds, words of workers maybe.
INSERT INTO desk.batches (batch, kind, source, line, date_order,
	new_factories, synthetic)
VALUES ('T-1', 'calls', 'T', 'CN', 'YMD', false, true);
INSERT INTO desk.staged_calls (batch, line_no) VALUES ('T-1', 2);
INSERT INTO desk.staged_cases (batch, line_no) VALUES ('T-1', 2);
INSERT INTO desk.staged_lines (batch, line_no) VALUES ('T-1', 2);
INSERT INTO desk.refused_rows (source, kind, line_no, row_hash, batch,
	reasons, fields) VALUES ('T', 'calls', 2, 1, 'T-1', '{}', '{}');
-- And the list of words, which pg_trgm would fill.
INSERT INTO desk.search_words VALUES ('zzword', 'zzword', 1);

CREATE FUNCTION helpline.t_count(relation name) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ietp
AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM desk.%I', relation) INTO n;
	RETURN n;
END
$$;
ALTER FUNCTION helpline.t_count(name) OWNER TO helpline_owner;
CREATE FUNCTION helpline.t_run(statement text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, ietp
AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE statement;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;
ALTER FUNCTION helpline.t_run(text) OWNER TO helpline_owner;
CREATE FUNCTION pg_temp.count_as(actor name, relation name) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM set_config('role', actor, true);
	n := helpline.t_count(relation);
	PERFORM set_config('role', 'none', true);
	RETURN n;
END
$$;
GRANT USAGE ON SCHEMA helpline TO t_ietp_other;

-- Each column is an actor; "all" is the superuser, who sees all there is.
SELECT set_config('role', 'none', true) AS role;
SELECT c.relname, pg_temp.count_as('none', c.relname) AS all,
	pg_temp.count_as('t_ietp_a1', c.relname) AS a1,
	pg_temp.count_as('t_ietp_b1', c.relname) AS b1,
	pg_temp.count_as('t_ietp_alone', c.relname) AS alone,
	pg_temp.count_as('t_ietp_left', c.relname) AS left,
	pg_temp.count_as('t_ietp_sup', c.relname) AS sup,
	pg_temp.count_as('t_ietp_inv', c.relname) AS inv,
	pg_temp.count_as('t_ietp_prog', c.relname) AS prog,
	pg_temp.count_as('t_ietp_ana', c.relname) AS ana,
	pg_temp.count_as('t_ietp_fac', c.relname) AS fac,
	pg_temp.count_as('t_ietp_buy', c.relname) AS buy,
	pg_temp.count_as('t_ietp_aud', c.relname) AS aud,
	pg_temp.count_as('t_ietp_adm', c.relname) AS adm,
	pg_temp.count_as('t_ietp_other', c.relname) AS other
FROM pg_class AS c
WHERE c.relnamespace = 'desk'::regnamespace AND c.relrowsecurity
ORDER BY c.relname COLLATE "C";

-- What an actor may not see, the actor cannot write either: rows of another
-- team or handler, of an account of others, histories that were written.
CREATE TEMP TABLE writes (n serial, actor name, what text, statement text);
INSERT INTO writes (actor, what, statement)
SELECT w.actor, w.what, replace(replace(w.statement, 'CASE_A',
	quote_literal(:'a1_case')), 'CASE_B', quote_literal(:'b1_case'))
FROM (VALUES
	('t_ietp_a1', 'own case', 'INSERT INTO desk.cases (case_ref, opened_at,
	opened_on, severity, line, handler, team) VALUES
	(ietp.new_case_ref(''CN'', 2021), now(), current_date, ''minor'', ''CN'',
	''t_ietp_a1'', ''T-A'')'),
	('t_ietp_a1', 'case of another', 'INSERT INTO desk.cases (case_ref,
	opened_at, opened_on, severity, line, handler, team) VALUES
	(ietp.new_case_ref(''CN'', 2021), now(), current_date, ''minor'', ''CN'',
	''t_ietp_b1'', ''T-B'')'),
	('t_ietp_a1', 'case of nobody', 'INSERT INTO desk.cases (case_ref,
	opened_at, opened_on, severity, line) VALUES
	(ietp.new_case_ref(''CN'', 2021), now(), current_date, ''minor'', ''CN'')'),
	('t_ietp_a1', 'own call', 'INSERT INTO desk.calls (call_ref, received_at,
	received_on, direction, outcome, line, channel, handler) VALUES
	(ietp.new_call_ref(''CN'', 2021), now(), current_date, ''inbound'',
	''missed'', ''CN'', ''phone_in'', ''t_ietp_a1'')'),
	('t_ietp_a1', 'call of another', 'INSERT INTO desk.calls (call_ref,
	received_at, received_on, direction, outcome, line, channel, handler,
	team) VALUES (ietp.new_call_ref(''CN'', 2021), now(), current_date,
	''inbound'', ''missed'', ''CN'', ''phone_in'', ''t_ietp_b1'', ''T-B'')'),
	('t_ietp_a1', 'give own case away', 'UPDATE desk.cases
	SET handler = ''t_ietp_b1'', team = ''T-B'' WHERE case_ref = CASE_A'),
	('t_ietp_a1', 'take a case', 'UPDATE desk.cases
	SET handler = ''t_ietp_a1'', team = ''T-A'' WHERE case_ref = CASE_B'),
	('t_ietp_a1', 'delete a case', 'DELETE FROM desk.case_calls
	WHERE case_ref = CASE_B'),
	('t_ietp_a1', 'note in own case', 'INSERT INTO desk.notes (case_ref, n,
	kind, written_by, body) VALUES (CASE_A, 9, ''note'', ''x'', ''x'')'),
	('t_ietp_a1', 'note in a case', 'INSERT INTO desk.notes (case_ref, n,
	kind, written_by, body) VALUES (CASE_B, 9, ''note'', ''x'', ''x'')'),
	('t_ietp_a1', 'event in own case', 'INSERT INTO desk.events (case_ref, n,
	occurred_at, action, actor) VALUES (CASE_A, 9, now(), ''noted'', ''x'')'),
	('t_ietp_a1', 'event in a case', 'INSERT INTO desk.events (case_ref, n,
	occurred_at, action, actor) VALUES (CASE_B, 9, now(), ''noted'', ''x'')'),
	('t_ietp_a1', 'issue of a case', 'INSERT INTO desk.case_issues (case_ref,
	n, taxonomy, topic) VALUES (CASE_B, 9, 1, ''wages'')'),
	('t_ietp_a1', 'action in own case', 'INSERT INTO desk.actions (case_ref, n,
	kind) VALUES (CASE_A, 9, ''meeting'')'),
	('t_ietp_a1', 'action in a case', 'INSERT INTO desk.actions (case_ref, n,
	kind) VALUES (CASE_B, 9, ''meeting'')'),
	('t_ietp_a1', 'erase own action', 'DELETE FROM desk.actions
	WHERE case_ref = CASE_A'),
	('t_ietp_a1', 'consent in own case', 'INSERT INTO desk.consents (case_ref,
	entry, purpose, recipient_kind, wording_version, language, method,
	valid_during) VALUES (CASE_A, ''given'', ''statistics'', ''programme'',
	''1'', ''zh'', ''spoken'', tstzrange(now(), NULL))'),
	('t_ietp_a1', 'consent in a case', 'INSERT INTO desk.consents (case_ref,
	entry, purpose, recipient_kind, wording_version, language, method,
	valid_during) VALUES (CASE_B, ''given'', ''statistics'', ''programme'',
	''1'', ''zh'', ''spoken'', tstzrange(now(), NULL))'),
	('t_ietp_a1', 'withdraw in a case', 'INSERT INTO desk.consents (case_ref,
	entry, refers_to, method) VALUES (CASE_B, ''withdrawn'', 1, ''spoken'')'),
	('t_ietp_a1', 'disclose own case', 'INSERT INTO desk.disclosures (case_ref,
	consent_n, purpose, recipient_kind, recipient, fields) VALUES (CASE_A, 1,
	''contact_factory'', ''factory'', ''T-F1'', ''{topic}'')'),
	('t_ietp_a1', 'disclose a case', 'INSERT INTO desk.disclosures (case_ref,
	consent_n, purpose, recipient_kind, recipient, fields) VALUES (CASE_B, 1,
	''contact_factory'', ''factory'', ''T-F1'', ''{topic}'')'),
	('t_ietp_a1', 'remedy in a case', 'INSERT INTO desk.remedies (case_ref, n,
	remedy_type) VALUES (CASE_B, 9, ''apology'')'),
	('t_ietp_a1', 'deliver in own case', 'UPDATE desk.remedies
	SET delivered_on = current_date WHERE case_ref = CASE_A'),
	('t_ietp_a1', 'deliver in a case', 'UPDATE desk.remedies
	SET delivered_on = current_date WHERE case_ref = CASE_B'),
	('t_ietp_a1', 'recommend in a case', 'INSERT INTO desk.recommendations
	(case_ref, n, taxonomy, topic, factory, due_on, body) VALUES (CASE_B, 9,
	1, ''wages'', ''T-F1'', ''2121-01-01'', ''x'')'),
	('t_ietp_a1', 'answer in a case', 'UPDATE desk.recommendations
	SET answer = ''refused'', answered_on = current_date
	WHERE case_ref = CASE_B'),
	('t_ietp_a1', 'link from own case', 'INSERT INTO desk.case_links (case_ref,
	n, other_case, link, linked_by) VALUES (CASE_A, 9, CASE_B, ''related'',
	''x'')'),
	('t_ietp_a1', 'link from a case', 'INSERT INTO desk.case_links (case_ref,
	n, other_case, link, linked_by) VALUES (CASE_B, 9, CASE_A, ''related'',
	''x'')'),
	('t_ietp_a1', 'refusal in a case', 'INSERT INTO desk.refusals (case_ref, n,
	refused_to, from_status, rule, hint) VALUES (CASE_B, 9, ''x'',
	''received'', ''role'', ''x'')'),
	('t_ietp_a1', 'assign own case', 'INSERT INTO desk.assignments (case_ref,
	n, assigned_by) VALUES (CASE_A, 9, ''x'')'),
	('t_ietp_a1', 'first to another', 'INSERT INTO desk.assignments (case_ref,
	n, assigned_by, handler) VALUES (CASE_A, 1, ''x'', ''t_ietp_b1'')'),
	('t_ietp_a1', 'move a case', 'UPDATE desk.cases SET status = ''closed'',
	status_reason = ''advised'' WHERE case_ref = CASE_B'),
	('t_ietp_a1', 'move own case', 'UPDATE desk.cases SET status = ''closed'',
	status_reason = ''advised'' WHERE case_ref = CASE_A'),
	('t_ietp_inv', 'action in the case', 'INSERT INTO desk.actions (case_ref,
	n, kind) VALUES (CASE_B, 9, ''site_visit'')'),
	('t_ietp_inv', 'action in a case', 'INSERT INTO desk.actions (case_ref, n,
	kind) VALUES (CASE_A, 9, ''site_visit'')'),
	('t_ietp_inv', 'consent in a case', 'INSERT INTO desk.consents (case_ref,
	entry, refers_to, method) VALUES (CASE_A, ''withdrawn'', 1, ''spoken'')'),
	('t_ietp_sup', 'assign a case', 'INSERT INTO desk.assignments (case_ref,
	n, assigned_by) VALUES (CASE_A, 9, ''x'')'),
	('t_ietp_sup', 'erase actions', 'DELETE FROM desk.actions'),
	('t_ietp_sup', 'rewrite consents', 'UPDATE desk.consents
	SET identity_disclosed = true'),
	('t_ietp_adm', 'recommend', 'INSERT INTO desk.recommendations
	(case_ref, n, taxonomy, topic, factory, due_on, body) VALUES (CASE_B, 9,
	1, ''wages'', ''T-F1'', ''2121-01-01'', ''x'')'),
	('t_ietp_adm', 'erase refusals', 'DELETE FROM desk.refusals'),
	('t_ietp_prog', 'verify a remedy', 'UPDATE desk.remedies
	SET delivered_on = current_date'),
	('t_ietp_ana', 'action', 'INSERT INTO desk.actions (case_ref, n, kind)
	VALUES (CASE_A, 9, ''meeting'')'),
	('t_ietp_aud', 'consent', 'INSERT INTO desk.consents (case_ref, entry,
	refers_to, method) VALUES (CASE_A, ''withdrawn'', 1, ''spoken'')'),
	('t_ietp_fac', 'action', 'INSERT INTO desk.actions (case_ref, n, kind)
	VALUES (CASE_A, 9, ''meeting'')'),
	('t_ietp_sup', 'rewrite history', 'UPDATE desk.events SET actor = ''x''
	WHERE case_ref = CASE_A'),
	('t_ietp_sup', 'erase history', 'DELETE FROM desk.events
	WHERE case_ref = CASE_A'),
	('t_ietp_adm', 'rewrite history', 'UPDATE desk.events SET actor = ''x'''),
	('t_ietp_adm', 'erase history', 'DELETE FROM desk.events'),
	('t_ietp_adm', 'write a note', 'INSERT INTO desk.notes (case_ref, n,
	kind, written_by, body) VALUES (CASE_A, 9, ''note'', ''x'', ''x'')'),
	('t_ietp_inv', 'note in the case', 'INSERT INTO desk.notes (case_ref, n,
	kind, written_by, body) VALUES (CASE_B, 9, ''note'', ''x'', ''x'')'),
	('t_ietp_inv', 'note in a case', 'INSERT INTO desk.notes (case_ref, n,
	kind, written_by, body) VALUES (CASE_A, 9, ''note'', ''x'', ''x'')'),
	('t_ietp_inv', 'hand the case on', 'UPDATE desk.cases
	SET investigator = ''t_ietp_other'' WHERE case_ref = CASE_B'),
	('t_ietp_aud', 'change a case', 'UPDATE desk.cases SET severity = ''minor'''),
	('t_ietp_aud', 'event', 'INSERT INTO desk.events (case_ref, n,
	occurred_at, action, actor) VALUES (CASE_A, 9, now(), ''noted'', ''x'')'),
	('t_ietp_ana', 'change a call', 'UPDATE desk.calls SET purpose = ''test'''),
	('t_ietp_prog', 'change a case', 'UPDATE desk.cases SET line = ''VN'''),
	('t_ietp_prog', 'empty staging', 'DELETE FROM desk.staged_cases'),
	('t_ietp_adm', 'empty staging', 'DELETE FROM desk.staged_cases'),
	('t_ietp_sup', 'refused rows', 'DELETE FROM desk.refused_rows'),
	('t_ietp_fac', 'change the factory', 'UPDATE desk.factories
	SET name = ''x'''),
	('t_ietp_fac', 'own headcount', 'INSERT INTO desk.headcounts
	VALUES (''T-F1'', ''2022-01-01'', 1)'),
	('t_ietp_buy', 'supply', 'INSERT INTO desk.supplies
	VALUES (''T-B1'', ''T-F3'')'),
	('t_ietp_sup', 'account', 'INSERT INTO desk.accounts (account, kind)
	VALUES (''t_ietp_sup'', ''administrator'')'),
	('t_ietp_a1', 'own account', 'UPDATE desk.accounts SET team = ''T-B'''),
	('t_ietp_a1', 'retry of another', 'INSERT INTO desk.retries (account,
	retry_key, function_name) VALUES (''t_ietp_b1'', gen_random_uuid(),
	''add_note'')'),
	('t_ietp_a1', 'staged case', 'INSERT INTO desk.staged_cases (batch,
	line_no) VALUES (''x'', 2)'),
	('t_ietp_left', 'own call', 'INSERT INTO desk.calls (call_ref,
	received_at, received_on, direction, outcome, line, channel, handler)
	VALUES (ietp.new_call_ref(''CN'', 2021), now(), current_date,
	''inbound'', ''missed'', ''CN'', ''phone_in'', ''t_ietp_left'')'))
	AS w (actor, what, statement);
SELECT w.actor, w.what, a.state, a.message
FROM writes AS w, pg_temp.attempt_as(w.actor, format(
	'DO %L', format('BEGIN IF helpline.t_run(%L) = 0 THEN '
		'RAISE ''no row'' USING ERRCODE = ''TI001''; END IF; END',
		w.statement))) AS a
ORDER BY w.n;

-- An error of a constraint shows no row where row security is forced.
SELECT a.state, a.message, a.detail
FROM pg_temp.attempt_as('t_ietp_a1', format('SELECT helpline.t_run(%L)',
	'INSERT INTO desk.calls (call_ref, received_at, received_on, direction,
	outcome, line, channel, handler) VALUES (ietp.new_call_ref(''CN'', 2021),
	now(), current_date, ''inbound'', ''answered'', ''CN'', ''phone_in'',
	''t_ietp_a1'')')) AS a;
-- Row security is not switched off for the owner, only refused.
SELECT a.state, a.message
FROM pg_temp.attempt_as('t_ietp_a1', 'SET LOCAL row_security = off;
	SELECT helpline.t_count(''cases'')') AS a;
ROLLBACK;

--
-- drop_roles
--

-- A role in use elsewhere is kept; one that somebody dropped is gone.
SET client_min_messages = warning;
CREATE TABLE public.t_ietp_roles (n integer);
GRANT SELECT ON public.t_ietp_roles TO t_ietp_auditor;
CREATE DATABASE t_ietp_roles TEMPLATE template0;
GRANT CONNECT ON DATABASE t_ietp_roles TO t_ietp_analyst;
\c t_ietp_roles
CREATE SCHEMA t_ietp AUTHORIZATION t_ietp_buyer;
\c :main_database
\set SHOW_CONTEXT never
DROP OWNED BY t_ietp_factory;
DROP ROLE t_ietp_factory;
SET ROLE t_ietp_a1;
SELECT ietp.actor_kinds() AS before;
RESET ROLE;
SELECT role, outcome FROM ietp.drop_roles();
SELECT count(*) AS kind_roles FROM desk.kind_roles;
SELECT rolname AS kept FROM pg_roles
WHERE rolname IN (SELECT 't_ietp_' || k
	FROM unnest(enum_range(NULL::ietp.role_kind)) AS k)
ORDER BY rolname;
-- Nobody has anything of the desk any more.
SELECT p.proname FROM pg_proc AS p, pg_roles AS r
WHERE p.pronamespace = 'helpline'::regnamespace AND NOT r.rolsuper
AND r.rolname <> 'helpline_owner' AND has_function_privilege(r.oid, p.oid,
	'EXECUTE');
SELECT r.rolname FROM pg_roles AS r
WHERE NOT r.rolsuper AND r.rolname <> 'helpline_owner'
AND has_schema_privilege(r.oid, 'helpline', 'USAGE')
AND r.rolname !~ '^pg_';
SET ROLE t_ietp_a1;
SELECT ietp.actor_kinds() AS after;
RESET ROLE;

DROP TABLE public.t_ietp_roles;
DROP DATABASE t_ietp_roles;
DROP ROLE t_ietp_analyst, t_ietp_auditor, t_ietp_buyer, t_ietp_own,
	t_ietp_other, t_ietp_bypass, t_ietp_a1, t_ietp_a2, t_ietp_b1,
	t_ietp_left, t_ietp_alone, t_ietp_sup, t_ietp_inv, t_ietp_prog,
	t_ietp_ana, t_ietp_fac, t_ietp_buy, t_ietp_aud, t_ietp_adm;
