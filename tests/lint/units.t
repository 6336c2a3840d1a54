#!/usr/bin/perl
# units.t - the systemd units: what they start exists, and what they start is confined.
use strict;
use warnings;

use File::Basename qw(basename);
use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use Test::More;

# Exposure by systemd-analyze(1), times ten: the daemon talks to the mail server, the others to nobody.
my %most = ('liaison-milter.service' => 15, 'liaison-remind.service' => 10, 'liaison-checkpoint.service' => 10,
	'liaison-metrics.service' => 10);

my $dir = scratch_dir();
my $folder = source_root() . '/conf/systemd';
my @services = map { basename($_, '.in') } glob "$folder/*.service.in";
is_deeply([sort @services], [sort keys %most], 'each service has a limit here');

sub rendered {
	my ($name) = @_;
	my $text = slurp("$folder/$name.in");
	$text =~ s/\@(?:s?bin)dir\@/\/usr\/bin/g;
	spew("$dir/$name", $text);
	return $text;
}

for my $name (sort @services) {
	my $text = rendered($name);
	unlike($text, qr/\@\w+\@/, "$name: nothing is left to fill in");
	for my $command ($text =~ /^ExecStart=\S*\/liaisonctl (\S+)/mg) {
		next unless -x build_path('liaisonctl');    # make lint needs nothing built
		my ($status) = run_command([build_path('liaisonctl'), $command, '--help']);
		is($status, 0, "$name: liaisonctl $command exists");
	}
}

unlike(slurp("$folder/liaison-milter.service.in"), qr/^PrivateUsers=yes/m,
	'the daemon sees who its users and groups are: listen-group, operators');

for my $timer (map { basename($_) } glob "$folder/*.timer") {
	my $service = $timer =~ s/\.timer$/.service/r;
	ok(-e "$folder/$service.in", "$timer: has its service");
	like(slurp("$folder/$timer"), qr/^WantedBy=timers\.target$/m, "$timer: can be enabled");
}

for my $socket (map { basename($_) } glob "$folder/*.socket") {
	my $text = slurp("$folder/$socket");
	ok(-e "$folder/" . ($socket =~ s/\.socket$/.service.in/r), "$socket: has its service");
	is(scalar(() = $text =~ /^Listen\w+=/mg), 1, "$socket: one listener, as the daemon takes it");
}

SKIP: {
	my ($missing) = run_command(['systemd-analyze', '--version']);
	skip 'no systemd-analyze here', scalar @services if $missing;
	for my $name (sort @services) {
		my ($status, $output) = run_command(['systemd-analyze', 'security', '--no-pager', '--offline=true',
			"--threshold=$most{$name}", "$dir/$name"]);
		is($status, 0, "$name: exposure of $most{$name} tenths at the most")
			or diag($output =~ /(Overall exposure.*)/);
	}
}
done_testing();
