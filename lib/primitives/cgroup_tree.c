/* SPDX-License-Identifier: MIT */
/* What is in a group: groups, and processes. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/sys.h"
#include "primitives/cgroup.h"

typedef int see_group(int parent, const char *name, int dir, void *data);

static int open_group(int dir, const char *name)
{
	return sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

static DIR *list_groups(int dir, int *errnum)
{
	int copy = open_group(dir, ".");
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);

	*errnum = entries ? 0 : copy < 0 ? copy : -ENOMEM;
	if (!entries)
		ctr__fd_close(copy);
	return entries;
}

static const char *next_group(DIR *entries)
{
	const struct dirent *e;

	while ((e = readdir(entries)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			return e->d_name;
	return NULL;
}

static int walk_into(int parent, const char *name, see_group *see, void *data)
{
	_cleanup_fd_ int dir = open_group(parent, name);
	int below, r;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir; /* somebody was faster */
	below = ctr__cgroup_walk(dir, see, data);
	r = see(parent, name, dir, data);
	return r < 0 ? r : below;
}

int ctr__cgroup_walk(int dir, see_group *see, void *data)
{
	int result;
	DIR *entries = list_groups(dir, &result);
	const char *name;

	while (entries && (name = next_group(entries))) {
		int r = walk_into(dir, name, see, data);

		result = r < 0 ? r : result;
	}
	if (entries)
		closedir(entries);
	return result;
}

/* ---- processes ---- */

struct each_pid {
	void (*see)(pid_t pid, void *data);
	void *data;
};

static int read_pids(int parent, const char *name, int dir, void *data)
{
	const struct each_pid *each = data;
	int fd = sys_openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
	FILE *members = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	(void)parent, (void)name;
	if (!members) {
		ctr__fd_close(fd);
		return fd == -ENOENT ? 0 : fd < 0 ? fd : -ENOMEM;
	}
	while (getline(&line, &size, members) > 0) {
		const char *p = line;
		uint64_t pid;

		if (ctr__take_digits(&p, &pid))
			each->see((pid_t)pid, each->data);
	}
	fclose(members);
	return 0;
}

int ctr__cgroup_each_pid(int dir, void (*see)(pid_t pid, void *data), void *data)
{
	struct each_pid each = { see, data };
	int r = read_pids(-1, "", dir, &each);

	return r < 0 ? r : ctr__cgroup_walk(dir, read_pids, &each);
}

/* ---- removal ---- */

/* Goes down to where there is nothing below, with few descriptors however deep that is. */
static int descend(int dir, int *parent, char name[NAME_MAX + 1])
{
	int at = open_group(dir, "."), r = at;

	*parent = -1;
	while (r >= 0) {
		DIR *entries = list_groups(at, &r);
		const char *next = entries ? next_group(entries) : NULL;

		if (next)
			snprintf(name, NAME_MAX + 1, "%s", next);
		if (entries)
			closedir(entries);
		if (!next)
			break;
		ctr__fd_close(*parent);
		*parent = at;
		at = r = open_group(*parent, name);
	}
	ctr__fd_close(at);
	return r;
}

void ctr__cgroup_remove_below(int dir)
{
	char name[NAME_MAX + 1];
	int r, parent;

	do {
		r = descend(dir, &parent, name);
		if (r >= 0 && parent >= 0)
			r = sys_unlinkat(parent, name, AT_REMOVEDIR);
		else
			r = -1;
		ctr__fd_close(parent);
	} while (r >= 0);
}

int ctr__cgroup_rmdir(int parent, const char *name, int dir)
{
	int r = 0;

	for (int waited = 0; waited < CTR__CGROUP_BOUND_MS; waited++) {
		r = sys_unlinkat(parent, name, AT_REMOVEDIR);
		if (r != -EBUSY)
			break;
		ctr__cgroup_remove_below(dir);
		if (waited > 0)
			ctr__pause_ms(1);
	}
	return r == -ENOENT ? 0 : r;
}
