/* SPDX-License-Identifier: MIT */
#ifndef CTR_CONTAINER_CONTAINER_H
#define CTR_CONTAINER_CONTAINER_H

#include <minictr/container.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "container/event.h"
#include "container/identity.h"
#include "container/output.h"
#include "plan/run.h"

/* Which one it is, and what only its parent has: the end, the terminal, the limits on time. */
struct ctr_container {
	unsigned maker; /* the process that may use it, by ctr__maker() */
	struct ctr__identity id;

	int tty;	      /* the terminal's controlling side, until it is taken */
	int seccomp_fd;	      /* the listener of its filter, until it is taken; -1: none */
	int status_fd;	      /* what the init reports through; -1: there is no init */
	int mounts_fd;	      /* its mount namespace, which so outlives it; -1: it does not */
	bool removed;	      /* its own group, at the end */
	struct rusage set_up; /* what it had used before the program was executed */
	bool die_with_parent;
	const char *machine;   /* of its program, static; NULL: not known */
	int64_t wall_limit_us; /* 0: none */
	uint64_t cpu_limit_us; /* 0: none */
	struct ctr__outputs outputs;
	struct ctr__event event;
	atomic_uint over; /* CTR_END_*: the limit that it was killed for; 0: none */
	/* By CLOCK_MONOTONIC: all was killed, and must have ended by then; 0: it was not killed. */
	_Atomic int64_t dead_by_ms;
	int64_t seen_us;  /* when its end was first seen; 0: not yet */
	int64_t ended_us; /* when the program ended, by its init; 0: not known */

	bool detached;
	atomic_bool ended;   /* set last: what follows does not change any more */
	bool lost;	     /* ended, and nobody can tell the status */
	bool reaped;	     /* by us, so that usage is known */
	bool held;	     /* by a tracer, so that it is still to be waited for */
	int status;	     /* as wait(2) has it */
	struct rusage usage; /* since the program was executed, but for the largest memory */
	ctr_usage final;     /* what it had used at its end */
};

#define CTR__DEAD_BOUND_MS 30000 /* for what was killed to be gone */

/* Whether it belongs to another process, of which this one is a forked copy. */
bool ctr__container_is_copy(const ctr_container *c);
int ctr__container_refuse_copy(const ctr_container *c, const char *step, ctr_error *err);

/* ---- its end: wait.c ---- */

/* Removes its own group, if that has not been done. */
int ctr__container_clean_up(ctr_container *c, ctr_error *err);

/* ---- limits on time: deadline.c ---- */

/* All of it was killed: from now on it may take that long to die. */
void ctr__deadline_after_kill(ctr_container *c);

/* The event descriptor, if there is one, becomes readable when it is to be looked at again. */
void ctr__deadline_arm_event(const ctr_container *c);

/* As ctr__wait_readable(), while the limits on time are kept; -ETIME if it was killed and is still
 * there. */
int ctr__deadline_poll(ctr_container *c, int timeout_ms);

/* ---- what it has used: used.c ---- */

/* The usage that wait4(2) gave, less that of the set-up. */
void ctr__container_take_off_set_up(ctr_container *c);

/* Before the group is gone, and with it what it has counted. */
void ctr__container_count_final(ctr_container *c);

/*
 * It runs: what it had used when it was about to execute the program does not count, nor what
 * its group had counted by then, which begins with what it had used when it joined that.
 */
void ctr__container_begin(ctr_container *container, const struct ctr__mark *joined,
			  const struct ctr__mark *execute);

#endif
