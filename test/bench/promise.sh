#!/bin/sh
# test/bench/promise.sh
#
# How long does helpline.due_list() take for a supervisor over 50,000 open
# cases, each with about five events and five actions, of which one in six has
# something due?  And for one specialist, who has every fortieth?  Against them
# run
#
#   scan    a plain statement that counts the open cases by severity
#   read    the least that whoever wants to know has to read: the open cases
#           with the last of the events and of the actions of each
#
# Prints seconds and the ratios of the medians over several alternated rounds.
# Fails on errors, or when due_list() lists a case whose promises were all
# kept, never because a machine is slow.
#
# Makes a database and roles of its own and drops them at the end; connects
# as PGHOST, PGUSER and their like say, which must be a superuser.  CASES and
# ROUNDS change the size.  The cpu columns are the backend's own processor time
# (only where /proc exists); other load disturbs it less than the clock.

set -eu

cases=${CASES:-50000}
rounds=${ROUNDS:-7}
name=ietp_helpline_bench_promise

PGOPTIONS='-c client_min_messages=error -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Fails where they exist already: they are not ours to drop.
run -d "${PGDATABASE:-postgres}" -c "CREATE ROLE $name NOLOGIN" \
	-c "CREATE ROLE ${name}_boss NOLOGIN" -c "CREATE ROLE ${name}_one NOLOGIN"
clean_up() {
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name" \
		-c "DROP ROLE ${name}_one, ${name}_boss, $name"
}
trap clean_up EXIT
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

run -d "$name" -v owner="$name" -v boss="${name}_boss" -v one="${name}_one" \
	-v cases="$cases" -o /dev/null <<'SQL'
SET search_path = public, ietp;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
SELECT ietp.grant_role('supervisor', :'boss'),
	ietp.grant_role('specialist', :'one');
SELECT helpline.set_account(:'boss', 'supervisor'),
	helpline.set_account(:'one', 'specialist');

-- Opened over the last 80 days.  Luck tells how far each has come.
CREATE TABLE made AS
SELECT ietp.new_case_ref('CN', 2026) AS case_ref, i, abs(hashint4(i)) AS luck,
	now() - (i * 7919 % 1000003) / 1000003.0 * interval '80 days' AS opened
FROM generate_series(1, :cases) AS i;
DELETE FROM made AS m USING made AS o
WHERE o.case_ref = m.case_ref AND o.i < m.i;
CREATE UNIQUE INDEX ON made (case_ref);
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity,
	handler, team, synthetic)
SELECT m.case_ref, CASE WHEN m.luck % 5 = 0 THEN 'VN' ELSE 'CN' END, m.opened,
	m.opened::date, (enum_range(NULL::ietp.severity))[1 + m.luck % 3],
	CASE WHEN m.i % 40 = 0 THEN :'one' ELSE 'handler ' || m.i % 40 END, 'team',
	true
FROM made AS m;
CREATE PROCEDURE go(from_status text, to_status text, of_20 integer)
LANGUAGE sql
AS $$
	UPDATE desk.cases AS c SET status = to_status
	FROM made AS m
	WHERE m.case_ref OPERATOR(ietp.=) c.case_ref AND c.status = from_status
	AND m.luck / 7 % 20 < of_20
$$;
CALL go('received', 'triaged', 19);
CALL go('triaged', 'inquiry', 17);
CALL go('inquiry', 'waiting_worker', 6);
CALL go('waiting_worker', 'inquiry', 3);
CALL go('inquiry', 'remediation', 2);
UPDATE desk.cases AS c SET severity = 'critical'
FROM made AS m
WHERE m.case_ref = c.case_ref AND m.luck / 11 % 50 = 0;
UPDATE desk.cases AS c SET escalation_level = 1, escalated_at = c.opened_at,
	escalated_on = c.opened_on
WHERE c.severity = 'critical';
INSERT INTO desk.actions (case_ref, n, kind, occurred_at)
SELECT m.case_ref, k.n, k.kind::ietp.action_kind, m.opened
	+ LEAST(k.after, (now() - m.opened) * k.n / 6)
FROM made AS m, (VALUES (1, 'acknowledgement', interval '1 day'),
	(2, 'worker_statement', '1 day 1 hour'),
	(3, 'update_to_worker', '2 days'), (4, 'meeting', '60 days'),
	(5, 'update_to_worker', '78 days')) AS k (n, kind, after)
WHERE m.luck / 13 % 20 > 0 OR k.n = 2;
ALTER TABLE desk.events DISABLE TRIGGER guard;
UPDATE desk.events AS e SET occurred_at = m.opened + CASE e.n WHEN 1
		THEN interval '0' ELSE LEAST(interval '1 hour' * e.n,
		now() - m.opened) END
FROM made AS m WHERE m.case_ref = e.case_ref;
ALTER TABLE desk.events ENABLE ALWAYS TRIGGER guard;
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;

CREATE TABLE bench_time (what text, round integer, wall double precision,
	cpu double precision, rows bigint);
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN (SELECT split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9);
CREATE PROCEDURE measure(what text, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	wall timestamptz := clock_timestamp();
	cpu double precision := cpu_seconds();
	rows bigint;
BEGIN
	CASE what
	WHEN 'scan' THEN
		SELECT sum(s.n) INTO rows FROM (SELECT c.severity, count(*) AS n
			FROM desk.cases AS c WHERE c.closed_at IS NULL
			GROUP BY c.severity) AS s;
	WHEN 'read' THEN
		SELECT count(*) INTO rows FROM (
			SELECT c.case_ref, max(e.occurred_at), max(a.last)
			FROM desk.cases AS c
			JOIN desk.events AS e USING (case_ref)
			LEFT JOIN (SELECT o.case_ref, max(o.occurred_at) AS last
				FROM desk.actions AS o GROUP BY o.case_ref) AS a
				USING (case_ref)
			WHERE c.closed_at IS NULL
			GROUP BY c.case_ref) AS s;
	ELSE
		SELECT count(*) INTO rows FROM helpline.due_list();
	END CASE;
	INSERT INTO bench_time VALUES (what, round,
		extract(epoch FROM clock_timestamp() - wall), cpu_seconds() - cpu,
		rows);
END
$$;
ALTER PROCEDURE measure SET search_path = public, ietp;
GRANT INSERT ON bench_time TO PUBLIC;
SQL
run -d "$name" -c 'VACUUM ANALYZE'
run -d "$name" -t -A -c "SET ROLE ${name}_boss" -c "SELECT 'wrong: ' || what
	FROM helpline.due_list() WHERE what = 'acknowledge'
	AND state = 'running_late' GROUP BY what HAVING count(*) > $cases / 10" |
	grep . && exit 1

# One round that is not counted warms the caches.
round=0
while [ "$round" -le "$rounds" ]; do
	run -d "$name" -c "CALL measure('scan', $round)"
	run -d "$name" -c "CALL measure('read', $round)"
	run -d "$name" -c "SET ROLE ${name}_boss" \
		-c "CALL measure('due_list', $round)"
	run -d "$name" -c "SET ROLE ${name}_one" \
		-c "CALL measure('due_list of one', $round)"
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT (SELECT count(*) FROM desk.cases) AS cases,
	(SELECT count(*) FROM desk.events) AS events,
	(SELECT count(*) FROM desk.actions) AS actions;
WITH middle AS (
	SELECT what, max(rows) AS rows,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY wall) AS wall,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu
	FROM bench_time WHERE round > 0 GROUP BY what
)
SELECT m.what, m.rows, round(m.wall::numeric, 3) AS median_seconds,
	round(m.cpu::numeric, 3) AS median_cpu,
	round((m.cpu / s.cpu)::numeric, 1) AS cpu_to_scan,
	round((m.cpu / r.cpu)::numeric, 2) AS cpu_to_read
FROM middle AS m, middle AS s, middle AS r
WHERE s.what = 'scan' AND r.what = 'read'
ORDER BY m.cpu;
SQL
