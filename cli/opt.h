/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_OPT_H
#define MINICTR_CLI_OPT_H

#include <minictr.h>
#include <stdbool.h>

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
	/* @target: what the options of the command are gathered in, see opt_parse() */
	int (*set)(void *target, const struct opt *opt, const char *value);
	/* for setters that serve several options */
	int (*set_text)(ctr_spec *spec, const char *text, ctr_error *err);
	int (*set_switch)(ctr_spec *spec, int enabled, ctr_error *err);
	void (*show)(const char *name);
	uint32_t kind; /* CTR_NS_*, or CTR_IO_* */
	char letter;
	const struct opt_foreign *foreign; /* of the last entry: options that the table has not */
};

/* A command takes the tables of a list. */
struct opt_theme {
	const char *title;	   /* in the help; NULL: that of the theme before goes on */
	const struct opt *options; /* NULL ends a list */
};

/* From the first option of a list to its last: begin with no more than the themes. */
struct opt_walk {
	const struct opt_theme *theme;
	const struct opt *opt;
};

/* NULL past the last one. */
const struct opt *opt_next(struct opt_walk *walk);

/* What opt_parse() and a setter return instead of going on. */
enum { OPT_REFUSED = -1, OPT_ANSWERED = -2 };

/*
 * Applies the options of @argv, which begin behind its first word. @target is what the setters of
 * all @themes are handed.
 * Returns the index of the first word that is none of them, or one of the above.
 */
int opt_parse(const struct opt_theme *themes, void *target, int argc, char **argv);

/* The same for a command that takes options alone: 0, or one of the above. */
int opt_parse_all(const struct opt_theme *themes, void *target, int argc, char **argv);
void opt_print(const struct opt_theme *themes);

/* For --help: with "true" prints the help of the command by @opt->show, and is OPT_ANSWERED. */
int opt_show_help(void *target, const struct opt *opt, const char *value);

/* For what is accepted and changes nothing. */
int opt_set_nothing(void *target, const struct opt *opt, const char *value);

/* ---- values ---- */

/* -1 with a message when @value is neither "true" nor "false". */
int opt_read_bool(const struct opt *opt, const char *value, bool *answer);
int opt_read_octal(const struct opt *opt, const char *text, uint32_t max, uint32_t *number);

bool opt_is_unlimited(const char *text); /* "-1" or "unlimited" */

/* "1.5" in units of a thousand millionth, without the rounding of floating point; or false. */
bool opt_read_decimal(const char *text, uint64_t *nano);

#endif
