-- Configurations of parser and dictionaries, one for documents and one for
-- queries.

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
