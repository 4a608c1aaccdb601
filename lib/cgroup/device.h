/* SPDX-License-Identifier: MIT */
/* Device rules on cgroup v2: a program that the kernel asks, bpf(2). */
#ifndef CTR_CGROUP_DEVICE_H
#define CTR_CGROUP_DEVICE_H

#include "cgroup/limits.h"

/* A descriptor of the program, or -errno. */
int ctr__device_program_load(const struct ctr__device_rule *rules, size_t n);

/* Makes it the rules of a group, in place of an earlier one unless that is -1; 0 or -errno. */
int ctr__device_program_attach(int program, int group, int replaces);

#endif
