/* SPDX-License-Identifier: MIT */
/* What is shown of the host: the sources of binds. */
#include <errno.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "compile/source.h"
#include "primitives/mount.h"

/* Opens a bind's source, or the root; fills in which file it is, and where. */
static int note_file(struct ctr__compile *c, const char *what, const char *name, int fd,
		     struct ctr__step_bind *bind)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &st);

	if (r < 0)
		return ctr__error_sys(c->err, -r, what, name);
	bind->directory = S_ISDIR(st.stx_mode);
	bind->id = ctr__file_id_of(&st);
	return ctr__compile_note_blocking(c, fd, name);
}

static int note_source(struct ctr__compile *c, const char *source, struct ctr__step_bind *bind)
{
	bind->source = ctr__steps_strdup(&c->plan->steps, source);
	return bind->source ? 0 : ctr__error_nomem(c->err);
}

int ctr__compile_source(struct ctr__compile *c, const char *what, const char *path,
			struct ctr__step_bind *bind)
{
	char canonical[PATH_MAX];
	_cleanup_fd_ int fd = ctr__source_open(what, path, canonical, c->err);

	if (fd < 0 || note_source(c, canonical, bind) || note_file(c, what, path, fd, bind))
		return -1;
	return ctr__fd_take(&fd);
}

/* ---- a source that is open ---- */

static const char open_text[] = "open the bind source";

/* It stays open as long as the plan: so no other file can get its number. */
static int keep(struct ctr__compile *c, int fd)
{
	ctr_plan *plan = c->plan;
	int *grown = reallocarray(plan->kept, plan->n_kept + 1, sizeof(*grown));
	int copy;

	if (!grown)
		return ctr__error_nomem(c->err);
	plan->kept = grown;
	copy = ctr__fd_dup(fd, 0);
	if (copy < 0)
		return ctr__error_sys(c->err, -copy, "duplicate a descriptor", NULL);
	grown[plan->n_kept++] = copy;
	return copy;
}

/* The kernel mounts no deleted file, whoever asks. */
static bool is_deleted(int fd)
{
	struct statx st;

	return sys_statx(fd, "", AT_EMPTY_PATH, STATX_NLINK, &st) == 0 && st.stx_nlink == 0;
}

/* 1 if the caller may make a mount of it, 0 if not, or -errno. */
static int may_clone(int fd, bool recursive)
{
	const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	int tree;

	if (is_deleted(fd))
		return 0;
	tree = sys_open_tree(fd, "", flags | (recursive ? AT_RECURSIVE : 0));
	ctr__fd_close(tree);
	if (tree == -EPERM || tree == -EINVAL)
		return 0;
	return tree < 0 ? tree : 1;
}

/*
 * A mount is cloned in the mount namespace that it belongs to, and the child has another: so the
 * parent does that. Where the kernel does not let it, the child goes by the path, and compares.
 * So it does where it makes the mounts in a user namespace: there the kernel locks what is
 * read-only on the host, mount_namespaces(7).
 */
static int choose_way(struct ctr__compile *c, const struct ctr__mount *m, int fd,
		      struct ctr__step_bind *bind)
{
	char path[PATH_MAX];
	const bool by_child = c->plan->own_user_ns && !c->trees;
	const int may = by_child ? 0 : may_clone(fd, bind->recursive);

	if (may < 0)
		return ctr__error_sys(c->err, -may, open_text, m->source);
	if (!may)
		return ctr__source_find(open_text, m->source, fd, path, c->err) ||
				       note_source(c, path, bind)
			       ? -1
			       : 0;
	bind->by_fd = true;
	bind->fd = fd;
	if (!bind->tree)
		bind->tree = ++c->plan->n_trees;
	return note_source(c, ctr__source_has_path(fd, path) ? path : m->source, bind);
}

/* A descriptor for the view, or -1. */
static int open_given(struct ctr__compile *c, const struct ctr__mount *m,
		      struct ctr__step_bind *bind)
{
	const int fd = keep(c, m->fd);
	int view;

	if (fd < 0)
		return -1;
	bind->given = ctr__steps_strdup(&c->plan->steps, m->source);
	if (!bind->given)
		return ctr__error_nomem(c->err);
	if (note_file(c, open_text, m->source, fd, bind) || choose_way(c, m, fd, bind))
		return -1;
	view = ctr__fd_dup(fd, 0);
	return view < 0 ? ctr__error_sys(c->err, -view, "duplicate a descriptor", NULL) : view;
}

/* ---- binds ---- */

/* proc and the like can't be looked into beforehand, and their links are never followed. */
static enum ctr__view_kind shown_as(const struct ctr__mount *m)
{
	return m->kind == CTR__MOUNT_BIND ? CTR__VIEW_TREE : CTR__VIEW_OPAQUE;
}

/* Where the child may not open the host's files, and to map owners, which takes root. */
void ctr__compile_choose_tree(struct ctr__compile *c, struct ctr__step_bind *bind, bool idmap)
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
		return ctr__error_sys(c->err, -r, open_text, m->source);
	if (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode))
		return 0;
	if (!S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3)
		return ctr__error_set(
			c->err, CTR_E_INVALID, 0, open_text, m->source,
			"it is a device file, and this mount disables them: add the option dev (-v SRC:DST:dev)");
	bind->attrs &= ~(uint64_t)MOUNT_ATTR_NODEV;
	bind->attrs |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	return 0;
}

int ctr__compile_bind(struct ctr__compile *c, const struct ctr__mount *m)
{
	struct ctr__mount_item item = { 0 };
	struct ctr__view_entry entry = {
		.kind = shown_as(m),
		.noexec = m->flags & CTR_MOUNT_NOEXEC,
		.read_only = m->flags & CTR_MOUNT_READ_ONLY,
	};
	struct ctr__place place;

	ctr__mount_fill_bind(&item.step, NULL, NULL, m->flags);
	ctr__compile_choose_tree(c, &item.step.bind, m->flags & CTR_MOUNT_IDMAP);
	entry.fd = m->by_fd ? open_given(c, m, &item.step.bind)
			    : ctr__compile_source(c, open_text, m->source, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	item.needs_host = !item.step.bind.tree;
	take_early(c, &item.step.bind);
	if (!item.step.bind.directory && !(m->flags & CTR_MOUNT_ALLOW_DEV) &&
	    settle_device(c, m, entry.fd, &item.step.bind)) {
		sys_close(entry.fd);
		return -1;
	}
	if (ctr__compile_place(c, item.step.bind.directory, "bind on", m->target, &place)) {
		sys_close(entry.fd);
		return -1;
	}
	entry.directory = item.step.bind.directory;
	item.step.bind.target = item.target = place.path;
	item.per_run = place.per_run;
	return ctr__compile_entry(c, place.path, &entry) ? -1 : ctr__compile_item(c, &item);
}

int ctr__compile_bound(struct ctr__compile *c, char *path, uint32_t flags)
{
	const struct ctr__mount bind = {
		.kind = CTR__MOUNT_BIND,
		.source = path,
		.target = path,
		.flags = flags,
	};

	return ctr__compile_bind(c, &bind);
}
