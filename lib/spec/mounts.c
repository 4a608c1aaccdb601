/* SPDX-License-Identifier: MIT */
#include "spec/mounts.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/sys.h"
#include "primitives/mount.h"
#include "spec/hidden.h"
#include "spec/protected.h"
#include "spec/spec.h"

static void clear_one(struct ctr__mount *m)
{
	free(m->source);
	free(m->target);
	free(m->type);
	for (size_t i = 0; i < m->n_options; i++) {
		free(m->options[i][0]);
		free(m->options[i][1]);
	}
	free(m->options);
	if (m->by_fd)
		ctr__fd_close(m->fd);
}

static int add_option(struct ctr__mount *m, const char *key, const char *value)
{
	char *(*grown)[2] = reallocarray(m->options, m->n_options + 1, sizeof(*grown));
	char **option;

	if (!grown)
		return -ENOMEM;
	m->options = grown;
	option = grown[m->n_options];
	if (ctr__text_copy(&option[0], key))
		return -ENOMEM;
	if (ctr__text_copy(&option[1], value)) {
		free(option[0]);
		return -ENOMEM;
	}
	m->n_options++;
	return 0;
}

/* With the plain members of like, and without options: where it is now, or NULL. */
static struct ctr__mount *add_mount(struct ctr__mounts *mounts, const struct ctr__mount *like,
				    const char *type, const char *source, const char *target)
{
	struct ctr__mount m = {
		.kind = like->kind,
		.flags = like->flags,
		.mode = like->mode,
		.size_bytes = like->size_bytes,
	};
	struct ctr__mount *grown;

	if (ctr__text_copy(&m.type, type) || ctr__text_copy(&m.source, source) ||
	    ctr__text_copy(&m.target, target))
		goto nomem;
	grown = reallocarray(mounts->v, mounts->n + 1, sizeof(*grown));
	if (!grown)
		goto nomem;
	mounts->v = grown;
	grown[mounts->n] = m;
	return &grown[mounts->n++];

nomem:
	clear_one(&m);
	return NULL;
}

static int copy_mount(struct ctr__mounts *to, const struct ctr__mount *from)
{
	struct ctr__mount *m = add_mount(to, from, from->type, from->source, from->target);

	if (!m)
		return -ENOMEM;
	if (from->by_fd) {
		m->fd = ctr__fd_dup(from->fd, 0);
		m->by_fd = m->fd >= 0;
		if (m->fd < 0)
			return m->fd;
	}
	for (size_t i = 0; i < from->n_options; i++)
		if (add_option(m, from->options[i][0], from->options[i][1]))
			return -ENOMEM;
	return 0;
}

int ctr__mounts_copy(struct ctr__mounts *to, const struct ctr__mounts *from)
{
	*to = *from;
	to->v = NULL;
	to->n = 0;
	if (ctr__text_copy(&to->rootfs, from->rootfs))
		return -ENOMEM;
	for (size_t i = 0; i < from->n; i++) {
		int r = copy_mount(to, &from->v[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

void ctr__mounts_clear(struct ctr__mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		clear_one(&mounts->v[i]);
	free(mounts->v);
	free(mounts->rootfs);
}

static int add_to(ctr_spec *spec, const struct ctr__mount *like, const char *source,
		  const char *target, ctr_error *err)
{
	return add_mount(&spec->mounts, like, NULL, source, target) ? 0 : ctr__error_nomem(err);
}

/* ---- the root ---- */

/* The working directory may be another by the time of a spawn. */
static int set_relative_rootfs(ctr_spec *spec, const char *path, ctr_error *err)
{
	char cwd[PATH_MAX];
	char *joined;
	long n = sys_getcwd(cwd, sizeof(cwd));

	if (n < 0)
		return ctr__error_sys(err, (int)-n, "find the working directory for", path);
	if (asprintf(&joined, "%s/%s", cwd, path) < 0)
		return ctr__error_nomem(err);
	free(spec->mounts.rootfs);
	spec->mounts.rootfs = joined;
	return 0;
}

CTR_EXPORT int ctr_spec_set_rootfs(ctr_spec *spec, const char *path, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (path && !*path)
		return ctr__error_value(err, "root file system", path, "the path of a directory");
	if (path && path[0] != '/')
		return set_relative_rootfs(spec, path, err);
	return ctr__text_replace(&spec->mounts.rootfs, path) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_spec_set_read_only(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->mounts.read_only = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_base_mounts(ctr_spec *spec, uint32_t mounts, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (mounts & ~CTR_BASE_ALL)
		return ctr__error_bits(err, "base mounts", mounts & ~CTR_BASE_ALL);
	spec->mounts.base = mounts;
	return 0;
}

CTR_EXPORT int ctr_spec_set_rootfs_idmap(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->mounts.rootfs_idmap = enabled;
	return 0;
}

/* ---- mounts ---- */

CTR_EXPORT int ctr_spec_add_bind(ctr_spec *spec, const char *source, const char *target,
				 uint32_t flags, ctr_error *err)
{
	const struct ctr__mount m = {
		.kind = CTR__MOUNT_BIND,
		.flags = flags,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!ctr__path_is_absolute(source))
		return ctr__error_value(err, "bind source", source, "an absolute path");
	if (ctr__mount_check("bind target", target,
			     flags & ~(CTR_MOUNT_IDMAP | CTR_MOUNT_NO_CREATE), err))
		return -1;
	return add_to(spec, &m, source, target, err);
}

/* What lies in a directory, or may have; a link is no place to mount. */
static bool is_file(int fd)
{
	struct statx st;
	struct statfs fs;

	if (sys_statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0 ||
	    S_ISLNK(st.stx_mode))
		return false;
	return sys_fstatfs(fd, &fs) < 0 ||
	       (fs.f_type != PIPEFS_MAGIC && fs.f_type != SOCKFS_MAGIC &&
		fs.f_type != ANON_INODE_FS_MAGIC);
}

static int add_bind_fd(ctr_spec *spec, const struct ctr__mount *like, int source,
		       const char *target, ctr_error *err)
{
	_cleanup_fd_ int fd = ctr__fd_dup(source, 0);
	struct ctr__mount *m;
	char name[32];

	if (fd == -EBADF)
		return ctr__error_int(err, "bind source", source, "an open descriptor");
	if (fd < 0)
		return ctr__error_sys(err, -fd, "duplicate a descriptor", NULL);
	if (!is_file(fd))
		return ctr__error_int(err, "bind source", source, "a file or a directory");
	snprintf(name, sizeof(name), "descriptor %d", source);
	m = add_mount(&spec->mounts, like, NULL, name, target);
	if (!m)
		return ctr__error_nomem(err);
	m->by_fd = true;
	m->fd = ctr__fd_take(&fd);
	return 0;
}

CTR_EXPORT int ctr_spec_add_bind_fd(ctr_spec *spec, int source, const char *target, uint32_t flags,
				    ctr_error *err)
{
	const struct ctr__mount m = {
		.kind = CTR__MOUNT_BIND,
		.flags = flags,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__mount_check("bind target", target,
			     flags & ~(CTR_MOUNT_IDMAP | CTR_MOUNT_NO_CREATE), err))
		return -1;
	return add_bind_fd(spec, &m, source, target, err);
}

CTR_EXPORT int ctr_spec_add_tmpfs(ctr_spec *spec, const char *target, uint64_t size_bytes,
				  uint32_t mode, uint32_t flags, ctr_error *err)
{
	const struct ctr__mount m = {
		.kind = CTR__MOUNT_TMPFS,
		.flags = flags,
		.mode = mode,
		.size_bytes = size_bytes,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (ctr__mount_check_tmpfs(target, mode, flags & ~CTR_MOUNT_NO_CREATE, err))
		return -1;
	return add_to(spec, &m, NULL, target, err);
}

static int add_kind(ctr_spec *spec, enum ctr__mount_kind kind, const char *what, const char *target,
		    uint32_t flags, ctr_error *err)
{
	const struct ctr__mount m = {
		.kind = kind,
		.flags = flags,
	};

	if (ctr__mount_check(what, target, flags & ~CTR_MOUNT_NO_CREATE, err))
		return -1;
	return add_to(spec, &m, NULL, target, err);
}

CTR_EXPORT int ctr_spec_add_proc(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_PROC, "proc target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_sysfs(ctr_spec *spec, const char *target, uint32_t flags,
				  ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_SYSFS, "sysfs target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_devpts(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_DEVPTS, "devpts target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_mqueue(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_MQUEUE, "mqueue target", target, flags, err);
}

CTR_EXPORT int ctr_spec_add_cgroup(ctr_spec *spec, const char *target, uint32_t flags,
				   ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_CGROUP, "cgroup target", target, flags, err);
}

/* Those that come with protections, or belong to one of the container's namespaces. */
static int check_type(const char *type, ctr_error *err)
{
	static const char *const named[] = {
		"proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2",
	};

	if (!type || !*type)
		return ctr__error_value(err, "type of file system", type,
					"one of /proc/filesystems");
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(type, named[i]) == 0)
			return ctr__error_value(err, "type of file system", type,
						"one that has no function of its own, such as "
						"ctr_spec_add_proc()");
	return 0;
}

CTR_EXPORT int ctr_spec_add_mount(ctr_spec *spec, const char *type, const char *source,
				  const char *target, uint32_t flags, ctr_error *err)
{
	const struct ctr__mount m = {
		.kind = CTR__MOUNT_OTHER,
		.flags = flags,
	};

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (check_type(type, err) ||
	    ctr__mount_check("mount target", target, flags & ~CTR_MOUNT_NO_CREATE, err))
		return -1;
	return add_mount(&spec->mounts, &m, type, source, target) ? 0 : ctr__error_nomem(err);
}

CTR_EXPORT int ctr_spec_add_mount_option(ctr_spec *spec, const char *key, const char *value,
					 ctr_error *err)
{
	struct ctr__mount *last;

	if (ctr__spec_begin(spec, &err))
		return -1;
	last = spec->mounts.n ? &spec->mounts.v[spec->mounts.n - 1] : NULL;
	if (!key || !*key)
		return ctr__error_value(err, "mount option", key, "a name that is not empty");
	if (!last || last->kind != CTR__MOUNT_OTHER)
		return ctr__error_set(err, CTR_E_INVALID, 0, "mount option", key,
				      "ctr_spec_add_mount() comes before it, and no other mount "
				      "between");
	return add_option(last, key, value) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_spec_add_dev(ctr_spec *spec, const char *target, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_DEV, "dev target", target, 0, err);
}

CTR_EXPORT int ctr_spec_add_mask(ctr_spec *spec, const char *target, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return add_kind(spec, CTR__MOUNT_MASK, "mask target", target, 0, err);
}

/* ---- masks ---- */

static int refuse_unmask(const char *path, ctr_error *err)
{
	char text[1024];
	struct ctr__buf b;

	ctr__buf_init(&b, text, sizeof(text));
	ctr__buf_add(&b, "one of");
	for (size_t i = 0; i < CTR__PROTECTED_COUNT; i++)
		ctr__buf_add(&b, " %s", ctr__protected[i].path);
	for (size_t i = 0; i < CTR__HIDDEN_COUNT; i++)
		ctr__buf_add(&b, " %s", ctr__hidden[i].path);
	return ctr__error_value(err, "path to unmask", path, text);
}

CTR_EXPORT int ctr_spec_unmask(ctr_spec *spec, const char *path, ctr_error *err)
{
	const uint32_t bits = ctr__protected_bits(path), shown = path ? ctr__hidden_bits(path) : 0;

	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!bits && !shown)
		return refuse_unmask(path, err);
	spec->mounts.unmasked |= bits;
	spec->mounts.shown |= shown;
	return 0;
}
