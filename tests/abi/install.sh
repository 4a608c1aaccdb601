#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: install.sh SOURCE-DIRECTORY BUILD-DIRECTORY PREFIX
# with BINDIR, DATADIR, INCLUDEDIR, LIBDIR, MANDIR, CONFIG and VERSION set as by CMake.
# Installs what was built below PREFIX, which is emptied; installed.txt says
# what is there then. The other tests of the package work on that.
set -eu
. "$(dirname "$0")/report.sh"

list=$(dirname "$0")/installed.txt
source=$1
build=$2
prefix=$3

rm -rf "$prefix"
cmake --install "$build" --prefix "$prefix" >/dev/null

expected=$(sed -e "s|^BINDIR|$BINDIR|" -e "s|^DATADIR|$DATADIR|" \
	-e "s|^INCLUDEDIR|$INCLUDEDIR|" -e "s|^LIBDIR|$LIBDIR|" -e "s|^MANDIR|$MANDIR|" \
	-e "s|CONFIG|$CONFIG|" -e "s|VERSION|$VERSION|" "$list")
# A page for each function.
for function in $(sed -n 's/^\t\(ctr_[a-z].*\);$/\1/p' "$source"/lib/*.map); do
	expected="$expected
$MANDIR/man3/$function.3"
done
expected=$(echo "$expected" | grep -v '/FUNCTION\.3$')
installed=$(cd "$prefix" && find . ! -type d | sed 's|^\./||' | sort)
same_names "$list" "$expected" "$prefix" "$installed"

# It works where it was not built. (Debugging information names its sources.)
report "installed files that name the directories of the build" \
	"$(grep -rlIF -e "$source/" -e "$build/" "$prefix" || :)"
report "installed programs that look for libraries elsewhere" \
	"$(readelf -dW "$prefix/$BINDIR/minictr" "$prefix/$LIBDIR"/libminictr*.so |
		grep -E 'RPATH|RUNPATH' || :)"

said=$("$prefix/$BINDIR/minictr" --version)
[ "$said" = "minictr $VERSION" ] || report "minictr --version says" "$said"
exit $broken
