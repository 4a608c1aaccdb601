/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_FILE_H
#define CTR_BASE_FILE_H

#include <stddef.h>

/*
 * All that can be read from fd, with a NUL behind it, to be freed. -EFBIG, and nothing, if it
 * is more than max bytes: a part of a file may say another thing than the whole. 0 or -errno.
 */
int ctr__file_read(int fd, size_t max, char **text, size_t *length);

#endif
