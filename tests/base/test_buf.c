/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "support/suite.h"

START_TEST(test_buf_init__is_an_empty_text)
{
	char room[4] = "xxx";
	struct ctr__buf b;

	ctr__buf_init(&b, room, sizeof(room));
	ck_assert_str_eq(room, "");
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(test_buf_add__appends)
{
	char room[16];
	struct ctr__buf b;

	ctr__buf_init(&b, room, sizeof(room));
	ctr__buf_add(&b, "%s", "ab");
	ctr__buf_add(&b, "-%d", 12);
	ck_assert_str_eq(room, "ab-12");
	ck_assert_uint_eq(b.len, 5);
}
END_TEST

START_TEST(test_buf_add__fills_its_room_to_the_last_byte)
{
	char room[4];
	struct ctr__buf b;

	ctr__buf_init(&b, room, sizeof(room));
	ctr__buf_add(&b, "abc");
	ck_assert_str_eq(room, "abc");
}
END_TEST

/* As snprintf(3): cut, terminated, and the length of all of it. */
START_TEST(test_buf_add__cuts_and_counts)
{
	char room[8] = "-------";
	struct ctr__buf b;

	ctr__buf_init(&b, room, 4);
	ctr__buf_add(&b, "ab");
	ctr__buf_add(&b, "cdef");
	ctr__buf_add(&b, "gh");
	ck_assert_str_eq(room, "abc");
	ck_assert_uint_eq(b.len, 8);
	ck_assert_int_eq(memcmp(room + 4, "---", 4), 0);
}
END_TEST

START_TEST(test_buf_add__without_room_only_counts)
{
	struct ctr__buf b;

	ctr__buf_init(&b, NULL, 0);
	ctr__buf_add(&b, "%s", "abc");
	ctr__buf_add_escaped(&b, "\n");
	ck_assert_uint_eq(b.len, 7);
}
END_TEST

START_TEST(test_buf_add_escaped__shows_controls_and_backslashes)
{
	char room[64];
	struct ctr__buf b;

	ctr__buf_init(&b, room, sizeof(room));
	ctr__buf_add_escaped(&b, "a\n\x1b\x7f\\ \"~");
	ck_assert_str_eq(room, "a\\x0a\\x1b\\x7f\\x5c \"~");
	ck_assert_uint_eq(b.len, strlen(room));
}
END_TEST

static const struct {
	const char *text, *shown;
} characters[] = {
	{ "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	/* CSI of 8 bits, alone and as UTF-8; the last of them, and what is behind it. */
	{ "\x9b"
	  "2J",
	  "\\x9b2J" },
	{ "\xc2\x9b"
	  "2J",
	  "\\xc2\\x9b2J" },
	{ "\xc2\x9f\xc2\xa0", "\\xc2\\x9f\xc2\xa0" },
	/* Marks and overrides of direction, and line separators. */
	{ "a\xe2\x80\xae"
	  "b",
	  "a\\xe2\\x80\\xaeb" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ "\xd8\x9c\xe2\x80\x8f", "\\xd8\\x9c\\xe2\\x80\\x8f" },
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
	/* No UTF-8. */
	{ "\xff\xc3", "\\xff\\xc3" },
};

START_TEST(test_buf_add_escaped__shows_what_a_terminal_obeys)
{
	struct ctr__buf b;
	char text[64];

	ctr__buf_init(&b, text, sizeof(text));
	ctr__buf_add_escaped(&b, characters[_i].text);
	ck_assert_str_eq(text, characters[_i].shown);
}
END_TEST

START_TEST(test_buf_add_escaped__takes_percent_signs_as_they_are)
{
	char room[64];
	struct ctr__buf b;

	ctr__buf_init(&b, room, sizeof(room));
	ctr__buf_add_escaped(&b, "%n%s");
	ck_assert_str_eq(room, "%n%s");
}
END_TEST

START_TEST(test_buf_add_escaped__cuts_and_counts)
{
	char room[8] = "-------";
	struct ctr__buf b;

	ctr__buf_init(&b, room, 4);
	ctr__buf_add_escaped(&b, "abcdef");
	ck_assert_str_eq(room, "abc");
	ck_assert_uint_eq(b.len, 6);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("buf");
	TCase *tc = suite_case(s, "buf");

	tcase_add_test(tc, test_buf_init__is_an_empty_text);
	tcase_add_test(tc, test_buf_add__appends);
	tcase_add_test(tc, test_buf_add__fills_its_room_to_the_last_byte);
	tcase_add_test(tc, test_buf_add__cuts_and_counts);
	tcase_add_test(tc, test_buf_add__without_room_only_counts);
	tcase_add_test(tc, test_buf_add_escaped__shows_controls_and_backslashes);
	tcase_add_loop_test(tc, test_buf_add_escaped__shows_what_a_terminal_obeys, 0,
			    sizeof(characters) / sizeof(characters[0]));
	tcase_add_test(tc, test_buf_add_escaped__takes_percent_signs_as_they_are);
	tcase_add_test(tc, test_buf_add_escaped__cuts_and_counts);
	return suite_run(s);
}
