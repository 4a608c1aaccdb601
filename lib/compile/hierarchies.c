/* SPDX-License-Identifier: MIT */
/* The control groups of the container, as it sees them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "primitives/mount.h"

static int add_hierarchy(struct ctr__compile *c, const char *target, uint32_t flags,
			 const char *mount, bool v2)
{
	const char *controllers[CTR__MOUNT_OPTIONS_MAX];
	const size_t n = v2 ? 0 : ctr__layout_mounted(mount, controllers, CTR__MOUNT_OPTIONS_MAX);
	struct ctr__place place;
	struct ctr__step step;

	if (n > CTR__MOUNT_OPTIONS_MAX)
		return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, "show the control group", mount,
				      "there are too many controllers in one hierarchy");
	if (ctr__compile_place(c, true, "mount cgroup on", target, &place))
		return -1;
	ctr__mount_fill_cgroup(&step, place.path, flags, controllers, n);
	return ctr__compile_mount(c, &step, &place, CTR__VIEW_OPAQUE, flags);
}

/* In a directory that is called as the host's: some programs look for v1 there. */
static int add_one_of_many(struct ctr__compile *c, const char *target, uint32_t flags,
			   const char *mount, bool v2)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", target,
			     v2 ? "unified" : strrchr(mount, '/') + 1) >= sizeof(path))
		return ctr__error_sys(c->err, ENAMETOOLONG, "mount cgroup on", target);
	return add_hierarchy(c, path, flags, mount, v2);
}

/* Where the i-th hierarchy of the container's group is mounted; false behind the last. */
static bool find_hierarchy(const struct ctr__compile *c, size_t i, char mount[PATH_MAX], bool *v2)
{
	const struct ctr__layout *layout = &c->plan->recipe.layout;
	const ctr_cgroup *shared = c->plan->shared;

	if (i >= (shared ? shared->n : layout->n))
		return false;
	*v2 = shared ? shared->members[i].v2 : layout->v[i].v2;
	if (shared)
		snprintf(mount, PATH_MAX, "%.*s", (int)shared->members[i].mount_length,
			 shared->members[i].path);
	else
		snprintf(mount, PATH_MAX, "%s", layout->v[i].mount);
	return true;
}

/*
 * The host's, if the root is its tree: covered they would still be listed in /proc/mounts,
 * and who looks there for a controller takes the first.
 */
static int add_uncover(struct ctr__compile *c, const char *target)
{
	struct ctr__mount_item item = {
		.step = { .kind = CTR__STEP_UNCOVER },
		.per_run = true,
	};
	struct ctr__place place;

	if (c->spec->mounts.rootfs)
		return 0;
	if (ctr__compile_place(c, true, "mount cgroup on", target, &place))
		return -1;
	item.step.path = item.target = place.path;
	return ctr__compile_item(c, &item);
}

/* The tmpfs of their mount points needs no more names. */
static int add_seal(struct ctr__compile *c, const char *target)
{
	struct ctr__mount_item item = { .per_run = true };
	struct ctr__place place;

	if (ctr__compile_place(c, true, "mount cgroup on", target, &place))
		return -1;
	ctr__mount_fill_read_only(&item.step, place.path);
	item.target = place.path;
	return ctr__compile_item(c, &item);
}

static bool is_of_the_group(const struct ctr__compile *c, const char *mount)
{
	char other[PATH_MAX];
	bool v2;

	for (size_t i = 0; find_hierarchy(c, i, other, &v2); i++)
		if (strcmp(mount, other) == 0)
			return true;
	return false;
}

/*
 * The caller's group, as the host shows it. Not by a mount of the hierarchy: when the last mount
 * of a cgroup namespace goes and there is no group at all in the hierarchy, the kernel takes
 * the hierarchy itself for given up, and mounting it again waits for ever.
 */
static int add_group_of_caller(struct ctr__compile *c, const char *target, uint32_t flags,
			       const struct ctr__hierarchy *h)
{
	_cleanup_free_ char *source = ctr__compile_join(h->mount, h->parent, "");
	_cleanup_free_ char *place = ctr__compile_join(target, strrchr(h->mount, '/'), "");
	const struct ctr__mount bind = {
		.kind = CTR__MOUNT_BIND,
		.source = source,
		.target = place,
		.flags = flags | CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC | CTR_MOUNT_NOT_RECURSIVE,
	};

	return source && place ? ctr__compile_bind(c, &bind) : ctr__error_nomem(c->err);
}

/*
 * Hierarchies of v1 in which the container has no group: the runtimes of languages, Java's
 * among them, know of no limit if one of these is missing.
 */
static int add_others(struct ctr__compile *c, const char *target, uint32_t flags)
{
	static const char *const read[] = { "cpuset", "cpu", "cpuacct", "memory" };
	struct ctr__layout layout = { 0 };
	int r = 0;

	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++)
		ctr__layout_use(&layout, read[i], NULL); /* where there is none, none is shown */
	for (size_t i = 0; r == 0 && i < layout.n; i++)
		if (!layout.v[i].v2 && layout.v[i].parent && !is_of_the_group(c, layout.v[i].mount))
			r = add_group_of_caller(c, target, flags, &layout.v[i]);
	ctr__layout_clear(&layout);
	return r;
}

int ctr__compile_cgroup(struct ctr__compile *c, const struct ctr__mount *m)
{
	const uint32_t flags = m->flags | (c->spec->resources.delegate ? 0 : CTR_MOUNT_READ_ONLY);
	char mount[PATH_MAX];
	bool v2 = false;

	if (add_uncover(c, m->target))
		return -1;
	if (!find_hierarchy(c, 1, mount, &v2) && find_hierarchy(c, 0, mount, &v2) && v2)
		return add_hierarchy(c, m->target, flags, mount, true);
	if (ctr__compile_tmpfs(c, m->target, 65536, 0755, 0))
		return -1;
	c->no_create = false; /* in that tmpfs */
	for (size_t i = 0; find_hierarchy(c, i, mount, &v2); i++)
		if (add_one_of_many(c, m->target, flags, mount, v2))
			return -1;
	if (add_others(c, m->target, flags))
		return -1;
	return add_seal(c, m->target);
}
