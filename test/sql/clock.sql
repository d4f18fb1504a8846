-- Clocks that signs start, pause and stop.  test/core/clock_test.c has all that
-- may happen; here it is how it comes through.
SET datestyle = ISO;
SET timezone = 'UTC';
SET search_path = public, ietp;

-- Kinds of signs: 1 starts, 2 stops, 3 pauses, 4 resumes; by the second rule 2
-- begins anew, and by the third nothing does anything.
SELECT r.*
FROM ietp.clock_runs(ARRAY(SELECT timestamptz '2024-01-01 00:00+00'
		+ i * interval '1 hour' FROM generate_series(1, 8) AS i),
	'{1,3,4,2,1,3,2,1}',
	'{{1,2,16,32},{1,8,0,0},{0,0,0,0}}') AS r;
SELECT r.rule, r.began_at, r.ended_at, r.paused_until
FROM ietp.clock_runs(ARRAY(SELECT timestamptz '2024-01-01 00:00+00'
		+ i * interval '1 hour' FROM generate_series(1, 8) AS i),
	'{1,3,4,2,1,3,2,1}',
	'{{1,2,16,32},{1,8,0,0},{0,0,0,0}}', last_only => true) AS r;
-- One that is paused still, and instants that are the same
SELECT r.*
FROM ietp.clock_runs('{2024-01-01,2024-01-01,2024-01-01}', '{1,2,1}',
	'{{17,2}}') AS r;
-- Nothing in, nothing out
SELECT count(*) FROM ietp.clock_runs('{}', '{}', '{}');
SELECT count(*) FROM ietp.clock_runs('{2024-01-01}', '{1}', '{{0}}');
SELECT count(*) FROM ietp.clock_runs(NULL, '{1}', '{{1}}');

\set VERBOSITY sqlstate
SELECT ietp.clock_runs('{2024-01-01,2023-01-01}', '{1,1}', '{{1}}');
SELECT ietp.clock_runs('{infinity}', '{1}', '{{1}}');
SELECT ietp.clock_runs('{NULL}', '{1}', '{{1}}');
SELECT ietp.clock_runs('{{2024-01-01}}', '{1}', '{{1}}');
SELECT ietp.clock_runs('{2024-01-01}', '{1,1}', '{{1}}');
SELECT ietp.clock_runs('{2024-01-01}', '{0}', '{{1}}');
SELECT ietp.clock_runs('{2024-01-01}', '{2}', '{{1}}');
SELECT ietp.clock_runs('{2024-01-01}', '{1}', '{}');
SELECT ietp.clock_runs('{2024-01-01}', '{1}', '{1}');
SELECT ietp.clock_runs('{2024-01-01}', '{1}', '{{128}}');
SELECT ietp.clock_runs('{2024-01-01}', '{1}', '{{-1}}');
\set VERBOSITY default
