/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_FILE_H
#define CTR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All that can be read from fd, with a NUL behind it, to be freed. -EFBIG, and nothing, if it
 * is more than max bytes: a part of a file may say another thing than the whole. 0 or -errno.
 */
int ctr__file_read(int fd, size_t max, char **text, size_t *length);

/*
 * Writes all of it to an empty file: 0 or -errno; -EFBIG if RLIMIT_FSIZE is less, for the kernel
 * would send SIGXFSZ too.
 */
int ctr__file_write(int fd, const void *content, size_t size);

/* An empty file in memory, close-on-exec, which the caller can write; or -errno. */
int ctr__file_new_in_memory(const char *name, bool executable);

/*
 * It keeps its size from then on, and, where the kernel has a seal for that, whether it can be
 * executed; with writable false also its content. 0 or -errno.
 */
int ctr__file_seal(int fd, bool writable);

/*
 * A sealed one that can't be executed and can be written, with so many more bytes than the content.
 * Close-on-exec, or -errno, as ctr__file_write() has it.
 */
int ctr__file_in_memory(const char *name, const void *content, size_t size, size_t spare);

#endif
