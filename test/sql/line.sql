-- Lines: what is shipped, and helpline.set_line().  All in a transaction that
-- is rolled back: other tests count on the shipped lines.
SET datestyle = ISO;
SET search_path = public, ietp;
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

-- Shipped
SELECT line, country, phone_number, time_zone, opened_on, description
FROM helpline.lines() WHERE line IN ('CN', 'VN');
SELECT line, unnest(steps) AS step
FROM helpline.lines() WHERE line IN ('CN', 'VN');

-- A step that is known to the day is written so.
INSERT INTO desk.line_steps VALUES ('VN', 3, 'made up', '2022-02-28', 'day');
SELECT steps[3] FROM helpline.lines() WHERE line = 'VN';

-- Good: entered, then changed as a whole
SELECT helpline.set_line('TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01',
	'+62 21 1234567', 'made up') IS NOT NULL AS done;
SELECT country, phone_number, time_zone, opened_on, description, steps
FROM helpline.lines() WHERE line = 'TEST-1';
SELECT helpline.set_line(line => 'TEST-1', country => 'ID',
	time_zone => 'Asia/Makassar', opened_on => '2022-05-02',
	description => NULL) IS NOT NULL AS done;
SELECT country, phone_number, time_zone, opened_on, description, steps
FROM helpline.lines() WHERE line = 'TEST-1';
SELECT count(*) FROM desk.lines WHERE line = 'TEST-1';

-- Calls of the line take its country, and its calendar: 16:30 UTC is the next
-- day in Makassar (UTC+8).
SELECT left(c.call_ref::text, 12) AS reference, d.received_on
FROM helpline.record_call('TEST-1', 'phone_in', 'advice',
	received_at => '2021-12-31 16:30+00') AS c
JOIN desk.calls AS d ON d.call_ref = c.call_ref;

-- The days on which its calls count stay: no other zone or country any more.
SELECT v.why, pg_temp.attempt('SELECT helpline.set_line(' || v.arguments || ')')
FROM (VALUES
	('zone', $$'TEST-1', 'ID', 'Asia/Jakarta', '2022-05-02'$$),
	('country', $$'TEST-1', 'MY', 'Asia/Makassar', '2022-05-02'$$),
	('neither', $$'TEST-1', 'ID', 'Asia/Makassar', '2022-05-02'$$)
) AS v (why, arguments);

-- Each error; the line stays as it is.
SELECT v.why, pg_temp.attempt('SELECT helpline.set_line(' || v.arguments || ')')
FROM (VALUES
	('no line', $$NULL, 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('empty', $$'', 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('space around', $$' TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('space within', $$'TEST 1', 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('line feed', $$E'TEST-1\n', 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('65 characters', $$repeat('x', 65), 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('not ASCII', $$'热线', 'ID', 'Asia/Jakarta', '2022-05-01'$$),
	('no country', $$'TEST-1', NULL, 'Asia/Jakarta', '2022-05-01'$$),
	('lower case', $$'TEST-1', 'id', 'Asia/Jakarta', '2022-05-01'$$),
	('three letters', $$'TEST-1', 'IDN', 'Asia/Jakarta', '2022-05-01'$$),
	('line feed', $$'TEST-1', E'ID\n', 'Asia/Jakarta', '2022-05-01'$$),
	('no zone', $$'TEST-1', 'ID', NULL, '2022-05-01'$$),
	('no such zone', $$'TEST-1', 'ID', 'Asia/Atlantis', '2022-05-01'$$),
	('an abbreviation', $$'TEST-1', 'ID', 'WIB', '2022-05-01'$$),
	('POSIX zone', $$'TEST-1', 'ID', 'X-7', '2022-05-01'$$),
	('no day', $$'TEST-1', 'ID', 'Asia/Jakarta', NULL$$),
	('no real day', $$'TEST-1', 'ID', 'Asia/Jakarta', 'infinity'$$),
	('letters',
	 $$'TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01', 'call us'$$),
	('empty number', $$'TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01', ''$$),
	('national number',
	 $$'TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01', '021 1234567'$$),
	('17 digits', $$'TEST-1', 'ID', 'Asia/Jakarta', '2022-05-01',
	 '+62123456789012345'$$)
) AS v (why, arguments);
SELECT country, phone_number, time_zone, opened_on, description
FROM desk.lines WHERE line = 'TEST-1';

-- 64 characters are a code, and nobody's row of another line changed.
SELECT pg_temp.attempt(format(
	'SELECT helpline.set_line(%L, ''ID'', ''Asia/Jakarta'', ''2022-05-01'')',
	repeat('x', 64)));
SELECT line, time_zone FROM desk.lines WHERE line IN ('CN', 'VN') ORDER BY 1;

ROLLBACK;
