-- How a text is cut into tokens.
\pset null '(null)'
\set SHOW_CONTEXT never

SELECT * FROM ts_token_type('ietp.multilingual');
SELECT count(*) AS types, count(*) FILTER (WHERE w = p) AS the_same
FROM ts_token_type('ietp.multilingual') AS p
FULL JOIN ts_token_type('ietp.multilingual_words') AS w USING (tokid);

-- The tokens of a text as "type:token", with bars between them.
CREATE FUNCTION pg_temp.tokens(document text,
	parser text DEFAULT 'ietp.multilingual')
RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(t.alias || ':' || p.token, '|' ORDER BY p.n)
	FROM ROWS FROM (ts_parse(parser, document)) WITH ORDINALITY
		AS p (tokid, token, n)
	JOIN ts_token_type(parser) AS t USING (tokid)
$$;

-- Written by hand: a text and its tokens.  Only what is otherwise is shown.
CREATE TABLE t_cut (document text, tokens text);
INSERT INTO t_cut VALUES
	('', NULL),
	('pay', 'word:pay'),
	('  pay  ', 'blank:  |word:pay|blank:  '),
	('pay, now', 'word:pay|blank:, |word:now'),
	('can''t', 'word:can''t'),
	('U.S. law', 'word:U.S|blank:. |word:law'),
	('1,500.50', 'number:1,500.50'),
	('5.000.000 VND', 'number:5.000.000|blank: |word:VND'),
	('wi-fi', 'word:wi|blank:-|word:fi'),
	('😀😀 ok', 'blank:😀😀 |word:ok'),
	('nợ lương', 'word:nợ|blank: |word:lương'),
	(normalize('nợ lương', NFD),
	'word:' || normalize('nợ', NFD) || '|blank: |word:' ||
	normalize('lương', NFD)),

	-- Han next to everything else
	('工资', 'han:工资'),
	('工资，加班', 'han:工资|blank:，|han:加班'),
	('工资 加班', 'han:工资|blank: |han:加班'),
	('欠薪5000元OT加班', 'han:欠薪|number:5000|han:元|word:OT|han:加班'),
	('工資a工', 'han:工資|word:a|han:工'),
	('カタカナ漢字', 'word:カタカナ|han:漢字'),
	(U&'\8FBB\DB40\DD00\5DE5', U&'han:\8FBB\DB40\DD00\5DE5'),
	(U&'\5DE5\0301\8D44', U&'han:\5DE5\0301\8D44'),
	(U&'\+020000\+020001a', U&'han:\+020000\+020001|word:a'),

	-- Codes
	('A-123', 'code:A-123'),
	('case A-123 is open', 'word:case|blank: |code:A-123|blank: |word:is|'
	'blank: |word:open'),
	('(A-123)', 'blank:(|code:A-123|blank:)'),
	('A-123.', 'code:A-123|blank:.'),
	('A-123, B/7', 'code:A-123|blank:, |code:B/7'),
	('欠薪A-123号', 'han:欠薪|code:A-123|han:号'),
	('A-123-', 'code:A-123|blank:-'),
	('2021-A COVID-19', 'code:2021-A|blank: |code:COVID-19'),
	('A1-B2-C3', 'code:A1-B2-C3'),
	('A-123ố', 'word:A|blank:-|word:123ố'),
	('A-123_', 'word:A|blank:-|number:123_'),

	-- E-mail addresses
	('a@b.cn', 'email:a@b.cn'),
	('<a@b.cn>', 'blank:<|email:a@b.cn|blank:>'),
	('Li.Wei+x@mail.example.com.', 'email:Li.Wei+x@mail.example.com|blank:.'),
	('邮箱a@b.cn谢谢', 'han:邮箱|email:a@b.cn|han:谢谢'),
	('to a@b.cn, c@d.vn', 'word:to|blank: |email:a@b.cn|blank:, |email:c@d.vn'),

	-- Phone numbers
	('13800138000', 'phone:13800138000'),
	('电话13800138000找我', 'han:电话|phone:13800138000|han:找我'),
	('tel 138-0013-8000!', 'word:tel|blank: |phone:138-0013-8000|blank:!'),
	('+84 912 345 678', 'phone:+84 912 345 678'),
	('(+84912345678)', 'blank:(|phone:+84912345678|blank:)'),
	('gọi 0912.345.678.', 'word:gọi|blank: |phone:0912.345.678|blank:.'),
	('01-02-2021', 'number:01|blank:-|number:02|blank:-|number:2021'),
	('12800138000', 'number:12800138000'),
	('+84 91', 'blank:+|number:84|blank: |number:91');
SELECT count(*) AS texts FROM t_cut;
SELECT document, tokens AS expected, pg_temp.tokens(document) AS cut
FROM t_cut
WHERE pg_temp.tokens(document) IS DISTINCT FROM tokens;

-- Without compounds: words, and each blank by itself.
SELECT document, pg_temp.tokens(document, 'ietp.multilingual_words')
FROM (VALUES ('case A-123, b'), ('138-0013-8000'), ('邮箱A-1号'), ('a, b'))
	AS t (document);

-- Nothing is lost and nothing is twice, of any text, from any place in it.
CREATE TABLE t_text AS
SELECT document FROM t_cut
UNION ALL SELECT string_agg(document, separator) FROM t_cut,
	unnest(ARRAY['', ' ', '，', U&'\200D', '-']) AS separator
	GROUP BY separator
UNION ALL SELECT repeat(part, 5000)
	FROM unnest(ARRAY['a', '1', ' ', '工', 'a ', '工a', '-', U&'\0301',
		U&'\200D', '''', 'é', '😀', '🇻🇳', U&'\FFFD', '.1', 'a@', '+1']) AS part
UNION ALL SELECT string_agg(chr(c), '') FROM generate_series(1, 55295) AS c
UNION ALL SELECT string_agg(chr(c), '') FROM generate_series(57344, 65535) AS c
UNION ALL SELECT string_agg(chr(c), '' ORDER BY c)
	FROM generate_series(65536, 1114111, 61) AS c;
SELECT parser, count(*) AS texts, count(*) FILTER (WHERE document = (
		SELECT coalesce(string_agg(token, '' ORDER BY n), '')
		FROM ROWS FROM (ts_parse(parser, document)) WITH ORDINALITY
			AS p (tokid, token, n))) AS whole,
	max((SELECT max(octet_length(token))
		FROM ts_parse(parser, document) AS p (tokid, token))) < 2000 AS small
FROM t_text,
	unnest(ARRAY['ietp.multilingual', 'ietp.multilingual_words']) AS parser
GROUP BY parser ORDER BY parser;

-- A text is cut in windows of 666 units of UTF-16.  Wherever the windows end,
-- the tokens are those of its parts: 200 times the same word and blank behind
-- a beginning that is longer and longer.
SELECT part, count(*) AS beginnings, count(*) FILTER (
	WHERE pg_temp.tokens(repeat('x', before) || ' ' || repeat(part, 200))
		= 'word:' || repeat('x', before) || '|blank: |' ||
		left(repeat(tokens, 200), -1)) AS the_same
FROM (VALUES ('can''t!', 'word:can''t|blank:!|'),
	('lương?', 'word:lương|blank:?|'),
	(normalize('lương?', NFD), normalize('word:lương|blank:?|', NFD)),
	('1,5/', 'number:1,5|blank:/|'),
	('x@y.vn;', 'email:x@y.vn|blank:;|'),
	('안녕!', 'word:안녕|blank:!|')) AS t (part, tokens),
	generate_series(1, 40) AS before
GROUP BY part ORDER BY part COLLATE "C";

-- A word that is longer than a window, and a blank, are several.
SELECT left(document, 1) AS character, min(octet_length(token)) AS least,
	max(octet_length(token)) AS most, count(*) AS tokens
FROM (VALUES (repeat('a', 5000)), (repeat('ư', 2500)), (repeat(' ', 5000)))
	AS t (document), ts_parse('ietp.multilingual', document) AS p (tokid, token)
GROUP BY document ORDER BY min(document) COLLATE "C";

--
-- Long Han runs: cut below 2,000 bytes, and indexed as if they were not
--
CREATE FUNCTION pg_temp.characters(letters text, n integer, step integer)
RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(substr(letters,
		1 + (i * step + i / length(letters)) % length(letters), 1), ''
		ORDER BY i)
	FROM generate_series(0, n - 1) AS i
$$;

-- The lexemes of a run by their definition: the bigram of the characters i and
-- i + 1 is at position i, and the last character with the last bigram.
CREATE FUNCTION pg_temp.bigrams(run text)
RETURNS TABLE (lexeme text, positions integer)
LANGUAGE sql AS $$
	SELECT substr(run, i, 2), i FROM generate_series(1, length(run) - 1) AS i
	UNION ALL
	SELECT right(run, 1), greatest(length(run) - 1, 1)
$$;

CREATE TABLE t_run AS
SELECT n, pg_temp.characters('一二三四五六七八九十百千月日年人工作不能', n, 7)
	AS run
FROM unnest(ARRAY[1, 2, 3, 664, 665, 666, 667, 668, 1331, 1332, 1333, 1998, 1999,
	3000]) AS n;
SELECT r.n, octet_length(r.run) AS bytes,
	(SELECT count(*) FROM ts_parse('ietp.multilingual', r.run)) AS tokens,
	NOT EXISTS (
		(SELECT v.lexeme, position FROM unnest(to_tsvector('ietp.multilingual',
			r.run)) AS v, unnest(v.positions) AS position
		EXCEPT ALL SELECT * FROM pg_temp.bigrams(r.run))
		UNION ALL
		(SELECT * FROM pg_temp.bigrams(r.run)
		EXCEPT ALL SELECT v.lexeme, position
		FROM unnest(to_tsvector('ietp.multilingual', r.run)) AS v,
			unnest(v.positions) AS position)) AS as_defined,
	(ietp.search_entry(r.run || ' end')).length AS length,
	to_tsvector('ietp.multilingual', r.run || ' end') @@
		ietp.query(right(r.run, 2) || ' end', 'phrase') AS followed
FROM t_run AS r
ORDER BY r.n;

-- The bigram across the seam is there as it was written, too; a headline
-- marks it, and so does a variation selector not hide it.
SELECT to_tsvector('ietp.multilingual', run || '工資') @@ '工资 & !工資' AS folded,
	to_tsvector('ietp.multilingual', run || '工資') @@ $$'!工資'$$ AS as_written,
	to_tsvector('ietp.multilingual', run || U&'\5DE5\FE00\8CC7\FE00')
		@@ '工资' AS joined,
	ts_headline('ietp.multilingual', run || '工資', '工资',
		'MinWords=1, MaxWords=3') AS headline
FROM (SELECT repeat('一', 665) AS run) AS t;

-- Two texts that are parsed at once do not become neighbours: the second one
-- is parsed between two tokens of the first.
SELECT count(*) AS tokens, count(DISTINCT length(to_tsvector('ietp.multilingual',
	left(token, 2)))) AS lengths,
	min(to_tsvector('ietp.multilingual', left(token, 2))::text) AS vector
FROM ts_parse('ietp.multilingual', repeat('工', 3000)) AS p (tokid, token);

DROP TABLE t_cut, t_text, t_run;
