/* SPDX-License-Identifier: MIT */
/* What a compiler takes for granted in a program without a C library. */
#include <string.h>

/* Compilers know these loops, and would call for each the function that it is in. */
static inline void not_a_pattern(void)
{
	__asm__ volatile("");
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		((char *)to)[i] = ((const char *)from)[i];
		not_a_pattern();
	}
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		((char *)to)[i] = (char)byte;
		not_a_pattern();
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (size_t i = 0; i < n; i++)
		if (p[i] != q[i])
			return p[i] - q[i];
	return 0;
}

size_t strlen(const char *text)
{
	size_t n = 0;

	while (text[n]) {
		n++;
		not_a_pattern();
	}
	return n;
}
