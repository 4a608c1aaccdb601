/* SPDX-License-Identifier: MIT */
/*
 * What is in a group: groups, and processes. Those who are in it may make groups inside each
 * other as deep as they like, so nothing here is recursive, and two descriptors are open
 * however deep that is: the way up is by "..", which leads to the same parent for ever, as
 * control groups can't be moved.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/dirent.h"
#include "base/parse.h"
#include "base/sys.h"
#include "base/wait.h"
#include "cgroup/cgroup.h"

#define ENTRIES_SIZE 4096

typedef int see_group(int parent, const char *name, int dir, void *data);

/*
 * The names of groups that are still to be seen, one behind the other, with the name of the
 * group that the walk is in before those of the groups in it, and "" before each level.
 */
struct walk {
	int dir; /* of the group that it is in */
	int depth;
	int result; /* -errno of the last group that was left out, or that see() returned */
	char *names;
	size_t used, room;
	see_group *see;
	void *data;
};

static int push_name(struct walk *w, const char *name)
{
	const size_t size = strlen(name) + 1;

	if (w->used + size > w->room) {
		const size_t room = 2 * (w->used + size);
		char *grown = realloc(w->names, room);

		if (!grown)
			return -ENOMEM;
		w->names = grown;
		w->room = room;
	}
	memcpy(w->names + w->used, name, size);
	w->used += size;
	return 0;
}

static const char *last_name(const struct walk *w)
{
	size_t at = w->used - 1;

	while (at > 0 && w->names[at - 1])
		at--;
	return w->names + at;
}

static void pop_name(struct walk *w)
{
	w->used = (size_t)(last_name(w) - w->names);
}

/* Not into what somebody has mounted there, which is no group of this one. */
static int open_group(int dir, const char *name)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV,
	};

	return sys_openat2(dir, name, &how);
}

static int push_entries(struct walk *w, const char *entries, long size)
{
	for (long at = 0; at < size;) {
		const struct ctr__dirent *e = ctr__dirent_at(entries, at);

		at += e->length;
		if (e->type == DT_DIR && !ctr__is_dots(e->name) && push_name(w, e->name))
			return -ENOMEM;
	}
	return 0;
}

/* The groups in the one that the walk is in now. */
static int push_level(struct walk *w)
{
	_Alignas(struct ctr__dirent) char entries[ENTRIES_SIZE];
	int r = push_name(w, "");
	long n = 1;

	while (r == 0 && n > 0) {
		n = sys_getdents64(w->dir, entries, sizeof(entries));
		r = n > 0 ? push_entries(w, entries, n) : 0;
	}
	if (n < 0 && n != -ENOENT) /* somebody has removed it */
		w->result = (int)n;
	return r;
}

/* What can't be looked into is noted and left out; -errno if the walk has to end. */
static int go_down(struct walk *w)
{
	int dir = open_group(w->dir, last_name(w));

	if (dir < 0) {
		pop_name(w);
		if (dir != -ENOENT && dir != -EXDEV) /* somebody was faster */
			w->result = dir;
		return 0;
	}
	sys_close(w->dir);
	w->dir = dir;
	w->depth++;
	return push_level(w);
}

static int go_up(struct walk *w)
{
	int parent = open_group(w->dir, ".."), r;

	if (parent < 0)
		return parent;
	r = w->see(parent, last_name(w), w->dir, w->data);
	if (r < 0)
		w->result = r;
	pop_name(w);
	sys_close(w->dir);
	w->dir = parent;
	w->depth--;
	return 0;
}

static int step(struct walk *w)
{
	if (*last_name(w))
		return go_down(w);
	pop_name(w);
	return go_up(w);
}

static int walk(struct walk *w)
{
	int r = push_level(w);

	while (r == 0 && (w->depth > 0 || *last_name(w)))
		r = step(w);
	return r < 0 ? r : w->result;
}

int ctr__cgroup_walk(int dir, see_group *see, void *data)
{
	struct walk w = { .dir = open_group(dir, "."), .see = see, .data = data };
	int r;

	if (w.dir < 0)
		return w.dir;
	r = walk(&w);
	sys_close(w.dir);
	free(w.names);
	return r;
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
	return sys_unlinkat(parent, name, AT_REMOVEDIR);
}

void ctr__cgroup_remove_below(int dir)
{
	ctr__cgroup_walk(dir, remove_one, NULL);
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
