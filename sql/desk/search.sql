-- Search in the narratives.  What is indexed stands in a table of its own that
-- holds no text; one function reads it, and applies inside of what it reads
-- who may see which case.

CREATE TABLE desk.note_vectors (
	case_ref ietp.case_ref NOT NULL,
	n integer NOT NULL,
	vector tsvector,
	length integer,
	partly_indexed boolean,
	icu_version text,
	language text,
	indexed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (case_ref, n),
	FOREIGN KEY (case_ref, n) REFERENCES desk.notes ON DELETE CASCADE,
	CHECK (num_nulls(vector, length, partly_indexed, icu_version) IN (0, 4)));
COMMENT ON TABLE desk.note_vectors IS
'what the search knows of each note; no text';
COMMENT ON COLUMN desk.note_vectors.vector IS
'NULL: still to be indexed';
COMMENT ON COLUMN desk.note_vectors.length IS
'number of positions, for the ranking';
COMMENT ON COLUMN desk.note_vectors.partly_indexed IS
'the note is longer than what ietp.search_entry() reads of it';
COMMENT ON COLUMN desk.note_vectors.icu_version IS
'version of ICU that cut the words; another one may cut them otherwise';
COMMENT ON COLUMN desk.note_vectors.language IS
'language that the note says, else what ietp.language_of() takes it for';
-- Ranking reads every vector that matches: compressed ones would cost more.
ALTER TABLE desk.note_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;
CREATE INDEX note_vectors_vector ON desk.note_vectors
USING gin (vector ietp.search_ops);
CREATE INDEX note_vectors_icu_version ON desk.note_vectors (icu_version);

-- Without FORCE: a policy would keep the index from being used.  There is no
-- policy, so that nobody but the owner sees a row, whatever is granted.
ALTER TABLE desk.note_vectors ENABLE ROW LEVEL SECURITY;

CREATE TABLE desk.search_statistics (
	one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
	documents bigint NOT NULL,
	mean_length float8 NOT NULL,
	bytes bigint NOT NULL,
	refreshed_at timestamptz NOT NULL DEFAULT pg_catalog.now());
COMMENT ON TABLE desk.search_statistics IS
'size of what is searched, for the ranking; one row';
COMMENT ON COLUMN desk.search_statistics.documents IS
'notes that are indexed, about';
COMMENT ON COLUMN desk.search_statistics.bytes IS
'size of desk.note_vectors at that time: when it has grown by a tenth, the row is refreshed';
INSERT INTO desk.search_statistics (documents, mean_length, bytes)
VALUES (0, 0, 0);

-- Percentage of the pages that are about as many pages as said.
CREATE FUNCTION desk.sample_share(pages integer)
RETURNS real
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT LEAST(100, 100.0 * pages * current_setting('block_size')::integer
		/ GREATEST(pg_relation_size('desk.note_vectors'), 1))::real
$$;
COMMENT ON FUNCTION desk.sample_share(integer) IS
'percentage of desk.note_vectors to read for about that many pages of it';

CREATE FUNCTION desk.refresh_search_statistics()
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	share real := desk.sample_share(1000);
BEGIN
	-- Should somebody have deleted it.  Where it is there, nothing is inserted:
	-- that would wait for whoever is updating it.
	INSERT INTO desk.search_statistics (documents, mean_length, bytes)
	SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT FROM desk.search_statistics)
	ON CONFLICT DO NOTHING;
	-- Who finds it locked leaves it to the other.
	PERFORM FROM desk.search_statistics AS s FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	UPDATE desk.search_statistics AS s
	SET documents = round(d.documents * 100 / share),
		mean_length = COALESCE(d.mean_length, 0),
		bytes = pg_relation_size('desk.note_vectors'), refreshed_at = now()
	FROM (SELECT count(v.vector) AS documents,
			avg(v.length)::float8 AS mean_length
		FROM desk.note_vectors AS v TABLESAMPLE SYSTEM (share)) AS d;
END
$$;
COMMENT ON FUNCTION desk.refresh_search_statistics() IS
'counts what is searched; from a table of more than 1,000 pages by a sample of them';

CREATE FUNCTION desk.write_vector(note desk.notes)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	INSERT INTO desk.note_vectors AS v (case_ref, n, vector, length,
		partly_indexed, icu_version, language)
	SELECT note.case_ref, note.n, e.vector, e.length, e.partly_indexed,
		icu_version(),
		-- Of zh alone the script is not known.
		COALESCE(NULLIF(note.language, 'zh'), language_of(note.body),
			note.language)
	FROM search_entry(note.body) AS e
	ON CONFLICT ON CONSTRAINT note_vectors_pkey DO UPDATE
	SET vector = excluded.vector, length = excluded.length,
		partly_indexed = excluded.partly_indexed,
		icu_version = excluded.icu_version, language = excluded.language,
		indexed_at = excluded.indexed_at;
	RETURN true;
EXCEPTION WHEN OTHERS THEN
	-- The message might hold words of the note.
	RAISE WARNING 'a note could not be indexed'
		USING ERRCODE = 'IE621', DETAIL = 'SQLSTATE ' || SQLSTATE || '.',
		HINT = 'It was saved. helpline.reindex_search() tries again.';
	RETURN false;
END
$$;
COMMENT ON FUNCTION desk.write_vector(desk.notes) IS
'makes or renews what the search knows of a note; false, with a warning, when that fails';

-- An empty row says that something is to be done.
CREATE FUNCTION desk.leave_unindexed(note desk.notes)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	INSERT INTO desk.note_vectors (case_ref, n)
	VALUES (note.case_ref, note.n)
	ON CONFLICT DO NOTHING;
EXCEPTION WHEN OTHERS THEN
	-- Then the row is missing, which reindex_search() sees, too.
	NULL;
END
$$;
COMMENT ON FUNCTION desk.leave_unindexed(desk.notes) IS
'enters a note as still to be indexed, if that is possible';

-- Saving a note never fails because of the search.
CREATE FUNCTION desk.index_note()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF NOT desk.write_vector(NEW) THEN
		PERFORM desk.leave_unindexed(NEW);
		RETURN NULL;
	END IF;
	-- Not at every note, which would make the row a bottleneck.
	IF EXISTS (SELECT FROM desk.search_statistics AS s
			WHERE s.documents < 100
			OR pg_relation_size('desk.note_vectors') > s.bytes * 1.1) THEN
		BEGIN
			PERFORM desk.refresh_search_statistics();
		EXCEPTION WHEN OTHERS THEN
			-- With an older snapshot, say: then the count stays.
			NULL;
		END;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.index_note() IS
'trigger: what is written is found';

-- A subscriber gets the publisher's row.  Where the publication leaves that
-- table out, or the two have other versions of ICU, reindex_search() makes it.
CREATE TRIGGER index_note
AFTER INSERT ON desk.notes
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.index_note();
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER index_note;

-- The key of desk.note_vectors takes a row along with its note, except where
-- keys are not looked after: on a subscriber, and in replica mode.
CREATE FUNCTION desk.forget_vector()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	DELETE FROM desk.note_vectors AS v
	WHERE v.case_ref = OLD.case_ref AND v.n = OLD.n;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.forget_vector() IS
'trigger: of a note that is erased the search keeps nothing';
CREATE TRIGGER forget_vector
AFTER DELETE ON desk.notes
FOR EACH ROW EXECUTE FUNCTION desk.forget_vector();
ALTER TABLE desk.notes ENABLE ALWAYS TRIGGER forget_vector;

-- Asking.  No message tells what was asked for: it is a worker's words.

CREATE FUNCTION desk.check_search(query text, mode text, most integer)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF ietp.nonblank(query) IS NULL THEN
		PERFORM desk.refuse('query', 'missing');
	ELSIF length(query) > 10000 THEN
		PERFORM desk.refuse('query', 'out_of_range',
			'Up to 10,000 characters.');
	ELSIF mode IS NULL THEN
		PERFORM desk.refuse('mode', 'missing');
	ELSIF mode NOT IN ('question', 'keywords', 'phrase', 'web') THEN
		PERFORM desk.refuse('mode', 'unknown_code',
			'One of question, keywords, phrase, web.');
	ELSIF mode <> 'question' AND octet_length(query) > 1024 THEN
		PERFORM desk.refuse('query', 'out_of_range',
			'Up to 1,024 bytes; a question may be longer.');
	ELSIF most IS NULL OR most NOT BETWEEN 1 AND 1000 THEN
		PERFORM desk.refuse('most', 'out_of_range', '1 to 1000.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_search(text, text, integer) IS
'refuses searches that ask for nothing, or for too much';

-- Codes are looked up before they become part of a statement.
CREATE FUNCTION desk.check_search_codes(
	line text, factory text, status text, topic text, language text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF line IS NOT NULL AND NOT EXISTS (SELECT FROM desk.lines AS l
			WHERE l.line = check_search_codes.line) THEN
		PERFORM desk.refuse('line', 'unknown_code',
			'helpline.lines() lists them.');
	ELSIF factory IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.factories AS f
			WHERE f.factory = check_search_codes.factory) THEN
		PERFORM desk.refuse('factory', 'unknown_code');
	ELSIF status IS NOT NULL AND NOT EXISTS (SELECT FROM desk.statuses AS s
			WHERE s.lifecycle = 'case'
			AND s.status = check_search_codes.status) THEN
		PERFORM desk.refuse('status', 'unknown_code');
	ELSIF topic IS NOT NULL AND NOT EXISTS (SELECT FROM desk.topics AS t
			WHERE t.topic = check_search_codes.topic) THEN
		PERFORM desk.refuse('topic', 'unknown_code',
			'helpline.topics() lists them.');
	ELSIF language IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.languages AS g
			WHERE g.language = check_search_codes.language) THEN
		PERFORM desk.refuse('language', 'unknown_code');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_search_codes(text, text, text, text, text) IS
'refuses codes that there are not; NULL is none';

CREATE FUNCTION desk.search_conditions(
	line text, factory text, status text, topic text, language text,
	opened_from date, opened_until date, only_open boolean)
RETURNS text
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.check_search_codes(line, factory, status, topic, language);
	IF opened_until <= opened_from THEN
		PERFORM desk.refuse('opened_until', 'out_of_range',
			'The day after the last one, after opened_from.');
	ELSIF only_open IS NULL THEN
		PERFORM desk.refuse('only_open', 'missing');
	END IF;
	RETURN concat_ws(' AND ',
		'c.line = ' || quote_literal(line),
		'c.factory = ' || quote_literal(factory),
		'c.status = ' || quote_literal(status),
		'c.opened_on >= ' || quote_literal(opened_from) || '::date',
		'c.opened_on < ' || quote_literal(opened_until) || '::date',
		CASE WHEN only_open THEN 'c.closed_at IS NULL' END,
		CASE WHEN topic IS NOT NULL THEN
			format('EXISTS (SELECT FROM desk.case_issues AS i '
				'WHERE i.case_ref = c.case_ref AND %L '
				'IN (i.topic, split_part(i.topic, ''.'', 1)))', topic) END,
		-- Whoever asks for zh asks for zh-Hans and zh-Hant.
		CASE WHEN language IS NOT NULL THEN
			format('(v.language = %L OR starts_with(v.language, %L))',
				language, language || '-') END);
END
$$;
COMMENT ON FUNCTION desk.search_conditions(
	text, text, text, text, text, date, date, boolean) IS
'the conditions of a search as SQL about a case c and a vector v; empty where there is none';

-- Row security of desk.cases makes of it what the actor may see.  Supervisors
-- see every note, and need no case for it.  For others each visible case is
-- asked for its vectors, and nothing is looked up in the index of all: counters
-- of rows and buffers, which everybody reads, would tell how many notes of
-- others hold a word.
-- How many notes that are the ranking has to know, too: of all of them it would
-- learn how rare a word is in cases of others.  So it would from what ANALYZE
-- knows of the vectors, which it looks for where they are a table's column: of
-- a union they are not, and the planner drops the empty half.
CREATE FUNCTION desk.searchable(conditions text, OUT documents text,
	OUT total bigint, OUT mean_length float8)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
	share real := desk.sample_share(100);
	sees_all boolean := ietp.actor_is('supervisor');
	cases text := '';
BEGIN
	SELECT s.documents, s.mean_length INTO total, mean_length
	FROM desk.search_statistics AS s;
	IF conditions <> '' OR NOT sees_all THEN
		cases := concat_ws(' AND ', ' JOIN desk.cases AS c '
			'ON c.case_ref = v.case_ref WHERE v.vector IS NOT NULL',
			NULLIF(conditions, ''));
		-- Rather too many than too few: with fewer than it finds the ranking
		-- would count them all.
		EXECUTE 'SELECT GREATEST(round((count(*) + CASE WHEN $1 < 100 '
			'THEN 2 * sqrt(count(*)) ELSE 0 END) * 100 / $1), 1), '
			'COALESCE(avg(v.length), $2) FROM desk.note_vectors AS v '
			'TABLESAMPLE SYSTEM ($1) REPEATABLE (0)' || cases
		INTO total, mean_length USING share, mean_length;
	END IF;
	documents := 'SELECT v.case_ref || '' '' || v.n AS key, v.vector, '
		'v.length FROM ' || CASE WHEN sees_all THEN
			'desk.note_vectors AS v' || cases
		ELSE concat_ws(' AND ', '(SELECT * FROM desk.cases OFFSET 0) AS c '
			'CROSS JOIN LATERAL (SELECT * FROM desk.note_vectors AS o '
			'WHERE o.case_ref = c.case_ref OFFSET 0) AS v '
			'WHERE v.vector IS NOT NULL', NULLIF(conditions, ''))
			|| ' UNION ALL SELECT NULL, NULL, NULL WHERE false' END;
END
$$;
COMMENT ON FUNCTION desk.searchable(text) IS
'the notes that the actor may see, as a statement for ietp.bm25(); with about how many they are, from a sample of 100 pages, and how long in the mean';

-- A case may have many notes, so that the best notes may be those of a few
-- cases: then all are ranked.  What hands the query on is written in SQL, whose
-- plans keep parameters: plans of PL/pgSQL would have its words in them, for
-- auto_explain to log.
CREATE FUNCTION desk.best_notes(
	conditions text, query text, mode text, most integer)
RETURNS TABLE (case_ref ietp.case_ref, n integer, score float8)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED ROWS 20
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	WITH scope AS MATERIALIZED (
		SELECT s.* FROM desk.searchable($1) AS s
	), beginning AS MATERIALIZED (
		SELECT b.key, b.score
		FROM scope AS s, bm25(s.documents, $2, $3, 4 * $4, s.total,
			s.mean_length) AS b
	), enough AS MATERIALIZED (
		SELECT count(*) < 4 * $4
			OR count(DISTINCT split_part(b.key, ' ', 1)) >= $4 AS it_is
		FROM beginning AS b
	), ranked AS (
		SELECT b.key, b.score FROM beginning AS b
		WHERE (SELECT e.it_is FROM enough AS e)
		UNION ALL
		SELECT b.key, b.score
		FROM scope AS s, bm25(s.documents, $2, $3, NULL, s.total,
			s.mean_length) AS b
		WHERE NOT (SELECT e.it_is FROM enough AS e)
	), best AS (
		SELECT DISTINCT ON (1) split_part(k.key, ' ', 1)::case_ref AS case_ref,
			split_part(k.key, ' ', 2)::integer AS n, k.score
		FROM ranked AS k
		ORDER BY 1, k.score DESC, 2
	)
	SELECT b.case_ref, b.n, b.score FROM best AS b
	ORDER BY b.score DESC, b.case_ref LIMIT $4
$$;
COMMENT ON FUNCTION desk.best_notes(text, text, text, integer) IS
'the best note of each of the best cases that the actor may see';

CREATE FUNCTION helpline.search_cases(
	query text, mode text DEFAULT 'question', line text DEFAULT NULL,
	factory text DEFAULT NULL, status text DEFAULT NULL,
	topic text DEFAULT NULL, language text DEFAULT NULL,
	opened_from date DEFAULT NULL, opened_until date DEFAULT NULL,
	only_open boolean DEFAULT false, most integer DEFAULT 20)
RETURNS TABLE (case_ref ietp.case_ref, n integer, score float8,
	language text, headline text, written_at timestamptz, status text,
	opened_at timestamptz, synthetic boolean)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED SECURITY DEFINER
ROWS 20
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT desk.enter('search_cases');
	SELECT desk.check_search($1, $2, $11);
	SELECT b.case_ref, b.n, b.score, v.language,
		-- No more of it than what is indexed.
		ts_headline('ietp.multilingual', left(o.body, 49152),
			(SELECT ietp.query($1, $2)),
			'EscapeHTML=true, MaxFragments=2, MaxWords=40, MinWords=20'),
		o.written_at, c.status, c.opened_at, c.synthetic
	FROM desk.best_notes(desk.search_conditions($3, $4, $5, $6, $7, $8, $9,
		$10), $1, $2, $11) AS b
	JOIN desk.notes AS o ON o.case_ref = b.case_ref AND o.n = b.n
	JOIN desk.note_vectors AS v ON v.case_ref = b.case_ref AND v.n = b.n
	JOIN desk.cases AS c ON c.case_ref = b.case_ref
	ORDER BY b.score DESC, b.case_ref
$$;
COMMENT ON FUNCTION helpline.search_cases(
	text, text, text, text, text, text, text, date, date, boolean, integer) IS
'the cases whose notes answer best, among those that the actor works on, each with its best note, in HTML with the matches marked; mode is question, keywords, phrase or web';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'search_cases'), ('supervisor', 'search_cases'),
	('investigator', 'search_cases');

CREATE FUNCTION helpline.search_explain(
	query text, mode text DEFAULT 'question')
RETURNS TABLE (term text, class text, retrieves boolean, documents bigint,
	idf float8, weight float8)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT desk.enter('search_explain');
	SELECT desk.check_search($1, $2, 1);
	SELECT e.term, e.class, e.retrieves, e.documents, e.idf, e.weight
	FROM desk.searchable('') AS s, search_explain(s.documents, $1, $2) AS e
$$;
COMMENT ON FUNCTION helpline.search_explain(text, text) IS
'what a query asks for, and in how many of the notes that the actor may see each term stands';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'search_explain'), ('supervisor', 'search_explain'),
	('investigator', 'search_explain');

-- Looking after it.  Administrators read no narrative, so that rebuilding,
-- which does, is for supervisors.

CREATE FUNCTION helpline.search_status(
	OUT notes bigint, OUT indexed bigint, OUT to_be_indexed bigint,
	OUT partly_indexed bigint, OUT of_other_icu bigint,
	OUT icu_version text, OUT counted bigint, OUT mean_length float8,
	OUT counted_at timestamptz, OUT advice text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('search_status');
	icu_version := ietp.icu_version();
	SELECT count(*), count(v.vector), count(*) FILTER (WHERE v.partly_indexed),
		count(*) FILTER (WHERE v.icu_version <> search_status.icu_version)
	INTO notes, indexed, partly_indexed, of_other_icu
	FROM desk.note_vectors AS v;
	-- Notes without a row are counted by who may see them.
	IF ietp.actor_is('supervisor') THEN
		SELECT count(*) INTO notes FROM desk.notes AS o;
	END IF;
	to_be_indexed := notes - indexed;
	SELECT s.documents, s.mean_length, s.refreshed_at
	INTO counted, mean_length, counted_at
	FROM desk.search_statistics AS s;
	IF to_be_indexed > 0 OR of_other_icu > 0 THEN
		advice := 'A supervisor calls helpline.reindex_search() until it returns 0.';
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.search_status() IS
'how many notes the search knows, and what is to be done; advice NULL: nothing';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'search_status'), ('administrator', 'search_status');

CREATE FUNCTION helpline.reindex_search(batch integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	here text := ietp.icu_version();
	rebuilt integer := 0;
	-- Without limits: what fails does not count, and keeps nothing from its
	-- turn.  A row is locked when it is fetched, so that others get the rest.
	outdated CURSOR FOR
		-- All three conditions are of the index.
		SELECT v.case_ref, v.n FROM desk.note_vectors AS v
		WHERE v.icu_version IS NULL OR v.icu_version < here
		OR v.icu_version > here
		FOR UPDATE SKIP LOCKED;
	missing CURSOR FOR
		SELECT o.* FROM desk.notes AS o
		WHERE NOT EXISTS (SELECT FROM desk.note_vectors AS v
			WHERE v.case_ref = o.case_ref AND v.n = o.n)
		FOR NO KEY UPDATE SKIP LOCKED;
	entry record;
	note desk.notes;
BEGIN
	PERFORM desk.enter('reindex_search');
	IF batch IS NULL OR batch NOT BETWEEN 1 AND 100000 THEN
		PERFORM desk.refuse('batch', 'out_of_range', '1 to 100000.');
	END IF;
	OPEN outdated;
	WHILE rebuilt < batch LOOP
		FETCH outdated INTO entry;
		EXIT WHEN NOT FOUND;
		SELECT o.* INTO note FROM desk.notes AS o
		WHERE o.case_ref = entry.case_ref AND o.n = entry.n;
		rebuilt := rebuilt + (FOUND AND desk.write_vector(note))::integer;
	END LOOP;
	CLOSE outdated;
	OPEN missing;
	WHILE rebuilt < batch LOOP
		FETCH missing INTO note;
		EXIT WHEN NOT FOUND;
		IF desk.write_vector(note) THEN
			rebuilt := rebuilt + 1;
		ELSE
			PERFORM desk.leave_unindexed(note);
		END IF;
	END LOOP;
	CLOSE missing;
	PERFORM desk.refresh_search_statistics();
	RETURN rebuilt;
END
$$;
COMMENT ON FUNCTION helpline.reindex_search(integer) IS
'indexes up to that many notes that are not indexed, or were with another version of ICU, and returns how many: call it until that is 0; several sessions may';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('supervisor', 'reindex_search');
