/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_TERM_H
#define MINICTR_CLI_TERM_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/* The terminal that is minictr's standard input, if that is one. */
struct term {
	bool exists;
	bool raw;
	struct termios saved;
	struct termios mode; /* the raw one */
};

void term_open(struct term *term);
/* A shell that starts or moves us to the background keeps the terminal for itself. */
bool term_is_ours(const struct term *term);
void term_make_raw(struct term *term);
/* After a stop it may be as the shell wants it. */
void term_forget_raw(struct term *term);
void term_restore(struct term *term);

/*
 * From now on, and until NULL is given, the signals that end minictr on the spot restore it first:
 * SIGABRT and those of faults. Not during a launch, in which a child may run the handlers.
 */
void term_guard(struct term *term);

void term_get_size(uint16_t *rows, uint16_t *columns);
void term_copy_size(int master);

#endif
