/* SPDX-License-Identifier: MIT */
/* Where the loader finds a library by name: ld.so(8), "DESCRIPTION". */
#ifndef CTR_JAIL_SEARCH_H
#define CTR_JAIL_SEARCH_H

#include <limits.h>

#include "jail/cache.h"
#include "jail/elf.h"
#include "jail/places.h"

/* What was loaded, with what made it be: the program has nothing above it. */
struct ctr__loaded {
	const struct ctr__elf *elf;
	const char *origin; /* what $ORIGIN stands for: the directory that it was found in */
	const struct ctr__loaded *above;
};

/* What holds for all that one loader loads. */
struct ctr__search {
	const struct ctr__cache *cache;
	const struct ctr__cpu *cpu;
	struct ctr__places *places;
	struct ctr__elf_kind kind;
	char lib[PATH_MAX];  /* what $LIB stands for, such as "lib/x86_64-linux-gnu" */
	char conf[PATH_MAX]; /* of musl's loader: where it looks; of glibc's: empty */
};

enum ctr__search_by {
	CTR__BY_PATH, /* its name has a slash */
	CTR__BY_RPATH,
	CTR__BY_RUNPATH,
	CTR__BY_CACHE,
	CTR__BY_CONF,
	CTR__BY_DEFAULT,
};

struct ctr__found {
	char path[PATH_MAX];
	enum ctr__search_by by;
	bool in_default; /* the loader finds it there without its cache too */
};

/*
 * loader: as the program names it. real_loader: without symbolic links; it lies where its
 * libraries do, and so tells what its $LIB and default places are.
 */
void ctr__search_init(struct ctr__search *search, const struct ctr__cache *cache,
		      const struct ctr__cpu *cpu, struct ctr__places *places,
		      const struct ctr__elf_kind *kind, const char *loader,
		      const char *real_loader);

/* Whether the loader takes a name for itself: musl's is the C library too. */
bool ctr__search_is_loader(const struct ctr__search *search, const char *name);

/* The name that an object needs, its tokens replaced: 0, or -ENAMETOOLONG. */
int ctr__search_expand(const struct ctr__search *search, const struct ctr__loaded *object,
		       const char *name, char to[PATH_MAX]);

/* For such a name: 0, -ENOENT, -E2BIG if that costs too much, or another -errno. */
int ctr__search_find(const struct ctr__search *search, const struct ctr__loaded *object,
		     const char *name, struct ctr__found *found);

/*
 * In the directories of /etc/ld.so.conf, which the loader knows of by its cache alone: what is
 * found here and not above is newer than that. 0 with a path, or -ENOENT.
 */
int ctr__search_conf(const struct ctr__search *search, const char *name, struct ctr__found *found);

const char *ctr__search_by_name(enum ctr__search_by by);

#endif
