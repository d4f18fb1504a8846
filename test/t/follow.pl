# The stream of changes, followed by doc/follow.sh: whoever is killed, starts
# twice or looks at a standby has every event once in the end, and whoever
# comes with a position that is not of this database is told.

use strict;
use warnings;

use FindBin;
use IPC::Run;
use POSIX qw(:sys_wait_h _exit setpgid);
use Time::HiRes qw(sleep);
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $follow = top_file('doc/follow.sh');
my $limit = $PostgreSQL::Test::Utils::timeout_default;
my $seed = $ENV{FOLLOW_SEED} // time;
my $columns = 'watermark_after, case_ref, n, occurred_at, recorded_at, '
  . 'action, from_status, to_status, actor, changes, records, xid';

srand $seed;
note "FOLLOW_SEED=$seed";


# The helpline, with transaction ids that need more than 32 bits; its standby,
# and later an older state of it; another server that follows.

my $source = new_node(
	'source',
	allows_streaming => 1,
	conf => "max_prepared_transactions = 10\n");
$source->stop;
command_ok([ 'pg_resetwal', '-e', '3', $source->data_dir ], 'a later epoch');
$source->start;
lay_desk($source, 'helpline');
$source->safe_psql('helpline', <<'SQL');
SELECT FROM ietp.create_roles();
CREATE ROLE lin LOGIN IN ROLE ietp_specialist;
CREATE ROLE hoa LOGIN IN ROLE ietp_specialist;
SELECT FROM helpline.set_account('lin', 'specialist', team => 'shenzhen');
SELECT FROM helpline.set_account('hoa', 'specialist', team => 'shenzhen');
CREATE ROLE follower LOGIN;
SELECT ietp.grant_role('auditor', 'follower');
SQL

my $target = new_node('target');
$target->safe_psql('postgres', 'CREATE ROLE keeper LOGIN');

sub new_target
{
	my ($database) = @_;

	$target->safe_psql('postgres',
		"CREATE DATABASE $database OWNER keeper");
	return;
}

# What follow.sh is called with.
sub command
{
	my ($node, $database) = @_;

	return ('sh', $follow, $node->connstr('helpline') . ' user=follower',
		$target->connstr($database) . ' user=keeper');
}

# Starts a follower, with the settings, that ends when nothing more is there.
# Returns a function that waits for it, which returns status and messages.
sub start_once
{
	my ($node, $database, %settings) = @_;
	my @command = command($node, $database);
	my ($stdout, $stderr) = ('', '');
	my $run;

	local @ENV{ keys %settings } = values %settings;
	local $ENV{ONCE} = 1;
	$run = IPC::Run::start(\@command, '<', '/dev/null', '>', \$stdout, '2>',
		\$stderr, IPC::Run::timeout($limit));
	return sub {
		$run->finish;
		my $status = $?;
		die "follow.sh prints: $stdout" if $stdout ne '';
		return ($status >> 8 || $status, $stderr);
	};
}

sub follow_once
{
	return start_once(@_)->();
}

# It ends well, and says nothing.
sub follows
{
	my ($node, $database, $name, %settings) = @_;

	is(join('|', follow_once($node, $database, %settings)), '0|', $name);
	return;
}

# Starts a command with the settings, in a process group of its own; its output
# goes to a file of the name.
my %groups;

sub launch
{
	my ($log, $settings, @command) = @_;
	my $pid = fork // die "fork: $!";

	if ($pid == 0)
	{
		setpgid(0, 0);
		open STDIN, '<', '/dev/null' or _exit(127);
		open STDOUT, '>>', "$folder/$log" or _exit(127);
		open STDERR, '>&', \*STDOUT or _exit(127);
		@ENV{ keys %$settings } = values %$settings;
		exec { $command[0] } @command or _exit(127);
	}
	setpgid($pid, $pid);
	$groups{$pid} = 1;
	return $pid;
}

# Waits for its end, or only looks for it; returns the status, or undef.
sub reap
{
	my ($pid, $flags) = @_;

	return if waitpid($pid, $flags // 0) == 0;
	delete $groups{$pid};
	return $?;
}

# Kills it with all that it has started; was it still alive?
sub kill_group
{
	my ($pid) = @_;

	kill 'KILL', -$pid;
	return (reap($pid) & 127) == 9;
}

# Whatever ends the test, none stays.
END
{
	my $status = $?;

	kill_group($_) for keys %groups;
	$? = $status;
}

# The events, told by the table itself, in the order of the stream.
sub events
{
	my ($node) = @_;

	return $node->safe_psql('helpline', <<"SQL");
SELECT row_to_json(x) FROM (
	SELECT $columns
	FROM desk.events AS e, LATERAL (VALUES (format('%s:%s:%s:%s',
		e.incarnation, e.xid, e.case_ref, e.n))) AS v (watermark_after)
	ORDER BY incarnation, e.xid, e.case_ref, e.n) AS x
SQL
}

# What a follower has of them, in the order of the positions.
sub followed
{
	my ($database) = @_;

	return $target->safe_psql($database, <<"SQL");
SELECT row_to_json(x) FROM (
	SELECT $columns FROM helpline_changes
	ORDER BY split_part(watermark_after, ':', 1)::integer, xid,
		case_ref COLLATE "C", n) AS x
SQL
}

sub watermark
{
	my ($database) = @_;

	return $target->safe_psql($database,
		'SELECT watermark FROM helpline_watermark');
}

# Does the database have what the node has, and the position behind the last?
sub check_same
{
	my ($node, $database, $name) = @_;
	my @events = split /\n/, events($node);
	my @followed = split /\n/, followed($database);
	my (%events, %followed);

	$events{$_}++ for @events;
	$followed{$_}++ for @followed;
	my @lost = grep { !$followed{$_} } @events;
	my @foreign = grep { !$events{$_} } @followed;
	is( scalar(@lost) . ' lost, '
		  . scalar(@foreign)
		  . ' foreign, '
		  . (@followed - keys %followed)
		  . ' doubled',
		'0 lost, 0 foreign, 0 doubled',
		"$name: " . scalar(@events) . ' events')
	  or diag(map { "$_\n" } (map { "- $_" } @lost), (map { "+ $_" } @foreign));
	is(join("\n", @followed), join("\n", @events), "$name: in their order");
	my ($last) = @events ? $events[-1] =~ /"watermark_after":"([^"]*)"/ : '';
	is(watermark($database), $last, "$name: the position");
	return;
}

# Number of events and position of a follower, at one moment.
sub state
{
	my ($database) = @_;

	return $target->safe_psql($database, <<'SQL');
SELECT count(*), (SELECT watermark FROM helpline_watermark)
FROM helpline_changes
SQL
}

# Is every state that was seen a beginning of the stream, with its end as the
# position?  Events that were committed later may be before it nowhere.
sub check_states
{
	my ($node, $name, @states) = @_;
	my @marks = ('', map { /"watermark_after":"([^"]*)"/ } split /\n/,
		events($node));
	my @torn = grep {
		my ($count, $mark) = split /\|/, $_, 2;
		($marks[$count] // 'none') ne $mark;
	} @states;

	is("@torn", '', $name);
	return;
}

# Opens a case, as a part of somebody's script: three events.
my $open_case = <<'SQL';
SELECT call_ref FROM helpline.record_call('CN', 'phone_in', 'grievance') \gset
SELECT FROM helpline.raise_issue(:'call_ref', 'wages.unpaid');
SELECT case_ref FROM helpline.open_case(:'call_ref') \gset
SQL

# Changes a case that is there: one event.
my $value_case = <<'SQL';
SELECT helpline.value_case(case_ref, 'CNY', random()::numeric(9, 2) + 1)
FROM (SELECT case_ref FROM helpline.my_queue(50)
	ORDER BY random() LIMIT 1) AS c;
SQL

sub work
{
	my ($node, $sql) = @_;

	return $node->safe_psql('helpline', "SET ROLE lin;\n$sql");
}


# From nothing to everything

new_target('plain');
follows($source, 'plain', 'an empty helpline is followed');
check_same($source, 'plain', 'no event');

work($source, $open_case);
$source->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($source, 'base', has_streaming => 1);
$standby->start;

work($source, $open_case x 4);
work($source, $value_case x 3);
work($source, "BEGIN;\n" . ($open_case x 2) . "ROLLBACK;\n");
# What could be taken for something else on its way.
$source->safe_psql('helpline', <<"SQL");
SELECT E'o''dd "角色" \\\\ \\\\N\\t\\r\\n\\\\.\\n;' AS odd \\gset
CREATE ROLE :"odd" IN ROLE ietp_specialist;
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, source,
	source_id)
VALUES (ietp.new_case_ref('CN', 2020), '2020-01-01', '2020-01-01', 'minor',
	'CN', 'a''b', :'odd');
SET ROLE :"odd";
$open_case
SQL
$source->safe_psql('postgres', <<'SQL');
ALTER ROLE follower SET DateStyle = 'SQL, DMY';
ALTER ROLE follower SET TimeZone = 'Asia/Kathmandu';
ALTER ROLE follower SET client_encoding = 'GB18030';
SQL
like(events($source), qr/"actor":"o'dd \\"角色\\" .*\\n\\\\\.\\n;"/,
	'an odd name');
follows($source, 'plain', 'they are followed');
check_same($source, 'plain', 'from nothing');
follows($source, 'plain', 'and followed again');
check_same($source, 'plain', 'nothing new');
new_target('small');
follows($source, 'small', 'page by page', PAGE => 1);
check_same($source, 'small', 'pages of one event');


# What the pages say

sub auditor
{
	my ($arguments) = @_;

	return outcome($source, 'helpline', 'follower',
		"SELECT count(*) FROM helpline.changes_since($arguments)");
}
my $count = $source->safe_psql('helpline',
	'SELECT count(*) FROM desk.events');
cmp_ok($count, '>', 15, 'there are events');
is(auditor('page_size => 7'), 7, 'a page has as many as were asked for');
is(auditor('NULL, 100000'), $count, 'or as many as there are');
is($source->safe_psql('helpline',
		'SELECT min(xid)::text::numeric > 3 * 2 ^ 32 FROM desk.events'),
	't', 'transaction ids have 64 bits');

for my $page_size ('0', '-1', '100001', 'NULL')
{
	is(auditor("page_size => $page_size"),
		'IE104', "no page of $page_size");
}
my $mark = watermark('plain');
my ($incarnation, $xid, $case) = $mark =~ /^(\d+):(\d+):([^:]+):/;
my $wrong = $case =~ s/.$/($& + 1) % 10/er;
for my $malformed (
	'', '1', "$mark:", " $mark", "$mark\n", "-$mark", $xid, $case,
	"$incarnation:$xid:$case",
	"$incarnation:$xid:$case:",
	"$incarnation:$xid:$case:-1",
	"$incarnation:$xid:$wrong:1",
	"$incarnation:$xid:'):1",
	"1:1:$case:9999999999",
	"9999999999:1:$case:1",
	"1:18446744073709551616:$case:1",
	"$mark" x 1000)
{
	is( auditor("'" . $malformed =~ s/'/''/gr . "'"),
		'IE102', 'malformed: ' . substr($malformed, 0, 40) =~ s/\n/\\n/r);
}
is(auditor("'$mark'"), 0, 'the last position is followed by nothing');

for my $kind (
	split /\n/,
	$source->safe_psql(
		'helpline', 'SELECT unnest(enum_range(NULL::ietp.role_kind))'))
{
	is( outcome($source, 'helpline', 'postgres', <<"SQL"),
SET ROLE ietp_$kind;
SELECT count(*) FROM helpline.changes_since();
SQL
		$kind =~ /^(?:administrator|auditor)$/ ? $count : 42501,
		"who may follow: $kind");
}
{
	my ($status, $stderr) = follow_once($source, 'plain', PAGE => 0);

	isnt($status, 0, 'a page size out of range ends a follower');
	like($stderr, qr/ERROR: .*page_size/, 'with the error of the source');
}


# A position of a later state than the source's

sub later_than_this
{
	my ($node, $database, $name) = @_;
	my $before = followed($database) . watermark($database);
	my ($status, $stderr) = follow_once($node, $database);

	isnt($status, 0, "$name: ends the follower");
	like(
		$stderr,
		qr/^ERROR:  the watermark is later than this database$/m,
		"$name: says why");
	is(followed($database) . watermark($database),
		$before, "$name: changes nothing");
	return;
}

for my $later ($xid + 1_000_000, '9999999999999999999')
{
	is(auditor("'$incarnation:$later:$case:1'"),
		'IE244', "a later transaction: $later");
}
is(auditor("'" . ($incarnation + 1) . ":1:$case:1'"),
	'IE244', 'a later incarnation');
$target->safe_psql('small',
	"UPDATE helpline_watermark SET watermark = '$incarnation:"
	  . ($xid + 1_000_000) . ":$case:1'");
later_than_this($source, 'small', 'a made-up position');

my $older = PostgreSQL::Test::Cluster->new('older');
$older->init_from_backup($source, 'base');
$older->start;
later_than_this($older, 'plain', 'a restored file-level backup');
$older->stop;

# A standby that has not come so far is such a database, for a while.
$standby->safe_psql('postgres', 'SELECT pg_wal_replay_pause()');
ok( $standby->poll_query_until('postgres',
		"SELECT pg_get_wal_replay_pause_state() = 'paused'"),
	'a standby lags behind');
work($source, $open_case);
follows($source, 'plain', 'the source is followed');
later_than_this($standby, 'plain', 'a standby that lags behind');
$standby->safe_psql('postgres', 'SELECT pg_wal_replay_resume()');
$source->wait_for_catchup($standby, 'replay');
follows($standby, 'plain', 'once it has caught up it is followed');
check_same($source, 'plain', 'a standby');


# What the target refuses

my $contents = work($source, $open_case . "SELECT :'case_ref';");
$target->safe_psql('plain', <<"SQL");
INSERT INTO helpline_changes (watermark_after, case_ref, n)
VALUES ('', '$contents', 3);
SQL
my $before = state('plain');
my ($status, $stderr) = follow_once($source, 'plain');
isnt($status, 0, 'an event that is there already ends a follower');
is($stderr, "ERROR:  23505\n", 'which says so, and nothing of the event');
is(state('plain'), $before, 'and loads nothing');
$target->safe_psql('plain',
	"DELETE FROM helpline_changes WHERE watermark_after = ''");
follows($source, 'plain', 'it goes on when that is gone');
check_same($source, 'plain', 'nothing in the way');


# What is at work holds back what began later

sub held_back
{
	my ($name, $hold, $release, $extra) = @_;
	my $session = $source->background_psql('helpline');

	new_target('held');
	$session->query_safe($hold);
	my $before = $source->safe_psql('helpline',
		'SELECT count(*) FROM desk.events');
	work($source, $open_case);
	for my $node ($source, $standby)
	{
		$source->wait_for_catchup($standby, 'replay') if $node == $standby;
		follows($node, 'held', "$name: is followed on " . $node->name);
		is($target->safe_psql('held', 'SELECT count(*) FROM helpline_changes'),
			$before, "$name: but only what was before, on " . $node->name);
	}
	$session->query_safe($release);
	follows($source, 'held', "$name: its end is followed");
	check_same($source, 'held', "$name: all");
	cmp_ok($target->safe_psql('held', 'SELECT count(*) FROM helpline_changes'),
		'==', $before + 3 + $extra, "$name: and its own");
	$target->safe_psql('postgres', 'DROP DATABASE held');
	$session->quit;
	return;
}

my $begin = "SET ROLE lin;\nBEGIN;\n";
held_back('an open transaction', $begin . $open_case, 'COMMIT;', 3);
held_back('one that writes nothing', 'BEGIN; SELECT pg_current_xact_id();',
	'COMMIT;', 0);
held_back('one that writes late', 'BEGIN; SELECT pg_current_xact_id();',
	<<"SQL", 4);
SET LOCAL ROLE lin;
SELECT helpline.value_case(case_ref, 'CNY', 1) FROM helpline.my_queue(1000)
ORDER BY opened_at DESC LIMIT 1;
${open_case}COMMIT;
SQL
held_back('one that is rolled back', $begin . $open_case, 'ROLLBACK;', 0);
held_back('a savepoint', "${begin}SAVEPOINT s;\n$open_case",
	"RELEASE SAVEPOINT s;\nCOMMIT;", 3);
held_back('a savepoint that is rolled back',
	"${begin}SAVEPOINT s;\n$open_case",
	"ROLLBACK TO SAVEPOINT s;\n${open_case}COMMIT;", 3);
held_back('a prepared transaction',
	"$begin${open_case}PREPARE TRANSACTION 'held';",
	"COMMIT PREPARED 'held';", 3);
held_back('a prepared one that is rolled back',
	"$begin${open_case}PREPARE TRANSACTION 'held';",
	"ROLLBACK PREPARED 'held';", 0);

# A prepared transaction that outlives a restart; and transactions of another
# database count too, since they have their ids from the same counter.
new_target('outlives');
work($source, "BEGIN;\n${open_case}PREPARE TRANSACTION 'outlives';");
$count = $source->safe_psql('helpline', 'SELECT count(*) FROM desk.events');
work($source, $open_case);
$source->stop('immediate');
$source->start;
follows($source, 'outlives', 'after a crash the helpline is followed');
is($target->safe_psql('outlives', 'SELECT count(*) FROM helpline_changes'),
	$count, 'a prepared transaction holds back as before');
$source->safe_psql('helpline', "COMMIT PREPARED 'outlives'");
my $elsewhere = $source->background_psql('postgres');
$elsewhere->query_safe('BEGIN; SELECT pg_current_xact_id();');
work($source, $open_case);
follows($source, 'outlives', 'its end is followed');
is($target->safe_psql('outlives', 'SELECT count(*) FROM helpline_changes'),
	$count + 6, 'a transaction of another database holds back');
$elsewhere->quit;
follows($source, 'outlives', 'and its end is followed');
check_same($source, 'outlives', 'nobody at work');


# Several followers of one target

new_target('shared');
my @waits = map { start_once($source, 'shared', PAGE => 3) } 1 .. 3;
is(join(' ', map { join '|', $_->() } @waits),
	'0| 0| 0|', 'three start at the same time');
check_same($source, 'shared', 'three at once');

# All of them have read a page before the first can load it.
work($source, $open_case x 2);
my $lock = $target->background_psql('shared');
$lock->query_safe('BEGIN; SELECT FROM helpline_watermark FOR UPDATE;');
@waits = map { start_once($source, 'shared') } 1 .. 3;
ok( $target->poll_query_until('shared', <<'SQL'),
SELECT count(*) = 3 FROM pg_stat_activity
WHERE datname = 'shared' AND wait_event_type = 'Lock'
SQL
	'three have read the same page');
$lock->query_safe('ROLLBACK;');
is(join(' ', map { join '|', $_->() } @waits),
	'0| 0| 0|', 'and end without a word');
check_same($source, 'shared', 'three with one page');
$lock->quit;


# Killed where it hurts: each call of psql is broken in each way.  A psql that
# counts the calls stands in for psql.  What it cuts off are eighths of what
# goes in or comes out, or just the end.

mkdir "$folder/bin" or die "$folder/bin: $!";
append_to_file("$folder/bin/psql", <<'SH');
#!/bin/sh
calls=$(($(cat "$BREAK/calls") + 1))
echo "$calls" >"$BREAK/calls"
[ "$calls" -eq "$BREAK_AT" ] || exec "$PSQL" "$@"
case $BREAK_HOW in
	before) kill -9 0 ;;
	after) "$PSQL" "$@"; kill -9 0 ;;
	input)
		cat >"$BREAK/input"
		size=$(($(wc -c <"$BREAK/input") * BREAK_PART / 8 - 4))
		head -c "$size" "$BREAK/input" | "$PSQL" "$@" ;;
	output)
		"$PSQL" "$@" >"$BREAK/output"
		size=$(($(wc -c <"$BREAK/output") * BREAK_PART / 8 - 4))
		head -c "$size" "$BREAK/output"
		kill -9 $$ ;;
esac
SH
chmod 0755, "$folder/bin/psql" or die "chmod: $!";

# A follower that breaks; returns how far it came.
sub break_follower
{
	my ($at, $how, $part) = @_;

	$target->safe_psql('shared', <<'SQL');
TRUNCATE helpline_changes;
UPDATE helpline_watermark SET watermark = NULL;
SQL
	unlink "$folder/calls";
	append_to_file("$folder/calls", "0\n");
	reap(
		launch(
			'follower.log',
			{   BREAK => $folder,
				BREAK_AT => $at,
				BREAK_HOW => $how,
				BREAK_PART => $part,
				ONCE => 1,
				PAGE => 40,
				PATH => "$folder/bin:$ENV{PATH}",
				PSQL => $source->config_data('--bindir') . '/psql'
			},
			command($source, 'shared')));
	cmp_ok(slurp_file("$folder/calls"), '>=', $at,
		"broken at call $at: $how $part");
	# psql is gone; what it began at the server may still be on its way.
	$target->poll_query_until('shared', <<'SQL') or die 'still at work';
SELECT count(*) = 0 FROM pg_stat_activity
WHERE datname = 'shared' AND usename = 'keeper'
SQL
	return state('shared');
}

# The calls: tables, position, page, load; position, page, load.
for my $way (
	[ 'before', [ 1 .. 7 ], [0] ],
	[ 'after', [ 1 .. 7 ], [0] ],
	[ 'input', [ 1, 3, 4, 7 ], [ 1, 4, 7, 8 ] ],
	[ 'output', [ 2, 3, 6 ], [ 1, 4, 8 ] ])
{
	my ($how, $calls, $parts) = @$way;
	my @states;

	for my $at (@$calls)
	{
		push @states, break_follower($at, $how, $_) for @$parts;
	}
	check_states($source, "broken $how: the beginning of the stream", @states);
	follows($source, 'shared', "broken $how: goes on");
	check_same($source, 'shared', "broken $how");
}


# Killed at any time, while many write

# Starts a session of the user that does the transactions.
my $sessions = 0;

sub start_writer
{
	my ($user, @transactions) = @_;
	my $file = "$folder/writer" . ++$sessions . '.sql';

	append_to_file($file, join '', map { "$_\n" } @transactions);
	return launch('writer.log',
		{ PGOPTIONS => "-c statement_timeout=${limit}s" },
		$source->installed_command('psql'),
		'-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-U', $user,
		'-d', $source->connstr('helpline'), '-f', $file);
}

sub pause
{
	my ($seconds) = @_;

	return sprintf "SELECT pg_sleep(%.3f);\n", rand $seconds;
}

# Has an id long before it writes, and writes long before it commits.
sub long_transaction
{
	return
		"BEGIN;\nSELECT pg_current_xact_id();\n"
	  . pause(0.6)
	  . $open_case
	  . pause(0.4)
	  . $value_case
	  . (rand() < 0.8 ? 'COMMIT;' : 'ROLLBACK;');
}

sub short_transaction
{
	return "BEGIN;\n$open_case$value_case"
	  . (rand() < 0.9 ? 'COMMIT;' : 'ROLLBACK;')
	  . pause(0.1);
}

sub savepoints
{
	return
		"BEGIN;\nSAVEPOINT a;\n$open_case"
	  . (rand() < 0.5 ? 'ROLLBACK TO a' : 'RELEASE a')
	  . ";\nSAVEPOINT b;\n$open_case"
	  . pause(0.2)
	  . "RELEASE b;\nSAVEPOINT c;\n$value_case"
	  . (rand() < 0.5 ? "ROLLBACK TO c;\n" : '')
	  . 'COMMIT;';
}

# More subtransactions than a server keeps in shared memory for one.
sub many_savepoints
{
	return "BEGIN;\n" . $open_case . <<'SQL' . pause(0.3) . 'COMMIT;';
SELECT set_config('follow.case', :'case_ref', true);
DO $$
BEGIN
	FOR i IN 1..80 LOOP
		BEGIN
			PERFORM helpline.value_case(
				current_setting('follow.case')::ietp.case_ref, 'CNY', i);
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
	END LOOP;
END
$$;
SQL
}

my $prepared = 0;

sub two_phases
{
	$prepared++;
	return
		"BEGIN;\n${open_case}PREPARE TRANSACTION 'phase $prepared';\n"
	  . pause(0.4)
	  . (rand() < 0.8 ? 'COMMIT' : 'ROLLBACK')
	  . " PREPARED 'phase $prepared';";
}

my @scripts = (
	sub { ('lin', map { short_transaction() } 1 .. 30) },
	sub { ('hoa', map { short_transaction() } 1 .. 30) },
	sub { ('lin', map { long_transaction() } 1 .. 5) },
	sub { ('hoa', map { long_transaction() } 1 .. 5) },
	sub { ('lin', map { savepoints() } 1 .. 10) },
	sub { ('hoa', many_savepoints(), map { two_phases() } 1 .. 10) });

new_target('killed');
new_target('afar');
my %places = (killed => $source, afar => $standby);
my %states = (killed => [], afar => []);
my ($kills, $failed, @writers) = (0, 0);
for my $round (1 .. 35)
{
	# Whoever is ready goes on with the next.
	for my $i (0 .. $#scripts)
	{
		if ($writers[$i])
		{
			my $status = reap($writers[$i], WNOHANG) // next;

			$failed++ if $status != 0;
		}
		$writers[$i] = start_writer($scripts[$i]->());
	}
	my @followers = map {
		launch(
			'follower.log',
			{ PAGE => 7, INTERVAL => '0.01' },
			command($places{$_}, $_))
	} sort keys %places;

	sleep rand 0.3;
	$kills += kill_group($_) for @followers;
	for my $database (keys %places)
	{
		push @{ $states{$database} }, state($database)
		  if $target->safe_psql($database,
			"SELECT to_regclass('helpline_watermark')") ne '';
	}
}
reap($_) == 0 or $failed++ for @writers;
is($failed, 0, "$sessions sessions wrote")
  or diag(slurp_file("$folder/writer.log"));
cmp_ok($kills, '>=', 60, 'followers were killed');
$source->wait_for_catchup($standby, 'replay');
for my $database (sort keys %places)
{
	my $node = $places{$database};
	my %different = map { $_ => 1 } @{ $states{$database} };

	note "$database: " . keys(%different) . ' different states';
	follows($node, $database, "the last goes on: $database", PAGE => 200);
	check_same($source, $database, "killed again and again: $database");
	check_states($source, "each kill left a beginning of the stream: $database",
		@{ $states{$database} });
}
is($source->safe_psql('helpline', <<'SQL'),
SET search_path = ietp, desk;
SELECT count(*) > 0 FROM events AS e JOIN events AS f USING (case_ref)
WHERE e.n < f.n AND e.xid > f.xid
SQL
	't', 'ids of transactions were not in the order of commits');


# Dumped and restored elsewhere, where transaction ids begin anew

$source->command_ok(
	[   'pg_dumpall', '--globals-only', '-d', $source->connstr('postgres'),
		'-f', "$folder/globals.sql"
	],
	'the roles are dumped');
$source->command_ok(
	[ 'pg_dump', '-d', $source->connstr('helpline'), '-f', "$folder/dump.sql" ],
	'the helpline is dumped');
my $restored = new_node('restored');
$restored->safe_psql('postgres', 'CREATE DATABASE helpline');
run_command(
	[   'psql', '-X', '-q', '-d', $restored->connstr('postgres'), '-f',
		"$folder/globals.sql"
	]);
$restored->command_ok(
	[   'psql', '-X', '-q', '-1', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1',
		'-d', $restored->connstr('helpline'), '-f', "$folder/dump.sql"
	],
	'and restored');
my $old_mark = watermark('killed');
is($restored->safe_psql('helpline', <<'SQL'),
SELECT pg_current_xact_id()::text::numeric * 1000
	< (SELECT min(xid)::text::numeric FROM desk.events)
SQL
	't', 'transaction ids are far lower there');
follows($restored, 'killed', 'it is followed with the old position');
is(watermark('killed'), $old_mark, 'it has nothing new');
check_same($restored, 'killed', 'restored');

# The first to write begins the incarnation, and draws back, and again.
my $first = $restored->background_psql('helpline');
$first->query_safe("$begin${open_case}ROLLBACK;");
$first->query_safe(
	"BEGIN;\nSAVEPOINT s;\n${open_case}ROLLBACK TO SAVEPOINT s;\n$open_case");
follows($restored, 'killed', 'while the first one writes');
is(watermark('killed'), $old_mark, 'nothing of it comes');
$first->query_safe('COMMIT;');
work($restored, $value_case);
follows($restored, 'killed', 'what is written there is followed');
check_same($restored, 'killed', 'another incarnation');
isnt(watermark('killed'), $old_mark, 'it has new events');
is($restored->safe_psql('helpline', <<'SQL'),
SELECT e.incarnation, count(DISTINCT i.system_identifier), count(*) > 3
FROM desk.events AS e JOIN desk.incarnations AS i USING (incarnation)
GROUP BY e.incarnation ORDER BY e.incarnation
SQL
	"1|1|t\n2|1|t", 'of a second incarnation');
$first->quit;
later_than_this($source, 'killed', 'back at the first cluster');
new_target('anew');
follows($restored, 'anew', 'it is followed from the beginning too',
	PAGE => 500);
check_same($restored, 'anew', 'both incarnations');

# A standby that takes over is the same incarnation.
$source->stop;
$standby->promote;
work($standby, $open_case);
follows($standby, 'afar', 'a promoted standby is followed');
check_same($standby, 'afar', 'a promoted standby');

done_testing();
