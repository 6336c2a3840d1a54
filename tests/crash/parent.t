#!/usr/bin/perl
# parent.t - the parent is killed: nothing of it survives, and a new one works on the same record.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Scratch qw(process_rows wait_until);
use LSM::World;
use Test::More;

plan skip_all => LSM::Postfix::missing() if LSM::Postfix::missing();

my $bbf = 'liaisons@bbf.example';
my $world = LSM::World->new;
my $daemon = $world->daemon;

sub submit {
	my ($id) = @_;
	return scalar $world->submit('carol', 'carol@example.org', [$bbf], LSM::World->statement(id => $id, text => "Text $id."));
}

is(submit('before'), 250, 'a statement');
ok($world->settle, 'is on record');
my @children = $daemon->children;
cmp_ok(scalar @children, '>=', 2, 'a desk and a gate at least');
kill 'KILL', $daemon->pid;
my %was = map { $_ => 1 } @children;
ok(wait_until(10, sub { !grep { $was{ $_->{pid} } } process_rows() }), 'no child survives');
is(submit('between'), 451, 'a statement is put off');
$daemon->terminate;
$daemon->start;
is(submit('between'), 250, 'a new one takes it');
is(submit('before'), 250, '... and knows the first');
ok($world->settle, 'all is done');
is_deeply([sort map { $_->{state} } $world->cases], [qw(pending pending)], 'two cases');
is_deeply([$world->sink->mails_to($bbf)], [], 'nobody outside got anything');
my ($status, $output) = $daemon->ctl('verify');
is($status, 0, 'the record verifies') or diag $output;
ok($daemon->stop, 'it stops well');
$world->postfix->stop;

done_testing;
