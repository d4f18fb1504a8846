#!/bin/sh
# test/bench/judge.sh
#
# What does the judge cost?  Processor time of the backend for moves of a row
# from one status to another, of 20,000 rows among 50,000, on equal tables
# with four indexes:
#
#   plain    no trigger;
#   judged   ietp.enforce_lifecycle(), 56 transitions (the goal is at most 1.2
#            of plain for single moves, 1.3 for 20,000 in one statement);
#   plpgsql  an AFTER trigger in PL/pgSQL that looks the transition up in an
#            indexed table, only when the status has changed (the goal is at
#            most 0.8 of it).
#
# "single" is one prepared UPDATE and one transaction for each row, "guarded"
# the same where the transition asks for a role and a column, and "bulk" one
# UPDATE of all the rows.  Cases themselves are measured by ledger.sh.
#
# Prints medians over several alternated rounds, their spread (the middle half
# of the rounds, in percent of the median), the median of the ratios within a
# round, and how many of the single moves were HOT.  Fails on errors only,
# never because a machine is slow.
#
# Makes databases and roles of its own and drops them at the end; connects as
# PGHOST, PGUSER and their like say, which must be a superuser, to a server on
# this machine with /proc.  Set fsync = off: else the time to write is measured
# too.  ROUNDS changes how often.

set -eu

rounds=${ROUNDS:-15}
name=ietp_helpline_bench_judge
folder=

# The compiler of expressions, parallel workers and autovacuum would come and
# go between rounds.
PGOPTIONS='-c client_min_messages=warning -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
PGOPTIONS="$PGOPTIONS -c search_path=public,ietp"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Fails where they exist already: they are not ours to drop.
run -d "${PGDATABASE:-postgres}" -c "CREATE ROLE $name NOLOGIN" \
	-c "CREATE ROLE ${name}_clerk NOLOGIN"
clean_up() {
	[ -z "$folder" ] || rm -rf "$folder"
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name" \
		-c "DROP ROLE ${name}_clerk, $name"
}
trap clean_up EXIT
folder=$(mktemp -d)
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

run -d "$name" -v owner="$name" -v clerk="${name}_clerk" \
	-o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
SELECT ietp.grant_role('specialist', :'clerk');

-- Eight statuses, and every move between two of them; "check" and "back" ask
-- for more than the others.
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('bench', 1);
INSERT INTO desk.statuses (lifecycle, version, status, category)
SELECT 'bench', 1, s, CASE s WHEN 'open' THEN 'initial' ELSE 'active' END
	::ietp.status_category
FROM unnest('{open,asked,waiting,checking,agreed,paid,stuck,working}'::text[])
	AS s;
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, roles, required_columns)
SELECT 'bench', 1, a.status, 'to ' || b.status, b.status,
	CASE WHEN (a.status, b.status) IN (('open', 'checking'),
		('checking', 'open')) THEN '{specialist}'::text[] END,
	CASE WHEN (a.status, b.status) IN (('open', 'checking'),
		('checking', 'open')) THEN '{factory}'::text[] END
FROM desk.statuses AS a, desk.statuses AS b
WHERE a.lifecycle = 'bench' AND b.lifecycle = 'bench'
AND a.status <> b.status
ORDER BY hashtext(a.status || b.status);
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'bench'
WHERE lifecycle = 'bench';

-- What a table of cases without any extension looks like.
CREATE TABLE plain (
	ref text PRIMARY KEY,
	status text NOT NULL,
	opened_on date NOT NULL,
	line text NOT NULL,
	factory text,
	language text,
	severity text NOT NULL,
	handler text,
	team text,
	workers integer,
	currency text,
	amount numeric)
	WITH (fillfactor = 80, autovacuum_enabled = off);
CREATE INDEX ON plain (opened_on);
CREATE INDEX ON plain (factory);
CREATE INDEX ON plain (handler);
CREATE TABLE judged (LIKE plain INCLUDING ALL)
	WITH (fillfactor = 80, autovacuum_enabled = off);
CREATE TABLE plpgsql (LIKE plain INCLUDING ALL)
	WITH (fillfactor = 80, autovacuum_enabled = off);
SELECT setseed(0.5);
INSERT INTO plain
SELECT 'CN-2021-' || lpad((n * 7919 % 100000000)::text, 8, '0'), 'open',
	date '2021-01-01' + n % 365, 'CN', 'F' || floor(random() * 2000),
	'zh', 'moderate', 'handler' || n % 40, 'team' || n % 7, 1 + n % 100, 'CNY',
	(n % 9000) + 0.5
FROM generate_series(1, 50000) AS n;
INSERT INTO judged SELECT * FROM plain;
INSERT INTO plpgsql SELECT * FROM plain;

CREATE TRIGGER judge AFTER INSERT OR UPDATE ON judged
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('bench', 'status');

CREATE TABLE rules (
	from_status text NOT NULL,
	to_status text NOT NULL,
	role text,
	needs_factory boolean NOT NULL,
	PRIMARY KEY (from_status, to_status));
INSERT INTO rules
SELECT from_status, to_status,
	CASE WHEN roles IS NOT NULL THEN :'clerk' END,
	required_columns IS NOT NULL
FROM desk.transitions WHERE lifecycle = 'bench';
CREATE FUNCTION check_move()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	rule rules;
BEGIN
	SELECT * INTO rule FROM rules AS r
	WHERE r.from_status = OLD.status AND r.to_status = NEW.status;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such transition';
	ELSIF rule.role IS NOT NULL AND NOT pg_has_role(rule.role, 'USAGE') THEN
		RAISE EXCEPTION 'role not allowed';
	ELSIF rule.needs_factory AND NEW.factory IS NULL THEN
		RAISE EXCEPTION 'factory is required';
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER judge AFTER UPDATE ON plpgsql FOR EACH ROW
WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION check_move();
GRANT SELECT, UPDATE ON plain, judged, plpgsql TO PUBLIC;
GRANT SELECT ON rules TO PUBLIC;

CREATE TABLE bench_time (round integer, place text, what text,
	cpu double precision, updates bigint, hot bigint);
-- Nanoseconds on a processor; utime and stime count in hundredths of a second.
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9;
VACUUM ANALYZE;
SQL

# statements TABLE KEY STATUS: one EXECUTE for each row that moves, in any order
statements() {
	run -At -d "$name" -o "$folder/$3" -c "SELECT format(
		'EXECUTE move(%L, %L);', $2, '$3') FROM $1
		WHERE $moves ORDER BY hashtext($2::text)"
}
moves='workers <= 40'
for status in open working checking; do
	statements plain ref "$status"
done

# measure PLACE WHAT STATUS: moves 20,000 rows of the table to the status
#
# What a round leaves behind is cleared away first, and one more row is moved:
# the session loads its libraries and rules with that.  Neither is counted.
measure() {
	what=$2
	status=$3
	table=$1
	key=ref
	moves='workers <= 40'
	{
		echo "VACUUM $table;"
		echo 'CHECKPOINT;'
		echo "SELECT pg_stat_reset_single_table_counters('$table'::regclass);"
		echo "SET ROLE ${name}_clerk;"
		echo "PREPARE move AS UPDATE $table SET status = \$2
			WHERE $key = \$1;"
		echo "UPDATE $table SET status = '$status' WHERE $key = (
			SELECT $key FROM $table
			WHERE NOT ($moves) AND status <> '$status' LIMIT 1);"
		echo 'SELECT cpu_seconds() AS started \gset'
		if [ "$what" = bulk ]; then
			echo "UPDATE $table SET status = '$status' WHERE $moves;"
		else
			echo "\\i $folder/$status"
		fi
		echo 'SELECT cpu_seconds() - :started AS cpu \gset'
		echo 'RESET ROLE;'
		echo 'SELECT pg_stat_force_next_flush();'
		echo '\o'
		echo "SELECT format('INSERT INTO bench_time VALUES
			($round, ''$1'', ''$what'', %s, %s, %s);', :cpu,
			n_tup_upd, n_tup_hot_upd)
			FROM pg_stat_user_tables WHERE relid = '$table'::regclass;"
	} | run -At -d "$name" -o /dev/null >"$folder/result"
	run -d "$name" -f "$folder/result"
}

# One round that is not counted warms the caches.  A round goes there and
# back, every second one in the other order.
round=0
while [ "$round" -le "$rounds" ]; do
	places='plain judged plpgsql'
	if [ $((round % 2)) = 1 ]; then
		places='plpgsql judged plain'
	fi
	for move in 'single working' 'bulk open' 'bulk working' 'bulk open' \
		'bulk working' 'bulk open' 'guarded checking' 'guarded open'; do
		for place in $places; do
			# shellcheck disable=SC2086	# two words
			measure "$place" $move
		done
	done
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT what, place, count(*) AS rounds,
	round((1e6 * m.median / 20000)::numeric, 2) AS microseconds,
	round((100 * m.spread / m.median)::numeric, 1) AS spread_percent,
	CASE WHEN what <> 'bulk' THEN round(100.0 * sum(hot) / sum(updates), 2)
		END AS hot_percent
FROM bench_time
JOIN (SELECT what, place, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu)
		AS median, percentile_cont(0.75) WITHIN GROUP (ORDER BY cpu)
		- percentile_cont(0.25) WITHIN GROUP (ORDER BY cpu) AS spread
	FROM bench_time WHERE round > 0 GROUP BY what, place) AS m
	USING (what, place)
WHERE round > 0
GROUP BY what, place, m.median, m.spread
ORDER BY what, place;
SELECT a.what, a.place || ' / ' || b.place AS ratio_of,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY a.cpu)
		/ percentile_cont(0.5) WITHIN GROUP (ORDER BY b.cpu))::numeric, 3)
		AS ratio_of_medians,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS median_of_ratios,
	round((percentile_cont(0.25) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS lower_quarter,
	round((percentile_cont(0.75) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS upper_quarter
FROM (SELECT what, place, round, avg(cpu) AS cpu FROM bench_time
	WHERE round > 0 GROUP BY what, place, round) AS a
JOIN (SELECT what, place, round, avg(cpu) AS cpu FROM bench_time
	WHERE round > 0 GROUP BY what, place, round) AS b USING (what, round)
WHERE (a.place, b.place) IN (('judged', 'plain'), ('judged', 'plpgsql'),
	('plpgsql', 'plain'))
GROUP BY a.what, a.place, b.place
ORDER BY a.what, a.place, b.place;
SQL
