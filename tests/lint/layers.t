#!/usr/bin/perl
# layers.t - holds what the compiler cannot: include direction, fences, house rules, and that every
# rule and every setting is documented and tested. `make lint`.
#
# A check is one row of @checks: a function from a tree {path => text} to a list of complaints, and a
# made-up tree that it must complain about, so that no check can pass by looking at nothing.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(source_root);
use LSM::Tree qw(read_tree code_of code_and_strings_of arguments_of);
use Test::More;

# Who may include whom: only layers with a lower number, or one's own. rules and store do not know each other.
# Nobody includes extract: it is a program of its own, whose libraries the others do not link.
my %height = (conf => 0, rules => 1, store => 1, desk => 2, milter => 3, ctl => 3,
	extract => 1);

# Libraries that stand behind one door: header => files that may include it.
my %fences = (
	'gmime/'             => qr{^(?:rules/message\.c|desk/compose\.c)$},
	'lmdb.h'             => qr{^(?:store/store_lmdb(?:_\w+)?|tests/bench/bench_store)\.c$},
	'libmilter/mfapi.h'  => qr{^milter/},
	'archive.h'          => qr{^extract/package\.c$},
	'libxml/'            => qr{^extract/},
	'poppler'            => qr{^extract/read_pdf\.c$},
	'gsf/'               => qr{^extract/read_doc\.c$},
	'seccomp.h'          => qr{^(?:extract|milter)/sandbox\.c$},
);

my @banned = qw(strcpy stpcpy strcat strncat sprintf vsprintf gets strtok system popen alloca mktemp tmpnam);
my $banned = join '|', @banned;
my $longest_file = 600;
my $widest_line = 120;
my $widest_test = 160;    # mails and tables of cases stand there in one line

# Made-up files: the shortest that are good or bad in one respect only.
sub row { return { 'rules/rules.def' => qq{LSM_RULE(a, "a.b", "A1", F | (G), S, E, M, TRUE, "5.6.0", "2", $_[0])} } }
sub rule { return ('rules/rules.def' => 'LSM_RULE(a, "a.b", 0)', @_) }
sub setting { return ('conf/settings.def' => 'LSM_SETTING_INT(a, "a-b", 1)', @_) }

my @checks = (
	{ name => 'includes are written from the top', run => \&relative_includes,
		bad  => { 'desk/a.c' => qq{#include "decide.h"\n} },
		good => { 'desk/a.c' => qq{#include "desk/decide.h"\n} } },
	{ name => 'includes point downwards', run => \&upward_includes,
		bad  => { 'conf/a.h' => qq{#include "rules/rule.h"\n} },
		good => { 'rules/a.h' => qq{#include "conf/log.h"\n} } },
	{ name => 'rules and store do not know each other', run => \&upward_includes,
		bad  => { 'store/a.c' => qq{#include "rules/rule.h"\n} },
		good => { 'store/a.c' => qq{// #include "rules/rule.h"\n} } },
	{ name => 'the milter and the tool do not know each other', run => \&upward_includes,
		bad  => { 'ctl/a.c' => qq{#include "milter/gate.h"\n} },
		good => { 'ctl/a.c' => qq{#include "desk/desk.h"\n} } },
	{ name => 'the program does not include its tests', run => \&upward_includes,
		bad  => { 'ctl/a.c' => qq{#include "tests/unit/a.h"\n} },
		good => { 'tests/unit/a.c' => qq{#include "tests/unit/a.h"\n} } },
	{ name => 'the store stays behind its fence', run => \&broken_fences,
		bad  => { 'desk/a.c' => "#include <lmdb.h>\n" },
		good => { 'store/store_lmdb.c' => "# include <lmdb.h>\n" } },
	{ name => 'MIME stays behind its fence', run => \&broken_fences,
		bad  => { 'rules/format_a.c' => "#include <gmime/gmime.h>\n" },
		good => { 'desk/compose.c' => "#include <gmime/gmime.h>\n" } },
	{ name => 'libmilter stays behind its fence', run => \&broken_fences,
		bad  => { 'desk/a.h' => "#include <libmilter/mfapi.h>\n" },
		good => { 'milter/a.c' => "#include <libmilter/mfapi.h>\n" } },
	{ name => 'what reads attachments stays behind its fence', run => \&broken_fences,
		bad  => { 'desk/reader.c' => "#include <libxml/xmlreader.h>\n" },
		good => { 'extract/xml.h' => "#include <libxml/xmlreader.h>\n" } },
	{ name => 'the reader of attachments is nobody\'s part', run => \&upward_includes,
		bad  => { 'desk/reader.c' => qq{#include "extract/result.h"\n} },
		good => { 'extract/main.c' => qq{#include "extract/result.h"\n} } },
	{ name => 'the reader of attachments knows no other layer', run => \&upward_includes,
		bad  => { 'extract/main.c' => qq{#include "rules/text.h"\n} },
		good => { 'extract/main.c' => qq{#include "conf/error.h"\n} } },
	{ name => 'only a main exits', run => \&exits,
		bad  => { 'rules/a.c' => "\tif (x)\n\t\texit(1);\n" },
		good => { 'rules/a.c' => "/* exit(1) */ lsm_error_exit_code(e);\n", 'ctl/main.c' => "exit(1);\n" } },
	{ name => 'no banned function', run => \&banned_calls,
		bad  => { 'conf/a.c' => "\tstrcpy (a, b);\n" },
		good => { 'conf/a.c' => "\tg_strlcpy(a, \"strcpy(\", 3);\n" } },
	{ name => 'a file opens with its name and purpose', run => \&nameless_files,
		bad  => { 'conf/a.c' => "/*\n * b.c - something\n */\n" },
		good => { 'conf/a.c' => "/*\n * a.c - something\n */\n", 'conf/b.h' => "/* b.h - something */\n" } },
	{ name => 'no note to oneself', run => \&leftover_notes,
		bad  => { 'conf/a.c' => "/* FIX" . "ME: later */\n" },
		good => { 'conf/a.c' => "/* LS-YYYYMMDD-XXXXX */\n" } },
	{ name => "no file above $longest_file lines", run => \&long_files,
		bad  => { 'conf/a.c' => "\n" x ($longest_file + 1) },
		good => { 'conf/a.c' => "\n" x $longest_file } },
	{ name => "no line above $widest_line columns", run => \&wide_lines,
		bad  => { 'conf/a.c' => "\t" x 14 . "123456789\n" },
		good => { 'conf/a.c' => "\t" x 14 . "12345678\n" } },
	{ name => 'no blanks at the end of a line', run => \&stray_blanks,
		bad  => { 'conf/a.c' => "int a; \n" },
		good => { 'conf/a.c' => "\tint a;\n" } },
	{ name => 'no tab behind blanks', run => \&stray_blanks,
		bad  => { 'conf/a.c' => " \tint a;\n" },
		good => { 'conf/a.c' => "\t  int a;\n" } },
	{ name => 'text ends with a line end, and lines end in LF', run => \&line_ends,
		bad  => { 'conf/a.c' => "int a;\r\n" },
		good => { 'tests/corpus/a.eml' => "From: a\r\n\r\nb" } },
	{ name => 'no path of the machine it was written on', run => \&machine_paths,
		bad  => { 'README.md' => "see /wor" . "k/main\n" },
		good => { 'README.md' => "see /var/lib and net/work/x\n" } },
	{ name => 'a rule has heading, help and reason', run => \&poor_rules,
		bad  => row('"A", "", "Because of this."'),
		good => row('"A", "Say \"a, b\"" " twice.", "Because of this."') },
	{ name => 'a rule is named in a test', run => \&untested_rules,
		bad  => { rule('tests/unit/a.c' => '"a.bc"') },
		good => { rule('tests/unit/a.c' => '"a.b"') } },
	{ name => 'a setting stands in the shipped sample', run => \&unshown_settings,
		bad  => { setting('conf/liaison-milter.conf' => "a-bc = 1\n") },
		good => { setting('conf/liaison-milter.conf' => "# a-b = 1\n") } },
	{ name => 'a setting is named in a test', run => \&untested_settings,
		bad  => { setting('tests/lib/LSM/A.pm' => "'a-b'") },
		good => { setting('tests/unit/a.c' => '"a-b = 1"') } },
	{ name => 'Perl is strict', run => \&loose_perl,
		bad  => { 'tests/mta/a.t' => "#!/usr/bin/perl\nuse strict;\n" },
		good => { 'tests/mta/a.t' => "use strict;\nuse warnings;\n" } },
);

my $tree = read_tree(source_root());
my @sources = c_files($tree);
cmp_ok(scalar @sources, '>', 10, 'the tree has sources') or diag 'looked in ' . source_root();
cmp_ok(scalar rules_of($tree), '>', 5, 'the tree has rules');
cmp_ok(scalar settings_of($tree), '>', 10, 'the tree has settings');

for my $check (@checks) {
	my @bad = $check->{run}->($check->{bad});
	my @good = $check->{run}->($check->{good});
	ok(@bad > 0 && @good == 0, "$check->{name}: tells good from bad") or diag "good: @good";
	is(join("\n", $check->{run}->($tree)), '', $check->{name});
}
done_testing;

# --- what is looked at ---

sub c_files { return sort grep { /\.[ch]$/ } keys %{ $_[0] } }
sub own_text { return sort grep { !/\.(?:eml|mbox)$/ && !m{/seeds?/} } keys %{ $_[0] } }
sub layer_of { return $_[0] =~ m{^([^/]+)/} && exists $height{$1} ? $1 : undef }
sub number_of_line { return 1 + (substr($_[0], 0, $_[1]) =~ tr/\n//) }

# Complains about each place in $text where $pattern matches.
sub places {
	my ($path, $text, $pattern, $complaint) = @_;
	my @found;
	while ($text =~ /$pattern/g) {
		push @found, "$path:" . number_of_line($text, $-[0]) . ": $complaint";
	}
	return @found;
}

# Every #include of a file as [delimiter, name, line].
sub includes_of {
	my ($text) = @_;
	my $code = code_and_strings_of($text);
	my @includes;
	while ($code =~ /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)/mg) {
		push @includes, [$1, $2, number_of_line($code, $-[0])];
	}
	return @includes;
}

# --- the checks ---

sub relative_includes {
	my ($tree) = @_;
	return map {
		my $path = $_;
		my @bare = grep { $_->[0] eq '"' && $_->[1] !~ m{/} } includes_of($tree->{$path});
		map { "$path:$_->[2]: \"$_->[1]\" has no folder" } @bare;
	} grep { defined layer_of($_) } c_files($tree);
}

sub upward_includes {
	my ($tree) = @_;
	my @found;
	for my $path (grep { defined layer_of($_) } keys %$tree) {
		next unless $path =~ /\.(?:[ch]|def)$/;
		my $own = layer_of($path);
		for my $include (includes_of($tree->{$path})) {
			my $other = layer_of($include->[1]) // ($include->[1] =~ m{^tests/} ? 'tests' : next);
			next if $other eq $own || ($other ne 'extract' && ($height{$other} // 9) < $height{$own});
			push @found, "$path:$include->[2]: $own must not include $include->[1]";
		}
	}
	return sort @found;
}

sub broken_fences {
	my ($tree) = @_;
	my @found;
	for my $path (grep { defined layer_of($_) } c_files($tree)) {
		for my $include (includes_of($tree->{$path})) {
			my @behind = grep { index($include->[1], $_) == 0 && $path !~ $fences{$_} } keys %fences;
			push @found, "$path:$include->[2]: <$include->[1]> is fenced" if @behind;
		}
	}
	return sort @found;
}

sub exits {
	my ($tree) = @_;
	my $call = qr/(?<!\w)(?:exit|quick_exit)\s*\(/;
	return map { places($_, code_of($tree->{$_}), $call, 'only a main exits') }
		grep { defined layer_of($_) && !m{/main\.c$} } c_files($tree);
}

sub banned_calls {
	my ($tree) = @_;
	return map { places($_, code_of($tree->{$_}), qr/(?<!\w)(?:$banned)\s*\(/, 'banned function') }
		c_files($tree);
}

sub nameless_files {
	my ($tree) = @_;
	return map {
		my ($name) = m{([^/]+)$};
		$tree->{$_} =~ m{\A/\*(?:\n \*)? \Q$name\E - \S} ? () : "$_: does not open with \"$name - purpose\"";
	} c_files($tree);
}

sub leftover_notes {
	my ($tree) = @_;
	my $note = qr/\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/;
	return map { places($_, $tree->{$_}, $note, 'do it, or take the note away') } own_text($tree);
}

sub long_files {
	my ($tree) = @_;
	return map {
		my $lines = $tree->{$_} =~ tr/\n//;
		$lines > $longest_file ? "$_: $lines lines; look for the second noun in it" : ();
	} grep { /\.(?:[ch]|pm|t)$/ } keys %$tree;
}

sub wide_lines {
	my ($tree) = @_;
	my @found;
	for my $path (grep { /\.(?:[ch]|pm|t)$/ } sort keys %$tree) {
		my $number = 0;
		for my $line (split /\n/, $tree->{$path}) {
			$number++;
			1 while $line =~ s/^([^\t]*)\t/$1 . ' ' x (8 - length($1) % 8)/e;
			utf8::decode($line);
			my $widest = $path =~ m{^tests/} ? $widest_test : $widest_line;
			push @found, "$path:$number: " . length($line) . ' columns' if length($line) > $widest;
		}
	}
	return @found;
}

sub stray_blanks {
	my ($tree) = @_;
	return map {
		places($_, $tree->{$_}, qr/[ \t]+$/m, 'blanks at the end of the line'),
		places($_, $tree->{$_}, qr/^\t* +\t/m, 'a tab behind blanks')
	} grep { m{(?:\.(?:[ch]|def|pm|t|sh)|Makefile)$} } keys %$tree;
}

sub line_ends {
	my ($tree) = @_;
	return map {
		places($_, $tree->{$_}, qr/\r$/m, 'line ends in CR LF'),
		$tree->{$_} =~ /[^\n]\z|\n\n\z/ ? "$_: does not end with one line end" : ()
	} grep { m{(?:\.(?:[ch]|def|pm|t|sh|md|conf)|Makefile)$} } own_text($tree);
}

sub machine_paths {
	my ($tree) = @_;
	return map {
		places($_, $tree->{$_}, qr{(?<![\w./-])/(?:work|root|home/\w+)/|/tmp/[b]-|arti[f]actory},
			'a path of one machine')
	} own_text($tree);
}

# Rows of a table as [macro, argument, ...]; strings without their quotes.
sub rows_of {
	my ($text, $macro) = @_;
	my $code = code_and_strings_of($text // '');
	my @rows;
	while ($code =~ /^[ \t]*($macro)\(/mg) {
		push @rows, [$1, arguments_of($code, pos $code)];
	}
	return @rows;
}

sub rules_of { return my @rows = rows_of($_[0]{'rules/rules.def'}, qr/LSM_RULE/) }
sub settings_of { return my @rows = rows_of($_[0]{'conf/settings.def'}, qr/LSM_SETTING_[A-Z]+/) }

sub poor_rules {
	my ($tree) = @_;
	my (@found, %seen);
	for my $row (rules_of($tree)) {
		my ($id, $source, $heading, $help, $reason) = @$row[2, 3, 11, 12, 13];
		my $where = "rules/rules.def: $id";
		push @found, "$where: 13 columns are wanted" if @$row != 14;
		push @found, "$where: an id is area.what" if $id !~ /^[a-z][a-z-]*\.[a-z][a-z-]*$/;
		push @found, "$where: stands twice" if $seen{$id}++;
		push @found, "$where: no number of a requirement" if $source !~ /^[AKPW]\d+(?: [AKPW]\d+)*$/;
		push @found, "$where: no heading" if !length($heading // '');
		push @found, "$where: what to do is not a sentence" if ($help // '') !~ /^[A-Z].{8,}[.?!]$/s;
		push @found, "$where: the reason is not a sentence" if ($reason // '') !~ /^[A-Z0-9].{8,}[.?!]$/s;
	}
	return @found;
}

# Tests proper: not their library, and not this file.
sub test_text {
	my ($tree) = @_;
	return join "\n", map { $tree->{$_} } grep { m{^tests/} && !m{^tests/(?:lib|lint|demo)/} } keys %$tree;
}

sub unnamed {
	my ($text, $complaint, @names) = @_;
	return map { $text =~ /(?<![\w.-])\Q$_\E(?![\w-]|\.\w)/ ? () : "$_: $complaint" } @names;
}

sub untested_rules {
	my ($tree) = @_;
	return unnamed(test_text($tree), 'no test names this rule', map { $_->[2] } rules_of($tree));
}

sub untested_settings {
	my ($tree) = @_;
	my $tests = test_text($tree);
	# A test that walks the rows themselves reaches them all.
	return () if $tests =~ /^#include "conf\/settings\.def"$/m;
	# By its name in a settings file, or as the field of the settings in C.
	return map {
		my ($field, $name) = @$_[1, 2];
		unnamed($tests, '', $field) ? unnamed($tests, 'no test names this setting', $name) : ();
	} settings_of($tree);
}

sub unshown_settings {
	my ($tree) = @_;
	my $sample = $tree->{'conf/liaison-milter.conf'} // '';
	return map { $sample =~ /^[ \t]*#?[ \t]*\Q$_\E[ \t]*=/m ? () : "$_: not in conf/liaison-milter.conf" }
		map { $_->[2] } settings_of($tree);
}

sub loose_perl {
	my ($tree) = @_;
	return map { $tree->{$_} =~ /^use strict;\nuse warnings;$/m ? () : "$_: use strict; use warnings;" }
		grep { /\.(?:pm|t)$/ && $tree->{$_} !~ /\A#!.*\bsh\b/ } keys %$tree;
}
