#!/usr/bin/perl
# report.t - liaisonctl report and explain: what enforcing would have done, what it did, why, and how it would be today.
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
my ($bbf, $itu) = ('liaisons@bbf.example', 'tsb@itu.example');
my ($chair, $director) = ('ippm-chair@example.org', 'ad1@example.org');
my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, settings => { mode => 'observe' })->start;

sub json { return JSON::PP::decode_json($_[0]) }

sub submit {
	my ($id, $login, %option) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'submission');
	my $reply = $milter->mail({ '{auth_authen}' => $login }, $login, $option{to} // [$bbf],
		LSM::World->statement(id => $id, text => "Text of $id.", %{ $option{fields} // {} }));
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id)->{id};
}

sub reload {
	$daemon->set(@_);
	return $daemon->reloaded;
}

# table -> name -> row
sub report {
	my ($status, $output) = $daemon->ctl('report', '--json', @_);
	is($status, 0, 'report --json') or diag $output;
	my %tables;
	$tables{ $_->{table} }{ $_->{name} // '' } = $_ for map { json($_) } split /\n/, $output;
	return \%tables;
}

sub reasons {
	my ($id) = @_;
	my ($status, $output) = $daemon->ctl('explain', '--json', $id);
	is($status, 0, 'explain --json') or diag $output;
	return map { json($_) } split /\n/, $output;
}

my $gap = submit('gap', $chair, fields => { Purpose => undef });
my $held = submit('held', $chair);
my $clean = submit('clean', $director);
my $wrong = submit('wrong', $chair, fields => { Purpose => undef });
is(($daemon->ctl('not-a-statement', '--reason', 'a question', $wrong))[0], 0, 'one is said to be none');

subtest 'what enforcing would have done' => sub {
	my $tables = report();
	my $period = $tables->{period}{''};
	is("$period->{watched} $period->{enforced} $period->{wrong}", '3 0 1', 'watched, enforced, wrong');
	is($tables->{effect}{'would reject'}{statements}, 1, 'one would have been rejected');
	is_deeply($tables->{effect}{'would reject'}{ids}, [$gap], '... this one');
	is_deeply($tables->{effect}{'would redirect'}{ids}, [$held], 'one would have been withheld');
	is($tables->{rule}{'purpose.missing'}{would}{reject}, 1, 'by that rule');
	is($tables->{rule}{'purpose.missing'}{wrong}, 1, 'which was wrong once');
	is($tables->{rule}{'approval.missing'}{would}{redirect}, 2, 'a rule counts as what it asks for');
	is($tables->{sender}{$chair}{statements}, 2, 'by sender');
	is($tables->{organization}{'Broadband Forum'}{statements}, 3, 'by organization');
	my ($group) = values %{ $tables->{group} };
	is("$group->{would}{reject} $group->{would}{redirect}", '1 1', 'by group') or diag(explain($tables->{group}));
	is_deeply([values %{ $group->{did} }], [(0) x 5], 'nothing was done');
};

subtest 'as text' => sub {
	my ($status, $output) = $daemon->ctl('report');
	is($status, 0, 'status');
	like($output, qr/: 3 statements, 3 only watched, 0 enforced\./, 'the period');
	like($output, qr/^ +1  refused \(550\)/m, 'an effect');
	like($output, qr/^RULE +STATEMENTS +WOULD REJECT +WOULD HOLD +WRONG +LOOK AT/m, 'a head');
	like($output, qr/Wrong catches: 1 of 4 .*25\.0 %/, 'wrong catches');
	like($output, qr/^  enforce-groups = \{"ippm"\}$/m, 'the next step');
	($status, $output) = $daemon->ctl('report', '--by', 'sender');
	unlike($output, qr/^RULE/m, 'one table alone');
	($status, $output) = $daemon->ctl('report', '--since', '2099-01-01');
	like($output, qr/^No statement is on record in this time/, 'an empty time');
	($status, $output) = $daemon->ctl('report', '--by', 'rules');
	is($status, 2, 'an unknown table');
};

subtest 'CSV' => sub {
	my (undef, $output) = $daemon->ctl('report', '--csv', '--by', 'effect');
	my ($head, @rows) = split /\r\n/, $output;
	like($head, qr/^table,name,statements,would_record,.*,did_reject,wrong,ids$/, 'head');
	my ($row) = grep { /^effect,would redirect,/ } @rows;
	is($row, "effect,would redirect,1,0,0,0,1,0,0,0,0,0,0,0,$held", 'a row');
};

subtest 'why, while all is watched' => sub {
	my ($one, @more) = reasons($gap);
	is(scalar @more, 0, 'judged once');
	is("$one->{verdict} $one->{would}", 'record reject', 'effect');
	like($one->{mode}, qr/^observed, because mode is observe, and no enforce-/, 'mode');
	unlike(($daemon->ctl('status'))[1], qr/^enforced/m, 'no list: status has no line for it');
	ok((grep { $_->{rule} eq 'purpose.missing' && $_->{effect} eq 'reject' } @{ $one->{findings} }), 'a finding');
	ok((grep { /^[+-]\d+ \S/ } @{ $one->{evidence} }), 'evidence with weights');
	cmp_ok($one->{ran}, '>', 10, 'rules that were asked');
	ok($one->{today}{same}, 'today the same') or diag(explain($one->{today}));
	my (undef, $output) = $daemon->ctl('explain', '--verbose', $gap);
	like($output, qr/^  Today +the same$/m, 'in words');
	like($output, qr/^  Fine today +\S/m, 'and the rules without a finding');
};

subtest 'another group is enforced' => sub {
	ok(reload('enforce-groups' => ['opsawg']), 'reload') or diag $daemon->log_text;
	my $other = submit('unlisted', $chair);
	my ($one) = reasons($other);
	is($one->{scope}, 'unlisted', 'not that of this statement');
	like($one->{mode}, qr/^observed, because .* not among enforce-groups/, '... in words');
	my ($old) = reasons($held);
	ok(!$old->{today}{same}, 'of an older one that is told, too');
	ok((grep { /settings and directory/ } @{ $old->{today}{causes} }), '... because the settings changed');
};

subtest 'its group is enforced' => sub {
	ok(reload('enforce-groups' => ['IPPM'], 'enforce-rules' => ['purpose.missing']), 'reload') or diag $daemon->log_text;
	my $refused = submit('refused', $chair, fields => { Purpose => undef });
	my ($one) = reasons($refused);
	is("$one->{verdict} $one->{scope}", 'reject group', 'refused, by its group');
	like($one->{mode}, qr/^enforced, because "IPPM" is among enforce-groups/, '... in words');
	my ($finding) = grep { $_->{rule} eq 'approval.missing' } @{ $one->{findings} };
	ok($finding->{observed}, 'a rule that is left out only observes');
	my $passed = submit('complete', $chair);
	is((reasons($passed))[0]{scope}, 'no-rule', 'where the rule finds nothing all is silent');
	like(($daemon->ctl('status'))[1], qr/^enforced +groups IPPM; rules purpose\.missing$/m, 'status tells it');
	my (undef, $figures) = $daemon->ctl('metrics');
	my %entries = $figures =~ /^liaison_enforced_entries\{list="(\w+)"\} (\d+)$/mg;
	is_deeply(\%entries, { groups => 1, senders => 0, organizations => 0, rules => 1 }, '... and metrics how much');
	my $tables = report();
	is($tables->{period}{''}{enforced}, 1, 'the report tells the one');
	is($tables->{rule}{'purpose.missing'}{did}{reject}, 1, 'that the rule rejected');
	is($tables->{rule}{'approval.missing'}{did}{redirect}, 0, 'the other rule did nothing');
	like(($daemon->ctl('report'))[1], qr/REJECTED +HELD/, 'in columns of their own');
};

subtest 'what is erased' => sub {
	is(($daemon->ctl('erase', '--force', '--reason', 'test', $held))[0], 0, 'erased');
	my ($one) = reasons($held);
	like($one->{today}{not_replayed}, qr/erased/, 'is not judged again');
	is($one->{would}, 'redirect', 'what the log says stays');
	ok(report()->{sender}{'(unknown)'}, 'and counts without a sender');
};

subtest 'wrong use, and mistakes in the lists' => sub {
	is(($daemon->ctl('explain', 'ZZZZZ'))[0], 2, 'no such statement');
	is(($daemon->ctl('explain'))[0], 2, 'none at all');
	$daemon->set('enforce-groups' => ['ipppm']);
	my ($status, $output) = $daemon->ctl('rules');
	like($output, qr/liaison-milter\.conf:\d+: enforce-groups = "ipppm"; .*nearest is "ippm"/, 'a group that nobody knows');
	$daemon->set('enforce-groups' => undef, 'enforce-rules' => ['purpose.mising']);
	($status, $output) = $daemon->ctl('rules');
	like($output, qr/purpose\.mising" is unknown; did you mean "purpose\.missing"/, 'a rule that nobody knows');
};

done_testing();
