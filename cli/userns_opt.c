/* SPDX-License-Identifier: MIT */
/* User namespaces and their ids. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print.h"
#include "run.h"

static int set_mode(struct run *run, const struct opt *opt, uint32_t mode)
{
	return opt_check(run, opt, ctr_spec_set_userns(run->spec, mode, run->err));
}

static int set_new(struct run *run, const struct opt *opt)
{
	return set_mode(run, opt, CTR_USERNS_NEW);
}

static int set_host(struct run *run, const struct opt *opt)
{
	return set_mode(run, opt, CTR_USERNS_HOST);
}

/* Whoever starts it, inside as well; unless the user is chosen. */
static int keep_id(struct run *run, const struct opt *opt)
{
	if (!run->user_chosen &&
	    opt_check(run, opt, ctr_spec_set_user(run->spec, geteuid(), getegid(), run->err)) < 0)
		return OPT_REFUSED;
	return set_new(run, opt);
}

static int use_ranges(struct run *run, const struct opt *opt)
{
	return opt_check(run, opt, ctr_idmap_add_ranges(ctr_spec_get_idmap(run->spec), run->err));
}

static const struct {
	const char *name;
	int (*set)(struct run *run, const struct opt *opt);
} modes[] = {
	{ "auto", set_new },
	{ "keep-id", keep_id },
	{ "ranges", use_ranges },
	{ "host", set_host },
};

#define MODES (sizeof(modes) / sizeof(modes[0]))

/* The last one counts. */
int opt_set_userns(struct run *run, const struct opt *opt, const char *value)
{
	for (size_t i = 0; i < MODES; i++) {
		if (strcmp(value, modes[i].name) != 0)
			continue;
		run->userns = modes[i].name;
		return 0;
	}
	return print_refusal(opt->name, value, "expected %s", opt->argument);
}

int opt_finish_userns(struct run *run)
{
	const struct opt opt = { .name = "--userns" };

	for (size_t i = 0; run->userns && i < MODES; i++)
		if (strcmp(run->userns, modes[i].name) == 0)
			return modes[i].set(run, &opt);
	return 0;
}

static int read_range(struct run *run, const struct opt *opt, const char *value, uint32_t range[3])
{
	char *text = strdup(value), *rest = text;
	uint64_t number;
	int rc = text ? 0 : print_failure(opt->name, value, ENOMEM);

	for (int i = 0; rc == 0 && i < 3; i++) {
		const char *word = strsep(&rest, ":");

		if (!word || (i == 2 && rest))
			rc = print_refusal(opt->name, value, "expected %s", opt->argument);
		else
			rc = opt_read_number(run, opt, word, UINT32_MAX, &number);
		range[i] = rc == 0 ? (uint32_t)number : 0;
	}
	free(text);
	return rc;
}

static int add_map(struct run *run, const struct opt *opt, const char *value,
		   int (*add)(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
			      ctr_error *err))
{
	uint32_t r[3];

	if (read_range(run, opt, value, r) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, add(ctr_spec_get_idmap(run->spec), r[0], r[1], r[2], run->err));
}

int opt_add_uidmap(struct run *run, const struct opt *opt, const char *value)
{
	return add_map(run, opt, value, ctr_idmap_add_uids);
}

int opt_add_gidmap(struct run *run, const struct opt *opt, const char *value)
{
	return add_map(run, opt, value, ctr_idmap_add_gids);
}

int opt_set_rootfs_idmap(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_rootfs_idmap(run->spec, enabled, run->err));
}

int opt_set_disable_userns(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_set_disable_userns(run->spec, enabled, run->err));
}
