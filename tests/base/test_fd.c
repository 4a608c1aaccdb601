/* SPDX-License-Identifier: MIT */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifdef CTR_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#endif

#include "base/cleanup.h"
#include "base/sys.h"
#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static int fd, dir;

static void make(void)
{
	world_write(world_path("dir/file"), "old text", 0644);
	dir = open(world_path("dir"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = open(world_path("dir/file"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	ck_assert_int_ge(fd, 0);
}

static void drop(void)
{
	close(fd);
	close(dir);
}

static bool is_open(int number)
{
	return fcntl(number, F_GETFD) >= 0;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	ck_assert_int_eq(fstat(a, &x), 0);
	ck_assert_int_eq(fstat(b, &y), 0);
	return x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

/* ---- closing and owning ---- */

START_TEST(test_fd_close__closes)
{
	int copy = dup(fd);

	ctr__fd_close(copy);
	ck_assert(!is_open(copy));
}
END_TEST

START_TEST(test_fd_close__passes_negatives_by)
{
	ctr__fd_close(-1);
	ctr__fd_close(-EBADF);
	ck_assert(is_open(0) && is_open(1) && is_open(2) && is_open(fd));
}
END_TEST

START_TEST(test_fd_close__keeps_errno)
{
	errno = EXDEV;
	ctr__fd_close(987654);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(test_fd_take__leaves_nothing_behind)
{
	int copy = dup(fd), before = copy, taken = ctr__fd_take(&copy);

	ck_assert_int_eq(taken, before);
	ck_assert_int_eq(copy, -1);
	ck_assert(is_open(taken));
	close(taken);
}
END_TEST

static int close_at_the_end(void)
{
	_cleanup_fd_ int copy = dup(fd);

	errno = EXDEV;
	return copy;
}

START_TEST(test_cleanup_fd__closes_and_keeps_errno)
{
	int number = close_at_the_end();

	ck_assert_int_eq(errno, EXDEV);
	ck_assert(!is_open(number));
}
END_TEST

static int take_at_the_end(void)
{
	_cleanup_fd_ int copy = dup(fd);

	return ctr__fd_take(&copy);
}

START_TEST(test_cleanup_fd__leaves_what_was_taken)
{
	int number = take_at_the_end();

	ck_assert(is_open(number));
	close(number);
}
END_TEST

/* ---- duplicates ---- */

START_TEST(test_fd_dup__is_another_of_the_same_file)
{
	int copy = ctr__fd_dup(fd, 0);

	ck_assert_int_ne(copy, fd);
	ck_assert(same_file(copy, fd));
	close(copy);
}
END_TEST

START_TEST(test_fd_dup__closes_on_exec)
{
	int copy = ctr__fd_dup(STDIN_FILENO, 0);

	ck_assert_int_eq(fcntl(copy, F_GETFD), FD_CLOEXEC);
	close(copy);
}
END_TEST

START_TEST(test_fd_dup__is_at_least_the_minimum)
{
	int copy = ctr__fd_dup(fd, 77), next = ctr__fd_dup(fd, 77);

	ck_assert_int_eq(copy, 77);
	ck_assert_int_eq(next, 78);
	close(copy);
	close(next);
}
END_TEST

static int minimum;

static void dup_without_stdio(void)
{
	int copy;

	close(0);
	close(1);
	copy = ctr__fd_dup(fd, minimum);
	ck_assert_int_ge(copy, 3);
}

START_TEST(test_fd_dup__is_never_a_standard_one)
{
	minimum = _i - 1;
	suite_in_child(dup_without_stdio);
}
END_TEST

START_TEST(test_fd_dup__refuses_what_is_not_open)
{
	ck_assert_int_eq(ctr__fd_dup(-1, 0), -EBADF);
	ck_assert_int_eq(ctr__fd_dup(987654, 0), -EBADF);
}
END_TEST

/* Leaves no descriptor free. */
static void use_up_descriptors(void)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 64;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (int i = 0; i < 64; i++)
		(void)!fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void dup_at_the_limit(void)
{
	use_up_descriptors();
	ck_assert_int_eq(ctr__fd_dup(fd, 0), -EMFILE);
}

START_TEST(test_fd_dup__refuses_above_the_limit)
{
	suite_in_child(dup_at_the_limit);
}
END_TEST

START_TEST(test_fd_is_inheritable__tells)
{
	int plain = dup(fd);

	ck_assert_int_eq(ctr__fd_is_inheritable(plain), 1);
	ck_assert_int_eq(ctr__fd_is_inheritable(fd), 0);
	ck_assert_int_eq(ctr__fd_is_inheritable(987654), 0);
	ck_assert_int_eq(ctr__fd_is_inheritable(-1), 0);
	close(plain);
}
END_TEST

/* ---- /dev/null ---- */

START_TEST(test_fd_open_null__is_the_null_device)
{
	int null = ctr__fd_open_null(O_RDWR);
	struct stat st;

	ck_assert_int_eq(fstat(null, &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_uint_eq(st.st_rdev, makedev(1, 3));
	close(null);
}
END_TEST

START_TEST(test_fd_open_null__has_the_flags_and_closes_on_exec)
{
	int null = ctr__fd_open_null(O_WRONLY);

	ck_assert_int_eq(fcntl(null, F_GETFL) & O_ACCMODE, O_WRONLY);
	ck_assert_int_eq(fcntl(null, F_GETFD), FD_CLOEXEC);
	close(null);
}
END_TEST

static const char *fake;

static void open_a_fake(void)
{
	int before = dup(fd);

	close(before);
	ck_assert_int_eq(mount(fake, "/dev/null", "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(ctr__fd_open_null(O_RDWR), -ENODEV);
	ck_assert_msg(!is_open(before), "the fake was left open");
}

START_TEST(test_fd_open_null__refuses_another_device)
{
	fake = "/dev/zero";
	suite_in_mounts(open_a_fake);
}
END_TEST

START_TEST(test_fd_open_null__refuses_a_file)
{
	fake = world_path("dir/file");
	suite_in_mounts(open_a_fake);
}
END_TEST

static void open_nothing(void)
{
	ck_assert_int_eq(mount("tmpfs", "/dev", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(ctr__fd_open_null(O_RDWR), -ENOENT);
}

START_TEST(test_fd_open_null__says_that_there_is_none)
{
	suite_in_mounts(open_nothing);
}
END_TEST

/* ---- writing ---- */

START_TEST(test_fd_write_file__writes_the_text)
{
	ck_assert_int_eq(ctr__fd_write_file(dir, "file", "NEW"), 0);
	ck_assert_str_eq(world_read(world_path("dir/file")), "NEW text"); /* nothing is cut off */
}
END_TEST

START_TEST(test_fd_write_file__does_not_make_a_file)
{
	ck_assert_int_eq(ctr__fd_write_file(dir, "none", "x"), -ENOENT);
	ck_assert_int_eq(world_count(world_path("dir")), 1);
}
END_TEST

START_TEST(test_fd_write_file__does_not_follow_a_link)
{
	ck_assert_int_eq(symlink("file", world_path("dir/link")), 0);
	ck_assert_int_eq(ctr__fd_write_file(dir, "link", "x"), -ELOOP);
	ck_assert_str_eq(world_read(world_path("dir/file")), "old text");
}
END_TEST

START_TEST(test_fd_write_file__refuses_a_directory)
{
	world_mkdir("dir/sub");
	ck_assert_int_eq(ctr__fd_write_file(dir, "sub", "x"), -EISDIR);
}
END_TEST

START_TEST(test_fd_write_file__gives_the_errno_of_the_write)
{
	int devices = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(ctr__fd_write_file(devices, "full", "x"), -ENOSPC);
	close(devices);
}
END_TEST

START_TEST(test_fd_write_file__refuses_a_closed_directory)
{
	ck_assert_int_eq(ctr__fd_write_file(987654, "file", "x"), -EBADF);
}
END_TEST

static void write_past_the_limit(void)
{
	const struct rlimit limit = { .rlim_cur = 4, .rlim_max = 4 };

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_lt(ctr__fd_write_file(dir, "file", "123456"), 0);
}

/* Half a limit is another limit. */
START_TEST(test_fd_write_file__half_of_it_is_an_error)
{
	suite_in_child(write_past_the_limit);
}
END_TEST

/* ---- what may block ---- */

START_TEST(test_fd_may_block__not_on_file_systems_of_the_kernels_own)
{
	static const char *const paths[] = { "/proc", "/dev/null", "/sys", "/" };
	int file = open(paths[_i], O_PATH | O_CLOEXEC);
	bool may_block = true;

	ck_assert_int_eq(ctr__fd_may_block(file, &may_block), 0);
	ck_assert(!may_block);
	close(file);
}
END_TEST

START_TEST(test_fd_may_block__refuses_what_is_not_open)
{
	bool may_block;

	ck_assert_int_eq(ctr__fd_may_block(987654, &may_block), -EBADF);
}
END_TEST

static void ask_fuse(void)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;
	char options[128];
	bool may_block = false;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (mount("test", world_path("dir"), "fuse", 0, options) != 0)
		return;
	file = open(world_path("dir"), O_PATH | O_CLOEXEC);
	ck_assert_int_ge(file, 0);
	/* The kernel answers others than the owner by itself; here nobody else would. */
	ck_assert_int_eq(seteuid(1000), 0);
	ck_assert_int_eq(ctr__fd_may_block(file, &may_block), 0);
	ck_assert(may_block);
}

START_TEST(test_fd_may_block__on_fuse)
{
	if (access("/dev/fuse", R_OK | W_OK) != 0)
		suite_skip("there is no /dev/fuse");
	suite_in_mounts(ask_fuse);
}
END_TEST

/* ---- passing descriptors ---- */

static int ends[2];

static void make_ends(void)
{
	make();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void drop_ends(void)
{
	close(ends[0]);
	close(ends[1]);
	drop();
}

START_TEST(test_fd_send__passes_the_file)
{
	int got;

	ck_assert_int_eq(ctr__fd_send(ends[0], fd), 0);
	got = ctr__fd_receive(ends[1]);
	ck_assert_int_ne(got, fd);
	ck_assert(same_file(got, fd));
	close(got);
}
END_TEST

START_TEST(test_fd_receive__closes_on_exec)
{
	int got;

	ck_assert_int_eq(ctr__fd_send(ends[0], STDIN_FILENO), 0);
	got = ctr__fd_receive(ends[1]);
	ck_assert_int_eq(fcntl(got, F_GETFD), FD_CLOEXEC);
	close(got);
}
END_TEST

START_TEST(test_fd_send__refuses_what_is_not_open)
{
	ck_assert_int_eq(ctr__fd_send(ends[0], -1), -EBADF);
	ck_assert_int_eq(ctr__fd_send(-1, fd), -EBADF);
}
END_TEST

/* On a stream it would be SIGPIPE, which ends the process. */
START_TEST(test_fd_send__nobody_there_is_an_errno)
{
	int stream[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream), 0);
	close(stream[1]);
	ck_assert_int_eq(ctr__fd_send(stream[0], fd), -EPIPE);
	close(stream[0]);
}
END_TEST

START_TEST(test_fd_receive__other_side_closed_without_sending)
{
	shutdown(ends[0], SHUT_RDWR);
	ck_assert_int_eq(ctr__fd_receive(ends[1]), -EPIPE);
}
END_TEST

START_TEST(test_fd_receive__does_not_wait)
{
	ck_assert_int_eq(ctr__fd_receive(ends[1]), -EAGAIN);
}
END_TEST

START_TEST(test_fd_receive__refuses_a_message_without_one)
{
	ck_assert_int_eq(send(ends[0], "x", 1, 0), 1);
	ck_assert_int_eq(ctr__fd_receive(ends[1]), -EPIPE);
}
END_TEST

static void receive_at_the_limit(void)
{
	ck_assert_int_eq(ctr__fd_send(ends[0], fd), 0);
	use_up_descriptors();
	ck_assert_int_eq(ctr__fd_receive(ends[1]), -EMFILE);
}

START_TEST(test_fd_receive__says_that_there_is_no_room)
{
#ifdef CTR_HAVE_VALGRIND
	if (RUNNING_ON_VALGRIND)
		suite_skip("valgrind keeps the limit by itself, and not for this");
#endif
	suite_in_child(receive_at_the_limit);
}
END_TEST

/* ---- identity ---- */

static struct ctr__file_id id_of(const char *path)
{
	struct statx st;

	ck_assert_int_eq(sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO, &st), 0);
	return ctr__file_id_of(&st);
}

START_TEST(test_file_id__is_the_same_by_any_name)
{
	struct ctr__file_id a = id_of(world_path("dir/file")), b;

	ck_assert_int_eq(link(world_path("dir/file"), world_path("dir/other")), 0);
	b = id_of(world_path("dir/other"));
	ck_assert(ctr__file_id_equal(&a, &b));
}
END_TEST

START_TEST(test_file_id__differs_for_different_files)
{
	struct ctr__file_id a = id_of(world_path("dir/file")), b = id_of(world_path("dir"));

	ck_assert(!ctr__file_id_equal(&a, &b));
}
END_TEST

START_TEST(test_file_id__each_part_counts)
{
	const struct ctr__file_id a = { 1, 2, 3 };
	const struct ctr__file_id others[] = { { 9, 2, 3 }, { 1, 9, 3 }, { 1, 2, 9 } };

	ck_assert(ctr__file_id_equal(&a, &a));
	ck_assert(!ctr__file_id_equal(&a, &others[_i]));
}
END_TEST

static void add_plain_tests(TCase *tc)
{
	tcase_add_test(tc, test_fd_close__closes);
	tcase_add_test(tc, test_fd_close__passes_negatives_by);
	tcase_add_test(tc, test_fd_close__keeps_errno);
	tcase_add_test(tc, test_fd_take__leaves_nothing_behind);
	tcase_add_test(tc, test_cleanup_fd__closes_and_keeps_errno);
	tcase_add_test(tc, test_cleanup_fd__leaves_what_was_taken);
	tcase_add_test(tc, test_fd_dup__is_another_of_the_same_file);
	tcase_add_test(tc, test_fd_dup__closes_on_exec);
	tcase_add_test(tc, test_fd_dup__is_at_least_the_minimum);
	tcase_add_loop_test(tc, test_fd_dup__is_never_a_standard_one, 0, 4);
	tcase_add_test(tc, test_fd_dup__refuses_what_is_not_open);
	tcase_add_test(tc, test_fd_dup__refuses_above_the_limit);
	tcase_add_test(tc, test_fd_is_inheritable__tells);
	tcase_add_test(tc, test_file_id__is_the_same_by_any_name);
	tcase_add_test(tc, test_file_id__differs_for_different_files);
	tcase_add_loop_test(tc, test_file_id__each_part_counts, 0, 3);
}

static void add_file_tests(TCase *tc)
{
	tcase_add_test(tc, test_fd_open_null__is_the_null_device);
	tcase_add_test(tc, test_fd_open_null__has_the_flags_and_closes_on_exec);
	tcase_add_test(tc, test_fd_open_null__refuses_another_device);
	tcase_add_test(tc, test_fd_open_null__refuses_a_file);
	tcase_add_test(tc, test_fd_open_null__says_that_there_is_none);
	tcase_add_test(tc, test_fd_write_file__writes_the_text);
	tcase_add_test(tc, test_fd_write_file__does_not_make_a_file);
	tcase_add_test(tc, test_fd_write_file__does_not_follow_a_link);
	tcase_add_test(tc, test_fd_write_file__refuses_a_directory);
	tcase_add_test(tc, test_fd_write_file__gives_the_errno_of_the_write);
	tcase_add_test(tc, test_fd_write_file__refuses_a_closed_directory);
	tcase_add_test(tc, test_fd_write_file__half_of_it_is_an_error);
	tcase_add_loop_test(tc, test_fd_may_block__not_on_file_systems_of_the_kernels_own, 0, 4);
	tcase_add_test(tc, test_fd_may_block__refuses_what_is_not_open);
	tcase_add_test(tc, test_fd_may_block__on_fuse);
}

static void add_socket_tests(TCase *tc)
{
	tcase_add_test(tc, test_fd_send__passes_the_file);
	tcase_add_test(tc, test_fd_receive__closes_on_exec);
	tcase_add_test(tc, test_fd_send__refuses_what_is_not_open);
	tcase_add_test(tc, test_fd_send__nobody_there_is_an_errno);
	tcase_add_test(tc, test_fd_receive__other_side_closed_without_sending);
	tcase_add_test(tc, test_fd_receive__does_not_wait);
	tcase_add_test(tc, test_fd_receive__refuses_a_message_without_one);
	tcase_add_test(tc, test_fd_receive__says_that_there_is_no_room);
}

/* ---- ctr__fd_read_file() ---- */

START_TEST(test_fd_read_file__reads_what_there_is_room_for)
{
	char text[8];

	world_write("file", "1234567890", 0600);
	ck_assert_int_eq(ctr__fd_read_file(AT_FDCWD, world_path("file"), text, sizeof(text)), 7);
	ck_assert_str_eq(text, "1234567");
	world_write("file", "", 0600);
	ck_assert_int_eq(ctr__fd_read_file(AT_FDCWD, world_path("file"), text, sizeof(text)), 0);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(test_fd_read_file__tells_the_errno)
{
	char text[8];

	world_mkdir("dir");
	ck_assert_int_eq(ctr__fd_read_file(AT_FDCWD, world_path("no"), text, 8), -ENOENT);
	ck_assert_int_eq(ctr__fd_read_file(AT_FDCWD, world_path("dir"), text, 8), -EISDIR);
	ck_assert_int_eq(symlink("no", world_path("link")), 0);
	ck_assert_int_eq(ctr__fd_read_file(AT_FDCWD, world_path("link"), text, 8), -ELOOP);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fd");
	TCase *plain = suite_case(s, "fd"), *sockets = suite_case(s, "sockets");

	tcase_add_checked_fixture(plain, make, drop);
	tcase_add_checked_fixture(sockets, make_ends, drop_ends);
	add_plain_tests(plain);
	add_file_tests(plain);
	add_socket_tests(sockets);
	tcase_add_test(plain, test_fd_read_file__reads_what_there_is_room_for);
	tcase_add_test(plain, test_fd_read_file__tells_the_errno);
	return suite_run(s);
}
