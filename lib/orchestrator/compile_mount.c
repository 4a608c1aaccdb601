/* SPDX-License-Identifier: MIT */
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "orchestrator/compile.h"
#include "orchestrator/protected.h"
#include "primitives/mount.h"

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
		return true;
	/* A layer shows what was there before as it was: nothing can be made in that. */
	return owner->kind == CTR__VIEW_LAYER &&
	       (strcmp(hit->path, owner->target) == 0 || hit->fd < 0);
}

/* Files made in a covered directory are lost: nobody may lose a volume's that way. */
static int refuse_writable_bind(struct ctr__compile *c, const char *what, const char *target)
{
	return ctr__error_set(c->err, CTR_E_SYSTEM, ENOENT, what, target,
			      "it lies in a writable bind that has no such entry, and nothing "
			      "is made there behind your back: create it in the source");
}

static int add_layer(struct ctr__compile *c, const struct ctr__view_hit *hit, const char *what,
		     const char *target)
{
	const struct ctr__view_entry *owner = hit->owner;
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_LAYER,
		.fd = -1,
		.directory = true,
		.read_only = owner->read_only,
	};
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_LAYER } };

	if (owner->kind != CTR__VIEW_LAYER && owner->target[0] && !owner->read_only)
		return refuse_writable_bind(c, what, target);
	item.step.path = ctr__steps_strdup(&c->plan->steps, hit->path[0] ? hit->path : "/");
	if (!item.step.path)
		return ctr__error_nomem(c->err);
	item.target = item.step.path;
	item.per_run = !owner->read_only;
	item.needs_host = false;
	return add_entry(c, hit->path, &entry) ? -1 : add_item(c, &item);
}

static int make_target(struct ctr__compile *c, const struct ctr__view_hit *hit, bool directory,
		       const char *what, const char *target, struct place *place)
{
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_MAKE_TARGET } };
	const bool in_place = can_make_in(hit);
	char path[2 * PATH_MAX];

	if (hit->owner->kind == CTR__VIEW_OPAQUE || hit->owner->kind == CTR__VIEW_MADE ||
	    hit->owner->kind == CTR__VIEW_MASKED)
		return ctr__error_sys(c->err, ENOENT, what, target);
	place->per_run = in_place && hit->owner->per_run;
	if (!in_place && add_layer(c, hit, what, target))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", hit->path, hit->rest);
	place->path = ctr__steps_strdup(&c->plan->steps, path);
	if (!place->path)
		return ctr__error_nomem(c->err);
	item.target = place->path;
	item.per_run = place->per_run;
	item.step.target.path = place->path;
	item.step.target.directory = directory;
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
	const char *root = c->spec->rootfs ? c->spec->rootfs : "/";

	if (errnum == EACCES && !may_enter(root))
		return ctr__error_set(c->err, CTR_E_SYSTEM, EACCES, "enter the root file system",
				      root,
				      "the caller does not have the permission x on the "
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

/* Opens a bind's source, or the root; fills in which file it is. */
static int open_source(struct ctr__compile *c, const char *what, const char *path,
		       struct ctr__step_bind *bind)
{
	struct statx st;
	int fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return ctr__error_sys(c->err, -fd, what, path);
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

/* Where the child may not open the host's files, and to map owners, which takes root. */
static void choose_tree(struct ctr__compile *c, struct ctr__step_bind *bind, bool idmap)
{
	bind->idmap = idmap;
	bind->userns = c->plan->userns_fd;
	if (c->trees)
		bind->tree = ++c->plan->n_trees;
}

static int add_bind(struct ctr__compile *c, const struct ctr__spec_mount *m)
{
	const char *source = ctr__steps_strdup(&c->plan->steps, m->source);
	struct ctr__mount_item item = { .needs_host = true };
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_TREE,
		.noexec = m->flags & CTR_MOUNT_NOEXEC,
		.read_only = m->flags & CTR_MOUNT_READ_ONLY,
	};
	struct place place;

	if (!source)
		return ctr__error_nomem(c->err);
	ctr__mount_fill_bind(&item.step, source, NULL, m->flags);
	choose_tree(c, &item.step.bind, m->flags & CTR_MOUNT_IDMAP);
	entry.fd = open_source(c, "open the bind source", source, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	if (find_place(c, item.step.bind.directory, "bind on", m->target, &place)) {
		sys_close(entry.fd);
		return -1;
	}
	entry.directory = item.step.bind.directory;
	item.step.bind.target = item.target = place.path;
	item.per_run = place.per_run;
	return add_entry(c, place.path, &entry) ? -1 : add_item(c, &item);
}

/* The cover of a file is a /dev/null: in a template the container's own. */
static bool masks_by_host(const struct ctr__compile *c, enum ctr__step_kind kind)
{
	return kind == CTR__STEP_MASK && !(c->spec->base_mounts & CTR_BASE_DEV);
}

static int add_path_item(struct ctr__compile *c, enum ctr__step_kind kind,
			 const struct ctr__view_hit *hit)
{
	struct ctr__mount_item item = { .step = { .kind = kind } };

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

/* Hides or protects a path; one that is not there needs neither. */
static int add_protection(struct ctr__compile *c, enum ctr__step_kind kind, const char *target)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, target, &hit);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "protect", target);
	ctr__fd_close(hit.fd);
	if (hit.state == CTR__VIEW_MISSING)
		return 0;
	if (!hit.path[0])
		return ctr__error_value(c->err, "mask", target, "a path below /");
	if (add_path_item(c, kind, &hit))
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

	if (c->spec->rootfs)
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

static int add_cgroup(struct ctr__compile *c, const struct ctr__spec_mount *m)
{
	const uint32_t flags = m->flags | (c->spec->delegate ? 0 : CTR_MOUNT_READ_ONLY);
	char mount[PATH_MAX];
	bool v2 = false;

	if (add_uncover(c, m->target))
		return -1;
	if (!find_hierarchy(c, 1, mount, &v2) && find_hierarchy(c, 0, mount, &v2) && v2)
		return add_hierarchy(c, m->target, flags, mount, true);
	if (add_tmpfs(c, m->target, 65536, 0755, 0))
		return -1;
	for (size_t i = 0; find_hierarchy(c, i, mount, &v2); i++)
		if (add_one_of_many(c, m->target, flags, mount, v2))
			return -1;
	return add_seal(c, m->target);
}

/* ---- the kernel's own ---- */

static const struct ctr__mount_item *last_item(const struct ctr__compile *c)
{
	return &c->items[c->n_items - 1];
}

static int add_guard(struct ctr__compile *c, enum ctr__step_kind kind, const char *path)
{
	struct ctr__mount_item item = { .step = { .kind = kind }, .per_run = true };

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

		if ((c->spec->confine.unmasked >> i & 1) || !ctr__path_is_below(p->path, dir))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s%s", target, p->path + strlen(dir)) >=
		    sizeof(path))
			return ctr__error_sys(c->err, ENAMETOOLONG, "protect", target);
		if (add_guard(c, p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK, path))
			return -1;
	}
	return 0;
}

/* In one more place, and no more than on /proc: who switches that off is to know better. */
static int add_proc(struct ctr__compile *c, const struct ctr__spec_mount *m)
{
	if (add_fs(c, "mount proc on", m->target, m->flags, ctr__mount_fill_proc))
		return -1;
	return c->spec->base_mounts & CTR_BASE_PROC ? guard(c, "/proc") : 0;
}

static int add_sysfs(struct ctr__compile *c, const struct ctr__spec_mount *m)
{
	const bool guarded = c->spec->base_mounts & CTR_BASE_SYS;
	const uint32_t flags = m->flags | (guarded ? CTR_MOUNT_READ_ONLY : 0);

	if (add_fs(c, "mount sysfs on", m->target, flags, ctr__mount_fill_sysfs))
		return -1;
	return guarded ? guard(c, "/sys") : 0;
}

static int add_spec_mount(struct ctr__compile *c, const struct ctr__spec_mount *m)
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
		return add_fs(c, "mount mqueue on", m->target, m->flags, ctr__mount_fill_mqueue);
	case CTR__MOUNT_CGROUP:
		return add_cgroup(c, m);
	case CTR__MOUNT_DEV:
		return add_dev(c, m->target);
	case CTR__MOUNT_MASK:
		return add_protection(c, CTR__STEP_MASK, m->target);
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
	const char *path = c->spec->rootfs ? c->spec->rootfs : "/";
	const bool read_only = c->spec->read_only || !c->spec->rootfs;
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_TREE,
		.directory = true,
		.read_only = read_only,
	};
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_ROOT }, .needs_host = true };

	path = ctr__steps_strdup(&c->plan->steps, path);
	if (!path)
		return ctr__error_nomem(c->err);
	item.target = "";
	item.step.bind.source = path;
	item.step.bind.recursive = true;
	item.step.bind.attrs = MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0);
	choose_tree(c, &item.step.bind, c->spec->rootfs_idmap);
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
	if (add_fs(c, "mount proc on", "/proc", 0, ctr__mount_fill_proc) || refuse_link(c, "/proc"))
		return -1;
	return guard(c, "/proc");
}

/* Whether the container's user namespace owns such a namespace: else it may mount none of it. */
static bool owns(const struct ctr__compile *c, uint32_t kind)
{
	const struct ctr__spec_ns *ns = ctr__spec_ns(c->spec, kind);

	return !c->plan->own_user_ns || (ns->fd < 0 && ns->mode == CTR_NS_MODE_NEW);
}

/* The host's, whose namespace it shares. */
static int add_bound(struct ctr__compile *c, char *path, uint32_t flags)
{
	const struct ctr__spec_mount bind = {
		.kind = CTR__MOUNT_BIND,
		.source = path,
		.target = path,
		.flags = flags,
	};

	return add_bind(c, &bind);
}

/* sysfs(5) shows a network namespace. */
static int add_base_sys(struct ctr__compile *c)
{
	static char sys[] = "/sys";
	int r;

	if (owns(c, CTR_NS_NET))
		r = add_fs(c, "mount sysfs on", sys, CTR_MOUNT_READ_ONLY, ctr__mount_fill_sysfs);
	else
		r = add_bound(c, sys, CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC);
	return r || refuse_link(c, sys) ? -1 : guard(c, sys);
}

/* In the host's own tree, where nobody exchanges directories. */
static int guard_hosts_sys(struct ctr__compile *c)
{
	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++) {
		const struct ctr__protected *p = &ctr__protected[i];

		if ((c->spec->confine.unmasked >> i & 1) || !ctr__path_is_below(p->path, "/sys"))
			continue;
		if (add_protection(c, p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK, p->path))
			return -1;
	}
	return 0;
}

static int add_base_mqueue(struct ctr__compile *c)
{
	static char mqueue[] = "/dev/mqueue";

	if (owns(c, CTR_NS_IPC))
		return add_fs(c, "mount mqueue on", mqueue, 0, ctr__mount_fill_mqueue);
	return sys_access(mqueue, F_OK) < 0 ? 0 : add_bound(c, mqueue, CTR_MOUNT_NOEXEC);
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
	const uint32_t base = c->spec->base_mounts;

	if ((base & CTR_BASE_DEV) && add_base_dev(c))
		return -1;
	if ((base & CTR_BASE_PROC) && add_base_proc(c))
		return -1;
	if ((base & CTR_BASE_SYS) && (c->spec->rootfs ? add_base_sys(c) : guard_hosts_sys(c)))
		return -1;
	if ((base & CTR_BASE_TMP) && !c->spec->rootfs && add_base_tmp(c))
		return -1;
	return 0;
}

int ctr__compile_mounts(struct ctr__compile *c)
{
	if (add_root(c) || add_base(c))
		return -1;
	for (size_t i = 0; i < c->spec->n_mounts; i++)
		if (add_spec_mount(c, &c->spec->mounts[i]))
			return -1;
	return 0;
}
