/* SPDX-License-Identifier: MIT */
/* How a container is started, and where errors are told. */
#include <fcntl.h>
#include <string.h>

#include "draft.h"
#include "print.h"

enum { LARGEST_TIMEOUT_S = 2147483 };

static int set_error_fd(void *target, const struct opt *opt, const char *value)
{
	int fd;

	if (opt_read_inherited_fd(target, opt, value, &fd) < 0)
		return OPT_REFUSED;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return print_refusal(opt->name, value, "not open for writing");
	print_set_error_fd(fd);
	return 0;
}

static int set_setup_timeout(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t seconds;
	uint32_t ms;

	if (ctr_parse_number(value, opt->name, 1, LARGEST_TIMEOUT_S, &seconds, draft->err) < 0)
		return print_error(opt->name, draft->err);
	ms = (uint32_t)seconds * 1000;
	return opt_check(draft, opt, ctr_spec_set_setup_timeout_ms(draft->spec, ms, draft->err));
}

static int set_child(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	int mode;

	if (strcmp(value, "auto") == 0)
		mode = CTR_CHILD_AUTO;
	else if (strcmp(value, "helper") == 0)
		mode = CTR_CHILD_HELPER;
	else
		return print_refusal(opt->name, value, "expected %s", opt->argument);
	return opt_check(draft, opt, ctr_spec_set_child(draft->spec, mode, draft->err));
}

const struct opt launch_options[] = {
	{ .name = "--error-fd",
	  .argument = "FD",
	  .help = "write an error there too, as a line of JSON",
	  .set = set_error_fd },
	{ .name = "--setup-timeout",
	  .argument = "SECONDS",
	  .help = "time limit if the set-up may block (default 30)",
	  .set = set_setup_timeout },
	{ .name = "--child",
	  .argument = "auto|helper",
	  .help = "helper: never share memory during set-up",
	  .set = set_child },
	{ .name = NULL },
};
