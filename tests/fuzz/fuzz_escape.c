/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a text that a terminal may show: ctr_text_escape() and ctr_text_json(). It is a
 * line of characters that are shown and obeyed by nobody, and the bytes can be told from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static char *escape(const char *text, size_t (*how)(const char *, char *, size_t))
{
	const size_t size = how(text, NULL, 0) + 1;
	char *room = malloc(size);

	fuzz_require(room, "there is memory");
	fuzz_require(how(text, room, size) + 1 == size, "the length is always the same");
	fuzz_require(strlen(room) + 1 == size, "the length is that of the text");
	return room;
}

/* Puts the bytes back that \xNN stands for. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++) {
		char digits[3] = "";

		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		fuzz_require(fuzz_matches(p, "^.x[0-9a-f]{2}"), "an escape has two digits");
		memcpy(digits, p + 2, 2);
		*to++ = (char)strtoul(digits, NULL, 16);
		p += 3;
	}
	*to = '\0';
}

/* The escaped text, cut to each length: its beginning, and never half a character. */
static void check_cuts(const char *text, const char *escaped)
{
	const size_t length = strlen(escaped), most = length < 64 ? length : 64;
	char room[64];

	for (size_t size = 1; size <= most; size++) {
		fuzz_require(ctr_text_escape(text, room, size) == length,
			     "a cut text has its whole length told");
		fuzz_require(strlen(room) < size, "a cut text has the room that there is");
		fuzz_require(strncmp(room, escaped, strlen(room)) == 0,
			     "a cut text is the beginning of it");
		fuzz_require(fuzz_is_shown(room), "a cut text is shown");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char *escaped = escape(text, ctr_text_escape), *json = escape(text, ctr_text_json);

	fuzz_require(fuzz_is_shown(escaped), "an escaped text is shown");
	fuzz_require(fuzz_is_shown(json), "a string of JSON is shown");
	check_cuts(text, escaped);
	unescape(escaped);
	fuzz_require(strcmp(escaped, text) == 0, "the bytes can be told from it");
	free(json);
	free(escaped);
	free(text);
	return 0;
}
