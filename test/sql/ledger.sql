-- The ledger: one event for each change, on every path, in a chain that plain
-- SQL computes alike.  All in a transaction that is rolled back; references,
-- hashes and keys are random and never shown.
SET datestyle = ISO;
SET timezone = 'UTC';
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT;
	RETURN concat_ws(' | ', state, message);
END
$$;

-- The oracle: an event's hash as doc/reference.md defines it.
CREATE FUNCTION pg_temp.field(value bytea)
RETURNS bytea
LANGUAGE sql
RETURN CASE WHEN value IS NULL THEN int4send(-1)
	ELSE int4send(length(value)) || value END;
CREATE FUNCTION pg_temp.hash_of(e desk.events, previous bytea)
RETURNS bytea
LANGUAGE sql
RETURN sha256('ietp-event-1'::bytea || '\x00'
	|| COALESCE(previous, decode(repeat('00', 32), 'hex'))
	|| pg_temp.field(case_ref_send(e.case_ref))
	|| pg_temp.field(int4send(e.n))
	|| pg_temp.field(timestamptz_send(e.occurred_at))
	|| pg_temp.field(timestamptz_send(e.recorded_at))
	|| pg_temp.field(int4send(e.incarnation))
	|| pg_temp.field(int8send(e.xid::text::bigint))
	|| pg_temp.field(int4send(e.lifecycle_version))
	|| pg_temp.field(int4send(e.consent_n))
	|| pg_temp.field(convert_to(e.action, 'UTF8'))
	|| pg_temp.field(convert_to(e.from_status, 'UTF8'))
	|| pg_temp.field(convert_to(e.to_status, 'UTF8'))
	|| pg_temp.field(convert_to(e.actor, 'UTF8'))
	|| pg_temp.field(convert_to(e.database_role, 'UTF8'))
	|| pg_temp.field(convert_to(e.changes::text, 'UTF8'))
	|| pg_temp.field(convert_to(e.records::text, 'UTF8')));

-- Does everything hold? Chains by the oracle, numbers, heads, and our own
-- verification.
CREATE FUNCTION pg_temp.ledger_holds(OUT events boolean, OUT heads boolean,
	OUT findings bigint)
LANGUAGE sql
AS $$
	SELECT (SELECT bool_and(h.is_right) FROM (
			SELECT e.hash = pg_temp.hash_of(e, lag(e.hash) OVER w)
				AND e.n = row_number() OVER w
				AND e.occurred_at >= COALESCE(lag(e.occurred_at) OVER w,
					'-infinity')
				AND e.recorded_at >= e.occurred_at AS is_right
			FROM desk.events AS e
			WINDOW w AS (PARTITION BY e.case_ref ORDER BY e.n)) AS h),
		(SELECT bool_and(c.event_hash = e.hash AND c.event_n = e.n
				AND c.event_at = e.occurred_at)
			FROM desk.cases AS c
			LEFT JOIN LATERAL (SELECT * FROM desk.events AS o
				WHERE o.case_ref = c.case_ref ORDER BY o.n DESC LIMIT 1) AS e
				ON true),
		(SELECT count(*) FROM verify_ledger())
$$;

-- What happened since the last look, without what is random.
CREATE TABLE pg_temp.seen AS SELECT case_ref, n FROM desk.events;
CREATE FUNCTION pg_temp.news(OUT event text)
RETURNS SETOF text
LANGUAGE sql
AS $$
	WITH fresh AS (
		INSERT INTO pg_temp.seen
		SELECT e.case_ref, e.n FROM desk.events AS e
		WHERE NOT EXISTS (SELECT FROM pg_temp.seen AS s
			WHERE s.case_ref = e.case_ref AND s.n = e.n)
		RETURNING case_ref, n
	)
	SELECT concat_ws(' ', e.action, e.from_status, '->' || e.to_status,
		'consent ' || e.consent_n, regexp_replace(e.changes::text,
			'"[0-9]{4}-[0-9T:.+-]+"', '"time"', 'g'),
		regexp_replace(regexp_replace(e.records::text, '"[0-9a-f]{64}"',
			'"digest"', 'g'), '"(CALL|CN)-[-A-Z0-9]+"', '"ref"', 'g'))
	FROM fresh AS f JOIN desk.events AS e USING (case_ref, n)
	ORDER BY e.n, e.case_ref
$$;

CREATE ROLE regress_lin NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_audit NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_lin'::name),
	('supervisor', 'regress_boss'), ('auditor', 'regress_audit'))
	AS v (kind, role);
SELECT helpline.set_account('regress_lin', 'specialist', team => 'TK-L')
	IS NOT NULL AS done;
SELECT helpline.set_factory('TK-L1', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TK-L2', 'CN') IS NOT NULL AS done;
SELECT ietp.incarnation() AS incarnation;

-- Opening, and what is written beside the case: one event for each statement.
SET LOCAL ROLE regress_lin;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', language => 'zh', factory => 'TK-L1',
	complainant_role => 'worker', identity_mode => 'confidential') \gset
SELECT n FROM helpline.raise_issue(:'call1', 'wages.unpaid');
SELECT case_ref AS case1 FROM helpline.open_case(:'call1') \gset
SELECT n FROM helpline.add_note(:'case1', E'李 said: "自离", \\ and\nmore',
	language => 'zh');
SELECT n FROM helpline.record_consent(:'case1', 'contact_factory',
	wording_version => '2021-1');
RESET ROLE;
SELECT * FROM pg_temp.news();
SELECT actor, database_role = session_user AS login, incarnation,
	xid = pg_current_xact_id() AS xid, lifecycle_version, count(*)
FROM desk.events WHERE case_ref = :'case1' GROUP BY 1, 2, 3, 4, 5;
SELECT * FROM pg_temp.ledger_holds();

-- A move uses a consent; so does a disclosure, which says it itself.
SET LOCAL ROLE regress_lin;
SELECT accepted, rule FROM helpline.transition_case(:'case1', 'triage',
	fields => '{"retaliation_risk": false, "severity": "serious"}');
SELECT accepted, rule FROM helpline.transition_case(:'case1',
	'contact_factory');
SELECT accepted, rule FROM helpline.transition_case(:'case1', 'resolve');
SELECT n, consent_n FROM helpline.disclose(:'case1', 'contact_factory',
	'{topic,dates}');
SELECT withdrawn, status FROM helpline.withdraw_consent(:'case1',
	'contact_factory');
RESET ROLE;
SELECT * FROM pg_temp.news();
SELECT consent_used FROM desk.cases WHERE case_ref = :'case1';

-- Another factory while one is spoken with uses a consent, too; so does an
-- adoption.  One for another purpose needs no factory.
SET LOCAL ROLE regress_lin;
SELECT n FROM helpline.record_consent(:'case1', 'contact_factory',
	wording_version => '2021-1');
SELECT accepted, rule FROM helpline.transition_case(:'case1',
	'contact_factory');
SELECT n FROM helpline.record_consent(:'case1', 'contact_factory',
	wording_version => '2021-1', recipient => 'TK-L2');
RESET ROLE;
UPDATE desk.cases SET factory = 'TK-L2' WHERE case_ref = :'case1';
SELECT helpline.draft_lifecycle('case') AS version \gset
SELECT helpline.set_status('case', :version, 'at_factory', 'active',
	factory_contact => true) IS NOT NULL AS done;
SELECT helpline.map_status('case', :version, 1, 'with_factory', 'at_factory')
	IS NOT NULL AS done;
SELECT helpline.set_transition('case', :version, 'consent_withdrawn',
	'at_factory', 'awaiting_consent') IS NOT NULL AS done;
SELECT helpline.set_transition('case', :version, 'visit', 'triaged',
	'at_factory', required_columns => '{factory}',
	consent => 'contact_factory') IS NOT NULL AS done;
SELECT helpline.set_transition('case', :version, 'look_into', 'received',
	'inquiry', consent => 'refer') IS NOT NULL AS done;
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'x'
WHERE lifecycle = 'case' AND version = :version;
SELECT adopted FROM helpline.adopt_lifecycle(:version, :'case1');
SELECT * FROM pg_temp.news();
SELECT what FROM helpline.timeline(:'case1') WHERE what ~ 'version';
SET LOCAL ROLE regress_lin;
SELECT case_ref AS case3 FROM helpline.open_case(:'call1') \gset
RESET ROLE;
UPDATE desk.cases SET factory = NULL WHERE case_ref = :'case3';
SET LOCAL ROLE regress_lin;
SELECT n FROM helpline.record_consent(:'case3', 'statistics',
	wording_version => '2021-1');
SELECT n FROM helpline.record_consent(:'case3', 'refer', 'authority',
	'the labour bureau', wording_version => '2021-1');
SELECT accepted, rule FROM helpline.transition_case(:'case3', 'look_into');
RESET ROLE;
SELECT * FROM pg_temp.news() WHERE event ~ 'look_into';
SELECT * FROM pg_temp.ledger_holds();

-- Every other path.  What changes nothing is no event, and neither is what was
-- undone; what a statement writes into the head itself does not count.
UPDATE desk.cases SET workers_affected = 12 WHERE case_ref = :'case1';
UPDATE desk.cases SET workers_affected = 12, consent_n = consent_n
WHERE case_ref = :'case1';
SAVEPOINT undone;
UPDATE desk.cases SET workers_affected = 13 WHERE case_ref = :'case1';
ROLLBACK TO undone;
UPDATE desk.cases SET event_n = 77, event_hash = '\x00', consent_used = 5,
	event_at = '2001-01-01' WHERE case_ref = :'case1';
UPDATE desk.cases SET event_n = 77, event_hash = '\x00', severity = 'critical'
WHERE case_ref = :'case1';
MERGE INTO desk.cases AS c USING (VALUES (1)) AS v (n)
ON c.case_ref = :'case1' WHEN MATCHED THEN UPDATE SET migrant_worker = true;
WITH changed AS (
	UPDATE desk.cases SET currency = 'CNY', amount_claimed = 1234.50
	WHERE case_ref = :'case1' RETURNING case_ref)
SELECT count(*) FROM changed;
SET LOCAL session_replication_role = replica;
UPDATE desk.cases SET team = 'TK-M', handler = NULL, investigator = 'x'
WHERE case_ref = :'case1';
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
VALUES (:'case1', 2, 'note', 'x', 'in replica mode');
SET LOCAL session_replication_role = origin;
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity,
	source, source_id)
VALUES (new_case_ref('CN', 2021), 'CN', '2021-03-04 05:06:07+00',
	'2021-03-04', 'minor', 'old "system"', E'A\\1\t李')
RETURNING case_ref AS case2 \gset
COPY desk.case_issues (case_ref, n, taxonomy, topic) FROM PROGRAM 'true';
INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
SELECT c.case_ref, i.n, t.taxonomy, t.topic
FROM (VALUES (:'case1'::case_ref), (:'case2')) AS c (case_ref),
	(VALUES (5), (6)) AS i (n),
	(SELECT taxonomy, topic FROM desk.topics WHERE topic = 'wages.unpaid'
		ORDER BY taxonomy LIMIT 1) AS t;
SELECT * FROM pg_temp.news();
SELECT * FROM pg_temp.ledger_holds();
-- A trigger on the table itself sees it all as one thing.
CREATE FUNCTION pg_temp.set_migrant()
RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
	NEW.migrant_worker := false;
	RETURN NEW;
END
$$;
CREATE TRIGGER early BEFORE UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION pg_temp.set_migrant();
UPDATE desk.cases SET workers_affected = 14 WHERE case_ref = :'case1';
DROP TRIGGER early ON desk.cases;
CREATE TRIGGER zzz_late BEFORE UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION pg_temp.set_migrant();
SELECT pg_temp.attempt(format(
	'UPDATE desk.cases SET migrant_worker = true WHERE case_ref = %L',
	:'case1'));
DROP TRIGGER zzz_late ON desk.cases;
-- One that writes the case again, before the event of the first is written.
CREATE FUNCTION pg_temp.write_again()
RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.cases SET workers_affected = NEW.workers_affected + 1
	WHERE case_ref = NEW.case_ref AND workers_affected < 20;
	RETURN NULL;
END
$$;
CREATE TRIGGER again AFTER UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION pg_temp.write_again();
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
VALUES (:'case1', 7, 'note', 'x', 'written in between');
DROP TRIGGER again ON desk.cases;
-- Without a stamp there is no event.
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp;
SELECT pg_temp.attempt(format(
	'UPDATE desk.cases SET workers_affected = 9 WHERE case_ref = %L',
	:'case1'));
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp;
-- A column that a DBA adds may hold anything.
ALTER TABLE desk.cases ADD COLUMN nickname text;
UPDATE desk.cases SET nickname = 'Ah Li' WHERE case_ref = :'case1';
SELECT * FROM pg_temp.news();
SELECT * FROM pg_temp.ledger_holds();
ALTER TABLE desk.cases DROP COLUMN nickname;
-- Nor do other columns of a DBA's stop anything, or change what was.
ALTER TABLE desk.cases ADD COLUMN twice integer
	GENERATED ALWAYS AS (workers_affected * 2) STORED;
ALTER TABLE desk.events ADD COLUMN remark text;
ALTER TABLE desk.notes ADD COLUMN reviewed boolean NOT NULL DEFAULT false;
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
VALUES (:'case1', 8, 'note', 'x', 'beside other columns');
UPDATE desk.cases SET workers_affected = 15 WHERE case_ref = :'case1';
SELECT * FROM pg_temp.news();
SELECT count(*) AS findings FROM verify_ledger(:'case2');
ALTER TABLE desk.events DROP COLUMN remark;
UPDATE desk.cases SET workers_affected = 16 WHERE case_ref = :'case1';
ALTER TABLE desk.cases DROP COLUMN twice;
SELECT * FROM pg_temp.news();

-- A thousand in one statement.
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity)
SELECT DISTINCT ON (ref) ref, 'CN', now(), current_date, 'minor'
FROM (SELECT new_case_ref('CN', 2020) AS ref
	FROM generate_series(1, 1010)) AS r LIMIT 1000;
UPDATE desk.cases SET severity = 'moderate'
WHERE severity = 'minor' AND case_ref::text LIKE 'CN-2020-%';
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
SELECT c.case_ref, g, 'note', 'x', 'words ' || g
FROM desk.cases AS c, generate_series(1, 2) AS g
WHERE c.case_ref::text LIKE 'CN-2020-%';
SELECT e.n, e.action, count(*), count(DISTINCT e.hash) AS hashes
FROM desk.events AS e WHERE e.case_ref::text LIKE 'CN-2020-%'
GROUP BY 1, 2 ORDER BY 1;
SELECT * FROM pg_temp.ledger_holds();

-- Nobody writes events; nobody deletes a case, or gives it another reference.
SELECT r.role, s.n, pg_temp.attempt(format(
	'SET LOCAL session_replication_role = %L; %s', r.role, replace(
	s.statement, '$', quote_literal(:'case1')))) AS outcome
FROM (VALUES ('origin'), ('replica')) AS r (role), (VALUES
	(1, 'UPDATE desk.events SET actor = ''x'' WHERE case_ref = $'),
	(2, 'DELETE FROM desk.events WHERE case_ref = $ AND n = 2'),
	(3, 'INSERT INTO desk.events SELECT * FROM desk.events LIMIT 1'),
	(4, 'TRUNCATE desk.events'),
	(5, 'DELETE FROM desk.cases WHERE case_ref = $'),
	(6, 'TRUNCATE desk.cases CASCADE'),
	(7, 'UPDATE desk.cases SET case_ref = new_case_ref(''CN'', 2022) '
		'WHERE case_ref = $'),
	(8, 'UPDATE desk.notes SET body = ''x'' WHERE case_ref = $'),
	(9, 'DELETE FROM desk.case_issues WHERE case_ref = $'),
	(10, 'UPDATE desk.incarnations SET system_identifier = 1'),
	(11, 'INSERT INTO desk.notes (case_ref, n, kind, written_by, body) '
		'VALUES (new_case_ref(''CN'', 2023), 1, ''note'', ''x'', ''x'')'))
	AS s (n, statement)
ORDER BY r.role, s.n;
SET LOCAL session_replication_role = origin;

-- Words and names enter as keyed digests alone: an HMAC after RFC 2104.
CREATE FUNCTION pg_temp.hmac(key bytea, message bytea)
RETURNS bytea
LANGUAGE plpgsql
AS $$
DECLARE
	inner_pad bytea := decode(repeat('36', 64), 'hex');
	outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
	FOR i IN 0 .. length(key) - 1 LOOP
		inner_pad := set_byte(inner_pad, i,
			get_byte(inner_pad, i) # get_byte(key, i));
		outer_pad := set_byte(outer_pad, i,
			get_byte(outer_pad, i) # get_byte(key, i));
	END LOOP;
	RETURN sha256(outer_pad || sha256(inner_pad || message));
END
$$;
-- Case 2 of RFC 4231.
SELECT pg_temp.hmac('Jefe', 'what do ya want for nothing?')
	= '\x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
	AS hmac_is_right;
SELECT o.n, r.row ->> 'digest' = encode(pg_temp.hmac(uuid_send(o.digest_key),
	convert_to('notes:{"case_ref":' || to_json(o.case_ref::text)
		|| ',"n":' || o.n || ',"written_at":' || to_json(o.written_at)
		|| ',"kind":' || to_json(o.kind::text)
		|| COALESCE(',"language":' || to_json(o.language), '')
		|| ',"written_by":' || to_json(o.written_by)
		|| ',"body":' || to_json(o.body) || '}', 'UTF8')), 'hex') AS digest
FROM desk.notes AS o
JOIN desk.events AS e USING (case_ref)
CROSS JOIN LATERAL json_array_elements(e.records -> 'notes') AS r (row)
WHERE o.case_ref = :'case1' AND (r.row ->> 'n')::integer = o.n
ORDER BY o.n;
SELECT count(*) AS words FROM desk.events
WHERE case_ref = :'case1' AND concat(changes, records) ~ '李|replica mode';

-- Erasing a note takes its key with it, and breaks nothing.
SET LOCAL ROLE regress_boss;
SELECT repeated FROM helpline.add_note(:'case1', 'said once',
	retry_key => '11111111-2222-3333-4444-555555555555');
SELECT helpline.erase_note(:'case1', 1);
SELECT pg_temp.attempt(format('SELECT helpline.erase_note(%L, 1)', :'case1'));
SELECT pg_temp.attempt(format('SELECT helpline.erase_note(%L, NULL)',
	:'case1'));
RESET ROLE;
SELECT * FROM pg_temp.news() WHERE event ~ 'erased';
SELECT count(*) FROM desk.notes WHERE case_ref = :'case1';
SELECT function_name, count(*), count(request_hash) AS hashes
FROM desk.retries WHERE case_ref = :'case1' GROUP BY 1;
SET LOCAL ROLE regress_boss;
SELECT repeated FROM helpline.add_note(:'case1', 'said once',
	retry_key => '11111111-2222-3333-4444-555555555555');
RESET ROLE;
SELECT * FROM pg_temp.ledger_holds();

-- What does not fit together is found, without a seal: one thing after the
-- other, each undone.
SELECT pg_temp.attempt(v.statement) AS outcome
FROM (VALUES ('ALTER TABLE desk.cases DISABLE TRIGGER ALL'),
	('ALTER TABLE desk.events DISABLE TRIGGER ALL'),
	('ALTER TABLE desk.notes DISABLE TRIGGER ALL')) AS v (statement);
CREATE FUNCTION pg_temp.found_after(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement;
	-- Those of the columns may be many.
	SELECT string_agg(v.what, '; ') INTO result FROM (
		SELECT concat_ws(' ', v.finding, v.n,
			substring(v.detail FROM '(?:n = [0-9]+ of )?desk[.][.a-z_]+[a-z]')) AS what
		FROM verify_ledger() AS v ORDER BY v.n, v.finding, v.detail LIMIT 4)
		AS v;
	RAISE EXCEPTION USING ERRCODE = 'XX999', MESSAGE = concat(result);
EXCEPTION WHEN SQLSTATE 'XX999' THEN
	RETURN SQLERRM;
END
$$;
SELECT s.n, pg_temp.found_after(replace(s.statement, '$',
	quote_literal(:'case2'))) AS found
FROM (VALUES
	(1, 'UPDATE desk.events SET actor = ''x'' WHERE case_ref = $ AND n = 1'),
	(2, 'UPDATE desk.events SET changes = ''[{"a":"]"}, 7]'' WHERE case_ref = $'),
	(3, 'UPDATE desk.events SET records = ''{"notes":[{"n":"z"}, 3]}'' '
		'WHERE case_ref = $ AND n = 2'),
	(4, 'DELETE FROM desk.events WHERE case_ref = $ AND n = 1'),
	(5, 'DELETE FROM desk.events WHERE case_ref = $ AND n = 2'),
	(6, 'DELETE FROM desk.events WHERE case_ref = $'),
	(7, 'DELETE FROM desk.cases WHERE case_ref = $'),
	(8, 'UPDATE desk.cases SET severity = ''critical'' WHERE case_ref = $'),
	(9, 'UPDATE desk.cases SET status = ''triaged'' WHERE case_ref = $'),
	(10, 'UPDATE desk.cases SET source_id = ''B'', handler = ''x'' '
		'WHERE case_ref = $'),
	(11, 'INSERT INTO desk.notes (case_ref, n, kind, written_by, body) '
		'VALUES ($, 3, ''note'', ''x'', ''x'')'),
	(12, 'UPDATE desk.cases SET event_n = 1 WHERE case_ref = $'),
	(13, 'ALTER TABLE desk.events DROP CONSTRAINT events_pkey; '
		'INSERT INTO desk.events SELECT * FROM desk.events '
		'WHERE case_ref = $ AND n = 2'),
	(15, 'UPDATE desk.cases SET event_at = ''2099-01-01'' WHERE case_ref = $'),
	(14, 'ALTER TABLE desk.events ALTER hash DROP NOT NULL; '
		'UPDATE desk.events SET hash = NULL WHERE case_ref = $ AND n = 1'))
	AS s (n, statement)
ORDER BY s.n;
SELECT count(*) AS findings FROM verify_ledger();
SELECT count(*) AS findings FROM verify_ledger(:'case1');
SELECT finding, n, detail FROM verify_ledger(new_case_ref('CN', 2018));
-- Who may: not who works on cases.
SET LOCAL ROLE regress_lin;
SELECT pg_temp.attempt('SELECT * FROM verify_ledger()');
SELECT pg_temp.attempt('SELECT seal_ledger()');
SELECT pg_temp.attempt(format('SELECT ledger_proof(%L, '''')', :'case1'));
SET LOCAL ROLE regress_audit;
SELECT count(*) AS findings FROM verify_ledger();
SELECT pg_temp.attempt('SELECT seal_ledger()');
SELECT pg_temp.attempt('SELECT * FROM verify_ledger(seal => ''x'')');
SELECT pg_temp.attempt(format('SELECT ledger_proof(%L, %L)', :'case1',
	'ietp-seal 1 1 2021-01-01T00:00:00.000000Z 1 1 1 3:3: '
	|| repeat('0', 64) || ' 00000000'));
RESET ROLE;

-- They resolve nothing by the caller's path.
CREATE SCHEMA regress_planted;
CREATE FUNCTION regress_planted.equal(case_ref, case_ref)
RETURNS boolean LANGUAGE plpgsql
AS $$
BEGIN
	RAISE EXCEPTION 'ran as %', current_user;
END
$$;
CREATE OPERATOR regress_planted.= (FUNCTION = regress_planted.equal,
	LEFTARG = case_ref, RIGHTARG = case_ref);
SET LOCAL search_path = regress_planted;
SELECT count(*) AS findings FROM ietp.verify_ledger(:'case1');
SET LOCAL search_path = public, ietp;

-- Trigger functions say how they are to be used.
CREATE TABLE desk.extra (case_ref case_ref, n integer, word text);
CREATE TRIGGER t AFTER INSERT ON desk.extra
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('extra', 'n');
SELECT pg_temp.attempt('INSERT INTO desk.extra VALUES (NULL, 1)');
DROP TRIGGER t ON desk.extra;
CREATE TRIGGER t AFTER INSERT ON desk.extra REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('extra', 'm');
SELECT pg_temp.attempt(format('INSERT INTO desk.extra VALUES (%L, 1)',
	:'case1'));
DROP TRIGGER t ON desk.extra;
-- One that is well made, whatever it is called and holds.
ALTER TABLE desk.cases ENABLE TRIGGER ALL;
ALTER TABLE desk.extra RENAME TO "extra ""x""";
CREATE TRIGGER t AFTER INSERT ON desk."extra ""x""" REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('extra', 'n', 'consent_n');
ALTER TABLE desk."extra ""x""" ADD COLUMN consent_n text;
INSERT INTO desk."extra ""x""" VALUES (:'case1', NULL, 'w', 'x'),
	(:'case1', 2, 'v', NULL);
SELECT e.action, e.consent_n, regexp_replace(e.records::text,
	'"[0-9a-f]{64}"', '"digest"', 'g') AS records
FROM desk.events AS e WHERE e.action = 'extra';
SELECT count(*) FROM helpline.timeline(:'case1') WHERE what = 'extra';
DROP TRIGGER t ON desk."extra ""x""";
ALTER TABLE desk."extra ""x""" RENAME TO extra;
CREATE TABLE pg_temp.notes (case_ref case_ref, n integer);
CREATE TRIGGER t AFTER INSERT ON pg_temp.notes REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('noted', 'n');
SELECT pg_temp.attempt('INSERT INTO pg_temp.notes VALUES (NULL, 1)');
ALTER TABLE desk.extra ALTER case_ref TYPE text;
CREATE TRIGGER t AFTER INSERT ON desk.extra REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION record_rows('extra', 'n');
SELECT pg_temp.attempt('INSERT INTO desk.extra VALUES (''x'', 1)');
DROP TRIGGER t ON desk.extra;
CREATE TRIGGER t AFTER INSERT ON desk.extra
FOR EACH ROW EXECUTE FUNCTION record_case();
SELECT pg_temp.attempt('INSERT INTO desk.extra VALUES (NULL, 1)');
CREATE TRIGGER u BEFORE DELETE ON desk.extra
FOR EACH ROW EXECUTE FUNCTION stamp_case();
DROP TRIGGER t ON desk.extra;
INSERT INTO desk.extra VALUES (NULL, 1);
SELECT pg_temp.attempt('DELETE FROM desk.extra');
CREATE TRIGGER g AFTER UPDATE ON desk.extra
FOR EACH ROW EXECUTE FUNCTION guard_ledger();
SELECT pg_temp.attempt('UPDATE desk.extra SET n = 2');

-- Of other types than they have, columns are not read.
DROP FUNCTION pg_temp.ledger_holds, pg_temp.hash_of;
SELECT v.n, pg_temp.attempt(v.statement || '; SELECT * FROM verify_ledger()')
FROM (VALUES (1, 'ALTER TABLE desk.events ALTER actor TYPE name'),
	(2, 'ALTER TABLE desk.events ALTER action TYPE integer USING 7'),
	(3, 'ALTER TABLE desk.events ALTER hash TYPE integer USING 7'),
	(4, 'ALTER TABLE desk.events ALTER changes TYPE jsonb'),
	(5, 'ALTER TABLE desk.events RENAME TO other'),
	(6, 'ALTER TABLE desk.notes ALTER n TYPE numeric')) AS v (n, statement)
ORDER BY v.n;
SELECT pg_temp.found_after(
	'ALTER TABLE desk.cases ALTER event_hash TYPE integer USING 7')
	~ '^head_differs' AS found;
SELECT pg_temp.found_after(
	'ALTER TABLE desk.cases ALTER status TYPE integer USING 7')
	~ '^case_differs desk.cases.status' AS found;
ROLLBACK;
