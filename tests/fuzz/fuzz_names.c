/* SPDX-License-Identifier: MIT */
/* Names: of capabilities, of control groups, of groups that "minictr gc" may remove. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cgroup/layout.h"
#include "cgroup/name.h"
#include "fuzz.h"
#include "primitives/caps.h"

static ctr_error *err;

/* The number of the capability that is called so, with its prefix or without; else -1. */
static int find_cap(const char *text)
{
	const char *name;

	for (int i = 0; (name = ctr_caps_name(i)); i++)
		if (strcasecmp(name, text) == 0 || strcasecmp(name + 4, text) == 0)
			return i;
	return -1;
}

static void check_cap(const char *text)
{
	const int expected = find_cap(text), number = ctr_caps_number(text, err);
	uint64_t caps = 0;

	fuzz_check(number < 0 ? number : 0, err);
	fuzz_require(number == expected, "a capability is found by its name");
	if (fuzz_check(ctr__caps_read(text, &caps, err), err))
		fuzz_require(caps == (number < 0 ? UINT64_MAX : 1ull << number),
			     "a name is one bit, or ALL");
	else
		fuzz_require(!caps && number < 0, "what is refused stores nothing");
}

/* No name below a group that is absolute leads out of it. */
static void check_path(const char *text)
{
	const bool is_path = ctr__is_cgroup_path(text);

	fuzz_require(is_path == (fuzz_matches(text, "^(/[^/]+)+$") &&
				 !fuzz_matches(text, "(^|/)\\.\\.?(/|$)") && strlen(text) < 2048),
		     "a path is absolute, of names");
}

static void check_group_name(const char *name)
{
	fuzz_require(!ctr__cgroup_name_is_dead(name) ||
			     fuzz_matches(name, "^minictr(-[0-9]+){4}-[0-9a-f]{16}$"),
		     "nothing but what is named as ours is ever removed");
}

/* Names with the namespaces of this process, which are looked at further; and its own. */
static void check_groups(const char *text)
{
	static char own[CTR__CGROUP_NAME_SIZE], prefix[CTR__CGROUP_NAME_SIZE];
	char name[CTR__CGROUP_NAME_SIZE + 4096];
	const char *p = own;

	if (!*own) {
		fuzz_require(ctr__cgroup_name(own, sizeof(own), NULL) == 0, "a group has a name");
		for (int i = 0; i < 3; i++)
			p = strchr(p, '-') + 1;
		memcpy(prefix, own, (size_t)(p - own));
	}
	fuzz_require(!ctr__cgroup_name_is_dead(own), "this process lives");
	check_group_name(text);
	snprintf(name, sizeof(name), "%s%s", prefix, text);
	check_group_name(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	if (!err)
		err = ctr_error_new();
	check_cap(text);
	check_path(text);
	check_groups(text);
	free(text);
	return 0;
}
