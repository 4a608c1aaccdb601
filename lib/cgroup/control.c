/* SPDX-License-Identifier: MIT */
/* Freezing, signals, and the end of all in a group. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "cgroup/cgroup.h"

/* On a machine that is busy with what is to be killed, each of these takes its time. */
#define FREEZE_TO_KILL_MS 500
#define KILL_BOUND_MS 5000

/* ---- stop and go ---- */

static const struct freezer {
	bool v2;
	const char *file, *stop, *go;
	const char *state, *stopped; /* where it is read that all have stopped, and the text */
} freezers[] = {
	{ true, "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1" },
	{ false, "freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN" },
};

/* Where the group can be frozen; or -errno, -ENOENT if it can't. */
static int find_freezer(const ctr_cgroup *group, const struct ctr__member **member,
			const struct freezer **freezer)
{
	struct statx st;
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && i < group->n; i++) {
		*member = &group->members[i];
		*freezer = &freezers[(*member)->v2 ? 0 : 1];
		r = sys_statx((*member)->dir, (*freezer)->file, 0, STATX_TYPE, &st);
	}
	return r;
}

static int no_freezer(int errnum, ctr_error *err)
{
	if (errnum != ENOENT)
		return ctr__error_sys(err, errnum, "look for the freezer of", "the control group");
	return ctr__error_set(err, CTR_E_STATE, 0, "freeze the control group", NULL,
			      "it is in no hierarchy that can freeze: switch accounting on, in the "
			      "spec or when the group is made");
}

static bool has_stopped(const struct ctr__member *m, const struct freezer *freezer)
{
	char text[256];

	return ctr__fd_read_file(m->dir, freezer->state, text, sizeof(text)) >= 0 &&
	       strstr(text, freezer->stopped);
}

static bool await_stop(const struct ctr__member *m, const struct freezer *freezer, int bound_ms)
{
	for (int waited = 0; waited < bound_ms; waited++) {
		if (has_stopped(m, freezer))
			return true;
		ctr__pause_ms(1);
	}
	return false;
}

CTR_EXPORT int ctr_cgroup_freeze(const ctr_cgroup *group, ctr_error *err)
{
	const struct freezer *freezer;
	const struct ctr__member *m;
	int r = find_freezer(group, &m, &freezer);

	if (r < 0)
		return no_freezer(-r, err);
	r = ctr__fd_write_file(m->dir, freezer->file, freezer->stop);
	if (r < 0)
		return ctr__error_sys(err, -r, "freeze control group", m->path);
	if (await_stop(m, freezer, CTR__CGROUP_BOUND_MS))
		return 0;
	ctr__fd_write_file(m->dir, freezer->file, freezer->go);
	return ctr__error_set(err, CTR_E_TIMEOUT, 0, "freeze control group", m->path,
			      "some of its processes could not be stopped within a second");
}

CTR_EXPORT int ctr_cgroup_thaw(const ctr_cgroup *group, ctr_error *err)
{
	const struct freezer *freezer;
	const struct ctr__member *m;
	int r = find_freezer(group, &m, &freezer);

	if (r < 0)
		return no_freezer(-r, err);
	r = ctr__fd_write_file(m->dir, freezer->file, freezer->go);
	return r < 0 ? ctr__error_sys(err, -r, "thaw control group", m->path) : 0;
}

bool ctr__cgroup_is_frozen(const ctr_cgroup *group)
{
	const struct freezer *freezer;
	const struct ctr__member *m;

	return find_freezer(group, &m, &freezer) == 0 && has_stopped(m, freezer);
}

static int thaw_one(int parent, const char *name, int dir, void *data)
{
	(void)parent, (void)name, (void)data;
	ctr__fd_write_file(dir, freezers[1].file, freezers[1].go);
	return 0;
}

static void thaw_member(const struct ctr__member *m)
{
	ctr__fd_write_file(m->dir, freezers[1].file, freezers[1].go);
	ctr__cgroup_walk(m->dir, thaw_one, NULL);
}

void ctr__cgroup_thaw_to_die(const ctr_cgroup *group)
{
	const struct freezer *freezer;
	const struct ctr__member *m;

	if (find_freezer(group, &m, &freezer) == 0 && !m->v2)
		thaw_member(m);
}

/* ---- signals ---- */

struct signalling {
	int sig;
	int n;	     /* how many members there were */
	int refused; /* how many of them were not the caller's to signal */
};

/* 0 is a member that can't be seen from here. */
static void send_one(pid_t pid, void *data)
{
	struct signalling *s = data;

	s->n++;
	if (pid <= 0 || sys_kill(pid, s->sig) == -EPERM)
		s->refused++;
}

/* Returns how many members there were, or -errno. */
static int signal_all(const struct ctr__member *m, int sig)
{
	struct signalling s = { .sig = sig };
	int r = ctr__cgroup_each_pid(m->dir, send_one, &s);

	if (r == 0 && s.n > 0 && s.refused == s.n)
		r = -EPERM;
	return r < 0 ? r : s.n;
}

/* With a freezer of v1 that one, for its processes can be stopped there. */
const struct ctr__member *ctr__cgroup_main(const ctr_cgroup *group)
{
	const struct freezer *freezer;
	const struct ctr__member *m;

	return find_freezer(group, &m, &freezer) == 0 ? m : &group->members[0];
}

CTR_EXPORT int ctr_cgroup_signal(const ctr_cgroup *group, int sig, ctr_error *err)
{
	const struct ctr__member *m = ctr__cgroup_main(group);
	char text[16];
	int r;

	snprintf(text, sizeof(text), "%d", sig);
	if (sig < 0 || sig > SIGRTMAX)
		return ctr__error_value(err, "signal", text, "a number of signal(7)");
	r = signal_all(m, sig);
	return r < 0 ? ctr__error_sys(err, -r, "signal the members of control group", m->path) : 0;
}

/* ---- the end ---- */

/* v1: those that are stopped fork no more; they die when they go on. */
static int kill_stopped(const struct ctr__member *m)
{
	const struct freezer *freezer = &freezers[1];
	int n;

	if (m->v2)
		return signal_all(m, SIGKILL);
	if (ctr__fd_write_file(m->dir, freezer->file, freezer->stop) == 0)
		await_stop(m, freezer, FREEZE_TO_KILL_MS);
	n = signal_all(m, SIGKILL);
	thaw_member(m);
	return n;
}

/*
 * Members can only come from members: a pass that kills all and finds none the
 * next time has been complete, however fast they fork. v2 kills all at once, frozen
 * ones too.
 */
int ctr__cgroup_kill_member(const struct ctr__member *m)
{
	const int64_t end = ctr__now_ms() + KILL_BOUND_MS;
	int n = 1;

	if (m->v2)
		ctr__fd_write_file(m->dir, "cgroup.kill", "1");
	while (n > 0 && ctr__left_ms(end)) {
		n = kill_stopped(m);
		if (n > 0)
			ctr__pause_ms(1);
	}
	return n > 0 ? -EBUSY : n;
}

CTR_EXPORT int ctr_cgroup_kill(ctr_cgroup *group, ctr_error *err)
{
	const struct ctr__member *m;
	int r;

	if (ctr__cgroup_refuse_copy(group, "kill all in control group", err))
		return -1;
	m = ctr__cgroup_main(group);
	atomic_store(&group->killed, true);
	r = ctr__cgroup_kill_member(m);
	if (r == -ENOENT || r == -ENODEV)
		return 0; /* somebody has removed it */
	if (r == -EBUSY)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, "kill all in control group", m->path,
				      "processes are left after five seconds");
	return r < 0 ? ctr__error_sys(err, -r, "kill all in control group", m->path) : 0;
}
