#!/usr/bin/perl
# lines.t - what liaison-milter -n --mta=NAME prints is put, as it stands, into a mail server's configuration: the
# server takes it without a complaint, a statement is withheld and released through it to the last octet, and
# while the daemon is down each door does what the printed comments promise.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(build_path run_command slurp spew);
use LSM::Sendmail;
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $ad, $chair) = ('liaisons@bbf.example', 'ad1@example.org', 'carol@example.org');
my $world = LSM::World->new(settings => {
	'desk-address' => 'liaison-desk@ietf.org', 'check-address' => 'liaison-check@ietf.org', notices => [],
	'submission-daemons' => ['logins'], 'outbox-daemon' => 'desk-mail', 'recipient-delimiter' => '-',
	'decision-timeout' => 45, operators => ['root=liaison-coordination@iab.org'],
});
my ($daemon, $postfix) = ($world->daemon, $world->postfix);
my $etc = $postfix->config_dir;

sub printed {
	my ($mta) = @_;
	my ($status, $output) = run_command([build_path('liaison-milter'), '-n', "--mta=$mta", '-c', $daemon->config]);
	is($status, 0, "$mta: lines are printed") or diag $output;
	my ($intro, %part) = split /^(?:#|dnl) ==== (.*)\n/m, $output;
	return %part;
}

my %part = printed('postfix');
is_deeply([sort keys %part], ['aliases', 'liaison-milter.conf', 'main.cf', 'master.cf'], 'postfix: a part for each file');

# main.cf: other values of what stands there.
my %main = $part{'main.cf'} =~ /^(\w+) = (.*)$/mg;
my $taken = slurp("$etc/main.cf");
$taken =~ s/^$_ = .*\n//mg for keys %main;
spew("$etc/main.cf", "$taken$part{'main.cf'}");

# master.cf: the outbox listener of the test gives way to the printed one.
my $master = slurp("$etc/master.cf");
my $port = $postfix->port('outbox');
$master =~ s/^127\.0\.0\.1:$port .*\n(?:  .*\n)*//m or die 'no outbox listener';
$master =~ s/^cleanup-outbox .*\n(?:  .*\n)*//m     or die 'no cleanup of the outbox';
spew("$etc/master.cf", "$master$part{'master.cf'}");
like($part{'master.cf'}, qr/^127\.0\.0\.1:$port inet /m, "postfix: the outbox's listener has the port of outbox-server");

# The submission service: by the command that the comment gives.
my ($command) = $part{'master.cf'} =~ /^#   (postconf -P .*\n(?:#     .*\n)*)/m;
$command =~ s/\\\n#//g;
$command =~ s/\n//;
my $login = '127.0.0.1:' . $postfix->port('submission');
$command =~ s{\bsubmission/inet/}{$login/inet/}g;
$command =~ s{^postconf }{postconf -c $etc };
is_deeply([run_command(['sh', '-c', $command])], [0, ''], 'postfix: the command for the submission service');

for my $question (['-n'], ['-M'], ['-P']) {
	my ($status, $output) = run_command(['/usr/sbin/postconf', '-c', $etc, @$question]);
	is($status, 0, "postfix: postconf @$question");
	unlike($output, qr/warning|fatal/, '... has nothing to complain of') or diag $output;
}
is($main{content_timeout} // ($main{smtpd_milters} =~ /content_timeout=(\d+)s/)[0], 110,
	'postfix: its patience is longer than two decision-timeouts');
is($main{recipient_delimiter}, '-', 'postfix: the sign of recipient-delimiter');
is_deeply({ $part{aliases} =~ /^([\w-]+): (.*)$/mg }, { map { $_ => 'liaison-coordination@iab.org' } qw(liaison-desk liaison-check) },
	'postfix: an alias for each address of ours');

# The test's own milter settings are gone: only the printed ones are at work.
$postfix->stop;
utime time - 60, time - 60, "$etc/main.cf";
$postfix->start;

subtest 'a statement is withheld, approved and released through the printed lines' => sub { statement_passes($world) };

subtest 'ordinary mail at each door' => sub {
	my $note = sub { "From: carol\@example.org\nTo: dave\@example.org\nSubject: $_[0]\nMessage-ID: <$_[0]\@example.org>\n\nHello.\n" };
	is(scalar $world->arrive('a@elsewhere.example', ['in@ietf.org'], $note->('up-in')), 250, 'from elsewhere');
	is(scalar $world->submit('carol', $chair, ['out@example.net'], $note->('up-out')), 250, 'submitted');
	is(($postfix->sendmail($chair, ['command@example.net'], $note->('up-command')))[0], 0, 'the sendmail command');
	ok(scalar $world->sink->wait_for_to($_, 1), "$_ has it") for qw(in@ietf.org out@example.net command@example.net);

	$daemon->terminate;
	is(scalar $world->arrive('a@elsewhere.example', ['in2@ietf.org'], $note->('down-in')), 250, 'down: from elsewhere, accepted');
	ok(scalar $world->sink->wait_for_to('in2@ietf.org', 1), '... and delivered');
	my $code = eval { $world->submit('carol', $chair, ['out2@example.net'], $note->('down-out')) } // 0;
	like($code, qr/^4/, 'down: submitted, asked to come again');
	is(($postfix->sendmail($chair, ['command2@example.net'], $note->('down-command')))[0], 0, 'down: the sendmail command is taken');
	ok(scalar $postfix->wait_log(qr/cleanup.*warning: connect to Milter/), '... and waits');
	is_deeply([map { $world->sink->mails_to($_) } qw(out2@example.net command2@example.net)], [], 'neither went out');
	$daemon->start;
	run_command(['/usr/sbin/postkick', '-c', $etc, 'public', 'pickup', 'W']);    # else it looks once a minute
	ok(scalar $world->sink->wait_for_to('command2@example.net', 1), 'up again: the mail of the command goes out');
};

$daemon->stop;

SKIP: {
	my $missing = LSM::Sendmail::missing();
	skip "no sendmail: $missing", 1 if $missing;
	subtest 'sendmail' => \&sendmail_takes_its_lines;
}
done_testing;

sub statement_passes {
	my ($there) = @_;
	my $mail = LSM::World->statement(id => 'lines', text => "From one,  two\n.dot\n",
		header => "X-Odd:  two  blanks,\n\tfold \nx-odd:none\n", header_from => 'C. Chair <carol@example.org>');
	is(scalar $there->submit('carol', $chair, [$bbf], $mail), 250, 'taken') or diag join "\n", $there->client->transcript;
	is($there->misses_state('lines', 'pending'), '', 'withheld') or return;
	my ($status, $output) = $there->daemon->ctl('approve', $there->case_of('lines')->{id}, '--for', $ad, '--evidence', 'by phone');
	is($status, 0, 'approved') or diag $output;
	my ($got) = $there->sink->wait_for_to($bbf, 1);
	is($got && LSM::World::word_for($got, $mail), 'original', 'released to the last octet') or diag $got && $got->{data};
	is($there->misses_state('lines', 'released'), '', '... and known to be');
	ok($there->settle, 'nothing is left');
	return;
}

# Its own doors in the test's sendmail.mc give way to the printed ones, which get the test's ports.
sub sendmail_takes_its_lines {
	my $there = LSM::World->new(mta => 'LSM::Sendmail', settings => { operators => ['root=liaison-coordination@iab.org'],
		'desk-address' => 'liaison-desk@ietf.org', notices => [] });
	my $mta = $there->mta;
	my ($status, $output) = run_command([build_path('liaison-milter'), '-n', '--mta=sendmail', '-c', $there->daemon->config]);
	is($status, 0, 'lines are printed') or diag $output;
	my ($lines, $aliases) = $output =~ /^dnl ==== sendmail\.mc\n(.*)^# ==== aliases\n(.*)/ms;
	like($aliases, qr/^liaison-desk: liaison-coordination\@iab\.org$/m, 'an alias for the desk');
	my $outbox = $mta->port('outbox');
	like($lines, qr/^DAEMON_OPTIONS\(`Name=liaison-outbox, Family=inet, Addr=127\.0\.0\.1, Port=$outbox,/m, 'the listener of the outbox');
	$lines =~ s/Port=smtp\b/'Family=inet, Addr=127.0.0.1, Port=' . $mta->port('smtp')/e;
	$lines =~ s/Port=submission\b/'Family=inet, Addr=127.0.0.1, Port=' . $mta->port('submission')/e;

	my $mc = slurp("$mta->{dir}/sendmail.mc");
	$mc =~ s/^(?:INPUT_MAIL_FILTER|FEATURE\(`no_default_msa|define\(`confMUST_QUOTE_CHARS).*\n//mg;
	$mc =~ s/^DAEMON_OPTIONS\(`Name=(?:mx-in|submission|liaison-outbox),.*\n//mg;
	$mc =~ s/^(?=MAILER\(`local)/$lines/m;
	$mta->stop;
	$mta->make_cf('sendmail', $mc);
	$mta->start;

	statement_passes($there);
	$there->daemon->terminate;
	my $note = "From: carol\@example.org\nTo: dave\@example.org\nSubject: down\nMessage-ID: <down\@example.org>\n\nHello.\n";
	is(scalar $there->arrive('a@elsewhere.example', ['in@ietf.org'], $note), 250, 'down: from elsewhere, accepted');
	$there->submit('carol', $chair, ['out@example.net'], $note);
	like(join("\n", $there->client->transcript), qr/^S: 4\d\d .*try again/m, 'down: submitted, asked to come again');
	return;
}
