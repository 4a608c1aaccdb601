#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: classes.sh SOURCE-DIRECTORY
# docs/security-classes.md names a test for each class; each of them exists, and is one
# that its program runs.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
page=docs/security-classes.md

# The tests of a program: defined, and added to a case. One name a line, with what it is.
known=$(find tests -name 'test_*.c' | sort | while read -r file; do
	tr -s '\n\t ' '   ' <"$file" | awk '{
		rest = $0
		while (match(rest, /(START_TEST|TEST_IN_CHILD)\(test_[a-z0-9_]+\)/)) {
			word = substr(rest, RSTART, RLENGTH)
			gsub(/.*\(|\)/, "", word)
			defined[word] = 1
			rest = substr(rest, RSTART + RLENGTH)
		}
		rest = $0
		while (match(rest, /tcase_add_(loop_)?test\( ?[a-z]+, test_[a-z0-9_]+/)) {
			word = substr(rest, RSTART, RLENGTH)
			sub(/.*, /, "", word)
			if (word in defined)
				print word
			rest = substr(rest, RSTART + RLENGTH)
		}
	}'
done)
twice=$(echo "$known" | sort | uniq -d)
named=$(grep -o 'test_[a-z0-9_]*__[a-z0-9_]*' $page | sort -u)

[ -n "$named" ] || report "$page names" "no test"
report "$page names tests that there are not" "$(missing_from "$known" "$named")"
report "$page names tests of which there are several" "$(echo "$named" |
	while read -r name; do echo "$twice" | grep -xF -e "$name" || :; done)"

# Each row of the tables but those of what is not in reach.
rows=$(awk '/^## Not covered/ { exit } /^\| [^-]/ && !/^\| class / { print }' $page)
report "classes without a test" "$(echo "$rows" | grep -v 'test_' || :)"
report "classes without a protection" "$(echo "$rows" |
	awk -F '|' 'NF != 5 || $4 ~ /^ *$/ { print }')"
exit $broken
