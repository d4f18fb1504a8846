-- Intake of real files: COPY into a staging table, then import.  Nothing
-- raises for a bad row: validators in C give a reason for each bad value, and
-- the row is kept with its line number and all its reasons.

CREATE TABLE desk.batches (
	batch text PRIMARY KEY
		CHECK (batch ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	kind text NOT NULL CHECK (kind IN ('calls', 'cases')),
	source text NOT NULL,
	line text NOT NULL REFERENCES desk.lines,
	date_order text NOT NULL CHECK (date_order IN ('YMD', 'DMY', 'MDY')),
	currency text CHECK (currency ~ '^[A-Z]{3}$'),
	new_factories boolean NOT NULL,
	synthetic boolean NOT NULL,
	opened_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	imported_at timestamptz);
COMMENT ON TABLE desk.batches IS
'files to be imported, and how to read them';
COMMENT ON COLUMN desk.batches.source IS
'system that the file comes from; its own ids are unique within it';
COMMENT ON COLUMN desk.batches.new_factories IS
'whether unknown factory codes are entered as factories of the line''s country';

CREATE TABLE desk.staged_calls (
	batch text NOT NULL
		DEFAULT current_setting('ietp_helpline.import_batch')
		REFERENCES desk.batches,
	line_no bigint NOT NULL DEFAULT ietp.next_line() CHECK (line_no > 0),
	source_id text, received_at text, answered_at text, ended_at text,
	channel text, direction text, outcome text, purpose text, language text,
	factory text, complainant_role text, identity_mode text, topics text,
	handler text,
	PRIMARY KEY (batch, line_no));
COMMENT ON TABLE desk.staged_calls IS
'calls as a file gives them; every value is text until import_calls() reads it';
COMMENT ON COLUMN desk.staged_calls.line_no IS
'number of the record in the file, the header being 1; the line, where no field holds a line break';
COMMENT ON COLUMN desk.staged_calls.topics IS
'codes of topics, separated by semicolons';

CREATE TABLE desk.staged_cases (
	batch text NOT NULL
		DEFAULT current_setting('ietp_helpline.import_batch')
		REFERENCES desk.batches,
	line_no bigint NOT NULL DEFAULT ietp.next_line() CHECK (line_no > 0),
	source_id text, opened_at text, closed_at text, status text,
	factory text, topics text, severity text, escalation_level text,
	escalated_at text, closing_reason text, language text,
	complainant_role text, identity_mode text, workers_affected text,
	amount_claimed text, amount_assessed text, amount_recovered text,
	call_source_id text, handler text,
	PRIMARY KEY (batch, line_no));
COMMENT ON TABLE desk.staged_cases IS
'cases as a file gives them; every value is text until import_cases() reads it';
COMMENT ON COLUMN desk.staged_cases.line_no IS
'number of the record in the file, the header being 1; the line, where no field holds a line break';
COMMENT ON COLUMN desk.staged_cases.topics IS
'codes of topics, separated by semicolons';
COMMENT ON COLUMN desk.staged_cases.call_source_id IS
'source_id of the imported call, of the same source, that the case began with';

CREATE TABLE desk.refused_rows (
	source text NOT NULL,
	kind text NOT NULL,
	line_no bigint NOT NULL,
	row_hash bigint NOT NULL,
	batch text NOT NULL REFERENCES desk.batches,
	source_id text,
	reasons text[] NOT NULL,
	fields jsonb NOT NULL,
	refused_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (source, kind, line_no, row_hash));
COMMENT ON TABLE desk.refused_rows IS
'rows that an import refused, as they were, with every reason; kept until somebody deletes them';
COMMENT ON COLUMN desk.refused_rows.reasons IS
'column:problem, where the problem is missing, malformed, unknown_code, out_of_range or changed; of a whole row, row:malformed, row:too_few_fields or row:too_many_fields';

ALTER TABLE desk.staged_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.staged_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY intake ON desk.staged_calls
USING ((SELECT ietp.actor_is('administrator')))
WITH CHECK ((SELECT ietp.actor_is('administrator')));
ALTER TABLE desk.staged_cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.staged_cases FORCE ROW LEVEL SECURITY;
CREATE POLICY intake ON desk.staged_cases
USING ((SELECT ietp.actor_is('administrator')))
WITH CHECK ((SELECT ietp.actor_is('administrator')));
ALTER TABLE desk.refused_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.refused_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY intake ON desk.refused_rows
USING ((SELECT ietp.actor_is('administrator')))
WITH CHECK ((SELECT ietp.actor_is('administrator')));

CREATE FUNCTION helpline.open_batch(
	batch text, kind text, line text, source text,
	date_order text DEFAULT 'YMD', currency text DEFAULT NULL,
	new_factories boolean DEFAULT false, synthetic boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	wanted desk.batches := (batch, kind, ietp.nonblank(source), line,
		date_order, currency,
		COALESCE(new_factories, false), COALESCE(synthetic, false),
		now(), NULL);
	there desk.batches;
BEGIN
	PERFORM desk.enter('open_batch');
	IF batch IS NULL OR ietp.try_code(batch) IS DISTINCT FROM batch THEN
		PERFORM desk.refuse('batch', 'malformed');
	ELSIF kind IS NULL OR kind NOT IN ('calls', 'cases') THEN
		PERFORM desk.refuse('kind', 'unknown_code', 'One of calls, cases.');
	ELSIF ietp.nonblank(source) IS NULL THEN
		PERFORM desk.refuse('source', 'missing');
	ELSIF length(source) > 200 THEN
		PERFORM desk.refuse('source', 'out_of_range',
			'Up to 200 characters.');
	ELSIF line IS NULL OR NOT EXISTS (SELECT FROM desk.lines AS l
			WHERE l.line = open_batch.line) THEN
		PERFORM desk.refuse('line', 'unknown_code',
			'helpline.lines() lists the lines.');
	ELSIF date_order IS NULL
			OR date_order NOT IN ('YMD', 'DMY', 'MDY') THEN
		PERFORM desk.refuse('date_order', 'unknown_code',
			'One of YMD, DMY, MDY.');
	ELSIF currency !~ '^[A-Z]{3}$' THEN
		PERFORM desk.refuse('currency', 'malformed',
			'Three capital letters after ISO 4217.');
	END IF;
	INSERT INTO desk.batches SELECT wanted.* ON CONFLICT DO NOTHING;
	SELECT * INTO STRICT there FROM desk.batches AS b
	WHERE b.batch = wanted.batch;
	there.opened_at := wanted.opened_at;
	there.imported_at := NULL;
	IF there IS DISTINCT FROM wanted THEN
		RAISE EXCEPTION 'batch exists already and is read in another way'
			USING ERRCODE = 'IE401', COLUMN = 'batch',
			HINT = 'Give the new file a batch of its own.';
	END IF;
	-- Rows copied from now on belong to the batch, and lines count from 2.
	PERFORM set_config('ietp_helpline.import_batch', batch, false);
	RETURN batch;
END
$$;
COMMENT ON FUNCTION helpline.open_batch(
	text, text, text, text, text, text, boolean, boolean) IS
'says how a file is to be read, and makes it the one that this session copies into staging';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'open_batch');

CREATE FUNCTION desk.start_import(batch text, kind text)
RETURNS desk.batches
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_batch desk.batches;
BEGIN
	-- One import of a batch at a time.
	SELECT * INTO the_batch FROM desk.batches AS b
	WHERE b.batch = start_import.batch
	AND (start_import.kind IS NULL OR b.kind = start_import.kind)
	FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no batch of % has this name',
				COALESCE(kind, 'calls or cases')
			USING ERRCODE = 'IE402', COLUMN = 'batch',
			HINT = 'SELECT helpline.open_batch(...) first.';
	END IF;
	RETURN the_batch;
END
$$;
COMMENT ON FUNCTION desk.start_import(text, text) IS
'the batch, locked against a second import';

-- A plan that was saved while a table was small, to look up what a foreign key
-- refers to, would read the whole table for every row.  ANALYZE makes every
-- session plan anew; what is large already has been planned for.
CREATE FUNCTION desk.forget_plans()
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF pg_relation_size('desk.calls') < 1048576 THEN
		ANALYZE desk.calls;
	END IF;
	IF pg_relation_size('desk.cases') < 1048576 THEN
		ANALYZE desk.cases;
	END IF;
END
$$;
COMMENT ON FUNCTION desk.forget_plans() IS
'makes sessions plan anew what they look up in calls and cases, while these are small';

-- A version of the taxonomy with the days on which it was the current one;
-- the first one counts for all days before, too.
CREATE VIEW desk.taxonomy_periods WITH (security_invoker) AS
SELECT t.taxonomy, daterange(
	CASE WHEN lag(t.valid_from) OVER in_order IS NOT NULL
		THEN t.valid_from END,
	lead(t.valid_from) OVER in_order) AS in_force
FROM desk.taxonomies AS t
WINDOW in_order AS (ORDER BY t.valid_from);
COMMENT ON VIEW desk.taxonomy_periods IS
'versions of the taxonomy and when each was in force';

CREATE FUNCTION desk.gravest(topics text, version integer)
RETURNS ietp.severity
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT max(t.default_severity)
	FROM unnest(string_to_array(topics, ';')) AS s (topic)
	JOIN desk.topics AS t
		ON t.taxonomy = version AND t.topic = ietp.try_code(s.topic)
$$;
COMMENT ON FUNCTION desk.gravest(text, integer) IS
'the gravest default severity of these topics, separated by semicolons';

-- The planner knows nothing true about rows that were copied a moment ago:
-- that an import reads a chunk of them at a time, ROWS tells it.
CREATE FUNCTION desk.next_staged_calls(
	batch text, after bigint, chunk_size integer)
RETURNS SETOF desk.staged_calls
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 50000
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT s.* FROM desk.staged_calls AS s
	WHERE s.batch = next_staged_calls.batch
	AND s.line_no > next_staged_calls.after
	ORDER BY s.line_no LIMIT next_staged_calls.chunk_size
$$;
COMMENT ON FUNCTION desk.next_staged_calls(text, bigint, integer) IS
'the staged calls of a batch that follow a line';

-- The next rows of a batch, read: typed values, and reasons to refuse.
-- OFFSET 0 keeps the planner from reading a value anew wherever it is used.
CREATE FUNCTION desk.read_calls(
	b desk.batches, time_zone text, after bigint, chunk_size integer)
RETURNS TABLE (line_no bigint, row_hash bigint, source_id text,
	received_at timestamptz, answered_at timestamptz, ended_at timestamptz,
	received_on date, channel text, direction ietp.direction,
	outcome ietp.call_outcome, purpose ietp.call_purpose, language text,
	factory text, complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode, taxonomy integer, topics text,
	handler text, team text, known boolean, reasons text[], fields jsonb)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 50000
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	WITH typed AS (
		SELECT s AS given, s.line_no,
			hash_record_extended(ROW(s.source_id, s.received_at,
				s.answered_at, s.ended_at, s.channel, s.direction, s.outcome,
				s.purpose, s.language, s.factory, s.complainant_role,
				s.identity_mode, s.topics, s.handler), 0) AS row_hash,
			ietp.nonblank(s.source_id) AS source_id,
			ietp.try_timestamptz(s.received_at, read_calls.time_zone,
				(b).date_order) AS received_at,
			ietp.try_timestamptz(s.answered_at, read_calls.time_zone,
				(b).date_order) AS answered_at,
			ietp.try_timestamptz(s.ended_at, read_calls.time_zone,
				(b).date_order) AS ended_at,
			ietp.try_code(s.channel) AS channel,
			ietp.try_enum(COALESCE(ietp.nonblank(s.direction), 'inbound'),
				NULL::ietp.direction) AS direction,
			ietp.try_enum(COALESCE(ietp.nonblank(s.outcome), 'answered'),
				NULL::ietp.call_outcome) AS outcome,
			ietp.try_enum(s.purpose, NULL::ietp.call_purpose) AS purpose,
			ietp.try_code(s.language) AS language,
			ietp.try_code(s.factory) AS factory,
			ietp.try_enum(s.complainant_role, NULL::ietp.complainant_role)
				AS complainant_role,
			ietp.try_enum(s.identity_mode, NULL::ietp.identity_mode)
				AS identity_mode,
			ietp.nonblank(s.topics) AS topics,
			ietp.nonblank(s.handler) AS handler
		FROM desk.next_staged_calls((b).batch, after, chunk_size) AS s
		OFFSET 0
	), judged AS (
		SELECT t.line_no, t.row_hash, t.source_id, t.received_at, t.answered_at,
			t.ended_at,
			timezone(read_calls.time_zone, t.received_at)::date AS received_on,
			c.channel, t.direction, t.outcome, t.purpose, l.language, f.factory,
			t.complainant_role, t.identity_mode, x.taxonomy, t.topics,
			t.handler, a.team, o.source_hash = t.row_hash AS known,
			array_remove(ARRAY[
				-- An index entry has room for some 2,700 bytes.
				ietp.field_problem('source_id', (t.given).source_id,
					length(t.source_id) <= 200, true),
				ietp.field_problem('received_at', (t.given).received_at,
					t.received_at IS NOT NULL, true),
				CASE WHEN t.received_at NOT BETWEEN
						timestamptz '1900-01-01 00:00+00'
						AND now() + interval '1 day'
					THEN 'received_at:out_of_range' END,
				ietp.field_problem('answered_at', (t.given).answered_at,
					t.answered_at IS NOT NULL),
				CASE WHEN t.answered_at < t.received_at
						OR t.answered_at > now() + interval '1 day'
					THEN 'answered_at:out_of_range' END,
				ietp.field_problem('ended_at', (t.given).ended_at,
					t.ended_at IS NOT NULL),
				CASE WHEN t.ended_at < COALESCE(t.answered_at, t.received_at)
						OR t.ended_at > now() + interval '1 day'
					THEN 'ended_at:out_of_range' END,
				ietp.field_problem('channel', (t.given).channel,
					c.channel IS NOT NULL, true, 'unknown_code'),
				CASE WHEN t.direction IS NULL
					THEN 'direction:unknown_code' END,
				CASE WHEN t.outcome IS NULL THEN 'outcome:unknown_code' END,
				ietp.field_problem('purpose', (t.given).purpose,
					t.purpose IS NOT NULL, t.outcome = 'answered',
					'unknown_code'),
				ietp.field_problem('language', (t.given).language,
					l.language IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('factory', (t.given).factory,
					f.factory IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('complainant_role',
					(t.given).complainant_role,
					t.complainant_role IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('identity_mode', (t.given).identity_mode,
					t.identity_mode IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('handler', (t.given).handler,
					length(t.handler) <= 128),
				CASE WHEN t.topics IS NOT NULL AND t.topics <> ALL (x.topics)
					AND (strpos(t.topics, ';') = 0 OR (
						SELECT bool_and(COALESCE(
							ietp.try_code(s.topic) = ANY (x.topics), false))
						FROM unnest(string_to_array(t.topics, ';')) AS s (topic)
					) IS NOT TRUE)
					THEN 'topics:unknown_code' END,
				CASE WHEN o.source_hash <> t.row_hash
					THEN 'source_id:changed' END
				], NULL) AS reasons, t.given
		FROM typed AS t
		LEFT JOIN (
			SELECT p.taxonomy, p.in_force, ARRAY(SELECT k.topic
				FROM desk.topics AS k WHERE k.taxonomy = p.taxonomy) AS topics
			FROM desk.taxonomy_periods AS p
		) AS x
			ON x.in_force @> COALESCE(
				timezone(read_calls.time_zone, t.received_at)::date,
				current_date)
		LEFT JOIN desk.channels AS c ON c.channel = t.channel
		LEFT JOIN desk.languages AS l ON l.language = t.language
		LEFT JOIN desk.factories AS f ON f.factory = t.factory
		LEFT JOIN desk.accounts AS a ON a.account = t.handler
		LEFT JOIN LATERAL (
			SELECT k.source_hash FROM desk.calls AS k
			WHERE k.source = (b).source AND k.source_id = t.source_id LIMIT 1
		) AS o ON true
		OFFSET 0
	)
	SELECT r.line_no, r.row_hash, r.source_id, r.received_at, r.answered_at,
		r.ended_at, r.received_on, r.channel, r.direction, r.outcome,
		r.purpose, r.language, r.factory, r.complainant_role,
		r.identity_mode, r.taxonomy, r.topics, r.handler, r.team, r.known,
		CASE WHEN r.known THEN '{}' ELSE r.reasons END,
		CASE WHEN r.reasons <> '{}' AND r.known IS NOT TRUE
			THEN to_jsonb(r.given) - '{batch,line_no}'::text[] END
	FROM judged AS r
$$;
COMMENT ON FUNCTION desk.read_calls(desk.batches, text, bigint, integer) IS
'reads the next staged calls of a batch: typed values, whether the same row was imported before, and every reason to refuse it';

CREATE FUNCTION desk.next_staged_cases(
	batch text, after bigint, chunk_size integer)
RETURNS SETOF desk.staged_cases
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 50000
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT s.* FROM desk.staged_cases AS s
	WHERE s.batch = next_staged_cases.batch
	AND s.line_no > next_staged_cases.after
	ORDER BY s.line_no LIMIT next_staged_cases.chunk_size
$$;
COMMENT ON FUNCTION desk.next_staged_cases(text, bigint, integer) IS
'the staged cases of a batch that follow a line';

CREATE FUNCTION desk.read_cases(
	b desk.batches, time_zone text, after bigint, chunk_size integer)
RETURNS TABLE (line_no bigint, row_hash bigint, source_id text,
	opened_at timestamptz, closed_at timestamptz, escalated_at timestamptz,
	status text, factory text, taxonomy integer, topics text,
	severity ietp.severity, escalation_level integer, closing_reason text,
	language text, complainant_role ietp.complainant_role,
	identity_mode ietp.identity_mode, workers_affected integer,
	amount_claimed numeric, amount_assessed numeric,
	amount_recovered numeric, call_ref ietp.call_ref, handler text,
	team text, known boolean, reasons text[], fields jsonb)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 50000
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	WITH typed AS (
		SELECT s AS given, s.line_no,
			hash_record_extended(ROW(s.source_id, s.opened_at, s.closed_at,
				s.status, s.factory, s.topics, s.severity,
				s.escalation_level, s.escalated_at, s.closing_reason,
				s.language, s.complainant_role, s.identity_mode,
				s.workers_affected, s.amount_claimed, s.amount_assessed,
				s.amount_recovered, s.call_source_id, s.handler), 0)
				AS row_hash,
			ietp.nonblank(s.source_id) AS source_id,
			ietp.try_timestamptz(s.opened_at, read_cases.time_zone,
				(b).date_order) AS opened_at,
			ietp.try_timestamptz(s.closed_at, read_cases.time_zone,
				(b).date_order) AS closed_at,
			ietp.try_timestamptz(s.escalated_at, read_cases.time_zone,
				(b).date_order) AS escalated_at,
			ietp.nonblank(s.status) AS status,
			ietp.try_code(s.factory) AS factory,
			ietp.nonblank(s.topics) AS topics,
			ietp.try_enum(s.severity, NULL::ietp.severity) AS severity,
			COALESCE(ietp.try_integer(s.escalation_level),
				CASE WHEN ietp.nonblank(s.escalation_level) IS NULL
					THEN (ietp.nonblank(s.escalated_at) IS NOT NULL)::integer
				END) AS escalation_level,
			ietp.try_code(s.closing_reason) AS closing_reason,
			ietp.try_code(s.language) AS language,
			ietp.try_enum(s.complainant_role, NULL::ietp.complainant_role)
				AS complainant_role,
			ietp.try_enum(s.identity_mode, NULL::ietp.identity_mode)
				AS identity_mode,
			ietp.try_integer(s.workers_affected) AS workers_affected,
			ietp.try_amount(s.amount_claimed) AS amount_claimed,
			ietp.try_amount(s.amount_assessed) AS amount_assessed,
			ietp.try_amount(s.amount_recovered) AS amount_recovered,
			ietp.nonblank(s.call_source_id) AS call_source_id,
			ietp.nonblank(s.handler) AS handler
		FROM desk.next_staged_cases((b).batch, after, chunk_size) AS s
		OFFSET 0
	), judged AS (
		SELECT t.line_no, t.row_hash, t.source_id, t.opened_at, t.closed_at,
			t.escalated_at, t.status, f.factory, x.taxonomy, t.topics,
			COALESCE(t.severity, i.default_severity,
				CASE WHEN strpos(t.topics, ';') > 0
					THEN desk.gravest(t.topics, x.taxonomy) END, 'moderate')
				AS severity,
			t.escalation_level, r.closing_reason, l.language,
			t.complainant_role, t.identity_mode, t.workers_affected,
			t.amount_claimed, t.amount_assessed, t.amount_recovered, k.call_ref,
			t.handler, a.team, o.source_hash = t.row_hash AS known,
			array_remove(ARRAY[
				-- An index entry has room for some 2,700 bytes.
				ietp.field_problem('source_id', (t.given).source_id,
					length(t.source_id) <= 200, true),
				ietp.field_problem('opened_at', (t.given).opened_at,
					t.opened_at IS NOT NULL, true),
				CASE WHEN t.opened_at NOT BETWEEN
						timestamptz '1900-01-01 00:00+00'
						AND now() + interval '1 day'
					THEN 'opened_at:out_of_range' END,
				ietp.field_problem('closed_at', (t.given).closed_at,
					t.closed_at IS NOT NULL),
				CASE WHEN t.closed_at < t.opened_at
						OR t.closed_at > now() + interval '1 day'
					THEN 'closed_at:out_of_range' END,
				ietp.field_problem('escalated_at', (t.given).escalated_at,
					t.escalated_at IS NOT NULL, t.escalation_level > 0),
				CASE WHEN t.escalated_at < t.opened_at
						OR t.escalated_at > t.closed_at
						OR t.escalated_at > now() + interval '1 day'
						OR t.escalated_at IS NOT NULL AND t.escalation_level = 0
					THEN 'escalated_at:out_of_range' END,
				ietp.field_problem('escalation_level',
					(t.given).escalation_level, t.escalation_level IS NOT NULL),
				CASE WHEN t.escalation_level NOT BETWEEN 0 AND 3
					THEN 'escalation_level:out_of_range' END,
				ietp.field_problem('factory', (t.given).factory,
					f.factory IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('handler', (t.given).handler,
					length(t.handler) <= 128),
				CASE WHEN t.topics IS NOT NULL AND t.topics <> ALL (x.topics)
					AND (strpos(t.topics, ';') = 0 OR (
						SELECT bool_and(COALESCE(
							ietp.try_code(s.topic) = ANY (x.topics), false))
						FROM unnest(string_to_array(t.topics, ';')) AS s (topic)
					) IS NOT TRUE)
					THEN 'topics:unknown_code' END,
				ietp.field_problem('severity', (t.given).severity,
					t.severity IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('closing_reason', (t.given).closing_reason,
					r.closing_reason IS NOT NULL, false, 'unknown_code'),
				CASE WHEN r.closing_reason IS NOT NULL AND t.closed_at IS NULL
					THEN 'closed_at:missing' END,
				ietp.field_problem('language', (t.given).language,
					l.language IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('complainant_role',
					(t.given).complainant_role,
					t.complainant_role IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('identity_mode', (t.given).identity_mode,
					t.identity_mode IS NOT NULL, false, 'unknown_code'),
				ietp.field_problem('workers_affected',
					(t.given).workers_affected, t.workers_affected IS NOT NULL),
				CASE WHEN t.workers_affected < 1
					THEN 'workers_affected:out_of_range' END,
				ietp.field_problem('amount_claimed', (t.given).amount_claimed,
					t.amount_claimed IS NOT NULL),
				CASE WHEN t.amount_claimed < 0
					THEN 'amount_claimed:out_of_range' END,
				ietp.field_problem('amount_assessed', (t.given).amount_assessed,
					t.amount_assessed IS NOT NULL),
				CASE WHEN t.amount_assessed < 0
					THEN 'amount_assessed:out_of_range' END,
				ietp.field_problem('amount_recovered',
					(t.given).amount_recovered, t.amount_recovered IS NOT NULL),
				CASE WHEN t.amount_recovered < 0
					THEN 'amount_recovered:out_of_range' END,
				CASE WHEN (b).currency IS NULL AND COALESCE(t.amount_claimed,
						t.amount_assessed, t.amount_recovered) IS NOT NULL
					THEN 'currency:missing' END,
				ietp.field_problem('call_source_id', (t.given).call_source_id,
					k.call_ref IS NOT NULL, false, 'unknown_code'),
				CASE WHEN o.source_hash <> t.row_hash
					THEN 'source_id:changed' END
				], NULL) AS reasons, t.given
		FROM typed AS t
		LEFT JOIN (
			SELECT p.taxonomy, p.in_force, ARRAY(SELECT k.topic
				FROM desk.topics AS k WHERE k.taxonomy = p.taxonomy) AS topics
			FROM desk.taxonomy_periods AS p
		) AS x
			ON x.in_force @> COALESCE(
				timezone(read_cases.time_zone, t.opened_at)::date, current_date)
		LEFT JOIN desk.topics AS i
			ON i.topic = t.topics AND i.taxonomy = x.taxonomy
		LEFT JOIN desk.closing_reasons AS r
			ON r.closing_reason = t.closing_reason
		LEFT JOIN desk.languages AS l ON l.language = t.language
		LEFT JOIN desk.factories AS f ON f.factory = t.factory
		LEFT JOIN desk.accounts AS a ON a.account = t.handler
		LEFT JOIN LATERAL (
			SELECT n.call_ref FROM desk.calls AS n
			WHERE n.source = (b).source
				AND n.source_id = t.call_source_id LIMIT 1
		) AS k ON true
		LEFT JOIN LATERAL (
			SELECT n.source_hash FROM desk.cases AS n
			WHERE n.source = (b).source AND n.source_id = t.source_id LIMIT 1
		) AS o ON true
		OFFSET 0
	)
	SELECT r.line_no, r.row_hash, r.source_id, r.opened_at, r.closed_at,
		r.escalated_at, r.status, r.factory, r.taxonomy, r.topics,
		r.severity, r.escalation_level, r.closing_reason, r.language,
		r.complainant_role, r.identity_mode, r.workers_affected,
		r.amount_claimed, r.amount_assessed, r.amount_recovered, r.call_ref,
		r.handler, r.team, r.known, CASE WHEN r.known THEN '{}' ELSE r.reasons END,
		CASE WHEN r.reasons <> '{}' AND r.known IS NOT TRUE
			THEN to_jsonb(r.given) - '{batch,line_no}'::text[] END
	FROM judged AS r
$$;
COMMENT ON FUNCTION desk.read_cases(desk.batches, text, bigint, integer) IS
'reads the next staged cases of a batch: typed values, whether the same row was imported before, and every reason to refuse it';

CREATE FUNCTION desk.enter_factories(
	b desk.batches, country text, codes text[])
RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.factories (factory, country, synthetic)
	SELECT DISTINCT ietp.try_code(c.code), country, (b).synthetic
	FROM unnest(codes) AS c (code)
	WHERE (b).new_factories AND ietp.try_code(c.code) IS NOT NULL
	ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION desk.enter_factories(desk.batches, text, text[]) IS
'enters the factories that a batch names and the desk does not know, if the batch was opened so';

CREATE FUNCTION desk.end_import(
	b desk.batches, loaded bigint, unchanged bigint, refused bigint,
	refused_before bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	outcome text := format('%s loaded, %s unchanged, %s refused, '
		'%s refused before', loaded, unchanged, refused, refused_before);
BEGIN
	IF loaded = 0 AND refused = 0 THEN
		outcome := 'nothing changed: ' || outcome;
	END IF;
	UPDATE desk.batches AS t SET imported_at = now()
	WHERE t.batch = b.batch AND t.imported_at IS NULL;
	RAISE NOTICE '%', outcome;
	RETURN outcome;
END
$$;
COMMENT ON FUNCTION desk.end_import(
	desk.batches, bigint, bigint, bigint, bigint) IS
'closes an import and says in a line what it did';

-- Each pass reads the next rows, and removes from staging those of which it
-- is known what became of them.  What is left is rows whose drawn reference
-- was taken, and second rows of one source_id: the next pass tells.
CREATE FUNCTION helpline.import_calls(
	batch text, OUT rows_read bigint, OUT loaded bigint,
	OUT unchanged bigint, OUT refused bigint, OUT refused_before bigint,
	OUT outcome text)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET work_mem = '64MB'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	chunk_size CONSTANT integer := 50000;
	b desk.batches;
	l desk.lines;
	total bigint;
	after bigint := 0;
	attempts integer := 0;
	pass record;
BEGIN
	PERFORM desk.enter('import_calls');
	b := desk.start_import(import_calls.batch, 'calls');
	PERFORM desk.forget_plans();
	SELECT * INTO STRICT l FROM desk.lines AS n WHERE n.line = b.line;
	SELECT count(*) INTO total FROM desk.staged_calls AS s
	WHERE s.batch = b.batch;
	PERFORM desk.enter_factories(b, l.country, ARRAY(
		SELECT DISTINCT s.factory FROM desk.staged_calls AS s
		WHERE s.batch = b.batch AND b.new_factories));
	rows_read := 0; loaded := 0; unchanged := 0;
	refused := 0; refused_before := 0;
	WHILE rows_read < total LOOP
		WITH parsed AS MATERIALIZED (
			SELECT r.*, CASE WHEN r.reasons = '{}' AND r.known IS NULL
				THEN ietp.new_call_ref(l.country,
					extract(year FROM r.received_on)::integer) END AS call_ref
			FROM desk.read_calls(b, l.time_zone, after, chunk_size) AS r
		), refused AS (
			INSERT INTO desk.refused_rows AS r (source, kind, line_no,
				row_hash, batch, source_id, reasons, fields)
			SELECT b.source, b.kind, p.line_no, p.row_hash, b.batch,
				p.source_id, p.reasons, p.fields
			FROM parsed AS p WHERE p.reasons <> '{}'
			-- Refused again: for what is wrong with it today.
			ON CONFLICT ON CONSTRAINT refused_rows_pkey DO UPDATE
			SET reasons = excluded.reasons, batch = excluded.batch
			WHERE (r.reasons, r.batch)
				IS DISTINCT FROM (excluded.reasons, excluded.batch)
			RETURNING xmax = 0 AS is_new
		), loaded AS (
			INSERT INTO desk.calls (call_ref, received_at, answered_at,
				ended_at, source_hash, received_on, direction, outcome,
				purpose, complainant_role, identity_mode, synthetic, line,
				channel, language, factory, handler, team, source, source_id)
			SELECT p.call_ref, p.received_at, p.answered_at, p.ended_at,
				p.row_hash, p.received_on, p.direction, p.outcome, p.purpose,
				p.complainant_role, p.identity_mode, b.synthetic, b.line,
				p.channel, p.language, p.factory, p.handler, p.team,
				b.source, p.source_id
			FROM parsed AS p WHERE p.call_ref IS NOT NULL
			ON CONFLICT DO NOTHING
			RETURNING call_ref, source_id, source_hash
		), placed AS (
			-- Two rows may have drawn one reference: a row is loaded only
			-- if the loaded one is that row.
			SELECT p.*, d.call_ref IS NOT NULL AS is_loaded
			FROM parsed AS p
			LEFT JOIN loaded AS d ON d.call_ref = p.call_ref
				AND d.source_id = p.source_id AND d.source_hash = p.row_hash
		), issues AS (
			INSERT INTO desk.issues (call_ref, n, taxonomy, topic,
				raised_on, line, handler, team)
			SELECT p.call_ref, i.n, p.taxonomy, ietp.try_code(i.topic),
				p.received_on, b.line, p.handler, p.team
			FROM placed AS p
			CROSS JOIN LATERAL unnest(string_to_array(p.topics, ';'))
				WITH ORDINALITY AS i (topic, n)
			WHERE p.is_loaded AND p.topics IS NOT NULL
		), mended AS (
			-- What was refused, and loads now, is refused no more.
			DELETE FROM desk.refused_rows AS r USING placed AS p
			WHERE p.is_loaded AND r.source = b.source AND r.kind = b.kind
			AND r.line_no = p.line_no AND r.row_hash = p.row_hash
		), gone AS (
			-- Row by row: no join, whose plan would rest on a guess.
			DELETE FROM desk.staged_calls AS s
			WHERE s.batch = b.batch AND s.line_no > after
			AND s.line_no <= (SELECT max(p.line_no) FROM parsed AS p)
			AND s.line_no NOT IN (SELECT p.line_no FROM placed AS p
				WHERE p.call_ref IS NOT NULL AND NOT p.is_loaded)
		)
		SELECT count(*) FILTER (WHERE p.call_ref IS NULL OR p.is_loaded)
				AS gone,
			count(*) FILTER (WHERE p.is_loaded) AS loaded,
			count(*) FILTER (WHERE p.reasons <> '{}') AS bad,
			(SELECT count(*) FROM refused AS r WHERE r.is_new) AS refused,
			COALESCE(min(p.line_no) FILTER (WHERE p.call_ref IS NOT NULL
				AND NOT p.is_loaded) - 1, max(p.line_no), 0) AS done
		INTO pass FROM placed AS p;
		after := pass.done;
		rows_read := rows_read + pass.gone;
		loaded := loaded + pass.loaded;
		unchanged := unchanged + pass.gone - pass.loaded - pass.bad;
		refused := refused + pass.refused;
		refused_before := refused_before + pass.bad - pass.refused;
		RAISE NOTICE 'read % of % calls', rows_read, total;
		EXIT WHEN pass.gone = 0 AND NOT EXISTS (
			SELECT FROM desk.staged_calls AS s WHERE s.batch = b.batch);
		attempts := CASE WHEN pass.gone = 0 THEN attempts + 1 ELSE 0 END;
		IF attempts = 100 THEN
			RAISE EXCEPTION 'could not draw a free call reference'
				USING ERRCODE = 'program_limit_exceeded';
		END IF;
	END LOOP;
	outcome := desk.end_import(b, loaded, unchanged, refused, refused_before);
END
$$;
COMMENT ON FUNCTION helpline.import_calls(text) IS
'imports the staged calls of a batch; says how many rows were loaded, were there already, were refused now, and had been refused before';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'import_calls');

CREATE FUNCTION helpline.import_cases(
	batch text, OUT rows_read bigint, OUT loaded bigint,
	OUT unchanged bigint, OUT refused bigint, OUT refused_before bigint,
	OUT outcome text)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET work_mem = '64MB'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	chunk_size CONSTANT integer := 50000;
	b desk.batches;
	l desk.lines;
	total bigint;
	after bigint := 0;
	attempts integer := 0;
	pass record;
BEGIN
	PERFORM desk.enter('import_cases');
	b := desk.start_import(import_cases.batch, 'cases');
	PERFORM desk.forget_plans();
	SELECT * INTO STRICT l FROM desk.lines AS n WHERE n.line = b.line;
	SELECT count(*) INTO total FROM desk.staged_cases AS s
	WHERE s.batch = b.batch;
	PERFORM desk.enter_factories(b, l.country, ARRAY(
		SELECT DISTINCT s.factory FROM desk.staged_cases AS s
		WHERE s.batch = b.batch AND b.new_factories));
	rows_read := 0; loaded := 0; unchanged := 0;
	refused := 0; refused_before := 0;
	WHILE rows_read < total LOOP
		WITH parsed AS MATERIALIZED (
			SELECT r.*, timezone(l.time_zone, r.opened_at)::date AS opened_on,
				CASE WHEN r.reasons = '{}' AND r.known IS NULL
				THEN ietp.new_case_ref(l.country, extract(year FROM
					timezone(l.time_zone, r.opened_at))::integer)
				END AS case_ref
			FROM desk.read_cases(b, l.time_zone, after, chunk_size) AS r
		), refused AS (
			INSERT INTO desk.refused_rows AS r (source, kind, line_no,
				row_hash, batch, source_id, reasons, fields)
			SELECT b.source, b.kind, p.line_no, p.row_hash, b.batch,
				p.source_id, p.reasons, p.fields
			FROM parsed AS p WHERE p.reasons <> '{}'
			-- Refused again: for what is wrong with it today.
			ON CONFLICT ON CONSTRAINT refused_rows_pkey DO UPDATE
			SET reasons = excluded.reasons, batch = excluded.batch
			WHERE (r.reasons, r.batch)
				IS DISTINCT FROM (excluded.reasons, excluded.batch)
			RETURNING xmax = 0 AS is_new
		), loaded AS (
			INSERT INTO desk.cases (case_ref, opened_at, closed_at,
				escalated_at, source_hash, opened_on, closed_on,
				escalated_on, severity, complainant_role, identity_mode,
				workers_affected, escalation_level, synthetic, line, factory,
				language, closing_reason, handler, team, currency,
				amount_claimed, amount_assessed, amount_recovered, source,
				source_id, source_status)
			SELECT p.case_ref, p.opened_at, p.closed_at, p.escalated_at,
				p.row_hash, p.opened_on,
				timezone(l.time_zone, p.closed_at)::date,
				timezone(l.time_zone, p.escalated_at)::date, p.severity,
				p.complainant_role, p.identity_mode, p.workers_affected,
				p.escalation_level, b.synthetic, b.line, p.factory,
				p.language, p.closing_reason, p.handler, p.team, b.currency,
				p.amount_claimed, p.amount_assessed, p.amount_recovered,
				b.source, p.source_id, p.status
			FROM parsed AS p WHERE p.case_ref IS NOT NULL
			ON CONFLICT DO NOTHING
			RETURNING case_ref, source_id, source_hash
		), placed AS (
			-- Two rows may have drawn one reference: a row is loaded only
			-- if the loaded one is that row.
			SELECT p.*, d.case_ref IS NOT NULL AS is_loaded
			FROM parsed AS p
			LEFT JOIN loaded AS d ON d.case_ref = p.case_ref
				AND d.source_id = p.source_id AND d.source_hash = p.row_hash
		), issues AS (
			INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
			SELECT p.case_ref, i.n, p.taxonomy, ietp.try_code(i.topic)
			FROM placed AS p
			CROSS JOIN LATERAL unnest(string_to_array(p.topics, ';'))
				WITH ORDINALITY AS i (topic, n)
			WHERE p.is_loaded AND p.topics IS NOT NULL
		), links AS (
			INSERT INTO desk.case_calls (case_ref, call_ref)
			SELECT p.case_ref, p.call_ref
			FROM placed AS p
			WHERE p.is_loaded AND p.call_ref IS NOT NULL
		), mended AS (
			-- What was refused, and loads now, is refused no more.
			DELETE FROM desk.refused_rows AS r USING placed AS p
			WHERE p.is_loaded AND r.source = b.source AND r.kind = b.kind
			AND r.line_no = p.line_no AND r.row_hash = p.row_hash
		), gone AS (
			-- Row by row: no join, whose plan would rest on a guess.
			DELETE FROM desk.staged_cases AS s
			WHERE s.batch = b.batch AND s.line_no > after
			AND s.line_no <= (SELECT max(p.line_no) FROM parsed AS p)
			AND s.line_no NOT IN (SELECT p.line_no FROM placed AS p
				WHERE p.case_ref IS NOT NULL AND NOT p.is_loaded)
		)
		SELECT count(*) FILTER (WHERE p.case_ref IS NULL OR p.is_loaded)
				AS gone,
			count(*) FILTER (WHERE p.is_loaded) AS loaded,
			count(*) FILTER (WHERE p.reasons <> '{}') AS bad,
			(SELECT count(*) FROM refused AS r WHERE r.is_new) AS refused,
			COALESCE(min(p.line_no) FILTER (WHERE p.case_ref IS NOT NULL
				AND NOT p.is_loaded) - 1, max(p.line_no), 0) AS done
		INTO pass FROM placed AS p;
		after := pass.done;
		rows_read := rows_read + pass.gone;
		loaded := loaded + pass.loaded;
		unchanged := unchanged + pass.gone - pass.loaded - pass.bad;
		refused := refused + pass.refused;
		refused_before := refused_before + pass.bad - pass.refused;
		RAISE NOTICE 'read % of % cases', rows_read, total;
		EXIT WHEN pass.gone = 0 AND NOT EXISTS (
			SELECT FROM desk.staged_cases AS s WHERE s.batch = b.batch);
		attempts := CASE WHEN pass.gone = 0 THEN attempts + 1 ELSE 0 END;
		IF attempts = 100 THEN
			RAISE EXCEPTION 'could not draw a free case reference'
				USING ERRCODE = 'program_limit_exceeded';
		END IF;
	END LOOP;
	outcome := desk.end_import(b, loaded, unchanged, refused, refused_before);
END
$$;
COMMENT ON FUNCTION helpline.import_cases(text) IS
'imports the staged cases of a batch; says how many rows were loaded, were there already, were refused now, and had been refused before';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'import_cases');

CREATE FUNCTION helpline.refused_rows(batch text)
RETURNS TABLE (line_no bigint, source_id text, reasons text[],
	refused_at timestamptz)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('refused_rows');
	RETURN QUERY
	SELECT r.line_no, r.source_id, r.reasons, r.refused_at
	FROM desk.refused_rows AS r
	WHERE r.batch = refused_rows.batch
	ORDER BY r.line_no;
END
$$;
COMMENT ON FUNCTION helpline.refused_rows(text) IS
'lines of a batch that were refused, with every reason; the rows themselves are in desk.refused_rows';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'refused_rows');
