/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_SUGGEST_H
#define MINICTR_CLI_SUGGEST_H

#include <stddef.h>

/* Which of many known words was most likely meant by a mistyped one. */
struct suggestion {
	const char *word;
	const char *best; /* NULL: none is near */
	size_t distance;
};

void suggest_start(struct suggestion *s, const char *word);
void suggest_consider(struct suggestion *s, const char *candidate);

#endif
