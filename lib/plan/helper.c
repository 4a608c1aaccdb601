/* SPDX-License-Identifier: MIT */
#include "plan/helper.h"

#include <linux/memfd.h>

#include "base/fd.h"
#include "base/sys.h"

/* helper_blob.c */
extern const char ctr__helper_begin[] __attribute__((visibility("hidden")));
extern const uint64_t ctr__helper_size __attribute__((visibility("hidden")));

#ifndef MFD_EXEC /* Linux 6.3 */
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int fill(int fd)
{
	for (uint64_t done = 0; done < ctr__helper_size;) {
		long n = sys_write(fd, ctr__helper_begin + done, ctr__helper_size - done);

		if (n < 0)
			return (int)n;
		done += (uint64_t)n;
	}
	return 0;
}

/*
 * So that no container overwrites what the next one executes: CVE-2019-5736; or, where the kernel
 * has a seal for that, makes it a file that can't be executed.
 */
static int seal(int fd)
{
	int r = sys_fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_EXEC);

	return r == -EINVAL ? sys_fcntl(fd, F_ADD_SEALS, SEALS) : r;
}

int ctr__helper_open(int min)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = sys_memfd_create(CTR__HELPER_NAME, flags | MFD_EXEC);
	int r, raised;

	if (fd == -EINVAL) /* before Linux 6.3, where all of them are executable */
		fd = sys_memfd_create(CTR__HELPER_NAME, flags);
	if (fd < 0)
		return fd;
	r = ctr__fd_check_size(ctr__helper_size);
	if (r == 0)
		r = fill(fd);
	if (r == 0)
		r = seal(fd);
	raised = r < 0 ? r : ctr__fd_dup(fd, min);
	sys_close(fd);
	return raised;
}
