/* SPDX-License-Identifier: MIT */
/* What a container may use: the part of a spec that resources.c fills. */
#ifndef CTR_SPEC_RESOURCES_H
#define CTR_SPEC_RESOURCES_H

#include <minictr/resources.h>
#include <stdbool.h>
#include <stdint.h>

#include "cgroup/cgroup.h"
#include "cgroup/limits.h"

struct ctr__resources {
	ctr_limits limits;
	uint64_t wall_limit_ms, cpu_limit_ms; /* 0: none */
	uint64_t output_limit;		      /* bytes; 0: none */
	ctr_cgroup *cgroup;		      /* to be in, NULL: one of its own */
	char *cgroup_parent;		      /* NULL: where the caller is, or can be */
	int accounting;			      /* CTR_ACCOUNTING_* */
	bool delegate;
};

/* Into one that is all zeros but for limits.failed, as ctr__mounts_copy(). */
int ctr__resources_copy(struct ctr__resources *to, const struct ctr__resources *from);

/* All but limits.failed. */
void ctr__resources_clear(struct ctr__resources *resources);

/* Sets a limit in milliseconds; 0, or -1: it is out of range. */
int ctr__wall_limit_set(uint64_t *to, uint64_t ms, ctr_error *err);
int ctr__cpu_limit_set(uint64_t *to, uint64_t ms, ctr_error *err);

#endif
