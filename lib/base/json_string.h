/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_JSON_STRING_H
#define CTR_BASE_JSON_STRING_H

#include "base/buf.h"

/* Text in quotes; what is not UTF-8 becomes U+FFFD. */
void ctr__json_add_string(struct ctr__buf *b, const char *text);

#endif
