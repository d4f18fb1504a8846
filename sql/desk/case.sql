-- Cases: matters that are followed up, with their issues, calls, notes and
-- history.  What belongs to a case is keyed (case_ref, n), n counted within
-- the case.

-- First what is never NULL and has one width, so that the columns which every
-- move reads lie at a known place.
CREATE TABLE desk.cases (
	case_ref ietp.case_ref PRIMARY KEY,
	opened_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	status_since timestamptz NOT NULL,
	event_at timestamptz NOT NULL,
	opened_on date NOT NULL,
	lifecycle_version integer NOT NULL,
	cycle integer NOT NULL CHECK (cycle > 0),
	consent_n integer NOT NULL DEFAULT 0,
	event_n integer NOT NULL,
	severity ietp.severity NOT NULL,
	highest_severity ietp.severity NOT NULL,
	escalation_level smallint NOT NULL DEFAULT 0
		CHECK (escalation_level BETWEEN 0 AND 3),
	synthetic boolean NOT NULL DEFAULT false,
	-- No foreign key: the judge lets no status pass that is not of the
	-- version, and a key would cost every move a look-up.
	status text NOT NULL,
	moved_by text NOT NULL,
	line text NOT NULL REFERENCES desk.lines,
	event_hash bytea NOT NULL,
	closed_at timestamptz,
	escalated_at timestamptz,
	first_resolved_at timestamptz,
	last_resolved_at timestamptz,
	first_closed_at timestamptz,
	last_closed_at timestamptz,
	source_hash bigint,
	duplicate_of ietp.case_ref REFERENCES desk.cases,
	closed_on date,
	escalated_on date,
	complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode,
	workers_affected integer CHECK (workers_affected > 0),
	consent_used integer,
	retaliation_risk boolean,
	migrant_worker boolean,
	status_reason text CHECK (status_reason ~ '^[a-z][a-z0-9_]{0,63}$'),
	factory text REFERENCES desk.factories,
	language text REFERENCES desk.languages,
	closing_reason text REFERENCES desk.closing_reasons,
	first_closing_reason text,
	last_closing_reason text,
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
	CONSTRAINT source_has_id CHECK ((source IS NULL) = (source_id IS NULL)),
	CONSTRAINT no_duplicate_of_itself CHECK (duplicate_of <> case_ref))
	WITH (fillfactor = 80);
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
'status that the source gave';
COMMENT ON COLUMN desk.cases.status IS
'status in the lifecycle "case"; moved by helpline.transition_case()';
COMMENT ON COLUMN desk.cases.lifecycle_version IS
'version of the lifecycle whose rules the case is under';
COMMENT ON COLUMN desk.cases.status_since IS
'when the case got its status; stamped, as are moved_by, cycle, closed_at, closing_reason and what begins with first_ and last_';
COMMENT ON COLUMN desk.cases.status_reason IS
'reason of the last move, a code; what it was at an earlier move does not count for the next';
COMMENT ON COLUMN desk.cases.moved_by IS
'who made the last move';
COMMENT ON COLUMN desk.cases.cycle IS
'1, and one more each time the case was reopened';
COMMENT ON COLUMN desk.cases.retaliation_risk IS
'may the worker suffer for the complaint? NULL until judged';
COMMENT ON COLUMN desk.cases.migrant_worker IS
'works away from home, and is harder to reach; NULL: not known';
COMMENT ON COLUMN desk.cases.duplicate_of IS
'the case that counts instead; a duplicate leaves every queue and count';
COMMENT ON COLUMN desk.cases.highest_severity IS
'the gravest that the case was ever judged to be; stamped';
COMMENT ON COLUMN desk.cases.consent_n IS
'last entry of the consent ledger; written so that a withdrawal and whatever needs the consent never pass each other unseen';
COMMENT ON COLUMN desk.cases.consent_used IS
'entry of the consent ledger that the last move used, or the last change of factory while it is spoken with; stamped';
COMMENT ON COLUMN desk.cases.event_n IS
'number of events in the history of the case; stamped, as are event_at, when the last one occurred, and event_hash, the head of their chain';
COMMENT ON COLUMN desk.cases.last_closing_reason IS
'reason of the last closing, also while the case is open again';
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
	digest_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	written_by text NOT NULL,
	body text NOT NULL,
	PRIMARY KEY (case_ref, n));
COMMENT ON TABLE desk.notes IS
'the narrative of a case; read by those alone who work on it';
COMMENT ON COLUMN desk.notes.digest_key IS
'key of the digest by which the history knows the row; random';

CREATE TABLE desk.assignments (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	assigned_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	assigned_by text NOT NULL,
	handler text,
	team text,
	investigator text,
	PRIMARY KEY (case_ref, n));
COMMENT ON TABLE desk.assignments IS
'who had a case from when on; the last row is who has it';

CREATE FUNCTION desk.refuse_rewriting()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'rows of "%" are only added', TG_TABLE_NAME
		USING ERRCODE = 'IE225',
		HINT = 'Correct a row by another one.';
END
$$;
COMMENT ON FUNCTION desk.refuse_rewriting() IS
'trigger of tables to which rows are only added';

-- A case has a history, and so is there for good.
CREATE TRIGGER append_only
BEFORE DELETE ON desk.cases
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.cases
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.assignments
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.assignments
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.assignments ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.assignments ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.case_calls
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.case_calls
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.case_calls ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.case_calls ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.case_issues
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.case_issues
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.case_issues ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.case_issues ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER append_only
BEFORE UPDATE ON desk.notes
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.notes
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER append_only_truncate;

-- A case that gets such an issue lacks a link to be triaged.  Its row is
-- written, so that whoever triages it meanwhile waits, and then sees the issue
-- or, with an older snapshot, fails.
CREATE FUNCTION desk.touch_case()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	UPDATE desk.cases AS c SET consent_n = c.consent_n
	WHERE c.case_ref = NEW.case_ref;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.touch_case() IS
'trigger: writes the row of the case, so that moves of it do not pass unseen';
CREATE TRIGGER touch_case
BEFORE INSERT ON desk.case_issues
FOR EACH ROW WHEN (split_part(NEW.topic, '.', 1) = 'retaliation'
	AND NOT ietp.applies_changes())
EXECUTE FUNCTION desk.touch_case();
ALTER TABLE desk.case_issues ENABLE ALWAYS TRIGGER touch_case;

-- The stamp sorts after whatever trigger a DBA adds; the judge, AFTER ROW,
-- sees the row as all of them left it.  Neither is skipped in replica mode.
CREATE TRIGGER zz_stamp
BEFORE INSERT OR UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION ietp.stamp_case();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp;
CREATE TRIGGER zz_judge
AFTER INSERT OR UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION
	ietp.enforce_lifecycle('case', 'status', 'lifecycle_version');
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
CREATE TRIGGER zz_record
AFTER INSERT OR UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION ietp.record_case();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_record;

CREATE TRIGGER zz_record
AFTER INSERT ON desk.case_calls
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('call_linked', 'call_ref');
ALTER TABLE desk.case_calls ENABLE ALWAYS TRIGGER zz_record;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.case_issues
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('issues_added', 'n', 'topic');
ALTER TABLE desk.case_issues ENABLE ALWAYS TRIGGER zz_record;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.notes
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('noted', 'n', 'kind', 'language');
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER zz_record;
-- A note is not edited, but may have to be erased: then the history keeps that
-- it was there, and nothing of what it said.
CREATE TRIGGER zz_record_erasure
AFTER DELETE ON desk.notes
REFERENCING OLD TABLE AS erased FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('note_erased', 'n');
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER zz_record_erasure;

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

ALTER TABLE desk.assignments ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.assignments FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.assignments FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = assignments.case_ref));
-- A specialist has the cases that he or she opens, and assigns none.
CREATE POLICY adding ON desk.assignments FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist')) AND n = 1
	AND handler = (SELECT ietp.actor())
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = assignments.case_ref));

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
			HINT = 'Reopen it first: transition_case(action => ''reopen'').';
	END IF;
	RETURN found_case;
END
$$;
COMMENT ON FUNCTION desk.lock_case(ietp.case_ref, boolean) IS
'the case, locked against changes; fails when the actor may not see it, or when it is closed';

CREATE FUNCTION desk.write_note(
	case_ref ietp.case_ref, kind ietp.note_kind, body text,
	language text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	new_n integer;
BEGIN
	IF write_note.body IS NULL THEN
		RETURN NULL;
	ELSIF ietp.nonblank(write_note.body) IS NULL THEN
		PERFORM desk.refuse('note', 'missing', 'Words, or NULL.');
	END IF;
	INSERT INTO desk.notes (case_ref, n, kind, language, written_by, body)
	SELECT write_note.case_ref, COALESCE(max(o.n), 0) + 1, write_note.kind,
		write_note.language, ietp.actor(), write_note.body
	FROM desk.notes AS o WHERE o.case_ref = write_note.case_ref
	RETURNING n INTO new_n;
	RETURN new_n;
END
$$;
COMMENT ON FUNCTION desk.write_note(
	ietp.case_ref, ietp.note_kind, text, text) IS
'adds a note to a case, which the caller has locked, and returns its number; body NULL writes none';

CREATE FUNCTION desk.add_case(entry desk.cases)
RETURNS ietp.case_ref
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	FOR attempt IN 1 .. 100 LOOP
		INSERT INTO desk.cases (case_ref, line, factory, language, opened_at,
			opened_on, severity, complainant_role, identity_mode,
			workers_affected, migrant_worker, synthetic, handler, team)
		SELECT ietp.new_case_ref(l.country,
				extract(year FROM d.day)::integer),
			l.line, entry.factory, entry.language, now(), d.day,
			entry.severity, entry.complainant_role, entry.identity_mode,
			entry.workers_affected, entry.migrant_worker,
			COALESCE(entry.synthetic, false), ietp.actor(), ietp.actor_team()
		FROM desk.lines AS l, desk.local_day(l.line, now()) AS d (day)
		WHERE l.line = entry.line
		ON CONFLICT DO NOTHING
		RETURNING cases.case_ref INTO entry.case_ref;
		-- If not, the reference is taken: draw another.
		IF FOUND THEN
			INSERT INTO desk.assignments
				(case_ref, n, assigned_by, handler, team)
			VALUES (entry.case_ref, 1, ietp.actor(), ietp.actor(),
				ietp.actor_team());
			RETURN entry.case_ref;
		END IF;
	END LOOP;
	RAISE EXCEPTION 'could not draw a free case reference'
		USING ERRCODE = 'program_limit_exceeded';
END
$$;
COMMENT ON FUNCTION desk.add_case(desk.cases) IS
'opens a case of the actor now with the facts of the row under a new reference';

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
	entry desk.cases;
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
		THEN ARRAY['escalate_case', 'record_consent', 'next_actions']
		ELSE ARRAY['record_consent', 'next_actions'] END;

	earlier := desk.claim_retry(retry_key, 'open_case',
		hash_record_extended(ROW(the_call.call_ref, open_case.severity,
			open_case.factory, open_case.workers_affected), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		case_ref := earlier.case_ref;
		RETURN;
	END IF;
	entry.line := the_call.line;
	entry.factory := COALESCE(open_case.factory, the_call.factory);
	entry.language := the_call.language;
	entry.severity := the_severity;
	entry.complainant_role := the_call.complainant_role;
	entry.identity_mode := the_call.identity_mode;
	entry.workers_affected := open_case.workers_affected;
	case_ref := desk.add_case(entry);
	INSERT INTO desk.case_calls (case_ref, call_ref)
	VALUES (open_case.case_ref, the_call.call_ref);
	INSERT INTO desk.case_issues
		(case_ref, n, taxonomy, topic, call_ref, call_n)
	SELECT open_case.case_ref, row_number() OVER (ORDER BY i.n),
		i.taxonomy, i.topic, i.call_ref, i.n
	FROM desk.issues AS i WHERE i.call_ref = the_call.call_ref;
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
	ELSIF the_kind = 'factory_contact' THEN
		PERFORM desk.require_consent(the_case, 'contact_factory');
	END IF;
	n := desk.write_note(the_case.case_ref, the_kind, add_note.body,
		add_note.language);
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => add_note.n);
END
$$;
COMMENT ON FUNCTION helpline.add_note(
	ietp.case_ref, text, text, text, uuid) IS
'adds a note to an open case; kind factory_contact needs the worker''s consent in force';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'add_note'), ('supervisor', 'add_note'),
	('investigator', 'add_note');

CREATE FUNCTION helpline.erase_note(case_ref ietp.case_ref, n integer)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('erase_note');
	the_case := desk.lock_case(erase_note.case_ref, must_be_open => false);
	IF erase_note.n IS NULL THEN
		PERFORM desk.refuse('n', 'missing');
	END IF;
	DELETE FROM desk.notes AS o
	WHERE o.case_ref = the_case.case_ref AND o.n = erase_note.n;
	IF NOT FOUND THEN
		PERFORM desk.refuse('n', 'out_of_range',
			'helpline.case_notes() lists the notes.');
	END IF;
	-- A guess at the words could be tried against it.
	UPDATE desk.retries AS r SET request_hash = NULL
	WHERE r.case_ref = the_case.case_ref AND r.function_name IN ('add_note',
		'transition_case', 'request_override', 'open_linked_case');
END
$$;
COMMENT ON FUNCTION helpline.erase_note(ietp.case_ref, integer) IS
'erases a note of a case, open or closed, for good; its history keeps that there was one, and when and by whom it was written and erased';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('supervisor', 'erase_note');

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
	next_steps := ARRAY['assign_case', 'next_actions'];
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
	investigator text DEFAULT NULL, team text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	the_team text := assign_case.team;
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
	ELSIF the_team IS NOT NULL AND (assign_case.handler IS NOT NULL
			OR NOT EXISTS (SELECT FROM desk.teams AS t
				WHERE t.team = the_team)) THEN
		PERFORM desk.refuse('team', 'unknown_code',
			'A known team, without a handler: a handler brings the own team.');
	END IF;
	UPDATE desk.cases AS c
	SET handler = CASE WHEN the_team IS NULL
			THEN COALESCE(assign_case.handler, c.handler) END,
		team = CASE WHEN assign_case.handler IS NULL
			THEN COALESCE(the_team, c.team) ELSE (
				SELECT a.team FROM desk.accounts AS a
				WHERE a.account = assign_case.handler) END,
		investigator = COALESCE(assign_case.investigator, c.investigator)
	WHERE c.case_ref = the_case.case_ref
	RETURNING c.* INTO the_case;
	INSERT INTO desk.assignments
		(case_ref, n, assigned_by, handler, team, investigator)
	SELECT the_case.case_ref, COALESCE(max(a.n), 0) + 1, ietp.actor(),
		the_case.handler, the_case.team, the_case.investigator
	FROM desk.assignments AS a WHERE a.case_ref = the_case.case_ref
	HAVING num_nonnulls(assign_case.handler, assign_case.investigator,
		the_team) > 0;
END
$$;
COMMENT ON FUNCTION helpline.assign_case(ietp.case_ref, text, text, text) IS
'gives an open case to a specialist and the team of that one, to a team and nobody in it yet, or to an investigator; NULL leaves as it is';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('supervisor', 'assign_case');

CREATE FUNCTION helpline.case_assignments(case_ref ietp.case_ref)
RETURNS TABLE (n integer, assigned_at timestamptz, assigned_by text,
	handler text, team text, investigator text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_assignments');
	RETURN QUERY
	SELECT a.n, a.assigned_at, a.assigned_by, a.handler, a.team,
		a.investigator
	FROM desk.assignments AS a
	WHERE a.case_ref = case_assignments.case_ref
	ORDER BY a.n;
END
$$;
COMMENT ON FUNCTION helpline.case_assignments(ietp.case_ref) IS
'who had a case from when on';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_assignments'), ('supervisor', 'case_assignments'),
	('investigator', 'case_assignments'),
	('programme_staff', 'case_assignments'), ('auditor', 'case_assignments');

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

CREATE FUNCTION helpline.my_queue(
	page_size integer DEFAULT 50, after text DEFAULT NULL)
RETURNS TABLE (case_ref ietp.case_ref, severity ietp.severity,
	opened_at timestamptz, escalation_level smallint, factory text,
	topics text[], handler text, synthetic boolean, page_token text,
	status text, status_since timestamptz)
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
			|| c.case_ref, c.status, c.status_since
	FROM desk.cases AS c
	WHERE c.closed_at IS NULL AND c.duplicate_of IS NULL
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

CREATE FUNCTION helpline.find_case(case_ref ietp.case_ref)
RETURNS TABLE (opened_at timestamptz, closed_at timestamptz,
	closing_reason text, severity ietp.severity, escalation_level smallint,
	line text, factory text, workers_affected integer, handler text,
	team text, investigator text, currency text, amount_claimed numeric,
	amount_assessed numeric, amount_recovered numeric, topics text[],
	calls ietp.call_ref[], synthetic boolean, status text,
	status_since timestamptz, cycle integer, lifecycle_version integer,
	duplicate_of ietp.case_ref, retaliation_risk boolean,
	migrant_worker boolean, first_resolved_at timestamptz,
	last_resolved_at timestamptz, first_closed_at timestamptz,
	last_closed_at timestamptz, first_closing_reason text,
	last_closing_reason text)
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
		c.synthetic, c.status, c.status_since, c.cycle, c.lifecycle_version,
		c.duplicate_of, c.retaliation_risk, c.migrant_worker,
		c.first_resolved_at, c.last_resolved_at, c.first_closed_at,
		c.last_closed_at, c.first_closing_reason, c.last_closing_reason
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
