#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh [--tree] WORK-DIRECTORY KERNEL-ARGUMENTS PROGRAM...
# Runs test programs as root in a virtual machine with Debian's own kernel, whose layout of
# control groups is another one than this machine's: pure v2 with "cgroup_no_v1=all". Its
# processor is of the kind that the first program, load, is for: x86-64 or arm64. Its other programs
# are busybox's alone, or with --tree those of a small Debian, which has overlayfs too. What is
# not named test_* is copied only, and may be a directory. Exits as the first program that
# fails, with 77 if there is no way to have the machine.
set -eu

tree=
if [ "$1" = --tree ]; then
	tree=1
	shift
fi
work=$1
arguments=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
	echo "SKIPPED: $*"
	exit 77
}

# The field e_machine of the program's header.
case $(od -An -tx1 -j18 -N2 "$1" | tr -d ' ') in
3e00)
	architecture=amd64
	qemu=qemu-system-x86_64
	# What a newer processor has is dearer to emulate: copies byte by byte, a fifth level of page
	# tables, bits that change how each access is checked.
	machine_options="-M pc,hpet=off -cpu Nehalem"
	# On a busy machine the kernel measures the counter wrong, and its clock is ten times too fast.
	arguments="$arguments tsc_early_khz=$("$1" tsc)"
	console=ttyS0
	emulator=
	;;
b700)
	architecture=arm64
	qemu=qemu-system-aarch64
	machine_options="-M virt -cpu max"
	console=ttyAMA0
	emulator=qemu-aarch64-static
	;;
*) skip "no virtual machine for this architecture" ;;
esac

PATH=$PATH:/usr/sbin:/sbin
for tool in $qemu $emulator cpio depmod mkfs.ext4; do
	command -v $tool >/dev/null || skip "no $tool"
done
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is started on x86-64 alone"

mkdir -p "$work"
work=$(cd "$work" && pwd)

# unpack PACKAGE DIRECTORY: nothing is installed.
unpack() {
	[ ! -e "$work/$2" ] || return 0
	(cd "$work" && apt-get download "$1" >/dev/null 2>&1) || return 1
	dpkg -x "$work/${1%:*}"_*.deb "$work/$2.part"
	mv "$work/$2.part" "$work/$2"
}

if [ ! -e "$work"/kernel ]; then
	package=$(apt-cache depends linux-image-cloud-$architecture:$architecture 2>/dev/null |
		awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$package" ] || skip "no package of a kernel"
	unpack "$package" kernel || skip "no package of a kernel"
fi
busybox=$(command -v busybox || :)
if [ $architecture = arm64 ]; then
	unpack busybox-static:arm64 busybox || skip "no package of busybox"
	busybox=$work/busybox/bin/busybox
fi
[ -n "$busybox" ] || skip "no busybox"

# The first root has what mounts the second one, which is on a disk.
first=$work/first
rm -rf "$first"
mkdir -p "$first/bin" "$first/modules"
cp "$busybox" "$first/bin/busybox"
cp "$here/init" "$first/init"
version=$(ls "$work/kernel/lib/modules")
depmod -b "$work/kernel" "$version"
n=10
for module in $(modprobe -d "$work/kernel" -S "$version" --show-depends -a \
	virtio_pci virtio_blk loop ${tree:+overlay} | awk '/^insmod/ && !seen[$2]++ { print $2 }'); do
	cp "$module" "$first/modules/$n.ko"
	n=$((n + 1))
done
(cd "$first" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initramfs"

# Packages are extracted, and nothing of them is run: it may be for another processor.
tree_packages=base-files,base-passwd,bash,coreutils,dash,debianutils,diffutils,findutils,grep,gzip
tree_packages=$tree_packages,hostname,kmod,libc-bin,libcap2-bin,login,mawk,mount,ncurses-base
tree_packages=$tree_packages,bsdextrautils,bzip2,passwd,perl-base,procps,python3,sed
tree_packages=$tree_packages,sysvinit-utils,tar,uidmap,util-linux,xz-utils

make_tree() {
	[ "$(cat "$work/tree.packages" 2>/dev/null)" != "$tree_packages" ] || return 0
	command -v mmdebstrap >/dev/null || skip "no mmdebstrap"
	rm -rf "$work/tree" "$work/tree.part"
	mmdebstrap --quiet --variant=extract --architectures=$architecture \
		--include=$tree_packages "$(. /etc/os-release && echo "$VERSION_CODENAME")" \
		"$work/tree.part" >"$work/tree.log" 2>&1 || skip "no tree of Debian: see $work/tree.log"
	for file in passwd group; do
		cp "$work/tree.part/usr/share/base-passwd/$file.master" "$work/tree.part/etc/$file"
	done
	: >"$work/tree.part/etc/subuid"
	: >"$work/tree.part/etc/subgid"
	ln -sf mawk "$work/tree.part/usr/bin/awk"
	mv "$work/tree.part" "$work/tree"
	echo "$tree_packages" >"$work/tree.packages"
}

root=$work/root
rm -rf "$root"
if [ -n "$tree" ]; then
	make_tree
	cp -a "$work/tree" "$root"
fi
mkdir -p "$root/bin" "$root/etc"
cp "$busybox" "$root/bin/busybox"
cp "$here/init" "$root/init"

# What ldd(1) says; the other machine's loader is run by an emulator.
libraries() {
	if [ -z "$emulator" ]; then
		ldd "$1"
	else
		$emulator /lib/ld-linux-aarch64.so.1 --list "$1"
	fi 2>/dev/null | grep -o '/[^ ]*'
}

# The programs, where they are here, and the libraries that they name.
for program in "$@"; do
	mkdir -p "$root$(dirname "$program")"
	cp -a "$program" "$root$program"
	[ ! -d "$program" ] || continue
	for library in $(libraries "$program"); do
		[ -e "$root$library" ] || install -D "$library" "$root$library"
	done
done
printf '%s\n' "$@" | grep '/test_[^/]*$' >"$root/tests"
[ -z "$tree" ] || $emulator "$root/sbin/ldconfig" -r "$root"

make_disk() {
	rm -f "$work/disk"
	truncate -s 2G "$work/disk"
	mkfs.ext4 -q -d "$root" "$work/disk"
}

# Its end is known by the line that init prints last. One thread emulates both processors: with
# two, one of them patched code of the kernel's while the other still ran its old translation,
# and the machine stood still in about one of ten boots. The kernel's messages, and then a line
# of init's every 20 seconds, show that it is alive: one that says nothing for a minute is
# stopped and booted once more, and the second time that is a failure.
silence=60
bound=1800

console_size() { stat -c %s "$work/console" 2>/dev/null || echo 0; }

# Waits for process $1: returns 1 if it was ended, for it said nothing or took too long.
watch() {
	quiet=0
	size=$(console_size)
	for second in $(seq $bound); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 1
		if [ "$(console_size)" = "$size" ]; then quiet=$((quiet + 1)); else quiet=0; fi
		size=$(console_size)
		[ $quiet -lt $silence ] || break
	done
	echo "the machine was stopped after $second seconds, the last $quiet of them silent"
	kill -9 "$1"
	return 1
}

boot() {
	rm -f "$work/console"
	$qemu $machine_options -accel tcg,thread=single -smp 2 -m 2048 \
		-nodefaults -no-user-config -display none -no-reboot -serial "file:$work/console" \
		-drive "file=$work/disk,if=virtio,format=raw,cache=unsafe" \
		-kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initramfs" \
		-append "console=$console quiet panic=-1 tsc=reliable mitigations=off $arguments" &
	machine=$!
	trap 'kill -9 $machine 2>/dev/null' EXIT
	watch $machine || :
	wait $machine || :
	trap - EXIT
	tr -d '\r' <"$work/console" | grep -v '^minictr-vm: alive$' >"$work/output" || :
	cat "$work/output"
	status=$(sed -n 's/^minictr-vm: exit //p' "$work/output")
}

make_disk
boot
if [ -z "$status" ]; then
	echo "it did not come to its end: once more"
	make_disk
	boot
fi
exit "${status:-1}"
