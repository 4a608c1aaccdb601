/* SPDX-License-Identifier: MIT */
/* From the range of shares (v1) to that of weights (v2) and back. */
#ifndef CTR_CGROUP_SHARES_H
#define CTR_CGROUP_SHARES_H

#include <stdint.h>

uint64_t ctr__weight_of_shares(uint64_t shares);
uint64_t ctr__shares_of_weight(uint64_t weight);

#endif
