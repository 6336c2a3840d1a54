# LSM::World - sink, private Postfix and liaison-milter together, and the people of the tests.
#
#   my $world = LSM::World->new(settings => { mode => 'observe' });
#   my ($code, @lines) = $world->submit('carol', 'carol@example.org', ['liaisons@bbf.example'], $mail);
#   ($code, @lines) = $world->arrive('tsb@itu.example', ['ippm@ietf.org'], $mail);
#   my ($got) = $world->sink->wait_for_to('liaisons@bbf.example', 1);
#
# carol chairs IPPM, ad1 directs its area; "Broadband Forum" is bbf.example, "ITU-T" itu.example.
package LSM::World;

use strict;
use warnings;

use LSM::Daemon;
use LSM::Postfix;
use LSM::Scratch qw(scratch_dir wait_until);
use LSM::Sink;
use LSM::Smtp;

my $directory = <<'END';
home "IETF" {
	domains = {"ietf.org", "iab.org", "irtf.org"}
	liaison-contact = "liaison-coordination@iab.org"
	body "IETF" { level = organization approvers = {"chair@ietf.org"} }
	body "IAB" { level = organization approvers = {"iab-chair@iab.org"} }
	body "IRTF" { level = research initiates = false approvers = {"irtf-chair@irtf.org"} }
	area "ops" { name = "Operations and Management" directors = {"ops-ads@ietf.org", "ad1@example.org"} }
	group "ippm" {
		area = "ops"
		chairs = {"ippm-chairs@ietf.org", "carol@example.org"}
		list = "ippm@ietf.org"
	}
	person "A. Director" {
		addresses = {"ad1@example.org"}
		logins = {"ad1"}
		role "ops" { from = 2020-01-01 }
	}
	person "C. Chair" {
		addresses = {"carol@example.org"}
		logins = {"carol"}
		role "ippm" { from = 2020-01-01 }
	}
}
organization "Broadband Forum" {
	names = {"BBF"}
	domains = {"bbf.example"}
	liaison-manager = "bbf-manager@ietf.org"
	send-to = {"liaisons@bbf.example"}
}
organization "ITU-T" {
	names = {"Telecommunication Standardization Sector"}
	domains = {"itu.example"}
	liaison-manager = "itu-manager@ietf.org"
	send-to = {"tsb@itu.example"}
}
END

# Options: as LSM::Daemon's and LSM::Postfix's (settings is the daemon's, postfix => {...} the latter's);
# start => 0 leaves the daemon for later.
sub new {
	my ($class, %option) = @_;
	my $dir = scratch_dir();
	my $sink = LSM::Sink->new("$dir/sink");
	my $outbox_port = LSM::Scratch::reserve_port();
	my %settings = ('list-managers' => ['192.0.2.10'], 'authserv-ids' => ['mx.test.example'],
		%{ $option{settings} || {} });
	my $daemon = LSM::Daemon->new("$dir/milter", %option, directory => $directory, settings => \%settings,
		outbox_port => $outbox_port);
	my $postfix = LSM::Postfix->new("$dir/mx", milter => $daemon->milter, sink_port => $sink->port,
		users => { carol => 'secret', ad1 => 'secret', dave => 'secret' }, %{ $option{postfix} || {} });
	$daemon->set('outbox-server' => 'smtp://127.0.0.1:' . $postfix->port('outbox'));
	$daemon->start unless defined $option{start} && !$option{start};
	$postfix->start;
	return bless { dir => $dir, sink => $sink, daemon => $daemon, postfix => $postfix }, $class;
}

sub dir     { return $_[0]{dir} }
sub sink    { return $_[0]{sink} }
sub daemon  { return $_[0]{daemon} }
sub postfix { return $_[0]{postfix} }
# The client of the last mail, for its transcript.
sub client  { return $_[0]{client} }

# A mail of somebody who has logged in.
sub submit {
	my ($self, $login, $sender, $recipients, $mail) = @_;
	my $smtp = $self->{client} = LSM::Smtp->new($self->{postfix}->port('submission'));
	$smtp->ehlo;
	$smtp->auth_plain($login, 'secret');
	my @answer = $smtp->send($sender, $recipients, $mail);
	$smtp->quit;
	return @answer;
}

# A mail from elsewhere; the client's address is 203.0.113.9 unless told otherwise.
sub arrive {
	my ($self, $sender, $recipients, $mail, $client) = @_;
	my $smtp = $self->{client} = LSM::Smtp->new($self->{postfix}->port('smtp'));
	$smtp->ehlo;
	$smtp->xclient(ADDR => $client || '203.0.113.9', NAME => 'mail.elsewhere.example', HELO => 'mail.elsewhere.example');
	my @answer = $smtp->send($sender, $recipients, $mail);
	$smtp->quit;
	return @answer;
}

# A statement of IPPM to the Broadband Forum; fields replace or (undef) remove lines of the block.
sub statement {
	my ($class, %field) = @_;
	my %block = (
		'From' => 'IETF IPPM Working Group', 'To' => 'Broadband Forum', 'Purpose' => 'For information',
		'From-Contact' => 'ippm-chairs@ietf.org', 'To-Contact' => 'liaisons@bbf.example',
		'Send-Reply-To' => 'bbf-manager@ietf.org',
	);
	my $id = delete $field{id} // 'stamp-1';
	my $subject = delete $field{subject} // 'STAMP YANG review';
	my $text = delete $field{text} // 'Please find our view of the STAMP YANG module below.';
	my $to = delete $field{header_to} // 'liaisons@bbf.example';
	%block = (%block, %field);
	my $lines = join '', map { defined $block{$_} ? "$_: $block{$_}\n" : '' } sort keys %block;
	return "From: C. Chair <carol\@example.org>\nTo: $to\nSubject: $subject\n"
		. "Message-ID: <$id\@example.org>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\n"
		. "Liaison-Statement: 1\n$lines\nDear colleagues,\n\n$text\n";
}

# Open and closed cases as liaisonctl shows them: list of hashes.
sub cases {
	my ($self) = @_;
	require JSON::PP;
	my ($status, $output) = $self->{daemon}->ctl('list', '--all', '--json');
	die "liaisonctl list: $output\n" if $status != 0;
	return map { JSON::PP::decode_json($_) } grep { /^\{/ } split /\n/, $output;
}

# True once the outbox has nothing held or due.
sub outbox_is_empty {
	my ($self, $seconds) = @_;
	return wait_until($seconds || 15, sub {
		my (undef, $output) = $self->{daemon}->ctl('status', '--json');
		$output =~ /"outbox_held":0/ && $output =~ /"outbox_due":0/ && $output =~ /"outbox_failed":0/;
	});
}

1;
