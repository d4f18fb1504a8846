-- Exact percentiles, those of percentile_cont, as an ordinary aggregate:
-- parallel, over windows, with FILTER, and storable.

CREATE TYPE ietp.percentiles_state;

CREATE FUNCTION ietp.percentiles_state_in(input cstring)
RETURNS ietp.percentiles_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_in';
COMMENT ON FUNCTION ietp.percentiles_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.percentiles_state_out(value ietp.percentiles_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_out';
COMMENT ON FUNCTION ietp.percentiles_state_out(ietp.percentiles_state) IS 'I/O';

CREATE FUNCTION ietp.percentiles_state_recv(input internal)
RETURNS ietp.percentiles_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_recv';
COMMENT ON FUNCTION ietp.percentiles_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.percentiles_state_send(value ietp.percentiles_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_send';
COMMENT ON FUNCTION ietp.percentiles_state_send(ietp.percentiles_state) IS
'I/O';

CREATE TYPE ietp.percentiles_state (
	INPUT = ietp.percentiles_state_in,
	OUTPUT = ietp.percentiles_state_out,
	RECEIVE = ietp.percentiles_state_recv,
	SEND = ietp.percentiles_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.percentiles_state IS
'all the values of a group, to be stored, merged and asked for percentiles';

CREATE FUNCTION ietp.percentiles_transition(
	state internal, value double precision, percentiles double precision[])
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_transition';
COMMENT ON FUNCTION ietp.percentiles_transition(
	internal, double precision, double precision[]) IS
'of the aggregate percentiles: a further value';

CREATE FUNCTION ietp.percentiles_transition(
	state internal, value interval, percentiles double precision[])
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_transition_interval';
COMMENT ON FUNCTION ietp.percentiles_transition(
	internal, interval, double precision[]) IS
'of the aggregate percentiles: a further value';

CREATE FUNCTION ietp.percentiles_final(state internal)
RETURNS double precision[]
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_final';
COMMENT ON FUNCTION ietp.percentiles_final(internal) IS
'of the aggregate percentiles: the result';

CREATE FUNCTION ietp.percentiles_final_interval(state internal)
RETURNS interval[]
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_final_interval';
COMMENT ON FUNCTION ietp.percentiles_final_interval(internal) IS
'of the aggregate percentiles: the result';

CREATE AGGREGATE ietp.percentiles(
	value double precision, percentiles double precision[]) (
	SFUNC = ietp.percentiles_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.percentiles_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.percentiles(double precision, double precision[]) IS
'percentiles, each from 0 to 1, as percentile_cont has them: exact';

CREATE AGGREGATE ietp.percentiles(
	value interval, percentiles double precision[]) (
	SFUNC = ietp.percentiles_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.percentiles_final_interval,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.percentiles(interval, double precision[]) IS
'percentiles, each from 0 to 1, as percentile_cont has them: exact';

CREATE FUNCTION ietp.percentiles_state_transition(
	state internal, value double precision)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_transition';
COMMENT ON FUNCTION ietp.percentiles_state_transition(
	internal, double precision) IS
'of the aggregate percentiles_state: a further value';

CREATE FUNCTION ietp.percentiles_state_transition(
	state internal, value interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_transition_interval';
COMMENT ON FUNCTION ietp.percentiles_state_transition(internal, interval) IS
'of the aggregate percentiles_state: a further value';

CREATE FUNCTION ietp.percentiles_merge_transition(
	state internal, value ietp.percentiles_state)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_merge_transition';
COMMENT ON FUNCTION ietp.percentiles_merge_transition(
	internal, ietp.percentiles_state) IS
'of the aggregate percentiles_merge: a further state';

CREATE FUNCTION ietp.percentiles_state_final(state internal)
RETURNS ietp.percentiles_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles_state_final';
COMMENT ON FUNCTION ietp.percentiles_state_final(internal) IS
'of the aggregates percentiles_state and percentiles_merge: the result';

CREATE AGGREGATE ietp.percentiles_state(value double precision) (
	SFUNC = ietp.percentiles_state_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.percentiles_state_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.percentiles_state(double precision) IS
'the values, stored, for percentiles() and percentiles_merge()';

CREATE AGGREGATE ietp.percentiles_state(value interval) (
	SFUNC = ietp.percentiles_state_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.percentiles_state_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.percentiles_state(interval) IS
'the values, stored, for interval_percentiles() and percentiles_merge()';

CREATE AGGREGATE ietp.percentiles_merge(state ietp.percentiles_state) (
	SFUNC = ietp.percentiles_merge_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.percentiles_state_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.percentiles_merge(ietp.percentiles_state) IS
'the values of all the states, stored';

CREATE FUNCTION ietp.percentiles(
	state ietp.percentiles_state, percentiles double precision[])
RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percentiles';
COMMENT ON FUNCTION ietp.percentiles(
	ietp.percentiles_state, double precision[]) IS
'percentiles of the numbers of a state';

CREATE FUNCTION ietp.interval_percentiles(
	state ietp.percentiles_state, percentiles double precision[])
RETURNS interval[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_interval_percentiles';
COMMENT ON FUNCTION ietp.interval_percentiles(
	ietp.percentiles_state, double precision[]) IS
'percentiles of the intervals of a state';
