\set SHOW_CONTEXT never
-- Installation, and laying of the desk that all other tests use.
SET client_min_messages = warning;
DROP ROLE IF EXISTS helpline_owner;
RESET client_min_messages;
SELECT current_database() AS main_database \gset

--
-- What stops an installation
--

-- A schema that somebody planted.
CREATE SCHEMA ietp;
CREATE EXTENSION ietp_helpline;
\echo :LAST_ERROR_SQLSTATE
DROP SCHEMA ietp;
SELECT count(*) AS installed FROM pg_extension
WHERE extname = 'ietp_helpline';

-- Another encoding.
CREATE DATABASE t_ietp_latin1 TEMPLATE template0 ENCODING 'LATIN1'
	LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C';
\c t_ietp_latin1
\set SHOW_CONTEXT never
CREATE EXTENSION ietp_helpline;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS left_over FROM pg_namespace WHERE nspname = 'ietp';
\c :main_database
DROP DATABASE t_ietp_latin1;

-- Somebody who is no superuser, though he may create in the database.
CREATE ROLE t_ietp_dba NOLOGIN;
GRANT CREATE ON DATABASE :"main_database" TO t_ietp_dba;
SET ROLE t_ietp_dba;
\set VERBOSITY sqlstate
CREATE EXTENSION ietp_helpline;
\set VERBOSITY default
RESET ROLE;

CREATE EXTENSION ietp_helpline;

--
-- What stops create_desk
--

-- Runs a statement and tells how it ended, in a subtransaction.
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

CREATE ROLE helpline_owner NOLOGIN;
CREATE ROLE t_ietp_login LOGIN;
CREATE ROLE t_ietp_bypass NOLOGIN BYPASSRLS;
CREATE ROLE t_ietp_super NOLOGIN SUPERUSER;

\x on
SELECT r.role, a.*
FROM (VALUES ('t_ietp_nobody'), ('t_ietp_login'), ('t_ietp_bypass'),
	('t_ietp_super'), ('pg_read_all_data'), (NULL)) AS r (role),
	pg_temp.attempt(format('CALL ietp.create_desk(%L)', role)) AS a;

-- Schemas that somebody planted.
CREATE SCHEMA desk AUTHORIZATION t_ietp_dba;
SELECT * FROM pg_temp.attempt($$CALL ietp.create_desk('helpline_owner')$$);
ALTER SCHEMA desk RENAME TO helpline;
SELECT * FROM pg_temp.attempt($$CALL ietp.create_desk('helpline_owner')$$);
DROP SCHEMA helpline;

-- Nobody but a superuser, even where EXECUTE was granted.
SET ROLE t_ietp_dba;
SELECT p.procedure, a.*
FROM (VALUES ('create_desk(''helpline_owner'')'), ('migrate_desk()'),
	('drop_desk()')) AS p (procedure),
	pg_temp.attempt('CALL ietp.' || procedure) AS a;
RESET ROLE;
GRANT EXECUTE ON PROCEDURE ietp.create_desk, ietp.migrate_desk,
	ietp.drop_desk TO t_ietp_dba;
SET ROLE t_ietp_dba;
SELECT p.procedure, a.*
FROM (VALUES ('create_desk(''helpline_owner'')'), ('migrate_desk()'),
	('drop_desk()')) AS p (procedure),
	pg_temp.attempt('CALL ietp.' || procedure) AS a;
RESET ROLE;
REVOKE EXECUTE ON PROCEDURE ietp.create_desk, ietp.migrate_desk,
	ietp.drop_desk FROM t_ietp_dba;

-- Without a desk.
SELECT f.call, a.*
FROM (VALUES ('CALL ietp.migrate_desk()'), ('CALL ietp.drop_desk()'),
	('SELECT ietp.require_desk()'), ('SELECT ietp.check_desk()'),
	('SELECT ietp.create_roles()'), ('SELECT ietp.drop_roles()'),
	('SELECT ietp.grant_role(''auditor'', ''t_ietp_dba'')')) AS f (call),
	pg_temp.attempt(call) AS a;
\x off

-- When a statement of the script fails, the context shows that one and not
-- the whole script; nothing is left, and the caller is who he was.
DO $$
DECLARE
	message text;
	context text;
	before name := current_user;
BEGIN
	CREATE FUNCTION pg_temp.fail_at_cases() RETURNS event_trigger
	LANGUAGE plpgsql AS $fail$
	BEGIN
		IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() AS c
				WHERE c.object_identity = 'desk.cases') THEN
			RAISE 'no table of cases, made as the owner: %',
				current_user = 'helpline_owner';
		END IF;
	END
	$fail$;
	CREATE EVENT TRIGGER t_ietp_fail ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION pg_temp.fail_at_cases();
	CALL ietp.create_desk('helpline_owner');
EXCEPTION WHEN raise_exception THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		context = PG_EXCEPTION_CONTEXT;
	RAISE NOTICE '%; context shows it %, and of statements %; same user %',
		message, context LIKE '%CREATE TABLE desk.cases (%',
		regexp_count(context, '\m(CREATE|GRANT|INSERT|ALTER|COMMENT)\M'),
		before = current_user;
END
$$;
SELECT count(*) AS left_over FROM pg_namespace
WHERE nspname IN ('desk', 'helpline');
SELECT count(*) AS left_over FROM ietp.desk;

CALL ietp.create_desk('helpline_owner');
SELECT owner, version, laid_at = now() AS laid_earlier FROM ietp.desk;

-- There is one desk in a database.
SELECT * FROM pg_temp.attempt($$CALL ietp.create_desk('helpline_owner')$$);
INSERT INTO ietp.desk (owner, version) VALUES ('helpline_owner', 1);
\echo :LAST_ERROR_SQLSTATE

--
-- Of what the extension and the desk consist.  The queries without a list
-- find what is wrong: none shall return a row.
--
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend AS d
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass
	AND d.refobjid = e.oid
WHERE e.extname = 'ietp_helpline' AND d.deptype = 'e';
CREATE TEMP VIEW routine AS
SELECT p.*, p.oid::regprocedure::text AS name, n.nspname AS place
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('desk', 'helpline') OR p.oid IN (SELECT m.objid
	FROM member AS m WHERE m.classid = 'pg_proc'::regclass);
CREATE TEMP VIEW relation AS
SELECT c.*, n.nspname AS place
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('ietp', 'desk', 'helpline') AND c.relkind <> 'i';

-- The views see what they should: no query below passes by seeing nothing.
SELECT count(*) > 100 AS members FROM member;
SELECT place, count(*) > 20 AS routines FROM routine GROUP BY place ORDER BY 1;
SELECT place, relkind, count(*) > 20 AS many FROM relation
GROUP BY 1, 2 ORDER BY 1, 2;

-- Everything says what it is for.
SELECT pg_describe_object(m.classid, m.objid, 0) AS without_comment
FROM member AS m
WHERE obj_description(m.objid, m.classid::regclass::text::name) IS NULL
AND m.classid <> 'pg_language'::regclass
AND NOT EXISTS (SELECT FROM pg_type AS t
	WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid
	AND (t.typtype = 'c' OR t.typcategory = 'A'))
UNION ALL
SELECT r.name FROM routine AS r
WHERE obj_description(r.oid, 'pg_proc') IS NULL
UNION ALL
SELECT r.oid::regclass::text FROM relation AS r
WHERE r.relkind <> 'c' AND obj_description(r.oid, 'pg_class') IS NULL
UNION ALL
SELECT n.nspname FROM pg_namespace AS n
WHERE n.nspname IN ('ietp', 'desk', 'helpline')
AND obj_description(n.oid, 'pg_namespace') IS NULL;

-- Members live in the toolbox alone, and there is nothing else in it.
SELECT pg_describe_object(m.classid, m.objid, 0) AS elsewhere
FROM member AS m
CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) AS i
WHERE i.schema <> 'ietp';
SELECT p.oid::regprocedure AS stranger FROM pg_proc AS p
WHERE p.pronamespace = 'ietp'::regnamespace
AND p.oid NOT IN (SELECT m.objid FROM member AS m
	WHERE m.classid = 'pg_proc'::regclass);
SELECT extrelocatable, extconfig::regclass[] FROM pg_extension
WHERE extname = 'ietp_helpline';

-- The desk and the counter belong to their owner whole.
SELECT r.name AS of_another FROM routine AS r
WHERE (r.place <> 'ietp') <> (r.proowner = 'helpline_owner'::regrole)
UNION ALL
SELECT r.oid::regclass::text FROM relation AS r
WHERE (r.place <> 'ietp') <> (r.relowner = 'helpline_owner'::regrole)
UNION ALL
SELECT n.nspname FROM pg_namespace AS n
WHERE n.nspname IN ('desk', 'helpline')
AND n.nspowner <> 'helpline_owner'::regrole;

-- The counter is functions alone.
SELECT r.oid::regclass FROM relation AS r WHERE r.place = 'helpline';

-- Every statement of the desk's script that makes a function says language,
-- volatility, strictness and parallel safety, in this order.
SELECT regexp_count(s.script, '\nCREATE FUNCTION ')
	- regexp_count(s.script, '\nLANGUAGE (sql|plpgsql) '
		'(IMMUTABLE|STABLE|VOLATILE) (STRICT|CALLED ON NULL INPUT) '
		'PARALLEL (SAFE|RESTRICTED|UNSAFE)\M') AS undeclared,
	regexp_count(s.script, 'CREATE (OR REPLACE|TABLE IF|SCHEMA IF)')
		AS not_plain
FROM (SELECT ietp.desk_script() AS script) AS s;

-- What only reads can run in a parallel query, at least in its leader.
SELECT r.name AS reader_unsafe FROM routine AS r
WHERE r.provolatile <> 'v' AND r.proparallel = 'u';
-- What changes something cannot; drawing a reference changes nothing, nor does
-- telling what process this is.
SELECT r.name AS volatile_but_safe FROM routine AS r
WHERE r.provolatile = 'v' AND r.proparallel <> 'u'
ORDER BY r.name COLLATE "C";
-- The desk's functions are volatile where they write or lock, or call what
-- does; the others do not.  Hints and comments may name what is not called.
CREATE TEMP VIEW source AS
SELECT r.oid, regexp_replace(regexp_replace(r.prosrc, '--[^\n]*', '', 'g'),
		$$'[^']*'$$, '''''', 'g') AS body,
	r.place = 'desk' AND (r.proname IN ('has_consent', 'consent_used')
		OR r.proname IN (SELECT g.guard FROM desk.guards AS g)) AS guard
FROM routine AS r;
SELECT r.name AS wrong_volatility FROM routine AS r
JOIN source AS s USING (oid)
WHERE r.place <> 'ietp' AND r.prorettype <> 'trigger'::regtype AND NOT s.guard
AND (r.provolatile = 'v') <> (s.body ~ ('\m(INSERT INTO|UPDATE desk'
		'|DELETE FROM|FOR UPDATE|FOR SHARE|ANALYZE|set_config)\M')
	OR EXISTS (SELECT FROM routine AS v
		WHERE v.provolatile = 'v' AND v.oid <> r.oid
		AND strpos(s.body, format('%s.%s(', v.place, v.proname)) > 0));
-- Guards, and what stamps the consent that they found, take a new snapshot,
-- never a plan for a table that was empty, and no rights of their own: they are
-- called as the owner.
SELECT count(*) = (SELECT count(*) FROM desk.guards) + 2 AS every_guard
FROM source AS s WHERE s.guard;
SELECT r.name AS wrong_guard FROM routine AS r JOIN source AS s USING (oid)
WHERE s.guard AND (r.provolatile <> 'v' OR r.prosecdef
	OR r.prorettype <> CASE r.proname WHEN 'consent_used'
		THEN 'integer'::regtype ELSE 'boolean'::regtype END
	OR 'enable_seqscan=off' <> ALL (r.proconfig));

-- Nobody's search path reaches into a function.
SELECT r.name AS open_search_path FROM routine AS r
JOIN pg_language AS l ON l.oid = r.prolang
WHERE (l.lanname = 'plpgsql' OR l.lanname = 'sql' AND r.prosqlbody IS NULL)
AND NOT EXISTS (SELECT FROM unnest(r.proconfig) AS c (setting)
	WHERE c.setting ~ '^search_path=pg_catalog(, ietp)?, pg_temp$');
SELECT r.name AS other_language FROM routine AS r
JOIN pg_language AS l ON l.oid = r.prolang
WHERE l.lanname NOT IN ('c', 'internal', 'sql', 'plpgsql')
OR l.lanname = 'c' AND r.probin <> '$libdir/ietp_helpline'
OR l.lanname IN ('c', 'internal') AND r.place <> 'ietp';

-- Rights of the owner are in the counter and in triggers of the desk alone,
-- and all of these have them.
SELECT r.name AS wrong_security FROM routine AS r
WHERE r.prosecdef <> (r.place = 'helpline'
	OR r.place = 'desk' AND r.prorettype = 'trigger'::regtype);
-- Comparisons of references alone are LEAKPROOF, since core's are, which they
-- are by another name: else no index would serve a look-up by reference.
SELECT r.name AS leakproof, r.prosrc, (SELECT p.proleakproof FROM pg_proc AS p
	WHERE p.oid = r.prosrc::regproc) AS core
FROM routine AS r WHERE r.proleakproof ORDER BY r.name COLLATE "C";

-- PUBLIC executes the toolbox, but for what writes, and nothing else.
SELECT r.name AS executed_by_public FROM routine AS r
WHERE has_function_privilege('public', r.oid, 'EXECUTE')
AND (r.place <> 'ietp'
	OR r.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype));
SELECT r.name AS executed_by_public FROM routine AS r
WHERE has_function_privilege('public', r.oid, 'EXECUTE')
AND r.provolatile = 'v'
ORDER BY r.name COLLATE "C";
SELECT r.name AS not_executed_by_public FROM routine AS r
WHERE r.place = 'ietp'
AND NOT has_function_privilege('public', r.oid, 'EXECUTE')
ORDER BY r.name COLLATE "C";

-- Nobody but the owner has a right on the desk or the counter, yet.
SELECT r.oid::regclass AS granted, a.privilege_type
FROM relation AS r
CROSS JOIN LATERAL aclexplode(r.relacl) AS a
WHERE r.place = 'desk' AND a.grantee <> r.relowner
UNION ALL
SELECT t.attrelid::regclass, t.attname
FROM pg_attribute AS t
JOIN relation AS r ON r.oid = t.attrelid
WHERE t.attacl IS NOT NULL;
SELECT r.name AS granted, a.privilege_type
FROM routine AS r
CROSS JOIN LATERAL aclexplode(
	COALESCE(r.proacl, acldefault('f', r.proowner))) AS a
WHERE r.place <> 'ietp' AND a.grantee <> r.proowner
UNION ALL
SELECT n.nspname, a.privilege_type
FROM pg_namespace AS n
CROSS JOIN LATERAL aclexplode(
	COALESCE(n.nspacl, acldefault('n', n.nspowner))) AS a
WHERE n.nspname IN ('desk', 'helpline') AND a.grantee <> n.nspowner;
SELECT r.oid::regclass, a.privilege_type
FROM relation AS r
CROSS JOIN LATERAL aclexplode(r.relacl) AS a
WHERE r.place = 'ietp' AND a.grantee <> r.relowner;

-- Row security binds the owner too, whatever the command; but for the vectors
-- and words of the search, which no policy lets anybody else see.
SELECT r.oid::regclass AS without_row_security FROM relation AS r
WHERE r.place = 'desk' AND r.relkind IN ('r', 'p') AND NOT r.relrowsecurity
ORDER BY r.relname COLLATE "C";
SELECT r.oid::regclass AS row_security_not_forced FROM relation AS r
WHERE r.relrowsecurity <> r.relforcerowsecurity;
SELECT r.oid::regclass AS without_policy FROM relation AS r
WHERE r.relrowsecurity <> EXISTS (SELECT FROM pg_policy AS p
	WHERE p.polrelid = r.oid);
SELECT p.polrelid::regclass, p.polname AS unchecked FROM pg_policy AS p
JOIN relation AS r ON r.oid = p.polrelid
WHERE p.polcmd IN ('*', 'a', 'w') AND p.polwithcheck IS NULL
OR NOT p.polpermissive OR p.polroles <> '{0}';
SELECT p.polrelid::regclass, p.polname AS asks_not_who_acts
FROM pg_policy AS p
JOIN relation AS r ON r.oid = p.polrelid
CROSS JOIN LATERAL (VALUES (pg_get_expr(p.polqual, p.polrelid)),
	(pg_get_expr(p.polwithcheck, p.polrelid))) AS e (expression)
WHERE e.expression !~ 'ietp\.actor'
OR e.expression ~ 'current_setting|current_user|session_user|true';
SELECT r.oid::regclass AS view_with_rights_of_owner FROM relation AS r
WHERE r.relkind = 'v'
AND NOT COALESCE('security_invoker=true' = ANY (r.reloptions)
	OR 'security_invoker=on' = ANY (r.reloptions), false);

-- Triggers fire in a replica too.
SELECT t.tgrelid::regclass, t.tgname AS not_always FROM pg_trigger AS t
JOIN relation AS r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'A';
SELECT t.tgrelid::regclass, t.tgname FROM pg_trigger AS t
JOIN relation AS r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal
ORDER BY r.relname COLLATE "C", t.tgname COLLATE "C";
SELECT evtname, evtevent, evtenabled, evttags FROM pg_event_trigger
WHERE evtfoid = 'ietp.guard_desk'::regproc;

-- The table of rights names each function of the counter, once each kind.
SELECT f.function_name AS no_function FROM desk.kind_functions AS f
WHERE (SELECT count(*) FROM pg_proc AS p
	WHERE p.pronamespace = 'helpline'::regnamespace
	AND p.proname = f.function_name) <> 1;
SELECT r.name AS for_nobody FROM routine AS r
WHERE r.place = 'helpline' AND r.proname NOT IN (
	SELECT f.function_name FROM desk.kind_functions AS f);

-- Operators, after core's opr_sanity.
CREATE TEMP VIEW operator AS
SELECT o.*, o.oid::regoperator::text AS name FROM pg_operator AS o
WHERE o.oid IN (SELECT m.objid FROM member AS m
	WHERE m.classid = 'pg_operator'::regclass);
SELECT count(*) >= 10 AS operators FROM operator;
SELECT o.name AS wrong_commutator FROM operator AS o
LEFT JOIN pg_operator AS c ON c.oid = o.oprcom
WHERE o.oprname <> '-' AND c.oid IS NULL OR c.oprcom <> o.oid OR c.oprleft <> o.oprright
OR c.oprright <> o.oprleft OR c.oprresult <> o.oprresult;
SELECT o.name AS wrong_negator FROM operator AS o
LEFT JOIN pg_operator AS n ON n.oid = o.oprnegate
WHERE o.oprresult = 'boolean'::regtype AND (n.oid IS NULL
	OR n.oprnegate <> o.oid OR n.oid = o.oid OR n.oprleft <> o.oprleft
	OR n.oprright <> o.oprright);
SELECT o.name AS wrong_function FROM operator AS o
JOIN pg_proc AS p ON p.oid = o.oprcode
WHERE p.prorettype <> o.oprresult OR p.pronargs <> 2
OR p.proargtypes[0] <> o.oprleft OR p.proargtypes[1] <> o.oprright
OR p.provolatile <> 'i' OR NOT p.proisstrict OR p.proparallel <> 's';
SELECT o.name AS without_estimator FROM operator AS o
WHERE o.oprresult = 'boolean'::regtype
AND (o.oprrest = 0 OR o.oprjoin = 0);
SELECT o.name AS no_index_for_join FROM operator AS o
WHERE o.oprcanmerge <> EXISTS (SELECT FROM pg_amop AS a
	JOIN pg_am AS m ON m.oid = a.amopmethod
	WHERE a.amopopr = o.oid AND m.amname = 'btree' AND a.amopstrategy = 3)
OR o.oprcanhash <> EXISTS (SELECT FROM pg_amop AS a
	JOIN pg_am AS m ON m.oid = a.amopmethod
	WHERE a.amopopr = o.oid AND m.amname = 'hash' AND a.amopstrategy = 1);
-- An ordering negates and commutes as its strategies say.
SELECT a.amopopr::regoperator AS wrong_strategy
FROM pg_amop AS a
JOIN operator AS o ON o.oid = a.amopopr
JOIN pg_am AS m ON m.oid = a.amopmethod AND m.amname = 'btree'
LEFT JOIN pg_amop AS c ON c.amopfamily = a.amopfamily
	AND c.amopopr = o.oprcom
LEFT JOIN pg_amop AS n ON n.amopfamily = a.amopfamily
	AND n.amopopr = o.oprnegate
WHERE c.amopstrategy IS DISTINCT FROM 6 - a.amopstrategy
OR n.amopstrategy IS DISTINCT FROM CASE a.amopstrategy WHEN 1 THEN 4
	WHEN 2 THEN 5 WHEN 4 THEN 1 WHEN 5 THEN 2 END;
SELECT m.amname, c.opcintype::regtype, c.opcdefault,
	(SELECT count(*) FROM pg_amop AS o
		WHERE o.amopfamily = c.opcfamily
		AND o.amoplefttype = c.opcintype) AS operators,
	(SELECT array_agg(p.amprocnum ORDER BY p.amprocnum) FROM pg_amproc AS p
		WHERE p.amprocfamily = c.opcfamily
		AND p.amproclefttype = c.opcintype) AS functions,
	amvalidate(c.oid) AS valid
FROM pg_opclass AS c
JOIN pg_am AS m ON m.oid = c.opcmethod
WHERE c.oid IN (SELECT d.objid FROM member AS d
	WHERE d.classid = 'pg_opclass'::regclass)
ORDER BY m.amname, c.opcintype::regtype::text COLLATE "C";
SELECT t.oid::regtype, t.typlen, t.typbyval, t.typalign,
	p.proname AS receive, s.proname AS send
FROM pg_type AS t
LEFT JOIN pg_proc AS p ON p.oid = t.typreceive
LEFT JOIN pg_proc AS s ON s.oid = t.typsend
WHERE t.typtype = 'b' AND t.typcategory <> 'A'
AND t.oid IN (SELECT m.objid FROM member AS m
	WHERE m.classid = 'pg_type'::regclass)
ORDER BY t.typname COLLATE "C";
SELECT c.castsource::regtype, c.casttarget::regtype, c.castcontext,
	c.castmethod
FROM pg_cast AS c
WHERE c.oid IN (SELECT m.objid FROM member AS m
	WHERE m.classid = 'pg_cast'::regclass)
ORDER BY c.castsource::regtype::text COLLATE "C",
	c.casttarget::regtype::text COLLATE "C";

REVOKE CREATE ON DATABASE :"main_database" FROM t_ietp_dba;
DROP ROLE t_ietp_dba, t_ietp_login, t_ietp_bypass, t_ietp_super;
