# Bench::Part::Postfix - ordinary mail through a private Postfix: smtp-source, smtpd with the filter or without, smtp-sink.
package Bench::Part::Postfix;

use strict;
use warnings;

use Bench::Filters;
use Bench::Load qw(interleave median);
use LSM::Postfix;
use LSM::Scratch qw(accepts at_end reap reserve_port run_command scratch_dir spawn spew wait_until);
use Time::HiRes qw(time);

my $SOURCE = '/usr/sbin/smtp-source';
my @FILTERS = qw(liaison header continue opendkim opendmarc);
# size, sessions at once, mails a round
my @ROWS = (['2k', 1, 100], ['2k', 10, 200], ['2k', 50, 200], ['50k', 10, 100], ['5m', 10, 10]);

sub title { return 'Ordinary mail through Postfix' }

sub start_sink {
	my ($dir) = @_;
	my $port = reserve_port();
	my $pid = spawn(['/usr/sbin/smtp-sink', '-u', 'postfix', "127.0.0.1:$port", 1024], out => "$dir/sink.log", err => "$dir/sink.log");
	at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
	wait_until(10, sub { accepts($port) }) or die "smtp-sink does not answer\n";
	return $port;
}

# One after the other would be measured by how full the caches are: all run at once, and take turns.
sub start_postfix {
	my ($filters, $dir, $sink, $name) = @_;
	my $milter = $name eq 'none' ? '' : $filters->place($name);
	return LSM::Postfix->new("$dir/mx-$name", milter => $milter, sink_port => $sink, settings => { default_process_limit => 60 })->start;
}

# Accepted mails a second.
sub send_mails {
	my ($postfix, $file, $sessions, $mails) = @_;
	my $begun = time;
	my ($status, $output) = run_command([$SOURCE, '-s', $sessions, '-m', $mails, '-F', $file, '-f', 'friend@elsewhere.example',
		'-t', 'somebody@users.example', '-M', 'mail.elsewhere.example', '127.0.0.1:' . $postfix->port('smtp')], seconds => 180);
	my $spent = time - $begun;
	die "smtp-source: $output\n" if $status != 0;
	$postfix->queue_is_empty(60) or die "Postfix still has mail in its queue\n";
	return $mails / $spent;
}

sub run {
	my ($report, %option) = @_;
	my $why = LSM::Postfix::missing() || (-x $SOURCE ? '' : 'smtp-source is not installed');
	return $report->say("Not measured: $why.") if $why;
	my $dir = scratch_dir();
	my $filters = Bench::Filters->new("$dir", only => \@FILTERS, settings => { 'listen-group' => 'postfix' });
	my @names = ('none', grep { $filters->has($_) } @FILTERS);
	my $sink = start_sink($dir);
	my %postfix = map { $_ => start_postfix($filters, $dir, $sink, $_) } @names;
	my %mail = map { my $size = $_->[0]; $size => $filters->signed_mail("$dir/mail.$size", kind => 'ordinary', sizes => $size) } @ROWS;
	send_mails($_, $mail{'2k'}, 1, 5) for values %postfix;
	my (@rates, @goals);
	for my $row (@ROWS) {
		my ($size, $sessions, $mails) = @$row;
		my $rates = interleave($option{rounds}, \@names, sub { send_mails($postfix{ $_[0] }, $mail{$size}, $sessions, $mails) });
		my $what = uc($size =~ s/(?=[km])/ /r) . "B, $sessions sessions";
		push @rates, [$what, map { Bench::Report::short(median(@{ $rates->{$_} })) } @names];
		push @goals, $report->goal("$what: of header", ratio($rates, 'header'), '>=', 0.95);
		push @goals, $report->goal("$what: of opendkim", ratio($rates, 'opendkim'), '>=', 1.5) if $rates->{opendkim};
	}
	$report->say("smtp-source, Postfix, smtp-sink, one mail a session; $option{rounds} rounds. opendkim verifies a signature "
		. '(rsa-sha256, 2048 bits) that is right; opendmarc finds neither SPF record nor policy.');
	my %why_not = $filters->why_not;
	$report->say("$_: $why_not{$_}.") for sort keys %why_not;
	$report->say('');
	$report->table(['accepted mails/s', @names], @rates);
	$report->goals(@goals);
	$_->stop for values %postfix;
	return;
}

sub ratio {
	my ($rates, $other) = @_;
	return median(map { $rates->{liaison}[$_] / $rates->{$other}[$_] } 0 .. $#{ $rates->{liaison} });
}

1;
