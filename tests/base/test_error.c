/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support/suite.h"

static ctr_error *err;

static void make(void)
{
	err = ctr_error_new();
	ck_assert_ptr_nonnull(err);
}

static void drop(void)
{
	ctr_error_free(err);
}

static void expect_empty(const ctr_error *e)
{
	ck_assert_int_eq(ctr_error_code(e), CTR_E_NONE);
	ck_assert_int_eq(ctr_error_errno(e), 0);
	ck_assert_str_eq(ctr_error_step(e), "");
	ck_assert_str_eq(ctr_error_object(e), "");
	ck_assert_str_eq(ctr_error_hint(e), "");
	ck_assert_str_eq(ctr_error_message(e), "");
}

/* To be freed. */
static char *json_of(const ctr_error *e)
{
	const size_t size = ctr_error_json(e, NULL, 0) + 1;
	char *text = malloc(size);

	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(ctr_error_json(e, text, size), size - 1);
	ck_assert_uint_eq(strlen(text), size - 1);
	return text;
}

static void expect_json(const char *expected)
{
	char *json = json_of(err);

	ck_assert_str_eq(json, expected);
	free(json);
}

/* The value of "object" as it is written in the JSON text; to be freed. */
static char *json_object(const char *object)
{
	char *json, *value, *end;

	ctr__error_set(err, CTR_E_INVALID, 0, "step", object, NULL);
	json = json_of(err);
	value = strstr(json, "\"object\":\"");
	ck_assert_ptr_nonnull(value);
	value += strlen("\"object\":\"");
	end = strstr(value, "\",\"hint\":");
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	memmove(json, value, strlen(value) + 1);
	return json;
}

static void expect_object(const char *object, const char *expected)
{
	char *text = json_object(object);

	ck_assert_str_eq(text, expected);
	free(text);
}

/* ---- the object ---- */

START_TEST(test_error_new__is_empty)
{
	expect_empty(err);
}
END_TEST

START_TEST(test_error_code__null_is_an_empty_error)
{
	expect_empty(NULL);
}
END_TEST

START_TEST(test_error_free__takes_null)
{
	ctr_error_free(NULL);
}
END_TEST

START_TEST(test_error_clear__takes_null)
{
	ctr_error_clear(NULL);
}
END_TEST

START_TEST(test_error_clear__forgets_everything)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "step", "object", "hint");
	ctr_error_clear(err);
	expect_empty(err);
}
END_TEST

START_TEST(test_error_set__keeps_each_part)
{
	ck_assert_int_eq(ctr__error_set(err, CTR_E_TIMEOUT, EIO, "step", "object", "%d hints", 2),
			 -1);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_TIMEOUT);
	ck_assert_int_eq(ctr_error_errno(err), EIO);
	ck_assert_str_eq(ctr_error_step(err), "step");
	ck_assert_str_eq(ctr_error_object(err), "object");
	ck_assert_str_eq(ctr_error_hint(err), "2 hints");
}
END_TEST

START_TEST(test_error_set__null_error_still_fails)
{
	ck_assert_int_eq(ctr__error_set(NULL, CTR_E_STATE, 0, "step", NULL, NULL), -1);
	ck_assert_int_eq(ctr__error_nomem(NULL), -1);
	ck_assert_int_eq(ctr__error_value(NULL, "what", "value", "expected"), -1);
	ck_assert_int_eq(ctr__error_bits(NULL, "what", 1), -1);
	ck_assert_int_eq(ctr__error_sys(NULL, EPERM, "step", "object"), -1);
}
END_TEST

START_TEST(test_error_set__a_later_failure_replaces_all_of_it)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "first", "thing", "hint");
	ctr__error_set(err, CTR_E_STATE, 0, "second", NULL, NULL);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_STATE);
	ck_assert_int_eq(ctr_error_errno(err), 0);
	ck_assert_str_eq(ctr_error_object(err), "");
	ck_assert_str_eq(ctr_error_hint(err), "");
	ck_assert_str_eq(ctr_error_message(err), "second");
}
END_TEST

START_TEST(test_error__a_success_leaves_it_as_it_was)
{
	uint64_t value;

	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "first", "thing", "hint");
	ck_assert_int_eq(ctr_parse_number("1", "number", 0, 9, &value, err), 0);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_SYSTEM);
	ck_assert_str_eq(ctr_error_step(err), "first");
}
END_TEST

START_TEST(test_error__is_used_again_after_clear)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "first", "thing", "hint");
	ctr_error_clear(err);
	ctr__error_set(err, CTR_E_STATE, 0, "second", NULL, NULL);
	ck_assert_str_eq(ctr_error_message(err), "second");
}
END_TEST

START_TEST(test_error_sys__out_of_memory_has_its_own_code)
{
	ctr__error_sys(err, ENOMEM, "step", NULL);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_NOMEM);
	ck_assert_int_eq(ctr_error_errno(err), ENOMEM);
}
END_TEST

START_TEST(test_error_nomem__has_code_and_errno)
{
	ctr__error_nomem(err);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_NOMEM);
	ck_assert_int_eq(ctr_error_errno(err), ENOMEM);
}
END_TEST

START_TEST(test_error_value__null_is_told_as_such)
{
	ctr__error_value(err, "root", NULL, "a path");
	ck_assert_str_eq(ctr_error_message(err), "root \"NULL\": expected a path");
}
END_TEST

START_TEST(test_error_bits__are_told_in_hexadecimal)
{
	ctr__error_bits(err, "flags", UINT64_MAX);
	ck_assert_str_eq(ctr_error_object(err), "0xffffffffffffffff");
}
END_TEST

START_TEST(test_error_errno__is_the_kernels)
{
	ck_assert_int_eq(ctr_chroot("/none/such", err), -1);
	ck_assert_int_eq(ctr_error_code(err), CTR_E_SYSTEM);
	ck_assert_int_eq(ctr_error_errno(err), ENOENT);
	ck_assert_str_eq(ctr_error_object(err), "/none/such");
}
END_TEST

START_TEST(test_error_text__unknown_numbers_have_one)
{
	ck_assert_str_eq(ctr__error_text(100000), "unknown error");
	ck_assert_str_eq(ctr__error_text(-1), "unknown error");
}
END_TEST

/* ---- the line for people ---- */

START_TEST(test_error_message__has_all_parts)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "step", "object", "hint");
	ck_assert_str_eq(ctr_error_message(err), "step \"object\": Operation not permitted; hint");
}
END_TEST

START_TEST(test_error_message__leaves_out_what_there_is_not)
{
	ctr__error_set(err, CTR_E_STATE, 0, "step", NULL, "hint");
	ck_assert_str_eq(ctr_error_message(err), "step: hint");
	ctr__error_set(err, CTR_E_STATE, EPERM, "step", NULL, NULL);
	ck_assert_str_eq(ctr_error_message(err), "step: Operation not permitted");
}
END_TEST

START_TEST(test_error_message__does_not_repeat_the_object)
{
	ctr__error_set(err, CTR_E_STATE, 0, "mount proc on /proc", "/proc", NULL);
	ck_assert_str_eq(ctr_error_message(err), "mount proc on /proc");
}
END_TEST

static void expect_no_controls(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		ck_assert_msg(*p >= 0x20 && *p != 0x7f, "byte 0x%02x in: %s", *p, text);
}

/* 32 stands for DEL. */
START_TEST(test_error_message__has_no_control_characters)
{
	const char text[] = { 'a', (char)(_i == 32 ? 0x7f : _i), 'b', '\0' };
	char escaped[16];

	snprintf(escaped, sizeof(escaped), "a\\x%02xb", _i == 32 ? 0x7f : _i);
	ctr__error_set(err, CTR_E_STATE, 0, text, "o\n", "%s", text);
	expect_no_controls(ctr_error_message(err));
	ck_assert_ptr_nonnull(strstr(ctr_error_message(err), escaped));
}
END_TEST

/* What is not escaped can't look as if it were. */
START_TEST(test_error_message__escapes_the_backslash)
{
	ctr__error_set(err, CTR_E_STATE, 0, "a\\x0ab", NULL, NULL);
	ck_assert_str_eq(ctr_error_message(err), "a\\x5cx0ab");
}
END_TEST

START_TEST(test_error_message__keeps_utf8)
{
	ctr__error_set(err, CTR_E_STATE, 0,
		       "stra\xc3\x9f"
		       "e",
		       NULL, NULL);
	ck_assert_str_eq(ctr_error_message(err), "stra\xc3\x9f"
						 "e");
}
END_TEST

/* ---- too long ---- */

static const char *repeat(const char *text, size_t times)
{
	static char room[65536];
	size_t n = strlen(text);

	ck_assert_uint_lt(n * times, sizeof(room));
	for (size_t i = 0; i < times; i++)
		memcpy(room + i * n, text, n);
	room[n * times] = '\0';
	return room;
}

START_TEST(test_error_object__is_cut_at_its_room)
{
	ctr__error_set(err, CTR_E_STATE, 0, "step", repeat("a", 60000), NULL);
	ck_assert_str_eq(ctr_error_object(err), repeat("a", 1023));
}
END_TEST

START_TEST(test_error_hint__is_cut_at_its_room)
{
	ctr__error_set(err, CTR_E_STATE, 0, "step", NULL, "%s", repeat("h", 60000));
	ck_assert_str_eq(ctr_error_hint(err), repeat("h", 1023));
}
END_TEST

START_TEST(test_error_step__is_cut_at_its_room)
{
	ctr__error_set(err, CTR_E_STATE, 0, repeat("s", 60000), NULL, NULL);
	ck_assert_str_eq(ctr_error_step(err), repeat("s", 1023));
}
END_TEST

START_TEST(test_error_message__has_room_for_the_longest_parts)
{
	const char *message = ctr_error_message(err);

	ctr__error_set(err, CTR_E_SYSTEM, EPERM, repeat("s", 60000), "o", "%s", "the end");
	ck_assert_str_eq(message + strlen(message) - 7, "the end");
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "s", repeat("o", 60000), "%s", "the end");
	ck_assert_str_eq(message + strlen(message) - 7, "the end");
}
END_TEST

START_TEST(test_error_message__ends_when_escapes_fill_its_room)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, repeat("\n", 60000), "o", "hint");
	ck_assert_uint_lt(strlen(ctr_error_message(err)), 4096);
	expect_no_controls(ctr_error_message(err));
}
END_TEST

/* ---- JSON ---- */

START_TEST(test_error_json__has_all_members)
{
	ctr__error_set(err, CTR_E_SYSTEM, EPERM, "step", "object", "hint");
	expect_json("{\"code\":\"system\",\"errno\":1,\"step\":\"step\",\"object\":\"object\","
		    "\"hint\":\"hint\","
		    "\"message\":\"step \\\"object\\\": Operation not permitted; hint\"}");
}
END_TEST

START_TEST(test_error_json__null_is_an_empty_error)
{
	char *json = json_of(NULL);

	ck_assert_str_eq(json, "{\"code\":\"none\",\"errno\":0,\"step\":\"\",\"object\":\"\","
			       "\"hint\":\"\",\"message\":\"\"}");
	free(json);
}
END_TEST

START_TEST(test_error_json__stores_what_there_is_room_for)
{
	char text[10] = "123456789";

	ctr__error_set(err, CTR_E_STATE, 0, "step", NULL, NULL);
	ck_assert_uint_gt(ctr_error_json(err, text, 6), 50);
	ck_assert_str_eq(text, "{\"cod");
	ck_assert_str_eq(text + 6, "789");
}
END_TEST

static const struct {
	int code;
	const char *word;
} words[] = {
	{ CTR_E_NONE, "none" },
	{ CTR_E_INVALID, "invalid" },
	{ CTR_E_NOMEM, "no_memory" },
	{ CTR_E_SYSTEM, "system" },
	{ CTR_E_NOT_FOUND, "not_found" },
	{ CTR_E_NOT_EXECUTABLE, "not_executable" },
	{ CTR_E_UNSUPPORTED, "unsupported" },
	{ CTR_E_TIMEOUT, "timeout" },
	{ CTR_E_KILLED, "killed" },
	{ CTR_E_STATE, "state" },
	{ CTR_E_LOST, "lost" },
};

START_TEST(test_error_json__has_a_word_for_each_code)
{
	char expected[64];
	char *json;

	ctr__error_set(err, words[_i].code, 0, "step", NULL, NULL);
	snprintf(expected, sizeof(expected), "{\"code\":\"%s\",", words[_i].word);
	json = json_of(err);
	ck_assert_int_eq(strncmp(json, expected, strlen(expected)), 0);
	free(json);
}
END_TEST

/* 32 stands for DEL. */
START_TEST(test_error_json__escapes_control_characters)
{
	const char text[] = { (char)(_i == 32 ? 0x7f : _i), '\0' };
	char expected[16];

	snprintf(expected, sizeof(expected), "\\u%04x", _i == 32 ? 0x7f : _i);
	expect_object(text, expected);
}
END_TEST

START_TEST(test_error_json__escapes_quotes_and_backslashes)
{
	expect_object("a\"b\\c", "a\\\"b\\\\c");
}
END_TEST

/* The first (after the controls) and the last character of each length; around surrogates. */
static const char *const utf8[] = {
	"\xc2\xa0",	"\xdf\xbf",	    "\xe0\xa0\x80",	"\xed\x9f\xbf", "\xee\x80\x80",
	"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xe1\x80\x80", "\xf4\x8f\xbf\xbf",
};

START_TEST(test_error_json__keeps_utf8)
{
	expect_object(utf8[_i], utf8[_i]);
}
END_TEST

#define BAD "\\ufffd"

static const struct {
	const char *text, *expected;
} not_utf8[] = {
	{ "\x80", BAD },		 /* a continuation alone */
	{ "\xff", BAD },		 /* never in UTF-8 */
	{ "\xc3", BAD },		 /* cut short by the end */
	{ "\xe2\x82", BAD BAD },	 /* the same */
	{ "\xf0\x9f\x98", BAD BAD BAD }, /* the same */
	{ "\xc3"
	  "a",
	  BAD "a" },				 /* cut short by a letter, which is kept */
	{ "\xc3\"", BAD "\\\"" },		 /* cut short by a quote, which is escaped */
	{ "\xe2\x82\n", BAD BAD "\\u000a" },	 /* cut short by a control character */
	{ "\xc0\xaf", BAD BAD },		 /* an overlong "/" */
	{ "\xe0\x9f\xbf", BAD BAD BAD },	 /* overlong */
	{ "\xf0\x8f\xbf\xbf", BAD BAD BAD BAD }, /* overlong */
	{ "\xed\xa0\x80", BAD BAD BAD },	 /* a surrogate */
	{ "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* above U+10FFFF */
	{ "a\xffz", "a" BAD "z" },		 /* what is around it is kept */
};

START_TEST(test_error_json__replaces_what_is_not_utf8)
{
	expect_object(not_utf8[_i].text, not_utf8[_i].expected);
}
END_TEST

START_TEST(test_error_json__is_one_line)
{
	char *json;

	ctr__error_set(err, CTR_E_STATE, EPERM, "a\nb", "c\nd", "e\nf");
	json = json_of(err);
	ck_assert_ptr_null(strchr(json, '\n'));
	free(json);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void add_object_tests(TCase *tc)
{
	tcase_add_test(tc, test_error_new__is_empty);
	tcase_add_test(tc, test_error_code__null_is_an_empty_error);
	tcase_add_test(tc, test_error_free__takes_null);
	tcase_add_test(tc, test_error_clear__takes_null);
	tcase_add_test(tc, test_error_clear__forgets_everything);
	tcase_add_test(tc, test_error_set__keeps_each_part);
	tcase_add_test(tc, test_error_set__null_error_still_fails);
	tcase_add_test(tc, test_error_set__a_later_failure_replaces_all_of_it);
	tcase_add_test(tc, test_error__a_success_leaves_it_as_it_was);
	tcase_add_test(tc, test_error__is_used_again_after_clear);
	tcase_add_test(tc, test_error_sys__out_of_memory_has_its_own_code);
	tcase_add_test(tc, test_error_nomem__has_code_and_errno);
	tcase_add_test(tc, test_error_value__null_is_told_as_such);
	tcase_add_test(tc, test_error_bits__are_told_in_hexadecimal);
	tcase_add_test(tc, test_error_errno__is_the_kernels);
	tcase_add_test(tc, test_error_text__unknown_numbers_have_one);
}

static void add_message_tests(TCase *tc)
{
	tcase_add_test(tc, test_error_message__has_all_parts);
	tcase_add_test(tc, test_error_message__leaves_out_what_there_is_not);
	tcase_add_test(tc, test_error_message__does_not_repeat_the_object);
	tcase_add_loop_test(tc, test_error_message__has_no_control_characters, 1, 33);
	tcase_add_test(tc, test_error_message__escapes_the_backslash);
	tcase_add_test(tc, test_error_message__keeps_utf8);
	tcase_add_test(tc, test_error_object__is_cut_at_its_room);
	tcase_add_test(tc, test_error_hint__is_cut_at_its_room);
	tcase_add_test(tc, test_error_step__is_cut_at_its_room);
	tcase_add_test(tc, test_error_message__has_room_for_the_longest_parts);
	tcase_add_test(tc, test_error_message__ends_when_escapes_fill_its_room);
}

static void add_json_tests(TCase *tc)
{
	tcase_add_test(tc, test_error_json__has_all_members);
	tcase_add_test(tc, test_error_json__null_is_an_empty_error);
	tcase_add_test(tc, test_error_json__stores_what_there_is_room_for);
	tcase_add_loop_test(tc, test_error_json__has_a_word_for_each_code, 0, COUNT(words));
	tcase_add_loop_test(tc, test_error_json__escapes_control_characters, 1, 33);
	tcase_add_test(tc, test_error_json__escapes_quotes_and_backslashes);
	tcase_add_loop_test(tc, test_error_json__keeps_utf8, 0, COUNT(utf8));
	tcase_add_loop_test(tc, test_error_json__replaces_what_is_not_utf8, 0, COUNT(not_utf8));
	tcase_add_test(tc, test_error_json__is_one_line);
}

int main(void)
{
	Suite *s = suite_create("error");
	TCase *tc = suite_case(s, "error");

	tcase_add_checked_fixture(tc, make, drop);
	add_object_tests(tc);
	add_message_tests(tc);
	add_json_tests(tc);
	return suite_run(s);
}
