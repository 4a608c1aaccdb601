/* SPDX-License-Identifier: MIT */
/* What the library and its init, lib/helper/init.c, agree on. */
#ifndef CTR_HELPER_INIT_H
#define CTR_HELPER_INIT_H

#include <stdint.h>

#define CTR__INIT_NAME "minictr-init"

/* Its arguments before the program's: its name, status descriptor, letters of these, path. */
#define CTR__INIT_ARGS 4

#define CTR__INIT_GROUP 'g' /* the program leads a process group */
#define CTR__INIT_TTY 't'   /* in the foreground of its terminal */
#define CTR__INIT_CLOCK 'c' /* the filter lets it ask for the time */

/* What it writes to the status descriptor, in this order. */
struct ctr__init_record {
	int32_t kind;
	int32_t value;
	int64_t at_us; /* by CLOCK_MONOTONIC; 0: not known */
};

#define CTR__INIT_EXECUTED 1 /* value: errno of execveat(2), 0: it runs */
#define CTR__INIT_ENDED 2    /* value: the program's status as wait(2) has it */

#endif
