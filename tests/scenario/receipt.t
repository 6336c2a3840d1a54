#!/usr/bin/perl
# receipt.t - liaisonctl key, checkpoint, prove, receipt, verify-receipt and verify --checkpoint on a real record.
#
# What they print is checked by a verifier of its own, written from RFC 9162 and the C2SP formats: its hashing is
# Digest::SHA's, its signatures openssl's.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(sha256);
use JSON::PP;
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir slurp spew);
use LSM::World;
use MIME::Base64;
use Test::More;

my $NAME = 'liaison.example.org';
my $CHAIR = 'ippm-chairs@ietf.org';
my $ROUNDS = 2;

# --- the verifier ---

sub hex_of { return defined $_[0] ? unpack('H*', $_[0]) : 'none' }
sub node { return sha256("\x01$_[0]$_[1]") }

# Section 2.1.3.2: the root that a proof leads to; undef where its length does not fit.
sub root_from_inclusion {
	my ($index, $size, $hash, @proof) = @_;
	my ($fn, $sn) = ($index, $size - 1);
	for my $p (@proof) {
		return if $sn == 0;
		if ($fn & 1 || $fn == $sn) {
			$hash = node($p, $hash);
			($fn, $sn) = ($fn >> 1, $sn >> 1) until $fn & 1 || $fn == 0;
		} else {
			$hash = node($hash, $p);
		}
		($fn, $sn) = ($fn >> 1, $sn >> 1);
	}
	return $sn == 0 ? $hash : undef;
}

# Section 2.1.4.2: both roots, for sizes 0 < $old < $new.
sub roots_from_consistency {
	my ($old, $new, $old_root, @proof) = @_;
	my ($fn, $sn) = ($old - 1, $new - 1);
	unshift @proof, $old_root unless $old & ($old - 1);
	($fn, $sn) = ($fn >> 1, $sn >> 1) while $fn & 1;
	my $fr = my $sr = shift @proof;
	for my $c (@proof) {
		return if $sn == 0;
		if ($fn & 1 || $fn == $sn) {
			($fr, $sr) = (node($c, $fr), node($c, $sr));
			($fn, $sn) = ($fn >> 1, $sn >> 1) until $fn & 1 || $fn == 0;
		} else {
			$sr = node($sr, $c);
		}
		($fn, $sn) = ($fn >> 1, $sn >> 1);
	}
	return $sn == 0 ? ($fr, $sr) : ();
}

# Size, root and signature of a checkpoint.
sub checkpoint_of {
	my ($text) = @_;
	my ($body, $line) = $text =~ /\A(\Q$NAME\E\n\d+\n\S{44}\n)\n\xe2\x80\x94 \Q$NAME\E (\S+)\n\z/ or die "checkpoint: $text";
	my (undef, $size, $root) = split /\n/, $body;
	return { body => $body, size => $size, root => decode_base64($root), signature => decode_base64($line) };
}

# --- the record ---

my $dir = scratch_dir();
my $daemon = LSM::Daemon->new("$dir/milter", settings => { 'log-origin' => $NAME, 'max-interventions' => 1000 });
my $count = 0;

# So many statements more; returns the ids of all. The daemon ends: nothing is written while proofs are compared.
sub grow {
	my ($number) = @_;
	$daemon->start;
	for (1 .. $number) {
		$count++;
		my $milter = LSM::Milter->new($daemon);
		$milter->mail({ '{auth_authen}' => $CHAIR }, $CHAIR, ['liaisons@bbf.example', 'bbf-manager@ietf.org'],
			LSM::World->statement(header_from => $CHAIR, subject => "Subject $count", id => "receipt-$count",
				text => "Text $count of our view of the STAMP YANG module."));
		$milter->quit;
	}
	$daemon->stop;
	return map { decode_json($_)->{case} } split /\n/, (ctl('log', '--json', '--limit', 0))[1];
}

sub ctl { return $daemon->ctl(@_) }

sub ctl_json {
	my ($status, $text) = ctl(@_, '--json');
	is($status, 0, "@_[0, 1]") or diag $text;
	return decode_json($text);
}

my ($status, $vkey) = ctl('key', '--name', $NAME, '--out', "$dir/log.key");
is($status, 0, 'a key is made');
chomp $vkey;
my ($id, $public) = $vkey =~ /\A\Q$NAME\E\+([0-9a-f]{8})\+(\S+)\z/;
$public = decode_base64($public // '');
is(substr($public, 0, 1), "\x01", 'the verifier key is of Ed25519');
is($id, unpack('H8', sha256("$NAME\n$public")), 'and its hash as specified');
is((stat "$dir/log.key")[2] & 07777, 0600, 'the secret key is for its owner alone');
is((ctl('key', '--name', $NAME, '--out', "$dir/log.key"))[0], 2, 'and never overwritten');

my $openssl = grep { -x "$_/openssl" } split /:/, $ENV{PATH};

sub signature_holds {
	my ($checkpoint) = @_;
	spew("$dir/public.der", pack('H*', '302a300506032b6570032100') . substr $public, 1);
	spew("$dir/body", $checkpoint->{body});
	spew("$dir/signature", substr $checkpoint->{signature}, 4);
	return (run_command(['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', "$dir/public.der",
		'-rawin', '-in', "$dir/body", '-sigfile', "$dir/signature"]))[0] == 0;
}

for my $round (1 .. $ROUNDS) {
	my %ids = map { $_ => 1 } grow(1 + int rand 8);
	($status, my $text) = ctl('checkpoint', '--key', "$dir/log.key");
	is($status, 0, "round $round: a checkpoint") or diag $text;
	my $checkpoint = checkpoint_of($text);
	is(unpack('H8', $checkpoint->{signature}), $id, 'of that key');
	SKIP: {
		skip 'openssl is not installed', 1 unless $openssl;
		ok(signature_holds($checkpoint), 'openssl finds it well signed');
	}
	spew("$dir/checkpoint.$round", $text);
	for my $case (sort keys %ids) {
		my $proof = ctl_json('prove', $case);
		my $root = root_from_inclusion($proof->{index}, $proof->{size}, decode_base64($proof->{leaf}),
			map { decode_base64($_) } @{ $proof->{proof} });
		is(hex_of($root), hex_of($checkpoint->{root}), "$case is in the log");
		my ($made, $receipt) = ctl('receipt', '--key', "$dir/log.key", $case);
		is($made, 0, 'a receipt') or diag $receipt;
		my ($event, $index, $hashes) =
			$receipt =~ m{^event (.*)\n\nc2sp\.org/tlog-proof\@v1\nindex (\d+)\n((?:\S{44}\n)*)\n(?=\Q$NAME\E\n)}m;
		$root = root_from_inclusion($index, $checkpoint->{size}, sha256("\x00$event"),
			map { decode_base64($_) } split /\n/, $hashes);
		is(hex_of($root), hex_of($checkpoint->{root}), 'whose event is in the log');
		unlike($receipt, qr/Subject \d|\@(?!v1)/, 'and which tells nothing personal');
		spew("$dir/receipt", $receipt);
	}
	for my $from (1 .. $checkpoint->{size} - 1) {
		my $proof = ctl_json('prove', '--from', $from);
		my $old_root = decode_base64($proof->{'from-root'});
		my @roots = roots_from_consistency($from, $proof->{size}, $old_root, map { decode_base64($_) } @{ $proof->{proof} });
		is_deeply([map { hex_of($_) } @roots], [map { hex_of($_) } $old_root, $checkpoint->{root}],
			"the log only grew since size $from");
	}
	for my $old (1 .. $round) {
		my ($verified, $told) = ctl('verify', '--checkpoint', "$dir/checkpoint.$old", '--key', $vkey);
		is($verified, 0, "verified from the checkpoint of round $old on") or diag $told;
	}
}

# --- what does not hold ---

my @verify = (build_path('liaisonctl'), 'verify-receipt', '--key', $vkey);
my $receipt = slurp("$dir/receipt");
is((run_command([@verify, "$dir/receipt"]))[0], 0, 'a receipt holds without settings and record');
for (1 .. 30) {
	my $changed = $receipt;
	my $at = int rand length $changed;
	substr($changed, $at, 1) ^= "\x01";
	spew("$dir/changed", $changed);
	my ($refused, $told) = run_command([@verify, "$dir/changed"]);
	ok($refused == 5 && $told =~ /^NOT VERIFIED: /, "not with octet $at changed") or diag $told;
}
(undef, my $other) = ctl('key', '--name', $NAME, '--out', "$dir/other.key");
chomp $other;
is((run_command([@verify[0, 1], '--key', $other, "$dir/receipt"]))[0], 5, 'nor with another key');
is((run_command([@verify[0, 1], "$dir/receipt"]))[0], 2, 'a key is needed');
chmod 0640, "$dir/other.key";
is((ctl('checkpoint', '--key', "$dir/other.key"))[0], 77, 'a secret key that others can read is refused');
is((ctl('checkpoint', '--key', "$dir/log.key", '--origin', 'another'))[0], 2, 'and one of another log');
is((ctl('prove', '--from', 100_000))[0], 2, 'no proof for a size that never was');

# Another log signed with the same key: sound in itself, but not the one that was published.
rename "$dir/milter/record", "$dir/milter/old" or die "$dir/milter/record: $!\n";
grow(1);
($status, my $cut) = ctl('verify', '--checkpoint', "$dir/checkpoint.$ROUNDS", '--key', $vkey);
ok($status == 5 && $cut =~ /^FAULT  checkpoint: the log was cut/m, 'a log that was cut is found') or diag $cut;
grow(20);
($status, my $anew) = ctl('verify', '--checkpoint', "$dir/checkpoint.$ROUNDS", '--key', $vkey);
ok($status == 5 && $anew =~ /^FAULT  checkpoint: the first \d+ events/m, 'and one that was written anew') or diag $anew;
done_testing;
