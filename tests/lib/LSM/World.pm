# LSM::World - sink, private Postfix and liaison-milter together, and the people of the tests.
#
#   my $world = LSM::World->new(settings => { mode => 'observe' });
#   my ($code, @lines) = $world->submit('carol', 'carol@example.org', ['liaisons@bbf.example'], $mail);
#   ($code, @lines) = $world->arrive('tsb@itu.example', ['ippm@ietf.org'], $mail);
#   my ($got) = $world->sink->wait_for_to('liaisons@bbf.example', 1);
#
# carol chairs IPPM, ad1 directs its area, dave has a login and no role; "Broadband Forum" is bbf.example,
# "ITU-T" itu.example.
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

my $small_directory = <<'END';
home "IETF" {
	domains = {"ietf.org", "iab.org"}
	liaison-contact = "liaison-coordination@iab.org"
	body "IAB" { level = organization approvers = {"iab-chair@iab.org"} }
	area "ops" { name = "Operations and Management" directors = {"ad1@example.org"} }
	group "ippm" { area = "ops" chairs = {"carol@example.org"} list = "ippm@ietf.org" }
	person "A. Director" { addresses = {"ad1@example.org"} role "ops" { from = 2020-01-01 } }
	person "C. Chair" { addresses = {"carol@example.org"} logins = {"carol"} role "ippm" { from = 2020-01-01 } }
	person "C. Ordinator" { addresses = {"coord@example.org"} role "coordinator" { from = 2020-01-01 } }
}
organization "Broadband Forum" {
	names = {"BBF"} domains = {"bbf.example"} liaison-manager = "bbf-manager@ietf.org" send-to = {"liaisons@bbf.example"}
}
organization "ITU-T" { domains = {"itu.example"} liaison-manager = "itu-manager@ietf.org" send-to = {"tsb@itu.example"} }
END

# For tests of a daemon alone: one group, whoever decides about it, and a coordinator.
sub small_directory { return $small_directory }

# Options: as LSM::Daemon's and LSM::Postfix's (settings is the daemon's, postfix => {...} the latter's);
# start => 0 leaves the daemon for later; outbox_server => PORT takes the daemon's own mail to another
# server than Postfix's outbox listener; mta => 'LSM::Sendmail' (or LSM_MTA in the environment) has sendmail in
# Postfix's place; it knows no XCLIENT, so that addresses are mapped there (address_of). The milter's
# socket is a unix socket unless told otherwise: on inet, what Postfix sends without waiting for a reply costs a
# delayed acknowledgement, 40 ms a mail (with sendmail 230 ms).
sub new {
	my ($class, %option) = @_;
	my $dir = scratch_dir();
	my $sink = LSM::Sink->new("$dir/sink");
	my $mta = $option{mta} // $ENV{LSM_MTA} // 'LSM::Postfix';
	eval "require $mta" or die $@;
	my %settings = ('list-managers' => ['192.0.2.10'], 'authserv-ids' => ['mx.test.example'],
		%{ $option{settings} || {} });
	$settings{$_} = [map { $mta->can('address_of')->($_) } @{ $settings{$_} || [] }]
		for qw(list-managers trusted-tool-clients);
	$settings{'listen-group'} //= 'postfix';
	my $daemon = LSM::Daemon->new("$dir/milter", socket => $mta->can('socket_place')->(), %option, directory => $directory,
		settings => \%settings);
	my $postfix = $mta->new("$dir/mx", milter => $daemon->milter, sink_port => $sink->port,
		users => { carol => 'secret', ad1 => 'secret', dave => 'secret', 'dave@ietf.org' => 'secret' },
			%{ $option{postfix} || {} });
	$daemon->set('outbox-server' => 'smtp://127.0.0.1:' . ($option{outbox_server} // $postfix->port('outbox')));
	$daemon->start unless defined $option{start} && !$option{start};
	$postfix->start;
	return bless { dir => $dir, sink => $sink, daemon => $daemon, postfix => $postfix }, $class;
}

sub dir     { return $_[0]{dir} }
sub sink    { return $_[0]{sink} }
sub daemon  { return $_[0]{daemon} }
sub postfix { return $_[0]{postfix} }
sub mta     { return $_[0]{postfix} }
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
	return wantarray ? @answer : $answer[0];
}

# A mail from elsewhere; the client's address is 203.0.113.9 unless told otherwise.
sub arrive {
	my ($self, $sender, $recipients, $mail, $client) = @_;
	my $smtp = $self->{client} = $self->mta->client_from($client || '203.0.113.9');
	my @answer = $smtp->send($sender, $recipients, $mail);
	$smtp->quit;
	return wantarray ? @answer : $answer[0];
}

# A client that is logged in as carol, where people submit.
sub login {
	my ($self, %option) = @_;
	my $smtp = LSM::Smtp->new($self->postfix->port('submission'), %option);
	$smtp->ehlo;
	$smtp->auth_plain('carol', 'secret');
	return $smtp;
}

# An ordinary mail in which much can go wrong on its way: blanks, folds, dots and octets that are no text.
sub odd_mail {
	my ($class, $id) = @_;
	return "From: Carol <carol\@example.org>\nTo: friend\@elsewhere.example\nSubject: lunch\nMessage-ID: <$id\@example.org>\n"
		. "Date: Sat, 21 Nov 2026 10:00:00 +0000\nX-Odd:  two  blanks,\n\tfold\x20\nX-None:\n\nAt  noon?\x20\n.dot\n..\n\xe4\xf6 \n";
}

# As it goes over the wire.
sub wire { return $_[0] =~ s/\n/\r\n/gr }

# A statement of IPPM to the Broadband Forum; fields replace or (undef) remove lines of the block. Beside
# them: id, subject, text, header_from, header_to, header (lines put on top of the mail).
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
	my $from = delete $field{header_from} // 'C. Chair <carol@example.org>';
	my $header = delete $field{header} // '';
	%block = (%block, %field);
	my $lines = join '', map { defined $block{$_} ? "$_: $block{$_}\n" : '' } sort keys %block;
	return "${header}From: $from\nTo: $to\nSubject: $subject\n"
		. "Message-ID: <$id\@example.org>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\n"
		. "Liaison-Statement: 1\n$lines\nDear colleagues,\n\n$text\n";
}

# One of which no rule has anything to say when it goes to all of everybody() and an approver sends it.
sub faultless {
	my ($class, %field) = @_;
	return $class->statement('From-Contact' => join(', ', grep { !/bbf\.example/ } everybody()),
		Consensus => 'WG consensus (list, 2026-11-02)', %field);
}

sub everybody {
	return qw(liaisons@bbf.example ippm@ietf.org ippm-chairs@ietf.org ops-ads@ietf.org bbf-manager@ietf.org);
}

# As LSM::Daemon's.
sub cases   { return $_[0]{daemon}->cases }
sub case_of { return $_[0]{daemon}->case_of($_[1]) }

# Waits; what it is instead, or '' when it got there.
sub misses_state {
	my ($self, $id, $state) = @_;
	my $is = sub { ($self->case_of($id) // {})->{state} // 'not there' };
	return wait_until(10, sub { $is->() eq $state }) ? '' : $is->();
}

# Counts of the record and its outbox, as liaisonctl tells them.
sub status {
	my ($self) = @_;
	require JSON::PP;
	my ($code, $output) = $self->{daemon}->ctl('status', '--json');
	return eval { JSON::PP::decode_json($output) } || {};
}

# True once the outbox has nothing held or due.
sub outbox_is_empty {
	my ($self, $seconds) = @_;
	return wait_until($seconds || 15, sub {
		my $status = $self->status;
		return !grep { ($status->{$_} // 1) != 0 } qw(outbox_held outbox_due outbox_failed);
	});
}

# True once nothing is on its way: what the sink has by now is all that anybody gets.
sub settle {
	my ($self, $seconds) = @_;
	return $self->{postfix}->queue_is_empty($seconds) && $self->outbox_is_empty($seconds)
		&& $self->{postfix}->queue_is_empty($seconds);
}

# --- what came out, in words ---

# Subjects of the mails that the daemon writes; see conf/guidance/.
my %subjects = (
	reject => qr/^Not sent: /, held => qr/^Waiting for approval: /, request => qr/^Approve\? /,
	cover => qr/^Liaison statement from /, around => qr/^On record, thank you: /,
	copy => qr/^Sent to /, informed => qr/^A liaison statement of .* has gone to /,
	approved => qr/^Decided: /, released => qr/^Sent: /, refused => qr/^Refused: /, cancelled => qr/^Cancelled: /,
	undelivered => qr/^Not delivered to /, distributed => qr/^For you, a liaison statement /,
	authority => qr/^Sent without approval on record: /, ask => qr/^Is this a liaison statement\? /,
);

# The mail without the trace fields that mail servers have put on top.
sub below_trace {
	my ($mail) = @_;
	$mail =~ s/\A(?:Received:.*\n(?:[ \t].*\n)*)+//;
	return $mail;
}

# The mail without the header fields of ours.
sub without_notes {
	my ($mail) = @_;
	my ($header, $body) = split /\n\n/, $mail, 2;
	$header = "$header\n";
	$header =~ s/^Liaison-(?:Record|Verdict|Findings):.*\n(?:[ \t].*\n)*//mg;
	return "$header\n$body";
}

# A field of the mail's header, unfolded.
sub field {
	my ($mail, $name) = @_;
	my ($header) = split /\n\n/, $mail, 2;
	my ($value) = "$header\n" =~ /^\Q$name\E:[ \t]*(.*\n(?:[ \t].*\n)*)/mi or return;
	$value =~ s/\n[ \t]+/ /g;
	$value =~ s/\s+\z//;
	return $value;
}

# The mail that a mail of ours has attached.
sub attached {
	my ($mail) = @_;
	my ($boundary) = (field($mail, 'Content-Type') // '') =~ /boundary="?([^";]+)/ or return;
	my ($text) = $mail =~ /^Content-Type: message\/rfc822.*?\n\n(.*)\n--\Q$boundary\E--/ms;
	return $text;
}

# What a mail of the sink is, seen from the one that was sent: "original" to the last octet, "noted" (with
# fields of ours), a kind of the daemon's own mails, "bounce", or "other".
sub word_for {
	my ($got, $sent) = @_;
	my $mail = below_trace($got->{data});
	return 'original' if $mail eq $sent;
	return 'noted' if without_notes($mail) eq $sent;
	my $subject = field($mail, 'Subject') // '';
	return 'bounce' if $subject =~ /Undelivered Mail/;
	my ($kind) = grep { $subject =~ $subjects{$_} } sort keys %subjects;
	return $kind // 'other';
}

# What somebody has of a mail, by its Message-ID.
sub copies_of {
	my ($self, $recipient, $id) = @_;
	return grep { $_->{data} =~ /^Message-ID: <\Q$id\E\@/mi } $self->sink->mails_to($recipient);
}

sub state_of { return ($_[0]->case_of($_[1]) // {})->{state} // 'not there' }

# Who of the Broadband Forum has got anything.
sub outsiders { return [sort grep { /\@bbf\.example$/ } keys %{ $_[0]->received('') }] }

# Who got what: {recipient => "word word ..."}, sorted. Each copy of a mail counts.
sub received {
	my ($self, $sent) = @_;
	my %words;
	for my $got ($self->{sink}->mails) {
		push @{ $words{$_} }, word_for($got, $sent) for @{ $got->{recipients} };
	}
	return { map { $_ => join ' ', sort @{ $words{$_} } } keys %words };
}

1;
