-- Calls: every contact by whatever channel, the issues raised in it, and the
-- advice given.

CREATE TABLE desk.calls (
	call_ref ietp.call_ref PRIMARY KEY,
	received_at timestamptz NOT NULL,
	answered_at timestamptz,
	ended_at timestamptz,
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	source_hash bigint,
	callback_of ietp.call_ref REFERENCES desk.calls,
	received_on date NOT NULL,
	direction ietp.direction NOT NULL,
	outcome ietp.call_outcome NOT NULL,
	purpose ietp.call_purpose,
	complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode,
	synthetic boolean NOT NULL DEFAULT false,
	line text NOT NULL REFERENCES desk.lines,
	channel text NOT NULL REFERENCES desk.channels,
	language text REFERENCES desk.languages,
	factory text REFERENCES desk.factories,
	handler text,
	team text,
	source text,
	source_id text,
	CONSTRAINT answered_call_has_purpose
		CHECK (outcome <> 'answered' OR purpose IS NOT NULL),
	CONSTRAINT times_in_order
		CHECK (answered_at >= received_at
			AND ended_at >= COALESCE(answered_at, received_at)),
	CONSTRAINT source_has_id CHECK ((source IS NULL) = (source_id IS NULL)));
COMMENT ON TABLE desk.calls IS
'contacts of every channel, one row each; holds no name, number or text of a caller';
COMMENT ON COLUMN desk.calls.received_on IS
'day of received_at in the time zone of the line';
COMMENT ON COLUMN desk.calls.handler IS 'ietp.actor() of who took the call';
COMMENT ON COLUMN desk.calls.source IS
'system that an imported call comes from; source_id is its key there';
COMMENT ON COLUMN desk.calls.source_hash IS
'hash of the imported row, to tell a repeated row from a changed one';
COMMENT ON COLUMN desk.calls.synthetic IS
'made up for demonstration, not a real call';
CREATE UNIQUE INDEX calls_source ON desk.calls (source, source_id)
WHERE source IS NOT NULL;
CREATE INDEX calls_received_on ON desk.calls (received_on);

CREATE TABLE desk.issues (
	call_ref ietp.call_ref NOT NULL REFERENCES desk.calls,
	n integer NOT NULL CHECK (n > 0),
	taxonomy integer NOT NULL,
	raised_on date NOT NULL,
	topic text NOT NULL,
	line text NOT NULL,
	handler text,
	team text,
	PRIMARY KEY (call_ref, n),
	FOREIGN KEY (taxonomy, topic) REFERENCES desk.topics (taxonomy, topic));
COMMENT ON TABLE desk.issues IS
'issues raised in a call: none, one or several';
COMMENT ON COLUMN desk.issues.raised_on IS
'received_on of the call, as line, handler and team are those of the call: issues are counted, and their visibility decided, without looking up the calls';
CREATE INDEX issues_raised_on ON desk.issues (raised_on);

CREATE TABLE desk.advice (
	call_ref ietp.call_ref NOT NULL REFERENCES desk.calls,
	n integer NOT NULL CHECK (n > 0),
	advised_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	advised_by text NOT NULL,
	body text NOT NULL,
	PRIMARY KEY (call_ref, n));
COMMENT ON TABLE desk.advice IS 'what the caller was advised, in words';

ALTER TABLE desk.calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.calls FORCE ROW LEVEL SECURITY;
-- Those who only read; who writes reads by the policy for that.
CREATE POLICY reading ON desk.calls FOR SELECT
USING ((SELECT ietp.actor_is('programme_staff', 'analyst', 'auditor')));
CREATE POLICY writing ON desk.calls
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team())))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team())));

-- Issues are seen by who sees the call.
ALTER TABLE desk.issues ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.issues FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.issues FOR SELECT
USING ((SELECT ietp.actor_is('programme_staff', 'analyst', 'auditor')));
CREATE POLICY writing ON desk.issues
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team())))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist'))
	AND (handler = (SELECT ietp.actor())
		OR team = (SELECT ietp.actor_team())));

-- Advice is words, which analysts, auditors and administrators do not read.
ALTER TABLE desk.advice ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.advice FORCE ROW LEVEL SECURITY;
CREATE POLICY narrative ON desk.advice
USING ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist'))
	AND EXISTS (SELECT FROM desk.calls AS c
		WHERE c.call_ref = advice.call_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist'))
	AND EXISTS (SELECT FROM desk.calls AS c
		WHERE c.call_ref = advice.call_ref));

-- The row that the actor may see and that nobody changes until the end of
-- the transaction.  One that exists and is not visible is not found: nobody
-- learns which references are in use.
CREATE FUNCTION desk.lock_call(
	wanted ietp.call_ref, column_name text DEFAULT 'call_ref')
RETURNS desk.calls
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	found_call desk.calls;
BEGIN
	IF wanted IS NULL THEN
		PERFORM desk.refuse(column_name, 'missing');
	END IF;
	SELECT * INTO found_call FROM desk.calls AS c
	WHERE c.call_ref = wanted FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'call not found'
			USING ERRCODE = 'IE201', COLUMN = column_name,
			HINT = 'No such call, or not one of the actor''s.';
	END IF;
	RETURN found_call;
END
$$;
COMMENT ON FUNCTION desk.lock_call(ietp.call_ref, text) IS
'the call, locked against changes; fails when the actor may not see it';

CREATE FUNCTION desk.local_day(line text, at timestamptz)
RETURNS date
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT timezone(l.time_zone, at)::date
	FROM desk.lines AS l WHERE l.line = local_day.line
$$;
COMMENT ON FUNCTION desk.local_day(text, timestamptz) IS
'the day of an instant in the time zone of a line';

CREATE FUNCTION desk.check_call_codes(
	line text, channel text, language text, factory text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF line IS NULL THEN
		PERFORM desk.refuse('line', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.lines AS l
			WHERE l.line = check_call_codes.line) THEN
		PERFORM desk.refuse('line', 'unknown_code',
			'helpline.lines() lists the lines.');
	ELSIF channel IS NULL THEN
		PERFORM desk.refuse('channel', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.channels AS c
			WHERE c.channel = check_call_codes.channel) THEN
		PERFORM desk.refuse('channel', 'unknown_code', 'One of '
			|| (SELECT string_agg(c.channel, ', ' ORDER BY c.channel)
				FROM desk.channels AS c) || '.');
	ELSIF language IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.languages AS l
			WHERE l.language = check_call_codes.language) THEN
		PERFORM desk.refuse('language', 'unknown_code', 'One of '
			|| (SELECT string_agg(l.language, ', ' ORDER BY l.language)
				FROM desk.languages AS l) || '.');
	ELSIF factory IS NOT NULL THEN
		PERFORM desk.check_factory(factory);
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_call_codes(text, text, text, text) IS
'refuses codes that the desk does not know';

CREATE FUNCTION desk.check_call_times(
	received_at timestamptz, answered_at timestamptz, ended_at timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	-- Clocks differ.
	latest timestamptz := clock_timestamp() + interval '1 day';
BEGIN
	IF received_at IS NULL THEN
		PERFORM desk.refuse('received_at', 'missing');
	ELSIF received_at NOT BETWEEN timestamptz '1900-01-01 00:00+00'
			AND latest THEN
		PERFORM desk.refuse('received_at', 'out_of_range',
			'Since 1900, and not in the future.');
	ELSIF answered_at NOT BETWEEN received_at AND latest THEN
		PERFORM desk.refuse('answered_at', 'out_of_range',
			'Not before received_at, and not in the future.');
	ELSIF ended_at NOT BETWEEN COALESCE(answered_at, received_at)
			AND latest THEN
		PERFORM desk.refuse('ended_at', 'out_of_range',
			'Not before answered_at, and not in the future.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_call_times(
	timestamptz, timestamptz, timestamptz) IS
'refuses times that are not in order, or in the future';

CREATE FUNCTION desk.after_call(
	outcome ietp.call_outcome, purpose ietp.call_purpose)
RETURNS text[]
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT CASE
		WHEN outcome IN ('missed', 'voicemail', 'callback_due') THEN
			ARRAY['record_call']
		WHEN purpose = 'grievance' THEN
			ARRAY['raise_issue', 'open_case']
		WHEN ietp.substantive(purpose) THEN
			ARRAY['raise_issue', 'give_advice']
		ELSE '{}' END
$$;
COMMENT ON FUNCTION desk.after_call(ietp.call_outcome, ietp.call_purpose) IS
'functions of the counter that usually follow a call';

CREATE FUNCTION helpline.record_call(
	line text, channel text, purpose text DEFAULT NULL,
	outcome text DEFAULT 'answered', direction text DEFAULT 'inbound',
	language text DEFAULT NULL, received_at timestamptz DEFAULT now(),
	answered_at timestamptz DEFAULT NULL, ended_at timestamptz DEFAULT NULL,
	factory text DEFAULT NULL, complainant_role text DEFAULT NULL,
	identity_mode text DEFAULT 'anonymous',
	callback_of ietp.call_ref DEFAULT NULL, retry_key uuid DEFAULT NULL,
	OUT call_ref ietp.call_ref, OUT substantive boolean,
	OUT repeated boolean, OUT next_steps text[])
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	entry desk.calls;
	attempts integer := 0;
BEGIN
	PERFORM desk.enter('record_call');
	PERFORM desk.check_call_codes(line, channel, language, factory);
	PERFORM desk.check_call_times(received_at, answered_at, ended_at);
	entry.purpose := desk.enum_of('purpose', purpose, NULL::ietp.call_purpose);
	entry.outcome := desk.enum_of('outcome', outcome, NULL::ietp.call_outcome);
	entry.direction := desk.enum_of('direction', direction,
		NULL::ietp.direction);
	entry.complainant_role := desk.enum_of('complainant_role',
		complainant_role, NULL::ietp.complainant_role);
	entry.identity_mode := desk.enum_of('identity_mode', identity_mode,
		NULL::ietp.identity_mode);
	IF entry.outcome IS NULL THEN
		PERFORM desk.refuse('outcome', 'missing');
	ELSIF entry.direction IS NULL THEN
		PERFORM desk.refuse('direction', 'missing');
	ELSIF entry.outcome = 'answered' AND entry.purpose IS NULL THEN
		PERFORM desk.refuse('purpose', 'missing',
			'An answered call has exactly one purpose.');
	END IF;
	IF callback_of IS NOT NULL THEN
		PERFORM desk.lock_call(callback_of, 'callback_of');
	END IF;

	earlier := desk.claim_retry(retry_key, 'record_call',
		hash_record_extended(ROW(record_call.line, record_call.channel,
			entry.purpose, entry.outcome, entry.direction,
			record_call.language, record_call.factory, entry.complainant_role,
			entry.identity_mode, record_call.callback_of), 0));
	repeated := earlier.retry_key IS NOT NULL;
	substantive := COALESCE(ietp.substantive(entry.purpose), false);
	next_steps := desk.after_call(entry.outcome, entry.purpose);
	IF repeated THEN
		call_ref := earlier.call_ref;
		RETURN;
	END IF;
	LOOP
		INSERT INTO desk.calls (call_ref, line, channel, direction, outcome,
			purpose, language, received_at, received_on, answered_at,
			ended_at, factory, complainant_role, identity_mode, callback_of,
			handler, team)
		SELECT ietp.new_call_ref(l.country,
				extract(year FROM d.day)::integer),
			l.line, record_call.channel, entry.direction, entry.outcome,
			entry.purpose, record_call.language, record_call.received_at,
			d.day, record_call.answered_at, record_call.ended_at,
			record_call.factory, entry.complainant_role, entry.identity_mode,
			record_call.callback_of, ietp.actor(), ietp.actor_team()
		FROM desk.lines AS l,
			desk.local_day(l.line, record_call.received_at) AS d (day)
		WHERE l.line = record_call.line
		ON CONFLICT DO NOTHING
		RETURNING calls.call_ref INTO entry.call_ref;
		EXIT WHEN FOUND;
		-- The reference is taken: draw another.
		attempts := attempts + 1;
		IF attempts = 100 THEN
			RAISE EXCEPTION 'could not draw a free call reference'
				USING ERRCODE = 'program_limit_exceeded';
		END IF;
	END LOOP;
	call_ref := entry.call_ref;
	PERFORM desk.settle_retry(retry_key, call_ref => entry.call_ref);
END
$$;
COMMENT ON FUNCTION helpline.record_call(
	text, text, text, text, text, text, timestamptz, timestamptz,
	timestamptz, text, text, text, ietp.call_ref, uuid) IS
'records a call and returns its reference, and what usually follows';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'record_call'), ('supervisor', 'record_call');

-- The topic as the version of the taxonomy that was in force on the day.
CREATE FUNCTION desk.check_topic(topic text, on_day date)
RETURNS integer
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	version integer := desk.current_taxonomy(on_day);
BEGIN
	IF topic IS NULL THEN
		PERFORM desk.refuse('topic', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.topics AS t
			WHERE t.taxonomy = version AND t.topic = check_topic.topic) THEN
		PERFORM desk.refuse('topic', 'unknown_code',
			'helpline.topics() lists the topics.');
	END IF;
	RETURN version;
END
$$;
COMMENT ON FUNCTION desk.check_topic(text, date) IS
'the taxonomy of that day; refuses a topic that it does not have';

CREATE FUNCTION helpline.raise_issue(
	call_ref ietp.call_ref, topic text, retry_key uuid DEFAULT NULL,
	OUT n integer, OUT severity text, OUT repeated boolean,
	OUT next_steps text[])
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_call desk.calls;
	version integer;
BEGIN
	PERFORM desk.enter('raise_issue');
	the_call := desk.lock_call(raise_issue.call_ref);
	version := desk.check_topic(raise_issue.topic, the_call.received_on);
	SELECT t.default_severity::text INTO raise_issue.severity
	FROM desk.topics AS t
	WHERE t.taxonomy = version AND t.topic = raise_issue.topic;
	next_steps := CASE WHEN severity IN ('critical', 'zero_tolerance')
		THEN ARRAY['open_case', 'escalate_case']
		ELSE ARRAY['open_case', 'give_advice'] END;
	earlier := desk.claim_retry(retry_key, 'raise_issue',
		hash_record_extended(ROW(the_call.call_ref, raise_issue.topic), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	SELECT COALESCE(max(i.n), 0) + 1 INTO raise_issue.n
	FROM desk.issues AS i WHERE i.call_ref = the_call.call_ref;
	-- The call is locked: only at REPEATABLE READ may n be taken, and then
	-- this fails as any transaction there that came too late.
	INSERT INTO desk.issues (call_ref, n, taxonomy, topic, raised_on, line,
		handler, team)
	VALUES (the_call.call_ref, raise_issue.n, version, raise_issue.topic,
		the_call.received_on, the_call.line, the_call.handler,
		the_call.team)
	ON CONFLICT DO NOTHING;
	PERFORM desk.settle_retry(retry_key, call_ref => the_call.call_ref,
		n => raise_issue.n);
END
$$;
COMMENT ON FUNCTION helpline.raise_issue(ietp.call_ref, text, uuid) IS
'records an issue that was raised in a call; returns its number within the call and the usual severity of its topic';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'raise_issue'), ('supervisor', 'raise_issue');

CREATE FUNCTION helpline.give_advice(
	call_ref ietp.call_ref, body text, retry_key uuid DEFAULT NULL,
	OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_call desk.calls;
BEGIN
	PERFORM desk.enter('give_advice');
	the_call := desk.lock_call(give_advice.call_ref);
	IF ietp.nonblank(body) IS NULL THEN
		PERFORM desk.refuse('body', 'missing');
	END IF;
	earlier := desk.claim_retry(retry_key, 'give_advice',
		hash_record_extended(ROW(the_call.call_ref, give_advice.body), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	SELECT COALESCE(max(a.n), 0) + 1 INTO give_advice.n
	FROM desk.advice AS a WHERE a.call_ref = the_call.call_ref;
	INSERT INTO desk.advice (call_ref, n, advised_by, body)
	VALUES (the_call.call_ref, give_advice.n, ietp.actor(), give_advice.body)
	ON CONFLICT DO NOTHING;
	PERFORM desk.settle_retry(retry_key, call_ref => the_call.call_ref,
		n => give_advice.n);
END
$$;
COMMENT ON FUNCTION helpline.give_advice(ietp.call_ref, text, uuid) IS
'records what the caller was advised; returns its number within the call';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'give_advice'), ('supervisor', 'give_advice');

CREATE FUNCTION helpline.find_call(call_ref ietp.call_ref)
RETURNS TABLE (line text, channel text, direction ietp.direction,
	outcome ietp.call_outcome, purpose ietp.call_purpose, language text,
	received_at timestamptz, answered_at timestamptz, ended_at timestamptz,
	factory text, complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode, callback_of ietp.call_ref,
	handler text, team text, topics text[], advice text[],
	synthetic boolean)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('find_call');
	RETURN QUERY
	SELECT c.line, c.channel, c.direction, c.outcome, c.purpose, c.language,
		c.received_at, c.answered_at, c.ended_at, c.factory,
		c.complainant_role, c.identity_mode, c.callback_of, c.handler, c.team,
		ARRAY(SELECT i.topic FROM desk.issues AS i
			WHERE i.call_ref = c.call_ref ORDER BY i.n),
		ARRAY(SELECT a.body FROM desk.advice AS a
			WHERE a.call_ref = c.call_ref ORDER BY a.n),
		c.synthetic
	FROM desk.calls AS c
	WHERE c.call_ref = find_call.call_ref;
END
$$;
COMMENT ON FUNCTION helpline.find_call(ietp.call_ref) IS
'the facts of a call that the actor may see, with its topics and advice; no row for others';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'find_call'), ('supervisor', 'find_call');
