# Bench::Filters - the filters that are measured side by side: ours, the yardsticks, opendkim and opendmarc; all on
# unix sockets in one folder.
#
#   my $filters = Bench::Filters->new(scratch_dir(), settings => {...});
#   $filters->place('liaison');     # unix:/...
#   $filters->names;                # those that are there
package Bench::Filters;

use strict;
use warnings;

use Bench::Load qw(letter);
use LSM::Daemon;
use LSM::Dkim;
use LSM::Scratch qw(accepts at_end build_path reap run_command slurp spawn spew wait_until);

our @YARDSTICKS = qw(continue header body first);
# What others filter with. To add one: a row, the function that starts it or says why not, and its Debian package.
my @OTHERS = (['opendkim', \&start_opendkim], ['opendmarc', \&start_opendmarc]);
my $OPENDMARC = '/usr/sbin/opendmarc';

# Options: settings (of the daemon, beside those below), directory (its text), only (list of names), daemon => 0.
# Nothing listens where the daemon's own mail goes: it would be other work than a filter's.
sub new {
	my ($class, $dir, %option) = @_;
	my $self = bless { dir => $dir, place => {}, why_not => {} }, $class;
	my %wanted = map { $_ => 1 } @{ $option{only} || [ known() ] };
	$self->start_daemon(%option) if $wanted{liaison};
	$self->start_yardstick($_) for grep { $wanted{$_} } @YARDSTICKS;
	$_->[1]->($self) for grep { $wanted{ $_->[0] } } @OTHERS;
	return $self;
}

sub known { return ('liaison', @YARDSTICKS, map { $_->[0] } @OTHERS) }

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

# What lacks for it, or ''.
sub no_opendmarc {
	return 'opendmarc is not installed' unless -x $OPENDMARC;
	return 'a network of its own needs root' if $> != 0;
	my ($status, $output) = run_command([qw(unshare -m -n true)]);
	return $status == 0 ? '' : "no network of its own: $output";
}

# It asks for SPF and policies by DNS: in a network without anybody in it, so that each name is at once known not to be
# found, here as anywhere.
sub start_opendmarc {
	my ($self) = @_;
	my $why = no_opendmarc();
	if ($why) {
		$self->{why_not}{opendmarc} = $why;
		return;
	}
	my ($dir, $socket) = ($self->{dir}, "$self->{dir}/opendmarc.sock");
	spew("$dir/resolv.conf", "nameserver 127.0.0.1\n");
	# Otherwise it looks at no mail from this machine itself.
	spew("$dir/nobody", "192.0.2.255\n");
	spew("$dir/opendmarc.conf", <<"END");
AuthservID mx.test.example
IgnoreHosts $dir/nobody
TrustedAuthservIDs mx.test.example
PublicSuffixList /dev/null
DNSTimeout 1
RejectFailures false
Syslog false
UMask 0111
END
	my $enter = 'ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf && shift && exec "$@"';
	return $self->start('opendmarc', [qw(unshare -m -n sh -c), $enter, 'sh', $dir, $OPENDMARC, '-f', '-c', "$dir/opendmarc.conf",
		'-p', "local:$socket", '-P', "$dir/opendmarc.pid"], $socket);
}

# Writes the mail that such options of the load generator make to the file: with a signature that is right, where
# there is opendkim to verify it. Returns the file.
sub signed_mail {
	my ($self, $file, %option) = @_;
	my $mail = letter(%option);
	if ($self->{dkim}) {
		$mail =~ s/^DKIM-Signature:.*\n(?:[ \t].*\n)*//m;
		$mail =~ s/0{12}/0123456789ab/g;
		$mail = $self->{dkim}->sign($mail, 'relaxed');
	}
	spew($file, $mail);
	return $file;
}

sub place   { return $_[0]{place}{ $_[1] } // die "no filter $_[1]\n" }
sub has     { return defined $_[0]{place}{ $_[1] } }
sub daemon  { return $_[0]{daemon} }
sub dkim    { return $_[0]{dkim} }
sub pid     { return $_[0]{pid}{ $_[1] } }
sub why_not { return %{ $_[0]{why_not} } }

sub names {
	my ($self) = @_;
	return grep { $self->has($_) } known();
}

1;
