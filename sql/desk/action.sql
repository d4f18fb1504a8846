-- What was done in a case: whom the helpline heard, told, tried to reach and
-- referred elsewhere.  The record guards of the lifecycle ask these rows, and
-- so do the promises.
--
-- Here and in the modules that follow n is counted while the case is locked.
-- Whatever is recorded writes the row of the case: at REPEATABLE READ, where n
-- may be taken unseen, the lock fails then, with the error that tells the
-- client to repeat.

CREATE TABLE desk.actions (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	disclosure_n integer,
	occurred_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	kind ietp.action_kind NOT NULL,
	digest_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	reached boolean,
	channel text REFERENCES desk.channels,
	factory text REFERENCES desk.factories,
	referred_to text CHECK (referred_to ~ '^[^[:cntrl:]]{1,200}$'
		AND ietp.nonblank(referred_to) <> ''),
	recorded_by text NOT NULL,
	PRIMARY KEY (case_ref, n),
	-- One contact for each disclosure: the next one needs a consent that is
	-- in force then.
	UNIQUE (case_ref, disclosure_n),
	FOREIGN KEY (case_ref, disclosure_n)
		REFERENCES desk.disclosures (case_ref, n),
	CONSTRAINT recorded_when_it_had_occurred
		CHECK (occurred_at >= timestamptz '1900-01-01 00:00+00'
			AND occurred_at <= recorded_at),
	CONSTRAINT attempt_says_how CHECK (channel IS NOT NULL
		OR kind NOT IN ('contact_attempt', 'factory_contact')),
	CONSTRAINT attempt_says_whether
		CHECK ((kind = 'contact_attempt') = (reached IS NOT NULL)),
	CONSTRAINT referral_says_where
		CHECK ((kind = 'referral_given') = (referred_to IS NOT NULL)),
	CONSTRAINT factory_contact_is_disclosed
		CHECK ((kind = 'factory_contact') = (disclosure_n IS NOT NULL)),
	CONSTRAINT factory_of_the_factory CHECK (
		(kind IN ('factory_contact', 'factory_statement'))
			= (factory IS NOT NULL)));
COMMENT ON TABLE desk.actions IS
'what was done in a case; rows are only added';
COMMENT ON COLUMN desk.actions.disclosure_n IS
'disclosure that a factory_contact was; NULL for all other kinds';
COMMENT ON COLUMN desk.actions.digest_key IS
'key of the digest by which the history knows the row; random';
COMMENT ON COLUMN desk.actions.recorded_at IS
'stamped, as is recorded_by';
COMMENT ON COLUMN desk.actions.reached IS
'was the worker reached? For a contact_attempt alone';
COMMENT ON COLUMN desk.actions.channel IS
'by which channel; NULL where it does not matter';
COMMENT ON COLUMN desk.actions.factory IS
'factory that was spoken with, after the disclosure, or heard, by default the case''s; NULL for all other kinds';
COMMENT ON COLUMN desk.actions.referred_to IS
'authority or organisation that the worker was told to turn to, never a person; for a referral_given alone';

CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.actions
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.actions
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.actions ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.actions ENABLE ALWAYS TRIGGER append_only_truncate;

CREATE FUNCTION desk.stamp_action()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	NEW.recorded_at := clock_timestamp();
	NEW.recorded_by := ietp.actor();
	-- Whoever closes the case as unreachable meanwhile waits, and then sees
	-- this or, with an older snapshot, fails.
	IF NEW.reached THEN
		UPDATE desk.cases AS c SET consent_n = c.consent_n
		WHERE c.case_ref = NEW.case_ref;
	END IF;
	IF NEW.kind = 'factory_contact' THEN
		-- Where the disclosure was another one there is none, and the CHECK
		-- refuses the row.
		NEW.factory := (SELECT d.recipient FROM desk.disclosures AS d
			WHERE d.case_ref = NEW.case_ref AND d.n = NEW.disclosure_n
			AND d.occurred_at = NEW.occurred_at
			AND d.purpose = 'contact_factory'
			AND d.recipient_kind = 'factory');
	ELSIF NEW.kind = 'factory_statement' AND NEW.factory IS NULL THEN
		NEW.factory := (SELECT c.factory FROM desk.cases AS c
			WHERE c.case_ref = NEW.case_ref);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.stamp_action() IS
'trigger: who recorded an action and when, and with which factory it was';
CREATE TRIGGER zz_stamp
BEFORE INSERT ON desk.actions
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.stamp_action();
ALTER TABLE desk.actions ENABLE ALWAYS TRIGGER zz_stamp;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.actions
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('acted', 'n', 'kind', 'channel',
	'reached', 'factory', 'disclosure_n');
ALTER TABLE desk.actions ENABLE ALWAYS TRIGGER zz_record;

ALTER TABLE desk.actions ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.actions FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.actions FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'administrator',
		'programme_staff', 'analyst', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = actions.case_ref));
CREATE POLICY adding ON desk.actions FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = actions.case_ref));

CREATE FUNCTION desk.check_occurred_at(occurred_at timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF occurred_at IS NULL THEN
		PERFORM desk.refuse('occurred_at', 'missing');
	ELSIF occurred_at NOT BETWEEN timestamptz '1900-01-01 00:00+00'
			AND clock_timestamp() THEN
		PERFORM desk.refuse('occurred_at', 'out_of_range',
			'Since 1900, and not in the future.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_occurred_at(timestamptz) IS
'refuses a time at which nothing can have occurred yet';

CREATE FUNCTION helpline.record_action(
	case_ref ietp.case_ref, kind text, channel text DEFAULT NULL,
	reached boolean DEFAULT NULL, referred_to text DEFAULT NULL,
	occurred_at timestamptz DEFAULT now(), note text DEFAULT NULL,
	retry_key uuid DEFAULT NULL, OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_kind ietp.action_kind;
BEGIN
	PERFORM desk.enter('record_action');
	-- When it occurred is now by default, and so no part of the request.
	earlier := desk.claim_retry(retry_key, 'record_action',
		hash_record_extended(ROW(record_action.case_ref, record_action.kind,
			record_action.channel, record_action.reached,
			record_action.referred_to, record_action.note), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	the_kind := desk.enum_of('kind', record_action.kind,
		NULL::ietp.action_kind);
	-- The worker of a closed case is still told, and asked after.
	the_case := desk.lock_case(record_action.case_ref,
		must_be_open => the_kind IS NULL OR the_kind NOT IN
			('retaliation_check', 'acknowledgement', 'update_to_worker'));
	IF the_kind IS NULL THEN
		PERFORM desk.refuse('kind', 'missing');
	ELSIF the_kind = 'factory_contact' THEN
		PERFORM desk.refuse('kind', 'out_of_range',
			'record_factory_contact() records contacts with the factory, for they need consent.');
	ELSIF the_kind = 'contact_attempt' AND record_action.channel IS NULL THEN
		PERFORM desk.refuse('channel', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.channels AS c
			WHERE c.channel = record_action.channel)
			AND record_action.channel IS NOT NULL THEN
		PERFORM desk.refuse('channel', 'unknown_code', 'One of '
			|| (SELECT string_agg(c.channel, ', ' ORDER BY c.channel)
				FROM desk.channels AS c) || '.');
	ELSIF the_kind = 'contact_attempt' AND record_action.reached IS NULL THEN
		PERFORM desk.refuse('reached', 'missing',
			'Was the worker reached?');
	ELSIF the_kind <> 'contact_attempt'
			AND record_action.reached IS NOT NULL THEN
		PERFORM desk.refuse('reached', 'out_of_range',
			'For a contact_attempt alone.');
	ELSIF the_kind = 'referral_given'
			AND ietp.nonblank(record_action.referred_to) IS NULL THEN
		PERFORM desk.refuse('referred_to', 'missing',
			'The authority or organisation that the worker was told of.');
	ELSIF record_action.referred_to !~ '^[^[:cntrl:]]{1,200}$' THEN
		PERFORM desk.refuse('referred_to', 'malformed',
			'1 to 200 characters, none of them a control character.');
	ELSIF the_kind <> 'referral_given'
			AND record_action.referred_to IS NOT NULL THEN
		PERFORM desk.refuse('referred_to', 'out_of_range',
			'For a referral_given alone.');
	ELSIF the_kind = 'factory_statement' AND the_case.factory IS NULL THEN
		PERFORM desk.refuse('factory', 'missing', 'The case names none.');
	END IF;
	PERFORM desk.check_occurred_at(record_action.occurred_at);
	INSERT INTO desk.actions
		(case_ref, n, occurred_at, kind, reached, channel, referred_to)
	SELECT the_case.case_ref, COALESCE(max(a.n), 0) + 1,
		record_action.occurred_at, the_kind, record_action.reached,
		record_action.channel, record_action.referred_to
	FROM desk.actions AS a WHERE a.case_ref = the_case.case_ref
	RETURNING actions.n INTO record_action.n;
	PERFORM desk.write_note(the_case.case_ref, 'note', record_action.note);
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => record_action.n);
END
$$;
COMMENT ON FUNCTION helpline.record_action(
	ietp.case_ref, text, text, boolean, text, timestamptz, text, uuid) IS
'records what was done in a case, factory contacts apart; a contact_attempt needs channel and reached, a referral_given referred_to; note becomes a note of the case';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'record_action'), ('supervisor', 'record_action'),
	('investigator', 'record_action');

CREATE FUNCTION helpline.record_factory_contact(
	case_ref ietp.case_ref, channel text, fields text[],
	note text DEFAULT NULL, occurred_at timestamptz DEFAULT now(),
	retry_key uuid DEFAULT NULL,
	OUT n integer, OUT disclosure_n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('record_factory_contact');
	earlier := desk.claim_retry(retry_key, 'record_factory_contact',
		hash_record_extended(ROW(record_factory_contact.case_ref,
			record_factory_contact.channel, record_factory_contact.fields,
			record_factory_contact.note), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		SELECT a.n, a.disclosure_n
		INTO record_factory_contact.n, record_factory_contact.disclosure_n
		FROM desk.actions AS a
		WHERE a.case_ref = earlier.case_ref AND a.n = earlier.n;
		RETURN;
	END IF;
	the_case := desk.lock_case(record_factory_contact.case_ref);
	IF the_case.factory IS NULL THEN
		PERFORM desk.refuse('factory', 'missing', 'The case names none.');
	ELSIF record_factory_contact.channel IS NULL THEN
		PERFORM desk.refuse('channel', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.channels AS c
			WHERE c.channel = record_factory_contact.channel) THEN
		PERFORM desk.refuse('channel', 'unknown_code', 'One of '
			|| (SELECT string_agg(c.channel, ', ' ORDER BY c.channel)
				FROM desk.channels AS c) || '.');
	END IF;
	PERFORM desk.check_occurred_at(record_factory_contact.occurred_at);
	-- The disclosure is what needs the consent.
	SELECT d.n INTO record_factory_contact.disclosure_n
	FROM helpline.disclose(the_case.case_ref, 'contact_factory',
		record_factory_contact.fields, 'factory', the_case.factory,
		record_factory_contact.occurred_at) AS d;
	INSERT INTO desk.actions
		(case_ref, n, disclosure_n, occurred_at, kind, channel)
	SELECT the_case.case_ref, COALESCE(max(a.n), 0) + 1,
		record_factory_contact.disclosure_n,
		record_factory_contact.occurred_at, 'factory_contact',
		record_factory_contact.channel
	FROM desk.actions AS a WHERE a.case_ref = the_case.case_ref
	RETURNING actions.n INTO record_factory_contact.n;
	PERFORM desk.write_note(the_case.case_ref, 'factory_contact',
		record_factory_contact.note);
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => record_factory_contact.n);
END
$$;
COMMENT ON FUNCTION helpline.record_factory_contact(
	ietp.case_ref, text, text[], text, timestamptz, uuid) IS
'records that the case''s factory was spoken with, and as a disclosure what it was told: codes of desk.disclosure_fields; the worker''s consent must be in force';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'record_factory_contact'),
	('supervisor', 'record_factory_contact'),
	('investigator', 'record_factory_contact');

CREATE FUNCTION helpline.case_actions(case_ref ietp.case_ref)
RETURNS TABLE (n integer, kind ietp.action_kind, occurred_at timestamptz,
	recorded_at timestamptz, recorded_by text, channel text,
	reached boolean, referred_to text, factory text, disclosure_n integer)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_actions');
	RETURN QUERY
	SELECT a.n, a.kind, a.occurred_at, a.recorded_at, a.recorded_by,
		a.channel, a.reached, a.referred_to, a.factory, a.disclosure_n
	FROM desk.actions AS a
	WHERE a.case_ref = case_actions.case_ref
	ORDER BY a.n;
END
$$;
COMMENT ON FUNCTION helpline.case_actions(ietp.case_ref) IS
'what was done in a case that the actor may see, in the order of recording';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_actions'), ('supervisor', 'case_actions'),
	('investigator', 'case_actions'), ('programme_staff', 'case_actions'),
	('auditor', 'case_actions');

CREATE FUNCTION helpline.retaliation_checks_due(
	as_of date DEFAULT current_date)
RETURNS TABLE (case_ref ietp.case_ref, check_no integer, due_on date,
	days_overdue integer)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('retaliation_checks_due');
	IF NOT isfinite(retaliation_checks_due.as_of) THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'A day.');
	END IF;
	RETURN QUERY
	SELECT c.case_ref, k.check_no, d.due_on,
		retaliation_checks_due.as_of - d.due_on
	FROM desk.cases AS c
	CROSS JOIN (VALUES (1, 30), (2, 90)) AS k (check_no, days)
	CROSS JOIN LATERAL (SELECT
		desk.local_day(c.line, c.last_closed_at) + k.days) AS d (due_on)
	WHERE c.closed_at IS NOT NULL AND c.duplicate_of IS NULL
	AND c.severity >= 'serious'
	-- What was closed before it was imported is nobody's to ask.
	AND c.last_closed_at >= c.recorded_at
	AND d.due_on <= retaliation_checks_due.as_of
	-- The first check stands for the one of day 30, whenever it was made.
	AND k.check_no > (SELECT count(*) FROM desk.actions AS a
		WHERE a.case_ref = c.case_ref AND a.kind = 'retaliation_check'
		AND a.occurred_at > c.last_closed_at)
	ORDER BY d.due_on, c.case_ref, k.check_no;
END
$$;
COMMENT ON FUNCTION helpline.retaliation_checks_due(date) IS
'closed cases of severity serious and above whose worker should have been asked, 30 and 90 days after the last closing, whether the complaint was held against them';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'retaliation_checks_due'),
	('supervisor', 'retaliation_checks_due'),
	('investigator', 'retaliation_checks_due'),
	('programme_staff', 'retaliation_checks_due'),
	('auditor', 'retaliation_checks_due');

-- Record guards.  VOLATILE, so that at READ COMMITTED they see what others
-- have committed since the statement began.  A plan that was saved while a
-- table was empty would stay a sequential scan.

CREATE FUNCTION desk.cycle_began(case_ref ietp.case_ref)
RETURNS timestamptz
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
	SELECT CASE WHEN c.cycle = 1 THEN c.opened_at ELSE GREATEST(
		c.first_closed_at, (SELECT max(e.occurred_at) FROM desk.events AS e
			WHERE e.case_ref = c.case_ref AND e.from_status IS NOT NULL
			AND e.changes -> 'cycle' IS NOT NULL)) END
	FROM desk.cases AS c WHERE c.case_ref = cycle_began.case_ref
$$;
COMMENT ON FUNCTION desk.cycle_began(ietp.case_ref) IS
'when a case was last reopened, or opened if it never was';

CREATE FUNCTION desk.acted(
	case_ref ietp.case_ref, kind ietp.action_kind, since timestamptz)
RETURNS boolean
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
	SELECT EXISTS (SELECT FROM desk.actions AS a
		WHERE a.case_ref = acted.case_ref AND a.kind = acted.kind
		AND a.occurred_at >= acted.since)
$$;
COMMENT ON FUNCTION desk.acted(
	ietp.case_ref, ietp.action_kind, timestamptz) IS
'does a case have an action of the kind since that time?';

CREATE FUNCTION desk.issue_recorded(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.case_issues AS i
		WHERE i.case_ref = issue_recorded.case_ref);
END
$$;
COMMENT ON FUNCTION desk.issue_recorded(ietp.case_ref) IS
'guard: the case has an issue';

CREATE FUNCTION desk.zero_tolerance_escalated(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = zero_tolerance_escalated.case_ref
		AND (c.highest_severity <> 'zero_tolerance' OR c.escalation_level >= 2));
END
$$;
COMMENT ON FUNCTION desk.zero_tolerance_escalated(ietp.case_ref) IS
'guard: the case is escalated to level 2, or needs not be';

CREATE FUNCTION desk.worker_informed(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.acted(case_ref, 'worker_informed',
		desk.cycle_began(case_ref));
END
$$;
COMMENT ON FUNCTION desk.worker_informed(ietp.case_ref) IS
'guard: the worker was informed in this cycle';

CREATE FUNCTION desk.no_pressure_attested(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.acted(case_ref, 'no_pressure_attested',
		desk.cycle_began(case_ref));
END
$$;
COMMENT ON FUNCTION desk.no_pressure_attested(ietp.case_ref) IS
'guard: somebody attested in this cycle that the worker withdraws freely';

CREATE FUNCTION desk.both_sides_heard(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.acted(case_ref, 'worker_statement', '-infinity')
		AND desk.acted(case_ref, 'factory_statement', '-infinity');
END
$$;
COMMENT ON FUNCTION desk.both_sides_heard(ietp.case_ref) IS
'guard: worker and factory were heard';

CREATE FUNCTION desk.referral_given(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.acted(case_ref, 'referral_given', '-infinity');
END
$$;
COMMENT ON FUNCTION desk.referral_given(ietp.case_ref) IS
'guard: the worker was told where to turn';

CREATE FUNCTION desk.attempts_made(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	the_line text;
	migrant boolean;
	attempts bigint;
	first_day date;
	last_day date;
	kinds_tried bigint;
	kinds_known bigint;
BEGIN
	SELECT c.line, COALESCE(c.migrant_worker, false)
	INTO the_line, migrant
	FROM desk.cases AS c WHERE c.case_ref = attempts_made.case_ref;
	-- Attempts in vain since the worker was last reached, in this cycle: who
	-- had a case reopened could be reached.
	SELECT count(*), desk.local_day(the_line, min(a.occurred_at)),
		desk.local_day(the_line, max(a.occurred_at)), count(DISTINCT h.kind)
	INTO attempts, first_day, last_day, kinds_tried
	FROM desk.actions AS a
	JOIN desk.channels AS h ON h.channel = a.channel
	WHERE a.case_ref = attempts_made.case_ref
	AND a.kind = 'contact_attempt' AND NOT a.reached
	AND a.occurred_at >= desk.cycle_began(attempts_made.case_ref)
	AND NOT EXISTS (SELECT FROM desk.actions AS o
		WHERE o.case_ref = a.case_ref AND o.kind = 'contact_attempt'
		AND o.reached AND (o.occurred_at, o.n) > (a.occurred_at, a.n));
	IF attempts < 3 THEN
		RETURN false;
	END IF;
	IF desk.working_days(the_line, first_day, last_day)
			< (CASE WHEN migrant THEN 40 ELSE 20 END) THEN
		RETURN false;
	END IF;
	SELECT count(DISTINCT h.kind) INTO kinds_known
	FROM desk.channels AS h
	WHERE h.channel IN (
		SELECT l.channel FROM desk.case_calls AS k
		JOIN desk.calls AS l ON l.call_ref = k.call_ref
		WHERE k.case_ref = attempts_made.case_ref
		UNION ALL
		SELECT a.channel FROM desk.actions AS a
		WHERE a.case_ref = attempts_made.case_ref
		AND a.kind = 'contact_attempt');
	RETURN kinds_tried >= 2 OR kinds_known < 2;
END
$$;
COMMENT ON FUNCTION desk.attempts_made(ietp.case_ref) IS
'guard: three attempts in vain over 20 working days, 40 for a migrant worker, on two kinds of channel where two are known';

CREATE FUNCTION desk.reason_noted(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	-- The reason comes with the move, in its transaction: what was written
	-- on another day gives no reason for this one.
	RETURN EXISTS (SELECT FROM desk.notes AS o
		WHERE o.case_ref = reason_noted.case_ref AND o.kind = 'reason'
		AND o.written_at = now());
END
$$;
COMMENT ON FUNCTION desk.reason_noted(ietp.case_ref) IS
'guard: the reason was written down in this transaction';

CREATE FUNCTION desk.finding_noted(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.notes AS o
		WHERE o.case_ref = finding_noted.case_ref AND o.kind = 'finding'
		AND o.written_at >= desk.cycle_began(finding_noted.case_ref));
END
$$;
COMMENT ON FUNCTION desk.finding_noted(ietp.case_ref) IS
'guard: a finding was written down in this cycle';
