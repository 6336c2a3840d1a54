#!/usr/bin/perl
# attachments.t - attachments of every format on their way through the daemon, in whose sandbox their reader starts; and
# what is said when there is none.
#
# To add a format: a row of @formats: file name, octets, reader_runs by result that it adds.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Copy qw(copy);
use IO::Compress::Zip qw(zip);
use LSM::Daemon;
use LSM::Milter;
use LSM::Scratch qw(build_path run_command scratch_dir spew);
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

my $dir = scratch_dir();

# The daemon's own figures.
sub runs {
	my ($daemon) = @_;
	my (undef, $metrics) = $daemon->ctl('metrics');
	return join ' ', map { "$_ " . ($metrics =~ /reader_runs\w*\{result="$_"\} (\d+)/ ? $1 : '?') } 'limit', 'read', 'unreadable';
}

sub send_mail {
	my ($daemon, $name, $octets) = @_;
	my $milter = LSM::Milter->new($daemon);
	$milter->mail({ '{auth_authen}' => 'ippm-chairs@ietf.org' }, 'ippm-chairs@ietf.org', ['liaisons@bbf.example', 'bbf-manager@ietf.org'],
		mail_with($name, $octets));
	$milter->quit;
	return;
}

my $daemon = LSM::Daemon->new("$dir/milter", settings => { 'max-interventions' => 1000 })->start;
my %want = (limit => 0, read => 0, unreadable => 0);
for my $format (@formats) {
	my ($name, $octets, $result) = @$format;
	send_mail($daemon, $name, $octets);
	$want{$result}++;
	is(runs($daemon), join(' ', map { "$_ $want{$_}" } sort keys %want), "$name: $result");
}
unlike(($daemon->ctl('status'))[1], qr/extractor/, 'nothing is wrong with the reader');
unlike($daemon->log_text, qr/extractor-failed|event=died/, '... nor does the log say so');
$daemon->stop;

# {what is wrong, its program, what the log says}
for my $case (
	['ends at once', "#!/bin/sh\nexit 127\n", qr/ended as soon as it was started/],
	['is no program', "text\n", qr/Exec format error/],
) {
	my ($what, $text, $logged) = @$case;
	(my $folder = $what) =~ tr/ /-/;
	my $program = "$dir/$folder.extract";
	spew($program, $text);
	chmod 0755, $program;
	my $broken = LSM::Daemon->new("$dir/$folder", settings => { extractor => $program })->start;
	send_mail($broken, 'LS.txt', 'Title: LS');
	is(runs($broken), 'limit 0 read 0 unreadable 1', "a reader that $what: the mail is judged without");
	like($broken->log_text, qr/event=extractor-failed program=\Q$program\E .*$logged/, '... and the log says so');
	$broken->stop;
}

# Nor is one beside this copy of liaisonctl, where it would be looked for.
my $alone = "$dir/liaisonctl";
copy(build_path('liaisonctl'), $alone) or die "$alone: $!\n";
chmod 0755, $alone;
$daemon->set(extractor => "$dir/nowhere/liaison-extract");
$daemon->start;
my (undef, $status) = run_command([ $alone, 'status', '--config', $daemon->config ]);
like($status, qr{attachments are not read: no program \Q$dir\E/nowhere/liaison-extract}, 'none at all: the status says so');
$daemon->stop;
done_testing;
