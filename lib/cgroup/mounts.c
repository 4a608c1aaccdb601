/* SPDX-License-Identifier: MIT */
#include "cgroup/mounts.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/proc_text.h"
#include "base/strv.h"
#include "base/sys.h"

#define TEXT_MIN 16384	 /* a page or two of most hosts */
#define GROUPS_SIZE 8192 /* of /proc/PID/cgroup */

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U /* since Linux 6.8; older kernels take it for STATX_MNT_ID */
#endif

/* ---- one mount ---- */

void ctr__cgroup_mount_clear(struct ctr__cgroup_mount *mount)
{
	free(mount->path);
	free(mount->root);
	free(mount->options);
	*mount = (struct ctr__cgroup_mount){ 0 };
}

static int copy_texts(struct ctr__cgroup_mount *to, const char *path, const char *root,
		      const char *options)
{
	to->path = to->root = to->options = NULL;
	if (!ctr__text_copy(&to->path, path) && !ctr__text_copy(&to->root, root) &&
	    !ctr__text_copy(&to->options, options))
		return 0;
	ctr__cgroup_mount_clear(to);
	return -ENOMEM;
}

static int copy_mount(struct ctr__cgroup_mount *to, const struct ctr__cgroup_mount *from)
{
	*to = *from;
	return copy_texts(to, from->path, from->root, from->options);
}

/* Whether a list with commas between its words has this one. */
static bool has_word(const char *list, const char *word)
{
	const size_t n = strlen(word);

	while (*list) {
		const size_t length = strcspn(list, ",");

		if (length == n && memcmp(list, word, n) == 0)
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

bool ctr__cgroup_mount_has(const struct ctr__cgroup_mount *mount, const char *controller)
{
	return !mount->v2 && has_word(mount->options, controller);
}

const char *ctr__cgroup_below(const char *root, const char *group)
{
	const size_t n = strlen(root);

	if (strcmp(root, "/") == 0)
		return group;
	if (strncmp(group, root, n) != 0 || (group[n] && group[n] != '/'))
		return NULL;
	return group[n] ? group + n : "/";
}

/* cgroup_namespaces(7): a root outside of the namespace is told by the way to it. */
static bool is_outside(const struct ctr__cgroup_mount *mount)
{
	return strncmp(mount->root, "/..", 3) == 0 && (!mount->root[3] || mount->root[3] == '/');
}

/* One that shows all groups before one that shows some, and then one that can be written. */
static int rank(const struct ctr__cgroup_mount *mount)
{
	if (is_outside(mount))
		return 0;
	return 1 + (strcmp(mount->root, "/") == 0 ? 2 : 0) + (mount->writable ? 1 : 0);
}

/* 1, 0 or -errno. */
static int v2_has(const struct ctr__cgroup_mount *mount, const char *controller)
{
	char path[PATH_MAX], text[512];
	int n;

	if ((size_t)snprintf(path, sizeof(path), "%s/cgroup.controllers", mount->path) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	n = ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text));
	for (char *p = text; n > 0 && *p; p++)
		if (*p == ' ' || *p == '\n')
			*p = ',';
	return n > 0 ? has_word(text, controller) : n;
}

/* ---- the text ---- */

static int add_mount(struct ctr__cgroup_mounts *mounts, const struct ctr__proc_mount *line)
{
	struct ctr__cgroup_mount *grown =
		reallocarray(mounts->v, mounts->n + 1, sizeof(*mounts->v));

	if (!grown)
		return -ENOMEM;
	mounts->v = grown;
	grown[mounts->n] = (struct ctr__cgroup_mount){
		.v2 = strcmp(line->type, "cgroup2") == 0,
		.writable = has_word(line->options, "rw") && has_word(line->super, "rw"),
		.id = line->id,
		.major = line->major,
		.minor = line->minor,
	};
	if (copy_texts(&grown[mounts->n], line->target, line->root, line->super))
		return -ENOMEM;
	mounts->n++;
	return 0;
}

static bool is_cgroup(const struct ctr__proc_mount *line)
{
	return strcmp(line->type, "cgroup") == 0 || strcmp(line->type, "cgroup2") == 0;
}

/* A host has thousands of other lines. */
static bool may_be_cgroup(const char *line)
{
	return strstr(line, " - cgroup");
}

int ctr__cgroup_mounts_parse(struct ctr__cgroup_mounts *mounts, char *text)
{
	struct ctr__proc_mount mount;
	char *line;
	int r = 0;

	while (r == 0 && (line = strsep(&text, "\n")))
		if (may_be_cgroup(line) && ctr__proc_read_mount(line, &mount) && is_cgroup(&mount))
			r = add_mount(mounts, &mount);
	return r;
}

void ctr__cgroup_mounts_clear(struct ctr__cgroup_mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		ctr__cgroup_mount_clear(&mounts->v[i]);
	free(mounts->v);
	*mounts = (struct ctr__cgroup_mounts){ 0 };
}

static bool is_for(const struct ctr__cgroup_mount *mount, const char *controller)
{
	if (strcmp(controller, CTR__CGROUP2) == 0)
		return mount->v2;
	return ctr__cgroup_mount_has(mount, controller);
}

static struct ctr__cgroup_mount *best_of(const struct ctr__cgroup_mounts *mounts,
					 const char *controller)
{
	struct ctr__cgroup_mount *best = NULL;

	for (size_t i = 0; i < mounts->n; i++)
		if (is_for(&mounts->v[i], controller) &&
		    (!best || rank(&mounts->v[i]) > rank(best)))
			best = &mounts->v[i];
	return best;
}

const struct ctr__cgroup_mount *ctr__cgroup_mounts_best(const struct ctr__cgroup_mounts *mounts,
							const char *controller)
{
	return best_of(mounts, controller);
}

/* The same, or the v2 hierarchy, if that has the controller: 1, 0 or -errno. */
static int choose(const struct ctr__cgroup_mounts *mounts, const char *controller,
		  struct ctr__cgroup_mount **best)
{
	*best = best_of(mounts, controller);
	if (*best)
		return 1;
	*best = best_of(mounts, CTR__CGROUP2);
	return *best ? v2_has(*best, controller) : 0;
}

/* ---- this thread's ---- */

/* Reads to the end; the text, to be freed, or NULL and -errno in *result. */
static char *read_all(int fd, int *result)
{
	size_t room = TEXT_MIN, used = 0;
	char *text = malloc(room), *grown;
	long n = 1;

	while (text && n > 0) {
		if (used + 1 == room) {
			grown = realloc(text, 2 * room);
			if (!grown)
				break;
			text = grown;
			room *= 2;
		}
		n = sys_read(fd, text + used, room - used - 1);
		used += n > 0 ? (size_t)n : 0;
	}
	if (text && n == 0) {
		text[used] = '\0';
		return text;
	}
	free(text);
	*result = n < 0 ? (int)n : -ENOMEM;
	return NULL;
}

/* Which mount its path leads to now. */
static int look_at(const struct ctr__cgroup_mount *mount, unsigned mask, struct statx *st)
{
	return sys_statx(AT_FDCWD, mount->path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, mask, st);
}

static bool has_device(const struct ctr__cgroup_mount *mount, const struct statx *st)
{
	return st->stx_dev_major == mount->major && st->stx_dev_minor == mount->minor;
}

/*
 * Whether it is the mount that its path leads to, and not one that another one covers, nor a
 * file of a group. What it is known by from here on is an id that no later mount gets; on
 * kernels that have none, only a mount which takes the place of this one, with the same device,
 * could be taken for it: a v1 hierarchy that came where another was, and then a limit fails for
 * want of its file.
 */
static bool identify(struct ctr__cgroup_mount *mount)
{
	struct statx st;

	if (look_at(mount, STATX_TYPE | STATX_MNT_ID, &st) < 0 || st.stx_mnt_id != mount->id ||
	    !has_device(mount, &st) || !S_ISDIR(st.stx_mode) ||
	    look_at(mount, STATX_MNT_ID_UNIQUE, &st) < 0)
		return false;
	mount->id = st.stx_mnt_id;
	mount->looked_at = true;
	return true;
}

/* Each is looked at when it is first wanted: most never are. */
static bool is_there(struct ctr__cgroup_mount *mount)
{
	struct statx st;

	if (!mount->looked_at)
		return identify(mount);
	return look_at(mount, STATX_MNT_ID_UNIQUE, &st) == 0 && st.stx_mnt_id == mount->id &&
	       has_device(mount, &st);
}

static void drop(struct ctr__cgroup_mounts *mounts, struct ctr__cgroup_mount *mount)
{
	const size_t behind = mounts->n - (size_t)(mount - mounts->v) - 1;

	ctr__cgroup_mount_clear(mount);
	memmove(mount, mount + 1, behind * sizeof(*mount));
	mounts->n--;
}

/* Anew; after a failure nothing is known. Another thread may be in another mount namespace. */
static int read_mounts(struct ctr__cgroup_mounts *mounts)
{
	_cleanup_fd_ int fd =
		sys_openat(AT_FDCWD, "/proc/thread-self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	_cleanup_free_ char *text = NULL;
	int r = 0;

	ctr__cgroup_mounts_clear(mounts);
	if (fd < 0)
		return fd;
	text = read_all(fd, &r);
	if (text)
		r = ctr__cgroup_mounts_parse(mounts, text);
	if (r < 0) {
		ctr__cgroup_mounts_clear(mounts);
		return r;
	}
	mounts->known = true;
	return 0;
}

/*
 * Whether a controller that was not found may be mounted by now. A v1 hierarchy that is mounted
 * anywhere has a line in /proc/PID/cgroup, which is short however many mounts there are.
 */
static bool may_have_come(const struct ctr__cgroup_mounts *mounts, const char *controller)
{
	struct ctr__cgroup_mount *v2 = best_of(mounts, CTR__CGROUP2);
	char text[GROUPS_SIZE];
	size_t length;

	if (v2 && !is_there(v2))
		return true;
	if (ctr__fd_read_file(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) < 0)
		return true;
	return ctr__proc_find_group(text, controller, &length) ||
	       (!v2 && ctr__proc_find_group(text, NULL, &length));
}

/* As choose(), by what was read before; -ESTALE if that may not be so any more. */
static int find_known(const struct ctr__cgroup_mounts *mounts, const char *controller,
		      struct ctr__cgroup_mount **best)
{
	int r = mounts->known ? choose(mounts, controller, best) : -ESTALE;

	if (r > 0)
		return is_there(*best) ? 1 : -ESTALE;
	return r < 0 || may_have_come(mounts, controller) ? -ESTALE : 0;
}

/* As choose(), by what is read now. What is covered is left out. */
static int find_anew(struct ctr__cgroup_mounts *mounts, const char *controller,
		     struct ctr__cgroup_mount **best)
{
	int r = read_mounts(mounts);

	if (r < 0)
		return r;
	while ((r = choose(mounts, controller, best)) != 0 && !is_there(*best))
		drop(mounts, *best);
	return r;
}

static int find_in(struct ctr__cgroup_mounts *mounts, const char *controller,
		   struct ctr__cgroup_mount *mount)
{
	struct ctr__cgroup_mount *best = NULL;
	int r = find_known(mounts, controller, &best);

	if (r == -ESTALE)
		r = find_anew(mounts, controller, &best);
	if (r <= 0)
		return r;
	if (is_outside(best))
		return -EXDEV;
	return mount && copy_mount(mount, best) ? -ENOMEM : 1;
}

/* ---- kept by the process ---- */

static struct ctr__cgroup_mounts kept;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * Who finds the lock taken reads for itself instead of waiting: the process may be a copy that
 * fork(2) made of one in which another thread had it, and then nobody gives it back.
 */
int ctr__cgroup_mount_find(const char *controller, struct ctr__cgroup_mount *mount)
{
	struct ctr__cgroup_mounts own = { 0 };
	int r;

	if (pthread_mutex_trylock(&lock) == 0) {
		r = find_in(&kept, controller, mount);
		pthread_mutex_unlock(&lock);
		return r;
	}
	r = find_in(&own, controller, mount);
	ctr__cgroup_mounts_clear(&own);
	return r;
}

int ctr__cgroup_mounts_ready(void)
{
	struct ctr__cgroup_mounts own = { 0 };
	int r;

	if (pthread_mutex_trylock(&lock) == 0) {
		r = kept.known ? 0 : read_mounts(&kept);
		pthread_mutex_unlock(&lock);
		return r;
	}
	r = read_mounts(&own);
	ctr__cgroup_mounts_clear(&own);
	return r;
}
