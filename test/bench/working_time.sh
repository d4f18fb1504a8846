#!/bin/sh
# test/bench/working_time.sh
#
# What does working time cost?  Processor time of the backend for a sum over
# the open and closed times of 10 million cases, 2.6 days apart on average, by
# a calendar with two windows a day, make-up days and 5 years of holidays:
#
#   floor    sum(interval '1 hour'): no function of the rows could cost less;
#   minus    sum(closed - opened), which knows no calendar;
#   working  sum(ietp.working_time(opened, closed, 'CN')) (the goal is at most
#            1.2 of minus, and at most a 25th of the best SQL);
#   local    the same by a calendar of America/New_York, whose clocks change.
#
# and for the ways in which SQL can do it, on fewer rows, per row:
#
#   joined   two hash joins with a table of days, their windows and running
#            totals: the closed form, for this zone and two windows a day;
#   hourly   the same with a table of hours, which is right only where windows
#            begin and end on the hour;
#   indexed  two index look-ups in a table of intervals with running totals;
#   days     generate_series over the days, and the windows of each.
#
# All ways must agree.  Prints nanoseconds a row as medians over several
# alternated rounds, their spread (the middle half of the rounds, in percent of
# the median), and the ratio to minus within a round.  Fails on errors only,
# never because a machine is slow.
#
# Makes a database and a role of its own and drops them at the end; connects as
# PGHOST, PGUSER and their like say, which must be a superuser, to a server on
# this machine with /proc.  ROUNDS and ROWS change how often and how much.

set -eu

rounds=${ROUNDS:-7}
rows=${ROWS:-10000000}
name=ietp_helpline_bench_working_time
folder=

# The compiler of expressions and parallel workers would come and go, and a
# scan that begins in the middle would find other rows before its limit.
PGOPTIONS='-c client_min_messages=warning -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
PGOPTIONS="$PGOPTIONS -c search_path=public,ietp -c timezone=UTC"
PGOPTIONS="$PGOPTIONS -c work_mem=256MB -c synchronize_seqscans=off"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Fails where it exists already: it is not ours to drop.
run -d "${PGDATABASE:-postgres}" -c "CREATE ROLE $name NOLOGIN"
clean_up() {
	[ -z "$folder" ] || rm -rf "$folder"
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name" \
		-c "DROP ROLE $name"
}
trap clean_up EXIT
folder=$(mktemp -d)
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"

run -d "$name" -v owner="$name" -v rows="$rows" -o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CALL ietp.create_desk(:'owner');
INSERT INTO desk.calendars (calendar, time_zone)
VALUES ('NY', 'America/New_York');
INSERT INTO desk.calendar_windows (calendar, weekday, opens, closes)
SELECT 'NY', d, '09:00', '17:00' FROM generate_series(1, 5) AS d;
INSERT INTO desk.calendar_years (calendar, year, source)
SELECT 'NY', y, 'bench' FROM generate_series(2021, 2026) AS y;

CREATE TABLE cases (opened timestamptz NOT NULL, closed timestamptz NOT NULL)
	WITH (autovacuum_enabled = off);
SELECT setseed(0.5);
INSERT INTO cases
SELECT o.opened, o.opened - ln(1 - random()) * interval '2.6 days'
FROM (SELECT timestamptz '2021-06-01 00:00+00'
	+ random() * interval '1600 days' AS opened
	FROM generate_series(1, :rows)) AS o;

-- The calendar as a DBA would lay it out, once.
CREATE TABLE spans AS
SELECT opens, closes, COALESCE(sum(closes - opens) OVER (ORDER BY opens
	ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), interval '0')
	AS before
FROM (SELECT (d::date + w.opens) AT TIME ZONE 'Asia/Shanghai' AS opens,
		(d::date + w.closes) AT TIME ZONE 'Asia/Shanghai' AS closes
	FROM generate_series(timestamp '2021-01-01', '2026-12-31', '1 day') AS d
	LEFT JOIN desk.calendar_days AS x ON x.calendar = 'CN' AND x.day = d::date
	JOIN desk.calendar_windows AS w ON w.calendar = 'CN'
		AND w.weekday = COALESCE(x.as_weekday, extract(isodow FROM d))
	WHERE x.kind IS DISTINCT FROM 'holiday') AS s;
CREATE UNIQUE INDEX ON spans (opens) INCLUDE (closes, before);
-- Each local day, from its begin in UTC: what has passed before, its windows.
CREATE TABLE days AS
SELECT d::date AS day, COALESCE((SELECT sum(s.closes - s.opens)
		FROM spans AS s WHERE s.opens < b.begins), interval '0') AS before,
	COALESCE(w.opens[1], b.begins) AS opens1,
	COALESCE(w.closes[1], b.begins) AS closes1,
	COALESCE(w.opens[2], b.begins) AS opens2,
	COALESCE(w.closes[2], b.begins) AS closes2
FROM generate_series(timestamp '2021-01-01', '2026-12-31', '1 day') AS d
CROSS JOIN LATERAL (SELECT d AT TIME ZONE 'Asia/Shanghai' AS begins) AS b
CROSS JOIN LATERAL (SELECT array_agg(s.opens ORDER BY s.opens) AS opens,
	array_agg(s.closes ORDER BY s.opens) AS closes
	FROM spans AS s WHERE s.opens >= b.begins
	AND s.opens < b.begins + interval '1 day') AS w;
CREATE UNIQUE INDEX ON days (day);
CREATE TABLE hours AS
SELECT h AS hour, COALESCE((SELECT sum(LEAST(s.closes, h) - s.opens)
		FROM spans AS s WHERE s.opens < h), interval '0') AS before,
	EXISTS (SELECT FROM spans AS s WHERE s.opens <= h AND h < s.closes)
		AS open
FROM generate_series(timestamptz '2021-01-01 00:00+00',
	'2026-12-31 00:00+00', '1 hour') AS h;
CREATE UNIQUE INDEX ON hours (hour);

CREATE TABLE bench_time (round integer, what text, cpu double precision,
	rows bigint);
CREATE TABLE bench_sum (what text, rows bigint, total interval);
-- Nanoseconds on a processor; utime and stime count in hundredths of a second.
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9;
VACUUM ANALYZE;
SQL

# query WHAT ROWS: the statement that sums up so many rows in this way
query() {
	from="(SELECT * FROM cases LIMIT $2) AS c"
	[ "$2" != "$rows" ] || from='cases AS c'
	case $1 in
		floor)
			echo "SELECT sum(interval '1 hour') FROM $from" ;;
		minus)
			echo "SELECT sum(c.closed - c.opened) FROM $from" ;;
		working)
			echo "SELECT sum(ietp.working_time(c.opened, c.closed, 'CN'))
				FROM $from" ;;
		local)
			echo "SELECT sum(ietp.working_time(c.opened, c.closed, 'NY'))
				FROM $from" ;;
		joined)
			passed="x.before + LEAST(GREATEST(t, x.opens1), x.closes1)
				- x.opens1 + (LEAST(GREATEST(t, x.opens2), x.closes2)
				- x.opens2)"
			a=$(echo "$passed" | sed 's/x\./a./g; s/(t,/(c.opened,/g')
			z=$(echo "$passed" | sed 's/x\./z./g; s/(t,/(c.closed,/g')
			echo "SELECT sum(($z) - ($a)) FROM $from
				JOIN days AS a ON a.day
					= timezone('Asia/Shanghai', c.opened)::date
				JOIN days AS z ON z.day
					= timezone('Asia/Shanghai', c.closed)::date" ;;
		hourly)
			echo "SELECT sum(z.before - a.before
				+ CASE WHEN z.open THEN c.closed - z.hour ELSE '0' END
				- CASE WHEN a.open THEN c.opened - a.hour ELSE '0' END)
				FROM $from
				JOIN hours AS a ON a.hour = date_trunc('hour', c.opened)
				JOIN hours AS z ON z.hour = date_trunc('hour', c.closed)" ;;
		indexed)
			echo "SELECT sum(z.passed - a.passed) FROM $from
				CROSS JOIN LATERAL (SELECT s.before
					+ LEAST(s.closes, c.opened) - s.opens AS passed
					FROM spans AS s WHERE s.opens <= c.opened
					ORDER BY s.opens DESC LIMIT 1) AS a
				CROSS JOIN LATERAL (SELECT s.before
					+ LEAST(s.closes, c.closed) - s.opens AS passed
					FROM spans AS s WHERE s.opens <= c.closed
					ORDER BY s.opens DESC LIMIT 1) AS z" ;;
		days)
			echo "SELECT sum(x.worked) FROM $from
				CROSS JOIN LATERAL (SELECT sum(LEAST(c.closed,
						(d.day + w.closes) AT TIME ZONE 'Asia/Shanghai')
					- GREATEST(c.opened,
						(d.day + w.opens) AT TIME ZONE 'Asia/Shanghai'))
						AS worked
					FROM (SELECT (timezone('Asia/Shanghai', c.opened)::date
							+ n) AS day
						FROM generate_series(0,
							timezone('Asia/Shanghai', c.closed)::date
							- timezone('Asia/Shanghai', c.opened)::date)
							AS n) AS d
					LEFT JOIN desk.calendar_days AS e
						ON e.calendar = 'CN' AND e.day = d.day
					JOIN desk.calendar_windows AS w ON w.calendar = 'CN'
						AND w.weekday = COALESCE(e.as_weekday,
							extract(isodow FROM d.day))
					WHERE e.kind IS DISTINCT FROM 'holiday'
					AND (d.day + w.opens) AT TIME ZONE 'Asia/Shanghai'
						< c.closed
					AND (d.day + w.closes) AT TIME ZONE 'Asia/Shanghai'
						> c.opened) AS x" ;;
	esac
}

# measure WHAT ROWS: one statement, after one that warms the session
measure() {
	{
		query "$1" 100
		echo ';'
		echo 'SELECT cpu_seconds() AS started \gset'
		query "$1" "$2"
		echo ' \gset'
		echo '\o'
		echo 'SELECT cpu_seconds() - :started AS cpu \gset'
		echo "INSERT INTO bench_time
			VALUES ($round, '$1', :cpu, $2);"
		echo "INSERT INTO bench_sum VALUES ('$1', $2, :'sum');"
	} | run -At -d "$name" -o /dev/null
}

# One round that is not counted warms the caches.
round=0
slow=$((rows / 100))
[ "$slow" -gt 1000 ] || slow=1000
while [ "$round" -le "$rounds" ]; do
	ways="floor:$rows minus:$rows working:$rows local:$rows joined:$rows hourly:$rows
		indexed:$((slow * 10)) days:$slow"
	if [ $((round % 2)) = 1 ]; then
		ways="days:$slow indexed:$((slow * 10)) hourly:$rows joined:$rows
			local:$rows working:$rows minus:$rows floor:$rows"
	fi
	for way in $ways; do
		measure "${way%:*}" "${way#*:}"
	done
	for way in "working:$((slow * 10))" "working:$slow"; do
		[ "$round" -gt 0 ] || measure "${way%:*}" "${way#*:}"
	done
	round=$((round + 1))
done

run -d "$name" <<'SQL'
SELECT b.what, count(*) AS rounds,
	round((1e9 * m.median)::numeric, 1) AS nanoseconds_a_row,
	round((100 * m.spread / m.median)::numeric, 1) AS spread_percent,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY b.cpu / b.rows
		/ (a.cpu / a.rows)))::numeric, 3) AS of_minus,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY b.cpu / b.rows
		/ (k.cpu / k.rows)))::numeric, 2) AS of_working
FROM bench_time AS b
JOIN (SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu / rows)
		AS median, percentile_cont(0.75) WITHIN GROUP (ORDER BY cpu / rows)
		- percentile_cont(0.25) WITHIN GROUP (ORDER BY cpu / rows) AS spread
	FROM bench_time WHERE round > 0 GROUP BY what) AS m USING (what)
JOIN bench_time AS a ON a.round = b.round AND a.what = 'minus'
JOIN bench_time AS k ON k.round = b.round AND k.what = 'working'
WHERE b.round > 0
GROUP BY b.what, m.median, m.spread
ORDER BY m.median;
SELECT b.rows, string_agg(DISTINCT b.what, ', ') AS ways,
	count(DISTINCT justify_hours(b.total)) = 1 AS they_agree
FROM bench_sum AS b WHERE b.what NOT IN ('floor', 'minus', 'local')
GROUP BY b.rows ORDER BY b.rows;
SQL
