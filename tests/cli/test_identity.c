/* SPDX-License-Identifier: MIT */
/* Who the program is: nothing of the caller's is handed on, nothing of the image's gained. */
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli/cli.h"

#define NEW_PRIVILEGES "--security-opt=no-new-privileges=false"

/* ---- capabilities of the caller ---- */

static void inherit_all(void *unused)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	(void)unused;
	if (syscall(SYS_capget, &header, data))
		_exit(98);
	data[0].inheritable = data[0].permitted;
	data[1].inheritable = data[1].permitted;
	if (syscall(SYS_capset, &header, data))
		_exit(98);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0))
		_exit(97);
}

/* CVE-2022-29162: what is inheritable comes back with a file that says so. */
START_TEST(test_identity__inheritable_capabilities_of_the_caller_are_not_the_programs)
{
	static const char *const users[] = { "--user=0", "--user=1000" };
	const struct cli_start start = { .prepare = inherit_all };

	cli_use_way(_i / 2);
	cli_expect_as(
		"CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n",
		CLI_RUN(users[_i % 2], "--", "grep", "-E", "CapInh|CapAmb", "/proc/self/status"),
		&start);
}
END_TEST

/* ---- privileges of files ---- */

/* As setcap(8) writes it: cap_chown+ep. */
static void give_capability(const char *path)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1u << CAP_CHOWN,
	};

	if (setxattr(path, "security.capability", &data, sizeof(data), 0))
		suite_skip("files can't have capabilities here");
}

#define EFFECTIVE "--", "grep", "CapEff", "/proc/self/status"

START_TEST(test_identity__file_capabilities_gain_nothing)
{
	cli_use_way(_i);
	give_capability(world_path("root/bin/busybox")); /* which is lost by a change of owner */
	cli_expect("CapEff:\t0000000000000000\n", CLI_RUN("--user=1000", EFFECTIVE));
}
END_TEST

START_TEST(test_identity__file_capabilities_gain_where_new_privileges_are_asked_for)
{
	give_capability(world_path("root/bin/busybox"));
	cli_expect("CapEff:\t0000000000000001\n",
		   CLI_RUN("--user=1000", NEW_PRIVILEGES, EFFECTIVE));
}
END_TEST

static void make_set_user_id(void)
{
	world_copy(LOAD, world_path("root/bin/load"));
	ck_assert_int_eq(chmod(world_path("root/bin/load"), 06755), 0);
}

START_TEST(test_identity__set_user_id_gains_nothing)
{
	make_set_user_id();
	cli_use_way(_i);
	make_set_user_id(); /* a change of owner has taken it */
	cli_expect("1000\n", CLI_RUN("--user=1000", "--", "load", "uid"));
}
END_TEST

START_TEST(test_identity__set_user_id_gains_where_new_privileges_are_asked_for)
{
	make_set_user_id();
	cli_expect("0\n", CLI_RUN("--user=1000", NEW_PRIVILEGES, "--", "load", "uid"));
}
END_TEST

/* ---- groups ---- */

static void become_member(void *unused)
{
	const gid_t groups[] = { 7 };

	(void)unused;
	if (setgroups(1, groups) || setresgid(CLI_USER, CLI_USER, CLI_USER) ||
	    setresuid(CLI_USER, CLI_USER, CLI_USER))
		_exit(98);
}

/* CVE-2014-8989, CVE-2018-7169: who is in a group that may not can't leave it in a namespace. */
START_TEST(test_identity__a_group_that_denies_still_does)
{
	static const char *const users[] = { "--user=0", "--user=7:8", "--cap-add=ALL" };
	const struct cli_start member = { .prepare = become_member };
	const struct cli_start other = { .prepare = cli_become_user };
	const char *const *args =
		CLI_RUN(users[_i], "-v", world_path("data:/mnt"), "--", "cat", "/mnt/file");

	cli_use_way(CLI_AS_A_USER); /* skips where there is no such way, and owns the root */
	cli_use_way(CLI_AS_ROOT);
	world_write("data/file", "text\n", 0604);
	ck_assert_int_eq(chown(world_path("data/file"), 0, 7), 0);
	ck_assert_int_eq(chmod(world_path("data/file"), 0604), 0);
	cli_expect_as("text\n", args, &other);
	ck_assert_int_ne(cli_run_as(args, &member), 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("identity");
	TCase *tc = cli_case(s, "identity");

	tcase_add_checked_fixture(tc, suite_need_root, NULL);
	tcase_add_loop_test(
		tc, test_identity__inheritable_capabilities_of_the_caller_are_not_the_programs, 0,
		4);
	tcase_add_loop_test(tc, test_identity__file_capabilities_gain_nothing, 0, CLI_WAYS);
	tcase_add_test(tc,
		       test_identity__file_capabilities_gain_where_new_privileges_are_asked_for);
	tcase_add_loop_test(tc, test_identity__set_user_id_gains_nothing, 0, CLI_WAYS);
	tcase_add_test(tc, test_identity__set_user_id_gains_where_new_privileges_are_asked_for);
	tcase_add_loop_test(tc, test_identity__a_group_that_denies_still_does, 0, 3);
	return suite_run(s);
}
