/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdio.h>

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

void ctr__buf_add_escaped(struct ctr__buf *b, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t n; *p; p += n) {
		const bool plain =
			(n = ctr__utf8_length(p)) && *p != '\\' && !ctr__utf8_is_control(p, n);

		n = n ? n : 1;
		for (size_t i = 0; i < n; i++)
			ctr__buf_add(b, plain ? "%c" : "\\x%02x", p[i]);
	}
}
