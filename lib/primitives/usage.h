/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_USAGE_H
#define CTR_PRIMITIVES_USAGE_H

#include <minictr/usage.h>
#include <stdbool.h>

#define CTR__USAGE_COUNT (CTR_USAGE_IO_PRESSURE_US + 1)

struct ctr_usage {
	bool known[CTR__USAGE_COUNT];
	uint64_t value[CTR__USAGE_COUNT];
};

void ctr__usage_set(ctr_usage *usage, unsigned what, uint64_t value);

/* Adds what the files below a group's directory in one hierarchy tell. */
void ctr__usage_read(ctr_usage *usage, int dir);

/* CPU time alone, in microseconds; false if these files don't tell. */
bool ctr__usage_read_cpu(int dir, uint64_t *cpu_us);

#endif
