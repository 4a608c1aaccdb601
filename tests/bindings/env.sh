# SPDX-License-Identifier: MIT
# For the scripts of this folder to read in with ".": with PREFIX, LIBDIR, WORK, SRC and CC
# set. What is built finds the installed library, and nothing is written but below WORK.

skip() {
	echo "skipped: $*"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "needs root"

export CC PKG_CONFIG_PATH="$PREFIX/$LIBDIR/pkgconfig" LD_LIBRARY_PATH="$PREFIX/$LIBDIR"
export HOME="$WORK/home" GOPATH="$WORK/go" GOCACHE="$WORK/go-cache" GOTMPDIR="$WORK/tmp"
export GOPROXY=off GOFLAGS="-mod=readonly -buildvcs=false" CGO_ENABLED=1
# go(1) does not see that a header has changed; a flag it does.
stamp=$(find "$PREFIX" -name '*.h' -exec cat {} + | cksum)
export CGO_CFLAGS="-g -O2 -DINSTALLED_${stamp%% *}"
export PYTHONPATH="$SRC/bindings/python" PYTHONDONTWRITEBYTECODE=1
mkdir -p "$HOME" "$GOTMPDIR"

# A root for the examples of the lecture: busybox, and the names of it that they use.
make_rootfs() {
	rm -rf "$WORK/rootfs"
	mkdir -p "$WORK/rootfs/bin"
	cp "$(command -v busybox)" "$WORK/rootfs/bin/busybox"
	for name in sh hostname ls sleep; do
		ln -s busybox "$WORK/rootfs/bin/$name"
	done
	export ROOTFS="$WORK/rootfs"
}

fail() {
	echo "$*"
	exit 1
}

# expect WHAT EXPECTED GOT
expect() {
	[ "$2" = "$3" ] || fail "$1: expected
$2
and got
$3"
}
