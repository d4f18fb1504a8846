-- Corrections of words that no note has: which, for whom, from what list, and
-- that nothing of an erased note stays in it.  All in a transaction that is
-- rolled back.
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

-- The outcome of a statement: SQLSTATE, column and message of its error, and
-- whether anything but the statement itself has its word.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	context text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		context = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		CASE WHEN message || replace(context, statement, '') ~ 'zzsecret'
			THEN 'tells' END);
END
$$;

CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_field NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_admin NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_other'), ('supervisor', 'regress_boss'),
	('investigator', 'regress_field'), ('analyst', 'regress_analyst'),
	('administrator', 'regress_admin')) AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'TK-A'),
	('regress_other', 'specialist', 'TK-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);

CREATE FUNCTION pg_temp.open()
RETURNS ietp.case_ref
LANGUAGE plpgsql
AS $$
DECLARE
	the_call ietp.call_ref;
BEGIN
	SELECT c.call_ref INTO the_call FROM helpline.record_call('CN',
		'phone_in', 'grievance', identity_mode => 'confidential') AS c;
	PERFORM helpline.raise_issue(the_call, 'wages.unpaid');
	RETURN (SELECT c.case_ref FROM helpline.open_case(the_call) AS c);
END
$$;
SET LOCAL ROLE regress_one;
SELECT pg_temp.open() AS mine, pg_temp.open() AS erased \gset
SELECT count(helpline.add_note(:'mine', v.body)) AS notes
FROM (VALUES ('The zzdeductions were never explained, zzovertime neither.'),
	('More zzdeductions for zzdamaged goods: 拖欠工资, COVID-19.'),
	('Công ty zzgiữ zzlương zzbảo hiểm, mail zzperson9@example.org.'))
	AS v (body);
SELECT helpline.add_note(:'erased', 'zzdeductions of Mr. Zzkowalski.')
	IS NOT NULL AS noted;
SET LOCAL ROLE regress_other;
SELECT pg_temp.open() AS others \gset
SELECT helpline.add_note(:'others', 'Mr. Zzschmidt at the zzfurnace.')
	IS NOT NULL AS noted;
RESET ROLE;

-- Without pg_trgm there are no corrections, and there is no list.
INSERT INTO desk.search_words VALUES ('zzstray', 'zzstray', 1);
SET LOCAL ROLE regress_boss;
SELECT helpline.refresh_search_words();
SELECT count(*) FROM helpline.search_corrections('zzdeducitons');
RESET ROLE;
-- Nor are there with a function of that name that is not pg_trgm's.
CREATE SCHEMA "t ietp";
CREATE FUNCTION "t ietp".similarity(text, text) RETURNS real
LANGUAGE sql IMMUTABLE AS 'SELECT 1::real';
SET LOCAL ROLE regress_boss;
SELECT helpline.refresh_search_words();
RESET ROLE;
DROP FUNCTION "t ietp".similarity(text, text);

-- In whatever schema it is
CREATE EXTENSION pg_trgm SCHEMA "t ietp";
SELECT desk.similarity_function();
-- that the desk's owner may use
SET LOCAL ROLE regress_admin;
SELECT helpline.refresh_search_words();
RESET ROLE;
GRANT USAGE ON SCHEMA "t ietp" TO PUBLIC;
SET LOCAL ROLE regress_one;
SELECT count(*) FROM helpline.search_corrections('zzdeducitons');
SET LOCAL ROLE regress_admin;
SELECT helpline.refresh_search_words() > 0 AS refreshed;
RESET ROLE;
-- Latin words as they were written: no forms of them, no Han, no numbers, no
-- addresses
SELECT w.word, w.folded, w.documents FROM desk.search_words AS w
WHERE w.word LIKE 'zz%' ORDER BY w.word COLLATE "C";
SELECT count(*) AS other FROM desk.search_words AS w
WHERE w.word ~ '[0-9[:punct:]拖欠工资]' OR length(w.word) < 3;

SET LOCAL ROLE regress_one;
-- A letter too much, two that changed places
SELECT * FROM helpline.search_corrections('zzdeducitons zzovertimme')
ORDER BY word;
-- Marks that are wrong; none is asked for unmarked, and found so
SELECT * FROM helpline.search_corrections('zzlưong');
SELECT * FROM helpline.search_corrections('zzluong');
-- What is found needs none: exactly, by its stem, in other letters
SELECT * FROM helpline.search_corrections(
	'ZZDEDUCTIONS zzdeduction zzovertime 拖欠工资 工貧 COVID-20 2021');
-- Nothing like it
SELECT * FROM helpline.search_corrections('zzqxqxqxqx');
SELECT * FROM helpline.search_corrections('!?');
-- In the order of the query, no more than asked for
SELECT s.word, s.correction FROM helpline.search_corrections(
	'zzovertimme zzdamagd zzdeducitons', 1) AS s;

-- From notes of others nothing is proposed, nor counted.
SELECT * FROM helpline.search_corrections('zzschmitd zzfurnase');
SET LOCAL ROLE regress_field;
SELECT * FROM helpline.search_corrections('zzdeducitons zzschmitd');
SET LOCAL ROLE regress_other;
SELECT s.word, s.correction, s.documents
FROM helpline.search_corrections('zzdeducitons zzschmitd') AS s;
-- A word that notes of others have needs correction here all the same.
SELECT helpline.add_note(:'others', 'zzdeducitons') IS NOT NULL AS noted;
SET LOCAL ROLE regress_one;
SELECT s.correction FROM helpline.search_corrections('zzdeducitons') AS s;
SET LOCAL ROLE regress_boss;
SELECT s.word, s.correction, s.documents
FROM helpline.search_corrections('zzdeducitons zzschmitd') AS s;
RESET ROLE;

-- Who may
SELECT f.function_name, string_agg(f.kind::text, ', ' ORDER BY f.kind)
FROM desk.kind_functions AS f
WHERE f.function_name IN ('search_corrections', 'refresh_search_words')
GROUP BY 1 ORDER BY 1;
SELECT v.role, pg_temp.attempt(format('SET LOCAL ROLE %I;
	SELECT helpline.search_corrections(''zzsecret'')', v.role)) AS asking,
	pg_temp.attempt(format('SET LOCAL ROLE %I;
	SELECT helpline.refresh_search_words()', v.role)) AS refreshing
FROM (VALUES ('regress_one'), ('regress_analyst'), ('regress_admin'))
	AS v (role);
RESET ROLE;
GRANT USAGE ON SCHEMA desk TO regress_analyst;
GRANT SELECT ON desk.search_words TO regress_analyst;
SET LOCAL ROLE regress_analyst;
SELECT count(*) FROM desk.search_words;
RESET ROLE;
REVOKE SELECT ON desk.search_words FROM regress_analyst;
REVOKE USAGE ON SCHEMA desk FROM regress_analyst;

-- Errors tell nothing of what was asked for.
SET LOCAL ROLE regress_one;
SELECT v.arguments, pg_temp.attempt(
	format('SELECT helpline.search_corrections(%s)', v.arguments))
FROM (VALUES ('NULL'), ('$$ $$'), ('repeat(''zzsecret'', 2000)'),
	('''zzsecret'', 0'), ('''zzsecret'', NULL'), ('''zzsecret'', 1001'))
	AS v (arguments);

-- A word leaves the list with the last note that has it: at once when a note
-- is erased, or goes where no key is looked after.
SET LOCAL ROLE regress_boss;
SELECT helpline.erase_note(:'erased', 1) IS NOT NULL AS erased;
RESET ROLE;
SELECT w.word FROM desk.search_words AS w
WHERE w.word IN ('zzkowalski', 'zzdeductions');
SET LOCAL session_replication_role = replica;
DELETE FROM desk.notes WHERE case_ref = :'others';
SET LOCAL session_replication_role = origin;
SELECT w.word FROM desk.search_words AS w
WHERE w.word IN ('zzschmidt', 'zzfurnace', 'zzdeductions');
-- What a thousand notes had, and what changed in a vector, is renewed; what was
-- counted and is gone when the list is made, does not come back.
UPDATE desk.search_words SET documents = 1001 WHERE word = 'zzovertime';
INSERT INTO desk.search_words VALUES ('zzstray', 'zzstray', 1);
DELETE FROM desk.notes WHERE case_ref = :'mine' AND n = 1;
SELECT w.word FROM desk.search_words AS w
WHERE w.word IN ('zzovertime', 'zzstray') ORDER BY 1;
SET LOCAL ROLE regress_boss;
SELECT helpline.refresh_search_words() > 0 AS refreshed;
RESET ROLE;
SELECT w.word, w.documents FROM desk.search_words AS w
WHERE w.word IN ('zzovertime', 'zzstray', 'zzdeductions');
SELECT desk.renew_search_words('{zzdamaged,zzkowalski}', '{1,1}');
SELECT w.word FROM desk.search_words AS w ORDER BY 1;
ROLLBACK;
