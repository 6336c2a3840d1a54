# LSM::Milter - the mail server's side of the milter protocol (version 6), octet by octet: for what
# miltertest cannot say or show (NULs, counts of 100,000, indexes of edits, half a packet).
#
#   my $milter = LSM::Milter->new($daemon);
#   $milter->envelope({ '{auth_authen}' => 'carol' }, 'carol@example.org', ['liaisons@bbf.example']);
#   $milter->field(Subject => 'STAMP');
#   my $answer = $milter->end_of_header;      # "continue", "accept" ...
#   $answer = $milter->body($octets);         # the same, or "skip"
#   my ($final, @edits) = $milter->end;       # "reply" of "550 5.6.0 ..."; [name, part, part ...] each
#
# Steps that the daemon negotiated as silent are not waited for. An answer is '' when the connection is gone,
# or nothing came in time (30 seconds).
package LSM::Milter;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(time);

my $ACTIONS = 0x1ff;
my $STEPS = 0x1fffff;
my $CHUNK = 65535;
my $PATIENCE = 30;

my %final = (a => 'accept', c => 'continue', d => 'discard', r => 'reject', s => 'skip', t => 'tempfail', y => 'reply');
my %edit = ('+' => 'add-recipient', '-' => 'remove-recipient', h => 'add-field', m => 'change-field', i => 'insert-field');

# $daemon: an LSM::Daemon. The connection is there, negotiated and announced.
sub new {
	my ($class, $daemon, %option) = @_;
	my $place = $daemon->{place};
	my $socket = $place =~ m{^/} ? IO::Socket::UNIX->new(Peer => $place)
		: IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $place);
	die "milter: $place: $!\n" unless $socket;
	setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1 if $place !~ m{^/};
	my $self = bless { socket => $socket, buffer => '' }, $class;
	$self->packet('O', pack 'NNN', 6, $ACTIONS, $STEPS);
	my ($letter, $answer) = $self->read_packet;
	die "milter: no negotiation\n" if $letter ne 'O';
	@$self{qw(version actions steps)} = unpack 'NNN', $answer;
	$self->macros('C', '{daemon_name}' => $option{daemon_name} || 'submission', '{client_addr}' => '203.0.113.9');
	$self->packet('C', "mail.example.org\0" . '4' . pack('n', 25) . "203.0.113.9\0");
	return $self;
}

sub macros {
	my ($self, $step, %value) = @_;
	return $self->packet('D', $step . join '', map { "$_\0$value{$_}\0" } sort keys %value);
}

sub envelope {
	my ($self, $macros, $sender, $recipients) = @_;
	$self->macros('M', i => 'Q1', %$macros);
	$self->packet('M', "<$sender>\0");
	$self->packet('R', "<$_>\0") for @$recipients;
	return;
}

sub field {
	my ($self, $name, $value) = @_;
	return $self->packet('L', "$name\0 $value\0");
}

# Many at once, as one write: [name, value] each.
sub fields {
	my ($self, @fields) = @_;
	return $self->write_octets(join '', map { my $data = "L$_->[0]\0 $_->[1]\0"; pack('N', length $data) . $data } @fields);
}

sub end_of_header {
	my ($self) = @_;
	$self->packet('N', '');
	return $self->answer;
}

# Returns the answer to the last piece that was sent: after any but "continue" the rest stays here.
sub body {
	my ($self, $octets) = @_;
	my $answer = 'continue';
	for (my $at = 0; $at < length $octets && $answer eq 'continue'; $at += $CHUNK) {
		$self->packet('B', substr $octets, $at, $CHUNK);
		$answer = $self->answer;
	}
	return $answer;
}

sub end {
	my ($self) = @_;
	$self->packet('E', '');
	return $self->answer;
}

# One mail on a connection of its own, by somebody who has logged in as its sender: the reply's code, or the answer's
# word where there is no reply.
sub submit {
	my ($class, $daemon, $sender, $recipients, $mail) = @_;
	my $self = $class->new($daemon);
	my $answer = $self->mail({ '{auth_authen}' => $sender }, $sender, $recipients, $mail);
	my $reply = $self->reply;
	$self->quit;
	return $answer eq 'reply' ? substr($reply, 0, 3) : $answer;
}

# A mail to its answer, or to the last step: (answer, edits). $mail has LF line ends.
sub mail {
	my ($self, $macros, $sender, $recipients, $mail) = @_;
	my ($header, $body) = split /\n\n/, $mail, 2;
	$self->envelope($macros, $sender, $recipients);
	$self->fields(map { /^([^:]+):[ \t]?(.*)/s ? [$1, $2] : () } split /\n(?![ \t])/, $header);
	my $answer = $self->end_of_header;
	return $answer if $answer ne 'continue';
	$body =~ s/\n/\r\n/g;
	$answer = $self->body($body);
	return $answer if $answer ne 'continue' && $answer ne 'skip';
	return $self->end;
}

sub abort { return $_[0]->packet('A', '') }
sub quit  { $_[0]->packet('Q', ''); return $_[0]->drop }

sub drop {
	my ($self) = @_;
	close $self->{socket} if $self->{socket};
	$self->{socket} = undef;
	return;
}

# --- packets ---

sub packet {
	my ($self, $letter, $data) = @_;
	return $self->write_octets(pack('N', 1 + length $data) . $letter . $data);
}

sub write_octets {
	my ($self, $octets) = @_;
	my $sent = 0;
	while ($self->{socket} && $sent < length $octets) {
		my $count = syswrite $self->{socket}, $octets, length($octets) - $sent, $sent;
		return $self->drop unless $count;
		$sent += $count;
	}
	return 1;
}

sub answer {
	my ($self) = @_;
	my @edits;
	while (my ($letter, $data) = $self->read_packet) {
		my @parts = split /\0/, $letter eq 'm' ? substr($data, 4) : $data, -1;
		pop @parts;
		unshift @parts, unpack 'N', $data if $letter eq 'm';
		push @edits, [$edit{$letter}, @parts] if $edit{$letter};
		next unless $final{$letter};
		$self->{reply} = $letter eq 'y' ? $parts[0] : '';
		return wantarray ? ($final{$letter}, @edits) : $final{$letter};
	}
	return wantarray ? ('') : '';
}

# The text of the last "reply".
sub reply { return $_[0]{reply} }

sub read_packet {
	my ($self) = @_;
	my $deadline = time + $PATIENCE;
	while (1) {
		my $length = length $self->{buffer} >= 4 ? unpack 'N', $self->{buffer} : undef;
		if (defined $length && length $self->{buffer} >= 4 + $length) {
			my $packet = substr substr($self->{buffer}, 0, 4 + $length, ''), 4;
			return (substr($packet, 0, 1), substr $packet, 1);
		}
		my $left = $deadline - time;
		return unless $self->{socket} && $left > 0 && IO::Select->new($self->{socket})->can_read($left);
		return $self->drop unless sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
	}
}

1;
