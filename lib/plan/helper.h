/* SPDX-License-Identifier: MIT */
/* The helper: lib/helper/program.c, built into the library. */
#ifndef CTR_PLAN_HELPER_H
#define CTR_PLAN_HELPER_H

#define CTR__HELPER_NAME "minictr-helper"

/* A sealed, executable file in memory, close-on-exec and at least min; or -errno. */
int ctr__helper_open(int min);

#endif
