#!/bin/sh
# test/bench/ref_index.sh
#
# How long does an index on case_ref take to build, against one on bigint with
# the same 5,000,000 random values?  Prints the ratio of the two minimums over
# several alternated rounds; the goal is at most 1.1.  Fails on errors only,
# never because a machine is slow.  On a machine that does other work single
# rounds differ by half and more: where the ratio of the medians says something
# else than that of the minimums, take more rounds.
#
# Runs in the database that PGHOST, PGDATABASE and their like name; the
# extension must be installed there.  ROWS and ROUNDS change the size.

set -eu

rows=${ROWS:-5000000}
rounds=${ROUNDS:-9}

psql -X -q -v ON_ERROR_STOP=1 -v rows="$rows" -v rounds="$rounds" <<'SQL'
SET client_min_messages = warning;
SET maintenance_work_mem = '512MB';
SET max_parallel_maintenance_workers = 0;

-- The binary form of a reference is its number.
CREATE TEMPORARY TABLE ref_bench AS
SELECT ref,
	('x' || encode(ietp.case_ref_send(ref), 'hex'))::bit(64)::bigint AS number
FROM (
	SELECT ietp.new_case_ref(
		chr(65 + floor(random() * 26)::integer)
			|| chr(65 + floor(random() * 26)::integer),
		floor(random() * 10000)::integer) AS ref
	FROM generate_series(1, :rows)
) AS drawn;
VACUUM ANALYZE ref_bench;

CREATE TEMPORARY TABLE ref_bench_time (type text, seconds double precision);

-- Builds one index and drops it again.
CREATE FUNCTION pg_temp.build(type text, column_name text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	EXECUTE format('CREATE INDEX ref_bench_index ON ref_bench (%I)',
		column_name);
	INSERT INTO ref_bench_time
	VALUES (type, extract(epoch FROM clock_timestamp() - started));
	DROP INDEX pg_temp.ref_bench_index;
END
$$;

-- One round that is not counted warms caches; then each type goes first in
-- turn.
\o /dev/null
SELECT pg_temp.build('warm', 'ref'), pg_temp.build('warm', 'number');
\o
SELECT format('SELECT pg_temp.build(%L, %L)', type, column_name)
FROM generate_series(1, :rounds) AS round,
	(VALUES ('case_ref', 'ref', 0), ('bigint', 'number', 1))
		AS types (type, column_name, place)
ORDER BY round, (round + place) % 2
\o /dev/null
\gexec
\o

SELECT type, count(*) AS rounds, round(min(seconds)::numeric, 3) AS min_seconds,
	round(median::numeric, 3) AS median_seconds,
	round(max(seconds)::numeric, 3) AS max_seconds
FROM ref_bench_time
	JOIN (
		SELECT type,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median
		FROM ref_bench_time
		GROUP BY type
	) AS medians USING (type)
WHERE type <> 'warm'
GROUP BY type, median
ORDER BY type;
SELECT round((min(seconds) FILTER (WHERE type = 'case_ref')
		/ min(seconds) FILTER (WHERE type = 'bigint'))::numeric, 3)
		AS ratio_of_minimums,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
		FILTER (WHERE type = 'case_ref')
		/ percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
		FILTER (WHERE type = 'bigint'))::numeric, 3) AS ratio_of_medians
FROM ref_bench_time;
SQL
