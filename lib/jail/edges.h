/* SPDX-License-Identifier: MIT */
/*
 * What an object needs, remembered from one closure to the next: a library in a directory is
 * the start of a closure of its own, and part of many others.
 */
#ifndef CTR_JAIL_EDGES_H
#define CTR_JAIL_EDGES_H

#include "jail/list.h"

/* The name of a library, once in a jail. */
struct ctr__name {
	unsigned long closure; /* the last in which there was such an object */
	void *object;
	char text[];
};

/* One name that an object needs. */
struct ctr__edge {
	struct ctr__name *name;	   /* NULL: it has tokens in it */
	struct ctr__entry *loaded; /* as which it was loaded already, with the reason on the list */
	/* What a search says where no other object's paths count, the reason on the list: */
	struct ctr__entry *found;
	char *path; /* as the loader has it */
	bool missing;
};

struct ctr__edges {
	const struct ctr__entry *loader; /* for which they hold; NULL: there is none */
	char *origin;			 /* and where the object was found */
	struct ctr__edge *v;		 /* those needed, then those of auxiliary libraries */
	size_t n;
};

/* NULL when out of memory, here and below. names: tsearch(3). */
struct ctr__name *ctr__name_get(void **names, const char *text);
void ctr__names_clear(void **names);

struct ctr__edges *ctr__edges_new(void **names, const struct ctr__elf *elf, const char *origin,
				  const struct ctr__entry *loader);
bool ctr__edges_hold(const struct ctr__edges *edges, const char *origin,
		     const struct ctr__entry *loader);
void ctr__edges_free(struct ctr__edges *edges);

#endif
