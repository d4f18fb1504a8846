# Logical replication: a subscriber's desk gets every row as it is on the
# publisher, whatever its rules would say, and nothing twice; its own writers
# are judged, and by the rules that came with the rows.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $folder = PostgreSQL::Test::Utils::tempdir;

my $publisher = new_node(
	'publisher',
	allows_streaming => 'logical',
	conf => "logical_decoding_work_mem = '64kB'\n");
my $subscriber = new_node('subscriber', conf => <<'CONF');
max_logical_replication_workers = 12
max_worker_processes = 20
CONF
my $major = $publisher->safe_psql('postgres',
	"SELECT current_setting('server_version_num')::integer / 10000");

# From release 16 on a worker writes as the owner of the table, whom row
# security binds, unless the subscription says otherwise.
my $as_owner = $major >= 16 ? ', run_as_owner = true' : '';

# Runs one of PostgreSQL's programs, which must not complain.
sub run_tool
{
	my ($node, $tool, @arguments) = @_;
	my ($stdout, $stderr) =
	  run_command([ $node->installed_command($tool), @arguments ]);

	die "$tool: $stderr" if $? != 0 || $stderr =~ /ERROR/;
	return;
}


# The publisher's desk

lay_desk($publisher, 'helpline');
$publisher->safe_psql('postgres',
	'ALTER DATABASE helpline SET search_path = public, ietp');
$publisher->safe_psql('helpline', <<'SQL');
CREATE EXTENSION pg_trgm;
SELECT FROM ietp.create_roles();
CREATE ROLE lin LOGIN IN ROLE ietp_specialist;
CREATE ROLE vera LOGIN IN ROLE ietp_supervisor;
SELECT FROM helpline.set_account('lin', 'specialist', team => 'shenzhen');
SELECT FROM helpline.set_account('vera', 'supervisor', team => 'shenzhen');
SELECT FROM helpline.set_factory('F-1', 'CN');
SQL

# Does something as somebody, which must succeed; returns the output.
sub work
{
	my ($user, $sql) = @_;

	return $publisher->safe_psql('helpline', "SET ROLE $user;\n$sql");
}

# A new case of Lin's.
sub open_case
{
	return work('lin', <<'SQL');
SELECT call_ref FROM helpline.record_call('CN', 'phone_in', 'grievance',
	language => 'zh', factory => 'F-1', identity_mode => 'confidential') \gset
SELECT FROM helpline.raise_issue(:'call_ref', 'wages.unpaid');
SELECT case_ref FROM helpline.open_case(:'call_ref', severity => 'serious');
SQL
}

# Moves a case; it must be accepted.
sub move
{
	my ($case, $action, $more) = @_;
	my $accepted = work('vera', <<"SQL");
SELECT accepted FROM helpline.transition_case('$case', '$action'
	@{[ $more // '' ]});
SQL

	die "$action: not accepted" if $accepted ne 't';
	return;
}

my $triage =
  ", fields => '{\"identity_mode\": \"confidential\", \"retaliation_risk\": false}'";

# A case from the call to the remedy, with a refusal, an assignment, a consent,
# a disclosure and a recommendation on its way, and once more.
sub work_through
{
	my $case = open_case();

	work('vera', "SELECT FROM helpline.assign_case('$case', handler => 'lin')");
	work('vera', "SELECT FROM helpline.transition_case('$case', 'resolve')");
	move($case, 'triage', $triage);
	move($case, 'ask_consent');
	work('lin', <<"SQL");
SELECT FROM helpline.record_consent('$case', 'contact_factory',
	wording_version => '2021-1');
SQL
	move($case, 'contact_factory');
	work('lin', <<"SQL");
SELECT FROM helpline.record_factory_contact('$case', 'email',
	'{topic,allegation}');
SELECT FROM helpline.promise_remedy('$case', 'wages_paid', amount => 100,
	currency => 'CNY');
SQL
	move($case, 'begin_remediation');
	work('lin', "SELECT FROM helpline.deliver_remedy('$case', 1)");
	move($case, 'begin_verification');
	work('lin', <<"SQL");
SELECT FROM helpline.verify_remedy('$case', 1, 'worker');
SELECT FROM helpline.record_action('$case', 'worker_informed');
SELECT FROM helpline.recommend('$case', 'wages.unpaid', 'Pay on time.',
	current_date + 30);
SELECT FROM helpline.answer_recommendation('$case', 1, 'accepted');
SQL
	move($case, 'resolve');
	move($case, 'close', ", reason => 'resolved'");
	move($case, 'reopen', ", reason => 'remedy_failed', note => 'Again.'");
	return $case;
}

# A consent that is withdrawn, an override, a link, and duplicates, one of them
# closed and one that turned out to be none.
sub work_around
{
	my $case = open_case();
	my $other = open_case();
	my $third = open_case();

	move($case, 'triage', $triage);
	work('lin', <<"SQL");
SELECT FROM helpline.record_consent('$case', 'contact_factory',
	wording_version => '2021-1');
SQL
	move($case, 'contact_factory');
	work('lin', <<"SQL");
SELECT FROM helpline.withdraw_consent('$case', 'contact_factory');
SELECT n FROM helpline.request_override('$case', 'contact_factory',
	'cn_pipl_13_4', 'A gas leak.') \\gset
RESET ROLE;
SET ROLE vera;
SELECT FROM helpline.approve_override('$case', :n);
SELECT FROM helpline.link_cases('$other', '$case', 'follow_up');
SELECT FROM helpline.mark_duplicate('$other', '$case');
SELECT FROM helpline.mark_duplicate('$third', '$case');
SELECT FROM helpline.unmark_duplicate('$third');
SQL
	move($other, 'close', ", reason => 'duplicate'");
	return;
}

# What no rule allows and no stamp would leave: the publisher's DBA has put the
# triggers out of the way, of the tables that are written alone: with the DDL
# for all of them the transaction is streamed before it commits, for which
# PostgreSQL's decoder fails once with "unexpected table_index_fetch_tuple call"
# (our policies are toasted) before it tries again.  Returns the case.
sub break_the_rules
{
	my $case = work_through();
	my $gone = open_case();

	$publisher->safe_psql('helpline', <<"SQL");
BEGIN;
CREATE TEMPORARY TABLE enabled ON COMMIT DROP AS
SELECT tgrelid::regclass AS of, format('ALTER TABLE %s %s', tgrelid::regclass,
		string_agg(format('ENABLE %s TRIGGER %I', CASE tgenabled
			WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' END, tgname), ', '))
	AS statement
FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN ('desk.cases'::regclass,
	'desk.consents'::regclass, 'desk.disclosures'::regclass,
	'desk.events'::regclass, 'desk.refusals'::regclass,
	'desk.remedies'::regclass, 'desk.recommendations'::regclass,
	'desk.case_links'::regclass, 'desk.transitions'::regclass)
GROUP BY tgrelid;
SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', of) FROM enabled
\\gexec
-- No way leads from inquiry to resolved, nor to a status that is none.
UPDATE desk.cases SET status = 'resolved', status_since = '2020-02-29',
	moved_by = 'a ghost', cycle = 7, first_resolved_at = '2020-02-28',
	status_reason = 'because'
WHERE case_ref = '$case';
UPDATE desk.cases SET status = 'lost' WHERE case_ref = '$gone';
INSERT INTO desk.cases
SELECT (jsonb_populate_record(c, jsonb_build_object(
	'case_ref', ietp.new_case_ref('CN', 2020), 'status', 'closed',
	'closing_reason', NULL, 'closed_at', now(), 'closed_on', current_date + 1,
	'cycle', 3, 'consent_n', 5, 'duplicate_of', c.case_ref))).*
FROM desk.cases AS c WHERE c.case_ref = '$case';
-- The ledgers: an entry that nobody recorded now, others rewritten and gone.
INSERT INTO desk.consents (case_ref, n, given_at, recorded_at, entry, purpose,
	recipient_kind, recipient, method, wording_version, language, recorded_by,
	valid_during)
VALUES ('$gone', 40, '2020-01-01', '2020-01-02', 'given', 'contact_factory',
	'factory', 'F-1', 'spoken', '2019-1', 'zh', 'a ghost',
	'[2020-01-01,2020-01-03)');
INSERT INTO desk.disclosures (case_ref, n, consent_n, occurred_at,
	recorded_at, purpose, recipient_kind, recipient, fields, recorded_by)
VALUES ('$gone', 9, 40, '2020-02-01', '2020-02-02', 'contact_factory',
	'factory', 'F-1', '{worker_name}', 'a ghost');
INSERT INTO desk.events (case_ref, occurred_at, recorded_at, xid, n,
	incarnation, lifecycle_version, consent_n, action, actor, database_role,
	records, hash)
VALUES ('$gone', '2020-01-02', '2020-01-01', '7', 40, 9, 1, 40, 'noted',
	'a ghost', 'nobody', '{"notes": "none"}', sha256('a guess'));
UPDATE desk.events SET action = 'rewritten', actor = 'a ghost',
	from_status = 'lost', hash = sha256('another guess')
WHERE case_ref = '$case' AND n = 3;
DELETE FROM desk.events WHERE case_ref = '$case' AND n = 4;
UPDATE desk.consents SET language = 'vi' WHERE case_ref = '$case';
DELETE FROM desk.refusals WHERE case_ref = '$case';
UPDATE desk.remedies SET verified_by = 'a ghost' WHERE case_ref = '$case';
DELETE FROM desk.recommendations WHERE case_ref = '$case';
TRUNCATE desk.case_links;
-- A sealed rule.
UPDATE desk.transitions SET label_en = 'Broken', next_cycle = NOT next_cycle
WHERE version = 1 AND action = 'appeal';
SELECT statement FROM enabled \\gexec
COMMIT;
UPDATE desk.statuses SET label_en = 'Heard' WHERE status = 'received';
SQL
	return $case;
}

my $case = work_through();
work_around();
my $broken = break_the_rules();


# How a DBA prepares a subscriber: roles and the schema, without rows, since
# the shipped rules and lists come from the publisher like all others.

run_tool($publisher, 'pg_dumpall', '--globals-only', '-d',
	$publisher->connstr('postgres'), '-f', "$folder/roles.sql");
run_tool($publisher, 'pg_dump', '--schema-only', '--no-publications',
	'--no-subscriptions', '-d', $publisher->connstr('helpline'), '-f',
	"$folder/schema.sql");
run_command(
	[   $subscriber->installed_command('psql'), '-X', '-q', '-d',
		$subscriber->connstr('postgres'), '-f', "$folder/roles.sql"
	]);
for my $database (qw(helpline narrow))
{
	$subscriber->safe_psql('postgres', <<"SQL");
CREATE DATABASE $database TEMPLATE template0;
ALTER DATABASE $database SET search_path = public, ietp;
SQL
	run_tool($subscriber, 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d',
		$subscriber->connstr($database), '-f', "$folder/schema.sql");
}
unlike(desk_rows($subscriber, 'helpline'),
	qr/\|[1-9]/, 'a schema without rows is a desk without rows');
is( outcome($subscriber, 'helpline', 'lin', 'SELECT helpline.lines()'),
	'IE001', 'and no desk yet');

$publisher->safe_psql('helpline', <<'SQL');
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION narrow FOR TABLES IN SCHEMA desk;
SQL
my $connection = $publisher->connstr . ' dbname=helpline';
$subscriber->safe_psql('helpline', <<"SQL");
CREATE SUBSCRIPTION everything CONNECTION '$connection'
PUBLICATION everything WITH (streaming = on$as_owner);
SQL
# Only the tables of the schema: the entry of the desk is not one of them.
$subscriber->safe_psql('narrow', <<"SQL");
INSERT INTO ietp.desk (owner, version) VALUES ('helpline_owner', 1);
CREATE SUBSCRIPTION narrow CONNECTION '$connection'
PUBLICATION narrow WITH (streaming = off$as_owner);
SQL

my %databases = (everything => 'helpline', narrow => 'narrow');

sub synchronize
{
	for my $name (sort keys %databases)
	{
		$subscriber->wait_for_subscription_sync($publisher, $name,
			$databases{$name});
	}
	return;
}

# Every row of every table is what it is on the publisher, without any failed
# attempt before.
sub check_equal
{
	my ($when) = @_;
	my $rows = desk_rows($publisher, 'helpline');

	synchronize();
	for my $name (sort keys %databases)
	{
		is(desk_rows($subscriber, $databases{$name}),
			$rows, "$when: every row of every table ($name)");
	}
	is( $subscriber->safe_psql('helpline', <<'SQL'),
SELECT sum(apply_error_count), sum(sync_error_count)
FROM pg_stat_subscription_stats
SQL
		'0|0',
		"$when: at once");
	return;
}

# What the subscriber knows of a case, by what was done and not by comparison.
sub check_case
{
	my ($the_case, $when) = @_;

	is( $subscriber->safe_psql('helpline', <<"SQL"),
SELECT string_agg(action, ' ' ORDER BY n) FROM desk.events
WHERE case_ref = '$the_case';
SELECT c.event_n, c.event_n = count(*), bool_or(e.n = c.event_n
	AND e.hash = c.event_hash AND e.occurred_at = c.event_at)
FROM desk.cases AS c JOIN desk.events AS e USING (case_ref)
WHERE case_ref = '$the_case' GROUP BY c.event_n;
SELECT count(*) FROM desk.consents WHERE case_ref = '$the_case';
SELECT count(*) FROM desk.disclosures WHERE case_ref = '$the_case';
SELECT count(*) FROM desk.assignments WHERE case_ref = '$the_case';
SELECT count(*) FROM desk.refusals WHERE case_ref = '$the_case';
SELECT count(*) FROM desk.actions WHERE case_ref = '$the_case';
SELECT status, moved_by, cycle, consent_n, first_closing_reason,
	closed_at IS NULL
FROM desk.cases WHERE case_ref = '$the_case';
SQL
		<<'TEXT' =~ s/\n\z//r,
opened call_linked issues_added triage ask_consent consent_given contact_factory disclosed acted remedy_promised begin_remediation remedy_delivered begin_verification remedy_verified acted recommended recommendation_answered resolve close noted reopen
21|t|t
1
1
2
1
2
inquiry|vera|2|1|resolved|t
TEXT
		"$when: everything was written once");
	is( $subscriber->safe_psql(
			'helpline',
			"SELECT count(*) FROM ietp.verify_ledger('$the_case')"),
		'0',
		"$when: and the chain verifies");
	return;
}

# What ietp.verify_ledger() finds, of what was broken on purpose.
sub findings
{
	my ($where, $seal) = @_;

	return $where->safe_psql('helpline', <<"SQL");
SELECT * FROM ietp.verify_ledger(seal => '$seal')
ORDER BY found_in, n, finding, detail
SQL
}

# What the subscriber's row of a case says of itself.
sub stamps
{
	my ($the_case) = @_;

	return $subscriber->safe_psql('helpline', <<"SQL");
SELECT status, moved_by, cycle, status_since::date FROM desk.cases
WHERE case_ref = '$the_case'
SQL
}

check_equal('the first copy');
check_case($case, 'the first copy');
is( $subscriber->safe_psql('helpline',
		'SELECT owner, version FROM ietp.desk'),
	'helpline_owner|1',
	'the entry of the desk came too');
is(stamps($broken), 'resolved|a ghost|7|2020-02-29',
	'a case that broke the rules came as it is');
is( outcome($subscriber, 'helpline', 'lin',
		"SELECT status FROM helpline.find_case('$case')"),
	'inquiry', 'and the counter answers');


# Changes that follow

$case = work_through();
work_around();
$broken = break_the_rules();
check_equal('what follows');
check_case($case, 'what follows');
my $seal = $publisher->safe_psql('helpline', 'SELECT ietp.seal_ledger()');
synchronize();
like(findings($publisher, $seal), qr/event_missing/,
	'the publisher knows what was broken');
is(findings($subscriber, $seal), findings($publisher, $seal),
	'the subscriber has the same ledger, for the seal, too');
is( outcome($subscriber, 'helpline', 'postgres',
		'SELECT * FROM helpline.changes_since()'),
	'55000',
	'but it is not followed');
is(stamps($broken), 'resolved|a ghost|7|2020-02-29',
	'a case that breaks the rules follows as it is');


# The subscriber's own writers are judged, whoever they are.

my $writes = <<"SQL";
BEGIN;
UPDATE desk.cases SET status = 'resolved' WHERE case_ref = '$case';
ROLLBACK;
BEGIN;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, status)
VALUES (ietp.new_case_ref('CN', 2020), '2020-01-01', '2020-01-01', 'minor',
	'CN', 'verification');
ROLLBACK;
UPDATE desk.events SET action = '' WHERE case_ref = '$case';
INSERT INTO desk.events SELECT * FROM desk.events WHERE case_ref = '$case';
DELETE FROM desk.events WHERE case_ref = '$case';
TRUNCATE desk.events;
DELETE FROM desk.cases WHERE case_ref = '$case';
DELETE FROM desk.consents WHERE case_ref = '$case';
TRUNCATE desk.disclosures CASCADE;
INSERT INTO desk.disclosures (case_ref, purpose, recipient_kind, recipient,
	consent_n, fields, occurred_at)
VALUES ('$case', 'contact_factory', 'factory', 'F-1', 1, '{worker_name}',
	now());
DELETE FROM desk.transitions WHERE version = 1;
UPDATE desk.lifecycles SET sealed_at = NULL, sealed_by = NULL;
SQL
for my $role (qw(origin replica))
{
	my (undef, $stderr) = ask($subscriber, 'helpline', 'postgres',
		"SET session_replication_role = $role;\n$writes");

	is( join(' ', sqlstates($stderr)),
		join(' ', qw(IE211 IE211), ('IE225') x 7, qw(IE203 IE222 IE222)),
		"a superuser of the subscriber is judged: $role");
}
is( outcome($subscriber, 'helpline', 'postgres', <<"SQL"),
BEGIN;
UPDATE desk.cases SET status = 'waiting_worker', moved_by = 'a ghost',
	status_since = '2020-01-01', cycle = 9
WHERE case_ref = '$case'
RETURNING status, moved_by, status_since = now(), cycle;
ROLLBACK;
SQL
	'waiting_worker|postgres|t|2',
	'and what is allowed is stamped');
is( outcome($subscriber, 'helpline', 'vera', <<"SQL"),
BEGIN;
SELECT accepted, rule FROM helpline.transition_case('$case', 'resolve');
ROLLBACK;
SQL
	'f|no_transition', 'the door judges too');
check_equal('what was refused has left nothing');


# A session that has the rules in memory learns of new ones.

my $session =
  $subscriber->background_psql('helpline', on_error_stop => 0);

# The version in force, as the judge of this session sees it.
sub version_in_force
{
	return $session->query(<<'SQL') =~ s/\s+\z//r;
BEGIN;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line)
VALUES (ietp.new_case_ref('CN', 2020), '2020-01-01', '2020-01-01', 'minor',
	'CN')
RETURNING lifecycle_version;
ROLLBACK;
SQL
}

# Where the judge of this session lets the case go.
sub goes
{
	my ($the_case, $status) = @_;

	$session->{stderr} = '';
	$session->query(<<"SQL");
\\set VERBOSITY verbose
BEGIN;
UPDATE desk.cases SET status = '$status' WHERE case_ref = '$the_case';
ROLLBACK;
SQL
	my ($state) = sqlstates($session->{stderr});
	return $state // 'ok';
}

is(version_in_force(), '1', 'a session works by version 1');
is(goes($case, 'remediation'),
	'IE214', 'and its guards: remedies of an earlier cycle do not count');
$publisher->safe_psql('helpline', <<'SQL');
SELECT FROM helpline.draft_lifecycle('case');
SELECT FROM helpline.set_transition('case', 2, 'skip', 'inquiry', 'resolved');
SQL
check_equal('a draft');
is(version_in_force(), '1', 'a draft that came is not in force');
$publisher->safe_psql('helpline',
	"SELECT FROM helpline.seal_lifecycle('case', 2)");
check_equal('a new version');
is(version_in_force(), '2', 'the session works by the version that came');
is(goes($case, 'resolved'), 'IE211', 'a case under version 1 does not');
$publisher->safe_psql('helpline',
	"SELECT FROM helpline.adopt_lifecycle(2, '$case')");
check_equal('an adoption');
is(goes($case, 'resolved'), 'ok', 'until it adopts the new one');

# Rights come by the same way.
$session->query("SET ROLE vera");
is($session->query('SELECT ietp.actor_is(\'supervisor\')'),
	't', 'a supervisor there');
$publisher->safe_psql('helpline',
	"SELECT helpline.set_account('vera', 'supervisor', active => false)");
check_equal('an account that was closed');
is($session->query('SELECT ietp.actor_is(\'supervisor\')'),
	'f', 'is none when the publisher says so');
$publisher->safe_psql('helpline',
	"SELECT helpline.set_account('vera', 'supervisor')");

# And so do calendars.
my $worked = <<'SQL';
SELECT ietp.working_time('2026-09-18 17:00+08', '2026-09-20 10:00+08', 'CN');
SQL
is($session->query($worked), '02:00:00', 'a Sunday that is made up');
$publisher->safe_psql('helpline',
	"SELECT helpline.set_calendar_day('CN', '2026-09-20', 'holiday')");
check_equal('a day of a calendar');
is($session->query($worked), '01:00:00', 'is none when the publisher says so');

# And so does the thesaurus.
my $counterpart = <<'SQL';
SELECT (ietp.search_entry('blue card')).vector @@ ietp.query('蓝卡');
SQL
is($session->query($counterpart), 'f', 'two words that nobody knows as one');
$publisher->safe_psql('helpline', <<'SQL');
INSERT INTO desk.thesaurus (concept, language, term, source) VALUES
	('blue_card', 'en', 'blue card', 'the programme'),
	('blue_card', 'zh-Hans', '蓝卡', 'the programme');
SQL
check_equal('terms');
is($session->query($counterpart), 't', 'are one when the publisher says so');
$session->quit;


# Vectors come from the publisher, and nothing is indexed twice.  An erased note
# takes along also the one that the subscriber made itself.

# Notes, vectors, and those of them that a word finds, of a case.
sub vectors
{
	my ($node, $database, $the_case) = @_;

	return $node->safe_psql($database, <<"SQL");
SELECT (SELECT count(*) FROM desk.notes WHERE case_ref = '$the_case'),
	count(*), count(*) FILTER (WHERE vector @@ ietp.query('zzword'))
FROM desk.note_vectors WHERE case_ref = '$the_case'
SQL
}

my $noted = open_case();
work('lin', <<"SQL");
SELECT FROM helpline.add_note('$noted', 'zzword 1');
SELECT FROM helpline.add_note('$noted', 'zzword 2');
SQL
check_equal('notes');
is(vectors($subscriber, 'helpline', $noted), '2|2|2', 'are found there');
for my $database (qw(helpline narrow))
{
	$subscriber->safe_psql($database,
		"UPDATE desk.note_vectors SET icu_version = '1.0'"
		  . " WHERE case_ref = '$noted'");
	is( outcome($subscriber, $database, 'vera',
			'SELECT helpline.reindex_search()'),
		'2', "a subscriber with another ICU makes its own ($database)");
}
$subscriber->safe_psql('narrow',
	"DELETE FROM desk.note_vectors WHERE case_ref = '$noted' AND n = 1");
work('vera', "SELECT FROM helpline.erase_note('$noted', 1)");
synchronize();
is(vectors($publisher, 'helpline', $noted), '1|1|1', 'a note is erased');
for my $database (qw(helpline narrow))
{
	is(vectors($subscriber, $database, $noted),
		'1|1|1', "and gone there, as is its vector ($database)");
}
work('vera', "SELECT FROM helpline.erase_note('$noted', 2)");

# So does the list of words, which is the publisher's to make: a subscriber that
# made one, too, would get in the way of what arrives.
my $words_of = "SELECT string_agg(word, ' ' ORDER BY word)"
  . " FROM desk.search_words WHERE word LIKE 'zz%'";
my $named =
  work('lin', "SELECT n FROM helpline.add_note('$noted', 'zzname zzagain')");
work('lin', "SELECT FROM helpline.add_note('$noted', 'zzagain')");
for my $database (qw(helpline narrow))
{
	is( outcome($subscriber, $database, 'vera',
			'SELECT helpline.refresh_search_words()'),
		'0', "a subscriber makes no list of words ($database)");
}
work('vera', 'SELECT helpline.refresh_search_words()');
synchronize();
for my $database (qw(helpline narrow))
{
	is($subscriber->safe_psql($database, $words_of),
		'zzagain zzname', "but gets it ($database)");
	is( outcome($subscriber, $database, 'vera',
			"SELECT word, correction FROM helpline.search_corrections('zznmae')"),
		'zznmae|zzname',
		"corrects from it ($database)");
}
work('vera', "SELECT FROM helpline.erase_note('$noted', $named)");
check_equal('erased words');
for my $node ($publisher, $subscriber)
{
	is($node->safe_psql('helpline', $words_of),
		'zzagain', 'a word goes with its note: ' . $node->name);
}
# With a note comes the publisher's count, in place of the subscriber's own.
work('lin', "SELECT FROM helpline.add_note('$noted', 'Nothing more.')");
check_equal('another note');


# Large transactions are streamed before they commit.

# Brings in closed cases, notes something and draws back, notes it again, and
# opens them; commits or not.
sub work_at_large
{
	my ($name, $end) = @_;

	$publisher->safe_psql('helpline', <<"SQL");
BEGIN;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, closed_at, closed_on,
	closing_reason, severity, line, source, source_id)
SELECT DISTINCT ON (r.ref) r.ref, '2020-01-01', '2020-01-01', '2020-01-02',
	'2020-01-02', 'advised', 'minor', 'CN', 'bulk', '$name' || r.n
FROM (SELECT ietp.new_case_ref('CN', 2020) AS ref, n
	FROM generate_series(1, 3000) AS n) AS r
ON CONFLICT DO NOTHING;
SAVEPOINT half;
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
SELECT case_ref, 1, 'finding', 'nobody', 'Not so.'
FROM desk.cases WHERE source_id LIKE '$name%';
ROLLBACK TO half;
INSERT INTO desk.notes (case_ref, n, kind, written_by, body)
SELECT case_ref, 1, 'note', 'somebody', 'So it was.'
FROM desk.cases WHERE source_id LIKE '$name%';
ALTER TABLE desk.cases DISABLE TRIGGER zz_stamp, DISABLE TRIGGER zz_judge,
	DISABLE TRIGGER zz_record;
UPDATE desk.cases SET status = 'verification', cycle = 5, moved_by = 'a ghost'
WHERE source_id LIKE '$name%';
ALTER TABLE desk.cases ENABLE ALWAYS TRIGGER zz_stamp,
	ENABLE ALWAYS TRIGGER zz_judge, ENABLE ALWAYS TRIGGER zz_record;
$end;
SQL
	return;
}

sub streamed
{
	return $publisher->safe_psql('helpline', <<'SQL');
SELECT COALESCE(sum(stream_txns), 0) FROM pg_stat_replication_slots
WHERE slot_name = 'everything'
SQL
}

sub check_streaming
{
	my ($how) = @_;
	my $before = streamed();

	work_at_large("$how-a-", 'COMMIT');
	work_at_large("$how-b-", 'ROLLBACK');
	check_equal("streaming $how");
	is( $subscriber->safe_psql(
			'helpline', <<"SQL"),
WITH came AS (
	SELECT count(*) AS cases FROM desk.cases
	WHERE source_id LIKE '$how-a-%' AND status = 'verification' AND cycle = 5
	AND moved_by = 'a ghost'
), told AS (
	SELECT e.n || ' ' || e.action
			|| COALESCE(' ' || (e.records -> 'notes' -> 0 ->> 'kind'), '')
			AS event, count(*) AS times
	FROM desk.events AS e JOIN desk.cases AS c USING (case_ref)
	WHERE c.source_id LIKE '$how-%' GROUP BY 1
)
SELECT cases > 2900, cases = (SELECT count(*) FROM desk.notes AS o
		JOIN desk.cases AS c USING (case_ref)
		WHERE c.source_id LIKE '$how-%' AND o.written_by = 'somebody'),
	(SELECT array_agg(event ORDER BY event) FROM told),
	(SELECT bool_and(times = cases) FROM told)
FROM came
SQL
		't|t|{"1 imported","2 noted note"}|t',
		"streaming $how: cases and history");
	ok( $publisher->poll_query_until(
			'helpline', <<"SQL"),
SELECT sum(stream_txns) > $before FROM pg_stat_replication_slots
WHERE slot_name = 'everything'
SQL
		"streaming $how: it was");
	return;
}

check_streaming('on');

SKIP:
{
	skip 'no parallel apply before release 16', 6 if $major < 16;

	$subscriber->safe_psql('helpline',
		'ALTER SUBSCRIPTION everything SET (streaming = parallel)');
	check_streaming('parallel');
	# Workers that applied something are kept for the next transaction.
	ok( $subscriber->poll_query_until(
			'helpline', <<'SQL'),
SELECT count(*) > 0 FROM pg_stat_subscription WHERE leader_pid IS NOT NULL
SQL
		'a parallel worker applied');
}


# A promoted subscriber goes on alone.

for my $name (sort keys %databases)
{
	$subscriber->safe_psql($databases{$name}, "DROP SUBSCRIPTION $name");
	is( $subscriber->safe_psql($databases{$name}, <<"SQL"),
SET ROLE vera;
SELECT accepted, status
FROM helpline.transition_case('$case', 'wait_for_worker');
SQL
		't|waiting_worker',
		"on its own the subscriber works ($name)");
	$subscriber->safe_psql($databases{$name}, 'TRUNCATE desk.search_words');
	cmp_ok(
		outcome($subscriber, $databases{$name}, 'vera',
			'SELECT helpline.refresh_search_words()'),
		'>', 0, "and makes its own list of words ($name)");
}
is( outcome($publisher, 'helpline', 'postgres', <<'SQL'),
UPDATE ietp.desk SET laid_at = laid_at;
CALL ietp.drop_desk();
SELECT * FROM ietp.desk;
SQL
	'', 'a desk that is published can be dropped');

done_testing();
