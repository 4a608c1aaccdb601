/* SPDX-License-Identifier: MIT */
/*
 * One spawn: what it has open besides the container's own, and its way from the plan to a handle.
 * One for a pool stops on the way, where all is done that can be done ahead.
 */
#ifndef CTR_CONTAINER_SPAWN_H
#define CTR_CONTAINER_SPAWN_H

#include "container/container.h"
#include "container/enter.h"
#include "container/given.h"
#include "plan/launch.h"

struct ctr__spawn {
	const ctr_plan *plan;
	unsigned mode;		/* of CTR__MODE_*: RUN, with POOLED or without; or TEMPLATE */
	const ctr_given *given; /* by the caller, for this container; or NULL */
	ctr_container *container;
	int channel[2];	      /* ours, the child's */
	int status;	      /* the init's end of its socket */
	int signals;	      /* what it reads signals from */
	int events;	      /* and waits for all by */
	int helper;	      /* that the child executes; -1: it is made for it; not owned */
	struct ctr__strv env; /* of the program, if that is not the plan's */
	int *sources;
	int *trees; /* -1: not made yet */
	int *taken; /* the child's own descriptors */
	bool *layered;
	struct ctr__entry entry; /* to its control group */
	struct ctr__enter enter;
	struct ctr__launching launching;
	int64_t deadline; /* of all waits: ctr__now_ms() */
	ctr_error *err;
};

/* Nothing is open. */
void ctr__spawn_init(struct ctr__spawn *s, const ctr_plan *plan, unsigned mode, ctr_error *err);

/* Closes and frees all but the container. */
void ctr__spawn_clear(struct ctr__spawn *s);

/* ---- start.c: what a container starts with ---- */

/* Makes the container's handle, and what its child needs; 0 or -1. */
int ctr__spawn_prepare(struct ctr__spawn *s);

/* For one of a pool, when it is taken: what it is given takes the place of what it has. */
int ctr__spawn_prepare_order(struct ctr__spawn *s);

/* Room for what the child has to remember of its steps, and mounts that it can't make; 0 or -1. */
int ctr__spawn_make_room(struct ctr__spawn *s);
int ctr__spawn_make_trees(struct ctr__spawn *s);

/* ---- spawn.c: the way of the child ---- */

void ctr__spawn_fill_launch(const struct ctr__spawn *s, struct ctr__launch *launch);

/* Makes the child of a container, which is prepared, and follows it so far; 0 or -1. */
int ctr__spawn_begin(struct ctr__spawn *s);

/*
 * Has a child at the gate of a pool execute the program: 0, -1, or, if it may fail, 1 without an
 * error: it is of no use, and another one can be tried.
 */
int ctr__spawn_order(struct ctr__spawn *s, bool may_fail);

/* Takes what the child has sent, and gives the container up; or NULL. Frees all. */
ctr_container *ctr__spawn_finish(struct ctr__spawn *s);

/* Ends it: the child, the container and all. */
void ctr__spawn_abandon(struct ctr__spawn *s);

#endif
