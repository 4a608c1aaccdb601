/* SPDX-License-Identifier: MIT */
/*
 * What a container's own /etc/passwd and /etc/group say: passwd(5), group(5).
 * Text from outside, of any content. As in the C library the first line that
 * fits counts, and a line that is none is passed over: comments, NIS entries
 * (+ and -), too few fields, a number that is no id. Allocates nothing.
 */
#ifndef CTR_BASE_PASSWD_H
#define CTR_BASE_PASSWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTR__ID_MAX 4294967294 /* the next is "unchanged": setresuid(2) */

/* A part of a text; no NUL behind it. */
struct ctr__span {
	const char *at;
	size_t n;
};

struct ctr__span ctr__span_of(const char *text);

struct ctr__passwd {
	struct ctr__span name, home; /* home may be empty, or anything else */
	uint32_t uid, gid;
};

/* Each false, and nothing is stored, if there is none. */
bool ctr__passwd_find_name(struct ctr__span file, struct ctr__span name, struct ctr__passwd *found);
bool ctr__passwd_find_uid(struct ctr__span file, uint32_t uid, struct ctr__passwd *found);
bool ctr__group_find_name(struct ctr__span file, struct ctr__span name, uint32_t *gid);

/* Takes lines off file up to the next group that has this member. */
bool ctr__group_next_of(struct ctr__span *file, struct ctr__span member, uint32_t *gid);

/* A decimal number up to CTR__ID_MAX and nothing else. */
bool ctr__id_read(struct ctr__span text, uint32_t *id);

#endif
