#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: man.sh MAN-DIRECTORY MAP...
# Every page renders without a warning, and every public function has one, which
# tells of it.
set -eu
. "$(dirname "$0")/report.sh"

directory=$1
shift
command -v man >/dev/null || skip "no man"

rendered() {
	LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -M "$directory" "$@"
}

# The file that a page is read from: itself, or what its only line names.
source_of() {
	named=$(sed -n '1s/^\.so //p' "$directory/man3/$1.3" 2>/dev/null) || :
	echo "${named:-man3/$1.3}"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -s "$directory/man1/minictr.1" ] || report "no such page" minictr.1
for page in minictr.1 minictr-limits.7 $(grep -L '^\.so' "$directory"/man3/* | sed 's|.*/||'); do
	report "man says of $page" \
		"$(rendered "${page##*.}" "${page%.*}" 2>&1 >"$work/$page" || echo "failed")"
done

functions=$(sed -n 's/^\t\(ctr_[a-z].*\);$/\1/p' "$@")
for function in $functions; do
	page=$(source_of "$function")
	grep -q "^   $function()\$" "$work/${page##*/}" 2>/dev/null ||
		report "man 3 $function tells nothing of" "$function()"
done
exit $broken
