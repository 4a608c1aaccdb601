/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/cli.h"

START_TEST(test_run__exit_status_is_the_programs)
{
	ck_assert_int_eq(cli_run(CLI_RUN("sh", "-c", "exit 0")), 0);
	ck_assert_int_eq(cli_run(CLI_RUN("sh", "-c", "exit 37")), 37);
	ck_assert_int_eq(cli_run(CLI_RUN("--init", "--", "sh", "-c", "kill -9 $$")), 137);
}
END_TEST

START_TEST(test_run__processes_begin_with_1)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--init", "--", "ps", "-o", "pid,comm")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "    1 minictr-init"));
	ck_assert_ptr_nonnull(strstr(cli_out, "    2 ps"));
	ck_assert_int_eq(cli_run(CLI_RUN("--init=false", "--", "ps", "-o", "pid,comm")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "    1 ps"));
}
END_TEST

START_TEST(test_run__sets_the_host_name)
{
	cli_expect("inside\n", CLI_RUN("--hostname", "inside", "--", "hostname"));
}
END_TEST

START_TEST(test_run__host_name_is_container_unless_told)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 2);
	strcat(name, "\n");
	cli_expect("container\n", CLI_RUN("hostname"));
	cli_expect("container\n", CLI_ARGS("run", "--", "uname", "-n"));
	cli_expect("container\n", CLI_RUN("--userns", "auto", "--", "hostname"));
	cli_expect(name, CLI_RUN("--uts", "host", "--", "hostname"));
}
END_TEST

START_TEST(test_run__passes_environment_and_directory)
{
	cli_expect("x y\n/tmp\n",
		   CLI_RUN("-e", "A=x y", "-w", "/tmp", "--", "sh", "-c", "echo \"$A\"; pwd"));
}
END_TEST

START_TEST(test_run__user_and_umask)
{
	cli_expect("12\n34\n0077\n", CLI_RUN("--user", "12:34", "--umask", "077", "--", "sh", "-c",
					     "id -u; id -g; umask"));
}
END_TEST

START_TEST(test_run__nice_value)
{
	cli_expect("7\n",
		   CLI_RUN("--nice", "7", "--", "sh", "-c", "cut -d ' ' -f 19 /proc/self/stat"));
}
END_TEST

START_TEST(test_run__read_only_volume)
{
	world_mkdir("data");
	ck_assert_int_ne(cli_run(CLI_RUN("-v", world_path("data:/data:ro"), "--", "sh", "-c",
					 "touch /data/x")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "Read-only"));
	ck_assert_int_eq(world_count(world_path("data")), 0);
}
END_TEST

START_TEST(test_run__no_descriptor_is_open_while_the_program_is_looked_up)
{
	char path[PATH_MAX + 32];
	int dir;

	world_mkdir("host");
	world_copy("/bin/busybox", world_path("host/busybox"));
	dir = open(world_path("host"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(dup2(dir, 57), 57);
	close(dir);
	snprintf(path, sizeof(path), "%s/bin/evil", cli_root);
	world_write(path, "#!/proc/self/fd/57/busybox sh\necho escaped\n", 0755);
	ck_assert_int_ge(cli_run(CLI_RUN("/bin/evil")), 126);
	ck_assert_ptr_null(strstr(cli_out, "escaped"));
	close(57);
}
END_TEST

START_TEST(test_run__pids_limit_stops_a_fork_storm)
{
	ck_assert_int_ne(cli_run(CLI_RUN("--pids-limit", "20", "--", "sh", "-c",
					 "for i in $(seq 40); do sleep 1 & done; wait")),
			 0);
	ck_assert_ptr_nonnull(strstr(cli_err, "can't fork"));
}
END_TEST

START_TEST(test_run__network_is_loopback_only)
{
	cli_expect("lo\n", CLI_RUN("ls", "/sys/class/net"));
}
END_TEST

static void close_stdio(void *data)
{
	(void)data;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
}

START_TEST(test_run__works_with_closed_stdio)
{
	const struct cli_start start = { .prepare = close_stdio };

	ck_assert_int_eq(
		cli_run_as(CLI_RUN("sh", "-c", "test -c /proc/self/fd/1 && exit 5"), &start), 5);
}
END_TEST

static void be_hostile(void *data)
{
	sigset_t all;

	(void)data;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_IGN);
	umask(0777);
}

START_TEST(test_run__works_with_masked_signals_and_umask)
{
	const struct cli_start start = { .prepare = be_hostile };

	cli_expect_as("0022\n0000000000000000\n",
		      CLI_RUN("sh", "-c", "umask; grep SigBlk /proc/self/status | cut -f2"),
		      &start);
}
END_TEST

START_TEST(test_run__signals_end_it)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct cli cli;

	cli_start(&cli, CLI_RUN(CLI_PLAIN), NULL);
	cli_await(&cli, "localhost");
	kill(cli.pid, signals[_i]);
	ck_assert_int_eq(cli_finish(&cli), 128 + signals[_i]);
}
END_TEST

START_TEST(test_run__handlers_get_signals)
{
	struct cli cli;

	cli_start(&cli,
		  CLI_RUN("sh", "-c", "trap 'exit 9' TERM; echo on; while :; do sleep 1; done"),
		  NULL);
	cli_await(&cli, "on");
	kill(cli.pid, SIGTERM);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

START_TEST(test_run__its_death_is_the_containers)
{
	struct cli cli;
	pid_t child;

	cli_start(&cli, CLI_RUN("sh", "-c", "echo on; exec sleep 1000"), NULL);
	cli_await(&cli, "on");
	child = cli_child(&cli);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	CLI_UNTIL(cli_state(child) == '\0' || cli_state(child) == 'Z');
}
END_TEST

START_TEST(test_run__explain_runs_nothing)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--explain", "--", "sh", "-c", "echo ran")), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "as the root file system"));
	ck_assert_ptr_nonnull(strstr(cli_out, "execute /bin/sh as: sh -c echo ran\n"));
	ck_assert_ptr_null(strstr(cli_out, "\nran"));
}
END_TEST

START_TEST(test_lecture__behaves_as_the_lecture_says)
{
	char program[] = EXAMPLES_DIR "/lecture", run[] = "run", sh[] = "sh", c[] = "-c";
	char script[] = "hostname; ps -o pid,comm; for i in $(seq 40); do sleep 1 & done";
	char *argv[] = { program, run, cli_root, sh, c, script, NULL };
	char *output;

	ck_assert_int_ne(suite_run_command(argv, NULL, &output), 0);
	ck_assert_ptr_nonnull(strstr(output, "container\n"));
	ck_assert_ptr_nonnull(strstr(output, "    1 "));
	ck_assert_ptr_nonnull(strstr(output, " sh\n"));
	ck_assert_ptr_nonnull(strstr(output, "can't fork"));
	free(output);
}
END_TEST

START_TEST(test_minictr__says_its_version)
{
	cli_expect("minictr 0.1.0\n", CLI_ARGS("--version"));
}
END_TEST

/* What it says comes through the socket alone, and it has nothing else. */
START_TEST(test_example__plugin_talks_through_its_socket)
{
	char program[] = EXAMPLES_DIR "/plugin", sh[] = "sh", c[] = "-c";
	char script[] =
		"while read -r line <&3; do echo \"got $line\" >&3; done; echo lost; exit 3";
	char *argv[] = { program, sh, c, script, NULL }, *output;

	ck_assert_int_eq(suite_run_command(argv, "one\ntwo\n", &output), 0);
	ck_assert_str_eq(output, "got one\ngot two\nplugin: exited\n");
	free(output);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run");
	TCase *tc = cli_case(s, "run");

	tcase_add_test(tc, test_run__host_name_is_container_unless_told);
	tcase_add_test(tc, test_example__plugin_talks_through_its_socket);
	tcase_add_test(tc, test_run__exit_status_is_the_programs);
	tcase_add_test(tc, test_run__processes_begin_with_1);
	tcase_add_test(tc, test_run__sets_the_host_name);
	tcase_add_test(tc, test_run__passes_environment_and_directory);
	tcase_add_test(tc, test_run__user_and_umask);
	tcase_add_test(tc, test_run__nice_value);
	tcase_add_test(tc, test_run__read_only_volume);
	tcase_add_test(tc, test_run__no_descriptor_is_open_while_the_program_is_looked_up);
	tcase_add_test(tc, test_run__pids_limit_stops_a_fork_storm);
	tcase_add_test(tc, test_run__network_is_loopback_only);
	tcase_add_test(tc, test_run__works_with_closed_stdio);
	tcase_add_test(tc, test_run__works_with_masked_signals_and_umask);
	tcase_add_loop_test(tc, test_run__signals_end_it, 0, 4);
	tcase_add_test(tc, test_run__handlers_get_signals);
	tcase_add_test(tc, test_run__its_death_is_the_containers);
	tcase_add_test(tc, test_run__explain_runs_nothing);
	tcase_add_test(tc, test_lecture__behaves_as_the_lecture_says);
	tcase_add_test(tc, test_minictr__says_its_version);
	return suite_run(s);
}
