#!/usr/bin/perl
# wire.t - what a mail server may send that miltertest cannot: hostile mail, noise, cut connections; and the
# edits one by one.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir slurp);
use LSM::World;
use POSIX ();
use Test::More;

my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my @recipients = ($outside, 'bbf-manager@ietf.org');
my $login = { '{auth_authen}' => $chair };
my $daemon = LSM::Daemon->new(scratch_dir() . '/milter', settings => { 'max-interventions' => 1000 })->start;

sub statement { return LSM::World->statement(header_from => $chair, 'Send-Reply-To' => 'bbf-manager@ietf.org', @_) }

sub send_statement {
	my ($milter, @fields) = @_;
	return $milter->mail($login, $chair, \@recipients, statement(@fields));
}

subtest 'fields of ours from outside go, from the last to the first' => sub {
	my @forged = ("Liaison-Record: LS-1\n", "liaison-verdict: pass\n", "Liaison-Record: LS-2\n", "X-Liaison-Record: no\n",
		"LIAISON-RECORD: LS-3\n");
	my $milter = LSM::Milter->new($daemon);
	my ($answer, @edits) = send_statement($milter, id => 'forged', header => join '', @forged);
	is($answer, 'accept', 'taken');
	my @removed = grep { $_->[0] eq 'change-field' } @edits;
	is_deeply([map { $_->[3] } @removed], [map { '' } @removed], 'removed is: made empty');
	my @records = map { lc $_->[2] eq 'liaison-record' ? $_->[1] : () } @removed;
	is_deeply(\@records, [3, 2, 1], 'the three records, the last first');
	is_deeply([map { lc $_->[2] eq 'liaison-verdict' ? $_->[1] : () } @removed], [1], 'the verdict');
	is(scalar @removed, 4, 'and nothing else');
	my @kinds = map { $_->[0] } @edits;
	my %place = map { $kinds[$_] => $_ } 0 .. $#kinds;
	cmp_ok($place{'change-field'}, '<', (grep { $kinds[$_] eq 'add-field' } 0 .. $#kinds)[0], 'before ours are added');
	is_deeply([grep { $_->[0] eq 'remove-recipient' } @edits], [['remove-recipient', "<$outside>"]], 'recipients, exactly as they came');
	$milter->quit;
};

subtest 'the answer to a gap' => sub {
	my $milter = LSM::Milter->new($daemon);
	my ($answer, @edits) = send_statement($milter, id => 'gap', Purpose => undef);
	is($answer, 'reply', 'an answer of our own');
	is_deeply(\@edits, [], 'and no edit');
	my @lines = split /\r?\n/, $milter->reply;
	cmp_ok(scalar @lines, '<=', 8, 'eight lines at the most');
	cmp_ok(length $milter->reply, '<=', 1000 + 10 * @lines, '1,000 octets at the most');
	is_deeply([grep { !/^550[ -]5\.6\.0 / } @lines], [], 'each with its codes');
	$milter->quit;
};

# --- hostile mail ---

my $block = (split /\n\n/, statement(id => 'x'), 2)[1];
my @usual = ([From => $chair], [To => $outside], [Subject => 'Liaison statement'], ['Message-ID' => '<hostile@ietf.org>'],
	[Date => 'Sat, 21 Nov 2026 10:00:00 +0000']);

sub nested {
	my ($levels) = @_;
	my $body = '';
	$body .= "--b$_\r\nContent-Type: multipart/mixed; boundary=b" . ($_ + 1) . "\r\n\r\n" for 0 .. $levels - 1;
	return $body . "--b$levels\r\n\r\n$block";
}

my @hostile = (
	{ name => 'a field of 100 KB', fields => [['X-Long' => 'x' x 102400]] },
	{ name => 'a folded field of 100 KB', fields => [['X-Long' => join "\n ", ('y' x 70) x 1460]] },
	{ name => 'a subject of 100 KB', fields => [[Subject => 'Liaison statement ' . 'z' x 102400]] },
	{ name => 'a list of 10,000 addressees', fields => [[Cc => join ', ', map { "a$_\@bbf.example" } 1 .. 10000]] },
	{ name => '100,000 header fields', fields => [map { ["X-$_" => 'y'] } 1 .. 100_000] },
	{ name => '100,000 fields of ours', fields => [map { ['Liaison-Record' => "LS-$_"] } 1 .. 100_000] },
	{ name => '10,000 nested multiparts', fields => [['Content-Type' => 'multipart/mixed; boundary=b0']], body => nested(10000) },
	{ name => '100,000 parts', fields => [['Content-Type' => 'multipart/mixed; boundary=b']], body => "--b\r\n\r\nx\r\n" x 100000 },
	{ name => 'nested messages', fields => [['Content-Type' => 'message/rfc822']],
		body => "Content-Type: message/rfc822\r\n\r\n" x 10000 . $block },
	{ name => 'NULs', body => "\0" x 1000 . $block . "\0\0", fields => [] },
	{ name => 'NULs in the block', fields => [], body => $block =~ s/For information/For\0information/r },
	{ name => 'two Content-Types', fields => [['Content-Type' => 'text/plain'], ['Content-Type' => 'multipart/mixed; boundary=b']] },
	{ name => 'a boundary of 100 KB', fields => [['Content-Type' => 'multipart/mixed; boundary="' . 'b' x 102400 . '"']] },
	{ name => 'a boundary that is empty', fields => [['Content-Type' => 'multipart/mixed; boundary=""']], body => "--\r\n" x 1000 },
	{ name => '8-bit header fields', fields => [[Subject => "Liaison statement \xff\xfe\x80"], ["X-\xe4" => "\xfc"]] },
	{ name => 'encoded words without an end', fields => [[Subject => 'Liaison statement ' . '=?utf-8?q?' x 5000]] },
	{ name => 'base64 that is none', fields => [['Content-Transfer-Encoding' => 'base64']], body => '=' x 100000 },
	{ name => 'one line of 2 MB', fields => [], body => $block . 'x' x 2_000_000 },
	{ name => '2 MB of line ends', fields => [], body => "\r\n" x 1_000_000 },
	{ name => '2 MB of angle brackets as HTML', fields => [['Content-Type' => 'text/html']], body => '<' x 2_000_000 },
	{ name => '2 MB of quotes', fields => [], body => "> > > >\r\n" x 200_000 },
	{ name => 'an address of 100 KB', fields => [[From => 'a' x 51200 . '@' . 'b' x 51200]] },
	{ name => 'brackets without an end', fields => [[From => '(' x 100000], [To => '<' x 100000], [Cc => '"' x 100001]] },
);

my $second = $ENV{ASAN_OPTIONS} ? 10 : 1;    # instrumented code is that much slower
my $tick = POSIX::sysconf(POSIX::_SC_CLK_TCK());

# Processor time of the gates, in seconds: what the clock on the wall says depends on who else is busy here.
sub time_spent {
	my $ticks = 0;
	for my $pid ($daemon->children('gate')) {
		my ($user, $system) = (split ' ', slurp("/proc/$pid/stat") =~ s/.*\) //sr)[11, 12];
		$ticks += $user + $system;
	}
	return $ticks / $tick;
}

sub send_hostile {
	my ($row) = @_;
	my $milter = LSM::Milter->new($daemon);
	my %own = map { lc $_->[0] => 1 } @{ $row->{fields} };
	$milter->envelope($login, $chair, \@recipients);
	$milter->fields(grep({ !$own{ lc $_->[0] } } @usual), @{ $row->{fields} });
	my $answer = $milter->end_of_header;
	$answer = $milter->body($row->{body} // $block) if $answer eq 'continue';
	($answer) = $milter->end if $answer eq 'continue' || $answer eq 'skip';
	$milter->drop;
	return $answer;
}

subtest 'hostile mail gets an answer, and in time' => sub {
	for my $row (@hostile) {
		my $before = time_spent();
		my $answer = send_hostile($row);
		my $spent = time_spent() - $before;
		like($answer, qr/^(?:accept|reply|discard)$/, $row->{name});
		cmp_ok($spent, '<', $second, sprintf '... %s after %.0f ms', $answer, 1000 * $spent);
	}
	is_deeply([$daemon->log_lines(qr/\bdied\b/)], [], 'nothing died of it');
};

subtest 'packets that are none' => sub {
	my %row = (
		'a length of 4 GB' => "\xff\xff\xff\xff", 'an unknown step' => pack('N', 1) . '?', 'a length of 0' => pack('N', 0),
		'a field without an end' => pack('N', 5) . 'LSubj', 'noise' => join('', map { chr(($_ * 7919) % 256) } 1 .. 5000),
		'a body before everything' => pack('N', 3) . 'Bab', 'an end before everything' => pack('N', 1) . 'E',
		'a field without a name' => pack('N', 4) . "L\0x\0",
	);
	for my $name (sort keys %row) {
		my $milter = LSM::Milter->new($daemon);
		$milter->write_octets($row{$name});
		$milter->drop;
	}
	is_deeply([$daemon->log_lines(qr/\bdied\b/)], [], 'nothing died of it');
	my $milter = LSM::Milter->new($daemon);
	is(scalar send_statement($milter, id => 'after-noise'), 'accept', 'and the next mail is served');
	$milter->quit;
};

subtest 'connections that end in the middle' => sub {
	my @ends = (
		sub { },
		sub { $_[0]->envelope($login, $chair, \@recipients) },
		sub { $_[0]->envelope($login, $chair, \@recipients); $_[0]->field(Subject => 'Liaison statement') },
		sub { $_[0]->envelope($login, $chair, \@recipients); $_[0]->fields(@usual); $_[0]->end_of_header },
		sub { $_[0]->envelope($login, $chair, \@recipients); $_[0]->fields(@usual); $_[0]->end_of_header; $_[0]->body($block) },
		sub { $_[0]->envelope($login, $chair, \@recipients); $_[0]->fields(@usual); $_[0]->packet('N', '') },
		sub { $_[0]->write_octets("\0\0\1\0L") },
	);
	for my $end (@ends) {
		my $milter = LSM::Milter->new($daemon);
		$end->($milter);
		$milter->drop;
	}
	my $milter = LSM::Milter->new($daemon);
	is(scalar send_statement($milter, id => 'after-cuts'), 'accept', 'the next mail is served');
	$milter->quit;
	is_deeply([$daemon->log_lines(qr/\bdied\b/)], [], 'nothing died of it');
};

ok($daemon->stop, 'it stops well');

done_testing;
