#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: seccomp.sh SOURCE-DIRECTORY
# docs/seccomp.md lists what lib/primitives/seccomp_names.h says of each call, and seccomp.c of
# arguments: the same groups, the same calls, in the same order.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
page=docs/seccomp.md
source=lib/primitives/seccomp

# "group: calls", a line each.
in_source=$(awk '
# The names in an array, from its first line on.
function flush() {
	gsub(/[ \t\n,]+/, " ", items)
	sub(/^ /, "", items)
	sub(/ $/, "", items)
	print array ": " items
	array = ""
}

/^static const (char|uint32_t|uint64_t) [a-z_]+\[\] =/ {
	array = $4
	sub(/\[\]/, "", array)
	items = ""
	text = (/ char /)
	sub(/^[^=]*=/, "")
}

array != "" {
	line = $0
	if (text) {
		while (match(line, /"[^"]*"/)) {
			items = items substr(line, RSTART + 1, RLENGTH - 2)
			line = substr(line, RSTART + RLENGTH)
		}
	} else {
		gsub(/[{};|]/, "", line)
		items = items " " line
	}
	if (/;$/)
		flush()
}

match($0, /^\t\{ CAP_[A-Z_]+, "[a-z0-9_]+" \},$/) {
	split($0, part, /[ ,"]+/)
	if (!(part[2] in with))
		order[++n] = part[2]
	with[part[2]] = with[part[2]] " " part[3]
}

END {
	for (i = 1; i <= n; i++)
		print order[i] ":" with[order[i]]
}' ${source}_names.h $source.c | sort)

# Rows of three cells whose first is a name.
in_page=$(sed -n 's/^| \([A-Za-z_]*\) | [^|]* | \([^|]*\) |$/\1: \2/p' $page |
	grep -v '^\(group\|capability\|what\): ' | sort)

# A call for each of the lines, with its group.
only_in() {
	split_lines "$1" | while IFS= read -r line; do
		split_lines "$2" | grep -qxF -e "$line" || echo "$line"
	done
}

split_lines() {
	echo "$1" | awk '{ for (i = 2; i <= NF; i++) print $1, $i }'
}

[ -n "$in_source" ] || report "no calls in" "$source*"
[ "$in_source" = "$in_page" ] || {
	report "what only $source* says" "$(only_in "$in_source" "$in_page")"
	report "what only $page says" "$(only_in "$in_page" "$in_source")"
}
exit $broken
