/* SPDX-License-Identifier: 0BSD */
/*
 * "01-spawn CMD [ARG...]" creates a process with clone3(2), executes CMD in it, and reports how
 * it ended, from waitid(2). It refers to the process by a descriptor, not by its id.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(char **argv)
{
	execvp(argv[0], argv); /* returns only if it fails */
	perror(argv[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	siginfo_t end;

	if (argc < 2)
		return fprintf(stderr, "usage: 01-spawn CMD [ARG...]\n"), 2;
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return perror("clone3"), 125;
	if (pid == 0)
		child(argv + 1);
	if (waitid(P_PIDFD, (id_t)pidfd, &end, WEXITED))
		return perror("waitid"), 125;
	if (end.si_code == CLD_EXITED)
		printf("process %ld exited with %d\n", pid, end.si_status);
	else
		printf("process %ld was ended by signal %d\n", pid, end.si_status);
	return 0;
}
