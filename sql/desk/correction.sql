-- Corrections: words of notes that resemble a word of the query which no note
-- has.  They come from a list of all words, and are proposed only where a note
-- that the actor may see has them.

CREATE TABLE desk.search_words (
	word text PRIMARY KEY,
	folded text NOT NULL,
	documents bigint NOT NULL);
COMMENT ON TABLE desk.search_words IS
'Latin words of the notes, of whoever, for corrections; renewed by helpline.refresh_search_words()';
COMMENT ON COLUMN desk.search_words.folded IS
'without marks, by which words are compared';
COMMENT ON COLUMN desk.search_words.documents IS
'notes that had the word when the list was renewed';

-- As for desk.note_vectors: no policy, so that nobody but the owner sees a row.
ALTER TABLE desk.search_words ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION desk.is_search_word(lexeme text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- Letters of the blocks Latin-1 to Extended-B and Extended Additional; what
	-- begins with the prefix of a class is none.
	SELECT $1 ~ '^[a-zß-öø-ɏ\u0300-\u036fḀ-ỿ]{3,40}$'
$$;
COMMENT ON FUNCTION desk.is_search_word(text) IS
'is that a Latin word as it was written, neither number, code, stem nor other form?';

CREATE FUNCTION desk.lexeme_query(lexeme text)
RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT quote_literal($1)::tsquery
$$;
COMMENT ON FUNCTION desk.lexeme_query(text) IS
'condition that a vector has a word; for words of desk.is_search_word()';

CREATE FUNCTION desk.without_marks(word text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT COALESCE((SELECT substr(l.lexeme, 2)
		FROM unnest(ts_lexize('ietp.multilingual', $1)) AS l (lexeme)
		WHERE starts_with(l.lexeme, '~')), $1)
$$;
COMMENT ON FUNCTION desk.without_marks(text) IS
'a word as the index folds it';

-- Known by its code, which only a superuser can give a function: a schema's
-- owner could put another one of that name there, and we call it with the
-- rights of the desk's owner.
CREATE FUNCTION desk.similarity_function()
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%I.%I', n.nspname, p.proname)
	FROM pg_extension AS e
	JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass
		AND d.refobjid = e.oid AND d.deptype = 'e'
		AND d.classid = 'pg_proc'::regclass
	JOIN pg_proc AS p ON p.oid = d.objid
	JOIN pg_namespace AS n ON n.oid = p.pronamespace
	JOIN pg_language AS l ON l.oid = p.prolang
	WHERE e.extname = 'pg_trgm' AND l.lanname = 'c'
	AND p.probin = '$libdir/pg_trgm' AND p.prosrc = 'similarity'
	AND p.proargtypes = ARRAY['text'::regtype, 'text'::regtype]::oidvector
	AND has_schema_privilege(n.oid, 'USAGE')
	AND has_function_privilege(p.oid, 'EXECUTE')
$$;
COMMENT ON FUNCTION desk.similarity_function() IS
'similarity() of pg_trgm, in whatever schema; NULL where that is not installed, or not for the current user';

-- A subscription that brings the list brings its erasures, too.
CREATE FUNCTION desk.gets_search_words()
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_subscription_rel AS r
		WHERE r.srrelid = 'desk.search_words'::regclass)
$$;
COMMENT ON FUNCTION desk.gets_search_words() IS
'does a publisher look after the list of words?';

-- Two who erase the last two notes that have a word would each see the other's
-- note: one waits for the other.  What a thousand notes had tells of nobody, and
-- is left to the next renewal.
CREATE FUNCTION desk.forget_words()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
	IF OLD.vector IS NULL OR ietp.applies_changes()
			AND desk.gets_search_words() THEN
		RETURN NULL;
	END IF;
	LOCK TABLE desk.search_words IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM desk.search_words AS w
	WHERE w.word = ANY (tsvector_to_array(OLD.vector)) AND w.documents <= 1000
	AND NOT EXISTS (SELECT FROM desk.note_vectors AS v
		WHERE v.vector @@ desk.lexeme_query(w.word));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.forget_words() IS
'trigger: a word that stood in an erased note alone leaves the list with it';
CREATE TRIGGER forget_words
AFTER DELETE ON desk.note_vectors
FOR EACH ROW EXECUTE FUNCTION desk.forget_words();
ALTER TABLE desk.note_vectors ENABLE ALWAYS TRIGGER forget_words;

-- Counting takes long, so that nobody waits for it; what is erased meanwhile
-- shows when new words are looked up once more, with erasing locked out.
CREATE FUNCTION desk.renew_search_words(words text[], counts bigint[])
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
	LOCK TABLE desk.search_words IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM desk.search_words AS w
	WHERE w.word NOT IN (SELECT u.word FROM unnest(words) AS u (word));
	INSERT INTO desk.search_words AS w (word, folded, documents)
	SELECT u.word, desk.without_marks(u.word), u.documents
	FROM unnest(words, counts) AS u (word, documents)
	WHERE EXISTS (SELECT FROM desk.search_words AS k WHERE k.word = u.word)
	OR u.documents > 1000
	OR EXISTS (SELECT FROM desk.note_vectors AS v
		WHERE v.vector @@ desk.lexeme_query(u.word))
	ON CONFLICT ON CONSTRAINT search_words_pkey DO UPDATE
	SET documents = excluded.documents
	WHERE w.documents <> excluded.documents;
END
$$;
COMMENT ON FUNCTION desk.renew_search_words(text[], bigint[]) IS
'makes that the list of words; keeps out what has been erased since it was counted';

CREATE FUNCTION helpline.refresh_search_words()
RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	words text[];
	counts bigint[];
BEGIN
	PERFORM desk.enter('refresh_search_words');
	IF NOT desk.gets_search_words() THEN
		-- Without a use, no list.
		IF desk.similarity_function() IS NOT NULL THEN
			SELECT array_agg(s.word), array_agg(s.ndoc) INTO words, counts
			FROM ts_stat('SELECT v.vector FROM desk.note_vectors AS v') AS s
			WHERE desk.is_search_word(s.word);
		END IF;
		PERFORM desk.renew_search_words(COALESCE(words, '{}'),
			COALESCE(counts, '{}'));
	END IF;
	RETURN (SELECT count(*) FROM desk.search_words);
END
$$;
COMMENT ON FUNCTION helpline.refresh_search_words() IS
'makes the list of words anew from which corrections come, and returns how many there are; with pg_trgm alone';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'refresh_search_words'),
	('administrator', 'refresh_search_words');

-- A cursor's plan may be generic, that of EXECUTE alone never is: so no plan
-- has the words in it.
CREATE FUNCTION desk.similar_words(word text)
RETURNS TABLE (correction text, similarity real)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	measure text := desk.similarity_function();
	folded text := desk.without_marks(word);
BEGIN
	IF measure IS NULL THEN
		RETURN;
	END IF;
	FOR correction, similarity IN EXECUTE format(
		'SELECT w.word, s.similarity FROM desk.search_words AS w, '
		'LATERAL (SELECT %1$s(w.folded, $1) AS similarity) AS s '
		'WHERE length(w.folded) BETWEEN length($1) - 3 AND length($1) + 3 '
		'AND s.similarity >= 0.25 AND w.word <> $2 '
		'ORDER BY 2 DESC, %1$s(w.word, $2) DESC, w.word', measure)
		USING folded, word
	LOOP
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION desk.similar_words(text) IS
'words of the list that resemble a word, best first; none without pg_trgm';

CREATE FUNCTION desk.correct_word(word text, documents text, most integer)
RETURNS TABLE (correction text, notes bigint, similarity real)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	given integer := 0;
BEGIN
	FOR correction, similarity IN
		SELECT s.correction, s.similarity FROM desk.similar_words(word) AS s
	LOOP
		EXIT WHEN given >= most;
		FOR notes IN EXECUTE format(
			'SELECT count(*) FROM (%s) AS d WHERE d.vector @@ $1', documents)
			USING desk.lexeme_query(correction)
		LOOP
			CONTINUE WHEN notes = 0;
			given := given + 1;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION desk.correct_word(text, text, integer) IS
'up to that many words that resemble a word and that some of the documents have, with how many have them';

CREATE FUNCTION desk.words_without_document(query text, documents text)
RETURNS TABLE (word text, place integer)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT q.lexeme, q.place
	FROM (SELECT l.lexeme, l.positions[1] AS place
		FROM unnest(to_tsvector('ietp.multilingual', $1)) AS l
		WHERE desk.is_search_word(l.lexeme)
		ORDER BY 2 LIMIT 50) AS q
	-- Not what the thesaurus adds.
	WHERE 0 = (SELECT COALESCE(max(e.documents), 0)
		FROM search_explain($2, q.lexeme, 'keywords') AS e
		WHERE e.retrieves AND e.class <> 'counterpart')
$$;
COMMENT ON FUNCTION desk.words_without_document(text, text) IS
'the Latin words of a query, of its first 50, by which it finds none of the documents';

CREATE FUNCTION helpline.search_corrections(query text, most integer DEFAULT 3)
RETURNS TABLE (word text, correction text, documents bigint, similarity real)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT desk.enter('search_corrections');
	SELECT desk.check_search($1, 'question', $2);
	SELECT m.word, c.correction, c.notes, c.similarity
	FROM desk.searchable('') AS s,
		desk.words_without_document($1, s.documents) AS m,
		desk.correct_word(m.word, s.documents, $2) WITH ORDINALITY
			AS c (correction, notes, similarity, nth)
	WHERE desk.similarity_function() IS NOT NULL
	ORDER BY m.place, m.word, c.nth
$$;
COMMENT ON FUNCTION helpline.search_corrections(text, integer) IS
'for each word of a query that no note has which the actor may see, words that resemble it and that such notes have, best first, and how many have them; no row without pg_trgm';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'search_corrections'), ('supervisor', 'search_corrections'),
	('investigator', 'search_corrections');
