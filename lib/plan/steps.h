/* SPDX-License-Identifier: MIT */
/* A growing list of steps, and all that they refer to. */
#ifndef CTR_PLAN_STEPS_H
#define CTR_PLAN_STEPS_H

#include "plan/step.h"

struct ctr__steps {
	struct ctr__step *v;
	size_t n;
	void **owned; /* memory that steps point to */
	size_t n_owned;
};

/* A copy of step, or -ENOMEM. */
int ctr__steps_add(struct ctr__steps *steps, const struct ctr__step *step);

/* Memory that lives as long as the list, zeroed; NULL when out of it. */
void *ctr__steps_alloc(struct ctr__steps *steps, size_t count, size_t size);
char *ctr__steps_strdup(struct ctr__steps *steps, const char *text);

void ctr__steps_clear(struct ctr__steps *steps);

#endif
