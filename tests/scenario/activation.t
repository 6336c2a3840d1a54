#!/usr/bin/perl
# activation.t - a listening socket from the service manager (sd_listen_fds(3)): who connects while the daemon is away waits.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use IO::Socket::UNIX;
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path reap run_command scratch_dir);
use LSM::World;
use POSIX ();
use Test::More;

my $mail = "From: a\@elsewhere.example\nSubject: lunch\n\nAt noon?\n";
my $dir = scratch_dir();
my $daemon = LSM::Daemon->new("$dir/milter", socket => 'unix', directory => LSM::World->small_directory);
my ($path) = $daemon->milter =~ /^unix:(.*)/;
my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 16) or die "$path: $!\n";

sub ordinary {
	return scalar LSM::Milter->new($daemon)->mail({}, 'a@elsewhere.example', ['b@elsewhere.example'], $mail);
}

$daemon->start(listener => $listener);
my ($line) = $daemon->log_lines(qr/event=serving/);
like($line, qr/listen=given/, 'the log says whose socket it is');
is(ordinary(), 'accept', 'mail passes');
$daemon->stop;
ok(-S $path, 'the socket stays when the daemon goes');

my $early = fork // die "fork: $!\n";
POSIX::_exit(eval { ordinary() eq 'accept' } ? 0 : 1) if !$early;
my $waiting = IO::Select->new($listener)->can_read(10);
ok($waiting, 'who connects then is not refused');
$daemon->start(listener => $listener);
is(reap($early, 20), 0, '... and the next start serves him');
$daemon->stop;

my ($status, $output) = run_command([$^X, '-e', '@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 2); exec @ARGV',
	build_path('liaison-milter'), '-f', '-c', $daemon->config]);
isnt($status, 0, 'two sockets are refused');
like($output, qr/gave 2 socket\(s\): give one ListenStream=/, '... and the message says what to give');

close $listener;
$daemon->set_env(LISTEN_PID => 1, LISTEN_FDS => 1);
$daemon->start;
($line) = reverse $daemon->log_lines(qr/event=serving/);
like($line, qr/listen=\S*unix:/, 'variables that are meant for another process count for nothing');
$daemon->stop;
ok(!-e $path, '... and a socket of its own goes with the daemon');
done_testing();
