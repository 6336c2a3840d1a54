#!/usr/bin/perl
# shared.t - every mail of the evaluation corpus that is no statement is answered: valid JSON, at once, and
# (almost) never "a statement". The corpus stands beside the tree (../shared/corpus); without it: skipped.
# `make check` takes every tenth of them, `make check-all` all.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use LSM::Scratch qw(build_path scratch_dir slurp source_root spew);
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

my $SLOWEST = 1.0;     # seconds for one mail
my $READING = 12.0;    # for one whose attachments are read: eight at the most, ten seconds for all
my $STALL = 20;       # seconds after which it is taken for stuck
my $PROCESSES = 2;
my $EVERY = $ENV{CHECK_ALL} ? 1 : 10;
my $corpus = source_root() . '/../shared/corpus';
my $ctl = build_path('liaisonctl');

# A chair, logged in, writes to somebody at another body, with a copy to the group's list: here a wrong catch
# could take a mail away from somebody. Not to that body's liaison address: that alone makes a statement.
my @chair = ('--enforce', '--sender', 'ippm-chair@example.org', '--login', 'ippm-chair@example.org',
	'--recipient', 'someone@bbf.example', '--recipient', 'ippm@ietf.org');
# Mail from elsewhere to our liaison contact and a list: here a wrong catch costs the coordinators a mail.
my @incoming = ('--enforce', '--sender', 'somebody@elsewhere.example',
	'--recipient', 'liaison-coordination@iab.org', '--recipient', 'ippm@ietf.org');

# To add a round: a row here. statements: how many of its mails may be taken for one; none may be stopped.
my @rounds = (
	{ name => 'mime-torture, a chair', glob => 'mime-torture/*', envelope => \@chair, statements => 0 },
	{ name => 'mime-torture, incoming', glob => 'mime-torture/*', envelope => \@incoming, statements => 0 },
	# A chair who sends a filled-in form to another body does what a sender of a statement does: such mails
	# pass, on record, and he is asked. What matters is that none is stopped.
	{ name => 'hard negatives, a chair', glob => 'not-liaison/hn-*', envelope => \@chair, statements => 12 },
	{ name => 'not-liaison, incoming', glob => 'not-liaison/*', envelope => \@incoming, statements => 1 },
);

plan skip_all => "no evaluation corpus at $corpus" unless -d "$corpus/mime-torture" && -d "$corpus/not-liaison";

# What is wrong with one answer, or ''; and whether it says "statement".
sub judge {
	my ($mail, @envelope) = @_;
	my $start = time;
	my $pid = open(my $pipe, '-|') // die "fork: $!\n";
	if (!$pid) {
		alarm $STALL;
		open STDERR, '>&', \*STDOUT or POSIX::_exit(126);
		exec { $ctl } $ctl, 'check', '--json', @envelope, $mail or POSIX::_exit(127);
	}
	my $output = do { local $/; <$pipe> };
	close $pipe;
	my ($status, $seconds) = ($?, time - $start);
	my $answer = eval { decode_json($output // '') };
	return ("status $status", 0) if $status != 0 && $status != 1 << 8;
	return ('no JSON object', 0) if ref $answer ne 'HASH';
	my $limit = $answer->{attachments_read} ? $READING : $SLOWEST;
	return (sprintf('%.1f s', $seconds), 0) if $seconds > $limit;
	return ("would be stopped: $answer->{would}", 1) if $answer->{would} =~ /^(?:reject|redirect)$/;
	return ('', $answer->{outcome} eq 'statement');
}

# Every n-th mail, in a process of its own; writes a line a mail that is wrong or called a statement.
sub start_share {
	my ($round, $mails, $share, $file) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	my $lines = '';
	for (my $i = $share; $i < @$mails; $i += $PROCESSES) {
		my ($wrong, $statement) = judge($mails->[$i], @{ $round->{envelope} });
		$lines .= "wrong $mails->[$i]: $wrong\n" if $wrong ne '';
		$lines .= "statement $mails->[$i]\n" if $statement;
	}
	spew($file, $lines . "done\n");
	POSIX::_exit(0);
}

my $dir = scratch_dir();
for my $round (@rounds) {
	my @mails = sort grep { -f } glob "$corpus/$round->{glob}";
	@mails = @mails[grep { $_ % $EVERY == 0 } 0 .. $#mails];
	my @pids = map { start_share($round, \@mails, $_, "$dir/$_") } 0 .. $PROCESSES - 1;
	waitpid $_, 0 for @pids;
	my @lines = map { split /\n/, slurp("$dir/$_") } 0 .. $PROCESSES - 1;
	unlink map { "$dir/$_" } 0 .. $PROCESSES - 1;
	is(scalar(grep { $_ eq 'done' } @lines), $PROCESSES, "$round->{name}: " . @mails . ' mails');
	is(join("\n", grep { /^wrong/ } @lines), '', "$round->{name}: each answered at once, none stopped");
	my @statements = grep { /^statement/ } @lines;
	cmp_ok(scalar @statements, '<=', $round->{statements}, "$round->{name}: taken for statements")
		or diag(map { "  $_\n" } @statements);
}
done_testing();
