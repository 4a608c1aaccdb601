/* SPDX-License-Identifier: MIT */
#ifndef CTR_PLAN_BLANK_H
#define CTR_PLAN_BLANK_H

/*
 * A mount namespace that has an empty, read-only root and nothing else, for containers to start
 * from a copy of: it is made once for the process. Borrowed, or -errno.
 */
int ctr__blank(void);

/* The same for a container, but for the first of the process: it may be the only one. */
int ctr__blank_of_many(void);

#endif
