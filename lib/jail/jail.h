/* SPDX-License-Identifier: MIT */
#ifndef CTR_JAIL_JAIL_H
#define CTR_JAIL_JAIL_H

#include <minictr/jail.h>

#include "jail/cache.h"
#include "jail/cpu.h"
#include "jail/list.h"
#include "jail/places.h"
#include "jail/writers.h"

struct ctr_jail {
	struct ctr__list list;
	struct ctr__cache cache;
	struct ctr__cpu cpu;
	struct ctr__places places;
	void *names; /* see jail/edges.h */
	unsigned long closures;
};

/* How what is missing is taken: of what was asked for by name it is an error. */
struct ctr__adding {
	ctr_jail *jail;
	const char *search;	     /* where programs are looked for */
	bool lenient;		     /* what an entry needs may be missing */
	bool follows;		     /* links in directories, too: they are those of an extra */
	const char *top;	     /* the directory that is added whole; NULL: none */
	int depth;		     /* how many interpreters led here */
	struct ctr__writers writers; /* of what names what is added next */
	ctr_error *err;
};

/* Whether an open file is one that the kernel makes up: /proc/self/environ and the like. */
bool ctr__is_of_kernel(int fd);

/* All of these return 0, or -1 with an error. */

/* A system call failed, r is -errno; -ESTALE: the path is another file by now. */
int ctr__jail_error(ctr_error *err, int r, const char *step, const char *path);

/* What a file needs, if it is an ELF file or a script. */
int ctr__examine(const struct ctr__adding *a, struct ctr__entry *entry);

/* What an ELF file needs to be loaded; entry->elf is read. */
int ctr__closure_add(const struct ctr__adding *a, struct ctr__entry *program);

/* A file or a directory with all in it, for a reason of the caller's. */
int ctr__tree_add(const struct ctr__adding *a, const char *path, const char *reason);

/* A program that another entry needs: -1 where it can't be had, unless a is lenient. */
int ctr__needed_add(const struct ctr__adding *a, const struct ctr__entry *needed_by,
		    const char *path, const char *what, struct ctr__entry **entry);

#endif
