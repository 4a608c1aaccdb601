/* SPDX-License-Identifier: MIT */
/* Signals that minictr gets, the state it is started in, and deaths at any time. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "cli/cli.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A shell notices a signal when what it waits for has ended. */
#define STAY "echo on; while :; do sleep 0.05; done"
#define SLEEP "echo on; exec sleep 1000"

/* Started with --init for odd loop counters. */
#define INIT(i) ((i) % 2 ? "--init" : "--init=false")

static struct cli cli;

static void start_as(const char *const *args, const struct cli_start *how)
{
	cli_start(&cli, args, how);
	cli_await(&cli, "on");
}

static void start_script(const char *init, const char *script, const struct cli_start *how)
{
	start_as(CLI_RUN(init, "--ulimit", "core=0", "--", "sh", "-c", script), how);
}

/* ---- passing on ---- */

static const int forwarded[] = {
	SIGHUP,	 SIGINT,    SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM,  SIGSTKFLT, SIGXCPU,
	SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGCONT, SIGWINCH, 34,	     64,
};

START_TEST(test_signal__reaches_the_programs_handler)
{
	int sig = forwarded[_i / 2];
	char script[128];

	snprintf(script, sizeof(script), "trap 'echo got %d; exit 9' %d; " STAY, sig, sig);
	start_script(INIT(_i), script, NULL);
	kill(cli.pid, sig);
	ck_assert_int_eq(cli_finish(&cli), 9);
	snprintf(script, sizeof(script), "on\ngot %d\n", sig);
	ck_assert_str_eq(cli_out, script);
}
END_TEST

static const int deadly[] = {
	SIGHUP,	 SIGINT,  SIGQUIT, SIGUSR1,   SIGUSR2, SIGALRM, SIGTERM, SIGSTKFLT,
	SIGXCPU, SIGXFSZ, SIGPROF, SIGVTALRM, SIGIO,   SIGPWR,	34,	 64,
};

START_TEST(test_signal__is_in_the_status_of_what_it_ends)
{
	int sig = deadly[_i / 2];

	cli_start(&cli, CLI_RUN(INIT(_i), "--ulimit", "core=0", "--", CLI_PLAIN), NULL);
	cli_await(&cli, "localhost");
	kill(cli.pid, sig);
	ck_assert_int_eq(cli_finish(&cli), CLI_SIGNAL + sig);
	ck_assert_str_eq(cli_err, "");
}
END_TEST

/* The kernel sends it about sockets of minictr's own. */
START_TEST(test_signal__about_minictrs_own_files_stays_with_it)
{
	start_script(INIT(_i), "trap 'echo got it' URG; trap 'exit 9' PWR; " STAY, NULL);
	kill(cli.pid, SIGURG);
	kill(cli.pid, SIGPWR); /* a higher number, so the later of two traps */
	ck_assert_int_eq(cli_finish(&cli), 9);
	ck_assert_str_eq(cli_out, "on\n");
}
END_TEST

START_TEST(test_signal__that_asks_twice_kills_who_carries_on)
{
	start_script("--init=false", "trap 'echo again' TERM; " STAY, NULL);
	kill(cli.pid, SIGTERM);
	cli_await(&cli, "again");
	usleep(1100000);
	kill(cli.pid, SIGTERM);
	ck_assert_int_eq(cli_finish(&cli), CLI_SIGNAL + SIGTERM);
}
END_TEST

START_TEST(test_signal__that_the_program_ignores_does_nothing)
{
	start_script(INIT(_i), "trap '' USR1; trap 'exit 9' USR2; " STAY, NULL);
	kill(cli.pid, SIGUSR1);
	kill(cli.pid, SIGUSR2);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

static struct sigaction handler;

/* Until it is minictr, the new process would run Check's handler, which ends the whole test. */
static void drop_handler(void)
{
	const struct sigaction none = { .sa_handler = SIG_DFL };

	ck_assert_int_eq(sigaction(SIGTERM, &none, &handler), 0);
}

static void restore_handler(void)
{
	ck_assert_int_eq(sigaction(SIGTERM, &handler, NULL), 0);
}

/* It waits in the descriptor until there is somebody to pass it on to. */
START_TEST(test_signal__during_set_up_is_not_lost)
{
	struct timespec pause = { .tv_nsec = _i * 300000L };
	int status;

	drop_handler();
	cli_start(&cli, CLI_RUN("sh", "-c", SLEEP), NULL);
	nanosleep(&pause, NULL);
	kill(cli.pid, SIGTERM);
	status = cli_finish(&cli);
	restore_handler();
	ck_assert_msg(status == CLI_SIGNAL + SIGTERM || status == -SIGTERM, "status %d", status);
}
END_TEST

/* ---- the state it is started in ---- */

static void ignore_children(void *data)
{
	(void)data;
	signal(SIGCHLD, SIG_IGN);
}

static void ignore_pipes(void *data)
{
	(void)data;
	signal(SIGPIPE, SIG_IGN);
}

static void ignore_all(void *data)
{
	(void)data;
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
}

static void block_all(void *data)
{
	sigset_t all;

	(void)data;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void mask_modes(void *data)
{
	(void)data;
	umask(0777);
}

static void all_of_it(void *data)
{
	ignore_all(data);
	block_all(data);
	mask_modes(data);
}

static void (*const states[])(void *data) = {
	NULL, ignore_children, ignore_pipes, ignore_all, block_all, mask_modes, all_of_it,
};

/* The program itself: a shell would change the state of those below it. */
START_TEST(test_state__of_signals_is_the_default_in_the_program)
{
	const struct cli_start how = { .prepare = states[_i / 2] };

	cli_expect_as("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n",
		      CLI_RUN(INIT(_i), "--", "grep", "-e", "SigBlk", "-e", "SigIgn",
			      "/proc/self/status"),
		      &how);
}
END_TEST

START_TEST(test_state__of_the_umask_is_the_default_in_the_program)
{
	const struct cli_start how = { .prepare = mask_modes };

	cli_expect_as("0022\n", CLI_RUN(INIT(_i), "--", "sh", "-c", "umask"), &how);
}
END_TEST

START_TEST(test_state__does_not_change_the_status)
{
	const struct cli_start how = { .prepare = states[_i / 2] };

	ck_assert_int_eq(cli_run_as(CLI_RUN(INIT(_i), "--", "sh", "-c", "exit 37"), &how), 37);
}
END_TEST

START_TEST(test_state__does_not_hide_the_signal_that_ended_the_program)
{
	const struct cli_start how = { .prepare = states[_i / 2] };
	const char *script = _i % 2 ? "kill -9 $$" : "trap 'exit 137' TERM; kill $$; sleep 1";

	ck_assert_int_eq(cli_run_as(CLI_RUN(INIT(_i), "--", "sh", "-c", script), &how), 137);
}
END_TEST

START_TEST(test_state__blocked_signals_are_passed_on)
{
	const struct cli_start how = { .prepare = block_all };

	start_script(INIT(_i), "trap 'exit 9' TERM; " STAY, &how);
	kill(cli.pid, SIGTERM);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

/* As nohup(1) wants it. */
START_TEST(test_state__ignored_signals_are_not_passed_on)
{
	const struct cli_start how = { .prepare = ignore_all };

	start_script(INIT(_i), "trap 'echo got it; exit 9' HUP TERM; " STAY, &how);
	kill(cli.pid, SIGHUP);
	kill(cli.pid, SIGTERM);
	usleep(200000);
	ck_assert_int_eq(waitpid(cli.pid, NULL, WNOHANG), 0);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	ck_assert_str_eq(cli_out, "on\n");
}
END_TEST

static void close_some(void *data)
{
	int which = *(int *)data;

	for (int fd = 0; fd < 3; fd++)
		if (which & (1 << fd))
			close(fd);
}

/* One that is closed is /dev/null in the program, and no other takes its number. */
START_TEST(test_state__closed_stdio_is_null_in_the_program)
{
	int which = _i / 2;
	const struct cli_start how = { .prepare = close_some, .data = &which };
	char script[160];

	snprintf(script, sizeof(script),
		 "for i in 0 1 2; do if [ $((%d >> i & 1)) = 1 ]; then "
		 "[ $(readlink /proc/$$/fd/$i) = /dev/null ] || exit 1; fi; done; exit 37",
		 which);
	ck_assert_int_eq(cli_run_as(CLI_RUN(INIT(_i), "--", "sh", "-c", script), &how), 37);
}
END_TEST

/* ---- stops ---- */

/* A group that a shell could stop: its leader's parent is in the session. */
static void lead_group(void *data)
{
	(void)data;
	setpgid(0, 0);
}

static void lead_session(void *data)
{
	(void)data;
	setsid();
}

static const struct cli_start in_group = { .prepare = lead_group };
static const struct cli_start in_session = { .prepare = lead_session };

static void expect_stop(void)
{
	kill(cli.pid, SIGTSTP);
	CLI_UNTIL(cli_state(cli.pid) == 'T');
}

START_TEST(test_stop__holds_minictr_and_program)
{
	pid_t child;

	start_script("--init=false", STAY, &in_group);
	child = cli_child(&cli);
	expect_stop();
	CLI_UNTIL(cli_state(child) == 'T');
	kill(cli.pid, SIGCONT);
	CLI_UNTIL(cli_state(cli.pid) != 'T' && cli_state(child) != 'T');
	kill(cli.pid, SIGTERM);
	ck_assert_int_eq(cli_finish(&cli), CLI_SIGNAL + SIGTERM);
}
END_TEST

START_TEST(test_stop__can_be_repeated)
{
	start_script(INIT(_i), "trap 'exit 9' USR1; " STAY, &in_group);
	for (int i = 0; i < 5; i++) {
		expect_stop();
		kill(cli.pid, SIGCONT);
		CLI_UNTIL(cli_state(cli.pid) != 'T');
	}
	kill(cli.pid, SIGUSR1);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

START_TEST(test_stop__reaches_a_program_below_init_as_it_is)
{
	start_script("--init", "trap 'echo stop' TSTP; trap 'exit 9' CONT; " STAY, &in_group);
	expect_stop();
	cli_await(&cli, "stop");
	kill(cli.pid, SIGCONT);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

/* The kernel stops nobody whom no shell could continue. */
START_TEST(test_stop__passes_in_an_orphaned_group)
{
	start_script(INIT(_i), "trap 'exit 9' USR1; " STAY, &in_session);
	kill(cli.pid, SIGTSTP);
	kill(cli.pid, SIGUSR1);
	ck_assert_int_eq(cli_finish(&cli), 9);
}
END_TEST

START_TEST(test_stop__of_minictr_alone_leaves_the_program_running)
{
	pid_t child;

	start_script("--init=false", STAY, NULL);
	child = cli_child(&cli);
	kill(cli.pid, SIGSTOP);
	CLI_UNTIL(cli_state(cli.pid) == 'T');
	ck_assert_int_ne(cli_state(child), 'T');
	kill(cli.pid, SIGCONT);
	kill(cli.pid, SIGTERM);
	ck_assert_int_eq(cli_finish(&cli), CLI_SIGNAL + SIGTERM);
}
END_TEST

START_TEST(test_stop__can_be_ended_by_kill)
{
	start_script(INIT(_i), SLEEP, &in_group);
	expect_stop();
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
}
END_TEST

/* ---- deaths of minictr ---- */

/* Whoever it leaves behind ends up with the test, and must end by itself. */
static void adopt_orphans(void)
{
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

static bool has_orphans(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG | __WALL);
	while (pid > 0);
	return pid == 0;
}

static void expect_nobody(void)
{
	CLI_UNTIL(!has_orphans());
	suite_remove_groups();
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

START_TEST(test_kill__ends_the_container_with_all_in_it)
{
	adopt_orphans();
	start_script(INIT(_i), "sleep 1000 & setsid sleep 1000 & " SLEEP, NULL);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	expect_nobody();
}
END_TEST

/* Other ids make the kernel forget whom to tell of a parent's death. */
START_TEST(test_kill__ends_the_container_of_another_user)
{
	adopt_orphans();
	start_as(CLI_RUN(INIT(_i), "--user", "1000:1000", "--", "sh", "-c", SLEEP), NULL);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	expect_nobody();
}
END_TEST

START_TEST(test_kill__ends_a_program_in_the_hosts_pid_namespace)
{
	adopt_orphans();
	start_as(CLI_RUN(INIT(_i), "--pid", "host", "--", "sh", "-c", SLEEP), NULL);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	expect_nobody();
}
END_TEST

START_TEST(test_kill__ends_a_container_with_a_terminal)
{
	adopt_orphans();
	start_as(CLI_RUN(INIT(_i), "--tty", "--", "sh", "-c", "echo on; yes >/dev/null"), NULL);
	kill(cli.pid, SIGKILL);
	ck_assert_int_eq(cli_finish(&cli), -SIGKILL);
	expect_nobody();
}
END_TEST

enum { ROUNDS = 50 };

/* All kinds of steps: layers, binds, a control group, an init, a terminal. */
static void start_much(int round)
{
	static const char *const kinds[] = { "--init", "--init=false" };
	static const char *const ttys[] = { "--tty", "--tty=false" };

	cli_start(&cli,
		  CLI_RUN(kinds[round % 2], ttys[round / 2 % 2], "--child",
			  round / 4 % 2 ? "helper" : "auto", "--pids-limit", "20", "--hostname",
			  "box", round / 8 % 2 ? "--read-only" : "--read-only=false", "-v",
			  world_path("data:/new/data"), "--tmpfs", "/scratch", "--mask",
			  "/etc/passwd", "--", "sh", "-c", "sleep 0.01 & exec sleep 1000"),
		  NULL);
}

static void sleep_us(long us)
{
	const struct timespec pause = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&pause, NULL);
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* How long a container takes from start to end, an emulated machine's included. */
static long run_us(void)
{
	const long began = now_us();

	ck_assert_int_eq(cli_run(CLI_RUN("--", "true")), 0);
	return now_us() - began;
}

/* Thrice as long as a start takes; seeded by chance, told when it fails. */
static void storm(int sig)
{
	const long longest = 3 * run_us();
	unsigned seed = (unsigned)getpid();

	for (int round = 0; round < ROUNDS; round++) {
		long us = rand_r(&seed) % longest;
		int status;

		start_much(round);
		sleep_us(us);
		kill(cli.pid, sig);
		status = cli_finish(&cli);
		ck_assert_msg(status == -sig || status == CLI_SIGNAL + sig,
			      "round %d, killed after %ld us: status %d, %s", round, us, status,
			      cli_err);
	}
}

static size_t entries_before;

static void begin_storm(void)
{
	world_mkdir("data");
	entries_before = cli_count_below(world_dir);
	adopt_orphans();
}

/* The empty directories that a writable root has been given for its mounts. */
static void expect_mount_points_alone(void)
{
	static const char *const made[] = { "new/data", "new", "scratch" };

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		ck_assert_int_eq(rmdir(world_path("root/%s", made[i])), 0);
	ck_assert_uint_eq(cli_count_below(world_dir), entries_before);
}

START_TEST(test_storm__of_kills_leaves_nothing)
{
	begin_storm();
	storm(SIGKILL);
	expect_nobody();
	expect_mount_points_alone();
}
END_TEST

/* Unlike a killed one, it has to clean up whenever that comes. */
START_TEST(test_storm__of_requests_to_end_leaves_not_even_a_group)
{
	begin_storm();
	drop_handler();
	storm(SIGTERM);
	restore_handler();
	ck_assert(!has_orphans());
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	expect_mount_points_alone();
}
END_TEST

/*
 * Many, of all kinds that don't end or stop it. Not up to its end: that
 * LeakSanitizer's tracer at exit may wait forever then is no fault of minictr's.
 */
START_TEST(test_storm__of_harmless_signals_does_no_harm)
{
	static const int harmless[] = { SIGCONT, SIGWINCH, SIGURG, SIGCHLD };

	cli_start(&cli, CLI_RUN(INIT(_i), "--", "sh", "-c", "trap 'exit 37' USR1; " STAY), NULL);
	for (int i = 0; i < 2000; i++) {
		kill(cli.pid, harmless[i % COUNT(harmless)]);
		sleep_us(100);
	}
	cli_await(&cli, "on");
	kill(cli.pid, SIGUSR1);
	ck_assert_int_eq(cli_finish(&cli), 37);
	ck_assert_str_eq(cli_out, "on\n");
}
END_TEST

/* ---- all of them ---- */

static void add_passing_on(Suite *s)
{
	TCase *tc = cli_case(s, "passing on");

	tcase_add_loop_test(tc, test_signal__reaches_the_programs_handler, 0, 2 * COUNT(forwarded));
	tcase_add_loop_test(tc, test_signal__is_in_the_status_of_what_it_ends, 0,
			    2 * COUNT(deadly));
	tcase_add_loop_test(tc, test_signal__about_minictrs_own_files_stays_with_it, 0, 2);
	tcase_add_test(tc, test_signal__that_asks_twice_kills_who_carries_on);
	tcase_add_loop_test(tc, test_signal__that_the_program_ignores_does_nothing, 0, 2);
	tcase_add_loop_test(tc, test_signal__during_set_up_is_not_lost, 0, 20);
}

static void add_state(Suite *s)
{
	TCase *tc = cli_case(s, "state");

	tcase_add_loop_test(tc, test_state__of_signals_is_the_default_in_the_program, 0,
			    2 * COUNT(states));
	tcase_add_loop_test(tc, test_state__of_the_umask_is_the_default_in_the_program, 0, 2);
	tcase_add_loop_test(tc, test_state__does_not_change_the_status, 0, 2 * COUNT(states));
	tcase_add_loop_test(tc, test_state__does_not_hide_the_signal_that_ended_the_program, 0,
			    2 * COUNT(states));
	tcase_add_loop_test(tc, test_state__blocked_signals_are_passed_on, 0, 2);
	tcase_add_loop_test(tc, test_state__ignored_signals_are_not_passed_on, 0, 2);
	tcase_add_loop_test(tc, test_state__closed_stdio_is_null_in_the_program, 0, 2 * 8);
}

static void add_stops(Suite *s)
{
	TCase *tc = cli_case(s, "stops");

	tcase_add_test(tc, test_stop__holds_minictr_and_program);
	tcase_add_loop_test(tc, test_stop__can_be_repeated, 0, 2);
	tcase_add_test(tc, test_stop__reaches_a_program_below_init_as_it_is);
	tcase_add_loop_test(tc, test_stop__passes_in_an_orphaned_group, 0, 2);
	tcase_add_test(tc, test_stop__of_minictr_alone_leaves_the_program_running);
	tcase_add_loop_test(tc, test_stop__can_be_ended_by_kill, 0, 2);
}

static void add_deaths(Suite *s)
{
	TCase *tc = cli_case(s, "deaths");

	tcase_add_loop_test(tc, test_kill__ends_the_container_with_all_in_it, 0, 2);
	tcase_add_loop_test(tc, test_kill__ends_the_container_of_another_user, 0, 2);
	tcase_add_loop_test(tc, test_kill__ends_a_program_in_the_hosts_pid_namespace, 0, 2);
	tcase_add_loop_test(tc, test_kill__ends_a_container_with_a_terminal, 0, 2);
	tcase_add_test(tc, test_storm__of_kills_leaves_nothing);
	tcase_add_test(tc, test_storm__of_requests_to_end_leaves_not_even_a_group);
	tcase_add_loop_test(tc, test_storm__of_harmless_signals_does_no_harm, 0, 2);
}

int main(void)
{
	Suite *s = suite_create("signals");

	add_passing_on(s);
	add_state(s);
	add_stops(s);
	add_deaths(s);
	return suite_run(s);
}
