#!/usr/bin/perl
# archive.t - scan --record: what passed while the filter was down comes on record, once, and nobody gets a mail.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(run_command build_path scratch_dir spew wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, settings => { workers => 1, 'max-message-size' => 26 << 20 });

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", subject => "About $_[0]", @_[1 .. $#_]) }

sub theirs {
	my ($id, %field) = @_;
	return statement($id, header_from => 'S. Secretary <sec@bbf.example>', header_to => 'ippm@ietf.org',
		From => 'Broadband Forum', To => 'IETF IPPM Working Group', 'To-Contact' => 'ippm@ietf.org',
		'From-Contact' => 'liaisons@bbf.example', 'Send-Reply-To' => 'liaisons@bbf.example', %field);
}

sub dated { return $_[1] =~ s/^Date: .*$/Date: $_[0]/mr }

my $known = statement('known');
my $lunch = "From: a\@elsewhere.example\nTo: b\@elsewhere.example\nSubject: lunch\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n";
my $old = dated('Mon, 02 Nov 2026 10:00:00 +0000', theirs('old'));
my $future = dated('Mon, 02 Nov 2099 10:00:00 +0000', theirs('future'));
my @mails = ($known, theirs('in'), $lunch, statement('around'), $old, $future);
my $box = "$dir/box";
spew($box, join '', map { "From x\@example.org Sat Nov 21 10:00:00 2026\n" . s/^(>*From )/>$1/gmr . "\n" } @mails);

# (status, {place => row}, summary) of scan --json.
sub scan {
	my (@arguments) = @_;
	my ($status, $output) = $daemon->ctl('scan', '--json', @arguments);
	my @rows = map { JSON::PP::decode_json($_) } grep { /^\{/ } split /\n/, $output;
	my $summary = pop @rows;
	return ($status, { map { ($_->{message_id} =~ s/\@.*//r) => $_ } @rows }, $summary, $output);
}

sub events { return scalar(() = ($daemon->ctl('log', '--limit', '0'))[1] =~ /^ +\d+  \d/mg) }

sub kept { return join ' ', map { "$_=$_[0]{$_}" } grep { $_[0]{$_} } qw(recorded known would failed) }

subtest 'no record yet' => sub {
	my ($status, $output) = $daemon->ctl('scan', '--record', $box);
	is($status, 2, 'refused');
	like($output, qr/there is no record/, '... and said');
	($status, $output) = $daemon->ctl('scan', $box);
	is($status, 0, 'without --record none is needed');
	like($output, qr/With --record, those of these 5 /, '... and what it would do is said');
};

$daemon->start;
is(LSM::Milter->submit($daemon, 'carol@example.org', ['liaisons@bbf.example'], $known), 'discard', 'one came while the filter was up');
ok(wait_until(10, sub { ($daemon->ctl('status', '--json'))[1] =~ /"outbox_held":0,"outbox_due":0,/ }), '... with all its mails');
my $before = events();
my $sent = () = $sink->mails;

subtest 'what would be done' => sub {
	my ($status, $found, $summary) = scan('--record', '--dry-run', $box);
	is($status, 0, 'status');
	is(kept($summary), 'known=1 would=4', 'one is known');
	is($found->{known}{record}, 'known', '... this one');
	like($found->{known}{id}, qr/^LS-\d{8}-\w+$/, '... by its id');
	is($found->{in}{record}, 'would', 'another is new');
	is($found->{in}{state}, 'unconfirmed', '... and what it would be is said');
	is(events(), $before, 'nothing was written');
};

subtest 'through the desk' => sub {
	my ($status, $found, $summary) = scan('--record', '--since', '2026-11-10', $box);
	is($status, 0, 'status');
	is(kept($summary), 'recorded=3 known=1', 'what is new, and not too old');
	is($summary->{left_out}, 1, '... is counted');
	is($found->{in}{state}, 'unconfirmed', 'theirs waits for a person');
	is($found->{around}{state}, 'recorded', 'ours counts as sent around, unproved');
	my ($case) = grep { $_->{id} eq $found->{around}{id} } $daemon->cases;
	is($case->{way}, 'around', '... on record, too');
	is($daemon->case_of('known')->{state}, 'pending', 'what was withheld stays withheld');
	my ($log) = ($daemon->ctl('show', $found->{in}{id}))[1] =~ /^( +\d+ .* seen .*)$/m;
	like($log, qr/\(archive\)/, 'the door');
	like($log, qr/passed 2026-11-21T10:00:00/, 'and when it passed');
	my ($late) = ($daemon->ctl('show', $found->{future}{id}))[1] =~ /passed (\d{4})/;
	isnt($late, '2099', 'a date to come is not believed');
	($status, my $timeline) = $daemon->ctl('timeline', $found->{in}{id});
	like($timeline, qr/archive/, 'the timeline says it');
};

subtest 'a second time' => sub {
	my $count = events();
	my ($status, $found, $summary) = scan('--record', '--since', '2026-11-10', $box);
	is($status, 0, 'status');
	is(kept($summary), 'known=4', 'all are known');
	is(events(), $count, 'nothing was written');
	my ($text_status, $text) = $daemon->ctl('scan', '--record', '--since', '2026-11-10', $box);
	like($text, qr/^\s+4  were on record already$/m, 'and said');
	like($text, qr/^@\d+ +known +LS-\S+ +incoming +copy .*About in$/m, '... each with its id');
};

subtest 'nobody gets a mail' => sub {
	ok(wait_until(10, sub { ($daemon->ctl('status', '--json'))[1] =~ /"outbox_held":0,"outbox_due":0,/ }), 'nothing waits');
	is(scalar(() = $sink->mails), $sent, 'nothing was sent');
	my ($status, $output) = $daemon->ctl('remind', '--dry-run');
	unlike($output, qr/bbf\.example/, 'and nobody outside will be reminded');
};

subtest 'without a daemon' => sub {
	$daemon->stop;
	my ($status, $found, $summary) = scan('--record', $box);
	is($status, 0, 'status');
	is(kept($summary), 'recorded=1 known=4', 'the old one, too');
	is((scan('--record', $box))[2]{known}, 5, 'once');
	is(($daemon->ctl('verify'))[0], 0, 'the record is sound');
	$daemon->start;
	is($daemon->case_of('old')->{state}, 'unconfirmed', 'a daemon sees it');
};

subtest 'a maildir' => sub {
	mkdir "$dir/$_" for qw(maildir maildir/cur maildir/new maildir/tmp);
	spew("$dir/maildir/cur/1700000000.$_.host:2,S", theirs("maildir-$_", id => "maildir-$_")) for 1 .. 3;
	spew("$dir/maildir/new/1700000009.9.host", theirs('maildir-9'));
	my ($status, $found, $summary) = scan('--record', "$dir/maildir");
	is(kept($summary), 'recorded=4', 'all of it');
	is($found->{'maildir-9'}{place}, '1700000009.9.host', 'by its file');
};

# More than the gate would keep, in a line without an end, and names that a terminal would obey.
subtest 'hostile mails' => sub {
	my @box = (theirs('large') . 'x' x (30 << 20) . "\n", theirs('behind'));
	spew("$dir/large", join '', map { "From x\@example.org Sat Nov 21 10:00:00 2026\n$_\n" } @box);
	my ($status, $found, $summary) = scan('--record', "$dir/large");
	is($status, 0, 'status');
	is(kept($summary), 'recorded=2', 'a large mail is recorded, and does not keep the next one back');
	my $name = "\e]0;owned\a";
	spew("$dir/maildir/new/$name", theirs('named'));
	unlike(($daemon->ctl('scan', "$dir/$_"))[1], qr/[\e\a]/, 'no name reaches the terminal as it is') for 'maildir', $name;
};

subtest 'wrong use' => sub {
	for my $row ([['--record', "$dir/absent"], qr/absent/], [['--since', 'yesterdayish', $box], qr/yesterdayish/],
		[['--record'], qr/expected one mbox/]) {
		my ($status, $output) = $daemon->ctl('scan', @{ $row->[0] });
		is($status, 2, "scan @{ $row->[0] }");
		like($output, $row->[1], '... said');
	}
	my ($status) = run_command([build_path('liaisonctl'), 'scan', '--record', '--config', "$dir/absent.conf", $box]);
	is($status, 2, 'the samples are no settings to record by');
};

$daemon->stop;
done_testing;
