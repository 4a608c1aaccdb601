/* SPDX-License-Identifier: MIT */
/* What files of /proc say, read from their text: nothing here opens one. */
#ifndef CTR_BASE_PROC_TEXT_H
#define CTR_BASE_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of /proc/PID/mountinfo, as far as anybody asks. */
struct ctr__proc_mount {
	uint64_t id;
	uint64_t major, minor; /* the device of the file system */
	const char *root;      /* the directory of the file system that the target shows */
	const char *target;    /* the octal escapes of both undone */
	const char *options;   /* of the mount */
	const char *type;
	const char *super; /* the options of the file system; "" if the line ends before them */
};

/*
 * Cuts a line, with or without its newline, into what it says: the parts lie in it. False
 * if it is no such line.
 */
bool ctr__proc_read_mount(char *line, struct ctr__proc_mount *mount);

/*
 * The group that a text as /proc/PID/cgroup's has for a v1 controller, or with NULL for v2;
 * up to the end of its line, *length bytes. NULL if there is none.
 */
const char *ctr__proc_find_group(const char *text, const char *controller, size_t *length);

/* Of /proc/PID/stat. */
struct ctr__proc_stat {
	char state;
	uint64_t threads;
	uint64_t started; /* in clock ticks since the system was started */
};

bool ctr__proc_read_stat(const char *text, struct ctr__proc_stat *stat);

#endif
