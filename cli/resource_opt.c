/* SPDX-License-Identifier: MIT */
/* Options that become limits of a control group, named and measured as docker's are. */
#include <string.h>

#include "draft.h"
#include "print.h"

enum { LARGEST_PIDS = 4194304, DEFAULT_PERIOD_US = 100000 };

static const uint64_t LARGEST_SIZE = 1ULL << 63;

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

static int set_memory(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t bytes = 0;

	if (!opt_is_unlimited(value) && read_size(opt, value, 65536, &bytes) < 0)
		return OPT_REFUSED;
	draft->resources.memory = value;
	draft->resources.memory_bytes = bytes;
	return opt_check(draft, opt, ctr_limits_set_memory_max(draft->limits, bytes, draft->err));
}

static int set_memory_reservation(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t bytes;

	if (read_size(opt, value, 0, &bytes) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, ctr_limits_set_memory_low(draft->limits, bytes, draft->err));
}

/* Memory and swap together, as docker has it; so it waits for --memory. */
static int set_memory_swap(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t bytes = UINT64_MAX;

	if (!opt_is_unlimited(value) && read_size(opt, value, 0, &bytes) < 0)
		return OPT_REFUSED;
	draft->resources.memory_swap = value;
	draft->resources.memory_swap_bytes = bytes;
	return 0;
}

static int finish_memory_swap(struct draft *draft)
{
	static const struct opt opt = { .name = "--memory-swap" };
	const struct resources *given = &draft->resources;
	uint64_t swap = UINT64_MAX;

	if (!given->memory_swap)
		return 0;
	if (!given->memory_bytes)
		return print_refusal(opt.name, given->memory_swap,
				     "it counts memory and swap together: give --memory too");
	if (given->memory_swap_bytes < given->memory_bytes)
		return print_refusal(opt.name, given->memory_swap,
				     "it counts memory and swap together: expected --memory or "
				     "more");
	if (given->memory_swap_bytes != UINT64_MAX)
		swap = given->memory_swap_bytes - given->memory_bytes;
	return opt_check(draft, &opt, ctr_limits_set_swap_max(draft->limits, swap, draft->err));
}

static int set_oom_group(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt, ctr_limits_set_oom_group(draft->limits, enabled, draft->err));
}

static int set_hugetlb(struct draft *draft, const struct opt *opt, char *size, char *limit)
{
	uint64_t page_bytes, bytes;

	if (!limit)
		return print_refusal(opt->name, size, "a limit is missing, expected %s",
				     opt->argument);
	if (read_size(opt, size, 65536, &page_bytes) < 0 || read_size(opt, limit, 0, &bytes) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_limits_set_hugetlb_max(draft->limits, page_bytes, bytes, draft->err));
}

static int set_hugetlb_limit(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_hugetlb);
}

/* ---- processes ---- */

static int set_pids_limit(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t max = 0;

	if (!opt_is_unlimited(value) &&
	    ctr_parse_number(value, opt->name, 1, LARGEST_PIDS, &max, NULL) < 0)
		return print_refusal(opt->name, value, "expected 1 to %d, or -1 for no limit",
				     LARGEST_PIDS);
	return opt_check(draft, opt, ctr_limits_set_pids_max(draft->limits, max, draft->err));
}

/* ---- CPU ---- */

static int set_cpus(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t nano;

	if (!opt_read_decimal(value, &nano) || nano < 10000000)
		return print_refusal(opt->name, value,
				     "expected a number of CPUs, 0.01 or more, such as 1.5");
	draft->resources.cpus = value;
	draft->resources.cpu_quota_us = nano / (1000000000 / DEFAULT_PERIOD_US);
	return 0;
}

static int set_cpu_quota(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	struct resources *given = &draft->resources;

	if (opt_read_number(draft, opt, value, UINT64_MAX / 1000 / 1024, &given->cpu_quota_us) < 0)
		return OPT_REFUSED;
	if (given->cpu_quota_us < 1000)
		return print_refusal(opt->name, value, "expected 1000 or more microseconds");
	given->quota = value;
	return 0;
}

static int set_cpu_period(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	struct resources *given = &draft->resources;

	if (ctr_parse_number(value, opt->name, 1000, 1000000, &given->cpu_period_us, NULL) < 0)
		return print_refusal(opt->name, value, "expected 1000 to 1000000 microseconds");
	given->period = value;
	return 0;
}

static int finish_cpu(struct draft *draft)
{
	static const struct opt opt = { .name = "--cpu-quota" };
	const struct resources *given = &draft->resources;
	uint64_t period = given->period ? given->cpu_period_us : DEFAULT_PERIOD_US;

	if (given->cpus && (given->quota || given->period))
		return print_refusal("--cpus", given->cpus,
				     "it is a quota in a period: give it or those, not both");
	if (given->period && !given->quota)
		return print_refusal("--cpu-period", given->period, "give --cpu-quota too");
	if (!given->cpus && !given->quota)
		return 0;
	return opt_check(
		draft, &opt,
		ctr_limits_set_cpu_max(draft->limits, given->cpu_quota_us, period, draft->err));
}

static int set_cpu_shares(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t shares;

	if (ctr_parse_number(value, opt->name, 2, 262144, &shares, NULL) < 0)
		return print_refusal(opt->name, value, "expected 2 to 262144; 1024 is usual");
	return opt_check(draft, opt, ctr_limits_set_cpu_shares(draft->limits, shares, draft->err));
}

static int set_cpuset_cpus(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return opt_check(draft, opt, ctr_limits_set_cpuset_cpus(draft->limits, value, draft->err));
}

static int set_cpuset_mems(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	return opt_check(draft, opt, ctr_limits_set_cpuset_mems(draft->limits, value, draft->err));
}

/* ---- input and output ---- */

static int set_blkio_weight(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	uint64_t weight;

	if (ctr_parse_number(value, opt->name, 10, 1000, &weight, NULL) < 0)
		return print_refusal(opt->name, value, "expected 10 to 1000");
	return opt_check(draft, opt, ctr_limits_set_io_weight(draft->limits, weight, draft->err));
}

static int set_io_max(struct draft *draft, const struct opt *opt, char *device, char *rate)
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
		draft, opt,
		ctr_limits_set_io_max(draft->limits, device, (int)opt->kind, max, draft->err));
}

static int set_device_rate(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, ":", set_io_max);
}

/* ---- devices, and what is only counted ---- */

/* As docker has it: in addition to those that every program may expect. */
static int allow_device(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	if (!draft->resources.device_rules &&
	    opt_check(draft, opt, ctr_limits_allow_default_devices(draft->limits, draft->err)) < 0)
		return OPT_REFUSED;
	draft->resources.device_rules = true;
	if (strcmp(value, "default") == 0)
		return 0;
	return opt_check(draft, opt, ctr_limits_allow_device(draft->limits, value, draft->err));
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

static int set_rdma(struct draft *draft, const struct opt *opt, char *device, char *counts)
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
	return opt_check(draft, opt,
			 ctr_limits_set_rdma_max(draft->limits, device, max_handles, max_objects,
						 draft->err));
}

static int set_rdma_limit(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_rdma);
}

static int set_misc(struct draft *draft, const struct opt *opt, char *resource, char *max)
{
	uint64_t value;

	if (!max)
		return print_refusal(opt->name, resource, "a number is missing, expected %s",
				     opt->argument);
	if (opt_read_number(draft, opt, max, INT64_MAX, &value) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_limits_set_misc_max(draft->limits, resource, value, draft->err));
}

static int set_misc_limit(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_misc);
}

/* ---- the group itself ---- */

/* Where every program looks for it. */
static int set_delegate(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	if (!enabled)
		return 0;
	if (opt_check(draft, opt, ctr_spec_set_delegate(draft->spec, 1, draft->err)) < 0)
		return OPT_REFUSED;
	return opt_check(draft, opt,
			 ctr_spec_add_cgroup(draft->spec, "/sys/fs/cgroup", 0, draft->err));
}

static int set_value(struct draft *draft, const struct opt *opt, char *file, char *value)
{
	if (!value)
		return print_refusal(opt->name, file, "a value is missing, expected %s",
				     opt->argument);
	return opt_check(draft, opt, ctr_limits_set_value(draft->limits, file, value, draft->err));
}

static int set_cgroup_conf(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_value);
}

int opt_finish_resources(struct draft *draft)
{
	return finish_memory_swap(draft) < 0 ? OPT_REFUSED : finish_cpu(draft);
}

const struct opt resource_options[] = {
	{ .name = "--pids-limit",
	  .argument = "N",
	  .help = "at most N processes and threads; -1: no limit",
	  .set = set_pids_limit },
	{ .name = "--memory",
	  .letter = 'm',
	  .argument = "N[b|k|m|g|t]",
	  .help = "limit on memory, including page cache",
	  .set = set_memory },
	{ .name = "--memory-reservation",
	  .argument = "N[b|k|m|g|t]",
	  .help = "soft limit: memory reclaimed only as a last resort",
	  .set = set_memory_reservation },
	{ .name = "--memory-swap",
	  .argument = "N[b|k|m|g|t]",
	  .help = "limit on memory plus swap; -1: no limit",
	  .set = set_memory_swap },
	{ .name = "--oom-group",
	  .help = "kill all processes at the memory limit, not just one",
	  .set = set_oom_group },
	{ .name = "--hugetlb-limit",
	  .argument = "SIZE=N[b|k|m|g|t]",
	  .help = "limit on memory in huge pages of that size",
	  .set = set_hugetlb_limit },
	{ .name = "--cpus",
	  .argument = "N.N",
	  .help = "CPU time, in CPUs, such as 0.5",
	  .set = set_cpus },
	{ .name = "--cpu-quota",
	  .argument = "USEC",
	  .help = "CPU time in each period",
	  .set = set_cpu_quota },
	{ .name = "--cpu-period",
	  .argument = "USEC",
	  .help = "length of a period in microseconds (default 100000)",
	  .set = set_cpu_period },
	{ .name = "--cpu-shares",
	  .letter = 'c',
	  .argument = "N",
	  .help = "weight when CPUs are busy (default 1024)",
	  .set = set_cpu_shares },
	{ .name = "--cpuset-cpus",
	  .argument = "LIST",
	  .help = "CPUs to run on, such as 0-3,8",
	  .set = set_cpuset_cpus },
	{ .name = "--cpuset-mems",
	  .argument = "LIST",
	  .help = "NUMA nodes to allocate memory from",
	  .set = set_cpuset_mems },
	{ .name = "--blkio-weight",
	  .argument = "N",
	  .help = "weight when disks are busy: 10 to 1000",
	  .set = set_blkio_weight },
	{ .name = "--device-read-bps",
	  .argument = "DEV:N[b|k|m|g|t]",
	  .words = "PATH",
	  .help = "limit on bytes per second read from a disk",
	  .set = set_device_rate,
	  .kind = CTR_IO_READ_BPS },
	{ .name = "--device-write-bps",
	  .argument = "DEV:N[b|k|m|g|t]",
	  .words = "PATH",
	  .help = "limit on bytes per second written to a disk",
	  .set = set_device_rate,
	  .kind = CTR_IO_WRITE_BPS },
	{ .name = "--device-read-iops",
	  .argument = "DEV:N",
	  .words = "PATH",
	  .help = "limit on reads per second",
	  .set = set_device_rate,
	  .kind = CTR_IO_READ_IOPS },
	{ .name = "--device-write-iops",
	  .argument = "DEV:N",
	  .words = "PATH",
	  .help = "limit on writes per second",
	  .set = set_device_rate,
	  .kind = CTR_IO_WRITE_IOPS },
	{ .name = "--device-cgroup-rule",
	  .argument = "RULE",
	  .help = "allow only the default devices and this one, such\n"
		  "as \"c 10:229 rwm\"; default: just the default ones",
	  .set = allow_device },
	{ .name = "--rdma-limit",
	  .argument = "DEV=HANDLES:OBJECTS",
	  .help = "limit on resources of an RDMA device",
	  .set = set_rdma_limit },
	{ .name = "--misc-limit",
	  .argument = "NAME=N",
	  .help = "limit on a resource listed in misc.capacity",
	  .set = set_misc_limit },
	{ .name = "--cgroup-conf",
	  .argument = "FILE=VALUE",
	  .help = "write a file of the group, such as memory.high",
	  .set = set_cgroup_conf },
	{ .name = NULL },
};

/* Where it lies: not to be changed of one that runs. */
const struct opt group_options[] = {
	{ .name = "--cgroup-parent",
	  .argument = "GROUP",
	  .help = "parent of the container's control group",
	  .set = opt_set_text,
	  .set_text = ctr_spec_set_cgroup_parent },
	{ .name = "--delegate",
	  .help = "let it manage its own group in /sys/fs/cgroup",
	  .set = set_delegate },
	{ .name = NULL },
};
