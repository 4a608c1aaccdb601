#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: headers.sh COMPILER INCLUDE-DIRECTORY
# Each public header compiles as the first thing of a file, and twice, in
# strict C99 and C++17.
set -eu
. "$(dirname "$0")/report.sh"

compiler=$1
include=$2

command -v "$compiler" >/dev/null || skip "no $compiler"
case $compiler in
*++) options="-x c++ -std=c++17" ;;
*) options="-x c -std=c99 -Wstrict-prototypes" ;;
esac

headers=$(cd "$include" && find . -name '*.h' | sed 's|^\./||' | sort)
[ -n "$headers" ] || report "no headers in" "$include"
for header in $headers; do
	said=$(printf '#include <%s>\n' "$header" "$header" |
		"$compiler" $options -pedantic -Wall -Wextra -Werror -fsyntax-only \
			-I "$include" - 2>&1) ||
		report "$header does not compile with $compiler $options" "$said"
done
exit $broken
