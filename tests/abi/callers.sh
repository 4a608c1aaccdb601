#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: callers.sh SOURCE-DIRECTORY
# Each public function has a caller in the tests. A setter of a spec is compared with a clone
# in test_clone.c, and its failure is looked for in test_failed.c. Each function runs on a small stack in test_stack.c, which looks at nothing
# else and so is no caller for the first rule.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
public=$(sed -n 's/^	\(ctr_[a-z][a-z0-9_]*\);$/\1/p' lib/minictr.map lib/minictr-jail.map)
stack=tests/container/test_stack.c
clone=tests/spec/test_clone.c
failed=tests/spec/test_failed.c

# The names that the code of these files has, comments and strings left out.
names_in() {
	sed -e 's|//.*||' -e 's|"\([^"\\]\|\\.\)*"||g' -e 's|/\*.*\*/||' -e 's|^[ 	]*/\?\*.*||' "$@" |
		tr -c 'A-Za-z0-9_' '\n' | grep '^ctr_' | sort -u
}

[ -n "$public" ] || report "no names in" lib/minictr.map
called=$(names_in $(find tests -name '*.c' ! -path "$stack" | sort))
report "no test calls" "$(missing_from "$called" "$public")"

setters=$(echo "$public" |
	grep -E '^ctr_(spec_(set|unset|add|drop|inherit|join|unmask)|limits_(set|allow)|idmap_add)')
report "$clone does not compare what is set by" \
	"$(missing_from "$(names_in "$clone")" "$setters")"
report "$failed does not have" "$(missing_from "$(names_in "$failed")" "$setters")"
report "$stack does not run" "$(missing_from "$(names_in "$stack")" "$public")"
exit $broken
