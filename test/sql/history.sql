-- Reading the history: as a page, as of a moment, and as a stream.  All in a
-- transaction that is rolled back; test/t/history.pl has what needs more than
-- one.
SET datestyle = ISO;
SET timezone = 'UTC';
SET search_path = public, ietp;
SET client_min_messages = warning;
BEGIN;

CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		NULLIF(hint, ''));
END
$$;

CREATE ROLE regress_lin NOLOGIN;
CREATE ROLE regress_hoa NOLOGIN;
CREATE ROLE regress_audit NOLOGIN;
CREATE ROLE regress_adm NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role)) AS roles
FROM (VALUES ('specialist', 'regress_lin'::name),
	('specialist', 'regress_hoa'), ('auditor', 'regress_audit'),
	('administrator', 'regress_adm')) AS v (kind, role);
SELECT count(helpline.set_account(v.account, 'specialist', team => v.team))
	AS accounts
FROM (VALUES ('regress_lin', 'TK-L'), ('regress_hoa', 'TK-H'))
	AS v (account, team);
SELECT helpline.set_factory('TK-L1', 'CN') IS NOT NULL AS done;

SET LOCAL ROLE regress_lin;
SELECT call_ref AS call1 FROM helpline.record_call('CN', 'phone_in',
	'grievance', language => 'zh', factory => 'TK-L1',
	complainant_role => 'worker', identity_mode => 'confidential') \gset
SELECT n FROM helpline.raise_issue(:'call1', 'wages.unpaid');
SELECT case_ref AS case1 FROM helpline.open_case(:'call1') \gset
SELECT accepted FROM helpline.transition_case(:'case1', 'triage',
	fields => '{"retaliation_risk": true, "workers_affected": 40}');
SELECT n FROM helpline.add_note(:'case1', 'Words that no page shows.');
SELECT n FROM helpline.record_consent(:'case1', 'contact_factory',
	wording_version => '2021-1');
SELECT accepted FROM helpline.transition_case(:'case1', 'contact_factory');
SELECT n FROM helpline.promise_remedy(:'case1', 'wages_paid',
	amount => 1200, currency => 'CNY', due_on => '2030-01-31');
SELECT helpline.deliver_remedy(:'case1', 1, '2021-05-06');

-- The page; times are those of the line's clock.
SELECT who, what, regexp_replace(regexp_replace(facts,
	'CALL-[-A-Z0-9]+', 'CALL-...'), 'opened_at [^;]+', 'opened_at ...') AS facts
FROM helpline.timeline(:'case1');
SELECT count(DISTINCT what) AS titles, string_agg(what, ' | ' ORDER BY what)
	FILTER (WHERE what ~ '→') AS moves
FROM helpline.timeline(:'case1', 'zh-Hans');
SELECT string_agg(what, ' | ' ORDER BY what) FILTER (WHERE what ~ '→') AS moves
FROM helpline.timeline(:'case1', 'vi');
SELECT happened = to_char(now() AT TIME ZONE 'Asia/Shanghai',
	'YYYY-MM-DD HH24:MI') AS at_the_line
FROM helpline.timeline(:'case1') LIMIT 1;
SELECT pg_temp.attempt(format('SELECT * FROM helpline.timeline(%L, %L)',
	:'case1', v.language))
FROM (VALUES ('xx'), (NULL)) AS v (language);

-- As of now it is the row; before, there was nothing.
SELECT n, status, severity, factory, handler, cycle, lifecycle_version,
	columns ->> 'workers_affected' AS workers_affected
FROM helpline.case_as_of(:'case1', now());
SELECT count(*) FROM helpline.case_as_of(:'case1', now() - interval '1 second');
SELECT count(*) FROM helpline.case_as_of(:'case1', '-infinity');
SELECT n FROM helpline.case_as_of(:'case1', 'infinity');
SELECT pg_temp.attempt(format('SELECT * FROM helpline.case_as_of(%L, NULL)',
	:'case1'));
SELECT pg_temp.attempt('SELECT * FROM helpline.case_as_of(NULL, now())');

-- Nothing of it for who may not see the case; no stream for who works on it.
SET LOCAL ROLE regress_hoa;
SELECT (SELECT count(*) FROM helpline.timeline(:'case1')) AS timeline,
	(SELECT count(*) FROM helpline.case_as_of(:'case1', now())) AS as_of,
	(SELECT count(*) FROM helpline.case_history(:'case1')) AS history;
SELECT pg_temp.attempt('SELECT * FROM helpline.changes_since()');
SET LOCAL ROLE regress_audit;
SELECT (SELECT count(*) FROM helpline.timeline(:'case1')) AS timeline,
	(SELECT count(*) FROM helpline.case_as_of(:'case1', now())) AS as_of,
	(SELECT count(*) FROM helpline.case_history(:'case1')) AS history;

-- The stream: not what is not committed.
SELECT count(*) FROM helpline.changes_since(page_size => 100000)
WHERE case_ref = :'case1';
SELECT v.n, pg_temp.attempt(format(
	'SELECT * FROM helpline.changes_since(%L, %L::integer)', v.mark, v.size))
FROM (VALUES (1, NULL, NULL::integer), (2, NULL, 0), (3, NULL, 100001),
	(4, '', 1), (5, '1:2', 1), (6, 'x:3:' || :'case1' || ':1', 1),
	(7, '1:3:CN-2021-0000-0000-00:1', 1),
	(8, '1:99999999999999999999:' || :'case1' || ':1', 1),
	(9, '1:9000000000000000000:' || :'case1' || ':1', 1),
	(10, '9:3:' || :'case1' || ':1', 1),
	(11, '1:3:' || :'case1' || ':1', 1)) AS v (n, mark, size)
ORDER BY v.n;
SET LOCAL ROLE regress_adm;
SELECT pg_temp.attempt('SELECT * FROM helpline.changes_since()');
ROLLBACK;
