/* SPDX-License-Identifier: MIT */
/* What the library and its init, lib/helper/init.c, agree on. */
#ifndef CTR_HELPER_INIT_H
#define CTR_HELPER_INIT_H

#include <stdint.h>

#define CTR__INIT_NAME "minictr-init"

/*
 * Its arguments before the program's: its name, status descriptor, path, and before that: "tty":
 * the program leads a process group in the foreground of its terminal; "group": the former; "-".
 */
#define CTR__INIT_ARGS 4

/* What it writes to the status descriptor, in this order. */
struct ctr__init_record {
	int32_t kind;
	int32_t value;
};

#define CTR__INIT_EXECUTED 1 /* value: errno of execveat(2), 0: it runs */
#define CTR__INIT_ENDED 2    /* value: the program's status as wait(2) has it */

#endif
