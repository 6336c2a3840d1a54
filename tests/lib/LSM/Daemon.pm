# LSM::Daemon - liaison-milter with settings, directory, record and sockets in one folder of a test.
#
#   my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $port, settings => { mode => 'observe' });
#   my $postfix = LSM::Postfix->new("$dir/mx", milter => $daemon->milter, ...);
#   $daemon->start;
#   ...
#   $daemon->stop;    # dies unless it ends in time with status 0
#
# The ports are there from new() on, so that daemon and Postfix can be told of each other before either runs.
package LSM::Daemon;

use strict;
use warnings;

use Fcntl qw(F_SETFD);
use LSM::Scratch qw(accepts at_end build_path process_rows reap reserve_port run_command slurp source_root
	spawn spew wait_until);

# $dir must not exist. Options:
#   settings      {name => value}; a list is an array reference; undef takes a standard value away
#   extra         text at the end of the settings file: rule sections, mistakes on purpose
#   directory     text of directory.conf; standard: the shipped sample
#   outbox_port   where the daemon's own mail goes
#   socket        'unix': listen on a unix socket in the folder; a path: there; 'inet', the standard: a port of 127.0.0.1
#   env           {name => value} added to its environment
#   preload       true: with the crash library, which LSM_KILL_AT steers
sub new {
	my ($class, $dir, %option) = @_;
	mkdir $dir or die "$dir: $!\n";
	my $self = bless {
		dir => $dir, log => "$dir/log", config => "$dir/liaison-milter.conf",
		env => { %{ $option{env} || {} } }, extra => $option{extra} // '',
	}, $class;
	my $socket = ($option{socket} // 'inet') eq 'inet' ? '' : $option{socket};
	my $unix = $socket ne '';
	$self->{place} = !$unix ? reserve_port() : $socket eq 'unix' ? "$dir/milter.sock" : $socket;
	$self->{settings} = {
		mode            => 'enforce',
		directory       => 'directory.conf',
		listen          => $unix ? "unix:$self->{place}" : "inet:$self->{place}\@127.0.0.1",
		user            => '',
		log             => 'stderr',
		store           => "lmdb:$dir/record",
		'late-journal'  => "$dir/late",
		'desk-socket'   => "$dir/desk.sock",
		'pid-file'      => "$dir/pid",
		'outbox-server' => 'smtp://127.0.0.1:' . ($option{outbox_port} // reserve_port()),
		'outbox-retry'  => 1,
	};
	$self->preload if $option{preload};
	$self->set(%{ $option{settings} || {} });
	$self->set_directory($option{directory} // slurp(source_root() . '/conf/directory.conf'));
	at_end(sub { $self->terminate });
	return $self;
}

# As Postfix writes it in smtpd_milters.
sub milter {
	my ($self) = @_;
	return $self->{place} =~ m{^/} ? "unix:$self->{place}" : "inet:127.0.0.1:$self->{place}";
}

sub config { return $_[0]{config} }
sub dir    { return $_[0]{dir} }
sub pid    { return $_[0]{pid} }

# Changes settings in the file (undef: takes one away); counts from start() or reload() on.
sub set {
	my ($self, %change) = @_;
	my $settings = $self->{settings} = { %{ $self->{settings} }, %change };
	delete @$settings{ grep { !defined $settings->{$_} } keys %$settings };
	my $rows = join '', map { "$_ = " . quoted($settings->{$_}) . "\n" } sort keys %$settings;
	spew($self->{config}, $rows . $self->{extra});
	return;
}

sub set_directory {
	my ($self, $text) = @_;
	spew("$self->{dir}/directory.conf", $text);
	return;
}

# Changes the environment of the next start.
sub set_env {
	my ($self, %change) = @_;
	$self->{env} = { %{ $self->{env} }, %change };
	delete @{ $self->{env} }{ grep { !defined $change{$_} } keys %change };
	return;
}

# What a service manager does for a service with a socket of its own: sd_listen_fds(3).
my $give = 'use POSIX; POSIX::dup2(shift, 3); @ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 1); exec @ARGV';

# Returns when both sockets accept connections, and a desk and a gate are there to serve them. Options:
#   listener      a listening socket that the daemon gets as from a service manager
#   seconds       how long that may take
sub start {
	my ($self, %option) = @_;
	my $before = length $self->log_text;
	my @command = (build_path('liaison-milter'), '-f', '-c', $self->{config});
	if (my $listener = $option{listener}) {
		fcntl $listener, F_SETFD, 0 or die "fcntl: $!\n";
		unshift @command, $^X, '-e', $give, fileno $listener;
	}
	$self->{pid} = spawn(\@command, out => $self->{log}, err => $self->{log}, env => $self->{env});
	my $up = wait_until($option{seconds} || 20, sub {
		$self->{status} = reap($self->{pid}, 0);
		return 1 if defined $self->{status};
		return accepts($self->{place}) && accepts($self->{settings}{'desk-socket'})
			&& $self->children('desk') && $self->children('gate');
	});
	return $self if $up && !defined $self->{status};
	my $told = substr $self->log_text, $before;
	my $end = defined $self->{status} ? "ended with wait status $self->{status}" : 'does not answer';
	$self->terminate;
	die "liaison-milter $end:\n$told";
}

# Asks for a reload; the caller waits for what it expects (wait_log).
sub reload {
	my ($self) = @_;
	return kill 'USR1', $self->{pid};
}

# Asks for a reload; true when the parent and each of its children have read anew.
sub reloaded {
	my ($self) = @_;
	my $pattern = qr/event=reloaded/;
	my @told = $self->log_lines($pattern);
	my @children = $self->children;
	$self->reload;
	return scalar(my @lines = $self->wait_log($pattern, @told + 1 + @children)) > @told + @children;
}

# Stops it as a service manager would; dies unless it ends with status 0.
sub stop {
	my ($self, $seconds) = @_;
	my $pid = $self->{pid} or die "liaison-milter is not running\n";
	kill 'TERM', $pid;
	my $status = reap($pid, $seconds || 20);
	$self->terminate;
	die "liaison-milter did not stop\n" . $self->log_text unless defined $status;
	die "liaison-milter stopped with wait status $status\n" . $self->log_text if $status != 0;
	return 1;
}

# kill -9 of the parent and all its children: the power cut.
sub terminate {
	my ($self) = @_;
	my $pid = delete $self->{pid} or return;
	my @family = map { $_->{pid} } grep { $_->{group} == $pid || $_->{parent} == $pid } process_rows();
	kill 'KILL', $pid, @family;
	reap($pid, 5);
	wait_until(5, sub { !grep { $_->{group} == $pid } process_rows() })
		or die "liaison-milter: processes of group $pid remain\n";
	return;
}

# Process ids of the living children, or of those that the log says were started as $role ("gate", "desk").
# In scalar context: how many.
sub children {
	my ($self, $role) = @_;
	my $parent = $self->{pid} // return;
	my %roles = map { /\bchild="?([\w-]+)"? pid="?(\d+)/ ? ($2 => $1) : () } $self->log_lines(qr/\bstarted\b/);
	my @pids = map { $_->{pid} } grep { $_->{parent} == $parent } process_rows();
	@pids = grep { ($roles{$_} // '') eq $role } @pids if defined $role;
	@pids = sort { $a <=> $b } @pids;
	return @pids;
}

# kill -9 of one child; returns when it is gone (the parent may have started another one by then).
sub kill9 {
	my ($self, $pid) = @_;
	kill 'KILL', $pid or die "kill $pid: $!\n";
	return wait_until(5, sub { !grep { $_->{pid} == $pid } process_rows() });
}

# liaisonctl COMMAND --config FILE ARGUMENTS: (exit status, output).
sub ctl {
	my ($self, $command, @arguments) = @_;
	return run_command([build_path('liaisonctl'), $command, '--config', $self->{config}, @arguments]);
}

# What the daemon printed, all starts together.
# All cases as liaisonctl shows them: list of hashes.
sub cases {
	my ($self) = @_;
	require JSON::PP;
	my ($status, $output) = $self->ctl('list', '--all', '--json');
	die "liaisonctl list: $output\n" if $status != 0;
	return map { JSON::PP::decode_json($_) } grep { /^\{/ } split /\n/, $output;
}

# The one whose Message-ID begins with this and an at sign; undef when there is none.
sub case_of {
	my ($self, $id) = @_;
	my ($case) = grep { ($_->{message_id} // '') =~ /^\Q$id\E@/ } $self->cases;
	return $case;
}

sub log_text { return slurp($_[0]{log}) }

# Its lines, or those that match.
sub log_lines {
	my ($self, $pattern) = @_;
	return grep { !defined $pattern || /$pattern/ } split /\n/, $self->log_text;
}

# The lines that match, once there are $count (1) of them, or after $seconds (10).
sub wait_log {
	my ($self, $pattern, $count, $seconds) = @_;
	my @lines;
	wait_until($seconds || 10, sub { (@lines = $self->log_lines($pattern)) >= ($count || 1) });
	return @lines;
}

# The crash library goes first into the process; AddressSanitizer would insist to be first itself.
sub preload {
	my ($self) = @_;
	my $others = $ENV{ASAN_OPTIONS} ? "$ENV{ASAN_OPTIONS}:" : '';
	$self->{env}{LD_PRELOAD} = build_path('tests/lib/crash_preload.so');
	$self->{env}{ASAN_OPTIONS} = "${others}verify_asan_link_order=0";
	return;
}

# A value in libConfuse's syntax.
sub quoted {
	my ($value) = @_;
	return '{' . join(', ', map { quoted($_) } @$value) . '}' if ref $value;
	return $value if $value =~ /^(?:-?\d+|true|false)$/;
	$value =~ s/([\\"])/\\$1/g;
	return "\"$value\"";
}

1;
