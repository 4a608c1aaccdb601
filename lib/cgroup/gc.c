/* SPDX-License-Identifier: MIT */
/* What callers left that can't clean up any more. */
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"
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

static int sweep_hierarchy(const char *mount, struct sweep *s)
{
	int dir = sys_openat(AT_FDCWD, mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), r;

	if (dir < 0)
		return dir;
	r = ctr__cgroup_walk(dir, sweep_one, s);
	sys_close(dir);
	return r;
}

static void sweep_hierarchies(const struct ctr__layout *layout, bool freezer, struct sweep *s)
{
	for (size_t i = 0; i < layout->n; i++) {
		const char *mount = layout->v[i].mount;
		int r = freezer && !ctr__layout_is(mount, "freezer") ? 0
								     : sweep_hierarchy(mount, s);

		if (r < 0)
			s->failed = r;
	}
}

static int sweep_all(struct sweep *s, ctr_error *err)
{
	struct ctr__layout layout = { 0 };
	int r;

	if (ctr__layout_ready(err))
		return -1;
	r = ctr__layout_find(&layout, "/");
	/* Where they can be frozen first: elsewhere what is frozen does not die. */
	if (s->kill)
		sweep_hierarchies(&layout, true, s);
	sweep_hierarchies(&layout, false, s);
	ctr__layout_clear(&layout);
	if (r < 0)
		return ctr__error_nomem(err);
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
