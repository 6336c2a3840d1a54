#!/usr/bin/perl
# review.t - a coordinator's review after the approval, and what comes back from the other side: on a real Postfix.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $coordinators) = ('liaisons@bbf.example', 'liaison-coordination@iab.org');
my $world = LSM::World->new(settings => { 'desk-address' => 'liaison-desk@ietf.org', review => 'after', workers => 2,
	operators => ["root=$coordinators"] });

sub is_in_state {
	my ($id, $state) = @_;
	return is($world->misses_state($id, $state), '', "$id is $state");
}

# What the other side's mail server writes to the envelope sender of a mail.
sub report {
	my ($to, $action, $status) = @_;
	return "From: MAILER-DAEMON\@mx.bbf.example\nTo: $to\nSubject: Delivery report\n"
		. "Message-ID: <report-$action\@mx.bbf.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
		. "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
		. "Content-Type: text/plain\n\nAbout your mail.\n\n--b\nContent-Type: message/delivery-status\n\n"
		. "Reporting-MTA: dns; mx.bbf.example\n\nFinal-Recipient: rfc822; $bbf\nAction: $action\n"
		. "Status: $status\nDiagnostic-Code: smtp; 550 no such user here\n\n--b--\n";
}

my $released;
subtest 'approved, then reviewed, then sent' => sub {
	is(scalar $world->submit('carol', 'carol@example.org', [$bbf], LSM::World->statement(id => 'both')), 250, 'taken');
	ok($world->settle, 'settled');
	my $id = ($world->case_of('both') // {})->{id};
	my ($status, $output) = $world->daemon->ctl('approve', $id, '--for', 'ad1@example.org', '--evidence', 'by phone');
	is($status, 0, 'approved') or diag($output);
	is_in_state('both', 'in-review');
	ok($world->settle, 'settled');
	is_deeply([$world->sink->mails_to($bbf)], [], 'approval alone does not send it');
	($status, $output) = $world->daemon->ctl('review', $id);
	is($status, 0, 'reviewed') or diag($output);
	is_in_state('both', 'released');
	ok($world->settle, 'settled');
	my @got = $world->sink->mails_to($bbf);
	is(scalar @got, 1, 'it went out once');
	$released = $got[0]{sender} if @got;
	like($released, qr/^liaison-desk\+r-\Q$id\E-[a-z2-7]{12}\@ietf\.org$/i, 'a report comes back to the case');
};

subtest 'what the other side reports' => sub {
	ok($released, 'something was released') or return;
	$world->sink->clear;
	is(scalar $world->arrive('', [$released], report($released, 'delivered', '2.0.0')), 250, 'a report is taken');
	is_in_state('both', 'delivered');
	is(scalar $world->arrive('', [$released], report($released, 'failed', '5.1.1')), 250, 'a bounce is taken');
	is_in_state('both', 'undelivered');
	my ($told) = $world->sink->wait_for_to('carol@example.org', 1);
	like($told ? $told->{data} : '', qr/^Subject: Not delivered to /m, 'the sender is told');
	my ($also) = $world->sink->wait_for_to($coordinators, 1);
	ok($also, 'the coordinators, too');
	ok($world->settle, 'settled');
	my ($status, $output) = $world->daemon->ctl('release', ($world->case_of('both') // {})->{id});
	is($status, 0, 'sent again on request') or diag($output);
	is_in_state('both', 'released');
	ok($world->settle, 'settled');
	is(scalar(my @again = $world->sink->mails_to($bbf)), 1, 'once more, to whom it lacked');
};

subtest 'under the sender\'s own envelope' => sub {
	$world->daemon->set('release-sender' => 'submitted');
	$world->daemon->set(review => 'off');
	ok($world->daemon->reloaded, 'read again');
	$world->sink->clear;
	$world->submit('carol', 'carol@example.org', [$bbf], LSM::World->statement(id => 'own', text => 'Own envelope.'));
	ok($world->settle, 'settled');
	my ($status, $output) = $world->daemon->ctl('approve', ($world->case_of('own') // {})->{id}, '--for', 'ad1@example.org',
		'--evidence', 'by phone');
	is($status, 0, 'approved') or diag($output);
	is_in_state('own', 'released');
	ok($world->settle, 'settled');
	my ($got) = $world->sink->mails_to($bbf);
	is($got ? $got->{sender} : undef, 'carol@example.org', 'a bounce goes to the sender');
};

done_testing;
