/* SPDX-License-Identifier: MIT */
/* Options as those who come from docker write them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/cli.h"

START_TEST(test_h__is_the_host_name)
{
	cli_expect("box\n", CLI_RUN("-h", "box", "hostname"));
	cli_expect("box\n", CLI_RUN("-hbox", "hostname"));
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "-h", "box", "true")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "box"));
}
END_TEST

/* "--" ends the options, and is no value; nor is an option a host name. */
static const struct {
	const char *words[3];
} swallowed[] = {
	{ { "-h", "--", "true" } },	      { { "-h", "--help", "true" } },
	{ { "-h", "-i", "true" } },	      { { "--hostname", "--", "true" } },
	{ { "--hostname", "--rm", "true" } }, { { "-e", "--", "true" } },
	{ { "-w", "--", "true" } },	      { { "--env-file", "--", "true" } },
};

START_TEST(test_option__does_not_swallow_the_next)
{
	const char *const words[] = { "a value is missing, expected" };
	const char *const *w = swallowed[_i].words;

	ck_assert_int_eq(cli_run(CLI_RUN(w[0], w[1], w[2])), CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_option__takes_any_value_after_an_equals_sign)
{
	cli_expect("--\n", CLI_RUN("--hostname=--", "hostname"));
	cli_expect("-x\n", CLI_RUN("-h-x", "hostname"));
	cli_expect("-1\n", CLI_RUN("--pids-limit", "-1", "-e", "A=-1", "sh", "-c", "echo $A"));
}
END_TEST

START_TEST(test_h__without_a_name_tells_of_the_help)
{
	const char *const words[] = { "--hostname", "a value is missing", "--help" };

	ck_assert_int_eq(cli_run(CLI_ARGS("run", "-h")), CLI_OURS);
	cli_expect_line(words, 3);
}
END_TEST

static const char *const commands[][4] = {
	{ "jail", "--help=false", "--list", "JAIL" },
	{ "chroot", "--help=false", "/none", "true" },
	{ "gc", "--help=false", "more" },
	{ "completion", "--help=false", "tcsh" },
	{ "doctor", "--help=false", "more" },
};

START_TEST(test_help__false_is_as_if_it_were_not_there)
{
	const char *const *c = commands[_i];

	ck_assert_int_ne(cli_run(CLI_ARGS(c[0], c[1], c[2], c[3])), 0);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

START_TEST(test_net__is_network)
{
	cli_expect("lo\n", CLI_RUN("--net=none", "ls", "/sys/class/net"));
	cli_expect("lo\n", CLI_RUN("--net", "none", "ls", "/sys/class/net"));
}
END_TEST

START_TEST(test_security_opt__takes_a_colon)
{
	char path[PATH_MAX + 16];

	world_write(world_path("profile"), "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", 0644);
	snprintf(path, sizeof(path), "seccomp:%s", world_path("profile"));
	cli_expect("NoNewPrivs:\t1\n", CLI_RUN("--security-opt", "no-new-privileges:true", "grep",
					       "NoNewPrivs", "/proc/self/status"));
	cli_expect("NoNewPrivs:\t0\n", CLI_RUN("--security-opt", "no-new-privileges:false", "grep",
					       "NoNewPrivs", "/proc/self/status"));
	cli_expect("", CLI_RUN("--security-opt", path, "true"));
	cli_expect("", CLI_RUN("--security-opt", "seccomp:unconfined", "true"));
	cli_expect("", CLI_RUN("--security-opt", "label:disable", "true"));
	cli_expect("", CLI_RUN("--security-opt", "label=disable", "true"));
}
END_TEST

START_TEST(test_env_file__may_be_any_file_that_ends)
{
	const struct cli_start start = { .input = "A=input\n" };
	pid_t writer;

	cli_expect("", CLI_RUN("--env-file", "/dev/null", "true"));
	cli_expect_as("input\n", CLI_RUN("--env-file=/dev/stdin", "sh", "-c", "echo $A"), &start);
	ck_assert_int_eq(mkfifo(world_path("pipe"), 0600), 0);
	writer = fork();
	if (writer == 0) {
		int fd = open(world_path("pipe"), O_WRONLY | O_CLOEXEC);

		_exit(write(fd, "A=pipe\n", 7) == 7 ? 0 : 1);
	}
	cli_expect("pipe\n", CLI_RUN("--env-file", world_path("pipe"), "sh", "-c", "echo $A"));
	ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
}
END_TEST

/* A program must not be kept waiting by what somebody has left in the place of the file. */
START_TEST(test_env_file__that_nobody_writes_is_not_waited_for)
{
	static const char *const kinds[] = { "fifo", "terminal" };
	const char *words[] = { "--env-file", "nothing came from it within 5 seconds" };
	char path[PATH_MAX];
	int master = -1;

	snprintf(path, sizeof(path), "%s", world_path("pipe"));
	if (strcmp(kinds[_i], "fifo") == 0) {
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	} else {
		master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (master < 0 || unlockpt(master) || ptsname_r(master, path, sizeof(path)))
			suite_skip("no /dev/pts");
	}
	ck_assert_int_eq(cli_run(CLI_RUN("--env-file", path, "echo", "it ran")), CLI_OURS);
	cli_expect_line(words, 2);
	ck_assert_str_eq(cli_out, "");
	if (master >= 0)
		close(master);
}
END_TEST

static void give_pipe(void *fds)
{
	if (dup2(((int *)fds)[0], 7) < 0)
		_exit(97);
}

/* As with <(command): the caller has it open, and the command may take its time. */
START_TEST(test_env_file__may_be_a_pipe_that_is_slow)
{
	int fds[2];
	const struct cli_start start = { .prepare = give_pipe, .data = fds };
	pid_t writer;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	writer = fork();
	if (writer == 0) {
		sleep(6);
		_exit(write(fds[1], "A=slow\n", 7) == 7 ? 0 : 1);
	}
	close(fds[1]);
	cli_expect_as("slow\n", CLI_RUN("--env-file", "/dev/fd/7", "sh", "-c", "echo $A"), &start);
	close(fds[0]);
	ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
}
END_TEST

/* A FIFO by name that has lost its writer: what is in it is read, and no other one awaited. */
START_TEST(test_env_file__may_be_a_descriptor_without_a_writer)
{
	int fds[2];
	const struct cli_start start = { .prepare = give_pipe, .data = fds };

	ck_assert_int_eq(mkfifo(world_path("pipe"), 0600), 0);
	fds[0] = open(world_path("pipe"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fds[1] = open(world_path("pipe"), O_WRONLY | O_CLOEXEC);
	if (_i)
		ck_assert_int_eq(write(fds[1], "A=left\n", 7), 7);
	close(fds[1]);
	cli_expect_as(_i ? "left\n" : "\n",
		      CLI_RUN("--env-file", "/dev/fd/7", "sh", "-c", "echo $A"), &start);
	close(fds[0]);
}
END_TEST

START_TEST(test_volume__takes_z_where_selinux_is_off)
{
	if (access("/sys/fs/selinux/enforce", F_OK) == 0)
		suite_skip("SELinux is active");
	world_write(world_path("data/file"), "content\n", 0644);
	cli_expect("content\n", CLI_RUN("-v", world_path("data:/mnt:z"), "cat", "/mnt/file"));
	cli_expect("content\n", CLI_RUN("-v", world_path("data:/mnt:ro,Z"), "cat", "/mnt/file"));
}
END_TEST

static void refuse_z(void)
{
	const char *const words[] = { "--volume", "SELinux is active", "chcon" };

	ck_assert_int_eq(mount("none", "/sys/fs", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mkdir("/sys/fs/selinux", 0755), 0);
	ck_assert_int_eq(mknod("/sys/fs/selinux/enforce", S_IFREG | 0644, 0), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("-v", "/etc:/mnt:z", "true")), CLI_OURS);
	cli_expect_line(words, 3);
}

START_TEST(test_volume__refuses_z_where_selinux_is_on)
{
	suite_in_mounts(refuse_z);
}
END_TEST

static const char *const elsewhere[][2] = {
	{ "--device", "-v /dev/X:/dev/X:dev" },
	{ "--device=/dev/fuse", "-v /dev/X:/dev/X:dev" },
	{ "--shm-size=1g", "--tmpfs /dev/shm" },
	{ "--privileged", "--cap-add ALL" },
	{ "--entrypoint=/bin/sh", "program after the options" },
};

START_TEST(test_option__that_has_another_form_is_told)
{
	const char *const words[] = { "unknown option", elsewhere[_i][1] };

	ck_assert_int_eq(cli_run(CLI_RUN(elsewhere[_i][0], "true")), CLI_OURS);
	cli_expect_line(words, 2);
	ck_assert_ptr_null(strstr(cli_err, "did you mean"));
}
END_TEST

START_TEST(test_unknown_option__points_to_the_help_of_its_command)
{
	const char *const names[] = { "run", "jail", "chroot", "gc", "doctor", "completion" };
	char text[64];
	const char *const words[] = { text };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "see minictr help %s\n", names[i]);
		ck_assert_int_eq(cli_run(CLI_ARGS(names[i], "--zzzzzzzzzzzz")), CLI_OURS);
		cli_expect_line(words, 1);
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *s = suite_create("docker");
	TCase *tc = cli_case(s, "docker");

	tcase_add_test(tc, test_h__is_the_host_name);
	tcase_add_loop_test(tc, test_option__does_not_swallow_the_next, 0,
			    sizeof(swallowed) / sizeof(swallowed[0]));
	tcase_add_test(tc, test_option__takes_any_value_after_an_equals_sign);
	tcase_add_test(tc, test_h__without_a_name_tells_of_the_help);
	tcase_add_loop_test(tc, test_help__false_is_as_if_it_were_not_there, 0, COUNT(commands));
	tcase_add_test(tc, test_net__is_network);
	tcase_add_test(tc, test_security_opt__takes_a_colon);
	tcase_add_test(tc, test_env_file__may_be_any_file_that_ends);
	tcase_add_loop_test(tc, test_env_file__that_nobody_writes_is_not_waited_for, 0, 2);
	tcase_add_test(tc, test_env_file__may_be_a_pipe_that_is_slow);
	tcase_add_loop_test(tc, test_env_file__may_be_a_descriptor_without_a_writer, 0, 2);
	tcase_add_test(tc, test_volume__takes_z_where_selinux_is_off);
	tcase_add_test(tc, test_volume__refuses_z_where_selinux_is_on);
	tcase_add_loop_test(tc, test_option__that_has_another_form_is_told, 0, COUNT(elsewhere));
	tcase_add_test(tc, test_unknown_option__points_to_the_help_of_its_command);
	return suite_run(s);
}
