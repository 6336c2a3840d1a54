#!/usr/bin/perl
# store_growth.t - the record's map grows while tools read, and one that is stopped in the middle holds nobody up.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use Fcntl qw(O_RDWR);
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(at_end build_path noise reap scratch_dir slurp spawn spew wait_until);
use LSM::World;
use POSIX qw(mkfifo);
use Test::More;

my $SET_PIPE_SIZE = 1031;    # F_SETPIPE_SZ of fcntl(2)
my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my $dir = scratch_dir();

sub statement {
	my ($id, $text) = @_;
	return LSM::World->statement(id => $id, subject => "Number $id", text => $text // "The text of $id.", header_from => $chair,
		'Send-Reply-To' => 'bbf-manager@ietf.org');
}

sub submit {
	my ($daemon, $mail) = @_;
	return LSM::Milter->submit($daemon, $chair, [$outside, 'bbf-manager@ietf.org'], $mail);
}

sub state_of { return slurp("/proc/$_[0]/stat") =~ /^\d+ \(.*\) (\S)/ ? $1 : '' }

# A tool that cannot write on, as nobody reads what it writes, and that is stopped then.
sub stopped_tool {
	my ($daemon) = @_;
	my $pipe = "$dir/pipe";
	mkfifo($pipe, 0600) or die "$pipe: $!\n";
	sysopen my $end, $pipe, O_RDWR or die "$pipe: $!\n";
	fcntl $end, $SET_PIPE_SIZE, 4096 or die "$pipe: $!\n";
	my $pid = spawn([build_path('liaisonctl'), 'log', '--json', '--config', $daemon->config], out => $pipe);
	at_end(sub { kill 'KILL', $pid; reap($pid, 5); close $end });
	ok(wait_until(10, sub { slurp("/proc/$pid/wchan") =~ /pipe/ || slurp("/proc/$pid/syscall") =~ /^1 / }),
		'a tool waits for its reader');
	kill 'STOP', $pid;
	ok(wait_until(5, sub { state_of($pid) eq 'T' }), '... and is stopped');
	return $pid;
}

subtest 'the map grows beside readers, and a stopped one holds nobody up' => sub {
	my $daemon = LSM::Daemon->new("$dir/growing", socket => 'unix', settings => { 'max-interventions' => 10000,
		store => "lmdb:$dir/growing/record?map=1M" })->start;
	my @answers = map { submit($daemon, statement("small-$_", noise(300))) } 1 .. 20;
	my $stopped = stopped_tool($daemon);
	my ($desk) = $daemon->children('desk');
	my @readers = map { spawn(['/bin/sh', '-c', 'while "$0" list --all --config "$1" >/dev/null || exit 1; do [ ! -e "$2" ] || exit 0; done',
		build_path('liaisonctl'), $daemon->config, "$dir/enough"]) } 1 .. 2;
	push @answers, map { submit($daemon, statement("large-$_", noise(60_000))) } 1 .. 50;
	spew("$dir/enough", '');
	is_deeply([grep { $_ ne 'accept' } @answers], [], 'every statement is taken');
	is_deeply([map { reap($_, 20) } @readers], [0, 0], 'no reader failed');
	is(state_of($stopped), 'T', 'the stopped one is stopped still');
	is_deeply([$daemon->children('desk')], [$desk], 'the desk is the same');
	cmp_ok(-s "$dir/growing/record/data.mdb", '>', 3 << 20, 'the store has outgrown its first map');
	my ($status, $output) = $daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	kill 'KILL', $stopped;
	ok($daemon->stop, 'it stops well');
};

done_testing;
