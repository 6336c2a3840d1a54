#!/usr/bin/perl
# documents.t - 10,000 RFCs and 100,000 drafts are imported in less than five seconds; prints how long it took.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Documents qw(many_drafts many_rfcs);
use LSM::Scratch qw(build_path run_command scratch_dir spew);
use Test::More;
use Time::HiRes qw(time);

my $dir = scratch_dir();
spew("$dir/rfc-index.xml", many_rfcs(10_000));
spew("$dir/all_id2.txt", many_drafts(100_000));
my $begin = time;
my ($status, $output) = run_command([build_path('liaisonctl'), 'import-documents', '--rfc-index', "$dir/rfc-index.xml",
	'--id-index', "$dir/all_id2.txt", '--output', "$dir/documents"]);
my $seconds = time - $begin;

is($status, 0, 'imported') or diag $output;
like($output, qr/10000 RFCs, .* 100000 drafts/, 'all of them');
diag sprintf '10,000 RFCs and 100,000 drafts: %.2f s, a table of %.1f MB', $seconds, (-s "$dir/documents") / 1e6;
cmp_ok($seconds, '<', 5, 'in less than five seconds');
done_testing;
