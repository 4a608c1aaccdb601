/* SPDX-License-Identifier: MIT */
/* What the setters of limits take, and what a recipe makes of them on this host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup/files.h"
#include "support/suite.h"
#include "support/world.h"

static ctr_error *err;
static ctr_limits *limits;
static struct ctr__recipe recipe;

static void make(void)
{
	err = ctr_error_new();
	limits = ctr_limits_new(err);
}

static void drop(void)
{
	ctr__recipe_clear(&recipe);
	ctr_limits_free(limits);
	ctr_error_free(err);
}

static void done(int r)
{
	ck_assert_msg(r == 0, "%s", ctr_error_message(err));
}

static void refused(int r, const char *words)
{
	ck_assert_int_eq(r, -1);
	suite_expect_error(err, CTR_E_INVALID, words);
}

/* ---- setters ---- */

START_TEST(test_set_memory_max__takes_its_range)
{
	done(ctr_limits_set_memory_max(limits, 65536, err));
	done(ctr_limits_set_memory_max(limits, 1ULL << 63, err));
	done(ctr_limits_set_memory_max(limits, 0, err));
	refused(ctr_limits_set_memory_max(limits, 65535, err), "65535");
	refused(ctr_limits_set_memory_max(limits, (1ULL << 63) + 1, err), "2^63");
}
END_TEST

START_TEST(test_set_cpu_max__takes_its_range)
{
	done(ctr_limits_set_cpu_max(limits, 1000, 1000, err));
	done(ctr_limits_set_cpu_max(limits, 800000, 1000000, err));
	refused(ctr_limits_set_cpu_max(limits, 999, 1000, err), "CPU quota \"999\"");
	refused(ctr_limits_set_cpu_max(limits, 5000, 999, err), "CPU period \"999\"");
	refused(ctr_limits_set_cpu_max(limits, 5000, 1000001, err), "1000001");
	refused(ctr_limits_set_cpu_max(limits, UINT64_MAX, 1000, err), "CPU quota");
}
END_TEST

START_TEST(test_set_shares_and_weights__take_their_ranges)
{
	done(ctr_limits_set_cpu_shares(limits, 2, err));
	done(ctr_limits_set_cpu_shares(limits, 262144, err));
	refused(ctr_limits_set_cpu_shares(limits, 1, err), "CPU shares \"1\"");
	refused(ctr_limits_set_cpu_shares(limits, 262145, err), "262145");
	done(ctr_limits_set_io_weight(limits, 10, err));
	done(ctr_limits_set_io_weight(limits, 1000, err));
	refused(ctr_limits_set_io_weight(limits, 9, err), "io weight \"9\"");
	refused(ctr_limits_set_io_weight(limits, 1001, err), "1001");
	refused(ctr_limits_set_pids_max(limits, 4194305, err), "4194305");
}
END_TEST

static const char *const good_lists[] = { "0", "0-3", "0,1", "7,0-3,1", "8191" };
static const char *const bad_lists[] = { "",	"a",   "-1",	"1-",
					 "3-1", "0,",  ",0",	"0,,1",
					 "0 1", "0x1", "8192",	"0-8192",
					 "1.5", "+1",  "0-1-2", "99999999999999999999" };

START_TEST(test_set_cpuset__takes_lists)
{
	done(ctr_limits_set_cpuset_cpus(limits, good_lists[_i], err));
	done(ctr_limits_set_cpuset_mems(limits, good_lists[_i], err));
}
END_TEST

START_TEST(test_set_cpuset__refuses_what_is_no_list)
{
	refused(ctr_limits_set_cpuset_cpus(limits, bad_lists[_i], err), "list of CPUs");
	refused(ctr_limits_set_cpuset_mems(limits, bad_lists[_i], err), "list of memory nodes");
}
END_TEST

START_TEST(test_cpu_list_outside__finds_the_first)
{
	ck_assert_int_eq(ctr__cpu_list_outside("0-1", "0-3"), -1);
	ck_assert_int_eq(ctr__cpu_list_outside("0-4", "0-3"), 4);
	ck_assert_int_eq(ctr__cpu_list_outside("2,9", "0,2-5"), 9);
	ck_assert_int_eq(ctr__cpu_list_outside("1", "0,2-5"), 1);
}
END_TEST

START_TEST(test_set_io_max__refuses_what_is_no_disk)
{
	refused(ctr_limits_set_io_max(limits, "/dev/null", CTR_IO_READ_BPS, 1, err), "block");
	refused(ctr_limits_set_io_max(limits, NULL, CTR_IO_READ_BPS, 1, err), "NULL");
	refused(ctr_limits_set_io_max(limits, "", CTR_IO_READ_BPS, 1, err), "path");
	ck_assert_int_eq(ctr_limits_set_io_max(limits, "/dev/no", CTR_IO_READ_BPS, 1, err), -1);
	suite_expect_error(err, CTR_E_SYSTEM, "/dev/no");
}
END_TEST

static const char *const bad_files[] = { "",	    "memory",	   ".max",
					 "memory.", "../memory.x", "memory/x.y",
					 "a b.c",   "memory.max\n" };

START_TEST(test_set_value__refuses_what_is_no_file)
{
	refused(ctr_limits_set_value(limits, bad_files[_i], "1", err), "file of a control group");
}
END_TEST

/* A reason each: what the library does itself would hang, escape it, or be undone by it. */
static const char *const kept_files[][2] = {
	{ "freezer.state", "ctr_container_thaw()" },
	{ "freezer.self_freezing", "ctr_container_thaw()" },
	{ "cgroup.freeze", "ctr_container_thaw()" },
	{ "cgroup.kill", "ctr_container_kill_all()" },
	{ "cgroup.procs", "ctr_cgroup_add()" },
	{ "cgroup.threads", "ctr_cgroup_add()" },
	{ "tasks", "ctr_cgroup_add()" },
	{ "release_agent", "a program of the host" },
	{ "notify_on_release", "a program of the host" },
	{ "cgroup.type", "makes and removes" },
	{ "cgroup.subtree_control", "makes and removes" },
	{ "cgroup.clone_children", "makes and removes" },
	{ "cgroup.event_control", "makes and removes" },
	{ "cgroup.max.depth", "makes and removes" },
	{ "cgroup.any", "makes and removes" },
	{ "cpuacct.usage", "counter" },
	{ "cpuacct.usage_all", "counter" },
	{ "memory.max_usage_in_bytes", "counter" },
	{ "memory.peak", "counter" },
};

#define KEPT (int)(sizeof(kept_files) / sizeof(kept_files[0]))

START_TEST(test_set_value__refuses_what_the_library_manages)
{
	refused(ctr_limits_set_value(limits, kept_files[_i][0], "1", err), kept_files[_i][1]);
	suite_expect_error(err, CTR_E_INVALID, kept_files[_i][0]);
	ck_assert_uint_eq(limits->values.n, 0);
}
END_TEST

START_TEST(test_set_value__takes_a_name_that_only_begins_like_one)
{
	done(ctr_limits_set_value(limits, "memory.peaks", "1", err));
	done(ctr_limits_set_value(limits, "freezers.state", "1", err));
}
END_TEST

START_TEST(test_set_value__replaces_and_removes)
{
	done(ctr_limits_set_value(limits, "memory.high", "1", err));
	done(ctr_limits_set_value(limits, "memory.high", "2", err));
	ck_assert_uint_eq(limits->values.n, 1);
	ck_assert_str_eq(limits->values.v[0], "memory.high=2");
	done(ctr_limits_set_value(limits, "memory.high", NULL, err));
	ck_assert_uint_eq(limits->values.n, 0);
	done(ctr_limits_set_value(limits, "memory.high", NULL, err));
}
END_TEST

START_TEST(test_set_hugetlb_max__wants_a_size_of_pages)
{
	done(ctr_limits_set_hugetlb_max(limits, 2097152, 0, err));
	refused(ctr_limits_set_hugetlb_max(limits, 2097151, 0, err), "power of two");
	refused(ctr_limits_set_hugetlb_max(limits, 4096, 0, err), "4096");
	refused(ctr_limits_set_hugetlb_max(limits, 0, 0, err), "\"0\"");
}
END_TEST

START_TEST(test_copy__is_independent)
{
	ctr_limits copy;

	done(ctr_limits_set_cpuset_cpus(limits, "0", err));
	done(ctr_limits_set_hugetlb_max(limits, 2097152, 0, err));
	done(ctr_limits_set_value(limits, "memory.high", "1", err));
	ck_assert_int_eq(ctr__limits_copy(&copy, limits), 0);
	ctr__limits_clear(limits);
	ck_assert_str_eq(copy.cpuset_cpus, "0");
	ck_assert_uint_eq(copy.n_hugetlb, 1);
	ck_assert_str_eq(copy.values.v[0], "memory.high=1");
	ctr__limits_clear(&copy);
}
END_TEST

/* ---- recipes ---- */

static void unsupported(const char *words)
{
	ck_assert_int_eq(ctr__recipe_add_limits(&recipe, limits, err), -1);
	suite_expect_error(err, CTR_E_UNSUPPORTED, words);
}

static void set_pids(void)
{
	done(ctr_limits_set_pids_max(limits, 9, err));
}

static void set_shares(void)
{
	done(ctr_limits_set_cpu_shares(limits, 512, err));
}

static void set_cpus(void)
{
	done(ctr_limits_set_cpuset_cpus(limits, "0", err));
}

static void set_devices(void)
{
	done(ctr_limits_allow_default_devices(limits, err));
}

static const struct {
	void (*setter)(void);
	const char *controller;
	int version; /* of cgroups, whose file it is; 0: of both */
	const char *file, *value;
	bool fights;
} files_beside[] = {
	{ set_pids, "pids", 0, "pids.max", "10", true },
	{ set_shares, "cpu", 1, "cpu.shares", "2", true },
	{ set_shares, "cpu", 2, "cpu.weight", "2", true },
	{ set_shares, "cpu", 2, "cpu.weight.nice", "2", true },
	{ set_shares, "cpu", 1, "cpu.cfs_burst_us", "0", false },
	{ set_shares, "cpu", 2, "cpu.max.burst", "0", false },
	{ set_cpus, "cpuset", 0, "cpuset.cpus", "0", true },
	{ set_cpus, "cpuset", 0, "cpuset.mems", "0", false },
	{ set_devices, "devices", 1, "devices.allow", "a", true },
};

#define FILES_BESIDE (int)(sizeof(files_beside) / sizeof(files_beside[0]))

START_TEST(test_recipe__refuses_a_file_that_a_limit_sets_too)
{
	const char *file = files_beside[_i].file;
	int version = ctr_cgroup_find(files_beside[_i].controller, NULL, 0, err);

	if (version < 0 || (files_beside[_i].version && files_beside[_i].version != version))
		return; /* there is no such file here */
	files_beside[_i].setter();
	done(ctr_limits_set_value(limits, file, files_beside[_i].value, err));
	if (!files_beside[_i].fights) {
		done(ctr__recipe_add_limits(&recipe, limits, err));
		return;
	}
	refused(ctr__recipe_add_limits(&recipe, limits, err), file);
	suite_expect_error(err, CTR_E_INVALID, "another limit sets it too");
}
END_TEST

START_TEST(test_recipe__refuses_a_controller_that_is_not_there)
{
	if (ctr__layout_has("rdma"))
		suite_skip("this host has rdma");
	done(ctr_limits_set_value(limits, "rdma.max", "1", err));
	unsupported("rdma");
}
END_TEST

START_TEST(test_recipe__refuses_an_unknown_controller)
{
	done(ctr_limits_set_value(limits, "nosuch.max", "1", err));
	refused(ctr__recipe_add_limits(&recipe, limits, err), "nosuch.max");
}
END_TEST

START_TEST(test_recipe__refuses_cpus_and_nodes_that_are_not_there)
{
	done(ctr_limits_set_cpuset_cpus(limits, "0,4099", err));
	refused(ctr__recipe_add_limits(&recipe, limits, err), "4099 is not available");
	done(ctr_limits_set_cpuset_cpus(limits, NULL, err));
	done(ctr_limits_set_cpuset_mems(limits, "999", err));
	refused(ctr__recipe_add_limits(&recipe, limits, err), "999 is not available");
}
END_TEST

START_TEST(test_recipe__refuses_pages_of_a_size_that_is_not_there)
{
	done(ctr_limits_set_hugetlb_max(limits, 1ULL << 40, 0, err));
	refused(ctr__recipe_add_limits(&recipe, limits, err), "1099511627776");
}
END_TEST

static const struct ctr__setting *setting_of(const char *file)
{
	for (size_t i = 0; i < recipe.n_settings; i++)
		if (strcmp(recipe.settings[i].file, file) == 0)
			return &recipe.settings[i];
	return NULL;
}

/* The ends and the middle: 2, 1024 and 262144 shares are weights 1, 100 and 10000. */
START_TEST(test_recipe__converts_shares)
{
	static const struct {
		uint64_t shares;
		const char *weight;
	} pairs[] = {
		{ 2, "1" }, { 512, "59" }, { 1024, "100" }, { 2048, "174" }, { 262144, "10000" }
	};
	char text[16];

	done(ctr_limits_set_cpu_shares(limits, pairs[_i].shares, err));
	done(ctr__recipe_add_limits(&recipe, limits, err));
	ck_assert_uint_eq(recipe.n_settings, 1);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)pairs[_i].shares);
	if (recipe.layout.v[0].v2)
		ck_assert_str_eq(setting_of("cpu.weight")->text, pairs[_i].weight);
	else
		ck_assert_str_eq(setting_of("cpu.shares")->text, text);
}
END_TEST

START_TEST(test_recipe__shares_a_hierarchy)
{
	done(ctr_limits_set_memory_max(limits, 1 << 20, err));
	done(ctr_limits_set_memory_low(limits, 1 << 19, err));
	done(ctr__recipe_add_limits(&recipe, limits, err));
	ck_assert_uint_eq(recipe.n_settings, 2);
	ck_assert_uint_eq(recipe.layout.n, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("limits");
	TCase *tc = suite_case(s, "limits");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_set_memory_max__takes_its_range);
	tcase_add_test(tc, test_set_cpu_max__takes_its_range);
	tcase_add_test(tc, test_set_shares_and_weights__take_their_ranges);
	tcase_add_loop_test(tc, test_set_cpuset__takes_lists, 0, 5);
	tcase_add_loop_test(tc, test_set_cpuset__refuses_what_is_no_list, 0, 16);
	tcase_add_test(tc, test_cpu_list_outside__finds_the_first);
	tcase_add_test(tc, test_set_io_max__refuses_what_is_no_disk);
	tcase_add_loop_test(tc, test_set_value__refuses_what_is_no_file, 0, 8);
	tcase_add_loop_test(tc, test_set_value__refuses_what_the_library_manages, 0, KEPT);
	tcase_add_test(tc, test_set_value__takes_a_name_that_only_begins_like_one);
	tcase_add_loop_test(tc, test_recipe__refuses_a_file_that_a_limit_sets_too, 0, FILES_BESIDE);
	tcase_add_test(tc, test_set_value__replaces_and_removes);
	tcase_add_test(tc, test_set_hugetlb_max__wants_a_size_of_pages);
	tcase_add_test(tc, test_copy__is_independent);
	tcase_add_test(tc, test_recipe__refuses_a_controller_that_is_not_there);
	tcase_add_test(tc, test_recipe__refuses_an_unknown_controller);
	tcase_add_test(tc, test_recipe__refuses_cpus_and_nodes_that_are_not_there);
	tcase_add_test(tc, test_recipe__refuses_pages_of_a_size_that_is_not_there);
	tcase_add_loop_test(tc, test_recipe__converts_shares, 0, 5);
	tcase_add_test(tc, test_recipe__shares_a_hierarchy);
	return suite_run(s);
}
