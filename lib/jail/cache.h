/* SPDX-License-Identifier: MIT */
/* The file in which ldconfig(8) tells the loader where libraries are. */
#ifndef CTR_JAIL_CACHE_H
#define CTR_JAIL_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "jail/cpu.h"
#include "jail/elf.h"

#define CTR__CACHE_PATH "/etc/ld.so.cache"

struct ctr__cache {
	char *file; /* owned, a NUL behind it; NULL: there is none */
	size_t size;
	size_t start; /* where its newer form begins, which offsets are counted from */
	uint32_t entries;
	uint32_t *levels; /* owned: offsets of the names of processor levels */
	size_t n_levels;
};

/* Takes file over. 0, -EBADMSG if it is none that we know, or -ENOMEM; then it is freed. */
int ctr__cache_open(struct ctr__cache *cache, char *file, size_t size);

/* The place of a library for that kind of program, or NULL; it lives as long as the cache. */
const char *ctr__cache_find(const struct ctr__cache *cache, const struct ctr__cpu *cpu,
			    const struct ctr__elf_kind *kind, const char *name);

void ctr__cache_close(struct ctr__cache *cache);

#endif
