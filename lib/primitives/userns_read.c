/* SPDX-License-Identifier: MIT */
/* What the map of a user namespace is: only a process in it has a file that tells. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/sys.h"
#include "primitives/userns.h"

#define MAP_MAX 65536 /* 340 lines of 33 bytes: proc_id_map_write(), seq_show() */

static const char joining[] = "join the user namespace";

static bool take_id(const char **text, uint32_t *id)
{
	uint64_t value;

	*text += strspn(*text, " ");
	if (!ctr__take_digits(text, &value) || value > UINT32_MAX)
		return false;
	*id = (uint32_t)value;
	return true;
}

static bool take_range(const char **text, struct ctr__id_range *range)
{
	if (!take_id(text, &range->inside) || !take_id(text, &range->outside) ||
	    !take_id(text, &range->count) || **text != '\n')
		return false;
	(*text)++;
	return true;
}

static int read_ranges(const char *text, struct ctr__id_ranges *ranges)
{
	struct ctr__id_range range;
	int r = 0;

	while (r == 0 && *text)
		r = take_range(&text, &range) ? ctr__id_ranges_append(ranges, &range) : -EBADMSG;
	return r;
}

static int read_file(int pid, const char *name, char **text)
{
	char path[64];
	size_t length;
	_cleanup_fd_ int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	return fd < 0 ? fd : ctr__file_read(fd, MAP_MAX, text, &length);
}

static int read_map(int pid, const char *name, struct ctr__id_ranges *ranges)
{
	_cleanup_free_ char *text = NULL;
	int r = read_file(pid, name, &text);

	return r < 0 ? r : read_ranges(text, ranges);
}

static int read_denial(int pid, bool *denies)
{
	_cleanup_free_ char *text = NULL;
	int r = read_file(pid, "setgroups", &text);

	if (r == 0)
		*denies = strcmp(text, "deny\n") == 0;
	return r;
}

/* What is found out about one. */
struct entry {
	const char *origin;
	ctr_idmap *map;
	bool *denies_groups;
};

static int read_all(pid_t pid, int64_t deadline, void *data, ctr_error *err)
{
	const struct entry *entry = data;
	int r = read_map(pid, "uid_map", &entry->map->uids);

	(void)deadline;
	if (r == 0)
		r = read_map(pid, "gid_map", &entry->map->gids);
	if (r == 0)
		r = read_denial(pid, entry->denies_groups);
	return r == 0 ? 0
		      : ctr__error_sys(err, -r, "read the ids of the user namespace",
				       entry->origin);
}

static int refuse(int errnum, void *data, ctr_error *err)
{
	const struct entry *entry = data;

	return ctr__error_set(
		err, CTR_E_SYSTEM, errnum, joining, entry->origin, errnum == EPERM ? "%s" : NULL,
		"only its owner, the user who created it, and processes with CAP_SYS_ADMIN in "
		"the user namespace above it may join it");
}

int ctr__userns_read(int fd, const char *origin, ctr_idmap *map, bool *denies_groups,
		     ctr_error *err)
{
	const struct ctr__step steps[] = {
		{ .kind = CTR__STEP_SETNS,
		  .modes = CTR__MODE_TEMPLATE,
		  .setns = { .fd = fd, .types = CLONE_NEWUSER, .untraceable = true } },
		{ .kind = CTR__STEP_STOP, .modes = CTR__MODE_TEMPLATE },
	};
	struct entry entry = { origin, map, denies_groups };
	const struct ctr__meeting meeting = {
		.what = joining,
		.object = origin,
		.meet = read_all,
		.refuse = refuse,
		.data = &entry,
	};
	struct ctr__launch launch;

	ctr__launch_init(&launch, steps, sizeof(steps) / sizeof(steps[0]), CTR__MODE_TEMPLATE);
	return ctr__userns_meet(&launch, &meeting, err);
}
