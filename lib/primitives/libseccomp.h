/* SPDX-License-Identifier: MIT */
/* libseccomp, by pointers to its functions: base/library.h. */
#ifndef CTR_PRIMITIVES_LIBSECCOMP_H
#define CTR_PRIMITIVES_LIBSECCOMP_H

#include <seccomp.h>

#include <minictr/error.h>

struct ctr__libseccomp {
#define CALL(name) __typeof__(seccomp_##name) *(name);
#include "primitives/libseccomp.def"
#undef CALL
};

extern struct ctr__libseccomp ctr__libseccomp;

/* Before any of them is called; from any thread. */
int ctr__libseccomp_load(ctr_error *err);

#endif
