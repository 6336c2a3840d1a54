#!/usr/bin/perl
# passages.t - one statement on many ways: sent again, split, in other spellings, on one connection. Each
# passage is judged anew, nobody outside gets what was not released, and it stays one case.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $world = LSM::World->new(settings => { notices => [] });    # who is told is not the matter here
my ($bbf, $tsb) = ('liaisons@bbf.example', 'tsb@itu.example');
my @told = ('carol@example.org', 'liaison-coordination@iab.org', 'ops-ads@ietf.org', 'ad1@example.org');

# Those outside and on our lists who got something.
sub leaks {
	my $who = $world->received('');
	return [sort grep { /\@(?:\w+\.)?(?:bbf|itu|elsewhere)\.example$/i || lc eq 'ippm@ietf.org' } keys %$who];
}

# The cases that came since the last call.
my %known;
sub new_cases { return grep { !$known{ $_->{id} }++ } $world->cases }

sub count_of { return scalar(my @mails = $world->sink->mails_to($_[0])) }

# Runs passages of one statement, each [code, login, recipients, mail]; then nobody outside has anything,
# it is one case, and who is told was told once.
sub passages_of_one {
	my ($name, $state, @passages) = @_;
	subtest $name => sub {
		$world->sink->clear;
		for my $passage (@passages) {
			my ($want, $login, $recipients, $mail) = @$passage;
			my ($code, @lines) = $world->submit($login, "$login\@example.org", $recipients, $mail);
			is($code, $want, "@$recipients") or diag join "\n", @lines;
		}
		ok($world->settle, 'all is done');
		is_deeply(leaks(), [], 'nobody outside got anything');
		my @cases = new_cases();
		is_deeply([map { $_->{state} } @cases], [$state], 'one case');
		is(count_of($_), 1, "$_ is told once") for $state eq 'pending' ? @told : 'carol@example.org';
		return $cases[0];
	};
}

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }

my $thrice = statement('thrice');
passages_of_one('three times', 'pending', map { [250, 'carol', [$bbf], $thrice] } 1 .. 3);

my $split = statement('split');
passages_of_one('split over two sets of recipients', 'pending',
	[250, 'carol', [$bbf], $split], [250, 'carol', ['other@bbf.example', 'ippm@ietf.org'], $split]);

my $refused = statement('refused', Purpose => undef);
passages_of_one('again after a 550', 'rejected', map { [550, 'carol', [$bbf], $refused] } 1 .. 2);

my $hosts = statement('hosts');
passages_of_one('by a second host, with its trace fields', 'pending',
	[250, 'carol', [$bbf], $hosts],
	[250, 'carol', [$bbf], "Received: from a.example by relay.example; Sat, 21 Nov 2026 10:00:01 +0000\n"
		. "Authentication-Results: relay.example; spf=pass\nX-Trace: 1\n$hosts"]);

(my $nameless = statement('nameless')) =~ s/^Message-ID:.*\n//m;
passages_of_one('without Message-ID', 'pending', map { [250, 'carol', [$bbf], $nameless] } 1 .. 2);

passages_of_one('once more, with a recipient at a third body', 'pending',
	[250, 'carol', [$bbf], statement('wider')], [250, 'carol', [$bbf, $tsb], statement('wider')]);

passages_of_one('a recipient twice, in several spellings', 'pending',
	[250, 'carol', [$bbf, $bbf, 'Liaisons@BBF.Example', '"liaisons"@bbf.example',
		'engineer@sub.bbf.example'], statement('spellings')]);

passages_of_one('recipients in the header only as Bcc', 'pending',
	[250, 'carol', [$bbf, 'hidden@elsewhere.example'], statement('bcc', header_to => 'ippm-chairs@ietf.org')]);

passages_of_one('fifty recipients', 'pending',
	[250, 'carol', [map { "r$_\@bbf.example" } 1 .. 50], statement('fifty')]);

subtest 'a known Message-ID on other content' => sub {
	$world->sink->clear;
	$world->submit('ad1', 'ad1@example.org', [$bbf], statement('known'));
	$world->submit('carol', 'carol@example.org', [$bbf],
		statement('known', text => 'Something quite different.'));
	ok($world->settle, 'all is done');
	is(count_of($bbf), 1, 'the approved one went out, the other did not');
	is_deeply([sort map { $_->{state} } new_cases()], ['passed', 'pending'], 'two cases');
};

subtest 'what an approver sent to one is not released to others' => sub {
	my $mail = statement('released');
	$world->sink->clear;
	$world->submit('ad1', 'ad1@example.org', [$bbf], $mail);
	$world->submit('carol', 'carol@example.org', [$bbf, 'other@bbf.example', $tsb], $mail);
	ok($world->settle, 'all is done');
	is_deeply(leaks(), [$bbf], 'only who had it gets it again');
	is(count_of($bbf), 2, '... by each passage');
	is(scalar(my @cases = new_cases()), 1, 'one case');
};

subtest 'held, then sent by an approver' => sub {
	my $mail = statement('approved');
	$world->sink->clear;
	$world->submit('carol', 'carol@example.org', [$bbf], $mail);
	ok($world->settle, 'held');
	is_deeply(leaks(), [], 'nobody has it');
	is(scalar $world->submit('ad1', 'ad1@example.org', [$bbf], $mail), 250, 'taken');
	ok($world->settle, 'sent');
	is(count_of($bbf), 1, 'now the other body has it');
	is_deeply([map { $_->{state} } new_cases()], ['passed'], 'one case');
};

subtest 'many mails on one connection' => sub {
	$world->sink->clear;
	my $smtp = LSM::Smtp->new($world->postfix->port('submission'));
	$smtp->ehlo;
	$smtp->auth_plain('carol', 'secret');
	my $ordinary = "From: carol\@example.org\nTo: friend\@example.net\nSubject: lunch\n\nAt noon?\n";
	is(scalar $smtp->send('carol@example.org', [$bbf], statement('first')), 250, 'a statement');
	is(scalar $smtp->send('carol@example.org', ['friend@example.net'], $ordinary), 250, 'ordinary mail');
	is(scalar $smtp->send('carol@example.org', [$bbf], statement('second', Purpose => undef)), 550, 'a gap');
	$smtp->mail('carol@example.org');
	$smtp->rcpt('never@bbf.example');
	is(scalar $smtp->rset, 250, 'RSET after a recipient');
	is(scalar $smtp->send('carol@example.org', ['friend@example.net', 'friend2@example.net'], $ordinary),
		250, 'ordinary mail');
	$smtp->mail('carol@example.org', 'RET=HDRS ENVID=third');
	$smtp->rcpt($bbf, "NOTIFY=FAILURE,DELAY ORCPT=rfc822;$bbf");
	$smtp->rcpt('ippm-chairs@ietf.org', 'NOTIFY=NEVER');
	is(scalar $smtp->data(statement('third')), 250, 'a statement with parameters at its recipients');
	$smtp->mail('carol@example.org');
	$smtp->drop;
	ok($world->settle, 'all is done');
	is_deeply(leaks(), [], 'nobody outside got anything');
	is(count_of('friend@example.net'), 2, 'ordinary mail went its way');
	is(count_of('friend2@example.net'), 1, '... each to its own recipients');
	is_deeply([sort map { $_->{state} } new_cases()], [qw(pending pending rejected)], 'a case each');
};

subtest 'Bcc is neither revealed nor forgotten' => sub {
	$world->sink->clear;
	$world->submit('ad1', 'ad1@example.org', [$bbf, 'hidden@elsewhere.example'],
		statement('blind', 'Send-Reply-To' => undef));
	ok($world->settle, 'all is done');
	is_deeply($world->received(''), { map { $_ => 'other' } $bbf, 'hidden@elsewhere.example' }, 'both got it');
	is_deeply([grep { $_->{data} =~ /hidden/ } $world->sink->mails], [], 'no mail names the hidden one');
};

done_testing;
