/* SPDX-License-Identifier: MIT */
/* The filter of system calls, and whether a container can be started behind it. */
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/seccomp.h"

/* ---- the program of the filter ---- */

static int keep(struct ctr__compile *c, const struct sock_filter *insns, size_t n)
{
	struct sock_filter *copy = ctr__steps_alloc(&c->plan->steps, n, sizeof(*copy));

	if (!copy)
		return ctr__error_nomem(c->err);
	memcpy(copy, insns, n * sizeof(*copy));
	c->filter.v = copy;
	c->filter.n = n;
	return 0;
}

static int make_default(struct ctr__compile *c, bool log)
{
	struct sock_filter *made;
	size_t n;
	int r;

	r = ctr__seccomp_build(c->caps.bounding, log, &made, &n);
	if (r < 0)
		return ctr__error_sys(c->err, -r, "make the filter of system calls", NULL);
	r = keep(c, made, n);
	free(made);
	c->filter.verify = true;
	c->filter.origin = log ? "the default, logging only" : NULL;
	return r;
}

static int make_from_text(struct ctr__compile *c)
{
	const struct ctr__seccomp *from = &c->process->seccomp;
	struct ctr__profile profile;
	int r;

	if (ctr__seccomp_profile(from->text, from->origin, c->caps.bounding, &profile, c->err))
		return -1;
	r = keep(c, profile.insns, profile.n);
	free(profile.insns);
	c->filter.flags = profile.flags;
	c->filter.origin =
		ctr__steps_strdup(&c->plan->steps, from->origin ? from->origin : "a profile");
	return r || c->filter.origin ? r : ctr__error_nomem(c->err);
}

/* ---- what must pass it ---- */

/* What has the calls of a kind of step is in the column "calls" of plan/steps.def. */
struct needed {
	const char *name;
	struct ctr__call call;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct needed to_hand_over[] = { { "sendmsg", { SYS_sendmsg, 0, { 0 } } },
					      { "close", { SYS_close, 0, { 0 } } } };

/* lib/plan/exec_init.c. */
static const struct needed by_init[] = {
	{ "rt_sigprocmask", { SYS_rt_sigprocmask, 0, { 0 } } },
	{ "prctl", { SYS_prctl, 1, { PR_SET_NAME } } },
	{ "prctl", { SYS_prctl, 1, { PR_SET_DUMPABLE } } },
	{ "prctl", { SYS_prctl, 1, { PR_SET_CHILD_SUBREAPER } } },
	{ "prctl", { SYS_prctl, 1, { PR_SET_PDEATHSIG } } },
	{ "clone", { SYS_clone, 1, { CTR__VFORK_FLAGS } } },
	{ "close_range", { SYS_close_range, 0, { 0 } } },
	{ "munmap", { SYS_munmap, 0, { 0 } } },
	{ "epoll_ctl", { SYS_epoll_ctl, 0, { 0 } } },
	{ "epoll_pwait", { SYS_epoll_pwait, 0, { 0 } } },
	{ "read", { SYS_read, 0, { 0 } } },
	{ "write", { SYS_write, 0, { 0 } } },
	{ "wait4", { SYS_wait4, 0, { 0 } } },
	{ "kill", { SYS_kill, 0, { 0 } } },
	{ "exit_group", { SYS_exit_group, 0, { 0 } } },
};

static const struct needed by_init_with_tty[] = {
	{ "setpgid", { SYS_setpgid, 3, { 0 } } },
	{ "getpid", { SYS_getpid, 0, { 0 } } },
	{ "ioctl", { SYS_ioctl, 2, { 0, TIOCSPGRP } } },
};

/* lib/plan/exec_gate.c, and the last descriptors. */
static const struct needed at_gate[] = {
	{ "prctl", { SYS_prctl, 1, { PR_GET_PDEATHSIG } } },
	{ "prctl", { SYS_prctl, 1, { PR_SET_PDEATHSIG } } },
	{ "sendmsg", { SYS_sendmsg, 0, { 0 } } },
	{ "recvmsg", { SYS_recvmsg, 0, { 0 } } },
	{ "ppoll", { SYS_ppoll, 0, { 0 } } },
	{ "statx", { SYS_statx, 0, { 0 } } },
	{ "fcntl", { SYS_fcntl, 2, { 0, F_DUPFD_CLOEXEC } } },
	{ "fcntl", { SYS_fcntl, 2, { 0, F_SETFD } } },
	{ "dup3", { SYS_dup3, 0, { 0 } } },
	{ "exit_group", { SYS_exit_group, 0, { 0 } } },
};

/* Without no_new_privs it is loaded before these are done. */
static const struct needed to_give_up_privileges[] = {
	{ "prctl", { SYS_prctl, 0, { 0 } } },
	{ "setgroups", { SYS_setgroups, 0, { 0 } } },
	{ "setresgid", { SYS_setresgid, 0, { 0 } } },
	{ "setresuid", { SYS_setresuid, 0, { 0 } } },
	{ "capset", { SYS_capset, 0, { 0 } } },
	{ "capget", { SYS_capget, 0, { 0 } } },
	{ "umask", { SYS_umask, 0, { 0 } } },
	{ "getresuid", { SYS_getresuid, 0, { 0 } } },
	{ "getcwd", { SYS_getcwd, 0, { 0 } } },
	{ "rt_sigprocmask", { SYS_rt_sigprocmask, 0, { 0 } } },
	{ "ppoll", { SYS_ppoll, 0, { 0 } } },
	{ "getresgid", { SYS_getresgid, 0, { 0 } } },
	{ "getgroups", { SYS_getgroups, 0, { 0 } } },
	{ "statx", { SYS_statx, 0, { 0 } } },
	{ "close_range", { SYS_close_range, 0, { 0 } } },
	{ "openat2", { SYS_openat2, 0, { 0 } } },
	{ "close", { SYS_close, 0, { 0 } } },
};

/* The host program, which is asked, may be waiting for the container to have started. */
static const struct needed to_end[] = { { "exit_group", { SYS_exit_group, 0, { 0 } } } };

static const char *origin_of(const struct ctr__compile *c)
{
	return c->filter.origin ? c->filter.origin : "a filter";
}

static int refuse_call(struct ctr__compile *c, const char *name, unsigned outcomes)
{
	if (outcomes & CTR__MAY_NOTIFY)
		return ctr__error_set(
			c->err, CTR_E_INVALID, 0, "filter system calls by", origin_of(c),
			"it sends %s to the listener, but this call is made before the "
			"listener can answer: allow it",
			name);
	return ctr__error_set(c->err, CTR_E_INVALID, 0, "filter system calls by", origin_of(c),
			      "it refuses %s, which is needed to start the container: allow "
			      "it",
			      name);
}

static int outcomes_of(struct ctr__compile *c, const struct ctr__call *call, unsigned *outcomes)
{
	return ctr__seccomp_outcomes(c->filter.v, c->filter.n, call, outcomes)
		       ? ctr__error_nomem(c->err)
		       : 0;
}

/* forbidden: of CTR__MAY_*, what must not become of them. 0, 1: one is refused, -1: out of memory.
 */
static int check_calls(struct ctr__compile *c, const struct needed *calls, size_t n,
		       unsigned forbidden)
{
	unsigned outcomes;

	for (size_t i = 0; i < n; i++) {
		if (outcomes_of(c, &calls[i].call, &outcomes))
			return -1;
		if (outcomes & forbidden) {
			refuse_call(c, calls[i].name, outcomes & forbidden);
			return 1;
		}
	}
	return 0;
}

/* What the init does without where it may not: a group for the program, and the time of its end. */
static int note_init(struct ctr__compile *c)
{
	static const struct ctr__call setpgid = { SYS_setpgid, 3, { 0 } };
	static const struct ctr__call clock_gettime = { SYS_clock_gettime, 1, { CLOCK_MONOTONIC } };
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;
	unsigned group, time;

	if (outcomes_of(c, &setpgid, &group) || outcomes_of(c, &clock_gettime, &time))
		return -1;
	c->no_group = group & lost;
	c->no_clock = time & lost;
	return 0;
}

/* One that nobody asked for is left out where it may not do what it has to. */
static int check_init(struct ctr__compile *c)
{
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;
	ctr_error *err = c->err;
	int r;

	if (c->process->attr.init == CTR__INIT_AUTO && !c->spec->resources.output_limit)
		c->err = NULL;
	r = check_calls(c, by_init, COUNT(by_init), lost);
	if (r == 0 && c->process->attr.tty)
		r = check_calls(c, by_init_with_tty, COUNT(by_init_with_tty), lost);
	if (r && c->err == err)
		return -1;
	c->err = err;
	if (r < 0)
		return ctr__error_nomem(err);
	c->plan->init = r == 0;
	return c->plan->init ? note_init(c) : 0;
}

/* Lists that people write by hand have execve(2) alone. */
static int check_execution(struct ctr__compile *c)
{
	static const struct ctr__call execve = { SYS_execve, 0, { 0 } };
	static const struct ctr__call execveat = { SYS_execveat, 0, { 0 } };
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;
	unsigned by_path, by_either;

	if (outcomes_of(c, &execve, &by_path) || outcomes_of(c, &execveat, &by_either))
		return -1;
	if (c->process->program.by_fd)
		return by_either & lost ? refuse_call(c, "execveat", by_either & lost) : 0;
	if (!(by_path & lost))
		return 0;
	c->execveat = true;
	return by_either & lost ? refuse_call(c, "execve", by_path & lost) : 0;
}

static int check_listener(struct ctr__compile *c)
{
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;

	if (!c->process->confine.no_new_privs)
		return ctr__error_set(
			c->err, CTR_E_INVALID, 0, "filter system calls by", origin_of(c),
			"it has a listener, and without no_new_privs it is loaded too "
			"early for that: leave no_new_privs on");
	return check_calls(c, to_hand_over, COUNT(to_hand_over), lost) ||
			       check_calls(c, to_end, COUNT(to_end), CTR__MAY_NOTIFY)
		       ? -1
		       : 0;
}

/*
 * A call that is refused would fail the start without its cause, and one that is asked
 * about would never return: the parent waits for the child, and nobody answers.
 */
static int check_filter(struct ctr__compile *c)
{
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;

	if (check_execution(c) || (c->plan->listener && check_listener(c)))
		return -1;
	if (!c->process->confine.no_new_privs &&
	    check_calls(c, to_give_up_privileges, COUNT(to_give_up_privileges), lost))
		return -1;
	return c->plan->init ? check_init(c) : 0;
}

/* The kernel takes this flag with a listener only, where it means something. */
static int settle_flags(struct ctr__compile *c)
{
	struct ctr__step_filter *filter = &c->filter;

	/* There is one thread. */
	filter->flags &= ~(unsigned)(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
	c->plan->listener = ctr__seccomp_notifies(filter->v, filter->n);
	if (c->plan->listener)
		filter->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	else if (filter->flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		return ctr__error_set(
			c->err, CTR_E_INVALID, 0, "filter system calls by", origin_of(c),
			"it has the flag SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, which "
			"needs a rule with SCMP_ACT_NOTIFY");
	filter->listener = c->plan->listener;
	return 0;
}

/* One of the spec's own: what it does to our calls is not known beforehand. */
static int finish(struct ctr__compile *c)
{
	static const struct ctr__call ask = { SYS_prctl, 1, { PR_GET_SECCOMP } };
	unsigned outcomes;

	if (settle_flags(c) || outcomes_of(c, &ask, &outcomes))
		return -1;
	c->filter.verify = outcomes == CTR__MAY_PASS;
	return check_filter(c);
}

int ctr__compile_seccomp(struct ctr__compile *c)
{
	const struct ctr__seccomp *from = &c->process->seccomp;

	switch (from->kind) {
	case CTR__SECCOMP_NONE:
		return 0;
	case CTR__SECCOMP_JSON:
		return make_from_text(c) || finish(c) ? -1 : 0;
	case CTR__SECCOMP_BPF:
		c->filter.origin = "a program";
		return keep(c, from->insns, from->n) || finish(c) ? -1 : 0;
	default:
		return make_default(c, from->kind == CTR__SECCOMP_LOG);
	}
}

/* Of the spec, and not the default one. */
static bool is_own(const struct ctr__compile *c)
{
	const unsigned kind = c->process->seccomp.kind;

	return kind == CTR__SECCOMP_JSON || kind == CTR__SECCOMP_BPF;
}

/* Whether the filter lets the child look at the clock and at what it has used. */
bool ctr__compile_lets_measure(struct ctr__compile *c)
{
	static const struct ctr__call calls[] = { { SYS_clock_gettime, 0, { 0 } },
						  { SYS_getrusage, 0, { 0 } } };
	unsigned outcomes;

	if (!is_own(c))
		return true;
	for (size_t i = 0; i < COUNT(calls); i++)
		if (ctr__seccomp_outcomes(c->filter.v, c->filter.n, &calls[i], &outcomes) ||
		    outcomes != CTR__MAY_PASS)
			return false;
	return true;
}

/* Whether a child can wait behind the filter: -1 with the error, 0 or 1. */
static int lets_wait(struct ctr__compile *c)
{
	const unsigned lost = CTR__MAY_REFUSE | CTR__MAY_NOTIFY;
	unsigned outcomes;

	if (!is_own(c))
		return 1;
	for (size_t i = 0; i < COUNT(at_gate); i++) {
		if (outcomes_of(c, &at_gate[i].call, &outcomes))
			return -1;
		if (outcomes & lost)
			return 0;
	}
	return 1;
}

int ctr__compile_lets_keyctl(struct ctr__compile *c, bool *lets)
{
	static const struct ctr__call keyctl = { SYS_keyctl, 0, { 0 } };
	unsigned outcomes = CTR__MAY_PASS;

	if (c->filter.n && outcomes_of(c, &keyctl, &outcomes))
		return -1;
	*lets = outcomes & (CTR__MAY_PASS | CTR__MAY_NOTIFY);
	return 0;
}

int ctr__compile_add_filter(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_SECCOMP,
		.modes = CTR__MODE_RUN,
		.filter = c->filter,
	};

	int r;

	if (!c->filter.n)
		return 0;
	r = lets_wait(c);
	if (r < 0 || (r == 0 && ctr__compile_gate(c)))
		return -1;
	return ctr__compile_add(c, &step);
}

/* As late as can be; without no_new_privs that takes CAP_SYS_ADMIN, which is given up before. */
int ctr__compile_filter(struct ctr__compile *c)
{
	return c->process->confine.no_new_privs ? ctr__compile_add_filter(c) : 0;
}
