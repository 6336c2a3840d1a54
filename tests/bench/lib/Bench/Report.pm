# Bench::Report - tables of figures beside their goals, printed as they come and kept in RESULTS.md.
#
# RESULTS.md has one section a part of the benchmark. A run replaces the sections of the parts that it ran and
# leaves the others, so that each says when and on what it was measured.
package Bench::Report;

use strict;
use warnings;

use LSM::Scratch qw(run_command slurp source_root spew);
use POSIX qw(strftime);

my $INTRODUCTION = <<'END';
# Results of `make bench`

Written by `tests/bench/bench`; `doc/performance.md` says what is measured, and how to repeat it. What counts are the ratios:
all filters of a table ran side by side, in turns, and each figure is a median.
END

# path: of RESULTS.md.
sub new {
	my ($class, $path) = @_;
	my $self = bless { path => $path, sections => {}, order => [], missed => 0 }, $class;
	my ($begin, @kept) = split /^## (?=\S)/m, slurp($path);
	for my $section (@kept) {
		my ($name, $text) = split /\n/, $section, 2;
		push @{ $self->{order} }, $name;
		$self->{sections}{$name} = $text;
	}
	return $self;
}

# All that follows belongs to this part; what it had is forgotten.
sub begin {
	my ($self, $name) = @_;
	$self->{name} = $name;
	push @{ $self->{order} }, $name unless defined $self->{sections}{$name};
	$self->{sections}{$name} = '';
	$self->say("## $name", 1);
	$self->say('', 0);
	$self->say('Measured ' . strftime('%Y-%m-%d %H:%M UTC', gmtime) . ' on ' . machine() . '.');
	$self->say('');
	return;
}

sub say {
	my ($self, $line, $only_printed) = @_;
	print "$line\n";
	$self->{sections}{ $self->{name} } .= "$line\n" unless $only_printed;
	return;
}

# A Markdown table; the first column is text, the others are aligned to the right.
sub table {
	my ($self, $head, @rows) = @_;
	my @widths = (0) x @$head;
	for my $row ($head, @rows) {
		for my $i (0 .. $#$head) {
			$row->[$i] //= '-';
			$widths[$i] = length $row->[$i] if length $row->[$i] > $widths[$i];
		}
	}
	my $line = sub {
		my ($row) = @_;
		return '| ' . join(' | ', map { sprintf $_ ? '%*s' : '%2$-*1$s', $widths[$_], $row->[$_] } 0 .. $#$head) . ' |';
	};
	$self->say($line->($head));
	$self->say('|' . join('|', map { '-' x ($widths[$_] + 1) . ($_ ? ':' : '-') } 0 .. $#$head) . '|');
	$self->say($line->($_)) for @rows;
	$self->say('');
	return;
}

# "0.93 of 0.90: met", "0.84 of 0.90: missed by 7 %". sense: '>=' or '<='.
sub verdict {
	my ($self, $value, $sense, $bound) = @_;
	return 'not measured' unless defined $value;
	return 'met' if $sense eq '>=' ? $value >= $bound : $value <= $bound;
	$self->{missed}++;
	my $off = $bound == 0 ? 100 : 100 * abs($value - $bound) / $bound;
	return sprintf 'missed by %.0f %%', $off;
}

# A row for a table of goals: what, figure, goal, verdict.
sub goal {
	my ($self, $what, $value, $sense, $bound, $unit) = @_;
	$unit = defined $unit ? " $unit" : '';
	return [$what, defined $value ? short($value) . $unit : '-', "$sense " . short($bound) . $unit,
		$self->verdict($value, $sense, $bound)];
}

sub goals {
	my ($self, @rows) = @_;
	return $self->table(['goal', 'measured', 'wanted', 'verdict'], @rows);
}

# Three digits that count.
sub short {
	my ($value) = @_;
	return '-' unless defined $value;
	return abs($value) >= 100 ? sprintf('%.0f', $value) : abs($value) >= 10 ? sprintf('%.1f', $value) : sprintf('%.2f', $value);
}

sub machine {
	my ($model) = slurp('/proc/cpuinfo') =~ /^model name\s*:\s*(.*)$/m;
	my $cores = () = slurp('/proc/cpuinfo') =~ /^processor\s*:/mg;
	my ($memory) = slurp('/proc/meminfo') =~ /^MemTotal:\s*(\d+)/m;
	my ($load) = slurp('/proc/loadavg') =~ /^(\S+)/;
	my ($system) = slurp('/etc/os-release') =~ /^PRETTY_NAME="?([^"\n]*)/m;
	my (undef, $kernel) = run_command(['uname', '-r']);
	chomp $kernel;
	return sprintf '%d cores (%s), %.0f GiB, %s, Linux %s, load average %s', $cores, $model // 'unknown', ($memory // 0) / 1048576,
		$system // 'unknown', $kernel, $load;
}

sub missed { return $_[0]{missed} }

sub write {
	my ($self) = @_;
	spew($self->{path}, $INTRODUCTION . join '', map { "\n## $_\n" . $self->{sections}{$_} =~ s/\n+\z/\n/r } @{ $self->{order} });
	return;
}

1;
