/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_c.h"

#define DEPTH 16
#define PLACE_SIZE 512

/* ---- places ---- */

static void add_place(struct ctr__buf *b, const struct ctr__json *at)
{
	if (at->above)
		add_place(b, at->above);
	if (!at->name)
		ctr__buf_add(b, "[%zu]", at->index);
	else
		ctr__buf_add(b, "%s%s", !at->above ? "" : at->above->above ? "." : ": ", at->name);
}

void ctr__json_place(const struct ctr__json *at, char *text, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	add_place(&b, at);
}

/* The value is part of where it is: as an object it would not be told if its text is there. */
int ctr__json_refuse(const struct ctr__json *at, const char *expected, ctr_error *err)
{
	const char *value = "null";
	char place[PLACE_SIZE];
	struct ctr__buf b;

	if (ctr__json_c.object_get_type(at->value) == json_type_string)
		value = ctr__json_c.object_get_string(at->value);
	else if (at->value)
		value = ctr__json_c.object_to_json_string_ext(at->value, JSON_C_TO_STRING_PLAIN);
	ctr__buf_init(&b, place, sizeof(place));
	add_place(&b, at);
	ctr__buf_add(&b, " \"%s\"", value ? value : "");
	return ctr__error_value(err, place, value ? value : "", expected);
}

struct ctr__json ctr__json_member(const struct ctr__json *object, const char *name)
{
	struct ctr__json at = { .above = object, .name = name };

	if (ctr__json_c.object_get_type(object->value) == json_type_object)
		ctr__json_c.object_object_get_ex(object->value, name, &at.value);
	return at;
}

struct ctr__json ctr__json_element(const struct ctr__json *array, size_t index)
{
	return (struct ctr__json){
		.above = array,
		.index = index,
		.value = ctr__json_c.object_array_get_idx(array->value, index),
	};
}

/* ---- values ---- */

int ctr__json_array(const struct ctr__json *at, size_t *n, ctr_error *err)
{
	*n = 0;
	if (!at->value)
		return 0;
	if (ctr__json_c.object_get_type(at->value) != json_type_array)
		return ctr__json_refuse(at, "an array", err);
	*n = ctr__json_c.object_array_length(at->value);
	return 0;
}

static bool is_listed(const char *const *keys, const char *key)
{
	while (*keys && strcmp(*keys, key) != 0)
		keys++;
	return *keys;
}

static int refuse_key(const struct ctr__json *at, const char *key, const char *const *keys,
		      ctr_error *err)
{
	const struct ctr__json member = ctr__json_member(at, key);
	char expected[PLACE_SIZE];
	struct ctr__buf b;

	ctr__buf_init(&b, expected, sizeof(expected));
	ctr__buf_add(&b, "no such key, but");
	for (size_t i = 0; keys[i]; i++)
		ctr__buf_add(&b, "%s %s", i ? "," : "", keys[i]);
	return ctr__json_refuse(&member, expected, err);
}

int ctr__json_object(const struct ctr__json *at, const char *const *keys, ctr_error *err)
{
	struct json_object_iterator next, end;

	if (ctr__json_c.object_get_type(at->value) != json_type_object)
		return ctr__json_refuse(at, "an object", err);
	next = ctr__json_c.object_iter_begin(at->value);
	end = ctr__json_c.object_iter_end(at->value);
	while (!ctr__json_c.object_iter_equal(&next, &end)) {
		const char *key = ctr__json_c.object_iter_peek_name(&next);

		if (!is_listed(keys, key))
			return refuse_key(at, key, keys, err);
		ctr__json_c.object_iter_next(&next);
	}
	return 0;
}

int ctr__json_text(const struct ctr__json *at, const char **text, ctr_error *err)
{
	if (ctr__json_c.object_get_type(at->value) != json_type_string)
		return ctr__json_refuse(at, "a string", err);
	*text = ctr__json_c.object_get_string(at->value);
	if (!**text || strlen(*text) != (size_t)ctr__json_c.object_get_string_len(at->value))
		return ctr__json_refuse(at, "a string that is not empty, without NUL", err);
	return 0;
}

int ctr__json_number(const struct ctr__json *at, uint64_t max, uint64_t *number, ctr_error *err)
{
	char expected[64];

	*number = ctr__json_c.object_get_uint64(at->value);
	if (ctr__json_c.object_get_type(at->value) == json_type_int &&
	    ctr__json_c.object_get_int64(at->value) >= 0 && *number <= max)
		return 0;
	snprintf(expected, sizeof(expected), "a whole number from 0 to %llu",
		 (unsigned long long)max);
	return ctr__json_refuse(at, expected, err);
}

/* ---- the document ---- */

static size_t line_of(const char *text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && text[i]; i++)
		line += text[i] == '\n';
	return line;
}

static int refuse_text(const char *text, const char *name, struct json_tokener *tok, ctr_error *err)
{
	const size_t line = line_of(text, ctr__json_c.tokener_get_parse_end(tok));

	return ctr__error_set(err, CTR_E_INVALID, 0, name, NULL, "line %zu is not JSON: %s", line,
			      ctr__json_c.tokener_error_desc(ctr__json_c.tokener_get_error(tok)));
}

/* The digits from here on are more than 64 bits hold: json-c would take the most that they do. */
static bool is_too_large(const char *digits, size_t n)
{
	static const char most[] = "18446744073709551615";

	return n > sizeof(most) - 1 || (n == sizeof(most) - 1 && strncmp(digits, most, n) > 0);
}

/* Outside of strings. */
static const char *find_too_large(const char *text)
{
	bool in_string = false;

	while (*text) {
		const size_t n = in_string ? 0 : strspn(text, "0123456789");

		if (is_too_large(text, n))
			return text;
		if (*text == '"')
			in_string = !in_string;
		if (in_string && *text == '\\' && text[1])
			text++;
		text += n ? n : 1;
	}
	return NULL;
}

static int check_numbers(const char *text, const char *name, ctr_error *err)
{
	const char *large = find_too_large(text);

	if (!large)
		return 0;
	return ctr__error_set(err, CTR_E_INVALID, 0, name, NULL,
			      "line %zu has a number above 18446744073709551615",
			      line_of(text, (size_t)(large - text)));
}

int ctr__json_parse(const char *text, const char *name, struct ctr__json *document, ctr_error *err)
{
	struct json_tokener *tok;
	int r = 0;

	*document = (struct ctr__json){ .name = name };
	if (ctr__json_c_load(err))
		return -1;
	tok = ctr__json_c.tokener_new_ex(DEPTH);
	if (!tok)
		return ctr__error_nomem(err);
	ctr__json_c.tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	document->value = ctr__json_c.tokener_parse_ex(tok, text, (int)strlen(text) + 1);
	if (ctr__json_c.tokener_get_error(tok) != json_tokener_success)
		r = refuse_text(text, name, tok, err);
	ctr__json_c.tokener_free(tok);
	return r ? r : check_numbers(text, name, err);
}

void ctr__json_free(struct ctr__json *document)
{
	if (document->value)
		ctr__json_c.object_put(document->value);
	document->value = NULL;
}
