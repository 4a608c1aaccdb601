/* SPDX-License-Identifier: MIT */
#include "plan/helper.h"

#include <stdint.h>

#include "base/fd.h"
#include "plan/sealed.h"

/* helper_blob.c */
extern const char ctr__helper_begin[] __attribute__((visibility("hidden")));
extern const uint64_t ctr__helper_size __attribute__((visibility("hidden")));

static struct ctr__sealed helper_file(void)
{
	return (struct ctr__sealed){
		.name = CTR__HELPER_NAME,
		.content = ctr__helper_begin,
		.size = ctr__helper_size,
		.mode = 0555,
	};
}

int ctr__helper_open_in_memory(int min)
{
	const struct ctr__sealed file = helper_file();

	return ctr__fd_raise(ctr__sealed_open_in_memory(&file), min);
}

int ctr__helper_open(int min)
{
	const struct ctr__sealed file = helper_file();

	return ctr__sealed_open(&file, min);
}
