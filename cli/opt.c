/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "opt.h"
#include "print.h"
#include "suggest.h"

enum { HELP_COLUMN = 34, NAME_SIZE = 64 };

struct words {
	int count;
	int next;
	char **list;
};

static const struct opt *find_name(const struct opt *table, const char *name, size_t length)
{
	for (const struct opt *opt = table; opt->name; opt++)
		if (strlen(opt->name) == length && strncmp(opt->name, name, length) == 0)
			return opt;
	return NULL;
}

static const struct opt *find_letter(const struct opt *table, char letter)
{
	for (const struct opt *opt = table; opt->name; opt++)
		if (opt->letter == letter)
			return opt;
	return NULL;
}

/* @name may lack a dash: "-rootfs" is a slip too. */
static const char *nearest_name(const struct opt *table, const char *name)
{
	struct suggestion s;

	suggest_start(&s, name + strspn(name, "-"));
	for (const struct opt *opt = table; opt->name; opt++)
		suggest_consider(&s, opt->name + 2);
	return s.best;
}

static const char *find_instead(const struct opt *table, const char *name)
{
	while (table->name)
		table++;
	for (const struct opt_foreign *f = table->foreign; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f->instead;
	return NULL;
}

/* The options of explain are those of run. */
static const char *help_topic(void)
{
	return strcmp(print_command(), "explain") == 0 ? "run" : print_command();
}

static int refuse_unknown(const struct opt *table, const char *origin, const char *word,
			  size_t length)
{
	char name[NAME_SIZE];
	const char *near, *instead;

	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	instead = find_instead(table, name);
	if (instead)
		return print_refusal(name, NULL, "unknown option; %s", instead);
	near = nearest_name(table, name);
	if (!near)
		return print_refusal(origin ? origin : name, NULL,
				     "unknown option; see minictr help %s", help_topic());
	return print_refusal(origin ? origin : name, NULL, "unknown option, did you mean --%s?",
			     near);
}

int opt_read_bool(const struct opt *opt, const char *value, bool *answer)
{
	*answer = strcmp(value, "true") == 0;
	if (*answer || strcmp(value, "false") == 0)
		return 0;
	return print_refusal(opt->name, value, "expected true or false");
}

int opt_show_help(const struct opt *opt, const char *value, void (*help)(const char *name),
		  const char *name)
{
	bool wanted;

	if (opt_read_bool(opt, value, &wanted) < 0)
		return OPT_REFUSED;
	if (!wanted)
		return 0;
	help(name);
	return OPT_ANSWERED;
}

/* -h means help almost everywhere else. */
static int refuse_missing(const struct opt *opt)
{
	if (opt->letter == 'h')
		return print_refusal(opt->name, NULL,
				     "a value is missing, expected %s; --help shows "
				     "the options",
				     opt->argument);
	return print_refusal(opt->name, NULL, "a value is missing, expected %s", opt->argument);
}

static int apply(const struct opt *opt, struct run *run, const char *value)
{
	bool ignored;

	if (!value)
		return refuse_missing(opt);
	if (!opt->argument && opt_read_bool(opt, value, &ignored) < 0)
		return OPT_REFUSED;
	return opt->set(run, opt, value);
}

static const char *next_word(struct words *words)
{
	return words->next < words->count ? words->list[words->next++] : NULL;
}

/*
 * The value of an option as a word of its own. "--" ends the options and is none. A host name
 * does not begin with a dash either, so "--rm" is none in "-h --rm".
 */
static const char *next_value(const struct opt *opt, struct words *words)
{
	const char *word = words->next < words->count ? words->list[words->next] : NULL;

	if (word && (strcmp(word, "--") == 0 || (opt->letter == 'h' && word[0] == '-')))
		return NULL;
	return next_word(words);
}

static int parse_name(const struct opt *table, struct run *run, struct words *words)
{
	const char *word = next_word(words);
	size_t length = strcspn(word, "=");
	const struct opt *opt = find_name(table, word, length);

	if (!opt)
		return refuse_unknown(table, NULL, word, length);
	if (word[length] == '=')
		return apply(opt, run, word + length + 1);
	return apply(opt, run, opt->argument ? next_value(opt, words) : "true");
}

static int parse_letters(const struct opt *table, struct run *run, struct words *words)
{
	const char *word = next_word(words);

	for (const char *letter = word + 1; *letter; letter++) {
		const struct opt *opt = find_letter(table, *letter);
		const char origin[] = { '-', *letter, '\0' };
		int rc;

		if (!opt)
			return refuse_unknown(table, origin, word, strcspn(word, "="));
		if (opt->argument)
			return apply(opt, run, letter[1] ? letter + 1 : next_value(opt, words));
		rc = apply(opt, run, "true");
		if (rc < 0)
			return rc;
	}
	return 0;
}

int opt_parse(const struct opt *table, struct run *run, int argc, char **argv)
{
	struct words words = { .count = argc, .next = 1, .list = argv };

	while (words.next < argc) {
		const char *word = argv[words.next];
		int rc;

		if (strcmp(word, "--") == 0)
			return words.next + 1;
		if (word[0] != '-' || word[1] == '\0')
			return words.next;
		if (word[1] == '-')
			rc = parse_name(table, run, &words);
		else
			rc = parse_letters(table, run, &words);
		if (rc < 0)
			return rc;
	}
	return words.next;
}

int opt_parse_all(const struct opt *table, struct run *run, int argc, char **argv)
{
	int first = opt_parse(table, run, argc, argv);

	if (first < 0)
		return first;
	if (first == argc)
		return 0;
	print_refusal(argv[first], NULL, "one word too many");
	return OPT_REFUSED;
}

/* A newline in a help text begins a further line of its column. */
static void print_help(const char *help, int column)
{
	while (*help) {
		int length = (int)strcspn(help, "\n");

		printf("%*s%.*s\n", column, "", length, help);
		help += length;
		help += *help == '\n';
		column = HELP_COLUMN;
	}
}

static void print_option(const struct opt *opt)
{
	char letter[] = "    ";
	int width;

	if (opt->letter)
		snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	width = printf("  %s%s%s%s", letter, opt->name, opt->argument ? " " : "",
		       opt->argument ? opt->argument : "");
	if (width > HELP_COLUMN - 2) {
		putchar('\n');
		width = 0;
	}
	print_help(opt->help, HELP_COLUMN - width);
}

void opt_print(const struct opt *table)
{
	const char *theme = NULL;

	for (const struct opt *opt = table; opt->name; opt++) {
		if (opt->theme != theme)
			printf("\n%s:\n", opt->theme);
		theme = opt->theme;
		print_option(opt);
	}
}
