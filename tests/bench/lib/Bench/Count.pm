# Bench::Count - instructions a mail, counted by callgrind over tests/bench/count: nearly the same each time, whatever else
# the machine does.
package Bench::Count;

use strict;
use warnings;

use Exporter qw(import);
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);

our @EXPORT_OK = qw(count);

# What lacks, or ''.
sub missing {
	return (grep { -x "$_/valgrind" } split /:/, $ENV{PATH}) ? '' : 'valgrind is not installed (apt-get install valgrind)';
}

# {row => [instructions a mail, callgrind's file]}. Options: those of the program (rows, store, recipients, fields), and
# directory (text of directory.conf).
sub count {
	my (%option) = @_;
	my $dir = scratch_dir();
	my $directory = delete $option{directory} // slurp(source_root() . '/conf/directory.conf');
	spew("$dir/directory.conf", $directory);
	spew("$dir/settings", "mode = enforce\ndirectory = \"directory.conf\"\nmax-interventions = 1000000\ncover-limit = 1\nextractor = \"\"\n");
	my @callgrind = ('valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$dir/out");
	my @arguments = map { ("--$_", $option{$_}) } grep { defined $option{$_} } sort keys %option;
	my ($status, $output) = run_command([@callgrind, build_path('tests/bench/count'), '--settings', "$dir/settings", @arguments], seconds => 600);
	die "count: status $status\n$output" if $status != 0;
	return map { row_of($_) } glob "$dir/out.*";
}

# A file for each row, whose trigger names it.
sub row_of {
	my ($file) = @_;
	my $text = slurp($file);
	my ($row, $times) = $text =~ /^desc: Trigger: Client Request: (\S+) (\d+)/m or return;
	my ($total) = $text =~ /^summary: (\d+)/m or return;
	return ($row => [$total / $times, $file]);
}

1;
