/* SPDX-License-Identifier: MIT */
/* The parent's side of a run: makes the child and learns what became of it. */
#ifndef CTR_PLAN_LAUNCH_H
#define CTR_PLAN_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/run.h"

/* Whether this build may let the child walk its steps in the caller's memory. */
bool ctr__launch_can_share(void);

struct ctr__launch {
	const struct ctr__step *steps;
	size_t n_steps;
	unsigned mode;		    /* one CTR__MODE_* */
	unsigned long namespaces;   /* CLONE_NEW* of the child */
	int slots[CTR__SLOT_COUNT]; /* all but PARENT, which is made here */
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
	/* Called in the parent for a child that awaits it; with its data. 0, or -1 to end it. */
	int (*prepare)(void *data, pid_t pid);
	void *prepare_data;
	char *const *argv, *const *envp; /* in the place of the EXEC step's; NULL: not */
	int *sources;			 /* scratch for the FDS step; changed */
	size_t n_sources;
	int fd_floor;	     /* descriptors from here on survive the FDS step */
	bool share_memory;   /* else the helper walks the steps */
	int helper;	     /* its program: helper.h; -1: it is made for this launch */
	bool changes_ids;    /* the kernel then changes the dumpable flag of the memory */
	uint32_t timeout_ms; /* for the helper */
};

enum ctr__outcome_kind {
	CTR__OUTCOME_DONE,	 /* executed, or, for a template, done */
	CTR__OUTCOME_FAILED,	 /* a step failed, or -1, the helper before any: step, errnum */
	CTR__OUTCOME_KILLED,	 /* it died at a step */
	CTR__OUTCOME_TIMEOUT,	 /* it was killed at a step, by us */
	CTR__OUTCOME_STOPPED,	 /* the same, and it was stopped by a signal */
	CTR__OUTCOME_UNPREPARED, /* it was killed, for prepare() failed */
};

struct ctr__outcome {
	enum ctr__outcome_kind kind;
	int step;
	int errnum;
	pid_t pid; /* only if DONE and not a template; else there is no child any more */
	int pidfd;
	struct ctr__mark joined, execute; /* of one that is DONE, as in its report */
	int left; /* pidfd of a child that is dying and could not be waited for; -1: none */
};

/* Nothing but these: no descriptor, no namespace, no bound on time. */
void ctr__launch_init(struct ctr__launch *launch, const struct ctr__step *steps, size_t n_steps,
		      unsigned mode);

/*
 * The exit status of a child that is ending, or -EINTR for a signal; -ETIMEDOUT: it is stuck,
 * or a tracer holds it.
 */
int ctr__reap(int pidfd);

/* Returns 0 with an outcome, or -errno when no child could be made. */
int ctr__launch(const struct ctr__launch *launch, struct ctr__outcome *outcome);

#endif
