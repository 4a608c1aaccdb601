/* SPDX-License-Identifier: MIT */
/*
 * The entries of a jail: paths of the host, each once, with the reasons for it. Somebody may
 * exchange directories meanwhile: each name is looked up in the directory that is on the list
 * (by its number), never over a symbolic link, and opened again in the same way.
 */
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
	char *path;		  /* no component is a symbolic link */
	char *target;		  /* of a link */
	uint32_t kind;		  /* CTR_JAIL_* */
	uint32_t state;		  /* CTR_JAIL_* */
	struct statx st;	  /* none of CTR_JAIL_MISSING */
	struct ctr__file_id made; /* of a directory that was written: in the jail */
	uint16_t mode;		  /* that of a copy, which has no access list */
	bool acl;		  /* st has the access list's mask for the group */
	struct ctr__reason *reasons;
	size_t n_reasons;
	struct ctr__elf *elf;	  /* NULL: not read yet, or it is none */
	struct ctr__edges *edges; /* NULL: not in a closure yet */
	unsigned long closure;	  /* the last that it was loaded in */
	unsigned examined;	  /* the call that added what it needs; 0: none did */
	bool lenient;		  /* and did so where some of that might be missing */
	bool guarded;		  /* and did so for a user that may not name all of it */
};

struct ctr__list {
	struct ctr__entry **entries; /* in the order in which they were added */
	size_t n;
	void *by_path, *missing, *left_out; /* tsearch(3) */
	unsigned call; /* of the library's: one that fails is taken back whole */
};

#define CTR__LINKS_MAX 40 /* path_resolution(7) */

/* The links that a path has led over. */
struct ctr__links {
	const struct ctr__entry *followed[CTR__LINKS_MAX];
	size_t n;
};

/*
 * Adds a path of the host's with all that is on the way to it: directories and links. entry is
 * what it leads to. 0, or -errno: -ENOENT also of a link that leads nowhere, which is kept, and
 * -ESTALE where a directory is another one than that on the list. links may be NULL.
 */
int ctr__list_add(struct ctr__list *list, const char *path, struct ctr__entry **entry,
		  struct ctr__links *links);

/* Adds a path whose directory is on the list. A link is added and not followed. 0 or -errno. */
int ctr__list_add_name(struct ctr__list *list, const char *path, struct ctr__entry **entry);

/* Opens what was listed, and nothing else: a descriptor, -ESTALE, or another -errno. */
int ctr__entry_open(const struct ctr__entry *entry, int flags);

/* The directory that an entry is in; NULL if that is the root. */
struct ctr__entry *ctr__list_parent(const struct ctr__list *list, const struct ctr__entry *entry);

/*
 * One that stands for a name: CTR_JAIL_MISSING if nothing was found for it, CTR_JAIL_LEFT_OUT if
 * what was found is not to be taken. 0 or -ENOMEM.
 */
int ctr__list_add_absent(struct ctr__list *list, const char *name, uint32_t kind,
			 struct ctr__entry **entry);

/* NULL if it is not on the list. */
struct ctr__entry *ctr__list_find(const struct ctr__list *list, const char *path);

/* Adds a reason unless the entry has it. 0 or -ENOMEM. */
int ctr__list_add_reason(const struct ctr__list *list, struct ctr__entry *entry,
			 const struct ctr__entry *needed_by, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Drops the entries from the n-th on, which nothing refers to yet. */
void ctr__list_cut(struct ctr__list *list, size_t n);

/* Drops what was left out and came after all, for another reason. */
void ctr__list_settle(struct ctr__list *list);

/* Takes back all that this call has added: entries from the n-th on, and reasons. */
void ctr__list_take_back(struct ctr__list *list, size_t n);

void ctr__list_clear(struct ctr__list *list);

#endif
