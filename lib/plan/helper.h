/* SPDX-License-Identifier: MIT */
/* The helper: lib/helper/program.c, built into the library. */
#ifndef CTR_PLAN_HELPER_H
#define CTR_PLAN_HELPER_H

#define CTR__HELPER_NAME "minictr-helper"

/* An executable file that nobody can write, as ctr__sealed_open() makes it. */
int ctr__helper_open(int min);

/* The one in memory or none, for a probe. */
int ctr__helper_open_in_memory(int min);

#endif
