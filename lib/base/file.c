/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <linux/memfd.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/sys.h"

/* Linux 6.3 */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif

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

/* ---- in memory ---- */

static int check_size(size_t size)
{
	struct rlimit64 limit;
	int r = sys_prlimit(RLIMIT_FSIZE, NULL, &limit);

	return r < 0 ? r : size > limit.rlim_cur ? -EFBIG : 0;
}

static int write_all(int fd, const char *content, size_t size)
{
	for (size_t done = 0; done < size;) {
		long n = sys_write(fd, content + done, size - done);

		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

int ctr__file_write(int fd, const void *content, size_t size)
{
	int r = check_size(size);

	return r < 0 ? r : write_all(fd, content, size);
}

int ctr__file_new_in_memory(const char *name, bool executable)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = sys_memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));

	/* Before Linux 6.3 all of them are executable. */
	return fd == -EINVAL ? sys_memfd_create(name, flags) : fd;
}

int ctr__file_seal(int fd, bool writable)
{
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | (writable ? 0 : F_SEAL_WRITE);
	int r = sys_fcntl(fd, F_ADD_SEALS, seals | F_SEAL_EXEC);

	return r == -EINVAL ? sys_fcntl(fd, F_ADD_SEALS, seals) : r;
}

/* What was never written takes no memory. */
static int fill_with_spare(int fd, const void *content, size_t size, size_t spare)
{
	int r = check_size(size + spare);

	if (r == 0 && spare)
		r = sys_ftruncate(fd, (long)(size + spare));
	return r < 0 ? r : write_all(fd, content, size);
}

int ctr__file_in_memory(const char *name, const void *content, size_t size, size_t spare)
{
	int fd = ctr__file_new_in_memory(name, false);
	int r = fd < 0 ? fd : fill_with_spare(fd, content, size, spare);

	if (r == 0)
		r = ctr__file_seal(fd, true);
	if (r == 0)
		return fd;
	ctr__fd_close(fd);
	return r;
}
