/* SPDX-License-Identifier: MIT */
#include "plan/steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ctr__steps_add(struct ctr__steps *steps, const struct ctr__step *step)
{
	struct ctr__step *grown = reallocarray(steps->v, steps->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	steps->v = grown;
	steps->v[steps->n++] = *step;
	return 0;
}

void *ctr__steps_alloc(struct ctr__steps *steps, size_t count, size_t size)
{
	void **grown = reallocarray(steps->owned, steps->n_owned + 1, sizeof(*grown));
	void *memory;

	if (!grown)
		return NULL;
	steps->owned = grown;
	memory = calloc(count ? count : 1, size);
	if (memory)
		steps->owned[steps->n_owned++] = memory;
	return memory;
}

char *ctr__steps_strdup(struct ctr__steps *steps, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = ctr__steps_alloc(steps, size, 1);

	return copy ? memcpy(copy, text, size) : NULL;
}

void ctr__steps_clear(struct ctr__steps *steps)
{
	for (size_t i = 0; i < steps->n_owned; i++)
		free(steps->owned[i]);
	free(steps->owned);
	free(steps->v);
	*steps = (struct ctr__steps){ 0 };
}
