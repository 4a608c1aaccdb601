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
	qemu-system-x86_64 -M pc,hpet=off -accel tcg,thread=single -cpu max -smp 2 -m 2048 \
		-nodefaults -no-user-config -display none -no-reboot -serial "file:$work/console" \
		-drive "file=$work/disk,if=virtio,format=raw,cache=unsafe" \
		-kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initramfs" \
		-append "console=ttyS0 panic=-1 tsc=reliable mitigations=off $arguments" &
	machine=$!
	trap 'kill -9 $machine 2>/dev/null' EXIT
	watch $machine || :
	wait $machine || :
	trap - EXIT
	tr -d '\r' <"$work/console" | grep -v '^minictr-vm: alive$' >"$work/output" || :
	cat "$work/output"
	status=$(sed -n 's/^minictr-vm: exit //p' "$work/output")
}

boot
if [ -z "$status" ]; then
	echo "it did not come to its end: once more"
	mkfs.ext4 -q -F "$work/disk"
	boot
fi
exit "${status:-1}"
