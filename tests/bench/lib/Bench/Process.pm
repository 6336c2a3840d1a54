# Bench::Process - what processes have in memory, in KiB, and what processor time they took.
package Bench::Process;

use strict;
use warnings;

use Exporter qw(import);
use LSM::Scratch qw(slurp);
use POSIX ();

our @EXPORT_OK = qw(anonymous peak processor resident);

sub sum {
	my ($pattern, $file, @pids) = @_;
	my $sum = 0;
	$sum += $_ for map { slurp("/proc/$_/$file") =~ /^$pattern:\s*(\d+)/m } @pids;
	return $sum;
}

sub resident  { return sum('VmRSS', 'status', @_) }
sub peak      { return sum('VmHWM', 'status', @_) }
sub anonymous { return sum('RssAnon', 'status', @_) }

# Milliseconds of processor time, that of children who ended included (proc(5): utime, stime, cutime, cstime).
sub processor {
	my $ticks = 0;
	for my $pid (@_) {
		my @field = split ' ', slurp("/proc/$pid/stat") =~ s/.*\) //sr;
		$ticks += $_ for @field[11 .. 14];
	}
	return 1000 * $ticks / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

1;
