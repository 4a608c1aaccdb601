/* SPDX-License-Identifier: MIT */
/* The empty mount namespace that ctr_spawn() starts from. */
#include "plan/blank.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan/launch.h"
#include "support/suite.h"

static void make(void)
{
	if (!ctr__launch_can_share())
		suite_skip("no child shares memory here");
}

static ino_t inode_of(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

/* A statement about a child of the test that runs body: it ends with 0 if all of it holds. */
static void in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(body());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(test_blank__is_made_once)
{
	const int fd = ctr__blank();

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(ctr__blank(), fd);
}
END_TEST

/* Nothing of the host is in it, and nothing can be made in it. */
static int look_inside(void)
{
	struct stat st;

	if (setns(ctr__blank(), CLONE_NEWNS) || stat("/", &st) || (st.st_mode & 07777) != 0555)
		return 1;
	if (access("/proc", F_OK) == 0 || mkdir("/made", 0755) == 0 || errno != EROFS)
		return 2;
	return chroot("..") || access("/proc", F_OK) == 0 ? 3 : 0;
}

START_TEST(test_blank__is_empty_and_read_only)
{
	ck_assert_int_ge(ctr__blank(), 0);
	in_child(look_inside);
}
END_TEST

static ino_t parents;

static int has_another(void)
{
	const int fd = ctr__blank();

	return fd < 0 || inode_of(fd) == parents;
}

START_TEST(test_blank__of_a_forked_copy_is_another)
{
	parents = inode_of(ctr__blank());
	in_child(has_another);
}
END_TEST

/* There the process may not enter it, and may have the right to make none. */
static int has_it_in_another_user_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWUSER))
		return 1;
	fd = ctr__blank();
	return fd >= 0 && inode_of(fd) == parents ? 2 : 0;
}

static int enters_another_user_namespace(void)
{
	const int fd = ctr__blank();

	if (fd < 0)
		return 3;
	parents = inode_of(fd);
	return has_it_in_another_user_namespace();
}

START_TEST(test_blank__is_of_one_user_namespace)
{
	in_child(enters_another_user_namespace);
}
END_TEST

/* The number belongs to another file then, which is neither used nor closed. */
START_TEST(test_blank__is_made_again_if_it_was_closed)
{
	const int first = ctr__blank(), other = open("/", O_PATH | O_CLOEXEC);
	int second;

	ck_assert_int_eq(dup3(other, first, O_CLOEXEC), first);
	second = ctr__blank();
	ck_assert_int_ge(second, 0);
	ck_assert_int_ne(second, first);
	ck_assert_uint_eq(inode_of(first), inode_of(other));
	close(first);
	close(other);
}
END_TEST

static int is_for_the_second(void)
{
	return ctr__blank_of_many() != -EAGAIN || ctr__blank_of_many() < 0;
}

/* A process that starts one container does not make it; nor does a copy of one that has. */
START_TEST(test_blank__is_not_for_the_first_container)
{
	ck_assert_int_eq(ctr__blank_of_many(), -EAGAIN);
	ck_assert_int_ge(ctr__blank_of_many(), 0);
	in_child(is_for_the_second);
}
END_TEST

static void *get(void *fd)
{
	*(int *)fd = ctr__blank();
	return NULL;
}

static int ask_by_threads(void)
{
	pthread_t ids[8];
	int fds[8];

	for (int i = 0; i < 8; i++)
		if (pthread_create(&ids[i], NULL, get, &fds[i]))
			return 1;
	for (int i = 0; i < 8; i++)
		pthread_join(ids[i], NULL);
	for (int i = 0; i < 8; i++)
		if (fds[i] < 0 || fds[i] != fds[0])
			return 2;
	return 0;
}

START_TEST(test_blank__is_one_for_all_threads)
{
	in_child(ask_by_threads);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blank");
	TCase *tc = suite_case(s, "blank");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_blank__is_made_once);
	tcase_add_test(tc, test_blank__is_empty_and_read_only);
	tcase_add_test(tc, test_blank__of_a_forked_copy_is_another);
	tcase_add_test(tc, test_blank__is_of_one_user_namespace);
	tcase_add_test(tc, test_blank__is_made_again_if_it_was_closed);
	tcase_add_test(tc, test_blank__is_not_for_the_first_container);
	tcase_add_test(tc, test_blank__is_one_for_all_threads);
	return suite_run(s);
}
