/* SPDX-License-Identifier: MIT */
/* A terminal to run minictr at, and a stand-in for the shell that sits there. */
#ifndef TESTS_CLI_TERMINAL_H
#define TESTS_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/* What the terminal has shown. */
extern char terminal_out[];

struct terminal {
	int master;	       /* what a terminal window holds */
	int orders;	       /* to the shell */
	pid_t shell;	       /* the leader of the terminal's session */
	pid_t pid;	       /* minictr, its child */
	size_t length;	       /* of terminal_out */
	size_t seen;	       /* how much of that was waited for */
	struct termios before; /* its settings as they were made */
};

/* What is different about a start: all of it may be left out. */
struct terminal_start {
	bool background;
	bool shell_stays; /* when the terminal is hung up */
	int in, out;	  /* standard input and output, else the terminal */
	const char *next; /* what a shell runs as the next part of the pipeline */
};

void terminal_open(struct terminal *t);
/* Ends the shell; minictr is to have ended before. */
void terminal_close(struct terminal *t);

void terminal_start(struct terminal *t, const char *const *args,
		    const struct terminal_start *start);
/* Exit status, or minus the signal that minictr itself was ended by. */
int terminal_finish(struct terminal *t);
/* The same with nobody reading what is shown. */
int terminal_finish_unread(struct terminal *t);

/* Waits for a text behind the one that was last waited for. */
void terminal_await(struct terminal *t, const char *text);
void terminal_type(struct terminal *t, const char *text);

/* As a shell does on "fg", and when the foreground has been stopped. */
void terminal_give(struct terminal *t);
void terminal_take(struct terminal *t);

void terminal_resize(const struct terminal *t, unsigned short rows, unsigned short columns);
bool terminal_is_raw(const struct terminal *t);
/* Its settings are as before minictr. */
bool terminal_is_restored(const struct terminal *t);
/* Rows and columns are these. */
bool terminal_has_size(const struct terminal *t, unsigned short rows, unsigned short columns);

/* The terminal is closed, as a window is. */
void terminal_hang_up(struct terminal *t);

#endif
