/* SPDX-License-Identifier: MIT */
/* Which files a container has: the part of a spec that mounts.c fills. */
#ifndef CTR_SPEC_MOUNTS_H
#define CTR_SPEC_MOUNTS_H

#include <minictr/mounts.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ctr__mount_kind {
	CTR__MOUNT_BIND,
	CTR__MOUNT_TMPFS,
	CTR__MOUNT_PROC,
	CTR__MOUNT_SYSFS,
	CTR__MOUNT_DEVPTS,
	CTR__MOUNT_MQUEUE,
	CTR__MOUNT_CGROUP,
	CTR__MOUNT_DEV,
	CTR__MOUNT_MASK,
	CTR__MOUNT_OTHER, /* any type */
};

struct ctr__mount {
	enum ctr__mount_kind kind;
	char *source; /* BIND, and OTHER, where it may be NULL; for people, where it is by_fd */
	bool by_fd;   /* BIND: of the file that fd has open */
	int fd;	      /* owned; only if by_fd */
	char *target;
	uint32_t flags;
	uint32_t mode;	     /* TMPFS only */
	uint64_t size_bytes; /* TMPFS only */
	char *type;	     /* OTHER only, like the options */
	char *(*options)[2]; /* no value: NULL */
	size_t n_options;
};

struct ctr__mounts {
	char *rootfs; /* NULL: the default root */
	bool rootfs_idmap;
	bool read_only;
	uint32_t base;	   /* CTR_BASE_* */
	uint32_t unmasked; /* see protected.h */
	uint32_t shown;	   /* see hidden.h */
	struct ctr__mount *v;
	size_t n;
};

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__mounts_copy(struct ctr__mounts *to, const struct ctr__mounts *from);

void ctr__mounts_clear(struct ctr__mounts *mounts);

#endif
