/* SPDX-License-Identifier: MIT */
#ifndef CTR_ORCHESTRATOR_CONTAINER_H
#define CTR_ORCHESTRATOR_CONTAINER_H

#include <minictr/container.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "orchestrator/output.h"
#include "primitives/cgroup.h"

struct ctr_container {
	pid_t pid;
	int pidfd;
	int tty;	/* the terminal's controlling side, until it is taken */
	int seccomp_fd; /* the listener of its filter, until it is taken; -1: none */
	int status_fd;	/* what the init reports through; -1: there is no init */
	ctr_cgroup *cgroup;
	bool own_cgroup;  /* to be removed at the end; else the caller's, shared with others */
	bool peak_known;  /* in a shared group: the most memory since the start can be told */
	int peak_fd;	  /* what it is read from on v2, -1: as always */
	ctr_usage before; /* what had been used in a shared group at the start */
	bool own_pid_ns;
	bool die_with_parent;
	int64_t began_us;      /* by CLOCK_MONOTONIC */
	int64_t wall_limit_us; /* 0: none */
	uint64_t cpu_limit_us; /* 0: none */
	struct ctr__outputs outputs;
	uint32_t over;	 /* CTR_END_*: the limit that it was killed for; 0: none */
	ctr_usage final; /* what it had used at its end */

	bool detached;
	bool ended;
	bool lost;  /* ended, and somebody else has the status */
	int status; /* as wait(2) has it */
	struct rusage usage;
};

/* It is about to be started in a group that is not its own. */
void ctr__container_use_group(ctr_container *container);

/* From now on it runs. */
void ctr__container_begin(ctr_container *container);

#endif
