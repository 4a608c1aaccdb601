/* SPDX-License-Identifier: MIT */
#ifndef CTR_JAIL_SCRIPT_H
#define CTR_JAIL_SCRIPT_H

#include <stdbool.h>

struct ctr__script {
	const char *interpreter;
	const char *searched; /* what env(1) is to look for; NULL if that is not the interpreter */
};

/* The first line, "#!...": false if it names nothing. The text is cut into what s points to. */
bool ctr__script_parse(char *line, struct ctr__script *s);

#endif
