#!/usr/bin/perl
# desk.t - the desk is killed while statements and ordinary mail flow, and between the mail server's 250
# to a letter of ours and the note of it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(at_end reap scratch_dir slurp spew wait_until);
use LSM::Sink;
use LSM::World;
use POSIX ();
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $bbf = 'liaisons@bbf.example';

# Runs $step->(0) to $step->($count - 1) in a process of its own; progress->() says how far it is, and the
# answers come from results->() when it has ended.
sub flow {
	my ($path, $count, $step) = @_;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		for my $i (0 .. $count - 1) {
			my $answer = eval { $step->($i) } // 0;
			spew($path, slurp($path) . "$answer\n");
		}
		POSIX::_exit(0);
	}
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	return { pid => $pid, path => $path };
}

sub answers { return split /\n/, slurp($_[0]{path}) }

sub text_of { return sprintf 'Statement of flow, number %03d.', $_[0] }

sub statement_of { return LSM::World->statement(id => "flow-$_[0]", subject => "Flow $_[0]", text => text_of($_[0])) }

subtest 'killed while mail flows' => sub {
	my $world = LSM::World->new(settings => { 'max-interventions' => 1000 });
	my ($statements, $ordinary) = (30, 60);
	my @flows = (
		flow($world->dir . '/statements', $statements, sub {
			return scalar $world->submit('carol', 'carol@example.org', [$bbf], statement_of($_[0]));
		}),
		flow($world->dir . '/ordinary', $ordinary, sub {
			my $mail = "From: friend\@elsewhere.example\nTo: carol\@example.org\nSubject: lunch $_[0]\n"
				. "Message-ID: <lunch-$_[0]\@elsewhere.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n";
			return scalar $world->arrive('friend@elsewhere.example', ['carol@example.org'], $mail);
		}),
	);
	for my $share (1 .. 3) {
		wait_until(20, sub { answers($flows[0]) >= $share * $statements / 4 }) or diag 'the flow stands still';
		my ($desk) = $world->daemon->children('desk') or next;
		$world->daemon->kill9($desk);
	}
	is(reap($_->{pid}, 60), 0, 'the flow ends') for @flows;
	is_deeply([grep { $_ != 250 } answers($flows[1])], [], 'ordinary mail: every one taken at once');
	my @answers = answers($flows[0]);
	is_deeply([grep { $_ != 250 && $_ != 451 } @answers], [], 'statements: answered, or put off');
	my $put_off = grep { $_ == 451 } @answers;
	note "$put_off of $statements statements were put off";

	wait_until(10, sub { $world->daemon->children('desk') });
	for my $i (grep { $answers[$_] == 451 } 0 .. $#answers) {
		ok(wait_until(15, sub { $world->submit('carol', 'carol@example.org', [$bbf], statement_of($i)) == 250 }),
			"number $i is taken when it is tried again");
	}
	ok($world->settle(30), 'all is done');
	my %cases;
	$cases{ $_->{subject} }++ for $world->cases;
	is_deeply(\%cases, { map { ("Flow $_" => 1) } 0 .. $statements - 1 }, 'one case each, none lost');
	my @mails = $world->sink->mails;
	is_deeply([grep { grep { $_ eq $bbf } @{ $_->{recipients} } } @mails], [], 'nobody outside got anything');
	is(scalar(grep { LSM::World::field($_->{data}, 'Subject') =~ /^lunch/ } @mails), $ordinary, 'all ordinary mail arrived once');
	my %letters;
	for my $mail (grep { LSM::World::word_for($_, '') eq 'held' } @mails) {
		$letters{ LSM::World::field($mail->{data}, 'Subject') }{ LSM::World::field($mail->{data}, 'Message-ID') }++;
	}
	is(scalar keys %letters, $statements, 'the submitter heard of each');
	is_deeply([grep { keys %{ $letters{$_} } > 1 } keys %letters], [], '... by one letter');
	my ($status, $output) = $world->daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	ok($world->daemon->stop, 'it stops well');
	$world->postfix->stop;
};

# A server for our letters that has taken one, and kills the desk before it says so.
sub deadly_sink {
	my ($dir) = @_;
	my $keep = \&LSM::Sink::keep;
	no warnings 'redefine';
	local *LSM::Sink::keep = sub {
		$keep->(@_);
		my $pid = slurp("$dir/victim");
		kill 'KILL', $pid if $pid && unlink "$dir/victim";
	};
	return LSM::Sink->new("$dir/letters");
}

subtest 'killed before it can note that a letter was taken' => sub {
	my $dir = scratch_dir();
	my $letters = deadly_sink($dir);
	my $world = LSM::World->new(outbox_server => $letters->port);
	my ($victim) = $world->daemon->children('desk');
	spew("$dir/victim", $victim);
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], LSM::World->statement(Purpose => undef)), 550, 'answered');
	ok(wait_until(10, sub { !-e "$dir/victim" }), 'the desk died at the letter');
	ok($world->outbox_is_empty, 'nothing is left to send');
	my @copies = $letters->mails_to('carol@example.org');
	cmp_ok(scalar @copies, '<=', 2, 'a duplicate at the most');
	my %ids = map { LSM::World::field($_->{data}, 'Message-ID') => 1 } @copies;
	is(scalar keys %ids, 1, '... with the same Message-ID');
	is(scalar(my @all = $letters->mails), scalar @copies, '... and nobody else got one');
	my ($desk) = $world->daemon->children('desk');
	isnt($desk, $victim, 'another desk serves');
	my ($status, $output) = $world->daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	ok($world->daemon->stop, 'it stops well');
	$world->postfix->stop;
};

subtest 'killed before it can note that a statement was released' => sub {
	my $dir = scratch_dir();
	my $letters = deadly_sink($dir);
	my $world = LSM::World->new(outbox_server => $letters->port, settings => { operators => ['one=ad1@example.org'] });
	my $mail = LSM::World->statement(id => 'released', text => 'To be released.');
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], $mail), 250, 'taken');
	my ($case) = $world->cases;
	ok($world->outbox_is_empty, 'who can approve it is asked');
	is_deeply([$letters->mails_to($bbf)], [], 'nobody outside has it');
	my ($victim) = $world->daemon->children('desk');
	spew("$dir/victim", $victim);
	my ($code, $text) = $world->daemon->ctl('approve', $case->{id}, '--as', 'ad1@example.org');
	is($code, 0, 'approved') or diag $text;
	ok(wait_until(10, sub { !-e "$dir/victim" }), 'the desk died at the release');
	ok(wait_until(20, sub { $world->daemon->children('desk') && $world->outbox_is_empty(1) }), 'another has finished it');
	my @copies = $letters->mails_to($bbf);
	cmp_ok(scalar @copies, '>=', 1, 'it is not lost');
	cmp_ok(scalar @copies, '<=', 2, 'a duplicate at the most');
	is_deeply([grep { LSM::World::below_trace($_->{data}) ne $mail } @copies], [], '... the same mail, octet for octet');
	is(($world->cases)[0]{state}, 'released', 'and it is on record as released');
	my ($status, $events) = $world->daemon->ctl('log', '--json', '--limit', 0);
	for my $type (qw(approved released)) {
		my $count = () = $events =~ /"type":"$type"/g;
		is($count, 1, "once $type");
	}
	($status, my $output) = $world->daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	ok($world->daemon->stop, 'it stops well');
	$world->postfix->stop;
};

done_testing;
