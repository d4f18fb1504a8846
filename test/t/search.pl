# Questions and keywords in four ways of writing, over one table with one
# configuration, against the paragraphs that answer them: without a desk, and
# with one, whose thesaurus shall find across languages and cost nothing within.

use strict;
use warnings;

use FindBin;
use List::Util qw(any);
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

plan skip_all => 'no search_dev: set IETP_DATA to the folder that has it'
  if any { !defined collection_file($_) } qw(docs.tsv queries.tsv);

# At least this: MRR@10 of questions, recall and precision of keywords.
my %questions = (
	xq_zh => .957,
	xq_vi => .952,
	xq_en => .963,
	xq_vi_strip => .940);
my %keywords = (
	kw_xq_zh => [ .999, .99 ],
	kwcut_xq_zh => [ .999, .99 ],
	kw_xq_zh_trad => [ .999, .99 ],
	kwcut_xq_zh_trad => [ .999, .99 ],
	kw_xq_vi => [.998],
	kw_xq_vi_strip => [.998],
	kw_xq_en => [.998]);

# Records of a file of fields that tabs separate.
sub records
{
	my ($name) = @_;

	return map { [ split /\t/, $_, -1 ] }
	  split /\n/, slurp_file(collection_file($name));
}

my $node = new_node('search');
$node->safe_psql('postgres', 'CREATE EXTENSION ietp_helpline');
lay_desk($node, 'desk');

# The collection in a database, indexed.
sub index_collection
{
	my ($database) = @_;

	load_collection($node, $database);
	$node->safe_psql($database, <<'SQL');
ALTER TABLE docs ADD vector tsvector, ADD length integer;
UPDATE docs SET (vector, length) = (SELECT e.vector, e.length
	FROM ietp.search_entry(body) AS e);
CREATE INDEX ON docs USING gin (vector);
ANALYZE docs;
SQL
	return;
}

# Ids in rank order for each query, by "set id".
sub found
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL') =~ /^(.*)=(.*)$/mg;
SELECT format('%s %s=%s', q.set_name, q.id,
	(SELECT string_agg(r.key, ',' ORDER BY r.score DESC, r.key COLLATE "C")
	FROM ietp.bm25(format('SELECT id, vector, length FROM docs '
			'WHERE corpus = ANY (string_to_array(%L, '',''))', q.corpora),
		q.body,
		mode => CASE q.kind WHEN 'kw' THEN 'phrase' ELSE 'question' END,
		most => CASE q.kind WHEN 'nl' THEN 10 END) AS r))
FROM queries AS q
SQL
}

# Sums for each set; a keyword without a match counts for recall alone.
sub totals
{
	my (%found) = @_;
	my %total;

	for my $query (records('queries.tsv'))
	{
		my ($set, undef, $id, $kind, undef, undef, $relevant) = @$query;
		my @ids = split /,/, $found{"$set $id"} // '';
		my %good = map { $_ => 1 } split /,/, $relevant;
		my @places = grep { $good{ $ids[$_] } } 0 .. $#ids;
		my $total = $total{$set} //= { kind => $kind };

		$total->{n}++;
		if ($kind eq 'kw')
		{
			$total->{recall} += @places / keys %good;
			$total->{precision} += @places / @ids if @ids;
			$total->{answered}++ if @ids;
			next;
		}
		next if !@places || $places[0] > 9;
		$total->{mrr} += 1 / ($places[0] + 1);
		$total->{"r$_"} += $places[0] < $_ for 1, 5, 10;
	}
	return \%total;
}

index_collection($_) for qw(postgres desk);
is( $node->safe_psql('postgres', 'SELECT count(*) FROM docs'),
	scalar(my @docs = records('docs.tsv')), 'documents');
my %total = (plain => totals(found('postgres')), desk => totals(found('desk')));

sub share
{
	my ($run, $set, $what, $of) = @_;
	my $of_set = $total{$run}{$set};

	return ($of_set->{$what} // 0) / ($of_set->{ $of // 'n' } || 1);
}

# One line for a set of a run.
sub line
{
	my ($run, $set) = @_;
	my $of_set = $total{$run}{$set};

	return $of_set->{kind} eq 'kw'
	  ? sprintf('%-5s %-17s n %4d  recall %.4f  precision %.4f',
		$run, $set, $of_set->{n}, share($run, $set, 'recall'),
		share($run, $set, 'precision', 'answered'))
	  : sprintf('%-5s %-17s n %4d  MRR@10 %.4f  R@1 %.3f  R@5 %.3f  R@10 %.3f',
		$run, $set, $of_set->{n},
		map { share($run, $set, $_) } qw(mrr r1 r5 r10));
}

for my $set (sort keys %{ $total{plain} })
{
	note(line($_, $set)) for qw(plain desk);
}

for my $set (sort keys %questions)
{
	cmp_ok(share('plain', $set, 'mrr'),
		'>=', $questions{$set}, "MRR\@10 of $set");
}
cmp_ok(abs(share('plain', 'xq_zh_trad', 'mrr') - share('plain', 'xq_zh', 'mrr')),
	'<=', .005, 'questions in traditional characters find as much');

# The thesaurus: a question loses nothing by it, also across languages.
cmp_ok(
	$node->safe_psql('desk', <<'SQL'), '>', 50, 'questions have terms of it');
SELECT count(*) FROM queries AS q
WHERE q.kind = 'nl' AND EXISTS (SELECT FROM ietp.search_explain(
	'SELECT id, vector FROM docs WHERE false', q.body) AS e
	WHERE e.class = 'counterpart')
SQL
for my $set (sort keys %questions, 'xq_zh_trad')
{
	cmp_ok(share('desk', $set, 'mrr'),
		'>=', share('plain', $set, 'mrr') - .001,
		"a thesaurus takes nothing from $set");
}
for my $set (grep { /^x_/ } sort keys %{ $total{plain} })
{
	cmp_ok(share('desk', $set, 'mrr'),
		'>=', share('plain', $set, 'mrr'), "nor from $set");
}
for my $set (sort keys %keywords)
{
	my ($recall, $precision) = @{ $keywords{$set} };

	cmp_ok(share('plain', $set, 'recall'), '>=', $recall, "recall of $set");
	cmp_ok(share('plain', $set, 'precision', 'answered'), '>=', $precision,
		"precision of $set")
	  if defined $precision;
}

done_testing();
