-- Calendars and working time, against day-by-day loops in SQL.  All but the
-- warnings in a transaction that is rolled back.
SET datestyle = ISO;
SET intervalstyle = postgres;
SET timezone = 'UTC';
SET search_path = public, ietp;

-- Missing years: one warning for the years that follow one another, once in a
-- transaction, and the weekly windows.
SELECT working_time('2019-12-30 10:00+08', '2021-01-08 10:00+08', 'CN');
BEGIN;
SELECT working_days('2020-01-01', '2020-12-31', 'CN') AS weekdays_but_one;
SELECT working_days(date '2020-01-01', date '2020-01-01' + n, 'CN')
FROM generate_series(2, 4) AS n;
SELECT is_open('2019-05-01 10:00+08', 'CN'), is_open('2019-05-01 19:00+08', 'CN');
COMMIT;
\set VERBOSITY sqlstate
SELECT is_open('2020-05-01 10:00+08', 'CN');
\set VERBOSITY default
-- The end of a known year belongs to it; a microsecond later does not.
SELECT working_time('2026-12-31 17:00+08', '2027-01-01 00:00+08', 'CN');
SELECT working_time('2026-12-31 17:00+08', '2027-01-01 00:00:00.000001+08',
	'CN');
SELECT is_open('2026-12-31 23:59:59.999999+08', 'CN'),
	is_open('2027-01-01 00:00+08', 'CN');
-- So does its begin, as the local clock says: still 2020 in UTC.
SELECT next_opening('2020-12-31 16:00+00', 'CN');
SELECT add_working_time('2026-12-31 17:00+08', '1 hour', 'CN'),
	add_working_days('2026-12-28', 3, 'CN');
SELECT add_working_time('2026-12-31 17:00+08', '61 min', 'CN');
SELECT add_working_days('2026-12-28', 4, 'CN');
SELECT add_working_days('2021-01-06', -3, 'CN');

BEGIN;

-- The outcome of a statement: SQLSTATE, column and message of its error.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		NULLIF(detail, ''));
END
$$;

--
-- Shipped
--

SELECT calendar, time_zone, valid_from, valid_until, years, unverified_years
FROM helpline.calendars() WHERE calendar ~ '^(CN|VN)';
SELECT calendar, weekday, opens, closes, valid_from, valid_until, verified
FROM unnest('{CN,VN,CN-helpline,VN-helpline}'::text[]) AS c (calendar),
	helpline.calendar_windows(c.calendar)
WHERE weekday IN (1, 5, 7);
SELECT c.calendar, y.year, y.holidays, y.half_days, y.working_days, y.verified
FROM unnest('{CN,VN,CN-helpline,VN-helpline}'::text[]) AS c (calendar),
	helpline.calendar_years(c.calendar) AS y;
SELECT * FROM helpline.calendar_days('CN', '2026-09-20', '2026-10-10');
-- What is free on weekdays, less what is made up, is what the law gives: 11
-- days a year (Labour Code of Vietnam, article 112), in China 13 since 2025, as
-- the notice for that year says.
SELECT d.calendar, extract(year FROM d.day) AS year,
	count(*) FILTER (WHERE d.kind = 'holiday' AND extract(isodow FROM d.day) < 6)
	- count(*) FILTER (WHERE d.kind = 'working_day') AS statutory,
	count(*) FILTER (WHERE d.kind = 'working_day'
		AND extract(isodow FROM d.day) < 6) AS made_up_on_weekdays
FROM desk.calendar_days AS d WHERE d.calendar IN ('CN', 'VN')
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT c.calendar, y.year, working_days(make_date(y.year - 1, 12, 31),
	make_date(y.year, 12, 31), c.calendar)
FROM unnest('{CN,VN}'::text[]) AS c (calendar),
	generate_series(2021, 2026) AS y (year);
-- The National Day of 2026 in China: Sunday 20 September and Saturday 10
-- October are made up.
SELECT d::date, to_char(d, 'Dy') AS day,
	working_time(d AT TIME ZONE 'Asia/Shanghai',
		(d + interval '1 day') AT TIME ZONE 'Asia/Shanghai', 'CN')
FROM generate_series(timestamp '2026-09-18', '2026-10-12', '1 day') AS d
WHERE d::date NOT BETWEEN '2026-09-22' AND '2026-09-24';

--
-- Values by hand
--

SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
	AS friday_to_made_up_sunday,
	working_time('2026-09-18 11:00+08', '2026-09-18 14:00+08', 'CN')
	AS over_lunch,
	working_time('2026-09-18 09:00+08', '2026-09-18 09:00:00.000001+08', 'CN')
	AS a_microsecond,
	working_time('2026-09-21 14:00+08', '2026-09-18 17:59:59.999999+08', 'CN')
	AS backwards,
	working_time('2026-09-18 12:30+08', '2026-09-18 12:30+08', 'CN') AS none;
SELECT add_working_time('2026-09-18 17:00+08', '1 hour', 'CN') AS to_closing,
	add_working_time('2026-09-18 17:00+08', '1 hour 1 us', 'CN') AS beyond,
	add_working_time('2026-09-18 22:00+08', '0', 'CN') AS nothing,
	add_working_time('2026-09-18 22:00+08', '-8 hours', 'CN') AS a_day_back,
	add_working_time('2026-09-18 18:00+08', '-1 us', 'CN') AS a_little_back,
	add_working_time('2026-09-18 12:00+08', '1 day', 'CN')
	AS three_working_days;
SELECT is_open(t, 'CN'), next_opening(t, 'CN')
FROM unnest('{2026-09-18 08:59:59.999999+08,2026-09-18 09:00+08,
	2026-09-18 11:59:59.999999+08,2026-09-18 12:00+08,
	2026-09-30 18:00+08}'::timestamptz[]) AS t;
SELECT working_days('2026-09-18', '2026-09-21', 'CN') AS sunday_and_monday,
	working_days('2026-09-21', '2026-09-18', 'CN') AS backwards,
	working_days('2026-09-19', '2026-09-19', 'CN') AS none,
	add_working_days('2026-09-30', 1, 'CN') AS after_the_holiday,
	add_working_days('2026-10-08', -1, 'CN') AS before_it,
	add_working_days('2026-10-04', -1, 'CN') AS before_it_from_within,
	add_working_days('2026-10-04', 0, 'CN') AS itself;

--
-- Calendars in many zones
--

INSERT INTO desk.calendars (calendar, time_zone)
SELECT 'T-' || n, zone
FROM unnest('{Asia/Shanghai,Asia/Ho_Chi_Minh,America/New_York,Europe/London,
	Australia/Lord_Howe,Asia/Kathmandu,Africa/Casablanca,America/Sao_Paulo,
	America/St_Johns,Asia/Tehran,UTC,Pacific/Apia}'::text[]) WITH ORDINALITY
	AS z (zone, n);
-- By turns: office hours with a break, nights over midnight, always, and one
-- and a half hours at the time when clocks change.
INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes)
SELECT c.calendar, d, w.opens, w.closes
FROM desk.calendars AS c
JOIN (VALUES (0, '{1,2,3,4,5}'::integer[], time '09:00', time '12:00'),
	(0, '{1,2,3,4,5}', '13:00', '17:30'),
	(1, '{1,2,3,4,5,6,7}', '20:00', '24:00'),
	(1, '{1,2,3,4,5,6,7}', '00:00', '04:00'),
	(2, '{1,3,5,6,7}', '00:30', '02:15'),
	(2, '{1,3,5,7}', '02:45', '24:00'),
	(2, '{2,4}', '00:00', '24:00')) AS w (turn, weekdays, opens, closes)
	ON substr(c.calendar, 3)::integer % 3 = w.turn
CROSS JOIN unnest(w.weekdays) AS d
WHERE c.calendar ~ '^T-';
INSERT INTO desk.calendar_years (calendar, year, source)
SELECT c.calendar, y, 'made up'
FROM desk.calendars AS c, generate_series(2014, 2027) AS y
WHERE c.calendar ~ '^T-';
INSERT INTO desk.calendar_days (calendar, day, kind, as_weekday, opens, closes)
SELECT c.calendar, date '2015-01-01' + n, (enum_range(NULL::day_kind))[k],
	CASE k WHEN 3 THEN 1 + n % 7 END,
	CASE k WHEN 2 THEN '{08:00,10:30}'::time[] END,
	CASE k WHEN 2 THEN '{09:15,12:00}'::time[] END
FROM desk.calendars AS c, generate_series(0, 4300, 23) AS n,
	LATERAL (SELECT 1 + (n / 23) % 3) AS k (k)
WHERE c.calendar ~ '^T-';

-- The oracle: the intervals of every local day by AT TIME ZONE and, on days on
-- which clocks change, minute by minute by what they show.
CREATE TEMP TABLE days AS
SELECT c.calendar, c.time_zone, d::date AS day, x.kind, x.opens, x.closes,
	COALESCE(x.as_weekday, extract(isodow FROM d)::integer) AS weekday,
	d AT TIME ZONE c.time_zone AS begins,
	(d + interval '1 day') AT TIME ZONE c.time_zone AS ends
FROM desk.calendars AS c
CROSS JOIN generate_series(timestamp '2014-12-25', '2026-12-31', '1 day') AS d
LEFT JOIN desk.calendar_days AS x ON x.calendar = c.calendar
	AND x.day = d::date
WHERE c.calendar ~ '^T-';
CREATE TEMP TABLE day_windows AS
SELECT d.calendar, d.time_zone, d.day, d.begins, d.ends, w.opens, w.closes
FROM days AS d
JOIN desk.calendar_windows AS w ON w.calendar = d.calendar
	AND w.weekday = d.weekday
WHERE d.kind IS NULL OR d.kind = 'working_day'
UNION ALL
SELECT d.calendar, d.time_zone, d.day, d.begins, d.ends, w.opens, w.closes
FROM days AS d, unnest(d.opens, d.closes) AS w (opens, closes);
CREATE TEMP TABLE spans AS
SELECT w.calendar, (w.day + w.opens) AT TIME ZONE w.time_zone AS opens,
	(w.day + w.closes) AT TIME ZONE w.time_zone AS closes
FROM day_windows AS w WHERE w.ends - w.begins = interval '24 hours'
UNION ALL
SELECT w.calendar, m, m + interval '1 minute'
FROM day_windows AS w,
	generate_series(w.begins, w.ends - interval '1 minute', '1 minute') AS m
WHERE w.ends - w.begins <> interval '24 hours'
AND (m AT TIME ZONE w.time_zone)::date = w.day
AND (m AT TIME ZONE w.time_zone)::time >= w.opens
AND (m AT TIME ZONE w.time_zone)::time < w.closes;
-- None is longer than a day.
CREATE INDEX ON spans (calendar, opens);
ANALYZE spans;
-- Days of other lengths are among them.
SELECT DISTINCT calendar, time_zone, ends - begins AS length
FROM days WHERE ends - begins <> interval '24 hours'
ORDER BY 1, 3;

CREATE TEMP TABLE pairs AS
SELECT c.calendar, p.since, p.until
FROM (SELECT setseed(0.25)) AS s, desk.calendars AS c
CROSS JOIN LATERAL (
	-- The calendar is named so that each gets pairs of its own.
	SELECT t AS since, LEAST(t + random() ^ 3 * interval '3652 days',
		'2026-12-30') AS until
	FROM (SELECT timestamptz '2015-01-01' + random() * interval '4370 days'
		FROM generate_series(1, 120) WHERE c.calendar IS NOT NULL) AS r (t))
		AS p
WHERE c.calendar ~ '^T-';
-- Ten years, and short ones around every change of the clocks.
INSERT INTO pairs
SELECT c.calendar, '2015-02-03 04:05:06.789+00', '2025-02-03 04:05:06.789012+00'
FROM desk.calendars AS c WHERE c.calendar ~ '^T-';
INSERT INTO pairs
SELECT d.calendar, d.begins + n * interval '37 min', d.begins
	+ (n + m) * interval '23 min 1 us'
FROM days AS d, generate_series(0, 35, 7) AS n, generate_series(1, 60, 40) AS m
WHERE d.ends - d.begins <> interval '24 hours'
AND d.day BETWEEN '2015-01-01' AND '2022-12-31';
SELECT calendar, count(*) > 100 AS many,
	max(until - since) > interval '3652 days' AS long,
	min(until - since) < interval '1 day' AS short
FROM pairs GROUP BY calendar ORDER BY calendar;

CREATE TEMP TABLE measured AS
SELECT p.*, w.naive, working_time(p.since, p.until, p.calendar) AS worked
FROM pairs AS p CROSS JOIN LATERAL (
	SELECT COALESCE(sum(LEAST(s.closes, GREATEST(p.since, p.until))
		- GREATEST(s.opens, LEAST(p.since, p.until))), interval '0')
		* CASE WHEN p.until < p.since THEN -1 ELSE 1 END AS naive
	FROM spans AS s WHERE s.calendar = p.calendar
	AND s.opens < GREATEST(p.since, p.until)
	AND s.closes > LEAST(p.since, p.until)) AS w;
SELECT calendar, count(*) FILTER (WHERE naive IS DISTINCT FROM worked) AS differ,
	count(*) FILTER (WHERE worked <> interval '0') > 100 AS worked
FROM measured GROUP BY calendar ORDER BY calendar;
-- Only hours and less, antisymmetric, and additive.
SELECT count(*) FILTER (WHERE extract(day FROM worked) <> 0
		OR extract(month FROM worked) <> 0) AS not_in_hours,
	count(*) FILTER (WHERE working_time(until, since, calendar) <> -worked)
		AS not_antisymmetric,
	count(*) FILTER (WHERE working_time(since, '2020-02-29 12:34:56.789', calendar)
		+ working_time('2020-02-29 12:34:56.789', until, calendar) <> worked)
		AS not_additive
FROM measured;

-- Adding undoes measuring: it leads to the first instant of so much time.
CREATE TEMP TABLE added AS
SELECT m.*, add_working_time(since, worked, calendar) AS reached,
	add_working_time(until, -worked, calendar) AS came_from
FROM measured AS m;
SELECT count(*) > 2000 AS many,
	count(*) FILTER (WHERE working_time(since, reached, calendar) <> worked)
		AS too_much_or_little,
	count(*) FILTER (WHERE worked > '0' AND (reached > until
		OR working_time(since, reached - interval '1 us', calendar)
		<> worked - interval '1 us')) AS not_the_first,
	count(*) FILTER (WHERE worked < '0' AND (reached < until
		OR working_time(since, reached + interval '1 us', calendar)
		<> worked + interval '1 us')) AS not_the_last,
	count(*) FILTER (WHERE working_time(came_from, until, calendar) <> worked)
		AS back_too_much_or_little,
	count(*) FILTER (WHERE worked > '0' AND (came_from < since
		OR working_time(came_from + interval '1 us', until, calendar)
		<> worked - interval '1 us')) AS back_not_the_last,
	count(*) FILTER (WHERE worked = '0' AND reached <> since) AS zero_moves,
	count(*) FILTER (WHERE add_working_time(since,
		justify_hours(worked), calendar) <> reached) AS days_are_not_24_hours
FROM added;
-- What was reached is an end of some interval of the oracle, or within one.
SELECT count(*) AS reached_while_closed
FROM added AS a
WHERE worked > '0' AND NOT EXISTS (SELECT FROM spans AS s
	WHERE s.calendar = a.calendar AND a.reached > s.opens
	AND a.reached <= s.closes AND s.opens > a.reached - interval '2 days');

SELECT count(*) FILTER (WHERE is_open(p.since, p.calendar) <> (EXISTS (
		SELECT FROM spans AS s WHERE s.calendar = p.calendar
		AND s.opens BETWEEN p.since - interval '2 days' AND p.since
		AND s.closes > p.since))) AS wrongly_open,
	count(*) FILTER (WHERE is_open(p.since, p.calendar)) > 500 AS some_are,
	count(*) FILTER (WHERE NOT is_open(p.since, p.calendar)) > 500
		AS some_are_not,
	count(*) FILTER (WHERE next_opening(p.since, p.calendar) <> (
		SELECT min(GREATEST(s.opens, p.since)) FROM spans AS s
		WHERE s.calendar = p.calendar AND s.closes > p.since
		AND s.opens BETWEEN p.since - interval '2 days'
			AND p.since + interval '100 days')) AS wrongly_next
FROM pairs AS p;

-- Days: those that have any window.
CREATE TEMP TABLE working AS SELECT DISTINCT calendar, day FROM day_windows;
CREATE INDEX ON working (calendar, day);
CREATE TEMP TABLE day_pairs AS
SELECT p.calendar, p.since::date AS since, p.until::date AS until,
	working_days(p.since::date, p.until::date, p.calendar) AS n
FROM pairs AS p WHERE p.since <= p.until;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE n <> (
		SELECT count(*) FROM working AS w WHERE w.calendar = p.calendar
		AND w.day > p.since AND w.day <= p.until)) AS differ,
	count(*) FILTER (WHERE working_days(until, since, calendar) <> -n)
		AS not_antisymmetric
FROM day_pairs AS p;
SELECT count(*) FILTER (WHERE add_working_days(since, n, calendar) <> (
		SELECT w.day FROM working AS w WHERE w.calendar = p.calendar
		AND w.day > p.since ORDER BY w.day LIMIT 1 OFFSET n - 1)) AS wrong_after,
	count(*) FILTER (WHERE add_working_days(until, -n, calendar) <> (
		SELECT w.day FROM working AS w WHERE w.calendar = p.calendar
		AND w.day < p.until ORDER BY w.day DESC LIMIT 1 OFFSET n - 1))
		AS wrong_before
FROM day_pairs AS p WHERE n BETWEEN 1 AND 50;

--
-- When clocks change, by hand
--

SELECT helpline.set_calendar('T-DST', 'America/New_York');
SELECT helpline.set_calendar_windows('T-DST', '{7}',
	'{00:30,01:45,02:15}', '{01:30,02:00,03:30}');
SELECT helpline.set_calendar_year('T-DST', 2024, 'made up');
-- The hour from 2 to 3 is left out on 10 March: an hour, a quarter, half an
-- hour.  That from 1 to 2 comes twice on 3 November: 90 minutes, twice a
-- quarter, and 75 minutes.
SELECT v.day, working_time(v.day AT TIME ZONE 'America/New_York',
	(v.day + interval '1 day') AT TIME ZONE 'America/New_York', 'T-DST')
FROM unnest('{2024-03-03,2024-03-10,2024-11-03}'::timestamp[]) AS v (day);
SELECT t, is_open(t, 'T-DST')
FROM generate_series(timestamptz '2024-11-03 04:15+00', '2024-11-03 08:45+00',
	'15 min') AS t;

--
-- Windows and days
--

SELECT helpline.set_calendar('T-1D', 'Asia/Shanghai', valid_from => '2024-01-08',
	valid_until => '2024-01-21', description => 'made up', source => 'nowhere');
SELECT helpline.set_calendar_year('T-1D', 2024, 'made up');
CREATE FUNCTION pg_temp.hours_of_days(calendar text)
RETURNS TABLE (hours text)
LANGUAGE sql
AS $$
	SELECT string_agg(to_char(d, 'DD:') || (extract(epoch FROM working_time(
		d AT TIME ZONE 'Asia/Shanghai',
		(d + interval '1 day') AT TIME ZONE 'Asia/Shanghai', calendar)) / 3600)::float8,
		' ' ORDER BY d)
	FROM generate_series(timestamp '2024-01-06', '2024-01-23', '1 day') AS d
$$;
SELECT pg_temp.hours_of_days('T-1D') AS no_windows;
SELECT helpline.set_calendar_windows('T-1D', '{1,2,3,4,5,5}', '{09:00,13:00}',
	'{12:00,18:00}', source => 'x', verified => true);
SELECT pg_temp.hours_of_days('T-1D') AS within_validity;
-- Other hours for some days, then from a day on; then closed on Wednesdays.
SELECT helpline.set_calendar_windows('T-1D', '{1,2}', '{10:00}', '{11:00}',
	'2024-01-09', '2024-01-15');
SELECT pg_temp.hours_of_days('T-1D') AS from_9_to_15;
SELECT helpline.set_calendar_windows('T-1D', '{3}', NULL, NULL,
	valid_from => '2024-01-11');
SELECT helpline.set_calendar_windows('T-1D', '{4}', '{}', '{}',
	valid_until => '2024-01-14');
SELECT pg_temp.hours_of_days('T-1D') AS closed;
SELECT * FROM helpline.calendar_windows('T-1D');
-- Again the same: nothing is left of what was there.
SELECT helpline.set_calendar_windows('T-1D', '{1,2,3,4,5}', '{09:00}',
	'{17:00}');
SELECT * FROM helpline.calendar_windows('T-1D');
-- Windows that overlap or touch count once; check finds those that overlap.
INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes)
VALUES ('T-1D', 1, '08:00', '10:00'), ('T-1D', 1, '17:00', '18:00'),
	('T-1D', 1, '09:30', '09:45');
SELECT helpline.set_calendar_day('T-1D', '2024-01-09', 'holiday',
	source => 'x', verified => true, note => 'feast');
SELECT helpline.set_calendar_day('T-1D', '2024-01-10', 'half_day',
	opens => '{09:00,10:00,11:30}', closes => '{09:30,11:00,12:00}');
SELECT helpline.set_calendar_day('T-1D', '2024-01-13', 'working_day',
	as_weekday => 1);
SELECT helpline.set_calendar_day('T-1D', '2024-01-14', 'working_day',
	opens => '{00:00}', closes => '{24:00}');
-- As a Sunday, which is closed; and outside its validity.
SELECT helpline.set_calendar_day('T-1D', '2024-01-16', 'working_day',
	as_weekday => 7);
SELECT helpline.set_calendar_day('T-1D', '2024-01-22', 'working_day',
	as_weekday => 1);
SELECT pg_temp.hours_of_days('T-1D') AS days;
SELECT working_days('2024-01-07', '2024-01-21', 'T-1D') AS of_two_weeks;
SELECT * FROM helpline.calendar_days('T-1D');
SELECT count(*) FROM helpline.calendar_days('T-1D', '2024-01-10', '2024-01-14');
SELECT helpline.set_calendar_day('T-1D', '2024-01-09', NULL);
SELECT helpline.set_calendar_day('T-1D', '2024-01-10', 'holiday');
SELECT pg_temp.hours_of_days('T-1D') AS after_all;
SELECT helpline.set_calendar_day('T-1D', '2023-12-31', 'holiday');
SELECT level, problem, calendar, detail
FROM helpline.calendar_check('2024-01-10') WHERE calendar = 'T-1D';
SELECT helpline.copy_calendar('T-1D', 'T-2D');
SELECT pg_temp.hours_of_days('T-1D') = pg_temp.hours_of_days('T-2D')
	AS the_copy_is_alike,
	(SELECT count(*) FROM desk.calendar_days WHERE calendar = 'T-2D') AS days;

--
-- What is seen when
--

SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
	AS before;
SAVEPOINT change;
UPDATE desk.calendar_days SET opens = '{09:15}', closes = '{12:00}',
	as_weekday = NULL
WHERE calendar = 'CN' AND day = '2026-09-20';
SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN') AS own;
DELETE FROM desk.calendar_days WHERE calendar = 'CN' AND day = '2026-09-20';
SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
	AS deleted;
TRUNCATE desk.calendar_windows;
SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
	AS truncated;
ROLLBACK TO change;
SELECT working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
	AS rolled_back;
-- One call site, other calendars from row to row, and from call to call.
SELECT c, working_time('2026-09-18 17:00+08', '2026-09-20 10:30+08', c)
FROM unnest('{CN,VN,CN-helpline,CN,CN,VN}'::text[]) AS c;
DO $$
DECLARE
	said text := '';
BEGIN
	FOR i IN 1 .. 4 LOOP
		said := said || ' ' || working_time('2026-09-18 17:00+08',
			'2026-09-20 10:30+08', (ARRAY['CN', 'VN'])[1 + i % 2]);
		IF i = 2 THEN
			UPDATE desk.calendar_days SET kind = 'holiday', as_weekday = NULL
			WHERE calendar = 'CN' AND day = '2026-09-20';
		END IF;
	END LOOP;
	RAISE NOTICE '%', said;
END
$$;
ROLLBACK TO change;
-- A statement in whose midst the calendar changes goes by the new one.
CREATE FUNCTION pg_temp.change(n integer)
RETURNS integer
LANGUAGE plpgsql
AS $$
BEGIN
	IF n = 3 THEN
		DELETE FROM desk.calendar_days
		WHERE calendar = 'CN' AND day = '2026-09-20';
	END IF;
	RETURN n;
END
$$;
SELECT pg_temp.change(n) AS n,
	working_time('2026-09-18 17:00+08', '2026-09-20 09:30+08', 'CN')
FROM generate_series(1, 4) AS n;
ROLLBACK TO change;

-- Whoever has no other right may count by them, and a table that is not the
-- owner's decides nothing.
CREATE ROLE t_ietp_somebody;
SET LOCAL ROLE t_ietp_somebody;
SELECT working_days('2026-09-18', '2026-09-20', 'CN');
RESET ROLE;
ALTER TABLE desk.calendar_days OWNER TO t_ietp_somebody;
SELECT pg_temp.attempt(
	$$SELECT working_days('2026-09-18', '2026-09-20', 'CN')$$);
ROLLBACK TO change;
SELECT working_days('2026-09-18', '2026-09-20', 'CN');

--
-- Errors, and what is far away
--

INSERT INTO desk.calendars (calendar, time_zone) VALUES ('T-NEVER', 'UTC'),
	('T-ONCE', 'UTC');
INSERT INTO desk.calendar_days (calendar, day, kind, opens, closes)
VALUES ('T-ONCE', '2150-06-01', 'half_day', '{10:00}', '{11:00}');
-- More than anybody means: over 1,000 windows, and a thousand a day.
INSERT INTO desk.calendars (calendar, time_zone)
SELECT 'T-MANY-' || n, 'UTC' FROM generate_series(1, 3) AS n;
INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes)
SELECT 'T-MANY-' || n, d, m * interval '83 s', m * interval '83 s' + interval '1 s'
FROM generate_series(1, 2) AS n, generate_series(1, 8 - n) AS d,
	generate_series(1, 150) AS m;
INSERT INTO desk.calendar_days (calendar, day, kind, opens, closes)
SELECT 'T-MANY-3', '2026-01-01', 'half_day', array_agg(t ORDER BY t),
	array_agg(t + interval '1 s' ORDER BY t)
FROM generate_series(1, 1001) AS m, LATERAL (SELECT time '00:00'
	+ m * interval '10 s') AS t (t);
SET LOCAL client_min_messages = error;
SELECT v.call, pg_temp.attempt('SELECT ' || v.call)
FROM (VALUES ('working_time(now(), now(), ''Z'')'),
	('working_time(''1899-12-31 23:59:59.999999+00'', ''2026-01-01'', ''CN'')'),
	('working_time(''2026-01-01'', ''2200-01-01 00:00+00'', ''CN'')'),
	('working_time(''2026-01-01'', ''infinity'', ''CN'')'),
	('working_time(''-infinity'', ''2026-01-01'', ''CN'')'),
	('working_time(''4713-01-01 BC'', ''294276-12-31'', ''CN'')'),
	('is_open(''infinity'', ''CN'')'),
	('next_opening(''-infinity'', ''CN'')'),
	('add_working_time(''infinity'', ''1 hour'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''1 month'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''1 month -30 days'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''178000000 days'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''-178000000 days'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''100 years'', ''CN'')'),
	('add_working_time(''2026-01-01'', ''30000 days'', ''CN'')'),
	('working_days(''2026-01-01'', ''infinity'', ''CN'')'),
	('working_days(''-infinity'', ''2026-01-01'', ''CN'')'),
	('working_days(''1899-12-31'', ''2026-01-01'', ''CN'')'),
	('working_days(''2026-01-01'', ''5874897-12-31'', ''CN'')'),
	('working_days(''4713-01-01 BC'', ''2026-01-01'', ''CN'')'),
	-- Whose microseconds are those of 2019 again, in 64 bits.
	('working_days(''2026-01-01'', date ''2000-01-01'' + 213510982, ''CN'')'),
	('add_working_days(date ''2000-01-01'' + 213510982, 1, ''CN'')'),
	('working_days(''2026-01-01'', ''2200-01-01'', ''CN'')'),
	('add_working_days(''2026-01-01'', 2147483647, ''CN'')'),
	('add_working_days(''2026-01-01'', -2147483648, ''CN'')'),
	('add_working_days(''2026-01-01'', 0, ''T-NEVER'')'),
	('add_working_days(''2026-01-01'', 1, ''T-NEVER'')'),
	('add_working_days(''2026-01-01'', -1, ''T-NEVER'')'),
	('add_working_time(''2026-01-01'', ''0'', ''T-NEVER'')'),
	('add_working_time(''2026-01-01'', ''1 us'', ''T-NEVER'')'),
	('add_working_time(''2026-01-01'', ''-1 us'', ''T-NEVER'')'),
	('next_opening(''2026-01-01'', ''T-NEVER'')'),
	('next_opening(''2150-06-01 11:00'', ''T-ONCE'')'),
	('add_working_time(''2026-01-01'', ''1 hour 1 us'', ''T-ONCE'')'),
	('is_open(''2026-01-01'', ''T-MANY-1'')'),
	('is_open(''2026-01-01'', ''T-MANY-2'')'),
	('is_open(''2150-01-01'', ''T-MANY-2'')'),
	('is_open(''2026-01-01'', ''T-MANY-3'')'))
	AS v (call);
SELECT working_time('1900-01-01', '2199-12-31 23:59:59.999999+00', 'T-NEVER')
	AS never, is_open('2026-01-01', 'T-NEVER'),
	working_days('1900-01-01', '2199-12-31', 'T-NEVER');
SELECT try_add_working_time('2026-01-01', '1 us', 'T-NEVER') AS never,
	try_add_working_days('2026-01-01', 1, 'T-NEVER') AS no_day,
	try_add_working_time('2026-01-01', '1 hour', 'T-ONCE'),
	try_add_working_time('2026-01-01', '1 hour 1 us', 'T-ONCE') AS longer,
	try_add_working_days('2026-01-01', 1, 'T-ONCE'),
	try_add_working_days('2026-01-01', 2, 'T-ONCE') AS no_other,
	try_add_working_days('2026-01-01', 0, 'T-NEVER') AS itself;
SELECT next_opening('2026-01-01', 'T-ONCE'),
	add_working_time('2026-01-01', '1 hour', 'T-ONCE'),
	add_working_time('2199-01-01', '-1 hour', 'T-ONCE'),
	add_working_days('2026-01-01', 1, 'T-ONCE'),
	add_working_days('2199-12-31', -1, 'T-ONCE');
-- The last of them, and none after it.
SELECT add_working_days('2199-12-29', 2, 'CN'),
	add_working_days('1900-01-02', -1, 'CN'),
	pg_temp.attempt('SELECT add_working_days(''2199-12-31'', 1, ''CN'')'),
	pg_temp.attempt('SELECT add_working_days(''1900-01-01'', -1, ''CN'')');
-- From the first day to the last, by UTC, less its exceptions; and what lies
-- within the usual years does not change when others are asked for.
SELECT working_time('1900-01-01 00:00+00', '2199-12-31 23:59:59.999999+00',
	'T-11') + interval '1 us' = (SELECT sum(w.closes - w.opens)
		FROM generate_series(timestamp '1900-01-01', '2199-12-31', '1 day') AS d
		LEFT JOIN desk.calendar_days AS x ON x.calendar = 'T-11'
			AND x.day = d::date
		CROSS JOIN LATERAL (SELECT v.opens, v.closes
			FROM desk.calendar_windows AS v WHERE v.calendar = 'T-11'
			AND v.weekday = COALESCE(x.as_weekday, extract(isodow FROM d))
			AND COALESCE(x.kind, 'working_day') = 'working_day'
			UNION ALL SELECT * FROM unnest(x.opens, x.closes)) AS w)
	AS all_years_agree;
SELECT count(*) FILTER (WHERE worked <> working_time(since, until, calendar))
	AS differ FROM measured;
-- Ever the same rule after the zone's last transition that is written down.
SELECT working_time(v.day AT TIME ZONE 'America/New_York',
	(v.day + interval '1 day') AT TIME ZONE 'America/New_York', 'T-DST')
FROM unnest('{2124-03-12,2124-11-05}'::timestamp[]) AS v (day);
RESET client_min_messages;
-- NULL gives NULL.
SELECT working_time(NULL, now(), 'CN'), working_time(now(), NULL, 'CN'),
	working_time(now(), now(), NULL), add_working_time(now(), NULL, 'CN'),
	is_open(NULL, 'CN'), next_opening(now(), NULL),
	working_days(NULL, '2026-01-01', 'CN'), add_working_days('2026-01-01', NULL, 'CN');

SELECT v.call, pg_temp.attempt('SELECT helpline.' || v.call)
FROM (VALUES ('set_calendar(NULL, ''UTC'')'),
	('set_calendar(''a b'', ''UTC'')'),
	('set_calendar(''X'', NULL)'),
	('set_calendar(''X'', ''Asia/Atlantis'')'),
	('set_calendar(''X'', ''UTC'', ''2021-01-02'', ''2021-01-01'')'),
	('set_calendar_windows(''Z'', ''{1}'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(NULL, ''{1}'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(''CN'', NULL, ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(''CN'', ''{}'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(''CN'', ''{0}'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(''CN'', ''{1,NULL}'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{09:00}'', ''{09:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{09:00,10:00}'', ''{12:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{09:00,10:00}'', ''{11:00,12:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{09:00,NULL}'', ''{11:00,12:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', NULL, ''{11:00}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{{09:00}}'', ''{{11:00}}'')'),
	('set_calendar_windows(''CN'', ''{1}'', ''{09:00}'', ''{10:00}'', ''2021-01-02'', ''2021-01-01'')'),
	('set_calendar_day(''Z'', ''2021-01-01'', ''holiday'')'),
	('set_calendar_day(''CN'', NULL, ''holiday'')'),
	('set_calendar_day(''CN'', ''infinity'', ''holiday'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''feast'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''holiday'', as_weekday => 1)'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''holiday'', ''{09:00}'', ''{10:00}'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', NULL, as_weekday => 1)'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''half_day'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''half_day'', as_weekday => 1)'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''half_day'', ''{}'', ''{}'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''half_day'', ''{10:00}'', ''{09:00}'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''working_day'')'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''working_day'', as_weekday => 8)'),
	('set_calendar_day(''CN'', ''2021-01-01'', ''working_day'', ''{09:00}'', ''{10:00}'', 1)'),
	('set_calendar_year(''Z'', 2021, ''x'')'),
	('set_calendar_year(''CN'', NULL, ''x'')'),
	('set_calendar_year(''CN'', 1899, ''x'')'),
	('set_calendar_year(''CN'', 2021, '' '')'),
	('copy_calendar(''Z'', ''X'')'), ('copy_calendar(''CN'', ''VN'')'),
	('copy_calendar(''CN'', NULL)'), ('copy_calendar(''CN'', ''a b'')'),
	('calendar_windows(''Z'')'), ('calendar_days(NULL)'),
	('calendar_years(''Z'')'), ('calendar_check(''infinity'')'),
	('set_line(''T'', ''CN'', ''Asia/Shanghai'', ''2021-01-01'', calendar => ''Z'')'),
	('set_line(''T'', ''CN'', ''Asia/Shanghai'', ''2021-01-01'', opening_calendar => ''Z'')'))
	AS v (call);
-- The tables refuse what the functions do.
SELECT v.row, pg_temp.attempt('INSERT INTO desk.calendar_days (calendar, day, '
	'kind, as_weekday, opens, closes) VALUES (''CN'', ''2030-01-01'', ' || v.row
	|| ')') ~ '^23514' AS refused
FROM (VALUES ('''holiday'', 1, NULL, NULL'),
	('''half_day'', NULL, NULL, NULL'), ('''half_day'', 1, NULL, NULL'),
	('''working_day'', NULL, NULL, NULL'), ('''working_day'', 8, NULL, NULL'),
	('''working_day'', 1, ''{09:00}'', ''{10:00}'''),
	('''half_day'', NULL, ''{09:00}'', NULL'),
	('''half_day'', NULL, ''{09:00}'', ''{09:00}'''),
	('''half_day'', NULL, ''{09:00,NULL}'', ''{10:00,11:00}'''),
	('''half_day'', NULL, ''{09:00,11:00}'', ''{10:00,NULL}'''),
	('''half_day'', NULL, ''{09:00,09:30}'', ''{10:00,11:00}'''),
	('''half_day'', NULL, ''{09:00}'', ''{10:00,11:00}'''),
	('''half_day'', NULL, ''{09:00}'', ''{10:00}''')) AS v (row);

--
-- Lines
--

SELECT line, calendar, opening_calendar FROM helpline.lines()
WHERE line IN ('CN', 'VN');
SELECT helpline.set_line('T-LINE', 'CN', 'Asia/Shanghai', '2021-01-01');
SELECT desk.working_days('T-LINE', '2026-09-18', '2026-10-12');
SELECT problem, detail FROM helpline.calendar_check('2026-01-01')
WHERE detail = 'T-LINE';
SELECT helpline.set_line('T-LINE', 'CN', 'Asia/Shanghai', '2021-01-01',
	calendar => 'CN', opening_calendar => 'CN-helpline');
SELECT helpline.set_line('T-LINE', 'CN', 'Asia/Shanghai', '2021-01-01');
SELECT calendar, opening_calendar FROM helpline.lines()
WHERE line = 'T-LINE';
SELECT desk.working_days('T-LINE', '2026-09-18', '2026-10-12');

-- What lacks, as seen from the year of the shipped calendars and from later.
SELECT level, problem, calendar, detail
FROM helpline.calendar_check('2026-10-31') WHERE calendar ~ '^(CN|VN)$';
SELECT level, problem, calendar, detail
FROM helpline.calendar_check('2028-11-01') WHERE calendar = 'CN';
ROLLBACK;

-- Parallel workers compile calendars of their own, and see what their leader
-- has not committed.
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE TABLE t_ietp_times AS
SELECT timestamptz '2021-03-01' + n * interval '7 hours' AS since,
	timestamptz '2021-03-01' + n * interval '7 hours 5 min' AS until
FROM generate_series(1, 5000) AS n;
ANALYZE t_ietp_times;
UPDATE desk.calendar_days SET kind = 'holiday', as_weekday = NULL
WHERE calendar = 'CN' AND kind = 'working_day';
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT sum(working_time(since, until, 'CN')) AS alone FROM t_ietp_times \gset
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT sum(working_time(since, until, 'CN')) = :'alone' AS alike
FROM t_ietp_times;
EXPLAIN (COSTS OFF) SELECT sum(working_time(since, until, 'CN'))
FROM t_ietp_times;
ROLLBACK;
