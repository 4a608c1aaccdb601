/* SPDX-License-Identifier: MIT */
/*
 * A core dump of a child that shares its parent's memory would be one of the parent, and before
 * Linux 5.16 ended it too. Nothing of that can be seen from outside while the child is set up,
 * so this stops it at a system call, by ptrace(2), and looks.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define LIMIT 123456

/* The soft limit on core dumps that a process has, or -1. */
static long core_limit(pid_t pid)
{
	char path[64];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
	line = strstr(world_read(path), "Max core file size");
	return line ? strtol(line + strlen("Max core file size"), NULL, 10) : -1;
}

/* The caller: it has a limit of its own, and starts a container once it is traced. */
static void spawn_traced(int helper_child)
{
	const struct rlimit limit = { LIMIT, LIMIT };
	ctr_spec *spec = suite_spec(world_rootfs("root"), "true", NULL);
	ctr_container *c;

	setrlimit(RLIMIT_CORE, &limit);
	ctr_spec_set_child(spec, helper_child ? CTR_CHILD_HELPER : CTR_CHILD_AUTO, NULL);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	c = ctr_spawn(spec, NULL);
	_exit(c && ctr_container_wait(c, -1, NULL) == 1 && ctr_container_exit_code(c) == 0 ? 0 : 1);
}

/* What of the container is seen of its limit where it calls pivot_root(2), and after execve(2). */
struct seen {
	long at_pivot_root, executed;
};

static void look(pid_t pid, int status, struct seen *seen)
{
	struct __ptrace_syscall_info info;

	if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		seen->executed = core_limit(pid);
	if (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_pivot_root)
		return;
	seen->at_pivot_root = core_limit(pid);
}

/* What it was stopped by, for it to get after all; not what stopped it for us. */
static int signal_of(int status)
{
	const int sig = WSTOPSIG(status);

	return sig == SIGSTOP || sig == SIGTRAP || sig == (SIGTRAP | 0x80) ? 0 : sig;
}

/* Until the caller has ended: its status. */
static int trace(pid_t caller, struct seen *seen)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == caller)
				return status;
			continue;
		}
		look(pid, status, seen);
		ptrace(PTRACE_SYSCALL, pid, NULL, signal_of(status));
	}
	return -1;
}

static void see(int helper_child, struct seen *seen)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	pid_t caller = fork();
	int status;

	if (caller == 0)
		spawn_traced(helper_child);
	ck_assert_int_eq(waitpid(caller, &status, 0), caller);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(ptrace(PTRACE_SETOPTIONS, caller, NULL, options), 0);
	ck_assert_int_eq(ptrace(PTRACE_SYSCALL, caller, NULL, 0), 0);
	status = trace(caller, seen);
	ck_assert_msg(status == 0, "the caller ended with %x", (unsigned)status);
}

/* Of a child that shares memory (0), and of one that doesn't (1), for which it does no harm. */
START_TEST(test_core__is_not_dumped_before_the_program_is_executed)
{
	struct seen seen = { -2, -2 };

	suite_need_root();
	suite_need_real_exec();
	see(_i, &seen);
	ck_assert_int_eq(seen.at_pivot_root, 0);
	ck_assert_int_eq(seen.executed, LIMIT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core");
	TCase *tc = suite_case(suite, "core");

	tcase_add_loop_test(tc, test_core__is_not_dumped_before_the_program_is_executed, 0, 2);
	return suite_run(suite);
}
