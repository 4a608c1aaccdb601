/* SPDX-License-Identifier: MIT */
/*
 * In a build with MINICTR_MUTATE a plan lacks the steps that $MINICTR_LEAVE_OUT names, a line
 * each: "N:TEXT", the N-th of those whose description begins with TEXT, or all for 0. A test
 * must fail then, or the step is decoration: see run.sh.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compile/compile.h"

#define LINES_MAX 8

/* How many of a line's there were in the plan that this thread compiles. */
static __thread unsigned met[LINES_MAX];

static bool is_named(const char *line, size_t length, const char *text, unsigned *count)
{
	char *prefix;
	const unsigned long wanted = strtoul(line, &prefix, 10);
	const size_t n = length - (size_t)(++prefix - line);

	if (strncmp(text, prefix, n) != 0)
		return false;
	return ++*count == wanted || wanted == 0;
}

bool ctr__leaves_out(const struct ctr__step *step)
{
	const char *line = getenv("MINICTR_LEAVE_OUT");
	char text[1024];
	bool named = false;

	if (step->kind == CTR__STEP_RESET_SIGNALS) /* the first of each plan */
		memset(met, 0, sizeof(met));
	ctr__step_describe(step, text, sizeof(text));
	for (int i = 0; line && *line && i < LINES_MAX; i++) {
		const size_t n = strcspn(line, "\n");

		named |= is_named(line, n, text, &met[i]);
		line += n + (line[n] == '\n');
	}
	return named;
}
