/* SPDX-License-Identifier: MIT */
/*
 * Groups are made, set and removed through system calls, for libcgroup loses their errno, takes
 * a group that is there for one that it made, and says that it removed one that is busy.
 */
#include "cgroup/cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/maker.h"
#include "base/sys.h"
#include "base/wait.h"
#include "cgroup/device.h"
#include "cgroup/name.h"

#define NAME_LENGTH_MAX 255
#define LEAF "leaf"

/* ---- directories ---- */

static const char *create_hint(int errnum)
{
	switch (errnum) {
	case EACCES:
	case EPERM:
	case EROFS:
		return "this needs root, or a control group delegated to the caller";
	case EEXIST:
		return "a group of this name exists: open it with ctr_cgroup_open()";
	case EAGAIN:
		return "the limit on groups is reached: see cgroup.max.descendants of "
		       "the groups above";
	case EBUSY:
		return "the parent group contains processes, so its child groups "
		       "cannot have controllers";
	case ENOENT:
		return "the parent group does not exist any more, or the controller is"
		       " not enabled for it";
	default:
		return NULL;
	}
}

static int explain_create(const char *path, int errnum, ctr_error *err)
{
	const char *hint = create_hint(errnum);

	return ctr__error_set(err, CTR_E_SYSTEM, errnum, "create a control group", path,
			      hint ? "%s" : NULL, hint);
}

/* v2: the group above gives its controllers to those inside it. */
static int give_controllers(const struct ctr__hierarchy *h)
{
	char path[PATH_MAX], has[512], give[64];
	_cleanup_fd_ int dir = -1;
	int r;

	snprintf(path, sizeof(path), "%s%s", h->mount, h->parent);
	dir = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0)
		return dir;
	r = ctr__fd_read_file(dir, "cgroup.subtree_control", has, sizeof(has));
	for (size_t i = 0; r >= 0 && i < h->n_controllers; i++) {
		if (ctr__layout_has_word(has, h->controllers[i]))
			continue;
		snprintf(give, sizeof(give), "+%s", h->controllers[i]);
		r = ctr__fd_write_file(dir, "cgroup.subtree_control", give);
	}
	return r < 0 ? r : 0;
}

static int make_directory(struct ctr__member *m, const struct ctr__hierarchy *h, ctr_error *err)
{
	int r = h->v2 ? give_controllers(h) : 0;

	if (r == 0)
		r = sys_mkdirat(AT_FDCWD, m->path, 0755);
	m->made = r == 0;
	return r < 0 ? explain_create(m->path, -r, err) : 0;
}

/*
 * v1: tasks, which moves one thread and takes no lock of the whole system. A group of
 * others can be looked at without it.
 */
static int open_files(struct ctr__member *m, ctr_error *err)
{
	m->dir = sys_openat(AT_FDCWD, m->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (m->dir < 0)
		return ctr__error_sys(err, -m->dir, "open the control group", m->path);
	m->join = sys_openat(m->dir, m->v2 ? "cgroup.procs" : "tasks", O_RDWR | O_CLOEXEC, 0);
	if (m->join < 0 && (m->made || m->join != -EACCES))
		return ctr__error_sys(err, -m->join, "open the members of control group", m->path);
	return 0;
}

static struct ctr__member *add_member(ctr_cgroup *group, const struct ctr__hierarchy *h,
				      const char *name, ctr_error *err)
{
	struct ctr__member *m = &group->members[group->n++];
	const char *slash = strcmp(h->parent, "/") == 0 ? "" : "/";

	*m = (struct ctr__member){
		.mount_length = strlen(h->mount),
		.dir = -1,
		.join = -1,
		.leaf = -1,
		.v2 = h->v2,
		.counts = h->counts,
	};
	if (asprintf(&m->path, "%s%s%s%s", h->mount, h->parent, slash, name) >= 0)
		return m;
	m->path = NULL;
	ctr__error_nomem(err);
	return NULL;
}

/* ---- the object ---- */

static ctr_cgroup *group_new(ctr_error *err)
{
	ctr_cgroup *group = calloc(1, sizeof(*group));

	if (!group) {
		ctr__error_nomem(err);
		return NULL;
	}
	pthread_mutex_init(&group->update, NULL);
	group->maker = ctr__maker();
	group->users = 1;
	group->devices = -1;
	return group;
}

int ctr__cgroup_refuse_copy(const ctr_cgroup *group, const char *step, ctr_error *err)
{
	if (group->maker == ctr__maker())
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, step, ctr_cgroup_path(group, 0),
			      "this process is a forked copy of the one that opened it: open it by "
			      "its path");
}

/* cgroups(7), "no internal processes": what gives controllers to others holds none itself. */
static int make_leaf(struct ctr__member *m, ctr_error *err)
{
	int r = sys_mkdirat(m->dir, LEAF, 0755);

	if (r >= 0)
		r = m->leaf = sys_openat(m->dir, LEAF "/cgroup.procs", O_RDWR | O_CLOEXEC, 0);
	return r < 0 ? ctr__error_sys(err, -r, "make a leaf in control group", m->path) : 0;
}

static int make(ctr_cgroup *group, const struct ctr__recipe *recipe, const char *name,
		ctr_error *err)
{
	char unique[CTR__CGROUP_NAME_SIZE];

	if (!name && ctr__cgroup_name(unique, sizeof(unique), err))
		return -1;
	for (size_t i = 0; i < recipe->layout.n; i++) {
		const struct ctr__hierarchy *h = &recipe->layout.v[i];
		struct ctr__member *m = add_member(group, h, name ? name : unique, err);

		if (!m || make_directory(m, h, err) || open_files(m, err))
			return -1;
		if (recipe->delegate && h->v2 && make_leaf(m, err))
			return -1;
	}
	return ctr__cgroup_apply(group, recipe, false, err);
}

static void remove_made(const ctr_cgroup *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->members[i].made) {
			sys_unlinkat(group->members[i].dir, LEAF, AT_REMOVEDIR);
			sys_unlinkat(AT_FDCWD, group->members[i].path, AT_REMOVEDIR);
		}
}

ctr_cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, const char *name, ctr_error *err)
{
	ctr_cgroup *group = group_new(err);

	if (!group)
		return NULL;
	if (make(group, recipe, name, err)) {
		remove_made(group);
		ctr_cgroup_free(group);
		return NULL;
	}
	return group;
}

ctr_cgroup *ctr__cgroup_use(ctr_cgroup *group)
{
	if (group)
		atomic_fetch_add(&group->users, 1);
	return group;
}

CTR_EXPORT void ctr_cgroup_free(ctr_cgroup *group)
{
	if (!group || atomic_fetch_sub(&group->users, 1) != 1)
		return;
	for (size_t i = 0; i < group->n; i++) {
		ctr__fd_close(group->members[i].dir);
		ctr__fd_close(group->members[i].join);
		ctr__fd_close(group->members[i].leaf);
		free(group->members[i].path);
	}
	ctr__fd_close(group->devices);
	pthread_mutex_destroy(&group->update);
	free(group);
}

CTR_EXPORT const char *ctr_cgroup_path(const ctr_cgroup *group, size_t index)
{
	return index < group->n ? group->members[index].path : NULL;
}

/* ---- made by the caller ---- */

/* As it is called on this host, static; NULL if there is none of that name. */
static const char *controller_name(const char *name)
{
	const struct ctr__controller *c;

	if (!name || !*name)
		return NULL;
	if (strcmp(name, CTR__CGROUP2) == 0)
		return CTR__CGROUP2;
	c = ctr__controller_find(name, strlen(name));
	if (!c)
		return NULL;
	return c->v2 && !ctr__layout_has(c->v1) ? c->v2 : c->v1;
}

static int tell_place(const struct ctr__hierarchy *h, char *path, size_t size, ctr_error *err)
{
	char full[PATH_MAX];
	int r;

	snprintf(full, sizeof(full), "%s%s", h->mount,
		 strcmp(h->parent, "/") == 0 ? "" : h->parent);
	r = sys_access(full, W_OK);
	if (r < 0)
		return explain_create(full, -r, err);
	if (path && (size_t)snprintf(path, size, "%s", full) >= size)
		return ctr__error_sys(err, ENAMETOOLONG, "tell the path", full);
	return h->v2 ? 2 : 1;
}

CTR_EXPORT int ctr_cgroup_find(const char *controller, char *path, size_t size, ctr_error *err)
{
	const char *name = controller_name(controller);
	struct ctr__layout layout = { 0 };
	const struct ctr__hierarchy *h;
	int version;

	if (!name)
		return ctr__error_value(err, "controller", controller,
					"one such as memory, or cgroup2");
	h = ctr__layout_use(&layout, name, err);
	version = h ? tell_place(h, path, size, err) : -1;
	ctr__layout_clear(&layout);
	return version;
}

static bool is_name(const char *name)
{
	const size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-");

	return n > 0 && n <= NAME_LENGTH_MAX && !name[n] && *name != '.' && *name != '-';
}

static int refuse_path(const char *path, ctr_error *err)
{
	return ctr__error_value(err, "control group", path,
				"a name of A-Z a-z 0-9 _ . -, or the absolute path of one");
}

/* "/PARENT/NAME" in its parts; parent is to be freed, and NULL for a name alone. */
static int split_path(const char *path, char **parent, const char **name, ctr_error *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	*parent = NULL;
	*name = slash ? slash + 1 : path;
	if (!path)
		return 0;
	if (!is_name(*name) || (slash && !ctr__is_cgroup_path(path)))
		return refuse_path(path, err);
	if (!slash)
		return 0;
	*parent = strndup(path, slash > path ? (size_t)(slash - path) : 1);
	return *parent ? 0 : ctr__error_nomem(err);
}

static int fill_recipe(struct ctr__recipe *recipe, const ctr_limits *limits, int accounting,
		       ctr_error *err)
{
	if (ctr__layout_ready(err) || (limits && ctr__recipe_add_limits(recipe, limits, err)))
		return -1;
	if (accounting && ctr__recipe_add_accounting(recipe, err))
		return -1;
	if (recipe->layout.n)
		return 0;
	return ctr__error_set(err, CTR_E_INVALID, 0, "create a control group", NULL,
			      "the group would have no purpose: set a limit or request "
			      "accounting");
}

CTR_EXPORT ctr_cgroup *ctr_cgroup_create(const char *path, const ctr_limits *limits, int accounting,
					 ctr_error *err)
{
	struct ctr__recipe recipe = { 0 };
	_cleanup_free_ char *parent = NULL;
	ctr_cgroup *group = NULL;
	const char *name;

	if (split_path(path, &parent, &name, err))
		return NULL;
	recipe.layout.wanted_parent = parent;
	if (fill_recipe(&recipe, limits, accounting, err) == 0)
		group = ctr__cgroup_new(&recipe, name, err);
	ctr__recipe_clear(&recipe);
	return group;
}

static int open_members(ctr_cgroup *group, const struct ctr__layout *layout, const char *name,
			ctr_error *err)
{
	for (size_t i = 0; i < layout->n; i++) {
		struct ctr__member *m = add_member(group, &layout->v[i], name, err);

		if (!m || open_files(m, err))
			return -1;
	}
	return 0;
}

CTR_EXPORT ctr_cgroup *ctr_cgroup_open(const char *path, ctr_error *err)
{
	struct ctr__layout layout = { 0 };
	ctr_cgroup *group;
	int r;

	if (!path || !ctr__is_cgroup_path(path)) {
		refuse_path(path, err);
		return NULL;
	}
	group = ctr__layout_ready(err) ? NULL : group_new(err);
	if (!group)
		return NULL;
	r = ctr__layout_find(&layout, path) ? ctr__error_nomem(err) : 0;
	if (r == 0 && !layout.n)
		r = ctr__error_sys(err, ENOENT, "open the control group", path);
	if (r == 0)
		r = open_members(group, &layout, strrchr(path, '/') + 1, err);
	ctr__layout_clear(&layout);
	atomic_store(&group->killed, true); /* that it never was can't be known */
	if (r == 0)
		return group;
	ctr_cgroup_free(group);
	return NULL;
}

/* ---- members ---- */

void ctr__cgroup_entry(const ctr_cgroup *group, struct ctr__entry *entry)
{
	const struct ctr__member *v2 = NULL;

	*entry = (struct ctr__entry){ .leaf = -1, .born_into = -1 };
	for (size_t i = 0; i < group->n; i++) {
		if (group->members[i].v2)
			v2 = &group->members[i];
		else
			entry->files[entry->n++] = group->members[i].join;
	}
	if (!v2)
		return;
	entry->files[entry->n++] = v2->join;
	entry->leaf = v2->leaf;
	/* Up to Linux 7.2 a child is killed that is cloned into what was ever killed. */
	if (!atomic_load(&group->killed))
		entry->born_into = v2->dir;
}

bool ctr__cgroup_can_join(const ctr_cgroup *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->members[i].join < 0)
			return false;
	return true;
}

struct listing {
	pid_t *pids;
	size_t room, n;
};

static void list_one(pid_t pid, void *data)
{
	struct listing *l = data;

	if (l->n < l->room)
		l->pids[l->n] = pid;
	l->n++;
}

CTR_EXPORT int ctr_cgroup_list(const ctr_cgroup *group, pid_t *pids, size_t room, ctr_error *err)
{
	struct listing l = { pids, room, 0 };
	const struct ctr__member *m;
	int r = ctr__cgroup_each_member(group, list_one, &l, &m);

	if (r < 0)
		return ctr__error_sys(err, -r, "list the members of control group", m->path);
	return (int)l.n;
}

/* ---- use ---- */

void ctr__cgroup_usage(const ctr_cgroup *group, ctr_usage *usage, uint32_t wanted)
{
	for (size_t i = 0; i < group->n; i++)
		ctr__usage_read(usage, group->members[i].dir, group->members[i].counts, wanted);
}

CTR_EXPORT int ctr_cgroup_stats(const ctr_cgroup *group, ctr_usage *usage, ctr_error *err)
{
	(void)err;
	*usage = (ctr_usage){ 0 };
	ctr__cgroup_usage(group, usage, CTR__USAGE_ALL);
	return 0;
}

bool ctr__cgroup_counts(const ctr_cgroup *group, unsigned what, uint64_t *value)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];

		if (ctr__usage_read_one(m->dir, m->counts, what, value))
			return true;
	}
	return false;
}

/* v2 counts anew, since Linux 6.12, for the one descriptor that is written to. */
static int restart_v2(const struct ctr__member *m)
{
	int fd = sys_openat(m->dir, "memory.peak", O_RDWR | O_CLOEXEC, 0);
	long r = fd < 0 ? fd : sys_write(fd, "0\n", 2);

	if (r >= 0)
		return fd;
	ctr__fd_close(fd);
	return -1;
}

int ctr__cgroup_restart_peak(const ctr_cgroup *group, bool *known)
{
	*known = false;
	for (size_t i = 0; i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];
		int fd = m->v2 ? restart_v2(m) : -1;

		if (fd >= 0 ||
		    (!m->v2 && ctr__fd_write_file(m->dir, "memory.max_usage_in_bytes", "0") == 0)) {
			*known = true;
			return fd;
		}
	}
	return -1;
}

/* ---- the end ---- */

/*
 * By its own descriptor, for the caller's root may be another one by now; and by no new one, for
 * there may be none left.
 */
static int remove_directory(const struct ctr__member *m)
{
	char name[sizeof("../") + NAME_LENGTH_MAX];

	snprintf(name, sizeof(name), "../%s", strrchr(m->path, '/') + 1);
	return ctr__cgroup_rmdir(m->dir, name, m->dir);
}

static int explain_remove(const struct ctr__member *m, int r, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_SYSTEM, -r, "remove the control group", m->path,
			      r == -EBUSY ? "processes or groups are left in it" : NULL);
}

int ctr__cgroup_remove(const ctr_cgroup *group, ctr_error *err)
{
	int result = 0;

	for (size_t i = 0; i < group->n; i++) {
		int r = remove_directory(&group->members[i]);

		if (r < 0)
			result = explain_remove(&group->members[i], r, err);
	}
	return result;
}

static void count_one(pid_t pid, void *data)
{
	(void)pid;
	++*(int *)data;
}

static bool is_busy(const struct ctr__member *m)
{
	int n = 0;

	ctr__cgroup_each_pid(m->dir, count_one, &n);
	return n > 0;
}

/* Waits for those that are about to end. */
static bool await_nobody(const struct ctr__member *m, int64_t end)
{
	while (is_busy(m)) {
		if (!ctr__left_ms(end)) {
			ctr__cgroup_remove_below(m->dir);
			return false;
		}
		ctr__pause_ms(1);
	}
	return true;
}

/* A group that is left in some hierarchies would be one that can't be used nor killed. */
CTR_EXPORT int ctr_cgroup_remove(const ctr_cgroup *group, ctr_error *err)
{
	const int64_t end = ctr__now_ms() + CTR__CGROUP_BOUND_MS;
	int result = 0;

	if (ctr__cgroup_refuse_copy(group, "remove the control group", err))
		return -1;
	for (size_t i = 0; i < group->n; i++)
		if (!await_nobody(&group->members[i], end))
			result = explain_remove(&group->members[i], -EBUSY, err);
	return result ? result : ctr__cgroup_remove(group, err);
}
