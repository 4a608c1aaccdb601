#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: debian.sh SOURCE-DIRECTORY VERSION
# What cmake/debian repeats is what it is elsewhere: the version.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
version=$(sed -n '1s/.*(\([0-9.]*\).*/\1/p' cmake/debian/changelog)
[ "$version" = "$2" ] || report "not $2, the version in cmake/debian/changelog" "$version"
grep -q "^LIBMINICTR_PRIVATE_$2 {\$" lib/minictr.map ||
	report "not $2, the version of the private node of lib/minictr.map" "$(grep PRIVATE lib/minictr.map)"
exit $broken
