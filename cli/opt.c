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

const struct opt *opt_next(struct opt_walk *walk)
{
	walk->opt = walk->opt ? walk->opt + 1 : walk->theme->options;
	while (walk->opt && !walk->opt->name)
		walk->opt = (++walk->theme)->options;
	return walk->opt;
}

static const struct opt *find_name(const struct opt_theme *themes, const char *name, size_t length)
{
	struct opt_walk walk = { .theme = themes };

	while (opt_next(&walk))
		if (strlen(walk.opt->name) == length && strncmp(walk.opt->name, name, length) == 0)
			break;
	return walk.opt;
}

static const struct opt *find_letter(const struct opt_theme *themes, char letter)
{
	struct opt_walk walk = { .theme = themes };

	while (opt_next(&walk))
		if (walk.opt->letter == letter)
			break;
	return walk.opt;
}

/* @name may lack a dash: "-rootfs" is a slip too. */
static const char *nearest_name(const struct opt_theme *themes, const char *name)
{
	struct opt_walk walk = { .theme = themes };
	struct suggestion s;

	suggest_start(&s, name + strspn(name, "-"));
	while (opt_next(&walk))
		suggest_consider(&s, walk.opt->name + 2);
	return s.best;
}

static const char *find_in_table(const struct opt *table, const char *name)
{
	while (table->name)
		table++;
	for (const struct opt_foreign *f = table->foreign; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f->instead;
	return NULL;
}

static const char *find_instead(const struct opt_theme *themes, const char *name)
{
	const char *instead = NULL;

	for (; !instead && themes->options; themes++)
		instead = find_in_table(themes->options, name);
	return instead;
}

/* The options of explain are those of run. */
static const char *help_topic(void)
{
	return strcmp(print_command(), "explain") == 0 ? "run" : print_command();
}

static int refuse_unknown(const struct opt_theme *themes, const char *origin, const char *word,
			  size_t length)
{
	char name[NAME_SIZE];
	const char *near, *instead;

	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	instead = find_instead(themes, name);
	if (instead)
		return print_refusal(name, NULL, "unknown option; %s", instead);
	near = nearest_name(themes, name);
	if (!near)
		return print_refusal(origin ? origin : name, NULL,
				     "unknown option; see minictr help %s", help_topic());
	return print_refusal(origin ? origin : name, NULL, "unknown option, did you mean --%s?",
			     near);
}

int opt_show_help(void *target, const struct opt *opt, const char *value)
{
	bool wanted;

	(void)target;
	if (opt_read_bool(opt, value, &wanted) < 0)
		return OPT_REFUSED;
	if (!wanted)
		return 0;
	opt->show(print_command());
	return OPT_ANSWERED;
}

int opt_set_nothing(void *target, const struct opt *opt, const char *value)
{
	(void)target;
	(void)opt;
	(void)value;
	return 0;
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

static int apply(const struct opt *opt, void *target, const char *value)
{
	bool ignored;

	if (!value)
		return refuse_missing(opt);
	if (!opt->argument && opt_read_bool(opt, value, &ignored) < 0)
		return OPT_REFUSED;
	return opt->set(target, opt, value);
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

static int parse_name(const struct opt_theme *themes, void *target, struct words *words)
{
	const char *word = next_word(words);
	size_t length = strcspn(word, "=");
	const struct opt *opt = find_name(themes, word, length);

	if (!opt)
		return refuse_unknown(themes, NULL, word, length);
	if (word[length] == '=')
		return apply(opt, target, word + length + 1);
	return apply(opt, target, opt->argument ? next_value(opt, words) : "true");
}

static int parse_letters(const struct opt_theme *themes, void *target, struct words *words)
{
	const char *word = next_word(words);

	for (const char *letter = word + 1; *letter; letter++) {
		const struct opt *opt = find_letter(themes, *letter);
		const char origin[] = { '-', *letter, '\0' };
		int rc;

		if (!opt)
			return refuse_unknown(themes, origin, word, strcspn(word, "="));
		if (opt->argument)
			return apply(opt, target, letter[1] ? letter + 1 : next_value(opt, words));
		rc = apply(opt, target, "true");
		if (rc < 0)
			return rc;
	}
	return 0;
}

int opt_parse(const struct opt_theme *themes, void *target, int argc, char **argv)
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
			rc = parse_name(themes, target, &words);
		else
			rc = parse_letters(themes, target, &words);
		if (rc < 0)
			return rc;
	}
	return words.next;
}

int opt_parse_all(const struct opt_theme *themes, void *target, int argc, char **argv)
{
	int first = opt_parse(themes, target, argc, argv);

	if (first < 0)
		return first;
	if (first == argc)
		return 0;
	print_refusal(argv[first], NULL, "unexpected argument");
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

void opt_print(const struct opt_theme *themes)
{
	for (; themes->options; themes++) {
		if (themes->title)
			printf("\n%s:\n", themes->title);
		for (const struct opt *opt = themes->options; opt->name; opt++)
			print_option(opt);
	}
}
