/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_PARSE_H
#define CTR_BASE_PARSE_H

#include <stdbool.h>

#include <minictr/parse.h>

/* Takes the digits at *text as a number; false, and nothing is taken, if none or too many. */
bool ctr__take_digits(const char **text, uint64_t *value);

/* 1 to 64 bytes (__NEW_UTS_LEN): letters, digits, '-', '.', '_'. */
bool ctr__is_uts_name(const char *name);
#define CTR__UTS_NAME_EXPECTED "1 to 64 letters, digits, '-', '.' or '_'"

#endif
