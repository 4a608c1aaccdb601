/* SPDX-License-Identifier: MIT */
/* The loader's cache: jail/cache.c. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "jail/cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find(const struct ctr__cache *cache, const char *name, uint16_t machine)
{
	const struct ctr__cpu cpu = { .levels = { "x86-64-v3", "x86-64-v2" } };
	const struct ctr__elf_kind kind = { .machine = machine, .class = ELFCLASS64 };
	const char *path = ctr__cache_find(cache, &cpu, &kind, name);

	if (!path)
		return;
	fuzz_require(path[0] == '/', "a path is absolute");
	fuzz_require(path >= cache->file && path + strlen(path) <= cache->file + cache->size,
		     "a path is in the file");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *file = malloc(size + 1);
	struct ctr__cache cache;
	int r;

	fuzz_require(file, "there is memory");
	memcpy(file, data, size);
	file[size] = '\0';
	r = ctr__cache_open(&cache, file, size);
	fuzz_require(r == 0 || r == -EBADMSG, "a cache is read or refused");
	if (r == 0) {
		find(&cache, "liba.so", EM_X86_64);
		find(&cache, "", EM_AARCH64);
	}
	ctr__cache_close(&cache);
	return 0;
}
