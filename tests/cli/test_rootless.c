/* SPDX-License-Identifier: MIT */
/* The command for an ordinary user: in a user namespace, and by nobody's help. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

#define USER CLI_USER

static const struct cli_start user = { .prepare = cli_become_user };

/* As the user's own shell would: its files, and no group of root's. */
static int run_as_user(const char *const *args)
{
	return cli_run_as(args, &user);
}

static void expect_as_user(const char *output, const char *const *args)
{
	cli_expect_as(output, args, &user);
}

static bool has_user_namespaces(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		cli_become_user(NULL);
		_exit(unshare(CLONE_NEWUSER) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void give_away(const char *path)
{
	ck_assert_int_eq(lchown(path, USER, USER), 0);
}

static void make(void)
{
	static const char *const dirs[] = { "",	    "/bin", "/etc", "/proc", "/dev",
					    "/sys", "/tmp", "/run", "/root" };

	suite_need_root();
	if (!has_user_namespaces())
		suite_skip("this kernel lets no ordinary user make a user namespace");
	world_copy(ATTACK, world_path("root/bin/attack"));
	world_mkdir("counts");
	ck_assert_int_eq(chmod(world_path("counts"), 0777), 0);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		give_away(world_path("root%s", dirs[i]));
}

/* ---- who it is ---- */

START_TEST(test_rootless__is_root_inside)
{
	expect_as_user("0 0\n", CLI_RUN("sh", "-c", "echo $(id -u) $(id -g)"));
	expect_as_user("0\n", CLI_ARGS("run", "--", "id", "-u"));
}
END_TEST

START_TEST(test_rootless__can_be_another_user_inside)
{
	expect_as_user("7 8\n",
		       CLI_RUN("--user", "7:8", "--", "sh", "-c", "echo $(id -u) $(id -g)"));
	expect_as_user("1000 1000\n",
		       CLI_RUN("--userns", "keep-id", "--", "sh", "-c", "echo $(id -u) $(id -g)"));
}
END_TEST

/* One id, which is the user's, and none of the host's. */
START_TEST(test_rootless__maps_one_id)
{
	expect_as_user("0 1000 1\n0 1000 1\n",
		       CLI_RUN("sh", "-c",
			       "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' ' | "
			       "sed 's/^ //'"));
	expect_as_user("deny\n", CLI_RUN("cat", "/proc/self/setgroups"));
}
END_TEST

START_TEST(test_root__has_a_user_namespace_if_asked)
{
	cli_expect("0 0 1\n", CLI_RUN("--userns", "auto", "--", "sh", "-c",
				      "tr -s ' ' </proc/self/uid_map | sed 's/^ //'"));
	cli_expect("0 0 4294967295\n",
		   CLI_RUN("sh", "-c", "tr -s ' ' </proc/self/uid_map | sed 's/^ //'"));
}
END_TEST

START_TEST(test_rootless__groups_are_refused)
{
	const char *words[] = { "a user namespace with one id has no supplementary groups" };

	ck_assert_int_eq(run_as_user(CLI_RUN("--group-add", "7", "--", "true")), 125);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- what it can do ---- */

static const char *const features[][3] = {
	{ "--read-only", "--rm", "--rm" },
	{ "--hostname=box", "--domainname=dom", "--rm" },
	{ "--network=host", "--rm", "--rm" },
	{ "--network=host", "--ipc=host", "--uts=host" },
	{ "--init", "--rm", "--rm" },
	{ "--tty", "--rm", "--rm" },
	{ "--tmpfs=/mnt", "--tmpfs=/new/dir:size=64k,mode=700", "--rm" },
	{ "--mount=type=proc,dst=/mnt", "--mount=type=devpts,dst=/home", "--rm" },
	{ "-v/usr:/new/usr:ro", "-v/etc/passwd:/etc/issue", "--rm" },
	{ "--workdir=/tmp", "--umask=077", "--env=A=b" },
	{ "--ulimit=nofile=64", "--nice=19", "--timeout=60" },
	{ "--cap-add=ALL", "--security-opt=no-new-privileges=false", "--rm" },
	{ "--output-limit=1m", "--cgroupns=host", "--rm" },
};

#define FEATURES (int)(sizeof(features) / sizeof(features[0]))

START_TEST(test_rootless__has_what_root_has)
{
	const char *const *f = features[_i];

	ck_assert_msg(run_as_user(CLI_RUN(f[0], f[1], f[2], "--", "sh", "-c",
					  "id -u && : >/dev/null && cat /proc/1/comm")) == 0,
		      "%s", cli_err);
	ck_assert_str_eq(cli_err, "");
	ck_assert_int_eq(strncmp(cli_out, "0", 1), 0);
}
END_TEST

START_TEST(test_rootless__files_are_the_users)
{
	struct stat st;

	expect_as_user("", CLI_RUN("touch", "/file"));
	ck_assert_int_eq(stat(world_path("root/file"), &st), 0);
	ck_assert_uint_eq(st.st_uid, USER);
	ck_assert_int_eq(unlink(world_path("root/file")), 0);
}
END_TEST

/* ---- what it can not ---- */

START_TEST(test_rootless__reads_nothing_that_the_user_could_not)
{
	world_write("secret", "secret", 0600);
	ck_assert_int_ne(
		run_as_user(CLI_RUN("-v", world_path("secret:/secret"), "--", "cat", "/secret")),
		0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Permission denied"));
	ck_assert_int_ne(
		run_as_user(CLI_ARGS("run", "--cap-add", "ALL", "--", "cat", "/etc/shadow")), 0);
}
END_TEST

START_TEST(test_rootless__owns_nothing_of_others)
{
	world_write("root/mine", "", 0644);
	expect_as_user("65534\n", CLI_RUN("stat", "-c", "%u", "/mine"));
	ck_assert_int_ne(run_as_user(CLI_RUN("--cap-add", "ALL", "--", "chown", "0", "/mine")), 0);
	ck_assert_int_ne(run_as_user(CLI_RUN("--cap-add", "ALL", "--", "sh", "-c", ": >>/mine")),
			 0);
	ck_assert_int_eq(unlink(world_path("root/mine")), 0);
}
END_TEST

/* Capabilities of the namespace are none of the host's, however many. */
static const char *const attacks[] = { "bpf",	       "perf_event_open", "read_log",
				       "settimeofday", "reboot",	  "open_by_handle_at",
				       "mknod",	       "swapoff",	  "nice",
				       "acct",	       "keyring",	  "core_pattern",
				       "syslog" };

START_TEST(test_rootless__all_capabilities_are_over_its_own)
{
	int status = run_as_user(CLI_RUN("--cap-add", "ALL", "--", "attack", attacks[_i]));

	ck_assert_msg(status == 0 || status == 2, "%s: %s%s", attacks[_i], cli_out, cli_err);
}
END_TEST

START_TEST(test_rootless__limits_need_a_delegated_group)
{
	ck_assert_int_eq(run_as_user(CLI_RUN("--pids-limit", "5", "--", "true")), 125);
	ck_assert_msg(strcasestr(cli_err, "delegate"), "%s", cli_err); /* or Delegate=yes */
}
END_TEST

START_TEST(test_rootless__without_a_namespace_is_told)
{
	const char *words[] = { "needs root (CAP_SYS_ADMIN)" };

	ck_assert_int_eq(run_as_user(CLI_RUN("--userns", "host", "--", "true")), 125);
	cli_expect_line(words, 1);
}
END_TEST

/* As what unshare -Ur gives: capabilities over that, and groups that nobody can leave. */
static void in_a_users_own(void *data)
{
	FILE *file;

	cli_become_user(data);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* else its /proc/self is root's */
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		_exit(97);
	file = fopen("/proc/self/setgroups", "we");
	if (!file || fputs("deny", file) < 0 || fclose(file))
		_exit(96);
	file = fopen("/proc/self/uid_map", "we");
	if (!file || fputs("0 1000 1", file) < 0 || fclose(file))
		_exit(95);
	file = fopen("/proc/self/gid_map", "we");
	if (!file || fputs("0 1000 1", file) < 0 || fclose(file))
		_exit(94);
}

START_TEST(test_rootless__in_a_user_namespace_where_groups_are_denied)
{
	const struct cli_start start = { .prepare = in_a_users_own };
	const char *words[] = { "a user namespace with one id has no supplementary groups" };

	cli_expect_as("0\n", CLI_RUN("id", "-u"), &start);
	cli_expect_as("0\n", CLI_RUN("--userns", "auto", "--", "id", "-u"), &start);
	ck_assert_int_eq(cli_run_as(CLI_RUN("--group-add", "0", "--", "true"), &start), 125);
	cli_expect_line(words, 1);
}
END_TEST

static void become_undumpable(void *data)
{
	cli_become_user(data);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* which execve(2) sets again */
}

START_TEST(test_rootless__callers_of_all_kinds)
{
	const struct cli_start start = { .prepare = become_undumpable };

	cli_expect_as("0\n", CLI_RUN("id", "-u"), &start);
}
END_TEST

static void in_no_more_namespaces(void)
{
	const char *words[] = { "/proc/sys/user/max_user_namespaces" };
	int fd;

	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return; /* not ours to switch off here */
	close(fd);
	ck_assert_int_eq(cli_run(CLI_RUN("--userns", "auto", "--", "true")), 125);
	cli_expect_line(words, 1);
}

START_TEST(test_userns__that_is_switched_off_is_told)
{
	suite_in_child(in_no_more_namespaces);
}
END_TEST

START_TEST(test_userns__refuses_other_words)
{
	const char *words[] = { "auto|keep-id|ranges|host" };

	ck_assert_int_eq(cli_run(CLI_RUN("--userns", "new", "--", "true")), 125);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- HOME ---- */

#define HOME "sh", "-c", "cd \"$HOME\" && echo $HOME"

START_TEST(test_home__is_one_that_can_be_entered)
{
	suite_need_root();
	world_mkdir("root/home/alice");
	ck_assert_int_eq(chmod(world_path("root/root"), 0700), 0);
	cli_expect("/root\n", CLI_RUN("--", HOME));
	cli_expect("/\n", CLI_RUN("--user", "1234", "--", HOME));
	world_write(world_path("root/etc/passwd"),
		    "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n", 0644);
	cli_expect("/home/alice\n", CLI_RUN("--user", "alice", "--", HOME));
	ck_assert_int_eq(chmod(world_path("root/home"), 0700), 0);
	cli_expect("/tmp\n", CLI_RUN("--user", "alice", "--", HOME));
	cli_expect("/tmp\n",
		   CLI_RUN("--user", "alice", "--security-opt", "mask=/home", "--", HOME));
	cli_expect("/home/alice\n", CLI_RUN("--user", "alice", "--tmpfs", "/home/alice",
					    "--cap-ambient", "DAC_READ_SEARCH", "--", HOME));
}
END_TEST

/* Root's is root's there, and the user's own if the root is. */
START_TEST(test_home__of_root_inside_is_not_roots)
{
	cli_use_way(CLI_AS_A_USER);
	cli_use_way(CLI_AS_ROOT);
	ck_assert_int_eq(chmod(world_path("root/root"), 0700), 0);
	cli_expect_as("/root\n", CLI_RUN("--", HOME), &user);
	ck_assert_int_eq(chown(world_path("root/root"), 0, 0), 0);
	cli_expect_as("/tmp\n", CLI_RUN("--", HOME), &user);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rootless");
	TCase *tc = cli_case(s, "rootless");

	tcase_add_checked_fixture(tc, make, NULL);
	tcase_add_test(tc, test_rootless__is_root_inside);
	tcase_add_test(tc, test_rootless__can_be_another_user_inside);
	tcase_add_test(tc, test_rootless__maps_one_id);
	tcase_add_test(tc, test_root__has_a_user_namespace_if_asked);
	tcase_add_test(tc, test_rootless__groups_are_refused);
	tcase_add_loop_test(tc, test_rootless__has_what_root_has, 0, FEATURES);
	tcase_add_test(tc, test_rootless__files_are_the_users);
	tcase_add_test(tc, test_rootless__reads_nothing_that_the_user_could_not);
	tcase_add_test(tc, test_rootless__owns_nothing_of_others);
	tcase_add_loop_test(tc, test_rootless__all_capabilities_are_over_its_own, 0,
			    sizeof(attacks) / sizeof(attacks[0]));
	tcase_add_test(tc, test_rootless__limits_need_a_delegated_group);
	tcase_add_test(tc, test_rootless__without_a_namespace_is_told);
	tcase_add_test(tc, test_rootless__in_a_user_namespace_where_groups_are_denied);
	tcase_add_test(tc, test_rootless__callers_of_all_kinds);
	tcase_add_test(tc, test_userns__that_is_switched_off_is_told);
	tcase_add_test(tc, test_userns__refuses_other_words);
	tcase_add_test(tc, test_home__is_one_that_can_be_entered);
	tcase_add_test(tc, test_home__of_root_inside_is_not_roots);
	return suite_run(s);
}
