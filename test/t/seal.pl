# Seals: eight ways to rewrite the history, by a superuser who disables the
# triggers, and what of it is found; proofs that need no server; and what must
# not break a seal: a restore, a standby, transactions that were under way.

use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex);
use File::Copy;
use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::RecursiveCopy;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $node = new_node('seal', allows_streaming => 1);
lay_desk($node, 'helpline');
$node->safe_psql('postgres',
	'ALTER DATABASE helpline SET search_path = public, ietp');
my $folder = PostgreSQL::Test::Utils::tempdir;

sub query
{
	my ($sql, $where) = @_;

	return ($where // $node)->safe_psql('helpline', $sql);
}

# Findings of ietp.verify_ledger(): each kind once.
sub findings
{
	my ($arguments, $where) = @_;

	return query(<<"SQL", $where);
SELECT string_agg(DISTINCT finding, ' ' ORDER BY finding)
FROM ietp.verify_ledger($arguments)
SQL
}

sub seal
{
	return query('SELECT ietp.seal_ledger()');
}

# RFC 6962, section 2.1, as it is written there.
sub tree_hash
{
	my @leaves = @_;
	my $k = 1;

	return sha256('') if !@leaves;
	return sha256("\0" . $leaves[0]) if @leaves == 1;
	$k *= 2 while 2 * $k < @leaves;
	return sha256("\1"
		  . tree_hash(@leaves[ 0 .. $k - 1 ])
		  . tree_hash(@leaves[ $k .. $#leaves ]));
}

# The root over the heads that the rows of the cases have now.
sub root_of_heads
{
	my @leaves = split /\n/, query(<<'SQL');
SELECT encode(ietp.case_ref_send(case_ref) || int4send(event_n) || event_hash,
	'hex')
FROM desk.cases ORDER BY ietp.case_ref_send(case_ref)
SQL
	return unpack 'H*', tree_hash(map { pack 'H*', $_ } @leaves);
}

# What the library knows of tables by name is what there is.
my $source = slurp_file(top_file('src/history.c'));
my ($tables) = $source =~ /ietp_row_tables\[\w+\] = \{(.*?)\n\};/s;
my @known;
while ($tables =~ /\{"(\w+)", "\w+", ((?:\s*"[^"]*")+)\}/g)
{
	my ($table, $columns) = ($1, $2);

	$columns =~ s/"|\n|\t//g;

	push @known, map { "$table $_" } split / +/, $columns;
}
is( join("\n", sort @known), query(<<'SQL'), 'columns that are in a digest');
SELECT c.relname || ' ' || a.attname COLLATE "C"
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE t.tgfoid = 'ietp.record_rows'::regproc AND t.tgtype & 4 = 4
AND a.attnum > 0 AND a.attname <> 'digest_key' ORDER BY 1
SQL
$source = slurp_file(top_file('src/case.c'));
my @named;
for my $list (qw(shown_columns silent_columns))
{
	my ($names) = $source =~ /\b$list\[\] = \{(.*?)\};/s;
	my @names = $names =~ /"(\w+)"/g;

	is("@names", join(' ', sort @names), "$list are sorted");
	push @named, @names;
}
is( join("\n", sort @named, qw(source_hash source_id source_status)),
	query(<<'SQL'), 'columns whose values are told');
SELECT attname COLLATE "C" FROM pg_attribute
WHERE attrelid = 'desk.cases'::regclass AND attnum > 0
ORDER BY 1
SQL

# An empty ledger has a seal, too.
like(seal(), qr/^ietp-seal 1 1 \S+Z 0 0 1 \d+:\d+:\S* [0-9a-f]{64} [0-9a-f]{8}$/,
	'nothing is sealed');

# More transactions than it takes to restore a desk elsewhere.
query(<<'SQL');
DO $$
BEGIN
	FOR i IN 1 .. 20000 LOOP
		PERFORM pg_current_xact_id();
		COMMIT;
	END LOOP;
END
$$;
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity)
SELECT DISTINCT ON (ref) ref, 'CN', now(), current_date, 'minor'
FROM (SELECT ietp.new_case_ref('CN', 2021) AS ref
	FROM generate_series(1, 40)) AS r LIMIT 37;
UPDATE desk.cases SET severity = 'moderate';
UPDATE desk.cases SET workers_affected = 7;
UPDATE desk.cases SET migrant_worker = true;
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
SELECT case_ref, 1, 'note', 'lin', 'words' FROM desk.cases;
UPDATE desk.cases SET handler = 'lin';
SQL
my ($a, $b) = split /\n/,
  query('SELECT case_ref FROM desk.cases ORDER BY case_ref LIMIT 2');
my $seal = seal();
my @fields = split / /, $seal;

is(scalar @fields, 10, 'a seal has ten fields');
is("@fields[4, 5]", '37 222', 'it counts cases and events');
is($fields[8], root_of_heads(), 'its root is that of the RFC');
is( $fields[9],
	substr(sha256_hex(join ' ', @fields[ 0 .. 8 ]), 0, 8),
	'its check digits are those of the rest');
is(findings('NULL', undef), '', 'nothing is found');
is(findings("seal => '$seal'"), '', 'nor with the seal');
is(findings("'$a', '$seal'"), '', 'nor for one case');
is(findings("seal => E'\\n  $seal \\r\\n'"), '', 'however it was copied');


# The eight attacks

# Written by the attacker, who has read doc/reference.md.
my $by_attacker = <<'SQL';
CREATE FUNCTION pg_temp.field(value bytea) RETURNS bytea LANGUAGE sql
RETURN CASE WHEN value IS NULL THEN int4send(-1)
	ELSE int4send(length(value)) || value END;
CREATE FUNCTION pg_temp.hash_of(e desk.events, previous bytea)
RETURNS bytea LANGUAGE sql
RETURN sha256('ietp-event-1'::bytea || '\x00'
	|| COALESCE(previous, decode(repeat('00', 32), 'hex'))
	|| pg_temp.field(ietp.case_ref_send(e.case_ref))
	|| pg_temp.field(int4send(e.n))
	|| pg_temp.field(timestamptz_send(e.occurred_at))
	|| pg_temp.field(timestamptz_send(e.recorded_at))
	|| pg_temp.field(int4send(e.incarnation))
	|| pg_temp.field(int8send(e.xid::text::bigint))
	|| pg_temp.field(int4send(e.lifecycle_version))
	|| pg_temp.field(int4send(e.consent_n))
	|| pg_temp.field(convert_to(e.action, 'UTF8'))
	|| pg_temp.field(convert_to(e.from_status, 'UTF8'))
	|| pg_temp.field(convert_to(e.to_status, 'UTF8'))
	|| pg_temp.field(convert_to(e.actor, 'UTF8'))
	|| pg_temp.field(convert_to(e.database_role, 'UTF8'))
	|| pg_temp.field(convert_to(e.changes::text, 'UTF8'))
	|| pg_temp.field(convert_to(e.records::text, 'UTF8')));
-- Computes the chain of a case anew from event n on, and repairs the head.
CREATE PROCEDURE pg_temp.chain_anew(wanted ietp.case_ref, first integer)
LANGUAGE plpgsql
AS $$
DECLARE
	e desk.events;
BEGIN
	FOR e IN SELECT * FROM desk.events WHERE case_ref = wanted AND n >= first
			ORDER BY n LOOP
		UPDATE desk.events AS o SET hash = pg_temp.hash_of(e, (
			SELECT p.hash FROM desk.events AS p
			WHERE p.case_ref = wanted AND p.n = e.n - 1))
		WHERE o.case_ref = wanted AND o.n = e.n;
	END LOOP;
	UPDATE desk.cases AS c
	SET event_n = l.n, event_hash = l.hash, event_at = l.occurred_at
	FROM (SELECT * FROM desk.events WHERE case_ref = wanted
		ORDER BY n DESC LIMIT 1) AS l
	WHERE c.case_ref = wanted;
END
$$;
SELECT format('ALTER TABLE %s DISABLE TRIGGER ALL', oid::regclass)
FROM pg_class WHERE relnamespace = 'desk'::regnamespace AND relkind = 'r'
\gexec
SQL
my $copy = 'case_ref, occurred_at, recorded_at, xid, %s, incarnation,
	lifecycle_version, consent_n, action, from_status, to_status, actor,
	database_role, changes, records, hash';
my $found = 'SELECT string_agg(DISTINCT finding, \' \' ORDER BY finding)
	FROM ietp.verify_ledger';

# Commits nothing: returns what is found without and with the seal.
sub attack
{
	my ($statements) = @_;
	my $output = query(<<"SQL");
BEGIN;
$by_attacker
$statements
SELECT 'without: ' || COALESCE(($found()), 'nothing');
SELECT 'with: ' || COALESCE(($found(seal => '$seal')), 'nothing');
ROLLBACK;
SQL

	return $output =~ /^without: (.*)\nwith: (.*)$/m;
}

sub is_found
{
	my ($statements, $without, $with, $name) = @_;
	my @got = attack($statements);

	is($got[0], $without, "$name, without a seal");
	is($got[1], $with, "$name, with it");
	isnt($got[1], 'nothing', "$name is found");
	return;
}

is_found("UPDATE desk.events SET actor = 'x' WHERE case_ref = '$a' AND n = 3;",
	'event_differs', 'event_differs', 'an edited event');
is_found(
	<<"SQL", 'case_differs event_missing', 'case_differs event_missing', 'a deleted one');
DELETE FROM desk.events WHERE case_ref = '$a' AND n = 3;
SQL
# The case goes back to what it was before its last event.
is_found(<<"SQL", 'nothing', 'seal_differs', 'a tail cut off, head repaired');
DELETE FROM desk.events WHERE case_ref = '$a' AND n = 6;
CALL pg_temp.chain_anew('$a', 6);
UPDATE desk.cases SET handler = NULL WHERE case_ref = '$a';
SQL
is_found(<<"SQL", 'event_differs', 'event_differs', 'two that change places');
UPDATE desk.events SET n = 1000 + 7 - n WHERE case_ref = '$a' AND n IN (3, 4);
UPDATE desk.events SET n = n - 1000 WHERE case_ref = '$a' AND n > 1000;
SQL
is_found(<<"SQL", 'nothing', 'seal_differs', 'a chain computed anew');
UPDATE desk.events SET actor = 'x' WHERE case_ref = '$a' AND n = 3;
CALL pg_temp.chain_anew('$a', 3);
SQL
is_found(
	<<"SQL", 'event_differs head_differs', 'event_differs head_differs seal_differs', 'a doubled event');
INSERT INTO desk.events
SELECT @{[ sprintf $copy, 7 ]} FROM desk.events
WHERE case_ref = '$a' AND n = 6;
SQL
is_found(<<"SQL", 'nothing', 'seal_differs', 'a doubled event, chained anew');
INSERT INTO desk.events
SELECT @{[ sprintf $copy, 7 ]} FROM desk.events
WHERE case_ref = '$a' AND n = 4;
CALL pg_temp.chain_anew('$a', 7);
SQL
my $clone = sprintf($copy, 7) =~ s/case_ref/'$b'::ietp.case_ref/r;
is_found(
	<<"SQL", 'event_differs head_differs', 'event_differs head_differs seal_differs', 'a cloned event');
INSERT INTO desk.events
SELECT $clone FROM desk.events WHERE case_ref = '$a' AND n = 2;
SQL
is_found(<<"SQL", 'nothing', 'seal_differs', 'a cloned event, chained anew');
INSERT INTO desk.events
SELECT $clone FROM desk.events WHERE case_ref = '$a' AND n = 4;
CALL pg_temp.chain_anew('$b', 7);
SQL
is_found(
	<<"SQL", 'nothing', 'seal_differs', 'a case that is gone with its history');
DELETE FROM desk.notes WHERE case_ref = '$a';
DELETE FROM desk.events WHERE case_ref = '$a';
DELETE FROM desk.cases WHERE case_ref = '$a';
SQL
is_found("DELETE FROM desk.seals;", 'nothing', 'seal_unknown',
	'a seal that is denied');
is(findings("seal => '$seal'"), '', 'all of it was undone');

# Mistyped seals are told as such, and every other text is refused, too.
my @wrong = (
	'', 'x', substr($seal, 1), substr($seal, 0, -1), "$seal 1",
	$seal =~ s/ 37 / 38 /r, $seal =~ s/-seal 1/-seal 2/r,
	join(' ', @fields[ 0 .. 8 ]));
for my $i (0 .. length($seal) - 1)
{
	my $typo = $seal;

	substr($typo, $i, 1) = substr($typo, $i, 1) eq '0' ? '1' : '0';
	push @wrong, $typo;
}
is( query(
		"SELECT count(*), count(DISTINCT state) FROM (SELECT state_of(t)
		AS state FROM unnest(ARRAY['" . join("','", @wrong) . "']) AS t) AS s
		WHERE state = 'IE242'" =~ s/state_of/public.state_of/r
	  )
	// '',
	@wrong . '|1',
	'mistyped seals are refused')
  if query(<<'SQL') eq '';
CREATE FUNCTION public.state_of(line text) RETURNS text LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM ietp.verify_ledger(seal => line);
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SQL
# With check digits that fit, the fields are looked at.
for my $change (
	sub { $_[0][2] = 'x' }, sub { $_[0][4] = '99999999999999999999' },
	sub { $_[0][5] = '-1' }, sub { $_[0][7] = '1' },
	sub { $_[0][7] = '1:2' }, sub { $_[0][7] = '1:2:x' },
	sub { $_[0][7] = '1:2:3;4' }, sub { $_[0][8] = 'ab' })
{
	my @forged = @fields[ 0 .. 8 ];

	$change->(\@forged);
	push @forged, substr sha256_hex("@forged"), 0, 8;
	is(query("SELECT public.state_of('@forged')"),
		'IE242', "no seal: $forged[2] $forged[4] $forged[7]");
}


# Proofs

my $program = top_file('src/bin/check_proof');
my $pg_config = $node->config_data('--bindir') . '/pg_config';
system('make', '-s', '-C', top_file('.'), "PG_CONFIG=$pg_config",
	'check_proof') == 0
  or die 'make check_proof failed';

# What the program says of the lines, and its exit status.
sub check_proof
{
	my ($proof, $kept) = @_;
	my ($output, $errors) = ('', '');

	append_to_file("$folder/proof", '');
	unlink "$folder/proof", "$folder/kept";
	append_to_file("$folder/proof", "$proof\n");
	append_to_file("$folder/kept", "$kept\n");
	IPC::Run::run([ $program, "$folder/proof", "$folder/kept" ],
		'>', \$output, '2>', \$errors);
	return ($output, $? >> 8);
}

my ($proof) = query("SELECT ietp.ledger_proof('$a', '$seal')");
my ($said, $status) = check_proof($proof, $seal);

is($status, 0, 'a proof is accepted');
like($said, qr/proved: case \Q$a\E with 6 events is in seal 2 /,
	'it tells what is proved');
is(scalar(() = $said =~ /^\d+  /mg), 6, 'and prints each event');
for my $case (split /\n/, query('SELECT case_ref FROM desk.cases'))
{
	my $one = query("SELECT ietp.ledger_proof('$case', '$seal')");

	($said, $status) = check_proof($one, $seal);
	push @fields, $case if $status != 0;
}
is("@fields[10 .. $#fields]", '', 'of each case');

# The database goes on; the proof stays, and proves nothing of the later seal.
query("UPDATE desk.cases SET workers_affected = 8 WHERE case_ref = '$a'");
my $later = seal();
is(query("SELECT ietp.ledger_proof('$a', '$seal')"),
	$proof, 'the proof is the same when the case has moved on');
($said, $status) = check_proof($proof, $later);
is("$status $said" =~ /^1 not proved: / ? 1 : 0, 1, 'another seal refuses it');
($said, $status) =
  check_proof(query("SELECT ietp.ledger_proof('$a', '$later')"), $later);
like($said, qr/with 7 events is in seal 3 /, 'the later seal has its own');
for my $change (
	sub { $_[0] =~ s/(event [0-9a-f]*)[0-8]([0-9a-f]{9}\n)/${1}9$2/ },
	sub { $_[0] =~ s/\nevent [0-9a-f]+\z// },
	sub { $_[0] =~ s/\npath [0-9a-f]+// },
	sub { $_[0] =~ s/leaf 0 /leaf 1 / },
	sub { $_[0] =~ s/\Q$a\E/$b/ })
{
	my $forged = $proof;

	$change->($forged);
	isnt($forged, $proof, 'a forged proof is another');
	($said, $status) = check_proof($forged, $seal);
	like("$status $said", qr/^1 not proved: /, 'and is refused');
}
my $new = query(<<'SQL');
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity)
VALUES (ietp.new_case_ref('CN', 2022), 'CN', now(), current_date, 'minor')
RETURNING case_ref
SQL
is( outcome($node, 'helpline', 'postgres',
		"SELECT ietp.ledger_proof('$new', '$later')"),
	'IE243',
	'there is none of a case that was opened later');


# What is under way when a seal is made

my $open = $node->background_psql('helpline')
  if $node->can('background_psql');
SKIP:
{
	skip 'no sessions in the background', 4 if !defined $open || !ref $open;
	skip 'no query() of sessions in the background', 4
	  if !$open->can('query_safe');
	$open->query_safe("BEGIN; UPDATE desk.cases SET workers_affected = 9
		WHERE case_ref = '$a'");
	query("UPDATE desk.cases SET workers_affected = 9 WHERE case_ref = '$b'");
	my $between = seal();
	is(findings("seal => '$between'"), '', 'a transaction is under way');
	$open->query_safe('COMMIT');
	is(findings("seal => '$between'"), '', 'it ended after the seal');
	my $proved = query("SELECT ietp.ledger_proof('$a', '$between')");
	is(scalar(() = $proved =~ /^event /mg), 7, 'which does not cover it');
	is(findings("seal => '" . seal() . "'"), '', 'but the next one does');
	$open->quit;
}
is( outcome($node, 'helpline', 'postgres',
		"BEGIN; UPDATE desk.cases SET workers_affected = 1
		WHERE case_ref = '$a'; SELECT ietp.seal_ledger()"),
	'25001',
	'nobody seals what is not committed');


# A standby, a restore, and an older backup

$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('seal_standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
query('UPDATE desk.cases SET handler = \'hoa\'');
$seal = seal();
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is(findings("seal => '$seal'", $standby), '', 'a standby verifies');
is(query("SELECT ietp.ledger_proof('$a', '$seal')", $standby),
	query("SELECT ietp.ledger_proof('$a', '$seal')"),
	'and proves');
is( outcome($standby, 'helpline', 'postgres', 'SELECT ietp.seal_ledger()'),
	'25006',
	'but does not seal');
$standby->stop;

# Into a cluster whose transactions count from the beginning.
my $restored = new_node('seal_restored');
$node->run_log(
	[   'pg_dumpall', '--globals-only', '-d', $node->connstr('postgres'), '-f',
		"$folder/roles.sql" ]);
$node->run_log(
	[   'pg_dump', '-C', '-d', $node->connstr('helpline'), '-f',
		"$folder/dump.sql" ]);
for my $file (qw(roles dump))
{
	$restored->run_log(
		[   'psql', '-X', '-q', '-d', $restored->connstr('postgres'), '-f',
			"$folder/$file.sql" ]);
}
is(findings("seal => '$seal'", $restored), '', 'a restored ledger verifies');
is(query('SELECT ietp.incarnation() IS NULL', $restored),
	't', 'nothing was written there yet');
query("UPDATE desk.cases SET severity = 'serious'", $restored);
is( query(
		'SELECT max(incarnation), ietp.incarnation(),
		max(xid) FILTER (WHERE incarnation = 2)
			< max(xid) FILTER (WHERE incarnation = 1) FROM desk.events'
			=~ s/max\(xid\)/max(xid::text::bigint)/gr, $restored),
	'2|2|t',
	'what is written there is told from what was before');
is(findings("seal => '$seal'", $restored),
	'', 'and the seal of before still holds');
is(findings("seal => '" . query('SELECT ietp.seal_ledger()', $restored) . "'",
		$restored),
	'', 'as does a new one');
is(findings('NULL', $restored), '', 'and the chains');

# The whole cluster is set back, then goes on as if nothing had been.
$node->stop;
PostgreSQL::Test::RecursiveCopy::copypath($node->data_dir, "$folder/older");
$node->start;
query('UPDATE desk.cases SET workers_affected = 99');
my $lost = seal();
is(findings("seal => '$lost'"), '', 'the seal that will be lost holds');
$node->stop('immediate');
rename $node->data_dir, "$folder/newer" or die "rename: $!";
PostgreSQL::Test::RecursiveCopy::copypath("$folder/older", $node->data_dir);
chmod 0700, $node->data_dir or die "chmod: $!";
$node->start;
is(findings('NULL'), '', 'an older backup is in order without a seal');
is(findings("seal => '$seal'"), '', 'and with an older one');
is(findings("seal => '$lost'"),
	'rolled_back seal_differs seal_unknown',
	'but not with one of later');
query('UPDATE desk.cases SET workers_affected = 99');
query('SELECT pg_current_xact_id()') for 1 .. 10;
query('SELECT ietp.seal_ledger()');
is(findings("seal => '$lost'"), 'seal_differs seal_unknown',
	'however long it goes on, and whatever it does again');

done_testing();
