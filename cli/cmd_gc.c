/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "print.h"

/* What the options of gc come to. */
struct gc {
	ctr_error *err;
	bool kill;
};

static int set_kill(void *target, const struct opt *opt, const char *value)
{
	struct gc *gc = target;

	return opt_read_bool(opt, value, &gc->kill);
}

static const struct opt options[] = {
	{ .name = "--kill",
	  .help = "also remove groups with processes, and kill these",
	  .set = set_kill },
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = opt_show_help,
	  .show = cmd_gc_help },
	{ .name = NULL },
};

const struct opt_theme gc_themes[] = {
	{ "Options", options },
	{ NULL, NULL },
};

void cmd_gc_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS]\n"
	       "\n"
	       "Removes control groups left behind by a minictr, or another program using the\n"
	       "library, that was killed before it could clean up.\n",
	       name);
	opt_print(gc_themes);
}

static int collect(const struct gc *gc)
{
	uint64_t removed, busy;
	int r = ctr_cgroup_gc(gc->kill, &removed, &busy, gc->err);

	printf("removed %" PRIu64 " control group%s", removed, removed == 1 ? "" : "s");
	if (busy)
		printf(", left %" PRIu64 " with processes in them%s", busy,
		       gc->kill ? "" : ": see --kill");
	putchar('\n');
	if (r == 0)
		return EXIT_SUCCESS;
	print_error(NULL, gc->err);
	return EXIT_OURS;
}

static int gc_words(struct gc *gc, int argc, char **argv)
{
	int rc = opt_parse_all(gc_themes, gc, argc, argv);

	if (rc < 0)
		return rc == OPT_ANSWERED ? EXIT_SUCCESS : EXIT_OURS;
	return collect(gc);
}

int cmd_gc(int argc, char **argv)
{
	struct gc gc = { .err = ctr_error_new() };
	int status;

	print_set_command(argv[0]);
	status = gc_words(&gc, argc, argv);
	ctr_error_free(gc.err);
	return status;
}
