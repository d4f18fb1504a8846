-- What must not take the desk away, and what must not run with a DBA's rights.
\set SHOW_CONTEXT never
SET client_min_messages = notice;
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN 'done';
WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

-- The schema that the extension counts as in, and its owner, carry it too; a
-- renamed desk would not be found, and not be guarded.
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('DROP SCHEMA public CASCADE'),
	('DROP SCHEMA public, pg_temp CASCADE'),
	('DROP OWNED BY pg_database_owner CASCADE'),
	('ALTER SCHEMA desk RENAME TO t_ietp_desk'),
	('ALTER SCHEMA helpline RENAME TO t_ietp_helpline'),
	('ALTER SCHEMA desk OWNER TO helpline_owner'),
	('ALTER SCHEMA public RENAME TO t_ietp_public')) AS v (statement);

-- Tables that C code reads must be tables, with the columns they were given.
CREATE ROLE t_ietp_guard;
SELECT v.what, pg_temp.attempt(v.change
	|| '; SET LOCAL ROLE t_ietp_guard; SELECT ietp.actor_kinds()')
FROM (VALUES ('as it is', 'SELECT 1'),
	('a view', 'ALTER TABLE desk.accounts RENAME TO t_ietp_accounts;
		CREATE VIEW desk.accounts AS SELECT * FROM desk.t_ietp_accounts;
		ALTER VIEW desk.accounts OWNER TO helpline_owner'),
	('partitions', 'ALTER TABLE desk.accounts RENAME TO t_ietp_accounts;
		CREATE TABLE desk.accounts (LIKE desk.t_ietp_accounts)
		PARTITION BY LIST (kind);
		ALTER TABLE desk.accounts OWNER TO helpline_owner'),
	('another type', 'ALTER TABLE desk.kind_roles ALTER role TYPE text'),
	('a column less', 'ALTER TABLE desk.accounts DROP COLUMN buyer'))
	AS v (what, change);

-- What a member of the owner leaves on a table does not run as the DBA who
-- grants a kind.
BEGIN;
SET LOCAL ROLE helpline_owner;
CREATE FUNCTION desk.t_ietp_spy()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	RAISE NOTICE '% by %, superuser: %', TG_OP, current_user,
		(SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user);
	RETURN NULL;
END
$$;
CREATE TRIGGER t_ietp_spy AFTER INSERT OR UPDATE OR DELETE ON desk.kind_roles
FOR EACH ROW EXECUTE FUNCTION desk.t_ietp_spy();
RESET ROLE;
SELECT ietp.grant_role('auditor', 't_ietp_guard') > 0 AS granted;
SELECT ietp.revoke_role('auditor', 't_ietp_guard') > 0 AS revoked;
SELECT count(*) FROM ietp.create_roles('t_ietp_guard_');
ROLLBACK;
-- Its door is for those who could be the owner anyway.
BEGIN;
GRANT EXECUTE ON FUNCTION ietp.execute_as_owner(text) TO t_ietp_guard;
GRANT USAGE ON SCHEMA desk TO t_ietp_guard;
SAVEPOINT before;
SET LOCAL ROLE t_ietp_guard;
SELECT ietp.execute_as_owner('SELECT 1');
ROLLBACK TO before;
GRANT helpline_owner TO t_ietp_guard;
SET LOCAL ROLE t_ietp_guard;
SELECT ietp.execute_as_owner('CREATE TEMP TABLE t (n integer)');
ROLLBACK;

-- One kind is taken, and what it shares with another stays.
BEGIN;
SELECT ietp.grant_role('auditor', 't_ietp_guard') > 0 AS auditor,
	ietp.grant_role('analyst', 't_ietp_guard') > 0 AS analyst;
SELECT ietp.revoke_role('auditor', 't_ietp_guard');
SELECT string_agg(p.proname, ' ' ORDER BY p.proname COLLATE "C") AS left
FROM pg_proc AS p
WHERE p.pronamespace = 'helpline'::regnamespace
AND has_function_privilege('t_ietp_guard', p.oid, 'EXECUTE');
SELECT string_agg(f.function_name, ' ' ORDER BY f.function_name COLLATE "C")
	AS of_analysts
FROM desk.kind_functions AS f WHERE f.kind = 'analyst';
SELECT pg_temp.attempt($$SELECT ietp.revoke_role('auditor', 't_ietp_guard')$$);
SELECT ietp.revoke_role('analyst', 't_ietp_guard') > 0 AS revoked,
	has_schema_privilege('t_ietp_guard', 'helpline', 'USAGE') AS usage;
ROLLBACK;

-- A name in the desk is not a role: another one of that name is looked at.
BEGIN;
SELECT count(*) FROM ietp.create_roles('t_ietp_guard_');
SELECT outcome FROM ietp.create_roles('t_ietp_guard_') LIMIT 1;
DROP OWNED BY t_ietp_guard_auditor;
DROP ROLE t_ietp_guard_auditor;
SAVEPOINT gone;
SELECT outcome FROM ietp.create_roles('t_ietp_guard_') WHERE kind = 'auditor';
ROLLBACK TO gone;
CREATE ROLE t_ietp_guard_auditor LOGIN;
SELECT pg_temp.attempt($$SELECT ietp.create_roles('t_ietp_guard_')$$);
ROLLBACK;

-- A login whose account is inactive has no right without a token, and SET ROLE
-- is no way around it.
BEGIN;
CREATE ROLE t_ietp_guard_sup;
SELECT ietp.grant_role('supervisor', 't_ietp_guard_sup') > 0 AS granted;
GRANT t_ietp_guard_sup TO t_ietp_guard;
SELECT helpline.set_account('t_ietp_guard', 'supervisor', active => false);
SET LOCAL SESSION AUTHORIZATION t_ietp_guard;
SELECT ietp.actor(), ietp.actor_kinds();
SET LOCAL ROLE t_ietp_guard_sup;
SELECT ietp.actor(), ietp.actor_kinds();
RESET SESSION AUTHORIZATION;
SELECT helpline.set_account('t_ietp_guard', 'supervisor');
SET LOCAL SESSION AUTHORIZATION t_ietp_guard;
SET LOCAL ROLE t_ietp_guard_sup;
SELECT ietp.actor(), ietp.actor_kinds();
ROLLBACK;

-- ANALYZE runs functions of an index as the table's owner, for a superuser;
-- it does not lend them the superuser's kinds.
CREATE SCHEMA t_ietp_guard AUTHORIZATION t_ietp_guard;
SET ROLE t_ietp_guard;
CREATE FUNCTION t_ietp_guard.kinds(n integer) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$SELECT cardinality(ietp.actor_kinds())$$;
CREATE TABLE t_ietp_guard.bait (n integer);
CREATE INDEX ON t_ietp_guard.bait (t_ietp_guard.kinds(n));
INSERT INTO t_ietp_guard.bait VALUES (1), (2);
RESET ROLE;
ANALYZE t_ietp_guard.bait;
SELECT count(*) AS statistics FROM pg_stats
WHERE schemaname = 't_ietp_guard';

DROP SCHEMA t_ietp_guard CASCADE;
DROP ROLE t_ietp_guard;
