/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_OPT_H
#define MINICTR_CLI_OPT_H

#include <minictr.h>
#include <stdbool.h>

struct run;

/* An option that other programs have, and what does it here. */
struct opt_foreign {
	const char *name; /* with its dashes; NULL ends a table */
	const char *instead;
};

/* One option: what the parser, the help and the error texts know of it. */
struct opt {
	const char *name;     /* with its dashes; NULL ends a table */
	const char *argument; /* NULL: a switch, whose value is "true" or "false" */
	/*
	 * What the value can be, for completion, where the argument does not tell: with "|"
	 * between them words, DIR, FILE, PATH, CAP (a capability), COMMAND (of minictr), CMD (a
	 * command line), or a word and one of those (ns:PATH).
	 */
	const char *words;
	const char *help;
	int (*set)(struct run *run, const struct opt *opt, const char *value);
	const char *theme;
	/* for setters that serve several options */
	int (*set_text)(ctr_spec *spec, const char *text, ctr_error *err);
	uint32_t kind; /* CTR_NS_*, or CTR_IO_* */
	char letter;
	const struct opt_foreign *foreign; /* of the last entry: options that the table has not */
};

/* What opt_parse() and a setter return instead of going on. */
enum { OPT_REFUSED = -1, OPT_ANSWERED = -2 };

/*
 * Applies the options of @argv, which begin behind its first word.
 * Returns the index of the first word that is none of them, or one of the above.
 */
int opt_parse(const struct opt *table, struct run *run, int argc, char **argv);

/* The same for a command that takes options alone: 0, or one of the above. */
int opt_parse_all(const struct opt *table, struct run *run, int argc, char **argv);
void opt_print(const struct opt *table);

/* For --help: with "true" prints the help of the command, and is OPT_ANSWERED. */
int opt_show_help(const struct opt *opt, const char *value, void (*help)(const char *name),
		  const char *name);

/* -1 with a message when @value is neither "true" nor "false". */
int opt_read_bool(const struct opt *opt, const char *value, bool *answer);

#endif
