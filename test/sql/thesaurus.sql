-- The thesaurus: its rows are of good form, and a query for a term finds a note
-- that holds nothing but another term of the concept.  What changes is rolled
-- back.
SET datestyle = ISO;
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

-- The outcome of a statement: SQLSTATE and message of its error.
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

-- Concepts, terms of each language, and how many were compared
SELECT count(DISTINCT concept) AS concepts FROM desk.thesaurus;
SELECT language, count(*) AS terms,
	count(*) FILTER (WHERE verified) AS verified
FROM desk.thesaurus GROUP BY language ORDER BY language;
-- Every concept has terms in all four languages.
SELECT concept FROM desk.thesaurus
GROUP BY concept HAVING count(DISTINCT language) < 4;
-- No remarks, no alternatives in one term, and words in the right script
SELECT concept, language, term FROM desk.thesaurus
WHERE term ~ '[()/;；（）]' OR term ~ '  '
OR language LIKE 'zh-%' AND term ~ '[a-z]'
OR language NOT LIKE 'zh-%' AND term ~ '[一-龥]'
OR language = 'en' AND term ~ '[^ -~]';
-- What is verified names an article; what is not says so.
SELECT concept, language, term, source FROM desk.thesaurus
WHERE verified <> (source ~ '(art\.|s\.|Điều) [0-9]+')
OR verified = (source ~ 'unverified');
-- Slang and short forms
SELECT language, string_agg(term, ', ' ORDER BY term COLLATE "C") AS terms
FROM desk.thesaurus
WHERE term IN ('自离', '押工资', 'giam lương', 'nghỉ ngang', 'tăng ca', 'BHXH',
	'HĐLĐ') GROUP BY language ORDER BY language;

-- Each form that is refused
SELECT v.what, pg_temp.attempt(format('INSERT INTO desk.thesaurus VALUES %s',
	v.entry))
FROM (VALUES
	('concept', $$('Wages', 'en', 'a', 'b')$$),
	('language', $$('wages', 'zh', 'a', 'b')$$),
	('blank term', $$('wages', 'en', ' ', 'b')$$),
	('margin', $$('wages', 'en', ' a', 'b')$$),
	('no word', $$('wages', 'en', '!!', 'b')$$),
	('too long', $$('wages', 'en', repeat('a', 81), 'b')$$),
	('control', $$('wages', 'en', E'a\tb', 'b')$$),
	('no source', $$('wages', 'en', 'a', ' ')$$),
	('twice', $$('wages', 'en', 'wages', 'b')$$),
	('well', $$('wages', 'en', 'a', 'b')$$)) AS v (what, entry);

-- Of every ordered pair of languages, every term of every concept finds every
-- note that has nothing but a term of the other language.
CREATE TEMP TABLE noted AS
SELECT t.concept, t.language, t.term, (ietp.search_entry(t.term)).vector
FROM desk.thesaurus AS t;
CREATE TEMP TABLE asked AS
SELECT t.concept, t.language, t.term, ietp.query(t.term) AS query
FROM desk.thesaurus AS t;
SELECT a.language AS asked, n.language AS noted, count(DISTINCT a.concept)
	AS concepts, count(*) > 300 AS pairs,
	count(*) FILTER (WHERE NOT n.vector @@ a.query) AS lost
FROM asked AS a JOIN noted AS n USING (concept)
WHERE a.language <> n.language
GROUP BY a.language, n.language ORDER BY a.language, n.language;
SELECT a.concept, a.term AS asked, n.term AS noted
FROM asked AS a JOIN noted AS n USING (concept)
WHERE a.language <> n.language AND NOT n.vector @@ a.query
ORDER BY a.concept, a.term COLLATE "C", n.term COLLATE "C" LIMIT 10;
-- Within a question
SELECT q.query, n.note, (ietp.search_entry(n.note)).vector
	@@ ietp.query(q.query) AS found
FROM (VALUES ('Công ty giam lương của tôi hai tháng'),
	('工厂押工资怎么办'), ('My pay held back as deposit, what can I do?'))
	AS q (query)
CROSS JOIN (VALUES ('公司压一个月工资'), ('bị giam lương'), ('壓糧'),
	('pay held back')) AS n (note);
-- Without marks
SELECT (ietp.search_entry('押工资')).vector @@ ietp.query('giam luong') AS found;
-- Phrases, and what has a syntax, are asked for as they are.
SELECT v.mode, (ietp.search_entry('押工资')).vector
	@@ ietp.query('giam lương', v.mode) AS found
FROM (VALUES ('question'), ('keywords'), ('phrase'), ('web')) AS v (mode);

-- Programmes edit the rows: it counts at once.
SELECT (ietp.search_entry('blue card')).vector @@ ietp.query('蓝卡') AS found;
INSERT INTO desk.thesaurus (concept, language, term, source) VALUES
	('blue_card', 'en', 'blue card', 'the programme'),
	('blue_card', 'zh-Hans', '蓝卡', 'the programme');
SELECT (ietp.search_entry('blue card')).vector @@ ietp.query('蓝卡') AS found;
DELETE FROM desk.thesaurus WHERE concept = 'blue_card' AND language = 'en';
SELECT (ietp.search_entry('blue card')).vector @@ ietp.query('蓝卡') AS found;

-- Two words of one concept: each may be there by any of its terms.
SELECT (ietp.search_entry('công ty nợ tiền lương của tôi')).vector
	@@ ietp.query('工资 薪金', 'keywords') AS found;
ROLLBACK;
