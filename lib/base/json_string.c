/* SPDX-License-Identifier: MIT */
#include "base/json_string.h"

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0 if it is none. */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char first_min, first_max, second_min, second_max;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].first_min || p[0] > forms[i].first_max)
			continue;
		if (p[1] < forms[i].second_min || p[1] > forms[i].second_max)
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

void ctr__json_add_string(struct ctr__buf *b, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	ctr__buf_add(b, "\"");
	while (*p) {
		size_t n = utf8_length(p);

		if (n == 0)
			ctr__buf_add(b, "\\ufffd");
		else if (*p == '"' || *p == '\\')
			ctr__buf_add(b, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			ctr__buf_add(b, "\\u%04x", *p);
		else
			ctr__buf_add(b, "%.*s", (int)n, (const char *)p);
		p += n ? n : 1;
	}
	ctr__buf_add(b, "\"");
}
