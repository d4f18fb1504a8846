-- How many calls go on at once, and how many cases are open: half-open spans
-- of time.

CREATE TYPE ietp.concurrency AS (
	peak bigint,
	at timestamptz,
	until timestamptz,
	busy interval);
COMMENT ON TYPE ietp.concurrency IS
'the most spans at once, the first moment with so many, the first one after it with fewer, and the time with at least one';

CREATE TYPE ietp.concurrency_state;

CREATE FUNCTION ietp.concurrency_state_in(input cstring)
RETURNS ietp.concurrency_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_state_in';
COMMENT ON FUNCTION ietp.concurrency_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.concurrency_state_out(value ietp.concurrency_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_state_out';
COMMENT ON FUNCTION ietp.concurrency_state_out(ietp.concurrency_state) IS
'I/O';

CREATE FUNCTION ietp.concurrency_state_recv(input internal)
RETURNS ietp.concurrency_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_state_recv';
COMMENT ON FUNCTION ietp.concurrency_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.concurrency_state_send(value ietp.concurrency_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_state_send';
COMMENT ON FUNCTION ietp.concurrency_state_send(ietp.concurrency_state) IS
'I/O';

CREATE TYPE ietp.concurrency_state (
	INPUT = ietp.concurrency_state_in,
	OUTPUT = ietp.concurrency_state_out,
	RECEIVE = ietp.concurrency_state_recv,
	SEND = ietp.concurrency_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.concurrency_state IS
'all the spans of a group, to be stored, merged and asked for their peak';

CREATE FUNCTION ietp.concurrency_transition(
	state internal, since timestamptz, until timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_transition';
COMMENT ON FUNCTION ietp.concurrency_transition(
	internal, timestamptz, timestamptz) IS
'of the aggregates peak_concurrency and peak_concurrency_state: a further span';

CREATE FUNCTION ietp.concurrency_merge_transition(
	state internal, value ietp.concurrency_state)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_merge_transition';
COMMENT ON FUNCTION ietp.concurrency_merge_transition(
	internal, ietp.concurrency_state) IS
'of the aggregate peak_concurrency_merge: a further state';

CREATE FUNCTION ietp.concurrency_final(state internal)
RETURNS ietp.concurrency
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_final';
COMMENT ON FUNCTION ietp.concurrency_final(internal) IS
'of the aggregate peak_concurrency: the result';

CREATE FUNCTION ietp.concurrency_state_final(state internal)
RETURNS ietp.concurrency_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_concurrency_state_final';
COMMENT ON FUNCTION ietp.concurrency_state_final(internal) IS
'of the aggregates peak_concurrency_state and peak_concurrency_merge: the result';

CREATE AGGREGATE ietp.peak_concurrency(since timestamptz, until timestamptz) (
	SFUNC = ietp.concurrency_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.concurrency_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.peak_concurrency(timestamptz, timestamptz) IS
'how many of the spans [since, until) run at once at most, and when; until NULL: still going';

CREATE AGGREGATE ietp.peak_concurrency_state(
	since timestamptz, until timestamptz) (
	SFUNC = ietp.concurrency_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.concurrency_state_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.peak_concurrency_state(timestamptz, timestamptz) IS
'the spans, stored, for peak_concurrency() and peak_concurrency_merge()';

CREATE AGGREGATE ietp.peak_concurrency_merge(state ietp.concurrency_state) (
	SFUNC = ietp.concurrency_merge_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.concurrency_state_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.peak_concurrency_merge(ietp.concurrency_state) IS
'the spans of all the states, stored';

CREATE FUNCTION ietp.peak_concurrency(state ietp.concurrency_state)
RETURNS ietp.concurrency
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_peak_concurrency';
COMMENT ON FUNCTION ietp.peak_concurrency(ietp.concurrency_state) IS
'how many of the spans of a state run at once at most, and when';

CREATE FUNCTION ietp.backlog_transition(
	state internal, opened timestamptz, closed timestamptz, at timestamptz[])
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_backlog_transition';
COMMENT ON FUNCTION ietp.backlog_transition(
	internal, timestamptz, timestamptz, timestamptz[]) IS
'of the aggregate backlog: a further case';

CREATE FUNCTION ietp.backlog_final(state internal)
RETURNS bigint[]
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_backlog_final';
COMMENT ON FUNCTION ietp.backlog_final(internal) IS
'of the aggregate backlog: the result';

CREATE AGGREGATE ietp.backlog(
	opened timestamptz, closed timestamptz, at timestamptz[]) (
	SFUNC = ietp.backlog_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.backlog_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.backlog(timestamptz, timestamptz, timestamptz[]) IS
'how many were open at each of the moments: opened at it or before, and not closed at it or before';
