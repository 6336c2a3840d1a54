#!/usr/bin/perl
# metrics.t - what the daemon counts, what Prometheus and monitors are told of it, and what they are told when it is
# down or in trouble.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir slurp spew wait_until);
use LSM::World;
use Test::More;

my $dir = scratch_dir();
my $bbf = 'liaisons@bbf.example';

# --- the exposition format, strictly ---

my $metric = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $label = qr/[a-zA-Z_][a-zA-Z0-9_]*/;
my $quoted = qr/"(?:[^"\\\n]|\\[\\"n])*"/;
my $number = qr/[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN/;

# ({'name{labels}' => value}, complaints): each family has HELP and TYPE once and before its samples, which stand
# together; names, escapes and numbers are right; no series comes twice.
sub parse {
	my ($text) = @_;
	my (%series, %type, %help, %closed, @wrong);
	my $family = '';
	push @wrong, 'the last line has no end' unless $text =~ /\n\z/;
	for my $line (split /\n/, $text) {
		if ($line =~ /^# (HELP|TYPE) ($metric) (.*)$/) {
			my ($what, $name, $rest) = ($1, $2, $3);
			my $seen = $what eq 'HELP' ? \%help : \%type;
			push @wrong, "$what of $name twice" if $seen->{$name}++;
			push @wrong, "$line: no such type" if $what eq 'TYPE' && $rest !~ /^(?:counter|gauge|histogram)$/;
			push @wrong, "$name: TYPE without HELP" if $what eq 'TYPE' && !$help{$name};
			push @wrong, "$line: an escape" if $what eq 'HELP' && $rest =~ /(?<!\\)(?:\\\\)*\\(?![\\n])/;
			$type{$name} = $rest if $what eq 'TYPE';
			push @wrong, "$name is taken up again" if $closed{$name};
			$closed{$family} = 1 if $family ne $name;
			$family = $name;
			next;
		}
		my ($name, $labels, $value) = $line =~ /^($metric)(?:\{((?:$label=$quoted(?:,(?!\})|(?=\})))*)\})? ($number)$/;
		if (!defined $name) {
			push @wrong, "no sample: $line";
			next;
		}
		my $type = $type{$family} // '';
		my $base = $type eq 'histogram' ? $name =~ s/_(?:bucket|sum|count)$//r : $name;
		push @wrong, "$name is not in its family" if $base ne $family || $type eq '';
		push @wrong, "$name: a counter ends in _total" if $type eq 'counter' && $name !~ /_total$/;
		push @wrong, "$name: no prefix" if $name !~ /^liaison_/;
		my $key = defined $labels ? "$name\{$labels}" : $name;
		push @wrong, "$key comes twice" if exists $series{$key};
		$series{$key} = $value;
	}
	return (\%series, @wrong > 5 ? (@wrong[0 .. 4], '...') : @wrong);
}

my $good = "# HELP liaison_a b\n# TYPE liaison_a gauge\nliaison_a{x=\"1\\\"\\\\\\n\",y=\"\"} 1.5\n";
my @broken = (
	[$good, 0, 'good'],
	[$good =~ s/\n\z//r, 1, 'no line end'],
	["liaison_a 1\n", 1, 'no TYPE'],
	["$good$good", 1, 'twice'],
	[$good =~ s/gauge/number/r, 1, 'no type'],
	[$good =~ s/gauge/counter/r, 1, 'a counter without _total'],
	[$good =~ s/1\.5/one/r, 1, 'no number'],
	[$good =~ s/\\"/"/r, 1, 'a bare quote'],
	[$good =~ s/x=/1x=/r, 1, 'no label'],
	["${good}liaison_a{x=\"1\\\"\\\\\\n\",y=\"\"} 2\n", 1, 'a series twice'],
	["${good}other 2\n", 1, 'another family'],
);
for my $row (@broken) {
	my (undef, @wrong) = parse($row->[0]);
	is(@wrong ? 1 : 0, $row->[1], "the parser: $row->[2]") or diag "@wrong";
}

# --- a daemon at work ---

my $daemon = LSM::Daemon->new("$dir/milter", settings => {
	workers => 2, 'authserv-ids' => ['mx.example.org'], checkpoints => "$dir/checkpoints",
	'max-interventions' => 10, 'outbox-retry' => 3600 });
$daemon->start;

sub metrics {
	my ($want, @arguments) = @_;
	my ($status, $output) = $daemon->ctl('metrics', @arguments);
	is($status, $want, "metrics: status $want");
	my ($text) = $output =~ /^(# HELP .*)/ms;
	my ($series, @wrong) = parse($text // '');
	is("@wrong", '', '... in the exposition format');
	return $series;
}

sub send_mail {
	my ($sender, $mail, $login) = @_;
	my $milter = LSM::Milter->new($daemon);
	my $answer = $milter->mail($login ? { '{auth_authen}' => $sender } : {}, $sender, [$bbf], $mail);
	$milter->quit;
	return $answer;
}

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].", @_[1 .. $#_]) }

my $lunch = "From: a\@elsewhere.example\nTo: b\@elsewhere.example\nSubject: lunch\n\nAt noon?\n";
my $theirs = statement('theirs', header_from => 'S. Secretary <sec@bbf.example>', header_to => 'ippm@ietf.org',
	From => 'Broadband Forum', To => 'IETF IPPM Working Group', 'To-Contact' => 'ippm@ietf.org', subject => 'Their view');

subtest 'the numbers are those of the mails' => sub {
	my $before = metrics(0);
	is($before->{liaison_up}, 1, 'up');
	is($before->{'liaison_processes{process="gate"}'}, 2, 'two gates');
	is($before->{'liaison_statements_total{direction="outgoing",verdict="redirect"}'}, 0, 'nothing yet, and said so');
	is(send_mail('carol@example.org', statement('held'), 1), 'discard', 'one is withheld');
	is(send_mail('carol@example.org', statement("refused-$_", Purpose => undef), 1), 'reply', 'one is refused') for 1, 2;
	send_mail('a@elsewhere.example', $lunch, 1) for 1 .. 5;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'mx');
	is($milter->mail({}, 'sec@bbf.example', ['ippm@ietf.org'], $theirs), 'accept', 'one comes in');
	$milter->quit;
	ok(wait_until(10, sub { ($daemon->ctl('status', '--json'))[1] =~ /"outbox_held":0,/ }), 'all are taken');
	my $after = metrics(0);
	my %rise = map { $_ => $after->{$_} - $before->{$_} } grep { exists $before->{$_} } keys %$after;
	my %want = (
		'statements_total{direction="outgoing",verdict="redirect"}' => 1,
		'statements_total{direction="outgoing",verdict="reject"}' => 2,
		'statements_total{direction="incoming",verdict="copy"}' => 1,
		'statements_total{direction="outgoing",verdict="record"}' => 0,
		'findings_total{rule="purpose.missing"}' => 2,
		'replies_total{reply="reject"}' => 2, 'replies_total{reply="discard"}' => 1,
		'replies_total{reply="accept"}' => 6, 'replies_total{reply="tempfail"}' => 0,
		'connections_total' => 9, 'decision_seconds_count' => 4, 'decision_seconds_bucket{le="+Inf"}' => 4,
		'waiting_statements' => 1, 'open_statements' => 2, 'interventions_last_hour' => 3,
		'authentication_results_total{seen="no"}' => 1, 'authentication_results_total{seen="yes"}' => 0,
		'record_statements{state="pending"}' => 1, 'record_statements{state="rejected"}' => 2,
		'record_statements{state="unconfirmed"}' => 1, 'unrecorded_statements_total' => 0,
	);
	is($rise{"liaison_$_"}, $want{$_}, $_) for sort keys %want;
	my $ordinary = 0;
	$ordinary += $rise{"liaison_ordinary_mails_total{after=\"$_\"}"} for qw(header body message);
	is($ordinary, 5, 'five ordinary mails, by whichever gate');
	cmp_ok($rise{liaison_commits_total}, '>=', 4, 'commits');
	cmp_ok($rise{liaison_commit_jobs_total}, '>=', $rise{liaison_commits_total}, '... of one change at least');
	is($rise{liaison_log_events_total}, scalar(() = ($daemon->ctl('log', '--limit', '0'))[1] =~ /^ +\d/mg), 'events');
	cmp_ok($after->{'liaison_outbox_mails{state="due"}'}, '>=', 1, 'mails of ours wait');
	is($after->{liaison_interventions_limit}, 10, 'the limit');
	cmp_ok($after->{liaison_store_bytes}, '>', 0, 'the store has a size');
	cmp_ok($after->{liaison_store_headroom_bytes}, '==', $after->{liaison_store_map_bytes} - $after->{liaison_store_bytes},
		'... and room');
	cmp_ok($after->{liaison_decision_seconds_sum}, '>', 0, 'judging takes time');
	my @buckets = map { $after->{$_} } sort { ($a =~ /"([\d.]+)"/)[0] <=> ($b =~ /"([\d.]+)"/)[0] }
		grep { /_bucket\{le="\d/ } keys %$after;
	is_deeply(\@buckets, [sort { $a <=> $b } @buckets], 'classes add up');
};

subtest 'what a gate counted outlives it' => sub {
	my $before = metrics(0);
	my ($gate) = $daemon->children('gate');
	ok($daemon->kill9($gate), 'a gate dies');
	$daemon->wait_log(qr/event=started child=gate/, 3);
	my $after = metrics(0);
	is($after->{'liaison_process_deaths_total{process="gate"}'}, 1, 'the death is counted');
	is($after->{'liaison_processes{process="gate"}'}, 2, 'another one runs');
	is($after->{$_}, $before->{$_}, "the same $_") for 'liaison_connections_total', 'liaison_findings_total{rule="purpose.missing"}';
};

sub status { return JSON::PP::decode_json(($daemon->ctl('status', '--json'))[1]) }

sub warned { return join ' ', map { $_->{name} } @{ status()->{warnings} } }

sub monitor {
	my ($want, $pattern, $what) = @_;
	my ($status, $output) = $daemon->ctl('status', '--monitor');
	is($status, $want, "$what: plugin status $want") or diag $output;
	like($output, $pattern, '... in one line');
	is(($output =~ tr/\n//), 1, '... and no other') or diag $output;
	my ($figures) = $output =~ /\| (.*)/;
	like($figures // '', qr/^(?:[a-z]+=\d+(?:[a-zA-Z%]*)(?:;\d*){0,4}(?: |$))+$/, '... with figures') if $want < 3;
	return;
}

subtest 'reload' => sub {
	ok(!exists metrics(0)->{liaison_config_last_reload_successful}, 'nobody has asked for one');
	$daemon->set('max-interventions' => 30);
	is(warned(), 'settings-changed authres-unseen', 'changed, and not yet loaded');
	$daemon->reload;
	ok(wait_until(10, sub { warned() eq 'authres-unseen' }), 'loaded');
	my $done = metrics(0);
	is($done->{liaison_config_last_reload_successful}, 1, 'successful');
	cmp_ok(abs($done->{liaison_config_last_reload_timestamp_seconds} - time), '<', 60, 'just now');
	my $right = slurp($daemon->config);
	spew($daemon->config, "${right}nonsense = 1\n");
	$daemon->reload;
	$daemon->wait_log(qr/event=reload-failed/);
	my ($status, $output) = $daemon->ctl('status', '--store', "lmdb:$dir/milter/record");
	like($output, qr/^! the settings on disk have a mistake/m, 'a mistake on disk is named');
	my @blind = $daemon->ctl('status');
	my @pointed = $daemon->ctl('status', '--socket', $daemon->dir . '/desk.sock');
	my @json = $daemon->ctl('status', '--json', '--socket', $daemon->dir . '/desk.sock');
	spew($daemon->config, $right);
	isnt($blind[0], 0, 'nothing says where the desk is');
	like($blind[1], qr/milter\.conf:\d+: .*nonsense/, '... and why is told, with the place');
	is($pointed[0], 1, 'with --socket it is asked all the same');
	like($pointed[1], qr/^desk +version \S+, mode enforce/m, '... and says what runs');
	like($pointed[1], qr/^settings +\w+, of before: those on disk have a mistake$/m, '... with which settings');
	like($pointed[1], qr/^! the settings on disk have a mistake: \S+:\d+: .*; the daemon goes on with those of before \(mode enforce\)/m,
		'... and where the mistake stands');
	like($pointed[1], qr/^record +\d+ statements?, /m, '... its record is found, too');
	like($json[1], qr/"desk":true/, '... in JSON');
	my $failed = metrics(0);
	is($failed->{liaison_config_last_reload_successful}, 0, 'not successful');
	is($failed->{'liaison_config_reloads_total{result="failure"}'}, 1, '... counted');
	is(warned(), 'reload-failed authres-unseen', '... a warning');
	$daemon->reload;
	ok(wait_until(10, sub { warned() eq 'authres-unseen' }), 'and a good one settles it');
};

subtest 'whose mail is proved' => sub {
	my $proved = "Authentication-Results: mx.example.org; dmarc=pass header.from=bbf.example\n" . $theirs;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'mx');
	monitor(1, qr/^LIAISON WARNING - no Authentication-Results/, 'no named server was seen');
	is($milter->mail({}, 'sec@bbf.example', ['ippm@ietf.org'], $proved), 'accept', 'one has a result');
	$milter->quit;
	ok(wait_until(10, sub { warned() eq '' }), 'seen: no warning any more');
	monitor(0, qr/^LIAISON OK - 1 withheld, /, 'all is well');
	my ($status, $output) = $daemon->ctl('status');
	is($status, 0, 'status 0');
	like($output, qr/^desk +version \d.*, mode enforce, rules bis-05, up /m, 'the desk');
	like($output, qr/^settings +[0-9a-f]{12}, as on disk$/m, 'the settings');
	like($output, qr/^processes the desk and 2 of 2 gates, 1 died/m, 'the processes');
	like($output, qr/^mails .* 1 of 2$/m, 'the border');
	like($output, qr/^waiting +1 withheld, the oldest for /m, 'who waits');
	like($output, qr/^limit +3 .* of 30$/m, 'the limit');
	like($output, qr/^signed +never/m, 'no checkpoint');
};

subtest 'checkpoints and the late journal' => sub {
	my ($status) = $daemon->ctl('key', '--name', 'liaison-milter', '--out', "$dir/key");
	is($status, 0, 'a key');
	my $first = ($daemon->ctl('checkpoint', '--key', "$dir/key"))[1];
	my ($size) = $first =~ /\A[^\n]+\n(\d+)\n/;
	spew("$dir/checkpoints", "liaison-milter\n3\nabc=\n\n\x{e2}\x{80}\x{94} liaison-milter xyz=\n$first");
	my $signed = metrics(0);
	is($signed->{liaison_checkpoint_events}, $size, 'the last one counts');
	cmp_ok(abs($signed->{liaison_checkpoint_timestamp_seconds} - time), '<', 60, 'when');
	utime 0, time - 3 * 86400, "$dir/checkpoints";
	is(warned(), 'checkpoint-old', 'an old one');
	utime 0, time, "$dir/checkpoints";
	spew("$dir/checkpoints", "nonsense\n" x 5);
	ok(!exists metrics(0)->{liaison_checkpoint_events}, 'nonsense is none');
	mkdir "$dir/milter/late";
	spew("$dir/milter/late/.1.mail", '');
	is(metrics(0)->{liaison_late_mails}, 0, 'a file being written does not count');
	unlink "$dir/milter/late/.1.mail";
};

subtest 'the limit is reached' => sub {
	$daemon->set('max-interventions' => 3);
	$daemon->reload;
	ok(wait_until(10, sub { warned() eq 'interventions' }), 'a warning');
	monitor(2, qr/^LIAISON CRITICAL - 3 mails were rejected or redirected/, 'critical');
	is(($daemon->ctl('status'))[0], 1, 'status 1: somebody should look');
	send_mail('carol@example.org', statement('too-many', Purpose => undef), 1);
	is(metrics(0)->{'liaison_limited_total{by="interventions"}'}, 1, 'the next one passes, counted');
};

subtest 'a file for node_exporter' => sub {
	my $file = "$dir/liaison.prom";
	my ($status, $output) = $daemon->ctl('metrics', '--textfile', $file);
	is($status, 0, 'written');
	is($output, '', '... and nothing said');
	my ($series, @wrong) = parse(slurp($file));
	is("@wrong", '', 'in the exposition format');
	is($series->{liaison_up}, 1, 'up');
	is((stat $file)[2] & 0444, 0444 & ~umask, 'others may read it');
	is_deeply([glob "$dir/liaison.prom*"], [$file], 'nothing else stays');
	($status, $output) = $daemon->ctl('metrics', '--textfile', "$dir/no/such/folder");
	is($status, 2, 'no folder');
	like($output, qr{no/such/folder}, '... named');
	is(($daemon->ctl('metrics', '--json'))[0], 2, '--json is for status');
};

subtest 'the desk is away' => sub {
	$daemon->stop;
	my $down = metrics(75);
	is($down->{liaison_up}, 0, 'not up');
	is($down->{liaison_waiting_statements}, 1, 'what the record says is left');
	ok(!exists $down->{liaison_connections_total}, 'and nothing that the desk would have to say');
	my ($status, $output) = $daemon->ctl('status');
	is($status, 3, 'status 3');
	like($output, qr/^desk +NOT THERE$/m, 'said');
	like($output, qr/^! cannot reach the desk/m, 'and why');
	monitor(2, qr/^LIAISON CRITICAL - cannot reach the desk/, 'away');
	is(($daemon->ctl('metrics', '--textfile', "$dir/down.prom"))[0], 75, 'the file');
	like(slurp("$dir/down.prom"), qr/^liaison_up 0$/m, '... says it');
	rename "$dir/milter/record", "$dir/milter/elsewhere" or die;
	monitor(3, qr/^LIAISON UNKNOWN - /, 'no record');
	is(metrics(75)->{liaison_record_readable}, 0, 'no record, no desk: said');
	cmp_ok(($daemon->ctl('status'))[0], '>', 3, 'status: as the error');
};

done_testing;
