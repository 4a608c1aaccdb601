/* SPDX-License-Identifier: MIT */
/*
 * Counts the system calls and allocations of a spawn, on both sides of the
 * clone, and makes one of them fail.
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <stdbool.h>
#include <sys/types.h>

#define FAULT_CALLS_MAX 4096

/* What is no system call of the library's own: negative, where numbers of calls are asked for. */
enum fault_other {
	FAULT_MALLOC = -1,
	FAULT_FOPEN = -2, /* libcgroup's */
};

/* In the place of the number of a call: none is disturbed, and each is written down. */
#define FAULT_COUNT (-1)

/* Instead of an errno: the process that makes the call dies there. */
#define FAULT_KILL (-1)

/* Where the helper finds the memory that all share: a descriptor that it inherits. */
#define FAULT_FD 900

/* In memory that the helper shares too. */
struct fault {
	bool on;
	long n;	    /* calls so far */
	long at;    /* the one to disturb, from 1; 0: none; FAULT_COUNT */
	int errnum; /* how */
	pid_t parent;

	bool hit; /* it has been disturbed */
	bool in_child;
	long nr; /* which call it was */

	/* which each was, by number; filled by a run that counts */
	struct fault_call {
		short nr;
		bool in_child;
	} calls[FAULT_CALLS_MAX];
};

extern struct fault *fault;

/* Once for the process and those that it forks. */
void fault_init(void);

void fault_begin(long at, int errnum);
void fault_end(void);

/* The errnos that a call can fail with, up to a 0. */
const int *fault_errnos(const struct fault_call *call);

/* "openat2", "malloc" and so on. */
const char *fault_name(long nr);

#endif
