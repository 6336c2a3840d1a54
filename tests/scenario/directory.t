#!/usr/bin/perl
# directory.t - directory.conf in several files; directory, who and import-directory as their users meet them.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use Test::More;
use Time::HiRes qw(time);

my $program = build_path('liaisonctl');
my $dir = scratch_dir();
my $config = "$dir/liaison-milter.conf";
my $api = '/api/v1';

my $settings = slurp(source_root() . '/conf/liaison-milter.conf');
spew($config, $settings);
spew("$dir/directory.conf", slurp(source_root() . '/conf/directory.conf'));

sub ctl { my $command = shift; return run_command([$program, $command, '--config', $config, @_]) }
sub lines { return map { JSON::PP::decode_json($_) } grep { /\S/ } split /\n/, shift }

subtest 'the sample is complete' => sub {
	my ($status, $output) = ctl('directory', '--check');
	is($status, 0, 'status 0') or diag $output;
	like($output, qr/^0 errors, 0 warnings, \d+ notes\.$/m, 'notes only');
	like($output, qr/^\d+ lists must accept mail from liaison-coordination\@iab\.org/m, 'the lists are told of');
	($status, $output) = ctl('directory', '--lists');
	like($output, qr/^ippm\@ietf\.org$/m, '--lists names them, one a line');
	($status, $output) = ctl('directory');
	like($output, qr/^group +ippm +ops +ippm\@ietf\.org +IP Performance Measurement$/m,
		'the overview has the group');
	like($output, qr/^  \Q$dir\E\/directory\.conf$/m, '... and tells the file');
};

subtest 'who' => sub {
	my ($status, $output) = ctl('who', 'IPPM-chairs@ietf.org');
	is($status, 0, 'an address is found');
	like($output, qr/a mail from it +ours: it has a role here/, 'how it would be taken');
	like($output, qr/^ippm \(IP Performance Measurement\), a working group of ops$/m, 'the group');
	like($output, qr/may approve +A\. Director <ad1\@example\.org>/, '... and who approves for it');
	($status, $output) = ctl('who', 'ITU-T', 'SG15');
	like($output, qr/^ITU-T, another organization$/m, 'an organization by the name of a group in it');
	($status, $output) = ctl('who', 'Some One <tsb@itu.example>');
	like($output, qr/a mail to it +theirs/, 'an address as it stands in a header');
	($status, $output) = ctl('who', 'coordinator');
	like($output, qr/roles +coordinator, since 2024-01-01/, 'a part of a name');
	($status, $output) = ctl('who', 'nobody@example.net');
	is($status, 1, 'an address that nobody has');
	($status, $output) = ctl('who', 'ipppm');
	is($status, 2, 'a name that nobody has');
	like($output, qr/did you mean "ippm"\?/, '... and the nearest');
	($status, $output) = ctl('who', '--json', 'ippm');
	my ($group) = lines($output);
	is_deeply($group->{may_approve}, ['A. Director', 'B. Director'], 'as JSON');
	like($group->{file}, qr/directory\.conf$/, '... with its place');
};

# The Datatracker's shapes, at its size: 1,500 groups, of which 130 are in work; 2,000 roles.
my $next = 1;
sub group {
	my ($acronym, $type, $state, $parent, $list) = @_;
	my $id = $next++;
	return { acronym => $acronym, id => $id, name => "The $acronym matter", list_email => $list // '',
		description => 'text ' x 200,
		parent => defined $parent ? "$api/group/group/$parent/" : undef,
		resource_uri => "$api/group/group/$id/",
		state => "$api/name/groupstatename/$state/", type => "$api/name/grouptypename/$type/", ad => undef };
}

my @roles;
my %persons;
sub role {
	my ($group, $name, $person) = @_;
	my $id = @roles + 1;
	$persons{$person} = 1;
	push @roles, { id => $id, group => "$api/group/group/$group/", name => "$api/name/rolename/$name/",
		person => "$api/person/person/$person/", email => "$api/person/email/p$person\@example.org/",
		resource_uri => "$api/group/role/$id/" };
}

my @groups = (group('ietf', 'ietf', 'active'), group('irtf', 'irtf', 'active'));
my @areas = qw(art gen int ops rtg sec wit);
my %area = map { my $group = group($_, 'area', 'active', 1); push @groups, $group; ($_ => $group->{id}) } @areas;
push @groups, map { group("wg$_", 'wg', 'active', $area{ $areas[$_ % 7] }, "wg$_\@ietf.org") } 1 .. 130;
push @groups, map { group("rg$_", 'rg', 'active', 2, "rg$_\@irtf.org") } 1 .. 14;
push @groups, map { group("old$_", 'wg', 'conclude', $area{ops}, "wg1\@ietf.org") } 1 .. 1270;
push @groups, map { group("sdo$_", 'sdo', 'active') } 1 .. 70;
role($area{$_}, 'ad', 100 + $area{$_}), role($area{$_}, 'ad', 200 + $area{$_}) for @areas;
for my $group (@groups) {
	my $id = $group->{id};
	role($id, 'chair', 1000 + $id), role($id, 'chair', 1001 + $id) if $group->{acronym} =~ /^[wr]g/;
	role($id, 'liaiman', 5000 + $id), role($id, 'liaison_contact', 7000 + $id) if $group->{acronym} =~ /^sdo/;
}
role($groups[-1]{id}, 'auth', 9000 + @roles) while @roles < 2000;
spew("$dir/group.json", JSON::PP::encode_json({ meta => { total_count => scalar @groups }, objects => \@groups }));
spew("$dir/role.json", JSON::PP::encode_json({ meta => {}, objects => \@roles }));
sub person { return { name => "Person $_[0]", resource_uri => "$api/person/person/$_[0]/" } }
spew("$dir/person.jsonl", join '', map { JSON::PP::encode_json(person($_)) . "\n" } sort keys %persons);
my @files = map { "$dir/$_" } qw(group.json role.json person.jsonl);

subtest 'import-directory' => sub {
	is(scalar @groups, 1493, 'as many groups as the Datatracker has');
	my $begin = time;
	my ($status, $output) = ctl('import-directory', '--output', "$dir/whole.conf", @files);
	is($status, 0, 'status 0') or diag $output;
	note sprintf '%.2f s', time - $begin;
	like($output, qr/: 7 areas, 144 groups, \d+ persons, 70 organizations, in /, 'what was made is counted');
	like($output, qr/left out, +1270: concluded \(--concluded brings them\): old1, /,
		'... and what was left out, with its reason');
	like($output, qr/left out, +\d+: role auth: /, '... roles, too');
	my $whole = slurp("$dir/whole.conf");
	($status, $output) = ctl('import-directory', '--output', "$dir/whole.conf", reverse @files);
	is(slurp("$dir/whole.conf"), $whole, 'the same from the files in another order');
	my $other = "$dir/other.conf";
	(my $changed = $settings) =~ s/^directory = .*/directory = "whole.conf"/m;
	spew($other, $changed);
	($status, $output) = run_command([$program, 'directory', '--check', '--config', $other]);
	like($output, qr/^0 errors, /m, 'it loads, and has no errors') or diag $output;
	($status, $output) = run_command([$program, 'who', '--config', $other, 'wg1']);
	like($output, qr/Person 104 <p104\@example\.org>/, 'its groups have approvers');
	like($output, qr/chairs +wg1-chairs\@ietf\.org/, '... and chairs');
};

subtest 'a part that is included' => sub {
	my $directory = slurp("$dir/directory.conf");
	my ($status, $output) = ctl('import-directory', '--part', 'home', '--output', "$dir/groups.conf", @files);
	is($status, 0, 'status 0') or diag $output;
	$directory =~ s/^home "IETF" \{\n/home "IETF" {\n\tinclude("groups.conf")\n/m;
	spew("$dir/directory.conf", $directory);
	($status, $output) = ctl('who', 'wg7');
	like($output, qr/written in +\Q$dir\E\/groups\.conf:\d+$/m, 'it is read, and known by its own lines')
		or diag $output;
	my $part = slurp("$dir/groups.conf");
	($status, $output) = ctl('import-directory', '--part', 'home', '--output', "$dir/groups.conf", @files);
	is(slurp("$dir/groups.conf"), $part, 'made again beside itself, it is the same');
	spew("$dir/groups.conf", $part . "\tarea \"ops\" { }\n");
	($status, $output) = ctl('directory');
	is($status, 2, 'a mistake in it');
	like($output, qr/directory\.conf:\d+: read area "ops" again; expected it once, it stands in \S+\/groups\.conf:\d+ already/,
		'... is named with both places') or diag $output;
	spew("$dir/groups.conf", $part);
};

subtest 'files that are none' => sub {
	my $before = slurp("$dir/groups.conf");
	my %problems = (
		'{"objects": []}' => qr/nothing in it can be used/,
		"{\"a\": 1}\nx\n" => qr/line 2 is no JSON object/,
		'{"objects": [{"resource_uri": "/api/v1/group/role/1/"}]}' => qr/no group, area or organization/,
	);
	for my $text (sort keys %problems) {
		spew("$dir/bad.json", $text);
		my ($status, $output) = ctl('import-directory', '--part', 'home', '--output',
			"$dir/groups.conf", "$dir/bad.json");
		is($status, 66, "status 66 for $text");
		like($output, $problems{$text}, '... with the reason');
	}
	is(slurp("$dir/groups.conf"), $before, 'and the old file stays');
	my ($status, $output) = ctl('import-directory', '--part', 'all', @files);
	is($status, 2, 'wrong use');
	like($output, qr/expected whole, home or organizations/, '... says what is right');
};

subtest 'ten thousand groups' => sub {
	my $text = join '', map {
		"group g$_ { area = ops name = \"Matter $_\" chairs = \"g$_-chairs\@ietf.org\" "
		. "list = \"g$_\@ietf.org\" }\n"
	} 1 .. 10_000;
	spew("$dir/groups.conf", $text);
	my $begin = time;
	my ($status, $output) = ctl('who', 'g9999');
	is($status, 0, 'are read') or diag $output;
	note sprintf '%.2f s', time - $begin;
	cmp_ok(time - $begin, '<', 10, 'in no long time');
};

done_testing;
