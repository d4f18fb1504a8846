# Questions and keywords in four ways of writing, over one table with one
# configuration, against the paragraphs that answer them.

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
load_collection($node, 'postgres');
$node->safe_psql('postgres', <<'SQL');
ALTER TABLE docs ADD vector tsvector, ADD length integer;
UPDATE docs SET (vector, length) = (SELECT e.vector, e.length
	FROM ietp.search_entry(body) AS e);
CREATE INDEX ON docs USING gin (vector);
ANALYZE docs;
SQL
is( $node->safe_psql('postgres', 'SELECT count(*) FROM docs'),
	scalar(my @docs = records('docs.tsv')), 'documents');

# Ids in rank order for each query, by "set id".
my %found = $node->safe_psql('postgres', <<'SQL') =~ /^(.*)=(.*)$/mg;
SELECT format('%s %s=%s', q.set_name, q.id,
	(SELECT string_agg(r.key, ',' ORDER BY r.score DESC, r.key COLLATE "C")
	FROM ietp.bm25(format('SELECT id, vector, length FROM docs '
			'WHERE corpus = ANY (string_to_array(%L, '',''))', q.corpora),
		q.body,
		mode => CASE q.kind WHEN 'kw' THEN 'phrase' ELSE 'question' END,
		most => CASE q.kind WHEN 'nl' THEN 10 END) AS r))
FROM queries AS q
SQL

# Sums for each set; a keyword without a match counts for recall alone.
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

sub share
{
	my ($set, $what, $of) = @_;

	return ($total{$set}{$what} // 0) / ($total{$set}{ $of // 'n' } || 1);
}

for my $set (sort keys %total)
{
	note(
		$total{$set}{kind} eq 'kw'
		? sprintf('%-17s n %4d  recall %.4f  precision %.4f',
			$set, $total{$set}{n}, share($set, 'recall'),
			share($set, 'precision', 'answered'))
		: sprintf('%-17s n %4d  MRR@10 %.4f  R@1 %.3f  R@5 %.3f  R@10 %.3f',
			$set, $total{$set}{n}, map { share($set, $_) } qw(mrr r1 r5 r10)));
}

for my $set (sort keys %questions)
{
	cmp_ok(share($set, 'mrr'), '>=', $questions{$set}, "MRR\@10 of $set");
}
cmp_ok(abs(share('xq_zh_trad', 'mrr') - share('xq_zh', 'mrr')),
	'<=', .005, 'questions in traditional characters find as much');
for my $set (sort keys %keywords)
{
	my ($recall, $precision) = @{ $keywords{$set} };

	cmp_ok(share($set, 'recall'), '>=', $recall, "recall of $set");
	cmp_ok(share($set, 'precision', 'answered'), '>=', $precision,
		"precision of $set")
	  if defined $precision;
}

done_testing();
