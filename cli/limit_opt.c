/* SPDX-License-Identifier: MIT */
/* Limits that no control group has. */
#include <string.h>
#include <sys/resource.h>

#include "draft.h"
#include "print.h"
#include "suggest.h"

enum { LOWEST_NICE = -20, HIGHEST_NICE = 19 };

/* ---- time ---- */

static int read_seconds(const struct opt *opt, const char *value, uint64_t *ms)
{
	uint64_t nano;

	if (!opt_read_decimal(value, &nano) || nano < 1000000)
		return print_refusal(opt->name, value,
				     "expected seconds, 0.001 or more, such as 2.5");
	*ms = nano / 1000000;
	return 0;
}

static int set_timeout(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t ms = 0;

	if (read_seconds(opt, value, &ms) < 0)
		return OPT_REFUSED;
	draft->timeout = value;
	return opt_check(draft, opt, ctr_spec_set_wall_limit_ms(draft->spec, ms, draft->err));
}

static int set_cpu_time(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t ms = 0;

	if (read_seconds(opt, value, &ms) < 0)
		return OPT_REFUSED;
	draft->cpu_time = value;
	return opt_check(draft, opt, ctr_spec_set_cpu_limit_ms(draft->spec, ms, draft->err));
}

/* ---- output ---- */

static int set_output_limit(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t bytes;

	if (ctr_parse_size(value, opt->name, 1, INT64_MAX, &bytes, NULL) < 0)
		return print_refusal(opt->name, value,
				     "expected a number with an optional unit b, k, m, g or t, 1 "
				     "to 2^63 - 1");
	draft->output_limit = value;
	return opt_check(draft, opt, ctr_spec_set_output_limit(draft->spec, bytes, draft->err));
}

/* ---- rlimits ---- */

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

static int read_limit(const struct opt *opt, const char *text, uint64_t *limit)
{
	*limit = UINT64_MAX;
	if (opt_is_unlimited(text))
		return 0;
	if (ctr_parse_number(text, opt->name, 0, UINT64_MAX - 1, limit, NULL) == 0)
		return 0;
	return print_refusal(opt->name, text, "expected a number, unlimited or -1");
}

static int set_limit(struct draft *draft, const struct opt *opt, char *name, char *values)
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
	return opt_check(
		draft, opt,
		ctr_process_set_rlimit(draft->process, limit->resource, soft, hard, draft->err));
}

static int set_ulimit(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_limit);
}

/* ---- priority ---- */

static int read_signed(const struct opt *opt, const char *value, int lowest, int highest,
		       int *answer)
{
	const bool negative = value[0] == '-';
	const int max = negative ? -lowest : highest;
	uint64_t number;

	if (ctr_parse_number(value + negative, opt->name, 0, (uint64_t)max, &number, NULL) < 0)
		return print_refusal(opt->name, value, "expected %d to %d", lowest, highest);
	*answer = negative ? -(int)number : (int)number;
	return 0;
}

static int set_nice(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	int nice;

	if (read_signed(opt, value, LOWEST_NICE, HIGHEST_NICE, &nice) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, ctr_process_set_priority(draft->process, nice, draft->err));
}

static int set_oom_score_adj(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	int adjustment;

	if (read_signed(opt, value, -1000, 1000, &adjustment) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_process_set_oom_score_adj(draft->process, adjustment, draft->err));
}

const struct opt limit_options[] = {
	{ .name = "--timeout",
	  .argument = "SECONDS",
	  .help = "kill it after this many seconds, such as 2.5",
	  .set = set_timeout },
	{ .name = "--cpu-time",
	  .argument = "SECONDS",
	  .help = "kill it after this much CPU time",
	  .set = set_cpu_time },
	{ .name = "--output-limit",
	  .argument = "N[b|k|m|g|t]",
	  .help = "kill it when a file that it writes gets larger",
	  .set = set_output_limit },
	{ .name = "--ulimit",
	  .argument = "NAME=SOFT[:HARD]",
	  .words = "as=|core=|cpu=|data=|fsize=|locks=|memlock=|msgqueue=|nice=|nofile=|"
		   "nproc=|rss=|rtprio=|rttime=|sigpending=|stack=",
	  .help = "resource limit, such as nofile=64 or core=0",
	  .set = set_ulimit },
	{ .name = "--nice",
	  .argument = "N",
	  .help = "priority: -20 (high) to 19 (low)",
	  .set = set_nice },
	{ .name = "--oom-score-adj",
	  .argument = "N",
	  .help = "kill priority when memory is short: -1000 (last) to 1000 (first)",
	  .set = set_oom_score_adj },
	{ .name = NULL },
};
