/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/resource.h>

#include "print.h"
#include "run.h"
#include "suggest.h"

enum { LOWEST_NICE = -20, HIGHEST_NICE = 19 };

static const struct limit_name {
	const char *name;
	int resource;
} limit_names[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
	{ NULL, 0 },
};

static const struct limit_name *find_limit(const char *name)
{
	for (const struct limit_name *limit = limit_names; limit->name; limit++)
		if (strcmp(limit->name, name) == 0)
			return limit;
	return NULL;
}

static int refuse_limit(const struct opt *opt, const char *name)
{
	struct suggestion s;

	suggest_start(&s, name);
	for (const struct limit_name *limit = limit_names; limit->name; limit++)
		suggest_consider(&s, limit->name);
	if (!s.best)
		s.best = "nofile";
	return print_refusal(opt->name, name, "no such limit, expected one such as %s", s.best);
}

bool opt_is_unlimited(const char *text)
{
	return strcmp(text, "-1") == 0 || strcmp(text, "unlimited") == 0;
}

static int read_limit(const struct opt *opt, const char *text, uint64_t *limit)
{
	*limit = UINT64_MAX;
	if (opt_is_unlimited(text))
		return 0;
	if (ctr_parse_number(text, opt->name, 0, UINT64_MAX - 1, limit, NULL) == 0)
		return 0;
	return print_refusal(opt->name, text, "expected a number, unlimited or -1");
}

static int set_limit(struct run *run, const struct opt *opt, char *name, char *values)
{
	const struct limit_name *limit = find_limit(name);
	const char *soft_text;
	uint64_t soft, hard;

	if (!limit)
		return refuse_limit(opt, name);
	if (!values)
		return print_refusal(opt->name, name, "a value is missing, expected %s",
				     opt->argument);
	soft_text = strsep(&values, ":");
	if (read_limit(opt, soft_text, &soft) < 0)
		return OPT_REFUSED;
	hard = soft;
	if (values && read_limit(opt, values, &hard) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt,
			 ctr_spec_set_rlimit(run->spec, limit->resource, soft, hard, run->err));
}

int opt_set_ulimit(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=", set_limit);
}

int opt_set_nice(struct run *run, const struct opt *opt, const char *value)
{
	bool negative = value[0] == '-';
	uint64_t number, max = negative ? -LOWEST_NICE : HIGHEST_NICE;
	int nice;

	if (ctr_parse_number(value + negative, opt->name, 0, max, &number, NULL) < 0)
		return print_refusal(opt->name, value, "expected %d to %d", LOWEST_NICE,
				     HIGHEST_NICE);
	nice = negative ? -(int)number : (int)number;
	return opt_check(run, opt, ctr_spec_set_priority(run->spec, nice, run->err));
}
