#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: dump.sh LIBRARY COMPILER INCLUDE-DIRECTORY MAP
# Prints the library's interface as abidw(1) does: what a library would have that consists of
# the functions in the headers and nothing else. So it changes only when the interface does.
set -eu

library=$1
compiler=$2
include=$3
map=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Each prototype becomes a function.
printf '#include <minictr.h>\n#include <minictr/jail.h>\n' | "$compiler" -E -P -x c -I "$include" - | tr '\n' ' ' | tr ';' '\n' |
	sed -E 's/^.*[ *]ctr_[a-z0-9_]+\(.*\)$/& { __builtin_trap(); }/; t; s/$/;/' >minictr.c
"$compiler" -g -w -fPIC -shared -Wl,--version-script="$map" -Wl,-soname,$library.so.0 \
	-o $library.so.0 minictr.c
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-architecture --no-elf-needed \
	--no-parameter-names --type-id-style hash $library.so.0
