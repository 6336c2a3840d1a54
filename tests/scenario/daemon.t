#!/usr/bin/perl
# daemon.t - the program as an administrator meets it: its options, its complaints, daemon mode, the PID file,
# its sockets, and a second one beside it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(accepts at_end build_path process_rows run_command scratch_dir slurp spew wait_until);
use LSM::World;
use Test::More;

my $program = build_path('liaison-milter');
my $dir = scratch_dir();

sub run_it { return run_command([$program, @_], seconds => 15) }

subtest 'options' => sub {
	my ($status, $output) = run_it('-h');
	is($status, 0, '-h');
	like($output, qr/^usage: liaison-milter .*\bSIGUSR1 reloads/s, '... explains itself');
	($status, $output) = run_it('-V');
	is($status, 0, '-V');
	like($output, qr/^liaison-milter \d+\.\d+\S*\n\z/, '... tells the version');
	for my $wrong (['-x'], ['-c'], ['extra'], ['-f', '-n', 'extra']) {
		($status, $output) = run_it(@$wrong);
		is($status, 2, "wrong use: @$wrong");
		like($output, qr/usage|see liaison-milter -h/, '... says where help is');
	}
	($status, $output) = run_it('-n', '-c', "$dir/absent.conf");
	is($status, 2, 'no such file');
	like($output, qr{\Q$dir\E/absent\.conf}, '... named');
};

subtest '-n prints what is in effect, and touches nothing' => sub {
	my $daemon = LSM::Daemon->new("$dir/print", settings => { 'max-parts' => 77 });
	my $before = join ' ', sort glob "$dir/print/*";
	my ($status, $output) = run_it('-n', '-c', $daemon->config);
	is($status, 0, 'right');
	like($output, qr/^max-parts\s*=\s*77$/m, 'a value of the file');
	like($output, qr/^max-depth\s*=\s*20$/m, 'a standard value');
	is(join(' ', sort glob "$dir/print/*"), $before, 'no file came or went');
	spew("$dir/print/again.conf", $output);
	my ($again, $same) = run_it('-n', '-c', "$dir/print/again.conf");
	is($again, 0, 'what it prints is a settings file');
	is($same, $output, '... with the same settings');
};

# A mistake in the file's last line (or in the directory's), and what is said of it.
my @mistakes = (
	{ name => 'an unknown setting', extra => "max-part = 1\n", says => qr/max-part\b/ },
	{ name => 'a word for a number', extra => "max-parts = many\n", says => qr/many|max-parts/ },
	{ name => 'out of range', extra => "max-parts = 3\n", says => qr/max-parts.*10/ },
	{ name => 'an unknown mode', extra => "rule purpose.missing { mode = perhaps }\n", says => qr/perhaps/ },
	{ name => 'an unknown rule', extra => "rule purpose.mising { mode = off }\n", says => qr/purpose\.mising/ },
	{ name => 'a brace that is not closed', extra => "rule purpose.missing { mode = off\n", says => qr/brace|\}|section/ },
	{ name => 'a setting given twice', extra => "mode = off\n", says => qr/mode/ },
);

subtest 'a mistake is named by file and line, before anything is touched' => sub {
	for my $row (@mistakes) {
		(my $folder = $row->{name}) =~ tr/ /-/;
		my $daemon = LSM::Daemon->new("$dir/$folder", extra => $row->{extra});
		my $line = () = slurp($daemon->config) =~ /\n/g;
		my ($status, $output) = run_it('-n', '-c', $daemon->config);
		is($status, 2, "$row->{name}: exit status") or diag $output;
		like($output, qr{\Q$folder\E/liaison-milter\.conf:$line:}, '... the place');
		like($output, $row->{says}, '... and what');
		($status, $output) = run_it('-f', '-c', $daemon->config);
		is($status, 2, '... it does not start');
		ok(!-e "$dir/$folder/record" && !-e "$dir/$folder/pid", '... and touches nothing');
	}
	my $daemon = LSM::Daemon->new("$dir/who", directory => "home \"IETF\" {\n\tdomains = {\"ietf.org\"}\n\tdomain = \"x\"\n}\n");
	my ($status, $output) = run_it('-n', '-c', $daemon->config);
	is($status, 2, 'a mistake in the directory');
	like($output, qr{who/directory\.conf:3:}, '... its place');
};

subtest 'daemon mode' => sub {
	my $daemon = LSM::Daemon->new("$dir/daemon", socket => 'unix', settings => { log => 'syslog' });
	my ($status, $output) = run_it('-c', $daemon->config);
	is($status, 0, 'the starter returns') or diag $output;
	my ($pid) = slurp("$dir/daemon/pid") =~ /^(\d+)\n\z/ or return fail('a PID file');
	at_end(sub { kill 'KILL', map { $_->{pid} } grep { $_->{pid} == $pid || $_->{group} == $pid } process_rows() });
	my ($row) = grep { $_->{pid} == $pid } process_rows();
	like($row && $row->{command}, qr/liaison-milter/, 'the PID file names it');
	isnt($row->{parent}, $$, '... which is no child of the starter');
	is(readlink "/proc/$pid/cwd", '/', 'it has left our folder');
	is_deeply([map { readlink "/proc/$pid/fd/$_" } 0 .. 2], [('/dev/null') x 3], '... and the terminal');
	ok(accepts($daemon->{place}), 'when the starter returned, it served');
	is((stat $daemon->{place})[2] & 07777, 0660, 'its socket is not for everybody');
	my $milter = LSM::Milter->new($daemon);
	is(scalar $milter->mail({}, 'a@elsewhere.example', ['b@elsewhere.example'], "Subject: lunch\n\nAt noon?\n"), 'accept', 'it answers');
	$milter->quit;

	($status, $output) = run_it('-c', $daemon->config);
	isnt($status, 0, 'a second one is refused');
	like($output, qr/already|running/, '... and told why');
	is(slurp("$dir/daemon/pid"), "$pid\n", '... and leaves the PID file alone');
	ok(accepts($daemon->{place}), '... and the socket');

	kill 'TERM', $pid;
	ok(wait_until(15, sub { !grep { $_->{pid} == $pid || $_->{group} == $pid } process_rows() }), 'it stops, with all children');
	ok(!-e "$dir/daemon/pid", '... and takes its PID file away');
	ok(!-e $daemon->{place} && !-e "$dir/daemon/desk.sock", '... and its sockets');
};

subtest 'a second one' => sub {
	my $first = LSM::Daemon->new("$dir/first")->start;
	my ($status, $output) = run_it('-f', '-c', $first->config);
	isnt($status, 0, 'on the same port: refused');
	like($output, qr/\Q$first->{settings}{listen}\E.*running|already/s, '... and told why');
	ok(accepts($first->{place}) && accepts("$dir/first/desk.sock"), '... the first serves on');

	my $second = LSM::Daemon->new("$dir/second", settings => { store => "lmdb:$dir/first/record" });
	eval { $second->start(seconds => 1) };
	like($second->log_text, qr/event=store-not-opened .*in use by process/, 'on the same record, elsewhere: it gets no desk');
	my $milter = LSM::Milter->new($first);
	is(scalar $milter->mail({ '{auth_authen}' => 'ippm-chairs@ietf.org' }, 'ippm-chairs@ietf.org', ['liaisons@bbf.example'],
		LSM::World->statement(Purpose => undef, header_from => 'ippm-chairs@ietf.org')), 'reply', '... and the first records on');
	$milter->quit;
	$second->terminate;
	ok($first->stop, 'the first stops well');
};

subtest 'a socket that was left behind' => sub {
	my $daemon = LSM::Daemon->new("$dir/stale", socket => 'unix')->start;
	$daemon->terminate;
	ok(-S $daemon->{place}, 'is there');
	ok(eval { $daemon->start; 1 }, 'does not hinder the next start') or diag $@;
	ok($daemon->stop, '... which stops well');
	spew($daemon->{place}, "precious\n");
	my ($status, $output) = run_it('-f', '-c', $daemon->config);
	isnt($status, 0, 'a file in its place does');
	like($output, qr/not a socket/, '... and is told of');
	is(slurp($daemon->{place}), "precious\n", '... and is left alone');
};

done_testing;
