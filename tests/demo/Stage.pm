# Stage - what the demo shows: headings, people, transcripts cut to the width of a terminal, and checks.
#
#   my $stage = Stage->new;
#   $stage->scene('A statement comes in', 'The ITU-T writes to a group.');
#   $stage->spoken($smtp, qr/^C: MAIL/, qr/^S: 250/);
#   $stage->check($count == 1, 'the coordinators got one mail');    # said when true, dies when not
#   $stage->why('...');
#
# Everything goes to standard output, coloured when that is a terminal (DEMO_COLOUR=1: anyway).
package Stage;

use strict;
use warnings;

my $WIDTH = 78;
my %COLOUR = (title => 1, label => 36, C => 0, S => 33, mail => 0, command => 1, good => 32, bad => 31);

sub new {
	my ($class) = @_;
	$| = 1;
	my $is_terminal = -t STDOUT && ($ENV{TERM} // '') ne 'dumb';
	return bless { colour => $ENV{DEMO_COLOUR} || $is_terminal, scene => 0 }, $class;
}

sub title {
	my ($self, $text) = @_;
	return $self->row('title', '', $text);
}

sub scene {
	my ($self, $text, $who) = @_;
	$self->{scene}++;
	$self->gap;
	$self->row('title', '', "$self->{scene}. $text");
	$self->labelled('who', $who);
	return $self->gap;
}

sub why {
	my ($self, $text) = @_;
	$self->gap;
	return $self->labelled('why', $text);
}

sub gap {
	print "\n";
	return;
}

# Flowing text, without a mark.
sub text {
	my ($self, $text) = @_;
	print map { "$_\n" } wrapped($text, '', '');
	return;
}

sub item {
	my ($self, $text) = @_;
	print map { "$_\n" } wrapped($text, '  - ', '    ');
	return;
}

# One line that must stay one, to be copied from the screen.
sub verbatim {
	my ($self, $text) = @_;
	print '    ', $self->painted('command', $text), "\n";
	return;
}

# The lines of an SMTP session that match one of the patterns.
sub spoken {
	my ($self, $smtp, @patterns) = @_;
	for my $line (chosen([$smtp->transcript], @patterns)) {
		my ($side, $text) = $line =~ /^([CS]): (.*)/ or next;
		$self->row($side, "    $side: ", $text);
	}
	return;
}

# Of a mail that somebody received: its lines that match one of the patterns; an attached mail does not count.
sub received {
	my ($self, $who, $mail, @patterns) = @_;
	$self->row('label', '    ', "$who received:");
	my ($header, $body) = split /\n\n/, $mail->{data}, 2;
	$header =~ s/\n[ \t]+/ /g;
	$body =~ s{^Content-Type: message/rfc822.*}{}ms;
	$self->row('mail', '    > ', $_) for chosen([split /\n/, "$header\n$body"], @patterns);
	return;
}

# A command and what it printed; the rows of a table are cut at the width of the screen instead of wrapped.
sub command {
	my ($self, $command, $output, %option) = @_;
	$self->row('command', '    $ ', $command);
	for my $line (split /\n/, $output) {
		$option{table} ? print cut($line), "\n" : print map { "$_\n" } wrapped($line, '    ', ' ' x 12);
	}
	return;
}

# What the demo does by itself.
sub note {
	my ($self, $text) = @_;
	return $self->row('label', '    * ', $text);
}

# What the demo has looked up by itself. The text says what is so; if it is not, the demo ends.
sub check {
	my ($self, $is_so, $text) = @_;
	die "it is not so that $text\n" unless $is_so;
	print map { "$_\n" } $self->painted_rows('good', '    ok: ', $text);
	return;
}

sub failed {
	my ($self, $message) = @_;
	chomp $message;
	my $where = $self->{scene} ? "scene $self->{scene} is not as shown" : 'the stage could not be set';
	print STDERR $self->painted('bad', "\ndemo: $where: $message"), "\n";
	return;
}

# --- lines ---

sub labelled {
	my ($self, $label, $text) = @_;
	my ($first, @others) = wrapped($text, sprintf('%-5s', "$label:"), ' ' x 5);
	$first =~ s/^(\w+:)/$self->painted('label', $1)/e;
	print map { "$_\n" } $first, @others;
	return;
}

sub row {
	my ($self, $kind, $mark, $text) = @_;
	print map { "$_\n" } $self->painted_rows($kind, $mark, $text);
	return;
}

sub painted_rows {
	my ($self, $kind, $mark, $text) = @_;
	return map { $self->painted($kind, $_) } wrapped($text, $mark, ' ' x (length($mark) + 2));
}

sub painted {
	my ($self, $kind, $text) = @_;
	return $self->{colour} && $COLOUR{$kind} ? "\e[$COLOUR{$kind}m$text\e[0m" : $text;
}

sub chosen {
	my ($lines, @patterns) = @_;
	return grep { my $line = $_; grep { $line =~ $_ } @patterns } @$lines;
}

# Broken at blanks; the blanks within a line stay as they are.
sub wrapped {
	my ($text, $first, $next) = @_;
	my @rows;
	my $row = $first;
	while ($text =~ /(\s*)(\S+)/g) {
		my ($blank, $word) = ($1, $2);
		if (length($row) > length($first) && length($row) + columns("$blank$word") > $WIDTH) {
			push @rows, $row;
			($row, $blank) = ($next, '');
		}
		$row .= $blank . $word;
	}
	return (@rows, $row);
}

sub columns {
	my ($octets) = @_;
	utf8::decode(my $text = $octets);
	return length $text;
}

# Not within a character.
sub cut {
	my ($octets) = @_;
	utf8::decode(my $text = $octets);
	$text = substr($text, 0, $WIDTH) =~ s/\s+$//r;
	utf8::encode($text);
	return $text;
}

1;
