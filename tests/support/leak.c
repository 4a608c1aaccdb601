/* SPDX-License-Identifier: MIT */
#include "support/leak.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/world.h"

/* SA_RESTORER, which glibc adds to what it is given. */
#define SA_RESTORED_BY_LIBC 0x04000000u

#define MOUNTINFO "/proc/self/mountinfo"

static char *before;

/* The library keeps one mount namespace for the whole process: plan/blank.h. A second one is lost.
 */
static bool is_kept(const char *target, int *namespaces)
{
	return strncmp(target, "mnt:[", 5) == 0 && ++*namespaces == 1;
}

/* Where each link of a directory in /proc leads. */
static void add_links(FILE *out, const char *path)
{
	int namespaces = strcmp(path, "/proc/self/fd") == 0 ? 0 : 1;
	DIR *dir = opendir(path);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char target[PATH_MAX] = "";
		ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);

		if (n >= 0 && atoi(e->d_name) != dirfd(dir) && !is_kept(target, &namespaces))
			fprintf(out, "%s/%s %.*s\n", path, e->d_name, (int)n, target);
	}
	if (dir)
		closedir(dir);
}

static void add_link(FILE *out, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	fprintf(out, "%s %.*s\n", path, n < 0 ? 0 : (int)n, target);
}

/* The lines of status that don't count anything that moves by itself. */
static void add_status(FILE *out)
{
	static const char *const names[] = {
		"Umask",  "Uid",    "Gid",    "Groups",	    "Threads",
		"SigBlk", "SigIgn", "SigCgt", "CapInh",	    "CapPrm",
		"CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
	};
	char line[256];
	FILE *in = fopen("/proc/thread-self/status", "re");

	while (in && fgets(line, sizeof(line), in))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strncmp(line, names[i], strlen(names[i])) == 0 &&
			    line[strlen(names[i])] == ':')
				fputs(line, out);
	if (in)
		fclose(in);
}

static void add_lines(FILE *out, const char *path)
{
	char line[4096];
	FILE *in = fopen(path, "re");

	while (in && fgets(line, sizeof(line), in))
		fprintf(out, "%s: %s", path, line);
	if (in)
		fclose(in);
}

/*
 * The mounts, where they are of this program alone: without a mount namespace of its own it
 * can't change any. A bind whose source is removed says "//deleted" behind it.
 */
static void add_mounts(FILE *out)
{
	static const char deleted[] = "//deleted ";
	char line[4096];
	FILE *in = suite_has_own_mounts() ? fopen(MOUNTINFO, "re") : NULL;

	while (in && fgets(line, sizeof(line), in)) {
		char *mark = strstr(line, deleted);

		if (mark)
			memmove(mark, mark + strlen(deleted) - 1,
				strlen(mark) - strlen(deleted) + 2);
		fprintf(out, MOUNTINFO ": %s", line);
	}
	if (in)
		fclose(in);
}

static void add_handlers(FILE *out)
{
	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		struct sigaction action;

		if (sigaction(sig, NULL, &action) == 0)
			fprintf(out, "signal %d handler %p flags %x\n", sig,
				(void *)(uintptr_t)action.sa_handler,
				(unsigned)action.sa_flags & ~SA_RESTORED_BY_LIBC);
	}
}

static void add_children(FILE *out)
{
	siginfo_t info = { 0 };

	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 && errno == ECHILD)
		return;
	fprintf(out, "a child, pid %d\n", (int)info.si_pid);
}

static void add_groups_in(FILE *out, const char *path)
{
	DIR *dir = *path ? opendir(path) : NULL;
	const struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			fprintf(out, "control group %s/%s\n", path, e->d_name);
	if (dir)
		closedir(dir);
}

static void add_cgroups(FILE *out)
{
	const char *path;

	for (size_t i = 0; (path = suite_group(i)); i++)
		add_groups_in(out, path);
}

static void add_numbers(FILE *out)
{
	char name[256] = "";
	int sig = 0;

	gethostname(name, sizeof(name) - 1);
	fprintf(out, "host name %s\n", name);
	(void)!getdomainname(name, sizeof(name) - 1);
	fprintf(out, "domain name %s\n", name);
	fprintf(out, "dumpable %d\n", prctl(PR_GET_DUMPABLE));
	prctl(PR_GET_PDEATHSIG, &sig);
	fprintf(out, "parent death signal %d\n", sig);
	fprintf(out, "session %d group %d\n", (int)getsid(0), (int)getpgrp());
	fprintf(out, "nice %d\n", getpriority(PRIO_PROCESS, 0));
}

char *leak_snapshot(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	add_links(out, "/proc/self/fd");
	add_children(out);
	add_status(out);
	add_handlers(out);
	add_cgroups(out);
	add_numbers(out);
	add_link(out, "/proc/self/cwd");
	add_link(out, "/proc/self/root");
	add_links(out, "/proc/thread-self/ns");
	add_mounts(out);
	add_lines(out, "/proc/self/limits");
	add_lines(out, "/proc/self/cgroup");
	add_lines(out, "/proc/self/oom_score_adj");
	add_lines(out, "/proc/self/coredump_filter");
	add_lines(out, "/proc/self/uid_map");
	fclose(out);
	return text;
}

static bool has_line(const char *text, const char *line, size_t n)
{
	for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
		if (strcspn(p, "\n") == n && memcmp(p, line, n) == 0)
			return true;
	return false;
}

/*
 * Whether it is of a mount that has gone because its directory has: any process that has the
 * directory in another mount namespace can remove it, and the kernel then takes the mounts on
 * it away, everywhere.
 */
static bool lost_its_place(const char *line)
{
	char place[PATH_MAX], format[64];
	struct stat st;

	snprintf(format, sizeof(format), MOUNTINFO ": %%*s %%*s %%*s %%*s %%%ds", PATH_MAX - 1);
	if (sscanf(line, format, place) != 1 || strchr(place, '\\')) /* an escaped character */
		return false;
	return lstat(place, &st) && errno == ENOENT;
}

static void add_missing(FILE *out, const char *from, const char *in, char sign)
{
	for (const char *p = from; *p; p += strcspn(p, "\n") + 1) {
		const size_t n = strcspn(p, "\n");

		if (!has_line(in, p, n) && !(sign == '-' && lost_its_place(p)))
			fprintf(out, "%c %.*s\n", sign, (int)n, p);
	}
}

char *leak_difference(const char *old, const char *new)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	if (strcmp(old, new) != 0) {
		add_missing(out, old, new, '-');
		add_missing(out, new, old, '+');
	}
	fclose(out);
	return text;
}

void leak_begin(void)
{
	before = leak_snapshot();
}

void leak_end(void)
{
	char *after = leak_snapshot();
	char *difference = leak_difference(before, after);

	free(before);
	free(after);
	before = NULL;
	ck_assert_msg(!*difference, "the test has changed its process:\n%s", difference);
	free(difference);
}
