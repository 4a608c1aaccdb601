/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_JSON_H
#define MINICTR_CLI_JSON_H

#include <stddef.h>
#include <stdio.h>

/* Length of the UTF-8 character at @s, 0 if there is none; see RFC 3629, section 3. */
size_t utf8_length(const unsigned char *s);

/* @text in quotes; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(FILE *out, const char *text);

#endif
