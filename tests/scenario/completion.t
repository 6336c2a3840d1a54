#!/usr/bin/perl
# completion.t - what bash offers for half a command line of liaisonctl and liaison-milter.
#
# A real bash sources the script and is asked as readline asks: COMP_WORDS parted at COMP_WORDBREAKS, COMP_CWORD, the
# function that complete(1) registered, COMPREPLY.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp source_root spew wait_until);
use LSM::World;
use Test::More;

my $ctl = build_path('liaisonctl');
my $dir = scratch_dir();
my ($status, $script) = run_command([$ctl, 'completion']);
is($status, 0, 'liaisonctl completion');
spew("$dir/completion.bash", $script);
unlike($script, qr/\@[A-Z]+\@/, 'nothing is left to fill in');
($status) = run_command(['bash', '-n', "$dir/completion.bash"]);
is($status, 0, 'bash can read it');
is((run_command([$ctl, 'completion', 'zsh']))[0], 2, 'there is no other');

spew("$dir/ask.bash", <<'BASH');
source "$1" || exit
shift
COMP_CWORD=$(($# - 1)) COMP_WORDS=("$@")
name=$(basename "$1")
function=$(complete -p "$name" | sed 's/.*-F \([^ ]*\).*/\1/')
"$function" "$name" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
BASH

# The words of a line as readline parts them: at blanks, and '=' and ':' are words of their own.
sub words_of {
	my ($line) = @_;
	my @words = map { /[=:]/ ? grep { length } split /([=:])/ : $_ } split ' ', $line;
	push @words, '' if $line =~ / $/;
	return @words;
}

# What is offered for a line that begins with the program's name.
sub offered {
	my ($line, @more) = @_;
	my ($program, @words) = words_of($line);
	my ($code, $text) = run_command(['bash', '--noprofile', '--norc', "$dir/ask.bash", "$dir/completion.bash",
		build_path($program), @words], @more);
	is($code, 0, "$line: bash") or diag $text;
	return join ' ', sort split /\n/, $text;
}

my ($help) = (run_command([$ctl, '--help']))[1];
my @commands = $help =~ /^  ([a-z-]+) +\S/mg;
cmp_ok(scalar @commands, '>', 40, 'commands');
is(offered('liaisonctl '), join(' ', sort @commands, '--help', '--version'), 'all commands');

my @rows = (
	['liaisonctl ap', 'approve'],
	['liaisonctl re', 'rebuild receipt reconcile refuse rejudge release remind reopen replace report restore review'],
	['liaisonctl --v', '--version'],
	['liaisonctl export --f', '--format --from'],
	['liaisonctl check --e', '--enforce --explain'],
	['liaisonctl show --', '--config --help --json --store'],
	['liaisonctl approve --ev', '--evidence'],
	['liaisonctl export --format m', 'maildir mbox'],
	['liaisonctl export --format=m', 'maildir mbox'],
	['liaisonctl export --format=', 'atom csv datatracker ical jsonl maildir mbox'],
	['liaisonctl list --state p', 'passed pending'],
	['liaisonctl list --overdue --state=pe', 'pending'],
	['liaisonctl list --direction o', 'other out'],
	['liaisonctl template --purpose ', 'action information response'],
	['liaisonctl search --purpose c', 'comment'],
	['liaisonctl list --verdict re', 'record redirect reject'],
	['liaisonctl figures --by ', 'organization rule'],
	['liaisonctl rejudge --rule-set b', 'bis-02 bis-05'],
	['liaisonctl rules purpose.m', 'purpose.missing'],
	['liaisonctl list --rule response.un', 'response.unknown response.unlinked'],
	['liaisonctl list --party x', ''],
	['liaisonctl list --since ', ''],
	['liaisonctl nonsense ', ''],
	['liaisonctl nonsense --j', '--json'],
	['liaison-milter --ch', '--changed --check'],
	['liaison-milter -n --mta=', 'postfix sendmail'],
	['liaison-milter -n --mta s', 'sendmail'],
);
is(offered($_->[0]), $_->[1], "$_->[0]") for @rows;

my $daemon_help = (run_command([build_path('liaison-milter'), '--help']))[1];
is(offered('liaison-milter -'), join(' ', sort map { split /, / } $daemon_help =~ /^ +((?:-\w, )?--[a-z]+)/mg), 'its options');

# --- files ---

mkdir "$dir/some folder" or die "mkdir: $!\n";
spew("$dir/some mail.eml", "Subject: x\n\n");
spew("$dir/settings.conf", '');

# Names with blanks: as a whole.
sub files {
	my ($line) = @_;
	return offered($line) =~ s/\Q$dir\E/DIR/gr;
}
is(files("liaisonctl check $dir/some"), 'DIR/some folder DIR/some mail.eml', 'a mail is a file');
is(files("liaisonctl check --enforce --login ad1 $dir/some"), 'DIR/some folder DIR/some mail.eml', '... behind options');
is(files("liaisonctl backup $dir/so"), 'DIR/some folder', 'a folder');
is(files("liaisonctl list --config $dir/se"), 'DIR/settings.conf', 'the settings');
is(files("liaisonctl list --config=$dir/se"), 'DIR/settings.conf', '... behind a sign');
is(files("liaisonctl list --store lmdb:$dir/so"), 'DIR/some folder DIR/some mail.eml', "a record's place");
is(files("liaison-milter -c $dir/se"), 'DIR/settings.conf', "the daemon's settings");
is(files("liaisonctl check $dir/x $dir/so"), '', 'one mail is enough');
is(files("liaisonctl reconcile --days 3 $dir/se"), 'DIR/settings.conf', 'a list');
is(files("liaisonctl import-datatracker $dir/x $dir/y $dir/se"), 'DIR/settings.conf', '... and any number of its pages');

# --- ids ---

is(offered("liaisonctl show --config $dir/none "), '', 'no record, no ids, and nothing is said');
is(offered("liaisonctl show --store lmdb:$dir/none "), '', '... nor of another');

my $daemon = LSM::Daemon->new("$dir/milter", directory => LSM::World->small_directory, settings => { mode => 'observe' })->start;
for my $number (1, 2) {
	my $milter = LSM::Milter->new($daemon, daemon_name => 'mx');
	$milter->mail({}, 'tsb@itu.example', ['ippm@ietf.org'], "From: TSB <tsb\@itu.example>\nTo: ippm\@ietf.org\n"
		. "Subject: LS number $number\nMessage-ID: <n$number\@itu.example>\nDate: Sat, 21 Nov 2026 11:00:00 +0000\n\n"
		. "Liaison-Statement: 1\nFrom: ITU-T\nTo: IETF IPPM Working Group\nPurpose: For information\n\nText $number.\n");
	$milter->quit;
	wait_until(20, sub { $daemon->case_of("n$number") }) or diag $daemon->log_text;
}
my @ids = sort map { $daemon->case_of($_)->{id} } 'n1', 'n2';
my @letters = map { s/.*-//r } @ids;
my $config = $daemon->config;
is(offered("liaisonctl show --config $config "), join(' ', sort @letters), 'the letters of what is on record');
is(offered("liaisonctl show --config $config LS-"), "@ids", 'whole ids');
is(offered("liaisonctl show --config=$config " . substr $letters[0], 0, 4), $letters[0], 'one of them');
is(offered("liaisonctl note --config $config $letters[0] "), '', 'an id, then a text');
is(offered("liaisonctl replace --config $config $letters[0] --by " . substr $letters[1], 0, 4), $letters[1], "an option's");
my $store = $daemon->dir . '/record';
is(offered("liaisonctl timeline --store lmdb:$store "), join(' ', sort @letters), 'of the record that is named') if -d $store;

done_testing;
