/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/sys.h"

/* One byte more than there may be tells that there are too many. */
static long fill(int fd, char *room, size_t size)
{
	size_t length = 0;
	long n;

	do {
		n = sys_read(fd, room + length, size - length);
		length += n > 0 ? (size_t)n : 0;
	} while (n > 0 && length < size);
	return n < 0 ? n : (long)length;
}

int ctr__file_read(int fd, size_t max, char **text, size_t *length)
{
	_cleanup_free_ char *room = malloc(max + 2);
	long n;

	if (!room)
		return -ENOMEM;
	n = fill(fd, room, max + 1);
	if (n < 0)
		return (int)n;
	if ((size_t)n > max)
		return -EFBIG;
	room[n] = '\0';
	*length = (size_t)n;
	*text = ctr__text_take(&room);
	return 0;
}
