/* SPDX-License-Identifier: MIT */
/* A control group: a directory in each hierarchy that it is in. */
#ifndef CTR_PRIMITIVES_CGROUP_H
#define CTR_PRIMITIVES_CGROUP_H

#include <minictr/cgroup.h>
#include <stdatomic.h>

#include "primitives/cgroup_files.h"
#include "primitives/usage.h"

/* The group in one hierarchy. */
struct ctr__member {
	char *path;
	size_t mount_length; /* how much of path is where the hierarchy is mounted */
	int dir;
	int join; /* the file to write "0" to */
	int leaf; /* the same for the leaf in it; -1: it has none */
	bool v2;
	unsigned counts; /* bits of ctr__counter */
	bool made;	 /* by us */
};

struct ctr_cgroup {
	struct ctr__member members[CTR__HIERARCHIES_MAX];
	size_t n;
	int devices; /* the program of its device rules on v2; -1: none of ours */
	atomic_uint users;
	atomic_bool killed; /* cgroup.kill was written */
};

/* Makes a group and sets its limits; a name that no other has if it is NULL. */
ctr_cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, const char *name, ctr_error *err);

/* One more user, who frees it too. */
ctr_cgroup *ctr__cgroup_use(ctr_cgroup *group);

/* How a new process becomes a member; all descriptors are the group's. */
struct ctr__entry {
	int files[CTR__HIERARCHIES_MAX]; /* "0" is written to them by the process itself */
	size_t n;
	int leaf;      /* the file to write "0" to in the end; -1: none */
	int born_into; /* directory of the last, on v2, that it can be cloned into; -1: none */
};

void ctr__cgroup_entry(const ctr_cgroup *group, struct ctr__entry *entry);

/* Adds what the group has used, the numbers whose bits are in wanted. */
void ctr__cgroup_usage(const ctr_cgroup *group, ctr_usage *usage, uint32_t wanted);

/* One number of what the group has used; false if none of its hierarchies counts that. */
bool ctr__cgroup_counts(const ctr_cgroup *group, unsigned what, uint64_t *value);

/*
 * Lets the most memory be counted from now on. A descriptor that it is read from, -1 if
 * it is read as always; *known is false if that can't be had.
 */
int ctr__cgroup_restart_peak(const ctr_cgroup *group, bool *known);

/* The same as the public functions, for one directory: cgroup_tree.c. */

/* Calls see for each group in the one of dir, the innermost first, until one returns < 0. */
int ctr__cgroup_walk(int dir, int (*see)(int parent, const char *name, int dir, void *data),
		     void *data);

/* Calls see for each process of the group and those inside; 0 or -errno. */
int ctr__cgroup_each_pid(int dir, void (*see)(pid_t pid, void *data), void *data);

/* Removes the groups inside that have no processes. */
void ctr__cgroup_remove_below(int dir);

void ctr__cgroup_pause_ms(long ms);

#define CTR__CGROUP_BOUND_MS 1000 /* for what the kernel does a moment later */

#endif
