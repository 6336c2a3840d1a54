#!/usr/bin/perl
# ctl.t - liaisonctl as people and programs use it: without a daemon, beside one that writes, and on a record
# that was damaged.
use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(decode_utf8 encode_utf8);
use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(at_end build_path reap run_command scratch_dir slurp source_root spew wait_until);
use LSM::World;
use POSIX ();
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $program = build_path('liaisonctl');
my $dir = scratch_dir();
my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my $home = 'bbf-manager@ietf.org';

sub ctl {
	my ($arguments, %option) = @_;
	return run_command([$program, @$arguments], %option);
}

sub json { return JSON::PP::decode_json($_[0]) }

sub statement { return LSM::World->statement(header_from => $chair, 'Send-Reply-To' => $home, @_) }

sub too_wide { return [grep { length > 79 } split /\n/, $_[0]] }

subtest 'the commands explain themselves' => sub {
	my ($status, $output) = ctl(['--help']);
	is($status, 0, '--help');
	is_deeply(too_wide($output), [], '... fits a terminal of 80 columns');
	my @commands = $output =~ /^  ([a-z-]+) {2,}\S/mg;
	my %listed = map { $_ => 1 } @commands;
	is_deeply([grep { !$listed{$_} } qw(check scan list show log verify status not-a-statement)], [], 'lists them');
	for my $command (@commands) {
		($status, $output) = ctl([$command, '--help']);
		is($status, 0, "$command --help");
		is_deeply(too_wide($output), [], '... fits a terminal of 80 columns');
		like($output, qr/^usage: liaisonctl \Q$command\E .*^Example: liaisonctl \Q$command\E/ms, '... with usage and an example');
		($status, $output) = ctl([$command, '--nonsense', 'a', 'b', 'c']);
		is($status, 2, '... wrong use is status 2');
		unlike($output, qr/^usage.*^usage/ms, '... said once');
	}
	is((ctl(['help', 'show']))[1], (ctl(['show', '--help']))[1], 'help COMMAND is COMMAND --help');
	($status, $output) = ctl(['--version']);
	like($output, qr/^liaisonctl \d/, '--version');
	is((ctl([]))[0], 2, 'no command is status 2');
	for my $row (['verfy', 'verify'], ['not-a-statment', 'not-a-statement'], ['lst', 'list']) {
		($status, $output) = ctl([$row->[0]]);
		is($status, 2, "$row->[0] is unknown");
		like($output, qr/did you mean "\Q$row->[1]\E"/, '... and what was meant');
	}
	like((ctl(['--store', 'memory:', 'list']))[1], qr/a command stands first, and options like --store behind it/, 'options before the command');
	($status, $output) = ctl(['list', '--config', "$dir/absent.conf"]);
	is($status, 2, 'no such settings');
	like($output, qr/absent\.conf/, '... named');
};

# --- check ---

# Shape of an answer: 'text', 'text?' (or null), 'number', 'truth', [shape of each], {name => shape}.
my %shape = (
	outcome => 'text', direction => 'text', evidence => [{ weight => 'number', what => 'text' }], attachments_read => 'number',
	findings => [{ rule => 'text', requirement => ['text'], effect => 'text', mode => 'text', text => 'text' }],
	verdict => 'text', would => 'text', certain => 'truth', reply => ['text'], edits => ['text'],
	statement => {
		from => ['text'], to => ['text'], purpose => [{ label => 'text', to => ['text'] }], deadline => 'text?',
		subject => 'text?', reply_to => 'text?', send_to => 'text?', from_contact => ['text'], to_contact => ['text'],
		in_response_to => 'text?', attachments => [{}],
	},
);

sub is_number { return defined $_[0] && !ref $_[0] && JSON::PP->new->allow_nonref->encode($_[0]) =~ /^-?\d/ }

sub is_text { return defined $_[0] && !ref $_[0] && !is_number($_[0]) }

# What is wrong with a value, as "place: text" each. Members beyond the shape are allowed.
sub misfits {
	my ($value, $shape, $place) = @_;
	if (ref $shape eq 'HASH') {
		return "$place: no object" unless ref $value eq 'HASH';
		return map { exists $value->{$_} ? misfits($value->{$_}, $shape->{$_}, "$place.$_") : "$place.$_: absent" } sort keys %$shape;
	}
	if (ref $shape eq 'ARRAY') {
		return "$place: no array" unless ref $value eq 'ARRAY';
		return map { misfits($value->[$_], $shape->[0], "$place\[$_]") } 0 .. $#$value;
	}
	return if $shape eq 'text?' && !defined $value;
	my $right = $shape eq 'number' ? is_number($value) : $shape eq 'truth' ? JSON::PP::is_bool($value) : is_text($value);
	return $right ? () : "$place: no $shape";
}

sub check_json {
	my ($path, @more) = @_;
	my ($status, $output) = ctl(['check', '--json', '--enforce', @more, $path]);
	my $answer = eval { json($output) };
	ok($answer, 'answers in JSON') or diag $output;
	return ($status, $answer || {});
}

subtest 'check' => sub {
	spew("$dir/gap.eml", statement(Purpose => undef));
	spew("$dir/whole.eml", statement(Purpose => 'For action', Deadline => '2999-12-31', 'Send-To' => $outside, 'In-Response-To' => 'SG15-LS123'));
	spew("$dir/lunch.eml", "From: a\@elsewhere.example\nTo: b\@elsewhere.example\nSubject: lunch\n\nAt noon?\n");
	spew("$dir/empty.eml", '');

	my ($status, $answer) = check_json("$dir/gap.eml", '--login', $chair, '--sender', $chair, '--recipient', $outside);
	is($status, 1, 'a gap: status 1');
	is_deeply([misfits($answer, \%shape, '')], [], '... an answer of the agreed shape');
	is_deeply([@$answer{qw(outcome direction verdict would)}, !!$answer->{certain}], [qw(statement outgoing reject reject), 1], '... and what it says');
	like($answer->{reply}[0] // '', qr/^Not sent to Broadband Forum/, '... with the reply');
	my ($finding) = grep { $_->{rule} eq 'purpose.missing' } @{ $answer->{findings} };
	is_deeply($finding->{requirement}, ['A26'], '... and its requirement');

	($status, $answer) = check_json("$dir/whole.eml", '--login', 'ad1@example.org', '--sender', 'ad1@example.org', '--recipient', $outside);
	is_deeply([misfits($answer, \%shape, '')], [], 'a whole statement: the same shape');
	my $read = $answer->{statement};
	is_deeply([map { $_->{label} } @{ $read->{purpose} }], ['action'], '... purpose');
	is($read->{deadline}, '2999-12-31', '... deadline');
	is($read->{send_to}, $outside, '... send_to');
	is($read->{in_response_to}, 'SG15-LS123', '... in_response_to');
	is_deeply($read->{from_contact}, [$chair], '... from_contact');
	is($status, @{ $answer->{findings} } ? 1 : 0, '... status as its findings');

	($status, $answer) = check_json("$dir/lunch.eml");
	is($status, 0, 'ordinary mail: status 0');
	is_deeply([misfits($answer, { %shape, statement => 'text?' }, '')], [], '... the shape, statement null');
	is($answer->{outcome}, 'none', '... none');

	my ($file_status, $file_output) = ctl(['check', '--enforce', '--login', $chair, "$dir/gap.eml"]);
	my ($pipe_status, $pipe_output) = ctl(['check', '--enforce', '--login', $chair, '-'], input => slurp("$dir/gap.eml"));
	is($file_status, 1, 'text: status 1');
	like($file_output, qr/purpose\.missing.*^Reply:.*550/ms, '... findings and reply');
	is($pipe_output, $file_output, '- is standard input') if is($pipe_status, 1, 'from a pipe');
	for my $row (['', 'observed, because mode is observe'],
			['enforce-groups = {opsawg}', 'observed, because its groups'],
			['enforce-groups = {IPPM}', 'enforced, because "IPPM" is among enforce-groups'],
			['mode = enforce', 'enforced, because mode is enforce']) {
		my ($setting, $want) = @$row;
		spew("$dir/scope.conf", sprintf "directory = \"%s/conf/directory.conf\"\n%s\n", source_root(), $setting);
		my @check = ('check', '--config', "$dir/scope.conf", '--login', $chair, "$dir/gap.eml");
		like((ctl([@check]))[1], qr/^Mode: +\Q$want\E/m, "mode, under '$setting'");
		like(json((ctl([@check, '--json']))[1])->{mode}, qr/^\Q$want\E/, '... in JSON');
	}
	spew("$dir/off.conf", sprintf "directory = \"%s/conf/directory.conf\"\nmode = off\n", source_root());
	my @off = ('check', '--config', "$dir/off.conf", '--login', $chair);
	my ($off_status, $off_output) = ctl([@off, "$dir/gap.eml"]);
	is($off_status, 1, 'mode = off: the mail is judged all the same');
	like($off_output, qr/\AThe filter is off \(mode = off\): all mail passes/, '... and told first that nothing is');
	like($off_output, qr/^Mode: +off: no mail is looked at; this is what mode = enforce would say$/m, '... and last');
	like($off_output, qr/^  \d+\. purpose\.missing/m, '... with what would be found');
	is(json((ctl([@off, '--json', "$dir/gap.eml"]))[1])->{scope}, 'nothing', '... in JSON');
	like((ctl([@off, "$dir/lunch.eml"]))[1], qr/\AThe filter is off.*^Ordinary mail:/ms, '... of an ordinary mail, too');
	is((ctl(['check', "$dir/empty.eml"]))[0], 0, 'an empty file is a mail without a finding');
	for my $wrong ("$dir/absent.eml", $dir) {
		my ($wrong_status, $output) = ctl(['check', $wrong]);
		is($wrong_status, 2, "$wrong: status 2");
		like($output, qr/\Q$wrong\E/, '... named');
	}
};

# --- scan ---

subtest 'scan' => sub {
	my $first = statement(id => 'one', text => "Line.\n\n>From here on it is quoted.\n>>From there, too.");
	my $lunch = "From: a\@elsewhere.example\nSubject: lunch\n\nAt noon?\n";
	my $second = statement(id => 'two', Purpose => undef);
	my $mbox = join '', map { "From someone Sat Nov 21 10:00:00 2026\n$_\n" } $first, $lunch, $second;
	spew("$dir/lf.mbox", $mbox);
	spew("$dir/crlf.mbox", $mbox =~ s/\n/\r\n/gr);
	spew("$dir/empty.mbox", '');
	spew("$dir/one.eml", $first);
	for my $row (['lf.mbox', 3, 2], ['crlf.mbox', 3, 2], ['empty.mbox', 0, 0], ['one.eml', 1, 1]) {
		my ($name, $mails, $statements) = @$row;
		my ($status, $output) = ctl(['scan', '--json', "$dir/$name"]);
		is($status, 0, "$name: done");
		my @lines = map { json($_) } split /\n/, $output;
		my $summary = pop @lines;
		is_deeply([@$summary{qw(mails statements)}], [$mails, $statements], '... its mails and statements');
		is(scalar @lines, $statements, '... a row for each');
	}
	my ($status, $output) = ctl(['scan', '--json', "$dir/lf.mbox"]);
	my @rows = map { json($_) } grep { /message_id/ } split /\n/, $output;
	is_deeply([map { $_->{message_id} } @rows], ['one@example.org', 'two@example.org'], 'a ">From " line divides nothing');
	for my $row (@rows) {
		my ($offset) = $row->{place} =~ /^@(\d+)$/;
		is(substr($mbox, $offset // 0, 5), 'From ', 'the place is the offset of the mail');
	}

	($status, $output) = ctl(['scan', "$dir/lf.mbox"]);
	like($output, qr/^3 mails: .* statements: 2$/m, 'text: a summary');
	like($output, qr/purpose\.missing/, '... with the findings');
	($status, $output) = ctl(['scan', '-'], input => $mbox);
	like($output, qr/^3 mails:/m, '- is standard input');

	mkdir "$dir/maildir" or die;
	mkdir "$dir/maildir/$_" or die for qw(cur new tmp);
	spew("$dir/maildir/cur/1:2,S", $first);
	spew("$dir/maildir/new/2", $second);
	spew("$dir/maildir/tmp/3", $lunch);
	spew("$dir/maildir/cur/.hidden", $lunch);
	($status, $output) = ctl(['scan', "$dir/maildir"]);
	like($output, qr/^2 mails: .* statements: 2$/m, 'a maildir: cur and new');
	($status, $output) = ctl(['scan', "$dir/absent.mbox"]);
	is($status, 2, 'no such file');
	like($output, qr/absent\.mbox/, '... named');
};

# --- the record, beside the daemon that writes it ---

my $daemon = LSM::Daemon->new("$dir/milter", settings => { 'max-interventions' => 1000 })->start;

sub submit {
	my ($login, @fields) = @_;
	my $milter = LSM::Milter->new($daemon);
	my ($answer) = $milter->mail({ '{auth_authen}' => $login }, $login, [$outside, $home], statement(@fields));
	$milter->quit;
	return $answer;
}

sub list_json { return map { json($_) } split /\n/, ($daemon->ctl('list', '--json', @_))[1] }

# A terminal takes none of these for text: C0 but LF, DEL, C1, turns of direction.
my $harmful = qr/[\x00-\x09\x0b-\x1f\x7f-\x9f\x{200e}\x{200f}\x{061c}\x{202a}-\x{202e}\x{2066}-\x{2069}]/;

subtest 'list, show, log' => sub {
	is(($daemon->ctl('list'))[0], 0, 'list of an empty record');
	is(submit($chair, id => 'gap', text => 'Gap.', Purpose => undef), 'reply', 'a rejected one');
	is(submit($chair, id => 'late', subject => 'Late', text => 'Late.', Purpose => 'For action', Deadline => '2999-01-02'), 'accept', 'a pending one');
	is(submit($chair, id => 'wide', subject => encode_utf8('評価' x 60), text => 'Wide.'), 'accept', 'a subject in wide letters');
	my $controls = encode_utf8("\x{202e}drow\x{2066}\x{200f} \x1b[31mred\x1b[0m\x07 \x{9b}31m \x{85}end");
	is(submit($chair, id => 'evil', text => 'Evil.', subject => $controls), 'accept', 'a subject with controls');
	wait_until(10, sub { !grep { !$_->{taken} } list_json('--all') }) or fail('all are taken');

	my ($status, $output) = $daemon->ctl('list');
	is($status, 0, 'list');
	my @lines = split /\n/, decode_utf8($output);
	like($lines[0], qr/^ID +SINCE +WAY +FROM > TO +WHAT +DUE +NEXT/, '... with a head');
	is_deeply([grep { columns($_) > 100 } @lines], [], '... in 100 columns');
	like($lines[-1], qr/^3 open of 4, 3 shown: 0 overdue, \d+ wait for you$/, '... and a last line');
	my ($row) = grep { /Late/ } @lines;
	like($row, qr/^\w{5,} .* out +IPPM > Broadband F.* act\? /, '... way, parties, purpose');
	my @open = list_json();
	is(scalar @open, 3, '--json: the open ones');
	is(scalar(my @all = list_json('--all')), 4, '--all: all');
	is(scalar(my @two = list_json('--all', '--limit', 2)), 2, '--limit');

	my ($evil) = grep { ($_->{message_id} // '') =~ /^evil/ } @open;
	my ($short) = $evil->{id} =~ /-(\w+)$/;
	my @texts = (['list'], ['list', '--all'], ['show', $evil->{id}], ['show', $short], ['log', '--limit', 0], ['log', $short],
		['verify'], ['status']);
	for my $arguments (@texts) {
		($status, $output) = $daemon->ctl(@$arguments);
		is($status, 0, "@$arguments");
		unlike(decode_utf8($output), $harmful, '... without control characters');
	}
	for my $arguments (['list', '--json'], ['show', '--json', $short], ['log', '--json', '--limit', 0], ['status', '--json']) {
		($status, $output) = $daemon->ctl(@$arguments);
		is_deeply([grep { !eval { json($_) } } split /\n/, $output], [], "@$arguments: each line is JSON");
		unlike($output, qr/[\x00-\x09\x0b-\x1f\x7f]/, '... without control characters');
	}
	($status, $output) = $daemon->ctl('show', $short);
	like($output, qr/^Statement +\Q$evil->{id}\E\n.*^State +pending.*^Withheld +\Q$outside\E\n.*^History:\n/ms, 'show: what is known');
	my @events = split /\n/, ($daemon->ctl('log', '--limit', 0))[1];
	my @last = split /\n/, ($daemon->ctl('log', '--limit', 2))[1];
	is_deeply(\@last, [@events[-2, -1]], 'log --limit: the last ones');
	is_deeply([split /\n/, ($daemon->ctl('log', '--from', $#events))[1]], [$events[-1]], 'log --from: from there on');
	for my $command (qw(show log)) {
		($status, $output) = $daemon->ctl($command, 'ZZZZZ');
		is($status, 2, "$command of an unknown id");
		like($output, qr/"ZZZZZ"/, '... named');
	}
};

# Columns of a terminal: East Asian wide letters take two.
sub columns {
	my ($line) = @_;
	my $wide = () = $line =~ /[\x{1100}-\x{115f}\x{2e80}-\x{a4cf}\x{ac00}-\x{d7a3}\x{f900}-\x{faff}\x{fe30}-\x{fe6f}\x{ff00}-\x{ff60}]/g;
	return length($line) + $wide;
}

subtest 'a reader while the daemon writes' => sub {
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		my $wrong = grep { submit($chair, id => "more-$_", text => "More $_.") ne 'accept' } 1 .. 60;
		POSIX::_exit($wrong);
	}
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	my ($status, $reads, @wrong) = (undef, 0);
	wait_until(30, sub {
		for my $command (['log', '--json', '--limit', 0], ['list', '--all', '--json'], ['verify', '--json']) {
			my ($code, $output) = $daemon->ctl(@$command);
			push @wrong, "@$command: $code" if $code != 0 || grep { !eval { json($_) } } split /\n/, $output;
			$reads++;
		}
		return defined($status = reap($pid, 0));
	});
	is($status, 0, 'the writer was not disturbed');
	is_deeply(\@wrong, [], "none of $reads readers was");
	is(scalar(my @all = list_json('--all')), 64, 'all is there in the end');
};

subtest 'not-a-statement' => sub {
	my ($status, $output) = $daemon->ctl('not-a-statement', 'ZZZZZ');
	is($status, 2, 'of an unknown id');
	like($output, qr/ZZZZZ/, '... named');
	my ($late) = grep { $_->{subject} eq 'Late' } list_json();
	($status, $output) = $daemon->ctl('not-a-statement', '--json', '--reason', 'a question', $late->{id});
	is($status, 0, 'of a pending one') or diag $output;
	is(json($output)->{delivered}, 1, '... it goes to the one from whom it was withheld');
	is_deeply([grep { $_->{id} eq $late->{id} } list_json('--all')], [], '... and leaves the lists');
	($status, $output) = $daemon->ctl('not-a-statement', $late->{id});
	is($status, 0, 'once more');
	like($output, qr/nothing changed/, '... changes nothing');
	is(($daemon->ctl('verify'))[0], 0, 'and the record verifies');
};

subtest 'status and verify' => sub {
	my ($status, $output) = $daemon->ctl('status', '--json');
	my $answer = json($output);
	ok($answer->{desk}, 'the desk is there');
	is($answer->{statements}, 63, 'statements');
	ok($daemon->stop, 'the daemon stops well');
	($status, $output) = $daemon->ctl('status');
	is($status, 3, 'without it: status 3');
	like($output, qr/^desk +NOT THERE.*^record +63 statements/ms, '... and what the record tells');
	ok(!json(($daemon->ctl('status', '--json'))[1])->{desk}, '... in JSON, too');
	is(($daemon->ctl('verify'))[0], 0, 'verify needs no daemon');
	isnt(($daemon->ctl('not-a-statement', 'ZZZZZ'))[0], 0, 'a command that writes does');

	my ($first) = grep { $_->{message_id} =~ /^gap/ } list_json('--all');
	my ($position) = @{ $first->{positions} };
	mkdir "$dir/copy" or die;
	spew("$dir/copy/" . (m{([^/]+)$})[0], slurp($_)) for glob "$dir/milter/record/*";
	my $data = slurp("$dir/copy/data.mdb");
	my $changed = $data =~ s/(\Q$first->{id}\E")/my $text = $1; $text =~ tr{-}{_}; $text/ger;
	isnt($changed, $data, 'a copy is damaged');
	spew("$dir/copy/data.mdb", $changed);
	($status, $output) = ctl(['verify', '--store', "lmdb:$dir/copy"]);
	is($status, 5, 'verify: status 5') or diag $output;
	like($output, qr/^FAULT +event $position\b/m, '... names the event');
	like($output, qr/^NOT VERIFIED/m, '... and says so');
	($status, $output) = ctl(['verify', '--json', '--store', "lmdb:$dir/copy"]);
	ok(scalar(grep { (json($_)->{place} // '') eq "event $position" } split /\n/, $output), '... in JSON, too');
	($status, $output) = ctl(['verify', '--store', "lmdb:$dir/nowhere"]);
	isnt($status, 0, 'no such record');
	like($output, qr/nowhere/, '... named');
	ok(!-e "$dir/nowhere", '... and not made');
};

done_testing;
