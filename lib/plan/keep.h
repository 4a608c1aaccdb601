/* SPDX-License-Identifier: MIT */
#ifndef CTR_PLAN_KEEP_H
#define CTR_PLAN_KEEP_H

#include "plan/launch.h"

/*
 * ctr__launch() of steps that keep n namespaces: KEEP_TEMPLATE, KEEP_NETWORK. A child that is DONE
 * has sent them in the order of its steps: each of fds is a descriptor, or -errno if it could not
 * be received. Else all are -ECHILD.
 */
int ctr__keep(struct ctr__launch *launch, int *fds, size_t n, struct ctr__outcome *outcome);

#endif
