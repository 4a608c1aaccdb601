#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: banned.sh SOURCE-DIRECTORY
# What the code of the library must not call, and where an exception is right.
set -eu
. "$(dirname "$0")/report.sh"

cd "$1"
sources=$(find lib -name '*.[chS]' | sort)

# Each is a function, or with a "~" a word that is wrong in any place.
rules='
runs a shell, or a program by its name in PATH:
	system ~popen ~wordexp execl execlp execle execv execve execvp execvpe fexecve
	~posix_spawn ~posix_spawnp
makes a child other than by clone3(2) in plan/launch.c:
	fork vfork clone
has no bound:
	~strcpy ~stpcpy ~strcat ~sprintf ~vsprintf gets ~alloca
does not tell a number from what is none (use base/parse.c):
	~atoi ~atol ~atoll ~atof ~strtol ~strtoll ~strtoul ~strtoull ~strtod ~strtoimax
	~strtoumax ~sscanf scanf fscanf
prints:
	printf vprintf puts putchar perror psignal ~stdout ~stderr ~syslog warn warnx
ends the host:
	exit _exit _Exit ~quick_exit abort assert err errx kill raise ~sys_exit
waits for children that may be the host'"'"'s:
	wait ~waitpid wait3 wait4 waitid
changes what the whole process has, or depends on it:
	signal ~sigaction ~sigprocmask ~pthread_sigmask alarm ~setitimer ~setlocale umask
	chdir fchdir chroot ~setrlimit ~prlimit prctl ~getenv ~secure_getenv ~setenv ~putenv
	~unsetenv ~clearenv srand rand ~atexit ~pthread_atfork ~__thread ~thread_local
	~_Thread_local
is for one thread only:
	~strtok ~strerror ~ctime ~asctime ~localtime ~gmtime ~readdir ~getpwnam ~getgrnam
	~getpwuid ~getgrgid
takes a path and follows whatever lies on it (use base/path.c, or sys_...() on a descriptor):
	open open64 openat creat fopen freopen opendir scandir ~nftw ~realpath stat lstat
	readlink mkdir mknod symlink link unlink rmdir rename chown chmod remove
asks for a mount or a namespace past base/sys.h, or by the old interface:
	mount umount umount2 unshare setns pivot_root ~SYS_mount'

# file word: and why it is right there.
exceptions='
lib/plan/exec.c sys_exit	the end of a child
lib/plan/exec_image.c sys_exit	the same
lib/plan/exec_init.c sys_exit	the end of an init
lib/plan/exec_stop.c sys_exit	the end of a helper that has a successor
lib/helper/program.c sys_exit	a program of its own
lib/base/sys.h sys_exit		its definition
lib/base/sys.h clone		what plan/launch.c calls where clone3(2) takes an assembler
lib/base/error.c strerror	musl, where it is free of state
lib/primitives/seccomp_print.c stderr	a program of the build'"'"'s
lib/primitives/seccomp_print.c printf	a program of the build'"'"'s
lib/spec/program.c getenv	ctr_process_inherit_env(): asked for by the caller
lib/jail/tree.c readdir	the same
lib/compile/hidden.c readdir	the same'

calls=$(awk -v rules="$(printf %s "$rules" | tr '\n\t' '|  ')" \
	-v exceptions="$(printf %s "$exceptions" | tr '\n\t' '| ')" '
# Comments become blanks, and strings empty ones.
function code_of(line,   out, c, pair) {
	out = ""
	while (line != "") {
		pair = substr(line, 1, 2)
		c = substr(line, 1, 1)
		if (in_comment) {
			if (pair != "*/") { line = substr(line, 2); continue }
			in_comment = 0
			line = substr(line, 3)
		} else if (pair == "/*") {
			in_comment = 1
			line = substr(line, 3)
		} else if (pair == "//") {
			break
		} else if (c == "\"" && match(line, /^"([^"\\]|\\.)*"/)) {
			out = out "\"\""
			line = substr(line, RLENGTH + 1)
		} else if (c == "'"'"'" && match(line, /^.(\\.[^'"'"']*|[^'"'"'\\])./)) {
			out = out "0"
			line = substr(line, RLENGTH + 1)
		} else {
			out = out c
			line = substr(line, 2)
		}
	}
	return out
}

BEGIN {
	n = split(rules, lines, "|")
	for (i = 1; i <= n; i++) {
		if (lines[i] ~ /:$/) {
			reason = lines[i]
			sub(/:$/, "", reason)
			continue
		}
		n_words = split(lines[i], words, / +/)
		for (j = 1; j <= n_words; j++) {
			name = words[j]
			if (sub(/^~/, "", name))
				anywhere[name] = 1
			if (name != "")
				banned[name] = reason
		}
	}
	n = split(exceptions, lines, "|")
	for (i = 1; i <= n; i++)
		if (split(lines[i], words, / +/) >= 2)
			allowed[words[1] " " words[2]] = 1
}

FNR == 1 { in_comment = 0 }

{
	rest = code_of($0)
	if (rest ~ /^[ \t]*#[ \t]*include/)
		next
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(rest, RSTART, RLENGTH)
		before = substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		if (!(word in banned))
			continue
		if (!(word in anywhere) && (rest !~ /^[ \t]*\(/ || before ~ /(\.|->)$/))
			continue
		place = FILENAME " " word
		used[place] = 1
		if (!(place in allowed))
			print FILENAME ":" FNR ": " word " " banned[word]
	}
}

END {
	for (place in allowed)
		if (!(place in used))
			print "the exception \"" place "\" is not needed any more"
}
' $sources)
report "banned in the library" "$calls"

# A path of the host is resolved from AT_FDCWD: only what the caller names as a
# file of the host, and fixed names. What is inside a root is opened by
# ctr__path_...() from base/path.c, never by a path joined to the name of the
# root; plain names in a directory that is open are fine where listed.
opened=$(awk '
BEGIN {
	host["lib/compile/program.c root"]		# a root of the caller
	host["lib/jail/jail.c CTR__CACHE_PATH"]		# of the host, for its loader
	host["lib/jail/search.c path"]			# where the loader of the host looks
	host["lib/jail/search.c self"]			# an own descriptor, opened again
	host["lib/jail/write.c dir"]			# the directory that the caller names
	host["lib/spec/namespaces.c path"]		# a namespace file of the caller
	host["lib/primitives/seccomp_profile.c path"]	# a profile of the caller
	host["lib/compile/place.c path"]	# the root, to tell why it can not be entered
	host["lib/compile/source.c path"]		# a bind source or a root
	host["lib/compile/root.c path"]	# the same
	host["lib/compile/root.c paths[i]"]	# a directory of the host
	host["lib/compile/names.c hosts"]	# of the caller
	host["lib/compile/view.c path"]		# an own descriptor, opened again
	host["lib/compile/program_fd.c path"]	# the same
	host["lib/plan/exec_mount.c path"]		# a primitive: the path of its caller
	host["lib/cgroup/cgroup.c m->path"]		# a group of the host
	host["lib/cgroup/cgroup.c path"]		# the one above it
	host["lib/cgroup/gc.c mount"]	# where a hierarchy is mounted
	host["lib/cgroup/libcgroup.c path"]	# the same, as libcgroup tells
	host["lib/primitives/userns_read.c path"]	# a file of a child of ours
	host["lib/primitives/userns.c path"]		# a namespace of a child of ours
	names["lib/base/path.c dir"]			# the resolver itself
	names["lib/base/fd.c dir"]			# a file of /proc or of a control group
	names["lib/jail/lock.c lock->dir"]		# a name of ours, links not followed
	names["lib/plan/exec_overlay.c stage"]		# a new name in a tmpfs of our own
	names["lib/plan/sealed.c dir"]			# the same
	names["lib/plan/sealed.c mount"]		# the same
	names["lib/jail/write.c w->parent"]		# a new name that no link can have
	names["lib/container/enter.c dir"]		# /proc/thread-self/ns
	names["lib/cgroup/cgroup.c m->dir"]		# a file of the control group
	names["lib/cgroup/tree.c dir"]	# a group in it, links not followed
}

function check(call,   args) {
	sub(/^sys_openat\( */, "", call)
	split(call, args, / *, */)
	if (args[1] != "AT_FDCWD") {
		if (!((file " " args[1]) in names))
			print file ": sys_openat(" args[1] ", " args[2] ")"
	} else if (args[2] !~ /^"(\.|\/|\/dev|\/dev\/null|\/proc\/[^"]*)"$/ && !((file " " args[2]) in host))
		print file ": sys_openat(AT_FDCWD, " args[2] ")"
}

function check_file(   rest, at) {
	gsub(/[ \t\n]+/, " ", text)
	rest = text
	while (match(rest, /sys_openat\([^;]*;/)) {
		check(substr(rest, RSTART, RLENGTH))
		rest = substr(rest, RSTART + RLENGTH)
	}
	text = ""
}

FNR == 1 { check_file(); file = FILENAME }
FILENAME != "lib/base/sys.h" { text = text $0 "\n" }
END { check_file() }
' $sources)
report "opened by a path that is not the caller's to give" "$opened"
exit $broken
