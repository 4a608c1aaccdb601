/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_LANDLOCK_H
#define CTR_PRIMITIVES_LANDLOCK_H

#include <minictr/landlock.h>

#include "plan/step.h"

/* Refuses what both the setter of a spec and the primitive do. */
int ctr__landlock_check(const char *path, uint32_t access, ctr_error *err);

/* Fills in what rule sets are about on the running kernel; -1 if that is not enough. */
int ctr__landlock_fill(struct ctr__step *step, ctr_error *err);

/* A rule with what ctr__landlock_fill() has filled in; path is not copied. */
void ctr__landlock_fill_rule(struct ctr__step *rule, const struct ctr__step *filled,
			     const char *path, uint32_t access);

#endif
