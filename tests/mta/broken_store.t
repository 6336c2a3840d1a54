#!/usr/bin/perl
# broken_store.t - the record is out of order: statements of ours are put off, what comes in is put off for a
# while and then passes into the late journal, ordinary mail notices nothing.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(slurp spew wait_until);
use LSM::World;
use Test::More;
use Time::HiRes qw(time);

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $contact, $manager) = ('liaisons@bbf.example', 'liaison-coordination@iab.org', '192.0.2.10');
my $ordinary = "From: a\@elsewhere.example\nTo: carol\@example.org\nSubject: lunch\n"
	. "Message-ID: <lunch\@elsewhere.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n";

sub outgoing { return LSM::World->statement(id => $_[0], text => "The text of $_[0].") }

sub incoming {
	return LSM::World->statement(id => $_[0], text => "The text of $_[0].", From => 'ITU-T',
		To => 'IETF IPPM Working Group',
		'Send-Reply-To' => 'tsb@itu.example', header_from => 'tsb@itu.example', header_to => 'ippm@ietf.org');
}

# Ordinary mail while the desk is away: no 451, and no waiting for it.
sub passes_at_once {
	my ($world) = @_;
	my $begin = time;
	is(scalar $world->arrive('a@elsewhere.example', ['carol@example.org'], $ordinary), 250,
		'ordinary mail passes');
	is(scalar $world->submit('carol', 'carol@example.org', ['friend@elsewhere.example'], $ordinary), 250,
		'... a chair\'s, too');
	ok(time - $begin < 0.9, '... at once') or diag time - $begin;
	return;
}

subtest 'the desk hangs' => sub {
	my $world = LSM::World->new(settings => { 'decision-timeout' => 1 });
	my ($desk) = $world->daemon->children('desk');
	kill 'STOP', $desk;
	my $begin = time;
	my ($code, @lines) = $world->submit('carol', 'carol@example.org', [$bbf, 'ippm-chairs@ietf.org'],
		outgoing('hang'));
	is($code, 451, 'a statement of ours is put off') or diag "@lines";
	ok(time - $begin < 5, '... in time');
	like("@lines", qr/try again later/, '... and says that it may come again');
	is(scalar $world->arrive('tsb@itu.example', ['ippm@ietf.org'], incoming('patient')), 451,
		'one that comes in, too');
	passes_at_once($world);
	my $copy = "List-Id: <ippm.ietf.org>\n" . outgoing('list');
	is(scalar $world->arrive('ippm-bounces@ietf.org', ['reader@bbf.example'], $copy, $manager), 250,
		'a list is not stopped');
	kill 'CONT', $desk;
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf, 'ippm-chairs@ietf.org'], outgoing('hang')),
		250, 'the retry is taken');
	is(scalar $world->arrive('tsb@itu.example', ['ippm@ietf.org'], incoming('patient')), 250,
		'the other one, too');
	ok($world->settle, 'done');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything');
	is(scalar(my @chairs = $world->sink->mails_to('ippm-chairs@ietf.org')), 1, 'the chairs have it once');
	is(scalar(my @told = $world->sink->mails_to('carol@example.org')), 2,
		'the sender was told once, beside the ordinary mail');
	is(scalar(my @cover = grep { LSM::World::word_for($_, '') eq 'cover' } $world->sink->mails_to($contact)),
		1, 'one cover mail');
	is_deeply([sort map { $_->{state} } $world->cases], [qw(pending unconfirmed)], 'a case each');
};

subtest 'the record cannot be opened' => sub {
	my $world = LSM::World->new(settings => { 'decision-timeout' => 1, 'incoming-patience' => 1 });
	my $record = $world->daemon->dir . '/record';
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], outgoing('before')), 250, 'it works');
	ok($world->settle, 'done');
	$world->sink->clear;

	rename $record, "$record.away" or die "$record: $!\n";
	spew($record, 'not a record');
	my ($desk) = $world->daemon->children('desk');
	ok($world->daemon->kill9($desk), 'the desk dies and cannot come back');
	ok($world->daemon->wait_log(qr/store-not-opened/), '... and says why');
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], outgoing('during')), 451,
		'a statement of ours is put off');
	my $mail = incoming('late');
	is(scalar $world->arrive('tsb@itu.example', ['ippm@ietf.org'], $mail), 451, 'one that comes in, too');
	passes_at_once($world);
	ok(wait_until(15, sub { $world->arrive('tsb@itu.example', ['ippm@ietf.org'], $mail) == 250 }),
		'... but not for ever: later it passes');
	my ($kept, @more) = glob $world->daemon->dir . '/late/*.mail';
	is(scalar @more, 0, 'one file in the late journal');
	(my $octets = slurp($kept)) =~ s/\r\n/\n/g;
	ok(index($octets, $mail) > 0, '... with the mail as it was');
	my ($got) = $world->sink->wait_for_to('ippm@ietf.org', 1);
	is(LSM::World::word_for($got, $mail), 'original', 'it is delivered untouched');
	is_deeply([$world->sink->mails_to($contact)], [], 'nobody was told of it yet');

	unlink $record;
	rename "$record.away", $record or die "$record: $!\n";
	ok($world->daemon->wait_log(qr/late-journal-read/, 1, 30), 'the record is back: the journal is read in');
	is_deeply([glob $world->daemon->dir . '/late/*.mail'], [], '... and empty');
	my ($cover) = $world->sink->wait_for_to($contact, 1);
	is(LSM::World::word_for($cover, ''), 'cover', 'now the coordinators hear of it');
	is(LSM::World::attached($cover->{data}), $mail, '... with the original');
	my ($case) = grep { $_->{message_id} =~ /^late@/ } $world->cases;
	is_deeply([@$case{qw(state way)}], ['unconfirmed', 'in'], '... and it is a case');
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], outgoing('during')), 250,
		'ours is taken again');
	ok($world->settle, 'done');
	is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside has anything');
	is(scalar(my @ours = $world->cases), 3, 'three cases');
};

subtest 'an observer delays nothing' => sub {
	my $world = LSM::World->new(settings => { mode => 'observe', 'decision-timeout' => 1 });
	kill 'STOP', $world->daemon->children('desk');
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], outgoing('observed')), 250,
		'a statement of ours passes');
	kill 'CONT', $world->daemon->children('desk');
};

done_testing;
