/* SPDX-License-Identifier: MIT */
/* What getdents64(2) writes. Child-safe. */
#ifndef CTR_BASE_DIRENT_H
#define CTR_BASE_DIRENT_H

#include <stdbool.h>
#include <stdint.h>

struct ctr__dirent {
	uint64_t ino;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* The record that begins there, in room that is aligned as the first one has to be. */
static inline const struct ctr__dirent *ctr__dirent_at(const char *room, long at)
{
	return (const struct ctr__dirent *)(const void *)(room + at);
}

/* "." and "..", which are no entries. */
static inline bool ctr__is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

#endif
