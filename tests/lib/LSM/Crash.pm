# LSM::Crash - the real daemon under load from a real Postfix, killed again and again; and what must be true
# of it afterwards.
#
#   LSM::Crash->new(mails => 2100, kills => 300)->play;     # prints TAP and the tally
#
# Each life of the daemon is a few strikes long (crash_preload.c: after n steps of a desk or a gate, the
# process that makes the last one dies); then the house is stopped, each third time by killing all of it at
# once, and a new one starts on the same record. n goes through all numbers: 1, 2, 3 ... up to $DEEPEST, and
# again. Mails come from several sessions meanwhile: statements that are held, refused or come in, and ordinary
# mail. What was not answered is sent again, as a mail server would; some are not, as a user would who gives up.
#
# Where a gate dies between the mail server's final reply and its note of it, the case is on record as not
# accepted, and its letters are held. That is meant; the same mail once more lets them go.
package LSM::Crash;

use strict;
use warnings;

use Fcntl qw(SEEK_SET);
use LSM::Scratch qw(at_end process_rows reap slurp spew wait_until);
use LSM::Smtp;
use LSM::World;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $DEEPEST = 150;           # steps; a statement takes about half of it
my $STRIKES_A_LIFE = 4;      # the fifth death within a minute would make the parent wait
my $SESSIONS = 4;
my $bbf = 'liaisons@bbf.example';
my $friend = 'friend@elsewhere.example';

# What a mail is, by its number; in turn.
my @kinds = qw(held ordinary incoming held refused ordinary);

# mails: how many; kills: how many strikes at the least; seconds: the load ends by then, whatever was sent.
sub new {
	my ($class, %option) = @_;
	my $self = bless { mails => 60, kills => 20, seconds => 240, patience => 180, %option }, $class;
	my $world = $self->{world} = LSM::World->new(preload => 1, start => 0,
		settings => { 'max-interventions' => 1_000_000, 'decision-timeout' => 5,
			'cover-limit' => 0 });
	$self->{plan} = $world->dir . '/plan';
	spew($self->{plan}, "\0" x 64);
	$world->daemon->set_env(LSM_KILL_PLAN => $self->{plan});
	return $self;
}

sub play {
	my ($self) = @_;
	my $world = $self->{world};
	$self->{begin} = time;
	$world->daemon->start;
	$self->{sessions} = [map { $self->start_session($_) } 0 .. $SESSIONS - 1];
	$self->strike_until_done;
	is(reap($_, 120), 0, 'a session ends') for @{ $self->{sessions} };
	$self->check;
	return;
}

# --- the mails ---

sub kind_of { return $kinds[$_[0] % @kinds] }

# One in twenty is tried once and never again.
sub is_given_up { return $_[0] % 20 == 13 }

sub mail_of {
	my ($number) = @_;
	my $kind = kind_of($number);
	my %field = (id => "crash-$number", subject => "Crash $number", text => "Text of number $number.");
	$field{Purpose} = undef if $kind eq 'refused';
	%field = (%field, From => 'ITU-T', To => 'IETF IPPM Working Group', 'Send-Reply-To' => 'tsb@itu.example',
		header_from => 'tsb@itu.example', header_to => 'ippm@ietf.org') if $kind eq 'incoming';
	return LSM::World->statement(%field) if $kind ne 'ordinary';
	return "From: $friend\nTo: carol\@example.org\nSubject: Crash $number\nMessage-ID: <crash-$number\@elsewhere.example>\n"
		. "Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nLunch at noon, number $number?\n";
}

sub send_one {
	my ($self, $number) = @_;
	my $kind = kind_of($number);
	my $mail = mail_of($number);
	my $world = $self->{world};
	return $world->arrive('tsb@itu.example', ['ippm@ietf.org'], $mail) if $kind eq 'incoming';
	return $world->arrive($friend, ['carol@example.org'], $mail) if $kind eq 'ordinary';
	return $world->submit('carol', 'carol@example.org', [$bbf], $mail);
}

sub is_final { return ($_[0] // 0) =~ /^[25]\d\d$/ }

# A process that sends its share of the numbers: fresh ones first, then what was put off. It writes a line
# "NUMBER CODE TRIES" each.
sub start_session {
	my ($self, $session) = @_;
	my $pid = fork // die "fork: $!\n";
	if ($pid) {
		at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
		return $pid;
	}
	my @waiting = map { [$_, 0] } grep { $_ % $SESSIONS == $session } 0 .. $self->{mails} - 1;
	open my $book, '>>', $self->book($session) or POSIX::_exit(1);
	$book->autoflush(1);
	while (my $next = shift @waiting) {
		my ($number, $tries) = @$next;
		my $code = eval { $self->send_one($number) } // 0;
		$tries++;
		if (is_final($code) || is_given_up($number)) {
			print {$book} "$number $code $tries\n";
		} else {
			push @waiting, [$number, $tries];
			sleep 0.05;
		}
		last if time - $self->{begin} > $self->{seconds} + 60;
	}
	close $book;
	POSIX::_exit(0);
}

sub book { return "$_[0]{world}{dir}/session-$_[1]" }

# {number => [code, tries]} of all sessions.
sub answers {
	my ($self) = @_;
	my %answers;
	for my $session (0 .. $SESSIONS - 1) {
		$answers{ $_->[0] } = [@$_[1, 2]] for map { [split] } split /\n/, slurp($self->book($session));
	}
	return %answers;
}

# --- the strikes ---

# The fields of crash_preload.c's Plan; the countdown last, it arms.
sub arm {
	my ($self, $steps, $who, $half) = @_;
	open my $file, '+<:raw', $self->{plan} or die "$self->{plan}: $!\n";
	$file->autoflush(1);
	sysseek $file, 4, SEEK_SET;
	syswrite $file, pack('l3', ord $who, 0, $half) . "\0" x 48;
	sysseek $file, 0, SEEK_SET;
	syswrite $file, pack('l', $steps);
	close $file;
	return;
}

# The call in which somebody died, as "desk: pwrite"; '' if nobody has.
sub struck {
	my ($self) = @_;
	my (undef, undef, $role, undef, $call) = unpack 'l4Z48', slurp($self->{plan});
	return $role ? (chr $role eq 'd' ? 'desk' : 'gate') . ": $call" : '';
}

sub is_sending {
	my ($self) = @_;
	my %alive = map { $_->{pid} => 1 } process_rows();
	return grep { $alive{$_} } @{ $self->{sessions} };
}

# Of four strikes three are for the desk: it has most of the steps.
sub strike_until_done {
	my ($self) = @_;
	my ($round, $lives) = (0, 1);
	while ($self->is_sending && time - $self->{begin} < $self->{seconds}) {
		$self->arm(1 + $round % $DEEPEST, $round % 4 == 3 ? 'g' : 'd', int($round / 4) % 2);
		$round++;
		my $call = wait_until(3, sub { $self->struck || !$self->is_sending }) ? $self->struck : '';
		$self->{struck}{$call}++ if $call;
		$self->{strikes}++ if $call;
		next if $round % $STRIKES_A_LIFE;
		$self->end_life($lives % 3 == 0);
		$lives++;
	}
	$self->{lives} = $lives;
	$self->end_life(0);
	return;
}

# The next house counts its children's deaths from none on.
sub end_life {
	my ($self, $by_power_cut) = @_;
	my $daemon = $self->{world}->daemon;
	$self->arm(0, 'a', 0);
	$by_power_cut ? $daemon->terminate : $daemon->stop;
	$daemon->start;
	return;
}

# --- afterwards ---

sub check {
	my ($self) = @_;
	my $world = $self->{world};
	my %answers = $self->answers;
	is(scalar keys %answers, $self->{mails}, 'every mail has its answer');
	cmp_ok($self->{strikes} // 0, '>=', $self->{kills}, 'enough of them died');
	$self->ask_again;
	ok($world->settle($self->{patience}), 'all is sent');
	$self->check_record(\%answers);
	$self->check_deliveries(\%answers);
	my ($status, $output) = $world->daemon->ctl('verify');
	is($status, 0, 'the record verifies') or diag $output;
	ok($world->daemon->stop, 'the daemon stops well');
	$world->postfix->stop;
	$self->print_tally(\%answers);
	return;
}

# What the record shows as not accepted comes once more, now that nobody dies.
sub ask_again {
	my ($self) = @_;
	my @numbers = sort { $a <=> $b } map { number_of($_->{subject}) } grep { !$_->{taken} } $self->{world}->cases;
	my @wrong;
	for my $number (@numbers) {
		my $code = $self->send_one($number);
		push @wrong, "$number: $code" if $code != want_code($number);
		$self->{again}{$number}++;
	}
	is_deeply(\@wrong, [], 'what the mail server is not known to have taken is answered when it comes again');
	return;
}

sub number_of { return ($_[0] // '') =~ /Crash (\d+)/ ? $1 : undef }

sub want_code { return kind_of($_[0]) eq 'refused' ? 550 : 250 }

sub check_record {
	my ($self, $answers) = @_;
	my (%cases, @wrong, @missing, @twice);
	$cases{ number_of($_->{subject}) // 'none' }++ for $self->{world}->cases;
	for my $number (sort { $a <=> $b } keys %$answers) {
		my $code = $answers->{$number}[0];
		my $count = $cases{$number} // 0;
		push @wrong, "$number: $code" if is_final($code) && $code != want_code($number);
		push @twice, "$number: $count" if $count > (kind_of($number) eq 'ordinary' ? 0 : 1);
		push @missing, $number if is_final($code) && kind_of($number) ne 'ordinary' && !$count;
	}
	is_deeply(\@wrong, [], 'every answer is the right one, or a request to come again');
	is_deeply(\@missing, [], 'every statement that was answered is on record');
	is_deeply(\@twice, [], '... once, and no ordinary mail is');
	ok(!$cases{none}, '... and nothing else');
	$self->{cases} = grep { $_ ne 'none' } keys %cases;
	return;
}

# Mails as they came and letters of ours, by number: who got how many.
sub check_deliveries {
	my ($self, $answers) = @_;
	my (%came, %letters, @leaked, @doubled);
	for my $mail ($self->{world}->sink->mails) {
		my $number = number_of(LSM::World::field($mail->{data}, 'Subject')) // next;
		my $id = LSM::World::field($mail->{data}, 'Message-ID');
		push @leaked, $number if grep { $_ eq $bbf } @{ $mail->{recipients} };
		if ($id =~ /^<crash-/) {
			$came{$number}++;
			next;
		}
		my $word = LSM::World::word_for($mail, '');
		$letters{"$number $word @{ $mail->{recipients} }"}{$id}++;
		$self->{letters}++;
	}
	is_deeply(\@leaked, [], 'nobody outside got anything');
	my @lost;
	for my $number (grep { kind_of($_) =~ /^(?:ordinary|incoming)$/ } keys %$answers) {
		my $want = ($answers->{$number}[0] == 250) + ($self->{again}{$number} // 0);
		my $got = $came{$number} // 0;
		push @lost, "$number: $got, not $want" if $got != $want;
	}
	is_deeply([sort @lost], [], 'every mail that was let through arrived, once');
	for my $letter (keys %letters) {
		push @doubled, $letter if keys %{ $letters{$letter} } > 1;
		$self->{repeated} += grep { $_ > 1 } values %{ $letters{$letter} };
	}
	is_deeply(\@doubled, [], 'no letter was written twice');
	my %told = map { /^(\d+)/ ? ($1 => 1) : () } keys %letters;
	my @untold = grep { is_final($answers->{$_}[0]) && !$told{$_} } grep { kind_of($_) ne 'ordinary' } keys %$answers;
	is_deeply([sort @untold], [], 'somebody was told of every statement');
	return;
}

sub print_tally {
	my ($self, $answers) = @_;
	my %codes;
	$codes{ kind_of($_) . " $answers->{$_}[0]" }++ for keys %$answers;
	my $tries = 0;
	$tries += $answers->{$_}[1] for keys %$answers;
	diag sprintf '%d mails in %d tries, %d of them on record; %d came once more at the end', $self->{mails},
		$tries, $self->{cases}, scalar keys %{ $self->{again} || {} };
	diag sprintf '%d letters, of which the sink got %d twice; %d processes killed in %d lives of the daemon; %d s',
		$self->{letters} // 0, $self->{repeated} // 0, $self->{strikes}, $self->{lives}, time - $self->{begin};
	diag sprintf '  %6d %s', $codes{$_}, $_ for sort keys %codes;
	diag 'killed in';
	diag sprintf '  %6d %s', $self->{struck}{$_}, $_ for sort keys %{ $self->{struck} };
	return;
}

1;
