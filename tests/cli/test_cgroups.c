/* SPDX-License-Identifier: MIT */
/* Control groups as seen from inside, containers in containers, devices, and gc. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- the group from inside ---- */

static const char *const shown[] = { "--cgroupns=private", "--delegate" };

/* Whoever reads memory's limit there, as many runtimes do, finds the container's. */
START_TEST(test_cgroup__is_shown)
{
	const char *script = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes "
			     "/sys/fs/cgroup/memory.max 2>/dev/null; "
			     "grep -c : /proc/self/cgroup >/dev/null";

	cli_expect("67108864\n", CLI_RUN("-m", "64m", "--mount", "type=cgroup,dst=/sys/fs/cgroup",
					 shown[_i], "--", "sh", "-c", script));
}
END_TEST

/* In each hierarchy that is shown: a directory alone, with nothing mounted, has no such file. */
START_TEST(test_cgroup__is_shown_in_each_hierarchy)
{
	const char *script = "cd /sys/fs/cgroup; [ -e cgroup.procs ] && set -- . || set -- *; "
			     "for d; do grep -qx 1 $d/cgroup.procs || echo nobody in $d; done; "
			     "[ $# -gt 0 ] && echo some";

	cli_expect("some\n", CLI_RUN("--pids-limit", "20", "--mount",
				     "type=cgroup,dst=/sys/fs/cgroup", "--", "sh", "-c", script));
}
END_TEST

/* Java, .NET and others take a host for one without limits if one of these is not mounted. */
START_TEST(test_cgroup__shows_v1_hierarchies_that_runtimes_read)
{
	static const char *const controllers[] = { "cpuset", "cpu", "cpuacct", "memory" };
	static const char *const files[] = { "cpuset.cpus", "cpu.cfs_quota_us", "cpuacct.usage",
					     "memory.limit_in_bytes" };
	char path[128], script[256];

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/%s", controllers[_i], files[_i]);
	if (access(path, R_OK))
		return; /* on this host it is one of v2's, or not mounted */
	snprintf(
		script, sizeof(script),
		"[ -n \"$(cat %s)\" ] && grep -q ' [^ ]*/%s cgroup ro,.*%s' /proc/mounts && echo shown",
		path, controllers[_i], controllers[_i]);
	cli_expect("shown\n",
		   CLI_RUN("--mount", "type=cgroup,dst=/sys/fs/cgroup", "--", "sh", "-c", script));
}
END_TEST

START_TEST(test_cgroup__is_read_only)
{
	const char *script = "cd /sys/fs/cgroup; touch y 2>/dev/null && echo touched; "
			     "[ ! -d pids ] || cd pids; "
			     "mkdir x 2>&1; echo 1000 2>&1 >pids.max; cat pids.max";

	ck_assert_int_eq(
		cli_run(CLI_RUN("--init", "--pids-limit", "20", "--mount",
				"type=cgroup,dst=/sys/fs/cgroup", "--", "sh", "-c", script)),
		0);
	ck_assert_ptr_nonnull(strstr(cli_out, "mkdir: can't create directory 'x'"));
	ck_assert_ptr_nonnull(strstr(cli_out, "21\n")); /* with the init's place */
	ck_assert_ptr_null(strstr(cli_out, "touched"));
}
END_TEST

/* Nothing but its own: the group is "/", and others are out of sight. */
START_TEST(test_cgroup__others_are_not_seen)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--mount", "type=cgroup,dst=/sys/fs/cgroup", "--", "find",
					 "/sys/fs/cgroup", "-name", "minictr-*")),
			 0);
	ck_assert_str_eq(cli_out, "");
}
END_TEST

/* Where the root is the host's tree its own mounts are there no more. */
START_TEST(test_cgroup__takes_the_place_of_the_hosts)
{
	ck_assert_int_eq(
		cli_run(CLI_ARGS("run", "-m", "64m", "--mount", "type=cgroup,dst=/sys/fs/cgroup",
				 "--", "sh", "-c",
				 "grep -c 'memory\\|/sys/fs/cgroup cgroup2' /proc/mounts")),
		0);
	ck_assert_str_eq(cli_out, "1\n");
}
END_TEST

START_TEST(test_cgroup__needs_a_namespace)
{
	const char *words[] = { "without a new cgroup namespace" };

	ck_assert_int_eq(cli_run(CLI_RUN("--mount", "type=cgroup,dst=/sys/fs/cgroup", "--cgroupns",
					 "host", "--", "true")),
			 125);
	cli_expect_line(words, 1);
	ck_assert_int_eq(cli_run(CLI_RUN("--delegate", "--cgroupns", "host", "--", "true")), 125);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- a container in a container ---- */

/*
 * On the host's tree, for minictr may need libraries of it. One that counts its lines can't
 * write them there, and would complain: it gets another place for them.
 */
#define NESTED(...)                                                                                \
	CLI_ARGS("run", "--delegate", "--cap-add", "ALL", "-m", "128m", "--pids-limit", "40",      \
		 "-e", "GCOV_PREFIX=/tmp", "-v", volume, "--", "/opt/minictr", "run", __VA_ARGS__)

static char volume[PATH_MAX + 8];

static void copy_programs(void)
{
	world_copy(LOAD, world_path("bin/load"));
	world_copy(MINICTR_PROGRAM, world_path("bin/minictr"));
	snprintf(volume, sizeof(volume), "%s:/opt:ro", world_path("bin"));
}

/* The outer limit alone would let it have all of that. */
START_TEST(test_nested__limits_hold)
{
	const char *words[] = { "--memory \"32m\"", "out of memory" };

	copy_programs();
	ck_assert_int_eq(cli_run(NESTED("-m", "32m", "--", "/opt/load", "touch", "64")), 137);
	cli_expect_line(words, 2);
	cli_expect("", NESTED("-m", "96m", "--", "/opt/load", "touch", "64"));
	cli_expect("9\n", NESTED("--pids-limit", "10", "--", "/opt/load", "fork", "30"));
	ck_assert_int_eq(cli_run(NESTED("--timeout", "0.1", "--", "sleep", "100")), 137);
}
END_TEST

START_TEST(test_nested__cannot_exceed_the_outer_limit)
{
	copy_programs();
	ck_assert_int_eq(cli_run(NESTED("-m", "1g", "--", "/opt/load", "touch", "256")), 137);
	ck_assert_int_eq(cli_run(NESTED("--pids-limit", "1000", "--", "sh", "-c",
					"[ \"$(setsid /opt/load fork 100)\" -lt 40 ]")),
			 0);
}
END_TEST

/*
 * Groups that are given controllers by the container's may hold no processes above them, so
 * its own are in a leaf from the start: cgroups(7), "no internal processes".
 */
START_TEST(test_delegate__processes_are_in_a_leaf)
{
	static const char *const limits[][3] = { { "--hugetlb-limit", "2m=2m", ":hugetlb:" },
						 { "--memory", "64m", ":memory:" } };

	for (int i = 0; i < 2; i++) {
		int status = cli_run(CLI_RUN("--delegate", limits[i][0], limits[i][1], "--", "cat",
					     "/proc/self/cgroup"));
		const char *line = strstr(cli_out, "0::/");

		if (status != 0 || !line || strstr(cli_out, limits[i][2]))
			continue; /* this controller is not there, or one of v1 */
		ck_assert_int_eq(strncmp(line, "0::/leaf\n", strlen("0::/leaf\n")), 0);
		return;
	}
	suite_skip("cgroup v2 has neither of the controllers");
}
END_TEST

/* What it froze itself can be ended all the same. */
START_TEST(test_delegate__can_not_make_itself_endless)
{
	const char *script = "sleep 1000 & cd /sys/fs/cgroup; [ ! -d freezer ] || cd freezer; "
			     "mkdir x; echo $! >x/cgroup.procs; "
			     "echo FROZEN >x/freezer.state || echo 1 >x/cgroup.freeze";

	cli_run(CLI_RUN("--delegate", "--timeout", "0.5", "--", "sh", "-c", script));
	ck_assert_int_eq(suite_remove_groups(), 0);
}
END_TEST

START_TEST(test_output_limit__and_fsize_are_one)
{
	const char *words[] = { "it conflicts with the resource limit fsize" };

	ck_assert_int_eq(
		cli_run(CLI_RUN("--output-limit", "1k", "--ulimit", "fsize=1000", "--", "true")),
		125);
	cli_expect_line(words, 1);
}
END_TEST

/* ---- devices, files, what is not there ---- */

START_TEST(test_devices__are_those_that_are_allowed)
{
	const char *script = "head -c 3 /dev/urandom | wc -c; mknod /dev/shm/x c 1 11 2>&1; "
			     "mknod /dev/shm/y c 10 229 && echo made";

	ck_assert_int_eq(cli_run(CLI_RUN("--device-cgroup-rule", "c 10:229 m", "--cap-add", "MKNOD",
					 "--", "sh", "-c", script)),
			 0);
	ck_assert_str_eq(cli_out, "3\nmknod: /dev/shm/x: Operation not permitted\nmade\n");
	ck_assert_int_eq(cli_run(CLI_RUN("--device-cgroup-rule", "default", "--cap-add", "MKNOD",
					 "--", "sh", "-c", script)),
			 1);
}
END_TEST

START_TEST(test_output_limit__is_told)
{
	const char *words[] = { "--output-limit \"1m\"", "it tried to write more to a file" };

	ck_assert_int_eq(
		cli_run(CLI_RUN("--output-limit", "1m", "--report", world_path("report"), "--",
				"dd", "if=/dev/zero", "of=/file", "bs=1k", "count=2k")),
		128 + SIGXFSZ);
	cli_expect_line(words, 2);
	ck_assert_ptr_nonnull(strstr(world_read(world_path("report")), "\"end\":\"output_limit\""));
	ck_assert_int_eq(unlink(world_path("root/file")), 0);
}
END_TEST

static const struct {
	const char *option, *value, *words;
} refusals[] = {
	{ "--device-cgroup-rule", "", "--device-cgroup-rule: device rule" },
	{ "--device-cgroup-rule", "c", "\"c 10:229 rwm\"" },
	{ "--device-cgroup-rule", "c 1:3", "device rule" },
	{ "--device-cgroup-rule", "c 1:3 ", "device rule" },
	{ "--device-cgroup-rule", "c 1:3 rwx", "device rule" },
	{ "--device-cgroup-rule", "c 1:3 rr", "device rule" },
	{ "--device-cgroup-rule", "c  1:3 r", "device rule" },
	{ "--device-cgroup-rule", "d 1:3 r", "device rule" },
	{ "--device-cgroup-rule", "c 4096:3 r", "device rule" },
	{ "--device-cgroup-rule", "c 1:1048576 r", "device rule" },
	{ "--device-cgroup-rule", "c -1:3 r", "device rule" },
	{ "--device-cgroup-rule", "a *:* rwm", "device rule" },
	{ "--device-cgroup-rule", "c 1:3 r\nb *:* rwm", "device rule" },
	{ "--hugetlb-limit", "2m", "a limit is missing" },
	{ "--hugetlb-limit", "3m=1g", "a power of two" },
	{ "--hugetlb-limit", "2m=x", "--hugetlb-limit \"x\"" },
	{ "--hugetlb-limit", "4m=4m", "this host has no huge pages of this size" },
	{ "--rdma-limit", "mlx5_0=1", "a number is missing" },
	{ "--rdma-limit", "mlx5_0", "a number is missing" },
	{ "--rdma-limit", "mlx5 0=1:1", "RDMA device" },
	{ "--rdma-limit", "=1:1", "RDMA device" },
	{ "--rdma-limit", "mlx5_0=1:x", "expected a number" },
	{ "--misc-limit", "sev", "a number is missing" },
	{ "--misc-limit", "s v=1", "misc resource" },
	{ "--misc-limit", "sev=-1", "--misc-limit" },
	{ "--output-limit", "0", "1 to 2^63" },
	{ "--output-limit", "-1", "--output-limit" },
	{ "--output-limit", "1x", "--output-limit" },
	{ "--oom-group=maybe", NULL, "true or false" },
	{ "--delegate=1", NULL, "true or false" },
};

#define REFUSALS (int)(sizeof(refusals) / sizeof(refusals[0]))

START_TEST(test_limit__is_refused)
{
	const char *words[] = { refusals[_i].words };
	const char *const *args =
		refusals[_i].value ? CLI_RUN(refusals[_i].option, refusals[_i].value, "--", "true")
				   : CLI_RUN(refusals[_i].option, "--", "true");

	ck_assert_int_eq(cli_run(args), 125);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(words, 1);
}
END_TEST

/* What only some hosts have is either had, or refused with the reason. */
START_TEST(test_limit__that_is_not_there_is_told)
{
	int status = cli_run(CLI_RUN("--rdma-limit", "mlx5_0=-1:-1", "--", "true"));

	if (status == 0)
		return;
	ck_assert_int_eq(status, 125);
	ck_assert_msg(strstr(cli_err, "not mounted here") || strstr(cli_err, "No such device"),
		      "%s", cli_err);
}
END_TEST

START_TEST(test_oom_group__is_for_v2)
{
	const char *words[] = { "is cgroup v1" };
	int status;

	world_copy(LOAD, world_path("root/bin/load"));
	status = cli_run(CLI_RUN("-m", "32m", "--memory-swap", "32m", "--oom-group", "--", "sh",
				 "-c", "load touch 96; sleep 100"));
	if (status == 125)
		cli_expect_line(words, 1);
	else
		ck_assert_int_eq(status, 137);
}
END_TEST

/* ---- what a killed minictr leaves ---- */

static void start_and_kill(const char *pid_ns)
{
	struct cli cli;

	cli_start(
		&cli,
		CLI_RUN("--pids-limit", "20", "--memory", "64m", "--pid", pid_ns, "--", CLI_PLAIN),
		NULL);
	cli_await(&cli, "localhost");
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
}

START_TEST(test_gc__removes_the_groups_of_a_killed_one)
{
	int removed;

	start_and_kill("private");
	CLI_UNTIL(cli_run(CLI_ARGS("gc")) == 0 && !strstr(cli_out, "left"));
	ck_assert_int_eq(sscanf(cli_out, "removed %d", &removed), 1);
	ck_assert_int_eq(cli_run(CLI_ARGS("gc")), 0);
	ck_assert_str_eq(cli_err, "");
	ck_assert_int_eq(suite_remove_groups(), 0);
}
END_TEST

/* In the host's PID namespace the program dies with its parent, what it started does not. */
START_TEST(test_gc__kills_when_told)
{
	struct cli cli;

	cli_start(&cli,
		  CLI_RUN("--pid", "host", "--pids-limit", "20", "--", "sh", "-c",
			  "sleep 1000 & echo ready; wait"),
		  NULL);
	cli_await(&cli, "ready");
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	ck_assert_int_eq(cli_run(CLI_ARGS("gc")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "with processes in them: see --kill"));
	ck_assert_int_eq(cli_run(CLI_ARGS("gc", "--kill")), 0);
	ck_assert_ptr_null(strstr(cli_out, "left"));
	ck_assert_int_eq(suite_remove_groups(), 0);
}
END_TEST

START_TEST(test_gc__takes_no_words)
{
	const char *words[] = { "unexpected argument" };

	ck_assert_int_eq(cli_run(CLI_ARGS("gc", "all")), 125);
	cli_expect_line(words, 1);
	ck_assert_int_eq(cli_run(CLI_ARGS("gc", "--kil")), 125);
	ck_assert_ptr_nonnull(strstr(cli_err, "--kill"));
	ck_assert_int_eq(cli_run(CLI_ARGS("gc", "--help")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "--kill"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cgroups");
	TCase *tc = cli_case(s, "cgroups");

	tcase_add_checked_fixture(tc, suite_need_root, NULL);
	tcase_add_loop_test(tc, test_cgroup__is_shown, 0, 2);
	tcase_add_test(tc, test_cgroup__is_shown_in_each_hierarchy);
	tcase_add_loop_test(tc, test_cgroup__shows_v1_hierarchies_that_runtimes_read, 0, 4);
	tcase_add_test(tc, test_cgroup__is_read_only);
	tcase_add_test(tc, test_cgroup__others_are_not_seen);
	tcase_add_test(tc, test_cgroup__takes_the_place_of_the_hosts);
	tcase_add_test(tc, test_cgroup__needs_a_namespace);
	tcase_add_test(tc, test_nested__limits_hold);
	tcase_add_test(tc, test_nested__cannot_exceed_the_outer_limit);
	tcase_add_test(tc, test_delegate__processes_are_in_a_leaf);
	tcase_add_test(tc, test_delegate__can_not_make_itself_endless);
	tcase_add_test(tc, test_output_limit__and_fsize_are_one);
	tcase_add_test(tc, test_devices__are_those_that_are_allowed);
	tcase_add_test(tc, test_output_limit__is_told);
	tcase_add_loop_test(tc, test_limit__is_refused, 0, REFUSALS);
	tcase_add_test(tc, test_limit__that_is_not_there_is_told);
	tcase_add_test(tc, test_oom_group__is_for_v2);
	tcase_add_test(tc, test_gc__removes_the_groups_of_a_killed_one);
	tcase_add_test(tc, test_gc__kills_when_told);
	tcase_add_test(tc, test_gc__takes_no_words);
	return suite_run(s);
}
