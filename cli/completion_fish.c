/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "completion.h"
#include "opt.h"

extern const char completion_script_fish[]; /* completion/minictr.fish */

static const struct quoting quoting = { "\\", "\\'" };

static void print_option(const struct script *script, const struct command *command,
			 const struct opt *opt)
{
	fputs("complete -c minictr -n '__minictr_in ", stdout);
	completion_print_names(script, command, ' ');
	putchar('\'');
	if (opt->letter)
		printf(" -s %c", opt->letter);
	printf(" -l %s", opt->name + 2);
	if (opt->argument) {
		fputs(" -x -a '(__minictr_reply", stdout);
		completion_print_value(script, opt);
		fputs(")'", stdout);
	}
	fputs(" -d '", stdout);
	completion_print(script, opt->help);
	fputs("'\n", stdout);
}

static void print_operands(const struct script *script, const struct command *command)
{
	struct operand operand = completion_operands(command);

	while (completion_next_operand(&operand)) {
		printf("complete -c minictr -n '__minictr_operand %d%s ", operand.number,
		       operand.many ? "+" : "");
		completion_print_names(script, command, ' ');
		printf("' -a '(__minictr_reply_operand %d", operand.number);
		completion_print_operand(script, &operand);
		fputs(")'\n", stdout);
	}
}

static void print_command(const struct script *script, const struct command *command)
{
	struct opt_walk walk = { .theme = command->themes };

	while (command->themes && opt_next(&walk))
		print_option(script, command, walk.opt);
	print_operands(script, command);
}

static void print_names(const struct script *script)
{
	for (const struct command *command = script->commands; command->name; command++) {
		printf("complete -c minictr -n __fish_use_subcommand -a %s -d '", command->name);
		completion_print(script, command->summary);
		fputs("'\n", stdout);
		if (command->option)
			printf("complete -c minictr -n __fish_use_subcommand -s %s -l %s\n",
			       command->letter + 1, command->option + 2);
	}
}

/* The options that take a value. */
static void print_valued(const struct script *script, const struct command *command)
{
	struct opt_walk walk = { .theme = command->themes };
	const struct opt *opt;

	fputs("\t\tcase ", stdout);
	completion_print_names(script, command, ' ');
	fputs("\n\t\t\tprintf '%s\\n'", stdout);
	while ((opt = opt_next(&walk))) {
		if (!opt->argument)
			continue;
		printf(" %s", opt->name);
		if (opt->letter)
			printf(" -%c", opt->letter);
	}
	putchar('\n');
}

void completion_fish(const struct command *commands)
{
	const struct script script = { commands, &quoting };

	fputs("# fish completion for minictr, made by: minictr completion fish\n"
	      "function __minictr_valued\n"
	      "\tswitch \"$argv\"\n",
	      stdout);
	for (const struct command *command = commands; command->name; command++)
		if (command->themes && completion_is_first(&script, command))
			print_valued(&script, command);
	fputs("\tend\nend\n\ncomplete -c minictr -f\n", stdout);
	print_names(&script);
	for (const struct command *command = commands; command->name; command++)
		if (completion_is_first(&script, command))
			print_command(&script, command);
	putchar('\n');
	fputs(completion_script_fish, stdout);
}
