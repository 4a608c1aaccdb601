/* SPDX-License-Identifier: MIT */
/* Containers that join the user namespace of another one. */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cli/cli.h"

/* ---- the container that is there before ---- */

static struct cli first;

/* Its program, whose namespaces are all its own. */
static void begin(const char *const *args)
{
	cli_start(&first, args, NULL);
	cli_await(&first, "localhost");
}

static void end(void)
{
	kill(first.pid, SIGTERM);
	cli_finish(&first);
}

/* "--OPTION=ns:" and the path of a namespace of it. */
static const char *option(const char *name, const char *file)
{
	static char texts[5][80];
	static size_t next;
	char *text = texts[next++ % 5];

	snprintf(text, sizeof(texts[0]), "--%s=ns:/proc/%d/ns/%s", name, cli_child(&first), file);
	return text;
}

static const char *userns(void)
{
	return option("userns", "user");
}

/* What a link or a file of /proc says of it, with a newline. */
static void describe(char *text, size_t size, const char *file)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", cli_child(&first), file);
	n = readlink(path, text, size - 2);
	ck_assert_int_gt(n, 0);
	memcpy(text + n, "\n", 2);
}

static void begin_with_map(const char *map)
{
	begin(CLI_RUN("--init=false", map, "--", CLI_PLAIN));
}

/* ---- what it is like in there ---- */

static const char *const maps[CLI_WAYS] = {
	[CLI_AS_ROOT] = "--uidmap=0:200000:1000",
	[CLI_AS_ROOT_IN_A_NAMESPACE] = "--userns=auto",
	[CLI_AS_A_USER] = "--userns=auto",
};

START_TEST(test_userns_ns__is_the_user_namespace_of_the_other_one)
{
	char expected[64];

	cli_use_way(_i);
	begin_with_map(maps[_i]);
	describe(expected, sizeof(expected), "ns/user");
	cli_expect(expected, CLI_RUN(userns(), "--", "readlink", "/proc/self/ns/user"));
	cli_expect("0\n", CLI_RUN(userns(), "--", "id", "-u"));
	end();
}
END_TEST

/* Mounts, a host name, and processes that nobody else sees. */
START_TEST(test_userns_ns__has_its_own_other_namespaces)
{
	cli_use_way(_i);
	begin_with_map(maps[_i]);
	cli_expect("1\nother\nlo\nx\n",
		   CLI_RUN(userns(), "--init=false", "--hostname=other", "--tmpfs=/mnt", "--", "sh",
			   "-c",
			   "echo $$; hostname; ls /sys/class/net; echo x >/mnt/x; cat /mnt/x"));
	end();
}
END_TEST

/* With the namespaces that it owns: mounts of them too, which their owner alone may make. */
START_TEST(test_userns_ns__lets_all_of_its_namespaces_be_joined)
{
	cli_use_way(_i);
	begin(CLI_RUN("--init=false", maps[_i], "--hostname=first", "--", CLI_PLAIN));
	cli_expect("first\ntail\nlo\n",
		   CLI_RUN(userns(), option("pid", "pid"), option("network", "net"),
			   option("ipc", "ipc"), option("uts", "uts"), "--", "sh", "-c",
			   "hostname; test $$ != 1 && cat /proc/1/comm; ls /sys/class/net"));
	end();
}
END_TEST

/* The host's are entered before. */
START_TEST(test_userns_ns__goes_with_a_network_of_another_owner)
{
	char expected[64];
	ssize_t n = readlink("/proc/self/ns/net", expected, sizeof(expected) - 2);

	ck_assert_int_gt(n, 0);
	memcpy(expected + n, "\n", 2);
	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	cli_expect(expected, CLI_RUN(userns(), "--network=ns:/proc/self/ns/net", "--", "readlink",
				     "/proc/self/ns/net"));
	ck_assert_int_eq(cli_run(CLI_RUN(userns(), "--network=ns:/proc/self/ns/net",
					 "--mount=type=sysfs,dst=/mnt", "--", "true")),
			 CLI_OURS);
	ck_assert_ptr_nonnull(strstr(cli_err, "its user namespace does not own"));
	end();
}
END_TEST

START_TEST(test_userns_ns__takes_limits_terminals_and_inits)
{
	cli_use_way(_i);
	begin_with_map(maps[_i]);
	ck_assert_int_eq(cli_run(CLI_RUN(userns(), "--init", "--tty", "--", "sh", "-c",
					 "test -t 0 && kill -TERM $$")),
			 CLI_SIGNAL + SIGTERM);
	cli_expect("300\n", CLI_RUN(userns(), "--oom-score-adj=300", "--", "cat",
				    "/proc/self/oom_score_adj"));
	ck_assert_int_eq(cli_run(CLI_RUN(userns(), "--timeout=0.3", "--", CLI_PLAIN)),
			 CLI_SIGNAL + SIGKILL);
	if (_i != CLI_AS_A_USER)
		cli_expect("99\n", CLI_RUN(userns(), "--pids-limit=5", "--ulimit=nofile=99", "--",
					   "sh", "-c", "ulimit -n"));
	end();
}
END_TEST

START_TEST(test_userns_ns__program_dies_with_the_command)
{
	struct cli cli;
	pid_t child;

	cli_use_way(_i);
	begin_with_map(maps[_i]);
	cli_start(&cli, CLI_RUN(userns(), "--", CLI_PLAIN), NULL);
	cli_await(&cli, "localhost");
	child = cli_child(&cli);
	kill(cli.pid, SIGKILL);
	cli_finish(&cli);
	CLI_UNTIL(cli_state(child) == '\0' || cli_state(child) == 'Z');
	end();
}
END_TEST

/* A change of ids makes the kernel forget that a process dies with its parent. */
START_TEST(test_userns_ns__program_of_another_user_dies_with_the_command)
{
	struct cli cli;
	pid_t child;

	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	cli_start(&cli, CLI_RUN(userns(), "--init=false", "--user=5:5", "--", CLI_PLAIN), NULL);
	cli_await(&cli, "localhost");
	child = cli_child(&cli);
	kill(cli.pid, SIGKILL);
	cli_finish(&cli);
	CLI_UNTIL(cli_state(child) == '\0' || cli_state(child) == 'Z');
	end();
}
END_TEST

/* All of one user of it have the same user keyring, as on the host. */
START_TEST(test_userns_ns__says_that_the_user_keyring_is_shared)
{
	static const char note[] = "keyctl(2) reaches the user keyring";

	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--security-opt",
					  "seccomp=unconfined", userns(), "--", "true")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_out, note));
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--security-opt",
					  "seccomp=unconfined", "--userns=auto", "--", "true")),
			 0);
	ck_assert_ptr_null(strstr(cli_out, note));
	end();
}
END_TEST

/* ---- namespaces further down ---- */

static int inner_ready[2];

/* In a user namespace that was made in the joined one, with a network of its own. */
static void live_further_down(int user)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	cli_become_user(NULL);
	if (prctl(PR_SET_DUMPABLE, 1) || setns(user, CLONE_NEWUSER) ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) || prctl(PR_SET_DUMPABLE, 1) ||
	    write(inner_ready[1], "x", 1) != 1)
		_exit(99);
	for (;;)
		pause();
}

static pid_t begin_further_down(void)
{
	char path[64], byte;
	int user;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", cli_child(&first));
	user = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(user, 0);
	ck_assert_int_eq(pipe(inner_ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		live_further_down(user);
	close(inner_ready[1]);
	ck_assert_int_eq(read(inner_ready[0], &byte, 1), 1);
	close(inner_ready[0]);
	close(user);
	return pid;
}

/* The owner of the joined one owns all below: the user could enter none of them from outside. */
START_TEST(test_userns_ns__goes_with_a_network_further_down)
{
	char option[80], path[64], expected[64];
	ssize_t n;
	pid_t pid;

	cli_use_way(CLI_AS_A_USER);
	begin_with_map("--userns=auto");
	pid = begin_further_down();
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	n = readlink(path, expected, sizeof(expected) - 2);
	ck_assert_int_gt(n, 0);
	memcpy(expected + n, "\n", 2);
	snprintf(option, sizeof(option), "--network=ns:%s", path);
	cli_expect(expected, CLI_RUN(userns(), option, "--mount=type=sysfs,dst=/mnt", "--",
				     "readlink", "/proc/self/ns/net"));
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	end();
}
END_TEST

/* ---- owners ---- */

START_TEST(test_userns_ns__user_is_one_of_its_map)
{
	const char *const words[] = { "user id \"1000\"", "the map of ids has" };

	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	cli_expect("999\n", CLI_RUN(userns(), "--user=999:999", "--", "id", "-u"));
	ck_assert_int_eq(cli_run(CLI_RUN(userns(), "--user=1000:0", "--", "true")), CLI_OURS);
	cli_expect_line(words, 2);
	end();
}
END_TEST

START_TEST(test_userns_ns__shows_a_root_as_it_is_on_disk_by_its_map)
{
	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	cli_expect("0\n",
		   CLI_RUN(userns(), "--rootfs-idmap", "--", "stat", "-c", "%u", "/etc/hostname"));
	end();
}
END_TEST

#define GROUP 4242

static void take_group(void *unused)
{
	const gid_t group = GROUP;

	(void)unused;
	ck_assert_int_eq(setgroups(1, &group), 0);
}

/* In there nobody may leave a group any more. */
START_TEST(test_userns_ns__root_takes_no_group_along)
{
	const struct cli_start start = { .prepare = take_group };

	cli_use_way(CLI_AS_ROOT);
	begin_with_map("--userns=auto");
	cli_expect_as("Groups:\t \n",
		      CLI_RUN(userns(), "--", "grep", "Groups", "/proc/self/status"), &start);
	end();
}
END_TEST

static void write_own(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* The caller may leave no group itself, whatever capabilities it has. */
static void join_inside_one_that_denies(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWUSER | CLONE_NEWNS), 0);
	write_own("/proc/self/setgroups", "deny");
	write_own("/proc/self/uid_map", "0 0 1");
	write_own("/proc/self/gid_map", "0 0 1");
	begin_with_map("--userns=auto");
	cli_expect("0\n", CLI_RUN(userns(), "--", "id", "-u"));
	end();
}

START_TEST(test_userns_ns__works_where_groups_can_not_be_left)
{
	cli_use_way(CLI_AS_ROOT);
	suite_in_child(join_inside_one_that_denies);
}
END_TEST

/* ---- who may see what ---- */

/* Of the init, even by root with all capabilities there, who can name it. */
START_TEST(test_userns_ns__init_can_not_be_traced_from_within)
{
	static const char script[] =
		"for p in /proc/[0-9]*; do if grep -q minictr-init $p/comm; then echo found; "
		"cat $p/environ $p/maps >/dev/null 2>&1 && echo read; readlink $p/fd/* $p/exe 2>/dev/null; fi; "
		"done";

	cli_use_way(_i);
	begin(CLI_RUN("--init=false", maps[_i], "--cap-add=all", "--security-opt",
		      "seccomp=unconfined", "--", CLI_PLAIN));
	cli_expect("found\n",
		   CLI_RUN(userns(), option("pid", "pid"), "--init", "--cap-add=all",
			   "--security-opt", "seccomp=unconfined", "--", "sh", "-c", script));
	end();
}
END_TEST

/* ---- refusals ---- */

static const struct {
	const char *argument, *words;
} refused[] = {
	{ "--uidmap=0:0:1", "joins has its own" },
	{ "--disable-userns", "joins one that others are in" },
	{ "--group-add=7", "setgroups(2) is denied" },
};

START_TEST(test_userns_ns__refuses_what_would_change_it)
{
	const char *const words[] = { refused[_i].words };

	cli_use_way(CLI_AS_ROOT);
	begin_with_map("--userns=auto");
	ck_assert_int_eq(cli_run(CLI_RUN(userns(), refused[_i].argument, "--", "true")), CLI_OURS);
	cli_expect_line(words, 1);
	end();
}
END_TEST

START_TEST(test_userns_ns__refuses_the_callers)
{
	const char *const words[] = { "it is the caller's" };

	cli_use_way(CLI_AS_ROOT);
	ck_assert_int_eq(cli_run(CLI_RUN("--userns=ns:/proc/self/ns/user", "--", "true")),
			 CLI_OURS);
	cli_expect_line(words, 1);
}
END_TEST

START_TEST(test_userns_ns__refuses_one_without_ids)
{
	const char *const words[] = { "no map of ids yet" };
	char value[80];
	pid_t holder;

	cli_use_way(CLI_AS_ROOT);
	holder = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (holder == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	ck_assert_int_gt(holder, 0);
	snprintf(value, sizeof(value), "--userns=ns:/proc/%d/ns/user", holder);
	ck_assert_int_eq(cli_run(CLI_RUN(value, "--", "true")), CLI_OURS);
	kill(holder, SIGKILL);
	ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
	cli_expect_line(words, 1);
}
END_TEST

static void become_another(void *fd)
{
	ck_assert_int_eq(dup2(*(int *)fd, 9), 9);
	cli_become_user(NULL);
}

/* By a descriptor that somebody who may has opened. */
START_TEST(test_userns_ns__refuses_one_of_another_owner)
{
	const char *const words[] = { "only its owner, ", "Operation not permitted" };
	struct cli_start start = { .prepare = become_another };
	char path[64];
	int fd;

	cli_use_way(CLI_AS_ROOT);
	begin_with_map(maps[0]);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", cli_child(&first));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	start.data = &fd;
	ck_assert_int_eq(cli_run_as(CLI_RUN("--userns=ns:/proc/self/fd/9", "--", "true"), &start),
			 CLI_OURS);
	cli_expect_line(words, 2);
	close(fd);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("joined_userns");
	TCase *tc = cli_case(s, "joined_userns");
	const int refusals = sizeof(refused) / sizeof(refused[0]);

	tcase_add_loop_test(tc, test_userns_ns__is_the_user_namespace_of_the_other_one, 0,
			    CLI_WAYS);
	tcase_add_loop_test(tc, test_userns_ns__has_its_own_other_namespaces, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_userns_ns__lets_all_of_its_namespaces_be_joined, 0, CLI_WAYS);
	tcase_add_test(tc, test_userns_ns__goes_with_a_network_of_another_owner);
	tcase_add_loop_test(tc, test_userns_ns__takes_limits_terminals_and_inits, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_userns_ns__program_dies_with_the_command, 0, CLI_WAYS);
	tcase_add_test(tc, test_userns_ns__program_of_another_user_dies_with_the_command);
	tcase_add_test(tc, test_userns_ns__says_that_the_user_keyring_is_shared);
	tcase_add_test(tc, test_userns_ns__goes_with_a_network_further_down);
	tcase_add_test(tc, test_userns_ns__user_is_one_of_its_map);
	tcase_add_test(tc, test_userns_ns__shows_a_root_as_it_is_on_disk_by_its_map);
	tcase_add_test(tc, test_userns_ns__root_takes_no_group_along);
	tcase_add_test(tc, test_userns_ns__works_where_groups_can_not_be_left);
	tcase_add_loop_test(tc, test_userns_ns__init_can_not_be_traced_from_within, 0, CLI_WAYS);
	tcase_add_loop_test(tc, test_userns_ns__refuses_what_would_change_it, 0, refusals);
	tcase_add_test(tc, test_userns_ns__refuses_the_callers);
	tcase_add_test(tc, test_userns_ns__refuses_one_without_ids);
	tcase_add_test(tc, test_userns_ns__refuses_one_of_another_owner);
	return suite_run(s);
}
