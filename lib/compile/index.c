/* SPDX-License-Identifier: MIT */
/* A hash table of paths and of the directories above them, with open addressing. */
#include "compile/index.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

/* A path from the root down, one directory after the other. */
struct way {
	const char *path;
	size_t length; /* of the part of path that is at hand */
	size_t hash;
	bool begun;
};

/* FNV-1a, of the part that is at hand: what follows it goes on from there. */
static size_t hash_more(size_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * (size_t)UINT64_C(0x100000001b3);
	return hash;
}

static bool go_down(struct way *way)
{
	const char *rest = way->path + way->length;
	size_t n;

	if (!way->begun) {
		way->begun = true;
		way->hash = (size_t)UINT64_C(0xcbf29ce484222325);
		return true;
	}
	if (*rest != '/')
		return false;
	n = 1 + strcspn(rest + 1, "/");
	way->hash = hash_more(way->hash, rest, n);
	way->length += n;
	return true;
}

/* The slot of the part at hand, or the free one where it belongs. */
static struct ctr__index_slot *slot_of(const struct ctr__index *index, const struct way *way)
{
	size_t at = (way->hash ^ way->hash >> 29) & (index->size - 1);

	for (;; at = (at + 1) & (index->size - 1)) {
		struct ctr__index_slot *slot = &index->v[at];

		if (!slot->path || (slot->hash == way->hash && slot->length == way->length &&
				    memcmp(slot->path, way->path, way->length) == 0))
			return slot;
	}
}

static const struct ctr__index_slot *find(const struct ctr__index *index, const struct way *way)
{
	const struct ctr__index_slot *slot = index->size ? slot_of(index, way) : NULL;

	return slot && slot->path ? slot : NULL;
}

static int grow(struct ctr__index *index)
{
	struct ctr__index grown = {
		.size = index->size ? 2 * index->size : FIRST_SIZE,
		.n = index->n,
	};

	grown.v = calloc(grown.size, sizeof(*grown.v));
	if (!grown.v)
		return -ENOMEM;
	for (size_t i = 0; i < index->size; i++) {
		const struct ctr__index_slot *slot = &index->v[i];
		const struct way way = {
			.path = slot->path,
			.length = slot->length,
			.hash = slot->hash,
		};

		if (slot->path)
			*slot_of(&grown, &way) = *slot;
	}
	free(index->v);
	*index = grown;
	return 0;
}

static struct ctr__index_slot *take_slot(struct ctr__index *index, const struct way *way,
					 size_t number)
{
	struct ctr__index_slot *slot;

	if (2 * (index->n + 1) > index->size && grow(index) < 0)
		return NULL;
	slot = slot_of(index, way);
	if (slot->path)
		return slot;
	index->n++;
	*slot = (struct ctr__index_slot){
		.path = way->path,
		.length = way->length,
		.hash = way->hash,
		.last = CTR__INDEX_NONE,
		.first_below = number,
	};
	return slot;
}

int ctr__index_add(struct ctr__index *index, const char *path, size_t number)
{
	struct way way = { .path = path };

	while (go_down(&way)) {
		struct ctr__index_slot *slot = take_slot(index, &way, number);

		if (!slot)
			return -ENOMEM;
		slot->last_below = number;
		if (!path[way.length])
			slot->last = number;
	}
	return 0;
}

size_t ctr__index_above(const struct ctr__index *index, const char *path, size_t min_length)
{
	struct way way = { .path = path };
	size_t found = CTR__INDEX_NONE;

	while (go_down(&way)) {
		const struct ctr__index_slot *slot = find(index, &way);

		if (!slot) /* nor is there anything below */
			break;
		if (way.length >= min_length && slot->last != CTR__INDEX_NONE &&
		    (found == CTR__INDEX_NONE || slot->last > found))
			found = slot->last;
	}
	return found;
}

size_t ctr__index_innermost(const struct ctr__index *index, const char *path, size_t min_length,
			    size_t after)
{
	struct way way = { .path = path };
	size_t found = CTR__INDEX_NONE;

	while (go_down(&way)) {
		const struct ctr__index_slot *slot = find(index, &way);

		if (!slot)
			break;
		if (way.length >= min_length && slot->last != CTR__INDEX_NONE && slot->last > after)
			found = slot->last;
	}
	return found;
}

static const struct ctr__index_slot *find_path(const struct ctr__index *index, const char *path)
{
	struct way way = { .path = path };

	while (go_down(&way))
		continue;
	return path[way.length] ? NULL : find(index, &way);
}

size_t ctr__index_first_below(const struct ctr__index *index, const char *path)
{
	const struct ctr__index_slot *slot = find_path(index, path);

	return slot ? slot->first_below : CTR__INDEX_NONE;
}

size_t ctr__index_last_below(const struct ctr__index *index, const char *path)
{
	const struct ctr__index_slot *slot = find_path(index, path);

	return slot ? slot->last_below : CTR__INDEX_NONE;
}

void ctr__index_clear(struct ctr__index *index)
{
	free(index->v);
	*index = (struct ctr__index){ 0 };
}
