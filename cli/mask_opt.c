/* SPDX-License-Identifier: MIT */
/* What is hidden in a container, by options and by words of --security-opt. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "hidden.h"
#include "print.h"

/* The library has each path in one form: "/home/" is "/home". */
static int unmask(ctr_spec *spec, const char *path, ctr_error *err)
{
	char *simple = strdup(path);
	int rc;

	if (simple && path[0] == '/')
		simplify_path(simple);
	rc = ctr_spec_unmask(spec, simple ? simple : path, err);
	free(simple);
	return rc;
}

/* As podman has it, PATH[:PATH...]; but exact paths, no patterns. */
static int each_path(struct draft *draft, const struct opt *opt, char *paths,
		     int (*set)(ctr_spec *spec, const char *path, ctr_error *err))
{
	char *path;

	while ((path = strsep(&paths, ":")) != NULL) {
		/* One that the library has by that name is a pattern there. */
		if (set == unmask && set(draft->spec, path, NULL) == 0)
			continue;
		if (strpbrk(path, "*?["))
			return print_refusal(opt->name, path,
					     "expected exact paths, for there are no patterns");
		if (opt_check(draft, opt, set(draft->spec, path, draft->err)) < 0)
			return OPT_REFUSED;
	}
	return 0;
}

int opt_mask_paths(struct draft *draft, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "mask", "expected mask=PATH[:PATH...]");
	return each_path(draft, opt, value, ctr_spec_add_mask);
}

static int set_unmask(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return opt_check(draft, opt, unmask(draft->spec, value, draft->err));
}

int opt_unmask_paths(struct draft *draft, const struct opt *opt, char *value)
{
	if (!value || !*value)
		return print_refusal(opt->name, "unmask", "expected unmask=ALL|PATH[:PATH...]");
	if (strcmp(value, "ALL") == 0)
		return opt_check(draft, opt, ctr_spec_unmask(draft->spec, NULL, draft->err));
	return each_path(draft, opt, value, unmask);
}

const struct opt mask_options[] = {
	{ .name = "--mask",
	  .argument = "PATH",
	  .help = "hide a file or directory",
	  .set = opt_set_text,
	  .set_text = ctr_spec_add_mask },
	{ .name = "--unmask",
	  .argument = "PATH",
	  .help = "show what is hidden by default, such as /home;\n"
		  "see docs/security.md or minictr(1) for the list",
	  .set = set_unmask },
	{ .name = NULL },
};
