# A desk survives dump and restore, with what a DBA has added to it; without
# its roles it refuses to work; and a standby answers.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $folder = PostgreSQL::Test::Utils::tempdir;
my ($globals, $plain, $custom) =
  map { "$folder/$_" } qw(globals.sql plain.sql custom.dump);
my $words = 'A note that a dump must carry: 工资';

# Runs one of PostgreSQL's programs against a database; returns its messages,
# and dies unless it ends as wanted.
sub run_tool
{
	my ($node, $wanted, $tool, @arguments) = @_;
	my ($stdout, $stderr) =
	  run_command([ $node->installed_command($tool), @arguments ]);
	my $status = $? >> 8;

	die "$tool: status $status: $stderr"
	  if $wanted eq 'ok' && $status != 0
	  || $wanted eq 'fails' && $status == 0;
	return $stderr;
}

# Restores a plain dump, or a file with roles, and goes on after errors or not.
sub run_file
{
	my ($node, $database, $file, $stop) = @_;

	return run_tool(
		$node, 'any', 'psql', '-X', '-q', '-v', "ON_ERROR_STOP=$stop", '-d',
		$node->connstr($database), '-f', $file);
}

# One line for each relation, column, constraint, index, trigger, policy and
# function of the desk and the counter, and for each right to the toolbox.
sub catalog
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, <<'SQL');
WITH schema AS (
	SELECT oid, nspname FROM pg_namespace
	WHERE nspname IN ('desk', 'helpline', 'dba')
), rel AS (
	SELECT c.*, n.nspname FROM pg_class AS c
	JOIN schema AS n ON n.oid = c.relnamespace
)
SELECT row_to_json(x) FROM (
	SELECT 'schema' AS what, n.nspname::text AS name,
		concat_ws(' ', s.nspowner::regrole, ARRAY(
			SELECT a::text FROM unnest(s.nspacl) AS a ORDER BY 1),
			obj_description(n.oid, 'pg_namespace')) AS definition
	FROM schema AS n JOIN pg_namespace AS s USING (oid)
	UNION ALL
	SELECT 'relation', c.oid::regclass::text, concat_ws(' ', c.relkind,
		c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity,
		c.reloptions, ARRAY(
			SELECT a::text FROM unnest(c.relacl) AS a ORDER BY 1),
		CASE c.relkind WHEN 'i' THEN pg_get_indexdef(c.oid)
			WHEN 'v' THEN pg_get_viewdef(c.oid) END,
		obj_description(c.oid, 'pg_class'))
	FROM rel AS c
	UNION ALL
	SELECT 'column', c.oid::regclass || '.' || a.attname,
		concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnum,
			a.attnotnull, a.attcollation::regcollation::text,
			pg_get_expr(d.adbin, d.adrelid),
			col_description(c.oid, a.attnum))
	FROM rel AS c
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
	LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
	WHERE c.relkind IN ('r', 'p', 'v')
	UNION ALL
	SELECT 'constraint', k.conrelid::regclass || '.' || k.conname,
		pg_get_constraintdef(k.oid)
	FROM pg_constraint AS k JOIN rel AS c ON c.oid = k.conrelid
	UNION ALL
	SELECT 'trigger', c.oid::regclass || '.' || t.tgname,
		concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
	FROM pg_trigger AS t JOIN rel AS c ON c.oid = t.tgrelid
	WHERE NOT t.tgisinternal
	UNION ALL
	SELECT 'policy', p.polrelid::regclass || '.' || p.polname,
		concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[],
			pg_get_expr(p.polqual, p.polrelid),
			pg_get_expr(p.polwithcheck, p.polrelid))
	FROM pg_policy AS p JOIN rel AS c ON c.oid = p.polrelid
	UNION ALL
	SELECT 'function', p.oid::regprocedure::text,
		concat_ws(' ', p.proowner::regrole, p.prosecdef, ARRAY(
			SELECT a::text FROM unnest(p.proacl) AS a ORDER BY 1),
			pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
	FROM pg_proc AS p JOIN schema AS n ON n.oid = p.pronamespace
	UNION ALL
	SELECT 'right', p.oid::regprocedure::text, ARRAY(
		SELECT a::text FROM unnest(p.proacl) AS a ORDER BY 1)::text
	FROM pg_proc AS p WHERE p.pronamespace = 'ietp'::regnamespace
) AS x ORDER BY what COLLATE "C", name COLLATE "C"
SQL
}

# Compares texts; shows only the lines that one of them has.
sub is_text
{
	my ($got, $expected, $name) = @_;
	my (%got, %expected);

	$got{$_} = 1 for split /\n/, $got;
	$expected{$_} = 1 for split /\n/, $expected;
	ok($got eq $expected, $name)
	  or diag(map { "$_\n" } (map { "- $_" } grep { !$got{$_} } sort keys %expected),
		(map { "+ $_" } grep { !$expected{$_} } sort keys %got));
	return;
}

# Every function of the counter that only reads, as somebody, in some ways.
# "%case" is the case of Lin's day, "%road" one that went all the way, twice.
my %reading = (
	ageing => ["('2021-06-30')", "('2020-12-31', 'CN')", "('2021-04-30', 'VN')"],
	calendar_check => ["('2026-11-05')"],
	calendar_days => [ "('CN')", "('VN', '2026-01-01', '2026-12-31')" ],
	calendar_windows => [ "('CN-helpline')", "('DUMP')" ],
	calendar_years => ["('CN')"],
	calendars => ['()'],
	case_actions => ["('%road')"],
	case_as_of => [
		"('%case', '-infinity')", "('%case', 'infinity')",
		"('%road', 'infinity')"
	],
	case_assignments => ["('%road')"],
	case_consents => ["('%road')"],
	case_disclosures => ["('%road')"],
	case_history => [ "('%case')", "('%road')" ],
	case_links => [ "('%case')", "('%road')" ],
	case_notes => [ "('%case')", "('%road')" ],
	case_recommendations => ["('%road')"],
	case_remedies => ["('%road')"],
	case_status => [ "('%case')", "('%road', 'vi')" ],
	changes_since => [ '()', '(NULL, 3)' ],
	consent_report => ["('2020-01-01', '2121-01-01')"],
	due_list => ["('2021-07-01')"],
	explain_promise => ["('%road', as_of => '2121-01-01')"],
	find_call => ["((SELECT calls[1] FROM helpline.find_case('%case')))"],
	find_case => [ "('%case')", "('%road')" ],
	half_year_snapshot => [ '(2021, 1)', "(2021, 1, 'VN')", '(2020, 2)' ],
	lifecycle_check => [ "('case')", "('case', 2)" ],
	lifecycle_diagram => [ "('case')", "('case', 2, 'zh-Hant')" ],
	lifecycle_rules => [ "('case')", "('case', 2)" ],
	lifecycles => ['()'],
	lines => ['()'],
	my_factories => ['()'],
	my_queue => [ '()', '(7)' ],
	promise_check => ['()'],
	promise_results => ["('2021-01-01', '2021-07-01', as_of => '2121-01-01')"],
	promise_versions => ['()'],
	promises => [ '()', "(1, 'vi')" ],
	published_totals => [ '()', "('calls')" ],
	recommendations => [ '()', "('DEMO-CN-0001', true)" ],
	refused_rows => ["('broken')"],
	refused_transitions => ["('-infinity', 'infinity')"],
	replay => [
		"('case', '{a,a,b}', '{received,triaged,closed}', "
		  . "'{2021-01-01,2021-01-02,2021-01-03}')"
	],
	replay_statuses => [
		"('case', '{a,a}', '{received,triaged}', '{2021-01-01,2021-01-02}')"
	],
	retaliation_checks_due => ["('2121-01-01')"],
	search_cases => [
		"('拖欠工资')", "('papers', 'keywords')",
		"('papers', line => 'CN', most => 1)"
	],
	search_corrections => ["('carrry')"],
	search_explain => ["('papers')"],
	search_status => ['()'],
	time_in_status =>
	  [ "('2020-07-01', '2021-07-01')", "('2000-01-01', '2026-11-01', 'CN')" ],
	timeline => [ "('%case')", "('%road', 'vi')" ],
	topics => [ '()', "('zh-Hans')", "('vi')" ],
	who_am_i => ['()']);
my $road;
my @people = qw(postgres lin vera anan works);

# What everybody gets of every reading function: output, or SQLSTATE.
sub answers
{
	my ($node, $database, $case) = @_;
	my @answers;

	for my $person (@people)
	{
		for my $function (sort keys %reading)
		{
			for my $arguments (@{ $reading{$function} })
			{
				push @answers,
				  "$person $function$arguments\n"
				  . outcome($node, $database, $person,
					"SELECT * FROM helpline.$function"
					  . $arguments =~ s/%case/$case/r =~ s/%road/$road/r . ';')
				  . "\n";
			}
		}
	}
	return join '', @answers;
}


# The desk to be dumped

my $source = new_node('source', allows_streaming => 1);
lay_desk($source, 'helpline');
$source->safe_psql('helpline', <<'SQL');
SELECT FROM ietp.create_roles();
CREATE ROLE lin LOGIN IN ROLE ietp_specialist;
CREATE ROLE vera LOGIN IN ROLE ietp_supervisor;
CREATE ROLE anan LOGIN IN ROLE ietp_analyst;
CREATE ROLE works LOGIN IN ROLE ietp_factory;
SET client_min_messages = warning;
SELECT FROM helpline.load_demonstration();
SELECT FROM helpline.set_account('lin', 'specialist', team => 'shenzhen');
SELECT FROM helpline.set_account('works', 'factory',
	factory => 'DEMO-CN-0001');
SELECT FROM helpline.set_account('left', 'specialist', active => false);
SELECT FROM helpline.record_awareness('DEMO-CN-0001', 'cards', 500,
	'2021-03-01');
SELECT FROM helpline.set_buyer('TOYS', 'Toys & Co');
SELECT FROM helpline.set_supply('TOYS', 'DEMO-CN-0001');
SELECT FROM helpline.open_batch('broken', 'calls', 'CN', 'switch');
INSERT INTO desk.staged_calls (source_id, received_at, channel)
VALUES ('1', 'soon', 'telegraph');
SELECT FROM helpline.import_calls('broken');
SELECT FROM helpline.open_batch('waiting', 'cases', 'CN', 'switch');
INSERT INTO desk.staged_cases (source_id, opened_at)
VALUES ('1', '2021-04-30');
INSERT INTO desk.staged_lines (line) VALUES ('id,when'), ('2,2021-04-30');
SELECT FROM helpline.open_batch('waiting-too', 'calls', 'CN', 'switch');
INSERT INTO desk.staged_calls (source_id, received_at, channel)
VALUES ('1', '2021-04-30', 'phone_in');
SELECT FROM ietp.seal_ledger();
SQL

# Lin's day; returns the reference of the case.
sub work_as_lin
{
	my ($node, $database) = @_;

	return outcome($node, $database, 'lin', <<SQL);
SELECT call_ref FROM helpline.record_call('CN', 'phone_in', 'grievance',
	retry_key => gen_random_uuid()) \\gset
SELECT FROM helpline.raise_issue(:'call_ref', 'wages.unpaid');
SELECT FROM helpline.give_advice(:'call_ref', 'Ask for it in writing.');
SELECT case_ref FROM helpline.open_case(:'call_ref') \\gset
SELECT FROM helpline.add_note(:'case_ref', '$words', language => 'zh');
SELECT FROM helpline.escalate_case(:'case_ref', 1);
SELECT FROM helpline.value_case(:'case_ref', 'CNY', 4200.50);
SELECT :'case_ref';
SQL
}
my $case = work_as_lin($source, 'helpline');
like($case, qr/^CN-[\d-]+$/, 'a case is opened');

# A case on its whole road, twice, with everything that may belong to one: what
# is stamped, and would be stamped otherwise if it were written again.
$road = outcome($source, 'helpline', 'lin', <<SQL);
SELECT call_ref FROM helpline.record_call('CN', 'phone_in', 'grievance',
	language => 'zh', factory => 'DEMO-CN-0001',
	identity_mode => 'confidential') \\gset
SELECT FROM helpline.raise_issue(:'call_ref', 'wages.unpaid');
SELECT case_ref FROM helpline.open_case(:'call_ref') \\gset
SELECT FROM helpline.transition_case(:'case_ref', 'resolve');
SELECT FROM helpline.transition_case(:'case_ref', 'triage',
	fields => '{"retaliation_risk": true}');
SELECT FROM helpline.record_consent(:'case_ref', 'contact_factory',
	wording_version => '1');
SELECT FROM helpline.transition_case(:'case_ref', 'contact_factory');
SELECT FROM helpline.record_factory_contact(:'case_ref', 'email', '{topic}',
	'Wrote to them.');
SELECT FROM helpline.promise_remedy(:'case_ref', 'wages_paid');
SELECT FROM helpline.transition_case(:'case_ref', 'begin_remediation');
SELECT FROM helpline.deliver_remedy(:'case_ref', 1);
SELECT FROM helpline.transition_case(:'case_ref', 'begin_verification');
SELECT FROM helpline.verify_remedy(:'case_ref', 1, 'worker');
SELECT FROM helpline.record_action(:'case_ref', 'worker_informed');
SELECT FROM helpline.transition_case(:'case_ref', 'resolve');
SELECT FROM helpline.transition_case(:'case_ref', 'close',
	reason => 'resolved');
SELECT FROM helpline.recommend(:'case_ref', 'wages.unpaid', 'Pay in time.',
	'2121-01-01');
SELECT FROM helpline.transition_case(:'case_ref', 'reopen',
	reason => 'remedy_failed');
SELECT FROM helpline.withdraw_consent(:'case_ref', 'contact_factory');
SELECT FROM helpline.link_cases(:'case_ref', '$case', 'retaliation');
SELECT :'case_ref';
SQL
is( outcome($source, 'helpline', 'lin', <<SQL),
SELECT status, cycle, first_closing_reason, closed_at IS NULL
FROM helpline.find_case('$road');
SQL
	'inquiry|2|resolved|t',
	'a case goes all the way, and begins again');
is( outcome($source, 'helpline', 'vera', <<SQL),
SELECT FROM helpline.assign_case('$road', 'lin');
SELECT case_ref FROM helpline.open_case((SELECT calls[1]
	FROM helpline.find_case('$road'))) \\gset
SELECT repeated FROM helpline.mark_duplicate(:'case_ref', '$road');
SQL
	'f',
	'there is a duplicate of it');
# Rules of a programme: a draft, and a sealed lifecycle of a table of its own.
$source->safe_psql('helpline', <<'SQL');
SELECT helpline.draft_lifecycle('case');
SELECT helpline.set_status('case', 2, 'sorted', 'active');
SELECT helpline.map_status('case', 2, 1, 'triaged', 'sorted');
SELECT helpline.draft_lifecycle('visit');
SELECT helpline.set_status('visit', 1, 'planned', 'initial');
SELECT helpline.set_status('visit', 1, 'made', 'terminal');
SELECT helpline.set_transition('visit', 1, 'make', 'planned', 'made');
SELECT FROM helpline.seal_lifecycle('visit', 1);
-- And a calendar: six days, and a half day.
SELECT helpline.copy_calendar('VN', 'DUMP');
SELECT helpline.set_calendar_windows('DUMP', '{6}', '{08:00}', '{12:00}',
	valid_from => '2026-01-01');
SELECT helpline.set_calendar_day('DUMP', '2026-03-14', 'half_day',
	opens => '{08:00,10:00}', closes => '{09:00,10:30}');
SELECT helpline.set_line('VN', 'VN', 'Asia/Ho_Chi_Minh', '2021-04-01',
	calendar => 'DUMP');
-- And promises: a version in force, and a draft.
SELECT helpline.draft_promises();
SELECT helpline.set_promise_target(2, 'acknowledge', '2 days', 'VN');
SELECT FROM helpline.seal_promises(2);
SELECT helpline.draft_promises();
SELECT helpline.set_promise_target(3, 'acknowledge', '3 days', 'VN');
-- And a list of words.
CREATE EXTENSION pg_trgm;
SELECT helpline.refresh_search_words();
SQL

is_deeply(
	[ sort keys %reading ],
	[   split /\n/, $source->safe_psql('helpline', <<'SQL') ],
SELECT proname FROM pg_proc
WHERE pronamespace = 'helpline'::regnamespace AND provolatile <> 'v'
ORDER BY proname COLLATE "C"
SQL
	'every reading function is asked');

# What a DBA may add: an index, a policy, a right, a trigger, and a table of
# another schema that refers to the desk.
$source->safe_psql('helpline', <<'SQL');
CREATE INDEX cases_of_dba ON desk.cases (factory, opened_on DESC);
CREATE POLICY of_dba ON desk.cases AS RESTRICTIVE
USING (opened_on >= '1990-01-01');
ALTER TABLE desk.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_dba ON desk.lines USING (true);
CREATE SCHEMA dba;
CREATE TABLE dba.follow_up (
	case_ref ietp.case_ref PRIMARY KEY REFERENCES desk.cases,
	done boolean NOT NULL DEFAULT false);
INSERT INTO dba.follow_up (case_ref) SELECT case_ref FROM desk.cases;
CREATE TABLE dba.visits (id integer PRIMARY KEY, status text);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON dba.visits
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('visit', 'status');
ALTER TABLE dba.visits ENABLE ALWAYS TRIGGER judge;
INSERT INTO dba.visits VALUES (1, 'planned'), (2, 'planned');
UPDATE dba.visits SET status = 'made' WHERE id = 2;
CREATE FUNCTION dba.touch() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER of_dba BEFORE UPDATE ON desk.batches
FOR EACH ROW EXECUTE FUNCTION dba.touch();
CREATE ROLE dumper LOGIN IN ROLE helpline_owner;
CREATE ROLE backup LOGIN BYPASSRLS IN ROLE helpline_owner;
GRANT USAGE ON SCHEMA dba TO backup, helpline_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA dba TO backup, helpline_owner;
SQL

# What the stamps say of each case, and statuses that no row is born with.
sub stamps
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT case_ref, status, status_since, status_reason, moved_by, cycle,
	lifecycle_version, consent_n, duplicate_of, closed_at, closing_reason,
	first_resolved_at, last_resolved_at, first_closed_at, last_closed_at,
	first_closing_reason, last_closing_reason, consent_used, event_n,
	event_at, event_hash
FROM desk.cases WHERE source IS NULL ORDER BY case_ref;
SELECT * FROM dba.visits ORDER BY id;
SQL
}

my $rows = desk_rows($source, 'helpline');
my $stamps = stamps($source, 'helpline');
my $catalog = catalog($source, 'helpline');
my $answers = answers($source, 'helpline', $case);
my $desk = $source->safe_psql('helpline', 'SELECT * FROM ietp.desk');

like($rows, qr/^cases\|\d\d\d+\|/m, 'there are cases');
unlike($rows,
	qr/^\w+\|0\|/m, 'and rows in every table');
like($catalog, qr/cases_of_dba/, 'the index of the DBA is there');
like($answers, qr/\Q$words\E/, 'the note is read');
like(
	$answers,
	qr/^lin search_corrections.*\ncarrry\|carry\|/m,
	'a word is corrected');
like($answers, qr/^postgres half_year_snapshot\(2021, 1\)\ntotal\|calls\|753\|/m,
	'the snapshot has calls');


# Dumps

run_tool($source, 'ok', 'pg_dumpall', '--globals-only', '-d',
	$source->connstr('postgres'), '-f', $globals);
run_tool($source, 'ok', 'pg_dump', '-d', $source->connstr('helpline'), '-f',
	$plain);
run_tool($source, 'ok', 'pg_dump', '-Fc', '-d', $source->connstr('helpline'),
	'-f', $custom);

# Without the right to pass row security a dump fails: it would lack rows.
for my $options ([], ['--role=helpline_owner'])
{
	my $stderr = run_tool($source, 'fails', 'pg_dump', '-U', 'dumper',
		@$options, '-d', $source->connstr('helpline'), '-f',
		"$folder/no.sql");

	like($stderr, qr/row-level security/,
		"a dump without BYPASSRLS fails: @$options");
}
run_tool($source, 'ok', 'pg_dump', '-U', 'backup', '-d',
	$source->connstr('helpline'), '-f', "$folder/backup.sql");

# A dump, but for its one random word.
sub dumped
{
	my ($file) = @_;

	return slurp_file($file) =~ s/^\\(?:un)?restrict .*\n//gmr;
}
like(dumped($plain), qr/^COPY desk\.cases .*\Q$words\E/ms,
	'a superuser dumps the narrative too');
ok( dumped("$folder/backup.sql") eq dumped($plain),
	'with BYPASSRLS a dump is the same as a superuser\'s');


# Restores

# From Friday to Monday noon, by a calendar of its own.
sub worked
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT ietp.working_time('2026-03-13 09:00+07', '2026-03-16 13:00+07', 'DUMP'),
	ietp.working_days('2026-03-13', '2026-03-16', 'DUMP')
SQL
}

sub check_restored
{
	my ($node, $database, $how) = @_;

	is(desk_rows($node, $database), $rows, "$how: every row of every table");
	is( $node->safe_psql($database, <<'SQL'),
SELECT count(*) FROM desk.seals AS s
CROSS JOIN LATERAL ietp.verify_ledger(seal => s.line)
SQL
		'0',
		"$how: every chain verifies, and the seal");
	is($node->safe_psql($database, 'SELECT * FROM ietp.desk'),
		$desk, "$how: the entry of the desk");
	is_text(catalog($node, $database),
		$catalog, "$how: tables, policies, triggers, functions, rights");
	is(worked($node, $database), '12:30:00|2', "$how: working time");
	is_text(answers($node, $database, $case),
		$answers, "$how: everybody gets the same answers");
	is(stamps($node, $database), $stamps, "$how: nothing is stamped again");
	is( $node->safe_psql($database, <<'SQL'),
SELECT count(*) > 30, count(*) FILTER (WHERE r.rolname <> 'helpline_owner'),
	count(*) FILTER (WHERE r.rolsuper)
FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace
SQL
		't|0|0',
		"$how: no definer but the owner of the desk");
	return;
}

# Who may write can write, and who may not cannot.
sub check_work
{
	my ($node, $database, $how) = @_;
	my $new_case = work_as_lin($node, $database);

	like($new_case, qr/^CN-[\d-]+$/, "$how: work goes on");
	is( outcome($node, $database, 'lin',
			"SELECT accepted, rule FROM helpline.transition_case('$new_case', "
			  . "'triage')"),
		'f|required_column:retaliation_risk',
		"$how: by the rules");
	is( outcome($node, $database, 'lin',
			"SELECT accepted, status FROM helpline.transition_case("
			  . "'$new_case', 'close', reason => 'advised')"),
		't|closed',
		"$how: to its end");
	for my $role (qw(origin replica))
	{
		my %refused = (
			"UPDATE desk.cases SET status = 'with_factory' "
			  . "WHERE case_ref::text = '$road'" => 'IE203',
			"UPDATE desk.cases SET severity = 'minor' "
			  . "WHERE case_ref::text = '$new_case'" => 'IE202',
			'DELETE FROM desk.consents' => 'IE225',
			"UPDATE desk.events SET actor = 'lin'" => 'IE225',
			'INSERT INTO desk.events TABLE desk.events' => 'IE225',
			'TRUNCATE desk.events' => 'IE225',
			'UPDATE desk.transitions SET records = NULL' => 'IE222',
			"UPDATE dba.visits SET status = 'planned'" => 'IE211');

		for my $statement (sort keys %refused)
		{
			is( outcome($node, $database, 'postgres',
					"SET session_replication_role = $role; $statement"),
				$refused{$statement},
				"$how: in mode $role as before: $statement");
		}
	}
	is( outcome($node, $database, 'anan',
			"SELECT FROM helpline.record_call('CN', 'phone_in', 'test')"),
		'42501',
		"$how: not for others");
	is( outcome($node, $database, 'lin', 'SELECT count(*) FROM desk.calls'),
		'42501', "$how: and not past the counter");
	$node->safe_psql($database,
		"SELECT helpline.set_account('lin', 'specialist', active => false)");
	is(outcome($node, $database, 'lin', 'SELECT helpline.lines()'),
		'42501', "$how: an account can be closed");
	return;
}

my $target = new_node('target');
my $stderr = run_file($target, 'postgres', $globals, 0);
unlike($stderr =~ s/.*role "postgres" already exists\n?//r,
	qr/ERROR/, 'the roles are restored');

$target->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0")
  for qw(plain custom);
unlike(run_file($target, 'plain', $plain, 1),
	qr/ERROR|WARNING/, 'a plain dump is restored without a word');
check_restored($target, 'plain', 'plain');
check_work($target, 'plain', 'plain');

run_tool($target, 'ok', 'pg_restore', '--exit-on-error', '-j', '2', '-d',
	$target->connstr('custom'), $custom);
check_restored($target, 'custom', 'custom');
check_work($target, 'custom', 'custom');
isnt(desk_rows($target, 'custom'), $rows, 'that has changed rows');

run_tool($target, 'ok', 'pg_restore', '--exit-on-error', '--clean', '-d',
	$target->connstr('custom'), $custom);
check_restored($target, 'custom', 'over the old desk');
check_work($target, 'custom', 'over the old desk');


# Without the roles

my $orphan = new_node('orphan');
$orphan->safe_psql('postgres', "CREATE DATABASE helpline TEMPLATE template0");
like(run_file($orphan, 'helpline', $plain, 0),
	qr/role "helpline_owner" does not exist/, 'restored without the roles');
is(desk_rows($orphan, 'helpline'), $rows, 'every row is there');
is( $orphan->safe_psql('helpline', <<'SQL'),
SELECT bool_and(r.rolsuper) FROM pg_proc AS p
JOIN pg_roles AS r ON r.oid = p.proowner WHERE p.prosecdef
AND p.pronamespace = 'helpline'::regnamespace
SQL
	't', 'and the functions belong to a superuser');

# Even if a DBA grants everything, no function does anything as that.
$orphan->safe_psql('helpline', <<'SQL');
CREATE ROLE stranger LOGIN;
GRANT USAGE ON SCHEMA helpline, desk TO stranger;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA helpline, desk TO stranger;
SQL
my @calls = split /\n/, $orphan->safe_psql('helpline', <<'SQL');
SELECT format('SELECT * FROM %s(%s);', p.oid::regproc, string_agg(
	CASE t.typname WHEN 'text' THEN '''x''' WHEN 'date' THEN '''2021-01-01'''
		WHEN 'int4' THEN '1' WHEN 'numeric' THEN '1' WHEN 'bool' THEN 'true'
		WHEN 'case_ref' THEN 'ietp.new_case_ref(''CN'', 2021)'
		WHEN 'call_ref' THEN 'ietp.new_call_ref(''CN'', 2021)'
		WHEN 'jsonb' THEN '''{}''' ELSE 'NULL' END, ', ' ORDER BY a.n))
FROM pg_proc AS p
LEFT JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) ON true
LEFT JOIN pg_type AS t ON t.oid = a.type
WHERE p.prosecdef AND p.pronamespace = 'helpline'::regnamespace
GROUP BY p.oid, p.pronargs
SQL

sub check_refused
{
	my ($when) = @_;

	for my $user (qw(stranger postgres))
	{
		my (undef, $errors) =
		  ask($orphan, 'helpline', $user,
			join "\n", map { s/\(NULL\)/()/r } @calls);

		is(join(' ', sqlstates($errors)),
			join(' ', ('IE003') x @calls),
			"$when: every function refuses $user");
	}
	is(desk_rows($orphan, 'helpline'), $rows, "$when: nothing has changed");
	return;
}

cmp_ok(scalar @calls, '>', 30, 'all functions of the counter are called');
check_refused('without the roles');
is(outcome($orphan, 'helpline', 'stranger', 'SELECT ietp.actor()'),
	'IE003', 'nobody is anybody');
$orphan->safe_psql('helpline', 'CREATE ROLE helpline_owner NOLOGIN');
check_refused('with a role that owns nothing');


# A standby

$source->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($source, 'base', has_streaming => 1);
$standby->start;
$source->wait_for_catchup($standby, 'replay', $source->lsn('write'));

is(worked($standby, 'helpline'), '12:30:00|2', 'a standby counts working time');
is_text(answers($standby, 'helpline', $case),
	$answers, 'a standby answers as the primary does');
is( outcome($standby, 'helpline', 'lin',
		"SELECT FROM helpline.record_call('CN', 'phone_in', 'advice')"),
	'25006',
	'and refuses to write');

# A session on the standby learns that an account was closed on the primary.
my $session = $standby->background_psql('helpline',
	on_error_stop => 0, extra_params => [ '-U', 'lin' ]);
is($session->query('SELECT ietp.actor_kinds()'),
	'{specialist}', 'rights on the standby');
$source->safe_psql('helpline',
	"SELECT helpline.set_account('lin', 'specialist', active => false)");
$source->wait_for_catchup($standby, 'replay', $source->lsn('write'));
is($session->query('SELECT ietp.actor_kinds()'),
	'{}', 'what the primary takes is gone on the standby');
$session->quit;

$standby->promote;
$standby->safe_psql('helpline',
	"SELECT helpline.set_account('lin', 'specialist', team => 'shenzhen')");
check_work($standby, 'helpline', 'promoted');
$standby->stop;


# pg_upgrade, from this release to itself

SKIP:
{
	my $bindir = $target->config_data('--bindir');

	skip 'no pg_upgrade', 1 if !-x "$bindir/pg_upgrade";
	# It loads $libdir/ietp_helpline, which Debian's extension_destdir, but not
	# dynamic_library_path, serves for an installation elsewhere.
	skip 'from release 18 on pg_upgrade needs the library in $libdir', 1
	  if $target->safe_psql('postgres', 'SHOW server_version_num') >= 180000
	  && !-e $target->config_data('--pkglibdir') . '/ietp_helpline.so';

	my $upgraded = PostgreSQL::Test::Cluster->new('upgraded');
	my $before = desk_rows($target, 'plain');
	my $before_catalog = catalog($target, 'plain');

	$upgraded->init(extra => [qw(-U postgres -E UTF8 --locale=C)]);
	$upgraded->append_conf('postgresql.conf', "timezone = 'UTC'");
	$target->stop;
	chdir $folder or die "$folder: $!";
	my ($stdout, $errors) = run_command(
		[   "$bindir/pg_upgrade", '--link', '--no-sync',
			'-U', 'postgres',
			'-b', $bindir, '-B', $bindir,
			'-d', $target->data_dir, '-D', $upgraded->data_dir,
			'-s', $upgraded->host,
			'-p', $target->port, '-P', $upgraded->port
		]);
	is($? >> 8, 0, 'pg_upgrade') or diag($stdout, $errors);
	$upgraded->start;
	is(desk_rows($upgraded, 'plain'), $before, 'upgraded: every row');
	is_text(catalog($upgraded, 'plain'),
		$before_catalog, 'upgraded: tables, policies, functions, rights');
	$upgraded->safe_psql('plain',
		"SELECT helpline.set_account('lin', 'specialist', team => 'shenzhen')"
	);
	check_work($upgraded, 'plain', 'upgraded');
}

done_testing();
