/* SPDX-License-Identifier: MIT */
/* The ways in which a container is started: by a spec or by a plan, by either kind of child. */
#ifndef TESTS_SUPPORT_WAYS_H
#define TESTS_SUPPORT_WAYS_H

#include "support/suite.h"

#define WAYS 4

/* Chooses the kind of child that this way has. */
void ways_choose(ctr_spec *spec, int way);

/* "sh -c SCRIPT" on a root file system, by this way. */
ctr_spec *ways_shell(const char *root, int way, const char *script);

/* The program must exit with 0; c is freed, and must be none that is NULL for the error. */
void ways_expect_success(ctr_container *c, const ctr_error *err);

/* A plan of the spec, which is freed; fails the test if there is none. */
ctr_plan *ways_compile(ctr_spec *spec);

/* The program must exit with 0, in each of a plan's containers; the spec is freed. */
void ways_run(ctr_spec *spec, int way);

#endif
