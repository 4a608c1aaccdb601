/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_SIGNALS_H
#define MINICTR_CLI_SIGNALS_H

#include <minictr.h>
#include <stdbool.h>

/* How signals that minictr gets reach the program. */
struct forward {
	ctr_container *container;
	bool is_pid1;	  /* the program is the first process of its PID namespace */
	bool has_init;	  /* an init stands before it */
	int killed_by;	  /* the signal on whose behalf the container was killed, or 0 */
	int64_t asked_ms; /* when it was first asked to end, 0 if it was not */
};

/*
 * Blocks what is to be passed on and returns a descriptor to read it from; -1
 * with errno. What the caller ignores, as nohup(1) does, stays ignored.
 */
int signals_take(void);
/* The next one that has come, 0 if none has. */
int signals_read(int fd);
bool signal_is_fatal(int sig);

void forward_signal(struct forward *forward, int sig);
/* Stop the program, then minictr; returns when both go on. */
void forward_stop(const struct forward *forward);

#endif
