/* SPDX-License-Identifier: MIT */
#include "cgroup/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/proc_text.h"
#include "base/strv.h"
#include "base/sys.h"

static const struct ctr__controller controllers[] = {
	{ "memory", "memory" }, { "pids", "pids" },	{ "cpu", "cpu" },
	{ "cpuset", "cpuset" }, { "blkio", "io" },	{ "hugetlb", "hugetlb" },
	{ "rdma", "rdma" },	{ "misc", "misc" },	{ "freezer", NULL },
	{ "cpuacct", NULL },	{ "devices", NULL },	{ "net_cls", NULL },
	{ "net_prio", NULL },	{ "perf_event", NULL },
};

#define CONTROLLERS (sizeof(controllers) / sizeof(controllers[0]))

const struct ctr__controller *ctr__controller_find(const char *name, size_t length)
{
	for (size_t i = 0; i < CONTROLLERS; i++) {
		const struct ctr__controller *c = &controllers[i];

		if ((strncmp(c->v1, name, length) == 0 && !c->v1[length]) ||
		    (c->v2 && strncmp(c->v2, name, length) == 0 && !c->v2[length]))
			return c;
	}
	return NULL;
}

/* Not "/" alone, no component of which is empty, "." or "..". */
static bool has_names(const char *path)
{
	while (*path == '/') {
		const size_t n = strcspn(++path, "/");

		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += n;
	}
	return !*path;
}

bool ctr__is_cgroup_path(const char *path)
{
	return *path == '/' && has_names(path) && strlen(path) < PATH_MAX / 2;
}

int ctr__layout_ready(ctr_error *err)
{
	int r = ctr__cgroup_mounts_ready();

	return r < 0 ? ctr__error_sys(err, -r, "look for control groups",
				      "/proc/thread-self/mountinfo")
		     : 0;
}

bool ctr__layout_is(const char *mount, const char *controller)
{
	struct ctr__cgroup_mount other;
	bool same;

	if (ctr__cgroup_mount_find(controller, &other) <= 0)
		return false;
	same = strcmp(other.path, mount) == 0;
	ctr__cgroup_mount_clear(&other);
	return same;
}

bool ctr__layout_has(const char *controller)
{
	return ctr__cgroup_mount_find(controller, NULL) > 0;
}

/* ---- files of a group, by path: the host's own ---- */

static int read_file(const struct ctr__hierarchy *h, const char *group, const char *file,
		     char *text, size_t size)
{
	char path[PATH_MAX];
	int n;

	snprintf(path, sizeof(path), "%s%s/%s", h->mount, group, file);
	n = ctr__fd_read_file(AT_FDCWD, path, text, size);
	if (n < 0)
		return n;
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int ctr__layout_read_parent(const struct ctr__hierarchy *hierarchy, const char *file, char *text,
			    size_t size)
{
	return read_file(hierarchy, hierarchy->parent, file, text, size);
}

bool ctr__layout_has_word(const char *text, const char *word)
{
	const size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += n)
		if ((p == text || p[-1] == ' ') && (!p[n] || p[n] == ' ' || p[n] == '\n'))
			return true;
	return false;
}

/* ---- a place on v2: cgroups(7), "no internal processes" ---- */

static bool is_root(const char *group)
{
	return strcmp(group, "/") == 0;
}

/* The root of a cgroup namespace is a group as any other, which the real one is not. */
static bool is_real_root(const struct ctr__hierarchy *h, const char *group)
{
	char text[32];

	return is_root(group) && read_file(h, group, "cgroup.type", text, sizeof(text)) == -ENOENT;
}

/* Why a group could not be looked at, the first time; that it may not is for the end. */
static bool failed(int r, int *why)
{
	if (r < 0 && *why == 0)
		*why = -r;
	return r < 0;
}

static bool has_processes(const struct ctr__hierarchy *h, const char *group, int *why)
{
	char text[32];

	return failed(read_file(h, group, "cgroup.procs", text, sizeof(text)), why) || *text;
}

static bool is_ours_to_change(const struct ctr__hierarchy *h, const char *group, int *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", h->mount, group);
	if (failed(sys_access(path, W_OK), why))
		return false;
	snprintf(path, sizeof(path), "%s%s/cgroup.procs", h->mount, group);
	return !failed(sys_access(path, W_OK), why);
}

/* Whether groups below it can have the controller: they have, or it can be given to them. */
static bool can_give(const struct ctr__hierarchy *h, const char *group, const char *controller,
		     int *why)
{
	char text[512];

	if (failed(read_file(h, group, "cgroup.subtree_control", text, sizeof(text)), why))
		return false;
	if (ctr__layout_has_word(text, controller))
		return true;
	if (failed(read_file(h, group, "cgroup.controllers", text, sizeof(text)), why) ||
	    !ctr__layout_has_word(text, controller))
		return false;
	return is_real_root(h, group) || !has_processes(h, group, why);
}

static bool can_hold(const struct ctr__hierarchy *h, const char *group, int *why)
{
	if (!is_ours_to_change(h, group, why))
		return false;
	for (size_t i = 0; i < h->n_controllers; i++)
		if (!can_give(h, group, h->controllers[i], why))
			return false;
	return true;
}

static void to_parent(char *group)
{
	char *slash = strrchr(group, '/');

	slash[slash == group ? 1 : 0] = '\0';
}

/*
 * The caller's own group can't hold both the caller and groups with controllers,
 * unless it is the root: so from there upwards, to the first that can and may.
 */
static int find_place(struct ctr__hierarchy *h, const char *own)
{
	_cleanup_free_ char *group = strdup(own);
	int why = 0;

	if (!group)
		return -ENOMEM;
	while (!can_hold(h, group, &why)) {
		if (is_root(group))
			return why ? -why : -EPERM;
		to_parent(group);
	}
	free(h->parent);
	h->parent = ctr__text_take(&group);
	return 0;
}

/* ---- the layout ---- */

/* r is what ctr__cgroup_mount_find() returned. */
static int unsupported(ctr_error *err, const char *controller, int r)
{
	if (r == -EXDEV)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, EXDEV, "use the controller",
				      controller,
				      "it is mounted here, but from a group on that is outside of"
				      " the caller's cgroup namespace: mount it in the namespace");
	if (r < 0)
		return ctr__error_sys(err, -r, "look for the control groups of", controller);
	return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, "use the controller", controller,
			      "it is not mounted here: /proc/cgroups lists the controllers of"
			      " the kernel, /proc/mounts those that are mounted");
}

static int no_place(const char *controller, const char *own, int errnum, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_UNSUPPORTED, errnum, "use the controller", controller,
			      "neither the caller's group %s nor one above it may have child "
			      "groups with it: systemd-run --user --scope -p Delegate=yes "
			      "creates one that may",
			      own);
}

static int own_group(const struct ctr__hierarchy *h, const char *controller, char **own)
{
	char text[8192];
	const char *group;
	size_t length;
	int n = ctr__fd_read_file(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	if (n < 0)
		return n;
	group = ctr__proc_find_group(text, h->v2 ? NULL : controller, &length);
	if (!group)
		return -ESRCH;
	*own = strndup(group, length);
	return *own ? 0 : -ENOMEM;
}

/* Where only a part of the hierarchy is mounted, a group of another part can't be reached. */
static int not_visible(const char *group, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_SYSTEM, EXDEV, "create a control group", group,
			      "the caller's own group is not visible from here");
}

static int take_wanted(struct ctr__hierarchy *h, const char *name, const char *controller,
		       ctr_error *err)
{
	const char *wanted = ctr__cgroup_below(h->root, name);
	char path[PATH_MAX];
	int r, why = 0;

	if (!wanted)
		return ctr__error_set(err, CTR_E_SYSTEM, EXDEV, "create a control group in", name,
				      "only the groups below %s are mounted here", h->root);
	snprintf(path, sizeof(path), "%s%s", h->mount, wanted);
	r = sys_access(path, F_OK);
	if (r < 0)
		return ctr__error_set(err, CTR_E_SYSTEM, -r, "create a control group in", path,
				      "the parent group does not exist");
	if (h->v2 && strcmp(controller, CTR__CGROUP2) != 0 &&
	    !can_give(h, wanted, controller, &why))
		return ctr__error_set(err, CTR_E_UNSUPPORTED, why, "use the controller", controller,
				      "the group %s contains processes, or the group above has not "
				      "enabled the controller for it",
				      path);
	free(h->parent);
	h->parent = strdup(wanted);
	return h->parent ? 0 : ctr__error_nomem(err);
}

/* What was found for the controllers before may do for one more. */
static bool will_do(const struct ctr__hierarchy *h, const char *controller)
{
	int ignored = 0;

	return h->parent && (!h->v2 || can_give(h, h->parent, controller, &ignored));
}

static int choose_parent(const struct ctr__layout *layout, struct ctr__hierarchy *h,
			 const char *controller, ctr_error *err)
{
	_cleanup_free_ char *own = NULL;
	const char *below;
	int r;

	if (will_do(h, controller))
		return 0;
	if (layout->wanted_parent)
		return take_wanted(h, layout->wanted_parent, controller, err);
	r = own_group(h, controller, &own);
	if (r < 0)
		return ctr__error_sys(err, -r, "find the caller's own group of", controller);
	if (strstr(own, "..") || own[0] != '/') /* outside of our cgroup namespace */
		return not_visible(own, err);
	below = ctr__cgroup_below(h->root, own);
	if (!below)
		return not_visible(own, err);
	if (!h->v2)
		return ctr__text_replace(&h->parent, below) ? ctr__error_nomem(err) : 0;
	r = find_place(h, below);
	if (r == -ENOMEM)
		return ctr__error_nomem(err);
	return r < 0 ? no_place(controller, own, -r, err) : 0;
}

static struct ctr__hierarchy *find(struct ctr__layout *layout, const char *mount)
{
	for (size_t i = 0; i < layout->n; i++)
		if (strcmp(layout->v[i].mount, mount) == 0)
			return &layout->v[i];
	return NULL;
}

/* Some of them may be mounted together. */
static unsigned find_counters(const struct ctr__cgroup_mount *mount)
{
	static const char *const names[] = {
		[CTR__COUNTER_CPU] = "cpu",	  [CTR__COUNTER_CPUACCT] = "cpuacct",
		[CTR__COUNTER_MEMORY] = "memory", [CTR__COUNTER_PIDS] = "pids",
		[CTR__COUNTER_BLKIO] = "blkio",
	};
	unsigned bits = 0;

	if (mount->v2)
		return 1u << CTR__COUNTER_V2;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ctr__cgroup_mount_has(mount, names[i]))
			bits |= 1u << i;
	return bits;
}

/* Takes what it needs of the mount; NULL if there are too many. */
static struct ctr__hierarchy *add(struct ctr__layout *layout, struct ctr__cgroup_mount *mount)
{
	struct ctr__hierarchy *h = &layout->v[layout->n];

	if (layout->n == CTR__HIERARCHIES_MAX)
		return NULL;
	*h = (struct ctr__hierarchy){
		.v2 = mount->v2,
		.mount = ctr__text_take(&mount->path),
		.root = ctr__text_take(&mount->root),
		.counts = find_counters(mount),
	};
	layout->n++;
	return h;
}

static bool uses(const struct ctr__hierarchy *h, const char *controller)
{
	for (size_t i = 0; i < h->n_controllers; i++)
		if (strcmp(h->controllers[i], controller) == 0)
			return true;
	return false;
}

static struct ctr__hierarchy *find_or_add(struct ctr__layout *layout, const char *controller,
					  int *result)
{
	struct ctr__cgroup_mount mount = { 0 };
	struct ctr__hierarchy *h;

	*result = ctr__cgroup_mount_find(controller, &mount);
	if (*result <= 0)
		return NULL;
	h = find(layout, mount.path);
	if (!h)
		h = add(layout, &mount);
	ctr__cgroup_mount_clear(&mount);
	return h;
}

struct ctr__hierarchy *ctr__layout_use(struct ctr__layout *layout, const char *controller,
				       ctr_error *err)
{
	int r;
	struct ctr__hierarchy *h = find_or_add(layout, controller, &r);

	if (!h || (!uses(h, controller) && h->n_controllers == CTR__CONTROLLERS_MAX)) {
		unsupported(err, controller, r);
		return NULL;
	}
	if (uses(h, controller))
		return h;
	if (strcmp(controller, CTR__CGROUP2) != 0)
		h->controllers[h->n_controllers++] = controller;
	else if (h->parent)
		return h;
	return choose_parent(layout, h, controller, err) ? NULL : h;
}

/* v2: a process moves if the group that both places lie in is the caller's: cgroups(7). */
bool ctr__hierarchy_can_make(const struct ctr__hierarchy *h)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", h->mount, h->parent);
	if (sys_access(path, W_OK | X_OK) < 0)
		return false;
	if (!h->v2)
		return true;
	snprintf(path, sizeof(path), "%s%s/cgroup.procs", h->mount, h->parent);
	return sys_access(path, W_OK) >= 0;
}

bool ctr__layout_can_make(const struct ctr__layout *layout)
{
	for (size_t i = 0; i < layout->n; i++)
		if (!ctr__hierarchy_can_make(&layout->v[i]))
			return false;
	return layout->n;
}

size_t ctr__layout_mounted(const char *mount, const char **names, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < CONTROLLERS; i++) {
		if (!ctr__layout_is(mount, controllers[i].v1))
			continue;
		if (found < n)
			names[found] = controllers[i].v1;
		found++;
	}
	return found;
}

/* "/" is what all of it begins with, whatever part is mounted. */
static const char *below(const struct ctr__cgroup_mount *mount, const char *path)
{
	return strcmp(path, "/") == 0 ? path : ctr__cgroup_below(mount->root, path);
}

static int add_if_there(struct ctr__layout *layout, struct ctr__cgroup_mount *mount,
			const char *path)
{
	const char *group = below(mount, path);
	char full[PATH_MAX];
	struct ctr__hierarchy *h;

	if (!group || find(layout, mount->path))
		return 0;
	snprintf(full, sizeof(full), "%s%s", mount->path, group);
	if (sys_access(full, F_OK))
		return 0;
	h = add(layout, mount);
	if (!h)
		return 0;
	h->parent = strdup(group);
	if (!h->parent)
		return -ENOMEM;
	to_parent(h->parent);
	return 0;
}

static int find_in(struct ctr__layout *layout, const char *controller, const char *path)
{
	struct ctr__cgroup_mount mount = { 0 };
	int r = controller ? ctr__cgroup_mount_find(controller, &mount) : 0;

	if (r > 0)
		r = add_if_there(layout, &mount, path);
	ctr__cgroup_mount_clear(&mount);
	return r == -ENOMEM ? r : 0;
}

int ctr__layout_find(struct ctr__layout *layout, const char *path)
{
	int r = find_in(layout, CTR__CGROUP2, path);

	for (size_t i = 0; r == 0 && i < CONTROLLERS; i++) {
		r = find_in(layout, controllers[i].v1, path);
		if (r == 0)
			r = find_in(layout, controllers[i].v2, path);
	}
	return r;
}

void ctr__layout_clear(struct ctr__layout *layout)
{
	for (size_t i = 0; i < layout->n; i++) {
		free(layout->v[i].mount);
		free(layout->v[i].root);
		free(layout->v[i].parent);
	}
	layout->n = 0;
}
