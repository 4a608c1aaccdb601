/* SPDX-License-Identifier: MIT */
/* What callers left that can't clean up any more. */
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"
#include "cgroup/libcgroup.h"
#include "cgroup/name.h"

struct sweep {
	int kill;
	uint64_t removed, busy;
	int failed; /* -errno of the last that could not be removed */
};

static void count_one(pid_t pid, void *data)
{
	(void)pid;
	++*(int *)data;
}

static void kill_members(int dir)
{
	struct statx st;
	size_t failed;
	const struct ctr__member member = {
		.dir = dir,
		.v2 = sys_statx(dir, "cgroup.type", 0, STATX_TYPE, &st) == 0,
	};

	ctr__cgroup_kill_members(&member, 1, &failed);
}

static int sweep_one(int parent, const char *name, int dir, void *data)
{
	struct sweep *s = data;
	int members = 0, r;

	if (!ctr__cgroup_name_is_dead(name))
		return 0;
	if (s->kill)
		kill_members(dir);
	ctr__cgroup_each_pid(dir, count_one, &members);
	if (members > 0) {
		s->busy++;
		return 0;
	}
	r = ctr__cgroup_rmdir(parent, name, dir);
	if (r == 0)
		s->removed++;
	else
		s->failed = r;
	return 0;
}

static void sweep_hierarchy(int dir, struct sweep *s)
{
	int r = ctr__cgroup_walk(dir, sweep_one, s);

	if (r < 0)
		s->failed = r;
}

static void open_and_sweep(const char *mount, struct sweep *s)
{
	int dir = sys_openat(AT_FDCWD, mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (dir < 0) {
		s->failed = dir;
		return;
	}
	sweep_hierarchy(dir, s);
	sys_close(dir);
}

static void sweep_hierarchies(const struct ctr__layout *layout, bool freezer, struct sweep *s)
{
	for (size_t i = 0; i < layout->n; i++)
		if (!freezer || ctr__layout_is(layout->v[i].mount, "freezer"))
			open_and_sweep(layout->v[i].mount, s);
}

struct others {
	const struct ctr__layout *layout;
	struct sweep *sweep;
};

static int sweep_other(int dir, const char *mount, void *data)
{
	const struct others *o = data;

	for (size_t i = 0; i < o->layout->n; i++)
		if (strcmp(o->layout->v[i].mount, mount) == 0)
			return 0;
	sweep_hierarchy(dir, o->sweep);
	return 0;
}

static int sweep_all(struct sweep *s, ctr_error *err)
{
	struct ctr__layout layout = { 0 };
	struct others others = { &layout, s };
	int r, other;

	if (ctr__layout_ready(err))
		return -1;
	r = ctr__layout_find(&layout, "/");
	/* Where they can be frozen first: elsewhere what is frozen does not die. */
	if (s->kill)
		sweep_hierarchies(&layout, true, s);
	sweep_hierarchies(&layout, false, s);
	other = ctr__libcgroup_each(sweep_other, &others);
	ctr__layout_clear(&layout);
	if (r < 0)
		return ctr__error_nomem(err);
	if (other < 0)
		return ctr__error_sys(err, -other, "look for control groups", "/proc/mounts");
	if (s->failed)
		return ctr__error_sys(err, -s->failed, "remove left control groups", NULL);
	return 0;
}

CTR_EXPORT int ctr_cgroup_gc(int kill, uint64_t *removed, uint64_t *busy, ctr_error *err)
{
	struct sweep s = { .kill = kill };
	int r = sweep_all(&s, err);

	if (removed)
		*removed = s.removed;
	if (busy)
		*busy = s.busy;
	return r;
}
