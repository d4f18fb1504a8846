# Runs what doc/tutorial.md shows, in one session of psql, and compares what
# comes out with what is printed there.

use strict;
use warnings;

use FindBin;
use IPC::Run;
use POSIX qw(strftime);
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

# The blocks of the text: statements, and what follows them at once, or undef.
my $text = slurp_file(top_file('doc/tutorial.md'));
my @blocks;
while ($text =~ /\G(.*?)^```(\w*)\n(.*?)^```\n(\s*)/gmsc)
{
	my ($before, $language, $body) = ($1, $2, $3);

	if ($language eq 'sql')
	{
		push @blocks, [ $body, undef ];
	}
	elsif ($language eq 'text' && $before eq '' && @blocks)
	{
		$blocks[-1][1] = $body;
	}
}
pos($text) = 0;
my $sql_blocks = () = $text =~ /^```sql$/gm;
my $text_blocks = () = $text =~ /^```text$/gm;
is(scalar @blocks, $sql_blocks, 'no block of statements was overlooked');
is(scalar(grep { defined $_->[1] } @blocks),
	$text_blocks, 'nor one of results');
cmp_ok($text_blocks, '>=', 10, 'there is enough to compare');

# Everything in one session; messages and results in the order in which they
# come.
my $node = new_node('tutorial');
$node->safe_psql('postgres', 'CREATE DATABASE helpline');

my $script = join '',
  map { "$blocks[$_][0]\n\\echo --- end of block $_ ---\n" } 0 .. $#blocks;
my $output = '';
my $psql = $node->installed_command('psql');
IPC::Run::run(
	[   $psql, '-X', '-q', '-v', 'ON_ERROR_STOP=0', '-P', 'pager=off',
		'-d', $node->connstr('helpline')
	],
	'<', \$script, '>&', \$output);

# What differs from run to run.  The day on which the text was written stands
# in it, today in the output.
my $reference = qr/\b(?:CALL-)?[A-Z]{2}-\d{4}-\d{4}-\d{4}-\d{2}\b/;
my $written_since = '2025-01-01';
my %today = map { strftime('%Y-%m-%d', gmtime(time + $_ * 3600)) => 1 }
  -14, 0, 14;

sub masked
{
	my ($result, $is_day) = @_;

	$result =~ s/($reference)/$1 =~ tr{A-Z0-9}{X}r/ge;
	$result =~ s/@\d+(?:\.\d+)?@/\@SECONDS@/g;
	# Trailing zeros of a second are not printed: columns differ in width.
	if ($result =~
		s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?/TIME/g)
	{
		$result =~ s/ {2,}/ /g;
		$result =~ s/-{3,}/---/g;
	}
	$result =~ s/\b(\d{4}-\d\d-\d\d)\b/$is_day->($1) ? 'TODAY-----' : $1/ge;
	$result =~ s/[ \t]+$//gm;
	$result =~ s/^\n+|\n+\z//g;
	return $result;
}

my $rest = $output;
for my $i (0 .. $#blocks)
{
	my ($statements, $expected) = @{ $blocks[$i] };
	my ($first) = $statements =~ /^\s*(.*)/;

	if ($rest !~ s/^(.*?)^--- end of block $i ---\n//ms)
	{
		fail("psql reached block $i: $first");
		diag($rest);
		last;
	}
	my $got = $1;
	if (defined $expected)
	{
		is( masked($got, sub { $today{ $_[0] } }),
			masked($expected, sub { $_[0] ge $written_since }),
			"block $i: $first");
	}
	else
	{
		unlike($got, qr/^(?:ERROR|FATAL|PANIC):|error:/m,
			"block $i: $first");
	}
}
is($rest, '', 'psql says nothing else');

done_testing();
