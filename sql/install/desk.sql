-- Laying, migrating, dropping and guarding the desk.

CREATE TABLE ietp.desk (
	owner name NOT NULL,
	version integer NOT NULL,
	laid_at timestamptz NOT NULL DEFAULT pg_catalog.now());
CREATE UNIQUE INDEX desk_one_row ON ietp.desk ((true));
-- It has no key, and a publication of all tables asks for one.
ALTER TABLE ietp.desk REPLICA IDENTITY FULL;
COMMENT ON TABLE ietp.desk IS
'one row where a desk was laid: who owns it and of which version it is';
COMMENT ON COLUMN ietp.desk.owner IS
'role that owns the schemas desk and helpline';
COMMENT ON COLUMN ietp.desk.version IS
'version of the desk; the library works with exactly one';
COMMENT ON COLUMN ietp.desk.laid_at IS
'when ietp.create_desk() was called';
GRANT SELECT ON ietp.desk TO PUBLIC;
-- Without this a dump would not carry the row.
SELECT pg_catalog.pg_extension_config_dump('ietp.desk', '');

CREATE FUNCTION ietp.invalidate_cache()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_invalidate_cache';
COMMENT ON FUNCTION ietp.invalidate_cache() IS
'AFTER ROW trigger: tells every session that cached rows of the table changed';
REVOKE EXECUTE ON FUNCTION ietp.invalidate_cache() FROM PUBLIC;

CREATE TRIGGER invalidate_cache
AFTER INSERT OR UPDATE OR DELETE ON ietp.desk
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
ALTER TABLE ietp.desk ENABLE ALWAYS TRIGGER invalidate_cache;
COMMENT ON TRIGGER invalidate_cache ON ietp.desk IS
'sessions keep the row in memory';

CREATE FUNCTION ietp.require_desk()
RETURNS void
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_require_desk';
COMMENT ON FUNCTION ietp.require_desk() IS
'fails unless a desk of the right version is laid and the caller runs as its owner';

CREATE FUNCTION ietp.check_desk()
RETURNS void
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_check_desk';
COMMENT ON FUNCTION ietp.check_desk() IS
'fails unless a desk of the right version is laid and its tables belong to its owner';

CREATE FUNCTION ietp.execute_as_owner(statement text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_execute_as_owner';
COMMENT ON FUNCTION ietp.execute_as_owner(text) IS
'executes a statement as the owner of the desk, for superusers and members of that role, so that nothing the owner left on a table runs with their rights';
REVOKE EXECUTE ON FUNCTION ietp.execute_as_owner(text) FROM PUBLIC;

CREATE FUNCTION ietp.desk_dependents()
RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH schema AS (
		SELECT oid FROM pg_namespace WHERE nspname IN ('desk', 'helpline')
	), object AS (
		SELECT 'pg_class'::regclass AS classid, oid
		FROM pg_class WHERE relnamespace IN (SELECT oid FROM schema)
		UNION ALL
		SELECT 'pg_proc'::regclass, oid
		FROM pg_proc WHERE pronamespace IN (SELECT oid FROM schema)
		UNION ALL
		SELECT 'pg_type'::regclass, oid
		FROM pg_type WHERE typnamespace IN (SELECT oid FROM schema)
	)
	SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0)
	FROM pg_depend AS d
	JOIN object AS o ON o.classid = d.refclassid AND o.oid = d.refobjid
	CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS i
	-- What belongs to a table has no schema; its address begins with the
	-- table's.
	CROSS JOIN LATERAL pg_identify_object_as_address(d.classid, d.objid, 0)
		AS a
	WHERE (d.deptype = 'n'
		-- a partition
		OR d.deptype = 'a' AND d.classid = 'pg_class'::regclass)
	AND COALESCE(i.schema, a.object_names[1]) NOT IN ('desk', 'helpline')
	ORDER BY 1
$$;
COMMENT ON FUNCTION ietp.desk_dependents() IS
'objects outside the schemas desk and helpline that depend on something in them';

CREATE PROCEDURE ietp.create_desk(owner name)
LANGUAGE c
SET search_path = pg_catalog, ietp, pg_temp
AS 'MODULE_PATHNAME', 'ietp_create_desk';
COMMENT ON PROCEDURE ietp.create_desk(name) IS
'lays the schemas desk (tables) and helpline (functions), owned by the role';
REVOKE EXECUTE ON PROCEDURE ietp.create_desk(name) FROM PUBLIC;

CREATE PROCEDURE ietp.migrate_desk()
LANGUAGE c
SET search_path = pg_catalog, ietp, pg_temp
AS 'MODULE_PATHNAME', 'ietp_migrate_desk';
COMMENT ON PROCEDURE ietp.migrate_desk() IS
'brings a desk that an earlier release laid to the version of this one';
REVOKE EXECUTE ON PROCEDURE ietp.migrate_desk() FROM PUBLIC;

CREATE PROCEDURE ietp.drop_desk()
LANGUAGE c
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS 'MODULE_PATHNAME', 'ietp_drop_desk';
COMMENT ON PROCEDURE ietp.drop_desk() IS
'drops the schemas desk and helpline with every call and case';
REVOKE EXECUTE ON PROCEDURE ietp.drop_desk() FROM PUBLIC;

CREATE FUNCTION ietp.guard_desk()
RETURNS event_trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_guard_desk';
COMMENT ON FUNCTION ietp.guard_desk() IS
'event trigger: refuses what would drop the desk, except ietp.drop_desk()';
REVOKE EXECUTE ON FUNCTION ietp.guard_desk() FROM PUBLIC;

CREATE EVENT TRIGGER ietp_guard_desk
ON ddl_command_start
WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED', 'ALTER SCHEMA')
EXECUTE FUNCTION ietp.guard_desk();
ALTER EVENT TRIGGER ietp_guard_desk ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER ietp_guard_desk IS
'nothing but ietp.drop_desk() drops the desk';
