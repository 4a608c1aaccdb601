#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: symbols.sh LIBRARY COMPILER INCLUDE-DIRECTORY MAP SHARED-LIBRARY STATIC-LIBRARY
# The public names are the same in the headers, in the map, in the shared
# library (each in the node that the map says) and in the static library. Those of
# libminictr-jail begin with ctr_jail_, and no others do. Names with ctr__ are for it alone, in
# a node of their own.
set -eu
. "$(dirname "$0")/report.sh"

library=$1
compiler=$2
include=$3
map=$4
shared=$5
static=$6

own_names() {
	case $library in
	libminictr-jail) grep '^ctr_jail_' ;;
	*) grep -v '^ctr_jail_' ;;
	esac
}

# The functions that the headers declare, without comments and macros.
declared() {
	printf '#include <%s>\n' "$@" | "$compiler" -E -P -x c -I "$include" - |
		tr -c 'A-Za-z0-9_(' '\n' | sed -n 's/^\(ctr_[a-z0-9_]*\)(.*/\1/p' | own_names | sort -u
}

# name@@node for each name; what is not understood comes out with a "?".
in_map() {
	awk '
	/^#/ || /^$/ { next }
	/^[A-Z_]+_[0-9.]+ \{$/ { node = $1; part = ""; next }
	/^(global|local):$/ { part = $1; next }
	/^\tctr_[a-z0-9_]+;$/ && part == "global:" { sub(";", "", $1); print $1 "@@" node; next }
	/^\t\*;$/ && part == "local:" { next }
	/^\}( [A-Z_]+_[0-9.]+)?;$/ { next }
	{ print "?line_" NR }
	' "$map" | sort
}

names() {
	sed 's/@.*//' | sort
}

in_headers=$(declared $(cd "$include" && find . -name '*.h' | sed 's|^\./||'))
[ -n "$in_headers" ] || report "no functions in" "$include"
[ $library != libminictr ] ||
	same_names "the headers" "$in_headers" minictr.h "$(declared minictr.h)"

with_nodes=$(in_map)
same_names "the headers" "$in_headers" "$map" "$(echo "$with_nodes" | names | grep -v '^ctr__')"

# The nodes themselves are symbols too, absolute ones.
report "private names in a public node, or public ones in the private node" \
	"$(echo "$with_nodes" | grep -E '^ctr__.*@@LIBMINICTR_[0-9J]|^ctr_[a-z].*_PRIVATE_' || :)"
exported=$(nm -D --defined-only "$shared" | awk '$2 != "A" { print $3 }')
same_names "$map" "$with_nodes" "$shared" "$exported"

# Who links it statically has all of its global names: ours are ctr_ or ctr__.
global=$(nm -g --defined-only "$static" | awk 'NF == 3 { print $3 }' | grep -v '^ctr__')
same_names "the headers" "$in_headers" "$static (and not ctr__)" "$global"

soname=$(readelf -dW "$shared" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
same_names "what programs link to" $library.so.0 "the SONAME of $shared" "$soname"
exit $broken
