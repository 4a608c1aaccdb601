/* SPDX-License-Identifier: MIT */
/**
 * parse.h - numbers and sizes as minictr(1) reads them, text as it shows it
 *
 * For programs that take the same words. Strict: no sign, no blank, no
 * hexadecimal, no overflow, nothing after the number.
 *
 * File names, and text from an image, may have bytes in them that a terminal
 * obeys instead of showing. Messages of this library are escaped already; what
 * ctr_error_object() or ctr_jail_path() returns is not.
 */
#ifndef MINICTR_PARSE_H
#define MINICTR_PARSE_H

#include <stddef.h>
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

/**
 * ctr_text_escape() - make text from outside safe to show on a terminal
 * @text: any bytes; NULL is taken as an empty text
 * @room: where the escaped text is stored, cut if need be, but never within a
 *        character; may be NULL when @size is 0
 * @size: bytes that @room has, the terminating NUL included
 *
 * Each byte of the following is written as \xNN: the control characters
 * (U+0000 to U+001F, U+007F to U+009F), the marks that change the direction of
 * text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), the
 * separators of lines and paragraphs (U+2028, U+2029), the byte order mark
 * (U+FEFF), the backslash, and bytes that are not UTF-8. All other characters
 * stay as they are. The result is one line, and the original can be told from
 * it.
 *
 * Return: the length of the whole escaped text, as snprintf(3) does.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_text_escape(const char *text, char *room, size_t size);

/**
 * ctr_text_json() - write text from outside as a string of JSON
 * @text: any bytes; NULL is taken as an empty text
 * @room: where the string is stored with its quotes, cut if need be; may be
 *        NULL when @size is 0
 * @size: bytes that @room has, the terminating NUL included
 *
 * The control characters that ctr_text_escape() names are written as \uNNNN,
 * because JSON is shown on terminals too. Bytes that are not UTF-8 become
 * U+FFFD.
 *
 * Return: the length of the whole string, as snprintf(3) does.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_text_json(const char *text, char *room, size_t size);

#ifdef __cplusplus
}
#endif

#endif
