-- References of cases and calls: 8 bytes by value, ordered and hashed as bigint
-- by core's own functions.  The numbers inside are private to the two types:
-- there is no cast to bigint, so a case is never compared with a call.

CREATE TYPE ietp.case_ref;

CREATE FUNCTION ietp.case_ref_in(cstring)
RETURNS ietp.case_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_case_ref_in';
COMMENT ON FUNCTION ietp.case_ref_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.case_ref_out(ietp.case_ref)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_case_ref_out';
COMMENT ON FUNCTION ietp.case_ref_out(ietp.case_ref) IS 'I/O';

CREATE FUNCTION ietp.case_ref_recv(internal)
RETURNS ietp.case_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_case_ref_recv';
COMMENT ON FUNCTION ietp.case_ref_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.case_ref_send(ietp.case_ref)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_case_ref_send';
COMMENT ON FUNCTION ietp.case_ref_send(ietp.case_ref) IS 'I/O';

CREATE TYPE ietp.case_ref (
	INPUT = ietp.case_ref_in,
	OUTPUT = ietp.case_ref_out,
	RECEIVE = ietp.case_ref_recv,
	SEND = ietp.case_ref_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE ietp.case_ref IS
'reference of a case with two check digits, such as CN-2021-4837-2059-77';

CREATE CAST (text AS ietp.case_ref) WITH INOUT;
COMMENT ON CAST (text AS ietp.case_ref) IS
'reads the reference of a case';

CREATE CAST (ietp.case_ref AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (ietp.case_ref AS text) IS
'writes the reference of a case';

CREATE FUNCTION ietp.try_case_ref(value text)
RETURNS ietp.case_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_case_ref';
COMMENT ON FUNCTION ietp.try_case_ref(text) IS
'the reference that a text reads as, or NULL where it is none; never fails';

CREATE FUNCTION ietp.new_case_ref(country text, year integer)
RETURNS ietp.case_ref
LANGUAGE c VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_new_case_ref';
COMMENT ON FUNCTION ietp.new_case_ref(text, integer) IS
'random reference of a case for a country of two letters and a year';

CREATE FUNCTION ietp.country(reference ietp.case_ref)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_country';
COMMENT ON FUNCTION ietp.country(ietp.case_ref) IS
'two letters that the reference of a case begins with';

CREATE FUNCTION ietp.year(reference ietp.case_ref)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_year';
COMMENT ON FUNCTION ietp.year(ietp.case_ref) IS
'year within the reference of a case';

-- Comparisons are core's of bigint, which core marks LEAKPROOF too: they cannot
-- raise, and tell nothing but their result.  Without the mark no look-up by
-- reference could use an index of a table with row security, and each would
-- read the whole table.  No role but the owner can write a query on such a
-- table.
CREATE FUNCTION ietp.case_ref_lt(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8lt';
COMMENT ON FUNCTION ietp.case_ref_lt(ietp.case_ref, ietp.case_ref) IS
'implementation of < operator';

CREATE OPERATOR ietp.< (
	FUNCTION = ietp.case_ref_lt,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.>),
	NEGATOR = OPERATOR(ietp.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR ietp.< (ietp.case_ref, ietp.case_ref) IS
'less than';

CREATE FUNCTION ietp.case_ref_le(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8le';
COMMENT ON FUNCTION ietp.case_ref_le(ietp.case_ref, ietp.case_ref) IS
'implementation of <= operator';

CREATE OPERATOR ietp.<= (
	FUNCTION = ietp.case_ref_le,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.>=),
	NEGATOR = OPERATOR(ietp.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR ietp.<= (ietp.case_ref, ietp.case_ref) IS
'less than or equal';

CREATE FUNCTION ietp.case_ref_eq(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8eq';
COMMENT ON FUNCTION ietp.case_ref_eq(ietp.case_ref, ietp.case_ref) IS
'implementation of = operator';

CREATE OPERATOR ietp.= (
	FUNCTION = ietp.case_ref_eq,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.=),
	NEGATOR = OPERATOR(ietp.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR ietp.= (ietp.case_ref, ietp.case_ref) IS
'equal';

CREATE FUNCTION ietp.case_ref_ge(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8ge';
COMMENT ON FUNCTION ietp.case_ref_ge(ietp.case_ref, ietp.case_ref) IS
'implementation of >= operator';

CREATE OPERATOR ietp.>= (
	FUNCTION = ietp.case_ref_ge,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.<=),
	NEGATOR = OPERATOR(ietp.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR ietp.>= (ietp.case_ref, ietp.case_ref) IS
'greater than or equal';

CREATE FUNCTION ietp.case_ref_gt(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8gt';
COMMENT ON FUNCTION ietp.case_ref_gt(ietp.case_ref, ietp.case_ref) IS
'implementation of > operator';

CREATE OPERATOR ietp.> (
	FUNCTION = ietp.case_ref_gt,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.<),
	NEGATOR = OPERATOR(ietp.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR ietp.> (ietp.case_ref, ietp.case_ref) IS
'greater than';

CREATE FUNCTION ietp.case_ref_ne(a ietp.case_ref, b ietp.case_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8ne';
COMMENT ON FUNCTION ietp.case_ref_ne(ietp.case_ref, ietp.case_ref) IS
'implementation of <> operator';

CREATE OPERATOR ietp.<> (
	FUNCTION = ietp.case_ref_ne,
	LEFTARG = ietp.case_ref,
	RIGHTARG = ietp.case_ref,
	COMMUTATOR = OPERATOR(ietp.<>),
	NEGATOR = OPERATOR(ietp.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR ietp.<> (ietp.case_ref, ietp.case_ref) IS
'not equal';

CREATE FUNCTION ietp.case_ref_cmp(a ietp.case_ref, b ietp.case_ref)
RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8cmp';
COMMENT ON FUNCTION ietp.case_ref_cmp(ietp.case_ref, ietp.case_ref) IS
'less-equal-greater';

-- Sort support and the promise that equal images are equal values
-- (deduplication) are bigint's: without them an index builds slower and larger.
CREATE OPERATOR CLASS ietp.case_ref_ops
DEFAULT FOR TYPE ietp.case_ref USING btree AS
	OPERATOR 1 ietp.<,
	OPERATOR 2 ietp.<=,
	OPERATOR 3 ietp.=,
	OPERATOR 4 ietp.>=,
	OPERATOR 5 ietp.>,
	FUNCTION 1 ietp.case_ref_cmp(ietp.case_ref, ietp.case_ref),
	FUNCTION 2 (ietp.case_ref, ietp.case_ref)
		pg_catalog.btint8sortsupport(internal),
	FUNCTION 4 (ietp.case_ref, ietp.case_ref)
		pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS ietp.case_ref_ops USING btree IS
'order of the texts of references, bytewise';
COMMENT ON OPERATOR FAMILY ietp.case_ref_ops USING btree IS
'order of the texts of references, bytewise';

CREATE FUNCTION ietp.case_ref_hash(reference ietp.case_ref)
RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8';
COMMENT ON FUNCTION ietp.case_ref_hash(ietp.case_ref) IS
'hash';

CREATE FUNCTION ietp.case_ref_hash_extended(
	reference ietp.case_ref,
	seed bigint)
RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8extended';
COMMENT ON FUNCTION ietp.case_ref_hash_extended(ietp.case_ref, bigint) IS
'hash';

CREATE OPERATOR CLASS ietp.case_ref_ops
DEFAULT FOR TYPE ietp.case_ref USING hash AS
	OPERATOR 1 ietp.=,
	FUNCTION 1 ietp.case_ref_hash(ietp.case_ref),
	FUNCTION 2 ietp.case_ref_hash_extended(ietp.case_ref, bigint);
COMMENT ON OPERATOR CLASS ietp.case_ref_ops USING hash IS
'hash of references';
COMMENT ON OPERATOR FAMILY ietp.case_ref_ops USING hash IS
'hash of references';

CREATE FUNCTION ietp.case_ref_smaller(a ietp.case_ref, b ietp.case_ref)
RETURNS ietp.case_ref
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8smaller';
COMMENT ON FUNCTION ietp.case_ref_smaller(ietp.case_ref, ietp.case_ref) IS
'smaller of two';

CREATE AGGREGATE ietp.min(ietp.case_ref) (
	SFUNC = ietp.case_ref_smaller,
	STYPE = ietp.case_ref,
	COMBINEFUNC = ietp.case_ref_smaller,
	SORTOP = OPERATOR(ietp.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.min(ietp.case_ref) IS
'lowest reference in the order of the texts';

CREATE FUNCTION ietp.case_ref_larger(a ietp.case_ref, b ietp.case_ref)
RETURNS ietp.case_ref
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8larger';
COMMENT ON FUNCTION ietp.case_ref_larger(ietp.case_ref, ietp.case_ref) IS
'larger of two';

CREATE AGGREGATE ietp.max(ietp.case_ref) (
	SFUNC = ietp.case_ref_larger,
	STYPE = ietp.case_ref,
	COMBINEFUNC = ietp.case_ref_larger,
	SORTOP = OPERATOR(ietp.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.max(ietp.case_ref) IS
'highest reference in the order of the texts';

CREATE TYPE ietp.call_ref;

CREATE FUNCTION ietp.call_ref_in(cstring)
RETURNS ietp.call_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_call_ref_in';
COMMENT ON FUNCTION ietp.call_ref_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.call_ref_out(ietp.call_ref)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_call_ref_out';
COMMENT ON FUNCTION ietp.call_ref_out(ietp.call_ref) IS 'I/O';

CREATE FUNCTION ietp.call_ref_recv(internal)
RETURNS ietp.call_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_call_ref_recv';
COMMENT ON FUNCTION ietp.call_ref_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.call_ref_send(ietp.call_ref)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_call_ref_send';
COMMENT ON FUNCTION ietp.call_ref_send(ietp.call_ref) IS 'I/O';

CREATE TYPE ietp.call_ref (
	INPUT = ietp.call_ref_in,
	OUTPUT = ietp.call_ref_out,
	RECEIVE = ietp.call_ref_recv,
	SEND = ietp.call_ref_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE ietp.call_ref IS
'reference of a call with two check digits, such as CALL-CN-2021-4837-2059-84';

CREATE CAST (text AS ietp.call_ref) WITH INOUT;
COMMENT ON CAST (text AS ietp.call_ref) IS
'reads the reference of a call';

CREATE CAST (ietp.call_ref AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (ietp.call_ref AS text) IS
'writes the reference of a call';

CREATE FUNCTION ietp.try_call_ref(value text)
RETURNS ietp.call_ref
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_call_ref';
COMMENT ON FUNCTION ietp.try_call_ref(text) IS
'the reference that a text reads as, or NULL where it is none; never fails';

CREATE FUNCTION ietp.new_call_ref(country text, year integer)
RETURNS ietp.call_ref
LANGUAGE c VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_new_call_ref';
COMMENT ON FUNCTION ietp.new_call_ref(text, integer) IS
'random reference of a call for a country of two letters and a year';

CREATE FUNCTION ietp.country(reference ietp.call_ref)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_country';
COMMENT ON FUNCTION ietp.country(ietp.call_ref) IS
'two letters that the reference of a call begins with';

CREATE FUNCTION ietp.year(reference ietp.call_ref)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_year';
COMMENT ON FUNCTION ietp.year(ietp.call_ref) IS
'year within the reference of a call';

CREATE FUNCTION ietp.call_ref_lt(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8lt';
COMMENT ON FUNCTION ietp.call_ref_lt(ietp.call_ref, ietp.call_ref) IS
'implementation of < operator';

CREATE OPERATOR ietp.< (
	FUNCTION = ietp.call_ref_lt,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.>),
	NEGATOR = OPERATOR(ietp.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR ietp.< (ietp.call_ref, ietp.call_ref) IS
'less than';

CREATE FUNCTION ietp.call_ref_le(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8le';
COMMENT ON FUNCTION ietp.call_ref_le(ietp.call_ref, ietp.call_ref) IS
'implementation of <= operator';

CREATE OPERATOR ietp.<= (
	FUNCTION = ietp.call_ref_le,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.>=),
	NEGATOR = OPERATOR(ietp.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR ietp.<= (ietp.call_ref, ietp.call_ref) IS
'less than or equal';

-- LEAKPROOF: see ietp.case_ref_lt.
CREATE FUNCTION ietp.call_ref_eq(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8eq';
COMMENT ON FUNCTION ietp.call_ref_eq(ietp.call_ref, ietp.call_ref) IS
'implementation of = operator';

CREATE OPERATOR ietp.= (
	FUNCTION = ietp.call_ref_eq,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.=),
	NEGATOR = OPERATOR(ietp.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR ietp.= (ietp.call_ref, ietp.call_ref) IS
'equal';

CREATE FUNCTION ietp.call_ref_ge(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8ge';
COMMENT ON FUNCTION ietp.call_ref_ge(ietp.call_ref, ietp.call_ref) IS
'implementation of >= operator';

CREATE OPERATOR ietp.>= (
	FUNCTION = ietp.call_ref_ge,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.<=),
	NEGATOR = OPERATOR(ietp.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR ietp.>= (ietp.call_ref, ietp.call_ref) IS
'greater than or equal';

CREATE FUNCTION ietp.call_ref_gt(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8gt';
COMMENT ON FUNCTION ietp.call_ref_gt(ietp.call_ref, ietp.call_ref) IS
'implementation of > operator';

CREATE OPERATOR ietp.> (
	FUNCTION = ietp.call_ref_gt,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.<),
	NEGATOR = OPERATOR(ietp.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR ietp.> (ietp.call_ref, ietp.call_ref) IS
'greater than';

CREATE FUNCTION ietp.call_ref_ne(a ietp.call_ref, b ietp.call_ref)
RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8ne';
COMMENT ON FUNCTION ietp.call_ref_ne(ietp.call_ref, ietp.call_ref) IS
'implementation of <> operator';

CREATE OPERATOR ietp.<> (
	FUNCTION = ietp.call_ref_ne,
	LEFTARG = ietp.call_ref,
	RIGHTARG = ietp.call_ref,
	COMMUTATOR = OPERATOR(ietp.<>),
	NEGATOR = OPERATOR(ietp.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR ietp.<> (ietp.call_ref, ietp.call_ref) IS
'not equal';

CREATE FUNCTION ietp.call_ref_cmp(a ietp.call_ref, b ietp.call_ref)
RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8cmp';
COMMENT ON FUNCTION ietp.call_ref_cmp(ietp.call_ref, ietp.call_ref) IS
'less-equal-greater';

-- Sort support and the promise that equal images are equal values
-- (deduplication) are bigint's: without them an index builds slower and larger.
CREATE OPERATOR CLASS ietp.call_ref_ops
DEFAULT FOR TYPE ietp.call_ref USING btree AS
	OPERATOR 1 ietp.<,
	OPERATOR 2 ietp.<=,
	OPERATOR 3 ietp.=,
	OPERATOR 4 ietp.>=,
	OPERATOR 5 ietp.>,
	FUNCTION 1 ietp.call_ref_cmp(ietp.call_ref, ietp.call_ref),
	FUNCTION 2 (ietp.call_ref, ietp.call_ref)
		pg_catalog.btint8sortsupport(internal),
	FUNCTION 4 (ietp.call_ref, ietp.call_ref)
		pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS ietp.call_ref_ops USING btree IS
'order of the texts of references, bytewise';
COMMENT ON OPERATOR FAMILY ietp.call_ref_ops USING btree IS
'order of the texts of references, bytewise';

CREATE FUNCTION ietp.call_ref_hash(reference ietp.call_ref)
RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8';
COMMENT ON FUNCTION ietp.call_ref_hash(ietp.call_ref) IS
'hash';

CREATE FUNCTION ietp.call_ref_hash_extended(
	reference ietp.call_ref,
	seed bigint)
RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8extended';
COMMENT ON FUNCTION ietp.call_ref_hash_extended(ietp.call_ref, bigint) IS
'hash';

CREATE OPERATOR CLASS ietp.call_ref_ops
DEFAULT FOR TYPE ietp.call_ref USING hash AS
	OPERATOR 1 ietp.=,
	FUNCTION 1 ietp.call_ref_hash(ietp.call_ref),
	FUNCTION 2 ietp.call_ref_hash_extended(ietp.call_ref, bigint);
COMMENT ON OPERATOR CLASS ietp.call_ref_ops USING hash IS
'hash of references';
COMMENT ON OPERATOR FAMILY ietp.call_ref_ops USING hash IS
'hash of references';

CREATE FUNCTION ietp.call_ref_smaller(a ietp.call_ref, b ietp.call_ref)
RETURNS ietp.call_ref
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8smaller';
COMMENT ON FUNCTION ietp.call_ref_smaller(ietp.call_ref, ietp.call_ref) IS
'smaller of two';

CREATE AGGREGATE ietp.min(ietp.call_ref) (
	SFUNC = ietp.call_ref_smaller,
	STYPE = ietp.call_ref,
	COMBINEFUNC = ietp.call_ref_smaller,
	SORTOP = OPERATOR(ietp.<),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.min(ietp.call_ref) IS
'lowest reference in the order of the texts';

CREATE FUNCTION ietp.call_ref_larger(a ietp.call_ref, b ietp.call_ref)
RETURNS ietp.call_ref
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8larger';
COMMENT ON FUNCTION ietp.call_ref_larger(ietp.call_ref, ietp.call_ref) IS
'larger of two';

CREATE AGGREGATE ietp.max(ietp.call_ref) (
	SFUNC = ietp.call_ref_larger,
	STYPE = ietp.call_ref,
	COMBINEFUNC = ietp.call_ref_larger,
	SORTOP = OPERATOR(ietp.>),
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.max(ietp.call_ref) IS
'highest reference in the order of the texts';
