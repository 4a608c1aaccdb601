/* SPDX-License-Identifier: MIT */
/* What could not be waited for or removed in time: kept until it can be. */
#ifndef CTR_CONTAINER_REMAINS_H
#define CTR_CONTAINER_REMAINS_H

#include "cgroup/cgroup.h"

/* Takes over both; group: to be removed when it is empty, may be NULL. */
void ctr__remains_keep(int pidfd, ctr_cgroup *group);

/* Waits for and removes what can be by now; does not block. */
void ctr__remains_clear(void);

#endif
