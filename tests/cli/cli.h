/* SPDX-License-Identifier: MIT */
/* Runs the minictr command as its users do: arguments in, texts and a status out. */
#ifndef TESTS_CLI_CLI_H
#define TESTS_CLI_CLI_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

enum { CLI_OURS = 125, CLI_NOT_EXECUTABLE = 126, CLI_NOT_FOUND = 127, CLI_SIGNAL = 128 };

/* What the last run that was finished has written. */
extern char cli_out[], cli_err[];

/* A root file system in the world of the current test. */
extern char cli_root[];

/* One run that is under way. */
struct cli {
	pid_t pid;
	int out, err; /* memory files */
};

/* Who starts minictr, and whether root has it make a user namespace. */
enum cli_way { CLI_AS_ROOT, CLI_AS_ROOT_IN_A_NAMESPACE, CLI_AS_A_USER, CLI_WAYS };

/*
 * All starts of this test that follow are made that way, and what is in the world so far is
 * the user's. To be called when that is complete. The test is skipped where there is no way.
 */
void cli_use_way(int way);

/* Becomes the ordinary user, with no group of root's. For cli_start.prepare. */
void cli_become_user(void *unused);

#define CLI_USER 1000

/* What is different about a start: all of it may be left out. */
struct cli_start {
	const char *input;	     /* standard input, else /dev/null */
	void (*prepare)(void *data); /* called in the new process, last */
	void *data;
};

#define CLI_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The arguments of "minictr run" on cli_root. */
#define CLI_RUN(...) CLI_ARGS("run", "--rootfs", cli_root, __VA_ARGS__)

/*
 * A program that says "localhost" and stays. It has no arrangement for any signal, which
 * a shell has until it has executed something else.
 */
#define CLI_PLAIN "tail", "-f", "/etc/hostname"

/* A test case with cli_root made before each test. */
TCase *cli_case(Suite *suite, const char *name);

void cli_start(struct cli *cli, const char *const *args, const struct cli_start *start);

/* Waits for standard output to have this text in it. */
void cli_await(const struct cli *cli, const char *text);

/* Exit status, or minus the signal that minictr itself was ended by. */
int cli_finish(struct cli *cli);

/* All of it. */
int cli_run_as(const char *const *args, const struct cli_start *start);
int cli_run(const char *const *args);

/* Runs it and demands status 0, exactly this output and no word on standard error. */
void cli_expect(const char *output, const char *const *args);
void cli_expect_as(const char *output, const char *const *args, const struct cli_start *start);

/* Demands of the last run exactly one line on standard error, with these words (NULL: none). */
void cli_expect_line(const char *const *words, size_t n);

/* Entries below a directory, at any depth; with it they are as they were. */
size_t cli_count_below(const char *path);

/* The process on the host that minictr has started, waited for. */
pid_t cli_child(const struct cli *cli);

/* The state letter of a process, '\0' if there is none. */
char cli_state(pid_t pid);

/* Waits for a condition; the time is one that only a hang needs. */
#define CLI_UNTIL(condition)                                                                       \
	do {                                                                                       \
		for (int cli_turns = 0; !(condition); cli_turns++) {                               \
			ck_assert_msg(cli_turns < 20000, "never came true: %s", #condition);       \
			usleep(1000);                                                              \
		}                                                                                  \
	} while (0)

#endif
