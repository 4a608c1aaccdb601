#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: host_paths.sh SOURCE-DIRECTORY
# No step opens a path of the host's. Once the container's root covers "/", such a path goes
# astray at its first ".." or link. The caller finds what a container needs of the host, and
# the child opens it below a directory that it has open. The code of the child therefore has
# nothing that starts at "/" or at the working directory, except what is listed here.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
sources='lib/plan/exec.c lib/plan/exec_mount.c lib/plan/exec_confine.c
	lib/plan/exec_fds.c lib/plan/exec_gate.c lib/plan/exec_image.c lib/plan/exec_init.c lib/plan/exec_stop.c lib/plan/exec_try.c'

# file function: and why it is right there.
exceptions='
lib/plan/exec_gate.c look	the program, in the root of the container
lib/plan/exec_mount.c keep_host	takes "/" and /dev of the host, before a root covers them
lib/plan/exec.c ctr__unshare	its own root, whatever that is
lib/plan/exec_mount.c mount_of_root	the same
lib/plan/exec_mount.c ctr__bind_clone	in the caller, before there is a child; and primitives
lib/plan/exec_mount.c open_target	the mounts of the host are made private, before there is a root
lib/plan/exec_mount.c ctr__do_join_template	"/" is the root of the container there
lib/plan/exec_mount.c ctr__do_dev	a primitive: the path of its caller
lib/plan/exec_mount.c ctr__do_unmount	a primitive: the path of its caller
lib/plan/exec_mount.c ctr__do_chroot	a primitive: the path of its caller
lib/plan/exec_mount.c ctr__do_uncover	"." after fchdir(2), and back
lib/plan/exec_mount.c ctr__do_pivot_root	"." after fchdir(2), and "/" is the root of the container then
lib/plan/exec.c other_signals	before there is a root: which signals the process itself ignores
lib/plan/exec.c write_own	before there is a root: a process writes files of its own alone
lib/plan/exec.c do_no_user_ns	before there is a root: the limit of the user namespace of the opener
lib/plan/exec.c do_keep_template	before there is a root: the mount namespace of the child
lib/plan/exec.c do_keep_network	before there is a root: the network namespace of the child
lib/plan/exec_confine.c ctr__do_lsm	before there is a root: a process sets its own label alone
lib/plan/exec_confine.c verify_label	the same
lib/plan/exec_confine.c ctr__do_landlock	"/" is the root of the container: nothing is opened
lib/plan/exec.c check_root	"/" is the root of the container: is it?
lib/plan/exec.c do_look	the program, in the root of the container
lib/plan/exec.c do_exec	the program, in the root of the container
lib/plan/exec_try.c try_openat2	a probe: there is no container
lib/plan/exec_try.c try_overlay_dirs	a probe: there is no container
lib/plan/exec_try.c try_send_user_ns	a probe: there is no container
lib/plan/exec_try.c try_idmap_root	a probe: there is no container'

hits=$(awk -v exceptions="$(printf %s "$exceptions" | tr '\n\t' '| ')" '
# Without comments.
function code_of(line,   out, c, pair) {
	out = ""
	while (line != "") {
		pair = substr(line, 1, 2)
		c = substr(line, 1, 1)
		if (in_comment) {
			if (pair == "*/")
				in_comment = 0
			line = substr(line, pair == "*/" ? 3 : 2)
		} else if (pair == "/*") {
			in_comment = 1
			line = substr(line, 3)
		} else if (c == "\"" && match(line, /^"([^"\\]|\\.)*"/)) {
			out = out substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
		} else {
			out = out c
			line = substr(line, 2)
		}
	}
	return out
}

function found(what,   place) {
	place = FILENAME " " current
	used[place] = 1
	if (!(place in allowed))
		print FILENAME ":" FNR ": " current "() has " what
}

BEGIN {
	n = split(exceptions, lines, "|")
	for (i = 1; i <= n; i++)
		if (split(lines[i], words, / +/) >= 3)
			allowed[words[1] " " words[2]] = 1
	# What begins at "/" or at the working directory.
	pattern = "AT_FDCWD|ctr__path_open_(direct|unmagic)|ctr__fd_open_null" \
		"|sys_(access|chdir|chroot|umount2|pivot_root)"
}

FNR == 1 { in_comment = 0; current = "" }

{
	code = code_of($0)
	if (code ~ /^[ \t]*#/)
		next
	if (code ~ /^[a-z].*[(]/ && code !~ /;/ && match(code, /[a-z_0-9]+[(]/))
		current = substr(code, RSTART, RLENGTH - 1)
	while (match(code, pattern)) {
		found(substr(code, RSTART, RLENGTH))
		code = substr(code, RSTART + RLENGTH)
	}
}

END {
	for (place in allowed)
		if (!(place in used))
			print "the exception \"" place "\" is not needed any more"
}
' $sources)
report "a path of the host's, opened by a step" "$hits"
exit $broken
