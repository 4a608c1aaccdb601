#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: child.sh OBJECT...: all objects that the child runs.
# A child that shares its host's memory calls nothing but its own code: no
# errno, no thread-local storage, no canary, nothing that sanitizers add.
set -eu
. "$(dirname "$0")/report.sh"

# What compilers call of their own accord, and strlen(3): they work on their
# arguments and nothing else.
allowed='memcmp memcpy memmove memset strlen'

# Where clone(2) enters: their objects must be among these.
entry='ctr__run_child ctr__image_child'

[ $# -gt 0 ] || report "no objects" "none given"
defined=$(nm -g --defined-only "$@" | awk 'NF == 3 { print $3 }')
report "the child's first function is not in child code" "$(missing_from "$defined" "$entry")"

for object in "$@"; do
	undefined=$(nm -u "$object" | awk 'NF == 2 { print $2 }')
	report "$object needs, and child code does not have" \
		"$(missing_from "$defined $allowed" "$undefined")"
	report "$object uses thread-local storage" \
		"$(readelf -rsW "$object" | grep -E 'TLS|TPOFF|DTPOFF|GOTTP' || :)"
done
exit $broken
