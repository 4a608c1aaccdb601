/* SPDX-License-Identifier: MIT */
/* What is in a group: groups, and processes. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/sys.h"
#include "primitives/cgroup.h"

#define DEPTH_MAX 64 /* of groups in groups; a descriptor each on the way down */

typedef int see_group(int parent, const char *name, int dir, void *data);

static int open_group(int dir, const char *name)
{
	return sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

static int walk(int dir, int depth, see_group *see, void *data);

static int walk_into(int parent, const char *name, int depth, see_group *see, void *data)
{
	_cleanup_fd_ int dir = open_group(parent, name);
	int r;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir; /* somebody was faster */
	r = walk(dir, depth + 1, see, data);
	return r < 0 ? r : see(parent, name, dir, data);
}

static int walk(int dir, int depth, see_group *see, void *data)
{
	int copy = open_group(dir, "."), r = 0;
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;

	if (!entries) {
		ctr__fd_close(copy);
		return copy < 0 ? copy : -ENOMEM;
	}
	while (r >= 0 && depth < DEPTH_MAX && (e = readdir(entries)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			r = walk_into(dir, e->d_name, depth, see, data);
	closedir(entries);
	return r;
}

int ctr__cgroup_walk(int dir, see_group *see, void *data)
{
	return walk(dir, 0, see, data);
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

static int remove_one(int parent, const char *name, int dir, void *data)
{
	(void)dir, (void)data;
	sys_unlinkat(parent, name, AT_REMOVEDIR);
	return 0;
}

void ctr__cgroup_remove_below(int dir)
{
	ctr__cgroup_walk(dir, remove_one, NULL);
}

void ctr__cgroup_pause_ms(long ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}
