/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_CAPS_H
#define CTR_PRIMITIVES_CAPS_H

#include <minictr/caps.h>

/* All that the running kernel has: what the first process of a user namespace begins with. */
uint64_t ctr__caps_of_kernel(void);

/* What the calling thread may use itself; 0 or -errno. */
int ctr__caps_permitted(uint64_t *caps);

/* The bits that a name stands for, "ALL" included. */
int ctr__caps_read(const char *name, uint64_t *caps, ctr_error *err);

#endif
