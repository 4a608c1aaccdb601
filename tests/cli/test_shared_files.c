/* SPDX-License-Identifier: MIT */
/*
 * What a container can do to files of the host's that it may only read, and to what the kernel
 * counts for each user of the host. What these tests put on the host lies below a tmpfs that
 * only they see.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/wait.h>

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

/* What an open for writing that does not wait gives on the host: 0, or an errno. */
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

/* Where there is no overlay the host would wait: for a user that owns the file. */
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

/* ---- locks ---- */

static const char *const locks[] = { "flock", "posix-lock", "ofd-lock" };

#define LOCKS 3

/* What an exclusive lock that does not wait gives on the host: 0, or an errno. */
static int lock_on_host(const char *what, const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR | O_CLOEXEC), r;

	ck_assert_int_ge(fd, 0);
	r = strcmp(what, "flock") == 0 ? flock(fd, LOCK_EX | LOCK_NB) : fcntl(fd, F_SETLK, &lock);
	r = r < 0 ? errno : 0;
	close(fd);
	return r;
}

/* A lock to read is enough to keep a lock to write waiting. docs/security.md says so. */
START_TEST(test_lock__of_a_read_only_volume_is_the_hosts)
{
	const char *what = locks[_i % LOCKS];
	struct cli cli;

	cli_use_way(_i / LOCKS);
	start_holder(&cli, what, DEFAULT);
	ck_assert_msg(strstr(cli_out, "held"), "%s", cli_out);
	ck_assert_int_eq(lock_on_host(what, world_path("volume/file")), EAGAIN);
	end_holder(&cli);
	ck_assert_int_eq(lock_on_host(what, world_path("volume/file")), 0);
}
END_TEST

/* Of an overlay the container locks its own file. There is none in a user namespace. */
START_TEST(test_lock__of_the_default_root_is_the_hosts_without_an_overlay)
{
	const char *what = locks[_i % LOCKS];
	struct cli cli;

	cli_use_way(_i / LOCKS);
	start_holder_on_host(&cli, what, DEFAULT);
	ck_assert_msg(strstr(cli_out, "held"), "%s", cli_out);
	ck_assert_int_eq(lock_on_host(what, FILE_THERE), _i / LOCKS == CLI_AS_ROOT ? 0 : EAGAIN);
	end_holder(&cli);
}
END_TEST

/* ---- programs ---- */

/* A program that is executed can't be written to: by nobody, on the host too. */
START_TEST(test_program__of_a_read_only_volume_is_busy_on_the_host)
{
	const char *volume = world_path("%s/volume:/mnt:ro", world_dir);
	struct cli cli;

	world_copy(ATTACK, world_path("volume/program"));
	cli_use_way(_i);
	cli_start(&cli, CLI_RUN("-v", volume, "--", "/mnt/program", "hold", "flock", "/mnt/file"),
		  NULL);
	cli_await(&cli, "held");
	ck_assert_int_eq(open_on_host(world_path("volume/program")), ETXTBSY);
	end_holder(&cli);
	ck_assert_int_eq(open_on_host(world_path("volume/program")), 0);
}
END_TEST

START_TEST(test_program__of_the_default_root_is_busy_without_an_overlay)
{
	char copy[] = "/bin/cp", from[] = ATTACK, to[] = PLACE "/program";
	char *const argv[] = { copy, from, to, NULL };
	struct cli cli;

	ck_assert_int_eq(suite_run_command(argv, NULL, NULL), 0);
	cli_use_way(_i);
	cli_start(&cli, CLI_ARGS("run", "--", to, "hold", "flock", FILE_THERE), NULL);
	cli_await(&cli, "held");
	ck_assert_int_eq(open_on_host(to), _i == CLI_AS_ROOT ? 0 : ETXTBSY);
	end_holder(&cli);
}
END_TEST

/* ---- what is counted for each user of the host ---- */

#define INSTANCES "/proc/sys/fs/inotify/max_user_instances"
#define OTHER_USER 4711

static const char *const counted[] = { "inotify", "queues" };

#define COUNTED 2

/* A container that has taken all that it gets. */
static void start_taker(struct cli *cli, const char *what, const char *user)
{
	if (atoi(world_read(INSTANCES)) > 512)
		suite_skip("a user may have more inotify instances than a process descriptors");
	cli_start(cli, CLI_RUN("--user", user, "--", "attack", "hold-all", what), NULL);
	cli_await(cli, "Too many open files");
}

static int make_queue(void)
{
	int fd = mq_open("/minictr-test", O_RDWR | O_CREAT | O_CLOEXEC, 0600, NULL);

	if (fd >= 0)
		mq_unlink("/minictr-test");
	return fd;
}

/* What making one gives a user of the host: 0, or an errno. */
static int make_on_host(const char *what, uid_t uid)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = setresuid(uid, uid, uid)	? -1
			 : strcmp(what, "inotify") == 0 ? inotify_init1(IN_CLOEXEC)
							: make_queue();

		_exit(fd < 0 ? errno : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

/* In a user namespace, as every container of a user is: the kernel counts for its maker. */
START_TEST(test_counts__of_a_container_are_its_callers)
{
	struct cli cli;

	cli_use_way(CLI_AS_A_USER);
	start_taker(&cli, counted[_i], "0");
	ck_assert_int_eq(make_on_host(counted[_i], CLI_USER), EMFILE);
	ck_assert_int_eq(make_on_host(counted[_i], 0), 0);
	end_holder(&cli);
	CLI_UNTIL(make_on_host(counted[_i], CLI_USER) == 0);
}
END_TEST

START_TEST(test_counts__of_another_user_are_not_the_callers)
{
	struct cli cli;

	cli_use_way(CLI_AS_ROOT);
	start_taker(&cli, counted[_i], "4711");
	ck_assert_int_eq(make_on_host(counted[_i], OTHER_USER), EMFILE);
	ck_assert_int_eq(make_on_host(counted[_i], 0), 0);
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
	tcase_add_loop_test(tc, test_lock__of_a_read_only_volume_is_the_hosts, 0, CLI_WAYS * LOCKS);
	tcase_add_loop_test(tc, test_lock__of_the_default_root_is_the_hosts_without_an_overlay, 0,
			    CLI_WAYS * LOCKS);
	tcase_add_loop_test(tc, test_program__of_a_read_only_volume_is_busy_on_the_host, 0,
			    CLI_WAYS);
	tcase_add_loop_test(tc, test_program__of_the_default_root_is_busy_without_an_overlay, 0,
			    CLI_WAYS);
	tcase_add_loop_test(tc, test_counts__of_a_container_are_its_callers, 0, COUNTED);
	tcase_add_loop_test(tc, test_counts__of_another_user_are_not_the_callers, 0, COUNTED);
	return suite_run(s);
}
