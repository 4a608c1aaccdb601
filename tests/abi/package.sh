#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: package.sh PREFIX WORK-DIRECTORY, with CC set
# Builds and runs a CMake project that finds the installed package: in C and
# C++, with the shared and the static library.
set -eu
. "$(dirname "$0")/report.sh"

source=$(dirname "$0")/consumer
prefix=$1
work=$2

command -v c++ >/dev/null || skip "no C++ compiler"
rm -rf "$work"
mkdir -p "$work"
said=$(cmake -S "$source" -B "$work" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$CC" 2>&1 &&
	cmake --build "$work" 2>&1) || {
	report "the project does not build" "$said"
	exit 1
}

for program in c-minictr cc-minictr c-minictr-static cc-minictr-static minictr-jail \
	minictr-jail-static; do
	linked=$(readelf -dW "$work/$program" | grep -F '[libminictr.so.0]' || :)
	case $program in
	*-static) report "$program is linked to the shared library" "$linked" ;;
	*) [ -n "$linked" ] || report "not linked to libminictr.so.0" "$program" ;;
	esac
	said=$("$work/$program" 2>&1) || report "$program failed" "status $? $said"
done
exit $broken
