#!/usr/bin/perl
# log.t - conf/log_lines.def has a row for every line that the programs log, with its priority and its keys, and no
# other; and doc/log.md is printed from it.
#
# A line is a call of lsm_log or lsm_log_error. Where an event or a priority is chosen by a condition, all that can
# be chosen count.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(build_path run_command source_root);
use LSM::Tree qw(read_tree code_and_strings_of arguments_of);
use Test::More;

# {event => {priority => {...}, keys => {...}}} of a tree {path => text}.
sub logged_in {
	my ($tree) = @_;
	my %events;
	for my $path (grep { m{^(?:milter|desk|rules|store|conf|ctl|extract)/\w+\.c$} && $_ ne 'conf/log.c' } sort keys %$tree) {
		my $code = code_and_strings_of($tree->{$path});
		while ($code =~ /\b(lsm_log(?:_error)?)\(/g) {
			my ($is_error, @arguments) = ($1 eq 'lsm_log_error', raw_arguments($code, pos $code));
			my ($first, undef, $event, @pairs) = @arguments;
			my @names = $event =~ /"([^"]*)"/g or die "$path: the event is no word: $event\n";
			my @keys = map { $pairs[$_] =~ /"([\w-]+)"/g } grep { $_ % 2 == 0 } 0 .. $#pairs;
			my @priorities = $is_error ? 'class' : $first =~ /\bLOG_([A-Z]+)\b/g;
			push @keys, qw(class text) if $is_error;
			for my $name (@names) {
				$events{$name}{priority}{ lc $_ } = 1 for @priorities;
				$events{$name}{keys}{$_} = 1 for @keys;
			}
		}
	}
	return \%events;
}

# The arguments as they are written, quotes included.
sub raw_arguments {
	my ($code, $offset) = @_;
	my @arguments = ('');
	my $depth = 1;
	pos($code) = $offset;
	while ($depth > 0 && $code =~ /\G("(?:[^"\\]|\\.)*"|.)/gs) {
		my $piece = $1;
		$depth++ if $piece =~ /^[({\[]$/;
		$depth-- if $piece =~ /^[)}\]]$/;
		if ($piece eq ',' && $depth == 1) {
			push @arguments, '';
			next;
		}
		$arguments[-1] .= $piece if $depth > 0;
	}
	return map { s/^\s+|\s+$//gr } @arguments;
}

# The same of the table's rows: LSM_LOG_LINE("event", "priorities", "keys", "meaning").
sub rows_in {
	my ($table) = @_;
	my %events;
	my $code = code_and_strings_of($table);
	while ($code =~ /^LSM_LOG_LINE\(/mg) {
		my ($event, $priorities, $keys) = arguments_of($code, pos $code);
		die "log_lines.def: $event stands there twice\n" if $events{$event};
		$events{$event} = { priority => { map { $_ => 1 } split ' ', $priorities },
			keys => { map { $_ => 1 } split ' ', $keys } };
	}
	return \%events;
}

sub line_of {
	my ($event) = @_;
	return 'is not there' unless $event;
	return join ' | ', map { my $part = $event->{$_} || {}; join ' ', sort keys %$part } qw(priority keys);
}

my %made_up = (
	'desk/a.c' => "f(void)\n{\n\tlsm_log(ok ? LOG_INFO : LOG_ERR, id, ok ? \"sent\" : \"refused\", \"case\", f(a, b), \"why\", NULL);\n"
		. "\t/* lsm_log(LOG_INFO, NULL, \"never\", NULL); */\n\tlsm_log_error(error, NULL, \"failed\", \"store\", \"a, b\", NULL);\n}\n",
);
my $found = logged_in(\%made_up);
is_deeply([sort keys %$found], [qw(failed refused sent)], 'a made-up file: its events');
is(line_of($found->{sent}), 'err info | case why', '... with both priorities and all keys');
is(line_of($found->{failed}), 'class | class store text', '... and what an error brings');

my $tree = read_tree(source_root());
my $logged = logged_in($tree);
my $told = rows_in($tree->{'conf/log_lines.def'} // '');
cmp_ok(scalar keys %$logged, '>', 40, 'the programs log');
my %all = (%$logged, %$told);
for my $event (sort keys %all) {
	is(line_of($told->{$event}), line_of($logged->{$event}), "conf/log_lines.def: $event");
}

SKIP: {
	my $ctl = build_path('liaisonctl');
	skip 'liaisonctl is not built', 2 unless -x $ctl;
	my ($status, $page) = run_command([$ctl, 'manual', source_root() . '/doc/log.md.in']);
	is($status, 0, 'doc/log.md: printed');
	ok($page eq ($tree->{'doc/log.md'} // ''), 'doc/log.md is what liaisonctl prints')
		or diag 'print it anew: liaisonctl manual doc/log.md.in > doc/log.md';
}
done_testing;
