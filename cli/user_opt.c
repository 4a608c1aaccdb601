/* SPDX-License-Identifier: MIT */
/* Who the program is, by names or numbers: the library finds out. */
#include "print.h"
#include "run.h"

static int refuse_empty(const struct opt *opt)
{
	return print_refusal(opt->name, "", "expected %s", opt->argument);
}

static int set_user_and_group(struct run *run, const struct opt *opt, char *user, char *group)
{
	if (!*user || (group && !*group))
		return refuse_empty(opt);
	run->user_chosen = true;
	return opt_check(run, opt, ctr_spec_set_user_name(run->spec, user, group, run->err));
}

int opt_set_user(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, ":", set_user_and_group);
}

int opt_add_group(struct run *run, const struct opt *opt, const char *value)
{
	if (!*value)
		return refuse_empty(opt);
	return opt_check(run, opt, ctr_spec_add_group_name(run->spec, value, run->err));
}
