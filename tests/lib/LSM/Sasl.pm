# LSM::Sasl - a login server as Postfix's smtpd asks one (smtpd_sasl_type = dovecot): the server's
# side of Dovecot's authentication protocol 1.1, as far as PLAIN (RFC 4616) and LOGIN need it.
#
#   LSM::Sasl->new("$dir/sasl/auth", { 'chair@ietf.org' => 'secret' });
#
# Runs until the test ends. Fields of a line are separated by tabs:
#
#   server: VERSION 1 1, MECH name ..., SPID, CUID, COOKIE, DONE       once, at connect
#   client: AUTH id mechanism service=smtp ... [resp=base64]           resp comes last
#   server: CONT id base64      client: CONT id base64                 as often as the mechanism asks
#   server: OK id user=NAME     or    FAIL id user=NAME
package LSM::Sasl;

use strict;
use warnings;

use IO::Handle;
use IO::Socket::UNIX;
use LSM::Scratch ();
use MIME::Base64 qw(decode_base64 encode_base64);

# $users: {login => password}. The folder of $path must be there.
sub new {
	my ($class, $path, $users) = @_;
	unlink $path;
	my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 50) or die "$path: $!\n";
	chmod 0666, $path or die "$path: $!\n";
	my $pid = LSM::Scratch::serve($listener, sub { talk($_[0], $users) });
	return bless { pid => $pid, path => $path }, $class;
}

sub stop {
	my ($self) = @_;
	LSM::Scratch::stop_group($self->{pid});
	unlink $self->{path};
	return;
}

# One row a mechanism: takes the user's answers so far, returns (login, password) or (undef, prompt).
my %mechanisms = (
	PLAIN => sub {
		my (@answers) = @_;
		return (undef, '') unless @answers;
		my (undef, $login, $password) = split /\0/, $answers[0], 3;
		return ($login // '', $password // '');
	},
	LOGIN => sub {
		my (@answers) = @_;
		return (undef, ('Username:', 'Password:')[scalar @answers]) if @answers < 2;
		return @answers;
	},
);

sub talk {
	my ($client, $users) = @_;
	$client->autoflush(1);
	my $mechanism_lines = join '', map { "MECH\t$_\tplaintext\n" } sort keys %mechanisms;
	print {$client} "VERSION\t1\t1\n$mechanism_lines", "SPID\t$$\nCUID\t1\nCOOKIE\t", '0' x 32, "\nDONE\n";
	my %pending;    # id => {mechanism, answers}
	while (my $line = <$client>) {
		chomp $line;
		my ($verb, $id, @fields) = split /\t/, $line;
		if ($verb eq 'AUTH') {
			my ($response) = map { /^resp=(.*)/ ? $1 : () } @fields;
			$pending{$id} = { mechanism => $fields[0], answers => [] };
			push @{ $pending{$id}{answers} }, decode_base64($response) if defined $response;
		} elsif ($verb eq 'CONT' && $pending{$id}) {
			push @{ $pending{$id}{answers} }, decode_base64($fields[0] // '');
		} else {
			next;
		}
		print {$client} verdict($id, \%pending, $users);
	}
	return;
}

# The line that answers the newest answer of exchange $id, which is forgotten once it is decided.
sub verdict {
	my ($id, $pending, $users) = @_;
	my $exchange = $pending->{$id};
	my $judge = $mechanisms{ $exchange->{mechanism} } or return "FAIL\t$id\n";
	my ($login, $secret) = $judge->(@{ $exchange->{answers} });
	return "CONT\t$id\t" . encode_base64($secret, '') . "\n" unless defined $login;
	delete $pending->{$id};
	my $known = defined $users->{$login} && $users->{$login} eq $secret;
	return ($known ? 'OK' : 'FAIL') . "\t$id\tuser=$login\n";
}

1;
