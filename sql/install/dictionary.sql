-- Forms under which tokens are found: template, and a dictionary each for
-- documents and for queries.

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
