/* SPDX-License-Identifier: MIT */
/* The shared library loads json-c and libseccomp when it needs them, and says so if it can't. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static char *output;

/* What the program says after the words of its argument. */
static void expect(const char *way, const char *result, const char *libraries)
{
	char program[] = LAZY, word[32], *argv[] = { program, word, NULL };

	snprintf(word, sizeof(word), "%s", way);
	ck_assert_msg(suite_run_command(argv, NULL, &output) == 0, "%s", output);
	ck_assert_msg(strstr(output, result), "%s: %s", way, output);
	ck_assert_msg(strstr(output, libraries), "%s: %s", way, output);
	free(output);
}

/* From now on the loader finds these first. */
static void use_libraries(void)
{
	world_mkdir("lib");
	ck_assert_int_eq(setenv("LD_LIBRARY_PATH", world_path("lib"), 1), 0);
}

#define JSON_C world_path("lib/" CTR_JSON_C_FILE)
#define LIBSECCOMP world_path("lib/" CTR_LIBSECCOMP_FILE)

static void break_library(const char *path)
{
	use_libraries();
	world_write(path, "", 0644);
}

#define NEITHER "json-c 0, seccomp 0"
#define BOTH "json-c 1, seccomp 1"

START_TEST(test_lazy__a_spawn_needs_neither)
{
	static const char *const ways[] = { "nothing", "log", "capability", "program" };

	expect(ways[_i], "0: \n", NEITHER);
}
END_TEST

START_TEST(test_lazy__checking_a_profile_needs_json_c)
{
	expect("check", "0: \n", "json-c 1, seccomp 0");
}
END_TEST

START_TEST(test_lazy__a_profile_needs_both)
{
	expect("profile", "1: \n", BOTH);
}
END_TEST

START_TEST(test_lazy__threads_load_them_together)
{
	for (int i = suite_rounds(20); i > 0; i--)
		expect("threads", "1: \n", BOTH);
}
END_TEST

START_TEST(test_lazy__a_spawn_works_without_them)
{
	use_libraries();
	world_write(JSON_C, "", 0644);
	world_write(LIBSECCOMP, "", 0644);
	expect("nothing", "0: \n", NEITHER);
	expect("log", "0: \n", NEITHER);
}
END_TEST

START_TEST(test_lazy__says_that_json_c_is_missing)
{
	break_library(JSON_C);
	expect("profile",
	       "-1: load the library \"" CTR_JSON_C_FILE
	       "\": it is needed for seccomp profiles, and is missing or unusable: install it (",
	       NEITHER);
}
END_TEST

START_TEST(test_lazy__says_that_libseccomp_is_missing)
{
	break_library(LIBSECCOMP);
	expect("check", "0: \n", "json-c 1, seccomp 0");
	expect("profile",
	       "-1: load the library \"" CTR_LIBSECCOMP_FILE
	       "\": it is needed for seccomp profiles, and is missing or unusable: install it (",
	       "json-c 1, seccomp 0");
}
END_TEST

/* Another library by that name. */
START_TEST(test_lazy__says_which_function_is_missing)
{
	use_libraries();
	ck_assert_int_eq(symlink(NO_SECCOMP, LIBSECCOMP), 0);
	expect("profile", "undefined symbol: seccomp_", "json-c 1");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lazy");
	TCase *tc = suite_case(s, "lazy");

	tcase_add_loop_test(tc, test_lazy__a_spawn_needs_neither, 0, 4);
	tcase_add_test(tc, test_lazy__checking_a_profile_needs_json_c);
	tcase_add_test(tc, test_lazy__a_profile_needs_both);
	tcase_add_test(tc, test_lazy__threads_load_them_together);
	tcase_add_test(tc, test_lazy__a_spawn_works_without_them);
	tcase_add_test(tc, test_lazy__says_that_json_c_is_missing);
	tcase_add_test(tc, test_lazy__says_that_libseccomp_is_missing);
	tcase_add_test(tc, test_lazy__says_which_function_is_missing);
	return suite_run(s);
}
