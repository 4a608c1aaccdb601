/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_CREDENTIALS_H
#define CTR_PRIMITIVES_CREDENTIALS_H

#include <stdint.h>

#include <minictr/error.h>

#define CTR__GROUPS_MAX 65536 /* NGROUPS_MAX, limits.h */

/* Refuses the id that setresuid(2) takes for "leave it". */
int ctr__check_id(const char *what, uint32_t id, ctr_error *err);

#endif
