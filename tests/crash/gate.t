#!/usr/bin/perl
# gate.t - a gate is killed after its statement is on record and before the mail server has all of the
# answer; then the same mail comes again.
#
# Where the mail server puts mail off when its milter fails (tempfail), nothing is lost or leaked. Where it
# passes mail (accept), the half-edited mail goes its way: the rows say to whom, and the record shows it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(wait_until);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my @outside = qw(liaisons@bbf.example engineer@bbf.example);
my @home = qw(ippm-chairs@ietf.org bbf-manager@ietf.org);
my %asked = map { $_ => 'request' } qw(ops-ads@ietf.org ad1@example.org liaison-coordination@iab.org);
my %held = ((map { $_ => 'noted' } @home), 'carol@example.org' => 'held', %asked);
my %refused = ('carol@example.org' => 'reject');

sub all_get {
	my ($word, @recipients) = @_;
	return { map { $_ => $word } @recipients };
}

# at: the call of libmilter in which the gate dies. passes: who has the mail when the mail server lets it
# through. again: the reply to the same mail, sent once more; gets: who then has what.
my @rows = (
	{ name => 'between the record and a rejection', at => 'smfi_setmlreply:1', fields => { Purpose => undef },
		passes => all_get('original', @outside, @home), state => 'rejected', again => 550, gets => \%refused },
	{ name => 'between the record and the first edit', at => 'smfi_delrcpt:1', fields => {},
		passes => all_get('original', @outside, @home), state => 'pending', again => 250, gets => \%held },
	{ name => 'between two edits', at => 'smfi_delrcpt:2', fields => {},
		passes => all_get('original', $outside[1], @home), state => 'pending', again => 250, gets => \%held },
);

sub send_mail {
	my ($world, $mail) = @_;
	return scalar $world->submit('carol', 'carol@example.org', [@outside, @home], $mail);
}

# The one case, as it was left: on record, its letters written, none of them sent.
sub check_left {
	my ($world, $row) = @_;
	my ($case, @more) = $world->cases;
	is(scalar @more, 0, 'one case');
	is($case->{state}, $row->{state}, '... in the state that was decided');
	ok(!$case->{taken}, '... and the record says that the mail server has not taken the answer');
	my $status = $world->status;
	cmp_ok($status->{outbox_held}, '>', 0, 'its letters wait for that');
	is($status->{outbox_due}, 0, '... and none is on its way');
	return $case;
}

sub check_again {
	my ($world, $row, $mail, $first) = @_;
	$world->sink->clear;
	is(send_mail($world, $mail), $row->{again}, 'the same mail again gets the answer');
	ok($world->settle, 'all is done');
	is_deeply($world->received($mail), $row->{gets}, 'who got what');
	my ($case, @more) = $world->cases;
	is(scalar @more, 0, 'no second case');
	is($case->{id}, $first->{id}, 'the same case');
	is($case->{state}, $row->{state}, '... in the same state');
	ok($case->{taken}, '... and taken now');
	my ($status, $output) = $world->daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	return;
}

sub play {
	my ($row, $action) = @_;
	my $mail = LSM::World->statement(%{ $row->{fields} });
	my $world = LSM::World->new(preload => 1, start => 0, postfix => { default_action => $action });
	my $daemon = $world->daemon;
	$daemon->set_env(LSM_KILL_AT => $row->{at}, LSM_KILL_ONCE => $world->dir . '/killed');
	$daemon->start;
	my $code = send_mail($world, $mail);
	ok(-e $world->dir . '/killed', 'the gate died there');
	is($code, $action eq 'accept' ? 250 : 451, "the mail server's default");
	ok($world->postfix->queue_is_empty, 'nothing waits in its queue');
	is_deeply($world->received($mail), $action eq 'accept' ? $row->{passes} : {}, 'who got what');
	my $first = check_left($world, $row);
	ok($daemon->wait_log(qr/\bdied\b.*child=gate/), 'the log has the death');
	check_again($world, $row, $mail, $first);
	ok($daemon->stop, 'it stops well');
	$world->postfix->stop;
	return;
}

for my $action (qw(tempfail accept)) {
	for my $row (@rows) {
		subtest "$row->{name}, default action $action" => sub { play($row, $action) };
	}
}

done_testing;
