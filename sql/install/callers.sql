-- How many different callers there are, exactly.

CREATE TYPE ietp.callers_state;

CREATE FUNCTION ietp.callers_state_in(input cstring)
RETURNS ietp.callers_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_state_in';
COMMENT ON FUNCTION ietp.callers_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.callers_state_out(value ietp.callers_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_state_out';
COMMENT ON FUNCTION ietp.callers_state_out(ietp.callers_state) IS 'I/O';

CREATE FUNCTION ietp.callers_state_recv(input internal)
RETURNS ietp.callers_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_state_recv';
COMMENT ON FUNCTION ietp.callers_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.callers_state_send(value ietp.callers_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_state_send';
COMMENT ON FUNCTION ietp.callers_state_send(ietp.callers_state) IS 'I/O';

CREATE TYPE ietp.callers_state (
	INPUT = ietp.callers_state_in,
	OUTPUT = ietp.callers_state_out,
	RECEIVE = ietp.callers_state_recv,
	SEND = ietp.callers_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.callers_state IS
'the callers of a group, each once, to be stored, merged and counted';

CREATE FUNCTION ietp.callers_transition(state internal, token bigint)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_transition_bigint';
COMMENT ON FUNCTION ietp.callers_transition(internal, bigint) IS
'of the aggregates distinct_callers and distinct_callers_state: a further caller';

CREATE FUNCTION ietp.callers_transition(state internal, token uuid)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_transition_uuid';
COMMENT ON FUNCTION ietp.callers_transition(internal, uuid) IS
'of the aggregates distinct_callers and distinct_callers_state: a further caller';

CREATE FUNCTION ietp.callers_transition(state internal, token bytea)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_transition_bytea';
COMMENT ON FUNCTION ietp.callers_transition(internal, bytea) IS
'of the aggregates distinct_callers and distinct_callers_state: a further caller';

CREATE FUNCTION ietp.callers_transition(state internal, token text)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_transition_text';
COMMENT ON FUNCTION ietp.callers_transition(internal, text) IS
'of the aggregates distinct_callers and distinct_callers_state: a further caller';

CREATE FUNCTION ietp.callers_merge_transition(
	state internal, value ietp.callers_state)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_merge_transition';
COMMENT ON FUNCTION ietp.callers_merge_transition(
	internal, ietp.callers_state) IS
'of the aggregate distinct_callers_merge: a further state';

CREATE FUNCTION ietp.callers_combine(state internal, other internal)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_combine';
COMMENT ON FUNCTION ietp.callers_combine(internal, internal) IS
'of aggregates: the callers of both states';

CREATE FUNCTION ietp.callers_serialize(state internal)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_serialize';
COMMENT ON FUNCTION ietp.callers_serialize(internal) IS
'of aggregates: a state as a message to another process';

CREATE FUNCTION ietp.callers_final(state internal)
RETURNS bigint
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_final';
COMMENT ON FUNCTION ietp.callers_final(internal) IS
'of the aggregate distinct_callers: the result';

CREATE FUNCTION ietp.callers_state_final(state internal)
RETURNS ietp.callers_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_callers_state_final';
COMMENT ON FUNCTION ietp.callers_state_final(internal) IS
'of the aggregates distinct_callers_state and distinct_callers_merge: the result';

CREATE AGGREGATE ietp.distinct_callers(token bigint) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers(bigint) IS
'how many different callers there are: as count(DISTINCT token), exactly';

CREATE AGGREGATE ietp.distinct_callers(token uuid) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers(uuid) IS
'how many different callers there are: as count(DISTINCT token), exactly';

CREATE AGGREGATE ietp.distinct_callers(token bytea) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers(bytea) IS
'how many different callers there are: as count(DISTINCT token), exactly';

CREATE AGGREGATE ietp.distinct_callers(token text) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers(text) IS
'how many different callers there are: as count(DISTINCT token), exactly';

CREATE AGGREGATE ietp.distinct_callers_state(token bigint) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_state_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers_state(bigint) IS
'the callers, each once, for distinct_callers() and distinct_callers_merge()';

CREATE AGGREGATE ietp.distinct_callers_state(token uuid) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_state_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers_state(uuid) IS
'the callers, each once, for distinct_callers() and distinct_callers_merge()';

CREATE AGGREGATE ietp.distinct_callers_state(token bytea) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_state_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers_state(bytea) IS
'the callers, each once, for distinct_callers() and distinct_callers_merge()';

CREATE AGGREGATE ietp.distinct_callers_state(token text) (
	SFUNC = ietp.callers_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_state_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers_state(text) IS
'the callers, each once, for distinct_callers() and distinct_callers_merge()';

CREATE AGGREGATE ietp.distinct_callers_merge(state ietp.callers_state) (
	SFUNC = ietp.callers_merge_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.callers_state_final,
	COMBINEFUNC = ietp.callers_combine,
	SERIALFUNC = ietp.callers_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.distinct_callers_merge(ietp.callers_state) IS
'the callers of all the states, each once';

CREATE FUNCTION ietp.distinct_callers(state ietp.callers_state)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_distinct_callers';
COMMENT ON FUNCTION ietp.distinct_callers(ietp.callers_state) IS
'how many different callers the state has';
