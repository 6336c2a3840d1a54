#!/usr/bin/perl
# corpus.t - mails written for the project, each judged by liaisonctl check, each beside what is wanted of it.
#
# To add a mail: FOLDER/NAME.eml and FOLDER/NAME.want in a folder beside this file. The mail is taken as
# it is, but for {+40d} and {-40d}: the day so many days from today, as YYYY-MM-DD. The .want has one
# "key: value" a line; a line of # is a remark, which stands first and says what the mail is there for.
#
# Every rule has a folder rules/ID with two mails: caught, which the rule finds, and near, which is as close
# to it as it goes and is not found. To add one: caught.want names the rule in "rules" (or in "noted", when it
# cannot stop a mail), near.want in "not-noted" (or has "rules" without it).
#
#   the envelope      sender, recipient (repeat it), login, client, daemon
#   the judging       options: further arguments, such as --enforce
#                     config: a settings file beside this test
#                     documents: yes, to look up the documents of documents_config() below
#   wanted, exactly   outcome, direction, certain (yes, no), verdict, would, limited, exit
#   wanted, fields    from, to, cc, from_contact, to_contact: values joined by " | "; "-" is none
#                     purpose: labels with their addressees, such as "action to SG15, SG13 | information"
#                     deadline, subject, reply_to, send_to, in_response_to, replaces, document, consensus
#                     attachments: file names joined by " | "; readings: how reading each went, and its real type
#                     metadata: where the fields stand (text, attachment, both, none); form
#   wanted, rules     rules: the exact set of ids that find something and can stop a mail (whose row rejects or
#                     redirects), in any order; "-" is none. noted: ids of the others, that must be among them;
#                     not-noted: ids that must not
#   wanted, patterns  reply, edit, evidence, finding: a regular expression that one line must match (repeat them)
#                     reply-not, edit-not: one that no line may match
#
# A key that does not stand there is not compared. Every mail must be answered within a second.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(encode_utf8);
use JSON::PP;
use LSM::Documents qw(id_index rfc_index);
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew);
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

my $SLOWEST = 1.0;    # seconds
my $DAY = 24 * 60 * 60;
my @ENVELOPE = qw(sender recipient login client daemon);
my @JUDGING = qw(options config documents);

my $dir = scratch_dir();
my $ctl = build_path('liaisonctl');

# Which rules can stop a mail, by their rows.
my (undef, $rules) = run_command([$ctl, 'rules', '--json']);
my %stops = map { ($_->{rule} => scalar($_->{effect} =~ /^re(?:ject|direct)$/)) } map { decode_json($_) } split /\n/, $rules;

# The documents that mails with "documents: yes" may name.
my @rfcs = ([2119, 'Best Current Practice', 'IETF'], [8321, 'Experimental', 'IETF', 'ippm'],
	[8762, 'Proposed Standard', 'IETF', 'ippm']);
my @drafts = (['draft-ietf-ippm-stamp-yang-12', 'Active', 'ippm', undef, 'Proposed Standard'],
	['draft-ietf-ippm-old-03', 'Expired', 'ippm']);

# Settings with a table of them, which is made when the first mail asks for it.
sub documents_config {
	my $config = "$dir/documents.conf";
	return $config if -e $config;
	spew("$dir/rfc-index.xml", rfc_index(@rfcs));
	spew("$dir/all_id2.txt", id_index(@drafts));
	my ($status, $output) = run_command([$ctl, 'import-documents', '--rfc-index', "$dir/rfc-index.xml",
		'--id-index', "$dir/all_id2.txt", '--output', "$dir/documents"]);
	die "no table of documents: $output\n" if $status != 0;
	spew($config, sprintf qq{directory = "%s/conf/directory.conf"\ndocuments = "%s/documents"\n}, source_root(), $dir);
	return $config;
}

# The .want as {key => [values]}.
sub read_want {
	my ($path) = @_;
	my %want;
	for my $line (split /\n/, slurp($path)) {
		next if $line =~ /^\s*(?:#|$)/;
		my ($key, $value) = $line =~ /^([a-z_-]+):\s*(.*?)\s*$/ or die "$path: not \"key: value\": $line\n";
		push @{ $want{$key} }, $value;
	}
	return \%want;
}

sub day {
	my ($offset) = @_;
	return strftime('%Y-%m-%d', gmtime(time + $offset * $DAY));
}

sub with_days {
	my ($text) = @_;
	$text =~ s/\{([+-]\d+)d\}/day($1)/ge;
	return $text;
}

# Runs check: (the answer, exit status, seconds); the answer is undef when it is no JSON object.
sub check {
	my ($mail, $want) = @_;
	my @arguments = map { split ' ' } @{ $want->{options} || [] };
	push @arguments, map { ('--config', "$FindBin::Bin/$_") } @{ $want->{config} || [] };
	push @arguments, '--config', documents_config() if $want->{documents};
	for my $key (@ENVELOPE) {
		push @arguments, map { ("--$key", $_) } @{ $want->{$key} || [] };
	}
	spew("$dir/mail.eml", with_days(slurp($mail)));
	my $start = time;
	my ($status, $output) = run_command([$ctl, 'check', '--json', @arguments, "$dir/mail.eml"]);
	my $seconds = time - $start;
	my $answer = eval { decode_json($output) };
	diag("$mail: status $status, $output") if ref $answer ne 'HASH';
	return (ref $answer eq 'HASH' ? $answer : undef, $status, $seconds);
}

# --- the answer's values, as a .want writes them ---

sub text {
	my ($value) = @_;
	return '-' if !defined $value || $value eq '';
	return ($value ? 'yes' : 'no') if JSON::PP::is_bool($value);
	return encode_utf8($value);
}

sub joined {
	my (@values) = @_;
	return @values ? join(' | ', map { text($_) } @values) : '-';
}

sub purpose_text {
	my ($purpose) = @_;
	my @to = @{ $purpose->{to} };
	return $purpose->{label} . (@to ? ' to ' . join(', ', @to) : '');
}

# To add a key: a row here when it is a list or stands elsewhere than in the statement.
my %top = map { $_ => 1 } qw(outcome direction certain verdict would limited);
my %lists = (
	from         => sub { @{ $_[0]{from} } },
	to           => sub { @{ $_[0]{to} } },
	from_contact => sub { @{ $_[0]{from_contact} } },
	to_contact   => sub { @{ $_[0]{to_contact} } },
	purpose      => sub { map { purpose_text($_) } @{ $_[0]{purpose} } },
	attachments  => sub { map { $_->{name} } @{ $_[0]{attachments} } },
	cc           => sub { @{ $_[0]{cc} } },
	readings     => sub { map { "$_->{reading} $_->{real_type}" } @{ $_[0]{attachments} } },
);
my %patterns = (
	reply    => sub { @{ $_[0]{reply} } },
	edit     => sub { @{ $_[0]{edits} } },
	evidence => sub { map { $_->{what} } @{ $_[0]{evidence} } },
	finding  => sub { map { $_->{text} } @{ $_[0]{findings} } },
);

sub value_of {
	my ($key, $answer) = @_;
	return text($answer->{$key}) if $top{$key};
	my $statement = $answer->{statement} or return '(no statement)';
	return joined($lists{$key}->($statement)) if $lists{$key};
	die "unknown key $key\n" unless exists $statement->{$key};
	return text($statement->{$key});
}

sub words {
	my ($text) = @_;
	return join ' ', sort grep { $_ ne '-' } split ' ', $text;
}

sub compare_patterns {
	my ($key, $answer, $wanted) = @_;
	my ($what, $not) = $key =~ /^(\w+?)(-not)?$/;
	my @lines = map { encode_utf8($_) } $patterns{$what}->($answer);
	for my $pattern (map { with_days($_) } @$wanted) {
		my $found = grep { /$pattern/ } @lines;
		ok($not ? !$found : $found, "$key: $pattern") or diag(map { "  $_\n" } @lines);
	}
	return;
}

sub compare_rules {
	my ($key, $answer, $value) = @_;
	my @found = map { $_->{rule} } @{ $answer->{findings} };
	return is(words(join ' ', grep { $stops{$_} } @found), words($value), 'rules') if $key eq 'rules';
	my %found = map { $_ => 1 } @found;
	my @missed = grep { $key eq 'noted' ? !$found{$_} : $found{$_} } split ' ', $value;
	return is("@missed", '', "$key: $value");
}

sub compare {
	my ($key, $answer, $status, $wanted) = @_;
	return if grep { $_ eq $key } @ENVELOPE, @JUDGING;
	return compare_patterns($key, $answer, $wanted) if $key =~ /^(\w+?)(?:-not)?$/ && $patterns{$1};
	my $value = with_days($wanted->[0]);
	return is($status, $value, 'exit') if $key eq 'exit';
	return compare_rules($key, $answer, $value) if $key =~ /^(?:rules|noted|not-noted)$/;
	return is(value_of($key, $answer), $value, $key);
}

# --- every rule has its two mails ---

sub names_rule {
	my ($want, $rule, @keys) = @_;
	return scalar grep { $_ eq $rule } map { split ' ' } map { @{ $want->{$_} || [] } } @keys;
}

# What a rule's folder lacks, as complaints.
sub folder_complaints {
	my ($rule) = @_;
	my $folder = "$FindBin::Bin/rules/$rule";
	return "rules/$rule: no such folder" unless -d $folder;
	my @absent = grep { !-e "$folder/$_" } qw(caught.eml caught.want near.eml near.want);
	return map { "rules/$rule/$_: no such file" } @absent if @absent;
	my ($caught, $near) = map { read_want("$folder/$_.want") } qw(caught near);
	my @found;
	push @found, 'caught.want: wants it neither in "rules" nor in "noted"' if !names_rule($caught, $rule, qw(rules noted));
	push @found, 'near.want: wants it found' if names_rule($near, $rule, qw(rules noted));
	push @found, 'near.want: says nothing of it' if !$near->{rules} && !names_rule($near, $rule, 'not-noted');
	push @found, 'near.want: "rules" tells nothing of a rule that cannot stop a mail; add "not-noted"'
		if $near->{rules} && !$stops{$rule} && !names_rule($near, $rule, 'not-noted');
	return map { "rules/$rule/$_" } @found;
}

is(join("\n", map { folder_complaints($_) } sort keys %stops), '', 'every rule has a mail that it catches and a near one')
	or diag 'how to add one stands at the top of this test';
is(join("\n", grep { !exists $stops{$_} } map { m{([^/]+)/$} } glob "$FindBin::Bin/rules/*/"), '',
	'every folder of rules is called as a rule');

my @mails = sort glob "$FindBin::Bin/*/*.eml $FindBin::Bin/rules/*/*.eml";
cmp_ok(scalar @mails, '>=', 100, 'the corpus is there');
cmp_ok(scalar keys %stops, '>=', 18, 'the rules are there');
for my $mail (@mails) {
	my ($name) = $mail =~ m{/corpus/(.+)\.eml$};
	subtest $name => sub {
		my $want = read_want($mail =~ s/\.eml$/.want/r);
		my ($answer, $status, $seconds) = check($mail, $want);
		ok($answer, 'a JSON object') or return;
		cmp_ok($seconds, '<', $SLOWEST, 'at once');
		compare($_, $answer, $status, $want->{$_}) for sort keys %$want;
	};
}
done_testing();
