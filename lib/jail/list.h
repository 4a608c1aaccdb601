/* SPDX-License-Identifier: MIT */
/* The entries of a jail: paths of the host's, each once, with the reasons for it. */
#ifndef CTR_JAIL_LIST_H
#define CTR_JAIL_LIST_H

#include <linux/stat.h>

#include "base/fd.h"
#include "jail/elf.h"

/* Why an entry is there. */
struct ctr__reason {
	const struct ctr__entry *needed_by; /* NULL: the caller added it */
	char *text;
	unsigned call;
};

struct ctr__entry {
	char *path;	/* no component is a symbolic link */
	char *target;	/* of a link */
	uint32_t kind;	/* CTR_JAIL_* */
	uint32_t state; /* CTR_JAIL_* */
	size_t index;
	struct statx st; /* none of CTR_JAIL_MISSING */
	struct ctr__reason *reasons;
	size_t n_reasons;
	struct ctr__elf *elf; /* NULL: not read yet, or it is none */
	unsigned examined;    /* the call that added what it needs; 0: none did */
	bool lenient;	      /* and did so where some of that might be missing */
};

struct ctr__list {
	struct ctr__entry **entries; /* in the order in which they were added */
	size_t n;
	void *by_path, *missing; /* tsearch(3) */
	unsigned call;		 /* of the library's: one that fails is taken back whole */
};

/*
 * Adds a path of the host's with all that is on the way to it: directories and links. entry is
 * what it leads to. 0, or -errno: -ENOENT also of a link that leads nowhere, which is kept.
 */
int ctr__list_add(struct ctr__list *list, const char *path, struct ctr__entry **entry);

/* One that stands for a name which nothing was found for. */
int ctr__list_add_missing(struct ctr__list *list, const char *name, struct ctr__entry **entry);

/* NULL if it is not on the list. */
struct ctr__entry *ctr__list_find(const struct ctr__list *list, const char *path);

/* Adds a reason unless the entry has it. 0 or -ENOMEM. */
int ctr__list_add_reason(const struct ctr__list *list, struct ctr__entry *entry,
			 const struct ctr__entry *needed_by, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Takes back all that this call has added: entries from the n-th on, and reasons. */
void ctr__list_take_back(struct ctr__list *list, size_t n);

void ctr__list_clear(struct ctr__list *list);

#endif
