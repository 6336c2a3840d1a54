# Keeper - a process in the background that holds the stage after the demo's own process has ended.
#
#   BEGIN { Keeper::detach() if $ENV{KEEP} }    # before LSM::Scratch, which notes whose process it is
#   ...
#   Keeper::stay($tidy_up);                     # returns never; the foreground ends with status 0
#
# detach() forks: the child plays, the parent hands on what it prints. Servers that the child forks
# hold a pipe to the parent and not the caller's terminal, so `make demo KEEP=1 | less` ends, too.
package Keeper;

use strict;
use warnings;

use POSIX ();

# Stands alone in the output where the parent may leave.
my $MARK = "\0";

sub detach {
	pipe my $reader, my $writer or die "pipe: $!\n";
	my $terminal = -t STDOUT;
	my $pid = fork // die "fork: $!\n";
	hand_on($reader, $pid) if $pid && close $writer;
	$ENV{DEMO_COLOUR} //= $terminal;
	close $reader;
	open STDOUT, '>&', $writer or die "pipe: $!\n";
	open STDERR, '>&', $writer or die "pipe: $!\n";
	return;
}

# The parent's part.
sub hand_on {
	my ($reader, $pid) = @_;
	local $SIG{INT} = local $SIG{TERM} = local $SIG{HUP} = sub { kill 'TERM', $pid };
	$| = 1;
	while (1) {
		my $count = sysread $reader, my $octets, 65536;
		next if !defined $count && $!{EINTR};
		last unless $count;
		my $end = index $octets, $MARK;
		print $end < 0 ? $octets : substr $octets, 0, $end;
		exit 0 if $end >= 0;
	}
	waitpid $pid, 0;
	exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}

sub stay {
	my ($tidy_up) = @_;
	local $SIG{TERM} = local $SIG{INT} = sub { $tidy_up->(); exit 0 };
	print $MARK;
	POSIX::setsid();
	open STDOUT, '>', '/dev/null' or die "/dev/null: $!\n";
	open STDERR, '>', '/dev/null' or die "/dev/null: $!\n";
	sleep while 1;
	return;
}

1;
