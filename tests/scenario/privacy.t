#!/usr/bin/perl
# privacy.t - what is marked as personal is nowhere in the record's files after erase and compact, and the log still
# verifies; who may erase, and what of.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir slurp wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

# Stands in every address, subject, number and text of the statements that will be erased.
my $MARK = 'xqmarkedx';

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $user = getpwuid $>;
my $directory = <<"END";
home "IETF" {
	domains = {"ietf.org", "iab.org"}
	liaison-contact = "liaison-coordination\@iab.org"
	body "IAB" { level = organization approvers = {"iab-chair\@iab.org"} }
	area "ops" { name = "Operations and Management" directors = {"ad1\@example.org"} }
	group "ippm" { area = "ops" chairs = {"$MARK-chair\@example.org"} list = "ippm\@ietf.org" }
	person "A. Director" { addresses = {"ad1\@example.org"} role "ops" { from = 2020-01-01 } }
	person "C. Chair" { addresses = {"$MARK-chair\@example.org"} logins = {"$MARK-login"} role "ippm" { from = 2020-01-01 } }
	person "C. Ordinator" { addresses = {"coord\@example.org"} role "coordinator" { from = 2020-01-01 } }
}
organization "Broadband Forum" {
	names = {"BBF"} domains = {"bbf.example"} liaison-manager = "bbf-manager\@ietf.org" send-to = {"liaisons\@bbf.example"}
}
organization "ITU-T" { domains = {"itu.example"} liaison-manager = "itu-manager\@ietf.org" send-to = {"tsb\@itu.example"} }
END

my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, directory => $directory,
	settings => { operators => ["$user=coord\@example.org"], 'max-interventions' => 1000, 'desk-address' => 'liaison-desk@ietf.org' })->start;

sub lines_of { return map { JSON::PP->new->utf8->decode($_) } split /\n/, $_[0] }

sub submit {
	my ($recipients, $mail, $id, $sender, $login) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => $login ? 'submission' : 'mx');
	$milter->mail($login ? { '{auth_authen}' => $login } : {}, $sender, $recipients, $mail);
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id)->{id};
}

sub outgoing {
	my ($id, $mark) = @_;
	return submit(["$mark-liaisons\@bbf.example", 'liaisons@bbf.example'],
		LSM::World->statement(id => $id, header_from => "Carol $mark <$mark-chair\@example.org>",
		subject => "Subject $mark", text => "Text $mark of $id.", 'From-Contact' => "$mark-contact\@example.org"), $id,
		"$mark-sender\@example.org", "$MARK-login");
}

sub incoming {
	my ($id, $mark) = @_;
	return submit(['ippm@ietf.org', "$mark-door\@ietf.org"], "From: Person $mark <$mark-from\@itu.example>\nTo: ippm\@ietf.org\nSubject: LS on $mark\n"
		. "Message-ID: <$id\@example.org>\nDate: Sat, 21 Nov 2026 11:00:00 +0000\n\nLiaison-Statement: 1\nFrom: ITU-T\n"
		. "To: IETF IPPM Working Group\nPurpose: For action\nDeadline: 2030-01-31\nFrom-Contact: $mark-contact\@itu.example\n\nText $mark.\n", $id,
		"$mark-sender\@itu.example");
}

sub is_ctl {
	my ($arguments, $want_status, $want, $name) = @_;
	my ($status, $output) = $daemon->ctl(@$arguments);
	ok($status == $want_status && $output =~ $want, $name) or diag "$status: $output";
	return $output;
}

sub settle {
	return wait_until(30, sub {
		my ($status) = lines_of(($daemon->ctl('status', '--json'))[1]);
		return !grep { ($status->{$_} // 1) != 0 } qw(outbox_held outbox_due outbox_failed);
	});
}

# How often the word stands in a file, in whatever case.
sub count_of {
	my ($word, $file) = @_;
	return scalar(() = slurp($file) =~ /\Q$word\E/gi);
}

my $pending = outgoing("$MARK-pending", $MARK);
my $released = outgoing("$MARK-released", $MARK);
my $came = incoming("$MARK-came", $MARK);
my $kept = incoming('kept', 'zwkeptz');
is_ctl(['approve', '--for', 'ad1@example.org', '--evidence', "$MARK said so", $released], 0, qr/now approved|now released/, 'one is approved');
is_ctl(['confirm', '--number', "$MARK-LS123", '--subject', "Better $MARK", $came], 0, qr/now confirmed/, 'one is corrected');
is_ctl(['note', $came, "Note $MARK"], 0, qr/noted/, 'and has a note');
ok(settle(), 'all mails are sent');
my $data = "$dir/milter/record/data.mdb";
cmp_ok(count_of($MARK, $data), '>', 20, 'the record is full of marks');

is_ctl(['erase', $came], 2, qr/--reason TEXT is needed/, 'not without a reason');
is_ctl(['erase', '--reason', 'asked', $pending], 2, qr/would never go out.*--force/, 'what is withheld is not erased by the way');
is_ctl(['erase', '--reason', 'asked', 'ZZZZZ'], 2, qr/no statement/, 'nor what is not on record');
is_ctl(['erase', '--force', '--reason', 'asked', $pending], 0, qr/now cancelled.*compact/, '... but by force');
is_ctl(['approve', '--for', 'ad1@example.org', '--evidence', 'x', $pending], 77, qr/may not/, '... and nobody knows any more who could approve it');
is_ctl(['erase', '--reason', 'asked by them', $_], 0, qr/erased/, 'erased') for $released, $came;
ok(settle(), 'all mails are sent');
is_ctl(['verify'], 0, qr/^verified/, 'the log verifies');
my @events = grep { $_->{case} eq $came } lines_of(($daemon->ctl('log', '--json', '--limit', 0))[1]);
cmp_ok(scalar @events, '>', 5, 'its events are still there');
unlike(JSON::PP->new->encode(\@events), qr/\Q$MARK\E/i, '... and say nothing');
like(JSON::PP->new->encode(\@events), qr/"content_was":"[0-9a-f]{64}"/, '... but which mail it was');
is_ctl(['search', '--json', $MARK], 0, qr/\A\z/, 'no search finds it');
is_ctl(['search', '--json', 'zwkeptz'], 0, qr/\Q$kept\E/, 'the other one is found');
is_ctl(['erase', '--reason', 'again', $came], 0, qr/already erased by coord\@example\.org/, 'twice is once');
is_ctl(['rebuild'], 0, qr/ 0 mended, 0 removed/, 'the cases are what is left of their events');

$daemon->stop;
is_ctl(['compact'], 0, qr/^compacted/, 'compact');
for my $file (glob "$dir/milter/record/*") {
	is(count_of($MARK, $file), 0, 'no mark is left in ' . ($file =~ s{.*/}{}r));
}
cmp_ok(count_of('zwkeptz', $data), '>', 0, 'what was not erased is there');
is_ctl(['verify'], 0, qr/^verified/, 'and all verifies');
ok(($daemon->ctl('export', '--format', 'jsonl', '--with-contents'))[1] !~ /\Q$MARK\E/i, 'an export has no mark either');
done_testing();
