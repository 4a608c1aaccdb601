/* SPDX-License-Identifier: MIT */
/* What run and explain take: options of a container, and those of the command itself. */
#include "command.h"
#include "run.h"

static int set_explain(void *target, const struct opt *opt, const char *value)
{
	struct run *run = target;

	return opt_read_bool(opt, value, &run->explain);
}

static int set_report(void *target, const struct opt *opt, const char *value)
{
	struct run *run = target;
	struct draft *draft = &run->draft;

	run->report = (struct out_file){ .option = opt->name, .path = value, .fd = -1, .dir = -1 };
	return opt_check(draft, opt,
			 ctr_spec_set_accounting(draft->spec, CTR_ACCOUNTING_AUTO, draft->err));
}

static const struct opt run_options[] = {
	{ .name = "--explain",
	  .help = "print the steps, one a line, and run nothing",
	  .set = set_explain },
	{ .name = "--report",
	  .argument = "FILE",
	  .help = "write how it ended and what it used there,\nas a line of JSON",
	  .set = set_report },
	{ .name = "--rm",
	  .help = "no effect, for compatibility with docker",
	  .set = opt_set_nothing },
	{ .name = "--help", .help = "show this text", .set = opt_show_help, .show = cmd_run_help },
	{ .name = NULL },
};

const struct opt_theme run_themes[] = {
	{ "Root and mounts", mount_options },
	{ NULL, mask_options },
	{ "Namespaces", namespace_options },
	{ "User namespace", userns_options },
	{ "Limits of the control group", resource_options },
	{ NULL, group_options },
	{ "Other limits", limit_options },
	{ "Process", process_options },
	{ "Environment", env_options },
	{ "Capabilities", cap_options },
	{ "Security", security_options },
	{ "Terminal", terminal_options },
	{ "minictr itself", launch_options },
	{ NULL, run_options },
	{ NULL, NULL },
};
