# LSM::Load - mails without a pause through a real Postfix, while the settings are reloaded every second.
#
#   LSM::Load->new(seconds => 60)->play;
#
# Sessions of four kinds, each a process: ordinary mail from elsewhere and statements that come in, a connection each;
# statements by somebody who has logged in; and one connection that stays for all its mails. Of the reloads each third
# has a mistake in the settings. Every mail must end with 250.
package LSM::Load;

use strict;
use warnings;

use IO::Handle;
use JSON::PP ();
use LSM::Scratch qw(at_end reap slurp spew wait_until);
use LSM::Smtp;
use LSM::World;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $bbf = 'liaisons@bbf.example';
my @mistakes = ("moode = off\n", "rule purpose.misssing { mode = off }\n", "}}}\n");

# seconds: how long; pause: between two reloads (1).
sub new {
	my ($class, %option) = @_;
	my $world = LSM::World->new(settings => { mode => 'enforce', workers => 2, 'cover-limit' => 1, notices => [] });
	return bless { pause => 1, %option, world => $world, daemon => $world->daemon }, $class;
}

sub play {
	my ($self) = @_;
	my $daemon = $self->{daemon};
	my @children = $daemon->children;
	$self->{until} = time + $self->{seconds};
	my @sessions = map { $self->start_session($_) } qw(ordinary incoming submitted lasting);
	$self->reload_until_done;
	is(reap($_, 60), 0, 'a session ends') for @sessions;
	$self->check_sessions;
	$self->check_reloads;
	is_deeply([$daemon->children], \@children, 'the same processes as before');
	$self->check_record;
	$daemon->stop;
	return;
}

# --- the mails ---

my %kinds = (
	ordinary => sub {
		my ($self, $number) = @_;
		return $self->{world}->arrive('a@elsewhere.example', ['carol@example.org'], ordinary($number));
	},
	incoming => sub {
		my ($self, $number) = @_;
		return $self->{world}->arrive('tsb@itu.example', ['ippm@ietf.org'], LSM::World->statement(id => "in-$number",
			subject => "Incoming $number", text => "Text of number $number.", From => 'ITU-T',
			To => 'IETF IPPM Working Group', 'Send-Reply-To' => 'tsb@itu.example',
			header_from => 'tsb@itu.example', header_to => 'ippm@ietf.org'));
	},
	submitted => sub {
		my ($self, $number) = @_;
		return $self->{world}->submit('ad1', 'ad1@example.org', [LSM::World->everybody], ours("out-$number"));
	},
	lasting => sub {
		my ($self, $number) = @_;
		$self->{lasting} //= do {
			my $smtp = LSM::Smtp->new($self->{world}->postfix->port('submission'));
			$smtp->ehlo;
			$smtp->auth_plain('carol', 'secret');
			$smtp;
		};
		my $mail = $number % 2 ? ordinary("lasting-$number") : ours("lasting-$number");
		my ($code) = $self->{lasting}->send('carol@example.org', $number % 2 ? ['a@elsewhere.example'] : [$bbf], $mail);
		return $code;
	},
);

sub ordinary {
	my ($number) = @_;
	return "From: a\@elsewhere.example\nTo: carol\@example.org\nSubject: Lunch $number\n"
		. "Message-ID: <lunch-$number\@elsewhere.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon, $number?\n";
}

sub ours { return LSM::World->faultless(id => $_[0], subject => "Ours $_[0]", text => "The text of $_[0].") }

sub book { return "$_[0]{world}{dir}/load-$_[1]" }

# A line a mail: number and code; 0 for a session that broke.
sub start_session {
	my ($self, $kind) = @_;
	my $pid = fork // die "fork: $!\n";
	if ($pid) {
		at_end(sub { kill 'KILL', $pid; reap($pid, 5) });
		return $pid;
	}
	open my $book, '>', $self->book($kind) or POSIX::_exit(1);
	$book->autoflush(1);
	for (my $number = 1; time < $self->{until}; $number++) {
		my $code = eval { $kinds{$kind}->($self, $number) } // 0;
		print {$book} "$number $code\n";
	}
	POSIX::_exit(0);
}

sub check_sessions {
	my ($self) = @_;
	for my $kind (sort keys %kinds) {
		my @lines = split /\n/, slurp($self->book($kind));
		my @bad = grep { !/ 250$/ } @lines;
		$self->{mails}{$kind} = @lines;
		cmp_ok(scalar @lines, '>', $self->{seconds}, "$kind: " . @lines . ' mails');
		is("@bad[0 .. ($#bad < 4 ? $#bad : 4)]", '', '... and each ended with 250');
	}
	return;
}

# --- the reloads ---

sub digest { return JSON::PP::decode_json(($_[0]{daemon}->ctl('status', '--json'))[1])->{settings} }

# What is in effect after each reload was asked for: the new settings, or with a mistake still the old ones.
sub reload_until_done {
	my ($self) = @_;
	my $daemon = $self->{daemon};
	my ($round, $next) = (0, time);
	while (time < $self->{until}) {
		$round++;
		$daemon->set('max-interventions' => 1000 + $round) if $round % 3;
		my $good = slurp($daemon->config);
		my $before = $round % 3 ? undef : $self->digest;
		spew($daemon->config, $good . $mistakes[$round / 3 % @mistakes]) unless $round % 3;
		my $pattern = $round % 3 ? qr/liaison-milter\[\d+\]: event=reloaded/ : qr/event=reload-failed/;
		my $told = () = $daemon->log_lines($pattern);
		$daemon->reload;
		my @lines = $daemon->wait_log($pattern, $told + 1);
		$self->{told}++ if @lines == $told + 1;
		# A child reads the file by itself: the next one must not be there before.
		$self->{read} += 4 if $round % 3;
		$daemon->wait_log(qr/event=reloaded settings=/, $self->{read}) if $round % 3;
		spew($daemon->config, $good) unless $round % 3;
		$self->{kept}++ if defined $before && $self->digest eq $before;
		$next += $self->{pause};
		sleep($next - time) if $next > time;
	}
	$self->{rounds} = $round;
	return;
}

sub check_reloads {
	my ($self) = @_;
	my $daemon = $self->{daemon};
	my $bad = int($self->{rounds} / 3);
	my $good = $self->{rounds} - $bad;
	cmp_ok($self->{rounds}, '>=', 0.8 * $self->{seconds} / $self->{pause}, "$self->{rounds} reloads");
	is($self->{told}, $self->{rounds}, 'each has its line in the log, one');
	is($self->{kept} // 0, $bad, 'with a mistake the old settings stay');
	is(scalar(my @lines = $daemon->wait_log(qr/event=reloaded settings=/, 4 * $good)), 4 * $good,
		'else the parent, the desk and both gates have the new ones');
	is(scalar(@lines = $daemon->log_lines(qr/event=reload-failed/)), $bad, 'and no child ever met a mistake');
	my ($status, $output) = $daemon->ctl('metrics');
	like($output, qr/^liaison_config_reloads_total\{result="success"\} $good$/m, 'the good ones are counted');
	like($output, qr/^liaison_config_reloads_total\{result="failure"\} $bad$/m, 'the bad ones, too');
	return;
}

sub check_record {
	my ($self) = @_;
	my $daemon = $self->{daemon};
	is(scalar(my @bad = $daemon->log_lines(qr/event=(?:not-recorded|not-applied|died|gate-failed)/)), 0, 'nothing went wrong');
	my %states;
	$states{ $_->{way} }++ for $daemon->cases;
	is($states{in} // 0, $self->{mails}{incoming}, 'each incoming statement is on record once');
	is($states{out} // 0, $self->{mails}{submitted} + int($self->{mails}{lasting} / 2), 'each of ours, too');
	return;
}

1;
