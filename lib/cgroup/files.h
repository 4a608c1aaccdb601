/* SPDX-License-Identifier: MIT */
/*
 * The one place that knows in what the limits of cgroup v1 and v2 differ: which file
 * of which controller one is, and in which words. (For numbers it is usage.c, and for
 * freezing a table in control.c.)
 */
#ifndef CTR_CGROUP_FILES_H
#define CTR_CGROUP_FILES_H

#include "cgroup/layout.h"
#include "cgroup/limits.h"

/* text is written to file, in the group of that hierarchy. */
struct ctr__setting {
	size_t hierarchy; /* index in the layout */
	char *file;
	char *text;
	bool implied; /* by the kernel's rules, not by a limit */
};

/* What a group is made from: resolved once, used for each group. */
struct ctr__recipe {
	struct ctr__layout layout;
	struct ctr__setting *settings; /* in the order in which they have to be written */
	size_t n_settings;

	bool changes;  /* it is for a group that is there: what is not set stays */
	bool delegate; /* v2: with a leaf for processes, so that the rest can be divided */
	bool has_devices;
	int devices;		  /* v2: the program of its device rules */
	size_t devices_hierarchy; /* and where it belongs */
};

/*
 * Adds what the limits come to on this host. -1 with CTR_E_UNSUPPORTED for what it can't
 * enforce, and CTR_E_INVALID for CPUs and nodes that it does not have.
 */
int ctr__recipe_add_limits(struct ctr__recipe *recipe, const ctr_limits *limits, ctr_error *err);

/* Adds a hierarchy for what is to be counted and controlled, as far as there is one. */
int ctr__recipe_add_accounting(struct ctr__recipe *recipe, ctr_error *err);

/*
 * Adds a v1 hierarchy of CPU sets, in which the group has those of its parent, where one can
 * be made: with accounting that is all that the runtimes of languages look at.
 */
int ctr__recipe_add_shown(struct ctr__recipe *recipe, ctr_error *err);

/* Adds the hierarchy that counts CPU time. */
int ctr__recipe_add_cpu_time(struct ctr__recipe *recipe, ctr_error *err);

/* Adds the hierarchy in which all members can be found and stopped. */
int ctr__recipe_add_members(struct ctr__recipe *recipe, ctr_error *err);

/* The file of CTR_LIMIT_*, NULL if there is none, and what it says; 0 or -errno. */
const char *ctr__limit_file(uint32_t what, bool v2);
int ctr__limit_read(int dir, bool v2, uint32_t what, uint64_t *value);

void ctr__recipe_clear(struct ctr__recipe *recipe);

#endif
