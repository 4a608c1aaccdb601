/* SPDX-License-Identifier: MIT */
#include "base/proc_text.h"

#include <string.h>

#include "base/parse.h"

/* ---- /proc/PID/mountinfo, proc_pid_mountinfo(5) ---- */

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* "\040" and the like stand for one byte each: of a blank, tab, newline or backslash. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		const char *p = text;

		if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && is_octal(p[2]) &&
		    is_octal(p[3])) {
			*to++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* Takes the next field off the line; NULL if it has no more, or an empty one. */
static char *next_field(char **line)
{
	char *field = strsep(line, " ");

	return field && *field ? field : NULL;
}

/* From behind the options of a mount: any number of other fields up to one that is "-". */
static bool skip_tags(char **line)
{
	const char *field;

	do {
		field = next_field(line);
	} while (field && strcmp(field, "-") != 0);
	return field;
}

/*
 * Ids and device; root and target, with the options of the mount; then the type, the source, and
 * the options of the file system.
 */
bool ctr__proc_read_mount(char *line, struct ctr__proc_mount *mount)
{
	char *fields[6], *type, *super;
	const char *digits;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		fields[i] = next_field(&line);
		if (!fields[i])
			return false;
	}
	type = skip_tags(&line) ? next_field(&line) : NULL;
	if (!type)
		return false;
	super = next_field(&line) ? next_field(&line) : NULL;
	unescape(fields[3]);
	unescape(fields[4]);
	*mount = (struct ctr__proc_mount){
		.root = fields[3],
		.target = fields[4],
		.options = fields[5],
		.type = type,
		.super = super ? super : "",
	};
	digits = fields[0];
	ctr__take_digits(&digits, &mount->id);
	digits = fields[2];
	if (ctr__take_digits(&digits, &mount->major) && *digits++ == ':')
		ctr__take_digits(&digits, &mount->minor);
	return true;
}

/* ---- /proc/PID/cgroup, cgroups(7): "ID:CONTROLLERS:/GROUP" on each line ---- */

/* Whether a list of controllers, up to its end, has this one; that of v2 is empty. */
static bool names_controller(const char *list, const char *end, const char *controller)
{
	const size_t n = strlen(controller);

	for (const char *p = list; p < end; p += strcspn(p, ",:") + 1)
		if (strncmp(p, controller, n) == 0 && (p[n] == ',' || p[n] == ':'))
			return true;
	return false;
}

/* From a line on: behind its next colon; NULL if it has none. */
static const char *behind_colon(const char *line)
{
	line += strcspn(line, ":\n");
	return *line == ':' ? line + 1 : NULL;
}

const char *ctr__proc_find_group(const char *text, const char *controller, size_t *length)
{
	for (const char *line = text; *line; line += *line == '\n') {
		const char *list = behind_colon(line), *group = list ? behind_colon(list) : NULL;

		if (group &&
		    (controller ? names_controller(list, group, controller) : group == list + 1)) {
			*length = strcspn(group, "\n");
			return group;
		}
		line += strcspn(line, "\n");
	}
	return NULL;
}

/* ---- /proc/PID/stat, proc_pid_stat(5) ---- */

/* The field of that number, counted as the manual does; NULL if there are not that many. */
static const char *find_field(const char *after_name, int number)
{
	const char *p = after_name;

	for (int field = 2; p && field < number; field++)
		p = strchr(p + 1, ' ');
	return p ? p + 1 : NULL;
}

/* The name, which may hold anything, ends with the last parenthesis. */
bool ctr__proc_read_stat(const char *text, struct ctr__proc_stat *stat)
{
	const char *end = strrchr(text, ')'), *threads, *started;

	if (!end || end[1] != ' ')
		return false;
	stat->state = end[2];
	threads = find_field(end, 20);
	started = find_field(end, 22);
	return threads && started && ctr__take_digits(&threads, &stat->threads) &&
	       ctr__take_digits(&started, &stat->started);
}
