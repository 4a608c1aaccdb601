/* SPDX-License-Identifier: MIT */
/*
 * Which of many numbered things lie at a path, above or below it: in a time that depends on the
 * depth of the path, and not on how many things there are. Paths are canonical; "" is the root.
 */
#ifndef CTR_COMPILE_INDEX_H
#define CTR_COMPILE_INDEX_H

#include <stddef.h>

#define CTR__INDEX_NONE ((size_t)-1)

/* One directory on the way to a thing, or the place of one. */
struct ctr__index_slot {
	const char *path; /* not owned; NULL: the slot is free */
	size_t length;	  /* of the path, which may go on */
	size_t hash;
	size_t last;	    /* the last thing just there */
	size_t first_below; /* the first one there or below */
	size_t last_below;  /* the last one there or below */
};

struct ctr__index {
	struct ctr__index_slot *v;
	size_t size; /* a power of 2, or 0 */
	size_t n;
};

/* number is not less than those before; path has to stay as long as the index. 0 or -ENOMEM. */
int ctr__index_add(struct ctr__index *index, const char *path, size_t number);

/*
 * The last thing whose path is that path or a directory above it, of those whose own paths have
 * at least so many characters; or CTR__INDEX_NONE.
 */
size_t ctr__index_above(const struct ctr__index *index, const char *path, size_t min_length);

/*
 * Of the things that ctr__index_above() knows and that come after the number, the one with the
 * longest path, and the last one of that path.
 */
size_t ctr__index_innermost(const struct ctr__index *index, const char *path, size_t min_length,
			    size_t after);

/* The first, or the last, thing whose path is that path or lies below it; or CTR__INDEX_NONE. */
size_t ctr__index_first_below(const struct ctr__index *index, const char *path);
size_t ctr__index_last_below(const struct ctr__index *index, const char *path);

void ctr__index_clear(struct ctr__index *index);

#endif
