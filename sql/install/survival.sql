-- How long something takes, estimated after Kaplan and Meier, so that what has
-- not ended yet counts for as long as it has been going.

CREATE TYPE ietp.survival;

CREATE FUNCTION ietp.survival_in(input cstring)
RETURNS ietp.survival
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_in';
COMMENT ON FUNCTION ietp.survival_in(cstring) IS
'I/O';

CREATE FUNCTION ietp.survival_out(value ietp.survival)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_out';
COMMENT ON FUNCTION ietp.survival_out(ietp.survival) IS
'I/O';

CREATE FUNCTION ietp.survival_recv(input internal)
RETURNS ietp.survival
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_recv';
COMMENT ON FUNCTION ietp.survival_recv(internal) IS
'I/O';

CREATE FUNCTION ietp.survival_send(value ietp.survival)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_send';
COMMENT ON FUNCTION ietp.survival_send(ietp.survival) IS
'I/O';

CREATE TYPE ietp.survival (
	INPUT = ietp.survival_in,
	OUTPUT = ietp.survival_out,
	RECEIVE = ietp.survival_recv,
	SEND = ietp.survival_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.survival IS
'durations, and which of them ended, to be stored, merged and asked; see survival_median() and its kin';

CREATE FUNCTION ietp.survival_transition(
	state internal, duration double precision, ended boolean)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_transition';
COMMENT ON FUNCTION ietp.survival_transition(
	internal, double precision, boolean) IS
'of the aggregate survival: a further duration';

CREATE FUNCTION ietp.survival_transition(
	state internal, duration interval, ended boolean)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_transition_interval';
COMMENT ON FUNCTION ietp.survival_transition(internal, interval, boolean) IS
'of the aggregate survival: a further duration';

CREATE FUNCTION ietp.survival_merge_transition(
	state internal, sample ietp.survival)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_merge_transition';
COMMENT ON FUNCTION ietp.survival_merge_transition(internal, ietp.survival) IS
'of the aggregate survival_merge: a further sample';

CREATE FUNCTION ietp.survival_final(state internal)
RETURNS ietp.survival
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_final';
COMMENT ON FUNCTION ietp.survival_final(internal) IS
'of the aggregates survival and survival_merge: the sample';

CREATE AGGREGATE ietp.survival(duration double precision, ended boolean) (
	SFUNC = ietp.survival_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.survival_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.survival(double precision, boolean) IS
'durations, those that had not ended counting for as long as they were seen; ask the result with survival_median() and its kin';

CREATE AGGREGATE ietp.survival(duration interval, ended boolean) (
	SFUNC = ietp.survival_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.survival_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.survival(interval, boolean) IS
'durations, those that had not ended counting for as long as they were seen; what is asked of the result is told in seconds';

CREATE AGGREGATE ietp.survival_merge(sample ietp.survival) (
	SFUNC = ietp.survival_merge_transition,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = ietp.survival_final,
	COMBINEFUNC = ietp.state_combine,
	SERIALFUNC = ietp.state_serialize,
	DESERIALFUNC = ietp.state_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.survival_merge(ietp.survival) IS
'all the durations of all the samples';

CREATE FUNCTION ietp.survival_median(sample ietp.survival)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_median';
COMMENT ON FUNCTION ietp.survival_median(ietp.survival) IS
'time by which half had ended, after Kaplan and Meier; NULL: not seen yet';

CREATE FUNCTION ietp.survival_quantiles(
	sample ietp.survival, quantiles double precision[])
RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_quantiles';
COMMENT ON FUNCTION ietp.survival_quantiles(ietp.survival, double precision[]) IS
'times by which those proportions had ended; NULL: not seen yet';

CREATE FUNCTION ietp.survival_quantile_interval(
	sample ietp.survival, quantile double precision DEFAULT 0.5,
	confidence double precision DEFAULT 0.95,
	OUT value double precision, OUT lower double precision,
	OUT upper double precision)
RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_quantile_interval';
COMMENT ON FUNCTION ietp.survival_quantile_interval(
	ietp.survival, double precision, double precision) IS
'a quantile with its bounds, where the log-log bounds of the estimate reach it';

CREATE FUNCTION ietp.survival_at(
	sample ietp.survival, duration double precision)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_at';
COMMENT ON FUNCTION ietp.survival_at(ietp.survival, double precision) IS
'proportion that takes longer than that; NULL: longer than was seen';

CREATE FUNCTION ietp.survival_summary(
	sample ietp.survival, confidence double precision DEFAULT 0.95,
	OUT n bigint, OUT ended bigint, OUT median double precision,
	OUT lower double precision, OUT upper double precision)
RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_summary';
COMMENT ON FUNCTION ietp.survival_summary(
	ietp.survival, double precision) IS
'how many there are and have ended, and the median with its bounds';

CREATE FUNCTION ietp.survival_curve(
	sample ietp.survival, confidence double precision DEFAULT 0.95,
	OUT duration double precision, OUT at_risk bigint, OUT ended bigint,
	OUT censored bigint, OUT survival double precision,
	OUT std_error double precision, OUT lower double precision,
	OUT upper double precision, OUT plain_lower double precision,
	OUT plain_upper double precision)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1000
AS 'MODULE_PATHNAME', 'ietp_survival_curve';
COMMENT ON FUNCTION ietp.survival_curve(ietp.survival, double precision) IS
'the estimate at every duration, with Greenwood''s standard error and log-log and plain bounds';

CREATE FUNCTION ietp.survival_restricted_mean(
	sample ietp.survival, horizon double precision DEFAULT NULL,
	OUT mean double precision, OUT std_error double precision)
RETURNS record
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_survival_restricted_mean';
COMMENT ON FUNCTION ietp.survival_restricted_mean(
	ietp.survival, double precision) IS
'mean duration, whatever takes longer than the horizon counting as that long; NULL: the longest that was seen';

CREATE FUNCTION ietp.log_rank(
	sample ietp.survival, other ietp.survival,
	OUT observed double precision, OUT expected double precision,
	OUT variance double precision, OUT chi_square double precision,
	OUT p_value double precision)
RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_log_rank';
COMMENT ON FUNCTION ietp.log_rank(ietp.survival, ietp.survival) IS
'do two samples differ in how long things take? The log-rank test; observed and expected ends are those of the first';
