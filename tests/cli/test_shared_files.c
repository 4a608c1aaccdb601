/* SPDX-License-Identifier: MIT */
/*
 * What a container can do to files of the host's that it may only read. What these tests put on
 * the host lies below a tmpfs that only they see.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>

#include "cli/cli.h"

#define PLACE "/opt" /* shown by the default root, and by no mount of its own */
#define FILE_THERE PLACE "/file"

static int host_mounts, host_cwd;

static void setup(void)
{
	int fd;

	suite_need_root();
	host_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	host_cwd = open(".", O_PATH | O_CLOEXEC);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("test", PLACE, "tmpfs", 0, "mode=0755"), 0);
	world_copy(ATTACK, world_path("root/bin/attack"));
	world_write(world_path("volume/file"), "text\n", 0644);
	fd = open(FILE_THERE, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void teardown(void)
{
	ck_assert_int_eq(setns(host_mounts, CLONE_NEWNS), 0);
	ck_assert_int_eq(fchdir(host_cwd), 0);
	close(host_mounts);
	close(host_cwd);
}

/* A container that has tried to take something, and says whether it is "held". */
static void start_holder(struct cli *cli, const char *what, const char *filter)
{
	const char *volume = world_path("%s/volume:/mnt:ro", world_dir);

	cli_start(cli,
		  CLI_RUN("-v", volume, "--security-opt", filter, "--", "attack", "hold", what,
			  "/mnt/file"),
		  NULL);
	cli_await(cli, "\n");
}

/* The same on the default root, of which the file is a part. */
static void start_holder_on_host(struct cli *cli, const char *what, const char *filter)
{
	const char *program = world_path("%s:/run/attack:ro", world_path("root/bin/attack"));

	cli_start(cli,
		  CLI_ARGS("run", "-v", program, "--security-opt", filter, "--", "/run/attack",
			   "hold", what, FILE_THERE),
		  NULL);
	cli_await(cli, "\n");
}

static void end_holder(struct cli *cli)
{
	kill(cli->pid, SIGTERM);
	ck_assert_int_eq(cli_finish(cli), 0);
}

/* What the host gets who opens the file for writing and does not wait: 0, or an errno. */
static int open_on_host(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

#define DEFAULT "seccomp=default"
#define OPEN "seccomp=unconfined"

static const char *const leases[] = { "read-lease", "write-lease" };

#define LEASES 2

START_TEST(test_lease__of_a_read_only_volume_is_refused)
{
	struct cli cli;

	cli_use_way(_i / LEASES);
	start_holder(&cli, leases[_i % LEASES], DEFAULT);
	ck_assert_int_eq(open_on_host(world_path("volume/file")), 0);
	ck_assert_msg(strstr(cli_out, "Operation not permitted"), "%s", cli_out);
	end_holder(&cli);
}
END_TEST

/* A user owns the file, and has no overlay of it: there the host would wait. */
START_TEST(test_lease__of_the_default_root_is_refused)
{
	struct cli cli;

	cli_use_way(_i / LEASES);
	if (_i / LEASES == CLI_AS_A_USER)
		ck_assert_int_eq(chown(FILE_THERE, CLI_USER, CLI_USER), 0);
	start_holder_on_host(&cli, leases[_i % LEASES], DEFAULT);
	ck_assert_int_eq(open_on_host(FILE_THERE), 0);
	ck_assert_msg(strstr(cli_out, "Operation not permitted"), "%s", cli_out);
	end_holder(&cli);
}
END_TEST

/* What is refused above is worth refusing. */
START_TEST(test_lease__without_a_filter_holds_the_host_up)
{
	struct cli cli;

	cli_use_way(CLI_AS_ROOT);
	start_holder(&cli, leases[_i], OPEN);
	ck_assert_int_eq(open_on_host(world_path("volume/file")), EWOULDBLOCK);
	ck_assert_msg(strstr(cli_out, "held"), "%s", cli_out);
	end_holder(&cli);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_shared_files");
	TCase *tc = cli_case(s, "shared_files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_lease__of_a_read_only_volume_is_refused, 0, CLI_WAYS * LEASES);
	tcase_add_loop_test(tc, test_lease__of_the_default_root_is_refused, 0, CLI_WAYS * LEASES);
	tcase_add_loop_test(tc, test_lease__without_a_filter_holds_the_host_up, 0, LEASES);
	return suite_run(s);
}
