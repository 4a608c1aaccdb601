/* SPDX-License-Identifier: MIT */
/* Whether a text is JSON: RFC 8259, no more than what a test has to know. */
#ifndef TESTS_SUPPORT_JSON_H
#define TESTS_SUPPORT_JSON_H

#include <stdbool.h>

/* Exactly one value, and nothing behind it. */
bool json_is_valid(const char *text);

#endif
