#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: symbols.sh COMPILER INCLUDE-DIRECTORY MAP SHARED-LIBRARY STATIC-LIBRARY
# The public names are the same in the headers, in the map, in the shared
# library (each in the node that the map says) and in the static library.
set -eu
. "$(dirname "$0")/report.sh"

compiler=$1
include=$2
map=$3
shared=$4
static=$5

# The functions that the headers declare, without comments and macros.
declared() {
	printf '#include <%s>\n' "$@" | "$compiler" -E -P -x c -I "$include" - |
		tr -c 'A-Za-z0-9_(' '\n' | sed -n 's/^\(ctr_[a-z0-9_]*\)(.*/\1/p' | sort -u
}

# name@@node for each name; what is not understood comes out with a "?".
in_map() {
	awk '
	/^#/ || /^$/ { next }
	/^[A-Z]+_[0-9.]+ \{$/ { node = $1; part = ""; next }
	/^(global|local):$/ { part = $1; next }
	/^\tctr_[a-z0-9_]+;$/ && part == "global:" { sub(";", "", $1); print $1 "@@" node; next }
	/^\t\*;$/ && part == "local:" { next }
	/^\}( [A-Z]+_[0-9.]+)?;$/ { next }
	{ print "?line_" NR }
	' "$map" | sort
}

names() {
	sed 's/@.*//' | sort
}

in_headers=$(declared $(cd "$include" && find . -name '*.h' | sed 's|^\./||'))
[ -n "$in_headers" ] || report "no functions in" "$include"
same_names "the headers" "$in_headers" minictr.h "$(declared minictr.h)"

with_nodes=$(in_map)
same_names "the headers" "$in_headers" "$map" "$(echo "$with_nodes" | names)"

# The nodes themselves are symbols too, absolute ones.
exported=$(nm -D --defined-only "$shared" | awk '$2 != "A" { print $3 }')
same_names "$map" "$with_nodes" "$shared" "$exported"

# Who links it statically has all of its global names: ours are ctr_ or ctr__.
global=$(nm -g --defined-only "$static" | awk 'NF == 3 { print $3 }' | grep -v '^ctr__')
same_names "the headers" "$in_headers" "$static (and not ctr__)" "$global"

soname=$(readelf -dW "$shared" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
same_names "what programs link to" libminictr.so.0 "the SONAME of $shared" "$soname"
exit $broken
