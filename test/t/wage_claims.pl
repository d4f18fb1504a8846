# A real file of 14,624 wage claims, imported twice, against figures that are
# computed here from the file itself.

use strict;
use warnings;

use FindBin;
use Time::Local qw(timegm);
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $name = 'wage_claims_south_carolina.csv';
my $file = defined $ENV{IETP_DATA} ? "$ENV{IETP_DATA}/$name" : undef;
plan skip_all => "no $name: set IETP_DATA to the folder that has it"
  if !defined $file || !-r $file;

# The claims with a day of opening; none of the file's values is quoted.
my ($header, @lines) = split /\r?\n/, slurp_file($file);
my @columns = split /,/, $header;
my (@claims, $refused);
for my $line (@lines)
{
	my %claim;

	die "quoted: $line" if $line =~ /"/;
	@claim{@columns} = split /,/, $line, -1;
	if ($claim{date_opened} eq '')
	{
		$refused++;
		next;
	}
	push @claims, \%claim;
}

# Days since 1970-01-01.
sub day_number
{
	my ($year, $month, $day) = split /-/, $_[0];

	return timegm(0, 0, 0, $day, $month - 1, $year) / 86400;
}

my @upper = (30, 90, 180, 365);

# Numbers of open claims in the bands of age at the end of a day.
sub ageing
{
	my ($as_of) = @_;
	my @bands = (0) x 5;

	for my $claim (@claims)
	{
		next if $claim->{date_opened} gt $as_of;
		next if $claim->{date_closed} ne '' && $claim->{date_closed} le $as_of;
		my $age = day_number($as_of) - day_number($claim->{date_opened});
		$bands[ grep { $age > $_ } @upper ]++;
	}
	return "@bands";
}

# A sum of amounts with up to four decimals, in ten thousandths.
sub total
{
	my ($column) = @_;
	my $total = 0;

	for my $claim (@claims)
	{
		my ($whole, $decimals) = split /\./, $claim->{$column} || '0';

		$total += $whole * 10000 + substr(($decimals // '') . '0000', 0, 4);
	}
	return $total;
}

my $node = new_node('wage_claims');
lay_desk($node, 'helpline');

# Output and messages of the script that loads the file.
sub load
{
	return run_command(
		[   $node->installed_command('psql'), '-XAt',
			'-d', $node->connstr('helpline'),
			'-v', "file=$file",
			'-f', top_file('test/data/wage_claims.sql')
		]);
}

sub reported
{
	my ($query) = @_;

	return $node->safe_psql('helpline', $query);
}

is(scalar @claims, 14571, 'claims with a day of opening');
is($refused, 53, 'claims without');

my ($stdout, $stderr) = load();
like($stderr, qr/NOTICE:  14571 loaded, 0 unchanged, 53 refused, 0 refused before/,
	'loaded and refused');
like($stdout, qr/^\{opened_at:missing\}\|53$/m, 'and why');
unlike($stderr, qr/ERROR|WARNING/, 'no other message');

is( reported(
		'SELECT count(*), count(DISTINCT source_id), count(DISTINCT factory), '
		  . 'count(closed_on), bool_or(synthetic) FROM desk.cases'),
	join('|', scalar @claims,
		scalar keys %{ { map { $_->{claim_id} => 1 } @claims } },
		scalar keys %{ { map { $_->{employer_id} => 1 } @claims } },
		scalar(grep { $_->{date_closed} ne '' } @claims), 'f'),
	'cases, factories, closed cases');
is( reported(
		"SELECT count(*), min(topic), max(topic) FROM desk.case_issues"),
	scalar(grep { $_->{violation_category} eq 'unpaid wages' } @claims)
	  . '|wages.unpaid|wages.unpaid',
	'issues');
is( reported('SELECT md5(string_agg(source_id || opened_on || '
		  . "COALESCE(closed_on::text, ''), '' ORDER BY source_id "
		  . 'COLLATE "C")) FROM desk.cases'),
	do
	{
		require Digest::MD5;
		Digest::MD5::md5_hex(
			join '',
			map { "$_->{claim_id}$_->{date_opened}$_->{date_closed}" }
			  sort { $a->{claim_id} cmp $b->{claim_id} } @claims);
	},
	'the days of each claim');
is( reported(
		'SELECT trunc(sum(amount_assessed) * 10000), '
		  . 'trunc(sum(amount_recovered) * 10000), '
		  . 'min(currency), max(currency) FROM desk.cases'),
	join('|', total('amount_assessed'), total('amount_paid'), 'USD', 'USD'),
	'sums of the amounts assessed and paid');


# Ageing, as in the tables that were computed beforehand, and for other days:
# the first and last of the file, those around them, and others in between.

my %known = (
	'2019-12-31' => '76 143 122 0 0',
	'2022-08-15' => '0 158 86 34 1');
my @days = (
	keys %known, qw(2010-01-03 2010-01-04 2010-01-05 2010-02-28 2010-12-31
	  2011-06-30 2012-02-29 2012-12-31 2013-11-15 2014-05-05 2015-07-04
	  2016-02-29 2017-01-31 2018-10-01 2019-03-31 2020-06-30 2021-09-17
	  2022-07-14 2022-08-14 2023-08-15));
for my $day (sort @days)
{
	my $bands = ageing($day);

	is($bands, $known{$day}, "$day: the bands are those known")
	  if $known{$day};
	is( reported(
			"SELECT string_agg(open_cases::text, ' ' ORDER BY from_day) "
			  . "FROM helpline.ageing('$day')"),
		$bands,
		"ageing at the end of $day");
}
is( reported(
		"SELECT string_agg(open_cases::text, ' ' ORDER BY from_day) "
		  . "FROM helpline.ageing('2019-12-31', 'US')"),
	$known{'2019-12-31'},
	'ageing of the one country');
is( reported(
		"SELECT sum(open_cases) FROM helpline.ageing('2019-12-31', 'CN')"),
	'0',
	'and of another');


# How long claims take: the estimate of Kaplan and Meier, in whole days, of
# claims that were open on the last day as seen until then.

my $last = day_number('2022-08-15');
my (%ended, %censored, @closed_days);
for my $claim (@claims)
{
	my $open = $claim->{date_closed} eq '';
	my $days = ($open ? $last : day_number($claim->{date_closed}))
	  - day_number($claim->{date_opened});

	($open ? \%censored : \%ended)->{$days}++;
	push @closed_days, $days if !$open;
}

# The proportion of claims that take longer than so many days.
sub survival
{
	my ($limit) = @_;
	my $at_risk = @claims;
	my $survival = 1;

	for my $days (sort { $a <=> $b } keys %{ { %ended, %censored } })
	{
		last if $days > $limit;
		$survival *= 1 - ($ended{$days} // 0) / $at_risk;
		$at_risk -= ($ended{$days} // 0) + ($censored{$days} // 0);
	}
	return $survival;
}

my $sample = "(SELECT ietp.survival(COALESCE(closed_on, '2022-08-15') "
  . '- opened_on, closed_on IS NOT NULL) AS s FROM desk.cases) AS c';
is(reported("SELECT n, ended, median FROM $sample, ietp.survival_summary(s)"),
	'14571|14292|54', 'claims, those closed, and the median');
is( reported("SELECT ietp.survival_quantiles(s, '{0.25,0.5,0.75}') FROM $sample"),
	'{29,54,82}', 'quartiles');
my %survives = (
	30 => '0.729737',
	90 => '0.193202',
	180 => '0.038084',
	365 => '0.004050');
for my $days (sort { $a <=> $b } keys %survives)
{
	is( reported("SELECT round(ietp.survival_at(s, $days)::numeric, 6) "
			  . "FROM $sample"),
		$survives{$days},
		"what takes longer than $days days");
	is(sprintf('%.6f', survival($days)),
		$survives{$days}, 'as this program has it');
}
@closed_days = sort { $a <=> $b } @closed_days;
is( reported(
		"SELECT ietp.percentiles(closed_on - opened_on, '{0.5}') "
		  . 'FROM desk.cases'),
	'{53}',
	'the median of the closed ones alone is shorter');
is(@closed_days[$#closed_days / 2], 53, 'as this program has it');


# Once more

my $before = desk_rows($node, 'helpline');
($stdout, $stderr) = load();
like(
	$stderr,
	qr/NOTICE:  nothing changed: 0 loaded, 14571 unchanged, 0 refused, 53 refused before/,
	'a second import changes nothing');
is(desk_rows($node, 'helpline'), $before, 'in no table');

done_testing();
