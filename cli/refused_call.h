/* SPDX-License-Identifier: MIT */
/* The system call for which a filter has ended a program, where the kernel's log tells. */
#ifndef MINICTR_CLI_REFUSED_CALL_H
#define MINICTR_CLI_REFUSED_CALL_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct refused_call {
	char machine[16]; /* such as "i386" */
	unsigned long number;
};

/*
 * Reads the kernel's log after the end of the process @pid, for lines from @since on: false if
 * there is none, or the caller may not read it, or is in another PID namespace than the log has
 * numbers of.
 */
bool refused_call_find(pid_t pid, time_t since, struct refused_call *call);

/* What this program is made for, in the same words; "" if that has none. */
const char *refused_call_native(void);

#endif
