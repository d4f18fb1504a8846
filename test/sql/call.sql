-- Calls, the issues raised in them and the advice given.  All in a transaction
-- that is rolled back; references are random and never shown.
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

CREATE ROLE regress_one NOLOGIN;
CREATE ROLE regress_mate NOLOGIN;
CREATE ROLE regress_other NOLOGIN;
CREATE ROLE regress_boss NOLOGIN;
CREATE ROLE regress_analyst NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_one'::name),
	('specialist', 'regress_mate'), ('specialist', 'regress_other'),
	('supervisor', 'regress_boss'), ('analyst', 'regress_analyst'))
	AS v (kind, role);
SELECT count(helpline.set_account(v.account, 'specialist', team => v.team))
FROM (VALUES ('regress_one', 'TC-A'), ('regress_mate', 'TC-A'),
	('regress_other', 'TC-B')) AS v (account, team);
SELECT helpline.set_factory('TC-F', 'CN') IS NOT NULL AS done;

-- As little as possible
SET LOCAL ROLE regress_one;
SELECT call_ref AS plain, substantive, repeated, next_steps
FROM helpline.record_call('CN', 'phone_in', 'information') \gset
\echo :substantive :repeated :next_steps
-- Everything
SELECT call_ref AS full, substantive, repeated, next_steps
FROM helpline.record_call(line => 'VN', channel => 'zalo',
	purpose => 'grievance', outcome => 'answered', direction => 'outbound',
	language => 'vi', received_at => '2021-05-03 09:00+07',
	answered_at => '2021-05-03 09:00:20+07',
	ended_at => '2021-05-03 09:15+07', factory => 'TC-F',
	complainant_role => 'worker', identity_mode => 'confidential',
	callback_of => :'plain',
	retry_key => '00000000-0000-4000-8000-000000000001') \gset
\echo :substantive :repeated :next_steps
-- The same request again: the same answer, and no second row.
SELECT call_ref = :'full' AS same, substantive, repeated, next_steps
FROM helpline.record_call(line => 'VN', channel => 'zalo',
	purpose => 'grievance', outcome => 'answered', direction => 'outbound',
	language => 'vi', received_at => '2021-05-03 09:00+07',
	answered_at => '2021-05-03 09:00:20+07',
	ended_at => '2021-05-03 09:15+07', factory => 'TC-F',
	complainant_role => 'worker', identity_mode => 'confidential',
	callback_of => :'plain',
	retry_key => '00000000-0000-4000-8000-000000000001');
RESET ROLE;
SELECT left(call_ref::text, 8) AS call_ref, line, channel, direction, outcome,
	purpose, language, received_at = now() AS received_now,
	received_on = timezone('Asia/Shanghai', now())::date AS on_its_day,
	answered_at, ended_at
FROM desk.calls WHERE call_ref = :'plain';
SELECT factory, complainant_role, identity_mode, callback_of, handler, team,
	synthetic, source, source_id
FROM desk.calls WHERE call_ref = :'plain';
SELECT left(call_ref::text, 12) AS call_ref, line, channel, direction,
	outcome, purpose, language, received_on
FROM desk.calls WHERE call_ref = :'full';
SELECT received_at AT TIME ZONE 'UTC' AS received,
	answered_at - received_at AS waited, ended_at - answered_at AS talked,
	factory, complainant_role, identity_mode, callback_of = :'plain' AS back,
	handler, team
FROM desk.calls WHERE call_ref = :'full';
SELECT count(*) FROM desk.calls WHERE handler = 'regress_one';

-- The key of one person is not that of another.
SET LOCAL ROLE regress_other;
SELECT call_ref <> :'full' AS another, repeated
FROM helpline.record_call('CN', 'phone_in', 'advice',
	retry_key => '00000000-0000-4000-8000-000000000001');
RESET ROLE;

-- Every code of the closed sets, of channels and languages; what counts as
-- substantive.
SET LOCAL ROLE regress_one;
SELECT p.purpose, c.substantive, c.next_steps
FROM unnest(enum_range(NULL::ietp.call_purpose)) WITH ORDINALITY
	AS p (purpose, n), helpline.record_call('CN', 'phone_in', p.purpose::text) AS c
ORDER BY p.n;
SELECT o.outcome, c.substantive, c.next_steps
FROM unnest(enum_range(NULL::ietp.call_outcome)) WITH ORDINALITY
	AS o (outcome, n),
	helpline.record_call('CN', 'phone_in', outcome => o.outcome::text,
		purpose => CASE o.outcome WHEN 'answered' THEN 'feedback' END) AS c
ORDER BY o.n;
RESET ROLE;
SELECT
	(SELECT count((helpline.record_call('CN', 'app', 'test',
		complainant_role => r::text)).call_ref)
	FROM unnest(enum_range(NULL::ietp.complainant_role)) AS r) AS complainants,
	(SELECT count((helpline.record_call('CN', 'app', 'test',
		identity_mode => m::text)).call_ref)
	FROM unnest(enum_range(NULL::ietp.identity_mode)) AS m) AS modes,
	(SELECT count((helpline.record_call('CN', channel, 'test')).call_ref)
		= count(*) AND count(*) >= 12 FROM desk.channels) AS channels,
	(SELECT count((helpline.record_call('CN', 'app', 'test',
		language => language)).call_ref) = count(*) AND count(*) >= 16
	FROM desk.languages) AS languages;
SELECT call_ref AS unknown FROM helpline.record_call('CN', 'app', 'test',
	identity_mode => NULL) \gset
SELECT identity_mode IS NULL AS is_null FROM desk.calls
WHERE call_ref = :'unknown';

-- The day is the line's, and so is the year of the reference.
CREATE TEMP TABLE edges AS
SELECT v.line, v.moment, c.call_ref
FROM (VALUES
	('CN', timestamptz '2021-03-31 15:59:59.999999+00'),
	('CN', timestamptz '2021-03-31 17:30+00'),
	('VN', timestamptz '2021-03-31 16:59:59+00'),
	('VN', timestamptz '2021-03-31 17:00+00'),
	('CN', timestamptz '2020-12-31 15:59:59+00'),
	('CN', timestamptz '2020-12-31 16:00+00'),
	('VN', timestamptz '2021-12-31 16:30+00'),
	('VN', timestamptz '2021-12-31 17:30+00'),
	('CN', timestamptz '1986-05-03 15:30+00')) AS v (line, moment),
	helpline.record_call(v.line, 'phone_in', 'advice',
		received_at => v.moment) AS c;
SELECT e.line, e.moment AT TIME ZONE 'UTC' AS utc,
	left(e.call_ref::text, 12) AS reference, c.received_on,
	c.received_at = e.moment AS exact
FROM edges AS e JOIN desk.calls AS c USING (call_ref) ORDER BY 1, 2;

-- Each error
SELECT v.arguments, pg_temp.attempt('SELECT helpline.record_call('
	|| v.arguments || ')')
FROM (VALUES
	($$NULL, 'phone_in', 'advice'$$),
	($$'XX', 'phone_in', 'advice'$$),
	($$'cn', 'phone_in', 'advice'$$),
	($$'CN', NULL, 'advice'$$),
	($$'CN', 'telepathy', 'advice'$$),
	($$'CN', 'phone_in'$$),
	($$'CN', 'phone_in', ''$$),
	($$'CN', 'phone_in', 'chat'$$),
	($$'CN', 'phone_in', 'advice', outcome => 'lost'$$),
	($$'CN', 'phone_in', 'advice', outcome => NULL$$),
	($$'CN', 'phone_in', 'advice', direction => 'up'$$),
	($$'CN', 'phone_in', 'advice', direction => NULL$$),
	($$'CN', 'phone_in', 'advice', language => 'tlh'$$),
	($$'CN', 'phone_in', 'advice', complainant_role => 'boss'$$),
	($$'CN', 'phone_in', 'advice', identity_mode => 'secret'$$),
	($$'CN', 'phone_in', 'advice', factory => 'NO-SUCH'$$),
	($$'CN', 'phone_in', 'advice', received_at => NULL$$),
	($$'CN', 'phone_in', 'advice', received_at => 'infinity'$$),
	($$'CN', 'phone_in', 'advice', received_at => '-infinity'$$),
	($$'CN', 'phone_in', 'advice', received_at => '0021-05-03 09:00+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '0044-03-15 09:00+00 BC'$$),
	($$'CN', 'phone_in', 'advice', received_at => now() + interval '2 days'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		answered_at => '2021-05-03 08:59:59+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		answered_at => '2221-05-03 09:00+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		answered_at => 'infinity'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		ended_at => '2021-05-03 08:59:59+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		answered_at => '2021-05-03 09:01+00',
		ended_at => '2021-05-03 09:00:30+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		ended_at => '2221-05-03 09:00+00'$$),
	($$'CN', 'phone_in', 'advice', received_at => '2021-05-03 09:00+00',
		ended_at => 'infinity'$$),
	($$'CN', 'phone_in', 'advice', callback_of =>
		ietp.new_call_ref('QQ', 2021)$$)
) AS v (arguments);
-- All times alike are in order.
SELECT pg_temp.attempt($$SELECT helpline.record_call('CN', 'phone_in',
	'advice', received_at => '2021-05-03 09:00+00',
	answered_at => '2021-05-03 09:00+00', ended_at => '2021-05-03 09:00+00')$$);
-- A key is for one kind of request.
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, 'wages.unpaid',
	'00000000-0000-4000-8000-000000000002')$$, :'plain'));
SELECT pg_temp.attempt($$SELECT helpline.record_call('CN', 'phone_in', 'test',
	retry_key => '00000000-0000-4000-8000-000000000002')$$);

-- Issues
SET LOCAL ROLE regress_one;
SELECT * FROM helpline.raise_issue(:'full', 'wages.unpaid',
	'00000000-0000-4000-8000-000000000003');
SELECT * FROM helpline.raise_issue(:'full', 'child_labour.under_age');
SELECT * FROM helpline.raise_issue(:'full', 'wages.unpaid',
	'00000000-0000-4000-8000-000000000003');
SELECT n, severity, next_steps FROM helpline.raise_issue(:'plain', 'wages');
-- The same key for another call is another request.
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, 'wages.unpaid',
	'00000000-0000-4000-8000-000000000003')$$, :'plain'));
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, NULL)$$,
	:'full'));
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, 'wages.none')$$,
	:'full'));
SELECT pg_temp.attempt($$SELECT helpline.raise_issue(NULL, 'wages')$$);
SELECT pg_temp.attempt($$SELECT helpline.raise_issue(
	ietp.new_call_ref('QQ', 2021), 'wages')$$);
SELECT pg_temp.attempt($$SELECT helpline.raise_issue(
	'CALL-CN-2021-0000-0000-00', 'wages')$$);

-- Advice
SELECT * FROM helpline.give_advice(:'full', '先与主管沟通', NULL);
SELECT * FROM helpline.give_advice(:'full', 'Keep the pay slips.',
	'00000000-0000-4000-8000-000000000004');
SELECT * FROM helpline.give_advice(:'full', 'Keep the pay slips.',
	'00000000-0000-4000-8000-000000000004');
SELECT pg_temp.attempt(format($$SELECT helpline.give_advice(%L, 'x',
	'00000000-0000-4000-8000-000000000004')$$, :'plain'));
SELECT pg_temp.attempt(format($$SELECT helpline.give_advice(%L, E' \n\t')$$,
	:'full'));
SELECT pg_temp.attempt(format($$SELECT helpline.give_advice(%L, NULL)$$,
	:'full'));
RESET ROLE;
SELECT i.call_ref = :'full' AS full, i.n, i.taxonomy, i.topic,
	i.raised_on = c.received_on AS on_its_day, i.line
FROM desk.issues AS i JOIN desk.calls AS c USING (call_ref)
WHERE i.call_ref IN (:'full', :'plain') ORDER BY 1, 2;
SELECT n, advised_by, body FROM desk.advice WHERE call_ref = :'full' ORDER BY n;

-- The team shares its calls; another team and an analyst cannot touch them,
-- and do not learn that they exist.
SET LOCAL ROLE regress_mate;
SELECT n FROM helpline.raise_issue(:'full', 'hours.rest_day');
RESET ROLE;
SET LOCAL ROLE regress_other;
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, 'wages')$$,
	:'full'));
SELECT pg_temp.attempt(format($$SELECT helpline.give_advice(%L, 'x')$$,
	:'full'));
SELECT pg_temp.attempt(format($$SELECT helpline.record_call('CN', 'phone_out',
	'follow_up', callback_of => %L)$$, :'full'));
RESET ROLE;
SET LOCAL ROLE regress_boss;
SELECT n FROM helpline.raise_issue(:'full', 'hours.breaks');
RESET ROLE;
SET LOCAL ROLE regress_analyst;
SELECT pg_temp.attempt($$SELECT helpline.record_call('CN', 'phone_in', 'test')$$);
SELECT pg_temp.attempt(format($$SELECT helpline.raise_issue(%L, 'wages')$$,
	:'full'));
RESET ROLE;

-- Reading a call back: who sees it, and who sees no row
SET LOCAL ROLE regress_mate;
SELECT line, channel, purpose, factory, handler, team, topics, advice
FROM helpline.find_call(:'full');
RESET ROLE;
SET LOCAL ROLE regress_other;
SELECT count(*) FROM helpline.find_call(:'full');
RESET ROLE;
SELECT count(*) FROM helpline.find_call(ietp.new_call_ref('QQ', 2021));

-- References that are taken are drawn again: of 8, all are used and no call
-- is lost, and where none is left the caller is told.
CREATE TABLE public.pool AS
SELECT n, ietp.new_call_ref('CN', 2021) AS ref FROM generate_series(0, 7) AS n;
CREATE SEQUENCE public.draws;
GRANT SELECT ON public.pool TO PUBLIC;
GRANT USAGE ON public.draws TO PUBLIC;
CREATE OR REPLACE FUNCTION ietp.new_call_ref(country text, year integer)
RETURNS ietp.call_ref
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
AS $$
	SELECT ref FROM public.pool
	WHERE n = (SELECT abs(hashint8(nextval('public.draws'))) % 8)
$$;
SELECT count(DISTINCT (helpline.record_call('CN', 'phone_in', 'test')).call_ref)
FROM generate_series(1, 8);
SELECT count(*) AS rows FROM desk.calls JOIN public.pool ON ref = call_ref;
SELECT nextval('public.draws') > 9 AS drawn_again;
SELECT pg_temp.attempt($$SELECT helpline.record_call('CN', 'phone_in', 'test')$$);

-- Look-ups by reference use the index, also under row security.
CREATE FUNCTION pg_temp.uses_index(query text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	plan json;
BEGIN
	SET LOCAL enable_seqscan = off;
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan::text ~ 'Index Cond';
END
$$;
SET LOCAL ROLE helpline_owner;
SELECT v.relation, row_security_active(v.relation), pg_temp.uses_index(format(
	'SELECT FROM %s AS t WHERE t.%I = %L', v.relation, v.key, v.value))
FROM (VALUES ('desk.calls', 'call_ref', :'full'),
	('desk.issues', 'call_ref', :'full'),
	('desk.cases', 'case_ref', 'CN-2021-4837-2059-77'),
	('desk.notes', 'case_ref', 'CN-2021-4837-2059-77'))
	AS v (relation, key, value);
RESET ROLE;

ROLLBACK;
