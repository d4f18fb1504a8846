# Work tokens: signed here by another implementation of HMAC, used through one
# login of an application.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $key_file = "$folder/signing.key";
my $key = join '', map { sprintf '%02x', ($_ * 37 + 11) % 256 } 1 .. 32;
my $hour = 3600;
my $node;

sub write_file
{
	my ($path, $content, $mode) = @_;

	unlink $path;
	open my $file, '>', $path or die "$path: $!";
	print $file $content;
	close $file or die "$path: $!";
	chmod $mode // 0600, $path or die "$path: $!";
	return;
}

# The token of an account, with the fields signed that the options replace.
sub token
{
	my ($account, %o) = @_;
	my $expires = $o{expires} // time() + ($o{life} // 600);
	my $mac = hmac_sha256_hex(
		join("\n",
			'ietp_helpline 1', $o{database} // 'helpline',
			$o{login} // 'app', $expires,
			$o{signed_account} // $account),
		$o{key} // $key);

	return "1.$expires.$mac.$account";
}

sub quoted
{
	my ($text) = @_;

	return "'" . $text =~ s/'/''/gr . "'";
}

sub begin_work
{
	my ($token) = @_;

	return 'SELECT account FROM helpline.begin_work('
	  . quoted($token) . ');';
}

# What becomes of a token that begins a transaction of the application.
sub try_token
{
	my ($token, $database) = @_;

	return outcome($node, $database // 'helpline',
		'app', "BEGIN; " . begin_work($token) . " COMMIT;");
}

sub app
{
	my ($sql) = @_;

	return outcome($node, 'helpline', 'app', $sql);
}

write_file($key_file, $key);

$node = new_node('token', conf => <<"CONF");
max_prepared_transactions = 2
ietp_helpline.signing_key_file = '$key_file'
CONF
lay_desk($node, 'helpline');
lay_desk($node, 'other');
for my $database ('helpline', 'other')
{
	$node->safe_psql($database, <<'SQL');
SELECT FROM helpline.set_account('lin', 'specialist', team => 'shenzhen');
SELECT FROM helpline.set_account('hoa', 'specialist', team => 'hanoi');
SELECT FROM helpline.set_account('sup', 'supervisor');
SELECT FROM helpline.set_account('Müller, 王.', 'analyst');
SELECT FROM helpline.set_account('gone', 'specialist', active => false);
SELECT FROM helpline.set_account('admin', 'administrator');
SQL
}
$node->safe_psql('helpline', <<'SQL');
SELECT FROM ietp.create_roles();
CREATE ROLE app LOGIN IN ROLE ietp_specialist, ietp_supervisor, ietp_analyst;
CREATE ROLE app2 LOGIN IN ROLE ietp_specialist;
CREATE ROLE stranger LOGIN;
GRANT USAGE ON SCHEMA public TO app;
SQL
$node->safe_psql('other', <<'SQL');
SELECT FROM ietp.grant_role('specialist', 'ietp_specialist');
SQL

my $record = "SELECT FROM helpline.record_call('CN', 'phone_in', 'advice');";
my $me = "SELECT ietp.actor() || ' ' || array_to_string(ietp.actor_kinds(), ',')
	|| ' ' || COALESCE(ietp.actor_team(), '-');";
my $app_itself = 'app specialist,supervisor,analyst -';


# A good token

is(app($me), $app_itself, 'without a token the login acts');
is(app('BEGIN; ' . begin_work(token('lin')) . "$me COMMIT;"),
	"lin\nlin specialist shenzhen",
	'with a token its account acts, and has its one kind and team');
is( app("BEGIN; SELECT * FROM helpline.begin_work("
		  . quoted(token('lin'))
		  . '); COMMIT;'),
	'lin|specialist|shenzhen',
	'begin_work returns account, kind and team');
is(try_token(token('Müller, 王.')),
	'Müller, 王.', 'an account may have any letters, blanks and dots');
is(try_token(token('lin', life => $hour)),
	'lin', 'a token may be good for an hour');
is(try_token(token('lin', life => 2)),
	'lin', 'a token may be good for seconds');

app('BEGIN; ' . begin_work(token('lin')) . "$record COMMIT;");
is( $node->safe_psql('helpline', 'SELECT handler, team FROM desk.calls'),
	'lin|shenzhen',
	'what is recorded bears the name of the account');
is( app(    'BEGIN; '
		  . begin_work(token('hoa'))
		  . 'SELECT count(*) FROM helpline.raise_issue((SELECT call_ref '
		  . "FROM helpline.record_call('CN', 'phone_in', 'advice')), "
		  . "'wages.unpaid'); ROLLBACK;"),
	"hoa\n1",
	'an account works on calls of its own');
my $lins_call = $node->safe_psql('helpline', 'SELECT call_ref FROM desk.calls');
is( app(    'BEGIN; '
		  . begin_work(token('hoa'))
		  . "SELECT n FROM helpline.raise_issue('$lins_call', 'wages.unpaid');"),
	'IE201',
	'and not on those of another team, which the same login may see');
is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . 'SELECT helpline.ageing(current_date);'),
	'42501',
	'an account may not call what only other kinds of its login may');


# Until when

for my $end (
	[ 'COMMIT' => 'COMMIT' ],
	[ 'ROLLBACK' => 'ROLLBACK' ],
	[ 'COMMIT AND CHAIN' => 'COMMIT AND CHAIN' ],
	[ 'a failed transaction' => 'SELECT 1/0; COMMIT' ],
	[ 'PREPARE TRANSACTION' => "$record PREPARE TRANSACTION 'p'" ])
{
	my ($name, $sql) = @$end;
	my ($stdout) = ask($node, 'helpline', 'app',
		'BEGIN; ' . begin_work(token('hoa')) . " $sql; $me");

	is($stdout, "hoa\n$app_itself", "gone after $name");
}
$node->safe_psql('helpline', "COMMIT PREPARED 'p'");
is( $node->safe_psql('helpline',
		"SELECT count(*) FROM desk.calls WHERE handler = 'hoa'"),
	'1',
	'what a prepared transaction recorded bears the name of the account');

is( app(    'BEGIN; SAVEPOINT s; '
		  . begin_work(token('lin'))
		  . "ROLLBACK TO SAVEPOINT s; $me COMMIT;"),
	"lin\n$app_itself",
	'gone after ROLLBACK TO a savepoint before it');
is( app(    'BEGIN; SAVEPOINT s; '
		  . begin_work(token('lin'))
		  . "RELEASE SAVEPOINT s; $me COMMIT; $me"),
	"lin\nlin specialist shenzhen\n$app_itself",
	'kept by RELEASE of a savepoint before it');
is( app(    'BEGIN; SAVEPOINT r; SAVEPOINT s; '
		  . begin_work(token('lin'))
		  . "RELEASE SAVEPOINT s; ROLLBACK TO SAVEPOINT r; $me"),
	"lin\n$app_itself",
	'gone after ROLLBACK TO a savepoint around a released one');
is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . "SAVEPOINT s; $record ROLLBACK TO SAVEPOINT s; $me"),
	"lin\nlin specialist shenzhen",
	'kept by ROLLBACK TO a savepoint after it');


# SET ROLE

is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . "SET ROLE ietp_analyst; $me RESET ROLE; $me COMMIT;"),
	"lin\nietp_analyst analyst -\nlin specialist shenzhen",
	'SET ROLE leaves the identity of the token, RESET ROLE brings it back');
is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . "SET ROLE ietp_analyst; $record"),
	'42501',
	'after SET ROLE the rights are those of the role');
is( app(    'BEGIN; SET ROLE ietp_specialist; '
		  . begin_work(token('lin'))
		  . "$me RESET ROLE; $me COMMIT;"),
	"lin\nlin specialist shenzhen\n$app_itself",
	'a token taken after SET ROLE holds for that role');
is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . 'SET ROLE ietp_specialist; '
		  . begin_work(token('lin'))),
	'55000',
	'another role cannot take the token over');
is( app(    'BEGIN; SET ROLE ietp_specialist; '
		  . begin_work(token('sup'))),
	'IE301',
	'and its account must be of a kind of that role');


# Once a transaction

is( app('BEGIN; ' . begin_work(token('lin')) . begin_work(token('hoa'))),
	'55000', 'another account cannot take over in a transaction');
is( app(    'BEGIN; '
		  . begin_work(token('lin'))
		  . begin_work(token('lin', life => 60))
		  . "$me"),
	"lin\nlin\nlin specialist shenzhen",
	'the same account may begin again');
is(app(begin_work(token('lin'))), '25P01', 'only in a transaction block');
is(app('SELECT helpline.begin_work(NULL);'), '', 'NULL begins nothing');


# Tokens that are refused

my $good = token('lin');
is(try_token($good), 'lin', 'the token of which the next are variants');
is(try_token(token('lin', database => 'other')),
	'IE301', 'of another database');
is(try_token(token('lin', database => 'other'), 'other'),
	'lin', 'which is good there');
is(try_token(token('lin', login => 'app2')), 'IE301', 'of another login');
is( outcome($node, 'helpline', 'app2',
		'BEGIN; ' . begin_work(token('lin', login => 'app2'))),
	'lin',
	'which is good for that');
is(try_token(token('lin', key => $key . 'x')), 'IE301', 'of another key');
is(try_token(token('lin', signed_account => 'hoa')),
	'IE301', 'of another account');
is(try_token(token('lin', life => 0)), 'IE302', 'expired now');
is(try_token(token('lin', expires => 1)), 'IE302', 'expired long ago');
is(try_token(token('lin', life => $hour + 10)),
	'IE301', 'good for more than an hour');
is(try_token(token('lin', expires => '99999999999')),
	'IE301', 'good for thousands of years');
is(try_token(token('nobody')), 'IE301', 'of an unknown account');
is(try_token(token('LIN')), 'IE301', 'of an account in other case');
is(try_token(token('gone')), 'IE301', 'of an inactive account');
is(try_token(token('admin')),
	'IE301', 'of an account whose kind the login lacks');
is(try_token($good =~ s/(?<=\.)([0-9a-f]{64})/\U$1/r),
	'IE301', 'with the MAC in capitals');
is(try_token($good =~ s/lin$/hoa/r), 'IE301', 'with the account replaced');
is(try_token("$good\n"), 'IE301', 'with a line feed behind it');
is(try_token(token("lin\nhoa")), 'IE301', 'with a line feed in the account');
is( outcome($node, 'helpline', 'stranger', 'BEGIN; ' . begin_work($good)),
	'42501', 'a login without any kind may not try');
is(app("SELECT ietp.begin_work('$good');"),
	'42501', 'nor anybody the function behind the counter');

# A longer life cannot be had by changing the text.
my ($expires) = $good =~ /^1\.(\d+)\./;
is(try_token($good =~ s/$expires/$expires + 1/er),
	'IE301', 'with the time replaced');

# Runs each token in a transaction of its own, within one session, and returns
# the SQLSTATEs.
sub states_of
{
	my ($stdout, $stderr) = ask($node, 'helpline', 'app',
		join("\n", map { 'BEGIN; ' . begin_work($_) . ' ROLLBACK;' } @_));

	is($stdout, '', 'no account comes of them');
	return sqlstates($stderr);
}

my @flipped;
my $mac_at = index($good, '.', 2) + 1;
for my $i (0 .. 63)
{
	my $token = $good;

	substr($token, $mac_at + $i, 1) =~ tr/0-9a-f/1-9a-f0/;
	push @flipped, $token;
}
is(join(' ', states_of(@flipped)),
	join(' ', ('IE301') x 64),
	'with any one digit of the MAC replaced');

my @shapes = (
	'', '.', '1', '1.', '1..', '1...', '....', '2' . substr($good, 1),
	'1' . $good, " $good", substr($good, 1), $good =~ s/\.lin$//r,
	$good =~ s/lin$//r, $good =~ s/\.([0-9a-f]{63})./.$1/r,
	$good =~ s/\.([0-9a-f]{64})/.${1}0/r, $good =~ s/^1\.(\d+)/1.-$1/r,
	$good =~ s/^1\.(\d+)/1.+$1/r, $good =~ s/^1\.(\d+)/1. $1/r,
	$good =~ s/^1\.(\d+)/1.0$1/r, $good =~ s/^1\.(\d+)/1.$1.0/r,
	$good =~ s/^1\.\d+/1./r, $good =~ s/^1\.\d+/1.999999999999/r,
	'x' x 100_000, '1.' . '9' x 100_000 . '.x.y',
	'1.' . '.' x 100_000, "1.$expires." . 'a' x 64 . '.' . 'b' x 100_000);
is(join(' ', states_of(@shapes)),
	join(' ', ('IE301') x @shapes),
	'of any other shape');

# Cut, doubled and mixed parts of good tokens, and noise; the same every time.
my $seed = 1;

sub draw
{
	my ($below) = @_;

	$seed = ($seed * 1103515245 + 12345) % 2**31;
	return int($seed / 65536) % $below;
}

my @parts = (
	'1', '.', '1.', $expires, substr($good, $mac_at, 64), 'lin', '-1', '0',
	"\t", "\n", "'", '\\', '%s', '%n', "\x7f", 'é', '王', '0x10', '1e9');
my @noise;
while (@noise < 500)
{
	my $token = join '', map { $parts[ draw(scalar @parts) ] } 0 .. draw(8);

	push @noise, $token;
}
is(join(' ', states_of(@noise)),
	join(' ', ('IE301') x 500),
	'nor noise made of parts of a good one');
is(try_token($good), 'lin', 'and the server is well');


# The key file

# What becomes of a good token while the key file is as it is now, and why
# after the server's log.
sub refused_because
{
	my ($reason, $name) = @_;
	my $offset = -s $node->logfile;
	my ($stdout, $stderr) = ask($node, 'helpline', 'app',
		'BEGIN; ' . begin_work(token('lin')));
	my $log = slurp_file($node->logfile, $offset);

	is_deeply([ $stdout, sqlstates($stderr) ], [ '', 'IE303' ], $name);
	unlike($stderr, qr/\Q$folder\E|signing_key_file|$reason/,
		"$name: the application does not learn why");
	like($log, qr/$reason/, "$name: the server's log tells");
	return;
}

my $mode = qr/belong to the server's user, with mode 0600/;
for my $bits (0640, 0604, 0620, 0602, 0610, 0601)
{
	write_file($key_file, $key, $bits);
	refused_because($mode, sprintf('key file of mode %04o', $bits));
}
for my $bits (0600, 0400)
{
	write_file($key_file, $key, $bits);
	is(try_token(token('lin')),
		'lin', sprintf('key file of mode %04o', $bits));
}

my $length = qr/must have 32 to 1023 bytes/;
for my $bytes (0, 1, 31, 1024, 1025, 5000)
{
	write_file($key_file, 'k' x $bytes);
	refused_because($length, "key of $bytes bytes");
}
write_file($key_file, 'k' x 31 . "\n");
refused_because($length, 'key of 31 bytes and a line feed');
for my $bytes (32, 1023)
{
	write_file($key_file, 'k' x $bytes);
	is(try_token(token('lin', key => 'k' x $bytes)),
		'lin', "key of $bytes bytes");
}
write_file($key_file, "$key \t\r\n\n");
is(try_token(token('lin')), 'lin', 'white space behind the key is not of it');
write_file($key_file, " $key");
is(try_token(token('lin')), 'IE301', 'but before it is');

unlink $key_file;
refused_because(qr/cannot be found/, 'missing key file');
symlink "$folder/nothing", $key_file;
refused_because(qr/cannot be found/, 'link to nothing');
unlink $key_file;
mkdir $key_file, 0700;
refused_because(qr/not a regular file/, 'directory as key file');
rmdir $key_file;

my $data_file = $node->data_dir . '/signing.key';
write_file($data_file, $key);
symlink $data_file, $key_file;
refused_because(qr/inside the data directory/,
	'link into the data directory');
unlink $key_file;
mkdir "$folder/elsewhere";
write_file("$folder/elsewhere/key", $key);
symlink "$folder/elsewhere/key", $key_file;
is(try_token(token('lin')), 'lin', 'link to a good file elsewhere');
unlink $key_file;
write_file($key_file, $key);

# Sets the path of the key file, and waits until sessions have it.
sub set_path
{
	my ($path) = @_;

	$node->adjust_conf('postgresql.conf', 'ietp_helpline.signing_key_file',
		"'$path'");
	$node->reload;
	$node->poll_query_until('postgres',
		"SELECT current_setting('ietp_helpline.signing_key_file', true) = '$path'"
	) or die 'the new setting did not come';
	return;
}

set_path($data_file);
refused_because(qr/inside the data directory/,
	'key file in the data directory');
set_path($node->data_dir . '/global/../signing.key');
refused_because(qr/inside the data directory/,
	'key file in the data directory, in other words');
set_path('signing.key');
refused_because(qr/not an absolute path/, 'relative path');
set_path('');
refused_because(qr/is empty/, 'no path');
set_path($key_file);
is(try_token(token('lin')), 'lin', 'a good path again');


# A new key

my $new_key = reverse $key;
write_file("$key_file.new", $new_key);
my ($old, $new) = (token('lin'), token('lin', key => $new_key));
is(try_token($new), 'IE301', 'a new key that is not in place yet');
rename "$key_file.new", $key_file;
is(try_token($new), 'lin', 'the new key counts without a restart');
is(try_token($old), 'IE301', 'and the old one no more');


# Settings

my $evil = "$folder/evil.key";
write_file($evil, 'e' x 64);
my $set_evil = "SET ietp_helpline.signing_key_file = '$evil';";
my $evil_token = token('sup', key => 'e' x 64);
my ($stdout, $stderr) = ask($node, 'helpline', 'app',
	"$set_evil BEGIN; " . begin_work($evil_token) . ' ROLLBACK; '
	  . 'BEGIN; ' . begin_work($new));
is($stdout, 'lin',
	'a key file set before the library is loaded does not count');
is(join(' ', sqlstates($stderr)), 'IE301', 'its tokens are refused');
like(
	$stderr,
	qr/WARNING:  \w+:.*"ietp_helpline\.signing_key_file"/,
	'and it is dropped with a warning');
{
	local $ENV{PGOPTIONS} = "-c ietp_helpline.signing_key_file=$evil";

	like(try_token($evil_token), qr/^IE30[13]$/,
		'nor one of the connection');
}
is(app("SELECT ietp.actor(); $set_evil"),
	'55P02', 'it cannot be set in a session');
is( outcome($node, 'helpline', 'postgres',
		"SELECT ietp.actor(); $set_evil"),
	'55P02',
	'not even by a superuser');
for my $sql (
	'ALTER ROLE app ' . $set_evil,
	'ALTER ROLE app IN DATABASE helpline ' . $set_evil)
{
	is(app("SELECT ietp.actor(); $sql"), '55P02', 'nor kept for a role');
	is(app($sql), '42501', 'nor before the library is loaded');
}
is(app('SELECT ietp.actor(); SHOW ietp_helpline.signing_key_file;'),
	'42501', 'where the file is, an application cannot read');
is(app("SELECT ietp.actor(); SET ietp_helpline.sining_key_file = 'x';"),
	'42602', 'a misspelt setting is refused');
is(app("SELECT ietp.actor(); SET ietp_helpline.import_batch = 'x';"),
	'app', 'but not the setting for imports');


# The key is nowhere

($stdout, $stderr) = ask($node, 'helpline', 'postgres',
	    'SET log_min_messages = debug5; SET client_min_messages = debug5;'
	  . 'SET log_error_verbosity = verbose; BEGIN; '
	  . begin_work(token('lin', key => $new_key, login => 'postgres'))
	  . begin_work('1.1.' . 'a' x 64 . '.lin'));
like($stderr, qr/DEBUG/, 'a session with all messages');
my $everything = $stderr . slurp_file($node->logfile);
like($everything, qr/\Q$new\E/, 'the log has what was said');
for my $secret ($key, $new_key)
{
	my $hex = unpack 'H*', $secret;

	unlike($everything, qr/\Q$secret\E|$hex/i, 'and not the key');
}
unlike(
	slurp_file($node->logfile),
	qr/terminated by signal|PANIC|TRAP/,
	'no session crashed');

done_testing();
