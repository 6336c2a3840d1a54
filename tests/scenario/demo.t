#!/usr/bin/perl
# demo.t - what a newcomer sees first runs to its end, shows its scenes, and leaves nothing behind.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Postfix;
use LSM::Scratch qw(process_rows run_command source_root wait_until);
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $demo = source_root() . '/tests/demo/demo';

# The processes that run below a folder which the demo named, and the folder itself.
sub left_over {
	my ($output) = @_;
	my ($dir) = $output =~ m{--config (/tmp/lsm-[^/]+)};
	return unless $dir;
	return ((-e $dir ? $dir : ()), map { "process $_->{pid}" } grep { ($_->{command} // '') =~ /\Q$dir\E/ } process_rows());
}

my ($status, $output) = run_command([$demo]);
is($status, 0, 'ends with status 0') or diag($output);
for my $wanted (
	[qr/^     S: 550-5\.6\.0 Not sent to Broadband Forum/m, 'the refusal'],
	[qr/^     Subject: Approve\? IPPM > Broadband Forum/m, 'the request'],
	[qr/^     Subject: Liaison statement from ITU-T/m, 'the cover mail'],
	[qr/^     FAULT  event \d+: /m, 'the place of the changed octet'],
	[qr/^     S: 451 .*\n     and when/m, 'the answer of the killed process'],
	[qr/liaisonctl scan FILE\.mbox/, 'the way to one\'s own archive']) {
	like($output, $wanted->[0], $wanted->[1]);
}
unlike($output, qr/\e\[/, 'no colour where there is no terminal');

{
	local $ENV{KEEP} = 1;
	($status, $output) = run_command([$demo]);
	is($status, 0, 'KEEP=1 ends with status 0, too');
	my ($pid) = $output =~ /^    kill (\d+)$/m;
	ok($pid && kill(0, $pid), 'and leaves something running') or diag($output);
	my ($config) = $output =~ /--config (\S+)/;
	ok($config && -e $config, 'which can be talked to');
	kill 'TERM', $pid if $pid;
	ok(wait_until(15, sub { !left_over($output) }), 'until the kill that it names') or diag(join "\n", left_over($output));
}
done_testing;
