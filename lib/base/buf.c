/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <minictr/parse.h>
#include <stdio.h>
#include <string.h>

#include "base/export.h"
#include "base/utf8.h"

void ctr__buf_init(struct ctr__buf *b, char *text, size_t size)
{
	*b = (struct ctr__buf){ .text = text, .size = size };
	if (size)
		text[0] = '\0';
}

void ctr__buf_addv(struct ctr__buf *b, const char *format, va_list args)
{
	size_t room = b->len < b->size ? b->size - b->len : 0;
	int n = vsnprintf(room ? b->text + b->len : NULL, room, format, args);

	if (n > 0)
		b->len += (size_t)n;
}

void ctr__buf_add(struct ctr__buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ctr__buf_addv(b, format, args);
	va_end(args);
}

/* All of the bytes or none, so that no character is cut in two. */
static void add_whole(struct ctr__buf *b, const char *bytes, size_t n)
{
	if (b->len < b->size && n < b->size - b->len) {
		memcpy(b->text + b->len, bytes, n);
		b->text[b->len + n] = '\0';
	} else if (b->len < b->size) {
		b->size = b->len; /* what follows would come after a gap */
	}
	b->len += n;
}

static void add_bytes_escaped(struct ctr__buf *b, const unsigned char *bytes, size_t n)
{
	char text[8];

	for (size_t i = 0; i < n; i++)
		add_whole(b, text, (size_t)snprintf(text, sizeof(text), "\\x%02x", bytes[i]));
}

void ctr__buf_add_escaped(struct ctr__buf *b, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		const size_t n = ctr__utf8_length(p);

		if (n == 0)
			add_bytes_escaped(b, p, 1);
		else if (*p == '\\' || ctr__utf8_is_control(ctr__utf8_character(p, n)))
			add_bytes_escaped(b, p, n);
		else
			add_whole(b, (const char *)p, n);
		p += n ? n : 1;
	}
}

CTR_EXPORT size_t ctr_text_escape(const char *text, char *room, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, room, size);
	ctr__buf_add_escaped(&b, text ? text : "");
	return b.len;
}
