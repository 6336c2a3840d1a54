#!/usr/bin/perl
# guidance.t - liaisonctl guidance: each rule and each text, the site's own texts, and wrong use.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use LSM::Scratch qw(build_path run_command scratch_dir source_root spew);
use Test::More;

my $ctl = build_path('liaisonctl');
my $dir = scratch_dir();

sub guidance {
	my (@arguments) = @_;
	return run_command([$ctl, 'guidance', @arguments]);
}

my ($status, $output) = guidance('--json');
my @rows = map { decode_json($_) } split /\n/, $output;
my @rules = map { $_->{rule} // () } @rows;
my @texts = map { $_->{text} // () } @rows;

is($status, 0, 'the list: status');
cmp_ok(scalar @rules, '>=', 60, 'it has the rules');
cmp_ok(scalar @texts, '>=', 40, '... and the texts');
is(scalar(grep { !$_->{fix} || !$_->{why} || !$_->{heading} } grep { $_->{rule} } @rows), 0, 'no rule without what and why');

subtest 'every rule fits a terminal and says what to do' => sub {
	for my $row (grep { $_->{rule} } @rows) {
		my @wide = grep { length > 76 } split /\n/, $row->{body};
		is("@wide", '', "$row->{rule}: at most 76 columns");
		like($row->{body}, qr/^What to do:\n   \S.*^Why:\n   \S.*^Where it is written:\n   rfc4053bis, section \S/ms, "$row->{rule}: all parts");
		unlike($row->{body}, qr/\n\n\n|YYYY/, "$row->{rule}: no hole, no open date");
	}
};

subtest 'one rule' => sub {
	my ($status, $output) = guidance('from-contact.incomplete');
	is($status, 0, 'status');
	like($output, qr/^FROM CONTACT \(from-contact\.incomplete\)$/m, 'heading');
	like($output, qr/^   From-Contact: ippm-chairs\@ietf\.org/m, 'an example with addresses of the directory');
};

subtest 'one text, and the site\'s own' => sub {
	my ($status, $output) = guidance('reject');
	is($status, 0, 'status');
	like($output, qr/^Subject: Not sent: <subject> \[<short>\]$/m, 'placeholders as people read them');
	unlike($output, qr/[{}]/, '... and no others');
	mkdir "$dir/texts";
	spew("$dir/texts/reject.txt", "Subject: Nope\n\nDear {{from}}, \e[31mno.\n");
	spew("$dir/site.conf", 'directory = "' . source_root() . "/conf/directory.conf\"\nguidance-dir = \"$dir/texts\"\n");
	($status, $output) = guidance('--config', "$dir/site.conf", 'reject');
	is($output, "Subject: Nope\n\nDear <from>, ?[31mno.\n", 'the site\'s text, made harmless');
	($status, $output) = guidance('--config', "$dir/site.conf");
	like($output, qr/^  reject +Nope  \(the site's own\)$/m, 'the list tells');
};

subtest 'another rule set' => sub {
	spew("$dir/old.conf", 'directory = "' . source_root() . "/conf/directory.conf\"\nrule-set = \"rfc4053\"\n");
	like((guidance('--config', "$dir/old.conf", 'purpose.missing'))[1], qr/^Where it is written:\n   RFC 4053\. /m,
		'no section of a document that counts otherwise');
};

subtest 'wrong use' => sub {
	my ($status, $output) = guidance('deadlin.missing');
	is($status, 2, 'status');
	like($output, qr/did you mean "deadline\.missing"/, 'the nearest rule');
	like((guidance('rejct'))[1], qr/did you mean "reject"/, 'the nearest text');
	is((guidance('a', 'b'))[0], 2, 'two names');
	is((guidance('../reject'))[0], 2, 'no path');
};

done_testing();
