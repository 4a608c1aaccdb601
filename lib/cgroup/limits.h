/* SPDX-License-Identifier: MIT */
/* What the setters of limits.c have stored. */
#ifndef CTR_CGROUP_LIMITS_H
#define CTR_CGROUP_LIMITS_H

#include <minictr/limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strv.h"

#define CTR__IO_KINDS 4

struct ctr__limit_io {
	unsigned major, minor;
	uint64_t max[CTR__IO_KINDS]; /* by CTR_IO_*; 0: no limit */
};

struct ctr__limit_hugetlb {
	uint64_t page_bytes, bytes;
};

#define CTR__DEVICE_RULES_MAX 256

/* What is allowed; all else is not. */
struct ctr__device_rule {
	char type;	  /* 'c', 'b'; 0: any */
	int major, minor; /* -1: any */
	unsigned access;  /* bits of BPF_DEVCG_ACC_* */
};

struct ctr_limits {
	ctr_error *failed;   /* the first failure of a setter */
	uint64_t memory_max; /* 0 here and below: not set */
	uint64_t memory_low;
	uint64_t swap_max;
	bool set_swap_max; /* for which 0 is a limit */
	bool set_oom_group, oom_group;
	uint64_t pids_max;
	uint64_t cpu_quota_us, cpu_period_us;
	uint64_t cpu_shares;
	uint64_t io_weight;
	char *cpuset_cpus, *cpuset_mems;
	struct ctr__limit_io *io;
	size_t n_io;
	struct ctr__limit_hugetlb *hugetlb;
	size_t n_hugetlb;
	struct ctr__device_rule *devices; /* none: any device */
	size_t n_devices;
	struct ctr__strv values; /* FILE=VALUE */
};

/* At the beginning of each setter: ctr__error_begin(). */
static inline int ctr__limits_begin(ctr_limits *limits, ctr_error **err)
{
	return ctr__error_begin(limits ? limits->failed : NULL, "limits", err);
}

/* Copies from into *to, which must be empty, without failures; 0 or -ENOMEM. */
int ctr__limits_copy(ctr_limits *to, const ctr_limits *from);

/* The same limits, borrowed, but for the place of an init, which is not the program's. */
ctr_limits ctr__limits_with_init(const ctr_limits *limits, bool init);

/* Whether there is none. */
bool ctr__limits_is_empty(const ctr_limits *limits);

/* "c 1:3 rwm" of a rule, as devices.allow takes it. */
#define CTR__DEVICE_TEXT_SIZE 48
void ctr__device_rule_text(const struct ctr__device_rule *rule, char *text);

/* Frees what it holds, and makes it empty. */
void ctr__limits_clear(ctr_limits *limits);

/* Whether the list, such as "0-3,8", is one, and which number in it is not in within; -1: none. */
bool ctr__is_cpu_list(const char *list);
int ctr__cpu_list_outside(const char *list, const char *within);

#endif
