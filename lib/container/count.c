/* SPDX-License-Identifier: MIT */
/* What a container uses, as its group counts it. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/sys.h"
#include "container/identity.h"

void ctr__identity_use_group(struct ctr__identity *id)
{
	ctr__cgroup_usage(id->cgroup, &id->before, CTR__USAGE_SUMS);
	id->peak_fd = ctr__cgroup_restart_peak(id->cgroup, &id->peak_known);
}

/* Of a group that others have used, the most at any time says nothing of this container. */
static uint32_t countable(const struct ctr__identity *id)
{
	const uint32_t peaks = 1u << CTR_USAGE_MEMORY_PEAK_BYTES | 1u << CTR_USAGE_PIDS_PEAK;

	if (id->own_cgroup)
		return CTR__USAGE_ALL;
	if (id->peak_known && id->peak_fd < 0)
		return ~(1u << CTR_USAGE_PIDS_PEAK);
	return ~peaks;
}

static void read_peak(const struct ctr__identity *id, ctr_usage *usage)
{
	char text[32];
	const char *p = text;
	uint64_t peak;
	long n = id->peak_fd < 0 ? 0 : sys_pread(id->peak_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return;
	text[n] = '\0';
	if (ctr__take_digits(&p, &peak))
		ctr__usage_set(usage, CTR_USAGE_MEMORY_PEAK_BYTES, peak);
}

/* Of processes it counts the program's, as the limit on them does. */
static void leave_out_init(const struct ctr__identity *id, ctr_usage *usage)
{
	static const unsigned numbers[] = { CTR_USAGE_PIDS, CTR_USAGE_PIDS_PEAK };

	for (size_t i = 0; id->own_cgroup && id->init && i < 2; i++)
		if (usage->value[numbers[i]])
			usage->value[numbers[i]]--;
}

void ctr__identity_count(const struct ctr__identity *id, ctr_usage *usage)
{
	ctr_usage counted = { 0 };

	if (!id->cgroup)
		return;
	ctr__cgroup_usage(id->cgroup, &counted, countable(id));
	ctr__usage_subtract(&counted, &id->before);
	read_peak(id, &counted);
	leave_out_init(id, &counted);
	ctr__usage_merge(usage, &counted);
}

void ctr__identity_stats(const struct ctr__identity *id, ctr_usage *usage)
{
	ctr__usage_set(usage, CTR_USAGE_WALL_US, (uint64_t)(ctr__now_us() - id->began_us));
	ctr__identity_count(id, usage);
}
