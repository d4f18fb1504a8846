-- How often callers called again: repeat calls, and contacts after which none
-- followed.

CREATE TYPE ietp.repeats AS (
	calls bigint,
	repeat_calls bigint,
	callers bigint,
	repeat_callers bigint,
	p double precision,
	lower double precision,
	upper double precision);
COMMENT ON TYPE ietp.repeats IS
'calls and those of them that are repeats, callers and those of them who repeated; the share of repeat calls and its Wilson score interval of 95 %';

CREATE TYPE ietp.contacts_state;

CREATE FUNCTION ietp.contacts_state_in(input cstring)
RETURNS ietp.contacts_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_state_in';
COMMENT ON FUNCTION ietp.contacts_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.contacts_state_out(value ietp.contacts_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_state_out';
COMMENT ON FUNCTION ietp.contacts_state_out(ietp.contacts_state) IS 'I/O';

CREATE FUNCTION ietp.contacts_state_recv(input internal)
RETURNS ietp.contacts_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_state_recv';
COMMENT ON FUNCTION ietp.contacts_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.contacts_state_send(value ietp.contacts_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_state_send';
COMMENT ON FUNCTION ietp.contacts_state_send(ietp.contacts_state) IS 'I/O';

CREATE TYPE ietp.contacts_state (
	INPUT = ietp.contacts_state_in,
	OUTPUT = ietp.contacts_state_out,
	RECEIVE = ietp.contacts_state_recv,
	SEND = ietp.contacts_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.contacts_state IS
'all the contacts of a group, to be stored, merged and asked for repeats';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bigint, ts timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bigint';
COMMENT ON FUNCTION ietp.contacts_transition(internal, bigint, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bigint, ts timestamptz, within interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bigint';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, bigint, timestamptz, interval) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bigint, ts timestamptz, within interval,
	as_of timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bigint';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, bigint, timestamptz, interval, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token uuid, ts timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_uuid';
COMMENT ON FUNCTION ietp.contacts_transition(internal, uuid, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token uuid, ts timestamptz, within interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_uuid';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, uuid, timestamptz, interval) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token uuid, ts timestamptz, within interval,
	as_of timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_uuid';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, uuid, timestamptz, interval, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bytea, ts timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bytea';
COMMENT ON FUNCTION ietp.contacts_transition(internal, bytea, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bytea, ts timestamptz, within interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bytea';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, bytea, timestamptz, interval) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token bytea, ts timestamptz, within interval,
	as_of timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_bytea';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, bytea, timestamptz, interval, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token text, ts timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_text';
COMMENT ON FUNCTION ietp.contacts_transition(internal, text, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token text, ts timestamptz, within interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_text';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, text, timestamptz, interval) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_transition(
	state internal, token text, ts timestamptz, within interval,
	as_of timestamptz)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_transition_text';
COMMENT ON FUNCTION ietp.contacts_transition(
	internal, text, timestamptz, interval, timestamptz) IS
'of aggregates of contacts: a further one';

CREATE FUNCTION ietp.contacts_merge_transition(
	state internal, value ietp.contacts_state)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_merge_transition';
COMMENT ON FUNCTION ietp.contacts_merge_transition(
	internal, ietp.contacts_state) IS
'of the aggregate contacts_merge: a further state';

CREATE FUNCTION ietp.contacts_combine(state internal, other internal)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_combine';
COMMENT ON FUNCTION ietp.contacts_combine(internal, internal) IS
'of aggregates: the contacts of both states';

CREATE FUNCTION ietp.contacts_serialize(state internal)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_serialize';
COMMENT ON FUNCTION ietp.contacts_serialize(internal) IS
'of aggregates: a state as a message to another process';

CREATE FUNCTION ietp.contacts_state_final(state internal)
RETURNS ietp.contacts_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_contacts_state_final';
COMMENT ON FUNCTION ietp.contacts_state_final(internal) IS
'of the aggregates contacts_state and contacts_merge: the result';

CREATE FUNCTION ietp.repeat_callers_final(state internal)
RETURNS ietp.repeats
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_repeat_callers_final';
COMMENT ON FUNCTION ietp.repeat_callers_final(internal) IS
'of the aggregate repeat_callers: the result';

CREATE FUNCTION ietp.resolution_final(state internal)
RETURNS ietp.proportion
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_resolution_final';
COMMENT ON FUNCTION ietp.resolution_final(internal) IS
'of the aggregate first_contact_resolution: the result';

CREATE AGGREGATE ietp.repeat_callers(
	token bigint, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.repeat_callers_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.repeat_callers(bigint, timestamptz, interval) IS
'calls, and those of them before which the same caller had called no longer ago than within';

CREATE AGGREGATE ietp.repeat_callers(
	token uuid, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.repeat_callers_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.repeat_callers(uuid, timestamptz, interval) IS
'calls, and those of them before which the same caller had called no longer ago than within';

CREATE AGGREGATE ietp.repeat_callers(
	token bytea, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.repeat_callers_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.repeat_callers(bytea, timestamptz, interval) IS
'calls, and those of them before which the same caller had called no longer ago than within';

CREATE AGGREGATE ietp.repeat_callers(
	token text, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.repeat_callers_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.repeat_callers(text, timestamptz, interval) IS
'calls, and those of them before which the same caller had called no longer ago than within';

CREATE AGGREGATE ietp.first_contact_resolution(
	token bigint, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	bigint, timestamptz, interval) IS
'contacts after which none of the same token followed within the time, of all';

CREATE AGGREGATE ietp.first_contact_resolution(
	token bigint, ts timestamptz, within interval, as_of timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	bigint, timestamptz, interval, timestamptz) IS
'contacts after which none of the same token followed within the time, of all for which it had passed at as_of';

CREATE AGGREGATE ietp.first_contact_resolution(
	token uuid, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	uuid, timestamptz, interval) IS
'contacts after which none of the same token followed within the time, of all';

CREATE AGGREGATE ietp.first_contact_resolution(
	token uuid, ts timestamptz, within interval, as_of timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	uuid, timestamptz, interval, timestamptz) IS
'contacts after which none of the same token followed within the time, of all for which it had passed at as_of';

CREATE AGGREGATE ietp.first_contact_resolution(
	token bytea, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	bytea, timestamptz, interval) IS
'contacts after which none of the same token followed within the time, of all';

CREATE AGGREGATE ietp.first_contact_resolution(
	token bytea, ts timestamptz, within interval, as_of timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	bytea, timestamptz, interval, timestamptz) IS
'contacts after which none of the same token followed within the time, of all for which it had passed at as_of';

CREATE AGGREGATE ietp.first_contact_resolution(
	token text, ts timestamptz, within interval) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	text, timestamptz, interval) IS
'contacts after which none of the same token followed within the time, of all';

CREATE AGGREGATE ietp.first_contact_resolution(
	token text, ts timestamptz, within interval, as_of timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.resolution_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.first_contact_resolution(
	text, timestamptz, interval, timestamptz) IS
'contacts after which none of the same token followed within the time, of all for which it had passed at as_of';

CREATE AGGREGATE ietp.contacts_state(token bigint, ts timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.contacts_state_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.contacts_state(bigint, timestamptz) IS
'the contacts, stored, for repeat_callers(), first_contact_resolution() and contacts_merge()';

CREATE AGGREGATE ietp.contacts_state(token uuid, ts timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.contacts_state_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.contacts_state(uuid, timestamptz) IS
'the contacts, stored, for repeat_callers(), first_contact_resolution() and contacts_merge()';

CREATE AGGREGATE ietp.contacts_state(token bytea, ts timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.contacts_state_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.contacts_state(bytea, timestamptz) IS
'the contacts, stored, for repeat_callers(), first_contact_resolution() and contacts_merge()';

CREATE AGGREGATE ietp.contacts_state(token text, ts timestamptz) (
	SFUNC = ietp.contacts_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.contacts_state_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.contacts_state(text, timestamptz) IS
'the contacts, stored, for repeat_callers(), first_contact_resolution() and contacts_merge()';

CREATE AGGREGATE ietp.contacts_merge(state ietp.contacts_state) (
	SFUNC = ietp.contacts_merge_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.contacts_state_final,
	COMBINEFUNC = ietp.contacts_combine,
	SERIALFUNC = ietp.contacts_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.contacts_merge(ietp.contacts_state) IS
'the contacts of all the states, stored';

CREATE FUNCTION ietp.repeat_callers(state ietp.contacts_state, within interval)
RETURNS ietp.repeats
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_repeat_callers';
COMMENT ON FUNCTION ietp.repeat_callers(ietp.contacts_state, interval) IS
'calls of a state, and those of them before which the same caller had called no longer ago than within';

CREATE FUNCTION ietp.first_contact_resolution(
	state ietp.contacts_state, within interval)
RETURNS ietp.proportion
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_first_contact_resolution';
COMMENT ON FUNCTION ietp.first_contact_resolution(
	ietp.contacts_state, interval) IS
'contacts of a state after which none of the same token followed within the time, of all';

CREATE FUNCTION ietp.first_contact_resolution(
	state ietp.contacts_state, within interval, as_of timestamptz)
RETURNS ietp.proportion
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_first_contact_resolution';
COMMENT ON FUNCTION ietp.first_contact_resolution(
	ietp.contacts_state, interval, timestamptz) IS
'contacts of a state after which none of the same token followed within the time, of all for which it had passed at as_of';
