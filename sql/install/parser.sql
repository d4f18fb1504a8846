-- Text search parsers for Chinese, both ways of writing, Vietnamese and English,
-- mixed in one text.

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
