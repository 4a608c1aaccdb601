/* SPDX-License-Identifier: MIT */
/* A control group of one container's own: a directory in each hierarchy that is used. */
#ifndef CTR_PRIMITIVES_CGROUP_H
#define CTR_PRIMITIVES_CGROUP_H

#include <minictr/error.h>

#include "primitives/cgroup_files.h"
#include "primitives/usage.h"

struct ctr__cgroup;

/* Makes a group and sets its limits; NULL, and nothing is left, if that fails. */
struct ctr__cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, ctr_error *err);

/* The descriptors to write "0" to, to become a member; owned by the group. How many. */
size_t ctr__cgroup_join_fds(const struct ctr__cgroup *group, int fds[CTR__HIERARCHIES_MAX]);

/* Adds what the group has used, as far as its hierarchies count. */
void ctr__cgroup_usage(const struct ctr__cgroup *group, ctr_usage *usage);

/* The CPU time that it has used; false if none of its hierarchies counts that. */
bool ctr__cgroup_cpu(const struct ctr__cgroup *group, uint64_t *cpu_us);

/* Sets limits anew, in the hierarchies that it is in. */
int ctr__cgroup_update(const struct ctr__cgroup *group, const ctr_limits *limits, ctr_error *err);

/*
 * Stops all members, or lets them go on. CTR_E_STATE if no hierarchy of the group can do
 * that, CTR_E_TIMEOUT if some member can't be stopped: then they all go on.
 */
int ctr__cgroup_freeze(const struct ctr__cgroup *group, ctr_error *err);
int ctr__cgroup_thaw(const struct ctr__cgroup *group, ctr_error *err);

/* Kills all members, also those that are being forked. */
int ctr__cgroup_kill(const struct ctr__cgroup *group, ctr_error *err);

/* Removes the group from the system, once it has no members any more. */
int ctr__cgroup_rmdir(const struct ctr__cgroup *group, ctr_error *err);

/* The same, if it is still there, and frees it. NULL is fine. */
void ctr__cgroup_free(struct ctr__cgroup *group);

#endif
