# LSM::Scratch - what every test of the whole borrows from the machine, and how it is given back:
# a folder under /tmp, ports, processes, and waits that end.
#
# Whatever is taken here is returned when the test ends, also by die, INT, TERM or HUP; the last
# taken goes first. LSM_KEEP=1 in the environment leaves the folders for a look.
package LSM::Scratch;

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Socket qw(SOL_SOCKET SO_REUSEADDR);
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(source_root build_path scratch_dir reserve_port at_end wait_until slurp spew
	serve spawn reap run_command accepts process_rows noise);

my $STEP = 0.02;    # seconds between two looks at a condition
my $owner = $$;     # forked children must not tidy up
my @cleanups;

# The tree this file stands in, wherever prove was called from.
sub source_root {
	return abs_path(dirname(__FILE__) . '/../../..');
}

# A build product, for example build_path('liaison-milter'); BUILD names the build folder.
sub build_path {
	my ($name) = @_;
	my $build = $ENV{BUILD} || 'build';
	$build = source_root() . "/$build" unless $build =~ m{^/};
	return "$build/$name";
}

# Runs $code when the test ends. Errors are told, and do not stop the other clean-ups.
sub at_end {
	my ($code) = @_;
	push @cleanups, $code;
	return;
}

# A new empty folder that other users may enter (Postfix runs as its own user).
sub scratch_dir {
	my $dir = tempdir('lsm-XXXXXX', DIR => '/tmp');
	chmod 0755, $dir or die "chmod $dir: $!\n";
	at_end(sub { remove_tree($dir, { safe => 0 }) unless $ENV{LSM_KEEP} });
	return $dir;
}

# A TCP port on 127.0.0.1 that nobody else gets while the test runs. The socket stays bound but does
# not listen: Linux then gives the port to no bind(0) and no outgoing connection, and lets a server
# that sets SO_REUSEADDR (all of ours, Postfix, libmilter) listen on it, also a second time.
my @reserved;

sub reserve_port {
	my $socket = IO::Socket::INET->new(Proto => 'tcp')  or die "socket: $!\n";
	setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1)    or die "SO_REUSEADDR: $!\n";
	bind($socket, pack_sockaddr(0))                     or die "bind: $!\n";
	push @reserved, $socket;
	return $socket->sockport;
}

sub pack_sockaddr {
	my ($port) = @_;
	return Socket::pack_sockaddr_in($port, Socket::INADDR_LOOPBACK());
}

# Asks $condition every 20 ms until it is true, and returns what it said; false after $seconds.
sub wait_until {
	my ($seconds, $condition) = @_;
	my $deadline = time + $seconds;
	while (1) {
		my $answer = $condition->();
		return $answer if $answer;
		return $answer if time >= $deadline;
		sleep $STEP;
	}
}

# The file's octets; '' when there is none.
sub slurp {
	my ($path) = @_;
	open my $file, '<:raw', $path or return '';
	local $/;
	my $octets = <$file>;
	return $octets // '';
}

# Writes a file in one step: a reader sees all of it or nothing.
sub spew {
	my ($path, $octets) = @_;
	my $fresh = "$path.$$.new";
	open my $file, '>:raw', $fresh or die "$fresh: $!\n";
	print {$file} $octets          or die "$fresh: $!\n";
	close $file                    or die "$fresh: $!\n";
	rename $fresh, $path           or die "$path: $!\n";
	return;
}

# Starts a program in a process group of its own. Options: out, err (files, appended to), env (added).
sub spawn {
	my ($command, %option) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	setpgrp;
	restore_signals();
	%ENV = (%ENV, %{ $option{env} || {} });
	open STDIN,  '<',  '/dev/null' or POSIX::_exit(126);
	open STDOUT, '>>', $option{out} || '/dev/null' or POSIX::_exit(126);
	open STDERR, '>>', $option{err} || '/dev/null' or POSIX::_exit(126);
	{ no warnings 'exec'; exec { $command->[0] } @$command; }
	print STDERR "$command->[0]: $!\n";
	POSIX::_exit(127);
}

# Text of so many octets that does not compress to nothing.
sub noise {
	my ($octets) = @_;
	require MIME::Base64;
	open my $random, '<:raw', '/dev/urandom' or die "/dev/urandom: $!\n";
	read $random, my $bytes, int($octets * 3 / 4);
	return MIME::Base64::encode_base64($bytes);
}

# Runs a program to its end: (exit status, what it wrote to both outputs). $input is its standard input.
# Status 128 + n: ended by signal n; 124: it was still there after $option{seconds} (default 30).
sub run_command {
	my ($command, %option) = @_;
	my $dir = tempdir('lsm-run-XXXXXX', DIR => '/tmp', CLEANUP => 0);
	spew("$dir/in", $option{input} // '');
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		setpgrp;
		restore_signals();
		%ENV = (%ENV, %{ $option{env} || {} });
		open STDIN,  '<',  "$dir/in"  or POSIX::_exit(126);
		open STDOUT, '>',  "$dir/out" or POSIX::_exit(126);
		open STDERR, '>&', \*STDOUT   or POSIX::_exit(126);
		{ no warnings 'exec'; exec { $command->[0] } @$command; }
		print STDERR "$command->[0]: $!\n";
		POSIX::_exit(127);
	}
	my $status = reap($pid, $option{seconds} || 30);
	if (!defined $status) {
		kill 'KILL', -$pid;
		reap($pid, 5);
	}
	my $output = slurp("$dir/out");
	remove_tree($dir);
	return (124, $output) unless defined $status;
	return ($status & 127 ? 128 + ($status & 127) : $status >> 8, $output);
}

# Waits for a child of ours: its wait status, or undef when it is still running after $seconds.
sub reap {
	my ($pid, $seconds) = @_;
	my $status;
	wait_until($seconds, sub {
		my $got = waitpid($pid, WNOHANG);
		$status = $got == $pid ? $? : $got < 0 ? 0 : undef;
		return defined $status;
	});
	return $status;
}

# Forks a server: $handler->($client) in a process per connection, until the test ends.
# Returns the process id, which is also that of its group; stop it with stop_group($pid).
sub serve {
	my ($listener, $handler) = @_;
	my $pid = fork // die "fork: $!\n";
	if ($pid) {
		close $listener;
		at_end(sub { stop_group($pid) });
		return $pid;
	}
	setpgrp;
	restore_signals();
	$SIG{CHLD} = 'IGNORE';
	my $select = IO::Select->new($listener);
	while (getppid == $owner) {
		next unless $select->can_read(0.5);
		my $client = $listener->accept or next;
		my $child = fork;
		if (defined $child && $child == 0) {
			close $listener;
			eval { $handler->($client); 1 } or print STDERR "# server: $@";
			POSIX::_exit(0);
		}
		close $client;
	}
	kill 'KILL', -$$;
	POSIX::_exit(0);
}

sub stop_group {
	my ($pid) = @_;
	kill 'KILL', -$pid;
	kill 'KILL', $pid;
	return reap($pid, 5);
}

# True when something accepts connections there: a port of 127.0.0.1, or the path of a unix socket.
sub accepts {
	my ($where) = @_;
	if ($where =~ m{^/}) {
		require IO::Socket::UNIX;
		return defined IO::Socket::UNIX->new(Peer => $where);
	}
	return defined IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $where, Timeout => 1);
}

# All living processes: {pid, parent, group, name, command}. Zombies are not living.
sub process_rows {
	my @rows;
	opendir my $proc, '/proc' or die "/proc: $!\n";
	for my $pid (grep { /^\d+$/ } readdir $proc) {
		my ($name, $state, $parent, $group) =
			slurp("/proc/$pid/stat") =~ /^\d+ \((.*)\) (\S) (\d+) (\d+)/s or next;
		next if $state eq 'Z' || $state eq 'X';
		(my $command = slurp("/proc/$pid/cmdline")) =~ tr/\0/ /;
		push @rows, { pid => $pid, parent => $parent, group => $group, name => $name, command => $command };
	}
	return @rows;
}

sub restore_signals {
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE CHLD);
	return;
}

sub tidy_up {
	return if $$ != $owner;
	while (my $code = pop @cleanups) {
		eval { $code->(); 1 } or print STDERR "# clean-up: $@";
	}
	return;
}

$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 130 };
$SIG{PIPE} = 'IGNORE';

END {
	my $status = $?;
	tidy_up();
	$? = $status;
}

1;
