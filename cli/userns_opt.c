/* SPDX-License-Identifier: MIT */
/* User namespaces and their ids. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "print.h"

static int set_mode(struct draft *draft, const struct opt *opt, int mode)
{
	return opt_check(draft, opt,
			 ctr_spec_set_namespace(draft->spec, CTR_NS_USER, mode, draft->err));
}

static int set_new(struct draft *draft, const struct opt *opt)
{
	return set_mode(draft, opt, CTR_NS_MODE_NEW);
}

static int set_host(struct draft *draft, const struct opt *opt)
{
	return set_mode(draft, opt, CTR_NS_MODE_HOST);
}

/* Whoever starts it, inside as well; unless the user is chosen. */
static int keep_id(struct draft *draft, const struct opt *opt)
{
	if (!draft->user_chosen &&
	    opt_check(draft, opt,
		      ctr_process_set_user(draft->process, geteuid(), getegid(), draft->err)) < 0)
		return OPT_REFUSED;
	return set_new(draft, opt);
}

static int use_ranges(struct draft *draft, const struct opt *opt)
{
	return opt_check(draft, opt,
			 ctr_idmap_add_ranges(ctr_spec_get_idmap(draft->spec), draft->err));
}

static const struct {
	const char *name;
	int (*set)(struct draft *draft, const struct opt *opt);
} modes[] = {
	{ "auto", set_new },
	{ "keep-id", keep_id },
	{ "ranges", use_ranges },
	{ "host", set_host },
};

#define MODES (sizeof(modes) / sizeof(modes[0]))

static size_t mode_of(const char *value)
{
	size_t i = 0;

	while (i < MODES && strcmp(value, modes[i].name) != 0)
		i++;
	return i;
}

/* The last one counts. */
static int set_userns(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	if (!opt_joined(value) && mode_of(value) == MODES)
		return print_refusal(opt->name, value, "expected %s", opt->argument);
	draft->userns = value;
	return 0;
}

int opt_finish_userns(struct draft *draft)
{
	const struct opt opt = { .name = "--userns", .kind = CTR_NS_USER };

	if (!draft->userns)
		return 0;
	if (opt_joined(draft->userns))
		return opt_join(draft, &opt, opt_joined(draft->userns));
	return modes[mode_of(draft->userns)].set(draft, &opt);
}

static int read_range(struct draft *draft, const struct opt *opt, const char *value,
		      uint32_t range[3])
{
	char *text = strdup(value), *rest = text;
	uint64_t number;
	int rc = text ? 0 : print_failure(opt->name, value, ENOMEM);

	for (int i = 0; rc == 0 && i < 3; i++) {
		const char *word = strsep(&rest, ":");

		if (!word || (i == 2 && rest))
			rc = print_refusal(opt->name, value, "expected %s", opt->argument);
		else
			rc = opt_read_number(draft, opt, word, UINT32_MAX, &number);
		range[i] = rc == 0 ? (uint32_t)number : 0;
	}
	free(text);
	return rc;
}

static int add_map(struct draft *draft, const struct opt *opt, const char *value,
		   int (*add)(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
			      ctr_error *err))
{
	uint32_t r[3];

	if (read_range(draft, opt, value, r) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 add(ctr_spec_get_idmap(draft->spec), r[0], r[1], r[2], draft->err));
}

static int add_uidmap(void *target, const struct opt *opt, const char *value)
{
	return add_map(target, opt, value, ctr_idmap_add_uids);
}

static int add_gidmap(void *target, const struct opt *opt, const char *value)
{
	return add_map(target, opt, value, ctr_idmap_add_gids);
}

const struct opt userns_options[] = {
	{ .name = "--userns",
	  .argument = "auto|keep-id|ranges|host|ns:PATH",
	  .help = "user namespace; default: host for root, a new one\n"
		  "with a single user otherwise",
	  .set = set_userns },
	{ .name = "--uidmap",
	  .argument = "INSIDE:OUTSIDE:COUNT",
	  .help = "user ids of a new user namespace",
	  .set = add_uidmap },
	{ .name = "--gidmap",
	  .argument = "INSIDE:OUTSIDE:COUNT",
	  .help = "its group ids (default: the same as --uidmap)",
	  .set = add_gidmap },
	{ .name = "--rootfs-idmap",
	  .help = "show the owners of files in the root file system\n"
		  "as they are on disk",
	  .set = opt_set_switch,
	  .set_switch = ctr_spec_set_rootfs_idmap },
	{ .name = "--disable-userns",
	  .help = "forbid new user namespaces inside",
	  .set = opt_set_switch,
	  .set_switch = ctr_spec_set_disable_userns },
	{ .name = NULL },
};
