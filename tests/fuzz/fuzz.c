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

bool fuzz_is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

bool fuzz_check(int result, ctr_error *err)
{
	const char *message = ctr_error_message(err);

	fuzz_require(result == 0 || result == -1, "a result is 0 or -1");
	fuzz_require((result < 0) == (ctr_error_code(err) != CTR_E_NONE),
		     "an error is stored where something failed, and only there");
	fuzz_require((result < 0) == (*message != '\0'), "an error has a message");
	fuzz_require(fuzz_is_line(message), "a message is one line");
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
