/* SPDX-License-Identifier: MIT */
/*
 * ldconfig(8) writes it in the byte order of its machine: perhaps a list in the form of
 * libc5's time, then a list in the form of glibc 2.2, then the extensions of glibc 2.33.
 */
#include "jail/cache.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OLD_MAGIC "ld.so-1.7.0"
#define NEW_MAGIC "glibc-ld.so.cache1.1"
#define EXTENSION_MAGIC 0xeaa42174u
#define EXTENSION_LEVELS 1u	     /* names below glibc-hwcaps */
#define IS_LEVEL (UINT64_C(1) << 62) /* of an entry's hwcap: its lower half counts those */
#define LEVELS_MAX 64

struct old_header {
	char magic[sizeof(OLD_MAGIC)];
	uint32_t entries;
};

struct old_entry {
	int32_t flags;
	uint32_t name, path;
};

struct new_header {
	char magic[sizeof(NEW_MAGIC) - 1];
	uint32_t entries, strings;
	uint8_t flags, padding[3];
	uint32_t extensions; /* offset, 0 for none */
	uint32_t unused[3];
};

struct new_entry {
	int32_t flags;
	uint32_t name, path; /* offsets */
	uint32_t os_version;
	uint64_t hwcap;
};

struct extension_header {
	uint32_t magic, count;
};

struct extension {
	uint32_t tag, flags, offset, size;
};

/* Which libraries are for whom: FLAG_* of glibc's ldconfig.h. -1: those of no kind here. */
static int32_t flags_of(const struct ctr__elf_kind *kind)
{
	const bool wide = kind->class == ELFCLASS64;

	switch (kind->machine) {
	case EM_X86_64:
		return wide ? 0x0303 : 0x0803;
	case EM_386:
		return 0x0003;
	case EM_AARCH64:
		return wide ? 0x0a03 : -1;
	case EM_ARM: /* hard float */
		return 0x0903;
	case EM_RISCV: /* double float */
		return 0x1003;
	case EM_S390:
		return wide ? 0x0403 : 0x0003;
	case EM_PPC64:
		return 0x0503;
	default:
		return -1;
	}
}

/* size bytes at an offset of the newer form's. */
static int read_at(const struct ctr__cache *c, uint64_t offset, void *to, size_t size)
{
	const size_t room = c->size - c->start;

	if (offset > room || size > room - offset)
		return -EBADMSG;
	memcpy(to, c->file + c->start + offset, size);
	return 0;
}

/* There is a NUL behind the file. */
static const char *text_at(const struct ctr__cache *c, uint32_t offset)
{
	return offset < c->size - c->start ? c->file + c->start + offset : "";
}

static int read_entry(const struct ctr__cache *c, uint32_t index, struct new_entry *entry)
{
	return read_at(c, sizeof(struct new_header) + (uint64_t)index * sizeof(*entry), entry,
		       sizeof(*entry));
}

static int find_start(struct ctr__cache *c)
{
	struct old_header old;
	uint64_t end;

	if (c->size < sizeof(old) || memcmp(c->file, OLD_MAGIC, sizeof(OLD_MAGIC) - 1) != 0)
		return 0;
	memcpy(&old, c->file, sizeof(old));
	end = sizeof(old) + (uint64_t)old.entries * sizeof(struct old_entry);
	end = (end + 7) & ~UINT64_C(7);
	if (end > c->size)
		return -EBADMSG;
	c->start = end;
	return 0;
}

static int read_levels(struct ctr__cache *c, const struct extension *e)
{
	const size_t n = e->size / sizeof(*c->levels);

	if (n == 0 || n > LEVELS_MAX || c->levels)
		return n ? -EBADMSG : 0;
	c->levels = calloc(n, sizeof(*c->levels));
	if (!c->levels)
		return -ENOMEM;
	c->n_levels = n;
	return read_at(c, e->offset, c->levels, n * sizeof(*c->levels));
}

static int read_extensions(struct ctr__cache *c, uint64_t offset)
{
	struct extension_header header;
	int r;

	if (offset == 0)
		return 0;
	r = read_at(c, offset, &header, sizeof(header));
	if (r < 0 || header.magic != EXTENSION_MAGIC)
		return -EBADMSG;
	for (uint32_t i = 0; r == 0 && i < header.count; i++) {
		struct extension e;

		r = read_at(c, offset + sizeof(header) + (uint64_t)i * sizeof(e), &e, sizeof(e));
		if (r == 0 && e.tag == EXTENSION_LEVELS)
			r = read_levels(c, &e);
	}
	return r;
}

static int read_header(struct ctr__cache *c)
{
	struct new_header header;
	struct new_entry last;
	int r = find_start(c);

	if (r == 0)
		r = read_at(c, 0, &header, sizeof(header));
	if (r < 0 || memcmp(header.magic, NEW_MAGIC, sizeof(header.magic)) != 0)
		return -EBADMSG;
	c->entries = header.entries;
	if (c->entries && read_entry(c, c->entries - 1, &last) < 0)
		return -EBADMSG;
	return read_extensions(c, header.extensions);
}

int ctr__cache_open(struct ctr__cache *cache, char *file, size_t size)
{
	int r;

	*cache = (struct ctr__cache){ .file = file, .size = size };
	r = read_header(cache);
	if (r < 0)
		ctr__cache_close(cache);
	return r;
}

enum { NOT_FOR_US = -1, FOR_ALL = 1000 };

/* The smaller the better. Entries of older ways to tell processors apart are passed over. */
static int rank(const struct ctr__cache *c, const struct ctr__cpu *cpu,
		const struct new_entry *entry)
{
	const uint32_t index = (uint32_t)entry->hwcap;
	const char *name;

	if (entry->hwcap == 0)
		return FOR_ALL;
	if (!(entry->hwcap & IS_LEVEL) || index >= c->n_levels)
		return NOT_FOR_US;
	name = text_at(c, c->levels[index]);
	for (int i = 0; cpu->levels[i]; i++)
		if (strcmp(cpu->levels[i], name) == 0)
			return i;
	return NOT_FOR_US;
}

const char *ctr__cache_find(const struct ctr__cache *cache, const struct ctr__cpu *cpu,
			    const struct ctr__elf_kind *kind, const char *name)
{
	const int32_t flags = flags_of(kind);
	int best = FOR_ALL + 1;
	const char *path = NULL;

	for (uint32_t i = 0; i < cache->entries; i++) {
		struct new_entry entry;
		int r;

		if (read_entry(cache, i, &entry) < 0 || entry.flags != flags ||
		    strcmp(text_at(cache, entry.name), name) != 0)
			continue;
		r = rank(cache, cpu, &entry);
		if (r == NOT_FOR_US || r >= best)
			continue;
		best = r;
		path = text_at(cache, entry.path);
	}
	return path && path[0] == '/' ? path : NULL;
}

void ctr__cache_close(struct ctr__cache *cache)
{
	free(cache->file);
	free(cache->levels);
	*cache = (struct ctr__cache){ 0 };
}
