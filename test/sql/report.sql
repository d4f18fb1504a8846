-- Figures against results worked out by hand, in a database of its own.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_ietp_report;
DROP ROLE IF EXISTS regress_report_owner;
CREATE ROLE regress_report_owner NOLOGIN;
CREATE DATABASE regress_ietp_report TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
ALTER DATABASE regress_ietp_report SET lc_messages = 'C';
SELECT current_database() AS main_database \gset
\c regress_ietp_report
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = ISO;
SET TimeZone = 'America/New_York';
SET search_path = public, ietp;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_report_owner');

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

-- An empty desk
SELECT * FROM helpline.half_year_snapshot(2021, 1);
SELECT count(*) AS rows, count(*) FILTER (WHERE data = 'none') AS none
FROM helpline.half_year_snapshot(2021, 1, 'VN');
SELECT * FROM helpline.ageing('2021-06-30');

-- Errors
SELECT v.call, pg_temp.attempt('SELECT * FROM helpline.' || v.call)
FROM (VALUES ('half_year_snapshot(NULL, 1)'), ('half_year_snapshot(1899, 1)'),
	('half_year_snapshot(3000, 1)'), ('half_year_snapshot(2021, NULL)'),
	('half_year_snapshot(2021, 0)'), ('half_year_snapshot(2021, 3)'),
	($$half_year_snapshot(2021, 1, 'XX')$$),
	($$half_year_snapshot(2021, 1, 'cn')$$),
	($$half_year_snapshot(2021, 1, '')$$),
	('ageing(NULL)'), ($$ageing('infinity')$$), ($$ageing('-infinity')$$),
	('ageing(current_date + 3)'), ($$ageing('2021-06-30', 'XX')$$)) AS v (call);
SELECT pg_temp.attempt('SELECT * FROM helpline.half_year_snapshot(' || y || ', '
	|| h || ')') AS first_and_last
FROM (VALUES (1900, 1), (2999, 2)) AS v (y, h);

-- A taxonomy in which one topic is called otherwise from April 2021 on
INSERT INTO desk.taxonomies (taxonomy, valid_from, description)
VALUES (2, '2021-04-01', 'one topic renamed');
INSERT INTO desk.topics (taxonomy, topic, parent, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity, replaces)
SELECT 2, CASE topic WHEN 'wages.late' THEN 'wages.delayed' ELSE topic END,
	parent, label_en, label_zh_hans, label_zh_hant, label_vi, default_severity,
	CASE topic WHEN 'wages.late' THEN '{wages.late}'::text[] ELSE '{}' END
FROM desk.topics WHERE taxonomy = 1;

-- Calls; n of each kind.  The first and last instant of a half count in the
-- time zone of the line.
CREATE TEMP TABLE made (n integer, line text, at timestamptz, channel text,
	purpose text, outcome text, language text, topic text);
INSERT INTO made VALUES
	-- second half of 2020: 15 calls
	(3, 'CN', '2020-09-01 02:00+00', 'phone_in', 'advice', 'answered', 'zh',
	 'wages.late'),
	(1, 'CN', '2020-06-30 16:00+00', 'phone_in', 'advice', 'answered', 'zh',
	 'hours.rest_day'),
	(2, 'CN', '2020-10-01 02:00+00', 'phone_in', 'advice', 'answered', 'zh', NULL),
	(1, 'CN', '2020-12-31 15:59:59+00', 'wechat', 'grievance', 'answered', 'zh',
	 'wages'),
	(3, 'CN', '2020-11-01 02:00+00', 'wechat', 'grievance', 'answered', 'zh', NULL),
	(2, 'CN', '2020-11-02 02:00+00', 'phone_in', 'information', 'answered', 'yue',
	 NULL),
	(1, 'CN', '2020-11-03 02:00+00', 'phone_in', 'test', 'answered', NULL, NULL),
	(1, 'CN', '2020-11-04 02:00+00', 'phone_in', 'wrong_number', 'answered', NULL,
	 NULL),
	(1, 'CN', '2020-11-05 02:00+00', 'missed_call', NULL, 'missed', NULL, NULL),
	-- first half of 2021: 6 in China, 3 in Vietnam
	(1, 'CN', '2020-12-31 16:00+00', 'phone_in', 'advice', 'answered', 'zh',
	 'wages.late'),
	(1, 'CN', '2021-05-01 02:00+00', 'phone_in', 'advice', 'answered', 'zh',
	 'wages.delayed'),
	(1, 'CN', '2021-05-02 02:00+00', 'wechat', 'grievance', 'answered', 'zh',
	 'hours.rest_day'),
	(1, 'CN', '2021-05-03 02:00+00', 'phone_in', 'silent', 'answered', NULL, NULL),
	(1, 'CN', '2021-05-04 02:00+00', 'app', 'follow_up', 'answered', 'en', NULL),
	(1, 'CN', '2021-06-30 15:59:59+00', 'phone_in', NULL, 'abandoned', NULL, NULL),
	(1, 'VN', '2021-06-30 16:59:59+00', 'zalo', 'grievance', 'answered', 'vi',
	 'wages.delayed'),
	(1, 'VN', '2021-04-02 02:00+00', 'zalo', 'grievance', 'answered', 'vi', NULL),
	(1, 'VN', '2021-04-03 02:00+00', 'phone_in', 'emotional_support', 'answered',
	 'vi', NULL),
	-- neither
	(1, 'CN', '2020-06-30 15:59:59+00', 'phone_in', 'advice', 'answered', 'zh',
	 'wages.late'),
	(1, 'CN', '2021-06-30 16:00+00', 'phone_in', 'advice', 'answered', 'zh',
	 'wages.delayed'),
	(1, 'VN', '2021-06-30 17:00+00', 'zalo', 'advice', 'answered', 'vi',
	 'wages.delayed');
CREATE TEMP TABLE made_calls AS
SELECT m.topic, (helpline.record_call(m.line, m.channel, m.purpose, m.outcome,
	language => m.language, received_at => m.at)).call_ref
FROM made AS m, generate_series(1, m.n);
SELECT count(*) AS calls FROM made_calls;
SELECT count(i.n) AS issues FROM made_calls AS c,
	helpline.raise_issue(c.call_ref, c.topic) AS i WHERE c.topic IS NOT NULL;
-- Cases: opened before and escalated in the half; opened and escalated in it;
-- opened in it; escalated after it
SELECT helpline.open_batch('r', 'cases', 'CN', 'r');
INSERT INTO desk.staged_cases (source_id, opened_at, escalated_at) VALUES
	('1', '2020-12-31', '2021-01-01'), ('2', '2021-01-01', '2021-06-30'),
	('3', '2021-06-30', NULL), ('4', '2020-02-01', '2021-07-01');
SELECT loaded FROM helpline.import_cases('r');
-- Workers, China: 1,000, from April 2021 on 1,600; Vietnam: 500 from April on
SELECT helpline.set_factory('R-1', 'CN', member_from => '2020-01-01');
SELECT helpline.set_headcount('R-1', '2019-06-01', 1000) IS NOT NULL AS done;
SELECT helpline.set_headcount('R-1', '2021-04-01', 1600) IS NOT NULL AS done;
SELECT helpline.set_factory('R-2', 'VN', member_from => '2021-04-01');
SELECT helpline.set_headcount('R-2', '2020-04-01', 500) IS NOT NULL AS done;
-- No member, no headcount
SELECT helpline.set_factory('R-3', 'CN');
SELECT helpline.set_headcount('R-3', '2019-06-01', 77777) IS NOT NULL AS done;
SELECT helpline.set_factory('R-4', 'CN', member_from => '2020-01-01');

-- What a calculator says
CREATE TEMP TABLE by_hand (country text, section text, item text,
	value numeric, half_before numeric, change_percent numeric);
INSERT INTO by_hand VALUES
	(NULL, 'total', 'calls', 9, 15, -40.0),
	(NULL, 'total', 'calls a month', 2, 3, -33.3),
	(NULL, 'total', 'substantive calls', 6, 10, -40.0),
	(NULL, 'total', 'issues raised', 4, 5, -20.0),
	(NULL, 'total', 'cases opened', 2, 1, 100.0),
	(NULL, 'total', 'cases escalated', 2, 0, NULL),
	(NULL, 'total', 'cases escalated, percent of calls', 22.22, 0, NULL),
	(NULL, 'total', 'workers, mean of the months', 1550, 1000, 55.0),
	(NULL, 'total', 'calls per 1,000 workers', 5.806, 15, -61.3),
	(NULL, 'channel', 'phone_in', 5, 10, -50.0),
	(NULL, 'channel', 'zalo', 2, 0, NULL),
	(NULL, 'channel', 'app', 1, 0, NULL),
	(NULL, 'channel', 'wechat', 1, 4, -75.0),
	(NULL, 'channel', 'missed_call', 0, 1, -100.0),
	(NULL, 'language', 'vi', 3, 0, NULL),
	(NULL, 'language', 'zh', 3, 10, -70.0),
	(NULL, 'language', 'not known', 2, 3, -33.3),
	(NULL, 'language', 'en', 1, 0, NULL),
	(NULL, 'language', 'yue', 0, 2, -100.0),
	(NULL, 'purpose', 'grievance', 3, 4, -25.0),
	(NULL, 'purpose', 'advice', 2, 6, -66.7),
	(NULL, 'purpose', 'emotional_support', 1, 0, NULL),
	(NULL, 'purpose', 'follow_up', 1, 0, NULL),
	(NULL, 'purpose', 'not known', 1, 1, 0.0),
	(NULL, 'purpose', 'silent', 1, 0, NULL),
	(NULL, 'purpose', 'information', 0, 2, -100.0),
	(NULL, 'purpose', 'test', 0, 1, -100.0),
	(NULL, 'purpose', 'wrong_number', 0, 1, -100.0),
	(NULL, 'topic', 'wages', 3, 4, -25.0),
	(NULL, 'topic', 'hours', 1, 1, 0.0),
	(NULL, 'topic in detail', 'wages.delayed', 3, 3, 0.0),
	(NULL, 'topic in detail', 'hours.rest_day', 1, 1, 0.0),
	('VN', 'total', 'calls', 3, 0, NULL),
	('VN', 'total', 'calls a month', 1, 0, NULL),
	('VN', 'total', 'substantive calls', 3, 0, NULL),
	('VN', 'total', 'issues raised', 1, 0, NULL),
	('VN', 'total', 'cases opened', 0, 0, NULL),
	('VN', 'total', 'cases escalated', 0, 0, NULL),
	('VN', 'total', 'cases escalated, percent of calls', 0, NULL, NULL),
	('VN', 'total', 'workers, mean of the months', 250, NULL, NULL),
	('VN', 'total', 'calls per 1,000 workers', 12, NULL, NULL),
	('VN', 'channel', 'zalo', 2, 0, NULL),
	('VN', 'channel', 'phone_in', 1, 0, NULL),
	('VN', 'language', 'vi', 3, 0, NULL),
	('VN', 'purpose', 'grievance', 2, 0, NULL),
	('VN', 'purpose', 'emotional_support', 1, 0, NULL),
	('VN', 'topic', 'wages', 1, 0, NULL),
	('VN', 'topic in detail', 'wages.delayed', 1, 0, NULL);
CREATE FUNCTION pg_temp.differences(the_country text)
RETURNS TABLE (origin text, section text, item text, value numeric,
	half_before numeric, change_percent numeric)
LANGUAGE sql
AS $$
	WITH got AS (
		SELECT s.section, s.item, s.value, s.half_before, s.change_percent
		FROM helpline.half_year_snapshot(2021, 1, the_country) AS s
	), wanted AS (
		SELECT h.section, h.item, h.value, h.half_before, h.change_percent
		FROM by_hand AS h WHERE h.country IS NOT DISTINCT FROM the_country
	)
	SELECT 'got', * FROM (TABLE got EXCEPT ALL TABLE wanted) AS g
	UNION ALL
	SELECT 'wanted', * FROM (TABLE wanted EXCEPT ALL TABLE got) AS w
$$;
SELECT * FROM helpline.half_year_snapshot(2021, 1);
SELECT * FROM pg_temp.differences(NULL);
SELECT * FROM pg_temp.differences('VN');
-- The order is the one of the calculation above.
SELECT count(*) AS rows, count(*) FILTER (WHERE g.item <> w.item
	OR g.section <> w.section) AS elsewhere
FROM (SELECT *, row_number() OVER () AS n
	FROM helpline.half_year_snapshot(2021, 1)) AS g
FULL JOIN (SELECT *, row_number() OVER () AS n FROM by_hand
	WHERE country IS NULL) AS w USING (n);
-- Old years keep the names of their time.
SELECT section, item, value, half_before
FROM helpline.half_year_snapshot(2020, 2, 'CN')
WHERE section IN ('topic', 'topic in detail') OR item IN ('calls', 'issues raised');
-- The next half
SELECT section, item, value, half_before
FROM helpline.half_year_snapshot(2021, 2)
WHERE section = 'total' AND item NOT LIKE '%workers%';
-- The session's time zone does not matter.
CREATE TEMP TABLE first_time AS
SELECT * FROM helpline.half_year_snapshot(2021, 1);
SET TimeZone = 'Pacific/Kiritimati';
SELECT count(*) FROM (SELECT * FROM helpline.half_year_snapshot(2021, 1)
	EXCEPT TABLE first_time) AS x;
SET TimeZone = 'America/New_York';

-- Who may ask
BEGIN;
CREATE ROLE regress_analyst NOLOGIN;
CREATE ROLE regress_specialist NOLOGIN;
CREATE ROLE regress_buyer NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) FROM (VALUES
	('analyst', 'regress_analyst'::name), ('specialist', 'regress_specialist'),
	('buyer', 'regress_buyer')) AS v (kind, role);
SET LOCAL ROLE regress_analyst;
SELECT value FROM helpline.half_year_snapshot(2021, 1)
WHERE section = 'total';
SELECT sum(open_cases) FROM helpline.ageing('2021-06-30');
RESET ROLE;
SET LOCAL ROLE regress_specialist;
SELECT pg_temp.attempt('SELECT helpline.half_year_snapshot(2021, 1)');
SELECT pg_temp.attempt('SELECT helpline.ageing(''2021-06-30'')');
SELECT count(*) > 0 AS may FROM helpline.published_totals('calls');
RESET ROLE;
SET LOCAL ROLE regress_buyer;
SELECT pg_temp.attempt('SELECT helpline.half_year_snapshot(2021, 1)');
RESET ROLE;
ROLLBACK;

--
-- Ageing: cases on the edges of every band.  A line of its own.
--
SELECT helpline.set_line('ID', 'ID', 'Asia/Jakarta', '2020-01-01')
	IS NOT NULL AS done;
SELECT helpline.open_batch('ages', 'cases', 'ID', 'ages');
INSERT INTO desk.staged_cases (source_id, opened_at, closed_at)
SELECT 'age-' || age, (date '2021-12-31' - age)::text, NULL
FROM unnest('{0,30,31,90,91,180,181,365,366,-1}'::integer[]) AS age;
INSERT INTO desk.staged_cases (source_id, opened_at, closed_at) VALUES
	('closed on the day', '2021-12-21', '2021-12-31 23:59:59'),
	('closed on the next', '2021-12-21', '2022-01-01 00:00:00'),
	('closed before', '2020-02-01', '2020-03-01');
SELECT loaded FROM helpline.import_cases('ages');
SELECT * FROM helpline.ageing('2021-12-31', 'ID');
-- A day later
SELECT band, open_cases FROM helpline.ageing('2022-01-01', 'ID');
-- The day before the first case
SELECT sum(open_cases), count(share_percent) AS shares, max(data) AS data
FROM helpline.ageing('2020-01-31', 'ID');
-- Against a count by another way, for every day of three years
SELECT count(*) AS days, count(*) FILTER (WHERE a.got <> b.wanted) AS different,
	sum(b.n) > 5000 AS many
FROM generate_series(timestamp '2020-01-01', '2022-12-31', '1 day') AS d (day),
	LATERAL (SELECT array_agg(open_cases ORDER BY from_day) AS got
		FROM helpline.ageing(d.day::date, 'ID')) AS a,
	LATERAL (SELECT array_agg(n ORDER BY i) AS wanted, sum(n) AS n FROM (
		SELECT i, (SELECT count(*) FROM desk.cases AS c
			WHERE c.source = 'ages'
			AND c.opened_at < (d.day + interval '1 day') AT TIME ZONE 'Asia/Jakarta'
			AND COALESCE(c.closed_at, 'infinity')
				>= (d.day + interval '1 day') AT TIME ZONE 'Asia/Jakarta'
			AND width_bucket(d.day::date - (c.opened_at
				AT TIME ZONE 'Asia/Jakarta')::date, '{31,91,181,366}') = i) AS n
		FROM generate_series(0, 4) AS i) AS x) AS b;

-- What is made up says so.
SELECT helpline.set_line('KH', 'KH', 'Asia/Phnom_Penh', '2020-01-01')
	IS NOT NULL AS done;
SELECT helpline.open_batch('made-up', 'cases', 'KH', 'made-up',
	synthetic => true);
INSERT INTO desk.staged_cases (source_id, opened_at) VALUES ('1', '2021-03-01');
SELECT loaded FROM helpline.import_cases('made-up');
SELECT v.country, (SELECT array_agg(DISTINCT data)
		FROM helpline.ageing('2021-12-31', v.country)) AS ageing,
	(SELECT array_agg(DISTINCT data)
		FROM helpline.half_year_snapshot(2021, 1, v.country)) AS snapshot
FROM (VALUES ('ID'), ('KH'), (NULL)) AS v (country);
-- Real calls among made-up workers
INSERT INTO desk.factories (factory, country, member_during, synthetic)
VALUES ('R-9', 'ID', '{[2020-01-01,)}', true);
SELECT helpline.set_headcount('R-9', '2020-01-01', 9000) IS NOT NULL AS done;
SELECT (helpline.record_call('ID', 'app', 'advice',
	received_at => '2022-03-01 02:00+00')).substantive;
SELECT item, value, data FROM helpline.half_year_snapshot(2022, 1, 'ID')
WHERE section = 'total';

--
-- Published totals
--
SELECT measure, since, until, known_to, value, printed
FROM helpline.published_totals();
SELECT count(*) AS totals, count(*) FILTER (WHERE source <> '') AS with_source
FROM helpline.published_totals();
SELECT until, value FROM helpline.published_totals('workers_reached');
SELECT count(*) FROM helpline.published_totals('nothing');
SELECT helpline.set_published_total('calls', '2022-06-30', 800, '800 calls',
	'made up', '2022-01-01') IS NOT NULL AS done;
SELECT helpline.set_published_total('calls', '2022-06-30', 801, '801 calls',
	'made up', since => '2022-01-01', known_to => 'month') IS NOT NULL AS done;
SELECT * FROM helpline.published_totals('calls') WHERE source = 'made up';
SELECT v.arguments, pg_temp.attempt('SELECT helpline.set_published_total('
	|| v.arguments || ')')
FROM (VALUES
	($$NULL, '2022-06-30', 1, '1', 'x'$$),
	($$'a b', '2022-06-30', 1, '1', 'x'$$),
	($$'calls', NULL, 1, '1', 'x'$$),
	($$'calls', 'infinity', 1, '1', 'x'$$),
	($$'calls', '2022-06-30', NULL, '1', 'x'$$),
	($$'calls', '2022-06-30', -1, '1', 'x'$$),
	($$'calls', '2022-06-30', 'NaN', '1', 'x'$$),
	($$'calls', '2022-06-30', 'Infinity', '1', 'x'$$),
	($$'calls', '2022-06-30', 1, ' ', 'x'$$),
	($$'calls', '2022-06-30', 1, '1', NULL$$),
	($$'calls', '2022-06-30', 1, '1', 'x', '2022-07-01'$$),
	($$'calls', '2022-06-30', 1, '1', 'x', '-infinity'$$),
	($$'calls', '2022-06-30', 1, '1', 'x', known_to => 'week'$$),
	($$'calls', '2022-06-30', 1, '1', 'x', known_to => NULL$$))
	AS v (arguments);

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_report;
DROP ROLE regress_report_owner;
