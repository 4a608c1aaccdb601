/* SPDX-License-Identifier: MIT */
/* What callers left that can't clean up any more. */
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "primitives/cgroup.h"
#include "primitives/cgroup_name.h"

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

/* A caller in a container may have killed its processes a moment before. */
static int remove_group(int parent, const char *name, int dir)
{
	int r = 0;

	for (int waited = 0; waited < CTR__CGROUP_BOUND_MS; waited++) {
		ctr__cgroup_remove_below(dir);
		r = sys_unlinkat(parent, name, AT_REMOVEDIR);
		if (r != -EBUSY)
			break;
		ctr__cgroup_pause_ms(1);
	}
	return r == -ENOENT ? 0 : r;
}

static void kill_members(int dir)
{
	struct statx st;
	ctr_cgroup group = { .members = { { .dir = dir, .join = -1 } }, .n = 1 };

	group.members[0].v2 = sys_statx(dir, "cgroup.type", 0, STATX_TYPE, &st) == 0;
	ctr_cgroup_kill(&group, NULL);
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
	r = remove_group(parent, name, dir);
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

CTR_EXPORT int ctr_cgroup_gc(int kill, uint64_t *removed, uint64_t *busy, ctr_error *err)
{
	struct sweep s = { .kill = kill };
	struct ctr__layout layout = { 0 };
	int r = ctr__layout_find(&layout, "/");

	for (size_t i = 0; i < layout.n; i++) {
		int one = sweep_hierarchy(layout.v[i].mount, &s);

		if (one < 0)
			s.failed = one;
	}
	ctr__layout_clear(&layout);
	if (removed)
		*removed = s.removed;
	if (busy)
		*busy = s.busy;
	if (r < 0)
		return ctr__error_nomem(err);
	if (s.failed)
		return ctr__error_sys(err, -s.failed, "remove left control groups", NULL);
	return 0;
}
