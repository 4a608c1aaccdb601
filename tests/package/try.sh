#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: try.sh DIRECTORY
# Installs the packages that build.sh made there in a minimal Debian tree, with what they
# depend on, and tries them: inside.sh. All mounts are in a namespace that ends with it.
set -eu
. "$(dirname "$0")/../abi/report.sh"

here=$(cd "$(dirname "$0")" && pwd)
tree=$1/tree

if [ "${2-}" = --enter ]; then
	mount --bind "$tree" "$tree"
	mount -t proc proc "$tree/proc"
	mount --rbind /sys "$tree/sys"
	mount --rbind /dev "$tree/dev"
	cd "$tree"
	pivot_root . .
	umount -l .
	exec chroot . sh /packages/inside.sh
fi

[ "$(id -u)" = 0 ] || skip "a tree of Debian needs root"
command -v mmdebstrap >/dev/null || skip "no mmdebstrap"
release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
	'Created-By: Packages' 'Origin: Debian' | sort -u >"$1/sources.list"
[ -s "$1/sources.list" ] || skip "apt knows of no mirror of Debian's; apt-get update?"
apt-config dump | grep -E '^Acquire::(Check-|https?::)' >"$1/apt.conf" || :

trap 'rm -rf --one-file-system "$tree"' EXIT
rm -rf --one-file-system "$tree"
if ! mmdebstrap --variant=minbase --skip=cleanup/apt --aptopt="$1/apt.conf" \
	--dpkgopt=force-unsafe-io "$release" "$tree" "$1/sources.list" >"$1/tree.log" 2>&1; then
	! grep -qE 'Could not (resolve|connect)|Unable to connect|Temporary failure|Failed to fetch' \
		"$1/tree.log" || skip "no mirror of Debian's is in reach: $(grep -m 1 '^E:' "$1/tree.log")"
	report "mmdebstrap says" "$(tail -n 20 "$1/tree.log")"
	exit 1
fi

mkdir "$tree/packages"
cp "$1"/*.deb "$here/inside.sh" "$here/../abi/consumer/consumer.c" \
	"$here/../abi/consumer/jail.c" "$tree/packages"
unshare --mount --pid --fork --kill-child --propagation private sh "$0" "$1" --enter
