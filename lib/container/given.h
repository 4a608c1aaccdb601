/* SPDX-License-Identifier: MIT */
/* What a caller gives to one container of a plan alone. */
#ifndef CTR_CONTAINER_GIVEN_H
#define CTR_CONTAINER_GIVEN_H

#include <minictr/given.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "cgroup/limits.h"
#include "compile/plan.h"

struct ctr_given {
	ctr_error *failed; /* the first failure of a setter */
	int *fds;	   /* by target; -1: the plan's */
	size_t n_fds;
	struct ctr__strv args; /* none: the plan's */
	struct ctr__strv env;  /* NAME=VALUE, in addition to the plan's */
	ctr_cgroup *cgroup;    /* NULL: the plan's */
	ctr_limits limits;
	bool set_wall_limit, set_cpu_limit;
	uint64_t wall_limit_ms, cpu_limit_ms;
};

/* given may be NULL here and below: nothing. 0, or -1: the plan can't have it. */
int ctr__given_check(const ctr_given *given, const ctr_plan *plan, ctr_error *err);

/* Whether a descriptor of the program is the terminal, which nothing can take the place of. */
bool ctr__given_is_terminal(const ctr_plan *plan, int target);

/* What takes the place of the plan's descriptor there; -1: nothing. */
int ctr__given_fd(const ctr_given *given, int target);

/* NULL: the plan's. */
char *const *ctr__given_args(const ctr_given *given);

/* The whole environment, into a list that is empty, and stays so if it is the plan's. */
int ctr__given_env(const ctr_given *given, const ctr_plan *plan, struct ctr__strv *env,
		   ctr_error *err);

#endif
