#!/bin/sh
# test/bench/snapshot.sh
#
# How long does helpline.half_year_snapshot(2021, 1) take over 1,000,000 calls
# of two half-years, their 700,000 issues, and 100,000 cases?  Beside it run
#
#   one_scan  the same figures by a statement written by hand for these very
#             rows: one scan of each table, no row security, no function, no
#             second version of the taxonomy (the goal is at most 1.3 of it);
#   count     calls counted by channel, language and purpose, nothing else.
#
# The snapshot runs as an analyst, whom row security binds.  Each runs without
# parallel workers and with up to two, and without JIT.  Prints the ratios of
# the minimums over several alternated rounds.  Fails on errors, or when the
# figures differ, never because a machine is slow.
#
# Makes a database and roles of its own and drops them at the end; connects
# as PGHOST, PGUSER and their like say, which must be a superuser.  ROWS and
# ROUNDS change the size.  The cpu columns are the backend's own processor
# time (only where /proc exists), without that of parallel workers.

set -eu

rows=${ROWS:-1000000}
rounds=${ROUNDS:-10}
name=ietp_helpline_bench_snapshot

# The compiler of expressions does none of them good.
PGOPTIONS='-c client_min_messages=warning -c jit=off'
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

run -d "$name" -v rows="$rows" -v owner="$name" -v analyst="${name}_analyst" \
	-o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
SELECT ietp.grant_role('analyst', :'analyst');

-- Rows are put in without their triggers, which would take most of the time.
SET session_replication_role = replica;
SELECT setseed(0.5);
INSERT INTO desk.factories (factory, country, member_during)
SELECT 'F' || n, 'CN', '{[2015-01-01,)}' FROM generate_series(1, 2000) AS n;
INSERT INTO desk.headcounts (factory, as_of, workers)
SELECT 'F' || n, date '2019-01-01' + 200 * k, 100 + n + 10 * k
FROM generate_series(1, 2000) AS n, generate_series(0, 4) AS k;

-- Some references are drawn twice.
INSERT INTO desk.calls (call_ref, received_at, received_on, direction,
	outcome, purpose, complainant_role, identity_mode, line, channel,
	language, factory, handler, team, source, source_id)
SELECT d.ref, d.received, (d.received AT TIME ZONE 'Asia/Shanghai')::date,
	'inbound', 'answered', (enum_range(NULL::ietp.call_purpose))
		[1 + floor(random() * 10)], 'worker', 'anonymous', 'CN',
	(ARRAY['phone_in', 'phone_in', 'phone_in', 'phone_out', 'wechat', 'zalo',
		'sms', 'email', 'web', 'app', 'in_person', 'letter'])
		[1 + floor(random() * 12)],
	(ARRAY['zh', 'zh-Hans', 'zh-Hant', 'yue', 'vi', 'en', 'za', 'ug', 'bo',
		'mn'])[1 + floor(random() * 10)],
	'F' || 1 + floor(random() * 2000), 'handler' || d.n % 10, 'day',
	'bench', 'id-' || d.n
FROM (
	SELECT ref, row_number() OVER () AS n,
		timestamptz '2020-07-01 00:00+08' + row_number() OVER ()
			* (interval '365 days' / (:rows + 1)) AS received
	FROM (
		SELECT DISTINCT ietp.new_call_ref('CN', 2021) AS ref
		FROM generate_series(1, :rows * 1.1)
	) AS r
	LIMIT :rows
) AS d;
INSERT INTO desk.issues
	(call_ref, n, taxonomy, raised_on, topic, line, handler, team)
SELECT c.call_ref, k.n, 1, c.received_on, t.topics[1 + floor(random()
	* cardinality(t.topics))], c.line, c.handler, c.team
FROM (SELECT random() AS many, * FROM desk.calls OFFSET 0) AS c,
	generate_series(1, CASE WHEN c.many < 0.1 THEN 2 WHEN c.many < 0.6
		THEN 1 ELSE 0 END) AS k (n),
	(SELECT array_agg(t.topic ORDER BY t.topic) AS topics
		FROM desk.topics AS t) AS t;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line,
	factory, language, escalation_level, escalated_at, escalated_on)
SELECT d.ref, d.opened, (d.opened AT TIME ZONE 'Asia/Shanghai')::date,
	'moderate', 'CN', 'F' || 1 + floor(random() * 2000), 'zh',
	(d.n % 5 = 0)::integer, CASE WHEN d.n % 5 = 0 THEN d.opened END,
	CASE WHEN d.n % 5 = 0
		THEN (d.opened AT TIME ZONE 'Asia/Shanghai')::date END
FROM (
	SELECT ref, row_number() OVER () AS n,
		timestamptz '2020-07-01 00:00+08' + row_number() OVER ()
			* (interval '365 days' / (:rows / 10 + 1)) AS opened
	FROM (
		SELECT DISTINCT ietp.new_case_ref('CN', 2021) AS ref
		FROM generate_series(1, :rows / 10 * 1.1)
	) AS r
	LIMIT :rows / 10
) AS d;
RESET session_replication_role;
VACUUM ANALYZE;

CREATE TABLE statements (what text, text text);
INSERT INTO statements VALUES ('half_year_snapshot',
	'SELECT * FROM helpline.half_year_snapshot(2021, 1)'),
('count', $$
	SELECT channel, language, purpose, count(*)
	FROM desk.calls
	WHERE received_on >= '2020-07-01' AND received_on < '2021-07-01'
	GROUP BY channel, language, purpose
$$), ('one_scan', $$
	WITH c AS MATERIALIZED (
		SELECT received_on >= '2021-01-01' AS this, channel, language,
			purpose, synthetic, count(*) AS n
		FROM desk.calls
		WHERE received_on >= '2020-07-01' AND received_on < '2021-07-01'
		GROUP BY 1, 2, 3, 4, 5
	), i AS MATERIALIZED (
		SELECT raised_on >= '2021-01-01' AS this, topic, count(*) AS n
		FROM desk.issues
		WHERE raised_on >= '2020-07-01' AND raised_on < '2021-07-01'
		GROUP BY 1, 2
	), k AS MATERIALIZED (
		SELECT count(*) FILTER (WHERE opened_on >= '2021-01-01'
				AND opened_on < '2021-07-01') AS opened,
			count(*) FILTER (WHERE opened_on >= '2020-07-01'
				AND opened_on < '2021-01-01') AS opened_before,
			count(*) FILTER (WHERE escalated_on >= '2021-01-01'
				AND escalated_on < '2021-07-01') AS escalated,
			count(*) FILTER (WHERE escalated_on >= '2020-07-01'
				AND escalated_on < '2021-01-01') AS escalated_before,
			bool_or(synthetic) AS synthetic
		FROM desk.cases
		WHERE opened_on >= '2020-07-01' AND opened_on < '2021-07-01'
		OR escalated_on >= '2020-07-01' AND escalated_on < '2021-07-01'
	), w AS (
		SELECT sum(h.workers) FILTER (WHERE m.day >= '2021-01-01') / 6.0
				AS workers,
			sum(h.workers) FILTER (WHERE m.day < '2021-01-01') / 6.0
				AS workers_before
		FROM generate_series(timestamp '2020-07-01', '2021-06-01',
			'1 month') AS m (day)
		JOIN (
			SELECT factory, workers, as_of, lead(as_of, 1, 'infinity')
				OVER (PARTITION BY factory ORDER BY as_of) AS next
			FROM desk.headcounts
		) AS h ON m.day >= h.as_of AND m.day < h.next
		JOIN desk.factories AS f ON f.factory = h.factory
			AND f.member_during @> m.day::date
	), t AS (
		SELECT sum(n) FILTER (WHERE this) AS calls,
			sum(n) FILTER (WHERE NOT this) AS calls_before,
			sum(n) FILTER (WHERE this AND purpose IN ('advice',
				'emotional_support', 'grievance')) AS substantive,
			sum(n) FILTER (WHERE NOT this AND purpose IN ('advice',
				'emotional_support', 'grievance')) AS substantive_before,
			bool_or(synthetic) AS synthetic
		FROM c
	), figures AS (
		SELECT 'total' AS section, v.*
		FROM t, k, w, LATERAL (VALUES
			('calls', calls, calls_before),
			('calls a month', round(calls / 6), round(calls_before / 6)),
			('substantive calls', substantive, substantive_before),
			('issues raised', (SELECT sum(n) FROM i WHERE this),
				(SELECT sum(n) FROM i WHERE NOT this)),
			('cases opened', opened, opened_before),
			('cases escalated', escalated, escalated_before),
			('cases escalated, percent of calls',
				round(100.0 * escalated / calls, 2),
				round(100.0 * escalated_before / calls_before, 2)),
			('workers, mean of the months', round(workers),
				round(workers_before)),
			('calls per 1,000 workers', round(1000 * calls / workers, 3),
				round(1000 * calls_before / workers_before, 3))
		) AS v (item, value, half_before)
		UNION ALL
		SELECT CASE WHEN GROUPING(channel) = 0 THEN 'channel'
				WHEN GROUPING(language) = 0 THEN 'language'
				ELSE 'purpose' END,
			COALESCE(channel, language, purpose::text),
			sum(n) FILTER (WHERE this), sum(n) FILTER (WHERE NOT this)
		FROM c
		GROUP BY GROUPING SETS ((channel), (language), (purpose))
		UNION ALL
		SELECT CASE WHEN GROUPING(topic) = 0 THEN 'topic in detail'
				ELSE 'topic' END,
			COALESCE(topic, split_part(topic, '.', 1)),
			sum(n) FILTER (WHERE this), sum(n) FILTER (WHERE NOT this)
		FROM i
		GROUP BY GROUPING SETS ((topic), (split_part(topic, '.', 1)))
		HAVING GROUPING(topic) = 1 OR topic LIKE '%.%'
	)
	SELECT section, item, value, half_before,
		round(100 * (value - half_before) / NULLIF(half_before, 0), 1)
			AS change_percent,
		CASE WHEN t.synthetic OR k.synthetic THEN 'synthetic'
			ELSE 'real' END AS data
	FROM figures, t, k
	ORDER BY section, value DESC
$$);

CREATE TABLE bench_time (what text, workers integer, round integer,
	wall double precision, cpu double precision);
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN (SELECT (s.field[12]::double precision + s.field[13]::double precision)
		/ 100
	FROM string_to_array(split_part(pg_read_file('/proc/self/stat', 0, 10000,
		true), ') ', 2), ' ') AS s (field));
CREATE PROCEDURE measure(what text, workers integer, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	statement text := (SELECT s.text FROM statements AS s
		WHERE s.what = measure.what);
	wall timestamptz := clock_timestamp();
	cpu double precision := cpu_seconds();
BEGIN
	EXECUTE statement;
	INSERT INTO bench_time VALUES (what, workers, round,
		extract(epoch FROM clock_timestamp() - wall), cpu_seconds() - cpu);
END
$$;
GRANT SELECT ON statements TO PUBLIC;
GRANT INSERT ON bench_time TO PUBLIC;

-- The same figures?
DO $$
DECLARE
	same boolean;
BEGIN
	EXECUTE format('WITH h AS (%s), o AS (%s)
		SELECT NOT EXISTS (TABLE h EXCEPT TABLE o)
			AND NOT EXISTS (TABLE o EXCEPT TABLE h)',
		(SELECT text FROM statements WHERE what = 'half_year_snapshot'),
		(SELECT text FROM statements WHERE what = 'one_scan')) INTO same;
	IF NOT same THEN
		RAISE EXCEPTION 'the figures differ';
	END IF;
END
$$;
SQL

# One round that is not counted warms the caches.
round=0
while [ "$round" -le "$rounds" ]; do
	for workers in 0 2; do
		workers_setting="SET max_parallel_workers_per_gather = $workers"
		run -d "$name" -c "$workers_setting" \
			-c "CALL measure('count', $workers, $round)"
		run -d "$name" -c "$workers_setting" \
			-c "CALL measure('one_scan', $workers, $round)"
		run -d "$name" -c "SET ROLE ${name}_analyst" -c "$workers_setting" \
			-c "CALL measure('half_year_snapshot', $workers, $round)"
	done
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT workers, what, count(*) AS rounds,
	round(min(wall)::numeric, 3) AS min_seconds,
	round(max(wall)::numeric, 3) AS max_seconds,
	round(min(cpu)::numeric, 3) AS min_cpu
FROM bench_time WHERE round > 0
GROUP BY workers, what ORDER BY workers, what;
SELECT h.workers, round((h.wall / o.wall)::numeric, 3) AS to_one_scan,
	round((h.cpu / NULLIF(o.cpu, 0))::numeric, 3) AS cpu_to_one_scan,
	round((h.wall / c.wall)::numeric, 3) AS to_count
FROM (SELECT workers, what, min(wall) AS wall, min(cpu) AS cpu
	FROM bench_time WHERE round > 0 GROUP BY workers, what) AS h
JOIN (SELECT workers, what, min(wall) AS wall, min(cpu) AS cpu
	FROM bench_time WHERE round > 0 GROUP BY workers, what) AS o
	ON o.workers = h.workers AND o.what = 'one_scan'
JOIN (SELECT workers, what, min(wall) AS wall
	FROM bench_time WHERE round > 0 GROUP BY workers, what) AS c
	ON c.workers = h.workers AND c.what = 'count'
WHERE h.what = 'half_year_snapshot'
ORDER BY h.workers;
SQL
