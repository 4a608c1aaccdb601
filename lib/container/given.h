/* SPDX-License-Identifier: MIT */
/* What a caller gives to one container of a plan alone. */
#ifndef CTR_CONTAINER_GIVEN_H
#define CTR_CONTAINER_GIVEN_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "compile/plan.h"

/* All zeros: nothing. */
struct ctr__given {
	const int *fds; /* by target; -1: the plan's */
	size_t n_fds;
	char *const *args; /* NULL: the plan's */
	char *const *env;  /* NAME=VALUE, in addition to the plan's; NULL: none */
};

/* Whether a descriptor of the program is the terminal, which nothing can take the place of. */
bool ctr__given_is_terminal(const ctr_plan *plan, int target);

int ctr__given_check(const struct ctr__given *given, const ctr_plan *plan, ctr_error *err);

/* The whole environment, into a list that is empty, and stays so if it is the plan's. */
int ctr__given_env(const struct ctr__given *given, const ctr_plan *plan, struct ctr__strv *env,
		   ctr_error *err);

#endif
