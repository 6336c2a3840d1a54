# Bench::Documents - files that statements bring along.
package Bench::Documents;

use strict;
use warnings;

use Compress::Zlib qw(crc32);
use LSM::Scratch qw(spew);

# A zip of stored members: name, octets, ...
sub zip {
	my (@members) = @_;
	my ($data, $index, $count) = ('', '', 0);
	while (my ($name, $octets) = splice @members, 0, 2) {
		my $row = pack 'v5V3v2', 20, 0, 0, 0, 0x21, crc32($octets), length $octets, length $octets, length $name, 0;
		$index .= pack('Vv', 0x02014b50, 20) . $row . pack('v3V2', 0, 0, 0, 0, length $data) . $name;
		$data .= pack('V', 0x04034b50) . $row . $name . $octets;
		$count++;
	}
	return $data . $index . pack 'Vv4V2v', 0x06054b50, 0, 0, $count, $count, length $index, length $data, 0;
}

# A letter as a word processor writes it; returns the path.
sub docx {
	my ($path, $paragraphs) = @_;
	my $text = 'The group has compared both series of measurements and asks for your view of the parameters of a session.';
	my $body = join '', map { "<w:p><w:r><w:t>$_. $text</w:t></w:r></w:p>" } 1 .. $paragraphs;
	spew($path, zip('[Content_Types].xml', '<Types/>', 'word/document.xml', '<?xml version="1.0"?>'
		. '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>' . $body . '</w:body></w:document>'));
	return $path;
}

1;
