#!/usr/bin/perl
# template.t - liaisonctl template: what it prints passes every rule but approval, for each purpose and kind of body.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew wait_until);
use Test::More;

my $ctl = build_path('liaisonctl');
my $dir = scratch_dir();

sub settings {
	my ($rule_set) = @_;
	my $directory = source_root() . '/conf/directory.conf';
	spew("$dir/$rule_set.conf", "directory = \"$directory\"\nrule-set = \"$rule_set\"\n");
	return "$dir/$rule_set.conf";
}

sub template {
	my (@arguments) = @_;
	return run_command([$ctl, 'template', @arguments]);
}

# Who sends for whom: the login that has the role.
my @bodies = (
	[ippm => 'ippm-chair@example.org'], [ops => 'ad1@example.org'], [IETF => 'ietf-chair@example.org'],
	[IESG => 'ietf-chair@example.org'], [IAB => 'iab-chair@example.org'], [cfrg => 'irtf-chair@example.org'],
);

# What a mail is found fault with, without what only the record or an approver can give.
sub findings {
	my ($config, $login, $mail) = @_;
	my ($status, $output) = run_command([$ctl, 'check', '--config', $config, '--enforce', '--json', '--login', $login, $mail]);
	my $result = eval { decode_json($output) } or return "no answer: $output";
	return 'no statement' if $result->{outcome} ne 'statement' || $result->{direction} ne 'outgoing';
	return join ' ', map { $_->{rule} } grep { $_->{effect} ne 'unknown' && $_->{rule} ne 'approval.missing' }
		@{$result->{findings}};
}

for my $set (qw(rfc4053 bis-02 bis-05)) {
	subtest "each body and purpose under $set" => sub {
		my $config = settings($set);
		for my $body (@bodies) {
			my ($from, $login) = @$body;
			for my $purpose (qw(information action response)) {
				next if $from eq 'cfrg' && $purpose ne 'response';
				my @more = $purpose eq 'response' ? ('--in-response-to', 'SG15-LS123') : ();
				my ($status, $output) = template('--config', $config, '--json', '--from', $from, '--to',
					$from eq 'ops' ? 'oneM2M' : 'Broadband Forum', '--purpose', $purpose, @more);
				my ($json) = grep { /^\{/ } split /\n/, $output;
				is($status, 0, "$from, $purpose: printed");
				spew("$dir/draft.eml", eval { decode_json($json)->{mail} } // '');
				is(findings($config, $login, "$dir/draft.eml"), '', "$from, $purpose: nothing to mend");
			}
		}
	};
}

subtest 'what stands in it' => sub {
	my ($status, $output) = template('--config', settings('bis-05'), qw(--from ippm --purpose action --to), 'BBF',
		'--deadline', '31 December 2099');
	is($status, 0, 'status');
	like($output, qr/^To: liaisons\@bbf\.example$/m, 'the organization\'s address');
	like($output, qr/^Cc: ippm\@ietf\.org, ops-ads\@ietf\.org, lm-bbf\@example\.org$/m, 'who hears of it');
	like($output, qr/^To: BBF$/m, 'the name as it was given');
	like($output, qr/^From-Contact: ippm-chairs\@ietf\.org, ippm\@ietf\.org, ops-ads\@ietf\.org,\n  lm-bbf\@example\.org$/m,
		'the contacts, folded between two');
	is(scalar(grep { length > 76 } split /\n/, $output =~ s/^liaisonctl:.*//msr), 0, 'no line wider than 76 columns');
	like($output, qr/^Deadline: 2099-12-31$/m, 'the deadline, as a date');
	like($output, qr/^Consensus: no consensus/m, 'no consensus is claimed');
	my (undef, $block) = template('--config', settings('bis-05'), qw(--body --from ippm --purpose information --to BBF));
	like($block, qr/^Liaison-Statement: 1$/m, 'the block alone');
	unlike($block, qr/^(?:Cc|Subject|Dear|Deadline)\b/m, '... without mail, and without a deadline');
};

subtest 'what is answered is on record' => sub {
	my $daemon = LSM::Daemon->new("$dir/milter")->start;
	my $milter = LSM::Milter->new($daemon, daemon_name => 'mx');
	$milter->mail({}, 'liaisons@bbf.example', ['liaison-coordination@iab.org'], <<'END');
From: Forum <liaisons@bbf.example>
To: liaison-coordination@iab.org
Subject: Metrics for access lines
Message-ID: <asked@bbf.example>

Liaison-Statement: 1
From: Broadband Forum
To: IETF IPPM Working Group
Purpose: For action
Deadline: 2099-12-31
Send-Reply-To: answers@bbf.example

Please send us your view.
END
	$milter->quit;
	my $case;
	wait_until(20, sub { ($case) = map { decode_json($_) } split /\n/, ($daemon->ctl('list', '--all', '--json'))[1] });
	my ($status, $output) = template('--config', $daemon->config, qw(--from ippm --to BBF --purpose response --in-response-to),
		$case->{id} =~ s/.*-//r);
	is($status, 0, 'status');
	like($output, qr/^To: answers\@bbf\.example$/m, 'it goes to where they want the answer');
	like($output, qr/^Send-To: answers\@bbf\.example$/m, '... and says so');
	like($output, qr/^In-Response-To: \Q$case->{id}\E$/m, 'the whole reference');
	like($output, qr/^Subject: Re: Metrics for access lines$/m, 'their subject');
	($status, $output) = template('--config', $daemon->config, qw(--from ippm --to BBF --purpose response --in-response-to X1));
	is($status, 0, 'one that is not on record: status');
	like($output, qr/no statement on record as "X1"/, '... is said');
};

# The sample's concluded group, without the group that took its place.
sub concluded {
	my $directory = slurp(source_root() . '/conf/directory.conf');
	$directory =~ s/^\s*successor = avtcore$/concluded = yes/m or die 'the sample has no such group';
	spew("$dir/concluded.directory", $directory);
	spew("$dir/concluded.conf", "directory = \"$dir/concluded.directory\"\n");
	return "$dir/concluded.conf";
}

my @wrong = (
	['a group that is not there', 'did you mean "ippm"', qw(--from ipmp --to BBF --purpose action)],
	['an organization that is not there', 'did you mean "ITU-T"', qw(--from ippm --to ITUT --purpose action)],
	['a concluded group', 'successor is "avtcore"', qw(--from avt --to BBF --purpose action)],
	['a concluded group without a successor', 'speaks no more', '--config', concluded(),
		qw(--from avt --to BBF --purpose action)],
	['several organizations', 'statement of its own', qw(--from ippm --purpose action --to), 'BBF and 3GPP'],
	['a fourth purpose', 'action with a deadline, or information', qw(--from ippm --to BBF --purpose comment)],
	['research that starts', 'only answer', qw(--from cfrg --to BBF --purpose action)],
	['an answer to nothing', '--in-response-to ID', qw(--from ippm --to BBF --purpose response)],
	['a day that is over', 'is over', qw(--from ippm --to BBF --purpose action --deadline 2020-01-01)],
	['no day', 'a day like', qw(--from ippm --to BBF --purpose action --deadline soon)],
	['a deadline for information', 'no deadline', qw(--from ippm --to BBF --purpose information --deadline 2099-01-01)],
	['nothing', 'wanted are', ()],
);

for my $case (@wrong) {
	my ($name, $want, @arguments) = @$case;
	my ($status, $output) = template('--config', settings('bis-05'), @arguments);
	is($status, 2, "$name: status");
	like($output, qr/\Q$want\E/, "$name: the error says what to do");
}

done_testing();
