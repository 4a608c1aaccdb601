/* SPDX-License-Identifier: MIT */
/* --user and --group-add by name, in roots that mean well and in others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cli/cli.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Busybox has its own word on lines that are none. */
#define IDS "sh", "-c", "exec 2>/dev/null; echo $(id -u) $(id -g) $(id -G) $HOME"

static const char passwd_text[] = "root:x:0:0:root:/root:/bin/sh\n"
				  "bob:x:1000:100:Bob:/home/bob:/bin/sh\n"
				  "bob:x:0:0:again:/root:/bin/sh\n";

static void make(void)
{
	world_mkdir("root/home/bob");
	world_mkdir("root/b");
	world_write(world_path("root/etc/passwd"), passwd_text, 0644);
	world_write(world_path("root/etc/group"), "root:x:0:\nwheel:x:10:bob\nusers:x:100:", 0644);
}

static const char *passwd(void)
{
	return world_path("root/etc/passwd");
}

/* Words of the refusal, which must leave no more behind than what was there. */
static void expect_refusal(const char *const *args, const char *first, const char *second)
{
	const char *words[] = { first, second };
	const size_t before = cli_count_below(world_dir);

	ck_assert_int_eq(cli_run(args), CLI_OURS);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(words, second ? 2 : 1);
	ck_assert_uint_eq(cli_count_below(world_dir), before);
}

START_TEST(test_user__by_name)
{
	suite_need_root();
	cli_expect("1000 100 100 10 /home/bob\n", CLI_RUN("--user", "bob", "--", IDS));
	cli_expect("1000 10 10 /home/bob\n", CLI_RUN("-u", "bob:wheel", "--", IDS));
	cli_expect("1000 5 5 10 /home/bob\n", CLI_RUN("--user=bob:5", "--", IDS));
	cli_expect("1000 100 100 10 /home/bob\n", CLI_RUN("--user=1000", "--", IDS));
	cli_expect("7 8 8 /\n", CLI_RUN("--user=7:8", "--", IDS));
	cli_expect("0 0 0 10 55 100 /root\n",
		   CLI_RUN("--group-add=users", "--group-add=wheel", "--group-add=55", "--", IDS));
}
END_TEST

START_TEST(test_user__is_explained)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--user=bob",
					  "--group-add=users", "--", "true")),
			 0);
	ck_assert_ptr_nonnull(
		strstr(cli_out, "become uid 1000 gid 100, supplementary groups: 10 100\n"));
}
END_TEST

START_TEST(test_user__not_found)
{
	expect_refusal(CLI_RUN("--user=eve", "--", "true"),
		       "user \"eve\": there is no such name in /etc/passwd of the "
		       "container",
		       NULL);
	expect_refusal(CLI_RUN("--user=bob:eve", "--", "true"),
		       "group \"eve\": there is no such name in /etc/group", NULL);
	expect_refusal(CLI_RUN("--group-add=eve", "--", "true"),
		       "supplementary group \"eve\": there is no such name in /etc/group", NULL);
}
END_TEST

START_TEST(test_user__numbers_need_no_files)
{
	suite_need_root();
	ck_assert_int_eq(unlink(passwd()), 0);
	ck_assert_int_eq(unlink(world_path("root/etc/group")), 0);
	cli_expect("1000 0 0 /\n", CLI_RUN("--user=1000", "--", IDS));
	cli_expect("1000 5 5 6 /\n", CLI_RUN("--user=1000:5", "--group-add=6", "--", IDS));
	expect_refusal(CLI_RUN("--user=bob", "--", "true"), "the container has no /etc/passwd",
		       "give the number");
	expect_refusal(CLI_RUN("--group-add=wheel", "--", "true"),
		       "the container has no /etc/group", "give the number");
}
END_TEST

/* ---- hostile files ---- */

static void make_fifo(void)
{
	ck_assert_int_eq(mkfifo(passwd(), 0666), 0);
}

static void make_directory(void)
{
	ck_assert_int_eq(mkdir(passwd(), 0755), 0);
}

/* A read from it would never end. */
static void make_device(void)
{
	ck_assert_int_eq(mknod(passwd(), S_IFCHR | 0666, makedev(1, 5)), 0);
}

static void make_link_to_fifo(void)
{
	ck_assert_int_eq(mkfifo(world_path("root/etc/fifo"), 0666), 0);
	ck_assert_int_eq(symlink("fifo", passwd()), 0);
}

static void make_large(void)
{
	world_write(passwd(), passwd_text, 0644);
	ck_assert_int_eq(truncate(passwd(), 2 << 20), 0);
}

static void make_loop(void)
{
	ck_assert_int_eq(symlink("passwd", passwd()), 0);
}

static const struct {
	void (*make)(void);
	const char *words;
} hostile[] = {
	{ make_fifo, "it is not a regular file" },
	{ make_directory, "it is not a regular file" },
	{ make_device, "it is not a regular file" },
	{ make_link_to_fifo, "it is not a regular file" },
	{ make_large, "it is larger than 1048576 bytes" },
	{ make_loop, "Too many levels of symbolic links" },
};

/* By name and by number: a file that is wrong is not one that is missing. */
START_TEST(test_passwd__hostile_is_refused_at_once)
{
	suite_need_root();
	ck_assert_int_eq(unlink(passwd()), 0);
	hostile[_i].make();
	expect_refusal(CLI_RUN("--user=bob", "--", "true"), "\"/etc/passwd\"", hostile[_i].words);
	expect_refusal(CLI_RUN("--user=1000:5", "--", "true"), "\"/etc/passwd\"",
		       hostile[_i].words);
	cli_expect("ok\n", CLI_RUN("echo", "ok"));
}
END_TEST

START_TEST(test_group__hostile_is_refused_at_once)
{
	ck_assert_int_eq(unlink(world_path("root/etc/group")), 0);
	ck_assert_int_eq(mkfifo(world_path("root/etc/group"), 0666), 0);
	expect_refusal(CLI_RUN("--user=bob", "--", "true"), "\"/etc/group\"",
		       "it is not a regular file");
	expect_refusal(CLI_RUN("--group-add=wheel", "--", "true"), "\"/etc/group\"",
		       "it is not a regular file");
}
END_TEST

/* There is such a file outside the root; in it there is none. */
START_TEST(test_passwd__links_stay_in_the_root)
{
	static const char *const ways_out[] = { "", "../../../../../../../../../..", ".." };
	char path[PATH_MAX];

	world_mkdir("outside");
	world_write(world_path("outside/passwd"), "bob:x:0:0:::\n", 0644);
	for (int i = 0; i < COUNT(ways_out); i++) {
		ck_assert_int_eq(unlink(passwd()), 0);
		snprintf(path, sizeof(path), "%s%s", ways_out[i],
			 i < 2 ? world_path("outside/passwd") : "/../outside/passwd");
		ck_assert_int_eq(symlink(path, passwd()), 0);
		expect_refusal(CLI_RUN("--user=bob", "--", "true"),
			       "the container has no /etc/passwd", NULL);
	}
}
END_TEST

START_TEST(test_passwd__a_link_into_proc_is_not_followed)
{
	static const char *const targets[] = { "/proc/1/root/etc/passwd", "/proc/self/fd/0",
					       "/proc/self/cwd/etc/passwd" };

	for (int i = 0; i < COUNT(targets); i++) {
		ck_assert_int_eq(unlink(passwd()), 0);
		ck_assert_int_eq(symlink(targets[i], passwd()), 0);
		expect_refusal(CLI_RUN("--user=root", "--", "true"),
			       "the container's /etc/passwd is in a file system that cannot be",
			       NULL);
	}
}
END_TEST

START_TEST(test_passwd__a_link_in_the_root_is_followed)
{
	suite_need_root();
	ck_assert_int_eq(rename(passwd(), world_path("root/tmp/accounts")), 0);
	ck_assert_int_eq(symlink("/tmp/accounts", passwd()), 0);
	cli_expect("1000 100 100 10 /home/bob\n", CLI_RUN("--user=bob", "--", IDS));
}
END_TEST

/* Each line is one that could be taken for user 0. */
static const char *const no_lines[] = {
	"bob:x:4294967295:0:::\n",
	"bob:x:4294967296:0:::\n",
	"bob:x:-1:0:::\n",
	"bob:x:0x0:0:::\n",
	"bob:x: 0:0:::\n",
	"bob:x::0:::\n",
	"bob:x:0:-1:::\n",
	"bob:x:0\n",
	"+bob::0:0:::\n",
	"+::0:0:::\n",
	"+\n",
	"bob\n",
	"#bob:x:0:0:::\n",
	"bobby:x:0:0:::\n",
	":x:0:0:::\n",
};

START_TEST(test_passwd__lines_that_are_none_are_passed_over)
{
	char text[128];

	suite_need_root();
	world_write(passwd(), no_lines[_i], 0644);
	expect_refusal(CLI_RUN("--user=bob", "--", "true"), "there is no such name", NULL);
	snprintf(text, sizeof(text), "%sbob:x:5:6::/b:", no_lines[_i]);
	world_write(passwd(), text, 0644);
	cli_expect("5 6 6 10 /b\n", CLI_RUN("--user=bob", "--", IDS));
}
END_TEST

START_TEST(test_passwd__a_nul_spoils_its_line)
{
	static const char text[] = "bob\0:x:0:0:::\nbob:x:0:0::\0:\nbob:x:5:6:::";
	FILE *out = fopen(passwd(), "w");

	suite_need_root();
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(text, 1, sizeof(text) - 1, out), sizeof(text) - 1);
	fclose(out);
	cli_expect("5 6 6 10 /\n", CLI_RUN("--user=bob", "--", IDS));
}
END_TEST

/* ---- what covers them ---- */

START_TEST(test_passwd__mounted_over)
{
	char volume[PATH_MAX + 32];

	suite_need_root();
	world_write(world_path("data/passwd"), "bob:x:5:6::/b:\n", 0644);
	snprintf(volume, sizeof(volume), "%s:/etc/passwd:ro", world_path("data/passwd"));
	cli_expect("5 6 6 10 /b\n", CLI_RUN("-v", volume, "--user=bob", "--", IDS));
	expect_refusal(CLI_RUN("--tmpfs=/etc", "--user=bob", "--", "true"),
		       "the container has no /etc/passwd", NULL);
	expect_refusal(CLI_RUN("--mask=/etc/passwd", "--user=bob", "--", "true"),
		       "the container's /etc/passwd is masked", NULL);
	cli_expect("1000 0 0 /\n", CLI_RUN("--mask=/etc/passwd", "--user=1000", "--", IDS));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli_user");
	TCase *tc = cli_case(suite, "user");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_user__by_name);
	tcase_add_test(tc, test_user__is_explained);
	tcase_add_test(tc, test_user__not_found);
	tcase_add_test(tc, test_user__numbers_need_no_files);
	tcase_add_loop_test(tc, test_passwd__hostile_is_refused_at_once, 0, COUNT(hostile));
	tcase_add_test(tc, test_group__hostile_is_refused_at_once);
	tcase_add_test(tc, test_passwd__links_stay_in_the_root);
	tcase_add_test(tc, test_passwd__a_link_into_proc_is_not_followed);
	tcase_add_test(tc, test_passwd__a_link_in_the_root_is_followed);
	tcase_add_loop_test(tc, test_passwd__lines_that_are_none_are_passed_over, 0,
			    COUNT(no_lines));
	tcase_add_test(tc, test_passwd__a_nul_spoils_its_line);
	tcase_add_test(tc, test_passwd__mounted_over);
	return suite_run(suite);
}
