/* SPDX-License-Identifier: MIT */
/*
 * Namespaces that the container joins and its user namespace does not own: the child may not
 * enter them. The calling thread does, for the moment of the clone, and returns.
 */
#ifndef CTR_CONTAINER_ENTER_H
#define CTR_CONTAINER_ENTER_H

#include <minictr/error.h>

#include "compile/plan.h"
#include "plan/launch.h"

struct ctr__enter {
	const ctr_plan *plan;
	int network;		/* one that was made ahead; owned; -1: none */
	int own[CTR__NS_COUNT]; /* the thread's, in the order in which they were left */
	size_t n;		/* how many it has entered */
	const struct ctr__step *failed;
	int lost; /* the errno that it could not return for; 0: it is back */
};

/*
 * Has the launch enter what the plan's steps say, if they say it, and a network namespace that was
 * made ahead, if there is one.
 */
void ctr__enter_prepare(struct ctr__enter *enter, const ctr_plan *plan, struct ctr__launch *launch);

/* After the launch: lets go of that. */
void ctr__enter_clear(struct ctr__enter *enter);

/* After a launch that has failed: -1 with the error if it was for this, else 0. */
int ctr__enter_explain(const struct ctr__enter *enter, int errnum, ctr_error *err);

/* After one that has not: -1 with the error if the thread could not return. */
int ctr__enter_check(const struct ctr__enter *enter, ctr_error *err);

#endif
