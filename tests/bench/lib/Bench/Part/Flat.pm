# Bench::Part::Flat - resident memory over a million ordinary mails (COUNT=N), of all sizes, forms and kinds.
package Bench::Part::Flat;

use strict;
use warnings;

use Bench::Filters;
use Bench::Load qw(load);
use Bench::Process qw(resident);
use LSM::Scratch qw(scratch_dir);

my $STEPS = 10;

sub title { return 'Memory over a million mails' }

sub run {
	my ($report, %option) = @_;
	my $step = int($option{count} / $STEPS);
	my $filters = Bench::Filters->new(scratch_dir(), only => ['liaison']);
	my $daemon = $filters->daemon;
	my (@rows, @figures);
	for my $n (1 .. $STEPS) {
		my @mail = (connections => 20, sizes => '2k,50k', forms => 'plain,multipart,base64,attached');
		load($daemon->milter, @mail, messages => int($step * 0.8));
		load($daemon->milter, @mail, forms => 'plain,multipart', kind => 'listed', messages => int($step * 0.2));
		push @figures, resident($daemon->children('gate'));
		push @rows, [$n * $step, $figures[-1], resident($daemon->children('desk'))];
	}
	$report->say('Of all gates together; four of five mails are accepted after their header, one after a look at its body.');
	$report->say('');
	$report->table(['mails', 'gates, KiB', 'desk, KiB'], @rows);
	$report->goals($report->goal('gates: last, of those in the middle', $figures[-1] / $figures[4], '<=', 1.05, 'times'));
	return;
}

1;
