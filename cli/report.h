/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_REPORT_H
#define MINICTR_CLI_REPORT_H

#include "run.h"

/* Writes how it ended and what it has used, as a line of JSON, where --report asked. */
int report_container(const struct run *run, const ctr_container *container);

/* The same for one that could not be started. */
int report_failure(const struct run *run);

/* Tells on standard error that it was ended for a limit, if it was. */
void report_limit(const struct run *run, const ctr_container *container);

#endif
