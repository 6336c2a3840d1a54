#!/usr/bin/perl
# edges.t - the edges of what Postfix takes: line ends that smuggle a second mail, a header of 100 KB, mails of 25 MB.
# A statement gets its verdict, ordinary mail keeps its octets, and nothing is lost or doubled. See also ../transports.t.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Scratch qw(noise);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $friend, $chair) = ('liaisons@bbf.example', 'friend@elsewhere.example', 'carol@example.org');
my $world = LSM::World->new(postfix => { settings => { header_size_limit => 1024000 } },
	settings => { notices => [], 'max-interventions' => 1000, operators => ['root=liaison-coordination@iab.org'] });

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }
sub ordinary { return LSM::World->odd_mail(@_) }

# Postfix 3.7 takes a bare LF for a line end: what follows "LF . LF" is then a mail of its own, and is judged as one.
# Where it is not, what looks like one is part of the first, which is judged with it.
subtest 'line ends that smuggle' => sub {
	my %ends = ('LF . LF' => "\n.\n", 'LF . CRLF' => "\n.\r\n", 'CRLF . LF' => "\r\n.\n", 'CR . CR' => "\r.\r", 'CR . CRLF' => "\r.\r\n",
		'CRLF . CR' => "\r\n.\r", 'CRLF NUL . CRLF' => "\r\n\0.\r\n");
	for my $listener (qw(submission smtp)) {
		for my $name (sort keys %ends) {
			$world->sink->clear;
			my $smtp = $listener eq 'smtp' ? $world->mta->client_from('203.0.113.9') : $world->login;
			my $id = "$listener-$name" =~ s/[^\w-]+/-/gr;
			$smtp->mail($chair);
			$smtp->rcpt($friend);
			$smtp->command('DATA');
			$smtp->write_octets((LSM::World::wire(ordinary("outer-$id") =~ s/^\..*\n//mgr) =~ s/\r\n\z//r) . $ends{$name}
				. "MAIL FROM:<$chair>\r\nRCPT TO:<$bbf>\r\nDATA\r\n" . LSM::World::wire(statement("inner-$id")) . "\r\n.\r\nQUIT\r\n");
			my @codes;
			do { push @codes, scalar $smtp->read_reply } until $codes[-1] == 221 || $codes[-1] == 0;
			my $are_two = grep { $_ == 354 } @codes;
			my ($first, $second) = $listener eq 'smtp' ? (1, $are_two) : ($are_two, 0);
			ok($world->settle, "$listener, $name: settled (@codes)");
			is(scalar($world->copies_of($friend, "outer-$id")), $first, '... the first: ' . ($first ? 'passes, once' : 'held'));
			is(scalar($world->copies_of($bbf, "inner-$id")), $second, '... the second: ' . ($second ? 'passes, once' : 'nowhere'));
			is($world->state_of("inner-$id"), 'pending', '... held') if $are_two && $listener eq 'submission';
			is($world->state_of("outer-$id"), 'pending', '... a case') if !$are_two && $listener eq 'submission';
		}
	}
};

# Postfix cuts a field after 60,000 octets once there is any milter, whatever that does.
subtest 'a header of 100 KB' => sub {
	$world->sink->clear;
	my $folded = "X-Long: " . join("\n ", map { 'x' x 900 } 1 .. 60) . "\n";
	my $many = join '', map { "X-Many-$_: " . 'y' x 50 . "\n" } 1 .. 1500;
	# Of more than 1,000 fields no more are read: the sender of a statement is told.
	for my $row ([folded => $folded . $folded, 250, 'pending'], [many => $many, 550, 'rejected']) {
		my ($id, $header, $code, $state) = @$row;
		my $plain = $header . ordinary("header-$id");
		is(scalar $world->submit('carol', $chair, [$friend], $plain), 250, "$id: ordinary mail");
		is(scalar $world->submit('carol', $chair, [$bbf], statement("long-$id", header => $header)), $code, "$id: a statement under it");
		ok($world->settle, 'delivered');
		my ($got) = $world->copies_of($friend, "header-$id");
		ok(LSM::World::below_trace($got->{data}) eq $plain, 'each octet');
		my ($case) = grep { $_->{state} eq $state && ($_->{message_id} // "long-$id@") =~ /^long-$id@/ } $world->cases;
		ok($case, "it is $state");
	}
	is_deeply($world->outsiders, [], 'nobody outside has anything');
};

subtest '25 MB' => sub {
	$world->sink->clear;
	my $attachment = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_b\"\n";
	my $octets = noise(25_000_000);
	my $parts = sub {
		my ($header, $text) = split /\n\n/, $_[0], 2;
		return "$header\n$attachment\n--=_b\nContent-Type: text/plain\n\n$text\n--=_b\nContent-Type: application/octet-stream; name=\"a.bin\"\n"
			. "Content-Transfer-Encoding: base64\n\n$octets\n--=_b--\n";
	};
	my $plain = $parts->(ordinary('big'));
	is(scalar $world->submit('carol', $chair, [$friend], $plain), 250, 'ordinary mail');
	my $statement = $parts->(statement('huge'));
	my ($code, @lines) = $world->submit('carol', $chair, [$bbf], $statement);
	is($code, 250, 'a statement') or diag "@lines";
	ok($world->settle(60), 'delivered');
	my ($got, @more) = $world->copies_of($friend, 'big');
	ok(LSM::World::below_trace($got->{data}) eq $plain, 'each octet');
	is(scalar @more, 0, 'once');
	is($world->state_of('huge'), 'pending', 'the statement is held');
	is_deeply($world->outsiders, [], 'nobody outside has anything');
	my ($status, $output) = $world->daemon->ctl('approve', $world->case_of('huge')->{id}, '--for', 'ad1@example.org', '--evidence', 'by phone');
	is($status, 0, 'approved') or diag $output;
	my ($released) = $world->sink->wait_for_to($bbf, 1, 60);
	ok(LSM::World::below_trace($released->{data}) eq $statement, 'released as it was');
};

is_deeply([$world->daemon->log_lines(qr/\bdied\b|Sanitizer|runtime error|not-applied|not-recorded/)], [], 'it served all that without a stumble');
$world->daemon->stop;
done_testing;
