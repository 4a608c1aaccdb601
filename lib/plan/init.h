/* SPDX-License-Identifier: MIT */
/* What a container's init tells its parent: exec_init.c. */
#ifndef CTR_PLAN_INIT_H
#define CTR_PLAN_INIT_H

#include <stdint.h>

#define CTR__INIT_NAME "minictr-init"

/* Written to the status socket when the program has ended; and before, by the program, a byte. */
struct ctr__init_record {
	int64_t status; /* of the program, as wait(2) has it */
	int64_t at_us;	/* by CLOCK_MONOTONIC; 0: not known */
};

#endif
