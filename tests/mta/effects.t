#!/usr/bin/perl
# effects.t - each effect and each direction on real mail: who gets what, recipient by recipient, and the
# mails that follow.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $tool = '192.0.2.20';
my $world = LSM::World->new(settings => {
	'trusted-tool-clients' => [$tool], 'trusted-tool-senders' => ['statements@tracker.example'],
});
my $proved = "Authentication-Results: mx.test.example; dmarc=pass header.from=example.org\n";
my $foreign = "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=example.org\n";
my %incoming = (From => 'ITU-T', To => 'IETF IPPM Working Group', 'From-Contact' => 'tsb@itu.example',
	'To-Contact' => 'ippm-chairs@ietf.org', 'Send-Reply-To' => 'tsb@itu.example',
	header_from => 'TSB <tsb@itu.example>', header_to => 'ippm@ietf.org');
my ($bbf, $contact) = ('liaisons@bbf.example', 'liaison-coordination@iab.org');
my %asked = map { $_ => 'request' } 'ops-ads@ietf.org', 'ad1@example.org', $contact;
my %covered = map { $_ => 'cover' } 'itu-manager@ietf.org', $contact;
my %informed = ('bbf-manager@ietf.org' => 'copy', $contact => 'copy', 'ippm-chairs@ietf.org' => 'informed');
my %told = map { $_ => 'authority' } 'ops-ads@ietf.org', 'ad1@example.org', $contact;

sub ordinary {
	return <<"END";
From: C. Chair <carol\@example.org>
To: $_[0]
Subject: Re: the liaison statement
Message-ID: <ordinary-$_[0]>
Date: Sat, 21 Nov 2026 10:00:00 +0000
X-Odd:  two  blanks,
	a fold\x20

What do you think of this answer?

> Liaison-Statement: 1
> From: ITU-T
> Purpose: For action

I would say  yes.\x20\x20
.a dot, and \xe4n 8-bit sign
END
}

# login: submitted with it; client: arrives from there. case: [state, way] of the case that this mail opens.
my @mails = (
	{ name => 'reject: no purpose', login => 'carol', to => [$bbf, 'ippm-chairs@ietf.org'], code => 550,
		mail => LSM::World->statement(id => 'reject', Purpose => undef, text => 'Reject.'),
		gets => { 'carol@example.org' => 'reject' }, case => ['rejected', 'out'] },
	{ name => 'redirect: approval lacks', login => 'carol',
		to => [$bbf, 'ippm-chairs@ietf.org', 'ippm@ietf.org'],
		mail => LSM::World->statement(id => 'redirect', text => 'Redirect.'),
		gets => { 'ippm-chairs@ietf.org' => 'noted', 'carol@example.org' => 'held', %asked },
		case => ['pending', 'out'] },
	{ name => 'redirect: nobody is left', login => 'carol', to => [$bbf],
		mail => LSM::World->statement(id => 'alone', text => 'Alone.'),
		gets => { 'carol@example.org' => 'held', %asked }, case => ['pending', 'out'] },
	{ name => 'note: approved, a contact lacks', login => 'ad1', to => [$bbf, 'ippm@ietf.org'],
		mail => LSM::World->statement(id => 'note', 'Send-Reply-To' => undef, text => 'Note.'),
		gets => { $bbf => 'noted', 'ippm@ietf.org' => 'noted', %informed }, case => ['passed', 'out'] },
	{ name => 'record: approved, nothing lacks', login => 'ad1', to => [LSM::World->everybody],
		mail => LSM::World->faultless(id => 'record', text => 'Record.'),
		gets => { (map { $_ => 'original' } LSM::World->everybody), $contact => 'copy' },
		case => ['passed', 'out'] },
	{ name => 'uncertain: the sender is asked', login => 'dave@ietf.org', from => 'dave@ietf.org', to => [$bbf],
		mail => "From: dave\@ietf.org\nTo: $bbf\nSubject: Liaison statement on STAMP\nMessage-ID: <ask\@ietf.org>\n"
			. "Date: Sat, 21 Nov 2026 10:00:00 +0000\n\nPlease find it below.\n",
		gets => { $bbf => 'noted', 'dave@ietf.org' => 'ask' }, case => ['unsure', 'out'] },
	{ name => 'copy: incoming', client => '203.0.113.9', from => 'tsb@itu.example',
		to => ['ippm@ietf.org', 'carol@example.org'],
		mail => LSM::World->statement(%incoming, id => 'copy', text => 'Copy.'),
		gets => { 'ippm@ietf.org' => 'original', 'carol@example.org' => 'original', %covered },
		case => ['unconfirmed', 'in'] },
	{ name => 'copy: incoming and bad in every way', client => '203.0.113.9', from => 'tsb@itu.example',
		to => ['ippm@ietf.org'],
		mail => LSM::World->statement(%incoming, id => 'bad', Purpose => 'For action',
			Deadline => '2001-01-01', text => ''),
		gets => { 'ippm@ietf.org' => 'original', %covered }, case => ['unconfirmed', 'in'] },
	{ name => 'sent around, verified', client => '198.51.100.7', to => ['ippm@ietf.org'],
		mail => LSM::World->statement(id => 'around', header => $proved, text => 'Around.',
			header_to => "$bbf, ippm\@ietf.org"),
		gets => { 'ippm@ietf.org' => 'original', 'carol@example.org' => 'around', %told },
		case => ['around', 'around'] },
	{ name => 'sent around, unverified', client => '198.51.100.7', to => ['ippm@ietf.org'],
		mail => LSM::World->statement(id => 'claim', text => 'Claim.', header_to => "$bbf, ippm\@ietf.org"),
		gets => { 'ippm@ietf.org' => 'original' }, case => ['recorded', 'around'] },
	{ name => 'sent around, verified by somebody else', client => '198.51.100.7', to => ['ippm@ietf.org'],
		mail => LSM::World->statement(id => 'foreign', header => $foreign, text => 'Foreign.',
			header_to => "$bbf, ippm\@ietf.org"),
		gets => { 'ippm@ietf.org' => 'original' }, case => ['recorded', 'around'] },
	{ name => 'draft under discussion', login => 'carol', to => ['ippm@ietf.org'],
		mail => LSM::World->statement(id => 'draft', text => 'Draft.', Purpose => undef,
			header_to => 'ippm@ietf.org'),
		gets => { 'ippm@ietf.org' => 'original' }, case => ['draft', 'draft'] },
	{ name => 'trusted tool', client => $tool, from => 'statements@tracker.example',
		to => [$bbf, 'ippm@ietf.org'],
		mail => LSM::World->statement(id => 'tool', text => 'Tool.', Purpose => undef),
		gets => { $bbf => 'original', 'ippm@ietf.org' => 'original' }, case => ['recorded', 'tool'] },
	{ name => 'ordinary mail of a chair', login => 'carol', to => ['friend@elsewhere.example', 'ippm@ietf.org'],
		mail => ordinary('friend@elsewhere.example'),
		gets => { 'friend@elsewhere.example' => 'original', 'ippm@ietf.org' => 'original' } },
	{ name => 'a discussion reaches the other body', login => 'carol', to => ['engineer@bbf.example'],
		mail => ordinary('engineer@bbf.example'), gets => { 'engineer@bbf.example' => 'original' } },
	{ name => 'ordinary mail from elsewhere', client => '203.0.113.9', from => 'friend@elsewhere.example',
		to => ['carol@example.org'],
		mail => ordinary('carol@example.org'), gets => { 'carol@example.org' => 'original' } },
);

sub send_row {
	my ($in, $row) = @_;
	my $sender = $row->{from} || 'carol@example.org';
	return $row->{login} ? $in->submit($row->{login}, $sender, $row->{to}, $row->{mail})
		: $in->arrive($sender, $row->{to}, $row->{mail}, $row->{client});
}

my %with_original = map { $_ => 1 } qw(request cover authority copy informed);
my %only_tells = map { $_ => 1 } qw(copy informed);

# The mails that the daemon writes: to one person each, in reply to nothing, and with no answer wanted.
sub check_own_mail {
	my ($got, $kind, $sent, $id) = @_;
	is($got->{sender}, '', "$kind: null sender");
	is(scalar @{ $got->{recipients} }, 1, "$kind: a mail of its own");
	is(LSM::World::field($got->{data}, 'Auto-Submitted'), 'auto-generated', "$kind: Auto-Submitted");
	is(LSM::World::field($got->{data}, 'To'), $got->{recipients}[0], "$kind: names nobody else");
	my ($tail) = $id =~ /-(\w+)$/;
	like(LSM::World::field($got->{data}, 'Subject'), qr/\[$tail\]$/, "$kind: the reference ends the subject");
	like($got->{data}, qr/\bNOT? (?:a )?(?:liaison )?statement/i, "$kind: the way out") unless $only_tells{$kind};
	is(LSM::World::attached($got->{data}), $with_original{$kind} ? $sent : undef,
		"$kind: the original as it was sent");
	return;
}

my %known;
for my $row (@mails) {
	subtest $row->{name} => sub {
		$world->sink->clear;
		my ($code, @lines) = send_row($world, $row);
		is($code, $row->{code} || 250, 'reply') or diag join "\n", @lines;
		ok($world->settle, 'nothing is on its way any more');
		my $sent = $row->{mail};
		is_deeply($world->received($sent), $row->{gets}, 'who got what');
		my ($case, @more) = grep { !$known{ $_->{id} }++ } $world->cases;
		is(scalar @more, 0, 'one case at the most');
		is_deeply($case && [@$case{qw(state way)}], $row->{case}, 'state and way of the case') or return;
		for my $got ($world->sink->mails) {
			my $kind = LSM::World::word_for($got, $sent);
			next if $kind eq 'original';
			is(LSM::World::field($got->{data}, 'Liaison-Record'), $case->{id},
				'noted: the id') if $kind eq 'noted';
			check_own_mail($got, $kind, $sent, $case->{id}) if $kind ne 'noted';
		}
	};
}

subtest 'observe is silent' => sub {
	my $observer = LSM::World->new(settings => {
		mode => 'observe', 'trusted-tool-clients' => [$tool],
		'trusted-tool-senders' => ['statements@tracker.example'],
	});
	for my $row (@mails) {
		$observer->sink->clear;
		is(scalar send_row($observer, $row), 250, "$row->{name}: taken");
		ok($observer->settle, '... and done');
		is_deeply($observer->received($row->{mail}), { map { $_ => 'original' } @{ $row->{to} } },
			'... by all, untouched');
	}
	my @cases = $observer->cases;
	is(scalar @cases, scalar(grep { $_->{case} } @mails), 'all cases are there');
	is_deeply([map { $_->{id} } grep { !$_->{observed} } @cases], [], '... marked as observed');
};

subtest 'it served all that without a stumble' => sub {
	is_deeply([$world->daemon->log_lines(qr/\bdied\b|Sanitizer|runtime error|not-applied|not-recorded/)], [],
		'no such line in the log');
	ok($world->daemon->stop, 'and it stops when told to');
};

done_testing;
