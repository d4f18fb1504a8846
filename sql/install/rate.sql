-- Rates and percentages as reports print them.

CREATE TYPE ietp.event_rate AS (
	events bigint,
	exposure double precision,
	rate double precision,
	lower double precision,
	upper double precision);
COMMENT ON TYPE ietp.event_rate IS
'events in so much exposure, their rate, and the exact interval for what is behind it';

CREATE FUNCTION ietp.poisson_rate(
	events bigint,
	exposure double precision,
	per double precision DEFAULT 1000,
	confidence double precision DEFAULT 0.95)
RETURNS ietp.event_rate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_poisson_rate';
COMMENT ON FUNCTION ietp.poisson_rate(bigint, double precision, double precision, double precision) IS
'rate of rare events for so many units of exposure, with the exact Poisson interval';

CREATE FUNCTION ietp.percent(
	part numeric,
	whole numeric,
	digits integer DEFAULT 0)
RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_percent';
COMMENT ON FUNCTION ietp.percent(numeric, numeric, integer) IS
'part in percent of the whole, rounded half up as reports print it; NULL where the whole is 0';

CREATE FUNCTION ietp.year_on_year(
	current numeric,
	previous numeric,
	digits integer DEFAULT 0)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ietp.percent(current - previous, previous, digits);
COMMENT ON FUNCTION ietp.year_on_year(numeric, numeric, integer) IS
'change in percent, rounded as reports print it; NULL where there was nothing before';
