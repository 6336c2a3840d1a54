#!/usr/bin/perl
# documents.t - the table of documents: made by liaisonctl, used by check and by the daemon, replaced under it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Daemon;
use LSM::Documents qw(id_index many_drafts many_rfcs rfc_index);
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use LSM::World;
use Test::More;
use Time::HiRes qw(time);

my $program = build_path('liaisonctl');
my $dir = scratch_dir();
my $table = "$dir/documents";
my $config = "$dir/liaison-milter.conf";
my $chair = 'ippm-chairs@ietf.org';

my @rfcs = ([2119, 'Best Current Practice', 'IETF'], [8321, 'Experimental', 'IETF', 'ippm'], [8762, 'Proposed Standard', 'IETF', 'ippm'],
	[9315, 'Informational', 'IRTF']);
my @drafts = (['draft-ietf-ippm-stamp-yang-12', 'Active', 'ippm', undef, 'Proposed Standard'],
	['draft-smith-ippm-idea-00', 'Active'], ['draft-ietf-ippm-old-03', 'Expired', 'ippm'],
	['draft-smith-ippm-plan-01', 'Replaced', undef, 'draft-ietf-ippm-stamp-yang']);

sub import_documents { return run_command([$program, 'import-documents', @_]) }
sub check { return run_command([$program, 'check', '--config', $config, '--enforce', '--explain', '--login', $chair, "$dir/mail"]) }

spew("$dir/rfc-index.xml", rfc_index(@rfcs));
spew("$dir/all_id2.txt", id_index(@drafts));
spew("$dir/directory.conf", slurp(source_root() . '/conf/directory.conf'));
my @indexes = ('--rfc-index', "$dir/rfc-index.xml", '--id-index', "$dir/all_id2.txt");

subtest 'a table is made' => sub {
	my ($status, $output) = import_documents(@indexes, '--output', $table);
	is($status, 0, 'status 0') or diag $output;
	like($output, qr/: 4 RFCs, 1 BCP and STD series, 4 drafts, in /, 'what it holds is counted');
	like($output, qr/set documents = "\Q$table\E"/, '... and how to use it');
	is((stat $table)[2] & 07777, 0644, 'everybody may read it');
	my $fresh = (stat $table)[1];
	($status, $output) = import_documents(@indexes, '--output', $table, '--json');
	my $answer = JSON::PP::decode_json($output);
	is_deeply([@$answer{qw(rfcs series drafts)}], [4, 1, 4], 'the same in JSON');
	isnt((stat $table)[1], $fresh, 'a new file took the place of the old one');
	spew($config, qq{documents = "$table"\n});
	($status, $output) = import_documents(@indexes, '--config', $config);
	is($status, 0, 'the setting names the table');
	like($output, qr/SIGUSR1/, '... which is in use');
};

subtest 'statements are checked against it' => sub {
	spew("$dir/mail", LSM::World->statement(header_from => $chair, id => 'check',
		text => "See draft-ietf-ippm-stamp-yang-12, draft-smith-ippm-idea, draft-ietf-ippm-old, RFC 8321, RFC 8762 and BCP 14.\n"));
	my ($status, $output) = check();
	is($status, 1, 'findings');
	my %want = (
		'document.gone' => 'draft-ietf-ippm-old has expired',
		'document.context' => 'draft-smith-ippm-idea is an individual draft and a Work in Progress; no working group has adopted it, and it '
			. 'does not represent IETF consensus. RFC 8321 is an Experimental RFC',
		'document.work-in-progress' => 'draft-ietf-ippm-stamp-yang is a working group document of IPPM and a Work in Progress."',
		'document.status' => 'RFC 8762 is a Proposed Standard."',
	);
	for my $rule (sort keys %want) {
		like($output, qr/\Q$rule\E \[.*\n.*\Q$want{$rule}\E/, $rule);
	}
	like($output, qr/^Documents:\n  draft-ietf-ippm-stamp-yang: Active, IETF stream, group ippm, intended: Proposed Standard$/m,
		'what is known of them is explained');
	spew($config, '');
	($status, $output) = check();
	unlike($output, qr/document\./, 'without a table nothing is found');
	is(() = $output =~ /not looked up/g, 1, '... which is said, once');
	spew($config, qq{documents = "$table"\n});
};

subtest 'what cannot be imported changes nothing' => sub {
	my $before = slurp($table);
	spew("$dir/cut.xml", substr slurp("$dir/rfc-index.xml"), 0, 1500);
	spew("$dir/cut.txt", substr slurp("$dir/all_id2.txt"), 0, 400);
	my @rows = (
		[[], 2, qr/--rfc-index FILE and --id-index FILE are needed/],
		[['--rfc-index', "$dir/absent"], 66, qr/absent.*No such file/],
		[['--rfc-index', "$dir/cut.xml"], 66, qr/cut\.xml:\d+: Document ended unexpectedly/],
		[['--rfc-index', "$dir/all_id2.txt"], 66, qr/all_id2\.txt:1: /],
		[['--id-index', "$dir/cut.txt"], 66, qr/cut\.txt:\d+: the list ends without its last line/],
		[['--id-index', "$dir/rfc-index.xml"], 66, qr/rfc-index\.xml: no draft of all_id2\.txt or all_id\.txt found/],
	);
	for my $row (@rows) {
		my ($status, $output) = import_documents(@{ $row->[0] }, '--output', $table);
		is($status, $row->[1], "status $row->[1]");
		like($output, $row->[2], '... and why');
	}
	my ($status, $output) = import_documents(@indexes, '--output', "$dir/absent/table");
	is($status, 75, 'no place for it');
	($status, $output) = import_documents(@indexes, '--config', "$dir/absent.conf");
	is($status, 2, 'no settings, no --output');
	like($output, qr/--output FILE is needed.*absent\.conf/, '... and why');
	ok(slurp($table) eq $before, 'the old table stayed');
};

subtest 'a damaged table is a mistake in the settings' => sub {
	my $whole = slurp($table);
	for my $row (['cut short', substr $whole, 0, -1], ['another file', "From: a\n"], ['empty', '']) {
		spew($table, $row->[1]);
		my ($status, $output) = check();
		is($status, 2, $row->[0]);
		like($output, qr/\Q$config\E: documents: \Q$table\E: .*import-documents/, '... named, with the way out');
	}
	is((import_documents(@indexes, '--config', $config))[0], 0, 'it can be made anew');
	is((check())[0], 1, '... and used');
};

subtest 'a running daemon takes a new table at its reload' => sub {
	my $daemon = LSM::Daemon->new("$dir/milter", settings => { documents => $table })->start;
	my $milter = LSM::Milter->new($daemon);
	my $send = sub {
		my ($id) = @_;
		my $mail = LSM::World->statement(header_from => $chair, id => $id, text => "See the Proposed Standard RFC 8762. ($id)\n");
		$milter->mail({ '{auth_authen}' => $chair }, $chair, ['liaisons@bbf.example'], $mail);
		my ($line) = $daemon->wait_log(qr/event=verdict .*rules=/, $_[1]);
		return (grep { /event=verdict/ } $daemon->log_lines(qr/event=verdict .*rules=/))[-1];
	};
	unlike($send->('one', 1), qr/document\.gone/, 'the RFC is in force');
	spew("$dir/rfc-index.xml", rfc_index(@rfcs[0, 1, 3], [8762, 'Proposed Standard', 'IETF', 'ippm', 9999]));
	is((import_documents(@indexes, '--output', $table))[0], 0, 'a new table');
	unlike($send->('two', 2), qr/document\.gone/, 'the daemon keeps the one that it has');
	$daemon->reload;
	ok($daemon->wait_log(qr{/gate\[.*event=reloaded}, scalar(my @gates = $daemon->children('gate'))), 'reload');
	like($send->('three', 3), qr/document\.gone/, 'now the RFC is obsolete');
	spew($table, 'nothing');
	$daemon->reload;
	my ($line) = $daemon->wait_log(qr/event=reload-failed/);
	like($line // '', qr/no table of documents/, 'a broken one is refused');
	like($send->('four', 4), qr/document\.gone/, '... and the old one stays');
	$daemon->stop;
};

subtest 'many documents' => sub {
	spew("$dir/rfc-index.xml", many_rfcs(1_000));
	spew("$dir/all_id2.txt", many_drafts(10_000));
	my $begin = time;
	my ($status, $output) = import_documents(@indexes, '--output', "$dir/many");
	my $seconds = time - $begin;
	like($output, qr/1000 RFCs, .* 10000 drafts/, 'a tenth of all that there are');
	note sprintf '%.2f s', $seconds;
	cmp_ok($seconds, '<', 5, '... in time');
};

done_testing;
