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

/* How the processes in that directory can be stopped, NULL if they can't: 0, or -errno. */
static int find_freezer(const struct ctr__member *m, const struct freezer **freezer)
{
	struct statx st;
	int r;

	*freezer = &freezers[m->v2 ? 0 : 1];
	r = sys_statx(m->dir, (*freezer)->file, 0, STATX_TYPE, &st);
	if (r == -ENOENT)
		*freezer = NULL;
	return r == -ENOENT ? 0 : r;
}

/* What can't be looked at may have one. */
static const struct freezer *freezer_of(const struct ctr__member *m)
{
	const struct freezer *freezer;

	find_freezer(m, &freezer);
	return freezer;
}

static int no_freezer(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "freeze the control group", NULL,
			      "it is in no hierarchy that can freeze processes: switch "
			      "accounting on, in the spec or when the group is created");
}

static bool has_stopped(const struct ctr__member *m, const struct freezer *freezer)
{
	char text[256];

	return ctr__fd_read_file(m->dir, freezer->state, text, sizeof(text)) >= 0 &&
	       strstr(text, freezer->stopped);
}

/*
 * v1 wakes each process once to stop it. One that is just about to sleep in v2's freezer misses
 * that, and sleeps on, so it is told again.
 */
static bool await_stop(const struct ctr__member *m, const struct freezer *freezer, int bound_ms)
{
	for (int waited = 1; waited <= bound_ms; waited++) {
		if (has_stopped(m, freezer))
			return true;
		if (!freezer->v2 && waited % 10 == 0)
			ctr__fd_write_file(m->dir, freezer->file, freezer->stop);
		ctr__pause_ms(1);
	}
	return false;
}

static int explain_look(const struct ctr__member *m, int r, ctr_error *err)
{
	return ctr__error_sys(err, -r, "look for the freezer of control group", m->path);
}

static int freeze_member(const struct ctr__member *m, const struct freezer *freezer, ctr_error *err)
{
	int r = ctr__fd_write_file(m->dir, freezer->file, freezer->stop);

	if (r < 0)
		return ctr__error_sys(err, -r, "freeze control group", m->path);
	if (await_stop(m, freezer, CTR__CGROUP_BOUND_MS))
		return 0;
	return ctr__error_set(err, CTR_E_TIMEOUT, 0, "freeze control group", m->path,
			      "some of its processes could not be stopped within a second");
}

/* v2 goes first: what v1 has stopped does not come to where v2 would count it. */
static int freeze_version(const ctr_cgroup *group, bool v2, int *n, ctr_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];
		const struct freezer *freezer = NULL;

		if (m->v2 == v2)
			r = find_freezer(m, &freezer);
		if (r < 0)
			r = explain_look(m, r, err);
		else if (freezer)
			r = freeze_member(m, freezer, err);
		*n += freezer != NULL;
	}
	return r;
}

static int go_on(const ctr_cgroup *group, int *n, ctr_error *err)
{
	int result = 0;

	for (size_t i = 0; i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];
		const struct freezer *freezer;
		int looked = find_freezer(m, &freezer);
		int r = freezer ? ctr__fd_write_file(m->dir, freezer->file, freezer->go) : 0;

		*n += freezer != NULL;
		if (r < 0 && looked < 0)
			result = explain_look(m, looked, err);
		else if (r < 0)
			result = ctr__error_sys(err, -r, "thaw control group", m->path);
	}
	return result;
}

static void note_one(pid_t pid, void *data)
{
	*(pid_t *)data = pid;
}

/*
 * A process that is in the group, but in no directory of it that can be stopped; 0 if there is
 * none, or -errno.
 */
static int find_stray(const ctr_cgroup *group, const struct ctr__member **where)
{
	struct ctr__pids pids = { 0 };
	pid_t stray = 0;
	int r = 0;

	for (int can = 1; can >= 0; can--)
		for (size_t i = 0; r == 0 && !stray && i < group->n; i++) {
			*where = &group->members[i];
			if ((freezer_of(*where) != NULL) == can)
				r = ctr__pids_read(&pids, (*where)->dir, can ? NULL : note_one,
						   &stray);
		}
	ctr__pids_clear(&pids);
	return r < 0 ? r : stray;
}

/* One that is about to be added comes to the others a moment later. */
static int refuse_strays(const ctr_cgroup *group, ctr_error *err)
{
	const int64_t end = ctr__now_ms() + CTR__CGROUP_BOUND_MS;
	const struct ctr__member *where;
	int stray = find_stray(group, &where);

	while (stray > 0 && ctr__left_ms(end)) {
		ctr__pause_ms(1);
		stray = find_stray(group, &where);
	}
	if (stray < 0)
		return ctr__error_sys(err, -stray, "list the members of control group",
				      where->path);
	if (stray == 0)
		return 0;
	return ctr__error_set(err, CTR_E_TIMEOUT, 0, "freeze control group", where->path,
			      "process %d is in this group, but in none of its hierarchies "
			      "that can freeze processes",
			      stray);
}

CTR_EXPORT int ctr_cgroup_freeze(const ctr_cgroup *group, ctr_error *err)
{
	int n = 0, r = freeze_version(group, true, &n, err);

	if (r == 0)
		r = freeze_version(group, false, &n, err);
	if (n == 0)
		return no_freezer(err);
	if (r == 0 && n < (int)group->n)
		r = refuse_strays(group, err);
	if (r)
		go_on(group, &n, NULL);
	return r;
}

CTR_EXPORT int ctr_cgroup_thaw(const ctr_cgroup *group, ctr_error *err)
{
	int n = 0, r = go_on(group, &n, err);

	return n == 0 ? no_freezer(err) : r;
}

bool ctr__cgroup_is_frozen(const ctr_cgroup *group)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct freezer *freezer = freezer_of(&group->members[i]);

		if (freezer && has_stopped(&group->members[i], freezer))
			return true;
	}
	return false;
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
	for (size_t i = 0; i < group->n; i++)
		if (!group->members[i].v2 && freezer_of(&group->members[i]))
			thaw_member(&group->members[i]);
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

static int all_refused(const struct signalling *s)
{
	return s->n > 0 && s->refused == s->n ? -EPERM : 0;
}

/* Returns how many members there were, or -errno. */
static int signal_all(const struct ctr__member *m, int sig)
{
	struct signalling s = { .sig = sig };
	int r = ctr__cgroup_each_pid(m->dir, send_one, &s);

	if (r == 0)
		r = all_refused(&s);
	return r < 0 ? r : s.n;
}

CTR_EXPORT int ctr_cgroup_send_signal(const ctr_cgroup *group, int sig, ctr_error *err)
{
	struct signalling s = { .sig = sig };
	const struct ctr__member *m = NULL;
	char text[16];
	int r;

	snprintf(text, sizeof(text), "%d", sig);
	if (sig < 0 || sig > SIGRTMAX)
		return ctr__error_value(err, "signal", text, "a number of signal(7)");
	r = ctr__cgroup_each_member(group, send_one, &s, &m);
	if (r == 0)
		r = all_refused(&s);
	return r < 0 ? ctr__error_sys(err, -r, "signal the members of control group", m->path) : 0;
}

/* ---- the end ---- */

/* v1: those that are stopped fork no more; they die when they go on. */
static int kill_stopped(const struct ctr__member *m)
{
	const struct freezer *freezer = &freezers[1];
	int n;

	if (m->v2 || !freezer_of(m))
		return signal_all(m, SIGKILL);
	if (ctr__fd_write_file(m->dir, freezer->file, freezer->stop) == 0)
		await_stop(m, freezer, FREEZE_TO_KILL_MS);
	n = signal_all(m, SIGKILL);
	thaw_member(m);
	return n;
}

/* How many there were, or -errno, and the index of the directory that it is about. */
static int kill_once(const struct ctr__member *members, size_t n, size_t *about)
{
	int total = 0, failed = 0;

	for (size_t i = 0; i < n; i++) {
		int r = kill_stopped(&members[i]);

		if (r > 0)
			total += r;
		else if (r < 0 && r != -ENOENT && r != -ENODEV) /* somebody has removed it */
			failed = r;
		if (r > 0 || r == failed)
			*about = i;
	}
	return total ? total : failed;
}

/*
 * Members can only come from members: a pass that kills all and finds none the
 * next time has been complete, however fast they fork. v2 kills all at once, frozen
 * ones too.
 */
int ctr__cgroup_kill_members(const struct ctr__member *members, size_t n, size_t *failed)
{
	const int64_t end = ctr__now_ms() + KILL_BOUND_MS;
	int left = 1;

	for (size_t i = 0; i < n; i++)
		if (members[i].v2)
			ctr__fd_write_file(members[i].dir, "cgroup.kill", "1");
	while (left > 0 && ctr__left_ms(end)) {
		left = kill_once(members, n, failed);
		if (left > 0)
			ctr__pause_ms(1);
	}
	return left > 0 ? -EBUSY : left;
}

CTR_EXPORT int ctr_cgroup_kill(ctr_cgroup *group, ctr_error *err)
{
	size_t failed = 0;
	const char *path;
	int r;

	if (ctr__cgroup_refuse_copy(group, "kill all in control group", err))
		return -1;
	atomic_store(&group->killed, true);
	r = ctr__cgroup_kill_members(group->members, group->n, &failed);
	path = ctr_cgroup_path(group, failed);
	if (r == -EBUSY)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, "kill all in control group", path,
				      "processes are left after five seconds");
	return r < 0 ? ctr__error_sys(err, -r, "kill all in control group", path) : 0;
}
