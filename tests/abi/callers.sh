#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: callers.sh SOURCE-DIRECTORY
# Each public function has a caller in the tests. A setter of a spec or of a part of it has a row
# in setters.def, or is compared with a clone in test_clone.c, and its failure is looked for in
# test_failed.c. Each function runs on a small stack, in test_stack.c or by its row; that looks at
# nothing else and so is no caller for the first rule.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
public=$(sed -n 's/^	\(ctr_[a-z][a-z0-9_]*\);$/\1/p' lib/minictr.map lib/minictr-jail.map)
stack=tests/container/test_stack.c
clone=tests/spec/test_clone.c
failed=tests/spec/test_failed.c
rows=tests/support/setters.def

# The names that the code of these files has, comments and strings left out.
names_in() {
	sed -e 's|//.*||' -e 's|"\([^"\\]\|\\.\)*"||g' -e 's|/\*.*\*/||' -e 's|^[ 	]*/\?\*.*||' "$@" |
		tr -c 'A-Za-z0-9_' '\n' | grep '^ctr_' | sort -u
}

# The setters of rows that begin with one of these words.
rows_of() {
	sed -n "s/^\($1\)(\([a-z_]*\), .*/ctr_\2/p" $rows
}

[ -n "$public" ] || report "no names in" lib/minictr.map
called=$(rows_of '[A-Z]*'; names_in $(find tests -name '*.c' ! -path "$stack" | sort))
report "no test calls" "$(missing_from "$called" "$public")"

setters=$(echo "$public" |
	grep -E '^ctr_((spec|process)_(set|unset|add|drop|inherit|join|unmask)|limits_(set|allow)|idmap_add)')
report "neither $rows nor $clone compares what is set by" \
	"$(missing_from "$(rows_of 'SETTER\|TAKER'; names_in "$clone")" "$setters")"
report "neither $rows nor $failed has" \
	"$(missing_from "$(rows_of '[A-Z]*'; names_in "$failed")" "$setters")"
report "neither $rows nor $stack runs" \
	"$(missing_from "$(rows_of 'SETTER\|TAKER\|PLAIN'; names_in "$stack")" "$public")"
exit $broken
