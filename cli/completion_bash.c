/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "completion.h"
#include "opt.h"

extern const char completion_script_bash[]; /* completion/minictr.bash */

static const struct quoting quoting = { "", "'\\''" };

static void print_switches(const struct script *script)
{
	for (const struct command *command = script->commands; command->name; command++)
		if (command->option)
			printf(" %s %s", command->letter, command->option);
}

static void print_options(const struct script *script, const struct opt_theme *themes)
{
	struct opt_walk walk = { .theme = themes };
	const struct opt *opt;

	while ((opt = opt_next(&walk))) {
		if (opt->letter) {
			printf("\n-%c", opt->letter);
			completion_print_value(script, opt);
		}
		printf("\n%s", opt->name);
		completion_print_value(script, opt);
	}
}

static void print_operands(const struct script *script, const struct command *command)
{
	struct operand operand = completion_operands(command);

	while (completion_next_operand(&operand)) {
		fputs(operand.number > 1 ? " '" : "'", stdout);
		completion_print_operand(script, &operand);
		fputs(operand.many ? " ...'" : "'", stdout);
	}
}

static void print_command(const struct script *script, const struct command *command)
{
	fputs("\t", stdout);
	completion_print_names(script, command, '|');
	fputs(")\n\t\toperands=(", stdout);
	print_operands(script, command);
	fputs(")\n\t\toptions='", stdout);
	if (command->themes)
		print_options(script, command->themes);
	fputs("'\n\t\t;;\n", stdout);
}

void completion_bash(const struct command *commands)
{
	const struct script script = { commands, &quoting };

	fputs("# bash completion for minictr, made by: minictr completion bash\n"
	      "_minictr_commands='",
	      stdout);
	completion_print_commands(&script);
	fputs("'\n_minictr_switches='", stdout);
	print_switches(&script);
	fputs("'\n\n_minictr_about()\n{\n\tcase $1 in\n", stdout);
	for (const struct command *command = commands; command->name; command++)
		if (completion_is_first(&script, command))
			print_command(&script, command);
	fputs("\t*) return 1 ;;\n\tesac\n}\n\n", stdout);
	fputs(completion_script_bash, stdout);
}
