-- Lines: what a worker calls, in which country, since when.

CREATE TABLE desk.lines (
	line text PRIMARY KEY CHECK (line ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
	phone_number text CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	time_zone text NOT NULL
		CHECK (timezone(time_zone, timestamptz 'epoch') IS NOT NULL),
	opened_on date NOT NULL,
	description text NOT NULL DEFAULT '',
	calendar text REFERENCES desk.calendars,
	opening_calendar text REFERENCES desk.calendars);
COMMENT ON TABLE desk.lines IS
'helplines, one for each country or programme';
COMMENT ON COLUMN desk.lines.country IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN desk.lines.phone_number IS 'E.164; NULL where none is known';
COMMENT ON COLUMN desk.lines.time_zone IS
'zone whose calendar decides on which day a call or case counts';
COMMENT ON COLUMN desk.lines.opened_on IS
'first day of the service; see line_steps for how exactly it is known';
COMMENT ON COLUMN desk.lines.calendar IS
'calendar of its country''s working days';
COMMENT ON COLUMN desk.lines.opening_calendar IS
'calendar of the hours in which its calls are answered';

CREATE TABLE desk.line_steps (
	line text NOT NULL REFERENCES desk.lines,
	n integer NOT NULL CHECK (n > 0),
	step text NOT NULL,
	done_on date NOT NULL,
	known_to text NOT NULL CHECK (known_to IN ('day', 'month', 'year')),
	PRIMARY KEY (line, n));
COMMENT ON TABLE desk.line_steps IS
'steps by which a line was launched and has grown';
COMMENT ON COLUMN desk.line_steps.known_to IS
'how exactly done_on is known; a month or year is written as its first day';

INSERT INTO desk.lines
	(line, country, phone_number, time_zone, opened_on, description, calendar,
	opening_calendar)
VALUES
	('CN', 'CN', '+864001583580', 'Asia/Shanghai', '2010-01-01',
	'worker helpline in China', 'CN', 'CN-helpline'),
	('VN', 'VN', NULL, 'Asia/Ho_Chi_Minh', '2021-04-01',
	'worker helpline in Vietnam', 'VN', 'VN-helpline');
INSERT INTO desk.line_steps (line, n, step, done_on, known_to) VALUES
	('CN', 1, 'service launched', '2010-01-01', 'year'),
	('CN', 2, 'service taken in-house under a new number',
	'2018-01-01', 'year'),
	('VN', 1, 'service presented to factories', '2021-03-01', 'month'),
	('VN', 2, 'toll-free line opened', '2021-04-01', 'month');

-- Never Monday to Friday without a word.
CREATE FUNCTION desk.working_days(line text, since date, until date)
RETURNS integer
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_calendar text := (SELECT l.calendar FROM desk.lines AS l
		WHERE l.line = working_days.line);
BEGIN
	IF the_calendar IS NOT NULL THEN
		RETURN ietp.working_days(since, until, the_calendar);
	END IF;
	RAISE WARNING 'line "%" has no calendar of working days', line
		USING ERRCODE = 'IE503',
		DETAIL = 'Monday to Friday are counted, without holidays.',
		HINT = 'Give it one with helpline.set_line().';
	RETURN (SELECT count(*) FROM generate_series(1, until - since) AS d
		WHERE extract(isodow FROM since + d) < 6);
END
$$;
COMMENT ON FUNCTION desk.working_days(text, date, date) IS
'working days by the line''s calendar, after the first day, up to and with the second';

CREATE FUNCTION helpline.set_line(
	line text, country text, time_zone text, opened_on date,
	phone_number text DEFAULT NULL, description text DEFAULT NULL,
	calendar text DEFAULT NULL, opening_calendar text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	phone text := ietp.try_phone(phone_number);
BEGIN
	PERFORM desk.enter('set_line');
	IF ietp.try_code(line) IS DISTINCT FROM line OR line IS NULL THEN
		PERFORM desk.refuse('line', 'malformed');
	ELSIF country IS NULL OR country !~ '^[A-Z]{2}$' THEN
		PERFORM desk.refuse('country', 'malformed',
			'Two capital letters after ISO 3166-1.');
	ELSIF time_zone IS NULL OR NOT EXISTS (SELECT FROM pg_timezone_names AS z
			WHERE z.name = time_zone) THEN
		PERFORM desk.refuse('time_zone', 'unknown_code',
			'A name of pg_timezone_names.');
	ELSIF opened_on IS NULL THEN
		PERFORM desk.refuse('opened_on', 'missing');
	ELSIF NOT isfinite(opened_on) THEN
		PERFORM desk.refuse('opened_on', 'out_of_range', 'A day.');
	ELSIF phone_number IS NOT NULL AND phone IS NULL THEN
		PERFORM desk.refuse('phone_number', 'malformed',
			'With the country code, as in E.164.');
	END IF;
	PERFORM desk.check_calendar(c)
	FROM unnest(ARRAY[calendar, opening_calendar]) AS c WHERE c IS NOT NULL;
	-- The days on which its calls count were found with the old zone.
	IF EXISTS (SELECT FROM desk.lines AS l WHERE l.line = set_line.line
			AND (l.time_zone, l.country)
				<> (set_line.time_zone, set_line.country))
			AND (EXISTS (SELECT FROM desk.calls AS c
				WHERE c.line = set_line.line)
			OR EXISTS (SELECT FROM desk.cases AS c
				WHERE c.line = set_line.line)) THEN
		PERFORM desk.refuse('time_zone', 'out_of_range',
			'A line that has calls or cases keeps its country and zone.');
	END IF;
	INSERT INTO desk.lines AS l
		(line, country, phone_number, time_zone, opened_on, description,
		calendar, opening_calendar)
	VALUES (line, country, phone, time_zone, opened_on,
		COALESCE(description, ''), calendar, opening_calendar)
	ON CONFLICT ON CONSTRAINT lines_pkey DO UPDATE
	SET country = excluded.country, time_zone = excluded.time_zone,
		opened_on = excluded.opened_on,
		phone_number = COALESCE(excluded.phone_number, l.phone_number),
		description = COALESCE(set_line.description, l.description),
		calendar = COALESCE(excluded.calendar, l.calendar),
		opening_calendar = COALESCE(excluded.opening_calendar,
			l.opening_calendar);
END
$$;
COMMENT ON FUNCTION helpline.set_line(
	text, text, text, date, text, text, text, text) IS
'enters or changes a line; NULL leaves number, description and calendars as they are';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_line');

CREATE FUNCTION helpline.lines()
RETURNS TABLE (line text, country text, phone_number text, time_zone text,
	opened_on date, description text, steps text[], calendar text,
	opening_calendar text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('lines');
	RETURN QUERY
	SELECT l.line, l.country, l.phone_number, l.time_zone, l.opened_on,
		l.description, ARRAY(
			SELECT CASE s.known_to
				WHEN 'year' THEN to_char(s.done_on, 'YYYY')
				WHEN 'month' THEN to_char(s.done_on, 'YYYY-MM')
				ELSE to_char(s.done_on, 'YYYY-MM-DD') END || ' ' || s.step
			FROM desk.line_steps AS s WHERE s.line = l.line ORDER BY s.n),
		l.calendar, l.opening_calendar
	FROM desk.lines AS l
	ORDER BY l.opened_on, l.line;
END
$$;
COMMENT ON FUNCTION helpline.lines() IS
'the lines with the steps of their launch and their calendars';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'lines' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;
