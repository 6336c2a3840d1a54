#!/usr/bin/perl
# wayout.t - the ways out of a wrong catch: "Liaison: no" by the sender, not-a-statement by the
# coordinators; and the outbox that brings what was withheld.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(scratch_dir wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $other) = ('liaisons@bbf.example', 'other@bbf.example');

sub digest_of { return sha256_hex(LSM::World::below_trace($_[0])) }

# Events of one kind in the log.
sub events {
	my ($in, $type) = @_;
	my ($status, $output) = $in->daemon->ctl('log', '--json');
	return $status == 0 ? grep { /"type":"\Q$type\E"/ } split /\n/, $output : ();
}

my $world = LSM::World->new(settings => { notices => [] });    # who is told is not the matter here

# Refused without the line, on purpose: the purpose lacks.
sub with_line {
	my ($id, $line) = @_;
	my $mail = LSM::World->statement(id => $id, Purpose => undef, text => "About $id.");
	return $mail =~ s/\n\n/\n\n$line\n\n/r;
}

my @lines = (
	{ name => 'the line of a login', id => 'line', line => 'Liaison: no', code => 250 },
	{ name => 'in capitals', id => 'loud', line => 'LIAISON: NO', code => 250 },
	{ name => 'no such line', id => 'none', line => '', code => 550 },
	{ name => 'not the first line', id => 'late', line => "Dear all,\nLiaison: no", code => 550 },
	{ name => 'quoted', id => 'quoted', line => '> Liaison: no', code => 550 },
);
for my $row (@lines) {
	subtest "Liaison: no: $row->{name}" => sub {
		$world->sink->clear;
		my $mail = with_line($row->{id}, $row->{line});
		is(scalar $world->submit('carol', 'carol@example.org', [$bbf, 'ippm@ietf.org'], $mail), $row->{code},
			'reply');
		ok($world->settle, 'done');
		is_deeply($world->received($mail), $row->{code} == 250
			? { $bbf => 'original', 'ippm@ietf.org' => 'original' }
			: { 'carol@example.org' => 'reject' }, 'who got what');
		is($world->case_of($row->{id}) ? 1 : 0, $row->{code} == 250 ? 0 : 1, 'in the list of cases, or not');
	};
}

subtest 'Liaison: no without a login counts for nothing' => sub {
	$world->sink->clear;
	my $mail = with_line('command', 'Liaison: no');
	$world->postfix->sendmail('carol@example.org', [$bbf], $mail);
	ok($world->sink->wait_for_to('carol@example.org', 1), 'a bounce comes');
	ok($world->settle, 'done');
	is_deeply($world->received($mail), { 'carol@example.org' => 'bounce' }, 'nobody else has anything');
};

subtest 'not-a-statement brings the original to those who lack it' => sub {
	# What a rewriting relay would spoil: blanks at line ends, dots, 8-bit signs, no final text line.
	my $mail = LSM::World->statement(id => 'wrong', header => "X-Odd:  two  blanks,\n\tfold\x20\n",
		text => "Blanks \x20\n.dot\n..dots\nFrom here\n\xe4\xf6\xfc\n\n");
	$world->sink->clear;
	my @to = ($bbf, $other, 'ippm@ietf.org', 'ippm-chairs@ietf.org');
	is(scalar $world->submit('carol', 'carol@example.org', \@to, $mail), 250, 'held');
	ok($world->settle, 'done');
	my $case = $world->case_of('wrong');
	$world->sink->clear;
	my ($status, $output) = $world->daemon->ctl('not-a-statement', $case->{id} =~ /-(\w+)$/);
	is($status, 0, 'the verb') or diag $output;
	ok($world->settle, 'delivered');
	is_deeply($world->received($mail), { map { $_ => 'original' } $bbf, $other, 'ippm@ietf.org' },
		'those who lacked it, nobody else');
	is(digest_of($_->{data}), sha256_hex($mail), "SHA-256 at $_->{recipients}[0]") for $world->sink->mails;
	is_deeply([map { $_->{sender} } $world->sink->mails], [('carol@example.org') x 3],
		'from the sender\'s own address');
	is($world->case_of('wrong'), undef, 'off the list');

	$world->sink->clear;
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], $mail), 250, 'a later copy');
	ok($world->settle, 'done');
	is_deeply($world->received($mail), { $bbf => 'original' }, 'passes, and nobody is asked');
	($status, $output) = $world->daemon->ctl('not-a-statement', $case->{id});
	is($status, 0, 'asked again');
	ok($world->settle, 'done');
	is(scalar(my @again = $world->sink->mails), 1, '... nothing is sent again');
};

subtest 'the outbox listener lets out only what is owed' => sub {
	my $mail = LSM::World->statement(id => 'smuggled', text => 'By the back door.');
	my $send = sub {
		my ($sender, $recipients, $text) = @_;
		my $smtp = LSM::Smtp->new($world->postfix->port('outbox'));
		$smtp->ehlo;
		my @answer = $smtp->send($sender, $recipients, $text);
		$smtp->quit;
		return $answer[0];
	};
	$world->sink->clear;
	is($send->('carol@example.org', ['ippm@ietf.org'], $mail), 250, 'another mail there');
	ok($world->settle, 'done');
	is($world->case_of('smuggled') && $world->case_of('smuggled')->{way}, 'around',
		'... is judged like any other');

	my $held = LSM::World->statement(id => 'held', text => 'Held.');
	$world->submit('carol', 'carol@example.org', [$bbf], $held);
	ok($world->settle, 'one is held');
	my @told = $world->sink->mails_to('carol@example.org');
	my ($first) = grep { LSM::World::word_for($_, $held) eq 'held' } @told;
	my $own = LSM::World::below_trace($first->{data});
	$world->sink->clear;
	is($send->('', [$bbf], $own), 250, 'a mail of ours, after its time and to others');
	ok($world->settle, 'done');
	is($world->received($held)->{$bbf}, 'held', '... is an ordinary mail by then');
};

subtest 'a server that refuses' => sub {
	my $next = LSM::Sink->new(scratch_dir() . '/next');
	my $lone = LSM::World->new(outbox_server => $next->port);
	my $mail = LSM::World->statement(id => 'refused', text => 'Refused.');
	$next->refuse(qr/^ops-ads@/, '550 5.1.1 gone');
	$next->refuse(qr/^carol@/, '451 4.3.0 not now');
	is(scalar $lone->submit('carol', 'carol@example.org', [$bbf, $other], $mail), 250, 'held');
	ok($lone->daemon->wait_log(qr/mail-put-off/), '451: put off');
	ok($lone->daemon->wait_log(qr/mail-refused/), '550: given up');
	is_deeply([$next->mails_to('carol@example.org')], [], 'the sender has nothing yet');
	is(scalar(my @one = $next->wait_for_to('ad1@example.org', 1)), 1, 'others are served');
	$next->accept_all;
	is(scalar(my @two = $next->wait_for_to('carol@example.org', 1)), 1, 'the sender hears later');
	ok(wait_until(10, sub { my $s = $lone->status; !$s->{outbox_due} && $s->{outbox_failed} == 1 }),
		'one remains as refused');
	is(scalar(my @events = events($lone, 'undelivered')), 1, 'on record as undelivered');
	is_deeply([$next->mails_to('ops-ads@ietf.org')], [], '... and not tried again');

	$next->clear;
	$next->refuse(qr/^liaisons@/, '550 5.1.1 gone');
	$next->refuse(qr/^other@/, '451 4.3.0 not now');
	$lone->daemon->ctl('not-a-statement', $lone->case_of('refused')->{id});
	ok($lone->daemon->wait_log(qr/mail-put-off.*kind=release/), 'a release: put off for one');
	ok($lone->daemon->wait_log(qr/mail-refused.*kind=release/), '... given up for the other');
	$next->accept_all;
	is(scalar(my @late = $next->wait_for_to($other, 1)), 1, 'who was put off gets it');
	is(@late && digest_of($late[0]{data}), sha256_hex($mail), '... unchanged');
};

done_testing;
