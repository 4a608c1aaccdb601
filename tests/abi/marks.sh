#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: marks.sh COMPILER SOURCE-DIRECTORY HELPER-FILE SOURCE...
# Where the compiler marks what is protected against jumps to wrong places, each object of
# ours is marked: the linker marks a library only if all of its objects are.
set -eu
. "$(dirname "$0")/report.sh"

compiler=$1
source=$2
helper_file=$3
shift 3

case $("$compiler" -dumpmachine) in
x86_64-*)
	option=-fcf-protection=full
	mark='x86 feature: .*IBT, SHSTK'
	;;
aarch64-*)
	option=-mbranch-protection=standard
	mark='AArch64 feature: .*BTI, PAC'
	;;
*) skip "this machine has no marks" ;;
esac
command -v readelf >/dev/null || skip "no readelf"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/compile" <<END
cd "$source/lib"
"$compiler" $option -c -w -O0 -fPIC -D_GNU_SOURCE -DCTR__VERSION='""' -I "$source/lib" \\
	-I "$source/include" -I "$source/cli" -DCTR_HELPER_FILE='"$helper_file"' \\
	-DCOMPLETION_DIR='"$source/cli/completion"' -o "$work/object\$(echo "\$1" | tr / _).o" "\$1"
END
said=$(printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh "$work/compile" 2>&1) ||
	report "does not compile" "$said"
for object in "$work"/*.o; do
	readelf -n "$object" | grep -q "$mark" || echo "${object##*/}"
done >"$work/unmarked"
report "not marked with $option" "$(cat "$work/unmarked")"
exit $broken
