/* SPDX-License-Identifier: MIT */
/* A process into a group: in all of its hierarchies, or in none. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/proc_text.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"

#define GROUPS_SIZE 8192 /* of /proc/PID/cgroup */

/* What the process is in; "" where that can't be known. */
static void read_groups(pid_t pid, char *text, size_t size)
{
	char path[64] = "/proc/self/cgroup";

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	if (ctr__fd_read_file(AT_FDCWD, path, text, size) < 0)
		*text = '\0';
}

/* A controller of the hierarchy that is mounted at path; NULL if none is known. */
static const char *controller_of(const struct ctr__member *m, const char *path)
{
	const char *controller = NULL;

	if (m->v2)
		return CTR__CGROUP2;
	return ctr__layout_mounted(path, &controller, 1) ? controller : NULL;
}

/* The file to go back by, of the group that the text has for the member's hierarchy. */
static bool find_old(const struct ctr__member *m, const char *groups, char path[PATH_MAX])
{
	struct ctr__cgroup_mount mount = { 0 };
	const char *controller, *group = NULL, *below;
	_cleanup_free_ char *name = NULL;
	size_t length;
	int n = 0;

	snprintf(path, PATH_MAX, "%.*s", (int)m->mount_length, m->path);
	controller = controller_of(m, path);
	if (controller)
		group = ctr__proc_find_group(groups, m->v2 ? NULL : controller, &length);
	name = group ? strndup(group, length) : NULL;
	if (!name || ctr__cgroup_mount_find(controller, &mount) <= 0)
		return false;
	below = ctr__cgroup_below(mount.root, name);
	if (below)
		n = snprintf(path, PATH_MAX, "%s%s/cgroup.procs", mount.path, below);
	ctr__cgroup_mount_clear(&mount);
	return below && n < PATH_MAX;
}

/* Whether it is where it was; or it has ended meanwhile. */
static bool move_back(const struct ctr__member *m, const char *groups, const char *pid)
{
	char path[PATH_MAX];
	int r;

	if (!find_old(m, groups, path))
		return false;
	r = ctr__fd_write_file(AT_FDCWD, path, pid);
	return r == 0 || r == -ESRCH;
}

/* The first n members; the path of one in which the process had to stay, or NULL. */
static const char *take_back(const ctr_cgroup *group, size_t n, const char *groups, const char *pid)
{
	const char *stays = NULL;

	while (n-- > 0)
		if (!move_back(&group->members[n], groups, pid))
			stays = group->members[n].path;
	return stays;
}

static int move(const struct ctr__member *m, const char *pid)
{
	int r = ctr__fd_write_file(m->dir, "cgroup.procs", pid);

	return r == -ENOENT ? -ENODEV : r; /* of the file, not of the process */
}

CTR_EXPORT int ctr_cgroup_add(const ctr_cgroup *group, pid_t pid, ctr_error *err)
{
	char text[16], groups[GROUPS_SIZE];
	const char *stays;
	int r = 0;
	size_t i;

	snprintf(text, sizeof(text), "%d", (int)pid);
	if (pid < 0)
		return ctr__error_value(err, "process", text, "a process id, or 0");
	read_groups(pid, groups, sizeof(groups));
	for (i = 0; i < group->n && r == 0; i++)
		r = move(&group->members[i], text);
	if (r == 0)
		return 0;
	stays = take_back(group, i - 1, groups, text);
	return ctr__error_set(err, CTR_E_SYSTEM, -r, "move a process into control group",
			      group->members[i - 1].path,
			      stays ? "the process could not be moved back out of %s" : NULL,
			      stays);
}
