/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_SHARED_TERM_H
#define MINICTR_CLI_SHARED_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

/*
 * The caller's terminals that a program without a terminal of its own has among its descriptors
 * 0, 1 and 2, and how they were before: the program can set them up as it likes.
 */
struct shared_term {
	int fd;
	int flags; /* of the open file */
	int discipline;
	int exclusive;
	struct termios mode;
	struct winsize size;
};

struct shared_terms {
	struct shared_term v[3];
	size_t n;
};

/* Nothing is noted of a terminal where minictr is in the background: it is the shell's. */
void shared_terms_note(struct shared_terms *terms);

/* At the end of the program: what nobody else would have done, so that minictr can write there. */
void shared_terms_release(const struct shared_terms *terms);

/*
 * As the last thing that is done with them: modes and size. They may have been set by another
 * program of the pipeline, such as a pager, so this closes standard output and error where they
 * lead to one, and waits a moment for those to end. If one does not, the terminal is left to it.
 */
void shared_terms_restore(const struct shared_terms *terms);

#endif
