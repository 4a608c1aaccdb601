/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "print.h"

static const char *command_name;
static int error_fd = -1;

void print_set_command(const char *name)
{
	command_name = name;
}

const char *print_command(void)
{
	return command_name ? command_name : "";
}

void print_set_error_fd(int fd)
{
	error_fd = fd;
}

static void write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		data += n;
		size -= (size_t)n;
	}
}

void print_escaped(FILE *out, const char *text)
{
	const size_t size = ctr_text_escape(text, NULL, 0) + 1;
	char *line = malloc(size);

	if (!line) {
		fputs("(out of memory)", out);
		return;
	}
	ctr_text_escape(text, line, size);
	fputs(line, out);
	free(line);
}

static void write_line(const char *message)
{
	char *line = NULL;
	int size = asprintf(&line, "minictr%s%s: %s\n", command_name ? " " : "",
			    command_name ? command_name : "", message);

	if (size >= 0)
		write_all(STDERR_FILENO, line, (size_t)size);
	free(line);
}

/* ---- faults that the library never saw ---- */

struct fault {
	const char *code;
	int errnum;
	const char *what;
	const char *value;
	const char *cause;
};

static void put_message(FILE *out, const struct fault *fault)
{
	if (fault->what)
		print_escaped(out, fault->what);
	if (fault->value) {
		fputs(" \"", out);
		print_escaped(out, fault->value);
		fputs("\"", out);
	}
	if (fault->what || fault->value)
		fputs(": ", out);
	print_escaped(out, fault->cause);
}

static void put_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	json_put_string(out, text ? text : "");
}

/* The members are those of ctr_error_json(). */
static void put_json(FILE *out, const struct fault *fault, const char *message)
{
	fprintf(out, "{\"code\":\"%s\",\"errno\":%d", fault->code, fault->errnum);
	put_member(out, "step", fault->what);
	put_member(out, "object", fault->value);
	put_member(out, "hint", fault->errnum ? NULL : fault->cause);
	put_member(out, "message", message);
	fputs("}\n", out);
}

static void write_json(const struct fault *fault, const char *message)
{
	char *line = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return;
	put_json(out, fault, message);
	if (fclose(out) == 0)
		write_all(error_fd, line, size);
	free(line);
}

/* The exit status tells of the error, not of a reader that went away. */
static void survive_closed_pipes(void)
{
	signal(SIGPIPE, SIG_IGN);
}

static int print_fault(const struct fault *fault)
{
	char *message = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&message, &size);

	survive_closed_pipes();
	if (out)
		put_message(out, fault);
	if (!out || fclose(out) != 0) {
		write_line("out of memory");
		return -1;
	}
	write_line(message);
	if (error_fd >= 0)
		write_json(fault, message);
	free(message);
	return -1;
}

int print_refusal(const char *what, const char *value, const char *cause, ...)
{
	struct fault fault = { .code = "invalid", .what = what, .value = value };
	char *text = NULL;
	va_list args;

	va_start(args, cause);
	if (vasprintf(&text, cause, args) < 0)
		text = NULL;
	va_end(args);
	fault.cause = text ? text : "out of memory";
	print_fault(&fault);
	free(text);
	return -1;
}

int print_failure(const char *what, const char *value, int errnum)
{
	const struct fault fault = {
		.code = errnum == ENOMEM ? "no_memory" : "system",
		.errnum = errnum,
		.what = what,
		.value = value,
		.cause = strerror(errnum),
	};

	return print_fault(&fault);
}

/* ---- faults that it told of ---- */

char *error_to_json(const ctr_error *err)
{
	const size_t size = ctr_error_json(err, NULL, 0) + 1;
	char *text = malloc(size);

	if (text)
		ctr_error_json(err, text, size);
	return text;
}

int print_error(const char *what, const ctr_error *err)
{
	const char *message = ctr_error_message(err);
	char *longer = NULL, *json;

	survive_closed_pipes();
	if (what && !strstr(message, what) && asprintf(&longer, "%s: %s", what, message) < 0)
		longer = NULL;
	write_line(longer ? longer : *message ? message : "out of memory");
	free(longer);
	json = error_fd < 0 ? NULL : error_to_json(err);
	if (json) {
		write_all(error_fd, json, strlen(json));
		write_all(error_fd, "\n", 1);
	}
	free(json);
	return -1;
}

int print_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return print_failure("write to standard output", NULL, errno);
}

void print_warning(const char *what, const char *value, const char *cause, const char *by,
		   const char *by_value)
{
	char *message = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&message, &size);

	if (!out)
		return;
	fprintf(out, "warning: %s \"", what);
	print_escaped(out, value);
	fprintf(out, "\" %s %s \"", cause, by);
	print_escaped(out, by_value);
	fputs("\"", out);
	if (fclose(out) == 0)
		write_line(message);
	free(message);
}
