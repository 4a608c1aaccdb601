/* SPDX-License-Identifier: MIT */
#ifndef CTR_CGROUP_USAGE_H
#define CTR_CGROUP_USAGE_H

#include <minictr/usage.h>
#include <stdbool.h>

/* For the verdict: v2 counts the kills of groups inside too, but not that their limit was met. */
#define CTR__USAGE_OOM (CTR_USAGE_MAJOR_FAULTS + 1)
#define CTR__USAGE_COUNT (CTR__USAGE_OOM + 1)

struct ctr_usage {
	bool known[CTR__USAGE_COUNT];
	uint64_t value[CTR__USAGE_COUNT];
};

void ctr__usage_set(ctr_usage *usage, unsigned what, uint64_t value);

#define CTR__USAGE_ALL UINT32_MAX
/* Those that are counted from the beginning on. */
#define CTR__USAGE_SUMS                                                                            \
	(1u << CTR_USAGE_CPU_US | 1u << CTR_USAGE_USER_US | 1u << CTR_USAGE_SYSTEM_US |            \
	 1u << CTR_USAGE_THROTTLED_US | 1u << CTR_USAGE_OOM_KILLS |                                \
	 1u << CTR_USAGE_IO_READ_BYTES | 1u << CTR_USAGE_IO_WRITE_BYTES |                          \
	 1u << CTR_USAGE_CPU_PRESSURE_US | 1u << CTR_USAGE_MEMORY_PRESSURE_US |                    \
	 1u << CTR_USAGE_IO_PRESSURE_US | 1u << CTR_USAGE_PIDS_REFUSED | 1u << CTR__USAGE_OOM)

/*
 * Adds what the files of a group in one hierarchy tell, which has these counters: the
 * numbers whose bits are in wanted.
 */
void ctr__usage_read(ctr_usage *usage, int dir, unsigned counters, uint32_t wanted);

/* One number alone; false if these files don't tell. */
bool ctr__usage_read_one(int dir, unsigned counters, unsigned what, uint64_t *value);

/* Sums less what they were at some time; the rest stays. */
void ctr__usage_subtract(ctr_usage *usage, const ctr_usage *before);

/* Adds to what is subtracted later: CPU time, which is then known. */
void ctr__usage_add_cpu(ctr_usage *usage, uint64_t user_us, uint64_t system_us);

/* What is known of more replaces what is there. */
void ctr__usage_merge(ctr_usage *usage, const ctr_usage *more);

#endif
