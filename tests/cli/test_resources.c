/* SPDX-License-Identifier: MIT */
/* Limits as the command takes them: what it refuses, and what it says at the end. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- refusals: 125, one line, and no group was made ---- */

static const struct {
	const char *option, *value, *words;
} refusals[] = {
	{ "--memory", "10q", "--memory \"10q\"" },
	{ "--memory", "-1m", "--memory \"-1m\"" },
	{ "--memory", "1k", "65536 or more" },
	{ "--memory", "", "--memory \"\"" },
	{ "--memory", "0x100000", "0x100000" },
	{ "--memory", "99999999999t", "99999999999t" },
	{ "-m", "64 m", "64 m" },
	{ "--memory-reservation", "-1", "--memory-reservation" },
	{ "--memory-swap", "1g", "give --memory too" },
	{ "--cpus", "0", "0.01 or more" },
	{ "--cpus", "-1", "--cpus \"-1\"" },
	{ "--cpus", "1.", "--cpus \"1.\"" },
	{ "--cpus", ".5", "--cpus \".5\"" },
	{ "--cpus", "1e3", "1e3" },
	{ "--cpus", "1,5", "1,5" },
	{ "--cpus", "100001", "100001" },
	{ "--cpu-quota", "999", "1000 or more" },
	{ "--cpu-quota", "x", "--cpu-quota" },
	{ "--cpu-period", "100000", "give --cpu-quota too" },
	{ "--cpu-period", "999", "1000 to 1000000" },
	{ "--cpu-shares", "1", "2 to 262144" },
	{ "--cpu-shares", "262145", "2 to 262144" },
	{ "--cpuset-cpus", "4097", "4097 is not available" },
	{ "--cpuset-cpus", "1-", "list of CPUs \"1-\"" },
	{ "--cpuset-mems", "999", "999 is not available" },
	{ "--blkio-weight", "9", "10 to 1000" },
	{ "--device-read-bps", "/dev/null:1m", "a block device" },
	{ "--device-read-bps", "/dev/null", "a rate is missing" },
	{ "--device-write-bps", "/dev/nosuch:1m", "No such file" },
	{ "--device-read-iops", "/dev/null:0", "expected 1 to" },
	{ "--device-write-iops", "/dev/null:1k", "expected 1 to" },
	{ "--cgroup-conf", "memory.high", "a value is missing" },
	{ "--cgroup-conf", "../x.y=1", "CONTROLLER.WHAT" },
	{ "--cgroup-conf", "nosuch.max=1", "nosuch.max" },
	{ "--cgroup-conf", "pids.max=many", "set pids.max of the control group to \"many\"" },
	{ "--cgroup-conf", "freezer.state=FROZEN", "frozen by the library" },
	{ "--cgroup-conf", "cgroup.freeze=1", "frozen by the library" },
	{ "--cgroup-conf", "cgroup.kill=1", "killed by the library" },
	{ "--cgroup-conf", "tasks=1", "chosen by the library" },
	{ "--cgroup-conf", "release_agent=/bin/sh", "a program of the host" },
	{ "--cgroup-parent", "jobs", "an absolute path" },
	{ "--cgroup-parent", "/../jobs", "an absolute path" },
	{ "--timeout", "0", "0.001 or more" },
	{ "--timeout", "-1", "--timeout \"-1\"" },
	{ "--timeout", "1h", "--timeout \"1h\"" },
	{ "--cpu-time", "", "--cpu-time \"\"" },
	{ "--oom-score-adj", "1001", "expected -1000 to 1000" },
	{ "--oom-score-adj", "-1001", "expected -1000 to 1000" },
	{ "--oom-score-adj", "", "--oom-score-adj \"\"" },
	{ "--report", "/nosuch/report", "/nosuch/report" },
};

#define REFUSALS (int)(sizeof(refusals) / sizeof(refusals[0]))

START_TEST(test_limit__is_refused)
{
	const char *words[] = { refusals[_i].words };

	ck_assert_int_eq(cli_run(CLI_RUN(refusals[_i].option, refusals[_i].value, "--", "true")),
			 125);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(words, 1);
}
END_TEST

static void refused_together(const char *const *args, const char *words)
{
	ck_assert_int_eq(cli_run(args), 125);
	cli_expect_line(&words, 1);
}

START_TEST(test_limits__that_do_not_go_together_are_refused)
{
	refused_together(CLI_RUN("--cpus", "1", "--cpu-quota", "5000", "true"), "not both");
	refused_together(CLI_RUN("-m", "64m", "--memory-swap", "32m", "true"), "--memory-swap");
	refused_together(CLI_RUN("--cgroup-parent", "/nosuch", "--pids-limit", "9", "true"),
			 "the parent group does not exist");
}
END_TEST

START_TEST(test_limits__are_explained)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("explain", "--rootfs", cli_root, "--init", "--pids-limit",
					  "20", "--cpus", "0.5", "--", "true")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "join a control group of its own (cpu"));
	ck_assert_ptr_nonnull(strstr(cli_out, "50000"));
	ck_assert_ptr_nonnull(strstr(cli_out, "pids.max 21)"));
}
END_TEST

/* ---- effects ---- */

START_TEST(test_memory__out_of_it_is_told)
{
	const char *words[] = { "--memory \"32m\"", "out of memory" };

	world_copy(LOAD, world_path("root/bin/load"));
	ck_assert_int_eq(
		cli_run(CLI_RUN("-m", "32m", "--memory-swap", "32m", "--", "load", "touch", "96")),
		137);
	cli_expect_line(words, 2);
}
END_TEST

/* Not every root may: one of a user namespace has all capabilities, and not this right. */
static bool may_lower(void)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

		_exit(write(fd, "-500", 4) != 4);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

/* Of the program and of its init, and not of the caller. */
START_TEST(test_oom_score_adj__is_set_by_each_kind_of_child)
{
	const char *child = _i ? "--child=helper" : "--child=auto";
	char before[16];

	snprintf(before, sizeof(before), "%s", world_read("/proc/self/oom_score_adj"));
	cli_expect("567\n", CLI_RUN(child, "--init=false", "--oom-score-adj=567", "cat",
				    "/proc/self/oom_score_adj"));
	cli_expect("1000\n1000\n", CLI_RUN(child, "--oom-score-adj=1000", "cat",
					   "/proc/1/oom_score_adj", "/proc/self/oom_score_adj"));
	if (may_lower())
		cli_expect("-500\n", CLI_RUN(child, "--userns=host", "--oom-score-adj=-500", "cat",
					     "/proc/self/oom_score_adj"));
	ck_assert_str_eq(world_read("/proc/self/oom_score_adj"), before);
}
END_TEST

/* That is of the host, and root of a user namespace is not root there. */
START_TEST(test_oom_score_adj__is_lowered_by_privileged_callers_only)
{
	const char *words[] = { "set oom_score_adj to -1000", "Permission denied",
				"can only be raised" };

	cli_use_way(1 + _i);
	cli_expect("1000\n", CLI_RUN("--oom-score-adj=1000", "cat", "/proc/self/oom_score_adj"));
	ck_assert_int_eq(cli_run(CLI_RUN("--oom-score-adj=-1000", "true")), 125);
	cli_expect_line(words, 3);
}
END_TEST

START_TEST(test_timeout__is_told)
{
	const char *words[] = { "--timeout \"0.2\"", "it reached this time limit" };

	ck_assert_int_eq(cli_run(CLI_RUN("--timeout", "0.2", "--", "sleep", "1000")), 137);
	cli_expect_line(words, 2);
}
END_TEST

START_TEST(test_timeout__ends_a_fork_bomb)
{
	static const char bomb[] =
		"(while :; do (while :; do sleep 1 & done) & done) 2>/dev/null & "
		"exec sleep 1000";

	ck_assert_int_eq(
		cli_run(CLI_RUN("--pids-limit", "50", "--timeout", "0.5", "--", "sh", "-c", bomb)),
		137);
}
END_TEST

START_TEST(test_cpu_time__is_told)
{
	const char *words[] = { "--cpu-time \"0.2\"", "CPU time" };

	ck_assert_int_eq(cli_run(CLI_RUN("--cpu-time", "0.2", "--", "sh", "-c",
					 "while :; do :; "
					 "done")),
			 137);
	cli_expect_line(words, 2);
}
END_TEST

/* ---- the report ---- */

static void expect_in_report(const char *words)
{
	const char *text = world_read(world_path("report"));

	ck_assert_msg(strstr(text, words), "no %s in: %s", words, text);
	ck_assert_int_eq(text[0], '{');
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}

START_TEST(test_report__of_an_exit)
{
	ck_assert_int_eq(
		cli_run(CLI_RUN("--report", world_path("report"), "--", "sh", "-c", "exit 7")), 7);
	expect_in_report("{\"end\":\"exited\",\"exit_code\":7,\"signal\":null,\"wall_us\":");
	expect_in_report(",\"memory_peak_bytes\":");
	expect_in_report(",\"cpu_us\":");
	expect_in_report(",\"major_faults\":");
	ck_assert_ptr_null(strstr(world_read(world_path("report")), "missing"));
}
END_TEST

START_TEST(test_report__of_a_signal)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--init", "--report", world_path("report"), "--", "sh",
					 "-c", "kill -TERM $$")),
			 143);
	expect_in_report("{\"end\":\"signalled\",\"exit_code\":null,\"signal\":15,");
}
END_TEST

START_TEST(test_report__of_a_limit_on_time)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--timeout", "0.1", "--report", world_path("report"), "--",
					 "sleep", "1000")),
			 137);
	expect_in_report("{\"end\":\"wall_limit\",");
}
END_TEST

/* A user to whom no group is delegated: numbers of a group are null, and why is said. */
START_TEST(test_report__without_a_group)
{
	static const char *const known[] = { "wall_us",
					     "cpu_us",
					     "user_us",
					     "system_us",
					     "max_rss_bytes",
					     "voluntary_switches",
					     "involuntary_switches",
					     "minor_faults",
					     "major_faults" };
	char words[64];

	world_write("report", "", 0666);
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(
		cli_run(CLI_RUN("--report", world_path("report"), "--", "sh", "-c", "exit 7")), 7);
	expect_in_report("{\"end\":\"exited\",\"exit_code\":7,\"signal\":null,\"wall_us\":");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		snprintf(words, sizeof(words), ",\"%s\":", known[i]);
		expect_in_report(words);
		snprintf(words, sizeof(words), ",\"%s\":null", known[i]);
		ck_assert_ptr_null(strstr(world_read(world_path("report")), words));
	}
	expect_in_report(",\"memory_peak_bytes\":null,");
	expect_in_report(",\"pids\":null,");
	expect_in_report(",\"missing\":\"no control group: ");
}
END_TEST

/* What a limit needs is not left out. */
START_TEST(test_report__is_not_instead_of_a_limit)
{
	world_write("report", "", 0666);
	cli_use_way(CLI_AS_A_USER);
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("report"), "--pids-limit", "9",
					 "--", "true")),
			 CLI_OURS);
	expect_in_report("{\"end\":\"launch_failed\",");
}
END_TEST

START_TEST(test_report__of_a_failure)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--report", world_path("report"), "--", "/nosuch")), 127);
	expect_in_report("{\"end\":\"launch_failed\",\"error\":{\"code\":\"not_found\",");
}
END_TEST

/* ---- examples/judge.c ---- */

static const struct {
	const char *script, *verdict;
} judged[] = {
	{ "exit 3", "{\"verdict\":\"exited\",\"exit_code\":3," },
	{ "tail /dev/zero", "{\"verdict\":\"out_of_memory\"," },
	{ "while :; do :; done", "{\"verdict\":\"cpu_limit\"," },
	{ "exec sleep 1000", "{\"verdict\":\"wall_limit\"," },
	{ "yes 2>/dev/null", "{\"verdict\":\"output_limit\"," },
};

START_TEST(test_judge__gives_its_verdict)
{
	char program[] = EXAMPLES_DIR "/judge", null[] = "/dev/null", sh[] = "sh", c[] = "-c";
	char to[PATH_MAX], script[64], *output;
	char *argv[] = { program, null, to, sh, c, script, NULL };

	snprintf(to, sizeof(to), "%s", world_path("output"));
	snprintf(script, sizeof(script), "%s", judged[_i].script);
	ck_assert_int_eq(suite_run_command(argv, NULL, &output), 0);
	ck_assert_msg(strstr(output, judged[_i].verdict), "%s", output);
	free(output);
}
END_TEST

/* ---- examples/pool.c ---- */

START_TEST(test_pool_example__runs_the_program_for_each_file)
{
	char program[] = EXAMPLES_DIR "/pool", sh[] = "sh", c[] = "-c";
	char script[] = "read code && exit $code";
	char input[2 * PATH_MAX], *output;
	const char *second;

	world_write("first", "3\n", 0644);
	world_write("second", "4\n", 0644);
	snprintf(input, sizeof(input), "%s\n%s\n", world_path("first"), world_path("second"));
	ck_assert_int_eq(
		suite_run_command((char *[]){ program, sh, c, script, NULL }, input, &output), 0);
	ck_assert_msg(strstr(output, "first: exited, exit code 3, "), "%s", output);
	second = strstr(output, "second: exited, exit code 4, ");
	ck_assert_msg(second, "%s", output);
	free(output);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("resources");
	TCase *tc = cli_case(s, "limits");

	tcase_add_loop_test(tc, test_limit__is_refused, 0, REFUSALS);
	tcase_add_test(tc, test_limits__that_do_not_go_together_are_refused);
	tcase_add_test(tc, test_limits__are_explained);
	tcase_add_test(tc, test_memory__out_of_it_is_told);
	tcase_add_loop_test(tc, test_oom_score_adj__is_set_by_each_kind_of_child, 0, 2);
	tcase_add_loop_test(tc, test_oom_score_adj__is_lowered_by_privileged_callers_only, 0,
			    CLI_WAYS - 1);
	tcase_add_test(tc, test_timeout__is_told);
	tcase_add_test(tc, test_timeout__ends_a_fork_bomb);
	tcase_add_test(tc, test_cpu_time__is_told);
	tcase_add_test(tc, test_report__of_an_exit);
	tcase_add_test(tc, test_report__of_a_signal);
	tcase_add_test(tc, test_report__of_a_limit_on_time);
	tcase_add_test(tc, test_report__of_a_failure);
	tcase_add_test(tc, test_report__without_a_group);
	tcase_add_test(tc, test_report__is_not_instead_of_a_limit);
	tcase_add_loop_test(tc, test_judge__gives_its_verdict, 0, 5);
	tcase_add_test(tc, test_pool_example__runs_the_program_for_each_file);
	return suite_run(s);
}
