# LSM::Documents - the public indexes of RFCs and Internet-Drafts, made up, in their real formats.
package LSM::Documents;

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(rfc_index id_index many_rfcs many_drafts);

# rfc-index.xml of [number, status, stream, group, obsoleted by ...] each.
sub rfc_index {
	my @entries = map { rfc_entry(@$_) } @_;
	return <<"END" . join('', @entries) . "</rfc-index>\n";
<?xml version="1.0" encoding="UTF-8"?>
<rfc-index xmlns="https://www.rfc-editor.org/rfc-index">
    <bcp-entry>
        <doc-id>BCP0014</doc-id>
        <is-also>
            <doc-id>RFC2119</doc-id>
        </is-also>
    </bcp-entry>
END
}

sub rfc_entry {
	my ($number, $status, $stream, $group, @successors) = @_;
	my $id = sprintf 'RFC%04d', $number;
	my $by = join '', map { sprintf "            <doc-id>RFC%04d</doc-id>\n", $_ } @successors;
	$by = "        <obsoleted-by>\n$by        </obsoleted-by>\n" if $by;
	$group = $group ? "        <area>ops</area>\n        <wg_acronym>$group</wg_acronym>\n" : '';
	my $abstract = 'This document says something about a metric, and how it is measured. ' x 8;
	return <<"END";
    <rfc-entry>
        <doc-id>$id</doc-id>
        <title>A Document &amp; its Title, Number $number</title>
        <author>
            <name>A. Author</name>
            <title>Editor</title>
        </author>
        <date>
            <month>March</month>
            <year>2020</year>
        </date>
        <format>
            <file-format>HTML</file-format>
            <file-format>ASCII</file-format>
        </format>
        <page-count>12</page-count>
        <keywords>
            <kw>metric</kw>
        </keywords>
        <abstract><p>$abstract</p></abstract>
$by        <current-status>\U$status\E</current-status>
        <publication-status>\U$status\E</publication-status>
        <stream>$stream</stream>
$group        <doi>10.17487/$id</doi>
    </rfc-entry>
END
}

# all_id2.txt of [name with revision, state, group, RFC number or replacing draft, intended status] each.
sub id_index {
	my @lines = map { id_line(@$_) } @_;
	return <<'END' . join('', @lines) . "\n# end\n";
#
# Index of all Internet-Drafts
# generated: 2026-11-20 00:00:00 UTC
#
# Description of fields:
# 0   draft name and latest revision
#
END
}

sub id_line {
	my ($name, $state, $group, $successor, $intended) = @_;
	my $active = $state eq 'Active';
	return join("\t", $name, -1, $state, $active ? 'I-D Exists' : '', $state eq 'RFC' ? $successor : '',
		$state eq 'Replaced' ? $successor : '', '2026-03-01', $group // '', $group ? 'ops' : '', '', $intended // '', '',
		$active ? '.txt,.xml' : '', 'A Draft and its Title', 'A. Author <author1@example.org>', '', '') . "\n";
}

sub many_rfcs {
	my ($count) = @_;
	return rfc_index(map { [$_, 'Proposed Standard', 'IETF', 'ippm'] } 1 .. $count);
}

# Not in the order of their names.
sub many_drafts {
	my ($count) = @_;
	my @states = qw(Active Expired RFC Expired);
	return id_index(map {
		[sprintf('draft-ietf-ippm-subject-%06d-%02d', $_ * 7919 % 1_000_003, $_ % 40), $states[$_ % 4], 'ippm', 8762,
			'Proposed Standard']
	} 1 .. $count);
}

1;
