/* SPDX-License-Identifier: MIT */
#include "base/json_string.h"

#include <minictr/parse.h>

#include "base/export.h"
#include "base/utf8.h"

void ctr__json_add_string(struct ctr__buf *b, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	ctr__buf_add(b, "\"");
	while (*p) {
		const size_t n = ctr__utf8_length(p);
		const uint32_t character = n ? ctr__utf8_character(p, n) : 0xfffd;

		if (*p == '"' || *p == '\\')
			ctr__buf_add(b, "\\%c", *p);
		else if (n == 0 || ctr__utf8_is_control(character))
			ctr__buf_add(b, "\\u%04x", character);
		else
			ctr__buf_add(b, "%.*s", (int)n, (const char *)p);
		p += n ? n : 1;
	}
	ctr__buf_add(b, "\"");
}

CTR_EXPORT size_t ctr_text_json(const char *text, char *room, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, room, size);
	ctr__json_add_string(&b, text ? text : "");
	return b.len;
}
