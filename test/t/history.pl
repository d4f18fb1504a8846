# helpline.case_as_of() against what the row of a case was at each moment.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $node = new_node('history');
lay_desk($node, 'helpline');

# The case, and beside it a copy of its row after each transaction.
$node->safe_psql('helpline', <<'SQL');
INSERT INTO desk.factories (factory, country) VALUES ('F-1', 'CN'),
	('F-2', 'CN');
CREATE FUNCTION public.not_kept() RETURNS text[] LANGUAGE sql
RETURN '{case_ref,event_n,event_at,event_hash,consent_n,consent_used,
	source_id,source_status,source_hash}'::text[];
CREATE TABLE public.kept (at timestamptz, the_case desk.cases);
INSERT INTO desk.cases (case_ref, line, opened_at, opened_on, severity,
	source, source_id)
VALUES (ietp.new_case_ref('CN', 2021), 'CN', '2021-02-03 04:05:06.789+00',
	'2021-02-03', 'minor', 'old "system"', E'a\\b\t\u674e');
INSERT INTO public.kept SELECT clock_timestamp(), c FROM desk.cases AS c;
SQL

# Columns of every kind, set, changed and cleared; statuses there and back.
my @steps = (
	"workers_affected = 5", "severity = 'serious'",
	"factory = 'F-1', language = 'zh'", "retaliation_risk = true",
	"migrant_worker = false", "handler = 'lin', team = 'A'",
	"currency = 'CNY', amount_claimed = 1234.50",
	"amount_assessed = 1e14 + 0.01, amount_recovered = 0.00",
	"workers_affected = NULL", "severity = 'critical', factory = 'F-2'",
	"handler = NULL, investigator = 'Ngo \"N\" \\x'",
	"escalation_level = 2, escalated_at = now(), escalated_on = opened_on",
	"status_reason = NULL, line = 'VN'", "severity = 'minor'",
	"identity_mode = 'anonymous', complainant_role = 'worker'",
	"complainant_role = NULL, team = NULL");

$node->safe_psql('helpline', join "\n", map { <<"SQL" } @steps);
UPDATE desk.cases SET $_;
INSERT INTO public.kept SELECT clock_timestamp(), c FROM desk.cases AS c;
SQL
$node->safe_psql('helpline', <<'SQL');
INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
SELECT c.case_ref, 1, t.taxonomy, t.topic FROM desk.cases AS c,
	(SELECT taxonomy, topic FROM desk.topics WHERE topic = 'wages.unpaid'
		ORDER BY taxonomy LIMIT 1) AS t;
SELECT case_ref AS c FROM desk.cases \gset
SELECT FROM helpline.transition_case(:'c', 'triage');
INSERT INTO public.kept SELECT clock_timestamp(), c FROM desk.cases AS c;
-- A grave case is closed by a second person.
CREATE ROLE vera;
SELECT FROM ietp.grant_role('supervisor', 'vera');
SET ROLE vera;
SELECT FROM helpline.transition_case(:'c', 'close', reason => 'advised',
	note => 'a question');
RESET ROLE;
INSERT INTO public.kept SELECT clock_timestamp(), c FROM desk.cases AS c;
SELECT FROM helpline.transition_case(:'c', 'reopen',
	reason => 'new_information', note => 'more');
INSERT INTO public.kept SELECT clock_timestamp(), c FROM desk.cases AS c;
SQL

# What the history does not keep: its own head, what the ledger of consents has,
# and what a file may have brought.
my $compared = <<'SQL';
FROM public.kept AS k, helpline.case_as_of((k.the_case).case_ref, k.at) AS a
CROSS JOIN LATERAL (SELECT
	to_jsonb(jsonb_populate_record(NULL::desk.cases, a.columns))
		- public.not_kept() AS told,
	to_jsonb(k.the_case)
		- public.not_kept() AS was) AS r
SQL
is( $node->safe_psql('helpline', <<"SQL"),
SELECT a.n, string_agg(w.key || ': ' || w.value || ' or '
	|| (r.told -> w.key)::text, ', ')
$compared
CROSS JOIN LATERAL jsonb_each(r.was) AS w
WHERE w.value <> r.told -> w.key
GROUP BY a.n
SQL
	'',
	'every column is at each moment what it was');
my ($moments, $known) = split /\|/, $node->safe_psql('helpline', <<"SQL");
SELECT count(*), count(DISTINCT r.was) $compared
SQL
is($moments, @steps + 4, 'at each moment there was a case');
is($known, @steps + 4, 'and each time it was another');
is( $node->safe_psql('helpline', <<'SQL'),
SELECT DISTINCT count(*) FILTER (WHERE a.n = (k.the_case).event_n) = count(*)
FROM public.kept AS k, helpline.case_as_of((k.the_case).case_ref, k.at) AS a
SQL
	't',
	'after the event that it says');
is( $node->safe_psql('helpline', <<'SQL'),
SELECT string_agg(DISTINCT a.status, ' ' ORDER BY a.status)
FROM public.kept AS k, helpline.case_as_of((k.the_case).case_ref, k.at) AS a
SQL
	'closed inquiry received triaged',
	'through the statuses');
is( $node->safe_psql('helpline', <<'SQL'),
SELECT count(*) FROM desk.cases AS c,
	helpline.case_as_of(c.case_ref, c.opened_at) AS a
SQL
	'0',
	'before it was entered nothing was known');

# The page has a line for each event.
is( $node->safe_psql('helpline', <<'SQL'),
SELECT count(*) = (SELECT count(*) FROM desk.events)
FROM desk.cases AS c, helpline.timeline(c.case_ref)
SQL
	't',
	'the page has every event');
is($node->safe_psql('helpline', 'SELECT count(*) FROM ietp.verify_ledger()'),
	'0', 'and the ledger holds');

done_testing();
