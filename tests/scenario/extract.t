#!/usr/bin/perl
# extract.t - liaison-extract alone: what it reads of good, damaged and hostile attachments, and what it may do.
#
# To add an input: a row of @cases: name, octets, wanted type, status (or a pattern), and what its text is: a
# string is the whole text, a pattern must match, undef is not looked at. Inputs are made here, none is a file.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Fcntl qw(F_SETFD);
use IO::Compress::Zip qw(:constants);
use JSON::PP;
use LSM::Scratch qw(build_path reap run_command slurp wait_until);
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

my $program = build_path('liaison-extract');
my $SIGSYS = 31;
my $SLOWEST = 8;    # seconds; the processor time is bounded by 5

my $DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
my $ODT = 'application/vnd.oasis.opendocument.text';
my $OTHER = 'application/octet-stream';

# --- making inputs ---

# A zip of name, octets, name, octets ...; its first member is not compressed, as OpenDocument wants it.
sub zipped {
	my (@members) = @_;
	my $octets = '';
	my $method = ZIP_CM_STORE;
	my $zip;
	while (my ($name, $content) = splice @members, 0, 2) {
		my @options = (Name => $name, Method => $method, Minimal => 1);
		if ($zip) { $zip->newStream(@options) } else { $zip = IO::Compress::Zip->new(\$octets, @options) }
		$zip->print($content);
		$method = ZIP_CM_DEFLATE;
	}
	$zip->close;
	return $octets;
}

sub docx_of {
	my ($xml) = @_;
	return zipped('[Content_Types].xml', '<Types/>', 'word/document.xml', $xml);
}

sub docx {
	my ($body, $declaration) = @_;
	return docx_of('<?xml version="1.0"?>' . ($declaration // '')
		. '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
		. ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
		. ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
		. "<w:body>$body</w:body></w:document>");
}

sub paragraph { return '<w:p><w:r><w:t>' . join('</w:t><w:tab/><w:t>', @_) . '</w:t></w:r></w:p>' }
sub row { return '<w:tr>' . join('', map { "<w:tc>$_</w:tc>" } @_) . '</w:tr>' }

sub odt {
	my ($body, $manifest) = @_;
	return zipped('mimetype', $ODT, 'META-INF/manifest.xml', $manifest // '<m/>', 'content.xml',
		'<d xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
		. " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\">$body</d>");
}

# Objects numbered from 1, the first is the catalog; with a table that is right.
sub pdf_of {
	my ($trailer, @objects) = @_;
	my $pdf = "%PDF-1.4\n";
	my @places;
	for my $i (0 .. $#objects) {
		push @places, length $pdf;
		$pdf .= ($i + 1) . " 0 obj\n$objects[$i]\nendobj\n";
	}
	my $table = length $pdf;
	$pdf .= "xref\n0 " . (@objects + 1) . "\n0000000000 65535 f \n";
	$pdf .= sprintf "%010d 00000 n \n", $_ for @places;
	return $pdf . "trailer\n<</Root 1 0 R/Size " . (@objects + 1) . "$trailer>>\nstartxref\n$table\n%%EOF\n";
}

sub stream { return '<<' . ($_[1] // '') . '/Length ' . length($_[0]) . ">>stream\n$_[0]\nendstream" }

sub pdf {
	my ($content, @more) = @_;
	return pdf_of('', '<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>',
		'<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R'
		. '/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>>>',
		stream($content), '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>', @more);
}

sub nested {
	my ($octets, $levels) = @_;
	$octets = zipped("$_.zip", $octets) for reverse 1 .. $levels;
	return $octets;
}

# A member whose declared sizes are a lie.
sub lying_zip {
	my $zip = zipped('a.txt', 'short');
	$zip =~ s/(PK\x01\x02.{20}).{4}/$1\xf0\xff\xff\x7f/s;
	return $zip;
}

# An OLE file with one stream of 4096 octets or more ([MS-CFB]): sector 0 is the table of sectors, 1 the
# folder, then the streams.
sub ole {
	my (@streams) = @_;
	my @fat = (0xfffffffd, 0xfffffffe);
	my ($folder, $body) = ('', '');
	my $entry = sub {
		my ($name, $type, $child, $right, $start, $size) = @_;
		my $wide = pack 'v*', map { ord } split //, $name;
		return pack('a64vCCVVVx36VVx4', $wide, 2 + length $wide, $type, 1, 0xffffffff, $right, $child, $start, $size);
	};
	my $count = @streams / 2;
	$folder .= $entry->('Root Entry', 5, 1, 0xffffffff, 0xfffffffe, 0);
	for my $i (1 .. $count) {
		my ($name, $octets) = splice @streams, 0, 2;
		$octets .= "\0" x (4096 - length $octets) if length $octets < 4096;
		my $size = length $octets;
		my $sectors = int(($size + 511) / 512);
		my $start = @fat;
		push @fat, map { $start + $_ } 1 .. $sectors - 1;
		push @fat, 0xfffffffe;
		$folder .= $entry->($name, 2, 0xffffffff, $i < $count ? $i + 1 : 0xffffffff, $start, $size);
		$body .= $octets . "\0" x ($sectors * 512 - $size);
	}
	$folder .= "\0" x (512 - length $folder);
	my $header = pack 'a8x16v5x6VVVVVVVVVVV', "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3e, 3, 0xfffe, 9, 6,
		0, 1, 1, 0, 4096, 0xfffffffe, 0, 0xfffffffe, 0, 0, 0xffffffff;
	# sector numbers of the table: the first of 109 places
	$header = substr($header, 0, 76) . pack('V*', 0, (0xffffffff) x 108);
	return $header . pack('V128', @fat, (0xffffffff) x (128 - @fat)) . $folder . $body;
}

# A Word 97 file of these pieces, each [text, is compressed].
sub doc {
	my ($flags, @pieces) = @_;
	my $body = '';
	my ($position, @positions, $descriptors) = (0, 0);
	for my $piece (@pieces) {
		my ($text, $is_compressed) = @$piece;
		my $place = 0x400 + length $body;
		$descriptors .= pack 'vVv', 0, $is_compressed ? $place * 2 | 0x40000000 : $place, 0;
		$body .= $is_compressed ? $text : pack('v*', map { ord } split //, $text);
		$body .= "\0" x (length($body) % 2);
		push @positions, $position += length $text;
	}
	my $table = pack('V*', @positions) . $descriptors;
	my $clx = pack('Cva4', 1, 4, 'prls') . pack('CV', 2, length $table) . $table;
	my $fib = pack 'vv', 0xa5ec, 0xc1;
	$fib .= "\0" x (0x0a - length $fib) . pack('v', $flags | 0x0200);
	$fib .= "\0" x (0x4c - length $fib) . pack('V', $position);
	$fib .= "\0" x (0x1a2 - length $fib) . pack('VV', 16, length $clx);
	$fib .= "\0" x (0x400 - length $fib);
	return ole('WordDocument', $fib . $body, '1Table', "\0" x 16 . $clx);
}

sub damaged {
	my ($octets, $at, $with) = @_;
	substr($octets, $at, length $with) = $with;
	return $octets;
}

# --- good ones ---

my $letter = docx(paragraph('Title:', 'LS on STAMP') . paragraph('Dear all,'));
my $form = docx('<w:tbl>' . row(paragraph('For action to:'), paragraph('IETF IPPM') . paragraph('BBF'))
	. row(paragraph('Deadline:'), paragraph('1 August 2027')) . row(paragraph('One cell')) . '</w:tbl>');
my $changed = docx('<w:p><w:r><w:t>Due </w:t></w:r><w:del><w:r><w:delText>old</w:delText><w:t>OLD</w:t></w:r></w:del>'
	. '<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>GONE</w:t></w:r></w:moveFrom></w:p>'
	. '<w:p><w:pPr><w:tabs><w:tab/></w:tabs><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>one </w:t></w:r></w:p>'
	. paragraph('line'));
my $deep_table = paragraph('end');
$deep_table = '<w:tbl>' . row(paragraph('k'), $deep_table) . '</w:tbl>' for 1 .. 60;

my @cases = (
	['docx', $letter, $DOCX, 'text', "Title:\tLS on STAMP\nDear all,\n"],
	['docx with a table', $form, $DOCX, 'text',
		"For action to:\tIETF IPPM\n\tBBF\nDeadline:\t1 August 2027\nOne cell\n"],
	['docx with tracked changes', $changed, $DOCX, 'text', "Due new\none line\n"],
	['docx, what is no text', docx('<w:p><w:r><w:instrText>HYPERLINK x</w:instrText><a:t>drawn</a:t><w:t>seen</w:t></w:r>'
		. '<mc:Fallback><w:t>twice</w:t></mc:Fallback></w:p>'), $DOCX, 'text', "seen\n"],
	['docx without text', docx('<w:p/>'), $DOCX, 'empty', ''],
	['docx, tables in tables', docx($deep_table), $DOCX, 'text', qr/\Ak.*end/s],
	['odt', odt('<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>Reply<text:tab/>LS</text:h>'
		. '<table:table-row><table:table-cell><text:p>To:</text:p></table:table-cell>'
		. '<table:table-cell><text:p>IETF<text:s text:c="2"/>IAB</text:p></table:table-cell></table:table-row>'),
		$ODT, 'text', "Reply\tLS\nTo:\tIETF  IAB\n"],
	['odt with a password', odt('', '<m:encryption-data xmlns:m="m"/>'), $ODT, 'encrypted', ''],
	['rtf', '{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator X}\pard Title:\tab LS on caf\\\'e9 \u8211-5\par'
		. '{\deleted old}new\line{\b bold}\par To:\cell IETF\cell\row}', 'application/rtf', 'text',
		"Title:\tLS on caf\xc3\xa9 \xe2\x80\x935\nnew\nbold\nTo:\tIETF\n"],
	['html', '<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><p>A &amp; <b>B</b></p>'
		. '<table><tr><td>To:</td><td>IETF</td></tr></table><script>bad()</script>c<br>d</body></html>',
		'text/html', 'text', qr/\AA & B\nTo:\tIETF\nc\nd\s*\z/],
	['html that names its character set', "<html><meta charset=koi8-r><p>caf\xe9 \x93q\x94", 'text/html', 'text',
		qr/caf\xc3\xa9 \xe2\x80\x9cq\xe2\x80\x9d/],
	['pdf', pdf('BT /F 12 Tf 50 700 Td (Title: LS on STAMP) Tj ET'), 'application/pdf', 'text', qr/\ATitle: LS on STAMP\n/],
	['pdf with a form', pdf('BT /F 12 Tf 50 700 Td (To:) Tj 0 -40 Td (Deadline:) Tj 100 40 Td (IETF) Tj 0 -20 Td (IAB) Tj 0 -20 Td (1 May 2027) Tj ET'),
		'application/pdf', 'text', "To:\tIETF\n\tIAB\nDeadline:\t1 May 2027\n"],
	['pdf, scanned', pdf('/I Do', stream("\0", '/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray')),
		'application/pdf', 'scanned', ''],
	['pdf without text', pdf(''), 'application/pdf', 'empty', ''],
	['doc', doc(0, ["Title:\tLS on caf\xe9\r", 1], ["To: \x13 HYPERLINK x \x14IETF\x15\x{2013}\r", 0], ["a\x07b\x07\x07", 1]),
		'application/msword', 'text', "Title:\tLS on caf\xc3\xa9\nTo: IETF\xe2\x80\x93\na\tb\n"],
	['doc with a password', doc(0x0100, ['x', 1]), 'application/msword', 'encrypted', ''],
	['docx with a password', ole('EncryptedPackage', 'x'), qr/encrypted/, 'encrypted', ''],
	['OLE of something else', ole('Workbook', 'x'), 'application/x-ole-storage', 'unreadable', ''],
	['text', "caf\xe9\r\n", 'text/plain', 'text', "caf\xc3\xa9\n"],
	['text in UTF-16', "\xff\xfeL\0S\0", 'text/plain', 'text', 'LS'],
	['nothing', '', 'text/plain', 'empty', ''],
	# damaged ones
	['half a docx', substr($letter, 0, length($letter) / 2), qr/zip|$DOCX/, qr/unreadable|empty/, ''],
	['docx, XML cut off', docx_of('<w:document xmlns:w="wordprocessingml"><w:p><w:t>one</w:t></w:p><w:p>'), $DOCX, 'unreadable', undef],
	['docx without XML', docx_of("\0\1\2"), $DOCX, 'unreadable', ''],
	['half a pdf', substr(pdf('BT (x) Tj ET'), 0, 60), 'application/pdf', 'unreadable', ''],
	['half an OLE file', substr(doc(0, ['x', 1]), 0, 700), qr/ole|msword/, 'unreadable', ''],
	['OLE, its folder a loop', damaged(doc(0, ['x', 1]), 512 + 4, pack 'V', 1), qr/ole|msword/, qr/unreadable|text/, undef],
	['doc, pieces behind the end', damaged(doc(0, ['x', 1]), 1536 + 0x1a2, pack 'VV', 0xfffffff0, 0xffffffff),
		'application/msword', 'unreadable', ''],
	['doc, a piece of 2^31 characters', damaged(damaged(doc(0, ['x' x 8, 1]), 1536 + 0x4c, pack 'V', 0x7fffffff),
		1536 + 4096 + 16 + 7 + 5 + 4, pack 'V', 0x7fffffff), 'application/msword', 'unreadable', ''],
	['rtf without an end', '{\rtf1 a{b', 'application/rtf', 'unreadable', 'ab'],
	['rtf, a number out of all bounds', '{\rtf1 a\bin99999999999999999999 b}', 'application/rtf', 'unreadable', 'a'],
	['rtf, a negative number', '{\rtf1 a\bin-5 b\uc-1\u-99999999 c}', 'application/rtf', 'text', qr/\Aab/],
	['random octets', join('', map { chr($_ * 7919 % 256) } 0 .. 5000), $OTHER, 'unreadable', ''],
	# hostile ones
	['zip bomb in a docx', docx(paragraph('a' x (3 * 1024 * 1024))), $DOCX, 'limit', ''],
	['docx with too much text', docx(paragraph(join ' ', map { $_ * 7919 } 1 .. 700_000)), $DOCX, 'limit', qr/\A7919 /],
	['XML entity bomb', docx('<w:p><w:r><w:t>&j;</w:t></w:r></w:p>', '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
		. join('', map { my $before = chr ord($_) - 1; "<!ENTITY $_ \"" . "&$before;" x 10 . '">' } 'b' .. 'j') . ']>'),
		$DOCX, 'unreadable', ''],
	['XML that names a file', docx('<w:p><w:t>&x;</w:t></w:p>', '<!DOCTYPE w [<!ENTITY x SYSTEM "/etc/passwd">]>'),
		$DOCX, 'unreadable', ''],
	['XML, deep', docx('<w:x>' x 100_000), $DOCX, 'unreadable', ''],
	['docx, cells without end', docx('<w:tbl><w:tr>' . '<w:tc><w:p><w:t>x</w:t></w:p></w:tc>' x 20_000 . '</w:tr></w:tbl>'),
		$DOCX, 'text', qr/\Ax\tx.*x\n\z/s],
	['html, deep', '<html>' . '<div>' x 200_000 . 'x', 'text/html', 'text', undef],
	['html, rows in rows', '<html>' . '<table><tr><td>x' x 20_000, 'text/html', qr/text|limit/, undef],
	['rtf, deep', '{\rtf1' . '{' x 1_000_000, 'application/rtf', 'limit', ''],
	['pdf, more pages than are read', pdf_of('', '<</Type/Catalog/Pages 2 0 R>>',
		'<</Type/Pages/Count 600/Kids[' . join(' ', map { "$_ 0 R" } 5 .. 604) . ']>>', stream('BT /F 1 Tf 1 1 Td (page) Tj ET'),
		'<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
		('<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>') x 600),
		'application/pdf', 'limit', qr/\A(?:page\n){500}\z/],
	['pdf, pages in a ring', pdf_of('', '<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[2 0 R]/Count 1000000>>'),
		'application/pdf', qr/empty|unreadable|limit/, ''],
	['more than 32 MiB', 'x' x (32 * 1024 * 1024 + 1), $OTHER, 'limit', ''],
);

# The header, the texts by name, the exit status and the seconds.
sub extract {
	my ($octets, %option) = @_;
	my $start = time;
	my ($status, $output) = run_command([$program], input => $octets, %option);
	my $seconds = time - $start;
	my ($line, $text) = $output =~ /\A([^\n]*)\n(.*)\z/s;
	my $header = eval { decode_json($line // '') };
	return ({}, {}, $status, $seconds) if ref $header ne 'HASH';
	my %texts = ('' => substr $text, 0, $header->{octets});
	my $at = $header->{octets};
	for my $member (@{ $header->{members} }) {
		$texts{ $member->{name} } = substr $text, $at, $member->{octets};
		$at += $member->{octets};
	}
	is($at, length $text, 'the header counts all of the text');
	return ($header, \%texts, $status, $seconds);
}

sub is_as_wanted {
	my ($got, $want, $what) = @_;
	return if !defined $want;
	return ref $want ? like($got // '', $want, $what) : is($got, $want, $what);
}

for my $case (@cases) {
	my ($name, $octets, $type, $status, $text) = @$case;
	subtest $name => sub {
		my ($header, $texts, $exit, $seconds) = extract($octets);
		is($exit, 0, 'exit status');
		cmp_ok($seconds, '<', $SLOWEST, 'in time');
		is_as_wanted($header->{type}, $type, 'type');
		is_as_wanted($header->{status}, $status, 'status');
		is_as_wanted($texts->{''}, $text, 'text');
	};
}

# Archives: each member by its own name, type and status.
sub members_of { return join ' | ', map { "$_->{name} $_->{status}" } @{ $_[0]{members} } }

subtest 'zip with members' => sub {
	my ($header, $texts) = extract(zipped('a/', '', 'a/LS.docx', $letter, 'notes.txt', 'hello', 'x.bin', "\0\1",
		'in.zip', zipped('form.docx', $form)));
	is($header->{type}, 'application/zip', 'type');
	is(members_of($header),
		'a/LS.docx text | notes.txt text | x.bin unreadable | in.zip empty | in.zip/form.docx text', 'members');
	is($texts->{'a/LS.docx'}, "Title:\tLS on STAMP\nDear all,\n", 'a text');
	like($texts->{'in.zip/form.docx'}, qr/\AFor action to:\tIETF IPPM/, 'a text in an archive in it');
};
subtest 'zip in zip in zip in zip' => sub {
	my ($header) = extract(nested($letter, 5));
	is(members_of($header), '1.zip empty | 1.zip/2.zip empty | 1.zip/2.zip/3.zip limit', 'the fourth is not opened');
};
subtest 'zip bomb' => sub {
	my ($header, undef, $exit) = extract(zipped('ok.txt', 'first', 'bomb.txt', "\0" x (3 * 1024 * 1024)));
	is($exit, 0, 'exit status');
	is($header->{status}, 'limit', 'status');
	is(members_of($header), 'ok.txt text | bomb.txt limit', 'what stood before it is read');
};
subtest 'a member that lies about its size' => sub {
	my ($header, undef, $exit) = extract(lying_zip());
	is($exit, 0, 'exit status');
	like($header->{status}, qr/empty|unreadable|limit/, 'status');
};
subtest 'zip of 120,000 members' => sub {
	my ($header, undef, $exit, $seconds) = extract(many_members(120_000));
	is($exit, 0, 'exit status');
	is($header->{status}, 'limit', 'status');
	is(scalar @{ $header->{members} }, 1000, 'members that are told');
	cmp_ok($seconds, '<', $SLOWEST, 'in time');
};

# By hand: the module takes a minute for so many.
sub many_members {
	my ($count) = @_;
	my ($files, $folder) = ('', '');
	for my $i (1 .. $count) {
		my $name = "m$i";
		$folder .= pack('VvvvvvvVVVvvvvvVV', 0x02014b50, 20, 20, 0, 0, 0, 33, 0, 0, 0, length $name, 0, 0, 0, 0, 0, length $files) . $name;
		$files .= pack('VvvvvvVVVvv', 0x04034b50, 20, 0, 0, 0, 33, 0, 0, 0, length $name, 0) . $name;
	}
	return $files . $folder . pack('VvvvvVVv', 0x06054b50, 0, 0, $count & 0xffff, $count & 0xffff, length $folder, length $files, 0);
}

# --- the sandbox ---

# The reader waits for its first octet, and must be closed by then.
subtest 'closed before a byte is read' => sub {
	pipe my $from, my $to or die "pipe: $!\n";
	open my $spare, '<', '/dev/zero' or die "/dev/zero: $!\n";
	fcntl $spare, F_SETFD, 0;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open STDIN, '<&', $from or POSIX::_exit(126);
		open STDOUT, '>', '/dev/null' or POSIX::_exit(126);
		close $to;
		exec { $program } $program or POSIX::_exit(127);
	}
	close $from;
	ok(wait_until(10, sub { slurp("/proc/$pid/status") =~ /^Seccomp:\s+2$/m }), 'the filter of calls is there');
	like(slurp("/proc/$pid/status"), qr/^NoNewPrivs:\s+1$/m, 'no new rights');
	my $limits = slurp("/proc/$pid/limits");
	my $memory = $ENV{BUILD} && $ENV{BUILD} =~ /asan/ ? qr/\S+/ : qr/536870912/;
	like($limits, qr/^Max address space\s+$memory\s/m, 'memory');
	like($limits, qr/^Max cpu time\s+5\s+6\s/m, 'processor time');
	like($limits, qr/^Max file size\s+6291456\s/m, 'output');
	like($limits, qr/^Max open files\s+3\s+3\s/m, 'open files');
	like($limits, qr/^Max core file size\s+0\s+0\s/m, 'no core file');
	opendir my $open, "/proc/$pid/fd" or die "fd: $!\n";
	is(join(' ', sort grep { /\d/ } readdir $open), '0 1 2', 'what was left open is closed');
	close $to;
	is(reap($pid, 10), 0, 'it ends with its input');
};
subtest 'a forbidden call ends the reader' => sub {
	plan skip_all => "AddressSanitizer's own read() comes first" if ($ENV{BUILD} // '') =~ /asan/;
	my (undef, undef, $before) = extract('text');
	is($before, 0, 'without the library that calls');
	my ($header, undef, $exit) = extract('text', env => { LD_PRELOAD => build_path('tests/lib/socket_preload.so') });
	is($exit, 128 + $SIGSYS, 'socket() in read() is stopped by SIGSYS');
	is($header->{status}, undef, 'and nothing is said');
};
done_testing;
