#!/bin/sh
# doc/follow.sh
#
# Follows a helpline from another database, with psql (14 or later) alone:
# copies its events to a table there, each of them once, also when it is killed
# at any moment or started twice.  An example to start from.  They come in the
# order of their transactions' ids, which for one case may not be that of n.
#
#   doc/follow.sh SOURCE TARGET     two connection strings
#
#   PAGE=1000     how many events are read at once, 1 to 100000
#   ONCE=1        ends when there is nothing more to read
#   INTERVAL=1    else looks again after so many seconds
#
# SOURCE logs in to the helpline, or to a physical standby of it, as a role of
# the kind auditor: SELECT ietp.grant_role('auditor', 'follower').  TARGET logs
# in as a role that may create tables.  Passwords belong in ~/.pgpass: ps shows
# what is said here.
#
# Whatever fails ends it, with another status than 0.  Start it again then: it
# goes on from the last COMMIT of the target.  What does not pass, unless the
# source is a standby that lags behind, is "the watermark is later than this
# database": an older state of the helpline was restored, and the target has
# events that the source has no more.
set -eu
[ $# -eq 2 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }

# What one server writes the other reads, whatever their settings are.
PAGE=${PAGE:-1000} PGCLIENTENCODING=UTF8 PGDATESTYLE=ISO PGTZ=UTC
export PAGE MARK NEXT PGCLIENTENCODING PGDATESTYLE PGTZ
columns='watermark_after, case_ref, n, occurred_at, recorded_at, action,
	from_status, to_status, actor, changes, records, xid'
run() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=terse -d "$@"
}

# The lock is for two that start together and both find no table.
run "$2" >/dev/null <<'SQL'
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(20210630);
CREATE TABLE IF NOT EXISTS helpline_changes (watermark_after text NOT NULL,
	case_ref text, n integer, occurred_at timestamptz, recorded_at timestamptz,
	action text, from_status text, to_status text, actor text, changes json,
	records json, xid xid8, PRIMARY KEY (case_ref, n));
CREATE TABLE IF NOT EXISTS helpline_watermark (watermark text,
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
INSERT INTO helpline_watermark DEFAULT VALUES ON CONFLICT DO NOTHING;
COMMIT;
SQL

while :; do
	MARK=$(run "$2" -c 'SELECT watermark FROM helpline_watermark')

	# The whole page before anything is written, and in memory: a psql that
	# dies half way ends us here by its status, and no file stays behind.  In
	# COPY's text format, other than in CSV, a row is one line whatever is in
	# it, and no line of data is "\.", which psql takes for the end.
	page=$(run "$1" <<-SQL
		\getenv mark MARK
		\getenv page PAGE
		COPY (SELECT $columns FROM helpline.changes_since(
			NULLIF(:'mark', ''), :'page')) TO STDOUT;
	SQL
	)
	if [ -z "$page" ]; then
		[ -z "${ONCE:-}" ] || exit 0
		sleep "${INTERVAL:-1}"
		continue
	fi
	NEXT=$(printf '%s\n' "$page" | tail -n 1 | cut -f 1)

	# Rows and watermark are committed together or not at all.  UPDATE waits
	# for another follower at work, and finds no row if that one has moved the
	# watermark from where we read it: then the page is not ours to load.
	# COMMIT comes last, so that a script that is cut off rolls back.  Errors
	# are told by SQLSTATE alone: a message of COPY may quote a row.
	printf '%s\n' '\set VERBOSITY sqlstate' '\getenv mark MARK' \
		'\getenv next NEXT' 'BEGIN ISOLATION LEVEL READ COMMITTED;' \
		"UPDATE helpline_watermark SET watermark = :'next' WHERE
			watermark IS NOT DISTINCT FROM NULLIF(:'mark', '');" \
		'\if :ROW_COUNT' '\else' '\quit' '\endif' \
		"COPY helpline_changes ($columns) FROM STDIN;" \
		"$page" '\.' 'COMMIT;' | run "$2"
done
