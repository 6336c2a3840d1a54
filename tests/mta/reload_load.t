#!/usr/bin/perl
# reload_load.t - reloads under load, for four seconds; slow/reload_load.t does it for a minute.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Load;
use LSM::Postfix;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

LSM::Load->new(seconds => 4, pause => 0.5)->play;

done_testing;
