#!/bin/sh
# SPDX-License-Identifier: MIT
# That skips.sh counts what was skipped, and fails where it has to.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/list" <<'END'
# a comment
one | no * | ! installed "${reason#no }"
*  |  never here  |  false
* | always good | true
END

# expect STATUS LAST-LINE: with the log that is read from standard input.
expect() {
	cat >"$work/log"
	got=0
	sh "$here/skips.sh" "$work/list" "$work/log" >"$work/said" || got=$?
	[ "$got" = "$1" ] && [ "$(tail -n 1 "$work/said")" = "$2" ] && return
	echo "expected status $1 and \"$2\", got status $got and:"
	cat "$work/said"
	exit 1
}

expect 0 "0 skipped" <<'END'
1/1 Test: one
END
expect 0 "3 skipped" <<'END'
1/2 Test: one
skipped: no such-program
SKIPPED: always good
2/2 Test: two
SKIPPED: always good
END
expect 1 "1 skipped" <<'END'
1/1 Test: one
SKIPPED: no sh
END
expect 1 "1 skipped" <<'END'
1/1 Test: two
SKIPPED: never here
END
expect 1 "1 skipped" <<'END'
1/1 Test: two
SKIPPED: no such-program
END

# Each line of the real list has its three parts, and a condition that the shell can read.
grep -v -e '^#' -e '^$' "$here/skips.txt" | while IFS='|' read -r tests reasons condition; do
	[ -n "$tests" ] && [ -n "$reasons" ] && sh -n -c "$condition" || {
		echo "not a line of the list: $tests|$reasons|$condition"
		exit 1
	}
done
