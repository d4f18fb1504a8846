#!/bin/sh
# test/bench/figures.sh
#
# What do the aggregates cost?  Processor time of one query over ROWS rows
# (10,000,000 unless told otherwise) of one table, in 1, 24 and 2,000 groups,
# as a ratio to sum(float8) of the same grouping in the same round:
#
#   ratio, service_level        the goal is at most 1.15 of sum, and with two
#                               workers at most 1.2 of its leader's time;
#   percentiles                 five of them: 1.6, 1.3 and 1.6, at least 2.5
#                               times less than percentile_cont, 0.4 of its
#                               memory, and with two workers at most 3 of the
#                               leader's time;
#   histogram                   1.15, and 1.6 in 2,000 groups; at least 1.8
#                               times less than tdigest(100), 1.5 in 2,000;
#   survival                    2.2, at least 17 times less than survival_sql,
#                               the estimate by window functions;
#   peak                        2.5, at least 10 times less than peak_sql;
#   distinct_callers            at least 2 times less than count_distinct.
#
# count and filter are there to compare: the least that a scan costs, and the
# same counts by hand.  tdigest is measured where that extension is installed.
#
# Prints medians over several rounds, each in another order than the one
# before, their spread (the middle half of the rounds, in percent of the
# median), the median of the ratios within a round, and by how much the memory
# of the backend peaked higher than for sum.  "leader" runs with two workers,
# and counts the leader's time alone.  Fails on errors only, never because a
# machine is slow.
#
# Makes a database of its own and drops it at the end; connects as PGHOST,
# PGUSER and their like say, which must be a superuser, to a server on this
# machine with /proc.  ROUNDS changes how often, ONLY='ratio filter' what is
# measured beside sum, and GROUPED='1 24' in how many groups.

set -eu

rows=${ROWS:-10000000}
rounds=${ROUNDS:-7}
groups=${GROUPED:-1 24 2000}
name=ietp_helpline_bench_figures
folder=

# The medians of Kaplan-Meier estimates, and the most at once, in plain SQL.
survival_sql="SELECT g, min(duration) FILTER (WHERE survival <= 0.5)
 FROM (SELECT g, duration, exp(sum(CASE WHEN ended < at_risk
  THEN ln(1 - ended / at_risk) WHEN ended > 0 THEN -300 ELSE 0 END)
  OVER (PARTITION BY g ORDER BY duration ROWS UNBOUNDED PRECEDING))
  AS survival
  FROM (SELECT g, duration, count(*) FILTER (WHERE ended)::float8 AS ended,
   sum(count(*)) OVER (PARTITION BY g ORDER BY duration DESC
    ROWS UNBOUNDED PRECEDING)::float8 AS at_risk
   FROM (SELECT GROUPS AS g, duration, ended FROM bench) AS b
   GROUP BY g, duration) AS t) AS s GROUP BY g"
peak_sql="SELECT g, max(going) FROM (SELECT g, sum(step) OVER (PARTITION BY g
  ORDER BY at, step ROWS UNBOUNDED PRECEDING) AS going
 FROM (SELECT GROUPS AS g, opened AS at, 1 AS step FROM bench UNION ALL
  SELECT GROUPS, closed, -1 FROM bench WHERE closed IS NOT NULL) AS e) AS c
 GROUP BY g"

# One line for each: NAME|EXPRESSION|NAMES to compare with, beside sum.  In
# place of an expression a query of its own may stand, in which GROUPS is what
# is grouped by.
measured="
sum|sum(duration)|
count|count(*)|
filter|count(*) FILTER (WHERE ended), count(ended)|
ratio|ietp.ratio(ended)|filter
service_level|ietp.service_level(duration, ended, 20, 'abandoned_missed')|
service_level_cut|ietp.service_level(duration, ended, 20, 'abandoned_missed', 5)|
service_level_interval|ietp.service_level(wait, ended, interval '20 s', 'abandoned_missed')|sum_interval
sum_interval|sum(wait)|
percentiles|ietp.percentiles(duration, '{0.01,0.25,0.5,0.75,0.9}')|percentile_cont
percentile_cont|percentile_cont('{0.01,0.25,0.5,0.75,0.9}'::float8[]) WITHIN GROUP (ORDER BY duration)|
histogram|ietp.histogram_percentiles(ietp.duration_histogram(duration), '{0.01,0.25,0.5,0.75,0.9}')|tdigest
tdigest|tdigest_percentile(duration, 100, '{0.01,0.25,0.5,0.75,0.9}'::float8[])|
survival|ietp.survival_median(ietp.survival(duration, ended))|survival_sql
survival_sql|$(echo "$survival_sql" | tr '\n' ' ')|
peak|ietp.peak_concurrency(opened, closed)|peak_sql
peak_sql|$(echo "$peak_sql" | tr '\n' ' ')|
distinct_callers|ietp.distinct_callers(caller)|count_distinct
count_distinct|count(DISTINCT caller)|
"

# The compiler of expressions would come and go between rounds.
PGOPTIONS='-c client_min_messages=warning -c jit=off -c work_mem=512MB'
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

clean_up() {
	[ -z "$folder" ] || rm -rf "$folder"
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name"
}
# Fails where it exists already: it is not ours to drop.
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
trap clean_up EXIT
folder=$(mktemp -d)

run -d "$name" -v rows="$rows" -o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
-- Durations in seconds, the middle half between 15 and 60.
CREATE TABLE bench (
	id bigint NOT NULL,
	group_of_24 integer NOT NULL,
	group_of_2000 integer NOT NULL,
	caller bigint NOT NULL,
	duration double precision NOT NULL,
	ended boolean NOT NULL,
	opened timestamptz NOT NULL,
	closed timestamptz,
	wait interval NOT NULL
) WITH (autovacuum_enabled = off, parallel_workers = 2);
SELECT setseed(0.5);
INSERT INTO bench
SELECT n, floor(random() * 24), floor(random() * 2000),
	floor(random() * :rows / 3), d.duration, e.ended,
	o.opened, CASE WHEN e.ended
		THEN o.opened + make_interval(secs => d.duration) END,
	make_interval(secs => d.duration)
FROM generate_series(1, :rows) AS n,
	LATERAL (SELECT 30 * exp(random() + random() + random() - 1.5
		+ 0 * n)) AS d (duration),
	LATERAL (SELECT random() + 0 * n < 0.9) AS e (ended),
	LATERAL (SELECT timestamptz '2021-01-01 00:00+08' + (random() + 0 * n)
		* interval '365 days') AS o (opened);
VACUUM (FREEZE, ANALYZE) bench;
CREATE TABLE bench_time (round integer, workers integer, groups integer,
	what text, cpu double precision, memory bigint);
-- Nanoseconds on a processor; utime and stime count in hundredths of a second.
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE
RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9;
-- The most memory that was ever resident, in kilobytes.
CREATE FUNCTION peak_memory()
RETURNS bigint
LANGUAGE sql VOLATILE
RETURN substring(pg_read_file('/proc/self/status', 0, 10000, true)
	FROM 'VmHWM:\s*(\d+)')::bigint;
CHECKPOINT;
SQL

# tdigest is another extension's.
if run -d "$name" -c 'CREATE EXTENSION tdigest' 2>"$folder/no_tdigest"; then
	rm "$folder/no_tdigest"
else
	echo 'tdigest is not installed, and not measured'
fi

# The lines to measure: sum, and what ONLY names.
printf '%s' "$measured" | while IFS='|' read -r what expression peers; do
	case " sum ${ONLY:-$what} " in
		*" $what "*)
			if [ "$what" = tdigest ] && [ -e "$folder/no_tdigest" ]; then
				continue
			fi
			[ -z "$what" ] ||
				printf '%s|%s|%s\n' "$what" "$expression" "$peers"
			;;
	esac
done >"$folder/measured"

# measure ROUND WORKERS GROUPS NAME EXPRESSION: one query in a session of its
# own, which has read something before.
measure() {
	group_by=
	if [ "$3" -gt 1 ]; then
		group_by="GROUP BY group_of_$3"
	fi
	case $5 in
		SELECT*) query=$(printf '%s' "$5" |
			sed "s/GROUPS/$([ "$3" -gt 1 ] && echo "group_of_$3" || echo 1)/g") ;;
		*) query="SELECT $5 FROM bench $group_by" ;;
	esac
	cat >"$folder/query" <<SQL
SET max_parallel_workers_per_gather = $2;
SELECT sum(duration) FROM (TABLE bench LIMIT 100) AS bench \\g /dev/null
SELECT ietp.ratio(true) \\g /dev/null
SELECT cpu_seconds() AS started \\gset
$query \\g /dev/null
INSERT INTO bench_time VALUES ($1, $2, $3, '$4', cpu_seconds() - :started,
	peak_memory());
SQL
	run -d "$name" -f "$folder/query"
}

# One round that is not counted warms the caches.
round=0
while [ "$round" -le "$rounds" ]; do
	for workers in 0 2; do
		for count in $groups; do
			if [ $((round % 2)) = 1 ]; then
				tac "$folder/measured"
			else
				cat "$folder/measured"
			fi >"$folder/order"
			while IFS='|' read -r what expression peers; do
				measure "$round" "$workers" "$count" "$what" "$expression" \
					</dev/null
			done <"$folder/order"
		done
	done
	round=$((round + 1))
done

# Pairs to compare, as rows of VALUES.
pairs=$(while IFS='|' read -r what expression peers; do
	for peer in sum $peers; do
		[ "$what" = "$peer" ] || printf ", ('%s', '%s')" "$what" "$peer"
	done
done <"$folder/measured")
run -d "$name" -v rows="$rows" <<SQL
SELECT CASE workers WHEN 0 THEN 'serial' ELSE 'leader' END AS run, groups,
	what, count(*) AS rounds,
	round((1e9 * percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu)
		/ :rows)::numeric, 1) AS ns_per_row,
	round((100 * (percentile_cont(0.75) WITHIN GROUP (ORDER BY cpu)
		- percentile_cont(0.25) WITHIN GROUP (ORDER BY cpu))
		/ percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu))::numeric, 1)
		AS spread_percent
FROM bench_time
WHERE round > 0
GROUP BY workers, groups, what
ORDER BY workers, groups, ns_per_row;
SELECT CASE a.workers WHEN 0 THEN 'serial' ELSE 'leader' END AS run, a.groups,
	a.what || ' / ' || b.what AS ratio_of,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS median_of_ratios,
	round((percentile_cont(0.25) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS lower_quarter,
	round((percentile_cont(0.75) WITHIN GROUP (ORDER BY a.cpu / b.cpu))
		::numeric, 3) AS upper_quarter,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY a.memory - b.memory)
		/ 1024)::numeric, 1) AS more_megabytes
FROM (VALUES ${pairs#, }) AS p (what, peer)
JOIN bench_time AS a USING (what)
JOIN bench_time AS b ON b.what = p.peer
	AND (b.round, b.workers, b.groups) = (a.round, a.workers, a.groups)
WHERE a.round > 0
GROUP BY a.workers, a.groups, a.what, b.what
ORDER BY a.workers, a.groups, a.what, b.what;
SQL
