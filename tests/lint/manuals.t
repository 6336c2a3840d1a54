#!/usr/bin/perl
# manuals.t - the manual pages are clean mdoc(7), and tell of every command, option, setting, rule, exit code and log
# line that there is, and of no other.
#
# Prints the pages with liaisonctl as it is built; reads what must be in them from the source.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Basename qw(basename);
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use LSM::Tree qw(code_and_strings_of rows_of);
use Test::More;

my $root = source_root();
my $ctl = build_path('liaisonctl');
my $dir = scratch_dir();
plan skip_all => 'liaisonctl is not built' unless -x $ctl;

my %page;      # the mdoc, by name: "liaisonctl.1"
my %printed;   # as somebody reads it, all blanks alike
my %used;      # lists that pages ask for

for my $template (sort glob "$root/doc/man/*.in") {
	my $name = basename($template, '.in');
	my ($status, $text) = run_command([$ctl, 'manual', $template]);
	is($status, 0, "$name: printed");
	$page{$name} = $text;
	spew("$dir/$name", $text);
	$used{$_} = 1 for slurp($template) =~ /^\@(\S+)\@$/mg;
}
# Printed in the same way; tests/lint/log.t looks at it.
$used{$_} = 1 for slurp("$root/doc/log.md.in") =~ /^\@(\S+)\@$/mg;
is(join(' ', sort keys %page), 'liaison-directory.conf.5 liaison-milter.8 liaison-milter.conf.5 liaisonctl.1', 'the pages');

# What is in the list and not in the page, and the other way round.
sub same_ok {
	my ($in_page, $wanted, $what) = @_;
	my %page = map { $_ => 1 } @$in_page;
	my %wanted = map { $_ => 1 } @$wanted;
	ok(scalar keys %wanted, "$what: some are there");
	is(join(' ', grep { !$page{$_} } sort keys %wanted), '', "$what: all are in the page");
	is(join(' ', grep { !$wanted{$_} } sort keys %page), '', "$what: no others are");
	return;
}

sub one_line {
	my ($text) = @_;
	return $text =~ s/\s+/ /gr =~ s/^ | $//gr;
}

# A section (.Sh) or subsection (.Ss) of a page, up to the next one.
sub part_of {
	my ($name, $macro, $title) = @_;
	return $page{$name} =~ /^\.\Q$macro $title\E\n(.*?)(?=^\.S[hs] |\z)/ms ? $1 : '';
}

# --- mandoc has nothing to say ---

subtest 'mdoc' => sub {
	my ($missing) = run_command(['mandoc', '-T', 'lint', '/dev/null']);
	plan skip_all => 'no mandoc here' if $missing == 127;
	for my $name (sort keys %page) {
		my (undef, $found) = run_command(['mandoc', '-T', 'lint', '-W', 'style', "$dir/$name"]);
		# Our own pages are not installed where the tests run; those that a page names are looked at below.
		my @found = grep { !/referenced manual not found|outdated mandoc\.db/ } split /\n/, $found;
		is(join("\n", @found), '', "$name: clean");
		my (undef, $text) = run_command(['mandoc', '-T', 'ascii', '-O', 'width=80', "$dir/$name"]);
		$text =~ s/.\010//g;
		is(join("\n", grep { length > 80 } split /\n/, $text), '', "$name: fits into 80 columns");
		my @unread = grep { /^\s*\.[A-Z][a-z] |\@[A-Z-]+\@$|\\[&(]/ } split /\n/, $text;
		is(join("\n", @unread), '', "$name: nothing is left unread");
		$printed{$name} = one_line($text =~ s/ \\\n\s*/ /gr);
		my @named = grep { /^liaison/ } map { s/ /./r } $page{$name} =~ /^\.Xr (\S+ \d)/mg;
		is(join(' ', grep { !$page{$_} } @named), '', "$name: the pages that it names are there");
	}
	my (undef, $bad) = run_command(['mandoc', '-T', 'lint', '-W', 'style'], input => ".Dd today\n.Sh X\n.Zz\n");
	like($bad, qr/WARNING/, 'and would say so');
};

# --- lists ---

my (undef, $lists) = run_command([$ctl, 'manual']);
same_ok([sort keys %used], [$lists =~ /^\@(\S+)\@$/mg], 'lists');

# --- commands ---

my @commands = (slurp("$root/ctl/main.c") =~ /^\t\{"([a-z-]+)",/mg, map { $_->[0] } rows_of('ctl/acts.def', 'ACT'));
my @sections = grep { lc $_ eq $_ } $page{'liaisonctl.1'} =~ /^\.Ss (.*)$/mg;
same_ok(\@sections, \@commands, 'commands');

# The options of a section's lists: [name, takes a value].
sub options_in {
	my ($text) = @_;
	my @options;
	for my $row ($text =~ /^\.It (Fl .*)$/mg) {
		my @parts = split / (?=Fl )/, $row =~ s/\\-/-/gr;
		for my $i (0 .. $#parts) {
			my ($name) = $parts[$i] =~ /^Fl -(\S+)/;
			push @options, ["--$name", scalar grep { / Ar / } @parts[$i .. $#parts]];
		}
	}
	return @options;
}

subtest 'options are those of the commands' => sub {
	for my $command (@commands) {
		my $text = part_of('liaisonctl.1', 'Ss', $command);
		like($text, qr/^\$ liaisonctl \Q@{[$command =~ s{-}{\\-}gr]}\E\b|^\$ eval/m, "$command: has an example");
		for my $option (grep { $_->[0] !~ /^--(?:json|config|store|help)$/ } options_in($text)) {
			my ($name, $has_value) = @$option;
			# A flag alone would run the command.
			my (undef, $said) = run_command([$ctl, $command, $name, $has_value ? () : '--no-such-option']);
			like($said, $has_value ? qr/Missing argument for \Q$name\E/ : qr/--no-such-option/, "$command $name: is there");
		}
	}
};

# Long names in the option tables of a source file.
sub entries_in {
	my ($path) = @_;
	return map { "--$_" } code_and_strings_of(slurp("$root/$path")) =~ /\{\s*"([a-z-]+)",\s*(?:0|'.'),\s*0,\s*G_OPTION_ARG_/g;
}

subtest 'all options are told' => sub {
	my $asked = 0;
	for my $command (@commands) {
		my $path = 'ctl/cmd_' . ($command =~ s/-/_/gr) . '.c';
		next unless -e "$root/$path";
		my $text = part_of('liaisonctl.1', 'Ss', $command);
		$text .= part_of('liaisonctl.1', 'Ss', 'list') if $text =~ /^What list takes/m;
		my %told = map { $_->[0] => 1 } options_in($text);
		my @entries = entries_in($path);
		push @entries, entries_in('ctl/query.c') if slurp("$root/$path") =~ /lsm_ctl_query_parse\(/;
		$asked += @entries;
		is(join(' ', grep { !$told{$_} } @entries), '', "$command: every option of $path");
	}
	cmp_ok($asked, '>', 50, 'options were found in the source');
};

subtest 'examples can be copied' => sub {
	plan skip_all => 'no mandoc here' unless %printed;
	my (undef, $help) = run_command([$ctl, '--help']);
	for my $command (@commands) {
		my (undef, $text) = run_command([$ctl, $command, '--help']);
		for my $example ($text =~ /^Example: (.*)$/mg) {
			ok(index($printed{'liaisonctl.1'}, one_line($example)) >= 0, $example);
		}
	}
};

# --- settings, rules, the directory ---

my @settings = map { $_->[1] } rows_of('conf/settings.def', 'LSM_SETTING_[A-Z]+');
@settings = grep { /^[a-z-]+$/ && $_ ne 'name' } @settings;
my @told = map { s/\\-/-/gr } part_of('liaison-milter.conf.5', 'Sh', 'SETTINGS') =~ /^\.It Ic (\S+) No =/mg;
same_ok(\@told, \@settings, 'settings');
for my $row (grep { $_->[1] =~ /^[a-z-]+$/ && $_->[1] ne 'name' } rows_of('conf/settings.def', 'LSM_SETTING_[A-Z]+')) {
	next unless %printed;
	ok(index($printed{'liaison-milter.conf.5'}, one_line($row->[-1])) >= 0, "$row->[1]: its help");
}

my @rules = map { $_->[1] } rows_of('rules/rules.def', 'LSM_RULE');
@told = map { s/\\-/-/gr } part_of('liaison-milter.conf.5', 'Sh', 'RULES') =~ /^\.It Ic (\S+)$/mg;
same_ok(\@told, \@rules, 'rules');

subtest 'directory' => sub {
	my $code = code_and_strings_of(slurp("$root/conf/directory.c"));
	my @tables = $code =~ /^static cfg_opt_t (\w+)_options\[\] = \{(.*?)^\};/msg;
	cmp_ok(scalar @tables, '>=', 12, 'six sections and more');
	while (my ($section, $rows) = splice @tables, 0, 2) {
		my @keys = $rows =~ /(?:ONE|MANY|YES_NO|SECTIONS)\("([a-z-]+)"/g;
		my $text = part_of('liaison-directory.conf.5', 'Ss', $section eq 'role' ? 'person' : $section);
		my %told = map { $_ => 1 } map { split / , / } $text =~ /^\.It Ic (\S+(?: , \S+)*)/mg;
		$told{$_} = 1 for $text =~ /^\.It Ic role .*?Brq Ic (\S+) .* Ic (\S+) No/mg;
		is(join(' ', grep { !$told{$_} } @keys), '', "$section: every key");
	}
	like($page{'liaison-directory.conf.5'}, qr/^\.It Ic include /m, 'include') if $code =~ /CFG_FUNC\("include"/;
};

# Displays of a section, as somebody would copy them.
sub displays_in {
	my ($name, $section) = @_;
	my @displays = part_of($name, 'Sh', $section) =~ /^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/msg;
	return map { s/\\\(dq/"/gr =~ s/\\-/-/gr } @displays;
}

subtest 'examples of configuration are right' => sub {
	my ($directory) = displays_in('liaison-directory.conf.5', 'DESCRIPTION');
	spew("$dir/directory.conf", $directory);
	my @examples = (displays_in('liaison-milter.conf.5', 'EXAMPLES'), displays_in('liaison-milter.conf.5', 'RULES'));
	cmp_ok(scalar @examples, '>=', 4, 'some are there');
	for my $example (@examples) {
		spew("$dir/site.conf", $example);
		my ($status, $said) = run_command([$ctl, 'rules', '--config', "$dir/site.conf"]);
		is($status, 0, one_line($example)) or diag $said;
	}
	spew("$dir/site.conf", "mode = perhaps\n");
	is((run_command([$ctl, 'rules', '--config', "$dir/site.conf"]))[0], 2, 'a wrong one would be found');
};

# --- exit codes ---

subtest 'exit codes' => sub {
	my %value = slurp('/usr/include/sysexits.h') =~ /^#define\s+(EX_\w+)\s+(\d+)/mg;
	my $code = code_and_strings_of(slurp("$root/conf/error.c"));
	$value{$1} = $2 while $code =~ /^#define (EXIT_\w+) (\d+)/mg;
	my %codes = map { ($value{$_} // $_) => 1 } $code =~ /^\t\[LSM_ERROR_\w+\]\s*=\s*\{"[a-z]+",\s*LOG_\w+,\s*(\w+),/mg;
	cmp_ok(scalar keys %codes, '>=', 6, 'the classes have codes');
	for my $name ('liaisonctl.1', 'liaison-milter.8') {
		my %told = map { $_ => 1 } part_of($name, 'Sh', 'EXIT STATUS') =~ /^\.It (\d+)$/mg;
		is(join(' ', grep { !$told{$_} } sort keys %codes), '', "$name: every class");
		next unless $name eq 'liaisonctl.1';
		my @said = map { /(?:^|, |: )(\d+) /g } map { /^(Exit status: .*(?:\n(?!Example).*)?)/mg } map {
			my (undef, $text) = run_command([$ctl, $_, '--help']);
			$text;
		} @commands;
		cmp_ok(scalar @said, '>', 5, 'commands name codes');
		is(join(' ', grep { $_ && !$told{$_} } @said), '', "$name: every code that a command names");
	}
};

# --- the daemon ---

SKIP: {
	my $daemon = build_path('liaison-milter');
	skip 'liaison-milter is not built', 3 unless -x $daemon;
	my (undef, $help) = run_command([$daemon, '--help']);
	my @options = map { split /, / } $help =~ /^ +((?:-\w, )?--[a-z]+)/mg;
	@told = map { s/\\//gr } map { /Fl (\S+)/g } $page{'liaison-milter.8'} =~ /^\.It (Fl .*)/mg;
	same_ok([map { "-$_" } @told], \@options, 'options of the daemon');
}

# --- log lines ---

my @lines = map { $_->[0] } rows_of('conf/log_lines.def', 'LSM_LOG_LINE');
my ($section) = $page{'liaison-milter.8'} =~ /^\.Sh LOG LINES\n(.*?)^\.Sh /ms;
@told = map { s/\\-/-/gr } ($section // '') =~ /^\.It Ic (\S+) No \(/mg;
same_ok(\@told, \@lines, 'log lines');

done_testing;
