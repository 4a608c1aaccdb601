#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: run.sh BUILD [WORDS]
# Leaves one step after the other out of all plans, and runs tests until one of them fails.
# With WORDS: only the steps whose description has them. A step that no test misses fails.
set -eu
build=$(realpath "$1")
words=${2-}
minictr=$build/cli/minictr
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Those that look at the text of plans would notice all, and prove nothing: they stay out.
programs=(test_spawn test_scheduling test_source test_core test_verify test_user test_confine
	test_cli_run test_cli_userns test_cli_shared_namespaces
	test_cli_rootless test_init test_seccomp_spec test_cli_user test_cli_confine
	test_cli_seccomp test_cli_identity test_shared test_cli_security test_cli_hostile_caller
	test_cli_hostile_root test_host test_cli_cgroups test_cli_resources
	test_cli_terminal test_container test_cli_signals test_cli_attacks test_cli_default_root
	test_cli_hosts test_cli_mount_points test_compile_mount)

# ---- which steps there are ----

root=$work/root
mkdir -p "$root"/{bin,etc,proc,sys,dev,tmp}
cp "$(command -v busybox)" "$root/bin/sh"
: >"$root/etc/passwd"

explain() {
	if "$minictr" explain "$@" -- /bin/sh 2>"$work/err"; then return; fi
	echo "left out, for this host has it not: $* ($(cat "$work/err"))" >&2
}

# Of two that read the same the second is one of its own. What a test chooses itself, such as
# a path or a name, is not part of what a step is known by: then it is all of them.
steps() {
	sed -n '2,$s/^ *[0-9]* *//p' | sed -E '
		s/ \(.*\)$//
		s/^(take|cover|bind|show a file of its own|show by an overlay|make the mount point) .*/0:\1 /
		s/^(execute|become uid|join the group) .*/0:\1 /
		s/^(set the (host name|domain name|nice value|signal mask) to|set oom_score_adj to) .*/0:\1 /
		s/^(go to working directory|look at|place descriptors|wait until the caller) .*/0:\1 /
		s/^(keep capabilities|limit what can be gained|map user ids).*/0:\1/
		s/^(allow by landlock|refuse all other access|set securebits).*/0:\1/
		s/^(set resource limit [a-z]+) .*/0:\1 /' |
		awk '/^0:/ { print; next } { print ++n[$0] ":" $0 }'
}

list_steps() {
	explain --rootfs "$root" | steps
	explain | steps
	explain --rootfs "$root" --read-only -v /etc:/new/etc:ro -v /:/host:ro --tmpfs /tmp --mask /etc/passwd \
		--hostname a --domainname b --user 1000:1000 --group-add 7 --ulimit nofile=64 \
		--ulimit core=0 --nice 3 --oom-score-adj 7 --umask 077 -w /tmp --init --tty --pids-limit 9 \
		--output-limit 1m --mount type=cgroup,dst=/sys/fs/cgroup | steps
	explain --rootfs "$root" --userns auto --disable-userns | steps
	explain --rootfs "$root" --uidmap 0:100000:65536 | steps
	explain --rootfs "$root" --network ns:/proc/self/ns/net --ipc ns:/proc/self/ns/ipc | steps
	explain --rootfs "$root" --pid ns:/proc/self/ns/pid | steps
	explain --rootfs "$root" --delegate | steps
	explain --rootfs "$root" --landlock /:rwx --securebits noroot,noroot_locked | steps
}

# A path that this kernel does not have can't be missed, nor a directory with nothing in it.
is_here() {
	local path
	path=$(sed -nE 's/^[0-9]*:(mask|make) (\/(proc|sys)[^ ]*).*/\2/p' <<<"$1")
	[ -z "$path" ] || [ -f "$path" ] || [ -n "$(ls -A "$path" 2>/dev/null)" ]
}

# ---- whether they are missed ----

# Groups that a program has left, the deepest first: they are named for its number.
groups_of() {
	find /sys/fs/cgroup -depth -type d \( -path "*/tests-$1" -o -path "*/tests-$1/*" \) 2>/dev/null
}

# Without a step there is no end to some processes, and one may have frozen them in the
# hierarchy of v1 that it should not see.
end_process() {
	local freezer
	freezer=$(sed -n 's/^[0-9]*:freezer:\(.*\)/\1/p' "/proc/$1/cgroup" 2>/dev/null) || return 0
	kill -9 "$1" 2>/dev/null || :
	[ -z "${freezer#/}" ] || echo THAWED >"/sys/fs/cgroup/freezer$freezer/freezer.state"
}

# What program number $1 has left would make others fail that miss nothing.
sweep() {
	local group pid
	while read -r group; do
		while read -r pid; do end_process "$pid"; done <"$group/cgroup.procs" || :
	done < <(groups_of "$1")
	for group in 1 2 3 4 5; do
		groups_of "$1" | xargs -r rmdir 2>/dev/null && break
		sleep 0.2
	done
	rmdir /sys/fs/cgroup/*/x 2>/dev/null || : # by the test that looks for what it may make
}

# Each of these removes the groups of all programs that have ended.
lock_for() {
	[ "$1" != test_cli_cgroups ] || flock 9
}

# With output in $own, a directory of the worker's. A step that is missing is missing in the first
# round.
fails() {
	local status=0
	MINICTR_TEST_PERCENT=5 timeout 180 sh -c 'echo $$ >"$1/pid"; exec "$2"' sh "$own" \
		"$build/tests/$1" >"$own/out" 2>&1 9>&- || status=$?
	sweep "$(cat "$own/pid")"
	[ "$status" != 0 ]
}

first_failure() {
	grep -m 1 -oE 'test_[a-z0-9_]+__[a-z0-9_]+' "$own/out" || echo "(ended)"
}

fails_twice() {
	local name
	fails "$1" || return 1
	name=$(first_failure)
	fails "$1" && [ "$name" = "$(first_failure)" ]
}

# The program that misses a step, and its first test that does, twice: once may be chance.
# First that which missed the one before: those are much alike, once sorted.
who_misses() {
	local program
	export MINICTR_LEAVE_OUT=$1
	for program in ${who%% *} "${programs[@]}"; do
		[ -x "$build/tests/$program" ] || continue
		if (lock_for "$program" && fails_twice "$program") 9>"$work/lock"; then
			echo "$program $(first_failure)"
			return
		fi
	done
	return 1
}

# judge STEP: a line that begins with what is counted in the end.
judge() {
	if ! is_here "$1"; then
		echo "absent $1"
	elif who=$(who_misses "$1"); then
		printf 'missed %-60s %s\n' "$1" "$who"
	else
		printf 'unmissed %-60s NOBODY MISSES IT\n' "$1"
	fi
}

# worker NUMBER: two at once, since a test often waits. Each takes every second step.
worker() {
	own=$work/$1
	who=
	mkdir "$own"
	while IFS= read -r step; do
		judge "$step"
	done < <(awk -v n="$1" 'NR % 2 == n' "$work/steps") | tee "$own/results" | sed -u '/^absent /d; s/^[a-z]* //'
}

own=$work
for program in "${programs[@]}"; do
	if [ -x "$build/tests/$program" ] && fails_twice "$program"; then
		cat "$work/out"
		echo "$program fails without a step left out: nothing can be said" >&2
		exit 2
	fi
done

list_steps | sort -u | grep -F -e "$words" >"$work/steps" || :
worker 0 &
worker 1 &
wait
count() { cat "$work"/[01]/results | grep -c "^$1 " || :; }
unmissed=$(count unmissed)
printf '%d steps are missed, %d are not; %d are of paths that this kernel does not have\n' \
	"$(count missed)" "$unmissed" "$(count absent)"
[ "$unmissed" = 0 ]
