# Bench::Load - runs the load generator, and the arithmetic of its figures.
package Bench::Load;

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP;
use LSM::Scratch qw(build_path reap run_command slurp spawn spew);

our @EXPORT_OK = qw(interleave keep_awake letter load load_finish load_start median);

my $running = 0;

sub command {
	my ($place, %option) = @_;
	my @arguments;
	for my $name (sort keys %option) {
		next unless defined $option{$name};
		push @arguments, $option{$name} eq '!' ? "--$name" : ("--$name", $option{$name});
	}
	return [build_path('tests/bench/load'), '--json', '--to', $place, @arguments];
}

sub figures {
	my ($status, $output, $place) = @_;
	my ($json) = $output =~ /^(\{.*\})$/m or die "load: $place: status $status: $output\n";
	my $figures = decode_json($json);
	die "load: $place: a wrong answer: $output\n" if $figures->{wrong};
	return $figures;
}

# One run to its end: {rate, p50, p99, max, messages, seconds ...}. Options are those of the program: kind =>
# 'ordinary', connections => 10, seconds => 0.5; '!' for those without a value. Dies after a wrong answer.
sub load {
	my ($place, %option) = @_;
	my ($status, $output) = run_command(command($place, %option), seconds => 300);
	return figures($status, $output, $place);
}

# The same in the background, so that others run beside it.
sub load_start {
	my ($dir, $place, %option) = @_;
	my $file = "$dir/load." . ++$running;
	return { file => $file, place => $place, pid => spawn(command($place, %option), out => $file, err => $file) };
}

sub load_finish {
	my ($job, $seconds) = @_;
	my $status = reap($job->{pid}, $seconds || 120) // die "load: $job->{place}: no end\n";
	return figures($status >> 8, slurp($job->{file}), $job->{place});
}

# The text of the mail that such options send.
sub letter {
	my (%option) = @_;
	my ($status, $output) = run_command(command('-', %option, print => '!'));
	die "load --print: $output\n" if $status != 0;
	return $output;
}

# As long as what this returns is kept no processor halts, for the sake of virtual machines: see tests/bench/load.c. Not where
# somebody waits for the disk: it may be served by the host on these very processors.
sub keep_awake {
	return bless { pid => spawn([build_path('tests/bench/load'), '--awake'], out => '/dev/null', err => '/dev/null') };
}

sub DESTROY {
	my ($self) = @_;
	kill 'KILL', $self->{pid};
	reap($self->{pid}, 5);
	return;
}

sub median {
	my @sorted = sort { $a <=> $b } grep { defined } @_;
	return unless @sorted;
	return @sorted % 2 ? $sorted[@sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

# Calls $measure->($name) for each name, $rounds times in turn, in changing order: what else the machine does
# befalls all. Returns {name => [figure of each round]}.
sub interleave {
	my ($rounds, $names, $measure) = @_;
	my %figures;
	for my $round (0 .. $rounds - 1) {
		my @order = map { $names->[($_ + $round) % @$names] } 0 .. $#$names;
		push @{ $figures{$_} }, $measure->($_) for @order;
	}
	return \%figures;
}

1;
