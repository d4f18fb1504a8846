-- How many of how many.  The state of the aggregates is a type of its own: 16
-- bytes that can be stored, added up later, and taken apart again by windows.

CREATE TYPE ietp.proportion AS (
	k bigint,
	n bigint,
	p double precision,
	lower double precision,
	upper double precision);
COMMENT ON TYPE ietp.proportion IS
'k of n, the share p, and the Wilson score interval of 95 % for what is behind it';

CREATE TYPE ietp.ratio_state;

CREATE FUNCTION ietp.ratio_state_in(cstring)
RETURNS ietp.ratio_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_state_in';
COMMENT ON FUNCTION ietp.ratio_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.ratio_state_out(ietp.ratio_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_state_out';
COMMENT ON FUNCTION ietp.ratio_state_out(ietp.ratio_state) IS 'I/O';

CREATE FUNCTION ietp.ratio_state_recv(internal)
RETURNS ietp.ratio_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_state_recv';
COMMENT ON FUNCTION ietp.ratio_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.ratio_state_send(ietp.ratio_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_state_send';
COMMENT ON FUNCTION ietp.ratio_state_send(ietp.ratio_state) IS 'I/O';

CREATE TYPE ietp.ratio_state (
	INPUT = ietp.ratio_state_in,
	OUTPUT = ietp.ratio_state_out,
	RECEIVE = ietp.ratio_state_recv,
	SEND = ietp.ratio_state_send,
	INTERNALLENGTH = 16,
	ALIGNMENT = double
);
COMMENT ON TYPE ietp.ratio_state IS
'how many of how many, such as 3/10; state of ietp.ratio';

CREATE FUNCTION ietp.ratio_add(state ietp.ratio_state, value boolean)
RETURNS ietp.ratio_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_add';
COMMENT ON FUNCTION ietp.ratio_add(ietp.ratio_state, boolean) IS
'adds a value to a state of ietp.ratio';

CREATE FUNCTION ietp.ratio_remove(state ietp.ratio_state, value boolean)
RETURNS ietp.ratio_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_remove';
COMMENT ON FUNCTION ietp.ratio_remove(ietp.ratio_state, boolean) IS
'takes a value out of a state of ietp.ratio';

CREATE FUNCTION ietp.ratio_combine(
	state ietp.ratio_state,
	other ietp.ratio_state)
RETURNS ietp.ratio_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio_combine';
COMMENT ON FUNCTION ietp.ratio_combine(ietp.ratio_state, ietp.ratio_state) IS
'sum of two states of ietp.ratio';

CREATE FUNCTION ietp.ratio(state ietp.ratio_state)
RETURNS ietp.proportion
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_ratio';
COMMENT ON FUNCTION ietp.ratio(ietp.ratio_state) IS
'the proportion that a state holds';

CREATE AGGREGATE ietp.ratio(value boolean) (
	SFUNC = ietp.ratio_add,
	STYPE = ietp.ratio_state,
	INITCOND = '0/0',
	FINALFUNC = ietp.ratio,
	COMBINEFUNC = ietp.ratio_combine,
	MSFUNC = ietp.ratio_add,
	MINVFUNC = ietp.ratio_remove,
	MSTYPE = ietp.ratio_state,
	MINITCOND = '0/0',
	MFINALFUNC = ietp.ratio,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.ratio(boolean) IS
'how many values are true, of how many, with the Wilson score interval of 95 %';

CREATE AGGREGATE ietp.ratio_state(value boolean) (
	SFUNC = ietp.ratio_add,
	STYPE = ietp.ratio_state,
	INITCOND = '0/0',
	COMBINEFUNC = ietp.ratio_combine,
	MSFUNC = ietp.ratio_add,
	MINVFUNC = ietp.ratio_remove,
	MSTYPE = ietp.ratio_state,
	MINITCOND = '0/0',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.ratio_state(boolean) IS
'how many values are true, of how many, to be stored';

CREATE AGGREGATE ietp.ratio_merge(state ietp.ratio_state) (
	SFUNC = ietp.ratio_combine,
	STYPE = ietp.ratio_state,
	INITCOND = '0/0',
	COMBINEFUNC = ietp.ratio_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.ratio_merge(ietp.ratio_state) IS
'sum of stored states';

CREATE FUNCTION ietp.wilson_interval(
	k bigint,
	n bigint,
	confidence double precision DEFAULT 0.95,
	OUT lower double precision,
	OUT upper double precision)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_wilson_interval';
COMMENT ON FUNCTION ietp.wilson_interval(bigint, bigint, double precision) IS
'Wilson score interval for the share behind k of n';
