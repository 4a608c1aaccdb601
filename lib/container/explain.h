/* SPDX-License-Identifier: MIT */
/* What became of a child, in words. */
#ifndef CTR_CONTAINER_EXPLAIN_H
#define CTR_CONTAINER_EXPLAIN_H

#include <minictr/error.h>

#include "compile/plan.h"
#include "plan/launch.h"

/* No child could be made. */
int ctr__explain_clone(const ctr_plan *plan, int errnum, ctr_error *err);

/* A child ended before the program ran: any outcome but DONE. */
int ctr__explain_outcome(const ctr_plan *plan, const struct ctr__outcome *outcome, ctr_error *err);

/* A step failed, in the child or for it. */
int ctr__explain_step(const struct ctr__step *step, int errnum, ctr_error *err);

/* Why namespaces could not be made, by the errno; NULL: not known. */
const char *ctr__explain_namespaces(int errnum);

/* Why a step failed, by the errno; NULL: not known. */
const char *ctr__explain_hint(const struct ctr__step *step, int errnum);

#endif
