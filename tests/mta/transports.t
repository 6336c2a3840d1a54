#!/usr/bin/perl
# transports.t - each way in which SMTP can carry a mail to Postfix: in chunks, pipelined, with UTF-8 addresses, on a
# connection that goes on, with RSET and lost connections between, by the sendmail command, to aliases. A statement gets
# its verdict on each, ordinary mail keeps its octets, and nothing is lost or doubled. See also slow/edges.t.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $friend, $chair) = ('liaisons@bbf.example', 'friend@elsewhere.example', 'carol@example.org');
my $world = LSM::World->new(settings => { notices => [], 'max-interventions' => 1000 }, postfix => { settings => {
	virtual_alias_maps => 'inline:{ {everybody@ietf.org = first@elsewhere.example, second@bbf.example}, {role@ietf.org = dave@ietf.org} }',
} });

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }
sub ordinary { return LSM::World->odd_mail(@_) }
sub stuffed { return LSM::World::wire($_[0] =~ s/^\./../mgr) . ".\r\n" }

# Sends one mail in chunks of so many octets; the reply to the last.
sub in_chunks {
	my ($smtp, $sender, $recipients, $mail, $size) = @_;
	my $octets = LSM::World::wire($mail);
	$smtp->mail($sender, 'BODY=8BITMIME');
	$smtp->rcpt($_) for @$recipients;
	while (length $octets > $size) {
		$smtp->write_lines("BDAT $size");
		$smtp->write_octets(substr $octets, 0, $size, '');
		return $smtp->last_reply if ($smtp->read_reply)[0] != 250;
	}
	$smtp->write_lines('BDAT ' . length($octets) . ' LAST');
	$smtp->write_octets($octets);
	return $smtp->read_reply;
}

# Everything from MAIL to the final dot in one go; the replies' codes.
sub pipelined {
	my ($smtp, @mails) = @_;
	my $replies = 0;
	for my $mail (@mails) {
		my ($sender, $recipients, $text) = @$mail;
		$smtp->write_octets(join '', "MAIL FROM:<$sender>\r\n", (map { "RCPT TO:<$_>\r\n" } @$recipients), "DATA\r\n");
		$replies += 2 + @$recipients;
		$smtp->read_reply for 1 .. $replies;
		$replies = 0;
		# The next MAIL stands behind the dot, unless it is the last.
		$smtp->write_octets(stuffed($text));
		$replies = 1;
	}
	return ($smtp->read_reply)[0];
}

# Checks what became of a round of mails: {id => state of its case, or "octets" for ordinary mail}.
sub check_round {
	my (%want) = @_;
	ok($world->settle(30), 'settled');
	for my $id (sort keys %want) {
		if ($want{$id} eq 'octets') {
			my ($got, @more) = $world->copies_of($friend, $id);
			is($got && LSM::World::below_trace($got->{data}), ordinary($id), "$id: each octet");
			is(scalar @more, 0, '... once');
		} else {
			is($world->state_of($id), $want{$id}, "$id: $want{$id}");
			is(scalar($world->copies_of($bbf, $id)), 0, '... not to be seen outside');
		}
	}
	is_deeply($world->outsiders, [], 'nobody outside has anything');
	return;
}

subtest 'in chunks' => sub {
	$world->sink->clear;
	my $smtp = $world->login;
	for my $size (7, 100, 1000000) {
		is((in_chunks($smtp, $chair, [$friend], ordinary("chunk-$size"), $size))[0], 250, "ordinary, $size octets each");
		is((in_chunks($smtp, $chair, [$bbf], statement("chunked-$size"), $size))[0], 250, "a statement, $size octets each");
		is((in_chunks($smtp, $chair, [$bbf], statement("bad-$size", Purpose => undef), $size))[0], 550, "with a gap, $size octets each");
	}
	$smtp->mail($chair);
	$smtp->rcpt($bbf);
	$smtp->write_lines('BDAT 100');
	$smtp->write_octets(substr LSM::World::wire(statement('cut')), 0, 100);
	$smtp->read_reply;
	is(scalar $smtp->rset, 250, 'RSET between chunks');
	is((in_chunks($smtp, $chair, [$friend], ordinary('after-cut'), 50))[0], 250, 'ordinary mail after that');
	$smtp->mail($chair);
	$smtp->rcpt($bbf);
	$smtp->write_lines('BDAT 10000 LAST');
	$smtp->write_octets(LSM::World::wire(statement('lost')));
	$smtp->drop;
	check_round((map { ("chunk-$_" => 'octets', "chunked-$_" => 'pending', "bad-$_" => 'rejected') } 7, 100, 1000000),
		'after-cut' => 'octets', cut => 'not there', lost => 'not there');
};

subtest 'pipelined' => sub {
	$world->sink->clear;
	my $smtp = $world->login;
	is(pipelined($smtp, [$chair, [$bbf, 'ippm-chairs@ietf.org'], statement('pipe')]), 250, 'a statement');
	is(pipelined($smtp, [$chair, [$friend], ordinary('pipe-plain')]), 250, 'ordinary mail');
	is(pipelined($smtp, [$chair, [$bbf], statement('pipe-bad', Purpose => undef)]), 550, 'a gap');
	# The next mail's commands ride behind the dot of the one before.
	$smtp->write_octets("MAIL FROM:<$chair>\r\nRCPT TO:<$bbf>\r\nDATA\r\n");
	$smtp->read_reply for 1 .. 3;
	$smtp->write_octets(stuffed(statement('pipe-1')) . "MAIL FROM:<$chair>\r\nRCPT TO:<$friend>\r\nDATA\r\n");
	is_deeply([map { scalar $smtp->read_reply } 1 .. 4], [250, 250, 250, 354], 'the next behind the dot');
	$smtp->write_octets(stuffed(ordinary('pipe-2')) . "RSET\r\nNOOP\r\nMAIL FROM:<$chair>\r\nRCPT TO:<$bbf>\r\nRSET\r\nQUIT\r\n");
	is_deeply([map { scalar $smtp->read_reply } 1 .. 7], [250, 250, 250, 250, 250, 250, 221], 'and all the rest');
	check_round(pipe => 'pending', 'pipe-plain' => 'octets', 'pipe-bad' => 'rejected', 'pipe-1' => 'pending', 'pipe-2' => 'octets');
	is(scalar($world->copies_of('ippm-chairs@ietf.org', 'pipe')), 1, 'who is at home has it');
};

subtest 'RSET after each stage' => sub {
	$world->sink->clear;
	my $smtp = $world->login;
	my $count = 0;
	for my $stage (
		[MAIL => sub { $smtp->mail($chair) }],
		[RCPT => sub { $smtp->mail($chair); $smtp->rcpt($_) for $bbf, 'ippm-chairs@ietf.org' }],
		['RCPT that is refused' => sub { $smtp->mail($chair); $smtp->rcpt('no@blank in@it') }],
		['a mail that is held' => sub { $smtp->send($chair, [$bbf], statement('stage-held')) }],
		['a mail that is refused' => sub { $smtp->send($chair, [$bbf], statement('stage-bad', Purpose => undef)) }],
		['an ordinary mail' => sub { $smtp->send($chair, [$friend], ordinary('stage-plain')) }],
	) {
		my ($name, $run) = @$stage;
		$run->();
		is(scalar $smtp->rset, 250, "RSET after $name");
		$count++;
		is(scalar $smtp->send($chair, [$bbf], statement("reset-$count")), 250, '... a statement');
		is(scalar $smtp->send($chair, [$friend], ordinary("plain-$count")), 250, '... an ordinary mail');
	}
	$smtp->quit;
	check_round('stage-held' => 'pending', 'stage-bad' => 'rejected', 'stage-plain' => 'octets',
		map { ("reset-$_" => 'pending', "plain-$_" => 'octets') } 1 .. $count);
};

subtest 'many mails on one connection, two clients at a time' => sub {
	$world->sink->clear;
	my @clients = ($world->login, $world->login);
	for my $i (1 .. 30) {
		my $client = $clients[$i % 2];
		is(scalar $client->send($chair, [$friend, 'ippm-chairs@ietf.org'], ordinary("many-$i")), 250, "ordinary $i") if $i % 3;
		is(scalar $client->send($chair, [$bbf], statement("many-statement-$i")), 250, "statement $i") if $i % 3 == 0;
	}
	$_->quit for @clients;
	check_round(map { $_ % 3 ? ("many-$_" => 'octets') : ("many-statement-$_" => 'pending') } 1 .. 30);
};

subtest 'a client that goes away' => sub {
	$world->sink->clear;
	for my $row (['in the header' => qr/^Subject.*/ms], ['after the header' => qr/^Liaison-Statement.*/ms], ['in the body' => qr/colleagues.*/ms],
		['before the dot' => qr/\z/]) {
		my ($name, $rest) = @$row;
		my $smtp = $world->login;
		$smtp->mail($chair);
		$smtp->rcpt($_) for $bbf, 'ippm-chairs@ietf.org';
		$smtp->command('DATA');
		my $part = statement("gone-$name" =~ tr/ /-/r) =~ s/$rest//r;
		$smtp->write_octets(LSM::World::wire($part));
		$smtp->drop;
	}
	is(scalar $world->submit('carol', $chair, [$friend], ordinary('after-gone')), 250, 'ordinary mail after that');
	check_round('after-gone' => 'octets', map { ("gone-$_" => 'not there') } qw(in-the-header after-the-header in-the-body before-the-dot));
};

subtest 'UTF-8 in addresses and header' => sub {
	$world->sink->clear;
	my $mail = LSM::World->statement(id => 'utf8', subject => "\xc3\x9cberpr\xc3\xbcfung", text => "Gr\xc3\xbc\xc3\x9fe.",
		header_to => "liaisons\@bbf.example, j\xc3\xbcrgen\@bbf.example");
	my $smtp = $world->login;
	is(scalar $smtp->mail("c\xc3\xa4rol\@example.org", 'SMTPUTF8 BODY=8BITMIME'), 250, 'MAIL');
	is(scalar $smtp->rcpt($_), 250, 'RCPT') for "j\xc3\xbcrgen\@bbf.example", "t\xc3\xa4t\@b\xc3\xbccher.example", 'ippm-chairs@ietf.org';
	is(scalar $smtp->data($mail), 250, 'held');
	is(scalar $smtp->mail($chair, 'SMTPUTF8'), 250, 'MAIL');
	is(scalar $smtp->rcpt($_), 250, 'RCPT') for "fr\xc3\xa9d\xc3\xa9ric\@elsewhere.example", $friend;
	is(scalar $smtp->data(ordinary('utf8-plain') =~ s/lunch/d\xc3\xa9jeuner/r), 250, 'ordinary');
	$smtp->quit;
	ok($world->settle, 'delivered');
	is($world->state_of('utf8'), 'pending', 'the statement is held');
	my $got = $world->received($mail);
	is_deeply([grep { /bbf|b\xc3\xbccher/ } keys %$got], [], 'nobody outside has it');
	is($got->{'ippm-chairs@ietf.org'}, 'noted', 'who is at home has it, noted');
	my ($plain) = $world->copies_of("fr\xc3\xa9d\xc3\xa9ric\@elsewhere.example", 'utf8-plain');
	is(LSM::World::below_trace($plain->{data}), ordinary('utf8-plain') =~ s/lunch/d\xc3\xa9jeuner/r, 'the ordinary one passes');
};

# Aliases are followed behind the milter: an address of the house is judged as itself.
subtest 'aliases' => sub {
	$world->sink->clear;
	is(scalar $world->submit('carol', $chair, ['role@ietf.org', $bbf], statement('alias')), 250, 'a role and somebody outside');
	is(scalar $world->submit('carol', $chair, ['everybody@ietf.org'], ordinary('alias-plain')), 250, 'ordinary mail to a list of addresses');
	ok($world->settle, 'delivered');
	is(scalar($world->copies_of('dave@ietf.org', 'alias')), 1, 'who stands behind the role has it');
	is(scalar($world->copies_of($bbf, 'alias')), 0, 'who is outside has not');
	is(scalar($world->copies_of($_, 'alias-plain')), 1, "$_ has the ordinary mail") for 'first@elsewhere.example', 'second@bbf.example';
	is($world->state_of('alias'), 'pending', 'held');
};

subtest 'the sendmail command: several recipients, some of them hidden' => sub {
	$world->sink->clear;
	my ($status) = $world->postfix->sendmail($chair, [$bbf, 'hidden@bbf.example', 'ippm-chairs@ietf.org', 'role@ietf.org'], statement('command'));
	is($status, 0, 'a statement is taken');
	($status) = $world->postfix->sendmail($chair, [$friend, 'hidden@elsewhere.example'], ordinary('command-plain'));
	is($status, 0, 'ordinary mail is taken');
	ok($world->settle && $world->settle, 'delivered');
	is($world->state_of('command'), 'pending', 'held');
	is_deeply($world->outsiders, [], 'nobody outside has anything');
	is(scalar($world->copies_of($_, 'command')), 1, "$_ has it") for 'ippm-chairs@ietf.org', 'dave@ietf.org';
	is(scalar($world->copies_of($_, 'command-plain')), 1, "$_ has the ordinary mail") for $friend, 'hidden@elsewhere.example';
	is_deeply([grep { $_->{data} =~ /hidden/ } grep { $_->{data} =~ /^Message-ID: <command/m } $world->sink->mails], [], 'the hidden are not named');
};

is_deeply([$world->daemon->log_lines(qr/\bdied\b|Sanitizer|runtime error|not-applied|not-recorded/)], [], 'it served all that without a stumble');
$world->daemon->stop;
done_testing;
