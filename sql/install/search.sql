-- What is kept of a document so that it is found.

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
