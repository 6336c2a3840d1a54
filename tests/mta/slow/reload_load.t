#!/usr/bin/perl
# reload_load.t - a reload every second for a minute, under load from a real Postfix: no session fails.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Load;
use LSM::Postfix;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

LSM::Load->new(seconds => $ENV{LOAD_SECONDS} || 60)->play;

done_testing;
