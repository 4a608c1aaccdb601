/* SPDX-License-Identifier: MIT */
/* What a line gives lies in range, and in the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/subid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *p = text, *end = text + size;
	struct ctr__subid line;

	while (ctr__subid_next(&p, end, &line)) {
		if (p > end || line.owner < text || line.owner + line.owner_length >= p)
			abort();
		if (!line.owner_length || !line.count || line.first > UINT32_MAX - line.count)
			abort();
		ctr__subid_is_of(&line, 1000, "alice");
	}
	return p == end ? 0 : (abort(), 0);
}
