#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: v1_only.sh PROGRAM [ARG...]
# Runs it in a mount namespace in which no cgroup v2 hierarchy is mounted. Exits with 77
# where that leaves none at all.
set -eu

if [ "${1:-}" = --inside ]; then
	shift
	while mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts) && [ "$mount" ]; do
		umount "$mount"
	done
	exec "$@"
fi
skip() {
	echo "SKIPPED: $*"
	exit 77
}
[ "$(id -u)" = 0 ] || skip "a mount namespace needs root"
awk '$3 == "cgroup" { n++ } END { exit n == 0 }' /proc/self/mounts || skip "no cgroup v1 here"
exec unshare --mount --propagation private "$0" --inside "$@"
