# LSM::Sink - where all mail of a test ends: a small SMTP server that keeps each transaction as it came.
#
#   my $sink = LSM::Sink->new("$dir/sink");
#   ... Postfix delivers to 127.0.0.1, port $sink->port ...
#   my @mails = $sink->wait_for(2);    # {sender, recipients => [...], data, raw}, in order of arrival
#
# A mail is one file NUMBER.mail in the folder: "MAIL address", "RCPT address" lines, an empty line, the
# data as on the wire without dot-stuffing. What is refused is told by the file `refuse`, which the
# server reads at each RCPT, so that a test can change it while mail flows.
package LSM::Sink;

use strict;
use warnings;

use IO::Handle;
use IO::Socket::INET;
use LSM::Scratch qw(slurp spew wait_until);
use Time::HiRes ();

my $PATIENCE = 60;    # seconds a silent client is borne

sub new {
	my ($class, $dir) = @_;
	mkdir $dir or die "$dir: $!\n";
	my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 128, Proto => 'tcp')
		or die "sink: $!\n";
	my $self = bless { dir => $dir, port => $listener->sockport }, $class;
	$self->{pid} = LSM::Scratch::serve($listener, sub { $self->talk($_[0]) });
	return $self;
}

sub port { return $_[0]{port} }

# From now on recipients that match get this reply, for example refuse(qr/gone@/, '550 5.1.1 unknown').
# The newest call counts first.
sub refuse {
	my ($self, $pattern, $reply) = @_;
	my $path = "$self->{dir}/refuse";
	spew($path, "$reply\t$pattern\n" . slurp($path));
	return;
}

# Everybody is welcome again.
sub accept_all {
	my ($self) = @_;
	unlink "$self->{dir}/refuse";
	return;
}

# All mails so far. data has LF line ends, raw is what was on the wire.
sub mails {
	my ($self) = @_;
	return map { parse(slurp($_)) } sort glob "$self->{dir}/*.mail";
}

# The mails that this recipient got.
sub mails_to {
	my ($self, $address) = @_;
	return grep { grep { lc $_ eq lc $address } @{ $_->{recipients} } } $self->mails;
}

# Waits until $count mails are there (or $seconds are over, default 15) and returns all of them.
sub wait_for {
	my ($self, $count, $seconds) = @_;
	wait_until($seconds || 15, sub { my @files = glob "$self->{dir}/*.mail"; @files >= $count });
	return $self->mails;
}

# The same for the mails of one recipient.
sub wait_for_to {
	my ($self, $address, $count, $seconds) = @_;
	wait_until($seconds || 15, sub { my @mails = $self->mails_to($address); @mails >= $count });
	return $self->mails_to($address);
}

# Forgets what came so far.
sub clear {
	my ($self) = @_;
	unlink glob "$self->{dir}/*.mail";
	return;
}

# Takes the server away, as when the next host is down.
sub stop {
	my ($self) = @_;
	LSM::Scratch::stop_group($self->{pid});
	return;
}

sub parse {
	my ($octets) = @_;
	my ($envelope, $raw) = split /\n\n/, $octets, 2;
	my ($sender) = $envelope =~ /^MAIL (.*)$/m;
	my @recipients = $envelope =~ /^RCPT (.*)$/mg;
	(my $data = $raw) =~ s/\r\n/\n/g;
	return { sender => $sender, recipients => \@recipients, data => $data, raw => $raw };
}

# --- the server's side, in a process per connection ---

sub talk {
	my ($self, $client) = @_;
	$SIG{ALRM} = 'DEFAULT';
	my %session = (client => $client, sink => $self, recipients => []);
	say_line(\%session, '220 sink ESMTP');
	while (defined(my $line = read_line(\%session))) {
		my ($verb) = $line =~ /^([A-Za-z]+)/;
		my $handler = LSM::Sink->can('on_' . lc($verb // '')) || \&on_unknown;
		last unless $handler->(\%session, $line);
	}
	return;
}

sub read_line {
	my ($session) = @_;
	alarm $PATIENCE;
	my $line = readline $session->{client};
	return $line;
}

sub say_line {
	my ($session, @lines) = @_;
	print { $session->{client} } map { "$_\r\n" } @lines;
	$session->{client}->flush;
	return 1;
}

sub reset_transaction {
	my ($session) = @_;
	@$session{qw(sender recipients)} = (undef, []);
	return;
}

sub on_ehlo {
	my ($session) = @_;
	return say_line($session, '250-sink', '250-8BITMIME', '250-SMTPUTF8', '250-DSN', '250 PIPELINING');
}

sub on_helo { return say_line($_[0], '250 sink') }
sub on_noop { return say_line($_[0], '250 2.0.0 ok') }
sub on_unknown { return say_line($_[0], '502 5.5.2 not known here') }

sub on_rset {
	my ($session) = @_;
	reset_transaction($session);
	return say_line($session, '250 2.0.0 ok');
}

sub on_quit {
	my ($session) = @_;
	say_line($session, '221 2.0.0 bye');
	return 0;
}

sub on_mail {
	my ($session, $line) = @_;
	reset_transaction($session);
	($session->{sender}) = $line =~ /<([^>]*)>/;
	return say_line($session, defined $session->{sender} ? '250 2.1.0 ok' : '501 5.5.4 MAIL FROM:<address>');
}

sub on_rcpt {
	my ($session, $line) = @_;
	my ($address) = $line =~ /<([^>]*)>/;
	return say_line($session, '503 5.5.1 MAIL first') unless defined $session->{sender};
	return say_line($session, '501 5.5.4 RCPT TO:<address>') unless defined $address;
	for my $row (split /\n/, slurp("$session->{sink}{dir}/refuse")) {
		my ($reply, $pattern) = split /\t/, $row, 2;
		return say_line($session, $reply) if $address =~ /$pattern/;
	}
	push @{ $session->{recipients} }, $address;
	return say_line($session, '250 2.1.5 ok');
}

sub on_data {
	my ($session) = @_;
	return say_line($session, '503 5.5.1 no recipient') unless @{ $session->{recipients} };
	say_line($session, '354 go ahead');
	my @data;
	while (1) {
		my $line = read_line($session) // return 0;
		last if $line eq ".\r\n";
		$line =~ s/^\.//;
		push @data, $line;
	}
	keep($session, join '', @data);
	reset_transaction($session);
	return say_line($session, '250 2.0.0 kept');
}

# Kept before it is confirmed, so that no mail that left the queue is missing in the folder.
sub keep {
	my ($session, $data) = @_;
	my $name = sprintf '%017.6f-%d.mail', Time::HiRes::time(), $$;
	my $envelope = join '', "MAIL $session->{sender}\n", map { "RCPT $_\n" } @{ $session->{recipients} };
	spew("$session->{sink}{dir}/$name", "$envelope\n$data");
	return;
}

1;
