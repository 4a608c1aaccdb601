/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_SECCOMP_TABLE_H
#define CTR_PRIMITIVES_SECCOMP_TABLE_H

#include "primitives/seccomp.h"

/* The names of seccomp_names.h as numbers, for the build. 0 or -errno; to be freed in any case. */
int ctr__seccomp_make_table(struct ctr__seccomp_table *table);
void ctr__seccomp_free_table(struct ctr__seccomp_table *table);

#endif
