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
} foreign[] = {
	/* the first and the last of each range, and their neighbours, which stay */
	{ "\xc2\x80", "\\xc2\\x80" },
	{ "\xc2\x9b[31m", "\\xc2\\x9b[31m" },
	{ "\xc2\x9f", "\\xc2\\x9f" },
	{ "\xc2\xa0", "\xc2\xa0" },
	{ "\xd8\x9b\xd8\x9d", "\xd8\x9b\xd8\x9d" },
	{ "\xd8\x9c", "\\xd8\\x9c" },
	{ "\xe2\x80\x8d", "\xe2\x80\x8d" },
	{ "\xe2\x80\x8e", "\\xe2\\x80\\x8e" },
	{ "\xe2\x80\x8f", "\\xe2\\x80\\x8f" },
	{ "\xe2\x80\x90\xe2\x80\xa7", "\xe2\x80\x90\xe2\x80\xa7" },
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
	{ "\xe2\x80\xa9", "\\xe2\\x80\\xa9" },
	{ "\xe2\x80\xaa", "\\xe2\\x80\\xaa" },
	{ "a\xe2\x80\xae"
	  "b",
	  "a\\xe2\\x80\\xae"
	  "b" },
	{ "\xe2\x80\xaf\xe2\x81\xa5", "\xe2\x80\xaf\xe2\x81\xa5" },
	{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },
	{ "\xe2\x81\xa9", "\\xe2\\x81\\xa9" },
	{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	/* what is not UTF-8 */
	{ "\x80", "\\x80" },
	{ "\x9b"
	  "31m",
	  "\\x9b"
	  "31m" },
	{ "\xff", "\\xff" },
	{ "\xc3", "\\xc3" },
	{ "\xe2\x82", "\\xe2\\x82" },
	{ "\xc0\x9b", "\\xc0\\x9b" },			/* an overlong escape */
	{ "\xc1\xbf", "\\xc1\\xbf" },			/* overlong */
	{ "\xe0\x82\x9b", "\\xe0\\x82\\x9b" },		/* an overlong C1 */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		/* a surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
	/* what people write */
	{ "stra\xc3\x9f"
	  "e \xe2\x82\xac \xf0\x9f\x90\xb3 \xd7\x90",
	  "stra\xc3\x9f"
	  "e \xe2\x82\xac \xf0\x9f\x90\xb3 \xd7\x90" },
};

START_TEST(test_buf_add_escaped__shows_what_a_terminal_would_obey)
{
	char room[64];

	ck_assert_uint_eq(ctr_text_escape(foreign[_i].text, room, sizeof(room)),
			  strlen(foreign[_i].shown));
	ck_assert_str_eq(room, foreign[_i].shown);
}
END_TEST

START_TEST(test_text_escape__is_never_cut_within_a_character)
{
	char room[8];

	ck_assert_uint_eq(ctr_text_escape("a\xe2\x82\xac"
					  "b",
					  room, 4),
			  5);
	ck_assert_str_eq(room, "a");
	ck_assert_uint_eq(ctr_text_escape("a\nb", room, 5), 6);
	ck_assert_str_eq(room, "a");
	ck_assert_uint_eq(ctr_text_escape("ab", NULL, 0), 2);
	ck_assert_uint_eq(ctr_text_escape(NULL, room, sizeof(room)), 0);
	ck_assert_str_eq(room, "");
}
END_TEST

START_TEST(test_text_json__is_a_string_of_json)
{
	char room[64];

	ck_assert_uint_eq(ctr_text_json("a\"\xc2\x9b\xe2\x80\xae\xff\xc3\x9f", room, sizeof(room)),
			  strlen(room));
	ck_assert_str_eq(room, "\"a\\\"\\u009b\\u202e\\ufffd\xc3\x9f\"");
	ck_assert_uint_eq(ctr_text_json(NULL, room, sizeof(room)), 2);
	ck_assert_str_eq(room, "\"\"");
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
	tcase_add_loop_test(tc, test_buf_add_escaped__shows_what_a_terminal_would_obey, 0,
			    (int)(sizeof(foreign) / sizeof(foreign[0])));
	tcase_add_test(tc, test_text_escape__is_never_cut_within_a_character);
	tcase_add_test(tc, test_text_json__is_a_string_of_json);
	tcase_add_test(tc, test_buf_add_escaped__takes_percent_signs_as_they_are);
	tcase_add_test(tc, test_buf_add_escaped__cuts_and_counts);
	return suite_run(s);
}
