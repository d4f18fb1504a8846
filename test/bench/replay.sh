#!/bin/sh
# test/bench/replay.sh
#
# How long does helpline.replay() take for event logs of 65,000 and 1,000,000
# events, about nine for a case, in the order of time, one case in ten with a
# step that no rule allows?  Against it run
#
#   window  the statement without which nobody learns a case's steps: one
#           window over the same arrays, by case and in order of time, and the
#           steps counted, nothing judged.
#
# Prints seconds and the ratio of the minimums over several alternated rounds.
# Fails on errors, or when replay finds other steps or cases than were made,
# never because a machine is slow.  Where sorts go to disk depends on work_mem,
# which is the server's.
#
# Makes a database and roles of its own and drops them at the end; connects
# as PGHOST, PGUSER and their like say, which must be a superuser.  EVENTS
# (sizes, by blanks) and ROUNDS change the size.  The cpu columns are the
# backend's own processor time (only where /proc exists); other load disturbs
# it less than the clock.

set -eu

sizes=${EVENTS:-65000 1000000}
rounds=${ROUNDS:-5}
name=ietp_helpline_bench_replay

PGOPTIONS='-c client_min_messages=warning -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Fails where they exist already: they are not ours to drop.
run -d "${PGDATABASE:-postgres}" -c "CREATE ROLE $name NOLOGIN" \
	-c "CREATE ROLE ${name}_analyst NOLOGIN"
clean_up() {
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name" \
		-c "DROP ROLE ${name}_analyst, $name"
}
trap clean_up EXIT
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

run -d "$name" -v owner="$name" -v analyst="${name}_analyst" \
	-o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
SELECT ietp.grant_role('analyst', :'analyst');

-- Twelve statuses in a circle; a rule leads from each to the next and to the
-- one after that.
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('bench', 1);
INSERT INTO desk.statuses (lifecycle, version, status, category)
SELECT 'bench', 1, 'status ' || i, (CASE i WHEN 0 THEN 'initial'
	ELSE 'active' END)::ietp.status_category
FROM generate_series(0, 11) AS i;
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status)
SELECT 'bench', 1, 'status ' || i, 'go ' || by, 'status ' || (i + by) % 12
FROM generate_series(0, 11) AS i, generate_series(1, 2) AS by;
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'bench'
WHERE lifecycle = 'bench';

CREATE TABLE log (size integer PRIMARY KEY, cases text[], statuses text[],
	times timestamptz[], steps bigint, all_cases bigint, bad_cases bigint);

-- One event in five repeats the status.
CREATE PROCEDURE make_log(size integer)
LANGUAGE sql
AS $$
	INSERT INTO log
	SELECT size, array_agg('Case ' || m.c ORDER BY m.n),
		array_agg('status ' || m.place % 12 ORDER BY m.n),
		array_agg(timestamptz '2021-01-01' + m.n * interval '10 seconds'
			ORDER BY m.n),
		count(*) FILTER (WHERE m.k = 1 OR m.by > 0), count(DISTINCT m.c),
		count(*) FILTER (WHERE m.by = 5)
	FROM (
		SELECT e.*, sum(e.by) OVER (PARTITION BY e.c ORDER BY e.n) AS place
		FROM (
			SELECT d.*, CASE WHEN d.k = 1 THEN 0
				WHEN d.k = 4 AND d.c % 10 = 0 THEN 5
				WHEN d.luck % 5 = 0 THEN 0 ELSE 1 + d.luck % 2 END AS by
			FROM (
				SELECT n, abs(hashint4(n)) % (size * 10 / 87) AS c,
					abs(hashint4(-n)) AS luck, row_number() OVER (
						PARTITION BY abs(hashint4(n)) % (size * 10 / 87)
						ORDER BY n) AS k
				FROM generate_series(1, size) AS n
			) AS d
		) AS e
	) AS m
$$;

CREATE TABLE bench_time (what text, size integer, round integer,
	wall double precision, cpu double precision);
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN (SELECT (s.field[12]::double precision + s.field[13]::double precision)
		/ 100
	FROM string_to_array(split_part(pg_read_file('/proc/self/stat', 0, 10000,
		true), ') ', 2), ' ') AS s (field));

CREATE PROCEDURE measure(what text, size integer, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	the_log log := (SELECT l FROM log AS l WHERE l.size = measure.size);
	wall timestamptz := clock_timestamp();
	cpu double precision := cpu_seconds();
	steps bigint;
	all_cases bigint;
	bad_cases bigint;
BEGIN
	IF what = 'replay' THEN
		SELECT sum(r.steps), count(*), count(*) FILTER (WHERE NOT r.conforms)
		INTO steps, all_cases, bad_cases
		FROM helpline.replay('bench', the_log.cases, the_log.statuses,
			the_log.times) AS r;
	ELSE
		SELECT count(*) FILTER (WHERE w.previous IS DISTINCT FROM w.status)
		INTO steps
		FROM (SELECT e.status, lag(e.status) OVER (
				PARTITION BY e.case_id COLLATE "C" ORDER BY e.at, e.n)
				AS previous
			FROM unnest(the_log.cases, the_log.statuses, the_log.times)
				WITH ORDINALITY AS e (case_id, status, at, n)) AS w;
	END IF;
	INSERT INTO bench_time VALUES (what, size, round,
		extract(epoch FROM clock_timestamp() - wall), cpu_seconds() - cpu);
	IF steps <> the_log.steps OR all_cases <> the_log.all_cases
			OR bad_cases <> the_log.bad_cases THEN
		RAISE EXCEPTION 'the figures differ';
	END IF;
END
$$;
GRANT SELECT ON log TO PUBLIC;
GRANT INSERT ON bench_time TO PUBLIC;
SQL

for size in $sizes; do
	run -d "$name" -c "CALL make_log($size)"
done
run -d "$name" -c 'VACUUM ANALYZE'

# One round that is not counted warms the caches.
round=0
while [ "$round" -le "$rounds" ]; do
	for size in $sizes; do
		run -d "$name" -c "CALL measure('window', $size, $round)"
		run -d "$name" -c "SET ROLE ${name}_analyst" \
			-c "CALL measure('replay', $size, $round)"
	done
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT size AS events, what, count(*) AS rounds,
	round(min(wall)::numeric, 3) AS min_seconds,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY wall))::numeric, 3)
		AS median_seconds,
	round(max(wall)::numeric, 3) AS max_seconds,
	round(min(cpu)::numeric, 2) AS min_cpu
FROM bench_time WHERE round > 0 GROUP BY size, what ORDER BY size, what;
SELECT size AS events, round((min(wall) FILTER (WHERE what = 'replay')
		/ min(wall) FILTER (WHERE what = 'window'))::numeric, 2)
		AS replay_to_window,
	round((min(cpu) FILTER (WHERE what = 'replay')
		/ NULLIF(min(cpu) FILTER (WHERE what = 'window'), 0))::numeric, 2)
		AS cpu_replay_to_window,
	current_setting('work_mem') AS work_mem
FROM bench_time WHERE round > 0 GROUP BY size ORDER BY size;
SQL
