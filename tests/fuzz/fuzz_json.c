/* SPDX-License-Identifier: MIT */
/*
 * Any bytes in a message and in the two writers of JSON: base/error.c and cli/json.c. Who
 * reads it gets characters, and the same ones from both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fuzz.h"
#include "json.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define TAIL "[\x80-\xbf]" /* of a character in UTF-8 */

static ctr_error *err;

/* The grammar of RFC 3629, section 4. */
static bool is_utf8(const char *text)
{
	return fuzz_matches(text, "^([\x01-\x7f]|[\xc2-\xdf]" TAIL "|\xe0[\xa0-\xbf]" TAIL
				  "|[\xe1-\xec\xee\xef]" TAIL TAIL "|\xed[\x80-\x9f]" TAIL
				  "|\xf0[\x90-\xbf]" TAIL TAIL "|[\xf1-\xf3]" TAIL TAIL TAIL
				  "|\xf4[\x80-\x8f]" TAIL TAIL ")*$");
}

/* In UTF-8, of at most three bytes: a string of JSON has four digits for each. */
static void put_character(FILE *out, unsigned character)
{
	if (character < 0x80) {
		putc((int)character, out);
		return;
	}
	if (character < 0x800) {
		putc((int)(0xc0 | character >> 6), out);
	} else {
		putc((int)(0xe0 | character >> 12), out);
		putc((int)(0x80 | (character >> 6 & 0x3f)), out);
	}
	putc((int)(0x80 | (character & 0x3f)), out);
}

/* One escape behind a backslash as the bytes that it stands for; what is behind it. */
static const char *put_escape(FILE *out, const char *p)
{
	char digits[5] = "";

	if (*p != 'u') {
		fuzz_require(*p == '"' || *p == '\\', "an escape is one of JSON's");
		putc(*p, out);
		return p + 1;
	}
	fuzz_require(fuzz_matches(p, "^u[0-9a-f]{4}"), "an escape has four digits");
	memcpy(digits, p + 1, 4);
	if (strcmp(digits, "fffd") == 0)
		fputs(REPLACEMENT, out);
	else
		put_character(out, (unsigned)strtoul(digits, NULL, 16));
	return p + 5;
}

/* What a string of JSON, from its quote on, says; and where it ends. */
static char *read_string(const char *p, const char **end)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	fuzz_require(out && *p == '"', "a string begins with a quote");
	for (p++; *p != '"';) {
		fuzz_require((unsigned char)*p >= ' ', "a string has no control characters");
		if (*p == '\\')
			p = put_escape(out, p + 1);
		else
			putc(*p++, out);
	}
	*end = p + 1;
	fuzz_require(fclose(out) == 0, "there is memory");
	return text;
}

/* The text itself, but for bytes that are none of UTF-8's. */
static char *read_command(const char *text)
{
	char *json = NULL, *said;
	const char *end;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);

	fuzz_require(out, "there is memory");
	json_put_string(out, text);
	fuzz_require(fclose(out) == 0, "there is memory");
	said = read_string(json, &end);
	fuzz_require(!*end, "a string ends with its quote");
	free(json);
	return said;
}

static void check_command(const char *text)
{
	char *said = read_command(text);

	fuzz_require(is_utf8(said), "a string is UTF-8");
	fuzz_require(is_utf8(text) == (strcmp(said, text) == 0),
		     "characters are as they were, and other bytes are not there");
	free(said);
}

/* The object of an error has room for so many bytes of the text only. */
static void check_error(const char *text)
{
	static char json[1 << 16];
	char *said, *same;
	const char *end;

	ctr__error_value(err, "a value", text, "another");
	fuzz_require(fuzz_is_shown(ctr_error_message(err)), "a message is one line, and shown");
	fuzz_require(ctr_error_json(err, json, sizeof(json)) < sizeof(json), "an error is short");
	fuzz_require(is_utf8(json), "an error is UTF-8");
	end = strstr(json, "\"object\":");
	fuzz_require(end, "an error has an object");
	said = read_string(end + strlen("\"object\":"), &end);
	fuzz_require(*end == ',', "behind the object there is more");
	same = read_command(ctr_error_object(err));
	fuzz_require(strcmp(said, same) == 0, "both writers say the same");
	free(same);
	free(said);
	ctr_error_clear(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	if (!err)
		err = ctr_error_new();
	check_command(text);
	check_error(text);
	free(text);
	return 0;
}
