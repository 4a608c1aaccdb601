/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = size ? strndup((const char *)data, size) : strdup("");

	fuzz_require(text, "there is memory");
	return text;
}

bool fuzz_check(int result, ctr_error *err)
{
	const char *message = ctr_error_message(err);

	fuzz_require(result == 0 || result == -1, "a result is 0 or -1");
	fuzz_require((result < 0) == (ctr_error_code(err) != CTR_E_NONE),
		     "an error is stored where something failed, and only there");
	fuzz_require((result < 0) == (*message != '\0'), "an error has a message");
	fuzz_require(fuzz_is_shown(message), "a message is one line, and shown");
	ctr_error_clear(err);
	return result == 0;
}

/* A pattern is compiled once: there are few, and all of them are constants. */
bool fuzz_matches(const char *text, const char *pattern)
{
	static struct {
		const char *pattern;
		regex_t regex;
	} known[8];
	size_t i = 0;

	while (i < 8 && known[i].pattern && known[i].pattern != pattern)
		i++;
	fuzz_require(i < 8, "there are at most 8 patterns");
	if (!known[i].pattern) {
		fuzz_require(regcomp(&known[i].regex, pattern, REG_EXTENDED | REG_NOSUB) == 0,
			     "a pattern is one");
		known[i].pattern = pattern;
	}
	return regexec(&known[i].regex, text, 0, NULL, 0) == 0;
}

bool fuzz_is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

#define TAIL "[\x80-\xbf]" /* of a character in UTF-8 */

/* The grammar of RFC 3629, section 4, and what of it a terminal obeys. */
bool fuzz_is_shown(const char *text)
{
	return fuzz_matches(text, "^([\x01-\x7f]|[\xc2-\xdf]" TAIL "|\xe0[\xa0-\xbf]" TAIL
				  "|[\xe1-\xec\xee\xef]" TAIL TAIL "|\xed[\x80-\x9f]" TAIL
				  "|\xf0[\x90-\xbf]" TAIL TAIL "|[\xf1-\xf3]" TAIL TAIL TAIL
				  "|\xf4[\x80-\x8f]" TAIL TAIL ")*$") &&
	       !fuzz_matches(text, "[\x01-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|"
				   "\xe2\x80([\x8e\x8f]|[\xa8-\xae])|"
				   "\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf");
}
