# Unicode's own cases of word boundaries, through the parser.  Those that ICU
# does not pass are left out: it follows CLDR, where a colon joins no letters.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $file = '/usr/share/unicode/auxiliary/WordBreakTest.txt';
plan skip_all => "no $file: install unicode-data" if !-r $file;

my $program = "$PostgreSQL::Test::Utils::tmp_check/word_breaks";
my $source = top_file('test/t/word_breaks.c');
system("cc -o '$program' '$source' -licuuc") == 0
  or die "could not compile $source";

# The cases as "| 0061  0308 | 0020 |", a bar at each boundary.
my @cases;
for my $line (split /\n/, slurp_file($file))
{
	$line =~ s/\s*#.*//;
	next if $line eq '';
	utf8::decode($line);
	$line =~ tr/\x{F7}\x{D7}/| /;
	push @cases, join(' ', split ' ', $line);
}
cmp_ok(scalar @cases, '>', 1000, 'cases are many');

# The code points of a case without its boundaries.
sub code_points
{
	return grep { $_ ne '|' } split ' ', $_[0];
}

# What ICU makes of the cases.
my $input = "$PostgreSQL::Test::Utils::tmp_check/word_breaks.in";
append_to_file($input, join(' ', code_points($_)) . "\n") for @cases;
my @by_icu = map { join(' ', split) } split /\n/, `'$program' < '$input'`;
is(scalar @by_icu, scalar @cases, 'ICU has read them all');

my @passed = grep {
	$cases[$_] eq $by_icu[$_]
	  && !grep { chr(hex) =~ /\p{Script=Han}/ } code_points($cases[$_])
} 0 .. $#cases;
my @others = grep { $cases[$_] ne $by_icu[$_] } 0 .. $#cases;
note(scalar @others, ' cases that ICU does not pass');
cmp_ok(@others / @cases, '<', 0.02, 'ICU passes nearly all of them');

my $node = new_node('word_break');
$node->safe_psql('postgres', 'CREATE EXTENSION ietp_helpline');

# The tokens of a text, put together in the notation of the cases.
my $rows = join ",\n",
  map { sprintf("(%d, '{%s}'::text[])", $_, join ',', code_points($cases[$_])) }
  @passed;
my $answer = $node->safe_psql('postgres', <<"SQL");
WITH cases AS (
	SELECT c.n, string_agg(chr(('x' || lpad(p, 8, '0'))::bit(32)::integer), ''
		ORDER BY i) AS body
	FROM (VALUES $rows) AS c (n, points)
	CROSS JOIN LATERAL unnest(c.points) WITH ORDINALITY AS u (p, i)
	GROUP BY c.n)
SELECT format('%s: | %s |', c.n, string_agg(t.points, ' | ' ORDER BY t.i))
FROM cases AS c
CROSS JOIN LATERAL (
	SELECT p.i, (SELECT string_agg(upper(lpad(to_hex(ascii(s.letter)),
			greatest(4, length(to_hex(ascii(s.letter)))), '0')), ' '
			ORDER BY s.j)
		FROM regexp_split_to_table(p.token, '') WITH ORDINALITY
			AS s (letter, j)) AS points
	FROM ts_parse('ietp.multilingual_words', c.body) WITH ORDINALITY
		AS p (tokid, token, i)) AS t
GROUP BY c.n
ORDER BY c.n
SQL
my %by_parser = $answer =~ /^(\d+): (.*)$/mg;

my @wrong = grep { ($by_parser{$_} // '') ne $cases[$_] } @passed;
diag("$cases[$_] but " . ($by_parser{$_} // 'no token')) for @wrong;
is(scalar @wrong, 0, scalar(@passed) . ' cases pass through the parser');

done_testing();
