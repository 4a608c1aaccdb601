/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_RUN_H
#define MINICTR_CLI_RUN_H

#include <stdbool.h>
#include <time.h>

#include "draft.h"
#include "out_file.h"

/* What the options of run have come to. */
struct run {
	struct draft draft; /* the first member: setters of a draft can be handed a run */
	bool explain;
	time_t began; /* before the launch */
	struct out_file report;
};

#endif
