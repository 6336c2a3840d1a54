# Bench::Filters - the filters that are measured side by side: ours, the yardsticks, opendkim; all on unix sockets in
# one folder.
#
#   my $filters = Bench::Filters->new(scratch_dir(), settings => {...});
#   $filters->place('liaison');     # unix:/...
#   $filters->names;                # those that are there
package Bench::Filters;

use strict;
use warnings;

use LSM::Daemon;
use LSM::Dkim;
use LSM::Scratch qw(accepts at_end build_path reap slurp spawn spew wait_until);

our @YARDSTICKS = qw(continue header body first);

# Options: settings (of the daemon, beside those below), directory (its text), only (list of names), daemon => 0.
# Nothing listens where the daemon's own mail goes: it would be other work than a filter's.
sub new {
	my ($class, $dir, %option) = @_;
	my $self = bless { dir => $dir, place => {}, why_not => {} }, $class;
	my %wanted = map { $_ => 1 } @{ $option{only} || [ 'liaison', @YARDSTICKS, 'opendkim' ] };
	$self->start_daemon(%option) if $wanted{liaison};
	$self->start_yardstick($_) for grep { $wanted{$_} } @YARDSTICKS;
	$self->start_opendkim if $wanted{opendkim};
	return $self;
}

sub standard_settings {
	return (mode => 'enforce', 'max-interventions' => 1_000_000, 'outbox-retry' => 3600, 'cover-limit' => 1,
		extractor => build_path('liaison-extract'));
}

sub start_daemon {
	my ($self, %option) = @_;
	$self->{daemon} = LSM::Daemon->new("$self->{dir}/liaison", socket => 'unix',
		settings => { standard_settings(), %{ $option{settings} || {} } },
		defined $option{directory} ? (directory => $option{directory}) : ());
	$self->{daemon}->start(seconds => 120);
	$self->{place}{liaison} = $self->{daemon}->milter;
	return;
}

# Runs until the end of the program; returns its process id.
sub start {
	my ($self, $name, $command, $socket) = @_;
	my $log = "$self->{dir}/$name.log";
	my $pid = spawn($command, out => $log, err => $log);
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	wait_until(20, sub { accepts($socket) }) or die "$name does not answer: " . slurp($log);
	$self->{place}{$name} = "unix:$socket";
	$self->{pid}{$name} = $pid;
	return $pid;
}

sub start_yardstick {
	my ($self, $mode) = @_;
	my $socket = "$self->{dir}/$mode.sock";
	return $self->start($mode, [build_path('tests/bench/yardstick'), $mode, "unix:$socket"], $socket);
}

# It verifies a signature that is right, and looks no name up.
sub start_opendkim {
	my ($self) = @_;
	my $why = LSM::Dkim::missing();
	if ($why) {
		$self->{why_not}{opendkim} = $why;
		return;
	}
	$self->{dkim} = LSM::Dkim->new("$self->{dir}/dkim", 'elsewhere.example');
	my $socket = "$self->{dir}/opendkim.sock";
	spew("$self->{dir}/opendkim.conf", slurp("$self->{dir}/dkim/conf") . "UMask 0111\nSyslog no\n");
	return $self->start('opendkim', ['/usr/sbin/opendkim', '-f', '-x', "$self->{dir}/opendkim.conf", '-p', "local:$socket",
		'-P', "$self->{dir}/opendkim.pid"], $socket);
}

sub place   { return $_[0]{place}{ $_[1] } // die "no filter $_[1]\n" }
sub has     { return defined $_[0]{place}{ $_[1] } }
sub daemon  { return $_[0]{daemon} }
sub dkim    { return $_[0]{dkim} }
sub pid     { return $_[0]{pid}{ $_[1] } }
sub why_not { return %{ $_[0]{why_not} } }

sub names {
	my ($self) = @_;
	return grep { $self->has($_) } 'liaison', @YARDSTICKS, 'opendkim';
}

1;
