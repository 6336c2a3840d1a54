# Bench::Process - what processes have in memory, in KiB.
package Bench::Process;

use strict;
use warnings;

use Exporter qw(import);
use LSM::Scratch qw(slurp);

our @EXPORT_OK = qw(resident peak anonymous);

sub sum {
	my ($pattern, $file, @pids) = @_;
	my $sum = 0;
	$sum += $_ for map { slurp("/proc/$_/$file") =~ /^$pattern:\s*(\d+)/m } @pids;
	return $sum;
}

sub resident  { return sum('VmRSS', 'status', @_) }
sub peak      { return sum('VmHWM', 'status', @_) }
sub anonymous { return sum('RssAnon', 'status', @_) }

1;
