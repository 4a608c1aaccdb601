#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: errors.sh SOURCE-DIRECTORY
# docs/errors.md has a section for each code, with its number and its word, and
# what the library says about causes: each such text, and none that it does not.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
page=docs/errors.md
# seccomp_print.c is a program of the build; a probe tells findings, not errors.
sources="lib/base/error.c lib/base/json.c lib/base/library.c $(find lib/jail lib/primitives lib/cgroup lib/spec lib/compile lib/container -name '*.c' ! -name seccomp_print.c ! -name extra.c)"

words=$(sed -n 's/^\t\[\(CTR_E_[A-Z_]*\)\] = "\(.*\)",$/\1 \2/p' lib/base/error.c)
codes=$(sed -n 's/^#define \(CTR_E_[A-Z_]*\) \([0-9]*\).*/\1 \2/p' include/minictr/error.h |
	while read -r name number; do
		echo "## $name ($number, \`$(echo "$words" | sed -n "s/^$name //p")\`)"
	done)
same="$(grep '^## ' $page)"
[ "$codes" = "$same" ] || report "the sections of $page should be" "$codes"

# What a string of C says, a line each; a conversion of printf(3) is a "…".
texts=$(awk '
function flush() {
	gsub(/%(ll|z)?[sdux]/, "…", text)
	gsub(/\\"/, "\"", text)
	gsub(/\\\\/, "\\", text)
	if (text ~ / /)
		print text
	text = ""
}
{
	sub(/\/\*.*/, "")
	rest = $0
	while (match(rest, /"([^"\\]|\\.)*"/)) {
		between = substr(rest, 1, RSTART - 1)
		if (between !~ /^[ \t]*$/)
			flush()
		text = text substr(rest, RSTART + 1, RLENGTH - 2)
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (rest !~ /^[ \t]*$/)
		flush()
}' $sources)

# The first column of the tables.
told=$(sed -n 's/^| \([^|]*[^ |]\) *|.*/\1/p' $page | grep -vE '^(hint|---)$')

unknown=$(echo "$told" | while IFS= read -r line; do
	echo "$texts" | grep -qxF -e "$line" || echo "$line"
done)
report "$page tells of what the library does not say" "$unknown"

# Causes are sentences; what is shorter names a step, and what begins otherwise is
# what a value is expected to be.
silent=$(echo "$texts" | grep -E '.{30}' | grep -E "^(it|its|the|there|this|a target|another|a symbolic|only|nobody|somebody|creating|mounting|changing|processes|… is) " |
	while IFS= read -r line; do
		echo "$told" | grep -qxF -e "$line" || echo "$line"
	done)
report "$page does not tell of" "$silent"
exit $broken
