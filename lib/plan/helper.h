/* SPDX-License-Identifier: MIT */
/* The helper: lib/helper/program.c, built into the library. */
#ifndef CTR_PLAN_HELPER_H
#define CTR_PLAN_HELPER_H

#define CTR__HELPER_NAME "minictr-helper"

/*
 * An executable file that nobody can write, close-on-exec and at least min; or -errno. It is a
 * sealed one in memory. Where those can't be executed, it is on a tmpfs that is mounted nowhere,
 * which takes CAP_SYS_ADMIN: -EACCES without that.
 */
int ctr__helper_open(int min);

/* The one in memory or none, for a probe. */
int ctr__helper_open_in_memory(int min);

#endif
