-- Working time by the calendars of the desk, which are rows.

CREATE FUNCTION ietp.working_time(
	since timestamptz, until timestamptz, calendar text)
RETURNS interval
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_working_time';
COMMENT ON FUNCTION ietp.working_time(timestamptz, timestamptz, text) IS
'how long the calendar is open between two instants, in hours and less; negative where the second is earlier';

CREATE FUNCTION ietp.add_working_time(
	since timestamptz, duration interval, calendar text)
RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_add_working_time';
COMMENT ON FUNCTION ietp.add_working_time(timestamptz, interval, text) IS
'the earliest instant by which the calendar was open for so long; a day of the interval is 24 hours of working time; with a negative duration the latest instant from which it is so long';

CREATE FUNCTION ietp.try_add_working_time(
	since timestamptz, duration interval, calendar text)
RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_add_working_time';
COMMENT ON FUNCTION ietp.try_add_working_time(timestamptz, interval, text) IS
'add_working_time(), or NULL where the calendar does not open so long';

CREATE FUNCTION ietp.is_open(at timestamptz, calendar text)
RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_is_open';
COMMENT ON FUNCTION ietp.is_open(timestamptz, text) IS
'is the calendar open at this instant?';

CREATE FUNCTION ietp.next_opening(at timestamptz, calendar text)
RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_next_opening';
COMMENT ON FUNCTION ietp.next_opening(timestamptz, text) IS
'the first instant from this one on at which the calendar is open: this one where it is';

CREATE FUNCTION ietp.working_days(since date, until date, calendar text)
RETURNS integer
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_working_days';
COMMENT ON FUNCTION ietp.working_days(date, date, text) IS
'how many days on which the calendar opens come after the first day, up to and with the second; negative where the second is earlier';

CREATE FUNCTION ietp.add_working_days(
	since date, days integer, calendar text)
RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_add_working_days';
COMMENT ON FUNCTION ietp.add_working_days(date, integer, text) IS
'the so manieth day after the day on which the calendar opens, or before it where the number is negative; the day itself where it is 0';

CREATE FUNCTION ietp.try_add_working_days(
	since date, days integer, calendar text)
RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_add_working_days';
COMMENT ON FUNCTION ietp.try_add_working_days(date, integer, text) IS
'add_working_days(), or NULL where the calendar does not open so often';
