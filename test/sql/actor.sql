-- Who acts, and as what.
\set SHOW_CONTEXT never
SELECT current_database() AS main_database \gset
SET client_min_messages = warning;
SELECT count(*) FROM ietp.create_roles('t_ietp_');
RESET client_min_messages;
CREATE ROLE t_ietp_plain NOLOGIN;
CREATE ROLE t_ietp_user NOLOGIN IN ROLE t_ietp_specialist;
CREATE ROLE t_ietp_two NOLOGIN IN ROLE t_ietp_auditor, t_ietp_supervisor;
CREATE ROLE t_ietp_group NOLOGIN IN ROLE t_ietp_analyst;
CREATE ROLE t_ietp_via NOLOGIN IN ROLE t_ietp_group;
CREATE ROLE t_ietp_noinherit NOLOGIN NOINHERIT IN ROLE t_ietp_specialist;
CREATE ROLE "t_ietp Lê Thị ""B""" NOLOGIN IN ROLE t_ietp_buyer;

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
-- All that the library says of a role, in one row.
CREATE FUNCTION pg_temp.of(role name, OUT actor text, OUT kinds text[],
	OUT team text, OUT factory text, OUT buyer text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('role', role, true);
	actor := ietp.actor();
	kinds := ietp.actor_kinds();
	team := ietp.actor_team();
	factory := ietp.actor_factory();
	buyer := ietp.actor_buyer();
	PERFORM set_config('role', 'none', true);
END
$$;

--
-- Which role acts
--
SELECT ietp.actor() = session_user AS login;
SET ROLE t_ietp_user;
SELECT ietp.actor(), current_user;
RESET ROLE;
SELECT ietp.actor() = session_user AS login;
BEGIN;
SET LOCAL ROLE t_ietp_plain;
SELECT ietp.actor();
SAVEPOINT s;
SET LOCAL ROLE t_ietp_user;
SELECT ietp.actor();
ROLLBACK TO s;
SELECT ietp.actor();
COMMIT;
SELECT ietp.actor() = session_user AS login;
SET SESSION AUTHORIZATION t_ietp_user;
SELECT ietp.actor();
SELECT ietp.actor_kinds();
RESET SESSION AUTHORIZATION;
SELECT ietp.actor() = session_user AS login;

-- Seen from inside functions that run as somebody else, and as yet another.
CREATE SCHEMA t_ietp_actor;
GRANT USAGE ON SCHEMA t_ietp_actor TO PUBLIC;
CREATE FUNCTION t_ietp_actor.inner_one(OUT who name, OUT actor text,
	OUT kinds text[])
LANGUAGE sql SECURITY DEFINER
RETURN (current_user, ietp.actor(), ietp.actor_kinds());
CREATE FUNCTION t_ietp_actor.outer_one(OUT who name, OUT who_inside name,
	OUT actor text, OUT kinds text[])
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	who := current_user;
	SELECT i.who, i.actor, i.kinds INTO who_inside, actor, kinds
	FROM t_ietp_actor.inner_one() AS i;
END
$$;
ALTER FUNCTION t_ietp_actor.inner_one OWNER TO t_ietp_two;
ALTER FUNCTION t_ietp_actor.outer_one OWNER TO t_ietp_plain;
SET ROLE t_ietp_user;
SELECT * FROM t_ietp_actor.inner_one();
SELECT * FROM t_ietp_actor.outer_one();
RESET ROLE;
SELECT who, who_inside, actor = session_user AS login,
	cardinality(kinds) AS kinds FROM t_ietp_actor.outer_one();
DROP FUNCTION t_ietp_actor.inner_one, t_ietp_actor.outer_one;
DROP SCHEMA t_ietp_actor;

--
-- Which kinds a role has
--
SELECT ietp.actor_kinds() = enum_range(NULL::ietp.role_kind)::text[]
	AS superuser_has_all;
SELECT o.actor, o.kinds
FROM unnest(ARRAY['t_ietp_plain', 't_ietp_user', 't_ietp_two', 't_ietp_group',
	't_ietp_via', 't_ietp_noinherit', 't_ietp_specialist',
	't_ietp Lê Thị "B"', 'helpline_owner']) AS r (role), pg_temp.of(r.role) AS o;

SET ROLE t_ietp_two;
SELECT ietp.actor_is('auditor') AS auditor, ietp.actor_is('buyer') AS buyer,
	ietp.actor_is('buyer', 'supervisor') AS one_of_two,
	ietp.actor_is('buyer', 'factory') AS none_of_two,
	ietp.actor_is(VARIADIC '{auditor,supervisor}') AS "array",
	ietp.actor_is(VARIADIC '{}') AS of_none,
	ietp.actor_is(VARIADIC NULL) AS of_null;
\x on
SELECT DISTINCT a.*
FROM unnest(ARRAY['''boss''', '''auditor'', ''13800138000''', '''Auditor''',
	'''''', '''auditor'', NULL', 'VARIADIC ''{{auditor,x}}''']) AS k (kinds),
	pg_temp.attempt(format('SELECT ietp.actor_is(%s)', k.kinds)) AS a;
\x off
RESET ROLE;

--
-- What changes is seen by the next statement, and so is its undoing.
--
REVOKE t_ietp_specialist FROM t_ietp_user;
SELECT kinds FROM pg_temp.of('t_ietp_user');
GRANT t_ietp_group TO t_ietp_user;
SELECT kinds FROM pg_temp.of('t_ietp_user');
BEGIN;
REVOKE t_ietp_analyst FROM t_ietp_group;
SELECT kinds FROM pg_temp.of('t_ietp_user');
SAVEPOINT s;
GRANT t_ietp_auditor TO t_ietp_group;
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK TO s;
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK;
SELECT kinds FROM pg_temp.of('t_ietp_user');
REVOKE t_ietp_group FROM t_ietp_user;
GRANT t_ietp_specialist TO t_ietp_user;
SELECT kinds FROM pg_temp.of('t_ietp_user');
BEGIN;
DELETE FROM desk.kind_roles WHERE kind = 'specialist';
SELECT kinds FROM pg_temp.of('t_ietp_user');
INSERT INTO desk.kind_roles (kind, role) VALUES ('buyer', 't_ietp_user');
SELECT kinds FROM pg_temp.of('t_ietp_user');
UPDATE desk.kind_roles SET kind = 'factory' WHERE role = 't_ietp_user';
SELECT kinds FROM pg_temp.of('t_ietp_user');
TRUNCATE desk.kind_roles;
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK;
SELECT kinds FROM pg_temp.of('t_ietp_user');
-- A kind is held by name.
BEGIN;
ALTER ROLE t_ietp_specialist RENAME TO t_ietp_renamed;
SELECT kinds FROM pg_temp.of('t_ietp_user');
CREATE ROLE t_ietp_specialist NOLOGIN;
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK;
-- Also where triggers do not fire otherwise.
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM desk.kind_roles WHERE kind = 'specialist';
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK;
-- In a transaction that sees an old snapshot, too.
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT kinds FROM pg_temp.of('t_ietp_user');
DELETE FROM desk.kind_roles WHERE kind = 'specialist';
SELECT kinds FROM pg_temp.of('t_ietp_user');
ROLLBACK;

--
-- An account narrows what the role may do
--
BEGIN;
INSERT INTO desk.teams (team) VALUES ('T-A'), ('T-B');
INSERT INTO desk.factories (factory, country) VALUES ('T-F1', 'VN');
INSERT INTO desk.buyers (buyer, name) VALUES ('T-B1', 'buyer');
INSERT INTO desk.accounts (account, kind, team)
VALUES ('t_ietp_user', 'specialist', 'T-A');
SELECT * FROM pg_temp.of('t_ietp_user');
UPDATE desk.accounts SET team = 'T-B' WHERE account = 't_ietp_user';
SELECT * FROM pg_temp.of('t_ietp_user');
-- Not active, and of a kind that the role has not.
UPDATE desk.accounts SET active = false WHERE account = 't_ietp_user';
SELECT * FROM pg_temp.of('t_ietp_user');
UPDATE desk.accounts SET active = true, kind = 'administrator'
WHERE account = 't_ietp_user';
SELECT * FROM pg_temp.of('t_ietp_user');
SAVEPOINT s;
DELETE FROM desk.accounts;
SELECT * FROM pg_temp.of('t_ietp_user');
ROLLBACK TO s;
SELECT * FROM pg_temp.of('t_ietp_user');
TRUNCATE desk.accounts;
SELECT * FROM pg_temp.of('t_ietp_user');
-- One of two kinds.
INSERT INTO desk.accounts (account, kind)
VALUES ('t_ietp_two', 'supervisor');
SELECT * FROM pg_temp.of('t_ietp_two');
-- A factory's and a buyer's.  The accounts are found by the exact name.
GRANT t_ietp_factory TO t_ietp_plain;
INSERT INTO desk.accounts (account, kind, factory, buyer)
VALUES ('t_ietp_plain', 'factory', 'T-F1', NULL),
	('t_ietp Lê Thị "B"', 'buyer', NULL, 'T-B1'), ('T_IETP_VIA', 'auditor',
	NULL, NULL), ('t_ietp_via ', 'auditor', NULL, NULL);
SELECT * FROM pg_temp.of('t_ietp_plain');
SELECT * FROM pg_temp.of('t_ietp Lê Thị "B"');
SELECT * FROM pg_temp.of('t_ietp_via');
-- No account narrows a superuser, or the owner of the desk.
INSERT INTO desk.accounts (account, kind, team, active)
VALUES (current_user, 'auditor', 'T-A', false),
	('helpline_owner', 'auditor', 'T-A', false);
SELECT cardinality(kinds), team FROM pg_temp.of('none');
SELECT cardinality(kinds), team FROM pg_temp.of('helpline_owner');
ROLLBACK;
SELECT * FROM pg_temp.of('t_ietp_user');
SELECT count(*) AS accounts FROM desk.accounts;

--
-- In the leader of a parallel query, which may have to load what it knows
--
CREATE TABLE public.t_ietp_many AS SELECT generate_series(1, 10000) AS n;
ANALYZE public.t_ietp_many;
GRANT SELECT ON public.t_ietp_many TO PUBLIC;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET ROLE t_ietp_user;
DO $$
DECLARE
	plan text;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) SELECT count(*) FROM public.t_ietp_many
		WHERE (SELECT ietp.actor()) <> n::text' INTO plan;
	RAISE NOTICE 'parallel: %', plan LIKE '%"Gather"%';
END
$$;
RESET ROLE;
SET ROLE t_ietp_via;
SELECT count(*) FROM public.t_ietp_many
WHERE (SELECT ietp.actor()) <> n::text;
RESET ROLE;
SET ROLE t_ietp_user;
SELECT count(*) FROM public.t_ietp_many
WHERE (SELECT ietp.actor_is('specialist')) AND n > 0;
RESET ROLE;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE public.t_ietp_many;

--
-- Work tokens, as far as they can be had without a key
--
SELECT current_setting('ietp_helpline.signing_key_file') = '' AS no_key;
SET ROLE t_ietp_user;
\set VERBOSITY sqlstate
SHOW ietp_helpline.signing_key_file;
SET ietp_helpline.signing_key_file = '/tmp/key';
SET ietp_helpline.actor = 'boss';
SELECT ietp.begin_work('x');
\set VERBOSITY default
SELECT * FROM helpline.begin_work(NULL);
-- Of a wrong form; the last two could be tokens.
\x on
SELECT a.*, count(*), bool_or(concat(a.message, a.detail, a.hint)
	LIKE '%13800138000%') AS tells_value
FROM unnest(ARRAY['', '1', '1.', '1..', '1...', '1.2.3', '2.1.' || repeat('0',
		64) || '.13800138000', '1.12345678901234.' || repeat('0', 64)
		|| '.13800138000', '1.-1.' || repeat('0', 64) || '.13800138000',
	'1.1e3.' || repeat('0', 64) || '.13800138000', '1..' || repeat('0', 64)
		|| '.13800138000', '1.1.' || repeat('0', 63) || '.13800138000',
	'1.1.' || repeat('0', 65) || '.13800138000', '1.1.' || repeat('0', 64)
		|| '.', '1.1.' || repeat('0', 64) || E'.13800138000\n1',
	' 1.1.' || repeat('0', 64) || '.13800138000', repeat('1.', 5000),
	'1.1.' || repeat('0', 64) || '.13800138000',
	'1.99999999999.' || repeat('g', 64) || '.a.b.c']) AS t (token),
	pg_temp.attempt(format('SELECT helpline.begin_work(%L)', t.token)) AS a
GROUP BY 1, 2, 3, 4 ORDER BY 1;
\x off
BEGIN;
SELECT helpline.begin_work('1.1.' || repeat('0', 64) || '.t_ietp_two');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
SELECT ietp.actor(), ietp.actor_kinds();
RESET ROLE;

--
-- Where no desk is laid, tables that somebody planted give nobody a right,
-- and nobody runs as the superuser who asks for roles.
--
CREATE DATABASE t_ietp_actor TEMPLATE template0 ENCODING 'UTF8';
GRANT CREATE ON DATABASE t_ietp_actor TO t_ietp_plain;
\c t_ietp_actor
\set SHOW_CONTEXT never
CREATE EXTENSION ietp_helpline;
SELECT cardinality(ietp.actor_kinds()) AS kinds_of_superuser;
SET SESSION AUTHORIZATION t_ietp_plain;
CREATE SCHEMA desk;
CREATE TABLE desk.kind_roles (kind ietp.role_kind, role name,
	created boolean DEFAULT false);
INSERT INTO desk.kind_roles VALUES ('administrator', 't_ietp_plain');
CREATE TABLE desk.kind_functions (kind ietp.role_kind, function_name name);
CREATE TABLE desk.accounts (account text COLLATE "C" PRIMARY KEY,
	kind ietp.role_kind NOT NULL, active boolean NOT NULL, team text,
	factory text, buyer text);
INSERT INTO desk.accounts VALUES
	('t_ietp_plain', 'administrator', true, 'T-A', 'T-F1', 'T-B1');
CREATE FUNCTION desk.planted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE 'ran as superuser: %', (SELECT r.rolsuper FROM pg_roles AS r
		WHERE r.rolname = current_user);
END
$$;
CREATE TRIGGER planted BEFORE INSERT OR UPDATE OR DELETE ON desk.kind_roles
FOR EACH STATEMENT EXECUTE FUNCTION desk.planted();
SELECT ietp.actor(), ietp.actor_kinds(), ietp.actor_team(),
	ietp.actor_factory(), ietp.actor_buyer();
RESET SESSION AUTHORIZATION;
SELECT ietp.actor_team() IS NULL AS no_team,
	cardinality(ietp.actor_kinds()) AS kinds_of_superuser;
SELECT ietp.grant_role('auditor', 't_ietp_user');
\echo :LAST_ERROR_SQLSTATE
SELECT ietp.create_roles('t_ietp2_');
\echo :LAST_ERROR_SQLSTATE
SELECT ietp.drop_roles();
\echo :LAST_ERROR_SQLSTATE
-- Nor do they where somebody says in the desk's name that it is laid.
INSERT INTO ietp.desk (owner, version) VALUES ('helpline_owner', 1);
SET SESSION AUTHORIZATION t_ietp_plain;
SELECT ietp.actor_kinds();
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT ietp.grant_role('auditor', 't_ietp_user');
\echo :LAST_ERROR_SQLSTATE
\c :main_database
DROP DATABASE t_ietp_actor;

SET client_min_messages = warning;
SELECT count(*) FROM ietp.drop_roles();
DROP ROLE t_ietp_plain, t_ietp_user, t_ietp_two, t_ietp_group, t_ietp_via,
	t_ietp_noinherit, "t_ietp Lê Thị ""B""";
