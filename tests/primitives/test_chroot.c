/* SPDX-License-Identifier: MIT */
/* That a chroot alone holds nobody is its nature, and is not tested here. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "primitives/effect.h"
#include "support/suite.h"
#include "support/world.h"

static char root[PATH_MAX];

static void make(void)
{
	effect_begin();
	world_mkdir("root/sub");
	world_mkdir("root/proc");
	world_write(world_path("root/marker"), "new root", 0644);
	world_write(world_path("file"), "x", 0644);
	snprintf(root, sizeof(root), "%s", world_path("root"));
}

static bool same_directory(const char *path, const struct stat *expected)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_ino == expected->st_ino &&
	       st.st_dev == expected->st_dev;
}

/* The root and the working directory are what was named. */
static void expect_root(const struct stat *expected)
{
	char cwd[PATH_MAX];

	ck_assert(same_directory("/", expected));
	ck_assert(same_directory("/..", expected));
	ck_assert(same_directory(".", expected));
	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_str_eq(cwd, "/");
	ck_assert_str_eq(world_read("/marker"), "new root");
	ck_assert_int_ne(access(world_dir, F_OK), 0);
}

static struct stat id_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st;
}

/* Both calls refuse alike: 0 is ctr_chroot(), 1 is ctr_pivot_root(). */
static int change_root(const char *path)
{
	return at % 2 ? ctr_pivot_root(path, err) : ctr_chroot(path, err);
}

TEST_IN_CHILD(test_change_root__is_the_new_root_and_working_directory)
{
	struct stat st = id_of(root);

	effect_done(change_root(root));
	expect_root(&st);
}

TEST_IN_CHILD(test_change_root__takes_a_relative_path)
{
	struct stat st = id_of(root);

	ck_assert_int_eq(chdir(world_dir), 0);
	effect_done(change_root("root"));
	expect_root(&st);
}

TEST_IN_CHILD(test_change_root__follows_a_link)
{
	struct stat st = id_of(root);

	ck_assert_int_eq(symlink("root", world_path("link")), 0);
	effect_done(change_root(world_path("link")));
	expect_root(&st);
}

TEST_IN_CHILD(test_change_root__works_twice)
{
	struct stat st = id_of(world_path("root/sub"));

	effect_done(change_root(root));
	effect_done(change_root("sub"));
	ck_assert(same_directory("/", &st));
	ck_assert_int_ne(access("/marker", F_OK), 0);
}

/* The descriptors can't be seen through /proc afterwards. */
TEST_IN_CHILD(test_change_root__leaves_no_descriptor)
{
	int before = open("/", O_PATH | O_CLOEXEC), after;

	close(before);
	effect_done(change_root(root));
	after = open("/", O_PATH | O_CLOEXEC);
	close(after);
	ck_assert_int_eq(after, before);
}

TEST_IN_CHILD(test_change_root__refuses_no_path)
{
	const char *path = at < 2 ? NULL : "";

	effect_note();
	effect_refused(change_root(path), CTR_E_INVALID, 0, "root directory");
	ck_assert_str_eq(ctr_error_object(err), path ? path : "NULL");
}

static const struct {
	const char *path;
	int errnum[2]; /* of chroot(2), and of what comes before pivot_root(2) */
} no_roots[] = {
	{ "none", { ENOENT, ENOENT } },	    { "none/none", { ENOENT, ENOENT } },
	{ "file", { ENOTDIR, EINVAL } },    { "file/", { ENOTDIR, ENOTDIR } },
	{ "file/x", { ENOTDIR, ENOTDIR } }, { "loop", { ELOOP, ELOOP } },
};

TEST_IN_CHILD(test_change_root__refuses_what_is_no_directory)
{
	const char *path = world_path("%s", no_roots[at / 2].path);

	ck_assert_int_eq(symlink("loop", world_path("loop")), 0);
	ck_assert_int_eq(chdir("/proc"), 0);
	effect_note();
	effect_refused(change_root(path), CTR_E_SYSTEM, no_roots[at / 2].errnum[at % 2], path);
	ck_assert_str_eq(ctr_error_object(err), path);
}

TEST_IN_CHILD(test_change_root__refuses_a_long_path)
{
	char path[PATH_MAX + 1] = { 0 };

	memset(path, '/', PATH_MAX);
	effect_note();
	effect_refused(change_root(path), CTR_E_SYSTEM, ENAMETOOLONG, "File name too long");
}

/* The working directory of who was refused is where it was. */
TEST_IN_CHILD(test_change_root__needs_privileges)
{
	ck_assert_int_eq(chmod("/", 0755), 0);
	ck_assert_int_eq(chdir("/proc"), 0);
	effect_drop_privileges();
	effect_note();
	effect_refused(change_root("/usr"), CTR_E_SYSTEM, EPERM, "/usr");
}

/* ---- ctr_pivot_root() ---- */

/* What a program needs to look at its mounts after its root has changed. */
static void show_proc(void)
{
	effect_done(ctr_mount_proc("/proc", 0, err));
}

TEST_IN_CHILD(test_pivot_root__leaves_no_old_root)
{
	effect_done(ctr_pivot_root(root, err));
	show_proc();
	ck_assert_int_eq(effect_mounts(), 2); /* the root and /proc */
}

TEST_IN_CHILD(test_pivot_root__shows_the_mounts_below)
{
	ck_assert_int_eq(mount("tmpfs", world_path("root/sub"), "tmpfs", MS_RDONLY, NULL), 0);
	effect_done(ctr_pivot_root(root, err));
	show_proc();
	ck_assert_str_eq(effect_type("/sub"), "tmpfs");
	ck_assert_str_eq(effect_flags("/sub"), "ro");
	ck_assert_int_eq(effect_mounts(), 3);
}

TEST_IN_CHILD(test_pivot_root__takes_a_mount_point)
{
	ck_assert_int_eq(mount("tmpfs", root, "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mkdir(world_path("root/proc"), 0755), 0);
	effect_done(ctr_pivot_root(root, err));
	show_proc();
	ck_assert_str_eq(effect_type("/"), "tmpfs");
	ck_assert_int_eq(effect_mounts(), 2);
}

TEST_IN_CHILD(test_pivot_root__keeps_the_flags_of_the_mount)
{
	ck_assert_int_eq(mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 0);
	ck_assert_int_eq(mkdir(world_path("root/proc"), 0755), 0);
	effect_done(ctr_pivot_root(root, err));
	show_proc();
	ck_assert_str_eq(effect_flags("/"), "rw,nosuid,nodev,noexec");
}

TEST_IN_CHILD(test_pivot_root__takes_the_root_itself)
{
	struct stat st = id_of("/");
	char here[PATH_MAX];

	snprintf(here, sizeof(here), "%s", world_dir);
	effect_done(ctr_pivot_root("/", err));
	ck_assert(same_directory("/", &st));
	ck_assert_int_eq(access(here, F_OK), 0);
}

/* pivot_root(2) says EINVAL after the new root has been mounted over the old one. */
TEST_IN_CHILD(test_pivot_root__takes_back_what_it_mounted)
{
	effect_done(ctr_mount_set_propagation("/", CTR_PROPAGATION_SHARED, 1, err));
	ck_assert_int_eq(chdir("/proc"), 0);
	effect_note();
	effect_refused(ctr_pivot_root(root, err), CTR_E_SYSTEM, EINVAL,
		       "make it the root and let go of the old one");
	ck_assert_str_eq(ctr_error_object(err), root);
}

/* As root has always got out: a root below the working directory, and up. */
/* What comes before and after pivot_root(2) itself, answered by a filter of system calls. */
TEST_IN_CHILD(test_pivot_root__changes_nothing_where_it_can_not_be_finished)
{
	static const int calls[] = { SYS_pivot_root, SYS_umount2, SYS_fchdir, SYS_chdir };

	effect_deny(calls[at], ENOSYS);
	effect_note();
	effect_refused(ctr_pivot_root(root, err), CTR_E_SYSTEM, ENOSYS, "");
}

TEST_IN_CHILD(test_chroot__changes_nothing_where_it_can_not_be_finished)
{
	static const int calls[] = { SYS_chroot, SYS_chdir };

	effect_deny(calls[at], ENOSYS);
	effect_note();
	effect_refused(ctr_chroot(root, err), CTR_E_SYSTEM, ENOSYS, "");
}

TEST_IN_CHILD(test_change_root__is_left_by_root_after_chroot_only)
{
	struct stat host = id_of("/"), jail = id_of(root);

	effect_done(change_root(root));
	ck_assert_int_eq(chroot("sub"), 0);
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(chdir(".."), 0);
	ck_assert(same_directory(".", at % 2 ? &jail : &host));
}

int main(void)
{
	Suite *s = suite_create("chroot");
	TCase *tc = suite_case(s, "chroot");

	tcase_add_checked_fixture(tc, make, effect_end);
	tcase_add_loop_test(tc, test_change_root__is_the_new_root_and_working_directory, 0, 2);
	tcase_add_loop_test(tc, test_change_root__takes_a_relative_path, 0, 2);
	tcase_add_loop_test(tc, test_change_root__follows_a_link, 0, 2);
	tcase_add_loop_test(tc, test_change_root__works_twice, 0, 2);
	tcase_add_loop_test(tc, test_change_root__leaves_no_descriptor, 0, 2);
	tcase_add_loop_test(tc, test_change_root__refuses_no_path, 0, 4);
	tcase_add_loop_test(tc, test_change_root__refuses_what_is_no_directory, 0, 12);
	tcase_add_loop_test(tc, test_change_root__refuses_a_long_path, 0, 2);
	tcase_add_loop_test(tc, test_change_root__needs_privileges, 0, 2);
	tcase_add_loop_test(tc, test_change_root__is_left_by_root_after_chroot_only, 0, 2);
	tcase_add_test(tc, test_pivot_root__leaves_no_old_root);
	tcase_add_test(tc, test_pivot_root__shows_the_mounts_below);
	tcase_add_test(tc, test_pivot_root__takes_a_mount_point);
	tcase_add_test(tc, test_pivot_root__keeps_the_flags_of_the_mount);
	tcase_add_test(tc, test_pivot_root__takes_the_root_itself);
	tcase_add_test(tc, test_pivot_root__takes_back_what_it_mounted);
	tcase_add_loop_test(tc, test_chroot__changes_nothing_where_it_can_not_be_finished, 0, 2);
	tcase_add_loop_test(tc, test_pivot_root__changes_nothing_where_it_can_not_be_finished, 0,
			    4);
	return suite_run(s);
}
