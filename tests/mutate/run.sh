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
programs=(test_spawn test_source test_core test_verify test_user test_confine test_cli_run test_cli_userns
programs=(test_spawn test_scheduling test_core test_verify test_user test_confine test_cli_run test_cli_userns
	test_cli_rootless test_init test_seccomp_spec test_cli_user test_cli_confine
	test_cli_seccomp test_cli_identity test_shared test_cli_security test_cli_hostile_caller
	test_cli_hostile_root test_host test_cli_cgroups test_cli_resources
	test_cli_terminal test_container test_cli_signals test_cli_attacks test_cli_default_root
	test_cli_hosts)

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
		s/^(take|copy|cover|bind|make the mount point|execute|become uid|join the group) .*/0:\1 /
		s/^(take|cover|bind|show by an overlay|make the mount point|execute|become uid|join the group) .*/0:\1 /
		s/^(take|cover|bind|show a file of its own|show by an overlay|make the mount point|execute|become uid|join the group) .*/0:\1 /
		s/^(set the (host name|domain name|nice value|oom_score_adj|signal mask) to) .*/0:\1 /
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
	explain --rootfs "$root" --delegate | steps
	explain --rootfs "$root" --landlock /:rwx --securebits noroot,noroot_locked | steps
}

# A path of the kernel's that this one has not can't be missed.
is_here() {
	local path
	path=$(sed -nE 's/^[0-9]*:(mask|make) (\/(proc|sys)[^ ]*).*/\2/p' <<<"$1")
	[ -z "$path" ] || [ -e "$path" ]
}

# ---- whether they are missed ----

# Groups of tests that have ended, the deepest first. Each is named for its program.
dead_groups() {
	local group owner
	find /sys/fs/cgroup -depth -type d -path '*/tests-*' | while read -r group; do
		owner=${group##*/tests-}
		[ -e "/proc/${owner%%/*}" ] || echo "$group"
	done
}

# Without a step there is no end to some processes, and one may have frozen them in the
# hierarchy of v1 that it should not see.
end_process() {
	local freezer
	freezer=$(sed -n 's/^[0-9]*:freezer:\(.*\)/\1/p' "/proc/$1/cgroup" 2>/dev/null) || return 0
	kill -9 "$1" 2>/dev/null || :
	[ -z "${freezer#/}" ] || echo THAWED >"/sys/fs/cgroup/freezer$freezer/freezer.state"
}

# What the program has left would make others fail that miss nothing.
sweep() {
	local group pid
	while read -r group; do
		while read -r pid; do end_process "$pid"; done <"$group/cgroup.procs" || :
	done < <(dead_groups)
	for group in 1 2 3 4 5; do
		dead_groups | xargs -r rmdir 2>/dev/null && break
		sleep 0.2
	done
	rmdir /sys/fs/cgroup/*/x 2>/dev/null || : # by the test that looks for what it may make
}

fails() {
	local status=0
	timeout 180 "$build/tests/$1" >"$work/out" 2>&1 || status=$?
	sweep
	[ "$status" != 0 ]
}

first_failure() {
	grep -m 1 -oE 'test_[a-z0-9_]+__[a-z0-9_]+' "$work/out" || echo "(ended)"
}

# The program that misses a step, and its first test that does, twice: once may be chance.
# First that which missed the one before: those are much alike, once sorted.
who_misses() {
	local program name
	export MINICTR_LEAVE_OUT=$1
	for program in ${who%% *} "${programs[@]}"; do
		[ -x "$build/tests/$program" ] || continue
		fails "$program" || continue
		name=$(first_failure)
		if fails "$program" && [ "$name" = "$(first_failure)" ]; then
			echo "$program $name"
			return
		fi
	done
	return 1
}

for program in "${programs[@]}"; do
	if [ -x "$build/tests/$program" ] && fails "$program"; then
		cat "$work/out"
		echo "$program fails by itself: nothing can be said" >&2
		exit 2
	fi
done

missed=0 unmissed=0 absent=0 who=
while IFS= read -r step; do
	[[ $step == *"$words"* ]] || continue
	if ! is_here "$step"; then
		absent=$((absent + 1))
	elif who=$(who_misses "$step"); then
		missed=$((missed + 1))
		printf '%-60s %s\n' "$step" "$who"
	else
		unmissed=$((unmissed + 1))
		printf '%-60s NOBODY MISSES IT\n' "$step"
	fi
done < <(list_steps | sort -u)
printf '%d steps are missed, %d are not; %d are of paths that this kernel has not\n' \
	"$missed" "$unmissed" "$absent"
[ "$unmissed" = 0 ]
