-- Search in the narratives: who finds what, by which filters, and that nothing
-- of it gets in the way of a note.  All in a transaction that is rolled back;
-- references are random and never shown.
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
CREATE ROLE regress_admin NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_mate'), ('specialist', 'regress_other'),
	('supervisor', 'regress_boss'), ('investigator', 'regress_field'),
	('programme_staff', 'regress_staff'), ('analyst', 'regress_analyst'),
	('auditor', 'regress_auditor'), ('administrator', 'regress_admin'))
	AS v (kind, role);
SELECT count(helpline.set_account(v.account, v.kind, team => v.team)) AS accounts
FROM (VALUES ('regress_one', 'specialist', 'TK-A'),
	('regress_mate', 'specialist', 'TK-A'),
	('regress_other', 'specialist', 'TK-B'),
	('regress_boss', 'supervisor', NULL),
	('regress_field', 'investigator', NULL)) AS v (account, kind, team);
SELECT helpline.set_factory('TK-F', 'CN') IS NOT NULL AS done;
SELECT helpline.set_factory('TK-G', 'VN') IS NOT NULL AS done;

-- What people are called in this file
CREATE TEMP TABLE named (case_ref ietp.case_ref, name text);
GRANT SELECT, INSERT ON named TO PUBLIC;

-- Four cases of one team, one of another; one of the four is closed.
CREATE FUNCTION pg_temp.open(name text, line text, topic text, factory text)
RETURNS ietp.case_ref
LANGUAGE plpgsql
AS $$
DECLARE
	the_call ietp.call_ref;
	the_case ietp.case_ref;
BEGIN
	SELECT c.call_ref INTO the_call FROM helpline.record_call(open.line,
		'phone_in', 'grievance', identity_mode => 'confidential') AS c;
	PERFORM helpline.raise_issue(the_call, open.topic);
	SELECT c.case_ref INTO the_case
	FROM helpline.open_case(the_call, factory => open.factory) AS c;
	INSERT INTO named VALUES (the_case, open.name);
	RETURN the_case;
END
$$;
SET LOCAL ROLE regress_one;
SELECT pg_temp.open('simplified', 'CN', 'wages.unpaid', 'TK-F') AS simplified,
	pg_temp.open('traditional', 'CN', 'wages.unpaid', NULL) AS traditional,
	pg_temp.open('vietnamese', 'VN', 'hours.excessive', 'TK-G') AS vietnamese,
	pg_temp.open('english', 'CN', 'wages.deduction', 'TK-F') AS english \gset
SET LOCAL ROLE regress_other;
SELECT pg_temp.open('of others', 'CN', 'wages.unpaid', NULL) AS others \gset
RESET ROLE;

SET LOCAL ROLE regress_one;
SELECT helpline.add_note(:'simplified',
	'工人说厂方拖欠工资<三个月>，押工资不发。') IS NOT NULL AS noted;
SELECT helpline.add_note(:'simplified', '第二次来电：已经自离，住在宿舍。',
	language => 'zh') IS NOT NULL AS noted;
SELECT helpline.add_note(:'traditional',
	'勞工表示雇主積欠工資，要求資遣費。') IS NOT NULL AS noted;
SELECT helpline.add_note(:'vietnamese',
	'Công nhân nói công ty giam lương và ép tăng ca.') IS NOT NULL AS noted;
SELECT helpline.add_note(:'english',
	'The worker was told that deductions for damaged goods are usual.')
	IS NOT NULL AS noted;
SET LOCAL ROLE regress_other;
SELECT helpline.add_note(:'others', '工人说厂方拖欠工资，情况紧急。')
	IS NOT NULL AS noted;
RESET ROLE;

-- All are indexed, each with its language: what the note says, else a guess;
-- of zh the script is guessed.
SELECT m.name, v.n, v.vector IS NOT NULL AS indexed, v.length > 0 AS counted,
	v.partly_indexed, v.icu_version = ietp.icu_version() AS of_this_icu,
	v.language
FROM desk.note_vectors AS v JOIN named AS m USING (case_ref)
ORDER BY m.name, v.n;

-- What somebody finds
CREATE FUNCTION pg_temp.found(query text, mode text DEFAULT 'question')
RETURNS TABLE (name text, n integer, language text)
LANGUAGE sql
AS $$
	SELECT m.name, s.n, s.language
	FROM helpline.search_cases($1, $2) WITH ORDINALITY AS s
	JOIN named AS m USING (case_ref) ORDER BY s.ordinality
$$;
SET LOCAL ROLE regress_one;
SELECT * FROM pg_temp.found('拖欠工资', 'phrase');
SELECT * FROM pg_temp.found('拖欠工資', 'phrase');
SELECT * FROM pg_temp.found('giam luong', 'phrase');
SELECT * FROM pg_temp.found('deduction');
-- By the thesaurus, below those of the same language
SELECT * FROM pg_temp.found('giam lương');
-- One row for a case, with its best note
SELECT name, n FROM pg_temp.found('自离');
SELECT count(*) AS rows, count(DISTINCT case_ref) AS cases
FROM helpline.search_cases('工人 拖欠工资 自离 宿舍');
-- Nothing in it to look for
SELECT count(*) FROM helpline.search_cases('!?');

-- What is returned.  Matches are marked as they are written, and the note's own
-- signs are escaped.
SELECT s.score > 0 AS scored, s.headline, s.written_at = now() AS now,
	s.status, s.opened_at = now() AS opened_now, s.synthetic
FROM helpline.search_cases('拖欠工資', 'phrase', factory => 'TK-F') AS s;

-- Who sees which
SET LOCAL ROLE regress_mate;
SELECT name FROM pg_temp.found('拖欠工资', 'phrase');
SET LOCAL ROLE regress_other;
SELECT name FROM pg_temp.found('拖欠工资', 'phrase');
SELECT name FROM pg_temp.found('giam lương', 'phrase');
SET LOCAL ROLE regress_field;
SELECT name FROM pg_temp.found('拖欠工资', 'phrase');
SET LOCAL ROLE regress_boss;
SELECT name FROM pg_temp.found('拖欠工资', 'phrase') ORDER BY 1;
SELECT helpline.assign_case(:'others', investigator => 'regress_field')
	IS NOT NULL AS done;
SET LOCAL ROLE regress_field;
SELECT name FROM pg_temp.found('拖欠工资', 'phrase');
RESET ROLE;
-- Whoever may call the functions
SELECT f.function_name, string_agg(f.kind::text, ', ' ORDER BY f.kind)
FROM desk.kind_functions AS f
WHERE f.function_name ~ 'search' GROUP BY 1 ORDER BY 1;
SELECT v.role, pg_temp.attempt(format('SET LOCAL ROLE %I;
	SELECT helpline.search_cases(''工资'')', v.role)) AS searching,
	pg_temp.attempt(format('SET LOCAL ROLE %I;
	SELECT helpline.search_explain(''工资'')', v.role)) AS explaining
FROM (VALUES ('regress_staff'), ('regress_analyst'), ('regress_auditor'),
	('regress_admin')) AS v (role);
RESET ROLE;
-- and who may read the table: nobody, not even with a grant
GRANT USAGE ON SCHEMA desk TO regress_analyst;
SET LOCAL ROLE regress_analyst;
SELECT pg_temp.attempt('SELECT count(*) FROM desk.note_vectors');
RESET ROLE;
GRANT SELECT ON desk.note_vectors TO regress_analyst;
SET LOCAL ROLE regress_analyst;
SELECT count(*) FROM desk.note_vectors;
RESET ROLE;
REVOKE SELECT ON desk.note_vectors FROM regress_analyst;
REVOKE USAGE ON SCHEMA desk FROM regress_analyst;

-- Everybody finds what case_notes() shows, and no other: a word that all notes
-- of the file have
SELECT count(*) AS marked FROM desk.notes AS o, LATERAL (
	SELECT desk.write_vector(ROW(o.case_ref, o.n, o.written_at, o.kind,
		o.language, o.digest_key, o.written_by, o.body || ' zzword')::desk.notes)
	) AS w WHERE o.case_ref IN (SELECT case_ref FROM named);
CREATE FUNCTION pg_temp.compare()
RETURNS TABLE (shown bigint, found bigint, common bigint)
LANGUAGE sql
AS $$
	WITH shown AS (SELECT m.name FROM named AS m
		WHERE EXISTS (SELECT FROM helpline.case_notes(m.case_ref))),
	found AS (SELECT f.name FROM pg_temp.found('zzword', 'keywords') AS f)
	SELECT (SELECT count(*) FROM shown), (SELECT count(*) FROM found),
		(SELECT count(*) FROM shown JOIN found USING (name))
$$;
SET LOCAL ROLE regress_one;
SELECT * FROM pg_temp.compare();
SET LOCAL ROLE regress_other;
SELECT * FROM pg_temp.compare();
SET LOCAL ROLE regress_field;
SELECT * FROM pg_temp.compare();
SET LOCAL ROLE regress_boss;
SELECT * FROM pg_temp.compare();

-- Document frequencies are those of what the actor sees.
SET LOCAL ROLE regress_one;
SELECT max(documents) FROM helpline.search_explain('zzword', 'keywords');
SET LOCAL ROLE regress_other;
SELECT max(documents) FROM helpline.search_explain('zzword', 'keywords');

-- Scores tell nothing of what others write, nor whether they do.
SET LOCAL ROLE regress_one;
CREATE TEMP TABLE scored AS
SELECT case_ref, score FROM helpline.search_cases('zzword 工资');
GRANT SELECT ON scored TO PUBLIC;
SET LOCAL ROLE regress_other;
SELECT count(helpline.add_note(:'others', 'zzword 工资 zztheirs ' || i)) AS notes
FROM generate_series(1, 20) AS i;
SET LOCAL ROLE regress_one;
SELECT count(*) AS cases, count(DISTINCT o.score) > 1 AS scores,
	bool_and(s.score = o.score) AS as_before
FROM scored AS o
LEFT JOIN helpline.search_cases('zzword 工资') AS s USING (case_ref);
RESET ROLE;
-- Nor do they when ANALYZE has counted.
ANALYZE desk.note_vectors;
SET LOCAL ROLE regress_one;
SELECT bool_and(s.score = o.score) AS as_before
FROM scored AS o
LEFT JOIN helpline.search_cases('zzword 工资') AS s USING (case_ref);
-- Supervisors see them.
SET LOCAL ROLE regress_boss;
SELECT bool_and(s.score = o.score) AS as_before
FROM scored AS o
LEFT JOIN helpline.search_cases('zzword 工资') AS s USING (case_ref);
-- Counters of rows, which everybody reads, tell nothing of them either: a word
-- that others have reads as many rows as one that nobody has.
CREATE FUNCTION pg_temp.rows_read(query text)
RETURNS numeric
LANGUAGE plpgsql
AS $$
DECLARE
	before numeric;
	after numeric;
BEGIN
	SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)) INTO before
	FROM pg_stat_xact_all_tables WHERE schemaname = 'desk';
	PERFORM FROM helpline.search_cases(query, 'keywords');
	SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)) INTO after
	FROM pg_stat_xact_all_tables WHERE schemaname = 'desk';
	RETURN after - before;
END
$$;
SET LOCAL ROLE regress_one;
SELECT pg_temp.rows_read('zznobodys') > 0 AS first_call;
SELECT pg_temp.rows_read('zztheirs') = pg_temp.rows_read('zznobodys') AS equal,
	pg_temp.rows_read('zzword') > pg_temp.rows_read('zznobodys') AS own_more;

-- Filters
SET LOCAL ROLE regress_one;
CREATE FUNCTION pg_temp.filtered(filters text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	names text;
BEGIN
	EXECUTE 'SELECT string_agg(m.name, '', '' ORDER BY m.name) '
		'FROM helpline.search_cases(''zzword'', ''keywords'', ' || filters
		|| ') JOIN named AS m USING (case_ref)' INTO names;
	RETURN names;
END
$$;
SELECT v.filters, pg_temp.filtered(v.filters)
FROM (VALUES ('line => ''CN'''), ('line => ''VN'''), ('factory => ''TK-F'''),
	('topic => ''wages.unpaid'''), ('topic => ''wages'''),
	('topic => ''leave'''), ('language => ''zh'''),
	('language => ''zh-Hant'''), ('language => ''vi'''),
	('opened_from => current_date + 2'), ('opened_until => current_date + 2'),
	('opened_from => current_date - 2, opened_until => current_date - 1'),
	('only_open => true'), ('status => ''closed'''),
	('line => ''CN'', language => ''en''')) AS v (filters);
SELECT count(*) FROM helpline.search_cases('zzword', 'keywords', most => 2);

-- A closed case
SET LOCAL ROLE regress_boss;
SELECT helpline.record_action(:'english', 'worker_informed') IS NOT NULL AS done;
SELECT accepted FROM helpline.transition_case(:'english', 'triage',
	fields => '{"identity_mode": "confidential", "retaliation_risk": false}');
SELECT status FROM helpline.find_case(:'english') \gset
SET LOCAL ROLE regress_one;
SELECT pg_temp.filtered(format('status => %L', :'status'));

-- Errors tell nothing of what was asked for.
SELECT v.arguments, pg_temp.attempt(
	format('SELECT helpline.search_cases(%s)', v.arguments))
FROM (VALUES ('NULL'), ('$$ $$'), ('repeat(''x'', 10001)'),
	('repeat(''x'', 1025), ''web'''),
	('''secret'', NULL'), ('''secret'', ''best'''),
	('''secret'', most => 0'), ('''secret'', most => NULL'),
	('''secret'', most => 1001'), ('''secret'', line => ''XX'''),
	('''secret'', status => ''x'''),
	('''secret'', factory => ''XX'''),
	('''secret'', topic => ''wages.'''), ('''secret'', language => ''xx'''),
	('''secret'', only_open => NULL'),
	('''secret'', opened_from => ''2024-01-01'', opened_until => ''2024-01-01'''))
	AS v (arguments);
SELECT v.arguments, pg_temp.attempt(
	format('SELECT helpline.search_explain(%s)', v.arguments))
FROM (VALUES ('NULL'), ('''secret'', ''best''')) AS v (arguments);

-- A case with more notes than are asked for at first does not crowd out others.
SET LOCAL ROLE regress_one;
SELECT count(helpline.add_note(:'simplified', '拖欠工资 ' || i)) AS notes
FROM generate_series(1, 30) AS i;
SELECT name FROM helpline.search_cases('拖欠工资', most => 2)
JOIN named USING (case_ref) ORDER BY 1;
RESET ROLE;

-- Erasing a note takes what the search knows along, also where no key is
-- looked after.
SET LOCAL ROLE regress_boss;
SELECT helpline.erase_note(:'vietnamese', 1) IS NOT NULL AS erased;
SELECT name FROM pg_temp.found('giam lương', 'phrase');
RESET ROLE;
SELECT count(*) FROM desk.note_vectors WHERE case_ref = :'vietnamese';
SET LOCAL session_replication_role = replica;
DELETE FROM desk.notes WHERE case_ref = :'traditional';
SET LOCAL session_replication_role = origin;
SELECT count(*) FROM desk.note_vectors WHERE case_ref = :'traditional';

-- A note of 1 MB is saved, and found by its beginning.
SET LOCAL ROLE regress_one;
SELECT helpline.add_note(:'english', 'zzbegin '
	|| repeat('工资 wage tiền lương ', 50000) || ' zzend') IS NOT NULL AS noted;
SELECT name FROM pg_temp.found('zzbegin', 'keywords');
SELECT name FROM pg_temp.found('zzend', 'keywords');
RESET ROLE;
SELECT partly_indexed FROM desk.note_vectors
WHERE case_ref = :'english' ORDER BY n DESC LIMIT 1;

-- When indexing fails, the note is saved, with a warning that tells nothing of
-- it.
SET client_min_messages = warning;
ALTER TABLE desk.note_vectors ADD CONSTRAINT t_ietp_never
CHECK (vector IS NULL) NOT VALID;
SET LOCAL ROLE regress_one;
SELECT helpline.add_note(:'english', 'zzlost secret') IS NOT NULL AS noted;
SELECT name FROM pg_temp.found('zzlost', 'keywords');
SELECT count(*) FROM helpline.case_notes(:'english') WHERE body ~ 'zzlost';
SET LOCAL ROLE regress_boss;
SELECT notes - indexed AS missing, to_be_indexed, partly_indexed, of_other_icu,
	advice FROM helpline.search_status();
-- What fails is tried and does not count.
SELECT helpline.reindex_search();
RESET ROLE;
ALTER TABLE desk.note_vectors DROP CONSTRAINT t_ietp_never;
-- and when not even that it is to be done can be entered
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'secret'; END $$;
CREATE TRIGGER t_ietp_fail BEFORE INSERT ON desk.note_vectors
FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
SET LOCAL ROLE regress_one;
SELECT helpline.add_note(:'english', 'zzgone secret') IS NOT NULL AS noted;
RESET ROLE;
DROP TRIGGER t_ietp_fail ON desk.note_vectors;

-- Rebuilding: what is empty, what is missing, and what another ICU cut
UPDATE desk.note_vectors SET icu_version = '1.0'
WHERE case_ref = :'simplified' AND n <= 2;
UPDATE desk.note_vectors SET icu_version = '999.9'
WHERE case_ref = :'simplified' AND n = 3;
SET LOCAL ROLE regress_boss;
SELECT to_be_indexed, of_other_icu, icu_version = ietp.icu_version() AS here,
	advice FROM helpline.search_status();
SET LOCAL ROLE regress_admin;
SELECT to_be_indexed, of_other_icu FROM helpline.search_status();
SELECT pg_temp.attempt('SELECT helpline.reindex_search()');
SET LOCAL ROLE regress_boss;
SELECT v.batch, pg_temp.attempt(
	format('SELECT helpline.reindex_search(%s)', v.batch))
FROM (VALUES ('0'), ('NULL'), ('100001')) AS v (batch);
SELECT helpline.reindex_search(2) AS first, helpline.reindex_search(2) AS second,
	helpline.reindex_search(2) AS third, helpline.reindex_search(2) AS fourth;
SELECT to_be_indexed, of_other_icu, advice, counted = indexed AS counted,
	counted_at = now() AS counted_now, mean_length > 1 AS mean
FROM helpline.search_status();
SELECT name FROM pg_temp.found('zzlost', 'keywords');
SELECT name FROM pg_temp.found('zzgone', 'keywords');
RESET ROLE;

-- Across languages: by the thesaurus a query finds what notes in other languages
-- say of the same thing, below those in its own.
CREATE ROLE regress_third NOLOGIN;
SELECT ietp.grant_role('specialist', 'regress_third') > 0 AS granted,
	helpline.set_account('regress_third', 'specialist', team => 'TK-C')
	IS NOT NULL AS done;
SET LOCAL ROLE regress_third;
SELECT count(helpline.add_note(pg_temp.open(v.name, 'CN', 'wages.unpaid', NULL),
	v.body)) AS notes
FROM (VALUES ('vi short', 'Công ty giam lương.'),
	('vi long', 'Chị ấy kể rằng từ khi vào làm ở xưởng may, tháng nào công ty '
		'cũng giam lương của công nhân mới, hỏi thì chủ quản không trả lời.'),
	('vi other', 'Công ty trả lương đúng ngày nhưng không có nhà ăn.'),
	('zh-Hans short', '厂里押工资。'),
	('zh-Hans long', '工人说进厂以后每个月厂里都押工资，问主管也没有答复，现在想走。'),
	('zh-Hant', '老闆押工資一個月，勞工想走。'),
	('zh other', '工资按时发，但是宿舍没有热水。'),
	('en', 'The factory keeps withholding wages from new workers.'),
	('en other', 'Wages are paid on time, meals are poor.')) AS v (name, body);
SELECT v.query, (SELECT string_agg(f.name, ', ') FROM pg_temp.found(v.query) AS f)
	AS found
FROM (VALUES ('giam lương'), ('giam luong'), ('押工资'), ('押工資'),
	('withholding wages')) AS v (query);
RESET ROLE;

-- All from nothing
TRUNCATE desk.note_vectors;
SET LOCAL ROLE regress_boss;
SELECT to_be_indexed > 30 AS missing FROM helpline.search_status();
SELECT helpline.reindex_search(100000) > 30 AS rebuilt;
SELECT indexed = notes AS all_of_them, counted = indexed AS counted
FROM helpline.search_status();
ROLLBACK;
