/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "draft.h"
#include "host_path.h"
#include "print.h"

enum { LARGEST_ENV_FILE = 1 << 20, PATIENCE_S = 5 };

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* A terminal brings the caller's TERM along, unless an option spoke of it. */
static void note_name(struct draft *draft, const char *name)
{
	if (strcmp(name, "TERM") == 0)
		draft->term_chosen = true;
}

static int set_or_inherit(struct draft *draft, const char *name, const char *value)
{
	note_name(draft, name);
	if (!value)
		return ctr_process_inherit_env(draft->process, name, draft->err);
	return ctr_process_set_env(draft->process, name, value, draft->err);
}

static int set_variable(struct draft *draft, const struct opt *opt, char *name, char *value)
{
	if (*name == '\0')
		return print_refusal(opt->name, value, "the name is missing, expected %s",
				     opt->argument);
	return opt_check(draft, opt, set_or_inherit(draft, name, value));
}

static int set_env(void *target, const struct opt *opt, const char *value)
{
	return opt_split(target, opt, value, "=", set_variable);
}

static int unset_env(void *target, const struct opt *opt, const char *value)
{
	struct draft *draft = target;

	note_name(draft, value);
	return opt_check(draft, opt, ctr_process_unset_env(draft->process, value, draft->err));
}

/* ---- files ---- */

struct env_file {
	const struct opt *opt;
	const char *path;
	char *text;
	size_t size;
	unsigned int line;
	int64_t until_ms; /* to be read by then; 0: at any time */
};

static int refuse_line(const struct env_file *file, const char *cause)
{
	char *place = NULL;

	if (asprintf(&place, "%s:%u", file->path, file->line) < 0)
		place = NULL;
	print_refusal(file->opt->name, place, "%s", cause);
	free(place);
	return -1;
}

static const char *name_fault(const char *name, const char *value)
{
	if (*name == '\0')
		return "no name before \"=\"";
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return "a blank in the name, expected NAME=VALUE";
	if (!value && !getenv(name))
		return "no \"=\", and the caller does not have this variable";
	return NULL;
}

static int apply_line(struct draft *draft, struct env_file *file, char *line, size_t length)
{
	char *value, *name;
	const char *fault;

	if (strlen(line) != length)
		return refuse_line(file, "a zero byte");
	if (length > 0 && line[length - 1] == '\r')
		return refuse_line(file, "it ends in CR LF, expected LF alone");
	value = line + strspn(line, " \t");
	if (*value == '\0' || *value == '#')
		return 0;
	name = strsep(&value, "=");
	fault = name_fault(name, value);
	if (fault)
		return refuse_line(file, fault);
	if (set_or_inherit(draft, name, value) < 0)
		return refuse_line(file, ctr_error_message(draft->err));
	return 0;
}

static int apply_lines(struct draft *draft, struct env_file *file)
{
	char *line = file->text, *end = file->text + file->size;

	if (strncmp(line, byte_order_mark, strlen(byte_order_mark)) == 0)
		line += strlen(byte_order_mark);
	while (line < end) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		char *stop = newline ? newline : end;

		*stop = '\0';
		file->line++;
		if (apply_line(draft, file, line, (size_t)(stop - line)) < 0)
			return -1;
		line = stop + 1;
	}
	return 0;
}

static int fail_read(const struct env_file *file)
{
	return print_failure(file->opt->name, file->path, errno);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Somebody else can have left a FIFO or a terminal under this name, and such a file may be quiet
 * for ever. A pipe that the caller has open, as with <(command), takes the time that it takes.
 */
static int await_text(const struct env_file *file, int fd)
{
	struct pollfd watch = { .fd = fd, .events = POLLIN };
	int64_t left = file->until_ms - now_ms();
	int ready;

	do
		ready = poll(&watch, 1, !file->until_ms ? -1 : left > 0 ? (int)left : 0);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return fail_read(file);
	if (ready > 0)
		return 0;
	return print_refusal(file->opt->name, file->path,
			     "nothing came from it within %d seconds, expected a file that ends",
			     PATIENCE_S);
}

/* A FIFO that had no writer yet would seem to be at its end: so it is waited for first. */
static ssize_t read_some(const struct env_file *file, int fd, char *to, size_t size)
{
	ssize_t n;

	if (file->until_ms && await_text(file, fd) < 0)
		return -1;
	while ((n = read(fd, to, size)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return fail_read(file);
		if (errno == EAGAIN && await_text(file, fd) < 0)
			return -1;
	}
	return n;
}

/* Reads one byte more than is allowed, to see that there is more. */
static int read_text(struct env_file *file, int fd)
{
	ssize_t n = 1;

	while (n > 0 && file->size <= LARGEST_ENV_FILE) {
		n = read_some(file, fd, file->text + file->size, LARGEST_ENV_FILE + 1 - file->size);
		if (n < 0)
			return -1;
		file->size += (size_t)n;
	}
	file->text[file->size] = '\0';
	if (file->size <= LARGEST_ENV_FILE)
		return 0;
	return print_refusal(file->opt->name, file->path, "larger than 1 MiB");
}

static int read_env_file(struct env_file *file)
{
	int fd = open(file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0)
		return fail_read(file);
	if (fstat(fd, &st) < 0)
		rc = fail_read(file);
	else if (S_ISDIR(st.st_mode))
		rc = print_refusal(file->opt->name, file->path,
				   "it is a directory, expected a file");
	else
		rc = read_text(file, fd);
	close(fd);
	return rc;
}

static int set_env_file(void *target, const struct opt *opt, const char *value)
{
	struct env_file file = { .opt = opt, .path = value };
	int rc;

	if (host_path_descriptor(value) < 0)
		file.until_ms = now_ms() + (int64_t)PATIENCE_S * 1000;
	file.text = malloc(LARGEST_ENV_FILE + 2);
	if (!file.text)
		return fail_read(&file);
	rc = read_env_file(&file);
	if (rc == 0)
		rc = apply_lines(target, &file);
	free(file.text);
	return rc;
}

const struct opt env_options[] = {
	{ .name = "--env",
	  .letter = 'e',
	  .argument = "NAME[=VALUE]",
	  .help = "set a variable; NAME alone copies it from the caller",
	  .set = set_env },
	{ .name = "--env-file",
	  .argument = "FILE",
	  .help = "the same for each line of a file",
	  .set = set_env_file },
	{ .name = "--unsetenv", .argument = "NAME", .help = "remove a variable", .set = unset_env },
	{ .name = NULL },
};
