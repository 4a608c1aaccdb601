/* SPDX-License-Identifier: MIT */
#include "container/output.h"

#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"

void ctr__outputs_init(struct ctr__outputs *outputs, uint64_t limit)
{
	*outputs = (struct ctr__outputs){ .limit = limit };
	for (size_t i = 0; i < CTR__OUTPUTS; i++)
		outputs->fds[i] = -1;
}

/* Its size, if it is a file that can be that large; else UINT64_MAX. */
static uint64_t size_of(int fd)
{
	struct statx st;

	if (sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &st) < 0 ||
	    !S_ISREG(st.stx_mode))
		return UINT64_MAX;
	return st.stx_size;
}

int ctr__outputs_watch(struct ctr__outputs *outputs, size_t index, int fd)
{
	int copy;

	if (size_of(fd) >= outputs->limit)
		return 0;
	copy = ctr__fd_dup(fd, 0);
	if (copy < 0)
		return copy;
	outputs->fds[index] = copy;
	return 0;
}

void ctr__outputs_note(struct ctr__outputs *outputs)
{
	for (size_t i = 0; i < CTR__OUTPUTS; i++) {
		const uint64_t size = outputs->fds[i] < 0 ? 0 : size_of(outputs->fds[i]);

		if (outputs->fds[i] >= 0 && size != UINT64_MAX && size >= outputs->limit)
			outputs->met = true;
	}
}

void ctr__outputs_clear(struct ctr__outputs *outputs)
{
	for (size_t i = 0; i < CTR__OUTPUTS; i++)
		ctr__fd_close(outputs->fds[i]);
}
