# Bench::Part::Memory - what an idle connection keeps, and what one large statement needs at its peak.
package Bench::Part::Memory;

use strict;
use warnings;

use Bench::Filters;
use Bench::Load qw(load median);
use Bench::Process qw(peak resident);
use IPC::Open2 qw(open2);
use LSM::Scratch qw(build_path scratch_dir);

my $IDLE = 1000;
my $LARGE = 25;    # MB

sub title { return 'Memory' }

sub pids {
	my ($filters, $name) = @_;
	return $name eq 'liaison' ? $filters->daemon->children('gate') : ($filters->pid($name));
}

# KiB that $IDLE connections add to what the filter has after some mail.
sub idle {
	my ($filters, $name) = @_;
	load($filters->place($name), connections => 50, seconds => 0.5);
	my $before = resident(pids($filters, $name));
	my $pid = open2(my $out, my $in, build_path('tests/bench/load'), '--to', $filters->place($name), '--idle', $IDLE);
	my $line = <$out> // '';
	die "load: $name: $line\n" if $line !~ /^$IDLE idle/;
	my $after = resident(pids($filters, $name));
	close $in;
	waitpid $pid, 0;
	return $after - $before;
}

# One statement of 25 MB with an attachment: KiB above what each process had, at its peak.
sub large {
	my ($dir) = @_;
	my $filters = Bench::Filters->new($dir, only => ['liaison'], settings => { workers => 1 });
	my $daemon = $filters->daemon;
	my @roles = qw(gate desk);
	load($daemon->milter, kind => 'incoming', messages => 3);
	my %before = map { $_ => resident($daemon->children($_)) } @roles;
	load($daemon->milter, kind => 'incoming', forms => 'attached', sizes => "${LARGE}m", messages => 1);
	my %grown = map { $_ => peak($daemon->children($_)) - $before{$_} } @roles;
	my $settled = resident($daemon->children('gate')) - $before{gate};
	$daemon->terminate;
	return (%grown, settled => $settled);
}

sub run {
	my ($report, %option) = @_;
	my $filters = Bench::Filters->new(scratch_dir(), only => [qw(liaison continue header)]);
	my %idle = map { $_ => idle($filters, $_) } qw(liaison continue header);
	my %large = large(scratch_dir());
	$report->table(["$IDLE idle connections", 'KiB'], map { [$_, $idle{$_}] } qw(liaison continue header));
	$report->table(["one statement of $LARGE MB", 'KiB'], ['gate, peak above before', $large{gate}], ['desk, peak above before', $large{desk}],
		['gate, kept afterwards', $large{settled}]);
	$report->goals(
		$report->goal('an idle connection, above continue', ($idle{liaison} - $idle{continue}) / $IDLE, '<=', 16, 'KiB'),
		$report->goal("gate, of a mail of $LARGE MB", $large{gate} / 1024 / $LARGE, '<=', 2, 'times'),
		$report->goal("gate and desk together", ($large{gate} + $large{desk}) / 1024 / $LARGE, '<=', 2, 'times'));
	return;
}

1;
