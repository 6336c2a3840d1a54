#!/usr/bin/perl
# sendmail_same.t - the tests of this ring that suit any mail server, once more with sendmail in Postfix's place.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Postfix;
use LSM::Scratch qw(run_command);
use LSM::Sendmail;
use Test::More;

# Some of them have a second server of their own, which is always Postfix.
my $missing = LSM::Sendmail::missing() || LSM::Postfix::missing();
plan skip_all => $missing if $missing;

for my $name (qw(effects passages answers review incoming deciders check_address reload broken_store lists)) {
	my ($status, $output) = run_command([$^X, "$FindBin::Bin/../$name.t"], env => { LSM_MTA => 'LSM::Sendmail' }, seconds => 180);
	is($status, 0, "$name.t") or diag $output;
	unlike($output, qr/^1\.\.0\b/m, '... is not skipped');
}

done_testing;
