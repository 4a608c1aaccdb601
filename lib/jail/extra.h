/* SPDX-License-Identifier: MIT */
#ifndef CTR_JAIL_EXTRA_H
#define CTR_JAIL_EXTRA_H

/* What a kind of program opens by itself, where distributions have it. */
struct ctr__extra {
	const char *name;
	const char *summary;
	/* glob(7), NULL behind the last; one that ends in a slash is the directory alone */
	const char *const *patterns;
};

extern const struct ctr__extra ctr__extras[]; /* a name of NULL ends them */

#endif
