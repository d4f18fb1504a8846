-- Links between cases, duplicates, and matters that come back.  All in a
-- transaction that is rolled back; references are random and never shown.
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
	rule text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT, rule = CONSTRAINT_NAME;
	RETURN concat_ws(' | ', state, NULLIF(col, ''),
		COALESCE(NULLIF(rule, ''), message));
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

CREATE TABLE public.ask (role name, kind text, team text);
INSERT INTO public.ask VALUES ('regress_one', 'specialist', 'TL-A'),
	('regress_other', 'specialist', 'TL-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL),
	('regress_staff', 'programme_staff', NULL),
	('regress_analyst', 'analyst', NULL), ('regress_auditor', 'auditor', NULL),
	('regress_admin', 'administrator', NULL);
DO $$
DECLARE
	a record;
BEGIN
	FOR a IN SELECT * FROM public.ask LOOP
		EXECUTE format('CREATE ROLE %I NOLOGIN', a.role);
		PERFORM ietp.grant_role(a.kind, a.role);
		PERFORM helpline.set_account(a.role, a.kind, team => a.team);
	END LOOP;
END
$$;
SELECT helpline.set_factory('TL-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TL-G', 'CN') IS NOT NULL AS done;

SET LOCAL ROLE regress_one;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', factory => 'TL-F', language => 'zh', complainant_role => 'colleague',
	identity_mode => 'confidential') \gset
SELECT call_ref AS call2 FROM helpline.record_call('CN', 'phone_in', 'grievance') \gset
SELECT severity FROM helpline.raise_issue(:'call1', 'wages.late');
SELECT severity FROM helpline.raise_issue(:'call1', 'leave.annual');
SELECT severity FROM helpline.raise_issue(:'call1', 'wages.late');
SELECT severity FROM helpline.raise_issue(:'call2', 'retaliation');
SELECT case_ref AS a FROM helpline.open_case(:'call1', 'serious',
	workers_affected => 12) \gset
SELECT case_ref AS b FROM helpline.open_case(:'call2') \gset
SELECT case_ref AS c FROM helpline.open_case(:'call1') \gset
SELECT case_ref AS d FROM helpline.open_case(:'call1') \gset
RESET ROLE;
SET LOCAL ROLE regress_other;
SELECT call_ref AS call3 FROM helpline.record_call('CN', 'sms', 'grievance') \gset
SELECT case_ref AS foreign FROM helpline.open_case(:'call3') \gset
RESET ROLE;
UPDATE desk.cases SET opened_at = opened_at - interval '1 second'
WHERE case_ref = :'a';

--
-- Links
--

SELECT desk.retaliation_linked(NULL) AS of_null, desk.retaliation_linked(:'a')
	AS no_retaliation, desk.retaliation_linked(:'b') AS retaliation;
SELECT t.topic, pg_temp.after(format($$INSERT INTO desk.topics (taxonomy, topic,
	label_en, label_zh_hans, label_zh_hant, label_vi, default_severity)
	VALUES (1, 'retaliations', 'x', 'x', 'x', 'x', 'minor');
	INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
	VALUES (%L, 9, 1, %L)$$, :'c', t.topic), format('desk.retaliation_linked(%L)', :'c'))
FROM (SELECT topic FROM desk.topics WHERE split_part(topic, '.', 1) = 'retaliation'
	UNION ALL VALUES ('wages'), ('retaliations')) AS t ORDER BY 1;
SET LOCAL ROLE regress_one;
SELECT v.other, v.link, pg_temp.attempt(format('SELECT helpline.link_cases(%L, %L, %L)',
	:'b', CASE v.other WHEN 'a' THEN :'a' WHEN 'itself' THEN :'b'
		WHEN 'foreign' THEN :'foreign' WHEN 'none' THEN
			ietp.new_case_ref('QQ', 2021)::text END, v.link))
FROM (VALUES ('NULL', 'related'), ('itself', 'related'), ('foreign', 'related'),
	('none', 'related'), ('a', NULL), ('a', 'cousin')) AS v (other, link);
SELECT pg_temp.attempt(format('SELECT helpline.link_cases(NULL, %L, ''related'')',
	:'a'));
SELECT l.link, pg_temp.attempt(format('SELECT helpline.link_cases(%L, %L, %L)',
	:'a', :'b', l.link)) AS earlier_to_later
FROM unnest(enum_range(NULL::ietp.case_link)) AS l (link);
SELECT helpline.link_cases(:'b', :'a', 'related') AS repeated;
RESET ROLE;
SELECT desk.retaliation_linked(:'b') AS related_alone;
-- A link from the other side is none.
SELECT pg_temp.after(format($$INSERT INTO desk.case_links
	(case_ref, n, other_case, link, linked_by)
	VALUES (%L, 9, %L, 'retaliation', 'x')$$, :'a', :'b'),
	format('desk.retaliation_linked(%L)', :'b')) AS from_the_other_side;
SELECT pg_temp.after(format($$SELECT helpline.record_action(%L,
	'no_origin_found')$$, :'b'), format('desk.retaliation_linked(%L)', :'b'))
	AS no_origin;
SET LOCAL ROLE regress_one;
SELECT helpline.link_cases(:'b', :'a', 'retaliation') AS repeated;
SELECT helpline.link_cases(:'b', :'a', 'retaliation') AS repeated;
-- Opened at the same instant
SELECT helpline.link_cases(:'b', :'c', 'follow_up') AS repeated;
SELECT CASE other_case WHEN :'a' THEN 'a' WHEN :'c' THEN 'c' END AS other_case,
	link, direction, linked_by, linked_at = now() AS now
FROM helpline.case_links(:'b') ORDER BY 1, 2, 3;
SELECT other_case = :'b' AS b, link, direction FROM helpline.case_links(:'a')
ORDER BY 2, 3;
SELECT action, changes -> 'severity' ->> 1 AS severity,
	records -> 'case_issues' -> 0 ->> 'topic' AS topic,
	records -> 'case_links' -> 0 ->> 'link' AS link,
	CASE records -> 'case_links' -> 0 ->> 'other_case' WHEN :'a' THEN 'a'
		WHEN :'c' THEN 'c' END AS other_case
FROM helpline.case_history(:'b');
RESET ROLE;
SELECT desk.retaliation_linked(:'b') AS linked;
SELECT count(*) FROM helpline.case_links(NULL);
SELECT v.statement, pg_temp.attempt(format(v.statement, :'b', :'a'))
FROM (VALUES ($$INSERT INTO desk.case_links (case_ref, n, other_case, link, linked_by)
		VALUES (%L, 9, %L, 'retaliation', 'x')$$),
	($$INSERT INTO desk.case_links (case_ref, n, other_case, link, linked_by)
		VALUES (%1$L, 9, %1$L, 'related', 'x')$$),
	('UPDATE desk.case_links SET link = ''related'''),
	('DELETE FROM desk.case_links'), ('TRUNCATE desk.case_links'))
	AS v (statement);
SET LOCAL session_replication_role = replica;
SELECT v.statement, pg_temp.attempt(v.statement)
FROM (VALUES ('UPDATE desk.case_links SET link = ''related'''),
	('DELETE FROM desk.case_links'), ('TRUNCATE desk.case_links'))
	AS v (statement);
RESET session_replication_role;

--
-- Duplicates
--

-- Names instead of references, which are random
CREATE TEMP TABLE named AS
SELECT * FROM (VALUES (:'a'::case_ref, 'a'), (:'b', 'b'), (:'c', 'c'), (:'d', 'd'))
	AS v (case_ref, name);
CREATE FUNCTION pg_temp.duplicates()
RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(n.name || '->' || o.name, ' ' ORDER BY n.name)
	FROM desk.cases AS c JOIN named AS n USING (case_ref)
	JOIN named AS o ON o.case_ref = c.duplicate_of
$$;
CREATE FUNCTION pg_temp.pairs()
RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(n.name || '->' || o.name, ' ' ORDER BY n.name)
	FROM desk.duplicates AS c JOIN named AS n USING (case_ref)
	JOIN named AS o ON o.case_ref = c.duplicate_of
$$;
GRANT SELECT ON named TO PUBLIC;
SET LOCAL ROLE regress_one;
SELECT helpline.mark_duplicate(:'c', :'a') AS repeated;
SELECT helpline.mark_duplicate(:'c', :'a') AS repeated;
SELECT helpline.mark_duplicate(:'d', :'a') AS repeated;
SELECT duplicate_of = :'a' AS marked FROM helpline.find_case(:'c');
SELECT count(*) AS in_queue FROM helpline.my_queue()
WHERE case_ref IN (:'a', :'b', :'c', :'d');
SELECT v.what, pg_temp.attempt(format('SELECT helpline.mark_duplicate(%L, %L)',
	v.one, v.other))
FROM (VALUES ('no case', NULL, :'a'), ('of nothing', :'b', NULL),
	('of itself', :'b', :'b'), ('of a duplicate', :'b', :'c'),
	('has duplicates', :'a', :'b'), ('its own', :'a', :'c'),
	('of a foreign one', :'b', :'foreign'), ('a foreign one', :'foreign', :'b'),
	('of none', :'b', ietp.new_case_ref('QQ', 2021)::text),
	('none', ietp.new_case_ref('QQ', 2021)::text, :'b')) AS v (what, one, other);
RESET ROLE;
SELECT pg_temp.duplicates(), pg_temp.pairs();
-- Which ones to let point elsewhere
DO $$
DECLARE
	hint text;
	a ietp.case_ref := (SELECT case_ref FROM named WHERE name = 'a');
	b ietp.case_ref := (SELECT case_ref FROM named WHERE name = 'b');
BEGIN
	SET LOCAL ROLE regress_one;
	PERFORM helpline.mark_duplicate(a, b);
EXCEPTION WHEN SQLSTATE 'IE228' THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	CREATE TEMP TABLE hint AS SELECT hint;
END
$$;
SELECT regexp_replace(hint, 'CN-[-0-9]+', 'R', 'g') AS hint,
	strpos(hint, :'c') > 0 AND strpos(hint, :'d') > 0 AS both FROM hint;
SET LOCAL ROLE regress_one;
-- Pointed elsewhere, and undone
SELECT helpline.mark_duplicate(:'d', :'b') AS repeated;
SELECT helpline.unmark_duplicate(:'c') AS repeated;
SELECT helpline.unmark_duplicate(:'c') AS repeated;
SELECT pg_temp.attempt('SELECT helpline.unmark_duplicate(NULL)');
SELECT pg_temp.attempt(format('SELECT helpline.unmark_duplicate(%L)', :'foreign'));
SELECT count(*) AS in_queue FROM helpline.my_queue()
WHERE case_ref IN (:'a', :'b', :'c', :'d');
SELECT action, replace(changes ->> 'duplicate_of', :'a', 'a') AS duplicate_of
FROM helpline.case_history(:'c');
RESET ROLE;
SELECT pg_temp.duplicates(), pg_temp.pairs();
-- One that is not seen by who marks is heeded all the same.
UPDATE desk.cases SET handler = 'regress_other', team = 'TL-B'
WHERE case_ref = :'d';
SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format('SELECT helpline.mark_duplicate(%L, %L)', :'b', :'a'));
RESET ROLE;
SELECT pg_temp.duplicates(), pg_temp.pairs();

-- Past the counter: b has the duplicate d.
CREATE FUNCTION pg_temp.past_the_counter(a ietp.case_ref, b ietp.case_ref,
	c ietp.case_ref, d ietp.case_ref)
RETURNS TABLE (what text, attempt text)
LANGUAGE sql
AS $$
	SELECT v.what, pg_temp.attempt(format(v.statement, a, b, c, d))
	FROM (VALUES
		('of a duplicate',
		 'UPDATE desk.cases SET duplicate_of = %4$L WHERE case_ref = %3$L'),
		('has one', 'UPDATE desk.cases SET duplicate_of = %1$L WHERE case_ref = %2$L'),
		('of itself', 'UPDATE desk.cases SET duplicate_of = %1$L WHERE case_ref = %1$L'),
		('a circle of two', $q$UPDATE desk.cases SET duplicate_of = CASE case_ref
			WHEN %1$L THEN %3$L ELSE %1$L END::ietp.case_ref
			WHERE case_ref IN (%1$L, %3$L)$q$),
		('a new one', $q$INSERT INTO desk.cases (case_ref, line, opened_at,
			opened_on, severity, duplicate_of) VALUES (ietp.new_case_ref('QQ', 2021),
			'CN', now(), current_date, 'minor', %4$L)$q$),
		('merged', $q$MERGE INTO desk.cases AS c USING (VALUES (%3$L::ietp.case_ref))
			AS v (ref) ON c.case_ref = v.ref
			WHEN MATCHED THEN UPDATE SET duplicate_of = %4$L$q$)) AS v (what, statement)
$$;
SELECT * FROM pg_temp.past_the_counter(:'a', :'b', :'c', :'d');
SET LOCAL session_replication_role = replica;
SELECT * FROM pg_temp.past_the_counter(:'a', :'b', :'c', :'d');
RESET session_replication_role;
-- By another trigger, in a statement that does not name the column
CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN NEW.duplicate_of := (SELECT case_ref FROM named WHERE name = 'd');
RETURN NEW; END $$;
CREATE TRIGGER meddle BEFORE UPDATE ON desk.cases
FOR EACH ROW WHEN (NEW.workers_affected = 77) EXECUTE FUNCTION public.meddle();
SELECT pg_temp.attempt(format($$UPDATE desk.cases SET workers_affected = 77
	WHERE case_ref = %L$$, :'c'));
DROP TRIGGER meddle ON desk.cases;
SELECT pg_temp.duplicates(), pg_temp.pairs();

-- A closed case may be marked, and pointed at.
UPDATE desk.cases SET handler = 'somebody', migrant_worker = true,
	synthetic = true, investigator = 'regress_field' WHERE case_ref = :'a';
UPDATE desk.cases SET investigator = 'regress_field' WHERE case_ref = :'c';
SET LOCAL ROLE regress_one;
SELECT accepted FROM helpline.transition_case(:'a', 'close', reason => 'advised');
SELECT pg_temp.attempt(format('SELECT helpline.link_cases(%L, %L, ''related'')',
	:'a', :'c'));
SELECT helpline.mark_duplicate(:'a', :'c') AS repeated;
SELECT helpline.unmark_duplicate(:'a') AS repeated;
SELECT status, closing_reason, cycle FROM helpline.find_case(:'a');
SELECT helpline.mark_duplicate(:'c', :'a') AS repeated;
SELECT accepted FROM helpline.transition_case(:'c', 'close', reason => 'duplicate');
SELECT status, closing_reason, cycle FROM helpline.find_case(:'c');
-- What was closed as a duplicate alone is open again.
SELECT helpline.unmark_duplicate(:'c') AS repeated;
SELECT helpline.unmark_duplicate(:'c') AS repeated;
SELECT status, closing_reason, cycle FROM helpline.find_case(:'c');
SELECT count(*) AS in_queue FROM helpline.my_queue()
WHERE case_ref IN (:'a', :'c');
SELECT action, from_status || ' -> ' || to_status AS move,
	changes -> 'status_reason' ->> 1 AS reason,
	replace(changes ->> 'duplicate_of', :'a', 'a') AS duplicate_of
FROM helpline.case_history(:'c') ORDER BY n DESC LIMIT 3;
RESET ROLE;
SELECT status_reason, moved_by, closed_at, closed_on, last_closed_at = now()
	AS closed_before, last_closing_reason FROM desk.cases
WHERE case_ref = :'c';
SELECT pg_temp.duplicates(), pg_temp.pairs();

--
-- A new case for an old matter
--

SET LOCAL ROLE regress_one;
SELECT pg_temp.attempt(format('SELECT helpline.open_linked_case(%L)', :'b')) AS open;
SELECT pg_temp.attempt('SELECT helpline.open_linked_case(NULL)');
SELECT pg_temp.attempt(format('SELECT helpline.open_linked_case(%L)', :'foreign'));
RESET ROLE;
SET LOCAL ROLE regress_one;
SELECT new_case, repeated FROM helpline.open_linked_case(:'a',
	'00000000-0000-4000-8000-000000000051') \gset
\echo :repeated
SELECT new_case = :'new_case' AS same, repeated FROM helpline.open_linked_case(:'a',
	'00000000-0000-4000-8000-000000000051');
SELECT pg_temp.attempt(format($$SELECT helpline.open_linked_case(%L,
	'00000000-0000-4000-8000-000000000051')$$, :'c'));
SELECT other_case = :'a' AS a, link, direction FROM helpline.case_links(:'new_case');
SELECT action, actor, changes -> 'severity' ->> 1 AS severity,
	json_array_length(records -> 'case_issues') AS issues,
	(records -> 'case_links' -> 0)::jsonb - '{digest,other_case}'::text[]
		AS link, records -> 'case_links' -> 0 ->> 'other_case' = :'a' AS a
FROM helpline.case_history(:'new_case');
RESET ROLE;
SELECT n.case_ref <> o.case_ref AS new, n.line, n.factory, n.language, n.severity,
	n.complainant_role, n.identity_mode, n.workers_affected, n.handler, n.team,
	n.migrant_worker, n.synthetic, n.status, n.cycle, n.opened_at = now() AS now,
	n.opened_on = timezone('Asia/Shanghai', now())::date AS today,
	n.investigator, n.retaliation_risk, n.escalation_level, n.closed_at
FROM desk.cases AS n, desk.cases AS o
WHERE n.case_ref = :'new_case' AND o.case_ref = :'a';
SELECT n, taxonomy, topic, call_ref, call_n FROM desk.case_issues
WHERE case_ref = :'new_case' ORDER BY n;
SELECT count(*) AS calls FROM desk.case_calls WHERE case_ref = :'new_case';
SELECT count(*) AS of_it FROM desk.case_links WHERE case_ref = :'new_case';

--
-- Who may
--

SELECT a.role,
	pg_temp.asked(a.role, format('SELECT count(*) FROM helpline.case_links(%L)',
		:'b')) AS case_links,
	pg_temp.asked(a.role, format($$SELECT helpline.link_cases(%L, %L, 'related')$$,
		:'b', :'a')) AS link,
	pg_temp.asked(a.role, format('SELECT helpline.mark_duplicate(%L, %L)', :'c',
		:'a')) AS mark,
	pg_temp.asked(a.role, format('SELECT helpline.unmark_duplicate(%L)', :'c'))
		AS unmark,
	pg_temp.asked(a.role, format('SELECT repeated FROM helpline.open_linked_case(%L)',
		:'a')) AS open_linked,
	pg_temp.asked(a.role, 'SELECT count(*) FROM desk.duplicates') AS past_the_counter
FROM public.ask AS a;

ROLLBACK;
