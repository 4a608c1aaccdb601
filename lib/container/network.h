/* SPDX-License-Identifier: MIT */
/* Network namespaces of a plan that were made ahead: making one takes as long as all mounts. */
#ifndef CTR_CONTAINER_NETWORK_H
#define CTR_CONTAINER_NETWORK_H

#include "compile/plan.h"

/* One with its loopback interface up, which the caller owns from then on; -1: none is ready. */
int ctr__networks_take(const ctr_plan *plan);

#endif
