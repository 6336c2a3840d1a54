#!/usr/bin/perl
# remind.t - liaisonctl remind and calendar on a running daemon: what goes out, that nothing goes out twice, and a
# feed that a reader of RFC 5545 takes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp wait_until);
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my $daemon = LSM::Daemon->new("$dir/milter")->start;

sub submit {
	my ($login, @fields) = @_;
	my $milter = LSM::Milter->new($daemon);
	my ($answer) = $milter->mail({ '{auth_authen}' => $login }, $login, [$outside, 'bbf-manager@ietf.org'],
		LSM::World->statement(header_from => $login, 'Send-Reply-To' => 'bbf-manager@ietf.org', @fields));
	$milter->quit;
	return $answer;
}

sub remind {
	my ($status, $output) = $daemon->ctl('remind', '--json', @_);
	is($status, 0, "remind @_") or diag $output;
	return JSON::PP::decode_json($output);
}

sub waiting { return JSON::PP::decode_json(($daemon->ctl('status', '--json'))[1])->{outbox_due} }

is(submit($chair, id => 'one', subject => 'Review, please; soon', text => 'One.', Purpose => 'For action',
	Deadline => '2999-01-02'), 'accept', 'one waits for approval');
is(submit($chair, id => 'two', subject => 'Another', text => 'Two.'), 'accept', 'another one, too');
wait_until(10, sub { !grep { !JSON::PP::decode_json($_)->{taken} } split /\n/, ($daemon->ctl('list', '--json'))[1] })
	or fail('both are taken');

subtest 'remind' => sub {
	my $before = waiting();
	my $dry = remind('--dry-run');
	cmp_ok(scalar @{ $dry->{digests} }, '>', 0, 'some would get a digest');
	is_deeply($dry->{reminders}, [], 'nothing has waited for a day');
	is(waiting(), $before, 'a dry run writes to nobody');
	my $done = remind();
	is_deeply($done->{digests}, $dry->{digests}, 'the run does what the dry run said');
	is(waiting(), $before + @{ $dry->{digests} }, '... each is in the outbox');
	my ($coordinators) = grep { $_->{to} =~ /^liaison-coordination@/ } @{ $done->{digests} };
	is($coordinators->{count}, 2, 'the coordinators see both');
	my $again = remind();
	is_deeply([$again->{digests}, $again->{reminders}], [[], []], 'the same day again: nothing');
	is(waiting(), $before + @{ $dry->{digests} }, '... and nothing in the outbox');
	my ($status, $output) = $daemon->ctl('remind');
	is($status, 0, 'as text');
	is($output, "Nothing is due that was not said already.\n", '... in one sentence');
	is(($daemon->ctl('verify'))[0], 0, 'the record verifies');
};

# --- the feed, by the rules and not by its writer ---

# Content lines unfolded; dies where a line breaks section 3.1.
sub content_lines {
	my ($feed) = @_;
	die "does not end in CRLF\n" unless $feed =~ /\r\n\z/;
	die "a bare CR or LF\n" if $feed =~ /(?<!\r)\n|\r(?!\n)/;
	my @lines;
	for my $line (split /\r\n/, $feed) {
		die "more than 75 octets: $line\n" if length $line > 75;
		die "an empty line\n" if $line eq '';
		$line =~ s/^[ \t]// ? $lines[-1] .= $line : push @lines, $line;
	}
	return @lines;
}

# Events as {NAME => value}; dies on what is no property, on parts that do not nest, and on a TEXT with a bare sign.
sub events_of {
	my (@events, @open);
	for my $line (content_lines($_[0])) {
		my ($name, $parameters, $value) = $line =~ /^([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^:;,"]+)*):(.*)$/s or die "no property: $line\n";
		if ($name eq 'BEGIN') {
			push @open, $value;
			push @events, {} if $value eq 'VEVENT';
		} elsif ($name eq 'END') {
			die "$value ends, $open[-1] is open\n" unless @open && pop(@open) eq $value;
		} elsif (@open && $open[-1] eq 'VEVENT') {
			die "$name twice\n" if exists $events[-1]{$name};
			die "bare sign in $name: $value\n" if $name =~ /^(?:SUMMARY|DESCRIPTION)$/ && $value =~ /^(?:[^\\]|\\.)*?(?<!\\)[;,]/;
			$events[-1]{$name} = $value;
		}
	}
	die "not closed: @open\n" if @open;
	return @events;
}

subtest 'calendar' => sub {
	my ($status, $feed) = $daemon->ctl('calendar');
	is($status, 0, 'calendar');
	my @events = eval { events_of($feed) };
	is($@, '', '... is an iCalendar feed') or diag $feed;
	is(scalar @events, 1, '... with the one deadline that there is');
	my $event = $events[0];
	is_deeply([grep { !defined $event->{$_} } qw(UID DTSTAMP DTSTART SUMMARY)], [], '... has what an event must have');
	is($event->{DTSTART}, '29990102', '... on its day');
	is($event->{DTEND}, '29990103', '... all day');
	like($event->{UID}, qr/^LS-\d{8}-[A-Z2-7]+\@ietf\.org$/, '... known by the id of the statement');
	like($event->{SUMMARY}, qr/Review\\, please\\; soon/, '... says what');
	is(($daemon->ctl('calendar'))[1], $feed, 'written again it is the same');
	($status) = $daemon->ctl('calendar', '--output', "$dir/feed.ics");
	is($status, 0, '--output');
	is(slurp("$dir/feed.ics"), $feed, '... the same in a file');
	is((stat "$dir/feed.ics")[2] & 0777, 0640, '... that not everybody may read');
	($status, my $output) = $daemon->ctl('calendar', '--output', "$dir/absent/feed.ics");
	is($status, 2, 'a folder that is not there');
	like($output, qr/absent/, '... named');
};

subtest 'without the desk' => sub {
	ok($daemon->stop, 'the daemon stops');
	my ($status, $output) = $daemon->ctl('remind');
	isnt($status, 0, 'remind fails');
	unlike($output, qr/Nothing is due/, '... and does not say that all is well');
	is(($daemon->ctl('calendar'))[0], 0, 'calendar needs no desk');
};

done_testing();
