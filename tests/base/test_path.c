/* SPDX-License-Identifier: MIT */
/*
 * The tree has the same names inside the root and outside of it; what a file
 * says tells where the resolver went.
 */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define ROUNDS 2000

static int root;

static void make(void)
{
	world_mkdir("root/dir/sub");
	world_write(world_path("root/dir/file"), "inside", 0644);
	world_write(world_path("root/away/file"), "inside", 0644);
	world_write(world_path("away/file"), "outside", 0644);
	root = open(world_path("root"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static void drop(void)
{
	close(root);
}

static void link_to(const char *target, const char *name)
{
	ck_assert_int_eq(symlink(target, world_path("root/%s", name)), 0);
}

static void expect_closed(int fd, int errnum)
{
	if (fd >= 0)
		close(fd);
	ck_assert_int_eq(fd, -errnum);
}

/* The text of an open file, which is closed. */
static const char *text_of(int fd)
{
	static char text[32];
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static bool same_file(int fd, const char *path)
{
	struct stat a, b;

	ck_assert_int_eq(fstat(fd, &a), 0);
	return lstat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* A name of n times x. */
static const char *long_name(size_t n)
{
	static char name[PATH_MAX + 16];

	ck_assert_uint_lt(n, sizeof(name));
	memset(name, 'x', n);
	name[n] = '\0';
	return name;
}

START_TEST(test_path_is_absolute__tells)
{
	ck_assert(ctr__path_is_absolute("/"));
	ck_assert(ctr__path_is_absolute("//a"));
	ck_assert(!ctr__path_is_absolute("a/b"));
	ck_assert(!ctr__path_is_absolute(" /a"));
	ck_assert(!ctr__path_is_absolute(""));
	ck_assert(!ctr__path_is_absolute(NULL));
}
END_TEST

/* ---- ctr__path_next() ---- */

START_TEST(test_path_next__gives_each_component)
{
	const char *path = "//a///bc/..", *name;

	ck_assert_int_eq(ctr__path_next(&path, &name), 1);
	ck_assert_int_eq(*name, 'a');
	ck_assert_int_eq(ctr__path_next(&path, &name), 2);
	ck_assert_int_eq(strncmp(name, "bc", 2), 0);
	ck_assert_int_eq(ctr__path_next(&path, &name), 2);
	ck_assert_str_eq(name, "..");
	ck_assert_int_eq(ctr__path_next(&path, &name), 0);
	ck_assert_int_eq(ctr__path_next(&path, &name), 0);
}
END_TEST

START_TEST(test_path_next__has_nothing_in_slashes)
{
	static const char *const paths[] = { "", "/", "////" };
	const char *path = paths[_i], *name;

	ck_assert_int_eq(ctr__path_next(&path, &name), 0);
}
END_TEST

START_TEST(test_path_next__takes_255_bytes)
{
	const char *path = long_name(NAME_MAX), *name;

	ck_assert_int_eq(ctr__path_next(&path, &name), NAME_MAX);
	ck_assert_int_eq(ctr__path_next(&path, &name), 0);
}
END_TEST

START_TEST(test_path_next__refuses_256_bytes)
{
	const char *path = long_name(NAME_MAX + 1), *name;

	ck_assert_int_eq(ctr__path_next(&path, &name), -ENAMETOOLONG);
}
END_TEST

/* ---- ctr__path_open() ---- */

static const char *const ways_out[] = {
	"/away/file",
	"../away/file",
	"/../away/file",
	"../../../../../../../../../../../../away/file",
	"dir/../../away/file",
	"dir/sub/../../../away/file",
	"/dir/sub/../../../../away/./file",
};

START_TEST(test_path_open__dots_stay_inside)
{
	ck_assert_str_eq(text_of(ctr__path_open(root, ways_out[_i], O_RDONLY)), "inside");
}
END_TEST

START_TEST(test_path_open__links_stay_inside)
{
	link_to(ways_out[_i], "link");
	ck_assert_str_eq(text_of(ctr__path_open(root, "/link", O_RDONLY)), "inside");
}
END_TEST

static const char *const ways_out_of_dir[] = {
	"/away", "../away", "../../away", "../../../../../../../../away", "sub/../../../away",
};

START_TEST(test_path_open__links_on_the_way_stay_inside)
{
	link_to(ways_out_of_dir[_i], "dir/link");
	ck_assert_str_eq(text_of(ctr__path_open(root, "/dir/link/file", O_RDONLY)), "inside");
}
END_TEST

START_TEST(test_path_open__links_to_links_stay_inside)
{
	link_to("/two", "one");
	link_to("../dir/three", "two");
	link_to("../../away", "dir/three");
	ck_assert_str_eq(text_of(ctr__path_open(root, "one/file", O_RDONLY)), "inside");
}
END_TEST

START_TEST(test_path_open__link_with_a_path_of_the_host_finds_nothing)
{
	link_to(world_path("away/file"), "link");
	expect_closed(ctr__path_open(root, "/link", O_RDONLY), ENOENT);
}
END_TEST

START_TEST(test_path_open__root_is_its_own_parent)
{
	static const char *const paths[] = { "/", ".", "..", "/..", "../../..", "dir/../.." };
	int fd = ctr__path_open(root, paths[_i], O_PATH);

	ck_assert_int_ge(fd, 0);
	ck_assert(same_file(fd, world_path("root")));
	close(fd);
}
END_TEST

/* A container that is not in the caller's PID namespace has other numbers; none may lead out. */
START_TEST(test_path_open__refuses_magic_links)
{
	static const char *const paths[] = {
		"/proc/self/root", "/proc/self/root/etc",    "/proc/self/cwd",	  "/proc/self/exe",
		"/proc/self/fd/0", "/proc/thread-self/root", "/proc/self/ns/mnt",
	};
	int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = ctr__path_open(host, paths[_i], O_RDONLY);

	close(host);
	expect_closed(fd, ELOOP);
}
END_TEST

START_TEST(test_path_open__refuses_a_link_to_a_magic_link)
{
	int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	link_to("/proc/self/root/etc", "link");
	fd = ctr__path_open(host, world_path("root/link"), O_RDONLY);
	close(host);
	expect_closed(fd, ELOOP);
}
END_TEST

/* /proc/self is a link like any other. */
START_TEST(test_path_open__follows_ordinary_links_of_proc)
{
	int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = ctr__path_open(host, "/proc/self/status", O_RDONLY);

	close(host);
	ck_assert_int_eq(strncmp(text_of(fd), "Name:", 5), 0);
}
END_TEST

START_TEST(test_path_open__refuses_loops)
{
	static const char *const paths[] = { "self", "a", "b", "up/up", "self/file", "dir/../a" };

	link_to("self", "self");
	link_to("b", "a");
	link_to("/a", "b");
	link_to("up/up", "up");
	expect_closed(ctr__path_open(root, paths[_i], O_PATH), ELOOP);
}
END_TEST

START_TEST(test_path_open__refuses_a_dangling_link)
{
	link_to("none", "link");
	expect_closed(ctr__path_open(root, "link", O_RDONLY), ENOENT);
}
END_TEST

START_TEST(test_path_open__makes_nothing_by_a_dangling_link)
{
	link_to("../away/new", "link");
	expect_closed(ctr__path_open(root, "link", O_WRONLY), ENOENT);
	ck_assert_int_eq(world_count(world_path("away")), 1);
}
END_TEST

/* A time limit would end the test if this blocked. */
START_TEST(test_path_open__does_not_block_on_a_fifo)
{
	static const int flags[] = { O_PATH, O_RDONLY | O_NONBLOCK };
	int fd;

	ck_assert_int_eq(mkfifo(world_path("root/fifo"), 0600), 0);
	fd = ctr__path_open(root, "fifo", flags[_i]);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

START_TEST(test_path_open__closes_on_exec)
{
	int fd = ctr__path_open(root, "dir/file", O_RDONLY);

	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}
END_TEST

START_TEST(test_path_open__keeps_the_flags)
{
	int fd = ctr__path_open(root, "dir/file", O_WRONLY | O_APPEND);

	ck_assert_int_eq(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_WRONLY | O_APPEND);
	close(fd);
}
END_TEST

START_TEST(test_path_open__refuses_a_file_as_directory)
{
	static const char *const paths[] = { "dir/file/", "dir/file/.", "dir/file/..",
					     "dir/file/x" };

	expect_closed(ctr__path_open(root, paths[_i], O_PATH), ENOTDIR);
}
END_TEST

START_TEST(test_path_open__refuses_a_root_that_is_a_file)
{
	int file = open(world_path("away/file"), O_RDONLY | O_CLOEXEC);
	int fd = ctr__path_open(file, "x", O_PATH);

	close(file);
	expect_closed(fd, ENOTDIR);
}
END_TEST

START_TEST(test_path_open__refuses_a_closed_root)
{
	expect_closed(ctr__path_open(-1, "/dir", O_PATH), EBADF);
}
END_TEST

START_TEST(test_path_open__refuses_no_path)
{
	expect_closed(ctr__path_open(root, "", O_PATH), ENOENT);
}
END_TEST

START_TEST(test_path_open__refuses_long_names)
{
	static const size_t sizes[] = { NAME_MAX + 1, PATH_MAX, PATH_MAX + 1 };

	expect_closed(ctr__path_open(root, long_name(sizes[_i]), O_PATH), ENAMETOOLONG);
}
END_TEST

static const char *const odd_names[] = {
	"\n",
	"a\nb",
	"\t",
	"\x01\x7f",
	"\x1b[31m",
	"\xff\xfe",
	"\xc3",
	" ",
	":",
	",",
	"a:b,c=",
	"\\",
	"\\012",
	"...",
	".a",
	"-rf",
	"*",
	"?",
	"'",
	"\"",
	"$(true)",
	"%s%n",
	"\xe2\x80\xae.txt",
};

START_TEST(test_path_open__takes_names_as_they_are)
{
	world_write(world_path("root/odd/%s/file", odd_names[_i]), odd_names[_i], 0644);
	ck_assert_str_eq(text_of(ctr__path_open(
				 root, world_path("odd/%s/file", odd_names[_i]) + strlen(world_dir),
				 O_RDONLY)),
			 odd_names[_i]);
}
END_TEST

/* ---- ctr__path_open_plain() ---- */

START_TEST(test_path_open_plain__opens_what_has_no_links)
{
	ck_assert_str_eq(text_of(ctr__path_open_plain(root, "/dir/../away/file", O_RDONLY)),
			 "inside");
}
END_TEST

START_TEST(test_path_open_plain__dots_stay_inside)
{
	ck_assert_str_eq(text_of(ctr__path_open_plain(root, ways_out[_i], O_RDONLY)), "inside");
}
END_TEST

START_TEST(test_path_open_plain__refuses_links)
{
	static const char *const paths[] = {
		"link",	    "link/",	  "link/file", "dir/../link/file",
		"dangling", "dangling/x", "dir/file2",
	};

	link_to("/dir", "link");
	link_to("none", "dangling");
	link_to("file", "dir/file2");
	expect_closed(ctr__path_open_plain(root, paths[_i], O_PATH), ELOOP);
}
END_TEST

/* ---- ctr__path_make() ---- */

static int expect_made(const char *path, bool directory)
{
	int fd = ctr__path_make(root, path, directory);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(-fd));
	ck_assert_msg(same_file(fd, world_path("root/%s", path)), "%s is another file", path);
	return fd;
}

START_TEST(test_path_make__makes_directories)
{
	struct stat st;

	close(expect_made("/one/two/three", true));
	ck_assert_int_eq(stat(world_path("root/one/two/three"), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFDIR | 0755);
	ck_assert_int_eq(stat(world_path("root/one"), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFDIR | 0755);
}
END_TEST

START_TEST(test_path_make__makes_an_empty_file_last)
{
	struct stat st;

	close(expect_made("/dir/two/file", false));
	ck_assert_int_eq(stat(world_path("root/dir/two/file"), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0644);
	ck_assert_int_eq(st.st_size, 0);
}
END_TEST

START_TEST(test_path_make__takes_many_slashes)
{
	close(expect_made("///one//two///", true));
	close(expect_made("//dir//two//file", false));
}
END_TEST

START_TEST(test_path_make__leaves_what_is_there)
{
	close(expect_made("/dir/file", _i));
	ck_assert_str_eq(world_read(world_path("root/dir/file")), "inside");
	ck_assert_int_eq(world_count(world_path("root/dir")), 2);
}
END_TEST

START_TEST(test_path_make__opens_the_root)
{
	close(expect_made("/", true));
}
END_TEST

START_TEST(test_path_make__descriptor_is_a_path_only)
{
	int fd = expect_made(_i ? "/new" : "/dir", true);

	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}
END_TEST

START_TEST(test_path_make__does_not_open_a_fifo)
{
	ck_assert_int_eq(mkfifo(world_path("root/fifo"), 0600), 0);
	close(expect_made("fifo", false));
	expect_closed(ctr__path_make(root, "fifo/x", false), ENOTDIR);
}
END_TEST

static const char *const linked[] = {
	"/out", "/out/new", "/out/new/newer", "/dangling", "/dangling/new", "/dir/up/new", "/root",
};

START_TEST(test_path_make__refuses_links)
{
	link_to(world_path("away"), "out");
	link_to(world_path("away/none"), "dangling");
	link_to("../../away", "dir/up");
	link_to("/", "root");
	expect_closed(ctr__path_make(root, linked[_i / 2], _i % 2), ELOOP);
	ck_assert_int_eq(world_count(world_path("away")), 1);
	ck_assert_int_eq(world_count(world_path("root/away")), 1);
	ck_assert_int_eq(world_count(world_path("root/dir")), 3);
}
END_TEST

START_TEST(test_path_make__dots_stay_inside)
{
	int fd = ctr__path_make(root, "/dir/../../away/file", false);

	ck_assert(same_file(fd, world_path("root/away/file")));
	close(fd);
}
END_TEST

/* A ".." on a plain openat(2) would leave the root. */
START_TEST(test_path_make__refuses_dots_where_something_is_missing)
{
	static const char *const paths[] = {
		"../none", "/none/../../away/new", "/none/..", "/none/.", "./none", "/dir/../none",
	};

	expect_closed(ctr__path_make(root, paths[_i], true), EINVAL);
	ck_assert_int_eq(world_count(world_dir), 2);
	ck_assert_int_eq(world_count(world_path("away")), 1);
}
END_TEST

START_TEST(test_path_make__refuses_a_file_as_directory)
{
	expect_closed(ctr__path_make(root, "/dir/file/new", _i), ENOTDIR);
}
END_TEST

START_TEST(test_path_make__refuses_long_names)
{
	static const char *const above[] = { "", "/none/" };
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s%s", above[_i], long_name(NAME_MAX + 1));
	expect_closed(ctr__path_make(root, path, true), ENAMETOOLONG);
}
END_TEST

START_TEST(test_path_make__makes_255_bytes)
{
	close(expect_made(long_name(NAME_MAX), _i));
}
END_TEST

START_TEST(test_path_make__takes_names_as_they_are)
{
	char path[64];

	snprintf(path, sizeof(path), "/odd/%s/%s", odd_names[_i], odd_names[_i]);
	close(expect_made(path, true));
	ck_assert_int_eq(world_count(world_path("root/odd")), 1);
}
END_TEST

START_TEST(test_path_make__refuses_a_closed_root)
{
	expect_closed(ctr__path_make(-1, "/new", true), EBADF);
}
END_TEST

/* ---- races ---- */

/* A directory and a link out of the root take each other's place. */
static void exchange(void)
{
	renameat2(root, "swap", root, "link", RENAME_EXCHANGE);
}

/* A name is a link, nothing, or what the resolver makes. */
static void come_and_go(void)
{
	(void)!symlinkat("dir/file", root, "spare");
	renameat(root, "spare", root, "name");
	unlinkat(root, "name", 0);
}

static pid_t start(void (*opponent)(void))
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			opponent();
	}
	return pid;
}

/* Against a process, not a thread: under valgrind one thread hardly lets another run. */
static void race(void (*opponent)(void), void (*round)(int))
{
	pid_t pid = start(opponent);

	for (int i = 0; i < ROUNDS; i++)
		round(i);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void make_exchange(const char *target)
{
	world_write(world_path("root/swap/file"), "inside", 0644);
	link_to(target, "link");
}

/* EAGAIN: openat2(2) can't tell what a ".." is while something is renamed. */
static void open_once(int i)
{
	static const char *const paths[] = { "swap/file", "swap/../swap/file", "link/file",
					     "swap/../away/file" };
	int fd = ctr__path_open(root, paths[i % COUNT(paths)], O_RDONLY);

	if (fd >= 0)
		ck_assert_str_eq(text_of(fd), "inside");
	else
		ck_assert_msg(fd == -ENOENT || fd == -EAGAIN, "%s", strerror(-fd));
}

START_TEST(test_path_open__race_of_directory_and_link_stays_inside)
{
	make_exchange(_i ? "../away" : world_path("away"));
	race(exchange, open_once);
}
END_TEST

static void make_once(int i)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "swap/%d/new", i);
	fd = ctr__path_make(root, path, i % 2);
	if (fd >= 0)
		close(fd);
	else
		ck_assert_msg(fd == -ELOOP || fd == -ENOTDIR || fd == -ENOENT, "%s", strerror(-fd));
}

START_TEST(test_path_make__race_of_directory_and_link_stays_inside)
{
	make_exchange(_i ? "../away" : world_path("away"));
	race(exchange, make_once);
	ck_assert_int_eq(world_count(world_path("away")), 1);
	ck_assert_int_eq(world_count(world_path("root/away")), 1);
}
END_TEST

static void make_name_once(int i)
{
	int fd = ctr__path_make(root, "name", false);
	struct stat st;

	(void)i;
	if (fd < 0)
		return;
	ck_assert_int_eq(fstat(fd, &st), 0);
	close(fd);
	ck_assert_msg(S_ISREG(st.st_mode), "a link was opened, mode %o", st.st_mode);
}

START_TEST(test_path_make__race_never_ends_on_a_link)
{
	race(come_and_go, make_name_once);
}
END_TEST

static void add_open_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_path_open__dots_stay_inside, 0, COUNT(ways_out));
	tcase_add_loop_test(tc, test_path_open__links_stay_inside, 0, COUNT(ways_out));
	tcase_add_loop_test(tc, test_path_open__links_on_the_way_stay_inside, 0,
			    COUNT(ways_out_of_dir));
	tcase_add_test(tc, test_path_open__links_to_links_stay_inside);
	tcase_add_test(tc, test_path_open__link_with_a_path_of_the_host_finds_nothing);
	tcase_add_loop_test(tc, test_path_open__root_is_its_own_parent, 0, 6);
	tcase_add_loop_test(tc, test_path_open__refuses_magic_links, 0, 7);
	tcase_add_test(tc, test_path_open__refuses_a_link_to_a_magic_link);
	tcase_add_test(tc, test_path_open__follows_ordinary_links_of_proc);
	tcase_add_loop_test(tc, test_path_open__refuses_loops, 0, 6);
	tcase_add_test(tc, test_path_open__refuses_a_dangling_link);
	tcase_add_test(tc, test_path_open__makes_nothing_by_a_dangling_link);
	tcase_add_loop_test(tc, test_path_open__does_not_block_on_a_fifo, 0, 2);
	tcase_add_test(tc, test_path_open__closes_on_exec);
	tcase_add_test(tc, test_path_open__keeps_the_flags);
	tcase_add_loop_test(tc, test_path_open__refuses_a_file_as_directory, 0, 4);
	tcase_add_test(tc, test_path_open__refuses_a_root_that_is_a_file);
	tcase_add_test(tc, test_path_open__refuses_a_closed_root);
	tcase_add_test(tc, test_path_open__refuses_no_path);
	tcase_add_loop_test(tc, test_path_open__refuses_long_names, 0, 3);
	tcase_add_loop_test(tc, test_path_open__takes_names_as_they_are, 0, COUNT(odd_names));
	tcase_add_test(tc, test_path_open_plain__opens_what_has_no_links);
	tcase_add_loop_test(tc, test_path_open_plain__dots_stay_inside, 0, COUNT(ways_out));
	tcase_add_loop_test(tc, test_path_open_plain__refuses_links, 0, 7);
	tcase_add_loop_test(tc, test_path_open__race_of_directory_and_link_stays_inside, 0, 2);
}

static void add_make_tests(TCase *tc)
{
	tcase_add_test(tc, test_path_make__makes_directories);
	tcase_add_test(tc, test_path_make__makes_an_empty_file_last);
	tcase_add_test(tc, test_path_make__takes_many_slashes);
	tcase_add_loop_test(tc, test_path_make__leaves_what_is_there, 0, 2);
	tcase_add_test(tc, test_path_make__opens_the_root);
	tcase_add_loop_test(tc, test_path_make__descriptor_is_a_path_only, 0, 2);
	tcase_add_test(tc, test_path_make__does_not_open_a_fifo);
	tcase_add_loop_test(tc, test_path_make__refuses_links, 0, 2 * COUNT(linked));
	tcase_add_test(tc, test_path_make__dots_stay_inside);
	tcase_add_loop_test(tc, test_path_make__refuses_dots_where_something_is_missing, 0, 6);
	tcase_add_loop_test(tc, test_path_make__refuses_a_file_as_directory, 0, 2);
	tcase_add_loop_test(tc, test_path_make__refuses_long_names, 0, 2);
	tcase_add_loop_test(tc, test_path_make__makes_255_bytes, 0, 2);
	tcase_add_loop_test(tc, test_path_make__takes_names_as_they_are, 0, COUNT(odd_names));
	tcase_add_test(tc, test_path_make__refuses_a_closed_root);
	tcase_add_loop_test(tc, test_path_make__race_of_directory_and_link_stays_inside, 0, 2);
	tcase_add_test(tc, test_path_make__race_never_ends_on_a_link);
}

int main(void)
{
	Suite *s = suite_create("path");
	TCase *tc = suite_case(s, "path");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_test(tc, test_path_is_absolute__tells);
	tcase_add_test(tc, test_path_next__gives_each_component);
	tcase_add_loop_test(tc, test_path_next__has_nothing_in_slashes, 0, 3);
	tcase_add_test(tc, test_path_next__takes_255_bytes);
	tcase_add_test(tc, test_path_next__refuses_256_bytes);
	add_open_tests(tc);
	add_make_tests(tc);
	return suite_run(s);
}
