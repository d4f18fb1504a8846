-- Cases: what may be done with one, by whom, and what the queue shows.  All in
-- a transaction that is rolled back; references are random and never shown.
SET datestyle = ISO;
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

-- The outcome of a statement: SQLSTATE, column and message of its error.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		NULLIF(detail, ''));
END
$$;

CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_mate NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_field NOLOGIN;
CREATE ROLE regress_staff NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_auditor NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_mate'), ('specialist', 'regress_other'),
	('supervisor', 'regress_boss'), ('investigator', 'regress_field'),
	('programme_staff', 'regress_staff'), ('analyst', 'regress_analyst'),
	('auditor', 'regress_auditor')) AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'TK-A'),
	('regress_mate', 'specialist', 'TK-A'),
	('regress_other', 'specialist', 'TK-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);
SELECT helpline.set_account('regress_gone', 'specialist', active => false)
	IS NOT NULL AS done;
SELECT helpline.set_factory('TK-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TK-G', 'CN') IS NOT NULL AS done;

-- Opening: issues are copied, the severity is the gravest of theirs.
SET LOCAL ROLE regress_one;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', language => 'zh', factory => 'TK-F',
	complainant_role => 'worker', identity_mode => 'confidential') \gset
SELECT call_ref AS call2 FROM helpline.record_call('VN', 'zalo', 'grievance') \gset
SELECT (helpline.raise_issue(:'call1', topic)).severity
FROM unnest('{leave.annual,child_labour.juvenile,wages.late}'::text[]) AS topic;
SELECT case_ref AS case1, repeated, next_steps
FROM helpline.open_case(:'call1', workers_affected => 30,
	retry_key => '00000000-0000-4000-8000-000000000011') \gset
\echo :repeated :next_steps
SELECT case_ref = :'case1' AS same, repeated, next_steps
FROM helpline.open_case(:'call1', workers_affected => 30,
	retry_key => '00000000-0000-4000-8000-000000000011');
SELECT pg_temp.attempt(format($$SELECT helpline.open_case(%L,
	retry_key => '00000000-0000-4000-8000-000000000011')$$, :'call2'));
SELECT case_ref AS case2, repeated, next_steps
FROM helpline.open_case(:'call2', severity => 'critical', factory => 'TK-G') \gset
\echo :repeated :next_steps
SELECT case_ref AS case3 FROM helpline.open_case(:'call2') \gset
RESET ROLE;
SELECT left(case_ref::text, 3) AS case_ref, line, severity, factory, language,
	complainant_role, identity_mode, workers_affected, handler, team,
	investigator, escalation_level
FROM desk.cases WHERE case_ref IN (:'case1', :'case2', :'case3')
ORDER BY severity DESC, line;
SELECT count(*) AS rows, bool_and(opened_at = now()) AS opened_now,
	bool_and(c.opened_on = timezone(l.time_zone, now())::date)
		AS on_its_day,
	bool_and(year(case_ref) = extract(year FROM c.opened_on)) AS of_its_year,
	bool_and(closed_at IS NULL AND escalated_at IS NULL AND NOT synthetic)
		AS fresh
FROM desk.cases AS c JOIN desk.lines AS l USING (line)
WHERE case_ref IN (:'case1', :'case2', :'case3');
SELECT n, taxonomy, topic, call_ref = :'call1' AS of_the_call, call_n
FROM desk.case_issues WHERE case_ref = :'case1' ORDER BY n;
SELECT count(*) FROM desk.case_issues WHERE case_ref IN (:'case2', :'case3');

-- Each error of open_case
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.open_case(%L, %s)',
	:'call1', v.arguments))
FROM (VALUES ($$'grave'$$), ($$''$$), ($$factory => 'NO-SUCH'$$),
	($$workers_affected => 0$$), ($$workers_affected => -5$$)) AS v (arguments);
SELECT pg_temp.attempt($$SELECT helpline.open_case(NULL)$$);
SELECT pg_temp.attempt($$SELECT helpline.open_case(
	ietp.new_call_ref('QQ', 2021))$$);
SET LOCAL ROLE regress_other;
SELECT pg_temp.attempt(format('SELECT helpline.open_case(%L)', :'call1'));
RESET ROLE;

-- A further call
SET LOCAL ROLE regress_mate;
SELECT helpline.link_call(:'case1', :'call2') AS repeated;
SELECT helpline.link_call(:'case1', :'call2') AS repeated;
SELECT topics FROM helpline.find_case(:'case1');
SELECT pg_temp.attempt(format($$SELECT helpline.link_call(NULL, %L)$$,
	:'call2'));
SELECT pg_temp.attempt(format($$SELECT helpline.link_call(%L, NULL)$$,
	:'case1'));
SELECT pg_temp.attempt(format($$SELECT helpline.link_call(%L,
	ietp.new_call_ref('QQ', 2021))$$, :'case1'));
RESET ROLE;

-- Notes; the factory is not spoken to before the worker has permitted it.
SET LOCAL ROLE regress_one;
SELECT * FROM helpline.add_note(:'case1', 'She fears for her post.',
	retry_key => '00000000-0000-4000-8000-000000000012');
SELECT * FROM helpline.add_note(:'case1', 'She fears for her post.',
	retry_key => '00000000-0000-4000-8000-000000000012');
SELECT pg_temp.attempt(format($$SELECT helpline.add_note(%L, 'x',
	retry_key => '00000000-0000-4000-8000-000000000012')$$, :'case2'));
SELECT pg_temp.attempt(format($$SELECT helpline.add_note(%L, 'Other words.',
	retry_key => '00000000-0000-4000-8000-000000000012')$$, :'case1'));
SELECT pg_temp.attempt(format($$SELECT helpline.add_note(%L, 'Called them.',
	kind => 'factory_contact')$$, :'case1'));
-- A permission in another case is none here.
SELECT n FROM helpline.record_consent(:'case2', 'contact_factory',
	recipient => 'TK-F', wording_version => '2021-03', language => 'vi');
SELECT pg_temp.attempt(format($$SELECT helpline.add_note(%L, 'Called them.',
	kind => 'factory_contact')$$, :'case1'));
SELECT n FROM helpline.add_note(:'case1', '可以联系工厂', language => 'zh-Hans');
SELECT pg_temp.attempt(format($$SELECT helpline.add_note(%L, 'Called them.',
	kind => 'factory_contact')$$, :'case1'));
SELECT n FROM helpline.record_consent(:'case1', 'contact_factory',
	wording_version => '2021-03');
SELECT n FROM helpline.add_note(:'case1', 'Called them.', 'factory_contact');
SELECT n FROM helpline.add_note(:'case1', 'Pay back.', kind => 'recommendation',
	language => 'en');
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.add_note(%L, %s)',
	:'case1', v.arguments))
FROM (VALUES ('NULL'), ($$E' \t\n'$$), ($$'x', NULL$$), ($$'x', 'rumour'$$),
	($$'x', 'permission'$$), ($$'x', language => 'tlh'$$)) AS v (arguments);
SELECT pg_temp.attempt($$SELECT helpline.add_note(NULL, 'x')$$);
SELECT n, kind, language, written_by, body FROM helpline.case_notes(:'case1');
RESET ROLE;

-- Escalation goes up only; it keeps its first time.
SET LOCAL ROLE regress_one;
SELECT v.level, pg_temp.attempt(format('SELECT helpline.escalate_case(%L, %s)',
	:'case1', v.level))
FROM (VALUES ('NULL'), ('0'), ('4'), ('-1')) AS v (level);
SELECT escalated_at = now() AS now, repeated, next_steps
FROM helpline.escalate_case(:'case1', 1,
	'00000000-0000-4000-8000-000000000013');
SELECT escalated_at = now() AS now, repeated, next_steps
FROM helpline.escalate_case(:'case1', 1,
	'00000000-0000-4000-8000-000000000013');
SELECT pg_temp.attempt(format('SELECT helpline.escalate_case(%L, 1)', :'case1'));
RESET ROLE;
UPDATE desk.cases SET escalated_at = '2021-03-31 17:30+00',
	escalated_on = '2021-04-01', opened_at = '2021-03-01 02:00+00',
	opened_on = '2021-03-01'
WHERE case_ref = :'case1';
SET LOCAL ROLE regress_one;
SELECT escalated_at AT TIME ZONE 'UTC' AS first_time
FROM helpline.escalate_case(:'case1', 3);
SELECT pg_temp.attempt(format('SELECT helpline.escalate_case(%L, 2)', :'case1'));
RESET ROLE;
SELECT escalation_level, escalated_on FROM desk.cases
WHERE case_ref = :'case1';

-- Money
SET LOCAL ROLE regress_mate;
SELECT helpline.value_case(:'case1', 'CNY', 12000, 0) IS NOT NULL AS done;
SELECT helpline.value_case(:'case1', 'CNY', amount_recovered => 999999999999999.99)
	IS NOT NULL AS done;
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.value_case(%L, %s)',
	:'case1', v.arguments))
FROM (VALUES ('NULL'), ($$'cny'$$), ($$'RMBY'$$), ($$'USD', 1$$),
	($$'CNY', -1$$), ($$'CNY', 1e15$$), ($$'CNY', 'NaN'$$),
	($$'CNY', 'Infinity'$$), ($$'CNY', amount_assessed => -0.01$$),
	($$'CNY', amount_recovered => 'NaN'$$)) AS v (arguments);
SELECT pg_temp.attempt($$SELECT helpline.value_case(NULL, 'CNY', 1)$$);
RESET ROLE;
SELECT currency, amount_claimed, amount_assessed, amount_recovered
FROM desk.cases WHERE case_ref = :'case1';

-- Who may see what, before anything is assigned
CREATE TABLE public.ask (role name, who text);
INSERT INTO public.ask VALUES ('regress_one', 'handler'),
	('regress_mate', 'of the team'), ('regress_other', 'of another team'),
	('regress_boss', 'supervisor'), ('regress_field', 'investigator'),
	('regress_staff', 'programme staff'), ('regress_analyst', 'analyst'),
	('regress_auditor', 'auditor');
CREATE FUNCTION pg_temp.rows_of(who name, query text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE 'SELECT count(*) FROM ' || query INTO n;
	RESET ROLE;
	RETURN n;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN 'refused';
END
$$;
SELECT a.who, pg_temp.rows_of(a.role, format('helpline.find_case(%L)', :'case1'))
		AS find_case,
	pg_temp.rows_of(a.role, format('helpline.case_notes(%L)', :'case1'))
		AS case_notes,
	pg_temp.rows_of(a.role, format('helpline.case_history(%L)', :'case1'))
		AS case_history,
	pg_temp.rows_of(a.role, 'helpline.my_queue()') AS my_queue
FROM public.ask AS a;
-- No row, too, for a reference that is none.
SELECT count(*) FROM helpline.find_case(ietp.new_case_ref('QQ', 2021));
SELECT count(*) FROM helpline.case_notes(ietp.new_case_ref('QQ', 2021));
SELECT count(*) FROM helpline.case_history(ietp.new_case_ref('QQ', 2021));

-- Assignment
SET LOCAL ROLE regress_boss;
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.assign_case(%L, %s)',
	:'case1', v.arguments))
FROM (VALUES ($$'nobody'$$), ($$'regress_gone'$$), ($$'regress_field'$$),
	($$investigator => 'regress_one'$$), ($$investigator => 'nobody'$$),
	($$team => 'NO-SUCH'$$), ($$team => ''$$),
	($$'regress_one', team => 'TK-A'$$)) AS v (arguments);
SELECT pg_temp.attempt($$SELECT helpline.assign_case(NULL, 'regress_one')$$);
-- Whoever opened the case has had it since.
SELECT n, assigned_at = now() AS now, assigned_by, handler, team, investigator
FROM helpline.case_assignments(:'case1');
SELECT helpline.assign_case(:'case1', investigator => 'regress_field')
	IS NOT NULL AS done;
SELECT handler, team, investigator FROM helpline.find_case(:'case1');
SELECT helpline.assign_case(:'case1', 'regress_other') IS NOT NULL AS done;
SELECT handler, team, investigator FROM helpline.find_case(:'case1');
RESET ROLE;
SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format(
	'SELECT helpline.assign_case(%L, ''regress_one'')', :'case1'));
SELECT pg_temp.attempt(format(
	'SELECT helpline.add_note(%L, ''no longer mine'')', :'case1'));
RESET ROLE;
SELECT a.who, pg_temp.rows_of(a.role, format('helpline.find_case(%L)', :'case1'))
		AS find_case,
	pg_temp.rows_of(a.role, format('helpline.case_notes(%L)', :'case1'))
		AS case_notes,
	pg_temp.rows_of(a.role, format('helpline.case_history(%L)', :'case1'))
		AS case_history,
	pg_temp.rows_of(a.role, 'helpline.my_queue()') AS my_queue
FROM public.ask AS a;
SET LOCAL ROLE regress_field;
SELECT n FROM helpline.add_note(:'case1', 'Visited.');
SELECT severity, factory, topics, handler, status, status_since = now() AS now
FROM helpline.my_queue();
RESET ROLE;

-- To a team, and nobody in it yet; then to one of it again.  An investigator
-- stays until another one is named.
SET LOCAL ROLE regress_boss;
SELECT helpline.assign_case(:'case1', team => 'TK-A') IS NOT NULL AS done;
SELECT handler, team, investigator FROM helpline.find_case(:'case1');
SELECT count(*) AS of_nobody FROM helpline.my_queue();
RESET ROLE;
SET LOCAL ROLE regress_mate;
SELECT count(*) AS of_the_team, count(handler) AS handlers
FROM helpline.my_queue() WHERE case_ref = :'case1';
RESET ROLE;
-- A specialist without a team has the case alone.
SELECT helpline.set_account('regress_alone', 'specialist') IS NOT NULL AS done;
SET LOCAL ROLE regress_boss;
SELECT helpline.assign_case(:'case1', 'regress_alone') IS NOT NULL AS done;
SELECT handler, team, investigator FROM helpline.find_case(:'case1');
-- Nothing given, nothing assigned
SELECT helpline.assign_case(:'case1') IS NOT NULL AS done;
SELECT helpline.assign_case(:'case1', 'regress_other') IS NOT NULL AS done;
RESET ROLE;
SELECT a.who, pg_temp.rows_of(a.role, format('helpline.case_assignments(%L)',
	:'case1')) AS case_assignments FROM public.ask AS a;
SET LOCAL ROLE regress_field;
SELECT n, assigned_at = now() AS now, assigned_by, handler, team, investigator
FROM helpline.case_assignments(:'case1');
RESET ROLE;
SELECT count(*) FROM helpline.case_assignments(ietp.new_case_ref('QQ', 2021));

-- Closing, and a closed case
SET LOCAL ROLE regress_other;
SELECT v.arguments, t.*
FROM (VALUES (NULL), ('done'), ('resolved')) AS v (arguments),
	helpline.transition_case(:'case1', 'close', reason => v.arguments) AS t;
SELECT pg_temp.attempt(format('SELECT helpline.transition_case(%L, NULL)',
	:'case1'));
SELECT pg_temp.attempt(
	$$SELECT helpline.transition_case(NULL, 'close', reason => 'advised')$$);
SELECT count(*) AS in_queue FROM helpline.my_queue() WHERE case_ref = :'case1';
SELECT accepted, status, repeated
FROM helpline.transition_case(:'case1', 'close', reason => 'advised',
	retry_key => '00000000-0000-4000-8000-000000000014');
SELECT accepted, status, repeated
FROM helpline.transition_case(:'case1', 'close', reason => 'advised',
	retry_key => '00000000-0000-4000-8000-000000000014');
SELECT count(*) AS in_queue FROM helpline.my_queue() WHERE case_ref = :'case1';
SELECT closed_at = now() AS closed_now, closing_reason, severity,
	escalation_level, line, factory, workers_affected, currency,
	amount_claimed, amount_recovered, topics,
	calls = ARRAY[LEAST(:'call1'::call_ref, :'call2'),
		GREATEST(:'call1'::call_ref, :'call2')] AS calls
FROM helpline.find_case(:'case1');
SELECT status, status_since = now() AS now, cycle, lifecycle_version,
	duplicate_of, retaliation_risk, migrant_worker, first_resolved_at = now()
		AND last_resolved_at = now() AND first_closed_at = now()
		AND last_closed_at = now() AS stamped_now,
	first_closing_reason, last_closing_reason
FROM helpline.find_case(:'case1');
SELECT accepted, rule, status, repeated
FROM helpline.transition_case(:'case1', 'close', reason => 'advised');
RESET ROLE;
SELECT status, status_since = opened_at AS since_opened, cycle,
	lifecycle_version, num_nonnulls(closed_at, closing_reason,
		first_resolved_at, last_resolved_at, first_closed_at, last_closed_at,
		first_closing_reason, last_closing_reason) AS closing_columns
FROM desk.cases WHERE case_ref = :'case2';
SELECT v.call, pg_temp.attempt(format('SELECT helpline.' || v.call, :'case1',
	:'call2'))
FROM (VALUES ('link_call(%L, %L)'), ('add_note(%L, ''x'')'),
	('escalate_case(%L, 3)'), ('assign_case(%L, ''regress_one'')'),
	('assign_case(%L, team => ''TK-A'')'),
	('value_case(%L, ''CNY'', 1)')) AS v (call);
-- All of it is in the history, also what was written past the counter; what
-- differs from run to run is told by its name alone.
CREATE FUNCTION pg_temp.told(changes json, records json)
RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(t.told, ' ' ORDER BY t.place, t.part) FROM (
		SELECT 0 AS place, c.place AS part, CASE
			WHEN c.key ~ '_(at|on|since)$' THEN c.key
			ELSE c.key || (c.value::jsonb)::text END AS told
		FROM json_each(changes) WITH ORDINALITY AS c (key, value, place)
		UNION ALL
		SELECT r.place, v.place, CASE v.key
			WHEN 'call_ref' THEN v.key
			WHEN 'digest' THEN CASE WHEN v.value ~ '^[0-9a-f]{64}$'
				THEN 'of ' || t.key ELSE 'no digest' END
			ELSE v.key || ':' || COALESCE(v.value, 'null') END
		FROM json_each(records) AS t,
			json_array_elements(t.value) WITH ORDINALITY AS r (entry, place),
			json_each_text(r.entry) WITH ORDINALITY AS v (key, value, place)
		) AS t
$$;
\a
SELECT n, action, actor, occurred_at = now()
	AND recorded_at BETWEEN now() AND clock_timestamp() AS now,
	from_status, to_status, pg_temp.told(changes, records)
FROM helpline.case_history(:'case1') ORDER BY n;
\a
SELECT count(*) AS events, max(e.n) AS last_n, max(c.event_n) AS event_n,
	bool_and(e.occurred_at = c.event_at) AS at_the_same_time,
	count(DISTINCT e.hash) AS hashes,
	bool_or(e.n = c.event_n AND e.hash = c.event_hash) AS head,
	count(DISTINCT (e.xid, e.incarnation)) AS transactions,
	bool_and(e.xid = pg_current_xact_id() AND e.incarnation
		= ietp.incarnation()) AS this_one,
	bool_and(e.database_role = session_user) AS of_this_login
FROM desk.events AS e JOIN desk.cases AS c USING (case_ref)
WHERE c.case_ref = :'case1';

-- What happened is not rewritten, by nobody and in no way, and written by the
-- triggers alone; nor does anything disappear of which the history tells.
CREATE FUNCTION pg_temp.rewrite(a_case ietp.case_ref, mode text)
RETURNS TABLE (statement text, outcome text)
LANGUAGE plpgsql
SET search_path = public, ietp
AS $$
BEGIN
	PERFORM set_config('session_replication_role', mode, true);
	FOREACH statement IN ARRAY ARRAY[
			'UPDATE desk.events SET actor = actor WHERE case_ref = %L',
			'UPDATE desk.events SET n = n + 100 WHERE case_ref = %L',
			'DELETE FROM desk.events WHERE case_ref = %L',
			'TRUNCATE desk.events',
			'INSERT INTO desk.events TABLE desk.events -- %L',
			'INSERT INTO desk.events SELECT * FROM desk.events WHERE case_ref = %L ON CONFLICT DO NOTHING',
			'INSERT INTO desk.events SELECT * FROM desk.events WHERE case_ref = %L ON CONFLICT (case_ref, n) DO UPDATE SET actor = ''x''',
			'MERGE INTO desk.events AS e USING (VALUES (1)) AS v (n) ON e.case_ref = %L AND e.n = v.n WHEN MATCHED THEN DELETE',
			'WITH next AS (SELECT (jsonb_populate_record(e, jsonb_build_object(''n'', e.n + 1))).* FROM desk.events AS e WHERE e.case_ref = %L ORDER BY e.n DESC LIMIT 1) INSERT INTO desk.events TABLE next',
			'UPDATE desk.cases SET case_ref = ietp.new_case_ref(''QQ'', 2021) WHERE case_ref = %L',
			'DELETE FROM desk.cases WHERE case_ref = %L',
			'TRUNCATE desk.cases CASCADE',
			'UPDATE desk.case_calls SET call_ref = call_ref WHERE case_ref = %L',
			'DELETE FROM desk.case_calls WHERE case_ref = %L',
			'TRUNCATE desk.case_calls',
			'UPDATE desk.case_issues SET topic = topic WHERE case_ref = %L',
			'DELETE FROM desk.case_issues WHERE case_ref = %L',
			'TRUNCATE desk.case_issues',
			'UPDATE desk.notes SET body = ''x'' WHERE case_ref = %L',
			'TRUNCATE desk.notes CASCADE',
			'UPDATE desk.assignments SET handler = handler WHERE case_ref = %L',
			'DELETE FROM desk.assignments WHERE case_ref = %L',
			'TRUNCATE desk.assignments'] LOOP
		outcome := pg_temp.attempt(format(statement, a_case));
		statement := left(statement, 60);
		RETURN NEXT;
	END LOOP;
	PERFORM set_config('session_replication_role', 'origin', true);
END
$$;
SELECT * FROM pg_temp.rewrite(:'case1', 'origin');
SELECT count(*) AS as_in_replica_mode
FROM (SELECT * FROM pg_temp.rewrite(:'case1', 'origin') INTERSECT ALL
	SELECT * FROM pg_temp.rewrite(:'case1', 'replica')) AS r;
-- An event whose transaction began before the one before it has the time of
-- that one.
SAVEPOINT later;
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_record;
UPDATE desk.cases SET event_at = now() + interval '1 hour'
WHERE case_ref = :'case1';
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_record;
DELETE FROM desk.notes WHERE case_ref = :'case1' AND n IN (1, 3);
SELECT n, action, occurred_at - now() AS ahead,
	recorded_at = occurred_at AS same, changes, records
FROM helpline.case_history(:'case1') ORDER BY n DESC LIMIT 1;
SELECT event_at - now() AS ahead FROM desk.cases WHERE case_ref = :'case1';
ROLLBACK TO later;

-- The queue, page by page: 25 cases, of which many were opened at the same
-- instant, and some a microsecond apart.
SELECT helpline.open_batch('queue', 'cases', 'CN', 'queue test');
INSERT INTO desk.staged_cases (source_id, opened_at, severity, handler, topics)
SELECT i, to_char(timestamp '2021-06-01 09:00'
		+ (i / 8) * interval '1 microsecond', 'YYYY-MM-DD HH24:MI:SS.US'),
	(ARRAY['minor', 'serious', 'zero_tolerance'])[1 + i % 3], 'regress_mate',
	CASE WHEN i % 2 = 0 THEN 'wages.late;leave.annual' END
FROM generate_series(1, 25) AS i;
SELECT loaded FROM helpline.import_cases('queue');
CREATE FUNCTION pg_temp.pages(page_size integer, OUT cases ietp.case_ref[],
	OUT pages integer)
LANGUAGE plpgsql
AS $$
DECLARE
	token text;
	q record;
	fresh integer;
BEGIN
	cases := '{}';
	pages := 0;
	LOOP
		fresh := 0;
		FOR q IN SELECT * FROM helpline.my_queue(page_size, token) LOOP
			cases := cases || q.case_ref;
			token := q.page_token;
			fresh := fresh + 1;
		END LOOP;
		EXIT WHEN fresh = 0 OR pages > 100;
		pages := pages + 1;
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA public TO PUBLIC;
SET LOCAL ROLE regress_mate;
SELECT s.page_size, p.pages, cardinality(p.cases) AS rows,
	(SELECT count(DISTINCT c) FROM unnest(p.cases) AS c) AS different,
	p.cases = ARRAY(SELECT case_ref FROM helpline.my_queue(1000))
		AS as_on_one_page
FROM (VALUES (1), (7), (25), (26)) AS s (page_size),
	pg_temp.pages(s.page_size) AS p;
RESET ROLE;
-- In which order, by an independent query
SET LOCAL ROLE regress_mate;
CREATE TEMP TABLE queue ON COMMIT DROP AS
SELECT row_number() OVER () AS place, q.* FROM helpline.my_queue(1000) AS q;
RESET ROLE;
SELECT count(*) FILTER (WHERE q.rank <> o.rank) AS misplaced,
	count(*) FILTER (WHERE q.topics <> CASE WHEN c.source_id::integer % 2 = 0
		THEN '{wages.late,leave.annual}' ELSE '{}'::text[] END) AS wrong_topics,
	count(*) AS rows
FROM (SELECT case_ref, topics, row_number() OVER (ORDER BY place) AS rank
	FROM queue JOIN desk.cases USING (case_ref)
	WHERE source = 'queue test') AS q
JOIN desk.cases AS c USING (case_ref)
JOIN (SELECT case_ref, row_number() OVER (ORDER BY
			CASE severity WHEN 'zero_tolerance' THEN 1 WHEN 'serious' THEN 2
				WHEN 'minor' THEN 3 END, opened_at, case_ref::text COLLATE "C")
			AS rank
		FROM desk.cases WHERE source = 'queue test') AS o USING (case_ref);
-- A case that is closed on the way is no longer shown, and no other is missed.
SELECT q.page_token AS token, q.case_ref AS gone FROM queue AS q
WHERE place = 7 \gset
SET LOCAL ROLE regress_boss;
SELECT accepted, status
FROM helpline.transition_case(:'gone', 'close', reason => 'advised');
RESET ROLE;
SET LOCAL ROLE regress_mate;
SELECT count(*) AS rest, count(*) FILTER (WHERE case_ref = :'gone') AS gone
FROM helpline.my_queue(1000, :'token');
-- So does a duplicate, until it is none.
SELECT case_ref AS dup FROM queue WHERE place = 8 \gset
SELECT case_ref AS original FROM queue WHERE place = 9 \gset
SELECT repeated FROM helpline.mark_duplicate(:'dup', :'original');
SELECT count(*) AS rest FROM helpline.my_queue(1000, :'token');
SELECT repeated FROM helpline.unmark_duplicate(:'dup');
SELECT count(*) AS rest FROM helpline.my_queue(1000, :'token');
SELECT v.arguments, pg_temp.attempt('SELECT helpline.my_queue('
	|| v.arguments || ')')
FROM (VALUES ('0'), ('-1'), ('1001'), ('NULL'), ($$10, ''$$), ($$10, 'x'$$),
	($$10, 'grave@1622509200000000@CN-2021-0000-0000-00'$$),
	($$10, 'minor@1622509200000000@CN-2021-0000-0000-00'$$),
	($$10, 'minor@999999999999999999@CN-2021-0000-0000-00'$$),
	($$10, 'minor@1e3@CN-2021-0000-0000-00'$$)) AS v (arguments);
RESET ROLE;
SET LOCAL ROLE regress_analyst;
SELECT pg_temp.attempt('SELECT helpline.my_queue()');
RESET ROLE;

-- Marker: whatever is put into a text argument, or where a reference belongs,
-- no part of an error repeats it.  The arguments come from the catalogue, so
-- that a function added later is tried as well.
CREATE FUNCTION pg_temp.repeats_marker(statement text, marker text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	message text;
	detail text;
	hint text;
	context text;
BEGIN
	EXECUTE statement USING marker;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = 'done';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN 'accepted';
WHEN undefined_function THEN
	RETURN 'not called';
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
		context = PG_EXCEPTION_CONTEXT;
	RETURN CASE WHEN strpos(concat(message, detail, hint, context),
		'13800138000') > 0 THEN 'repeated' ELSE 'refused' END;
END
$$;
CREATE TEMP TABLE good_value (function_name name, argument name, value text);
INSERT INTO good_value VALUES
	(NULL, 'line', '''CN'''), (NULL, 'country', '''CN'''),
	(NULL, 'time_zone', '''Asia/Shanghai'''),
	(NULL, 'opened_on', '''2021-01-01'''), (NULL, 'channel', '''app'''),
	(NULL, 'purpose', '''advice'''), (NULL, 'outcome', '''answered'''),
	(NULL, 'direction', '''inbound'''), (NULL, 'received_at', 'now()'),
	(NULL, 'call_ref', quote_literal(:'call1')),
	(NULL, 'case_ref', quote_literal(:'case3')),
	(NULL, 'topic', '''wages'''), (NULL, 'body', '''x'''),
	(NULL, 'currency', '''CNY'''),
	(NULL, 'level', '1'), (NULL, 'factory', '''TK-F'''),
	('set_account', 'factory', 'NULL'), (NULL, 'as_of', '''2021-01-01'''),
	(NULL, 'workers', '1'), (NULL, 'quantity', '1'),
	(NULL, 'done_on', '''2021-01-01'''), (NULL, 'name', '''x'''),
	('set_supply', 'buyer', '''TK-B'''), ('set_buyer', 'buyer', '''TK-B'''),
	('record_awareness', 'kind', '''cards'''),
	('add_note', 'kind', '''note'''), ('open_batch', 'kind', '''cases'''),
	('set_account', 'kind', '''specialist'''), (NULL, 'account', '''x'''),
	('import_cases', 'batch', '''queue'''), ('open_batch', 'batch', '''tk'''),
	(NULL, 'batch', '''queue'''), (NULL, 'source', '''x'''),
	(NULL, 'date_order', '''YMD'''), (NULL, 'measure', '''calls'''),
	(NULL, 'until', '''2021-01-01'''), (NULL, 'value', '1'),
	(NULL, 'printed', '''x'''), (NULL, 'known_to', '''day'''),
	(NULL, 'year', '2021'), (NULL, 'half', '1'), (NULL, 'page_size', '1'),
	(NULL, 'language', '''en'''), (NULL, 'lines', '''{x}''::text[]'),
	(NULL, 'action', '''close'''), ('transition_case', 'reason', '''advised'''),
	('request_override', 'reason', '''x'''), (NULL, 'n', '1'),
	(NULL, 'answer', '''accepted'''), (NULL, 'verified_through', '''worker'''),
	(NULL, 'fields', '''{topic}''::text[]'),
	('transition_case', 'fields', 'NULL'),
	('record_factory_contact', 'case_ref', quote_literal(:'case2')),
	('record_consent', 'purpose', '''contact_factory'''),
	('withdraw_consent', 'purpose', '''contact_factory'''),
	('disclose', 'purpose', '''contact_factory'''),
	('request_override', 'purpose', '''contact_factory'''),
	(NULL, 'recipient_kind', '''factory'''), (NULL, 'recipient', '''TK-G'''),
	(NULL, 'wording_version', '''1'''), (NULL, 'method', '''spoken'''),
	(NULL, 'legal_basis', '''cn_pipl_13_4'''),
	('record_action', 'kind', '''meeting'''),
	(NULL, 'remedy_type', '''training'''), (NULL, 'promised_by', '''other'''),
	(NULL, 'amount', '1'), (NULL, 'due_on', '''2121-01-01'''),
	(NULL, 'other_case', quote_literal(:'case2')),
	(NULL, 'duplicate_of', quote_literal(:'case2')),
	(NULL, 'link', '''related'''), (NULL, 'since', '''2020-01-01'''),
	(NULL, 'lifecycle', '''case'''), (NULL, 'version', '2'),
	('adopt_lifecycle', 'version', '1'), (NULL, 'from_version', '1'),
	('replay', 'version', '1'), ('replay_statuses', 'version', '1'),
	(NULL, 'status', '''triaged'''), (NULL, 'category', '''active'''),
	(NULL, 'from_status', '''triaged'''), (NULL, 'to_status', '''inquiry'''),
	('drop_transition', 'action', '''begin_inquiry'''),
	(NULL, 'cases', '''{x}''::text[]'),
	(NULL, 'statuses', '''{received}''::text[]'),
	(NULL, 'times', '''{2021-01-01}''::timestamptz[]'),
	(NULL, 'columns', '''{}''::jsonb'), (NULL, 'moment', 'now()'),
	(NULL, 'calendar', '''CN'''), (NULL, 'new_calendar', '''CN-2'''),
	(NULL, 'weekdays', '''{1}''::integer[]'), (NULL, 'day', '''2021-01-01'''),
	('set_calendar_windows', 'opens', '''{09:00}''::time[]'),
	('set_calendar_windows', 'closes', '''{17:00}''::time[]'),
	('set_calendar_day', 'kind', '''holiday'''),
	(NULL, 'promise', '''acknowledge'''), (NULL, 'allowance', '''1 day'''),
	(NULL, 'starts', '''{opened}''::text[]'),
	(NULL, 'stops', '''{closed}''::text[]'),
	(NULL, 'query', '''x''');
SELECT helpline.set_buyer('TK-B', 'x') IS NOT NULL AS done;
SELECT helpline.draft_lifecycle('case');
SELECT helpline.draft_promises();
SELECT n FROM helpline.raise_issue(:'call2', 'wages');
SELECT helpline.link_call(:'case3', :'call2');
SELECT n FROM helpline.promise_remedy(:'case3', 'training');
SELECT n FROM helpline.record_consent(:'case2', 'contact_factory',
	wording_version => '2021-03', language => 'vi');
CREATE TEMP TABLE marked AS
WITH argument AS (
	SELECT p.oid, p.proname, a.n, p.proargnames[a.n] AS name, t.typname AS type
	FROM pg_proc AS p
	CROSS JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY
		AS a (type, n)
	JOIN pg_type AS t ON t.oid = a.type
	WHERE p.pronamespace = 'helpline'::regnamespace AND p.prokind = 'f'
)
SELECT x.proname, x.name, pg_temp.repeats_marker(format(
	'SELECT helpline.%I(%s)', x.proname, (
		SELECT string_agg(format('%I => %s', y.name, CASE WHEN y.n = x.n
			THEN CASE x.type WHEN 'text' THEN '$1'
				WHEN '_text' THEN 'ARRAY[$1]'
				WHEN 'jsonb' THEN 'jsonb_build_object($1, $1)'
				ELSE format('$1::ietp.%I', x.type) END
			ELSE g.value END), ', ' ORDER BY y.n)
		FROM argument AS y
		LEFT JOIN LATERAL (SELECT v.value FROM good_value AS v
			WHERE v.argument = y.name
			AND COALESCE(v.function_name, y.proname) = y.proname
			ORDER BY v.function_name IS NULL LIMIT 1) AS g ON true
		WHERE y.oid = x.oid AND (y.n = x.n OR g.value IS NOT NULL))),
	m.marker) AS outcome
FROM argument AS x, (VALUES ('13800138000'), (' 13800138000 '),
	(E'13800138000\n'), (repeat('13800138000', 30)), ('王13800138000'))
	AS m (marker)
WHERE x.type IN ('text', '_text', 'jsonb', 'case_ref', 'call_ref');
SELECT proname, name, outcome FROM marked
WHERE outcome IN ('repeated', 'not called') GROUP BY 1, 2, 3;
-- In the value of a field
SELECT f.field, pg_temp.repeats_marker(format($$SELECT helpline.transition_case(
	%L, 'close', fields => jsonb_build_object(%L, $1))$$, :'case3', f.field),
	'13800138000') AS outcome
FROM unnest('{complainant_role,factory,identity_mode,language,migrant_worker,retaliation_risk,severity,workers_affected}'::text[])
	AS f (field);
-- That it would be found
SELECT pg_temp.repeats_marker('SELECT $1::integer', 'x13800138000');
SELECT count(DISTINCT (proname, name)) > 190 AS many_arguments,
	count(*) FILTER (WHERE outcome = 'refused') > 700 AS many_refused,
	count(*) FILTER (WHERE outcome = 'accepted') > 150 AS some_are_free_text
FROM marked;
SELECT proname, name FROM marked
WHERE proname IN ('record_call', 'open_case', 'add_note', 'set_line',
	'transition_case', 'next_actions', 'record_consent', 'withdraw_consent',
	'request_override', 'disclose', 'record_action', 'record_factory_contact',
	'promise_remedy', 'recommend', 'link_cases', 'mark_duplicate', 'set_status',
	'set_transition', 'draft_lifecycle', 'map_status', 'lifecycle_check',
	'case_as_of', 'timeline', 'changes_since')
GROUP BY 1, 2 HAVING NOT bool_or(outcome = 'refused') ORDER BY 1, 2;

-- References that are taken are drawn again: of 6, all are used and no case
-- is lost, and where none is left the caller is told.
CREATE TABLE public.pool AS
SELECT n, ietp.new_case_ref('CN', 2021) AS ref FROM generate_series(0, 5) AS n;
CREATE SEQUENCE public.draws;
GRANT SELECT ON public.pool TO PUBLIC;
GRANT USAGE ON public.draws TO PUBLIC;
CREATE OR REPLACE FUNCTION ietp.new_case_ref(country text, year integer)
RETURNS ietp.case_ref
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
AS $$
	SELECT ref FROM public.pool
	WHERE n = (SELECT abs(hashint8(nextval('public.draws'))) % 6)
$$;
SELECT count(DISTINCT (helpline.open_case(:'call1')).case_ref)
FROM generate_series(1, 6);
SELECT count(*) AS rows, count(DISTINCT ref) AS refs,
	(SELECT count(*) FROM desk.case_issues JOIN public.pool ON ref = case_ref)
		AS issues
FROM desk.cases JOIN public.pool ON ref = case_ref;
SELECT nextval('public.draws') > 7 AS drawn_again;
SELECT pg_temp.attempt(format('SELECT helpline.open_case(%L)', :'call1'));

ROLLBACK;
