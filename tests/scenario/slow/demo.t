#!/usr/bin/perl
# demo.t - `make demo` shows what it promises and leaves nothing behind; KEEP=1 leaves all of it to play with.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Postfix;
use LSM::Scratch qw(at_end process_rows run_command slurp source_root wait_until);
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $demo = source_root() . '/tests/demo/demo';
my $mark = "LSM_DEMO_TEST=$$";    # in the environment of all that the demo starts

sub play {
	my (%env) = @_;
	return run_command([$demo], env => { LSM_DEMO_TEST => $$, KEEP => '', %env }, seconds => 60);
}

# Processes of ours, or those that work in that folder. Postfix cleans its environment.
sub remaining {
	my ($dir) = @_;
	return grep { slurp("/proc/$_->{pid}/environ") =~ /(?:^|\0)\Q$mark\E\0/
		|| index((readlink "/proc/$_->{pid}/cwd") // '', $dir) == 0 || index($_->{command}, $dir) >= 0 }
		process_rows();
}

sub is_clean {
	my ($dir) = @_;
	ok(wait_until(10, sub { !remaining($dir) }), 'nothing runs any more')
		or diag map { "$_->{pid} $_->{command}\n" } remaining($dir);
	ok(wait_until(5, sub { !-e $dir }), "$dir is gone");
	return;
}

subtest 'as a newcomer calls it' => sub {
	my ($status, $output) = play();
	is($status, 0, 'exit status') or diag $output;
	my ($dir) = $output =~ m{What ran in\s+(/tmp/lsm-\w+)};
	ok($dir, 'it says where it ran') or return;
	is_clean($dir);
	unlike($output, qr/\e/, 'no colour where no terminal is');
	is(scalar(() = $output =~ /^\d\. /mg), 7, 'seven scenes');
	is(scalar(() = $output =~ /^why: /mg), 7, '... each with its reason');
	for my $row (
		['both got it exactly as it was sent',    'ordinary mail is untouched'],
		['550-5.6.0 (1) PURPOSE.',                'the gap is named'],
		['NOT a liaison statement?',              '... and the way out'],
		['> Subject: Waiting for approval:',      'the notice'],
		['> Subject: Approve? IPPM > Broadband',  'the request'],
		['Forum has received nothing',            'nothing leaves'],
		['> Subject: Liaison statement from ITU', 'the cover mail'],
		['FAULT  event ',                         'the place of a changed byte'],
		['both tries made one record',            'the retry'],
		['scan FILE.mbox',                        "the reader's own archive"],
	) {
		my ($text, $name) = @$row;
		ok(index($output, $text) >= 0, $name);
	}
	utf8::decode($output);
	is_deeply([grep { length > 80 } split /\n/, $output], [], 'no line is too wide');
};

subtest 'with KEEP=1' => sub {
	my ($status, $output) = play(KEEP => 1);
	is($status, 0, 'exit status') or diag $output;
	my ($pid) = $output =~ /^\s*kill (\d+)$/m;
	ok($pid, 'it says how to stop it') or return;
	at_end(sub { kill 'TERM', $pid if $pid });
	my ($dir) = $output =~ m{(/tmp/lsm-\w+)};
	my @commands = map { s/^\s+//r } grep { /^\s+(?:swaks|grep|\S*liaisonctl) / && !/FILE/ } split /\n/, $output;
	is(scalar @commands, 8, 'it says how to talk to it');
	for my $command (@commands) {
		my $wanted = $command =~ /A question on WT-390/ ? qr/550 5\.6\.0/
			: $command =~ /^swaks/ ? qr/250 2\.0\.0 Ok: queued/ : qr/\w/;
		my (undef, $told) = run_command(['sh', '-c', "cd @{[ source_root() ]} && $command"]);
		like($told, $wanted, substr $command, 0, 60);
	}
	ok(kill('TERM', $pid), 'told to stop');
	$pid = 0;
	is_clean($dir);
};

subtest 'interrupted' => sub {
	for my $keep ('', 1) {
		my $pid = LSM::Scratch::spawn([$demo], env => { LSM_DEMO_TEST => $$, KEEP => $keep });
		my @daemons;
		ok(wait_until(20, sub { @daemons = grep { $_->{command} =~ /liaison-milter -f/ } remaining('/no/folder') }),
			"KEEP='$keep': it has started");
		my ($dir) = $daemons[0]{command} =~ m{(/tmp/lsm-\w+)};
		kill 'TERM', $pid;
		isnt(LSM::Scratch::reap($pid, 15) // 'none', 0, 'it ends, not with 0');
		is_clean($dir);
	}
};

subtest 'when something is not as shown' => sub {
	my ($status, $output) = play(BUILD => '/nonexistent');
	is($status, 1, 'exit status');
	like($output, qr/^demo: .*liaison-milter/m, 'it says what');
};

done_testing;
