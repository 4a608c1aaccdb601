/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

static bool is_character(uint32_t point, size_t length)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return point >= lowest[length] && point <= 0x10ffff &&
	       !(point >= 0xd800 && point <= 0xdfff);
}

size_t utf8_length(const unsigned char *s)
{
	size_t length = 2 + (s[0] >= 0xe0) + (s[0] >= 0xf0);
	uint32_t point = s[0] & (0x7fu >> length);

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc0 || s[0] >= 0xf8)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3fu);
	}
	return is_character(point, length) ? length : 0;
}

void json_put_string(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	putc('"', out);
	while (*s) {
		size_t length = utf8_length(s);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (*s < 0x20 || *s == 0x7f || *s == '"' || *s == '\\')
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, length, out);
		s += length ? length : 1;
	}
	putc('"', out);
}
