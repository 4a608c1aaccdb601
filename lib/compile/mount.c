/* SPDX-License-Identifier: MIT */
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/source.h"
#include "primitives/mount.h"
#include "spec/protected.h"

#define SHM_SIZE (UINT64_C(64) << 20) /* as docker and podman have it */

static int add_item(struct ctr__compile *c, const struct ctr__mount_item *item)
{
	struct ctr__mount_item *grown = reallocarray(c->items, c->n_items + 1, sizeof(*grown));

	if (!grown)
		return ctr__error_nomem(c->err);
	c->items = grown;
	c->items[c->n_items++] = *item;
	return 0;
}

static int add_entry(struct ctr__compile *c, const char *target,
		     const struct ctr__view_entry *entry)
{
	return ctr__view_add(&c->view, target, entry) ? ctr__error_nomem(c->err) : 0;
}

/* To be freed; NULL: out of memory. */
static char *join(const char *first, const char *second, const char *third)
{
	char *text;

	return asprintf(&text, "%s%s%s", first, second, third) < 0 ? NULL : text;
}

/* ---- mount points ---- */

/* Where a mount goes: its canonical path and what that lies on. */
struct place {
	const char *path;
	bool per_run;
};

static bool can_make_in(const struct ctr__view_hit *hit)
{
	const struct ctr__view_entry *owner = hit->owner;

	if (owner->kind == CTR__VIEW_EMPTY)
		return !owner->hidden; /* one empty directory stands for all that are hidden */
	/* A layer shows what was there before as it was: nothing can be made in that. */
	return owner->kind == CTR__VIEW_LAYER &&
	       (strcmp(hit->path, owner->target) == 0 || hit->fd < 0);
}

/* Files made in a covered directory are lost: nobody may lose a volume's that way. */
static int refuse_writable_bind(struct ctr__compile *c, const char *what, const char *target)
{
	return ctr__error_set(c->err, CTR_E_SYSTEM, ENOENT, what, target,
			      "it is in a writable bind, in which nothing is created "
			      "automatically: create it in the source");
}

static int refuse_to_create(struct ctr__compile *c, const char *what, const char *target)
{
	return ctr__error_set(c->err, CTR_E_SYSTEM, ENOENT, what, target,
			      "the mount point does not exist in the container, and "
			      "create=none forbids creating it");
}

/*
 * A layer for the mount point at made. A root that can be written gets it only where the mount
 * point cannot be made in the root itself: what the program writes beside it must not be lost.
 */
static int add_layer(struct ctr__compile *c, const struct ctr__view_hit *hit, const char *what,
		     const char *target, const struct ctr__step_target *made)
{
	const struct ctr__view_entry *owner = hit->owner;
	const bool writable = !owner->read_only;
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_LAYER,
		.fd = -1,
		.directory = true,
		.read_only = owner->read_only,
	};
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_LAYER } };

	if (owner->kind != CTR__VIEW_LAYER && owner->target[0] && writable)
		return refuse_writable_bind(c, what, target);
	item.step.layer.path = ctr__steps_strdup(&c->plan->steps, hit->path[0] ? hit->path : "/");
	if (!item.step.layer.path)
		return ctr__error_nomem(c->err);
	if (writable) {
		item.step.layer.instead = made->path;
		item.step.layer.directory = made->directory;
		item.step.layer.number = ++c->plan->n_layers;
	}
	item.target = item.step.layer.path;
	return add_entry(c, hit->path, &entry) ? -1 : add_item(c, &item);
}

static int make_target(struct ctr__compile *c, const struct ctr__view_hit *hit, bool directory,
		       const char *what, const char *target, struct place *place)
{
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_MAKE_TARGET } };
	const bool in_place = can_make_in(hit);
	_cleanup_free_ char *path = NULL;

	if (hit->owner->kind == CTR__VIEW_OPAQUE || hit->owner->kind == CTR__VIEW_MADE ||
	    hit->owner->kind == CTR__VIEW_MASKED)
		return ctr__error_sys(c->err, ENOENT, what, target);
	if (c->no_create)
		return refuse_to_create(c, what, target);
	place->per_run = in_place && hit->owner->per_run;
	path = join(hit->path, "/", hit->rest);
	place->path = path ? ctr__steps_strdup(&c->plan->steps, path) : NULL;
	if (!place->path)
		return ctr__error_nomem(c->err);
	item.target = place->path;
	item.per_run = place->per_run;
	item.step.target.path = place->path;
	item.step.target.directory = directory;
	if (!in_place && add_layer(c, hit, what, target, &item.step.target))
		return -1;
	return add_item(c, &item);
}

static int use_target(struct ctr__compile *c, const struct ctr__view_hit *hit, bool directory,
		      const char *what, const char *target, struct place *place)
{
	if (!hit->path[0])
		return ctr__error_value(c->err, what, target,
					"a path below /; the root itself is set by the root "
					"file system");
	if (hit->state == CTR__VIEW_FOUND && hit->directory != directory)
		return ctr__error_set(c->err, CTR_E_SYSTEM, directory ? ENOTDIR : EISDIR, what,
				      target, "%s",
				      directory ? "a directory can't be mounted on a file"
						: "a file can't be mounted on a directory");
	place->path = ctr__steps_strdup(&c->plan->steps, hit->path);
	place->per_run = hit->owner->per_run;
	return place->path ? 0 : ctr__error_nomem(c->err);
}

static bool may_enter(const char *directory)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX + 2];

	snprintf(path, sizeof(path), "%s/.", directory);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	return fd != -EACCES;
}

/* Nothing in a root that may not be entered can be found, whatever it was looked for. */
static int refuse_place(const struct ctr__compile *c, int errnum, const char *what,
			const char *target)
{
	const char *root = c->spec->mounts.rootfs ? c->spec->mounts.rootfs : "/";

	if (errnum == EACCES && !may_enter(root))
		return ctr__error_set(c->err, CTR_E_SYSTEM, EACCES, "enter the root file system",
				      root,
				      "the caller does not have execute permission (x) on the "
				      "directory");
	return ctr__error_sys(c->err, errnum, what, target);
}

static int find_place(struct ctr__compile *c, bool directory, const char *what, const char *target,
		      struct place *place)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, target, &hit);

	if (r < 0)
		return refuse_place(c, -r, what, target);
	if (hit.fd >= 0 && ctr__compile_note_blocking(c, hit.fd, target))
		r = -1;
	else if (hit.state == CTR__VIEW_MISSING)
		r = make_target(c, &hit, directory, what, target, place);
	else
		r = use_target(c, &hit, directory, what, target, place);
	ctr__fd_close(hit.fd);
	return r;
}

/* ---- mounts ---- */

static int add_mount(struct ctr__compile *c, const struct ctr__step *step,
		     const struct place *place, enum ctr__view_kind kind, uint32_t flags)
{
	const struct ctr__view_entry entry = {
		.kind = kind,
		.fd = -1,
		.directory = true,
		.noexec = flags & CTR_MOUNT_NOEXEC,
		.read_only = flags & CTR_MOUNT_READ_ONLY,
		.per_run = true,
	};
	const struct ctr__mount_item item = {
		.step = *step,
		.target = place->path,
		.per_run = true,
	};

	return add_entry(c, place->path, &entry) ? -1 : add_item(c, &item);
}

static int add_tmpfs(struct ctr__compile *c, const char *target, uint64_t size_bytes, uint32_t mode,
		     uint32_t flags)
{
	struct ctr__tmpfs_text *text = ctr__steps_alloc(&c->plan->steps, 1, sizeof(*text));
	struct place place;
	struct ctr__step step;

	if (!text)
		return ctr__error_nomem(c->err);
	if (find_place(c, true, "mount tmpfs on", target, &place))
		return -1;
	ctr__mount_fill_tmpfs(&step, text, place.path, size_bytes, mode, flags);
	return add_mount(c, &step, &place, CTR__VIEW_EMPTY, flags);
}

static int add_fs(struct ctr__compile *c, const char *what, const char *target, uint32_t flags,
		  void (*fill)(struct ctr__step *, const char *, uint32_t))
{
	struct place place;
	struct ctr__step step;

	if (find_place(c, true, what, target, &place))
		return -1;
	fill(&step, place.path, flags);
	return add_mount(c, &step, &place, CTR__VIEW_OPAQUE, flags);
}

/* What a minimal /dev comes with, the links left out: fill_dev() of exec_mount.c. */
static int note_dev_entries(struct ctr__compile *c, const char *dev, bool per_run)
{
	static const struct {
		const char *name;
		bool directory;
	} entries[] = {
		{ "pts", true },   { "shm", true },	{ "mqueue", true },
		{ "null", false }, { "zero", false },	{ "full", false },
		{ "tty", false },  { "random", false }, { "urandom", false },
	};
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct ctr__view_entry entry = {
			.kind = CTR__VIEW_MADE,
			.fd = -1,
			.directory = entries[i].directory,
			.noexec = true,
			.per_run = per_run,
		};

		snprintf(path, sizeof(path), "%s/%s", dev, entries[i].name);
		if (add_entry(c, path, &entry))
			return -1;
	}
	return 0;
}

static int add_dev(struct ctr__compile *c, const char *target)
{
	struct place place;
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_DEV }, .needs_host = true };
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_EMPTY,
		.fd = -1,
		.directory = true,
		.noexec = true,
		.read_only = true,
	};

	if (find_place(c, true, "mount the device files on", target, &place))
		return -1;
	item.step.path = item.target = place.path;
	item.per_run = place.per_run;
	entry.per_run = place.per_run;
	if (add_entry(c, place.path, &entry) || add_item(c, &item))
		return -1;
	return note_dev_entries(c, place.path, place.per_run);
}

int ctr__compile_file(struct ctr__compile *c, const char *target, const char *name,
		      const char *text)
{
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_FILE } };
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_MADE,
		.fd = -1,
		.noexec = true,
		.read_only = true,
	};
	struct place place;

	if (find_place(c, false, "show a file on", target, &place))
		return -1;
	item.step.file.target = item.target = place.path;
	item.step.file.name = name;
	item.step.file.text = ctr__steps_strdup(&c->plan->steps, text);
	if (!item.step.file.text)
		return ctr__error_nomem(c->err);
	item.step.file.length = strlen(text);
	item.per_run = place.per_run;
	return add_entry(c, place.path, &entry) ? -1 : add_item(c, &item);
}

/* Opens a bind's source, or the root; fills in which file it is, and where. */
static int open_source(struct ctr__compile *c, const char *what, const char *path,
		       struct ctr__step_bind *bind)
{
	char canonical[PATH_MAX];
	struct statx st;
	int fd = ctr__source_open(what, path, canonical, c->err);
	int r;

	if (fd < 0)
		return -1;
	bind->source = ctr__steps_strdup(&c->plan->steps, canonical);
	if (!bind->source) {
		sys_close(fd);
		return ctr__error_nomem(c->err);
	}
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &st);
	if (r < 0)
		ctr__error_sys(c->err, -r, what, path);
	else
		r = ctr__compile_note_blocking(c, fd, path);
	if (r < 0) {
		sys_close(fd);
		return -1;
	}
	bind->directory = S_ISDIR(st.stx_mode);
	bind->id = ctr__file_id_of(&st);
	return fd;
}

/* proc and the like can't be looked into beforehand, and their links are never followed. */
static enum ctr__view_kind shown_as(const struct ctr__mount *m)
{
	return m->kind == CTR__MOUNT_BIND ? CTR__VIEW_TREE : CTR__VIEW_OPAQUE;
}

/* Where the child may not open the host's files, and to map owners, which takes root. */
static void choose_tree(struct ctr__compile *c, struct ctr__step_bind *bind, bool idmap)
{
	bind->idmap = idmap;
	bind->userns = c->plan->userns_fd;
	if (c->trees)
		bind->tree = ++c->plan->n_trees;
}

/* Of the host's root there is a copy as long as the container's does not cover it. */
static void take_early(struct ctr__compile *c, struct ctr__step_bind *bind)
{
	if (!bind->tree && strcmp(bind->source, "/") == 0)
		bind->taken = ++c->plan->n_taken;
}

/*
 * Devices do not work in a volume, but /dev/null is meant as an empty file, and every container
 * has it: then the bind is as that of a masked file.
 */
static int settle_device(struct ctr__compile *c, const struct ctr__mount *m, int fd,
			 struct ctr__step_bind *bind)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "open the bind source", m->source);
	if (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode))
		return 0;
	if (!S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "open the bind source", m->source,
				      "it is a device file, and this mount disables them: add the "
				      "option dev (-v SRC:DST:dev)");
	bind->attrs &= ~(uint64_t)MOUNT_ATTR_NODEV;
	bind->attrs |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	return 0;
}

static int add_bind(struct ctr__compile *c, const struct ctr__mount *m)
{
	struct ctr__mount_item item = { .needs_host = true };
	struct ctr__view_entry entry = {
		.kind = shown_as(m),
		.noexec = m->flags & CTR_MOUNT_NOEXEC,
		.read_only = m->flags & CTR_MOUNT_READ_ONLY,
	};
	struct place place;

	ctr__mount_fill_bind(&item.step, NULL, NULL, m->flags);
	choose_tree(c, &item.step.bind, m->flags & CTR_MOUNT_IDMAP);
	entry.fd = open_source(c, "open the bind source", m->source, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	take_early(c, &item.step.bind);
	if (!item.step.bind.directory && !(m->flags & CTR_MOUNT_ALLOW_DEV) &&
	    settle_device(c, m, entry.fd, &item.step.bind)) {
		sys_close(entry.fd);
		return -1;
	}
	if (find_place(c, item.step.bind.directory, "bind on", m->target, &place)) {
		sys_close(entry.fd);
		return -1;
	}
	entry.directory = item.step.bind.directory;
	item.step.bind.target = item.target = place.path;
	item.per_run = place.per_run;
	return add_entry(c, place.path, &entry) ? -1 : add_item(c, &item);
}

int ctr__compile_bound(struct ctr__compile *c, char *path, uint32_t flags)
{
	const struct ctr__mount bind = {
		.kind = CTR__MOUNT_BIND,
		.source = path,
		.target = path,
		.flags = flags,
	};

	return add_bind(c, &bind);
}

/* The cover of a file is a /dev/null: in a template the container's own. */
static bool masks_by_host(const struct ctr__compile *c, enum ctr__step_kind kind)
{
	return kind == CTR__STEP_MASK && !(c->spec->mounts.base & CTR_BASE_DEV);
}

static int add_path_item(struct ctr__compile *c, enum ctr__step_kind kind,
			 const struct ctr__view_hit *hit, bool may_be_absent)
{
	struct ctr__mount_item item = { .step = { .kind = kind, .may_be_absent = may_be_absent } };

	item.step.path = ctr__steps_strdup(&c->plan->steps, hit->path);
	if (!item.step.path)
		return ctr__error_nomem(c->err);
	item.target = item.step.path;
	item.per_run = hit->owner->per_run;
	item.needs_host = masks_by_host(c, kind);
	return add_item(c, &item);
}

/* What can't be looked into stays so. */
static int note_mask(struct ctr__compile *c, const struct ctr__view_hit *hit)
{
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_MASKED,
		.fd = -1,
		.directory = hit->directory,
		.noexec = true,
		.read_only = true,
		.per_run = hit->owner->per_run,
	};

	return hit->state == CTR__VIEW_FOUND ? add_entry(c, hit->path, &entry) : 0;
}

int ctr__compile_mask(struct ctr__compile *c, const char *path, const struct ctr__view_entry *entry,
		      bool may_be_absent)
{
	struct ctr__mount_item item = {
		.step = { .kind = CTR__STEP_MASK, .may_be_absent = may_be_absent },
		.per_run = entry->per_run,
		.needs_host = masks_by_host(c, CTR__STEP_MASK),
	};

	item.step.path = item.target = ctr__steps_strdup(&c->plan->steps, path);
	if (!item.target)
		return ctr__error_nomem(c->err);
	return add_item(c, &item) ? -1 : add_entry(c, path, entry);
}

/* Hides or protects a path. */
static int add_protection(struct ctr__compile *c, enum ctr__step_kind kind, const char *target,
			  bool may_be_absent)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, target, &hit);

	if (r == -ENOTDIR && may_be_absent) /* below a file there is nothing, either */
		return 0;
	if (r < 0)
		return ctr__error_sys(c->err, -r, "protect", target);
	ctr__fd_close(hit.fd);
	if (hit.state == CTR__VIEW_MISSING)
		return may_be_absent ? 0 : ctr__error_sys(c->err, ENOENT, "protect", target);
	if (!hit.path[0])
		return ctr__error_value(c->err, "mask", target, "a path below /");
	if (add_path_item(c, kind, &hit, may_be_absent))
		return -1;
	return kind == CTR__STEP_MASK ? note_mask(c, &hit) : 0;
}

/* ---- control groups ---- */

static int add_hierarchy(struct ctr__compile *c, const char *target, uint32_t flags,
			 const char *mount, bool v2)
{
	const char *controllers[CTR__MOUNT_OPTIONS_MAX];
	const size_t n = v2 ? 0 : ctr__layout_mounted(mount, controllers, CTR__MOUNT_OPTIONS_MAX);
	struct place place;
	struct ctr__step step;

	if (n > CTR__MOUNT_OPTIONS_MAX)
		return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, "show the control group", mount,
				      "there are too many controllers in one hierarchy");
	if (find_place(c, true, "mount cgroup on", target, &place))
		return -1;
	ctr__mount_fill_cgroup(&step, place.path, flags, controllers, n);
	return add_mount(c, &step, &place, CTR__VIEW_OPAQUE, flags);
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
	struct place place;

	if (c->spec->mounts.rootfs)
		return 0;
	if (find_place(c, true, "mount cgroup on", target, &place))
		return -1;
	item.step.path = item.target = place.path;
	return add_item(c, &item);
}

/* The tmpfs of their mount points needs no more names. */
static int add_seal(struct ctr__compile *c, const char *target)
{
	struct ctr__mount_item item = { .per_run = true };
	struct place place;

	if (find_place(c, true, "mount cgroup on", target, &place))
		return -1;
	ctr__mount_fill_read_only(&item.step, place.path);
	item.target = place.path;
	return add_item(c, &item);
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
	_cleanup_free_ char *source = join(h->mount, h->parent, "");
	_cleanup_free_ char *place = join(target, strrchr(h->mount, '/'), "");
	const struct ctr__mount bind = {
		.kind = CTR__MOUNT_BIND,
		.source = source,
		.target = place,
		.flags = flags | CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC | CTR_MOUNT_NOT_RECURSIVE,
	};

	return source && place ? add_bind(c, &bind) : ctr__error_nomem(c->err);
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

static int add_cgroup(struct ctr__compile *c, const struct ctr__mount *m)
{
	const uint32_t flags = m->flags | (c->spec->resources.delegate ? 0 : CTR_MOUNT_READ_ONLY);
	char mount[PATH_MAX];
	bool v2 = false;

	if (add_uncover(c, m->target))
		return -1;
	if (!find_hierarchy(c, 1, mount, &v2) && find_hierarchy(c, 0, mount, &v2) && v2)
		return add_hierarchy(c, m->target, flags, mount, true);
	if (add_tmpfs(c, m->target, 65536, 0755, 0))
		return -1;
	c->no_create = false; /* in that tmpfs */
	for (size_t i = 0; find_hierarchy(c, i, mount, &v2); i++)
		if (add_one_of_many(c, m->target, flags, mount, v2))
			return -1;
	if (add_others(c, m->target, flags))
		return -1;
	return add_seal(c, m->target);
}

/* ---- the kernel's own ---- */

static const struct ctr__mount_item *last_item(const struct ctr__compile *c)
{
	return &c->items[c->n_items - 1];
}

static int add_guard(struct ctr__compile *c, const struct ctr__protected *p, const char *path)
{
	const enum ctr__step_kind kind = p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK;
	struct ctr__mount_item item = {
		.step = { .kind = kind, .may_be_absent = p->may_be_absent },
		.per_run = true,
	};

	item.step.path = ctr__steps_strdup(&c->plan->steps, path);
	if (!item.step.path)
		return ctr__error_nomem(c->err);
	item.target = item.step.path;
	item.needs_host = masks_by_host(c, kind);
	return add_item(c, &item);
}

/*
 * Those of the default protections that lie below dir, in what was mounted last; but what the
 * spec takes out. They are not looked for by their paths: on the way there somebody may
 * exchange directories and links meanwhile.
 */
static int guard(struct ctr__compile *c, const char *dir)
{
	const char *target = last_item(c)->target;
	char path[PATH_MAX];

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++) {
		const struct ctr__protected *p = &ctr__protected[i];

		if ((c->spec->mounts.unmasked >> i & 1) || !ctr__path_is_below(p->path, dir))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s%s", target, p->path + strlen(dir)) >=
		    sizeof(path))
			return ctr__error_sys(c->err, ENAMETOOLONG, "protect", target);
		if (add_guard(c, p, path))
			return -1;
	}
	return 0;
}

/* A file system that shows one of the container's namespaces. */
struct kernel_fs {
	enum ctr__mount_kind kind;
	uint32_t ns;
	const char *name, *what;
	char *hosts; /* where the host has it */
	void (*fill)(struct ctr__step *, const char *, uint32_t);
};

static char hosts_proc[] = "/proc", hosts_sys[] = "/sys", hosts_mqueue[] = "/dev/mqueue";

static const struct kernel_fs proc_fs = {
	.kind = CTR__MOUNT_PROC,
	.ns = CTR_NS_PID,
	.name = "PID",
	.what = "mount proc on",
	.hosts = hosts_proc,
	.fill = ctr__mount_fill_proc,
};
static const struct kernel_fs sys_fs = {
	.kind = CTR__MOUNT_SYSFS,
	.ns = CTR_NS_NET,
	.name = "network",
	.what = "mount sysfs on",
	.hosts = hosts_sys,
	.fill = ctr__mount_fill_sysfs,
};
static const struct kernel_fs mqueue_fs = {
	.kind = CTR__MOUNT_MQUEUE,
	.ns = CTR_NS_IPC,
	.name = "IPC",
	.what = "mount mqueue on",
	.hosts = hosts_mqueue,
	.fill = ctr__mount_fill_mqueue,
};

/* Whether the container's user namespace owns such a namespace: else it may mount none of it. */
static bool owns(const struct ctr__compile *c, uint32_t kind)
{
	const struct ctr__ns *ns = ctr__spec_ns(c->spec, kind);

	return !c->plan->own_user_ns || ctr__ns_is_new(ns);
}

/* The host's, with all that lies on it, whose namespace the container shares. */
static int add_bound(struct ctr__compile *c, const struct kernel_fs *fs, char *target,
		     uint32_t flags)
{
	const struct ctr__mount bind = {
		.kind = fs->kind,
		.source = fs->hosts,
		.target = target,
		.flags = flags | CTR_MOUNT_NOEXEC,
	};

	return add_bind(c, &bind);
}

static int refuse_joined(struct ctr__compile *c, const struct kernel_fs *fs, const char *target)
{
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, EPERM, fs->what, target,
			      "the container joins a %s namespace that its user namespace does "
			      "not own: leave the mount out, or use --userns host as root",
			      fs->name);
}

static int refuse_absent(struct ctr__compile *c, const struct kernel_fs *fs, const char *target)
{
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, ENOENT, fs->what, target,
			      "in a user namespace the host's own mount shows the host's %s "
			      "namespace, and nothing is mounted at %s",
			      fs->name, fs->hosts);
}

static int add_kernel_fs(struct ctr__compile *c, const struct kernel_fs *fs,
			 const struct ctr__mount *m, uint32_t flags)
{
	if (owns(c, fs->ns))
		return add_fs(c, fs->what, m->target, flags, fs->fill);
	if (ctr__spec_ns(c->spec, fs->ns)->fd >= 0)
		return refuse_joined(c, fs, m->target);
	if (sys_access(fs->hosts, F_OK) < 0)
		return refuse_absent(c, fs, m->target);
	return add_bound(c, fs, m->target, flags);
}

/* In one more place, and no more than on /proc: who switches that off is to know better. */
static int add_proc(struct ctr__compile *c, const struct ctr__mount *m)
{
	if (add_kernel_fs(c, &proc_fs, m, m->flags))
		return -1;
	return c->spec->mounts.base & CTR_BASE_PROC ? guard(c, "/proc") : 0;
}

static int add_sysfs(struct ctr__compile *c, const struct ctr__mount *m)
{
	const bool guarded = c->spec->mounts.base & CTR_BASE_SYS;
	const uint32_t flags = m->flags | (guarded ? CTR_MOUNT_READ_ONLY : 0);

	if (add_kernel_fs(c, &sys_fs, m, flags))
		return -1;
	return guarded ? guard(c, "/sys") : 0;
}

/* As the kernel has it, for the child opens no path that a link or ".." is in. */
static const char *source_text(struct ctr__compile *c, const char *source)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX];

	if (source[0] != '/')
		return ctr__steps_strdup(&c->plan->steps, source);
	fd = ctr__source_open("look at the source of the mount", source, path, c->err);
	return fd < 0 ? NULL : ctr__steps_strdup(&c->plan->steps, path);
}

static int copy_options(struct ctr__compile *c, struct ctr__step_mount *to,
			const struct ctr__mount *m)
{
	const char *(*copy)[2] = ctr__steps_alloc(&c->plan->steps, m->n_options + 1, sizeof(*copy));

	if (!copy)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < m->n_options; i++)
		for (int part = 0; part < 2; part++) {
			const char *text = m->options[i][part];

			copy[i][part] = text ? ctr__steps_strdup(&c->plan->steps, text) : NULL;
			if (text && !copy[i][part])
				return ctr__error_nomem(c->err);
		}
	to->more = copy;
	to->n_more = m->n_options;
	return 0;
}

static int add_other(struct ctr__compile *c, const struct ctr__mount *m)
{
	struct ctr__step step = { .kind = CTR__STEP_MOUNT };
	struct place place;

	if (find_place(c, true, "mount on", m->target, &place))
		return -1;
	step.mount.type = ctr__steps_strdup(&c->plan->steps, m->type);
	if (!step.mount.type)
		return ctr__error_nomem(c->err);
	step.mount.target = place.path;
	step.mount.attrs = ctr__mount_attrs(m->flags);
	if (m->source && !(step.mount.source = source_text(c, m->source)))
		return -1;
	if (copy_options(c, &step.mount, m))
		return -1;
	if (!c->may_block)
		c->may_block = step.mount.type;
	return add_mount(c, &step, &place, CTR__VIEW_OPAQUE, m->flags);
}

static int add_spec_mount(struct ctr__compile *c, const struct ctr__mount *m)
{
	switch (m->kind) {
	case CTR__MOUNT_BIND:
		return add_bind(c, m);
	case CTR__MOUNT_TMPFS:
		return add_tmpfs(c, m->target, m->size_bytes, m->mode, m->flags);
	case CTR__MOUNT_PROC:
		return add_proc(c, m);
	case CTR__MOUNT_SYSFS:
		return add_sysfs(c, m);
	case CTR__MOUNT_DEVPTS:
		return add_fs(c, "mount devpts on", m->target, m->flags, ctr__mount_fill_devpts);
	case CTR__MOUNT_MQUEUE:
		return add_kernel_fs(c, &mqueue_fs, m, m->flags);
	case CTR__MOUNT_CGROUP:
		return add_cgroup(c, m);
	case CTR__MOUNT_DEV:
		return add_dev(c, m->target);
	case CTR__MOUNT_MASK:
		return add_protection(c, CTR__STEP_MASK, m->target, true);
	case CTR__MOUNT_OTHER:
		return add_other(c, m);
	}
	return 0;
}

/* ---- the root and what every container gets ---- */

static int refuse_root(struct ctr__compile *c, const char *path)
{
	return ctr__error_set(c->err, CTR_E_SYSTEM, ENOTDIR, "open the root file system", path,
			      "expected a directory that holds a file system tree");
}

static int add_root(struct ctr__compile *c)
{
	const char *path = c->spec->mounts.rootfs ? c->spec->mounts.rootfs : "/";
	const bool read_only = c->spec->mounts.read_only || !c->spec->mounts.rootfs;
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_TREE,
		.directory = true,
		.read_only = read_only,
		.overlay = c->host.overlay,
	};
	/* An overlay shows what it has looked up once, so each container has its own. */
	struct ctr__mount_item item = {
		.step = { .kind = CTR__STEP_ROOT },
		.needs_host = true,
		.per_run = c->host.overlay,
	};

	item.target = "";
	item.step.bind.overlay = c->host.overlay;
	item.step.bind.note = c->host.note;
	item.step.bind.recursive = !c->host.overlay;
	item.step.bind.attrs = MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0);
	choose_tree(c, &item.step.bind, c->spec->mounts.rootfs_idmap);
	entry.fd = open_source(c, "open the root file system", path, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	if (!item.step.bind.directory) {
		sys_close(entry.fd);
		return refuse_root(c, path);
	}
	return add_entry(c, "", &entry) ? -1 : add_item(c, &item);
}

/*
 * A link there would lead what the kernel writes, or we, to the wrong place. Asked of the
 * mount itself, for a look beforehand says little of what is there a moment later.
 */
static int refuse_link(struct ctr__compile *c, const char *target)
{
	if (strcmp(last_item(c)->target, target) == 0)
		return 0;
	return ctr__error_set(c->err, CTR_E_INVALID, ELOOP, "mount on", target,
			      "it is a symbolic link in the root file system, expected a "
			      "directory");
}

static int add_base_proc(struct ctr__compile *c)
{
	int r;

	if (owns(c, CTR_NS_PID))
		r = add_fs(c, "mount proc on", "/proc", 0, ctr__mount_fill_proc);
	else
		r = add_bound(c, &proc_fs, hosts_proc, 0);
	return r || refuse_link(c, "/proc") ? -1 : guard(c, "/proc");
}

/* sysfs(5) shows a network namespace. */
static int add_base_sys(struct ctr__compile *c)
{
	int r;

	if (owns(c, CTR_NS_NET))
		r = add_fs(c, "mount sysfs on", "/sys", CTR_MOUNT_READ_ONLY, ctr__mount_fill_sysfs);
	else
		r = add_bound(c, &sys_fs, hosts_sys, CTR_MOUNT_READ_ONLY);
	return r || refuse_link(c, "/sys") ? -1 : guard(c, "/sys");
}

/* Where the host has no sysfs on /sys there is nothing to protect. */
static bool has_sysfs(const struct ctr__compile *c)
{
	struct ctr__view_hit hit;
	struct statfs st;
	int r = ctr__view_find(&c->view, "/sys", &hit);

	if (r < 0 || hit.fd < 0)
		return r < 0;
	r = sys_fstatfs(hit.fd, &st);
	sys_close(hit.fd);
	return r < 0 || st.f_type == SYSFS_MAGIC;
}

/* In the host's own tree, where nobody exchanges directories. */
static int guard_hosts_sys(struct ctr__compile *c)
{
	const bool mounted = has_sysfs(c);

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++) {
		const struct ctr__protected *p = &ctr__protected[i];

		if ((c->spec->mounts.unmasked >> i & 1) || !ctr__path_is_below(p->path, "/sys"))
			continue;
		if (add_protection(c, p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK, p->path,
				   p->may_be_absent || !mounted))
			return -1;
	}
	return 0;
}

static int add_base_mqueue(struct ctr__compile *c)
{
	if (owns(c, CTR_NS_IPC))
		return add_fs(c, "mount mqueue on", "/dev/mqueue", 0, ctr__mount_fill_mqueue);
	return sys_access(hosts_mqueue, F_OK) < 0 ? 0 : add_bound(c, &mqueue_fs, hosts_mqueue, 0);
}

static int add_base_dev(struct ctr__compile *c)
{
	if (add_dev(c, "/dev") || refuse_link(c, "/dev") ||
	    add_fs(c, "mount devpts on", "/dev/pts", 0, ctr__mount_fill_devpts) ||
	    add_tmpfs(c, "/dev/shm", SHM_SIZE, 01777, CTR_MOUNT_NOEXEC))
		return -1;
	return add_base_mqueue(c);
}

static int add_base_tmp(struct ctr__compile *c)
{
	if (add_tmpfs(c, "/tmp", 0, 01777, 0))
		return -1;
	return add_tmpfs(c, "/run", 0, 0755, 0);
}

static int add_base(struct ctr__compile *c)
{
	const uint32_t base = c->spec->mounts.base;

	if ((base & CTR_BASE_DEV) && add_base_dev(c))
		return -1;
	if ((base & CTR_BASE_PROC) && add_base_proc(c))
		return -1;
	if ((base & CTR_BASE_SYS) &&
	    (c->spec->mounts.rootfs ? add_base_sys(c) : guard_hosts_sys(c)))
		return -1;
	if ((base & CTR_BASE_TMP) && !c->spec->mounts.rootfs && add_base_tmp(c))
		return -1;
	return 0;
}

/* ---- what the default root shows and hides of the host ---- */

static int add_shown_mount(struct ctr__compile *c, const struct ctr__shown *shown)
{
	const bool overlay = shown->directory && !shown->plain && !shown->note;
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_TREE,
		.directory = shown->directory,
		.read_only = true,
		.overlay = overlay || shown->plain,
	};
	struct ctr__mount_item item = {
		.step = { .kind = CTR__STEP_BIND },
		.target = shown->path,
		.needs_host = true,
	};

	item.step.bind = (struct ctr__step_bind){
		.target = shown->path,
		.attrs = MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY,
		.overlay = overlay,
		.may_be_gone = !shown->plain,
		.note = shown->note,
	};
	choose_tree(c, &item.step.bind, false);
	entry.fd = open_source(c, "look at the mount", shown->path, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	if (entry.overlay) { /* the root's entry says the same; an open mount can't be unmounted */
		sys_close(entry.fd);
		return add_item(c, &item);
	}
	return add_entry(c, shown->path, &entry) ? -1 : add_item(c, &item);
}

/* Nothing of it is looked at. */
static int hide_shown(struct ctr__compile *c, const struct ctr__shown *shown)
{
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_EMPTY,
		.fd = -1,
		.directory = true,
		.noexec = true,
		.read_only = true,
		.hidden = shown->path,
		.may_block = true,
	};

	return ctr__compile_mask(c, shown->path, &entry, true);
}

/* As /dev/null is mounted on a file to hide it: the file below stays hidden. */
static int hide_covered(struct ctr__compile *c, const struct ctr__shown *shown)
{
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_MASKED,
		.fd = -1,
		.noexec = true,
		.read_only = true,
	};

	return ctr__compile_mask(c, shown->path, &entry, true);
}

static int add_one_shown(struct ctr__compile *c, const struct ctr__shown *shown)
{
	if (shown->left_out)
		return hide_shown(c, shown);
	return shown->covers ? hide_covered(c, shown) : add_shown_mount(c, shown);
}

static int add_shown_mounts(struct ctr__compile *c)
{
	for (size_t i = 0; i < c->host.n; i++)
		if (add_one_shown(c, &c->host.v[i]))
			return -1;
	return 0;
}

static bool is_mount(const struct ctr__mount_item *item)
{
	return item->step.kind == CTR__STEP_BIND || item->step.kind == CTR__STEP_MOUNT;
}

/* Which of the mounts that were asked for, from the first on, nobody will see. */
static void note_hidden(struct ctr__compile *c, size_t first)
{
	for (size_t i = first; i < c->n_items; i++)
		for (size_t k = i + 1; is_mount(&c->items[i]) && k < c->n_items; k++)
			if ((is_mount(&c->items[k]) || c->items[k].step.kind == CTR__STEP_DEV) &&
			    ctr__path_is_below(c->items[i].target, c->items[k].target))
				c->items[i].step.hidden_by = c->items[k].target;
}

int ctr__compile_mounts(struct ctr__compile *c)
{
	size_t first;

	if (ctr__compile_host_root(c) || add_root(c) || add_shown_mounts(c) || add_base(c) ||
	    ctr__compile_hidden(c) || ctr__compile_names(c))
		return -1;
	first = c->n_items;
	for (size_t i = 0; i < c->spec->mounts.n; i++) {
		c->no_create = c->spec->mounts.v[i].flags & CTR_MOUNT_NO_CREATE;
		if (add_spec_mount(c, &c->spec->mounts.v[i]))
			return -1;
	}
	note_hidden(c, first);
	return 0;
}
