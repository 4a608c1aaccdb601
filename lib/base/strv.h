/* SPDX-License-Identifier: MIT */
/* A list of strings that owns them, with a NULL behind the last. */
#ifndef CTR_BASE_STRV_H
#define CTR_BASE_STRV_H

#include <stddef.h>

/* A copy of from in *to, or NULL for NULL; 0 or -ENOMEM. */
int ctr__text_copy(char **to, const char *from);

/* The same in the place of what *text was; 0, or -ENOMEM, and *text is as before. */
int ctr__text_replace(char **text, const char *value);

struct ctr__strv {
	char **v; /* NULL while it is empty */
	size_t n;
};

/* 0 or -ENOMEM, in which case the list is as before. */
int ctr__strv_add(struct ctr__strv *list, const char *text);
int ctr__strv_copy(struct ctr__strv *to, const struct ctr__strv *from);

void ctr__strv_remove(struct ctr__strv *list, size_t index);
void ctr__strv_clear(struct ctr__strv *list);

/*
 * Puts "NAME=VALUE", whose NAME is length bytes, in the place of the value that NAME has; 0 or
 * -ENOMEM, in which case the list is as before.
 */
int ctr__strv_set_env(struct ctr__strv *list, const char *text, size_t length);

/* "NAME=VALUE" strings: the index of NAME, which is length bytes, or n if it is not there. */
size_t ctr__strv_find_env(const struct ctr__strv *list, const char *name, size_t length);

#endif
