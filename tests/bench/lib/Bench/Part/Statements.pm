# Bench::Part::Statements - statements through the wire: read, judged, durably recorded; and what they cost ordinary mail
# that comes at the same time.
package Bench::Part::Statements;

use strict;
use warnings;

use Bench::Documents;
use Bench::Filters;
use Bench::Load qw(interleave keep_awake load load_finish load_start median);
use Bench::Process qw(processor);
use LSM::Scratch qw(reap scratch_dir spawn);
use POSIX ();

sub title { return 'Statements' }

sub rates {
	my ($report, %option) = @_;
	my (@rates, @goals);
	for my $row (['incoming', 1, 300], ['incoming', 50, 1500], ['outgoing', 1, 300], ['outgoing', 50, 1500], ['refused', 1, 300],
		['refused', 50, 1500]) {
		my ($kind, $connections, $wanted) = @$row;
		my @runs;
		for (1 .. $option{rounds}) {
			my $filters = Bench::Filters->new(scratch_dir(), only => ['liaison']);
			push @runs, load($filters->place('liaison'), kind => $kind, connections => $connections, seconds => 1.5, warm => 0.5);
			$filters->daemon->terminate;
		}
		my $rate = median(map { $_->{rate} } @runs);
		push @rates, ["$kind, $connections sessions", Bench::Report::short($rate), map { my $key = $_;
			sprintf '%.2f', median(map { $_->{$key} } @runs) } qw(p50 p99 max)];
		push @goals, $report->goal("$kind, $connections sessions", $rate, '>=', $wanted, '/s');
	}
	$report->say('Each is a new statement of 2 KB, answered when it is on disk; a record that is empty at first, a second and a half a run.');
	$report->say('');
	$report->table(['statements', 'a second', 'p50, ms', 'p99, ms', 'max, ms'], @rates);
	$report->goals(@goals);
	return;
}

# Programs that are none of ours and do a thing ten times a second, as nice as a reader of attachments (extract/serve.c). To
# have another: a row, here and in the table below.
my %STRANGERS = (
	# so many seconds of processor time at one go
	burner => 'my $end = $cost + clock_gettime(CLOCK_PROCESS_CPUTIME_ID); 1 while clock_gettime(CLOCK_PROCESS_CPUTIME_ID) < $end',
	# a process, which runs a program that does nothing
	starter => 'system "true"',
);

# One of them, for so many seconds; cost: milliseconds. Returns its process id.
sub stranger {
	my ($name, $cost, $seconds) = @_;
	my %sched_setattr = (x86_64 => 314, aarch64 => 274);
	my $call = $sched_setattr{ (POSIX::uname())[4] } or die "no number of sched_setattr() for this machine\n";
	my $program = 'my ($cost, $turns, $call) = @ARGV; my $attributes = pack "LLQlLQQQ", 48, 0, 0, 10, 0, 100_000, 0, 0;'
		. ' syscall($call, 0, $attributes, 0) == 0 or die "sched_setattr: $!\n"; my $next = time;'
		. " for (1 .. \$turns) { $STRANGERS{$name}; " . '$next += 0.1; my $left = $next - time; sleep $left if $left > 0 }';
	return spawn([$^X, '-MTime::HiRes=CLOCK_PROCESS_CPUTIME_ID,clock_gettime,sleep,time', '-e', $program, $cost / 1000, 10 * $seconds,
		$call], out => '/dev/null');
}

# Ten statements a second for so many seconds, in the background.
sub statements {
	my ($dir, $place, $docx, $seconds) = @_;
	return load_start($dir, $place, kind => 'incoming', forms => 'attached', attachment => $docx, rate => 10, connections => 10,
		seconds => $seconds);
}

# What a statement with a docx takes of the processors, in milliseconds.
sub cost_of_statement {
	my ($dir, $filters, $docx) = @_;
	my @pids = $filters->daemon->children;
	my $before = processor(@pids);
	my $count = load_finish(statements($dir, $filters->place('liaison'), $docx, 2))->{messages};
	return (processor(@pids) - $before) / $count;
}

# p99 of ordinary mail alone, with ten statements a second beside it, and beside strangers, in turns on one daemon.
sub beside {
	my ($report, %option) = @_;
	my (@rows, @goals, @costs);
	my $dir = scratch_dir();
	my $docx = Bench::Documents::docx("$dir/letter.docx", 40);
	my $awake = keep_awake();
	for my $workers (1, 2, 4) {
		my $filters = Bench::Filters->new(scratch_dir(), only => ['liaison'], settings => { workers => $workers });
		my $place = $filters->place('liaison');
		my $cost = cost_of_statement($dir, $filters, $docx);
		my $runs = interleave($option{rounds}, ['alone', 'beside', sort keys %STRANGERS], sub {
			my ($company) = @_;
			my $job = $company eq 'beside' ? statements($dir, $place, $docx, 2.5) : undef;
			my $stranger = $STRANGERS{$company} ? stranger($company, $cost, 2.5) : undef;
			my $figures = load($place, connections => 4, rate => 400, seconds => 2);
			load_finish($job) if $job;
			(reap($stranger, 60) // 1) == 0 or die "the stranger failed\n" if $stranger;
			return $figures;
		});
		my %p99 = map { $_ => median(map { $_->{p99} } @{ $runs->{$_} }) } keys %$runs;
		my @p50 = map { median(map { $_->{p50} } @{ $runs->{$_} }) } 'alone', 'beside';
		push @rows, [$workers, map { sprintf '%.2f', $_ } @p50, @p99{'alone', 'beside', 'burner', 'starter'}, $p99{beside} / $p99{alone}];
		push @goals, $report->goal("p99, $workers workers", $p99{beside} / $p99{alone}, '<=', 2);
		push @costs, $cost;
		$filters->daemon->terminate;
	}
	$report->say(sprintf 'Ordinary mail of 2 KB, 400 a second on 4 connections, while ten statements a second with a docx of 40 paragraphs '
		. 'each are read and judged (%.1f ms of processor time each); and beside two programs that are none of ours, as often and as '
		. 'nice as the reader of attachments: a burner that takes the same time, and a starter of a program that does nothing. No '
		. 'processor halts meanwhile.', median(@costs));
	$report->say('');
	$report->table(['workers', 'p50 alone, ms', 'p50 beside', 'p99 alone, ms', 'p99 beside', 'p99 burner', 'p99 starter', 'beside/alone'], @rows);
	$report->goals(@goals);
	return;
}

sub run {
	my ($report, %option) = @_;
	rates($report, %option);
	beside($report, %option);
	return;
}

1;
