# LSM::Sendmail - a sendmail 8.17 of the test's own, beside the Postfix that is installed: the programs come out of
# packages that were unpacked and not installed (conf/debian-unpacked), everything else stands in a folder of
# its own. Same interface as LSM::Postfix, so that LSM::World takes either.
#
#   plan skip_all => LSM::Sendmail::missing() if LSM::Sendmail::missing();
#   my $sendmail = LSM::Sendmail->new($dir, milter => "unix:$socket", sink_port => $sink->port,
#                                     users => { carol => 'secret' });
#   $sendmail->start;
#   LSM::Smtp->new($sendmail->port('submission')) ...
#
# Four listeners, told apart by {daemon_name}:
#
#   smtp         mx-in            mail from elsewhere; relays to every domain
#   submission   submission       only after a login of `users`
#   command      command          what the sendmail command hands in
#   outbox       liaison-outbox   the milter's own mail
#
# sendmail trusts no socket, no aliases and no login settings below a folder that all may write to, such as /tmp: its
# folder stands under /run. It runs in namespaces of its own: it insists on a host name with a dot, and dies
# with all its children when it is stopped. Needs root.
package LSM::Sendmail;

use strict;
use warnings;

use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use LSM::Scratch qw(accepts at_end build_path run_command serve slurp spawn spew wait_until);
use LSM::Smtp;

my $UNPACKED = 'sendmail';    # in the build folder
my @NAMESPACES = ('unshare', '--uts', '--pid', '--fork', '--kill-child=KILL');

sub root    { return build_path($UNPACKED) }
sub program { return root() . '/usr/libexec/sendmail/sendmail' }

# Why no private sendmail can run here, or ''.
sub missing {
	return 'needs root' if $> != 0;
	return 'sendmail is not unpacked in ' . root() . ' (make deps)' unless -x program();
	my ($status, $output) = run_command(['ldd', program()], env => libraries());
	return "sendmail lacks the library $1" if $output =~ /(\S+) => not found/;
	return 'm4 is not installed' unless grep { -x "$_/m4" } split /:/, $ENV{PATH};
	($status) = run_command([@NAMESPACES, 'true']);
	return 'no namespaces of its own (unshare)' if $status != 0;
	return '';
}

sub libraries {
	my ($architecture) = glob root() . '/usr/lib/*-linux-*';
	return { LD_LIBRARY_PATH => $architecture // '' };
}

# A folder that only root may write to, all the way up.
sub safe_dir {
	my $dir = tempdir('lsm-XXXXXX', DIR => '/run');
	chmod 0755, $dir or die "chmod $dir: $!\n";
	at_end(sub { remove_tree($dir, { safe => 0 }) unless $ENV{LSM_KEEP} });
	return $dir;
}

# $dir must not exist; it becomes a link. Options:
#   milter      as Postfix writes it: "unix:/path" or "inet:127.0.0.1:port"; '' or none: no milter
#   on_failure  what sendmail does when the milter fails: T (tempfail, standard), R (reject), '' (go on without)
#   sink_port   next hop of all mail
#   users       {login => password} of the submission listener
#   aliases     {local part at ietf.org => "address, address"}; ietf.org is then a local name
#   lines       more of sendmail.mc
sub new {
	my ($class, $dir, %option) = @_;
	my $self = bless { dir => safe_dir(), users => $option{users} || {}, aliases => $option{aliases} || {} }, $class;
	symlink $self->{dir}, $dir or die "$dir: $!\n";
	$dir = $self->{dir};
	$self->{ports} = { map { $_ => LSM::Scratch::reserve_port() } qw(smtp submission command outbox) };
	make_path(map { "$dir/$_" } qw(queue waiting mail));
	chmod 0700, "$dir/queue", "$dir/waiting";
	chown scalar getpwnam('mail'), scalar getgrnam('mail'), "$dir/waiting" or die "chown $dir/waiting: $!\n";
	$self->make_files(%option);
	$self->serve_logins;
	at_end(sub { $self->stop });
	return $self;
}

sub port { return $_[0]{ports}{ $_[1] } // die "no listener $_[1]\n" }

# A connection of a client with this address, after EHLO. All addresses of 127.0.0.0/8 are ours to take: the first
# number becomes 127.
sub client_from {
	my ($self, $address) = @_;
	my $smtp = LSM::Smtp->new($self->port('smtp'), from => address_of($address));
	$smtp->ehlo('mail.elsewhere.example');
	return $smtp;
}

sub address_of { return $_[0] =~ s/^\d+/127/r }

# Where the milter may listen, as LSM::Daemon's option: not everywhere.
sub socket_place { return safe_dir() . '/milter.sock' }

# The program with arguments, in namespaces of its own.
sub command {
	my ($self, $cf, @arguments) = @_;
	return [@NAMESPACES, 'sh', '-c', 'hostname mx.ietf.org; exec "$@"', 'sh', program(), '-C', "$self->{dir}/$cf.cf", @arguments];
}

# Runs until stop() or the end of the test.
sub start {
	my ($self) = @_;
	if (%{ $self->{aliases} }) {
		my ($status, $output) = run_command($self->command('sendmail', '-bi'), env => libraries());
		die "sendmail: aliases: $output\n" if $status != 0;
	}
	$self->{pid} = spawn($self->command('sendmail', '-bD', '-q1s', '-X', "$self->{dir}/traffic"),
		env => libraries(), out => "$self->{dir}/log", err => "$self->{dir}/log");
	for my $name (sort keys %{ $self->{ports} }) {
		wait_until(10, sub { accepts($self->port($name)) }) or die "sendmail: $name does not answer\n" . $self->log_text;
	}
	return $self;
}

# Its namespace ends with it, and with that all its processes.
sub stop {
	my ($self) = @_;
	my $pid = delete $self->{pid} or return;
	LSM::Scratch::stop_group($pid);
	return;
}

# The sendmail command, as root: (exit status, output).
sub sendmail {
	my ($self, $sender, $recipients, $mail) = @_;
	return run_command($self->command('submit', '-Ac', '-i', '-f', $sender, '--', @$recipients), input => $mail, env => libraries());
}

sub log_text { return slurp("$_[0]{dir}/log") }

# What SMTP clients and next hops said, and heard.
sub traffic { return slurp("$_[0]{dir}/traffic") }

# Number of mails in the queue, those held (quarantined) among them.
sub queue_length {
	my ($self) = @_;
	my @mails = glob "$self->{dir}/queue/{qf,Qf,tf,hf,df}*";
	return scalar @mails;
}

# True once the queue is empty, false when it is not after $seconds (15).
sub queue_is_empty {
	my ($self, $seconds) = @_;
	return wait_until($seconds || 15, sub { $self->queue_length == 0 });
}

# --- its files ---

sub make_files {
	my ($self, %option) = @_;
	my $dir = $self->{dir};
	spew("$dir/mail/local-host-names", %{ $self->{aliases} } ? "ietf.org\n" : '');
	spew("$dir/mail/trusted-users", '');
	spew("$dir/mail/service.switch", "hosts files\naliases files\npasswd files\n");
	spew("$dir/mail/aliases", join '', map { "$_: $self->{aliases}{$_}\n" } sort keys %{ $self->{aliases} });
	spew("$dir/Sendmail.conf", "pwcheck_method: saslauthd\nsaslauthd_path: $dir/mux\nmech_list: PLAIN LOGIN\n");
	$self->make_cf('sendmail', $self->sendmail_mc(%option));
	$self->make_cf('submit', $self->submit_mc);
	return;
}

sub make_cf {
	my ($self, $name, $text) = @_;
	my $cf = root() . '/usr/share/sendmail/cf';
	spew("$self->{dir}/$name.mc", $text);
	my ($status, $output) = run_command(['m4', "-D_CF_DIR_=$cf/", "$cf/m4/cf.m4", "$self->{dir}/$name.mc"]);
	die "m4: $output\n" if $status != 0;
	spew("$self->{dir}/$name.cf", $output);
	return;
}

# The command's part: hands each mail to the listener `command` at once.
sub submit_mc {
	my ($self) = @_;
	return <<"END";
divert(0)dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `mx.ietf.org')dnl
define(`MSP_QUEUE_DIR', `$self->{dir}/waiting')dnl
define(`STATUS_FILE', `')dnl
define(`confPID_FILE', `$self->{dir}/submit.pid')dnl
define(`confCONTROL_SOCKET_NAME', `')dnl
define(`confRUN_AS_USER', `mail:mail')dnl
define(`confSERVICE_SWITCH_FILE', `$self->{dir}/mail/service.switch')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confDELIVERY_MODE', `i')dnl
define(`confMUST_QUOTE_CHARS', `\@')dnl
define(`SMTP_MAILER_ARGS', `TCP \$h $self->{ports}{command}')dnl
define(`ESMTP_MAILER_ARGS', `TCP \$h $self->{ports}{command}')dnl
define(`RELAY_MAILER_ARGS', `TCP \$h $self->{ports}{command}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`msp', `[127.0.0.1]')dnl
END
}

# "unix:/path", or "inet:port@host" as sendmail has it.
sub milter_place {
	my ($milter) = @_;
	return $milter =~ /^inet:(.*):(\d+)$/ ? "inet:$2\@$1" : $milter;
}

sub sendmail_mc {
	my ($self, %option) = @_;
	my ($dir, $sink) = ($self->{dir}, $option{sink_port});
	my %port = %{ $self->{ports} };
	my %define = (
		confDOMAIN_NAME         => 'mx.ietf.org',
		QUEUE_DIR               => "$dir/queue",
		STATUS_FILE             => "$dir/statistics",
		HELP_FILE               => "$dir/helpfile",
		ALIAS_FILE              => %{ $self->{aliases} } ? "$dir/mail/aliases" : undef,
		confPID_FILE            => "$dir/sendmail.pid",
		confCONTROL_SOCKET_NAME => '',
		confCW_FILE             => "$dir/mail/local-host-names",
		confCT_FILE             => "$dir/mail/trusted-users",
		confSERVICE_SWITCH_FILE => "$dir/mail/service.switch",
		confDONT_PROBE_INTERFACES => 'True',
		confDONT_BLAME_SENDMAIL   => 'GroupWritableDirPathSafe',
		confDELIVERY_MODE         => 'background',
		confDEF_USER_ID           => '8:8',
		confTO_IDENT              => 0,
		confREFUSE_LA             => 1000,
		confQUEUE_LA              => 1000,
		confDELAY_LA              => 0,
		confMAX_DAEMON_CHILDREN   => 100,
		confPRIVACY_FLAGS         => '',
		confBIND_OPTS             => '',
		confMIN_QUEUE_AGE         => 0,
		confBAD_RCPT_THROTTLE     => 0,
		# Else "From: C. Chair <...>" goes on as "From: \"C. Chair\" <...>", and no signature of it holds.
		confMUST_QUOTE_CHARS => '@',
		# every domain goes one way
		RELAY_MAILER_ARGS => "TCP \$h $sink",
		SMART_HOST        => 'relay:[127.0.0.1]',
		(map { $_ => 'relay:[127.0.0.1]' } %{ $self->{aliases} } ? 'LUSER_RELAY' : qw(LOCAL_RELAY MAIL_HUB)),
		confAUTH_MECHANISMS => 'PLAIN LOGIN',
		confAUTH_OPTIONS    => 'A',
	);
	my $defines = join '', map { defined $define{$_} ? "define(`$_', `$define{$_}')dnl\n" : "undefine(`$_')dnl\n" }
		sort keys %define;
	my $flags = ($option{on_failure} // 'T') ne '' ? ', F=' . ($option{on_failure} // 'T') : '';
	my $filter = ($option{milter} // '') eq '' ? ''
		: "INPUT_MAIL_FILTER(`liaison-milter', `S=" . milter_place($option{milter}) . "$flags, T=C:5s;S:30s;R:30s;E:60s')dnl\n";
	my $lines = $option{lines} // '';
	return <<"END";
divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
OSTYPE(`linux')dnl
${defines}TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
FEATURE(`nocanonify')dnl
FEATURE(`use_cw_file')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`no_default_msa')dnl
RELAY_DOMAIN(`127')dnl
DAEMON_OPTIONS(`Name=mx-in, Family=inet, Addr=127.0.0.1, Port=$port{smtp}, Listen=200')dnl
DAEMON_OPTIONS(`Name=submission, Family=inet, Addr=127.0.0.1, Port=$port{submission}, Listen=200, M=a')dnl
DAEMON_OPTIONS(`Name=command, Family=inet, Addr=127.0.0.1, Port=$port{command}, Listen=200')dnl
DAEMON_OPTIONS(`Name=liaison-outbox, Family=inet, Addr=127.0.0.1, Port=$port{outbox}, Listen=200')dnl
$filter${lines}MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
ESASL_CONF_PATH=$dir
END
}

# --- logins: saslauthd's protocol. Four strings (login, password, service, realm), each behind its length in two
# octets; the answer is one such string, "OK" or "NO". ---

sub serve_logins {
	my ($self) = @_;
	my $listener = IO::Socket::UNIX->new(Local => "$self->{dir}/mux", Listen => 50) or die "$self->{dir}/mux: $!\n";
	serve($listener, sub {
		my ($client) = @_;
		my ($login, $password) = map { counted($client) } 1 .. 4;
		my $known = defined $password && defined $self->{users}{$login} && $self->{users}{$login} eq $password;
		syswrite $client, pack 'n/a*', $known ? 'OK' : 'NO';
	});
	return;
}

sub counted {
	my ($client) = @_;
	return unless (read $client, my $length, 2) == 2;
	read $client, my $text, unpack 'n', $length;
	return $text;
}

1;
