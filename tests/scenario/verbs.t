#!/usr/bin/perl
# verbs.t - the life of statements by command: withheld, approved, released; came in, followed to its end. The
# real daemon, its mail going to a server of ours; no mail server in front.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir spew wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $user = getpwuid $>;
my ($bbf, $other) = ('liaisons@bbf.example', 'second@other.example');
my $director = 'ad1@example.org';

my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, directory => LSM::World->small_directory,
	settings => { operators => ["$user=coord\@example.org"], 'max-interventions' => 1000 })->start;

sub json { return JSON::PP::decode_json($_[0]) }

# The mail is taken, and on record.
sub submit {
	my ($recipients, $mail, $id, $login) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => $login ? 'submission' : 'mx');
	$milter->mail($login ? { '{auth_authen}' => $login } : {}, $login ? 'carol@example.org' : 'tsb@itu.example', $recipients, $mail);
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id);
}

sub held {
	my ($id, @fields) = @_;
	return submit([$bbf, $other], LSM::World->statement(id => $id, text => "Text of $id.", @fields), $id, 'carol');
}

sub incoming {
	my ($id) = @_;
	return submit(['ippm@ietf.org'], "From: TSB <tsb\@itu.example>\nTo: ippm\@ietf.org\nSubject: LS on metrics $id\n"
		. "Message-ID: <$id\@example.org>\nDate: Sat, 21 Nov 2026 11:00:00 +0000\n\n"
		. "Study Group 12 kindly asks the IPPM working group to look at $id.\n", $id);
}

sub is_ctl {
	my ($arguments, $want_status, $want, $name) = @_;
	my ($status, $output) = $daemon->ctl(@$arguments);
	is($status, $want_status, $name) or diag $output;
	like($output, $want, '... and says so');
	return $output;
}

sub state_is {
	my ($id, $want) = @_;
	ok(wait_until(20, sub { $daemon->case_of($id)->{state} eq $want }), "$id is $want") or diag $daemon->case_of($id)->{state};
	return;
}

subtest 'approved and released, byte for byte' => sub {
	my $mail = LSM::World->statement(id => 'one', header => "X-Odd:  two  blanks,\n\tfold\x20\n", text => "\xe4\n.\n..x \n");
	my $case = submit([$bbf, $other], $mail, 'one', 'carol');
	my $output = is_ctl(['pending'], 0, qr/\Q$case->{id}\E  IPPM > Broadband Forum: STAMP YANG review  \(pending, 0 h\)/, 'pending');
	like($output, qr/waits for +approval for IPPM: \Q$director\E\n +withheld from +\Q$bbf\E, \Q$other\E/, '... for whom, from whom');
	is_deeply(json((split /\n/, ($daemon->ctl('pending', '--json'))[1])[0])->{missing}, ['IPPM'], '... in JSON');

	is_ctl(['approve', $case->{id}], 77, qr/coord\@example\.org may not do this; it is for an approver .*--for/, 'a coordinator does not approve');
	is_ctl(['approve', $case->{id}, '--for', $director], 2, qr/needs --evidence/, 'for the director, without evidence');
	is_ctl(['approve', $case->{id}, '--for', 'carol@example.org', '--evidence', 'x'], 77, qr/carol\@example\.org may not/, 'for a chair');
	is_ctl(['approve', $case->{id}, '--as', $director], 77, qr/may not act as/, 'as the director');
	is($daemon->case_of('one')->{state}, 'pending', 'nothing of that did anything');

	my ($short) = $case->{id} =~ /-(\w+)$/;
	is_ctl(['approve', lc $short, '--for', $director, '--evidence', 'by phone'], 0,
		qr/\Q$case->{id}\E is now approved: .* It goes to 2 recipients at once\./, 'approved by proxy');
	state_is('one', 'released');
	for my $recipient ($bbf, $other) {
		my @got = grep { $_->{data} !~ /^Auto-Submitted/m } $sink->mails_to($recipient);
		is(scalar @got, 1, "$recipient got it once");
		like($got[0]{sender}, qr/^liaison-coordination\+r-\Q$case->{id}\E-[a-z2-7]{12}\@iab\.org$/, '... bounces come back to the case');
		is(sha256_hex($got[0]{data} =~ s/\r\n/\n/gr), sha256_hex($mail), '... byte for byte');
	}
	is_ctl(['approve', $short, '--for', $director, '--evidence', 'again'], 0,
		qr/was already approved by \Q$director\E on 20.* UTC; nothing changed\./, 'once more');
	is_ctl(['refuse', $short], 2, qr/it is released .*possible now: note, not-a-statement/, 'refused after that');
	is_ctl(['show', $short], 0, qr/approved +-> approved  by coord\@example\.org  for \Q$director\E  as approver \(command\).*evidence: by phone/,
		'show tells who did it');
	is(scalar(grep { $_->{state} eq 'pending' } $daemon->cases), 0, 'nothing waits');
	is_ctl(['pending'], 0, qr/^Nothing is withheld\.$/, 'pending');
};

subtest 'refused, cancelled, replaced' => sub {
	for my $row (['refuse', 'refused', '--reason', 'ask the group first'], ['cancel', 'cancelled'], ['not-a-statement', 'not-a-statement']) {
		my ($verb, $state, @more) = @$row;
		my $case = held("stop-$verb");
		my $answer = json(($daemon->ctl($verb, '--json', $case->{id}, @more))[1]);
		is($answer->{state}, $state, $verb);
		ok(!$answer->{already}, '... for the first time');
		my $again = json(($daemon->ctl($verb, '--json', $case->{id}, @more))[1]);
		ok($again->{already}, '... said twice, done once');
		is($again->{by}, 'coord@example.org', '... and by whom');
	}
	my $old = held('old');
	my $new = held('new', Replaces => $old->{id});
	is($daemon->case_of('old')->{state}, 'replaced', 'a corrected one takes its place');
	is($daemon->case_of('old')->{replaced_by}, $new->{id}, '... and is named');
	is($daemon->case_of('new')->{state}, 'pending', '... and waits itself');
};

subtest 'in advance' => sub {
	my $mail = LSM::World->statement(id => 'draft', text => 'Approved before it was sent.');
	my $file = "$dir/draft.eml";
	spew($file, $mail);
	is_ctl(['approve', '--file', $file, '--for', $director, '--evidence', 'in person'], 0, qr/Approved in advance/, 'approve --file');
	is_ctl(['approve', '--file', "$dir/absent.eml"], 66, qr/absent\.eml/, 'of no file');
	is_ctl(['approve', '--file', $file, 'K7Q3M'], 2, qr/an id or --file/, 'of both');
	submit([$bbf], $mail, 'draft', 'carol');
	is($daemon->case_of('draft')->{state}, 'passed', 'what was approved passes');
	submit([$bbf], LSM::World->statement(id => 'changed', text => 'Approved before it was sent?'), 'changed', 'carol');
	is($daemon->case_of('changed')->{state}, 'pending', 'one octet more does not');
};

subtest 'what came in, to its end' => sub {
	my $case = incoming('metrics');
	my $id = $case->{id};
	is($case->{state}, 'unconfirmed', 'on record');
	is_ctl(['approve', $id], 77, qr/it is for an approver/, 'there is nothing to approve');
	is_ctl(['confirm', $id, '--purpose', 'fun'], 2, qr/"fun" is no purpose; expected information, action or response/, 'a wrong purpose');
	is_ctl(['confirm', $id, '--purpose', 'action', '--deadline', '2999-01-31', '--number', 'SG12-LS7'], 0, qr/is now confirmed/, 'confirm');
	is_ctl(['confirm', $id, '--purpose', 'action'], 0, qr/already confirmed by coord/, '... twice');
	is_ctl(['assign', $id, 'carol@example.org', '--lead', 'ippm'], 0, qr/is now assigned/, 'assign');
	is_ctl(['distribute', $id], 0, qr/now distributed: .* Everybody whom it is for has it already/, 'its To-Contact got it by itself');
	is_ctl(['distribute', $id, '--to', 'carol@example.org', '--to', 'ippm@ietf.org'], 0, qr/is now distributed/, 'distribute');
	is_ctl(['note', $id, 'talked to their chair'], 0, qr/: noted; it is still distributed/, 'note');
	is_ctl(['close', $id], 2, qr/close needs --reason REASON, or behind the id REASON;/, 'close without a reason');
	is_ctl(['action-taken', $id, '--link', 'https://example.org/minutes', '--comment', 'on the agenda'], 0, qr/action-taken/, 'action-taken');
	is_ctl(['close', $id, '--reason', 'they know'], 0, qr/is now closed/, 'close');
	is_ctl(['reopen', $id], 0, qr/is now distributed/, 'reopen');
	is_ctl(['answer', $id, '--by', 'nothing'], 2, qr/no statement on record, no Message-ID/, 'answered by nothing');
	is_ctl(['answer', $id, '--by', '<informal@example.org>'], 0, qr/is now answered/, 'answer');
	is_ctl(['note', $id, ''], 2, qr/it needs "text"/, 'an empty note');
	my $output = is_ctl(['show', $id], 0, qr/^Purpose +action \(confirmed\)\nDeadline +2999-01-31\nNumber +SG12-LS7\n/m, 'show: what was confirmed');
	like($output, qr/^$_/m, "... $_") for 'Assignee +carol@example\.org', 'Lead +IPPM', 'Sent on to +carol@example\.org, ippm@ietf\.org',
		'Action +https://example\.org/minutes';
	like($output, qr/\Q$_\E/, "... $_") for 'note: talked to their chair', 'because: they know', 'answered by <informal@example.org>';
	is(($daemon->ctl('verify'))[0], 0, 'the record verifies');
};

subtest 'none of it without a right' => sub {
	$daemon->set(operators => []);
	$daemon->reload;
	my $case = $daemon->case_of('changed');
	wait_until(20, sub { (($daemon->ctl('approve', $case->{id}, '--for', $director, '--evidence', 'x'))[0]) != 0 });
	is($daemon->case_of('changed')->{state}, 'pending', 'without a row in the settings nobody acts for others');
	ok($daemon->stop, 'the daemon stops well');
	is(($daemon->ctl('cancel', $case->{id}))[0], 75, 'without the desk: try later');
	is(($daemon->ctl('pending'))[0], 0, 'what waits can be read all the same');
};

done_testing;
