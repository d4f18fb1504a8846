# Crashes, cut off statements, prepared transactions and a full disk: whatever
# was acknowledged is there, once, and every chain and every seal verifies.
#
# The server is killed 25 times, or as often as IETP_CRASH_CYCLES says.

use strict;
use warnings;

use Cwd qw(realpath);
use FindBin;
use IPC::Run ();
use POSIX qw(WNOHANG);
use Time::HiRes qw(usleep);
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $cycles = $ENV{IETP_CRASH_CYCLES} // 25;
my $folder = PostgreSQL::Test::Utils::tempdir;

# A process whose parent was killed becomes our child, so that we can take it
# off the list of processes: in a container nobody else may, and a postmaster
# that is still listed counts as running.
my $pr_set_child_subreaper = 36;
eval {
	require 'syscall.ph';
	syscall(SYS_prctl(), $pr_set_child_subreaper, 1, 0, 0, 0);
};

# Small buffers and logs, so that a crash finds pages written, half of them
# written, and none of them.
my $conf = <<'CONF';
log_statement = none
shared_buffers = 2MB
work_mem = 64MB
min_wal_size = 32MB
max_wal_size = 48MB
full_page_writes = on
synchronous_commit = on
autovacuum_naptime = 1s
CONF

# The server and the desk under test, and what was acknowledged there: lines
# of a file that the server's user can read.
my ($node, $acknowledged, @cases);
my %clients;
my $token = 0;
my $files = 0;

# Whatever ends us, clients and servers end, too.
$SIG{INT} = $SIG{TERM} = sub { die "interrupted\n" };

END
{
	my $status = $?;

	for my $client (values %clients)
	{
		eval { $client->{run}->signal('KILL'); $client->{run}->finish; };
	}
	$? = $status;
}

sub append_file
{
	my ($path, $text) = @_;

	open my $file, '>>', $path or die "$path: $!";
	print $file $text;
	close $file or die "$path: $!";
	return;
}

# Waits until something is so.
sub wait_until
{
	my ($what, $is_so) = @_;

	for (1 .. 100 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return if $is_so->();
		usleep(10_000);
	}
	die "timed out: $what";
}


# A desk with open cases of Lin's, each under inquiry

sub lay
{
	my ($count) = @_;

	$acknowledged = "$folder/acknowledged." . $node->name;
	append_file($acknowledged, '');
	lay_desk($node, 'helpline');
	$node->safe_psql('postgres',
		'ALTER DATABASE helpline SET search_path = public, ietp');
	$node->safe_psql('helpline', <<'SQL');
SELECT FROM ietp.create_roles();
CREATE ROLE lin LOGIN IN ROLE ietp_specialist;
CREATE ROLE vera LOGIN IN ROLE ietp_supervisor;
CREATE ROLE ada LOGIN IN ROLE ietp_auditor;
SELECT FROM helpline.set_account('lin', 'specialist', team => 'shenzhen');
SELECT FROM helpline.set_account('vera', 'supervisor', team => 'shenzhen');
SELECT FROM helpline.set_account('ada', 'auditor');
SQL
	$node->safe_psql('helpline', <<"SQL");
SET ROLE lin;
DO \$\$
DECLARE
	the_call ietp.call_ref;
	the_case ietp.case_ref;
BEGIN
	FOR i IN 1 .. $count LOOP
		SELECT call_ref INTO the_call FROM helpline.record_call('CN',
			'phone_in', 'grievance', identity_mode => 'confidential');
		PERFORM helpline.raise_issue(the_call, 'wages.unpaid');
		SELECT case_ref INTO the_case
		FROM helpline.open_case(the_call, severity => 'serious');
		PERFORM helpline.transition_case(the_case, 'triage',
			fields => '{"retaliation_risk": false}');
		PERFORM helpline.transition_case(the_case, 'begin_inquiry');
	END LOOP;
END
\$\$;
SQL
	@cases = split /\n/, $node->safe_psql('helpline',
		'SELECT case_ref FROM desk.cases ORDER BY case_ref');
	return;
}


# Clients: each is a psql that works through a file of statements, every one
# a transaction with a token that no other has.  It writes down what the
# server has acknowledged: how it was done, the case, the number of the event
# or note where that is told, and the token.

my %statement = (
	changed => sub {
		my ($case, $n) = @_;

		return "UPDATE desk.cases SET workers_affected = $n "
		  . "WHERE case_ref = '$case' "
		  . "RETURNING 'changed', case_ref, event_n, $n;";
	},
	moved => sub {
		my ($case, $n) = @_;
		my $action = $n % 2 ? 'wait_for_worker' : 'begin_inquiry';

		return "SELECT 'moved', '$case', '', $n "
		  . "FROM helpline.transition_case('$case', '$action', "
		  . "fields => '{\"workers_affected\": $n}') WHERE accepted;";
	},
	noted => sub {
		my ($case, $n) = @_;

		return "SELECT 'noted', '$case', n, $n "
		  . "FROM helpline.add_note('$case', '$n');";
	});

# Who works, and how; Lin and Vera go through the counter.
my @work = (
	[ 'postgres', 'changed' ],
	[ 'postgres', 'changed' ],
	[ 'lin', 'noted', 'moved' ],
	[ 'vera', 'moved', 'noted', 'moved' ]);

# Statements of a client: one in four of a case that all of them work on.
sub statements_of
{
	my ($number, $count) = @_;
	my ($user, @kinds) = @{ $work[$number] };
	my $text = '';

	for (1 .. $count)
	{
		my $case = int(rand 4) ? int(rand @cases) : int(rand 3);

		$token++;
		$text .= $statement{ $kinds[ int(rand @kinds) ] }
		  ->($cases[$case], $token) . "\n";
	}
	return $text;
}

sub start_client
{
	my ($name, $user, $statements, $options) = @_;
	my $path = "$folder/" . $files++;
	my $connection = $node->connstr('helpline')
	  . " user=$user application_name=$name options='@{[ $options // '' ]}'";

	append_file("$path.sql", $statements);
	$clients{$name} = {
		path => $path,
		run => IPC::Run::start(
			[   $node->installed_command('psql'), '-XAtq',
				'-v', 'VERBOSITY=verbose', '-d', $connection
			],
			'<', "$path.sql", '>', "$path.out", '2>', "$path.err") };
	return;
}

sub start_worker
{
	my ($number, $options) = @_;

	start_client("worker$number", $work[$number][0],
		statements_of($number, 10_000), $options);
	return;
}

# All four, some with further options.
sub start_workers
{
	my (%options) = @_;

	start_worker($_, $options{$_}) for 0 .. $#work;
	return;
}

sub wait_for_workers
{
	for my $client (map { $clients{"worker$_"} } 0 .. $#work)
	{
		wait_until('a client at work',
			sub { -s "$client->{path}.out" || -s "$client->{path}.err" });
	}
	return;
}

# Waits for the end of a client; returns its lines, and the SQLSTATEs of its
# errors.
sub end_client
{
	my ($name) = @_;
	my $client = delete $clients{$name};

	$client->{run}->finish;
	my @lines = slurp_file("$client->{path}.out") =~ /^(.*)\n/gm;
	my $stderr = slurp_file("$client->{path}.err");
	unlink glob "$client->{path}.*";
	my @errors = sqlstates($stderr);
	push @errors, 'gone' if $client->{run}->result(0) == 2;
	return (\@lines, \@errors);
}

# The same of all workers, by name; counts how often each SQLSTATE came.
sub end_workers
{
	my (%lines, %errors);

	for my $name (grep { /^worker/ } sort keys %clients)
	{
		($lines{$name}, my $errors) = end_client($name);
		$errors{$_}++ for @$errors;
	}
	return (\%lines, \%errors);
}

# Puts lines among those that must be there from now on.
sub keep
{
	my (@lines) = @_;

	append_file($acknowledged, join '', map { "$_\n" } @lines);
	return;
}

# Counts of errors in words, but those that were to come.
sub errors_but
{
	my ($errors, @expected) = @_;
	my %others = %$errors;

	delete @others{@expected};
	return join '', map { "$others{$_} of $_, " } sort keys %others;
}


# Checks

# Lines of a file, as rows; and all that has a token.
my $told = <<'SQL';
WITH acknowledged AS MATERIALIZED (
	SELECT split_part(line, '|', 1) AS kind,
		split_part(line, '|', 2)::ietp.case_ref AS case_ref,
		NULLIF(split_part(line, '|', 3), '')::integer AS n,
		split_part(line, '|', 4) AS token, at
	FROM string_to_table(pg_read_file('%s'), E'\n')
		WITH ORDINALITY AS l (line, at)
	WHERE line <> ''),
told AS MATERIALIZED (
	SELECT CASE WHEN from_status IS NULL THEN 'changed' ELSE 'moved' END
			AS kind, case_ref, n, changes -> 'workers_affected' ->> 1 AS token
	FROM desk.events WHERE changes -> 'workers_affected' IS NOT NULL
	UNION ALL
	SELECT 'noted', case_ref, n, body FROM desk.notes
	WHERE body ~ '^[0-9]+$'),
lost AS MATERIALIZED (
	SELECT * FROM acknowledged AS a
	WHERE NOT EXISTS (SELECT FROM told AS t
		WHERE (t.kind, t.case_ref, t.token) = (a.kind, a.case_ref, a.token)
		AND t.n = COALESCE(a.n, t.n)))
SQL

# What is wrong, in words, with what was acknowledged and with the chains; and
# whether they are as each of the seals says.
sub state_of_ledger
{
	my (@seals) = @_;
	my $answer = $node->safe_psql('helpline',
		sprintf($told, $acknowledged) . <<'SQL');
SELECT format('lost %s, doubled %s, found ', (SELECT count(*) FROM lost),
	(SELECT count(*) - count(DISTINCT (kind, token)) FROM told));
SELECT COALESCE(string_agg(concat_ws(' ', v.found_in, v.n, v.finding,
	v.detail), '; '), 'nothing')
FROM ietp.verify_ledger() AS v
SQL
	$answer .= $node->safe_psql('helpline', <<"SQL") if @seals;
SELECT string_agg(concat_ws(' ', ' seal', s.seal, v.found_in, v.n, v.finding,
	v.detail), '; ')
FROM string_to_table('@{[ join '/', @seals ]}', '/') AS s (seal)
CROSS JOIN LATERAL ietp.verify_ledger(seal => s.seal) AS v
SQL
	return $answer =~ s/\n//r;
}

my $well = 'lost 0, doubled 0, found nothing';

sub seal
{
	return $node->safe_psql('helpline', 'SELECT ietp.seal_ledger()');
}

sub count_events
{
	return $node->safe_psql('helpline', 'SELECT count(*) FROM desk.events');
}

sub count_acknowledged
{
	return scalar(() = slurp_file($acknowledged) =~ /\n/g);
}

# An integration that follows the desk: where it is, and how often it was
# given each event.
my $watermark = '';
my %given;

# Takes an answer: the new watermark, and the events.
sub take_changes
{
	my ($line) = @_;
	my ($mark, $events) = split /\|/, $line;

	$watermark = $mark if $mark ne '';
	my @events = split /,/, $events;
	$given{$_}++ for @events;
	return scalar @events;
}

my $follow = <<'SQL';
SELECT COALESCE((array_agg(c.watermark_after ORDER BY c.at DESC))[1],
		:'mark') AS mark,
	COALESCE(string_agg(c.case_ref || ':' || c.n, ','), '') AS events
FROM helpline.changes_since(NULLIF(:'mark', ''), :page)
	WITH ORDINALITY AS c (watermark_after, case_ref, n, c4, c5, c6, c7, c8,
		c9, c10, c11, c12, at)
SQL

# Follows until there is nothing more; returns how many events there were.
# Autovacuum's transactions are waited for like any other.
sub catch_up
{
	my $count = 0;

	wait_until(
		'no transaction',
		sub {
			return $node->safe_psql('postgres', <<'SQL') eq 't';
SELECT bool_and(backend_xid IS NULL) FROM pg_stat_activity
SQL
		});
	for (;;)
	{
		my $answer = $node->safe_psql('helpline',
			"\\set mark '$watermark'\n\\set page 100000\n$follow;");
		my $more = take_changes($answer);

		return $count if !$more;
		$count += $more;
	}
}

# By now everything was given, and nothing twice.
sub check_given
{
	my ($name) = @_;
	catch_up();
	my @events = split /\n/, $node->safe_psql('helpline',
		"SELECT case_ref || ':' || n FROM desk.events");
	my @missing = grep { !$given{$_} } @events;
	my @twice = grep { $given{$_} > 1 } keys %given;

	is( @missing . ' missing, ' . @twice . ' twice, ' . keys %given,
		'0 missing, 0 twice, ' . @events, $name);
	return;
}


# The crash

sub processes_of_server
{
	my $data = realpath($node->data_dir);

	return grep { (readlink("/proc/$_/cwd") // '') eq $data }
	  map { m{(\d+)} } glob '/proc/[0-9]*';
}

# Kills the server, all of its processes at once.  The file of its process id
# stays, as after a true crash.
sub crash
{
	my ($postmaster) =
	  slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my @processes = ($postmaster, processes_of_server());

	kill 'KILL', @processes;
	# For the object's own book; it kills the postmaster once more.
	$node->kill9;
	wait_until(
		'no process of the server',
		sub {
			# There may be one that was born meanwhile.
			my @more = processes_of_server();
			kill 'KILL', @more;
			waitpid $_, WNOHANG for @processes, @more;
			return !@more && !kill 0, $postmaster;
		});
	return;
}


# Crashes of the whole server

# Seals and follows, again and again.
my $audit = <<"SQL" x 200;
SELECT ietp.seal_ledger();
$follow \\gset
\\echo :mark|:events
SELECT FROM pg_sleep(0.02);
SQL

sub start_auditor
{
	start_client('auditor', 'ada',
		"\\set mark '$watermark'\n\\set page 1000\n$audit");
	return;
}

# Takes the auditor's answers; returns the seals.
sub end_auditor
{
	my ($lines) = end_client('auditor');

	take_changes($_) for grep { /^\d/ } @$lines;
	return grep { /^ietp-seal/ } @$lines;
}

my $lost_at_the_end = 0;

# Keeps what a worker was told who did not wait for the disk: the last of it
# may be lost.  Returns what is wrong.
sub keep_beginning
{
	my (@lines) = @_;
	my $path = "$folder/" . $files++;

	append_file($path, join '', map { "$_\n" } @lines);
	my ($lost, $first) =
	  split /\|/, $node->safe_psql('helpline',
		sprintf($told, $path) . 'SELECT count(*), min(at) FROM lost');
	keep(@lines[ 0 .. $#lines - $lost ]);
	$lost_at_the_end += $lost;
	return $lost == 0 || $first == @lines - $lost + 1 ? '' : 'a gap, ';
}

# Seals that were taken before a crash, and the last of those under load.
my @seals;

# One crash; returns what is wrong.
sub crash_at_work
{
	my ($lazy) = @_;
	my $wrong = '';

	push @seals, seal();
	start_workers(
		$lazy ? map { $_ => '-c synchronous_commit=off' } 0 .. 3 : ());
	# Whoever follows must not be given what may be lost.
	start_auditor() if !$lazy;
	wait_for_workers();
	usleep(200_000 + int rand 800_000);
	crash();
	my ($lines, $errors) = end_workers();
	my @under_load = $lazy ? () : end_auditor();
	$node->start;
	for my $told (values %$lines)
	{
		$lazy ? $wrong .= keep_beginning(@$told) : keep(@$told);
	}
	$wrong .= errors_but($errors, qw(57P01 gone));
	$wrong .= "$errors->{gone} of 4 at work, " if $errors->{gone} != 4;
	my $count = @under_load;
	push @seals, pop @under_load if $count;
	$wrong .= state_of_ledger(@seals[ $count ? -2 : -1 .. -1 ]);
	note count_acknowledged(), ' acknowledged, ', count_events(),
	  " events, $count seals under load, $lost_at_the_end lost of those who ",
	  'did not wait for the disk';
	return $wrong;
}

# Events beyond what was acknowledged since the counts before: each client
# that was cut off may have not heard of one.
sub check_unheard
{
	my ($events, $heard, $cut_off, $name) = @_;
	my $unheard =
	  count_events() - $events - (count_acknowledged() - $heard);

	ok($unheard >= 0 && $unheard <= $cut_off, $name)
	  or diag("$unheard events, $cut_off clients were cut off");
	return;
}

# Crashes on one desk, whose checks take longer from crash to crash.
sub check_crashes
{
	my ($first, $last) = @_;

	$node = new_node("crash$first",
		conf => "$conf\nmax_prepared_transactions = 2\n");
	lay(30);
	my $laid = count_events();
	@seals = ();
	%given = ();
	$watermark = '';
	for my $cycle ($first .. $last)
	{
		my $lazy = $cycle % 5 == 0;

		is(crash_at_work($lazy), $well,
			"crash $cycle" . ($lazy ? ', nobody waited for the disk' : ''));
	}
	cmp_ok(count_acknowledged(), '>', 40 * ($last - $first + 1),
		'that was work');
	check_unheard($laid, 0, 4 * ($last - $first + 1),
		'each acknowledgement has an event, and hardly any other is there');
	is(state_of_ledger(@seals), $well, 'the seals of all the time verify');
	note scalar keys %given, ' events followed';
	cmp_ok(scalar keys %given, '>', 0, 'an integration followed meanwhile');
	check_given('it was given every event once');
	return;
}

for (my $first = 1; $first <= $cycles; $first += 25)
{
	my $last = $first + 24 < $cycles ? $first + 24 : $cycles;

	check_crashes($first, $last);
	last if $last == $cycles;
	$node->stop;
	$node->clean_node;
}


# Backends that are killed, and statements that are cancelled or run out of
# time

sub tell_client
{
	my ($function, $name) = @_;

	$node->safe_psql('postgres',
		"SELECT count($function(pid)) FROM pg_stat_activity "
		  . "WHERE application_name = '$name'");
	return;
}

sub has_ended
{
	my ($name) = @_;

	return !$clients{$name}{run}->pumpable;
}

# Ends the workers, who have not come to an end of their own.
sub stop_workers
{
	for my $name (grep { /^worker/ } sort keys %clients)
	{
		wait_until(
			'the end of a client',
			sub {
				tell_client('pg_terminate_backend', $name);
				return has_ended($name);
			});
	}
	return end_workers();
}

my %impatient = (0 => '-c statement_timeout=4ms', 1 => '-c lock_timeout=1ms');

sub storm
{
	my ($blows) = @_;
	my %count;

	start_workers(%impatient);
	wait_for_workers();
	for (1 .. $blows)
	{
		my $number = int rand 4;

		usleep(int rand 50_000);
		tell_client(
			int(rand 2) ? 'pg_cancel_backend' : 'pg_terminate_backend',
			"worker$number");
		next if !has_ended("worker$number");
		my ($lines, $errors) = end_client("worker$number");
		keep(@$lines);
		$count{$_}++ for @$errors;
		start_worker($number, $impatient{$number});
	}
	my ($lines, $errors) = stop_workers();
	keep(map { @$_ } values %$lines);
	$count{$_} += $errors->{$_} for keys %$errors;
	return \%count;
}

my $before = count_acknowledged();
my $events = count_events();
push @seals, seal();
my $count = storm(60);
is( errors_but($count, qw(55P03 57014 57P01 gone))
	  . state_of_ledger($seals[-1]),
	$well, 'killed and cancelled at work');
cmp_ok($count->{$_} // 0, '>', 0, "there were $_") for qw(57014 57P01);
cmp_ok(count_acknowledged() - $before, '>', 100, 'and there was work');
check_unheard($events, $before, $count->{gone},
	'each acknowledgement has an event');
note errors_but($count), count_acknowledged() - $before, ' acknowledged';

# Many cases at once: the pause is in the middle of them, once before any of
# their events is written, and once when half of them are.
$node->safe_psql('helpline', <<'SQL');
INSERT INTO desk.cases (case_ref, opened_at, opened_on, severity, line, source,
	source_id)
SELECT DISTINCT ON (r.ref) r.ref, '2020-01-01', '2020-01-01', 'minor', 'CN',
	'bulk', r.n
FROM (SELECT ietp.new_case_ref('CN', 2020) AS ref, n
	FROM generate_series(1, 3000) AS n) AS r
ORDER BY r.ref, r.n
ON CONFLICT DO NOTHING;
CREATE FUNCTION public.pause() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN PERFORM pg_sleep(3600); RETURN NEW; END';
SQL
my $half = $node->safe_psql('helpline', <<'SQL');
SELECT source_id FROM desk.cases WHERE source = 'bulk'
ORDER BY ctid OFFSET 1500 LIMIT 1
SQL
my $bulk =
  "UPDATE desk.cases SET migrant_worker = true WHERE source = 'bulk';";

sub pause_at_half
{
	my ($timing) = @_;
	my $name = $timing eq 'BEFORE' ? 'pause' : 'zzz_pause';

	$node->safe_psql('helpline', <<"SQL");
DROP TRIGGER IF EXISTS pause ON desk.cases;
DROP TRIGGER IF EXISTS zzz_pause ON desk.cases;
CREATE TRIGGER $name $timing UPDATE ON desk.cases FOR EACH ROW
WHEN (NEW.source_id = '$half') EXECUTE FUNCTION public.pause();
SQL
	return;
}

# Runs statements that come to the pause, and does something to them there;
# returns the errors.
sub stop_at_half
{
	my ($function, $statements) = @_;

	start_client('bulk', 'postgres', $statements);
	wait_until(
		'the pause',
		sub {
			die 'there was no pause' if has_ended('bulk');
			return $node->safe_psql('postgres', <<'SQL') eq 't';
SELECT count(*) > 0 FROM pg_stat_activity
WHERE application_name = 'bulk' AND wait_event = 'PgSleep'
SQL
		});
	tell_client($function, 'bulk');
	my (undef, $errors) = end_client('bulk');
	return "@$errors";
}

$events = count_events();
push @seals, seal();
for my $timing (qw(BEFORE AFTER))
{
	my %how = (
		pg_cancel_backend => '57014',
		pg_terminate_backend => '57P01 gone');

	pause_at_half($timing);
	for my $function (sort keys %how)
	{
		is(stop_at_half($function, $bulk),
			$how{$function}, "$timing half of many events: $function");
		is(count_events(), $events, 'no event is left');
	}
	# A transaction that goes on after it.
	my @changes = map { $statement{changed}->($cases[0], $token += 1) } 1 .. 3;
	is(stop_at_half('pg_cancel_backend', <<"SQL"), '57014',
BEGIN;
$changes[0]
SAVEPOINT half;
$changes[1]
$bulk
ROLLBACK TO half;
$changes[2]
COMMIT;
SQL
		"$timing half of many events: a savepoint");
	$events += 2;
	is(count_events(), $events, 'what was done before and after it is there');
	is(state_of_ledger($seals[-1]), $well, 'every chain verifies');
}
$node->safe_psql('helpline', "DROP TRIGGER zzz_pause ON desk.cases; $bulk");
cmp_ok(count_events(), '>', $events + 2900, 'without a pause all are written');
is(state_of_ledger($seals[-1]), $well, 'every chain verifies');


# Prepared transactions, over crashes

my ($kept, $dropped, $other) = @cases[ 5 .. 7 ];
catch_up();

sub last_event
{
	my ($case) = @_;

	return $node->safe_psql('helpline',
		"SELECT event_n FROM desk.cases WHERE case_ref = '$case'");
}

my %last = map { $_ => last_event($_) } ($kept, $dropped);
for my $case ($kept, $dropped)
{
	is(outcome($node, 'helpline', 'vera', <<"SQL"), '', 'prepared');
BEGIN;
SELECT FROM helpline.add_note('$case', 'prepared');
SELECT FROM helpline.value_case('$case', 'CNY', amount_claimed => 5);
PREPARE TRANSACTION '$case';
SQL
}

# What holds while they are neither kept nor dropped.
sub check_prepared
{
	my ($when) = @_;

	for my $case ($kept, $dropped)
	{
		is(outcome($node, 'helpline', 'vera', <<"SQL"), '55P03',
SET lock_timeout = '20ms';
SELECT n FROM helpline.add_note('$case', 'later');
SQL
			"$when: the case waits");
		is(last_event($case), $last{$case}, "$when: as it was");
	}
	is(outcome($node, 'helpline', 'vera', <<"SQL"), '',
SET lock_timeout = '20ms';
SELECT FROM helpline.add_note('$other', 'meanwhile');
SQL
		"$when: another case does not");
	push @seals, seal();
	is(( split / /, $seals[-1] )[5], count_events(),
		"$when: a seal is over what is committed");
	is(catch_up(), 0, "$when: nothing later is given to who follows");
	is(state_of_ledger(@seals[ -3 .. -1 ]), $well, "$when: all verifies");
	return;
}

check_prepared('prepared');
# The first finds them in the log, the second in files.
for my $when ('after a crash', 'after another crash')
{
	crash();
	$node->start;
	check_prepared($when);
}
$node->safe_psql('helpline', "COMMIT PREPARED '$kept'");
is(last_event($kept), $last{$kept} + 2, 'committed: two more events');
is(state_of_ledger(@seals[ -4 .. -1 ], seal()), $well, 'all verifies');
is(catch_up(), 2, 'and are given');
is($node->safe_psql('helpline', <<"SQL"), $last{$kept},
SELECT count(*)
FROM string_to_table(ietp.ledger_proof('$kept', '$seals[-1]'), E'\\n') AS line
WHERE line LIKE 'event %'
SQL
	'the seal taken before does not cover them');
$node->safe_psql('helpline', "ROLLBACK PREPARED '$dropped'");
is(last_event($dropped), $last{$dropped}, 'rolled back: no more events');
is(catch_up(), 3, 'what waited for it is given');
is(outcome($node, 'helpline', 'vera',
		"SELECT FROM helpline.add_note('$dropped', 'later')"),
	'', 'the case moves on');
is(last_event($dropped), $last{$dropped} + 1, 'by the next number');
is(state_of_ledger(@seals[ -4 .. -1 ], seal()), $well, 'all verifies');
check_given('every event was given once');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:/, 'no crash but ours');
$node->stop;


# A full disk

my $disk = "$folder/disk";
my @in_own_mounts =
  qw(unshare --user --map-current-user --mount --keep-caps);
mkdir $disk;

sub can_mount
{
	my @mount = (@in_own_mounts, qw(mount -t tmpfs -o size=1m disk), $disk);

	return eval { run_command(\@mount); $? == 0 };
}

# Starts the server where it sees a small file system that it has to itself,
# and gives up the right to mount.
sub start_with_disk
{
	my $pg_ctl = $node->config_data('--bindir') . '/pg_ctl';

	mkdir "$folder/bin";
	append_file("$folder/bin/pg_ctl", <<"SH");
#!/bin/sh
exec @in_own_mounts sh -c '
	mount -t tmpfs -o size=40m,mode=0700 disk $disk &&
	exec setpriv --inh-caps=-all --ambient-caps=-all $pg_ctl "\$@"' sh "\$@"
SH
	chmod 0755, "$folder/bin/pg_ctl";
	local $ENV{PATH} = "$folder/bin:$ENV{PATH}";
	$node->start;
	return;
}

# Fills the disk but for some megabytes.
sub fill_disk
{
	my ($free) = @_;
	my $made = -1;
	my $error = '';

	while ($error eq '')
	{
		$made++;
		$error = outcome($node, 'postgres', 'postgres', <<"SQL");
CREATE TABLE ballast_$made WITH (fillfactor = 10) TABLESPACE disk
AS SELECT n FROM generate_series(1, 128 * 22) AS n
SQL
	}
	die "not full: $error" if $error ne '53100';
	$node->safe_psql('postgres', "DROP TABLE ballast_$_")
	  for $made - $free .. $made - 1;
	return;
}

SKIP:
{
	skip 'no small file system can be mounted', 6 if !can_mount();

	# Autovacuum would remove the file of the catalog's cache, without which,
	# and without space for it, nobody can connect.
	$node = new_node('disk', conf => "$conf\nautovacuum = off\n");
	$node->stop;
	start_with_disk();
	lay(30);
	$node->safe_psql('postgres', <<"SQL");
CREATE TABLESPACE disk LOCATION '$disk';
ALTER DATABASE helpline SET TABLESPACE disk;
SQL
	fill_disk(4);
	my $seal = seal();
	$events = count_events();

	start_workers();
	for my $name (sort keys %clients)
	{
		wait_until('a full disk',
			sub { slurp_file("$clients{$name}{path}.err") =~ /53100/ });
	}
	usleep(300_000);
	my ($lines, $errors) = stop_workers();
	keep(map { @$_ } values %$lines);
	note errors_but($errors), count_acknowledged(), ' acknowledged';
	cmp_ok(count_acknowledged(), '>', 100, 'a disk fills');
	is(state_of_ledger($seal), $well, 'and is full');
	check_unheard($events, 0, 4, 'each acknowledgement has an event');

	$before = count_acknowledged();
	$node->safe_psql('postgres', 'DROP TABLE ballast_0, ballast_1, ballast_2');
	start_workers();
	wait_for_workers();
	usleep(300_000);
	($lines, $errors) = stop_workers();
	keep(map { @$_ } values %$lines);
	cmp_ok(count_acknowledged(), '>', $before + 20, 'with space work goes on');
	is(state_of_ledger($seal), $well, 'and all verifies');
	unlike(slurp_file($node->logfile), qr/PANIC|TRAP:/, 'no crash');
	$node->stop;
}

done_testing();
