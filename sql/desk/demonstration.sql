-- A demonstration helpline.  Everything in it is made up and marked
-- synthetic, except the two totals of the first half of 2021 that it
-- reproduces: 753 calls and 25 escalated cases.  Nothing is drawn at random
-- but the references, so that every run gives the same figures.

CREATE FUNCTION desk.make_factories()
RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.factories
		(factory, country, name, member_during, synthetic)
	SELECT format('DEMO-%s-%s', c.country, lpad(i::text, 4, '0')), c.country,
		'synthetic factory ' || i,
		datemultirange(daterange('2019-01-01', NULL)), true
	FROM generate_series(1, 1980) AS i,
		LATERAL (SELECT CASE WHEN i % 11 = 0 THEN 'VN' ELSE 'CN' END) AS c (country)
	ON CONFLICT DO NOTHING;
	-- 1,980 factories and 1,500,000 workers: what an odd factory has more
	-- than the mean, the next even one has less.
	INSERT INTO desk.headcounts (factory, as_of, workers)
	SELECT f.factory, '2019-01-01', 757 + (f.i <= 1140)::integer
		+ (CASE WHEN f.i % 2 = 1 THEN 1 ELSE -1 END)
			* ((f.i + 1) / 2 * 37 % 500)
	FROM (
		SELECT n.factory, right(n.factory, 4)::integer AS i
		FROM desk.factories AS n
		WHERE n.synthetic AND n.factory LIKE 'DEMO-%'
	) AS f
	ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION desk.make_factories() IS
'enters synthetic factories with 1,500,000 workers in all';

-- "step" spreads n over a list: neighbouring calls differ, and each element
-- comes as often as it stands in the list.
CREATE FUNCTION desk.pick(list text[], n bigint, step integer)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT list[1 + (n * step % cardinality(list))]
$$;
COMMENT ON FUNCTION desk.pick(text[], bigint, integer) IS
'an element of the list that depends on n alone';

CREATE FUNCTION desk.stage_demonstration(
	the_line text, since date, days integer, calls integer)
RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.staged_calls (source_id, received_at, answered_at,
		ended_at, channel, outcome, purpose, language, factory,
		complainant_role, identity_mode, topics, handler)
	SELECT format('%s-%s-%s', the_line, since, i),
		to_char(t.received, 'YYYY-MM-DD HH24:MI:SS'),
		CASE WHEN o.outcome = 'answered' THEN
			to_char(t.received + (5 + i * 7 % 40) * interval '1 second',
				'YYYY-MM-DD HH24:MI:SS') END,
		to_char(t.received + CASE o.outcome WHEN 'answered'
				THEN (120 + i * 97 % 1500) ELSE 60 END
			* interval '1 second', 'YYYY-MM-DD HH24:MI:SS'),
		CASE WHEN o.outcome = 'missed' THEN 'missed_call'
			WHEN the_line = 'VN' THEN desk.pick(
				'{phone_in,phone_in,phone_in,zalo,web}', i, 3)
			ELSE desk.pick('{phone_in,phone_in,phone_in,phone_in,phone_in,
				phone_in,wechat,wechat,email,app}', i, 7) END,
		o.outcome,
		CASE WHEN o.outcome = 'answered' THEN p.purpose END,
		CASE WHEN the_line = 'VN' THEN 'vi' ELSE desk.pick(
			'{zh,zh,zh,zh,zh,zh,zh,zh,zh,zh,zh,yue,yue,en}', i, 5) END,
		CASE WHEN i % 3 > 0 THEN (
			SELECT format('DEMO-%s-%s', the_line, lpad(n.code::text, 4, '0'))
			FROM (SELECT CASE WHEN the_line = 'VN'
				THEN 11 * (1 + i * 13 % 180)
				ELSE 1 + i * 13 % 179 * 11 END) AS n (code)) END,
		desk.pick('{worker,worker,worker,worker,worker,worker,colleague,
			family}', i, 3),
		desk.pick('{anonymous,confidential,confidential}', i, 2),
		CASE WHEN o.outcome = 'answered'
			AND p.purpose IN ('information', 'advice', 'grievance')
			THEN desk.pick('{wages.unpaid,wages.overtime_pay,wages.final_pay,
				hours.excessive,termination.resignation_refused,
				termination.dismissal,social_insurance.not_enrolled,
				contract.none,leave.annual,living.dormitory,
				management_communication.attitude,ohs.heat}', i, 5) END,
		CASE WHEN o.outcome = 'answered' THEN
			'demonstration.' || lower(the_line) END
	FROM generate_series(1, calls) AS i,
		-- Spread over the days, between 11:00 and 21:00.
		LATERAL (SELECT since + ((i - 1) * days / calls)
			+ interval '11 hours' + (i * 389 % 600) * interval '1 minute')
			AS t (received),
		LATERAL (SELECT CASE WHEN i % 31 = 0 THEN 'missed'
			WHEN i % 47 = 0 THEN 'abandoned' ELSE 'answered' END)
			AS o (outcome),
		LATERAL (SELECT desk.pick('{advice,information,grievance,advice,
			advice,information,grievance,emotional_support,advice,
			information,grievance,follow_up,advice,advice,grievance,
			information,emotional_support,feedback,test,wrong_number}',
			i, 1)) AS p (purpose)
$$;
COMMENT ON FUNCTION desk.stage_demonstration(
	text, date, integer, integer) IS
'stages that many synthetic calls for a line, spread over the days';

-- A case for every grievance; every so many is escalated on the next day.
CREATE FUNCTION desk.stage_demonstration_cases(
	the_line text, since date, until date, escalated integer)
RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	INSERT INTO desk.staged_cases (source_id, opened_at, closed_at, factory,
		topics, severity, escalated_at, closing_reason, language,
		complainant_role, identity_mode, workers_affected, call_source_id,
		handler)
	SELECT 'case-' || g.source_id,
		to_char(g.received_on, 'YYYY-MM-DD'),
		CASE WHEN g.closed THEN to_char(
			g.received_on + g.took, 'YYYY-MM-DD') END,
		g.factory,
		(SELECT i.topic FROM desk.issues AS i
			WHERE i.call_ref = g.call_ref AND i.n = 1),
		CASE WHEN g.escalated THEN 'critical' ELSE desk.pick(
			'{minor,moderate,moderate,serious}', g.i, 3) END,
		CASE WHEN g.escalated THEN to_char(
			LEAST(g.received_on + 1, until - 1), 'YYYY-MM-DD') END,
		CASE WHEN g.closed THEN desk.pick('{resolved,resolved,resolved,
			advised,advised,referred,withdrawn,unresolved}', g.i, 3) END,
		g.language, g.complainant_role::text, g.identity_mode::text,
		(1 + g.i * g.i % 7)::text, g.source_id, g.handler
	FROM (
		SELECT c.*, n.i, 5 + (n.i * 17 % 70)::integer AS took,
			c.received_on + 5 + (n.i * 17 % 70)::integer < date '2021-07-01'
				AS closed,
			n.i * escalated / n.grievances
				> (n.i - 1) * escalated / n.grievances AS escalated
		FROM desk.calls AS c
		JOIN (
			SELECT d.call_ref, row_number() OVER (
					ORDER BY d.received_at, d.source_id) AS i,
				count(*) OVER () AS grievances
			FROM desk.calls AS d
			WHERE d.source = 'demonstration' AND d.line = the_line
			AND d.purpose = 'grievance'
			AND d.received_on >= since AND d.received_on < until
		) AS n USING (call_ref)
	) AS g
$$;
COMMENT ON FUNCTION desk.stage_demonstration_cases(
	text, date, date, integer) IS
'stages a synthetic case for every grievance of the period, as many of them escalated as said';

CREATE FUNCTION helpline.load_demonstration(
	OUT batch text, OUT outcome text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	batch_before text := current_setting('ietp_helpline.import_batch', true);
	part record;
BEGIN
	PERFORM desk.enter('load_demonstration');
	IF EXISTS (SELECT FROM desk.calls AS c WHERE NOT c.synthetic)
			OR EXISTS (SELECT FROM desk.cases AS c WHERE NOT c.synthetic) THEN
		RAISE EXCEPTION 'this desk holds real calls or cases'
			USING ERRCODE = 'IE403',
			HINT = 'Load the demonstration in a database of its own.';
	END IF;
	PERFORM desk.make_factories();
	FOR part IN SELECT * FROM (VALUES
		('CN-2020-2', 'CN', date '2020-07-01', 184, 688, 22),
		('CN-2021-1', 'CN', date '2021-01-01', 181, 701, 23),
		('VN-2021-1', 'VN', date '2021-04-01', 91, 52, 2))
		AS p (name, line, since, days, calls, escalated)
	LOOP
		batch := helpline.open_batch('demonstration-calls-' || part.name,
			'calls', part.line, 'demonstration', synthetic => true);
		PERFORM desk.stage_demonstration(
			part.line, part.since, part.days, part.calls);
		outcome := (helpline.import_calls(batch)).outcome;
		RETURN NEXT;
		batch := helpline.open_batch('demonstration-cases-' || part.name,
			'cases', part.line, 'demonstration', synthetic => true);
		PERFORM desk.stage_demonstration_cases(
			part.line, part.since, part.since + part.days, part.escalated);
		outcome := (helpline.import_cases(batch)).outcome;
		RETURN NEXT;
	END LOOP;
	-- What the session copies next is no part of the demonstration.
	PERFORM set_config('ietp_helpline.import_batch',
		COALESCE(batch_before, ''), false);
END
$$;
COMMENT ON FUNCTION helpline.load_demonstration() IS
'loads a synthetic helpline whose first half of 2021 has the published 753 calls and 25 escalated cases; refused where real calls or cases are';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'load_demonstration');
