-- The door: how an application moves a case, and what it may do next.  The
-- trigger on desk.cases judges; the door turns its refusal into an answer.

CREATE TABLE desk.refusals (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	refused_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	refused_to text NOT NULL,
	from_status text NOT NULL,
	action text,
	rule text NOT NULL,
	hint text NOT NULL,
	PRIMARY KEY (case_ref, n));
COMMENT ON TABLE desk.refusals IS
'moves of a case that were refused, so that they can be counted';
COMMENT ON COLUMN desk.refusals.action IS
'NULL where it is no action of the case''s lifecycle';
COMMENT ON COLUMN desk.refusals.rule IS
'what was missing first: kind, or kind:name';

CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.refusals
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.refusals
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.refusals ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.refusals ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE desk.refusals ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.refusals FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.refusals FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'analyst',
		'auditor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = refusals.case_ref));
CREATE POLICY adding ON desk.refusals FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = refusals.case_ref));

CREATE FUNCTION desk.refuse_move(
	the_case desk.cases, action text, rule text, hint text)
RETURNS integer
LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.refusals
		(case_ref, n, refused_to, from_status, action, rule, hint)
	SELECT the_case.case_ref, COALESCE(max(r.n), 0) + 1, ietp.actor(),
		the_case.status, (SELECT min(t.action) FROM desk.transitions AS t
			WHERE t.lifecycle = 'case'
			AND t.version = the_case.lifecycle_version
			AND t.action = refuse_move.action),
		refuse_move.rule, refuse_move.hint
	FROM desk.refusals AS r WHERE r.case_ref = the_case.case_ref
	-- At REPEATABLE READ one that came too late fails as elsewhere.
	ON CONFLICT DO NOTHING
	RETURNING n
$$;
COMMENT ON FUNCTION desk.refuse_move(desk.cases, text, text, text) IS
'keeps that a move was refused, and why';

-- The fields that may come with a move, and the values they take.
CREATE FUNCTION desk.with_fields(the_case desk.cases, fields jsonb)
RETURNS desk.cases
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := '{complainant_role,factory,identity_mode,language,migrant_worker,retaliation_risk,severity,workers_affected}';
	field text;
	value jsonb;
BEGIN
	IF fields IS NULL THEN
		RETURN the_case;
	ELSIF jsonb_typeof(fields) <> 'object' THEN
		PERFORM desk.refuse('fields', 'malformed', 'A JSON object.');
	END IF;
	FOR field, value IN SELECT * FROM jsonb_each(fields) LOOP
		IF field <> ALL (known) THEN
			PERFORM desk.refuse('fields', 'unknown_code',
				'Any of ' || array_to_string(known, ', ') || '.');
		ELSIF value = 'null' THEN
			PERFORM desk.refuse(field, 'missing');
		ELSIF field IN ('migrant_worker', 'retaliation_risk')
				AND jsonb_typeof(value) <> 'boolean'
				OR field = 'workers_affected'
				AND (jsonb_typeof(value) <> 'number'
					OR value::numeric NOT BETWEEN 1 AND 2147483647
					OR value::numeric % 1 <> 0) THEN
			PERFORM desk.refuse(field, 'malformed',
				'true or false; a whole number, 1 or more.');
		END IF;
	END LOOP;
	IF fields ? 'severity' THEN
		the_case.severity := desk.enum_of('severity', fields->>'severity',
			NULL::ietp.severity);
	END IF;
	IF fields ? 'complainant_role' THEN
		the_case.complainant_role := desk.enum_of('complainant_role',
			fields->>'complainant_role', NULL::ietp.complainant_role);
	END IF;
	IF fields ? 'identity_mode' THEN
		the_case.identity_mode := desk.enum_of('identity_mode',
			fields->>'identity_mode', NULL::ietp.identity_mode);
	END IF;
	IF fields ? 'factory' THEN
		PERFORM desk.check_factory(fields->>'factory');
		the_case.factory := fields->>'factory';
	END IF;
	IF fields ? 'language' AND NOT EXISTS (SELECT FROM desk.languages AS l
			WHERE l.language = fields->>'language') THEN
		PERFORM desk.refuse('language', 'unknown_code');
	END IF;
	the_case.language := COALESCE(fields->>'language', the_case.language);
	the_case.retaliation_risk := COALESCE(
		(fields->'retaliation_risk')::boolean, the_case.retaliation_risk);
	the_case.migrant_worker := COALESCE(
		(fields->'migrant_worker')::boolean, the_case.migrant_worker);
	the_case.workers_affected := COALESCE(
		(fields->'workers_affected')::integer, the_case.workers_affected);
	RETURN the_case;
END
$$;
COMMENT ON FUNCTION desk.with_fields(desk.cases, jsonb) IS
'the case as the fields would make it; refuses fields and values that are none';

-- One statement moves the case, so that the judge sees everything at once.
CREATE FUNCTION desk.move_case(
	the_case desk.cases, changed desk.cases, target text, reason text)
RETURNS desk.cases
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	-- What is never tolerated is the programme's business at once.
	level smallint := CASE WHEN 'zero_tolerance' IN (changed.severity,
				changed.highest_severity)
			AND changed.closed_at IS NULL
		THEN GREATEST(changed.escalation_level, 2::smallint)
		ELSE changed.escalation_level END;
BEGIN
	-- The same reason as before counts only if it is given again.
	IF reason = the_case.status_reason THEN
		UPDATE desk.cases AS c SET status_reason = NULL
		WHERE c.case_ref = the_case.case_ref;
	END IF;
	UPDATE desk.cases AS c
	SET status = target, status_reason = reason,
		severity = changed.severity, factory = changed.factory,
		complainant_role = changed.complainant_role,
		identity_mode = changed.identity_mode, language = changed.language,
		migrant_worker = changed.migrant_worker,
		retaliation_risk = changed.retaliation_risk,
		workers_affected = changed.workers_affected,
		escalation_level = level,
		escalated_at = CASE WHEN level > 0
			THEN COALESCE(c.escalated_at, now()) END,
		escalated_on = CASE WHEN level > 0
			THEN COALESCE(c.escalated_on, GREATEST(c.opened_on,
				desk.local_day(c.line, now()))) END
	WHERE c.case_ref = the_case.case_ref
	RETURNING c.* INTO changed;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION desk.move_case(desk.cases, desk.cases, text, text) IS
'moves a case that the caller has locked to a status, with its changed fields';

CREATE FUNCTION helpline.transition_case(
	case_ref ietp.case_ref, action text, expected_status text DEFAULT NULL,
	reason text DEFAULT NULL, fields jsonb DEFAULT NULL,
	note text DEFAULT NULL, retry_key uuid DEFAULT NULL,
	OUT accepted boolean, OUT rule text, OUT hint text, OUT status text,
	OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	changed desk.cases;
	target text;
BEGIN
	PERFORM desk.enter('transition_case');
	earlier := desk.claim_retry(retry_key, 'transition_case',
		hash_record_extended(ROW(transition_case.case_ref,
			transition_case.action, expected_status, transition_case.reason,
			fields, note), 0));
	repeated := earlier.retry_key IS NOT NULL;
	the_case := desk.lock_case(transition_case.case_ref,
		must_be_open => false);
	status := the_case.status;
	IF repeated THEN
		SELECT r.rule, r.hint INTO rule, hint FROM desk.refusals AS r
		WHERE r.case_ref = the_case.case_ref AND r.n = earlier.n;
		accepted := NOT FOUND;
		RETURN;
	ELSIF action IS NULL THEN
		PERFORM desk.refuse('action', 'missing');
	ELSIF reason !~ '^[a-z][a-z0-9_]{0,63}$' THEN
		PERFORM desk.refuse('reason', 'malformed',
			'A code; words go into the note.');
	END IF;
	changed := desk.with_fields(the_case, fields);
	target := ietp.transition_target('case', the_case.lifecycle_version,
		the_case.status, transition_case.action, transition_case.reason);
	IF expected_status <> the_case.status THEN
		rule := 'expected_status';
		hint := 'Somebody has moved the case meanwhile: look again.';
	ELSIF action = 'consent_withdrawn' THEN
		rule := 'withdraw_consent';
		hint := 'helpline.withdraw_consent() makes this move.';
	ELSIF target IS NULL THEN
		rule := 'no_transition';
		hint := 'helpline.next_actions() lists what is possible.';
	ELSE
		BEGIN
			PERFORM desk.write_note(the_case.case_ref, 'reason', note);
			changed := desk.move_case(the_case, changed, target,
				transition_case.reason);
		EXCEPTION
			WHEN SQLSTATE 'IE202' OR SQLSTATE 'IE203' OR SQLSTATE 'IE211'
				OR SQLSTATE 'IE212' OR SQLSTATE 'IE214' OR SQLSTATE 'IE215'
				OR SQLSTATE 'IE216' OR SQLSTATE 'IE217' OR SQLSTATE 'IE219'
				OR SQLSTATE 'IE220' THEN
			GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME,
				hint = PG_EXCEPTION_HINT;
			IF rule = 'allowed_within' THEN
				hint := hint
					|| ' helpline.open_linked_case() follows the case up.';
			END IF;
		END;
	END IF;
	accepted := rule IS NULL;
	IF NOT accepted THEN
		PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
			n => desk.refuse_move(the_case, transition_case.action, rule,
				hint));
		RETURN;
	END IF;
	status := changed.status;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref);
END
$$;
COMMENT ON FUNCTION helpline.transition_case(
	ietp.case_ref, text, text, text, jsonb, text, uuid) IS
'moves a case by an action of its lifecycle; when that is refused, says which rule stands against it and what to do, and keeps the refusal';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'transition_case'), ('supervisor', 'transition_case'),
	('investigator', 'transition_case');

CREATE FUNCTION helpline.next_actions(
	case_ref ietp.case_ref, language text DEFAULT 'en')
RETURNS TABLE (action text, label text, to_status text, reason text,
	allowed boolean, why_not text[], hints text[])
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('next_actions');
	IF next_actions.case_ref IS NULL THEN
		PERFORM desk.refuse('case_ref', 'missing');
	END IF;
	PERFORM desk.check_label_language(next_actions.language);
	SELECT * INTO the_case FROM desk.cases AS c
	WHERE c.case_ref = next_actions.case_ref;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'case not found'
			USING ERRCODE = 'IE201', COLUMN = 'case_ref',
			HINT = 'No such case, or not one of the actor''s.';
	END IF;
	RETURN QUERY
	SELECT a.action, COALESCE((
			SELECT desk.label_of(next_actions.language, t.label_en,
				t.label_zh_hans, t.label_zh_hant, t.label_vi)
			FROM desk.transitions AS t
			WHERE t.lifecycle = 'case'
			AND t.version = the_case.lifecycle_version
			AND t.action = a.action LIMIT 1), a.action),
		a.to_status, a.reason, a.allowed, a.why_not, a.hints
	FROM ietp.next_actions(the_case, 'case', 'status', 'lifecycle_version')
		AS a
	-- helpline.withdraw_consent() makes it.
	WHERE a.action <> 'consent_withdrawn'
	ORDER BY a.allowed DESC, a.action COLLATE "C", a.to_status COLLATE "C",
		a.reason COLLATE "C" NULLS FIRST;
END
$$;
COMMENT ON FUNCTION helpline.next_actions(ietp.case_ref, text) IS
'every action that leaves the case''s status, whether the actor may take it now, and everything that is missing if not';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'next_actions'), ('supervisor', 'next_actions'),
	('investigator', 'next_actions');

CREATE FUNCTION helpline.case_status(
	case_ref ietp.case_ref, language text DEFAULT 'en')
RETURNS TABLE (status text, label text, worker_label text,
	category ietp.status_category, clock ietp.status_clock,
	status_since timestamptz)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('case_status');
	PERFORM desk.check_label_language(case_status.language);
	RETURN QUERY
	SELECT c.status, COALESCE(desk.label_of(case_status.language, s.label_en,
			s.label_zh_hans, s.label_zh_hant, s.label_vi), c.status),
		COALESCE(desk.label_of(case_status.language, s.worker_label_en,
			s.worker_label_zh_hans, s.worker_label_zh_hant,
			s.worker_label_vi), c.status),
		s.category, s.clock, c.status_since
	FROM desk.cases AS c
	JOIN desk.statuses AS s ON s.lifecycle = 'case'
		AND s.version = c.lifecycle_version AND s.status = c.status
	WHERE c.case_ref = case_status.case_ref;
END
$$;
COMMENT ON FUNCTION helpline.case_status(ietp.case_ref, text) IS
'how a case stands, in words for the staff and for the worker who asks; no row for who may not see it';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_status'), ('supervisor', 'case_status'),
	('investigator', 'case_status'), ('programme_staff', 'case_status'),
	('auditor', 'case_status');

CREATE FUNCTION helpline.adopt_lifecycle(
	version integer, case_ref ietp.case_ref DEFAULT NULL,
	OUT adopted bigint)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('adopt_lifecycle');
	IF adopt_lifecycle.version IS NULL THEN
		PERFORM desk.refuse('version', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.lifecycles AS l
			WHERE l.lifecycle = 'case' AND l.version = adopt_lifecycle.version
			AND l.sealed_at IS NOT NULL) THEN
		RAISE EXCEPTION 'lifecycle "case" has no sealed version %',
			adopt_lifecycle.version
			USING ERRCODE = 'IE221', COLUMN = 'version',
			HINT = 'helpline.lifecycles() lists the versions.';
	ELSIF adopt_lifecycle.case_ref IS NOT NULL THEN
		PERFORM desk.lock_case(adopt_lifecycle.case_ref,
			must_be_open => false);
	END IF;
	-- Locked in one order, so that two who adopt at once do not wait for one
	-- another.
	PERFORM FROM desk.cases AS c
	WHERE c.lifecycle_version <> adopt_lifecycle.version
	AND c.closed_at IS NULL AND adopt_lifecycle.case_ref IS NULL
	ORDER BY c.case_ref FOR UPDATE;
	UPDATE desk.cases AS c
	SET lifecycle_version = adopt_lifecycle.version,
		status = COALESCE((SELECT m.to_status
			FROM desk.lifecycle_maps AS m
			WHERE m.lifecycle = 'case'
			AND m.version = adopt_lifecycle.version
			AND m.from_version = c.lifecycle_version
			AND m.from_status = c.status), c.status)
	WHERE c.lifecycle_version <> adopt_lifecycle.version
	AND CASE WHEN adopt_lifecycle.case_ref IS NULL
		THEN c.closed_at IS NULL
		ELSE c.case_ref = adopt_lifecycle.case_ref END;
	GET DIAGNOSTICS adopted = ROW_COUNT;
END
$$;
COMMENT ON FUNCTION helpline.adopt_lifecycle(integer, ietp.case_ref) IS
'puts a case, or every open case, under another sealed version of the rules; fails where a status has no counterpart there';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'adopt_lifecycle'), ('administrator', 'adopt_lifecycle');

CREATE FUNCTION helpline.refused_transitions(
	since timestamptz, until timestamptz)
RETURNS TABLE (action text, rule text, refusals bigint, cases bigint)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('refused_transitions');
	IF since IS NULL OR until IS NULL THEN
		PERFORM desk.refuse(CASE WHEN since IS NULL THEN 'since'
			ELSE 'until' END, 'missing');
	ELSIF until <= since THEN
		PERFORM desk.refuse('until', 'out_of_range', 'After since.');
	END IF;
	RETURN QUERY
	SELECT r.action, r.rule, count(*), count(DISTINCT r.case_ref::text)
	FROM desk.refusals AS r
	WHERE r.refused_at >= since AND r.refused_at < until
	GROUP BY r.action, r.rule
	ORDER BY count(*) DESC, r.action COLLATE "C", r.rule COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.refused_transitions(timestamptz, timestamptz) IS
'how often which rule stood against which action in a period; action NULL: none of the lifecycle';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'refused_transitions'),
	('programme_staff', 'refused_transitions'),
	('analyst', 'refused_transitions'), ('auditor', 'refused_transitions'),
	('administrator', 'refused_transitions');
