# Bench::Part::Start - from the start of the daemon to its first answer, with a record of a million statements (COUNT=N).
package Bench::Part::Start;

use strict;
use warnings;

use Bench::Load qw(median);
use Bench::Record;
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path scratch_dir spawn);
use Time::HiRes qw(sleep time);

sub title { return 'From start to first answer' }

# Milliseconds from exec to the answer to one mail.
sub start_once {
	my ($daemon) = @_;
	my $begun = time;
	$daemon->{pid} = spawn([build_path('liaison-milter'), '-f', '-c', $daemon->config], out => "$daemon->{dir}/log", err => "$daemon->{dir}/log");
	my $client;
	until ($client = eval { LSM::Milter->new($daemon) }) {
		die "liaison-milter does not answer:\n" . $daemon->log_text if time > $begun + 60;
		sleep 0.001;
	}
	my ($answer) = $client->mail({}, 'friend@elsewhere.example', ['somebody@users.example'], "From: <friend\@elsewhere.example>\nSubject: lunch\n\nNow?\n");
	my $spent = 1000 * (time - $begun);
	die "the first mail got \"$answer\"\n" if $answer ne 'accept';
	$client->quit;
	$daemon->stop;
	return $spent;
}

sub run {
	my ($report, %option) = @_;
	my (@rows, @goals);
	for my $count (0, $option{count}) {
		my ($uri, $seconds) = Bench::Record::fill($count);
		my $daemon = LSM::Daemon->new(scratch_dir() . '/daemon', socket => 'unix', settings => { defined $uri ? (store => $uri) : () });
		start_once($daemon);
		my $spent = median(map { start_once($daemon) } 1 .. $option{rounds});
		push @rows, [$count, defined $seconds ? sprintf('%.0f', $seconds) : '-', sprintf('%.1f', $spent)];
		push @goals, $report->goal("with $count statements", $spent, '<=', 100, 'ms');
	}
	$report->table(['statements on record', 'to fill it, s', 'first answer, ms'], @rows);
	$report->goals(@goals);
	return;
}

1;
