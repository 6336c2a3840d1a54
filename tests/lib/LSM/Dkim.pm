# LSM::Dkim - signs mails for one domain, and lets opendkim say whether the signature still holds.
#
#   plan skip_all => LSM::Dkim::missing() if LSM::Dkim::missing();
#   my $dkim = LSM::Dkim->new("$dir/dkim", 'example.org');
#   my $mail = $dkim->sign($text, 'relaxed');      # LF line ends; both header and body canonicalised so
#   my ($good, $why) = $dkim->verify($raw);        # as it was on the wire
#
# Signing is done here (RFC 6376, rsa-sha256), so that who signs and who verifies share no code. No name is
# looked up: opendkim takes the public key from a file. Its way of reading a file ends a mail at a NUL, and knows
# only one blank behind a field's colon: "simple" signs the fields that have it, "relaxed" signs all.
package LSM::Dkim;

use strict;
use warnings;

use Digest::SHA qw(sha256_base64);
use LSM::Scratch qw(run_command slurp spew);
use MIME::Base64 qw(encode_base64);

my $OPENDKIM = '/usr/sbin/opendkim';
my $SELECTOR = 'test';

# What lacks, or ''.
sub missing {
	return 'opendkim is not installed' unless -x $OPENDKIM;
	return 'openssl is not installed' unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
	return '';
}

sub new {
	my ($class, $dir, $domain) = @_;
	mkdir $dir or die "$dir: $!\n";
	my $self = bless { dir => $dir, domain => $domain }, $class;
	openssl('genpkey', '-quiet', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', "$dir/key");
	openssl('pkey', '-in', "$dir/key", '-pubout', '-out', "$dir/public");
	my $key = join '', grep { !/^-/ } split /\n/, slurp("$dir/public");
	spew("$dir/keys", "$SELECTOR._domainkey.$domain v=DKIM1; k=rsa; p=$key\n");
	spew("$dir/conf", "TestPublicKeys $dir/keys\nMode v\n");
	return $self;
}

sub openssl {
	my ($status, $output) = run_command(['openssl', @_]);
	die "openssl @_: $output\n" if $status != 0;
	return $output;
}

# The mail with a signature on top.
sub sign {
	my ($self, $mail, $way) = @_;
	my ($header, $body) = $mail =~ /\A((?:[^\n]+\n)+)(?:\n(.*))?\z/s;
	my @fields = $header =~ /^([^\s:]+:.*\n(?:[ \t].*\n)*)/mg;
	@fields = grep { /^[^:]+: \S/ } @fields if $way eq 'simple';
	my @names = map { /^([^:]+)/ } @fields;
	my $digest = padded(sha256_base64(body($way, $body // '')));
	# Of several fields of one name the last one is meant first (section 5.4.2).
	my %by_name;
	push @{ $by_name{ lc((/^([^:]+)/)[0]) } }, $_ for @fields;
	my @signed = map { header($way, pop @{ $by_name{ lc $_ } }) } @names;
	my $field = "DKIM-Signature: v=1; a=rsa-sha256; c=$way/$way; d=$self->{domain}; s=$SELECTOR;\n"
		. "\tbh=$digest;\n\th=" . join(":\n\t", @names) . ";\n\tb=";
	my $own = header($way, "$field\n");
	$own =~ s/\r\n\z//;
	spew("$self->{dir}/signed", join('', @signed) . $own);
	openssl('dgst', '-sha256', '-sign', "$self->{dir}/key", '-out', "$self->{dir}/signature", "$self->{dir}/signed");
	my $signature = encode_base64(slurp("$self->{dir}/signature"), "\n\t");
	$signature =~ s/\s+\z//;
	return "$field$signature\n$mail";
}

# (true when the signature holds, what opendkim says).
sub verify {
	my ($self, $raw) = @_;
	spew("$self->{dir}/mail", $raw);
	my ($status, $output) = run_command([$OPENDKIM, '-x', "$self->{dir}/conf", '-t', "$self->{dir}/mail"]);
	return ($status == 0 && $output =~ /verification .* succeeded/ ? 1 : 0, $output);
}

# --- canonical forms (section 3.4); the result has CRLF line ends ---

sub padded {
	my ($text) = @_;
	return $text . '=' x (-length($text) % 4);
}

sub header {
	my ($way, $field) = @_;
	if ($way eq 'relaxed') {
		my ($name, $value) = $field =~ /\A([^:]+):(.*)\z/s;
		$value =~ s/\n(?=[ \t])//g;
		$value =~ s/[ \t]+/ /g;
		$value =~ s/\A | ?\n\z//g;
		$name =~ s/[ \t]+\z//;
		$field = lc($name) . ":$value\n";
	}
	return $field =~ s/\n/\r\n/gr;
}

sub body {
	my ($way, $body) = @_;
	if ($way eq 'relaxed') {
		$body =~ s/[ \t]+/ /g;
		$body =~ s/ $//mg;
	}
	$body =~ s/\n*\z/\n/;
	$body = '' if $way eq 'relaxed' && $body eq "\n";
	return $body =~ s/\n/\r\n/gr;
}

1;
