-- Replaying event logs: against results counted by hand, and against a loop
-- that walks a made log event by event.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = ISO;
SET TimeZone = 'UTC';
BEGIN;

CREATE FUNCTION pg_temp.attempt(statement text, OUT state text,
	OUT "column" text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT,
		"column" = COLUMN_NAME;
END
$$;

-- The life of an incident at somebody else's helpdesk.
SELECT helpline.draft_lifecycle('incident', description => 'IT incidents');
SELECT count(helpline.set_status('incident', 1, status, category))
FROM (VALUES ('Accepted/In Progress', 'initial'),
	('Queued/Awaiting Assignment', 'active'),
	('Accepted/Wait - User', 'waiting'),
	('Completed/Resolved', 'terminal'), ('Completed/Closed', 'terminal'),
	('Đang chờ xử lý', 'waiting'), ('已转交', 'active'),
	('Imported', 'active')) AS s (status, category);
SELECT count(helpline.set_transition('incident', 1, action, from_status,
	to_status)) FROM (VALUES
	('queue', 'Accepted/In Progress', 'Queued/Awaiting Assignment'),
	('accept', 'Queued/Awaiting Assignment', 'Accepted/In Progress'),
	('accept', 'Accepted/Wait - User', 'Accepted/In Progress'),
	('wait', 'Accepted/In Progress', 'Accepted/Wait - User'),
	('complete', 'Accepted/In Progress', 'Completed/Resolved'),
	('close', 'Completed/Resolved', 'Completed/Closed'),
	('reopen', 'Completed/Resolved', 'Accepted/In Progress'),
	('import', NULL, 'Imported'),
	-- From every status that is not terminal, but for one with an own rule.
	('hand_over', '*', '已转交'),
	('hand_over', 'Accepted/Wait - User', 'Queued/Awaiting Assignment'),
	('cancel', '*', 'Completed/Closed'),
	('complete', '已转交', 'Completed/Resolved'),
	('chờ', '已转交', 'Đang chờ xử lý')) AS t (action, from_status, to_status);

CREATE TEMP TABLE log (n serial, case_id text, status text, at timestamptz);
CREATE FUNCTION pg_temp.replayed(lifecycle text, version integer DEFAULT NULL)
RETURNS TABLE (case_id text, conforms boolean, events integer, steps integer,
	first_violation integer, from_status text, to_status text,
	at timestamptz, problem text, reopenings integer, visits jsonb)
BEGIN ATOMIC
	SELECT r.* FROM (SELECT array_agg(l.case_id ORDER BY l.n) AS cases,
		array_agg(l.status ORDER BY l.n) AS statuses,
		array_agg(l.at ORDER BY l.n) AS times FROM log AS l) AS a,
	helpline.replay(lifecycle, a.cases, a.statuses, a.times, version) AS r;
END;

--
-- Counted by hand
--
INSERT INTO log (case_id, status, at) VALUES
	-- Conforms; statuses repeated; two ties in time, put in order by place.
	('INC-1', 'Accepted/In Progress', '2010-03-31 08:00+00'),
	('INC-1', 'Accepted/In Progress', '2010-03-31 08:01+00'),
	('INC-1', 'Queued/Awaiting Assignment', '2010-03-31 08:05+00'),
	('INC-1', 'Accepted/In Progress', '2010-03-31 08:05+00'),
	('INC-1', 'Completed/Resolved', '2010-04-01 08:00+00'),
	('INC-1', 'Completed/Closed', '2010-04-08 00:00+00'),
	-- Conforms, reopened twice; given backwards.
	('INC-2', 'Completed/Closed', '2010-01-06 00:00+00'),
	('INC-2', 'Completed/Resolved', '2010-01-05 00:00+00'),
	('INC-2', 'Accepted/In Progress', '2010-01-04 00:00+00'),
	('INC-2', 'Completed/Resolved', '2010-01-03 00:00+00'),
	('INC-2', 'Accepted/In Progress', '2010-01-02 12:00+00'),
	('INC-2', 'Completed/Resolved', '2010-01-02 00:00+00'),
	('INC-2', 'Accepted/In Progress', '2010-01-01 00:00+00'),
	-- Begins in a status that is not initial; later steps are fine, and
	-- counted.
	('INC-3', 'Queued/Awaiting Assignment', '2010-01-01 00:00+00'),
	('INC-3', 'Accepted/In Progress', '2010-01-02 00:00+00'),
	('INC-3', 'Completed/Resolved', '2010-01-03 00:00+00'),
	-- Out of a terminal status without a rule: * does not stand for it.
	-- Counts as reopened all the same.
	('INC-4', 'Accepted/In Progress', '2010-01-01 00:00+00'),
	('INC-4', 'Completed/Closed', '2010-01-02 00:00+00'),
	('INC-4', 'Completed/Closed', '2010-01-03 00:00+00'),
	('INC-4', '已转交', '2010-01-04 00:00+00'),
	('INC-4', 'Đang chờ xử lý', '2010-01-05 00:00+00'),
	('INC-4', 'Completed/Resolved', '2010-01-06 00:00+00'),
	-- A status that is none, in the middle; the step out of it is none
	-- either.
	('INC-5', 'Accepted/In Progress', '2010-01-01 00:00+00'),
	('INC-5', 'Unmatched', '2010-01-02 00:00+00'),
	('INC-5', 'Accepted/In Progress', '2010-01-03 00:00+00'),
	('INC-5', 'Unmatched', '2010-01-04 00:00+00'),
	-- The same at the beginning.
	('INC-6', 'Unmatched', '2010-01-01 00:00+00'),
	-- Created by a rule in a status that is not initial; handed over by *.
	('INC-7', 'Imported', '2010-01-01 00:00+00'),
	('INC-7', '已转交', '2010-01-02 00:00+00'),
	('INC-7', 'Completed/Resolved', '2010-01-03 00:00+00'),
	-- The action has a rule of its own from here, so * does not count.
	('INC-8', 'Accepted/In Progress', '2010-01-01 00:00+00'),
	('INC-8', 'Accepted/Wait - User', '2010-01-02 00:00+00'),
	('INC-8', '已转交', '2010-01-03 00:00+00'),
	-- From one terminal status to another: no reopening.
	('Vụ việc 9', 'Accepted/In Progress', '-infinity'),
	('Vụ việc 9', 'Completed/Resolved', '2010-01-01 00:00+00'),
	('Vụ việc 9', 'Completed/Closed', 'infinity'),
	('', 'Accepted/In Progress', '2010-01-01 00:00+00');
\pset null '-'
SELECT case_id, conforms, events, steps, first_violation AS first,
	from_status, to_status, at, problem, reopenings
FROM pg_temp.replayed('incident', 1);
SELECT case_id, visits FROM pg_temp.replayed('incident', 1);
SELECT s.* FROM (SELECT array_agg(l.case_id ORDER BY l.n) AS cases,
	array_agg(l.status ORDER BY l.n) AS statuses,
	array_agg(l.at ORDER BY l.n) AS times FROM log AS l) AS a,
	helpline.replay_statuses('incident', a.cases, a.statuses, a.times, 1)
		AS s;

-- The lifecycle in force, unless a version is named.
TRUNCATE log;
INSERT INTO log (case_id, status, at)
SELECT c, s, timestamptz '2020-01-01 00:00+00' + i * interval '1 day'
FROM (VALUES
	('gave up', '{received,triaged,waiting_worker,closed}'::text[]),
	('imported', '{closed}'),
	('reopened', '{received,closed,inquiry,closed,appealed}'),
	('too soon', '{received,with_factory,remediation,verification,resolved}'))
	AS v (c, ss), unnest(v.ss) WITH ORDINALITY AS u (s, i);
SELECT case_id, conforms, steps, first_violation AS first, from_status,
	to_status, problem, reopenings FROM pg_temp.replayed('case');
SELECT helpline.draft_lifecycle('case') AS draft \gset
SELECT count(helpline.drop_status('case', :draft, 'waiting_worker'));
SELECT case_id, conforms, first_violation AS first, from_status, to_status,
	problem FROM pg_temp.replayed('case', :draft) WHERE NOT conforms;
SELECT count(*) FROM pg_temp.replayed('case') WHERE NOT conforms;

--
-- A made log against a loop.  Sequences come from md5, so that they are the
-- same everywhere; times tie often.
--
CREATE FUNCTION pg_temp.pick(seed text, below integer)
RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(seed), 1, 7))::bit(28)::integer % below;
TRUNCATE log;
INSERT INTO log (case_id, status, at)
SELECT 'K' || pg_temp.pick('c' || i, 300),
	(array_agg(s.status ORDER BY s.status COLLATE "C")
		|| '{Nowhere,accepted/in progress}'::text[])
		[1 + pg_temp.pick('s' || i, 10)],
	timestamptz '2020-01-01 00:00+00'
		+ pg_temp.pick('t' || i, 40) * interval '1 hour'
FROM desk.statuses AS s, generate_series(1, 3000) AS i
WHERE s.lifecycle = 'incident' GROUP BY i ORDER BY i;
-- Cases that conform and are left, and go on, at every length.
INSERT INTO log (case_id, status, at)
SELECT 'W' || w, s, timestamptz '2020-01-01 00:00+00' + i * interval '1 hour'
FROM generate_series(1, 40) AS w, unnest('{Accepted/In Progress,
	Queued/Awaiting Assignment,Accepted/In Progress,Completed/Resolved,
	Accepted/In Progress,Accepted/In Progress,Completed/Resolved}'::text[])
	WITH ORDINALITY AS u (s, i)
WHERE i <= 1 + w % 7
UNION ALL
SELECT 'W' || w, 'Completed/Closed', timestamptz '2020-01-02 00:00+00'
FROM generate_series(1, 40) AS w WHERE w % 3 = 0
UNION ALL
SELECT 'W' || w, 'Imported', timestamptz '2020-01-03 00:00+00'
FROM generate_series(1, 40) AS w WHERE w % 5 = 0
ORDER BY 3, 2;

CREATE FUNCTION pg_temp.walked()
RETURNS TABLE (case_id text, conforms boolean, events integer, steps integer,
	first_violation integer, from_status text, to_status text,
	at timestamptz, problem text, reopenings integer, visits jsonb)
LANGUAGE plpgsql AS $$
DECLARE
	each text;
	event record;
	before text;
	category_before text;
	category_now text;
	why text;
BEGIN
	FOR each IN SELECT DISTINCT l.case_id FROM log AS l LOOP
		case_id := each; conforms := true; events := 0; steps := 0;
		first_violation := NULL; from_status := NULL; to_status := NULL;
		at := NULL; problem := NULL; reopenings := 0; visits := '{}';
		before := NULL; category_before := NULL;
		FOR event IN SELECT l.* FROM log AS l WHERE l.case_id = each
				ORDER BY l.at, l.n LOOP
			events := events + 1;
			CONTINUE WHEN event.status = before;
			steps := steps + 1;
			visits := visits || jsonb_build_object(event.status,
				COALESCE((visits ->> event.status)::integer, 0) + 1);
			category_now := (SELECT s.category FROM desk.statuses AS s
				WHERE s.lifecycle = 'incident' AND s.version = 1
				AND s.status = event.status);
			why := NULL;
			IF category_now IS NULL THEN
				why := 'unknown_status';
			ELSIF before IS NULL THEN
				IF category_now <> 'initial' AND event.status <> 'Imported' THEN
					why := 'not_initial';
				END IF;
			ELSE
				-- A rule from here, or one of the two from *.
				why := 'no_transition';
				IF EXISTS (SELECT FROM desk.transitions AS t
						WHERE t.lifecycle = 'incident'
						AND t.from_status = before
						AND t.to_status = event.status)
						OR category_before <> 'terminal'
						AND (event.status = 'Completed/Closed'
						OR event.status = '已转交'
						AND before <> 'Accepted/Wait - User') THEN
					why := NULL;
				END IF;
			END IF;
			IF category_before = 'terminal'
					AND category_now IS DISTINCT FROM 'terminal' THEN
				reopenings := reopenings + 1;
			END IF;
			IF why IS NOT NULL AND conforms THEN
				conforms := false; first_violation := steps;
				from_status := before; to_status := event.status;
				at := event.at; problem := why;
			END IF;
			before := event.status;
			category_before := category_now;
		END LOOP;
		RETURN NEXT;
	END LOOP;
END
$$;
CREATE TEMP TABLE walked AS SELECT * FROM pg_temp.walked();
CREATE TEMP TABLE replayed AS SELECT * FROM pg_temp.replayed('incident', 1);
SELECT count(*) AS cases, count(*) FILTER (WHERE conforms) AS conform,
	count(DISTINCT problem) AS problems, max(first_violation) AS latest,
	sum(events) AS events, sum(events - steps) AS repeated,
	sum(reopenings) AS reopenings FROM walked;
(TABLE walked EXCEPT ALL TABLE replayed)
UNION ALL (TABLE replayed EXCEPT ALL TABLE walked);
SELECT array_agg(case_id) = array_agg(case_id ORDER BY case_id COLLATE "C")
	AS in_order FROM pg_temp.replayed('incident', 1);
-- replay_statuses adds up to the same.
SELECT count(*) AS statuses, bool_and(s.visits = w.visits
	AND s.in_cases = w.cases) AS as_walked, sum(s.events) AS events,
	array_agg(s.status) FILTER (WHERE NOT s.known) AS unknown
FROM (SELECT array_agg(l.case_id ORDER BY l.n) AS cases,
	array_agg(l.status ORDER BY l.n) AS statuses,
	array_agg(l.at ORDER BY l.n) AS times FROM log AS l) AS a,
	helpline.replay_statuses('incident', a.cases, a.statuses, a.times, 1)
		AS s
FULL JOIN (SELECT v.key, sum(v.value::integer) AS visits, count(*) AS cases
	FROM walked AS k, jsonb_each_text(k.visits) AS v
	GROUP BY v.key) AS w ON w.key = s.status;

--
-- Arguments
--
SELECT count(*) FROM helpline.replay('case', '{}', '{}', '{}');
SELECT count(*) FROM helpline.replay_statuses('case', '{}', '{}', '{}');
-- Arrays that do not begin at 1 are read by place all the same.
SELECT case_id, conforms FROM helpline.replay('case', '[5:6]={a,a}',
	'{received,closed}', '[0:1]={2020-01-01,2020-01-02}');
SELECT f.f, a.arguments, t.*
FROM (VALUES (1, 'NULL, ''{a}'', ''{b}'', ''{now}'''),
	(2, '''case'', NULL, ''{b}'', ''{now}'''),
	(3, '''case'', ''{a}'', NULL, ''{now}'''),
	(4, '''case'', ''{a}'', ''{b}'', NULL'),
	(5, '''case'', ''{a,NULL}'', ''{b,c}'', ''{now,now}'''),
	(6, '''case'', ''{a,a}'', ''{NULL,c}'', ''{now,now}'''),
	(7, '''case'', ''{a,a}'', ''{b,c}'', ''{now,NULL}'''),
	(8, '''case'', ''{a,a}'', ''{b}'', ''{now,now}'''),
	(9, '''case'', ''{a,a}'', ''{b,c}'', ''{now}'''),
	(10, '''case'', ''{}'', ''{}'', ''{now}'''),
	(11, '''case'', ''{{a},{a}}'', ''{b,c}'', ''{now,now}'''),
	(12, '''case'', ''{a,a}'', ''{{b},{c}}'', ''{now,now}'''),
	(13, '''case'', ''{a,a}'', ''{b,c}'', ''{{now},{now}}'''),
	(14, '''no_such'', ''{a}'', ''{b}'', ''{now}'''),
	(15, '''case'', ''{a}'', ''{b}'', ''{now}'', 77'),
	(16, '''incident'', ''{a}'', ''{b}'', ''{now}'''))
	AS a (n, arguments),
	unnest('{replay,replay_statuses}'::text[]) AS f (f),
	pg_temp.attempt(format('SELECT * FROM helpline.%I(%s)', f.f, a.arguments))
		AS t
ORDER BY f.f, a.n;

-- Who may.
SELECT f.function_name, array_agg(f.kind ORDER BY f.kind) AS kinds
FROM desk.kind_functions AS f WHERE f.function_name LIKE 'replay%'
GROUP BY f.function_name ORDER BY f.function_name;
CREATE ROLE regress_replay_analyst NOLOGIN;
CREATE ROLE regress_replay_specialist NOLOGIN;
SELECT count(ietp.grant_role('analyst', 'regress_replay_analyst'));
SELECT count(ietp.grant_role('specialist', 'regress_replay_specialist'));
SET LOCAL ROLE regress_replay_analyst;
SELECT conforms FROM helpline.replay('case', '{a}', '{received}', '{now}');
SELECT known, in_cases FROM helpline.replay_statuses('case', '{a}',
	'{received}', '{now}');
RESET ROLE;
SET LOCAL ROLE regress_replay_specialist;
SELECT state, message FROM pg_temp.attempt(
	$$SELECT * FROM helpline.replay('case', '{a}', '{received}', '{now}')$$);
RESET ROLE;
ROLLBACK;
