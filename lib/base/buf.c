/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdio.h>

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
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || *p == '\\')
			ctr__buf_add(b, "\\x%02x", *p);
		else
			ctr__buf_add(b, "%c", *p);
	}
}
