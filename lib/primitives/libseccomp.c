/* SPDX-License-Identifier: MIT */
#include "primitives/libseccomp.h"

#ifdef CTR_LIBSECCOMP_FILE /* libminictr.so */

#include "base/library.h"

static const char *const names[] = {
#define CALL(name) "seccomp_" #name,
#include "primitives/libseccomp.def"
#undef CALL
};

struct ctr__libseccomp ctr__libseccomp;

static struct ctr__library library = {
	.file = CTR_LIBSECCOMP_FILE,
	.names = names,
	.n = sizeof(names) / sizeof(names[0]),
	.functions = &ctr__libseccomp,
	.needed_for = "seccomp profiles",
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

int ctr__libseccomp_load(ctr_error *err)
{
	return ctr__library_load(&library, err);
}

#else

struct ctr__libseccomp ctr__libseccomp = {
#define CALL(name) .name = seccomp_##name,
#include "primitives/libseccomp.def"
#undef CALL
};

int ctr__libseccomp_load(ctr_error *err)
{
	(void)err;
	return 0;
}

#endif
