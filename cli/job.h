/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_JOB_H
#define MINICTR_CLI_JOB_H

#include <stdbool.h>

/*
 * Whether the job that minictr is part of, its process group, has other processes: of the same
 * pipeline, for one. Those that have started minictr do not count, for they may wait for it.
 */
bool job_has_others(void);

#endif
