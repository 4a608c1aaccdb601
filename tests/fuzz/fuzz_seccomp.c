/* SPDX-License-Identifier: MIT */
/* Profiles as anybody may write them: an error or a filter, and no more than the kernel takes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "primitives/seccomp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctr__profile profile;
	char *text = malloc(size + 1);
	int checked;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	checked = ctr__seccomp_profile(text, NULL, 0, NULL, NULL);
	if (ctr__seccomp_profile(text, NULL, 0, &profile, NULL) == 0) {
		/* What is made was found good, and can be loaded. */
		if (checked != 0 || profile.n == 0 || profile.n > CTR__SECCOMP_INSNS_MAX)
			abort();
		free(profile.insns);
	}
	free(text);
	return 0;
}
