/* SPDX-License-Identifier: MIT */
#include "spec/mounts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/export.h"
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
}

static int add_mount(struct ctr__mounts *mounts, const struct ctr__mount *m, const char *source,
		     const char *target)
{
	struct ctr__mount copy = *m, *grown;

	copy.target = NULL;
	if (ctr__text_copy(&copy.source, source) || ctr__text_copy(&copy.target, target))
		goto nomem;
	grown = reallocarray(mounts->v, mounts->n + 1, sizeof(*grown));
	if (!grown)
		goto nomem;
	mounts->v = grown;
	mounts->v[mounts->n++] = copy;
	return 0;

nomem:
	clear_one(&copy);
	return -ENOMEM;
}

int ctr__mounts_copy(struct ctr__mounts *to, const struct ctr__mounts *from)
{
	*to = *from;
	to->v = NULL;
	to->n = 0;
	if (ctr__text_copy(&to->rootfs, from->rootfs))
		return -ENOMEM;
	for (size_t i = 0; i < from->n; i++)
		if (add_mount(to, &from->v[i], from->v[i].source, from->v[i].target))
			return -ENOMEM;
	return 0;
}

void ctr__mounts_clear(struct ctr__mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		clear_one(&mounts->v[i]);
	free(mounts->v);
	free(mounts->rootfs);
}

static int add_to(ctr_spec *spec, const struct ctr__mount *m, const char *source,
		  const char *target, ctr_error *err)
{
	return add_mount(&spec->mounts, m, source, target) ? ctr__error_nomem(err) : 0;
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
