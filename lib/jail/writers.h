/* SPDX-License-Identifier: MIT */
/*
 * Who could have written what a jail is made of. The caller is trusted, and so is root; what
 * others have written may name only what they could have copied themselves.
 */
#ifndef CTR_JAIL_WRITERS_H
#define CTR_JAIL_WRITERS_H

#include "jail/list.h"

#define CTR__WRITERS_MAX 4

struct ctr__writers {
	uint32_t uids[CTR__WRITERS_MAX];
	unsigned n;
	bool anyone; /* a group, everybody, or more users than there is room for */
};

/* Adds those who could have written an entry, or put it where it is. */
void ctr__writers_add(struct ctr__writers *writers, const struct ctr__list *list,
		      const struct ctr__entry *entry);

/* Adds those who could have given anything a name in a directory, which may be sticky. */
void ctr__writers_add_namers(struct ctr__writers *writers, const struct ctr__list *list,
			     const struct ctr__entry *dir);

bool ctr__writers_is_empty(const struct ctr__writers *writers);

/* Whether all of them could read a file, and reach it. */
bool ctr__writers_can_read(const struct ctr__writers *writers, const struct ctr__list *list,
			   const struct ctr__entry *file);

/* Whether all of them could reach each entry from the n-th on. */
bool ctr__writers_can_reach(const struct ctr__writers *writers, const struct ctr__list *list,
			    size_t n);

/* Whether a directory belongs to all of them. */
bool ctr__writers_own(const struct ctr__writers *writers, const struct ctr__entry *dir);

#endif
