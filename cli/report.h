/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_REPORT_H
#define MINICTR_CLI_REPORT_H

#include "refused_call.h"
#include "run.h"

/*
 * Writes how it ended and what it has used, as a line of JSON, where --report asked. @refused:
 * the system call that it was ended for; NULL: not known.
 */
int report_container(const struct run *run, const ctr_container *container,
		     const struct refused_call *refused);

/* The same for one that could not be started. */
int report_failure(const struct run *run);

/* Tells on standard error that it was ended for a limit, if it was. */
void report_limit(const struct run *run, const ctr_container *container);

/* The same for a filter of system calls. */
void report_sigsys(const struct run *run, const ctr_container *container,
		   const struct refused_call *refused);

#endif
