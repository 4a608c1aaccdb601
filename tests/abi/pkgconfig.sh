#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: pkgconfig.sh PREFIX WORK-DIRECTORY, with CC, LIBDIR and VERSION set
# Builds and runs a program by what pkg-config says of the installed library:
# shared, with the static library, and altogether static. The last one is an example too,
# which spawns a container.
set -eu
. "$(dirname "$0")/report.sh"

source=$(dirname "$0")/consumer/consumer.c
jail=$(dirname "$0")/consumer/jail.c
example=$(dirname "$0")/../../examples/spawn.c
prefix=$1
work=$2

export PKG_CONFIG_PATH="$prefix/$LIBDIR/pkgconfig"
export LD_LIBRARY_PATH="$prefix/$LIBDIR"
rm -rf "$work"
mkdir -p "$work"

needs_shared_library() {
	readelf -dW "$1" | grep -qF '[libminictr.so.0]'
}

# link NAME SOURCE FLAGS...
link() {
	program=$work/$1
	shift
	said=$("$CC" -o "$program" "$@" 2>&1) && return
	report "can't link with $*" "$said"
	return 1
}

run() {
	said=$("$program" 2>&1) || report "$program failed" "status $? $said"
}

shared() {
	link shared "$source" $(pkg-config --cflags --libs minictr) || return 0
	needs_shared_library "$program" || report "not linked to libminictr.so.0" "$program"
	run
}

# libelf comes with what needs it alone.
shared_jail() {
	link shared_jail "$jail" $(pkg-config --cflags --libs minictr-jail) || return 0
	run
	report "a program that spawns needs" "$(ldd "$work/shared" | grep -E 'lib(elf|z)\.' || :)"
}

archive() {
	flags=$(pkg-config --static --cflags --libs minictr |
		sed 's/-lminictr\>/-l:libminictr.a/')
	link archive "$source" $flags || return 0
	! needs_shared_library "$program" || report "linked to libminictr.so.0" "$program"
	run
}

# No library is looked for when it starts, nor anything that looks for them.
whole() {
	link "$1" "$2" -static $(pkg-config --static --cflags --libs "${3-minictr}") || return 0
	report "$program is not static" "$(readelf -ldW "$program" | grep -E 'INTERP|NEEDED' || :)"
	env -u LD_LIBRARY_PATH "$program" >"$work/said" 2>&1 ||
		report "$program failed" "status $? $(cat "$work/said")"
}

# Some systems have no static libraries of these.
can_be_static() {
	echo 'int main(void) { return 0; }' >"$work/empty.c"
	"$CC" -static -o "$work/empty" "$work/empty.c" \
		$(pkg-config --static --libs $(pkg-config --print-requires-private minictr minictr-jail)) 2>/dev/null
}

version=$(pkg-config --modversion minictr)
[ "$version" = "$VERSION" ] || report "pkg-config --modversion says" "$version"
shared
shared_jail
archive
[ $broken = 0 ] || exit $broken
can_be_static || skip "no static libraries of what it needs"
whole whole "$source"
whole whole_jail "$jail" minictr-jail
whole example "$example"
grep -q 'ps -ef' "$work/said" || report "the static example prints" "$(cat "$work/said")"
exit $broken
