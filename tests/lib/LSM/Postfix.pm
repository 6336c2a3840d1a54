# LSM::Postfix - a Postfix of the test's own: own configuration, queue and log in one folder, loopback
# only. The machine's mail system and /etc/postfix are not touched. Needs root (Postfix switches users).
#
#   my $postfix = LSM::Postfix->new($dir, milter => "inet:127.0.0.1:$port", sink_port => $sink->port,
#                                   users => { 'chair@ietf.org' => 'secret' });
#   $postfix->start;
#   LSM::Smtp->new($postfix->port('submission')) ...
#
# Three listeners, told apart by {daemon_name}:
#
#   smtp         mx-in            mail from elsewhere; XCLIENT is allowed; relays to every domain
#   submission   submission       only after a login of `users`
#   outbox       liaison-outbox   the milter's own mail: header fields stay as they are, none is added
#
# and the sendmail command. Every mail of any domain goes to the sink, or to `relayhost`.
package LSM::Postfix;

use strict;
use warnings;

use File::Find ();
use File::Path qw(make_path);
use LSM::Sasl;
use LSM::Scratch qw(accepts at_end process_rows reserve_port run_command slurp spew wait_until);
use LSM::Smtp;

my $MASTER = '/usr/lib/postfix/sbin/master';

# Why no private Postfix can run here, or ''.
sub missing {
	return 'needs root' if $> != 0;
	return 'Postfix is not installed' unless -x $MASTER && defined getpwnam 'postfix';
	return '';
}

# $dir must not exist; the folders above it must be open to all. Options:
#   milter           as in smtpd_milters; '' or none: no milter
#   default_action   what Postfix does when the milter fails: tempfail (standard), accept, ...
#   sink_port        next hop of all mail
#   relayhost        "[127.0.0.1]:PORT" instead: a Postfix that relays to another one
#   users            {login => password} of the submission listener
#   name             myhostname
#   settings         {parameter => value}: more of main.cf, or other values
sub new {
	my ($class, $dir, %option) = @_;
	my $self = bless { dir => $dir, users => $option{users} || {} }, $class;
	$self->{ports} = { map { $_ => reserve_port() } qw(smtp submission outbox) };
	$self->make_folders;
	spew("$dir/etc/main.cf", $self->main_cf(%option));
	spew("$dir/etc/master.cf", $self->master_cf);
	# Each Postfix process rereads a main.cf that is younger than two seconds until it has "cooled down".
	utime time - 60, time - 60, "$dir/etc/main.cf" or die "utime: $!\n";
	$self->{sasl} = LSM::Sasl->new("$dir/sasl/auth", $self->{users});
	at_end(sub { $self->stop });
	return $self;
}

# Of smtp, submission or outbox.
sub port { return $_[0]{ports}{ $_[1] } // die "no listener $_[1]\n" }

# A connection of a client with this address, after EHLO.
sub client_from {
	my ($self, $address) = @_;
	my $smtp = LSM::Smtp->new($self->port('smtp'));
	$smtp->ehlo;
	$smtp->xclient(ADDR => $address, NAME => 'mail.elsewhere.example', HELO => 'mail.elsewhere.example');
	return $smtp;
}

# The address that the milter then sees.
sub address_of { return $_[0] }

# Where the milter may listen, as LSM::Daemon's option: any unix socket will do.
sub socket_place { return 'unix' }

sub config_dir { return "$_[0]{dir}/etc" }

# Runs until stop() or the end of the test.
sub start {
	my ($self) = @_;
	my ($status, $output) = run_command([$MASTER, '-c', $self->config_dir, '-w']);
	die "Postfix does not start ($status): $output\n" . $self->log_text if $status != 0;
	my ($pid) = slurp("$self->{dir}/queue/pid/master.pid") =~ /(\d+)/ or die "Postfix: no process id\n";
	$self->{pid} = $pid;
	for my $name (sort keys %{ $self->{ports} }) {
		wait_until(10, sub { accepts($self->port($name)) }) or die "Postfix: $name does not answer\n";
	}
	return $self;
}

# Returns when the master and all its children are gone. Again, or before start: nothing.
sub stop {
	my ($self) = @_;
	my $pid = delete $self->{pid} or return;
	kill 'TERM', $pid;
	my $gone = sub { !grep { $_->{pid} == $pid || $_->{group} == $pid } process_rows() };
	return if wait_until(5, $gone);
	kill 'KILL', $pid, map { $_->{pid} } grep { $_->{group} == $pid } process_rows();
	wait_until(5, $gone) or die "Postfix: processes of group $pid remain\n";
	return;
}

# The sendmail command, as root: (exit status, output).
sub sendmail {
	my ($self, $sender, $recipients, $mail) = @_;
	my @command = ('/usr/sbin/sendmail', '-C', $self->config_dir, '-i', '-f', $sender, '--', @$recipients);
	return run_command(\@command, input => $mail);
}

# Tries everything that was put off now.
sub flush {
	my ($self) = @_;
	return run_command(['/usr/sbin/postqueue', '-c', $self->config_dir, '-f']);
}

# Number of mails in the queue, those being taken or delivered just now among them.
sub queue_length {
	my ($self) = @_;
	my $count = 0;
	my @queues = map { "$self->{dir}/queue/$_" } qw(maildrop incoming active deferred hold);
	File::Find::find({ no_chdir => 1, wanted => sub { $count++ if -f } }, @queues);
	return $count;
}

# True once the queue is empty, false when it is not after $seconds (15).
sub queue_is_empty {
	my ($self, $seconds) = @_;
	return wait_until($seconds || 15, sub { $self->queue_length == 0 });
}

sub log_text { return slurp("$_[0]{dir}/mail.log") }

# The lines that match, once there is one; none when there is none after $seconds (10).
sub wait_log {
	my ($self, $pattern, $seconds) = @_;
	my @lines;
	wait_until($seconds || 10, sub { @lines = grep { /$pattern/ } split /\n/, $self->log_text });
	return @lines;
}

# --- its folders and files ---

# What postfix-script would make, with the same owners and modes; by hand it takes no time.
sub make_folders {
	my ($self) = @_;
	my $dir = $self->{dir};
	my @private = qw(active bounce corrupt defer deferred flush hold incoming private saved trace);
	make_path(map({ "$dir/$_" } qw(etc data sasl)), map { "$dir/queue/$_" } @private, qw(maildrop pid public));
	my ($postfix, $postdrop) = (scalar getpwnam('postfix'), scalar getgrnam('postdrop'));
	my @rows = (
		(map { ["queue/$_", 0700, $postfix, 0] } @private),
		['queue/maildrop', 01730, $postfix, $postdrop],
		['queue/public',   02710, $postfix, $postdrop],
		['data',           0700,  $postfix, 0],
		(map { [$_, 0755, 0, 0] } '.', qw(etc sasl queue queue/pid)),
	);
	for my $row (@rows) {
		my ($name, $mode, $user, $group) = @$row;
		chown $user, $group, "$dir/$name" or die "chown $dir/$name: $!\n";
		chmod $mode, "$dir/$name"         or die "chmod $dir/$name: $!\n";
	}
	return;
}

sub main_cf {
	my ($self, %option) = @_;
	my $dir = $self->{dir};
	my $milter = $option{milter} // '';
	my $next = $option{relayhost} // '[127.0.0.1]:' . ($option{sink_port} // die "sink_port or relayhost\n");
	my %parameters = (
		# its own place
		compatibility_level   => '3.6',
		queue_directory       => "$dir/queue",
		data_directory        => "$dir/data",
		command_directory     => '/usr/sbin',
		daemon_directory      => '/usr/lib/postfix/sbin',
		shlib_directory       => '/usr/lib/postfix',
		meta_directory        => '/etc/postfix',
		mail_owner            => 'postfix',
		setgid_group          => 'postdrop',
		maillog_file          => "$dir/mail.log",
		maillog_file_prefixes => $dir,
		inet_interfaces       => '127.0.0.1',
		inet_protocols        => 'ipv4',
		myhostname            => $option{name} // 'mx.ietf.org',
		mydomain              => 'ietf.org',
		myorigin              => 'ietf.org',
		# every domain goes one way, and no name is looked up
		mydestination            => '',
		mynetworks               => '0.0.0.0/0',
		smtp_dns_support_level   => 'disabled',
		smtp_host_lookup         => 'native',
		smtpd_peername_lookup    => 'no',
		default_transport        => "smtp:$next",
		relay_transport          => "smtp:$next",
		local_transport          => "smtp:$next",
		local_recipient_maps     => '',
		alias_maps               => '',
		alias_database           => '',
		append_dot_mydomain      => 'no',
		biff                     => 'no',
		smtpd_relay_restrictions => 'permit_mynetworks, reject_unauth_destination',
		# the milter
		smtpd_milters            => $milter,
		non_smtpd_milters        => $milter,
		milter_protocol          => 6,
		milter_default_action    => $option{default_action} // 'tempfail',
		milter_connect_timeout   => '5s',
		milter_command_timeout   => '30s',
		milter_content_timeout   => '60s',
		milter_macro_daemon_name => 'mx-in',
		# tests play any client, and do not wait
		smtpd_authorized_xclient_hosts      => '127.0.0.0/8',
		smtpd_client_connection_count_limit => 0,
		smtpd_client_connection_rate_limit  => 0,
		smtpd_client_message_rate_limit     => 0,
		smtpd_hard_error_limit              => 1000,
		smtpd_soft_error_limit              => 1000,
		smtpd_error_sleep_time              => 0,
		in_flow_delay                       => 0,
		minimal_backoff_time                => '1s',
		maximal_backoff_time                => '2s',
		queue_run_delay                     => '1s',
		message_size_limit                  => 104857600,
		mailbox_size_limit                  => 0,
		# logins
		smtpd_sasl_type => 'dovecot',
		smtpd_sasl_path => "$dir/sasl/auth",
		%{ $option{settings} || {} },
	);
	return join '', map { "$_ = $parameters{$_}\n" } sort keys %parameters;
}

# No service runs chrooted: else paths of unix sockets would count from the queue's folder.
sub master_cf {
	my ($self) = @_;
	my %port = %{ $self->{ports} };
	return <<"END";
127.0.0.1:$port{smtp} inet n - n - - smtpd
127.0.0.1:$port{submission} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=no
  -o smtpd_sasl_security_options=noanonymous
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=submission
127.0.0.1:$port{outbox} inet n - n - - smtpd
  -o syslog_name=postfix/outbox
  -o cleanup_service_name=cleanup-outbox
  -o local_header_rewrite_clients=
  -o milter_macro_daemon_name=liaison-outbox
cleanup-outbox unix n - n - 0 cleanup
  -o syslog_name=postfix/outbox
  -o always_add_missing_headers=no
tlsmgr    unix  - - n 1000? 1 tlsmgr
pickup    unix  n - n 5 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
showq     unix  n - n - - showq
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
END
}

1;
