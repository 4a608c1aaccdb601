/* SPDX-License-Identifier: MIT */
/* The index of paths, compared with a look at each path. */
#include "compile/index.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compile/view.h"
#include "support/suite.h"

#define PATHS 400

static struct ctr__index paths;
static char texts[PATHS][64];

static void drop(void)
{
	ctr__index_clear(&paths);
}

static void add(const char *path, size_t number)
{
	ck_assert_int_eq(ctr__index_add(&paths, path, number), 0);
}

START_TEST(test_index__of_nothing_has_nothing)
{
	ck_assert_uint_eq(ctr__index_above(&paths, "/a", 0), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_innermost(&paths, "/a", 0, 0), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_first_below(&paths, ""), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_last_below(&paths, ""), CTR__INDEX_NONE);
}
END_TEST

START_TEST(test_index__a_name_is_no_part_of_a_longer_one)
{
	add("/ab", 0);
	ck_assert_uint_eq(ctr__index_above(&paths, "/a", 0), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_above(&paths, "/abc", 0), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_above(&paths, "/ab/c", 0), 0);
	ck_assert_uint_eq(ctr__index_first_below(&paths, "/a"), CTR__INDEX_NONE);
	ck_assert_uint_eq(ctr__index_last_below(&paths, ""), 0);
}
END_TEST

START_TEST(test_index__the_last_one_covers_those_before)
{
	add("/a/b", 0);
	add("/a", 1);
	add("/a/b/c", 2);
	add("/a/b", 3);
	ck_assert_uint_eq(ctr__index_above(&paths, "/a/b/c", 0), 3);
	ck_assert_uint_eq(ctr__index_above(&paths, "/a/b/c", 5), 2);
	ck_assert_uint_eq(ctr__index_innermost(&paths, "/a/b/c/d", 0, 0), 2);
	ck_assert_uint_eq(ctr__index_innermost(&paths, "/a/b/c/d", 0, 2), 3);
	ck_assert_uint_eq(ctr__index_first_below(&paths, "/a"), 0);
	ck_assert_uint_eq(ctr__index_last_below(&paths, "/a/b/c"), 2);
}
END_TEST

/* Few names, so that many paths lie below others. */
static void draw(char *path, size_t size)
{
	const int depth = rand() % 7;
	size_t used = 0;

	path[0] = '\0';
	for (int i = 0; i < depth; i++)
		used += (size_t)snprintf(path + used, size - used, "/%.*s", 1 + rand() % 3,
					 &"aabba"[rand() % 3]);
}

static size_t slow_above(const char *path, size_t min_length, size_t n)
{
	size_t found = CTR__INDEX_NONE;

	for (size_t i = 0; i < n; i++)
		if (strlen(texts[i]) >= min_length && ctr__path_is_below(path, texts[i]))
			found = i;
	return found;
}

static size_t slow_innermost(const char *path, size_t min_length, size_t after, size_t n)
{
	size_t found = CTR__INDEX_NONE, longest = min_length;

	for (size_t i = after + 1; i < n; i++)
		if (strlen(texts[i]) >= longest && ctr__path_is_below(path, texts[i])) {
			found = i;
			longest = strlen(texts[i]);
		}
	return found;
}

static size_t slow_below(const char *path, size_t n, bool first)
{
	size_t found = CTR__INDEX_NONE;

	for (size_t i = 0; i < n; i++)
		if (ctr__path_is_below(texts[i], path) && (!first || found == CTR__INDEX_NONE))
			found = i;
	return found;
}

static void compare(const char *path, size_t n)
{
	const size_t length = (size_t)rand() % (strlen(path) + 1), after = (size_t)rand() % n;

	ck_assert_uint_eq(ctr__index_above(&paths, path, length), slow_above(path, length, n));
	ck_assert_uint_eq(ctr__index_innermost(&paths, path, length, after),
			  slow_innermost(path, length, after, n));
	ck_assert_uint_eq(ctr__index_first_below(&paths, path), slow_below(path, n, true));
	ck_assert_uint_eq(ctr__index_last_below(&paths, path), slow_below(path, n, false));
}

START_TEST(test_index__finds_what_a_look_at_each_finds)
{
	const unsigned seed = (unsigned)time(NULL) + (unsigned)_i;
	char path[64];

	printf("seed %u\n", seed);
	srand(seed);
	for (size_t n = 1; n <= PATHS; n++) {
		draw(texts[n - 1], sizeof(texts[0]));
		add(texts[n - 1], n - 1);
		draw(path, sizeof(path));
		compare(path, n);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("index");
	TCase *tc = suite_case(s, "index");

	tcase_add_checked_fixture(tc, NULL, drop);
	tcase_add_test(tc, test_index__of_nothing_has_nothing);
	tcase_add_test(tc, test_index__a_name_is_no_part_of_a_longer_one);
	tcase_add_test(tc, test_index__the_last_one_covers_those_before);
	tcase_add_loop_test(tc, test_index__finds_what_a_look_at_each_finds, 0, 5);
	return suite_run(s);
}
