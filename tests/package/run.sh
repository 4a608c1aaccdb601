#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh SOURCE-DIRECTORY DIRECTORY
# Both, one after the other.
set -eu
. "$(dirname "$0")/../abi/report.sh"

for program in dpkg-buildpackage dh lintian; do
	command -v $program >/dev/null || skip "no $program"
done
sh "$(dirname "$0")/build.sh" "$1" "$2"
exec sh "$(dirname "$0")/try.sh" "$2"
