#!/bin/sh
# test/bench/import.sh
#
# How long does helpline.import_calls() take for 1,000,000 staged calls (half
# of them with a topic, one in ten with two), against a bare INSERT ... SELECT
# of the same rows, ready and typed, into the same empty tables desk.calls and
# desk.issues with their indexes and constraints, by a superuser?  The import
# reads, checks, draws references, loads calls and issues, and empties the
# staging table; COPY into staging is not counted.  Prints the ratio of the two
# minimums over several alternated rounds; the goal is at most 2.  Fails on
# errors only, never because a machine is slow.
#
# Makes a database and a role of its own and drops them at the end; connects
# as PGHOST, PGUSER and their like say, which must be a superuser.  ROWS and
# ROUNDS change the size.  The cpu columns are the backend's own processor
# time (only where /proc exists); other load disturbs it less than the clock.

set -eu

rows=${ROWS:-1000000}
rounds=${ROUNDS:-3}
name=ietp_helpline_bench_import

unset PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Does nothing to a database that somebody else made.
run -d "${PGDATABASE:-postgres}" -c "CREATE ROLE $name NOLOGIN"
clean_up() {
	run -d "${PGDATABASE:-postgres}" -c 'SET client_min_messages = error' \
		-c "DROP DATABASE IF EXISTS $name" -c "DROP ROLE $name"
}
trap clean_up EXIT
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

run -d "$name" -v rows="$rows" -v rounds="$rounds" -v owner="$name" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');

INSERT INTO desk.teams (team) VALUES ('day'), ('night');
INSERT INTO desk.accounts (account, kind, team)
SELECT 'handler' || n, 'specialist', CASE WHEN n < 7 THEN 'day' ELSE 'night' END
FROM generate_series(0, 9) AS n;
INSERT INTO desk.factories (factory, country)
SELECT 'F' || n, 'CN' FROM generate_series(1, 2000) AS n;

-- What a file holds: calls of a year in order of time, as text.
SELECT setseed(0.5) \g /dev/null
CREATE UNLOGGED TABLE file AS
WITH drawn AS MATERIALIZED (
	SELECT n, timestamp '2020-07-01'
			+ n * (interval '1 year' / :rows) AS received,
		random() AS answer, random() AS topic,
		floor(random() * 120)::integer AS mix,
		floor(random() * 2000)::integer AS place
	FROM generate_series(0, :rows - 1) AS n
), topics AS (
	SELECT array_agg(t.topic ORDER BY t.topic) AS codes FROM desk.topics AS t
)
SELECT 'id-' || d.n AS source_id,
	to_char(d.received, 'YYYY-MM-DD HH24:MI:SS') AS received_at,
	to_char(d.received + d.answer * interval '1 minute',
		'YYYY-MM-DD HH24:MI:SS') AS answered_at,
	to_char(d.received + interval '1 minute'
		+ d.topic * interval '20 minutes', 'YYYY-MM-DD HH24:MI:SS')
		AS ended_at,
	(ARRAY['phone_in', 'phone_in', 'phone_in', 'phone_out', 'wechat', 'zalo',
		'sms', 'email', 'web', 'app', 'in_person', 'letter'])
		[1 + d.mix % 12] AS channel,
	CASE WHEN d.mix % 12 = 3 THEN 'outbound' ELSE 'inbound' END AS direction,
	'answered' AS outcome,
	(ARRAY['information', 'advice', 'emotional_support', 'grievance',
		'follow_up', 'feedback', 'test', 'wrong_number', 'silent',
		'abusive'])[1 + (d.answer * 10)::integer % 10] AS purpose,
	(ARRAY['zh', 'zh-Hans', 'zh-Hant', 'yue', 'vi', 'en', 'za', 'ug', 'bo',
		'mn'])[1 + d.mix / 12] AS language,
	'F' || 1 + d.place AS factory,
	(ARRAY['worker', 'worker', 'colleague', 'family'])
		[1 + d.place % 4] AS complainant_role,
	(ARRAY['anonymous', 'confidential', 'disclosed'])
		[1 + d.mix % 3] AS identity_mode,
	CASE WHEN d.topic < 0.1 THEN
			t.codes[1 + d.place % cardinality(t.codes)] || ';'
			|| t.codes[1 + (d.place + 7) % cardinality(t.codes)]
		WHEN d.topic < 0.6 THEN
			t.codes[1 + d.place % cardinality(t.codes)] END AS topics,
	'handler' || d.mix % 10 AS handler
FROM drawn AS d, topics AS t
ORDER BY d.n;

CREATE TABLE bench_time (round integer, what text, wall double precision,
	cpu double precision);
CREATE UNLOGGED TABLE typed_calls (LIKE desk.calls);
CREATE UNLOGGED TABLE typed_issues (LIKE desk.issues);

CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE
RETURN (SELECT (s.field[12]::double precision + s.field[13]::double precision)
		/ 100
	FROM string_to_array(split_part(pg_read_file('/proc/self/stat', 0, 10000,
		true), ') ', 2), ' ') AS s (field));

-- What belongs to cases is never emptied otherwise; there are none here.
ALTER TABLE desk.case_calls DISABLE TRIGGER append_only_truncate;
ALTER TABLE desk.case_issues DISABLE TRIGGER append_only_truncate;

CREATE PROCEDURE stage(round integer)
LANGUAGE plpgsql
AS $$
BEGIN
	TRUNCATE desk.calls CASCADE;
	TRUNCATE desk.staged_calls;
	PERFORM helpline.open_batch('batch' || round, 'calls', 'CN', 'bench');
	INSERT INTO desk.staged_calls (source_id, received_at, answered_at,
		ended_at, channel, direction, outcome, purpose, language, factory,
		complainant_role, identity_mode, topics, handler)
	SELECT * FROM file;
END
$$;

CREATE PROCEDURE import(round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	wall timestamptz := clock_timestamp();
	cpu double precision := cpu_seconds();
BEGIN
	PERFORM helpline.import_calls('batch' || round);
	INSERT INTO bench_time VALUES (round, 'import_calls',
		extract(epoch FROM clock_timestamp() - wall), cpu_seconds() - cpu);
	IF (SELECT count(*) FROM desk.calls) <> (SELECT count(*) FROM file)
			OR EXISTS (SELECT FROM desk.staged_calls) THEN
		RAISE EXCEPTION 'the import did not load every row';
	END IF;
END
$$;

CREATE PROCEDURE keep()
LANGUAGE sql
AS $$
	TRUNCATE typed_calls, typed_issues;
	INSERT INTO typed_calls SELECT * FROM desk.calls;
	INSERT INTO typed_issues SELECT * FROM desk.issues;
$$;

CREATE PROCEDURE insert_typed(round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	wall timestamptz := clock_timestamp();
	cpu double precision := cpu_seconds();
BEGIN
	INSERT INTO desk.calls SELECT * FROM typed_calls;
	INSERT INTO desk.issues SELECT * FROM typed_issues;
	INSERT INTO bench_time VALUES (round, 'insert',
		extract(epoch FROM clock_timestamp() - wall), cpu_seconds() - cpu);
END
$$;
SQL

# A session of its own for every run, as plans are cached.
round=1
while [ "$round" -le "$rounds" ]; do
	PGOPTIONS='-c client_min_messages=warning'
	export PGOPTIONS
	run -d "$name" -c "CALL stage($round)" -c CHECKPOINT
	run -d "$name" -c "CALL import($round)"
	[ "$round" -gt 1 ] || run -d "$name" -c 'CALL keep()' \
		-c 'VACUUM ANALYZE typed_calls, typed_issues'
	run -d "$name" -c 'TRUNCATE desk.calls CASCADE' -c CHECKPOINT
	run -d "$name" -c "CALL insert_typed($round)"
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT what, count(*) AS rounds, round(min(wall)::numeric, 2) AS min_seconds,
	round(max(wall)::numeric, 2) AS max_seconds,
	round(min(cpu)::numeric, 2) AS min_cpu
FROM bench_time GROUP BY what ORDER BY what;
SELECT round((min(wall) FILTER (WHERE what = 'import_calls')
		/ min(wall) FILTER (WHERE what = 'insert'))::numeric, 3)
		AS import_to_insert,
	round((min(cpu) FILTER (WHERE what = 'import_calls')
		/ min(cpu) FILTER (WHERE what = 'insert'))::numeric, 3)
		AS cpu_import_to_insert
FROM bench_time;
SQL
