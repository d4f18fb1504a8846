-- Histograms of durations: of fixed size whatever the number of rows, to be
-- stored, merged and subtracted, and asked for percentiles.

CREATE TYPE ietp.duration_histogram;

CREATE FUNCTION ietp.duration_histogram_in(input cstring)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_in';
COMMENT ON FUNCTION ietp.duration_histogram_in(cstring) IS
'I/O';

CREATE FUNCTION ietp.duration_histogram_out(value ietp.duration_histogram)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_out';
COMMENT ON FUNCTION ietp.duration_histogram_out(ietp.duration_histogram) IS
'I/O';

CREATE FUNCTION ietp.duration_histogram_recv(input internal)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_recv';
COMMENT ON FUNCTION ietp.duration_histogram_recv(internal) IS
'I/O';

CREATE FUNCTION ietp.duration_histogram_send(value ietp.duration_histogram)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_send';
COMMENT ON FUNCTION ietp.duration_histogram_send(ietp.duration_histogram) IS
'I/O';

CREATE TYPE ietp.duration_histogram (
	INPUT = ietp.duration_histogram_in,
	OUTPUT = ietp.duration_histogram_out,
	RECEIVE = ietp.duration_histogram_recv,
	SEND = ietp.duration_histogram_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended);
COMMENT ON TYPE ietp.duration_histogram IS
'how many durations of which length, to within 1/256 of it; see histogram_percentile() and its kin';

CREATE FUNCTION ietp.duration_histogram_transition(
	state internal, duration double precision)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_transition';
COMMENT ON FUNCTION ietp.duration_histogram_transition(
	internal, double precision) IS
'of the aggregate duration_histogram: a further duration';

CREATE FUNCTION ietp.duration_histogram_transition(
	state internal, duration interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_transition_interval';
COMMENT ON FUNCTION ietp.duration_histogram_transition(internal, interval) IS
'of the aggregate duration_histogram: a further duration';

CREATE FUNCTION ietp.duration_histogram_merge_transition(
	state internal, histogram ietp.duration_histogram)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_merge_transition';
COMMENT ON FUNCTION ietp.duration_histogram_merge_transition(
	internal, ietp.duration_histogram) IS
'of the aggregate duration_histogram_merge: a further histogram';

CREATE FUNCTION ietp.duration_histogram_combine(state internal, other internal)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_combine';
COMMENT ON FUNCTION ietp.duration_histogram_combine(internal, internal) IS
'of aggregates: the durations of two states';

CREATE FUNCTION ietp.duration_histogram_serialize(state internal)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_serialize';
COMMENT ON FUNCTION ietp.duration_histogram_serialize(internal) IS
'of aggregates: a state as a message to another process';

CREATE FUNCTION ietp.duration_histogram_final(state internal)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_final';
COMMENT ON FUNCTION ietp.duration_histogram_final(internal) IS
'of the aggregates duration_histogram and duration_histogram_merge: the result';

CREATE FUNCTION ietp.duration_histogram_enter(
	state internal, duration double precision)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_enter';
COMMENT ON FUNCTION ietp.duration_histogram_enter(internal, double precision) IS
'of the aggregate duration_histogram: a row enters the window';

CREATE FUNCTION ietp.duration_histogram_leave(
	state internal, duration double precision)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_leave';
COMMENT ON FUNCTION ietp.duration_histogram_leave(internal, double precision) IS
'of the aggregate duration_histogram: the oldest row leaves the window';

CREATE FUNCTION ietp.duration_histogram_enter(
	state internal, duration interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_enter_interval';
COMMENT ON FUNCTION ietp.duration_histogram_enter(internal, interval) IS
'of the aggregate duration_histogram: a row enters the window';

CREATE FUNCTION ietp.duration_histogram_leave(
	state internal, duration interval)
RETURNS internal
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_leave_interval';
COMMENT ON FUNCTION ietp.duration_histogram_leave(internal, interval) IS
'of the aggregate duration_histogram: the oldest row leaves the window';

CREATE FUNCTION ietp.duration_histogram_window(state internal)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_window';
COMMENT ON FUNCTION ietp.duration_histogram_window(internal) IS
'of the aggregate duration_histogram: the result for a window';

CREATE AGGREGATE ietp.duration_histogram(duration double precision) (
	SFUNC = ietp.duration_histogram_transition,
	STYPE = internal,
	SSPACE = 4096,
	FINALFUNC = ietp.duration_histogram_final,
	COMBINEFUNC = ietp.duration_histogram_combine,
	SERIALFUNC = ietp.duration_histogram_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	MSFUNC = ietp.duration_histogram_enter,
	MINVFUNC = ietp.duration_histogram_leave,
	MSTYPE = internal,
	MSSPACE = 8192,
	MFINALFUNC = ietp.duration_histogram_window,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.duration_histogram(double precision) IS
'durations, in any unit, in buckets of a relative width of 1/128; up to 64 of them as they are';

CREATE AGGREGATE ietp.duration_histogram(duration interval) (
	SFUNC = ietp.duration_histogram_transition,
	STYPE = internal,
	SSPACE = 4096,
	FINALFUNC = ietp.duration_histogram_final,
	COMBINEFUNC = ietp.duration_histogram_combine,
	SERIALFUNC = ietp.duration_histogram_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	MSFUNC = ietp.duration_histogram_enter,
	MINVFUNC = ietp.duration_histogram_leave,
	MSTYPE = internal,
	MSSPACE = 8192,
	MFINALFUNC = ietp.duration_histogram_window,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.duration_histogram(interval) IS
'durations in buckets of a relative width of 1/128, up to 64 of them as they are; what is asked of the result is told in seconds';

CREATE AGGREGATE ietp.duration_histogram_merge(
	histogram ietp.duration_histogram) (
	SFUNC = ietp.duration_histogram_merge_transition,
	STYPE = internal,
	SSPACE = 4096,
	FINALFUNC = ietp.duration_histogram_final,
	COMBINEFUNC = ietp.duration_histogram_combine,
	SERIALFUNC = ietp.duration_histogram_serialize,
	DESERIALFUNC = ietp.message_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE ietp.duration_histogram_merge(ietp.duration_histogram) IS
'the durations of all the histograms in one';

CREATE FUNCTION ietp.duration_histogram_add(
	histogram ietp.duration_histogram, other ietp.duration_histogram)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_add';
COMMENT ON FUNCTION ietp.duration_histogram_add(
	ietp.duration_histogram, ietp.duration_histogram) IS
'the durations of both';

CREATE FUNCTION ietp.duration_histogram_subtract(
	histogram ietp.duration_histogram, other ietp.duration_histogram)
RETURNS ietp.duration_histogram
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_duration_histogram_subtract';
COMMENT ON FUNCTION ietp.duration_histogram_subtract(
	ietp.duration_histogram, ietp.duration_histogram) IS
'the durations of the first one without those of the second';

CREATE OPERATOR ietp.+ (
	FUNCTION = ietp.duration_histogram_add,
	LEFTARG = ietp.duration_histogram,
	RIGHTARG = ietp.duration_histogram,
	COMMUTATOR = OPERATOR(ietp.+));
COMMENT ON OPERATOR ietp.+ (ietp.duration_histogram, ietp.duration_histogram) IS
'the durations of both';

CREATE OPERATOR ietp.- (
	FUNCTION = ietp.duration_histogram_subtract,
	LEFTARG = ietp.duration_histogram,
	RIGHTARG = ietp.duration_histogram);
COMMENT ON OPERATOR ietp.- (ietp.duration_histogram, ietp.duration_histogram) IS
'the durations of the first one without those of the second';

CREATE FUNCTION ietp.histogram_percentile(
	histogram ietp.duration_histogram, percentile double precision)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_histogram_percentile';
COMMENT ON FUNCTION ietp.histogram_percentile(
	ietp.duration_histogram, double precision) IS
'percentile, from 0 to 1, within 1/256 of that of percentile_disc; NULL: no durations';

CREATE FUNCTION ietp.histogram_percentiles(
	histogram ietp.duration_histogram, percentiles double precision[])
RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_histogram_percentiles';
COMMENT ON FUNCTION ietp.histogram_percentiles(
	ietp.duration_histogram, double precision[]) IS
'percentiles, each from 0 to 1, within 1/256 of those of percentile_disc';

CREATE FUNCTION ietp.histogram_at_most(
	histogram ietp.duration_histogram, duration double precision)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_histogram_at_most';
COMMENT ON FUNCTION ietp.histogram_at_most(
	ietp.duration_histogram, double precision) IS
'proportion that is at most as long, from 0 to 1; NULL: no durations';

CREATE FUNCTION ietp.histogram_summary(
	histogram ietp.duration_histogram,
	OUT count bigint, OUT sum double precision, OUT mean double precision,
	OUT min double precision, OUT max double precision, OUT exact boolean)
RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_histogram_summary';
COMMENT ON FUNCTION ietp.histogram_summary(ietp.duration_histogram) IS
'count, sum, mean and extremes; exact: are the single durations known?';

CREATE FUNCTION ietp.histogram_buckets(
	histogram ietp.duration_histogram,
	OUT lower double precision, OUT upper double precision,
	OUT count bigint)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 500
AS 'MODULE_PATHNAME', 'ietp_histogram_buckets';
COMMENT ON FUNCTION ietp.histogram_buckets(ietp.duration_histogram) IS
'the buckets that hold durations; the upper bound is outside';
