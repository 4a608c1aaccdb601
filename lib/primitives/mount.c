/* SPDX-License-Identifier: MIT */
#include "primitives/mount.h"

#include <linux/mount.h>
#include <stdio.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/export.h"
#include "base/path.h"
#include "base/sys.h"
#include "plan/direct.h"
#include "primitives/namespace.h"

uint64_t ctr__mount_attrs(uint32_t flags)
{
	uint64_t attrs = 0;

	if (flags & CTR_MOUNT_READ_ONLY)
		attrs |= MOUNT_ATTR_RDONLY;
	if (flags & CTR_MOUNT_NOEXEC)
		attrs |= MOUNT_ATTR_NOEXEC;
	if (flags & CTR_MOUNT_NOSYMFOLLOW)
		attrs |= MOUNT_ATTR_NOSYMFOLLOW;
	if (!(flags & CTR_MOUNT_ALLOW_SUID))
		attrs |= MOUNT_ATTR_NOSUID;
	if (!(flags & CTR_MOUNT_ALLOW_DEV))
		attrs |= MOUNT_ATTR_NODEV;
	return attrs;
}

int ctr__mount_check(const char *what, const char *target, uint32_t flags, ctr_error *err)
{
	if (!ctr__path_is_absolute(target))
		return ctr__error_value(err, what, target, "an absolute path");
	if (flags & ~CTR__MOUNT_ALL)
		return ctr__error_bits(err, "mount flags", flags & ~CTR__MOUNT_ALL);
	return 0;
}

int ctr__mount_check_tmpfs(const char *target, uint32_t mode, uint32_t flags, ctr_error *err)
{
	char text[16];

	if (mode > 07777) {
		snprintf(text, sizeof(text), "0%o", mode);
		return ctr__error_value(err, "tmpfs mode", text, "at most 07777");
	}
	return ctr__mount_check("tmpfs target", target, flags, err);
}

void ctr__mount_fill_bind(struct ctr__step *step, const char *source, const char *target,
			  uint32_t flags)
{
	*step = (struct ctr__step){
		.kind = CTR__STEP_BIND,
		.bind = {
			.source = source,
			.target = target,
			.attrs = ctr__mount_attrs(flags),
			.recursive = !(flags & CTR_MOUNT_NOT_RECURSIVE),
		},
	};
}

static void fill(struct ctr__step *step, const char *type, const char *target, uint64_t attrs)
{
	*step = (struct ctr__step){
		.kind = CTR__STEP_MOUNT,
		.mount = { .type = type, .target = target, .attrs = attrs },
	};
}

void ctr__mount_fill_tmpfs(struct ctr__step *step, struct ctr__tmpfs_text *text, const char *target,
			   uint64_t size_bytes, uint32_t mode, uint32_t flags)
{
	fill(step, "tmpfs", target, ctr__mount_attrs(flags));
	snprintf(text->mode, sizeof(text->mode), "%04o", mode);
	step->mount.options[0][0] = "mode";
	step->mount.options[0][1] = text->mode;
	snprintf(text->size, sizeof(text->size), "%llu", (unsigned long long)size_bytes);
	step->mount.options[1][0] = "size";
	step->mount.options[1][1] = size_bytes ? text->size : CTR__TMPFS_SIZE;
}

void ctr__mount_fill_proc(struct ctr__step *step, const char *target, uint32_t flags)
{
	fill(step, "proc", target, ctr__mount_attrs(flags | CTR_MOUNT_NOEXEC));
}

void ctr__mount_fill_sysfs(struct ctr__step *step, const char *target, uint32_t flags)
{
	fill(step, "sysfs", target, ctr__mount_attrs(flags | CTR_MOUNT_NOEXEC));
}

void ctr__mount_fill_devpts(struct ctr__step *step, const char *target, uint32_t flags)
{
	fill(step, "devpts", target,
	     ctr__mount_attrs(flags | CTR_MOUNT_NOEXEC | CTR_MOUNT_ALLOW_DEV));
	step->mount.options[0][0] = "ptmxmode";
	step->mount.options[0][1] = "0666";
	step->mount.options[1][0] = "mode";
	step->mount.options[1][1] = "0620";
}

void ctr__mount_fill_mqueue(struct ctr__step *step, const char *target, uint32_t flags)
{
	fill(step, "mqueue", target, ctr__mount_attrs(flags | CTR_MOUNT_NOEXEC));
}

void ctr__mount_fill_cgroup(struct ctr__step *step, const char *target, uint32_t flags,
			    const char *const *controllers, size_t n)
{
	fill(step, n ? "cgroup" : "cgroup2", target, ctr__mount_attrs(flags | CTR_MOUNT_NOEXEC));
	for (size_t i = 0; i < n && i < CTR__MOUNT_OPTIONS_MAX; i++)
		step->mount.options[i][0] = controllers[i];
}

void ctr__mount_fill_read_only(struct ctr__step *step, const char *target)
{
	*step = (struct ctr__step){
		.kind = CTR__STEP_SET_FLAGS,
		.flags = { .target = target, .set = MOUNT_ATTR_RDONLY },
	};
}

CTR_EXPORT int ctr_mount_bind(const char *source, const char *target, uint32_t flags,
			      ctr_error *err)
{
	struct ctr__step step;

	if (!source || !*source)
		return ctr__error_value(err, "bind source", source, "a path");
	if (ctr__mount_check("bind target", target, flags, err))
		return -1;
	ctr__mount_fill_bind(&step, source, target, flags);
	return ctr__step_direct(&step, target, err);
}

const char *ctr__mount_idmap_hint(int errnum)
{
	return errnum == EINVAL ? "its file system, or one that is mounted below it, does not "
				  "support idmapped mounts, or is idmapped already"
				: NULL;
}

CTR_EXPORT int ctr_mount_bind_idmapped(const char *source, const char *target, uint32_t flags,
				       int userns, ctr_error *err)
{
	struct ctr__step step;
	const char *hint;
	char origin[32];
	int r;

	if (!source || !*source)
		return ctr__error_value(err, "bind source", source, "a path");
	snprintf(origin, sizeof(origin), "descriptor %d", userns);
	if (ctr__mount_check("bind target", target, flags, err) ||
	    ctr__ns_check_fd(userns, CTR_NS_USER, origin, err))
		return -1;
	ctr__mount_fill_bind(&step, source, target, flags);
	step.bind.idmap = true;
	step.bind.userns = userns;
	r = ctr__step_try(&step);
	if (r >= 0)
		return 0;
	hint = ctr__mount_idmap_hint(-r);
	return ctr__error_set(err, hint ? CTR_E_UNSUPPORTED : CTR_E_SYSTEM, -r,
			      "make an idmapped mount on", target, hint ? "%s" : NULL, hint);
}

CTR_EXPORT int ctr_mount_tmpfs(const char *target, uint64_t size_bytes, uint32_t mode,
			       uint32_t flags, ctr_error *err)
{
	struct ctr__tmpfs_text text;
	struct ctr__step step;

	if (ctr__mount_check_tmpfs(target, mode, flags, err))
		return -1;
	ctr__mount_fill_tmpfs(&step, &text, target, size_bytes, mode, flags);
	return ctr__step_direct(&step, target, err);
}

static int mount_kind(void (*fill_kind)(struct ctr__step *, const char *, uint32_t),
		      const char *what, const char *target, uint32_t flags, ctr_error *err)
{
	struct ctr__step step;

	if (ctr__mount_check(what, target, flags, err))
		return -1;
	fill_kind(&step, target, flags);
	return ctr__step_direct(&step, target, err);
}

CTR_EXPORT int ctr_mount_proc(const char *target, uint32_t flags, ctr_error *err)
{
	return mount_kind(ctr__mount_fill_proc, "proc target", target, flags, err);
}

CTR_EXPORT int ctr_mount_sysfs(const char *target, uint32_t flags, ctr_error *err)
{
	return mount_kind(ctr__mount_fill_sysfs, "sysfs target", target, flags, err);
}

CTR_EXPORT int ctr_mount_devpts(const char *target, uint32_t flags, ctr_error *err)
{
	return mount_kind(ctr__mount_fill_devpts, "devpts target", target, flags, err);
}

CTR_EXPORT int ctr_mount_mqueue(const char *target, uint32_t flags, ctr_error *err)
{
	return mount_kind(ctr__mount_fill_mqueue, "mqueue target", target, flags, err);
}

CTR_EXPORT int ctr_mount_dev(const char *target, ctr_error *err)
{
	const struct ctr__step dev = { .kind = CTR__STEP_DEV, .path = target };
	struct ctr__step seal;

	if (ctr__mount_check("dev target", target, 0, err) || ctr__step_direct(&dev, target, err))
		return -1;
	ctr__mount_fill_read_only(&seal, target);
	if (!ctr__step_direct(&seal, target, err))
		return 0;
	sys_umount2(target, MNT_DETACH);
	return -1;
}

static int check_changed_flags(uint32_t set, uint32_t clear, ctr_error *err)
{
	const uint32_t both = CTR_MOUNT_READ_ONLY | CTR_MOUNT_NOEXEC | CTR_MOUNT_NOSYMFOLLOW;
	const uint32_t bad =
		(set & ~(both | CTR_MOUNT_NOT_RECURSIVE)) | (clear & ~both) | (set & clear);

	return bad ? ctr__error_bits(err, "mount flags", bad) : 0;
}

CTR_EXPORT int ctr_mount_set_flags(const char *target, uint32_t set, uint32_t clear, ctr_error *err)
{
	const uint32_t keep = CTR_MOUNT_ALLOW_SUID | CTR_MOUNT_ALLOW_DEV;
	const struct ctr__step step = {
		.kind = CTR__STEP_SET_FLAGS,
		.flags = {
			.target = target,
			.set = ctr__mount_attrs(set | keep),
			.clear = ctr__mount_attrs(clear | keep),
			.recursive = !(set & CTR_MOUNT_NOT_RECURSIVE),
		},
	};

	if (ctr__mount_check("mount point", target, 0, err) || check_changed_flags(set, clear, err))
		return -1;
	return ctr__step_direct(&step, target, err);
}

static uint64_t propagation_flag(uint32_t propagation)
{
	switch (propagation) {
	case CTR_PROPAGATION_PRIVATE:
		return MS_PRIVATE;
	case CTR_PROPAGATION_SLAVE:
		return MS_SLAVE;
	case CTR_PROPAGATION_SHARED:
		return MS_SHARED;
	case CTR_PROPAGATION_UNBINDABLE:
		return MS_UNBINDABLE;
	default:
		return 0;
	}
}

CTR_EXPORT int ctr_mount_set_propagation(const char *target, uint32_t propagation, int recursive,
					 ctr_error *err)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_PROPAGATION,
		.flags = {
			.target = target,
			.propagation = propagation_flag(propagation),
			.recursive = recursive,
		},
	};

	if (ctr__mount_check("mount point", target, 0, err))
		return -1;
	if (!step.flags.propagation)
		return ctr__error_bits(err, "propagation", propagation);
	return ctr__step_direct(&step, target, err);
}

CTR_EXPORT int ctr_mount_mask(const char *target, ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_MASK, .path = target };

	if (ctr__mount_check("mask target", target, 0, err))
		return -1;
	return ctr__step_direct(&step, target, err);
}

CTR_EXPORT int ctr_unmount(const char *target, ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_UNMOUNT, .path = target };

	if (ctr__mount_check("mount point", target, 0, err))
		return -1;
	return ctr__step_direct(&step, target, err);
}
