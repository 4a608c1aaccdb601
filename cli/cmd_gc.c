/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "print.h"
#include "run.h"

/* What the options of gc come to; none of those of run is used. */
struct gc {
	struct run run;
	bool kill;
};

static int set_kill(struct run *run, const struct opt *opt, const char *value)
{
	struct gc *gc = (struct gc *)run; /* its first member */

	return opt_read_bool(opt, value, &gc->kill);
}

static int show_help(struct run *run, const struct opt *opt, const char *value)
{
	return opt_show_help(opt, value, cmd_gc_help, run->command);
}

const struct opt gc_options[] = {
	{ .name = "--kill",
	  .help = "also groups with processes in them, which are killed",
	  .set = set_kill,
	  .theme = "Options" },
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = show_help,
	  .theme = "Options" },
	{ .name = NULL },
};

void cmd_gc_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS]\n"
	       "\n"
	       "Removes the control groups of callers, minictr or any program with the library,\n"
	       "that were killed and could not do so themselves.\n",
	       name);
	opt_print(gc_options);
}

static int collect(const struct gc *gc)
{
	uint64_t removed, busy;
	int r = ctr_cgroup_gc(gc->kill, &removed, &busy, gc->run.err);

	printf("removed %" PRIu64 " control group%s", removed, removed == 1 ? "" : "s");
	if (busy)
		printf(", left %" PRIu64 " with processes in them%s", busy,
		       gc->kill ? "" : ": see --kill");
	putchar('\n');
	if (r == 0)
		return EXIT_SUCCESS;
	print_error(NULL, gc->run.err);
	return EXIT_OURS;
}

static int gc_words(struct gc *gc, int argc, char **argv)
{
	int rc = opt_parse_all(gc_options, &gc->run, argc, argv);

	if (rc < 0)
		return rc == OPT_ANSWERED ? EXIT_SUCCESS : EXIT_OURS;
	return collect(gc);
}

int cmd_gc(int argc, char **argv)
{
	struct gc gc = { .run.command = argv[0] };
	int status;

	print_set_command(argv[0]);
	gc.run.err = ctr_error_new();
	status = gc_words(&gc, argc, argv);
	ctr_error_free(gc.run.err);
	return status;
}
