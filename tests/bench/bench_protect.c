/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_protect ROOT PROGRAM ROUNDS
 * What each protection adds to a spawn: the default container without any of them, with one
 * at a time, and with all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "bench/spawn.h"

enum {
	CAPABILITIES = 1,
	KEYRING = 2,
	NO_NEW_PRIVS = 4,
	SECCOMP = 8,
	ALL = 15,
	USER_NS = 16,
	LANDLOCK = 32,
};

static const struct variant {
	const char *name;
	int has;
} variants[] = {
	{ "none of them", 0 },
	{ "capabilities", CAPABILITIES },
	{ "session keyring", KEYRING },
	{ "no_new_privs", NO_NEW_PRIVS },
	{ "capabilities, no_new_privs and seccomp", CAPABILITIES | NO_NEW_PRIVS | SECCOMP },
	{ "all of them, the default", ALL },
	{ "all, and a user namespace", ALL | USER_NS },
	{ "all, and two rules of landlock", ALL | LANDLOCK },
};

#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

static void add_landlock(ctr_spec *spec)
{
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_error *err = ctr_error_new();
	const uint32_t use = CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE;

	if (ctr_landlock_abi(NULL) >= 0 &&
	    (ctr_process_add_landlock_rule(process, "/", use, err) ||
	     ctr_process_add_landlock_rule(process, "/dev", use | CTR_LANDLOCK_WRITE, err)))
		fail("spec", err);
	ctr_error_free(err);
}

static ctr_spec *make_variant(const char *root, const char *program, int has)
{
	ctr_error *err = ctr_error_new();
	ctr_spec *spec = make_spec(root, program);
	ctr_process *process = ctr_spec_get_process(spec);

	if ((!(has & CAPABILITIES) && ctr_process_add_cap(process, "ALL", err)) ||
	    ctr_process_set_keyring(process, (has & KEYRING) != 0, err) ||
	    ctr_process_set_no_new_privs(process, (has & NO_NEW_PRIVS) != 0, err) ||
	    ctr_process_set_seccomp(process, has & SECCOMP ? CTR_SECCOMP_DEFAULT : CTR_SECCOMP_NONE,
				    err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_USER,
				   has & USER_NS ? CTR_NS_MODE_NEW : CTR_NS_MODE_HOST, err))
		fail("spec", err);
	if (has & LANDLOCK)
		add_landlock(spec);
	ctr_error_free(err);
	return spec;
}

int main(int argc, char **argv)
{
	struct subject subjects[2 * VARIANTS];
	static char names[VARIANTS][64];

	if (argc != 4) {
		fprintf(stderr, "usage: bench_protect ROOT PROGRAM ROUNDS\n");
		return 2;
	}
	for (size_t i = 0; i < VARIANTS; i++) {
		ctr_spec *spec = make_variant(argv[1], argv[2], variants[i].has);

		snprintf(names[i], sizeof(names[i]), "%s, by plan", variants[i].name);
		subjects[i] = (struct subject){ .name = variants[i].name, .run = run_spawn };
		subjects[i].data = spec;
		subjects[VARIANTS + i] = (struct subject){ .name = names[i], .run = run_plan };
		subjects[VARIANTS + i].data = make_plan(spec);
	}
	measure("protections", subjects, sizeof(subjects) / sizeof(subjects[0]), atoi(argv[3]));
	return EXIT_SUCCESS;
}
