/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_spec *spec;

static void make(void)
{
	err = ctr_error_new();
	spec = ctr_spec_new(err);
	ck_assert_ptr_nonnull(spec);
}

static void drop(void)
{
	ctr_spec_free(spec);
	ctr_error_free(err);
}

START_TEST(test_spec_free__takes_null)
{
	ctr_spec_free(NULL);
}
END_TEST

START_TEST(test_spec_set_setup_timeout_ms__refuses_zero_and_too_much)
{
	ck_assert_int_eq(ctr_spec_set_setup_timeout_ms(spec, 0, err), -1);
	ck_assert_int_eq(ctr_spec_set_setup_timeout_ms(spec, UINT32_MAX, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "milliseconds");
}
END_TEST

START_TEST(test_spec_add_bind__refuses_relative_paths)
{
	ck_assert_int_eq(ctr_spec_add_bind(spec, "etc", "/etc", 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "bind source");
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "etc", 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "bind target");
}
END_TEST

START_TEST(test_spec_add_bind__refuses_unknown_flags)
{
	ck_assert_int_eq(ctr_spec_add_bind(spec, "/etc", "/etc", 1u << 20, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "0x100000");
}
END_TEST

START_TEST(test_spec_add_tmpfs__refuses_bad_modes)
{
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/t", 0, 010000, 0, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "07777");
}
END_TEST

START_TEST(test_spec_set_hostname__refuses_what_is_no_name)
{
	static const char *const names[] = { NULL, "", "a b", "a/b", "\xc3\xa4", "a\nb", "a:b" };

	ck_assert_int_eq(ctr_spec_set_hostname(spec, names[_i], err), -1);
	suite_expect_error(err, CTR_E_INVALID, "host name");
}
END_TEST

START_TEST(test_spec_set_hostname__takes_64_bytes_and_no_more)
{
	char name[66];

	memset(name, 'a', sizeof(name));
	name[65] = '\0';
	ck_assert_int_eq(ctr_spec_set_hostname(spec, name, err), -1);
	name[64] = '\0';
	ck_assert_int_eq(ctr_spec_set_hostname(spec, name, err), 0);
}
END_TEST

START_TEST(test_spec_set_namespace__refuses_mount_time_and_two_at_once)
{
	static const uint32_t kinds[] = { CTR_NS_MOUNT, CTR_NS_TIME, 0, CTR_NS_PID | CTR_NS_UTS };

	ck_assert_int_eq(ctr_spec_set_namespace(spec, kinds[_i], CTR_NS_MODE_NEW, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "namespace");
}
END_TEST

START_TEST(test_spec_join_namespace_path__checks_the_kind)
{
	ck_assert_int_eq(ctr_spec_join_namespace_path(spec, CTR_NS_NET, "/proc/self/ns/uts", err),
			 -1);
	suite_expect_error(err, CTR_E_INVALID, "expected the file of a network namespace");
	ck_assert_int_eq(ctr_spec_join_namespace_path(spec, CTR_NS_NET, "/etc/passwd", err), -1);
	suite_expect_error(err, CTR_E_INVALID, "/etc/passwd");
}
END_TEST

START_TEST(test_spec_join_namespace_fd__checks_the_kind)
{
	const int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	const int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_NET, uts, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected the file of a network namespace");
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_UTS, file, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "descriptor");
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_UTS, -1, err), -1);
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_PID, uts, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "expected the file of a PID namespace");
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_MOUNT, uts, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "can join: PID, UTS, IPC, network, cgroup or user");
	ck_assert_int_eq(ctr_spec_join_namespace_fd(spec, CTR_NS_UTS, uts, err), 0);
	close(uts);
	close(file);
}
END_TEST

START_TEST(test_spec_set_pids_max__refuses_more_than_there_can_be)
{
	ck_assert_int_eq(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 4194305, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "4194305");
}
END_TEST

START_TEST(test_spec_set_base_mounts__refuses_unknown_bits)
{
	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, 0x80, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "0x80");
}
END_TEST

static char *plan_text(const ctr_spec *of)
{
	ctr_plan *plan = ctr_plan_compile(of, err);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		char line[1024];

		ctr_plan_describe(plan, i, line, sizeof(line));
		fprintf(out, "%s\n", line);
	}
	fclose(out);
	ctr_plan_free(plan);
	return text;
}

START_TEST(test_spec_clone__is_the_same_and_independent)
{
	ctr_spec *copy;
	char *before, *after;

	ck_assert_int_eq(ctr_process_add_arg(ctr_spec_get_process(spec), "sh", err), 0);
	ck_assert_int_eq(ctr_process_set_env(ctr_spec_get_process(spec), "A", "1", err), 0);
	ck_assert_int_eq(ctr_process_set_fd(ctr_spec_get_process(spec), 9, 0, err), 0);
	ck_assert_int_eq(ctr_spec_add_tmpfs(spec, "/mnt", 4096, 0700, 0, err), 0);
	ck_assert_int_eq(ctr_spec_set_hostname(spec, "one", err), 0);
	ck_assert_int_eq(ctr_process_set_rlimit(ctr_spec_get_process(spec), 7, 10, 20, err), 0);
	ck_assert_int_eq(ctr_process_add_group(ctr_spec_get_process(spec), 5, err), 0);
	ck_assert_int_eq(ctr_spec_join_namespace_path(spec, CTR_NS_NET, "/proc/self/ns/net", err),
			 0);
	copy = ctr_spec_clone(spec, err);
	ck_assert_ptr_nonnull(copy);
	before = plan_text(spec);
	ctr_spec_free(spec);
	spec = copy;
	after = plan_text(spec);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spec");
	TCase *tc = suite_case(s, "spec");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_spec_free__takes_null);
	tcase_add_test(tc, test_spec_set_setup_timeout_ms__refuses_zero_and_too_much);
	tcase_add_test(tc, test_spec_add_bind__refuses_relative_paths);
	tcase_add_test(tc, test_spec_add_bind__refuses_unknown_flags);
	tcase_add_test(tc, test_spec_add_tmpfs__refuses_bad_modes);
	tcase_add_loop_test(tc, test_spec_set_hostname__refuses_what_is_no_name, 0, 7);
	tcase_add_test(tc, test_spec_set_hostname__takes_64_bytes_and_no_more);
	tcase_add_loop_test(tc, test_spec_set_namespace__refuses_mount_time_and_two_at_once, 0, 4);
	tcase_add_test(tc, test_spec_join_namespace_path__checks_the_kind);
	tcase_add_test(tc, test_spec_join_namespace_fd__checks_the_kind);
	tcase_add_test(tc, test_spec_set_pids_max__refuses_more_than_there_can_be);
	tcase_add_test(tc, test_spec_set_base_mounts__refuses_unknown_bits);
	tcase_add_test(tc, test_spec_clone__is_the_same_and_independent);
	return suite_run(s);
}
