/* SPDX-License-Identifier: MIT */
/* How a program below the init ends, as the init reports it. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "cli/terminal.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define KEY_INTERRUPT "\003"
#define KEY_STOP "\032"
#define KEY_QUIT "\034"

static struct terminal t;

static void add_load(void)
{
	world_copy(LOAD, world_path("root/bin/load"));
}

/* ---- ends ---- */

static const struct {
	const char *script;
	int status;
} ends[] = {
	{ "exec load abort", CLI_SIGNAL + SIGABRT }, { "kill -ABRT $$", CLI_SIGNAL + SIGABRT },
	{ "kill -SEGV $$", CLI_SIGNAL + SIGSEGV },   { "kill -INT $$", CLI_SIGNAL + SIGINT },
	{ "kill -KILL $$", CLI_SIGNAL + SIGKILL },   { "exit 139", 139 },
};

START_TEST(test_init_status__is_the_programs)
{
	ck_assert_int_eq(
		cli_run(CLI_RUN("--init", "--ulimit", "core=0", "--", "sh", "-c", ends[_i].script)),
		ends[_i].status);
}
END_TEST

/* ---- the same at a terminal, with one of the container's and with the caller's ---- */

static const char *const ttys[] = { "--tty", "--tty=false" };

static void start(const char *tty)
{
	terminal_open(&t);
	terminal_start(
		&t,
		CLI_RUN("--init", tty, "--ulimit", "core=0", "--", "tail", "-f", "/etc/hostname"),
		NULL);
	terminal_await(&t, "localhost");
}

static void expect_end(int status)
{
	ck_assert_int_eq(terminal_finish(&t), status);
	terminal_close(&t);
}

START_TEST(test_init_status__is_the_programs_at_a_terminal)
{
	terminal_open(&t);
	terminal_start(&t,
		       CLI_RUN("--init", ttys[_i % 2], "--ulimit", "core=0", "--", "sh", "-c",
			       ends[_i / 2].script),
		       NULL);
	expect_end(ends[_i / 2].status);
}
END_TEST

START_TEST(test_init_status__of_the_interrupt_key)
{
	start(ttys[_i]);
	terminal_type(&t, KEY_INTERRUPT);
	expect_end(CLI_SIGNAL + SIGINT);
}
END_TEST

START_TEST(test_init_status__of_the_quit_key)
{
	start(ttys[_i]);
	terminal_type(&t, KEY_QUIT);
	expect_end(CLI_SIGNAL + SIGQUIT);
}
END_TEST

static pid_t program(void)
{
	const pid_t init = cli_child(&(struct cli){ .pid = t.pid });

	return cli_child(&(struct cli){ .pid = init });
}

START_TEST(test_init_stop__holds_a_program_until_it_is_continued)
{
	pid_t pid;

	start("--tty=false");
	pid = program();
	terminal_type(&t, KEY_STOP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	CLI_UNTIL(cli_state(pid) == 'T');
	terminal_take(&t);
	terminal_give(&t);
	CLI_UNTIL(cli_state(t.pid) != 'T' && cli_state(pid) != 'T');
	terminal_type(&t, KEY_INTERRUPT);
	expect_end(CLI_SIGNAL + SIGINT);
}
END_TEST

/* There is no shell in the container that could continue it. */
START_TEST(test_init_stop__by_the_containers_terminal_does_not_last)
{
	start("--tty");
	terminal_type(&t, KEY_STOP);
	terminal_await(&t, "^Z");
	usleep(100000);
	terminal_type(&t, KEY_INTERRUPT);
	expect_end(CLI_SIGNAL + SIGINT);
}
END_TEST

/* One that minictr itself was asked for does: it is continued with minictr. */
START_TEST(test_init_stop__of_minictr_lasts)
{
	pid_t pid;

	start("--tty");
	pid = program();
	kill(t.pid, SIGTSTP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	CLI_UNTIL(cli_state(pid) == 'T');
	usleep(100000);
	ck_assert_int_eq(cli_state(pid), 'T');
	terminal_give(&t);
	CLI_UNTIL(cli_state(pid) != 'T');
	terminal_type(&t, KEY_INTERRUPT);
	expect_end(CLI_SIGNAL + SIGINT);
}
END_TEST

/* ---- programs that let the init trace them ---- */

static const struct {
	int sig, status;
} traced[] = {
	{ SIGUSR1, CLI_SIGNAL + SIGUSR1 },
	{ SIGTERM, CLI_SIGNAL + SIGTERM },
	{ SIGSEGV, CLI_SIGNAL + SIGSEGV },
	{ SIGTRAP, CLI_SIGNAL + SIGTRAP },
	{ SIGKILL, CLI_SIGNAL + SIGKILL },
	{ SIGUSR2, 7 },
	{ SIGWINCH, 3 },
	{ SIGCHLD, 3 },
};

START_TEST(test_init_traced__gets_its_signals)
{
	static const char *const kinds[] = { "traced", "thread" };
	char sig[8];

	snprintf(sig, sizeof(sig), "%d", traced[_i / 2].sig);
	ck_assert_int_eq(cli_run(CLI_RUN("--init", "--ulimit", "core=0", "--timeout", "5", "--",
					 "load", kinds[_i % 2], sig)),
			 traced[_i / 2].status);
}
END_TEST

/* A stop of a traced one is a stop like any other. */
START_TEST(test_init_traced__is_no_end)
{
	struct cli cli;
	pid_t init;

	cli_start(&cli, CLI_RUN("--init", "--timeout", "20", "--", "load", "traced", "19"), NULL);
	init = cli_child(&cli);
	CLI_UNTIL(cli_state(cli_child(&(struct cli){ .pid = init })) == 'T');
	kill(cli.pid, SIGCONT);
	ck_assert_int_eq(cli_finish(&cli), 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("init_status");
	TCase *tc = cli_case(s, "init_status");

	tcase_add_checked_fixture(tc, add_load, NULL);
	tcase_add_loop_test(tc, test_init_status__is_the_programs, 0, COUNT(ends));
	tcase_add_loop_test(tc, test_init_status__is_the_programs_at_a_terminal, 0,
			    2 * COUNT(ends));
	tcase_add_loop_test(tc, test_init_status__of_the_interrupt_key, 0, 2);
	tcase_add_loop_test(tc, test_init_status__of_the_quit_key, 0, 2);
	tcase_add_test(tc, test_init_stop__holds_a_program_until_it_is_continued);
	tcase_add_test(tc, test_init_stop__by_the_containers_terminal_does_not_last);
	tcase_add_test(tc, test_init_stop__of_minictr_lasts);
	tcase_add_loop_test(tc, test_init_traced__gets_its_signals, 0, 2 * COUNT(traced));
	tcase_add_test(tc, test_init_traced__is_no_end);
	return suite_run(s);
}
