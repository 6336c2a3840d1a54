#!/usr/bin/perl
# package.t - the Debian package on a Debian that knows nothing of us: built, installed beside a working Postfix, set up
# as README.md says with the lines that the program prints, statements in both directions, the filter down, root at
# work in the record, and taken off again.
use strict;
use warnings;

use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../../lib";

use LSM::Sasl;
use LSM::Scratch qw(run_command scratch_dir source_root spew);
use LSM::Tree qw(files_of);
use Test::More;

my @missing = grep { (run_command(['sh', '-c', "command -v $_"]))[0] != 0 } qw(dpkg-buildpackage dh lintian mmdebstrap unshare);
plan skip_all => "not here: @missing (conf/deps.sh --all installs them)" if @missing;
plan skip_all => 'a root of its own needs root' if $> != 0;

my $dir = scratch_dir();
my $root = "$dir/root";

# What the new system does, in namespaces of its own: its processes end with the first, its network is its own loopback.
# Each part's output stands behind a line "== NAME".
my $script = <<'END';
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
mount -t proc proc /proc
ip link set lo up 2>/dev/null || ifconfig lo up
part() { echo "== $1"; }
until_true() { n=0; until "$@"; do n=$((n + 1)); [ $n -lt 200 ] || return 1; sleep 0.1; done; }

part version
liaison-milter -V
part shipped
liaison-milter -n
part folders
stat -c '%A %U %G %n' /etc/liaison-milter/* /var/lib/liaison-milter /run/liaison-milter /var/spool/postfix/liaison-milter
part enabled
find /etc/systemd/system -name 'liaison*' -printf '%p\n'
part files
ls /usr/share/man/man*/liaison* /usr/share/bash-completion/completions/liaison* /lib/systemd/system/liaison-milter.socket \
	/usr/share/doc/liaison-milter/postmaster.md /usr/share/doc/liaison-milter/README.Debian
part trigger
rmdir /var/spool/postfix/liaison-milter
dpkg-trigger --by-package=postfix /usr/sbin/postfix && dpkg --triggers-only --pending >/dev/null
stat -c '%A %U %G' /var/spool/postfix/liaison-milter

# README.md, "On a mail server". What stands there before it is a Postfix that works.
for user in ippm liaisons ad1 carol liaison-coordination; do useradd --create-home $user; done
postconf -e 'mydestination = ietf.org, iab.org, bbf.example, example.org, localhost' 'inet_interfaces = 127.0.0.1' \
	'inet_protocols = ipv4' 'maillog_file = /var/log/mail.log' 'smtpd_peername_lookup = no' 'local_recipient_maps ='
postconf -M 'submission/inet=submission inet n - y - - smtpd'
postconf -P submission/inet/smtpd_sasl_auth_enable=yes submission/inet/smtpd_sasl_type=dovecot \
	submission/inet/smtpd_sasl_path=private/auth submission/inet/smtpd_sasl_security_options=noanonymous
socket=/var/spool/postfix/liaison-milter/milter.sock
sed -i "s|^listen = .*|listen = \"unix:$socket\"|; s|^listen-group = .*|listen-group = postfix|; s|^log = .*|log = \"stderr\"|
	s|^desk-address = .*|desk-address = liaison-desk@ietf.org|" /etc/liaison-milter/liaison-milter.conf

part lines
liaison-milter -n --mta=postfix > /srv/lines
lines_of() { sed -n "/^# ==== $1/,/^# ==== $2/p" /srv/lines; }
lines_of main.cf master.cf | grep '^[a-z]' | while IFS= read -r line; do echo "$line"; postconf -e "$line"; done
lines_of master.cf aliases | grep -v '^#' >> /etc/postfix/master.cf
lines_of master.cf aliases | sed -n '/^#   postconf -P/,/^$/s/^# *//p' > /srv/submission
sh /srv/submission
lines_of aliases nothing | grep -v '^#' >> /etc/aliases
newaliases
part postfix
postconf -n 2>&1 >/dev/null
postconf -M 2>&1 >/dev/null
postfix check
postfix start 2>&1
part daemon
start=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/liaison-milter.service)
begin() {
	setpriv --reuid liaison-milter --regid liaison-milter --clear-groups $start 2>>/var/log/liaison.log &
	daemon=$!
	until_true liaisonctl status >/dev/null
}
begin
stat -c '%A %U %G' $socket
arrive() {
	swaks --server 127.0.0.1 --helo mail.bbf.example --from liaisons@bbf.example --to ippm@ietf.org --data $1 --hide-all
	echo "status $?"
}
submit() {
	swaks --server 127.0.0.1:587 --auth PLAIN --auth-user carol@example.org --auth-password secret --from carol@example.org \
		--to $1 --data $2 2>&1 | grep '^<.. [2-5]' | tail -2
}
part mail
arrive /tmp/statement.eml
until_true grep -q 'Subject: LS on performance' /var/mail/ippm
part list
su -s /bin/sh liaison-milter -c 'liaisonctl list --all'
part delivered
cat /var/mail/ippm
part enforced
sed -i 's/^mode = observe/mode = enforce/' /etc/liaison-milter/liaison-milter.conf
kill -USR1 $daemon
until_true grep -q 'event=reloaded' /var/log/liaison.log && echo reloaded
part faulty
liaisonctl template --from ippm --to 'Broadband Forum' --purpose action 2>/dev/null | sed 's/^Subject: .*/Subject: LS on TR-390/' > /srv/good.eml
sed '/^Purpose:/d; /^Deadline:/d' /srv/good.eml > /srv/faulty.eml
submit liaisons@bbf.example /srv/faulty.eml
part held
submit liaisons@bbf.example /srv/good.eml
test ! -e /var/mail/liaisons && echo 'nobody has it'
until_true grep -qs '^Subject: Approve? ' /var/mail/ad1
liaisonctl pending
part approved
door=$(grep -o 'liaison-desk+[a-z0-9]*@ietf.org' /var/mail/ad1 | head -1)
printf 'From: ad1@example.org\nTo: %s\nSubject: approve\n\napprove\n' "$door" > /srv/answer.eml
swaks --server 127.0.0.1:587 --auth PLAIN --auth-user ad1@example.org --auth-password secret --from ad1@example.org \
	--to $door --data /srv/answer.eml --hide-all
until_true test -e /var/mail/liaisons
cat /var/mail/liaisons
part stopped
until_true sh -c 'liaisonctl status --json | grep -q "\"outbox_due\": *0"'
kill $daemon
wait $daemon
echo "status $?"
liaisonctl verify
part down
sed 's/package-1/package-2/; s/on performance/on more performance/; s/TR-390/TR-391/' /tmp/statement.eml > /srv/second.eml
arrive /srv/second.eml
submit liaisons@bbf.example /srv/good.eml
part root
liaisonctl backup /var/backups/liaison
liaisonctl restore /var/backups/liaison
liaisonctl compact
liaisonctl verify
begin && echo 'up again'
until_true grep -q package-2 /var/mail/ippm
liaisonctl scan --record /var/mail/ippm | tail -2
kill $daemon
wait $daemon
stat -c '%U %n' /var/lib/liaison-milter/* /var/lib/liaison-milter/record/*
part log
cat /var/log/liaison.log
part removed
postfix stop 2>/dev/null
apt-get remove -y liaison-milter 2>&1 | tail -1
ls -d /usr/sbin/liaison-milter /usr/bin/liaisonctl /usr/libexec/liaison-milter /etc/liaison-milter/liaison-milter.conf \
	/var/lib/liaison-milter/record 2>/dev/null
part purged
apt-get purge -y liaison-milter 2>&1 | tail -1
find / -xdev '(' -path /proc -o -path /sys -o -path /tmp -o -path /var/backups ')' -prune -o -name '*liaison*' -print |
	grep -v -e '^/home/' -e '^/var/mail/' -e '^/var/log/' -e '^/var/cache/apt/' -e '^/var/spool/postfix/p'
part end
END

my $statement = <<'END';
From: Broadband Forum <liaisons@bbf.example>
To: ippm@ietf.org
Subject: LS on performance measurement
Message-ID: <package-1@bbf.example>
Date: Sat, 21 Nov 2026 10:00:00 +0000

Liaison-Statement: 1
From: Broadband Forum
To: IETF IPPM Working Group
Purpose: For information

The work on TR-390 is complete. No answer is needed.
END

# A copy without what is not in the tree: the build writes into its folder.
sub build_package {
	my $source = "$dir/source";
	for my $file (files_of(source_root())) {
		my ($path, $mode) = @$file;
		make_path(dirname("$source/$path"));
		copy(source_root() . "/$path", "$source/$path") or die "$path: $!\n";
		chmod oct(substr $mode, 3), "$source/$path";
	}
	my ($status, $output) = run_command(['sh', '-c', "cd $source && exec env -u BUILD -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -b -us -uc"],
		env => { DEB_BUILD_OPTIONS => 'nocheck noautodbgsym' }, seconds => 600);
	is($status, 0, 'the package builds') or diag(substr $output, -2000);
	my ($package) = glob "$dir/liaison-milter_*.deb";
	return $package;
}

my $package = build_package() or BAIL_OUT('no package');
my ($status, $told) = run_command(['lintian', '--fail-on', 'error,warning', $package], seconds => 120);
is($status, 0, 'lintian has nothing to say') or diag $told;

($status, $told) = run_command(['mmdebstrap', '--variant=minbase', '--include=postfix,swaks,iproute2',
	'--skip=cleanup/apt/lists', 'bookworm', $root], seconds => 400);
# What apt says where nobody answers.
my $unreachable = qr/Could not (?:resolve|connect)|Unable to connect|Temporary failure resolving|Network is unreachable|Connection (?:timed out|refused)/;
SKIP: {
skip "no Debian packages can be fetched from here: $&", 1 if $status != 0 && $told =~ $unreachable;
is($status, 0, 'a Debian of its own is there') or diag(substr $told, -2000);
}
if ($status != 0) {
	done_testing();
	exit;
}
copy($package, "$root/tmp/liaison-milter.deb") or die "$package: $!\n";
spew("$root/tmp/play", $script);
spew("$root/tmp/statement.eml", $statement);

sub inside {
	my ($seconds, @command) = @_;
	return run_command(['unshare', '--mount', '--pid', '--fork', '--kill-child', @command], seconds => $seconds);
}

($status, $told) = inside(400, 'chroot', $root, 'sh', '-c',
	'mount -t proc proc /proc; apt-get install -y --no-install-recommends /tmp/liaison-milter.deb');
is($status, 0, 'it installs with what it depends on') or diag(substr $told, -2000);
my $logins = LSM::Sasl->new("$root/var/spool/postfix/private/auth", { map { ("$_\@example.org" => 'secret') } qw(carol ad1) });
($status, $told) = inside(200, '--net', 'chroot', $root, 'sh', '/tmp/play');
my %part = $told =~ /^== (\w+)\n(.*?)(?=^== )/msg;
ok($told =~ /^== end$/m, 'all parts were played') or diag $told;

like($part{version}, qr/^liaison-milter \d/, 'it runs');
like($part{shipped}, qr/^mode = observe/m, 'what is shipped is right, and silent');
like($part{folders}, qr/^drwx------ liaison-milter liaison-milter .var.lib.liaison-milter$/m, 'the record is nobody else\'s');
like($part{folders}, qr/^drwx--s--- liaison-milter postfix .var.spool.postfix.liaison-milter$/m, 'Postfix reaches its socket');
like($part{trigger}, qr/^drwx--s--- liaison-milter postfix$/m, '... also where it is installed later');
like($part{enabled}, qr/wants.liaison-milter\.service/, 'the service is enabled');
unlike($part{enabled}, qr/liaison-milter\.socket/, '... by its own socket');
like($part{files}, qr/\Q$_\E/, "$_ is there") for qw(man1/liaisonctl.1.gz man5/liaison-milter.conf.5.gz
	man5/liaison-directory.conf.5.gz man8/liaison-milter.8.gz completions/liaisonctl completions/liaison-milter
	liaison-milter.socket postmaster.md README.Debian);
like($part{lines}, qr/^smtpd_milters = \{ unix:liaison-milter\/milter\.sock,/m, 'lines are printed, for a chroot');
unlike($part{lines} . $part{postfix}, qr/warning|fatal|error/, '... and Postfix takes them');
like($part{daemon}, qr/^srw-rw---- liaison-milter postfix$/m, 'the daemon listens, for Postfix\'s group');
like($part{mail}, qr/^status 0$/m, 'a statement is accepted') or diag $part{log};
like($part{list}, qr/^\w{5} .*\bin\b.*Broadband Forum/m, '... and on record') or diag $part{log};
like($part{delivered}, qr/^Purpose: For information$/m, '... and delivered');
unlike($part{delivered}, qr/^Liaison-(?:Record|Verdict):/m, '... unchanged');
like($part{enforced}, qr/^reloaded$/m, 'enforcing takes a reload');
like($part{faulty}, qr/^<\*\* 550 5\.6\.0 NOT a liaison statement/m, 'a faulty one is refused');
like($part{held}, qr/^<-  250 2\.0\.0 Ok.*\nnobody has it\n.*^LS-\S+  IPPM > Broadband Forum/ms, 'one that lacks approval is held');
like($part{approved}, qr/^Subject: LS on TR-390$/m, '... and goes out when a director replies') or diag $part{log};
like($part{stopped}, qr/^status 0$/m, 'it stops in order');
like($part{down}, qr/^status 0\n.*^<\*\* 4\d\d /ms, 'while it is down: from elsewhere accepted, submitted asked to come again');
like($part{root}, qr/^restored: .*^compacted: .*^up again$/ms, 'root can restore, compact and verify, and the daemon starts');
like($part{root}, qr/^ +1 +put on record\n.*^ +1 +were on record already\n/ms, '... what passed meanwhile is put on record');
unlike($part{root}, qr/^root \//m, '... nothing there is root\'s');
unlike($part{log}, qr/priority=(?:err|crit|alert)|Permission denied/, 'nothing went wrong on the way');
like($part{removed}, qr{^/etc/liaison-milter/liaison-milter\.conf\n/var/lib/liaison-milter/record$}m,
	'removed: settings and record stay, nothing else');
unlike($part{removed}, qr{^/usr/}m, '... no program');
unlike($part{purged}, qr{^/}m, 'purged: nothing stays');
done_testing();
