#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: tree.sh SOURCE-DIRECTORY
# What holds for every file of the source tree.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"

# What is under version control; all there is in an unpacked release.
tracked() {
	if [ -e .git ]; then
		git -c safe.directory='*' ls-files
	else
		find . -name build -prune -o -type f -print | sed 's|^\./||'
	fi | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# Source, script or CMake: what the licence must be written in.
needs_licence() {
	case $1 in
	*.c | *.h | *.cc | *.S | *.map | *.sh | *.py | *.go | *.cmake | *.cmake.in) return 0 ;;
	CMakeLists.txt | */CMakeLists.txt) return 0 ;;
	esac
	[ "$(head -c 2 "$1" | tr -d '\0')" = '#!' ]
}

# The first line; the second of what begins with #!.
licence_line() {
	head -n 2 "$1" | grep -v '^#!' | head -n 1
}

expected_line() {
	licence=MIT
	case $1 in
	examples/*) licence=0BSD ;;
	esac
	case $1 in
	*.c | *.h | *.cc | *.S) echo "/* SPDX-License-Identifier: $licence */" ;;
	*.go) echo "// SPDX-License-Identifier: $licence" ;;
	*) echo "# SPDX-License-Identifier: $licence" ;;
	esac
}

unlicensed() {
	for file in $text; do
		needs_licence "$file" || continue
		[ "$(licence_line "$file")" = "$(expected_line "$file")" ] || echo "$file"
	done
}

# Of text files: what parsers are fed with (a corpus) may be anything.
found() {
	echo "$text" | xargs grep -InHE -e "$1" || :
}

unfinished() {
	for file in $text; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file"
	done
}

files=$(tracked)
[ -n "$files" ] || report "no files in" "$1"
text=$(echo "$files" | grep -v '/corpus/')
cr=$(printf '\r')

report "the first line is not the licence's that it should be" "$(unlicensed)"
report "carriage returns" "$(found "$cr")"
report "no newline at the end" "$(unfinished)"

# Source files that comments and pages name, by the end of their path.
named() {
	echo "$files" | grep -E '^(lib|include|cli|docs|tests)/.*\.([chS]|md)$|^[A-Z]*\.md$' | grep -v '^tests/abi/' |
		xargs grep -IhoE '[`(: ][a-z_]+(/[a-z_]+)*\.c([`;,. :)]|$)' |
		tr -d '`();,: ' | sed 's/\.$//' | grep -vE '^(fs|kernel|mm|net)/' | sort -u
}

report "names of source files that there are not" "$(
	for name in $(named); do
		echo "$files" | grep -qE "(^|/)$name\$" || echo "$name"
	done
)"

report "the first program of README.md is not examples/spawn.c" "$(
	sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' | diff - examples/spawn.c | grep '^[<>]' |
		grep -vE '^> /\* (SPDX|The shortest)' || :
)"

# Where it was built is nobody's business: neither this directory, nor those
# that build services and containers of developers use.
report "paths of a machine" "$(
	found '(^|[^A-Za-z0-9_.}])/(work|workspace|builds|tmp/[a-z])/'
	[ "$PWD" = / ] || echo "$text" | xargs grep -InHF -e "$PWD/" || :
)"
exit $broken
