#!/usr/bin/perl
# extract_loop.t - liaison-extract in a loop that does not end: the limit of processor time ends it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Scratch qw(build_path run_command);
use Test::More;
use Time::HiRes qw(time);

my $SIGXCPU = 24;

# A drawing of sixty drawings of sixty drawings ...: the reader follows them for as long as it is let. The
# table of places is left out; readers then look for the objects themselves.
sub drawing {
	my ($number, $content, $next) = @_;
	return "$number 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A $next 0 R>>>>"
		. '/Length ' . length($content) . ">>stream\n$content\nendstream endobj\n";
}

my $pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	. '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>endobj' . "\n"
	. "4 0 obj<</Length 5>>stream\n/A Do\nendstream endobj\n"
	. join('', map { drawing($_, '/A Do ' x 60, $_ + 1) } 5 .. 15)
	. drawing(16, 'n ', 16) . "trailer<</Root 1 0 R>>\n";

my $start = time;
my ($status, $output) = run_command([build_path('liaison-extract')], input => $pdf);
is($status, 128 + $SIGXCPU, 'ended by SIGXCPU');
is($output, '', 'nothing is said');
cmp_ok(time - $start, '<', 12, 'in time');
done_testing;
