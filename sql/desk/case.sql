-- Cases: matters that are followed up, with their issues, calls, notes and
-- history.  What belongs to a case is keyed (case_ref, n), n counted within
-- the case.

CREATE TABLE desk.cases (
	case_ref ietp.case_ref PRIMARY KEY,
	opened_at timestamptz NOT NULL,
	closed_at timestamptz,
	escalated_at timestamptz,
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	source_hash bigint,
	opened_on date NOT NULL,
	closed_on date,
	escalated_on date,
	severity ietp.severity NOT NULL,
	complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode,
	workers_affected integer CHECK (workers_affected > 0),
	escalation_level smallint NOT NULL DEFAULT 0
		CHECK (escalation_level BETWEEN 0 AND 3),
	synthetic boolean NOT NULL DEFAULT false,
	line text NOT NULL REFERENCES desk.lines,
	factory text REFERENCES desk.factories,
	language text REFERENCES desk.languages,
	closing_reason text REFERENCES desk.closing_reasons,
	handler text,
	team text,
	investigator text,
	currency text CHECK (currency ~ '^[A-Z]{3}$'),
	amount_claimed numeric CHECK (amount_claimed >= 0),
	amount_assessed numeric CHECK (amount_assessed >= 0),
	amount_recovered numeric CHECK (amount_recovered >= 0),
	source text,
	source_id text,
	source_status text,
	CONSTRAINT closed_after_opened
		CHECK (closed_at >= opened_at AND closed_on >= opened_on),
	CONSTRAINT closed_on_a_day
		CHECK ((closed_at IS NULL) = (closed_on IS NULL)),
	CONSTRAINT open_case_has_no_closing_reason
		CHECK (closing_reason IS NULL OR closed_at IS NOT NULL),
	CONSTRAINT escalated_at_a_time
		CHECK ((escalation_level = 0) = (escalated_at IS NULL)
			AND (escalated_at IS NULL) = (escalated_on IS NULL)),
	CONSTRAINT amount_has_currency
		CHECK (currency IS NOT NULL OR COALESCE(
			amount_claimed, amount_assessed, amount_recovered) IS NULL),
	CONSTRAINT source_has_id CHECK ((source IS NULL) = (source_id IS NULL)));
COMMENT ON TABLE desk.cases IS
'matters that are followed up; holds no name, number or text of a worker';
COMMENT ON COLUMN desk.cases.opened_on IS
'day of opened_at in the time zone of the line, as closed_on and escalated_on';
COMMENT ON COLUMN desk.cases.escalation_level IS
'0 not escalated, 1 supervisor, 2 programme, 3 outside authority or buyer';
COMMENT ON COLUMN desk.cases.escalated_at IS
'when the case was first escalated';
COMMENT ON COLUMN desk.cases.workers_affected IS
'number of workers, NULL while unknown';
COMMENT ON COLUMN desk.cases.currency IS 'ISO 4217, of all three amounts';
COMMENT ON COLUMN desk.cases.source_status IS
'status that the source gave; whether a case is open follows from closed_at';
CREATE UNIQUE INDEX cases_source ON desk.cases (source, source_id)
WHERE source IS NOT NULL;
-- Queues.  The predicate names closed_at alone, which changes once: an index
-- on what changes often would keep updates from being HOT.
CREATE INDEX cases_open_team ON desk.cases (team) WHERE closed_at IS NULL;
CREATE INDEX cases_open_handler ON desk.cases (handler)
WHERE closed_at IS NULL;
CREATE INDEX cases_open_investigator ON desk.cases (investigator)
WHERE closed_at IS NULL;

CREATE TABLE desk.case_calls (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	call_ref ietp.call_ref NOT NULL REFERENCES desk.calls,
	PRIMARY KEY (case_ref, call_ref));
COMMENT ON TABLE desk.case_calls IS 'calls that belong to a case';
CREATE INDEX case_calls_call ON desk.case_calls (call_ref);

CREATE TABLE desk.case_issues (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	taxonomy integer NOT NULL,
	topic text NOT NULL,
	call_ref ietp.call_ref,
	call_n integer,
	PRIMARY KEY (case_ref, n),
	FOREIGN KEY (taxonomy, topic) REFERENCES desk.topics (taxonomy, topic),
	FOREIGN KEY (call_ref, call_n) REFERENCES desk.issues (call_ref, n));
COMMENT ON TABLE desk.case_issues IS 'issues that a case is about';
COMMENT ON COLUMN desk.case_issues.call_ref IS
'call in which the issue was raised, as its issue call_n';

CREATE TABLE desk.notes (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	written_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	kind ietp.note_kind NOT NULL,
	language text REFERENCES desk.languages,
	written_by text NOT NULL,
	body text NOT NULL,
	PRIMARY KEY (case_ref, n));
COMMENT ON TABLE desk.notes IS
'the narrative of a case; read by those alone who work on it';

CREATE TABLE desk.events (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	action text NOT NULL CHECK (action IN ('opened', 'imported', 'noted',
		'escalated', 'assigned', 'valued', 'call_linked', 'closed')),
	actor text NOT NULL,
	detail text NOT NULL DEFAULT '',
	PRIMARY KEY (case_ref, n),
	CHECK (occurred_at <= recorded_at));
COMMENT ON TABLE desk.events IS
'history of a case without narrative: what was done, when and by whom';
COMMENT ON COLUMN desk.events.detail IS
'codes alone, never words of a person';

ALTER TABLE desk.cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.cases FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.cases FOR SELECT
USING ((SELECT ietp.actor_is('programme_staff', 'analyst', 'auditor')));
CREATE POLICY writing ON desk.cases
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team()))
	OR (SELECT ietp.actor_is('investigator'))
	AND investigator = (SELECT ietp.actor()))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team()))
	OR (SELECT ietp.actor_is('investigator'))
	AND investigator = (SELECT ietp.actor()));

-- What belongs to a case is seen by who sees the case.
ALTER TABLE desk.case_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.case_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.case_calls FOR SELECT
USING ((SELECT ietp.actor_is('programme_staff', 'analyst', 'auditor')));
CREATE POLICY writing ON desk.case_calls
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_calls.case_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_calls.case_ref));

ALTER TABLE desk.case_issues ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.case_issues FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.case_issues FOR SELECT
USING ((SELECT ietp.actor_is('programme_staff', 'analyst', 'auditor')));
CREATE POLICY writing ON desk.case_issues
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_issues.case_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_issues.case_ref));

-- Analysts, auditors, programme staff and administrators read no narrative.
ALTER TABLE desk.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY narrative ON desk.notes
USING ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = notes.case_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = notes.case_ref));

-- Events are only added.
ALTER TABLE desk.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.events FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.events FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'auditor'))
	OR EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = events.case_ref)
	AND (SELECT ietp.actor_is('specialist', 'investigator',
		'administrator')));
CREATE POLICY adding ON desk.events FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = events.case_ref));

CREATE FUNCTION desk.lock_case(
	wanted ietp.case_ref, must_be_open boolean DEFAULT true)
RETURNS desk.cases
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	found_case desk.cases;
BEGIN
	IF wanted IS NULL THEN
		PERFORM desk.refuse('case_ref', 'missing');
	END IF;
	SELECT * INTO found_case FROM desk.cases AS c
	WHERE c.case_ref = wanted FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'case not found'
			USING ERRCODE = 'IE201', COLUMN = 'case_ref',
			HINT = 'No such case, or not one of the actor''s.';
	ELSIF must_be_open AND found_case.closed_at IS NOT NULL THEN
		RAISE EXCEPTION 'case is closed'
			USING ERRCODE = 'IE202', COLUMN = 'case_ref',
			HINT = 'A closed case is not changed.';
	END IF;
	RETURN found_case;
END
$$;
COMMENT ON FUNCTION desk.lock_case(ietp.case_ref, boolean) IS
'the case, locked against changes; fails when the actor may not see it, or when it is closed';

-- The caller holds the row of the case, so that n has no gap and no double; at
-- REPEATABLE READ a conflict fails as any transaction there that came too late.
CREATE FUNCTION desk.add_event(
	case_ref ietp.case_ref, action text, detail text DEFAULT '',
	occurred_at timestamptz DEFAULT now())
RETURNS void
LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.events (case_ref, n, occurred_at, action, actor, detail)
	SELECT add_event.case_ref, COALESCE(max(e.n), 0) + 1,
		add_event.occurred_at, add_event.action, ietp.actor(),
		COALESCE(add_event.detail, '')
	FROM desk.events AS e WHERE e.case_ref = add_event.case_ref
	ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION desk.add_event(
	ietp.case_ref, text, text, timestamptz) IS
'adds one line to the history of a case';

CREATE FUNCTION helpline.open_case(
	call_ref ietp.call_ref, severity text DEFAULT NULL,
	factory text DEFAULT NULL, workers_affected integer DEFAULT NULL,
	retry_key uuid DEFAULT NULL,
	OUT case_ref ietp.case_ref, OUT repeated boolean, OUT next_steps text[])
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_call desk.calls;
	the_severity ietp.severity;
	attempts integer := 0;
BEGIN
	PERFORM desk.enter('open_case');
	the_call := desk.lock_call(open_case.call_ref);
	the_severity := desk.enum_of('severity', severity, NULL::ietp.severity);
	IF open_case.factory IS NOT NULL THEN
		PERFORM desk.check_factory(open_case.factory);
	END IF;
	IF workers_affected < 1 THEN
		PERFORM desk.refuse('workers_affected', 'out_of_range', '1 or more.');
	END IF;
	-- The gravest of its issues, where none is given.
	SELECT COALESCE(the_severity, max(t.default_severity), 'moderate')
	INTO the_severity
	FROM desk.issues AS i
	JOIN desk.topics AS t ON t.taxonomy = i.taxonomy AND t.topic = i.topic
	WHERE i.call_ref = the_call.call_ref;
	next_steps := CASE WHEN the_severity >= 'critical'
		THEN ARRAY['escalate_case', 'add_note', 'close_case']
		ELSE ARRAY['add_note', 'close_case'] END;

	earlier := desk.claim_retry(retry_key, 'open_case',
		hash_record_extended(ROW(the_call.call_ref, open_case.severity,
			open_case.factory, open_case.workers_affected), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		case_ref := earlier.case_ref;
		RETURN;
	END IF;
	LOOP
		INSERT INTO desk.cases (case_ref, line, factory, language, opened_at,
			opened_on, severity, complainant_role, identity_mode,
			workers_affected, handler, team)
		SELECT ietp.new_case_ref(l.country,
				extract(year FROM d.day)::integer),
			l.line, COALESCE(open_case.factory, the_call.factory),
			the_call.language, now(), d.day, the_severity,
			the_call.complainant_role, the_call.identity_mode,
			open_case.workers_affected, ietp.actor(), ietp.actor_team()
		FROM desk.lines AS l, desk.local_day(l.line, now()) AS d (day)
		WHERE l.line = the_call.line
		ON CONFLICT DO NOTHING
		RETURNING cases.case_ref INTO open_case.case_ref;
		EXIT WHEN FOUND;
		-- The reference is taken: draw another.
		attempts := attempts + 1;
		IF attempts = 100 THEN
			RAISE EXCEPTION 'could not draw a free case reference'
				USING ERRCODE = 'program_limit_exceeded';
		END IF;
	END LOOP;
	INSERT INTO desk.case_calls (case_ref, call_ref)
	VALUES (open_case.case_ref, the_call.call_ref);
	INSERT INTO desk.case_issues
		(case_ref, n, taxonomy, topic, call_ref, call_n)
	SELECT open_case.case_ref, row_number() OVER (ORDER BY i.n),
		i.taxonomy, i.topic, i.call_ref, i.n
	FROM desk.issues AS i WHERE i.call_ref = the_call.call_ref;
	PERFORM desk.add_event(open_case.case_ref, 'opened', the_severity::text);
	PERFORM desk.settle_retry(retry_key, call_ref => the_call.call_ref,
		case_ref => open_case.case_ref);
END
$$;
COMMENT ON FUNCTION helpline.open_case(
	ietp.call_ref, text, text, integer, uuid) IS
'opens a case on a call, with the issues raised in it; severity NULL takes the gravest of theirs';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'open_case'), ('supervisor', 'open_case');

CREATE FUNCTION helpline.link_call(
	case_ref ietp.case_ref, call_ref ietp.call_ref, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	the_call desk.calls;
BEGIN
	PERFORM desk.enter('link_call');
	the_case := desk.lock_case(link_call.case_ref);
	the_call := desk.lock_call(link_call.call_ref);
	INSERT INTO desk.case_calls (case_ref, call_ref)
	VALUES (the_case.case_ref, the_call.call_ref)
	ON CONFLICT DO NOTHING;
	repeated := NOT FOUND;
	-- Also issues that were raised in the call since it was linked.
	INSERT INTO desk.case_issues
		(case_ref, n, taxonomy, topic, call_ref, call_n)
	SELECT the_case.case_ref, (SELECT COALESCE(max(o.n), 0)
			FROM desk.case_issues AS o
			WHERE o.case_ref = the_case.case_ref)
		+ row_number() OVER (ORDER BY i.n),
		i.taxonomy, i.topic, i.call_ref, i.n
	FROM desk.issues AS i
	WHERE i.call_ref = the_call.call_ref
	AND NOT EXISTS (SELECT FROM desk.case_issues AS o
		WHERE o.case_ref = the_case.case_ref
		AND o.call_ref = i.call_ref AND o.call_n = i.n);
	IF NOT repeated OR FOUND THEN
		PERFORM desk.add_event(the_case.case_ref, 'call_linked');
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.link_call(ietp.case_ref, ietp.call_ref) IS
'adds a further call, with its issues, to a case; of a call that is there already the issues raised since';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'link_call'), ('supervisor', 'link_call');

CREATE FUNCTION helpline.add_note(
	case_ref ietp.case_ref, body text, kind text DEFAULT 'note',
	language text DEFAULT NULL, retry_key uuid DEFAULT NULL,
	OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_kind ietp.note_kind;
BEGIN
	PERFORM desk.enter('add_note');
	earlier := desk.claim_retry(retry_key, 'add_note',
		hash_record_extended(ROW(add_note.case_ref, add_note.body,
			add_note.kind, add_note.language), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	the_case := desk.lock_case(add_note.case_ref);
	the_kind := desk.enum_of('kind', add_note.kind, NULL::ietp.note_kind);
	IF the_kind IS NULL THEN
		PERFORM desk.refuse('kind', 'missing');
	ELSIF ietp.nonblank(add_note.body) IS NULL THEN
		PERFORM desk.refuse('body', 'missing');
	ELSIF add_note.language IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.languages AS l
			WHERE l.language = add_note.language) THEN
		PERFORM desk.refuse('language', 'unknown_code');
	ELSIF the_kind = 'factory_contact' AND NOT EXISTS (
			SELECT FROM desk.notes AS o
			WHERE o.case_ref = the_case.case_ref
			AND o.kind = 'permission') THEN
		RAISE EXCEPTION 'the worker has not permitted to contact the factory'
			USING ERRCODE = 'IE203', COLUMN = 'kind',
			HINT = 'Record the worker''s permission first: '
				'add_note(kind => ''permission'').';
	END IF;
	SELECT COALESCE(max(o.n), 0) + 1 INTO add_note.n
	FROM desk.notes AS o WHERE o.case_ref = the_case.case_ref;
	INSERT INTO desk.notes (case_ref, n, kind, language, written_by, body)
	VALUES (the_case.case_ref, add_note.n, the_kind, add_note.language,
		ietp.actor(), add_note.body)
	ON CONFLICT DO NOTHING;
	PERFORM desk.add_event(the_case.case_ref, 'noted', the_kind::text);
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => add_note.n);
END
$$;
COMMENT ON FUNCTION helpline.add_note(
	ietp.case_ref, text, text, text, uuid) IS
'adds a note to an open case; kind factory_contact needs an earlier note of kind permission';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'add_note'), ('supervisor', 'add_note'),
	('investigator', 'add_note');

CREATE FUNCTION helpline.escalate_case(
	case_ref ietp.case_ref, level integer, retry_key uuid DEFAULT NULL,
	OUT escalated_at timestamptz, OUT repeated boolean,
	OUT next_steps text[])
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('escalate_case');
	earlier := desk.claim_retry(retry_key, 'escalate_case',
		hash_record_extended(ROW(escalate_case.case_ref, level), 0));
	repeated := earlier.retry_key IS NOT NULL;
	the_case := desk.lock_case(escalate_case.case_ref,
		must_be_open => NOT repeated);
	next_steps := ARRAY['assign_case', 'add_note'];
	IF NOT repeated THEN
		IF level IS NULL OR level NOT BETWEEN 1 AND 3
				OR level <= the_case.escalation_level THEN
			PERFORM desk.refuse('level', 'out_of_range',
				'1 to 3, and above the present level.');
		END IF;
		UPDATE desk.cases AS c
		SET escalation_level = level,
			escalated_at = COALESCE(c.escalated_at, now()),
			escalated_on = COALESCE(c.escalated_on, GREATEST(c.opened_on,
				desk.local_day(c.line, now())))
		WHERE c.case_ref = the_case.case_ref
		RETURNING c.escalated_at INTO the_case.escalated_at;
		PERFORM desk.add_event(the_case.case_ref, 'escalated', level::text);
		PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref);
	END IF;
	escalated_at := the_case.escalated_at;
END
$$;
COMMENT ON FUNCTION helpline.escalate_case(ietp.case_ref, integer, uuid) IS
'raises the escalation level of an open case to 1, 2 or 3; returns when it was first escalated';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'escalate_case'), ('supervisor', 'escalate_case'),
	('investigator', 'escalate_case');

CREATE FUNCTION helpline.assign_case(
	case_ref ietp.case_ref, handler text DEFAULT NULL,
	investigator text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('assign_case');
	the_case := desk.lock_case(assign_case.case_ref);
	IF assign_case.handler IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.accounts AS a
			WHERE a.account = assign_case.handler AND a.active
			AND a.kind IN ('specialist', 'supervisor')) THEN
		PERFORM desk.refuse('handler', 'unknown_code',
			'An active account of a specialist or supervisor.');
	ELSIF assign_case.investigator IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.accounts AS a
			WHERE a.account = assign_case.investigator AND a.active
			AND a.kind = 'investigator') THEN
		PERFORM desk.refuse('investigator', 'unknown_code',
			'An active account of an investigator.');
	END IF;
	UPDATE desk.cases AS c
	SET handler = COALESCE(assign_case.handler, c.handler),
		team = CASE WHEN assign_case.handler IS NULL THEN c.team ELSE (
			SELECT a.team FROM desk.accounts AS a
			WHERE a.account = assign_case.handler) END,
		investigator = COALESCE(assign_case.investigator, c.investigator)
	WHERE c.case_ref = the_case.case_ref;
	PERFORM desk.add_event(the_case.case_ref, 'assigned',
		concat_ws(', ', 'handler ' || assign_case.handler,
			'investigator ' || assign_case.investigator));
END
$$;
COMMENT ON FUNCTION helpline.assign_case(ietp.case_ref, text, text) IS
'gives an open case to a specialist and the team of that one, or to an investigator; NULL leaves as it is';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('supervisor', 'assign_case');

CREATE FUNCTION helpline.value_case(
	case_ref ietp.case_ref, currency text,
	amount_claimed numeric DEFAULT NULL, amount_assessed numeric DEFAULT NULL,
	amount_recovered numeric DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('value_case');
	the_case := desk.lock_case(value_case.case_ref);
	IF value_case.currency IS NULL
			OR value_case.currency !~ '^[A-Z]{3}$' THEN
		PERFORM desk.refuse('currency', 'malformed',
			'Three capital letters after ISO 4217.');
	ELSIF value_case.currency <> the_case.currency
			AND COALESCE(the_case.amount_claimed, the_case.amount_assessed,
				the_case.amount_recovered) IS NOT NULL THEN
		PERFORM desk.refuse('currency', 'out_of_range',
			'The currency of the amounts that are there.');
	END IF;
	PERFORM desk.check_amount('amount_claimed', value_case.amount_claimed);
	PERFORM desk.check_amount('amount_assessed', value_case.amount_assessed);
	PERFORM desk.check_amount('amount_recovered',
		value_case.amount_recovered);
	UPDATE desk.cases AS c
	SET currency = value_case.currency,
		amount_claimed = COALESCE(value_case.amount_claimed,
			c.amount_claimed),
		amount_assessed = COALESCE(value_case.amount_assessed,
			c.amount_assessed),
		amount_recovered = COALESCE(value_case.amount_recovered,
			c.amount_recovered)
	WHERE c.case_ref = the_case.case_ref;
	PERFORM desk.add_event(the_case.case_ref, 'valued');
END
$$;
COMMENT ON FUNCTION helpline.value_case(
	ietp.case_ref, text, numeric, numeric, numeric) IS
'enters what money is claimed, assessed and recovered; NULL leaves as it is';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'value_case'), ('supervisor', 'value_case'),
	('investigator', 'value_case');

CREATE FUNCTION desk.check_amount(column_name text, amount numeric)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF amount < 0 OR amount >= 1e15 OR amount = 'NaN' THEN
		PERFORM desk.refuse(column_name, 'out_of_range',
			'0 or more, and below 10 to the 15th.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_amount(text, numeric) IS
'refuses amounts of money that are negative, too large or not a number';

CREATE FUNCTION helpline.close_case(
	case_ref ietp.case_ref, closing_reason text,
	retry_key uuid DEFAULT NULL,
	OUT closed_at timestamptz, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('close_case');
	earlier := desk.claim_retry(retry_key, 'close_case',
		hash_record_extended(ROW(close_case.case_ref,
			close_case.closing_reason), 0));
	repeated := earlier.retry_key IS NOT NULL;
	the_case := desk.lock_case(close_case.case_ref,
		must_be_open => NOT repeated);
	IF NOT repeated THEN
		IF close_case.closing_reason IS NULL THEN
			PERFORM desk.refuse('closing_reason', 'missing');
		ELSIF NOT EXISTS (SELECT FROM desk.closing_reasons AS r
				WHERE r.closing_reason = close_case.closing_reason) THEN
			PERFORM desk.refuse('closing_reason', 'unknown_code', 'One of '
				|| (SELECT string_agg(r.closing_reason, ', '
						ORDER BY r.closing_reason)
					FROM desk.closing_reasons AS r) || '.');
		END IF;
		UPDATE desk.cases AS c
		SET closed_at = GREATEST(now(), c.opened_at),
			-- The zone of the line may have changed since.
			closed_on = GREATEST(c.opened_on, desk.local_day(c.line, now())),
			closing_reason = close_case.closing_reason
		WHERE c.case_ref = the_case.case_ref
		RETURNING c.closed_at INTO the_case.closed_at;
		PERFORM desk.add_event(the_case.case_ref, 'closed',
			close_case.closing_reason);
		PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref);
	END IF;
	closed_at := the_case.closed_at;
END
$$;
COMMENT ON FUNCTION helpline.close_case(ietp.case_ref, text, uuid) IS
'closes an open case for one of the closing reasons';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'close_case'), ('supervisor', 'close_case');

CREATE FUNCTION helpline.my_queue(
	page_size integer DEFAULT 50, after text DEFAULT NULL)
RETURNS TABLE (case_ref ietp.case_ref, severity ietp.severity,
	opened_at timestamptz, escalation_level smallint, factory text,
	topics text[], handler text, synthetic boolean, page_token text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	mark text[] := regexp_match(after,
		'^([a-z_]+)@(-?[0-9]{1,17})@([-A-Z0-9]+)$');
	mark_severity ietp.severity;
	mark_opened timestamptz;
	mark_case ietp.case_ref;
	me text := ietp.actor();
	my_team text := ietp.actor_team();
	i_assign boolean := ietp.actor_is('supervisor');
BEGIN
	PERFORM desk.enter('my_queue');
	IF page_size IS NULL OR page_size NOT BETWEEN 1 AND 1000 THEN
		PERFORM desk.refuse('page_size', 'out_of_range', '1 to 1000.');
	END IF;
	IF after IS NOT NULL THEN
		mark_severity := ietp.try_enum(mark[1], NULL::ietp.severity);
		mark_opened := timestamptz 'epoch'
			+ mark[2]::bigint * interval '1 microsecond';
		mark_case := ietp.try_case_ref(mark[3]);
		IF mark_severity IS NULL OR mark_opened IS NULL
				OR mark_case IS NULL THEN
			PERFORM desk.refuse('after', 'malformed',
				'The page_token of the last row of the page before.');
		END IF;
	END IF;
	RETURN QUERY
	SELECT c.case_ref, c.severity, c.opened_at, c.escalation_level,
		c.factory, ARRAY(SELECT i.topic FROM desk.case_issues AS i
			WHERE i.case_ref = c.case_ref ORDER BY i.n),
		c.handler, c.synthetic, c.severity || '@'
			|| (extract(epoch FROM c.opened_at) * 1000000)::bigint || '@'
			|| c.case_ref
	FROM desk.cases AS c
	WHERE c.closed_at IS NULL
	AND (c.handler = me OR c.investigator = me OR c.team = my_team
		OR i_assign AND c.team IS NULL AND NOT EXISTS (
			SELECT FROM desk.accounts AS a
			WHERE a.account = c.handler AND a.active))
	AND (after IS NULL OR c.severity < mark_severity
		OR c.severity = mark_severity
		AND (c.opened_at, c.case_ref) > (mark_opened, mark_case))
	ORDER BY c.severity DESC, c.opened_at, c.case_ref
	LIMIT page_size;
END
$$;
COMMENT ON FUNCTION helpline.my_queue(integer, text) IS
'open cases of the actor and the actor''s team, for supervisors also those of nobody, gravest and then oldest first; after is the page_token of the last row seen';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'my_queue'), ('supervisor', 'my_queue'),
	('investigator', 'my_queue');

CREATE FUNCTION helpline.case_notes(case_ref ietp.case_ref)
RETURNS TABLE (n integer, written_at timestamptz, kind ietp.note_kind,
	language text, written_by text, body text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_notes');
	RETURN QUERY
	SELECT o.n, o.written_at, o.kind, o.language, o.written_by, o.body
	FROM desk.notes AS o
	WHERE o.case_ref = case_notes.case_ref
	ORDER BY o.n;
END
$$;
COMMENT ON FUNCTION helpline.case_notes(ietp.case_ref) IS
'the notes of a case that the actor works on, in order; none for others';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_notes'), ('supervisor', 'case_notes'),
	('investigator', 'case_notes');

CREATE FUNCTION helpline.case_history(case_ref ietp.case_ref)
RETURNS TABLE (n integer, occurred_at timestamptz, recorded_at timestamptz,
	action text, actor text, detail text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_history');
	RETURN QUERY
	SELECT e.n, e.occurred_at, e.recorded_at, e.action, e.actor, e.detail
	FROM desk.events AS e
	WHERE e.case_ref = case_history.case_ref
	ORDER BY e.n;
END
$$;
COMMENT ON FUNCTION helpline.case_history(ietp.case_ref) IS
'what was done in a case, when and by whom, without any narrative';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_history'), ('supervisor', 'case_history'),
	('investigator', 'case_history'), ('programme_staff', 'case_history'),
	('auditor', 'case_history');

CREATE FUNCTION helpline.find_case(case_ref ietp.case_ref)
RETURNS TABLE (opened_at timestamptz, closed_at timestamptz,
	closing_reason text, severity ietp.severity, escalation_level smallint,
	line text, factory text, workers_affected integer, handler text,
	team text, investigator text, currency text, amount_claimed numeric,
	amount_assessed numeric, amount_recovered numeric, topics text[],
	calls ietp.call_ref[], synthetic boolean)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('find_case');
	RETURN QUERY
	SELECT c.opened_at, c.closed_at, c.closing_reason, c.severity,
		c.escalation_level, c.line, c.factory, c.workers_affected,
		c.handler, c.team, c.investigator, c.currency, c.amount_claimed,
		c.amount_assessed, c.amount_recovered,
		ARRAY(SELECT i.topic FROM desk.case_issues AS i
			WHERE i.case_ref = c.case_ref ORDER BY i.n),
		ARRAY(SELECT l.call_ref FROM desk.case_calls AS l
			WHERE l.case_ref = c.case_ref ORDER BY l.call_ref),
		c.synthetic
	FROM desk.cases AS c
	WHERE c.case_ref = find_case.case_ref;
END
$$;
COMMENT ON FUNCTION helpline.find_case(ietp.case_ref) IS
'the facts of a case that the actor may see; no row for others';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'find_case'), ('supervisor', 'find_case'),
	('investigator', 'find_case'), ('programme_staff', 'find_case'),
	('auditor', 'find_case');
