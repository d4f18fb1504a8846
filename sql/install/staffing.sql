-- How many agents it takes, after Erlang.

CREATE FUNCTION ietp.erlang_b(traffic double precision, agents integer)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_erlang_b';
COMMENT ON FUNCTION ietp.erlang_b(double precision, integer) IS
'share of calls that are lost where nobody waits';

CREATE FUNCTION ietp.erlang_c(traffic double precision, agents integer)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_erlang_c';
COMMENT ON FUNCTION ietp.erlang_c(double precision, integer) IS
'share of calls that have to wait';

CREATE TYPE ietp.staffing_figures AS (
	traffic double precision,
	occupancy double precision,
	waiting double precision,
	asa double precision,
	service_level double precision);
COMMENT ON TYPE ietp.staffing_figures IS
'traffic in erlangs, the share of their time that agents are busy, the share of calls that wait, the average speed of answer, and the share answered within the threshold';

CREATE FUNCTION ietp.staffing(
	calls double precision,
	period double precision,
	handling_time double precision,
	agents integer,
	threshold double precision)
RETURNS ietp.staffing_figures
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_staffing';
COMMENT ON FUNCTION ietp.staffing(double precision, double precision, double precision, integer, double precision) IS
'what becomes of so many calls in a period with so many agents, after Erlang C';

CREATE FUNCTION ietp.agents_for(
	calls double precision,
	period double precision,
	handling_time double precision,
	threshold double precision,
	target double precision DEFAULT 0.8,
	max_occupancy double precision DEFAULT 1)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_agents_for';
COMMENT ON FUNCTION ietp.agents_for(double precision, double precision, double precision, double precision, double precision, double precision) IS
'fewest agents who answer the target share of calls within the threshold, and are busy for no more than a share of their time';

CREATE FUNCTION ietp.staffing(
	calls double precision,
	period interval,
	handling_time interval,
	agents integer,
	threshold interval)
RETURNS ietp.staffing_figures
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_staffing_interval';
COMMENT ON FUNCTION ietp.staffing(double precision, interval, interval, integer, interval) IS
'what becomes of so many calls in a period with so many agents, after Erlang C';

CREATE FUNCTION ietp.agents_for(
	calls double precision,
	period interval,
	handling_time interval,
	threshold interval,
	target double precision DEFAULT 0.8,
	max_occupancy double precision DEFAULT 1)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_agents_for_interval';
COMMENT ON FUNCTION ietp.agents_for(double precision, interval, interval, interval, double precision, double precision) IS
'fewest agents who answer the target share of calls within the threshold, and are busy for no more than a share of their time';
