#!/usr/bin/perl
# deciders.t - several people decide the same statement at the same moment, each by a process of their own: one of
# them does, the others are told; what was approved goes out once.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Scratch qw(at_end reap slurp spew wait_until);
use LSM::World;
use POSIX ();
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $ad, $ads, $chair) = ('liaisons@bbf.example', 'ad1@example.org', 'ops-ads@ietf.org', 'carol@example.org');
my $rounds = $ENV{LSM_ROUNDS} // 12;
my $world = LSM::World->new(settings => {
	'max-interventions' => 1000, operators => ["one=$ad", "two=$ads", "three=$chair"],
});

# Who decides at once in a round; by turns.
my @meetings = (
	[[approve => $ad], [approve => $ads]],
	[[approve => $ad], [approve => $ads], [approve => $ad]],
	[[approve => $ad], [refuse => $ads]],
	[[approve => $ads], [cancel => $chair]],
);

# Runs liaisonctl in a process of its own from the moment on at which the file is there.
sub decider {
	my ($start, $answer, @arguments) = @_;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		1 while !-e $start;
		my ($status, $output) = $world->daemon->ctl(@arguments);
		spew($answer, "$status\n$output");
		POSIX::_exit(0);
	}
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	return { pid => $pid, answer => $answer };
}

sub answer_of {
	my ($decider) = @_;
	my ($status, $output) = split /\n/, slurp($decider->{answer}), 2;
	my ($line) = grep { /^\{/ } split /\n/, $output;
	return { status => $status, output => $output, %{ $line ? JSON::PP::decode_json($line) : {} } };
}

# {type => count} of a case's events.
sub events_of {
	my ($case) = @_;
	my ($status, $output) = $world->daemon->ctl('log', '--json', '--limit', 0);
	my %count;
	/"case":"\Q$case\E"/ && /"type":"([^"]+)"/ and $count{$1}++ for split /\n/, $output;
	return \%count;
}

my $approved = 0;
for my $round (1 .. $rounds) {
	my @meeting = @{ $meetings[$round % @meetings] };
	my $name = "round $round: " . join ', ', map { "$_->[0] by $_->[1]" } @meeting;
	my $mail = LSM::World->statement(id => "meet-$round", subject => "Meeting $round", text => "Number $round.");
	is(scalar $world->submit('carol', $chair, [$bbf], $mail), 250, "$name: taken");
	my $case = ($world->case_of("meet-$round") // {})->{id} or next;
	my $start = $world->dir . "/start-$round";
	my $number = 0;
	my @deciders = map { decider($start, $world->dir . '/answer-' . $number++ . "-$round",
		$_->[0], $case, '--as', $_->[1], '--json') } @meeting;
	spew($start, '');
	is(reap($_->{pid}, 20), 0, '... one has ended') for @deciders;
	my @answers = map { answer_of($_) } @deciders;
	my @first = grep { $_->{status} == 0 && !$_->{already} } @answers;
	is(scalar @first, 1, '... exactly one has decided') or diag map { $_->{output} } @answers;
	my $events = events_of($case);
	my $decisions = 0;
	$decisions += $events->{$_} // 0 for qw(approved refused cancelled);
	is($decisions, 1, '... one decision is on record');
	$approved++ if $events->{approved};
	for my $late (grep { $_ != $first[0] } @answers) {
		like($late->{output}, qr/\Q$first[0]{by}\E/, '... who came second is told by whom') if $first[0]{by};
	}
}

ok($world->settle(30), 'all is done');
my %count;
$count{ LSM::World::field($_->{data}, 'Subject') }++ for $world->sink->mails_to($bbf);
is_deeply([grep { $count{$_} != 1 } keys %count], [], 'nobody got anything twice');
is(scalar keys %count, $approved, 'what was approved went out, and nothing else');
my ($status, $output) = $world->daemon->ctl('log', '--json', '--limit', 0);
my $released = () = $output =~ /"type":"released"/g;
is($released, $approved, '... with one event each');
cmp_ok($approved, '>', 0, 'there was something to see');

$world->daemon->stop;
done_testing;
