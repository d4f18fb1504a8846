-- Text that nobody means: whatever is valid UTF-8 must be cut without loss,
-- indexed, asked for and shown, in time that does not explode with its length.
SET statement_timeout = '120s';
SET client_min_messages = warning;

-- Code points that depend on the seed alone, any of those in the range.
CREATE FUNCTION pg_temp.random_text(seed text, count integer,
	lowest integer DEFAULT 1, highest integer DEFAULT 1114111)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
AS $$
	SELECT string_agg(chr(c.code), '' ORDER BY c.i)
	FROM (SELECT i, lowest + (('x' || left(md5(seed || i), 7))::bit(28)::integer
			% (highest - lowest + 1)) AS code
		FROM generate_series(1, count) AS i) AS c
	WHERE c.code NOT BETWEEN 55296 AND 57343;
$$;

CREATE TEMP TABLE hostile (name text PRIMARY KEY, body text NOT NULL);

-- Any characters: assigned, not yet assigned, never to be.
INSERT INTO hostile
SELECT 'random ' || r.name, pg_temp.random_text(r.name, 20000, r.lowest,
	r.highest)
FROM (VALUES ('anything', 1, 1114111), ('controls', 1, 159),
	('marks and letters', 97, 879), ('scripts', 880, 12287),
	('ideographs and kana', 12288, 40959), ('upper BMP', 57344, 65535),
	('emoji', 127744, 129791), ('planes 2 and 3', 131072, 262143),
	('tags and selectors', 917504, 917999),
	('private', 983040, 1114111)) AS r (name, lowest, highest);
INSERT INTO hostile
SELECT 'noncharacters', string_agg(chr(c), '')
FROM (SELECT generate_series(64976, 65007) AS c
	UNION ALL SELECT 65536 * p + 65534 + i
	FROM generate_series(0, 16) AS p, generate_series(0, 1) AS i) AS n;
INSERT INTO hostile
SELECT 'every character of three bytes', string_agg(chr(c), '' ORDER BY c)
FROM generate_series(2048, 65535) AS c WHERE c NOT BETWEEN 55296 AND 57343;

-- One million bytes of the same, or nearly.
INSERT INTO hostile
SELECT 'much ' || f.name,
	f.beginning || repeat(f.piece, 1000000 / octet_length(f.piece))
FROM (VALUES ('Latin', '', 'a'),
	('Vietnamese', '', U&'\01B0\01A1'),
	('words of seven letters', '', 'abcdefg '),
	('different marks', '', U&'e\0302\0301'),
	('Han', '', U&'\5DE5'),
	('traditional Han', '', U&'\8CC7'),
	('rare Han', '', U&'\+020000'),
	('compatibility Han', '', U&'\F900'),
	('Han and marks', '', U&'\5DE5\0301'),
	('Han and Latin', '', U&'\5DE5a'),
	('Han and soft hyphens', '', U&'\5DE5\00AD'),
	('Han and selectors', '', U&'\5DE5\+0E0100'),
	('digits', '', '1'),
	('digits with commas', '', '1,'),
	('letters with dots', '', 'a.'),
	('letters with apostrophes', '', 'a'''),
	('letters with hyphens', '', 'a-'),
	('codes', '', 'A-1'),
	('half of an address', '', 'a.b'),
	('addresses', '', 'a@b.'),
	('at signs', '', 'a@'),
	('phone numbers', '+', '1-'),
	('plus signs', '', '+'),
	('brackets', '', '+(1)'),
	('underscores', '', '_'),
	('accents', '', U&'\0301'),
	('accents on a letter', 'a', U&'\0301'),
	('accents on Han', U&'\5DE5', U&'\0323'),
	('accents of two classes', 'a', U&'\0301\0323'),
	('Zalgo', '', U&'a\0301\0323\0489\035F\0360b\0334\0302 '),
	('families', '', U&'\+01F468\200D\+01F469\200D\+01F467'),
	('regional indicators', '', U&'\+01F1FB\+01F1F3'),
	('skin tones', '', U&'\+01F44D\+01F3FF'),
	('joiners', '', U&'\200D'),
	('selectors', '', U&'\FE0F'),
	('byte order marks', '', U&'\FEFF'),
	('right to left', '', U&'\202Ea\202C\2066b\2069\200F'),
	('embeddings that never end', '', U&'\202B'),
	('soft hyphens', '', U&'\00AD'),
	('letters that unfold', '', U&'\FDFA'),
	('squares that unfold', '', U&'\3316'),
	('ligatures', '', U&'\FB03'),
	('Hangul parts', '', U&'\1100\1161\11A8'),
	('Hangul beginnings', '', U&'\1100'),
	('Thai', '', U&'\0E01\0E32\0E23'),
	('Khmer', '', U&'\1780\17D2'),
	('Burmese', '', U&'\1000\102C'),
	('Katakana', '', U&'\30AB'),
	('blanks', '', ' '),
	('lines', '', E'\r\n'),
	('ideographic blanks', '', U&'\3000'),
	('punctuation', '', U&'\3002\FF01?!'),
	('quotes', '', '"'),
	('markup', '', '<i>&'),
	('tsquery operators', '', '!(a|b)&<->:*')) AS f (name, beginning, piece);
SELECT count(*), min(octet_length(body)), max(octet_length(body)) FROM hostile;

-- Tells what an expression over a body gives, or the error.
CREATE FUNCTION pg_temp.attempt(expression text, body text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE 'SELECT ' || expression INTO answer USING body;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;

-- A vector's lexemes, checked as only a client's text is otherwise.
CREATE FUNCTION pg_temp.valid(vector tsvector)
RETURNS boolean
LANGUAGE sql STABLE STRICT
AS $$
	SELECT COALESCE(bool_and(l = convert_from(convert_to(l, 'UTF8'), 'UTF8')
		AND l <> '' AND octet_length(l) < 2000), true)
	FROM unnest(tsvector_to_array(vector)) AS l;
$$;

--
-- Each of these lists what is wrong, and there shall be nothing
--

-- Tokens are the text again, and none reaches the size that core drops.
SELECT p.name AS parser, h.name
FROM hostile AS h
CROSS JOIN (VALUES ('ietp.multilingual'), ('ietp.multilingual_words'))
	AS p (name)
CROSS JOIN LATERAL (SELECT string_agg(t.token, '') AS whole,
		max(octet_length(t.token)) AS longest
	FROM ts_parse(p.name, h.body) AS t) AS t
WHERE t.whole IS DISTINCT FROM h.body OR t.longest >= 2000;

-- What is indexed; longer text than is indexed comes to an end as well.
SELECT h.name, e.*
FROM hostile AS h
CROSS JOIN LATERAL (SELECT
	pg_temp.attempt('(SELECT pg_temp.valid(vector) AND length >= 0 '
		'AND partly_indexed = (octet_length($1) > 49152) '
		'FROM ietp.search_entry($1))', h.body) AS entry,
	pg_temp.attempt('pg_temp.valid(to_tsvector(''ietp.multilingual'', '
		'left($1, 12000)))', h.body) AS indexed,
	pg_temp.attempt('pg_temp.valid(to_tsvector(''ietp.multilingual_query'', '
		'left($1, 12000)))', h.body) AS asked) AS e
WHERE 'true' <> ANY (ARRAY[e.entry, e.indexed, e.asked]);

-- What is asked for: all pieces of what is random, the first of the others;
-- and too much of it is refused.
CREATE TEMP TABLE piece AS
SELECT h.name, i AS n, substr(h.body, 250 * i + 1, 250) AS body
FROM hostile AS h, generate_series(0, length(h.body) / 250) AS i
WHERE i = 0 OR h.name NOT LIKE 'much %';
SELECT count(*) > 500 AS many, max(octet_length(body)) FROM piece;
SELECT p.name, p.n, m.mode, q.query
FROM piece AS p
CROSS JOIN (VALUES ('question'), ('keywords'), ('phrase'), ('web')) AS m (mode)
CROSS JOIN LATERAL pg_temp.attempt(format(
	'numnode(ietp.query($1, %L)::text::tsquery) >= 0', m.mode), p.body)
	AS q (query)
WHERE q.query <> 'true';
SELECT m.mode, t.taken, count(*) > 50 AS many
FROM hostile AS h
CROSS JOIN (VALUES ('question'), ('keywords'), ('phrase'), ('web')) AS m (mode)
CROSS JOIN LATERAL pg_temp.attempt(format('ietp.query($1, %L)', m.mode),
	h.body) AS q (query)
CROSS JOIN LATERAL (VALUES (CASE WHEN q.query ~ '^[0-9A-Z]{5}$' THEN q.query
	ELSE 'taken' END)) AS t (taken)
WHERE octet_length(h.body) > 1024
GROUP BY m.mode, t.taken ORDER BY m.mode, t.taken;

-- What is shown are pieces of the text, and no mark stands before an accent.
-- The query is from the middle, so that something is found.
CREATE FUNCTION pg_temp.shown(body text, query text, options text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
AS $$
DECLARE
	headline text := ts_headline('ietp.multilingual', body,
		ietp.query(query, 'keywords'), options);
BEGIN
	RETURN concat_ws(', ',
		CASE WHEN headline ~ '</?b>[\u0300-\u036f]'
			THEN 'cut before an accent' END,
		(SELECT 'not in the text: ' || count(*)
		FROM regexp_split_to_table(regexp_replace(headline, '</?b>', '',
			'g'), ' \.\.\. ') AS f (fragment)
		WHERE strpos(body, fragment) = 0
		HAVING count(*) > 0),
		CASE WHEN options LIKE '%All%'
			AND regexp_replace(headline, '</?b>', '', 'g') <> body
			THEN 'not the text' END);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT h.name, o.options, s.shown
FROM hostile AS h
CROSS JOIN (VALUES ('MinWords=5'), ('MaxFragments=3'), ('HighlightAll=true'))
	AS o (options)
CROSS JOIN LATERAL pg_temp.shown(left(h.body, 20000),
	substr(h.body, 10000, 20), o.options) AS s (shown)
WHERE s.shown <> '';
SELECT h.name, s.shown
FROM hostile AS h
CROSS JOIN LATERAL pg_temp.shown(h.body, left(h.body, 20), '') AS s (shown)
WHERE h.name IN ('much Latin', 'much Han', 'much accents on a letter',
	'much families') AND s.shown <> '';
-- Half of them have something to mark.
SELECT count(*) > 30 AS many FROM hostile AS h
WHERE ts_headline('ietp.multilingual', left(h.body, 2000),
	ietp.query(substr(h.body, 1000, 20), 'question')) LIKE '%<b>%';

-- What is ranked, over all of them at once.
CREATE TEMP TABLE entry AS
SELECT h.name, e.vector, e.length
FROM hostile AS h
CROSS JOIN LATERAL ietp.search_entry(h.body) AS e;
SELECT p.name, p.n, r.ranked
FROM piece AS p
CROSS JOIN LATERAL pg_temp.attempt(
	'(SELECT COALESCE(bool_and(score > 0 AND score < ''Infinity''), true) '
	'FROM ietp.bm25(''SELECT name, vector, length FROM entry'', $1))',
	p.body) AS r (ranked)
WHERE r.ranked <> 'true';

-- The language is one that is documented.
SELECT h.name, ietp.language_of(h.body) AS language FROM hostile AS h
WHERE ietp.language_of(h.body) NOT IN ('zh', 'zh-Hans', 'zh-Hant', 'vi', 'en',
	'ja', 'ko', 'th', 'lo', 'km');

RESET statement_timeout;
RESET client_min_messages;
