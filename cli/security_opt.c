/* SPDX-License-Identifier: MIT */
/* --security-opt KEY[=VALUE] or KEY:VALUE, as docker has it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_path.h"
#include "print.h"
#include "run.h"

static int set_no_new_privileges(struct run *run, const struct opt *opt, char *value)
{
	bool enabled = true;

	if (value && opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_no_new_privs(run->spec, enabled, run->err));
}

/* ---- seccomp ---- */

static int set_profile(struct run *run, const struct opt *opt, const char *value)
{
	char *path = host_path(opt, value);
	int rc;

	if (!path)
		return OPT_REFUSED;
	rc = opt_check(run, opt, ctr_spec_set_seccomp_file(run->spec, path, run->err));
	free(path);
	return rc;
}

static int set_seccomp(struct run *run, const struct opt *opt, char *value)
{
	static const struct {
		const char *name;
		uint32_t mode;
	} modes[] = {
		{ "default", CTR_SECCOMP_DEFAULT },
		{ "log", CTR_SECCOMP_LOG },
		{ "unconfined", CTR_SECCOMP_NONE },
	};

	if (!value || !*value)
		return print_refusal(opt->name, "seccomp",
				     "expected seccomp=FILE, default, log or unconfined");
	run->filter_chosen = strcmp(value, modes[0].name) != 0;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, value) == 0)
			return opt_check(run, opt,
					 ctr_spec_set_seccomp(run->spec, modes[i].mode, run->err));
	return set_profile(run, opt, value);
}

/* ---- the keys ---- */

static const struct {
	const char *name;
	int (*set)(struct run *run, const struct opt *opt, char *value);
} keys[] = {
	{ "no-new-privileges", set_no_new_privileges },
	{ "seccomp", set_seccomp },
	{ "apparmor", opt_set_apparmor },
	{ "label", opt_set_label },
	{ "mask", opt_mask_paths },
	{ "unmask", opt_unmask_paths },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int refuse_key(const struct opt *opt, const char *name)
{
	char names[256];
	int n = 0;

	for (size_t i = 0; i < KEYS; i++)
		n += snprintf(names + n, sizeof(names) - (size_t)n, "%s%s", i ? ", " : "",
			      keys[i].name);
	return print_refusal(opt->name, name, "expected one of %s", names);
}

static int set_key(struct run *run, const struct opt *opt, char *name, char *value)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].set(run, opt, value);
	return refuse_key(opt, name);
}

int opt_set_security(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=:", set_key); /* docker takes both */
}
