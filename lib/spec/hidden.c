/* SPDX-License-Identifier: MIT */
#include "spec/hidden.h"

#include <string.h>

const struct ctr__hidden ctr__hidden[CTR__HIDDEN_COUNT] = {
	{ "/home", false },
	{ "/root", false },
	{ "/srv", false },
	{ "/mnt", false },
	{ "/media", false },
	{ "/boot", false },
	{ "/etc/shadow", true },
	{ "/etc/shadow-", true },
	{ "/etc/gshadow", true },
	{ "/etc/gshadow-", true },
	{ "/etc/sudoers", true },
	{ "/etc/sudoers.d", true },
	{ "/etc/ssh/ssh_host_*_key", true },
	{ "/etc/ssl/private", true },
};

uint32_t ctr__hidden_bits(const char *path)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < CTR__HIDDEN_COUNT; i++)
		if (strcmp(path, ctr__hidden[i].path) == 0)
			bits |= 1u << i;
	return bits;
}

bool ctr__hidden_matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	const size_t before = star ? (size_t)(star - pattern) : 0, length = strlen(name);
	const size_t after = star ? strlen(star + 1) : 0;

	if (!star)
		return strcmp(pattern, name) == 0;
	return length >= before + after && strncmp(name, pattern, before) == 0 &&
	       strcmp(name + length - after, star + 1) == 0;
}
