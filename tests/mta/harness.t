#!/usr/bin/perl
# harness.t - the private Postfix, the sink, the logins and the SMTP client, without any milter: when
# this fails, the other tests of this ring tell nothing about liaison-milter.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Postfix;
use LSM::Scratch qw(scratch_dir);
use LSM::Sink;
use LSM::Smtp;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $postfix = LSM::Postfix->new("$dir/mx", sink_port => $sink->port,
	users => { 'chair@ietf.org' => 'se:cret' })->start;

my $mail = <<'END';
From: IPPM chair <chair@ietf.org>
To: liaisons@bbf.example
Subject: STAMP YANG
Message-ID: <1@ietf.org>
Date: Sat, 21 Nov 2026 10:00:00 +0000

Dear colleagues,
.a line that begins with a dot
.
and one that is a dot.
END

sub body_of { return (split /\n\n/, $_[0], 2)[1] }

# One mail per door. `enter` gets a connected client and has it ready for MAIL.
my @doors = (
	{ name => 'smtp', enter => sub { $_[0]->ehlo } },
	{ name => 'smtp, other client', listener => 'smtp',
		enter => sub { $_[0]->ehlo; $_[0]->xclient(ADDR => '203.0.113.9', NAME => 'mail.bbf.example') } },
	{ name => 'submission',
		enter => sub { $_[0]->ehlo; $_[0]->auth_plain('chair@ietf.org', 'se:cret') }, code => 235 },
	{ name => 'submission, LOGIN', listener => 'submission',
		enter => sub { $_[0]->ehlo; $_[0]->auth_login('chair@ietf.org', 'se:cret') }, code => 235 },
	{ name => 'outbox', enter => sub { $_[0]->ehlo } },
);
for my $door (@doors) {
	subtest "a mail by $door->{name}" => sub {
		$sink->clear;
		my $smtp = LSM::Smtp->new($postfix->port($door->{listener} || $door->{name}));
		is(scalar $door->{enter}->($smtp), $door->{code} || 250, 'ready for mail');
		my ($code, @lines) = $smtp->send('chair@ietf.org', ['liaisons@bbf.example', 'tsb@itu.example'], $mail);
		is($code, 250, 'taken') or diag join "\n", $smtp->transcript;
		is(scalar $smtp->quit, 221, 'said good-bye');
		my ($got) = $sink->wait_for(1);
		is($got->{sender}, 'chair@ietf.org', 'envelope sender');
		is_deeply([sort @{ $got->{recipients} }], ['liaisons@bbf.example', 'tsb@itu.example'], 'recipients');
		is(body_of($got->{data}), body_of($mail), 'body unchanged, dots included');
		ok($postfix->queue_is_empty, 'nothing left in the queue');
	};
}

subtest 'a mail by the sendmail command' => sub {
	$sink->clear;
	my ($status, $output) = $postfix->sendmail('chair@ietf.org', ['liaisons@bbf.example'], $mail);
	is($status, 0, 'taken') or diag $output;
	my ($got) = $sink->wait_for(1);
	is_deeply($got->{recipients}, ['liaisons@bbf.example'], 'recipient');
	is(body_of($got->{data}), body_of($mail), 'body unchanged');
};

subtest 'the outbox listener leaves the header alone' => sub {
	$sink->clear;
	my $smtp = LSM::Smtp->new($postfix->port('outbox'));
	$smtp->ehlo;
	$smtp->send('desk@ietf.org', ['a@bbf.example'], "From: chair\nSubject: bare\n\nNo date, no id.\n");
	$smtp->quit;
	my ($got) = $sink->wait_for(1);
	like($got->{data}, qr/^From: chair$/m, 'address not completed');
	unlike($got->{data}, qr/^(?:Date|Message-Id|To):/mi, 'no field added');
};

subtest 'who may not come in' => sub {
	my $smtp = LSM::Smtp->new($postfix->port('submission'));
	$smtp->ehlo;
	is(scalar $smtp->auth_plain('chair@ietf.org', 'wrong'), 535, 'a wrong password');
	is(scalar $smtp->auth_plain('nobody@ietf.org', 'se:cret'), 535, 'an unknown user');
	is(scalar $smtp->auth_login('chair@ietf.org', 'wrong'), 535, 'a wrong password by LOGIN');
	$smtp->mail('chair@ietf.org');
	is(scalar $smtp->rcpt('liaisons@bbf.example'), 554, 'nobody without a login');
	is(scalar $smtp->quit, 221, 'said good-bye');
	is(scalar $smtp->command('NOOP'), 0, 'a lost connection is code 0');
	my $transcript = join "\n", $smtp->transcript;
	like($transcript, qr/^S: 220 .*^S: 535 .*^C: QUIT$/ms, 'all in the transcript');
};

subtest 'the sink refuses on demand' => sub {
	$sink->clear;
	$sink->refuse(qr/^gone@/, '550 5.1.1 unknown here');
	$sink->refuse(qr/^later@/, '451 4.3.0 not now');
	my $smtp = LSM::Smtp->new($postfix->port('smtp'));
	$smtp->ehlo;
	$smtp->send('chair@ietf.org', [map { "$_\@bbf.example" } qw(gone later there)], $mail);
	my ($bounce) = $sink->wait_for_to('chair@ietf.org', 1);
	is($bounce->{sender}, '', 'a bounce comes back');
	like($bounce->{data}, qr/unknown here/, '... and says why');
	is(scalar(my @none = $sink->mails_to('later@bbf.example')), 0, 'who was put off has nothing yet');
	ok($postfix->queue_length > 0, '... and is still in the queue');
	$sink->accept_all;
	$postfix->flush;
	is(scalar(my @one = $sink->wait_for_to('later@bbf.example', 1)), 1, '... and gets it later');
	is(scalar(my @there = $sink->mails_to('there@bbf.example')), 1, 'the third got it once');
	ok($postfix->queue_is_empty, 'nothing left in the queue');
};

subtest 'a second Postfix relays to the first' => sub {
	$sink->clear;
	my $relay = LSM::Postfix->new("$dir/relay", relayhost => '[127.0.0.1]:' . $postfix->port('smtp'),
		name => 'relay.example.org')->start;
	my $smtp = LSM::Smtp->new($relay->port('smtp'));
	$smtp->ehlo;
	is(scalar $smtp->send('a@example.org', ['ippm@ietf.org'], $mail), 250, 'taken');
	my ($got) = $sink->wait_for(1);
	is(scalar(() = $got->{data} =~ /^Received:/mg), 2, 'two hops');
	$relay->stop;
	ok(!LSM::Scratch::accepts($relay->port('smtp')), 'stopped');
};

$postfix->stop;
ok(!LSM::Scratch::accepts($postfix->port('smtp')), 'the first is stopped, too');

done_testing;
