#!/usr/bin/perl
# bounces.t - a reject as its three readers get it: the client of the session, the users of a Postfix that
# relays to ours (it joins the lines of the reply), and those of the sendmail command.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

# mx-in counts as a path of submission here: the relay has no login of its own.
my $world = LSM::World->new(settings => { 'submission-daemons' => ['submission', 'mx-in'] });
my $bbf = 'liaisons@bbf.example';

# For action without a date and by a research group: as many gaps as fit.
sub bad {
	return LSM::World->statement(id => $_[0], text => "The text of $_[0].", From => 'IRTF',
		Purpose => 'For action', Deadline => 'soon');
}

# The words that must reach whoever reads this reply, however it came.
sub check_words {
	my ($text, $way_out) = @_;
	# "__": how Postfix writes the line ends of a milter's reply into its own bounce.
	$text =~ s/\s+|__/ /g;
	like($text, qr/Not sent to Broadband Forum/, 'what was not done');
	like($text, qr/\(1\) ORIGINATOR:/, 'the first gap');
	like($text, qr/\(2\) DEADLINE:/, 'the second gap');
	like($text, qr/Nobody has received it/, 'nobody has it');
	like($text, qr/LS-\d{8}-\w+/, 'the reference');
	like($text, qr/liaison-coordination\@iab\.org/, 'whom to ask');
	like($text, $way_out, 'the way out');
	return;
}

# The text that a Postfix wrote into its bounce, without the attached original.
sub explanation {
	my ($bounce) = @_;
	my ($text) = $bounce =~ /^(.*?)^Content-Type: message\/(?:rfc822|global)/ms;
	return $text // $bounce;
}

my $by_login = qr/NOT a liaison statement\? Put "Liaison: no" on top of the text and send it again/;
my $without_login = qr/NOT a liaison statement\?/;

subtest 'the client of the session' => sub {
	my ($code, @lines) = $world->submit('carol', 'carol@example.org', [$bbf], bad('client'));
	is($code, 550, 'refused');
	ok(@lines <= 8, 'at most 8 lines');
	ok(length join("\r\n", @lines, '') <= 1000, 'at most 1,000 octets') or diag length join "\r\n", @lines;
	is_deeply([grep { !/^550[- ]5\.\d\.\d \S/ } @lines], [], 'each line has the status');
	is_deeply([grep { length > 512 - 2 } @lines], [], 'no line is longer than SMTP allows');
	check_words(join(' ', map { /^550[- ]5\.\d\.\d (.*)/ } @lines), $by_login);
	like($lines[0], qr/Not sent to/, 'first what was not done');
	like($lines[-1], $by_login, 'last the way out');
	ok($world->settle, 'done');
	is_deeply($world->received(bad('client')), { 'carol@example.org' => 'reject' },
		'and a mail for the submitter');
};

subtest 'a Postfix that relays to ours' => sub {
	$world->sink->clear;
	my $relay = LSM::Postfix->new($world->dir . '/relay', name => 'relay.example.org',
		relayhost => '[127.0.0.1]:' . $world->postfix->port('smtp'))->start;
	my $smtp = LSM::Smtp->new($relay->port('smtp'));
	$smtp->ehlo;
	is(scalar $smtp->send('carol@example.org', [$bbf, 'friend@bbf.example'], bad('relay')), 250,
		'the relay takes it');
	my ($bounce) = $world->sink->wait_for_to('carol@example.org', 1);
	ok($relay->queue_is_empty && $world->settle, 'done');
	is_deeply($world->received(bad('relay')), { 'carol@example.org' => 'bounce' },
		'a bounce, and nothing for anybody else');
	check_words(explanation($bounce->{data}), $without_login);
	like($bounce->{data}, qr/^Diagnostic-Code: smtp; 550-5\.7\.1 /m, 'code and status');
	like($bounce->{data}, qr/The text of relay\./, 'their own mail comes back');
	$relay->stop;
};

subtest 'the sendmail command' => sub {
	$world->sink->clear;
	my ($status) = $world->postfix->sendmail('carol@example.org', [$bbf, 'ippm-chairs@ietf.org'],
		bad('command'));
	is($status, 0, 'the command takes it');
	my ($bounce) = $world->sink->wait_for_to('carol@example.org', 1);
	ok($world->settle, 'done');
	is_deeply($world->received(bad('command')), { 'carol@example.org' => 'bounce' },
		'a bounce, and nothing for anybody else');
	check_words(explanation($bounce->{data}), $without_login);
	like($bounce->{data}, qr/^Message-ID: <command\@example\.org>$/m, 'it says which mail it was');
};

subtest 'the sendmail command: submitted, and nobody\'s' => sub {
	$world->sink->clear;
	my $mail = LSM::World->statement(id => 'anonymous', text => 'By command.');
	$world->postfix->sendmail('ad1@example.org', [$bbf, 'ippm-chairs@ietf.org'], $mail);
	ok($world->settle && $world->settle, 'done');
	is_deeply([$world->sink->mails_to($bbf)], [], 'an approver\'s address without a login approves nothing');
	is(scalar(my @noted = $world->sink->mails_to('ippm-chairs@ietf.org')), 1, 'at home it arrives');
	is_deeply([$world->sink->mails_to('ad1@example.org')]->[1], undef, 'one request');
	my ($case) = grep { $_->{message_id} =~ /^anonymous@/ } $world->cases;
	is_deeply([@$case{qw(state way login)}], ['pending', 'out', undef], 'held');
};

done_testing;
