#!/usr/bin/perl
# release.t - what was withheld goes out as it came: statements with DKIM signatures and in every form that SMTP
# can carry are submitted, withheld, approved and released; below the Received fields each octet is the same, and
# opendkim finds the signature good.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Dkim;
use LSM::Scratch qw(wait_until);
use LSM::World;
use MIME::Base64 qw(encode_base64);
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();
my $without_dkim = LSM::Dkim::missing();
diag "signatures are not verified: $without_dkim" if $without_dkim;

my ($bbf, $ad, $chair) = ('liaisons@bbf.example', 'ad1@example.org', 'carol@example.org');
# Lines longer than SMTP allows are broken on the way out, whoever sends them; here they may pass. A body without
# a text is refused; here it may pass, too.
my $world = LSM::World->new(settings => { 'desk-address' => 'liaison-desk@ietf.org', notices => [], 'max-interventions' => 1000,
		operators => ['root=liaison-coordination@iab.org'] },
	extra => "rule \"content.empty\" { mode = off }\n",
	postfix => { settings => { smtp_line_length_limit => 0, line_length_limit => 20480 } });
my $dkim = $without_dkim ? undef : LSM::Dkim->new($world->dir . '/dkim', 'example.org');

# The block as header fields, for mails without a text.
my $block = "Liaison-Statement: 1\nLiaison-From: IETF IPPM Working Group\nLiaison-To: Broadband Forum\n"
	. "Liaison-Purpose: For information\nLiaison-Send-Reply-To: bbf-manager\@ietf.org\n";
my $attachment = encode_base64(join '', map { chr($_ * 7 % 256) } 1 .. 5000);
my $multipart = "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n\tboundary=\"=_one  two\"\nContent-Transfer-Encoding: 8bit\n";

sub statement { return LSM::World->statement(@_) }

# A statement in a multipart; what stands around its parts is nobody's business, and goes along all the same.
sub with_parts {
	my ($id) = @_;
	my ($header, $text) = split /\n\n/, statement(id => $id, header => $multipart, text => "Gr\xc3\xbc\xc3\x9fe, \xe2\x82\xac 5 "), 2;
	return "$header\n\nA preamble \n--=_one  two\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n$text"
		. "--=_one  two\nContent-Type: application/octet-stream; name=\"data.bin\"\nContent-Transfer-Encoding: base64\n\n$attachment\n"
		. "--=_one  two\nContent-Type: text/plain; charset=us-ascii; name=\"a.txt\"\n"
		. "Content-Disposition: attachment; filename=\"a.txt\"\n\n.dots\n\n-- \nFrom me\n--=_one  two-- \n\n epilogue\t\n\n";
}

# name, mail (LF line ends); chunk: sent as one chunk (BDAT, RFC 3030), cut: without the last line's end; ways: of
# signing, where not both can be; only: not without.
my @rows = (
	{ name => 'plain', mail => statement(id => 'plain') },
	{ name => '8-bit', mail => statement(id => '8-bit', header_from => "J\xc3\xbcrgen <$chair>", subject => "Entw\xfcrfe \xe4",
		text => "UTF-8 \xc3\xa4\xe2\x82\xac, Latin-1 \xe4\xf6\xfc, neither \xff\xfe\x80") },
	{ name => 'dots', mail => statement(id => 'dots', text => ".\n..\n.dot\n...\n \n.\t\n\n.") },
	{ name => 'trailing blanks', mail => statement(id => 'blanks', text => "Two  blanks \x20\n\t\n\ttab\t\n \n\n\n") . "\n \n\n" },
	{ name => 'odd header', mail => statement(id => 'header', text => 'Odd header.', header => "X-Odd:  two  blanks,\n\tfold\x20\x20\nx-odd:none\n"
		. "X-Odd:\t tab \nX-Empty:\nX-Blank: \nX-Fold:\n\there\nX-Long: " . join("\n ", map { "$_ " . 'long' x 20 } 1 .. 60) . "\n") },
	{ name => '998 octets a line', mail => statement(id => '998', text => 'x' x 998 . "\n." . 'y' x 997) },
	{ name => 'longer than SMTP allows', mail => statement(id => 'long', text => 'long ' x 2000 . "\n" . '.' x 5000) },
	{ name => 'multipart', mail => with_parts('multipart') },
	{ name => 'no body', mail => $block . (statement(id => 'nobody') =~ s/\n\n.*/\n\n/sr), ways => ['relaxed'], only => 1 },
	{ name => 'control octets', mail => statement(id => 'control', text => "Page \f, bell \a, \x1b[1m, \x7f\nFrom the start"),
		chunk => 1 },
	{ name => 'no final newline', mail => statement(id => 'final', text => 'It ends here.'), chunk => 1, cut => 1 },
	{ name => 'NUL', mail => statement(id => 'nul', text => "A NUL \0 and more\n\0"), chunk => 1, ways => [] },
);

# One mail as one chunk, in which no dot is doubled; with cut, the last line has no end.
sub submit_chunk {
	my ($row) = @_;
	my $smtp = LSM::Smtp->new($world->postfix->port('submission'));
	my $wire = $row->{mail} =~ s/\n/\r\n/gr;
	$wire =~ s/\r\n\z// if $row->{cut};
	$smtp->ehlo;
	$smtp->auth_plain('carol', 'secret');
	$smtp->mail($chair, 'BODY=8BITMIME');
	$smtp->rcpt($bbf);
	$smtp->write_lines('BDAT ' . length($wire) . ' LAST');
	$smtp->write_octets($wire);
	my $code = $smtp->read_reply;
	$smtp->quit;
	return $code;
}

# The place where two mails part, for people.
sub difference {
	my ($got, $want) = @_;
	my $same = 0;
	$same++ while $same < length $got && substr($got, $same, 1) eq substr($want, $same, 1);
	return join "\n", map { s/([^ -~])/sprintf '\\x%02x', ord $1/ger }
		"at octet $same:", substr($got, $same, 60), substr($want, $same, 60);
}

# The row's mail with a signature, as a statement of its own.
sub signed {
	my ($row, $way) = @_;
	my $mail = $row->{mail} =~ s/^(Message-ID: <)/$1$way-/mr =~ s/(Dear colleagues)/$1 ($way)/r;
	return { %$row, name => "$row->{name}, $way/$way", way => $way, mail => $dkim->sign($mail, $way) };
}

# Every row as it is, and with each signature.
my @mails = map {
	my $row = $_;
	my @ways = $dkim ? @{ $row->{ways} || [qw(simple relaxed)] } : ();
	($row->{only} && @ways ? () : $row, map { signed($row, $_) } @ways);
} @rows;

for my $row (@mails) {
	my $code = $row->{chunk} ? submit_chunk($row) : $world->submit('carol', $chair, [$bbf], $row->{mail});
	is($code, 250, "$row->{name}: taken") or diag join "\n", $world->client->transcript;
}
my @cases;
ok(wait_until(6, sub { @cases = grep { $_->{state} eq 'pending' } $world->cases; @cases == @mails }), 'all are withheld')
	or diag scalar @cases;
ok($world->settle, 'all are asked');
is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything');

# Who answers the requests: every other by mail, the rest by command.
my %request = map { ($_->{data} =~ /^Subject: Approve\?.*\[(\w+)\]/m ? ($1 => $_) : ()) } $world->sink->mails_to($ad);
$world->sink->clear;
my $number = 0;
for my $case (@cases) {
	my ($letters) = $case->{id} =~ /(\w+)\z/;
	my ($address) = (LSM::World::field($request{$letters}{data} // "\n", 'From') // '') =~ /<([^>]+)>/;
	if ($number++ % 2 && $address) {
		my $reply = "From: <$ad>\nTo: <$address>\nSubject: Re: [$letters]\nMessage-ID: <reply-$number\@example.org>\n"
			. "Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nApprove\n";
		is(scalar $world->submit('ad1', $ad, [$address], $reply), 250, "$letters: answered");
	} else {
		my ($status, $output) = $world->daemon->ctl('approve', $case->{id}, '--for', $ad, '--evidence', 'by phone');
		is($status, 0, "$letters: approved by command") or diag $output;
	}
}
my @got = $world->sink->wait_for_to($bbf, scalar @mails, 6);
ok($world->settle, 'all is done');

my %by_id = map { ((LSM::World::field($_->{data}, 'Message-ID') // '') => $_) } $world->sink->mails_to($bbf);
is(scalar(my @copies = $world->sink->mails_to($bbf)), scalar @mails, 'each went out once');
for my $row (@mails) {
	my $got = $by_id{ LSM::World::field($row->{mail}, 'Message-ID') };
	ok($got, "$row->{name}: released") or next;
	my $sent = $row->{mail} =~ s/\n/\r\n/gr;
	(my $below = $got->{raw}) =~ s/\A(?:Received:.*\r\n(?:[ \t].*\r\n)*)+//;
	is(sha256_hex($below), sha256_hex($sent), "$row->{name}: SHA-256 below Received") or diag difference($below, $sent);
	next unless $row->{way};
	my ($is_good, $why) = $dkim->verify($got->{raw});
	ok($is_good, "$row->{name}: the signature is good") or diag $why;
}
if ($dkim) {
	my ($changed) = map { $_->{raw} =~ s/colleagues/colleague/r } grep { $_->{data} =~ /^DKIM/m } values %by_id;
	is(($dkim->verify($changed))[0], 0, 'of a changed mail it is not');
}
is_deeply([map { $_->{state} eq 'released' ? () : "$_->{id} $_->{subject} $_->{state}" } $world->cases], [], 'all are released');

$world->daemon->stop;
done_testing;
