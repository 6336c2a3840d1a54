#!/usr/bin/perl
# attachments.t - attachments of every format on their way through the daemon, in whose sandbox their reader starts, and
# loads for some of them a library of its own.
#
# To add a format: a row of @formats: file name, octets, reader_runs by result that it adds.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Compress::Zip qw(zip);
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(scratch_dir);
use LSM::World;
use MIME::Base64 qw(encode_base64);
use Test::More;

my $pdf = join "\n", '%PDF-1.4', '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj', '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
	'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj',
	"4 0 obj<</Length 47>>stream\nBT /F 12 Tf 50 700 Td (Title: LS on STAMP) Tj ET\nendstream endobj",
	'5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj', 'trailer<</Root 1 0 R>>', '';
my $docx = zipped('word/document.xml', '<w:document xmlns:w="wordprocessingml"><w:p><w:r><w:t>LS</w:t></w:r></w:p></w:document>');
my $ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

my @formats = (
	['LS.txt', 'Title: LS', 'read'],
	['LS.docx', $docx, 'read'],
	['LS.pdf', $pdf, 'read'],
	['LS.zip', zipped('LS.pdf', $pdf), 'read'],
	['LS.doc', $ole . "\0" x 1000, 'read'],    # damaged, and found to be
);

sub zipped {
	my ($name, $content) = @_;
	my $octets;
	zip(\$content, \$octets, Name => $name, Minimal => 1) or die "zip: $IO::Compress::Zip::ZipError\n";
	return $octets;
}

sub mail_with {
	my ($name, $octets) = @_;
	my ($header, $body) = split /\n\n/, LSM::World->statement(id => $name), 2;
	return "$header\nContent-Type: multipart/mixed; boundary=part\n\n--part\n\n$body\n--part\n"
		. "Content-Disposition: attachment; filename=$name\nContent-Transfer-Encoding: base64\n\n"
		. encode_base64($octets) . "--part--\n";
}

my $daemon = LSM::Daemon->new(scratch_dir() . '/milter', settings => { 'max-interventions' => 1000 })->start;

sub runs {
	my (undef, $metrics) = $daemon->ctl('metrics');
	return join ' ', map { "$_ " . ($metrics =~ /reader_runs\w*\{result="$_"\} (\d+)/ ? $1 : '?') } 'limit', 'read', 'unreadable';
}

my %want = (limit => 0, read => 0, unreadable => 0);
for my $format (@formats) {
	my ($name, $octets, $result) = @$format;
	my $milter = LSM::Milter->new($daemon);
	$milter->mail({ '{auth_authen}' => 'ippm-chairs@ietf.org' }, 'ippm-chairs@ietf.org', ['liaisons@bbf.example', 'bbf-manager@ietf.org'],
		mail_with($name, $octets));
	$milter->quit;
	$want{$result}++;
	is(runs(), join(' ', map { "$_ $want{$_}" } sort keys %want), "$name: $result");
}
done_testing;
