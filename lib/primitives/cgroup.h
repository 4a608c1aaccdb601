/* SPDX-License-Identifier: MIT */
/* A control group of one container's own. */
#ifndef CTR_PRIMITIVES_CGROUP_H
#define CTR_PRIMITIVES_CGROUP_H

#include <stdint.h>

#include <minictr/error.h>

struct ctr__cgroup;

/*
 * Makes a group below the caller's own, with pids.max unless that is 0. NULL
 * with CTR_E_UNSUPPORTED if there is no pids controller, or CTR_E_SYSTEM.
 */
struct ctr__cgroup *ctr__cgroup_new(uint64_t pids_max, ctr_error *err);

/* The descriptor to write "0" to, to become a member; owned by the group. */
int ctr__cgroup_join_fd(const struct ctr__cgroup *group);

/* Kills all members, also those that are being forked. */
int ctr__cgroup_kill(const struct ctr__cgroup *group, ctr_error *err);

/* Removes the group from the system, once it has no members any more. */
int ctr__cgroup_rmdir(const struct ctr__cgroup *group, ctr_error *err);

/* The same, if it is still there, and frees it. NULL is fine. */
void ctr__cgroup_free(struct ctr__cgroup *group);

#endif
