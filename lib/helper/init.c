/* SPDX-License-Identifier: MIT */
/*
 * The first process of a container that asked for an init: starts the program,
 * passes signals on to it, reaps what is orphaned, and reports the program's
 * exact end. A static program without a C library: a few kilobytes, as every
 * container that uses it has a copy in memory.
 *
 * Arguments: its name, the number of the status descriptor, letters of init.h, the path to
 * execute, and the program's arguments.
 */
#include <linux/prctl.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "base/sys.h"
#include "helper/init.h"

#define ALL_SIGNALS UINT64_MAX

struct program {
	const char *path;
	uint64_t mask; /* of signals, as it was given to us */
	char **argv, **envp;
	bool tty, group;
};

static void report(int fd, int32_t kind, int32_t value, int64_t at_us)
{
	const struct ctr__init_record record = { .kind = kind, .value = value, .at_us = at_us };

	sys_write(fd, &record, sizeof(record));
}

static int64_t now_us(void)
{
	struct timespec t;

	return sys_clock_gettime(CLOCK_MONOTONIC, &t) == 0
		       ? (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000
		       : 0;
}

static bool has_letter(const char *letters, char letter)
{
	while (*letters && *letters != letter)
		letters++;
	return *letters;
}

static int number(const char *text)
{
	int n = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (*text - '0');
	return n;
}

/* What the terminal sends for Ctrl-C goes to the program directly, and not once more through us. */
static void take_foreground(void)
{
	int group = sys_getpid();

	sys_ioctl(STDIN_FILENO, TIOCSPGRP, &group);
}

static int execute(const struct program *p)
{
	sys_prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not outlive us */
	/* SIGTSTP stops nobody in a group that has no parent outside it, in its session. */
	if (p->group)
		ctr__sys2(SYS_setpgid, 0, 0);
	if (p->tty)
		take_foreground();
	sys_sigprocmask(SIG_SETMASK, &p->mask, NULL);
	return sys_execveat(AT_FDCWD, p->path, p->argv, p->envp, 0);
}

/*
 * An ordinary fork of a few pages, with a pipe that closes at execveat(2):
 * how it went comes back through it. The program's pid, or -errno.
 */
static int start(const struct program *p)
{
	int ends[2], errnum = 0, pid;
	int r = sys_pipe2(ends, O_CLOEXEC);

	if (r < 0)
		return r;
	pid = (int)ctr__sys5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		errnum = execute(p);
		sys_write(ends[1], &errnum, sizeof(errnum));
		sys_exit(1);
	}
	sys_close(ends[1]);
	if (pid > 0)
		sys_read(ends[0], &errnum, sizeof(errnum));
	sys_close(ends[0]);
	return errnum < 0 ? errnum : pid;
}

/*
 * A child that asked to be traced, PTRACE_TRACEME, has stopped for a signal. It gets that, and
 * nobody traces it any more.
 */
static void let_go(int pid, int status)
{
	ctr__sys4(SYS_ptrace, PTRACE_DETACH, pid, 0, WSTOPSIG(status));
}

static bool has_ended(int status)
{
	return WIFEXITED(status) || WIFSIGNALED(status);
}

/* Reaps all that has ended; true with its status if the program is among it. */
static bool reap(int program, int *status)
{
	int s;
	long pid;

	/* Without WUNTRACED those alone are told to have stopped that are traced. */
	while ((pid = ctr__sys4(SYS_wait4, -1, (long)&s, WNOHANG | __WALL, 0)) > 0) {
		if (!has_ended(s)) {
			let_go((int)pid, s);
		} else if (pid == program) {
			*status = s;
			return true;
		}
	}
	return false;
}

/*
 * Ctrl-Z at the container's terminal stops the program, and no shell is there to continue it.
 * True if it has ended.
 */
static bool undo_stop(int program, int *status)
{
	int s;

	if (ctr__sys4(SYS_wait4, program, (long)&s, WNOHANG | WUNTRACED | __WALL, 0) != program)
		return false;
	if (!has_ended(s)) {
		if (WSTOPSIG(s) == SIGTSTP)
			sys_kill(-program, SIGCONT);
		return false;
	}
	*status = s;
	return true;
}

/* All signals are blocked, so none is lost; even the first process gets them so. */
static int serve(int program, bool tty)
{
	const uint64_t all = ALL_SIGNALS;
	bool stopping = false; /* we were asked to stop it */
	int status = 0;

	while (!reap(program, &status)) {
		long sig;

		if (tty && !stopping && undo_stop(program, &status))
			break;
		sig = ctr__sys4(SYS_rt_sigtimedwait, (long)&all, 0, 0, sizeof(all));
		if (sig == SIGTSTP || sig == SIGCONT)
			stopping = sig == SIGTSTP;
		if (sig > 0 && sig != SIGCHLD)
			sys_kill(program, (int)sig);
	}
	return status;
}

static int run(int argc, char **argv)
{
	const uint64_t all = ALL_SIGNALS;
	struct program p = {
		.path = argv[3],
		.argv = argv + CTR__INIT_ARGS,
		.envp = argv + argc + 1,
		.tty = has_letter(argv[2], CTR__INIT_TTY),
		.group = has_letter(argv[2], CTR__INIT_GROUP),
	};
	const int status_fd = number(argv[1]);
	int pid, status;

	sys_sigprocmask(SIG_SETMASK, &all, &p.mask);
	sys_prctl(PR_SET_NAME, (unsigned long)CTR__INIT_NAME); /* else: that of a memory file */
	sys_prctl(PR_SET_DUMPABLE, 0); /* our descriptors are not for the program */
	sys_fcntl(status_fd, F_SETFD, FD_CLOEXEC);
	sys_prctl(PR_SET_CHILD_SUBREAPER, 1); /* for a container without a PID namespace */
	pid = start(&p);
	report(status_fd, CTR__INIT_EXECUTED, pid < 0 ? -pid : 0, 0);
	if (pid < 0)
		return 1;
	status = serve(pid, p.tty);
	report(status_fd, CTR__INIT_ENDED, status,
	       has_letter(argv[2], CTR__INIT_CLOCK) ? now_us() : 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#if defined(__x86_64__) || defined(__aarch64__)
/* The stack as execve(2) leaves it: argc, argv, NULL, envp, NULL. */
__attribute__((used)) static _Noreturn void begin(long *stack)
{
	const int argc = (int)stack[0];

	sys_exit(argc > CTR__INIT_ARGS ? run(argc, (char **)(stack + 1)) : 1);
}
#endif

#if defined(__x86_64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call begin\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x0, sp\n"
	"	bl begin\n");
#else
/* Raw system calls go through libc here, so the build links it. */
int main(int argc, char **argv)
{
	return argc > CTR__INIT_ARGS ? run(argc, argv) : 1;
}
#endif
