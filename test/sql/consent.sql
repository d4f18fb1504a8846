-- The consent ledger and what is disclosed under it.  All in a transaction
-- that is rolled back; references are random and never shown.
SET datestyle = ISO;
SET intervalstyle = postgres;
SET search_path = public, ietp;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
BEGIN;

-- The outcome of a statement: SQLSTATE, column or constraint, and message.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	con text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, con = CONSTRAINT_NAME, message = MESSAGE_TEXT;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), NULLIF(con, ''),
		CASE WHEN state LIKE 'IE%' OR state = '42501' THEN message END);
END
$$;
-- The same by somebody; the role is back afterwards.
CREATE FUNCTION pg_temp.attempt_as(who text, statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	outcome text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	outcome := pg_temp.attempt(statement);
	RESET ROLE;
	RETURN outcome;
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
CREATE ROLE regress_admin NOLOGIN;
CREATE ROLE regress_factory NOLOGIN;
CREATE ROLE regress_buyer NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_mate'), ('specialist', 'regress_other'),
	('supervisor', 'regress_boss'), ('investigator', 'regress_field'),
	('programme_staff', 'regress_staff'), ('analyst', 'regress_analyst'),
	('auditor', 'regress_auditor'), ('administrator', 'regress_admin'),
	('factory', 'regress_factory'), ('buyer', 'regress_buyer'))
	AS v (kind, role);
-- Who may not write in a case of team CT-1
CREATE TEMP TABLE others AS
SELECT 'regress_' || v.name AS role, v.place
FROM (VALUES ('other', 1), ('staff', 2), ('analyst', 3), ('auditor', 4),
	('admin', 5), ('factory', 6), ('buyer', 7)) AS v (name, place);
SELECT count(helpline.set_factory(v.factory, 'CN')) AS factories
FROM (VALUES ('CT-F'), ('CT-G')) AS v (factory);
SELECT helpline.set_buyer('CT-B', 'Buyer') IS NOT NULL AS done;
SELECT count(helpline.set_account(v.account, v.kind, team => v.team,
	factory => v.factory, buyer => v.buyer)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'CT-1', NULL, NULL),
	('regress_mate', 'specialist', 'CT-1', NULL, NULL),
	('regress_other', 'specialist', 'CT-2', NULL, NULL),
	('regress_field', 'investigator', NULL, NULL, NULL),
	('regress_factory', 'factory', NULL, 'CT-F', NULL),
	('regress_buyer', 'buyer', NULL, NULL, 'CT-B'))
	AS v (account, kind, team, factory, buyer);
-- case1 with a factory and a language, case2 with neither
SET LOCAL ROLE regress_one;
SELECT case_ref AS case1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', language => 'zh', factory => 'CT-F') AS r,
	helpline.open_case(r.call_ref) \gset
SELECT case_ref AS case2 FROM helpline.record_call('VN', 'zalo', 'grievance')
	AS r, helpline.open_case(r.call_ref) \gset
RESET ROLE;
SELECT helpline.assign_case(:'case1', investigator => 'regress_field')
	IS NOT NULL AS done;
SELECT set_config('t.case1', :'case1', true) IS NOT NULL
	AND set_config('t.case2', :'case2', true) IS NOT NULL AS set;
CREATE FUNCTION public.c1() RETURNS ietp.case_ref LANGUAGE sql STABLE
AS $$ SELECT current_setting('t.case1')::ietp.case_ref $$;
CREATE FUNCTION public.c2() RETURNS ietp.case_ref LANGUAGE sql STABLE
AS $$ SELECT current_setting('t.case2')::ietp.case_ref $$;
GRANT USAGE ON SCHEMA public TO PUBLIC;
-- Puts a case where the test wants it, past the judge.
CREATE FUNCTION pg_temp.put(the_case ietp.case_ref, to_status text)
RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
	UPDATE desk.cases SET status = to_status, status_reason =
		CASE WHEN to_status = 'closed' THEN 'advised' END
	WHERE case_ref = the_case;
	ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
	RETURN (SELECT status FROM desk.cases WHERE case_ref = the_case);
END
$$;

-- Seeds
SELECT legal_basis, description FROM desk.legal_bases ORDER BY 1;
SELECT string_agg(field, ' ' ORDER BY field COLLATE "C")
	FILTER (WHERE identifies) AS identify,
	string_agg(field, ' ' ORDER BY field COLLATE "C")
	FILTER (WHERE NOT identifies) AS do_not
FROM desk.disclosure_fields;

--
-- Nothing is assumed: without an entry nothing is permitted.
--
SELECT p AS purpose, desk.has_consent(c1(), p::text)
FROM unnest(enum_range(NULL::ietp.consent_purpose)) AS p;
SELECT desk.has_consent(c1(), NULL), desk.has_consent(NULL, 'story'),
	desk.has_consent(c1(), 'anything'),
	desk.has_consent(c2(), 'contact_factory'),
	desk.has_consent(ietp.new_case_ref('QQ', 2021), 'contact_factory');
SELECT p AS purpose, pg_temp.attempt(format(
	'SELECT desk.require_consent(c, %L) FROM desk.cases AS c
		WHERE case_ref = c1()', p))
FROM unnest(enum_range(NULL::ietp.consent_purpose)) AS p;
SELECT pg_temp.attempt('SELECT desk.require_consent(c, NULL)
	FROM desk.cases AS c WHERE case_ref = c1()');
SELECT pg_temp.attempt_as('regress_one', $$SELECT helpline.add_note(c1(), 'x',
	kind => 'factory_contact')$$);
SELECT pg_temp.put(c1(), 'triaged');
SELECT left(pg_temp.attempt('UPDATE desk.cases SET status = ''with_factory''
	WHERE case_ref = c1()'), 5) AS sqlstate;
SELECT pg_temp.attempt_as('regress_one', $$SELECT helpline.disclose(c1(),
	'contact_factory', '{topic}')$$);

--
-- record_consent
--
SELECT v.arguments, pg_temp.attempt_as('regress_one', format(
	'SELECT helpline.record_consent(%s)', v.arguments))
FROM (VALUES ($$NULL, 'contact_factory'$$), ($$c1(), NULL$$),
	($$c1(), 'everything'$$),
	($$c1(), 'contact_factory'$$),
	($$c1(), 'contact_factory', wording_version => 'the words'$$),
	($$c1(), 'contact_factory', wording_version => 'v1', language => 'tlh'$$),
	($$c2(), 'statistics', wording_version => 'v1'$$),
	($$c1(), 'contact_factory', wording_version => 'v1', method => NULL$$),
	($$c1(), 'contact_factory', wording_version => 'v1', method => 'nod'$$),
	($$c1(), 'contact_factory', wording_version => 'v1', given_at => NULL$$),
	($$c1(), 'contact_factory', wording_version => 'v1',
		given_at => 'infinity'$$),
	($$c1(), 'contact_factory', wording_version => 'v1',
		given_at => '-infinity'$$),
	($$c1(), 'contact_factory', wording_version => 'v1',
		given_at => clock_timestamp() + interval '1 minute'$$),
	($$c1(), 'contact_factory', wording_version => 'v1',
		valid_until => now()$$),
	($$c2(), 'contact_factory', wording_version => 'v1', language => 'vi'$$),
	($$c1(), 'contact_factory', 'buyer', 'CT-B', wording_version => 'v1'$$),
	($$c1(), 'contact_factory', 'police', wording_version => 'v1'$$),
	($$c1(), 'contact_factory', 'factory', 'CT-X', wording_version => 'v1'$$),
	($$c1(), 'contact_factory', 'factory', '', wording_version => 'v1'$$),
	($$c1(), 'buyer_insight', wording_version => 'v1'$$),
	($$c1(), 'buyer_insight', 'buyer', wording_version => 'v1'$$),
	($$c1(), 'buyer_insight', 'buyer', 'CT-X', wording_version => 'v1'$$),
	($$c1(), 'buyer_insight', 'factory', 'CT-F', wording_version => 'v1'$$),
	($$c1(), 'share_identity', wording_version => 'v1'$$),
	($$c1(), 'refer', wording_version => 'v1'$$),
	($$c1(), 'refer', 'authority', wording_version => 'v1'$$),
	($$c1(), 'refer', 'authority', '', wording_version => 'v1'$$),
	($$c1(), 'refer', 'authority', ' office ', wording_version => 'v1'$$),
	($$c1(), 'refer', 'authority', E'a\nb', wording_version => 'v1'$$),
	($$c1(), 'refer', 'authority', repeat('x', 129), wording_version => 'v1'$$),
	($$ietp.new_case_ref('QQ', 2021), 'story'$$)) AS v (arguments);
SELECT count(*) AS entries FROM desk.consents WHERE case_ref IN (c1(), c2());
-- Who may not
SELECT role, pg_temp.attempt_as(role, $$SELECT helpline.record_consent(c1(),
	'contact_factory', wording_version => 'v1')$$)
FROM others ORDER BY place;

SET LOCAL ROLE regress_one;
SELECT * FROM helpline.record_consent(c1(), 'contact_factory',
	wording_version => 'v1', given_at => now() - interval '1 hour',
	retry_key => '00000000-0000-4000-8000-0000000000c1');
SELECT * FROM helpline.record_consent(c1(), 'contact_factory',
	wording_version => 'v1', given_at => now() - interval '1 hour',
	retry_key => '00000000-0000-4000-8000-0000000000c1');
SELECT pg_temp.attempt($$SELECT helpline.record_consent(c1(),
	'contact_factory', wording_version => 'v2',
	retry_key => '00000000-0000-4000-8000-0000000000c1')$$);
SELECT n FROM helpline.record_consent(c1(), 'refer', 'authority',
	'劳动监察大队', false, 'v1', 'zh-Hans', 'written', now(), 'infinity');
RESET ROLE;
SET LOCAL ROLE regress_field;
SELECT n FROM helpline.record_consent(c1(), 'share_identity', 'factory',
	wording_version => 'v1', method => 'recorded_call');
RESET ROLE;
SET LOCAL ROLE regress_boss;
SELECT n FROM helpline.record_consent(c1(), 'statistics',
	wording_version => 'v1', identity_disclosed => NULL);
SELECT n FROM helpline.record_consent(c1(), 'story', 'public',
	wording_version => 'v1');
RESET ROLE;
SET LOCAL ROLE regress_mate;
SELECT n FROM helpline.record_consent(c1(), 'buyer_insight', 'buyer', 'CT-B',
	wording_version => 'v1', valid_until => now() + interval '1 day');
SELECT n, entry, purpose, recipient_kind, recipient, identity_disclosed AS id,
	in_force, wording_version, language, method, recorded_by,
	given_at - now() AS given, lower(valid_during) = given_at AS from_then,
	CASE WHEN isfinite(upper(valid_during))
		THEN upper(valid_during) - now() END AS until, withdrawn_at, refers_to,
	legal_basis
FROM helpline.case_consents(c1());
RESET ROLE;
SELECT consent_n FROM desk.cases WHERE case_ref = c1();
SELECT action, actor, (records -> 'consents' -> 0)::jsonb - 'digest' AS entry,
	changes FROM helpline.case_history(c1())
WHERE action LIKE 'consent%' ORDER BY n;
SELECT p AS purpose, desk.has_consent(c1(), p::text)
FROM unnest(enum_range(NULL::ietp.consent_purpose)) AS p;
-- Consent to speak with a factory is for that factory: CT-F is the case's.
SELECT desk.consent_in_force(c, 'contact_factory') FROM desk.cases AS c
WHERE case_ref = c1();
UPDATE desk.cases SET factory = 'CT-G' WHERE case_ref = c1();
SELECT desk.has_consent(c1(), 'contact_factory');
SELECT left(pg_temp.attempt('UPDATE desk.cases SET status = ''with_factory''
	WHERE case_ref = c1()'), 5) AS sqlstate;
UPDATE desk.cases SET factory = 'CT-F' WHERE case_ref = c1();
SELECT desk.has_consent(c1(), 'contact_factory');
UPDATE desk.cases SET status = 'with_factory' WHERE case_ref = c1();
SET LOCAL ROLE regress_one;
SELECT n > 0 AS noted FROM helpline.add_note(c1(), 'Called them.',
	'factory_contact');
RESET ROLE;
SELECT helpline.assign_case(c2(), 'regress_one') IS NOT NULL AS done;

--
-- disclose
--
SELECT v.arguments, pg_temp.attempt_as('regress_one', format(
	'SELECT helpline.disclose(%s)', v.arguments))
FROM (VALUES ($$NULL, 'contact_factory', '{topic}'$$),
	($$c1(), NULL, '{topic}'$$), ($$c1(), 'gossip', '{topic}'$$),
	($$c1(), 'contact_factory', NULL$$), ($$c1(), 'contact_factory', '{}'$$),
	($$c1(), 'contact_factory', '{NULL}'$$),
	($$c1(), 'contact_factory', '{topic,blood_type}'$$),
	($$c1(), 'contact_factory', '{topic}', 'police'$$),
	($$c1(), 'contact_factory', '{topic}', 'factory', 'CT-X'$$),
	($$c1(), 'contact_factory', '{topic}', 'factory', 'CT-G'$$),
	($$c1(), 'contact_factory', '{topic,worker_name}'$$),
	($$c1(), 'contact_factory', '{{topic},{photograph}}'$$),
	($$c1(), 'contact_factory', '{topic}', occurred_at => NULL$$),
	($$c1(), 'contact_factory', '{topic}', occurred_at => '-infinity'$$),
	($$c1(), 'contact_factory', '{topic}',
		occurred_at => clock_timestamp() + interval '1 minute'$$),
	($$c1(), 'contact_factory', '{topic}',
		occurred_at => now() - interval '61 minutes'$$),
	($$c1(), 'share_identity', '{worker_name}', 'factory', 'CT-G'$$),
	($$c1(), 'share_identity', '{worker_name}', 'authority', 'CT-F'$$),
	($$c1(), 'refer', '{topic}', 'authority'$$),
	($$c1(), 'refer', '{topic}', 'organisation', '劳动监察大队'$$),
	($$c1(), 'refer', '{topic}', 'authority', 'another'$$),
	($$c1(), 'buyer_insight', '{topic}'$$),
	($$c1(), 'recording', '{topic}'$$), ($$c1(), 'call_back', '{topic}'$$),
	($$c2(), 'contact_factory', '{topic}'$$),
	($$c2(), 'contact_factory', '{topic}', 'factory', 'CT-F'$$),
	($$c1(), 'story', '{topic}', 'programme'$$),
	($$c1(), 'story', '{topic}', 'public', 'newspaper'$$)) AS v (arguments);
SELECT role, pg_temp.attempt_as(role, $$SELECT helpline.disclose(c1(),
	'contact_factory', '{topic}')$$)
FROM others ORDER BY place;
SET LOCAL ROLE regress_one;
SELECT * FROM helpline.disclose(c1(), 'contact_factory', '{topic,dates}',
	occurred_at => now() - interval '59 minutes',
	retry_key => '00000000-0000-4000-8000-0000000000c2');
SELECT * FROM helpline.disclose(c1(), 'contact_factory', '{topic,dates}',
	retry_key => '00000000-0000-4000-8000-0000000000c2');
SELECT pg_temp.attempt($$SELECT helpline.disclose(c1(), 'contact_factory',
	'{topic}', retry_key => '00000000-0000-4000-8000-0000000000c2')$$);
SELECT n, consent_n FROM helpline.disclose(c1(), 'share_identity',
	'{worker_name,department}');
SELECT n, consent_n FROM helpline.disclose(c1(), 'refer', '{allegation}',
	'authority', '劳动监察大队');
SELECT n, consent_n FROM helpline.disclose(c1(), 'statistics', '{topic}');
RESET ROLE;
SET LOCAL ROLE regress_field;
SELECT n, consent_n FROM helpline.disclose(c1(), 'story', '{topic}', 'public');
RESET ROLE;
SET LOCAL ROLE regress_boss;
SELECT n, consent_n FROM helpline.disclose(c1(), 'buyer_insight', '{topic}',
	recipient => 'CT-B');
SELECT n, purpose, recipient_kind, recipient, fields, consent_n,
	under_override, now() - occurred_at AS ago, recorded_by
FROM helpline.case_disclosures(c1());
RESET ROLE;
SELECT action, actor, (records -> 'disclosures' -> 0)::jsonb - 'digest'
	AS disclosure, consent_n, changes FROM helpline.case_history(c1())
WHERE action = 'disclosed' ORDER BY n;

--
-- withdraw_consent
--
SELECT v.arguments, pg_temp.attempt_as('regress_one', format(
	'SELECT helpline.withdraw_consent(%s)', v.arguments))
FROM (VALUES ($$NULL, 'story'$$), ($$c1(), NULL$$), ($$c1(), 'all'$$),
	($$c1(), 'story', method => NULL$$), ($$c1(), 'story', method => 'nod'$$),
	($$ietp.new_case_ref('QQ', 2021), 'story'$$)) AS v (arguments);
SELECT role, pg_temp.attempt_as(role,
	$$SELECT helpline.withdraw_consent(c1(), 'contact_factory')$$)
FROM others ORDER BY place;
SET LOCAL ROLE regress_one;
-- A second consent with the case's factory, and one with another: the case
-- stays as long as there is one with its own.
SELECT n FROM helpline.record_consent(c1(), 'contact_factory',
	identity_disclosed => true, wording_version => 'v1');
SELECT n FROM helpline.record_consent(c1(), 'contact_factory', 'factory',
	'CT-G', wording_version => 'v1');
SELECT n, consent_n FROM helpline.disclose(c1(), 'contact_factory',
	'{topic,worker_number}');
-- Towards whom nobody was permitted anything is a slip, not a withdrawal.
SELECT r.recipient, pg_temp.attempt(format(
	'SELECT helpline.withdraw_consent(c1(), %L, %L)', r.purpose, r.recipient))
FROM (VALUES ('contact_factory', 'nobody'), ('contact_factory', 'CT-f'),
	('contact_factory', ''), ('buyer_insight', 'CT-F'), ('story', 'CT-B'))
	AS r (purpose, recipient);
SELECT * FROM helpline.withdraw_consent(c1(), 'recording');
RESET ROLE;
INSERT INTO desk.consents (case_ref, entry, refers_to, method)
VALUES (c1(), 'withdrawn', 1, 'message');
SELECT status FROM desk.cases WHERE case_ref = c1();
SET LOCAL ROLE regress_one;
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F',
	'written', '00000000-0000-4000-8000-0000000000c3');
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F',
	'written', '00000000-0000-4000-8000-0000000000c3');
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
-- It blocks at once.
SELECT pg_temp.attempt($$SELECT helpline.disclose(c1(), 'contact_factory',
	'{topic}')$$);
SELECT pg_temp.attempt($$SELECT helpline.add_note(c1(), 'x',
	kind => 'factory_contact')$$);
SELECT consent_n FROM helpline.disclose(c1(), 'contact_factory', '{topic}',
	recipient => 'CT-G');
RESET ROLE;
SELECT left(pg_temp.attempt('UPDATE desk.cases SET status = ''with_factory''
	WHERE case_ref = c1()'), 5) AS sqlstate;
SELECT action, actor, from_status || ' -> ' || to_status AS move,
	(records -> 'consents' -> 0)::jsonb - 'digest' AS entry, consent_n
FROM helpline.case_history(c1())
WHERE action = 'consent_withdrawn' OR from_status IS NOT NULL ORDER BY n;
SELECT status, status_reason, moved_by, consent_n FROM desk.cases
WHERE case_ref = c1();
SELECT n, entry, purpose, recipient, in_force,
	withdrawn_at - now() AS withdrawn, refers_to, method, recorded_by
FROM helpline.case_consents(c1()) WHERE purpose = 'contact_factory';
-- All recipients; what has been withdrawn is not withdrawn again.
SET LOCAL ROLE regress_boss;
SELECT n FROM helpline.record_consent(c1(), 'refer', 'organisation', 'union',
	wording_version => 'v1');
SELECT * FROM helpline.withdraw_consent(c1(), 'refer');
SELECT * FROM helpline.withdraw_consent(c1(), 'refer');
RESET ROLE;
-- Where the lifecycle moves a case back, and where not; other purposes do not
-- move it at all.
CREATE FUNCTION pg_temp.withdrawn_in(the_status text, OUT withdrawn integer,
	OUT status text, OUT repeated boolean)
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_temp.put(c1(), the_status);
	PERFORM helpline.record_consent(c1(), 'contact_factory',
		wording_version => 'v1');
	SELECT * INTO withdrawn, status, repeated
	FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
END
$$;
SELECT v.was, w.withdrawn, w.status
FROM (VALUES ('with_factory'), ('remediation'), ('verification'), ('inquiry'),
	('closed')) AS v (was), pg_temp.withdrawn_in(v.was) AS w;
SELECT pg_temp.put(c1(), 'with_factory');
SELECT * FROM helpline.withdraw_consent(c1(), 'share_identity');
-- A duplicate is halted, but not in this.
SELECT (helpline.record_consent(c1(), 'contact_factory',
	wording_version => 'v1')).n > 0 AS given;
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
UPDATE desk.cases SET duplicate_of = c2() WHERE case_ref = c1();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
SELECT desk.has_consent(c1(), 'contact_factory'),
	consent_n = (SELECT max(n) FROM desk.consents WHERE case_ref = c1())
		AS marked
FROM desk.cases WHERE case_ref = c1();
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
UPDATE desk.cases SET duplicate_of = NULL WHERE case_ref = c1();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
-- A judge that refuses the move, by a guard that a programme added, does not
-- stop the withdrawal; the case is then moved by the next one.
SELECT pg_temp.put(c1(), 'with_factory');
SELECT (helpline.record_consent(c1(), 'contact_factory',
	wording_version => 'v1')).n > 0 AS given;
ALTER TABLE desk.transitions DISABLE TRIGGER refuse_sealed_update;
UPDATE desk.transitions SET required_columns = '{handler}'
WHERE lifecycle = 'case' AND version = 1 AND from_status = 'with_factory'
AND action = 'consent_withdrawn';
SAVEPOINT with_handler;
UPDATE desk.cases SET handler = NULL WHERE case_ref = c1();
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
SELECT desk.has_consent(c1(), 'contact_factory'),
	consent_n = (SELECT max(n) FROM desk.consents WHERE case_ref = c1())
		AS marked
FROM desk.cases WHERE case_ref = c1();
UPDATE desk.transitions SET required_columns = NULL
WHERE lifecycle = 'case' AND version = 1 AND from_status = 'with_factory'
AND action = 'consent_withdrawn';
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
ROLLBACK TO with_handler;
UPDATE desk.transitions SET required_columns = NULL
WHERE lifecycle = 'case' AND version = 1 AND from_status = 'with_factory'
AND action = 'consent_withdrawn';
ALTER TABLE desk.transitions ENABLE ALWAYS TRIGGER refuse_sealed_update;

-- What had run out before is withdrawn in that the case goes back; with a
-- consent in force, or one for another purpose, it stays.  In force is what
-- the case's own factory may be told.
CREATE FUNCTION pg_temp.expired_in(the_status text, also text,
	the_purpose text, the_recipient text, OUT withdrawn integer,
	OUT status text, OUT moved bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	moves bigint;
BEGIN
	PERFORM helpline.withdraw_consent(c1(), 'contact_factory');
	PERFORM pg_temp.put(c1(), the_status);
	INSERT INTO desk.consents (case_ref, entry, purpose, recipient_kind,
		recipient, wording_version, language, method, given_at, valid_during)
	VALUES (c1(), 'given', 'contact_factory', 'factory', 'CT-F', 'v1', 'zh',
		'spoken', now() - interval '9 days', tstzrange(
		now() - interval '9 days', now() - interval '1 day'));
	IF also IS NOT NULL THEN
		PERFORM helpline.record_consent(c1(), 'contact_factory', 'factory',
			also, wording_version => 'v1');
	END IF;
	SELECT count(*) INTO moves FROM desk.events AS e
	WHERE e.case_ref = c1() AND e.action = 'consent_withdrawn'
	AND e.from_status IS NOT NULL;
	SELECT w.withdrawn, w.status INTO withdrawn, status
	FROM helpline.withdraw_consent(c1(), the_purpose, the_recipient) AS w;
	SELECT count(*) - moves INTO moved FROM desk.events AS e
	WHERE e.case_ref = c1() AND e.action = 'consent_withdrawn'
	AND e.from_status IS NOT NULL;
END
$$;
SELECT v.*, w.*
FROM (VALUES ('with_factory', NULL, 'contact_factory', NULL),
	('with_factory', NULL, 'contact_factory', 'CT-F'),
	('remediation', NULL, 'contact_factory', 'CT-F'),
	('with_factory', NULL, 'story', NULL),
	('with_factory', 'CT-G', 'contact_factory', 'CT-F'),
	('with_factory', 'CT-F', 'contact_factory', 'CT-G'),
	('inquiry', NULL, 'contact_factory', NULL),
	('closed', NULL, 'contact_factory', NULL))
	AS v (was, also, purpose, recipient),
	pg_temp.expired_in(v.was, v.also, v.purpose, v.recipient) AS w;
SELECT (helpline.withdraw_consent(c1(), 'contact_factory')).repeated;

-- A programme's own rules: from any status to "inquiry"; the status's own row
-- comes before, and nothing leads out of a closed case.
ALTER TABLE desk.transitions DISABLE TRIGGER refuse_sealed;
INSERT INTO desk.transitions
	(lifecycle, version, from_status, action, to_status)
VALUES ('case', 1, '*', 'consent_withdrawn', 'inquiry');
SELECT v.was, w.withdrawn, w.status
FROM (VALUES ('with_factory'), ('verification'), ('inquiry'), ('closed'))
	AS v (was), pg_temp.withdrawn_in(v.was) AS w;
DELETE FROM desk.transitions
WHERE from_status = '*' AND action = 'consent_withdrawn';
ALTER TABLE desk.transitions ENABLE ALWAYS TRIGGER refuse_sealed;
SELECT pg_temp.put(c1(), 'with_factory');

--
-- Override
--
SELECT v.arguments, pg_temp.attempt_as('regress_one', format(
	'SELECT helpline.request_override(%s)', v.arguments))
FROM (VALUES ($$NULL, 'contact_factory', 'cn_pipl_13_4', 'why'$$),
	($$c1(), NULL, 'cn_pipl_13_4', 'why'$$),
	($$c1(), 'gossip', 'cn_pipl_13_4', 'why'$$),
	($$c1(), 'contact_factory', NULL, 'why'$$),
	($$c1(), 'contact_factory', 'martial_law', 'why'$$),
	($$c1(), 'contact_factory', 'cn_pipl_13_4', NULL$$),
	($$c1(), 'contact_factory', 'cn_pipl_13_4', E' \t\n'$$),
	($$c1(), 'refer', 'cn_pipl_13_4', 'why'$$),
	($$c1(), 'refer', 'cn_pipl_13_4', 'why', 'authority'$$),
	($$c1(), 'contact_factory', 'cn_pipl_13_4', 'why', 'factory', 'CT-X'$$),
	($$c2(), 'contact_factory', 'cn_pipl_13_4', 'why'$$)) AS v (arguments);
SELECT role, pg_temp.attempt_as(role, $$SELECT helpline.request_override(
	c1(), 'contact_factory', 'cn_pipl_13_4', 'why')$$)
FROM others ORDER BY place;
SELECT max(n) AS before_override FROM desk.consents WHERE case_ref = c1() \gset
SET LOCAL ROLE regress_boss;
SELECT n - :before_override AS n, repeated FROM helpline.request_override(c1(),
	'contact_factory', 'cn_pipl_13_4', 'She is locked in the dormitory.',
	identity_disclosed => true,
	retry_key => '00000000-0000-4000-8000-0000000000c4');
SELECT n - :before_override AS n, n AS request, repeated
FROM helpline.request_override(c1(), 'contact_factory', 'cn_pipl_13_4',
	'She is locked in the dormitory.', identity_disclosed => true,
	retry_key => '00000000-0000-4000-8000-0000000000c4') \gset again_
\echo :again_n :again_repeated
-- A request permits nothing, and is not approved by who made it.
SELECT pg_temp.attempt($$SELECT helpline.disclose(c1(), 'contact_factory',
	'{topic}')$$);
SELECT pg_temp.attempt(format('SELECT helpline.approve_override(c1(), %s)',
	:again_request));
RESET ROLE;
SELECT desk.has_consent(c1(), 'contact_factory');
SELECT kind, written_by, body FROM desk.notes WHERE case_ref = c1()
AND kind = 'reason';
SELECT v.arguments, pg_temp.attempt_as('regress_field', format(
	'SELECT helpline.approve_override(%s)', format(v.arguments,
	:again_request)))
FROM (VALUES ('NULL, %s'), ('c1(), NULL'), ('c1(), %s, NULL'),
	('c1(), %s, 0'), ('c1(), %s, 73'), ('c1(), 1'), ('c1(), 999'),
	('c2(), 1')) AS v (arguments);
SELECT role, pg_temp.attempt_as(role, format(
	'SELECT helpline.approve_override(c1(), %s)', :again_request))
FROM (SELECT * FROM others UNION ALL VALUES ('regress_one', 0)) AS r
ORDER BY place;
SET LOCAL ROLE regress_field;
SELECT approved_n - :before_override AS approved_n, expires_at - now() AS lasts
FROM helpline.approve_override(c1(), :again_request, 72);
SELECT pg_temp.attempt(format('SELECT helpline.approve_override(c1(), %s)',
	:again_request));
SELECT n > 0 AS disclosed, consent_n - :before_override AS consent_n
FROM helpline.disclose(c1(), 'contact_factory', '{topic,worker_name}');
SELECT n > 0 AS noted FROM helpline.add_note(c1(), 'Called them.',
	'factory_contact');
RESET ROLE;
SELECT desk.has_consent(c1(), 'contact_factory');
-- A consent comes before it.
SELECT n - :before_override AS n FROM helpline.record_consent(c1(),
	'contact_factory', wording_version => 'v1');
SELECT consent_n - :before_override AS consent_n
FROM helpline.disclose(c1(), 'contact_factory', '{topic}');
SELECT consent_n - :before_override AS consent_n
FROM helpline.disclose(c1(), 'contact_factory', '{worker_name}');
SELECT n - :before_override AS n, entry, recipient, identity_disclosed AS id,
	in_force, legal_basis, refers_to - :before_override AS refers_to,
	upper(valid_during) - lower(valid_during) AS lasts, recorded_by
FROM helpline.case_consents(c1()) WHERE n > :before_override;
SELECT purpose, consent_n - :before_override AS consent_n, under_override
FROM helpline.case_disclosures(c1()) ORDER BY n DESC LIMIT 3;
-- Withdrawn with the consent
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
SELECT desk.has_consent(c1(), 'contact_factory');
SELECT action, actor, (records -> 'consents' -> 0)::jsonb
	- '{n,refers_to,digest}'::text[] AS entry FROM helpline.case_history(c1())
WHERE action LIKE 'override%' ORDER BY n;

--
-- The rules on every path: a raw INSERT, COPY and MERGE by a superuser, as
-- usual and in replica mode.
--
CREATE FUNCTION pg_temp.raw(more text)
RETURNS text
LANGUAGE sql
AS $$
	SELECT format('INSERT INTO desk.consents SELECT r.* FROM
		jsonb_populate_record(NULL::desk.consents, jsonb_build_object(
		''case_ref'', c1(), ''given_at'', now(), ''identity_disclosed'', false,
		''digest_key'', gen_random_uuid()) || %L::jsonb) AS r', more)
$$;
CREATE TEMP TABLE base AS
SELECT jsonb_build_object('entry', 'given', 'purpose', 'contact_factory',
	'recipient_kind', 'factory', 'recipient', 'CT-F', 'wording_version', 'v1',
	'language', 'zh', 'method', 'spoken',
	'valid_during', tstzrange(now(), NULL))
	AS given,
	jsonb_build_object('entry', 'override_requested', 'purpose',
	'contact_factory', 'recipient_kind', 'factory', 'recipient', 'CT-F',
	'legal_basis', 'cn_pipl_13_4') AS requested;
CREATE FUNCTION pg_temp.last_n(OUT n integer) LANGUAGE sql STABLE
AS $$ SELECT max(n) FROM desk.consents WHERE case_ref = c1() $$;
-- Is what lacks refused, and would it pass otherwise?
CREATE FUNCTION pg_temp.given_without()
RETURNS TABLE (changed text, outcome text)
LANGUAGE sql
AS $$
	SELECT v.changed::text, pg_temp.attempt(pg_temp.raw((b.given
		|| v.changed)::text))
	FROM base AS b, (VALUES ('{"purpose": null}'::jsonb),
		('{"recipient_kind": null}'), ('{"recipient": null}'),
		('{"recipient": "CT-X"}'), ('{"recipient": " "}'),
		('{"recipient_kind": "buyer"}'),
		('{"purpose": "buyer_insight", "recipient_kind": "buyer",
			"recipient": "CT-X"}'),
		('{"purpose": "buyer_insight"}'),
		('{"purpose": "share_identity"}'),
		('{"wording_version": null}'), ('{"wording_version": "a b"}'),
		('{"language": null}'), ('{"method": null}'),
		('{"valid_during": null}'), ('{"valid_during": "empty"}'),
		('{"valid_during": "(,)"}'),
		('{"valid_during": "[2020-01-01 00:00+00,)"}'),
		('{"valid_during": "[2999-01-01 00:00+00,)"}'),
		('{"given_at": "2999-01-01 00:00+00",
			"valid_during": "[2999-01-01 00:00+00,)"}'),
		('{"given_at": "-infinity"}'), ('{"given_at": null}'),
		('{"refers_to": 1}'), ('{"legal_basis": "cn_pipl_13_4"}'),
		('{"entry": null}'), ('{"n": 0}'), ('{"n": 1}'),
		('{"case_ref": null}'), ('{"digest_key": null}'))
		AS v (changed)
$$;
CREATE FUNCTION pg_temp.requested_without()
RETURNS TABLE (changed text, outcome text)
LANGUAGE sql
AS $$
	SELECT v.changed::text, pg_temp.attempt(pg_temp.raw((b.requested
		|| v.changed)::text))
	FROM base AS b, (VALUES ('{"legal_basis": null}'::jsonb),
		('{"legal_basis": "martial_law"}'), ('{"recipient": null}'),
		('{"recipient": "CT-X"}'), ('{"purpose": "share_identity"}'),
		('{"method": "spoken"}'), ('{"valid_during": "[2020-01-01,)"}'),
		('{"refers_to": 1}')) AS v (changed)
$$;
SELECT * FROM pg_temp.given_without();
SELECT * FROM pg_temp.requested_without();
SET LOCAL session_replication_role = replica;
-- The foreign keys sleep, the rules do not.
SELECT * FROM pg_temp.given_without();
SELECT * FROM pg_temp.requested_without();
SELECT pg_temp.attempt(format('INSERT INTO desk.consents (case_ref, entry,
	purpose, recipient_kind, wording_version, language, method, valid_during)
	VALUES (%L, ''given'', ''story'', ''public'', ''v1'', ''zh'', ''spoken'',
	tstzrange(now(), NULL))', ietp.new_case_ref('QQ', 2021)));
RESET session_replication_role;
-- Stamps are ours, whatever is written.
INSERT INTO desk.consents (case_ref, entry, purpose, recipient_kind,
	wording_version, language, method, valid_during, recorded_at, recorded_by)
VALUES (c1(), 'given', 'recording', 'programme', 'v1', 'zh', 'spoken',
	tstzrange(now(), NULL), '2020-01-01', 'somebody else')
RETURNING recorded_at BETWEEN now() AND clock_timestamp() AS stamped_now,
	recorded_by = current_user AS by_me, n = :before_override + 6 AS numbered;

-- Second entries.  "first" tells what is referred to.
CREATE TEMP TABLE first (name text, n integer);
DO $$
DECLARE
	made integer;
BEGIN
	INSERT INTO first VALUES ('withdrawn consent', 1), ('withdrawal',
		(SELECT min(n) FROM desk.consents WHERE case_ref = c1()
		AND entry = 'withdrawn')), ('none', 9999);
	SELECT n INTO made FROM helpline.record_consent(c1(), 'contact_factory',
		wording_version => 'v1');
	INSERT INTO first VALUES ('consent', made);
	SET LOCAL ROLE regress_one;
	SELECT n INTO made FROM helpline.request_override(c1(), 'contact_factory',
		'gdpr_6_1_d', 'why');
	RESET ROLE;
	INSERT INTO first VALUES ('request', made);
	SELECT n INTO made FROM helpline.request_override(c1(), 'contact_factory',
		'gdpr_6_1_d', 'why', identity_disclosed => true);
	INSERT INTO first VALUES ('own request', made);
END
$$;
CREATE FUNCTION pg_temp.second_entries()
RETURNS TABLE (first text, entry text, changed text, outcome text)
LANGUAGE sql
AS $$
	SELECT f.name, v.entry, v.changed, pg_temp.attempt(pg_temp.raw((
		jsonb_build_object('refers_to', f.n, 'entry', v.entry,
			'purpose', 'contact_factory', 'recipient_kind', 'factory',
			'recipient', 'CT-F')
		|| CASE v.entry WHEN 'withdrawn' THEN '{"method": "spoken"}'::jsonb
			ELSE jsonb_build_object('legal_basis', 'gdpr_6_1_d',
				'identity_disclosed', f.name = 'own request', 'valid_during',
				tstzrange(now(), now() + interval '72 hours')) END
		|| v.changed::jsonb)::text))
	FROM (VALUES (1, 'consent', 'override_approved', '{}'),
		(2, 'withdrawn consent', 'withdrawn', '{}'),
		(3, 'withdrawal', 'withdrawn', '{}'),
		(4, 'request', 'withdrawn', '{}'),
		(5, 'none', 'withdrawn', '{}'),
		(6, 'none', 'override_approved', '{}'),
		(7, 'consent', 'withdrawn', '{"refers_to": null}'),
		(8, 'consent', 'withdrawn', '{"method": null}'),
		(9, 'consent', 'withdrawn', '{"purpose": "story"}'),
		(10, 'consent', 'withdrawn', '{"recipient": "CT-G"}'),
		(11, 'consent', 'withdrawn', '{"valid_during": "[2020-01-01,)"}'),
		(12, 'own request', 'override_approved', '{}'),
		(13, 'own request', 'override_approved',
			'{"recorded_by": "regress_one"}'),
		(14, 'request', 'override_approved', '{"legal_basis": "cn_pipl_13_4"}'),
		(15, 'request', 'override_approved', '{"identity_disclosed": true}'),
		(16, 'request', 'override_approved', '{"purpose": "share_identity",
			"identity_disclosed": true}'),
		(17, 'request', 'override_approved', '{"recipient": "CT-G"}'),
		(18, 'request', 'override_approved', '{"refers_to": null}'),
		(19, 'request', 'override_approved', '{"valid_during": null}'),
		(20, 'request', 'override_approved', '{"method": "spoken"}'),
		(21, 'request', 'override_approved', (SELECT jsonb_build_object(
			'valid_during', tstzrange(now(), NULL)))::text),
		(22, 'request', 'override_approved', (SELECT jsonb_build_object(
			'valid_during', tstzrange(now(), 'infinity')))::text),
		(23, 'request', 'override_approved', (SELECT jsonb_build_object(
			'valid_during', tstzrange(now(), now() + interval '72:00:01')))
			::text),
		(24, 'request', 'override_approved', (SELECT jsonb_build_object(
			'given_at', now() - interval '1 hour', 'valid_during',
			tstzrange(now() - interval '1 hour', now() + interval '1 hour')))
			::text)) AS v (place, first, entry, changed)
	JOIN first AS f ON f.name = v.first
	ORDER BY v.place
$$;
SELECT first, entry, CASE WHEN changed LIKE '%given_at%' THEN 'from earlier on'
	WHEN changed LIKE '%valid_during": "%' THEN 'valid during' ELSE changed END
	AS changed, outcome
FROM pg_temp.second_entries();
SET LOCAL session_replication_role = replica;
SELECT DISTINCT outcome = 'no error' AS passed, count(*)
FROM pg_temp.second_entries() GROUP BY 1;
-- What would have passed does, in replica mode too.
SELECT pg_temp.attempt(format('INSERT INTO desk.consents (case_ref, entry,
	refers_to, valid_during) VALUES (c1(), ''override_approved'', %s,
	tstzrange(now(), now() + interval ''72 hours''))', n))
FROM first WHERE name = 'request';
SELECT pg_temp.attempt(format('INSERT INTO desk.consents (case_ref, entry,
	refers_to, valid_during) VALUES (c1(), ''override_approved'', %s,
	tstzrange(now(), now() + interval ''72 hours''))', n))
FROM first WHERE name = 'request';
RESET session_replication_role;
SELECT entry, purpose, recipient, legal_basis, recorded_by = current_user AS me
FROM desk.consents WHERE case_ref = c1() AND n = (pg_temp.last_n());
-- A request of more than a day ago: only past the stamp can it be made, and
-- past the judge, who knows who acts.
CREATE FUNCTION pg_temp.request_earlier(by text)
RETURNS text
LANGUAGE sql
AS $$
	SELECT pg_temp.attempt(format('INSERT INTO desk.consents (case_ref, n,
		entry, purpose, recipient_kind, recipient, legal_basis, given_at,
		recorded_at, recorded_by)
		SELECT c1(), pg_temp.last_n() + v.i, ''override_requested'',
			''contact_factory'', ''factory'', ''CT-F'', ''gdpr_6_1_d'',
			now() - v.age, now() - v.age, %L
		FROM (VALUES (1, interval ''24:00:01''), (2, interval ''23:59''))
			AS v (i, age)', by))
$$;
ALTER TABLE desk.consents DISABLE TRIGGER zz_stamp;
SELECT pg_temp.request_earlier('regress_one');
SET LOCAL session_replication_role = replica;
SELECT pg_temp.request_earlier('regress_one');
RESET session_replication_role;
ALTER TABLE desk.consents DISABLE TRIGGER zz_judge;
SELECT pg_temp.request_earlier('regress_one');
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_judge;
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_stamp;
SELECT pg_temp.attempt(format('SELECT helpline.approve_override(c1(), %s)',
	pg_temp.last_n() - v.i))
FROM (VALUES (1), (0)) AS v (i);

-- MERGE and COPY
CREATE TEMP TABLE withdrawal ON COMMIT DROP AS
SELECT c1() AS case_ref, pg_temp.last_n() + 1 AS n, n AS refers_to
FROM first WHERE name = 'consent';
SELECT pg_temp.put(c1(), 'remediation');
MERGE INTO desk.consents AS c USING withdrawal AS w
ON c.case_ref = w.case_ref AND c.n = w.n
WHEN NOT MATCHED THEN INSERT (case_ref, n, entry, refers_to, method)
	VALUES (w.case_ref, w.n, 'withdrawn', w.refers_to, 'spoken');
SELECT desk.has_consent(c1(), 'contact_factory') AS by_the_overrides, status
FROM desk.cases WHERE case_ref = c1();
SELECT * FROM helpline.withdraw_consent(c1(), 'contact_factory', 'CT-F');
CREATE FUNCTION pg_temp.copy(into_table text, line text)
RETURNS text
LANGUAGE sql
AS $$
	SELECT pg_temp.attempt(format('COPY desk.%s FROM PROGRAM %L
		(FORMAT csv, DELIMITER '';'')', into_table,
		format('echo "%s;%s"', c1(), line)))
$$;
SELECT pg_temp.copy('consents (case_ref, entry, purpose, recipient_kind,
	recipient, wording_version, language, method, valid_during)', format(
	'given;contact_factory;factory;%s;v1;zh;spoken;[now,)', v.factory))
FROM (VALUES ('CT-X'), ('CT-F')) AS v (factory);
SELECT pg_temp.copy('disclosures (case_ref, purpose, recipient_kind, recipient,
	consent_n, fields)', format('contact_factory;factory;CT-F;%s;{%s}',
	pg_temp.last_n(), v.field))
FROM (VALUES ('topic'), ('position')) AS v (field);
SELECT pg_temp.copy('consents (case_ref, entry, refers_to, method)',
	format('withdrawn;%s;spoken', pg_temp.last_n()));
SELECT pg_temp.copy('disclosures (case_ref, purpose, recipient_kind, recipient,
	consent_n, fields)', format('contact_factory;factory;CT-F;%s;{topic}',
	pg_temp.last_n() - 1));
CREATE TEMP VIEW copied AS
SELECT case_ref, n, purpose, recipient_kind, recipient, consent_n, fields
FROM desk.disclosures;
-- Several rows of one statement are one after the other.
INSERT INTO desk.consents (case_ref, entry, purpose, recipient_kind,
	wording_version, language, method, valid_during)
SELECT c1(), 'given', 'call_back', 'programme', 'v1', 'zh', 'spoken',
	tstzrange(now(), NULL)
FROM generate_series(1, 3);
SELECT count(*) AS entries, max(n) - min(n) AS apart,
	max(n) = (SELECT consent_n FROM desk.cases WHERE case_ref = c1()) AS marked
FROM desk.consents WHERE case_ref = c1() AND purpose = 'call_back';
-- An entry that is withdrawn twice within one statement
SELECT pg_temp.attempt(format('INSERT INTO desk.consents (case_ref, entry,
	refers_to, method) SELECT c1(), ''withdrawn'', %s, ''spoken''
	FROM generate_series(1, 2)', (SELECT max(n) FROM desk.consents
	WHERE case_ref = c1() AND purpose = 'call_back')));

--
-- Disclosures on every path
--
SELECT n AS good FROM helpline.record_consent(c1(), 'contact_factory',
	wording_version => 'v1') \gset
-- Expired; in force till yesterday
INSERT INTO desk.consents (case_ref, entry, purpose, recipient_kind, recipient,
	wording_version, language, method, given_at, valid_during,
	identity_disclosed)
VALUES (c1(), 'given', 'contact_factory', 'factory', 'CT-F', 'v1', 'zh',
	'spoken', now() - interval '9 days', tstzrange(now() - interval '9 days',
	now() - interval '1 day'), true) RETURNING n AS expired \gset
-- An override that has expired, made past stamp and judge
ALTER TABLE desk.consents DISABLE TRIGGER zz_stamp;
ALTER TABLE desk.consents DISABLE TRIGGER zz_judge;
INSERT INTO desk.consents (case_ref, n, entry, purpose, recipient_kind,
	recipient, legal_basis, given_at, valid_during, refers_to,
	identity_disclosed, recorded_at, recorded_by)
SELECT c1(), :expired + i, e::ietp.consent_entry, 'refer', 'organisation',
	'hospital', 'gdpr_6_1_d', t, CASE WHEN i = 2 THEN tstzrange(t,
	t + interval '24 hours') END, CASE WHEN i = 2 THEN :expired + 1 END, true,
	t, 'regress_one'
FROM (VALUES (1, 'override_requested'), (2, 'override_approved')) AS v (i, e),
	(VALUES (now() - interval '25 hours')) AS o (t);
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_stamp;
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_judge;
SELECT entry, in_force FROM helpline.case_consents(c1()) WHERE n >= :expired;
SELECT desk.has_consent(c1(), 'refer');
SELECT pg_temp.attempt($$SELECT helpline.disclose(c1(), 'refer', '{topic}',
	'organisation', 'hospital')$$);
CREATE TEMP TABLE try (place integer, what text, consent_n integer,
	purpose text DEFAULT 'contact_factory',
	recipient_kind text DEFAULT 'factory',
	recipient text DEFAULT 'CT-F', fields text DEFAULT '{topic}',
	occurred_at text DEFAULT 'now()');
INSERT INTO try (place, what, consent_n) VALUES
	(1, 'expired', :expired), (2, 'withdrawn', 1), (3, 'none', 9999),
	(4, 'no number', NULL), (5, 'request', :expired + 1);
INSERT INTO try (place, what, consent_n, purpose, recipient_kind, recipient)
VALUES (6, 'expired override', :expired + 2, 'refer', 'organisation',
	'hospital'),
	(7, 'a withdrawal', (SELECT n FROM first WHERE name = 'withdrawal'),
	'contact_factory', 'factory', 'CT-F'),
	(8, 'other purpose', :good, 'share_identity', 'factory', 'CT-F'),
	(9, 'other kind', :good, 'contact_factory', 'authority', 'CT-F'),
	(10, 'other recipient', :good, 'contact_factory', 'factory', 'CT-G'),
	(11, 'no recipient', :good, 'contact_factory', 'factory', NULL),
	(12, 'no purpose', :good, NULL, 'factory', 'CT-F'),
	(13, 'no kind', :good, 'contact_factory', NULL, 'CT-F');
INSERT INTO try (place, what, consent_n, fields) VALUES
	(14, 'identity', :good, '{topic,worker_number}'),
	(15, 'unknown field', :good, '{topic,blood_type}'),
	(16, 'NULL field', :good, '{topic,NULL}'), (17, 'no field', :good, '{}'),
	(18, 'NULL fields', :good, NULL);
INSERT INTO try (place, what, consent_n, occurred_at) VALUES
	(19, 'before the consent', :good, 'now() - interval ''1 second'''),
	(20, 'in the future', :good, 'now() + interval ''1 hour'''),
	(21, 'never', :good, '''-infinity'''), (22, 'no time', :good, 'NULL');
CREATE FUNCTION pg_temp.tries()
RETURNS TABLE (what text, outcome text)
LANGUAGE sql
AS $$
	SELECT t.what, pg_temp.attempt(format('INSERT INTO desk.disclosures
		(case_ref, purpose, recipient_kind, recipient, consent_n, fields,
		occurred_at) VALUES (c1(), %L, %L, %L, %L, %L, %s)', t.purpose,
		t.recipient_kind, t.recipient, t.consent_n, t.fields, t.occurred_at))
	FROM try AS t ORDER BY t.place
$$;
SELECT * FROM pg_temp.tries();
SET LOCAL session_replication_role = replica;
SELECT * FROM pg_temp.tries();
-- Another case's entry
SELECT pg_temp.attempt(format('INSERT INTO desk.disclosures (case_ref, purpose,
	recipient_kind, recipient, consent_n, fields) VALUES (c2(),
	''contact_factory'', ''factory'', ''CT-F'', %s, ''{topic}'')', :good));
SELECT pg_temp.attempt(format('INSERT INTO copied (case_ref, purpose,
	recipient_kind, recipient, consent_n, fields) VALUES (c1(),
	''contact_factory'', ''factory'', ''CT-F'', %s, ''{photograph}'')', :good));
RESET session_replication_role;
-- What another trigger makes of the row is judged as well.
CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN NEW.fields := '{worker_name}'; RETURN NEW; END $$;
CREATE TRIGGER zzz_meddle BEFORE INSERT ON desk.disclosures
FOR EACH ROW EXECUTE FUNCTION public.meddle();
SELECT pg_temp.attempt($$SELECT helpline.disclose(c1(), 'contact_factory',
	'{topic}')$$);
DROP TRIGGER zzz_meddle ON desk.disclosures;
CREATE FUNCTION public.extend() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
	NEW.valid_during := tstzrange(lower(NEW.valid_during),
		lower(NEW.valid_during) + interval '30 days');
	RETURN NEW;
END
$$;
CREATE TRIGGER zzz_extend BEFORE INSERT ON desk.consents
FOR EACH ROW WHEN (NEW.entry = 'override_approved')
EXECUTE FUNCTION public.extend();
SELECT n AS request FROM helpline.request_override(c1(), 'contact_factory',
	'gdpr_6_1_d', 'why') \gset
SELECT pg_temp.attempt_as('regress_boss', format(
	'SELECT helpline.approve_override(c1(), %s)', :request));
DROP TRIGGER zzz_extend ON desk.consents;
SELECT pg_temp.attempt_as('regress_boss', format(
	'SELECT helpline.approve_override(c1(), %s)', :request));
-- A withdrawal in the same statement
SELECT pg_temp.attempt(format('WITH w AS (INSERT INTO desk.consents (case_ref,
	entry, refers_to, method) VALUES (c1(), ''withdrawn'', %1$s, ''spoken''))
	INSERT INTO desk.disclosures (case_ref, purpose, recipient_kind, recipient,
	consent_n, fields) VALUES (c1(), ''contact_factory'', ''factory'', ''CT-F'',
	%1$s, ''{topic}'')', :good));
-- And one that is as it should be
INSERT INTO desk.disclosures (case_ref, purpose, recipient_kind, recipient,
	consent_n, fields, recorded_at, recorded_by)
VALUES (c1(), 'contact_factory', 'factory', 'CT-F', :good, '{topic}',
	'2020-01-01', 'somebody else')
RETURNING recorded_at BETWEEN now() AND clock_timestamp() AS stamped_now,
	recorded_by = current_user AS by_me;

--
-- One person behind two roles is no second person.
--
CREATE ROLE regress_both LOGIN;
CREATE ROLE regress_app LOGIN NOINHERIT;
CREATE ROLE regress_chief LOGIN;
CREATE ROLE regress_upper LOGIN;
CREATE ROLE regress_super LOGIN SUPERUSER;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_both'::name),
	('supervisor', 'regress_chief'), ('supervisor', 'regress_upper'))
	AS v (kind, role);
SELECT helpline.set_account('regress_both', 'specialist', team => 'CT-1')
	IS NOT NULL AS done;
GRANT regress_one, regress_boss TO regress_both, regress_app;
GRANT regress_one TO regress_upper;
SET LOCAL ROLE regress_one;
SELECT case_ref AS case3 FROM helpline.record_call('CN', 'phone_in',
	'grievance', language => 'zh', factory => 'CT-F') AS r,
	helpline.open_case(r.call_ref) \gset
RESET ROLE;
SELECT set_config('t.case3', :'case3', true) IS NOT NULL AS set;
CREATE FUNCTION public.c3() RETURNS ietp.case_ref LANGUAGE sql STABLE
AS $$ SELECT current_setting('t.case3')::ietp.case_ref $$;
-- Somebody requests and somebody approves, each a login and the role that it
-- takes, NULL: its own.
CREATE FUNCTION pg_temp.overridden(login1 text, role1 text, login2 text,
	role2 text, OUT requested_by text, OUT outcome text)
LANGUAGE plpgsql
AS $$
DECLARE
	request integer;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login1);
	IF role1 IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', role1);
	END IF;
	SELECT r.n INTO request FROM helpline.request_override(c3(),
		'contact_factory', 'cn_pipl_13_4', 'why') AS r;
	RESET ROLE;
	RESET SESSION AUTHORIZATION;
	SELECT c.recorded_by INTO requested_by FROM desk.consents AS c
	WHERE c.case_ref = c3() AND c.n = request;
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login2);
	IF role2 IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', role2);
	END IF;
	outcome := pg_temp.attempt(format(
		'SELECT helpline.approve_override(c3(), %s)', request));
	RESET ROLE;
	RESET SESSION AUTHORIZATION;
END
$$;
SELECT v.*, o.*
FROM (VALUES ('regress_both', NULL, 'regress_both', 'regress_boss'),
	('regress_both', 'regress_boss', 'regress_both', 'regress_boss'),
	('regress_both', 'regress_one', 'regress_both', 'regress_boss'),
	('regress_upper', 'regress_one', 'regress_upper', NULL),
	-- Another login's request in a role that this one could take
	('regress_app', 'regress_one', 'regress_both', 'regress_boss'),
	-- Really another
	('regress_both', NULL, 'regress_chief', NULL),
	('regress_both', 'regress_boss', 'regress_chief', NULL),
	('regress_chief', NULL, 'regress_both', 'regress_boss'),
	-- An application takes the role of whoever uses it.
	('regress_app', 'regress_one', 'regress_app', 'regress_boss'),
	('regress_app', 'regress_boss', 'regress_app', 'regress_boss'),
	-- A superuser could do anything.
	('regress_super', 'regress_one', 'regress_super', 'regress_boss'),
	('regress_super', NULL, 'regress_super', NULL))
	AS v (login1, role1, login2, role2),
	pg_temp.overridden(v.login1, v.role1, v.login2, v.role2) AS o;
-- The login asks about itself.
CREATE FUNCTION pg_temp.may_be(login text, role text, name text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	answer boolean;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
	EXECUTE format('SET LOCAL ROLE %I', role);
	answer := ietp.actor_may_be(name);
	RESET ROLE;
	RESET SESSION AUTHORIZATION;
	RETURN answer;
END
$$;
SELECT v.login, v.role, n.name, pg_temp.may_be(v.login, v.role, n.name)
FROM (VALUES ('regress_both', 'regress_boss'),
	('regress_app', 'regress_boss'), ('regress_chief', 'regress_chief'),
	('regress_super', 'regress_one')) AS v (login, role),
	unnest('{regress_both,regress_one,regress_boss,regress_chief,nobody,"",
		NULL}'::text[]) WITH ORDINALITY AS n (name, place)
ORDER BY v.login, n.place;
SELECT (helpline.withdraw_consent(c3(), 'contact_factory')).withdrawn > 0
	AS withdrawn;

-- Nor to close what was grave once, though it is made light with the closing.
CREATE FUNCTION pg_temp.closed(grave ietp.severity, login1 text, role1 text,
	login2 text, role2 text, fields jsonb, OUT moved text, OUT closed text)
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_temp.put(c3(), 'inquiry');
	UPDATE desk.cases SET severity = grave WHERE case_ref = c3();
	UPDATE desk.cases SET severity = 'minor' WHERE case_ref = c3()
	AND fields IS NULL;
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login1);
	EXECUTE format('SET LOCAL ROLE %I', role1);
	SELECT COALESCE(t.rule, 'accepted') INTO moved
	FROM helpline.transition_case(c3(), 'wait_for_worker') AS t;
	RESET ROLE;
	RESET SESSION AUTHORIZATION;
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login2);
	EXECUTE format('SET LOCAL ROLE %I', role2);
	SELECT COALESCE(t.rule, 'accepted') INTO closed
	FROM helpline.transition_case(c3(), 'close', reason => 'advised',
		fields => closed.fields) AS t;
	RAISE SQLSTATE 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	NULL;
END
$$;
SELECT v.*, c.*
FROM (VALUES ('critical', 'regress_both', 'regress_one', 'regress_both',
		'regress_boss', NULL),
	('critical', 'regress_both', 'regress_one', 'regress_both',
		'regress_boss', '{"severity": "minor"}'),
	('critical', 'regress_both', 'regress_one', 'regress_chief',
		'regress_chief', '{"severity": "minor"}'),
	('critical', 'regress_both', 'regress_one', 'regress_chief',
		'regress_chief', NULL),
	('critical', 'regress_app', 'regress_one', 'regress_app', 'regress_one',
		'{"severity": "minor"}'),
	('zero_tolerance', 'regress_both', 'regress_both', 'regress_both',
		'regress_one', '{"severity": "serious"}'),
	('serious', 'regress_both', 'regress_one', 'regress_both',
		'regress_boss', '{"severity": "minor"}'))
	AS v (grave, login1, role1, login2, role2, fields),
	pg_temp.closed(v.grave::ietp.severity, v.login1, v.role1, v.login2,
		v.role2, v.fields::jsonb) AS c;

--
-- A consent that was withdrawn does not count again by a plan that somebody
-- else's question left in the session: the plan was made where policies
-- count, and hides the withdrawal from who moves the case and is nobody here.
--
CREATE ROLE regress_fixer NOLOGIN BYPASSRLS;
GRANT USAGE ON SCHEMA desk TO regress_fixer;
GRANT SELECT, UPDATE ON desk.cases TO regress_fixer;
ALTER TABLE desk.transitions DISABLE TRIGGER refuse_sealed_update;
UPDATE desk.transitions SET roles = NULL
WHERE lifecycle = 'case' AND version = 1 AND action = 'contact_factory';
CREATE FUNCTION pg_temp.move_after(asks text, moves text)
RETURNS TABLE (step text, in_force bigint, outcome text)
LANGUAGE plpgsql
AS $$
BEGIN
	FOREACH step IN ARRAY '{given,withdrawn,given again,withdrawn again}'
			::text[] LOOP
		PERFORM pg_temp.put(c3(), 'triaged');
		IF step LIKE 'given%' THEN
			PERFORM helpline.record_consent(c3(), 'contact_factory',
				wording_version => 'v1');
		ELSE
			PERFORM helpline.withdraw_consent(c3(), 'contact_factory');
		END IF;
		-- More often than a plan stays one for its own parameters
		FOR i IN 1..7 LOOP
			EXECUTE format('SET LOCAL ROLE %I', asks);
			SELECT count(*) FILTER (WHERE c.in_force) INTO in_force
			FROM helpline.case_consents(c3()) AS c
			WHERE c.purpose = 'contact_factory';
			RESET ROLE;
		END LOOP;
		EXECUTE format('SET LOCAL ROLE %I', moves);
		outcome := left(pg_temp.attempt('UPDATE desk.cases
			SET status = ''with_factory'' WHERE case_ref = c3()'), 8);
		RESET ROLE;
		RETURN NEXT;
	END LOOP;
END
$$;
SELECT r.asks, v.moves, m.*
FROM unnest('{regress_one,regress_other,regress_auditor,regress_boss}'::text[])
	WITH ORDINALITY AS r (asks, place),
	(VALUES ('regress_fixer'), ('regress_super')) AS v (moves),
	pg_temp.move_after(r.asks, v.moves) WITH ORDINALITY
	AS m (step, in_force, outcome, n)
ORDER BY r.place, v.moves, m.n;
UPDATE desk.transitions SET roles = '{specialist,supervisor,investigator}'
WHERE lifecycle = 'case' AND version = 1 AND action = 'contact_factory';
ALTER TABLE desk.transitions ENABLE ALWAYS TRIGGER refuse_sealed_update;
REVOKE ALL ON SCHEMA desk FROM regress_fixer;
REVOKE ALL ON desk.cases FROM regress_fixer;

-- Only added
CREATE FUNCTION pg_temp.rewritings()
RETURNS TABLE (statement text, outcome text)
LANGUAGE sql
AS $$
	SELECT s, pg_temp.attempt(s) FROM unnest(ARRAY[
		'UPDATE desk.consents SET recipient = ''CT-G''',
		'DELETE FROM desk.consents', 'TRUNCATE desk.consents CASCADE',
		'UPDATE desk.disclosures SET fields = ''{topic}''',
		'DELETE FROM desk.disclosures', 'TRUNCATE desk.disclosures CASCADE',
		'INSERT INTO desk.consents SELECT * FROM desk.consents
		ON CONFLICT (case_ref, n) DO UPDATE SET recipient = ''CT-G''']) AS s
$$;
SELECT * FROM pg_temp.rewritings();
SET LOCAL session_replication_role = replica;
SELECT * FROM pg_temp.rewritings();
RESET session_replication_role;
SELECT tgrelid::regclass AS on, tgname, tgenabled FROM pg_trigger
WHERE tgrelid IN ('desk.consents'::regclass, 'desk.disclosures'::regclass)
AND NOT tgisinternal ORDER BY tgrelid::regclass::text, tgname;
SELECT oid::regclass AS on, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE oid IN ('desk.consents'::regclass, 'desk.disclosures'::regclass)
ORDER BY 1;

--
-- Closed cases
--
SELECT pg_temp.put(c1(), 'closed');
SET LOCAL ROLE regress_one;
SELECT (helpline.record_consent(c1(), 'story', 'public',
	wording_version => 'v1')).n > 0 AS given,
	(helpline.disclose(c1(), 'story', '{topic}', 'public')).n > 0 AS disclosed,
	(helpline.withdraw_consent(c1(), 'story')).status;
RESET ROLE;

--
-- Who reads what
--
CREATE FUNCTION pg_temp.rows_of(who text, query text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE 'SELECT count(*) FROM ' || query INTO n;
	RESET ROLE;
	RETURN CASE WHEN n > 8 THEN 'many' ELSE n::text END;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN 'refused';
END
$$;
SELECT role, pg_temp.rows_of(role, 'helpline.case_consents(c1())')
		AS consents,
	pg_temp.rows_of(role, 'helpline.case_disclosures(c1())') AS disclosures,
	pg_temp.rows_of(role, $$helpline.consent_report('2021-01-01',
		'2021-02-01')$$) AS report,
	pg_temp.rows_of(role, 'desk.consents') AS consents_raw
FROM (SELECT * FROM others UNION ALL VALUES ('regress_one', -3),
	('regress_mate', -2), ('regress_boss', -1), ('regress_field', 0)) AS r
ORDER BY place;
-- Row security itself, once somebody had been given the table by mistake
GRANT USAGE ON SCHEMA desk TO PUBLIC;
GRANT SELECT, INSERT ON desk.consents, desk.disclosures TO PUBLIC;
GRANT SELECT ON desk.cases TO PUBLIC;
SELECT role, pg_temp.rows_of(role, 'desk.consents') AS consents,
	pg_temp.rows_of(role, 'desk.disclosures') AS disclosures,
	pg_temp.attempt_as(role, format('INSERT INTO desk.consents (case_ref, entry,
	refers_to, method) VALUES (c1(), ''withdrawn'', %s, ''spoken'')', :good))
	= 'no error' AS may_write
FROM (SELECT * FROM others WHERE role <> 'regress_admin'
	UNION ALL VALUES ('regress_mate', 9)) AS r
ORDER BY place;
REVOKE USAGE ON SCHEMA desk FROM PUBLIC;
REVOKE ALL ON desk.consents, desk.disclosures, desk.cases FROM PUBLIC;

--
-- consent_report
--
SELECT v.arguments, pg_temp.attempt(format('SELECT helpline.consent_report(%s)',
	v.arguments))
FROM (VALUES ('NULL, ''2021-01-01'''), ('''2021-01-01'', NULL'),
	('''2021-01-01'', ''2021-01-01'''), ('''2021-01-02'', ''2021-01-01'''),
	('''-infinity'', ''2021-01-01'''), ('''2021-01-01'', ''infinity'''))
	AS v (arguments);
SELECT * FROM helpline.consent_report('1999-01-01', '1999-02-01');
-- Days are those of the line: c1's begin at 16:00 UTC, c2's at 17:00 UTC.
INSERT INTO desk.consents (case_ref, entry, purpose, recipient_kind,
	wording_version, language, method, given_at, valid_during)
SELECT v.c, 'given', v.purpose::ietp.consent_purpose, 'programme', 'v1', 'zh',
	'spoken', v.t, tstzrange(v.t, NULL)
FROM (VALUES (c1(), 'recording', timestamptz '1999-01-31 15:59:59+00'),
	(c1(), 'recording', '1999-01-31 16:00+00'),
	(c2(), 'recording', '1999-01-31 16:59:59+00'),
	(c2(), 'statistics', '1999-01-31 17:00+00'),
	(c1(), 'statistics', '1998-12-31 16:00+00'),
	(c1(), 'statistics', '1998-12-31 15:59:59+00')) AS v (c, purpose, t);
SELECT * FROM helpline.consent_report('1999-01-01', '1999-02-01')
WHERE purpose IN ('statistics', 'recording');
SELECT * FROM helpline.consent_report('1999-02-01', '1999-02-02')
WHERE purpose IN ('statistics', 'recording');
-- All of today against counts by hand
SELECT p.*, p.given = x.given AND p.withdrawn = x.withdrawn
	AND p.overrides_requested = x.requested
	AND p.overrides_approved = x.approved AS same
FROM helpline.consent_report((now() - interval '40 days')::date,
	(now() + interval '2 days')::date) AS p
JOIN (SELECT u AS purpose, count(*) FILTER (WHERE entry = 'given') AS given,
		count(*) FILTER (WHERE entry = 'withdrawn') AS withdrawn,
		count(*) FILTER (WHERE entry = 'override_requested') AS requested,
		count(*) FILTER (WHERE entry = 'override_approved') AS approved
	FROM unnest(enum_range(NULL::ietp.consent_purpose)) AS u
	LEFT JOIN desk.consents AS c ON c.purpose = u
		AND given_at > now() - interval '20 days'
	GROUP BY u) AS x USING (purpose);
-- A duplicate leaves the count.
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
UPDATE desk.cases SET duplicate_of = c1() WHERE case_ref = c2();
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
SELECT purpose, given FROM helpline.consent_report('1999-01-01', '1999-02-02')
WHERE purpose IN ('statistics', 'recording');

--
-- No error repeats what was given.
--
CREATE FUNCTION pg_temp.repeats(statement text, marker text)
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
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
		context = PG_EXCEPTION_CONTEXT;
	RETURN CASE WHEN strpos(concat(message, detail, hint, context),
		'13800138000') > 0 THEN 'repeated' ELSE 'refused' END;
END
$$;
SELECT outcome, count(*), string_agg(call, ' ') FILTER (
	WHERE outcome = 'repeated') AS which
FROM (SELECT v.call, pg_temp.repeats('SELECT helpline.' || v.call, m)
		AS outcome
	FROM (VALUES ('record_consent(c1(), $1, wording_version => ''v1'')'),
		('record_consent(c1(), ''refer'', $1, wording_version => ''v1'')'),
		('record_consent(c1(), ''refer'', ''factory'', $1,
			wording_version => ''v1'')'),
		('record_consent(c1(), ''refer'', ''buyer'', $1,
			wording_version => ''v1'')'),
		('record_consent(c1(), ''contact_factory'', wording_version => $1,
			method => ''nod'')'),
		('record_consent(c1(), ''contact_factory'', wording_version => ''v1'',
			language => $1)'),
		('record_consent(c1(), ''contact_factory'', wording_version => ''v1'',
			method => $1)'),
		('withdraw_consent(c1(), $1)'),
		('withdraw_consent(c1(), ''story'', method => $1)'),
		('request_override(c1(), $1, ''gdpr_6_1_d'', ''x'')'),
		('request_override(c1(), ''story'', $1, ''x'')'),
		('request_override(c1(), ''refer'', ''gdpr_6_1_d'', $1)'),
		('request_override(c1(), ''refer'', ''gdpr_6_1_d'', ''x'', $1)'),
		('request_override(c1(), ''refer'', ''gdpr_6_1_d'', ''x'', ''factory'',
			$1)'),
		('disclose(c1(), $1, ''{topic}'')'),
		('disclose(c1(), ''story'', ARRAY[$1])'),
		('disclose(c1(), ''story'', ''{topic}'', $1)'),
		('disclose(c1(), ''story'', ''{topic}'', ''authority'', $1)'))
		AS v (call),
		unnest(ARRAY['13800138000', E' 13800138000\n',
			repeat('13800138000', 30)]) AS m) AS o
GROUP BY outcome;
SELECT pg_temp.repeats('SELECT $1::integer', 'x13800138000');

ROLLBACK;
