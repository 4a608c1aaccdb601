/* SPDX-License-Identifier: MIT */
/* Which of the caller's descriptors a run needs. */
#ifndef CTR_PLAN_FDS_H
#define CTR_PLAN_FDS_H

#include "plan/image.h"

/* The one that a step brings along, beside those of the run; -1: none. */
int ctr__step_fd(const struct ctr__step *step);

/*
 * The number behind all that a child needs from the first step on that does not leave descriptors
 * alone: ctr__leaves_fds(). For the helper: behind all that the run has.
 */
unsigned ctr__fds_end(const struct ctr__run *run, const struct ctr__image_counts *counts,
		      bool helper);

#endif
