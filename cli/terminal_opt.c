/* SPDX-License-Identifier: MIT */
/* Whether the program has a terminal of its own. */
#include <stdlib.h>
#include <unistd.h>

#include "draft.h"
#include "print.h"
#include "term.h"

static int set_tty(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;
	bool enabled;

	if (opt_read_bool(opt, value, &enabled) < 0)
		return OPT_REFUSED;
	draft->tty = enabled ? TTY_ON : TTY_OFF;
	return 0;
}

bool opt_wants_tty(const struct draft *draft)
{
	if (draft->tty == TTY_AUTO)
		return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	return draft->tty == TTY_ON;
}

int opt_finish_terminal(struct draft *draft)
{
	uint16_t rows, columns;

	if (!opt_wants_tty(draft))
		return 0;
	term_get_size(&rows, &columns);
	if (ctr_process_set_tty(draft->process, 1, rows, columns, draft->err) < 0)
		return print_error("--tty", draft->err);
	if (draft->term_chosen || !getenv("TERM"))
		return 0;
	if (ctr_process_inherit_env(draft->process, "TERM", draft->err) < 0)
		return print_error("--tty", draft->err);
	return 0;
}

const struct opt terminal_options[] = {
	{ .name = "--tty",
	  .letter = 't',
	  .help = "give it its own terminal; default if standard input\n"
		  "and output are a terminal, unless --tty=false",
	  .set = set_tty },
	{ .name = "--interactive",
	  .letter = 'i',
	  .help = "no effect, for compatibility with docker",
	  .set = opt_set_nothing },
	{ .name = NULL },
};
