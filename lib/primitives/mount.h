/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_MOUNT_H
#define CTR_PRIMITIVES_MOUNT_H

#include <minictr/mount.h>

#include "plan/step.h"

#define CTR__MOUNT_ALL 0x3fu

/* A tmpfs's options as the kernel takes them: text. */
struct ctr__tmpfs_text {
	char size[24];
	char mode[8];
};

/* MOUNT_ATTR_* for CTR_MOUNT_* flags, the defaults included. */
uint64_t ctr__mount_attrs(uint32_t flags);

/* Refuse what the setters of a spec and the primitives both refuse. */
int ctr__mount_check(const char *what, const char *target, uint32_t flags, ctr_error *err);
int ctr__mount_check_tmpfs(const char *target, uint32_t mode, uint32_t flags, ctr_error *err);

void ctr__mount_fill_bind(struct ctr__step *step, const char *source, const char *target,
			  uint32_t flags);
/* What to say when an idmapped mount is refused; NULL: nothing that is not known anyway. */
const char *ctr__mount_idmap_hint(int errnum);

void ctr__mount_fill_tmpfs(struct ctr__step *step, struct ctr__tmpfs_text *text, const char *target,
			   uint64_t size_bytes, uint32_t mode, uint32_t flags);
void ctr__mount_fill_proc(struct ctr__step *step, const char *target, uint32_t flags);
void ctr__mount_fill_sysfs(struct ctr__step *step, const char *target, uint32_t flags);
void ctr__mount_fill_devpts(struct ctr__step *step, const char *target, uint32_t flags);
/* The options of cgroup are v1 controllers, n of them; none for cgroup2. */
void ctr__mount_fill_cgroup(struct ctr__step *step, const char *target, uint32_t flags,
			    const char *const *controllers, size_t n);

void ctr__mount_fill_mqueue(struct ctr__step *step, const char *target, uint32_t flags);
void ctr__mount_fill_read_only(struct ctr__step *step, const char *target);

#endif
