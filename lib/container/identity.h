/* SPDX-License-Identifier: MIT */
/*
 * Which container it is, and what can be done to it by that alone. Nothing here is for its parent
 * only: a process that did not start the container can fill one, from what a file holds.
 */
#ifndef CTR_CONTAINER_IDENTITY_H
#define CTR_CONTAINER_IDENTITY_H

#include <minictr/error.h>
#include <minictr/limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroup/cgroup.h"
#include "cgroup/usage.h"

struct ctr__identity {
	pid_t pid;
	pid_t program_pid; /* the same, but with an init */
	int pidfd;
	bool init; /* process 1 is the library's, and the group counts it */
	bool own_pid_ns;
	bool process_group; /* nothing else tells whose the processes are */
	ctr_cgroup *cgroup;
	bool own_cgroup;  /* to be removed at the end; else the caller's, shared with others */
	int64_t began_us; /* by CLOCK_MONOTONIC, which counts since the system was started */
	ctr_usage before; /* what had been used in a shared group at the start */
	bool peak_known;  /* in a shared group: the most memory since the start can be told */
	int peak_fd;	  /* what it is read from on v2, -1: as always */
};

void ctr__identity_init(struct ctr__identity *id);
void ctr__identity_clear(struct ctr__identity *id);

/* The first process gets it. */
int ctr__identity_send_signal(const struct ctr__identity *id, int sig, ctr_error *err);

/* Kills what is left of the process group, if that is all that tells whose a process is. */
void ctr__identity_kill_process_group(const struct ctr__identity *id);

/* The first process and its process group; 0 too if it has ended. */
int ctr__identity_kill(const struct ctr__identity *id, ctr_error *err);

/* After that: what the death of the first process does not end. */
int ctr__identity_kill_rest(const struct ctr__identity *id, ctr_error *err);

/* By the group: CTR_E_STATE if there is none. */
int ctr__identity_freeze(const struct ctr__identity *id, ctr_error *err);
int ctr__identity_thaw(const struct ctr__identity *id, ctr_error *err);
int ctr__identity_send_signal_all(const struct ctr__identity *id, int sig, ctr_error *err);
int ctr__identity_update(const struct ctr__identity *id, const ctr_limits *limits, ctr_error *err);

/* ---- what it uses: count.c ---- */

/* It is about to be started in a group that is not its own. */
void ctr__identity_use_group(struct ctr__identity *id);

/* Adds what its group has counted since. */
void ctr__identity_count(const struct ctr__identity *id, ctr_usage *usage);

/* The same for one that runs, with the time since its start. */
void ctr__identity_stats(const struct ctr__identity *id, ctr_usage *usage);

#endif
