#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh WORK-DIRECTORY KERNEL-ARGUMENTS PROGRAM...
# Runs test programs as root in a virtual machine with Debian's own kernel, whose
# layout of control groups is another one than this machine's: pure v2 with
# "cgroup_no_v1=all". Exits as the first of them that fails, with 77 if there is
# no way to have the machine.
set -eu

work=$1
arguments=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
	echo "SKIPPED: $*"
	exit 77
}

PATH=$PATH:/usr/sbin:/sbin
for tool in qemu-system-x86_64 cpio busybox depmod mkfs.ext4; do
	command -v $tool >/dev/null || skip "no $tool"
done
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an x86-64 one"

mkdir -p "$work"
work=$(cd "$work" && pwd)

# Nothing is installed: the package is unpacked.
if [ ! -e "$work"/kernel/boot/vmlinuz-* ]; then
	package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
		awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$package" ] || skip "no package of a kernel"
	(cd "$work" && apt-get download "$package" >/dev/null 2>&1) || skip "no package of a kernel"
	dpkg -x "$work/$package"_*.deb "$work/kernel"
fi

root=$work/root
rm -rf "$root"
mkdir -p "$root"/bin "$root"/modules
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here/init" "$root/init"
version=$(ls "$work/kernel/lib/modules")
depmod -b "$work/kernel" "$version"
n=10
for module in $(modprobe -d "$work/kernel" -S "$version" --show-depends -a \
	virtio_pci virtio_blk loop | awk '/^insmod/ && !seen[$2]++ { print $2 }'); do
	cp "$module" "$root/modules/$n.ko"
	n=$((n + 1))
done

# Page cache that can be given up needs a file system on a disk.
rm -f "$work/disk"
truncate -s 512M "$work/disk"
mkfs.ext4 -q "$work/disk"

# The programs, where they are here, and the libraries that they name.
for program in "$@"; do
	install -D "$program" "$root$program"
	ldd "$program" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		[ -e "$root$library" ] || install -D "$library" "$root$library"
	done
done
printf '%s\n' "$@" | grep '/test_[^/]*$' >"$root/tests"
(cd "$root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initramfs"

# Its end is known by the line that init prints last; an emulated machine was seen to stall on a
# busy host, so one that says nothing gets a second chance, and another one is a failure.
boot() {
	timeout 600 qemu-system-x86_64 -M pc,hpet=off -accel tcg,thread=multi -cpu max -smp 2 -m 2048 \
		-nodefaults -no-user-config -display none -no-reboot -serial "file:$work/console" \
		-drive "file=$work/disk,if=virtio,format=raw,cache=unsafe" \
		-kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initramfs" \
		-append "console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off $arguments" || :
	tr -d '\r' <"$work/console" >"$work/output"
	cat "$work/output"
	status=$(sed -n 's/^minictr-vm: exit //p' "$work/output")
}

boot
if [ -z "$status" ]; then
	echo "it has stalled: once more"
	mkfs.ext4 -q -F "$work/disk"
	boot
fi
exit "${status:-1}"
