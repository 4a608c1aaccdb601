/* SPDX-License-Identifier: MIT */
#include "base/json_c.h"

#ifdef CTR_JSON_C_FILE /* libminictr.so */

#include <pthread.h>

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
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	ctr__library_open(&library);
}

int ctr__json_c_load(ctr_error *err)
{
	pthread_once(&once, load);
	return ctr__library_check(&library, err);
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
