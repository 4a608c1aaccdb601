/* SPDX-License-Identifier: MIT */
/* Which controllers are mounted where, and where below them a group of ours can be. */
#ifndef CTR_CGROUP_LAYOUT_H
#define CTR_CGROUP_LAYOUT_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stddef.h>

#include "cgroup/mounts.h"

#define CTR__HIERARCHIES_MAX 16
#define CTR__CONTROLLERS_MAX 16 /* of one hierarchy, that are used */

struct ctr__hierarchy {
	bool v2;
	char *mount;  /* path of its root, */
	char *root;   /* which is this group of the hierarchy: "/" unless only a part is mounted */
	char *parent; /* the group to be in, below mount, beginning with "/" */
	const char *controllers[CTR__CONTROLLERS_MAX];
	size_t n_controllers;
	unsigned counts; /* bits of ctr__counter */
};

/* v1 controllers that have numbers to be read; v2 has them all in one hierarchy. */
enum ctr__counter {
	CTR__COUNTER_CPU,
	CTR__COUNTER_CPUACCT,
	CTR__COUNTER_MEMORY,
	CTR__COUNTER_PIDS,
	CTR__COUNTER_BLKIO,
	CTR__COUNTER_V2,
	CTR__COUNTER_COUNT,
};

struct ctr__layout {
	struct ctr__hierarchy v[CTR__HIERARCHIES_MAX];
	size_t n;
	const char *wanted_parent; /* NULL: where the caller is, or can be; borrowed */
};

/*
 * The hierarchy that has the controller; it is added to the layout when it is first
 * asked for. NULL with CTR_E_UNSUPPORTED, which says why, if it is not mounted, or there
 * is no place in it. The name must last as long as the layout.
 */
struct ctr__hierarchy *ctr__layout_use(struct ctr__layout *layout, const char *controller,
				       ctr_error *err);

/* Whether it can be told what is mounted; asked first, for what follows does not tell why. */
int ctr__layout_ready(ctr_error *err);

/* Whether a controller is mounted there. */
bool ctr__layout_is(const char *mount, const char *controller);

/* Whether the caller may make a group in the parent, and enter it. */
bool ctr__hierarchy_can_make(const struct ctr__hierarchy *h);

/* Whether a controller is mounted at all. */
bool ctr__layout_has(const char *controller);

/*
 * Adds each hierarchy that has a group of this path, an absolute one, whoever made it;
 * none is no error. 0, or -ENOMEM.
 */
int ctr__layout_find(struct ctr__layout *layout, const char *path);

/* A controller that is known, and its name on v2; NULL for one that v2 has no more. */
struct ctr__controller {
	const char *v1, *v2;
};

const struct ctr__controller *ctr__controller_find(const char *name, size_t length);

/* The v1 controllers that are mounted there: how many, of which at most n are stored. */
size_t ctr__layout_mounted(const char *mount, const char **names, size_t n);

/* Whether one of the words, with blanks between them, is this one. */
bool ctr__layout_has_word(const char *text, const char *word);

/* Whether it is an absolute path of names, such as a group of the host may have; not "/". */
bool ctr__is_cgroup_path(const char *path);

/* A file of the parent group, as text without its newline; 0 or -errno. */
int ctr__layout_read_parent(const struct ctr__hierarchy *hierarchy, const char *file, char *text,
			    size_t size);

/* The same in each hierarchy; false if there is none. */
bool ctr__layout_can_make(const struct ctr__layout *layout);

void ctr__layout_clear(struct ctr__layout *layout);

#endif
