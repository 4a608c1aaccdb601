#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: hidden.sh SOURCE-DIRECTORY
# docs/security.md has the table of lib/spec/hidden.c, and the manual names its paths.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
code=$(sed -n 's/^	{ "\(\/[^"]*\)", \(true\|false\) },$/\1 \2/p' lib/spec/hidden.c |
	sed 's/ true$/ programs of privileged callers/; s/ false$/ every program/')
docs=$(sed -n '/^## The default root/,/^## Beside/s/^| `\([^`]*\)` | \(.*\) |$/\1 \2/p' \
	docs/security.md)

[ -n "$code" ] || report "lib/spec/hidden.c hides" "nothing"
[ "$code" = "$docs" ] || report "the table in docs/security.md should be" "$code"

manual=$(sed -n '/^# DEFAULT ROOT/,/^# EXIT/p' docs/man/minictr.1.scd | tr -d '\\')
header=$(sed -n '/^ \* ctr_spec_unmask() -/,/^int ctr_spec_unmask/p' include/minictr/mounts.h)
missing=$(echo "$code" | while read -r path _; do
	echo "$manual" | grep -qF -e "_${path}_" || echo "minictr.1.scd: $path"
	echo "$header" | grep -qF -e "$path" || echo "mounts.h: $path"
done)
report "what is hidden is not named in" "$missing"
exit $broken
