--
-- How many agents it takes.
--
\pset null '(null)'
\set SHOW_CONTEXT never

-- The worked example: 360 calls in half an hour of 240 s each, 55 agents, 15 s.
SELECT abs(ietp.erlang_c(48, 55) / 0.23870093637800915 - 1) < 1e-14 AS waiting,
	abs(f.asa / 8.184032104388885 - 1) < 1e-14 AS asa,
	abs(f.service_level / 0.8458830921705804 - 1) < 1e-14 AS service_level,
	f.traffic = 48 AS traffic, f.occupancy::numeric(12, 10) AS occupancy
FROM ietp.staffing(calls => 360, period => 1800, handling_time => 240,
	agents => 55, threshold => 15) AS f;
-- Intervals and numbers of any unit are the same.
SELECT i = s AS seconds, (i.traffic, i.waiting) = (m.traffic, m.waiting)
	AND abs(i.asa / m.asa / 60 - 1) < 1e-14 AS minutes
FROM ietp.staffing(360, interval '30 min', '4 min', 55, '15 s') AS i,
	ietp.staffing(360, 1800, 240, 55, 15) AS s,
	ietp.staffing(360, 30, 4, 55, 0.25) AS m;

-- Against the definition, with exact sums: B is the last of the terms
-- traffic^k / k! in their sum, and in C the last one counts n/(n - traffic).
CREATE FUNCTION pg_temp.terms(traffic numeric, agents integer,
	OUT last numeric, OUT before numeric)
LANGUAGE sql
RETURN (SELECT ROW (traffic ^ agents / factorial(agents), sum(traffic ^ k
	/ factorial(k))) FROM generate_series(0, agents - 1) AS k);
SELECT traffic, agents,
	abs(ietp.erlang_b(traffic, agents) / (last / (before + last))::float8 - 1)
		< 1e-12 AS b,
	abs(ietp.erlang_c(traffic, agents) / (last * agents / (agents - traffic)
		/ (before + last * agents / (agents - traffic)))::float8 - 1) < 1e-12
		AS c
FROM (VALUES (0.5, 1), (0.5, 9), (1, 2), (3.75, 5), (12, 20), (48, 49),
	(48, 55), (48, 100)) AS t (traffic, agents)
CROSS JOIN LATERAL pg_temp.terms(traffic, agents);

-- Where there are not more agents than traffic, the queue has no end.
SELECT agents, traffic, occupancy, waiting, asa, service_level
FROM unnest('{0,1,2}'::integer[]) AS agents
CROSS JOIN LATERAL ietp.staffing(2, 1, 1, agents, 1);
-- No calls.
SELECT agents, f.*, ietp.erlang_b(0, agents) AS b
FROM unnest('{0,1}'::integer[]) AS agents
CROSS JOIN LATERAL ietp.staffing(0, 1, 1, agents, 1) AS f;
SELECT ietp.agents_for(0, 1, 1, 0);

-- One agent less does not reach the target.
SELECT count(*) AS loads, bool_and((enough).service_level >= target
	AND (enough).occupancy <= most) AS reached,
	bool_and((fewer).service_level < target OR (fewer).occupancy > most
		OR (fewer).asa = 'Infinity') AS by_no_fewer
FROM (SELECT target, most,
		ietp.staffing(calls, 1800, 240, agents, 20) AS enough,
		ietp.staffing(calls, 1800, 240, agents - 1, 20) AS fewer
	FROM generate_series(1, 2000, 7) AS calls
	CROSS JOIN (VALUES (0.8, 1), (0.95, 1), (0.5, 0.85), (0, 1))
		AS t (target, most)
	CROSS JOIN LATERAL ietp.agents_for(calls, 1800, 240, 20, target, most)
		AS agents) AS t;
SELECT ietp.agents_for(360, 1800, 240, 15) AS of_80_percent,
	ietp.agents_for(360, interval '30 min', '4 min', '15 s', 0.9)
		AS of_90_percent,
	ietp.agents_for(360, 1800, 240, 15, max_occupancy => 0.8)
		AS busy_80_percent;

-- Large numbers, where the recurrence must forget where it began: B tends to
-- sqrt(2 / pi n) where all are busy, and C, with sqrt(n) agents to spare, to
-- 1 / (1 + Phi(1) / phi(1)) = 0.223361 (S. Halfin and W. Whitt, 1981).
SELECT n, (ietp.erlang_b(n, n) * sqrt(n * pi() / 2))::numeric(8, 6) AS b,
	ietp.erlang_c(n - sqrt(n), n)::numeric(8, 6) AS c
FROM (VALUES (100), (10000), (1000000), (100000000)) AS t (n);
SELECT ietp.erlang_b(1e5, 100)::numeric(12, 10), ietp.erlang_b(3, 2147483647),
	ietp.erlang_c(1e8, 2147483647), ietp.erlang_c(1e8, 1);
SELECT ietp.agents_for(1e8, 1, 1, 0, 0.999) - 1e8 AS more_than_traffic;

\set VERBOSITY sqlstate
SELECT ietp.erlang_b(-1, 1);
SELECT ietp.erlang_b('NaN', 1);
SELECT ietp.erlang_b(1.1e8, 1);
SELECT ietp.erlang_c(1, -1);
SELECT ietp.staffing(-1, 1, 1, 1, 1);
SELECT ietp.staffing(1, 0, 1, 1, 1);
SELECT ietp.staffing(1, 1, 0, 1, 1);
SELECT ietp.staffing(1, 1, 1, -1, 1);
SELECT ietp.staffing(1, 1, 1, 1, -1);
SELECT ietp.staffing(1, 1, 1, 1, 'Infinity');
SELECT ietp.staffing(1e9, 1, 1, 1, 1);
SELECT ietp.staffing(1, interval '-1 s', '1 s', 1, '1 s');
SELECT ietp.staffing(1, interval '100000000 years', '1 s', 1, '1 s');
SELECT ietp.agents_for(1, 1, 1, 1, 1);
SELECT ietp.agents_for(1, 1, 1, 1, -0.1);
SELECT ietp.agents_for(1, 1, 1, 1, 'NaN');
SELECT ietp.agents_for(1, 1, 1, 1, 0.8, 0);
SELECT ietp.agents_for(1, 1, 1, 1, 0.8, 1.1);
SELECT ietp.agents_for(1e8, 1, 1, 1, 0.8, 1e-6);
\set VERBOSITY default
SELECT ietp.staffing(1, 1, 1, 1, -1);
SELECT ietp.agents_for(1e8, 1, 1, 1, 0.8, 1e-6);
SELECT ietp.erlang_b(NULL, 1), ietp.erlang_c(1, NULL),
	ietp.agents_for(1, 1, 1, NULL);
