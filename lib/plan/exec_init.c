/* SPDX-License-Identifier: MIT */
/*
 * The first process of a container that has an init: it passes signals on to the program, reaps
 * what is orphaned, ends with the caller's process, and tells of the program's exact end. It is
 * the helper, after all steps but the program's own. Child code: see run.h.
 */
#include <linux/prctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/sys.h"
#include "plan/image.h"
#include "plan/init.h"
#include "plan/run.h"

#define ALL_SIGNALS UINT64_MAX
#define REAP_MAX 64

/* For what the program's process does before it executes the program. */
#define STACK_SIZE 8192

struct init {
	struct ctr__run *run;
	struct ctr__step_init set;
	uint64_t mask; /* of signals: the program's */
	int program;   /* its pid */
	int parent;    /* pidfd of the caller's process; -1: the container outlives it */
	int status, signals, events;
};

/* What the terminal sends for Ctrl-C goes to the program directly, and not once more through us. */
static int take_foreground(void)
{
	int group = sys_getpid();

	return sys_ioctl(STDIN_FILENO, TIOCSPGRP, &group);
}

/*
 * In the program's process, which says who it is. It must not outlive the init, where that has
 * no PID namespace.
 */
static int become_program(const struct init *init)
{
	const struct ctr__step_init *set = &init->set;
	int r = sys_prctl(PR_SET_PDEATHSIG, SIGKILL);

	/* SIGTSTP stops nobody in a group that has no parent outside it, in its session. */
	if (r >= 0 && set->group)
		r = sys_setpgid(0, 0);
	if (r >= 0 && set->tty)
		r = take_foreground();
	if (r >= 0) /* the kernel adds the writer */
		r = (int)sys_write(init->status, "", 1);
	return r < 0 ? r : sys_sigprocmask(SIG_SETMASK, &init->mask, NULL);
}

/* In memory that it shares with the init, which waits: vfork(2). */
static int start_program(void *data)
{
	const struct init *init = data;
	int r = become_program(init);

	if (r == 0)
		return ctr__run_rest(init->run);
	init->run->report->errnum = -r;
	sys_exit(1);
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

enum reaped { NONE, SOME, PROGRAM };

/* Reaps what has ended; but not for ever, where processes have us trace them without end. */
static enum reaped reap(int program, int *status)
{
	for (int i = 0; i < REAP_MAX; i++) {
		int s;
		/* Without WUNTRACED those alone are told to have stopped that are traced. */
		const long pid = ctr__sys4(SYS_wait4, -1, (long)&s, WNOHANG | __WALL, 0);

		if (pid <= 0)
			return NONE;
		if (!has_ended(s)) {
			let_go((int)pid, s);
		} else if (pid == program) {
			*status = s;
			return PROGRAM;
		}
	}
	return SOME;
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

/* The caller has died: the first process of a PID namespace takes all with it, another one tries.
 */
static _Noreturn void end_with_parent(const struct init *init)
{
	if (init->set.group)
		sys_kill(-init->program, SIGKILL);
	sys_kill(init->program, SIGKILL);
	sys_exit(128 + SIGKILL);
}

/* The next signal, or 0; it waits for one, if it may, and for the end of the caller. */
static int next_signal(const struct init *init, bool wait)
{
	struct signalfd_siginfo info;
	struct epoll_event events[2];
	const int n = sys_epoll_wait(init->events, events, 2, wait ? -1 : 0);

	if (n == -EINTR || n == 0)
		return 0;
	if (n < 0 || events[0].data.fd == init->parent ||
	    (n > 1 && events[1].data.fd == init->parent))
		end_with_parent(init);
	if (sys_read(init->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

/* All signals are blocked, so none is lost; even the first process gets them so. */
static int serve(const struct init *init)
{
	bool stopping = false; /* we were asked to stop it */
	enum reaped reaped;
	int status = 0;

	while ((reaped = reap(init->program, &status)) != PROGRAM) {
		int sig;

		if (init->set.tty && !stopping && undo_stop(init->program, &status))
			break;
		sig = next_signal(init, reaped == NONE);
		if (sig == SIGTSTP || sig == SIGCONT)
			stopping = sig == SIGTSTP;
		if (sig && sig != SIGCHLD)
			sys_kill(init->program, sig);
	}
	return status;
}

static int64_t now_us(void)
{
	struct timespec t;

	return sys_clock_gettime(CLOCK_MONOTONIC, &t) == 0
		       ? (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000
		       : 0;
}

/*
 * A thread of the caller's may end; but with the first one the caller ends, and the kernel's
 * signal works on an init that is stopped.
 */
static int outlive_thread(const struct init *init)
{
	return init->parent < 0 || init->run->main_thread ? 0 : sys_prctl(PR_SET_PDEATHSIG, 0);
}

/*
 * The parent is told by a pipe that the program runs: only that one may have it open. From then
 * on the thread that made it may end.
 */
static _Noreturn void be_init(const struct init *init)
{
	const int kept[] = { init->status, init->signals, init->events, init->parent };
	struct ctr__init_record record = { 0 };
	int status;

	outlive_thread(init);
	ctr__close_others(kept, sizeof(kept) / sizeof(kept[0]));
	status = serve(init);
	record.status = status;
	record.at_us = init->set.clock ? now_us() : 0;
	sys_write(init->status, &record, sizeof(record));
	sys_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* What the program may see of it, and what it needs. */
static int settle(void)
{
	int r = sys_prctl(PR_SET_NAME, (unsigned long)CTR__INIT_NAME);

	if (r >= 0)
		r = sys_prctl(PR_SET_DUMPABLE, 0);
	if (r >= 0) /* for a container without a PID namespace */
		r = sys_prctl(PR_SET_CHILD_SUBREAPER, 1);
	return r;
}

/* poll(2) would fail with a limit on descriptors that the program can set for us: prlimit(2). */
static int watch(const struct init *init)
{
	int r = sys_epoll_add(init->events, init->signals);

	return r < 0 || init->parent < 0 ? r : sys_epoll_add(init->events, init->parent);
}

/*
 * Paths of the host are not for whoever may trace the init. To unmap them would take longer than
 * all else here: it interrupts the CPU that has run the program.
 */
static void forget(const struct ctr__run *run)
{
	memset(run->early, 0, run->early_size);
}

int ctr__do_init(struct ctr__run *run, const struct ctr__step *step)
{
	_Alignas(16) char stack[STACK_SIZE];
	struct init init = {
		.run = run,
		.set = step->init,
		.parent = step->init.with_parent ? run->slots[CTR__SLOT_PARENT] : -1,
		.status = run->slots[CTR__SLOT_STATUS],
		.signals = run->slots[CTR__SLOT_SIGNALS],
		.events = run->slots[CTR__SLOT_EVENTS],
	};
	const uint64_t all = ALL_SIGNALS;
	int r = sys_sigprocmask(SIG_SETMASK, &all, &init.mask);

	if (r >= 0)
		r = settle();
	if (r >= 0)
		r = watch(&init);
	if (r < 0)
		return r;
	forget(run);
	if (run->mode & CTR__MODE_POOLED) /* another thread may take it */
		r = outlive_thread(&init);
	if (r < 0)
		return r;
	init.program = (int)ctr__sys_vfork_call(stack + sizeof(stack), start_program, &init);
	if (init.program < 0)
		return init.program;
	be_init(&init);
}
