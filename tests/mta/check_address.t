#!/usr/bin/perl
# check_address.t - a statement is tried by mail, end to end: what its author is told, and that nobody else gets it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(wait_until);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $check, $carol) = ('liaisons@bbf.example', 'check@ietf.org', 'carol@example.org');
my $world = LSM::World->new(settings => { 'check-address' => $check });

# Tries a mail; the answers that its author gets. The reply is checked.
sub try_it {
	my ($mail, %option) = @_;
	$world->sink->clear;
	my $code = $option{arrives}
		? $world->arrive($option{sender} // $carol, [$check], $mail)
		: $world->submit('carol', $option{sender} // $carol, $option{to} // [$check], $mail);
	is(scalar $code, $option{code} // 250, 'reply');
	$world->settle;
	return $world->sink->mails_to($carol);
}

sub is_recorded { return scalar grep { ($_->{message_id} // '') =~ /^\Q$_[0]\E@/ } $world->cases }

subtest 'what would be refused' => sub {
	my ($answer, @more) = try_it(LSM::World->statement(id => 'lacks', Purpose => undef));
	ok($answer, 'its author gets an answer') or return;
	is(scalar @more, 0, '... and one only');
	like($answer->{data}, qr/^Subject: Would be refused: STAMP YANG review/m, 'the subject says how it stands');
	like($answer->{data}, qr/^Auto-Submitted: auto-replied/m, 'RFC 3834: auto-replied');
	like($answer->{data}, qr/^In-Reply-To: <lacks\@example\.org>/m, '... in reply to it');
	like($answer->{data}, qr/^References: <lacks\@example\.org>/m, '... and its thread');
	is($answer->{sender}, '', '... from the null sender');
	like($answer->{data}, qr/^1\. PURPOSE/m, 'what lacks');
	like($answer->{data}, qr/^Purpose: For action \| For information \| In response/m, 'a block to paste');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has it');
	is_deeply([$world->sink->mails_to($check)], [], 'nor has the check address');
	ok(!is_recorded('lacks'), 'and it is not on record');
};

subtest 'what would wait, among others' => sub {
	my ($answer) = try_it(LSM::World->statement(id => 'waits', header_to => 'ippm-chairs@ietf.org'),
		to => [$check, 'ippm-chairs@ietf.org']);
	ok($answer, 'its author gets an answer') or return;
	like($answer->{data}, qr/^Subject: Would wait for approval/m, 'the subject');
	like($answer->{data}, qr/as if sent to:.*liaisons\@bbf\.example/s, 'judged with where it says that it goes');
	is(scalar $world->sink->mails_to('ippm-chairs@ietf.org'), 1, 'the other recipient has the mail');
	is_deeply([$world->sink->mails_to($check)], [], 'the check address has not');
	is_deeply([$world->sink->mails_to('ad1@example.org')], [], 'and nobody is asked to approve');
};

subtest 'no statement' => sub {
	my ($answer) = try_it("From: Carol <$carol>\nTo: $check\nSubject: Lunch\nMessage-ID: <lunch\@example.org>\n\nToday?\n");
	ok($answer, 'an answer') or return;
	like($answer->{data}, qr/^Subject: No statement: Lunch/m, '... that says so');
};

subtest 'who gets no answer' => sub {
	my $mail = LSM::World->statement(id => 'robot', header => "Auto-Submitted: auto-generated\n");
	is(scalar try_it($mail), 0, 'a program');
	is(scalar try_it(LSM::World->statement(id => 'bounce'), sender => ''), 0, 'a null sender');
	is(scalar try_it(LSM::World->statement(id => 'listed', header => "List-Id: <x.example.org>\n")), 0, 'a list');
	is(scalar try_it(LSM::World->statement(id => 'forged'), arrives => 1, code => 550), 0, 'nobody who is proved');
	is(scalar($world->sink->mails_to($check)), 0, 'and it goes to nobody');
};

done_testing();
