#!/usr/bin/perl
# reload.t - SIGUSR1 swaps the settings in whole, a mistake keeps the old ones; and header fields under our
# names that come from outside are not believed and do not stay.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(slurp spew);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $bbf = 'liaisons@bbf.example';
my $world = LSM::World->new(settings => { mode => 'observe', workers => 2, 'max-interventions' => 1000,
	notices => [] });
my $daemon = $world->daemon;

sub bad { return LSM::World->statement(id => $_[0], Purpose => undef, text => "The text of $_[0].") }

# The reply to a statement without a purpose, from each of the workers: each connection may meet another.
sub replies {
	my ($round) = @_;
	my %codes;
	$codes{ $world->submit('carol', 'carol@example.org', [$bbf], bad("$round-$_")) }++ for 1 .. 6;
	return join ' ', sort keys %codes;
}

subtest 'from observe to enforce' => sub {
	my @children = $daemon->children;
	is(replies('observed'), '250', 'observed: all pass');
	$daemon->set(mode => 'enforce');
	is(replies('unread'), '250', 'a changed file alone changes nothing');
	ok($daemon->reloaded, 'all processes say that they have read it');
	is(replies('enforced'), '550', 'enforced: all are refused');
	is_deeply([$daemon->children], \@children, 'by the same processes');
};

my @mistakes = (
	{ name => 'an unknown value', line => 'mode = enfroce', says => qr/mode/ },
	{ name => 'an unknown key', line => 'moode = off', says => qr/moode/ },
	{ name => 'an unknown rule', line => 'rule "purpose.misssing" { mode = off }',
		says => qr/purpose\.missing/ },
	{ name => 'no syntax at all', line => '}}}', says => qr/./ },
);
for my $row (@mistakes) {
	subtest "a mistake: $row->{name}" => sub {
		my $good = slurp($daemon->config);
		my $told = () = $daemon->log_lines(qr/reload-failed/);
		my $config = $row->{line} =~ /^mode/ ? $good =~ s/^mode = .*$/$row->{line}/mr : "$good$row->{line}\n";
		my ($number) = grep { (split /\n/, $config)[$_ - 1] eq $row->{line} } 1 .. scalar(split /\n/, $config);
		spew($daemon->config, $config);
		$daemon->reload;
		my @lines = $daemon->wait_log(qr/reload-failed/, $told + 1);
		cmp_ok(scalar @lines, '>', $told, 'it is told');
		like($lines[-1] // '', qr/liaison-milter\.conf:$number\b/, 'file and line');
		like($lines[-1] // '', $row->{says}, 'what is wrong');
		is(replies("mistake-$number-$told"), '550', 'the old settings stay');
		spew($daemon->config, $good);
	};
}

subtest 'a mistake in the directory' => sub {
	my $good = slurp($daemon->dir . '/directory.conf');
	my $told = () = $daemon->log_lines(qr/reload-failed/);
	$daemon->set_directory($good . "organization \"No Domain\" { domainss = {\"x.example\"} }\n");
	$daemon->reload;
	my @lines = $daemon->wait_log(qr/reload-failed/, $told + 1);
	like($lines[-1] // '', qr/directory\.conf:\d+/, 'file and line');
	is(replies('directory'), '550', 'the old directory stays');
	$daemon->set_directory($good);
	ok($daemon->reloaded, 'and a mended one is read again');
};

# Fields under our names in any spelling, several of each, between others.
sub forged {
	my ($mail) = @_;
	return "Liaison-Record: LS-20000101-AAAAA\nX-First: 1\nliaison-verdict: released\n"
		. "Liaison-Record:\n\tLS-20000101-BBBBB\nLIAISON-FINDINGS: none\n"
		. "Liaison-Record: LS-20000101-CCCCC\nLiaison-Verdict: passed\n$mail";
}

my $note = LSM::World->statement(id => 'note', 'Send-Reply-To' => undef, text => 'Noted.');
my $fine = LSM::World->faultless(id => 'fine', text => 'Fine.');
my $lunch = "From: a\@elsewhere.example\nTo: carol\@example.org\nSubject: lunch\n"
	. "Message-ID: <lunch\@elsewhere.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\nAt noon?\n";
my @doors = (
	{ name => 'ordinary mail from elsewhere', to => 'carol@example.org', mail => $lunch, gets => 'original' },
	{ name => 'ordinary mail with a login', login => 'dave', to => 'friend@elsewhere.example',
		mail => $lunch, gets => 'original' },
	{ name => 'a statement without findings', login => 'ad1', to => [LSM::World->everybody], mail => $fine,
		gets => 'original' },
	{ name => 'a statement with notes of ours', login => 'ad1', to => $bbf, mail => $note, gets => 'noted' },
);
for my $row (@doors) {
	subtest "forged fields: $row->{name}" => sub {
		ok($world->settle, 'nothing else is on its way');
		$world->sink->clear;
		my $mail = forged($row->{mail});
		my @to = ref $row->{to} ? @{ $row->{to} } : $row->{to};
		my $code = $row->{login}
			? $world->submit($row->{login}, "$row->{login}\@example.org", \@to, $mail)
			: $world->arrive('a@elsewhere.example', \@to, $mail);
		is($code, 250, 'taken');
		ok($world->settle, 'delivered');
		is_deeply($world->received("X-First: 1\n$row->{mail}"), { map { $_ => $row->{gets} } @to },
			'without the forged fields');
		my ($got) = $world->sink->mails_to($to[0]);
		is(scalar(() = $got->{data} =~ /^liaison-(?:record|verdict|findings):/mig),
			$row->{gets} eq 'noted' ? 3 : 0, 'ours alone');
		unlike($got->{data}, qr/LS-20000101/, 'no forged id');
	};
}

done_testing;
