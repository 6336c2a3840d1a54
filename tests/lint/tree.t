#!/usr/bin/perl
# tree.t - what lies in the tree: no generated, leftover or binary files, and what is to be run can be run.
#
# Each check is a function from rows [path, mode, text] to complaints, with a row that is bad and one
# that is good.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(slurp source_root);
use LSM::Tree qw(files_of);
use Test::More;

# To forbid a kind of file: a row of pattern (over the path) and what it is.
my @unwanted = (
	[qr/\.(?:o|a|so|d|gcda|gcno|pyc|gresource)$/, 'build product'],
	[qr{(?:^|/)build[^/]*/},                      'in a build folder'],
	[qr{^(?:liaison-milter|liaisonctl)$},         'build product'],
	[qr{(?:^|/)(?:data|lock)\.mdb$},              'a record'],
	[qr{(?:^|/)core(?:\.\d+)?$},                  'core dump'],
	[qr/(?:~|\.(?:orig|rej|bak|swp|tmp|new))$/,   'leftover of a tool'],
	[qr{(?:^|/)(?:\.DS_Store|Thumbs\.db|nohup\.out|a\.out|vgcore\.\d+)$}, 'leftover of a tool'],
	[qr/\.log$/,                                  'a log'],
);

my @checks = (
	{ name => 'nothing generated or left over', run => \&unwanted_files,
		bad => ['desk/a.c.orig', '100644', ''], good => ['store/log.c', '100644', ''] },
	{ name => 'no program in binary form', run => \&binaries,
		bad => ['tests/x', '100755', "\x7fELF\2"], good => ['tests/x', '100755', "#!/bin/sh\n"] },
	{ name => 'tests and scripts are executable', run => \&not_executable,
		bad => ['tests/mta/a.t', '100644', "#!/usr/bin/perl\n"], good => ['tests/lib/A.pm', '100644', "package A;\n"] },
	{ name => 'a test names its interpreter', run => \&without_interpreter,
		bad => ['tests/mta/a.t', '100755', "use strict;\n"], good => ['tests/mta/a.t', '100755', "#!/usr/bin/perl\n"] },
	{ name => 'only scripts are executable', run => \&wrongly_executable,
		bad => ['desk/a.c', '100755', "/*\n"], good => ['.ci/run', '100755', "#!/bin/bash\n"] },
	{ name => 'links stay in the tree', run => \&outward_links,
		bad => ['a', '120000', '../b'], good => ['a', '120000', 'doc/b'] },
);

my $root = source_root();
my @files = files_of($root);
# What git tracks; before the first commit, what it would.
my @tracked = grep { $_->[2] } @files;
my @rows = map { [@$_[0, 1], contents("$root/$_->[0]")] } @tracked ? @tracked : @files;
cmp_ok(scalar @rows, '>', 10, "the tree has files") or diag "looked in $root";

for my $check (@checks) {
	my ($bad, $good) = map { [$check->{run}->($check->{$_})] } qw(bad good);
	ok(@$bad > 0 && @$good == 0, "$check->{name}: tells good from bad");
	is(join("\n", $check->{run}->(@rows)), '', $check->{name});
}
done_testing;

sub contents { return -l $_[0] ? readlink $_[0] : substr slurp($_[0]), 0, 256 }

sub unwanted_files {
	my @found;
	for my $row (@_) {
		push @found, map { "$row->[0]: $_->[1]" } grep { $row->[0] =~ $_->[0] } @unwanted;
	}
	return @found;
}

sub binaries { return map { $_->[2] =~ /\A(?:\x7fELF|!<arch>)/ ? "$_->[0]: a program" : () } @_ }

sub not_executable {
	return map { "$_->[0]: mode $_->[1]" } grep { $_->[1] eq '100644' && ($_->[2] =~ /\A#!/ || $_->[0] =~ /\.t$/) } @_;
}

sub without_interpreter { return map { $_->[0] =~ /\.t$/ && $_->[2] !~ m{\A#!/} ? "$_->[0]: no #! line" : () } @_ }

sub wrongly_executable { return map { $_->[1] eq '100755' && $_->[2] !~ /\A#!/ ? "$_->[0]: executable" : () } @_ }

sub outward_links {
	return map { "$_->[0] -> $_->[2]" } grep { $_->[1] eq '120000' && $_->[2] =~ m{^/|(?:^|/)\.\.(?:/|$)} } @_;
}
