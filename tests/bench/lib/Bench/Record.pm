# Bench::Record - records that are full already, made by tests/bench/fill.
package Bench::Record;

use strict;
use warnings;

use File::Path qw(remove_tree);
use LSM::Scratch qw(at_end build_path run_command);
use Time::HiRes qw(time);

# (store's URI, seconds that it took); no URI for 0 statements. Taken away at the end of the program at the latest.
sub fill {
	my ($count) = @_;
	return (undef, 0) unless $count;
	my $begun = time;
	my ($status, $output) = run_command([build_path('tests/bench/fill'), '--count', $count, '--keep'], seconds => 1800);
	my ($uri) = $output =~ m{(lmdb:/\S+)};
	die "fill: status $status: $output\n" unless $status == 0 && defined $uri;
	at_end(sub { forget($uri) });
	return ($uri, time - $begun);
}

sub forget {
	my ($uri) = @_;
	remove_tree($uri =~ s/^lmdb://r) if defined $uri && $uri =~ m{/lsm-fill-\w+$};
	return;
}

1;
