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

/*
 * The caller and its children run at the same time, and their calls are in another order each
 * time: each side counts its own.
 */
enum fault_side { FAULT_PARENT, FAULT_CHILD, FAULT_SIDES };

/* Instead of an errno: the process that makes the call dies there. */
#define FAULT_KILL (-1)

/* Where the helper finds the memory that all share: a descriptor that it inherits. */
#define FAULT_FD 900

/* In memory that the helper shares too. */
struct fault {
	bool on;
	long n[FAULT_SIDES]; /* calls so far */
	enum fault_side side;
	long at;    /* the one of that side to disturb, from 1; 0: none; FAULT_COUNT */
	int errnum; /* how */
	pid_t parent;

	bool hit; /* it has been disturbed */
	long nr;  /* which call it was */

	short calls[FAULT_SIDES][FAULT_CALLS_MAX]; /* which each was; filled by a run that counts */
};

extern struct fault *fault;

/* Once for the process and those that it forks. */
void fault_init(void);

void fault_begin(enum fault_side side, long at, int errnum);
void fault_end(void);

/* The errnos that a call can fail with on that side, up to a 0. */
const int *fault_errnos(enum fault_side side, long nr);

/* "openat2", "malloc" and so on. */
const char *fault_name(long nr);

#endif
