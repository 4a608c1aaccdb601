/* SPDX-License-Identifier: MIT */
/* Containers in a control group that is the caller's, one after the other and together. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define MIB (1ull << 20)

static ctr_error *err;
static ctr_limits *limits;
static ctr_cgroup *group;
static ctr_spec *spec;

static void make(void)
{
	suite_need_root();
	err = ctr_error_new();
	limits = ctr_limits_new(err);
	world_rootfs("root");
	world_copy(LOAD, world_path("root/bin/load"));
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void drop(void)
{
	ctr_spec_free(spec);
	spec = NULL;
	if (group)
		done(ctr_cgroup_remove(group, err));
	ctr_cgroup_free(group);
	group = NULL;
	ctr_limits_free(limits);
	ctr_error_free(err);
}

static void make_group(int accounting)
{
	group = ctr_cgroup_create(NULL, limits, accounting, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
}

/* A spec that runs "load ARG..." in the group. */
static void load(int child, const char *what, const char *one, const char *two)
{
	ctr_spec_free(spec);
	spec = suite_spec(world_path("root"), "/bin/load", what, one, two, NULL);
	done(ctr_spec_set_child(spec, child, err));
	done(ctr_spec_set_cgroup(spec, group, err));
}

static ctr_container *start(void)
{
	ctr_container *c = ctr_spawn(spec, err);

	ck_assert_msg(c, "%s", ctr_error_message(err));
	return c;
}

/* @known: 1 if a value of it is expected, else 0. */
static uint32_t finish_known(ctr_container *c, uint32_t what, uint64_t *value, int known)
{
	ctr_usage *usage = ctr_usage_new(err);
	uint32_t end;

	ck_assert_msg(ctr_container_wait(c, -1, err) == 1, "%s", ctr_error_message(err));
	done(ctr_container_stats(c, usage, err));
	ck_assert_int_eq(ctr_usage_get(usage, what, value), known);
	end = ctr_container_end(c);
	ctr_container_free(c);
	ctr_usage_free(usage);
	return end;
}

static uint32_t finish(ctr_container *c, uint32_t what, uint64_t *value)
{
	return finish_known(c, what, value, 1);
}

/* Before Linux 6.12, v2's file is read-only: it has the most that all containers used. */
static bool peak_restarts(void)
{
	char path[512];
	struct stat st;

	for (size_t i = 0; ctr_cgroup_path(group, i); i++) {
		snprintf(path, sizeof(path), "%s/memory.peak", ctr_cgroup_path(group, i));
		if (stat(path, &st) == 0)
			return st.st_mode & S_IWUSR;
	}
	return true;
}

START_TEST(test_shared__stays_and_is_used_again)
{
	ctr_plan *plan;

	done(ctr_limits_set_pids_max(limits, 10, err));
	make_group(0);
	load(_i, "cpus", NULL, NULL);
	plan = ctr_plan_compile(spec, err);
	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (int i = 0; i < 5; i++) {
		ctr_container *c = ctr_plan_spawn(plan, err);

		ck_assert_msg(c, "%s", ctr_error_message(err));
		ck_assert_int_eq(ctr_container_wait(c, -1, err), 1);
		ck_assert_int_eq(ctr_container_exit_code(c), 0);
		ctr_container_free(c);
	}
	ctr_plan_free(plan);
	ck_assert_int_eq(ctr_cgroup_list(group, NULL, 0, err), 0);
	ck_assert_int_eq(access(ctr_cgroup_path(group, 0), F_OK), 0);
}
END_TEST

/* Of v1, also where it has no group: runtimes want all of them, and nobody may write there. */
START_TEST(test_shared__v1_hierarchies_that_runtimes_read_are_shown)
{
	static const char *const names[] = { "cpuset", "cpu", "cpuacct", "memory", "pids" };
	char path[128], script[256], *output;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/tasks", names[_i]);
	if (access(path, R_OK))
		return; /* on this host it is one of v2's, or not mounted */
	done(ctr_limits_set_pids_max(limits, 10, err));
	make_group(0);
	snprintf(script, sizeof(script), "cd /sys/fs/cgroup/%s && ls tasks; mkdir x", names[_i]);
	spec = suite_spec(world_path("root"), "/bin/sh", "-c", script, NULL);
	done(ctr_spec_set_cgroup(spec, group, err));
	done(ctr_spec_add_cgroup(spec, "/sys/fs/cgroup", 0, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 1);
	spec = NULL;
	ck_assert_str_eq(output,
			 "tasks\nmkdir: can't create directory 'x': Read-only file system\n");
	free(output);
}
END_TEST

START_TEST(test_shared__its_limits_hold)
{
	char *output;

	done(ctr_limits_set_pids_max(limits, 6, err));
	make_group(0);
	load(_i, "fork", "50", NULL);
	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	ck_assert_int_eq(suite_run_spec(spec, &output), 0);
	spec = NULL;
	ck_assert_str_eq(output, "4\n"); /* with its init and itself */
	free(output);
}
END_TEST

static bool has_step(const char *words)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);
	char text[512];
	bool found = false;

	ck_assert_msg(plan, "%s", ctr_error_message(err));
	for (size_t i = 0; i < ctr_plan_count(plan); i++) {
		ctr_plan_describe(plan, i, text, sizeof(text));
		found |= strstr(text, words) == text;
	}
	ctr_plan_free(plan);
	return found;
}

/*
 * The kernel gives a v1 hierarchy up when a mount of it goes and no group is in it: what the
 * container has no group in must not be mounted anew.
 */
START_TEST(test_shared__hierarchies_of_others_are_not_mounted)
{
	if (access("/sys/fs/cgroup/cpuset/tasks", R_OK) ||
	    access("/sys/fs/cgroup/pids/tasks", R_OK))
		return; /* on this host they are v2's, or not mounted */
	done(ctr_limits_set_pids_max(limits, 10, err));
	make_group(0);
	load(0, "cpus", NULL, NULL);
	done(ctr_spec_add_cgroup(spec, "/sys/fs/cgroup", 0, err));
	ck_assert(has_step("mount cgroup on /sys/fs/cgroup/pids"));
	ck_assert(!has_step("mount cgroup on /sys/fs/cgroup/cpuset"));
	ck_assert(has_step("bind /sys/fs/cgroup/cpuset"));
}
END_TEST

/* What tells a fork bomb from others: each is told of its own, and of none that it had not. */
START_TEST(test_shared__refused_forks_are_counted)
{
	uint64_t value = 7;

	done(ctr_limits_set_pids_max(limits, 6, err));
	make_group(0);
	load(_i, "fork", "50", NULL);
	finish(start(), CTR_USAGE_PIDS_REFUSED, &value);
	ck_assert_uint_gt(value, 0);
	load(_i, "cpus", NULL, NULL);
	finish(start(), CTR_USAGE_PIDS_REFUSED, &value);
	ck_assert_uint_eq(value, 0);
	load(_i, "fork", "6", NULL);
	finish(start(), CTR_USAGE_PIDS_REFUSED, &value);
	ck_assert_uint_eq(value, 1);
}
END_TEST

/* Each is told what it has used itself, and who ran out of memory. */
START_TEST(test_shared__numbers_are_of_each_container)
{
	uint64_t first, second, kills;

	done(ctr_limits_set_memory_max(limits, 48 * MIB, err));
	done(ctr_limits_set_swap_max(limits, 0, err));
	make_group(1);
	load(_i, "touch", "96", NULL);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_OOM_KILLS, &kills), CTR_END_OUT_OF_MEMORY);
	ck_assert_uint_eq(kills, 1);
	load(_i, "work", suite_is_slow() ? "4000" : "1000", NULL); /* emulated, 8 MiB take 0.5 s */
	ck_assert_uint_eq(finish(start(), CTR_USAGE_CPU_US, &first), CTR_END_EXITED);
	load(_i, "touch", "8", NULL);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_CPU_US, &second), CTR_END_EXITED);
	ck_assert_uint_gt(first, 2 * second);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_OOM_KILLS, &kills), CTR_END_EXITED);
	ck_assert_uint_eq(kills, 0);
	finish_known(start(), CTR_USAGE_MEMORY_PEAK_BYTES, &first, peak_restarts());
	if (!peak_restarts())
		return;
	ck_assert_uint_ge(first, 8 * MIB);
	ck_assert_uint_lt(first, 32 * MIB);
}
END_TEST

START_TEST(test_shared__cpu_limit_is_of_each_container)
{
	uint64_t used;

	make_group(1);
	for (int i = 0; i < 2; i++) {
		load(_i, "spin", "100000", NULL);
		done(ctr_spec_set_cpu_limit_ms(spec, 150, err));
		ck_assert_uint_eq(finish(start(), CTR_USAGE_CPU_US, &used), CTR_END_CPU_LIMIT);
		ck_assert_uint_ge(used, 150000);
		ck_assert_uint_lt(used, 1000000);
	}
}
END_TEST

/* The end of one is not that of another, also if it is killed while it is frozen. */
START_TEST(test_shared__several_at_a_time)
{
	ctr_container *one, *other;

	make_group(1);
	load(_i, "count", "/dev/null", NULL);
	done(ctr_process_set_init(ctr_spec_get_process(spec), 1, err));
	one = start();
	other = start();
	ck_assert_int_eq(ctr_cgroup_list(group, NULL, 0, err), 4); /* each with its init */
	done(ctr_container_freeze(one, err));
	done(ctr_container_kill_all(one, err));
	ck_assert_int_eq(ctr_container_wait(one, -1, err), 1);
	ctr_container_free(one);
	ck_assert_int_eq(ctr_container_wait(other, 20, err), 0);
	done(ctr_container_send_signal_all(other, SIGKILL, err));
	ck_assert_int_eq(ctr_container_wait(other, -1, err), 1);
	ck_assert_int_eq(ctr_container_exit_signal(other), SIGKILL);
	ctr_container_free(other);
}
END_TEST

/* Linux 6.14 to 7.2 kill what is cloned into a group that was killed. */
START_TEST(test_shared__can_be_used_after_it_was_killed)
{
	ctr_container *c;
	uint64_t wall;

	make_group(1);
	load(_i, "count", "/dev/null", NULL);
	c = start();
	done(ctr_cgroup_kill(group, err));
	ck_assert_uint_eq(finish(c, CTR_USAGE_WALL_US, &wall), CTR_END_SIGNALLED);
	load(_i, "cpus", NULL, NULL);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_WALL_US, &wall), CTR_END_EXITED);
}
END_TEST

/* The handle that is asked is not the one that killed. */
START_TEST(test_shared__can_be_used_after_others_killed_it)
{
	char path[64];
	ctr_cgroup *other;
	uint64_t wall;

	snprintf(path, sizeof(path), "/minictr_shared_%d", (int)getpid());
	group = ctr_cgroup_create(path, limits, 1, err);
	ck_assert_msg(group, "%s", ctr_error_message(err));
	done(ctr_cgroup_kill(group, err));
	other = ctr_cgroup_open(path, err);
	load(_i, "cpus", NULL, NULL);
	done(ctr_spec_set_cgroup(spec, other, err));
	ctr_cgroup_free(other);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_WALL_US, &wall), CTR_END_EXITED);
}
END_TEST

/* The caller would wait for a child that does not go on. */
START_TEST(test_shared__frozen_is_refused)
{
	make_group(1);
	load(_i, "cpus", NULL, NULL);
	done(ctr_cgroup_freeze(group, err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	suite_expect_error(err, CTR_E_STATE, "it is frozen: thaw it");
	done(ctr_cgroup_thaw(group, err));
}
END_TEST

START_TEST(test_shared__cpu_limit_is_not_given_up_by_detaching)
{
	ctr_container *c;

	make_group(1);
	load(_i, "count", "/dev/null", NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 60000, err));
	done(ctr_process_set_die_with_parent(ctr_spec_get_process(spec), 0, err));
	c = start();
	ck_assert_int_eq(ctr_container_detach(c, err), -1);
	suite_expect_error(err, CTR_E_STATE, "time limit");
	ctr_container_free(c);
}
END_TEST

START_TEST(test_shared__outlives_the_callers_handle)
{
	ctr_cgroup *again;
	uint64_t wall;
	char *path;

	make_group(1);
	path = strdup(ctr_cgroup_path(group, 0));
	load(_i, "cpus", NULL, NULL);
	again = group;
	done(ctr_spec_set_cgroup(spec, group, err));
	ctr_cgroup_free(group);
	ck_assert_uint_eq(finish(start(), CTR_USAGE_WALL_US, &wall), CTR_END_EXITED);
	ck_assert_int_eq(access(path, F_OK), 0);
	done(ctr_cgroup_remove(again, err));
	group = NULL;
	free(path);
}
END_TEST

START_TEST(test_shared__a_removed_one_is_told)
{
	make_group(1);
	load(_i, "cpus", NULL, NULL);
	done(ctr_cgroup_remove(group, err));
	ck_assert_ptr_null(ctr_spawn(spec, err));
	ck_assert_int_eq(ctr_error_code(err), CTR_E_SYSTEM);
	ck_assert(ctr_error_errno(err) == ENODEV || ctr_error_errno(err) == ENOENT);
	ck_assert_ptr_nonnull(strstr(ctr_error_hint(err), "the control group was removed"));
}
END_TEST

static void refused(const char *why)
{
	ck_assert_int_eq(ctr_spec_check(spec, err), -1);
	suite_expect_error(err, CTR_E_INVALID, why);
}

START_TEST(test_shared__refuses_what_needs_another_group)
{
	done(ctr_limits_set_pids_max(limits, 10, err));
	make_group(0);
	load(0, "cpus", NULL, NULL);
	done(ctr_spec_set_namespace(spec, CTR_NS_PID, CTR_NS_MODE_HOST, err));
	refused("needs its own group");
	load(0, "cpus", NULL, NULL);
	done(ctr_limits_set_pids_max(ctr_spec_get_limits(spec), 10, err));
	refused("the group has its own limits");
	load(0, "cpus", NULL, NULL);
	done(ctr_spec_set_cgroup_parent(spec, "/", err));
	refused("a parent is only for new groups");
	if (ctr_cgroup_find("pids", NULL, 0, err) == 2)
		return; /* where every group counts CPU time */
	load(0, "cpus", NULL, NULL);
	done(ctr_spec_set_cpu_limit_ms(spec, 10, err));
	refused("does not count CPU time");
}
END_TEST

START_TEST(test_shared__is_named_in_the_plan)
{
	char text[512] = "";
	ctr_plan *plan;

	make_group(1);
	load(0, "cpus", NULL, NULL);
	plan = ctr_plan_compile(spec, err);
	for (size_t i = 0; i < ctr_plan_count(plan) && !strstr(text, "control group"); i++)
		ctr_plan_describe(plan, i, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "join the control group "));
	ck_assert_ptr_nonnull(strstr(text, ctr_cgroup_path(group, 0)));
	ctr_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shared");
	TCase *tc = suite_case(s, "shared");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_shared__stays_and_is_used_again, 0, 2);
	tcase_add_loop_test(tc, test_shared__refused_forks_are_counted, 0, 2);
	tcase_add_test(tc, test_shared__hierarchies_of_others_are_not_mounted);
	tcase_add_loop_test(tc, test_shared__v1_hierarchies_that_runtimes_read_are_shown, 0, 5);
	tcase_add_loop_test(tc, test_shared__its_limits_hold, 0, 2);
	tcase_add_loop_test(tc, test_shared__numbers_are_of_each_container, 0, 2);
	tcase_add_loop_test(tc, test_shared__cpu_limit_is_of_each_container, 0, 2);
	tcase_add_loop_test(tc, test_shared__several_at_a_time, 0, 2);
	tcase_add_loop_test(tc, test_shared__can_be_used_after_it_was_killed, 0, 2);
	tcase_add_loop_test(tc, test_shared__can_be_used_after_others_killed_it, 0, 2);
	tcase_add_loop_test(tc, test_shared__frozen_is_refused, 0, 2);
	tcase_add_loop_test(tc, test_shared__cpu_limit_is_not_given_up_by_detaching, 0, 2);
	tcase_add_loop_test(tc, test_shared__outlives_the_callers_handle, 0, 2);
	tcase_add_loop_test(tc, test_shared__a_removed_one_is_told, 0, 2);
	tcase_add_test(tc, test_shared__refuses_what_needs_another_group);
	tcase_add_test(tc, test_shared__is_named_in_the_plan);
	return suite_run(s);
}
