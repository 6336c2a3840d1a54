#!/usr/bin/perl
# rejudge.t - liaisonctl rejudge: history through another rule set or other settings; nothing is written.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir slurp spew wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my ($bbf, $chair) = ('liaisons@bbf.example', 'ippm-chair@example.org');
my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port)->start;

sub json { return JSON::PP::decode_json($_[0]) }

sub submit {
	my ($id, $login, @fields) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'submission');
	$milter->mail({ '{auth_authen}' => $login }, $login, [$bbf],
		LSM::World->statement(id => $id, text => "Text of $id.", @fields));
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id)->{id};
}

# The settings that judge, with other lines; the record is the daemon's.
sub config {
	my ($name, @lines) = @_;
	my $text = slurp($daemon->config);
	spew($daemon->dir . "/$name.conf", join "\n", $text, @lines, '');
	return $daemon->dir . "/$name.conf";
}

sub rejudge {
	my ($config, @arguments) = @_;
	my ($status, $output) = LSM::Scratch::run_command([LSM::Scratch::build_path('liaisonctl'), 'rejudge', '--json', '--config', $config,
		@arguments]);
	my @rows = map { eval { json($_) } || { bad => $_ } } split /\n/, $output;
	return ($status, pop @rows, @rows);
}

my $held = submit('held', $chair);
my $refused = submit('refused', $chair, Purpose => 'For comment', Deadline => '2099-12-31');
my $passed = submit('passed', 'ad1@example.org');

subtest 'the same rules say the same' => sub {
	my ($status, $summary, @rows) = rejudge($daemon->config, '--findings');
	is($status, 0, 'status') or diag(explain(\@rows));
	is_deeply(\@rows, [], 'no verdict changes') or diag(explain(\@rows));
	is($summary->{judged}, 3, 'all three were judged');
	is($summary->{rule_set}, 'bis-05', 'by the settings\' rule set');
};

subtest 'another rule set' => sub {
	my ($status, $summary, @rows) = rejudge($daemon->config, '--rule-set', 'rfc4053');
	is($status, 1, 'some verdict changes');
	my ($row) = grep { $_->{id} eq $refused } @rows;
	is("$row->{was} $row->{would_be}", 'reject redirect', 'RFC 4053 knew "For comment"');
	ok((grep { $_ eq 'purpose.unknown' } @{$row->{lost}}), 'the finding that is gone');
	ok((grep { $_ eq 'copy.secretariat' } @{$row->{gained}}), '... and the one that comes');
	is($summary->{verdicts_changed}, scalar @rows, 'the summary counts them');
};

subtest 'other settings' => sub {
	my ($status, $summary, @rows) = rejudge(config('mild', 'rule "approval.missing" { mode = observe }'));
	is($status, 1, 'status');
	is_deeply([map { "$_->{id} $_->{was} $_->{would_be}" } @rows], ["$held redirect note"], 'the one that waited');
};

subtest 'text, and wrong use' => sub {
	my ($status, $output) = $daemon->ctl('rejudge', '--rule-set', 'rfc4053');
	is($status, 1, 'status');
	like($output, qr/^\Q$refused\E +reject -> redirect/m, 'id, was, would be');
	like($output, qr/^  lost: .*purpose\.unknown/m, 'rules lost');
	like($output, qr/^3 judged again by rfc4053: \d+ verdicts? would change/m, 'a summary');
	($status, $output) = $daemon->ctl('rejudge', '--rule-set', 'bis-5');
	is($status, 2, 'an unknown rule set');
	like($output, qr/bis-05/, '... is told with the nearest');
	($status, $output) = $daemon->ctl('rejudge', '--since', '2099-01-01');
	is($status, 0, 'since then there is nothing');
	like($output, qr/^0 judged again/m, '... and that is said');
};

subtest 'nothing is written' => sub {
	my ($before) = ($daemon->ctl('log', '--json', '--limit', '0'))[1];
	rejudge($daemon->config, '--rule-set', 'rfc4053');
	is(($daemon->ctl('log', '--json', '--limit', '0'))[1], $before, 'the log is as it was');
	is(($daemon->ctl('verify'))[0], 0, 'and holds');
};

subtest 'what is erased is counted' => sub {
	my ($status, $output) = $daemon->ctl('erase', '--force', '--reason', 'test', $refused);
	is($status, 0, 'erased') or diag $output;
	my (undef, $summary) = rejudge($daemon->config);
	is($summary->{erased}, 1, 'counted as erased');
	is($summary->{judged}, 2, 'the others are judged');
};

done_testing();
