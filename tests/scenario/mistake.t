#!/usr/bin/perl
# mistake.t - a mistake in the settings on disk stops no daemon that runs, and hides it from nobody who asks.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Daemon;
use LSM::Scratch qw(scratch_dir slurp spew);
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $daemon = LSM::Daemon->new("$dir/milter", directory => LSM::World->small_directory)->start;
my @socket = ('--socket', $daemon->dir . '/desk.sock');

my ($status, $output) = $daemon->ctl('status', '--json');
my ($digest) = $output =~ /"settings"\s*:\s*"(\w+)"/;
ok($digest, 'running, by settings that have a digest') or diag $output;
my $right = slurp($daemon->config);
spew($daemon->config, $right . "rule-set = sometimes\n");
my $line = 1 + ($right =~ tr/\n//);

sub is_told {
	my ($arguments, $want, $name) = @_;
	($status, $output) = $daemon->ctl(@$arguments, @socket);
	is($status, 1, "$name: status 1");
	like($output, $_, '... ' . $_) for @$want;
	return;
}

is_told(['status'], [
	qr/^settings  \Q${\substr $digest, 0, 12}\E, of before: those on disk have a mistake$/m,
	qr/^processes the desk and (\d+) of \1 gates/m,
	qr/^record    0 statements/m,
	qr/liaison-milter\.conf:$line: .*sometimes/,
], 'for people');
is_told(['status', '--json'], [qr/"settings"\s*:\s*"\Q$digest\E"/, qr/liaison-milter\.conf:$line: /], 'for programs');
is_told(['status', '--monitor'], [qr/^\w+ WARNING.*liaison-milter\.conf:$line: .*\|/], 'for a monitor');

$daemon->reload;
$daemon->wait_log(qr/reload-failed/);
is_told(['status'], [qr/of before: those on disk have a mistake/], 'when asked to read them again');
($status, $output) = $daemon->ctl('status');
isnt($status, 0, 'where nothing tells the socket');
like($output, qr/liaison-milter\.conf:$line: .*sometimes/, '... the mistake is named');
like($output, qr/--socket/, '... and the way out');

spew($daemon->config, $right);
($status, $output) = $daemon->ctl('status');
like($output, qr/^settings  \S+, as on disk$/m, 'mended') or diag $output;
$daemon->stop;
done_testing();
