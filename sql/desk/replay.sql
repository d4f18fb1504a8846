-- Replaying an event log, of this helpline or of anybody, against a lifecycle.
-- A log has no columns, consents or records: what is judged is the path alone,
-- that is whether a rule leads from each status to the next, not its guards.

CREATE FUNCTION desk.check_log(
	column_name text, elements anyarray, wanted integer)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF elements IS NULL THEN
		PERFORM desk.refuse(column_name, 'missing', 'An array.');
	ELSIF array_ndims(elements) > 1 THEN
		PERFORM desk.refuse(column_name, 'malformed',
			'An array of one dimension.');
	ELSIF array_position(elements, NULL) IS NOT NULL THEN
		PERFORM desk.refuse(column_name, 'missing',
			'No element of the array may be NULL.');
	ELSIF cardinality(elements) <> wanted THEN
		PERFORM desk.refuse(column_name, 'out_of_range',
			'As many elements as cases has.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_log(text, anyarray, integer) IS
'refuses an array that is no column of an event log with so many events';

-- A log is joined with the few rules by hashing: a plan made for a short log
-- might compare each event with each rule.  Compiling these queries takes
-- longer than most logs.
CREATE FUNCTION helpline.replay(
	lifecycle text, cases text[], statuses text[], times timestamptz[],
	version integer DEFAULT NULL)
RETURNS TABLE (case_id text, conforms boolean, events integer, steps integer,
	first_violation integer, from_status text, to_status text,
	at timestamptz, problem text, reopenings integer, visits jsonb)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	the_version integer;
BEGIN
	PERFORM desk.enter('replay');
	the_version := desk.find_lifecycle(replay.lifecycle, replay.version,
		'in_force');
	PERFORM desk.check_log('cases', cases, cardinality(cases));
	PERFORM desk.check_log('statuses', statuses, cardinality(cases));
	PERFORM desk.check_log('times', times, cardinality(cases));
	RETURN QUERY
	WITH known AS MATERIALIZED (
		SELECT s.status, s.category = 'terminal' AS terminal,
			s.category = 'initial' OR c.to_status IS NOT NULL AS creates
		FROM desk.statuses AS s
		LEFT JOIN (SELECT DISTINCT t.to_status FROM desk.transitions AS t
			WHERE t.lifecycle = replay.lifecycle AND t.version = the_version
			AND t.from_status IS NULL) AS c ON c.to_status = s.status
		WHERE s.lifecycle = replay.lifecycle AND s.version = the_version
	), move AS MATERIALIZED (
		SELECT DISTINCT m.from_status, (m.rule).to_status
		FROM desk.lifecycle_moves(replay.lifecycle, the_version) AS m
		WHERE m.from_status IS NOT NULL
	), event AS (
		SELECT e.case_id COLLATE "C" AS case_id, e.n, e.status, e.at,
			lag(e.status) OVER (PARTITION BY e.case_id COLLATE "C"
				ORDER BY e.at, e.n) AS previous
		FROM unnest(cases, statuses, times) WITH ORDINALITY
			AS e (case_id, status, at, n)
	), step AS (
		-- An event that repeats the status has the number of its step.
		SELECT e.case_id, e.n, e.status, e.at, e.previous,
			e.previous IS DISTINCT FROM e.status AS moved,
			count(*) FILTER (WHERE e.previous IS DISTINCT FROM e.status)
				OVER (PARTITION BY e.case_id ORDER BY e.at, e.n
				ROWS UNBOUNDED PRECEDING) AS step
		FROM event AS e
	), judged AS (
		SELECT s.case_id, s.status, s.at, s.previous, s.moved, s.step,
			s.moved AND p.terminal AND k.terminal IS NOT TRUE AS reopens,
			CASE WHEN NOT s.moved THEN NULL
				WHEN k.status IS NULL THEN 'unknown_status'
				WHEN s.previous IS NULL AND NOT k.creates THEN 'not_initial'
				WHEN s.previous IS NOT NULL AND m.from_status IS NULL
				THEN 'no_transition' END AS problem
		FROM step AS s
		LEFT JOIN known AS k ON k.status = s.status
		LEFT JOIN known AS p ON p.status = s.previous
		LEFT JOIN move AS m ON m.from_status = s.previous
			AND m.to_status = s.status
	), violation AS (
		SELECT DISTINCT ON (j.case_id) j.case_id, j.step::integer AS step,
			j.previous, j.status, j.at, j.problem
		FROM judged AS j WHERE j.problem IS NOT NULL
		ORDER BY j.case_id, j.step
	), visit AS (
		SELECT j.case_id, j.status, count(*) AS events,
			count(*) FILTER (WHERE j.moved) AS visits,
			count(*) FILTER (WHERE j.reopens) AS reopenings
		FROM judged AS j GROUP BY j.case_id, j.status
	), replayed AS (
		SELECT v.case_id, sum(v.events)::integer AS events,
			sum(v.visits)::integer AS steps,
			sum(v.reopenings)::integer AS reopenings,
			jsonb_object_agg(v.status, v.visits) AS visits
		FROM visit AS v GROUP BY v.case_id
	)
	SELECT r.case_id, v.case_id IS NULL, r.events, r.steps, v.step,
		v.previous, v.status, v.at, v.problem, r.reopenings, r.visits
	FROM replayed AS r LEFT JOIN violation AS v ON v.case_id = r.case_id
	ORDER BY r.case_id;
END
$$;
COMMENT ON FUNCTION helpline.replay(
	text, text[], text[], timestamptz[], integer) IS
'which cases of an event log keep to the path of a lifecycle (version NULL: the one in force, else the newest), and the first step that does not; a case is ordered by time, then by place in the arrays; guards are not looked at, since a log has no columns';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'replay' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;

CREATE FUNCTION helpline.replay_statuses(
	lifecycle text, cases text[], statuses text[], times timestamptz[],
	version integer DEFAULT NULL)
RETURNS TABLE (status text, known boolean, events bigint, visits bigint,
	in_cases bigint)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	the_version integer;
BEGIN
	PERFORM desk.enter('replay_statuses');
	the_version := desk.find_lifecycle(replay_statuses.lifecycle,
		replay_statuses.version, 'in_force');
	PERFORM desk.check_log('cases', cases, cardinality(cases));
	PERFORM desk.check_log('statuses', statuses, cardinality(cases));
	PERFORM desk.check_log('times', times, cardinality(cases));
	RETURN QUERY
	WITH event AS (
		SELECT e.case_id COLLATE "C" AS case_id,
			e.status COLLATE "C" AS status,
			lag(e.status) OVER (PARTITION BY e.case_id COLLATE "C"
				ORDER BY e.at, e.n) IS DISTINCT FROM e.status AS moved
		FROM unnest(cases, statuses, times) WITH ORDINALITY
			AS e (case_id, status, at, n)
	), visit AS (
		SELECT e.status, count(*) AS events,
			count(*) FILTER (WHERE e.moved) AS visits
		FROM event AS e GROUP BY e.case_id, e.status
	)
	SELECT v.status, EXISTS (SELECT FROM desk.statuses AS s
			WHERE s.lifecycle = replay_statuses.lifecycle
			AND s.version = the_version AND s.status = v.status),
		sum(v.events)::bigint, sum(v.visits)::bigint, count(*)
	FROM visit AS v GROUP BY v.status ORDER BY v.status;
END
$$;
COMMENT ON FUNCTION helpline.replay_statuses(
	text, text[], text[], timestamptz[], integer) IS
'the statuses of an event log, whether the lifecycle has them, and how many events, visits and cases have them';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'replay_statuses' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;
