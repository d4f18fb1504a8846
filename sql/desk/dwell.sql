-- How long cases were in each status, from the ledger.

CREATE FUNCTION helpline.time_in_status(
	since date, until date, country text DEFAULT NULL)
RETURNS TABLE (status text, cases bigint, entries bigint, duration interval,
	working_time interval, data text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('time_in_status');
	IF $1 IS NULL OR $2 IS NULL THEN
		PERFORM desk.refuse(CASE WHEN $1 IS NULL THEN 'since'
			ELSE 'until' END, 'missing');
	ELSIF NOT isfinite($1) OR $1 < date '1900-01-01' THEN
		PERFORM desk.refuse('since', 'out_of_range', 'From 1900-01-01 on.');
	ELSIF NOT isfinite($2) OR $2 <= $1 OR $2 > date '2999-12-31' THEN
		PERFORM desk.refuse('until', 'out_of_range',
			'The day after the last one, after since.');
	ELSIF $3 IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.lines AS l WHERE l.country = $3) THEN
		PERFORM desk.refuse('country', 'unknown_code',
			'A country that has a line; helpline.lines() lists them.');
	END IF;
	RETURN QUERY
	WITH period AS (
		SELECT l.line, l.calendar,
			timezone(l.time_zone, $1::timestamp) AS since,
			LEAST(timezone(l.time_zone, $2::timestamp), now()) AS until
		FROM desk.lines AS l
		WHERE $3 IS NULL OR l.country = $3
	), moves AS (
		SELECT e.case_ref, e.lifecycle_version, e.to_status,
			-- An imported case may have been in its status for long.
			COALESCE((e.changes -> 'status_since' ->> 1)::timestamptz,
				e.occurred_at) AS moved_at,
			lag(e.to_status) OVER w AS status_before,
			lead(COALESCE((e.changes -> 'status_since' ->> 1)::timestamptz,
				e.occurred_at)) OVER w AS moved_on,
			p.calendar, p.since, p.until, c.synthetic
		FROM desk.cases AS c
		JOIN period AS p ON p.line = c.line
		JOIN desk.events AS e ON e.case_ref = c.case_ref
		WHERE e.to_status IS NOT NULL AND c.duplicate_of IS NULL
		AND p.since < p.until AND c.opened_at < p.until
		AND (c.closed_at IS NULL OR c.closed_at >= p.since)
		WINDOW w AS (PARTITION BY e.case_ref ORDER BY e.n)
	), spans AS (
		SELECT m.case_ref, m.to_status, m.synthetic, m.calendar,
			m.moved_at >= m.since AND m.moved_at < m.until
				AND m.status_before IS DISTINCT FROM m.to_status AS entered,
			s.category IS DISTINCT FROM 'terminal' AS lasts,
			GREATEST(m.moved_at, m.since) AS begun,
			LEAST(m.moved_on, m.until) AS ended
		FROM moves AS m
		LEFT JOIN desk.statuses AS s ON s.lifecycle = 'case'
			AND s.version = m.lifecycle_version AND s.status = m.to_status
		WHERE m.moved_at < m.until AND COALESCE(m.moved_on > m.since, true)
	)
	SELECT s.to_status, count(DISTINCT s.case_ref),
		count(*) FILTER (WHERE s.entered),
		justify_hours(sum(s.ended - s.begun) FILTER (WHERE s.lasts)),
		CASE WHEN bool_and(s.calendar IS NOT NULL) THEN
			sum(working_time(s.begun, s.ended, s.calendar))
				FILTER (WHERE s.lasts) END,
		CASE WHEN bool_and(s.synthetic) THEN 'synthetic'
			WHEN bool_or(s.synthetic) THEN 'partly synthetic'
			ELSE 'real' END
	FROM spans AS s
	GROUP BY s.to_status
	ORDER BY sum(s.ended - s.begun) FILTER (WHERE s.lasts) DESC NULLS LAST,
		s.to_status COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.time_in_status(date, date, text) IS
'time that cases were in each status from since to before until, by the clock and by their line''s calendar; country NULL means all';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'time_in_status'), ('programme_staff', 'time_in_status'),
	('auditor', 'time_in_status'), ('administrator', 'time_in_status');
