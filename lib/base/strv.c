/* SPDX-License-Identifier: MIT */
#include "base/strv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ctr__text_copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

int ctr__text_replace(char **text, const char *value)
{
	char *copy;

	if (ctr__text_copy(&copy, value))
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

int ctr__strv_add(struct ctr__strv *list, const char *text)
{
	char *copy = strdup(text);
	char **grown = copy ? reallocarray(list->v, list->n + 2, sizeof(*grown)) : NULL;

	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	list->v = grown;
	list->v[list->n++] = copy;
	list->v[list->n] = NULL;
	return 0;
}

int ctr__strv_copy(struct ctr__strv *to, const struct ctr__strv *from)
{
	struct ctr__strv copy = { 0 };

	for (size_t i = 0; i < from->n; i++) {
		if (ctr__strv_add(&copy, from->v[i])) {
			ctr__strv_clear(&copy);
			return -ENOMEM;
		}
	}
	*to = copy;
	return 0;
}

void ctr__strv_remove(struct ctr__strv *list, size_t index)
{
	free(list->v[index]);
	memmove(&list->v[index], &list->v[index + 1], (list->n - index) * sizeof(*list->v));
	list->n--;
}

void ctr__strv_clear(struct ctr__strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct ctr__strv){ 0 };
}

size_t ctr__strv_find_env(const struct ctr__strv *list, const char *name, size_t length)
{
	size_t i = 0;

	while (i < list->n && (strncmp(list->v[i], name, length) != 0 || list->v[i][length] != '='))
		i++;
	return i;
}

int ctr__strv_set_env(struct ctr__strv *list, const char *text, size_t length)
{
	size_t older;

	if (ctr__strv_add(list, text))
		return -ENOMEM;
	/* The older value stands before the new one, and is the one found. */
	older = ctr__strv_find_env(list, text, length);
	if (older < list->n - 1)
		ctr__strv_remove(list, older);
	return 0;
}
