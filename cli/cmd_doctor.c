/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "print.h"
#include "run.h"

enum { NAME_WIDTH = 18, HINT_COLUMN = 29 };

/* What the options of doctor come to; none of those of run is used. */
struct doctor {
	struct run run;
	bool json;
};

static int set_json(struct run *run, const struct opt *opt, const char *value)
{
	struct doctor *doctor = (struct doctor *)run; /* its first member */

	return opt_read_bool(opt, value, &doctor->json);
}

static int show_help(struct run *run, const struct opt *opt, const char *value)
{
	return opt_show_help(opt, value, cmd_doctor_help, run->command);
}

const struct opt doctor_options[] = {
	{ .name = "--json", .help = "one line of JSON", .set = set_json, .theme = "Options" },
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = show_help,
	  .theme = "Options" },
	{ .name = NULL },
};

void cmd_doctor_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS]\n"
	       "\n"
	       "Tries what this host can do for you: whether each feature works, what was found,\n"
	       "and what to do about one that does not. Nothing is left behind.\n",
	       name);
	opt_print(doctor_options);
	fputs("\n"
	      "The exit status is 0 if \"minictr run\" works, 1 if not, 125 for an error.\n",
	      stdout);
}

/* The first of each group, in the order of the numbers. */
static const struct {
	uint32_t first;
	const char *title;
} groups[] = {
	{ CTR_FEATURE_RUN, "Containers" },
	{ CTR_FEATURE_NS_MOUNT, "Namespaces" },
	{ CTR_FEATURE_USERNS_FOR_USERS, "Users" },
	{ CTR_FEATURE_PROC, "File systems" },
	{ CTR_FEATURE_USERNS_PROC, "File systems, in a user namespace" },
	{ CTR_FEATURE_IDMAP, "Mounts with other owners" },
	{ CTR_FEATURE_DEVICES, "Devices" },
	{ CTR_FEATURE_SECCOMP, "Guards" },
	{ CTR_FEATURE_CGROUP, "Control groups" },
	{ CTR_FEATURE_CLONE3, "System calls" },
	{ CTR_FEATURE_SHARED_CHILD, "The caller" },
};

static void print_title(uint32_t feature)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].first == feature)
			printf("%s%s\n", feature ? "\n" : "", groups[i].title);
}

static void print_feature(const ctr_probe *probe, uint32_t feature)
{
	const char *hint = ctr_probe_hint(probe, feature);

	printf("  %-*s %-7s %s\n", NAME_WIDTH, ctr_probe_name(feature),
	       ctr_probe_get(probe, feature) ? "works" : "missing", ctr_probe_why(probe, feature));
	if (hint)
		printf("%*s%s\n", HINT_COLUMN + 2, "", hint);
}

static void print_text(const ctr_probe *probe)
{
	for (uint32_t feature = 0; ctr_probe_name(feature); feature++) {
		print_title(feature);
		print_feature(probe, feature);
	}
}

static int print_json(const ctr_probe *probe)
{
	const size_t size = ctr_probe_json(probe, NULL, 0) + 1;
	char *text = malloc(size);

	if (!text)
		return print_refusal(NULL, NULL, "out of memory");
	ctr_probe_json(probe, text, size);
	puts(text);
	free(text);
	return 0;
}

static int examine(const struct doctor *doctor)
{
	ctr_probe *probe = ctr_probe_new(doctor->run.err);
	int status;

	if (!probe) {
		print_error(NULL, doctor->run.err);
		return EXIT_OURS;
	}
	status = ctr_probe_get(probe, CTR_FEATURE_RUN) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (!doctor->json)
		print_text(probe);
	else if (print_json(probe) < 0)
		status = EXIT_OURS;
	ctr_probe_free(probe);
	return status;
}

static int doctor_words(struct doctor *doctor, int argc, char **argv)
{
	int rc = opt_parse_all(doctor_options, &doctor->run, argc, argv);

	if (rc < 0)
		return rc == OPT_ANSWERED ? EXIT_SUCCESS : EXIT_OURS;
	return examine(doctor);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = { .run.command = argv[0] };
	int status;

	print_set_command(argv[0]);
	doctor.run.err = ctr_error_new();
	status = doctor_words(&doctor, argc, argv);
	ctr_error_free(doctor.run.err);
	return status;
}
