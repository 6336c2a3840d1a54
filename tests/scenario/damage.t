#!/usr/bin/perl
# damage.t - what a stranger does to liaisonctl's files: damaged records, lists with octets that are no characters, pages
# for wholes, disks without room. Each is told in words, and nothing half is passed for whole.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp spew wait_until);
use LSM::Sink;
use LSM::World;
use Test::More;

my $PAGE = 4096;
my $NAME = 'liaison.example.org';

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $user = getpwuid $>;
my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, directory => LSM::World->small_directory,
	settings => { operators => ["$user=coord\@example.org"], 'max-interventions' => 1000, 'log-origin' => $NAME })->start;

sub outgoing {
	my ($id, @fields) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'submission');
	$milter->mail({ '{auth_authen}' => 'carol' }, 'carol@example.org', ['liaisons@bbf.example'],
		LSM::World->statement(id => $id, subject => "About $id", @fields));
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id)->{id};
}

sub is_ctl {
	my ($arguments, $want_status, $want, $name) = @_;
	my ($status, $output) = $daemon->ctl(@$arguments);
	ok($status == $want_status && $output =~ $want, $name) or diag "$status: $output";
	return $output;
}

my $released = outgoing('released-1');
outgoing('pending-1');
outgoing('rejected-1', Purpose => undef);
is_ctl(['approve', '--for', 'ad1@example.org', '--evidence', 'phone', $released], 0, qr/approved/, 'one goes out');
wait_until(20, sub { $daemon->case_of('released-1')->{state} eq 'released' }) or diag $daemon->log_text;
wait_until(20, sub { !grep { $_ ne '0' } ($daemon->ctl('status', '--json'))[1] =~ /"outbox_(?:held|due)":(\d+)/g });

subtest 'figures and names' => sub {
	my $figures = is_ctl(['figures', '--by', 'organization', '--json'], 0, qr/Broadband/, 'figures');
	is(JSON::PP->new->decode($figures)->{sent}, 1, 'sent is what went out');
	my $found = is_ctl(['search', '--party', 'bbf', '--json'], 0, qr/\Q$released\E/, 'a party by its other name');
	is($found, (is_ctl(['search', '--party', 'Broadband Forum', '--json'], 0, qr//, '... and by its own'))[0], 'are one');
	is_ctl(['export', '--format', 'csv', '--to', 'BBF'], 0, qr/\Q$released\E/, 'in an export, too');
};

subtest 'a checkpoint' => sub {
	my ($status, $key) = $daemon->ctl('key', '--name', $NAME, '--out', "$dir/key");
	chomp $key;
	my ($checkpoint) = is_ctl(['checkpoint', '--key', "$dir/key"], 0, qr/\A\Q$NAME\E\n\d+\n/, 'made');
	my ($size) = $checkpoint =~ /\A.*\n(\d+)\n/;
	spew("$dir/checkpoint", $checkpoint);
	is_ctl(['note', $released, 'afterwards'], 0, qr/noted/, 'one event more');
	my @asked = ('--checkpoint', "$dir/checkpoint", '--key', $key);
	is_ctl(['verify', @asked], 0, qr/^goes on from the checkpoint of $size events$/m, 'the answer names it');
	my $events = @{ $daemon->case_of('released-1')->{positions} } - 1;
	is_ctl(['verify', @asked, $released], 0, qr/, $events events of $size in the log and 1 later, /, 'what came later is not in it');
	my $receipt = is_ctl(['receipt', '--key', "$dir/key", $released], 0, qr/tlog-proof/, 'a receipt');
	spew("$dir/receipt", $receipt =~ s/\n/\r\n/gr);
	is_ctl(['verify-receipt', '--key', $key, "$dir/receipt"], 0, qr/^verified/, '... holds with the line ends of a mail');
	spew("$dir/receipt", $receipt =~ s/^What/\rWhat/mr);
	is_ctl(['verify-receipt', '--key', $key, "$dir/receipt"], 5, qr/NOT VERIFIED/, '... and not with others');
	is_ctl(['verify', '--key', $key], 2, qr/--key belongs to --checkpoint/, 'a key alone checks nothing');
};

subtest 'a disk without room' => sub {
	for my $command (['list'], ['export', '--format', 'jsonl'], ['export', '--format', 'csv']) {
		my ($status, $output) = run_command(['sh', '-c', 'exec "$@" >/dev/full', 'sh', build_path('liaisonctl'), @$command,
			'--config', $daemon->config]);
		is($status, 75, "@$command: no success");
		like($output, qr/not whole/, '... and why');
	}
};

subtest 'lists from elsewhere' => sub {
	my $one = '{"id":7,"title":"Never seen","submitted":"2025-01-01T00:00:00","from_name":"A","to_name":"B"';
	my %list = (
		'NUL' => qq({"objects":[$one,"body":"a\\u0000b"}]}),
		'half a pair' => qq({"objects":[$one,"body":"a\\ud800b \\udc00"}]}),
		'a NUL in a line' => qq($one,"body":"\\u0000"}\n),
		'no UTF-8' => qq({"objects":[$one,"body":"\xff\xfe"}]}),
		'an array alone' => qq([$one}]\n),
		'a whole pair, and a backslash' => qq({"objects":[$one,"body":"\\ud83d\\ude00 \\\\u0000"}]}),
	);
	for my $name (sort keys %list) {
		spew("$dir/list", $list{$name});
		is_ctl(['reconcile', '--days', 0, "$dir/list"], 1, qr/^not here +7 +Never seen/m, $name);
	}
	spew("$dir/list", qq({"objects":[$one},{"id":8}]}));
	is_ctl(['reconcile', "$dir/list"], 66, qr/list: entry 2: not a list/, 'what is no statement is named');
	spew("$dir/page.$_", qq({"meta":{"total_count":2},"objects":[$one,"n":$_}]}) =~ s/"id":7/"id":7$_/r) for 1, 2;
	my $output = is_ctl(['reconcile', '--days', 0, "$dir/page.1"], 1, qr/1 of the 2 on the list/, 'a page is no list');
	unlike($output, qr/^not there/m, '... of which something could lack');
	is_ctl(['reconcile', '--days', 0, "$dir/page.1", "$dir/page.2"], 1, qr/^not there +\Q$released\E/m, 'all pages are');
	is_ctl(['reconcile'], 2, qr/import-datatracker/, 'no list at all');
	is_ctl(['import-datatracker', ("$dir/page.1") x 2], 66, qr/1 of the 2 on the list/, 'a page is not kept, nor twice the same');
	is_ctl(['import-datatracker', "$dir/page.1", "$dir/page.2"], 0, qr/^kept: 2 statements/, 'all pages are');
	my $kept = is_ctl(['reconcile', '--days', 0], 1, qr/^not here +71 +Never seen/m, '... and compared with');
	is($kept, is_ctl(['reconcile', '--days', 0, "$dir/page.1", "$dir/page.2"], 1, qr//, '... as the files'), 'are');
	is_ctl(['import-datatracker', "$dir/list.none"], 66, qr/list\.none/, 'what is not there replaces nothing');
	my ($kept_file) = glob "$dir/milter/record/datatracker.jsonl";
	utime((time - 30 * 86400) x 2, $kept_file) or die "utime: $!\n";
	my $old = is_ctl(['reconcile', '--days', 0], 1, qr/30 days old/, 'an old list says so');
	unlike($old, qr/^not there/m, '... and nothing lacks there that came since');
	is_ctl(['import-datatracker', $kept_file], 0, qr/^kept: 2 statements of /, 'kept once more');
	is_ctl(['reconcile'], 1, qr/30 days old/, '... it is as old as it was');
	my $narrow = (run_command(['sh', '-c', 'COLUMNS=60 exec "$@"', 'sh', build_path('liaisonctl'), 'reconcile', '--config',
		$daemon->config, '--days', 0, "$dir/page.1"]))[1];
	is_deeply([grep { length > 60 && !/^liaisonctl/ && !/on record here/ } split /\n/, $narrow], [], 'rows fit');
	is_ctl(['reconcile', '/dev/zero'], 66, qr/too large/, 'a file without an end');
};

subtest 'a log from elsewhere' => sub {
	spew("$dir/log", (is_ctl(['export', '--format', 'jsonl'], 0, qr/"end"/, 'exported without mails'))[0]);
	is_ctl(['import', '--store', "lmdb:$dir/imported", "$dir/log"], 0, qr/no mails.*--with-contents/s, 'what lacks is told');
	is_ctl(['verify', '--store', "lmdb:$dir/imported"], 5, qr/3 faults.*^The log is whole, and no mail is there: .*--with-contents/sm,
		'... and again by who verifies');
	is_ctl(['import', '--store', "lmdb:$dir/other", '/dev/zero'], 65, qr/line 1: not a log/, 'a line without an end');
	is_ctl(['import', '--store', "lmdb:$dir/other", '/'], 66, qr{^liaisonctl: /: Is a directory$}m, 'a folder');
};

is_ctl(['export', '--format', 'atom', '--public'], 0, qr{<content type="text">From IPPM to Broadband Forum}, 'Atom: entries with a content');
is_ctl(['backup', "$dir/backup"], 0, qr/verified/, 'a backup');

subtest 'a folder as it is typed' => sub {
	my ($status, $output) = run_command(['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $dir, build_path('liaisonctl'), 'restore',
		'--store', "lmdb:$dir/restored", 'backup']);
	is($status, 0, 'restored from where one stands') or diag $output;
};

# The first row's place on each page of rows: behind the page's end, where LMDB follows it.
subtest 'pages that lead astray' => sub {
	my $data = slurp("$dir/backup/data.mdb");
	my ($tried, $by_signal, $silent) = (0, 0, 0);
	mkdir "$dir/damaged" or die "$!\n";
	for my $start (map { $_ * $PAGE } 2 .. length($data) / $PAGE - 1) {
		next unless unpack('v', substr $data, $start + 10, 2) =~ /\A(?:1|2)\z/;
		my $damaged = $data;
		substr $damaged, $start + 16, 2, "\xff\xff";
		substr $damaged, $start + $PAGE - 64, 64, "\xff" x 64;
		spew("$dir/damaged/data.mdb", $damaged);
		unlink "$dir/damaged/lock.mdb";
		my ($status, $output) = $daemon->ctl('verify', '--store', "lmdb:$dir/damaged");
		$tried++;
		$by_signal++ if $status > 128 || $status < 0;
		$silent++ if $status != 0 && $output !~ /\S/;
	}
	cmp_ok($tried, '>', 5, 'pages damaged');
	is($by_signal, 0, '... none ends the command by a signal');
	is($silent, 0, '... or without a word');
};

$daemon->stop;
done_testing();
