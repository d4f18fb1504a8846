-- Under which lexemes a token is indexed, and which a query asks for.
\pset null '(null)'
\set SHOW_CONTEXT never

-- Written by hand: a token, its lexemes, and those of a query for it.  Only
-- what is otherwise is shown.
CREATE TABLE t_lexemes (token text, indexed text[], asked text[]);
INSERT INTO t_lexemes VALUES
	-- Words: as written, ~ without marks, ^ by stem, where those differ
	('pay', '{pay}', '{pay,~pay,^pay}'),
	('PAY', '{pay}', '{pay,~pay,^pay}'),
	('Paying', '{paying,^pay}', '{paying,~paying,^pay,pay}'),
	('wages', '{wages,^wage}', '{wages,~wages,^wage,wage}'),
	('lương', '{lương,~luong}', '{lương}'),
	('LƯƠNG', '{lương,~luong}', '{lương}'),
	('luong', '{luong}', '{luong,~luong,^luong}'),
	('Đình', '{đình,~dinh}', '{đình}'),
	('đ', '{đ,~d}', '{đ}'),
	('Ðông', '{ðông,~dong}', '{ðông}'),
	('łódź', '{łódź,~lodz}', '{łódź}'),
	('naïve', '{naïve,~naive,^naiv}', '{naïve}'),
	('Straße', '{strasse,^strass}', '{strasse,~strasse,^strass,strass}'),
	('работают', '{работают}', '{работают,~работают}'),
	('й', '{й}', '{й,~й}'),
	('が', '{が}', '{が,~が}'),

	-- No marker of a class begins a word.
	('~luong', '{luong}', '{luong,~luong,^luong}'),
	('^pay', '{pay}', '{pay,~pay,^pay}'),
	('!', '{}', '{}'),

	-- Width and compatibility, by NFKC_Casefold
	('ｆｏｘｃｏｎｎ', '{foxconn}', '{foxconn,~foxconn,^foxconn}'),
	('ＦＯＸＣＯＮＮ', '{foxconn}', '{foxconn,~foxconn,^foxconn}'),
	('１３８', '{138}', '{138,~138}'),
	('①', '{1}', '{1,~1}'),
	('ﬁne', '{fine}', '{fine,~fine,^fine}'),
	('㎏', '{kg}', '{kg,~kg,^kg}'),
	('ｶ', '{カ}', '{カ,~カ}'),
	(U&'pa\00ADy', '{pay}', '{pay,~pay,^pay}'),
	(normalize('lương', NFD), '{lương,~luong}', '{lương}'),

	-- Han: bigrams in simplified form, ! as they were written where that
	-- differs, the last character
	('工资', '{工资,资}', '{工资}'),
	('工資', '{工资,!工資,资}', '{工资}'),
	('拖欠工资', '{拖欠,欠工,工资,资}', '{拖欠,欠工,工资}'),
	('拖欠工資', '{拖欠,欠工,工资,!工資,资}', '{拖欠,欠工,工资}'),
	('資', '{资}', '{资}'),
	(U&'\5DE5\FE00\8D44\FE00', '{工资,资}', '{工资}'),
	(U&'\+020000\+020001', U&'{\+020000\+020001,\+020001}',
	U&'{\+020000\+020001}'),

	-- Words of several parts: the whole and the parts
	('can''t', '{can''t,can,t}', '{can,~can,^can,t,~t,^t}'),
	('U.S', '{u.s,u,s}', '{u,~u,^u,s,~s,^s}'),
	('COVID-19', '{covid-19,covid,19}', '{covid,~covid,^covid,19,~19}'),
	('A-123', '{a-123,a,123}', '{a,~a,^a,123,~123}'),
	('li@mail.cn', '{li@mail.cn,li,mail,cn}',
	'{li,~li,^li,mail,~mail,^mail,cn,~cn,^cn}'),

	-- Numbers in groups: digits alone
	('5,000,000', '{5000000,5,000,000}', '{5,~5,000,~000,000,~000}'),
	('5.000.000', '{5000000,5,000,000}', '{5,~5,000,~000,000,~000}'),
	('５，０００', '{5000,5,000}', '{5,~5,000,~000}'),
	('1,500.50', '{"1,500.50",1,500,50}', '{1,~1,500,~500,50,~50}'),
	('12.5', '{12.5,12,5}', '{12,~12,5,~5}'),
	('50,00', '{"50,00",50,00}', '{50,~50,00,~00}'),
	('1234,567', '{"1234,567",1234,567}', '{1234,~1234,567,~567}'),
	('001', '{001}', '{001,~001}'),
	('+84 912 345 678', '{84912345678,84,912,345,678}',
	'{84,~84,912,~912,345,~345,678,~678}'),
	('0912.345.678', '{0912345678,0912,345,678}',
	'{0912,~0912,345,~345,678,~678}'),

	-- Nothing
	('', '{}', '{}'), (' ', '{}', '{}'), ('，', '{}', '{}'),
	('😀', '{}', '{}');
SELECT count(*) AS tokens FROM t_lexemes;
SELECT token, indexed, ts_lexize('ietp.multilingual', token) AS indexed_is,
	asked, ts_lexize('ietp.multilingual_query', token) AS asked_is
FROM t_lexemes
WHERE ts_lexize('ietp.multilingual', token) <> indexed
OR ts_lexize('ietp.multilingual_query', token) <> asked;

-- A number means the same however its groups are separated, and it is found by
-- its digits alone.
SELECT document, to_tsvector('ietp.multilingual', document) @@ '5000000' AS found
FROM unnest(ARRAY['5,000,000', '5.000.000', '5000000', '５，０００，０００',
	'5,000,00', '5,000,000.00']) AS document;

-- Positions: the parts of a word one after another, the whole with the first;
-- the last character of a run with its last bigram.
SELECT to_tsvector('ietp.multilingual', 'can''t 拖欠工資 5,000 lương.') AS vector;

-- A token that was seen before has the same lexemes, and so has one that is
-- too long to be remembered.
SELECT count(*) AS tokens, count(*) FILTER (
	WHERE COALESCE(ts_lexize('ietp.multilingual', token), '{}') = indexed)
	AS the_same
FROM (SELECT * FROM t_lexemes UNION ALL SELECT repeat('ư', n),
	ARRAY[repeat('ư', n), '~' || repeat('u', n)], NULL
	FROM generate_series(1, 300, 13) AS n) AS t, generate_series(1, 2);

--
-- Tone marks of Vietnamese: typed on either vowel, in all five tones
--
-- The syllable with its mark on either vowel, T standing for it.
CREATE TABLE t_tone AS
SELECT v.plain, t.tone, normalize(replace(v.first, 'T', t.mark), NFC) AS first,
	normalize(replace(v.second, 'T', t.mark), NFC) AS second
FROM (VALUES ('hoa', 'hoTa', 'hoaT'), ('khoe', 'khoTe', 'khoeT'),
	('thuy', 'thuTy', 'thuyT'), ('qua', 'quTa', 'quaT'),
	('que', 'quTe', 'queT'), ('quy', 'quTy', 'quyT'), ('gia', 'giTa', 'giaT'),
	('loai', 'loTai', 'loaTi'), ('toan', 'toTan', 'toaTn'),
	('khuyu', 'khuTyu', 'khuyTu'), ('mua', 'muTa', 'muaT'),
	('tien', U&'tiTe\0302n', U&'tie\0302Tn'),
	('chuoi', U&'chuTo\0302i', U&'chuo\0302Ti'),
	('nguoi', U&'ngu\031BTo\031Bi', U&'ngu\031Bo\031BTi'),
	('dua', U&'\0111u\031BTa', U&'\0111u\031BaT'))
	AS v (plain, first, second),
	(VALUES ('huyền', U&'\0300'), ('sắc', U&'\0301'), ('ngã', U&'\0303'),
	('hỏi', U&'\0309'), ('nặng', U&'\0323')) AS t (tone, mark);

-- One lexeme for both, another one for each tone, one without marks for all.
SELECT plain, count(*) AS tones,
	count(*) FILTER (WHERE first <> second) AS typed_twice,
	count(*) FILTER (WHERE ts_lexize('ietp.multilingual', first)
		= ts_lexize('ietp.multilingual', second)) AS the_same,
	count(*) FILTER (WHERE ts_lexize('ietp.multilingual', normalize(first, NFD))
		= ts_lexize('ietp.multilingual', upper(second))) AS decomposed,
	count(DISTINCT (ts_lexize('ietp.multilingual', first))[1]) AS lexemes,
	string_agg(DISTINCT (ts_lexize('ietp.multilingual', first))[2], ' ') AS folded
FROM t_tone
GROUP BY plain ORDER BY plain;
SELECT ts_lexize('ietp.multilingual', 'hòa') AS hoa,
	ts_lexize('ietp.multilingual', 'thụy') AS thuy,
	ts_lexize('ietp.multilingual', 'qủa') AS qua,
	ts_lexize('ietp.multilingual', 'ngừơi') AS nguoi;

-- What differs in more than the place of the tone stays apart.
SELECT count(DISTINCT (ts_lexize('ietp.multilingual', word))[1]) AS apart,
	count(*) AS words
FROM unnest(ARRAY['ma', 'má', 'mà', 'mả', 'mã', 'mạ', 'mâ', 'mă', 'mấ', 'mắ', 'muá',
	'muối', 'mưới']) AS word;

--
-- Limits
--
-- A part of more than 640 units is no word; lexemes never reach the 2,046
-- bytes at which a tsvector refuses them.
SELECT n, octet_length(repeat('ư', n)) AS bytes,
	(SELECT array_agg(octet_length(lexeme)) FROM unnest(
		ts_lexize('ietp.multilingual', repeat('ư', n))) AS lexeme) AS indexed,
	(SELECT array_agg(octet_length(lexeme)) FROM unnest(
		ts_lexize('ietp.multilingual_query', repeat('ư', n))) AS lexeme) AS asked
FROM unnest(ARRAY[640, 641, 1000, 100000]) AS n;
SELECT cardinality(ts_lexize('ietp.multilingual', repeat('工', n))) AS lexemes,
	cardinality(ts_lexize('ietp.multilingual_query', repeat('工', n))) AS asked
FROM unnest(ARRAY[666, 667, 100000]) AS n;

--
-- Options
--
BEGIN;
CREATE TEXT SEARCH DICTIONARY pg_temp.t_plain (TEMPLATE = ietp.multilingual);
CREATE TEXT SEARCH DICTIONARY pg_temp.t_query (TEMPLATE = ietp.multilingual,
	Purpose = 'query');
CREATE TEXT SEARCH DICTIONARY pg_temp.t_stem (TEMPLATE = ietp.multilingual,
	PURPOSE = 'index', STEM = 'pg_catalog.english_stem');
SELECT ts_lexize('pg_temp.t_plain', 'Paying') AS without_stem,
	ts_lexize('pg_temp.t_query', 'Paying') AS query,
	ts_lexize('pg_temp.t_stem', 'Paying') AS stem,
	ts_lexize('pg_temp.t_stem', 'the') AS stop_word;
ALTER TEXT SEARCH DICTIONARY pg_temp.t_stem (PURPOSE = 'query', STEM);
SELECT ts_lexize('pg_temp.t_stem', 'Paying') AS altered;
ROLLBACK;
CREATE TEXT SEARCH DICTIONARY t_wrong (TEMPLATE = ietp.multilingual,
	PURPOSE = 'both');
CREATE TEXT SEARCH DICTIONARY t_wrong (TEMPLATE = ietp.multilingual,
	LANGUAGE = 'english');
-- The dictionary of stems may come later, as in a dump.
BEGIN;
CREATE TEXT SEARCH DICTIONARY t_early (TEMPLATE = ietp.multilingual,
	STEM = 'public.t_late');
CREATE TEXT SEARCH DICTIONARY public.t_late (
	TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english');
SELECT ts_lexize('t_early', 'Paying') AS stem;
ROLLBACK;
CREATE TEXT SEARCH DICTIONARY t_early (TEMPLATE = ietp.multilingual,
	STEM = 'no_such_dictionary');
SELECT ts_lexize('t_early', 'Paying') AS stem;
DROP TEXT SEARCH DICTIONARY t_early;

DROP TABLE t_lexemes, t_tone;

-- A dictionary that is its own stem ends with an error.
CREATE TEXT SEARCH DICTIONARY t_own (TEMPLATE = ietp.multilingual);
ALTER TEXT SEARCH DICTIONARY t_own (STEM = 't_own');
\set VERBOSITY sqlstate
SELECT ts_lexize('t_own', 'hello');
\set VERBOSITY default
DROP TEXT SEARCH DICTIONARY t_own;
