/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <minictr.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "command.h"
#include "print.h"
#include "suggest.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);
static int cmd_completion(int argc, char **argv);
static void print_overview(const char *name);

static const struct command commands[] = {
	{ .name = "run",
	  .summary = "start a program in a container",
	  .run = cmd_run,
	  .help = cmd_run_help,
	  .themes = run_themes,
	  .operands = "CMD..." },
	{ .name = "explain",
	  .summary = "print the steps that run would take, run nothing",
	  .run = cmd_explain,
	  .help = cmd_run_help,
	  .themes = run_themes,
	  .operands = "CMD..." },
	{ .name = "jail",
	  .summary = "make a minimal root file system of programs of the host",
	  .run = cmd_jail,
	  .help = cmd_jail_help,
	  .themes = jail_themes,
	  .operands = "DIR FILE..." },
	{ .name = "chroot",
	  .summary = "run a program in another root directory, without isolation",
	  .run = cmd_chroot,
	  .help = cmd_chroot_help,
	  .themes = chroot_themes,
	  .operands = "DIR CMD..." },
	{ .name = "doctor",
	  .summary = "test what this host supports, and show how to enable the rest",
	  .run = cmd_doctor,
	  .help = cmd_doctor_help,
	  .themes = doctor_themes },
	{ .name = "gc",
	  .summary = "remove control groups left by killed callers",
	  .run = cmd_gc,
	  .help = cmd_gc_help,
	  .themes = gc_themes },
	{ .name = "completion",
	  .summary = "print a completion script for a shell",
	  .run = cmd_completion,
	  .help = cmd_completion_help,
	  .themes = completion_themes,
	  .operands = "bash|zsh|fish" },
	{ .name = "help",
	  .option = "--help",
	  .letter = "-h",
	  .summary = "show this text, or that of a command",
	  .run = cmd_help,
	  .help = print_overview,
	  .operands = "COMMAND" },
	{ .name = "version",
	  .option = "--version",
	  .letter = "-V",
	  .summary = "show the version",
	  .run = cmd_version,
	  .help = print_overview },
	{ .name = NULL },
};

static bool is_called(const struct command *command, const char *word)
{
	if (strcmp(command->name, word) == 0)
		return true;
	if (!command->option)
		return false;
	return strcmp(command->option, word) == 0 || strcmp(command->letter, word) == 0;
}

static const struct command *find_command(const char *word)
{
	for (const struct command *command = commands; command->name; command++)
		if (is_called(command, word))
			return command;
	return NULL;
}

static int refuse_command(const char *word)
{
	const char *kind = word[0] == '-' ? "option" : "command";
	struct suggestion s;

	suggest_start(&s, word);
	for (const struct command *command = commands; command->name; command++) {
		suggest_consider(&s, command->name);
		if (command->option)
			suggest_consider(&s, command->option);
	}
	if (s.best)
		print_refusal(word, NULL, "unknown %s, did you mean %s?", kind, s.best);
	else
		print_refusal(word, NULL, "unknown %s; see minictr help", kind);
	return EXIT_OURS;
}

static void print_overview(const char *name)
{
	(void)name;
	fputs("Usage: minictr COMMAND [ARG...]\n"
	      "\n"
	      "Starts a program in its own namespaces, on its own root file system and under\n"
	      "its own limits. It forwards input, output and signals, and exits with the same\n"
	      "status.\n"
	      "\n"
	      "Commands:\n",
	      stdout);
	for (const struct command *command = commands; command->name; command++)
		printf("  %-11s %s\n", command->name, command->summary);
	fputs("\n"
	      "Options:\n"
	      "  -h, --help     the same as help\n"
	      "  -V, --version  the same as version\n"
	      "\n"
	      "Examples:\n"
	      "  minictr run -- sh\n"
	      "  minictr explain --rootfs ./alpine -- sh\n"
	      "  minictr help run\n",
	      stdout);
}

static int refuse_surplus(const char *word)
{
	print_refusal(word, NULL, "unexpected argument");
	return EXIT_OURS;
}

static int cmd_help(int argc, char **argv)
{
	const struct command *command;

	if (argc == 1) {
		print_overview(argv[0]);
		return EXIT_SUCCESS;
	}
	if (argc > 2)
		return refuse_surplus(argv[2]);
	command = find_command(argv[1]);
	if (!command)
		return refuse_command(argv[1]);
	command->help(command->name);
	return EXIT_SUCCESS;
}

static int cmd_version(int argc, char **argv)
{
	if (argc > 1)
		return refuse_surplus(argv[1]);
	printf("minictr %s\n", ctr_version());
	return EXIT_SUCCESS;
}

static int cmd_completion(int argc, char **argv)
{
	return completion_main(commands, argc, argv);
}

static int run_command(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_refusal(NULL, NULL, "no command is given; see minictr help");
		return EXIT_OURS;
	}
	command = find_command(argv[1]);
	if (!command)
		return refuse_command(argv[1]);
	return command->run(argc - 1, argv + 1);
}

/* A descriptor opened later must not become somebody's standard output. */
static int fill_closed_stdio(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	int status;

	if (fill_closed_stdio() < 0) {
		print_failure("open what is to take the place of a closed standard stream",
			      "/dev/null", errno);
		return EXIT_OURS;
	}
	if (getauxval(AT_SECURE)) {
		print_refusal(NULL, NULL, "refusing to run as a set-user-ID program");
		return EXIT_OURS;
	}
	/* A caller that ignores these would have us lose exit statuses and write in vain. */
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	status = run_command(argc, argv);
	return print_flush() < 0 ? EXIT_OURS : status;
}
