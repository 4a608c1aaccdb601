/* SPDX-License-Identifier: MIT */
/* minictr at a terminal: keys, sizes, stops, hang-ups, and how it is left behind. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/terminal.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A program that stays and is quick to notice signals. */
#define STAY "echo on; while :; do sleep 0.05; done"

#define KEY_INTERRUPT "\003"
#define KEY_END "\004"
#define KEY_STOP "\032"
#define KEY_QUIT "\034"

static struct terminal t;

static void open_terminal(void)
{
	terminal_open(&t);
}

static void close_terminal(void)
{
	terminal_close(&t);
}

static void start(const char *const *args)
{
	terminal_start(&t, args, NULL);
}

/* And waits for it to say so. */
static void start_on(const char *const *args)
{
	start(args);
	terminal_await(&t, "on");
}

static int run(const char *const *args)
{
	start(args);
	return terminal_finish(&t);
}

/* The first process, or the child of that if it is an init. */
static pid_t program(void)
{
	const pid_t first = cli_child(&(struct cli){ .pid = t.pid });
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)first);
	if (strcmp(world_read(path), "minictr-init") != 0)
		return first;
	return cli_child(&(struct cli){ .pid = first });
}

static bool is_gone(pid_t pid)
{
	char state = cli_state(pid);

	return state == '\0' || state == 'Z';
}

/* ---- the container's terminal ---- */

START_TEST(test_tty__is_one_of_the_containers)
{
	struct stat st;
	char shown[64];

	ck_assert_int_eq(stat(ptsname(t.master), &st), 0);
	snprintf(shown, sizeof(shown), "on %lu\r\n", (unsigned long)st.st_dev);
	ck_assert_int_eq(run(CLI_RUN("sh", "-c", "tty; stat -L -c 'on %d' /proc/self/fd/0")), 0);
	ck_assert_ptr_eq(strstr(terminal_out, "/dev/pts/0\r\non "), terminal_out);
	ck_assert_ptr_null(strstr(terminal_out, shown));
}
END_TEST

START_TEST(test_tty__is_the_controlling_terminal)
{
	ck_assert_int_eq(run(CLI_RUN("sh", "-c", "echo on >/dev/tty")), 0);
	ck_assert_str_eq(terminal_out, "on\r\n");
}
END_TEST

START_TEST(test_tty__is_not_given_when_switched_off)
{
	ck_assert_int_ne(run(CLI_RUN("--tty=false", "--", "sh", "-c", ": >/dev/tty")), 0);
}
END_TEST

START_TEST(test_size__is_the_outer_one)
{
	terminal_resize(&t, 33, 101);
	ck_assert_int_eq(run(CLI_RUN("stty", "size")), 0);
	ck_assert_str_eq(terminal_out, "33 101\r\n");
}
END_TEST

START_TEST(test_size__changes_with_the_outer_one)
{
	start_on(CLI_RUN("sh", "-c", "trap 'stty size; exit 3' WINCH; " STAY));
	terminal_resize(&t, 44, 111);
	terminal_await(&t, "44 111");
	ck_assert_int_eq(terminal_finish(&t), 3);
}
END_TEST

START_TEST(test_size__changes_while_stopped)
{
	start_on(CLI_RUN("sh", "-c", "trap 'stty size; exit 3' WINCH; " STAY));
	kill(t.pid, SIGTSTP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	terminal_take(&t);
	terminal_resize(&t, 44, 111);
	terminal_give(&t);
	terminal_await(&t, "44 111");
	ck_assert_int_eq(terminal_finish(&t), 3);
}
END_TEST

START_TEST(test_tty__can_be_closed_and_opened_again)
{
	ck_assert_int_eq(run(CLI_RUN("sh", "-c",
				     "exec <&- >&- 2>&-; sleep 0.3; echo back >/dev/tty; exit 4")),
			 4);
	ck_assert_str_eq(terminal_out, "back\r\n");
}
END_TEST

/* User and system time, in ticks; fields 14 and 15 of stat, the third is the state. */
static unsigned long ticks_of(pid_t pid)
{
	char path[64];
	const char *end;
	unsigned long user = 0, kernel = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	end = strrchr(world_read(path), ')');
	ck_assert_ptr_nonnull(end);
	ck_assert_int_eq(sscanf(end + 2, "%*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu",
				&user, &kernel),
			 2);
	return user + kernel;
}

START_TEST(test_tty__that_is_closed_costs_no_time)
{
	unsigned long ticks;

	start_on(CLI_RUN("sh", "-c", "echo on; exec <&- >&- 2>&-; exec sleep 1000"));
	ticks = ticks_of(t.pid);
	sleep(1);
	ck_assert_uint_lt(ticks_of(t.pid) - ticks, (unsigned long)sysconf(_SC_CLK_TCK) / 10);
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGTERM);
}
END_TEST

/* ---- keys ---- */

START_TEST(test_interrupt_key__reaches_the_program_and_only_it)
{
	start_on(CLI_RUN("sh", "-c", "trap 'echo caught; exit 7' INT; " STAY));
	terminal_type(&t, KEY_INTERRUPT);
	ck_assert_int_eq(terminal_finish(&t), 7);
	ck_assert_ptr_nonnull(strstr(terminal_out, "caught"));
}
END_TEST

START_TEST(test_interrupt_key__ends_a_program_below_init)
{
	start(CLI_RUN("--init", "--", CLI_PLAIN));
	terminal_await(&t, "localhost");
	terminal_type(&t, KEY_INTERRUPT);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGINT);
}
END_TEST

START_TEST(test_quit_key__ends_a_program_below_init)
{
	start(CLI_RUN("--init", "--ulimit", "core=0", "--", CLI_PLAIN));
	terminal_await(&t, "localhost");
	terminal_type(&t, KEY_QUIT);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGQUIT);
}
END_TEST

START_TEST(test_interrupt_key__is_a_byte_when_the_program_says_so)
{
	start_on(CLI_RUN("sh", "-c", "stty raw -echo; echo on; head -c 1 | od -An -tx1; exit 4"));
	terminal_type(&t, KEY_INTERRUPT);
	ck_assert_int_eq(terminal_finish(&t), 4);
	ck_assert_ptr_nonnull(strstr(terminal_out, " 03"));
}
END_TEST

START_TEST(test_end_key__ends_input)
{
	start_on(CLI_RUN("sh", "-c", "echo on; cat; exit 5"));
	terminal_type(&t, "text\n" KEY_END);
	ck_assert_int_eq(terminal_finish(&t), 5);
}
END_TEST

START_TEST(test_end_key__ends_a_shell)
{
	start(CLI_RUN("sh"));
	terminal_await(&t, "# ");
	terminal_type(&t, "(exit 6)\n" KEY_END);
	ck_assert_int_eq(terminal_finish(&t), 6);
}
END_TEST

/* A shell, and a job of it in the foreground. */
static void start_job(void)
{
	world_write(world_path("root/job"),
		    "#!/bin/sh\n"
		    "trap 'echo continued' CONT\n"
		    "echo running\n"
		    "while :; do sleep 0.05; done\n",
		    0755);
	start(CLI_RUN("sh"));
	terminal_await(&t, "# ");
	terminal_type(&t, "/job\n");
	terminal_await(&t, "running");
}

/* A shell that has just had stopped jobs wants to be told twice. */
#define END_JOB "kill -9 %1\nexit 3\nexit 3\n"

START_TEST(test_stop_key__stops_a_job_of_a_shell)
{
	start_job();
	terminal_type(&t, KEY_STOP);
	terminal_await(&t, "Stopped");
	terminal_type(&t, END_JOB);
	ck_assert_int_eq(terminal_finish(&t), 3);
}
END_TEST

START_TEST(test_stop_key__leaves_minictr_alone)
{
	start_job();
	terminal_type(&t, KEY_STOP);
	terminal_await(&t, "Stopped");
	ck_assert_int_ne(cli_state(t.pid), 'T');
	ck_assert(terminal_is_raw(&t));
	terminal_type(&t, END_JOB);
	ck_assert_int_eq(terminal_finish(&t), 3);
}
END_TEST

START_TEST(test_interrupt_key__ends_a_job_that_was_stopped)
{
	start_job();
	terminal_type(&t, KEY_STOP);
	terminal_await(&t, "Stopped");
	terminal_type(&t, "fg\n");
	terminal_await(&t, "continued");
	terminal_type(&t, KEY_INTERRUPT "echo $?.; exit 3\n");
	ck_assert_int_eq(terminal_finish(&t), 3);
	ck_assert_ptr_nonnull(strstr(terminal_out, "130."));
}
END_TEST

/* ---- keys at a terminal that stays the caller's ---- */

START_TEST(test_interrupt_key__is_passed_on_without_tty)
{
	start_on(CLI_RUN("--tty=false", "--", "sh", "-c", "trap 'exit 7' INT; " STAY));
	ck_assert(terminal_is_restored(&t));
	terminal_type(&t, KEY_INTERRUPT);
	ck_assert_int_eq(terminal_finish(&t), 7);
}
END_TEST

START_TEST(test_stop_key__stops_minictr_and_program_without_tty)
{
	pid_t child;

	start_on(CLI_RUN("--tty=false", "--", "sh", "-c", "trap 'exit 7' TERM; " STAY));
	child = program();
	terminal_type(&t, KEY_STOP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	CLI_UNTIL(cli_state(child) == 'T');
	terminal_take(&t);
	terminal_give(&t);
	CLI_UNTIL(cli_state(t.pid) != 'T' && cli_state(child) != 'T');
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), 7);
}
END_TEST

/* ---- a stop of minictr itself ---- */

START_TEST(test_stop__gives_the_terminal_back_and_takes_it_again)
{
	start_on(CLI_RUN("sh", "-c", STAY));
	ck_assert(terminal_is_raw(&t));
	kill(t.pid, SIGTSTP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	ck_assert(terminal_is_restored(&t));
	terminal_take(&t);
	terminal_give(&t);
	CLI_UNTIL(terminal_is_raw(&t));
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGTERM);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_stop__holds_the_program_too)
{
	pid_t child;

	start_on(CLI_RUN("sh", "-c", STAY));
	child = program();
	kill(t.pid, SIGTSTP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	CLI_UNTIL(cli_state(child) == 'T');
	terminal_give(&t);
	CLI_UNTIL(cli_state(child) != 'T');
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGTERM);
}
END_TEST

START_TEST(test_stop__then_in_the_background_leaves_the_terminal_alone)
{
	start_on(CLI_RUN("sh", "-c", "trap 'echo continued' CONT; " STAY));
	kill(t.pid, SIGTSTP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	terminal_take(&t);
	kill(t.pid, SIGCONT);
	terminal_await(&t, "continued");
	ck_assert(terminal_is_restored(&t));
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGTERM);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* ---- settings ---- */

START_TEST(test_settings__are_raw_meanwhile)
{
	start_on(CLI_RUN("sh", "-c", "echo on; read x; exit 3"));
	ck_assert(terminal_is_raw(&t));
	terminal_type(&t, "\n");
	ck_assert_int_eq(terminal_finish(&t), 3);
}
END_TEST

static const struct ending {
	int status;
	const char *words[6];
} endings[] = {
	{ 0, { "true" } },
	{ 3, { "sh", "-c", "exit 3" } },
	{ 137, { "--init", "--", "sh", "-c", "kill -9 $$" } },
	{ 143, { "--init", "--", "sh", "-c", "kill $$" } },
	{ 4, { "sh", "-c", "stty raw -echo; exit 4" } },
	{ 4, { "sh", "-c", "yes | head -n 9999; exit 4" } },
	{ 127, { "nonexistent" } },
	{ 126, { "/etc/passwd" } },
	{ 125, { "--workdir", "/nonexistent", "--", "true" } },
};

START_TEST(test_settings__are_restored_whatever_the_end)
{
	const struct ending *e = &endings[_i];

	ck_assert_int_eq(run(CLI_RUN(e->words[0], e->words[1], e->words[2], e->words[3],
				     e->words[4], e->words[5])),
			 e->status);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_settings__are_restored_after_a_signal)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 };

	start(CLI_RUN(CLI_PLAIN));
	terminal_await(&t, "localhost");
	ck_assert(terminal_is_raw(&t));
	kill(t.pid, signals[_i]);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + signals[_i]);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* A sanitizer has handlers for faults. */
#ifdef SUITE_SANITIZED
enum { ENDING_SIGNALS = 1 };
#else
enum { ENDING_SIGNALS = 7 };
#endif

/* Those that are about minictr itself, and end it: sent by others as by a watchdog, or its own. */
START_TEST(test_settings__are_restored_by_a_signal_that_ends_minictr)
{
	static const int signals[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };

	start(CLI_RUN(CLI_PLAIN));
	terminal_await(&t, "localhost");
	ck_assert(terminal_is_raw(&t));
	kill(t.pid, signals[_i]);
	ck_assert_int_eq(terminal_finish(&t), -signals[_i]);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* ---- much of it ---- */

static char *numbers_up_to(int last, const char *newline)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	for (int i = 1; i <= last; i++)
		fprintf(out, "%d%s", i, newline);
	fclose(out);
	return text;
}

/* ck_assert_str_eq() would print megabytes. */
static void expect_text(const char *text, const char *expected)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), strlen(expected));
	ck_assert(strcmp(text, expected) == 0);
}

START_TEST(test_output__of_megabytes_is_whole_and_in_order)
{
	char *expected = numbers_up_to(600000, "\r\n");

	ck_assert_int_eq(run(CLI_RUN("seq", "1", "600000")), 0);
	expect_text(terminal_out, expected);
	free(expected);
}
END_TEST

/* Starts a program that writes its input to a file, and types the text. */
static void paste(const char *script, const char *text)
{
	world_mkdir("data");
	start_on(CLI_RUN("-v", world_path("data:/data"), "--", "sh", "-c", script));
	terminal_type(&t, text);
}

START_TEST(test_input__of_a_megabyte_is_whole_and_in_order)
{
	char *text = numbers_up_to(150000, "\n");

	paste("stty -echo; echo on; cat >/data/in", text);
	terminal_type(&t, KEY_END);
	ck_assert_int_eq(terminal_finish(&t), 0);
	expect_text(world_read(world_path("data/in")), text);
	free(text);
}
END_TEST

START_TEST(test_input__is_whole_while_it_is_echoed)
{
	char *text = numbers_up_to(30000, "\n");

	paste("echo on; cat >/data/in", text);
	terminal_type(&t, KEY_END);
	ck_assert_int_eq(terminal_finish(&t), 0);
	expect_text(world_read(world_path("data/in")), text);
	free(text);
}
END_TEST

START_TEST(test_input__of_any_byte_is_passed_on)
{
	char text[256] = "";

	for (int i = 0; i < 255; i++)
		text[i] = (char)(i + 1);
	paste("stty raw -echo; echo on; head -c 255 >/data/in", text);
	ck_assert_int_eq(terminal_finish(&t), 0);
	expect_text(world_read(world_path("data/in")), text);
}
END_TEST

START_TEST(test_input__typed_ahead_is_kept)
{
	terminal_type(&t, "hello\n");
	ck_assert_int_eq(run(CLI_RUN("sh", "-c", "read x; echo \"got $x\"")), 0);
	ck_assert_ptr_nonnull(strstr(terminal_out, "got hello"));
}
END_TEST

/* ---- output that nobody reads ---- */

/* Until it takes no more, also not after what is under way has arrived. */
static void fill_terminal(int slave)
{
	for (int refused = 0; refused < 20; usleep(1000)) {
		refused++;
		while (write(slave, ".", 1) == 1)
			refused = 0;
	}
}

static void fill(void)
{
	int slave = open(ptsname(t.master), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	ck_assert_int_ge(slave, 0);
	fill_terminal(slave);
	close(slave);
}

/* minictr is stopped, unasked, with a program that waits for end_program(). */
static pid_t start_and_freeze(const char *script)
{
	char text[128];
	pid_t child;

	snprintf(text, sizeof(text), "echo on; until [ -e /data/go ]; do sleep 0.05; done; %s",
		 script);
	world_mkdir("data");
	start_on(CLI_RUN("-v", world_path("data:/data"), "--", "sh", "-c", text));
	child = cli_child(&(struct cli){ .pid = t.pid }); /* the init, which ends last */
	kill(t.pid, SIGSTOP);
	CLI_UNTIL(cli_state(t.pid) == 'T');
	return child;
}

static void end_program(pid_t child)
{
	world_write(world_path("data/go"), "", 0644);
	CLI_UNTIL(is_gone(child));
}

START_TEST(test_unread_output__is_kept_until_it_is_read)
{
	pid_t child = start_and_freeze("echo last words; exit 5");

	fill();
	end_program(child);
	kill(t.pid, SIGCONT);
	ck_assert_int_eq(terminal_finish(&t), 5);
	ck_assert_ptr_nonnull(strstr(terminal_out, ".last words\r\n"));
}
END_TEST

/* It finds out about the end and about the signal at once. */
START_TEST(test_unread_output__yields_to_a_signal_and_the_status_stays)
{
	pid_t child = start_and_freeze("echo last words; exit 5");

	fill();
	end_program(child);
	kill(t.pid, SIGTERM);
	kill(t.pid, SIGCONT);
	ck_assert_int_eq(terminal_finish_unread(&t), 5);
}
END_TEST

START_TEST(test_settings__are_restored_when_the_end_came_during_a_stop)
{
	pid_t child = start_and_freeze("exit 5");

	end_program(child);
	kill(t.pid, SIGCONT);
	ck_assert_int_eq(terminal_finish(&t), 5);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_output__is_shown_in_spite_of_a_signal_after_the_end)
{
	pid_t child = start_and_freeze("seq 1 500; exit 5");
	char *expected = numbers_up_to(500, "\r\n");

	end_program(child);
	kill(t.pid, SIGTERM);
	kill(t.pid, SIGCONT);
	ck_assert_int_eq(terminal_finish(&t), 5);
	expect_text(strstr(terminal_out, "1\r\n"), expected);
	free(expected);
}
END_TEST

START_TEST(test_unread_output__does_not_hold_signals)
{
	pid_t child;

	start(CLI_RUN("yes"));
	child = program();
	terminal_await(&t, "y");
	kill(t.pid, SIGTERM);
	CLI_UNTIL(is_gone(child));
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish_unread(&t), CLI_SIGNAL + SIGTERM);
}
END_TEST

/* ---- a hang-up ---- */

static void expect_end(pid_t child)
{
	CLI_UNTIL(is_gone(child));
	CLI_UNTIL(is_gone(t.pid));
}

START_TEST(test_hang_up__ends_the_container)
{
	pid_t child;

	start_on(CLI_RUN("sh", "-c", "echo on; exec sleep 1000"));
	child = program();
	terminal_hang_up(&t);
	expect_end(child);
}
END_TEST

START_TEST(test_hang_up__ends_the_container_below_init)
{
	pid_t child;

	start_on(CLI_RUN("--init", "--", "sh", "-c", "echo on; exec sleep 1000"));
	child = program();
	terminal_hang_up(&t);
	expect_end(child);
}
END_TEST

START_TEST(test_hang_up__reaches_the_programs_handler)
{
	pid_t child;

	world_mkdir("data");
	start_on(CLI_RUN("-v", world_path("data:/data"), "--", "sh", "-c",
			 "trap ': >/data/hung; exit' HUP; " STAY));
	child = program();
	terminal_hang_up(&t);
	expect_end(child);
	ck_assert_int_eq(access(world_path("data/hung"), F_OK), 0);
}
END_TEST

START_TEST(test_hang_up__is_noticed_by_writing_when_nobody_tells)
{
	const struct terminal_start start = { .shell_stays = true };
	pid_t child;

	terminal_start(&t, CLI_RUN("sh", "-c", "while echo on; do sleep 0.05; done; sleep 1000"),
		       &start);
	terminal_await(&t, "on");
	child = program();
	terminal_hang_up(&t);
	expect_end(child);
}
END_TEST

/* ---- some of it is no terminal ---- */

START_TEST(test_tty__with_input_from_a_file)
{
	const struct cli_start start = { .input = "one\ntwo\n" };

	ck_assert_int_eq(
		cli_run_as(CLI_RUN("--tty", "--", "sh", "-c", "tty; wc -l; exit 3"), &start), 3);
	ck_assert_ptr_nonnull(strstr(cli_out, "/dev/pts/0\r\n"));
	ck_assert_ptr_nonnull(strstr(cli_out, "2\r\n"));
}
END_TEST

START_TEST(test_tty__with_input_that_ends_within_a_line)
{
	const struct cli_start start = { .input = "one\ntwo" };

	ck_assert_int_eq(
		cli_run_as(CLI_RUN("--tty", "--", "sh", "-c", "stty -echo; wc -c"), &start), 0);
	ck_assert_ptr_nonnull(strstr(cli_out, "7\r\n"));
}
END_TEST

START_TEST(test_tty__with_no_input)
{
	ck_assert_int_eq(cli_run(CLI_RUN("--tty", "--", "sh", "-c", "cat; exit 3")), 3);
}
END_TEST

START_TEST(test_tty__with_much_input_from_a_file)
{
	char *text = numbers_up_to(100000, "\n");
	const struct cli_start start = { .input = text };

	world_mkdir("data");
	ck_assert_int_eq(cli_run_as(CLI_RUN("--tty", "-v", world_path("data:/data"), "--", "sh",
					    "-c", "cat >/data/in; exit 3"),
				    &start),
			 3);
	expect_text(world_read(world_path("data/in")), text);
	free(text);
}
END_TEST

/* Writes again and again, whether that fails or not. */
#define TALK "while :; do echo on; sleep 0.05; done"

/* Standard input is the terminal, standard output a pipe. */
static int start_with_pipe(const char *const *args)
{
	struct terminal_start start = { 0 };
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	start.out = ends[1];
	terminal_start(&t, args, &start);
	close(ends[1]);
	return ends[0];
}

/* All that comes until the other end is closed. */
static const char *read_pipe(int fd)
{
	static char text[4096];
	size_t length = 0;
	ssize_t n;

	while ((n = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)n;
	ck_assert_int_eq(n, 0);
	close(fd);
	text[length] = '\0';
	return text;
}

START_TEST(test_output_pipe__means_no_tty_unless_asked_for)
{
	int fd = start_with_pipe(CLI_RUN("sh", "-c", "test -p /proc/self/fd/1"));

	ck_assert_str_eq(read_pipe(fd), "");
	ck_assert_int_eq(terminal_finish(&t), 0);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* ---- a terminal that is shared with the program ---- */

/* Nobody has it for themselves, and what is written there is shown. */
static void expect_usable(void)
{
	int fd, exclusive = -1;

	ck_assert(terminal_is_restored(&t));
	ck_assert(terminal_has_size(&t, 24, 80));
	fd = open(ptsname(t.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, TIOCGEXCL, &exclusive), 0);
	ck_assert_int_eq(exclusive, 0);
	ck_assert_int_eq(write(fd, "shown", 5), 5);
	terminal_await(&t, "shown");
	close(fd);
}

START_TEST(test_shared_terminal__is_restored_after_a_pipeline)
{
	const struct terminal_start start = { .next = "cat >/dev/null" };

	world_copy(ATTACK, world_path("root/bin/attack"));
	terminal_start(&t, CLI_RUN("attack", "spoil-terminals"), &start);
	ck_assert_int_eq(terminal_finish(&t), 0);
	expect_usable();
}
END_TEST

START_TEST(test_shared_terminal__is_restored_without_a_tty)
{
	world_copy(ATTACK, world_path("root/bin/attack"));
	ck_assert_int_eq(run(CLI_RUN("--tty=false", "attack", "spoil-terminals")), 0);
	expect_usable();
}
END_TEST

START_TEST(test_shared_terminal__is_restored_after_a_signal)
{
	world_copy(ATTACK, world_path("root/bin/attack"));
	start_on(CLI_RUN("--tty=false", "sh", "-c", "echo on; attack spoil-terminals; sleep 1000"));
	CLI_UNTIL(terminal_has_size(&t, 1, 1));
	usleep(50000);
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGTERM);
	expect_usable();
}
END_TEST

/* A pager sets the terminal up for itself, and lives longer than what it shows. */
START_TEST(test_shared_terminal__is_left_to_a_pager)
{
	const struct terminal_start start = {
		.next = "stty raw <&2; echo paging >&2; cat; read line </dev/tty",
	};

	terminal_start(&t, CLI_RUN("sh", "-c", "sleep 0.5; echo text"), &start);
	terminal_await(&t, "paging");
	terminal_finish(&t);
	ck_assert(!terminal_is_restored(&t));
	terminal_type(&t, "q\n");
}
END_TEST

START_TEST(test_shared_terminal__keeps_the_size_of_a_window_that_was_resized)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80, .ws_xpixel = 800, .ws_ypixel = 480 };

	ck_assert_int_eq(ioctl(t.master, TIOCSWINSZ, &size), 0);
	start_on(CLI_RUN("--tty=false", "sh", "-c", "echo on; read x"));
	size = (struct winsize){ .ws_row = 30, .ws_col = 100, .ws_xpixel = 1000, .ws_ypixel = 600 };
	ck_assert_int_eq(ioctl(t.master, TIOCSWINSZ, &size), 0);
	terminal_type(&t, "x\n");
	ck_assert_int_eq(terminal_finish(&t), 0);
	ck_assert(terminal_has_size(&t, 30, 100));
}
END_TEST

START_TEST(test_output_pipe__gets_what_is_shown)
{
	int fd = start_with_pipe(
		CLI_RUN("--tty", "--", "sh", "-c", "stty -echo; read x; echo got $x; exit 3"));

	terminal_type(&t, "hello\n");
	ck_assert_ptr_nonnull(strstr(read_pipe(fd), "got hello\r\n"));
	ck_assert_int_eq(terminal_finish(&t), 3);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_output_pipe__that_is_closed_hangs_up_the_program)
{
	close(start_with_pipe(CLI_RUN("--tty", "--", "sh", "-c", "trap 'exit 9' HUP; " TALK)));
	ck_assert_int_eq(terminal_finish(&t), 9);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_output_pipe__that_is_closed_ends_a_program_without_a_handler)
{
	close(start_with_pipe(CLI_RUN("--tty", "--", "sh", "-c", TALK)));
	ck_assert_int_eq(terminal_finish(&t), CLI_SIGNAL + SIGHUP);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* ---- in the background ---- */

static const struct terminal_start background = { .background = true };

START_TEST(test_background__shows_output_and_leaves_the_terminal_alone)
{
	terminal_start(&t, CLI_RUN("sh", "-c", "trap 'exit 7' TERM; " STAY), &background);
	terminal_await(&t, "on");
	ck_assert(terminal_is_restored(&t));
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), 7);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_background__is_not_stopped_by_input_for_others)
{
	terminal_start(&t, CLI_RUN("sh", "-c", "trap 'exit 7' TERM; " STAY), &background);
	terminal_await(&t, "on");
	terminal_type(&t, "for the shell\n");
	usleep(300000);
	ck_assert_int_ne(cli_state(t.pid), 'T');
	kill(t.pid, SIGTERM);
	ck_assert_int_eq(terminal_finish(&t), 7);
}
END_TEST

START_TEST(test_background__reads_once_it_is_in_the_foreground)
{
	terminal_start(&t, CLI_RUN("sh", "-c", "echo on; read x; echo \"got $x\""), &background);
	terminal_await(&t, "on");
	terminal_give(&t);
	CLI_UNTIL(terminal_is_raw(&t));
	terminal_type(&t, "hello\n");
	terminal_await(&t, "got hello");
	ck_assert_int_eq(terminal_finish(&t), 0);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

START_TEST(test_background__restores_what_the_shell_has_set_meanwhile)
{
	terminal_start(&t, CLI_RUN("sh", "-c", "echo on; read x"), &background);
	terminal_await(&t, "on");
	t.before.c_lflag |= ECHO;
	t.before.c_cc[VKILL] = 'L' - '@';
	ck_assert_int_eq(tcsetattr(t.master, TCSANOW, &t.before), 0);
	terminal_give(&t);
	CLI_UNTIL(terminal_is_raw(&t));
	terminal_type(&t, "\n");
	ck_assert_int_eq(terminal_finish(&t), 0);
	ck_assert(terminal_is_restored(&t));
}
END_TEST

/* ---- all of them ---- */

static TCase *terminal_case(Suite *s, const char *name)
{
	TCase *tc = cli_case(s, name);

	tcase_add_checked_fixture(tc, open_terminal, close_terminal);
	return tc;
}

static void add_tty(Suite *s)
{
	TCase *tc = terminal_case(s, "tty");

	tcase_add_test(tc, test_tty__is_one_of_the_containers);
	tcase_add_test(tc, test_tty__is_the_controlling_terminal);
	tcase_add_test(tc, test_tty__is_not_given_when_switched_off);
	tcase_add_test(tc, test_size__is_the_outer_one);
	tcase_add_test(tc, test_size__changes_with_the_outer_one);
	tcase_add_test(tc, test_size__changes_while_stopped);
	tcase_add_test(tc, test_tty__can_be_closed_and_opened_again);
	tcase_add_test(tc, test_tty__that_is_closed_costs_no_time);
}

static void add_keys(Suite *s)
{
	TCase *tc = terminal_case(s, "keys");

	tcase_add_test(tc, test_interrupt_key__reaches_the_program_and_only_it);
	tcase_add_test(tc, test_interrupt_key__ends_a_program_below_init);
	tcase_add_test(tc, test_quit_key__ends_a_program_below_init);
	tcase_add_test(tc, test_interrupt_key__is_a_byte_when_the_program_says_so);
	tcase_add_test(tc, test_end_key__ends_input);
	tcase_add_test(tc, test_end_key__ends_a_shell);
	tcase_add_test(tc, test_stop_key__stops_a_job_of_a_shell);
	tcase_add_test(tc, test_stop_key__leaves_minictr_alone);
	tcase_add_test(tc, test_interrupt_key__ends_a_job_that_was_stopped);
	tcase_add_test(tc, test_interrupt_key__is_passed_on_without_tty);
	tcase_add_test(tc, test_stop_key__stops_minictr_and_program_without_tty);
}

static void add_settings(Suite *s)
{
	TCase *tc = terminal_case(s, "settings");

	tcase_add_test(tc, test_stop__gives_the_terminal_back_and_takes_it_again);
	tcase_add_test(tc, test_stop__holds_the_program_too);
	tcase_add_test(tc, test_stop__then_in_the_background_leaves_the_terminal_alone);
	tcase_add_test(tc, test_settings__are_raw_meanwhile);
	tcase_add_loop_test(tc, test_settings__are_restored_whatever_the_end, 0, COUNT(endings));
	tcase_add_loop_test(tc, test_settings__are_restored_after_a_signal, 0, 5);
	tcase_add_loop_test(tc, test_settings__are_restored_by_a_signal_that_ends_minictr, 0,
			    ENDING_SIGNALS);
	tcase_add_test(tc, test_background__shows_output_and_leaves_the_terminal_alone);
	tcase_add_test(tc, test_background__is_not_stopped_by_input_for_others);
	tcase_add_test(tc, test_background__reads_once_it_is_in_the_foreground);
	tcase_add_test(tc, test_background__restores_what_the_shell_has_set_meanwhile);
}

static void add_bytes(Suite *s)
{
	TCase *tc = terminal_case(s, "bytes");

	tcase_add_test(tc, test_output__of_megabytes_is_whole_and_in_order);
	tcase_add_test(tc, test_input__of_a_megabyte_is_whole_and_in_order);
	tcase_add_test(tc, test_input__is_whole_while_it_is_echoed);
	tcase_add_test(tc, test_input__of_any_byte_is_passed_on);
	tcase_add_test(tc, test_input__typed_ahead_is_kept);
	tcase_add_test(tc, test_unread_output__is_kept_until_it_is_read);
	tcase_add_test(tc, test_unread_output__yields_to_a_signal_and_the_status_stays);
	tcase_add_test(tc, test_settings__are_restored_when_the_end_came_during_a_stop);
	tcase_add_test(tc, test_output__is_shown_in_spite_of_a_signal_after_the_end);
	tcase_add_test(tc, test_unread_output__does_not_hold_signals);
	tcase_add_test(tc, test_output_pipe__means_no_tty_unless_asked_for);
	tcase_add_test(tc, test_shared_terminal__is_restored_after_a_pipeline);
	tcase_add_test(tc, test_shared_terminal__is_restored_without_a_tty);
	tcase_add_test(tc, test_shared_terminal__is_restored_after_a_signal);
	tcase_add_test(tc, test_shared_terminal__is_left_to_a_pager);
	tcase_add_test(tc, test_shared_terminal__keeps_the_size_of_a_window_that_was_resized);
	tcase_add_test(tc, test_output_pipe__gets_what_is_shown);
	tcase_add_test(tc, test_output_pipe__that_is_closed_hangs_up_the_program);
	tcase_add_test(tc, test_output_pipe__that_is_closed_ends_a_program_without_a_handler);
}

static void add_hang_up(Suite *s)
{
	TCase *tc = terminal_case(s, "hang-up");

	tcase_add_test(tc, test_hang_up__ends_the_container);
	tcase_add_test(tc, test_hang_up__ends_the_container_below_init);
	tcase_add_test(tc, test_hang_up__reaches_the_programs_handler);
	tcase_add_test(tc, test_hang_up__is_noticed_by_writing_when_nobody_tells);
}

/* The test speaks to files and pipes only. */
static void add_files(Suite *s)
{
	TCase *tc = cli_case(s, "files");

	tcase_add_test(tc, test_tty__with_input_from_a_file);
	tcase_add_test(tc, test_tty__with_input_that_ends_within_a_line);
	tcase_add_test(tc, test_tty__with_no_input);
	tcase_add_test(tc, test_tty__with_much_input_from_a_file);
}

int main(void)
{
	Suite *s = suite_create("terminal");

	add_tty(s);
	add_keys(s);
	add_settings(s);
	add_bytes(s);
	add_hang_up(s);
	add_files(s);
	return suite_run(s);
}
