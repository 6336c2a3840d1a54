#!/usr/bin/perl
# rules.t - liaisonctl rules: the table, one rule, JSON, the page, and wrong use.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use Test::More;

my $ctl = build_path('liaisonctl');
my $dir = scratch_dir();

sub rules {
	my (@arguments) = @_;
	return run_command([$ctl, 'rules', @arguments]);
}

# A settings file with these lines, and the directory that ships.
sub settings {
	my (@lines) = @_;
	my $directory = source_root() . '/conf/directory.conf';
	spew("$dir/site.conf", join "\n", "directory = \"$directory\"", @lines, '');
	return "$dir/site.conf";
}

subtest 'the table' => sub {
	my ($status, $output) = rules();
	is($status, 0, 'status');
	like($output, qr/^RULE +WAY +PURPOSE +EFFECT +MODE +SETS +REQUIREMENT$/m, 'a line of names');
	like($output, qr/^purpose\.missing +out in +any +reject +enforce +all +A26$/m, 'a rule in each line');
	like($output, qr/^response\.unlinked +out in +response +note +enforce +all +A29$/m, '... with its purpose');
	like($output, qr/^routing\.several +out +any +note +enforce +bis-05 +A21$/m, '... and its rule sets');
	like($output, qr/^\d+ rules; rule-set bis-05 judges\./m, 'which set judges');
	is(scalar(grep { length > 110 } split /\n/, $output), 0, 'no line wider than 110 columns');
};

subtest 'one rule' => sub {
	my ($status, $output) = rules('consensus.unstated');
	is($status, 0, 'status');
	like($output, qr/^consensus\.unstated$/m, 'its name');
	like($output, qr/"Consensus: WG consensus \(on the list, in May\)"/, 'what to do');
	like($output, qr/^Purpose: +no response$/m, 'for which purposes');
	like($output, qr/^  A62 +\S/m, 'the requirements, with their titles');
	like($output, qr/rule "consensus\.unstated" \{ mode = /, 'how to turn it off');
};

subtest 'modes are those of the settings' => sub {
	my $config = settings('rule-set = "rfc4053"', 'rule "purpose.missing" { mode = observe }');
	my ($status, $output) = rules('--config', $config);
	is($status, 0, 'status');
	like($output, qr/^purpose\.missing +out in +any +reject +observe /m, 'the mode');
	like($output, qr/rule-set rfc4053 judges/, 'the set');
};

subtest 'JSON' => sub {
	my ($status, $output) = rules('--json');
	my @rows = map { decode_json($_) } split /\n/, $output;
	is($status, 0, 'status');
	cmp_ok(scalar @rows, '>=', 50, 'a line for each rule');
	my ($row) = grep { $_->{rule} eq 'deadline.missing' } @rows;
	is_deeply([@$row{qw(effect mode way requirement purpose rule_sets section)}],
		['reject', 'enforce', ['out', 'in'], ['A28'], 'any', 'all', '2.2'], 'its columns');
	($status, $output) = rules('--json', 'deadline.missing');
	is(scalar(split /\n/, $output), 1, 'one when one is asked for');
};

subtest 'the page' => sub {
	my ($status, $output) = rules('--markdown');
	is($status, 0, 'status');
	like($output, qr/^\| A26 \| [^|]+ \| rule `purpose\.missing`, /m, 'a row for each requirement');
	like($output, qr/^\| `bis-05` \| 2026-07-20 \| draft-iab-rfc4053bis-05 \| /m, 'the rule sets');
};

subtest 'wrong use' => sub {
	my @cases = (
		[['purpose.mising'], qr/no rule "purpose\.mising", did you mean "purpose\.missing"\?/],
		[['a.b', 'c.d'], qr/at most one rule/],
		[['--nothing'], qr/--nothing/],
		[['--config', "$dir/none.conf"], qr/none\.conf/],
	);
	for my $case (@cases) {
		my ($status, $output) = rules(@{ $case->[0] });
		is($status, 2, "@{ $case->[0] }: status");
		like($output, $case->[1], '... and what is wrong');
	}
};
done_testing();
