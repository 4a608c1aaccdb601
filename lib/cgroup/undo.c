/* SPDX-License-Identifier: MIT */
/* What files of a group said before limits were changed, and how they say it again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"

#define TEXT_SIZE 8192
#define DEVICES "devices.list"

struct ctr__undo_file {
	const struct ctr__member *m;
	const char *file;
	char *before; /* NULL: it can't be read */
};

/* Some files are written only, and shown by another one. */
static const char *shown_by(const char *file)
{
	if (strcmp(file, "devices.deny") == 0 || strcmp(file, "devices.allow") == 0)
		return DEVICES;
	return strcmp(file, "cpu.weight.nice") == 0 ? "cpu.weight" : file;
}

/* NULL if it can't be read, or is longer than any file of limits. */
static char *read_whole(const struct ctr__member *m, const char *file)
{
	char text[TEXT_SIZE];
	int n = ctr__fd_read_file(m->dir, file, text, sizeof(text));

	return n < 0 || n == TEXT_SIZE - 1 ? NULL : strdup(text);
}

int ctr__undo_note(struct ctr__undo *undo, const struct ctr__member *m, const char *file)
{
	const char *shown = shown_by(file);
	struct ctr__undo_file *grown;
	struct statx st;

	if (sys_statx(m->dir, shown, 0, STATX_TYPE, &st) == -ENOENT && shown == file)
		return 0; /* nothing will be written there */
	for (size_t i = 0; i < undo->n; i++)
		if (undo->v[i].m == m && strcmp(undo->v[i].file, shown) == 0)
			return 0;
	grown = reallocarray(undo->v, undo->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	undo->v = grown;
	grown[undo->n++] = (struct ctr__undo_file){ m, shown, read_whole(m, shown) };
	return 0;
}

void ctr__undo_written(struct ctr__undo *undo)
{
	undo->written = undo->n;
}

/* ---- lines of devices ---- */

/* "MAJOR:MINOR" at the beginning of a line: how long it is, or 0. */
static size_t device_length(const char *line)
{
	const size_t major_length = strspn(line, "0123456789");
	const size_t minor_length =
		line[major_length] == ':' ? strspn(line + major_length + 1, "0123456789") : 0;

	return major_length && minor_length ? major_length + 1 + minor_length : 0;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static bool has_device(const char *text, const char *line, size_t length)
{
	for (; *text; text = next_line(text))
		if (device_length(text) == length && strncmp(text, line, length) == 0)
			return true;
	return false;
}

static const char *no_limit(const char *file)
{
	if (strcmp(file, "io.max") == 0)
		return "rbps=max wbps=max riops=max wiops=max";
	return strncmp(file, "blkio.", 6) == 0 ? "0" : "default";
}

/* Devices that had no line lose the one that they have. */
static void clear_devices(const struct ctr__undo_file *f, const char *now)
{
	char text[128];

	for (; *now; now = next_line(now)) {
		const size_t n = device_length(now);

		if (!n || has_device(f->before, now, n))
			continue;
		snprintf(text, sizeof(text), "%.*s %s", (int)n, now, no_limit(f->file));
		ctr__fd_write_file(f->m->dir, f->file, text);
	}
}

/* ---- back ---- */

static void write_lines(const struct ctr__undo_file *f, const char *file)
{
	_cleanup_free_ char *copy = strdup(f->before);
	char *rest = copy, *line;

	if (copy && !*copy)
		ctr__fd_write_file(f->m->dir, file, "\n");
	while ((line = strsep(&rest, "\n")))
		if (*line)
			ctr__fd_write_file(f->m->dir, file, line);
}

static bool is_as_before(const struct ctr__undo_file *f)
{
	_cleanup_free_ char *now = read_whole(f->m, f->file);

	return now && strcmp(now, f->before) == 0;
}

static void set_back(const struct ctr__undo_file *f)
{
	_cleanup_free_ char *now = read_whole(f->m, f->file);

	if (!now || strcmp(now, f->before) == 0)
		return;
	if (strcmp(f->file, DEVICES) == 0) {
		ctr__fd_write_file(f->m->dir, "devices.deny", "a");
		write_lines(f, "devices.allow");
		return;
	}
	clear_devices(f, now);
	write_lines(f, f->file);
}

/* Twice, for some can't be set before another one: the memory, and that with swap. */
const char *ctr__undo_all(const struct ctr__undo *undo)
{
	const char *left = NULL;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = undo->n; i-- > 0;)
			if (undo->v[i].before)
				set_back(&undo->v[i]);
	for (size_t i = undo->n; i-- > 0;) {
		const struct ctr__undo_file *f = &undo->v[i];

		if (f->before ? !is_as_before(f) : i < undo->written)
			left = f->file;
	}
	return left;
}

void ctr__undo_clear(struct ctr__undo *undo)
{
	for (size_t i = 0; i < undo->n; i++)
		free(undo->v[i].before);
	free(undo->v);
	*undo = (struct ctr__undo){ 0 };
}
