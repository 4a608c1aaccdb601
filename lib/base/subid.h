/* SPDX-License-Identifier: MIT */
/* The lines of /etc/subuid and /etc/subgid: subuid(5), subgid(5). */
#ifndef CTR_BASE_SUBID_H
#define CTR_BASE_SUBID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctr__subid {
	const char *owner; /* a name or a number, not terminated */
	size_t owner_length;
	uint32_t first, count;
};

/*
 * Takes the next good line off *text, which ends at end; false when there is none. What
 * newuidmap(1) would not take is passed over: it must not seem to be there.
 */
bool ctr__subid_next(const char **text, const char *end, struct ctr__subid *line);

/* Whether a line is of this user: by number, or by name; name may be NULL. */
bool ctr__subid_is_of(const struct ctr__subid *line, uint32_t uid, const char *name);

#endif
