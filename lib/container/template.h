/* SPDX-License-Identifier: MIT */
/* The mounts that are the same for all containers of a plan, in a namespace that is kept. */
#ifndef CTR_CONTAINER_TEMPLATE_H
#define CTR_CONTAINER_TEMPLATE_H

#include <minictr/error.h>
#include <stdint.h>

#include "compile/plan.h"

/* The descriptor of that namespace, which the first caller makes; the plan's. -1 with the error. */
int ctr__template_get(const ctr_plan *plan, int64_t deadline, ctr_error *err);

#endif
