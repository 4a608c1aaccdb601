/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_UTF8_H
#define CTR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0 if it is none. */
size_t ctr__utf8_length(const unsigned char *p);

/*
 * Whether the sequence of n bytes at p is something that a terminal obeys instead of showing
 * it: a control character, C1 included, a line separator, or a mark or override of direction.
 */
bool ctr__utf8_is_control(const unsigned char *p, size_t n);

#endif
