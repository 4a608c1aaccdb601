/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "completion.h"
#include "print.h"

static const struct opt options[] = {
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = opt_show_help,
	  .show = cmd_completion_help },
	{ .name = NULL },
};

const struct opt_theme completion_themes[] = {
	{ "Options", options },
	{ NULL, NULL },
};

void cmd_completion_help(const char *name)
{
	printf("Usage: minictr %s bash|zsh|fish\n"
	       "\n"
	       "Prints a script with which that shell completes the commands, options and values\n"
	       "of minictr. Use it with \"source\", or put it where the shell looks for scripts.\n",
	       name);
	opt_print(completion_themes);
	fputs("\n"
	      "Examples:\n"
	      "  source <(minictr completion bash)       in ~/.bashrc\n"
	      "  source <(minictr completion zsh)        in ~/.zshrc, after compinit\n"
	      "  minictr completion fish | source        in ~/.config/fish/config.fish\n",
	      stdout);
}

static const struct {
	const char *name;
	void (*print)(const struct command *commands);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static int print_for(const char *shell, const struct command *commands)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		shells[i].print(commands);
		return EXIT_SUCCESS;
	}
	print_refusal(shell, NULL, "expected bash, zsh or fish");
	return EXIT_OURS;
}

static int refuse(const char *word, const char *cause)
{
	print_refusal(word, NULL, "%s", cause);
	return EXIT_OURS;
}

int completion_main(const struct command *commands, int argc, char **argv)
{
	int first;

	print_set_command(argv[0]);
	first = opt_parse(completion_themes, NULL, argc, argv);
	if (first < 0)
		return first == OPT_ANSWERED ? EXIT_SUCCESS : EXIT_OURS;
	if (first == argc)
		return refuse(NULL, "no shell is given, expected bash, zsh or fish");
	if (first + 1 < argc)
		return refuse(argv[first + 1], "unexpected argument");
	return print_for(argv[first], commands);
}
