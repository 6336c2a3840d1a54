#!/usr/bin/perl
# corpus.t - mails written for the project, each judged by liaisonctl check, each beside what is wanted of it.
#
# To add a mail: FOLDER/NAME.eml and FOLDER/NAME.want in a folder beside this file. The mail is taken as
# it is, but for {+40d} and {-40d}: the day so many days from today, as YYYY-MM-DD. The .want has one
# "key: value" a line; a line of # is a remark, which stands first and says what the mail is there for.
#
#   the envelope      sender, recipient (repeat it), login, client, daemon
#   the judging       options: further arguments, such as --enforce
#                     config: a settings file beside this test
#   wanted, exactly   outcome, direction, certain (yes, no), verdict, would, limited, exit
#   wanted, fields    from, to, cc, from_contact, to_contact: values joined by " | "; "-" is none
#                     purpose: labels with their addressees, such as "action to SG15, SG13 | information"
#                     deadline, subject, reply_to, send_to, in_response_to, replaces, document, consensus
#                     attachments: file names joined by " | "; readings: how reading each went, and its real type
#                     metadata: where the fields stand (text, attachment, both, none); form
#   wanted, rules     rules: the exact set of ids that find something and can stop a mail (whose row rejects or
#                     redirects), in any order; "-" is none. noted: ids of the others, that must be among them;
#                     not-noted: ids that must not
#   wanted, patterns  reply, edit, evidence: a regular expression that one line must match (repeat them)
#                     reply-not, edit-not: one that no line may match
#
# A key that does not stand there is not compared. Every mail must be answered within a second.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(encode_utf8);
use JSON::PP;
use LSM::Scratch qw(build_path run_command scratch_dir slurp spew);
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

my $SLOWEST = 1.0;    # seconds
my $DAY = 24 * 60 * 60;
my @ENVELOPE = qw(sender recipient login client daemon);

my $dir = scratch_dir();
my $ctl = build_path('liaisonctl');

# Which rules can stop a mail, by their rows.
my (undef, $rules) = run_command([$ctl, 'rules', '--json']);
my %stops = map { ($_->{rule} => scalar($_->{effect} =~ /^re(?:ject|direct)$/)) } map { decode_json($_) } split /\n/, $rules;

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
	return if $key eq 'options' || $key eq 'config' || grep { $_ eq $key } @ENVELOPE;
	return compare_patterns($key, $answer, $wanted) if $key =~ /^(\w+?)(?:-not)?$/ && $patterns{$1};
	my $value = with_days($wanted->[0]);
	return is($status, $value, 'exit') if $key eq 'exit';
	return compare_rules($key, $answer, $value) if $key =~ /^(?:rules|noted|not-noted)$/;
	return is(value_of($key, $answer), $value, $key);
}

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
