#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: skips.sh LIST LOG...
# Lists the tests that were skipped, by the logs of CTest (Testing/Temporary/LastTest.log),
# each with its reason and how often; CTest itself counts most of them as passed. Fails if one
# has a reason that LIST does not have, or whose condition there does not hold here.
set -eu

list=$1
shift

# ---- what conditions ask ----

is_root() { [ "$(id -u)" = 0 ]; }
installed() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }
mirror_answers() { apt-get update -qq -o Acquire::Retries=0 >/dev/null 2>&1; }
# landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION; it is call 444 everywhere.
landlock_abi() {
	python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))' 2>/dev/null ||
		echo -1
}
has_landlock() { [ "$(landlock_abi)" -ge 1 ]; }
# exit(0) by int 0x80, as a program of 93 bytes: a kernel may have that switched off.
runs_32_bit() {
	program=$(mktemp)
	{
		printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0\124\200\4\10\64\0\0\0\0\0\0\0\0\0\0\0'
		printf '\64\0\40\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\200\4\10\0\200\4\10\135\0\0\0\135\0\0\0'
		printf '\5\0\0\0\0\20\0\0\270\1\0\0\0\61\333\315\200'
	} >"$program"
	chmod 755 "$program"
	result=0
	"$program" 2>/dev/null || result=$?
	rm -f "$program"
	return "$result"
}
has_apparmor() { [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; }
users_have_namespaces() { setpriv --reuid=65534 --regid=65534 --clear-groups unshare -U true 2>/dev/null; }
has_v1() { awk '$3 == "cgroup" { n++ } END { exit n == 0 }' /proc/self/mounts; }
has_v1_controller() { awk -v c="$1" '$3 == "cgroup" && $4 ~ "(^|,)" c "(,|$)" { n++ } END { exit n == 0 }' /proc/self/mounts; }
# All of the controllers are with v2.
v2_has() {
	controllers=" $(cat "$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)"/cgroup.controllers 2>/dev/null) "
	for controller in "$@"; do
		case $controllers in *" $controller "*) ;; *) return 1 ;; esac
	done
}
files_have_capabilities() {
	file=$(mktemp) || return 1
	setcap cap_chown+ep "$file" 2>/dev/null && has=0 || has=1
	rm -f "$file"
	return $has
}
# acl(5): one more user, in the form that system.posix_acl_access has.
files_have_access_lists() {
	file=$(mktemp) || return 1
	python3 - "$file" <<'END' 2>/dev/null && has=0 || has=1
import os, struct, sys
entries = (1, 6, -1), (2, 6, 1234), (4, 0, -1), (16, 6, -1), (32, 4, -1)
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
os.setxattr(sys.argv[1], "system.posix_acl_access", acl)
END
	rm -f "$file"
	return $has
}
is_v1_only_test() { case $test in v1_only_*) true ;; *) false ;; esac; }
is_sanitized() { case $log in */asan/* | */tsan/*) true ;; *) false ;; esac; }
is_coverage() { case $log in *coverage*) true ;; *) false ;; esac; }

# ---- the list ----

# Lines "TEST<tab>REASON" of a log; what runs in a virtual machine says it on a console.
skipped_in() {
	awk -v OFS='\t' '
		/^[0-9]+\/[0-9]+ Test: / { test = $3 }
		{ sub(/\r$/, "") }
		/^(SKIPPED|skipped): / { sub(/^[A-Za-z]+: /, ""); print test, $0 }
	' "$1"
}

trim() {
	text=${1#"${1%%[! ]*}"}
	printf '%s' "${text%"${text##*[! ]}"}"
}

# What the list says of $test and $reason: "justified", or why not.
judge() {
	listed=
	while IFS='|' read -r tests reasons condition; do
		tests=$(trim "$tests")
		reasons=$(trim "$reasons")
		case $tests in \#* | '') continue ;; esac
		case $test in $tests) ;; *) continue ;; esac
		case $reason in $reasons) ;; *) continue ;; esac
		listed=1
		if (eval "$condition") </dev/null; then
			echo justified
			return
		fi
	done <"$list"
	[ -n "$listed" ] && echo "could have run on this machine" || echo "the reason is not in $list"
}

status=0
number=0
for log in "$@"; do
	skipped_in "$log" | sort | uniq -c >"$log.skips"
	while read -r count line; do
		test=${line%%	*}
		reason=${line#*	}
		number=$((number + count))
		verdict=$(judge)
		[ "$verdict" = justified ] || status=1
		printf '  %3d %s: %s%s\n' "$count" "$test" "$reason" \
			"$([ "$verdict" = justified ] || printf ' -- FAILED: %s' "$verdict")"
	done <"$log.skips"
	rm "$log.skips"
done
echo "$number skipped"
exit $status
