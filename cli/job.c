/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
	int pid, parent, group;
	char state;
};

/* What proc_pid_stat(5) says; false if the process has gone meanwhile. */
static bool read_process(int pid, struct process *process)
{
	char path[32], text[512];
	char *end;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	end = strrchr(text, ')'); /* of its name, which may have anything in it */
	if (!end || strlen(end) < strlen(") S 1 1"))
		return false;
	process->pid = pid;
	process->state = end[2];
	process->parent = (int)strtol(end + 3, &end, 10);
	process->group = (int)strtol(end, NULL, 10);
	return true;
}

static bool has_started_us(int pid)
{
	struct process process = { .parent = getppid() };

	while (process.parent > 0) {
		if (process.parent == pid)
			return true;
		if (!read_process(process.parent, &process))
			return false;
	}
	return false;
}

static bool is_other(int pid)
{
	struct process process;

	if (pid == getpid() || !read_process(pid, &process))
		return false;
	if (process.group != getpgrp() || strchr("ZX", process.state))
		return false;
	return !has_started_us(pid);
}

bool job_has_others(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool found = false;

	while (proc && !found && (entry = readdir(proc)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			is_other((int)strtol(entry->d_name, NULL, 10));
	if (proc)
		closedir(proc);
	return found;
}
