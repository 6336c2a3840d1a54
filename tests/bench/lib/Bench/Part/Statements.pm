# Bench::Part::Statements - statements through the wire: read, judged, durably recorded; and what they cost ordinary mail
# that comes at the same time.
package Bench::Part::Statements;

use strict;
use warnings;

use Bench::Documents;
use Bench::Filters;
use Bench::Load qw(load load_start load_finish median);
use LSM::Scratch qw(scratch_dir);

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

# p99 of ordinary mail with and without ten statements a second beside it, in turns on one daemon.
sub beside {
	my ($report, %option) = @_;
	my (@rows, @goals);
	my $dir = scratch_dir();
	my $docx = Bench::Documents::docx("$dir/letter.docx", 40);
	for my $workers (1, 2, 4) {
		my $filters = Bench::Filters->new(scratch_dir(), only => ['liaison'], settings => { workers => $workers });
		my $place = $filters->place('liaison');
		my (@alone, @with);
		for (1 .. $option{rounds}) {
			push @alone, load($place, connections => 4, rate => 400, seconds => 2);
			my $job = load_start($dir, $place, kind => 'incoming', forms => 'attached', attachment => $docx, rate => 10, connections => 10,
				seconds => 2.5);
			push @with, load($place, connections => 4, rate => 400, seconds => 2);
			load_finish($job);
		}
		my ($before, $after) = map { my $runs = $_; median(map { $_->{p99} } @$runs) } \@alone, \@with;
		push @rows, [$workers, (map { sprintf '%.2f', median(map { $_->{p50} } @$_) } \@alone, \@with), sprintf('%.2f', $before),
			sprintf('%.2f', $after), sprintf('%.2f', $after / $before)];
		push @goals, $report->goal("p99, $workers workers", $after / $before, '<=', 2);
		$filters->daemon->terminate;
	}
	$report->say('Ordinary mail of 2 KB, 400 a second on 4 connections, while ten statements a second with a docx of 40 paragraphs each are '
		. 'read and judged:');
	$report->say('');
	$report->table(['workers', 'p50 alone, ms', 'p50 beside', 'p99 alone, ms', 'p99 beside', 'ratio'], @rows);
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
