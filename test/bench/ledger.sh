#!/bin/sh
# test/bench/ledger.sh
#
# What does a history that cannot be rewritten unseen cost?  Processor time of
# the backend for moves of cases from one status to another, of 20,000 among
# 50,000, by plain SQL as superuser, on equal copies of one desk:
#
#   free     the triggers of desk.cases are disabled;
#   desk     stamp, judge and ledger as create_desk laid them (the goal is at
#            most 1.5 of free for single moves);
#   plpgsql  triggers in PL/pgSQL in their place, with the same events: one
#            stamps the time, the number and, with sha256(), the hash over what
#            has changed, one looks the transition up in an indexed table and
#            inserts the event (the goal is at most 0.7 of it);
#   by_hand  the same for whoever knows beforehand that a move changes nothing
#            but its time: no comparison of the other columns;
#   set      free, and then the same events by INSERT ... SELECT with sha256()
#            in the same transaction (the goal is at most 1.5 of it for 20,000
#            moves in one statement).
#
# "single" is one prepared UPDATE and one transaction for each case, "bulk" one
# UPDATE of all, "insert" one INSERT of 20,000 new cases.  Then ietp.verify_ledger() over EVENTS events (1,000,000 unless
# told otherwise) against a query that only computes SHA-256 of each row (the
# goal is at most 2), and how long a cancelled verification goes on (the goal
# is 100 ms).
#
# Prints medians over several alternated rounds, their spread (the middle half
# of the rounds, in percent of the median), and the median of the ratios within
# a round.  Fails on errors only, never because a machine is slow.
#
# Makes databases and roles of its own and drops them at the end; connects as
# PGHOST, PGUSER and their like say, which must be a superuser, to a server on
# this machine with /proc.  Set fsync = off: else the time to write is measured
# too.  ROUNDS changes how often.

set -eu

rounds=${ROUNDS:-9}
events=${EVENTS:-1000000}
name=ietp_helpline_bench_ledger
folder=

PGOPTIONS='-c client_min_messages=warning -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
PGOPTIONS="$PGOPTIONS -c search_path=public,ietp"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}
maintain() {
	run -d "${PGDATABASE:-postgres}" "$@"
}

# Fails where it exists already: it is not ours to drop.
maintain -c "CREATE ROLE $name NOLOGIN"
clean_up() {
	[ -z "$folder" ] || rm -rf "$folder"
	for place in '' _free _plpgsql _by_hand _set; do
		maintain -c "DROP DATABASE IF EXISTS $name$place"
	done
	maintain -c "DROP ROLE $name"
}
trap clean_up EXIT
folder=$(mktemp -d)
maintain -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

# Cases that are inquired into.  Their way there is not judged.
run -d "$name" -v owner="$name" -o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
INSERT INTO desk.factories (factory, country)
SELECT 'F' || n, 'CN' FROM generate_series(0, 1999) AS n;
ALTER TABLE desk.cases DISABLE TRIGGER zz_judge;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line,
	factory, language, handler, team, workers_affected, currency,
	amount_claimed, status)
SELECT r.ref, date '2021-01-01' + (r.n % 365)::integer,
	date '2021-01-01' + (r.n % 365)::integer, 'moderate', 'CN',
	'F' || r.n % 2000, 'zh', 'handler' || r.n % 40, 'team' || r.n % 7,
	1 + r.n % 100, 'CNY', (r.n % 9000) + 0.5, 'inquiry'
FROM (SELECT d.ref, row_number() OVER () AS n
	FROM (SELECT DISTINCT ietp.new_case_ref('CN', 2021) AS ref
		FROM generate_series(1, 60000)) AS d LIMIT 50000) AS r;
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_judge;
ALTER TABLE desk.cases SET (autovacuum_enabled = off);
ALTER TABLE desk.events SET (autovacuum_enabled = off);
-- More of them, which come and go.
CREATE TABLE new_cases AS
SELECT c.* FROM desk.cases AS c LIMIT 20000;
UPDATE new_cases AS c SET case_ref = r.ref
FROM (SELECT d.ref, row_number() OVER () AS n
	FROM (SELECT DISTINCT ietp.new_case_ref('CN', 2022) AS ref
		FROM generate_series(1, 25000)) AS d LIMIT 20000) AS r,
	(SELECT case_ref, row_number() OVER () AS n FROM new_cases) AS o
WHERE o.case_ref = c.case_ref AND o.n = r.n;
-- As a case begins: nothing that a statement may not say of it.
UPDATE new_cases SET status = 'received', event_n = 1;
CREATE TABLE bench_time (round integer, place text, what text,
	cpu double precision);
-- Nanoseconds on a processor; utime and stime count in hundredths of a second.
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9;
VACUUM ANALYZE;
SQL
for place in free plpgsql by_hand set; do
	maintain -c "CREATE DATABASE ${name}_$place
		TEMPLATE $name STRATEGY file_copy"
	run -d "${name}_$place" -c 'ALTER TABLE desk.cases DISABLE TRIGGER USER' \
		-c 'ALTER TABLE desk.events DISABLE TRIGGER USER'
done

# What was changed, as JSON: found by comparison, or known beforehand.
found="(SELECT json_object_agg(o.key, json_build_array(o.value, n.value))::text
	FROM jsonb_each(to_jsonb(OLD)) AS o
	JOIN jsonb_each(to_jsonb(NEW)) AS n ON n.key = o.key
	WHERE n.value <> o.value AND n.key NOT IN ('status', 'event_n', 'event_at',
		'event_hash'))"
known="json_build_object('status_since',
	json_build_array(OLD.status_since, NEW.status_since))::text"

# by_hand PLACE CHANGES: lays the triggers in PL/pgSQL
by_hand() {
	run -d "${name}_$1" <<SQL
CREATE TABLE rules (
	from_status text NOT NULL,
	to_status text NOT NULL,
	action text NOT NULL,
	required_column text,
	PRIMARY KEY (from_status, to_status));
INSERT INTO rules
SELECT DISTINCT ON (f.status, t.to_status) f.status, t.to_status, t.action,
	t.required_columns[1]
FROM desk.transitions AS t
JOIN desk.statuses AS f ON f.status = t.from_status
WHERE t.lifecycle = 'case' AND f.lifecycle = 'case';
CREATE FUNCTION stamp()
RETURNS trigger
LANGUAGE plpgsql
AS \$\$
BEGIN
	NEW.status_since := GREATEST(now(), OLD.status_since);
	NEW.moved_by := current_user;
	NEW.event_n := OLD.event_n + 1;
	NEW.event_at := GREATEST(now(), OLD.event_at);
	NEW.event_hash := sha256(OLD.event_hash || convert_to(concat_ws('|',
		NEW.case_ref, NEW.event_n, NEW.event_at, statement_timestamp(),
		pg_current_xact_id(), NEW.lifecycle_version, OLD.status, NEW.status,
		NEW.moved_by, session_user, $2), 'UTF8'));
	RETURN NEW;
END
\$\$;
CREATE FUNCTION check_move()
RETURNS trigger
LANGUAGE plpgsql
AS \$\$
DECLARE
	rule rules;
BEGIN
	SELECT * INTO rule FROM rules AS r
	WHERE r.from_status = OLD.status AND r.to_status = NEW.status;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such transition';
	ELSIF rule.required_column = 'factory' AND NEW.factory IS NULL THEN
		RAISE EXCEPTION 'factory is required';
	END IF;
	INSERT INTO desk.events (case_ref, occurred_at, recorded_at, xid, n,
		incarnation, lifecycle_version, action, from_status, to_status, actor,
		database_role, changes, hash)
	VALUES (NEW.case_ref, NEW.event_at, statement_timestamp(),
		pg_current_xact_id(), NEW.event_n, 1, NEW.lifecycle_version,
		rule.action, OLD.status, NEW.status, NEW.moved_by, session_user,
		$2::json, NEW.event_hash);
	RETURN NULL;
END
\$\$;
CREATE TRIGGER zz_by_hand_stamp BEFORE UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER zz_by_hand_record AFTER UPDATE ON desk.cases
FOR EACH ROW EXECUTE FUNCTION check_move();
SQL
}
by_hand plpgsql "$found"
by_hand by_hand "$known"

# statements STATUS: one EXECUTE for each case that moves, in any order
statements() {
	run -At -d "$name" -o "$folder/$1" -c "SELECT format(
		'EXECUTE move(%L, %L);', case_ref, '$1') FROM desk.cases
		WHERE workers_affected <= 40 ORDER BY hashtext(case_ref::text)"
}
statements awaiting_consent
statements inquiry

# The same events by one statement.
insert_events="INSERT INTO desk.events (case_ref, occurred_at, recorded_at,
	xid, n, incarnation, lifecycle_version, action, from_status, to_status,
	actor, database_role, changes, hash)
SELECT e.*, sha256(c.event_hash || convert_to(concat_ws('|', e.case_ref,
	e.n, e.occurred_at, e.recorded_at, e.xid, e.lifecycle_version,
	e.action, e.from_status, e.to_status, e.actor, e.database_role,
	e.changes), 'UTF8'))
FROM desk.cases AS c CROSS JOIN LATERAL (SELECT c.case_ref,
	now() AS occurred_at, statement_timestamp() AS recorded_at,
	pg_current_xact_id() AS xid, (SELECT count(*)::integer + :round
		* 100 + :step AS n) AS n, 1, c.lifecycle_version, 'move' AS action,
	'before' AS from_status, c.status AS to_status, c.moved_by AS actor,
	session_user::text AS database_role, json_build_object('status_since',
		json_build_array(c.status_since, now())) AS changes) AS e
WHERE c.workers_affected <= 40"

insert_new_events="INSERT INTO desk.events (case_ref, occurred_at, recorded_at,
	xid, n, incarnation, lifecycle_version, action, to_status, actor,
	database_role, changes, hash)
SELECT e.*, sha256(convert_to(concat_ws('|', e.case_ref, e.n, e.occurred_at,
	e.recorded_at, e.xid, e.lifecycle_version, e.action, e.status, e.actor,
	e.database_role, e.changes), 'UTF8'))
FROM new_cases AS c CROSS JOIN LATERAL (SELECT c.case_ref,
	now() AS occurred_at, statement_timestamp() AS recorded_at,
	pg_current_xact_id() AS xid, 1 AS n, 1, c.lifecycle_version,
	'opened' AS action, c.status, c.moved_by AS actor,
	session_user::text AS database_role, row_to_json(c) AS changes) AS e"

# measure PLACE WHAT STATUS: moves 20,000 cases to the status
#
# What a round leaves behind is cleared away first, and one more case is moved:
# the session loads its libraries and rules with that.  Neither is counted.
step=0
measure() {
	database=$name
	[ "$1" = desk ] || database=${name}_$1
	step=$((step + 1))
	{
		echo "\\set round $round"
		echo "\\set step $step"
		echo 'VACUUM desk.cases; VACUUM desk.events; CHECKPOINT;'
		echo "PREPARE move AS UPDATE desk.cases SET status = \$2
			WHERE case_ref = \$1;"
		echo "UPDATE desk.cases SET status = '$3' WHERE case_ref = (
			SELECT case_ref FROM desk.cases
			WHERE workers_affected > 40 AND status <> '$3' LIMIT 1);"
		echo 'SELECT cpu_seconds() AS started \gset'
		if [ "$2" = single ]; then
			echo "\\i $folder/$3"
		elif [ "$2" = insert ]; then
			echo 'BEGIN;'
			echo 'INSERT INTO desk.cases SELECT * FROM new_cases;'
			[ "$1" != set ] || echo "$insert_new_events;"
		else
			echo 'BEGIN;'
			echo "UPDATE desk.cases SET status = '$3'
				WHERE workers_affected <= 40;"
			[ "$1" != set ] || echo "$insert_events;"
			echo 'COMMIT;'
		fi
		echo 'SELECT cpu_seconds() - :started AS cpu \gset'
		[ "$2" != insert ] || echo 'ROLLBACK;'
		echo '\o'
		echo "SELECT format('INSERT INTO bench_time VALUES
			($round, ''$1'', ''$2'', %s);', :cpu);"
	} | run -At -d "$database" -o /dev/null >"$folder/result"
	run -d "$name" -f "$folder/result"
}

# One round that is not counted warms the caches.  A round goes there and
# back, every second one in the other order.
round=0
while [ "$round" -le "$rounds" ]; do
	places='free desk plpgsql by_hand set'
	[ $((round % 2)) = 0 ] || places='set by_hand plpgsql desk free'
	for move in 'single awaiting_consent' 'bulk inquiry' \
		'bulk awaiting_consent' 'bulk inquiry' 'insert inquiry'; do
		for place in $places; do
			# What is written in PL/pgSQL is for moves.
			case $move/$place in
				insert*/plpgsql | insert*/by_hand) continue ;;
			esac
			# shellcheck disable=SC2086	# two words
			measure "$place" $move
		done
	done
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT what, place, count(*) AS measured,
	round((1e6 * m.median / 20000)::numeric, 2) AS microseconds,
	round((100 * m.spread / m.median)::numeric, 1) AS spread_percent
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
WHERE a.place = 'desk' AND b.place <> 'desk'
GROUP BY a.what, a.place, b.place
ORDER BY a.what, b.place;
SQL

# Verifying, in turn with the scan.
run -d "$name" -v events="$events" <<'SQL'
SELECT $$UPDATE desk.cases SET status = CASE status WHEN 'inquiry'
	THEN 'awaiting_consent' ELSE 'inquiry' END WHERE event_n < $$
	|| :events / 50000
FROM generate_series(1, :events / 50000) \gexec
VACUUM ANALYZE desk.cases;
VACUUM ANALYZE desk.events;
SQL
round=0
while [ "$round" -le "$rounds" ]; do
	{
		for what in 'verify:count(*) FROM verify_ledger()' \
			'scan:count(sha256(record_send(e))) FROM desk.events AS e'; do
			echo 'SELECT cpu_seconds() AS started \gset'
			echo "SELECT ${what#*:};"
			echo 'SELECT cpu_seconds() - :started AS cpu \gset'
			echo "INSERT INTO bench_time
				VALUES ($round, '${what%%:*}', 'verify', :cpu);"
		done
	} | run -At -d "$name" -o /dev/null
	round=$((round + 1))
done
run -d "$name" <<'SQL'
SELECT (SELECT count(*) FROM desk.events) AS events, v.rounds,
	round(v.median::numeric, 2) AS verify_seconds,
	round(s.median::numeric, 2) AS scan_seconds,
	round((v.median / s.median)::numeric, 3) AS ratio_of_medians
FROM (SELECT count(*) AS rounds, percentile_cont(0.5) WITHIN GROUP
		(ORDER BY cpu) AS median
	FROM bench_time WHERE place = 'verify' AND round > 0) AS v,
	(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS median
	FROM bench_time WHERE place = 'scan' AND round > 0) AS s;
SQL

# How long does it go on once it is cancelled?
for wait in 0.1 0.4 0.9; do
	run -d "$name" -o /dev/null -c 'SELECT count(*) FROM verify_ledger()' \
		2>/dev/null &
	sleep "$wait"
	start=$(maintain -At -c "SELECT (extract(epoch FROM clock_timestamp())
			* 1000)::bigint, pg_cancel_backend(pid)
		FROM pg_stat_activity
		WHERE datname = '$name' AND query LIKE '%verify_ledger%'
		AND pid <> pg_backend_pid()")
	start=${start%%|*}
	wait || true
	echo "cancelled after $wait s: ended $(($(date +%s%3N) - start)) ms later"
done
