#!/bin/sh
# test/bench/search.sh
#
# What does search cost, over 100,000 and 1,000,000 mixed documents of two to
# four sentences (documents.pl)?  Against core's text search, in the same run:
#
#   to_tsvector	ietp.multilingual against simple, and against simple plus twice
#				ICU's own word break of the same text (word_break.c): at most
#				1; and at most twice simple.  search_entry, which the desk
#				calls, is there to compare;
#   index		GIN over stored vectors, by ietp.search_ops and by core's
#				operator class, against that of simple: at most 1.5; its size,
#				of that of the text: at most 1.6;
#   keywords	50 keyword queries, ietp.bm25(... mode => 'keywords') against the
#				best ten by ts_rank of the same ietp.query over the same index:
#				median at most twice, or 0.3 ms;
#   question	30 questions, mode => 'question', against ts_rank over the same
#				index with the same words, any of them: median at most 0.8,
#				95th percentile at most 1.
#
# Each query counts with the shortest of several alternated rounds, which other
# load disturbs least; the others with the median of the processor time.  Fails
# on errors only, never because a machine is slow.
#
# Makes a database of its own and drops it at the end; connects as PGHOST,
# PGUSER and their like say, which must be a superuser, to a server on this
# machine with /proc.  DOCUMENTS changes how many, ROUNDS how often the first
# number of them is measured, HEAVY_ROUNDS the others.  With IETP_DATA the
# sentences are real ones.  Needs a C compiler, ICU's headers and pkg-config.

set -eu

sizes=${DOCUMENTS:-100000 1000000}
rounds=${ROUNDS:-5}
name=ietp_helpline_bench_search
here=$(cd "$(dirname "$0")" && pwd)
folder=

# The compiler of expressions and parallel workers would come and go, and the
# memory of an index build decides how often it sorts.
PGOPTIONS='-c client_min_messages=warning -c jit=off'
PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
PGOPTIONS="$PGOPTIONS -c max_parallel_maintenance_workers=0"
PGOPTIONS="$PGOPTIONS -c maintenance_work_mem=1GB -c work_mem=64MB"
PGOPTIONS="$PGOPTIONS -c synchronize_seqscans=off"
export PGOPTIONS
run() {
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

clean_up() {
	[ -z "$folder" ] || rm -rf "$folder"
	run -d "${PGDATABASE:-postgres}" -c "DROP DATABASE IF EXISTS $name"
}
# Fails where it exists already: it is not ours to drop.  In the locale "C" the
# default parser, which simple uses, takes the stops of Chinese for letters.
run -d "${PGDATABASE:-postgres}" -c "CREATE DATABASE $name
	TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
trap clean_up EXIT
folder=$(mktemp -d)
# shellcheck disable=SC2046	# several words
"${CC:-cc}" -std=gnu99 -O2 -o "$folder/word_break" "$here/word_break.c" \
	$(pkg-config --cflags --libs icu-uc)

run -d "$name" -o /dev/null <<'SQL'
CREATE EXTENSION ietp_helpline;
CREATE TABLE queries (n integer GENERATED ALWAYS AS IDENTITY, kind text,
	query text);
CREATE TABLE bench_time (size integer, round integer, what text,
	cpu double precision);
CREATE TABLE bench_size (size integer, what text, bytes bigint);
CREATE TABLE bench_query (size integer, round integer, n integer, way text,
	ms double precision, rows bigint);
-- Nanoseconds on a processor; utime and stime count in hundredths of a second.
CREATE FUNCTION cpu_seconds()
RETURNS double precision
LANGUAGE sql VOLATILE
RETURN split_part(pg_read_file('/proc/self/schedstat', 0, 1000, true),
	' ', 1)::double precision / 1e9;

-- Asks every query both ways, the one and the other first in turn.
CREATE PROCEDURE ask(size integer, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	q queries;
	way text;
	words tsquery;
	started timestamptz;
	found bigint;
BEGIN
	FOR q IN TABLE queries ORDER BY n LOOP
		words := ietp.query(q.query, q.kind);
		FOREACH way IN ARRAY CASE (q.n + round) % 2
			WHEN 0 THEN '{ts_rank,bm25}' ELSE '{bm25,ts_rank}' END::text[]
		LOOP
			-- The planner likes to scan the whole table instead.
			PERFORM set_config('enable_seqscan',
				CASE way WHEN 'bm25' THEN 'on' ELSE 'off' END, true);
			started := clock_timestamp();
			IF way = 'bm25' THEN
				EXECUTE 'SELECT count(*) FROM ietp.bm25(
					''SELECT id, vector, length FROM entries'', $1,
					mode => $2)'
					INTO found USING q.query, q.kind;
			ELSE
				EXECUTE 'SELECT count(*) FROM (SELECT id FROM entries
					WHERE vector @@ $1
					ORDER BY ts_rank(vector, $1) DESC LIMIT 10) AS t'
					INTO found USING words;
			END IF;
			INSERT INTO bench_query VALUES (size, round, q.n, way,
				1000 * extract(epoch FROM clock_timestamp() - started), found);
		END LOOP;
	END LOOP;
END
$$;
SQL
"$here/documents.pl" queries |
	run -d "$name" -c '\copy queries (kind, query) FROM STDIN'

# measure SIZE ROUND WHAT STATEMENT: in a session of its own, which has read
# something before.
measure() {
	run -d "$name" -o /dev/null <<SQL
SELECT length(to_tsvector('ietp.multilingual', body)),
	length(to_tsvector('simple', body)) FROM documents LIMIT 100;
SELECT cpu_seconds() AS started \\gset
$4;
INSERT INTO bench_time VALUES ($1, $2, '$3', cpu_seconds() - :started);
SQL
}

# The documents, and nothing else of another size.
lay_documents() {
	"$here/documents.pl" documents "$1" >"$folder/documents"
	cut -f 2 "$folder/documents" >"$folder/lines"
	run -d "$name" -c 'DROP TABLE IF EXISTS documents, entries, simple_entries' \
		-c 'CREATE TABLE documents (id integer, body text)
			WITH (autovacuum_enabled = off)' \
		-c 'CREATE TABLE entries (id integer, vector tsvector,
			length integer) WITH (autovacuum_enabled = off)' \
		-c 'CREATE TABLE simple_entries (id integer, vector tsvector)
			WITH (autovacuum_enabled = off)'
	run -d "$name" -c "\\copy documents FROM '$folder/documents'" \
		-c 'VACUUM (FREEZE, ANALYZE) documents'
}

measure_vectors() {
	for what in $3; do
		case $what in
			icu)
				set -- "$1" "$2" "$("$folder/word_break" <"$folder/lines")"
				run -d "$name" -c "INSERT INTO bench_time
					VALUES ($1, $2, 'icu', ${3% *})" ;;
			entry)
				measure "$1" "$2" entry 'SELECT count(e.vector) FROM documents,
					ietp.search_entry(body) AS e' ;;
			*)
				measure "$1" "$2" "$what" "SELECT count(to_tsvector('$what',
					body)) FROM documents" ;;
		esac
	done
}

fill_vectors() {
	run -d "$name" -c 'INSERT INTO entries SELECT id, e.vector, e.length
		FROM documents, ietp.search_entry(body) AS e' \
		-c "INSERT INTO simple_entries SELECT id, to_tsvector('simple', body)
			FROM documents" \
		-c 'VACUUM (FREEZE, ANALYZE) entries' \
		-c 'VACUUM (FREEZE, ANALYZE) simple_entries' -c CHECKPOINT
}

build_indexes() {
	run -d "$name" -c 'DROP INDEX IF EXISTS search_ops_vector, entries_vector,
		simple_entries_vector'
	for what in $3; do
		on="$what USING gin (vector)"
		[ "$what" != search_ops ] ||
			on='entries USING gin (vector ietp.search_ops)'
		measure "$1" "$2" "index $what" "CREATE INDEX ${what}_vector ON $on"
	done
}

note_sizes() {
	run -d "$name" <<SQL
INSERT INTO bench_size
SELECT $1, 'text', sum(octet_length(body)) FROM documents UNION ALL
SELECT $1, 'vectors', sum(pg_column_size(vector)) FROM entries UNION ALL
SELECT $1, 'simple vectors', sum(pg_column_size(vector))
	FROM simple_entries UNION ALL
SELECT $1, 'index search_ops', pg_relation_size('search_ops_vector')
UNION ALL
SELECT $1, 'index', pg_relation_size('entries_vector') UNION ALL
SELECT $1, 'simple index', pg_relation_size('simple_entries_vector');
SQL
}

# One round that is not counted warms the caches; of many documents it would
# take as long as the others together, and just to have written them does too.
heavy=$rounds
first=0
for size in $sizes; do
	lay_documents "$size"
	round=$first
	while [ "$round" -le "$heavy" ]; do
		order='simple ietp.multilingual icu entry'
		[ $((round % 2)) = 0 ] || order='entry icu ietp.multilingual simple'
		measure_vectors "$size" "$round" "$order"
		round=$((round + 1))
	done
	fill_vectors
	round=$first
	while [ "$round" -le "$heavy" ]; do
		order='entries search_ops simple_entries'
		[ $((round % 2)) = 0 ] || order='simple_entries search_ops entries'
		build_indexes "$size" "$round" "$order"
		round=$((round + 1))
	done
	note_sizes "$size"
	run -d "$name" -c 'DROP INDEX entries_vector'
	round=0
	while [ "$round" -le "$heavy" ]; do
		run -d "$name" -c "CALL ask($size, $round)"
		round=$((round + 1))
	done
	heavy=${HEAVY_ROUNDS:-1}
	first=1
done

if [ -n "${IETP_DATA:-}" ]; then
	echo 'The sentences are real ones, cut out of IETP_DATA.'
else
	echo 'The sentences are made.'
fi
run -d "$name" <<'SQL'
CREATE VIEW cost AS
SELECT size, what, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu
FROM bench_time WHERE round > 0 GROUP BY size, what;
SELECT c.size, c.what, round(c.cpu::numeric, 2) AS cpu_seconds,
	round((t.bytes / 1e6 / c.cpu)::numeric, 2) AS megabytes_a_second,
	round((c.cpu / s.cpu)::numeric, 3) AS of_simple,
	round((c.cpu / (s.cpu + 2 * i.cpu))::numeric, 3) AS of_simple_and_twice_icu
FROM cost AS c
JOIN bench_size AS t ON t.size = c.size AND t.what = 'text'
JOIN cost AS s ON s.size = c.size AND s.what = CASE
	WHEN c.what LIKE 'index%' THEN 'index simple_entries' ELSE 'simple' END
LEFT JOIN cost AS i ON i.size = c.size AND i.what = 'icu'
	AND c.what NOT LIKE 'index%'
ORDER BY c.size, c.what;
SELECT b.size, b.what, round(b.bytes / 1e6, 1) AS megabytes,
	round(b.bytes::numeric / t.bytes, 3) AS of_text
FROM bench_size AS b
JOIN bench_size AS t ON t.size = b.size AND t.what = 'text'
ORDER BY b.size, b.what;
CREATE VIEW fastest AS
SELECT size, n, kind, way, min(ms) AS ms, max(rows) AS rows
FROM bench_query JOIN queries USING (n)
WHERE round > 0 GROUP BY size, n, kind, way;
CREATE VIEW spread AS
SELECT size, kind, way, count(*) AS queries, percentile_cont(0.5)
	WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.95)
	WITHIN GROUP (ORDER BY ms) AS p95, avg(ms) AS mean,
	count(*) FILTER (WHERE rows = 0) AS find_nothing
FROM fastest GROUP BY size, kind, way;
SELECT b.size, b.kind, b.queries, b.find_nothing,
	round(b.p50::numeric, 3) AS p50_ms, round(t.p50::numeric, 3)
		AS ts_rank_p50_ms, round((b.p50 / t.p50)::numeric, 3) AS p50_ratio,
	round(b.p95::numeric, 2) AS p95_ms, round(t.p95::numeric, 2)
		AS ts_rank_p95_ms, round((b.p95 / t.p95)::numeric, 3) AS p95_ratio,
	round((b.mean / t.mean)::numeric, 3) AS mean_ratio
FROM spread AS b
JOIN spread AS t USING (size, kind)
WHERE b.way = 'bm25' AND t.way = 'ts_rank'
ORDER BY b.size, b.kind;
SQL
