-- Rules as rows: the lifecycle that is shipped, what may be edited in rules
-- and when, and that whoever changes rules is judged by them at once.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT current_database() AS main_database \gset
CREATE ROLE regress_rules_owner NOLOGIN;
CREATE DATABASE regress_ietp_rules TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
\c regress_ietp_rules
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET IntervalStyle = postgres;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_rules_owner');

--
-- What is shipped.  The whole list, so that a change of it is seen.
--
SELECT lifecycle, version, sealed_at IS NOT NULL AS sealed, sealed_by,
	key_column, actor_column, since_column, reason_column, halt_column,
	final_except
FROM desk.lifecycles;
SELECT status, category, clock, factory_contact, label_en, worker_label_en
FROM desk.statuses ORDER BY category, status COLLATE "C";
SELECT count(*) AS transitions FROM desk.transitions;
SELECT t.from_status, t.action, t.to_status, t.reason,
	concat_ws('; ', 'roles ' || array_to_string(t.roles, ' '),
		'columns ' || array_to_string(t.required_columns, ' '),
		'consent ' || t.consent,
		'records ' || array_to_string(t.records, ' '),
		CASE WHEN t.four_eyes THEN 'four eyes' END,
		CASE WHEN t.next_cycle THEN 'next cycle' END,
		'within ' || t.allowed_within) AS guards
FROM desk.transitions AS t
WHERE t.when_column IS NULL
ORDER BY t.from_status COLLATE "C" NULLS FIRST, t.action COLLATE "C",
	t.to_status COLLATE "C", t.reason COLLATE "C";
SELECT t.from_status, t.action, t.to_status, t.reason,
	concat_ws('; ', 'roles ' || array_to_string(t.roles, ' '),
		'columns ' || array_to_string(t.required_columns, ' '),
		'consent ' || t.consent,
		'records ' || array_to_string(t.records, ' '),
		CASE WHEN t.four_eyes THEN 'four eyes' END,
		CASE WHEN t.next_cycle THEN 'next cycle' END,
		'within ' || t.allowed_within) AS guards,
	t.when_column || ' ' || array_to_string(t.when_values, ' ') AS "when"
FROM desk.transitions AS t
WHERE t.when_column IS NOT NULL
ORDER BY t.from_status COLLATE "C" NULLS FIRST, t.action COLLATE "C",
	t.to_status COLLATE "C", t.reason COLLATE "C", t.four_eyes;
SELECT guard, hint FROM desk.guards ORDER BY guard COLLATE "C";

-- The road of a case, each step of it, and every way to end it.
SELECT s.n, s.from_status, s.to_status, count(t.action) > 0 AS shipped
FROM (VALUES (1, 'received', 'triaged'), (2, 'triaged', 'awaiting_consent'),
	(3, 'triaged', 'inquiry'), (4, 'awaiting_consent', 'inquiry'),
	(5, 'inquiry', 'with_factory'), (6, 'with_factory', 'remediation'),
	(7, 'remediation', 'verification'), (8, 'verification', 'resolved'),
	(9, 'resolved', 'closed'), (10, 'closed', 'inquiry'),
	(11, 'inquiry', 'waiting_worker'), (12, 'resolved', 'appealed'),
	(13, 'with_factory', 'awaiting_consent')) AS s (n, from_status, to_status)
LEFT JOIN desk.transitions AS t ON t.to_status = s.to_status
	AND t.from_status IN (s.from_status, '*')
GROUP BY 1, 2, 3 ORDER BY 1;
WITH due (reason) AS (VALUES ('advised'), ('resolved'),
	('partially_resolved'), ('unresolved'), ('not_substantiated'),
	('withdrawn'), ('unreachable'), ('referred'), ('out_of_scope'),
	('duplicate'), ('factory_closed')
), shipped AS (
	SELECT DISTINCT t.reason FROM desk.transitions AS t
	WHERE t.to_status = 'closed' AND t.from_status IS NOT NULL
)
SELECT (SELECT count(*) FROM due) AS reasons,
	(SELECT count(*) FROM (TABLE due EXCEPT TABLE shipped) AS d) AS lacking,
	(SELECT count(*) FROM (TABLE shipped EXCEPT TABLE due) AS d) AS others,
	(SELECT count(*) FROM (TABLE due EXCEPT
		SELECT closing_reason FROM desk.closing_reasons) AS d) AS without_label;
-- The factory is entered with consent alone, and from nowhere else.
SELECT count(*) AS ways_to_the_factory,
	count(*) FILTER (WHERE t.consent = 'contact_factory') AS with_consent
FROM desk.transitions AS t JOIN desk.statuses AS s
	ON s.status = t.to_status AND s.version = t.version
WHERE s.factory_contact;
-- A case closed for a reason is of any severity, and each severity once.
SELECT r.reason, array_agg(r.from_status ORDER BY r.from_status COLLATE "C")
		AS from_statuses, bool_and(r.every_severity_once)
		AS every_severity_once, bool_or(r.four_eyes_for_others)
		AS four_eyes_for_others, bool_and(r.four_eyes) AS four_eyes_for_grave
FROM (SELECT t.reason, t.from_status, array_agg(v ORDER BY v::ietp.severity)
			= enum_range(NULL::ietp.severity)::text[] AS every_severity_once,
		bool_or(t.four_eyes AND v NOT IN ('critical', 'zero_tolerance'))
			AS four_eyes_for_others,
		bool_and(t.four_eyes OR v NOT IN ('critical', 'zero_tolerance'))
			AS four_eyes
	FROM desk.transitions AS t, unnest(t.when_values) AS v
	WHERE t.action = 'close' AND t.when_column = 'highest_severity'
	GROUP BY t.reason, t.from_status) AS r
GROUP BY r.reason ORDER BY r.reason COLLATE "C";

-- Every label is there, in every language, and says something of its own.
SELECT count(*) AS statuses, count(*) FILTER (WHERE ietp.nonblank(l.label)
	IS NULL) AS without_label, count(DISTINCT l.label) AS labels
FROM desk.statuses AS s, LATERAL (VALUES (s.label_en), (s.label_zh_hans),
	(s.label_zh_hant), (s.label_vi), (s.worker_label_en),
	(s.worker_label_zh_hans), (s.worker_label_zh_hant), (s.worker_label_vi))
	AS l (label);
SELECT count(*) FILTER (WHERE ietp.nonblank(l.label) IS NULL) AS without_label
FROM desk.transitions AS t, LATERAL (VALUES (t.label_en), (t.label_zh_hans),
	(t.label_zh_hant), (t.label_vi)) AS l (label);
SELECT count(*) AS han_in_wrong_place
FROM (SELECT label_en AS other, label_vi, label_zh_hans, label_zh_hant
	FROM desk.statuses
	UNION ALL SELECT worker_label_en, worker_label_vi, worker_label_zh_hans,
		worker_label_zh_hant FROM desk.statuses
	UNION ALL SELECT label_en, label_vi, label_zh_hans, label_zh_hant
	FROM desk.transitions) AS l
WHERE l.other ~ '[一-龥]' OR l.label_vi ~ '[一-龥]'
OR l.label_zh_hans !~ '^[一-龥，]+$' OR l.label_zh_hant !~ '^[一-龥，]+$';
-- One action is called the same everywhere.
SELECT action FROM desk.transitions GROUP BY action
HAVING count(DISTINCT (label_en, label_zh_hans, label_zh_hant, label_vi)) > 1;

-- Rules name only what there is.
SELECT r AS unknown_guard FROM desk.transitions AS t, unnest(t.records) AS r
WHERE r NOT IN (SELECT guard FROM desk.guards);
SELECT guard AS unused_guard FROM desk.guards
WHERE guard NOT IN (SELECT unnest(records) FROM desk.transitions
	WHERE records IS NOT NULL);
SELECT g.guard AS guard_without_function FROM desk.guards AS g
WHERE NOT EXISTS (SELECT FROM pg_proc AS p
	WHERE p.oid = to_regprocedure(format('desk.%I(ietp.case_ref)', g.guard))
	AND p.prorettype = 'boolean'::regtype AND p.provolatile = 'v'
	AND NOT p.prosecdef AND p.proowner = 'regress_rules_owner'::regrole);
SELECT c AS unknown_column
FROM (SELECT unnest(required_columns) FROM desk.transitions
	UNION SELECT when_column FROM desk.transitions
	UNION SELECT unnest(ARRAY[key_column, actor_column, since_column,
		reason_column, halt_column] || final_except) FROM desk.lifecycles)
	AS c (c)
WHERE c NOT IN (SELECT attname FROM pg_attribute
	WHERE attrelid = 'desk.cases'::regclass AND attnum > 0);

--
-- What is sealed stays, whoever edits it and however.
--
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	hint text;
	n bigint;
BEGIN
	EXECUTE statement;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n || ' done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(hint, ''));
END
$$;
-- Each rule in another state: SQLSTATE of the statement, which is undone.
CREATE FUNCTION pg_temp.state_of(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN 'done';
WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
GRANT USAGE ON SCHEMA desk TO regress_rules_owner;

-- A map, and a draft to take rows from.
INSERT INTO desk.lifecycles (lifecycle, version, key_column, actor_column,
	since_column, reason_column, halt_column, final_except)
SELECT lifecycle, v, key_column, actor_column, since_column, reason_column,
	halt_column, final_except
FROM desk.lifecycles, generate_series(2, 3) AS v WHERE version = 1;
INSERT INTO desk.statuses
SELECT (jsonb_populate_record(s, jsonb_build_object('version', v))).*
FROM desk.statuses AS s, generate_series(2, 3) AS v;
INSERT INTO desk.transitions
SELECT (jsonb_populate_record(t, jsonb_build_object('version', v))).*
FROM desk.transitions AS t, generate_series(2, 3) AS v;
INSERT INTO desk.lifecycle_maps
VALUES ('case', 2, 1, 'received', 'triaged'),
	('case', 3, 1, 'received', 'triaged');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE version = 2;

CREATE TEMP TABLE tampering (n serial, statement text);
INSERT INTO tampering (statement)
-- Each column that judges
SELECT format('UPDATE desk.%I SET %I = %s WHERE version = 2', t.name,
	a.attname, t.value)
FROM (VALUES
	('lifecycles', 'lifecycle', '''other'''), ('lifecycles', 'version', '4'),
	('lifecycles', 'sealed_at', 'NULL, sealed_by = NULL'),
	('lifecycles', 'sealed_at', 'now() + interval ''1 second'''),
	('lifecycles', 'key_column', 'NULL'), ('lifecycles', 'actor_column', 'NULL'),
	('lifecycles', 'since_column', 'NULL'),
	('lifecycles', 'reason_column', 'NULL'),
	('lifecycles', 'halt_column', 'NULL'),
	('lifecycles', 'final_except', 'NULL'),
	('lifecycles', 'sealed_by', '''somebody'''),
	('statuses', 'lifecycle', '''other'''), ('statuses', 'version', '3'),
	('statuses', 'status', 'status || ''x'''),
	('statuses', 'category', '''initial'''), ('statuses', 'clock', '''pause'''),
	('statuses', 'factory_contact', 'NOT factory_contact'),
	('transitions', 'lifecycle', '''other'''), ('transitions', 'version', '3'),
	('transitions', 'from_status', '''*'''), ('transitions', 'action', '''x'''),
	('transitions', 'to_status', '''received'''),
	('transitions', 'roles', '''{auditor}'''),
	('transitions', 'required_columns', '''{line}'''),
	('transitions', 'consent', '''story'''),
	('transitions', 'records', '''{x}'''), ('transitions', 'reason', '''x'''),
	('transitions', 'four_eyes', 'NOT four_eyes'),
	('transitions', 'next_cycle', 'NOT next_cycle'),
	('transitions', 'allowed_within', '''1 hour'''),
	('transitions', 'when_column', '''line'', when_values = ''{CN}'''),
	('transitions', 'when_values', '''{x}'', when_column = ''line'''),
	('lifecycle_maps', 'lifecycle', '''other'''),
	('lifecycle_maps', 'version', '3'), ('lifecycle_maps', 'from_version', '3'),
	('lifecycle_maps', 'from_status', '''closed'''),
	('lifecycle_maps', 'to_status', '''closed''')) AS t (name, attname, value)
JOIN pg_attribute AS a ON a.attrelid = ('desk.' || t.name)::regclass
	AND a.attname = t.attname;
-- Every such column is tried.
SELECT attrelid::regclass, attname AS not_tried FROM pg_attribute
WHERE attrelid IN ('desk.lifecycles'::regclass, 'desk.statuses'::regclass,
	'desk.transitions'::regclass, 'desk.lifecycle_maps'::regclass)
AND attnum > 0 AND attname !~ 'label|description'
AND NOT EXISTS (SELECT FROM tampering WHERE statement LIKE
	format('UPDATE %s SET %I = %%', attrelid::regclass, attname));
INSERT INTO tampering (statement) VALUES
	-- Out of a draft, into what is sealed
	('UPDATE desk.statuses SET version = 2, status = ''new'' WHERE version = 3 AND status = ''triaged'''),
	('UPDATE desk.transitions SET version = 2, action = ''new'' WHERE version = 3'),
	('UPDATE desk.lifecycle_maps SET version = 2, from_status = ''triaged'' WHERE version = 3'),
	('INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES (''case'', 2, ''new'', ''active'')'),
	('INSERT INTO desk.transitions (lifecycle, version, from_status, action, to_status) VALUES (''case'', 2, ''*'', ''cheat'', ''with_factory'')'),
	('INSERT INTO desk.lifecycle_maps VALUES (''case'', 2, 1, ''inquiry'', ''closed'')'),
	('INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES (''case'', 2, ''triaged'', ''active'') ON CONFLICT (lifecycle, version, status) DO UPDATE SET category = ''terminal'''),
	('MERGE INTO desk.transitions AS t USING (VALUES (2)) AS v (version) ON t.version = v.version WHEN MATCHED THEN UPDATE SET records = NULL'),
	('MERGE INTO desk.transitions AS t USING (VALUES (2)) AS v (version) ON t.version = v.version WHEN MATCHED THEN DELETE'),
	('MERGE INTO desk.statuses AS s USING (VALUES (9)) AS v (version) ON s.version = v.version WHEN NOT MATCHED THEN INSERT (lifecycle, version, status, category) VALUES (''case'', 2, ''new'', ''active'')'),
	('DELETE FROM desk.transitions WHERE version = 2'),
	('DELETE FROM desk.statuses WHERE version = 2'),
	('DELETE FROM desk.lifecycle_maps WHERE version = 2'),
	('DELETE FROM desk.lifecycles WHERE version = 2'),
	('WITH gone AS (DELETE FROM desk.transitions WHERE version = 2 RETURNING 1) SELECT count(*) FROM gone'),
	('TRUNCATE desk.transitions'), ('TRUNCATE desk.lifecycle_maps'),
	('TRUNCATE desk.statuses, desk.transitions, desk.lifecycle_maps'),
	('TRUNCATE desk.lifecycles CASCADE');
CREATE TEMP TABLE rules_before AS
SELECT to_jsonb(t) AS rule FROM desk.lifecycles AS t
UNION ALL SELECT to_jsonb(t) FROM desk.statuses AS t
UNION ALL SELECT to_jsonb(t) FROM desk.transitions AS t
UNION ALL SELECT to_jsonb(t) FROM desk.lifecycle_maps AS t;
SELECT count(*) AS attempts,
	count(*) FILTER (WHERE pg_temp.state_of(statement) = 'IE222') AS refused
FROM tampering;
SELECT statement, pg_temp.state_of(statement) FROM tampering
WHERE pg_temp.state_of(statement) <> 'IE222' ORDER BY n;
-- In replica mode, too, in which no foreign key is looked at
SET session_replication_role = replica;
SELECT count(*) FILTER (WHERE pg_temp.state_of(statement) = 'IE222') AS refused
FROM tampering;
RESET session_replication_role;
-- and as the owner.
GRANT SELECT ON tampering TO PUBLIC;
SET ROLE regress_rules_owner;
SELECT count(*) FILTER (WHERE pg_temp.state_of(statement) = 'IE222') AS refused
FROM tampering;
RESET ROLE;
-- What it tells
SELECT pg_temp.attempt('DELETE FROM desk.lifecycles WHERE version = 2');
SELECT pg_temp.attempt('DELETE FROM desk.transitions WHERE version = 2');
-- COPY
COPY desk.transitions (lifecycle, version, from_status, action, to_status)
FROM stdin;
case	3	*	allowed	closed
case	2	*	cheat	closed
\.
COPY desk.statuses (lifecycle, version, status, category) FROM stdin;
case	2	new	active
\.
SET session_replication_role = replica;
COPY desk.transitions (lifecycle, version, from_status, action, to_status)
FROM stdin;
case	2	*	cheat	closed
\.
RESET session_replication_role;
-- Through a view and a rule
CREATE VIEW public.rules AS SELECT * FROM desk.transitions;
SELECT pg_temp.attempt(
	'UPDATE public.rules SET records = NULL WHERE version = 2');
CREATE TABLE public.bell (n integer);
CREATE RULE ring AS ON INSERT TO public.bell DO ALSO
DELETE FROM desk.transitions WHERE version = NEW.n;
SELECT pg_temp.attempt('INSERT INTO public.bell VALUES (2)');
DROP VIEW public.rules;
DROP TABLE public.bell;
SELECT count(*) AS changed
FROM ((SELECT to_jsonb(t) FROM desk.lifecycles AS t
	UNION ALL SELECT to_jsonb(t) FROM desk.statuses AS t
	UNION ALL SELECT to_jsonb(t) FROM desk.transitions AS t
	UNION ALL SELECT to_jsonb(t) FROM desk.lifecycle_maps AS t)
	EXCEPT ALL TABLE rules_before) AS x;

-- What people read may be corrected; it judges nothing.
SELECT pg_temp.attempt($$UPDATE desk.statuses SET label_vi = 'Đã nhận',
	worker_label_en = 'Here' WHERE version = 2 AND status = 'received'$$);
SELECT pg_temp.attempt($$UPDATE desk.transitions SET label_en = 'Finish'
	WHERE version = 2 AND action = 'close'$$);
SELECT pg_temp.attempt($$UPDATE desk.lifecycles SET description = 'Ours.'
	WHERE version = 2$$);
SELECT pg_temp.attempt($$UPDATE desk.guards SET hint = 'Write it down.'
	WHERE guard = 'finding_noted'$$);
SELECT pg_temp.attempt($$UPDATE desk.statuses SET label_vi = 'x',
	clock = 'pause' WHERE version = 2$$);

-- A draft is edited at will, as far as its rows still make sense, and goes.
SELECT count(*) AS edits, count(*) FILTER (WHERE a.state LIKE 'IE%') AS refused
FROM tampering, pg_temp.state_of(replace(statement, 'version = 2',
	'version = 3')) AS a (state)
WHERE statement ~ '^(UPDATE|DELETE|WITH).*version = 2'
AND statement !~ 'SET version = 2';
BEGIN;
DELETE FROM desk.lifecycle_maps WHERE version = 3;
DELETE FROM desk.transitions WHERE version = 3;
DELETE FROM desk.statuses WHERE version = 3;
DELETE FROM desk.lifecycles WHERE version = 3;
SELECT count(*) FROM desk.lifecycles WHERE version = 3;
ROLLBACK;
-- Rows that are none
SELECT statement, pg_temp.state_of(statement) FROM (VALUES
	('INSERT INTO desk.lifecycles VALUES (''Case'', 4)'),
	('INSERT INTO desk.lifecycles VALUES (''case'', 0)'),
	('INSERT INTO desk.lifecycles (lifecycle, version, sealed_at) VALUES (''case'', 4, now())'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, ''*'', ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, '''', ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, '' x'', ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, E''x\ty'', ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, repeat(''x'', 129), ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 4, ''x'', ''active'')'),
	('INSERT INTO desk.statuses VALUES (''case'', 3, ''x y/结案'', ''active'')'),
	('INSERT INTO desk.transitions VALUES (''case'', 3, ''*'', ''x'', ''nowhere'')'),
	('INSERT INTO desk.transitions VALUES (''case'', 3, ''*'', '''', ''closed'')'),
	('INSERT INTO desk.transitions VALUES (''case'', 3, ''*'', ''x'', ''closed'', ''{boss}'')'),
	('INSERT INTO desk.transitions (lifecycle, version, from_status, action, to_status, reason) VALUES (''case'', 3, ''*'', ''x'', ''closed'', ''Some reason'')'),
	('INSERT INTO desk.transitions (lifecycle, version, from_status, action, to_status, allowed_within) VALUES (''case'', 3, ''*'', ''x'', ''closed'', ''0'')'),
	('INSERT INTO desk.transitions (lifecycle, version, from_status, action, to_status, when_column) VALUES (''case'', 3, ''*'', ''x'', ''closed'', ''line'')'),
	('INSERT INTO desk.transitions SELECT * FROM desk.transitions WHERE version = 3 LIMIT 1'),
	('INSERT INTO desk.lifecycle_maps VALUES (''case'', 3, 1, ''nowhere'', ''closed'')'),
	('INSERT INTO desk.lifecycle_maps VALUES (''case'', 3, 1, ''closed'', ''nowhere'')'),
	('INSERT INTO desk.guards VALUES (''No Guard'', ''x'')'))
	AS v (statement);

--
-- Whoever changes rules is judged by them from the next statement on, and by
-- the old ones again when the change is undone.
--
CREATE TABLE lamps (id integer, status text);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON lamps
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('lamp', 'status');
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('lamp', 1);
INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
	('lamp', 1, 'off', 'initial'), ('lamp', 1, 'on', 'active');
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status)
VALUES ('lamp', 1, 'off', 'press', 'on');
INSERT INTO lamps VALUES (1, 'off');
-- Rules in which a lamp never ends are not sealed, by whatever statement and
-- whoever seals them, and not judged by.
CREATE TEMP TABLE sealing (n serial, statement text);
INSERT INTO sealing (statement) VALUES
	('UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = ''test'' WHERE lifecycle = ''lamp'''),
	('MERGE INTO desk.lifecycles AS l USING (VALUES (1)) AS v (version) ON l.lifecycle = ''lamp'' AND l.version = v.version WHEN MATCHED THEN UPDATE SET sealed_at = now(), sealed_by = ''test'''),
	('INSERT INTO desk.lifecycles (lifecycle, version) VALUES (''lamp'', 1) ON CONFLICT (lifecycle, version) DO UPDATE SET sealed_at = now(), sealed_by = ''test'''),
	('INSERT INTO desk.lifecycles (lifecycle, version, sealed_at, sealed_by) VALUES (''lamp'', 2, now(), ''test'')'),
	('SELECT helpline.seal_lifecycle(''lamp'', 1)');
GRANT SELECT ON sealing TO PUBLIC;
SELECT n, pg_temp.attempt(statement) FROM sealing ORDER BY n;
SET session_replication_role = replica;
SELECT count(*) FILTER (WHERE pg_temp.state_of(statement) = 'IE223') AS refused
FROM sealing;
RESET session_replication_role;
SET ROLE regress_rules_owner;
SELECT count(*) FILTER (WHERE pg_temp.state_of(statement) = 'IE223') AS refused
FROM sealing WHERE n < 5;
RESET ROLE;
COPY desk.lifecycles (lifecycle, version, sealed_at, sealed_by) FROM stdin;
lamp	2	2021-01-01	test
\.
SELECT version, sealed_at, sealed_by FROM desk.lifecycles
WHERE lifecycle = 'lamp';
INSERT INTO lamps VALUES (1, 'off');
INSERT INTO desk.statuses (lifecycle, version, status, category)
VALUES ('lamp', 1, 'gone', 'terminal');
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status)
VALUES ('lamp', 1, '*', 'scrap', 'gone');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'lamp';
INSERT INTO lamps VALUES (1, 'off');
UPDATE lamps SET status = 'on';
UPDATE lamps SET status = 'off';
-- Makes version 2, in which a lamp goes off again and is never lit.
CREATE PROCEDURE pg_temp.turn_over()
LANGUAGE sql
AS $$
	INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('lamp', 2);
	INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
		('lamp', 2, 'off', 'initial'), ('lamp', 2, 'on', 'initial'),
		('lamp', 2, 'gone', 'terminal');
	INSERT INTO desk.transitions (lifecycle, version, from_status, action,
		to_status)
	VALUES ('lamp', 2, 'on', 'press', 'off'),
		('lamp', 2, '*', 'scrap', 'gone');
	UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
	WHERE lifecycle = 'lamp' AND version = 2;
$$;
BEGIN;
CALL pg_temp.turn_over();
UPDATE lamps SET status = 'off';
ROLLBACK;
-- It is on, and stays so.
UPDATE lamps SET status = 'off';
SELECT id, status FROM lamps;
BEGIN;
SAVEPOINT before;
CALL pg_temp.turn_over();
UPDATE lamps SET status = 'off';
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'on'$$);
ROLLBACK TO before;
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'off'$$);
CALL pg_temp.turn_over();
UPDATE lamps SET status = 'off';
COMMIT;
UPDATE lamps SET status = 'on';
SELECT id, status FROM lamps;
-- A draft of a third version changes nothing, and what reads at REPEATABLE
-- READ judges no otherwise.
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('lamp', 3);
INSERT INTO desk.statuses (lifecycle, version, status, category)
VALUES ('lamp', 3, 'broken', 'initial'), ('lamp', 3, 'gone', 'terminal');
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status)
VALUES ('lamp', 3, 'broken', 'scrap', 'gone');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM lamps;
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'on'$$);
SELECT pg_temp.attempt($$INSERT INTO lamps VALUES (2, 'broken')$$);
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'lamp' AND version = 3;
SELECT pg_temp.attempt($$INSERT INTO lamps VALUES (2, 'broken')$$);
-- A row whose status is not of the version in force is edited on, but moves
-- nowhere
SELECT pg_temp.attempt($$UPDATE lamps SET id = 1 WHERE id = 1$$);
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'broken' WHERE id = 1$$);
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'on' WHERE id = 1$$);
ROLLBACK;
-- unless a map names the way.
BEGIN;
INSERT INTO desk.lifecycle_maps VALUES ('lamp', 3, 2, 'off', 'broken');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'lamp' AND version = 3;
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'on' WHERE id = 1$$);
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'broken' WHERE id = 1$$);
SELECT pg_temp.attempt($$UPDATE lamps SET status = 'off' WHERE id = 1$$);
ROLLBACK;
SELECT pg_temp.attempt($$INSERT INTO lamps VALUES (2, 'broken')$$);
-- The hint of a guard is told as it is now.
BEGIN;
UPDATE desk.guards SET hint = 'Raise one!' WHERE guard = 'issue_recorded';
SELECT FROM helpline.open_case((SELECT call_ref
	FROM helpline.record_call('CN', 'phone_in', 'grievance',
		identity_mode => 'anonymous')));
SELECT a.why_not, a.hints
FROM desk.cases, helpline.next_actions(case_ref) AS a
WHERE a.action = 'triage';
ROLLBACK;

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_rules;
DROP ROLE regress_rules_owner;
