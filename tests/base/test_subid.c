/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/subid.h"
#include "support/suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static bool next(const char **text, struct ctr__subid *line)
{
	return ctr__subid_next(text, *text + strlen(*text), line);
}

START_TEST(test_subid_next__takes_lines_in_order)
{
	const char *text = "alice:100000:65536\n1000:4294901760:65535\nbob:0:1";
	struct ctr__subid line;

	ck_assert(next(&text, &line));
	ck_assert_uint_eq(line.owner_length, strlen("alice"));
	ck_assert_uint_eq(line.first, 100000);
	ck_assert_uint_eq(line.count, 65536);
	ck_assert(next(&text, &line));
	ck_assert(ctr__subid_is_of(&line, 1000, NULL));
	ck_assert_uint_eq(line.first, 4294901760);
	ck_assert(next(&text, &line));
	ck_assert(ctr__subid_is_of(&line, 7, "bob"));
	ck_assert(!next(&text, &line));
}
END_TEST

static const char *const bad[] = {
	"",
	"\n\n",
	":1:2",
	"alice",
	"alice:",
	"alice:1",
	"alice:1:",
	"alice::2",
	"alice:1:0",
	"alice:1:2:3",
	"alice:1:2 ",
	"alice: 1:2",
	"alice:-1:2",
	"alice:+1:2",
	"alice:0x1:2",
	"alice:1:-2",
	"alice:4294967296:1",
	"alice:1:4294967296",
	"alice:4294967295:1",
	"alice:1:4294967295",
	"alice:99999999999999999999999999:1",
	"alice:1:2\r",
};

START_TEST(test_subid_next__passes_bad_lines_over)
{
	char room[256];
	const char *text = room;
	struct ctr__subid line;

	snprintf(room, sizeof(room), "%s\ngood:7:8\n", bad[_i]);
	ck_assert(next(&text, &line));
	ck_assert(ctr__subid_is_of(&line, 0, "good"));
	ck_assert_uint_eq(line.first, 7);
	ck_assert(!next(&text, &line));
}
END_TEST

START_TEST(test_subid_next__reads_no_further_than_the_end)
{
	const char room[] = "alice:1:23\n", *text = room;
	struct ctr__subid line;

	ck_assert(ctr__subid_next(&text, room + strlen("alice:1:2"), &line));
	ck_assert_uint_eq(line.count, 2);
	text = room;
	ck_assert(!ctr__subid_next(&text, room + strlen("alice:1:"), &line));
}
END_TEST

START_TEST(test_subid_is_of__takes_whole_names)
{
	const char *text = "1000:1:2\nalice:1:2\n";
	struct ctr__subid line;

	ck_assert(next(&text, &line));
	ck_assert(ctr__subid_is_of(&line, 1000, "alice"));
	ck_assert(!ctr__subid_is_of(&line, 100, NULL));
	ck_assert(!ctr__subid_is_of(&line, 10000, "100"));
	ck_assert(next(&text, &line));
	ck_assert(!ctr__subid_is_of(&line, 1000, NULL));
	ck_assert(!ctr__subid_is_of(&line, 1000, "alic"));
	ck_assert(!ctr__subid_is_of(&line, 1000, "alice2"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("subid");
	TCase *tc = suite_case(s, "subid");

	tcase_add_test(tc, test_subid_next__takes_lines_in_order);
	tcase_add_loop_test(tc, test_subid_next__passes_bad_lines_over, 0, COUNT(bad));
	tcase_add_test(tc, test_subid_next__reads_no_further_than_the_end);
	tcase_add_test(tc, test_subid_is_of__takes_whole_names);
	return suite_run(s);
}
