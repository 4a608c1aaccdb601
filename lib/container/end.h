/* SPDX-License-Identifier: MIT */
/* How a process has ended whose pidfd is readable. */
#ifndef CTR_CONTAINER_END_H
#define CTR_CONTAINER_END_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Waits for it without blocking: 1 with its status and what it has used, 0 if a tracer holds
 * it, -ECHILD if somebody else has waited for it, or another -errno.
 */
int ctr__end_collect(int pidfd, int *status, struct rusage *usage);

/*
 * The status of one that was waited for by others, or that a tracer holds; false if the kernel
 * does not say.
 */
bool ctr__end_ask(int pidfd, pid_t pid, int *status);

#endif
