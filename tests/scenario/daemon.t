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
	for my $long (['--help', '-h'], ['--version', '-V'], ['--check', '-n'], ['--foreground', '-f'], ['--config', '-c']) {
		like((run_it('-h'))[1], qr/^  \Q$long->[1]\E, \Q$long->[0]\E/m, "$long->[0] is explained");
	}
	is_deeply([run_it('--version')], [run_it('-V')], '--version');
	for my $wrong (
		[qr/unknown option -x$/, '-x'],
		[qr/unknown option -x$/, '-nx'],
		[qr/unknown option --chnaged; the nearest is --changed$/, '-n', '--chnaged'],
		[qr/unknown option --colour$/, '--colour=red'],
		[qr/-c lacks its value$/, '-c'],
		[qr/--mta lacks its value$/, '-n', '--mta'],
		[qr/expected postfix or sendmail$/, '-n', '--mta=exim'],
		[qr/unexpected argument "extra"$/, 'extra'],
		[qr/leave out -f$/, '-f', '-n'],
		[qr/go with -n$/, '--changed'],
		[qr/--mta prints none$/, '-n', '--changed', '--mta=postfix'],
	) {
		my ($says, @words) = @$wrong;
		($status, $output) = run_it(@words);
		is($status, 2, "wrong use: @words");
		my ($first, $second) = split /\n/, $output;
		like($first, $says, '... says what is wrong');
		like($second, qr/^usage: liaison-milter /, '... and how it is used');
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
	is(join(' ', sort glob "$dir/print/*"), $before, 'no file came or went');
	spew("$dir/print/again.conf", $output);
	my ($again, $same) = run_it('-n', '-c', "$dir/print/again.conf");
	is($again, 0, 'what it prints is a settings file');
	is($same =~ s/ +# .*//mgr, $output =~ s/ +# .*//mgr, '... with the same settings');
	my ($above) = slurp($daemon->config) =~ /\A(.*?)^max-parts/ms;
	my $line = 1 + ($above =~ tr/\n//);
	like($output, qr/^max-parts = 77 +# liaison-milter\.conf:$line$/m, 'where a value comes from');
	like($output, qr/^max-depth = 20 +# default$/m, '... and that another is the standard one');
	my ($code, $changed) = run_it('-n', '--changed', '-c', $daemon->config);
	my @short = split /\n/, $changed;
	is_deeply([grep { !/# liaison-milter\.conf:/ } @short], [], '--changed: only what the file changes');
	is(scalar(grep { /^max-parts = 77 / } @short), 1, '... all of that');
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

# The status lines of a process that tell what it may do.
sub rights_of {
	my ($pid) = @_;
	my %status = slurp("/proc/$pid/status") =~ /^(\w+):\s+(.*)$/mg;
	return { map { $_ => $status{$_} } qw(NoNewPrivs Seccomp Seccomp_filters Uid CapEff) };
}

subtest 'its processes have only the rights that they need' => sub {
	plan skip_all => 'built with a sanitizer, whose calls no filter knows' if ($ENV{BUILD} // '') =~ /asan|tsan/;
	plan skip_all => 'needs root' if $> != 0;
	my $nobody = getpwnam 'nobody';
	my $rights = sub {
		my ($filters) = @_;
		return { NoNewPrivs => 1, Seccomp => $filters ? 2 : 0, Seccomp_filters => $filters,
			Uid => join("\t", ($nobody) x 4), CapEff => '0' x 16 };
	};
	mkdir "$dir/for-nobody";
	chown $nobody, 0, "$dir/for-nobody";
	my %place = map { $_ => "$dir/for-nobody/$_" } qw(record late desk.sock);
	for my $sandbox (1, 0) {
		my $daemon = LSM::Daemon->new("$dir/rights-$sandbox", settings => { user => 'nobody', workers => 1,
			store => "lmdb:$place{record}", 'late-journal' => $place{late}, 'desk-socket' => $place{'desk.sock'},
			$sandbox ? () : (sandbox => 'no') })->start;
		my ($gate, $desk) = map { $daemon->children($_) } qw(gate desk);
		is_deeply(rights_of($daemon->pid), $rights->($sandbox), "the parent's, sandbox $sandbox");
		is_deeply(rights_of($gate), $rights->(2 * $sandbox), "... the gate's");
		is_deeply(rights_of($desk), $rights->(2 * $sandbox), "... the desk's");
		is((stat "/proc/$_/status")[4], 0, 'nobody of the same user may look into it') for $daemon->pid, $gate, $desk;
		$daemon->stop;
	}
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
