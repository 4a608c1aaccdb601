/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <minictr.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ends the program, which makes the input a find, if it does not hold; what says it in words. */
void fuzz_require(bool holds, const char *what);

/* The bytes as text, up to the first NUL: of exactly that room, and to be freed. */
char *fuzz_text(const uint8_t *data, size_t size);

/*
 * A result of the library's: 0, with nothing in err, or -1, with a code and a message that
 * is one line. It is cleared. Whether it was 0.
 */
bool fuzz_check(int result, ctr_error *err);

/* Whether the text is one line, without the newline and any other control character. */
bool fuzz_is_line(const char *text);

/*
 * Whether a terminal shows all of the text: UTF-8 without controls, marks of direction,
 * separators of lines and the byte order mark.
 */
bool fuzz_is_shown(const char *text);

/* Whether all of a text matches an extended regular expression: another reader of it. */
bool fuzz_matches(const char *text, const char *pattern);

#endif
