/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_PRINT_H
#define MINICTR_CLI_PRINT_H

#include <minictr.h>
#include <stdio.h>

/*
 * Errors: one line on standard error, and one of JSON where --error-fd asked
 * for it. @what was being done or read, such as an option; @value is what was
 * given for it. Each may be NULL. All return -1.
 */
int print_refusal(const char *what, const char *value, const char *cause, ...)
	__attribute__((format(printf, 3, 4)));
int print_failure(const char *what, const char *value, int errnum);
int print_error(const char *what, const ctr_error *err);

/* What ctr_error_json() says, to be freed; NULL: out of memory. */
char *error_to_json(const ctr_error *err);

/* A line on standard error about something that is no error, in two parts: @what, then @cause. */
void print_warning(const char *what, const char *value, const char *cause, const char *by,
		   const char *by_value);

/* Whom the lines are from: "minictr NAME: ..."; NULL for minictr itself. */
void print_set_command(const char *name);
const char *print_command(void);
void print_set_error_fd(int fd);

/* Text from outside in a line of ours, escaped as ctr_text_escape() does. */
void print_escaped(FILE *out, const char *text);

/* Whether all that was printed on standard output has arrived there. */
int print_flush(void);

#endif
