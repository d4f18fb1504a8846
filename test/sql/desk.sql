-- The desk as a whole: its version and owner, and what may drop it.
\set SHOW_CONTEXT never
SELECT current_database() AS main_database \gset
CREATE ROLE t_ietp_other NOLOGIN;

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
-- A call of each function of the counter, with values that make a strict
-- function run.
CREATE TEMP VIEW counter AS
SELECT p.proname, format('SELECT FROM helpline.%I(%s)', p.proname, (
		SELECT string_agg(CASE
			WHEN NOT p.proisstrict THEN format('NULL::%s', a.type::regtype)
			WHEN a.type = 'ietp.case_ref'::regtype
				THEN 'ietp.new_case_ref(''CN'', 2021)'
			WHEN a.type = 'ietp.call_ref'::regtype
				THEN 'ietp.new_call_ref(''CN'', 2021)'
			WHEN a.type = 'jsonb'::regtype THEN '''{}''::jsonb'
			WHEN a.type IN ('date'::regtype, 'timestamptz'::regtype)
				THEN format('''2021-01-01''::%s', a.type::regtype)
			ELSE format('''1''::%s', a.type::regtype) END, ', ' ORDER BY a.n)
		FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, n))) AS call
FROM pg_proc AS p
WHERE p.pronamespace = 'helpline'::regnamespace;
GRANT SELECT ON counter TO PUBLIC;
SELECT count(*) > 20 AS functions FROM counter;

--
-- Version
--
CALL ietp.migrate_desk();

-- A desk that is newer, and one that is older, than the library.
\x on
BEGIN;
UPDATE ietp.desk SET version = 99;
SELECT a.*, count(*) = (SELECT count(*) FROM counter) AS every_function
FROM counter AS c, pg_temp.attempt(c.call) AS a GROUP BY 1, 2, 3, 4;
SELECT a.* FROM pg_temp.attempt('CALL ietp.migrate_desk()') AS a;
SELECT a.state FROM pg_temp.attempt('SELECT ietp.create_roles()') AS a;
SELECT a.state FROM pg_temp.attempt('DROP SCHEMA desk CASCADE') AS a;
UPDATE ietp.desk SET version = -1;
SELECT a.*, count(*) = (SELECT count(*) FROM counter) AS every_function
FROM counter AS c, pg_temp.attempt(c.call) AS a GROUP BY 1, 2, 3, 4;
SELECT a.* FROM pg_temp.attempt('CALL ietp.migrate_desk()') AS a;
DELETE FROM ietp.desk;
SELECT a.*, count(*) = (SELECT count(*) FROM counter) AS every_function
FROM counter AS c, pg_temp.attempt(c.call) AS a GROUP BY 1, 2, 3, 4;
ROLLBACK;

-- The rollback is seen at once.
SELECT a.state FROM pg_temp.attempt('SELECT helpline.who_am_i()') AS a;

--
-- Owner
--

-- As after a restore without the roles: functions of a superuser.
BEGIN;
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc
		WHERE pronamespace = 'helpline'::regnamespace
	LOOP
		EXECUTE format('ALTER FUNCTION %s OWNER TO CURRENT_USER', f);
	END LOOP;
END
$$;
SELECT a.*, count(*) = (SELECT count(*) FROM counter) AS every_function
FROM counter AS c, pg_temp.attempt(c.call) AS a GROUP BY 1, 2, 3, 4;
ROLLBACK;

-- A table that C code reads, in other hands.
BEGIN;
ALTER TABLE desk.accounts OWNER TO t_ietp_other;
SELECT a.* FROM pg_temp.attempt('SELECT ietp.actor()') AS a;
ROLLBACK;
BEGIN;
ALTER TABLE desk.kind_roles OWNER TO t_ietp_other;
SELECT s.statement, a.state, a.message
FROM (VALUES ('SELECT ietp.actor_kinds()'), ('SELECT helpline.who_am_i()'),
	('SELECT ietp.grant_role(''auditor'', ''t_ietp_other'')'),
	('SELECT ietp.create_roles()'), ('SELECT ietp.drop_roles()'))
	AS s (statement), pg_temp.attempt(s.statement) AS a;
ROLLBACK;

-- The owner under another name is not the owner, until ietp.desk says so.
BEGIN;
ALTER ROLE helpline_owner RENAME TO t_ietp_renamed;
SELECT a.state, a.message FROM pg_temp.attempt('SELECT helpline.lines()') AS a;
UPDATE ietp.desk SET owner = 't_ietp_renamed';
SELECT a.state, a.message FROM pg_temp.attempt('SELECT helpline.lines()') AS a;
ROLLBACK;
\x off

-- Other people neither change the entry nor call what only the counter calls.
SET ROLE t_ietp_other;
SELECT count(*) FROM ietp.desk;
SELECT s.statement, a.state, a.message
FROM (VALUES ('UPDATE ietp.desk SET version = 2'), ('DELETE FROM ietp.desk'),
	('INSERT INTO ietp.desk (owner, version) VALUES (''x'', 1)'),
	('TRUNCATE ietp.desk'), ('SELECT ietp.require_desk()'),
	('SELECT ietp.begin_work(''x'')')) AS s (statement),
	pg_temp.attempt(s.statement) AS a;
RESET ROLE;

--
-- Triggers
--
SELECT ietp.guard_desk();
\echo :LAST_ERROR_SQLSTATE
SELECT ietp.invalidate_cache();
\echo :LAST_ERROR_SQLSTATE
CREATE TEMP TABLE watched (n integer);
CREATE TRIGGER too_early BEFORE INSERT ON watched
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
INSERT INTO watched VALUES (1);
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER too_early ON watched;
CREATE TRIGGER too_seldom AFTER INSERT ON watched
FOR EACH STATEMENT EXECUTE FUNCTION ietp.invalidate_cache();
INSERT INTO watched VALUES (1);
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER too_seldom ON watched;
CREATE TRIGGER right_one AFTER INSERT ON watched
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
INSERT INTO watched VALUES (1);

--
-- What would drop the desk
--
CREATE TEMP TABLE before AS
SELECT d.* FROM pg_depend AS d
WHERE d.refobjid IN (SELECT n.oid FROM pg_namespace AS n
	WHERE n.nspname IN ('ietp', 'desk', 'helpline'));
CREATE SCHEMA t_ietp_empty;
SELECT s.statement, a.state, a.message
FROM (VALUES ('DROP EXTENSION ietp_helpline'),
	('DROP EXTENSION ietp_helpline CASCADE'),
	('DROP EXTENSION IF EXISTS t_ietp_none, ietp_helpline CASCADE'),
	('DROP EXTENSION plpgsql CASCADE'),
	('DROP EXTENSION plpgsql'),
	('DROP SCHEMA desk CASCADE'),
	('DROP SCHEMA helpline CASCADE'),
	('DROP SCHEMA t_ietp_empty, desk CASCADE'),
	('DROP SCHEMA IF EXISTS helpline, t_ietp_empty CASCADE'),
	('DROP SCHEMA desk'),
	('DROP SCHEMA helpline, desk RESTRICT'),
	('DROP OWNED BY helpline_owner'),
	('DROP OWNED BY t_ietp_other, helpline_owner CASCADE'),
	('DROP OWNED BY CURRENT_USER'),
	('DROP OWNED BY SESSION_USER CASCADE'),
	('SET LOCAL session_replication_role = replica; '
		'DROP EXTENSION ietp_helpline CASCADE'),
	('DROP SCHEMA ietp CASCADE'),
	('DROP TYPE ietp.case_ref CASCADE'),
	('DROP LANGUAGE plpgsql CASCADE'),
	('DROP ROLE helpline_owner')) AS s (statement),
	pg_temp.attempt(s.statement) AS a;
\x on
SELECT a.* FROM pg_temp.attempt('DROP EXTENSION ietp_helpline CASCADE') AS a;
\x off
-- What does not touch the desk is let through.
SELECT s.statement, a.state
FROM (VALUES ('DROP SCHEMA t_ietp_empty CASCADE'),
	('DROP OWNED BY t_ietp_other CASCADE')) AS s (statement),
	pg_temp.attempt(s.statement) AS a;
SELECT count(*) > 100 AS objects, count(*) FILTER (WHERE NOT EXISTS (
		SELECT FROM pg_depend AS d
		WHERE d.classid = b.classid AND d.objid = b.objid)) AS lost
FROM before AS b;

--
-- drop_desk
--

-- It takes nothing of others along, and names what would have to go.
SELECT s.what, a.state, a.message = 'dropped' AS dropped, a.detail
FROM (VALUES
	('nothing', 'SELECT 1'),
	('view', 'CREATE VIEW public.t AS SELECT count(*) FROM desk.cases'),
	('materialized view',
	'CREATE MATERIALIZED VIEW public.t AS SELECT line FROM desk.lines'),
	('view of a function',
	'CREATE VIEW public.t AS SELECT * FROM helpline.lines()'),
	('foreign key',
	'CREATE TABLE public.t (line text REFERENCES desk.lines)'),
	('column of its type', 'CREATE TABLE public.t (line desk.lines)'),
	('column of an array of it', 'CREATE TABLE public.t (line desk.lines[])'),
	('inheritance', 'CREATE TABLE public.t () INHERITS (desk.teams)'),
	('default', 'CREATE TABLE public.t (day date
	DEFAULT desk.local_day(''CN'', now()))'),
	('check', 'CREATE TABLE public.t (day date
	CHECK (day <= desk.local_day(''CN'', now())))'),
	('check of a domain', 'CREATE DOMAIN public.t AS date
	CHECK (VALUE <= desk.local_day(''CN'', now()))'),
	('domain', 'CREATE DOMAIN public.t AS desk.lines'),
	('index', 'CREATE TABLE public.t (n bigint);
	CREATE INDEX t_pick ON public.t (desk.pick(''{a,b}'', n, 1))'),
	('function', 'CREATE FUNCTION public.t() RETURNS bigint LANGUAGE sql
	RETURN (SELECT count(*) FROM desk.cases)'),
	('argument', 'CREATE FUNCTION public.t(desk.cases) RETURNS integer
	LANGUAGE sql RETURN 1'),
	('aggregate', 'CREATE FUNCTION desk.t(integer, integer) RETURNS integer
	LANGUAGE sql RETURN $1; CREATE AGGREGATE public.t(integer)
	(SFUNC = desk.t, STYPE = integer)'),
	('operator', 'CREATE FUNCTION desk.t(desk.lines, integer)
	RETURNS integer LANGUAGE sql RETURN $2; CREATE OPERATOR public.@@@
	(FUNCTION = desk.t, LEFTARG = desk.lines, RIGHTARG = integer)'),
	('trigger', 'CREATE FUNCTION desk.t() RETURNS trigger LANGUAGE plpgsql
	AS ''BEGIN RETURN NEW; END''; CREATE TABLE public.t (n integer);
	CREATE TRIGGER touched BEFORE INSERT ON public.t
	FOR EACH ROW EXECUTE FUNCTION desk.t()'),
	('policy', 'CREATE TABLE public.t (line text); CREATE POLICY known
	ON public.t USING (line IN (SELECT l.line FROM desk.lines AS l))'),
	('rule', 'CREATE TABLE public.t (team text); CREATE RULE copied AS
	ON INSERT TO public.t DO ALSO INSERT INTO desk.teams VALUES (NEW.team)'),
	('partition', 'CREATE TABLE desk.t (n integer) PARTITION BY LIST (n);
	CREATE TABLE public.t PARTITION OF desk.t DEFAULT'),
	('table inside', 'CREATE TABLE desk.t (line text REFERENCES desk.lines)')
	) AS s (what, statement),
	pg_temp.attempt(s.statement || '; CALL ietp.drop_desk();
		DO $do$BEGIN RAISE EXCEPTION ''dropped''; END$do$') AS a;
SELECT a.message, a.hint
FROM pg_temp.attempt('CREATE VIEW public.t AS SELECT count(*) FROM desk.cases;
	CALL ietp.drop_desk()') AS a;
BEGIN;
CREATE VIEW public.t_ietp_cases AS SELECT count(*) FROM desk.cases;
CREATE TABLE public.t_ietp_notes (line text REFERENCES desk.lines,
	day date DEFAULT desk.local_day('CN', now()));
SELECT * FROM ietp.desk_dependents();
ROLLBACK;
SELECT * FROM ietp.desk_dependents();

-- Dropped and back again.
BEGIN;
CALL ietp.drop_desk();
SELECT count(*) AS desks FROM ietp.desk;
SELECT nspname FROM pg_namespace WHERE nspname IN ('desk', 'helpline');
SELECT a.state FROM pg_temp.attempt('SELECT ietp.check_desk()') AS a;
ROLLBACK;
SELECT count(*) AS desks FROM ietp.desk;
SELECT a.state FROM pg_temp.attempt('SELECT ietp.check_desk()') AS a;
SELECT a.state FROM pg_temp.attempt('SELECT helpline.who_am_i()') AS a;
-- A drop that fails leaves the guard on.
SELECT a.state FROM pg_temp.attempt('CREATE VIEW public.t
	AS SELECT count(*) FROM desk.cases; CALL ietp.drop_desk()') AS a;
SELECT a.state FROM pg_temp.attempt('DROP SCHEMA desk CASCADE') AS a;

--
-- Dropped for good, in a database of its own; with an owner whose name has
-- to be quoted.
--
CREATE ROLE "t_ietp owner's" NOLOGIN;
CREATE ROLE t_ietp_second NOLOGIN;
CREATE DATABASE t_ietp_desk TEMPLATE template0 ENCODING 'UTF8';
\c t_ietp_desk
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('t_ietp owner''s');
SELECT (helpline.who_am_i()).kinds;
CREATE VIEW public.lines AS SELECT line FROM desk.lines;
CALL ietp.drop_desk();
\echo :LAST_ERROR_SQLSTATE
DROP VIEW public.lines;
CALL ietp.drop_desk();
CALL ietp.drop_desk();
\echo :LAST_ERROR_SQLSTATE
-- Nothing in this database is the owner's, so that the role can be dropped.
DROP ROLE "t_ietp owner's";
-- Another desk in the same session.
CALL ietp.create_desk('t_ietp_second');
SELECT (helpline.who_am_i()).kinds;
DROP EXTENSION ietp_helpline;
\echo :LAST_ERROR_SQLSTATE
CALL ietp.drop_desk();
DROP EXTENSION ietp_helpline;
SELECT nspname FROM pg_namespace
WHERE nspname IN ('ietp', 'desk', 'helpline');
SELECT evtname FROM pg_event_trigger;
-- Once more, in a session that had the extension before.
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('t_ietp_second');
SELECT (helpline.who_am_i()).kinds;
DROP SCHEMA helpline CASCADE;
\echo :LAST_ERROR_SQLSTATE
\c :main_database
DROP DATABASE t_ietp_desk;
DROP ROLE t_ietp_second, t_ietp_other;
