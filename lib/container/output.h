/* SPDX-License-Identifier: MIT */
/*
 * Whether a program has met its limit on output. RLIMIT_FSIZE ends it by a signal, but the
 * program may ignore that, or be a child of the one whose end is reported. What it writes to
 * as standard output and error is the caller's: if it is a file, the size tells.
 */
#ifndef CTR_CONTAINER_OUTPUT_H
#define CTR_CONTAINER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTR__OUTPUTS 2

struct ctr__outputs {
	uint64_t limit; /* 0: none */
	int fds[CTR__OUTPUTS];
	bool met; /* one of them became as large as it may */
};

void ctr__outputs_init(struct ctr__outputs *outputs, uint64_t limit);

/* Watches one, at index, if it is a file that is smaller than the limit; 0 or -errno. */
int ctr__outputs_watch(struct ctr__outputs *outputs, size_t index, int fd);

/* Notes what has become of them: at the end, before the caller can change them. */
void ctr__outputs_note(struct ctr__outputs *outputs);

void ctr__outputs_clear(struct ctr__outputs *outputs);

#endif
