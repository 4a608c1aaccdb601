/* SPDX-License-Identifier: MIT */
/**
 * parse.h - numbers and sizes as minictr(1) reads them
 *
 * For programs that take the same words. Strict: no sign, no blank, no
 * hexadecimal, no overflow, nothing behind the number.
 */
#ifndef MINICTR_PARSE_H
#define MINICTR_PARSE_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_parse_number() - read a decimal number
 * @text:  the digits; may be NULL, which is refused
 * @what:  what the number is and where it comes from, for the error text:
 *         "--pids-limit"
 * @min:   smallest value allowed
 * @max:   largest value allowed
 * @value: where the number is stored; unchanged on failure
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  not a decimal number, or outside @min to @max
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_parse_number(const char *text, const char *what, uint64_t min, uint64_t max,
		     uint64_t *value, ctr_error *err);

/**
 * ctr_parse_size() - read a size in bytes
 * @text:  a decimal number with an optional unit: b, k, m, g or t, powers of
 *         1024, in either case
 * @what:  what the size is and where it comes from, for the error text
 * @min:   smallest value allowed, in bytes
 * @max:   largest value allowed, in bytes
 * @value: where the size in bytes is stored; unchanged on failure
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no number, an unknown unit, or outside @min to @max
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_parse_size(const char *text, const char *what, uint64_t min, uint64_t max, uint64_t *value,
		   ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
