--
-- The GIN operator class whose keys are numbers.
--
\pset null '(null)'

SET enable_seqscan = off;

-- Lexemes of 1 to 12 bytes; from 6 on they begin alike.
CREATE TABLE notes (id integer, vector tsvector);
INSERT INTO notes
SELECT i, array_to_tsvector(ARRAY(
	SELECT (ARRAY[left('abcdefghijkl', 1 + hashint4(i * 31 + k) % 12 + 11),
		left('abcdefghijkl', 1 + abs(hashint4(i * 37 + k)) % 12),
		'abcdef' || abs(hashint4(i * 41 + k)) % 50,
		chr(24037 + abs(hashint4(i * 43 + k)) % 9)
			|| chr(36164 + abs(hashint4(i * 47 + k)) % 9),
		'=' || chr(24037 + abs(hashint4(i * 53 + k)) % 9),
		'abcdefg' || chr(97 + abs(hashint4(i * 59 + k)) % 9)])
			[1 + abs(hashint4(i * 61 + k)) % 6]
	FROM generate_series(1, 5) AS k))
FROM generate_series(1, 3000) AS i;
UPDATE notes SET vector = setweight(strip(vector)
	|| to_tsvector('simple', 'wages owed by the factory'), 'B')
WHERE id % 7 = 0;
INSERT INTO notes VALUES (0, ''), (-1, NULL);
CREATE INDEX notes_vector ON notes USING gin (vector ietp.search_ops);

-- What a scan of the index finds, against what a scan of the table finds.
CREATE FUNCTION pg_temp.ids(query tsquery)
RETURNS integer[]
LANGUAGE sql STABLE
SET enable_bitmapscan = off
SET enable_seqscan = on
RETURN (SELECT array_agg(id ORDER BY id) FROM notes WHERE vector @@ query);
CREATE FUNCTION pg_temp.indexed_ids(query tsquery)
RETURNS integer[]
LANGUAGE sql STABLE
SET enable_seqscan = off
RETURN (SELECT array_agg(id ORDER BY id) FROM notes WHERE vector @@ query);
EXPLAIN (COSTS OFF) SELECT id FROM notes WHERE vector @@ 'abc';
SELECT q AS query, cardinality(pg_temp.ids(q)) AS notes,
	pg_temp.ids(q) IS NOT DISTINCT FROM pg_temp.indexed_ids(q) AS the_same
FROM unnest(ARRAY['a', 'abc', 'abcdef', 'abcdefg', 'abcdefgh', 'abcdefghijkl',
	'abcdef17', 'abcdef1', '工资', '=工', '工', 'nothing', 'nothing_at_all',
	'a:*', 'abcde:*', 'abcdef:*', 'abcdefg:*', 'abcdefgh:*', 'abcdef1:*',
	'工:*', '资:*', '=:*', 'z:*', 'abcdefz:*',
	'!abc', '!abcdefgh', 'abc & !abcdefgh', 'abcdefgh & !abcdefgi',
	'!(abcdefgh | abcdef17)', '!abcdef:*', '!z:*',
	'abcdef17 | abcdefgh | 工资', 'abcdef17 & abcdefgh', 'a:* & 工:*',
	'wages <-> owed', 'owed <-> wages', 'wages <2> owed', 'factory & abc:*',
	'factory:B', 'factory:A', 'factory:AB & abc', '!factory:A & wages',
	'!abc | wages']::tsquery[]) AS q;

-- Words that begin alike, of which some share a number: each finds its own.
CREATE TABLE words AS
SELECT i AS id, 'worker' || i AS word FROM generate_series(10, 40000) AS i;
ALTER TABLE words ADD vector tsvector;
UPDATE words SET vector = array_to_tsvector(ARRAY[word]);
CREATE INDEX words_vector ON words USING gin (vector ietp.search_ops);
SELECT count(*) AS found, count(*) FILTER (WHERE w.id = v.id) AS its_own
FROM words AS w, LATERAL (SELECT x.id FROM words AS x
	WHERE x.vector @@ w.word::tsquery) AS v;
-- Nor does what shares its number keep one from being found.
CREATE TABLE pairs AS
SELECT a.id, a.word, b.word AS other
FROM words AS a
JOIN words AS b ON a.id <> b.id
	AND hashtext(a.word) & 16777214 = hashtext(b.word) & 16777214;
SELECT count(*) > 10 AS pairs, count(*) FILTER (WHERE w.id = p.id) = count(*)
	AS found
FROM pairs AS p
LEFT JOIN LATERAL (SELECT x.id FROM words AS x
	WHERE x.vector @@ (p.word || ' & !' || p.other)::tsquery) AS w ON true;

-- Rows that come later are found too, at once and when they are merged.
INSERT INTO notes SELECT 10000 + i, 'abcdefgh'::tsvector
FROM generate_series(1, 10) AS i;
SELECT count(*) FROM notes WHERE vector @@ 'abcdefgh' AND id > 10000;
VACUUM notes;
SELECT count(*) FROM notes WHERE vector @@ 'abcdefgh' AND id > 10000;

DROP FUNCTION pg_temp.ids, pg_temp.indexed_ids;
DROP TABLE notes, words, pairs;

SELECT amvalidate(oid) FROM pg_opclass WHERE opcname = 'search_ops';
