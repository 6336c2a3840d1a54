#!/usr/bin/perl
# signals.t - reload and stop, with mail in the middle.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(at_end reap scratch_dir wait_until);
use LSM::World;
use POSIX ();
use Test::More;

my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my @recipients = ($outside, 'bbf-manager@ietf.org');
my $login = { '{auth_authen}' => $chair };
my $daemon = LSM::Daemon->new(scratch_dir() . '/milter', settings => { 'max-interventions' => 1000 })->start;

sub statement { return LSM::World->statement(header_from => $chair, 'Send-Reply-To' => 'bbf-manager@ietf.org', @_) }

sub send_statement {
	my ($milter, @fields) = @_;
	return $milter->mail($login, $chair, \@recipients, statement(@fields));
}

subtest 'a reload counts from the next mail on, on connections that are there' => sub {
	my $milter = LSM::Milter->new($daemon);
	is(scalar send_statement($milter, id => 'reload-1', Purpose => undef, text => 'One.'), 'reply', 'enforced');
	my $gates = $daemon->children('gate');
	my $expect = sub { scalar(my @lines = $daemon->log_lines(qr{/gate\[.*event=reloaded})) + $gates };
	for my $row (['observe', 'accept'], ['enforce', 'reply'], ['off', 'accept'], ['enforce', 'reply']) {
		my $wanted = $expect->();
		$daemon->set(mode => $row->[0]);
		$daemon->reload;
		ok($daemon->wait_log(qr{/gate\[.*event=reloaded}, $wanted), "mode $row->[0] is read");
		is(scalar send_statement($milter, id => "reload-$row->[0]", Purpose => undef, text => "In $row->[0]."), $row->[1], '... and counts');
	}
	$daemon->set(mode => 'perhaps');
	$daemon->reload;
	my ($line) = $daemon->wait_log(qr/event=reload-failed/);
	like($line, qr/liaison-milter\.conf:\d+/, 'a mistake is named by file and line');
	is(scalar send_statement($milter, id => 'reload-2', Purpose => undef, text => 'Two.'), 'reply', '... and the old settings stay');
	$daemon->set(mode => 'enforce');
	$milter->quit;
};

subtest 'reloads under traffic' => sub {
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		my $milter = LSM::Milter->new($daemon);
		my $wrong = 0;
		for my $i (1 .. 60) {
			$wrong++ if $milter->mail($login, $chair, \@recipients, statement(id => "traffic-$i", text => "Text $i.")) ne 'accept';
			$wrong++ if $milter->mail({}, 'a@elsewhere.example', ['b@elsewhere.example'], "Subject: lunch\n\nAt noon?\n") ne 'accept';
		}
		POSIX::_exit($wrong > 200 ? 200 : $wrong);
	}
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	my $status;
	my $reloads = 0;
	wait_until(30, sub { $daemon->reload; $reloads++; defined($status = reap($pid, 0.1)) });
	is($status, 0, 'every mail got its answer');
	cmp_ok($reloads, '>', 3, "... while $reloads reloads were asked for");
	is_deeply([$daemon->log_lines(qr/\bdied\b/)], [], 'nothing died of it');
};

subtest 'a stop waits for the mail in flight' => sub {
	my $milter = LSM::Milter->new($daemon);
	my $idle = LSM::Milter->new($daemon);
	my ($desk) = $daemon->children('desk');
	my $parent = $daemon->pid;
	$milter->envelope($login, $chair, \@recipients);
	my ($header, $body) = split /\n\n/, statement(id => 'flight', text => 'In flight.'), 2;
	$milter->fields(map { [split /: /, $_, 2] } split /\n/, $header);
	is($milter->end_of_header, 'continue', 'a statement is under way');
	is($milter->body($body =~ s/\n/\r\n/gr), 'continue', '... all of it');
	kill 'STOP', $desk;
	$milter->packet('E', '');
	# The gate is inside its callback when it has asked the desk: nothing tells from outside but that no answer comes.
	ok(!IO::Select->new($milter->{socket})->can_read(0.3), 'its answer waits for the record');
	kill 'TERM', $parent;
	ok($daemon->wait_log(qr/event=stopping/), 'a stop is asked for');
	ok(!defined reap($parent, 0.3), '... and waits');
	kill 'CONT', $desk;
	my ($answer, @edits) = $milter->answer;
	is($answer, 'accept', 'the mail gets its answer');
	ok(scalar(grep { $_->[0] eq 'remove-recipient' } @edits), '... with all edits');
	is(reap($parent, 15), 0, 'then all ends well');
	my ($status, $output) = $daemon->ctl('list', '--all', '--json');
	ok($output =~ /flight\@/, 'it is on record') or diag join "\n", ($daemon->log_lines)[-12 .. -1];
	is($idle->end_of_header, '', 'an idle connection is just closed');
};

done_testing;
