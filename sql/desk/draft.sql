-- Editing the rules: a programme copies a version of a lifecycle, edits the
-- copy, and seals it when lifecycle_check() finds no error.

CREATE TABLE desk.writable_columns (
	lifecycle text NOT NULL,
	column_name text NOT NULL,
	kind ietp.role_kind NOT NULL,
	PRIMARY KEY (lifecycle, column_name, kind));
COMMENT ON TABLE desk.writable_columns IS
'columns that the counter writes, and for whom: what a transition may require; a lifecycle without a row here is of a table that its users write themselves';

INSERT INTO desk.writable_columns (lifecycle, column_name, kind)
SELECT 'case', c.column_name, k.kind::ietp.role_kind
FROM (VALUES
	-- transition_case(fields)
	('{severity,identity_mode,complainant_role,retaliation_risk,
	  migrant_worker,workers_affected,factory,language}',
	 '{specialist,supervisor,investigator}'),
	-- escalate_case(), value_case(), and the pointer of a duplicate
	('{escalation_level,escalated_at,currency,amount_claimed,
	  amount_assessed,amount_recovered,duplicate_of}',
	 '{specialist,supervisor,investigator}'),
	-- assign_case()
	('{handler,team,investigator}', '{supervisor}'),
	-- import
	('{source,source_id,closed_at}', '{administrator}')
	) AS v (column_names, kinds),
	unnest(v.column_names::text[]) AS c (column_name),
	unnest(v.kinds::text[]) AS k (kind);

CREATE FUNCTION desk.find_lifecycle(
	wanted text, wanted_version integer, otherwise text)
RETURNS integer
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	in_force integer;
	newest integer;
	named integer;
BEGIN
	IF wanted IS NULL THEN
		PERFORM desk.refuse('lifecycle', 'missing');
	END IF;
	SELECT max(l.version) FILTER (WHERE l.sealed_at IS NOT NULL),
		max(l.version), max(l.version) FILTER (WHERE l.version = wanted_version)
	INTO in_force, newest, named
	FROM desk.lifecycles AS l WHERE l.lifecycle = wanted;
	IF newest IS NULL THEN
		RAISE EXCEPTION 'no such lifecycle'
			USING ERRCODE = 'IE221', COLUMN = 'lifecycle',
			HINT = 'SELECT * FROM helpline.lifecycles().';
	ELSIF wanted_version IS NOT NULL AND named IS NULL THEN
		RAISE EXCEPTION 'no such version of the lifecycle'
			USING ERRCODE = 'IE221', COLUMN = 'version',
			HINT = 'SELECT * FROM helpline.lifecycles().';
	END IF;
	RETURN COALESCE(named, CASE otherwise WHEN 'newest' THEN newest
		ELSE COALESCE(in_force, newest) END);
END
$$;
COMMENT ON FUNCTION desk.find_lifecycle(text, integer, text) IS
'the wanted version; where that is NULL the newest, or, where otherwise is in_force, the one in force and the newest where none is';

-- The triggers of the rules take the same lock.
CREATE FUNCTION desk.lock_lifecycle(wanted text, wanted_version integer)
RETURNS desk.lifecycles
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_lifecycle desk.lifecycles;
BEGIN
	IF wanted_version IS NULL THEN
		PERFORM desk.refuse('version', 'missing');
	END IF;
	PERFORM desk.find_lifecycle(wanted, wanted_version, 'newest');
	SELECT * INTO STRICT the_lifecycle FROM desk.lifecycles AS l
	WHERE l.lifecycle = wanted AND l.version = wanted_version FOR UPDATE;
	RETURN the_lifecycle;
END
$$;
COMMENT ON FUNCTION desk.lock_lifecycle(text, integer) IS
'a version of a lifecycle, locked, so that nobody else edits or seals it';

CREATE FUNCTION desk.check_names(
	column_name text, names text[], may_be_empty boolean DEFAULT true)
RETURNS text[]
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF array_ndims(names) > 1 OR array_position(names, NULL) IS NOT NULL
			OR names = '{}' AND NOT may_be_empty THEN
		PERFORM desk.refuse(column_name, 'malformed',
			'A list without NULL, or NULL for none.');
	END IF;
	RETURN NULLIF(names, '{}');
END
$$;
COMMENT ON FUNCTION desk.check_names(text, text[], boolean) IS
'the list, NULL where it is empty; refuses one that holds NULL';

CREATE FUNCTION desk.label_columns(labels jsonb, for_workers boolean)
RETURNS jsonb
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	columns jsonb;
	languages text[] := '{en,zh_hans,zh_hant,vi}';
BEGIN
	IF labels IS NULL THEN
		RETURN '{}';
	ELSIF jsonb_typeof(labels) <> 'object' THEN
		PERFORM desk.refuse('labels', 'malformed',
			'An object, such as {"en": "Closed", "vi": "Đã đóng"}.');
	ELSIF EXISTS (SELECT FROM jsonb_object_keys(labels) AS l (language)
			WHERE l.language <> ALL (languages)
			AND (NOT for_workers OR l.language NOT LIKE 'worker\_%'
				OR substr(l.language, 8) <> ALL (languages))) THEN
		PERFORM desk.refuse('labels', 'unknown_code', CASE WHEN for_workers
			THEN 'Keys: en, zh_hans, zh_hant, vi, and these after worker_.'
			ELSE 'Keys: en, zh_hans, zh_hant, vi.' END);
	ELSIF EXISTS (SELECT FROM jsonb_each(labels) AS l (language, label)
			WHERE jsonb_typeof(l.label) NOT IN ('string', 'null')
			OR l.label #>> '{}' !~ '^[^[:cntrl:]]+$') THEN
		PERFORM desk.refuse('labels', 'malformed',
			'Text that is not empty and has no control character, or null.');
	END IF;
	SELECT COALESCE(jsonb_object_agg(CASE WHEN l.language LIKE 'worker\_%'
			THEN 'worker_label_' || substr(l.language, 8)
			ELSE 'label_' || l.language END, l.label), '{}')
	INTO columns
	FROM jsonb_each(labels) AS l (language, label);
	RETURN columns;
END
$$;
COMMENT ON FUNCTION desk.label_columns(jsonb, boolean) IS
'labels by language, with the columns that hold them for keys; what is not named stays as it is';

CREATE FUNCTION helpline.draft_lifecycle(
	lifecycle text, based_on integer DEFAULT NULL,
	description text DEFAULT NULL, key_column text DEFAULT NULL,
	actor_column text DEFAULT NULL, since_column text DEFAULT NULL,
	reason_column text DEFAULT NULL, halt_column text DEFAULT NULL,
	final_except text[] DEFAULT NULL, OUT version integer)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	name text := draft_lifecycle.lifecycle;
	base desk.lifecycles;
	next_version integer;
BEGIN
	PERFORM desk.enter('draft_lifecycle');
	IF name IS NULL THEN
		PERFORM desk.refuse('lifecycle', 'missing');
	ELSIF name !~ '^[a-z][a-z0-9_]{0,62}$' THEN
		PERFORM desk.refuse('lifecycle', 'malformed',
			'Up to 63 lower-case letters, digits and underscores.');
	END IF;
	PERFORM desk.check_names('final_except', draft_lifecycle.final_except);
	IF based_on IS NOT NULL THEN
		PERFORM desk.find_lifecycle(name, based_on, 'newest');
	END IF;
	LOOP
		-- Whoever edits it is waited for, so that half an edit is not copied.
		SELECT * INTO base FROM desk.lifecycles AS l
		WHERE l.lifecycle = name AND l.version = COALESCE(based_on, (
			SELECT max(n.version) FROM desk.lifecycles AS n
			WHERE n.lifecycle = name)) FOR SHARE;
		SELECT COALESCE(max(l.version), 0) + 1 INTO next_version
		FROM desk.lifecycles AS l WHERE l.lifecycle = name;
		-- Waits for whoever is making the same version.
		INSERT INTO desk.lifecycles (lifecycle, version, key_column,
			actor_column, since_column, reason_column, halt_column,
			final_except, description)
		VALUES (name, next_version,
			COALESCE(draft_lifecycle.key_column, base.key_column),
			COALESCE(draft_lifecycle.actor_column, base.actor_column),
			COALESCE(draft_lifecycle.since_column, base.since_column),
			COALESCE(draft_lifecycle.reason_column, base.reason_column),
			COALESCE(draft_lifecycle.halt_column, base.halt_column),
			COALESCE(draft_lifecycle.final_except, base.final_except),
			COALESCE(draft_lifecycle.description, base.description, ''))
		ON CONFLICT DO NOTHING;
		EXIT WHEN FOUND;
	END LOOP;
	INSERT INTO desk.statuses
	SELECT (jsonb_populate_record(s,
		jsonb_build_object('version', next_version))).*
	FROM desk.statuses AS s
	WHERE s.lifecycle = name AND s.version = base.version;
	INSERT INTO desk.transitions
	SELECT (jsonb_populate_record(t,
		jsonb_build_object('version', next_version))).*
	FROM desk.transitions AS t
	WHERE t.lifecycle = name AND t.version = base.version;
	version := next_version;
END
$$;
COMMENT ON FUNCTION helpline.draft_lifecycle(
	text, integer, text, text, text, text, text, text, text[]) IS
'makes a draft, the next version of a lifecycle, out of the version based_on (NULL: the newest), or of nothing for a new name; the columns that are given replace those copied';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'draft_lifecycle');

-- A row that is there is updated, not inserted over: labels of a sealed
-- version may be corrected, and the triggers tell that by the columns.
CREATE FUNCTION helpline.set_status(
	lifecycle text, version integer, status text, category text,
	clock text DEFAULT 'run', factory_contact boolean DEFAULT NULL,
	labels jsonb DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_lifecycle desk.lifecycles;
	the_status desk.statuses;
	known boolean;
BEGIN
	PERFORM desk.enter('set_status');
	IF set_status.status IS NULL THEN
		PERFORM desk.refuse('status', 'missing');
	ELSIF set_status.status !~ '^[^[:cntrl:]]{1,128}$'
			OR set_status.status = '*'
			OR set_status.status <> btrim(set_status.status) THEN
		PERFORM desk.refuse('status', 'malformed',
			'1 to 128 characters without control characters or surrounding spaces, and not *.');
	ELSIF set_status.category IS NULL THEN
		PERFORM desk.refuse('category', 'missing');
	ELSIF set_status.clock IS NULL THEN
		PERFORM desk.refuse('clock', 'missing');
	END IF;
	the_lifecycle := desk.lock_lifecycle(set_status.lifecycle,
		set_status.version);
	SELECT * INTO the_status FROM desk.statuses AS s
	WHERE s.lifecycle = set_status.lifecycle
	AND s.version = set_status.version AND s.status = set_status.status;
	known := FOUND;
	the_status := jsonb_populate_record(the_status,
		desk.label_columns(labels, for_workers => true));
	the_status.lifecycle := the_lifecycle.lifecycle;
	the_status.version := the_lifecycle.version;
	the_status.status := set_status.status;
	the_status.category := desk.enum_of('category', set_status.category,
		NULL::ietp.status_category);
	the_status.clock := desk.enum_of('clock', set_status.clock,
		NULL::ietp.status_clock);
	the_status.factory_contact := COALESCE(set_status.factory_contact,
		the_status.factory_contact, false);
	IF known THEN
		UPDATE desk.statuses AS s
		SET category = the_status.category, clock = the_status.clock,
			factory_contact = the_status.factory_contact,
			label_en = the_status.label_en,
			label_zh_hans = the_status.label_zh_hans,
			label_zh_hant = the_status.label_zh_hant,
			label_vi = the_status.label_vi,
			worker_label_en = the_status.worker_label_en,
			worker_label_zh_hans = the_status.worker_label_zh_hans,
			worker_label_zh_hant = the_status.worker_label_zh_hant,
			worker_label_vi = the_status.worker_label_vi
		WHERE s.lifecycle = the_status.lifecycle
		AND s.version = the_status.version AND s.status = the_status.status;
	ELSE
		INSERT INTO desk.statuses SELECT the_status.*;
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.set_status(
	text, integer, text, text, text, boolean, jsonb) IS
'enters a status into a draft, or changes it; labels by language, those for workers after worker_; languages that are not named stay as they are';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_status');

CREATE FUNCTION helpline.drop_status(
	lifecycle text, version integer, status text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('drop_status');
	PERFORM desk.lock_lifecycle(drop_status.lifecycle, drop_status.version);
	DELETE FROM desk.lifecycle_maps AS m
	WHERE m.lifecycle = drop_status.lifecycle
	AND m.version = drop_status.version
	AND m.to_status = drop_status.status;
	DELETE FROM desk.transitions AS t
	WHERE t.lifecycle = drop_status.lifecycle
	AND t.version = drop_status.version
	AND drop_status.status IN (t.from_status, t.to_status);
	DELETE FROM desk.statuses AS s
	WHERE s.lifecycle = drop_status.lifecycle
	AND s.version = drop_status.version AND s.status = drop_status.status;
	IF NOT FOUND THEN
		PERFORM desk.refuse('status', CASE WHEN drop_status.status IS NULL
			THEN 'missing' ELSE 'unknown_code' END,
			'A status of that version.');
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.drop_status(text, integer, text) IS
'takes a status out of a draft, with the transitions from and to it and what is mapped to it';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'drop_status');

CREATE FUNCTION helpline.set_transition(
	lifecycle text, version integer, action text, from_status text,
	to_status text, roles text[] DEFAULT NULL,
	required_columns text[] DEFAULT NULL, consent text DEFAULT NULL,
	records text[] DEFAULT NULL, reason text DEFAULT NULL,
	four_eyes boolean DEFAULT false, next_cycle boolean DEFAULT false,
	allowed_within interval DEFAULT NULL, when_column text DEFAULT NULL,
	when_values text[] DEFAULT NULL, labels jsonb DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	rule desk.transitions;
	old_rule desk.transitions;
	old_row tid;
BEGIN
	PERFORM desk.enter('set_transition');
	IF set_transition.action IS NULL THEN
		PERFORM desk.refuse('action', 'missing');
	ELSIF set_transition.action !~ '^[^[:cntrl:]]{1,128}$' THEN
		PERFORM desk.refuse('action', 'malformed',
			'1 to 128 characters, none of them a control character.');
	ELSIF set_transition.to_status IS NULL THEN
		PERFORM desk.refuse('to_status', 'missing');
	ELSIF NOT set_transition.roles
			<@ enum_range(NULL::ietp.role_kind)::text[] THEN
		PERFORM desk.refuse('roles', 'unknown_code', 'Kinds of role: '
			|| array_to_string(enum_range(NULL::ietp.role_kind), ', ')
			|| '.');
	ELSIF set_transition.reason !~ '^([*]|[a-z][a-z0-9_]*)$' THEN
		PERFORM desk.refuse('reason', 'malformed',
			'A code, * for any, or NULL for none.');
	ELSIF set_transition.allowed_within <= interval '0' THEN
		PERFORM desk.refuse('allowed_within', 'out_of_range', 'Above 0.');
	ELSIF set_transition.when_column IS NULL
			AND set_transition.when_values IS NOT NULL THEN
		PERFORM desk.refuse('when_column', 'missing',
			'The column that has one of when_values.');
	ELSIF set_transition.when_column IS NOT NULL
			AND set_transition.when_values IS NULL THEN
		PERFORM desk.refuse('when_values', 'missing',
			'The values of when_column.');
	END IF;
	rule.lifecycle := set_transition.lifecycle;
	rule.version := set_transition.version;
	rule.from_status := set_transition.from_status;
	rule.action := set_transition.action;
	rule.to_status := set_transition.to_status;
	-- An empty list of roles would be nobody.
	rule.roles := desk.check_names('roles', set_transition.roles,
		may_be_empty => false);
	rule.required_columns := desk.check_names('required_columns',
		set_transition.required_columns);
	rule.consent := desk.enum_of('consent', set_transition.consent,
		NULL::ietp.consent_purpose);
	rule.records := desk.check_names('records', set_transition.records);
	rule.reason := set_transition.reason;
	rule.four_eyes := COALESCE(set_transition.four_eyes, false);
	rule.next_cycle := COALESCE(set_transition.next_cycle, false);
	rule.allowed_within := set_transition.allowed_within;
	rule.when_column := set_transition.when_column;
	rule.when_values := desk.check_names('when_values',
		set_transition.when_values, may_be_empty => false);
	PERFORM desk.lock_lifecycle(rule.lifecycle, rule.version);
	IF NOT EXISTS (SELECT FROM desk.statuses AS s
			WHERE s.lifecycle = rule.lifecycle AND s.version = rule.version
			AND s.status = rule.to_status) THEN
		PERFORM desk.refuse('to_status', 'unknown_code',
			'A status of that version: set_status().');
	END IF;
	-- The row to be replaced, else one of the same action for its labels.
	-- The order of when_values does not matter.
	SELECT CASE WHEN t.from_status IS NOT DISTINCT FROM rule.from_status
			AND t.to_status = rule.to_status
			AND t.reason IS NOT DISTINCT FROM rule.reason
			AND t.when_column IS NOT DISTINCT FROM rule.when_column
			AND (rule.when_column IS NULL OR t.when_values @> rule.when_values
				AND t.when_values <@ rule.when_values) THEN t.ctid END AS found,
		t.label_en, t.label_zh_hans, t.label_zh_hant, t.label_vi
	INTO old_row, old_rule.label_en, old_rule.label_zh_hans,
		old_rule.label_zh_hant, old_rule.label_vi
	FROM desk.transitions AS t
	WHERE t.lifecycle = rule.lifecycle AND t.version = rule.version
	AND t.action = rule.action
	ORDER BY found NULLS LAST, t.from_status, t.to_status LIMIT 1
	FOR UPDATE;
	old_rule := jsonb_populate_record(old_rule,
		desk.label_columns(labels, for_workers => false));
	rule.label_en := old_rule.label_en;
	rule.label_zh_hans := old_rule.label_zh_hans;
	rule.label_zh_hant := old_rule.label_zh_hant;
	rule.label_vi := old_rule.label_vi;
	IF old_row IS NOT NULL THEN
		UPDATE desk.transitions AS t
		SET roles = rule.roles, required_columns = rule.required_columns,
			consent = rule.consent, records = rule.records,
			four_eyes = rule.four_eyes, next_cycle = rule.next_cycle,
			allowed_within = rule.allowed_within, label_en = rule.label_en,
			label_zh_hans = rule.label_zh_hans,
			label_zh_hant = rule.label_zh_hant, label_vi = rule.label_vi
		WHERE t.ctid = old_row;
	ELSE
		INSERT INTO desk.transitions SELECT rule.*;
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.set_transition(text, integer, text, text, text,
	text[], text[], text, text[], text, boolean, boolean, interval, text,
	text[], jsonb) IS
'enters a transition into a draft, in place of the one with the same action, from_status (* any, NULL creation), to_status, reason and values of when_column; a new row has the labels of its action';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_transition');

CREATE FUNCTION helpline.drop_transition(
	lifecycle text, version integer, action text, from_status text,
	to_status text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	dropped integer;
BEGIN
	PERFORM desk.enter('drop_transition');
	IF drop_transition.action IS NULL THEN
		PERFORM desk.refuse('action', 'missing');
	END IF;
	PERFORM desk.lock_lifecycle(drop_transition.lifecycle,
		drop_transition.version);
	DELETE FROM desk.transitions AS t
	WHERE t.lifecycle = drop_transition.lifecycle
	AND t.version = drop_transition.version
	AND t.action = drop_transition.action
	AND t.from_status IS NOT DISTINCT FROM drop_transition.from_status
	AND (drop_transition.to_status IS NULL
		OR t.to_status = drop_transition.to_status);
	GET DIAGNOSTICS dropped = ROW_COUNT;
	IF dropped = 0 THEN
		PERFORM desk.refuse('action', 'unknown_code',
			'A transition of that version, with its own from_status.');
	END IF;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION helpline.drop_transition(
	text, integer, text, text, text) IS
'takes the transitions of an action out of a draft that begin at from_status (NULL: creation) and, unless to_status is NULL, end there; returns how many';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'drop_transition');

CREATE FUNCTION helpline.map_status(
	lifecycle text, version integer, from_version integer, from_status text,
	to_status text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('map_status');
	PERFORM desk.lock_lifecycle(map_status.lifecycle, map_status.version);
	IF map_status.from_version IS NULL THEN
		PERFORM desk.refuse('from_version', 'missing');
	-- No row can be under a draft.
	ELSIF map_status.from_version = map_status.version
			OR NOT EXISTS (SELECT FROM desk.lifecycles AS l
				WHERE l.lifecycle = map_status.lifecycle
				AND l.version = map_status.from_version
				AND l.sealed_at IS NOT NULL) THEN
		PERFORM desk.refuse('from_version', 'unknown_code',
			'Another version of the lifecycle, which is sealed.');
	ELSIF NOT EXISTS (SELECT FROM desk.statuses AS s
			WHERE s.lifecycle = map_status.lifecycle
			AND s.version = map_status.from_version
			AND s.status = map_status.from_status) THEN
		PERFORM desk.refuse('from_status', 'unknown_code',
			'A status of from_version.');
	ELSIF NOT EXISTS (SELECT FROM desk.statuses AS s
			WHERE s.lifecycle = map_status.lifecycle
			AND s.version = map_status.version
			AND s.status = map_status.to_status) THEN
		PERFORM desk.refuse('to_status', 'unknown_code',
			'A status of version.');
	END IF;
	INSERT INTO desk.lifecycle_maps
		(lifecycle, version, from_version, from_status, to_status)
	VALUES (map_status.lifecycle, map_status.version,
		map_status.from_version, map_status.from_status,
		map_status.to_status)
	ON CONFLICT ON CONSTRAINT lifecycle_maps_pkey DO UPDATE
	SET to_status = excluded.to_status;
END
$$;
COMMENT ON FUNCTION helpline.map_status(
	text, integer, integer, text, text) IS
'says in a draft which status a row of from_version gets that adopts it; statuses of the same name need no such line';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'map_status');

CREATE FUNCTION helpline.seal_lifecycle(
	lifecycle text, version integer,
	OUT sealed_at timestamptz, OUT warnings integer)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_lifecycle desk.lifecycles;
BEGIN
	PERFORM desk.enter('seal_lifecycle');
	-- From here on nobody edits it, and the check sees what was committed
	-- before; an older snapshot might miss an edit.
	IF current_setting('transaction_isolation')
			IN ('repeatable read', 'serializable') THEN
		RAISE EXCEPTION 'a lifecycle is sealed at READ COMMITTED alone'
			USING ERRCODE = 'invalid_transaction_state',
			HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
	END IF;
	the_lifecycle := desk.lock_lifecycle(seal_lifecycle.lifecycle,
		seal_lifecycle.version);
	IF the_lifecycle.sealed_at IS NOT NULL THEN
		RAISE EXCEPTION 'version % of lifecycle "%" is sealed',
			the_lifecycle.version, the_lifecycle.lifecycle
			USING ERRCODE = 'IE222', COLUMN = 'version',
			HINT = 'Edit a copy: helpline.draft_lifecycle().';
	END IF;
	SELECT count(*) INTO warnings
	FROM desk.lifecycle_problems(the_lifecycle.lifecycle,
		the_lifecycle.version) AS p
	WHERE p.level = 'warning';
	-- The trigger of the table refuses a version with errors.
	UPDATE desk.lifecycles AS l
	SET sealed_at = now(), sealed_by = ietp.actor()
	WHERE l.lifecycle = the_lifecycle.lifecycle
	AND l.version = the_lifecycle.version
	RETURNING l.sealed_at INTO seal_lifecycle.sealed_at;
END
$$;
COMMENT ON FUNCTION helpline.seal_lifecycle(text, integer) IS
'puts a draft in force for new rows, if lifecycle_check() finds no error in it; from then on its rules stay as they are';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'seal_lifecycle');

CREATE FUNCTION helpline.lifecycles()
RETURNS TABLE (lifecycle text, version integer, sealed_at timestamptz,
	in_force boolean, description text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('lifecycles');
	RETURN QUERY
	SELECT l.lifecycle, l.version, l.sealed_at, l.version IS NOT DISTINCT FROM
			max(l.version) FILTER (WHERE l.sealed_at IS NOT NULL)
			OVER (PARTITION BY l.lifecycle), l.description
	FROM desk.lifecycles AS l
	ORDER BY l.lifecycle COLLATE "C", l.version;
END
$$;
COMMENT ON FUNCTION helpline.lifecycles() IS
'the versions of all lifecycles; a draft has sealed_at NULL';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'lifecycles' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;

CREATE FUNCTION helpline.lifecycle_rules(
	lifecycle text, version integer DEFAULT NULL)
RETURNS TABLE (from_status text, action text, to_status text, roles text[],
	required_columns text[], consent ietp.consent_purpose, records text[],
	reason text, four_eyes boolean, next_cycle boolean,
	allowed_within interval, when_column text, when_values text[],
	labels jsonb)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_version integer;
BEGIN
	PERFORM desk.enter('lifecycle_rules');
	the_version := desk.find_lifecycle(lifecycle, version, 'in_force');
	RETURN QUERY
	SELECT t.from_status, t.action, t.to_status, t.roles, t.required_columns,
		t.consent, t.records, t.reason, t.four_eyes, t.next_cycle,
		t.allowed_within, t.when_column, t.when_values,
		jsonb_strip_nulls(jsonb_build_object('en', t.label_en,
			'zh_hans', t.label_zh_hans, 'zh_hant', t.label_zh_hant,
			'vi', t.label_vi))
	FROM desk.transitions AS t
	WHERE t.lifecycle = lifecycle_rules.lifecycle
	AND t.version = the_version
	ORDER BY t.from_status COLLATE "C" NULLS FIRST, t.action COLLATE "C",
		t.to_status COLLATE "C", t.reason COLLATE "C" NULLS FIRST,
		t.when_column COLLATE "C" NULLS FIRST, t.when_values;
END
$$;
COMMENT ON FUNCTION helpline.lifecycle_rules(text, integer) IS
'the transitions of a lifecycle with their guards; version NULL is the one in force, else the newest; from_status NULL is creation, and * any status that is not terminal';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'lifecycle_rules' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;
