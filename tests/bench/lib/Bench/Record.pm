# Bench::Record - records that are full already, made by tests/bench/fill; each size is made once a run.
package Bench::Record;

use strict;
use warnings;

use File::Path qw(remove_tree);
use LSM::Scratch qw(at_end build_path run_command);
use Time::HiRes qw(time);

my %made;

# (store's URI, seconds that it took to make, undef where it was there); no URI for 0 statements. Whoever asks may write
# to it, and so does the next one. Taken away at the end of the program.
sub fill {
	my ($count) = @_;
	return (undef, 0) unless $count;
	return ($made{$count}, undef) if $made{$count};
	my $begun = time;
	my ($status, $output) = run_command([build_path('tests/bench/fill'), '--count', $count, '--keep'], seconds => 1800);
	my ($uri) = $output =~ m{(lmdb:/\S+)};
	die "fill: status $status: $output\n" unless $status == 0 && defined $uri;
	$made{$count} = $uri;
	at_end(sub { remove_tree($uri =~ s/^lmdb://r) if $uri =~ m{/lsm-fill-\w+$} });
	return ($uri, time - $begun);
}

1;
