#!/usr/bin/perl
# clang.t - the other compiler builds everything without a warning (-Werror stands in the Makefile).
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Scratch qw(scratch_dir source_root);
use Test::More;

plan skip_all => 'no clang here' if system('clang --version >/dev/null 2>&1') != 0;
plan tests => 1;

my $build = scratch_dir();
my $root = source_root();
# The programs themselves and all tests, but not the links in the tree: another build may own those.
my $output = `cd '$root' && make -k BUILD='$build' CC=clang '$build/liaison-milter' '$build/liaisonctl' test-programs 2>&1`;
is($?, 0, 'clang builds programs and tests') or diag($output =~ s/^  (?:CC|LINK) .*\n//gmr);
