# LSM::Smtp - an SMTP client that keeps the transcript.
#
#   my $smtp = LSM::Smtp->new($port);
#   $smtp->ehlo;
#   $smtp->auth_plain('chair@ietf.org', 'secret');
#   my ($code, @lines) = $smtp->send($sender, [@recipients], $mail);
#   $smtp->quit;
#   print "$_\n" for $smtp->transcript;    # "C: ..." and "S: ..."
#
# Each command returns (code, full lines of the reply), in scalar context the code alone. Code 0: the
# connection is gone, or nothing came in time; the only line then says which. Nothing here dies but new.
package LSM::Smtp;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);
use Time::HiRes qw(time);

# Options: host (127.0.0.1), from (own address), timeout (seconds for each reply, 60).
sub new {
	my ($class, $port, %option) = @_;
	my $socket = IO::Socket::INET->new(
		PeerAddr => $option{host} || '127.0.0.1', PeerPort => $port, Proto => 'tcp', Timeout => 10,
		LocalAddr => $option{from})
		or die "smtp: port $port: $@\n";
	my $self = bless {
		socket => $socket, timeout => $option{timeout} || 60, buffer => '', transcript => [], last => [0],
	}, $class;
	$self->read_reply;
	return $self;
}

sub transcript { return @{ $_[0]{transcript} } }

# The newest reply as (code, lines).
sub last_reply { return @{ $_[0]{last} } }

sub ehlo { return $_[0]->command('EHLO ' . ($_[1] // 'client.example')) }
sub rset { return $_[0]->command('RSET') }

# Postfix only: what the server shall believe of us: ADDR, NAME, PORT, HELO, PROTO, LOGIN. Says EHLO anew.
sub xclient {
	my ($self, %attributes) = @_;
	my $arguments = join ' ', map { "$_=" . xtext($attributes{$_}) } sort keys %attributes;
	my @reply = $self->command("XCLIENT $arguments");
	return $self->answer(@reply) if $reply[0] != 220;
	return $self->ehlo($attributes{HELO});
}

sub auth_plain {
	my ($self, $login, $password) = @_;
	return $self->command('AUTH PLAIN ' . encode_base64("\0$login\0$password", ''));
}

sub auth_login {
	my ($self, $login, $password) = @_;
	for my $line ('AUTH LOGIN', map { encode_base64($_, '') } $login, $password) {
		my @reply = $self->command($line);
		return $self->answer(@reply) if $reply[0] != 334;
	}
	return $self->answer($self->last_reply);
}

# $parameters, for example "SMTPUTF8" or "NOTIFY=NEVER".
sub mail {
	my ($self, $sender, $parameters) = @_;
	return $self->command("MAIL FROM:<$sender>" . (defined $parameters ? " $parameters" : ''));
}

sub rcpt {
	my ($self, $address, $parameters) = @_;
	return $self->command("RCPT TO:<$address>" . (defined $parameters ? " $parameters" : ''));
}

# DATA, the mail, the dot. Lines may end in LF or CRLF; they go out with CRLF, and dots are doubled.
sub data {
	my ($self, $text) = @_;
	my @reply = $self->command('DATA');
	return $self->answer(@reply) if $reply[0] != 354;
	my @lines = split /\r?\n/, $text, -1;
	pop @lines if @lines && $lines[-1] eq '';
	s/^\./../ for @lines;
	$self->write_lines(@lines, '.');
	return $self->read_reply;
}

# One whole mail. The reply is that of the first command that was refused, or that of the final dot.
sub send {
	my ($self, $sender, $recipients, $text) = @_;
	my @reply = $self->mail($sender);
	for my $address (@$recipients) {
		return $self->answer(@reply) if $reply[0] != 250;
		@reply = $self->rcpt($address);
	}
	return $self->answer(@reply) if $reply[0] != 250;
	return $self->data($text);
}

sub quit {
	my ($self) = @_;
	my @reply = $self->command('QUIT');
	$self->drop;
	return $self->answer(@reply);
}

# Ends the connection without a word.
sub drop {
	my ($self) = @_;
	close $self->{socket} if $self->{socket};
	$self->{socket} = undef;
	return;
}

# Any line, and its reply.
sub command {
	my ($self, $line) = @_;
	$self->write_lines($line);
	return $self->read_reply;
}

sub write_lines {
	my ($self, @lines) = @_;
	push @{ $self->{transcript} }, map { "C: $_" } @lines;
	return $self->write_octets(join '', map { "$_\r\n" } @lines);
}

# As they are: the data of a BDAT.
sub write_octets {
	my ($self, $octets) = @_;
	return unless $self->{socket};
	my $sent = 0;
	while ($sent < length $octets) {
		my $count = syswrite $self->{socket}, $octets, length($octets) - $sent, $sent;
		return $self->drop unless $count;
		$sent += $count;
	}
	return;
}

sub read_reply {
	my ($self) = @_;
	my $deadline = time + $self->{timeout};
	my @lines;
	do {
		my $line = $self->read_line($deadline);
		return $self->answer(0, 'nothing in time, or connection lost') unless defined $line;
		push @lines, $line;
		push @{ $self->{transcript} }, "S: $line";
	} while ($lines[-1] =~ /^\d{3}-/);
	return $self->answer(substr($lines[-1], 0, 3), @lines);
}

sub read_line {
	my ($self, $deadline) = @_;
	my $end;
	while (($end = index $self->{buffer}, "\n") < 0) {
		my $left = $deadline - time;
		return unless $self->{socket} && $left > 0 && IO::Select->new($self->{socket})->can_read($left);
		return $self->drop unless sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
	}
	my $line = substr $self->{buffer}, 0, $end + 1, '';
	$line =~ s/\r?\n$//;
	return $line;
}

sub answer {
	my ($self, $code, @lines) = @_;
	$self->{last} = [$code, @lines];
	return wantarray ? ($code, @lines) : $code;
}

# RFC 3461 xtext, which XCLIENT uses.
sub xtext {
	my ($text) = @_;
	$text =~ s/([^!-*,-<>-~])/sprintf '+%02X', ord $1/ge;
	return $text;
}

1;
