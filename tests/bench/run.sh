#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: run.sh BUILD-DIRECTORY [--check] [ROUNDS]: the benchmark, on a root of its own.
# Each figure is written to bench.json in the build directory, and report.py prints them as tables.
# What is compared with is left out, with a word, where it is not installed. --check: what has a
# bound alone, into bench-check.json; exits with 1 if a figure is not within its bounds.
set -euo pipefail

here=$(realpath "$(dirname "$0")")
source=$(realpath "$here/../..")
build=$(realpath "$1")

# What is mounted and started for the benchmark is in namespaces of its own: it ends with them.
if [ -z "${BENCH_WORLD:-}" ]; then
	BENCH_WORLD=own exec unshare --mount --propagation private --pid --fork --kill-child \
		--mount-proc "$0" "$@"
fi

check=
export BENCH_JSON=$build/bench.json
if [ "${2:-}" = --check ]; then
	check=yes
	BENCH_JSON=$build/bench-check.json
	shift
fi
rounds=${2:-200}
minictr=$build/cli/minictr
root=$(mktemp -d)
bundle=$(mktemp -d)
trap 'rm -rf "$root" "$bundle"' EXIT

chmod 755 "$root" # for users other than root
mkdir "$root"/{bin,dev,etc,proc,run,sys,tmp,usr}
cp "$build/tests/bench_true" "$root/bin/true"
[ ! -e "$build/tests/bench_bare" ] || cp "$build/tests/bench_bare" "$root/bin/bare"
: >"$BENCH_JSON"

# ---- what runs it ----

# With each program: with a C library (G), and without one (N).
use() { # G | N
	export BENCH_PROGRAM=$1
	program=/bin/true
	[ "$1" = G ] || program=/bin/bare
}
for_both() { # FUNCTION [ARGUMENT...]
	use G
	"$@"
	if [ -e "$root/bin/bare" ]; then
		use N
		"$@"
		use G
	fi
}
use G

# bench_NAME ROOTFS PROGRAM ROUNDS [ARGUMENT...]
bench() { # NAME DIVISOR [ARGUMENT...]
	"$build/tests/bench_$1" "$root" "$program" $((rounds / $2 + 1)) "${@:3}"
}

commands=()
left_out() { echo "left out, $1: $2" >&2; }
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

# ---- what it is compared with ----

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

# ---- in process ----

in_process() { # TITLE DIVISOR RESIDENT-MIB MOUNTS
	"$build/tests/bench_spawn" "$1" "$root" "$program" $((rounds / $2 + 1)) "$3" "$4"
}
threads() {
	local command=()
	! command -v bwrap >/dev/null || command=("${bwrap[@]}" "$program")
	bench threads 8 "${command[@]}"
}
alive() { # NUMBER...
	bench alive 2 own "containers alive, own network" "$@"
}
alive_in_host_network() {
	bench alive 2 host "containers alive, host's network" 0 1000 5000
}

# ---- commands ----

short_commands() {
	add "program alone, no isolation" "$root$program"
	add "minictr run, host's network" "$minictr" run --network host --rootfs "$root" "$program"
	add "bwrap, the same" "${bwrap[@]}" "$program"
	if [ -z "$check" ]; then
		add "minictr run" "$minictr" run --rootfs "$root" "$program"
		add "bwrap --unshare-net, the same" "${bwrap[@]}" --unshare-net "$program"
		add "unshare --root, no /dev, no masks" unshare --fork --pid --mount --uts --ipc \
			--cgroup --root="$root" --mount-proc "$program"
	fi
	compare "commands" "$rounds"
}

limits_of_command() {
	local run=("$minictr" run --network host --rootfs "$root")
	add "minictr run" "${run[@]}" "$program"
	add "--pids-limit 20" "${run[@]}" --pids-limit 20 "$program"
	add "--memory 64m" "${run[@]}" --memory 64m "$program"
	add "--memory 64m --pids-limit 20 --cpus 1" "${run[@]}" --memory 64m --pids-limit 20 \
		--cpus 1 "$program"
	compare "limits of the command" "$rounds"
}

# The command of a Debian package that is as new as the build, with the libraries of the others.
unpack() {
	local deb
	for deb in "$source"/build/package/*minictr*.deb; do
		[ "$deb" -nt "$minictr" ] || return 1
		dpkg -x "$deb" "$bundle/packaged"
	done
}
links_of_command() (
	local run=(run --network host --rootfs "$root" "$program") libraries
	add "static command" "$minictr" "${run[@]}"
	add "linked to the shared library" "$build/tests/bench_minictr" "${run[@]}"
	if unpack; then
		libraries=$(dirname "$(find "$bundle/packaged" -name libminictr.so.0 -print -quit)")
		export LD_LIBRARY_PATH=$libraries
		add "packaged command" "$bundle/packaged/usr/bin/minictr" "${run[@]}"
	else
		left_out "no package as new as the build" "packaged command"
	fi
	compare "the command, and how it is linked" "$rounds"
)

slow_commands() {
	add "minictr run" "$minictr" run --rootfs "$root" /bin/true
	add "crun run" crun --cgroup-manager=disabled run --bundle "$bundle" bench-@
	add "runc run" runc run --bundle "$bundle" bench-@
	add "systemd-nspawn" systemd-nspawn --quiet --directory="$root" --register=no --keep-unit \
		--pipe /bin/true
	compare "slow commands" $((rounds / 10 + 1)) 2>/dev/null
}

# cgdelete takes one controller at a time: given several it leaves all but the first.
libcgroup='set -e
cgcreate -g memory,pids,cpu:$1
cgset -r memory.limit_in_bytes=64M -r pids.max=50 -r cpu.cfs_quota_us=100000 "$1"
cgexec -g memory,pids,cpu:$1 "$2"
for controller in memory pids cpu; do cgdelete -g $controller:$1; done'

commands_with_limits() {
	local limits=(--memory 64m --pids-limit 50 --cpus 1)
	add "minictr run, limits" "$minictr" run "${limits[@]}" --rootfs "$root" /bin/true
	add "minictr run" "$minictr" run --rootfs "$root" /bin/true
	add "crun run, limits" crun --cgroup-manager=cgroupfs run --bundle "$limited" bench-@
	add "runc run, limits" runc run --bundle "$limited" bench-@
	if ! command -v cgexec >/dev/null; then
		left_out "not installed" "cgexec"
	elif [ ! -d /sys/fs/cgroup/memory ]; then
		left_out "for cgroup v1" "cgexec"
	else
		add "cgcreate to cgdelete, no isolation" sh -c "$libcgroup" sh bench-@ \
			"$root/bin/true"
	fi
	if [ -d /run/systemd/system ]; then
		add "systemd-run, limits, no isolation" systemd-run --scope --quiet \
			-p MemoryMax=64M -p TasksMax=50 -p CPUQuota=100% "$root/bin/true"
	else
		left_out "needs systemd as process 1" "systemd-run"
	fi
	compare "commands with limits" $((rounds / 4 + 1))
}

# One id of a user namespace each. All is run by a user, the benchmark too.
commands_without_root() {
	local user=(setpriv --reuid 65534 --regid 65534 --clear-groups) rootless=$bundle/rootless
	chmod a+w "$BENCH_JSON"
	add "minictr run --network host" "$minictr" run --network host --rootfs "$root" /bin/true
	commands+=(";" "ctr_spawn(), the network the host's" ctr_spawn "$root" /bin/true)
	add "bwrap --unshare-all --share-net" "${bwrap[@]}" --unshare-user /bin/true
	add "unshare -Ur, no /proc" unshare -Ur --fork --pid --mount --uts --ipc --cgroup \
		--root="$root" /bin/true
	if command -v runc >/dev/null; then
		mkdir -p "$rootless/state"
		(cd "$rootless" && runc spec --rootless)
		sed -i -e 's/"terminal": true/"terminal": false/' -e 's|"sh"|"/bin/true"|' \
			-e "s|\"path\": \"rootfs\"|\"path\": \"$root\"|" \
			-e 's/"hostID": [0-9]*/"hostID": 65534/' "$rootless/config.json"
		chmod 755 "$bundle"
		chown -R 65534:65534 "$rootless"
		add "runc run, spec --rootless" runc --root "$rootless/state" run \
			--bundle "$rootless" b@
		add "crun run, spec --rootless" crun --root "$rootless/state" \
			--cgroup-manager=disabled run --bundle "$rootless" b@
	fi
	add "program alone" "$root/bin/true"
	compare "commands without root" $((rounds / 4 + 1)) "${user[@]}"
}

binds_of_commands() {
	local n i ours theirs
	for n in 0 10 100 1000; do
		ours=() theirs=()
		for ((i = 0; i < n; i++)); do
			mkdir -p "$root/mnt/$i"
			ours+=(--volume "/usr:/mnt/$i:ro")
			theirs+=(--ro-bind /usr "/mnt/$i")
		done
		add "minictr run" "$minictr" run --network host --rootfs "$root" "${ours[@]}" \
			/bin/true
		add "bwrap" "${bwrap[@]}" "${theirs[@]}" /bin/true
		compare "$n bind mounts" $((n < 1000 ? rounds / 4 + 1 : 5))
	done
}

# ---- programs of other languages ----

# With the library as it is installed.
from_languages() (
	local prefix=$build/tests/bench-prefix command=()
	! command -v bwrap >/dev/null || command=("${bwrap[@]}")
	cmake --install "$build" --prefix "$prefix" >/dev/null
	library=$(dirname "$(find "$prefix" -name libminictr.so)")
	export LD_LIBRARY_PATH=$library PKG_CONFIG_PATH=$library/pkgconfig
	if command -v go >/dev/null; then
		(cd "$here/go" && GOCACHE=$build/tests/bench-go-cache GOPROXY=off \
			go build -buildvcs=false -o "$bundle/bench-go" .)
		"$bundle/bench-go" "$rounds" "$root" /bin/true "${command[@]}"
	else
		left_out "not installed" "go"
	fi
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source/bindings/python \
		python3 "$here/bench.py" "$rounds" "$root" /bin/true "${command[@]}"
)

# ---- jails ----

# In memory: what waits for a disk would be the disk's. ldd and cp get what ldd prints, and not
# what an extra has.
jail() { # PROGRAM [EXTRA]
	local made
	made=$(mktemp -d)
	mount -t tmpfs bench "$made"
	add "minictr jail" "$minictr" jail "$made/a-@" "$1"
	add "a script with ldd and cp" "$here/jail.sh" "$made/b-@" "$1"
	[ $# -eq 1 ] || add "minictr jail --with $2" "$minictr" jail --with "$2" "$made/c-@" "$1"
	compare "jail of $1" $((rounds / 10 + 1)) >/dev/null
	umount "$made"
	rmdir "$made"
}

# ---- memory ----

memory() {
	local sleep peak pid
	sleep=$(command -v sleep)
	"$minictr" run "$sleep" 100 &
	pid=$!
	sleep 0.5
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$pid/status")
	{ kill -KILL $pid && wait $pid; } 2>/dev/null || true
	echo "{\"table\":\"peak memory of a command that waits, kB\",\"program\":\"G\"," \
		"\"name\":\"minictr run\",\"value\":$peak,\"at_least\":0,\"at_most\":-1}" \
		>>"$BENCH_JSON"
}

# ---- the run ----

# What the bounds of report.py are about.
for_both in_process "small host program" 1 0 0
for_both bench hosts 1
for_both bench end 1
for_both bench pool 1
bench binds 10
bench protect 1
for_both threads
for_both short_commands
limits_of_command
links_of_command
if [ -n "$check" ]; then
	alive 0 1000
	good=0
	python3 -B "$here/report.py" --check "$BENCH_JSON" || good=$?
	exit $good
fi

for_both in_process "host program with 2 GiB resident" 2 2048 0
for_both in_process "host with 1000 mounts" 2 0 1000
for_both alive 0 1000 2000
for_both alive_in_host_network
bench limits 1
from_languages >/dev/null
jail /bin/bash
jail /usr/bin/python3 python3
jail /usr/bin/gcc gcc

# crun refuses the hybrid layout: now it sees v1 alone, and what it leaves there is ours.
if mountpoint -q /sys/fs/cgroup/unified; then
	umount /sys/fs/cgroup/unified
	mount -t tmpfs bench /sys/fs/cgroup/unified
fi
slow_commands
commands_with_limits
commands_without_root
binds_of_commands
memory
precise=0
"$build/tests/bench_precision" || precise=$?
python3 -B "$here/report.py" "$BENCH_JSON"
exit $precise
