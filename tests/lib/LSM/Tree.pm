# LSM::Tree - the source tree as the lint tests see it: its files, and C text without comments.
package LSM::Tree;

use strict;
use warnings;

use Exporter qw(import);
use File::Find ();
use LSM::Scratch qw(slurp source_root);

our @EXPORT_OK = qw(files_of read_tree code_of code_and_strings_of arguments_of rows_of);

# Paths below $root as git knows them: [path, mode, tracked]. Mode is "100755", "100644" or "120000".
# Files not yet added count, ignored ones do not. Where git or its folder is absent (an unpacked
# archive): all files but those of build folders, none of them tracked.
sub files_of {
	my ($root) = @_;
	my @git = ('git', '-C', $root, '-c', "safe.directory=$root", 'ls-files', '-z', '--full-name');
	my @tracked = -e "$root/.git" ? split /\0/, output_of(@git, '--stage') : ();
	my @others = -e "$root/.git" ? split /\0/, output_of(@git, '--others', '--exclude-standard') : ();
	my @files = map { /^(\d+) \S+ \d+\t(.*)/s ? [$2, $1, 1] : () } @tracked;
	push @files, map { [$_, mode_of("$root/$_"), 0] } @others ? @others : @files ? () : walk($root);
	return grep { -e "$root/$_->[0]" || -l "$root/$_->[0]" } @files;
}

# All text files as {path => text}.
sub read_tree {
	my ($root) = @_;
	my %tree;
	for my $file (grep { $_->[1] ne '120000' } files_of($root)) {
		my $text = slurp("$root/$file->[0]");
		$tree{ $file->[0] } = $text unless $text =~ /\0/;
	}
	return \%tree;
}

sub output_of {
	my (@command) = @_;
	open my $pipe, '-|', @command or return '';
	local $/;
	my $output = <$pipe>;
	return close $pipe ? $output // '' : '';
}

sub mode_of {
	my ($path) = @_;
	return -l $path ? '120000' : -x _ ? '100755' : '100644';
}

sub walk {
	my ($root) = @_;
	my @paths;
	my $look = sub {
		return if $File::Find::name eq $root;
		my $path = substr $File::Find::name, length($root) + 1;
		if (-d && $path =~ m{^(?:\.git|build[^/]*)$}) {
			$File::Find::prune = 1;
		} elsif (-f && !-l) {
			push @paths, $path;
		}
	};
	File::Find::find({ wanted => $look }, $root);
	return @paths;
}

my $comment = qr{/\*.*?(?:\*/|\z)|//[^\n]*}s;
my $string = qr{"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'}s;

# C text with comments blanked; every line keeps its number.
sub code_and_strings_of {
	my ($text) = @_;
	$text =~ s/($string)|($comment)/defined $1 ? $1 : blank($2)/ge;
	return $text;
}

# The same without the contents of strings.
sub code_of {
	my ($text) = @_;
	$text =~ s/($string)|($comment)/defined $1 ? '""' . blank(substr $1, 2) : blank($2)/ge;
	return $text;
}

sub blank {
	my ($text) = @_;
	$text =~ tr/\n/ /c;
	return $text;
}

# The arguments of a macro call whose opening parenthesis ends at $offset; strings lose their quotes,
# adjacent ones are joined.
sub arguments_of {
	my ($code, $offset) = @_;
	my ($depth, @arguments) = (1, '');
	pos($code) = $offset;
	while ($depth > 0 && $code =~ /\G(?:($string)|([(){}\[\],])|([^"'(){}\[\],]+)|(.))/gs) {
		my ($text, $mark, $other) = ($1, $2, $3 // $4);
		if (defined $mark && $mark eq ',' && $depth == 1) {
			push @arguments, '';
			next;
		}
		$depth++ if defined $mark && $mark =~ /[({\[]/;
		$depth-- if defined $mark && $mark =~ /[)}\]]/;
		$arguments[-1] .= defined $text ? unquoted($text) : $mark // $other if $depth > 0;
	}
	return map { s/^\s+|\s+$//gr } @arguments;
}

sub unquoted {
	my ($text) = @_;
	return substr($text, 1, -1) =~ s/\\(["'\\])/$1/gr;
}

# Rows of a table of the tree, as [argument, ...]; strings without their quotes.
sub rows_of {
	my ($path, $macro) = @_;
	my $code = code_and_strings_of(slurp(source_root() . "/$path"));
	my @rows;
	push @rows, [arguments_of($code, pos $code)] while $code =~ /^[ \t]*$macro\(/mg;
	return @rows;
}

1;
