/* SPDX-License-Identifier: MIT */
/*
 * A local user with the container's user id sends SIGSTOP to all that is that user's. The caller
 * must not wait for a child that is stopped before it has executed the program.
 */
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "cli/cli.h"

/* So many at the same time, or it would take minutes. */
enum { TOGETHER = 25, LAUNCHES = 100, TIMEOUT_S = 3, SLACK_S = 10 };

static pid_t stopper;
static unsigned uid;

/* A user of this test's own: no other process on the machine is to be stopped. */
static void choose_user(void)
{
	uid = 1000000 + (unsigned)getpid();
}

static void become_stopper(int ready)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) || write(ready, "x", 1) != 1)
		_exit(98);
	for (;;)
		kill(-1, SIGSTOP); /* all that this user may signal, but the sender */
}

static void start_stopper(void)
{
	int ready[2];
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	stopper = fork();
	ck_assert_int_ge(stopper, 0);
	if (stopper == 0)
		become_stopper(ready[1]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static void end_stopper(void)
{
	kill(stopper, SIGKILL);
	ck_assert_int_eq(waitpid(stopper, NULL, 0), stopper);
}

static const char *user(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "%u:%u", uid, uid);
	return text;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Stopped before the program is executed (125) or after it (137); or it was quicker. */
static void expect_end(struct cli *cli)
{
	const int status = cli_finish(cli);

	ck_assert_msg(status == 0 || status == CLI_OURS || status == CLI_SIGNAL + SIGKILL,
		      "exit status %d: %s", status, cli_err);
	if (status == CLI_OURS)
		ck_assert_msg(strstr(cli_err, "stopped") || strstr(cli_err, "took longer"),
			      "does not say why: %s", cli_err);
}

static void launch_together(void)
{
	const double begin = now();
	struct cli runs[TOGETHER];

	for (int i = 0; i < TOGETHER; i++)
		cli_start(&runs[i],
			  CLI_RUN(i % 2 ? "--init" : "--init=false", "--user", user(), "--timeout",
				  "3", "--", "true"),
			  NULL);
	for (int i = 0; i < TOGETHER; i++)
		expect_end(&runs[i]);
	ck_assert_msg(now() - begin < TIMEOUT_S + SLACK_S, "took %.1f s", now() - begin);
}

START_TEST(test_stopper__does_not_keep_the_caller_waiting)
{
	suite_need_root();
	choose_user();
	start_stopper();
	for (int i = 0; i < suite_rounds(LAUNCHES / TOGETHER); i++)
		launch_together();
	end_stopper();
}
END_TEST

START_TEST(test_stopper__is_why_the_helper_is_executed)
{
	suite_need_root();
	ck_assert_int_eq(cli_run(CLI_RUN("--explain", "--user", "54321", "--", "true")), 0);
	ck_assert_ptr_nonnull(strstr(
		cli_out,
		"clone a child that executes the helper (other processes of user 54321 could stop it)"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stopper");
	TCase *tc = cli_case(s, "stopper");

	tcase_add_test(tc, test_stopper__does_not_keep_the_caller_waiting);
	tcase_add_test(tc, test_stopper__is_why_the_helper_is_executed);
	return suite_run(s);
}
