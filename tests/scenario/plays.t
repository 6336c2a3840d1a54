#!/usr/bin/perl
# plays.t - the real daemon and no mail server: each *.lua of this folder, played by miltertest, over a TCP and
# over a unix socket.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Daemon;
use LSM::Scratch qw(run_command scratch_dir);
use Test::More;

my ($player) = grep { -x } map { "$_/miltertest" } split /:/, $ENV{PATH};
plan skip_all => 'miltertest is not installed' unless $player;

# A play's TAP becomes ours.
sub play {
	my ($daemon, $name) = @_;
	chdir $FindBin::Bin or die "$FindBin::Bin: $!\n";
	my ($status, $output) = run_command(
		[$player, '-w', '-D', "socket=$daemon->{settings}{listen}", '-s', "$name.lua"]);
	my $count = 0;
	for my $line (split /\n/, $output) {
		if ($line =~ /^(not )?ok \d+ - (.*)/) {
			$count++;
			ok(!$1, $2);
		} else {
			diag($line) unless $line =~ /^1\.\./;
		}
	}
	is($status, 0, 'played') or diag join "\n", $daemon->log_lines;
	my ($planned) = $output =~ /^1\.\.(\d+)$/m;
	is($count, $planned // 'none', 'to its end');
	return;
}

my @plays = map { m{/(\w+)\.lua$} && $1 ne 'play' ? $1 : () } sort glob "$FindBin::Bin/*.lua";
for my $kind (qw(inet unix)) {
	my $daemon = LSM::Daemon->new(scratch_dir() . '/milter', socket => $kind,
		settings => { 'max-message-size' => 262144, 'max-interventions' => 1000 })->start;
	for my $name (@plays) {
		subtest "$name, $kind" => sub { play($daemon, $name) };
	}
	is(scalar(my @died = $daemon->log_lines(qr/\bdied\b/)), 0, "$kind: nothing died");
	ok($daemon->stop, "$kind: it stops well");
}

done_testing;
