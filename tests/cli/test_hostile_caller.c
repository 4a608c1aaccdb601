/* SPDX-License-Identifier: MIT */
/* What the caller has and is must not leak into a container, nor spoil it. */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* A path in the root file system, on the host. */
static const char *in_root(const char *name)
{
	return world_path("root/%s", name);
}

static void leak_descriptors(void *data)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)data;
	if (fd < 0 || dup2(fd, 57) < 0 || dup2(fd, 900) < 0)
		_exit(99);
}

START_TEST(test_caller__descriptors_do_not_reach_the_program)
{
	const struct cli_start start = { .prepare = leak_descriptors };

	cli_use_way(_i);
	/* 3 is the directory that ls reads. */
	cli_expect_as("0\n1\n2\n3\n", CLI_RUN("ls", "/proc/self/fd"), &start);
	cli_expect_as("0\n1\n2\n3\n", CLI_RUN("--init", "ls", "/proc/self/fd"), &start);
}
END_TEST

START_TEST(test_caller__descriptors_do_not_reach_the_init)
{
	const struct cli_start start = { .prepare = leak_descriptors };

	cli_use_way(_i);
	/* Once more where the init closes, just then, what told it that the program runs. */
	ck_assert_int_eq(
		cli_run_as(CLI_RUN("--init", "sh", "-c", "until ls -l /proc/1/fd; do :; done"),
			   &start),
		0);
	ck_assert_ptr_null(strstr(cli_out, "57 ->"));
	ck_assert_ptr_null(strstr(cli_out, "900 ->"));
	ck_assert_ptr_null(strstr(cli_out, "-> /\n"));
}
END_TEST

static void go_outside(void *data)
{
	if (chdir(data) < 0)
		_exit(99);
}

START_TEST(test_caller__working_directory_is_not_the_programs)
{
	const struct cli_start start = { .prepare = go_outside, .data = world_dir };

	cli_use_way(_i);
	cli_expect_as("/\n/\n", CLI_RUN("sh", "-c", "pwd; readlink /proc/self/cwd"), &start);
}
END_TEST

static void close_some(void *data)
{
	for (int fd = 0; fd < 3; fd++)
		if (*(int *)data & 1 << fd)
			close(fd);
}

/* Where it can't print it tells by its status. */
static const char check_stdio[] = "for fd in 0 1 2; do\n"
				  "  test -e /proc/self/fd/$fd || exit 90\n"
				  "  [ $(( $1 >> fd & 1 )) = 0 ] && continue\n"
				  "  [ \"$(readlink /proc/$$/fd/$fd)\" = /dev/null ] || exit 91\n"
				  "  [ \"$(stat -L -c %t:%T /proc/$$/fd/$fd)\" = 1:3 ] || exit 92\n"
				  "done\n"
				  "exit 7\n";

START_TEST(test_caller__closed_stdio_becomes_dev_null)
{
	int closed = _i / CLI_WAYS;
	const struct cli_start start = { .prepare = close_some, .data = &closed };
	char number[4];

	world_write(in_root("dev/null"), "fake\n", 0666);
	snprintf(number, sizeof(number), "%d", closed);
	cli_use_way(_i % CLI_WAYS);
	ck_assert_int_eq(cli_run_as(CLI_RUN("sh", "-c", check_stdio, "sh", number), &start), 7);
}
END_TEST

static void limit_descriptors(void *data)
{
	const struct rlimit limit = { *(rlim_t *)data, *(rlim_t *)data };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		_exit(99);
}

START_TEST(test_caller__few_descriptors_are_enough_or_told)
{
	rlim_t limit = (rlim_t)_i;
	const struct cli_start start = { .prepare = limit_descriptors, .data = &limit };
	const char *const *args =
		CLI_RUN("--pids-limit=5", "-v", "/etc:/made", "--init", "--", "/bin/echo", "ok");
	const char *newline;
	int status;

	suite_need_no_counts(); /* which takes a descriptor too */
	status = cli_run_as(args, &start);
	newline = strchr(cli_err, '\n');

	if (status == 0) {
		ck_assert_str_eq(cli_out, "ok\n");
		ck_assert_str_eq(cli_err, "");
		return;
	}
	ck_assert_int_ge(status, CLI_OURS);
	ck_assert_int_le(status, CLI_NOT_FOUND);
	ck_assert_str_eq(cli_out, "");
	ck_assert_msg(newline && !newline[1], "not one line: \"%s\"", cli_err);
}
END_TEST

START_TEST(test_caller__thirty_two_descriptors_are_enough)
{
	rlim_t limit = 32;
	const struct cli_start start = { .prepare = limit_descriptors, .data = &limit };

	cli_expect_as("ok\n",
		      CLI_RUN("--pids-limit=5", "-v", "/etc:/made", "--init", "--", "echo", "ok"),
		      &start);
}
END_TEST

static void set_variables(void *data)
{
	(void)data;
	setenv("SECRET", "1", 1);
	setenv("LD_PRELOAD", "", 1);
	setenv("PATH", "/evil", 1);
	setenv("HOME", "/evil", 1);
	setenv("TERM", "evil", 1);
}

START_TEST(test_caller__environment_does_not_reach_the_program)
{
	const struct cli_start start = { .prepare = set_variables };

	cli_use_way(_i);
	cli_expect_as("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
		      "HOME=/root\n",
		      CLI_RUN("env"), &start);
}
END_TEST

static void mask_all_modes(void *data)
{
	(void)data;
	umask(0777);
}

/* What it makes on the way is for the container's user to pass. */
START_TEST(test_caller__umask_makes_no_closed_mount_points)
{
	const struct cli_start start = { .prepare = mask_all_modes };

	if (_i == CLI_AS_A_USER)
		suite_need_no_counts(); /* in directories that a user closes to itself */
	world_write(world_path("data/file"), "content\n", 0644);
	cli_use_way(_i);
	cli_expect_as("content\n",
		      CLI_RUN("--user=1000", "-v", world_path("data:/made/there"), "--tmpfs=/tmp/x",
			      "--", "cat", "/made/there/file"),
		      &start);
}
END_TEST

static void join_groups(void *data)
{
	const gid_t groups[] = { 7, 8, 9 };

	(void)data;
	if (setgroups(3, groups) < 0)
		_exit(99);
}

START_TEST(test_caller__groups_do_not_reach_the_program)
{
	const struct cli_start start = { .prepare = join_groups };

	cli_expect_as("0\n", CLI_RUN("id", "-G"), &start);
	cli_expect_as("100 5\n", CLI_RUN("--user=1:100", "--group-add=5", "id", "-G"), &start);
}
END_TEST

static void lower_core_limit(void *data)
{
	const struct rlimit limit = { 4096, 8192 };

	(void)data;
	if (setrlimit(RLIMIT_CORE, &limit) < 0)
		_exit(99);
}

START_TEST(test_caller__core_limit_is_given_back)
{
	const struct cli_start start = { .prepare = lower_core_limit };

	cli_expect_as("4096 8192\n",
		      CLI_RUN("awk", "/Max core/ { print $5, $6 }", "/proc/self/limits"), &start);
}
END_TEST

static char installed[PATH_MAX];

static void start_installed(void *unused)
{
	char *const argv[] = { strdup("minictr"), strdup("--version"), NULL };

	(void)unused;
	cli_become_user(NULL);
	execv(installed, argv);
	_exit(99);
}

/* In a mount of the test's own, for that of the world may have the flag nosuid. */
static void run_installed(void)
{
	const struct cli_start start = { .prepare = start_installed };
	const char *const words[] = { "set-user-ID" };

	ck_assert_int_eq(mount("none", world_path("suid"), "tmpfs", 0, "mode=0755"), 0);
	snprintf(installed, sizeof(installed), "%s", world_path("suid/minictr"));
	world_copy(MINICTR_PROGRAM, installed);
	ck_assert_int_eq(chmod(installed, 04755), 0);
	ck_assert_int_eq(chmod(world_dir, 0755), 0);
	ck_assert_int_eq(cli_run_as(CLI_ARGS("version"), &start), CLI_OURS);
	cli_expect_line(words, 1);
	ck_assert_str_eq(cli_out, "");
}

START_TEST(test_caller__set_user_id_command_is_refused)
{
	suite_need_root();
	suite_need_no_counts();
	world_mkdir("suid");
	suite_in_mounts(run_installed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hostile_caller");
	TCase *tc = cli_case(s, "hostile_caller");

	tcase_add_loop_test(tc, test_caller__descriptors_do_not_reach_the_program, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_caller__descriptors_do_not_reach_the_init, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_caller__working_directory_is_not_the_programs, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_caller__closed_stdio_becomes_dev_null, 0, 8 * CLI_WAYS);
	tcase_add_loop_test(tc, test_caller__few_descriptors_are_enough_or_told, 3, 33);
	tcase_add_test(tc, test_caller__thirty_two_descriptors_are_enough);
	tcase_add_loop_test(tc, test_caller__environment_does_not_reach_the_program, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_caller__umask_makes_no_closed_mount_points, 0, CLI_WAYS);
	tcase_add_test(tc, test_caller__groups_do_not_reach_the_program);
	tcase_add_test(tc, test_caller__core_limit_is_given_back);
	tcase_add_test(tc, test_caller__set_user_id_command_is_refused);
	return suite_run(s);
}
