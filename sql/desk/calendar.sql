-- Calendars: when working time passes.  Weekly windows, dated exceptions, and
-- for which years those have been entered.
--
-- C code reads these tables by column number: src/calendar.c.

CREATE TABLE desk.calendars (
	calendar text PRIMARY KEY
		CHECK (calendar ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	time_zone text NOT NULL
		CHECK (timezone(time_zone, timestamptz 'epoch') IS NOT NULL),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_until date NOT NULL DEFAULT 'infinity',
	description text NOT NULL DEFAULT '',
	source text NOT NULL DEFAULT '',
	CHECK (valid_from <= valid_until));
COMMENT ON TABLE desk.calendars IS
'calendars by which working time is counted: working days of a country, opening hours of a helpline';
COMMENT ON COLUMN desk.calendars.time_zone IS
'zone whose clocks the windows go by';
COMMENT ON COLUMN desk.calendars.valid_from IS
'closed on all days before this one';
COMMENT ON COLUMN desk.calendars.valid_until IS
'closed on all days after this one';

CREATE TABLE desk.calendar_windows (
	calendar text NOT NULL REFERENCES desk.calendars,
	weekday integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
	opens time NOT NULL,
	closes time NOT NULL,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_until date NOT NULL DEFAULT 'infinity',
	source text NOT NULL DEFAULT '',
	verified boolean NOT NULL DEFAULT false,
	PRIMARY KEY (calendar, weekday, opens, valid_from),
	CHECK (opens < closes),
	CHECK (valid_from <= valid_until));
COMMENT ON TABLE desk.calendar_windows IS
'when a calendar is open on a weekday, several times a day where it has breaks; windows that overlap count once';
COMMENT ON COLUMN desk.calendar_windows.weekday IS
'1 is Monday, 7 Sunday';
COMMENT ON COLUMN desk.calendar_windows.closes IS
'24:00 is the end of the day; a window over midnight is written as two, to 24:00 and from 00:00';
COMMENT ON COLUMN desk.calendar_windows.valid_from IS
'first day on which the window counts: opening hours change over the years';
COMMENT ON COLUMN desk.calendar_windows.verified IS
'somebody compared it with the source';

CREATE FUNCTION desk.windows_fit(opens time[], closes time[])
RETURNS boolean
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN opens IS NULL OR closes IS NULL THEN
			opens IS NULL AND closes IS NULL
		WHEN array_ndims(opens) = 1 AND array_ndims(closes) = 1 THEN
			cardinality(opens) = cardinality(closes)
			AND (SELECT bool_and((w.opens < w.closes) IS TRUE
					AND (w.opens >= w.last_closes OR w.n = 1))
				FROM (SELECT u.*, lag(u.closes) OVER (ORDER BY u.n)
						AS last_closes
					FROM unnest(opens, closes) WITH ORDINALITY
						AS u (opens, closes, n)) AS w)
		ELSE false END
$$;
COMMENT ON FUNCTION desk.windows_fit(time[], time[]) IS
'are these the windows of a day, in order, none over another? No windows at all, both NULL, are fine too';

CREATE TABLE desk.calendar_days (
	calendar text NOT NULL REFERENCES desk.calendars,
	day date NOT NULL CHECK (isfinite(day)),
	as_weekday integer CHECK (as_weekday BETWEEN 1 AND 7),
	opens time[],
	closes time[],
	kind ietp.day_kind NOT NULL,
	source text NOT NULL DEFAULT '',
	verified boolean NOT NULL DEFAULT false,
	note text NOT NULL DEFAULT '',
	PRIMARY KEY (calendar, day),
	CHECK (desk.windows_fit(opens, closes)),
	CHECK (CASE kind
		WHEN 'holiday' THEN opens IS NULL AND as_weekday IS NULL
		WHEN 'half_day' THEN opens IS NOT NULL AND as_weekday IS NULL
		ELSE (opens IS NULL) <> (as_weekday IS NULL) END));
COMMENT ON TABLE desk.calendar_days IS
'days that do not go by the week: holidays, half days, and make-up working days';
COMMENT ON COLUMN desk.calendar_days.as_weekday IS
'weekday whose windows a working day has';
COMMENT ON COLUMN desk.calendar_days.opens IS
'windows of the day''s own, in order, none over another';
COMMENT ON COLUMN desk.calendar_days.closes IS
'where each of them ends';
COMMENT ON COLUMN desk.calendar_days.verified IS
'somebody compared it with the source';

CREATE TABLE desk.calendar_years (
	calendar text NOT NULL REFERENCES desk.calendars,
	year integer NOT NULL CHECK (year BETWEEN 1900 AND 2199),
	source text NOT NULL,
	verified boolean NOT NULL DEFAULT false,
	note text NOT NULL DEFAULT '',
	PRIMARY KEY (calendar, year));
COMMENT ON TABLE desk.calendar_years IS
'years of which the exceptions have been entered; whoever asks about another gets a warning';
COMMENT ON COLUMN desk.calendar_years.verified IS
'somebody compared the days with the source';

DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY '{calendars,calendar_windows,calendar_days,
		calendar_years}'::text[]
	LOOP
		EXECUTE format('CREATE TRIGGER invalidate_cache '
			'AFTER INSERT OR UPDATE OR DELETE ON desk.%I '
			'FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache()', t);
		EXECUTE format('ALTER TABLE desk.%I '
			'ENABLE ALWAYS TRIGGER invalidate_cache', t);
	END LOOP;
END
$$;

-- What is shipped.  Eight hours a day from Monday to Friday are a convention
-- of ours: the law of both countries sets limits, and factories have hours of
-- their own, in Vietnam many on six days.
INSERT INTO desk.calendars (calendar, time_zone, valid_from, description,
	source)
VALUES
	('CN', 'Asia/Shanghai', '-infinity', 'working days of China',
	 'State Council, notices on the holidays of each year'),
	('VN', 'Asia/Ho_Chi_Minh', '-infinity', 'working days of Vietnam',
	 'Labour Code 45/2019/QH14, articles 111 and 112, and what the government announces for each year'),
	('CN-helpline', 'Asia/Shanghai', '2010-01-01',
	 'opening hours of the helpline in China',
	 'icti-care.org/e/content/cat_page.asp?cat_id=197; annual review 2018-2019 of the Ethical Toy Program'),
	('VN-helpline', 'Asia/Ho_Chi_Minh', '2021-04-01',
	 'opening hours of the helpline in Vietnam', '');

INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes, source)
SELECT c.calendar, d.weekday, w.opens, w.closes,
	'convention: eight hours from Monday to Friday'
FROM (VALUES ('CN'), ('VN')) AS c (calendar),
	generate_series(1, 5) AS d (weekday),
	(VALUES (time '09:00', time '12:00'), (time '13:00', time '18:00'))
		AS w (opens, closes);
-- The reviews say "10 to 12 hours" in 2018-19, and neither the day nor the
-- hours.
INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes,
	valid_from, valid_until, source, verified)
SELECT w.calendar, d.weekday, w.opens, w.closes, w.valid_from, w.valid_until,
	w.source, w.verified
FROM generate_series(1, 7) AS d (weekday),
	(VALUES
		('CN-helpline', time '11:00', time '21:00', date '2010-01-01',
		 date '2018-12-31',
		 'icti-care.org/e/content/cat_page.asp?cat_id=197; until which day is assumed',
		 true),
		('CN-helpline', time '09:00', time '21:00', date '2019-01-01',
		 date 'infinity',
		 'annual review 2018-2019: twelve hours a day; which, and since which day, is assumed',
		 false),
		('VN-helpline', time '09:00', time '21:00', date '2021-04-01',
		 date 'infinity', 'assumed, as in China', false))
		AS w (calendar, opens, closes, valid_from, valid_until, source,
			verified);

INSERT INTO desk.calendar_years (calendar, year, source, verified, note)
VALUES
	('CN', 2021, 'State Council, notice 国办发明电〔2020〕27号 of 2020-11-25',
	 true, ''),
	('CN', 2022, 'State Council, notice 国办发明电〔2021〕11号 of 2021-10-25',
	 true, ''),
	('CN', 2023, 'State Council, notice 国办发明电〔2022〕16号 of 2022-12-08',
	 true, ''),
	('CN', 2024, 'State Council, notice 国办发明电〔2023〕7号 of 2023-10-25',
	 true, 'The eve of the Spring Festival, 9 February, was recommended, not ordered, to be free: a working day here.'),
	('CN', 2025, 'State Council, notice 国办发明电〔2024〕12号 of 2024-11-12',
	 true, ''),
	('CN', 2026, 'State Council, notice of 2025-11-04', true, ''),
	('VN', 2021, 'Ministry of Labour, as in sggpnews.org.vn of 2020-12-09',
	 true, ''),
	('VN', 2022, 'government, as in en.baobinhthuan.com.vn/print/94428.html; officeholidays.com/countries/vietnam/2022',
	 true, ''),
	('VN', 2023, 'government, as in sggpnews.org.vn of 2022-12-01 and 2022-12-08; kinhtedothi.vn of 2023-03-22',
	 true, ''),
	('VN', 2024, 'government, as in vietnamnews.vn of 2023-11-05; document 2450/VPCP-KGVX of 2024-04-12',
	 true, ''),
	('VN', 2025, 'Ministry of Labour, as in en.sggp.org.vn of 2024-12-04; vietcetera.com, 2025 holiday schedule',
	 true, ''),
	('VN', 2026, 'Ministry of Home Affairs, as in vietnamnews.vn of 2025-10-17 and 2025-12-25',
	 false, 'Whether 24 November, Day of Vietnamese Culture, is free already this year was not found.');

-- From the first day to the last of each, both included.
INSERT INTO desk.calendar_days (calendar, day, kind, note, source, verified)
SELECT h.calendar, d::date, 'holiday', h.note, y.source, true
FROM (VALUES
	('CN', date '2021-01-01', date '2021-01-03', 'New Year'),
	('CN', '2021-02-11', '2021-02-17', 'Spring Festival'),
	('CN', '2021-04-03', '2021-04-05', 'Qingming'),
	('CN', '2021-05-01', '2021-05-05', 'Labour Day'),
	('CN', '2021-06-12', '2021-06-14', 'Dragon Boat Festival'),
	('CN', '2021-09-19', '2021-09-21', 'Mid-Autumn Festival'),
	('CN', '2021-10-01', '2021-10-07', 'National Day'),
	('CN', '2022-01-01', '2022-01-03', 'New Year'),
	('CN', '2022-01-31', '2022-02-06', 'Spring Festival'),
	('CN', '2022-04-03', '2022-04-05', 'Qingming'),
	('CN', '2022-04-30', '2022-05-04', 'Labour Day'),
	('CN', '2022-06-03', '2022-06-05', 'Dragon Boat Festival'),
	('CN', '2022-09-10', '2022-09-12', 'Mid-Autumn Festival'),
	('CN', '2022-10-01', '2022-10-07', 'National Day'),
	('CN', '2022-12-31', '2023-01-02', 'New Year'),
	('CN', '2023-01-21', '2023-01-27', 'Spring Festival'),
	('CN', '2023-04-05', '2023-04-05', 'Qingming'),
	('CN', '2023-04-29', '2023-05-03', 'Labour Day'),
	('CN', '2023-06-22', '2023-06-24', 'Dragon Boat Festival'),
	('CN', '2023-09-29', '2023-10-06', 'Mid-Autumn Festival, National Day'),
	('CN', '2024-01-01', '2024-01-01', 'New Year'),
	('CN', '2024-02-10', '2024-02-17', 'Spring Festival'),
	('CN', '2024-04-04', '2024-04-06', 'Qingming'),
	('CN', '2024-05-01', '2024-05-05', 'Labour Day'),
	('CN', '2024-06-10', '2024-06-10', 'Dragon Boat Festival'),
	('CN', '2024-09-15', '2024-09-17', 'Mid-Autumn Festival'),
	('CN', '2024-10-01', '2024-10-07', 'National Day'),
	('CN', '2025-01-01', '2025-01-01', 'New Year'),
	('CN', '2025-01-28', '2025-02-04', 'Spring Festival'),
	('CN', '2025-04-04', '2025-04-06', 'Qingming'),
	('CN', '2025-05-01', '2025-05-05', 'Labour Day'),
	('CN', '2025-05-31', '2025-06-02', 'Dragon Boat Festival'),
	('CN', '2025-10-01', '2025-10-08', 'National Day, Mid-Autumn Festival'),
	('CN', '2026-01-01', '2026-01-03', 'New Year'),
	('CN', '2026-02-15', '2026-02-23', 'Spring Festival'),
	('CN', '2026-04-04', '2026-04-06', 'Qingming'),
	('CN', '2026-05-01', '2026-05-05', 'Labour Day'),
	('CN', '2026-06-19', '2026-06-21', 'Dragon Boat Festival'),
	('CN', '2026-09-25', '2026-09-27', 'Mid-Autumn Festival'),
	('CN', '2026-10-01', '2026-10-07', 'National Day'),
	('VN', '2021-01-01', '2021-01-01', 'New Year'),
	('VN', '2021-02-10', '2021-02-16', 'Tet'),
	('VN', '2021-04-21', '2021-04-21', 'Hung Kings'),
	('VN', '2021-04-30', '2021-05-01', 'Reunification Day, Labour Day'),
	('VN', '2021-05-03', '2021-05-03', 'for Labour Day'),
	('VN', '2021-09-02', '2021-09-03', 'National Day'),
	('VN', '2022-01-01', '2022-01-01', 'New Year'),
	('VN', '2022-01-03', '2022-01-03', 'for New Year'),
	('VN', '2022-01-31', '2022-02-04', 'Tet'),
	('VN', '2022-04-10', '2022-04-10', 'Hung Kings'),
	('VN', '2022-04-11', '2022-04-11', 'for Hung Kings'),
	('VN', '2022-04-30', '2022-05-01', 'Reunification Day, Labour Day'),
	('VN', '2022-05-02', '2022-05-03', 'for Reunification Day, Labour Day'),
	('VN', '2022-09-01', '2022-09-02', 'National Day'),
	('VN', '2023-01-01', '2023-01-01', 'New Year'),
	('VN', '2023-01-02', '2023-01-02', 'for New Year'),
	('VN', '2023-01-20', '2023-01-26', 'Tet'),
	('VN', '2023-04-29', '2023-05-01',
	 'Hung Kings, Reunification Day, Labour Day'),
	('VN', '2023-05-02', '2023-05-03', 'for Hung Kings, Reunification Day'),
	('VN', '2023-09-01', '2023-09-02', 'National Day'),
	('VN', '2023-09-04', '2023-09-04', 'for National Day'),
	('VN', '2024-01-01', '2024-01-01', 'New Year'),
	('VN', '2024-02-08', '2024-02-14', 'Tet'),
	('VN', '2024-04-18', '2024-04-18', 'Hung Kings'),
	('VN', '2024-04-29', '2024-04-29', 'exchanged for 4 May'),
	('VN', '2024-04-30', '2024-05-01', 'Reunification Day, Labour Day'),
	('VN', '2024-09-02', '2024-09-03', 'National Day'),
	('VN', '2025-01-01', '2025-01-01', 'New Year'),
	('VN', '2025-01-27', '2025-01-31', 'Tet'),
	('VN', '2025-04-07', '2025-04-07', 'Hung Kings'),
	('VN', '2025-04-30', '2025-05-01', 'Reunification Day, Labour Day'),
	('VN', '2025-05-02', '2025-05-02', 'exchanged for 26 April'),
	('VN', '2025-09-01', '2025-09-02', 'National Day'),
	('VN', '2026-01-01', '2026-01-01', 'New Year'),
	('VN', '2026-01-02', '2026-01-02', 'exchanged for 10 January'),
	('VN', '2026-02-16', '2026-02-20', 'Tet'),
	('VN', '2026-04-26', '2026-04-26', 'Hung Kings'),
	('VN', '2026-04-27', '2026-04-27', 'for Hung Kings'),
	('VN', '2026-04-30', '2026-05-01', 'Reunification Day, Labour Day'),
	('VN', '2026-08-31', '2026-08-31', 'exchanged for 22 August'),
	('VN', '2026-09-01', '2026-09-02', 'National Day'))
	AS h (calendar, first_day, last_day, note)
JOIN desk.calendar_years AS y ON y.calendar = h.calendar
	AND y.year = extract(year FROM h.last_day)
CROSS JOIN generate_series(h.first_day, h.last_day, interval '1 day') AS d;

INSERT INTO desk.calendar_days (calendar, day, kind, as_weekday, note, source,
	verified)
SELECT y.calendar, m.day, 'working_day', 1, 'make-up working day', y.source,
	true
FROM (VALUES
	('CN', '{2021-02-07,2021-02-20,2021-04-25,2021-05-08,2021-09-18,
		2021-09-26,2021-10-09,2022-01-29,2022-01-30,2022-04-02,2022-04-24,
		2022-05-07,2022-10-08,2022-10-09,2023-01-28,2023-01-29,2023-04-23,
		2023-05-06,2023-06-25,2023-10-07,2023-10-08,2024-02-04,2024-02-18,
		2024-04-07,2024-04-28,2024-05-11,2024-09-14,2024-09-29,2024-10-12,
		2025-01-26,2025-02-08,2025-04-27,2025-09-28,2025-10-11,2026-01-04,
		2026-02-14,2026-02-28,2026-05-09,2026-09-20,2026-10-10}'::date[]),
	('VN', '{2024-05-04,2025-04-26,2026-01-10,2026-08-22}'))
	AS c (calendar, days)
CROSS JOIN unnest(c.days) AS m (day)
JOIN desk.calendar_years AS y ON y.calendar = c.calendar
	AND y.year = extract(year FROM m.day);

-- The helplines are closed at the Spring Festival and at Tet; on which days of
-- it is assumed.
INSERT INTO desk.calendar_years (calendar, year, source, note)
SELECT y.calendar || '-helpline', y.year, y.source,
	'Closed for all days of the festival: assumed.'
FROM desk.calendar_years AS y;
INSERT INTO desk.calendar_days (calendar, day, kind, note, source)
SELECT d.calendar || '-helpline', d.day, d.kind, d.note, d.source
FROM desk.calendar_days AS d WHERE d.note IN ('Spring Festival', 'Tet');

CREATE FUNCTION desk.check_calendar(calendar text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF calendar IS NULL THEN
		PERFORM desk.refuse('calendar', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.calendars AS c
			WHERE c.calendar = check_calendar.calendar) THEN
		RAISE EXCEPTION 'no such calendar'
			USING ERRCODE = 'IE501', COLUMN = 'calendar',
			HINT = 'helpline.calendars() lists them.';
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_calendar(text) IS
'refuses a code that no calendar has';

CREATE FUNCTION helpline.set_calendar(
	calendar text, time_zone text, valid_from date DEFAULT NULL,
	valid_until date DEFAULT NULL, description text DEFAULT NULL,
	source text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_calendar');
	IF ietp.try_code(calendar) IS DISTINCT FROM calendar OR calendar IS NULL
	THEN
		PERFORM desk.refuse('calendar', 'malformed');
	ELSIF time_zone IS NULL OR NOT EXISTS (SELECT FROM pg_timezone_names AS z
			WHERE z.name = time_zone) THEN
		PERFORM desk.refuse('time_zone', 'unknown_code',
			'A name of pg_timezone_names.');
	ELSIF valid_from > valid_until THEN
		PERFORM desk.refuse('valid_until', 'out_of_range',
			'Not before valid_from.');
	END IF;
	INSERT INTO desk.calendars AS c
		(calendar, time_zone, valid_from, valid_until, description, source)
	VALUES (calendar, time_zone, COALESCE(valid_from, '-infinity'),
		COALESCE(valid_until, 'infinity'), COALESCE(description, ''),
		COALESCE(source, ''))
	ON CONFLICT ON CONSTRAINT calendars_pkey DO UPDATE
	SET time_zone = excluded.time_zone, valid_from = excluded.valid_from,
		valid_until = excluded.valid_until,
		description = COALESCE(set_calendar.description, c.description),
		source = COALESCE(set_calendar.source, c.source);
END
$$;
COMMENT ON FUNCTION helpline.set_calendar(
	text, text, date, date, text, text) IS
'enters or changes a calendar; NULL leaves description and source as they are, and validity without limit';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_calendar');

CREATE FUNCTION helpline.set_calendar_windows(
	calendar text, weekdays integer[], opens time[], closes time[],
	valid_from date DEFAULT NULL, valid_until date DEFAULT NULL,
	source text DEFAULT NULL, verified boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	first_day date := COALESCE(set_calendar_windows.valid_from, '-infinity');
	last_day date := COALESCE(set_calendar_windows.valid_until, 'infinity');
BEGIN
	PERFORM desk.enter('set_calendar_windows');
	PERFORM desk.check_calendar(set_calendar_windows.calendar);
	IF weekdays IS NULL OR cardinality(weekdays) = 0 THEN
		PERFORM desk.refuse('weekdays', 'missing');
	ELSIF NOT weekdays <@ '{1,2,3,4,5,6,7}'::integer[] THEN
		PERFORM desk.refuse('weekdays', 'out_of_range',
			'1 is Monday, 7 Sunday.');
	ELSIF NOT desk.windows_fit(NULLIF(set_calendar_windows.opens, '{}'),
			NULLIF(set_calendar_windows.closes, '{}')) THEN
		PERFORM desk.refuse('opens', 'malformed',
			'As many as "closes", each before its own end and after the one before; 24:00 ends the day.');
	ELSIF first_day > last_day THEN
		PERFORM desk.refuse('valid_until', 'out_of_range',
			'Not before valid_from.');
	END IF;
	PERFORM FROM desk.calendars AS c
	WHERE c.calendar = set_calendar_windows.calendar FOR UPDATE;
	-- What counts after these days goes on after them.
	INSERT INTO desk.calendar_windows
	SELECT w.calendar, w.weekday, w.opens, w.closes, last_day + 1,
		w.valid_until, w.source, w.verified
	FROM desk.calendar_windows AS w
	WHERE w.calendar = set_calendar_windows.calendar
	AND w.weekday = ANY (weekdays) AND w.valid_from <= last_day
	AND w.valid_until > last_day;
	UPDATE desk.calendar_windows AS w SET valid_until = first_day - 1
	WHERE w.calendar = set_calendar_windows.calendar
	AND w.weekday = ANY (weekdays) AND w.valid_from < first_day
	AND w.valid_until >= first_day;
	DELETE FROM desk.calendar_windows AS w
	WHERE w.calendar = set_calendar_windows.calendar
	AND w.weekday = ANY (weekdays)
	AND w.valid_from BETWEEN first_day AND last_day;
	INSERT INTO desk.calendar_windows
	SELECT DISTINCT set_calendar_windows.calendar, d, w.opens, w.closes,
		first_day, last_day, COALESCE(set_calendar_windows.source, ''),
		COALESCE(set_calendar_windows.verified, false)
	FROM unnest(weekdays) AS d,
		unnest(set_calendar_windows.opens, set_calendar_windows.closes)
			AS w (opens, closes);
END
$$;
COMMENT ON FUNCTION helpline.set_calendar_windows(
	text, integer[], time[], time[], date, date, text, boolean) IS
'the windows of these weekdays, from the first day to the last, in place of those before; none: closed';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_calendar_windows');

CREATE FUNCTION helpline.set_calendar_day(
	calendar text, day date, kind text, opens time[] DEFAULT NULL,
	closes time[] DEFAULT NULL, as_weekday integer DEFAULT NULL,
	source text DEFAULT NULL, verified boolean DEFAULT false,
	note text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_kind ietp.day_kind;
BEGIN
	PERFORM desk.enter('set_calendar_day');
	PERFORM desk.check_calendar(calendar);
	the_kind := desk.enum_of('kind', kind, NULL::ietp.day_kind);
	IF day IS NULL THEN
		PERFORM desk.refuse('day', 'missing');
	ELSIF NOT isfinite(day) THEN
		PERFORM desk.refuse('day', 'out_of_range', 'A day.');
	ELSIF as_weekday NOT BETWEEN 1 AND 7 THEN
		PERFORM desk.refuse('as_weekday', 'out_of_range',
			'1 is Monday, 7 Sunday.');
	ELSIF NOT desk.windows_fit(opens, closes) THEN
		PERFORM desk.refuse('opens', 'malformed',
			'As many as "closes", each before its own end and after the one before; 24:00 ends the day.');
	ELSIF the_kind IS DISTINCT FROM 'half_day'
			AND the_kind IS DISTINCT FROM 'working_day'
			AND (opens IS NOT NULL OR as_weekday IS NOT NULL) THEN
		PERFORM desk.refuse('kind', 'out_of_range',
			'A holiday has no windows.');
	ELSIF the_kind = 'half_day' AND (opens IS NULL OR as_weekday IS NOT NULL)
	THEN
		PERFORM desk.refuse('opens', 'missing',
			'A half day has windows of its own.');
	ELSIF the_kind = 'working_day' AND (opens IS NULL) = (as_weekday IS NULL)
	THEN
		PERFORM desk.refuse('as_weekday', 'missing',
			'A working day has windows of its own, or those of a weekday.');
	END IF;
	IF the_kind IS NULL THEN
		DELETE FROM desk.calendar_days AS d
		WHERE d.calendar = set_calendar_day.calendar
		AND d.day = set_calendar_day.day;
		RETURN;
	END IF;
	INSERT INTO desk.calendar_days
		(calendar, day, as_weekday, opens, closes, kind, source, verified,
		note)
	VALUES (calendar, day, as_weekday, opens, closes, the_kind,
		COALESCE(source, ''), COALESCE(verified, false), COALESCE(note, ''))
	ON CONFLICT ON CONSTRAINT calendar_days_pkey DO UPDATE
	SET as_weekday = excluded.as_weekday, opens = excluded.opens,
		closes = excluded.closes, kind = excluded.kind,
		source = excluded.source, verified = excluded.verified,
		note = excluded.note;
END
$$;
COMMENT ON FUNCTION helpline.set_calendar_day(
	text, date, text, time[], time[], integer, text, boolean, text) IS
'a day that does not go by the week; kind NULL: it does after all';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_calendar_day');

CREATE FUNCTION helpline.set_calendar_year(
	calendar text, year integer, source text, verified boolean DEFAULT false,
	note text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_calendar_year');
	PERFORM desk.check_calendar(calendar);
	IF year IS NULL THEN
		PERFORM desk.refuse('year', 'missing');
	ELSIF year NOT BETWEEN 1900 AND 2199 THEN
		PERFORM desk.refuse('year', 'out_of_range', '1900 to 2199.');
	ELSIF ietp.nonblank(source) IS NULL THEN
		PERFORM desk.refuse('source', 'missing',
			'Where the holidays of the year were announced.');
	END IF;
	INSERT INTO desk.calendar_years (calendar, year, source, verified, note)
	VALUES (calendar, year, source, COALESCE(verified, false),
		COALESCE(note, ''))
	ON CONFLICT ON CONSTRAINT calendar_years_pkey DO UPDATE
	SET source = excluded.source, verified = excluded.verified,
		note = excluded.note;
END
$$;
COMMENT ON FUNCTION helpline.set_calendar_year(
	text, integer, text, boolean, text) IS
'says that the exceptions of the year have been entered, and from where';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_calendar_year');

CREATE FUNCTION helpline.copy_calendar(calendar text, new_calendar text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('copy_calendar');
	PERFORM desk.check_calendar(calendar);
	IF ietp.try_code(new_calendar) IS DISTINCT FROM new_calendar
			OR new_calendar IS NULL THEN
		PERFORM desk.refuse('new_calendar', 'malformed');
	ELSIF EXISTS (SELECT FROM desk.calendars AS c
			WHERE c.calendar = new_calendar) THEN
		PERFORM desk.refuse('new_calendar', 'out_of_range',
			'A code that no calendar has yet.');
	END IF;
	INSERT INTO desk.calendars
	SELECT new_calendar, c.time_zone, c.valid_from, c.valid_until,
		c.description, c.source
	FROM desk.calendars AS c WHERE c.calendar = copy_calendar.calendar;
	INSERT INTO desk.calendar_windows
	SELECT new_calendar, w.weekday, w.opens, w.closes, w.valid_from,
		w.valid_until, w.source, w.verified
	FROM desk.calendar_windows AS w
	WHERE w.calendar = copy_calendar.calendar;
	INSERT INTO desk.calendar_days
	SELECT new_calendar, d.day, d.as_weekday, d.opens, d.closes, d.kind,
		d.source, d.verified, d.note
	FROM desk.calendar_days AS d WHERE d.calendar = copy_calendar.calendar;
	INSERT INTO desk.calendar_years
	SELECT new_calendar, y.year, y.source, y.verified, y.note
	FROM desk.calendar_years AS y WHERE y.calendar = copy_calendar.calendar;
END
$$;
COMMENT ON FUNCTION helpline.copy_calendar(text, text) IS
'a new calendar with everything the first one has, for a programme to change';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'copy_calendar');

CREATE FUNCTION helpline.calendars()
RETURNS TABLE (calendar text, time_zone text, valid_from date,
	valid_until date, years integer[], unverified_years integer[],
	description text, source text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('calendars');
	RETURN QUERY
	SELECT c.calendar, c.time_zone, c.valid_from, c.valid_until,
		ARRAY(SELECT y.year FROM desk.calendar_years AS y
			WHERE y.calendar = c.calendar ORDER BY y.year),
		ARRAY(SELECT y.year FROM desk.calendar_years AS y
			WHERE y.calendar = c.calendar AND NOT y.verified
			ORDER BY y.year),
		c.description, c.source
	FROM desk.calendars AS c
	ORDER BY c.calendar COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.calendars() IS
'the calendars, with the years whose exceptions have been entered';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'calendars' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;

CREATE FUNCTION helpline.calendar_windows(calendar text)
RETURNS TABLE (weekday integer, opens time, closes time, valid_from date,
	valid_until date, source text, verified boolean)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('calendar_windows');
	PERFORM desk.check_calendar(calendar);
	RETURN QUERY
	SELECT w.weekday, w.opens, w.closes, w.valid_from, w.valid_until,
		w.source, w.verified
	FROM desk.calendar_windows AS w
	WHERE w.calendar = calendar_windows.calendar
	ORDER BY w.valid_from, w.weekday, w.opens;
END
$$;
COMMENT ON FUNCTION helpline.calendar_windows(text) IS
'the weekly windows of a calendar';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'calendar_windows' FROM unnest(enum_range(NULL::ietp.role_kind))
	AS k;

CREATE FUNCTION helpline.calendar_days(
	calendar text, since date DEFAULT NULL, until date DEFAULT NULL)
RETURNS TABLE (day date, kind text, as_weekday integer, opens time[],
	closes time[], source text, verified boolean, note text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('calendar_days');
	PERFORM desk.check_calendar(calendar);
	RETURN QUERY
	SELECT d.day, d.kind::text, d.as_weekday, d.opens, d.closes, d.source,
		d.verified, d.note
	FROM desk.calendar_days AS d
	WHERE d.calendar = calendar_days.calendar
	AND d.day >= COALESCE(since, '-infinity')
	AND d.day <= COALESCE(until, 'infinity')
	ORDER BY d.day;
END
$$;
COMMENT ON FUNCTION helpline.calendar_days(text, date, date) IS
'the days of a calendar that do not go by the week; both days included, NULL is without limit';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'calendar_days' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;

CREATE FUNCTION helpline.calendar_years(calendar text)
RETURNS TABLE (year integer, holidays bigint, half_days bigint,
	working_days bigint, source text, verified boolean, note text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('calendar_years');
	PERFORM desk.check_calendar(calendar);
	RETURN QUERY
	SELECT y.year, count(*) FILTER (WHERE d.kind = 'holiday'),
		count(*) FILTER (WHERE d.kind = 'half_day'),
		count(*) FILTER (WHERE d.kind = 'working_day'), y.source, y.verified,
		y.note
	FROM desk.calendar_years AS y
	LEFT JOIN desk.calendar_days AS d ON d.calendar = y.calendar
		AND extract(year FROM d.day) = y.year
	WHERE y.calendar = calendar_years.calendar
	GROUP BY y.calendar, y.year
	ORDER BY y.year;
END
$$;
COMMENT ON FUNCTION helpline.calendar_years(text) IS
'the years of a calendar that have been entered, with the number of their exceptions';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'calendar_years' FROM unnest(enum_range(NULL::ietp.role_kind)) AS k;

CREATE FUNCTION helpline.calendar_check(on_day date DEFAULT NULL)
RETURNS TABLE (level text, problem text, calendar text, detail text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_day date := COALESCE(on_day, current_date);
BEGIN
	PERFORM desk.enter('calendar_check');
	IF the_day NOT BETWEEN date '1900-01-01' AND date '2199-12-31' THEN
		PERFORM desk.refuse('on_day', 'out_of_range',
			'From 1900-01-01 to 2199-12-31.');
	END IF;
	RETURN QUERY
	WITH in_force AS (
		SELECT * FROM desk.calendars AS c
		WHERE the_day BETWEEN c.valid_from AND c.valid_until
	), problem (level, problem, calendar, detail) AS (
		SELECT 'error', 'no_windows', c.calendar, 'it never opens'
		FROM in_force AS c
		WHERE NOT EXISTS (SELECT FROM desk.calendar_windows AS w
			WHERE w.calendar = c.calendar
			AND the_day BETWEEN w.valid_from AND w.valid_until)
		UNION ALL
		-- From November on the next year is due too: that is when it is
		-- announced.
		SELECT CASE WHEN y > extract(year FROM the_day) THEN 'warning'
			ELSE 'error' END, 'missing_year', c.calendar, y::text
		FROM in_force AS c
		CROSS JOIN generate_series(LEAST((SELECT min(e.year)
				FROM desk.calendar_years AS e
				WHERE e.calendar = c.calendar), extract(year FROM the_day)),
			extract(year FROM the_day + 61)) AS y
		WHERE NOT EXISTS (SELECT FROM desk.calendar_years AS e
			WHERE e.calendar = c.calendar AND e.year = y)
		UNION ALL
		SELECT 'error', 'overlapping_windows', w.calendar, format(
			'weekday %s: %s to %s, %s to %s', w.weekday, w.opens, w.closes,
			o.opens, o.closes)
		FROM desk.calendar_windows AS w
		JOIN desk.calendar_windows AS o ON o.calendar = w.calendar
			AND o.weekday = w.weekday
			AND (o.opens, o.valid_from) > (w.opens, w.valid_from)
		WHERE o.opens < w.closes AND o.valid_from <= w.valid_until
		AND w.valid_from <= o.valid_until
		UNION ALL
		SELECT 'error', 'closed_working_day', d.calendar, d.day::text
		FROM desk.calendar_days AS d
		WHERE d.as_weekday IS NOT NULL
		AND NOT EXISTS (SELECT FROM desk.calendar_windows AS w
			WHERE w.calendar = d.calendar AND w.weekday = d.as_weekday
			AND d.day BETWEEN w.valid_from AND w.valid_until)
		UNION ALL
		SELECT 'warning', 'day_of_missing_year', d.calendar, d.day::text
		FROM desk.calendar_days AS d
		WHERE NOT EXISTS (SELECT FROM desk.calendar_years AS y
			WHERE y.calendar = d.calendar
			AND y.year = extract(year FROM d.day))
		UNION ALL
		SELECT 'warning', 'validity_ends', c.calendar, c.valid_until::text
		FROM desk.calendars AS c WHERE c.valid_until < the_day + 90
		UNION ALL
		SELECT 'warning', 'windows_end', c.calendar, w.valid_until::text
		FROM in_force AS c
		CROSS JOIN LATERAL (SELECT max(e.valid_until) AS valid_until
			FROM desk.calendar_windows AS e
			WHERE e.calendar = c.calendar) AS w
		WHERE w.valid_until < LEAST(the_day + 90, c.valid_until)
		UNION ALL
		SELECT 'warning', 'unverified_windows', w.calendar,
			count(*) || ' windows'
		FROM desk.calendar_windows AS w WHERE NOT w.verified
		GROUP BY w.calendar
		UNION ALL
		SELECT 'warning', 'unverified_year', y.calendar, y.year::text
		FROM desk.calendar_years AS y WHERE NOT y.verified
		UNION ALL
		SELECT 'warning', 'unverified_days', d.calendar,
			format('%s: %s days', y.year, count(*))
		FROM desk.calendar_days AS d
		JOIN desk.calendar_years AS y ON y.calendar = d.calendar
			AND y.year = extract(year FROM d.day) AND y.verified
		WHERE NOT d.verified
		GROUP BY d.calendar, y.year
		UNION ALL
		SELECT 'warning', 'line_without_calendar', NULL, l.line
		FROM desk.lines AS l WHERE l.calendar IS NULL
		UNION ALL
		SELECT 'warning', 'line_without_opening_calendar', NULL, l.line
		FROM desk.lines AS l WHERE l.opening_calendar IS NULL
	)
	SELECT p.* FROM problem AS p
	ORDER BY p.level, p.calendar COLLATE "C", p.problem, p.detail COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.calendar_check(date) IS
'what lacks or is unverified in the calendars, seen from a day, today where it is NULL';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'calendar_check' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;
