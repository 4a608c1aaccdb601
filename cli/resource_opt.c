/* SPDX-License-Identifier: MIT */
/* Options that become limits of a control group, named and measured as docker's are. */
#include <string.h>

#include "print.h"
#include "run.h"

enum { LARGEST_PIDS = 4194304, DEFAULT_PERIOD_US = 100000, NANO_DIGITS = 9 };

static const uint64_t LARGEST_SIZE = 1ULL << 63;

static ctr_limits *limits_of(struct run *run)
{
	return ctr_spec_get_limits(run->spec);
}

static int read_size(const struct opt *opt, const char *text, uint64_t min, uint64_t *bytes)
{
	if (ctr_parse_size(text, opt->name, min, LARGEST_SIZE, bytes, NULL) == 0)
		return 0;
	return print_refusal(
		opt->name, text,
		"expected a number with an optional unit b, k, m, g or t, %llu or more",
		(unsigned long long)min);
}

/* ---- memory ---- */

int opt_set_memory(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t bytes = 0;

	if (!opt_is_unlimited(value) && read_size(opt, value, 65536, &bytes) < 0)
		return OPT_REFUSED;
	run->memory = value;
	run->memory_bytes = bytes;
	return opt_check(run, opt, ctr_limits_set_memory_max(limits_of(run), bytes, run->err));
}

int opt_set_memory_reservation(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t bytes;

	if (read_size(opt, value, 0, &bytes) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_limits_set_memory_low(limits_of(run), bytes, run->err));
}

/* Memory and swap together, as docker has it; so it waits for --memory. */
int opt_set_memory_swap(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t bytes = UINT64_MAX;

	if (!opt_is_unlimited(value) && read_size(opt, value, 0, &bytes) < 0)
		return OPT_REFUSED;
	run->memory_swap = value;
	run->memory_swap_bytes = bytes;
	return 0;
}

static int finish_memory_swap(struct run *run)
{
	static const struct opt opt = { .name = "--memory-swap" };
	uint64_t swap = UINT64_MAX;

	if (!run->memory_swap)
		return 0;
	if (!run->memory_bytes)
		return print_refusal(opt.name, run->memory_swap,
				     "it counts memory and swap together: give --memory too");
	if (run->memory_swap_bytes < run->memory_bytes)
		return print_refusal(opt.name, run->memory_swap,
				     "it counts memory and swap together: expected --memory or "
				     "more");
	if (run->memory_swap_bytes != UINT64_MAX)
		swap = run->memory_swap_bytes - run->memory_bytes;
	return opt_check(run, &opt, ctr_limits_set_swap_max(limits_of(run), swap, run->err));
}

int opt_set_oom_group(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_limits_set_oom_group(limits_of(run), enabled, run->err));
}

static int set_hugetlb(struct run *run, const struct opt *opt, char *size, char *limit)
{
	uint64_t page_bytes, bytes;

	if (!limit)
		return print_refusal(opt->name, size, "a limit is missing, expected %s",
				     opt->argument);
	if (read_size(opt, size, 65536, &page_bytes) < 0 || read_size(opt, limit, 0, &bytes) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt,
			 ctr_limits_set_hugetlb_max(limits_of(run), page_bytes, bytes, run->err));
}

int opt_set_hugetlb_limit(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=", set_hugetlb);
}

/* ---- processes ---- */

int opt_set_pids_limit(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t max = 0;

	if (!opt_is_unlimited(value) &&
	    ctr_parse_number(value, opt->name, 1, LARGEST_PIDS, &max, NULL) < 0)
		return print_refusal(opt->name, value, "expected 1 to %d, or -1 for no limit",
				     LARGEST_PIDS);
	return opt_check(run, opt, ctr_limits_set_pids_max(limits_of(run), max, run->err));
}

/* ---- CPU ---- */

/* "1.5" in units of a thousand millionth, without the rounding of floating point. */
static bool read_decimal(const char *text, uint64_t *nano)
{
	const char *dot = strchr(text, '.');
	uint64_t whole, part = 0;
	char digits[NANO_DIGITS + 1] = "000000000", head[8];

	if (!dot)
		dot = text + strlen(text);
	if ((size_t)(dot - text) >= sizeof(head) || (*dot && !dot[1]) ||
	    (*dot && strlen(dot + 1) > NANO_DIGITS))
		return false;
	memcpy(head, text, (size_t)(dot - text));
	head[dot - text] = '\0';
	if (*dot)
		memcpy(digits, dot + 1, strlen(dot + 1));
	if (ctr_parse_number(head, "", 0, 100000, &whole, NULL) < 0 ||
	    ctr_parse_number(digits, "", 0, 999999999, &part, NULL) < 0)
		return false;
	*nano = whole * 1000000000 + part;
	return true;
}

int opt_set_cpus(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t nano;

	if (!read_decimal(value, &nano) || nano < 10000000)
		return print_refusal(opt->name, value,
				     "expected a number of CPUs, 0.01 or more, such as 1.5");
	run->cpus = value;
	run->cpu_quota_us = nano / (1000000000 / DEFAULT_PERIOD_US);
	return 0;
}

int opt_set_cpu_quota(struct run *run, const struct opt *opt, const char *value)
{
	if (opt_read_number(run, opt, value, UINT64_MAX / 1000 / 1024, &run->cpu_quota_us) < 0)
		return OPT_REFUSED;
	if (run->cpu_quota_us < 1000)
		return print_refusal(opt->name, value, "expected 1000 or more microseconds");
	run->quota = value;
	return 0;
}

int opt_set_cpu_period(struct run *run, const struct opt *opt, const char *value)
{
	if (ctr_parse_number(value, opt->name, 1000, 1000000, &run->cpu_period_us, NULL) < 0)
		return print_refusal(opt->name, value, "expected 1000 to 1000000 microseconds");
	run->period = value;
	return 0;
}

static int finish_cpu(struct run *run)
{
	static const struct opt opt = { .name = "--cpu-quota" };
	uint64_t period = run->period ? run->cpu_period_us : DEFAULT_PERIOD_US;

	if (run->cpus && (run->quota || run->period))
		return print_refusal("--cpus", run->cpus,
				     "it is a quota in a period: give it or those, not both");
	if (run->period && !run->quota)
		return print_refusal("--cpu-period", run->period, "give --cpu-quota too");
	if (!run->cpus && !run->quota)
		return 0;
	return opt_check(
		run, &opt,
		ctr_limits_set_cpu_max(limits_of(run), run->cpu_quota_us, period, run->err));
}

int opt_set_cpu_shares(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t shares;

	if (ctr_parse_number(value, opt->name, 2, 262144, &shares, NULL) < 0)
		return print_refusal(opt->name, value, "expected 2 to 262144; 1024 is usual");
	return opt_check(run, opt, ctr_limits_set_cpu_shares(limits_of(run), shares, run->err));
}

int opt_set_cpuset_cpus(struct run *run, const struct opt *opt, const char *value)
{
	return opt_check(run, opt, ctr_limits_set_cpuset_cpus(limits_of(run), value, run->err));
}

int opt_set_cpuset_mems(struct run *run, const struct opt *opt, const char *value)
{
	return opt_check(run, opt, ctr_limits_set_cpuset_mems(limits_of(run), value, run->err));
}

/* ---- time ---- */

static int read_seconds(const struct opt *opt, const char *value, uint64_t *ms)
{
	uint64_t nano;

	if (!read_decimal(value, &nano) || nano < 1000000)
		return print_refusal(opt->name, value,
				     "expected seconds, 0.001 or more, such as 2.5");
	*ms = nano / 1000000;
	return 0;
}

int opt_set_timeout(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t ms = 0;

	if (read_seconds(opt, value, &ms) < 0)
		return OPT_REFUSED;
	run->timeout = value;
	return opt_check(run, opt, ctr_spec_set_wall_limit_ms(run->spec, ms, run->err));
}

int opt_set_cpu_time(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t ms = 0;

	if (read_seconds(opt, value, &ms) < 0)
		return OPT_REFUSED;
	run->cpu_time = value;
	return opt_check(run, opt, ctr_spec_set_cpu_limit_ms(run->spec, ms, run->err));
}

/* ---- input and output ---- */

int opt_set_blkio_weight(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t weight;

	if (ctr_parse_number(value, opt->name, 10, 1000, &weight, NULL) < 0)
		return print_refusal(opt->name, value, "expected 10 to 1000");
	return opt_check(run, opt, ctr_limits_set_io_weight(limits_of(run), weight, run->err));
}

static int set_io_max(struct run *run, const struct opt *opt, char *device, char *rate)
{
	const bool is_bytes = opt->kind == CTR_IO_READ_BPS || opt->kind == CTR_IO_WRITE_BPS;
	uint64_t max;

	if (!rate)
		return print_refusal(opt->name, device, "a rate is missing, expected %s",
				     opt->argument);
	if (is_bytes && read_size(opt, rate, 1, &max) < 0)
		return OPT_REFUSED;
	if (!is_bytes && ctr_parse_number(rate, opt->name, 1, UINT32_MAX, &max, NULL) < 0)
		return print_refusal(opt->name, rate, "expected 1 to %u a second", UINT32_MAX);
	return opt_check(
		run, opt,
		ctr_limits_set_io_max(limits_of(run), device, (int)opt->kind, max, run->err));
}

int opt_set_device_rate(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, ":", set_io_max);
}

/* ---- devices, and what is only counted ---- */

/* As docker has it: in addition to those that every program may expect. */
int opt_allow_device(struct run *run, const struct opt *opt, const char *value)
{
	if (!run->device_rules &&
	    opt_check(run, opt, ctr_limits_allow_default_devices(limits_of(run), run->err)) < 0)
		return OPT_REFUSED;
	run->device_rules = true;
	if (strcmp(value, "default") == 0)
		return 0;
	return opt_check(run, opt, ctr_limits_allow_device(limits_of(run), value, run->err));
}

static int read_count(const struct opt *opt, const char *text, uint32_t *count)
{
	uint64_t value = UINT32_MAX;

	if (!opt_is_unlimited(text) &&
	    ctr_parse_number(text, opt->name, 0, UINT32_MAX - 1, &value, NULL) < 0)
		return print_refusal(opt->name, text, "expected a number, or -1 for no limit");
	*count = (uint32_t)value;
	return 0;
}

static int set_rdma(struct run *run, const struct opt *opt, char *device, char *counts)
{
	char *objects = counts;
	const char *handles = strsep(&objects, ":");
	uint32_t max_handles, max_objects;

	if (!counts || !objects)
		return print_refusal(opt->name, device, "a number is missing, expected %s",
				     opt->argument);
	if (read_count(opt, handles, &max_handles) < 0 ||
	    read_count(opt, objects, &max_objects) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt,
			 ctr_limits_set_rdma_max(limits_of(run), device, max_handles, max_objects,
						 run->err));
}

int opt_set_rdma_limit(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=", set_rdma);
}

static int set_misc(struct run *run, const struct opt *opt, char *resource, char *max)
{
	uint64_t value;

	if (!max)
		return print_refusal(opt->name, resource, "a number is missing, expected %s",
				     opt->argument);
	if (opt_read_number(run, opt, max, INT64_MAX, &value) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt,
			 ctr_limits_set_misc_max(limits_of(run), resource, value, run->err));
}

int opt_set_misc_limit(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=", set_misc);
}

/* ---- output ---- */

int opt_set_output_limit(struct run *run, const struct opt *opt, const char *value)
{
	uint64_t bytes;

	if (ctr_parse_size(value, opt->name, 1, INT64_MAX, &bytes, NULL) < 0)
		return print_refusal(opt->name, value,
				     "expected a number with an optional unit b, k, m, g or t, 1 "
				     "to 2^63 - 1");
	run->output_limit = value;
	return opt_check(run, opt, ctr_spec_set_output_limit(run->spec, bytes, run->err));
}

/* ---- the group itself ---- */

/* Where every program looks for it. */
int opt_set_delegate(struct run *run, const struct opt *opt, const char *value)
{
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	if (!enabled)
		return 0;
	if (opt_check(run, opt, ctr_spec_set_delegate(run->spec, 1, run->err)) < 0)
		return OPT_REFUSED;
	return opt_check(run, opt, ctr_spec_add_cgroup(run->spec, "/sys/fs/cgroup", 0, run->err));
}

static int set_value(struct run *run, const struct opt *opt, char *file, char *value)
{
	if (!value)
		return print_refusal(opt->name, file, "a value is missing, expected %s",
				     opt->argument);
	return opt_check(run, opt, ctr_limits_set_value(limits_of(run), file, value, run->err));
}

int opt_set_cgroup_conf(struct run *run, const struct opt *opt, const char *value)
{
	return opt_split(run, opt, value, "=", set_value);
}

int opt_finish_resources(struct run *run)
{
	return finish_memory_swap(run) < 0 ? OPT_REFUSED : finish_cpu(run);
}
