# What doc/reference.md states is compared with the catalog and the sources.

use strict;
use warnings;

use File::Find;
use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $text = slurp_file(top_file('doc/reference.md'));

# The rows of the first table under a heading, each as an array of cells; the
# header is the first.
sub table_under
{
	my ($heading) = @_;
	my ($section) = $text =~ /^\Q$heading\E\n(.*?)(?=^## |\z)/ms;
	my @rows;

	die "no heading $heading" if !defined $section;
	die "no table under $heading"
	  if $section !~ /((?:^\|.*\|\n)+)/m;
	for my $line (split /\n/, $1)
	{
		my @cells = split /\|/, $line =~ s/^\|//r, -1;

		pop @cells;
		s/^\s+|\s+$//g for @cells;
		push @rows, \@cells if $cells[0] !~ /^-+$/;
	}
	return @rows;
}

# Values of a query of one column.
sub values_of
{
	my ($node, $query) = @_;

	return split /\n/, $node->safe_psql('helpline', $query);
}

# Compares two lists as sets, and tells what one of them alone has.
sub is_list
{
	my ($got, $expected, $name) = @_;
	my %got = map { $_ => 1 } @$got;
	my %expected = map { $_ => 1 } @$expected;

	is( join(', ', sort grep { !$expected{$_} } keys %got),
		'', "$name: none too many");
	is( join(', ', sort grep { !$got{$_} } keys %expected),
		'', "$name: none too few");
	return;
}

my $node = new_node('reference');
lay_desk($node, 'helpline');
$node->safe_psql('helpline', 'SELECT FROM ietp.create_roles()');


# Who may execute what

my ($header, @rows) = table_under('## What each kind may execute');
my (undef, @kinds) = map { tr/ /_/r } @$header;
my @live = values_of($node, 'SELECT unnest(enum_range(NULL::ietp.role_kind))');

is_list(\@kinds, \@live, 'the table has a column for each kind');

my @granted;
for my $row (@rows)
{
	my ($function, @marks) = @$row;

	$function =~ s/^`(?:helpline\.)?(\w+)`$/$1/
	  or die "no function: $function";
	is(scalar @marks, scalar @kinds, "$function has a mark for each kind");
	for my $i (0 .. $#marks)
	{
		die "$function: $marks[$i]" if $marks[$i] !~ /^x?$/;
		push @granted, "$function $kinds[$i]" if $marks[$i] eq 'x';
	}
}
is_list(
	\@granted,
	[   values_of(
			$node, <<'SQL') ],
SELECT p.proname || ' ' || k
FROM pg_proc AS p, unnest(enum_range(NULL::ietp.role_kind)) AS k
WHERE p.pronamespace = 'helpline'::regnamespace
AND has_function_privilege('ietp_' || k, p.oid, 'EXECUTE')
SQL
	'the marks are the grants that create_roles makes');
is_list(
	[ map { $_->[0] =~ s/`|helpline\.//gr } @rows ],
	[   values_of(
			$node, <<'SQL') ],
SELECT proname FROM pg_proc WHERE pronamespace = 'helpline'::regnamespace
SQL
	'the table has a row for each function of the counter');


# Every function is there, and every function there exists

my %named;
while ($text =~ /`([^`\n]+)`/g)
{
	my $code = $1;

	$named{"$1.$2"} = 1 while $code =~ /\b(ietp|helpline)\.([a-z_0-9]+)\(/g;
}
my @missing = grep { !$named{$_} } values_of($node, <<'SQL');
SELECT DISTINCT n.nspname || '.' || p.proname
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('ietp', 'helpline')
-- What serves types, operators, casts and aggregates is not called by name.
AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typinput,
	t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
	t.typanalyze, t.typsubscript))
AND NOT EXISTS (SELECT FROM pg_operator AS o
	WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin))
AND NOT EXISTS (SELECT FROM pg_amproc AS a WHERE a.amproc = p.oid)
AND NOT EXISTS (SELECT FROM pg_cast AS c WHERE c.castfunc = p.oid)
AND NOT EXISTS (SELECT FROM pg_aggregate AS a WHERE a.aggfnoid = p.oid
	OR p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
		a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn,
		a.aggmfinalfn))
SQL
is("@missing", '', 'every function and procedure is named');

my %exists = map { $_ => 1 } values_of($node, <<'SQL');
SELECT DISTINCT n.nspname || '.' || p.proname
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('ietp', 'helpline')
SQL
is(join(' ', grep { !$exists{$_} } sort keys %named),
	'', 'every function and procedure that is named exists');
cmp_ok(scalar keys %named, '>', 40, 'and they are many');


# SQLSTATEs

my %codes;
find(
	{   no_chdir => 1,
		wanted => sub {
			# The joined install script is made of the others.
			return if !/\.(?:c|h|sql)$/ || /ietp_helpline--/;
			my $source = slurp_file($_);

			$codes{"IE$1"} = 1 while $source =~ /'IE(\d{3})'/g;
			$codes{"IE$1"} = 1
			  while $source =~
			  /MAKE_SQLSTATE\('I', ?'E', ?('\d', ?'\d', ?'\d')\)/g;
		}
	},
	top_file('src'), top_file('sql'));
%codes = map { tr/0-9IE//cdr => 1 } keys %codes;
# In an EXCEPTION clause this stands for the whole class.
delete $codes{IE000};
(undef, @rows) = table_under('## SQLSTATEs');
is_list([ map { $_->[0] =~ tr/`//dr } @rows ],
	[ keys %codes ],
	'the SQLSTATEs are those of the sources');


# Vocabularies

my @labels = values_of($node, <<'SQL');
SELECT format('ietp.%s %s', t.typname,
	string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder))
FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid
WHERE t.typnamespace = 'ietp'::regnamespace
GROUP BY t.typname
SQL
(undef, @rows) = table_under('## Vocabularies');
is_list(
	[   map { join ' ', $_->[0] =~ tr/`//dr, $_->[1] =~ /`(\w+)`/g } @rows ],
	\@labels,
	'every enum type and its labels, in order');


# Settings

(undef, @rows) = table_under('## Settings');
is_list(
	[ map { $_->[0] =~ tr/`//dr } @rows ],
	[   values_of(
			$node, <<'SQL') ],
-- This loads the library.
SELECT ietp.actor() \gset
SELECT name FROM pg_settings WHERE name LIKE 'ietp\_helpline.%'
SQL
	'every setting');

done_testing();
