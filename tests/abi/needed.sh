#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: needed.sh LIBMINICTR LIBMINICTR-JAIL
# What only jails or profiles of system calls need is not loaded into a program that spawns, and
# libm, which would be needed for two formulas, not either.
set -eu
. "$(dirname "$0")/report.sh"

needed() {
	readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

report "$1 needs" "$(needed "$1" | grep -E '^lib(elf|z|m|minictr|json-c|seccomp)\.' || :)"
report "$2 needs" "$(needed "$2" | grep -E '^lib(cgroup|seccomp|json-c)' || :)"
report "$2 does not need" "$(missing_from "$(needed "$2")" "libelf.so.1 libminictr.so.0")"
exit $broken
