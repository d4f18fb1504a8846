-- Figures: the half-year snapshot, ageing, and what was published before the
-- desk held any rows.

CREATE TABLE desk.published_totals (
	measure text NOT NULL,
	until date NOT NULL,
	known_to text NOT NULL CHECK (known_to IN ('day', 'month', 'year')),
	since date,
	value numeric NOT NULL,
	printed text NOT NULL,
	source text NOT NULL,
	PRIMARY KEY (measure, until));
COMMENT ON TABLE desk.published_totals IS
'totals that the programme published for times of which the desk holds no calls or cases';
COMMENT ON COLUMN desk.published_totals.until IS
'last day that the total covers, as exactly as known_to says';
COMMENT ON COLUMN desk.published_totals.since IS
'first day that the total covers; NULL: since the launch';
COMMENT ON COLUMN desk.published_totals.printed IS
'the figure as it was printed';

INSERT INTO desk.published_totals
	(measure, since, until, known_to, value, printed, source) VALUES
	('calls', NULL, '2015-12-31', 'year', 10000, 'over 10,000 calls',
	'ICTI CARE website, about 2015'),
	('calls', NULL, '2016-12-31', 'month', 13000, 'over 13,000 calls',
	'ICTI CARE website, December 2016'),
	('workers_assisted', NULL, '2018-12-31', 'year', 14000,
	'over 14,000 factory workers', 'ICTI Ethical Toy Program website, 2018'),
	('workers_assisted', NULL, '2019-01-31', 'month', 15500,
	'over 15,500 workers', 'Worker Helpline briefing, January 2019'),
	('cases_escalated', NULL, '2019-01-31', 'month', 1000,
	'over 1,000 cases', 'Worker Helpline briefing, January 2019'),
	('calls', NULL, '2019-12-31', 'year', 17469, '17,469 calls',
	'Annual review 2018-19'),
	('workers_assisted', NULL, '2020-12-31', 'year', 17776,
	'17,776 workers', 'Worker Helpline ten-year report, 2020'),
	('workers_reached', NULL, '2020-12-31', 'year', 792110,
	'792,110 workers', 'Worker Helpline ten-year report, 2020'),
	('workers_assisted', NULL, '2021-03-31', 'month', 18000,
	'over 18,000 workers', 'Programme website, March 2021'),
	('workers_reached', NULL, '2021-03-31', 'month', 1500000,
	'1.5 million workers', 'Programme website, March 2021'),
	('calls', '2021-01-01', '2021-06-30', 'day', 753, '753 calls',
	'Worker Helpline, first half of 2021'),
	('calls_a_month', '2021-01-01', '2021-06-30', 'day', 126,
	'126 calls per month', 'Worker Helpline, first half of 2021'),
	('cases_escalated', '2021-01-01', '2021-06-30', 'day', 25,
	'25 cases escalated', 'Worker Helpline, first half of 2021'),
	('workers_assisted', NULL, '2021-06-30', 'month', 19000,
	'around 19000 workers', 'Worker Helpline, first half of 2021');

CREATE FUNCTION helpline.set_published_total(
	measure text, until date, value numeric, printed text, source text,
	since date DEFAULT NULL, known_to text DEFAULT 'day')
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_published_total');
	IF measure IS NULL OR ietp.try_code(measure) IS DISTINCT FROM measure THEN
		PERFORM desk.refuse('measure', 'malformed');
	ELSIF until IS NULL THEN
		PERFORM desk.refuse('until', 'missing');
	ELSIF NOT isfinite(until) THEN
		PERFORM desk.refuse('until', 'out_of_range', 'A day.');
	ELSIF since > until OR NOT isfinite(since) THEN
		PERFORM desk.refuse('since', 'out_of_range', 'Not after until.');
	ELSIF value IS NULL OR value < 0 OR value >= 1e15 THEN
		PERFORM desk.refuse('value', 'out_of_range',
			'0 or more, and below 10 to the 15th.');
	ELSIF ietp.nonblank(printed) IS NULL THEN
		PERFORM desk.refuse('printed', 'missing');
	ELSIF ietp.nonblank(source) IS NULL THEN
		PERFORM desk.refuse('source', 'missing',
			'Where the figure was published.');
	ELSIF known_to IS NULL OR known_to NOT IN ('day', 'month', 'year') THEN
		PERFORM desk.refuse('known_to', 'unknown_code',
			'One of day, month, year.');
	END IF;
	INSERT INTO desk.published_totals
		(measure, until, known_to, since, value, printed, source)
	VALUES (measure, until, known_to, since, value, printed, source)
	ON CONFLICT ON CONSTRAINT published_totals_pkey DO UPDATE
	SET known_to = excluded.known_to, since = excluded.since,
		value = excluded.value, printed = excluded.printed,
		source = excluded.source;
END
$$;
COMMENT ON FUNCTION helpline.set_published_total(
	text, date, numeric, text, text, date, text) IS
'enters or changes a total that was published for times of which the desk holds no rows';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'set_published_total'),
	('administrator', 'set_published_total');

CREATE FUNCTION helpline.published_totals(wanted text DEFAULT NULL)
RETURNS TABLE (measure text, since date, until date, known_to text,
	value numeric, printed text, source text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('published_totals');
	RETURN QUERY
	SELECT p.measure, p.since, p.until, p.known_to, p.value, p.printed,
		p.source
	FROM desk.published_totals AS p
	WHERE wanted IS NULL OR p.measure = wanted
	ORDER BY p.until, p.measure;
END
$$;
COMMENT ON FUNCTION helpline.published_totals(text) IS
'totals that were published for the years before the desk, oldest first';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'published_totals' FROM unnest(enum_range(NULL::ietp.role_kind)) k;

-- The mean, over the first days of the months in the period, of the workers
-- in factories that were members on that day, by the headcount in force.
CREATE FUNCTION desk.mean_workers(since date, until date, country text)
RETURNS numeric
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT sum(h.workers)::numeric / NULLIF((
		SELECT count(*) FROM generate_series(since::timestamp,
			until::timestamp - interval '1 day', interval '1 month')), 0)
	FROM (
		SELECT d::date AS day FROM generate_series(since::timestamp,
			until::timestamp - interval '1 day', interval '1 month') AS d
	) AS m
	JOIN (
		SELECT n.factory, n.workers, n.as_of, lead(n.as_of)
			OVER (PARTITION BY n.factory ORDER BY n.as_of) AS next
		FROM desk.headcounts AS n WHERE n.as_of < until
	) AS h ON h.as_of <= m.day AND COALESCE(h.next > m.day, true)
		-- That follows, but leaves fewer rows to join.
		AND COALESCE(h.next > since, true)
	JOIN desk.factories AS f
		ON f.factory = h.factory AND f.member_during @> m.day
	WHERE mean_workers.country IS NULL OR f.country = mean_workers.country
$$;
COMMENT ON FUNCTION desk.mean_workers(date, date, text) IS
'workers of member factories, averaged over the first days of the months from since to before until; NULL where no headcount is known';

-- The planner takes what row security asks of each row for so dear that it
-- would compile the statement, which takes longer than running it, and sort a
-- million rows where hashing them costs a third.
CREATE FUNCTION helpline.half_year_snapshot(
	year integer, half integer, country text DEFAULT NULL)
RETURNS TABLE (section text, item text, value numeric, half_before numeric,
	change_percent numeric, data text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_sort = off
AS $$
#variable_conflict use_column
DECLARE
	since date;
	until date;
	before date;
	everywhere boolean := $3 IS NULL;
	the_lines text[];
BEGIN
	PERFORM desk.enter('half_year_snapshot');
	IF $1 IS NULL OR $1 NOT BETWEEN 1900 AND 2999 THEN
		PERFORM desk.refuse('year', 'out_of_range', '1900 to 2999.');
	ELSIF $2 IS NULL OR $2 NOT IN (1, 2) THEN
		PERFORM desk.refuse('half', 'out_of_range', '1 or 2.');
	ELSIF NOT everywhere AND NOT EXISTS (
			SELECT FROM desk.lines AS l WHERE l.country = $3) THEN
		PERFORM desk.refuse('country', 'unknown_code',
			'A country that has a line; helpline.lines() lists them.');
	END IF;
	since := make_date($1, 6 * $2 - 5, 1);
	until := since + interval '6 months';
	before := since - interval '6 months';
	the_lines := ARRAY(SELECT l.line FROM desk.lines AS l
		WHERE l.country = $3);

	RETURN QUERY
	-- One scan of the calls, grouped by all keys at once; the sections are
	-- sums over that small result.
	WITH calls AS MATERIALIZED (
		SELECT c.received_on >= since AS this, c.channel, c.language,
			c.purpose, c.synthetic, count(*) AS n
		FROM desk.calls AS c
		WHERE c.received_on >= before AND c.received_on < until
		AND (everywhere OR c.line = ANY (the_lines))
		GROUP BY c.received_on >= since, c.channel, c.language, c.purpose,
			c.synthetic
	), issues AS MATERIALIZED (
		SELECT i.this, x.target_topic AS topic, sum(i.n)::bigint AS n
		FROM (
			SELECT r.raised_on >= since AS this, r.taxonomy, r.topic,
				count(*) AS n
			FROM desk.issues AS r
			WHERE r.raised_on >= before AND r.raised_on < until
			AND (everywhere OR r.line = ANY (the_lines))
			GROUP BY r.raised_on >= since, r.taxonomy, r.topic
		) AS i
		JOIN desk.topic_translation(desk.current_taxonomy(until - 1)) AS x
			ON x.taxonomy = i.taxonomy AND x.topic = i.topic
		GROUP BY i.this, x.target_topic
	), cases AS MATERIALIZED (
		SELECT count(*) FILTER (WHERE c.opened_on >= since
				AND c.opened_on < until) AS opened,
			count(*) FILTER (WHERE c.opened_on >= before
				AND c.opened_on < since) AS opened_before,
			count(*) FILTER (WHERE c.escalated_on >= since
				AND c.escalated_on < until) AS escalated,
			count(*) FILTER (WHERE c.escalated_on >= before
				AND c.escalated_on < since) AS escalated_before,
			bool_or(c.synthetic) AS synthetic,
			bool_or(NOT c.synthetic) AS real
		FROM desk.cases AS c
		WHERE (c.opened_on >= before AND c.opened_on < until
			OR c.escalated_on >= before AND c.escalated_on < until)
		AND c.duplicate_of IS NULL
		AND (everywhere OR c.line = ANY (the_lines))
	), total AS (
		SELECT COALESCE(sum(c.n) FILTER (WHERE c.this), 0) AS calls,
			COALESCE(sum(c.n) FILTER (WHERE NOT c.this), 0) AS calls_before,
			COALESCE(sum(c.n) FILTER (WHERE c.this
				AND ietp.substantive(c.purpose)), 0) AS substantive,
			COALESCE(sum(c.n) FILTER (WHERE NOT c.this
				AND ietp.substantive(c.purpose)), 0) AS substantive_before,
			bool_or(c.synthetic) AS synthetic,
			bool_or(NOT c.synthetic) AS real
		FROM calls AS c
	), workers AS (
		SELECT desk.mean_workers(since, until, $3) AS workers,
			desk.mean_workers(before, since, $3) AS workers_before,
			bool_or(f.synthetic) AS synthetic, bool_or(NOT f.synthetic) AS real
		FROM desk.factories AS f
		WHERE (everywhere OR f.country = $3)
		AND f.member_during && daterange(before, until)
	), figures (place, section, item, value, half_before) AS (
		SELECT f.place, 'total', f.item, f.value, f.half_before
		FROM total AS t, cases AS k, workers AS w, LATERAL (VALUES
			(1, 'calls', t.calls, t.calls_before),
			(2, 'calls a month', round(t.calls / 6),
				round(t.calls_before / 6)),
			(3, 'substantive calls', t.substantive, t.substantive_before),
			(4, 'issues raised', (SELECT COALESCE(sum(i.n), 0)
					FROM issues AS i WHERE i.this),
				(SELECT COALESCE(sum(i.n), 0)
					FROM issues AS i WHERE NOT i.this)),
			(5, 'cases opened', k.opened, k.opened_before),
			(6, 'cases escalated', k.escalated, k.escalated_before),
			(7, 'cases escalated, percent of calls',
				round(100.0 * k.escalated / NULLIF(t.calls, 0), 2),
				round(100.0 * k.escalated_before
					/ NULLIF(t.calls_before, 0), 2)),
			(8, 'workers, mean of the months', round(w.workers),
				round(w.workers_before)),
			(9, 'calls per 1,000 workers',
				round(1000 * t.calls / NULLIF(w.workers, 0), 3),
				round(1000 * t.calls_before
					/ NULLIF(w.workers_before, 0), 3))
		) AS f (place, item, value, half_before)
		UNION ALL
		SELECT CASE WHEN GROUPING(c.channel) = 0 THEN 10
				WHEN GROUPING(c.language) = 0 THEN 11 ELSE 12 END,
			CASE WHEN GROUPING(c.channel) = 0 THEN 'channel'
				WHEN GROUPING(c.language) = 0 THEN 'language'
				ELSE 'purpose' END,
			COALESCE(CASE WHEN GROUPING(c.channel) = 0 THEN c.channel
				WHEN GROUPING(c.language) = 0 THEN c.language
				ELSE c.purpose::text END, 'not known'),
			COALESCE(sum(c.n) FILTER (WHERE c.this), 0),
			COALESCE(sum(c.n) FILTER (WHERE NOT c.this), 0)
		FROM calls AS c
		GROUP BY GROUPING SETS ((c.channel), (c.language), (c.purpose))
		UNION ALL
		SELECT CASE GROUPING(split_part(i.topic, '.', 1)) WHEN 0 THEN 13
				ELSE 14 END,
			CASE GROUPING(split_part(i.topic, '.', 1)) WHEN 0 THEN 'topic'
				ELSE 'topic in detail' END,
			CASE GROUPING(split_part(i.topic, '.', 1)) WHEN 0
				THEN split_part(i.topic, '.', 1) ELSE i.topic END,
			COALESCE(sum(i.n) FILTER (WHERE i.this), 0),
			COALESCE(sum(i.n) FILTER (WHERE NOT i.this), 0)
		FROM issues AS i
		GROUP BY GROUPING SETS ((split_part(i.topic, '.', 1)), (i.topic))
		HAVING GROUPING(i.topic) = 1 OR strpos(i.topic, '.') > 0
	)
	SELECT f.section, f.item, f.value, f.half_before,
		round(100 * (f.value - f.half_before) / NULLIF(f.half_before, 0), 1),
		CASE WHEN (t.real OR k.real OR f.place IN (8, 9) AND w.real)
				AND (t.synthetic OR k.synthetic
					OR f.place IN (8, 9) AND w.synthetic)
				THEN 'partly synthetic'
			WHEN t.synthetic OR k.synthetic OR f.place IN (8, 9) AND w.synthetic
				THEN 'synthetic'
			WHEN t.real OR k.real OR f.place IN (8, 9) AND w.real
				THEN 'real' ELSE 'none' END
	FROM figures AS f, total AS t, cases AS k, workers AS w
	ORDER BY f.place, CASE WHEN f.section <> 'total' THEN -f.value END,
		f.item COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.half_year_snapshot(integer, integer, text) IS
'calls, issues and cases of a half-year, against the half before; country NULL means all; data says whether the figures are synthetic';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'half_year_snapshot'),
	('programme_staff', 'half_year_snapshot'),
	('analyst', 'half_year_snapshot'),
	('auditor', 'half_year_snapshot'),
	('administrator', 'half_year_snapshot');

CREATE FUNCTION helpline.ageing(as_of date, country text DEFAULT NULL)
RETURNS TABLE (band text, from_day integer, to_day integer,
	open_cases bigint, share_percent numeric, data text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	PERFORM desk.enter('ageing');
	IF as_of IS NULL THEN
		PERFORM desk.refuse('as_of', 'missing');
	ELSIF NOT isfinite(as_of) OR as_of > current_date + 1 THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'Not in the future.');
	ELSIF ageing.country IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.lines AS l
			WHERE l.country = ageing.country) THEN
		PERFORM desk.refuse('country', 'unknown_code',
			'A country that has a line; helpline.lines() lists them.');
	END IF;
	RETURN QUERY
	WITH open AS (
		SELECT ageing.as_of - c.opened_on AS age, c.synthetic
		FROM desk.cases AS c
		WHERE c.opened_on <= ageing.as_of
		AND (c.closed_on IS NULL OR c.closed_on > ageing.as_of)
		AND c.duplicate_of IS NULL
		AND (ageing.country IS NULL OR c.line IN (SELECT l.line
			FROM desk.lines AS l WHERE l.country = ageing.country))
	), bands (n, band, from_day, to_day) AS (VALUES
		(1, '0-30', 0, 30), (2, '31-90', 31, 90), (3, '91-180', 91, 180),
		(4, '181-365', 181, 365), (5, '>365', 366, NULL)
	)
	SELECT b.band, b.from_day, b.to_day, count(o.age),
		round(100.0 * count(o.age)
			/ NULLIF((SELECT count(*) FROM open), 0), 1),
		(SELECT CASE WHEN bool_or(a.synthetic) AND bool_or(NOT a.synthetic)
				THEN 'partly synthetic'
			WHEN bool_or(a.synthetic) THEN 'synthetic'
			WHEN bool_or(NOT a.synthetic) THEN 'real' ELSE 'none' END
			FROM open AS a)
	FROM bands AS b
	LEFT JOIN open AS o ON o.age >= b.from_day
		AND (b.to_day IS NULL OR o.age <= b.to_day)
	GROUP BY b.n, b.band, b.from_day, b.to_day
	ORDER BY b.n;
END
$$;
COMMENT ON FUNCTION helpline.ageing(date, text) IS
'cases that were open at the end of a day, by their age in days; works for every past day';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'ageing'), ('programme_staff', 'ageing'),
	('analyst', 'ageing'), ('auditor', 'ageing'),
	('administrator', 'ageing');
