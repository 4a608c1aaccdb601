/* SPDX-License-Identifier: MIT */
#ifndef CTR_JAIL_JAIL_H
#define CTR_JAIL_JAIL_H

#include <minictr/jail.h>

#include "jail/cache.h"
#include "jail/cpu.h"
#include "jail/list.h"

struct ctr_jail {
	struct ctr__list list;
	struct ctr__cache cache;
	struct ctr__cpu cpu;
};

/* How what is missing is taken: of what was asked for by name it is an error. */
struct ctr__adding {
	ctr_jail *jail;
	const char *search; /* where programs are looked for */
	bool lenient;	    /* what an entry needs may be missing */
	int depth;	    /* how many interpreters led here */
	ctr_error *err;
};

/* All of these return 0, or -1 with an error. */

/* What a file needs, if it is an ELF file or a script. */
int ctr__examine(const struct ctr__adding *a, struct ctr__entry *entry);

/* What an ELF file needs to be loaded; entry->elf is read. */
int ctr__closure_add(const struct ctr__adding *a, struct ctr__entry *program);

/* A file or a directory with all in it, for a reason of the caller's. */
int ctr__tree_add(const struct ctr__adding *a, const char *path, const char *reason);

/* A path that another entry needs: -1 where it is not there, unless a is lenient. */
int ctr__needed_add(const struct ctr__adding *a, const struct ctr__entry *needed_by,
		    const char *path, const char *what, struct ctr__entry **entry);

#endif
