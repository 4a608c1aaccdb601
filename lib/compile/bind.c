/* SPDX-License-Identifier: MIT */
/* What is shown of the host: the sources of binds. */
#include <linux/mount.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "compile/source.h"
#include "primitives/mount.h"

/* Opens a bind's source, or the root; fills in which file it is, and where. */
int ctr__compile_source(struct ctr__compile *c, const char *what, const char *path,
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
		return ctr__error_sys(c->err, -r, "open the bind source", m->source);
	if (!S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode))
		return 0;
	if (!S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "open the bind source", m->source,
				      "it is a device, which works only where the mount allows "
				      "that: add the option dev (-v SRC:DST:dev)");
	bind->attrs &= ~(uint64_t)MOUNT_ATTR_NODEV;
	bind->attrs |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	return 0;
}

int ctr__compile_bind(struct ctr__compile *c, const struct ctr__mount *m)
{
	struct ctr__mount_item item = { .needs_host = true };
	struct ctr__view_entry entry = {
		.kind = shown_as(m),
		.noexec = m->flags & CTR_MOUNT_NOEXEC,
		.read_only = m->flags & CTR_MOUNT_READ_ONLY,
	};
	struct ctr__place place;

	ctr__mount_fill_bind(&item.step, NULL, NULL, m->flags);
	ctr__compile_choose_tree(c, &item.step.bind, m->flags & CTR_MOUNT_IDMAP);
	entry.fd = ctr__compile_source(c, "open the bind source", m->source, &item.step.bind);
	if (entry.fd < 0)
		return -1;
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
