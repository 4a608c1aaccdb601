/* SPDX-License-Identifier: MIT */
/* The first line of a script, as a jail reads it: jail/script.c. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "jail/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *word)
{
	fuzz_require(*word && !strpbrk(word, " \t\n"), "a word has no blanks");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_text(data, size), *copy = strdup(line);
	struct ctr__script s;

	fuzz_require(copy, "there is memory");
	if (strncmp(line, "#!", 2) == 0) {
		const bool named = ctr__script_parse(line, &s);

		fuzz_require(named == fuzz_matches(copy, "^#![ \t]*[^ \t\n]"),
			     "a line names an interpreter, and then it is one that does");
		if (named) {
			const char *slash = strrchr(s.interpreter, '/');

			check(s.interpreter);
			fuzz_require(!s.searched || (slash && strcmp(slash, "/env") == 0),
				     "only env looks for something");
		}
		if (named && s.searched)
			check(s.searched);
	}
	free(copy);
	free(line);
	return 0;
}
