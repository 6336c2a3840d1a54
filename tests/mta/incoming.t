#!/usr/bin/perl
# incoming.t - a statement of another body on its way through the house: it comes in, is confirmed, assigned and
# distributed by mail, somebody informs the body by a simple mail, and our answer closes it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(wait_until);
use LSM::World;
use POSIX qw(strftime);
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($itu, $chair, $ad, $desk) = ('tsb@itu.example', 'carol@example.org', 'ad1@example.org', 'liaison-desk@ietf.org');
my $coordinators = 'liaison-coordination@iab.org';
# One gate: what it has recorded it looks out for within two seconds, the others within half a minute.
my $world = LSM::World->new(settings => { 'desk-address' => $desk, workers => 1,
	operators => ["root=$coordinators"] });
my $asked = LSM::World->statement(id => 'asked', From => 'ITU-T', To => 'IETF IPPM Working Group',
	'From-Contact' => $itu, 'To-Contact' => 'ippm@ietf.org', 'Send-Reply-To' => $itu, Purpose => 'For action',
	Deadline => '2999-01-31', header_from => $itu, header_to => 'ippm@ietf.org', text => 'Which metrics?') =~ s/asked\@example\.org/asked\@itu.example/r;
my $count = 0;

sub the_case { return (grep { ($_->{message_id} // '') eq 'asked@itu.example' } $world->cases)[0] || {} }

sub is_in_state {
	my ($state) = @_;
	ok(wait_until(10, sub { (the_case()->{state} // '') eq $state }), "it is $state") or diag the_case()->{state};
	return;
}

sub events {
	my ($type) = @_;
	my ($status, $output) = $world->daemon->ctl('log', '--json');
	my $id = the_case()->{id};
	my @events = grep { /"case":"\Q$id\E"/ && /"type":"\Q$type\E"/ } split /\n/, $output;
	return @events;
}

# A mail of carol's to somebody, in a thread.
sub letter {
	my ($to, $text, %field) = @_;
	$count++;
	my $header = join '', map { "$_: $field{$_}\n" } sort keys %field;
	return "From: <$chair>\nTo: <$to>\nSubject: Re: metrics\nMessage-ID: <letter-$count\@example.org>\n"
		. 'Date: ' . strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime) . "\n$header\n$text\n";
}

is(scalar $world->arrive($itu, ['ippm@ietf.org'], $asked), 250, 'a statement comes in');
is_in_state('unconfirmed');
my ($cover) = $world->sink->wait_for_to($coordinators, 1);
like($cover->{data}, qr/^Subject: Liaison statement from /m, 'the coordinators have a cover mail');
ok($world->settle, 'settled');
is(scalar(my @originals = grep { LSM::World::below_trace($_->{data}) eq $asked } $world->sink->mails_to('ippm@ietf.org')), 1,
	'the list has it as it came');

for my $step ([confirmed => 'confirm', '--purpose', 'action'], [assigned => 'assign', '--to', $chair],
	[distributed => 'distribute', '--to', 'ippm-chairs@ietf.org']) {
	my ($state, $verb, @arguments) = @$step;
	my ($status, $output) = $world->daemon->ctl($verb, the_case()->{id}, @arguments);
	is($status, 0, $verb) or diag $output;
	is_in_state($state);
}
my ($sent_on) = $world->sink->wait_for_to('ippm-chairs@ietf.org', 1);
like(LSM::World::attached($sent_on->{data}) // '', qr/Which metrics\?/, 'the chairs have it');
ok($world->settle, 'settled');

# To a person there: what a role holder writes to a liaison address is taken for a statement.
subtest 'an informal mail in the thread' => sub {
	my $engineer = 'engineer@itu.example';
	my $first = sub {
		$world->submit('carol', $chair, [$engineer], letter($engineer, 'We have it.', 'In-Reply-To' => '<asked@itu.example>'));
		return wait_until(0.3, sub { scalar(my @informed = events('informed')) });
	};
	ok(wait_until(10, $first), 'noted');
	my $before = events('informed');
	$world->sink->clear;
	my @elsewhere = (
		[250, $engineer, letter($engineer, 'No thread.')],
		[250, 'other@bbf.example', letter('other@bbf.example', 'Not to them.', 'In-Reply-To' => '<asked@itu.example>')],
	);
	is(scalar $world->submit('carol', $chair, [$_->[1]], $_->[2]), $_->[0], "passes: $_->[1]") for @elsewhere;
	is(scalar $world->arrive($chair, [$engineer], letter($engineer, 'Forged.', References => '<x@y> <asked@itu.example>')), 250,
		'from elsewhere, in our name');
	my $informal = letter($engineer, 'We met; the group answers in May.', References => "<first\@itu.example>\n <asked\@itu.example>");
	is(scalar $world->submit('carol', $chair, [$engineer], $informal), 250, 'to them: taken') for 1 .. 2;
	my @got = grep { LSM::World::below_trace($_->{data}) eq $informal } $world->sink->wait_for_to($engineer, 4);
	is(scalar @got, 2, 'it passes as it is');
	ok(wait_until(10, sub { events('informed') > $before }), 'noted');
	ok($world->settle, 'settled');
	is(scalar(my @informed = events('informed')), $before + 1, '... once, and nothing else was');
	like(($world->daemon->ctl('timeline', the_case()->{id}))[1], qr/informed\s.*\Q$chair\E/, 'by whom');
	is(the_case()->{state}, 'distributed', 'it still waits for its answer');
	is(scalar(my @cases = $world->cases), 1, 'none of this is a case');
	is_deeply([grep { $_->{data} =~ /^From:.*liaison-desk/m } $world->sink->mails], [], 'nobody is written to');
};

subtest 'our answer closes it' => sub {
	my $answer = LSM::World->statement(id => 'answer', To => 'ITU-T', Purpose => 'In response', 'To-Contact' => $itu,
		'In-Response-To' => the_case()->{id}, header_from => "A. Director <$ad>", header_to => $itu, text => 'These.');
	is(scalar $world->submit('ad1', $ad, [$itu], $answer), 250, 'an approver answers');
	is_in_state('answered');
	ok(wait_until(10, sub { grep { $_->{data} =~ /^Message-ID: <answer\@/m } $world->sink->mails_to($itu) }), 'they have it');
};

is_deeply([$world->daemon->log_lines(qr/event=died/)], [], 'all by the same processes');
$world->daemon->stop;
done_testing;
