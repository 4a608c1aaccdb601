/* SPDX-License-Identifier: MIT */
/* Paths that files name, as opposed to the caller: not all of them are taken. */
#ifndef CTR_JAIL_REFERENCE_H
#define CTR_JAIL_REFERENCE_H

#include "jail/jail.h"

enum ctr__reference {
	CTR__REFERENCE_PROGRAM, /* a loader, or an interpreter */
	CTR__REFERENCE_LIBRARY,
	CTR__REFERENCE_FILE, /* any regular one */
};

/*
 * Adds a path that something has named which a->writers could have written. 0, or -errno, and
 * then the list is as it was; why is a sentence where the path is there and not to be taken,
 * and NULL otherwise.
 */
int ctr__reference_add(const struct ctr__adding *a, const char *path, enum ctr__reference what,
		       struct ctr__entry **entry, const char **why);

/* Adds a path that the caller names: as above, by links of others to what those could name. */
int ctr__reference_add_named(const struct ctr__adding *a, const char *path,
			     struct ctr__entry **entry, const char **why);

/* Lists what was not taken, with the reason. 0, or -1 with an error. */
int ctr__reference_leave_out(const struct ctr__adding *a, const char *path,
			     const struct ctr__entry *needed_by, const char *why);

#endif
