# What the TAP tests share: a server with a desk, and statements of somebody.

package Desk;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT =
  qw(new_node lay_desk ask outcome sqlstates desk_rows top_file
  collection_file load_collection);

# The bootstrap superuser has the same name whoever runs the tests.
$ENV{PGUSER} = 'postgres';

# A cluster in UTF8 whose settings do not depend on the machine; started.
# Further parameters are those of PostgreSQL::Test::Cluster::init(), and
# "conf", lines of postgresql.conf.
sub new_node
{
	my ($name, %params) = @_;
	my $conf = delete $params{conf} // '';
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [qw(-U postgres -E UTF8 --locale=C)], %params);
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\n$conf");
	$node->start;
	return $node;
}

# A database with a desk that helpline_owner has.
sub lay_desk
{
	my ($node, $database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, <<'SQL');
CREATE EXTENSION ietp_helpline;
SELECT 'CREATE ROLE helpline_owner NOLOGIN'
WHERE to_regrole('helpline_owner') IS NULL \gexec
CALL ietp.create_desk('helpline_owner');
SQL
	return;
}

# Statements of one user in one session; returns output and messages.  The
# messages bear their SQLSTATE.
sub ask
{
	my ($node, $database, $user, $sql) = @_;
	my ($status, $stdout, $stderr) = $node->psql(
		$database, $sql,
		on_error_stop => 0,
		extra_params => [ '-U', $user, '-v', 'VERBOSITY=verbose' ]);

	die "psql failed: $stderr" if $status != 0;
	return ($stdout, $stderr);
}

# The SQLSTATEs of the errors in psql's messages, in order.
sub sqlstates
{
	my ($stderr) = @_;

	return $stderr =~ /(?:ERROR|FATAL):  ([0-9A-Z]{5}):/g;
}

# What became of statements: the SQLSTATE of the first error, else the output.
sub outcome
{
	my ($stdout, $stderr) = ask(@_);
	my ($state) = sqlstates($stderr);

	return $state // $stdout;
}

# For each table of the desk its name, number of rows and a hash of them all.
sub desk_rows
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT format('SELECT %L, count(*), md5(string_agg(md5(t::text), '''' '
	'ORDER BY md5(t::text) COLLATE "C")) FROM desk.%I AS t', relname, relname)
FROM pg_class
WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'p')
ORDER BY relname COLLATE "C" \gexec
SQL
}

# Path of a file of the collection for search, or undef where it is not.
sub collection_file
{
	my ($name) = @_;
	my $file = ($ENV{IETP_DATA} // '') . "/search_dev/$name";

	return -r $file ? $file : undef;
}

# Loads the collection into tables docs and queries.  The files have no
# quoting: a quote or a backslash is what it is.
sub load_collection
{
	my ($node, $database) = @_;
	my $format = "(FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01')";
	my ($docs, $queries) = map { collection_file($_) } qw(docs.tsv queries.tsv);

	$node->safe_psql($database, <<"SQL");
CREATE TABLE docs (
	corpus text NOT NULL,
	id text PRIMARY KEY,
	language text NOT NULL,
	body text NOT NULL);
CREATE TABLE queries (
	set_name text,
	corpora text NOT NULL,
	id text,
	kind text NOT NULL,
	language text NOT NULL,
	body text NOT NULL,
	relevant text NOT NULL,
	PRIMARY KEY (set_name, id));
\\copy docs FROM '$docs' $format
\\copy queries FROM '$queries' $format
SQL
	return;
}

# Path of a file of the source tree.
sub top_file
{
	my ($path) = @_;

	return __FILE__ =~ s{[^/]*$}{../../$path}r;
}

1;
