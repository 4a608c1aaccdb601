#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: pkgconfig.sh PREFIX WORK-DIRECTORY, with CC, LIBDIR and VERSION set
# Builds and runs a program by what pkg-config says of the installed library:
# shared, with the static library, and altogether static.
set -eu
. "$(dirname "$0")/report.sh"

source=$(dirname "$0")/consumer/consumer.c
prefix=$1
work=$2

export PKG_CONFIG_PATH="$prefix/$LIBDIR/pkgconfig"
export LD_LIBRARY_PATH="$prefix/$LIBDIR"
rm -rf "$work"
mkdir -p "$work"

needs_shared_library() {
	readelf -dW "$1" | grep -qF '[libminictr.so.0]'
}

# link NAME FLAGS...
link() {
	program=$work/$1
	shift
	said=$("$CC" "$source" -o "$program" "$@" 2>&1) && return
	report "can't link with $*" "$said"
	return 1
}

run() {
	said=$("$program" 2>&1) || report "$program failed" "status $? $said"
}

shared() {
	link shared $(pkg-config --cflags --libs minictr) || return 0
	needs_shared_library "$program" || report "not linked to libminictr.so.0" "$program"
	run
}

archive() {
	flags=$(pkg-config --static --cflags --libs minictr |
		sed 's/-lminictr\>/-l:libminictr.a/')
	link archive $flags || return 0
	! needs_shared_library "$program" || report "linked to libminictr.so.0" "$program"
	run
}

# Some systems have no static libcgroup.
whole() {
	echo 'int main(void) { return 0; }' >"$work/empty.c"
	"$CC" -static -o "$work/empty" "$work/empty.c" -lcgroup 2>/dev/null || return 0
	link whole -static $(pkg-config --static --cflags --libs minictr) || return 0
	run
}

version=$(pkg-config --modversion minictr)
[ "$version" = "$VERSION" ] || report "pkg-config --modversion says" "$version"
shared
archive
whole
exit $broken
