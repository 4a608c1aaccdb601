/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "completion.h"
#include "opt.h"

extern const char completion_script_zsh[]; /* completion/minictr.zsh */

/* Of a specification for _arguments. */
static const struct quoting quoting = { "\\[]:", "'\\''" };

static void print_value(const struct script *script, const struct opt *opt)
{
	putchar(':');
	completion_print(script, opt->argument);
	fputs(": _minictr_reply", stdout);
	completion_print_value(script, opt);
}

/* Such as "--tty=-[help]::value:(true false)": a switch can be given a value behind "=" alone. */
static void print_option(const struct script *script, const struct opt *opt)
{
	fputs(opt->name, stdout);
	fputs(opt->argument ? "=[" : "=-[", stdout);
	completion_print(script, opt->help);
	putchar(']');
	if (opt->argument)
		print_value(script, opt);
	else
		fputs("::value:(true false)", stdout);
	fputs("'\n", stdout);
}

static void print_letter(const struct script *script, const struct opt *opt)
{
	printf("-%c%s[", opt->letter, opt->argument ? "+" : "");
	completion_print(script, opt->help);
	putchar(']');
	if (opt->argument)
		print_value(script, opt);
	fputs("'\n", stdout);
}

static void print_options(const struct script *script, const struct opt_theme *themes)
{
	struct opt_walk walk = { .theme = themes };
	const struct opt *opt;

	while ((opt = opt_next(&walk))) {
		const char *again = opt->argument ? "*" : "";

		if (opt->letter) {
			printf("\t\t'%s", again);
			print_letter(script, opt);
		}
		printf("\t\t'%s", again);
		print_option(script, opt);
	}
}

static void print_operands(const struct script *script, const struct command *command)
{
	struct operand operand = completion_operands(command);

	while (completion_next_operand(&operand)) {
		if (operand.many)
			fputs("\t\t'*:::", stdout);
		else
			printf("\t\t'%d:", operand.number);
		fputs("operand: _minictr_reply", stdout);
		completion_print_operand(script, &operand);
		fputs("'\n", stdout);
	}
}

static void print_command(const struct script *script, const struct command *command)
{
	fputs("\t(", stdout);
	completion_print_names(script, command, '|');
	fputs(")\n\t\tspecs=(\n", stdout);
	if (command->themes)
		print_options(script, command->themes);
	print_operands(script, command);
	fputs("\t\t) ;;\n", stdout);
}

static void print_names(const struct script *script)
{
	fputs("_minictr_commands=(\n", stdout);
	for (const struct command *command = script->commands; command->name; command++) {
		printf("\t'%s:", command->name);
		completion_print(script, command->summary);
		fputs("'\n", stdout);
	}
	fputs(")\n_minictr_switches=(\n", stdout);
	for (const struct command *command = script->commands; command->name; command++) {
		if (!command->option)
			continue;
		printf("\t'(- *)'{%s,%s}'[", command->letter, command->option);
		completion_print(script, command->summary);
		fputs("]'\n", stdout);
	}
	fputs(")\n", stdout);
}

void completion_zsh(const struct command *commands)
{
	const struct script script = { commands, &quoting };

	fputs("#compdef minictr\n"
	      "# zsh completion for minictr, made by: minictr completion zsh\n"
	      "typeset -ga _minictr_commands _minictr_switches\n",
	      stdout);
	print_names(&script);
	fputs("\n_minictr_about()\n{\n\tcase $1 in\n", stdout);
	for (const struct command *command = commands; command->name; command++)
		if (completion_is_first(&script, command))
			print_command(&script, command);
	fputs("\t(*) return 1 ;;\n\tesac\n}\n\n", stdout);
	fputs(completion_script_zsh, stdout);
}
