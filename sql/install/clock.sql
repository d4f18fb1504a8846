-- Clocks that signs start, pause and stop: src/core/clock.c.

CREATE FUNCTION ietp.clock_runs(
	at timestamptz[], signs integer[], effects integer[],
	last_only boolean DEFAULT false,
	OUT rule integer, OUT began_at timestamptz, OUT began_by integer,
	OUT ended_at timestamptz, OUT ended_by integer, OUT kept boolean,
	OUT paused_from timestamptz[], OUT paused_until timestamptz[])
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 10
AS 'MODULE_PATHNAME', 'ietp_clock_runs';
COMMENT ON FUNCTION ietp.clock_runs(
	timestamptz[], integer[], integer[], boolean) IS
'runs of clocks, in order of time: at, when each sign was, in order; signs, its kind; effects[rule][kind], what that does to the rule''s clock, a sum of 1 start, 2 stop, 4 cancel, 8 reset, 16 pause, 32 resume; last_only: the last run of each';
