#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: machine.sh COMPILER SOURCE-DIRECTORY
# A machine of 32 bits is refused when the build is configured, and told why.
set -eu
. "$(dirname "$0")/report.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo >"$work/empty.c"
"$1" -m32 -c -o "$work/empty.o" "$work/empty.c" 2>"$work/said" || skip "the compiler is for one kind of machine"
# A program could not be linked, for want of libraries.
if cmake -S "$2" -B "$work/build" -DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS=-m32 \
	-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY >"$work/said" 2>&1; then
	report "a machine of 32 bits" "is taken"
fi
grep -q 'needs a machine of 64 bits' "$work/said" || report "not the reason" "$(cat "$work/said")"
exit $broken
