/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_JSON_STRING_H
#define CTR_BASE_JSON_STRING_H

#include "base/buf.h"

/*
 * Text in quotes. What is not UTF-8 becomes U+FFFD; a control character (see utf8.h) is
 * written as \uNNNN, for a terminal may show it.
 */
void ctr__json_add_string(struct ctr__buf *b, const char *text);

#endif
