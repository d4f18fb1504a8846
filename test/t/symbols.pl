# The library exports what the server looks up, and nothing else.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Utils;
use Test::More;

use Desk;

my $library = top_file('ietp_helpline.so');
plan skip_all => 'no ietp_helpline.so here: make' if !-e $library;
plan skip_all => 'no nm: install binutils'
  if !grep { -x "$_/nm" } split /:/, $ENV{PATH};

my ($symbols) = run_command([ 'nm', '-D', '--defined-only', $library ]);
my %exported = map { $_ => 1 } $symbols =~ /^[0-9a-f]+ \w (\S+)$/gm;

# Symbols of the functions that the install script makes.
my $script = '';
$script .= slurp_file($_) for glob top_file('sql/install/*.sql');
my @functions = $script =~ /^AS 'MODULE_PATHNAME', '(\w+)'/gm;
my %wanted = map { $_ => 1, "pg_finfo_$_" => 1 } @functions;
$wanted{$_} = 1 for qw(_PG_init Pg_magic_func);

cmp_ok(scalar @functions, '>', 30, 'there are functions');
is(join(' ', grep { !$exported{$_} } sort keys %wanted),
	'', 'every function of the install script is exported');
is(join(' ', grep { !$wanted{$_} } sort keys %exported),
	'', 'and nothing else');

done_testing();
