#!/bin/sh
# unpack.sh BUILD [FOLDER]: fetch the packages of conf/debian-unpacked (of one folder, or all), and unpack them below
# BUILD. What is there stays.
#
# Nothing is installed and no root is needed. Where packages cannot be fetched it says so and ends well: the tests
# that need them say that they are skipped.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${1:?usage: unpack.sh BUILD [FOLDER]}
only=${2:-}
mkdir -p "$build"
build=$(cd "$build" && pwd)

# Into the current folder.
fetch() {
	case $1 in
	*+)
		mkdir -p partial
		apt-get -qq -y -d -o Debug::NoLocking=1 -o Dir::Cache::archives="$PWD" --no-install-recommends \
			install "${1%+}"
		;;
	*) apt-get -qq download "$1" ;;
	esac
}

# Programs that change their group would run without LD_LIBRARY_PATH.
unpack() {
	for package in *.deb; do
		dpkg -x "$package" root
	done
	find root -perm /6000 -type f -exec chmod ug-s {} +
}

sed 's/#.*//' "$here/debian-unpacked" | while read -r folder packages; do
	if [ -z "$folder" ] || [ -d "$build/$folder" ] || [ "${only:-$folder}" != "$folder" ]; then
		continue
	fi
	echo "deps: fetching $folder: $packages"
	work=$(mktemp -d "$build/fetch-XXXXXX")
	cd "$work"
	if (for package in $packages; do fetch "$package" || exit 1; done) >log 2>&1 && unpack >>log 2>&1; then
		mv root "$build/$folder"
	else
		echo "deps: $folder cannot be fetched here; its tests will be skipped: $(tail -n 1 log)" >&2
	fi
	cd "$build"
	rm -rf "$work"
done
