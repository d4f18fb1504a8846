-- Service promises: due times told by hand for made-up histories, states to
-- the microsecond, versions, and who sees what.  All in a transaction that is
-- rolled back; references are random and never shown.
SET datestyle = ISO;
SET timezone = 'UTC';
SET intervalstyle = postgres;
SET search_path = public, ietp;
SET client_min_messages = error;
BEGIN;

CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message);
END
$$;

-- What a question is answered after some statements, which are undone.
CREATE FUNCTION pg_temp.after(statements text, question text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE statements;
	EXECUTE 'SELECT (' || question || ')::text' INTO answer;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN answer;
END
$$;

CREATE FUNCTION pg_temp.asked(who name, question text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE question INTO answer;
	RESET ROLE;
	RETURN COALESCE(answer, 'nothing');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_field NOLOGIN;
CREATE ROLE regress_staff NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_auditor NOLOGIN;
CREATE ROLE regress_admin NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_other'), ('supervisor', 'regress_boss'),
	('investigator', 'regress_field'), ('programme_staff', 'regress_staff'),
	('analyst', 'regress_analyst'), ('auditor', 'regress_auditor'),
	('administrator', 'regress_admin')) AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'TP-A'),
	('regress_other', 'specialist', 'TP-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);
SELECT helpline.set_factory('TP-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TP-G', 'CN') IS NOT NULL AS done;
-- In a zone whose days have 23 and 25 hours, without calendars
SELECT helpline.set_line('TP-NY', 'US', 'America/New_York', '2020-01-01');

-- A case that was opened at some time, and what happened in it: each "what at"
-- an action, consent, severity X, status X or escalated.  The history has the
-- times, as if it had been written then.
CREATE FUNCTION pg_temp.make_case(line text, opened timestamptz, severity text,
	VARIADIC happened text[] DEFAULT '{}')
RETURNS ietp.case_ref
LANGUAGE plpgsql
AS $$
DECLARE
	made ietp.case_ref;
	what text[];
	at timestamptz;
BEGIN
	INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity,
		handler, team, factory)
	VALUES (ietp.new_case_ref('QQ', 2024), line, opened, opened::date,
		severity::ietp.severity, 'regress_one', 'TP-A', 'TP-F')
	RETURNING case_ref INTO made;
	FOR i IN 1 .. cardinality(happened) LOOP
		what := regexp_match(happened[i], '^(\w+) ?(\w*) at (.*)$');
		at := CASE WHEN what[3] ~ '^[+]' THEN opened + what[3]::interval
			ELSE what[3]::timestamptz END;
		CASE what[1]
		WHEN 'status' THEN
			UPDATE desk.cases SET status = what[2], status_reason = 'x'
			WHERE case_ref = made;
		WHEN 'severity' THEN
			UPDATE desk.cases SET severity = what[2]::ietp.severity
			WHERE case_ref = made;
		WHEN 'escalated' THEN
			UPDATE desk.cases SET escalation_level = 1, escalated_at = at,
				escalated_on = GREATEST(at::date, opened_on)
			WHERE case_ref = made;
		WHEN 'consent' THEN
			INSERT INTO desk.consents (case_ref, entry, purpose,
				recipient_kind, recipient, wording_version, language, method,
				given_at, valid_during)
			VALUES (made, 'given', 'contact_factory', 'factory', 'TP-F', 'v1',
				'zh', 'spoken', at, tstzrange(at, NULL));
		ELSE
			INSERT INTO desk.actions (case_ref, n, kind, occurred_at, channel,
				reached)
			VALUES (made, i, what[1]::ietp.action_kind, at,
				CASE what[1] WHEN 'contact_attempt' THEN 'sms' END,
				CASE what[1] WHEN 'contact_attempt' THEN true END);
		END CASE;
		UPDATE desk.events AS e SET occurred_at = at
		WHERE e.case_ref = made AND e.n = (SELECT max(o.n)
			FROM desk.events AS o WHERE o.case_ref = made) AND e.n > 1;
	END LOOP;
	RETURN made;
END
$$;
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
ALTER TABLE desk.events DISABLE TRIGGER guard;

-- The last run of a promise: state, due time and whether it is due soon.
CREATE FUNCTION pg_temp.run(the_case ietp.case_ref, promise text,
	as_of timestamptz, under integer DEFAULT NULL)
RETURNS text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', r.state, r.due_at,
		CASE WHEN r.ended_at IS NULL AND r.warn_from <= as_of
			THEN 'soon' END)
	FROM desk.promise_runs(as_of, only_case => the_case,
		only_promise => promise, under => under) AS r
	ORDER BY r.began_at DESC, r.ended_at DESC NULLS FIRST LIMIT 1
$$;
-- All of them, of one case
CREATE FUNCTION pg_temp.runs(the_case ietp.case_ref, promise text,
	as_of timestamptz)
RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', r.began_at, r.began_by, '-', r.ended_at,
		r.ended_by, r.state, r.due_at)
	FROM desk.promise_runs(as_of, only_case => the_case,
		only_promise => promise) AS r
	ORDER BY r.began_at, r.ended_at
$$;

--
-- What is shipped
--

SELECT * FROM helpline.promise_check(1);
SELECT version, valid_from, sealed_by, in_force FROM helpline.promise_versions();
SELECT promise, label, severity, allowance, counts, warn_at, basis
FROM helpline.promises();
SELECT promise, subject, starts, stops, cancels, resets, pauses, resumes, follows
FROM desk.promises ORDER BY promise COLLATE "C";
SELECT language, count(DISTINCT label) AS labels
FROM unnest('{en,zh-Hans,zh-Hant,vi}'::text[]) AS language,
	helpline.promises(NULL, language) GROUP BY language ORDER BY language;
-- Every kind of action and every clock is a sign.
SELECT v.sign
FROM (SELECT unnest(enum_range(NULL::ietp.action_kind))::text
	UNION ALL SELECT 'clock:' || unnest(enum_range(NULL::ietp.status_clock))
	UNION ALL SELECT 'call_' || unnest('{missed,voicemail,callback_due}'::text[]))
	AS v (sign)
WHERE v.sign NOT IN (SELECT g.sign FROM desk.signs AS g);

--
-- Due times
--

-- Opened on 31 January 2024 at 10:00 in Shanghai.  Months end; 4 February, a
-- Sunday, was a working day, and from the 10th to the 17th was the festival.
SELECT pg_temp.make_case('CN', '2024-01-31 02:00+00', 'minor') AS jan31 \gset
SELECT promise, state, due_at FROM desk.promise_runs('2024-02-01 00:00+00',
	only_case => :'jan31') ORDER BY promise COLLATE "C";
-- In New York a clock jumps on 10 March 2024, and no calendar is known.
SELECT pg_temp.make_case('TP-NY', '2024-03-09 17:00+00', 'critical') AS spring \gset
SELECT promise, state, due_at FROM desk.promise_runs('2024-03-10 00:00+00',
	only_case => :'spring') ORDER BY promise COLLATE "C";
-- Hours pass as they do when a clock is put forward, and when it is put back on
-- 3 November and shows the hour from 1:00 twice.
SELECT v.severity, v.opened, pg_temp.after(format('SELECT pg_temp.make_case(
	''TP-NY'', %L, %L)', v.opened, v.severity), format($$SELECT due_at - began_at
	FROM desk.promise_runs(%1$L, only_line => 'TP-NY')
	WHERE promise LIKE '%%notification' AND began_at = %1$L$$, v.opened))
	AS within
FROM (VALUES ('minor', timestamptz '2024-03-08 17:00+00'),
	('moderate', '2024-03-09 18:00+00'), ('minor', '2024-11-02 17:00+00'),
	('critical', '2024-11-03 05:30+00'), ('critical', '2024-11-03 06:30+00'))
	AS v (severity, opened)
ORDER BY v.opened;
-- Whoever asks, from wherever
SET LOCAL timezone = 'America/New_York';
SELECT pg_temp.run(:'jan31', 'feedback', '2024-02-01 00:00+00'),
	pg_temp.run(:'spring', 'acknowledge', '2024-03-10 00:00+00');
SET LOCAL timezone = 'UTC';

-- Feedback counts from the acknowledgement, at the latest from when that was
-- due.
SELECT v.at, pg_temp.after(format('SELECT pg_temp.make_case(%L, %L, %L, %L)',
		'CN', '2024-01-31 02:00+00', 'minor', 'acknowledgement at ' || v.at),
	$$SELECT pg_temp.run(max(case_ref::text)::ietp.case_ref, 'feedback',
		'2024-03-01 00:00+00') FROM desk.actions
	WHERE kind = 'acknowledgement'$$) AS feedback
FROM (VALUES ('2024-02-01 03:00+00'), ('2024-02-07 02:00+00'),
	('2024-02-07 02:00:00.000001+00')) AS v (at);

-- States to the microsecond: due on 7 February at 02:00, soon from 80 percent
-- of 168 hours, that is 134 hours and 24 minutes.
SELECT v.as_of, pg_temp.run(:'jan31', 'acknowledge', v.as_of) AS acknowledge
FROM (VALUES ('2024-01-31 02:00+00'::timestamptz),
	('2024-02-05 16:23:59.999999+00'), ('2024-02-05 16:24+00'),
	('2024-02-07 02:00+00'), ('2024-02-07 02:00:00.000001+00'))
	AS v (as_of);
SELECT v.at, pg_temp.run(pg_temp.make_case('CN', '2024-01-31 02:00+00',
	'minor', 'acknowledgement at ' || v.at), 'acknowledge',
	'2024-06-01 00:00+00') AS acknowledge
FROM (VALUES ('2024-02-07 02:00+00'), ('2024-02-07 02:00:00.000001+00'),
	('2024-01-31 02:00+00'),
	-- Entered with an earlier time: when the case was opened
	('2024-01-30 02:00+00')) AS v (at);
SELECT pg_temp.run(pg_temp.make_case('CN', '2024-01-31 02:00+00', 'minor',
	'status closed at ' || v.at), 'acknowledge', '2024-06-01 00:00+00') AS closed
FROM (VALUES ('2024-02-07 02:00+00'), ('2024-02-07 02:00:00.000001+00'))
	AS v (at);
-- What was done when the case was closed was done before.
SELECT v.happened, v.promise, pg_temp.run(pg_temp.make_case('CN',
	'2024-01-31 02:00+00', 'minor', v.happened || ' at +1 day',
	'status closed at +1 day'), v.promise, '2024-06-01 00:00+00') AS closed
FROM (VALUES ('acknowledgement', 'acknowledge'),
	('worker_informed', 'feedback'), ('worker_statement', 'next_response'))
	AS v (happened, promise);
-- Once it has ended nobody asks how late it is.
SELECT pg_temp.run(:'jan31', 'acknowledge', '2024-01-31 01:00+00') IS NULL
	AS not_opened_yet;

--
-- Clocks
--

-- Word from and to the worker: at 3 days the worker, at 4 again, at 6 word, at
-- 10 and 50 the worker, at 51 word.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'worker_statement at +3 days', 'worker_statement at +4 days',
	'update_to_worker at +6 days', 'worker_statement at +10 days',
	'worker_statement at +50 days', 'worker_informed at +51 days') AS word \gset
SELECT pg_temp.runs(:'word', 'next_response', '2024-03-01 00:00+00');
SELECT pg_temp.runs(:'word', 'update', '2024-03-01 00:00+00');
SELECT pg_temp.runs(:'word', 'first_response', '2024-03-01 00:00+00');

-- Waiting for the worker from 10 to 15 days, then once more after it was due.
-- Three months from 1 January end on 1 April; the pause puts that off by 5
-- days.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'status triaged at +1 day', 'status waiting_worker at +10 days',
	'status inquiry at +15 days', 'status waiting_worker at +100 days',
	'status inquiry at +120 days', 'status closed at +130 days') AS paused \gset
SELECT v.as_of, pg_temp.run(:'paused', 'resolution', v.as_of)
FROM (VALUES ('2024-01-10 23:00+00'::timestamptz), ('2024-01-11 00:00+00'),
	('2024-01-13 12:00+00'), ('2024-01-15 23:59:59.999999+00'),
	('2024-01-16 00:00+00'), ('2024-04-06 00:00+00'),
	('2024-04-06 00:00:00.000001+00'), ('2024-04-15 00:00+00'),
	('2024-05-10 00:00+00')) AS v (as_of);
-- Reopened: another run, from its own beginning.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'status waiting_worker at +10 days', 'status closed at +20 days',
	'status inquiry at +40 days', 'status resolved at +60 days',
	'status appealed at +61 days') AS reopened \gset
SELECT pg_temp.runs(:'reopened', 'resolution', '2024-04-01 00:00+00');
SELECT pg_temp.runs(:'reopened', 'update', '2024-04-01 00:00+00');
-- Who closes a case after 2 days and reopens it after 40 owes what was owed.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'status closed at +2 days', 'status inquiry at +40 days') AS in_error \gset
SELECT p.promise, v.as_of, pg_temp.runs(:'in_error', p.promise, v.as_of)
FROM unnest('{acknowledge,feedback}'::text[]) AS p (promise),
	(VALUES ('2024-01-02 00:00+00'::timestamptz), ('2024-01-20 00:00+00'),
		('2024-02-20 00:00+00')) AS v (as_of);
-- Consent, then the factory; 5 working days from Friday 5 January 2024 end
-- with Friday 12, and a pause over one working day puts that off to Monday.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'consent at 2024-01-05 03:00+00',
	'status waiting_worker at 2024-01-08 03:00+00',
	'status inquiry at 2024-01-09 03:00+00') AS factory \gset
SELECT pg_temp.runs(:'factory', 'factory_contact', '2024-01-10 00:00+00');

-- The severity when it ended, or now: a case that turns grave.
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'moderate',
	'severity critical at +2 hours', 'severity minor at +30 hours') AS grave \gset
SELECT v.as_of, pg_temp.run(:'grave', 'notification', v.as_of) AS told,
	pg_temp.run(:'grave', 'grave_notification', v.as_of) AS told_of_grave
FROM (VALUES ('2024-01-01 01:00+00'::timestamptz), ('2024-01-01 02:00+00'),
	('2024-01-02 05:59:59+00'), ('2024-01-02 06:00+00')) AS v (as_of);
-- The programme hears of the gravest by escalation, else with the triage.
SELECT s.severity, h.happened, concat_ws(' ', pg_temp.run(m.made,
		'notification', '2024-01-10 00:00+00'), pg_temp.run(m.made,
		'grave_notification', '2024-01-10 00:00+00')) AS told
FROM unnest(enum_range(NULL::ietp.severity)) AS s (severity),
	unnest('{"meeting at +0","status triaged at +24 hours",
	"status triaged at +48 hours","escalated at +0","escalated at +1 second"}'
		::text[]) AS h (happened)
CROSS JOIN LATERAL pg_temp.make_case('CN', '2024-01-01 00:00+00',
	s.severity::text, h.happened) AS m (made)
ORDER BY s.severity, h.happened;

-- Calls to return, at 12 opening hours a day: at 20:30 half an hour is left of
-- the first, at 23:00 nothing, and time counts from 09:00.
INSERT INTO desk.calls (call_ref, line, channel, direction, outcome,
	received_at, received_on, handler, team)
SELECT ietp.new_call_ref('QQ', 2024), 'CN', 'phone_in', 'inbound',
	v.outcome::ietp.call_outcome, v.at, v.at::date, 'regress_one', 'TP-A'
FROM (VALUES ('callback_due', '2024-03-05 20:30+08'::timestamptz),
	('voicemail', '2024-03-05 23:00+08'), ('missed', '2024-03-05 10:00+08'),
	('abandoned', '2024-03-05 10:00+08')) AS v (outcome, at);
SELECT promise, began_by, began_at, state, due_at
FROM desk.promise_runs('2024-03-06 06:00+00', only_team => 'TP-A',
	only_promise => 'call_back') ORDER BY began_at;
INSERT INTO desk.calls (call_ref, line, channel, direction, outcome, purpose,
	received_at, received_on, callback_of, handler, team)
SELECT ietp.new_call_ref('QQ', 2024), 'CN', 'phone_out', 'outbound',
	'answered', 'follow_up', v.at, v.at::date, k.call_ref, 'regress_one',
	'TP-A'
FROM desk.calls AS k, (VALUES ('2024-03-06 10:30+00'::timestamptz),
	('2024-03-06 10:30:00.000001+00')) AS v (at)
WHERE k.outcome IN ('callback_due', 'voicemail')
AND k.received_at = CASE v.at WHEN '2024-03-06 10:30+00'
	THEN timestamptz '2024-03-05 20:30+08'
	ELSE timestamptz '2024-03-05 23:00+08' END;
SELECT began_by, state, ended_at - due_at AS late
FROM desk.promise_runs('2024-03-07 00:00+00', only_promise => 'call_back',
	only_team => 'TP-A') ORDER BY began_at;

-- Recommendations: 30 days from the end of the day on which they were due.
INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
SELECT :'jan31', 1, max(t.taxonomy), 'wages.late' FROM desk.topics AS t
WHERE t.topic = 'wages.late';
ALTER TABLE desk.recommendations DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_steps;
INSERT INTO desk.recommendations (case_ref, n, taxonomy, due_on, answered_on,
	verified_on, made_at, factory, topic, made_by, body)
SELECT :'jan31', v.n, i.taxonomy, '2024-02-29', '2024-02-20', v.verified_on,
	'2024-02-10 00:00+00', 'TP-F', 'wages.late', 'x', 'x'
FROM desk.case_issues AS i, (VALUES (1, NULL::date), (2, '2024-02-20'),
	(3, '2024-03-30'), (4, '2024-04-01')) AS v (n, verified_on)
WHERE i.case_ref = :'jan31';
SELECT n, began_at, counts_from, state, due_at
FROM desk.promise_runs('2024-05-01 00:00+00', only_case => :'jan31',
	only_promise => 'recommendation_follow_up') ORDER BY n;

-- Duplicates are left out.
SELECT pg_temp.after(format('UPDATE desk.cases SET duplicate_of = %L
	WHERE case_ref = %L', :'word', :'jan31'), format('SELECT count(*)
	FROM desk.promise_runs(%L, only_case => %L)', '2024-05-01 00:00+00',
	:'jan31')) AS of_a_duplicate;

--
-- Against a slow clock, for made-up histories
--

CREATE TABLE public.made AS
SELECT i, pg_temp.make_case('CN', timestamptz '2024-01-01 00:00+00'
		+ i * interval '5 hours', 'minor', VARIADIC (
		SELECT array_agg(CASE
				WHEN k.luck % 5 = 0 THEN 'status waiting_worker'
				WHEN k.luck % 5 = 1 THEN 'status inquiry'
				WHEN k.luck % 5 = 2 THEN 'status resolved'
				WHEN k.luck % 5 = 3 THEN 'worker_statement'
				ELSE 'update_to_worker' END || format(' at +%s hours',
			k.at) ORDER BY k.at, k.n)
		FROM (SELECT n, abs(hashint4(i * 100 + n)) AS luck,
			n * 160 + abs(hashint4(i * 100 - n)) % 150 AS at
			FROM generate_series(1, 15) AS n) AS k)) AS case_ref
FROM generate_series(1, 60) AS i;
-- An hour at a time: is there a run, is it paused, how long has it counted?
-- Whole hours, and months of 2024 as long as the calendar says.
CREATE FUNCTION pg_temp.slow_clock(the_case ietp.case_ref, OUT runs bigint,
	OUT counted numeric, OUT late bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	at timestamptz;
	hour timestamptz;
	running boolean := true;
	paused boolean := false;
	elapsed numeric := 0;
	allowed numeric;
	past text;
BEGIN
	SELECT opened_at INTO at FROM desk.cases WHERE case_ref = the_case;
	allowed := extract(epoch FROM at + interval '3 months' - at) / 3600;
	runs := 1; counted := 0; late := 0;
	hour := at;
	WHILE hour < timestamptz '2025-01-01 00:00+00' LOOP
		FOR past IN SELECT to_status FROM desk.events
			WHERE case_ref = the_case AND occurred_at = hour AND n > 1
			AND to_status IS NOT NULL ORDER BY n
		LOOP
			IF past = 'resolved' THEN
				late := late + (running AND elapsed > allowed)::integer;
				running := false;
			ELSIF NOT running THEN
				running := true;
				runs := runs + 1;
				elapsed := 0;
				allowed := extract(epoch FROM timezone('Asia/Shanghai',
					timezone('Asia/Shanghai', hour) + interval '3 months')
					- hour) / 3600;
			END IF;
			IF past = 'waiting_worker' THEN
				paused := true;
			ELSIF past = 'inquiry' THEN
				paused := false;
			END IF;
		END LOOP;
		IF running AND NOT paused THEN
			elapsed := elapsed + 1;
			counted := counted + 1;
		END IF;
		hour := hour + interval '1 hour';
	END LOOP;
	late := late + (running AND elapsed > allowed)::integer;
END
$$;
SELECT count(*) AS cases, sum(c.runs) AS runs, sum(c.late) > 0 AS some_late,
	sum(c.runs - c.late) > 0 AS some_not, count(*) FILTER (WHERE c.counted
		IS DISTINCT FROM f.counted OR c.runs <> f.runs OR c.late <> f.late)
		AS different
FROM public.made AS m
CROSS JOIN LATERAL pg_temp.slow_clock(m.case_ref) AS c
CROSS JOIN LATERAL (SELECT count(*) AS runs,
		sum(extract(epoch FROM desk.run_elapsed(r, COALESCE(r.ended_at,
			'2025-01-01 00:00+00'), 'Asia/Shanghai')) / 3600) AS counted,
		count(*) FILTER (WHERE r.state IN ('missed', 'running_late'))
			AS late
	FROM desk.promise_runs('2025-01-01 00:00+00', only_case => m.case_ref,
		only_promise => 'resolution') AS r) AS f;
-- What is due of all cases at once is what is due of each.
SELECT count(*) > 100 AS some, count(*) FILTER (WHERE a.case_ref IS NULL
	OR o.case_ref IS NULL) AS different
FROM (SELECT r.* FROM desk.promise_runs('2024-04-10 00:00+00',
		open_only => true, horizon => '21 days') AS r
	WHERE r.case_ref IN (SELECT m.case_ref FROM public.made AS m)) AS a
FULL JOIN (SELECT r.* FROM public.made AS m, desk.promise_runs(
		'2024-04-10 00:00+00', only_case => m.case_ref) AS r
	WHERE r.ended_at IS NULL AND r.state <> 'unknown'
	AND (r.due_at <= '2024-05-01 00:00+00'
		OR r.warn_from <= '2024-04-10 00:00+00')) AS o
ON (o.case_ref, o.promise, o.due_at, o.state)
	= (a.case_ref, a.promise, a.due_at, a.state);

--
-- The due list
--

CREATE FUNCTION pg_temp.due(the_case ietp.case_ref, as_of timestamptz,
	horizon interval DEFAULT '0')
RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(concat_ws(' ', u.what, u.state,
		CASE WHEN u.due_soon THEN 'soon' END, u.due_at), ', ' ORDER BY u.n)
	FROM (SELECT d.case_ref, d.what, d.state, d.due_soon, d.due_at,
			row_number() OVER () AS n
		FROM helpline.due_list(as_of, horizon) AS d) AS u
	WHERE u.case_ref = the_case
$$;
SELECT v.as_of, v.horizon, pg_temp.due(:'spring', v.as_of, v.horizon) AS due
FROM (VALUES ('2024-03-09 17:00+00'::timestamptz, interval '0'),
	('2024-03-09 17:00:00.000001+00', '0'),
	-- Days of the horizon, too, are those of the line.
	('2024-03-09 18:00+00', '6 days 22 hours 59 minutes 59 seconds'),
	('2024-03-09 18:00+00', '6 days 23 hours'),
	('2024-06-01 00:00+00', '10 days')) AS v (as_of, horizon);
SELECT count(*) > 0 AS rows, bool_and(d.due_at >= d.before) AS in_order
FROM (SELECT due_at, lag(due_at, 1, '-infinity') OVER () AS before
	FROM helpline.due_list('2024-06-01 00:00+00')) AS d;
SELECT f.filter, count(DISTINCT d.case_ref) FILTER (WHERE d.case_ref
		IN (:'jan31', :'spring', :'word')) AS cases,
	count(DISTINCT d.what) AS promises
FROM (VALUES ('TP-NY', NULL, NULL, NULL), (NULL, 'regress_one', NULL, NULL),
	(NULL, 'nobody', NULL, NULL), (NULL, NULL, 'TP-A', NULL),
	(NULL, NULL, 'TP-B', NULL), (NULL, NULL, NULL, 'feedback'),
	(NULL, NULL, NULL, 'consent')) AS v (line, handler, team, promise)
CROSS JOIN LATERAL concat_ws(' ', v.line, v.handler, v.team, v.promise)
	AS f (filter)
LEFT JOIN LATERAL helpline.due_list('2024-06-01 00:00+00', '1 day', v.line,
	v.handler, v.team, v.promise) AS d ON true
GROUP BY f.filter ORDER BY f.filter;
-- What is spoken of with a factory without consent in force is due since the
-- case has its status.  The case's own factory is the one to ask about.
SELECT v.what, pg_temp.after(format($$UPDATE desk.cases SET factory = 'TP-F',
	status = %2$L,
	duplicate_of = CASE %3$L WHEN 'a duplicate' THEN %4$L::ietp.case_ref END
	WHERE case_ref = %1$L; %5$s$$, :'jan31', v.status, v.what, :'word',
	replace(v.consent, 'CASE', quote_literal(:'jan31'))),
	format($$SELECT string_agg(CASE WHEN d.due_at = now() THEN 'due' ELSE
	'at another time' END, ', ') FROM helpline.due_list(now()
	+ interval '1 hour', promise => 'consent') AS d
	WHERE d.case_ref = %L$$, :'jan31')) AS due
FROM (VALUES ('none', 'with_factory', 'SELECT 1'),
	('in force', 'with_factory', $$SELECT helpline.record_consent(CASE,
		'contact_factory', language => 'zh', wording_version => 'v1')$$),
	('expired', 'with_factory', $$INSERT INTO desk.consents (case_ref, entry,
		purpose, recipient_kind, recipient, wording_version, language, method,
		given_at, valid_during) VALUES (CASE, 'given', 'contact_factory',
		'factory', 'TP-F', 'v1', 'zh', 'spoken', now() - interval '9 days',
		tstzrange(now() - interval '9 days', now() - interval '1 day'))$$),
	('for another factory', 'with_factory', $$SELECT helpline.record_consent(
		CASE, 'contact_factory', 'factory', 'TP-G', language => 'zh',
		wording_version => 'v1')$$),
	('for something else', 'with_factory', $$SELECT helpline.record_consent(
		CASE, 'share_identity', 'factory', language => 'zh',
		wording_version => 'v1')$$),
	('no contact', 'inquiry', 'SELECT 1'),
	('a duplicate', 'with_factory', 'SELECT 1')) AS v (what, status, consent);
SELECT pg_temp.after(format($$UPDATE desk.cases SET status = 'with_factory'
	WHERE case_ref = %L$$, :'jan31'), format($$SELECT count(*)
	FROM helpline.due_list(now() - interval '1 microsecond')
	WHERE case_ref = %L AND what = 'consent'$$, :'jan31')) AS not_yet;

-- A calendar that ends before the time is up does not take the list away.
SELECT helpline.copy_calendar('CN-helpline', 'TP-ends');
UPDATE desk.calendars SET valid_until = '2024-03-05'
WHERE calendar = 'TP-ends';
SELECT pg_temp.after($$UPDATE desk.lines SET opening_calendar = 'TP-ends'
	WHERE line = 'CN'$$, $$SELECT string_agg(concat_ws(' ', state, due_at,
		since), ', ' ORDER BY since) || ' of ' || count(*)
	FROM helpline.due_list('2024-03-06 00:00+00', promise => 'call_back')
	WHERE of_team = 'TP-A'$$) AS calls_waiting;

--
-- Explained
--

SELECT e.at, e.what, e.clock, e.elapsed, e.due_at
FROM helpline.explain_promise(:'paused', 'resolution', '2024-06-01 00:00+00') AS e;
SELECT e.at, e.what, e.clock, e.elapsed, e.allowance, e.due_at
FROM helpline.explain_promise(:'paused', 'resolution', '2024-01-13 12:00+00') AS e;
SELECT e.at, e.what, e.elapsed
FROM helpline.explain_promise(:'word', 'update', '2024-01-12 00:00+00') AS e;
SELECT e.at, e.what, e.elapsed, e.allowance, e.basis
FROM helpline.explain_promise(:'jan31', 'feedback', '2024-02-08 02:00+00') AS e;
SELECT e.at, e.what, e.elapsed, e.allowance
FROM helpline.explain_promise(:'factory', 'factory_contact',
	'2024-01-20 00:00+00') AS e;
-- Calls of the case, one out of hours
INSERT INTO desk.case_calls (case_ref, call_ref)
SELECT :'word', c.call_ref FROM desk.calls AS c
WHERE c.team = 'TP-A' AND c.outcome IN ('callback_due', 'voicemail');
SELECT e.at, e.what, e.elapsed, e.allowance
FROM helpline.explain_promise(:'word', 'call_back', '2024-06-01 00:00+00') AS e
ORDER BY e.at, e.what;
SELECT l.language, e.what
FROM unnest('{zh-Hans,zh-Hant,vi}'::text[]) WITH ORDINALITY
	AS l (language, n),
	helpline.explain_promise(:'factory', 'factory_contact',
		'2024-01-20 00:00+00', language => l.language)
	WITH ORDINALITY AS e (p, c, m, at, what, clock, elapsed, allowance,
		due_at, basis, n)
WHERE e.n < 3 ORDER BY l.n, e.n;
SELECT count(DISTINCT of_promise) AS promises
FROM helpline.explain_promise(:'jan31');
SELECT pg_temp.attempt(format(v.question, :'jan31'))
FROM (VALUES ('SELECT helpline.explain_promise(NULL)'),
	('SELECT helpline.explain_promise(%L, ''gossip'')'),
	('SELECT helpline.explain_promise(%L, as_of => NULL)'),
	('SELECT helpline.explain_promise(%L, as_of => ''infinity'')'),
	('SELECT helpline.explain_promise(%L, version => 99)'),
	('SELECT helpline.explain_promise(%L, language => ''fr'')'),
	('SELECT helpline.due_list(NULL)'),
	('SELECT helpline.due_list(''-infinity'')'),
	('SELECT helpline.due_list(horizon => NULL)'),
	('SELECT helpline.due_list(horizon => ''-1 day'')'),
	('SELECT helpline.due_list(promise => ''gossip'')'),
	('SELECT helpline.due_list(line => ''TP-NO'')'),
	('SELECT helpline.promise_results(NULL, ''2024-01-01'')'),
	('SELECT helpline.promise_results(''2024-01-01'', NULL)'),
	('SELECT helpline.promise_results(''2024-01-02'', ''2024-01-01'')'),
	('SELECT helpline.promise_results(''2024-01-01'', ''infinity'')'),
	('SELECT helpline.promise_results(''2024-01-01'', ''2024-02-01'', ''week'')'),
	('SELECT helpline.promise_results(''2024-01-01'', ''2024-02-01'', as_of => NULL)'),
	('SELECT helpline.promise_results(''2024-01-01'', ''2024-02-01'', line => ''TP-NO'')'),
	('SELECT helpline.promise_results(''2024-01-01'', ''2024-02-01'', version => 99)'))
	AS v (question);

--
-- Figures
--

SELECT r.promise, r.hit, r.missed, r.running, r.running_late, r.cancelled,
	r.unknown, r.percent_hit
FROM helpline.promise_results('2024-03-01', '2024-04-01', line => 'TP-NY',
	as_of => '2024-04-01 00:00+00') AS r;
-- The same by hand
SELECT count(*) > 20 AS some, count(*) FILTER (WHERE r.* IS DISTINCT FROM
	o.*) AS different
FROM helpline.promise_results('2024-01-01', '2024-05-01',
	as_of => '2024-05-01 00:00+00') AS r
FULL JOIN (SELECT date_trunc('month', timezone(l.time_zone, r.due_at))::date
		AS period_began, r.promise, sum((r.state = 'hit')::integer) AS hit,
		sum((r.state = 'missed')::integer) AS missed,
		sum((r.state IN ('running', 'paused'))::integer) AS running,
		sum((r.state = 'running_late')::integer) AS running_late,
		sum((r.state = 'cancelled')::integer) AS cancelled,
		sum((r.state = 'unknown')::integer) AS unknown,
		round(100.0 * sum((r.state = 'hit')::integer) / NULLIF(
			sum((r.state IN ('hit', 'missed', 'running_late'))::integer), 0),
			1) AS percent_hit
	FROM desk.promise_runs('2024-05-01 00:00+00') AS r
	JOIN desk.lines AS l USING (line)
	WHERE timezone(l.time_zone, r.due_at) >= '2024-01-01'
	AND timezone(l.time_zone, r.due_at) < '2024-05-01'
	GROUP BY 1, 2) AS o ON o.period_began = r.period_began
	AND o.promise = r.promise;

--
-- Cases that were imported
--

SELECT helpline.open_batch('TP-batch', 'cases', 'CN', 'TP-old') IS NOT NULL
	AS done;
INSERT INTO desk.staged_cases (batch, line_no, source_id, opened_at, closed_at,
	closing_reason, severity, escalated_at, escalation_level, factory)
VALUES ('TP-batch', 2, 'a', '2024-01-02', '2024-02-10', 'resolved', 'minor',
	 NULL, NULL, 'TP-F'),
	('TP-batch', 3, 'b', '2024-01-02', '2024-09-10', 'resolved', 'critical',
	 '2024-01-02', '1', 'TP-F'),
	('TP-batch', 4, 'c', '2024-01-02', NULL, NULL, 'minor', NULL, NULL,
	 'TP-F');
SELECT loaded, refused FROM helpline.import_cases('TP-batch');
SELECT source_id, r.promise, string_agg(r.state, ', ' ORDER BY r.began_at,
	r.ended_at) AS states
FROM desk.cases AS c
CROSS JOIN LATERAL desk.promise_runs(now() + interval '1 hour',
	only_case => c.case_ref) AS r
WHERE c.source = 'TP-old'
GROUP BY source_id, r.promise
ORDER BY source_id, r.promise COLLATE "C";
-- What was done here is known.
SELECT case_ref AS open_one FROM desk.cases
WHERE source = 'TP-old' AND source_id = 'c' \gset
SELECT v.at, pg_temp.after(format('SELECT helpline.record_action(%L,
	''acknowledgement'', occurred_at => %s)', :'open_one', v.at),
	format($$SELECT split_part(pg_temp.run(%L, 'acknowledge', now()
		+ interval '1 hour'), ' ', 1)$$, :'open_one')) AS acknowledged
FROM (VALUES ($$'2024-01-03'$$), ('now()')) AS v (at);
SELECT d.what, d.due_at - now() AS due
FROM helpline.due_list(now() + interval '40 days', promise => 'update') AS d
WHERE d.case_ref = :'open_one';

--
-- Versions
--

CREATE TABLE public.before AS
SELECT r.* FROM desk.promise_runs('2024-06-01 00:00+00') AS r;
SELECT pg_temp.make_case('CN', '2024-01-31 02:00+00', 'minor') AS other \gset
SET LOCAL ROLE regress_admin;
SELECT version AS draft FROM helpline.draft_promises(description => 'stricter') \gset
SELECT count(*) AS copied FROM helpline.promises(:draft);
SELECT helpline.set_promise_target(:draft, 'acknowledge', '1 month',
	basis => 'TP');
SELECT helpline.set_promise_target(:draft, 'acknowledge', '1 day', 'VN',
	basis => 'TP');
SELECT helpline.set_promise_target(:draft, 'acknowledge', '2 days',
	severity => 'minor', basis => 'TP');
SELECT helpline.set_promise_target(:draft, 'acknowledge', '3 hours', 'CN',
	'critical', 'opening_hours', warn_at => 50, basis => 'TP');
SELECT helpline.set_promise(:draft, 'visit', '{status:inquiry}',
	'{site_visit,event:noted}', pauses => '{clock:pause}',
	resumes => '{clock:run}', labels => '{"en": "Visit"}');
SELECT * FROM helpline.promise_check(:draft)
WHERE problem <> 'line_without_calendar';
SELECT helpline.set_promise_target(:draft, 'visit', '1 day', basis => 'TP');
RESET ROLE;
-- One that nothing but resets starts
SELECT pg_temp.after(format($$SELECT helpline.set_promise(%1$s, 'x', '{}',
	'{acknowledgement}', resets => '{worker_statement}');
	SELECT helpline.set_promise_target(%1$s, 'x', '1 day', basis => 'TP')$$,
	:draft), format($$SELECT pg_temp.run(%L, 'x', '2024-02-22 00:00+00', %s)$$,
	:'word', :draft)) AS by_a_reset;
-- A draft counts for no case, and what would be is told.
SELECT v.line, v.severity, pg_temp.run(m.made, 'acknowledge',
		'2024-02-01 00:00+00') AS now, pg_temp.run(m.made, 'acknowledge',
		'2024-02-01 00:00+00', :draft) AS draft
FROM (VALUES ('CN', 'minor'), ('CN', 'serious'), ('CN', 'critical'),
	('VN', 'minor'), ('VN', 'critical'), ('TP-NY', 'serious'))
	AS v (line, severity)
CROSS JOIN LATERAL pg_temp.make_case(v.line, '2024-01-31 02:00+00',
	v.severity) AS m (made);
-- A status and an event as signs
SELECT pg_temp.make_case('CN', '2024-01-01 00:00+00', 'minor',
	'status inquiry at +1 day', 'status waiting_worker at +2 days',
	'status inquiry at +4 days', 'site_visit at +5 days') AS visited \gset
SET LOCAL ROLE regress_boss;
SELECT e.at, e.what, e.clock, e.elapsed
FROM helpline.explain_promise(:'visited', 'visit', '2024-02-01 00:00+00',
	:draft) AS e;
SELECT e.at, e.what FROM helpline.explain_promise(:'other', 'acknowledge',
	'2024-02-01 00:00+00', :draft) AS e;
SELECT count(*) > 0 AS told FROM helpline.promise_results('2024-01-01',
	'2024-06-01', version => :draft);
RESET ROLE;
-- The status that a case begins with is one that it got.
SELECT pg_temp.after(format($$SELECT helpline.set_promise(%1$s, 'x',
	%2$L, '{status:triaged}');
	SELECT helpline.set_promise_target(%1$s, 'x', '1 day', basis => 'TP')$$,
	:draft, v.starts), format($$SELECT string_agg(concat_ws(' ', began_at,
	began_by, ended_at, state), ', ') FROM desk.promise_runs(
	'2024-06-01 00:00+00', only_case => %L, only_promise => 'x', under => %s)$$,
	:'paused', :draft)) AS from_the_first
FROM (VALUES ('{status:received}'), ('{event:opened}'), ('{clock:run}'))
	AS v (starts);
-- What keeps it from being sealed
SET LOCAL ROLE regress_admin;
SELECT helpline.drop_promise_target(:draft, 'visit');
SELECT v.statement, pg_temp.attempt(format(v.statement, :draft))
FROM (VALUES ('SELECT helpline.seal_promises(%s)'),
	('SELECT helpline.seal_promises(%s, now() - interval ''1 microsecond'')'),
	('SELECT helpline.seal_promises(%s, ''infinity'')'),
	('SELECT helpline.seal_promises(NULL)'),
	('SELECT helpline.seal_promises(99)'),
	('SELECT helpline.draft_promises(99)'),
	('SELECT helpline.set_promise(NULL, ''x'', ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(99, ''x'', ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, NULL, ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, ''X'', ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, ''consent'', ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{NULL}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{opened}'', ''{closed}'', follows => ''y'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{opened}'', ''{closed}'', subject => ''y'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{opened}'', ''{closed}'', labels => ''{"fr": "x"}'')'),
	('SELECT helpline.set_promise_target(%s, ''y'', ''1 day'')'),
	('SELECT helpline.set_promise_target(NULL, ''visit'', ''1 day'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', NULL)'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''-1 day'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''101 years'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 hour'', counts => ''working_days'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 month'', counts => ''working_days'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', counts => ''opening_hours'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', counts => ''weeks'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', ''cn'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', severity => ''bad'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', calendar => ''CN'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', counts => ''working_days'', calendar => ''XX'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', warn_at => 0)'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', warn_at => 101)'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'', basis => '' '')'),
	('SELECT helpline.drop_promise_target(%s, ''visit'')'),
	('SELECT helpline.drop_promise(%s, ''acknowledge'')'),
	('SELECT helpline.drop_promise(%s, ''gossip'')'),
	('SELECT helpline.drop_promise(%s, NULL)')) AS v (statement);
-- What promise_check() finds
SELECT pg_temp.after(format(v.change, :draft), format($$SELECT string_agg(
	concat_ws(' ', c.level, c.problem, c.promise, c.detail), ', ')
	FROM helpline.promise_check(%s) AS c
	WHERE c.problem <> 'line_without_calendar' AND c.promise <> 'visit'$$,
	:draft)) AS found
FROM (VALUES ('SELECT helpline.set_promise(%s, ''x'', ''{birth}'', ''{closed,call_missed,status:lost,event:lost}'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{}'', ''{}'', pauses => ''{clock:pause}'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{opened}'', ''{called_back}'', subject => ''call'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{recommended}'', ''{closed}'', subject => ''recommendation'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{reopened}'', ''{closed}'', follows => ''acknowledge'')'),
	('SELECT helpline.set_promise(%s, ''x'', ''{opened}'', ''{closed}'', follows => ''feedback'')'))
	AS v (change);
SELECT helpline.set_promise_target(:draft, 'visit', '5 days',
	counts => 'working_days', calendar => 'CN', basis => 'TP');
SELECT pg_temp.attempt(format('SELECT helpline.seal_promises(%s, %L)',
	:draft, v.at)) AS sealed
FROM (VALUES (now() - interval '1 microsecond'), ('infinity'), ('-infinity'))
	AS v (at);
-- Now is not when the transaction began: cases began since.
SELECT pg_temp.after(format('SELECT helpline.seal_promises(%s, now())',
	:draft), format('SELECT counts_from > now() AND counts_from = sealed_at
	FROM (SELECT valid_from AS counts_from, sealed_at
	FROM helpline.promise_versions() WHERE version = %s) AS v', :draft))
	AS at_present;
SELECT warnings, sealed_at > now() AS sealed, counts_from = sealed_at AS now
FROM helpline.seal_promises(:draft);
SELECT v.statement, pg_temp.attempt(format(v.statement, :draft))
FROM (VALUES ('SELECT helpline.seal_promises(%s)'),
	('SELECT helpline.set_promise(%s, ''visit'', ''{opened}'', ''{closed}'')'),
	('SELECT helpline.set_promise(%s, ''visit'', ''{status:inquiry}'', ''{site_visit,event:noted}'', pauses => ''{clock:pause}'', resumes => ''{clock:run}'', labels => ''{"vi": "x"}'')'),
	('SELECT helpline.drop_promise(%s, ''visit'')'),
	('SELECT helpline.set_promise_target(%s, ''visit'', ''1 day'')'),
	('SELECT helpline.drop_promise_target(%s, ''visit'')')) AS v (statement);
SELECT version, in_force FROM helpline.promise_versions();
RESET ROLE;
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.promise_targets SET warn_at = 1'),
	('DELETE FROM desk.promise_targets'), ('TRUNCATE desk.promise_targets'),
	('DELETE FROM desk.promises'),
	('UPDATE desk.promise_versions SET valid_from = now()'),
	('UPDATE desk.promise_versions SET description = ''x'''),
	('DELETE FROM desk.promise_versions'),
	('TRUNCATE desk.promise_versions CASCADE'),
	('INSERT INTO desk.promise_versions
		VALUES (99, ''2023-01-01'', now(), ''x'')'),
	('INSERT INTO desk.promise_targets (version, promise, allowance, basis)
		VALUES (1, ''update'', ''1 day'', ''x'')')) AS v (statement);
-- What was before is as it was, and what begins from now on goes by the new.
SELECT count(*) > 500 AS runs, count(*) FILTER (WHERE r.* IS DISTINCT FROM b.*)
	AS different
FROM (SELECT r.* FROM desk.promise_runs('2024-06-01 00:00+00') AS r
	WHERE r.case_ref IN (SELECT b.case_ref FROM public.before AS b)
	OR r.call_ref IS NOT NULL) AS r
FULL JOIN public.before AS b ON b.promise = r.promise
	AND b.began_at = r.began_at AND b.case_ref IS NOT DISTINCT FROM r.case_ref
	AND b.call_ref IS NOT DISTINCT FROM r.call_ref
	AND b.n IS NOT DISTINCT FROM r.n
	AND b.ended_at IS NOT DISTINCT FROM r.ended_at;
SELECT pg_temp.make_case('CN', clock_timestamp() + interval '1 second',
	'serious') AS later \gset
SELECT r.version, r.allowance
FROM (VALUES (1, :'jan31'), (2, :'later')) AS v (n, made)
CROSS JOIN LATERAL desk.promise_runs(now() + interval '1 hour',
	only_case => v.made::ietp.case_ref, only_promise => 'acknowledge') AS r
ORDER BY v.n;

--
-- Who sees what
--

ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
ALTER TABLE desk.events ENABLE ALWAYS TRIGGER guard;
CREATE TABLE public.ask (role name);
INSERT INTO public.ask VALUES ('regress_one'), ('regress_other'),
	('regress_boss'), ('regress_field'), ('regress_staff'),
	('regress_analyst'), ('regress_auditor'), ('regress_admin');
SELECT a.role,
	pg_temp.asked(a.role, format($$SELECT count(*) FROM helpline.due_list(
		'2024-06-01 00:00+00') WHERE case_ref = %L$$, :'jan31')) AS due,
	pg_temp.asked(a.role, $$SELECT count(*) FROM helpline.due_list(
		'2024-03-06 00:00+00', promise => 'call_back')$$) AS calls,
	pg_temp.asked(a.role, format($$SELECT count(*) > 0
		FROM helpline.explain_promise(%L)$$, :'jan31')) AS explained,
	pg_temp.asked(a.role, $$SELECT string_agg(hit::text, ' ' ORDER BY promise)
		FROM helpline.promise_results('2024-04-01', '2024-05-01')$$) AS hits,
	pg_temp.asked(a.role, 'SELECT count(*) > 0 FROM helpline.promises()')
		AS promises,
	pg_temp.asked(a.role, 'SELECT helpline.draft_promises() > 0') AS draft
FROM public.ask AS a;
-- An analyst does not see at which hour something became late.
SELECT a.role, pg_temp.asked(a.role, $$SELECT count(*) > 0 FROM (
	SELECT * FROM helpline.promise_results('2024-01-01', '2024-02-01',
		as_of => '2024-01-08 23:00+00') EXCEPT
	SELECT * FROM helpline.promise_results('2024-01-01', '2024-02-01',
		as_of => '2024-01-08 00:00+00')) AS d$$) AS within_a_day
FROM (VALUES ('regress_boss'), ('regress_analyst')) AS a (role);

ROLLBACK;
