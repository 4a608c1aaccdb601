/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/passwd.h"
#include "support/suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define TEXT(literal) ((struct ctr__span){ literal, sizeof(literal) - 1 })

/* Without a byte behind it that may be read: a sanitizer and valgrind see to that. */
static struct ctr__span tight(struct ctr__span text, char **memory)
{
	*memory = malloc(text.n ? text.n : 1);
	ck_assert_ptr_nonnull(*memory);
	if (text.n)
		memcpy(*memory, text.at, text.n);
	return (struct ctr__span){ *memory, text.n };
}

static void expect_span(struct ctr__span span, const char *expected)
{
	ck_assert_uint_eq(span.n, strlen(expected));
	if (span.n)
		ck_assert_mem_eq(span.at, expected, span.n);
}

/* ---- numbers ---- */

static const struct {
	struct ctr__span text;
	bool good;
	uint32_t id;
} numbers[] = {
	{ TEXT("0"), true, 0 },
	{ TEXT("1000"), true, 1000 },
	{ TEXT("0010"), true, 10 },
	{ TEXT("4294967294"), true, 4294967294 },
	{ TEXT("000000000000000000000000000004294967294"), true, 4294967294 },
	{ TEXT("4294967295"), false, 0 },
	{ TEXT("4294967296"), false, 0 },
	{ TEXT("18446744073709551616"), false, 0 },
	{ TEXT("99999999999999999999999999999999999999"), false, 0 },
	{ TEXT(""), false, 0 },
	{ TEXT("-1"), false, 0 },
	{ TEXT("+1"), false, 0 },
	{ TEXT(" 1"), false, 0 },
	{ TEXT("1 "), false, 0 },
	{ TEXT("0x0"), false, 0 },
	{ TEXT("1a"), false, 0 },
	{ TEXT("1\0"), false, 0 },
	{ TEXT("1\r"), false, 0 },
};

START_TEST(test_id_read__takes_a_decimal_number_alone)
{
	uint32_t id = 77;
	char *memory;

	ck_assert_int_eq(ctr__id_read(tight(numbers[_i].text, &memory), &id), numbers[_i].good);
	ck_assert_uint_eq(id, numbers[_i].good ? numbers[_i].id : 77);
	free(memory);
}
END_TEST

/* ---- users ---- */

struct user {
	struct ctr__span file;
	const char *name;
	bool found;
	uint32_t uid, gid;
	const char *home;
};

static const struct user users[] = {
	{ TEXT("bob:x:5:6:Bob:/home/bob:/bin/sh\n"), "bob", true, 5, 6, "/home/bob" },
	{ TEXT("bob:x:5:6:Bob:/home/bob:/bin/sh"), "bob", true, 5, 6, "/home/bob" },
	{ TEXT("a:x:1:1:::\nbob:x:5:6:::\n"), "bob", true, 5, 6, "" },
	/* as much as is needed */
	{ TEXT("bob:x:5:6"), "bob", true, 5, 6, "" },
	{ TEXT("bob::5:6:"), "bob", true, 5, 6, "" },
	{ TEXT("bob::5:6::/h"), "bob", true, 5, 6, "/h" },
	{ TEXT("bob::5:6::/h:sh:more:fields"), "bob", true, 5, 6, "/h" },
	{ TEXT("bob:x:5"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:5:"), "bob", false, 0, 0, "" },
	{ TEXT("bob"), "bob", false, 0, 0, "" },
	{ TEXT("bob\n"), "bob", false, 0, 0, "" },
	{ TEXT(""), "bob", false, 0, 0, "" },
	{ TEXT("\n\n\n"), "bob", false, 0, 0, "" },
	{ TEXT(":::::::\n:x:0:0:::\n"), "", false, 0, 0, "" },
	/* the whole name and nothing else */
	{ TEXT("bobby:x:1:1:::\nbo:x:2:2:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("x:bob:1:1:bob:bob:bob\n"), "bob", false, 0, 0, "" },
	{ TEXT("Bob:x:1:1:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob :x:1:1:::\n"), "bob", false, 0, 0, "" },
	/* the first that fits */
	{ TEXT("bob:x:5:6:::\nbob:x:0:0:::\n"), "bob", true, 5, 6, "" },
	{ TEXT("bob:x:no:6:::\nbob:x:7:8:::\n"), "bob", true, 7, 8, "" },
	/* what is no line */
	{ TEXT("#bob:x:5:6:::\n"), "#bob", false, 0, 0, "" },
	{ TEXT("+::::::\n+bob::0:0:::\n-bob::0:0:::\nbob:x:5:6:::\n"), "bob", true, 5, 6, "" },
	{ TEXT("+::::::\n"), "+", false, 0, 0, "" },
	{ TEXT("+:x:0:0:::\n"), "+", false, 0, 0, "" },
	{ TEXT(" \t bob:x:5:6:::\n"), "bob", true, 5, 6, "" },
	{ TEXT("bob:x:5:6:::\r\n"), "bob", true, 5, 6, "" },
	{ TEXT("bob\0:x:5:6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:5:6:::/\0h\nbob:x:7:8:::\n"), "bob", true, 7, 8, "" },
	{ TEXT("\0\0\0\nbob:x:5:6:::\n"), "bob", true, 5, 6, "" },
	{ TEXT("\xff\xfe\nbob:x:5:6:::\n"), "bob", true, 5, 6, "" },
	{ TEXT("\xc3\xa9ve:x:5:6:::\n"), "\xc3\xa9ve", true, 5, 6, "" },
	/* numbers that are none */
	{ TEXT("bob:x:4294967295:6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:4294967296:6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:-1:6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:0x0:6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x::6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:5:4294967295:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:5: 6:::\n"), "bob", false, 0, 0, "" },
	{ TEXT("bob:x:0005:06:::\n"), "bob", true, 5, 6, "" },
};

START_TEST(test_passwd_find_name__first_line_that_fits)
{
	const struct user *u = &users[_i];
	struct ctr__passwd entry = { .uid = 77 };
	char *memory;
	const struct ctr__span file = tight(u->file, &memory);

	ck_assert_int_eq(ctr__passwd_find_name(file, ctr__span_of(u->name), &entry), u->found);
	if (u->found) {
		ck_assert_uint_eq(entry.uid, u->uid);
		ck_assert_uint_eq(entry.gid, u->gid);
		expect_span(entry.name, u->name);
		expect_span(entry.home, u->home);
	} else {
		ck_assert_uint_eq(entry.uid, 77);
	}
	free(memory);
}
END_TEST

START_TEST(test_passwd_find_uid__first_line_that_fits)
{
	static const struct ctr__span file = TEXT("a:x:7:1:::\n"
						  "bad:x:8\n"
						  "b:x:8:2::/b:\n"
						  "c:x:8:3::/c:\n");
	struct ctr__passwd entry;

	ck_assert(ctr__passwd_find_uid(file, 8, &entry));
	expect_span(entry.name, "b");
	ck_assert_uint_eq(entry.gid, 2);
	ck_assert(!ctr__passwd_find_uid(file, 9, &entry));
}
END_TEST

START_TEST(test_passwd_find_name__lines_and_names_of_any_length)
{
	const size_t size = 200000;
	char *text = malloc(size + 64), name[301];
	struct ctr__passwd entry;
	int n;

	ck_assert_ptr_nonnull(text);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(text, 'x', size);
	text[size] = '\n';
	n = snprintf(text + size + 1, 63, "bob:x:5:6:::\n");
	ck_assert(ctr__passwd_find_name((struct ctr__span){ text, size + 1 + (size_t)n },
					ctr__span_of("bob"), &entry));
	n = snprintf(text, size, "%s:x:9:9:::\n", name);
	ck_assert(ctr__passwd_find_name((struct ctr__span){ text, (size_t)n }, ctr__span_of(name),
					&entry));
	ck_assert_uint_eq(entry.uid, 9);
	free(text);
}
END_TEST

/* ---- groups ---- */

static const struct ctr__span groups = TEXT("root:x:0:\n"
					    "+:::\n"
					    "wheel:x:10:root,bob\n"
					    "broken:x:zz:bob\n"
					    "short:x\n"
					    "bare:x:11\n"
					    "many:x:12:a,,b, bob ,\n"
					    "spaced:x:13:a, bob\n"
					    "near:x:14:bobby,bo,Bob\n"
					    "wheel:x:15:bob:bob\n"
					    "no:x:4294967295:bob\n"
					    "last:x:16:bob");

START_TEST(test_group_find_name__first_line_that_fits)
{
	uint32_t gid = 77;
	char *memory;
	const struct ctr__span file = tight(groups, &memory);

	ck_assert(ctr__group_find_name(file, ctr__span_of("wheel"), &gid));
	ck_assert_uint_eq(gid, 10);
	ck_assert(ctr__group_find_name(file, ctr__span_of("bare"), &gid));
	ck_assert_uint_eq(gid, 11);
	ck_assert(ctr__group_find_name(file, ctr__span_of("last"), &gid));
	ck_assert_uint_eq(gid, 16);
	ck_assert(!ctr__group_find_name(file, ctr__span_of("broken"), &gid));
	ck_assert(!ctr__group_find_name(file, ctr__span_of("short"), &gid));
	ck_assert(!ctr__group_find_name(file, ctr__span_of("no"), &gid));
	ck_assert(!ctr__group_find_name(file, ctr__span_of(""), &gid));
	ck_assert_uint_eq(gid, 16);
	free(memory);
}
END_TEST

START_TEST(test_group_next_of__each_that_lists_the_member)
{
	static const uint32_t expected[] = { 10, 13, 16 };
	char *memory;
	struct ctr__span rest = tight(groups, &memory);
	uint32_t gid;

	for (int i = 0; i < COUNT(expected); i++) {
		ck_assert(ctr__group_next_of(&rest, ctr__span_of("bob"), &gid));
		ck_assert_uint_eq(gid, expected[i]);
	}
	ck_assert(!ctr__group_next_of(&rest, ctr__span_of("bob"), &gid));
	ck_assert(!ctr__group_next_of(&rest, ctr__span_of("bob"), &gid));
	free(memory);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passwd");
	TCase *tests = suite_case(suite, "passwd");

	tcase_add_loop_test(tests, test_id_read__takes_a_decimal_number_alone, 0, COUNT(numbers));
	tcase_add_loop_test(tests, test_passwd_find_name__first_line_that_fits, 0, COUNT(users));
	tcase_add_test(tests, test_passwd_find_uid__first_line_that_fits);
	tcase_add_test(tests, test_passwd_find_name__lines_and_names_of_any_length);
	tcase_add_test(tests, test_group_find_name__first_line_that_fits);
	tcase_add_test(tests, test_group_next_of__each_that_lists_the_member);
	return suite_run(suite);
}
