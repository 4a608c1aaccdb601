/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/proc_text.h"
#include "support/suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct {
	const char *line, *target, *type;
} mounts[] = {
	{ "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw\n", "/mnt2", "ext3" },
	{ "24 1 0:21 / /sys/fs/cgroup rw - cgroup2 none rw\n", "/sys/fs/cgroup", "cgroup2" },
	{ "24 1 0:21 / /a rw shared:1 master:2 unbindable - proc proc rw", "/a", "proc" },
	{ "24 1 0:21 / /a\\040b\\011\\012\\134c rw - tmpfs t rw\n", "/a b\t\n\\c", "tmpfs" },
	{ "24 1 0:21 / /a\\4\\08\\ rw - tmpfs t rw\n", "/a\\4\\08\\", "tmpfs" }, /* are none */
	{ "24 1 0:21 / /a rw - fuse.sshfs x rw\n", "/a", "fuse.sshfs" },
};

START_TEST(test_proc_read_mount__finds_all_fields)
{
	char line[] = "36 35 98:7 /a\\040b /c rw,noatime master:1 - cgroup root ro,cpu\n";
	char short_line[] = "x 35 98 / /c rw - cgroup";
	struct ctr__proc_mount mount;

	ck_assert(ctr__proc_read_mount(line, &mount));
	ck_assert_uint_eq(mount.id, 36);
	ck_assert_uint_eq(mount.major, 98);
	ck_assert_uint_eq(mount.minor, 7);
	ck_assert_str_eq(mount.root, "/a b");
	ck_assert_str_eq(mount.options, "rw,noatime");
	ck_assert_str_eq(mount.super, "ro,cpu");
	ck_assert(ctr__proc_read_mount(short_line, &mount));
	ck_assert_uint_eq(mount.id, 0);
	ck_assert_uint_eq(mount.minor, 0);
	ck_assert_str_eq(mount.super, "");
}
END_TEST

START_TEST(test_proc_read_mount__finds_target_and_type)
{
	char *line = strdup(mounts[_i].line);
	struct ctr__proc_mount mount;

	ck_assert(ctr__proc_read_mount(line, &mount));
	ck_assert_str_eq(mount.target, mounts[_i].target);
	ck_assert_str_eq(mount.type, mounts[_i].type);
	free(line);
}
END_TEST

static const char *const not_mounts[] = {
	"",
	"\n",
	"24 1 0:21 /",
	"24 1 0:21 / /a rw shared:1\n",
	"24 1 0:21 / /a rw -\n",
	"24 1  0:21 / /a rw - tmpfs t rw\n",
};

START_TEST(test_proc_read_mount__refuses_what_is_no_line)
{
	char *line = strdup(not_mounts[_i]);
	struct ctr__proc_mount mount;

	ck_assert(!ctr__proc_read_mount(line, &mount));
	free(line);
}
END_TEST

static const char groups[] = "12:memoryx:/no\n"
			     "11:cpu,cpuacct,memory:/a:b\n"
			     "3:pids\n"
			     "2:pids,misc\n"
			     "1:name=systemd:/init\n"
			     "0::/v2\n";

static const struct {
	const char *controller, *group;
} found[] = {
	{ "memory", "/a:b" },
	{ "cpu", "/a:b" },
	{ "name=systemd", "/init" },
	{ NULL, "/v2" },
};

START_TEST(test_proc_find_group__finds_the_line_of_a_controller)
{
	size_t length;
	const char *group = ctr__proc_find_group(groups, found[_i].controller, &length);

	ck_assert_ptr_nonnull(group);
	ck_assert_uint_eq(length, strlen(found[_i].group));
	ck_assert_mem_eq(group, found[_i].group, length);
}
END_TEST

/* Also where a line lacks its second colon, and the text ends. */
START_TEST(test_proc_find_group__finds_no_other)
{
	size_t length;

	ck_assert_ptr_null(ctr__proc_find_group(groups, "pids", &length));
	ck_assert_ptr_null(ctr__proc_find_group(groups, "mem", &length));
	ck_assert_ptr_null(ctr__proc_find_group("1:pids,x", "pids", &length));
	ck_assert_ptr_null(ctr__proc_find_group("0:", NULL, &length));
	ck_assert_ptr_null(ctr__proc_find_group("", NULL, &length));
}
END_TEST

START_TEST(test_proc_read_stat__counts_fields_behind_the_name)
{
	struct ctr__proc_stat stat;

	ck_assert(ctr__proc_read_stat(
		"4 (a) Z 1) S 1 4 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 99 1\n", &stat));
	ck_assert_int_eq(stat.state, 'S');
	ck_assert_uint_eq(stat.threads, 3);
	ck_assert_uint_eq(stat.started, 99);
	ck_assert(
		!ctr__proc_read_stat("4 (a) S 1 4 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0", &stat));
	ck_assert(
		!ctr__proc_read_stat("4 a S 1 4 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 9", &stat));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("proc_text");
	TCase *tc = suite_case(s, "proc_text");

	tcase_add_test(tc, test_proc_read_mount__finds_all_fields);
	tcase_add_loop_test(tc, test_proc_read_mount__finds_target_and_type, 0, COUNT(mounts));
	tcase_add_loop_test(tc, test_proc_read_mount__refuses_what_is_no_line, 0,
			    COUNT(not_mounts));
	tcase_add_loop_test(tc, test_proc_find_group__finds_the_line_of_a_controller, 0,
			    COUNT(found));
	tcase_add_test(tc, test_proc_find_group__finds_no_other);
	tcase_add_test(tc, test_proc_read_stat__counts_fields_behind_the_name);
	return suite_run(s);
}
