/* SPDX-License-Identifier: MIT */
#include "base/json_c.h"

#ifdef CTR_JSON_C_FILE /* libminictr.so */

#include "base/library.h"

static const char *const names[] = {
#define CALL(name) "json_" #name,
#include "base/json_c.def"
#undef CALL
};

struct ctr__json_c ctr__json_c;

static struct ctr__library library = {
	.file = CTR_JSON_C_FILE,
	.names = names,
	.n = sizeof(names) / sizeof(names[0]),
	.functions = &ctr__json_c,
	.needed_for = "seccomp profiles",
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

int ctr__json_c_load(ctr_error *err)
{
	return ctr__library_load(&library, err);
}

#else

struct ctr__json_c ctr__json_c = {
#define CALL(name) .name = json_##name,
#include "base/json_c.def"
#undef CALL
};

int ctr__json_c_load(ctr_error *err)
{
	(void)err;
	return 0;
}

#endif
