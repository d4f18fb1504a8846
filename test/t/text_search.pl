# Text search with the shipped configurations on tables of anybody: it survives
# dump, restore and pg_upgrade, with dictionaries that a DBA made of the
# template; a standby answers; and parallel workers make the same of a text as
# their leader.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $folder = PostgreSQL::Test::Utils::tempdir;

# Runs one of PostgreSQL's programs, which must not complain.
sub run_tool
{
	my ($node, $tool, @arguments) = @_;
	my ($stdout, $stderr) =
	  run_command([ $node->installed_command($tool), @arguments ]);

	die "$tool: $stderr" if $? != 0 || $stderr =~ /ERROR|WARNING/;
	return;
}


# The source: texts of three pieces each, a generated column, a default, an
# index on an expression, and dictionaries of a DBA, of which the one that is
# dumped first needs the other.

my $source = new_node('source', allows_streaming => 1);
$source->safe_psql('postgres', 'CREATE DATABASE texts');
$source->safe_psql('texts', <<'SQL');
CREATE EXTENSION ietp_helpline;
CREATE TEXT SEARCH DICTIONARY z_stem (
	TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english',
	STOPWORDS = 'english');
CREATE TEXT SEARCH DICTIONARY a_house (
	TEMPLATE = ietp.multilingual, PURPOSE = 'index', STEM = 'public.z_stem');
CREATE TEXT SEARCH CONFIGURATION house (PARSER = ietp.multilingual_words);
ALTER TEXT SEARCH CONFIGURATION house
ADD MAPPING FOR han, word, number WITH a_house;
CREATE TABLE docs (
	id integer PRIMARY KEY,
	body text NOT NULL,
	vector tsvector GENERATED ALWAYS AS (
		to_tsvector('ietp.multilingual', body)) STORED,
	of_house tsvector GENERATED ALWAYS AS (
		to_tsvector('public.house', body)) STORED,
	greeting tsvector DEFAULT to_tsvector('ietp.multilingual', '工資 mới'))
WITH (parallel_workers = 2);
INSERT INTO docs (id, body)
SELECT i, concat_ws(' ', p.piece[1 + i % 9], p.piece[1 + i * 7 / 4 % 11],
	p.piece[1 + i / 5 % 13], 'No. ' || i)
FROM generate_series(1, 3000) AS i, (SELECT ARRAY['厂方拖欠工资，押工资不发。',
	'雇主積欠工資，勞工要求資遣費。', 'Công ty giam lương và ép tăng ca.',
	'cong ty khong tra luong thang 13', 'Deductions for damaged goods, usual.',
	'The overtime was paid late <b>twice</b>.', '昨天已经自离，住在宿舍',
	'車票訂了明天', 'đặt vé tàu ngày mai', 'A train ticket for tomorrow',
	'COVID-19: call 0755-8888 or mail lin@example.org',
	'工人说 overtime 没有算 lương cơ bản', 'hoà giải, hòa giải, thuỵ']) AS p (piece);
CREATE INDEX docs_vector ON docs USING gin (vector);
CREATE INDEX docs_body ON docs USING gin (to_tsvector('ietp.multilingual', body));
ANALYZE docs;
SQL

# What is asked in each way, and the words themselves as they stand in texts.
my %phrases = (
	'拖欠工资' => '拖欠工资',
	'giam lương' => 'giam lương',
	'train ticket' => 'train ticket',
	'已经自离' => '已经自离');

# Every answer of the text search functions, by index and without.
my $answers = <<'SQL';
SET extra_float_digits = -3;
SELECT left(q.query, 40), q.mode, (SELECT count(*) FROM docs AS d
	WHERE to_tsvector('ietp.multilingual', d.body) @@ ietp.query(q.query, q.mode)),
	(SELECT md5(string_agg(b::text, ' ' ORDER BY b.score DESC, b.key))
	FROM ietp.bm25('SELECT id, vector FROM public.docs', q.query, q.mode) AS b)
FROM (VALUES ('拖欠工資', 'phrase'), ('拖欠 工资', 'keywords'),
	('厂方为什么不发工资？', 'question'), ('giam luong', 'phrase'),
	('Công ty có giam lương không?', 'question'),
	('"train ticket" -宿舍', 'web'), ('deduction', 'keywords'),
	('deduction' || (SELECT string_agg(' -zz' || i, '')
		FROM generate_series(1, 100) AS i), 'web'))
	AS q (query, mode);
SELECT count(*) FROM docs AS d
WHERE d.vector @@ websearch_to_tsquery('ietp.multilingual_query', 'luong');
SELECT count(*), count(*) FILTER (WHERE d.of_house @@ '^damag') FROM docs AS d
WHERE d.of_house @@ '^deduct';
SELECT ts_headline('ietp.multilingual', d.body, ietp.query('拖欠工資', 'phrase'),
	'EscapeHTML=true') FROM docs AS d WHERE d.id = 9;
SELECT md5(string_agg(concat_ws(' ', d.id, d.vector, d.of_house, d.greeting),
	' ' ORDER BY d.id)) FROM docs AS d;
SELECT md5(string_agg(t::text, ' ' ORDER BY t.word COLLATE "C"))
FROM ts_stat('SELECT vector FROM public.docs') AS t;
SELECT md5(string_agg(t::text, ' ' ORDER BY d.id, t.n)) FROM docs AS d,
	ts_debug('ietp.multilingual', d.body) WITH ORDINALITY
		AS t (alias, description, token, dictionaries, dictionary, lexemes, n)
WHERE d.id <= 50;
SQL

sub answers
{
	my ($node, $database) = @_;
	my $by_index = $node->safe_psql($database,
		"SET enable_seqscan = off;\n$answers");

	is( $by_index,
		$node->safe_psql($database, <<"SQL"), $node->name . ': index or not');
SET enable_indexscan = off;
SET enable_bitmapscan = off;
$answers
SQL
	return $by_index;
}

my $expected = answers($source, 'texts');


# What the functions of the server make of the configurations

like(
	$source->safe_psql('texts', <<'SQL'),
SET enable_seqscan = off;
EXPLAIN SELECT FROM docs
WHERE to_tsvector('ietp.multilingual', body) @@ ietp.query('deduction');
SQL
	qr/docs_body/, 'the index on the expression serves');
for my $phrase (sort keys %phrases)
{
	is( $source->safe_psql('texts', <<"SQL"), 't|t', "phrase: $phrase");
SELECT count(*) FILTER (WHERE found) > 0, bool_and(found = stands)
FROM (SELECT vector @@ phraseto_tsquery('ietp.multilingual_query', '$phrase')
		AS found, position('$phrases{$phrase}' IN body) > 0 AS stands
	FROM docs) AS d
SQL
}
is( $source->safe_psql('texts', <<'SQL'), 't|t|t', 'the operator <->');
SELECT count(*) FILTER (WHERE found) > 0, count(*) FILTER (WHERE NOT found) > 0,
	bool_and(found = (position('train ticket' IN body) > 0))
FROM (SELECT vector @@ to_tsquery('ietp.multilingual_query',
	'train <-> ticket') AS found, body FROM docs) AS d
SQL
is( $source->safe_psql('texts', <<'SQL'),
SELECT s.ndoc, s.nentry FROM ts_stat('SELECT vector FROM docs') AS s
WHERE s.word = '工资';
SELECT count(*), sum(n) FROM (SELECT (length(replace(body, '資', '资'))
	- length(replace(replace(body, '資', '资'), '工资', ''))) / 2 AS n
	FROM docs) AS d WHERE n > 0;
SQL
	join("\n", ($source->safe_psql('texts', <<'SQL')) x 2), 'ts_stat counts');
SELECT count(*), sum(n) FROM (SELECT (length(replace(body, '資', '资'))
	- length(replace(replace(body, '資', '资'), '工资', ''))) / 2 AS n
	FROM docs) AS d WHERE n > 0;
SQL
is( $source->safe_psql('texts', <<'SQL'), 't|t', 'ts_debug loses nothing');
SELECT bool_and(t.text = d.body), bool_and(t.lexemes = tsvector_to_array(d.vector))
FROM docs AS d, LATERAL (SELECT string_agg(g.token, '') AS text,
		ARRAY(SELECT DISTINCT l FROM ts_debug('ietp.multilingual', d.body) AS e,
			unnest(e.lexemes) AS l ORDER BY 1)
		AS lexemes
	FROM ts_debug('ietp.multilingual', d.body) AS g) AS t
WHERE d.id <= 50
SQL
is( $source->safe_psql('texts', <<'SQL'),
SELECT ts_headline('ietp.multilingual', '雇主<積欠>工資。Deductions twice',
	ietp.query('工资 deduction', 'keywords'), 'EscapeHTML=true')
SQL
	'雇主&lt;積欠&gt;<b>工資</b>。<b>Deductions</b> twice',
	'ts_headline marks what is written');


# Parallel workers: each has caches of its own, and makes the same.

my $workers = <<'SQL';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
SQL
my %made = (
	to_tsvector => "to_tsvector('ietp.multilingual', body)::text",
	'of a DBA' => "to_tsvector('public.house', body)::text",
	search_entry => 'ietp.search_entry(body)::text',
	to_tsquery => "plainto_tsquery('ietp.multilingual_query', body)::text",
	language_of => 'ietp.language_of(body)',
	ts_headline => "ts_headline('ietp.multilingual', body, "
	  . "'工资 | ^deduct'::tsquery)");
for my $what (sort keys %made)
{
	my $statement = <<"SQL";
SELECT md5(string_agg(m, ' ' ORDER BY m))
FROM (SELECT id || ' ' || COALESCE($made{$what}, '') AS m FROM docs OFFSET 0) AS d
SQL

	like($source->safe_psql('texts', "$workers EXPLAIN (ANALYZE) $statement"),
		qr/Workers Launched: 2/, "$what in workers");
	is( $source->safe_psql('texts', "$workers $statement"),
		$source->safe_psql('texts',
			"SET max_parallel_workers_per_gather = 0; $statement"),
		"$what is the same");
}
my $major = $source->safe_psql('texts',
	"SELECT current_setting('server_version_num')::integer / 10000");
my $forced = $major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
is($source->safe_psql('texts', "SET $forced = on;\n$answers"),
	$expected, 'every answer is the same when made in a worker, if it may be');

# From release 18 on GIN is built by workers, B-trees always.  amcheck makes
# each entry of a B-tree once more, in the leader.
sub build_index
{
	my ($method, $expression) = @_;
	my ($status, $stdout, $stderr) = $source->psql('texts', <<"SQL");
SET max_parallel_maintenance_workers = 2;
SET min_parallel_table_scan_size = 0;
SET client_min_messages = debug1;
CREATE INDEX docs_built_$method ON docs USING $method ($expression);
SQL

	die $stderr if $status != 0;
	return $stderr =~ /with request for (\d) parallel workers/ ? $1 : 0;
}
is(build_index('btree', "md5(to_tsvector('ietp.multilingual', body)::text)"),
	2, 'workers build a B-tree');
$source->safe_psql('texts', <<'SQL');
CREATE EXTENSION amcheck;
SELECT bt_index_check('docs_built_btree', heapallindexed => true);
DROP INDEX docs_built_btree;
DROP EXTENSION amcheck;
DROP INDEX docs_body;
SQL
is(build_index('gin', "to_tsvector('ietp.multilingual', body)"),
	$major >= 18 ? 2 : 0, 'and a GIN from release 18 on');
is(answers($source, 'texts'),
	$expected, 'by an index that was built so the answers are the same');
$source->safe_psql('texts',
	'ALTER INDEX docs_built_gin RENAME TO docs_body');


# Dump and restore

run_tool($source, 'pg_dump', '-d', $source->connstr('texts'), '-f',
	"$folder/plain.sql");
run_tool($source, 'pg_dump', '-Fc', '-d', $source->connstr('texts'), '-f',
	"$folder/custom.dump");
my $target = new_node('target');
$target->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0")
  for qw(plain custom);
run_tool($target, 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d',
	$target->connstr('plain'), '-f', "$folder/plain.sql");
run_tool($target, 'pg_restore', '--exit-on-error', '-j', '2', '-d',
	$target->connstr('custom'), "$folder/custom.dump");
for my $database (qw(plain custom))
{
	# From the statistics the ranking knows how many documents there are.
	$target->safe_psql($database, 'ANALYZE docs');
	is(answers($target, $database), $expected, "restored: $database");
	is( $target->safe_psql($database, <<'SQL'), 't|t', "and goes on: $database");
INSERT INTO docs (id, body) VALUES (0, 'zznew 補償金');
SELECT vector @@ ietp.query('补偿金', 'phrase'), greeting @@ 'mới' FROM docs
WHERE to_tsvector('ietp.multilingual', body) @@ ietp.query('zznew');
DELETE FROM docs WHERE id = 0;
SQL
}
run_tool($target, 'pg_dump', '-d', $target->connstr('plain'), '-f',
	"$folder/again.sql");

# A dump, but for its one random word.
sub dumped
{
	my ($file) = @_;

	return slurp_file($file) =~ s/^\\(?:un)?restrict .*\n//gmr;
}
ok(dumped("$folder/again.sql") eq dumped("$folder/plain.sql"),
	'a dump of what was restored is the same');


# A standby

$source->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($source, 'base', has_streaming => 1);
$standby->start;
$source->safe_psql('texts',
	"INSERT INTO docs (id, body) VALUES (0, 'zznew 補償金')");
$source->wait_for_catchup($standby, 'replay', $source->lsn('write'));
is( $standby->safe_psql('texts', <<'SQL'), '0', 'a standby finds what is new');
SELECT key FROM ietp.bm25('SELECT id, vector FROM docs', 'zznew 补偿金')
SQL
$source->safe_psql('texts', 'DELETE FROM docs WHERE id = 0');
$source->wait_for_catchup($standby, 'replay', $source->lsn('write'));
is(answers($standby, 'texts'), $expected, 'and answers as the primary does');
$standby->stop;


# pg_upgrade, from this release to itself

SKIP:
{
	my $bindir = $target->config_data('--bindir');

	skip 'no pg_upgrade', 1 if !-x "$bindir/pg_upgrade";
	# It loads $libdir/ietp_helpline, which Debian's extension_destdir, but not
	# dynamic_library_path, serves for an installation elsewhere.
	skip 'from release 18 on pg_upgrade needs the library in $libdir', 1
	  if $major >= 18
	  && !-e $target->config_data('--pkglibdir') . '/ietp_helpline.so';

	my $upgraded = PostgreSQL::Test::Cluster->new('upgraded');

	$upgraded->init(extra => [qw(-U postgres -E UTF8 --locale=C)]);
	$upgraded->append_conf('postgresql.conf', "timezone = 'UTC'");
	$target->stop;
	chdir $folder or die "$folder: $!";
	my ($stdout, $errors) = run_command(
		[   "$bindir/pg_upgrade", '--link', '--no-sync',
			'-U', 'postgres',
			'-b', $bindir, '-B', $bindir,
			'-d', $target->data_dir, '-D', $upgraded->data_dir,
			'-s', $upgraded->host,
			'-p', $target->port, '-P', $upgraded->port
		]);
	is($? >> 8, 0, 'pg_upgrade') or diag($stdout, $errors);
	$upgraded->start;
	for my $database (qw(plain custom))
	{
		$upgraded->safe_psql($database, 'ANALYZE docs');
		is(answers($upgraded, $database), $expected, "upgraded: $database");
	}
}

done_testing();
