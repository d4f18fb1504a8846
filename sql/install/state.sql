-- What the aggregates that keep every value share: their states between the
-- processes of a parallel query.

CREATE FUNCTION ietp.state_serialize(state internal)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_state_serialize';
COMMENT ON FUNCTION ietp.state_serialize(internal) IS
'of aggregates: a state as a message to another process';

CREATE FUNCTION ietp.state_deserialize(message bytea, unused internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_state_deserialize';
COMMENT ON FUNCTION ietp.state_deserialize(bytea, internal) IS
'of aggregates: the state in a message';

CREATE FUNCTION ietp.state_combine(state internal, other internal)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_state_combine';
COMMENT ON FUNCTION ietp.state_combine(internal, internal) IS
'of aggregates: the values of two states';

CREATE FUNCTION ietp.message_deserialize(message bytea, unused internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_message_deserialize';
COMMENT ON FUNCTION ietp.message_deserialize(bytea, internal) IS
'of aggregates that combine a state with a message: the message';
