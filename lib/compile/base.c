/* SPDX-License-Identifier: MIT */
/* The first mounts: the root, what the default root shows of the host, and the base mounts. */
#include <linux/mount.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "primitives/mount.h"

#define SHM_SIZE (UINT64_C(64) << 20) /* as docker and podman have it */

/* ---- the root ---- */

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
	ctr__compile_choose_tree(c, &item.step.bind, c->spec->mounts.rootfs_idmap);
	entry.fd = ctr__compile_source(c, "open the root file system", path, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	if (!item.step.bind.directory) {
		sys_close(entry.fd);
		return refuse_root(c, path);
	}
	return ctr__compile_entry(c, "", &entry) ? -1 : ctr__compile_item(c, &item);
}

/* ---- what every container gets ---- */

static int add_base_dev(struct ctr__compile *c)
{
	if (ctr__compile_dev(c, "/dev") || ctr__compile_refuse_link(c, "/dev") ||
	    ctr__compile_fs(c, "mount devpts on", "/dev/pts", 0, ctr__mount_fill_devpts) ||
	    ctr__compile_tmpfs(c, "/dev/shm", SHM_SIZE, 01777, CTR_MOUNT_NOEXEC))
		return -1;
	return ctr__compile_base_mqueue(c);
}

static int add_base_tmp(struct ctr__compile *c)
{
	if (ctr__compile_tmpfs(c, "/tmp", 0, 01777, 0))
		return -1;
	return ctr__compile_tmpfs(c, "/run", 0, 0755, 0);
}

static int add_base(struct ctr__compile *c)
{
	const uint32_t base = c->spec->mounts.base;

	if ((base & CTR_BASE_DEV) && add_base_dev(c))
		return -1;
	if ((base & CTR_BASE_PROC) && ctr__compile_base_proc(c))
		return -1;
	if ((base & CTR_BASE_SYS) && ctr__compile_base_sys(c))
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
	ctr__compile_choose_tree(c, &item.step.bind, false);
	entry.fd = ctr__compile_source(c, "look at the mount", shown->path, &item.step.bind);
	if (entry.fd < 0)
		return -1;
	if (entry.overlay) { /* the root's entry says the same; an open mount can't be unmounted */
		sys_close(entry.fd);
		return ctr__compile_item(c, &item);
	}
	return ctr__compile_entry(c, shown->path, &entry) ? -1 : ctr__compile_item(c, &item);
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

int ctr__compile_first_mounts(struct ctr__compile *c)
{
	return add_root(c) || add_shown_mounts(c) || add_base(c) ? -1 : 0;
}
