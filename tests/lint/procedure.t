#!/usr/bin/perl
# procedure.t - every sentence of the procedure has its answer, every answer is there, and the page is up to date.
#
# Reads the tables: rules/requirements.def, rules/rules.def, the commands, the desk's steps, the record's words.
# Compares doc/procedure.md with what liaisonctl prints, where it is built.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(build_path run_command slurp source_root);
use LSM::Tree qw(rows_of);
use Test::More;

my $root = source_root();
# The numbers of the requirements, as published: the last one of each kind.
my %last = (A => 104, W => 5, K => 3, P => 9);

# First strings of the rows of a C table: {"check", ...
sub names_in {
	my ($path) = @_;
	return slurp("$root/$path") =~ /^\t\{"([a-z-]+)",/mg;
}

my @requirements = rows_of('rules/requirements.def', 'LSM_REQUIREMENT');
my @rules = rows_of('rules/rules.def', 'LSM_RULE');
my %is_named = map { $_ => 1 } map { split ' ', $_->[2] } @rules;
my %commands = map { $_ => 1 } names_in('ctl/main.c'), map { $_->[0] } rows_of('desk/act.def', 'LSM_STEP');
my %words = map { $_ => 1 }
	slurp("$root/store/event.h") =~ /^\tROW\(\w+, "([a-z-]+)"/mg,
	slurp("$root/store/case.h") =~ /^\tROW\(\w+, "([a-z-]+)"/mg,
	slurp("$root/store/case.h") =~ /^\t\w+ \**(\w+);/mg;
cmp_ok(scalar @rules, '>=', 18, 'the rules are there');
cmp_ok(scalar keys %commands, '>=', 13, 'the commands are there');
cmp_ok(scalar keys %words, '>=', 40, 'the words of the record are there');

# --- every number, once, in order ---

my @wanted = map { my $kind = $_; map { "$kind$_" } 1 .. $last{$kind} } qw(A W K P);
is_deeply([map { $_->[0] } @requirements], \@wanted, 'every requirement has its row, in order');

# --- every row has an answer that is there ---

# Complaints about one row [id, title, commands, record, remark].
sub complaints {
	my ($row) = @_;
	my ($id, $title, $commands, $record, $remark) = @$row;
	my @found;
	push @found, 'no title' if !length($title // '') || $title =~ /[.|]$/;
	push @found, 'nothing answers it, and no reason why' if !$is_named{$id} && $commands . $record . $remark eq '';
	push @found, "no command \"$_\"" for grep { !$commands{$_} } split ' ', $commands;
	push @found, "nothing on record is called \"$_\"" for grep { !$words{$_} } split ' ', $record;
	push @found, 'the remark is no sentence' if $remark ne '' && $remark !~ /^[A-Z].*\.$/i;
	return map { "$id: $_" } @found;
}

ok(!complaints(['A26', 'One purpose', 'check', 'purposes', '']), 'a good row passes');
for my $bad (['A0', 'Nothing', '', '', ''], ['A26', 'One purpose', 'chekc', '', ''], ['A26', 'One', '', 'purpos', '']) {
	ok(scalar(complaints($bad)), "a bad row is found: @$bad");
}
is(join("\n", map { complaints($_) } @requirements), '', 'every requirement is answered');

# --- every number that a rule names exists ---

my %exists = map { $_ => 1 } @wanted;
is(join(' ', grep { !$exists{$_} } sort keys %is_named), '', 'rules name requirements that exist');

# --- the page ---

SKIP: {
	my $ctl = build_path('liaisonctl');
	skip 'liaisonctl is not built', 2 unless -x $ctl;
	my ($status, $page) = run_command([$ctl, 'rules', '--markdown']);
	is($status, 0, 'liaisonctl prints the page');
	ok($page eq slurp("$root/doc/procedure.md"), 'doc/procedure.md is what liaisonctl rules --markdown prints')
		or diag 'print it anew: liaisonctl rules --markdown > doc/procedure.md';
}
done_testing;
