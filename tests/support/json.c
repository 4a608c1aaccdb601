/* SPDX-License-Identifier: MIT */
#include "support/json.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* Each returns what follows, or NULL if it is not there. */
static const char *value(const char *p);

static const char *string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	while (*p != '"') {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p++ != '\\')
			continue;
		if (*p == 'u') {
			for (int i = 1; i <= 4; i++)
				if (!isxdigit((unsigned char)p[i]))
					return NULL;
			p += 5;
		} else if (*p && strchr("\"\\/bfnrt", *p)) {
			p++;
		} else {
			return NULL;
		}
	}
	return p + 1;
}

static const char *number(const char *p)
{
	const char *start = p + (*p == '-');

	p = start + strspn(start, "0123456789");
	return p > start && (*start != '0' || p == start + 1) ? p : NULL;
}

static const char *word(const char *p, const char *expected)
{
	return strncmp(p, expected, strlen(expected)) == 0 ? p + strlen(expected) : NULL;
}

static const char *member(const char *p)
{
	p = string(p);
	return p && *p == ':' ? value(p + 1) : NULL;
}

static const char *list(const char *p, char end, const char *(*item)(const char *p))
{
	if (*++p == end)
		return p + 1;
	while ((p = item(p)) && *p == ',')
		p++;
	return p && *p == end ? p + 1 : NULL;
}

static const char *value(const char *p)
{
	switch (*p) {
	case '{':
		return list(p, '}', member);
	case '[':
		return list(p, ']', value);
	case '"':
		return string(p);
	case 't':
		return word(p, "true");
	case 'f':
		return word(p, "false");
	case 'n':
		return word(p, "null");
	default:
		return number(p);
	}
}

bool json_is_valid(const char *text)
{
	const char *end = value(text);

	return end && !*end;
}
