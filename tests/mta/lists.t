#!/usr/bin/perl
# lists.t - lists are never gated: a post that our list manager sends on in 800 personalised copies,
# subscribers at the other body among them, is one case, one reading, and no intervention.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(wait_until);
use LSM::World;
use Test::More;
use Time::HiRes qw(time);

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($copies, $manager) = (800, '192.0.2.10');
my $world = LSM::World->new;
# Every tenth subscriber works at the body that the statement is for.
my @subscribers = map { $_ % 10 ? "reader$_\@subscribers.example" : "reader$_\@bbf.example" } 1 .. $copies;

# What Mailman makes of a post for one subscriber.
sub personalised {
	my ($post, $subscriber) = @_;
	my ($header, $body) = split /\n\n/, $post, 2;
	$header =~ s/^Subject: /Subject: [ippm] /m;
	my ($local, $domain) = split /@/, $subscriber;
	return "$header\nList-Id: IP Performance Measurement <ippm.ietf.org>\nPrecedence: list\n"
		. "List-Unsubscribe: <https://lists.ietf.example/u/$local>\nErrors-To: ippm-bounces\@ietf.org\n\n"
		. "$body\n_______________________________________________\nippm mailing list -- ippm\@ietf.org\n"
		. "This copy is for $local at $domain.\n";
}

# All copies over one connection of the list manager: the codes of the final replies.
sub send_copies {
	my ($post, $client, $sender, @to) = @_;
	my $smtp = $world->mta->client_from($client);
	my %codes;
	$codes{ scalar $smtp->send($sender, [$_], personalised($post, $_)) }++ for @to;
	$smtp->quit;
	return \%codes;
}

sub readings { return scalar(my @lines = $world->daemon->log_lines(qr/event=verdict/)) }

my $post = LSM::World->statement(id => 'post', header_to => 'liaisons@bbf.example, ippm@ietf.org');

subtest "a post in $copies copies" => sub {
	is(scalar $world->submit('carol', 'carol@example.org', ['ippm@ietf.org'], $post), 250, 'posted: a draft');
	ok($world->settle, 'on the list');
	is(readings(), 1, 'read');
	$world->sink->clear;
	my $begin = time;
	my $codes = send_copies($post, $manager, 'ippm-bounces@ietf.org', @subscribers);
	diag sprintf "%d copies in %.2f s", $copies, time - $begin;
	is_deeply($codes, { 250 => $copies }, 'all taken');
	ok($world->settle(30), 'all delivered');
	my %got = map { $_->{recipients}[0] => LSM::World::below_trace($_->{data}) } $world->sink->mails;
	is_deeply([grep { ($got{$_} // '') ne personalised($post, $_) } @subscribers], [],
		'to each the copy made for them');
	is(scalar keys %got, $copies, '... and to nobody else');
	is(readings(), 1, 'not read again');
	my @cases = $world->cases;
	is_deeply([map { "$_->{state} $_->{way}" } @cases], ['draft draft'], 'one case, as it was');
	my $counted = wait_until(10, sub { ($world->cases)[0]{passages} == $copies + 1 });
	ok($counted, 'each copy is counted on it');
};

# Posts that we meet for the first time as list copies.
subtest 'a post that came to the list by another road' => sub {
	my $foreign = LSM::World->statement(id => 'foreign', text => 'From us to you.', From => 'ITU-T',
		To => 'IETF IPPM Working Group',
		header_from => 'tsb@itu.example', header_to => 'ippm@ietf.org');
	my $before = readings();
	$world->sink->clear;
	my $codes = send_copies($foreign, $manager, 'ippm-bounces@ietf.org', @subscribers[0 .. 39]);
	is_deeply($codes, { 250 => 40 }, 'all taken');
	ok($world->settle, 'all delivered');
	is(scalar(my @mails = $world->sink->mails), 40, 'one each, and no mail of ours');
	is(readings(), $before + 1, 'read once');
	my @cases = grep { $_->{message_id} =~ /^foreign@/ } $world->cases;
	is(scalar @cases, 1, 'one case');
};

subtest 'subscribers in one transaction' => sub {
	my $digest = LSM::World->statement(id => 'verp', text => 'Many at once.',
		header_to => 'ippm@ietf.org, liaisons@bbf.example');
	$world->sink->clear;
	is(scalar $world->arrive('ippm-bounces+verp@ietf.org', [@subscribers[0 .. 49]],
		personalised($digest, 'all@ietf.org'), $manager), 250, 'taken');
	ok($world->settle, 'delivered');
	my %got = map { $_ => 1 } map { @{ $_->{recipients} } } $world->sink->mails;
	is_deeply([sort keys %got], [sort @subscribers[0 .. 49]], 'all have it');
};

# What is not our list manager is judged as what it is; it still reaches those at home.
subtest 'who only says that it is a list' => sub {
	my $claim = LSM::World->statement(id => 'claim', text => 'A claim.',
		header_to => 'ippm@ietf.org, liaisons@bbf.example');
	my $before = readings();
	send_copies($claim, '198.51.100.7', 'ippm-bounces@ietf.org', 'ippm@ietf.org');
	is(readings(), $before + 1, 'another client: read');
	my $login = LSM::World->statement(id => 'login', text => 'By login.', header_to => 'liaisons@bbf.example');
	$world->sink->clear;
	is(scalar $world->submit('carol', 'ippm-bounces@ietf.org', ['liaisons@bbf.example'],
		personalised($login, 'x@ietf.org')), 250,
		'submitted with a list\'s fields');
	ok($world->settle, 'done');
	is_deeply([$world->sink->mails_to('liaisons@bbf.example')], [], '... is held all the same');
};

done_testing;
