#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: dump.sh COMPILER INCLUDE-DIRECTORY MAP
# Prints the library's interface as abidw(1) does: what a library would have that consists of
# the functions in the headers and nothing else. So it changes only when the interface does.
set -eu

compiler=$1
include=$2
map=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Each prototype becomes a function.
echo '#include <minictr.h>' | "$compiler" -E -P -x c -I "$include" - | tr '\n' ' ' | tr ';' '\n' |
	sed -E 's/^.*[ *]ctr_[a-z0-9_]+\(.*\)$/& { __builtin_trap(); }/; t; s/$/;/' >minictr.c
"$compiler" -g -w -fPIC -shared -Wl,--version-script="$map" -Wl,-soname,libminictr.so.0 \
	-o libminictr.so.0 minictr.c
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-architecture --no-elf-needed \
	--no-parameter-names --type-id-style hash libminictr.so.0
