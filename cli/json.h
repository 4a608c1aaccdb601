/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_JSON_H
#define MINICTR_CLI_JSON_H

#include <stdio.h>

/* @text in quotes; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(FILE *out, const char *text);

#endif
