-- Roles of the cluster that hold the kinds of the helpline.  No role is made
-- silently: an administrator of the database calls these.

CREATE FUNCTION ietp.role_objection(role name)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN r.rolsuper OR r.rolbypassrls THEN
			'it has SUPERUSER or BYPASSRLS'
		WHEN r.rolcanlogin THEN
			'it can log in'
		WHEN r.rolcreaterole OR r.rolcreatedb OR r.rolreplication THEN
			'it has CREATEROLE, CREATEDB or REPLICATION'
		WHEN EXISTS (SELECT FROM pg_auth_members AS m
				WHERE m.roleid = r.oid OR m.member = r.oid) THEN
			'it has members, or is a member of another role'
		WHEN EXISTS (SELECT FROM pg_shdepend AS d
				WHERE d.refclassid = 'pg_authid'::regclass
				AND d.refobjid = r.oid) THEN
			'it owns objects or has privileges'
		END
	FROM pg_roles AS r
	WHERE r.rolname = role
$$;
COMMENT ON FUNCTION ietp.role_objection(name) IS
'why an existing role cannot be given a kind without being adopted; NULL when nothing speaks against it, or there is no such role';

CREATE FUNCTION ietp.grant_role(kind text, role name)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	the_kind ietp.role_kind := ietp.try_enum(kind, NULL::ietp.role_kind);
	the_role name := role;
	granted integer := 0;
	called name;
BEGIN
	PERFORM ietp.check_desk();
	IF the_kind IS NULL THEN
		RAISE EXCEPTION 'unknown code for "kind"'
			USING ERRCODE = 'IE103', COLUMN = 'kind',
			HINT = 'One of ' || array_to_string(
				enum_range(NULL::ietp.role_kind), ', ') || '.';
	END IF;
	IF to_regrole(quote_ident(the_role)) IS NULL THEN
		RAISE EXCEPTION 'role does not exist'
			USING ERRCODE = 'undefined_object';
	END IF;
	IF EXISTS (SELECT FROM pg_roles AS r
			WHERE r.rolname = the_role AND (r.rolsuper OR r.rolbypassrls)) THEN
		RAISE EXCEPTION 'role cannot hold a kind of the helpline'
			USING ERRCODE = 'invalid_parameter_value',
			DETAIL = 'It has SUPERUSER or BYPASSRLS.';
	END IF;
	PERFORM ietp.execute_as_owner(format('INSERT INTO desk.kind_roles '
		'(kind, role) VALUES (%L, %L) ON CONFLICT DO NOTHING',
		the_kind, the_role));
	EXECUTE format('GRANT USAGE ON SCHEMA helpline TO %I', the_role);
	FOR called IN
		SELECT f.function_name FROM desk.kind_functions AS f
		WHERE f.kind = the_kind
		ORDER BY f.function_name
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION helpline.%I TO %I',
			called, the_role);
		granted := granted + 1;
	END LOOP;
	RETURN granted;
END
$$;
COMMENT ON FUNCTION ietp.grant_role(text, name) IS
'lets a role, and the roles that inherit from it, act as a kind; returns the number of functions granted';
REVOKE EXECUTE ON FUNCTION ietp.grant_role(text, name) FROM PUBLIC;

CREATE FUNCTION ietp.revoke_role(kind text, role name)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	the_kind ietp.role_kind := ietp.try_enum(kind, NULL::ietp.role_kind);
	the_role name := role;
	others ietp.role_kind[];
	revoked integer := 0;
	called name;
BEGIN
	PERFORM ietp.check_desk();
	IF NOT EXISTS (SELECT FROM desk.kind_roles AS k
			WHERE k.kind = the_kind AND k.role = the_role) THEN
		RAISE EXCEPTION 'role does not hold this kind'
			USING ERRCODE = 'undefined_object',
			HINT = 'SELECT * FROM desk.kind_roles.';
	END IF;
	PERFORM ietp.execute_as_owner(format('DELETE FROM desk.kind_roles '
		'WHERE kind = %L AND role = %L', the_kind, the_role));
	IF to_regrole(quote_ident(the_role)) IS NULL THEN
		RETURN 0;
	END IF;
	others := ARRAY(SELECT k.kind FROM desk.kind_roles AS k
		WHERE k.role = the_role);
	FOR called IN
		SELECT f.function_name FROM desk.kind_functions AS f
		GROUP BY f.function_name
		HAVING bool_or(f.kind = the_kind)
		AND NOT bool_or(f.kind = ANY (others))
		ORDER BY f.function_name
	LOOP
		EXECUTE format('REVOKE EXECUTE ON FUNCTION helpline.%I FROM %I',
			called, the_role);
		revoked := revoked + 1;
	END LOOP;
	IF others = '{}' THEN
		EXECUTE format('REVOKE USAGE ON SCHEMA helpline FROM %I', the_role);
	END IF;
	RETURN revoked;
END
$$;
COMMENT ON FUNCTION ietp.revoke_role(text, name) IS
'takes one kind from a role; returns the number of functions revoked, those that no other of its kinds gives';
REVOKE EXECUTE ON FUNCTION ietp.revoke_role(text, name) FROM PUBLIC;

CREATE FUNCTION ietp.create_roles(
	prefix text DEFAULT 'ietp_', adopt boolean DEFAULT false,
	OUT kind ietp.role_kind, OUT role name, OUT outcome text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	objection text;
	functions integer;
BEGIN
	PERFORM ietp.check_desk();
	IF prefix IS NULL OR prefix !~ '^[a-z_][a-z0-9_]{0,39}$' THEN
		RAISE EXCEPTION 'malformed value for "prefix"'
			USING ERRCODE = 'IE102', COLUMN = 'prefix',
			HINT = 'Up to 40 lower-case letters, digits and underscores.';
	END IF;
	FOREACH kind IN ARRAY enum_range(NULL::ietp.role_kind) LOOP
		role := prefix || kind;
		IF to_regrole(quote_ident(role)) IS NULL THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role);
			outcome := 'created';
		-- An entry alone is only a name: another role may bear it by now.
		ELSIF has_function_privilege(role,
					'helpline.begin_work(text)', 'EXECUTE')
				AND EXISTS (SELECT FROM desk.kind_roles AS k
				WHERE k.kind = create_roles.kind
				AND k.role = create_roles.role) THEN
			outcome := 'held already';
		ELSE
			objection := ietp.role_objection(role);
			IF objection IS NOT NULL AND NOT COALESCE(adopt, false) THEN
				RAISE EXCEPTION 'role "%" exists already', role
					USING ERRCODE = 'duplicate_object',
					DETAIL = 'Whoever uses it would gain rights: '
						|| objection || '.',
					HINT = 'Choose another prefix, or pass adopt => true.';
			END IF;
			outcome := 'adopted';
		END IF;
		functions := ietp.grant_role(kind::text, role);
		IF outcome = 'created' THEN
			PERFORM ietp.execute_as_owner(format('UPDATE desk.kind_roles '
				'SET created = true WHERE kind = %L AND role = %L',
				kind, role));
		END IF;
		outcome := outcome || ', ' || functions || ' functions granted';
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ietp.create_roles(text, boolean) IS
'makes one NOLOGIN role for each kind, named prefix and kind, and grants it what the kind may execute; a row for each says what was done';
REVOKE EXECUTE ON FUNCTION ietp.create_roles(text, boolean) FROM PUBLIC;

CREATE FUNCTION ietp.drop_roles(OUT role name, OUT outcome text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry record;
BEGIN
	PERFORM ietp.check_desk();
	FOR entry IN
		SELECT k.role, bool_or(k.created) AS created FROM desk.kind_roles AS k
		GROUP BY k.role ORDER BY k.role
	LOOP
		role := entry.role;
		IF to_regrole(quote_ident(role)) IS NULL THEN
			outcome := 'gone already';
		ELSE
			EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA helpline '
				'FROM %1$I; REVOKE ALL ON SCHEMA helpline FROM %1$I', role);
			IF NOT entry.created THEN
				outcome := 'revoked, kept: it was not made by create_roles';
			ELSIF EXISTS (SELECT FROM pg_shdepend AS d
					WHERE d.refclassid = 'pg_authid'::regclass
					AND d.refobjid = to_regrole(quote_ident(role))) THEN
				outcome := 'revoked, kept: other objects depend on it';
			ELSE
				EXECUTE format('DROP ROLE %I', role);
				outcome := 'dropped';
			END IF;
		END IF;
		PERFORM ietp.execute_as_owner(format(
			'DELETE FROM desk.kind_roles WHERE role = %L', entry.role));
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION ietp.drop_roles() IS
'takes all kinds from all roles, and drops the roles that create_roles made and nothing else uses';
REVOKE EXECUTE ON FUNCTION ietp.drop_roles() FROM PUBLIC;
