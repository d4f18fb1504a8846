-- GIN operator class of tsvector whose keys are numbers: an index builds in half
-- the time, and finds the same.

CREATE FUNCTION ietp.keys_of_tsvector(tsvector, internal, internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_keys_of_tsvector';
COMMENT ON FUNCTION ietp.keys_of_tsvector(tsvector, internal, internal) IS
'GIN support';

CREATE FUNCTION ietp.keys_of_tsquery(tsvector, internal, smallint, internal,
	internal, internal, internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_keys_of_tsquery';
COMMENT ON FUNCTION ietp.keys_of_tsquery(tsvector, internal, smallint,
	internal, internal, internal, internal) IS
'GIN support';

CREATE FUNCTION ietp.keys_consistent(internal, smallint, tsvector, integer,
	internal, internal, internal)
RETURNS "char"
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_keys_consistent';
COMMENT ON FUNCTION ietp.keys_consistent(internal, smallint, tsvector, integer,
	internal, internal, internal) IS
'GIN support';

CREATE FUNCTION ietp.keys_compare_partial(bigint, bigint, smallint, internal)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_keys_compare_partial';
COMMENT ON FUNCTION ietp.keys_compare_partial(bigint, bigint, smallint,
	internal) IS
'GIN support';

CREATE OPERATOR CLASS ietp.search_ops
FOR TYPE tsvector USING gin AS
	OPERATOR 1 pg_catalog.@@(tsvector, tsquery),
	FUNCTION 1 pg_catalog.btint8cmp(bigint, bigint),
	FUNCTION 2 ietp.keys_of_tsvector(tsvector, internal, internal),
	FUNCTION 3 ietp.keys_of_tsquery(tsvector, internal, smallint, internal,
		internal, internal, internal),
	FUNCTION 5 ietp.keys_compare_partial(bigint, bigint, smallint, internal),
	FUNCTION 6 ietp.keys_consistent(internal, smallint, tsvector, integer,
		internal, internal, internal),
	STORAGE bigint;
COMMENT ON OPERATOR CLASS ietp.search_ops USING gin IS
'numbers that stand for lexemes';
COMMENT ON OPERATOR FAMILY ietp.search_ops USING gin IS
'numbers that stand for lexemes';
