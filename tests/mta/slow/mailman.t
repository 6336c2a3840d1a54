#!/usr/bin/perl
# mailman.t - lists are never gated: what a real Mailman 3 makes of a post for its subscribers, subscribers at the
# other body among them, goes to all of them as Mailman made it, brings no mail of ours, and stays one case.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Mailman;
use LSM::Scratch qw(wait_until);
use LSM::World;
use Test::More;

my $missing = LSM::Postfix::missing() || LSM::Mailman::missing();
plan skip_all => $missing if $missing;

# Mailman connects from the host it runs on.
my $world = LSM::World->new(settings => { 'list-managers' => ['127.0.0.1'] });
my $mailman = LSM::Mailman->new($world->dir . '/mailman', $world->postfix->port('smtp'));
my $list = 'ippm@ietf.org';
my @subscribers = ('reader@subscribers.example', 'engineer@bbf.example', 'liaisons@bbf.example', 'carol@example.org');
my @digested = ('slow@bbf.example', 'patient@bbf.example');

# How a list may be set up. marks: what a copy then shows. counts: how many mails are counted on the case, where it is not
# each that has the post's Message-ID: a header made for one subscriber may have nothing left that is worth a look at the
# record; without its Message-ID a post is known by its text; what is wrapped is a mail that carries something.
my @styles = (
	{ name => 'subject tag and footer', settings => { subject_prefix => '[ippm] ' },
		marks => [qr/^Subject: \[ippm\] /m, qr/^Ippm mailing list -- ippm\@ietf\.org$/m] },
	{ name => 'personalised', counts => 3,
		settings => { subject_prefix => '[ippm] ', personalize => 'full' },
		marks => [qr/^To: \S*(?:reader|engineer|liaisons|carol)\@/m] },
	{ name => 'munged From', settings => { dmarc_mitigate_action => 'munge_from' },
		marks => [qr/^From: .*via Ippm.*<ippm\@ietf\.org>/m, qr/^Reply-To: .*carol/m] },
	{ name => 'wrapped', settings => { dmarc_mitigate_action => 'wrap_message' }, counts => 0,
		marks => [qr/^From: .*via Ippm.*<ippm\@ietf\.org>/m, qr{^Content-Type: message/rfc822}m] },
	{ name => 'anonymous', settings => { anonymous_list => 1 }, counts => 2, marks => [qr/^From: .*ippm\@ietf\.org/m] },
);

sub new_list {
	my (%settings) = @_;
	$mailman->do('remove', list => $list);
	$mailman->do('create', list => $list, settings => \%settings);
	$mailman->do('subscribe', list => $list, addresses => \@subscribers);
	return;
}

# What the desk's own mails look like: nobody gets one here.
sub ours { return grep { $_->{data} =~ /^Auto-Submitted: auto-generated$/m && $_->{data} =~ /^X-Liaison-Record:/m } $world->sink->mails }

sub got { return map { $_->{data} } $world->sink->mails_to($_[0]) }

my %known;
sub new_cases { return grep { !$known{ $_->{id} }++ } $world->cases }

# Carol posts it; what Postfix delivers for the list is what Mailman gets.
sub post {
	my ($mail) = @_;
	$world->sink->clear;
	is(scalar $world->submit('carol', 'carol@example.org', [$list], $mail), 250, 'posted');
	ok($world->settle, 'on its way to the list');
	my ($posted) = got($list);
	my ($case, @more) = new_cases();
	is_deeply([map { "$_->{state} $_->{way}" } grep { defined } $case, @more], ['draft draft'], 'a draft');
	$world->sink->clear;
	$mailman->do('post', list => $list, mail => $posted);
	return $case;
}

sub check_quiet {
	my ($case, $counts) = @_;
	ok($world->settle, 'delivered');
	is_deeply([map { "@{$_->{recipients}}" } ours()], [], 'no mail of ours');
	is_deeply([map { "$_->{state} $_->{way} $_->{subject}" } new_cases()], [], 'no other case');
	# Mailman sends one mail to many subscribers where nothing in it is theirs alone.
	my $copies = $counts // grep { (LSM::World::field($_->{data}, 'Message-ID') // '') eq "<$case->{message_id}>" } $world->sink->mails;
	my $passages = sub { (grep { $_->{id} eq $case->{id} } $world->cases)[0]{passages} // 0 };
	ok(wait_until(10, sub { $passages->() == $case->{passages} + $copies }), "$copies copies are counted on it") or diag $passages->();
	return $copies;
}

for my $style (@styles) {
	subtest $style->{name} => sub {
		new_list(%{ $style->{settings} });
		my $case = post(LSM::World->statement(id => $style->{name} =~ tr/ /-/r, text => "Text: $style->{name}.",
			header_to => "liaisons\@bbf.example, $list"));
		check_quiet($case, $style->{counts});
		for my $subscriber (@subscribers) {
			my @copies = got($subscriber);
			is(scalar @copies, 1, "$subscriber has a copy");
			like($copies[0] // '', $_, "... as Mailman makes it: $_") for @{ $style->{marks} };
			unlike($copies[0] // '', qr/^Liaison-(?:Record|Verdict|Findings):/m, '... and nothing of ours');
		}
	};
}

subtest 'digests' => sub {
	new_list(subject_prefix => '[ippm] ');
	$mailman->do('subscribe', list => $list, addresses => [$digested[0]], mode => 'mime_digests');
	$mailman->do('subscribe', list => $list, addresses => [$digested[1]], mode => 'plaintext_digests');
	my $case = post(LSM::World->statement(id => 'digest', text => 'For the digest.', header_to => "liaisons\@bbf.example, $list"));
	$mailman->do('digest', list => $list);
	check_quiet($case);
	for my $reader (@digested) {
		my @issues = got($reader);
		is(scalar @issues, 1, "$reader has the digest");
		like($issues[0] // '', qr/^Subject: Ippm Digest, Vol .*^Liaison-Statement: 1$/ms, '... with the statement in it');
	}
};

subtest 'held for a moderator, then accepted' => sub {
	new_list(default_member_action => 'hold');
	my $case = post(LSM::World->statement(id => 'held', text => 'For the moderator.', header_to => "liaisons\@bbf.example, $list"));
	is(check_quiet($case), 0, 'no copy went out');
	my ($notice) = got('ippm-owner@ietf.org');
	like($notice // '', qr{^Content-Type: message/rfc822.*^Liaison-Statement: 1$}ms, 'the moderator has it attached');
	is(scalar(my @told = got('carol@example.org')), 1, 'the sender is told by Mailman');
	my $waiting = $mailman->do('held', list => $list);
	is(scalar @$waiting, 1, 'one post waits');
	$mailman->do('accept', list => $list, number => $waiting->[0]);
	ok(check_quiet($case) > 0, 'copies went out');
	is(scalar(my @copies = got('engineer@bbf.example')), 1, 'then it goes to the subscribers');
};

subtest 'a stranger\'s post that is held' => sub {
	new_list(default_nonmember_action => 'hold');
	my $mail = LSM::World->statement(id => 'stranger', From => 'ITU-T', To => 'IETF IPPM Working Group', 'From-Contact' => 'tsb@itu.example',
		'To-Contact' => $list, 'Send-Reply-To' => 'tsb@itu.example', text => 'From ITU.', header_from => 'TSB <tsb@itu.example>', header_to => $list);
	$world->sink->clear;
	is(scalar $world->arrive('tsb@itu.example', [$list], $mail), 250, 'it arrives');
	ok($world->settle, 'covered');
	my ($case) = new_cases();
	is("$case->{state} $case->{way}", 'unconfirmed in', 'on record at once');
	my ($posted) = got($list);
	$world->sink->clear;
	$mailman->do('post', list => $list, mail => $posted);
	is(check_quiet($case), 0, 'no copy went out');
	$mailman->do('accept', list => $list, number => $mailman->do('held', list => $list)->[0]);
	ok(check_quiet($case) > 0, 'copies went out');
};

$world->daemon->stop;
done_testing;
