/* SPDX-License-Identifier: MIT */
/*
 * What the scripts for the shells have in common. In all of them a value, or an operand, is a
 * list of words: one of them stands for itself, or with "@" for a path behind what is before
 * it (ns:@file), for a command line, or for anything. completion/ knows what to do with them.
 */
#ifndef MINICTR_CLI_COMPLETION_H
#define MINICTR_CLI_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

/* How a text is written between single quotes. */
struct quoting {
	const char *escaped; /* these have a backslash before them */
	const char *quote;   /* and this stands for a single quote */
};

struct script {
	const struct command *commands;
	const struct quoting *as;
};

/* One of "DIR CMD...": there may be many of the last. */
struct operand {
	const char *text;
	size_t length;
	int number; /* 1 is the first */
	bool many;
};

/* The commands with their options and operands, and the script of completion/. */
void completion_bash(const struct command *commands);
void completion_zsh(const struct command *commands);
void completion_fish(const struct command *commands);

/* A newline becomes a blank. */
void completion_print(const struct script *script, const char *text);

/* All that follow print a blank before each word. */
void completion_print_commands(const struct script *script);
void completion_print_value(const struct script *script, const struct opt *opt);
void completion_print_operand(const struct script *script, const struct operand *operand);

/* From the first one to the last. */
struct operand completion_operands(const struct command *command);
bool completion_next_operand(struct operand *operand);

/*
 * Commands with the same options are told of together, at the first of them; one without
 * options and operands is not told of.
 */
bool completion_is_first(const struct script *script, const struct command *command);
void completion_print_names(const struct script *script, const struct command *first,
			    char separator);

#endif
