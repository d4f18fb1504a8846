-- Import of real files, in a database of its own: some of it has to commit.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_ietp_import;
DROP ROLE IF EXISTS regress_import_owner;
CREATE ROLE regress_import_owner NOLOGIN;
CREATE DATABASE regress_ietp_import TEMPLATE template0 ENCODING 'UTF8'
	LC_COLLATE 'C' LC_CTYPE 'C';
ALTER DATABASE regress_ietp_import SET lc_messages = 'C';
SELECT current_database() AS main_database \gset
\c regress_ietp_import
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = ISO;
SET TimeZone = 'America/New_York';
SET search_path = public, ietp;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk('regress_import_owner');

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
SELECT helpline.set_factory('F-1', 'CN') IS NOT NULL AS done;
SELECT helpline.set_account('li.na', 'specialist', team => 'T-1')
	IS NOT NULL AS done;

--
-- Batches
--
SELECT helpline.open_batch('calls-1', 'calls', 'CN', 'old system');
SHOW ietp_helpline.import_batch;
SELECT ietp.next_line(), ietp.next_line();
-- The same again is harmless, and begins the file anew.
SELECT helpline.open_batch('calls-1', 'calls', 'CN', 'old system', 'YMD', NULL,
	NULL, NULL);
SELECT ietp.next_line();
SELECT v.arguments, pg_temp.attempt('SELECT helpline.open_batch('
	|| v.arguments || ')')
FROM (VALUES
	($$'calls-1', 'cases', 'CN', 'old system'$$),
	($$'calls-1', 'calls', 'VN', 'old system'$$),
	($$'calls-1', 'calls', 'CN', 'other system'$$),
	($$'calls-1', 'calls', 'CN', 'old system', 'DMY'$$),
	($$'calls-1', 'calls', 'CN', 'old system', currency => 'CNY'$$),
	($$'calls-1', 'calls', 'CN', 'old system', new_factories => true$$),
	($$'calls-1', 'calls', 'CN', 'old system', synthetic => true$$),
	($$NULL, 'calls', 'CN', 'x'$$), ($$' b', 'calls', 'CN', 'x'$$),
	($$'b', NULL, 'CN', 'x'$$), ($$'b', 'notes', 'CN', 'x'$$),
	($$'b', 'calls', NULL, 'x'$$), ($$'b', 'calls', 'XX', 'x'$$),
	($$'b', 'calls', 'CN', NULL$$), ($$'b', 'calls', 'CN', E' \t'$$),
	($$'b', 'calls', 'CN', repeat('x', 201)$$),
	($$'b', 'calls', 'CN', 'x', NULL$$), ($$'b', 'calls', 'CN', 'x', 'YDM'$$),
	($$'b', 'calls', 'CN', 'x', currency => 'rmb'$$)) AS v (arguments);
SELECT batch FROM desk.batches;
SELECT pg_temp.attempt('SELECT helpline.import_cases(''calls-1'')');
SELECT pg_temp.attempt('SELECT helpline.import_calls(''calls-2'')');
SELECT pg_temp.attempt('SELECT helpline.import_calls(NULL)');
-- Nothing was copied yet.
SELECT * FROM helpline.import_calls('calls-1');

--
-- Calls: good rows, and every way in which one can be bad
--
SELECT helpline.open_batch('calls-1', 'calls', 'CN', 'old system') AS batch \gset
COPY desk.staged_calls (source_id, received_at, answered_at, ended_at, channel,
	direction, outcome, purpose, language, factory, complainant_role,
	identity_mode, topics, handler)
FROM stdin WITH (FORMAT csv, HEADER);
id,received,answered,ended,channel,direction,outcome,purpose,language,factory,role,mode,topics,handler
g-1,2021-03-31 23:30,2021-03-31 23:30:20,2021-03-31 23:45,phone_in,inbound,answered,grievance,zh,F-1,worker,anonymous,wages.unpaid;hours.rest_day,li.na
g-2,2021年4月1日 09:05,,,wechat,,,advice,,,,,,
g-3,２０２１-０４-０２ １０:００,,,phone_in,OUTBOUND,missed,,yue,,family,disclosed, wages.late ; leave.annual ,nobody@example
"g,4
""quoted""",2021-04-03T03:30:00+00:00,,2021-04-03 11:30,app,,abandoned,,,,,,,
  g-5  ,2021-04-04, , ,email,  , answered , information , vi , F-1 , colleague , confidential , wages ,
,2021-04-05,,,phone_in,,,advice,,,,,,
   ,2021-04-05,,,phone_in,,,advice,,,,,,
b-8,,,,phone_in,,,advice,,,,,,
b-9,yesterday,,,phone_in,,,advice,,,,,,
b-10,2021-02-29,,,phone_in,,,advice,,,,,,
b-11,2121-01-01,,,phone_in,,,advice,,,,,,
b-12,0021-01-01,,,phone_in,,,advice,,,,,,
b-13,2021-04-05 10:00,noon,,phone_in,,,advice,,,,,,
b-14,2021-04-05 10:00,2021-04-05 09:59:59,,phone_in,,,advice,,,,,,
b-15,2021-04-05 10:00,2221-04-05 10:00,,phone_in,,,advice,,,,,,
b-16,2021-04-05 10:00,,never,phone_in,,,advice,,,,,,
b-17,2021-04-05 10:00,2021-04-05 10:02,2021-04-05 10:01,phone_in,,,advice,,,,,,
b-18,2021-04-05 10:00,,2221-04-05 10:01,phone_in,,,advice,,,,,,
b-19,2021-04-05 10:00,,,,,,advice,,,,,,
b-20,2021-04-05 10:00,,,telepathy,,,advice,,,,,,
b-21,2021-04-05 10:00,,,phone_in,sideways,,advice,,,,,,
b-22,2021-04-05 10:00,,,phone_in,,lost,advice,,,,,,
b-23,2021-04-05 10:00,,,phone_in,,,,,,,,,
b-24,2021-04-05 10:00,,,phone_in,,,chat,,,,,,
b-25,2021-04-05 10:00,,,phone_in,,missed,chat,,,,,,
b-26,2021-04-05 10:00,,,phone_in,,,advice,tlh,,,,,
b-27,2021-04-05 10:00,,,phone_in,,,advice,,NO-SUCH,,,,
b-28,2021-04-05 10:00,,,phone_in,,,advice,,,boss,,,
b-29,2021-04-05 10:00,,,phone_in,,,advice,,,,secret,,
b-30,2021-04-05 10:00,,,phone_in,,,advice,,,,,wages.none,
b-31,2021-04-05 10:00,,,phone_in,,,advice,,,,,wages.late;wages.none,
b-32,2021-04-05 10:00,,,phone_in,,,advice,,,,,wages.late;;wages,
b-33,when,a,b,c,d,e,f,g,h,i,j,k,
g-1,2021-03-31 23:30,2021-03-31 23:30:20,2021-03-31 23:45,phone_in,inbound,answered,grievance,zh,F-1,worker,anonymous,wages.unpaid;hours.rest_day,li.na
g-2,2021年4月1日 09:06,,,wechat,,,advice,,,,,,
\.
-- What no index could hold: 3,000 characters that do not compress
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose, handler)
SELECT 'b-long', '2021-04-06', 'phone_in', 'advice',
	string_agg(md5(i::text), '') FROM generate_series(1, 94) AS i;
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose)
SELECT string_agg(md5(i::text), ''), '2021-04-06', 'phone_in', 'advice'
FROM generate_series(1, 94) AS i;
CREATE TEMP TABLE file1 AS TABLE desk.staged_calls;
SELECT count(*), min(line_no), max(line_no) FROM file1;

SELECT * FROM helpline.import_calls('calls-1');
SELECT count(*) AS left_in_staging FROM desk.staged_calls;
SELECT line_no, left(source_id, 10) AS source_id, reasons
FROM helpline.refused_rows('calls-1');
-- Refused rows are kept whole.
SELECT count(*) AS refused, count(*) FILTER (WHERE r.fields
	IS DISTINCT FROM jsonb_build_object('source_id', f.source_id,
		'received_at', f.received_at, 'answered_at', f.answered_at,
		'ended_at', f.ended_at, 'channel', f.channel,
		'direction', f.direction, 'outcome', f.outcome,
		'purpose', f.purpose, 'language', f.language,
		'factory', f.factory, 'complainant_role', f.complainant_role,
		'identity_mode', f.identity_mode, 'topics', f.topics,
		'handler', f.handler)) AS not_as_staged
FROM desk.refused_rows AS r LEFT JOIN file1 AS f USING (batch, line_no);
-- Loaded rows
SELECT source_id, left(call_ref::text, 12) AS reference,
	received_at AT TIME ZONE 'Asia/Shanghai' AS received, received_on,
	answered_at - received_at AS waited, ended_at - received_at AS lasted,
	channel, direction, outcome, purpose
FROM desk.calls ORDER BY received_at;
SELECT source_id, language, factory, complainant_role, identity_mode, handler,
	team, line, source, synthetic
FROM desk.calls ORDER BY received_at;
SELECT c.source_id, i.n, i.topic, i.taxonomy, i.raised_on = c.received_on AS day,
	i.line
FROM desk.issues AS i JOIN desk.calls AS c USING (call_ref)
ORDER BY 1, 2;

-- The same file again changes nothing, and says so.
CREATE TEMP TABLE calls_before AS TABLE desk.calls;
CREATE TEMP TABLE refused_before AS TABLE desk.refused_rows;
INSERT INTO desk.staged_calls TABLE file1;
SELECT * FROM helpline.import_calls('calls-1');
SELECT (SELECT count(*) FROM desk.staged_calls) AS staged,
	(SELECT count(*) FROM desk.issues) AS issues,
	(SELECT count(*) FROM (TABLE desk.calls EXCEPT TABLE calls_before) AS x)
		AS other_calls,
	(SELECT count(*) FROM (TABLE desk.refused_rows EXCEPT
		TABLE refused_before) AS x) AS other_refused,
	(SELECT count(*) FROM desk.refused_rows)
		= (SELECT count(*) FROM refused_before) AS as_many;

-- Another batch of the same source: known rows are not loaded again, changed
-- ones are refused, and the factory that is known by now is accepted.
SELECT helpline.set_factory('NO-SUCH', 'CN') IS NOT NULL AS done;
SELECT helpline.open_batch('calls-2', 'calls', 'CN', 'old system');
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose, factory)
VALUES ('b-27', '2021-04-05 10:00', 'phone_in', 'advice', 'NO-SUCH'),
	('g-2', '2021年4月1日 09:05', 'wechat', 'advice', NULL),
	('g-2', '2021年4月1日 09:05', 'wechat', 'information', NULL),
	('new', '2021-04-09', 'wechat', 'advice', NULL);
SELECT * FROM helpline.import_calls('calls-2');
SELECT line_no, source_id, reasons FROM helpline.refused_rows('calls-2');
SELECT source_id, purpose FROM desk.calls
WHERE source_id IN ('g-2', 'new', 'b-27') ORDER BY 1;
-- The same ids of another source are other calls.
SELECT helpline.open_batch('calls-3', 'calls', 'VN', 'other system');
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose)
VALUES ('g-2', '2021-12-31 23:30', 'zalo', 'advice');
SELECT loaded, outcome FROM helpline.import_calls('calls-3');
SELECT left(call_ref::text, 12) AS reference, line, received_on,
	received_at AT TIME ZONE 'UTC' AS utc FROM desk.calls
WHERE source = 'other system';

-- Numbers of lines count from 2 with every setting, whatever was before.
SELECT helpline.open_batch('lines-1', 'calls', 'CN', 'lines');
COPY desk.staged_calls (source_id, received_at, channel, purpose)
FROM stdin WITH (FORMAT csv, HEADER);
id,at,channel,purpose
l-1,2021-04-05,phone_in,advice
l-2,2021-04-05,phone_in,bad
\.
SELECT helpline.open_batch('lines-2', 'calls', 'CN', 'lines');
COPY desk.staged_calls (source_id, received_at, channel, purpose)
FROM stdin WITH (FORMAT csv, HEADER);
id,at,channel,purpose
l-3,2021-04-05,phone_in,advice
l-4,2021-04-05,phone_in,bad
\.
SET ietp_helpline.import_batch = 'lines-3';
INSERT INTO desk.staged_calls (source_id) VALUES ('of no batch');
SELECT batch, line_no, source_id FROM desk.staged_calls ORDER BY 1, 2;
SELECT pg_temp.attempt('SELECT helpline.import_calls(''lines-3'')');
SELECT loaded, refused FROM helpline.import_calls('lines-2');
SELECT batch, line_no FROM desk.staged_calls ORDER BY 1, 2;
SELECT loaded, refused FROM helpline.import_calls('lines-1');
SELECT batch, line_no, source_id FROM desk.refused_rows
WHERE source = 'lines' ORDER BY 1, 2;
DELETE FROM desk.staged_calls;

-- Day first, month first; new factories; synthetic
SELECT helpline.open_batch('dmy', 'calls', 'VN', 'dmy', date_order => 'DMY',
	new_factories => true, synthetic => true);
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose, factory)
VALUES ('d-1', '03/04/2021 08:00', 'zalo', 'advice', 'VN-NEW-1'),
	('d-2', '31/12/2021', 'zalo', 'advice', ' VN-NEW-1 '),
	('d-3', '12/31/2021', 'zalo', 'advice', 'VN-NEW-2'),
	('d-4', '01/04/2021', 'zalo', 'advice', 'not a code'),
	('d-5', '01/04/2021', 'zalo', 'advice', 'F-1');
SELECT loaded, refused FROM helpline.import_calls('dmy');
SELECT line_no, source_id, reasons FROM helpline.refused_rows('dmy');
SELECT source_id, received_on, factory, synthetic FROM desk.calls
WHERE source = 'dmy' ORDER BY 1;
SELECT factory, country, synthetic FROM desk.factories
WHERE factory LIKE 'VN%' OR factory = 'F-1' ORDER BY 1;
SELECT helpline.open_batch('mdy', 'calls', 'CN', 'mdy', date_order => 'MDY');
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose)
VALUES ('m-1', '03/04/2021', 'app', 'advice'),
	('m-2', '31/12/2021', 'app', 'advice');
SELECT loaded, refused FROM helpline.import_calls('mdy');
SELECT source_id, received_on FROM desk.calls WHERE source = 'mdy';

--
-- Cases
--
SELECT helpline.open_batch('cases-1', 'cases', 'CN', 'old system',
	currency => 'CNY') AS batch \gset
COPY desk.staged_cases (source_id, opened_at, closed_at, status, factory,
	topics, severity, escalation_level, escalated_at, closing_reason, language,
	complainant_role, identity_mode, workers_affected, amount_claimed,
	amount_assessed, amount_recovered, call_source_id, handler)
FROM stdin WITH (FORMAT csv, HEADER);
id,opened,closed,status,factory,topics,severity,level,escalated,reason,language,role,mode,workers,claimed,assessed,recovered,call,handler
g-1,2021-03-31 23:50,2021-05-01,settled,F-1,wages.unpaid,,2,2021-04-02,resolved,zh,worker,confidential,12,"12,500.50",9000,8500.5,g-1,li.na
g-2,2021-04-01,,open,,,,,,,,,,,,,,,
g-3,2021-04-01,,,,leave.annual;child_labour.under_age;wages.late,,,,,,,,,,,,,
g-4,2021-04-01,,,,child_labour.under_age,minor,,2021-04-01,,,,,,,,,,
g-5,2021-04-01,2021-04-01,,,wages.late;leave.annual,CRITICAL,0,,,,,,,0,,,,
b-7,,,,,,,,,,,,,,,,,,
b-8,2021-13-01,,,,,,,,,,,,,,,,,
b-9,2121-01-01,,,,,,,,,,,,,,,,,
b-10,0202-01-01,,,,,,,,,,,,,,,,,
b-11,2021-04-01,later,,,,,,,,,,,,,,,,
b-12,2021-04-01,2021-03-31,,,,,,,,,,,,,,,,
b-13,2021-04-01,2121-04-01,,,,,,,,,,,,,,,,
b-14,2021-04-01,,,NO-ONE,,,,,,,,,,,,,,
b-15,2021-04-01,,,,wages.none,,,,,,,,,,,,,
b-16,2021-04-01,,,,wages.late;wages.none,,,,,,,,,,,,,
b-17,2021-04-01,,,,,grave,,,,,,,,,,,,
b-18,2021-04-01,,,,,,high,,,,,,,,,,,
b-19,2021-04-01,,,,,,4,2021-04-02,,,,,,,,,,
b-20,2021-04-01,,,,,,-1,,,,,,,,,,,
b-21,2021-04-01,,,,,,1,,,,,,,,,,,
b-22,2021-04-01,,,,,,0,2021-04-02,,,,,,,,,,
b-23,2021-04-01,,,,,,,soon,,,,,,,,,,
b-24,2021-04-01,,,,,,,2021-03-31,,,,,,,,,,
b-25,2021-04-01,2021-04-03,,,,,,2021-04-04,,,,,,,,,,
b-26,2021-04-01,,,,,,,2121-04-04,,,,,,,,,,
b-27,2021-04-01,2021-04-02,,,,,,,dunno,,,,,,,,,
b-28,2021-04-01,,,,,,,,resolved,,,,,,,,,
b-29,2021-04-01,,,,,,,,,tlh,,,,,,,,
b-30,2021-04-01,,,,,,,,,,boss,,,,,,,
b-31,2021-04-01,,,,,,,,,,,secret,,,,,,
b-32,2021-04-01,,,,,,,,,,,,many,,,,,
b-33,2021-04-01,,,,,,,,,,,,0,,,,,
b-34,2021-04-01,,,,,,,,,,,,,lots,,,,
b-35,2021-04-01,,,,,,,,,,,,,-1,,,,
b-36,2021-04-01,,,,,,,,,,,,,,lots,,,
b-37,2021-04-01,,,,,,,,,,,,,,-0.01,,,
b-38,2021-04-01,,,,,,,,,,,,,,,NaN,,
b-39,2021-04-01,,,,,,,,,,,,,,,-5,,
b-40,2021-04-01,,,,,,,,,,,,,,,,no-such,
b-41,a,b,c,d/,e,f,g,h,i,j,k,l,m,n,o,p,q,r
 ,2021-04-01,,,,,,,,,,,,,,,,,
g-2,2021-04-01,2021-04-02,closed,,,,,,,,,,,,,,,
\.
INSERT INTO desk.staged_cases (source_id, opened_at, handler)
SELECT 'b-long', '2021-04-06', string_agg(md5(i::text), '')
FROM generate_series(1, 94) AS i;
INSERT INTO desk.staged_cases (source_id, opened_at)
SELECT string_agg(md5(i::text), ''), '2021-04-06'
FROM generate_series(1, 94) AS i;
CREATE TEMP TABLE file2 AS TABLE desk.staged_cases;
SELECT * FROM helpline.import_cases('cases-1');
SELECT line_no, left(source_id, 10) AS source_id, reasons
FROM helpline.refused_rows('cases-1');
SELECT count(*) AS refused, count(*) FILTER (WHERE r.fields
	IS DISTINCT FROM jsonb_build_object('source_id', f.source_id,
		'opened_at', f.opened_at, 'closed_at', f.closed_at,
		'status', f.status, 'factory', f.factory, 'topics', f.topics,
		'severity', f.severity, 'escalation_level', f.escalation_level,
		'escalated_at', f.escalated_at,
		'closing_reason', f.closing_reason, 'language', f.language,
		'complainant_role', f.complainant_role,
		'identity_mode', f.identity_mode,
		'workers_affected', f.workers_affected,
		'amount_claimed', f.amount_claimed,
		'amount_assessed', f.amount_assessed,
		'amount_recovered', f.amount_recovered,
		'call_source_id', f.call_source_id, 'handler', f.handler))
	AS not_as_staged
FROM desk.refused_rows AS r LEFT JOIN file2 AS f USING (batch, line_no)
WHERE r.kind = 'cases';
SELECT source_id, left(case_ref::text, 7) AS reference,
	opened_at AT TIME ZONE 'Asia/Shanghai' AS opened, opened_on, closed_on,
	escalated_on, escalation_level AS level, severity, closing_reason AS reason,
	source_status
FROM desk.cases ORDER BY source_id;
SELECT source_id, factory, language, complainant_role, identity_mode,
	workers_affected, currency, amount_claimed, amount_assessed,
	amount_recovered, handler, team, synthetic
FROM desk.cases ORDER BY source_id;
SELECT c.source_id, i.n, i.topic, i.call_ref FROM desk.case_issues AS i
JOIN desk.cases AS c USING (case_ref) ORDER BY 1, 2;
SELECT c.source_id, k.source, k.source_id AS call FROM desk.case_calls AS l
JOIN desk.cases AS c USING (case_ref) JOIN desk.calls AS k USING (call_ref);
SELECT c.source_id, e.n, e.action, e.to_status,
	e.changes -> 'source' ->> 1 AS source,
	e.changes -> 'source_id' ->> 1 AS its_id,
	(SELECT string_agg(i ->> 'topic', ' ')
		FROM json_array_elements(e.records -> 'case_issues') AS i) AS topics,
	json_array_length(e.records -> 'case_calls') AS calls
FROM desk.events AS e JOIN desk.cases AS c USING (case_ref) ORDER BY 1, 2;
-- Again: nothing changed.
INSERT INTO desk.staged_cases TABLE file2;
SELECT outcome FROM helpline.import_cases('cases-1');
SELECT (SELECT count(*) FROM desk.staged_cases) AS staged,
	(SELECT count(*) FROM desk.cases) AS cases,
	(SELECT count(*) FROM desk.events) AS events,
	(SELECT count(*) FROM desk.case_issues) AS issues,
	(SELECT count(*) FROM desk.case_calls) AS calls;
-- Amounts need a currency; full-width digits are digits.
SELECT helpline.open_batch('cases-2', 'cases', 'CN', 'no currency');
INSERT INTO desk.staged_cases (source_id, opened_at, amount_claimed,
	amount_recovered, workers_affected)
VALUES ('c-1', '２０２１-０１-０２', '1', NULL, '１２'),
	('c-2', '2021-01-02', NULL, '0', NULL),
	('c-3', '2021-01-02', 'x', NULL, NULL),
	('c-4', '２０２１年１月２日', NULL, NULL, '１２');
SELECT loaded, refused FROM helpline.import_cases('cases-2');
SELECT source_id, reasons FROM helpline.refused_rows('cases-2');
SELECT source_id, opened_on, workers_affected, currency FROM desk.cases
WHERE source = 'no currency';

--
-- Interrupted imports leave everything as it was.
--
CREATE FUNCTION pg_temp.fingerprint()
RETURNS text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', (SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.staged_calls AS t),
		(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.calls AS t),
		(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.issues AS t),
		(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.refused_rows AS t),
		(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.batches AS t),
		(SELECT md5(string_agg(t::text, '|' ORDER BY t::text))
			FROM desk.factories AS t))
$$;
SELECT helpline.open_batch('big', 'calls', 'CN', 'big', new_factories => true);
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose, factory,
	topics)
SELECT i, to_char(timestamp '2019-01-01' + i * interval '9 minutes',
		'YYYY-MM-DD HH24:MI:SS'),
	'phone_in', CASE WHEN i % 500 = 0 THEN 'bad' ELSE 'grievance' END,
	'BIG-' || i % 50, CASE WHEN i % 20 = 0 THEN 'wages.late;hours.rest_day'
		WHEN i % 20 = 1 THEN 'leave.annual' END
FROM generate_series(1, 51000) AS i;
-- Cancelled early
SELECT pg_temp.fingerprint() AS before \gset
SET statement_timeout = '50ms';
SELECT loaded FROM helpline.import_calls('big');
RESET statement_timeout;
SELECT pg_temp.fingerprint() = :'before' AS as_before;
-- Failing at the 900th row
SELECT helpline.open_batch('small', 'calls', 'CN', 'small', new_factories => true);
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose, factory,
	topics)
SELECT source_id, received_at, channel, purpose, 'S' || factory, topics
FROM desk.staged_calls WHERE batch = 'big' AND line_no <= 1001;
CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
	IF NEW.source = 'small' AND NEW.source_id = '900' THEN
		RAISE EXCEPTION 'the disk is full';
	END IF;
	RETURN NULL;
END
$$;
UPDATE desk.staged_calls SET purpose = 'advice'
WHERE batch = 'small' AND source_id = '900';
CREATE TRIGGER fail AFTER INSERT ON desk.calls
FOR EACH ROW EXECUTE FUNCTION public.fail();
SELECT pg_temp.fingerprint() AS before \gset
SELECT loaded FROM helpline.import_calls('small');
SELECT pg_temp.fingerprint() = :'before' AS as_before;
DROP TRIGGER fail ON desk.calls;
-- Rolled back by the client
BEGIN;
SELECT loaded, refused FROM helpline.import_calls('small');
SELECT pg_temp.fingerprint() = :'before' AS as_before;
ROLLBACK;
SELECT pg_temp.fingerprint() = :'before' AS as_before;
-- And then it succeeds.
SELECT loaded, refused FROM helpline.import_calls('small');
SELECT loaded, refused FROM helpline.import_calls('small');

--
-- More rows than one chunk, while references collide all the time: nothing
-- is lost, nothing is double.
--
CREATE TABLE public.pool AS
SELECT row_number() OVER () - 1 AS n, ref
FROM (SELECT DISTINCT ietp.new_call_ref('CN', 2019) AS ref
	FROM generate_series(1, 70100) LIMIT 70000) AS r;
CREATE UNIQUE INDEX ON public.pool (n);
ANALYZE public.pool;
GRANT SELECT ON public.pool TO PUBLIC;
CREATE SEQUENCE public.draws CACHE 1000;
GRANT USAGE ON public.draws TO PUBLIC;
BEGIN;
CREATE OR REPLACE FUNCTION ietp.new_call_ref(country text, year integer)
RETURNS ietp.call_ref
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
AS $$
	SELECT ref FROM public.pool
	WHERE n = (SELECT abs(hashint8(nextval('public.draws'))::bigint) % 70000)
$$;
CREATE TEMP TABLE file3 ON COMMIT DROP AS
SELECT source_id, received_at::timestamp AT TIME ZONE 'Asia/Shanghai' AS at,
	purpose, factory, topics
FROM desk.staged_calls WHERE batch = 'big';
SELECT rows_read, loaded, unchanged, refused, outcome
FROM helpline.import_calls('big');
SELECT nextval('public.draws') > 52000 AS drawn_again;
SELECT count(*) AS rows, count(DISTINCT c.call_ref) AS refs,
	count(*) FILTER (WHERE c.received_at = f.at
		AND c.received_on = (f.at AT TIME ZONE 'Asia/Shanghai')::date
		AND c.purpose::text = f.purpose AND c.factory = f.factory) AS right_ones
FROM desk.calls AS c JOIN file3 AS f USING (source_id) WHERE c.source = 'big';
SELECT count(*) AS issues, count(*) FILTER (WHERE i.topic
		= (string_to_array(f.topics, ';'))[i.n]) AS right_ones,
	(SELECT sum(cardinality(string_to_array(topics, ';'))) FROM file3
		WHERE purpose = 'grievance') AS expected
FROM desk.issues AS i JOIN desk.calls AS c USING (call_ref)
JOIN file3 AS f USING (source_id) WHERE c.source = 'big';
SELECT count(*) AS staged FROM desk.staged_calls;
SELECT count(*) AS factories FROM desk.factories WHERE factory LIKE 'BIG-%';
-- No reference is left: an error, not an endless loop.
UPDATE public.pool SET ref = (SELECT call_ref FROM desk.calls LIMIT 1);
SELECT helpline.open_batch('more', 'calls', 'CN', 'more');
INSERT INTO desk.staged_calls (source_id, received_at, channel, purpose)
VALUES ('1', '2019-01-01', 'app', 'advice');
SELECT pg_temp.attempt('SELECT helpline.import_calls(''more'')');
ROLLBACK;

-- The same for cases
BEGIN;
TRUNCATE public.pool;
ALTER TABLE public.pool ALTER ref TYPE ietp.case_ref USING NULL;
INSERT INTO public.pool (n, ref)
SELECT row_number() OVER () - 1, ref
FROM (SELECT DISTINCT ietp.new_case_ref('CN', 2019) AS ref
	FROM generate_series(1, 310) LIMIT 300) AS r;
CREATE OR REPLACE FUNCTION ietp.new_case_ref(country text, year integer)
RETURNS ietp.case_ref
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
AS $$
	SELECT ref FROM public.pool
	WHERE n = (SELECT abs(hashint8(nextval('public.draws'))::bigint) % 300)
$$;
SELECT helpline.open_batch('many', 'cases', 'CN', 'many');
INSERT INTO desk.staged_cases (source_id, opened_at, topics, severity)
SELECT i, '2019-02-03', 'wages.late;hours.rest_day',
	(enum_range(NULL::ietp.severity))[1 + i % 5]
FROM generate_series(1, 240) AS i;
SELECT rows_read, loaded, refused FROM helpline.import_cases('many');
SELECT count(*) AS rows, count(DISTINCT case_ref) AS refs,
	count(DISTINCT source_id) AS ids,
	count(*) FILTER (WHERE severity
		= (enum_range(NULL::ietp.severity))[1 + source_id::integer % 5])
		AS right_ones,
	(SELECT count(*) FROM desk.case_issues JOIN public.pool ON ref = case_ref)
		AS issues,
	(SELECT count(*) FROM desk.events JOIN public.pool ON ref = case_ref)
		AS events
FROM desk.cases WHERE source = 'many';
SELECT helpline.open_batch('more', 'cases', 'CN', 'more');
UPDATE public.pool SET ref = (SELECT case_ref FROM desk.cases LIMIT 1);
INSERT INTO desk.staged_cases (source_id, opened_at) VALUES ('1', '2019-01-01');
SELECT pg_temp.attempt('SELECT helpline.import_cases(''more'')');
ROLLBACK;

-- Only administrators import.
BEGIN;
CREATE ROLE regress_boss NOLOGIN;
SELECT ietp.grant_role('supervisor', 'regress_boss') > 0 AS granted;
SET LOCAL ROLE regress_boss;
SELECT pg_temp.attempt('SELECT helpline.import_calls(''big'')');
SELECT pg_temp.attempt('SELECT helpline.refused_rows(''calls-1'')');
RESET ROLE;
ROLLBACK;

\c :main_database
SET client_min_messages = warning;
DROP DATABASE regress_ietp_import;
DROP ROLE regress_import_owner;
