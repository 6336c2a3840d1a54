#!/usr/bin/perl
# crashtest.t - 2,100 mails through a daemon that is killed at every step: none is lost, none is recorded twice.
#
# `make crashtest` runs it alone, and prints the tally. CRASH_MAILS, CRASH_KILLS: other numbers.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Crash;
use LSM::Postfix;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

LSM::Crash->new(mails => $ENV{CRASH_MAILS} || 2100, kills => $ENV{CRASH_KILLS} || 200)->play;

done_testing;
