#!/usr/bin/perl
# store.t - the record under the daemon: a second daemon is turned away; a full disk puts statements off, lets
# ordinary mail pass, and is forgotten when there is room; odd octets come back from it. (Growth beside readers: slow/store_growth.t.)
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Cwd qw(abs_path);
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(noise run_command scratch_dir);
use LSM::World;
use Test::More;

my $chair = 'ippm-chairs@ietf.org';
my $outside = 'liaisons@bbf.example';
my $dir = scratch_dir();

sub statement {
	my ($id, $text) = @_;
	return LSM::World->statement(id => $id, subject => "Number $id", text => $text // "The text of $id.", header_from => $chair,
		'Send-Reply-To' => 'bbf-manager@ietf.org');
}

my $ordinary = "From: friend\@elsewhere.example\nTo: carol\@example.org\nSubject: lunch\n"
	. "Message-ID: <lunch\@elsewhere.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n";

sub submit {
	my ($daemon, $mail) = @_;
	return LSM::Milter->submit($daemon, $chair, [$outside, 'bbf-manager@ietf.org'], $mail);
}

sub pass_ordinary {
	my ($daemon) = @_;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'mx-in');
	my $answer = $milter->mail({}, 'friend@elsewhere.example', ['carol@example.org'], $ordinary);
	$milter->quit;
	return $answer;
}

# A disk of the test's own, in a name space that only it and its children see.
sub full_disk {
	my ($disk) = @_;
	my $daemon = LSM::Daemon->new("$dir/full", socket => 'unix', settings => { store => "lmdb:$disk/record", 'decision-timeout' => 5 })->start;
	is(submit($daemon, statement('before')), 'accept', 'with room, a statement is taken');
	my ($desk) = $daemon->children('desk');
	open my $filler, '>', "$disk/filler" or die "$disk/filler: $!\n";
	1 while syswrite $filler, 'x' x 4096;
	1 while syswrite $filler, 'x';
	close $filler;
	is_deeply([map { submit($daemon, statement("during-$_", noise(20_000))) } 1 .. 3], [(451) x 3],
		'without, statements are put off');
	like(join('', $daemon->log_lines(qr/not-recorded/)), qr/No space left|full/i, '... and the log says why');
	is(pass_ordinary($daemon), 'accept', 'ordinary mail passes');
	my ($status, $output) = $daemon->ctl('list', '--all');
	is($status, 0, 'what is on record can be read') or diag $output;
	unlink "$disk/filler";
	is(submit($daemon, statement('during-1', noise(20_000))), 'accept', 'with room again, they are taken');
	is_deeply([$daemon->children('desk')], [$desk], '... by the same desk');
	($status, $output) = $daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	ok($daemon->stop, 'it stops well');
	return;
}

if ($ENV{LSM_OWN_DISK}) {
	my $disk = "$dir/disk";
	mkdir $disk or die "$disk: $!\n";
	system('mount', '-t', 'tmpfs', '-o', 'size=1m', 'disk', $disk) == 0 or die "no disk\n";
	full_disk($disk);
	system 'umount', '-l', $disk;
	done_testing;
	exit;
}

subtest 'two daemons on one record' => sub {
	my $first = LSM::Daemon->new("$dir/first", socket => 'unix')->start;
	my $second = LSM::Daemon->new("$dir/second", socket => 'unix', settings => { store => "lmdb:$dir/first/record" });
	my ($desk) = $first->children('desk');
	eval { $second->start(seconds => 2) };
	ok($second->wait_log(qr/store-not-opened.*in use by process $desk\b/), 'the second one says who has the record');
	is(submit($second, statement('second')), 451, '... and takes no statement') if $second->pid;
	$second->terminate;
	is(submit($first, statement('first')), 'accept', 'the first one goes on');
	ok($first->stop, 'it stops well');
};

subtest 'octets that are no text' => sub {
	my $daemon = LSM::Daemon->new("$dir/octets", socket => 'unix')->start;
	my @recipients = ("caf\xE9\@bbf.example", "caf\xE8\@bbf.example", 'bbf-manager@ietf.org');
	my $mail = statement('octets');
	$mail =~ s/^Subject: .*/Subject: next\xC2\x85line/m;
	my $milter = LSM::Milter->new($daemon);
	my ($answer, @edits) = $milter->mail({ '{auth_authen}' => $chair }, $chair, \@recipients, $mail);
	$milter->quit;
	is($answer, 'accept', 'taken');
	is_deeply([map { $_->[0] eq 'remove-recipient' ? $_->[1] : () } @edits], [map { "<$_>" } @recipients[0, 1]],
		'recipients are withheld as they came');
	my ($status, $output) = $daemon->ctl('log', '--json');
	is($status, 0, 'the log can be printed');
	ok($output =~ /caf\\\\xE9\@bbf\.example/ && $output =~ /caf\\\\xE8\@bbf\.example/, '... with addresses that stay different')
		or diag $output;
	unlike($output, qr/\xC2[\x80-\x9F]/, '... and no control character');
	like($output, qr/next\\u0085line/, '... but what stands for it');
	ok($daemon->stop, 'it stops well');
};

subtest 'the disk is full' => sub {
	my @name_space = ('unshare', '-Urm');
	plan skip_all => 'no name spaces here' if system("@name_space mount -t tmpfs disk /mnt 2>/dev/null") != 0;
	my ($status, $output) = run_command([@name_space, $^X, abs_path($0)], env => { LSM_OWN_DISK => 1 }, seconds => 60);
	is($status, 0, 'in a name space of its own') or diag $output;
	like($output, qr/^1\.\.\d+$/m, '... to its end');
};

done_testing;
