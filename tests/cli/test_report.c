/* SPDX-License-Identifier: MIT */
/*
 * --report FILE, where the container can write the directory: whatever is left there, only a
 * regular file of that name is ever written, and nothing waits for a reader.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "cli.h"

#define SECRET "a file of the host's\n"

static char volume[PATH_MAX], report[PATH_MAX], secret[PATH_MAX];

static void make_places(void)
{
	world_mkdir("volume");
	snprintf(volume, sizeof(volume), "%s", world_path("volume:/mnt"));
	snprintf(report, sizeof(report), "%s", world_path("volume/report"));
	snprintf(secret, sizeof(secret), "%s", world_path("secret"));
	world_write(secret, SECRET, 0644);
}

static int run_script(const char *to, const char *script)
{
	return cli_run(CLI_RUN("-v", volume, "--report", to, "--", "sh", "-c", script));
}

static void expect_refused(const char *to, const char *words)
{
	const char *lines[] = { "--report", words };

	ck_assert_int_eq(run_script(to, "echo it ran"), CLI_OURS);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(lines, 2);
	ck_assert_str_eq(world_read(secret), SECRET);
}

static void expect_report(const char *path, const char *begin)
{
	const char *text = world_read(path);

	ck_assert_msg(strncmp(text, begin, strlen(begin)) == 0, "no %s in: %s", begin, text);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}

/* ---- what is left there ---- */

static void leave_link(void)
{
	ck_assert_int_eq(symlink("../secret", report), 0);
}

static void leave_dangling_link(void)
{
	ck_assert_int_eq(symlink("../made", report), 0);
}

static void leave_fifo(void)
{
	ck_assert_int_eq(mkfifo(report, 0666), 0);
}

static void leave_directory(void)
{
	ck_assert_int_eq(mkdir(report, 0777), 0);
}

static void leave_device(void)
{
	suite_need_root();
	ck_assert_int_eq(mknod(report, S_IFCHR | 0666, makedev(1, 3)), 0);
}

static void leave_socket(void)
{
	ck_assert_int_eq(mknod(report, S_IFSOCK | 0666, 0), 0);
}

static void leave_hard_link(void)
{
	ck_assert_int_eq(link(secret, report), 0);
}

static const struct {
	void (*leave)(void);
	const char *words;
} left[] = {
	{ leave_link, "it is a symbolic link" },  { leave_dangling_link, "it is a symbolic link" },
	{ leave_fifo, "it is a FIFO" },		  { leave_directory, "it is a directory" },
	{ leave_device, "it is a device" },	  { leave_socket, "it is a socket" },
	{ leave_hard_link, "another name, too" },
};

#define LEFT (int)(sizeof(left) / sizeof(left[0]))

START_TEST(test_report__refuses_what_is_no_file)
{
	struct stat before, after;

	left[_i].leave();
	ck_assert_int_eq(lstat(report, &before), 0);
	expect_refused(report, left[_i].words);
	ck_assert_int_eq(lstat(report, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(world_count(world_path("volume")), 1);
	ck_assert_int_lt(access(world_path("made"), F_OK), 0);
}
END_TEST

START_TEST(test_report__refuses_a_name_that_is_none)
{
	static const char *const names[] = { "", "volume/", "volume/.", "volume/..", "secret/x" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *lines[] = { "--report" };

		ck_assert_int_eq(
			cli_run(CLI_RUN("--report", *names[i] ? world_path("%s", names[i]) : "",
					"--", "true")),
			CLI_OURS);
		cli_expect_line(lines, 1);
		ck_assert_str_eq(world_read(secret), SECRET);
	}
}
END_TEST

/* ---- directories on the way ---- */

/* A link that a run has left in a volume of its own; the next run shows the volume again. */
START_TEST(test_report__follows_no_link_of_the_container)
{
	static const char *const scripts[] = {
		"mkdir /mnt/a && ln -s ../.. /mnt/a/b",
		"mkdir -p /mnt/x/b /mnt/x && ln -s x /mnt/a",
	};

	world_mkdir("made");
	ck_assert_int_eq(run_script(world_path("out"), scripts[_i]), 0);
	expect_refused(world_path("volume/a/b/report"), "is a symbolic link");
	ck_assert_int_lt(access(world_path("report"), F_OK), 0);
	ck_assert_int_lt(access(world_path("volume/x/b/report"), F_OK), 0);
}
END_TEST

START_TEST(test_report__follows_no_link_of_a_writable_root)
{
	const char *lines[] = { "is a symbolic link" };

	ck_assert_int_eq(cli_run(CLI_RUN("ln", "-s", "../..", "/tmp/dir")), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("root/tmp/dir/report"), "true")),
			 CLI_OURS);
	cli_expect_line(lines, 1);
	ck_assert_int_lt(access(world_path("report"), F_OK), 0);
}
END_TEST

static void enter_world(void *dir)
{
	if (chdir(dir))
		_exit(97);
}

/* Relative to a directory in the volume, nothing in the path tells where it is. */
START_TEST(test_report__follows_no_link_from_within_the_volume)
{
	struct cli_start start = { .prepare = enter_world };
	const char *lines[] = { "is a symbolic link" };
	char dir[PATH_MAX];

	world_mkdir("volume/here");
	ck_assert_int_eq(symlink("../..", world_path("volume/here/out")), 0);
	snprintf(dir, sizeof(dir), "%s", world_path("volume/here"));
	start.data = dir;
	ck_assert_int_eq(
		cli_run_as(CLI_RUN("-v", volume, "--report", "out/report", "true"), &start),
		CLI_OURS);
	cli_expect_line(lines, 1);
	ck_assert_int_lt(access(world_path("report"), F_OK), 0);
}
END_TEST

START_TEST(test_report__follows_no_link_of_another_user)
{
	const char *lines[] = { "is a symbolic link" };

	suite_need_root();
	world_mkdir("shared");
	ck_assert_int_eq(chmod(world_path("shared"), 01777), 0);
	ck_assert_int_eq(symlink("../made", world_path("shared/dir")), 0);
	ck_assert_int_eq(lchown(world_path("shared/dir"), CLI_USER, CLI_USER), 0);
	world_mkdir("made");
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("shared/dir/report"), "true")),
			 CLI_OURS);
	cli_expect_line(lines, 1);
	ck_assert_int_eq(world_count(world_path("made")), 0);
}
END_TEST

/* Such as /var/run; a volume that is read-only, or elsewhere, does not matter. */
START_TEST(test_report__follows_links_of_the_host)
{
	char read_only[PATH_MAX + 16];

	world_mkdir("real/deep");
	ck_assert_int_eq(symlink("real", world_path("link")), 0);
	ck_assert_int_eq(symlink(world_path("link/deep"), world_path("absolute")), 0);
	ck_assert_int_eq(run_script(world_path("link/../absolute/./report"), "exit 7"), 7);
	expect_report(world_path("real/deep/report"), "{\"end\":\"exited\",\"exit_code\":7,");

	snprintf(read_only, sizeof(read_only), "%s:/mnt:ro", world_dir);
	ck_assert_int_eq(
		cli_run(CLI_RUN("-v", read_only, "--report", world_path("link/second"), "true")),
		0);
	expect_report(world_path("real/second"), "{\"end\":\"exited\",\"exit_code\":0,");
}
END_TEST

START_TEST(test_report__refuses_links_in_a_circle)
{
	ck_assert_int_eq(symlink("circle", world_path("circle")), 0);
	expect_refused(world_path("circle/report"), "Too many levels");
}
END_TEST

/* ---- during the run ---- */

/* What the container puts there while it runs is treated as what it left before. */
static const struct {
	const char *script, *words;
} changes[] = {
	{ "rm /mnt/report && ln -s ../secret /mnt/report", "it is a symbolic link" },
	{ "rm /mnt/report && mkfifo /mnt/report", "it is a FIFO" },
	{ "rm /mnt/report && mkdir /mnt/report", "it is a directory" },
};

#define CHANGES (int)(sizeof(changes) / sizeof(changes[0]))

START_TEST(test_report__refuses_what_took_its_place)
{
	const char *lines[] = { "--report", changes[_i].words };

	ck_assert_int_eq(run_script(report, changes[_i].script), CLI_OURS);
	cli_expect_line(lines, 2);
	ck_assert_str_eq(world_read(secret), SECRET);
	ck_assert_int_eq(world_count(world_path("volume")), 1);
}
END_TEST

/* Removed or forged, it is there all the same, and nothing of the forgery is left. */
static const char *const forgeries[] = {
	"rm /mnt/report",
	"rm /mnt/report && head -c 100000 /dev/zero > /mnt/report",
	"head -c 100000 /dev/zero > /mnt/report",
};

START_TEST(test_report__replaces_a_forgery)
{
	char script[256];

	snprintf(script, sizeof(script), "%s && exit 7", forgeries[_i]);
	ck_assert_int_eq(run_script(report, script), 7);
	ck_assert_str_eq(cli_err, "");
	expect_report(report, "{\"end\":\"exited\",\"exit_code\":7,");
}
END_TEST

/* The directory is held: the report is not written where the container has the path lead. */
static const char *const exchanges[] = {
	"mv /mnt/dir /mnt/old && ln -s ../made /mnt/dir",
	"mv /mnt/dir /mnt/old && mkdir /mnt/dir && echo forged > /mnt/dir/report",
	"mv /mnt/dir /mnt/old",
};

START_TEST(test_report__notices_an_exchanged_directory)
{
	const char *lines[] = { "--report", "its directory was moved" };

	world_mkdir("volume/dir");
	world_mkdir("made");
	ck_assert_int_eq(run_script(world_path("volume/dir/report"), exchanges[_i]), CLI_OURS);
	cli_expect_line(lines, 2);
	ck_assert_int_eq(world_count(world_path("made")), 0);
	expect_report(world_path("volume/old/report"), "{\"end\":\"exited\",\"exit_code\":0,");
}
END_TEST

START_TEST(test_report__notices_a_removed_directory)
{
	const char *lines[] = { "--report", "No such file" };

	world_mkdir("volume/dir");
	ck_assert_int_eq(run_script(world_path("volume/dir/report"), "rm -r /mnt/dir"), CLI_OURS);
	cli_expect_line(lines, 2);
}
END_TEST

/* ---- who may write ---- */

START_TEST(test_report__needs_no_more_than_the_file)
{
	struct stat st;

	world_write("closed/report", "an older one, longer than any that there will be", 0640);
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(chown(world_path("closed"), 0, 0), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("closed/report"), "true")), 0);
	expect_report(world_path("closed/report"), "{\"end\":\"exited\",");
	ck_assert_int_eq(stat(world_path("closed/report"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(st.st_uid, CLI_USER);
}
END_TEST

START_TEST(test_report__refuses_a_directory_that_is_not_writable)
{
	const char *lines[] = { "--report", "Permission denied" };

	world_mkdir("closed");
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(chown(world_path("closed"), 0, 0), 0);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--report", world_path("closed/report"), "echo", "it ran")),
		CLI_OURS);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(lines, 2);
	ck_assert_int_eq(world_count(world_path("closed")), 0);
}
END_TEST

/* explain runs nothing, so there is nothing to report. */
START_TEST(test_report__is_not_touched_by_explain)
{
	world_write(report, "an older one\n", 0644);
	ck_assert_int_eq(
		cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--report", report, "true")), 0);
	ck_assert_str_eq(world_read(report), "an older one\n");
}
END_TEST

/* ---- descriptors ---- */

static const char *const descriptors[] = { "/dev/fd/7", "/proc/self/fd/7", "/dev//fd/7" };

/* As a shell does by 7>>log: what is there stays. */
static void give_log(void *path)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	if (fd < 0 || dup2(fd, 7) < 0)
		_exit(97);
}

START_TEST(test_report__is_written_to_a_descriptor)
{
	char log[PATH_MAX];
	const struct cli_start start = { .prepare = give_log, .data = log };

	snprintf(log, sizeof(log), "%s", world_path("log"));
	world_write(log, "before\n", 0644);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--report", descriptors[_i], "true"), &start), 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_int_eq(strncmp(world_read(log), "before\n{\"end\":\"exited\",", 23), 0);
}
END_TEST

START_TEST(test_report__follows_what_the_program_wrote)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--report", "/dev/stdout", "echo", "hello")), 0);
	ck_assert_int_eq(strncmp(cli_out, "hello\n{\"end\":\"exited\",", 22), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("--report", "/dev/stderr", "echo", "hello")), 0);
	ck_assert_str_eq(cli_out, "hello\n");
	ck_assert_int_eq(strncmp(cli_err, "{\"end\":\"exited\",", 16), 0);
}
END_TEST

START_TEST(test_report__refuses_a_descriptor_that_is_none)
{
	expect_refused("/dev/fd/99", "no such descriptor is open");
	expect_refused("/dev/stdin", "not open for writing");
	expect_refused("/dev/fd/x", "No such file");
}
END_TEST

/* The shell's >(command). */
START_TEST(test_report__fits_a_pipe)
{
	char sh[] = "/bin/sh", c[] = "-c", program[] = MINICTR_PROGRAM, *output;
	char script[] = "\"$0\" run --rootfs \"$1\" --report /dev/fd/9 true 9>&1 >/dev/null | cat";
	char *argv[] = { sh, c, script, program, cli_root, NULL };

	ck_assert_int_eq(suite_run_command(argv, NULL, &output), 0);
	ck_assert_msg(strncmp(output, "{\"end\":\"exited\",", 16) == 0, "%s", output);
	free(output);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *tc = cli_case(s, "report");

	tcase_add_checked_fixture(tc, make_places, NULL);
	tcase_add_loop_test(tc, test_report__refuses_what_is_no_file, 0, LEFT);
	tcase_add_test(tc, test_report__refuses_a_name_that_is_none);
	tcase_add_loop_test(tc, test_report__follows_no_link_of_the_container, 0, 2);
	tcase_add_test(tc, test_report__follows_no_link_of_a_writable_root);
	tcase_add_test(tc, test_report__follows_no_link_from_within_the_volume);
	tcase_add_test(tc, test_report__follows_no_link_of_another_user);
	tcase_add_test(tc, test_report__follows_links_of_the_host);
	tcase_add_test(tc, test_report__refuses_links_in_a_circle);
	tcase_add_loop_test(tc, test_report__refuses_what_took_its_place, 0, CHANGES);
	tcase_add_loop_test(tc, test_report__replaces_a_forgery, 0, 3);
	tcase_add_loop_test(tc, test_report__notices_an_exchanged_directory, 0, 3);
	tcase_add_test(tc, test_report__notices_a_removed_directory);
	tcase_add_test(tc, test_report__needs_no_more_than_the_file);
	tcase_add_test(tc, test_report__refuses_a_directory_that_is_not_writable);
	tcase_add_test(tc, test_report__is_not_touched_by_explain);
	tcase_add_loop_test(tc, test_report__is_written_to_a_descriptor, 0, 3);
	tcase_add_test(tc, test_report__follows_what_the_program_wrote);
	tcase_add_test(tc, test_report__refuses_a_descriptor_that_is_none);
	tcase_add_test(tc, test_report__fits_a_pipe);
	return suite_run(s);
}
