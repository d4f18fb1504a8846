-- How often callers called again.
SET search_path = public, ietp;
SET TimeZone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
\pset null '(null)'

CREATE FUNCTION pg_temp.outcome(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT;
	RETURN state || ' ' || message;
END
$$;

-- Runs a query of one value with so many workers, and says how many its plan
-- asked for.
CREATE FUNCTION pg_temp.with_workers(workers integer, query text,
	OUT planned integer, OUT result text)
LANGUAGE plpgsql
SET parallel_setup_cost = 0
SET parallel_tuple_cost = 0
SET min_parallel_table_scan_size = 0
SET parallel_leader_participation = off
AS $$
DECLARE
	plan json;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', workers::text, true);
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	planned := COALESCE((regexp_match(plan::text,
		'"Workers Planned": (\d+)'))[1]::integer, 0);
	EXECUTE query INTO result;
END
$$;

-- By hand: A calls three times on one day, B once, C twice at one moment and
-- once a month later
CREATE TEMP TABLE few (token bigint, ts timestamptz);
INSERT INTO few VALUES (1, '2021-03-01 10:00'), (1, '2021-03-01 11:00'),
	(1, '2021-03-01 12:00:00.000001'), (2, '2021-03-01 10:00'),
	(3, '2021-03-01 10:00'), (3, '2021-03-01 10:00'),
	(3, '2021-03-31 10:00'), (NULL, '2021-03-01'), (4, NULL);
SELECT w.within, (r.r).calls, (r.r).repeat_calls, (r.r).callers,
	(r.r).repeat_callers, round((r.r).p::numeric, 6) AS p,
	round((r.r).lower::numeric, 6) AS lower,
	round((r.r).upper::numeric, 6) AS upper
FROM unnest('{0,1 hour,1 day,29 days 23:59:59.999999,29 days 24 hours,30 days,
	1 month}'::interval[]) AS w (within), LATERAL (
	SELECT repeat_callers(f.token, f.ts, w.within) AS r FROM few AS f) AS r;
SELECT (first_contact_resolution(token, ts, '1 hour')).k,
	(first_contact_resolution(token, ts, '1 hour')).n FROM few;
-- One whose time has just passed counts, one of which a microsecond lacks not.
SELECT a.as_of, (r.r).k, (r.r).n FROM unnest('{2021-03-01 10:59:59.999999,
	2021-03-01 11:00,2021-03-01 12:00,2021-04-01,infinity,-infinity}'
	::timestamptz[]) AS a (as_of), LATERAL (
	SELECT first_contact_resolution(token, ts, '1 hour', a.as_of) AS r
	FROM few) AS r;
SELECT repeat_callers(token, ts, '1 day'),
	first_contact_resolution(token, ts, '1 day')
FROM few WHERE false;
SELECT (repeat_callers(token, ts, '1 day')).calls,
	(first_contact_resolution(token, ts, '1 day')).k,
	(first_contact_resolution(token, ts, '1 day')).p
FROM few WHERE token = 2;
SELECT pg_temp.outcome('SELECT ' || v.call || ' FROM few') FROM (VALUES
	($$repeat_callers(token, ts, '-1 day')$$),
	($$repeat_callers(token, ts, NULL)$$),
	($$repeat_callers(token, ts, token * interval '1 day')$$),
	($$repeat_callers(token, 'infinity', '1 day')$$),
	($$repeat_callers(token, '-infinity', '1 day')$$),
	($$repeat_callers(token, ts, '300 years')$$),
	($$first_contact_resolution(token, ts, '1 day', NULL)$$),
	($$first_contact_resolution(token, ts, '1 day', ts)$$)) AS v (call);
-- As far as time goes
SELECT (repeat_callers(1::bigint, ts, '284 years')).repeat_calls,
	(first_contact_resolution(1::bigint, ts, '284 years', 'infinity')).k
FROM (VALUES (timestamptz '4714-11-24 00:00:00+00 BC'),
	('294276-12-31 23:59:59.999999+00')) AS v (ts);

-- Many, against window functions, with tokens of every type
CREATE TABLE calls AS
SELECT n % 24 AS g, n % 90 AS h, c.b, md5(c.b::text)::uuid AS u,
	int8send(c.b) AS y, repeat('电', c.b::integer % 30) || c.b AS t,
	timestamptz '2021-01-01' + floor(random() * 4000) * interval '1 hour'
	AS ts
FROM (SELECT setseed(0.5)) AS seed, generate_series(1, 20000) AS n,
	LATERAL (SELECT CASE WHEN n % 100 > 0 THEN
		floor(random() ^ 2 * 3000 + n * 0)::bigint END AS b) AS c;
CREATE VIEW by_windows AS
SELECT g, count(*) AS calls, count(*) FILTER (WHERE ts - last <= '7 days')
	AS repeat_calls, count(DISTINCT b) AS callers, count(DISTINCT b)
	FILTER (WHERE ts - last <= '7 days') AS repeat_callers,
	count(*) FILTER (WHERE next - ts <= '7 days') AS followed,
	count(*) FILTER (WHERE ts + '7 days' <= '2021-05-01') AS due,
	count(*) FILTER (WHERE ts + '7 days' <= '2021-05-01'
		AND next - ts <= '7 days') AS due_followed
FROM (SELECT c.*, lag(ts) OVER w AS last, lead(ts) OVER w AS next
	FROM (SELECT g, b, ts FROM calls UNION ALL SELECT -1, b, ts FROM calls)
		AS c
	WHERE b IS NOT NULL WINDOW w AS (PARTITION BY g, b ORDER BY ts)) AS c
GROUP BY g;
SELECT count(*), count(*) FILTER (WHERE (r).calls = w.calls
		AND (r).repeat_calls = w.repeat_calls AND (r).callers = w.callers
		AND (r).repeat_callers = w.repeat_callers AND (r).p = w.repeat_calls
		/ w.calls::double precision) AS repeats,
	count(*) FILTER (WHERE (f).k = w.calls - w.followed AND (f).n = w.calls)
		AS resolved,
	count(*) FILTER (WHERE (d).k = w.due - w.due_followed AND (d).n = w.due)
		AS resolved_as_of,
	count(*) FILTER (WHERE (r).lower = (wilson_interval((r).repeat_calls,
		(r).calls)).lower) AS bounds
FROM (SELECT g, repeat_callers(b, ts, '7 days') AS r,
		first_contact_resolution(b, ts, '7 days') AS f,
		first_contact_resolution(b, ts, '7 days', '2021-05-01') AS d
	FROM calls GROUP BY g) AS x JOIN by_windows AS w USING (g);
CREATE VIEW by_type AS
SELECT n, v.* FROM generate_series(1, 4) AS n, LATERAL (
	SELECT CASE n WHEN 1 THEN (SELECT contacts_state(b, ts) FROM calls)
		WHEN 2 THEN (SELECT contacts_state(u, ts) FROM calls)
		WHEN 3 THEN (SELECT contacts_state(y, ts) FROM calls)
		ELSE (SELECT contacts_state(t, ts) FROM calls) END AS s) AS v;
SELECT (repeat_callers(b, ts, '7 days')).repeat_calls AS b,
	(repeat_callers(u, ts, '7 days')).repeat_calls AS u,
	(repeat_callers(y, ts, '7 days')).repeat_calls AS y,
	(repeat_callers(t, ts, '7 days')).repeat_calls AS t,
	(first_contact_resolution(b, ts, '7 days', '2021-05-01')).k AS b_k,
	(first_contact_resolution(u, ts, '7 days', '2021-05-01')).k AS u_k,
	(first_contact_resolution(y, ts, '7 days', '2021-05-01')).k AS y_k,
	(first_contact_resolution(t, ts, '7 days', '2021-05-01')).k AS t_k,
	(SELECT repeat_calls FROM by_windows WHERE g = -1) AS wanted,
	(SELECT due - due_followed FROM by_windows WHERE g = -1) AS wanted_k
FROM calls;
SELECT w.planned, count(DISTINCT w.result) AS results,
	min(w.result) = (SELECT repeat_callers(b, ts, '7 days')::text FROM calls)
	AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, unnest('{b,u,y,t}'::text[]) AS c,
	pg_temp.with_workers(n, format(
		'SELECT repeat_callers(%s, ts, ''7 days'') FROM calls', c)) AS w
GROUP BY w.planned ORDER BY 1;
SELECT w.planned, w.result = (SELECT first_contact_resolution(t, ts, '7 days',
	'2021-05-01')::text FROM calls) AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	$$SELECT first_contact_resolution(t, ts, '7 days', '2021-05-01')
	FROM calls$$) AS w;
-- Over windows
WITH r AS (SELECT row_number() OVER (ORDER BY ts, h) AS i, b, ts
	FROM calls WHERE g = 0 AND b IS NOT NULL)
SELECT count(*), count(*) FILTER (WHERE x.d = x.slow) AS equal
FROM (SELECT (repeat_callers(b, ts, '90 days')
			OVER (ORDER BY i ROWS 200 PRECEDING)).repeat_calls AS d,
		(SELECT count(*) FROM (SELECT o.ts, lag(o.ts) OVER (
				PARTITION BY o.b ORDER BY o.ts) AS last
			FROM r AS o WHERE o.i BETWEEN r.i - 200 AND r.i) AS o
		WHERE o.ts - o.last <= '90 days') AS slow
	FROM r WHERE i < 400) AS x;

-- Stored: equal ones are stored alike
SELECT t.n, repeat_callers(t.s, '7 days')::text = (
		SELECT repeat_callers(b, ts, '7 days')::text FROM calls) AS repeats,
	first_contact_resolution(t.s, '7 days')::text = (
		SELECT first_contact_resolution(b, ts, '7 days')::text
		FROM calls) AS resolved,
	first_contact_resolution(t.s::text::contacts_state, '7 days',
		'2021-05-01')::text = (SELECT first_contact_resolution(b, ts,
			'7 days', '2021-05-01')::text FROM calls) AS as_of
FROM by_type AS t;
SELECT m.b::text = (SELECT s::text FROM by_type WHERE n = 1) AS b,
	m.t::text = (SELECT s::text FROM by_type WHERE n = 4) AS t
FROM (SELECT contacts_merge(p.b) AS b, contacts_merge(p.t) AS t FROM (
	SELECT contacts_state(b, ts) AS b, contacts_state(t, ts) AS t
	FROM (SELECT * FROM calls ORDER BY random()) AS c GROUP BY h) AS p) AS m;
SELECT w.planned, w.result = (SELECT md5(s::text) FROM by_type WHERE n = 4)
	AS equal
FROM unnest('{0,2,4}'::integer[]) AS n, pg_temp.with_workers(n,
	'SELECT md5(contacts_state(t, ts)::text) FROM calls') AS w;
SELECT contacts_state(token, ts) FROM few WHERE token < 3;
SELECT contacts_state(token, ts) FROM few WHERE ts IS NULL;
SELECT contacts_merge(NULL::contacts_state), repeat_callers(NULL, '1 day'),
	first_contact_resolution(NULL, '1 day');
SELECT pg_temp.outcome(v.call) FROM (VALUES
	('SELECT contacts_merge(s) FROM by_type'),
	($$SELECT repeat_callers(s, '-1 day') FROM by_type$$),
	($$SELECT first_contact_resolution(s, '-1 day', 'infinity')
		FROM by_type$$)) AS v (call);
SELECT v.what, pg_temp.outcome(format('SELECT %L::contacts_state',
	'\x010600' || regexp_replace(v.words, '\s', '', 'g')))
FROM (VALUES ('nothing', ''), ('no contact', '0000000000000001'),
	('no number', '0000000000000001 8000000000000001'),
	('none of a caller',
	 '0000000000000001 8000000000000001 0000000000000000'),
	('one', '0000000000000001 8000000000000001 0000000000000001
	 8000000000000001'),
	('fewer than it says', '0000000000000001 8000000000000001
	 0000000000000002 8000000000000001'),
	('many', '0000000000000001 8000000000000001 ffffffffffffffff
	 8000000000000001'),
	('descending', '0000000000000001 8000000000000001 0000000000000002
	 8000000000000002 8000000000000001'),
	('infinite', '0000000000000001 8000000000000001 0000000000000001
	 ffffffffffffffff'),
	('a caller twice', '0000000000000001 8000000000000001 0000000000000001
	 8000000000000001 8000000000000001 0000000000000001 8000000000000001')
	) AS v (what, words);
SELECT left(pg_temp.outcome(format(
		'SELECT repeat_callers(contacts_merge(s), ''1 day''), count(
		first_contact_resolution(s, ''1 day'', ''2021-03-01''))
		FROM (SELECT %L::contacts_state AS s) AS x',
		'\x' || encode(set_byte(b.b, i, get_byte(b.b, i) # (1 << bit)), 'hex'))),
	5) AS outcome, count(*) > 0 AS some
FROM (SELECT decode(substr(s::text, 3), 'hex') AS b FROM (
		SELECT contacts_state(token, ts) AS s FROM few
		UNION ALL SELECT contacts_state(repeat('a', token::integer * 5), ts)
		FROM few) AS s) AS b,
	generate_series(0, length(b.b) - 1) AS i, generate_series(0, 7) AS bit
GROUP BY 1 ORDER BY 1;
DROP TABLE calls CASCADE;
