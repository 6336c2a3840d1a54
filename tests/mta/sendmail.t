#!/usr/bin/perl
# sendmail.t - sendmail 8.17 in Postfix's place: the ways in (login, outside, command), what it makes of our edits and
# replies, aliases and the desk's alias, connections that go on after each kind of end. The tests of this folder that
# suit both run with it in slow/sendmail_same.t.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Sendmail;
use LSM::World;
use Test::More;

plan skip_all => LSM::Sendmail::missing() if LSM::Sendmail::missing();

my ($bbf, $chair, $desk, $contact) = ('liaisons@bbf.example', 'carol@example.org', 'liaison-desk@ietf.org', 'liaison-coordination@iab.org');
my %aliases = ('liaison-desk' => $contact, everybody => "first\@elsewhere.example, second\@elsewhere.example");

sub new_world {
	return LSM::World->new(mta => 'LSM::Sendmail', settings => { 'desk-address' => $desk, operators => ["root=$contact"],
		'submission-daemons' => ['submission', 'command'], notices => [] }, @_);
}

my $world = new_world();

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }
sub ordinary { return "From: Carol <$chair>\nTo: friend\@elsewhere.example\nSubject: lunch\nMessage-ID: <$_[0]\@example.org>\n"
	. "Date: Sat, 21 Nov 2026 10:00:00 +0000\nX-Odd:  two  blanks,\n\tfold\n\nAt noon?\n.dot\n..\n" }
sub copies { return grep { ($_->{data}) =~ /^Message-ID: <\Q$_[1]\E\@/mi } $world->sink->mails_to($_[0]) }
sub state_of { return ($world->case_of($_[0]) // {})->{state} // 'not there' }

subtest 'ordinary mail passes as it is' => sub {
	$world->submit('carol', $chair, ['friend@elsewhere.example'], ordinary('login'));
	$world->arrive($chair, ['friend@elsewhere.example'], ordinary('outside'));
	ok($world->settle, 'delivered');
	for my $id (qw(login outside)) {
		my ($got, @more) = copies('friend@elsewhere.example', $id);
		is(LSM::World::below_trace($got->{data}), ordinary($id), "$id: each octet");
		is(scalar @more, 0, '... once');
	}
};

subtest 'withheld from those outside, noted for the others' => sub {
	$world->sink->clear;
	my $mail = statement('held');
	my ($code, @lines) = $world->submit('carol', $chair, [$bbf, 'ippm-chairs@ietf.org', '"liaisons"@bbf.example', 'Engineer@BBF.example'], $mail);
	is($code, 250, 'taken') or diag "@lines";
	ok($world->settle, 'delivered');
	my $got = $world->received($mail);
	is_deeply([grep { /bbf/i } keys %$got], [], 'nobody outside has anything');
	is($got->{'ippm-chairs@ietf.org'}, 'noted', 'the chairs have it with our fields');
	my ($noted) = copies('ippm-chairs@ietf.org', 'held');
	like($noted->{data}, qr/^Liaison-Record: LS-\S+\nLiaison-Verdict: redirect\nLiaison-Findings: \S/m, 'one blank behind each colon');
};

# What sendmail does to address fields it does to every mail: the measure is the same mail of an approver, which passes.
subtest 'released as it would have gone at first' => sub {
	for my $row ([plain => ''], [folded => "Cc: D. Ave <dave\@ietf.org>,\n  \"B\xc3\xbcro, Gen\xc3\xa8ve\" <e\@ietf.org>\nX-Odd:  b \n"]) {
		my ($id, $header) = @$row;
		$world->sink->clear;
		my $mail = statement("release-$id", header => $header);
		$world->submit('carol', $chair, [$bbf], $mail);
		ok($world->settle, 'held');
		is(state_of("release-$id"), 'pending', "$id: held");
		my ($status, $output) = $world->daemon->ctl('approve', $world->case_of("release-$id")->{id},
			'--for', 'ad1@example.org', '--evidence', 'by phone');
		is($status, 0, 'approved') or diag $output;
		my ($released) = $world->sink->wait_for_to($bbf, 1);
		ok($world->settle, 'released');
		$world->submit('ad1', 'ad1@example.org', [$bbf], $mail);
		my (undef, $passed, @more) = $world->sink->wait_for_to($bbf, 2);
		ok($world->settle, 'passed');
		my @both = map { LSM::World::without_notes(LSM::World::below_trace($_->{data})) } $released, $passed;
		is($both[0], $both[1], '... the same octets');
		is(scalar @more, 0, '... each once');
		is(LSM::World::below_trace($released->{data}), $mail, '... as it was sent') if $header eq '';
	}
};

subtest 'the reply' => sub {
	$world->sink->clear;
	my ($code, @lines) = $world->submit('carol', $chair, [$bbf], statement('bad', Purpose => undef));
	is($code, 550, 'refused');
	cmp_ok(scalar @lines, '>=', 5, 'with all its lines');
	like($lines[$_], $_ == $#lines ? qr/^550 5\.6\.0 \S/ : qr/^550-5\.6\.0 \S/, "line $_") for 0 .. $#lines;
	ok($world->settle, 'done');
	is(scalar(copies($bbf, 'bad')), 0, 'nobody has it');
};

subtest 'fields under our names that come from elsewhere' => sub {
	$world->sink->clear;
	my $forged = "Liaison-Record: LS-20260101-AAAAA\n" . ordinary('forged') =~ s/\n\n/\nLiaison-Verdict: pass\nLiaison-Record: LS-20260101-BBBBB\n\n/r;
	$world->arrive('x@elsewhere.example', ['ippm@ietf.org'], $forged);
	ok($world->settle, 'delivered');
	my ($got) = copies('ippm@ietf.org', 'forged');
	is(LSM::World::below_trace($got->{data}), ordinary('forged'), 'are gone, and nothing else is');
};

subtest 'the sendmail command: submitted, and nobody\'s' => sub {
	$world->sink->clear;
	my ($status, $output) = $world->mta->sendmail('ad1@example.org', [$bbf, 'ippm-chairs@ietf.org'], statement('command'));
	is($status, 0, 'taken') or diag $output;
	ok($world->settle, 'delivered');
	is(scalar(copies($bbf, 'command')), 0, 'an approver\'s address approves nothing');
	is(scalar(copies('ippm-chairs@ietf.org', 'command')), 1, 'at home it arrives');
	my $case = $world->case_of('command');
	is_deeply([@$case{qw(state way login)}], ['pending', 'out', undef], 'held');
	my ($request) = grep { $_->{data} =~ /^Subject: Approve\? /m } $world->sink->mails_to('ad1@example.org');
	my ($door) = $request->{data} =~ /<(liaison-desk\+\w{32}\@ietf\.org)>/ or return fail('a request with a token');
	my $answer = "Authentication-Results: mx.test.example; dmarc=pass header.from=example.org\nFrom: <ad1\@example.org>\nTo: $door\n"
		. "Subject: approve\nMessage-ID: <answer\@example.org>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\napprove\n";
	# Whoever is on the host can talk to that listener himself; the command would put a Received field on top.
	my $smtp = LSM::Smtp->new($world->mta->port('command'));
	$smtp->ehlo;
	is(scalar $smtp->send('ad1@example.org', [$door], $answer), 250, 'an answer there, with a proof that its writer has put in');
	ok($world->settle, 'done');
	is(state_of('command'), 'pending', '... has no effect');
	my ($code) = $world->submit('ad1', 'ad1@example.org', [$door], $answer =~ s/answer\@/answer-2@/r);
	is($code, 250, 'the same answer with a login is taken');
	ok($world->settle, 'done');
	is(state_of('command'), 'released', '... and counts');
};

# Here ietf.org is a local name, so that its aliases are followed.
my $plain_world = $world;
$world = new_world(postfix => { aliases => \%aliases });

subtest 'the desk\'s address is an alias' => sub {
	my $mail = "From: <$chair>\nTo: $desk\nSubject: a question\nMessage-ID: <question\@example.org>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nhelp\n";
	is(scalar $world->submit('carol', $chair, [$desk, 'everybody@ietf.org', 'dave@ietf.org'], $mail), 250, 'taken');
	ok($world->settle, 'delivered');
	is(scalar(copies($contact, 'question')), 0, 'it is taken off before the alias is followed');
	is(scalar(copies($_, 'question')), 1, "$_ has it") for qw(first@elsewhere.example second@elsewhere.example);
	is(scalar $world->submit('carol', $chair, [$desk], $mail =~ s/question\@/alone@/r), 250, 'alone: taken');
	ok($world->settle, 'done');
	is(scalar(copies($contact, 'alone')), 0, '... and discarded');
};

# sendmail follows aliases when it delivers: what one hides is not there to be judged (nor with Postfix).
subtest 'an alias is judged as itself' => sub {
	$world->sink->clear;
	is(scalar $world->submit('carol', $chair, ['everybody@ietf.org', $bbf], statement('alias')), 250, 'taken');
	ok($world->settle, 'delivered');
	is(state_of('alias'), 'pending', 'held for the one outside');
	is(scalar(copies($bbf, 'alias')), 0, 'who has nothing');
	is(scalar(copies('first@elsewhere.example', 'alias')), 1, 'the alias at home is followed');
};

$world->daemon->stop;
$world = $plain_world;

subtest 'one connection, each kind of end' => sub {
	$world->sink->clear;
	my $smtp = LSM::Smtp->new($world->mta->port('submission'));
	$smtp->ehlo;
	$smtp->auth_plain('carol', 'secret');
	is(scalar $smtp->send($chair, [$bbf], statement('one')), 250, 'held');
	$smtp->mail($chair);
	is(scalar $smtp->rset, 250, 'RSET after MAIL');
	$smtp->mail($chair);
	$smtp->rcpt('never@bbf.example');
	is(scalar $smtp->rset, 250, 'RSET after RCPT');
	is(scalar $smtp->send($chair, ['friend@elsewhere.example'], ordinary('after-rset')), 250, 'ordinary mail');
	is(scalar $smtp->send($chair, [$bbf], statement('two', Purpose => undef)), 550, 'refused');
	is(scalar $smtp->rset, 250, 'RSET after that');
	is(scalar $smtp->send($chair, [$bbf], statement('three')), 250, 'held');
	is(scalar $smtp->send($chair, ['friend@elsewhere.example'], ordinary("row-$_")), 250, "ordinary mail $_") for 1 .. 20;
	$smtp->mail($chair);
	$smtp->rcpt($bbf);
	$smtp->command('DATA');
	$smtp->write_lines(split /\n/, statement('dropped') =~ s/colleagues.*//sr);
	$smtp->drop;
	ok($world->settle, 'delivered');
	is_deeply([map { state_of($_) } qw(one two three dropped)], ['pending', 'rejected', 'pending', 'not there'], 'each by itself');
	is(scalar(grep { copies('friend@elsewhere.example', $_) == 1 } 'after-rset', map { "row-$_" } 1 .. 20), 21, 'ordinary mail once each');
	is_deeply([grep { /bbf/ } keys %{ $world->received('') }], [], 'nobody outside has anything');
};

# What of it is a mail of its own is judged as one; sendmail ends the connection at a bare LF.
subtest 'line ends that smuggle' => sub {
	my %ends = ('LF . LF' => "\n.\n", 'LF . CRLF' => "\n.\r\n", 'CRLF . LF' => "\r\n.\n", 'CR . CR' => "\r.\r", 'CR . CRLF' => "\r.\r\n");
	for my $name (sort keys %ends) {
		$world->sink->clear;
		my $smtp = LSM::Smtp->new($world->mta->port('submission'), timeout => 5);
		$smtp->ehlo;
		$smtp->auth_plain('carol', 'secret');
		$smtp->mail($chair);
		$smtp->rcpt('friend@elsewhere.example');
		$smtp->command('DATA');
		my $id = $name =~ s/\W+/-/gr;
		my $second = "MAIL FROM:<$chair>\r\nRCPT TO:<$bbf>\r\nDATA\r\n" . statement("smuggled-$id") =~ s/\n/\r\n/gr;
		$smtp->write_octets((ordinary("outer-$id") =~ s/^\.\n//mr =~ s/\n/\r\n/gr =~ s/\r\n\z//r) . $ends{$name} . "$second\r\n.\r\n");
		$smtp->read_reply for 1 .. 4;
		$smtp->drop;
		ok($world->settle, "$name: done");
		is(scalar(copies($bbf, "smuggled-$id")), 0, '... nothing went round');
		cmp_ok(scalar(copies('friend@elsewhere.example', "outer-$id")), '<=', 1, '... nothing is doubled');
	}
};

is_deeply([$world->daemon->log_lines(qr/\bdied\b|Sanitizer|runtime error|not-applied|not-recorded/)], [], 'it served all that without a stumble');
$world->daemon->stop;
done_testing;
