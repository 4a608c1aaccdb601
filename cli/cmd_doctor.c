/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "print.h"

enum { NAME_WIDTH = 18, HINT_COLUMN = 29 };

/* What the options of doctor come to. */
struct doctor {
	ctr_error *err;
	bool json;
};

static int set_json(void *target, const struct opt *opt, const char *value)
{
	struct doctor *doctor = target;

	return opt_read_bool(opt, value, &doctor->json);
}

static const struct opt options[] = {
	{ .name = "--json", .help = "one line of JSON", .set = set_json },
	{ .name = "--help",
	  .letter = 'h',
	  .help = "show this text",
	  .set = opt_show_help,
	  .show = cmd_doctor_help },
	{ .name = NULL },
};

const struct opt_theme doctor_themes[] = {
	{ "Options", options },
	{ NULL, NULL },
};

void cmd_doctor_help(const char *name)
{
	printf("Usage: minictr %s [OPTIONS]\n"
	       "\n"
	       "Tests what this host supports for you and reports, for each feature, whether it\n"
	       "works, what was found and how to fix it if not. Nothing is left behind.\n",
	       name);
	opt_print(doctor_themes);
	fputs("\n"
	      "The exit status is 0 if \"minictr run\" works, 1 if not, 125 for an error.\n",
	      stdout);
}

/* In the order in which they are printed. OTHERS is for a feature that nobody gave a group. */
enum group {
	OTHERS,
	CONTAINERS,
	NAMESPACES,
	USERS,
	FILE_SYSTEMS,
	IN_USER_NAMESPACE,
	OWNERS,
	DEVICES,
	GUARDS,
	CONTROL_GROUPS,
	SYSTEM_CALLS,
	CALLER,
	GROUPS
};

static const char *const titles[GROUPS] = {
	[OTHERS] = "Others",
	[CONTAINERS] = "Containers",
	[NAMESPACES] = "Namespaces",
	[USERS] = "Users",
	[FILE_SYSTEMS] = "File systems",
	[IN_USER_NAMESPACE] = "File systems, in a user namespace",
	[OWNERS] = "Mounts with other owners",
	[DEVICES] = "Devices",
	[GUARDS] = "Guards",
	[CONTROL_GROUPS] = "Control groups",
	[SYSTEM_CALLS] = "System calls",
	[CALLER] = "The caller",
};

static const enum group groups[] = {
	[CTR_FEATURE_RUN] = CONTAINERS,
	[CTR_FEATURE_NS_MOUNT] = NAMESPACES,
	[CTR_FEATURE_NS_PID] = NAMESPACES,
	[CTR_FEATURE_NS_UTS] = NAMESPACES,
	[CTR_FEATURE_NS_IPC] = NAMESPACES,
	[CTR_FEATURE_NS_NET] = NAMESPACES,
	[CTR_FEATURE_NS_CGROUP] = NAMESPACES,
	[CTR_FEATURE_NS_USER] = NAMESPACES,
	[CTR_FEATURE_NS_TIME] = NAMESPACES,
	[CTR_FEATURE_USERNS_FOR_USERS] = USERS,
	[CTR_FEATURE_ID_RANGES] = USERS,
	[CTR_FEATURE_PROC] = FILE_SYSTEMS,
	[CTR_FEATURE_SYSFS] = FILE_SYSTEMS,
	[CTR_FEATURE_TMPFS] = FILE_SYSTEMS,
	[CTR_FEATURE_DEVPTS] = FILE_SYSTEMS,
	[CTR_FEATURE_MQUEUE] = FILE_SYSTEMS,
	[CTR_FEATURE_OVERLAY] = FILE_SYSTEMS,
	[CTR_FEATURE_BIND] = FILE_SYSTEMS,
	[CTR_FEATURE_USERNS_PROC] = IN_USER_NAMESPACE,
	[CTR_FEATURE_USERNS_SYSFS] = IN_USER_NAMESPACE,
	[CTR_FEATURE_USERNS_TMPFS] = IN_USER_NAMESPACE,
	[CTR_FEATURE_USERNS_OVERLAY] = IN_USER_NAMESPACE,
	[CTR_FEATURE_IDMAP] = OWNERS,
	[CTR_FEATURE_IDMAP_ROOT] = OWNERS,
	[CTR_FEATURE_DEVICES] = DEVICES,
	[CTR_FEATURE_SECCOMP] = GUARDS,
	[CTR_FEATURE_SECCOMP_NOTIFY] = GUARDS,
	[CTR_FEATURE_LANDLOCK] = GUARDS,
	[CTR_FEATURE_APPARMOR] = GUARDS,
	[CTR_FEATURE_SELINUX] = GUARDS,
	[CTR_FEATURE_CGROUP] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_MEMORY] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_PIDS] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_CPU] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_CPUSET] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_IO] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_FREEZE] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_KILL] = CONTROL_GROUPS,
	[CTR_FEATURE_CGROUP_CLONE] = CONTROL_GROUPS,
	[CTR_FEATURE_CLONE3] = SYSTEM_CALLS,
	[CTR_FEATURE_PIDFD] = SYSTEM_CALLS,
	[CTR_FEATURE_OPENAT2] = SYSTEM_CALLS,
	[CTR_FEATURE_CLOSE_RANGE] = SYSTEM_CALLS,
	[CTR_FEATURE_MEMFD_EXEC] = SYSTEM_CALLS,
	[CTR_FEATURE_SHARED_CHILD] = CALLER,
	[CTR_FEATURE_UNCONFINED] = CALLER,
	[CTR_FEATURE_INOTIFY] = USERS,
};

static enum group group_of(uint32_t feature)
{
	return feature < sizeof(groups) / sizeof(groups[0]) ? groups[feature] : OTHERS;
}

static void print_feature(const ctr_probe *probe, uint32_t feature)
{
	const char *hint = ctr_probe_hint(probe, feature);

	printf("  %-*s %-7s %s\n", NAME_WIDTH, ctr_probe_name(feature),
	       ctr_probe_get(probe, feature) ? "works" : "missing", ctr_probe_why(probe, feature));
	if (hint)
		printf("%*s%s\n", HINT_COLUMN + 2, "", hint);
}

static void print_group(const ctr_probe *probe, enum group group, bool *first)
{
	bool empty = true;

	for (uint32_t feature = 0; ctr_probe_name(feature); feature++) {
		if (group_of(feature) != group)
			continue;
		if (empty)
			printf("%s%s\n", *first ? "" : "\n", titles[group]);
		empty = *first = false;
		print_feature(probe, feature);
	}
}

static void print_text(const ctr_probe *probe)
{
	bool first = true;

	for (enum group group = OTHERS + 1; group < GROUPS; group++)
		print_group(probe, group, &first);
	print_group(probe, OTHERS, &first);
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
	ctr_probe *probe = ctr_probe_new(doctor->err);
	int status;

	if (!probe) {
		print_error(NULL, doctor->err);
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
	int rc = opt_parse_all(doctor_themes, doctor, argc, argv);

	if (rc < 0)
		return rc == OPT_ANSWERED ? EXIT_SUCCESS : EXIT_OURS;
	return examine(doctor);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = { .err = ctr_error_new() };
	int status;

	print_set_command(argv[0]);
	status = doctor_words(&doctor, argc, argv);
	ctr_error_free(doctor.err);
	return status;
}
