/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_ERROR_H
#define CTR_BASE_ERROR_H

#include <stdint.h>

#include <minictr/error.h>

/* All return -1, so that a failing line can end `return ctr__error_...()`. */

int ctr__error_nomem(ctr_error *err);

/* A value that can't be used: what it is, the value, what was expected. */
int ctr__error_value(ctr_error *err, const char *what, const char *value, const char *expected);

/* The same for a number. */
int ctr__error_number(ctr_error *err, const char *what, uint64_t value, const char *expected);
int ctr__error_int(ctr_error *err, const char *what, int value, const char *expected);

/* The same for unknown flag bits. */
int ctr__error_bits(ctr_error *err, const char *what, uint64_t bits);

/* A system call failed; errnum is positive. object may be NULL. */
int ctr__error_sys(ctr_error *err, int errnum, const char *step, const char *object);

/* An object could not be copied: r is -ENOMEM, or why a descriptor could not be duplicated. */
int ctr__error_copy(ctr_error *err, int r);

/* Everything; object and the printf-like hint may be NULL, errnum 0. */
int ctr__error_set(ctr_error *err, int code, int errnum, const char *step, const char *object,
		   const char *hint, ...) __attribute__((format(printf, 6, 7)));

/*
 * Setters are called in long rows, and not each result is looked at. So an object keeps the
 * first failure of its setters, and can't be used until somebody clears that.
 *
 * At the beginning of a setter: has what it writes to *err kept in first too, if that is the
 * first failure. 0, or -1 if first is NULL: there is no object. *err says so then, unless it
 * says already why none could be made.
 */
int ctr__error_begin(ctr_error *first, const char *object, ctr_error **err);

/*
 * What was to be set or used is NULL: -1, with the error that the caller has already, which says
 * why it could not be made, or else one that says so.
 */
int ctr__error_missing(ctr_error *err, const char *object);

/* Where the object is used: 0, or -1 and that first failure. */
int ctr__error_check(const ctr_error *first, ctr_error *err);

/* Another printf-like hint to the error that is stored already. */
int ctr__error_hint(ctr_error *err, const char *hint, ...) __attribute__((format(printf, 2, 3)));

/* "Permission denied"; static, never NULL, the same from any thread. */
const char *ctr__error_text(int errnum);

#endif
