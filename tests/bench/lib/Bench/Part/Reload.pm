# Bench::Part::Reload - a reload each second while mail flows: is one lost, does it dip?
package Bench::Part::Reload;

use strict;
use warnings;

use Bench::Filters;
use Bench::Load qw(load_finish load_start median);
use LSM::Scratch qw(scratch_dir);
use Time::HiRes qw(sleep);

my $SECONDS = 4;

sub title { return 'Reload during load' }

# Every answer is checked by the load generator; a wrong or missing one ends the run.
sub measure {
	my ($dir, $daemon, $reloads) = @_;
	my $job = load_start($dir, $daemon->milter, connections => 10, seconds => $SECONDS);
	for (1 .. $SECONDS) {
		sleep 1;
		$daemon->reload if $reloads;
	}
	return load_finish($job);
}

sub run {
	my ($report, %option) = @_;
	my $dir = scratch_dir();
	my $daemon = Bench::Filters->new("$dir", only => ['liaison'])->daemon;
	my (@quiet, @loud);
	for (1 .. $option{rounds}) {
		push @quiet, measure($dir, $daemon, 0);
		push @loud, measure($dir, $daemon, 1);
	}
	my $reloaded = () = $daemon->log_text =~ /\breloaded\b/g;
	my $ratio = median(map { $loud[$_]{rate} / $quiet[$_]{rate} } 0 .. $#loud);
	$report->say("Ordinary mail of 2 KB on 10 connections, $SECONDS s a run; $reloaded reloads of gates and desk in all. "
		. 'Mails lost or answered wrongly: 0.');
	$report->say('');
	$report->table(['', 'mails/s', 'p99, ms', 'max, ms'],
		map { my ($name, $runs) = @$_; [$name, map { my $key = $_; Bench::Report::short(median(map { $_->{$key} } @$runs)) } qw(rate p99 max)] }
			['quiet', \@quiet], ['a reload each second', \@loud]);
	$report->goals($report->goal('rate with reloads, of the rate without', $ratio, '>=', 0.95));
	return;
}

1;
