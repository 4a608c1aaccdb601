/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "signals.h"

/* timeout(1) sends one signal twice at once, to its child and to its group. */
enum { INSIST_AFTER_MS = 1000 };

/* ---- receiving ---- */

/*
 * Not passed on: faults of minictr's own, what the kernel tells it about its
 * own child, pipe and socket, and the stops that its own use of the terminal earns.
 */
static const int kept_signals[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE,  SIGSEGV,
				    SIGSYS, SIGCHLD, SIGPIPE, SIGURG, SIGTTIN, SIGTTOU };

static bool is_ignored(int sig)
{
	struct sigaction action;

	return sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void fill_taken(sigset_t *set)
{
	sigfillset(set);
	for (size_t i = 0; i < sizeof(kept_signals) / sizeof(*kept_signals); i++)
		sigdelset(set, kept_signals[i]);
	for (int sig = 1; sig < NSIG; sig++)
		if (is_ignored(sig))
			sigdelset(set, sig);
}

int signals_take(void)
{
	sigset_t taken;

	fill_taken(&taken);
	if (sigprocmask(SIG_BLOCK, &taken, NULL) < 0)
		return -1;
	return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

int signals_read(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

bool signal_is_fatal(int sig)
{
	return sig != SIGCONT && sig != SIGWINCH && sig != SIGTSTP;
}

/* ---- passing on ---- */

struct signal_masks {
	uint64_t blocked, ignored, caught;
};

static void read_mask(const char *line, const char *name, uint64_t *mask)
{
	size_t length = strlen(name);

	if (strncmp(line, name, length) == 0)
		*mask = strtoull(line + length, NULL, 16);
}

static int read_masks(pid_t pid, struct signal_masks *masks)
{
	char path[32], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		read_mask(line, "SigBlk:", &masks->blocked);
		read_mask(line, "SigIgn:", &masks->ignored);
		read_mask(line, "SigCgt:", &masks->caught);
	}
	fclose(file);
	return 0;
}

/*
 * A signal that sigwait(3) waits for counts as blocked to the kernel, and not
 * in SigBlk. -1 when that can't be seen.
 */
static int waits_for_signals(pid_t pid)
{
	char path[32], line[256], *end;
	int answer = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fgets(line, sizeof(line), file)) /* a number first, or "running" */
		answer = strtol(line, &end, 10) == SYS_rt_sigtimedwait && end != line;
	fclose(file);
	return answer;
}

/* The kernel drops a signal for which PID 1 has made no arrangement. */
static bool would_be_dropped(const struct forward *forward, int sig)
{
	pid_t pid = ctr_container_pid(forward->container);
	struct signal_masks masks = { 0 };
	uint64_t bit = UINT64_C(1) << (sig - 1);

	/* Twice, for it may begin or end to wait at any time. */
	if (!forward->is_pid1 || waits_for_signals(pid) != 0)
		return false;
	if (read_masks(pid, &masks) < 0 || waits_for_signals(pid) != 0)
		return false;
	return !((masks.blocked | masks.ignored | masks.caught) & bit);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* SIGHUP is not among these: daemons read their configuration again on it. */
static bool asks_to_end(int sig)
{
	return sig == SIGINT || sig == SIGTERM || sig == SIGQUIT;
}

static bool insists(struct forward *forward, int sig)
{
	int64_t now = now_ms();

	if (!forward->is_pid1 || !asks_to_end(sig))
		return false;
	if (forward->asked_ms == 0)
		forward->asked_ms = now;
	return now - forward->asked_ms >= INSIST_AFTER_MS;
}

void forward_signal(struct forward *forward, int sig)
{
	bool kill = signal_is_fatal(sig) && would_be_dropped(forward, sig);

	if (!kill && !insists(forward, sig)) {
		ctr_container_send_signal(forward->container, sig, NULL);
		return;
	}
	if (!forward->killed_by)
		forward->killed_by = sig;
	ctr_container_kill_all(forward->container, NULL);
}

static void stop_self(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

/*
 * SIGTSTP would do nothing to a program that is alone in its session; only
 * SIGSTOP does, and an init is of no use when stopped.
 */
void forward_stop(const struct forward *forward)
{
	ctr_container_send_signal(forward->container, forward->has_init ? SIGTSTP : SIGSTOP, NULL);
	stop_self();
	ctr_container_send_signal(forward->container, SIGCONT, NULL);
}
