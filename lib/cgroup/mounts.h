/* SPDX-License-Identifier: MIT */
/*
 * Where control group file systems are mounted, as the calling thread sees them. The process
 * keeps what one reading of mountinfo told, for that costs as much as it has lines, and looks
 * at a mount before it tells of it: one that has gone, or is another one in the mount namespace
 * of this thread, is not told of.
 */
#ifndef CTR_CGROUP_MOUNTS_H
#define CTR_CGROUP_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTR__CGROUP2 "cgroup2" /* in place of a controller: the v2 hierarchy, whatever it has */

struct ctr__cgroup_mount {
	char *path;    /* of the mount point */
	char *root;    /* the group that is seen there, by its name in /proc/PID/cgroup */
	char *options; /* of the file system: those of v1 name its controllers */
	bool v2, writable;
	bool looked_at; /* and id is the one that no later mount gets */
	uint64_t id;
	uint64_t major, minor; /* of the device */
};

/*
 * Where the controller is mounted: 1, 0 if it is not, or -errno if that can't be known. -EXDEV:
 * all that is mounted begins outside of the cgroup namespace, so that no path leads to a group.
 * mount may be NULL, and is to be cleared.
 */
int ctr__cgroup_mount_find(const char *controller, struct ctr__cgroup_mount *mount);

void ctr__cgroup_mount_clear(struct ctr__cgroup_mount *mount);

/* Whether a v1 hierarchy has the controller. */
bool ctr__cgroup_mount_has(const struct ctr__cgroup_mount *mount, const char *controller);

/*
 * The part of a group's name below the root of a mount, which begins with "/"; NULL if the group
 * is not seen there.
 */
const char *ctr__cgroup_below(const char *root, const char *group);

/* Whether it can be known what is mounted: 0 or -errno. */
int ctr__cgroup_mounts_ready(void);

/* ---- for those that have the text ---- */

struct ctr__cgroup_mounts {
	struct ctr__cgroup_mount *v;
	size_t n;
	bool known;
};

/* Adds what a text as mountinfo's, which is cut into its parts, tells of; 0 or -ENOMEM. */
int ctr__cgroup_mounts_parse(struct ctr__cgroup_mounts *mounts, char *text);

/* The one to use for a controller of v1, or for the v2 hierarchy; NULL: none. */
const struct ctr__cgroup_mount *ctr__cgroup_mounts_best(const struct ctr__cgroup_mounts *mounts,
							const char *controller);

void ctr__cgroup_mounts_clear(struct ctr__cgroup_mounts *mounts);

#endif
