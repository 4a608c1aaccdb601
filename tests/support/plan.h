/* SPDX-License-Identifier: MIT */
/* A plan as text: all that spawns of it depend on. */
#ifndef TESTS_SUPPORT_PLAN_H
#define TESTS_SUPPORT_PLAN_H

#include <minictr.h>

/*
 * Each line of ctr_plan_describe(), and what those leave out: the environment, the filter,
 * numbers, and which files descriptors are. To be freed.
 */
char *plan_dump(const ctr_plan *plan);

/* The same of what the spec compiles to, or the message that says why it does not. */
char *plan_dump_spec(const ctr_spec *spec);

#endif
