/* SPDX-License-Identifier: MIT */
#include <minictr/version.h>

#include "base/export.h"

CTR_EXPORT const char *ctr_version(void)
{
	return CTR__VERSION; /* the build system's: one place says it */
}
