-- Service levels: how many calls were answered, and how soon.  The state of the
-- aggregates is a type of its own that can be stored and added up later.

CREATE TYPE ietp.service_level_rule AS ENUM (
	'abandoned_missed', 'abandoned_ignored', 'early_abandoned_met',
	'early_abandoned_ignored');
COMMENT ON TYPE ietp.service_level_rule IS
'how calls that the caller abandoned count in a service level; early: within the threshold';

CREATE TYPE ietp.service_figures AS (
	service_level double precision,
	lower double precision,
	upper double precision,
	offered bigint,
	answered bigint,
	abandoned bigint,
	answered_within bigint,
	abandoned_within bigint,
	abandoned_short bigint,
	asa double precision,
	abandonment double precision);
COMMENT ON TYPE ietp.service_figures IS
'service level with the Wilson score interval of 95 %, the counts behind it, the average speed of answer and the abandonment rate';

CREATE TYPE ietp.service_state;

CREATE FUNCTION ietp.service_state_in(cstring)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_state_in';
COMMENT ON FUNCTION ietp.service_state_in(cstring) IS 'I/O';

CREATE FUNCTION ietp.service_state_out(ietp.service_state)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_state_out';
COMMENT ON FUNCTION ietp.service_state_out(ietp.service_state) IS 'I/O';

CREATE FUNCTION ietp.service_state_recv(internal)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_state_recv';
COMMENT ON FUNCTION ietp.service_state_recv(internal) IS 'I/O';

CREATE FUNCTION ietp.service_state_send(ietp.service_state)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_state_send';
COMMENT ON FUNCTION ietp.service_state_send(ietp.service_state) IS 'I/O';

CREATE TYPE ietp.service_state (
	INPUT = ietp.service_state_in,
	OUTPUT = ietp.service_state_out,
	RECEIVE = ietp.service_state_recv,
	SEND = ietp.service_state_send,
	INTERNALLENGTH = 88,
	ALIGNMENT = double
);
COMMENT ON TYPE ietp.service_state IS
'counts of calls and the sum of their waits; state of ietp.service_level';

CREATE FUNCTION ietp.service_add(
	state ietp.service_state,
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_add_number';
COMMENT ON FUNCTION ietp.service_add(ietp.service_state, double precision, boolean, double precision, ietp.service_level_rule) IS
'adds a call to a state of ietp.service_level';

CREATE FUNCTION ietp.service_remove(
	state ietp.service_state,
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_remove_number';
COMMENT ON FUNCTION ietp.service_remove(ietp.service_state, double precision, boolean, double precision, ietp.service_level_rule) IS
'takes a call out of a state of ietp.service_level';

CREATE FUNCTION ietp.service_add(
	state ietp.service_state,
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule,
	short_abandon double precision)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_add_number';
COMMENT ON FUNCTION ietp.service_add(ietp.service_state, double precision, boolean, double precision, ietp.service_level_rule, double precision) IS
'adds a call to a state of ietp.service_level';

CREATE FUNCTION ietp.service_remove(
	state ietp.service_state,
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule,
	short_abandon double precision)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_remove_number';
COMMENT ON FUNCTION ietp.service_remove(ietp.service_state, double precision, boolean, double precision, ietp.service_level_rule, double precision) IS
'takes a call out of a state of ietp.service_level';

CREATE FUNCTION ietp.service_add(
	state ietp.service_state,
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_add_interval';
COMMENT ON FUNCTION ietp.service_add(ietp.service_state, interval, boolean, interval, ietp.service_level_rule) IS
'adds a call to a state of ietp.service_level';

CREATE FUNCTION ietp.service_remove(
	state ietp.service_state,
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_remove_interval';
COMMENT ON FUNCTION ietp.service_remove(ietp.service_state, interval, boolean, interval, ietp.service_level_rule) IS
'takes a call out of a state of ietp.service_level';

CREATE FUNCTION ietp.service_add(
	state ietp.service_state,
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule,
	short_abandon interval)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_add_interval';
COMMENT ON FUNCTION ietp.service_add(ietp.service_state, interval, boolean, interval, ietp.service_level_rule, interval) IS
'adds a call to a state of ietp.service_level';

CREATE FUNCTION ietp.service_remove(
	state ietp.service_state,
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule,
	short_abandon interval)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_remove_interval';
COMMENT ON FUNCTION ietp.service_remove(ietp.service_state, interval, boolean, interval, ietp.service_level_rule, interval) IS
'takes a call out of a state of ietp.service_level';

CREATE FUNCTION ietp.service_combine(
	state ietp.service_state,
	other ietp.service_state)
RETURNS ietp.service_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_combine';
COMMENT ON FUNCTION ietp.service_combine(ietp.service_state, ietp.service_state) IS
'sum of two states of ietp.service_level';

CREATE FUNCTION ietp.service_level(state ietp.service_state)
RETURNS ietp.service_figures
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_service_level';
COMMENT ON FUNCTION ietp.service_level(ietp.service_state) IS
'the figures that a state holds';

CREATE AGGREGATE ietp.service_level(
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	FINALFUNC = ietp.service_level,
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	MFINALFUNC = ietp.service_level,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_level(double precision, boolean, double precision, ietp.service_level_rule) IS
'share of calls answered within the threshold, by one of four rules, with its counts, average speed of answer and abandonment rate';

CREATE AGGREGATE ietp.service_level(
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule,
	short_abandon double precision
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	FINALFUNC = ietp.service_level,
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	MFINALFUNC = ietp.service_level,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_level(double precision, boolean, double precision, ietp.service_level_rule, double precision) IS
'share of calls answered within the threshold, by one of four rules, with its counts, average speed of answer and abandonment rate';

CREATE AGGREGATE ietp.service_level(
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	FINALFUNC = ietp.service_level,
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	MFINALFUNC = ietp.service_level,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_level(interval, boolean, interval, ietp.service_level_rule) IS
'share of calls answered within the threshold, by one of four rules, with its counts, average speed of answer and abandonment rate';

CREATE AGGREGATE ietp.service_level(
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule,
	short_abandon interval
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	FINALFUNC = ietp.service_level,
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	MFINALFUNC = ietp.service_level,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_level(interval, boolean, interval, ietp.service_level_rule, interval) IS
'share of calls answered within the threshold, by one of four rules, with its counts, average speed of answer and abandonment rate';

CREATE AGGREGATE ietp.service_state(
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_state(double precision, boolean, double precision, ietp.service_level_rule) IS
'what ietp.service_level computes from, to be stored';

CREATE AGGREGATE ietp.service_state(
	wait double precision,
	answered boolean,
	threshold double precision,
	rule ietp.service_level_rule,
	short_abandon double precision
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_state(double precision, boolean, double precision, ietp.service_level_rule, double precision) IS
'what ietp.service_level computes from, to be stored';

CREATE AGGREGATE ietp.service_state(
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_state(interval, boolean, interval, ietp.service_level_rule) IS
'what ietp.service_level computes from, to be stored';

CREATE AGGREGATE ietp.service_state(
	wait interval,
	answered boolean,
	threshold interval,
	rule ietp.service_level_rule,
	short_abandon interval
) (
	SFUNC = ietp.service_add,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	COMBINEFUNC = ietp.service_combine,
	MSFUNC = ietp.service_add,
	MINVFUNC = ietp.service_remove,
	MSTYPE = ietp.service_state,
	MINITCOND = 'empty',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_state(interval, boolean, interval, ietp.service_level_rule, interval) IS
'what ietp.service_level computes from, to be stored';

CREATE AGGREGATE ietp.service_merge(state ietp.service_state) (
	SFUNC = ietp.service_combine,
	STYPE = ietp.service_state,
	INITCOND = 'empty',
	COMBINEFUNC = ietp.service_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ietp.service_merge(ietp.service_state) IS
'sum of stored states';

CREATE FUNCTION ietp.connect_rate(
	agent bigint,
	self_service bigint,
	abandoned bigint)
RETURNS ietp.proportion
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_connect_rate';
COMMENT ON FUNCTION ietp.connect_rate(bigint, bigint, bigint) IS
'calls that reached an agent or self-service, of all that were offered';
