-- How long a case was in each status, from its moves.

CREATE TYPE ietp.status_time AS (
	status text,
	entries bigint,
	duration interval,
	working_time interval);
COMMENT ON TYPE ietp.status_time IS
'how often a status was entered, and how long it lasted in all, by the clock and by a calendar';

CREATE FUNCTION ietp.time_in_status_transition(
	state internal, status text, since timestamptz, n bigint,
	until timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_time_in_status_transition';
COMMENT ON FUNCTION ietp.time_in_status_transition(
	internal, text, timestamptz, bigint, timestamptz) IS
'of the aggregate time_in_status: a further move';

CREATE FUNCTION ietp.time_in_status_transition(
	state internal, status text, since timestamptz, n bigint,
	until timestamptz, calendar text)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_time_in_status_transition';
COMMENT ON FUNCTION ietp.time_in_status_transition(
	internal, text, timestamptz, bigint, timestamptz, text) IS
'of the aggregate time_in_status: a further move';

CREATE FUNCTION ietp.time_in_status_combine(state internal, other internal)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_time_in_status_combine';
COMMENT ON FUNCTION ietp.time_in_status_combine(internal, internal) IS
'of aggregates: the moves of both states';

CREATE FUNCTION ietp.time_in_status_serialize(state internal)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_time_in_status_serialize';
COMMENT ON FUNCTION ietp.time_in_status_serialize(internal) IS
'of aggregates: a state as a message to another process';

CREATE FUNCTION ietp.time_in_status_final(state internal)
RETURNS ietp.status_time[]
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_time_in_status_final';
COMMENT ON FUNCTION ietp.time_in_status_final(internal) IS
'of the aggregate time_in_status: the result';

CREATE AGGREGATE ietp.time_in_status(
	status text, since timestamptz, n bigint, until timestamptz) (
	SFUNC = ietp.time_in_status_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.time_in_status_final,
	COMBINEFUNC = ietp.time_in_status_combine,
	SERIALFUNC = ietp.time_in_status_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.time_in_status(
	text, timestamptz, bigint, timestamptz) IS
'for each status that a case was in: how often it was entered and how long it lasted, the last one until until; NULL: its time is not counted';

CREATE AGGREGATE ietp.time_in_status(
	status text, since timestamptz, n bigint, until timestamptz,
	calendar text) (
	SFUNC = ietp.time_in_status_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.time_in_status_final,
	COMBINEFUNC = ietp.time_in_status_combine,
	SERIALFUNC = ietp.time_in_status_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.time_in_status(
	text, timestamptz, bigint, timestamptz, text) IS
'the same, with the working time by a calendar';
