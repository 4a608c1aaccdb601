/* SPDX-License-Identifier: MIT */
#ifndef CTR_ORCHESTRATOR_CONTAINER_H
#define CTR_ORCHESTRATOR_CONTAINER_H

#include <minictr/container.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "primitives/cgroup.h"

struct ctr_container {
	pid_t pid;
	int pidfd;
	int tty;       /* the terminal's controlling side, until it is taken */
	int status_fd; /* what the init reports through; -1: there is no init */
	struct ctr__cgroup *cgroup;
	bool own_pid_ns;
	bool die_with_parent;
	int64_t began_us;      /* by CLOCK_MONOTONIC */
	int64_t wall_limit_us; /* 0: none */
	uint64_t cpu_limit_us; /* 0: none */
	uint32_t over;	       /* CTR_END_*: the limit that it was killed for; 0: none */
	ctr_usage final;       /* what it had used at its end */

	bool detached;
	bool ended;
	bool lost;  /* ended, and somebody else has the status */
	int status; /* as wait(2) has it */
	struct rusage usage;
};

/* From now on it runs. */
void ctr__container_begin(ctr_container *container);

#endif
