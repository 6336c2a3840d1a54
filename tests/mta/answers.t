#!/usr/bin/perl
# answers.t - answers by mail, end to end: what a submitter, an approver and the other body see when people
# answer the mails that ask them.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $desk) = ('liaisons@bbf.example', 'liaison-desk@ietf.org');
my ($ad, $chair, $chairs) = ('ad1@example.org', 'carol@example.org', 'ippm-chairs@ietf.org');
my $world = LSM::World->new(settings => { 'desk-address' => $desk });
my $count = 0;

sub is_in_state {
	my ($id, $state) = @_;
	return is($world->misses_state($id, $state), '', "$id is $state");
}

# The events of a case, in order.
sub events_of {
	my ($id) = @_;
	my $case = ($world->case_of($id) // {})->{id} // 'none';
	my ($status, $output) = $world->daemon->ctl('log', '--json');
	return map { /"case":"\Q$case\E"/ && /"type":"([^"]+)"/ ? $1 : () } split /\n/, $output;
}

# Submits a statement and waits for the request; returns (request, seconds until it was on the wire).
sub ask {
	my ($id, $mail, @to) = @_;
	$world->sink->clear;
	my $begun = time;
	is(scalar $world->submit('carol', $chair, [@to ? @to : $bbf], $mail), 250, "$id is taken");
	my ($request) = $world->sink->wait_for_to($ad, 1);
	return ($request, time - $begun);
}

# Where a reply to this mail goes.
sub reply_address {
	my ($mail) = @_;
	my ($address) = (LSM::World::field($mail->{data}, 'From') // '') =~ /<([^>]+)>/;
	return $address;
}

sub reply {
	my ($request, $from, $text, %option) = @_;
	my $to = $option{to} || '<' . reply_address($request) . '>';
	my $subject = $option{subject} || 'Re: ' . (LSM::World::field($request->{data}, 'Subject') // '');
	my $quoted = join '', map { "> $_\n" } split /\n/, $request->{data} =~ s/.*?\n\n//sr;
	$count++;
	return "From: <$from>\nTo: $to\nSubject: $subject\nMessage-ID: <reply-$count\@example.org>\n"
		. 'Date: ' . strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime) . "\n" . ($option{header} // '')
		. "\n$text\n\nOn Saturday, the desk <$desk> wrote:\n$quoted";
}

# All mails to addresses of the desk: the mailbox behind them.
sub to_mailbox {
	return grep { grep { /^liaison-desk/i } @{ $_->{recipients} } } $world->sink->mails;
}

my $statement = LSM::World->statement(id => 'approve', header => "X-Odd:  two  blanks,\n\tfold\x20\n",
	text => "Blanks \x20\n.dot\n..dots\nFrom here\n\xe4\xf6\xfc\n\n");

subtest 'approved by a reply' => sub {
	my ($request, $asked) = ask('approve', $statement);
	ok($request, 'the approver is asked') or return;
	like(reply_address($request), qr/^liaison-desk\+[a-z2-7]{32}\@ietf\.org$/, 'the reply carries a token');
	note(sprintf 'submission to request on the wire: %.2f s', $asked);
	cmp_ok($asked, '<=', 2, 'asked within 2 s');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything yet');

	my $begun = time;
	is(scalar $world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, 'Approve.')), 250, 'answered');
	my ($release) = $world->sink->wait_for_to($bbf, 1);
	my $sent = time - $begun;
	note(sprintf 'answer to release on the wire: %.2f s', $sent);
	cmp_ok($sent, '<=', 2, 'released within 2 s');
	ok($release, 'it went out') or return;
	is(sha256_hex(LSM::World::below_trace($release->{data})), sha256_hex($statement), 'SHA-256 below Received');
	like($release->{sender}, qr/^liaison-desk\+r-LS-\d{8}-[A-Z2-7]+-[a-z2-7]{12}\@ietf\.org$/i, 'a bounce comes back to the case');
	ok($world->settle, 'settled');
	is_in_state('approve', 'released');
	is(scalar(my @copies = $world->sink->mails_to($bbf)), 1, 'once');
	is_deeply([to_mailbox()], [], 'the answer itself went nowhere');
	my @events = grep { /^(?:redirected|approved|released)$/ } events_of('approve');
	is_deeply(\@events, [qw(redirected approved released)], 'on record');
};

subtest 'a second answer is told who decided' => sub {
	my $mail = LSM::World->statement(id => 'twice', text => 'Twice.');
	my ($request) = ask('twice', $mail, $bbf, 'ippm@ietf.org');
	like($request->{data}, qr/^  Group: +ippm\@ietf\.org gets it when it goes out/m, 'a list waits with the others');
	my ($other) = $world->sink->wait_for_to('ops-ads@ietf.org', 1);
	$world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, 'yes'));
	is_in_state('twice', 'released');
	ok($world->settle, 'settled');
	$world->sink->clear;
	is(scalar $world->submit('ad1', $ad, [reply_address($other)], reply($other, $ad, 'approve')), 250, 'answered again');
	my ($told) = $world->sink->wait_for_to($ad, 1);
	like($told->{data}, qr/^Subject: Answered before:/m, 'told so');
	like($told->{data}, qr/ad1\@example\.org/, 'and by whom');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nothing goes out again');
};

subtest 'refused by a reply' => sub {
	my $mail = LSM::World->statement(id => 'refuse', text => 'Refuse me.');
	my ($request) = ask('refuse', $mail);
	is(scalar $world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, "no\nToo early.")), 250, 'answered');
	is_in_state('refuse', 'refused');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything');
	my ($request_again) = grep { $_->{data} =~ /^Subject: Approve/m } $world->sink->mails_to($ad);
	$world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, 'approve'));
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], 'a spent token approves nothing');
};

subtest 'cancelled by the sender' => sub {
	my $mail = LSM::World->statement(id => 'cancel', text => 'Cancel me.');
	my ($request) = ask('cancel', $mail);
	my ($held) = $world->sink->wait_for_to($chair, 1);
	is(scalar $world->submit('carol', $chair, [$desk], reply($held, $chair, 'cancel', to => $desk)), 250, 'answered');
	is_in_state('cancel', 'cancelled');
	$world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, 'approve'));
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything');
};

subtest 'reply to all: the others get the mail, without the token' => sub {
	my $mail = LSM::World->statement(id => 'all', text => 'To all.');
	my ($request) = ask('all', $mail);
	my $address = reply_address($request);
	my ($token) = $address =~ /\+([a-z2-7]{32})@/;
	ok($world->settle, 'settled');
	$world->sink->clear;
	my $answer = reply($request, $ad, 'approve', to => "<$address>,\n\t<$chairs>");
	like($answer, qr/\Q$token\E/, 'the reply quotes the token');
	is(scalar $world->submit('ad1', $ad, [$address, $chairs], $answer), 250, 'answered');
	is_in_state('all', 'released');
	ok($world->settle, 'settled');
	my ($copy) = grep { $_->{data} =~ /^Message-ID: <reply-$count\@/m } $world->sink->mails_to($chairs);
	ok($copy, 'the chairs have it') or return;
	unlike($copy->{data}, qr/\Q$token\E/i, 'the token is not in it');
	like($copy->{data}, qr/^approve$/m, 'what was written is');
	is(sha256_hex(LSM::World::below_trace(($world->sink->mails_to($bbf))[0]{data})), sha256_hex($mail), 'released');
	is_deeply([to_mailbox()], [], 'nothing for the desk\'s mailbox');
};

# What must have no effect; each from the same pending statement.
my ($pending) = ask('pending', LSM::World->statement(id => 'pending', text => 'Pending.'));
my @without_effect = (
	{ name => 'unproved', from => $ad, text => 'approve', told => $ad, subject => qr/^Subject: An answer was not taken/m },
	{ name => 'proved by a server that is not ours', from => $ad, text => 'approve', told => $ad,
		subject => qr/^Subject: An answer was not taken/m,
		header => "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=example.org\n" },
	{ name => 'out of office', from => $ad, sender => '', text => 'I am away.', header => "Auto-Submitted: auto-replied\n" },
	{ name => 'forwarded', from => $chair, text => 'approve', login => 'carol', told => $chair,
		subject => qr/^Subject: Not possible/m },
	{ name => 'more than a word', from => $ad, text => 'approve if you like', login => 'ad1', told => $ad,
		subject => qr/^Subject: Nothing was done/m },
);
for my $row (@without_effect) {
	subtest "no effect: $row->{name}" => sub {
		ok($world->settle, 'settled');
		$world->sink->clear;
		my $mail = reply($pending, $row->{from}, $row->{text}, header => $row->{header});
		my $sender = $row->{sender} // $row->{from};
		my $code = $row->{login}
			? $world->submit($row->{login}, $sender, [reply_address($pending)], $mail)
			: $world->arrive($sender, [reply_address($pending)], $mail);
		is($code, 250, 'taken');
		ok($world->settle, 'settled');
		is(($world->case_of('pending') // {})->{state}, 'pending', 'it still waits');
		is_deeply([to_mailbox()], [], 'taken off');
		my @told = $world->sink->mails;
		is(scalar @told, $row->{told} ? 1 : 0, 'who hears of it');
		is_deeply([map { @{ $_->{recipients} } } @told], [$row->{told}], '... only one') if $row->{told};
		like($told[0]{data}, $row->{subject}, 'why') if $row->{told};
		is((events_of('pending'))[-1] =~ /^(?:answer-ignored|sent)$/ ? 1 : 0, 1, 'on record');
	};
}

subtest 'proved by DKIM at our own border, from outside' => sub {
	$world->sink->clear;
	my $mail = reply($pending, $ad, '*Approve*', header => "X-Client: phone\n");
	my $proof = "Authentication-Results: mx.test.example;\n\tdkim=pass header.d=example.org\n";
	is(scalar $world->arrive($ad, [reply_address($pending)], "$proof$mail"), 250, 'answered');
	is_in_state('pending', 'released');
	ok($world->settle, 'settled');
};

subtest 'letters to the desk\'s address reach its mailbox' => sub {
	$world->sink->clear;
	my $mail = "From: <someone\@elsewhere.example>\nTo: <$desk>\nSubject: A question\nMessage-ID: <q\@elsewhere.example>\n"
		. "Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nWho is in charge of IPPM?\n";
	is(scalar $world->arrive('someone@elsewhere.example', [$desk], $mail), 250, 'taken');
	my ($got) = $world->sink->wait_for_to($desk, 1);
	is($got ? LSM::World::below_trace($got->{data}) : '', $mail, 'as it was sent');
};

subtest 'a statement mailed to the desk is a submission' => sub {
	my $proof = "Authentication-Results: mx.test.example;\n\tdkim=pass header.d=example.org\n";
	$world->sink->clear;
	my $mail = LSM::World->statement(id => 'door', text => 'By the other door.', header_to => $desk);
	my $today = strftime('Date: %a, %d %b %Y %H:%M:%S +0000', gmtime);
	$mail =~ s/^Date: .*/$today/m;
	is(scalar $world->arrive($chair, [$desk], "$proof$mail"), 250, 'taken');
	my ($request) = $world->sink->wait_for_to($ad, 1);
	ok($request, 'the approver is asked') or return;
	is_in_state('door', 'pending');
	is(scalar $world->submit('ad1', $ad, [reply_address($request)], reply($request, $ad, 'approve')), 250, 'approved');
	my ($release) = $world->sink->wait_for_to($bbf, 1);
	is(LSM::World::below_trace($release->{data} // ''), "$proof$mail", 'goes to the organization\'s own address');
	is_deeply([to_mailbox()], [], 'and not to the mailbox');

	$world->sink->clear;
	my $own = LSM::World->statement(id => 'own-door', text => 'By an approver.', header_to => $desk,
		header_from => "A. Director <$ad>", 'Send-To' => 'other@bbf.example');
	is(scalar $world->submit('ad1', $ad, [$desk], $own), 250, 'an approver\'s is taken');
	my ($got) = $world->sink->wait_for_to('other@bbf.example', 1);
	ok($got, 'and goes out at once, to its Send-To');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], '... alone');
	is_deeply([to_mailbox()], [], '... and not to the mailbox');

	$world->sink->clear;
	my $private = LSM::World->statement(id => 'sent-on', text => 'For the group alone.', header_to => 'ippm@ietf.org');
	$private =~ s/^Date: .*/$today/m;
	is(scalar $world->arrive('eve@elsewhere.example', [$desk], "$proof$private"), 250, 'a signed draft that another sent on is taken');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf), $world->sink->mails_to($ad)], [], 'and goes nowhere');
	is(scalar(my @drafts = to_mailbox()), 1, 'but to the people at the desk');

	$world->sink->clear;
	my $forged = LSM::World->statement(id => 'forged-door', text => 'By a stranger.', header_to => $desk);
	is(scalar $world->arrive($chair, [$desk], $forged), 250, 'an unproved one is taken');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf), $world->sink->mails_to($ad)], [], 'and goes nowhere');
	is(scalar(my @letters = to_mailbox()), 1, 'but to the people at the desk');
};

subtest 'tokens do not stand in the log' => sub {
	my $log = $world->daemon->log_text;
	my @found = $log =~ /\b([a-z2-7]{32})\b/g;
	is_deeply(\@found, [], 'of the daemon');
	my ($status, $output) = $world->daemon->ctl('log', '--json', '--limit', 0);
	unlike($output, qr/liaison-desk\+[a-z2-7]{32}/i, 'nor in the record');
};

$world->daemon->stop;
done_testing;
