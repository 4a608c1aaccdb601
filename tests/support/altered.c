/* SPDX-License-Identifier: MIT */
#include "support/altered.h"

#include <check.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct ctr__image *altered_image(int fd)
{
	struct ctr__image head, *image;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head))
		return NULL;
	image = mmap(NULL, head.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return image == MAP_FAILED ? NULL : image;
}

const struct ctr__step *altered_steps(const struct ctr__image *image)
{
	return (const void *)((const char *)image +
			      ((uintptr_t)image->run.steps - CTR__IMAGE_ADDRESS));
}

void altered_begin(struct ctr__launching *l, struct ctr__launch *launch)
{
	launch->helper = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(launch->helper, 0);
	ck_assert_int_eq(ctr__launch_begin(l, launch), 0);
	close(launch->helper);
}
