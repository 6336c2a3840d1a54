#!/usr/bin/perl
# takeaway.t - export in every form, import, reconcile, backup, restore, rebuild and compact on a real record: the
# same root everywhere, all or nothing, and nothing that is only for the house in what is public.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256 sha256_hex);
use JSON::PP ();
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp spew wait_until);
use LSM::Sink;
use LSM::World;
use MIME::Base64;
use POSIX qw(mkfifo);
use Test::More;

my $dir = scratch_dir();
my $sink = LSM::Sink->new("$dir/sink");
my $user = getpwuid $>;
my $bbf = 'liaisons@bbf.example';

my $daemon = LSM::Daemon->new("$dir/milter", outbox_port => $sink->port, directory => LSM::World->small_directory,
	settings => { operators => ["$user=coord\@example.org"], 'max-interventions' => 1000 })->start;

sub json { return JSON::PP->new->utf8->decode($_[0]) }
sub lines_of { return map { json($_) } split /\n/, $_[0] }
sub store { return ('--store', "lmdb:$_[0]") }

# Status 0, and what was printed.
sub fine {
	my ($command, @arguments) = @_;
	my ($status, $text) = $daemon->ctl($command, @arguments);
	is($status, 0, join ' ', $command, grep { !m{^/|^lmdb:} } @arguments) or diag $text;
	return $text;
}

# What may be long is not printed when it differs.
sub same {
	my ($got, $want, $name) = @_;
	return ok($got eq $want, $name);
}

# Nothing is left to be sent, so that nothing is written any more.
sub settle {
	wait_until(30, sub {
		my $status = json(($daemon->ctl('status', '--json'))[1]);
		return !grep { ($status->{$_} // 1) != 0 } qw(outbox_held outbox_due outbox_failed);
	}) or diag 'the outbox is not empty';
	return verified(undef, 'the record');
}

sub verified {
	my ($folder, $name) = @_;
	my ($status, $text) = $daemon->ctl('verify', $folder ? store($folder) : ());
	is($status, 0, "$name verifies") or diag $text;
	return $text =~ /^root (\S+)$/m ? $1 : 'none';
}

sub submit {
	my ($recipients, $mail, $id, $login) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => $login ? 'submission' : 'mx');
	$milter->mail($login ? { '{auth_authen}' => $login } : {}, $login ? 'carol@example.org' : 'tsb@itu.example', $recipients, $mail);
	$milter->quit;
	wait_until(20, sub { ($daemon->case_of($id) // {})->{taken} }) or die "$id is not on record\n" . $daemon->log_text;
	return $daemon->case_of($id)->{id};
}

sub outgoing {
	my ($id, @fields) = @_;
	return submit([$bbf], LSM::World->statement(id => $id, header => "Received: from host.trace.example by us; QUEUE77\n",
		text => "Text of $id.\nFrom here on it is quoted.\n>From there, too.", @fields), $id, 'carol');
}

sub incoming {
	my ($id, $subject) = @_;
	return submit(['ippm@ietf.org'], "From: TSB <tsb\@itu.example>\nTo: ippm\@ietf.org\nSubject: $subject\nMessage-ID: <$id\@example.org>\n"
		. "Date: Sat, 21 Nov 2026 11:00:00 +0000\n\nLiaison-Statement: 1\nFrom: ITU-T\nTo: IETF IPPM Working Group\n"
		. "Purpose: For action\nDeadline: 2030-01-31\nFrom-Contact: tsb\@itu.example\n\nText of $id.\n", $id);
}

# --- a record ---

my $released = outgoing('released-1', subject => '=HYPERLINK("x"), review');
my $pending = outgoing('pending-1', subject => 'Secretpending review');
my $confirmed = incoming('confirmed-1', 'LS on performance <metrics> & more');
my $unconfirmed = incoming('unconfirmed-1', 'LS on Secretunconfirmed');
fine('approve', '--for', 'ad1@example.org', '--evidence', 'Secretevidence by phone', $released);
wait_until(20, sub { $daemon->case_of('released-1')->{state} eq 'released' }) or diag $daemon->log_text;
fine('confirm', $confirmed);
fine('note', $confirmed, 'Secretnote for us');
my $root = settle();

# --- the log ---

my $log = fine('export', '--format', 'jsonl', '--with-contents');
my ($start, @rest) = lines_of($log);
my @events = grep { exists $_->{position} } @rest;
is($start->{root}, $root, 'the first line names the root');
is($start->{size}, scalar @events, '... and as many events as there are');
is_deeply([grep { exists $_->{private} && !exists $_->{salt} } @events], [], 'no private part without its salt');

# A verifier with its own hashing: the texts of the lines give the root.
sub tree {
	my @leaves = @_;
	return sha256('') if !@leaves;
	return $leaves[0] if @leaves == 1;
	my $left = 1;
	$left *= 2 while $left * 2 < @leaves;
	return sha256("\x01" . tree(@leaves[0 .. $left - 1]) . tree(@leaves[$left .. $#leaves]));
}
my @texts = $log =~ /^\{"position":\d+,"event":(\{.*?\})(?:,"salt":"[0-9a-f]{64}","private":\{.*\})?\}$/mg;
is(unpack('H*', tree(map { sha256("\0$_") } @texts)), $root, 'the lines themselves give the root');
my @privates = $log =~ /"private":"([0-9a-f]{64})"\},"salt":"([0-9a-f]{64})","private":(\{.*\})\}$/mg;
cmp_ok(scalar @privates, '>', 5, 'private parts are there');
my $agree = 1;
while (my ($digest, $salt, $text) = splice @privates, 0, 3) {
	$agree &&= sha256_hex(pack('H*', $salt) . $text) eq $digest;
}
ok($agree, '... each with its salted digest');

spew("$dir/record.jsonl", $log);
fine('import', store("$dir/imported"), "$dir/record.jsonl");
is(verified("$dir/imported", 'the imported record'), $root, 'it has the same root');
same(fine('list', '--all', '--json', store("$dir/imported")), fine('list', '--all', '--json'), '... and the same statements');
same(fine('export', '--format', 'jsonl', '--with-contents', store("$dir/imported")), $log, '... and the same lines');
is((fine('search', '--json', store("$dir/imported"), 'metrics') =~ tr/\n//), 1, '... and is found by its words');

# All or nothing.
my ($status, $text) = $daemon->ctl('import', store("$dir/imported"), "$dir/record.jsonl");
is($status, 2, 'a place with statements is refused');
like($text, qr/holds statements already/, '... with the reason');
my %damage = (
	'one octet of an event' => sub { $_[0] =~ s/("position":2,"event":\{.*?"time":"\d\d\d)\d/${1}1/r },
	'one octet of a private part' => sub { $_[0] =~ s/Secretnote/Secretnode/r },
	'an event left out' => sub { $_[0] =~ s/^\{"position":1,.*\n//mr },
	'two events swapped' => sub { $_[0] =~ s/^(\{"position":1,.*\n)(\{"position":2,.*\n)/$2$1/mr },
	'a key left out' => sub { $_[0] =~ s/^\{"key":.*\n//mr },
	'a content of another digest' => sub { $_[0] =~ s/("content":")./${1}0/r =~ s/("content":")00/${1}01/r },
	'the end cut off' => sub { $_[0] =~ s/^\{"end":.*\n//mr },
	'another root' => sub { $_[0] =~ s/("root":")../${1}00/r },
	'nothing' => sub { '' },
	'no log at all' => sub { "{}\n" },
	'half a line' => sub { substr $_[0], 0, 700 },
);
for my $name (sort keys %damage) {
	spew("$dir/damaged.jsonl", $damage{$name}->($log));
	($status, $text) = $daemon->ctl('import', store("$dir/damaged"), "$dir/damaged.jsonl");
	ok($status != 0 && !-e "$dir/damaged" && !-e "$dir/damaged.import", "$name: refused, and nothing left") or diag $text;
}
like(($daemon->ctl('export', '--format', 'jsonl', '--party', 'ITU-T'))[1], qr/whole/, 'conditions would leave holes in the log');
is(($daemon->ctl('export', '--format', 'pdf'))[0], 2, 'an unknown format is refused');

# --- for everybody ---

my @public = lines_of(fine('export', '--format', 'jsonl', '--public'));
is_deeply([sort map { $_->{id} } @public], [sort $released, $confirmed], 'public are the released and the confirmed');
for my $format (qw(jsonl csv mbox atom ical datatracker)) {
	my $output = fine('export', '--format', $format, '--public');
	my @found = $output =~ /(Secret\w+|ad1\@example\.org|coord\@example\.org|QUEUE77|trace\.example|$pending|$unconfirmed)/g;
	is_deeply(\@found, [], "$format tells nothing that is for the house");
}

my $csv = fine('export', '--format', 'csv');
like($csv, qr/"'=HYPERLINK\(""x""\), review"/, 'CSV: no formula, quoted as RFC 4180 has it');
is(scalar(() = $csv =~ /\r\n/g), 5, '... a line a statement and the head');

my $mbox = fine('export', '--format', 'mbox');
my @mails = split /^(?=From \S+ (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )/m, $mbox;
is(scalar @mails, 4, 'mbox: all mails, and no line of theirs begins one');
my ($quoted) = grep { /^Text of released-1/m } @mails;
like($quoted, qr/^>From here.*^>>From there/ms, '... quoted so that it can be undone');
like($quoted, qr/^Received: .*QUEUE77/m, '... with the way it took');

fine('export', '--format', 'maildir', '--public', '--output', "$dir/maildir");
my @files = glob "$dir/maildir/cur/*:2,S";
is(scalar @files, 2, 'maildir: the public mails');
unlike(slurp($_), qr/^Received:/m, '... without their way') for @files;
rename $files[0], $files[0] =~ s/S\z/FRS/r or die "rename: $!\n";
fine('export', '--format', 'maildir', '--public', '--output', "$dir/maildir");
is(scalar(() = glob "$dir/maildir/*/*"), 2, '... and no second time, whatever was done with them');

my $atom = fine('export', '--format', 'atom', '--public');
like($atom, qr{<id>tag:ietf\.org,\d{4}-\d\d-\d\d:\Q$confirmed\E</id>}, 'Atom: ids of their own');
like($atom, qr{<title>LS on performance &lt;metrics&gt; &amp; more</title>}, '... and text that is no markup');
fine('note', $confirmed, 'Secretnote, once more');
same(fine('export', '--format', 'atom', '--public'), $atom, '... and the same octets again, whatever was noted meanwhile');
my $calendar = fine('export', '--format', 'ical');
like($calendar, qr/^DTSTART;VALUE=DATE:20300131\r$/m, 'iCalendar: the deadline');
like($calendar =~ s/\r\n //gr, qr/Next: assign/, '... and what comes next');
unlike(fine('export', '--format', 'ical', '--public') =~ s/\r\n //gr, qr/Next|Assignee/, '... which is not for everybody');

my $page = json(fine('export', '--format', 'datatracker', '--public'));
my ($object) = grep { $_->{id} eq $confirmed } @{ $page->{objects} };
is($page->{meta}{total_count}, 2, 'the Datatracker\'s shape: a page');
is($object->{purpose}, '/api/v1/name/liaisonstatementpurposename/action/', '... with its names');
is($object->{state}, '/api/v1/name/liaisonstatementstate/posted/', '... its states');
is($object->{deadline}, '2030-01-31', '... and dates');
like($object->{body}, qr/^Text of confirmed-1/m, '... and the text');

spew("$dir/old.csv", 'old');
fine('export', '--format', 'csv', '--output', "$dir/old.csv");
same(slurp("$dir/old.csv"), $csv, '--output takes the old file\'s place');
same(fine('export', '--format', 'csv', '--output', '-'), $csv, '--output - is standard output');
is(($daemon->ctl('export', '--format', 'maildir', '--output', '-'))[0], 2, '... where no folder goes');

# A device or a pipe is written to; as root, a file in the place of /dev/null would be the end of many programs.
mkfifo("$dir/pipe", 0600) or die "mkfifo: $!\n";
for my $command (['export', '--format', 'csv', '--output'], ['calendar', '--output'], ['metrics', '--textfile']) {
	open my $reader, '+<', "$dir/pipe" or die "$dir/pipe: $!\n";
	fine(@$command, "$dir/pipe");
	$reader->blocking(0);
	like(scalar <$reader> // '', qr/\S/, "$command->[0] writes to a pipe");
	ok(-p "$dir/pipe", '... and leaves it there');
}

# --- reconcile ---

$object->{title} = "LS on performance <metrics> & more";
$object->{deadline} = '2030-02-28';
spew("$dir/theirs.json", JSON::PP->new->utf8->encode({ objects => [$object, { id => 2079, title => 'Never seen here',
	state => '/api/v1/name/liaisonstatementstate/posted/', from_name => 'OIF', to_name => 'CCAMP', submitted => '2025-01-01T00:00:00' },
	{ id => 2080, title => 'Dead', state => '/api/v1/name/liaisonstatementstate/dead/' }] }));
$object->{other_identifiers} = '';
($status, $text) = $daemon->ctl('reconcile', '--days', '0', '--json', "$dir/theirs.json");
is($status, 1, 'reconcile finds something');
is_deeply({ map { ($_->{found} => $_->{id} // $_->{theirs}) } lines_of($text) },
	{ 'differs' => $confirmed, 'not here' => 2079, 'not there' => $released }, '... both ways');
like($text, qr/deadline here 2030-01-31, there 2030-02-28/, '... and what differs');
spew("$dir/theirs.jsonl", JSON::PP->new->utf8->encode({ id => 1, title => 'x' }) . "\n{\n");
like(($daemon->ctl('reconcile', "$dir/theirs.jsonl"))[1], qr/theirs\.jsonl:2: not a list/, 'a damaged list is named by its line');

# --- backup while somebody writes ---

my $writer = fork // die "fork: $!\n";
if (!$writer) {
	for my $number (1 .. 60) {
		my $milter = LSM::Milter->new($daemon, daemon_name => 'submission');
		$milter->mail({ '{auth_authen}' => 'carol' }, 'carol@example.org', [$bbf],
			LSM::World->statement(id => "busy-$number", subject => "Busy $number", text => "Number $number."));
		$milter->quit;
	}
	POSIX::_exit(0);
}
for my $round (1 .. 3) {
	like(fine('backup', "$dir/backup-$round"), qr/verified/, "backup $round under a writer");
	verified("$dir/backup-$round", '... the copy');
}
waitpid $writer, 0;
is($?, 0, 'the writer came through');
is(($daemon->ctl('backup', "$dir/backup-1"))[0], 75, 'a folder that is there is left alone');
is(($daemon->ctl($_, $_ eq 'restore' ? "$dir/backup-1" : ()))[0], 75, "$_ while the daemon runs is refused") for qw(restore compact);
like(fine('rebuild'), qr/ 0 mended, 0 removed$/, 'rebuild beside the daemon finds nothing to mend');
$root = settle();
fine('backup', "$dir/backup-last");
my $all = fine('list', '--all', '--json');
ok($daemon->stop, 'the daemon stops');

# --- without a daemon ---

like(fine('rebuild'), qr/ 0 mended, 0 removed$/, 'rebuild alone, too');
same(fine('list', '--all', '--json'), $all, '... and everything is as before');
my $before = -s "$dir/milter/record/data.mdb";
like(fine('compact'), qr/^compacted: /, 'compact');
cmp_ok(-s "$dir/milter/record/data.mdb", '<=', $before, '... makes it no larger');
is(verified(undef, 'the compacted record'), $root, '... and changes nothing');
SKIP: {
	skip 'only root gives files away', 3 if $>;
	my $record = "$dir/milter/record";
	chown 12345, 12345, $record, "$record/data.mdb" or die "chown: $!\n";
	chmod 0640, "$record/data.mdb";
	fine('compact');
	is((stat "$record/data.mdb")[4], 12345, '... nor whose it is');
	is((stat "$record/data.mdb")[2] & 0777, 0640, '... nor who may read it');
	chown 0, 0, $record, "$record/data.mdb";
}
fine('restore', "$dir/backup-1");
same(fine('list', '--all', '--json'), fine('list', '--all', '--json', store("$dir/backup-1")), 'a backup in its place');
ok(-s "$dir/milter/record/data.mdb.before-restore", '... and the old record beside it');
my @kept = stat "$dir/milter/record/data.mdb.before-restore";
like(fine('restore', "$dir/backup-last"), qr{^what was there: \S+/data\.mdb\.before-restore-2$}m, 'a second one');
is((stat "$dir/milter/record/data.mdb.before-restore")[1], $kept[1], '... leaves alone what the first one kept');
is(verified(undef, 'the restored record'), $root, 'the last backup has all');
open my $cut, '+<', "$dir/backup-2/data.mdb" or die "$!\n";
seek $cut, 3 * 4096 + 200, 0;
print {$cut} "\0" x 60000;
close $cut;
isnt(($daemon->ctl('restore', "$dir/backup-2"))[0], 0, 'a damaged backup is refused');
is(verified(undef, 'the record after that'), $root, '... and the record stays');
$daemon->start;
outgoing('after-1');
$daemon->stop;
verified(undef, 'what goes on from there');
is_deeply([glob "$dir/milter/record.*"], [], 'nothing is left lying about');
done_testing();
