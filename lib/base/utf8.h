/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_UTF8_H
#define CTR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0 if there is none. */
size_t ctr__utf8_length(const unsigned char *p);

/* The character of such a sequence. */
uint32_t ctr__utf8_character(const unsigned char *p, size_t length);

/*
 * Whether a terminal could do something else with the character than show it: the controls C0,
 * DEL and C1; marks that turn the direction of the text around; separators of lines and
 * paragraphs; the byte order mark.
 */
bool ctr__utf8_is_control(uint32_t character);

#endif
