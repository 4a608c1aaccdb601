/* SPDX-License-Identifier: MIT */
/* All options of run, one word a line: cli/opt.c and the setters. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "fuzz.h"
#include "options.h"
#include "run.h"
#include "support/plan.h"

enum { WORDS_MAX = 64, OPTIONS_MAX = 128 };

/* Those that open what they name, or use descriptors that are libFuzzer's. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = { "--report",  "--error-fd", "--pass-fd", "--env-file",
					     "--network", "--uts",	"--ipc",     "--help" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* One table of all others. */
static const struct opt_theme *themes(void)
{
	static struct opt options[OPTIONS_MAX];
	static const struct opt_theme list[] = { { "Options", options }, { NULL, NULL } };
	struct opt_walk walk = { .theme = run_themes };
	size_t n = 0;

	if (options[0].name)
		return list;
	while (opt_next(&walk)) {
		fuzz_require(n < OPTIONS_MAX - 1, "the table is large enough");
		if (!is_left_out(walk.opt->name))
			options[n++] = *walk.opt;
	}
	return list;
}

static int cut_lines(char *text, char **words)
{
	static char command[] = "run";
	int n = 0;

	words[n++] = command;
	while (text && n < WORDS_MAX)
		words[n++] = strsep(&text, "\n");
	words[n] = NULL;
	return n;
}

static int parse(struct run *run, int argc, char **argv)
{
	const int first = opt_parse(themes(), run, argc, argv);

	if (first < 0 || draft_finish(&run->draft) < 0)
		return OPT_REFUSED;
	fuzz_require(first >= 1 && first <= argc, "the first word behind options is one of them");
	return 0;
}

/* What can't be compiled on this host can't be for the same reason. */
static void require_same_plan(struct draft *draft)
{
	ctr_spec *copy = ctr_spec_clone(draft->spec, draft->err);
	char *expected, *found;

	fuzz_check(copy ? 0 : -1, draft->err);
	expected = plan_dump_spec(draft->spec);
	found = plan_dump_spec(copy);
	fuzz_require(expected && found && strcmp(expected, found) == 0,
		     "a clone compiles to the same plan");
	free(expected);
	free(found);
	ctr_spec_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[WORDS_MAX + 1], *text = fuzz_text(data, size);
	const int n = cut_lines(text, words);
	struct run run = { .explain = false };
	struct draft *draft = &run.draft;

	command_start(draft);
	command_listen();
	if (command_took(parse(&run, n, words))) {
		fuzz_check(ctr_process_add_arg(ctr_spec_get_process(draft->spec), "/bin/sh",
					       draft->err),
			   draft->err);
		require_same_plan(draft);
	}
	draft_end(draft);
	free(text);
	return 0;
}
