#!/bin/sh
# deps.sh [--all] [--list]: install what the tree needs on Debian 12, and nothing else.
# --all: also what only the long tests need. --list: only say what is missing.
#
# Never removes a package: the installation is simulated first, and when apt would
# remove anything (an installed mail server, mostly) it stops and says so. Postfix is
# preseeded as "No configuration", and while packages are unpacked no service starts.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
lists=$here/debian-packages
if [ "${1:-}" = --all ]; then
	lists="$lists $here/debian-packages-all"
	shift
fi
wanted=$(sed 's/#.*//' $lists | tr -s ' \t\n' ' ')
missing=
for package in $wanted; do
	status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
	case $status in ii*) ;; *) missing="$missing $package" ;; esac
done

if [ -z "$missing" ]; then
	echo "deps: all packages are there"
	exit 0
fi
if [ "${1:-}" = --list ]; then
	echo "deps: to install:$missing"
	exit 0
fi
if [ "$(id -u)" != 0 ]; then
	echo "deps: not root; as root, run: apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
simulate() { apt-get -s -qq --no-install-recommends install $missing; }
if ! plan=$(simulate 2>/dev/null); then
	apt-get -qq update
	plan=$(simulate)
fi
removed=$(printf '%s\n' "$plan" | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
if [ -n "$removed" ]; then
	echo "deps: stopped, nothing was changed: installing$missing would remove: $removed" >&2
	echo "deps: (usually another mail server). Use a machine or container without it." >&2
	exit 1
fi

# Services of freshly unpacked packages must not start: policy-rc.d answers 101 ("not allowed").
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
	made_policy=yes
fi
trap '[ -z "$made_policy" ] || rm -f $policy' EXIT INT TERM
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
apt-get -qq -y --no-remove --no-install-recommends install $missing </dev/null
echo "deps: done"
