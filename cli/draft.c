/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exposed.h"
#include "hidden.h"
#include "host_path.h"
#include "print.h"

enum { LARGEST_FD = 65535 };

int draft_start(struct draft *draft)
{
	*draft = (struct draft){ .err = ctr_error_new() };
	draft->spec = ctr_spec_new(draft->err);
	draft->process = ctr_spec_get_process(draft->spec);
	draft->limits = ctr_spec_get_limits(draft->spec);
	return draft->spec ? 0 : -1;
}

void draft_end(struct draft *draft)
{
	exposed_free(draft);
	hidden_free(draft);
	ctr_spec_free(draft->spec);
	ctr_error_free(draft->err);
}

int draft_finish(struct draft *draft)
{
	if (opt_finish_resources(draft) < 0 || opt_finish_caps(draft) < 0)
		return OPT_REFUSED;
	return opt_finish_userns(draft);
}

/* ---- for setters ---- */

int opt_check(struct draft *draft, const struct opt *opt, int rc)
{
	return rc < 0 ? print_error(opt->name, draft->err) : 0;
}

int opt_set_text(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return opt_check(draft, opt, opt->set_text(draft->spec, value, draft->err));
}

int opt_set_switch(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, opt->set_switch(draft->spec, enabled, draft->err));
}

int opt_read_number(struct draft *draft, const struct opt *opt, const char *text, uint64_t max,
		    uint64_t *number)
{
	return opt_check(draft, opt, ctr_parse_number(text, opt->name, 0, max, number, draft->err));
}

int opt_read_fd(struct draft *draft, const struct opt *opt, const char *text, int *fd)
{
	uint64_t number;

	if (opt_read_number(draft, opt, text, LARGEST_FD, &number) < 0)
		return OPT_REFUSED;
	*fd = (int)number;
	return 0;
}

int opt_read_inherited_fd(struct draft *draft, const struct opt *opt, const char *text, int *fd)
{
	if (opt_read_fd(draft, opt, text, fd) < 0)
		return OPT_REFUSED;
	if (is_inherited(*fd))
		return 0;
	return print_refusal(opt->name, text, "no such descriptor is open");
}

int opt_split(struct draft *draft, const struct opt *opt, const char *value, const char *separator,
	      int (*set)(struct draft *draft, const struct opt *opt, char *first, char *second))
{
	char *first = strdup(value), *second = first;
	int rc;

	if (!first)
		return print_failure(opt->name, value, ENOMEM);
	strsep(&second, separator);
	rc = set(draft, opt, first, second);
	free(first);
	return rc;
}
