COMMENT ON SCHEMA desk IS
'back room of the helpline: the tables, for nobody but their owner';
COMMENT ON SCHEMA helpline IS
'counter of the helpline: the functions that applications call';

-- Who works at the helpline, and what each kind of role may call.

CREATE TABLE desk.kind_functions (
	kind ietp.role_kind NOT NULL,
	function_name name NOT NULL,
	PRIMARY KEY (function_name, kind));
COMMENT ON TABLE desk.kind_functions IS
'which kind of role may execute which function of the schema helpline';

CREATE TABLE desk.kind_roles (
	kind ietp.role_kind NOT NULL,
	role name NOT NULL,
	created boolean NOT NULL DEFAULT false,
	PRIMARY KEY (kind, role));
COMMENT ON TABLE desk.kind_roles IS
'roles of the cluster that hold a kind, by name, since a restore changes oids';
COMMENT ON COLUMN desk.kind_roles.created IS
'made by ietp.create_roles(), so that ietp.drop_roles() may drop it';

CREATE TABLE desk.teams (
	team text PRIMARY KEY CHECK (team ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	description text NOT NULL DEFAULT '');
COMMENT ON TABLE desk.teams IS
'teams of specialists; a specialist sees the calls and cases of the own team';

-- C code reads this table by column number: src/actor.c.
CREATE TABLE desk.accounts (
	account text COLLATE "C" PRIMARY KEY
		CHECK (account ~ '^[^[:cntrl:]]{1,128}$'),
	kind ietp.role_kind NOT NULL,
	active boolean NOT NULL DEFAULT true,
	team text REFERENCES desk.teams,
	factory text,
	buyer text,
	CHECK ((kind = 'factory') = (factory IS NOT NULL)),
	CHECK ((kind = 'buyer') = (buyer IS NOT NULL)));
COMMENT ON TABLE desk.accounts IS
'persons: names of database roles, or of users of an application that signs work tokens';
COMMENT ON COLUMN desk.accounts.kind IS
'narrows what the database role may do; it never adds to it';
COMMENT ON COLUMN desk.accounts.active IS
'false: the account may do nothing any more';

CREATE TRIGGER invalidate_cache
AFTER INSERT OR UPDATE OR DELETE ON desk.kind_roles
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
ALTER TABLE desk.kind_roles ENABLE ALWAYS TRIGGER invalidate_cache;
CREATE TRIGGER invalidate_cache
AFTER INSERT OR UPDATE OR DELETE ON desk.accounts
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
ALTER TABLE desk.accounts ENABLE ALWAYS TRIGGER invalidate_cache;

ALTER TABLE desk.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON desk.accounts FOR SELECT
USING (account = (SELECT ietp.actor())
	OR (SELECT ietp.actor_is('supervisor')));
CREATE POLICY administration ON desk.accounts
USING ((SELECT ietp.actor_is('administrator')))
WITH CHECK ((SELECT ietp.actor_is('administrator')));

-- One request that an application may send twice: the second time it gets the
-- first answer, and nothing is done.
CREATE TABLE desk.retries (
	account text NOT NULL,
	retry_key uuid NOT NULL,
	function_name name NOT NULL,
	request_hash bigint,
	call_ref ietp.call_ref,
	case_ref ietp.case_ref,
	n integer,
	requested_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account, retry_key));
COMMENT ON TABLE desk.retries IS
'retry keys that were used, and what the request made; rows may be deleted when no application repeats requests of that age';
ALTER TABLE desk.retries ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.retries FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON desk.retries
USING (account = (SELECT ietp.actor()))
WITH CHECK (account = (SELECT ietp.actor()));

-- Who erases words erases the hash of the request that brought them.
CREATE POLICY erasing ON desk.retries
USING ((SELECT ietp.actor_is('supervisor')) AND case_ref IS NOT NULL)
WITH CHECK ((SELECT ietp.actor_is('supervisor')) AND request_hash IS NULL);

-- First statement of every function of the counter.  EXECUTE is granted to
-- database roles; a work token or an account may narrow those to fewer kinds.
CREATE FUNCTION desk.enter(called name)
RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM ietp.require_desk();
	IF NOT EXISTS (SELECT FROM desk.kind_functions AS f
			WHERE f.function_name = called AND ietp.actor_is(f.kind::text)) THEN
		RAISE EXCEPTION 'permission denied for function %', called
			USING ERRCODE = 'insufficient_privilege',
			HINT = 'The kind of role that is acting may not call it.';
	END IF;
END
$$;
COMMENT ON FUNCTION desk.enter(name) IS
'fails unless the desk is in order and the actor has a kind that may call the function';

-- Every message names the column and never the value: it might hold a
-- worker's name or number.
CREATE FUNCTION desk.refuse(
	column_name text, problem text,
	hint text DEFAULT 'doc/reference.md tells the form of every argument.')
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	CASE problem
	WHEN 'missing' THEN
		RAISE EXCEPTION 'missing value for "%"', column_name
			USING ERRCODE = 'IE101', COLUMN = column_name, HINT = hint;
	WHEN 'malformed' THEN
		RAISE EXCEPTION 'malformed value for "%"', column_name
			USING ERRCODE = 'IE102', COLUMN = column_name, HINT = hint;
	WHEN 'unknown_code' THEN
		RAISE EXCEPTION 'unknown code for "%"', column_name
			USING ERRCODE = 'IE103', COLUMN = column_name, HINT = hint;
	WHEN 'out_of_range' THEN
		RAISE EXCEPTION 'value out of range for "%"', column_name
			USING ERRCODE = 'IE104', COLUMN = column_name, HINT = hint;
	END CASE;
END
$$;
COMMENT ON FUNCTION desk.refuse(text, text, text) IS
'raises the error for a missing, malformed, unknown or out-of-range value';

CREATE FUNCTION desk.enum_of(column_name text, value text, kind anyenum)
RETURNS anyenum
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF value IS NOT NULL AND ietp.try_enum(value, kind) IS NULL THEN
		PERFORM desk.refuse(column_name, 'unknown_code', 'One of '
			|| array_to_string(enum_range(kind), ', ') || '.');
	END IF;
	RETURN ietp.try_enum(value, kind);
END
$$;
COMMENT ON FUNCTION desk.enum_of(text, text, anyenum) IS
'the label as a value of the enum of the third argument; NULL stays NULL';

CREATE FUNCTION desk.claim_retry(
	key uuid, called name, request_hash bigint DEFAULT NULL)
RETURNS desk.retries
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	earlier desk.retries;
BEGIN
	IF key IS NULL THEN
		RETURN NULL;
	END IF;
	-- Waits for a request with the same key that is under way.
	INSERT INTO desk.retries (account, retry_key, function_name, request_hash)
	VALUES (ietp.actor(), key, called, request_hash)
	ON CONFLICT DO NOTHING;
	IF FOUND THEN
		RETURN NULL;
	END IF;
	SELECT * INTO STRICT earlier FROM desk.retries AS r
	WHERE r.account = ietp.actor() AND r.retry_key = key;
	-- Of a request whose words were erased the hash is gone, too.
	IF earlier.function_name <> called OR earlier.request_hash IS NOT NULL
			AND earlier.request_hash
				IS DISTINCT FROM claim_retry.request_hash THEN
		RAISE EXCEPTION 'retry key was used for another request'
			USING ERRCODE = 'IE106', COLUMN = 'retry_key',
			HINT = 'Make a new key for every new request.';
	END IF;
	RETURN earlier;
END
$$;
COMMENT ON FUNCTION desk.claim_retry(uuid, name, bigint) IS
'NULL when the request is new, else what it made the first time; the hash of its arguments tells another request with the same key';

CREATE FUNCTION desk.settle_retry(
	key uuid, call_ref ietp.call_ref DEFAULT NULL,
	case_ref ietp.case_ref DEFAULT NULL, n integer DEFAULT NULL)
RETURNS void
LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	UPDATE desk.retries AS r
	SET call_ref = settle_retry.call_ref, case_ref = settle_retry.case_ref,
		n = settle_retry.n
	WHERE r.account = ietp.actor() AND r.retry_key = settle_retry.key
$$;
COMMENT ON FUNCTION desk.settle_retry(
	uuid, ietp.call_ref, ietp.case_ref, integer) IS
'keeps what the request made, for when it is repeated';

CREATE FUNCTION helpline.begin_work(
	token text, OUT account text, OUT kind text, OUT team text)
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM ietp.require_desk();
	account := ietp.begin_work(token);
	kind := (ietp.actor_kinds())[1];
	team := ietp.actor_team();
END
$$;
COMMENT ON FUNCTION helpline.begin_work(text) IS
'makes the account of a signed token the actor until the end of the transaction';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'begin_work' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;

CREATE FUNCTION helpline.who_am_i(
	OUT account text, OUT kinds text[], OUT team text, OUT functions text[])
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('who_am_i');
	account := ietp.actor();
	kinds := ietp.actor_kinds();
	team := ietp.actor_team();
	functions := ARRAY(SELECT DISTINCT f.function_name::text
		FROM desk.kind_functions AS f
		WHERE ietp.actor_is(f.kind::text) ORDER BY 1);
END
$$;
COMMENT ON FUNCTION helpline.who_am_i() IS
'the actor, the kinds of role held, the team, and the functions that may be called';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'who_am_i' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;

CREATE FUNCTION helpline.set_account(
	account text, kind text, team text DEFAULT NULL,
	factory text DEFAULT NULL, buyer text DEFAULT NULL,
	active boolean DEFAULT true)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_kind ietp.role_kind;
BEGIN
	PERFORM desk.enter('set_account');
	the_kind := desk.enum_of('kind', kind, NULL::ietp.role_kind);
	IF account IS NULL OR account !~ '^[^[:cntrl:]]{1,128}$' THEN
		PERFORM desk.refuse('account', 'malformed',
			'1 to 128 characters, none of them a control character.');
	ELSIF the_kind IS NULL THEN
		PERFORM desk.refuse('kind', 'missing');
	ELSIF (the_kind = 'factory') <> (factory IS NOT NULL)
			OR NOT EXISTS (SELECT FROM desk.factories AS f
				WHERE f.factory = set_account.factory)
			AND factory IS NOT NULL THEN
		PERFORM desk.refuse('factory', 'unknown_code',
			'A known factory for the kind factory, and none for others.');
	ELSIF (the_kind = 'buyer') <> (buyer IS NOT NULL)
			OR NOT EXISTS (SELECT FROM desk.buyers AS b
				WHERE b.buyer = set_account.buyer)
			AND buyer IS NOT NULL THEN
		PERFORM desk.refuse('buyer', 'unknown_code',
			'A known buyer for the kind buyer, and none for others.');
	ELSIF ietp.try_code(team) IS DISTINCT FROM team THEN
		PERFORM desk.refuse('team', 'malformed');
	END IF;
	INSERT INTO desk.teams (team)
	SELECT set_account.team WHERE set_account.team IS NOT NULL
	ON CONFLICT DO NOTHING;
	INSERT INTO desk.accounts AS a
		(account, kind, active, team, factory, buyer)
	VALUES (account, the_kind, COALESCE(active, true), team, factory, buyer)
	ON CONFLICT ON CONSTRAINT accounts_pkey DO UPDATE
	SET kind = excluded.kind, active = excluded.active,
		team = COALESCE(excluded.team, a.team),
		factory = excluded.factory, buyer = excluded.buyer;
END
$$;
COMMENT ON FUNCTION helpline.set_account(
	text, text, text, text, text, boolean) IS
'enters or changes the account of a person, making the team where it is new; NULL leaves the team as it is';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_account');
