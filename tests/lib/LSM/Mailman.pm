# LSM::Mailman - lists of a real Mailman 3, out of packages that were unpacked and not installed
# (conf/debian-unpacked). It sends to a mail server of the test, from 127.0.0.1.
#
#   plan skip_all => LSM::Mailman::missing() if LSM::Mailman::missing();
#   my $mailman = LSM::Mailman->new("$dir/mailman", $postfix->port('smtp'));
#   $mailman->do('create', list => 'ippm@ietf.org', settings => { subject_prefix => '[ippm] ' });
#   $mailman->do('subscribe', list => 'ippm@ietf.org', addresses => ['reader@subscribers.example']);
#   $mailman->do('post', list => 'ippm@ietf.org', mail => $mail);     # when it returns, all copies are handed over
#
# The commands stand in tests/lib/mailman_lists.py, which runs Mailman in one process.
package LSM::Mailman;

use strict;
use warnings;

use IPC::Open2;
use JSON::PP ();
use LSM::Scratch qw(at_end build_path reap run_command source_root);

my $PYTHON = '/usr/bin/python3';    # the packages are made for Debian's own

sub root { return build_path('mailman') }

# Why no Mailman can run here, or ''.
sub missing {
	my $packages = root() . '/usr/lib/python3/dist-packages';
	return 'Mailman is not unpacked in ' . root() . ' (make deps)' unless -d "$packages/mailman";
	return "$PYTHON is not installed" unless -x $PYTHON;
	my ($status, $output) = run_command([$PYTHON, '-c', 'import mailman.core.initialize'], env => { PYTHONPATH => $packages });
	return $status == 0 ? '' : 'Mailman does not run: ' . (split /\n/, $output)[-1];
}

# $dir must not exist. Takes a few seconds.
sub new {
	my ($class, $dir, $port) = @_;
	mkdir $dir or die "$dir: $!\n";
	my $driver = source_root() . '/tests/lib/mailman_lists.py';
	my $pid = open2(my $answers, my $requests, $PYTHON, $driver, root(), $dir, $port);
	my $self = bless { pid => $pid, answers => $answers, requests => $requests }, $class;
	at_end(sub { $self->stop });
	$self->answer;
	return $self;
}

# A command of mailman_lists.py with its arguments; dies when it fails.
sub do {
	my ($self, $name, %argument) = @_;
	print { $self->{requests} } JSON::PP->new->ascii->canonical->encode({ do => $name, %argument }), "\n";
	$self->{requests}->flush;
	return $self->answer;
}

sub answer {
	my ($self) = @_;
	my $line;
	# What Mailman says by itself goes to the same place.
	do { $line = readline $self->{answers} // die "Mailman has ended\n" } while $line !~ /^\{"(?:ok|error)"/;
	my $answer = JSON::PP::decode_json($line);
	die "Mailman: $answer->{error}\n" if defined $answer->{error};
	return $answer->{ok};
}

sub stop {
	my ($self) = @_;
	my $pid = delete $self->{pid} or return;
	close $self->{requests};
	return if defined reap($pid, 5);
	kill 'KILL', $pid;
	reap($pid, 5);
	return;
}

1;
