#!/usr/bin/perl
# reading.t - the record as people and programs read it: questions, pages, tables on terminals of every width,
# CSV, JSON, histories and figures; while new statements arrive.
use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(decode_utf8 encode_utf8);
use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(at_end build_path reap run_command scratch_dir wait_until);
use LSM::World;
use POSIX ();
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $dir = scratch_dir();
my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my $home = 'bbf-manager@ietf.org';
my $daemon = LSM::Daemon->new("$dir/milter", settings => { 'max-interventions' => 1000 })->start;

sub submit {
	my (@fields) = @_;
	my $milter = LSM::Milter->new($daemon);
	my ($answer) = $milter->mail({ '{auth_authen}' => $chair }, $chair, [$outside, $home],
		LSM::World->statement(header_from => $chair, 'Send-Reply-To' => $home, @fields));
	$milter->quit;
	return $answer;
}

sub json { return JSON::PP::decode_json($_[0]) }

sub output { return ($daemon->ctl(@_))[1] }

sub rows { return map { json($_) } split /\n/, output(@_, '--json') }

sub names { return join ' ', map { ($_->{message_id} // '') =~ /^([^@]+)/ } @_ }

# --- what is on record ---

submit(id => 'gap', subject => 'Timing of probes', text => 'Gap.', Purpose => undef);
submit(id => 'late', subject => 'STAMP, and YANG', text => 'Late.', Purpose => 'For action', Deadline => '2999-01-02');
submit(id => 'soon', subject => '=HYPERLINK("x"), "quoted"', text => 'Soon.', Purpose => 'For action', Deadline => '2998-01-02');
submit(id => 'wide', subject => encode_utf8('評価' x 60), text => 'Wide.');
wait_until(10, sub { my @all = rows('list', '--all'); @all == 4 && !grep { !$_->{taken} } @all }) or fail('four are on record');

subtest 'questions' => sub {
	my @questions = (
		# what is asked, what list --all and search find
		[[], 'wide soon late gap'],
		[['--party', 'broadband forum'], 'wide soon late gap'],
		[['--party', 'Broadband', '--party', 'IPPM'], 'wide soon late gap'],
		[['--from', 'Broadband Forum'], ''],
		[['--to', 'Broadband Forum', '--from', 'ippm'], 'wide soon late gap'],
		[['--direction', 'out'], 'wide soon late gap'],
		[['--direction', 'incoming'], ''],
		[['--state', 'pending'], 'wide soon late'],
		[['--state', 'rejected,approved'], 'gap'],
		[['--state', 'done'], 'gap'],
		[['--state', 'rejected', '--state', 'open'], 'wide soon late gap'],
		[['--purpose', 'action'], 'soon late'],
		[['--verdict', 'reject'], 'gap'],
		[['--rule', 'purpose.missing'], 'gap'],
		[['--since', '1h'], 'wide soon late gap'],
		[['--since', 'yesterday', '--until', 'tomorrow'], 'wide soon late gap'],
		[['--since', 'tomorrow'], ''],
		[['--since', '2999-01-01'], ''],
		[['--until', '2000-01-01'], ''],
		[['--until', '2999-01-01', '--since', '2020-01-01T00:00:00Z'], 'wide soon late gap'],
		[['--due-before', '2998-06-01'], 'soon'],
		[['--due-after', '2998-01-02', '--due-before', '2999-01-02'], 'soon'],
		[['--due-after', '2998-01-01'], 'soon late'],
		[['--overdue'], ''],
		[['--message-id', '<late@example.org>'], 'late'],
		[['--subject', 'yang stamp'], 'late'],
		[['--subject', '評価'], 'wide'],
		[['--number', 'SG15-LS1'], ''],
	);
	for my $question (@questions) {
		my ($asked, $want) = @$question;
		is(names(rows('search', map { encode_utf8($_) } @$asked)), $want, "search @$asked");
	}
	is(names(rows('search', 'timing', 'probes')), 'gap', 'search TEXT');
	my ($gap) = rows('search', 'timing');
	my ($letters) = $gap->{id} =~ /-(\w+)$/;
	is(names(rows('search', '--id', lc $letters)), 'gap', 'search --id');
	is(names(rows('search', '--id', substr $letters, 0, 4)), 'gap', '... by its first letters');
	like(($daemon->ctl('search', '--id', 'LS-20261121'))[1], qr/is at most the day of an id/, '... and not by its day');
	is(names(rows('search', lc $letters)), 'gap', 'search, and nothing but the letters');
	is(names(rows('list')), 'soon late wide', 'list: the open ones, the nearest deadline first');
	is(names(rows('list', '--all')), 'soon late wide gap', 'list --all: then the others');
	is(names(rows('list', '--rule', 'purpose.missing')), '', 'list: a filter');
	is(names(rows('list', '--all', '--purpose', 'action', '--due-after', '2998-01-01')), 'soon late', 'list: by deadline');
};

subtest 'what cannot be meant' => sub {
	my @wrong = (
		[['--state', 'pendign'], qr/did you mean "pending"/],
		[['--direction', 'sideways'], qr/there are .*draft/],
		[['--purpose', 'actoin'], qr/did you mean "action"/],
		[['--rule', 'no.such'], qr/liaisonctl rules/],
		[['--rule', 'purpose.missin'], qr/did you mean "purpose.missing"/],
		[['--since', 'last tuesday'], qr/"last tuesday" is no time.*30d/],
		[['--since', '2026-02-30'], qr/is no time/],
		[['--due-before', '31.12.2026'], qr/is no date.*7d/],
		[['--limit', '-1'], qr/--limit -1/],
		[['--after', 'pending/-/LS-1'], qr/cursor/],
		[['--after', 'ZZZZZ'], qr/cursor/],
	);
	for my $row (@wrong) {
		my ($status, $text) = $daemon->ctl('search', @{ $row->[0] });
		is($status, 2, "@{ $row->[0] }: status 2");
		like($text, $row->[1], '... and what could be');
	}
	is(($daemon->ctl('timeline', 'ZZZZZ'))[0], 2, 'timeline of an unknown id');
	is(($daemon->ctl('verify', 'ZZZZZ'))[0], 2, 'verify of an unknown id');
	is(($daemon->ctl('figures', '--by', 'moon'))[0], 2, 'figures by what is not there');
};

# --- forms ---

# One record of RFC 4180 a line: no field of ours holds a line end.
sub csv_fields {
	my ($line) = @_;
	my @fields;
	while ($line =~ /\G(?:"((?:[^"]|"")*)"|([^",]*))(,|\z)/g) {
		my ($quoted, $plain, $end) = ($1, $2, $3);
		push @fields, defined $quoted ? $quoted =~ s/""/"/gr : $plain;
		last if $end eq '';
	}
	return @fields;
}

subtest 'CSV' => sub {
	my @lines = split /\r\n/, decode_utf8(output('search', '--csv')), -1;
	is(pop @lines, '', 'each line ends with CR LF');
	my @head = csv_fields(shift @lines);
	my @found = map { my %row; @row{@head} = csv_fields($_); \%row } @lines;
	is(names(@found), 'wide soon late gap', 'a row each');
	is_deeply([map { scalar csv_fields($_) } @lines], [(scalar @head) x @lines], '... of as many fields as the head');
	my ($soon) = grep { $_->{message_id} =~ /^soon/ } @found;
	is($soon->{subject}, q('=HYPERLINK("x"), "quoted"), 'a formula is none any more, quotes are doubled');
	is($soon->{deadline}, '2998-01-02', 'deadline');
	is($soon->{state}, 'pending', 'state');
	like(output('search', '--csv', '--party', 'nobody'), qr/\Aid,.*cursor\r\n\z/, 'no row: the head');
	like(output('figures', '--csv'), qr/\Aorganization,received,.*\r\nBroadband Forum,0,0,0,0,\r\n\z/s, 'figures');
};

# Columns of a terminal: East Asian wide letters take two.
sub columns {
	my ($line) = @_;
	my $wide = () = $line =~ /[\x{1100}-\x{115f}\x{2e80}-\x{a4cf}\x{ac00}-\x{d7a3}\x{f900}-\x{faff}\x{fe30}-\x{fe6f}\x{ff00}-\x{ff60}]/g;
	return length($line) + $wide;
}

# What a terminal of that width gets. script(1) lends one.
sub on_terminal {
	my ($width, $before, @arguments) = @_;
	my $command = join ' ', map { "'$_'" } build_path('liaisonctl'), $arguments[0], '--config', $daemon->config, @arguments[1 .. $#arguments];
	my (undef, $text) = run_command(['script', '-qec', "stty cols $width rows 40; TERM=xterm $before $command", '/dev/null']);
	return decode_utf8($text) =~ s/\r//gr;
}

subtest 'on a terminal' => sub {
	plan skip_all => 'no script(1)' if system('command -v script >/dev/null 2>&1') != 0;
	for my $arguments (['list', '--all'], ['search'], ['timeline', (rows('search', 'timing'))[0]{id}], ['figures']) {
		for my $width (40, 66, 80, 100, 132) {
			my $text = on_terminal($width, 'NO_COLOR=', @$arguments);
			my $plain = $text =~ s/\x1b\[[0-9;]*m//gr;
			my @table = grep { !/^more:|wait for you|statements?\b/ } split /\n/, $plain;
			is_deeply([grep { columns($_) > $width } @table], [], "$arguments->[0] in $width columns");
			like($text, qr/\x1b\[1m/, '... with a head that stands out');
			unlike($plain, qr/\x1b/, '... and nothing else');
		}
		unlike(on_terminal(80, 'NO_COLOR=1', @$arguments), qr/\x1b/, "$arguments->[0] with NO_COLOR");
		unlike(output(@$arguments), qr/\x1b/, "$arguments->[0] into a pipe");
	}
	my ($narrow) = on_terminal(40, 'NO_COLOR=1', 'list') =~ /^(ID.*)/m;
	like($narrow, qr/^ID +FROM > TO +DUE$/, 'what is most wanted stays when it is narrow');
	unlike(on_terminal(80, '', 'verify'), qr/\x1b/, 'short work shows no progress');
};

subtest 'nobody reads on' => sub {
	for my $handler ('DEFAULT', 'IGNORE') {
		local $SIG{PIPE} = $handler;
		my @command = map { "'$_'" } build_path('liaisonctl'), 'search', '--json', '--config', $daemon->config;
		my (undef, $text) = run_command(['sh', '-c', "{ @command 2>&1 >&3; } 3>&1 >'$dir/told' | head -n 1"]);
		is(scalar(split /\n/, $text), 1, "$handler: head has its line");
		is(-s "$dir/told", 0, '... and nobody complains');
	}
};

# --- one statement, and all together ---

subtest 'timeline' => sub {
	my ($late) = rows('search', 'yang');
	my ($status, $text) = $daemon->ctl('timeline', lc((split /-/, $late->{id})[-1]));
	is($status, 0, 'timeline');
	like($text, qr/\A\Q$late->{id}\E  IPPM > Broadband Forum  STAMP/, 'which it is');
	like($text, qr/^\d{4}-\d\d-\d\d \d\d:\d\d redirected +\Q$chair\E +mail +now pending/m, 'who, by which door, with what');
	like($text, qr/^\d{4}-\d\d-\d\d \d\d:\d\d taken +mail server/m, 'what the mail server did');
	my @events = rows('timeline', $late->{id});
	is_deeply([@{ $events[0] }{qw(type who door case)}], ['redirected', $chair, 'mail', $late->{id}], '--json');
	is_deeply([map { $_->{position} } @events], $late->{positions}, '... all of them');
};

subtest 'verify one' => sub {
	my ($late) = rows('search', 'yang');
	my ($status, $text) = $daemon->ctl('verify', $late->{id});
	is($status, 0, 'it holds') or diag $text;
	like($text, qr/^verified: \Q$late->{id}\E, \d+ events of \d+ in the log, its content, 0 faults\nroot [0-9a-f]{64}$/, '... and says what');
	my ($answer) = rows('verify', $late->{id});
	is_deeply([@$answer{qw(case faults events)}], [$late->{id}, 0, scalar @{ $late->{positions} }], '--json');
};

subtest 'figures' => sub {
	my %found = map { ($_->{organization} // $_->{rule}) => $_ } rows('figures');
	is_deeply([@{ $found{'Broadband Forum'} }{qw(received sent answered overdue)}], [0, 0, 0, 0], 'of an organization, to which none of them went');
	is_deeply([@{ $found{'purpose.missing'} }{qw(findings rejected redirected overruled)}], [1, 1, 0, 0], 'of a rule');
	is(scalar(my @none = rows('figures', '--since', '2999-01-01')), 0, '--since');
	is(scalar(my @rules = grep { !$_->{rule} } rows('figures', '--by', 'rule')), 0, '--by');
	my ($status, $text) = $daemon->ctl('figures');
	like($text, qr/^ORGANIZATION +RECEIVED.*^Broadband Forum +0 +0 .*^RULE +FINDINGS/ms, 'as tables');
};

# --- pages, while more arrive ---

# Every row of the pages, each page asked for by the last one's cursor.
sub walk {
	my (@command) = @_;
	my ($after, @seen);
	while (1) {
		my @page = rows(@command, '--limit', 3, defined $after ? ('--after', $after) : ());
		push @seen, map { $_->{id} } @page;
		return @seen if @page < 3;
		$after = $page[-1]{cursor};
	}
}

subtest 'pages' => sub {
	submit(id => "page-$_", text => "Page $_.") for 1 .. 20;
	my %before = map { $_->{id} => 1 } rows('search');
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		submit(id => "more-$_", text => "More $_.") for 1 .. 25;
		POSIX::_exit(0);
	}
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	my @walks;
	wait_until(60, sub {
		push @walks, map { [walk(@$_)] } ['search'], ['list'], ['list', '--all'], ['search', '--party', 'IPPM'];
		return defined reap($pid, 0);
	});
	my (@twice, @missed);
	for my $walk (@walks) {
		my %seen;
		push @twice, grep { $seen{$_}++ } @$walk;
		push @missed, grep { !$seen{$_} } keys %before unless @$walk < 23;
	}
	is_deeply(\@twice, [], 'no statement twice');
	@missed = grep { my $id = $_; !grep { $_->{id} eq $id && $_->{state} eq 'rejected' } rows('search', '--state', 'done') } @missed;
	is_deeply(\@missed, [], '... and none left out that was there');
	is_deeply([walk('search')], [map { $_->{id} } rows('search')], 'in the end: the same as at once');
	is_deeply([walk('list', '--all')], [map { $_->{id} } rows('list', '--all')], '... list, too');
	my ($status, $text) = $daemon->ctl('list', '--limit', 2);
	my ($cursor) = $text =~ /^more: liaisonctl list \.\.\. --after (\S+)$/m;
	ok($cursor, 'the text says how to go on');
	is(names((rows('list', '--after', $cursor))[0]), names((rows('list'))[2]), '... and so it is');
};

done_testing;
