/* SPDX-License-Identifier: MIT */
/* Containers that share a namespace with the host, by root and by those with a user namespace. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/cli.h"

/* Demands that it worked, and says what minictr said if it did not. */
static void expect_success(const char *const *args)
{
	const int status = cli_run(args);

	ck_assert_msg(status == 0, "exit status %d: %s", status, cli_err);
	ck_assert_str_eq(cli_err, "");
}

/* ---- processes ---- */

START_TEST(test_pid_host__shows_the_processes_of_the_host)
{
	char script[128];

	cli_use_way(_i);
	snprintf(script, sizeof(script), "test -d /proc/%d && test -d /proc/self/fd", getpid());
	expect_success(CLI_RUN("--pid", "host", "--", "sh", "-c", script));
	expect_success(CLI_RUN("--pid", "host", "--init", "--", "sh", "-c", script));
	expect_success(CLI_ARGS("run", "--pid", "host", "--", "sh", "-c", script));
}
END_TEST

/* The program is one more process there: it sees the others, and ends as any other. */
START_TEST(test_pid_ns__joins_the_processes_of_another_container)
{
	static const char script[] = "readlink /proc/self/ns/pid; kill -0 1 && test $$ != 1 && "
				     "cat /proc/1/comm; exit 3";
	struct cli first;
	char arg[64], expected[64] = "", link[64];

	cli_start(&first, CLI_RUN("--init=false", "--", CLI_PLAIN), NULL);
	cli_await(&first, "localhost");
	snprintf(arg, sizeof(arg), "--pid=ns:/proc/%d/ns/pid", cli_child(&first));
	snprintf(link, sizeof(link), "/proc/%d/ns/pid", cli_child(&first));
	ck_assert_int_gt(readlink(link, expected, sizeof(expected) - 8), 0);
	strcat(expected, "\ntail\n");
	ck_assert_int_eq(cli_run(CLI_RUN(arg, "--userns=host", "--", "sh", "-c", script)), 3);
	ck_assert_str_eq(cli_err, "");
	ck_assert_str_eq(cli_out, expected);
	ck_assert_int_eq(cli_run(CLI_RUN(arg, "--userns=host", "--tty", "--", "sh", "-c",
					 "test -t 0 && kill -TERM $$")),
			 143);
	ck_assert_int_ne(cli_run(CLI_RUN(arg, "--userns=host", "--pids-limit=5", "--", "sh", "-c",
					 "for i in 1 2 3 4 5 6; do sleep 9 & done")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "fork"));
	ck_assert_int_eq(cli_run(CLI_RUN(arg, "--userns=auto", "--", "true")), 125);
	ck_assert_ptr_nonnull(
		strstr(cli_err, "it belongs to another user namespace than the container"));
	kill(first.pid, SIGTERM);
	cli_finish(&first);
}
END_TEST

/* Then its parent can be seen, which is no sign that nothing was joined. */
START_TEST(test_pid_ns__may_be_the_callers)
{
	cli_expect("joined\n", CLI_RUN("--pid=ns:/proc/self/ns/pid", "--userns=host", "--", "sh",
				       "-c", "test $PPID != 0 && echo joined"));
}
END_TEST

/* As in a proc of the container's own. */
static const char *const guarded[] = {
	"! test -s /proc/keys",
	"! test -s /proc/timer_list",
	"! (echo x >/proc/sys/kernel/domainname) 2>/dev/null",
	"(echo x >/proc/sys/kernel/domainname) 2>&1 | grep -q 'Read-only file system'",
};

START_TEST(test_pid_host__has_the_protections_of_a_proc_of_its_own)
{
	cli_use_way(_i);
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++)
		expect_success(CLI_RUN("--pid", "host", "--", "sh", "-c", guarded[i]));
}
END_TEST

START_TEST(test_pid_host__proc_can_be_mounted_elsewhere_too)
{
	cli_use_way(_i);
	expect_success(CLI_RUN("--pid", "host", "--mount", "type=proc,dst=/mnt", "--", "sh", "-c",
			       "test -r /mnt/self/status && ! test -s /mnt/keys"));
}
END_TEST

START_TEST(test_pid_host__launcher_is_not_executed_inside)
{
	cli_use_way(_i);
	ck_assert_int_eq(cli_run(CLI_RUN("--pid", "host", "--", "/proc/self/exe")),
			 CLI_NOT_EXECUTABLE);
}
END_TEST

/* ---- their end ---- */

/* Of this test alone: a time to sleep that nobody else has. */
static const char *marker(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "98%07d", getpid());
	return text;
}

static bool has_marker(const char *pid)
{
	char path[300];
	const char *text;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	text = world_read(path);
	return strcmp(text, "sleep") == 0 && strcmp(text + strlen(text) + 1, marker()) == 0;
}

static int sleepers(void)
{
	DIR *dir = opendir("/proc");
	const struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			n += has_marker(e->d_name);
	closedir(dir);
	return n;
}

static const char *const inits[] = { "--init=false", "--init" };

START_TEST(test_pid_host__what_the_program_left_is_killed_at_its_end)
{
	char script[128];

	cli_use_way(_i / 2);
	snprintf(script, sizeof(script), "sleep %s & echo on; exit 3", marker());
	ck_assert_int_eq(cli_run(CLI_RUN("--pid", "host", inits[_i % 2], "--", "sh", "-c", script)),
			 3);
	ck_assert_str_eq(cli_out, "on\n");
	CLI_UNTIL(sleepers() == 0);
}
END_TEST

START_TEST(test_pid_host__all_are_killed_at_a_time_limit)
{
	char script[128];

	cli_use_way(_i / 2);
	snprintf(script, sizeof(script), "sleep %s & sleep %s", marker(), marker());
	ck_assert_int_eq(cli_run(CLI_RUN("--pid", "host", inits[_i % 2], "--timeout", "0.3", "--",
					 "sh", "-c", script)),
			 CLI_SIGNAL + SIGKILL);
	CLI_UNTIL(sleepers() == 0);
}
END_TEST

/* ---- other file systems that show a namespace ---- */

START_TEST(test_network_host__sysfs_can_be_mounted)
{
	cli_use_way(_i);
	expect_success(CLI_RUN("--network", "host", "--mount", "type=sysfs,dst=/mnt", "--", "sh",
			       "-c", "test -d /mnt/class/net/lo && ! (echo 1 >/mnt/x) 2>&-"));
	expect_success(CLI_RUN("--network", "host", "--mount", "type=sysfs,dst=/mnt", "--", "sh",
			       "-c", "! ls /mnt/firmware/* 2>&-"));
}
END_TEST

static void bind_device(const char *dir, const char *name)
{
	char from[64], to[PATH_MAX];

	snprintf(from, sizeof(from), "/dev/%s", name);
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	close(open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	if (mount(from, to, NULL, MS_BIND, NULL))
		_exit(99);
}

/* A host with or without mqueue at /dev/mqueue, as far as minictr can see. */
static void mount_dev(bool with_mqueue)
{
	static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };
	const char *dir = world_path("dev");

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", dir, "tmpfs", 0, "mode=0755"))
		_exit(99);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		bind_device(dir, devices[i]);
	if (with_mqueue && (mkdir(world_path("dev/mqueue"), 0755) ||
			    mount("mqueue", world_path("dev/mqueue"), "mqueue", 0, NULL)))
		_exit(99);
	if (mount(dir, "/dev", NULL, MS_BIND | MS_REC, NULL))
		_exit(99);
}

static void mount_mqueue(void *unused)
{
	(void)unused;
	mount_dev(true);
}

static void leave_out_mqueue(void *unused)
{
	(void)unused;
	mount_dev(false);
}

START_TEST(test_ipc_host__mqueue_can_be_mounted)
{
	const struct cli_start start = { .prepare = mount_mqueue };

	world_mkdir("dev");
	cli_use_way(_i);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--ipc", "host", "--mount", "type=mqueue,dst=/mnt",
					    "--", "grep", "/mnt mqueue", "/proc/mounts"),
				    &start),
			 0);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--ipc", "host", "--", "grep", "/dev/mqueue mqueue",
					    "/proc/mounts"),
				    &start),
			 0);
}
END_TEST

/* Without a user namespace it would be the container's to mount. */
START_TEST(test_ipc_host__mqueue_that_the_host_lacks_is_told)
{
	const char *const words[] = { "mount mqueue on \"/mnt\"", "/dev/mqueue" };
	const struct cli_start start = { .prepare = leave_out_mqueue };

	world_mkdir("dev");
	cli_use_way(CLI_AS_ROOT_IN_A_NAMESPACE);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--ipc", "host", "--mount", "type=mqueue,dst=/mnt",
					    "--", "true"),
				    &start),
			 CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_join__what_shows_the_namespace_of_another_owner_is_refused)
{
	const char *const words[] = { "mount mqueue on \"/mnt\"", "does not own" };

	cli_use_way(CLI_AS_ROOT_IN_A_NAMESPACE);
	ck_assert_int_eq(cli_run(CLI_RUN("--ipc", "ns:/proc/self/ns/ipc", "--mount",
					 "type=mqueue,dst=/mnt", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 2);
}
END_TEST

/* ---- namespaces that are joined by those with a user namespace ---- */

static pid_t holder;

/* A process with namespaces that belong to the test's user namespace. */
static void hold_namespaces(void)
{
	int ready[2];
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	holder = fork();
	ck_assert_int_ge(holder, 0);
	if (holder == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) ||
		    write(ready[1], "x", 1) != 1)
			_exit(99);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static void end_holder(void)
{
	kill(holder, SIGKILL);
	ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
}

static const struct {
	const char *option, *ns;
} joined[] = { { "--network", "net" }, { "--uts", "uts" }, { "--ipc", "ipc" } };

static const char *const maps[] = { "--userns=auto", "--uidmap=0:100000:1000" };

START_TEST(test_join__of_the_hosts_namespace_works_in_a_user_namespace)
{
	const int which = _i / 4;
	char value[80], path[64], expected[64];
	ssize_t n;

	suite_need_root();
	hold_namespaces();
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", holder, joined[which].ns);
	snprintf(value, sizeof(value), "ns:%s", path);
	n = readlink(path, expected, sizeof(expected) - 2);
	ck_assert_int_gt(n, 0);
	memcpy(expected + n, "\n", 2);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", joined[which].ns);
	cli_expect(expected, CLI_RUN(maps[_i % 2], "--child", _i / 2 % 2 ? "helper" : "auto",
				     joined[which].option, value, "--", "readlink", path));
	end_holder();
}
END_TEST

START_TEST(test_join__that_an_ordinary_user_may_not_is_told)
{
	const char *const words[] = { "join namespaces: net", "calling thread", "CAP_SYS_ADMIN" };

	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(cli_run(CLI_RUN("--network", "ns:/proc/self/ns/net", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shared_namespaces");
	TCase *tc = cli_case(s, "shared_namespaces");

	tcase_add_test(tc, test_pid_ns__joins_the_processes_of_another_container);
	tcase_add_test(tc, test_pid_ns__may_be_the_callers);
	tcase_add_loop_test(tc, test_pid_host__shows_the_processes_of_the_host, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_pid_host__has_the_protections_of_a_proc_of_its_own, 0,
			    CLI_WAYS);
	tcase_add_loop_test(tc, test_pid_host__proc_can_be_mounted_elsewhere_too, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_pid_host__launcher_is_not_executed_inside, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_pid_host__what_the_program_left_is_killed_at_its_end, 0,
			    2 * CLI_WAYS);
	tcase_add_loop_test(tc, test_pid_host__all_are_killed_at_a_time_limit, 0, 2 * CLI_WAYS);
	tcase_add_loop_test(tc, test_network_host__sysfs_can_be_mounted, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_ipc_host__mqueue_can_be_mounted, 0, CLI_WAYS);
	tcase_add_test(tc, test_ipc_host__mqueue_that_the_host_lacks_is_told);
	tcase_add_test(tc, test_join__what_shows_the_namespace_of_another_owner_is_refused);
	tcase_add_loop_test(tc, test_join__of_the_hosts_namespace_works_in_a_user_namespace, 0, 12);
	tcase_add_test(tc, test_join__that_an_ordinary_user_may_not_is_told);
	return suite_run(s);
}
