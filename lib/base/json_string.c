/* SPDX-License-Identifier: MIT */
#include "base/json_string.h"

#include "base/utf8.h"

void ctr__json_add_string(struct ctr__buf *b, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	ctr__buf_add(b, "\"");
	while (*p) {
		size_t n = ctr__utf8_length(p);

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
