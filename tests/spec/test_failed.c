/* SPDX-License-Identifier: MIT */
/*
 * A setter that failed, and whose result nobody looked at: the spec can't be used, whatever
 * the setter was, until that is cleared. And a spec that there is none of.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup/limits.h"
#include "support/setters.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static ctr_error *err;
static int file; /* no directory */

/* ---- those that are not in setters.def, or refuse one thing more ---- */

static int process_set_args(ctr_spec *s, ctr_error *e)
{
	char empty[] = "";

	return ctr_process_set_args(ctr_spec_get_process(s), (char *[]){ empty, NULL }, e);
}

static int process_set_dir_fd(ctr_spec *s, ctr_error *e)
{
	return ctr_process_set_dir_fd(ctr_spec_get_process(s), 3, file, e);
}

static int spec_set_user_namespace(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_namespace(s, CTR_NS_USER, 9, e);
}

/* A map that has ranges takes no others. */
static int idmap_add_ranges(ctr_spec *s, ctr_error *e)
{
	ctr_idmap_add_uids(ctr_spec_get_idmap(s), 0, 1, 1, e);
	return ctr_idmap_add_ranges(ctr_spec_get_idmap(s), e);
}

static int spec_set_cgroup(ctr_spec *s, ctr_error *e)
{
	return ctr_spec_set_cgroup(s, NULL, e);
}

typedef int setter(ctr_spec *s, ctr_error *e);

static setter *const refusing[] = {
	spec_set_cgroup,	 process_set_args, process_set_dir_fd,
	spec_set_user_namespace, idmap_add_ranges,
};

/* Number i of all that refuse something. */
static int refuse(int i, ctr_spec *spec, ctr_error *e)
{
	if (i < COUNT(refusing))
		return refusing[i](spec, e);
	i -= COUNT(refusing);
	for (int k = 0; k < setters_count; k++)
		if (setters[k].refuse && i-- == 0)
			return setters_refuse(&setters[k], spec, e);
	ck_abort_msg("there are not so many");
	return 0;
}

static int count_refusing(void)
{
	int n = COUNT(refusing);

	for (int k = 0; k < setters_count; k++)
		n += setters[k].refuse != NULL;
	return n;
}

static void begin(void)
{
	err = ctr_error_new();
	file = memfd_create("file", MFD_CLOEXEC);
	ck_assert_int_ge(file, 0);
}

static void end(void)
{
	close(file);
	ctr_error_free(err);
}

static ctr_spec *new_spec(void)
{
	ctr_spec *spec = suite_spec(NULL, "true", NULL);

	ck_assert_int_eq(ctr_spec_set_base_mounts(spec, 0, err), 0);
	return spec;
}

/* The first failure, and not a later one. */
static void expect_failed(const ctr_error *found, const ctr_error *first)
{
	ck_assert_int_ne(ctr_error_code(first), 0);
	ck_assert_int_eq(ctr_error_code(found), ctr_error_code(first));
	ck_assert_str_eq(ctr_error_message(found), ctr_error_message(first));
	ck_assert_str_eq(ctr_error_step(found), ctr_error_step(first));
}

START_TEST(test_setter__that_failed_is_not_forgotten)
{
	ctr_spec *spec = new_spec();
	ctr_process *process = ctr_spec_get_process(spec);
	ctr_error *first = ctr_error_new();

	ck_assert_int_eq(refuse(_i, spec, first), -1);
	ck_assert_int_eq(ctr_process_set_umask(process, 0, err), 0);
	ck_assert_int_eq(ctr_process_set_priority(process, 99, err), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	expect_failed(err, first);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	ck_assert_ptr_null(ctr_spec_clone(spec, err));
	ck_assert_int_eq(ctr_spec_check(spec, err), -1);
	expect_failed(err, first);

	ctr_spec_clear_error(spec);
	ctr_error_clear(err);
	ctr_spec_free(ctr_spec_clone(spec, err));
	ck_assert_msg(ctr_error_code(err) == 0, "%s", ctr_error_message(err));
	ctr_error_free(first);
	ctr_spec_free(spec);
}
END_TEST

/* As a caller does that has no error object, and looks at nothing but the end. */
START_TEST(test_setter__that_failed_unseen_is_told_at_the_end)
{
	ctr_spec *spec = new_spec();
	ctr_error *first = ctr_error_new();

	ck_assert_int_eq(refuse(_i, spec, NULL), -1);
	ck_assert_int_eq(refuse(_i, spec, first), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	expect_failed(err, first);
	ck_assert_ptr_null(ctr_spawn(spec, NULL));
	ctr_error_free(first);
	ctr_spec_free(spec);
}
END_TEST

/* Whatever the arguments are. */
static int set_on_nothing(int i, ctr_error *e)
{
	const int k = i - COUNT(refusing);

	if (k < 0)
		return refusing[i](NULL, e);
	return setters[k].take ? setters_take(&setters[k], NULL, e)
			       : setters_refuse(&setters[k], NULL, e);
}

START_TEST(test_setter__of_no_spec_fails)
{
	ck_assert_int_eq(set_on_nothing(_i, NULL), -1);
	ck_assert_int_eq(set_on_nothing(_i, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "\"NULL\": it was never created");
}
END_TEST

START_TEST(test_setter__takes_what_it_takes)
{
	int taken = 0;

	for (int i = 0; i < setters_count; i++) {
		ctr_spec *spec = new_spec();

		if (setters[i].take) {
			ck_assert_msg(setters_take(&setters[i], spec, err) == 0, "%s: %s",
				      setters[i].name, ctr_error_message(err));
			taken++;
		}
		ctr_spec_free(spec);
	}
	ck_assert_int_gt(taken, setters_count / 2);
}
END_TEST

/* The error of what could not be made says why, and stays. */
START_TEST(test_spec__that_could_not_be_made_ends_in_its_own_error)
{
	ck_assert_int_eq(ctr_parse_number("x", "memory", 0, 1, &(uint64_t){ 0 }, err), -1);
	ck_assert_int_eq(ctr_process_add_arg(NULL, "true", err), -1);
	ck_assert_ptr_null(ctr_spec_get_limits(NULL));
	ck_assert_ptr_null(ctr_spec_clone(NULL, err));
	ck_assert_ptr_null(ctr_plan_compile(NULL, err));
	ck_assert_int_eq(ctr_spec_check(NULL, err), -1);
	ck_assert_ptr_null(ctr_spawn(NULL, err));
	suite_expect_error(err, CTR_E_INVALID, "memory \"x\"");
	ctr_spec_clear_error(NULL);
}
END_TEST

/* The parts of a spec have its error: the first failure of any of them is told, and cleared. */
START_TEST(test_clear_error__is_for_a_spec_and_its_parts)
{
	ctr_spec *spec = new_spec();
	ctr_process *process = ctr_spec_get_process(spec);

	ck_assert_int_eq(ctr_limits_set_memory_max(ctr_spec_get_limits(spec), 1, NULL), -1);
	ck_assert_int_eq(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 0, 0, NULL), -1);
	ck_assert_int_eq(ctr_process_set_umask(process, 01000, NULL), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit");
	ck_assert_ptr_null(ctr_process_clone(process, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit");
	ctr_process_clear_error(process);
	ctr_process_clear_error(NULL);
	ck_assert_int_eq(ctr_process_set_umask(process, 01000, NULL), -1);
	ck_assert_int_eq(ctr_limits_set_memory_max(ctr_spec_get_limits(spec), 1, NULL), -1);
	ck_assert_ptr_null(ctr_plan_compile(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "umask");
	ctr_limits_clear_error(ctr_spec_get_limits(spec));
	ck_assert_int_eq(ctr_idmap_add_uids(ctr_spec_get_idmap(spec), 0, 0, 0, NULL), -1);
	ck_assert_int_eq(ctr_spec_check(spec, err), -1);
	ctr_idmap_clear_error(ctr_spec_get_idmap(spec));
	ctr_error_clear(err);
	ctr_process_free(ctr_process_clone(process, err));
	ck_assert_msg(ctr_error_code(err) == 0, "%s", ctr_error_message(err));
	ctr_spec_free(spec);
}
END_TEST

/* The group that could not be made has its limits in it: the error says why, not that it is NULL.
 */
START_TEST(test_cgroup__that_could_not_be_made_is_no_other_one)
{
	ctr_spec *spec = new_spec();
	ctr_limits *limits = ctr_limits_new(err);
	ctr_cgroup *group;

	ck_assert_int_eq(ctr_limits_set_memory_max(limits, 1, err), -1);
	group = ctr_cgroup_create(NULL, limits, 0, err);
	ck_assert_int_eq(ctr_spec_set_cgroup(spec, group, err), -1);
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit \"1\"");
	ctr_limits_free(limits);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_use__of_what_is_not_there_fails)
{
	ck_assert_int_eq(ctr_userns_create(NULL, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "map of ids \"NULL\"");
	ctr_error_clear(err);
	ck_assert_int_eq(ctr_userns_map(NULL, getpid(), err), -1);
	ctr_error_clear(err);
	ck_assert_ptr_null(ctr_plan_spawn(NULL, err));
	suite_expect_error(err, CTR_E_INVALID, "plan \"NULL\"");
	ck_assert_ptr_null(ctr_plan_spawn(ctr_plan_compile(NULL, NULL), NULL));
}
END_TEST

/* A rule that is there already is as it was before the call that failed. */
START_TEST(test_allow_default_devices__changes_nothing_when_it_fails)
{
	ctr_spec *spec = new_spec();
	ctr_limits *limits = ctr_spec_get_limits(spec);
	char rule[32];

	ck_assert_int_eq(ctr_limits_allow_device(limits, "c 1:3 r", err), 0);
	for (int i = 0; i < 250; i++) {
		snprintf(rule, sizeof(rule), "c 200:%d r", i);
		ck_assert_int_eq(ctr_limits_allow_device(limits, rule, err), 0);
	}
	ck_assert_int_eq(ctr_limits_allow_default_devices(limits, err), -1);
	ck_assert_uint_eq(limits->n_devices, 251);
	ck_assert_uint_eq(limits->devices[0].access, BPF_DEVCG_ACC_READ);
	ctr_spec_free(spec);
}
END_TEST

START_TEST(test_limits__alone_that_failed_are_not_used)
{
	ctr_limits *limits = ctr_limits_new(err);

	ck_assert_int_eq(ctr_limits_set_pids_max(limits, 7, err), 0);
	ck_assert_int_eq(ctr_limits_set_memory_max(limits, 1, NULL), -1);
	ck_assert_ptr_null(ctr_cgroup_create(NULL, limits, 0, err));
	suite_expect_error(err, CTR_E_INVALID, "memory limit \"1\"");
	ctr_limits_clear_error(limits);
	ctr_limits_clear_error(NULL);
	ctr_limits_free(limits);
}
END_TEST

START_TEST(test_idmap__alone_that_failed_is_not_used)
{
	ctr_idmap *map = ctr_idmap_new(err);

	ck_assert_int_eq(ctr_idmap_add_uids(map, 0, 1000, 1, err), 0);
	ck_assert_int_eq(ctr_idmap_add_gids(map, 0, 1000, 0, NULL), -1);
	ck_assert_int_eq(ctr_userns_create(map, err), -1);
	suite_expect_error(err, CTR_E_INVALID, "range of group ids");
	ctr_idmap_clear_error(map);
	ctr_idmap_clear_error(NULL);
	ctr_idmap_free(map);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failed");
	TCase *tc = suite_case(suite, "failed");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_setter__that_failed_is_not_forgotten, 0, count_refusing());
	tcase_add_loop_test(tc, test_setter__that_failed_unseen_is_told_at_the_end, 0,
			    count_refusing());
	tcase_add_loop_test(tc, test_setter__of_no_spec_fails, 0, COUNT(refusing) + setters_count);
	tcase_add_test(tc, test_setter__takes_what_it_takes);
	tcase_add_test(tc, test_spec__that_could_not_be_made_ends_in_its_own_error);
	tcase_add_test(tc, test_clear_error__is_for_a_spec_and_its_parts);
	tcase_add_test(tc, test_cgroup__that_could_not_be_made_is_no_other_one);
	tcase_add_test(tc, test_use__of_what_is_not_there_fails);
	tcase_add_test(tc, test_allow_default_devices__changes_nothing_when_it_fails);
	tcase_add_test(tc, test_limits__alone_that_failed_are_not_used);
	tcase_add_test(tc, test_idmap__alone_that_failed_is_not_used);
	return suite_run(suite);
}
