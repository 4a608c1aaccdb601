/* SPDX-License-Identifier: MIT */
#include "completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "opt.h"

/* ---- texts ---- */

static void print_text(const char *text, size_t length, const struct quoting *as)
{
	for (const char *end = text + length; text < end; text++) {
		if (*text == '\'') {
			fputs(as->quote, stdout);
			continue;
		}
		if (strchr(as->escaped, *text))
			putchar('\\');
		putchar(*text == '\n' ? ' ' : *text);
	}
}

void completion_print(const struct script *script, const char *text)
{
	print_text(text, strlen(text), script->as);
}

/* ---- values ---- */

static void print_all_caps(const struct script *script)
{
	for (int i = 0; ctr_caps_name(i); i++) {
		putchar(' ');
		completion_print(script, ctr_caps_name(i));
	}
}

void completion_print_commands(const struct script *script)
{
	for (const struct command *command = script->commands; command->name; command++) {
		putchar(' ');
		completion_print(script, command->name);
	}
}

/* What words in capitals stand for, in the language of the scripts; others: for anything. */
static const struct kind {
	const char *name;
	const char *mark;
	void (*print)(const struct script *script);
} kinds[] = {
	{ "DIR", "@dir", NULL },
	{ "FILE", "@file", NULL },
	{ "PATH", "@file", NULL },
	{ "CMD", "@command", NULL },
	{ "ALL", "ALL", NULL },
	{ "CAP", NULL, print_all_caps },
	{ "COMMAND", NULL, completion_print_commands },
	{ "", "", NULL }, /* none: the whole is a word */
	{ NULL, "@any", NULL },
};

static const struct kind *find_kind(const char *name, size_t length)
{
	const struct kind *kind = kinds;

	while (kind->name &&
	       (strlen(kind->name) != length || strncmp(kind->name, name, length) != 0))
		kind++;
	return kind;
}

/* Such as "auto", "DIR", "ns:PATH". */
static void print_item(const struct script *script, const char *item, size_t length)
{
	const struct kind *kind;
	size_t begin = 0;

	while (begin < length && !isupper((unsigned char)item[begin]))
		begin++;
	kind = find_kind(item + begin, length - begin);
	if (kind->print) {
		kind->print(script);
		return;
	}
	putchar(' ');
	if (kind->name)
		print_text(item, begin, script->as);
	fputs(kind->mark, stdout);
}

/* Items with "|" between them; what is in brackets is not for completion. */
static void print_items(const struct script *script, const char *items, size_t length)
{
	const char *end = items + length, *bar;

	if (memchr(items, '[', length)) {
		fputs(" @any", stdout);
		return;
	}
	for (; (bar = memchr(items, '|', (size_t)(end - items))); items = bar + 1)
		print_item(script, items, (size_t)(bar - items));
	print_item(script, items, (size_t)(end - items));
}

void completion_print_operand(const struct script *script, const struct operand *operand)
{
	print_items(script, operand->text, operand->length);
}

void completion_print_value(const struct script *script, const struct opt *opt)
{
	const char *items = opt->words ? opt->words : opt->argument;

	if (opt->argument)
		print_items(script, items, strlen(items));
}

/* ---- operands ---- */

bool completion_next_operand(struct operand *operand)
{
	static const char dots[] = "...";
	const size_t many = strlen(dots);

	operand->text += operand->length;
	operand->text += strspn(operand->text, " .");
	operand->length = strcspn(operand->text, " .");
	operand->number++;
	operand->many = strncmp(operand->text + operand->length, dots, many) == 0;
	return operand->length > 0;
}

struct operand completion_operands(const struct command *command)
{
	return (struct operand){ .text = command->operands ? command->operands : "" };
}

/* ---- commands ---- */

static bool is_like(const struct command *a, const struct command *b)
{
	return a == b || (a->themes && a->themes == b->themes);
}

/* Those that have the same options are told of together, at the first of them. */
bool completion_is_first(const struct script *script, const struct command *command)
{
	const struct command *first = script->commands;

	if (!command->themes && !command->operands)
		return false;
	while (!is_like(first, command))
		first++;
	return first == command;
}

void completion_print_names(const struct script *script, const struct command *first,
			    char separator)
{
	for (const struct command *command = first; command->name; command++) {
		if (!is_like(command, first))
			continue;
		if (command != first)
			putchar(separator);
		completion_print(script, command->name);
	}
}
