/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_BUF_H
#define CTR_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Text in a fixed room; what does not fit is counted and cut, as snprintf does. */
struct ctr__buf {
	char *text;
	size_t size;
	size_t len;  /* of the whole text, cut or not */
	bool escape; /* for its user to note how text from outside is added; false at first */
};

void ctr__buf_init(struct ctr__buf *b, char *text, size_t size);
void ctr__buf_add(struct ctr__buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ctr__buf_addv(struct ctr__buf *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/*
 * Text from outside, which may be shown on a terminal: the bytes of control characters (see
 * utf8.h), those that are not UTF-8, and backslashes become \xNN.
 */
void ctr__buf_add_escaped(struct ctr__buf *b, const char *text);

#endif
