# What ietp.language_of takes real texts for: whole, cut short, and without
# their marks.  Undecided is no mistake, another language is.

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

# At least so many are told, in percent; of names and single words no more is
# to be had.
my %told = (
	'docs en 20' => 45, 'docs en 50' => 80, 'docs en 100' => 95,
	'docs en' => 98,
	'docs vi 20' => 95, 'docs vi 50' => 99, 'docs vi 100' => 99,
	'docs vi' => 99,
	'docs vi_strip 20' => 85, 'docs vi_strip 50' => 99,
	'docs vi_strip 100' => 99, 'docs vi_strip' => 99,
	'docs zh 20' => 97, 'docs zh 50' => 99, 'docs zh 100' => 99,
	'docs zh' => 99,
	xq_en => 99, xq_vi => 99, xq_vi_strip => 99, xq_zh => 99,
	xq_zh_trad => 99,
	kw_xq_en => 5, kw_xq_vi => 45, kw_xq_vi_strip => 20, kw_xq_zh => 65,
	kw_xq_zh_trad => 65, kwcut_xq_zh => 50, kwcut_xq_zh_trad => 50);

my $node = new_node('language');
$node->safe_psql('postgres', 'CREATE EXTENSION ietp_helpline');
load_collection($node, 'postgres');

# "zh" alone is right and tells no script, so it counts as undecided.
my $answer = $node->safe_psql('postgres', <<'SQL');
WITH documents AS (
	SELECT 'docs ' || language AS set_name, language, body FROM docs
	UNION ALL
	SELECT 'docs vi_strip', language, regexp_replace(normalize(
		translate(body, 'đĐ', 'dD'), NFD), '[\u0300-\u036f]', '', 'g')
	FROM docs WHERE language = 'vi'),
texts AS (
	SELECT set_name || COALESCE(' ' || size, '') AS set_name, language,
		left(body, COALESCE(size, length(body))) AS body
	FROM documents, unnest('{20,50,100,NULL}'::integer[]) AS size
	UNION ALL
	SELECT set_name, CASE WHEN set_name LIKE '%zh\_trad' THEN 'zh-Hant'
		ELSE language END, body
	FROM queries WHERE corpora LIKE '%' || language),
answers AS (
	SELECT set_name, CASE language WHEN 'zh' THEN 'zh-Hans' ELSE language END
		AS language, NULLIF(ietp.language_of(body), 'zh') AS answer
	FROM texts)
SELECT format('%s: %s %s %s', set_name, count(*),
	count(*) FILTER (WHERE answer = language),
	count(*) FILTER (WHERE answer <> language))
FROM answers GROUP BY set_name ORDER BY set_name COLLATE "C"
SQL
my %found = $answer =~ /^(.*): (.*)$/mg;

is(join(', ', sort keys %found), join(', ', sort keys %told), 'the sets');
for my $set (sort keys %found)
{
	my ($count, $right, $wrong) = split ' ', $found{$set};

	note(sprintf '%-18s n %4d  told %.3f  mistaken %.4f',
		$set, $count, $right / $count, $wrong / $count);
	cmp_ok($right / $count, '>=', $told{$set} / 100, "$set are told");
	cmp_ok($wrong / $count, '<=', .005, "$set are hardly mistaken");
}

done_testing();
