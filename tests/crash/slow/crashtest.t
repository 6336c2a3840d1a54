#!/usr/bin/perl
# crashtest.t - 2,100 mails through a daemon that is killed at every step: none is lost, none is recorded twice.
#
# `make crashtest` runs it alone, and prints the tally. CRASH_MAILS, CRASH_KILLS, CRASH_SHARE (of each
# kind of call), CRASH_SECONDS: other numbers.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Crash;
use LSM::Postfix;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

LSM::Crash->new(mails => $ENV{CRASH_MAILS} || 2100, kills => $ENV{CRASH_KILLS} || 200,
	share => $ENV{CRASH_SHARE} // 20, seconds => $ENV{CRASH_SECONDS} || 205)->play;

done_testing;
