/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"

#define UTS_NAME_MAX 64

bool ctr__take_digits(const char **text, uint64_t *value)
{
	const char *p = *text;
	uint64_t v = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			return false;
	*text = p;
	*value = v;
	return true;
}

/* How far the unit shifts; -1 if it is none. */
static int unit_shift(const char *unit)
{
	static const char letters[] = "bkmgt";
	const char *found;

	if (!*unit)
		return 0;
	if (unit[1])
		return -1;
	found = strchr(letters, *unit | 0x20);
	return found ? (int)(found - letters) * 10 : -1;
}

static int refuse(ctr_error *err, const char *what, const char *text, const char *kind,
		  uint64_t min, uint64_t max)
{
	char expected[96];

	snprintf(expected, sizeof(expected), "%s from %llu to %llu", kind, (unsigned long long)min,
		 (unsigned long long)max);
	return ctr__error_value(err, what, text, expected);
}

CTR_EXPORT int ctr_parse_number(const char *text, const char *what, uint64_t min, uint64_t max,
				uint64_t *value, ctr_error *err)
{
	const char *p = text;
	uint64_t v;

	if (!text || !ctr__take_digits(&p, &v) || *p || v < min || v > max)
		return refuse(err, what, text, "a decimal number", min, max);
	*value = v;
	return 0;
}

CTR_EXPORT int ctr_parse_size(const char *text, const char *what, uint64_t min, uint64_t max,
			      uint64_t *value, ctr_error *err)
{
	static const char kind[] = "a number of bytes with an optional unit b, k, m, g or t,";
	const char *p = text;
	uint64_t v;
	int shift;

	if (!text || !ctr__take_digits(&p, &v))
		return refuse(err, what, text, kind, min, max);
	shift = unit_shift(p);
	if (shift < 0 || v > UINT64_MAX >> shift)
		return refuse(err, what, text, kind, min, max);
	v <<= shift;
	if (v < min || v > max)
		return refuse(err, what, text, kind, min, max);
	*value = v;
	return 0;
}

static bool is_uts_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_';
}

bool ctr__is_uts_name(const char *name)
{
	size_t n = name ? strnlen(name, UTS_NAME_MAX + 1) : 0;

	if (n == 0 || n > UTS_NAME_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_uts_char(name[i]))
			return false;
	return true;
}
