/* SPDX-License-Identifier: MIT */
/* What the setters of limits.c have stored. */
#ifndef CTR_PRIMITIVES_LIMITS_H
#define CTR_PRIMITIVES_LIMITS_H

#include <minictr/limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

#define CTR__IO_KINDS 4

struct ctr__limit_io {
	unsigned major, minor;
	uint64_t max[CTR__IO_KINDS]; /* by CTR_IO_*; 0: no limit */
};

struct ctr__limit_hugetlb {
	uint64_t page_bytes, bytes;
};

struct ctr_limits {
	uint64_t memory_max; /* 0 here and below: not set */
	uint64_t memory_low;
	uint64_t swap_max;
	bool set_swap_max; /* for which 0 is a limit */
	uint64_t pids_max;
	uint64_t cpu_quota_us, cpu_period_us;
	uint64_t cpu_shares;
	uint64_t io_weight;
	char *cpuset_cpus, *cpuset_mems;
	struct ctr__limit_io *io;
	size_t n_io;
	struct ctr__limit_hugetlb *hugetlb;
	size_t n_hugetlb;
	struct ctr__strv values; /* FILE=VALUE */
};

/* Copies from into *to, which must be empty; 0 or -ENOMEM. */
int ctr__limits_copy(ctr_limits *to, const ctr_limits *from);

/* Frees what it holds, and makes it empty. */
void ctr__limits_clear(ctr_limits *limits);

/* Whether the list, such as "0-3,8", is one, and which number in it is not in within; -1: none. */
bool ctr__is_cpu_list(const char *list);
int ctr__cpu_list_outside(const char *list, const char *within);

#endif
