/* SPDX-License-Identifier: MIT */
#include <minictr.h>
#include <stdlib.h>

#include "json.h"

void json_put_string(FILE *out, const char *text)
{
	const size_t size = ctr_text_json(text, NULL, 0) + 1;
	char *string = malloc(size);

	if (!string) {
		fputs("\"\"", out);
		return;
	}
	ctr_text_json(text, string, size);
	fputs(string, out);
	free(string);
}
