# Bench::Part::Wire - ordinary mail on the wire, beside the yardsticks, opendkim and opendmarc.
package Bench::Part::Wire;

use strict;
use warnings;

use Bench::Filters;
use Bench::Load qw(interleave keep_awake load median);
use LSM::Scratch qw(scratch_dir);

# To add a mix: a row. kind: of tests/bench/letter.c; against: the yardstick that the goal speaks of.
my @MIXES = (
	{ name => 'header suffices, 2 KB', kind => 'ordinary', sizes => '2k', forms => 'plain,multipart,base64', goal => 0.9 },
	{ name => 'header suffices, 50 KB', kind => 'ordinary', sizes => '50k', forms => 'plain,multipart,base64', goal => 0.9 },
	{ name => 'header suffices, 5 MB', kind => 'ordinary', sizes => '5m', forms => 'attached,base64', longer => 3, goal => 0.9 },
	{ name => 'body looked at, 2 KB', kind => 'listed', sizes => '2k', forms => 'plain,multipart', goal => 0.7 },
	{ name => 'body looked at, 50 KB', kind => 'listed', sizes => '50k', forms => 'plain,multipart', goal => 0.7 },
	{ name => 'body looked at, 5 MB', kind => 'listed', sizes => '5m', forms => 'attached', longer => 3, goal => 0.7 },
);
my @CONNECTIONS = (1, 10, 50);

sub title { return 'Ordinary mail on the wire' }

sub measure {
	my ($filters, $mix, $connections, $option) = @_;
	my %common = (connections => $connections, seconds => $option->{seconds} * ($mix->{longer} || 1), kind => $mix->{kind});
	my %mail = (sizes => $mix->{sizes}, forms => $mix->{forms});
	my %own_mail = (opendkim => { mail => $mix->{signed}, edited => '!' }, opendmarc => { %mail, edited => '!' });
	return interleave($option->{rounds}, [ $filters->names ], sub {
		my ($name) = @_;
		return load($filters->place($name), %common, %{ $own_mail{$name} || \%mail });
	});
}

sub rate_of { return median(map { $_->{rate} } @{ $_[0] || [] }) }

# The median of the ratios of the same round.
sub ratio {
	my ($figures, $one, $other) = @_;
	return unless $figures->{$one} && $figures->{$other};
	return median(map { $figures->{$one}[$_]{rate} / $figures->{$other}[$_]{rate} } 0 .. $#{ $figures->{$one} });
}

sub run {
	my ($report, %option) = @_;
	my $dir = scratch_dir();
	my $filters = Bench::Filters->new($dir);
	my $awake = keep_awake();
	my (@rates, @times, @goals);
	for my $mix (@MIXES) {
		# What opendkim gets: the same mail with a signature that is right.
		$mix->{signed} = $filters->signed_mail("$dir/signed.$mix->{kind}.$mix->{sizes}", kind => $mix->{kind},
			sizes => $mix->{sizes}, forms => (split /,/, $mix->{forms})[0]);
		for my $connections (@CONNECTIONS) {
			my $figures = measure($filters, $mix, $connections, \%option);
			my $what = "$mix->{name}, $connections conn.";
			push @rates, [$what, map { Bench::Report::short(rate_of($figures->{$_})) } $filters->names];
			push @times, [$what, map { my $row = $figures->{$_}; join ' / ', map { my $key = $_;
				sprintf '%.2f', median(map { $_->{$key} } @$row) } qw(p50 p99) } $filters->names];
			push @goals, $report->goal("$what: of header", ratio($figures, qw(liaison header)), '>=', $mix->{goal}),
				$report->goal("$what: of continue", ratio($figures, qw(liaison continue)), '>=', 3);
		}
	}
	say_what($report, $filters, \%option);
	$report->table(['messages/s', $filters->names], @rates);
	$report->table(['p50 / p99, ms', $filters->names], @times);
	$report->goals(@goals);
	return;
}

sub say_what {
	my ($report, $filters, $option) = @_;
	my %why_not = $filters->why_not;
	$report->say("Unix sockets; $option->{rounds} rounds of $option->{seconds} s each, three times that for 5 MB. "
		. 'continue, header, body, first: the yardsticks of tests/bench/yardstick.c. opendkim verifies a '
		. 'signature (rsa-sha256, 2048 bits) that is right; opendmarc finds neither SPF record nor policy, and adds '
		. 'its field.');
	$report->say("$_: $why_not{$_}.") for sort keys %why_not;
	$report->say('');
	return;
}

1;
