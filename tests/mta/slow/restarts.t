#!/usr/bin/perl
# restarts.t - the milter is stopped, killed and started again while mail flows, for each thing that a mail server can
# do without it. Each mail is accounted for: what was answered with 250 is delivered once or held by the mail server,
# what was not is nowhere. Statements that are submitted reach nobody outside where the mail server waits or refuses.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Scratch qw(slurp wait_until);
use LSM::Sendmail;
use LSM::World;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my ($bbf, $friend, $chair) = ('liaisons@bbf.example', 'friend@elsewhere.example', 'carol@example.org');
my ($clients, $mails) = (3, 30);

# without: the replies that the mail server gives while the milter is away. leaks: statements may pass then.
my @rows = (
	{ name => 'Postfix, tempfail', postfix => { default_action => 'tempfail' }, without => qr/^(?:4|0)/ },
	{ name => 'Postfix, reject', postfix => { default_action => 'reject' }, without => qr/^(?:5|0)/ },
	{ name => 'Postfix, accept', postfix => { default_action => 'accept' }, without => qr/^250/, leaks => 1 },
	{ name => 'Postfix, quarantine', postfix => { default_action => 'quarantine' }, without => qr/^250/, holds => 1 },
	{ name => 'sendmail, F=T', mta => 'LSM::Sendmail', postfix => { on_failure => 'T' }, without => qr/^(?:4|0)/ },
	{ name => 'sendmail, F=R', mta => 'LSM::Sendmail', postfix => { on_failure => 'R' }, without => qr/^(?:5|0)/ },
	{ name => 'sendmail, neither', mta => 'LSM::Sendmail', postfix => { on_failure => '' }, without => qr/^250/, leaks => 1 },
);

sub statement { return LSM::World->statement(id => $_[0], text => "The text of $_[0].") }
sub ordinary { return "From: Carol <$chair>\nTo: $friend\nSubject: lunch\nMessage-ID: <$_[0]\@example.org>\n"
	. "Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n" }

# One client: statements and ordinary mail in turn, five on a connection; writes "id code" lines.
sub run_client {
	my ($world, $number, $results) = @_;
	open my $file, '>', $results or die "$results: $!\n";
	my ($smtp, $refusal);
	for my $i (1 .. $mails) {
		if (!$smtp || defined $refusal || $i % 5 == 1 || ($smtp->last_reply)[0] == 0) {
			$smtp = eval { LSM::Smtp->new($world->mta->port('submission'), timeout => 30) };
			$smtp && $smtp->ehlo == 250 && $smtp->auth_plain('carol', 'secret');
			# Who cannot log in sends nothing.
			$refusal = $smtp && ($smtp->last_reply)[0] != 235 ? ($smtp->last_reply)[0] : undef;
		}
		my $is_statement = $i % 2;
		my $id = ($is_statement ? 's' : 'o') . "-$number-$i";
		my @mail = $is_statement ? ([$bbf], statement($id)) : ([$friend], ordinary($id));
		my $code = defined $refusal ? $refusal : $smtp ? $smtp->send($chair, @mail) : 0;
		print {$file} "$id $code\n";
		$smtp->rset if $smtp && $code != 250;
		sleep 0.05;
	}
	close $file;
	return;
}

sub start_clients {
	my ($world) = @_;
	my %running;
	for my $number (1 .. $clients) {
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			eval { run_client($world, $number, $world->dir . "/results-$number"); 1 } or print STDERR "# client: $@";
			POSIX::_exit(0);
		}
		$running{$pid} = 1;
	}
	return \%running;
}

# Stopped or killed in turn, and away for a moment, until all clients are through.
sub restart_meanwhile {
	my ($world, $running) = @_;
	my $restarts = 0;
	while (%$running) {
		sleep 0.5;
		$restarts % 2 ? $world->daemon->terminate : $world->daemon->stop;
		sleep 0.3;
		$world->daemon->start;
		$restarts++;
		for my $pid (keys %$running) { delete $running->{$pid} if waitpid($pid, POSIX::WNOHANG()) != 0 }
	}
	return $restarts;
}

sub copies {
	my ($world) = @_;
	my %copies;
	for my $mail ($world->sink->mails) {
		my ($id) = $mail->{data} =~ /^Message-ID: <([so]-\d+-\d+)\@/mi or next;
		$copies{$id} += grep { $_ eq $bbf || $_ eq $friend } @{ $mail->{recipients} };
	}
	return \%copies;
}

# Message-IDs of what the mail server itself holds.
sub held_there {
	my ($world) = @_;
	my @files = (glob($world->dir . '/mx/queue/hold/*'), glob($world->dir . '/mx/queue/hold/*/*'));
	return { map { slurp($_) =~ /<([so]-\d+-\d+)\@example\.org>/ ? ($1 => 1) : () } @files };
}

for my $row (@rows) {
	subtest $row->{name} => sub {
		my $missing = $row->{mta} ? $row->{mta}->can('missing')->() : '';
		plan skip_all => $missing if $missing;
		my $world = LSM::World->new(mta => $row->{mta} // 'LSM::Postfix', postfix => $row->{postfix},
			settings => { notices => [], 'max-interventions' => 1000 });
		my $restarts = restart_meanwhile($world, start_clients($world));
		cmp_ok($restarts, '>=', 2, "restarted $restarts times");
		ok($row->{holds} || $world->mta->queue_is_empty(60), 'the queue is empty');
		# Of what the mail server has not taken, the desk waits for another try before it tells anybody.
		ok(wait_until(60, sub { ($world->status->{outbox_due} // 1) == 0 }), 'nothing is due any more');
		ok($row->{holds} || $world->mta->queue_is_empty(60), 'all is delivered');
		my %codes = map { split ' ' } map { split /\n/, slurp($world->dir . "/results-$_") } 1 .. $clients;
		is(scalar keys %codes, $clients * $mails, 'an answer for each mail');
		my ($copies, $held) = (copies($world), held_there($world));
		my %cases = map { (($_->{message_id} // '') =~ /^([^@]+)@/ ? $1 : '') => $_->{state} } $world->cases;
		my (@wrong, %tally);
		for my $id (sort keys %codes) {
			my ($code, $count) = ($codes{$id}, $copies->{$id} // 0);
			my $kind = $id =~ /^s/ ? 'statement' : 'ordinary';
			my $there = $count > 1 ? "$count copies" : $count == 1 ? 'delivered' : $held->{$id} ? 'held by the server' : 'nowhere';
			my $case = $kind eq 'statement' ? ($cases{$id} // 'no case') : '';
			$tally{"$kind: " . ($code == 250 ? 250 : substr($code, 0, 1) . 'xx') . ", $there" . ($case ? ", $case" : '')}++;
			my $is_right =
				$code != 250          ? $code =~ $row->{without} && $count == 0
				: $kind eq 'ordinary' ? $count + ($held->{$id} // 0) == 1
				: $count == 0         ? ($cases{$id} // '') eq 'pending' || $held->{$id}
				:                       $count == 1 && $row->{leaks};
			push @wrong, "$id: $code, $there, $case" unless $is_right;
		}
		is_deeply(\@wrong, [], 'each mail is where it must be');
		ok($tally{'statement: 250, nowhere, pending'}, 'some statements were held');
		is_deeply([grep { /^statement.*(?:delivered|copies)/ } keys %tally], [], 'no statement reached anybody outside') unless $row->{leaks};
		diag map { "$row->{name}: $tally{$_} $_\n" } sort keys %tally;
		$world->daemon->stop;
		$world->mta->stop;
	};
}

done_testing;
