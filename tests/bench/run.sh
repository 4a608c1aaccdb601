#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: run.sh BUILD-DIRECTORY [ROUNDS]: the benchmark, on a root of its own.
# What is compared with is left out, with a word, where it is not installed.
set -euo pipefail

build=$(realpath "$1")
rounds=${2:-200}
minictr=$build/cli/minictr
root=$(mktemp -d)
bundle=$(mktemp -d)
export BENCH_JSON=$build/bench.json

# What is mounted for the benchmark is in a mount namespace of its own.
if [ -z "${BENCH_MOUNTS:-}" ]; then
	rm -rf "$root" "$bundle"
	BENCH_MOUNTS=own exec unshare --mount --propagation private "$0" "$@"
fi
trap 'rm -rf "$root" "$bundle"' EXIT

chmod 755 "$root" # for users other than root
mkdir "$root"/{bin,dev,etc,proc,run,sys,tmp,usr}
cp "$build/tests/bench_true" "$root/bin/true"
: >"$BENCH_JSON"

commands=()
left_out() { echo "left out, $1: $2"; }
add() { # NAME COMMAND...
	if ! command -v "$2" >/dev/null; then
		left_out "not installed" "$1"
		return
	fi
	commands+=(";" "$@")
}
compare() { # TITLE ROUNDS [COMMAND THAT RUNS IT...]
	"${@:3}" "$build/tests/bench_command" "$1" "$2" "${commands[@]:1}"
	commands=()
}

# Everything that "minictr run" sets up and that bwrap can.
bwrap=(bwrap --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup --hostname box
	--die-with-parent --new-session --clearenv --bind "$root" / --proc /proc --dev /dev
	--mqueue /dev/mqueue --tmpfs /dev/shm --ro-bind /sys /sys)
for path in /sys/firmware /proc/acpi /proc/asound /proc/scsi; do
	[ ! -d $path ] || bwrap+=(--tmpfs $path)
done
for path in /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /proc/interrupts; do
	[ ! -e $path ] || bwrap+=(--dev-bind /dev/null $path)
done
bwrap+=(--ro-bind /proc/fs /proc/fs)

# What "runc spec" gives, which has all of that too, without a terminal.
limited=$bundle/limited
if command -v runc >/dev/null; then
	mkdir "$limited"
	(cd "$bundle" && runc spec)
	sed -i -e 's/"terminal": true/"terminal": false/' -e 's|"sh"|"/bin/true"|' \
		-e "s|\"path\": \"rootfs\"|\"path\": \"$root\"|" "$bundle/config.json"
	sed -e '/"resources": {/a "memory": { "limit": 67108864 }, "pids": { "limit": 50 },' \
		-e '/"resources": {/a "cpu": { "quota": 100000, "period": 100000 },' \
		"$bundle/config.json" >"$limited/config.json"
fi

in_process() { "$build/tests/bench_spawn" "$1" "$root" /bin/true "$rounds" "$2" "$3" "$4"; }
in_process "small host program" 0 0 0
in_process "host program with 2 GiB resident" 2048 0 0
in_process "host with 1000 mounts" 0 1000 0
printf '\nmany threads\n'
for threads in 1 2 8; do in_process "" 0 0 $threads; done
"$build/tests/bench_limits" "$root" /bin/true "$rounds"
"$build/tests/bench_protect" "$root" /bin/true "$rounds"

# What whole programs of other languages pay, with the library as it is installed.
from_languages() {
	local prefix=$build/tests/bench-prefix source command=()
	source=$(realpath "$(dirname "$0")/../..")
	! command -v bwrap >/dev/null || command=("${bwrap[@]}")
	cmake --install "$build" --prefix "$prefix" >/dev/null
	library=$(dirname "$(find "$prefix" -name libminictr.so)")
	export LD_LIBRARY_PATH=$library PKG_CONFIG_PATH=$library/pkgconfig
	if command -v go >/dev/null; then
		(cd "$source/tests/bench/go" && GOCACHE=$build/tests/bench-go-cache GOPROXY=off \
			go build -buildvcs=false -o "$bundle/bench-go" .)
		"$bundle/bench-go" "$rounds" "$root" /bin/true "${command[@]}"
	else
		left_out "not installed" "go"
	fi
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source/bindings/python \
		python3 "$source/tests/bench/bench.py" "$rounds" "$root" /bin/true "${command[@]}"
}
(from_languages)

# Jails, in memory: what waits for a disk would be the disk's. ldd and cp get what ldd prints,
# and not what an extra has.
by_hand=$(realpath "$(dirname "$0")")/jail.sh
jail() { # PROGRAM [EXTRA]
	local made
	made=$(mktemp -d)
	mount -t tmpfs bench "$made"
	add "minictr jail" "$minictr" jail "$made/a-@" "$1"
	add "a script with ldd and cp" "$by_hand" "$made/b-@" "$1"
	[ $# -eq 1 ] || add "minictr jail --with $2" "$minictr" jail --with "$2" "$made/c-@" "$1"
	compare "jail of $1" $((rounds / 10 + 1)) >"$made/out"
	grep -v ' written (' "$made/out"
	umount "$made"
	rmdir "$made"
}
jail /bin/bash
jail /usr/bin/python3 python3
jail /usr/bin/gcc gcc

# crun refuses the hybrid layout: now it sees v1 alone, and what it leaves there is ours.
if mountpoint -q /sys/fs/cgroup/unified; then
	umount /sys/fs/cgroup/unified
	mount -t tmpfs bench /sys/fs/cgroup/unified
fi

add "static program, no isolation" "$root/bin/true"
add "minictr run, host's network" "$minictr" run --network host --rootfs "$root" /bin/true
add "bwrap, the same" "${bwrap[@]}" /bin/true
add "minictr run" "$minictr" run --rootfs "$root" /bin/true
add "bwrap --unshare-net, the same" "${bwrap[@]}" --unshare-net /bin/true
add "unshare --root, no /dev, no masks" unshare --fork --pid --mount --uts --ipc --cgroup \
	--root="$root" --mount-proc /bin/true
add "crun run" crun --cgroup-manager=disabled run --bundle "$bundle" bench-@
compare "commands" "$rounds"
add "minictr run" "$minictr" run --rootfs "$root" /bin/true
add "runc run" runc run --bundle "$bundle" bench-@
add "systemd-nspawn" systemd-nspawn --quiet --directory="$root" --register=no --keep-unit \
	--pipe /bin/true
compare "slow commands" $((rounds / 10 + 1)) 2>/dev/null

# cgdelete takes one controller at a time: given several it leaves all but the first.
libcgroup='set -e
cgcreate -g memory,pids,cpu:$1
cgset -r memory.limit_in_bytes=64M -r pids.max=50 -r cpu.cfs_quota_us=100000 "$1"
cgexec -g memory,pids,cpu:$1 "$2"
for controller in memory pids cpu; do cgdelete -g $controller:$1; done'

limits=(--memory 64m --pids-limit 50 --cpus 1)
add "minictr run, limits" "$minictr" run "${limits[@]}" --rootfs "$root" /bin/true
add "minictr run" "$minictr" run --rootfs "$root" /bin/true
add "crun run, limits" crun --cgroup-manager=cgroupfs run --bundle "$limited" bench-@
add "runc run, limits" runc run --bundle "$limited" bench-@
if ! command -v cgexec >/dev/null; then
	left_out "not installed" "cgexec"
elif [ ! -d /sys/fs/cgroup/memory ]; then
	left_out "for cgroup v1" "cgexec"
else
	add "cgcreate to cgdelete, no isolation" sh -c "$libcgroup" sh bench-@ "$root/bin/true"
fi
if [ -d /run/systemd/system ]; then
	add "systemd-run, limits, no isolation" systemd-run --scope --quiet -p MemoryMax=64M \
		-p TasksMax=50 -p CPUQuota=100% "$root/bin/true"
else
	left_out "needs systemd as process 1" "systemd-run"
fi
compare "commands with limits" $((rounds / 4 + 1))

# Without root: one id of a user namespace each. All is run by a user, the benchmark too.
chmod 755 "$root"
chmod a+w "$BENCH_JSON"
user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
add "minictr run --network host" "$minictr" run --network host --rootfs "$root" /bin/true
commands+=(";" "ctr_spawn(), the network the host's" ctr_spawn "$root" /bin/true)
add "bwrap --unshare-all --share-net" "${bwrap[@]}" --unshare-user /bin/true
add "unshare -Ur, no /proc" unshare -Ur --fork --pid --mount --uts --ipc --cgroup \
	--root="$root" /bin/true
if command -v runc >/dev/null; then
	rootless=$bundle/rootless
	mkdir -p "$rootless/state"
	(cd "$rootless" && runc spec --rootless)
	sed -i -e 's/"terminal": true/"terminal": false/' -e 's|"sh"|"/bin/true"|' \
		-e "s|\"path\": \"rootfs\"|\"path\": \"$root\"|" \
		-e 's/"hostID": [0-9]*/"hostID": 65534/' "$rootless/config.json"
	chmod 755 "$bundle"
	chown -R 65534:65534 "$rootless"
	add "runc run, spec --rootless" runc --root "$rootless/state" run --bundle "$rootless" b@
	add "crun run, spec --rootless" crun --root "$rootless/state" --cgroup-manager=disabled \
		run --bundle "$rootless" b@
fi
add "the program alone" "$root/bin/true"
compare "commands without root" $((rounds / 4 + 1)) "${user[@]}"

for n in 0 10 100 1000; do
	ours=() theirs=()
	for ((i = 0; i < n; i++)); do
		mkdir -p "$root/mnt/$i"
		ours+=(--volume "/usr:/mnt/$i:ro")
		theirs+=(--ro-bind /usr "/mnt/$i")
	done
	add "minictr run" "$minictr" run --network host --rootfs "$root" "${ours[@]}" /bin/true
	add "bwrap" "${bwrap[@]}" "${theirs[@]}" /bin/true
	compare "$n bind mounts" $((n < 1000 ? rounds / 4 + 1 : 5))
done

printf '\nmemory of a command that waits, at its peak\n'
sleep=$(command -v sleep)
"$minictr" run "$sleep" 100 &
sleep 0.5
sed -n 's/^VmHWM:/  minictr run/p' "/proc/$!/status"
{ kill -KILL $! && wait $!; } 2>/dev/null || true

"$build/tests/bench_precision"
