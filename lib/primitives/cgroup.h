/* SPDX-License-Identifier: MIT */
/* A control group of one container's own: a directory in each hierarchy that is used. */
#ifndef CTR_PRIMITIVES_CGROUP_H
#define CTR_PRIMITIVES_CGROUP_H

#include <minictr/error.h>

#include "primitives/cgroup_files.h"

struct ctr__cgroup;

/* Makes a group and sets its limits; NULL, and nothing is left, if that fails. */
struct ctr__cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, ctr_error *err);

/* The descriptors to write "0" to, to become a member; owned by the group. How many. */
size_t ctr__cgroup_join_fds(const struct ctr__cgroup *group, int fds[CTR__HIERARCHIES_MAX]);

/* Kills all members, also those that are being forked. */
int ctr__cgroup_kill(const struct ctr__cgroup *group, ctr_error *err);

/* Removes the group from the system, once it has no members any more. */
int ctr__cgroup_rmdir(const struct ctr__cgroup *group, ctr_error *err);

/* The same, if it is still there, and frees it. NULL is fine. */
void ctr__cgroup_free(struct ctr__cgroup *group);

#endif
