/* SPDX-License-Identifier: MIT */
/* A control group: a directory in each hierarchy that it is in. */
#ifndef CTR_CGROUP_CGROUP_H
#define CTR_CGROUP_CGROUP_H

#include <minictr/cgroup.h>
#include <pthread.h>
#include <stdatomic.h>

#include "cgroup/files.h"
#include "cgroup/usage.h"

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
	unsigned maker; /* the process that may kill and remove it, by ctr__maker() */
	struct ctr__member members[CTR__HIERARCHIES_MAX];
	size_t n;
	pthread_mutex_t update; /* held while limits are changed */
	int devices;		/* the program of its device rules on v2; -1: none of ours */
	atomic_uint users;
	atomic_bool killed; /* cgroup.kill was written, or may have been */
};

/* Makes a group and sets its limits; a name that no other has if it is NULL. */
ctr_cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, const char *name, ctr_error *err);

/* Writes what the recipe sets; changes: to a group that is in use, update.c. */
int ctr__cgroup_apply(ctr_cgroup *group, const struct ctr__recipe *recipe, bool changes,
		      ctr_error *err);

/* Refuses what would end the group for the process that this one is a copy of. */
int ctr__cgroup_refuse_copy(const ctr_cgroup *group, const char *step, ctr_error *err);

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

/* Whether processes can be put into it: not into all that can be opened. */
bool ctr__cgroup_can_join(const ctr_cgroup *group);

/* Whether it is stopped in one of its hierarchies, by itself or with one above it. */
bool ctr__cgroup_is_frozen(const ctr_cgroup *group);

/* v1: lets all go on, groups inside too, for what is stopped there can't die. */
void ctr__cgroup_thaw_to_die(const ctr_cgroup *group);

/*
 * Kills all in these directories: 0, or -errno with the index of the one it is about; -EBUSY
 * if some were left after five seconds.
 */
int ctr__cgroup_kill_members(const struct ctr__member *members, size_t n, size_t *failed);

/*
 * Removes what can be removed; for a group that is used by the library alone, and so is the
 * same in all hierarchies.
 */
int ctr__cgroup_remove(const ctr_cgroup *group, ctr_error *err);

/* ---- the processes in all hierarchies: pids.c ---- */

/* Those that have been seen. */
struct ctr__pids {
	pid_t *v;
	size_t n, sorted, room;
};

/* Adds those of a directory, and calls see, unless it is NULL, for each that is new; or -errno. */
int ctr__pids_read(struct ctr__pids *pids, int dir, void (*see)(pid_t pid, void *data), void *data);
void ctr__pids_clear(struct ctr__pids *pids);

/* Calls see once for each process that is in one of the hierarchies; or -errno, and of which. */
int ctr__cgroup_each_member(const ctr_cgroup *group, void (*see)(pid_t pid, void *data), void *data,
			    const struct ctr__member **failed);

/* ---- limits that are set back: undo.c ---- */

/* What files said before they were written. */
struct ctr__undo {
	struct ctr__undo_file *v;
	size_t n, written;
};

/* To be called before a setting is written; 0 or -ENOMEM. */
int ctr__undo_note(struct ctr__undo *undo, const struct ctr__member *m, const char *file);

/* It was written. */
void ctr__undo_written(struct ctr__undo *undo);

/* Sets all back; the name of a file that still says something else, or NULL. */
const char *ctr__undo_all(const struct ctr__undo *undo);
void ctr__undo_clear(struct ctr__undo *undo);

/* ---- one directory: tree.c ---- */

/*
 * Calls see for each group in the one of dir, the innermost first. 0, or the -errno of one
 * that could not be looked into, or that see has returned: it goes on with the others.
 */
int ctr__cgroup_walk(int dir, int (*see)(int parent, const char *name, int dir, void *data),
		     void *data);

/* Calls see for each process of the group and those inside; 0 or -errno. */
int ctr__cgroup_each_pid(int dir, void (*see)(pid_t pid, void *data), void *data);

/* Removes the groups inside that have no processes. */
void ctr__cgroup_remove_below(int dir);

/* The same and the group itself, as soon as it has none; 0, or -errno after a second. */
int ctr__cgroup_rmdir(int parent, const char *name, int dir);

#define CTR__CGROUP_BOUND_MS 1000 /* for what the kernel does a moment later */

#endif
