/* SPDX-License-Identifier: MIT */
/* The comparison around each test: what it must report, and what other processes may do. */
#include <check.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/leak.h"
#include "support/suite.h"
#include "support/world.h"

static char place[PATH_MAX];
static char *before;

/* A new directory of the world: its path, in place. */
static void make_place(void)
{
	world_mkdir("place");
	snprintf(place, sizeof(place), "%s", world_path("place"));
}

static void mount_here(const char *path)
{
	ck_assert_int_eq(mount("leak", path, "tmpfs", 0, NULL), 0);
}

/* Another process that has the same directories, and mounts of its own. */
static void remove_place_elsewhere(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(umount2(place, 0), 0);
	ck_assert_int_eq(rmdir(place), 0);
}

/* The difference between now and the snapshot before; to be freed. */
static char *difference_to_before(void)
{
	char *after = leak_snapshot();
	char *difference = leak_difference(before, after);

	free(after);
	return difference;
}

static void snapshot_with_mount(void)
{
	make_place();
	mount_here(place);
	before = leak_snapshot();
}

static void elsewhere(void)
{
	char *difference;

	snapshot_with_mount();
	suite_in_child(remove_place_elsewhere);
	difference = difference_to_before();
	ck_assert_str_eq(difference, "");
	free(difference);
}

START_TEST(test_leak__ignores_a_mount_whose_directory_another_process_removed)
{
	suite_in_mounts(elsewhere);
}
END_TEST

static void unmounted(void)
{
	char *difference;

	snapshot_with_mount();
	ck_assert_int_eq(umount2(place, 0), 0);
	difference = difference_to_before();
	ck_assert_ptr_nonnull(strstr(difference, place));
	free(difference);
}

START_TEST(test_leak__reports_a_mount_that_the_test_has_removed)
{
	suite_in_mounts(unmounted);
}
END_TEST

static void source_removed(void)
{
	char *difference;
	const char *source = world_path("source");

	make_place();
	world_mkdir("source");
	ck_assert_int_eq(mount(source, place, "none", MS_BIND, NULL), 0);
	before = leak_snapshot();
	ck_assert_int_eq(rmdir(source), 0);
	difference = difference_to_before();
	ck_assert_str_eq(difference, "");
	free(difference);
}

START_TEST(test_leak__ignores_that_the_source_of_a_bind_was_removed)
{
	suite_in_mounts(source_removed);
}
END_TEST

static void left(void)
{
	char *difference;

	make_place();
	before = leak_snapshot();
	mount_here(place);
	difference = difference_to_before();
	ck_assert_ptr_nonnull(strstr(difference, place));
	free(difference);
}

START_TEST(test_leak__reports_a_mount_that_the_test_has_left)
{
	suite_in_mounts(left);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("leak");
	TCase *tc = suite_case(s, "mounts");

	tcase_add_test(tc, test_leak__ignores_a_mount_whose_directory_another_process_removed);
	tcase_add_test(tc, test_leak__reports_a_mount_that_the_test_has_removed);
	tcase_add_test(tc, test_leak__ignores_that_the_source_of_a_bind_was_removed);
	tcase_add_test(tc, test_leak__reports_a_mount_that_the_test_has_left);
	return suite_run(s);
}
