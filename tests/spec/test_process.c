/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spec/process.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_process *process;

static void make(void)
{
	err = ctr_error_new();
	process = ctr_process_new(err);
	ck_assert_ptr_nonnull(process);
}

static void drop(void)
{
	ctr_process_free(process);
	ctr_error_free(err);
}

START_TEST(test_process_free__takes_null)
{
	ctr_process_free(NULL);
}
END_TEST

/* It is a copy: the spec may go, and what is set later is not in it. */
START_TEST(test_process_clone__is_independent)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *clone;

	ck_assert_int_eq(ctr_process_add_arg(ctr_spec_get_process(spec), "true", err), 0);
	clone = ctr_process_clone(ctr_spec_get_process(spec), err);
	ck_assert_ptr_nonnull(clone);
	ck_assert_int_eq(ctr_process_add_arg(ctr_spec_get_process(spec), "more", err), 0);
	ck_assert_int_eq(ctr_process_set_umask(ctr_spec_get_process(spec), 01000, err), -1);
	ctr_spec_free(spec);
	ck_assert_uint_eq(clone->program.args.n, 1);
	ck_assert_str_eq(clone->program.args.v[0], "true");
	ck_assert_int_eq(ctr_process_add_arg(clone, "more", err), 0);
	ctr_process_free(ctr_process_clone(clone, err));
	ctr_process_free(clone);
}
END_TEST

START_TEST(test_process_clone__fails_where_there_is_none)
{
	ck_assert_ptr_null(ctr_process_clone(NULL, err));
	suite_expect_error(err, CTR_E_INVALID, "process \"NULL\"");
}
END_TEST

START_TEST(test_process_set_args__takes_the_place_of_all)
{
	char echo[] = "echo";

	ck_assert_int_eq(ctr_process_add_arg(process, "false", err), 0);
	ck_assert_int_eq(ctr_process_add_arg(process, "1", err), 0);
	ck_assert_int_eq(ctr_process_set_args(process, (char *[]){ echo, echo + 4, NULL }, err), 0);
	ck_assert_uint_eq(process->program.args.n, 2);
	ck_assert_str_eq(process->program.args.v[0], "echo");
	ck_assert_str_eq(process->program.args.v[1], "");
	ck_assert_ptr_null(process->program.args.v[2]);
}
END_TEST

START_TEST(test_process_set_args__refuses_what_names_no_program)
{
	char empty[] = "", *none[] = { NULL }, *first_empty[] = { empty, empty, NULL };
	char *const *const refused[] = { NULL, none, first_empty };

	ck_assert_int_eq(ctr_process_add_arg(process, "true", err), 0);
	ck_assert_int_eq(ctr_process_set_args(process, refused[_i], err), -1);
	suite_expect_error(err, CTR_E_INVALID, "program");
	ck_assert_uint_eq(process->program.args.n, 1);
}
END_TEST

START_TEST(test_process_add_arg__refuses_null_and_an_empty_program)
{
	ck_assert_int_eq(ctr_process_add_arg(process, NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "program");
	ck_assert_int_eq(ctr_process_add_arg(process, "", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "a name or a path");
}
END_TEST

START_TEST(test_process_add_arg__takes_empty_arguments)
{
	ck_assert_int_eq(ctr_process_add_arg(process, "true", err), 0);
	ck_assert_int_eq(ctr_process_add_arg(process, "", err), 0);
}
END_TEST

static bool has_env(const char *text)
{
	for (size_t i = 0; i < process->program.env.n; i++)
		if (strcmp(process->program.env.v[i], text) == 0)
			return true;
	return false;
}

START_TEST(test_process_inherit_all_env__takes_all_that_the_caller_has_now)
{
	setenv("ONE", "1", 1);
	setenv("TWO", "a=b", 1);
	ck_assert_int_eq(ctr_process_set_env(process, "ONE", "old", err), 0);
	ck_assert_int_eq(ctr_process_unset_env(process, "TWO", err), 0);
	ck_assert_int_eq(ctr_process_inherit_all_env(process, err), 0);
	setenv("ONE", "later", 1);
	ck_assert(has_env("ONE=1") && has_env("TWO=a=b"));
	ck_assert(!has_env("ONE=old") && !has_env("ONE=later"));
	ck_assert_uint_eq(process->program.unset.n, 0);
}
END_TEST

START_TEST(test_process_set_env__refuses_what_is_no_name)
{
	static const char *const names[] = { NULL, "", "A=B", "=" };

	ck_assert_int_eq(ctr_process_set_env(process, names[_i], "x", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "environment variable");
}
END_TEST

START_TEST(test_process_set_env__refuses_a_null_value)
{
	ck_assert_int_eq(ctr_process_set_env(process, "A", NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "value");
}
END_TEST

START_TEST(test_process_set_cwd__refuses_relative_paths)
{
	ck_assert_int_eq(ctr_process_set_cwd(process, "tmp", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"tmp\": expected an absolute path");
}
END_TEST

START_TEST(test_process_set_fd__refuses_what_is_not_open)
{
	ck_assert_int_eq(ctr_process_set_fd(process, 5, 999, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "999");
}
END_TEST

START_TEST(test_process_set_fd__refuses_directories)
{
	const int plain = open("/", O_RDONLY | O_CLOEXEC), path = open("/", O_PATH | O_CLOEXEC);

	ck_assert_int_eq(ctr_process_set_fd(process, 5, plain, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "it is a directory");
	ck_assert_int_eq(ctr_process_set_fd(process, 0, path, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "it is a directory");
	close(plain);
	close(path);
}
END_TEST

START_TEST(test_process_set_dir_fd__takes_directories_alone)
{
	const int directory = open("/", O_PATH | O_CLOEXEC);
	const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(ctr_process_set_dir_fd(process, 5, directory, err), 0);
	ck_assert_int_eq(ctr_process_set_dir_fd(process, 5, -1, err), 0);
	ck_assert_int_eq(ctr_process_set_dir_fd(process, 5, file, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected a directory");
	close(directory);
	close(file);
}
END_TEST

START_TEST(test_process_set_fd__refuses_targets_out_of_range)
{
	static const int targets[] = { -1, 65536, INT32_MAX, INT32_MIN };

	ck_assert_int_eq(ctr_process_set_fd(process, targets[_i], 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "0 to 65535");
}
END_TEST

START_TEST(test_process_set_user__refuses_the_unchanged_id)
{
	ck_assert_int_eq(ctr_process_set_user(process, UINT32_MAX, 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "4294967295");
	ck_assert_int_eq(ctr_process_set_user(process, 0, UINT32_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "group id");
	ck_assert_int_eq(ctr_process_add_group(process, UINT32_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "supplementary group");
}
END_TEST

START_TEST(test_process_set_umask__refuses_more_than_0777)
{
	ck_assert_int_eq(ctr_process_set_umask(process, 01000, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "01000");
}
END_TEST

START_TEST(test_process_set_rlimit__refuses_unknown_and_inverted)
{
	ck_assert_int_eq(ctr_process_set_rlimit(process, 16, 1, 1, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "16");
	ck_assert_int_eq(ctr_process_set_rlimit(process, -1, 1, 1, err), -1);
	ck_assert_int_eq(ctr_process_set_rlimit(process, 7, 2, 1, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "at most the hard limit");
}
END_TEST

START_TEST(test_process_set_priority__refuses_out_of_range)
{
	ck_assert_int_eq(ctr_process_set_priority(process, 20, err), -1);
	ck_assert_int_eq(ctr_process_set_priority(process, -21, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "-20 to 19");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("process");
	TCase *tc = suite_case(s, "process");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_process_free__takes_null);
	tcase_add_test(tc, test_process_clone__is_independent);
	tcase_add_test(tc, test_process_clone__fails_where_there_is_none);
	tcase_add_test(tc, test_process_set_args__takes_the_place_of_all);
	tcase_add_loop_test(tc, test_process_set_args__refuses_what_names_no_program, 0, 3);
	tcase_add_test(tc, test_process_add_arg__refuses_null_and_an_empty_program);
	tcase_add_test(tc, test_process_add_arg__takes_empty_arguments);
	tcase_add_test(tc, test_process_inherit_all_env__takes_all_that_the_caller_has_now);
	tcase_add_loop_test(tc, test_process_set_env__refuses_what_is_no_name, 0, 4);
	tcase_add_test(tc, test_process_set_env__refuses_a_null_value);
	tcase_add_test(tc, test_process_set_cwd__refuses_relative_paths);
	tcase_add_test(tc, test_process_set_fd__refuses_what_is_not_open);
	tcase_add_test(tc, test_process_set_fd__refuses_directories);
	tcase_add_test(tc, test_process_set_dir_fd__takes_directories_alone);
	tcase_add_loop_test(tc, test_process_set_fd__refuses_targets_out_of_range, 0, 4);
	tcase_add_test(tc, test_process_set_user__refuses_the_unchanged_id);
	tcase_add_test(tc, test_process_set_umask__refuses_more_than_0777);
	tcase_add_test(tc, test_process_set_rlimit__refuses_unknown_and_inverted);
	tcase_add_test(tc, test_process_set_priority__refuses_out_of_range);
	return suite_run(s);
}
