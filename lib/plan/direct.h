/* SPDX-License-Identifier: MIT */
/* Steps in the calling process: what the public primitives are made of. */
#ifndef CTR_PLAN_DIRECT_H
#define CTR_PLAN_DIRECT_H

#include <minictr/error.h>

#include "plan/step.h"

/* Returns 0, or -1 with the error told in the words of ctr__step_describe(). */
int ctr__steps_direct(const struct ctr__step *steps, size_t n, const char *object, ctr_error *err);

int ctr__step_direct(const struct ctr__step *step, const char *object, ctr_error *err);

/* The same for callers that know more to say of a failure: 0, or -errno. */
int ctr__step_try(const struct ctr__step *step);

#endif
