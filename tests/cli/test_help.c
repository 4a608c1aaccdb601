/* SPDX-License-Identifier: MIT */
/* What minictr says about itself, and about commands and options that it does not know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { COLUMNS = 80, OPTIONS_MAX = 128, NAME_SIZE = 40 };

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- what is there ---- */

static const struct {
	const char *args[4];
	const char *words[2];
} answers[] = {
	{ { "help" }, { "Usage: minictr COMMAND", "  run " } },
	{ { "--help" }, { "Usage: minictr COMMAND", "  explain " } },
	{ { "-h" }, { "Usage: minictr COMMAND", "  help " } },
	{ { "help", "help" }, { "Usage: minictr COMMAND", "  version " } },
	{ { "help", "version" }, { "Usage: minictr COMMAND", "--version" } },
	{ { "help", "run" }, { "Usage: minictr run [OPTIONS]", "--rootfs DIR" } },
	{ { "run", "--help" }, { "Usage: minictr run [OPTIONS]", "--hostname NAME" } },
	{ { "jail", "-h" }, { "Usage: minictr jail [OPTIONS]", "--list" } },
	{ { "chroot", "-h" }, { "Usage: minictr chroot", "--help" } },
	{ { "gc", "-h" }, { "Usage: minictr gc", "--help" } },
	{ { "jail", "--help=true" }, { "Usage: minictr jail [OPTIONS]", "--list" } },
	{ { "help", "explain" }, { "Usage: minictr explain [OPTIONS]", "--rootfs DIR" } },
	{ { "explain", "--help" }, { "Usage: minictr explain [OPTIONS]", "Examples:" } },
	{ { "help", "completion" }, { "Usage: minictr completion bash|zsh|fish", "Examples:" } },
	{ { "completion", "--help" }, { "Usage: minictr completion bash|zsh|fish", "--help" } },
	{ { "version" }, { "minictr ", "\n" } },
	{ { "--version" }, { "minictr ", "\n" } },
	{ { "-V" }, { "minictr ", "\n" } },
};

START_TEST(test_minictr__answers)
{
	ck_assert_int_eq(cli_run(answers[_i].args), 0);
	ck_assert_str_eq(cli_err, "");
	for (int i = 0; i < 2; i++)
		ck_assert_msg(strstr(cli_out, answers[_i].words[i]), "no \"%s\" in: %s",
			      answers[_i].words[i], cli_out);
}
END_TEST

static void expect_narrow(void)
{
	for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= COLUMNS, "too wide: %.*s",
			      (int)strcspn(line, "\n"), line);
}

START_TEST(test_help__fits_into_80_columns)
{
	ck_assert_int_eq(cli_run(CLI_ARGS("help")), 0);
	expect_narrow();
}
END_TEST

START_TEST(test_help__ends_options_that_follow)
{
	cli_run(CLI_ARGS("help", "run"));
	cli_expect(cli_out, CLI_ARGS("run", "--help", "--no-such-option"));
}
END_TEST

START_TEST(test_help__is_no_option_of_the_programs)
{
	cli_expect("--help\n", CLI_RUN("echo", "--help"));
}
END_TEST

/* ---- what is not ---- */

static const struct {
	const char *args[5];
	const char *words[3];
} refusals[] = {
	{ { NULL }, { "no command", "minictr help" } },
	{ { "" }, { "unknown command" } },
	{ { "rnu", "true" }, { "rnu", "unknown command", "mean run?" } },
	{ { "explian" }, { "explian", "unknown command", "mean explain?" } },
	{ { "frobnicate" }, { "frobnicate", "unknown command", "see minictr help" } },
	{ { "--hlep" }, { "--hlep", "unknown option", "mean --help?" } },
	{ { "--verison" }, { "--verison", "unknown option", "mean --version?" } },
	{ { "help", "rum" }, { "rum", "unknown command", "mean run?" } },
	{ { "help", "run", "more" }, { "more", "unexpected argument" } },
	{ { "version", "more" }, { "more", "unexpected argument" } },
	{ { "completion" }, { "minictr completion", "no shell", "bash, zsh or fish" } },
	{ { "completion", "tcsh" }, { "tcsh", "expected bash, zsh or fish" } },
	{ { "completion", "zsh", "more" }, { "more", "unexpected argument" } },
	{ { "completion", "--hlep" }, { "--hlep", "mean --help?" } },
	{ { "run" }, { "no program", "CMD" } },
	{ { "explain" }, { "minictr explain", "no program" } },
	{ { "run", "--" }, { "no program", "CMD" } },
	{ { "run", "--hostnam=a", "true" }, { "--hostnam", "unknown option", "mean --hostname?" } },
	{ { "run", "--hsotname", "a", "true" }, { "--hsotname", "mean --hostname?" } },
	{ { "run", "--memroy=5", "true" }, { "--memroy", "unknown option" } },
	{ { "run", "--zzzzzzzzzzzz", "true" }, { "--zzzzzzzzzzzz", "see minictr help run" } },
	{ { "run", "-rootfs", "/", "true" }, { "-r", "unknown option", "mean --rootfs?" } },
	{ { "run", "-q", "true" }, { "-q", "unknown option" } },
	{ { "run", "-iq", "true" }, { "-q", "unknown option" } },
	{ { "explain", "--roofts=/", "true" }, { "minictr explain", "mean --rootfs?" } },
	{ { "run", "--init=yes", "true" }, { "--init", "yes", "true or false" } },
	{ { "run", "--tty=", "true" }, { "--tty", "true or false" } },
	{ { "run", "--help=maybe", "true" }, { "--help", "maybe", "true or false" } },
};

START_TEST(test_minictr__refuses)
{
	ck_assert_int_eq(cli_run(refusals[_i].args), CLI_OURS);
	ck_assert_str_eq(cli_out, "");
	cli_expect_line(refusals[_i].words, 3);
}
END_TEST

/* ---- each option ---- */

struct listed {
	char name[NAME_SIZE];
	char letter[3]; /* "-x", or "" */
	bool takes_value;
};

static bool read_option(const char *line, struct listed *option)
{
	const char *name = line + 6;

	if (strncmp(line, "  ", 2) != 0 || strncmp(name, "--", 2) != 0)
		return false;
	*option = (struct listed){ 0 };
	if (line[2] == '-')
		memcpy(option->letter, line + 2, 2);
	snprintf(option->name, sizeof(option->name), "%.*s", (int)strcspn(name, " \n"), name);
	name += strlen(option->name);
	option->takes_value = name[0] == ' ' && name[1] != ' ';
	return true;
}

/* As "help run" shows them. */
static int list_options(struct listed *options)
{
	int n = 0;

	ck_assert_int_eq(cli_run(CLI_ARGS("help", "run")), 0);
	for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1) {
		ck_assert_int_lt(n, OPTIONS_MAX);
		if (strlen(line) > 8 && read_option(line, &options[n]))
			n++;
	}
	return n;
}

static void expect_missing_value(const char *origin, const char *command)
{
	const char *const words[] = { origin, "a value is missing" };

	ck_assert_int_eq(cli_run(CLI_ARGS(command, origin)), CLI_OURS);
	cli_expect_line(words, 2);
}

START_TEST(test_run__refuses_a_missing_value)
{
	struct listed options[OPTIONS_MAX];
	int n = list_options(options), asked = 0;

	for (int i = 0; i < n; i++) {
		if (!options[i].takes_value)
			continue;
		expect_missing_value(options[i].name, "run");
		expect_missing_value(options[i].name, "explain");
		asked++;
	}
	ck_assert_int_ge(asked, 20);
}
END_TEST

START_TEST(test_run__refuses_a_missing_value_of_a_letter)
{
	struct listed options[OPTIONS_MAX];
	int n = list_options(options), asked = 0;
	const char *const words[] = { "a value is missing" };

	for (int i = 0; i < n; i++) {
		if (!options[i].takes_value || !options[i].letter[0])
			continue;
		ck_assert_int_eq(cli_run(CLI_ARGS("run", options[i].letter)), CLI_OURS);
		cli_expect_line(words, 1);
		asked++;
	}
	ck_assert_int_ge(asked, 4);
}
END_TEST

START_TEST(test_run__refuses_an_empty_value)
{
	struct listed options[OPTIONS_MAX];
	int n = list_options(options);

	for (int i = 0; i < n; i++) {
		const char *const words[] = { options[i].name };
		char arg[NAME_SIZE + 2];

		if (!options[i].takes_value)
			continue;
		snprintf(arg, sizeof(arg), "%.*s=", NAME_SIZE, options[i].name);
		ck_assert_msg(cli_run(CLI_RUN(arg, "true")) == CLI_OURS, "%s was taken", arg);
		cli_expect_line(words, 1);
	}
}
END_TEST

START_TEST(test_run__refuses_a_switch_that_is_neither_on_nor_off)
{
	struct listed options[OPTIONS_MAX];
	int n = list_options(options), asked = 0;

	for (int i = 0; i < n; i++) {
		const char *const words[] = { options[i].name, "true or false" };
		char arg[NAME_SIZE + 8];

		if (options[i].takes_value)
			continue;
		snprintf(arg, sizeof(arg), "%.*s=maybe", NAME_SIZE, options[i].name);
		ck_assert_int_eq(cli_run(CLI_RUN(arg, "true")), CLI_OURS);
		cli_expect_line(words, 2);
		asked++;
	}
	ck_assert_int_ge(asked, 6);
}
END_TEST

START_TEST(test_run__takes_a_switch_that_is_off)
{
	struct listed options[OPTIONS_MAX];
	int n = list_options(options);

	for (int i = 0; i < n; i++) {
		char arg[NAME_SIZE + 8];

		if (options[i].takes_value)
			continue;
		snprintf(arg, sizeof(arg), "%.*s=false", NAME_SIZE, options[i].name);
		ck_assert_msg(cli_run(CLI_ARGS("run", arg, "--explain", "true")) == 0, "%s: %s",
			      arg, cli_err);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("help");
	TCase *tc = cli_case(s, "help");

	tcase_add_loop_test(tc, test_minictr__answers, 0, COUNT(answers));
	tcase_add_test(tc, test_help__fits_into_80_columns);
	tcase_add_test(tc, test_help__ends_options_that_follow);
	tcase_add_test(tc, test_help__is_no_option_of_the_programs);
	tcase_add_loop_test(tc, test_minictr__refuses, 0, COUNT(refusals));
	tcase_add_test(tc, test_run__refuses_a_missing_value);
	tcase_add_test(tc, test_run__refuses_a_missing_value_of_a_letter);
	tcase_add_test(tc, test_run__refuses_an_empty_value);
	tcase_add_test(tc, test_run__refuses_a_switch_that_is_neither_on_nor_off);
	tcase_add_test(tc, test_run__takes_a_switch_that_is_off);
	return suite_run(s);
}
