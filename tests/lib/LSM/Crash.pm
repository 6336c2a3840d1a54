# LSM::Crash - the real daemon under load from a real Postfix, killed again and again; and what must be true
# of it afterwards.
#
#   LSM::Crash->new(mails => 2100, kills => 300)->play;     # prints TAP and the tally
#
# Each life of the daemon is a few strikes long (crash_preload.c: in the n-th call of a kind, a desk or a gate
# dies); then the house is stopped, each third time by killing all of it at once, and a new one starts on the
# same record. The kind that was struck least is next, so that the rare ones get as many as the frequent ones, and
# n goes through the numbers 1, 2, 3 ... as far as one statement makes such calls, and again. A kind that nobody
# calls under this load is left out. Mails come from several sessions meanwhile: statements that are held, refused
# or come in, and ordinary mail. What was not answered is sent again, as a mail server would; some are not, as a user would who gives up.
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

# The calls to strike in, and as far as to which of one statement's calls of that kind. To add one: a row here, and in
# crash_preload.c.
my @CALLS = (
	['d mdb_put', 60], ['d mdb_env_open', 1], ['d mdb_txn_begin', 8], ['d mdb_del', 10], ['d mdb_txn_commit', 8],
	['d pwrite', 40], ['d fdatasync', 6], ['d write', 6], ['d writev', 4], ['d send', 6], ['d sendto', 4],
	['d sendmsg', 6], ['d fsync', 1], ['d msync', 1], ['d ftruncate', 1], ['d rename', 1], ['d unlink', 1],
	['g write', 4], ['g writev', 4], ['g send', 4], ['g sendto', 4], ['g sendmsg', 6],
	map { ["g smfi_$_", 3] } qw(addrcpt delrcpt addheader chgheader setmlreply),
);
my %DEEPEST = map { @$_ } @CALLS;
# A desk opens its store as it starts, long before anybody could ask for a strike there: the one that runs is killed, so
# that the next one starts into it.
my %AT_START = map { $_ => 1 } 'd mdb_env_open';
my $PATIENCE = 1.2;          # seconds for a strike
my $MISSES = 2;              # a kind that was waited for so often, and never came, is left out
my $DEATHS_A_LIFE = 4;       # the fifth within a minute would make the parent wait
my $SESSIONS = 4;
my $SPREAD = 0.85;
my $bbf = 'liaisons@bbf.example';
my $friend = 'friend@elsewhere.example';

# What a mail is, by its number; in turn.
my @kinds = qw(held ordinary incoming held refused ordinary);

# mails: how many, spread over most of the time, so that there is always one to die with; kills: how many strikes
# at the least, share: ... of each kind; seconds: the load ends by then, whatever was sent.
sub new {
	my ($class, %option) = @_;
	my $self = bless { mails => 60, kills => 20, share => 1, seconds => 240, patience => 180, %option }, $class;
	my $world = $self->{world} = LSM::World->new(preload => 1, start => 0,
		settings => { 'max-interventions' => 1_000_000, 'decision-timeout' => 5,
			'cover-limit' => 0 });
	$self->{plan} = $world->dir . '/plan';
	spew($self->{plan}, "\0" x 96);
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
		my $early = $tries ? 0 : $self->{begin} + $self->{seconds} * $SPREAD * $number / $self->{mails} - time;
		sleep $early if $early > 0;
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

# The fields of crash_preload.c's Plan; the countdown first takes the old one out, and last arms. call: '' for any.
sub arm {
	my ($self, $steps, $who, $half, $call) = @_;
	open my $file, '+<:raw', $self->{plan} or die "$self->{plan}: $!\n";
	$file->autoflush(1);
	syswrite $file, pack('l', 0);
	syswrite $file, pack('l3 x48 a32', ord $who, 0, $half, $call // '');
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

# The kind that had the fewest turns so far, of those that are met.
sub next_kind {
	my ($self) = @_;
	my @met = grep { !$self->is_left_out($_) } map { $_->[0] } @CALLS;
	my ($least) = sort { $a <=> $b } map { $self->{turns}{$_} // 0 } @met;
	return (grep { ($self->{turns}{$_} // 0) == $least } @met)[0];
}

sub is_left_out {
	my ($self, $kind) = @_;
	return ($self->{turns}{$kind} // 0) >= $MISSES && !$self->{kinds}{$kind};
}

# How many died.
sub strike {
	my ($self, $kind) = @_;
	my ($who, $call) = split / /, $kind;
	my $turn = $self->{turns}{$kind}++;
	$self->arm(1 + $turn % $DEEPEST{$kind}, $who, int($turn / 2) % 2, $call);
	my $others = $AT_START{$kind} ? kill 'KILL', $self->{world}->daemon->children('desk') : 0;
	my $struck = wait_until($PATIENCE, sub { $self->struck || !$self->is_sending }) ? $self->struck : '';
	return $others if !$struck;
	$self->{struck}{$struck}++;
	$self->{strikes}++;
	$self->{kinds}{$kind}++;
	return $others + 1;
}

sub strike_until_done {
	my ($self) = @_;
	my ($deaths, $lives) = (0, 1);
	while ($self->is_sending && time - $self->{begin} < $self->{seconds}) {
		$deaths += $self->strike($self->next_kind);
		next if $deaths < $DEATHS_A_LIFE;
		$deaths = 0;
		$self->end_life($lives++ % 3 == 0);
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
	my @few = grep { $self->{kinds}{$_} < $self->{share} } sort keys %{ $self->{kinds} };
	is_deeply(\@few, [], '... in calls of each kind');
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
	diag "killed in (none, as nobody called them: @{[grep { !$self->{kinds}{$_} } sort keys %DEEPEST]})";
	diag sprintf '  %6d %s', $self->{struck}{$_}, $_ for sort keys %{ $self->{struck} };
	return;
}

1;
