/* SPDX-License-Identifier: MIT */
/* A name in the first line, and behind it the file to find it in: base/passwd.c. */
#include <stdlib.h>
#include <string.h>

#include "base/passwd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool is_within(struct ctr__span part, struct ctr__span whole)
{
	return !part.n || (part.at >= whole.at && part.at + part.n <= whole.at + whole.n);
}

/* One field of one line. */
static void check_field(struct ctr__span field, struct ctr__span file)
{
	require(is_within(field, file));
	for (size_t i = 0; i < field.n; i++)
		require(!memchr(":\n", field.at[i], 3)); /* the NUL too */
}

static void check_user(const struct ctr__passwd *found, struct ctr__span file)
{
	struct ctr__passwd again;

	check_field(found->name, file);
	check_field(found->home, file);
	require(found->name.n > 0 && !memchr("+-#", *found->name.at, 3));
	require(found->uid <= CTR__ID_MAX && found->gid <= CTR__ID_MAX);
	require(ctr__passwd_find_name(file, found->name, &again));
	require(ctr__passwd_find_uid(file, found->uid, &again) && again.uid == found->uid);
}

static void look_for(struct ctr__span name, struct ctr__span file)
{
	struct ctr__span rest = file;
	struct ctr__passwd found;
	uint32_t id = 0;

	if (ctr__passwd_find_name(file, name, &found)) {
		require(found.name.n == name.n && memcmp(found.name.at, name.at, name.n) == 0);
		check_user(&found, file);
	}
	if (ctr__id_read(name, &id) && ctr__passwd_find_uid(file, id, &found)) {
		require(found.uid == id);
		check_user(&found, file);
	}
	if (ctr__group_find_name(file, name, &id))
		require(id <= CTR__ID_MAX);
	for (size_t left = rest.n + 1; ctr__group_next_of(&rest, name, &id); left = rest.n) {
		require(id <= CTR__ID_MAX);
		require(rest.n < left); /* so it comes to an end */
	}
	require(rest.at == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exactly as large, for the sanitizer to see what is read behind it. */
	char *copy = malloc(size ? size : 1), *newline;
	struct ctr__span name, file;

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	newline = size ? memchr(copy, '\n', size) : NULL;
	name = (struct ctr__span){ copy, newline ? (size_t)(newline - copy) : size };
	file = newline ? (struct ctr__span){ newline + 1, size - name.n - 1 }
		       : (struct ctr__span){ copy, size };
	look_for(name, file);
	free(copy);
	return 0;
}
