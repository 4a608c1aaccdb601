/* SPDX-License-Identifier: MIT */
/*
 * Names of groups that tell whose they are. The name is the record of what has to be
 * cleaned up after a caller that was killed: it is there as soon as the group is, and
 * goes with it.
 */
#ifndef CTR_CGROUP_NAME_H
#define CTR_CGROUP_NAME_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Room for the longest one. */
#define CTR__CGROUP_NAME_SIZE 128

int ctr__cgroup_name(char *name, size_t size, ctr_error *err);

/* Whether it is such a name, of a process that this PID namespace had and has no more. */
bool ctr__cgroup_name_is_dead(const char *name);

#endif
