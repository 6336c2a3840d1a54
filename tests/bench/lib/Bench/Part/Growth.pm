# Bench::Part::Growth - how cost grows with the directory, recipients, header fields and statements on record.
#
# In instructions, which nothing else on the machine disturbs. Writes the figures to doc/growth.dat, and where gnuplot
# is installed doc/growth.svg.
package Bench::Part::Growth;

use strict;
use warnings;

use Bench::Count qw(count);
use Bench::Filters;
use Bench::Load qw(keep_awake load median);
use Bench::Record;
use LSM::Scratch qw(run_command scratch_dir slurp source_root spew);

sub title { return 'How cost grows' }

# The shipped directory and so many groups and organizations more.
sub directory {
	my ($more) = @_;
	my $text = slurp(source_root() . '/conf/directory.conf');
	my $groups = join '', map { "\tgroup \"made$_\" { area = ops chairs = {\"made$_-chairs\@ietf.org\"} list = \"made$_\@ietf.org\" }\n" } 1 .. $more;
	$text =~ s/^(?=\t# ---- People)/$groups/m or die "directory.conf: no place for groups\n";
	return $text . join '', map { "organization \"Made Forum $_\" { domains = {\"made$_.example\"} send-to = {\"ls\@made$_.example\"} }\n" } 1 .. $more;
}

# Instructions a mail, of a few mails, in the rows' order; no option: as shipped.
sub costs {
	my ($rows, %option) = @_;
	my %count = count(rows => join(',', @$rows), times => 5, %option);
	return map { $count{$_}[0] } @$rows;
}

sub along_directory {
	my ($rows) = @_;
	return map { [$_, costs($rows, directory => directory($_))] } 10, 1000, 10_000;
}

sub along_recipients {
	my ($rows) = @_;
	return map { [$_, costs($rows, recipients => $_ - 1)] } 1, 50, 1000;
}

sub along_fields {
	my ($rows) = @_;
	return map { [$_, costs($rows, fields => $_)] } 10, 100, 1000;
}

# Milliseconds, the median of a mail on one connection: callgrind cannot map a record of the usual size.
sub along_record {
	my ($rounds, @steps) = @_;
	return map {
		my ($uri) = Bench::Record::fill($_);
		my $filters = Bench::Filters->new(scratch_dir(), only => ['liaison'], settings => { defined $uri ? (store => $uri) : () });
		my @row = ($_);
		for my $kind (qw(ordinary listed incoming)) {
			my $awake = $kind eq 'incoming' ? undef : keep_awake();    # that one waits for the disk
			push @row, median(map { load($filters->place('liaison'), kind => $kind, seconds => 1, warm => 0.3)->{p50} } 1 .. $rounds);
		}
		$filters->daemon->terminate;
		\@row;
	} @steps;
}

sub curves {
	my ($data, $index) = @_;
	my @titles = ('ordinary', 'body looked at', 'incoming statement');
	return 'plot ' . join ', ', map { my $column = $_ + 2;
		qq{"$data" index $index using (\$1<1?1:\$1):$column with linespoints title "$titles[$_]"} } 0 .. $#titles;
}

sub plot {
	my ($data) = @_;
	my $script = "$data.gp";
	my $root = source_root();
	return 'gnuplot is not installed (apt-get install gnuplot-nox): no plot was drawn' unless grep { -x "$_/gnuplot" } split /:/, $ENV{PATH};
	spew($script, <<"END");
set terminal svg size 900,640 font "sans,11" background rgb "white"
set output "$root/doc/growth.svg"
set multiplot layout 2,2
set logscale xy
set key left center
set ylabel "thousand instructions a mail"
set format x "10^{%T}"
set xlabel "groups and organizations added to the directory"
@{[ curves($data, 0) ]}
set xlabel "recipients"
@{[ curves($data, 1) ]}
set xlabel "further header fields"
@{[ curves($data, 2) ]}
set ylabel "milliseconds a mail"
set xlabel "statements on record (none is drawn at 1)"
@{[ curves($data, 3) ]}
unset multiplot
END
	my ($status, $output) = run_command(['gnuplot', $script]);
	return $status == 0 ? 'Drawn in doc/growth.svg.' : "gnuplot: $output";
}

sub run {
	my ($report, %option) = @_;
	my $why = Bench::Count::missing();
	return $report->say("Not measured: $why.") if $why;
	my @rows = qw(ordinary-2k listed-2k incoming-2k);
	my @records = split ' ', $ENV{RECORDS} || "0 10000 $option{count}";
	my @series = (
		['groups and organizations added', 'thousand instructions', sub { along_directory(\@rows) }],
		['recipients', 'thousand instructions', sub { along_recipients(\@rows) }],
		['header fields added', 'thousand instructions', sub { along_fields(\@rows) }],
		['statements on record', 'milliseconds', sub { along_record($option{rounds}, @records) }],
	);
	my ($data, @goals) = ('');
	for my $series (@series) {
		my ($what, $unit, $measure) = @$series;
		my @steps = $measure->();
		my $scale = $unit eq 'milliseconds' ? 1 : 1000;
		$report->say("In $unit a mail:");
		$report->say('');
		$report->table([$what, @rows], map { my ($step, @costs) = @$_; [$step, map { Bench::Report::short($_ / $scale) } @costs] } @steps);
		$data .= "# $what: @rows, $unit\n" . join('', map { join(' ', map { sprintf '%.3f', $_ } $_->[0], map { $_ / $scale } @$_[1 .. $#$_])
			. "\n" } @steps) . "\n\n";
		push @goals, goals($report, $what, \@rows, @steps);
	}
	spew(source_root() . '/doc/growth.dat', $data =~ s/\n\n\z//r);
	my $dir = scratch_dir();
	spew("$dir/growth", $data);
	$report->say(plot("$dir/growth"));
	$report->say('');
	$report->goals(@goals);
	return;
}

# Flat or logarithmic: a thousand times as much may cost half as much again. What comes with the mail is paid for
# by the piece.
sub goals {
	my ($report, $what, $rows, $first, $middle, $last) = @_;
	return unless $last;
	if ($what =~ /^(?:recipients|header)/) {
		my $each = sub { my ($from, $to) = @_; return ($to->[1] - $from->[1]) / ($to->[0] - $from->[0]) };
		return $report->goal("$rows->[0], each of $last->[0] $what, of each of $middle->[0]", $each->($middle, $last) / $each->($first, $middle),
			'<=', 1.5, 'times');
	}
	return map { $report->goal("$rows->[$_ - 1], $what: $last->[0], of $first->[0]", $last->[$_] / $first->[$_], '<=', 1.5, 'times') }
		1 .. $#$first;
}

1;
