/* SPDX-License-Identifier: MIT */
/*
 * The parent's side of a run: makes the child, acts where it stops, and learns what became of it.
 * A child that shares the caller's memory makes no stops.
 */
#ifndef CTR_PLAN_LAUNCH_H
#define CTR_PLAN_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/channel.h"
#include "plan/image.h"
#include "plan/run.h"

/* Whether this build may let the child walk its steps in the caller's memory. */
bool ctr__launch_can_share(void);

struct ctr__launch {
	const struct ctr__step *steps;
	size_t n_steps;
	unsigned mode;		    /* one CTR__MODE_* */
	unsigned long namespaces;   /* CLONE_NEW* of the child */
	int slots[CTR__SLOT_COUNT]; /* all but PARENT and LAUNCH, which are made here */
	const int *groups;	    /* for the JOIN_CGROUP step */
	size_t n_groups;
	int leaf;	  /* for the JOIN_LEAF step; -1: none */
	int group_dir;	  /* of the last of them, on v2: to be born into; -1: none */
	const int *trees; /* for the ROOT and BIND steps that have one */
	int *taken;	  /* room for the TAKE steps: numbers in the child */
	bool *layered;	  /* room for the LAYER steps that have a number */
	size_t n_trees, n_taken, n_layers;
	/* Called in the calling thread just before and after it clones; leave even if that failed.
	 */
	int (*enter)(void *data); /* 0, or -errno: then there is no child, and no leave */
	void (*leave)(void *data);
	void *enter_data;
	char *const *argv, *const *envp; /* in the place of the EXEC step's; NULL: not */
	int status;			 /* whose other end is a slot; -1: there is no init */
	int *sources;			 /* scratch for the FDS step; changed */
	size_t n_sources;
	int fd_floor;	     /* descriptors from here on survive the FDS step */
	bool share_memory;   /* else the helper walks the steps */
	int helper;	     /* its program: helper.h; -1: it is made for this launch */
	bool changes_ids;    /* the kernel then changes the dumpable flag of the memory */
	uint32_t timeout_ms; /* for the helper: of ctr__launch() */
};

enum ctr__outcome_kind {
	CTR__OUTCOME_DONE,    /* executed, or, for a template, done */
	CTR__OUTCOME_WAITS,   /* at a stop, its step, for ctr__launch_next() */
	CTR__OUTCOME_FAILED,  /* a step failed, or -1, the helper before any: step, errnum */
	CTR__OUTCOME_KILLED,  /* it died at a step */
	CTR__OUTCOME_TIMEOUT, /* it was killed at a step, by us */
	CTR__OUTCOME_STOPPED, /* the same, and it was stopped by a signal */
	CTR__OUTCOME_LIED,    /* the same, for what it said can't be so */
};

struct ctr__outcome {
	enum ctr__outcome_kind kind;
	int step;
	int errnum;
	pid_t pid; /* only if it WAITS, or is DONE and not a template; else there is no child */
	int pidfd; /* of one that is DONE, for the caller to close; else -1 */
	struct ctr__mark joined, execute; /* of one that is DONE, as in its report */
	pid_t program;			  /* of one that was taken from a pool, behind an init */
	int left;			  /* of ctr__launch(): what ctr__launch_end() returns */
};

/* One under way. What is in it is for launch.c alone. */
struct ctr__launching {
	struct ctr__launch launch;
	struct ctr__run run;
	struct ctr__launch_room {
		char *base; /* guard page, stack, and on top what both sides look at */
		char *stack_top;
		struct ctr__report *report; /* there; or, for the helper, in the image */
		struct ctr__image_file image;
	} room;
	int beyond;		 /* a descriptor that only the caller has; -1: none */
	int channel;		 /* to the helper; -1: it shares memory */
	size_t point;		 /* the step that it will say something of next; or n_steps */
	bool waits;		 /* at a stop */
	struct ctr__order order; /* for the gate of a pool */
	const int *order_fds;
	size_t n_order_fds;
	pid_t pid;
	pid_t program; /* what waits at that gate behind an init; 0: not known yet */
	int pidfd;     /* -1: there is no child, or it is the caller's by now */
	int left;
};

/* Nothing but these: no descriptor, no namespace, no bound on time. */
void ctr__launch_init(struct ctr__launch *launch, const struct ctr__step *steps, size_t n_steps,
		      unsigned mode);

/*
 * The exit status of a child that is ending, or -EINTR for a signal; -ETIMEDOUT: it is stuck,
 * or a tracer holds it.
 */
int ctr__reap(int pidfd);

/*
 * No handler of the calling thread's runs until its signals are as they were: one may wait for
 * children that it does not know.
 */
void ctr__launch_block(uint64_t *old);
void ctr__launch_unblock(const uint64_t *old);

/*
 * Makes the child: 0, or -errno and there is none. What launch points to must stay until the end.
 */
int ctr__launch_begin(struct ctr__launching *l, const struct ctr__launch *launch);

/*
 * Lets a child that WAITS go on, and takes its successor over: both are the child here. Waits until
 * it comes to a stop, has executed the program or has ended; by ctr__now_ms() not longer than to
 * the deadline. Returns 0 with an outcome, or -errno, and it has been killed. Between two calls any
 * time may pass: a child that waits ends by itself when its caller does.
 */
int ctr__launch_next(struct ctr__launching *l, int64_t deadline, struct ctr__outcome *outcome);

/*
 * What a child that waits at the gate of a pool gets when it goes on, with descriptors that stay
 * the caller's, in the order of its targets; they must stay until then. argv, envp: NULL: the
 * plan's. joined: it was put into its control group just now. 0, or -errno, as -E2BIG.
 */
int ctr__launch_order(struct ctr__launching *l, char *const *argv, char *const *envp,
		      const int *fds, size_t n_fds, bool joined);

/*
 * At any time after the beginning, and after one that has failed: ends a child that is not DONE,
 * and frees all. The pidfd of one that is dying and could not be waited for; -1: none.
 */
int ctr__launch_end(struct ctr__launching *l);

/*
 * All of it, for steps without stops: ends a child that comes to one. Returns 0 with an outcome,
 * or -errno when no child could be made.
 */
int ctr__launch(const struct ctr__launch *launch, struct ctr__outcome *outcome);

#endif
