/* SPDX-License-Identifier: MIT */
/* Values in a document of JSON, each with the place where it is, for errors to name. */
#ifndef CTR_BASE_JSON_H
#define CTR_BASE_JSON_H

#include <json-c/json_types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

struct ctr__json {
	const struct ctr__json *above; /* NULL: this is the document */
	const char *name;	       /* of a member or of the document; NULL: an element */
	size_t index;
	struct json_object *value; /* NULL: it is null, or not there */
};

/* The document in a text; name is what it is called in errors. To be freed, whatever is returned.
 */
int ctr__json_parse(const char *text, const char *name, struct ctr__json *document, ctr_error *err);
void ctr__json_free(struct ctr__json *document);

/* A member, whether it is there or not; an element of what is an array. */
struct ctr__json ctr__json_member(const struct ctr__json *object, const char *name);
struct ctr__json ctr__json_element(const struct ctr__json *array, size_t index);

/* How many elements: of what is not there, none; refused if it is something else. */
int ctr__json_array(const struct ctr__json *at, size_t *n, ctr_error *err);

/* Refuses what is not an object with no other keys than these; NULL ends them. */
int ctr__json_object(const struct ctr__json *at, const char *const *keys, ctr_error *err);

/* A string that is not empty; it lives as long as the document. */
int ctr__json_text(const struct ctr__json *at, const char **text, ctr_error *err);

/* A whole number from 0 to max. */
int ctr__json_number(const struct ctr__json *at, uint64_t max, uint64_t *number, ctr_error *err);

/* Tells where it is, what is there, and what was expected: -1. */
int ctr__json_refuse(const struct ctr__json *at, const char *expected, ctr_error *err);

/* "document: syscalls[3].args[0].op" */
void ctr__json_place(const struct ctr__json *at, char *text, size_t size);

#endif
