/* SPDX-License-Identifier: MIT */
/**
 * error.h - errors: what failed, where, and what to do about it
 *
 * Every function that can fail takes an optional ctr_error as its last argument. The object
 * belongs to the caller and can be reused; a function fills it only when it fails. It has room
 * for the text, so reporting an error allocates no memory.
 */
#ifndef MINICTR_ERROR_H
#define MINICTR_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_error ctr_error;

/* Stable codes; a number, once given, keeps its meaning. */
#define CTR_E_NONE 0	       /* no error was stored */
#define CTR_E_INVALID 1	       /* an argument or a value cannot be used */
#define CTR_E_NOMEM 2	       /* out of memory */
#define CTR_E_SYSTEM 3	       /* a system call failed: see the errno */
#define CTR_E_NOT_FOUND 4      /* the program to run does not exist */
#define CTR_E_NOT_EXECUTABLE 5 /* the program exists but cannot be executed */
#define CTR_E_UNSUPPORTED 6    /* this host does not support it */
#define CTR_E_TIMEOUT 7	       /* a time limit was reached */
#define CTR_E_KILLED 8	       /* the child was killed during its set-up */
#define CTR_E_STATE 9	       /* the object is not in the state needed */
#define CTR_E_LOST 10	       /* another part of the process took the status */

/**
 * ctr_error_new() - create an empty error object
 *
 * Return: the object, which the caller frees; NULL when out of memory.
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_error *ctr_error_new(void);

/**
 * ctr_error_free() - free an error object
 * @err: may be NULL
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
void ctr_error_free(ctr_error *err);

/**
 * ctr_error_clear() - remove the stored error
 * @err: may be NULL
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
void ctr_error_clear(ctr_error *err);

/**
 * ctr_error_code() - get the code of the error
 * @err: may be NULL
 *
 * Return: a CTR_E_* code; CTR_E_NONE for NULL and for an empty object.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
int ctr_error_code(const ctr_error *err);

/**
 * ctr_error_errno() - get the errno value returned by the kernel
 * @err: may be NULL
 *
 * Return: an errno value as it came from the kernel, 0 if none was involved.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
int ctr_error_errno(const ctr_error *err);

/**
 * ctr_error_step() - get what was being done
 * @err: may be NULL
 *
 * For a failure inside a plan this is the text that ctr_plan_describe()
 * gives for the step.
 *
 * Return: a string owned by @err until it is next changed; "" if unknown.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
const char *ctr_error_step(const ctr_error *err);

/**
 * ctr_error_object() - get the object of the step: a path, a value, a name
 * @err: may be NULL
 *
 * Return: a string owned by @err until it is next changed; "" if unknown.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
const char *ctr_error_object(const ctr_error *err);

/**
 * ctr_error_hint() - get the cause or a remedy, if it is known
 * @err: may be NULL
 *
 * Return: a string owned by @err until it is next changed; "" if unknown.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
const char *ctr_error_hint(const ctr_error *err);

/**
 * ctr_error_message() - get the whole error as one line of text
 * @err: may be NULL
 *
 * The line contains no newline and no other character that could control a terminal,
 * whatever names it quotes: see ctr_text_escape().
 *
 * Return: a string owned by @err until it is next changed; "" if empty.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
const char *ctr_error_message(const ctr_error *err);

/**
 * ctr_error_json() - get the whole error as one line of JSON
 * @err:  may be NULL
 * @text: where it is stored, always terminated; may be NULL if @size is 0
 * @size: room in @text, in bytes
 *
 * An object with the members code (a word such as "not_found"), errno (a
 * number), step, object, hint and message. Bytes that are not UTF-8 are
 * replaced by U+FFFD.
 *
 * Return: the length of the whole text as snprintf(3) does.
 *
 * Threads: one at a time for each @err.
 * Since:   0.1
 */
size_t ctr_error_json(const ctr_error *err, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
