-- Text search in Chinese, both ways of writing, Vietnamese and English, mixed
-- in one text: parsers, dictionaries and configurations.

CREATE FUNCTION ietp.multilingual_start(internal, integer)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_start';
COMMENT ON FUNCTION ietp.multilingual_start(internal, integer) IS
'begins to read a text with the parser ietp.multilingual';

CREATE FUNCTION ietp.multilingual_words_start(internal, integer)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_words_start';
COMMENT ON FUNCTION ietp.multilingual_words_start(internal, integer) IS
'begins to read a text with the parser ietp.multilingual_words';

CREATE FUNCTION ietp.multilingual_next(internal, internal, internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_next';
COMMENT ON FUNCTION ietp.multilingual_next(internal, internal, internal) IS
'next token of a text';

CREATE FUNCTION ietp.multilingual_end(internal)
RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_end';
COMMENT ON FUNCTION ietp.multilingual_end(internal) IS
'ends to read a text';

CREATE FUNCTION ietp.multilingual_token_types(internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_token_types';
COMMENT ON FUNCTION ietp.multilingual_token_types(internal) IS
'types of the tokens: han, word, number, code, email, phone, blank';

CREATE FUNCTION ietp.multilingual_headline(internal, internal, tsquery)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_headline';
COMMENT ON FUNCTION ietp.multilingual_headline(internal, internal, tsquery) IS
'marks what matches a query in a text, as it is written there';

CREATE FUNCTION ietp.multilingual_init(internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_init';
COMMENT ON FUNCTION ietp.multilingual_init(internal) IS
'opens a multilingual dictionary; options: purpose, index or query, and stem, a dictionary of stems';

CREATE FUNCTION ietp.multilingual_lexize(
	internal, internal, internal, internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_multilingual_lexize';
COMMENT ON FUNCTION ietp.multilingual_lexize(
	internal, internal, internal, internal) IS
'lexemes of a token';

CREATE TEXT SEARCH PARSER ietp.multilingual (
	START = ietp.multilingual_start,
	GETTOKEN = ietp.multilingual_next,
	END = ietp.multilingual_end,
	LEXTYPES = ietp.multilingual_token_types,
	HEADLINE = ietp.multilingual_headline);
COMMENT ON TEXT SEARCH PARSER ietp.multilingual IS
'runs of Han characters, words, numbers, codes, e-mail addresses and phone numbers, without gap or overlap';

CREATE TEXT SEARCH PARSER ietp.multilingual_words (
	START = ietp.multilingual_words_start,
	GETTOKEN = ietp.multilingual_next,
	END = ietp.multilingual_end,
	LEXTYPES = ietp.multilingual_token_types,
	HEADLINE = ietp.multilingual_headline);
COMMENT ON TEXT SEARCH PARSER ietp.multilingual_words IS
'as ietp.multilingual without codes, e-mail addresses and phone numbers: outside Han the words of Unicode (UAX #29), each blank by itself';

CREATE TEXT SEARCH TEMPLATE ietp.multilingual (
	INIT = ietp.multilingual_init,
	LEXIZE = ietp.multilingual_lexize);
COMMENT ON TEXT SEARCH TEMPLATE ietp.multilingual IS
'all forms under which a token is found: exact, without marks, stem, Han bigrams and words';

-- Without stop words: what is frequent is cut from queries, by its frequency.
CREATE TEXT SEARCH DICTIONARY ietp.english_stem (
	TEMPLATE = pg_catalog.snowball,
	LANGUAGE = english);
COMMENT ON TEXT SEARCH DICTIONARY ietp.english_stem IS
'English stems, without stop words';

CREATE TEXT SEARCH DICTIONARY ietp.multilingual (
	TEMPLATE = ietp.multilingual,
	PURPOSE = 'index',
	STEM = 'ietp.english_stem');
COMMENT ON TEXT SEARCH DICTIONARY ietp.multilingual IS
'forms under which a document is indexed';

CREATE TEXT SEARCH DICTIONARY ietp.multilingual_query (
	TEMPLATE = ietp.multilingual,
	PURPOSE = 'query',
	STEM = 'ietp.english_stem');
COMMENT ON TEXT SEARCH DICTIONARY ietp.multilingual_query IS
'forms that a query asks for';

CREATE TEXT SEARCH CONFIGURATION ietp.multilingual (
	PARSER = ietp.multilingual);
ALTER TEXT SEARCH CONFIGURATION ietp.multilingual
	ADD MAPPING FOR han, word, number, code, email, phone
	WITH ietp.multilingual;
COMMENT ON TEXT SEARCH CONFIGURATION ietp.multilingual IS
'for documents: to_tsvector, ts_headline';

CREATE TEXT SEARCH CONFIGURATION ietp.multilingual_query (
	PARSER = ietp.multilingual);
ALTER TEXT SEARCH CONFIGURATION ietp.multilingual_query
	ADD MAPPING FOR han, word, number, code, email, phone
	WITH ietp.multilingual_query;
COMMENT ON TEXT SEARCH CONFIGURATION ietp.multilingual_query IS
'for queries of documents in ietp.multilingual: to_tsquery, websearch_to_tsquery';

CREATE FUNCTION ietp.icu_version()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_icu_version';
COMMENT ON FUNCTION ietp.icu_version() IS
'version of ICU, whose rules and dictionaries cut texts into words; vectors made with another one are to be made again';

CREATE FUNCTION ietp.search_entry(
	document text, OUT vector tsvector, OUT length integer,
	OUT partly_indexed boolean)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_search_entry';
COMMENT ON FUNCTION ietp.search_entry(text) IS
'vector of a document in ietp.multilingual, its length in positions, and whether only its first 49,152 bytes are indexed';

CREATE FUNCTION ietp.query(query text, mode text DEFAULT 'question')
RETURNS tsquery
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_query';
COMMENT ON FUNCTION ietp.query(text, text) IS
'condition that a document in ietp.multilingual has to satisfy; mode question, keywords, phrase or web';

-- The planner does not count what it takes to read long vectors, and so scans
-- whole tables where an index would take a third of the time.  Without an
-- index such a plan would look so costly that it were compiled.
CREATE FUNCTION ietp.bm25(
	collection text, query text, mode text DEFAULT 'question',
	most integer DEFAULT 10, total bigint DEFAULT NULL,
	mean_length double precision DEFAULT NULL)
RETURNS TABLE (key text, score double precision)
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'ietp_bm25';
COMMENT ON FUNCTION ietp.bm25(
	text, text, text, integer, bigint, double precision) IS
'best documents for a query, by BM25; collection is a SELECT of key, vector and, if there is one, length';

CREATE FUNCTION ietp.search_explain(
	collection text, query text, mode text DEFAULT 'question')
RETURNS TABLE (term text, class text, retrieves boolean, documents bigint,
	idf double precision, weight double precision)
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_search_explain';
COMMENT ON FUNCTION ietp.search_explain(text, text, text) IS
'terms by which ietp.bm25() scores documents for a query: class, whether a term finds documents by itself, number of documents that have it, inverse document frequency and weight';
