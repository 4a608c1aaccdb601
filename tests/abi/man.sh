#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: man.sh MAN-PAGE
# The man page renders without a warning.
set -eu
. "$(dirname "$0")/report.sh"

command -v man >/dev/null || skip "no man"
[ -s "$1" ] || report "no such page" "$1"
report "man says of $1" \
	"$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l "$1" 2>&1 >/dev/null || echo "failed")"
exit $broken
