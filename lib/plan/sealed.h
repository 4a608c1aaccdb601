/* SPDX-License-Identifier: MIT */
/* Executable files that nobody can write, whatever process executes them: CVE-2019-5736. */
#ifndef CTR_PLAN_SEALED_H
#define CTR_PLAN_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctr__sealed {
	const char *name; /* in memory: what /proc/PID/exe shows; no slash */
	const void *content;
	size_t size;
	unsigned mode; /* permissions */
	bool has_owner;
	uint32_t uid, gid; /* the owner that it should have, where the caller may give it one */
};

/*
 * Close-on-exec and at least min; or -errno. It is in memory, sealed. Where such files can't be
 * executed it is on a tmpfs that is mounted nowhere, which takes CAP_SYS_ADMIN: -EACCES without.
 */
int ctr__sealed_open(const struct ctr__sealed *file, int min);

/* The one in memory or none. */
int ctr__sealed_open_in_memory(const struct ctr__sealed *file);

#endif
