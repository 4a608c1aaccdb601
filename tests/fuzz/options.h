/* SPDX-License-Identifier: MIT */
/* For targets that read options of the command: they tell of an error on standard error. */
#ifndef TESTS_FUZZ_OPTIONS_H
#define TESTS_FUZZ_OPTIONS_H

#include "draft.h"

/* As "minictr run" has it before its first option. */
void command_start(struct draft *draft);

/* The entry of a table. */
const struct opt *command_option(const struct opt *table, const char *name);

/* From now on what is written to standard error is kept. */
void command_listen(void);

/* Up to now: nothing for what was taken, or OPT_REFUSED and one line. Whether it was taken. */
bool command_took(int result);

#endif
