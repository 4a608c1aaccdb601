#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: abi.sh NAME LIBRARY
# The library has the interface that is written down in NAME.abi, no more and no less.
# Programs that were linked to it before go on working, or somebody has decided otherwise.
set -eu
. "$(dirname "$0")/report.sh"

known=$(dirname "$0")/$1.abi
library=$2
private=$(dirname "$0")/private.abignore
command -v abidiff >/dev/null || skip "no abidiff"

differences=$(abidiff --no-architecture --suppressions "$private" "$known" "$library") && exit 0
if abidiff --no-architecture --no-added-syms --suppressions "$private" "$known" "$library" >/dev/null; then
	report "added since; \"./dev abi\" writes it down" "$differences"
else
	report "programs that are linked to the library can break by this; where that is meant, before
the first release, \"./dev abi\" writes it down" "$differences"
fi
exit $broken
