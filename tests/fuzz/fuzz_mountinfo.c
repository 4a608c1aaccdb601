/* SPDX-License-Identifier: MIT */
/* /proc/PID/mountinfo: base/proc_text.c, beside getmntent_r(3), and cgroup/mounts.c. */
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc_text.h"
#include "cgroup/mounts.h"
#include "fuzz.h"

/*
 * The same mount as /proc/mounts has it: device, target, type, options. It decodes only
 * what the kernel encodes, and "\\" besides, so a text with other escapes is left out.
 */
static void compare(const char *target, const char *type, const struct ctr__proc_mount *mount)
{
	char *line, room[8192];
	struct mntent entry;
	FILE *file;

	if (strlen(target) + strlen(type) > 4000 ||
	    fuzz_matches(target, "\\\\($|[^0]|0([^145]|$))") ||
	    fuzz_matches(target, "\\\\0(1[^12]|4[^0]|5|[145]$)") || strpbrk(target, "\t#") ||
	    strpbrk(type, "\t\\"))
		return;
	if (asprintf(&line, "x %s %s x 0 0\n", target, type) < 0)
		return;
	file = fmemopen(line, strlen(line), "r");
	fuzz_require(file && getmntent_r(file, &entry, room, sizeof(room)),
		     "what is a line of one is one of the other");
	fuzz_require(strcmp(entry.mnt_dir, mount->target) == 0, "both decode the same target");
	fuzz_require(strcmp(entry.mnt_type, mount->type) == 0, "both find the same type");
	fclose(file);
	free(line);
}

/* The parts of a line that was taken, found from its ends. */
static void check_line(const char *text)
{
	char *line = strndup(text, strcspn(text, "\n")), *read = strdup(text);
	char *target = NULL, *type = NULL, *rest = line;
	struct ctr__proc_mount mount;
	bool taken;

	fuzz_require(line && read, "there is memory");
	taken = ctr__proc_read_mount(read, &mount);
	fuzz_require(taken == fuzz_matches(line,
					   "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ ([^ ]+ )*- [^ ]+"),
		     "a line has its fields, and then it is one");
	if (taken) {
		for (int i = 0; i < 5; i++)
			target = strsep(&rest, " ");
		strsep(&rest, " ");
		while (strcmp(strsep(&rest, " "), "-") != 0)
			;
		type = strsep(&rest, " ");
		fuzz_require(strcmp(type, mount.type) == 0, "the type is behind the \"-\"");
		fuzz_require(strlen(mount.target) <= strlen(target), "escapes do not get longer");
		fuzz_require(strchr(target, '\\') || strcmp(target, mount.target) == 0,
			     "without escapes a target is what it is");
		compare(target, type, &mount);
	}
	free(line);
	free(read);
}

/* A target as the kernel writes it is read as it was: seq_path() of fs/seq_file.c. */
static void check_target(const char *target)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct ctr__proc_mount mount;

	fuzz_require(out, "there is memory");
	fputs("36 35 98:0 / ", out);
	for (const char *p = target; *p; p++)
		if (strchr(" \t\n\\", *p))
			fprintf(out, "\\%03o", (unsigned)*p);
		else
			putc(*p, out);
	fputs(" rw,noatime master:1 - cgroup2 none rw\n", out);
	fuzz_require(fclose(out) == 0, "there is memory");
	fuzz_require(ctr__proc_read_mount(text, &mount) == (*target != '\0'),
		     "a line of the kernel's is one");
	if (*target) {
		fuzz_require(strcmp(mount.target, target) == 0, "a target is read as it was");
		fuzz_require(strcmp(mount.type, "cgroup2") == 0, "a type is read as it was");
	}
	free(text);
}

/* Each line with a type of control groups is one mount, whatever stands around it. */
static void check_mounts(const char *text)
{
	char *all = strdup(text), *rest = strdup(text), *from = rest, *line;
	struct ctr__cgroup_mounts mounts = { 0 };
	struct ctr__proc_mount mount;
	size_t n = 0;

	fuzz_require(all && rest && ctr__cgroup_mounts_parse(&mounts, all) == 0, "there is memory");
	while ((line = strsep(&rest, "\n")))
		if (ctr__proc_read_mount(line, &mount) &&
		    (strcmp(mount.type, "cgroup") == 0 || strcmp(mount.type, "cgroup2") == 0))
			n++;
	fuzz_require(mounts.n == n, "a mount of control groups is one");
	ctr__cgroup_mounts_best(&mounts, "pids");
	ctr__cgroup_mounts_clear(&mounts);
	free(all);
	free(from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_line(text);
	check_target(text);
	check_mounts(text);
	free(text);
	return 0;
}
