#!/usr/bin/perl
# scope.t - step by step from watching to enforcing, on a real Postfix: what a list names is enforced as a whole, all
# else passes octet for octet, and nobody is written to about it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(wait_until);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $itu, $coordinators) = ('liaisons@bbf.example', 'tsb@itu.example', 'liaison-coordination@iab.org');
my $world = LSM::World->new(settings => { mode => 'observe', workers => 1 });
my $daemon = $world->daemon;

sub reload {
	$daemon->set(@_);
	return ok($daemon->reloaded, 'reloaded');
}

sub to_bbf { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }

sub to_itu {
	return LSM::World->statement(id => $_[0], To => 'ITU-T', 'To-Contact' => $itu, 'Send-Reply-To' => 'itu-manager@ietf.org',
		header_to => $itu, text => "The text of $_[0].", @_[1 .. $#_]);
}

sub send_it { return scalar $world->submit('carol', 'carol@example.org', @_) }

sub from_them {
	my ($id, $name, $address) = @_;
	return LSM::World->statement(id => $id, From => $name, To => 'IETF IPPM Working Group', 'From-Contact' => $address,
		'To-Contact' => 'ippm@ietf.org', 'Send-Reply-To' => $address, header_from => $address,
		header_to => 'ippm@ietf.org', text => "The text of $id.");
}

# How many mails the sink holds for this address.
sub held_for { return scalar(my @mails = $world->sink->mails_to($_[0])) }

# A copy of this very mail, as it was sent.
sub has_passed {
	my ($address, $mail) = @_;
	return wait_until(10, sub { grep { LSM::World::below_trace($_->{data}) eq $mail } $world->sink->mails_to($address) });
}

sub state_of { return ($world->case_of($_[0]) // {})->{state} }
sub observed { return (grep { ($_->{message_id} // '') eq "$_[0]\@example.org" } $world->cases)[0]{observed} }

subtest 'one organization is enforced' => sub {
	reload('enforce-organizations' => ['BBF']);
	my $mail = to_itu('other');
	is(send_it([$itu], $mail), 250, 'a statement to another one');
	ok(has_passed($itu, $mail), '... passes as it is');
	is(send_it([$bbf], to_bbf('gap', Purpose => undef)), 550, 'one with a gap to this one is refused');
	is(send_it([$bbf], to_bbf('held')), 250, 'one without approval');
	is(state_of('held'), 'pending', '... waits');
	is(send_it([$bbf, $itu], to_bbf('both', To => 'Broadband Forum, ITU-T')), 250, 'one to both');
	is(state_of('both'), 'pending', '... waits as a whole');
	ok($world->settle, 'settled');
	is(held_for($bbf), 0, 'nothing went to the one');
	is(held_for($itu), 1, 'and but the first to the other');
};

subtest 'nobody is written to about what is watched' => sub {
	my $before = held_for($coordinators);
	is(scalar $world->arrive($itu, ['ippm@ietf.org'], my $mail = from_them('from-itu', 'ITU-T', $itu)), 250,
		'an incoming one of another organization');
	ok(has_passed('ippm@ietf.org', $mail), '... passes as it is');
	ok($world->settle, 'settled');
	is(held_for($coordinators), $before, '... and there is no cover mail');
	is(scalar $world->arrive($bbf, ['ippm@ietf.org'], from_them('from-bbf', 'Broadband Forum', $bbf)), 250, 'one of this one');
	ok(wait_until(10, sub { held_for($coordinators) > $before }), '... is announced');
	my ($status, $output) = $daemon->ctl('remind', '--dry-run');
	is($status, 0, 'reminders run') or diag $output;
	unlike($output, qr/other/, '... without what is watched');
};

subtest 'what was held stays held under another envelope' => sub {
	reload('enforce-organizations' => ['ITU-T']);
	is(send_it([$bbf], to_bbf('held')), 250, 'the same statement again, its organization no longer listed');
	is(state_of('held'), 'pending', '... waits as before');
	is(send_it([$bbf], my $mail = to_bbf('now-watched')), 250, 'another one');
	ok(has_passed($bbf, $mail), '... passes');
	ok($world->settle, 'settled');
	is(held_for($bbf), 1, 'alone');
};

subtest 'what was watched is enforced later' => sub {
	reload('enforce-organizations' => undef, 'enforce-senders' => ['carol@example.org']);
	is(send_it([$bbf, 'more@bbf.example'], to_bbf('now-watched')), 250, 'the same one, with one recipient more');
	ok($world->settle, 'settled');
	is(held_for('more@bbf.example'), 0, '... who does not get it');
	is(state_of('now-watched'), 'pending', 'it waits for approval');
	is(held_for($bbf), 2, 'who had it may have it again');
};

subtest 'one rule is enforced' => sub {
	reload('enforce-senders' => undef, 'enforce-rules' => ['purpose.missing']);
	is(send_it([$bbf], to_bbf('rule-gap', Purpose => undef)), 550, 'what it finds is refused');
	like(join(' ', ($world->submit('carol', 'carol@example.org', [$itu], to_itu('rule-gap-2', Purpose => undef)))[1]),
		qr/lacks 1 thing/, 'for this alone');
	is(send_it([$itu], my $mail = to_itu('rule-fine')), 250, 'without it');
	ok(has_passed($itu, $mail), '... all passes as it is');
};

subtest 'back to watching all' => sub {
	reload('enforce-rules' => undef);
	is(send_it([$bbf], to_bbf('held')), 250, 'even what waits');
	ok($world->settle, 'settled');
	is(send_it([$bbf], to_bbf('free', Purpose => undef)), 250, 'nothing is refused any more');
};

$world->daemon->stop;
done_testing();
