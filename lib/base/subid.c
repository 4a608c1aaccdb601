/* SPDX-License-Identifier: MIT */
#include "base/subid.h"

#include <stdio.h>
#include <string.h>

/* Digits alone, up to the given character or the end of the line. */
static bool take_number(const char **p, const char *end, char stop, uint32_t *value)
{
	uint64_t v = 0;
	const char *q = *p;

	for (; q < end && *q >= '0' && *q <= '9' && v <= UINT32_MAX; q++)
		v = v * 10 + (uint64_t)(*q - '0');
	if (q == *p || v > UINT32_MAX || (stop ? q == end || *q != stop : q != end))
		return false;
	*value = (uint32_t)v;
	*p = q + (stop ? 1 : 0);
	return true;
}

static bool parse(const char *p, const char *end, struct ctr__subid *line)
{
	const char *colon = memchr(p, ':', (size_t)(end - p));

	if (!colon || colon == p)
		return false;
	line->owner = p;
	line->owner_length = (size_t)(colon - p);
	p = colon + 1;
	if (!take_number(&p, end, ':', &line->first) || !take_number(&p, end, '\0', &line->count))
		return false;
	return line->count && line->first <= UINT32_MAX - line->count;
}

bool ctr__subid_next(const char **text, const char *end, struct ctr__subid *line)
{
	while (*text < end) {
		const char *start = *text;
		const char *newline = memchr(start, '\n', (size_t)(end - start));

		*text = newline ? newline + 1 : end;
		if (parse(start, newline ? newline : end, line))
			return true;
	}
	return false;
}

static bool is(const struct ctr__subid *line, const char *text)
{
	return strlen(text) == line->owner_length &&
	       memcmp(line->owner, text, line->owner_length) == 0;
}

bool ctr__subid_is_of(const struct ctr__subid *line, uint32_t uid, const char *name)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", uid);
	return is(line, number) || (name && is(line, name));
}
